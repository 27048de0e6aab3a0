#include "detect/assess.h"

#include <math.h>
#include <stdlib.h>
#include "detect/change.h"
#include "detect/reference.h"

#define LEAST \
    50 /* points in the changed stratum, where there is room (Olofsson et al. 2014, 5.1.1) */

typedef struct {
    int col, row;
    uint8_t class;
} draw;

static bool check(const rdl_design_options *o, GError **error)
{
    if (!o->change || !o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "a change raster and an output (-o) are needed");
    if (o->points < 2)
        return rdl_fail(error, RDL_ERROR_USAGE, "--design %d: give at least 2 points", o->points);
    if (o->least < 0 || o->least > o->points)
        return rdl_fail(error, RDL_ERROR_USAGE, "--least %d: give 1 to %d", o->least, o->points);
    return true;
}

/* ---- drawing ---- */

static gint64 random_below(GRand *r, gint64 n)
{
    guint64 bits = ((guint64)g_rand_int(r) << 32) | g_rand_int(r);

    return (gint64)(bits % (guint64)n); /* off by less than n / 2^64 */
}

static int ascending(const void *a, const void *b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

/* n different numbers below `of`, ascending (Floyd: Bentley 1987, CACM 30(9)). */
static GArray *distinct(GRand *r, gint64 n, gint64 of)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (gint64 j = of - n; j < of; j++) {
        gint64 t = random_below(r, j + 1);
        gint64 taken = g_hash_table_contains(seen, &t) ? j : t;
        g_hash_table_add(seen, g_memdup2(&taken, sizeof taken));
        g_array_append_val(all, taken);
    }
    g_array_sort(all, ascending);
    return all;
}

/* ---- two passes over the rows ---- */

typedef struct {
    gint64 met[3];    /* pixels of each class so far */
    GArray *ranks[3]; /* gint64, which of them are drawn; NULL in the first pass */
    guint next[3];
    GArray *draws; /* of draw */
} pass;

static void look(pass *p, rdl_block b, const uint8_t *classes)
{
    for (size_t i = 0; i < rdl_block_pixels(b); i++) {
        uint8_t class = classes[i];
        gint64 rank = p->met[class]++;
        if (!p->ranks[class] || p->next[class] >= p->ranks[class]->len ||
            g_array_index(p->ranks[class], gint64, p->next[class]) != rank)
            continue;
        draw d = {b.col + (int)(i % (size_t)b.width), b.row + (int)(i / (size_t)b.width), class};
        g_array_append_val(p->draws, d);
        p->next[class]++;
    }
}

static bool walk(pass *p, rdl_side *map, const rdl_progress *progress, GError **error)
{
    const rdl_grid *grid = rdl_side_grid(map);
    g_autofree uint8_t *classes = g_malloc((size_t)grid->width * RDL_CELL);

    for (int row = 0; row < grid->height; row += RDL_CELL) {
        rdl_block b = {0, row, grid->width, MIN(RDL_CELL, grid->height - row)};
        if (!rdl_side_read(map, b, classes, error))
            return false;
        look(p, b, classes);
        if (!rdl_progress_tell(progress, (double)(row + b.height) / grid->height, "design", error))
            return false;
    }
    return true;
}

static gint64 allocate(const rdl_design_options *o, const gint64 *pixels)
{
    gint64 changed = pixels[RDL_CHANGED], all = changed + pixels[RDL_UNCHANGED];
    gint64 least = o->least ? o->least : MIN(LEAST, o->points / 2);
    gint64 share = (gint64)llround((double)o->points * (double)changed / (double)all);

    return MIN(MAX(least, share), changed);
}

/* Points in an order of their own: interpreters must not guess the stratum from the number. */
static void shuffle(GRand *r, GArray *draws)
{
    for (guint i = draws->len; i > 1; i--) {
        guint k = (guint)random_below(r, i);
        draw swap = g_array_index(draws, draw, i - 1);
        g_array_index(draws, draw, i - 1) = g_array_index(draws, draw, k);
        g_array_index(draws, draw, k) = swap;
    }
}

/* ---- writing ---- */

static bool write_point(rdl_vector *vector, int layer, const rdl_grid *grid, const draw *d, guint i,
                        const double *weights, GError **error)
{
    g_autofree char *id = g_strdup_printf("S%05u", i + 1);
    double x, y;
    rdl_grid_point(grid, d->col + 0.5, d->row + 0.5, &x, &y);
    g_autofree char *wkt = g_strdup_printf("POINT (%.17g %.17g)", x, y);
    g_autoptr(rdl_geometry) point = rdl_geometry_from_wkt(wkt, error);
    g_autoptr(GBytes) wkb = point ? rdl_geometry_wkb(point, error) : NULL;
    const rdl_value values[] = {rdl_text(id),
                                rdl_text(d->class == RDL_CHANGED ? "changed" : "unchanged"),
                                rdl_real(weights[d->class]), RDL_NULL};

    return wkb && rdl_vector_write(vector, layer, values, wkb, error);
}

static bool write_points(const rdl_design_options *o, const rdl_grid *grid, const pass *p,
                         GError **error)
{
    static const rdl_field fields[] = {{"sample_id", RDL_FIELD_TEXT},
                                       {"stratum", RDL_FIELD_TEXT},
                                       {"weight", RDL_FIELD_REAL},
                                       {"reference", RDL_FIELD_TEXT}};
    double all = (double)(p->met[RDL_CHANGED] + p->met[RDL_UNCHANGED]);
    const double weights[] = {0.0, (double)p->met[RDL_UNCHANGED] / all,
                              (double)p->met[RDL_CHANGED] / all};
    g_autoptr(rdl_output) output = rdl_output_begin(o->output, o->overwrite, error);
    rdl_vector *vector =
        output ? rdl_vector_create(rdl_output_temporary(output), "GPKG", error) : NULL;

    if (!vector)
        return false;
    int layer = rdl_vector_layer(vector, "sample", grid->crs, "Point", fields,
                                 (int)G_N_ELEMENTS(fields), error);
    bool good = layer >= 0;
    for (guint i = 0; good && i < p->draws->len; i++)
        good =
            write_point(vector, layer, grid, &g_array_index(p->draws, draw, i), i, weights, error);
    if (!good) {
        rdl_vector_abandon(vector);
        return false;
    }
    return rdl_vector_finish(vector, error) && rdl_output_commit(output, error);
}

static bool draw_points(const rdl_design_options *o, rdl_side *map, pass *p,
                        const rdl_progress *progress, GError **error)
{
    GRand *random = g_rand_new_with_seed(o->seed);
    pass second = {.draws = p->draws};
    gint64 changed = allocate(o, p->met);
    gint64 unchanged = MIN(o->points - changed, p->met[RDL_UNCHANGED]);

    second.ranks[RDL_CHANGED] = distinct(random, changed, p->met[RDL_CHANGED]);
    second.ranks[RDL_UNCHANGED] = distinct(random, unchanged, p->met[RDL_UNCHANGED]);
    bool good = walk(&second, map, progress, error);
    shuffle(random, second.draws);
    g_array_unref(second.ranks[RDL_CHANGED]);
    g_array_unref(second.ranks[RDL_UNCHANGED]);
    g_rand_free(random);
    return good;
}

bool rdl_assess_design(const rdl_design_options *o, const rdl_progress *progress, GError **error)
{
    if (!check(o, error))
        return false;
    g_autoptr(rdl_side) map = rdl_side_of_raster(o->change, NULL, NULL, NULL, error);
    g_autoptr(GArray) draws = g_array_new(FALSE, FALSE, sizeof(draw));
    pass first = {.draws = draws};

    if (!map || !walk(&first, map, progress, error))
        return false;
    if (first.met[RDL_CHANGED] + first.met[RDL_UNCHANGED] == 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: observes no pixel", o->change);
    return draw_points(o, map, &first, progress, error) &&
           write_points(o, rdl_side_grid(map), &first, error);
}
