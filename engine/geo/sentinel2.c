#include "geo/sentinel2.h"

#include <stdlib.h>
#include <string.h>
#include <cpl_error.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include "geo/mask_shapes.h"

/* In the order of the metadata's band_id. */
static const struct {
    const char *id, *role;
} bands[] = {{"B01", "coastal"},  {"B02", "blue"},     {"B03", "green"},    {"B04", "red"},
             {"B05", "rededge1"}, {"B06", "rededge2"}, {"B07", "rededge3"}, {"B08", "nir"},
             {"B8A", "nir2"},     {"B09", "vapour"},   {"B10", "cirrus"},   {"B11", "swir1"},
             {"B12", "swir2"}};
#define BANDS (int)G_N_ELEMENTS(bands)

/* Of level 1C, whose files do not say. */
static const int native[] = {60, 10, 10, 10, 20, 20, 20, 10, 20, 60, 60, 20, 20};

typedef struct {
    char *path; /* below the product, without ending */
    char *granule, *id;
    int resolution;
} image;

static void image_free(void *p)
{
    image *i = p;

    g_free(i->path);
    g_free(i->granule);
    g_free(i->id);
    g_free(i);
}

bool rdl_sentinel2_metadata(const char *name)
{
    return strcmp(name, "MTD_MSIL1C.xml") == 0 || strcmp(name, "MTD_MSIL2A.xml") == 0 ||
           (g_str_has_suffix(name, ".xml") && strstr(name, "_MTD_SAFL1C"));
}

/* ---- metadata ---- */

static CPLXMLNode *read_xml(const char *path, GError **error)
{
    g_autofree char *text = rdl_product_text(path, error);

    if (!text)
        return NULL;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLXMLNode *root = CPLParseXMLString(text);
    CPLPopErrorHandler();
    if (!root)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no XML: %s", path, CPLGetLastErrorMsg()),
               NULL;
    CPLStripXMLNamespace(root, NULL, TRUE);
    return root;
}

static const char *text_of(CPLXMLNode *root, const char *name)
{
    g_autofree char *anywhere = g_strconcat("=", name, NULL);
    CPLXMLNode *node = CPLSearchXMLNode(root, anywhere);

    return node ? CPLGetXMLValue(node, NULL, NULL) : NULL;
}

static int band_named(const char *id)
{
    for (int k = 0; k < BANDS; k++)
        if (strcmp(bands[k].id, id) == 0)
            return k;
    return -1;
}

/* ---- images ---- */

/* "GRANULE/L2A_T34UCF_.../IMG_DATA/R10m/T34UCF_20230823T095559_B02_10m": granule, band and
 * resolution. NULL for what is no such path. */
static image *image_of(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    guint n = g_strv_length(parts);

    if (n < 4 || strcmp(parts[0], "GRANULE") != 0)
        return NULL;
    g_autofree char *name = g_strdup(parts[n - 1]);
    char *last = strrchr(name, '_');
    int resolution = 0;
    if (last && g_str_has_suffix(last, "m") && g_ascii_isdigit(last[1])) {
        resolution = (int)strtol(last + 1, NULL, 10);
        *last = '\0';
        last = strrchr(name, '_');
    }
    if (!last)
        return NULL;
    image *i = g_new0(image, 1);
    i->path = g_strdup(path);
    i->granule = g_strdup(parts[1]);
    i->id = g_strdup(last + 1);
    int band = band_named(i->id);
    i->resolution = resolution ? resolution : band >= 0 ? native[band] : 0;
    return i;
}

static void add_image(GPtrArray *images, const CPLXMLNode *file, const char *granule)
{
    const char *text = CPLGetXMLValue(file, NULL, "");
    bool whole = strchr(text, '/') != NULL;
    g_autofree char *path =
        whole ? g_strdup(text) : g_strconcat("GRANULE/", granule, "/IMG_DATA/", text, NULL);
    image *i = image_of(g_strstrip(path));

    if (i)
        g_ptr_array_add(images, i);
}

/* Every IMAGE_FILE of every granule (IMAGE_ID in products of before 2016). */
static void gather_images(const CPLXMLNode *node, const char *granule, GPtrArray *images)
{
    for (; node; node = node->psNext) {
        if (node->eType != CXT_Element)
            continue;
        if (g_str_has_prefix(node->pszValue, "IMAGE_FILE") ||
            strcmp(node->pszValue, "IMAGE_ID") == 0)
            add_image(images, node, granule);
        else
            gather_images(node->psChild, CPLGetXMLValue(node, "granuleIdentifier", granule),
                          images);
    }
}

/* Keep those of one granule. */
static bool choose_granule(GPtrArray *images, const char *wished, const char *path, GError **error)
{
    g_autofree char *first = images->len ? g_strdup(((image *)images->pdata[0])->granule) : NULL;
    g_autofree char *folder = g_path_get_dirname(path);

    for (guint i = images->len; i-- > 0;) {
        const char *granule = ((image *)images->pdata[i])->granule;
        if (!wished && strcmp(granule, first) != 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: holds several granules: give one of them, as %s/GRANULE/%s", path,
                            folder, first);
        if (wished && strcmp(granule, wished) != 0)
            g_ptr_array_remove_index(images, i);
    }
    return images->len > 0 || rdl_fail(error, RDL_ERROR_DATA, "%s: names no image files%s%s", path,
                                       wished ? " of granule " : "", wished ? wished : "");
}

/* Of the files of one band that of the grid itself; else the coarsest of the finer ones, else the
 * finest. */
static const image *image_for(GPtrArray *images, const char *id, int resolution)
{
    const image *best = NULL;

    for (guint i = 0; i < images->len; i++) {
        const image *x = images->pdata[i];
        if (strcmp(x->id, id) != 0)
            continue;
        bool fits = x->resolution <= resolution, fit = best && best->resolution <= resolution;
        if (!best || (fits && (!fit || x->resolution > best->resolution)) ||
            (!fits && !fit && x->resolution < best->resolution))
            best = x;
    }
    return best;
}

static char *file_of(const char *metadata, const image *i)
{
    static const char *const endings[] = {".jp2", ".tif", ""};

    for (size_t k = 0; k < G_N_ELEMENTS(endings); k++) {
        g_autofree char *name = g_strconcat(i->path, endings[k], NULL);
        char *file = rdl_product_beside(metadata, name);
        if (file && rdl_product_there(file))
            return file;
        g_free(file);
    }
    return NULL;
}

/* ---- radiometry ---- */

/* Offsets by band_id; false where the metadata have none. */
static bool read_offsets(CPLXMLNode *root, double *offsets)
{
    CPLXMLNode *list = CPLSearchXMLNode(root, "=BOA_ADD_OFFSET_VALUES_LIST");
    bool any = false;

    if (!list)
        list = CPLSearchXMLNode(root, "=Radiometric_Offset_List");
    for (CPLXMLNode *n = list ? list->psChild : NULL; n; n = n->psNext) {
        int band = n->eType == CXT_Element ? atoi(CPLGetXMLValue(n, "band_id", "-1")) : -1;
        if (band < 0 || band >= BANDS)
            continue;
        offsets[band] = CPLAtof(CPLGetXMLValue(n, NULL, "0"));
        any = true;
    }
    return any;
}

static double quantification(CPLXMLNode *root, bool surface)
{
    const char *text = surface ? text_of(root, "BOA_QUANTIFICATION_VALUE") : NULL;

    if (surface && !text)
        text = text_of(root, "L2A_BOA_QUANTIFICATION_VALUE");
    if (!surface)
        text = text_of(root, "QUANTIFICATION_VALUE");
    return text ? CPLAtof(text) : 0.0;
}

static bool add_bands(rdl_product *p, CPLXMLNode *root, GPtrArray *images, const char *path,
                      GError **error)
{
    const double unit = quantification(root, strcmp(p->kind, "Sentinel-2 L2A") == 0);
    double offsets[BANDS] = {0};

    if (!(unit > 0.0))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: tells of no quantification value", path);
    if (read_offsets(root, offsets)) {
        g_autofree char *text = g_strdup_printf("%g", offsets[1]);
        rdl_product_item(p, "ADD_OFFSET", text);
    }
    for (int k = 0; k < BANDS; k++) {
        const image *i = image_for(images, bands[k].id, (int)p->resolution);
        g_autofree char *file = i ? file_of(path, i) : NULL;
        if (i && !file)
            g_string_append_printf(p->missing, "%s%s", p->missing->len ? "," : "", bands[k].id);
        if (!file)
            continue;
        rdl_product_band *b = rdl_product_add(p, file, bands[k].id, bands[k].role);
        b->nodata = 0.0;
        b->resolution = i->resolution;
        b->scale = 1.0 / unit;
        b->offset = offsets[k] / unit;
    }
    return true;
}

/* ---- what lies beside the images ---- */

static char *below_granule(const char *path, const image *any, const char *name)
{
    g_autofree char *below = g_strconcat("GRANULE/", any->granule, "/", name, NULL);

    return rdl_product_beside(path, below);
}

/* "MSK_CLOUDS_B00.gml", with more about it in names of old. */
static char *cloud_polygons(const char *path, const image *any)
{
    g_autofree char *folder = below_granule(path, any, "QI_DATA/");
    char **names = folder ? VSIReadDir(folder) : NULL;
    char *found = NULL;

    for (char **n = names; n && *n && !found; n++)
        if (strstr(*n, "MSK_CLOUDS") && g_str_has_suffix(*n, ".gml"))
            found = g_strconcat(folder, *n, NULL);
    CSLDestroy(names);
    return found;
}

static void add_masks(rdl_product *p, GPtrArray *images, const char *path)
{
    const image *classes = image_for(images, "SCL", 20);
    g_autofree char *scl = classes ? file_of(path, classes) : NULL;
    g_autofree char *clouds = below_granule(path, images->pdata[0], "QI_DATA/MSK_CLASSI_B00.jp2");
    bool surface = strcmp(p->kind, "Sentinel-2 L2A") == 0;

    if (scl)
        rdl_product_add_mask(p, scl, 1, "scl");
    else if (surface)
        g_string_append_printf(p->missing, "%sSCL", p->missing->len ? "," : "");
    bool raster = !surface && clouds && rdl_product_there(clouds);
    for (int band = 1; raster && band <= 3; band++)
        rdl_product_add_mask(p, clouds, band, "nonzero"); /* opaque clouds, cirrus, snow */
    g_autofree char *shapes = surface || raster ? NULL : cloud_polygons(path, images->pdata[0]);
    if (shapes)
        rdl_product_add_mask(p, shapes, 0, RDL_MASK_SHAPES);
    else if (!surface && !raster)
        g_string_append_printf(p->missing, "%sMSK_CLOUDS", p->missing->len ? "," : "");
}

static char *tile_metadata(const char *path, const image *any)
{
    g_autofree char *folder = below_granule(path, any, "");
    char *found = NULL;
    char **names = folder ? VSIReadDir(folder) : NULL;

    for (char **n = names; n && *n && !found; n++)
        if (strcmp(*n, "MTD_TL.xml") == 0 ||
            (strstr(*n, "_MTD_L1C_") && g_str_has_suffix(*n, ".xml")))
            found = g_strconcat(folder, *n, NULL);
    CSLDestroy(names);
    return found;
}

static void add_sun(rdl_product *p, GPtrArray *images, const char *path)
{
    g_autofree char *tile = tile_metadata(path, images->pdata[0]);
    CPLXMLNode *root = tile ? read_xml(tile, NULL) : NULL;
    CPLXMLNode *sun = root ? CPLSearchXMLNode(root, "=Mean_Sun_Angle") : NULL;
    const char *zenith = sun ? CPLGetXMLValue(sun, "ZENITH_ANGLE", NULL) : NULL;

    if (zenith) {
        g_autofree char *elevation = g_strdup_printf("%.4f", 90.0 - CPLAtof(zenith));
        rdl_product_item(p, "SUN_ELEVATION", elevation);
        rdl_product_item(p, "SUN_AZIMUTH", CPLGetXMLValue(sun, "AZIMUTH_ANGLE", NULL));
    }
    p->tile = g_steal_pointer(&tile);
    CPLDestroyXMLNode(root);
}

static void add_items(rdl_product *p, CPLXMLNode *root)
{
    static const char *const names[][2] = {{"PROCESSING_BASELINE", "PROCESSING_BASELINE"},
                                           {"SPACECRAFT_NAME", "SPACECRAFT_ID"},
                                           {"SENSING_ORBIT_NUMBER", "SENSING_ORBIT_NUMBER"}};
    const char *start = text_of(root, "PRODUCT_START_TIME");
    g_autofree char *day = start ? g_strndup(start, 10) : NULL;

    rdl_product_item(p, "DATE_ACQUIRED", day);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        rdl_product_item(p, names[i][1], text_of(root, names[i][0]));
}

static rdl_product *read_product(CPLXMLNode *root, const char *path, const char *granule,
                                 double resolution, GError **error)
{
    const char *level = text_of(root, "PROCESSING_LEVEL");
    bool surface = level && g_str_has_prefix(level, "Level-2A");
    g_autoptr(GPtrArray) images = g_ptr_array_new_with_free_func(image_free);

    if (!surface && !(level && g_str_has_prefix(level, "Level-1C")))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is neither of Level-1C nor of Level-2A", path),
               NULL;
    gather_images(root, "", images);
    if (!choose_granule(images, granule, path, error))
        return NULL;
    g_autoptr(rdl_product) p =
        rdl_product_new(surface ? "Sentinel-2 L2A" : "Sentinel-2 L1C", path, resolution);
    add_items(p, root);
    add_sun(p, images, path);
    if (!add_bands(p, root, images, path, error))
        return NULL;
    add_masks(p, images, path);
    return g_steal_pointer(&p);
}

rdl_product *rdl_sentinel2_product(const char *path, const char *granule, double resolution,
                                   GError **error)
{
    double metres = resolution == 0.0 ? 10.0 : resolution;

    if (metres != 10.0 && metres != 20.0 && metres != 60.0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--resolution %g: %s is of 10, 20 and 60 m",
                        resolution, path),
               NULL;
    CPLXMLNode *root = read_xml(path, error);
    rdl_product *p = root ? read_product(root, path, granule, metres, error) : NULL;
    CPLDestroyXMLNode(root);
    return p;
}
