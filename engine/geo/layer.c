#include "geo/layer.h"

#include <math.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include "geo/coordinate.h"
#include "geo/crs_handle.h"
#include "geo/source.h"

/* ---- reading ---- */

struct rdl_feature {
    OGRFeatureH handle;
    const rdl_layer *layer;
    GPtrArray *texts; /* recoded, one slot a field, filled when asked */
    GBytes *wkb;
    char *flaw;
    bool damaged;
};

struct rdl_layer {
    char *source; /* as it may be shown */
    GDALDatasetH dataset;
    OGRLayerH handle;
    OGRFeatureDefnH definition;
    rdl_crs *crs;
    char *encoding;            /* to convert from; NULL: already UTF-8 */
    GPtrArray *names, *folded; /* of the fields, UTF-8 */
    bool shapefile, csv, claimed, exchange;
    int wkt, x, y; /* columns the geometry is made from; -1: none */
    const char *web_datum;
    rdl_feature feature;
};

static void feature_clear(rdl_feature *f)
{
    if (f->handle)
        OGR_F_Destroy(f->handle);
    f->handle = NULL;
    g_clear_pointer(&f->texts, g_ptr_array_unref);
    g_clear_pointer(&f->wkb, g_bytes_unref);
    g_clear_pointer(&f->flaw, g_free);
}

void rdl_layer_close(rdl_layer *layer)
{
    if (!layer)
        return;
    feature_clear(&layer->feature);
    if (layer->dataset)
        GDALClose(layer->dataset);
    rdl_crs_unref(layer->crs);
    g_clear_pointer(&layer->names, g_ptr_array_unref);
    g_clear_pointer(&layer->folded, g_ptr_array_unref);
    g_free(layer->encoding);
    g_free(layer->source);
    g_free(layer);
}

static GDALDatasetH open_vector(const char *path)
{
    /* Shapefiles are read without recoding: what their text is in is settled below. */
    static const char *const raw[] = {"ENCODING=", NULL};
    GDALDatasetH dataset;
    bool shapefile = g_str_has_suffix(path, ".shp") || g_str_has_suffix(path, ".SHP") ||
                     g_str_has_suffix(path, ".dbf") || g_str_has_suffix(path, ".DBF");

    dataset = rdl_gdal_open(path, GDAL_OF_VECTOR, shapefile ? raw : NULL);
    return dataset;
}

static char *layer_names(GDALDatasetH dataset)
{
    GString *names = g_string_new(NULL);

    for (int i = 0; i < GDALDatasetGetLayerCount(dataset); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
    return g_string_free(names, FALSE);
}

/* The one layer of a dataset, beside the table that says how it is drawn; NULL: none or several. */
static OGRLayerH only_layer(GDALDatasetH dataset)
{
    OGRLayerH found = NULL;

    for (int i = 0; i < GDALDatasetGetLayerCount(dataset); i++) {
        OGRLayerH one = GDALDatasetGetLayer(dataset, i);
        if (strcmp(OGR_L_GetName(one), "layer_styles") == 0)
            continue;
        if (found)
            return NULL;
        found = one;
    }
    return found;
}

/* FILE, else FILE:LAYER split at the last colon. */
static bool find_layer(rdl_layer *layer, const char *source, GError **error)
{
    const char *colon = strrchr(source, ':');
    g_autofree char *reason = NULL;

    layer->dataset = open_vector(source);
    if (layer->dataset)
        colon = NULL;
    else
        reason = g_strdup(CPLGetLastErrorMsg());
    if (!layer->dataset && colon) {
        g_autofree char *file = g_strndup(source, (size_t)(colon - source));
        layer->dataset = open_vector(file);
        if (!layer->dataset && g_file_test(file, G_FILE_TEST_EXISTS)) {
            g_free(reason);
            reason = g_strdup(CPLGetLastErrorMsg());
        }
    }
    if (!layer->dataset)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be opened as a vector layer: %s",
                        layer->source, reason && *reason ? reason : "not a known format");
    g_autofree char *names = layer_names(layer->dataset);
    int count = GDALDatasetGetLayerCount(layer->dataset);
    if (colon)
        layer->handle = GDALDatasetGetLayerByName(layer->dataset, colon + 1);
    else
        layer->handle = only_layer(layer->dataset);
    if (!colon && !layer->handle && count > 1)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: holds several layers, write %s:LAYER with one of %s", layer->source,
                        layer->source, names);
    if (!layer->handle)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no such layer; there is %s", layer->source,
                        count ? names : "none");
    return true;
}

/* Its own view, and any that names others by WITH: a query that may call itself need never end. */
static void look_at_view(OGRFeatureH row, const char *name, bool *view, bool *with)
{
    *view = *view || g_ascii_strcasecmp(OGR_F_GetFieldAsString(row, 0), name) == 0;
    *with = *with ||
            g_regex_match_simple("\\bwith\\b", OGR_F_GetFieldAsString(row, 1), G_REGEX_CASELESS, 0);
}

/* SQLite tells of no bound on a view's rows, and nothing stops it once GDAL has begun to read. */
static bool settle_view(rdl_layer *layer, GError **error)
{
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(layer->dataset));
    const char *name = OGR_L_GetName(layer->handle);
    bool view = false, with = false;
    OGRFeatureH row;

    if (strcmp(driver, "GPKG") != 0 && strcmp(driver, "SQLite") != 0)
        return true;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRLayerH rows = GDALDatasetExecuteSQL(
        layer->dataset, "SELECT name, sql FROM sqlite_master WHERE type = 'view'", NULL, NULL);
    while (rows && (row = OGR_L_GetNextFeature(rows))) {
        look_at_view(row, name, &view, &with);
        OGR_F_Destroy(row);
    }
    if (rows)
        GDALDatasetReleaseResultSet(layer->dataset, rows);
    CPLPopErrorHandler();
    return !view || !with ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: %s is a view, and its file has one that may call itself (WITH): it might "
                    "never end: save the layer as a table",
                    layer->source, name);
}

static const char *raw_name(const rdl_layer *layer, int i)
{
    return OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(layer->definition, i));
}

static bool all_utf8(rdl_layer *layer)
{
    bool good = true;
    OGRFeatureH f;
    int fields = OGR_FD_GetFieldCount(layer->definition);

    for (int i = 0; good && i < fields; i++)
        good = g_utf8_validate(raw_name(layer, i), -1, NULL);
    OGR_L_ResetReading(layer->handle);
    while (good && (f = OGR_L_GetNextFeature(layer->handle))) {
        for (int i = 0; good && i < fields; i++)
            good = g_utf8_validate(OGR_F_GetFieldAsString(f, i), -1, NULL);
        OGR_F_Destroy(f);
    }
    OGR_L_ResetReading(layer->handle);
    return good;
}

/* Text of a Shapefile or a CSV, which come as bytes: UTF-8 when all of it reads so, whatever is
 * claimed; else what is wanted, else what the .cpg says, else GB18030, which holds GBK and CP936
 * (the habit of the field). Other formats say what they hold, and GDAL recodes it. */
static void settle_encoding(rdl_layer *layer, const char *wanted)
{
    if (!(layer->shapefile || layer->csv) || all_utf8(layer))
        return;
    if (wanted && g_ascii_strcasecmp(wanted, "UTF-8") != 0) {
        layer->encoding = g_strdup(wanted);
        return;
    }
    const char *said = GDALGetMetadataItem(layer->handle, "ENCODING_FROM_CPG", "SHAPEFILE");
    g_autofree char *probe = said ? g_convert("", 0, "UTF-8", said, NULL, NULL, NULL) : NULL;
    bool believable = probe && g_ascii_strcasecmp(said, "UTF-8") != 0;
    layer->encoding = g_strdup(believable ? said : "GB18030");
}

#define DBF_NAME 10 /* bytes a DBF keeps of a field's name */

/* Bytes in `encoding` (NULL: UTF-8) as UTF-8, without a letter that was cut in two at the end. */
static char *whole_letters(const char *bytes, size_t n, const char *encoding)
{
    for (size_t cut = 0; cut < 4 && cut < n; cut++) {
        char *text = g_convert(bytes, (gssize)(n - cut), "UTF-8", encoding ? encoding : "UTF-8",
                               NULL, NULL, NULL);
        if (text)
            return text;
    }
    return g_utf8_make_valid(bytes, (gssize)n);
}

static void settle_names(rdl_layer *layer)
{
    int n = OGR_FD_GetFieldCount(layer->definition);

    layer->names = g_ptr_array_new_with_free_func(g_free);
    layer->folded = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n; i++) {
        const char *raw = raw_name(layer, i);
        char *name = whole_letters(raw, strlen(raw), layer->encoding);
        g_ptr_array_add(layer->names, name);
        g_ptr_array_add(layer->folded, rdl_name_fold(name));
    }
    g_ptr_array_add(layer->names, NULL); /* for g_strjoinv() */
}

/* Nothing of the layer can be in `crs`. */
static bool wholly_outside(const rdl_layer *layer, const rdl_crs *crs)
{
    rdl_box box;

    return rdl_layer_extent(layer, &box) && !rdl_box_meets(box, rdl_crs_limits(crs));
}

/* GDAL hands coordinates out in the order of the handle's mapping; ours is x east always. */
static bool authority_order(OGRSpatialReferenceH handle)
{
    int n = 0;
    const int *order = handle ? OSRGetDataAxisToSRSAxisMapping(handle, &n) : NULL;
    OGRSpatialReferenceH ours = handle ? OSRClone(handle) : NULL;
    bool differs = false;

    if (ours) {
        OSRSetAxisMappingStrategy(ours, OAMS_TRADITIONAL_GIS_ORDER);
        int m = 0;
        const int *wanted = OSRGetDataAxisToSRSAxisMapping(ours, &m);
        differs = n >= 2 && m >= 2 && order[0] != wanted[0];
        OSRDestroySpatialReference(ours);
    }
    return differs;
}

static rdl_crs *parse_system(rdl_layer *layer, const char *text, GError **error)
{
    const char *web = rdl_web_datum(text);
    rdl_crs *crs = rdl_crs_parse(web ? "EPSG:4490" : text, error);

    layer->web_datum = web;
    if (!crs)
        g_prefix_error(error, "%s, claimed CRS: ", layer->source);
    return crs;
}

static bool shift_crs(rdl_layer *layer, const rdl_layer_options *options, GError **error)
{
    if (!options->shift || !layer->crs)
        return true;
    rdl_crs *shifted = rdl_crs_shifted(layer->crs, options->shift, options->n_shift, error);
    if (!shifted)
        return g_prefix_error(error, "%s: datum_shift: ", layer->source), false;
    rdl_crs_unref(layer->crs);
    layer->crs = shifted;
    return true;
}

static bool settle_crs(rdl_layer *layer, const rdl_layer_options *options, GError **error)
{
    OGRSpatialReferenceH handle = OGR_L_GetSpatialRef(layer->handle);
    const char *wanted = options->crs;

    layer->crs = rdl_crs_from_handle(handle);
    layer->exchange = options->exchange != authority_order(handle);
    if (!wanted && options->crs_claim && (!layer->crs || wholly_outside(layer, layer->crs)))
        wanted = options->crs_claim;
    if (wanted) {
        rdl_crs *other = parse_system(layer, wanted, error);
        if (!other)
            return false;
        layer->claimed = layer->crs && !rdl_crs_same(layer->crs, other);
        rdl_crs_unref(layer->crs);
        layer->crs = other;
    }
    return shift_crs(layer, options, error);
}

/* ---- geometry from columns ---- */

static int first_field(const rdl_layer *layer, const char *const *names)
{
    int i = -1;

    for (; names && *names && i < 0; names++)
        i = rdl_layer_field_index(layer, *names);
    return i;
}

static bool settle_columns(rdl_layer *layer, const rdl_layer_options *options, GError **error)
{
    static const char *const wkt[] = {"WKT",  "_WKT",     "geometry", "geom", "the_geom",
                                      "TBFW", "图斑范围", "边界坐标", NULL};
    static const char *const x[] = {"lon",      "lng",  "long", "longitude", "x", "经度",
                                    "中心经度", "ZXJD", "XZB",  "X坐标",     NULL};
    static const char *const y[] = {"lat",  "latitude", "y",     "纬度", "中心纬度",
                                    "ZXWD", "YZB",      "Y坐标", NULL};
    bool said = options->wkt || options->x || options->y;
    bool table = layer->csv || OGR_L_GetGeomType(layer->handle) == wkbNone;

    layer->wkt = layer->x = layer->y = -1;
    if (!said && !table)
        return true;
    layer->wkt = first_field(layer, said ? options->wkt : wkt);
    if (layer->wkt < 0) {
        layer->x = first_field(layer, said ? options->x : x);
        layer->y = first_field(layer, said ? options->y : y);
    }
    if (layer->wkt < 0 && (layer->x < 0 || layer->y < 0)) {
        layer->x = layer->y = -1;
        g_autofree char *fields = g_strjoinv(", ", (char **)layer->names->pdata);
        return !said || rdl_fail(error, RDL_ERROR_DATA,
                                 "%s: has no field of the geometry its profile names; it has %s",
                                 layer->source, fields);
    }
    return true;
}

static const char *datum_of_metadata(GDALMajorObjectH object)
{
    char **all = GDALGetMetadata(object, NULL);
    const char *found = NULL;

    for (; all && *all && !found; all++)
        found = rdl_web_datum(*all);
    return found;
}

/* From what is said nearest to the coordinates to what is said farthest. */
static void find_web_datum(rdl_layer *layer)
{
    g_autofree char *file = g_path_get_basename(layer->source);

    if (!layer->web_datum && layer->crs)
        layer->web_datum = rdl_web_datum(rdl_crs_name(layer->crs));
    for (guint i = 0; !layer->web_datum && i < layer->folded->len; i++)
        layer->web_datum = rdl_web_datum(layer->names->pdata[i]);
    if (!layer->web_datum)
        layer->web_datum = datum_of_metadata(layer->handle);
    if (!layer->web_datum)
        layer->web_datum = datum_of_metadata(layer->dataset);
    if (!layer->web_datum)
        layer->web_datum = rdl_web_datum(rdl_layer_name(layer));
    if (!layer->web_datum)
        layer->web_datum = rdl_web_datum(file);
}

rdl_layer *rdl_layer_open(const char *source, const rdl_layer_options *options, GError **error)
{
    static const rdl_layer_options none = RDL_LAYER_OPTIONS_INIT;
    g_autoptr(rdl_layer) layer = g_new0(rdl_layer, 1);

    options = options ? options : &none;
    layer->source = rdl_source_shown(source);
    if (!find_layer(layer, source, error) || !settle_view(layer, error))
        return NULL;
    CPLPushErrorHandler(CPLQuietErrorHandler); /* an unknown number of a system is no system */
    layer->definition = OGR_L_GetLayerDefn(layer->handle);
    OGR_L_GetSpatialRef(layer->handle);
    CPLPopErrorHandler();
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(layer->dataset));
    layer->shapefile = strcmp(driver, "ESRI Shapefile") == 0;
    layer->csv = strcmp(driver, "CSV") == 0;
    settle_encoding(layer, options->encoding);
    settle_names(layer);
    if (!settle_columns(layer, options, error) || !settle_crs(layer, options, error))
        return NULL;
    find_web_datum(layer);
    layer->feature.layer = layer;
    layer->feature.texts = g_ptr_array_new_with_free_func(g_free);
    OGR_L_ResetReading(layer->handle);
    return g_steal_pointer(&layer);
}

const char *rdl_layer_source(const rdl_layer *layer)
{
    return layer->source;
}

const char *rdl_layer_name(const rdl_layer *layer)
{
    return OGR_L_GetName(layer->handle);
}

const rdl_crs *rdl_layer_crs(const rdl_layer *layer)
{
    return layer->crs;
}

bool rdl_layer_crs_claimed(const rdl_layer *layer)
{
    return layer->claimed;
}

const char *rdl_layer_web_datum(const rdl_layer *layer)
{
    return layer->web_datum;
}

bool rdl_layer_extent(const rdl_layer *layer, rdl_box *box)
{
    OGREnvelope e;

    CPLPushErrorHandler(CPLQuietErrorHandler); /* each is told of where its feature is read */
    bool good = OGR_L_GetExtent(layer->handle, &e, TRUE) == OGRERR_NONE;
    CPLPopErrorHandler();
    if (!good)
        return false;
    *box = layer->exchange ? (rdl_box){e.MinY, e.MinX, e.MaxY, e.MaxX}
                           : (rdl_box){e.MinX, e.MinY, e.MaxX, e.MaxY};
    return true;
}

gint64 rdl_layer_count(const rdl_layer *layer)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    gint64 n = OGR_L_GetFeatureCount(layer->handle, 1);
    CPLPopErrorHandler();
    return n;
}

int rdl_layer_fields(const rdl_layer *layer)
{
    return OGR_FD_GetFieldCount(layer->definition);
}

const char *rdl_layer_field(const rdl_layer *layer, int i)
{
    return layer->names->pdata[i];
}

rdl_field_type rdl_layer_field_type(const rdl_layer *layer, int i)
{
    OGRFieldType type = OGR_Fld_GetType(OGR_FD_GetFieldDefn(layer->definition, i));

    return type == OFTInteger || type == OFTInteger64 ? RDL_FIELD_INT
           : type == OFTReal                          ? RDL_FIELD_REAL
                                                      : RDL_FIELD_TEXT;
}

static int field_named(const rdl_layer *layer, const char *name)
{
    g_autofree char *folded = rdl_name_fold(name);

    for (guint i = 0; i < layer->folded->len; i++)
        if (g_ascii_strcasecmp(layer->names->pdata[i], name) == 0)
            return (int)i;
    for (guint i = 0; i < layer->folded->len; i++)
        if (strcmp(layer->folded->pdata[i], folded) == 0)
            return (int)i;
    return -1;
}

/* What a DBF keeps of a name; NULL: all of it. */
static char *cut_name(const rdl_layer *layer, const char *name)
{
    size_t n;
    g_autofree char *bytes =
        g_convert(name, -1, layer->encoding ? layer->encoding : "UTF-8", "UTF-8", NULL, &n, NULL);

    return bytes && n > DBF_NAME ? whole_letters(bytes, DBF_NAME, layer->encoding) : NULL;
}

int rdl_layer_field_index(const rdl_layer *layer, const char *name)
{
    int i = field_named(layer, name);
    g_autofree char *cut = i < 0 && layer->shapefile ? cut_name(layer, name) : NULL;

    return cut ? field_named(layer, cut) : i;
}

/* Degrees an edge in place of an arc spans: of a circle's area it takes 5e-7 (GDAL's own 4 degrees
 * take 8e-4). */
#define ARC_STEP 0.1

/* 2D, no curves, no surfaces GEOS does not know. Takes `g`. */
static OGRGeometryH plain_geometry(OGRGeometryH take_g)
{
    OGRGeometryH g = take_g;

    if (OGR_G_HasCurveGeometry(g, FALSE)) {
        g = OGR_G_GetLinearGeometry(take_g, ARC_STEP, NULL);
        OGR_G_DestroyGeometry(take_g);
    }
    OGR_G_FlattenTo2D(g);
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    if (type == wkbTIN || type == wkbPolyhedralSurface || type == wkbTriangle)
        g = OGR_G_ForceToMultiPolygon(g);
    return g;
}

static OGRGeometryH from_wkt(rdl_feature *f)
{
    const char *text = rdl_feature_text(f, f->layer->wkt);
    OGRGeometryH g = NULL;
    char *at = (char *)text;

    if (!text)
        return NULL;
    if (OGR_G_CreateFromWkt(&at, NULL, &g) != OGRERR_NONE || !g || *g_strchug(at)) {
        OGR_G_DestroyGeometry(g);
        f->flaw = g_strdup_printf("geometry '%.40s'", text);
        return NULL;
    }
    return g;
}

static OGRGeometryH from_point(rdl_feature *f)
{
    const char *tx = rdl_feature_text(f, f->layer->x), *ty = rdl_feature_text(f, f->layer->y);
    double x, y;

    if (!tx && !ty)
        return NULL;
    if (!tx || !ty || !rdl_coordinate_parse(tx, &x) || !rdl_coordinate_parse(ty, &y)) {
        f->flaw = g_strdup_printf("coordinates '%.40s', '%.40s'", tx ? tx : "", ty ? ty : "");
        return NULL;
    }
    OGRGeometryH g = OGR_G_CreateGeometry(wkbPoint);
    OGR_G_SetPoint_2D(g, 0, x, y);
    return g;
}

static void take_geometry(rdl_feature *f)
{
    const rdl_layer *layer = f->layer;
    OGRGeometryH g;

    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (layer->wkt >= 0 || layer->x >= 0)
        g = layer->wkt >= 0 ? from_wkt(f) : from_point(f);
    else
        g = OGR_F_StealGeometry(f->handle);
    g = g ? plain_geometry(g) : NULL;
    if (g) {
        if (layer->exchange)
            OGR_G_SwapXY(g);
        size_t n = (size_t)OGR_G_WkbSizeEx(g);
        unsigned char *wkb = g_malloc(n ? n : 1);
        if (OGR_G_ExportToIsoWkb(g, wkbNDR, wkb) == OGRERR_NONE)
            f->wkb = g_bytes_new_take(wkb, n);
        else
            f->flaw = g_strdup_printf("geometry of type %s", OGR_G_GetGeometryName(g));
        if (!f->wkb)
            g_free(wkb);
        OGR_G_DestroyGeometry(g);
    }
    CPLPopErrorHandler();
}

rdl_feature *rdl_feature_new(const rdl_layer *layer)
{
    rdl_feature *feature = g_new0(rdl_feature, 1);

    feature->layer = layer;
    feature->texts = g_ptr_array_new_with_free_func(g_free);
    return feature;
}

void rdl_feature_free(rdl_feature *feature)
{
    if (!feature)
        return;
    feature_clear(feature);
    g_free(feature);
}

bool rdl_layer_read(rdl_layer *layer, rdl_feature *into, bool *there, GError **error)
{
    rdl_feature *f = into;

    *there = false;
    if (f->handle)
        OGR_F_Destroy(f->handle);
    g_clear_pointer(&f->wkb, g_bytes_unref);
    g_clear_pointer(&f->flaw, g_free);
    g_ptr_array_set_size(f->texts, 0);
    g_ptr_array_set_size(f->texts, rdl_layer_fields(layer));
    f->damaged = false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    f->handle = OGR_L_GetNextFeature(layer->handle);
    CPLPopErrorHandler();
    if (!f->handle) {
        if (CPLGetLastErrorType() < CE_Failure)
            return true;
        g_autofree char *doing = rdl_say("%s: reading features", layer->source);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    take_geometry(f);
    *there = true;
    return true;
}

const rdl_feature *rdl_layer_next(rdl_layer *layer, GError **error)
{
    bool there;

    return rdl_layer_read(layer, &layer->feature, &there, error) && there ? &layer->feature : NULL;
}

gint64 rdl_feature_id(const rdl_feature *feature)
{
    return OGR_F_GetFID(feature->handle);
}

static char *recode(const char *raw, const char *encoding, bool *damaged)
{
    char *text = encoding ? g_convert(raw, -1, "UTF-8", encoding, NULL, NULL, NULL) : NULL;

    if (text)
        return text;
    if (g_utf8_validate(raw, -1, NULL))
        return g_strdup(raw);
    *damaged = true;
    return g_utf8_make_valid(raw, -1);
}

const char *rdl_feature_text(const rdl_feature *feature, int i)
{
    rdl_feature *f = (rdl_feature *)feature; /* fills its cache */

    if (i < 0 || !OGR_F_IsFieldSetAndNotNull(f->handle, i))
        return NULL;
    if (!f->texts->pdata[i])
        f->texts->pdata[i] =
            recode(OGR_F_GetFieldAsString(f->handle, i), f->layer->encoding, &f->damaged);
    const char *text = f->texts->pdata[i];
    return *text ? text : NULL;
}

double rdl_feature_real(const rdl_feature *feature, int i)
{
    const char *text = rdl_feature_text(feature, i);
    char *end;

    if (!text)
        return NAN;
    OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature->handle, i));
    if (type == OFTReal || type == OFTInteger || type == OFTInteger64)
        return OGR_F_GetFieldAsDouble(feature->handle, i);
    double value = g_ascii_strtod(text, &end);
    return *end ? NAN : value;
}

GBytes *rdl_feature_wkb(const rdl_feature *feature)
{
    return feature->wkb;
}

const char *rdl_feature_flaw(const rdl_feature *feature)
{
    return feature->flaw;
}

bool rdl_feature_text_damaged(const rdl_feature *feature)
{
    return feature->damaged;
}

/* ---- writing ---- */

typedef struct {
    OGRLayerH handle;
    char *name;
    GArray *types;            /* of rdl_field_type */
    GArray *places;           /* of int: where the driver keeps each field */
    OGRwkbGeometryType multi; /* single ones become it; wkbUnknown: as they are */
    gint64 written;
} out_layer;

struct rdl_vector {
    char *path;
    GDALDatasetH dataset;
    GArray *layers; /* of out_layer */
    bool transaction;
    bool database; /* was there before: what is not finished is rolled back */
};

static void out_layer_clear(gpointer p)
{
    g_free(((out_layer *)p)->name);
    g_array_unref(((out_layer *)p)->types);
    g_array_unref(((out_layer *)p)->places);
}

static bool fail_writing(const rdl_vector *vector, const char *what, GError **error)
{
    g_autofree char *doing = rdl_say("%s: %s", vector->path, what);

    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

rdl_vector *rdl_vector_create(const char *path, const char *driver, GError **error)
{
    GDALDriverH handle = GDALGetDriverByName(driver);

    if (!handle)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: this GDAL has no driver %s", path, driver),
               NULL;
    rdl_vector *vector = g_new0(rdl_vector, 1);
    vector->path = g_strdup(path);
    vector->layers = g_array_new(FALSE, FALSE, sizeof(out_layer));
    g_array_set_clear_func(vector->layers, out_layer_clear);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    vector->dataset = GDALCreate(handle, path, 0, 0, 0, GDT_Unknown, NULL);
    CPLPopErrorHandler();
    if (!vector->dataset) {
        fail_writing(vector, "cannot be made", error);
        rdl_vector_abandon(vector);
        return NULL;
    }
    if (GDALDatasetTestCapability(vector->dataset, ODsCTransactions))
        vector->transaction = GDALDatasetStartTransaction(vector->dataset, FALSE) == OGRERR_NONE;
    return vector;
}

/* ---- a database that is there ---- */

#define MARK "made by redline export: replaced with --overwrite"

rdl_vector *rdl_vector_into(const char *database, GError **error)
{
    rdl_vector *vector = g_new0(rdl_vector, 1);

    vector->path = rdl_source_shown(database);
    vector->database = true;
    vector->layers = g_array_new(FALSE, FALSE, sizeof(out_layer));
    g_array_set_clear_func(vector->layers, out_layer_clear);
    vector->dataset = rdl_gdal_open(database, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL);
    if (!vector->dataset) {
        fail_writing(vector, "cannot be opened to write", error);
    } else if (!GDALDatasetTestCapability(vector->dataset, ODsCTransactions) ||
               GDALDatasetStartTransaction(vector->dataset, FALSE) != OGRERR_NONE) {
        rdl_fail(error, RDL_ERROR_USAGE, "%s: has no transactions: name a PG: database",
                 vector->path);
    } else {
        vector->transaction = true;
        return vector;
    }
    rdl_vector_abandon(vector);
    return NULL;
}

/* Text of the one value a query gives, NULL where it gives none. Yours. */
static char *one_value(rdl_vector *vector, const char *sql)
{
    OGRLayerH rows = GDALDatasetExecuteSQL(vector->dataset, sql, NULL, NULL);
    OGRFeatureH row = rows ? OGR_L_GetNextFeature(rows) : NULL;
    char *value =
        row && OGR_F_IsFieldSetAndNotNull(row, 0) ? g_strdup(OGR_F_GetFieldAsString(row, 0)) : NULL;

    if (row)
        OGR_F_Destroy(row);
    if (rows)
        GDALDatasetReleaseResultSet(vector->dataset, rows);
    return value;
}

bool rdl_vector_make_room(rdl_vector *vector, const char *table, bool overwrite, GError **error)
{
    g_autofree char *ask_table = g_strdup_printf("SELECT to_regclass('%s')::text", table);
    g_autofree char *ask_mark =
        g_strdup_printf("SELECT obj_description(to_regclass('%s')::oid, 'pg_class')", table);
    g_autofree char *drop = g_strdup_printf("DROP TABLE %s", table);

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    g_autofree char *there = one_value(vector, ask_table);
    g_autofree char *mark = there ? one_value(vector, ask_mark) : NULL;
    bool ours = g_strcmp0(mark, MARK) == 0, asked = CPLGetLastErrorType() < CE_Failure;
    if (asked && ours && overwrite)
        g_free(one_value(vector, drop));
    CPLPopErrorHandler();
    if (CPLGetLastErrorType() >= CE_Failure)
        return fail_writing(vector, "a table cannot be replaced", error);
    if (there && !ours)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: table %s is somebody else's and stays: rename it, or name another "
                        "database",
                        vector->path, table);
    return !there || overwrite ||
           rdl_fail(error, RDL_ERROR_USAGE, "%s: table %s is there already: give --overwrite",
                    vector->path, table);
}

bool rdl_vector_mark(rdl_vector *vector, const char *table, GError **error)
{
    g_autofree char *sql = g_strdup_printf("COMMENT ON TABLE %s IS '%s'", table, MARK);

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    for (guint i = 0; i < vector->layers->len; i++) /* a table is made when it is written to */
        OGR_L_SyncToDisk(g_array_index(vector->layers, out_layer, i).handle);
    g_free(one_value(vector, sql));
    CPLPopErrorHandler();
    return CPLGetLastErrorType() < CE_Failure ||
           fail_writing(vector, "a table cannot be marked", error);
}

static OGRwkbGeometryType geometry_type(const char *geometry)
{
    static const struct {
        const char *name;
        OGRwkbGeometryType type;
    } types[] = {{"Point", wkbPoint},           {"LineString", wkbLineString},
                 {"MultiPoint", wkbMultiPoint}, {"MultiLineString", wkbMultiLineString},
                 {"Polygon", wkbPolygon},       {"MultiPolygon", wkbMultiPolygon}};

    for (size_t i = 0; geometry && i < G_N_ELEMENTS(types); i++)
        if (strcmp(geometry, types[i].name) == 0)
            return types[i].type;
    return geometry ? wkbUnknown : wkbNone;
}

/* *place: where it is kept, for a format may have fields of its own (GPX). */
static bool add_field(OGRLayerH layer, const rdl_field *field, int width, int decimals, int *place)
{
    int before = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer));
    static const OGRFieldType types[] = {
        [RDL_FIELD_TEXT] = OFTString, [RDL_FIELD_INT] = OFTInteger64, [RDL_FIELD_REAL] = OFTReal};
    OGRFieldDefnH definition = OGR_Fld_Create(field->name, types[field->type]);

    if (width)
        OGR_Fld_SetWidth(definition, width);
    if (decimals)
        OGR_Fld_SetPrecision(definition, decimals);
    bool good = OGR_L_CreateField(layer, definition, FALSE) == OGRERR_NONE;

    OGR_Fld_Destroy(definition);
    bool added = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer)) > before;
    *place = added ? before : OGR_L_FindFieldIndex(layer, field->name, TRUE);
    return good && *place >= 0;
}

static CSLConstList layer_options(GDALDatasetH dataset)
{
    static const char *const rfc7946[] = {"RFC7946=YES", "WRITE_NAME=NO", NULL};
    static const char *const utf8[] = {"ENCODING=UTF-8", NULL};
    static const char *const in_order[] = {"SPATIAL_INDEX=NO", NULL}; /* an index reorders */
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(dataset));

    if (strcmp(driver, "GeoJSON") == 0)
        return (CSLConstList)rfc7946;
    if (strcmp(driver, "FlatGeobuf") == 0)
        return (CSLConstList)in_order;
    return strcmp(driver, "ESRI Shapefile") == 0 ? (CSLConstList)utf8 : NULL;
}

int rdl_vector_layer(rdl_vector *vector, const char *name, const rdl_crs *crs, const char *geometry,
                     const rdl_field *fields, int n, GError **error)
{
    const rdl_vector_options none = {NULL, NULL, NULL};

    return rdl_vector_layer_with(vector, name, crs, geometry, fields, n, &none, error);
}

int rdl_vector_layer_with(rdl_vector *vector, const char *name, const rdl_crs *crs,
                          const char *geometry, const rdl_field *fields, int n,
                          const rdl_vector_options *options, GError **error)
{
    CSLConstList said =
        options->driver ? (CSLConstList)options->driver : layer_options(vector->dataset);
    bool multi = geometry && g_str_has_prefix(geometry, "Multi");
    out_layer layer = {.multi = multi ? geometry_type(geometry) : wkbUnknown};
    bool good = true;

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    layer.handle = GDALDatasetCreateLayer(vector->dataset, name, rdl_crs_handle(crs),
                                          geometry_type(geometry), said);
    layer.name = g_strdup(name);
    layer.types = g_array_new(FALSE, FALSE, sizeof(rdl_field_type));
    layer.places = g_array_new(FALSE, FALSE, sizeof(int));
    for (int i = 0; layer.handle && good && i < n; i++) {
        int place = -1;
        good = add_field(layer.handle, &fields[i], options->widths ? options->widths[i] : 0,
                         options->decimals ? options->decimals[i] : 0, &place);
        g_array_append_val(layer.types, fields[i].type);
        g_array_append_val(layer.places, place);
    }
    CPLPopErrorHandler();
    if (!layer.handle || !good) {
        out_layer_clear(&layer);
        return fail_writing(vector, "a layer cannot be made", error), -1;
    }
    g_array_append_val(vector->layers, layer);
    return (int)vector->layers->len - 1;
}

static bool set_geometry(OGRFeatureH f, GBytes *wkb, OGRwkbGeometryType multi)
{
    size_t n;
    const void *bytes = g_bytes_get_data(wkb, &n);
    OGRGeometryH g = NULL;

    if (OGR_G_CreateFromWkbEx(bytes, NULL, &g, n) != OGRERR_NONE)
        return false;
    if (multi != wkbUnknown)
        g = OGR_G_ForceTo(g, multi, NULL);
    return OGR_F_SetGeometryDirectly(f, g) == OGRERR_NONE;
}

static void set_field(OGRFeatureH f, int i, rdl_field_type type, rdl_value value)
{
    if (!value.set)
        OGR_F_SetFieldNull(f, i);
    else if (type == RDL_FIELD_TEXT)
        OGR_F_SetFieldString(f, i, value.text);
    else if (type == RDL_FIELD_INT)
        OGR_F_SetFieldInteger64(f, i, value.integer);
    else
        OGR_F_SetFieldDouble(f, i, value.real);
}

bool rdl_vector_write(rdl_vector *vector, int layer, const rdl_value *values, GBytes *wkb,
                      GError **error)
{
    out_layer *out = &g_array_index(vector->layers, out_layer, layer);
    OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(out->handle));

    for (int i = 0; i < (int)out->types->len; i++)
        set_field(f, g_array_index(out->places, int, i),
                  g_array_index(out->types, rdl_field_type, i), values[i]);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = (!wkb || set_geometry(f, wkb, out->multi)) &&
                OGR_L_CreateFeature(out->handle, f) == OGRERR_NONE;
    CPLPopErrorHandler();
    OGR_F_Destroy(f);
    out->written += good;
    return good || fail_writing(vector, "a row cannot be written", error);
}

void rdl_vector_abandon(rdl_vector *take_vector)
{
    if (!take_vector)
        return;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (take_vector->dataset && take_vector->database && take_vector->transaction)
        GDALDatasetRollbackTransaction(take_vector->dataset);
    if (take_vector->dataset)
        GDALClose(take_vector->dataset);
    CPLPopErrorHandler();
    g_array_unref(take_vector->layers);
    g_free(take_vector->path);
    g_free(take_vector);
}

/* Drivers of text files do not notice a full disk: what was written is read again. */
static bool reads_whole(const rdl_vector *vector)
{
    GDALDatasetH again = rdl_gdal_open(vector->path, GDAL_OF_VECTOR, NULL);
    bool good = again && GDALDatasetGetLayerCount(again) >= (int)vector->layers->len;

    for (int i = 0; good && i < (int)vector->layers->len; i++) {
        const out_layer *written = &g_array_index(vector->layers, out_layer, i);
        OGRLayerH named = GDALDatasetGetLayerByName(again, written->name);
        good = OGR_L_GetFeatureCount(named ? named : GDALDatasetGetLayer(again, i), TRUE) ==
               written->written;
    }
    if (again)
        GDALClose(again);
    return good && CPLGetLastErrorType() < CE_Failure;
}

/* GDALClose() returns nothing in 3.6: what went wrong in it is read from the error state. */
bool rdl_vector_finish(rdl_vector *take_vector, GError **error)
{
    /* a database tells what it could not write; memory is no disk */
    bool checked = take_vector->transaction || g_str_has_prefix(take_vector->path, "/vsimem/");

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = !take_vector->transaction ||
                GDALDatasetCommitTransaction(take_vector->dataset) == OGRERR_NONE;
    GDALFlushCache(take_vector->dataset);
    GDALClose(take_vector->dataset);
    take_vector->dataset = NULL;
    good = good && CPLGetLastErrorType() < CE_Failure;
    if (!good)
        fail_writing(take_vector, "cannot be finished", error);
    else if (!checked && !reads_whole(take_vector))
        good = rdl_fail(error, RDL_ERROR_IO,
                        "%s: is not whole when it is read again: is the disk full?",
                        take_vector->path);
    CPLPopErrorHandler();
    rdl_vector_abandon(take_vector);
    return good;
}
