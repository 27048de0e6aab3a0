/* Distances on the ellipsoid, against closed forms: arcs of the meridian and of the equator; off the
 * equator the geodesic is a little shorter than the parallel. */
#include <math.h>
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

static CU_TestInfo tests[] = {
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
