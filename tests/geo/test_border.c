/* Edges by box, sides of points and how polygons lie to each other, against GEOS on random stars;
 * areas of small rings against the line integral. */
#include <math.h>
#include "geo/geo.h"
#include "suite.h"

static double draw(GRand *r, double low, double high)
{
    return g_rand_double_range(r, low, high);
}

/* A star round (x, y): simple, rarely convex; on a grid of `step` so that borders often touch. */
static char *star(GRand *r, double x, double y, double size, double step)
{
    GString *s = g_string_new("POLYGON((");
    int n = g_rand_int_range(r, 3, 40);
    double first[2] = {0, 0};

    for (int i = 0; i < n; i++) {
        double radius = size * draw(r, 0.3, 1.0), angle = 2.0 * G_PI * i / n;
        double px = round((x + radius * cos(angle)) / step) * step;
        double py = round((y + radius * sin(angle)) / step) * step;
        if (i == 0) {
            first[0] = px;
            first[1] = py;
        }
        g_string_append_printf(s, "%.17g %.17g,", px, py);
    }
    g_string_append_printf(s, "%.17g %.17g))", first[0], first[1]);
    return g_string_free(s, FALSE);
}

typedef struct {
    rdl_geometry *g;
    GBytes *wkb;
    rdl_border *border;
} shape;

static bool draw_shape(GRand *r, double x, double y, double size, double step, shape *s)
{
    g_autofree char *wkt = star(r, x, y, size, step);
    bool valid = false;

    s->g = rdl_geometry_from_wkt(wkt, NULL);
    size_t n;
    guint8 *bytes = g_bytes_unref_to_data(rdl_geometry_wkb(s->g, NULL), &n);
    rdl_wkb_canonical(bytes, &n);
    s->wkb = g_bytes_new_take(bytes, n);
    s->border = rdl_border_new();
    rdl_geometry_valid(s->g, &valid, NULL, NULL);
    return valid &&
           rdl_border_set(s->border, g_bytes_get_data(s->wkb, NULL), g_bytes_get_size(s->wkb));
}

static void shape_clear(shape *s)
{
    rdl_geometry_free(s->g);
    g_bytes_unref(s->wkb);
    rdl_border_free(s->border);
}

static bool lie_agrees(const shape *zone, const shape *f, GArray *edges)
{
    bool meets, covers;

    rdl_border_edges(zone->border, rdl_geometry_box(f->g), edges);
    rdl_lie lie = rdl_border_lie(zone->border, f->border, edges);
    rdl_geometry_intersects(zone->g, f->g, &meets, NULL);
    rdl_geometry_covers(zone->g, f->g, &covers, NULL);
    switch (lie) {
    case RDL_LIE_APART:
        return !meets;
    case RDL_LIE_WITHIN:
        return covers;
    case RDL_LIE_ACROSS:
        return meets && !covers;
    case RDL_LIE_TOUCH:
        return meets;
    }
    return false;
}

static void polygons_lie_as_geos_says(void)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    GRand *r = suite_rand();
    int seen[4] = {0}, wrong = 0;

    for (int i = 0; i < 4000; i++) {
        double step = i % 2 ? 1e-9 : 1.0; /* every other pair on a coarse grid: borders touch */
        shape zone, f;
        bool good = draw_shape(r, 4e5, 3.5e6, 20, step, &zone);
        good = draw_shape(r, 4e5 + draw(r, -25, 25), 3.5e6 + draw(r, -25, 25), draw(r, 1, 15), step,
                          &f) &&
               good;
        if (good) {
            wrong += !lie_agrees(&zone, &f, edges);
            seen[rdl_border_lie(zone.border, f.border, edges)]++;
        }
        shape_clear(&zone);
        shape_clear(&f);
    }
    printf("(%d apart, %d within, %d across, %d touch) ", seen[0], seen[1], seen[2], seen[3]);
    CHECK_INT(wrong, 0);
    for (int k = 0; k < 4; k++)
        CHECK(seen[k] > 20);
}

/* ---- borders of many edges: what matters may lie on any of them ---- */

#define TEETH 70 /* more than a few runs of edges */

static void shape_of(const char *wkt, shape *s)
{
    s->g = rdl_geometry_from_wkt(wkt, NULL);
    size_t n;
    guint8 *bytes = g_bytes_unref_to_data(rdl_geometry_wkb(s->g, NULL), &n);
    rdl_wkb_canonical(bytes, &n);
    s->wkb = g_bytes_new_take(bytes, n);
    s->border = rdl_border_new();
    CHECK(rdl_border_set(s->border, g_bytes_get_data(s->wkb, NULL), g_bytes_get_size(s->wkb)));
}

/* A saw of TEETH + 1 points from x = 0 on, closed at height `y` by as many; tooth `moved` stands
 * lower. */
static void saw(shape *s, double y, int moved)
{
    GString *text = g_string_new("POLYGON((");

    for (int i = 0; i <= TEETH; i++)
        g_string_append_printf(text, "%d %g,", i, (i % 2) * 0.5 - (i == moved ? 0.25 : 0.0));
    for (int i = TEETH; i >= 0; i--)
        g_string_append_printf(text, "%d %g,", i, y);
    g_string_append(text, "0 0))");
    shape_of(text->str, s);
    g_string_free(text, TRUE);
}

static void a_spike_is_met_wherever_it_is(void)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    shape below;

    saw(&below, -50, -1);
    for (double x = 0.25; x < TEETH; x += 1.5) {
        g_autofree char *wkt = g_strdup_printf(
            "POLYGON((-5 1,%g 1,%g -1,%g 1,80 1,80 2,-5 2,-5 1))", x - 0.1, x, x + 0.1);
        shape spike;
        shape_of(wkt, &spike);
        rdl_border_edges(below.border, rdl_geometry_box(spike.g), edges);
        CHECK_INT(rdl_border_lie(below.border, spike.border, edges), RDL_LIE_ACROSS);
        shape_clear(&spike);
    }
    shape_clear(&below);
}

static void one_tooth_aside_is_common_ground(void)
{
    shape below, above;

    saw(&below, -50, -1);
    saw(&above, 50, -1);
    CHECK(rdl_border_neighbours(below.border, above.border));
    shape_clear(&above);
    for (int moved = 1; moved < TEETH; moved++) {
        saw(&above, 50, moved);
        CHECK(!rdl_border_neighbours(below.border, above.border));
        shape_clear(&above);
    }
    shape_clear(&below);
}

static void a_point_is_inside_as_geos_says(void)
{
    GRand *r = suite_rand();
    int wrong = 0, inside = 0;

    for (int i = 0; i < 2000; i++) {
        shape zone;
        if (draw_shape(r, 100, 30, 0.01, 1e-12, &zone)) {
            double x = 100 + draw(r, -0.01, 0.01), y = 30 + draw(r, -0.01, 0.01);
            g_autofree char *wkt = g_strdup_printf("POINT(%.17g %.17g)", x, y);
            g_autoptr(rdl_geometry) point = rdl_geometry_from_wkt(wkt, NULL);
            bool yes;
            rdl_geometry_intersects(zone.g, point, &yes, NULL);
            wrong += yes != rdl_border_inside(zone.border, x, y);
            inside += yes;
        }
        shape_clear(&zone);
    }
    CHECK_INT(wrong, 0);
    CHECK(inside > 200);
}

static void damaged_bytes_are_no_polygon(void)
{
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkt("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))", NULL);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    g_autoptr(rdl_border) border = rdl_border_new();

    CHECK(rdl_border_set(border, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)));
    for (size_t n = 0; n < g_bytes_get_size(wkb); n++)
        CHECK(!rdl_border_set(border, g_bytes_get_data(wkb, NULL), n));
}

static void an_inner_point_is_inside(void)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(
        "MULTIPOLYGON(((0 0,9 0,9 1,1 1,1 9,0 9,0 0)),((20 0,30 0,30 10,20 10,20 0),"
        "(21 1,21 9,29 9,29 1,21 1)))",
        NULL);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    g_autoptr(rdl_border) border = rdl_border_new();
    double x, y;

    rdl_border_set(border, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb));
    CHECK(rdl_rings_inner_point(rdl_border_rings(border), &x, &y));
    CHECK(rdl_border_inside(border, x, y));
}

/* Both ways to an area, for squares large enough that the line integral itself is exact to 1e-10.
 */
static void small_rings_measure_as_the_line_integral(void)
{
    static const struct {
        const char *crs;
        double x, y, unit;
    } places[] = {{"EPSG:32647", 4e5, 2.6e6, 1}, {"EPSG:4490", 100, 30, 1e-5},
                  {"EPSG:4490", 20, 84, 1e-5},   {"EPSG:4528", 40.5e6, 3e6, 1},
                  {"EPSG:3413", -5e5, -9e5, 1},  {"EPSG:3857", 1.1e7, 4e6, 1},
                  {"EPSG:3413", 10, 10, 1},      {"EPSG:4326", 179.999, -45, 1e-5}};

    for (size_t k = 0; k < G_N_ELEMENTS(places); k++) {
        g_autoptr(rdl_crs) crs = rdl_crs_parse(places[k].crs, NULL);
        g_autoptr(rdl_measure) measure = rdl_measure_new(crs, NULL);
        GRand *r = suite_rand();
        double worst = 0.0;
        for (int i = 0; i < 200; i++) {
            g_autofree char *wkt = star(r, places[k].x + places[k].unit * draw(r, 0, 3e4),
                                        places[k].y + places[k].unit * draw(r, 0, 3e4),
                                        places[k].unit * draw(r, 300, 900), 1e-12);
            g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);
            g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
            double exact, quick;
            rdl_measure_area(measure, g, &exact, NULL);
            CHECK(rdl_measure_wkb(measure, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb),
                                  &quick, NULL));
            worst = fmax(worst, fabs(quick - exact) / exact);
        }
        CHECK_NEAR(worst, 0, 2e-10);
    }
}

/* Cells of one plan, on a coarse grid: what is called apart shares no ground, and neighbours of one
 * plan are found so. */
static void neighbours_share_no_ground(void)
{
    GRand *r = suite_rand();
    int wrong = 0, apart = 0, sharing = 0;

    for (int i = 0; i < 6000; i++) {
        shape a, b;
        bool good = draw_shape(r, 0, 0, 5, 1.0, &a);
        good = draw_shape(r, g_rand_int_range(r, -8, 9), g_rand_int_range(r, -8, 9), 5, 1.0, &b) &&
               good;
        if (good) {
            g_autoptr(rdl_geometry) both = rdl_geometry_intersection(a.g, b.g, NULL);
            bool sure = rdl_border_neighbours(a.border, b.border), meets;
            rdl_geometry_intersects(a.g, b.g, &meets, NULL);
            double area = rdl_geometry_plane_area(both);
            wrong += sure && area > 1e-9;
            apart += sure && meets;
            sharing += area > 1e-9;
        }
        shape_clear(&a);
        shape_clear(&b);
    }
    printf("(%d neighbours, %d with common ground) ", apart, sharing);
    CHECK_INT(wrong, 0);
    CHECK(apart > 20);
    CHECK(sharing > 500);
}

/* A ring and what fills it: all of the border is shared. */
static void what_fills_a_hole_is_a_neighbour(void)
{
    static const char *const wkt[] = {"POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,3 6,6 6,6 3,3 3))",
                                      "POLYGON((3 3,6 3,6 6,3 6,3 3))",
                                      "POLYGON((3 3,7 3,7 6,3 6,3 3))"};
    shape s[3];

    for (int i = 0; i < 3; i++) {
        size_t n;
        s[i].g = rdl_geometry_from_wkt(wkt[i], NULL);
        guint8 *bytes = g_bytes_unref_to_data(rdl_geometry_wkb(s[i].g, NULL), &n);
        rdl_wkb_canonical(bytes, &n);
        s[i].wkb = g_bytes_new_take(bytes, n);
        s[i].border = rdl_border_new();
        rdl_border_set(s[i].border, g_bytes_get_data(s[i].wkb, NULL), g_bytes_get_size(s[i].wkb));
    }
    CHECK(rdl_border_neighbours(s[0].border, s[1].border));
    CHECK(rdl_border_neighbours(s[1].border, s[0].border));
    CHECK(!rdl_border_neighbours(s[0].border, s[2].border));
    CHECK(!rdl_border_neighbours(s[1].border, s[1].border));
    CHECK(!rdl_border_neighbours(s[1].border, s[2].border));
    for (int i = 0; i < 3; i++)
        shape_clear(&s[i]);
}

static void one_form_whatever_the_order_of_points(void)
{
    static const char *const wkt[] = {"POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))",
                                      "MULTIPOLYGON(((4 4,4 0,0 0,0 4,4 4),(2 2,2 1,1 1,1 2,2 2)))",
                                      "POLYGON((4 0,4 4,0 4,0 0,4 0),(2 1,1 1,1 2,2 2,2 1))"};
    g_autofree guint8 *first = NULL;
    size_t n_first = 0;

    for (int i = 0; i < 3; i++) {
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt[i], NULL);
        size_t n;
        guint8 *bytes = g_bytes_unref_to_data(rdl_geometry_wkb(g, NULL), &n);
        rdl_wkb_canonical(bytes, &n);
        if (i == 0) {
            first = bytes;
            n_first = n;
            continue;
        }
        CHECK(n == n_first && memcmp(bytes, first, n) == 0);
        g_free(bytes);
    }
}

/* What is plainly valid, GEOS calls valid too; the other way round GEOS is asked. */
static void what_is_surely_valid_is_valid(void)
{
    GRand *r = suite_rand();
    int sure = 0, wrong = 0;

    for (int i = 0; i < 5000; i++) {
        GString *text = g_string_new("POLYGON((");
        int n = g_rand_int_range(r, 3, 9), x0 = 0, y0 = 0;
        for (int k = 0; k < n; k++) { /* any corners of a small grid: mostly invalid */
            int x = g_rand_int_range(r, 0, 5), y = g_rand_int_range(r, 0, 5);
            x0 = k ? x0 : x;
            y0 = k ? y0 : y;
            g_string_append_printf(text, "%d %d,", x, y);
        }
        g_string_append_printf(text, "%d %d))", x0, y0);
        g_autofree char *wkt = g_string_free(text, FALSE);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
        g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
        bool valid;
        rdl_box box;
        rdl_geometry_valid(g, &valid, NULL, NULL);
        rdl_rings_of(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), rings);
        bool plain = rdl_rings_surely_valid(rings, &box);
        sure += plain;
        wrong += plain && !valid;
    }
    CHECK_INT(wrong, 0);
    CHECK(sure > 200);
}

/* A ring of many corners round (x, y), some of them pulled aside: then it often meets itself. */
static void put_large_ring(GRand *r, GString *text, double x, double y, double size, double step)
{
    int n = g_rand_int_range(r, 70, 400), pulled = g_rand_int_range(r, 0, 3);
    double first[2] = {0, 0};

    for (int i = 0; i < n; i++) {
        bool pull = pulled > 0 && g_rand_int_range(r, 0, n) < pulled;
        double radius = size * draw(r, 0.97, 1.0) * (pull ? draw(r, 0.2, 1.8) : 1.0);
        double angle = 2.0 * G_PI * (i + (pull ? draw(r, -9, 9) : 0.0)) / n;
        double px = round((x + radius * cos(angle)) / step) * step;
        double py = round((y + radius * sin(angle)) / step) * step;
        if (i == 0) {
            first[0] = px;
            first[1] = py;
        }
        g_string_append_printf(text, "%.17g %.17g,", px, py);
    }
    g_string_append_printf(text, "%.17g %.17g", first[0], first[1]);
}

static void large_polygons_are_surely_valid_as_geos_says(void)
{
    GRand *r = suite_rand();
    int sure = 0, wrong = 0, valid_ones = 0;

    for (int i = 0; i < 1500; i++) {
        double step = i % 3 ? 1e-6 : 1.0;
        g_autoptr(GString) text = g_string_new("POLYGON((");
        g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
        bool valid;
        rdl_box box;
        put_large_ring(r, text, 4e5, 3e6, 500, step);
        for (int k = g_rand_int_range(r, 0, 3); k > 0; k--) {
            g_string_append(text, "),(");
            put_large_ring(r, text, 4e5 + draw(r, -400, 400), 3e6 + draw(r, -400, 400),
                           draw(r, 20, 200), step);
        }
        g_string_append(text, "))");
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(text->str, NULL);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
        rdl_geometry_valid(g, &valid, NULL, NULL);
        rdl_rings_of(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), rings);
        bool plain = rdl_rings_surely_valid(rings, &box);
        sure += plain;
        wrong += plain && !valid;
        valid_ones += valid;
    }
    printf("(%d valid, %d surely) ", valid_ones, sure);
    CHECK_INT(wrong, 0);
    CHECK(sure * 10 > valid_ones * 9 && valid_ones > 150 && valid_ones < 1350);
}

static CU_TestInfo tests[] = {
    {"polygons lie to each other as GEOS says", polygons_lie_as_geos_says},
    {"a spike is met wherever it is", a_spike_is_met_wherever_it_is},
    {"one tooth aside is common ground", one_tooth_aside_is_common_ground},
    {"a point is inside as GEOS says", a_point_is_inside_as_geos_says},
    {"neighbours share no ground", neighbours_share_no_ground},
    {"what fills a hole is a neighbour", what_fills_a_hole_is_a_neighbour},
    {"one form, whatever the order of points", one_form_whatever_the_order_of_points},
    {"what is surely valid is valid", what_is_surely_valid_is_valid},
    {"large polygons are surely valid as GEOS says", large_polygons_are_surely_valid_as_geos_says},
    {"damaged bytes are no polygon", damaged_bytes_are_no_polygon},
    {"an inner point is inside", an_inner_point_is_inside},
    {"small rings measure as the line integral", small_rings_measure_as_the_line_integral},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.border", tests, argc, argv);
}
