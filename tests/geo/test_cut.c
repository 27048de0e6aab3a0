/* Rings cut by random borders, against GEOS's own overlay: what is cut is right, what touches is
 * declined, and few crossings of the usual kind are declined. */
#include <math.h>
#include "geo/geo.h"
#include "suite.h"

#define X 400000.0
#define Y 3500000.0

typedef struct {
    rdl_geometry *g;
    rdl_wkb wkb;
    rdl_border *border;
} shape;

static double draw(double low, double high)
{
    return g_rand_double_range(suite_rand(), low, high);
}

/* A star of n corners round (x, y), coordinates in whole steps. */
static void add_star(GString *text, double x, double y, double size, int n, double step)
{
    double first[2] = {0, 0};

    for (int i = 0; i <= n; i++) {
        double radius = size * draw(0.4, 1.0), angle = 2.0 * G_PI * i / n;
        double px = round((x + radius * cos(angle)) / step) * step;
        double py = round((y + radius * sin(angle)) / step) * step;
        if (i == 0) {
            first[0] = px;
            first[1] = py;
        }
        g_string_append_printf(text, "%s%.17g %.17g", i ? "," : "(", i < n ? px : first[0],
                               i < n ? py : first[1]);
    }
    g_string_append(text, ")");
}

static bool shape_of(const char *wkt, shape *s)
{
    bool valid = false;

    s->g = rdl_geometry_from_wkt(wkt, NULL);
    size_t n;
    guint8 *bytes = g_bytes_unref_to_data(rdl_geometry_wkb(s->g, NULL), &n);
    s->wkb = (rdl_wkb){bytes, n};
    s->border = rdl_border_new();
    rdl_geometry_valid(s->g, &valid, NULL, NULL);
    return valid && rdl_border_set(s->border, bytes, n);
}

static void shape_clear(shape *s)
{
    rdl_geometry_free(s->g);
    g_free((void *)s->wkb.bytes);
    rdl_border_free(s->border);
}

static bool draw_zone(shape *s, double step)
{
    g_autoptr(GString) text = g_string_new("MULTIPOLYGON((");
    double size = draw(40, 400);

    add_star(text, X, Y, size, (int)draw(4, 900), step);
    if (draw(0, 1) < 0.5) {
        g_string_append_c(text, ',');
        add_star(text, X, Y, 0.35 * size, (int)draw(4, 60), step);
    }
    g_string_append(text, "),(");
    add_star(text, X + 1.5 * size, Y, 0.45 * size, (int)draw(4, 60), step);
    g_string_append(text, "))");
    return shape_of(text->str, s);
}

static bool draw_ring(shape *s, double step)
{
    g_autoptr(GString) text = g_string_new("POLYGON(");

    add_star(text, X + draw(-400, 700), Y + draw(-250, 250), draw(2, 90), (int)draw(3, 25), step);
    g_string_append_c(text, ')');
    return shape_of(text->str, s);
}

/* Is the piece valid, and the ground that GEOS finds? */
static bool alike(rdl_wkb piece, const rdl_geometry *want, double slack)
{
    g_autoptr(rdl_geometry) got = rdl_geometry_from_wkb(piece.bytes, piece.n, NULL);
    g_autoptr(rdl_geometry) common = got ? rdl_geometry_intersection(got, want, NULL) : NULL;
    bool valid = false;

    if (!common)
        return false;
    rdl_geometry_valid(got, &valid, NULL, NULL);
    double area = rdl_geometry_plane_area(want);
    return valid && fabs(rdl_geometry_plane_area(got) - area) <= slack &&
           fabs(rdl_geometry_plane_area(common) - area) <= slack;
}

static bool is_right(const rdl_cut *cut, const shape *zone, const shape *f)
{
    g_autoptr(rdl_geometry) in = rdl_geometry_intersection(f->g, zone->g, NULL);
    g_autoptr(rdl_geometry) out = rdl_geometry_difference(f->g, zone->g, NULL);
    double slack = 1e-8 * rdl_geometry_plane_area(f->g);

    return in && out && alike(rdl_cut_inside(cut), in, slack) &&
           alike(rdl_cut_outside(cut), out, slack);
}

typedef struct {
    int across, cut, several, wrong;
} count;

static void cut_many(int times, double step, count *n)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    g_autoptr(rdl_cut) cut = rdl_cut_new();

    *n = (count){0};
    for (int i = 0; i < times; i++) {
        shape zone, f;
        bool good = draw_zone(&zone, step), ring = draw_ring(&f, step);
        if (good && ring) {
            rdl_border_edges(zone.border, rdl_geometry_box(f.g), edges);
            bool across = rdl_border_lie(zone.border, f.border, edges) == RDL_LIE_ACROSS;
            bool made = rdl_cut_make(cut, zone.border, f.border, edges);
            n->across += across;
            n->cut += made;
            n->wrong += made && !(across && is_right(cut, &zone, &f));
            if (made) {
                rdl_wkb in = rdl_cut_inside(cut);
                n->several += ((const guint8 *)in.bytes)[1] == 6;
            }
        }
        shape_clear(&zone);
        shape_clear(&f);
    }
}

static void pieces_are_those_of_geos(void)
{
    count n;

    cut_many(900, 1e-7, &n);
    printf("(%d across, %d cut, %d into several) ", n.across, n.cut, n.several);
    CHECK_INT(n.wrong, 0);
    CHECK(n.cut > 100 && n.cut * 10 > n.across * 7);
    CHECK(n.several > 10);
}

static void what_touches_is_declined_or_right(void)
{
    count n;

    cut_many(500, 2.0, &n);
    printf("(%d across, %d cut) ", n.across, n.cut);
    CHECK_INT(n.wrong, 0);
    CHECK(n.cut < n.across);
}

/* Does the zone cut the ring from (0, 0) to (10, 10)? */
static bool cuts(const char *zone_wkt, const char *ring_wkt)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    g_autoptr(rdl_cut) cut = rdl_cut_new();
    shape zone, f;

    CHECK(shape_of(zone_wkt, &zone) && shape_of(ring_wkt, &f));
    rdl_border_edges(zone.border, rdl_geometry_box(f.g), edges);
    bool made = rdl_cut_make(cut, zone.border, f.border, edges);
    CHECK(!made || is_right(cut, &zone, &f));
    shape_clear(&zone);
    shape_clear(&f);
    return made;
}

#define SQUARE "POLYGON((0 0,10 0,10 10,0 10,0 0))"

static void only_clean_crossings_are_cut(void)
{
    CHECK(cuts("POLYGON((5 -5,15 -5,15 15,5 15,5 -5))", SQUARE));
    CHECK(cuts("POLYGON((5 -5,5 15,15 15,15 -5,5 -5))", "POLYGON((0 0,0 10,10 10,10 0,0 0))"));
    /* the zone's first point lies in the ring, and so does one of its rings' */
    CHECK(cuts("POLYGON((5 5,15 -3,15 14,5 5))", SQUARE));
    CHECK(cuts("POLYGON((-5 -5,25 -5,25 25,-5 25,-5 -5),(6 5,15 7,15 3,6 5))", SQUARE));
    /* four crossings, two pieces */
    CHECK(cuts("POLYGON((5 -5,15 -5,15 15,5 15,12 5,5 -5))", SQUARE));
    /* a vertex on an edge, an edge on an edge, a vertex on a vertex */
    CHECK(!cuts("POLYGON((10 5,-5 15,-5 -5,10 5))", SQUARE));
    CHECK(!cuts("POLYGON((5 0,15 0,15 15,5 15,5 0))", SQUARE));
    CHECK(!cuts("POLYGON((0 0,20 5,20 20,0 0))", SQUARE));
    /* a hole, an island, and nothing of the border within */
    CHECK(!cuts("POLYGON((5 -5,15 -5,15 15,5 15,5 -5),(6 5,8 6,8 4,6 5))", SQUARE));
    CHECK(!cuts("MULTIPOLYGON(((5 -5,15 -5,15 15,5 15,5 -5)),((1 5,3 6,3 4,1 5)))", SQUARE));
    CHECK(!cuts("POLYGON((-5 -5,25 -5,25 25,-5 25,-5 -5))", SQUARE));
    /* a ring with a hole */
    CHECK(!cuts("POLYGON((5 -5,15 -5,15 15,5 15,5 -5))",
                "POLYGON((0 0,10 0,10 10,0 10,0 0),(1 1,1 2,2 2,1 1))"));
    /* too close to order: a needle 1e-9 wide */
    CHECK(!cuts("POLYGON((5 -5,5.000000001 -5,5 15,5 -5))", SQUARE));
}

static CU_TestInfo tests[] = {
    {"pieces are those of GEOS", pieces_are_those_of_geos},
    {"what touches is declined or right", what_touches_is_declined_or_right},
    {"only clean crossings are cut", only_clean_crossings_are_cut},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.cut", tests, argc, argv);
}
