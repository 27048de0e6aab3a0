#include "detect/outline.h"

#include <math.h>
#include <string.h>

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

/* Corners count so many pixels each. Shells run counter-clockwise on a grid whose rows go south; on
 * any other they are turned round. */
static void put_ring(GByteArray *wkb, const rdl_corner *corners, guint n, double pixels,
                     const rdl_grid *grid, rdl_box *box)
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
        rdl_grid_point(grid, c->col * pixels, c->row * pixels, &point[0], &point[1]);
        *box = (rdl_box){MIN(box->xmin, point[0]), MIN(box->ymin, point[1]),
                         MAX(box->xmax, point[0]), MAX(box->ymax, point[1])};
        memcpy(bits, point, sizeof bits);
        bits[0] = GUINT64_TO_LE(bits[0]);
        bits[1] = GUINT64_TO_LE(bits[1]);
        memcpy(wkb->data + at, bits, sizeof bits);
    }
}

static void put_polygon(GByteArray *wkb, const rdl_rings *rings, double pixels,
                        const rdl_grid *grid, rdl_box *box)
{
    const rdl_corner *corners = (const rdl_corner *)(void *)rings->corners->data;
    guint at = 0;

    put_head(wkb, WKB_POLYGON, rings->ends->len);
    for (guint i = 0; i < rings->ends->len; i++) {
        guint end = g_array_index(rings->ends, guint, i);
        put_ring(wkb, corners + at, end - at, pixels, grid, box);
        at = end;
    }
}

/* The runs of one piece after another, in their order; ends[i]: where the piece ends that begins
 * with run i (a piece is labelled by its first run), 0 where no piece begins. */
static rdl_run *gather_pieces(const rdl_run *runs, size_t n, uint32_t *ends)
{
    rdl_run *gathered = g_new(rdl_run, n);
    g_autofree uint32_t *piece = g_new(uint32_t, n);
    uint32_t from = 0;

    rdl_runs_label(runs, n, false, piece);
    memset(ends, 0, n * sizeof *ends);
    for (size_t i = 0; i < n; i++)
        ends[piece[i]]++;
    for (size_t i = 0; i < n; i++) {
        uint32_t count = ends[i];
        ends[i] = count ? from : 0;
        from += count;
    }
    for (size_t i = 0; i < n; i++)
        gathered[ends[piece[i]]++] = runs[i];
    return gathered;
}

GBytes *rdl_outline_wkb(const rdl_run *runs, size_t n, bool straight, const rdl_grid *grid,
                        rdl_box *box)
{
    const guint count_at = 5; /* behind byte order and type */
    g_autofree uint32_t *ends = g_new(uint32_t, n);
    g_autofree rdl_run *gathered = gather_pieces(runs, n, ends);
    rdl_rings rings = rdl_rings_new(), lines = rdl_rings_new();
    GByteArray *wkb = g_byte_array_new();
    guint32 polygons = 0;

    *box = (rdl_box){HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    put_head(wkb, WKB_MULTIPOLYGON, 0);
    for (size_t i = 0, from = 0; i < n; i++) {
        if (!ends[i])
            continue;
        rdl_trace(gathered + from, ends[i] - from, &rings);
        from = ends[i];
        polygons++;
        if (straight)
            rdl_trace_straighten(&rings, &lines);
        put_polygon(wkb, straight ? &lines : &rings, straight ? 0.5 : 1.0, grid, box);
    }
    polygons = GUINT32_TO_LE(polygons);
    memcpy(wkb->data + count_at, &polygons, sizeof polygons);
    rdl_rings_clear(&rings);
    rdl_rings_clear(&lines);
    return g_byte_array_free_to_bytes(wkb);
}
