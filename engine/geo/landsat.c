#include "geo/landsat.h"

#include <math.h>
#include <string.h>

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

/* A file beside the metadata, never a path that leads elsewhere. */
static char *file_of(GHashTable *keys, const char *path, const char *key, int band)
{
    const char *name = value_of(keys, key, band);

    return name && !strchr(name, '/') ? rdl_product_beside(path, name) : NULL;
}

static double number_of(GHashTable *keys, const char *key, int band, double unset)
{
    const char *text = value_of(keys, key, band);
    char *end;
    double value = text ? g_ascii_strtod(text, &end) : unset;

    return text && end == text ? unset : value;
}

/* Level 1 reflectances are for a sun in the zenith until divided by the sine of its elevation. */
static double sun_factor(GHashTable *keys)
{
    const char *level = value_of(keys, "PROCESSING_LEVEL", 0);
    double elevation = number_of(keys, "SUN_ELEVATION", 0, 0.0);

    return level && g_str_has_prefix(level, "L2") ? 1.0
           : elevation > 0.0                      ? 1.0 / sin(elevation * G_PI / 180.0)
                                                  : 1.0;
}

static bool add_bands(rdl_product *p, GHashTable *keys, const char *path, const part *parts,
                      GError **error)
{
    const double sun = sun_factor(keys);

    for (; parts->role; parts++) {
        g_autofree char *file = file_of(keys, path, "FILE_NAME_BAND", parts->band);
        g_autofree char *id = g_strdup_printf("B%d", parts->band);
        if (!file)
            return rdl_fail(error, RDL_ERROR_DATA, "%s: names no file of band %d", path,
                            parts->band);
        rdl_product_band *b = rdl_product_add(p, file, id, parts->role);
        b->nodata = 0.0;
        b->resolution = 30.0;
        if (value_of(keys, "REFLECTANCE_MULT_BAND", parts->band)) {
            b->scale = sun * number_of(keys, "REFLECTANCE_MULT_BAND", parts->band, 1.0);
            b->offset = sun * number_of(keys, "REFLECTANCE_ADD_BAND", parts->band, 0.0);
        }
    }
    return true;
}

static void add_masks(rdl_product *p, GHashTable *keys, const char *path, bool imager)
{
    const struct {
        const char *key, *values;
    } known[] = {{"FILE_NAME_QUALITY_L1_PIXEL", "qa-pixel"},
                 {"FILE_NAME_BAND_QUALITY", "bqa"},
                 {"FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION", imager ? "bits:11" : "bits:9"}};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *file = file_of(keys, path, known[i].key, 0);
        if (file && rdl_product_there(file))
            rdl_product_add_mask(p, file, 1, known[i].values);
        else if (file)
            g_string_append_printf(p->missing, "%s%s", p->missing->len ? "," : "",
                                   value_of(keys, known[i].key, 0));
    }
}

bool rdl_landsat_metadata(const char *name)
{
    return g_str_has_suffix(name, "_MTL.txt");
}

rdl_product *rdl_landsat_product(const char *path, double resolution, GError **error)
{
    static const char *const items[] = {"DATE_ACQUIRED",     "SUN_ELEVATION", "SUN_AZIMUTH",
                                        "SPACECRAFT_ID",     "SENSOR_ID",     "PROCESSING_LEVEL",
                                        "COLLECTION_NUMBER", "WRS_PATH",      "WRS_ROW"};
    g_autofree char *text = rdl_product_text(path, error);

    if (!text)
        return NULL;
    if (resolution != 0.0 && resolution != 30.0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--resolution %g: %s is of 30 m", resolution, path),
               NULL;
    g_autoptr(GHashTable) keys = read_keys(text);
    const char *sensor = value_of(keys, "SENSOR_ID", 0);
    bool mapper = sensor && (strcmp(sensor, "TM") == 0 || strcmp(sensor, "ETM") == 0);
    bool imager = sensor && g_str_has_prefix(sensor, "OLI");
    if (!mapper && !imager)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: tells of no sensor TM, ETM or OLI", path), NULL;
    g_autoptr(rdl_product) p = rdl_product_new("Landsat", path, 30.0);
    for (size_t i = 0; i < G_N_ELEMENTS(items); i++)
        rdl_product_item(p, items[i], value_of(keys, items[i], 0));
    if (!add_bands(p, keys, path, imager ? land_imager : thematic_mapper, error))
        return NULL;
    add_masks(p, keys, path, imager);
    return g_steal_pointer(&p);
}
