/* Rings cut by random borders, against GEOS's own overlay: what is cut is right, what touches is
 * declined, and few crossings of the usual kind are declined. */
#include <float.h>
#include <math.h>
#include <string.h>
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

/* Takes the bytes. */
static bool shape_of_wkb(guint8 *bytes, size_t n, shape *s)
{
    bool valid = false;

    s->g = rdl_geometry_from_wkb(bytes, n, NULL);
    s->wkb = (rdl_wkb){bytes, n};
    s->border = rdl_border_new();
    rdl_geometry_valid(s->g, &valid, NULL, NULL);
    return valid && rdl_border_set(s->border, bytes, n);
}

static guint8 *bytes_of(const rdl_geometry *g, size_t *n)
{
    return g_bytes_unref_to_data(rdl_geometry_wkb(g, NULL), n);
}

static bool shape_of(const char *wkt, shape *s)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);
    size_t n;
    guint8 *bytes = bytes_of(g, &n);

    return shape_of_wkb(bytes, n, s);
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

static bool is_right(const rdl_cut *cut, const shape *zone, const shape *f, double slack)
{
    g_autoptr(rdl_geometry) in = rdl_geometry_intersection(f->g, zone->g, NULL);
    g_autoptr(rdl_geometry) out = rdl_geometry_difference(f->g, zone->g, NULL);

    return in && out && alike(rdl_cut_inside(cut), in, slack) &&
           alike(rdl_cut_outside(cut), out, slack);
}

static double slack_of(const shape *f)
{
    return 1e-8 * rdl_geometry_plane_area(f->g);
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
            n->wrong += made && !(across && is_right(cut, &zone, &f, slack_of(&f)));
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

/* ---- whole numbers: what touches, runs together, or nearly does ---- */

#define GRID 9

static int whole(int below)
{
    return g_rand_int_range(suite_rand(), 0, below);
}

/* A triangle, a box or a star on the grid; nothing where that is not valid. */
static rdl_geometry *grid_shape(void)
{
    g_autoptr(GString) text = g_string_new("POLYGON(");
    int a = whole(GRID), b = whole(GRID), c = whole(GRID), d = whole(GRID);

    switch (whole(3)) {
    case 0:
        g_string_append_printf(text, "(%d %d,%d %d,%d %d,%d %d)", a, b, c, d, whole(GRID) + 1,
                               whole(GRID), a, b);
        break;
    case 1:
        g_string_append_printf(text, "(%d %d,%d %d,%d %d,%d %d,%d %d)", a, b, c, b, c, d, a, d, a,
                               b);
        break;
    default:
        add_star(text, a, b, 1 + whole(GRID), 3 + whole(9), 1.0);
    }
    g_string_append_c(text, ')');
    rdl_geometry *g = rdl_geometry_from_wkt(text->str, NULL);
    bool valid = false;
    if (rdl_geometry_valid(g, &valid, NULL, NULL) && valid)
        return g;
    rdl_geometry_free(g);
    return rdl_geometry_from_wkt("POLYGON EMPTY", NULL);
}

/* Some of them together, less some others: points in common, holes, islands, odd coordinates. */
static rdl_geometry *grid_ground(int shapes)
{
    rdl_geometry *all = grid_shape();

    for (int i = 1; i < shapes; i++) {
        g_autoptr(rdl_geometry) one = grid_shape();
        g_autoptr(rdl_geometry) before = all;
        all = whole(3) ? rdl_geometry_union(before, one, NULL)
                       : rdl_geometry_difference(before, one, NULL);
    }
    return all;
}

/* Now and then a coordinate moves: by a few units of its last place, or a little more. */
static void unsettle(guint8 *bytes, size_t n, double often)
{
    static const double steps[] = {0, 0, 1e-14, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-6, 1e-3};
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));

    if (!rdl_rings_of(bytes, n, rings))
        return;
    for (guint i = 0; i < rings->len; i++) {
        const rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        guint8 *xy = bytes + (ring->xy - bytes);
        for (guint32 k = 0; k + 1 < 2 * ring->n; k++) {
            double v;
            if (draw(0, 1) > often)
                continue;
            memcpy(&v, xy + 8 * (size_t)k, sizeof v);
            for (int times = 1 + whole(3); times > 0; times--)
                v = nextafter(v, whole(2) ? 100.0 : -100.0);
            v += steps[whole(G_N_ELEMENTS(steps))] * (whole(2) ? 1 : -1);
            memcpy(xy + 8 * (size_t)k, &v, sizeof v);
        }
        memcpy(xy + 16 * (size_t)(ring->n - 1), xy, 16);
    }
}

static bool draw_grid_shape(const rdl_geometry *g, double often, shape *s)
{
    size_t n;
    guint8 *bytes = bytes_of(g, &n);

    unsettle(bytes, n, often);
    return shape_of_wkb(bytes, n, s) && rdl_geometry_plane_area(s->g) > 0.0;
}

typedef struct {
    double x, y;
} vertex;

static double turn(vertex a, vertex b, vertex p)
{
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

/* What of the polygon lies left of the line from a to b. */
static int keep_left(const vertex *polygon, int n, vertex a, vertex b, vertex *kept)
{
    int kept_n = 0;

    for (int i = 0; i < n; i++) {
        vertex p = polygon[i], q = polygon[(i + 1) % n];
        double tp = turn(a, b, p), tq = turn(a, b, q);
        if (tp >= 0.0)
            kept[kept_n++] = p;
        if ((tp > 0.0 && tq < 0.0) || (tp < 0.0 && tq > 0.0)) {
            double t = tp / (tp - tq);
            kept[kept_n++] = (vertex){p.x + t * (q.x - p.x), p.y + t * (q.y - p.y)};
        }
    }
    return kept_n;
}

/* Two triangles that run counter-clockwise. */
static double triangles_in_common(const vertex a[3], const vertex b[3])
{
    vertex now[8], next[8];
    int n = 3;
    double twice = 0.0;

    memcpy(now, a, 3 * sizeof(vertex));
    for (int k = 0; k < 3 && n > 0; k++) {
        n = keep_left(now, n, b[k], b[(k + 1) % 3], next);
        memcpy(now, next, sizeof now);
    }
    for (int i = 2; i < n; i++)
        twice += turn(now[0], now[i - 1], now[i]);
    return twice / 2.0;
}

typedef struct {
    vertex p[3];
    double sign;
} fan;

/* Triangles from one point to each edge: together, with their signs, the polygons. Whatever way a
 * ring is said to run. */
static GArray *fans_of(rdl_wkb polygons, vertex o)
{
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    GArray *fans = g_array_new(FALSE, FALSE, sizeof(fan));

    rdl_rings_of(polygons.bytes, polygons.n, rings);
    for (guint i = 0; i < rings->len; i++) {
        const rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        const guint first = fans->len;
        double twice = 0.0;
        fan f = {.p = {{0.0, 0.0}}};
        for (guint32 k = 0; k < ring->n; k++) {
            f.p[1] = f.p[2];
            rdl_point_at(ring->xy, k, &f.p[2].x, &f.p[2].y);
            f.p[2] = (vertex){f.p[2].x - o.x, f.p[2].y - o.y};
            double area = turn(f.p[0], f.p[1], f.p[2]);
            if (k == 0 || area == 0.0)
                continue;
            fan one = {{f.p[0], f.p[area < 0.0 ? 2 : 1], f.p[area < 0.0 ? 1 : 2]},
                       area < 0.0 ? -1.0 : 1.0};
            twice += area;
            g_array_append_val(fans, one);
        }
        for (guint k = first; (twice < 0.0) != ring->hole && k < fans->len; k++)
            g_array_index(fans, fan, k).sign *= -1.0;
    }
    return fans;
}

/* Ground in common by triangles and triangles alone: nothing has to be put in order, so that
 * nothing that nearly touches can mislead it. (GEOS's overlay was seen to lose polygons that
 * nearly coincide.) */
static double in_common(rdl_wkb a, rdl_wkb b, vertex o)
{
    g_autoptr(GArray) x = fans_of(a, o);
    g_autoptr(GArray) y = fans_of(b, o);
    double m2 = 0.0;

    for (guint i = 0; i < x->len; i++)
        for (guint k = 0; k < y->len; k++) {
            const fan *p = &g_array_index(x, fan, i), *q = &g_array_index(y, fan, k);
            m2 += p->sign * q->sign * triangles_in_common(p->p, q->p);
        }
    return m2;
}

typedef struct {
    int lies[4], cut, wrong_lie, wrong_cut, wrong_valid;
} grid_count;

/* What rounding may do: to a crossing (cut.h), and to coordinates that are large. */
static double rounding(const shape *f)
{
    rdl_box box = rdl_geometry_box(f->g);
    double size = fmax(box.xmax - box.xmin, box.ymax - box.ymin);

    return 1e-9 * size * size + 16.0 * DBL_EPSILON * fmax(fabs(box.xmax), fabs(box.ymax)) * size;
}

static bool is_valid(rdl_wkb piece)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(piece.bytes, piece.n, NULL);
    bool valid = false;

    return g && rdl_geometry_valid(g, &valid, NULL, NULL) && valid;
}

static bool cut_right(const rdl_cut *cut, const shape *zone, const shape *f, vertex o)
{
    rdl_wkb in = rdl_cut_inside(cut), out = rdl_cut_outside(cut);
    double slack = rounding(f), all = in_common(f->wkb, f->wkb, o);
    double in_m2 = in_common(in, in, o), out_m2 = in_common(out, out, o);

    return is_valid(in) && is_valid(out) &&
           fabs(in_m2 - in_common(f->wkb, zone->wkb, o)) <= slack &&
           fabs(in_m2 - in_common(in, zone->wkb, o)) <= slack &&
           fabs(in_m2 + out_m2 - all) <= slack && in_common(out, zone->wkb, o) <= slack;
}

static void lay_on_grid(const shape *zone, const shape *f, rdl_cut *cut, grid_count *n)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    rdl_box box = rdl_geometry_box(f->g);
    vertex o = {box.xmin, box.ymin};
    double common = in_common(f->wkb, zone->wkb, o), slack = rounding(f);

    rdl_border_edges(zone->border, box, edges);
    rdl_lie lie = rdl_border_lie(zone->border, f->border, edges);
    bool made = rdl_cut_make(cut, zone->border, f->border, edges);
    n->lies[lie]++;
    n->cut += made;
    n->wrong_lie += (lie == RDL_LIE_APART && common > slack) ||
                    (lie == RDL_LIE_WITHIN && in_common(f->wkb, f->wkb, o) - common > slack) ||
                    (made && lie != RDL_LIE_ACROSS);
    n->wrong_cut += made && !cut_right(cut, zone, f, o);
}

/* What GEOS finds invalid is not surely valid. */
static void judge_validity(const shape *s, bool valid, grid_count *n)
{
    rdl_box box;

    n->wrong_valid += !valid && rdl_rings_surely_valid(rdl_border_rings(s->border), &box);
}

static void lay_many_on_grid(int times, grid_count *n)
{
    static const double places[] = {0.0, 37.0, 4e5, 2.1e7};
    g_autoptr(rdl_cut) cut = rdl_cut_new();

    *n = (grid_count){0};
    for (int i = 0; i < times; i++) {
        g_autoptr(rdl_geometry) zone_there = grid_ground(1 + whole(4));
        g_autoptr(rdl_geometry) f_there = grid_ground(1 + whole(2));
        double often = whole(3) / 3.0, place = places[whole(G_N_ELEMENTS(places))];
        g_autoptr(rdl_geometry) zg = rdl_geometry_scaled(zone_there, -place, -place, 1, 1, NULL);
        g_autoptr(rdl_geometry) fg = rdl_geometry_scaled(f_there, -place, -place, 1, 1, NULL);
        shape zone, f;
        bool good = draw_grid_shape(zg, often, &zone), ring = draw_grid_shape(fg, often, &f);
        judge_validity(&zone, good, n);
        judge_validity(&f, ring, n);
        if (good && ring)
            lay_on_grid(&zone, &f, cut, n);
        shape_clear(&zone);
        shape_clear(&f);
    }
}

static void whole_numbers_are_cut_right_or_declined(void)
{
    grid_count n;

    lay_many_on_grid(3000, &n);
    printf("(%d apart, %d within, %d across, %d touch, %d cut) ", n.lies[0], n.lies[1], n.lies[2],
           n.lies[3], n.cut);
    CHECK_INT(n.wrong_lie, 0);
    CHECK_INT(n.wrong_cut, 0);
    CHECK_INT(n.wrong_valid, 0);
    CHECK(n.cut > 100);
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
    CHECK(!made || is_right(cut, &zone, &f, slack_of(&f)));
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
    {"whole numbers are cut right or declined", whole_numbers_are_cut_right_or_declined},
    {"only clean crossings are cut", only_clean_crossings_are_cut},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.cut", tests, argc, argv);
}
