#include "detect/unseen.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"

#define SEEN_LEAST 0.5
#define STRIP 256 /* rows looked at together */

typedef struct {
    const rdl_grid *grid;
    rdl_raster *change;
    gint64 inside, observed; /* pixels of the outline whose middles are in the raster */
} look;

static bool count_strip(look *l, rdl_burn *burn, rdl_block b, GError **error)
{
    const size_t n = rdl_block_pixels(b);
    g_autofree uint8_t *inside = g_malloc(n), *classes = g_malloc(n), *valid = g_malloc(n);

    memset(valid, 1, n);
    if (!rdl_burn_read(burn, b, inside, error) ||
        !rdl_raster_read_bytes(l->change, b, 1, classes, valid, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        l->inside += inside[i];
        l->observed += inside[i] && valid[i] && classes[i] != RDL_NOT_OBSERVED;
    }
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
    return true;
}

/* How much of an outline's plane area is observed. */
static bool seen_share(look *l, const rdl_ancestor *a, double *share, GError **error)
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
    l->inside = l->observed = 0;
    for (int row = 0; all.width > 0 && row < all.height; row += STRIP) {
        rdl_block b = {all.col, all.row + row, all.width, MIN(STRIP, all.height - row)};
        if (!count_strip(l, burn, b, error))
            return false;
    }
    if (l->inside == 0 && !count_middle(l, a->box, error))
        return false;
    *share = (double)l->observed / fmax(expected, (double)l->inside);
    return true;
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
    look l = {.grid = rdl_raster_grid(change), .change = change};
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < lineage->ancestors->len; i++) {
        const rdl_ancestor *a = &g_array_index(lineage->ancestors, rdl_ancestor, i);
        if (!a->gone && a->links == 0)
            g_array_append_val(order, i);
    }
    g_array_sort_with_data(order, by_row, lineage);
    for (guint i = 0; i < order->len; i++) {
        rdl_ancestor *a =
            &g_array_index(lineage->ancestors, rdl_ancestor, g_array_index(order, guint, i));
        double share;
        if (!seen_share(&l, a, &share, error))
            return false;
        a->unseen = share < SEEN_LEAST;
    }
    return true;
}
