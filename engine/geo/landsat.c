#include "geo/landsat.h"

#include <string.h>
#include <gdal.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include "geo/crs_handle.h"

#define LARGEST (1 << 20) /* bytes of a metadata file */

typedef struct {
    const char *role;
    int band;
} part;

static const part thematic_mapper[] = {{"blue", 1},  {"green", 2}, {"red", 3}, {"nir", 4},
                                       {"swir1", 5}, {"swir2", 7}, {NULL, 0}};
static const part land_imager[] = {{"coastal", 1}, {"blue", 2},  {"green", 3}, {"red", 4},
                                   {"nir", 5},     {"swir1", 6}, {"swir2", 7}, {NULL, 0}};

/* KEY = VALUE, the first of a key: in level 2 files that of the product itself. */
static GHashTable *read_keys(const char *text)
{
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **l = lines; *l; l++) {
        char *equals = strchr(*l, '=');
        if (!equals)
            continue;
        char *key = g_strstrip(g_strndup(*l, (size_t)(equals - *l)));
        char *value = g_strstrip(g_strdup(equals + 1));
        size_t n = strlen(value);
        if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
            memmove(value, value + 1, n - 2);
            value[n - 2] = '\0';
        }
        if (g_hash_table_contains(keys, key)) {
            g_free(key);
            g_free(value);
        } else {
            g_hash_table_insert(keys, key, value);
        }
    }
    return keys;
}

static const char *value_of(GHashTable *keys, const char *key, int band)
{
    g_autofree char *name = band ? g_strdup_printf("%s_%d", key, band) : g_strdup(key);

    return g_hash_table_lookup(keys, name);
}

/* A band's file: a name beside the metadata, never a path that leads elsewhere. */
static char *band_file(GHashTable *keys, const char *path, int band)
{
    const char *name = value_of(keys, "FILE_NAME_BAND", band);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!name || !*name || strchr(name, '/') || strchr(name, '\\'))
        return NULL;
    return g_build_filename(folder, name, NULL);
}

static void add_number(GString *vrt, const char *element, const char *text)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    char *end;
    double value = text ? g_ascii_strtod(text, &end) : 0.0;

    if (text && end != text)
        g_string_append_printf(vrt, "<%s>%s</%s>", element,
                               g_ascii_dtostr(number, sizeof number, value), element);
}

static void add_band(GString *vrt, GHashTable *keys, const part *p, const char *file,
                     const char *type, int number)
{
    g_autofree char *name = g_markup_escape_text(file, -1);

    g_string_append_printf(vrt,
                           "<VRTRasterBand dataType=\"%s\" band=\"%d\"><Description>%s"
                           "</Description><NoDataValue>0</NoDataValue>",
                           type, number, p->role);
    add_number(vrt, "Scale", value_of(keys, "REFLECTANCE_MULT_BAND", p->band));
    add_number(vrt, "Offset", value_of(keys, "REFLECTANCE_ADD_BAND", p->band));
    g_string_append_printf(vrt,
                           "<SimpleSource><SourceFilename relativeToVRT=\"0\">%s</SourceFilename>"
                           "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>",
                           name);
}

static void add_item(GString *vrt, GHashTable *keys, const char *name)
{
    const char *value = value_of(keys, name, 0);
    g_autofree char *text = value ? g_markup_escape_text(value, -1) : NULL;

    if (text)
        g_string_append_printf(vrt, "<MDI key=\"%s\">%s</MDI>", name, text);
}

/* Size, place and type, which all reflective bands share, as the first one has them. */
static GString *begin(GHashTable *keys, GDALDatasetH first)
{
    GString *vrt = g_string_new(NULL);
    double t[6];
    char number[6][G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(vrt, "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\">",
                           GDALGetRasterXSize(first), GDALGetRasterYSize(first));
    g_autofree char *srs = g_markup_escape_text(GDALGetProjectionRef(first), -1);
    if (*srs)
        g_string_append_printf(vrt, "<SRS>%s</SRS>", srs);
    if (GDALGetGeoTransform(first, t) == CE_None) {
        for (int i = 0; i < 6; i++)
            g_ascii_dtostr(number[i], sizeof number[i], t[i]);
        g_string_append_printf(vrt, "<GeoTransform>%s,%s,%s,%s,%s,%s</GeoTransform>", number[0],
                               number[1], number[2], number[3], number[4], number[5]);
    }
    g_string_append(vrt, "<Metadata>");
    add_item(vrt, keys, "DATE_ACQUIRED");
    add_item(vrt, keys, "SUN_ELEVATION");
    g_string_append(vrt, "</Metadata>");
    return vrt;
}

static GDALDatasetH open_band(const char *file, GError **error)
{
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH band = GDALOpenEx(file, GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    CPLPopErrorHandler();
    if (!band) {
        g_autofree char *doing = g_strdup_printf("%s: cannot be opened as a raster", file);
        rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    return band;
}

static char *stack(GHashTable *keys, const char *path, const part *parts, GError **error)
{
    GString *vrt = NULL;
    int width = 0, height = 0, count = 0;

    for (const part *p = parts; p->role; p++) {
        g_autofree char *file = band_file(keys, path, p->band);
        if (!file) {
            rdl_fail(error, RDL_ERROR_DATA, "%s: names no file of band %d", path, p->band);
            break;
        }
        GDALDatasetH band = open_band(file, error);
        if (!band)
            break;
        if (!vrt) {
            vrt = begin(keys, band);
            width = GDALGetRasterXSize(band);
            height = GDALGetRasterYSize(band);
        }
        bool same = GDALGetRasterXSize(band) == width && GDALGetRasterYSize(band) == height;
        if (same)
            add_band(vrt, keys, p, file,
                     GDALGetDataTypeName(GDALGetRasterDataType(GDALGetRasterBand(band, 1))),
                     ++count);
        GDALClose(band);
        if (!same) {
            rdl_fail(error, RDL_ERROR_DATA, "%s: is of another size than the bands before it",
                     file);
            break;
        }
        if (!p[1].role)
            return g_string_append(vrt, "</VRTDataset>"), g_string_free(vrt, FALSE);
    }
    if (vrt)
        g_string_free(vrt, TRUE);
    return NULL;
}

char *rdl_landsat_vrt(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize n = 0;

    if (!g_str_has_suffix(path, "_MTL.txt") || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return NULL;
    if (!g_file_get_contents(path, &text, &n, NULL) || n > LARGEST)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read as metadata of a scene", path),
               NULL;
    g_autoptr(GHashTable) keys = read_keys(text);
    const char *sensor = value_of(keys, "SENSOR_ID", 0);
    if (sensor && (strcmp(sensor, "TM") == 0 || strcmp(sensor, "ETM") == 0))
        return stack(keys, path, thematic_mapper, error);
    if (sensor && g_str_has_prefix(sensor, "OLI"))
        return stack(keys, path, land_imager, error);
    return rdl_fail(error, RDL_ERROR_DATA, "%s: tells of no sensor TM, ETM or OLI", path), NULL;
}
