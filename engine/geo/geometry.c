#include "geo/geometry.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <geos_c.h>

#define QUARTER_SEGMENTS 8

/* One GEOS context a thread, with what it last complained of. */
typedef struct {
    GEOSContextHandle_t handle;
    GEOSWKBWriter *wkb_writer;
    GEOSWKBReader *wkb_reader;
    char message[512];
} context;

static void remember(const char *message, void *user)
{
    context *c = user;

    g_strlcpy(c->message, message, sizeof c->message);
}

static void context_free(gpointer p)
{
    context *c = p;

    GEOSWKBWriter_destroy_r(c->handle, c->wkb_writer);
    GEOSWKBReader_destroy_r(c->handle, c->wkb_reader);
    GEOS_finish_r(c->handle);
    g_free(c);
}

static GPrivate contexts = G_PRIVATE_INIT(context_free);

static context *geos(void)
{
    context *c = g_private_get(&contexts);

    if (!c) {
        c = g_new0(context, 1);
        c->handle = GEOS_init_r();
        GEOSContext_setErrorMessageHandler_r(c->handle, remember, c);
        GEOSContext_setNoticeMessageHandler_r(c->handle, NULL, NULL);
        c->wkb_reader = GEOSWKBReader_create_r(c->handle);
        c->wkb_writer = GEOSWKBWriter_create_r(c->handle);
        GEOSWKBWriter_setByteOrder_r(c->handle, c->wkb_writer, GEOS_WKB_NDR);
        GEOSWKBWriter_setOutputDimension_r(c->handle, c->wkb_writer, 2);
        g_private_set(&contexts, c);
    }
    c->message[0] = '\0';
    return c;
}

static bool fail_geos(const context *c, const char *doing, GError **error)
{
    return rdl_fail(error, RDL_ERROR_DATA, "%s failed: %s", doing,
                    *c->message ? c->message : "GEOS gave no reason");
}

/* GEOS predicates answer 0, 1 or 2 (an exception): success and answer apart. */
static bool answer(const context *c, char got, const char *doing, bool *yes, GError **error)
{
    *yes = got == 1;
    return got == 0 || got == 1 || fail_geos(c, doing, error);
}

static bool has_empty_member(context *c, const rdl_geometry *g, int n)
{
    for (int i = 0; i < n; i++)
        if (GEOSisEmpty_r(c->handle, GEOSGetGeometryN_r(c->handle, g, i)) == 1)
            return true;
    return false;
}

/* GEOS 3.11 falls over a collection with an empty member (a point inside it): such members, which
 * hold no ground, are left out. */
static rdl_geometry *without_empty_members(context *c, rdl_geometry *take_g)
{
    int type = GEOSGeomTypeId_r(c->handle, take_g), n = GEOSGetNumGeometries_r(c->handle, take_g);
    unsigned kept = 0;

    if (type < GEOS_MULTIPOINT || GEOSisEmpty_r(c->handle, take_g) == 1 ||
        !has_empty_member(c, take_g, n))
        return take_g;
    g_autofree GEOSGeometry **members = g_new(GEOSGeometry *, (size_t)n);
    for (int i = 0; i < n; i++) {
        const GEOSGeometry *member = GEOSGetGeometryN_r(c->handle, take_g, i);
        if (GEOSisEmpty_r(c->handle, member) != 1)
            members[kept++] = without_empty_members(c, GEOSGeom_clone_r(c->handle, member));
    }
    GEOSGeom_destroy_r(c->handle, take_g);
    return GEOSGeom_createCollection_r(c->handle, type, members, kept);
}

static rdl_geometry *read_wkb(const void *wkb, size_t n, bool mending, GError **error)
{
    context *c = geos();

    GEOSWKBReader_setFixStructure_r(c->handle, c->wkb_reader, mending);
    rdl_geometry *g = GEOSWKBReader_read_r(c->handle, c->wkb_reader, wkb, n);
    if (!g || !(g = without_empty_members(c, g)))
        fail_geos(c, "reading a geometry", error);
    return g;
}

rdl_geometry *rdl_geometry_from_wkb(const void *wkb, size_t n, GError **error)
{
    return read_wkb(wkb, n, false, error);
}

rdl_geometry *rdl_geometry_from_open_wkb(const void *wkb, size_t n, GError **error)
{
    return read_wkb(wkb, n, true, error);
}

rdl_geometry *rdl_geometry_from_wkt(const char *wkt, GError **error)
{
    context *c = geos();
    rdl_geometry *g = GEOSGeomFromWKT_r(c->handle, wkt);

    if (!g)
        fail_geos(c, "reading a geometry", error);
    return g;
}

GBytes *rdl_geometry_wkb(const rdl_geometry *g, GError **error)
{
    context *c = geos();
    size_t n = 0;
    unsigned char *wkb = GEOSWKBWriter_write_r(c->handle, c->wkb_writer, g, &n);

    if (!wkb)
        return fail_geos(c, "writing a geometry", error), NULL;
    GBytes *bytes = g_bytes_new(wkb, n);
    GEOSFree_r(c->handle, wkb);
    return bytes;
}

char *rdl_geometry_wkt(const rdl_geometry *g, GError **error)
{
    context *c = geos();
    char *wkt = GEOSGeomToWKT_r(c->handle, g);

    if (!wkt)
        return fail_geos(c, "writing a geometry", error), NULL;
    char *copy = g_strdup(wkt);
    GEOSFree_r(c->handle, wkt);
    return copy;
}

void rdl_geometry_free(rdl_geometry *g)
{
    if (g)
        GEOSGeom_destroy_r(geos()->handle, g);
}

int rdl_geometry_dimension(const rdl_geometry *g)
{
    return MAX(0, GEOSGeom_getDimensions_r(geos()->handle, g));
}

bool rdl_geometry_loose(const rdl_geometry *g)
{
    GEOSContextHandle_t h = geos()->handle;

    return GEOSGeomTypeId_r(h, g) == GEOS_GEOMETRYCOLLECTION &&
           (GEOSGetNumGeometries_r(h, g) > 1 ||
            (GEOSGetNumGeometries_r(h, g) == 1 && rdl_geometry_loose(GEOSGetGeometryN_r(h, g, 0))));
}

bool rdl_geometry_empty(const rdl_geometry *g)
{
    return GEOSisEmpty_r(geos()->handle, g) == 1;
}

int rdl_geometry_components(const rdl_geometry *g)
{
    return MAX(0, GEOSGetNumGeometries_r(geos()->handle, g));
}

const rdl_geometry *rdl_geometry_component(const rdl_geometry *g, int i)
{
    return GEOSGetGeometryN_r(geos()->handle, g, i);
}

rdl_box rdl_geometry_box(const rdl_geometry *g)
{
    GEOSContextHandle_t h = geos()->handle;
    rdl_box box = {.xmin = 1.0, .xmax = 0.0, .ymin = 1.0, .ymax = 0.0};

    if (GEOSisEmpty_r(h, g) == 0) {
        GEOSGeom_getXMin_r(h, g, &box.xmin);
        GEOSGeom_getYMin_r(h, g, &box.ymin);
        GEOSGeom_getXMax_r(h, g, &box.xmax);
        GEOSGeom_getYMax_r(h, g, &box.ymax);
    }
    return box;
}

bool rdl_box_meets(rdl_box a, rdl_box b)
{
    return a.xmin <= b.xmax && b.xmin <= a.xmax && a.ymin <= b.ymax && b.ymin <= a.ymax &&
           a.xmin <= a.xmax && b.xmin <= b.xmax;
}

rdl_box rdl_box_union(rdl_box a, rdl_box b)
{
    return (rdl_box){MIN(a.xmin, b.xmin), MIN(a.ymin, b.ymin), MAX(a.xmax, b.xmax),
                     MAX(a.ymax, b.ymax)};
}

/* Of one line or ring, where it is wider than what x has. */
static void widest_of_curve(GEOSContextHandle_t handle, const rdl_geometry *curve, double x[2])
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(handle, curve);
    unsigned n = 0;
    double before, here;

    if (!s || !GEOSCoordSeq_getSize_r(handle, s, &n) || n == 0)
        return;
    GEOSCoordSeq_getX_r(handle, s, 0, &before);
    for (unsigned i = 1; i < n; i++, before = here) {
        GEOSCoordSeq_getX_r(handle, s, i, &here);
        if (fabs(here - before) > fabs(x[1] - x[0]))
            x[0] = before, x[1] = here;
    }
}

static void widest_of(GEOSContextHandle_t handle, const rdl_geometry *g, double x[2])
{
    int type = GEOSGeomTypeId_r(handle, g);

    if (type == GEOS_LINESTRING || type == GEOS_LINEARRING) {
        widest_of_curve(handle, g, x);
    } else if (type == GEOS_POLYGON && GEOSisEmpty_r(handle, g) == 0) {
        widest_of_curve(handle, GEOSGetExteriorRing_r(handle, g), x);
        for (int i = 0; i < GEOSGetNumInteriorRings_r(handle, g); i++)
            widest_of_curve(handle, GEOSGetInteriorRingN_r(handle, g, i), x);
    } else if (type > GEOS_POLYGON) {
        for (int i = 0; i < GEOSGetNumGeometries_r(handle, g); i++)
            widest_of(handle, GEOSGetGeometryN_r(handle, g, i), x);
    }
}

void rdl_geometry_widest_edge(const rdl_geometry *g, double x[2])
{
    x[0] = x[1] = 0.0;
    widest_of(geos()->handle, g, x);
}

bool rdl_geometry_valid(const rdl_geometry *g, bool *valid, char **reason, GError **error)
{
    context *c = geos();

    if (reason)
        *reason = NULL;
    if (!answer(c, GEOSisValid_r(c->handle, g), "checking a geometry", valid, error))
        return false;
    if (!*valid && reason) {
        char *why = GEOSisValidReason_r(c->handle, g);
        *reason = g_strdup(why ? why : "not valid");
        GEOSFree_r(c->handle, why);
    }
    return true;
}

/* The parts of `take_g` that have `dimension`, as one geometry (a multi where there are several);
 * an empty polygon or line when there is none. */
static rdl_geometry *keep_dimension(context *c, rdl_geometry *take_g, int dimension, GError **error)
{
    GEOSContextHandle_t h = c->handle;

    if (!take_g)
        return fail_geos(c, "overlay", error), NULL;
    if (GEOSGeomTypeId_r(h, take_g) != GEOS_GEOMETRYCOLLECTION) {
        if (GEOSisEmpty_r(h, take_g) == 1 || GEOSGeom_getDimensions_r(h, take_g) == dimension)
            return take_g;
        GEOSGeom_destroy_r(h, take_g);
        return GEOSGeom_createEmptyCollection_r(h, GEOS_GEOMETRYCOLLECTION);
    }
    static const int multi[] = {GEOS_MULTIPOINT, GEOS_MULTILINESTRING, GEOS_MULTIPOLYGON};
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (int i = 0; i < GEOSGetNumGeometries_r(h, take_g); i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(h, take_g, i);
        int pieces = GEOSGetNumGeometries_r(h, part);
        for (int k = 0; k < pieces && GEOSGeom_getDimensions_r(h, part) == dimension; k++)
            g_ptr_array_add(parts, GEOSGeom_clone_r(h, GEOSGetGeometryN_r(h, part, k)));
    }
    GEOSGeom_destroy_r(h, take_g);
    return GEOSGeom_createCollection_r(h, multi[dimension], (GEOSGeometry **)parts->pdata,
                                       parts->len);
}

rdl_geometry *rdl_geometry_repair(const rdl_geometry *g, GError **error)
{
    context *c = geos();
    int dimension = MAX(0, GEOSGeom_getDimensions_r(c->handle, g));
    GEOSMakeValidParams *how = GEOSMakeValidParams_create_r(c->handle);

    GEOSMakeValidParams_setMethod_r(c->handle, how, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(c->handle, how, 0);
    rdl_geometry *valid = GEOSMakeValidWithParams_r(c->handle, g, how);
    GEOSMakeValidParams_destroy_r(c->handle, how);
    if (valid && GEOSGeomTypeId_r(c->handle, g) == GEOS_GEOMETRYCOLLECTION) {
        rdl_geometry *members = valid;
        valid = GEOSUnaryUnion_r(c->handle, members);
        GEOSGeom_destroy_r(c->handle, members);
    }
    if (!valid)
        return fail_geos(c, "repairing a geometry", error), NULL;
    valid = keep_dimension(c, valid, dimension, error);
    if (valid && GEOSisEmpty_r(c->handle, valid) == 1)
        g_clear_pointer(&valid, rdl_geometry_free);
    return valid;
}

rdl_geometry *rdl_geometry_intersection(const rdl_geometry *a, const rdl_geometry *b,
                                        GError **error)
{
    context *c = geos();
    int dimension = MIN(rdl_geometry_dimension(a), rdl_geometry_dimension(b));

    return keep_dimension(c, GEOSIntersection_r(c->handle, a, b), dimension, error);
}

rdl_geometry *rdl_geometry_difference(const rdl_geometry *a, const rdl_geometry *b, GError **error)
{
    context *c = geos();

    return keep_dimension(c, GEOSDifference_r(c->handle, a, b), rdl_geometry_dimension(a), error);
}

rdl_geometry *rdl_geometry_union(const rdl_geometry *a, const rdl_geometry *b, GError **error)
{
    context *c = geos();
    rdl_geometry *g = GEOSUnion_r(c->handle, a, b);

    if (!g)
        fail_geos(c, "union", error);
    return g;
}

rdl_geometry *rdl_geometry_buffer(const rdl_geometry *g, double distance, GError **error)
{
    context *c = geos();
    rdl_geometry *grown = GEOSBuffer_r(c->handle, g, distance, QUARTER_SEGMENTS);

    if (!grown)
        fail_geos(c, "buffer", error);
    return grown;
}

rdl_geometry *rdl_geometry_boundary(const rdl_geometry *g, GError **error)
{
    context *c = geos();
    rdl_geometry *boundary = GEOSBoundary_r(c->handle, g);

    if (!boundary)
        fail_geos(c, "boundary", error);
    return boundary;
}

bool rdl_geometry_intersects(const rdl_geometry *a, const rdl_geometry *b, bool *yes,
                             GError **error)
{
    context *c = geos();

    return answer(c, GEOSIntersects_r(c->handle, a, b), "intersects", yes, error);
}

bool rdl_geometry_covers(const rdl_geometry *a, const rdl_geometry *b, bool *yes, GError **error)
{
    context *c = geos();

    return answer(c, GEOSCovers_r(c->handle, a, b), "covers", yes, error);
}

bool rdl_geometry_equals(const rdl_geometry *a, const rdl_geometry *b, bool *yes, GError **error)
{
    context *c = geos();

    return answer(c, GEOSEquals_r(c->handle, a, b), "equals", yes, error);
}

bool rdl_geometry_distance(const rdl_geometry *a, const rdl_geometry *b, double *distance,
                           GError **error)
{
    context *c = geos();

    return GEOSDistance_r(c->handle, a, b, distance) == 1 || fail_geos(c, "distance", error);
}

bool rdl_geometry_nearest(const rdl_geometry *a, const rdl_geometry *b, double x[2], double y[2],
                          GError **error)
{
    context *c = geos();
    GEOSCoordSequence *points = GEOSNearestPoints_r(c->handle, a, b);
    bool good = points && GEOSCoordSeq_getXY_r(c->handle, points, 0, &x[0], &y[0]) &&
                GEOSCoordSeq_getXY_r(c->handle, points, 1, &x[1], &y[1]);

    if (points)
        GEOSCoordSeq_destroy_r(c->handle, points);
    return good || fail_geos(c, "nearest points", error);
}

bool rdl_geometry_within(const rdl_geometry *a, const rdl_geometry *b, double distance, bool *yes,
                         GError **error)
{
    context *c = geos();

    *yes = false;
    if (rdl_geometry_empty(a) || rdl_geometry_empty(b))
        return true;
    rdl_prepared *p = rdl_prepared_new(b, error);
    bool good = p && answer(c, GEOSPreparedDistanceWithin_r(c->handle, p, a, distance),
                            "a distance", yes, error);
    rdl_prepared_free(p);
    return good;
}

bool rdl_geometry_inner_point(const rdl_geometry *g, double *x, double *y, GError **error)
{
    context *c = geos();
    g_autoptr(rdl_geometry) point = GEOSPointOnSurface_r(c->handle, g);

    if (point && GEOSGeomGetX_r(c->handle, point, x) == 1 &&
        GEOSGeomGetY_r(c->handle, point, y) == 1)
        return true;
    return fail_geos(c, "a point inside", error);
}

double rdl_geometry_plane_area(const rdl_geometry *g)
{
    double area = 0.0;

    return GEOSArea_r(geos()->handle, g, &area) == 1 ? area : NAN;
}

typedef struct {
    double x0, y0, sx, sy;
} affine;

static int scale_point(double *x, double *y, void *user)
{
    const affine *t = user;

    *x = (*x - t->x0) * t->sx;
    *y = (*y - t->y0) * t->sy;
    return 1;
}

rdl_geometry *rdl_geometry_scaled(const rdl_geometry *g, double x0, double y0, double sx, double sy,
                                  GError **error)
{
    context *c = geos();
    affine t = {x0, y0, sx, sy};
    rdl_geometry *scaled = GEOSGeom_transformXY_r(c->handle, g, scale_point, &t);

    if (!scaled)
        fail_geos(c, "scaling", error);
    return scaled;
}

rdl_geometry *rdl_geometry_of_box(rdl_box box, GError **error)
{
    context *c = geos();
    rdl_geometry *g = GEOSGeom_createRectangle_r(c->handle, box.xmin, box.ymin, box.xmax, box.ymax);

    if (!g)
        fail_geos(c, "a box", error);
    return g;
}

rdl_prepared *rdl_prepared_new(const rdl_geometry *g, GError **error)
{
    context *c = geos();
    const rdl_prepared *p = GEOSPrepare_r(c->handle, g);

    if (!p)
        fail_geos(c, "preparing a geometry", error);
    return (rdl_prepared *)p;
}

void rdl_prepared_free(rdl_prepared *p)
{
    if (p)
        GEOSPreparedGeom_destroy_r(geos()->handle, p);
}

bool rdl_prepared_intersects(const rdl_prepared *p, const rdl_geometry *g, bool *yes,
                             GError **error)
{
    context *c = geos();

    return answer(c, GEOSPreparedIntersects_r(c->handle, p, g), "intersects", yes, error);
}

bool rdl_prepared_covers(const rdl_prepared *p, const rdl_geometry *g, bool *yes, GError **error)
{
    context *c = geos();

    return answer(c, GEOSPreparedCovers_r(c->handle, p, g), "covers", yes, error);
}

#define VANISHING 1e-270 /* products below it lose digits, or come to nothing */

int rdl_orientation(double ax, double ay, double bx, double by, double px, double py)
{
    double dxa = ax - px, dya = ay - py, dxb = bx - px, dyb = by - py; /* 0 only of equals */
    double left = dxa * dyb, right = dya * dxb, weight = fabs(left) + fabs(right);
    double det = left - right, doubt = 4.0 * DBL_EPSILON * weight + DBL_MIN;

    if (det > doubt)
        return 1;
    if (det < -doubt)
        return -1;
    if ((dxa == 0.0 || dyb == 0.0) && (dya == 0.0 || dxb == 0.0))
        return 0; /* one end, or all on a line of the grid */
    double k = weight < VANISHING ? 0x1p700 : 1.0;
    int turn =
        GEOSOrientationIndex_r(geos()->handle, k * ax, k * ay, k * bx, k * by, k * px, k * py);
    return turn > 0   ? 1
           : turn < 0 ? -1
                      : 0; /* 2, a failure, needs coordinates that are no numbers */
}

rdl_geometry *rdl_geometry_of_lines(size_t n, const guint32 *counts, const double *x,
                                    const double *y, GError **error)
{
    context *c = geos();
    g_autoptr(GPtrArray) lines = g_ptr_array_sized_new((guint)n);

    for (size_t i = 0; i < n; x += counts[i], y += counts[i], i++) {
        GEOSCoordSequence *s =
            GEOSCoordSeq_copyFromArrays_r(c->handle, x, y, NULL, NULL, counts[i]);
        g_ptr_array_add(lines, s ? GEOSGeom_createLineString_r(c->handle, s) : NULL);
    }
    rdl_geometry *all = GEOSGeom_createCollection_r(c->handle, GEOS_MULTILINESTRING,
                                                    (GEOSGeometry **)lines->pdata, lines->len);
    if (!all)
        fail_geos(c, "making lines", error);
    return all;
}

/* ---- boxes, packed along a Hilbert curve (Kamel and Faloutsos 1993) ---- */

#define FANOUT 16
#define LEVELS_MOST 16

struct rdl_box_index {
    rdl_box *boxes;   /* level 0: the boxes given, then level 1: FANOUT of level 0 each, ... */
    guint32 *numbers; /* of level 0 */
    size_t start[LEVELS_MOST], count[LEVELS_MOST];
    int levels;
};

/* Distance along the curve through a grid of 2^16 x 2^16. */
static guint32 hilbert(guint32 x, guint32 y)
{
    guint32 key = 0;

    for (guint32 s = 1u << 15; s; s >>= 1) {
        guint32 rx = (x & s) != 0, ry = (y & s) != 0;
        key += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            guint32 flip = rx ? s - 1 : 0, fx = (x & (s - 1)) ^ flip, fy = (y & (s - 1)) ^ flip;
            x = fy;
            y = fx;
        } else {
            x &= s - 1;
            y &= s - 1;
        }
    }
    return key;
}

static guint32 cell(double value, double low, double high)
{
    return high > low ? (guint32)(65535.0 * ((value - low) / (high - low))) : 0;
}

void rdl_boxes_order(const rdl_box *boxes, size_t n, guint32 *numbers, size_t *filled)
{
    rdl_box all = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    g_autofree rdl_keyed *places = g_new(rdl_keyed, n + 1);
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (boxes[i].xmin <= boxes[i].xmax)
            all = rdl_box_union(all, boxes[i]);
    for (size_t i = 0; i < n; i++)
        if (boxes[i].xmin <= boxes[i].xmax)
            places[k++] = (rdl_keyed){
                hilbert(cell((boxes[i].xmin + boxes[i].xmax) / 2.0, all.xmin, all.xmax),
                        cell((boxes[i].ymin + boxes[i].ymax) / 2.0, all.ymin, all.ymax)),
                (guint32)i};
    rdl_keyed_sort(places, k);
    for (size_t i = 0; i < k; i++)
        numbers[i] = places[i].number;
    *filled = k;
}

static void add_levels(rdl_box_index *index)
{
    size_t count = index->count[0], at = count;

    for (index->levels = 1; count > FANOUT; index->levels++) {
        const rdl_box *below = index->boxes + index->start[index->levels - 1];
        size_t groups = (count + FANOUT - 1) / FANOUT;
        for (size_t g = 0; g < groups; g++) {
            rdl_box all = below[g * FANOUT];
            for (size_t i = g * FANOUT + 1; i < MIN((g + 1) * FANOUT, count); i++)
                all = rdl_box_union(all, below[i]);
            index->boxes[at + g] = all;
        }
        index->start[index->levels] = at;
        index->count[index->levels] = groups;
        at += groups;
        count = groups;
    }
}

rdl_box_index *rdl_box_index_new(const rdl_box *boxes, size_t n, GError **error)
{
    if (n > G_MAXUINT32 / 2)
        return rdl_fail(error, RDL_ERROR_DATA, "%zu boxes are too many", n), NULL;
    rdl_box_index *index = g_new0(rdl_box_index, 1);
    index->numbers = g_new(guint32, n + 1);
    rdl_boxes_order(boxes, n, index->numbers, &index->count[0]);
    index->boxes = g_new(rdl_box, index->count[0] + index->count[0] / (FANOUT - 1) + LEVELS_MOST);
    for (size_t i = 0; i < index->count[0]; i++)
        index->boxes[i] = boxes[index->numbers[i]];
    add_levels(index);
    return index;
}

void rdl_box_index_free(rdl_box_index *index)
{
    if (!index)
        return;
    g_free(index->boxes);
    g_free(index->numbers);
    g_free(index);
}

static void search(const rdl_box_index *index, int level, size_t from, size_t end, rdl_box box,
                   GArray *found)
{
    const rdl_box *boxes = index->boxes + index->start[level];

    for (size_t i = from; i < end; i++) {
        if (!rdl_box_meets(boxes[i], box))
            continue;
        if (level > 0) {
            search(index, level - 1, i * FANOUT, MIN((i + 1) * FANOUT, index->count[level - 1]),
                   box, found);
        } else {
            size_t number = index->numbers[i];
            g_array_append_val(found, number);
        }
    }
}

static gint ascending(gconstpointer a, gconstpointer b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return x < y ? -1 : x > y;
}

void rdl_box_index_query(const rdl_box_index *index, rdl_box box, GArray *found)
{
    int top = index->levels - 1;

    g_array_set_size(found, 0);
    search(index, top, 0, index->count[top], box, found);
    if (found->len > 1)
        g_array_sort(found, ascending);
}
