#include "detect/unseen.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"
#include "detect/outline.h"

#define HIDDEN 0.1 /* share that is told */
#define STRIP 256  /* rows looked at together */

typedef struct {
    const rdl_grid *grid;
    rdl_raster *change;
    gint64 inside, observed, changed; /* pixels of the outline whose middles are in the raster */
    GArray *seen;                     /* of rdl_run: observed pixels of its box */
} look;

/* The runs of observed pixels of a row of `classes`, 0 where they are not. */
static void add_seen(GArray *seen, int row, int col, int width, const uint8_t *classes)
{
    for (int x = 0; x < width; x++) {
        if (classes[x] == RDL_NOT_OBSERVED)
            continue;
        rdl_run run = {row, col + x, col + x + 1};
        while (x + 1 < width && classes[x + 1] != RDL_NOT_OBSERVED)
            x++, run.end++;
        g_array_append_val(seen, run);
    }
}

static bool count_strip(look *l, rdl_burn *burn, rdl_block b, GError **error)
{
    const size_t n = rdl_block_pixels(b);
    g_autofree uint8_t *inside = g_malloc(n), *classes = g_malloc(n), *valid = g_malloc(n);

    memset(valid, 1, n);
    if (!rdl_burn_read(burn, b, inside, error) ||
        !rdl_raster_read_bytes(l->change, b, 1, classes, valid, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        classes[i] = valid[i] ? classes[i] : RDL_NOT_OBSERVED;
        l->inside += inside[i];
        l->observed += inside[i] && classes[i] != RDL_NOT_OBSERVED;
        l->changed += inside[i] && classes[i] == RDL_CHANGED;
    }
    for (int y = 0; y < b.height; y++)
        add_seen(l->seen, b.row + y, b.col, b.width, classes + (size_t)y * (size_t)b.width);
    return true;
}

/* Is the middle of the outline's box observed? For outlines too small to hold a pixel's middle. */
static bool count_middle(look *l, rdl_box box, GError **error)
{
    double col, row;
    uint8_t class, valid = 1;

    rdl_grid_place(l->grid, 0.5 * (box.xmin + box.xmax), 0.5 * (box.ymin + box.ymax), &col, &row);
    if (!(col >= 0.0 && row >= 0.0 && col < l->grid->width && row < l->grid->height))
        return true;
    if (!rdl_raster_read_bytes(l->change, (rdl_block){(int)col, (int)row, 1, 1}, 1, &class, &valid,
                               error))
        return false;
    l->inside = 1;
    l->observed = valid && class != RDL_NOT_OBSERVED;
    l->changed = valid && class == RDL_CHANGED;
    return true;
}

/* What of the outline is not observed. */
static GBytes *hidden_part(const look *l, const rdl_geometry *outline, GError **error)
{
    rdl_box box;
    g_autoptr(GBytes) seen = rdl_outline_wkb((const rdl_run *)(const void *)l->seen->data,
                                             l->seen->len, false, l->grid, &box);
    gsize n;
    const void *wkb = g_bytes_get_data(seen, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, error);
    g_autoptr(rdl_geometry) rest = g ? rdl_geometry_difference(outline, g, error) : NULL;

    return rest ? rdl_lineage_outline(rest, error) : NULL;
}

static bool look_at(look *l, rdl_ancestor *a, GError **error)
{
    const double expected = a->plane_area / rdl_grid_pixel_area(l->grid);
    const rdl_block all = rdl_grid_pixels(l->grid, a->box);
    gsize n;
    const void *wkb = g_bytes_get_data(a->wkb, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, error);
    const rdl_geometry *one = g;
    g_autoptr(rdl_burn) burn = g ? rdl_burn_of(&one, 1, l->grid, error) : NULL;

    if (!burn)
        return false;
    l->inside = l->observed = l->changed = 0;
    g_array_set_size(l->seen, 0);
    for (int row = 0; all.width > 0 && row < all.height; row += STRIP) {
        rdl_block b = {all.col, all.row + row, all.width, MIN(STRIP, all.height - row)};
        if (!count_strip(l, burn, b, error))
            return false;
    }
    if (l->inside == 0 && !count_middle(l, a->box, error))
        return false;
    a->seen = (double)l->observed / fmax(expected, (double)l->inside);
    a->changed = (double)l->changed / fmax(expected, (double)l->inside);
    if (a->seen > 1.0 - HIDDEN || a->seen == 0.0)
        return true;
    a->hidden = hidden_part(l, g, error);
    return a->hidden != NULL;
}

static gint by_row(gconstpointer a, gconstpointer b, gpointer user)
{
    const rdl_lineage *l = user;
    guint i = *(const guint *)a, k = *(const guint *)b;
    double x = g_array_index(l->ancestors, rdl_ancestor, i).box.ymax;
    double y = g_array_index(l->ancestors, rdl_ancestor, k).box.ymax;

    return x > y ? -1 : x < y ? 1 : (i > k) - (i < k);
}

/* In the order of their rows, so that a block of the raster is decoded once for all in it. */
bool rdl_lineage_look(rdl_lineage *lineage, rdl_raster *change, GError **error)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(rdl_run));
    look l = {.grid = rdl_raster_grid(change), .change = change, .seen = seen};

    for (guint i = 0; i < lineage->ancestors->len; i++)
        if (!g_array_index(lineage->ancestors, rdl_ancestor, i).gone)
            g_array_append_val(order, i);
    g_array_sort_with_data(order, by_row, lineage);
    for (guint i = 0; i < order->len; i++) {
        guint k = g_array_index(order, guint, i);
        if (!look_at(&l, &g_array_index(lineage->ancestors, rdl_ancestor, k), error))
            return false;
    }
    return true;
}
