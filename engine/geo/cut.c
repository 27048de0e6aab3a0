#include "geo/cut.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CORNERS_MOST 256 /* of the ring */
#define CLOSE 1e-9       /* of its size: how well a crossing must be known */
#define LEAST 1e-11      /* of its size squared: twice the area of a piece, its sign being sure */

typedef struct {
    double x, y;
} point;

/* Edge `edge` of the ring and an edge of the zone, `t` and `u` along them, 0..1. */
typedef struct {
    point at;
    double t, u;
    guint32 edge, chord;
    bool enters; /* the border goes into the ring here */
} crossing;

/* A run of the border within the ring, from one crossing to another; its vertices in `within`. */
typedef struct {
    guint32 from, n, ends[2];
} chord;

struct rdl_cut {
    GArray *corners;   /* of point: the ring, counter-clockwise or not, not closed */
    GArray *crossings; /* of crossing */
    GArray *within;    /* of point */
    GArray *chords;    /* of chord */
    GArray *order;     /* of guint32: crossings along the ring */
    GArray *rank;      /* of guint32: where in `order` a crossing stands */
    GArray *rings;     /* of rdl_ring: a piece */
    GByteArray *pieces[2];
    gsize sizes[2]; /* of them as WKB */
    double side;    /* of the ring's inside: 1 left of it, -1 right */
    double close, least;
};

rdl_cut *rdl_cut_new(void)
{
    rdl_cut *cut = g_new0(rdl_cut, 1);

    cut->corners = g_array_new(FALSE, FALSE, sizeof(point));
    cut->crossings = g_array_new(FALSE, FALSE, sizeof(crossing));
    cut->within = g_array_new(FALSE, FALSE, sizeof(point));
    cut->chords = g_array_new(FALSE, FALSE, sizeof(chord));
    cut->order = g_array_new(FALSE, FALSE, sizeof(guint32));
    cut->rank = g_array_new(FALSE, FALSE, sizeof(guint32));
    cut->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    for (int i = 0; i < 2; i++)
        cut->pieces[i] = g_byte_array_new();
    return cut;
}

void rdl_cut_free(rdl_cut *cut)
{
    if (!cut)
        return;
    g_array_unref(cut->corners);
    g_array_unref(cut->crossings);
    g_array_unref(cut->within);
    g_array_unref(cut->chords);
    g_array_unref(cut->order);
    g_array_unref(cut->rank);
    g_array_unref(cut->rings);
    for (int i = 0; i < 2; i++)
        g_byte_array_unref(cut->pieces[i]);
    g_free(cut);
}

static point corner_at(const rdl_cut *cut, guint i)
{
    return g_array_index(cut->corners, point, i < cut->corners->len ? i : 0);
}

static crossing *crossing_at(const rdl_cut *cut, guint i)
{
    return &g_array_index(cut->crossings, crossing, i);
}

static bool take_ring(rdl_cut *cut, const rdl_border *f)
{
    const GArray *rings = rdl_border_rings(f);
    const rdl_ring *ring = &g_array_index(rings, rdl_ring, 0);
    double twice = 0.0;

    if (rings->len != 1 || ring->n < 4 || ring->n > CORNERS_MOST)
        return false;
    g_array_set_size(cut->corners, ring->n - 1);
    for (guint i = 0; i + 1 < ring->n; i++) {
        point *p = &g_array_index(cut->corners, point, i);
        rdl_point_at(ring->xy, i, &p->x, &p->y);
    }
    point o = corner_at(cut, 0);
    for (guint i = 1; i + 2 < ring->n; i++) {
        point a = corner_at(cut, i), b = corner_at(cut, i + 1);
        twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    rdl_box box = rdl_rings_box(rings);
    double size = fmax(box.xmax - box.xmin, box.ymax - box.ymin);
    cut->side = twice > 0.0 ? 1.0 : -1.0;
    cut->close = CLOSE * size;
    cut->least = LEAST * size * size;
    return fabs(twice) > CLOSE * size * size;
}

/* ---- crossings ---- */

/* a x b, and by how much rounding may have changed it. */
static double cross(double ax, double ay, double bx, double by, double *doubt)
{
    *doubt = 4.0 * DBL_EPSILON * (fabs(ax * by) + fabs(ay * bx)) + DBL_MIN;
    return ax * by - ay * bx;
}

/* Where the edges from `a` to `b` and `e` cross, as they are known to. False: not well known. */
static bool place(const rdl_cut *cut, point a, point b, const rdl_edge *e, crossing *c)
{
    double dx = b.x - a.x, dy = b.y - a.y, ex = e->x1 - e->x0, ey = e->y1 - e->y0;
    double wx = e->x0 - a.x, wy = e->y0 - a.y, of_t, of_u, of_all;
    double all = cross(dx, dy, ex, ey, &of_all);

    if (fabs(all) <= 2.0 * of_all)
        return false;
    c->t = cross(wx, wy, ex, ey, &of_t) / all;
    c->u = cross(wx, wy, dx, dy, &of_u) / all;
    c->at = (point){a.x + c->t * dx, a.y + c->t * dy};
    return hypot(dx, dy) * (of_t + of_all) <= cut->close * fabs(all) / 2.0 &&
           hypot(ex, ey) * (of_u + of_all) <= cut->close * fabs(all) / 2.0;
}

static bool boxes_apart(point a, point b, const rdl_edge *e)
{
    return MAX(a.x, b.x) < MIN(e->x0, e->x1) || MIN(a.x, b.x) > MAX(e->x0, e->x1) ||
           MAX(a.y, b.y) < MIN(e->y0, e->y1) || MIN(a.y, b.y) > MAX(e->y0, e->y1);
}

static gint along_border(gconstpointer a, gconstpointer b)
{
    const crossing *x = a, *y = b;

    return x->u < y->u ? -1 : x->u > y->u;
}

/* Crossings of an edge of the border with the ring, in its direction. False: not clean. */
static bool cross_edge(rdl_cut *cut, const rdl_edge *e)
{
    const guint first = cut->crossings->len;
    double length = hypot(e->x1 - e->x0, e->y1 - e->y0);

    for (guint i = 0; i < cut->corners->len; i++) {
        point a = corner_at(cut, i), b = corner_at(cut, i + 1);
        crossing c = {.edge = i};
        if (boxes_apart(a, b, e))
            continue;
        int e0 = rdl_orientation(a.x, a.y, b.x, b.y, e->x0, e->y0);
        int e1 = rdl_orientation(a.x, a.y, b.x, b.y, e->x1, e->y1);
        if (e0 * e1 > 0)
            continue;
        int ab = rdl_orientation(e->x0, e->y0, e->x1, e->y1, a.x, a.y) *
                 rdl_orientation(e->x0, e->y0, e->x1, e->y1, b.x, b.y);
        if (ab > 0)
            continue;
        if (e0 * e1 == 0 || ab == 0 || !place(cut, a, b, e, &c))
            return false;
        c.enters = e1 * cut->side > 0.0;
        g_array_append_val(cut->crossings, c);
    }
    if (cut->crossings->len > first + 1)
        qsort(crossing_at(cut, first), cut->crossings->len - first, sizeof(crossing), along_border);
    for (guint i = first + 1; i < cut->crossings->len; i++)
        if ((crossing_at(cut, i)->u - crossing_at(cut, i - 1)->u) * length <= 4.0 * cut->close)
            return false;
    return true;
}

/* ---- chords ---- */

#define NOWHERE G_MAXUINT32

/* The run of the border being followed. */
typedef struct {
    const rdl_border *zone;
    const guint8 *next; /* first point of the edge that follows */
    bool inside;        /* the ring */
    chord open; /* where inside; ends[0] NOWHERE: it began before the first edge of its ring */
    chord head; /* of a ring whose first point lies inside, until its last edge comes */
    const guint8 *head_end; /* its ring's last point; NULL: there is none */
} walk;

static const guint8 *end_of_ring(const rdl_border *zone, const guint8 *first)
{
    const GArray *rings = rdl_border_rings(zone);

    for (guint i = 0; i < rings->len; i++) {
        const rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        if (ring->xy == first)
            return ring->xy + 16 * (size_t)(ring->n - 1);
    }
    return NULL;
}

static void close_chord(rdl_cut *cut, chord c)
{
    for (int k = 0; k < 2; k++)
        crossing_at(cut, c.ends[k])->chord = cut->chords->len;
    g_array_append_val(cut->chords, c);
}

/* A run that ends inside ends with its ring, and goes on as that began. */
static bool end_run(rdl_cut *cut, walk *w)
{
    if (!w->inside)
        return true;
    if (w->open.ends[0] == NOWHERE || w->head_end != w->next)
        return false;
    w->open.n = cut->within->len - w->open.from;
    for (guint i = 0; i < w->head.n; i++) {
        point p = g_array_index(cut->within, point, w->head.from + i);
        g_array_append_val(cut->within, p);
    }
    w->open.n += w->head.n;
    w->open.ends[1] = w->head.ends[1];
    close_chord(cut, w->open);
    w->head_end = NULL;
    w->inside = false;
    return true;
}

static bool pass(rdl_cut *cut, walk *w, guint number)
{
    const crossing *c = crossing_at(cut, number);

    if (c->enters == w->inside)
        return false;
    w->inside = c->enters;
    if (w->inside) {
        w->open = (chord){.from = cut->within->len, .ends = {number, NOWHERE}};
        return true;
    }
    w->open.n = cut->within->len - w->open.from;
    w->open.ends[1] = number;
    if (w->open.ends[0] == NOWHERE)
        w->head = w->open;
    else
        close_chord(cut, w->open);
    return true;
}

static bool begin_run(rdl_cut *cut, walk *w, const rdl_border *f, const rdl_edge *e)
{
    if (!end_run(cut, w))
        return false;
    w->inside = rdl_border_inside(f, e->x0, e->y0);
    if (!w->inside)
        return true;
    if (w->head_end)
        return false;
    w->head_end = end_of_ring(w->zone, e->xy);
    w->open = (chord){.from = cut->within->len, .ends = {NOWHERE, NOWHERE}};
    return w->head_end != NULL;
}

static bool find_chords(rdl_cut *cut, const rdl_border *zone, const rdl_border *f,
                        const GArray *edges)
{
    walk w = {.zone = zone};

    for (guint i = 0; i < edges->len; i++) {
        const rdl_edge *e = &g_array_index(edges, rdl_edge, i);
        guint first = cut->crossings->len;
        if (e->xy != w.next && !begin_run(cut, &w, f, e))
            return false;
        if (!cross_edge(cut, e))
            return false;
        for (guint c = first; c < cut->crossings->len; c++)
            if (!pass(cut, &w, c))
                return false;
        if (w.inside) {
            point p = {e->x1, e->y1};
            g_array_append_val(cut->within, p);
        }
        w.next = e->xy + 16;
    }
    return end_run(cut, &w) && !w.head_end && cut->chords->len > 0;
}

/* ---- along the ring ---- */

static gint along_ring(gconstpointer a, gconstpointer b, gpointer data)
{
    const crossing *x = crossing_at(data, *(const guint32 *)a),
                   *y = crossing_at(data, *(const guint32 *)b);

    if (x->edge != y->edge)
        return x->edge < y->edge ? -1 : 1;
    return x->t < y->t ? -1 : x->t > y->t;
}

/* Chords lie side by side or within each other, like brackets. */
static bool nested(const rdl_cut *cut)
{
    g_autofree guint32 *open = g_new(guint32, cut->order->len);
    guint n = 0;

    for (guint i = 0; i < cut->order->len; i++) {
        guint32 c = crossing_at(cut, g_array_index(cut->order, guint32, i))->chord;
        if (n && open[n - 1] == c)
            n--;
        else
            open[n++] = c;
    }
    return n == 0;
}

static bool order_crossings(rdl_cut *cut)
{
    guint n = cut->crossings->len;

    g_array_set_size(cut->order, n);
    g_array_set_size(cut->rank, n);
    for (guint32 i = 0; i < n; i++)
        g_array_index(cut->order, guint32, i) = i;
    g_array_sort_with_data(cut->order, along_ring, cut);
    for (guint32 i = 0; i < n; i++)
        g_array_index(cut->rank, guint32, g_array_index(cut->order, guint32, i)) = i;
    for (guint i = 1; i < n; i++) {
        const crossing *a = crossing_at(cut, g_array_index(cut->order, guint32, i - 1)),
                       *b = crossing_at(cut, g_array_index(cut->order, guint32, i));
        point p = corner_at(cut, a->edge), q = corner_at(cut, a->edge + 1);
        if (a->edge == b->edge && (b->t - a->t) * hypot(q.x - p.x, q.y - p.y) <= 4.0 * cut->close)
            return false;
    }
    return nested(cut);
}

/* ---- pieces ---- */

static void set_u32(GByteArray *wkb, gsize at, guint32 value)
{
    guint32 little = GUINT32_TO_LE(value);

    memcpy(wkb->data + at, &little, sizeof little);
}

static void put_point(GByteArray *wkb, point p)
{
    g_byte_array_append(wkb, (const guint8 *)&p, sizeof p);
}

static guint32 follow_ring(const rdl_cut *cut, guint32 gap, GByteArray *wkb)
{
    guint32 next = (gap + 1) % cut->order->len;
    const crossing *from = crossing_at(cut, g_array_index(cut->order, guint32, gap)),
                   *to = crossing_at(cut, g_array_index(cut->order, guint32, next));
    guint32 n = cut->corners->len;
    guint32 corners = next > gap ? to->edge - from->edge : n - from->edge + to->edge;

    put_point(wkb, from->at);
    for (guint32 i = 1; i <= corners; i++)
        put_point(wkb, corner_at(cut, (from->edge + i) % n));
    put_point(wkb, to->at);
    return next;
}

/* Where on the ring the chord that begins or ends at crossing `at` in its order leads. */
static guint32 follow_chord(const rdl_cut *cut, guint32 at, GByteArray *wkb)
{
    guint32 number = g_array_index(cut->order, guint32, at);
    const chord *c = &g_array_index(cut->chords, chord, crossing_at(cut, number)->chord);
    bool back = c->ends[1] == number;

    for (guint32 i = 0; i < c->n; i++)
        put_point(wkb, g_array_index(cut->within, point, c->from + (back ? c->n - 1 - i : i)));
    return g_array_index(cut->rank, guint32, c->ends[back ? 0 : 1]);
}

/* A simple ring that runs as the whole does. Pieces that all are, and use each part of the ring
 * once and each chord once either way, fill the ring and do not overlap. */
static bool good_piece(rdl_cut *cut, rdl_ring ring)
{
    double ox, oy, ax, ay, bx, by, twice = 0.0;
    rdl_box box;

    g_array_set_size(cut->rings, 0);
    g_array_append_val(cut->rings, ring);
    rdl_point_at(ring.xy, 0, &ox, &oy);
    rdl_point_at(ring.xy, 1, &ax, &ay);
    for (guint32 i = 2; i < ring.n; i++, ax = bx, ay = by) {
        rdl_point_at(ring.xy, i, &bx, &by);
        twice += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    }
    return twice * cut->side > cut->least && rdl_rings_surely_valid(cut->rings, &box);
}

static bool put_piece(rdl_cut *cut, guint32 gap, bool *done, GByteArray *wkb)
{
    gsize at = wkb->len;
    guint32 g = gap;

    g_byte_array_append(wkb, (const guint8 *)"\1\3\0\0\0\1\0\0\0\0\0\0\0", 13);
    do {
        done[g] = true;
        g = follow_chord(cut, follow_ring(cut, g, wkb), wkb);
    } while (g != gap);
    put_point(wkb, crossing_at(cut, g_array_index(cut->order, guint32, gap))->at);
    rdl_ring ring = {.xy = wkb->data + at + 13, .n = (guint32)((wkb->len - at - 13) / 16)};
    set_u32(wkb, at + 9, ring.n);
    return good_piece(cut, ring);
}

/* `first`: is the ring's first corner in the zone? */
static bool put_pieces(rdl_cut *cut, bool first)
{
    g_autofree bool *done = g_new0(bool, cut->order->len);
    guint32 counts[2] = {0, 0};

    for (int i = 0; i < 2; i++) {
        g_byte_array_set_size(cut->pieces[i], 0);
        g_byte_array_append(cut->pieces[i], (const guint8 *)"\1\6\0\0\0\0\0\0\0", 9);
    }
    for (guint32 gap = 0; gap < cut->order->len; gap++) {
        int side = first ^ (gap % 2 == 0);
        if (done[gap])
            continue;
        if (!put_piece(cut, gap, done, cut->pieces[side]))
            return false;
        counts[side]++;
    }
    for (int i = 0; i < 2; i++) {
        set_u32(cut->pieces[i], 5, counts[i]);
        cut->sizes[i] = cut->pieces[i]->len;
        rdl_wkb_canonical(cut->pieces[i]->data, &cut->sizes[i]);
    }
    return true;
}

bool rdl_cut_make(rdl_cut *cut, const rdl_border *zone, const rdl_border *f, const GArray *edges)
{
    g_array_set_size(cut->crossings, 0);
    g_array_set_size(cut->within, 0);
    g_array_set_size(cut->chords, 0);
    if (!take_ring(cut, f) || !find_chords(cut, zone, f, edges) || !order_crossings(cut))
        return false;
    point p = corner_at(cut, 0);
    return put_pieces(cut, rdl_border_inside(zone, p.x, p.y));
}

rdl_wkb rdl_cut_inside(const rdl_cut *cut)
{
    return (rdl_wkb){cut->pieces[1]->data, cut->sizes[1]};
}

rdl_wkb rdl_cut_outside(const rdl_cut *cut)
{
    return (rdl_wkb){cut->pieces[0]->data, cut->sizes[0]};
}
