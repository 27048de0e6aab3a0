/* Parts, own areas, bounds and the balance of one footprint, in a metric plane where the numbers
 * can be worked out by hand (UTM on the central meridian: areas are 1/0.9996^2 of plane ones). */
#include <math.h>
#include "screen/overlay.h"
#include "suite.h"

#define K (1.0 / (0.9996 * 0.9996))

static const rdl_zone_class class_a = {.zone = "A", .family = "A", .priority = 1};
static const rdl_zone_class class_b = {.zone = "B", .family = "B", .priority = 2};

typedef struct {
    rdl_crs *crs;
    GPtrArray *zones;
    GArray *candidates, *parts;
    rdl_arena *arena;
    rdl_balance balance;
    double sliver_m2;
} bench;

static void zone_free(gpointer p)
{
    g_bytes_unref(((rdl_zone *)p)->wkb);
    g_free(p);
}

static GBytes *wkb(const char *wkt)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);

    return rdl_geometry_wkb(g, NULL);
}

static void bench_init(bench *b)
{
    *b = (bench){.crs = rdl_crs_parse("EPSG:32651", NULL),
                 .zones = g_ptr_array_new_with_free_func(zone_free),
                 .candidates = g_array_new(FALSE, FALSE, sizeof(size_t)),
                 .parts = rdl_parts_new(),
                 .arena = rdl_arena_new()};
}

static void add_zone(bench *b, const rdl_zone_class *class, double error_m, const char *wkt)
{
    rdl_zone *zone = g_new0(rdl_zone, 1);
    size_t n = b->zones->len;

    zone->zone_id = (char *)class->zone;
    zone->class = class;
    zone->boundary_error_m = error_m;
    zone->wkb = wkb(wkt);
    g_ptr_array_add(b->zones, zone);
    g_array_append_val(b->candidates, n);
}

static void lay(bench *b, double pos_error_m, const char *wkt)
{
    GError *error = NULL;
    rdl_overlay_options options = {.boundary_error_m = 5,
                                   .pos_error_m = 5,
                                   .dust_m2 = 0.01,
                                   .sliver_m2 = b->sliver_m2,
                                   .sliver_width_m = 2};
    rdl_overlay *overlay = rdl_overlay_new(b->crs, b->zones, &options, &error);
    g_autoptr(GBytes) ground = wkb(wkt);
    rdl_footprint f = {.fp_id = "F",
                       .pos_error_m = pos_error_m,
                       .wkb = {g_bytes_get_data(ground, NULL), g_bytes_get_size(ground)}};

    CHECK(rdl_overlay_run(overlay, &f, b->candidates, b->arena, b->parts, &b->balance, &error));
    CHECK_OK(error);
    rdl_overlay_free(overlay);
    for (guint i = 0; i < b->zones->len; i++)
        rdl_zone_drop_border(b->zones->pdata[i]);
}

static void bench_clear(bench *b)
{
    rdl_crs_unref(b->crs);
    g_ptr_array_unref(b->zones);
    g_array_unref(b->candidates);
    g_array_unref(b->parts);
    rdl_arena_free(b->arena);
}

static const rdl_part *part(const bench *b, guint i)
{
    return &g_array_index(b->parts, rdl_part, i);
}

static void own_areas_partition_the_union(void)
{
    bench b;

    bench_init(&b);
    add_zone(
        &b, &class_a, 0,
        "POLYGON((500000 3000000,500060 3000000,500060 3000100,500000 3000100,500000 3000000))");
    add_zone(
        &b, &class_b, 0,
        "POLYGON((500040 3000000,500080 3000000,500080 3000100,500040 3000100,500040 3000000))");
    lay(&b, 0,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))");
    CHECK_INT(b.parts->len, 2);
    CHECK_NEAR(part(&b, 0)->area_m2, 6000 * K, 0.01);
    CHECK_NEAR(part(&b, 1)->area_m2, 4000 * K, 0.01);
    CHECK_NEAR(part(&b, 0)->own_m2, 6000 * K, 0.01);
    CHECK_NEAR(part(&b, 1)->own_m2, 2000 * K, 0.01);
    CHECK_NEAR(part(&b, 1)->share, 0.4, 1e-6);
    CHECK_NEAR(b.balance.whole_m2, 10000 * K, 0.01);
    CHECK_NEAR(b.balance.remainder_m2, 2000 * K, 0.01);
    CHECK_NEAR(b.balance.residual_m2, 0, 1e-4);
    bench_clear(&b);
}

static void bounds_move_the_zone_edge_by_e(void)
{
    bench b;

    bench_init(&b); /* e = 5 = sqrt(3^2 + 4^2); the zone's east edge cuts the footprint in half */
    add_zone(
        &b, &class_a, 3,
        "POLYGON((499000 2999000,500050 2999000,500050 3001000,499000 3001000,499000 2999000))");
    lay(&b, 4,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))");
    CHECK_NEAR(part(&b, 0)->area_m2, 5000 * K, 0.01);
    CHECK_NEAR(part(&b, 0)->min_m2, 5000 * K - 500, 1.0);
    CHECK_NEAR(part(&b, 0)->max_m2, 5000 * K + 500, 1.0);
    CHECK(part(&b, 0)->edge);
    bench_clear(&b);
}

/* Ground within e of the edge is in doubt, a hole is no ground. */
static void a_hole_is_in_no_bound(void)
{
    bench b;

    bench_init(&b);
    add_zone(
        &b, &class_a, 3,
        "POLYGON((499000 2999000,500050 2999000,500050 3001000,499000 3001000,499000 2999000))");
    lay(&b, 4,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000),"
        "(500010 3000040,500010 3000060,500030 3000060,500030 3000040,500010 3000040),"
        "(500080 3000040,500080 3000050,500090 3000050,500090 3000040,500080 3000040))");
    CHECK_NEAR(part(&b, 0)->area_m2, 4600 * K, 0.01);
    CHECK_NEAR(part(&b, 0)->min_m2, 4600 * K - 500, 1.0);
    CHECK_NEAR(part(&b, 0)->max_m2, 4600 * K + 500, 1.0);
    bench_clear(&b);
}

static void deep_inside_there_is_nothing_to_bound(void)
{
    bench b;

    bench_init(&b);
    add_zone(
        &b, &class_a, 3,
        "POLYGON((499000 2999000,501000 2999000,501000 3001000,499000 3001000,499000 2999000))");
    lay(&b, 4,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))");
    CHECK_NEAR(part(&b, 0)->min_m2, part(&b, 0)->area_m2, 0);
    CHECK_NEAR(part(&b, 0)->max_m2, part(&b, 0)->area_m2, 0);
    CHECK(!part(&b, 0)->edge);
    CHECK_NEAR(part(&b, 0)->share, 1, 0);
    bench_clear(&b);
}

static void a_narrow_overlap_may_be_nothing(void)
{
    bench b;

    bench_init(&b); /* four metres inside, e = 5 */
    add_zone(
        &b, &class_a, 3,
        "POLYGON((499000 2999000,500004 2999000,500004 3001000,499000 3001000,499000 2999000))");
    lay(&b, 4,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))");
    CHECK_NEAR(part(&b, 0)->area_m2, 400 * K, 0.01);
    CHECK_NEAR(part(&b, 0)->min_m2, 0, 0);
    bench_clear(&b);
}

/* One component far inside, one far outside: buffers lose some square centimetres on the way, and
 * no ground is near any edge. */
static void components_far_from_the_edge_are_certain(void)
{
    bench b;

    bench_init(&b);
    add_zone(&b, &class_a, 5,
             "POLYGON((500000.3 3550000.1,504000.7 3550000.9,504000.2 3554000.4,500000.9 "
             "3554000.6,500000.3 3550000.1))");
    lay(&b, 5,
        "MULTIPOLYGON(((502000.1 3552000.2,502100.3 3552000.4,502100.7 3552100.9,502000.5 "
        "3552100.3,502000.1 3552000.2)),"
        "((508000.1 3552000.2,508100.3 3552000.4,508100.7 3552100.9,508000.5 3552100.3,508000.1 "
        "3552000.2)))");
    CHECK(!part(&b, 0)->edge);
    CHECK_NEAR(part(&b, 0)->min_m2, part(&b, 0)->area_m2, 0);
    CHECK_NEAR(part(&b, 0)->max_m2, part(&b, 0)->area_m2, 0);
    bench_clear(&b);
}

static void a_component_at_the_edge_takes_nothing_from_one_far_inside(void)
{
    bench b;

    bench_init(&b); /* e = 5; the second component reaches four metres into the zone */
    add_zone(
        &b, &class_a, 3,
        "POLYGON((500000 3550000,504000 3550000,504000 3554000,500000 3554000,500000 3550000))");
    lay(&b, 4,
        "MULTIPOLYGON(((502000 3552000,502100 3552000,502100 3552100,502000 3552100,502000 "
        "3552000)),"
        "((503996 3552000,504096 3552000,504096 3552100,503996 3552100,503996 3552000)))");
    CHECK(part(&b, 0)->edge);
    CHECK_NEAR(part(&b, 0)->area_m2, 10400 * K, 0.1);
    CHECK_NEAR(part(&b, 0)->min_m2, 10000 * K, 0.1);
    CHECK_NEAR(part(&b, 0)->max_m2, 10900 * K, 1.0);
    bench_clear(&b);
}

static void the_band_along_the_edge_is_e_wide(void)
{
    static const char *const zone =
        "POLYGON((500000 3000000,501000 3000000,501000 3001000,500000 3001000,500000 3000000))";

    for (int inside = 4; inside <= 6; inside += 2) { /* metres from the west edge; e = 5 */
        bench b;
        g_autofree char *wkt = g_strdup_printf(
            "POLYGON((%d 3000100,500100 3000100,500100 3000200,%d 3000200,%d 3000100))",
            500000 + inside, 500000 + inside, 500000 + inside);
        bench_init(&b);
        add_zone(&b, &class_a, 3, zone);
        lay(&b, 4, wkt);
        CHECK_INT(part(&b, 0)->edge, inside == 4);
        CHECK_INT(part(&b, 0)->min_m2 < part(&b, 0)->area_m2, inside == 4);
        CHECK_NEAR(part(&b, 0)->max_m2, part(&b, 0)->area_m2, 0);
        bench_clear(&b);
    }
}

/* Between 100.2 and 100.8 E, 55 km of the zone's edge along 33 N; e = 5 sqrt 2. */
static void a_large_footprint_loses_the_band_and_no_more(void)
{
    bench b;

    bench_init(&b);
    rdl_crs_unref(b.crs);
    b.crs = rdl_crs_parse("EPSG:4490", NULL);
    add_zone(&b, &class_a, 5, "POLYGON((100 33,101 33,101 40,100 40,100 33))");
    lay(&b, 5, "POLYGON((100.2 30,100.8 30,100.8 34,100.2 34,100.2 30))");
    CHECK_INT(b.parts->len, 1);
    double band = 5.0 * sqrt(2.0) * 56070.0; /* width of 0.6 degree at 33 N, metres */
    CHECK_NEAR(part(&b, 0)->area_m2 - part(&b, 0)->min_m2, band, 0.01 * band);
    CHECK_NEAR(part(&b, 0)->max_m2 - part(&b, 0)->area_m2, band, 0.01 * band);
    bench_clear(&b);
}

static void a_touching_zone_is_no_part(void)
{
    bench b;

    bench_init(&b);
    add_zone(
        &b, &class_a, 0,
        "POLYGON((499000 3000000,500000 3000000,500000 3000100,499000 3000100,499000 3000000))");
    lay(&b, 0,
        "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))");
    CHECK_INT(b.parts->len, 0);
    CHECK_NEAR(b.balance.remainder_m2, b.balance.whole_m2, 0);
    bench_clear(&b);
}

static void a_point_has_no_area_and_is_still_a_part(void)
{
    bench b;

    bench_init(&b);
    add_zone(
        &b, &class_a, 0,
        "POLYGON((499000 2999000,501000 2999000,501000 3001000,499000 3001000,499000 2999000))");
    lay(&b, 0, "POINT(500000 3000000)");
    CHECK_INT(b.parts->len, 1);
    CHECK_NEAR(part(&b, 0)->area_m2, 0, 0);
    CHECK_NEAR(part(&b, 0)->share, 1, 0);
    bench_clear(&b);
}

#define SQUARE \
    "POLYGON((500000 3000000,500010 3000000,500010 3000010,500000 3000010,500000 3000000))"

/* A square of 10 m, of which the zone has a strip of that width. */
static void strip(bench *b, double width, double sliver_m2)
{
    g_autofree char *zone = g_strdup_printf(
        "POLYGON((500000 2999000,%.17g 2999000,%.17g 3001000,500000 3001000,500000 2999000))",
        500000 + width, 500000 + width);

    bench_init(b);
    b->sliver_m2 = sliver_m2;
    add_zone(b, &class_a, 0, zone);
    lay(b, 0, SQUARE);
}

static void a_sliver_is_small_and_narrow(void)
{
    static const struct {
        double width, sliver_m2;
        guint parts;
    } cases[] = {{1.9, 20, 0}, {2.1, 20, 1}, {1.9, 0, 1}, {1.9, 18, 1}, {2.1, 30, 1}, {0.5, 20, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bench b;
        strip(&b, cases[i].width, cases[i].sliver_m2);
        CHECK_INT(b.parts->len, cases[i].parts);
        CHECK_INT(b.balance.slivers, !cases[i].parts);
        CHECK_NEAR(b.balance.sliver_m2, cases[i].parts ? 0.0 : 10 * cases[i].width * K, 1e-3);
        CHECK_NEAR(b.balance.residual_m2, 0.0, 1e-4);
        bench_clear(&b);
    }
}

static void a_small_footprint_in_a_zone_is_no_sliver(void)
{
    bench b;

    bench_init(&b);
    b.sliver_m2 = 20;
    add_zone(&b, &class_a, 0, SQUARE);
    lay(&b, 0,
        "POLYGON((500001 3000001,500002 3000001,500002 3000009,500001 3000009,500001 3000001))");
    CHECK_INT(b.parts->len, 1);
    bench_clear(&b);
}

/* The strip is a sliver in one zone and part of the ground of another: counted once. */
static void ground_of_a_part_is_no_sliver(void)
{
    bench b;

    bench_init(&b);
    b.sliver_m2 = 20;
    add_zone(
        &b, &class_a, 0,
        "POLYGON((500000 2999000,500001 2999000,500001 3001000,500000 3001000,500000 2999000))");
    add_zone(
        &b, &class_b, 0,
        "POLYGON((500000 2999000,500005 2999000,500005 3001000,500000 3001000,500000 2999000))");
    lay(&b, 0, SQUARE);
    CHECK_INT(b.parts->len, 1);
    CHECK_INT(b.balance.slivers, 1);
    CHECK_NEAR(b.balance.sliver_m2, 0.0, 1e-6);
    CHECK_NEAR(b.balance.parts_m2, 50 * K, 1e-3);
    bench_clear(&b);
}

static CU_TestInfo tests[] = {
    {"own areas partition the union", own_areas_partition_the_union},
    {"bounds move the zone's edge by e", bounds_move_the_zone_edge_by_e},
    {"a hole is in no bound", a_hole_is_in_no_bound},
    {"deep inside there is nothing to bound", deep_inside_there_is_nothing_to_bound},
    {"a narrow overlap may be nothing", a_narrow_overlap_may_be_nothing},
    {"components far from the edge are certain", components_far_from_the_edge_are_certain},
    {"a component at the edge takes nothing from one far inside",
     a_component_at_the_edge_takes_nothing_from_one_far_inside},
    {"the band along the edge is e wide", the_band_along_the_edge_is_e_wide},
    {"a touching zone is no part", a_touching_zone_is_no_part},
    {"a point has no area and is still a part", a_point_has_no_area_and_is_still_a_part},
    {"a large footprint loses the band and no more", a_large_footprint_loses_the_band_and_no_more},
    {"a sliver is small and narrow", a_sliver_is_small_and_narrow},
    {"a small footprint in a zone is no sliver", a_small_footprint_in_a_zone_is_no_sliver},
    {"ground of a part is no sliver", ground_of_a_part_is_no_sliver},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.overlay", tests, argc, argv);
}
