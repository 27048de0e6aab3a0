/* Geometries into another system: edges stay where they were, the antimeridian included. */
#include <math.h>
#include "geo/area.h"
#include "geo/reproject.h"
#include "suite.h"

/* `wkt` from one system to another, folded where `fold`; NULL on error. */
static rdl_geometry *moved(const char *from, const char *to, const char *wkt, bool fold,
                           GError **error)
{
    g_autoptr(rdl_crs) a = rdl_crs_parse(from, error), b = rdl_crs_parse(to, error);
    g_autoptr(rdl_transform) t = rdl_transform_new(a, b, error);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, error);
    rdl_geometry *image = rdl_reproject(g, t, rdl_reproject_tolerance(b), error);

    return image && fold ? rdl_fold(image, b, error) : image;
}

static double area_of(const char *crs, const rdl_geometry *g)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) c = rdl_crs_parse(crs, &error);
    g_autoptr(rdl_measure) m = rdl_measure_new(c, &error);
    double m2 = NAN;

    CHECK(g && rdl_measure_area(m, g, &m2, &error));
    CHECK_OK(error);
    return m2;
}

static double area_of_text(const char *crs, const char *wkt)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);

    return area_of(crs, g);
}

#define ACROSS \
    "POLYGON((630000 7210000,650000 7210000,650000 7220000,630000 7220000,630000 7210000))"

static void over_the_antimeridian_the_ground_is_the_same(void)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = moved("EPSG:32660", "EPSG:4326", ACROSS, true, &error);

    CHECK_OK(error);
    rdl_box box = rdl_geometry_box(g);
    CHECK_NEAR(box.xmin, -180.0, 0.0);
    CHECK_NEAR(box.xmax, 180.0, 0.0);
    CHECK_INT(rdl_geometry_components(g), 2);
    double was = area_of_text("EPSG:32660", ACROSS);
    CHECK_NEAR(area_of("EPSG:4326", g), was, 1e-6 * was);
}

static void a_hole_beyond_the_antimeridian_stays_a_hole(void)
{
    const char *wkt =
        "POLYGON((630000 7210000,650000 7210000,650000 7220000,630000 7220000,630000 7210000),"
        "(648000 7214000,649000 7214000,649000 7215000,648000 7215000,648000 7214000),"
        "(631000 7214000,632000 7214000,632000 7215000,631000 7215000,631000 7214000))";
    GError *error = NULL;
    bool valid = false;
    g_autoptr(rdl_geometry) on = moved("EPSG:32660", "EPSG:4326", wkt, false, &error);

    CHECK_OK(error);
    CHECK(rdl_geometry_valid(on, &valid, NULL, &error) && valid);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4326", &error);
    g_autoptr(rdl_geometry) g = rdl_fold(g_steal_pointer(&on), crs, &error);
    CHECK_OK(error);
    double was = area_of_text("EPSG:32660", wkt);
    CHECK_NEAR(area_of("EPSG:4326", g), was, 1e-6 * was);
}

static void a_layer_that_runs_on_is_folded(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4326", &error);
    g_autoptr(rdl_geometry) g =
        rdl_fold(rdl_geometry_from_wkt("POLYGON((179 64,181 64,181 66,179 66,179 64))", &error),
                 crs, &error);
    g_autoptr(rdl_geometry) want =
        rdl_geometry_from_wkt("MULTIPOLYGON(((179 64,180 64,180 66,179 66,179 64)),"
                              "((-180 64,-179 64,-179 66,-180 66,-180 64)))",
                              &error);
    bool same = false;

    CHECK_OK(error);
    CHECK(g && rdl_geometry_equals(g, want, &same, &error) && same);
}

static void a_ring_round_a_pole_is_refused(void)
{
    GError *error = NULL;

    CHECK(!moved("EPSG:3413", "EPSG:4326",
                 "POLYGON((-1000000 -1000000,1000000 -1000000,1000000 1000000,-1000000 1000000,"
                 "-1000000 -1000000))",
                 false, &error));
    CHECK_FAILS(error, RDL_ERROR_CRS, "round a pole");
}

/* The image of the long edge, over the equator on the central meridian, is shaped like an S. */
static void an_edge_like_an_s_is_cut(void)
{
    const char *wkt = "POLYGON((96 -3,102 3,102 -3,96 -3))";
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = moved("EPSG:4326", "EPSG:32647", wkt, false, &error);
    g_autoptr(rdl_geometry) on =
        moved("EPSG:4326", "EPSG:32647", "POINT(97.5 -1.5)", false, &error);
    g_autoptr(rdl_geometry) rim = rdl_geometry_boundary(g, &error);
    double aside = NAN;

    CHECK(rdl_geometry_distance(rim, on, &aside, &error));
    CHECK_OK(error);
    CHECK_NEAR(aside, 0.0, 0.001); /* areas on both sides of the chord cancel out */
}

static void an_edge_round_the_world_stays_one(void)
{
    const char *wkt = "POLYGON((-179 10,179 10,179 20,-179 20,-179 10))";
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = moved("EPSG:4326", "EPSG:4490", wkt, true, &error);

    CHECK_OK(error);
    double was = area_of_text("EPSG:4326", wkt);
    CHECK_NEAR(area_of("EPSG:4490", g), was, 1e-6 * was);
}

static CU_TestInfo tests[] = {
    {"over the antimeridian the ground is the same", over_the_antimeridian_the_ground_is_the_same},
    {"a hole beyond the antimeridian stays a hole", a_hole_beyond_the_antimeridian_stays_a_hole},
    {"a layer that runs on is folded", a_layer_that_runs_on_is_folded},
    {"a ring round a pole is refused", a_ring_round_a_pole_is_refused},
    {"an edge like an S is cut", an_edge_like_an_s_is_cut},
    {"an edge round the world stays one", an_edge_round_the_world_stays_one},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.reproject", tests, argc, argv);
}
