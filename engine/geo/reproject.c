#include "geo/reproject.h"

#include <math.h>
#include <geos_c.h>
#include <ogr_srs_api.h>
#include "geo/crs_handle.h"

#define MAX_CUTS 12 /* 4096 pieces an edge */

typedef struct {
    GEOSContextHandle_t geos;
    rdl_transform *transform;
    double tolerance;
    GArray *x, *y; /* of the curve being made */
} reprojection;

typedef struct {
    double x, y;
} point;

double rdl_reproject_tolerance(const rdl_crs *target)
{
    const double millimetre = 0.001;

    if (rdl_crs_geographic(target))
        return millimetre / 111320.0;
    return millimetre / OSRGetLinearUnits(rdl_crs_handle(target), NULL);
}

static bool image(reprojection *r, point from, point *to, GError **error)
{
    *to = from;
    return rdl_transform_points(r->transform, 1, &to->x, &to->y, error);
}

static void add_point(reprojection *r, point p)
{
    g_array_append_val(r->x, p.x);
    g_array_append_val(r->y, p.y);
}

/* Everything after the image `ia` of `a` up to and with `ib`. */
static bool add_edge(reprojection *r, point a, point b, point ia, point ib, int cuts,
                     GError **error)
{
    point middle = {(a.x + b.x) / 2.0, (a.y + b.y) / 2.0}, im;

    if (!image(r, middle, &im, error))
        return false;
    double off = hypot(im.x - (ia.x + ib.x) / 2.0, im.y - (ia.y + ib.y) / 2.0);
    if (off <= r->tolerance || cuts == 0) {
        add_point(r, ib);
        return true;
    }
    return add_edge(r, a, middle, ia, im, cuts - 1, error) &&
           add_edge(r, middle, b, im, ib, cuts - 1, error);
}

static bool add_curve(reprojection *r, const GEOSCoordSequence *s, unsigned n, GError **error)
{
    point a, ia, first;

    for (unsigned i = 0; i < n; i++) {
        point b, ib;
        GEOSCoordSeq_getXY_r(r->geos, s, i, &b.x, &b.y);
        if (!image(r, b, &ib, error))
            return false;
        if (i == 0) {
            first = b;
            add_point(r, ib);
        } else if (!add_edge(r, a, b, ia, ib, MAX_CUTS, error)) {
            return false;
        }
        a = b;
        ia = ib;
    }
    if (n > 3 && a.x == first.x && a.y == first.y) { /* closed stays closed to the last bit */
        g_array_index(r->x, double, r->x->len - 1) = g_array_index(r->x, double, 0);
        g_array_index(r->y, double, r->y->len - 1) = g_array_index(r->y, double, 0);
    }
    return true;
}

static GEOSGeometry *curve(reprojection *r, const GEOSGeometry *g, GError **error)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(r->geos, g);
    int type = GEOSGeomTypeId_r(r->geos, g);
    unsigned n = 0;

    GEOSCoordSeq_getSize_r(r->geos, s, &n);
    g_array_set_size(r->x, 0);
    g_array_set_size(r->y, 0);
    if (!add_curve(r, s, n, error))
        return NULL;
    GEOSCoordSequence *made = GEOSCoordSeq_copyFromArrays_r(
        r->geos, (double *)(void *)r->x->data, (double *)(void *)r->y->data, NULL, NULL, r->x->len);
    return type == GEOS_POINT        ? GEOSGeom_createPoint_r(r->geos, made)
           : type == GEOS_LINEARRING ? GEOSGeom_createLinearRing_r(r->geos, made)
                                     : GEOSGeom_createLineString_r(r->geos, made);
}

static void destroy_all(reprojection *r, GPtrArray *parts)
{
    for (guint i = 0; i < parts->len; i++)
        GEOSGeom_destroy_r(r->geos, parts->pdata[i]);
}

static GEOSGeometry *polygon(reprojection *r, const GEOSGeometry *g, GError **error)
{
    g_autoptr(GPtrArray) rings = g_ptr_array_new();
    int holes = GEOSGetNumInteriorRings_r(r->geos, g);

    for (int i = -1; i < holes; i++) {
        const GEOSGeometry *ring = i < 0 ? GEOSGetExteriorRing_r(r->geos, g)
                                         : GEOSGetInteriorRingN_r(r->geos, g, i);
        GEOSGeometry *made = curve(r, ring, error);
        if (!made) {
            destroy_all(r, rings);
            return NULL;
        }
        g_ptr_array_add(rings, made);
    }
    return GEOSGeom_createPolygon_r(r->geos, rings->pdata[0], (GEOSGeometry **)rings->pdata + 1,
                                    (unsigned)holes);
}

static GEOSGeometry *any(reprojection *r, const GEOSGeometry *g, GError **error)
{
    int type = GEOSGeomTypeId_r(r->geos, g);

    if (GEOSisEmpty_r(r->geos, g) == 1)
        return GEOSGeom_clone_r(r->geos, g);
    if (type == GEOS_POLYGON)
        return polygon(r, g, error);
    if (type == GEOS_POINT || type == GEOS_LINESTRING || type == GEOS_LINEARRING)
        return curve(r, g, error);
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (int i = 0; i < GEOSGetNumGeometries_r(r->geos, g); i++) {
        GEOSGeometry *made = any(r, GEOSGetGeometryN_r(r->geos, g, i), error);
        if (!made) {
            destroy_all(r, parts);
            return NULL;
        }
        g_ptr_array_add(parts, made);
    }
    return GEOSGeom_createCollection_r(r->geos, type, (GEOSGeometry **)parts->pdata, parts->len);
}

rdl_geometry *rdl_reproject(const rdl_geometry *g, rdl_transform *transform, double tolerance,
                            GError **error)
{
    reprojection r = {.geos = GEOS_init_r(), .transform = transform, .tolerance = tolerance};
    GError *failed = NULL;

    r.x = g_array_new(FALSE, FALSE, sizeof(double));
    r.y = g_array_new(FALSE, FALSE, sizeof(double));
    GEOSGeometry *made = any(&r, g, &failed);
    g_array_unref(r.x);
    g_array_unref(r.y);
    GEOS_finish_r(r.geos);
    if (failed)
        g_propagate_error(error, failed);
    else if (!made)
        rdl_fail(error, RDL_ERROR_DATA, "a geometry cannot be rebuilt after reprojection");
    return made;
}
