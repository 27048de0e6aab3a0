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

/* A place in a system, and how large things are drawn round it. */
typedef struct {
    const char *from, *to;
    double x, y, width, height, least, most;
} ground;

/* How far the image of an edge lies from its chord, at the quarters. */
static double bend(rdl_transform *t, double turn, const double *x, const double *y)
{
    double most = 0.0;

    for (int k = 0; k <= 4; k++) {
        double px[] = {x[0], x[0] + 0.25 * k * (x[1] - x[0]), x[1]};
        double py[] = {y[0], y[0] + 0.25 * k * (y[1] - y[0]), y[1]};
        CHECK(rdl_transform_points(t, 3, px, py, NULL));
        for (int i = 1; i < 3 && turn > 0.0; i++)
            px[i] -= turn * round((px[i] - px[0]) / turn);
        most = fmax(most, hypot(px[0] + 0.25 * k * (px[2] - px[0]) - px[1],
                                py[0] + 0.25 * k * (py[2] - py[0]) - py[1]));
    }
    return most;
}

static bool same_bytes(GBytes *a, const rdl_geometry *g)
{
    g_autoptr(GBytes) b = g ? rdl_geometry_wkb(g, NULL) : NULL;

    return b && g_bytes_equal(a, b);
}

/* One triangle: moved by its vertices alone, if at all, it is what moving it with care makes. */
static bool triangle_is_moved_alike(const ground *at, rdl_transform *t, double tolerance)
{
    GRand *r = suite_rand();
    double size = at->least * pow(at->most / at->least, g_rand_double(r));
    double x[4], y[4], cx = at->x + at->width * g_rand_double_range(r, -1, 1),
                       cy = at->y + at->height * g_rand_double_range(r, -1, 1);

    for (int i = 0; i < 3; i++) {
        x[i] = cx + size * cos(2.0 * i + 1.5 * g_rand_double(r));
        y[i] = cy + size * sin(2.0 * i + 1.5 * g_rand_double(r));
    }
    x[3] = x[0];
    y[3] = y[0];
    g_autofree char *wkt =
        g_strdup_printf("POLYGON((%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g))", x[0], y[0],
                        x[1], y[1], x[2], y[2], x[3], y[3]);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    g_autoptr(GBytes) plain = rdl_wkb_reproject(wkb, t, tolerance);
    g_autoptr(rdl_geometry) careful = rdl_reproject(g, t, tolerance, NULL);
    if (!plain)
        return false;
    CHECK(same_bytes(plain, careful));
    for (int i = 0; i < 3; i++)
        CHECK(bend(t, rdl_transform_turn(t), &x[i], &y[i]) <= tolerance);
    return true;
}

static void what_is_too_short_to_bend_does_not(void)
{
    static const ground grounds[] = {
        {"EPSG:32647", "EPSG:4490", 5e5, 3e6, 3e5, 2.9e6, 1.0, 2e4},
        {"EPSG:4490", "EPSG:32647", 99.0, 30.0, 4.0, 25.0, 1e-5, 0.5},
        {"EPSG:32660", "EPSG:4326", 7e5, 6e6, 1e5, 3e6, 1.0, 2e4},   /* over the antimeridian */
        {"EPSG:3413", "EPSG:4326", 0.0, 0.0, 3e4, 3e4, 1.0, 2e4},    /* round the pole */
        {"EPSG:3413", "EPSG:4326", 0.0, 0.0, 2e6, 2e6, 1.0, 2e4},    /* polar */
        {"EPSG:4326", "EPSG:3413", 0.0, 75.0, 180.0, 15.0, 1e-5, 1}, /* polar */
        {"EPSG:3857", "EPSG:4326", 0.0, 0.0, 1.9e7, 1.9e7, 1.0, 2e4},
    };
    int alone = 0;

    for (size_t k = 0; k < G_N_ELEMENTS(grounds); k++) {
        const ground *at = &grounds[k];
        g_autoptr(rdl_crs) a = rdl_crs_parse(at->from, NULL), b = rdl_crs_parse(at->to, NULL);
        g_autoptr(rdl_transform) t = rdl_transform_new(a, b, NULL);
        for (int i = 0; i < 400; i++)
            alone += triangle_is_moved_alike(at, t, rdl_reproject_tolerance(b));
    }
    CHECK(alone > 300);
    CHECK(alone < 2500);
}

static CU_TestInfo tests[] = {
    {"over the antimeridian the ground is the same", over_the_antimeridian_the_ground_is_the_same},
    {"a hole beyond the antimeridian stays a hole", a_hole_beyond_the_antimeridian_stays_a_hole},
    {"a layer that runs on is folded", a_layer_that_runs_on_is_folded},
    {"a ring round a pole is refused", a_ring_round_a_pole_is_refused},
    {"an edge like an S is cut", an_edge_like_an_s_is_cut},
    {"an edge round the world stays one", an_edge_round_the_world_stays_one},
    {"what is too short to bend does not", what_is_too_short_to_bend_does_not},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.reproject", tests, argc, argv);
}
