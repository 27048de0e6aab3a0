#include "geo/stac.h"

#include <math.h>
#include <string.h>

#define EDGE_OFF 0.015 /* micrometres */

/* Common names of the eo extension, 1.0 and 1.1. */
static const struct {
    const char *name, *role;
} roles[] = {{"coastal", "coastal"},     {"blue", "blue"},
             {"green", "green"},         {"red", "red"},
             {"rededge071", "rededge1"}, {"rededge075", "rededge2"},
             {"rededge078", "rededge3"}, {"nir", "nir"},
             {"nir08", "nir2"},          {"nir09", "vapour"},
             {"cirrus", "cirrus"},       {"swir16", "swir1"},
             {"swir22", "swir2"}};

static JsonObject *first_of(JsonObject *asset, const char *name)
{
    JsonNode *node = json_object_get_member(asset, name);
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    JsonNode *first =
        array && json_array_get_length(array) == 1 ? json_array_get_element(array, 0) : NULL;

    return first && JSON_NODE_HOLDS_OBJECT(first) ? json_node_get_object(first) : NULL;
}

static const char *common_name(JsonObject *asset)
{
    JsonObject *eo = first_of(asset, "eo:bands"), *band = first_of(asset, "bands");
    const char *name = eo ? rdl_json_text(eo, "common_name", NULL) : NULL;

    if (!name && band)
        name = rdl_json_text(band, "eo:common_name", NULL);
    return name ? name : rdl_json_text(asset, "eo:common_name", NULL);
}

static const char *role_of(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(roles); i++)
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    return NULL;
}

/* Where an asset's file is; NULL when it must not be followed there. */
static char *href(const char *path, JsonObject *asset)
{
    static const struct {
        const char *scheme, *virtual;
        bool keep;
    } nets[] = {{"https://", "/vsicurl/", true},
                {"http://", "/vsicurl/", true},
                {"s3://", "/vsis3/", false}};
    const char *text = rdl_json_text(asset, "href", "");

    for (size_t i = 0; i < G_N_ELEMENTS(nets); i++)
        if (g_str_has_prefix(text, nets[i].scheme))
            return g_str_has_prefix(path, nets[i].virtual)
                       ? g_strconcat(nets[i].virtual,
                                     text + (nets[i].keep ? 0 : strlen(nets[i].scheme)), NULL)
                       : NULL;
    return strstr(text, "://")
               ? NULL
               : rdl_product_beside(path, g_str_has_prefix(text, "./") ? text + 2 : text);
}

static bool refuse(const char *path, const char *key, JsonObject *asset, GError **error)
{
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s: asset %s is at %s, which is not beside the item: fetch the files into its "
                    "folder, or give the item itself as /vsicurl/ or /vsis3/",
                    path, key, rdl_json_text(asset, "href", "no place"));
}

static double real_of(JsonObject *asset, const char *name, const char *name11, double unset)
{
    JsonObject *raster = first_of(asset, "raster:bands"), *band = first_of(asset, "bands");
    double value = raster ? rdl_json_real(raster, name, NAN) : NAN;

    if (isnan(value) && band)
        value = rdl_json_real(band, name11, NAN);
    if (isnan(value))
        value = rdl_json_real(asset, name11, NAN);
    return isnan(value) ? unset : value;
}

static double resolution_of(JsonObject *asset)
{
    double gsd = rdl_json_real(asset, "gsd", 0.0);

    return real_of(asset, "spatial_resolution", "raster:spatial_resolution", gsd);
}

static bool tiff(JsonObject *asset)
{
    return strstr(rdl_json_text(asset, "type", ""), "tiff") != NULL;
}

static rdl_product_band *band_of(const rdl_product *p, const char *role)
{
    for (guint i = 0; i < p->bands->len; i++) {
        rdl_product_band *b = p->bands->pdata[i];
        if (strcmp(b->role, role) == 0)
            return b;
    }
    return NULL;
}

/* Red-edge bands share one common name: which of them it is tell the key, the band's name and its
 * middle, micrometres. NULL: none of them does. */
static const char *red_edge(JsonObject *asset, const char *key)
{
    static const struct {
        const char *name, *role;
        double middle;
    } edges[] = {
        {"B05", "rededge1", 0.704}, {"B06", "rededge2", 0.740}, {"B07", "rededge3", 0.783}};
    JsonObject *eo = first_of(asset, "eo:bands"), *band = first_of(asset, "bands");
    const char *name = rdl_json_text(eo ? eo : band ? band : asset, "name", "");
    double middle = eo ? rdl_json_real(eo, "center_wavelength", NAN)
                       : rdl_json_real(band ? band : asset, "eo:center_wavelength", NAN);

    for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
        if (g_ascii_strcasecmp(key, edges[i].name) == 0 || strcmp(key, edges[i].role) == 0 ||
            g_ascii_strcasecmp(name, edges[i].name) == 0 || strcmp(name, edges[i].role) == 0 ||
            fabs(middle - edges[i].middle) < EDGE_OFF)
            return edges[i].role;
    return NULL;
}

static const char *part_of(JsonObject *asset, const char *key)
{
    const char *name = common_name(asset);

    return g_strcmp0(name, "rededge") == 0 ? red_edge(asset, key) : role_of(name);
}

/* Does a second asset of a band take the place of the first? A GeoTIFF that of another format, and
 * among GeoTIFFs the finer one. */
static bool better(JsonObject *assets, const rdl_product_band *there, JsonObject *asset)
{
    JsonObject *old = rdl_json_object(assets, there->id);
    double finer = resolution_of(asset);

    return tiff(asset) && (!old || !tiff(old) || (finer > 0.0 && finer < there->resolution));
}

static bool add_asset(rdl_product *p, const char *path, const char *key, JsonObject *assets,
                      bool offset_applied, GError **error)
{
    JsonObject *asset = rdl_json_object(assets, key);
    const char *role = asset ? part_of(asset, key) : NULL;
    rdl_product_band *b = role ? band_of(p, role) : NULL;

    if (!role || (b && !better(assets, b, asset)))
        return true;
    g_autofree char *file = href(path, asset);
    if (!file)
        return refuse(path, key, asset, error);
    if (b)
        g_ptr_array_remove(p->bands, b);
    b = rdl_product_add(p, file, key, role);
    b->scale = real_of(asset, "scale", "raster:scale", 1.0);
    b->offset = offset_applied ? 0.0 : real_of(asset, "offset", "raster:offset", 0.0);
    b->nodata = real_of(asset, "nodata", "nodata", NAN);
    b->resolution = resolution_of(asset);
    return true;
}

/* "scl", "SCL" or "SCL_20m". */
static bool called(const char *key, const char *name)
{
    size_t n = strlen(name);

    return g_ascii_strncasecmp(key, name, n) == 0 && (key[n] == '\0' || key[n] == '_');
}

/* The first mask that is called so; what the maker of such scenes always adds, and is not there, is
 * missing. */
static bool add_mask(rdl_product *p, const char *path, GList *keys, JsonObject *assets,
                     const char *name, const char *values, bool expected, GError **error)
{
    for (GList *k = keys; k; k = k->next) {
        JsonObject *asset = called(k->data, name) ? rdl_json_object(assets, k->data) : NULL;
        g_autofree char *file = asset ? href(path, asset) : NULL;
        if (asset && !file)
            return refuse(path, k->data, asset, error);
        if (file) {
            rdl_product_add_mask(p, file, 1, values);
            return true;
        }
    }
    if (expected) {
        g_autofree char *upper = g_ascii_strup(name, -1);
        g_string_append_printf(p->missing, "%s%s", p->missing->len ? "," : "", upper);
    }
    return true;
}

static bool is_true(JsonObject *properties, const char *name)
{
    return json_object_get_boolean_member_with_default(properties, name, FALSE);
}

static bool add_assets(rdl_product *p, const char *path, JsonObject *item, GError **error)
{
    JsonObject *assets = rdl_json_object(item, "assets");
    JsonObject *properties = rdl_json_object(item, "properties");
    const char *platform = rdl_json_text(properties, "platform", "");
    bool level_2 = strstr(rdl_json_text(item, "collection", ""), "l2") != NULL;
    bool applied = is_true(properties, "earthsearch:boa_offset_applied") ||
                   is_true(properties, "sentinel:boa_offset_applied");
    g_autoptr(GList) keys = g_list_sort(json_object_get_members(assets), (GCompareFunc)strcmp);

    for (GList *k = keys; k; k = k->next)
        if (!add_asset(p, path, k->data, assets, applied, error))
            return false;
    rdl_product_band *narrow = band_of(p, "nir2");
    if (narrow && !band_of(p, "nir"))
        narrow->role = "nir"; /* Landsat's only one */
    rdl_product_item(p, "BOA_OFFSET_APPLIED", applied ? "yes" : NULL);
    return add_mask(p, path, keys, assets, "scl", "scl",
                    level_2 && g_ascii_strncasecmp(platform, "sentinel-2", 10) == 0, error) &&
           add_mask(p, path, keys, assets, "qa_pixel", "qa-pixel",
                    level_2 && g_ascii_strncasecmp(platform, "landsat", 7) == 0, error);
}

static void add_items(rdl_product *p, JsonObject *properties)
{
    static const char *const reals[][2] = {{"view:sun_elevation", "SUN_ELEVATION"},
                                           {"view:sun_azimuth", "SUN_AZIMUTH"},
                                           {"view:off_nadir", "OFF_NADIR"}};
    const char *when = rdl_json_text(properties, "datetime", NULL);
    g_autofree char *day = when ? g_strndup(when, 10) : NULL;

    rdl_product_item(p, "DATE_ACQUIRED", day);
    rdl_product_item(p, "SPACECRAFT_ID", rdl_json_text(properties, "platform", NULL));
    rdl_product_item(p, "PROCESSING_BASELINE",
                     rdl_json_text(properties, "s2:processing_baseline", NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(reals); i++) {
        double value = rdl_json_real(properties, reals[i][0], NAN);
        g_autofree char *text = isnan(value) ? NULL : g_strdup_printf("%.4f", value);
        rdl_product_item(p, reals[i][1], text);
    }
}

/* A grid of the resolution wished for, or the finest there is. */
static bool settle_resolution(rdl_product *p, const char *path, double wished, GError **error)
{
    double finest = 0.0;
    bool there = wished == 0.0;

    for (guint i = 0; i < p->bands->len; i++) {
        double r = ((rdl_product_band *)p->bands->pdata[i])->resolution;
        finest = r > 0.0 && (finest == 0.0 || r < finest) ? r : finest;
        there = there || r == wished;
    }
    p->resolution = wished == 0.0 ? finest : wished;
    return there ||
           rdl_fail(error, RDL_ERROR_USAGE, "--resolution %g: %s has no such band", wished, path);
}

rdl_product *rdl_stac_product(const char *path, double resolution, GError **error)
{
    g_autofree char *text = rdl_product_text(path, error);
    g_autoptr(JsonNode) node = text ? rdl_json_parse(text, path, error) : NULL;
    JsonObject *item = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    if (!item || !json_object_has_member(item, "stac_version"))
        return NULL;
    JsonObject *assets = rdl_json_object(item, "assets");
    JsonObject *properties = rdl_json_object(item, "properties");
    if (!assets || !properties)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: is no STAC item: give an item, not a collection", path),
               NULL;
    g_autoptr(rdl_product) p = rdl_product_new("STAC item", path, 0.0);
    add_items(p, properties);
    if (!add_assets(p, path, item, error) || !settle_resolution(p, path, resolution, error))
        return NULL;
    if (p->bands->len == 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: no asset has a band with a common name (red, nir ...)", path),
               NULL;
    return g_steal_pointer(&p);
}
