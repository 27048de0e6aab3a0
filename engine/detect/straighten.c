#include <stdlib.h>
#include <string.h>
#include "detect/trace.h"

/* A place on a ring, in half pixels: a corner, or the middle of a side one pixel long. */
typedef struct {
    rdl_corner at;
    bool good; /* to turn at */
} spot;

static int side(const rdl_corner *a, const rdl_corner *b)
{
    return abs(a->col - b->col) + abs(a->row - b->row);
}

/* The ring as spots, first and last the same. */
static void lay_spots(const rdl_corner *ring, guint n, GArray *spots)
{
    g_array_set_size(spots, 0);
    for (guint i = 0; i + 1 < n; i++) {
        int before = side(&ring[i ? i - 1 : n - 2], &ring[i]), after = side(&ring[i], &ring[i + 1]);
        spot corner = {{2 * ring[i].col, 2 * ring[i].row}, before > 1 && after > 1};
        spot middle = {{ring[i].col + ring[i + 1].col, ring[i].row + ring[i + 1].row}, true};
        g_array_append_val(spots, corner);
        if (after == 1)
            g_array_append_val(spots, middle);
    }
    spot first = g_array_index(spots, spot, 0);
    g_array_append_val(spots, first);
}

/* Squares of distances from the line, times the square of its length, in half pixels: products of
 * whole numbers, exact up to 2^53. */
typedef struct {
    rdl_corner from, to;
    double length2;
} rule;

static rule rule_between(rdl_corner from, rdl_corner to)
{
    double dx = to.col - from.col, dy = to.row - from.row;

    return (rule){from, to, dx * dx + dy * dy};
}

static double off_line(const rule *r, rdl_corner p)
{
    double dx = r->to.col - r->from.col, dy = r->to.row - r->from.row;
    double px = p.col - r->from.col, py = p.row - r->from.row, along = px * dx + py * dy;
    double qx = p.col - r->to.col, qy = p.row - r->to.row;

    if (along <= 0.0)
        return (px * px + py * py) * r->length2;
    if (along >= r->length2)
        return (qx * qx + qy * qy) * r->length2;
    return (dx * py - dy * px) * (dx * py - dy * px);
}

/* Where to turn between spots `from` and `to`; `from` where one line will do: every spot less than
 * half a pixel (one of these units) off it. */
static guint turn_between(const spot *s, guint from, guint to)
{
    rule r = rule_between(s[from].at, s[to].at);
    double worst = -1.0, worst_good = -1.0;
    guint turn = from, good = from;

    for (guint i = from + 1; i < to; i++) {
        double off =
            r.length2 > 0.0 ? off_line(&r, s[i].at) : rule_between(s[from].at, s[i].at).length2;
        if (off > worst)
            worst = off, turn = i;
        if (s[i].good && off > worst_good)
            worst_good = off, good = i;
    }
    if (r.length2 > 0.0 && worst < r.length2)
        return from;
    return good != from && worst_good > 0.0 ? good : turn;
}

/* Spots to turn at, with a stack of stretches in place of recursion. */
static void choose_turns(const spot *s, guint from, guint to, GArray *stack, bool *turns)
{
    guint both[] = {from, to};

    g_array_append_vals(stack, both, 2);
    while (stack->len) {
        guint b = g_array_index(stack, guint, stack->len - 1);
        guint a = g_array_index(stack, guint, stack->len - 2);
        g_array_set_size(stack, stack->len - 2);
        guint turn = b > a + 1 ? turn_between(s, a, b) : a;
        if (turn == a)
            continue;
        turns[turn] = true;
        guint halves[] = {a, turn, turn, b};
        g_array_append_vals(stack, halves, 4);
    }
}

/* A spot that is good to turn at, or the first. */
static guint anchor(const spot *s, guint n)
{
    for (guint i = 0; i + 1 < n; i++)
        if (s[i].good)
            return i;
    return 0;
}

static void begin_at(GArray *spots, guint first)
{
    guint n = spots->len - 1;
    spot *s = (spot *)(void *)spots->data;
    g_autofree spot *turned = g_new(spot, n + 1);

    for (guint i = 0; i <= n; i++)
        turned[i] = s[(first + i) % n];
    memcpy(s, turned, (n + 1) * sizeof *s);
}

static void straighten_ring(GArray *spots, GArray *stack, rdl_rings *straight)
{
    begin_at(spots, anchor((const spot *)(void *)spots->data, spots->len));
    const spot *s = (const spot *)(void *)spots->data;
    g_autofree bool *turns = g_new0(bool, spots->len);

    turns[0] = turns[spots->len - 1] = true;
    choose_turns(s, 0, spots->len - 1, stack, turns);
    for (guint i = 0; i < spots->len; i++)
        if (turns[i])
            g_array_append_val(straight->corners, s[i].at);
    g_array_append_val(straight->ends, straight->corners->len);
}

void rdl_trace_straighten(const rdl_rings *rings, rdl_rings *straight)
{
    g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(spot));
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint));
    const rdl_corner *corners = (const rdl_corner *)(void *)rings->corners->data;
    guint at = 0;

    g_array_set_size(straight->corners, 0);
    g_array_set_size(straight->ends, 0);
    for (guint i = 0; i < rings->ends->len; i++) {
        guint end = g_array_index(rings->ends, guint, i);
        lay_spots(corners + at, end - at, spots);
        straighten_ring(spots, stack, straight);
        at = end;
    }
}
