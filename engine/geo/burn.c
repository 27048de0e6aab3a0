#include "geo/burn.h"

#include <inttypes.h>
#include <string.h>
#include <cpl_error.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <ogr_api.h>
#include "geo/crs_handle.h"
#include "geo/layer.h"
#include "geo/reproject.h"

struct rdl_burn {
    const rdl_grid *grid;
    GPtrArray *shapes; /* of OGRGeometryH */
};

void rdl_burn_close(rdl_burn *burn)
{
    if (!burn)
        return;
    g_ptr_array_unref(burn->shapes);
    g_free(burn);
}

static GBytes *brought_over(GBytes *wkb, rdl_transform *transform, double tolerance, GError **error)
{
    if (!transform)
        return g_bytes_ref(wkb);
    g_autoptr(rdl_geometry) from =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    g_autoptr(rdl_geometry) to = from ? rdl_reproject(from, transform, tolerance, error) : NULL;

    return to ? rdl_geometry_wkb(to, error) : NULL;
}

static bool take(rdl_burn *burn, const rdl_feature *feature, rdl_transform *transform,
                 double tolerance, GError **error)
{
    GBytes *wkb = rdl_feature_wkb(feature);
    OGRGeometryH shape = NULL;

    if (!wkb)
        return true;
    g_autoptr(GBytes) here = brought_over(wkb, transform, tolerance, error);
    if (!here)
        return g_prefix_error(error, "feature %" G_GINT64_FORMAT ": ", rdl_feature_id(feature)),
               false;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRErr failed = OGR_G_CreateFromWkb(g_bytes_get_data(here, NULL), NULL, &shape,
                                        (int)g_bytes_get_size(here));
    CPLPopErrorHandler();
    if (failed != OGRERR_NONE || OGR_G_GetDimension(shape) != 2) {
        if (shape)
            OGR_G_DestroyGeometry(shape);
        return rdl_fail(error, RDL_ERROR_DATA, "feature %" PRId64 ": is no polygon",
                        rdl_feature_id(feature));
    }
    g_ptr_array_add(burn->shapes, shape);
    return true;
}

static bool wanted(const rdl_feature *feature, int field, const char *const *values)
{
    const char *text = field < 0 ? NULL : rdl_feature_text(feature, field);

    if (field < 0)
        return true;
    for (; text && *values; values++)
        if (g_ascii_strcasecmp(text, *values) == 0)
            return true;
    return false;
}

static bool read_all(rdl_burn *burn, rdl_layer *layer, int field, const char *const *values,
                     GError **error)
{
    const rdl_crs *from = rdl_layer_crs(layer), *to = burn->grid->crs;
    g_autoptr(rdl_transform) transform = NULL;
    const rdl_feature *feature;
    GError *failure = NULL;

    if (!from != !to)
        return rdl_fail(error, RDL_ERROR_CRS, "%s: %s a coordinate system, the raster %s",
                        rdl_layer_source(layer), from ? "has" : "has not",
                        from ? "has not" : "has");
    if (from && !rdl_crs_same(from, to) && !(transform = rdl_transform_new(from, to, error)))
        return false;
    double tolerance = to ? rdl_reproject_tolerance(to) : 0.0;
    while ((feature = rdl_layer_next(layer, &failure)))
        if (wanted(feature, field, values) && !take(burn, feature, transform, tolerance, error))
            return g_prefix_error(error, "%s: ", rdl_layer_source(layer)), false;
    if (failure)
        return g_propagate_error(error, failure), false;
    return true;
}

rdl_burn *rdl_burn_open(const char *source, const rdl_grid *grid, const char *name,
                        const char *const *values, GError **error)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);

    if (!layer)
        return NULL;
    g_autoptr(rdl_burn) burn = g_new0(rdl_burn, 1);
    burn->grid = grid;
    burn->shapes = g_ptr_array_new_with_free_func(OGR_G_DestroyGeometry);
    int field = name ? rdl_layer_field_index(layer, name) : -1;
    if (name && field < 0)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: has no field %s", source, name), NULL;
    return read_all(burn, layer, field, values, error) ? g_steal_pointer(&burn) : NULL;
}

static bool add_shape(rdl_burn *burn, const rdl_geometry *g, GError **error)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, error);
    OGRGeometryH shape = NULL;

    if (!wkb)
        return false;
    if (OGR_G_CreateFromWkb(g_bytes_get_data(wkb, NULL), NULL, &shape,
                            (int)g_bytes_get_size(wkb)) != OGRERR_NONE)
        return rdl_fail(error, RDL_ERROR_DATA, "a geometry cannot be drawn");
    g_ptr_array_add(burn->shapes, shape);
    return true;
}

rdl_burn *rdl_burn_of(const rdl_geometry *const *shapes, size_t n, const rdl_grid *grid,
                      GError **error)
{
    g_autoptr(rdl_burn) burn = g_new0(rdl_burn, 1);

    burn->grid = grid;
    burn->shapes = g_ptr_array_new_with_free_func(OGR_G_DestroyGeometry);
    for (size_t i = 0; i < n; i++)
        if (!add_shape(burn, shapes[i], error))
            return NULL;
    return g_steal_pointer(&burn);
}

rdl_box rdl_burn_box(const rdl_burn *burn)
{
    rdl_box box = {G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};

    for (guint i = 0; i < burn->shapes->len; i++) {
        OGREnvelope e;
        if (OGR_G_IsEmpty(burn->shapes->pdata[i]))
            continue;
        OGR_G_GetEnvelope(burn->shapes->pdata[i], &e);
        box = (rdl_box){MIN(box.xmin, e.MinX), MIN(box.ymin, e.MinY), MAX(box.xmax, e.MaxX),
                        MAX(box.ymax, e.MaxY)};
    }
    return box;
}

bool rdl_burn_read(rdl_burn *burn, rdl_block block, uint8_t *inside, GError **error)
{
    const double *t = burn->grid->transform;
    double corner[6] = {t[0] + block.col * t[1] + block.row * t[2], t[1], t[2],
                        t[3] + block.col * t[4] + block.row * t[5], t[4], t[5]};
    g_autofree double *ones = g_new(double, burn->shapes->len + 1);
    const int band = 1;

    memset(inside, 0, rdl_block_pixels(block));
    for (guint i = 0; i < burn->shapes->len; i++)
        ones[i] = 1.0;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH memory =
        GDALCreate(GDALGetDriverByName("MEM"), "", block.width, block.height, 1, GDT_Byte, NULL);
    bool good =
        memory && GDALSetGeoTransform(memory, corner) == CE_None &&
        GDALRasterizeGeometries(memory, 1, &band, (int)burn->shapes->len, burn->shapes->pdata, NULL,
                                NULL, ones, NULL, NULL, NULL) == CE_None &&
        GDALRasterIO(GDALGetRasterBand(memory, 1), GF_Read, 0, 0, block.width, block.height, inside,
                     block.width, block.height, GDT_Byte, 0, 0) == CE_None;
    if (memory)
        GDALClose(memory);
    CPLPopErrorHandler();
    return good || rdl_fail_gdal(error, RDL_ERROR_INTERNAL, "polygons cannot be drawn on the grid");
}
