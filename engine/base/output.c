#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <glib/gstdio.h>

struct rdl_output {
    char *path, *temporary;
    bool overwrite, committed;
};

bool rdl_output_possible(const char *path, bool overwrite, GError **error)
{
    g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;

    if (!path)
        return true;
    if (!overwrite && g_file_test(path, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: is there already: name another file, or give --overwrite", path);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: is a folder, a file name is needed", path);
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: is a device or a pipe and would be replaced: name a file", path);
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        return rdl_fail(error, RDL_ERROR_IO, "%s: the folder %s does not exist: make it first",
                        path, folder);
    return access(folder, W_OK) == 0 ||
           rdl_fail(error, RDL_ERROR_IO, "%s: the folder %s cannot be written: %s", path, folder,
                    g_strerror(errno));
}

rdl_output *rdl_output_begin(const char *path, bool overwrite, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *base = g_path_get_basename(path);

    if (!rdl_output_possible(path, overwrite, error))
        return NULL;
    rdl_output *output = g_new0(rdl_output, 1);
    output->path = g_strdup(path);
    output->temporary = g_strdup_printf("%s/.part-%d-%s", folder, (int)getpid(), base);
    output->overwrite = overwrite;
    g_unlink(output->temporary);
    return output;
}

const char *rdl_output_temporary(const rdl_output *output)
{
    return output->temporary;
}

const char *rdl_output_path(const rdl_output *output)
{
    return output->path;
}

static bool flush_file(const char *path)
{
    int fd = g_open(path, O_RDONLY, 0);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return good;
}

bool rdl_output_commit(rdl_output *output, GError **error)
{
    if (!flush_file(output->temporary))
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written whole: %s", output->path,
                        g_strerror(errno));
    /* link() refuses an existing name atomically; rename() would replace it. */
    if (!output->overwrite && link(output->temporary, output->path) == 0) {
        g_unlink(output->temporary);
    } else if (!output->overwrite && errno == EEXIST) {
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: somebody wrote it meanwhile", output->path);
    } else if (g_rename(output->temporary, output->path) != 0) {
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be put in place: %s", output->path,
                        g_strerror(errno));
    }
    output->committed = true;
    return true;
}

void rdl_output_free(rdl_output *output)
{
    static const char *const beside[] = {"", "-journal", "-wal", "-shm", ".aux.xml"};

    if (!output)
        return;
    for (size_t i = 0; !output->committed && i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *name = g_strconcat(output->temporary, beside[i], NULL);
        g_unlink(name);
    }
    g_free(output->path);
    g_free(output->temporary);
    g_free(output);
}

/* ---- outputs apart from inputs ---- */

/* The one name a file has: links resolved where there is something, else those of its folder. */
static char *one_name(const char *path)
{
    char *real = realpath(path, NULL);

    if (real)
        return real;
    g_autofree char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
    char *real_folder = realpath(folder, NULL);
    char *name = g_build_filename(real_folder ? real_folder : folder, base, NULL);
    free(real_folder);
    return name;
}

static bool same_file(const char *a, const char *b)
{
    struct stat sa, sb;
    g_autofree char *one = one_name(a), *other = one_name(b);

    if (strcmp(one, other) == 0)
        return true;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
           sa.st_ino == sb.st_ino;
}

static bool is_part_of_shapefile(const char *output, const char *input)
{
    static const char *const parts[] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};
    size_t n = strlen(input);

    if (n < 4 || g_ascii_strcasecmp(input + n - 4, ".shp") != 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *name = g_strdup_printf("%.*s%s", (int)(n - 4), input, parts[i]);
        if (same_file(output, name))
            return true;
    }
    return false;
}

static bool is_input(const char *output, const char *input)
{
    const char *colon = strrchr(input, ':');
    bool layer = colon && !g_file_test(input, G_FILE_TEST_EXISTS);
    g_autofree char *file = layer ? g_strndup(input, (size_t)(colon - input)) : g_strdup(input);

    return same_file(output, file) || is_part_of_shapefile(output, file);
}

bool rdl_output_apart(const char *const *outputs, size_t n_outputs, const char *const *inputs,
                      size_t n_inputs, GError **error)
{
    for (size_t i = 0; i < n_outputs; i++) {
        for (size_t k = 0; outputs[i] && k < n_inputs; k++)
            if (inputs[k] && is_input(outputs[i], inputs[k]))
                return rdl_fail(error, RDL_ERROR_USAGE,
                                "%s: is an input (%s) and would be destroyed: name another output",
                                outputs[i], inputs[k]);
        for (size_t k = 0; outputs[i] && k < i; k++)
            if (outputs[k] && same_file(outputs[i], outputs[k]))
                return rdl_fail(error, RDL_ERROR_USAGE,
                                "%s: is named for two outputs: name another", outputs[i]);
    }
    return true;
}

bool rdl_output_text(const char *path, const char *text, bool overwrite, GError **error)
{
    return rdl_output_bytes(path, text, strlen(text), overwrite, error);
}

static rdl_output *begin_bytes(const char *path, const void *bytes, size_t n, bool overwrite,
                               GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(path, overwrite, error);

    if (!output)
        return NULL;
    FILE *f = g_fopen(output->temporary, "wb");
    bool good = f && fwrite(bytes, 1, n, f) == n && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int reason = errno;
    if (f && fclose(f) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (!good)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s", path, g_strerror(reason)),
               NULL;
    return g_steal_pointer(&output);
}

rdl_output *rdl_output_begin_text(const char *path, const char *text, bool overwrite,
                                  GError **error)
{
    return begin_bytes(path, text, strlen(text), overwrite, error);
}

bool rdl_output_bytes(const char *path, const void *bytes, size_t n, bool overwrite, GError **error)
{
    g_autoptr(rdl_output) output = begin_bytes(path, bytes, n, overwrite, error);

    return output && rdl_output_commit(output, error);
}

bool rdl_output_folder(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0777) == 0)
        return true;
    return rdl_fail(error, RDL_ERROR_IO, "%s: the folder cannot be made: %s", path,
                    g_strerror(errno));
}

#define ROOM_LEAST \
    (1 << 20) /* bytes left: what is written in pieces may fail before all are gone */

const char *rdl_output_room(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    struct statvfs disk;

    if (statvfs(folder, &disk) != 0 || disk.f_bavail * disk.f_frsize >= ROOM_LEAST)
        return "";
    return ": the disk is full: free room, or write elsewhere";
}
