/* Random ragged zones with holes and footprints of all sizes round their edges: parts, own areas
 * and bounds against GEOS's own overlay and buffers of the whole polygons, and the first-order form
 * of the bounds. The seed is printed. */
#include <math.h>
#include "screen/overlay.h"
#include "suite.h"

#define X 500000.0
#define Y 3000000.0
#define K (1.0 / (0.9996 * 0.9996)) /* ground per plane on the central meridian of UTM */

static const rdl_zone_class classes[] = {{.zone = "A", .family = "A", .priority = 1},
                                         {.zone = "B", .family = "B", .priority = 2},
                                         {.zone = "C", .family = "C", .priority = 3}};

static double draw(double low, double high)
{
    return g_rand_double_range(suite_rand(), low, high);
}

/* A star of n corners, on whole metres where `coarse`: then borders often touch. */
static void add_star(GString *text, double x, double y, double size, int n, bool coarse)
{
    double first[2] = {0, 0};

    for (int i = 0; i <= n; i++) {
        double radius = size * draw(0.4, 1.0), angle = 2.0 * G_PI * i / n;
        double px = x + radius * cos(angle), py = y + radius * sin(angle);
        if (coarse) {
            px = round(px);
            py = round(py);
        }
        if (i == 0) {
            first[0] = px;
            first[1] = py;
        }
        g_string_append_printf(text, "%s%.17g %.17g", i ? "," : "(", i < n ? px : first[0],
                               i < n ? py : first[1]);
    }
    g_string_append(text, ")");
}

typedef struct {
    rdl_geometry *g;
    GBytes *wkb;
} shape;

static bool draw_shape(shape *s, double x, double y, double size, int n, bool hole, bool coarse)
{
    GString *text = g_string_new("POLYGON(");
    bool valid = false;

    add_star(text, x, y, size, n, coarse);
    if (hole) {
        g_string_append_c(text, ',');
        add_star(text, x, y, 0.35 * size, n / 2 + 3, coarse);
    }
    g_string_append_c(text, ')');
    s->g = rdl_geometry_from_wkt(text->str, NULL);
    s->wkb = rdl_geometry_wkb(s->g, NULL);
    rdl_geometry_valid(s->g, &valid, NULL, NULL);
    g_string_free(text, TRUE);
    return valid;
}

static void shape_clear(shape *s)
{
    rdl_geometry_free(s->g);
    g_bytes_unref(s->wkb);
}

#define ZONES 3

typedef struct {
    rdl_crs *crs;
    shape shapes[ZONES], f;
    rdl_zone zones[ZONES];
    GPtrArray *list;
    GArray *parts;
    rdl_arena *arena;
    rdl_balance balance;
    bool good;
} scene;

static void lay(scene *s, double e)
{
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(size_t));
    const rdl_overlay_options options = {.boundary_error_m = e, .pos_error_m = 0};
    rdl_footprint f = {.fp_id = (char *)"F",
                       .pos_error_m = NAN,
                       .wkb = {g_bytes_get_data(s->f.wkb, NULL), g_bytes_get_size(s->f.wkb)}};
    GError *error = NULL;

    for (size_t i = 0; i < s->list->len; i++)
        g_array_append_val(candidates, i);
    rdl_overlay *overlay = rdl_overlay_new(s->crs, s->list, &options, &error);
    CHECK(rdl_overlay_run(overlay, &f, candidates, s->arena, s->parts, &s->balance, &error));
    CHECK_OK(error);
    rdl_overlay_free(overlay);
    for (guint i = 0; i < s->list->len; i++)
        rdl_zone_drop_border(s->list->pdata[i]);
}

static void scene_init(scene *s, int n_zones, double e)
{
    bool coarse = draw(0, 1) < 0.5;

    *s = (scene){.crs = rdl_crs_parse("EPSG:32651", NULL),
                 .list = g_ptr_array_new(),
                 .parts = rdl_parts_new(),
                 .arena = rdl_arena_new(),
                 .good = true};
    for (int i = 0; i < n_zones; i++) {
        int n = (int)draw(4, i ? 60 : 1500);
        double size = draw(40, 400);
        s->good = draw_shape(&s->shapes[i], X + draw(-60, 60), Y + draw(-60, 60), size, n,
                             draw(0, 1) < 0.5, coarse) &&
                  s->good;
        s->zones[i] = (rdl_zone){.zone_id = (char *)classes[i].zone,
                                 .class = &classes[i],
                                 .boundary_error_m = NAN,
                                 .wkb = s->shapes[i].wkb};
        g_ptr_array_add(s->list, &s->zones[i]);
    }
    s->good = draw_shape(&s->f, X + draw(-200, 200), Y + draw(-200, 200), draw(2, 120),
                         (int)draw(3, 30), false, coarse) &&
              s->good;
    if (s->good)
        lay(s, e);
}

static void scene_clear(scene *s)
{
    for (int i = 0; i < ZONES; i++)
        if (s->shapes[i].g)
            shape_clear(&s->shapes[i]);
    shape_clear(&s->f);
    rdl_crs_unref(s->crs);
    g_ptr_array_unref(s->list);
    g_array_unref(s->parts);
    rdl_arena_free(s->arena);
}

static double part_area(const scene *s, guint zone)
{
    for (guint i = 0; i < s->parts->len; i++) {
        const rdl_part *p = &g_array_index(s->parts, rdl_part, i);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(p->wkb.bytes, p->wkb.n, NULL);
        if (p->zone == zone)
            return rdl_geometry_plane_area(g);
    }
    return 0.0;
}

static void parts_are_what_geos_makes_of_the_whole_polygons(void)
{
    int laid = 0;

    for (int k = 0; k < 250; k++) {
        scene s;
        scene_init(&s, ZONES, 0.0);
        for (guint i = 0; s.good && i < ZONES; i++) {
            g_autoptr(rdl_geometry) want = rdl_geometry_intersection(s.f.g, s.shapes[i].g, NULL);
            double area = rdl_geometry_plane_area(want);
            CHECK_NEAR(part_area(&s, i), area, 1e-9 * rdl_geometry_plane_area(s.f.g));
            laid += area > 0.0;
        }
        scene_clear(&s);
    }
    CHECK(laid > 100);
}

static void own_areas_are_the_union_and_the_rest_is_the_remainder(void)
{
    for (int k = 0; k < 200; k++) {
        scene s;
        double own = 0.0;
        scene_init(&s, ZONES, 0.0);
        if (s.good) {
            g_autoptr(rdl_geometry) ab = rdl_geometry_union(s.shapes[0].g, s.shapes[1].g, NULL);
            g_autoptr(rdl_geometry) all = rdl_geometry_union(ab, s.shapes[2].g, NULL);
            g_autoptr(rdl_geometry) on = rdl_geometry_intersection(s.f.g, all, NULL);
            double whole = s.balance.whole_m2;
            for (guint i = 0; i < s.parts->len; i++)
                own += g_array_index(s.parts, rdl_part, i).own_m2;
            CHECK_NEAR(own, rdl_geometry_plane_area(on) * K, 2e-8 * whole);
            CHECK_NEAR(own + s.balance.remainder_m2, whole, 1e-8 * whole);
        }
        scene_clear(&s);
    }
}

/* By buffers of the whole zone: their arcs are cut a little otherwise, so a share of e along the
 * border is allowed. */
static void bounds_are_those_of_the_zone_shrunk_and_grown(void)
{
    int between = 0;

    for (int k = 0; k < 200; k++) {
        const double e = 5.0;
        scene s;
        scene_init(&s, 1, e);
        if (s.good && s.parts->len) {
            const rdl_part *p = &g_array_index(s.parts, rdl_part, 0);
            g_autoptr(rdl_geometry) less = rdl_geometry_buffer(s.shapes[0].g, -e * 0.9996, NULL);
            g_autoptr(rdl_geometry) more = rdl_geometry_buffer(s.shapes[0].g, e * 0.9996, NULL);
            g_autoptr(rdl_geometry) in = rdl_geometry_intersection(s.f.g, less, NULL);
            g_autoptr(rdl_geometry) out = rdl_geometry_intersection(s.f.g, more, NULL);
            double slack = 0.02 * e * e + 0.004 * p->max_m2;
            CHECK_NEAR(p->min_m2, rdl_geometry_plane_area(in) * K, slack);
            CHECK_NEAR(p->max_m2, rdl_geometry_plane_area(out) * K, slack);
            CHECK(p->min_m2 <= p->area_m2 && p->area_m2 <= p->max_m2);
            CHECK(p->max_m2 <= s.balance.whole_m2 * (1 + 1e-12));
            CHECK(p->edge || p->min_m2 == p->area_m2);
            between += p->min_m2 > 0.0 && p->max_m2 < s.balance.whole_m2;
        }
        scene_clear(&s);
    }
    CHECK(between > 10);
}

/* To first order a border of length L inside the footprint moves its area by e L: the exact bounds
 * of a straight border agree to second order, and e halved halves what they add. */
static void bounds_grow_with_the_border_inside(void)
{
    static const double errors[] = {1.0, 2.0, 4.0, 8.0};

    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        double e = errors[i], length = 100.0;
        scene s = {.crs = rdl_crs_parse("EPSG:32651", NULL),
                   .list = g_ptr_array_new(),
                   .parts = rdl_parts_new(),
                   .arena = rdl_arena_new()};
        s.shapes[0].g = rdl_geometry_from_wkt(
            "POLYGON((499000 2999000,500050 2999000,500050 3001000,499000 3001000,499000 2999000))",
            NULL);
        s.shapes[0].wkb = rdl_geometry_wkb(s.shapes[0].g, NULL);
        s.f.g = rdl_geometry_from_wkt(
            "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))",
            NULL);
        s.f.wkb = rdl_geometry_wkb(s.f.g, NULL);
        s.zones[0] = (rdl_zone){.zone_id = (char *)"A",
                                .class = &classes[0],
                                .boundary_error_m = NAN,
                                .wkb = s.shapes[0].wkb};
        g_ptr_array_add(s.list, &s.zones[0]);
        lay(&s, e);
        const rdl_part *p = &g_array_index(s.parts, rdl_part, 0);
        CHECK_NEAR(p->area_m2 - p->min_m2, e * length / 0.9996, 1e-3 * e * length);
        CHECK_NEAR(p->max_m2 - p->area_m2, e * length / 0.9996, 1e-3 * e * length);
        scene_clear(&s);
    }
}

static CU_TestInfo tests[] = {
    {"parts are what GEOS makes of the whole polygons",
     parts_are_what_geos_makes_of_the_whole_polygons},
    {"own areas are the union, and the rest is the remainder",
     own_areas_are_the_union_and_the_rest_is_the_remainder},
    {"bounds are those of the zone shrunk and grown",
     bounds_are_those_of_the_zone_shrunk_and_grown},
    {"bounds grow with the border inside", bounds_grow_with_the_border_inside},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.overlay_property", tests, argc, argv);
}
