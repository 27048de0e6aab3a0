#include "detect/component.h"

#include <stdlib.h>

#define NONE G_MAXUINT32

/* A run in the list of its region. */
typedef struct {
    rdl_run run;
    guint32 next;
} node;

/* What speaks against filling a hole; the larger of two holds when regions are joined. */
typedef enum { CLOSED, TOO_LARGE, NOT_OBSERVED, OPEN /* to the raster's edge: no hole */ } closure;

/* Changed pixels, or ground between them. */
typedef struct {
    guint32 parent;      /* itself: a root */
    guint32 first, last; /* its nodes */
    guint32 inside;      /* of ground: finished components in it, */
    guint32 next;        /* chained by this */
    int seen;            /* the last row that has it */
    bool finished;
    closure closure; /* of ground */
    double m2;       /* of ground that is closed */
    rdl_component c;
} region;

typedef struct {
    int col, end;
    guint32 region; /* NONE: not known yet, or nothing lies here */
} segment;

/* A row as changed segments and ground between: ground[i] lies left of changed[i]. */
typedef struct {
    int row;
    GArray *changed, *ground; /* of segment */
} line;

struct rdl_labelling {
    int width, height;
    double fill_m2;
    rdl_pixel_areas *areas;
    rdl_component_fn done;
    void *user;
    GArray *regions, *nodes;        /* of region, node */
    guint32 free_region, free_node; /* chained by parent and next */
    GArray *gone;                   /* of guint32: regions to let go of when the row is done */
    line above, here;
    GArray *runs; /* of rdl_run: of the component handed on */
    rdl_holes holes;
};

static line line_new(void)
{
    return (line){-1, g_array_new(FALSE, FALSE, sizeof(segment)),
                  g_array_new(FALSE, FALSE, sizeof(segment))};
}

rdl_labelling *rdl_labelling_new(int width, int height, double fill_m2, rdl_pixel_areas *areas,
                                 rdl_component_fn done, void *user)
{
    rdl_labelling *l = g_new(rdl_labelling, 1);

    *l = (rdl_labelling){.width = width,
                         .height = height,
                         .fill_m2 = fill_m2,
                         .areas = areas,
                         .done = done,
                         .user = user,
                         .regions = g_array_new(FALSE, FALSE, sizeof(region)),
                         .nodes = g_array_new(FALSE, FALSE, sizeof(node)),
                         .free_region = NONE,
                         .free_node = NONE,
                         .gone = g_array_new(FALSE, FALSE, sizeof(guint32)),
                         .above = line_new(),
                         .here = line_new(),
                         .runs = g_array_new(FALSE, FALSE, sizeof(rdl_run))};
    return l;
}

void rdl_labelling_free(rdl_labelling *l)
{
    if (!l)
        return;
    GArray *all[] = {l->regions,       l->nodes,        l->gone,         l->runs,
                     l->above.changed, l->above.ground, l->here.changed, l->here.ground};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_array_unref(all[i]);
    g_free(l);
}

rdl_holes rdl_labelling_holes(const rdl_labelling *l)
{
    return l->holes;
}

size_t rdl_labelling_runs(const rdl_labelling *l)
{
    return l->nodes->len;
}

static bool filling(const rdl_labelling *l)
{
    return l->fill_m2 > 0.0;
}

/* ---- regions and their runs ---- */

static region *at(const rdl_labelling *l, guint32 i)
{
    return &g_array_index(l->regions, region, i);
}

static node *node_at(const rdl_labelling *l, guint32 i)
{
    return &g_array_index(l->nodes, node, i);
}

static guint32 begin_region(rdl_labelling *l, int row, int col)
{
    guint32 i = l->free_region;

    if (i == NONE) {
        i = l->regions->len;
        g_array_set_size(l->regions, i + 1);
    } else {
        l->free_region = at(l, i)->parent;
    }
    *at(l, i) = (region){.parent = i,
                         .first = NONE,
                         .last = NONE,
                         .inside = NONE,
                         .next = NONE,
                         .c = {.row = row, .col = col}};
    return i;
}

/* Segments of the row above may still point at it. */
static void let_go_region(rdl_labelling *l, guint32 i)
{
    g_array_append_val(l->gone, i);
}

static void add_run(rdl_labelling *l, region *r, rdl_run run)
{
    guint32 i = l->free_node;

    if (i == NONE) {
        i = l->nodes->len;
        g_array_set_size(l->nodes, i + 1);
    } else {
        l->free_node = node_at(l, i)->next;
    }
    *node_at(l, i) = (node){run, NONE};
    if (r->last == NONE)
        r->first = i;
    else
        node_at(l, r->last)->next = i;
    r->last = i;
}

static void let_go_runs(rdl_labelling *l, region *r)
{
    if (r->last == NONE)
        return;
    node_at(l, r->last)->next = l->free_node;
    l->free_node = r->first;
    r->first = r->last = NONE;
}

static void take_runs(rdl_labelling *l, region *to, region *from)
{
    if (from->first == NONE)
        return;
    if (to->last == NONE)
        to->first = from->first;
    else
        node_at(l, to->last)->next = from->first;
    to->last = from->last;
    from->first = from->last = NONE;
}

static guint32 root_of(const rdl_labelling *l, guint32 i)
{
    while (at(l, i)->parent != i) {
        at(l, i)->parent = at(l, at(l, i)->parent)->parent;
        i = at(l, i)->parent;
    }
    return i;
}

/* ---- handing on ---- */

static int by_place(const void *a, const void *b)
{
    const rdl_run *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->col > y->col) - (x->col < y->col);
}

/* The runs of a region in order; a filled hole's run and its neighbours become one. */
static void gather_runs(rdl_labelling *l, const region *r)
{
    bool sorted = true;
    guint kept = 0;

    g_array_set_size(l->runs, 0);
    for (guint32 i = r->first; i != NONE; i = node_at(l, i)->next) {
        g_array_append_val(l->runs, node_at(l, i)->run);
        const rdl_run *run = (const rdl_run *)(void *)l->runs->data + l->runs->len - 1;
        sorted = sorted && (l->runs->len == 1 || by_place(run - 1, run) < 0);
    }
    rdl_run *runs = (rdl_run *)(void *)l->runs->data;
    if (!sorted)
        qsort(runs, l->runs->len, sizeof *runs, by_place);
    for (guint i = 0; i < l->runs->len; i++) {
        if (kept && runs[kept - 1].row == runs[i].row && runs[kept - 1].end == runs[i].col)
            runs[kept - 1].end = runs[i].end;
        else
            runs[kept++] = runs[i];
    }
    g_array_set_size(l->runs, kept);
}

static bool hand_on(rdl_labelling *l, guint32 i, GError **error)
{
    region *r = at(l, i);

    gather_runs(l, r);
    r->c.runs = (const rdl_run *)(void *)l->runs->data;
    r->c.n = l->runs->len;
    let_go_runs(l, r);
    bool good = l->done(&r->c, l->user, error);
    let_go_region(l, i);
    return good;
}

/* This ground will not be filled: what lies in it goes its own way. */
static bool give_up(rdl_labelling *l, guint32 ground, closure why, GError **error)
{
    region *r = at(l, ground);
    guint32 i = r->inside, next;

    r->closure = MAX(r->closure, why);
    r->inside = NONE;
    let_go_runs(l, r);
    for (; i != NONE; i = next) {
        next = at(l, i)->next;
        if (!hand_on(l, i, error))
            return false;
    }
    return true;
}

/* ---- joining ---- */

static void add_component(rdl_component *c, const rdl_component *more)
{
    c->pixels += more->pixels;
    c->filled += more->filled;
    c->filled_m2 += more->filled_m2;
    c->sides += more->sides;
    rdl_figures_add(&c->figures, &more->figures);
}

static bool earlier(const rdl_component *a, const rdl_component *b)
{
    return a->row < b->row || (a->row == b->row && a->col < b->col);
}

static bool unite(rdl_labelling *l, guint32 a, guint32 b, GError **error)
{
    a = root_of(l, a);
    b = root_of(l, b);
    if (a == b)
        return true;
    if (earlier(&at(l, b)->c, &at(l, a)->c)) {
        guint32 swap = a;
        a = b;
        b = swap;
    }
    region *to = at(l, a), *from = at(l, b);
    add_component(&to->c, &from->c);
    take_runs(l, to, from);
    to->m2 += from->m2;
    to->seen = MAX(to->seen, from->seen);
    while (from->inside != NONE) {
        guint32 i = from->inside;
        from->inside = at(l, i)->next;
        at(l, i)->next = to->inside;
        to->inside = i;
    }
    closure why = MAX(to->closure, from->closure);
    if (why == CLOSED && to->m2 > l->fill_m2)
        why = TOO_LARGE;
    from->parent = a;
    let_go_region(l, b);
    return why == CLOSED || give_up(l, a, why, error);
}

/* Segments of the row above and of this one that touch; reach: 1 across corners, else 0. */
static bool join_lines(rdl_labelling *l, const GArray *above, GArray *here, int reach,
                       GError **error)
{
    guint i = 0, k = 0;

    while (i < above->len && k < here->len) {
        const segment *a = &g_array_index(above, segment, i);
        segment *h = &g_array_index(here, segment, k);
        bool meet = a->region != NONE && h->col < h->end && a->col < h->end + reach &&
                    h->col < a->end + reach;
        if (meet && h->region == NONE)
            h->region = root_of(l, a->region);
        else if (meet && !unite(l, a->region, h->region, error))
            return false;
        if (meet)
            at(l, root_of(l, h->region))->c.sides -=
                2 * MAX(MIN(a->end, h->end) - MAX(a->col, h->col), 0);
        if (a->end < h->end)
            i++;
        else
            k++;
    }
    return true;
}

/* ---- a row ---- */

static void lay_row(rdl_labelling *l, const rdl_row *row)
{
    int col = 0;

    g_array_set_size(l->here.changed, 0);
    g_array_set_size(l->here.ground, 0);
    l->here.row = row->row;
    for (size_t i = 0; i <= row->n; i++) {
        bool run = i < row->n;
        segment ground = {col, run ? row->changed[i].col : l->width, NONE};
        if (filling(l))
            g_array_append_val(l->here.ground, ground);
        if (!run)
            break;
        segment changed = {row->changed[i].col, row->changed[i].end, NONE};
        g_array_append_val(l->here.changed, changed);
        col = changed.end;
    }
}

static guint32 enter(rdl_labelling *l, segment *s)
{
    if (s->region == NONE)
        s->region = begin_region(l, l->here.row, s->col);
    s->region = root_of(l, s->region);
    region *r = at(l, s->region);
    r->seen = l->here.row;
    r->c.pixels += s->end - s->col;
    r->c.sides += 2 + 2 * (gint64)(s->end - s->col);
    return s->region;
}

static void enter_changed(rdl_labelling *l, const rdl_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        guint32 k = enter(l, &g_array_index(l->here.changed, segment, i));
        add_run(l, at(l, k), row->changed[i]);
        if (row->figures)
            rdl_figures_add(&at(l, k)->c.figures, &row->figures[i]);
    }
}

/* Does ground reach the raster's edge, or hold pixels nobody saw? `*u` moves along the row. */
static closure closure_of(const rdl_labelling *l, const rdl_row *row, const segment *s, size_t *u)
{
    if (s->col == 0 || s->end == l->width || row->row == 0 || row->row == l->height - 1)
        return OPEN;
    while (*u < row->n_unobserved && row->unobserved[*u].end <= s->col)
        ++*u;
    bool unseen = *u < row->n_unobserved && row->unobserved[*u].col < s->end;
    return unseen ? NOT_OBSERVED : CLOSED;
}

static bool enter_ground(rdl_labelling *l, const rdl_row *row, GError **error)
{
    size_t u = 0;

    for (guint i = 0; i < l->here.ground->len; i++) {
        segment *s = &g_array_index(l->here.ground, segment, i);
        if (s->col == s->end)
            continue;
        guint32 k = enter(l, s);
        closure why = closure_of(l, row, s, &u);
        rdl_run run = {row->row, s->col, s->end};
        double m2 = 0.0;
        if (why == CLOSED && at(l, k)->closure == CLOSED) {
            if (!rdl_pixel_areas_run(l->areas, &run, &m2, error))
                return false;
            at(l, k)->m2 += m2;
            add_run(l, at(l, k), run);
            why = at(l, k)->m2 > l->fill_m2 ? TOO_LARGE : CLOSED;
        }
        if (why != CLOSED && !give_up(l, k, why, error))
            return false;
    }
    return true;
}

/* ---- what ended in the row above ---- */

/* Ground that is to be filled becomes part of the component around it, with all that lies in it. */
static void fill(rdl_labelling *l, guint32 ground, guint32 around)
{
    region *hole = at(l, ground), *to = at(l, around);

    to->c.filled += hole->c.pixels;
    to->c.filled_m2 += hole->m2;
    to->c.sides -= hole->c.sides;
    take_runs(l, to, hole);
    for (guint32 i = hole->inside, next; i != NONE; i = next) {
        region *in = at(l, i);
        next = in->next;
        add_component(&to->c, &in->c);
        take_runs(l, to, in);
        let_go_region(l, i);
    }
    l->holes.filled++;
}

static bool finish_changed(rdl_labelling *l, guint32 i, guint32 around, GError **error)
{
    if (around == NONE)
        return hand_on(l, i, error);
    region *ground = at(l, around = root_of(l, around));
    if (ground->closure != CLOSED)
        return hand_on(l, i, error);
    at(l, i)->next = ground->inside;
    ground->inside = i;
    return true;
}

static void finish_ground(rdl_labelling *l, guint32 i, guint32 around)
{
    switch (at(l, i)->closure) {
    case CLOSED:
        fill(l, i, root_of(l, around));
        break;
    case TOO_LARGE:
        l->holes.too_large++;
        break;
    case NOT_OBSERVED:
        l->holes.not_observed++;
        break;
    case OPEN:
        break;
    }
    let_go_region(l, i);
}

/* The root of a segment of the row above, if the region ended there. */
static bool ended(rdl_labelling *l, const segment *s, guint32 *root)
{
    if (s->region == NONE)
        return false;
    *root = root_of(l, s->region);
    region *r = at(l, *root);
    if (r->finished || r->seen == l->here.row)
        return false;
    return r->finished = true;
}

static bool finish_above(rdl_labelling *l, GError **error)
{
    guint32 i;

    for (guint k = 0; k < l->above.changed->len; k++) {
        guint32 around = filling(l) ? g_array_index(l->above.ground, segment, k).region : NONE;
        if (ended(l, &g_array_index(l->above.changed, segment, k), &i) &&
            !finish_changed(l, i, around, error))
            return false;
    }
    for (guint k = 0; k < l->above.ground->len; k++) {
        /* ground at the left edge is open: it asks for nothing around it */
        guint32 around = k ? g_array_index(l->above.changed, segment, k - 1).region : NONE;
        if (ended(l, &g_array_index(l->above.ground, segment, k), &i))
            finish_ground(l, i, around);
    }
    return true;
}

static void settle(rdl_labelling *l)
{
    GArray *both[] = {l->here.changed, l->here.ground};

    for (size_t k = 0; k < G_N_ELEMENTS(both); k++)
        for (guint i = 0; i < both[k]->len; i++) {
            segment *s = &g_array_index(both[k], segment, i);
            if (s->region != NONE)
                s->region = root_of(l, s->region);
        }
    for (guint i = 0; i < l->gone->len; i++) {
        guint32 gone = g_array_index(l->gone, guint32, i);
        at(l, gone)->parent = l->free_region;
        l->free_region = gone;
    }
    g_array_set_size(l->gone, 0);
    line above = l->above;
    l->above = l->here;
    l->here = above;
}

bool rdl_labelling_row(rdl_labelling *l, const rdl_row *row, GError **error)
{
    bool follows = l->above.row + 1 == row->row;

    lay_row(l, row);
    if (follows && (!join_lines(l, l->above.changed, l->here.changed, 1, error) ||
                    !join_lines(l, l->above.ground, l->here.ground, 0, error)))
        return false;
    enter_changed(l, row);
    if (!enter_ground(l, row, error) || !finish_above(l, error))
        return false;
    settle(l);
    return true;
}

bool rdl_labelling_end(rdl_labelling *l, GError **error)
{
    const rdl_row beyond = {.row = l->height};

    l->here.row = l->height;
    lay_row(l, &beyond);
    g_array_set_size(l->here.ground, 0);
    if (!finish_above(l, error))
        return false;
    settle(l);
    return true;
}
