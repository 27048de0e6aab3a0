#include "detect/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const rdl_run *run_at(const rdl_components *all, uint32_t i)
{
    return &g_array_index(all->runs->runs, rdl_run, i);
}

/* `sums` is NULL where no figures were summed. */
static void add_run(rdl_component *c, const rdl_run *run, const rdl_run_sums *sums)
{
    c->pixels += run->end - run->col;
    c->to++; /* a count until sorted */
    if (!sums)
        return;
    c->sums.score += sums->score;
    c->sums.scores += sums->scores;
    c->sums.ndvi += sums->ndvi;
    c->sums.ndvis += sums->ndvis;
}

/* Components in order of their first runs; `of` becomes each run's component. */
static void count_components(rdl_components *all, uint32_t *of)
{
    for (uint32_t i = 0; i < all->runs->runs->len; i++) {
        if (of[i] == i) {
            rdl_component fresh = {.first = i};
            of[i] = all->list->len;
            g_array_append_val(all->list, fresh);
        } else {
            of[i] = of[of[i]];
        }
        add_run(&g_array_index(all->list, rdl_component, of[i]), run_at(all, i),
                all->runs->sums->len ? &g_array_index(all->runs->sums, rdl_run_sums, i) : NULL);
    }
}

static void sort_runs(rdl_components *all, const uint32_t *of)
{
    uint32_t at = 0;

    for (guint k = 0; k < all->list->len; k++) {
        rdl_component *c = &g_array_index(all->list, rdl_component, k);
        uint32_t count = c->to;
        c->from = c->to = at;
        at += count;
    }
    for (uint32_t i = 0; i < all->runs->runs->len; i++)
        all->order[g_array_index(all->list, rdl_component, of[i]).to++] = i;
}

rdl_components rdl_components_of(const rdl_runs *runs)
{
    size_t n = runs->runs->len;
    rdl_components all = {runs, g_array_new(FALSE, FALSE, sizeof(rdl_component)),
                          g_new(uint32_t, n), g_new(uint32_t, n)};
    g_autofree uint32_t *of = g_new(uint32_t, n);

    rdl_runs_label(runs, true, of);
    rdl_runs_label(runs, false, all.piece);
    count_components(&all, of);
    sort_runs(&all, of);
    return all;
}

void rdl_components_clear(rdl_components *all)
{
    g_clear_pointer(&all->list, g_array_unref);
    g_clear_pointer(&all->order, g_free);
    g_clear_pointer(&all->piece, g_free);
}

bool rdl_component_area(const rdl_components *all, const rdl_component *c, rdl_pixel_areas *areas,
                        double *m2, GError **error)
{
    double sum = 0.0, part;

    for (uint32_t i = c->from; i < c->to; i++) {
        if (!rdl_pixel_areas_run(areas, run_at(all, all->order[i]), &part, error))
            return false;
        sum += part;
    }
    *m2 = sum;
    return true;
}

/* ---- WKB ---- */

enum { WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6 };

static void put_u32(GByteArray *wkb, guint32 value)
{
    value = GUINT32_TO_LE(value);
    g_byte_array_append(wkb, (const guint8 *)&value, sizeof value);
}

static void put_head(GByteArray *wkb, guint32 type, guint32 count)
{
    const guint8 little_endian = 1;

    g_byte_array_append(wkb, &little_endian, 1);
    put_u32(wkb, type);
    put_u32(wkb, count);
}

/* Shells run counter-clockwise on a grid whose rows go south; on any other they are turned round.
 */
static void put_ring(GByteArray *wkb, const rdl_corner *corners, guint n, const rdl_grid *grid,
                     rdl_box *box)
{
    const double *t = grid->transform;
    bool turn = t[1] * t[5] - t[2] * t[4] > 0.0;

    put_u32(wkb, n);
    guint at = wkb->len;
    g_byte_array_set_size(wkb, at + n * (guint)sizeof(guint64[2]));
    for (guint i = 0; i < n; i++, at += (guint)sizeof(guint64[2])) {
        const rdl_corner *c = &corners[turn ? n - 1 - i : i];
        double point[2];
        guint64 bits[2];
        rdl_grid_point(grid, c->col, c->row, &point[0], &point[1]);
        *box = (rdl_box){fmin(box->xmin, point[0]), fmin(box->ymin, point[1]),
                         fmax(box->xmax, point[0]), fmax(box->ymax, point[1])};
        memcpy(bits, point, sizeof bits);
        bits[0] = GUINT64_TO_LE(bits[0]);
        bits[1] = GUINT64_TO_LE(bits[1]);
        memcpy(wkb->data + at, bits, sizeof bits);
    }
}

static void put_polygon(GByteArray *wkb, const rdl_rings *rings, const rdl_grid *grid, rdl_box *box)
{
    const rdl_corner *corners = (const rdl_corner *)(void *)rings->corners->data;
    guint at = 0;

    put_head(wkb, WKB_POLYGON, rings->ends->len);
    for (guint i = 0; i < rings->ends->len; i++) {
        guint end = g_array_index(rings->ends, guint, i);
        put_ring(wkb, corners + at, end - at, grid, box);
        at = end;
    }
}

typedef struct {
    uint32_t piece, run;
} piece_run;

static int by_piece(const void *a, const void *b)
{
    const piece_run *x = a, *y = b;

    if (x->piece != y->piece)
        return x->piece < y->piece ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

static piece_run *sorted_pieces(const rdl_components *all, const rdl_component *c, size_t n)
{
    piece_run *sorted = g_new(piece_run, n);

    bool several = false;

    for (size_t i = 0; i < n; i++) {
        sorted[i].run = all->order[c->from + i];
        sorted[i].piece = all->piece[sorted[i].run];
        several = several || sorted[i].piece != sorted[0].piece;
    }
    if (several)
        qsort(sorted, n, sizeof *sorted, by_piece);
    return sorted;
}

GBytes *rdl_component_wkb(const rdl_components *all, const rdl_component *c, const rdl_grid *grid,
                          rdl_box *box)
{
    const guint count_at = 5; /* behind byte order and type */
    size_t n = c->to - c->from;
    g_autofree piece_run *sorted = sorted_pieces(all, c, n);
    g_autofree rdl_run *runs = g_new(rdl_run, n);
    rdl_rings rings = rdl_rings_new();
    GByteArray *wkb = g_byte_array_new();
    guint32 polygons = 0;

    *box = (rdl_box){HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    put_head(wkb, WKB_MULTIPOLYGON, 0);
    for (size_t i = 0; i < n; polygons++) {
        size_t k = 0;
        uint32_t piece = sorted[i].piece;
        while (i < n && sorted[i].piece == piece)
            runs[k++] = *run_at(all, sorted[i++].run);
        rdl_trace(runs, k, &rings);
        put_polygon(wkb, &rings, grid, box);
    }
    polygons = GUINT32_TO_LE(polygons);
    memcpy(wkb->data + count_at, &polygons, sizeof polygons);
    rdl_rings_clear(&rings);
    return g_byte_array_free_to_bytes(wkb);
}
