#include "detect/trace.h"

rdl_rings rdl_rings_new(void)
{
    return (rdl_rings){g_array_new(FALSE, FALSE, sizeof(rdl_corner)),
                       g_array_new(FALSE, FALSE, sizeof(guint))};
}

void rdl_rings_clear(rdl_rings *rings)
{
    g_clear_pointer(&rings->corners, g_array_unref);
    g_clear_pointer(&rings->ends, g_array_unref);
}

/* Every run has two upright edges, of one row's height: 2i at its left, 2i + 1 at its right. An
 * outline alternates between upright edges and level ones; linking the ends of the upright edges is
 * all it takes. An end is written 2 * edge + (0 top, 1 bottom). */
typedef guint32 edge_end;
#define NO_END G_MAXUINT32

static int edge_col(const rdl_run *runs, guint32 edge)
{
    return edge % 2 ? runs[edge / 2].end : runs[edge / 2].col;
}

static rdl_corner end_corner(const rdl_run *runs, edge_end end)
{
    guint32 edge = end / 2;

    return (rdl_corner){edge_col(runs, edge), runs[edge / 2].row + (int)(end % 2)};
}

static void tie(edge_end *link, edge_end a, edge_end b)
{
    link[a] = b;
    link[b] = a;
}

/* Along one level line, from the left: `open` is the end that a level edge leads away from. Where
 * an edge from above and one from below meet in one corner they are one straight line when both are
 * left (or both right) edges; else two pixels touch there by their corners, and the outline turns
 * so that each ring stays with its own background pixel. That keeps every ring simple: two
 * background pixels that meet across a corner of one edge-connected set lie on different sides of
 * it. */
static void link_corner(edge_end *link, edge_end *open, edge_end above, edge_end below)
{
    bool above_left = (above / 2) % 2 == 0, below_left = (below / 2) % 2 == 0;

    if (above_left == below_left) {
        tie(link, above, below);
    } else if (above_left) { /* pixels at upper right and lower left */
        tie(link, *open, above);
        *open = below;
    } else { /* pixels at upper left and lower right */
        tie(link, *open, below);
        *open = above;
    }
}

static void link_single(edge_end *link, edge_end *open, edge_end end)
{
    if (*open == NO_END) {
        *open = end;
    } else {
        tie(link, *open, end);
        *open = NO_END;
    }
}

/* The level line between the runs above (a..a_end-1) and below (b..b_end-1), as edges 2i, 2i+1. */
static void link_line(const rdl_run *runs, guint32 a, guint32 a_end, guint32 b, guint32 b_end,
                      edge_end *link)
{
    edge_end open = NO_END;
    guint32 i = 2 * a, j = 2 * b;

    while (i < 2 * a_end || j < 2 * b_end) {
        int ci = i < 2 * a_end ? edge_col(runs, i) : G_MAXINT;
        int cj = j < 2 * b_end ? edge_col(runs, j) : G_MAXINT;
        edge_end above = 2 * i + 1, below = 2 * j;
        if (ci == cj) {
            link_corner(link, &open, above, below);
            i++;
            j++;
        } else if (ci < cj) {
            link_single(link, &open, above);
            i++;
        } else {
            link_single(link, &open, below);
            j++;
        }
    }
}

static guint32 row_end(const rdl_run *runs, guint32 n, guint32 first)
{
    guint32 i = first;

    while (i < n && runs[i].row == runs[first].row)
        i++;
    return i;
}

static void link_all(const rdl_run *runs, guint32 n, edge_end *link)
{
    guint32 a = 0, a_end = 0;

    for (guint32 b = 0; b < n;) {
        guint32 b_end = row_end(runs, n, b);
        if (a < a_end && runs[a].row + 1 != runs[b].row) {
            link_line(runs, a, a_end, b, b, link);
            a = a_end;
        }
        link_line(runs, a, a_end, b, b_end, link);
        a = b;
        a_end = b_end;
        b = b_end;
    }
    link_line(runs, a, a_end, n, n, link);
}

/* Follow the links from an edge until it comes round; where the ring's corners end. */
static rdl_corner *follow(const rdl_run *runs, const edge_end *link, guint32 first, bool *seen,
                          rdl_corner *corner)
{
    const rdl_corner *start = corner;
    edge_end at = 2 * first + 1; /* leave the first edge by its bottom */

    do {
        edge_end next = link[at];
        rdl_corner from = end_corner(runs, at), to = end_corner(runs, next);
        seen[at / 2] = true;
        if (from.col != to.col) {
            *corner++ = from;
            *corner++ = to;
        }
        at = next ^ 1;
    } while (at / 2 != first);
    *corner++ = *start;
    return corner;
}

void rdl_trace(const rdl_run *runs, size_t n, rdl_rings *rings)
{
    guint32 edges = (guint32)(2 * n);
    g_autofree edge_end *link = g_new(edge_end, 2 * (size_t)edges);
    g_autofree bool *seen = g_new0(bool, edges);

    /* an edge has two corners, a ring at least two edges and its first corner twice */
    g_array_set_size(rings->corners, 2 * edges + (guint)n);
    g_array_set_size(rings->ends, 0);
    rdl_corner *corners = (rdl_corner *)(void *)rings->corners->data, *corner = corners;
    link_all(runs, (guint32)n, link);
    /* the first edge of all lies on the shell, so the shell comes first */
    for (guint32 e = 0; e < edges; e++) {
        if (seen[e])
            continue;
        corner = follow(runs, link, e, seen, corner);
        guint end = (guint)(corner - corners);
        g_array_append_val(rings->ends, end);
    }
    g_array_set_size(rings->corners, (guint)(corner - corners));
}
