#include "base/bundle.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "base/digest.h"
#include "base/output.h"
#include "base/zip.h"

struct rdl_bundle {
    char *path, *folder;
    rdl_output *archive; /* NULL: a folder */
    bool stored;
};

bool rdl_bundle_archive(const char *path)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);

    return g_str_has_suffix(lower, ".zip") || g_str_has_suffix(lower, ".kmz");
}

static bool empty_or_absent(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    bool empty = dir ? g_dir_read_name(dir) == NULL : !g_file_test(path, G_FILE_TEST_EXISTS);

    if (dir)
        g_dir_close(dir);
    return empty;
}

static bool folder_possible(const char *path, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);

    if (!empty_or_absent(path))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: is there already: name another folder, or a .zip", path);
    return access(parent, W_OK) == 0 ||
           rdl_fail(error, RDL_ERROR_IO, "%s: the folder %s cannot be written: %s", path, parent,
                    g_strerror(errno));
}

/* "out/" and "out" are one folder. */
static char *without_slash(const char *path)
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    return g_strndup(path, n);
}

rdl_bundle *rdl_bundle_begin(const char *path, bool overwrite, GError **error)
{
    g_autoptr(rdl_bundle) b = g_new0(rdl_bundle, 1);

    b->path = without_slash(path);
    if (rdl_bundle_archive(b->path)) {
        b->archive = rdl_output_begin(b->path, overwrite, error);
        if (!b->archive)
            return NULL;
    } else if (!folder_possible(b->path, error)) {
        return NULL;
    }
    g_autofree char *parent = g_path_get_dirname(b->path), *base = g_path_get_basename(b->path);
    b->folder = g_strdup_printf("%s/.part-%d-%s.d", parent, (int)getpid(), base);
    if (g_mkdir(b->folder, 0777) != 0) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be made: %s", b->folder, g_strerror(errno));
        g_clear_pointer(&b->folder, g_free);
        return NULL;
    }
    return g_steal_pointer(&b);
}

const char *rdl_bundle_folder(const rdl_bundle *bundle)
{
    return bundle->folder;
}

char *rdl_bundle_file(const rdl_bundle *bundle, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(bundle->folder, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    return rdl_output_folder(folder, error) ? g_steal_pointer(&path) : NULL;
}

bool rdl_bundle_text(const rdl_bundle *bundle, const char *name, const char *text, GError **error)
{
    g_autofree char *path = rdl_bundle_file(bundle, name, error);

    return path && rdl_output_text(path, text, false, error);
}

static int by_bytes(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect(const char *folder, const char *below, GPtrArray *names, GError **error)
{
    g_autofree char *path = *below ? g_build_filename(folder, below, NULL) : g_strdup(folder);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    bool good = dir || rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read", path);

    while (good && (name = g_dir_read_name(dir))) {
        g_autofree char *child = *below ? g_strdup_printf("%s/%s", below, name) : g_strdup(name);
        g_autofree char *full = g_build_filename(folder, child, NULL);
        GStatBuf s = {0};
        if (g_lstat(full, &s) == 0 && S_ISDIR(s.st_mode))
            good = collect(folder, child, names, error);
        else if (!S_ISREG(s.st_mode))
            good = rdl_fail(error, RDL_ERROR_DATA, "%s: is no file (a link, a device)", full);
        else
            g_ptr_array_add(names, g_steal_pointer(&child));
    }
    if (dir)
        g_dir_close(dir);
    return good;
}

GPtrArray *rdl_folder_names(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    if (!collect(folder, "", names, error))
        return NULL;
    g_ptr_array_sort(names, by_bytes);
    return g_steal_pointer(&names);
}

GPtrArray *rdl_bundle_names(const rdl_bundle *bundle, GError **error)
{
    return rdl_folder_names(bundle->folder, error);
}

char *rdl_folder_sums(const char *folder, const char *but, GError **error)
{
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, error);
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; names && i < names->len; i++) {
        if (g_strcmp0(names->pdata[i], but) == 0)
            continue;
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *digest = rdl_digest_file(path, error);
        if (!digest)
            return NULL;
        g_string_append_printf(out, "%s  %s\n", digest, (char *)names->pdata[i]);
    }
    return names ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

rdl_day rdl_day_stamped(rdl_day day)
{
    const char *text = g_getenv("SOURCE_DATE_EPOCH");
    gint64 seconds;

    if (!text || !g_ascii_string_to_signed(text, 10, 0, 253402300799, &seconds, NULL))
        return day;
    return (rdl_day)(rdl_day_of(1970, 1, 1) + seconds / 86400);
}

bool rdl_bundle_pack(const char *folder, const char *path, rdl_day day, bool stored, GError **error)
{
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, error);
    rdl_zip *zip = names ? rdl_zip_new(path, day, error) : NULL;
    bool good = zip != NULL;

    if (zip && stored)
        rdl_zip_store(zip);
    for (guint i = 0; good && i < names->len; i++) {
        g_autofree char *file = g_build_filename(folder, names->pdata[i], NULL);
        good = rdl_zip_add(zip, names->pdata[i], file, error);
    }
    if (good)
        return rdl_zip_finish(zip, error);
    rdl_zip_abandon(zip);
    return false;
}

void rdl_bundle_store(rdl_bundle *bundle)
{
    bundle->stored = true;
}

bool rdl_bundle_commit(rdl_bundle *bundle, rdl_day day, GError **error)
{
    if (bundle->archive)
        return rdl_bundle_pack(bundle->folder, rdl_output_temporary(bundle->archive),
                               rdl_day_stamped(day), bundle->stored, error) &&
               rdl_output_commit(bundle->archive, error);
    /* rename() takes the place of an empty folder, and of no other */
    if (g_rename(bundle->folder, bundle->path) != 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be put in place: %s", bundle->path,
                        g_strerror(errno));
    g_clear_pointer(&bundle->folder, g_free);
    return true;
}

void rdl_folder_remove(const char *folder)
{
    GDir *dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(folder, name, NULL);
        if (g_remove(child) != 0)
            rdl_folder_remove(child);
    }
    if (!dir)
        return;
    g_dir_close(dir);
    g_rmdir(folder);
}

void rdl_bundle_free(rdl_bundle *bundle)
{
    if (!bundle)
        return;
    if (bundle->folder)
        rdl_folder_remove(bundle->folder);
    rdl_output_free(bundle->archive);
    g_free(bundle->folder);
    g_free(bundle->path);
    g_free(bundle);
}
