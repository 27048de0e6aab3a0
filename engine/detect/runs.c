#include "detect/runs.h"

#include <string.h>

rdl_runs rdl_runs_new(void)
{
    return (rdl_runs){g_array_new(FALSE, FALSE, sizeof(rdl_run))};
}

void rdl_runs_clear(rdl_runs *runs)
{
    g_clear_pointer(&runs->runs, g_array_unref);
}

/* The next column from `at` on whose flag is (or is not) set, eight bytes at a time over zeros. */
static int next_set(const uint8_t *changed, int at, int width)
{
    uint64_t eight;

    while (at + 8 <= width && (memcpy(&eight, changed + at, 8), eight == 0))
        at += 8;
    while (at < width && !changed[at])
        at++;
    return at;
}

void rdl_runs_add_row(rdl_runs *runs, int row, int width, const uint8_t *changed)
{
    for (int at = next_set(changed, 0, width); at < width; at = next_set(changed, at, width)) {
        rdl_run run = {row, at, at};
        while (run.end < width && changed[run.end])
            run.end++;
        g_array_append_val(runs->runs, run);
        at = run.end;
    }
}

/* ---- union-find ---- */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a != b)
        parent[MAX(a, b)] = MIN(a, b);
}

/* Join the runs above..here-1 of one row with here..below-1 of the next; both are ascending. */
static void join_rows(const rdl_run *run, uint32_t above, uint32_t here, uint32_t below, int reach,
                      uint32_t *parent)
{
    uint32_t i = above, j = here;

    while (i < here && j < below) {
        if (run[i].col < run[j].end + reach && run[j].col < run[i].end + reach)
            join(parent, i, j);
        if (run[i].end < run[j].end)
            i++;
        else
            j++;
    }
}

static uint32_t row_end(const rdl_run *run, uint32_t n, uint32_t first)
{
    uint32_t i = first;

    while (i < n && run[i].row == run[first].row)
        i++;
    return i;
}

void rdl_runs_label(const rdl_run *run, size_t count, bool corners, uint32_t *label)
{
    uint32_t n = (uint32_t)count, above = 0, here = 0;

    for (uint32_t i = 0; i < n; i++)
        label[i] = i;
    while (here < n) {
        uint32_t below = row_end(run, n, here);
        if (above < here && run[above].row + 1 == run[here].row)
            join_rows(run, above, here, below, corners ? 1 : 0, label);
        above = here;
        here = below;
    }
    for (uint32_t i = 0; i < n; i++)
        label[i] = label[label[i]]; /* roots come first, so one step is all */
}
