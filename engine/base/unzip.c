#include "base/unzip.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <minizip/unzip.h>
#include "base/output.h"
#include "base/zip.h"
#include "base/input.h"

#define PIECE 65536
#define NAME_MOST 1024
#define ENCRYPTED 0x1 /* of the general purpose flag */

typedef struct {
    unzFile file;
    const char *path;
    GPtrArray *names;
    GHashTable *seen;    /* names as a file system that knows no case has them */
    guint64 total, done; /* bytes, unpacked */
    const rdl_progress *progress;
} unpacking;

static bool refuse(const unpacking *u, const char *name, const char *why, GError **error)
{
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    g_autofree char *plain = g_strescape(shown, NULL);

    return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' in it %s: nothing was taken", u->path, plain,
                    why);
}

/* The upper half of the attributes is a Unix mode where the maker was one; 0: none is told. */
static bool plain_file(const unz_file_info64 *info)
{
    unsigned kind = (unsigned)(info->external_fa >> 16) & S_IFMT;

    return kind == 0 || kind == S_IFREG;
}

static bool take_name(unpacking *u, const char *name, const unz_file_info64 *info,
                      const rdl_unzip_limits *limits, GError **error)
{
    g_autofree char *whole = g_utf8_validate(name, -1, NULL)
                                 ? g_utf8_normalize(name, -1, G_NORMALIZE_ALL_COMPOSE)
                                 : NULL;
    g_autofree char *folded = whole ? g_utf8_casefold(whole, -1) : NULL;

    if (!folded || !rdl_zip_name_safe(name))
        return refuse(u, name, "is no plain name below a folder", error);
    if (!plain_file(info))
        return refuse(u, name, "is a link or a device", error);
    if (info->flag & ENCRYPTED)
        return refuse(u, name, "is encrypted", error);
    if (!g_hash_table_add(u->seen, g_steal_pointer(&folded)))
        return refuse(u, name, "is there twice", error);
    u->total += info->uncompressed_size;
    if (info->uncompressed_size > limits->member_bytes || u->total > limits->total_bytes)
        return refuse(u, name, "is larger than is taken", error);
    g_ptr_array_add(u->names, g_strdup(name));
    return u->names->len <= limits->members ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: has more than %u members: nothing was taken",
                    u->path, limits->members);
}

/* One member of the directory; folders are made as they are needed. */
static bool look_at(unpacking *u, const rdl_unzip_limits *limits, GError **error)
{
    unz_file_info64 info;
    char name[NAME_MOST + 1] = "";

    if (unzGetCurrentFileInfo64(u->file, &info, name, NAME_MOST, NULL, 0, NULL, 0) != UNZ_OK)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: its directory is damaged", u->path);
    if (info.size_filename >= NAME_MOST || strlen(name) != info.size_filename)
        return refuse(u, name, "is no plain name below a folder", error);
    size_t n = strlen(name);
    if (n > 1 && name[n - 1] == '/' && info.uncompressed_size == 0) {
        name[n - 1] = '\0';
        return rdl_zip_name_safe(name) || refuse(u, name, "is no plain name below a folder", error);
    }
    return take_name(u, name, &info, limits, error);
}

static bool look_at_all(unpacking *u, const rdl_unzip_limits *limits, GError **error)
{
    unz_global_info64 all;
    int next;

    if (unzGetGlobalInfo64(u->file, &all) != UNZ_OK)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: its directory is damaged", u->path);
    if (all.number_entry > 2 * (guint64)limits->members)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has more than %u members: nothing was taken",
                        u->path, limits->members);
    for (next = unzGoToFirstFile(u->file); next == UNZ_OK; next = unzGoToNextFile(u->file))
        if (!look_at(u, limits, error))
            return false;
    return next == UNZ_END_OF_LIST_OF_FILE ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: its directory is damaged", u->path);
}

/* A new file: whatever lies there is neither followed nor written over. */
static bool copy_out(unpacking *u, const char *name, const char *to, GError **error)
{
    g_autofree char *piece = g_malloc(PIECE);
    int n = 0, file = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (file < 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be made", to);
    bool good = true;
    bool stopped = false;
    while (good && !stopped && (n = unzReadCurrentFile(u->file, piece, PIECE)) > 0) {
        good = write(file, piece, (size_t)n) == n;
        u->done += (guint64)n;
        stopped = good && !rdl_progress_tell(u->progress, (double)u->done / ((double)u->total + 1),
                                             "unpack", error);
    }
    good = close(file) == 0 && good;
    if (stopped)
        return false;
    if (!good)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: is the disk full?", to);
    return n == 0 || refuse(u, name, "is damaged", error);
}

static bool unpack_one(unpacking *u, const char *folder, const char *name, GError **error)
{
    g_autofree char *to = g_build_filename(folder, name, NULL), *in = g_path_get_dirname(to);

    if (!rdl_output_folder(in, error))
        return false;
    if (unzOpenCurrentFile(u->file) != UNZ_OK)
        return refuse(u, name, "cannot be unpacked", error);
    bool good = copy_out(u, name, to, error);
    int closed = unzCloseCurrentFile(u->file); /* tells a sum that is wrong */
    return good && (closed == UNZ_OK || refuse(u, name, "is damaged", error));
}

static bool unpack_all(unpacking *u, const char *folder, GError **error)
{
    guint at = 0;

    for (int next = unzGoToFirstFile(u->file); next == UNZ_OK; next = unzGoToNextFile(u->file)) {
        char name[NAME_MOST + 1] = "";
        if (unzGetCurrentFileInfo64(u->file, NULL, name, NAME_MOST, NULL, 0, NULL, 0) != UNZ_OK)
            return rdl_fail(error, RDL_ERROR_DATA, "%s: its directory is damaged", u->path);
        if (g_str_has_suffix(name, "/"))
            continue;
        if (at >= u->names->len || strcmp(name, u->names->pdata[at]) != 0)
            return rdl_fail(error, RDL_ERROR_IO, "%s: changed while it was read", u->path);
        if (!unpack_one(u, folder, u->names->pdata[at++], error))
            return false;
    }
    return true;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **rdl_unzip(const char *path, const char *folder, const rdl_unzip_limits *limits,
                 const rdl_progress *progress, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file", path), NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!rdl_input_plain(path, error))
        return false;
    unpacking u = {unzOpen64(path), path, names, seen, 0, 0, progress};

    if (!u.file)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no zip archive", path), NULL;
    bool good = look_at_all(&u, limits, error) && unpack_all(&u, folder, error);
    unzClose(u.file);
    if (!good)
        return NULL;
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
