#include "geo/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include "geo/crs_handle.h"
#include "geo/product.h"

char **rdl_source_layers(const char *path, bool *raster, GError **error)
{
    GError *failure = NULL;
    g_autoptr(rdl_product) product = rdl_product_find(path, 0.0, &failure);

    if (failure)
        return g_propagate_error(error, failure), NULL;
    *raster = product != NULL;
    if (product)
        return g_new0(char *, 1);
    GDALDatasetH dataset = rdl_gdal_open(path, GDAL_OF_RASTER | GDAL_OF_VECTOR, NULL);
    if (!dataset) {
        g_autofree char *doing = rdl_say("%s: cannot be opened", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing), NULL;
    }
    int n = GDALDatasetGetLayerCount(dataset);
    char **names = g_new0(char *, (size_t)n + 1);
    for (int i = 0; i < n; i++)
        names[i] = g_strdup(OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
    *raster = GDALGetRasterCount(dataset) > 0;
    GDALClose(dataset);
    return names;
}

/* ---- the files of a source ---- */

static void add_file(GPtrArray *files, const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);

    g_ptr_array_add(files, g_strdup(path));
    if (g_file_test(log, G_FILE_TEST_IS_REGULAR)) /* newer than the database itself */
        g_ptr_array_add(files, g_steal_pointer(&log));
}

static void add_listed(GPtrArray *files, const char *path)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset = rdl_gdal_open(path, GDAL_OF_RASTER | GDAL_OF_VECTOR, NULL);
    char **list = dataset ? GDALGetFileList(dataset) : NULL;

    if (dataset)
        GDALClose(dataset);
    CPLPopErrorHandler();
    for (char **l = list; l && *l; l++)
        add_file(files, *l);
    CSLDestroy(list);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool all_plain(const GPtrArray *files)
{
    for (guint i = 0; i < files->len; i++)
        if (!g_file_test(files->pdata[i], G_FILE_TEST_IS_REGULAR))
            return false;
    return true;
}

char **rdl_source_files(const char *source)
{
    const char *colon = strrchr(source, ':');
    bool whole = !colon || g_file_test(source, G_FILE_TEST_EXISTS);
    g_autofree char *path = whole ? g_strdup(source) : g_strndup(source, (size_t)(colon - source));
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return g_new0(char *, 1);
    g_autoptr(rdl_product) product = rdl_product_find(path, 0.0, NULL);
    if (product)
        rdl_product_files(product, files);
    else
        add_listed(files, path);
    if (product && !all_plain(files) && g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_ptr_array_set_size(files, 0); /* an archive */
        add_file(files, path);
    }
    if (!all_plain(files))
        g_ptr_array_set_size(files, 0);
    g_ptr_array_sort(files, by_path);
    g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&files), FALSE);
}

#define DESCRIBED 65536 /* bytes at the start of a file that tell whether it describes others */

/* Descriptions are text; GDAL knows them by their first words, whatever the file is called. */
static bool describes_others(const char *start)
{
    static const char *const words[] = {"<VRTDataset",   "<OGRVRTDataSource",
                                        "<GDAL_WMS",     "<WCS_GDAL",
                                        "<WMTServer",    "<WMT_MS",
                                        "<Capabilities", "<OGRWFSDataSource",
                                        "<Service",      "<GDALTileIndexDataset"};
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(words) && !found; i++)
        found = strstr(start, words[i]) != NULL;
    return found;
}

bool rdl_source_stays(const char *path, GError **error)
{
    g_autofree char *start = g_malloc0(DESCRIBED + 1), *text = NULL;
    FILE *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "rb") : NULL;

    if (!file)
        return true;
    size_t n = fread(start, 1, DESCRIBED, file);
    fclose(file);
    if (!n || !describes_others(start))
        return true;
    if (g_file_get_contents(path, &text, NULL, NULL) && !strstr(text, "/vsi") &&
        !strstr(text, "://") && !strstr(text, "PG:") && !strstr(text, "MYSQL:"))
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s: leads on to other machines or virtual paths: name it yourself to open it",
                    path);
}

char **rdl_archive_names(const char *path, GError **error)
{
    g_autofree char *inside = g_strdup_printf("/vsizip/{%s}", path);
    char **list = rdl_input_plain(path, error) ? VSIReadDirRecursive(inside) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (char **l = list; l && *l; l++)
        if (!g_str_has_suffix(*l, "/"))
            g_ptr_array_add(names, g_strdup(*l));
    CSLDestroy(list);
    if (!names->len) {
        if (rdl_input_plain(path, NULL))
            rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read as an archive", path);
        return NULL;
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char *rdl_archive_text(const char *path, const char *name, GError **error)
{
    g_autofree char *inside = g_strdup_printf("/vsizip/{%s}/%s", path, name);
    GByte *bytes = NULL;
    vsi_l_offset n = 0;

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = VSIIngestFile(NULL, inside, &bytes, &n, -1) && CPLGetLastErrorType() < CE_Failure;
    CPLPopErrorHandler();
    char *text = good ? g_strndup((const char *)bytes, (gsize)n) : NULL;
    VSIFree(bytes);
    if (!good)
        rdl_fail(error, RDL_ERROR_IO, "%s: %s in it cannot be read whole", path, name);
    return text;
}

static bool check_names(const char *path, char **names, guint64 most, GError **error)
{
    guint64 all = 0;

    for (char **n = names; *n; n++) {
        g_autofree char *inside = g_strdup_printf("/vsizip/{%s}/%s", path, *n);
        VSIStatBufL s = {0};
        g_autofree char *shown = g_strescape(*n, NULL);
        if (!rdl_zip_name_safe(*n))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' in it leads out of its folder", path,
                            shown);
        if (VSIStatL(inside, &s) != 0)
            return rdl_fail(error, RDL_ERROR_IO, "%s: %s in it cannot be read", path, *n);
        all += (guint64)s.st_size;
    }
    return all <= most || rdl_fail(error, RDL_ERROR_DATA,
                                   "%s: unpacks to more than %" PRIu64 " bytes", path, most);
}

static bool unpack_one(const char *path, const char *name, const char *folder, GError **error)
{
    g_autofree char *inside = g_strdup_printf("/vsizip/{%s}/%s", path, name);
    g_autofree char *to = g_build_filename(folder, name, NULL), *parent = g_path_get_dirname(to);

    if (!rdl_output_folder(parent, error))
        return false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = CPLCopyFile(to, inside) == 0 && CPLGetLastErrorType() < CE_Failure;
    CPLPopErrorHandler();
    return good || rdl_fail(error, RDL_ERROR_IO, "%s: %s in it cannot be read whole", path, name);
}

bool rdl_archive_unpack(const char *path, const char *folder, guint64 most, GError **error)
{
    g_auto(GStrv) names = rdl_archive_names(path, error);
    bool good = names && check_names(path, names, most, error);

    for (char **n = names; good && *n; n++)
        good = unpack_one(path, *n, folder, error);
    return good;
}

char *rdl_source_shown(const char *source)
{
    static GRegex *secret;

    if (g_once_init_enter(&secret))
        g_once_init_leave(&secret,
                          g_regex_new("\\s*\\b(password|passwd|pwd)\\s*=\\s*('[^']*'|[^\\s:;&']*)|"
                                      "(?<=://)(?<user>[^:/@\\s]*):[^@\\s]*(?=@)",
                                      G_REGEX_OPTIMIZE | G_REGEX_CASELESS, 0, NULL));
    return g_regex_replace(secret, source, -1, 0, "\\g<user>", 0, NULL);
}
