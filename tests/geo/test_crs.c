#include <math.h>
#include "geo/crs.h"
#include "suite.h"

static void x_is_east_whatever_the_authority_says(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) geographic = rdl_crs_parse("EPSG:4490", &error); /* latitude first */
    g_autoptr(rdl_crs) zone = rdl_crs_parse("EPSG:4528", &error);       /* northing first */
    g_autoptr(rdl_transform) t = rdl_transform_new(geographic, zone, &error);
    double x = 120.0, y = 32.0;

    CHECK(t && rdl_transform_points(t, 1, &x, &y, &error));
    CHECK_OK(error);
    CHECK_NEAR(x, 40500000.0, 1e-3); /* zone 40, central meridian 120 */
    CHECK_NEAR(y, 3541852.43, 0.01); /* meridian arc of 32 degrees */
}

static void a_file_name_is_no_system(void)
{
    GError *error = NULL;

    CHECK(!rdl_crs_parse("/etc/passwd", &error));
    CHECK_FAILS(error, RDL_ERROR_CRS, "no coordinate system");
    CHECK(!rdl_crs_parse("http://example.org/4490", &error));
    CHECK_FAILS(error, RDL_ERROR_CRS, "no coordinate system");
}

static void a_point_beyond_the_projection_is_an_error(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) from = rdl_crs_parse("EPSG:4326", &error), to = rdl_crs_parse("EPSG:3857", &error);
    g_autoptr(rdl_transform) t = rdl_transform_new(from, to, &error);
    double x = 0.0, y = 91.0;

    CHECK(!rdl_transform_points(t, 1, &x, &y, &error));
    CHECK_FAILS(error, RDL_ERROR_CRS, "outside");
}

static void the_scale_of_degrees_is_metric(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
    double mx, my;

    CHECK(rdl_crs_scale_at(crs, lonlat, 120.0, 0.0, &mx, &my, &error));
    CHECK_OK(error);
    CHECK_NEAR(mx, 111319.49, 0.01);
    CHECK_NEAR(my, 110574.28, 0.01);
}

static void grads_from_paris_end_in_degrees_from_greenwich(void)
{
    static const char *const systems[] = {"EPSG:4807", "EPSG:27572"}; /* NTF (Paris), on its plane */
    static const double places[][2] = {{0.0, 50.0}, {600000.0, 2200000.0}};
    static const double degrees[][2] = {{2.33722917, 45.0}, {2.33722917, 46.8}};
    GError *error = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(rdl_crs) crs = rdl_crs_parse(systems[i], &error);
        g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
        double x = places[i][0], y = places[i][1];
        CHECK(lonlat && rdl_transform_points(lonlat, 1, &x, &y, &error));
        CHECK_OK(error);
        CHECK_NEAR(x, degrees[i][0], 1e-7);
        CHECK_NEAR(y, degrees[i][1], 1e-8);
    }
}

static void grads_have_their_own_scale(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) grads = rdl_crs_parse("EPSG:4807", &error);
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(grads, &error);
    double mx, my;

    CHECK(rdl_crs_scale_at(grads, lonlat, 1.0, 0.0, &mx, &my, &error));
    CHECK_OK(error);
    CHECK_NEAR(mx, 6378249.2 * G_PI / 200.0, 0.01); /* Clarke 1880 (IGN) */
}

static CU_TestInfo tests[] = {
    {"x is east whatever the authority says", x_is_east_whatever_the_authority_says},
    {"a file name is no system", a_file_name_is_no_system},
    {"a point beyond the projection is an error", a_point_beyond_the_projection_is_an_error},
    {"the scale of degrees is metric", the_scale_of_degrees_is_metric},
    {"grads from Paris end in degrees from Greenwich", grads_from_paris_end_in_degrees_from_greenwich},
    {"grads have their own scale", grads_have_their_own_scale},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.crs", tests, argc, argv);
}
