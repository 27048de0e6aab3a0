#include "geo/area.h"

#include <math.h>
#include <geos_c.h>
#include <ogr_srs_api.h>
#include "geo/border.h"
#include "geo/crs_handle.h"

#define RADIANS (G_PI / 180.0)
#define PIECE_DEGREES 0.5
#define PIECE_METRES 5000.0
#define CELL_METRES 3000.0
#define CELL_DEGREES 0.03
#define CELLS_MOST 4096 /* kept at a time */

/* Ground per plane, q[0] + q[1] u + q[2] v + q[3] u^2 + q[4] u v + q[5] v^2, where u and v count
 * thirds of the cell from its middle. */
typedef struct {
    gint64 column, row;
    bool fitted, good, scaled;
    double q[6];        /* once `fitted`; it holds where `good` */
    double least;       /* metres a unit, once `scaled` */
    bool metred, even;  /* `along` was tried; it holds */
    double along[3][4]; /* by `shape`, each c[0] + c[1] u + c[2] v + c[3] u v, where u and v count
                           sides from the lower left corner */
} cell;

/* What the length of a short edge is made of: metres a unit along x and along y, and their inner
 * product. */
typedef enum { ALONG_X, ALONG_Y, ACROSS } shape;

struct rdl_measure {
    rdl_transform *lonlat;
    GEOSContextHandle_t geos;
    double a, e2;
    double piece; /* longest piece of an edge, units of the CRS */
    bool geographic;
    GArray *x, *y;      /* ring as given */
    GArray *lon, *lat;  /* start, middle, start, middle ... end of its pieces */
    const rdl_crs *crs; /* own reference */
    double side;        /* of a cell, units of the CRS */
    GHashTable *cells;  /* of cell, by itself */
    cell *last;
    GArray *rings; /* of rdl_ring */
};

static guint cell_hash(gconstpointer p)
{
    const cell *c = p;

    return (guint)c->column * 2654435761u ^ (guint)c->row * 40503u;
}

static gboolean cell_equal(gconstpointer a, gconstpointer b)
{
    const cell *c = a, *d = b;

    return c->column == d->column && c->row == d->row;
}

rdl_measure *rdl_measure_new(const rdl_crs *crs, GError **error)
{
    rdl_transform *lonlat;

    if (!crs)
        return rdl_fail(error, RDL_ERROR_CRS, "areas need a coordinate system"), NULL;
    if (!(lonlat = rdl_transform_lonlat(crs, error)))
        return NULL;
    rdl_measure *measure = g_new0(rdl_measure, 1);
    measure->lonlat = lonlat;
    measure->geos = GEOS_init_r();
    rdl_crs_ellipsoid(crs, &measure->a, &measure->e2);
    measure->geographic = rdl_crs_geographic(crs);
    measure->piece = measure->geographic
                         ? PIECE_DEGREES / rdl_crs_degrees(crs)
                         : PIECE_METRES / OSRGetLinearUnits(rdl_crs_handle(crs), NULL);
    measure->x = g_array_new(FALSE, FALSE, sizeof(double));
    measure->y = g_array_new(FALSE, FALSE, sizeof(double));
    measure->lon = g_array_new(FALSE, FALSE, sizeof(double));
    measure->lat = g_array_new(FALSE, FALSE, sizeof(double));
    measure->crs = rdl_crs_ref(crs);
    measure->side =
        measure->geographic ? CELL_DEGREES : CELL_METRES / PIECE_METRES * measure->piece;
    measure->cells = g_hash_table_new_full(cell_hash, cell_equal, g_free, NULL);
    measure->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    return measure;
}

void rdl_measure_free(rdl_measure *measure)
{
    if (!measure)
        return;
    rdl_transform_free(measure->lonlat);
    GEOS_finish_r(measure->geos);
    g_array_unref(measure->x);
    g_array_unref(measure->y);
    g_array_unref(measure->lon);
    g_array_unref(measure->lat);
    g_array_unref(measure->rings);
    g_hash_table_unref(measure->cells);
    rdl_crs_unref((rdl_crs *)measure->crs);
    g_free(measure);
}

/* Area per radian of longitude between the equator and phi (Snyder 1987, eq. 3-12 times a^2/2). */
static double authalic(const rdl_measure *m, double phi)
{
    double s = sin(phi);

    if (m->e2 == 0.0)
        return m->a * m->a * s;
    double e = sqrt(m->e2), es = e * s;
    return 0.5 * m->a * m->a * (1.0 - m->e2) * (s / (1.0 - es * es) + atanh(es) / e);
}

static double *doubles(GArray *array)
{
    return (double *)(void *)array->data;
}

static void append(GArray *array, double value)
{
    g_array_append_val(array, value);
}

/* Cut the edges into pieces, each with its middle, and put all points on the ellipsoid. */
static bool densify(rdl_measure *m, size_t n, const double *x, const double *y, GError **error)
{
    g_array_set_size(m->lon, 0);
    g_array_set_size(m->lat, 0);
    for (size_t i = 0; i + 1 < n; i++) {
        double dx = x[i + 1] - x[i], dy = y[i + 1] - y[i];
        double pieces = ceil(fmax(fabs(dx), fabs(dy)) / m->piece);
        if (!(pieces < 1e6))
            return rdl_fail(error, RDL_ERROR_CRS, "an edge of %g units is no edge on the earth",
                            fmax(fabs(dx), fabs(dy)));
        int halves = 2 * (int)fmax(1.0, pieces);
        for (int k = 0; k < halves; k++) {
            append(m->lon, x[i] + dx * k / halves);
            append(m->lat, y[i] + dy * k / halves);
        }
    }
    append(m->lon, x[n - 1]);
    append(m->lat, y[n - 1]);
    return rdl_transform_points(m->lonlat, m->lon->len, doubles(m->lon), doubles(m->lat), error);
}

/* A piece as a quadratic through its three points: longitudes less that of the start. */
typedef struct {
    double dm, d1; /* lambda of middle and end less that of the start */
    double phi0, phim, phi1;
} piece;

static double wrapped(const rdl_measure *m, double radians)
{
    return m->geographic ? radians : remainder(radians, 2.0 * G_PI);
}

static piece piece_at(const rdl_measure *m, guint i)
{
    const double *lon = doubles(m->lon) + i;
    const double *lat = (const double *)(void *)m->lat->data + i;

    return (piece){wrapped(m, (lon[1] - lon[0]) * RADIANS), wrapped(m, (lon[2] - lon[0]) * RADIANS),
                   lat[0] * RADIANS, lat[1] * RADIANS, lat[2] * RADIANS};
}

/* ---- near a pole ---- */

#define POLAR 70.0     /* degrees: a ring that comes so near a pole is measured about it */
#define POLAR_FAR 60.0 /* and no point of it is so near the other */

/* Which pole, 1 or -1; 0: none. In degrees edges are straight in longitude and need none. */
static int pole_of(const rdl_measure *m)
{
    const double *lat = (const double *)(const void *)m->lat->data;
    double least = 90.0, most = -90.0;

    for (guint i = 0; i < m->lat->len; i++) {
        least = fmin(least, lat[i]);
        most = fmax(most, lat[i]);
    }
    if (m->geographic)
        return 0;
    return most > POLAR && least > -POLAR_FAR ? 1 : least < -POLAR && most < POLAR_FAR ? -1 : 0;
}

/* Distance from the pole in the azimuthal equal-area plane (Snyder 1987, eqs 24-2 ff.), by the
 * difference of the authalic function to its value at the pole, written so that nothing cancels. */
static double polar_distance(const rdl_measure *m, double colatitude)
{
    double half = sin(colatitude / 2.0), d = 2.0 * half * half, s = 1.0 - d;

    if (m->e2 == 0.0)
        return m->a * sqrt(2.0 * d);
    double e = sqrt(m->e2);
    double first = d * (1.0 + m->e2 * s) / ((1.0 - m->e2) * (1.0 - m->e2 * s * s));
    double second = atanh(e * d / (1.0 - m->e2 * s)) / e;
    return m->a * sqrt((1.0 - m->e2) * (first + second));
}

/* Area in that plane, each piece a quadratic through its three points: exact Simpson. */
static double polar_ring(rdl_measure *m, int pole)
{
    double *x = doubles(m->lon), *y = doubles(m->lat), integral = 0.0;

    for (guint i = 0; i < m->lon->len; i++) {
        double rho = polar_distance(m, (90.0 - pole * y[i]) * RADIANS), lambda = x[i] * RADIANS;
        x[i] = rho * cos(lambda);
        y[i] = rho * sin(lambda);
    }
    double x0 = x[0], y0 = y[0];
    for (guint i = 0; i + 2 < m->lon->len; i += 2) {
        double u[] = {x[i] - x0, x[i + 1] - x0, x[i + 2] - x0};
        double v[] = {y[i] - y0, y[i + 1] - y0, y[i + 2] - y0};
        double du[] = {4.0 * u[1] - 3.0 * u[0] - u[2], u[2] - u[0], u[0] - 4.0 * u[1] + 3.0 * u[2]};
        double dv[] = {4.0 * v[1] - 3.0 * v[0] - v[2], v[2] - v[0], v[0] - 4.0 * v[1] + 3.0 * v[2]};
        integral += (u[0] * dv[0] - v[0] * du[0] + 4.0 * (u[1] * dv[1] - v[1] * du[1]) +
                     u[2] * dv[2] - v[2] * du[2]) /
                    12.0;
    }
    return pole * integral;
}

bool rdl_measure_ring(rdl_measure *measure, size_t n, const double *x, const double *y,
                      double *signed_m2, GError **error)
{
    double integral = 0.0, turn = 0.0;

    *signed_m2 = 0.0;
    if (n < 4)
        return true;
    if (!densify(measure, n, x, y, error))
        return false;
    int pole = pole_of(measure);
    if (pole) {
        *signed_m2 = polar_ring(measure, pole);
        return true;
    }
    double phi_first = g_array_index(measure->lat, double, 0) * RADIANS;
    double reference = authalic(measure, phi_first); /* keeps the terms small */
    for (guint i = 0; i + 2 < measure->lon->len; i += 2) {
        piece p = piece_at(measure, i);
        double slope0 = 4.0 * p.dm - p.d1, slope1 = 3.0 * p.d1 - 4.0 * p.dm;
        integral += ((authalic(measure, p.phi0) - reference) * slope0 +
                     4.0 * (authalic(measure, p.phim) - reference) * p.d1 +
                     (authalic(measure, p.phi1) - reference) * slope1) /
                    6.0;
        turn += p.d1;
    }
    if (fabs(turn) > G_PI && !measure->geographic) /* a pole is inside */
        integral -= turn * (authalic(measure, copysign(G_PI / 2.0, phi_first)) - reference);
    *signed_m2 = -integral;
    return true;
}

static bool curve_length(rdl_measure *m, size_t n, const double *x, const double *y, double *metres,
                         GError **error)
{
    if (n < 2)
        return true;
    if (!densify(m, n, x, y, error))
        return false;
    for (guint i = 0; i + 2 < m->lon->len; i += 2) {
        piece p = piece_at(m, i);
        double dlambda[] = {4.0 * p.dm - p.d1, p.d1, 3.0 * p.d1 - 4.0 * p.dm};
        double dphi[] = {-3.0 * p.phi0 + 4.0 * p.phim - p.phi1, p.phi1 - p.phi0,
                         p.phi0 - 4.0 * p.phim + 3.0 * p.phi1};
        double phi[] = {p.phi0, p.phim, p.phi1}, speed[3];
        for (int k = 0; k < 3; k++) { /* radii of curvature: Snyder 1987, eqs 4-18, 4-20 */
            double w2 = 1.0 - m->e2 * sin(phi[k]) * sin(phi[k]);
            double north = m->a * (1.0 - m->e2) / (w2 * sqrt(w2)), east = m->a / sqrt(w2);
            speed[k] = hypot(north * dphi[k], east * cos(phi[k]) * dlambda[k]);
        }
        *metres += (speed[0] + 4.0 * speed[1] + speed[2]) / 6.0;
    }
    return true;
}

/* What to do with one ring or line; `hole` for interior rings. */
typedef bool (*curve_fn)(rdl_measure *m, size_t n, bool hole, double *sum, GError **error);

static bool visit_curve(rdl_measure *m, const GEOSGeometry *curve, bool hole, curve_fn fn,
                        double *sum, GError **error)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(m->geos, curve);
    unsigned n = 0;

    if (!s || !GEOSCoordSeq_getSize_r(m->geos, s, &n))
        return rdl_fail(error, RDL_ERROR_DATA, "a ring cannot be read");
    g_array_set_size(m->x, n);
    g_array_set_size(m->y, n);
    if (n && !GEOSCoordSeq_copyToArrays_r(m->geos, s, doubles(m->x), doubles(m->y), NULL, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "a ring cannot be read");
    return n == 0 || fn(m, n, hole, sum, error);
}

static bool visit_curves(rdl_measure *m, const GEOSGeometry *g, curve_fn fn, double *sum,
                         GError **error)
{
    int type = GEOSGeomTypeId_r(m->geos, g);

    if (type == GEOS_POLYGON) {
        if (GEOSisEmpty_r(m->geos, g) == 1)
            return true;
        if (!visit_curve(m, GEOSGetExteriorRing_r(m->geos, g), false, fn, sum, error))
            return false;
        for (int i = 0; i < GEOSGetNumInteriorRings_r(m->geos, g); i++)
            if (!visit_curve(m, GEOSGetInteriorRingN_r(m->geos, g, i), true, fn, sum, error))
                return false;
        return true;
    }
    if (type == GEOS_LINESTRING || type == GEOS_LINEARRING)
        return visit_curve(m, g, false, fn, sum, error);
    if (type == GEOS_POINT)
        return true;
    for (int i = 0; i < GEOSGetNumGeometries_r(m->geos, g); i++)
        if (!visit_curves(m, GEOSGetGeometryN_r(m->geos, g, i), fn, sum, error))
            return false;
    return true;
}

/* A line in a collection beside polygons is no ring: an open line has no area. */
static bool closed(const rdl_measure *m, size_t n)
{
    const double *x = doubles(m->x), *y = doubles(m->y);

    return n > 3 && x[0] == x[n - 1] && y[0] == y[n - 1];
}

static bool add_ring_area(rdl_measure *m, size_t n, bool hole, double *sum, GError **error)
{
    double area;

    if (!closed(m, n))
        return true;
    if (!rdl_measure_ring(m, n, doubles(m->x), doubles(m->y), &area, error))
        return false;
    *sum += hole ? -fabs(area) : fabs(area);
    return true;
}

static bool add_length(rdl_measure *m, size_t n, bool hole, double *sum, GError **error)
{
    (void)hole;
    return curve_length(m, n, doubles(m->x), doubles(m->y), sum, error);
}

bool rdl_measure_area(rdl_measure *measure, const rdl_geometry *g, double *m2, GError **error)
{
    *m2 = 0.0;
    return rdl_geometry_dimension(g) < 2 || visit_curves(measure, g, add_ring_area, m2, error);
}

bool rdl_measure_length(rdl_measure *measure, const rdl_geometry *g, double *m, GError **error)
{
    *m = 0.0;
    return visit_curves(measure, g, add_length, m, error);
}

/* ---- small rings ---- */

/* Exact area of a square of side s with its lower left corner at x, y, over its plane area. */
static bool square_ratio(rdl_measure *m, double x, double y, double s, double *ratio)
{
    const double xs[] = {x, x + s, x + s, x, x}, ys[] = {y, y, y + s, y + s, y};
    double m2;

    *ratio = NAN;
    if (!rdl_measure_ring(m, 5, xs, ys, &m2, NULL))
        return false;
    *ratio = m2 / ((xs[1] - xs[0]) * (ys[2] - ys[0]));
    return *ratio > 0.0;
}

/* Mean of the quadratic over a square of side 1 round (u, v). */
static double mean_at(const double *q, double u, double v)
{
    return q[0] + q[1] * u + q[2] * v + q[3] * (u * u + 1.0 / 12.0) + q[4] * u * v +
           q[5] * (v * v + 1.0 / 12.0);
}

/* The quadratic from the means r over the nine parts; the means it must give are checked, and two
 * squares that lie across the parts. */
static void fit(rdl_measure *m, cell *c)
{
    double x = (double)c->column * m->side, y = (double)c->row * m->side, s = m->side / 3.0,
           r[3][3];

    c->fitted = true;
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++)
            if (!square_ratio(m, x + i * s, y + j * s, s, &r[j][i]))
                return;
    double left = r[0][0] + r[1][0] + r[2][0], right = r[0][2] + r[1][2] + r[2][2];
    double middle = r[0][1] + r[1][1] + r[2][1];
    double low = r[0][0] + r[0][1] + r[0][2], high = r[2][0] + r[2][1] + r[2][2];
    double across = r[1][0] + r[1][1] + r[1][2], all = low + across + high;
    double *q = c->q; /* least squares over the nine */
    q[1] = (right - left) / 6.0;
    q[2] = (high - low) / 6.0;
    q[4] = (r[2][2] - r[2][0] - r[0][2] + r[0][0]) / 4.0;
    q[3] = (right - 2.0 * middle + left) / 6.0;
    q[5] = (high - 2.0 * across + low) / 6.0;
    q[0] = all / 9.0 - (q[3] + q[5]) * (2.0 / 3.0 + 1.0 / 12.0);
    c->good = true;
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++)
            c->good = c->good && fabs(mean_at(q, i - 1, j - 1) - r[j][i]) < 5e-11 * r[j][i];
    double check;
    c->good = c->good && square_ratio(m, x + 0.5 * s, y + 1.5 * s, s, &check) &&
              fabs(mean_at(q, -0.5, 0.5) - check) < 5e-11 * check &&
              square_ratio(m, x - s, y - s, s, &check) && /* outside: rings may reach there */
              fabs(mean_at(q, -2.0, -2.0) - check) < 2e-10 * check;
}

static cell *cell_at(rdl_measure *m, double x, double y)
{
    cell key = {.column = (gint64)floor(x / m->side), .row = (gint64)floor(y / m->side)};

    if (m->last && cell_equal(m->last, &key))
        return m->last;
    cell *c = g_hash_table_lookup(m->cells, &key);
    if (!c) {
        if (g_hash_table_size(m->cells) >= CELLS_MOST)
            g_hash_table_remove_all(m->cells);
        c = g_new(cell, 1);
        *c = key;
        g_hash_table_add(m->cells, c);
    }
    m->last = c;
    return c;
}

/* Integral of the quadratic over a ring, by moments about the ring's first point. */
static double quadratic_area(const rdl_measure *m, const cell *c, const rdl_ring *ring)
{
    double s = m->side / 3.0, x0, y0, x, y, u = 0.0, v = 0.0, *moment, moments[6] = {0};
    const double *q = c->q;

    rdl_point_at(ring->xy, 0, &x0, &y0);
    for (guint32 k = 1; k < ring->n; k++) {
        rdl_point_at(ring->xy, k, &x, &y);
        double un = (x - x0) / s, vn = (y - y0) / s, a = u * vn - un * v;
        moment = moments;
        *moment++ += a / 2.0;
        *moment++ += a * (u + un) / 6.0;
        *moment++ += a * (v + vn) / 6.0;
        *moment++ += a * (u * u + u * un + un * un) / 12.0;
        *moment++ += a * (2.0 * u * v + u * vn + un * v + 2.0 * un * vn) / 24.0;
        *moment++ += a * (v * v + v * vn + vn * vn) / 12.0;
        u = un;
        v = vn;
    }
    double uc = (x0 - ((double)c->column + 0.5) * m->side) / s;
    double vc = (y0 - ((double)c->row + 0.5) * m->side) / s;
    double at = q[0] + q[1] * uc + q[2] * vc + q[3] * uc * uc + q[4] * uc * vc + q[5] * vc * vc;
    double along_u = q[1] + 2.0 * q[3] * uc + q[4] * vc,
           along_v = q[2] + q[4] * uc + 2.0 * q[5] * vc;
    return s * s *
           (at * moments[0] + along_u * moments[1] + along_v * moments[2] + q[3] * moments[3] +
            q[4] * moments[4] + q[5] * moments[5]);
}

static bool copy_ring(rdl_measure *m, const rdl_ring *ring)
{
    g_array_set_size(m->x, ring->n);
    g_array_set_size(m->y, ring->n);
    for (guint32 k = 0; k < ring->n; k++)
        rdl_point_at(ring->xy, k, &doubles(m->x)[k], &doubles(m->y)[k]);
    return true;
}

/* The cell of a ring, NULL where it is too large, or in no place for a quadratic. */
static const cell *cell_of(rdl_measure *m, const rdl_ring *ring)
{
    double x, y, xmin = HUGE_VAL, xmax = -HUGE_VAL, ymin = HUGE_VAL, ymax = -HUGE_VAL;

    for (guint32 k = 0; k < ring->n; k++) {
        rdl_point_at(ring->xy, k, &x, &y);
        xmin = fmin(xmin, x);
        xmax = fmax(xmax, x);
        ymin = fmin(ymin, y);
        ymax = fmax(ymax, y);
    }
    if (!(fmax(xmax - xmin, ymax - ymin) <= m->side / 1.5) ||
        !(fmax(fabs(xmin), fabs(ymin)) < 1e6 * m->side))
        return NULL;
    cell *c = cell_at(m, (xmin + xmax) / 2.0, (ymin + ymax) / 2.0);
    if (!c->fitted)
        fit(m, c);
    return c->good ? c : NULL;
}

bool rdl_measure_wkb_ring(rdl_measure *measure, const rdl_ring *ring, double *m2, GError **error)
{
    const cell *c = cell_of(measure, ring);
    double one;

    if (c)
        one = quadratic_area(measure, c, ring);
    else if (!copy_ring(measure, ring) || !rdl_measure_ring(measure, ring->n, doubles(measure->x),
                                                            doubles(measure->y), &one, error))
        return false;
    *m2 = fabs(one);
    return true;
}

bool rdl_measure_wkb(rdl_measure *measure, const void *wkb, size_t n, double *m2, GError **error)
{
    double one;

    *m2 = 0.0;
    g_array_set_size(measure->rings, 0);
    if (!rdl_rings_of(wkb, n, measure->rings))
        return true;
    for (guint i = 0; i < measure->rings->len; i++) {
        const rdl_ring *ring = &g_array_index(measure->rings, rdl_ring, i);
        if (!rdl_measure_wkb_ring(measure, ring, &one, error))
            return false;
        *m2 += ring->hole ? -one : one;
    }
    return true;
}

/* ---- short edges ---- */

#define STEP (1.0 / 16.0) /* of a side: lengths about a place are measured so far each way */
#define EVEN 2e-7         /* of a length that the cell must give */

static bool length_about(rdl_measure *m, const cell *c, double u, double v, double du, double dv,
                         double *metres)
{
    const double x = ((double)c->column + u) * m->side, y = ((double)c->row + v) * m->side;
    const double dx = du * m->side, dy = dv * m->side;
    const double xs[] = {x - dx, x + dx}, ys[] = {y - dy, y + dy};

    *metres = 0.0;
    return curve_length(m, 2, xs, ys, metres, NULL) && *metres > 0.0;
}

static double short_edge(const cell *c, double u, double v, double dx, double dy)
{
    double k[3];

    for (int i = ALONG_X; i <= ACROSS; i++)
        k[i] = c->along[i][0] + c->along[i][1] * u + (c->along[i][2] + c->along[i][3] * u) * v;
    double x = k[ALONG_X] * dx, y = k[ALONG_Y] * dy;
    return sqrt(x * x + 2.0 * k[ACROSS] * dx * dy + y * y);
}

/* Does the cell give the lengths between its corners, where bilinear numbers err most? */
static bool is_even(rdl_measure *m, const cell *c)
{
    static const double place[][2] = {{0.5, 0.5}, {0.5, 0.0}, {0.5, 1.0}, {0.0, 0.5}, {1.0, 0.5}};
    static const double way[][2] = {{STEP, 0.0}, {0.0, STEP}, {STEP, STEP}, {STEP, -STEP}};
    double metres;

    for (size_t i = 0; i < G_N_ELEMENTS(place); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(way); k++)
            if (!length_about(m, c, place[i][0], place[i][1], way[k][0], way[k][1], &metres) ||
                !(fabs(short_edge(c, place[i][0], place[i][1], 2.0 * way[k][0] * m->side,
                                  2.0 * way[k][1] * m->side) -
                       metres) <= EVEN * metres))
                return false;
    return true;
}

/* From the lengths about the four corners; of the diagonal the inner product. */
static void fit_lengths(rdl_measure *m, cell *c)
{
    double r[3][4], d = 2.0 * STEP * m->side;

    c->metred = true;
    for (int i = 0; i < 4; i++) {
        double x, y, both;
        if (!length_about(m, c, i % 2, i / 2, STEP, 0.0, &x) ||
            !length_about(m, c, i % 2, i / 2, 0.0, STEP, &y) ||
            !length_about(m, c, i % 2, i / 2, STEP, STEP, &both))
            return;
        r[ALONG_X][i] = x / d;
        r[ALONG_Y][i] = y / d;
        r[ACROSS][i] = (both * both - x * x - y * y) / (2.0 * d * d);
    }
    for (int k = ALONG_X; k <= ACROSS; k++) {
        c->along[k][0] = r[k][0];
        c->along[k][1] = r[k][1] - r[k][0];
        c->along[k][2] = r[k][2] - r[k][0];
        c->along[k][3] = r[k][3] - r[k][2] - r[k][1] + r[k][0];
    }
    c->even = is_even(m, c);
}

/* The cell of an edge's middle, NULL where the edge is too long, or lengths vary too much. */
static const cell *edge_cell(rdl_measure *m, double x, double y, double dx, double dy)
{
    if (!(fmax(fabs(dx), fabs(dy)) <= m->side / 4.0) || !(fmax(fabs(x), fabs(y)) < 1e6 * m->side))
        return NULL;
    cell *c = cell_at(m, x, y);
    if (!c->metred)
        fit_lengths(m, c);
    return c->even ? c : NULL;
}

static bool ring_length(rdl_measure *m, const rdl_ring *ring, double *metres, GError **error)
{
    double x[2], y[2];

    if (ring->n)
        rdl_point_at(ring->xy, 0, &x[0], &y[0]);
    for (guint32 k = 1; k < ring->n; k++, x[0] = x[1], y[0] = y[1]) {
        rdl_point_at(ring->xy, k, &x[1], &y[1]);
        double dx = x[1] - x[0], dy = y[1] - y[0], xm = x[0] + dx / 2.0, ym = y[0] + dy / 2.0;
        const cell *c = edge_cell(m, xm, ym, dx, dy);
        if (c)
            *metres += short_edge(c, xm / m->side - (double)c->column,
                                  ym / m->side - (double)c->row, dx, dy);
        else if (!curve_length(m, 2, x, y, metres, error))
            return false;
    }
    return true;
}

bool rdl_measure_wkb_length(rdl_measure *measure, const void *wkb, size_t n, double *m,
                            GError **error)
{
    *m = 0.0;
    g_array_set_size(measure->rings, 0);
    if (!rdl_rings_of(wkb, n, measure->rings))
        return true;
    for (guint i = 0; i < measure->rings->len; i++)
        if (!ring_length(measure, &g_array_index(measure->rings, rdl_ring, i), m, error))
            return false;
    return true;
}

double rdl_measure_least_scale(rdl_measure *measure, double x, double y)
{
    const double tiny = 1e-3, margin = 0.98;
    double mx, my;

    if (!(fmax(fabs(x), fabs(y)) < 1e6 * measure->side))
        return tiny;
    cell *c = cell_at(measure, x, y);
    if (c->scaled)
        return c->least;
    c->scaled = true;
    c->least = HUGE_VAL;
    for (int i = 0; i < 5; i++) { /* corners and middle */
        double u = i == 4 ? 0.5 : i % 2, v = i == 4 ? 0.5 : i / 2;
        bool good = rdl_measure_scale(measure, ((double)c->column + u) * measure->side,
                                      ((double)c->row + v) * measure->side, &mx, &my, NULL);
        c->least = good ? fmin(c->least, margin * fmin(mx, my)) : tiny;
        if (!good)
            break;
    }
    return c->least;
}

bool rdl_measure_lonlats(rdl_measure *measure, size_t n, double *x, double *y, GError **error)
{
    return rdl_transform_points(measure->lonlat, n, x, y, error);
}

bool rdl_measure_scale(rdl_measure *measure, double x, double y, double *metres_x, double *metres_y,
                       GError **error)
{
    return rdl_crs_scale_at(measure->crs, measure->lonlat, x, y, metres_x, metres_y, error);
}

bool rdl_measure_lonlat(rdl_measure *measure, double x, double y, double *lon, double *lat,
                        GError **error)
{
    *lon = x;
    *lat = y;
    return rdl_transform_points(measure->lonlat, 1, lon, lat, error);
}
