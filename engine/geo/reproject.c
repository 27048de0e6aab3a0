#include "geo/reproject.h"

#include <math.h>
#include <string.h>
#include <geos_c.h>
#include <ogr_srs_api.h>
#include "geo/border.h"
#include "geo/crs_handle.h"

#define MAX_CUTS 12 /* 4096 pieces an edge */

typedef struct {
    double x, y;
} point;

typedef struct {
    GEOSContextHandle_t geos;
    rdl_transform *transform;
    double tolerance;
    double turn;   /* of longitude, units of the target; 0: the target has no antimeridian */
    point start;   /* near which a curve begins */
    GArray *x, *y; /* of the curve being made */
    GArray *from;  /* of point: its vertices, and then their images */
    GArray *images_x, *images_y;
} reprojection;

double rdl_reproject_tolerance(const rdl_crs *target)
{
    const double millimetre = 0.001;

    if (rdl_crs_geographic(target))
        return millimetre / 111320.0 / rdl_crs_degrees(target);
    return millimetre / OSRGetLinearUnits(rdl_crs_handle(target), NULL);
}

static void add_point(reprojection *r, point p)
{
    g_array_append_val(r->x, p.x);
    g_array_append_val(r->y, p.y);
}

static point between(point a, point b, double t)
{
    return (point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

/* `p` by whole turns as near as can be to `before`, so that a curve runs on over the antimeridian.
 */
static point run_on(const reprojection *r, point before, point p)
{
    if (r->turn > 0.0)
        p.x -= r->turn * round((p.x - before.x) / r->turn);
    return p;
}

/* Images of n points that follow each other, the first of them after `before`. */
static bool images(reprojection *r, point before, int n, const point *from, point *to,
                   GError **error)
{
    double x[4], y[4];

    for (int i = 0; i < n; i++) {
        x[i] = from[i].x;
        y[i] = from[i].y;
    }
    if (!rdl_transform_points(r->transform, (size_t)n, x, y, error))
        return false;
    for (int i = 0; i < n; i++)
        to[i] = run_on(r, i ? to[i - 1] : before, (point){x[i], y[i]});
    return true;
}

static bool on_chord(const reprojection *r, point ia, point ib, double t, point p)
{
    point chord = between(ia, ib, t);

    return hypot(p.x - chord.x, p.y - chord.y) <= r->tolerance;
}

/* An edge and its image at both ends and the middle. */
typedef struct {
    point a, b, ia, im, ib;
} edge;

static bool add_edge(reprojection *r, edge e, int cuts, GError **error);

/* Everything after the image of `a` up to and with that of `b`; q: images at 1/4 and 3/4. An image
 * shaped like an S crosses its chord in the middle: the quarters tell. */
static bool add_halves(reprojection *r, edge e, const point *q, int cuts, GError **error)
{
    point m = between(e.a, e.b, 0.5);

    if (cuts == 0 || (on_chord(r, e.ia, e.ib, 0.5, e.im) && on_chord(r, e.ia, e.ib, 0.25, q[0]) &&
                      on_chord(r, e.ia, e.ib, 0.75, q[1]))) {
        add_point(r, e.ib);
        return true;
    }
    return add_edge(r, (edge){e.a, m, e.ia, q[0], e.im}, cuts - 1, error) &&
           add_edge(r, (edge){m, e.b, e.im, q[1], e.ib}, cuts - 1, error);
}

static bool add_edge(reprojection *r, edge e, int cuts, GError **error)
{
    const point from[] = {between(e.a, e.b, 0.25), between(e.a, e.b, 0.75)};
    point q[2];

    if (!images(r, e.ia, 2, from, q, error))
        return false;
    q[1] = run_on(r, e.im, q[1]);
    return add_halves(r, e, q, cuts, error);
}

/* The first cut of an edge of the layer: where its end lies is told by the way to it. */
static bool add_whole_edge(reprojection *r, point a, point b, point ia, point *ib, GError **error)
{
    const point from[] = {between(a, b, 0.25), between(a, b, 0.5), between(a, b, 0.75), b};
    point to[4];

    if (!images(r, ia, 4, from, to, error))
        return false;
    *ib = to[3];
    const point q[] = {to[0], to[2]};
    return add_halves(r, (edge){a, b, ia, to[1], *ib}, q, MAX_CUTS, error);
}

/* Closed stays closed to the last bit; a ring that has gone once round has a pole inside. */
static bool close_curve(reprojection *r, GError **error)
{
    double *x = (double *)(void *)r->x->data, *y = (double *)(void *)r->y->data;
    guint last = r->x->len - 1;

    if (r->turn > 0.0 && fabs(x[last] - x[0]) > r->turn / 2.0)
        return rdl_fail(error, RDL_ERROR_CRS, "a ring round a pole has no image in degrees");
    x[last] = x[0];
    y[last] = y[0];
    return true;
}

/* ---- edges too short to bend ---- */

#define LATTICE 3
#define STEADY 0.05 /* change of the first differences over a square, of themselves */

static double difference_2(const point *p, int a, int m, int b)
{
    return hypot(p[a].x - 2.0 * p[m].x + p[b].x, p[a].y - 2.0 * p[m].y + p[b].y);
}

/* How much the image of a square bends: the largest second derivative, which second differences
 * over the square give to within a factor of two. Infinite where it has no steady image (near a
 * pole, across the antimeridian): every edge is looked at there. */
static double bend_of(reprojection *r, double left, double bottom, double side)
{
    static const int lines[][3] = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6},
                                   {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}};
    double x[LATTICE * LATTICE], y[LATTICE * LATTICE], most = 0.0, h = side / 2.0;
    point p[LATTICE * LATTICE];

    for (int i = 0; i < LATTICE * LATTICE; i++) {
        x[i] = left + i % LATTICE * h;
        y[i] = bottom + i / LATTICE * h;
    }
    if (!rdl_transform_points(r->transform, LATTICE * LATTICE, x, y, NULL))
        return INFINITY;
    for (int i = 0; i < LATTICE * LATTICE; i++)
        p[i] = (point){x[i], y[i]};
    for (size_t k = 0; k < G_N_ELEMENTS(lines); k++) {
        const int *l = lines[k];
        double bend = difference_2(p, l[0], l[1], l[2]);
        double whole = hypot(p[l[2]].x - p[l[0]].x, p[l[2]].y - p[l[0]].y);
        if (!(bend <= STEADY * whole))
            return INFINITY;
        most = fmax(most, bend / (k < 6 ? h * h : 2.0 * h * h));
    }
    return most;
}

/* Up to what length an edge there leaves its chord by no more than a fourth of the tolerance: by
 * its sagitta, length^2 / 8 times the second derivative. */
static double straight_at(reprojection *r, point at)
{
    double side = rdl_transform_side(r->transform), col = floor(at.x / side),
           row = floor(at.y / side);
    GHashTable *squares = rdl_transform_squares(r->transform);

    if (!(fabs(col) < 1e9 && fabs(row) < 1e9))
        return 0.0;
    gint64 key = (gint64)((guint64)(guint32)(gint32)col << 32 | (guint32)(gint32)row);
    double *bend = g_hash_table_lookup(squares, &key);
    if (!bend) {
        bend = g_new(double, 1);
        *bend = bend_of(r, col * side, row * side, side);
        g_hash_table_insert(squares, g_memdup2(&key, sizeof key), bend);
    }
    return fmin(sqrt(r->tolerance / *bend), side / 2.0);
}

static bool too_short_to_bend(reprojection *r, point a, point b)
{
    double length = hypot(b.x - a.x, b.y - a.y);

    return length <= straight_at(r, a) && length <= straight_at(r, b);
}

/* ---- curves ---- */

/* All vertices go through the transformation at once. */
static bool map_vertices(reprojection *r, const GEOSCoordSequence *s, unsigned n, GError **error)
{
    g_array_set_size(r->images_x, n);
    g_array_set_size(r->images_y, n);
    g_array_set_size(r->from, n);
    double *x = (double *)(void *)r->images_x->data, *y = (double *)(void *)r->images_y->data;
    point *from = (point *)(void *)r->from->data;

    if (!GEOSCoordSeq_copyToArrays_r(r->geos, s, x, y, NULL, NULL))
        return rdl_fail(error, RDL_ERROR_INTERNAL, "the vertices of a geometry cannot be read");
    for (unsigned i = 0; i < n; i++)
        from[i] = (point){x[i], y[i]};
    return rdl_transform_points(r->transform, n, x, y, error);
}

static bool add_curve(reprojection *r, const GEOSCoordSequence *s, unsigned n, GError **error)
{
    point ia = r->start;

    if (!map_vertices(r, s, n, error))
        return false;
    const double *x = (const double *)(const void *)r->images_x->data;
    const double *y = (const double *)(const void *)r->images_y->data;
    const point *from = (const point *)(const void *)r->from->data;
    for (unsigned i = 0; i < n; i++) {
        point ib = run_on(r, ia, (point){x[i], y[i]});
        if (i == 0 || too_short_to_bend(r, from[i - 1], from[i]))
            add_point(r, ib);
        else if (!add_whole_edge(r, from[i - 1], from[i], ia, &ib, error))
            return false;
        ia = ib;
    }
    return n <= 3 || from[n - 1].x != from[0].x || from[n - 1].y != from[0].y ||
           close_curve(r, error);
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

/* Of the longitudes of the curve just made: a hole is within half a turn of its shell's. */
static double middle_of(const reprojection *r)
{
    const double *x = (const double *)(const void *)r->x->data;
    double least = x[0], most = x[0];

    for (guint i = 1; i < r->x->len; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
    }
    return (least + most) / 2.0;
}

static GEOSGeometry *polygon(reprojection *r, const GEOSGeometry *g, GError **error)
{
    g_autoptr(GPtrArray) rings = g_ptr_array_new();
    int holes = GEOSGetNumInteriorRings_r(r->geos, g);

    for (int i = -1; i < holes; i++) {
        const GEOSGeometry *ring =
            i < 0 ? GEOSGetExteriorRing_r(r->geos, g) : GEOSGetInteriorRingN_r(r->geos, g, i);
        GEOSGeometry *made = curve(r, ring, error);
        if (!made) {
            destroy_all(r, rings);
            return NULL;
        }
        g_ptr_array_add(rings, made);
        if (i < 0)
            r->start.x = middle_of(r);
    }
    r->start.x = 0.0;
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
    reprojection r = {.geos = GEOS_init_r(),
                      .transform = transform,
                      .tolerance = tolerance,
                      .turn = rdl_transform_turn(transform)};
    GError *failed = NULL;

    r.x = g_array_new(FALSE, FALSE, sizeof(double));
    r.y = g_array_new(FALSE, FALSE, sizeof(double));
    r.images_x = g_array_new(FALSE, FALSE, sizeof(double));
    r.images_y = g_array_new(FALSE, FALSE, sizeof(double));
    r.from = g_array_new(FALSE, FALSE, sizeof(point));
    GEOSGeometry *made = any(&r, g, &failed);
    g_array_unref(r.x);
    g_array_unref(r.y);
    g_array_unref(r.images_x);
    g_array_unref(r.images_y);
    g_array_unref(r.from);
    GEOS_finish_r(r.geos);
    if (failed)
        g_propagate_error(error, failed);
    else if (!made)
        rdl_fail(error, RDL_ERROR_DATA, "a geometry cannot be rebuilt after reprojection");
    return made;
}

/* In place; `xy` is in `ring`'s own bytes. */
static bool move_ring(reprojection *r, const rdl_ring *ring, guint8 *xy)
{
    g_array_set_size(r->from, ring->n);
    g_array_set_size(r->images_x, ring->n);
    g_array_set_size(r->images_y, ring->n);
    point *from = (point *)(void *)r->from->data;
    double *x = (double *)(void *)r->images_x->data, *y = (double *)(void *)r->images_y->data;

    for (guint32 i = 0; i < ring->n; i++) {
        rdl_point_at(xy, i, &x[i], &y[i]);
        from[i] = (point){x[i], y[i]};
        if (i && !too_short_to_bend(r, from[i - 1], from[i]))
            return false;
    }
    if (!rdl_transform_points(r->transform, ring->n, x, y, NULL))
        return false;
    for (guint32 i = 0; i < ring->n; i++) {
        if (i && r->turn > 0.0 && fabs(x[i] - x[i - 1]) > r->turn / 4.0)
            return false;
        memcpy(xy + 16 * (size_t)i, &x[i], 8);
        memcpy(xy + 16 * (size_t)i + 8, &y[i], 8);
    }
    return true;
}

GBytes *rdl_wkb_reproject(GBytes *wkb, rdl_transform *transform, double tolerance)
{
    size_t n;
    const guint8 *bytes = g_bytes_get_data(wkb, &n);
    guint8 *moved = g_memdup2(bytes, n);
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    reprojection r = {.transform = transform,
                      .tolerance = tolerance,
                      .turn = rdl_transform_turn(transform),
                      .images_x = g_array_new(FALSE, FALSE, sizeof(double)),
                      .images_y = g_array_new(FALSE, FALSE, sizeof(double)),
                      .from = g_array_new(FALSE, FALSE, sizeof(point))};
    bool good = rdl_rings_of(moved, n, rings);

    for (guint i = 0; good && i < rings->len; i++) {
        const rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        good = move_ring(&r, ring, moved + (ring->xy - moved));
    }
    g_array_unref(r.images_x);
    g_array_unref(r.images_y);
    g_array_unref(r.from);
    if (good)
        return g_bytes_new_take(moved, n);
    g_free(moved);
    return NULL;
}

/* ---- the antimeridian ---- */

/* What lies within half a turn of the longitude `middle`, brought to 0. */
static rdl_geometry *one_turn(const rdl_geometry *g, double middle, double turn, GError **error)
{
    rdl_box box = rdl_geometry_box(g);
    box.xmin = middle - turn / 2.0;
    box.xmax = middle + turn / 2.0;
    box.ymin -= 1.0;
    box.ymax += 1.0;
    g_autoptr(rdl_geometry) window = rdl_geometry_of_box(box, error);
    g_autoptr(rdl_geometry) piece = window ? rdl_geometry_intersection(g, window, error) : NULL;

    return piece ? rdl_geometry_scaled(piece, middle, 0.0, 1.0, 1.0, error) : NULL;
}

rdl_geometry *rdl_fold(rdl_geometry *take_g, const rdl_crs *crs, GError **error)
{
    g_autoptr(rdl_geometry) g = take_g;
    rdl_box box = rdl_geometry_box(g);
    double turn = rdl_crs_geographic(crs) ? 360.0 / rdl_crs_degrees(crs) : 0.0;
    const double most = 4.0; /* turns: no layer runs on for longer */

    if (turn == 0.0 || rdl_geometry_empty(g) || (box.xmin >= -turn / 2.0 && box.xmax <= turn / 2.0))
        return g_steal_pointer(&g);
    double first = floor(box.xmin / turn + 0.5), last = ceil(box.xmax / turn - 0.5);
    if (!(fabs(first) <= most && fabs(last) <= most))
        return rdl_fail(error, RDL_ERROR_CRS, "longitudes from %g to %g are none", box.xmin,
                        box.xmax),
               NULL;
    g_autoptr(rdl_geometry) all = one_turn(g, first * turn, turn, error);
    for (double k = first + 1.0; all && k <= last; k++) {
        g_autoptr(rdl_geometry) next = one_turn(g, k * turn, turn, error);
        rdl_geometry *both = next ? rdl_geometry_union(all, next, error) : NULL;
        rdl_geometry_free(all);
        all = both;
    }
    return g_steal_pointer(&all);
}
