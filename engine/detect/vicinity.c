#include "detect/vicinity.h"

#include <stdlib.h>

struct rdl_vicinity {
    int height, next; /* row to hand on next */
    rdl_row_fn each;
    void *user;
    GArray *changed, *figures, *marks[RDL_MARKS]; /* of the rows that are still needed */
    GArray *grown;                                /* of rdl_run: marks grown into the row */
};

rdl_vicinity *rdl_vicinity_new(int height, rdl_row_fn each, void *user)
{
    rdl_vicinity *v = g_new0(rdl_vicinity, 1);

    v->height = height;
    v->each = each;
    v->user = user;
    v->changed = g_array_new(FALSE, FALSE, sizeof(rdl_run));
    v->figures = g_array_new(FALSE, FALSE, sizeof(rdl_figures));
    v->grown = g_array_new(FALSE, FALSE, sizeof(rdl_run));
    for (int k = 0; k < RDL_MARKS; k++)
        v->marks[k] = g_array_new(FALSE, FALSE, sizeof(rdl_run));
    return v;
}

void rdl_vicinity_free(rdl_vicinity *v)
{
    if (!v)
        return;
    g_array_unref(v->changed);
    g_array_unref(v->figures);
    g_array_unref(v->grown);
    for (int k = 0; k < RDL_MARKS; k++)
        g_array_unref(v->marks[k]);
    g_free(v);
}

/* The first run from `from` on that lies in `row` or below. */
static guint row_start(const GArray *runs, guint from, int row)
{
    while (from < runs->len && g_array_index(runs, rdl_run, from).row < row)
        from++;
    return from;
}

static int by_col(const void *a, const void *b)
{
    const rdl_run *x = a, *y = b;

    return (x->col > y->col) - (x->col < y->col);
}

/* Marks within reach of the row whose first mark within reach is `at`, as runs that do not touch.
 */
static void grow_marks(GArray *grown, const GArray *marks, guint at, int row)
{
    guint kept = 0;

    g_array_set_size(grown, 0);
    for (; at < marks->len; at++) {
        rdl_run run = g_array_index(marks, rdl_run, at);
        if (run.row > row + RDL_NEAR)
            break;
        run.col -= RDL_NEAR;
        run.end += RDL_NEAR;
        g_array_append_val(grown, run);
    }
    rdl_run *runs = (rdl_run *)(void *)grown->data;
    if (grown->len)
        qsort(runs, grown->len, sizeof *runs, by_col);
    for (guint i = 0; i < grown->len; i++) {
        if (kept && runs[kept - 1].end >= runs[i].col)
            runs[kept - 1].end = MAX(runs[kept - 1].end, runs[i].end);
        else
            runs[kept++] = runs[i];
    }
    g_array_set_size(grown, kept);
}

static void count_near(const GArray *grown, const rdl_run *run, size_t n, rdl_figures *figures,
                       int mark)
{
    guint g = 0;

    for (size_t i = 0; i < n; i++) {
        while (g < grown->len && g_array_index(grown, rdl_run, g).end <= run[i].col)
            g++;
        for (guint k = g; k < grown->len; k++) {
            const rdl_run *near = &g_array_index(grown, rdl_run, k);
            if (near->col >= run[i].end)
                break;
            figures[i].near_mark[mark] += MIN(near->end, run[i].end) - MAX(near->col, run[i].col);
        }
    }
}

/* Where the next row's runs and marks begin. */
typedef struct {
    guint changed, marks[RDL_MARKS], unobserved;
} place;

static bool hand_on_row(rdl_vicinity *v, place *p, GError **error)
{
    const GArray *unobserved = v->marks[RDL_MARK_UNOBSERVED];
    guint end = row_start(v->changed, p->changed, v->next + 1);
    rdl_row row = {.row = v->next,
                   .changed = (const rdl_run *)(void *)v->changed->data + p->changed,
                   .figures = (rdl_figures *)(void *)v->figures->data + p->changed,
                   .n = end - p->changed};

    for (int k = 0; k < RDL_MARKS; k++) {
        p->marks[k] = row_start(v->marks[k], p->marks[k], v->next - RDL_NEAR);
        if (!row.n || p->marks[k] == v->marks[k]->len)
            continue;
        grow_marks(v->grown, v->marks[k], p->marks[k], v->next);
        count_near(v->grown, row.changed, row.n,
                   (rdl_figures *)(void *)v->figures->data + p->changed, k);
    }
    p->unobserved =
        row_start(unobserved, MAX(p->unobserved, p->marks[RDL_MARK_UNOBSERVED]), v->next);
    row.unobserved = (const rdl_run *)(void *)unobserved->data + p->unobserved;
    row.n_unobserved = row_start(unobserved, p->unobserved, v->next + 1) - p->unobserved;
    p->changed = end;
    v->next++;
    return v->each(&row, v->user, error);
}

bool rdl_vicinity_add(rdl_vicinity *v, const rdl_strip *strip, GError **error)
{
    int known = strip->row + strip->rows;
    place p = {0};

    g_array_append_vals(v->changed, strip->changed->data, strip->changed->len);
    g_array_append_vals(v->figures, strip->figures->data, strip->figures->len);
    for (int k = 0; k < RDL_MARKS; k++)
        g_array_append_vals(v->marks[k], strip->marks[k]->data, strip->marks[k]->len);
    while (v->next < known && (v->next + RDL_NEAR < known || known == v->height))
        if (!hand_on_row(v, &p, error))
            return false;
    g_array_remove_range(v->changed, 0, p.changed);
    g_array_remove_range(v->figures, 0, p.changed);
    for (int k = 0; k < RDL_MARKS; k++)
        g_array_remove_range(v->marks[k], 0,
                             row_start(v->marks[k], p.marks[k], v->next - RDL_NEAR));
    return true;
}
