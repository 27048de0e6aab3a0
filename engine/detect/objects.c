#include "detect/accuracy.h"

#include <stdlib.h>

/* Two components that share pixels. */
typedef struct {
    uint32_t map, reference;
    gint64 pixels;
} meeting;

typedef struct {
    const rdl_run *run;
    guint n;
    uint32_t *label;
    gint64 *pixels, *shared, *met; /* of each component, at its first run */
} objects;

static objects objects_of(const rdl_runs *runs)
{
    objects o = {.run = (const rdl_run *)(void *)runs->runs->data, .n = runs->runs->len};

    o.label = g_new0(uint32_t, o.n + 1);
    o.pixels = g_new0(gint64, o.n + 1);
    o.shared = g_new0(gint64, o.n + 1);
    o.met = g_new0(gint64, o.n + 1);
    rdl_runs_label(o.run, o.n, true, o.label);
    for (guint i = 0; i < o.n; i++)
        o.pixels[o.label[i]] += o.run[i].end - o.run[i].col;
    return o;
}

static void objects_clear(objects *o)
{
    g_free(o->label);
    g_free(o->pixels);
    g_free(o->shared);
    g_free(o->met);
}

static bool before(const rdl_run *a, const rdl_run *b)
{
    return a->row < b->row || (a->row == b->row && a->end <= b->end);
}

/* Every pair of runs that share pixels; both lists are in order of row and column. */
static GArray *meetings_of(const objects *map, const objects *reference)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(meeting));
    guint i = 0, k = 0;

    while (i < map->n && k < reference->n) {
        const rdl_run *a = &map->run[i], *b = &reference->run[k];
        int shared = a->row == b->row ? MIN(a->end, b->end) - MAX(a->col, b->col) : 0;
        if (shared > 0) {
            meeting m = {map->label[i], reference->label[k], shared};
            g_array_append_val(all, m);
        }
        if (before(a, b))
            i++;
        else
            k++;
    }
    return all;
}

static int by_objects(const void *a, const void *b)
{
    const meeting *x = a, *y = b;

    if (x->map != y->map)
        return x->map < y->map ? -1 : 1;
    return (x->reference > y->reference) - (x->reference < y->reference);
}

static void count_meetings(objects *map, objects *reference)
{
    g_autoptr(GArray) all = meetings_of(map, reference);

    g_array_sort(all, by_objects);
    for (guint i = 0; i < all->len; i++) {
        const meeting *m = &g_array_index(all, meeting, i);
        bool again = i > 0 && by_objects(m, m - 1) == 0;
        map->shared[m->map] += m->pixels;
        reference->shared[m->reference] += m->pixels;
        map->met[m->map] += !again;
        reference->met[m->reference] += !again;
    }
}

static void count(const objects *o, double overlap, gint64 *all, gint64 *good, gint64 *several)
{
    for (guint i = 0; i < o->n; i++) {
        if (o->label[i] != i)
            continue;
        ++*all;
        *good += (double)o->shared[i] >= overlap * (double)o->pixels[i];
        *several += o->met[i] > 1;
    }
}

rdl_object_counts rdl_objects_compare(const rdl_runs *map, const rdl_runs *reference,
                                      double overlap)
{
    objects m = objects_of(map), r = objects_of(reference);
    rdl_object_counts c = {0};

    count_meetings(&m, &r);
    count(&m, overlap, &c.map, &c.right, &c.merges);
    count(&r, overlap, &c.reference, &c.found, &c.splits);
    objects_clear(&m);
    objects_clear(&r);
    return c;
}
