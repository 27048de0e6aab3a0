/* Area on the ellipsoid against closed forms and against Karney's geodesic areas. */
#include <geodesic.h>
#include <math.h>
#include "geo/area.h"
#include "suite.h"

static double area_of(const char *crs_text, const char *wkt)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_text, &error);
    g_autoptr(rdl_measure) measure = crs ? rdl_measure_new(crs, &error) : NULL;
    g_autoptr(rdl_geometry) g = measure ? rdl_geometry_from_wkt(wkt, &error) : NULL;
    double m2 = NAN;

    if (g)
        rdl_measure_area(measure, g, &m2, &error);
    CHECK_OK(error);
    return m2;
}

/* Authalic function of the CGCS2000 ellipsoid, written out independently of area.c. */
static double zone_area(double lat)
{
    const double a = 6378137.0, f = 1 / 298.257222101, e = sqrt(f * (2 - f));
    double s = sin(lat * G_PI / 180);

    return a * a * (1 - e * e) / 2 * (s / (1 - e * e * s * s) - log((1 - e * s) / (1 + e * s)) / (2 * e));
}

static void a_graticule_cell_is_exact(void)
{
    double want = (zone_area(31) - zone_area(30)) * G_PI / 180;

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((120 30,121 30,121 31,120 31,120 30))") / want, 1.0,
               1e-12);
}

static void direction_and_start_change_nothing(void)
{
    double a = area_of("EPSG:4490", "POLYGON((120 30,120.1 30,120.1 30.1,120 30.1,120 30))");

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((120.1 30.1,120.1 30,120 30,120 30.1,120.1 30.1))"), a,
               a * 1e-12);
}

static void holes_are_taken_out(void)
{
    double shell = area_of("EPSG:4490", "POLYGON((0 0,3 0,3 3,0 3,0 0))");
    double hole = area_of("EPSG:4490", "POLYGON((1 1,2 1,2 2,1 2,1 1))");

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((0 0,3 0,3 3,0 3,0 0),(1 1,2 1,2 2,1 2,1 1))"),
               shell - hole, 1e-3);
}

/* A square of `side` metres in UTM, edges cut so finely that geodesics follow them. */
static double karney_square(const char *crs_text, double x0, double y0, double side, int cuts)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_text, &error);
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
    struct geod_geodesic ellipsoid;
    struct geod_polygon polygon;
    double a, e2, area, perimeter;

    rdl_crs_ellipsoid(crs, &a, &e2);
    geod_init(&ellipsoid, a, 1 - sqrt(1 - e2));
    geod_polygon_init(&polygon, 0);
    for (int i = 0; i < 4 * cuts; i++) {
        double t = side * (i % cuts) / cuts, xs[] = {t, side, side - t, 0}, ys[] = {0, t, side, side - t};
        double x = x0 + xs[i / cuts], y = y0 + ys[i / cuts];
        rdl_transform_points(lonlat, 1, &x, &y, &error);
        geod_polygon_addpoint(&ellipsoid, &polygon, y, x);
    }
    CHECK_OK(error);
    geod_polygon_compute(&ellipsoid, &polygon, 0, 1, &area, &perimeter);
    return area;
}

static void a_projected_square_agrees_with_karney(void)
{
    static const double sides[] = {30, 1000, 30000};
    static const int cuts[] = {10, 100, 4000}; /* more only adds rounding to a small square */

    for (int i = 0; i < 3; i++) {
        double s = sides[i], x = 640000, y = 3570000;
        g_autofree char *wkt =
            g_strdup_printf("POLYGON((%f %f,%f %f,%f %f,%f %f,%f %f))", x, y, x + s, y, x + s, y + s,
                            x, y + s, x, y);
        double want = karney_square("EPSG:32651", x, y, s, cuts[i]);
        CHECK_NEAR(area_of("EPSG:32651", wkt) / want, 1.0, 2e-9);
    }
}

static void a_pole_may_be_inside(void)
{
    /* a disc-like square round the north pole in polar stereographic */
    double got = area_of("EPSG:3995", "POLYGON((-1e5 -1e5,1e5 -1e5,1e5 1e5,-1e5 1e5,-1e5 -1e5))");
    double want = karney_square("EPSG:3995", -1e5, -1e5, 2e5, 4000);

    CHECK_NEAR(got / want, 1.0, 1e-7);
}

static void a_meridian_has_its_length(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4326", &error);
    g_autoptr(rdl_measure) measure = rdl_measure_new(crs, &error);
    g_autoptr(rdl_geometry) line = rdl_geometry_from_wkt("LINESTRING(5 0,5 1)", &error);
    double m;

    rdl_measure_length(measure, line, &m, &error);
    CHECK_OK(error);
    CHECK_NEAR(m, 110574.3886, 1e-3); /* first degree of the WGS 84 meridian */
}

/* An edge that passes the pole at half a metre: longitude turns by half a circle along it. */
static void an_edge_beside_the_pole_cuts_a_square_in_two(void)
{
    static const char *const systems[] = {"EPSG:3413", "EPSG:3031"}; /* north, south */

    for (int i = 0; i < 2; i++) {
        g_autoptr(rdl_crs) crs = rdl_crs_parse(systems[i], NULL);
        g_autoptr(rdl_measure) measure = rdl_measure_new(crs, NULL);
        const double xs[3][5] = {{-500, 500, 500, -500, -500},
                                 {-500, 0.5, 0.5, -500, -500},
                                 {0.5, 500, 500, 0.5, 0.5}};
        const double ys[] = {-500, -500, 500, 500, -500};
        double m2[3];
        for (int k = 0; k < 3; k++)
            CHECK(rdl_measure_ring(measure, 5, xs[k], ys, &m2[k], NULL));
        CHECK_NEAR(m2[1] + m2[2], m2[0], 1e-9 * m2[0]);
        CHECK_NEAR(m2[1] / m2[0], 0.5005, 1e-8);
    }
}

static CU_TestInfo tests[] = {
    {"a graticule cell is exact", a_graticule_cell_is_exact},
    {"direction and start change nothing", direction_and_start_change_nothing},
    {"holes are taken out", holes_are_taken_out},
    {"a projected square agrees with Karney", a_projected_square_agrees_with_karney},
    {"a pole may be inside", a_pole_may_be_inside},
    {"a meridian has its length", a_meridian_has_its_length},
    {"an edge beside the pole cuts a square in two", an_edge_beside_the_pole_cuts_a_square_in_two},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.area", tests, argc, argv);
}
