#include "detect/doubtful.h"

#include <string.h>
#include "detect/change.h"
#include "detect/runs.h"

/* Pixels col..end-1 of a row of one block, all of one class. */
typedef struct {
    int row, col, end;
    uint32_t run; /* that it is part of, where it is doubtful */
    uint8_t class;
} stretch;

struct rdl_doubtful {
    rdl_blocks blocks;
    GArray **stretches; /* of each block, in order of row and column */
    GArray *strong;     /* of each run: int, pixels that speak for it */
    rdl_runs runs;
    uint8_t *changed; /* of each run, when settled */
};

rdl_doubtful *rdl_doubtful_new(const rdl_blocks *blocks)
{
    rdl_doubtful *c = g_new0(rdl_doubtful, 1);
    size_t n = rdl_blocks_count(blocks);

    c->blocks = *blocks;
    c->stretches = g_new0(GArray *, n);
    for (size_t i = 0; i < n; i++)
        c->stretches[i] = g_array_new(FALSE, FALSE, sizeof(stretch));
    c->strong = g_array_new(FALSE, FALSE, sizeof(int));
    c->runs = rdl_runs_new();
    return c;
}

void rdl_doubtful_free(rdl_doubtful *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < rdl_blocks_count(&c->blocks); i++)
        g_array_unref(c->stretches[i]);
    g_free(c->stretches);
    g_array_unref(c->strong);
    rdl_runs_clear(&c->runs);
    g_free(c->changed);
    g_free(c);
}

void rdl_doubtful_add(rdl_doubtful *c, size_t i, const uint8_t *classes)
{
    rdl_block block = rdl_blocks_at(&c->blocks, i);

    for (int row = 0; row < block.height; row++) {
        const uint8_t *line = classes + (size_t)row * (size_t)block.width;
        for (int col = 0, end; col < block.width; col = end) {
            for (end = col + 1; end < block.width && line[end] == line[col]; end++)
                ;
            stretch s = {block.row + row, block.col + col, block.col + end, 0, line[col]};
            if (s.class != RDL_UNCHANGED)
                g_array_append_val(c->stretches[i], s);
        }
    }
}

/* ---- runs across blocks ---- */

static bool doubtful(const stretch *s)
{
    return s->class >= RDL_WEAK;
}

static void extend(rdl_doubtful *c, stretch *s)
{
    GArray *runs = c->runs.runs;
    rdl_run *last = runs->len ? &g_array_index(runs, rdl_run, runs->len - 1) : NULL;
    int strong = s->class >= RDL_STRONG ? s->end - s->col : 0;

    if (last && last->row == s->row && last->end == s->col) {
        last->end = s->end;
        g_array_index(c->strong, int, c->strong->len - 1) += strong;
    } else {
        rdl_run run = {s->row, s->col, s->end};
        g_array_append_val(runs, run);
        g_array_append_val(c->strong, strong);
    }
    s->run = runs->len - 1;
}

static void join_row_of_blocks(rdl_doubtful *c, int down)
{
    const size_t across = (size_t)c->blocks.across;
    GArray **row_of = c->stretches + (size_t)down * across;
    g_autofree guint *next = g_new0(guint, across);
    rdl_block first = rdl_blocks_at(&c->blocks, (size_t)down * across);

    for (int row = first.row; row < first.row + first.height; row++)
        for (size_t x = 0; x < across; x++)
            for (; next[x] < row_of[x]->len; next[x]++) {
                stretch *s = &g_array_index(row_of[x], stretch, next[x]);
                if (s->row != row)
                    break;
                if (doubtful(s))
                    extend(c, s);
            }
}

void rdl_doubtful_settle(rdl_doubtful *c, int least, double share)
{
    for (int down = 0; down < c->blocks.down; down++)
        join_row_of_blocks(c, down);
    const guint n = c->runs.runs->len;
    g_autofree uint32_t *label = g_new(uint32_t, n + 1);
    g_autofree gint64 *pixels = g_new0(gint64, n + 1), *strong = g_new0(gint64, n + 1);

    rdl_runs_label((const rdl_run *)(void *)c->runs.runs->data, n, true, label);
    for (guint i = 0; i < n; i++) {
        const rdl_run *run = &g_array_index(c->runs.runs, rdl_run, i);
        pixels[label[i]] += run->end - run->col;
        strong[label[i]] += g_array_index(c->strong, int, i);
    }
    c->changed = g_malloc0(n + 1);
    for (guint i = 0; i < n; i++)
        c->changed[i] = strong[label[i]] >= least &&
                        (double)strong[label[i]] >= share * (double)pixels[label[i]];
}

void rdl_doubtful_get(const rdl_doubtful *c, size_t i, uint8_t *classes)
{
    rdl_block block = rdl_blocks_at(&c->blocks, i);

    memset(classes, RDL_UNCHANGED, rdl_block_pixels(block));
    for (guint k = 0; k < c->stretches[i]->len; k++) {
        const stretch *s = &g_array_index(c->stretches[i], stretch, k);
        bool changed = s->class == RDL_FIRM || (doubtful(s) && c->changed[s->run]);
        uint8_t class = s->class == RDL_NOT_OBSERVED         ? RDL_NOT_OBSERVED
                        : changed || s->class == RDL_CHANGED ? RDL_CHANGED
                                                             : RDL_UNCHANGED;
        memset(classes + (size_t)(s->row - block.row) * (size_t)block.width +
                   (size_t)(s->col - block.col),
               class, (size_t)(s->end - s->col));
    }
}
