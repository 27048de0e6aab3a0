#include "base/paths.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifndef RDL_DATA_FROM_LIBRARY
#define RDL_DATA_FROM_LIBRARY "../share/redline"
#endif

char *rdl_code_file(void)
{
    Dl_info info;

    if (!dladdr((void *)rdl_data_path, &info) || !info.dli_fname)
        return g_strdup("");
    g_autofree char *real = realpath(info.dli_fname, NULL);
    return g_strdup(real ? real : info.dli_fname);
}

static char *library_folder(void)
{
    g_autofree char *file = rdl_code_file();

    return g_path_get_dirname(file);
}

static char *program_folder(void)
{
    g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);

    return exe ? g_path_get_dirname(exe) : g_get_current_dir();
}

static char *existing(char *take_path)
{
    if (g_file_test(take_path, G_FILE_TEST_EXISTS))
        return take_path;
    g_free(take_path);
    return NULL;
}

/* The source tree lays packs under data/ and styles beside it; a prefix holds both together. */
static char *in_source_tree(const char *folder, const char *what)
{
    g_autofree char *dir = g_strdup(folder);

    for (int up = 0; up < 6; up++) {
        g_autofree char *marker = g_build_filename(dir, "engine", "LAYERS", NULL);
        if (g_file_test(marker, G_FILE_TEST_EXISTS)) {
            char *found = existing(g_build_filename(dir, "data", what, NULL));
            return found ? found : existing(g_build_filename(dir, what, NULL));
        }
        char *parent = g_path_get_dirname(dir);
        g_free(dir);
        dir = parent;
    }
    return NULL;
}

char *rdl_data_path(const char *what, GError **error)
{
    const char *env = g_getenv("REDLINE_DATA");
    g_autofree char *folder = program_folder(), *library = library_folder();
    char *found = NULL;

    if (env && *env)
        found = existing(g_build_filename(env, what, NULL));
    if (!found)
        found = existing(g_build_filename(library, RDL_DATA_FROM_LIBRARY, what, NULL));
    if (!found)
        found = existing(g_build_filename(folder, "..", "share", "redline", what, NULL));
    if (!found)
        found = in_source_tree(library, what);
    if (!found)
        found = in_source_tree(folder, what);
    if (!found)
        rdl_fail(
            error, RDL_ERROR_NOT_FOUND,
            "%s: not found in $REDLINE_DATA, nor in %s/%s, nor in %s/../share/redline, nor in a "
            "source tree above them",
            what, library, RDL_DATA_FROM_LIBRARY, folder);
    return found;
}

char *rdl_data_named(const char *kind, const char *name, GError **error)
{
    if (strchr(name, '/') || g_file_test(name, G_FILE_TEST_EXISTS)) {
        if (g_file_test(name, G_FILE_TEST_EXISTS))
            return g_strdup(name);
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file or folder", name),
               NULL;
    }
    g_autofree char *what = g_build_filename(kind, name, NULL);
    return rdl_data_path(what, error);
}

char *rdl_path_beside(const char *from, const char *path)
{
    if (g_path_is_absolute(path) || g_str_has_prefix(path, "/vsi"))
        return g_strdup(path);
    g_autofree char *folder = g_path_get_dirname(from);
    return strcmp(folder, ".") == 0 ? g_strdup(path) : g_build_filename(folder, path, NULL);
}
