/* Distances on the ellipsoid, against closed forms: arcs of the meridian and of the equator; off the
 * equator the geodesic is a little shorter than the parallel. */
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include "geo/geo.h"
#include "suite.h"

static double between(const char *crs_name, const char *a_wkt, const char *b_wkt)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_name, &error);
    g_autoptr(rdl_geometry) a = rdl_geometry_from_wkt(a_wkt, &error), b = rdl_geometry_from_wkt(b_wkt, &error);
    double m = NAN;

    CHECK(crs && a && b && rdl_geodesic_distance(crs, a, b, &m, &error));
    CHECK_OK(error);
    return m;
}

static void a_degree_of_meridian_and_of_equator(void)
{
    CHECK_NEAR(between("EPSG:4490", "POINT (110 0)", "POINT (110 0.01)"), 1105.742758, 1e-3);
    CHECK_NEAR(between("EPSG:4490", "POINT (110 0)", "POINT (110.01 0)"), 1113.194908, 1e-3);
    CHECK_NEAR(between("EPSG:4490", "POINT (110 60)", "POINT (110.01 60)"), 558.000016, 1e-4);
}

static void the_nearest_in_degrees_is_not_the_nearest_on_the_ground(void)
{
    /* at 60 degrees north a degree of longitude is half one of latitude */
    double m = between("EPSG:4490", "POINT (110 60)", "MULTIPOINT ((110 60.0105), (110.018 60))");
    CHECK_NEAR(m, between("EPSG:4490", "POINT (110 60)", "POINT (110.018 60)"), 1e-6);
    CHECK(m < 1100);
}

static void touching_grounds_are_at_no_distance(void)
{
    CHECK_NEAR(between("EPSG:4490", "POLYGON ((110 30, 110.1 30, 110.1 30.1, 110 30.1, 110 30))", "POINT (110.1 30.05)"), 0, 0);
}

static void projected_and_geographic_agree(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) ll = rdl_crs_parse("EPSG:4490", &error), gk = rdl_crs_parse("EPSG:4547", &error);
    g_autoptr(rdl_transform) to = rdl_transform_new(ll, gk, &error);
    double x[] = {115.4, 115.41}, y[] = {30.0, 30.005};

    CHECK(to && rdl_transform_points(to, 2, x, y, &error));
    CHECK_OK(error);
    g_autofree char *a = g_strdup_printf("POINT (%.6f %.6f)", x[0], y[0]);
    g_autofree char *b = g_strdup_printf("POINT (%.6f %.6f)", x[1], y[1]);
    double plane = hypot(x[1] - x[0], y[1] - y[0]), m = between("EPSG:4547", a, b);
    CHECK_NEAR(m, between("EPSG:4490", "POINT (115.4 30)", "POINT (115.41 30.005)"), 1e-4);
    CHECK(fabs(plane - m) > 0.2); /* 1.4 degrees from the meridian the plane is too long */
}

/* ---- against geodesics between points of the edges (Karney 2013) ---- */

#define VERTICES 4

/* A path in degrees, its edges straight there. */
typedef struct {
    double x[VERTICES], y[VERTICES];
} path;

static double point_on(const double *v, double t)
{
    int i = t >= VERTICES - 1 ? VERTICES - 2 : (int)t;

    return v[i] + (t - i) * (v[i + 1] - v[i]);
}

static double between_points(const struct geod_geodesic *g, const path *a, double s, const path *b, double t)
{
    double m;

    geod_inverse(g, point_on(a->y, s), point_on(a->x, s), point_on(b->y, t), point_on(b->x, t), &m, NULL, NULL);
    return m;
}

/* The least over a grid of points of both paths, then over ever finer grids round the least. */
static double densified(const path *a, const path *b)
{
    const double most = VERTICES - 1;
    const int n = 90;
    double s0 = 0, s1 = most, t0 = 0, t1 = most, best = INFINITY, bs = 0, bt = 0;
    struct geod_geodesic g;

    geod_init(&g, 6378137.0, 1 / 298.257222101);
    for (int round = 0; round < 7; round++) {
        double ds = (s1 - s0) / n, dt = (t1 - t0) / n;
        for (int i = 0; i <= n; i++)
            for (int k = 0; k <= n; k++) {
                double m = between_points(&g, a, s0 + i * ds, b, t0 + k * dt);
                if (m < best)
                    best = m, bs = s0 + i * ds, bt = t0 + k * dt;
            }
        s0 = fmax(bs - 2 * ds, 0), s1 = fmin(bs + 2 * ds, most);
        t0 = fmax(bt - 2 * dt, 0), t1 = fmin(bt + 2 * dt, most);
    }
    return best;
}

static path random_path(GRand *rand, double lon, double lat, double size)
{
    path p;

    for (int i = 0; i < VERTICES; i++) {
        p.x[i] = lon + g_rand_double_range(rand, 0, size) / fmax(cos(lat * G_PI / 180), 0.02);
        p.y[i] = fmin(lat + g_rand_double_range(rand, 0, size), 89.999);
    }
    return p;
}

static char *wkt_of(const path *p)
{
    GString *text = g_string_new("LINESTRING (");

    for (int i = 0; i < VERTICES; i++)
        g_string_append_printf(text, "%s%.17g %.17g", i ? ", " : "", p->x[i], p->y[i]);
    return g_string_append_c(text, ')'), g_string_free(text, FALSE);
}

/* From 80 south to the pole, from some metres to 200 km, over the antimeridian with longitudes that run on. */
static void the_distance_is_the_least_geodesic(void)
{
    static const double latitudes[] = {-80, -45, -10, 0, 23, 30, 45, 60, 75, 84, 88, 89.9};
    GRand *rand = suite_rand();

    for (size_t k = 0; k < 2 * G_N_ELEMENTS(latitudes); k++) {
        double lat = latitudes[k / 2], size = pow(10, g_rand_double_range(rand, -3, lat > 87 ? -1 : 0));
        double lon = k % 2 ? 180 - size / 2 : g_rand_double_range(rand, -170, 170);
        path a = random_path(rand, lon, lat, size), b = random_path(rand, lon + size * (1.1 + g_rand_double(rand)) / fmax(cos(lat * G_PI / 180), 0.02), lat, size);
        g_autofree char *one = wkt_of(&a), *two = wkt_of(&b);
        double want = densified(&a, &b), got = between("EPSG:4490", one, two);
        bool good = CHECK_NEAR(got, want, 0.002 + 1e-8 * want);
        good = CHECK_NEAR(between("EPSG:4490", two, one), got, 0.001 + 1e-8 * want) && good; /* either way round */
        if (!good)
            printf("\n    at %g, of %g degrees:\n    %s\n    %s\n", lat, size, one, two);
    }
}

static CU_TestInfo tests[] = {
    {"the distance is the least geodesic", the_distance_is_the_least_geodesic},
    {"a degree of meridian and of equator", a_degree_of_meridian_and_of_equator},
    {"the nearest in degrees is not the nearest on the ground", the_nearest_in_degrees_is_not_the_nearest_on_the_ground},
    {"touching grounds are at no distance", touching_grounds_are_at_no_distance},
    {"projected and geographic agree", projected_and_geographic_agree},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.distance", tests, argc, argv);
}
