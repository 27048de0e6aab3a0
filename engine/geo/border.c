#include "geo/border.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define GROUP 16  /* edges a box */
#define SUPER 16  /* groups a box above */
#define HEADER 5u /* byte order and type */

/* ---- WKB ---- */

typedef struct {
    const guint8 *at, *end;
} reader;

static bool read_u32(reader *r, guint32 *value)
{
    if (r->end - r->at < 4)
        return false;
    memcpy(value, r->at, 4);
    *value = GUINT32_FROM_LE(*value);
    r->at += 4;
    return true;
}

static bool read_header(reader *r, guint32 *type)
{
    if (r->end - r->at < (ptrdiff_t)HEADER || *r->at != 1)
        return false;
    r->at++;
    return read_u32(r, type);
}

static bool read_polygon(reader *r, guint32 number, GArray *rings)
{
    guint32 count, n;

    if (!read_u32(r, &count))
        return false;
    for (guint32 i = 0; i < count; i++) {
        if (!read_u32(r, &n) || (size_t)(r->end - r->at) / 16 < n)
            return false;
        rdl_ring ring = {r->at, n, number, i > 0};
        r->at += 16 * (size_t)n;
        if (n)
            g_array_append_val(rings, ring);
    }
    return true;
}

bool rdl_rings_of(const void *wkb, size_t n, GArray *rings)
{
    reader r = {wkb, (const guint8 *)wkb + n};
    guint32 type, count;

    if (G_BYTE_ORDER != G_LITTLE_ENDIAN || !read_header(&r, &type))
        return false;
    if (type == 3)
        return read_polygon(&r, 0, rings);
    if (type != 6 || !read_u32(&r, &count))
        return false;
    for (guint32 i = 0; i < count; i++)
        if (!read_header(&r, &type) || type != 3 || !read_polygon(&r, i, rings))
            return false;
    return true;
}

/* A coordinate that is no number grows nothing. */
static void grow(rdl_box *box, double x, double y)
{
    box->xmin = MIN(x, box->xmin);
    box->xmax = MAX(x, box->xmax);
    box->ymin = MIN(y, box->ymin);
    box->ymax = MAX(y, box->ymax);
}

static const rdl_ring *ring_at(const GArray *rings, guint i)
{
    return &g_array_index(rings, rdl_ring, i);
}

#define NOTHING ((rdl_box){HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL})

rdl_box rdl_rings_box(const GArray *rings)
{
    rdl_box box = NOTHING;
    double x, y;

    for (guint i = 0; i < rings->len; i++)
        for (guint32 k = 0; !ring_at(rings, i)->hole && k < ring_at(rings, i)->n; k++) {
            rdl_point_at(ring_at(rings, i)->xy, k, &x, &y);
            grow(&box, x, y);
        }
    return box;
}

/* ---- a point inside ---- */

/* Half way between the vertices next above and next below the middle of the box: a height no
 * vertex has. */
static double scan_height(const GArray *rings, guint first, guint end)
{
    rdl_box box = NOTHING;
    double x, y;

    for (guint32 k = 0; k < ring_at(rings, first)->n; k++) {
        rdl_point_at(ring_at(rings, first)->xy, k, &x, &y);
        grow(&box, x, y);
    }
    double middle = (box.ymin + box.ymax) / 2.0, low = box.ymin, high = box.ymax;
    for (guint i = first; i < end; i++)
        for (guint32 k = 0; k < ring_at(rings, i)->n; k++) {
            rdl_point_at(ring_at(rings, i)->xy, k, &x, &y);
            if (y <= middle)
                low = fmax(low, y);
            else
                high = fmin(high, y);
        }
    return (low + high) / 2.0;
}

static gint by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void cross_ring(const rdl_ring *ring, double height, GArray *crossings)
{
    double x0, y0, x1, y1;

    rdl_point_at(ring->xy, 0, &x0, &y0);
    for (guint32 k = 1; k < ring->n; k++, x0 = x1, y0 = y1) {
        rdl_point_at(ring->xy, k, &x1, &y1);
        if ((y0 > height) == (y1 > height))
            continue;
        double x = x0 + (height - y0) / (y1 - y0) * (x1 - x0);
        g_array_append_val(crossings, x);
    }
}

bool rdl_rings_inner_point(const GArray *rings, double *x, double *y)
{
    double widest = 0.0;
    g_autoptr(GArray) crossings = g_array_new(FALSE, FALSE, sizeof(double));
    guint end;

    for (guint first = 0; first < rings->len; first = end) {
        for (end = first + 1; end < rings->len && ring_at(rings, end)->hole; end++)
            ;
        double height = scan_height(rings, first, end);
        g_array_set_size(crossings, 0);
        for (guint i = first; i < end; i++)
            cross_ring(ring_at(rings, i), height, crossings);
        g_array_sort(crossings, by_value);
        for (guint k = 0; k + 1 < crossings->len; k += 2) {
            double a = g_array_index(crossings, double, k),
                   b = g_array_index(crossings, double, k + 1);
            if (b - a <= widest)
                continue;
            widest = b - a;
            *x = (a + b) / 2.0;
            *y = height;
        }
    }
    return widest > 0.0;
}

/* ---- validity of the simple many ---- */

/* Sign of the turn a, b, p; 0 also when the arithmetic cannot tell. */
static int turn_sure(double ax, double ay, double bx, double by, double px, double py)
{
    double left = (ax - px) * (by - py), right = (ay - py) * (bx - px);
    double det = left - right, doubt = 4.0 * DBL_EPSILON * (fabs(left) + fabs(right)) + DBL_MIN;

    return det > doubt ? 1 : det < -doubt ? -1 : 0;
}

#define SURE_POINTS 65

typedef struct {
    double x, y;
} corner;

static bool segments_apart(const corner *a, const corner *b)
{
    if (MAX(a[0].x, a[1].x) < MIN(b[0].x, b[1].x) || MAX(b[0].x, b[1].x) < MIN(a[0].x, a[1].x) ||
        MAX(a[0].y, a[1].y) < MIN(b[0].y, b[1].y) || MAX(b[0].y, b[1].y) < MIN(a[0].y, a[1].y))
        return true;
    return turn_sure(a[0].x, a[0].y, a[1].x, a[1].y, b[0].x, b[0].y) *
                   turn_sure(a[0].x, a[0].y, a[1].x, a[1].y, b[1].x, b[1].y) >
               0 ||
           turn_sure(b[0].x, b[0].y, b[1].x, b[1].y, a[0].x, a[0].y) *
                   turn_sure(b[0].x, b[0].y, b[1].x, b[1].y, a[1].x, a[1].y) >
               0;
}

/* Neighbours share a point and may share no more: a turn, or straight on. */
static bool goes_on(corner a, corner b, corner c)
{
    if (turn_sure(a.x, a.y, b.x, b.y, c.x, c.y) != 0)
        return true;
    return (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0.0 &&
           !(c.x == b.x && c.y == b.y);
}

/* A ring of few points: each edge against each. */
static bool small_ring_valid(const rdl_ring *ring, rdl_box *box)
{
    corner p[SURE_POINTS];

    if (ring->n < 4)
        return false;
    guint32 n = ring->n - 1; /* segments */
    *box = NOTHING;
    for (guint32 i = 0; i <= n; i++) {
        rdl_point_at(ring->xy, i, &p[i].x, &p[i].y);
        if (!isfinite(p[i].x) || !isfinite(p[i].y))
            return false;
        grow(box, p[i].x, p[i].y);
    }
    if (p[0].x != p[n].x || p[0].y != p[n].y)
        return false;
    for (guint32 i = 0; i < n; i++) {
        if (!goes_on(p[i], p[i + 1], i + 2 <= n ? p[i + 2] : p[1]))
            return false;
        for (guint32 k = i + 2; k < n; k++)
            if (!(i == 0 && k == n - 1) && !segments_apart(&p[i], &p[k]))
                return false;
    }
    return true;
}

/* ---- one form ---- */

static double twice_area(const rdl_ring *ring)
{
    double x0, y0, x, y, u = 0.0, v = 0.0, twice = 0.0;

    rdl_point_at(ring->xy, 0, &x0, &y0);
    for (guint32 k = 1; k < ring->n; k++) {
        rdl_point_at(ring->xy, k, &x, &y);
        twice += u * (y - y0) - (x - x0) * v;
        u = x - x0;
        v = y - y0;
    }
    return twice;
}

/* The points from the leftmost (of these the lowest) on, forward or backward, and closed again. */
static void turn_ring(rdl_ring *ring, guint8 *xy, GByteArray *copy)
{
    guint32 n = ring->n - 1, first = 0;
    double x, y, xf, yf;
    bool back = (twice_area(ring) > 0.0) == ring->hole;

    rdl_point_at(xy, 0, &xf, &yf);
    for (guint32 k = 1; k < n; k++) {
        rdl_point_at(xy, k, &x, &y);
        if (x < xf || (x <= xf && y < yf)) {
            first = k;
            xf = x;
            yf = y;
        }
    }
    if (first == 0 && !back)
        return;
    g_byte_array_set_size(copy, 0);
    g_byte_array_append(copy, xy, n * 16);
    for (guint32 k = 0; k <= n; k++) {
        guint32 from = back ? (first + n - k % n) % n : (first + k) % n;
        memcpy(xy + 16 * (size_t)k, copy->data + 16 * (size_t)from, 16);
    }
}

static bool closed_ring(const rdl_ring *ring)
{
    return ring->n >= 4 && memcmp(ring->xy, ring->xy + 16 * (size_t)(ring->n - 1), 16) == 0;
}

void rdl_wkb_canonical(guint8 *wkb, size_t *n)
{
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    g_autoptr(GByteArray) copy = g_byte_array_new();
    const guint32 one = GUINT32_TO_LE(1), many = GUINT32_TO_LE(6);

    if (!rdl_rings_of(wkb, *n, rings))
        return;
    for (guint i = 0; i < rings->len; i++) {
        rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        if (closed_ring(ring))
            turn_ring(ring, wkb + (ring->xy - wkb), copy);
    }
    if (*n > 9 && memcmp(wkb + 1, &many, 4) == 0 && memcmp(wkb + 5, &one, 4) == 0) {
        *n -= 9;
        memmove(wkb, wkb + 9, *n);
    }
}

/* ---- boxes over edges ---- */

typedef struct {
    float xmin, ymin, xmax, ymax; /* rounded outward */
} small_box;

typedef struct {
    small_box box;
    const guint8 *xy;
    guint32 edges;
} group;

struct rdl_border {
    GArray *rings;  /* of rdl_ring */
    GArray *groups; /* of group */
    GArray *supers; /* of small_box, one for SUPER groups */
};

rdl_border *rdl_border_new(void)
{
    rdl_border *border = g_new(rdl_border, 1);

    border->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    border->groups = g_array_new(FALSE, FALSE, sizeof(group));
    border->supers = g_array_new(FALSE, FALSE, sizeof(small_box));
    return border;
}

void rdl_border_free(rdl_border *border)
{
    if (!border)
        return;
    g_array_unref(border->rings);
    g_array_unref(border->groups);
    g_array_unref(border->supers);
    g_free(border);
}

const GArray *rdl_border_rings(const rdl_border *border)
{
    return border->rings;
}

static float down(double value)
{
    float f = (float)value;

    return (double)f > value ? nextafterf(f, -HUGE_VALF) : f;
}

static float up(double value)
{
    float f = (float)value;

    return (double)f < value ? nextafterf(f, HUGE_VALF) : f;
}

/* The box of the points from..end. */
static rdl_box points_box(const guint8 *xy, guint32 from, guint32 end)
{
    rdl_box box = NOTHING;
    double x, y;

    for (guint32 k = from; k < end; k++) {
        rdl_point_at(xy, k, &x, &y);
        grow(&box, x, y);
    }
    return box;
}

static void add_group(rdl_border *border, const guint8 *xy, guint32 edges)
{
    rdl_box box = points_box(xy, 0, edges + 1);
    group g = {{down(box.xmin), down(box.ymin), up(box.xmax), up(box.ymax)}, xy, edges};
    g_array_append_val(border->groups, g);
}

static group *group_at(const rdl_border *border, guint i)
{
    return &g_array_index(border->groups, group, i);
}

static void add_supers(rdl_border *border)
{
    for (guint first = 0; first < border->groups->len; first += SUPER) {
        small_box all = group_at(border, first)->box;
        for (guint i = first + 1; i < MIN(first + SUPER, border->groups->len); i++) {
            small_box b = group_at(border, i)->box;
            all = (small_box){fminf(all.xmin, b.xmin), fminf(all.ymin, b.ymin),
                              fmaxf(all.xmax, b.xmax), fmaxf(all.ymax, b.ymax)};
        }
        g_array_append_val(border->supers, all);
    }
}

void rdl_border_clear(rdl_border *border)
{
    g_array_set_size(border->rings, 0);
    g_array_set_size(border->groups, 0);
    g_array_set_size(border->supers, 0);
}

static void add_groups(rdl_border *border)
{
    for (guint i = 0; i < border->rings->len; i++) {
        const rdl_ring *ring = ring_at(border->rings, i);
        for (guint32 k = 0; k + 1 < ring->n; k += GROUP)
            add_group(border, ring->xy + 16 * (size_t)k, MIN(GROUP, ring->n - 1 - k));
    }
    add_supers(border);
}

bool rdl_border_set(rdl_border *border, const void *wkb, size_t n)
{
    rdl_border_clear(border);
    if (!rdl_rings_of(wkb, n, border->rings))
        return false;
    add_groups(border);
    return true;
}

/* ---- questions ---- */

static bool small_meets(small_box a, rdl_box b)
{
    return (double)a.xmin <= b.xmax && b.xmin <= (double)a.xmax && (double)a.ymin <= b.ymax &&
           b.ymin <= (double)a.ymax;
}

/* The edge's own box meets; does the edge? Not when all corners lie on one side of its line. */
static bool edge_meets(const rdl_edge *e, rdl_box b)
{
    if (MAX(e->x0, e->x1) < b.xmin || MIN(e->x0, e->x1) > b.xmax || MAX(e->y0, e->y1) < b.ymin ||
        MIN(e->y0, e->y1) > b.ymax)
        return false;
    int side = turn_sure(e->x0, e->y0, e->x1, e->y1, b.xmin, b.ymin);
    return side == 0 || side != turn_sure(e->x0, e->y0, e->x1, e->y1, b.xmax, b.ymin) ||
           side != turn_sure(e->x0, e->y0, e->x1, e->y1, b.xmin, b.ymax) ||
           side != turn_sure(e->x0, e->y0, e->x1, e->y1, b.xmax, b.ymax);
}

static void group_edges(const group *g, rdl_box box, GArray *edges)
{
    rdl_edge e = {0};

    rdl_point_at(g->xy, 0, &e.x1, &e.y1);
    for (guint32 k = 0; k < g->edges; k++) {
        e.x0 = e.x1;
        e.y0 = e.y1;
        e.xy = g->xy + 16 * (size_t)k;
        rdl_point_at(g->xy, k + 1, &e.x1, &e.y1);
        if (edge_meets(&e, box))
            g_array_append_val(edges, e);
    }
}

void rdl_border_edges(const rdl_border *border, rdl_box box, GArray *edges)
{
    g_array_set_size(edges, 0);
    for (guint s = 0; s < border->supers->len; s++) {
        if (!small_meets(g_array_index(border->supers, small_box, s), box))
            continue;
        guint end = MIN((s + 1) * SUPER, border->groups->len);
        for (guint i = s * SUPER; i < end; i++)
            if (small_meets(group_at(border, i)->box, box))
                group_edges(group_at(border, i), box, edges);
    }
}

void rdl_edges_meeting(const GArray *edges, rdl_box box, GArray *meeting)
{
    g_array_set_size(meeting, 0);
    for (guint i = 0; i < edges->len; i++)
        if (edge_meets(&g_array_index(edges, rdl_edge, i), box))
            g_array_append_val(meeting, g_array_index(edges, rdl_edge, i));
}

static rdl_box edge_box(const rdl_edge *e)
{
    return (rdl_box){MIN(e->x0, e->x1), MIN(e->y0, e->y1), MAX(e->x0, e->x1), MAX(e->y0, e->y1)};
}

/* Crossings of the ray from the point eastward, odd or even. */
static bool group_odd(const group *g, double x, double y)
{
    bool odd = false;
    double x0, y0, x1, y1;

    rdl_point_at(g->xy, 0, &x0, &y0);
    if ((double)g->box.xmin > x) { /* all to the right: only where the chain ends matters */
        rdl_point_at(g->xy, g->edges, &x1, &y1);
        return (y0 > y) != (y1 > y);
    }
    for (guint32 k = 0; k < g->edges; k++, x0 = x1, y0 = y1) {
        rdl_point_at(g->xy, k + 1, &x1, &y1);
        if ((y0 > y) == (y1 > y))
            continue;
        int turn = rdl_orientation(x0, y0, x1, y1, x, y);
        odd ^= y1 > y0 ? turn > 0 : turn < 0;
    }
    return odd;
}

bool rdl_border_inside(const rdl_border *border, double x, double y)
{
    rdl_box ray = {x, y, HUGE_VAL, y};
    bool odd = false;

    for (guint s = 0; s < border->supers->len; s++) {
        if (!small_meets(g_array_index(border->supers, small_box, s), ray))
            continue;
        guint end = MIN((s + 1) * SUPER, border->groups->len);
        for (guint i = s * SUPER; i < end; i++)
            if (small_meets(group_at(border, i)->box, ray))
                odd ^= group_odd(group_at(border, i), x, y);
    }
    return odd;
}

typedef enum { MEET_NOT, MEET_TOUCH, MEET_CROSS } meeting;

static meeting segments_meet(const rdl_edge *a, const rdl_edge *b)
{
    int a0 = rdl_orientation(b->x0, b->y0, b->x1, b->y1, a->x0, a->y0);
    int a1 = rdl_orientation(b->x0, b->y0, b->x1, b->y1, a->x1, a->y1);

    if (a0 * a1 > 0)
        return MEET_NOT;
    int b0 = rdl_orientation(a->x0, a->y0, a->x1, a->y1, b->x0, b->y0);
    int b1 = rdl_orientation(a->x0, a->y0, a->x1, a->y1, b->x1, b->y1);
    if (b0 * b1 > 0)
        return MEET_NOT;
    return a0 * a1 < 0 && b0 * b1 < 0 ? MEET_CROSS : MEET_TOUCH;
}

/* `near`: edges of the other border, all that `e` may meet among them. */
static meeting edge_meets_border(const rdl_edge *e, const GArray *near)
{
    rdl_box box = edge_box(e);
    meeting most = MEET_NOT;

    for (guint i = 0; i < near->len && most != MEET_CROSS; i++) {
        const rdl_edge *q = &g_array_index(near, rdl_edge, i);
        if (edge_meets(q, box))
            most = MAX(most, segments_meet(e, q));
    }
    return most;
}

/* The box of the edges from..end. */
static rdl_box run_box(const GArray *edges, guint from, guint end)
{
    rdl_box box = NOTHING;

    for (guint i = from; i < end; i++) {
        const rdl_edge *e = &g_array_index(edges, rdl_edge, i);
        grow(&box, e->x0, e->y0);
        grow(&box, e->x1, e->y1);
    }
    return box;
}

/* No borders meet: each ring of `f` lies wholly on one side. */
static rdl_lie side_of_rings(const rdl_border *zone, const rdl_border *f)
{
    bool in = false, out = false;
    double x, y;

    for (guint i = 0; i < f->rings->len; i++) {
        rdl_point_at(ring_at(f->rings, i)->xy, 0, &x, &y);
        if (ring_at(f->rings, i)->hole)
            continue;
        if (rdl_border_inside(zone, x, y))
            in = true;
        else
            out = true;
    }
    return in && out ? RDL_LIE_ACROSS : in ? RDL_LIE_WITHIN : RDL_LIE_APART;
}

rdl_lie rdl_border_lie(const rdl_border *zone, const rdl_border *f, const GArray *edges)
{
    g_autoptr(GArray) near = NULL;
    bool touch = false, around = false;

    if (edges->len == 0)
        return side_of_rings(zone, f);
    near = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    for (guint i = 0; i < edges->len; i++) {
        const rdl_edge *e = &g_array_index(edges, rdl_edge, i);
        if (i % GROUP == 0)
            rdl_border_edges(f, run_box(edges, i, MIN(i + GROUP, edges->len)), near);
        meeting m = edge_meets_border(e, near);
        if (m == MEET_CROSS)
            return RDL_LIE_ACROSS;
        touch = touch || m == MEET_TOUCH;
        around = around || (m == MEET_NOT && rdl_border_inside(f, e->x0, e->y0));
    }
    if (touch)
        return RDL_LIE_TOUCH;
    return around ? RDL_LIE_ACROSS : side_of_rings(zone, f);
}

/* ---- neighbours ---- */

typedef struct {
    bool shared;       /* the edge is one of the other polygon's, the other way round */
    bool starts_on_it; /* its first point is a vertex of the other */
    bool overlap;      /* doubtful, or ground in common */
} contact;

static bool same_point(double ax, double ay, double bx, double by)
{
    return ax == bx && ay == by;
}

/* Edges p and q with a common point, which they leave towards (px, py) and (qx, qy): do they run
 * over each other? */
static bool run_together(double x, double y, double px, double py, double qx, double qy)
{
    return rdl_orientation(x, y, px, py, qx, qy) == 0 &&
           (px - x) * (qx - x) + (py - y) * (qy - y) > 0.0;
}

/* One edge of each, known to touch. Interior is on the left of both. */
static void touch(const rdl_edge *p, const rdl_edge *q, contact *c)
{
    bool s_s = same_point(p->x0, p->y0, q->x0, q->y0), e_e = same_point(p->x1, p->y1, q->x1, q->y1);
    bool s_e = same_point(p->x0, p->y0, q->x1, q->y1), e_s = same_point(p->x1, p->y1, q->x0, q->y0);

    c->starts_on_it = c->starts_on_it || s_s || s_e;
    if (s_e && e_s)
        c->shared = true;
    else if (s_s && e_e)
        c->overlap = true; /* ground of both on one side */
    else if (s_s)
        c->overlap |= run_together(p->x0, p->y0, p->x1, p->y1, q->x1, q->y1);
    else if (s_e)
        c->overlap |= run_together(p->x0, p->y0, p->x1, p->y1, q->x0, q->y0);
    else if (e_s)
        c->overlap |= run_together(p->x1, p->y1, p->x0, p->y0, q->x1, q->y1);
    else if (e_e)
        c->overlap |= run_together(p->x1, p->y1, p->x0, p->y0, q->x0, q->y0);
    else
        c->overlap = true; /* a vertex within an edge */
}

static contact contact_of(const rdl_edge *e, const GArray *near)
{
    rdl_box box = edge_box(e);
    contact c = {0};

    for (guint i = 0; i < near->len && !c.overlap; i++) {
        const rdl_edge *q = &g_array_index(near, rdl_edge, i);
        meeting m = edge_meets(q, box) ? segments_meet(e, q) : MEET_NOT;
        if (m == MEET_TOUCH)
            touch(e, q, &c);
        c.overlap = c.overlap || m == MEET_CROSS;
    }
    return c;
}

/* No edge of the ring lies within the other polygon. The side is asked once for each run of edges
 * between places where the borders meet. */
static bool ring_apart(const rdl_ring *ring, const rdl_border *other, GArray *near)
{
    bool known = false;
    rdl_edge e = {0};

    rdl_point_at(ring->xy, 0, &e.x1, &e.y1);
    for (guint32 k = 1; k < ring->n; k++) {
        e.x0 = e.x1;
        e.y0 = e.y1;
        rdl_point_at(ring->xy, k, &e.x1, &e.y1);
        if (k % GROUP == 1)
            rdl_border_edges(other, points_box(ring->xy, k - 1, MIN(k + GROUP, ring->n)), near);
        contact c = contact_of(&e, near);
        if (c.overlap)
            return false;
        known = known && !c.starts_on_it;
        if (!c.shared && !known &&
            rdl_border_inside(other, (e.x0 + e.x1) / 2.0, (e.y0 + e.y1) / 2.0))
            return false;
        known = !c.shared;
    }
    return true;
}

/* Common ground would be bounded by edges of one within the other, or by edges both have in the
 * same direction. */
bool rdl_border_neighbours(const rdl_border *a, const rdl_border *b)
{
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(rdl_edge));

    for (guint i = 0; i < a->rings->len; i++)
        if (!ring_apart(ring_at(a->rings, i), b, near))
            return false;
    for (guint i = 0; i < b->rings->len; i++)
        if (!ring_apart(ring_at(b->rings, i), a, near))
            return false;
    return true;
}

/* ---- validity of the large ---- */

#define HOLES_MOST 64

typedef struct {
    corner p[2];
    const guint8 *xy;
} side;

static side side_at(const group *g, guint32 k)
{
    side s = {.xy = g->xy + 16 * (size_t)k};

    rdl_point_at(s.xy, 0, &s.p[0].x, &s.p[0].y);
    rdl_point_at(s.xy, 1, &s.p[1].x, &s.p[1].y);
    return s;
}

/* Closed, of finite points, and at each the ring turns or goes straight on. */
static bool ring_goes_on(const rdl_ring *ring)
{
    corner before, at, next;

    if (ring->n < 4 || memcmp(ring->xy, ring->xy + 16 * (size_t)(ring->n - 1), 16) != 0)
        return false;
    rdl_point_at(ring->xy, ring->n - 2, &before.x, &before.y);
    rdl_point_at(ring->xy, 0, &at.x, &at.y);
    for (guint32 k = 1; k < ring->n; k++, before = at, at = next) {
        rdl_point_at(ring->xy, k, &next.x, &next.y);
        if (!isfinite(next.x) || !isfinite(next.y) || !goes_on(before, at, next))
            return false;
    }
    return true;
}

/* All sides go forward along the line from the first point to the last: then none meets another. */
static bool goes_forward(const group *g)
{
    side first = side_at(g, 0), last = side_at(g, g->edges - 1);
    double dx = last.p[1].x - first.p[0].x, dy = last.p[1].y - first.p[0].y;

    for (guint32 k = 0; k < g->edges; k++) {
        side s = side_at(g, k);
        double a = (s.p[1].x - s.p[0].x) * dx, b = (s.p[1].y - s.p[0].y) * dy;
        if (a + b <= 8.0 * DBL_EPSILON * (fabs(a) + fabs(b)))
            return false;
    }
    return true;
}

/* The next side begins where the one before it ends; the first where the last does. */
static bool adjacent(const side *a, const side *b, const rdl_ring *ring)
{
    return b->xy == a->xy + 16 ||
           (a->xy == ring->xy && b->xy == ring->xy + 16 * (size_t)(ring->n - 2));
}

static bool sides_apart(const side *a, const side *b, const rdl_ring *ring)
{
    return adjacent(a, b, ring) || segments_apart(a->p, b->p);
}

/* No two sides of a group meet but those that follow each other. */
static bool group_simple(const group *g, const rdl_ring *ring)
{
    if (goes_forward(g))
        return true;
    for (guint32 i = 0; i < g->edges; i++)
        for (guint32 k = i + 1; k < g->edges; k++) {
            side a = side_at(g, i), b = side_at(g, k);
            if (!sides_apart(&a, &b, ring))
                return false;
        }
    return true;
}

static bool side_meets(const side *s, small_box box)
{
    return MAX(s->p[0].x, s->p[1].x) >= (double)box.xmin &&
           MIN(s->p[0].x, s->p[1].x) <= (double)box.xmax &&
           MAX(s->p[0].y, s->p[1].y) >= (double)box.ymin &&
           MIN(s->p[0].y, s->p[1].y) <= (double)box.ymax;
}

/* No side of `g` meets one of `h`, which comes later; `ring` is that of `g`. */
static bool groups_apart(const group *g, const group *h, const rdl_ring *ring)
{
    side near[GROUP];
    guint32 n = 0;

    for (guint32 k = 0; k < g->edges; k++) {
        near[n] = side_at(g, k);
        n += side_meets(&near[n], h->box);
    }
    for (guint32 k = 0; n > 0 && k < h->edges; k++) {
        side s = side_at(h, k);
        if (!side_meets(&s, g->box))
            continue;
        for (guint32 i = 0; i < n; i++)
            if (!sides_apart(&near[i], &s, ring))
                return false;
    }
    return true;
}

static bool small_boxes_meet(small_box a, small_box b)
{
    return a.xmin <= b.xmax && b.xmin <= a.xmax && a.ymin <= b.ymax && b.ymin <= a.ymax;
}

static bool group_apart_from_later(const rdl_border *border, guint i, const rdl_ring *ring)
{
    const group *g = group_at(border, i);

    for (guint s = (i + 1) / SUPER; s < border->supers->len; s++) {
        if (!small_boxes_meet(g_array_index(border->supers, small_box, s), g->box))
            continue;
        guint end = MIN((s + 1) * SUPER, border->groups->len);
        for (guint k = MAX(i + 1, s * SUPER); k < end; k++)
            if (small_boxes_meet(g->box, group_at(border, k)->box) &&
                !groups_apart(g, group_at(border, k), ring))
                return false;
    }
    return true;
}

static bool sides_meet_nowhere(const rdl_border *border)
{
    guint i = 0;

    for (guint r = 0; r < border->rings->len; r++) {
        const rdl_ring *ring = ring_at(border->rings, r);
        for (guint end = i + (ring->n - 2) / GROUP + 1; i < end; i++)
            if (!group_simple(group_at(border, i), ring) ||
                !group_apart_from_later(border, i, ring))
                return false;
    }
    return true;
}

static bool in_ring(const rdl_ring *ring, double x, double y)
{
    const group all = {.box = {-HUGE_VALF, 0, 0, 0}, .xy = ring->xy, .edges = ring->n - 1};

    return group_odd(&all, x, y);
}

/* Rings that do not meet: each hole lies in the shell, and in no other hole. */
static bool holes_in_place(const GArray *rings)
{
    double x, y;

    for (guint i = 1; i < rings->len; i++) {
        rdl_point_at(ring_at(rings, i)->xy, 0, &x, &y);
        for (guint k = 0; k < rings->len; k++)
            if (k != i && in_ring(ring_at(rings, k), x, y) != (k == 0))
                return false;
    }
    return true;
}

bool rdl_rings_surely_valid(const GArray *rings, rdl_box *box)
{
    if (rings->len == 1 && ring_at(rings, 0)->n <= SURE_POINTS && !ring_at(rings, 0)->hole)
        return small_ring_valid(ring_at(rings, 0), box);
    if (rings->len == 0 || rings->len > HOLES_MOST + 1)
        return false;
    for (guint i = 0; i < rings->len; i++)
        if (ring_at(rings, i)->hole != (i > 0) || !ring_goes_on(ring_at(rings, i)))
            return false;
    g_autoptr(rdl_border) border = rdl_border_new();
    g_array_append_vals(border->rings, rings->data, rings->len);
    add_groups(border);
    *box = rdl_rings_box(rings);
    return sides_meet_nowhere(border) && holes_in_place(rings);
}
