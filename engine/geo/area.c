#include "geo/area.h"

#include <math.h>
#include <geos_c.h>
#include <ogr_srs_api.h>
#include "geo/crs_handle.h"

#define RADIANS (G_PI / 180.0)
#define PIECE_DEGREES 0.5
#define PIECE_METRES 5000.0

struct rdl_measure {
    rdl_transform *lonlat;
    GEOSContextHandle_t geos;
    double a, e2;
    double piece;       /* longest piece of an edge, units of the CRS */
    bool geographic;
    GArray *x, *y;      /* ring as given */
    GArray *lon, *lat;  /* start, middle, start, middle ... end of its pieces */
};

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
    return rdl_transform_points(m->lonlat, m->lon->len, doubles(m->lon),
                                doubles(m->lat), error);
}

/* A piece as a quadratic through its three points: longitudes less that of the start. */
typedef struct {
    double dm, d1;           /* lambda of middle and end less that of the start */
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

bool rdl_measure_ring(rdl_measure *measure, size_t n, const double *x, const double *y,
                      double *signed_m2, GError **error)
{
    double integral = 0.0, turn = 0.0;

    *signed_m2 = 0.0;
    if (n < 4)
        return true;
    if (!densify(measure, n, x, y, error))
        return false;
    double phi_first = g_array_index(measure->lat, double, 0) * RADIANS;
    double reference = authalic(measure, phi_first); /* keeps the terms small */
    for (guint i = 0; i + 2 < measure->lon->len; i += 2) {
        piece p = piece_at(measure, i);
        double slope0 = 4.0 * p.dm - p.d1, slope1 = 3.0 * p.d1 - 4.0 * p.dm;
        integral += ((authalic(measure, p.phi0) - reference) * slope0 +
                     4.0 * (authalic(measure, p.phim) - reference) * p.d1 +
                     (authalic(measure, p.phi1) - reference) * slope1) / 6.0;
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
    if (n && !GEOSCoordSeq_copyToArrays_r(m->geos, s, doubles(m->x),
                                          doubles(m->y), NULL, NULL))
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
    if (!rdl_measure_ring(m, n, doubles(m->x),
                          doubles(m->y), &area, error))
        return false;
    *sum += hole ? -fabs(area) : fabs(area);
    return true;
}

static bool add_length(rdl_measure *m, size_t n, bool hole, double *sum, GError **error)
{
    (void)hole;
    return curve_length(m, n, doubles(m->x),
                        doubles(m->y), sum, error);
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

bool rdl_measure_lonlat(rdl_measure *measure, double x, double y, double *lon, double *lat,
                        GError **error)
{
    *lon = x;
    *lat = y;
    return rdl_transform_points(measure->lonlat, 1, lon, lat, error);
}
