#include "detect/collar.h"

#include <math.h>
#include <string.h>

#define FILL_MOST (-99.0)
#define NEAR 5.0f   /* of 255: what compression with loss makes of a number */
#define UNIFORM 0.8 /* share of a collar that is the number itself */
#define GROUND 0.01 /* share of a collar */
#define RIM 1
#define RIM_LOSSY 8 /* a block of JPEG */
#define LEANS_ON 10 /* one in so many rows */
#define LEANS_LEAST 4
#define NOTCH_ROWS 16 /* of a rectangle at a corner */
#define AT_ONCE (1 << 20)
#define UNSEEN (-1)

void rdl_collar_free(rdl_collar *collar)
{
    if (!collar)
        return;
    g_free(collar->rows);
    g_free(collar);
}

/* ---- the number ---- */

/* What is looked for, and what is found of each row of the raster. */
typedef struct {
    rdl_raster *raster;
    int n, width, height;
    const int *bands;
    float *number; /* of each band */
    float near;
    gint64 exact, close; /* pixels passed that are the number, or near it */
    int *first, *last;   /* pixel shown; UNSEEN: none */
} search;

/* Pictures of 8 bits may have been compressed with loss. */
static float nearness(const rdl_raster *scene, int n, const int *bands)
{
    double scale, offset;
    bool bytes = true;

    for (int k = 0; k < n; k++) {
        rdl_raster_scale(scene, bands[k], &scale, &offset);
        bytes = bytes && strcmp(rdl_raster_type(scene, bands[k]), "Byte") == 0 && scale == 1.0 &&
                offset == 0.0;
    }
    return bytes ? NEAR : 0.0f;
}

static double largest(rdl_pixel pixel)
{
    return pixel == RDL_PIXEL_U8    ? UINT8_MAX
           : pixel == RDL_PIXEL_U16 ? UINT16_MAX
           : pixel == RDL_PIXEL_I16 ? INT16_MAX
                                    : HUGE_VAL;
}

/* The number that a value stands for; NaN where it stands for none that fills. */
static double filling(const search *s, const rdl_raster *scene, int band, float value)
{
    const double most = largest(rdl_raster_pixel(scene, band));
    double scale, offset;

    rdl_raster_scale(scene, band, &scale, &offset);
    double stored = round(1e3 * ((double)value - offset) / scale) / 1e3;
    if (fabs(stored) <= (double)s->near)
        return 0.0;
    if (most - stored <= (double)s->near)
        return most;
    return stored <= FILL_MOST && stored == floor(stored) ? stored : NAN;
}

static bool corner_fills(const search *s, rdl_raster *scene, int col, int row, bool *fills,
                         GError **error)
{
    uint8_t valid = 1;

    if (!rdl_raster_read(scene, (rdl_block){col, row, 1, 1}, s->n, s->bands, s->number, &valid,
                         error))
        return false;
    double stored = valid ? filling(s, scene, s->bands[0], s->number[0]) : NAN;
    *fills = !isnan(stored);
    for (int k = 1; k < s->n; k++)
        *fills = *fills && filling(s, scene, s->bands[k], s->number[k]) == stored;
    for (int k = 0; s->near > 0.0f && k < s->n; k++)
        s->number[k] = (float)stored;
    return true;
}

static bool any_corner_fills(const search *s, rdl_raster *scene, bool *fills, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(scene);
    const int right = grid->width - 1, bottom = grid->height - 1;

    *fills = false;
    for (int i = 0; i < 4 && !*fills; i++)
        if (!corner_fills(s, scene, i % 2 * right, i / 2 * bottom, fills, error))
            return false;
    return true;
}

/* ---- rows ---- */

/* Does pixel i show anything? */
static bool shows(search *s, size_t n, const float *planes, const uint8_t *valid, size_t i)
{
    float off = 0.0f;

    for (int k = 0; valid[i] && k < s->n; k++)
        off = fmaxf(off, fabsf(planes[(size_t)k * n + i] - s->number[k]));
    s->exact += valid[i] && off == 0.0f;
    s->close += valid[i] && off > 0.0f && off <= s->near;
    return off > s->near;
}

/* The first of each row that is not found yet; how many are still not. */
static int look_right(search *s, rdl_block b, const float *planes, const uint8_t *valid)
{
    const size_t n = rdl_block_pixels(b);
    int missing = 0;

    for (int y = 0; y < b.height; y++) {
        int *first = &s->first[b.row + y], x = 0;
        if (*first != UNSEEN)
            continue;
        while (x < b.width && !shows(s, n, planes, valid, (size_t)y * (size_t)b.width + (size_t)x))
            x++;
        *first = x < b.width ? b.col + x : UNSEEN;
        missing += x == b.width;
    }
    return missing;
}

/* The last of each row that has a first. */
static int look_left(search *s, rdl_block b, const float *planes, const uint8_t *valid)
{
    const size_t n = rdl_block_pixels(b);
    int missing = 0;

    for (int y = 0; y < b.height; y++) {
        int *last = &s->last[b.row + y], x = b.width - 1;
        if (*last != UNSEEN || s->first[b.row + y] == UNSEEN)
            continue;
        while (x >= 0 && !shows(s, n, planes, valid, (size_t)y * (size_t)b.width + (size_t)x))
            x--;
        *last = x >= 0 ? b.col + x : UNSEEN;
        missing += x < 0;
    }
    return missing;
}

typedef int (*look_fn)(search *s, rdl_block b, const float *planes, const uint8_t *valid);

/* Blocks `from`, `from` + step ... of a row of blocks, until all rows have what is looked for. */
static bool look(search *s, const rdl_blocks *blocks, int down, int from, int step, look_fn fn,
                 float *planes, uint8_t *valid, GError **error)
{
    int missing = 1;

    for (int a = from; a >= 0 && a < blocks->across && missing > 0; a += step) {
        rdl_block b = rdl_blocks_at(blocks, (size_t)down * (size_t)blocks->across + (size_t)a);
        memset(valid, 1, rdl_block_pixels(b));
        if (!rdl_raster_read(s->raster, b, s->n, s->bands, planes, valid, error))
            return false;
        missing = fn(s, b, planes, valid);
    }
    return true;
}

static bool look_from_sides(search *s, GError **error)
{
    int width, height;

    rdl_raster_native(s->raster, &width, &height);
    const rdl_blocks blocks = rdl_blocks_over(s->width, s->height, width, height, AT_ONCE);
    const size_t room = (size_t)blocks.block_width * (size_t)blocks.block_height;
    g_autofree float *planes = g_malloc_n(room * (size_t)s->n, sizeof *planes);
    g_autofree uint8_t *valid = g_malloc(room);
    for (int down = 0; down < blocks.down; down++)
        if (!look(s, &blocks, down, 0, 1, look_right, planes, valid, error) ||
            !look(s, &blocks, down, blocks.across - 1, -1, look_left, planes, valid, error))
            return false;
    return true;
}

/* ---- the hull ---- */

/* deep[i] >= 0 pixels of the number at one side of row i, UNSEEN for a row that shows nothing;
 * hull: the same up to the convex hull, the greatest convex function that is nowhere over `deep`
 * (Andrew 1979, "Another efficient algorithm for convex hulls in two dimensions"). */
static void lower_hull(int n, const int *deep, int *hull)
{
    g_autofree int *kept = g_new(int, (size_t)n);
    int count = 0;

    for (int i = 0; i < n; i++) {
        if (deep[i] == UNSEEN)
            continue;
        while (count >= 2) {
            gint64 a = kept[count - 2], b = kept[count - 1];
            if ((deep[b] - deep[a]) * (i - a) < (deep[i] - deep[a]) * (b - a))
                break;
            count--;
        }
        kept[count++] = i;
    }
    for (int k = 0; k + 1 < count; k++) {
        gint64 a = kept[k], b = kept[k + 1], rise = deep[b] - deep[a];
        for (gint64 i = a; i <= b; i++)
            hull[i] = (int)ceil((double)deep[a] + (double)(rise * (i - a)) / (double)(b - a));
    }
    if (count == 1)
        hull[kept[0]] = deep[kept[0]];
}

/* Do enough rows end where the hull does? */
static bool leans(int n, int slack, const int *deep, const int *hull)
{
    int rows = 0, on = 0;

    for (int i = 0; i < n; i++)
        if (deep[i] != UNSEEN && hull[i] > 0) {
            rows++;
            on += deep[i] - hull[i] <= slack;
        }
    return on >= LEANS_LEAST && LEANS_ON * on >= rows;
}

/* How many of the rows at, at + step ... end within the slack of `least`? */
static int rows_at(const int *deep, int at, int step, int rows, int least, int slack)
{
    int on = 0;

    for (int i = 0; i < rows; i++)
        on += deep[at + i * step] - least <= slack;
    return on;
}

/* The largest rectangle of `rows` rows from the first on that show something, half of which end at
 * its side. */
static void take_notch(int n, int slack, const int *deep, int at, int step, int *collar)
{
    int least = G_MAXINT, best = 0, side = 0, on = 0;

    while (at >= 0 && at < n && deep[at] == UNSEEN)
        at += step;
    for (int rows = 1, i = at; i >= 0 && i < n && deep[i] > 0; i += step, rows++) {
        on = deep[i] < least ? rows_at(deep, at, step, rows, deep[i], slack)
                             : on + (deep[i] - least <= slack);
        least = MIN(least, deep[i]);
        if (rows >= NOTCH_ROWS && 2 * on >= rows && (gint64)rows * least > (gint64)best * side) {
            best = rows;
            side = least;
        }
    }
    for (int i = 0; i < best; i++)
        collar[at + i * step] = MAX(collar[at + i * step], side);
}

/* How deep the collar is at one side of each row. */
static void collar_of_side(int n, int rim, const int *deep, int *collar)
{
    memset(collar, 0, (size_t)n * sizeof *collar);
    lower_hull(n, deep, collar);
    if (!leans(n, rim, deep, collar))
        memset(collar, 0, (size_t)n * sizeof *collar);
    take_notch(n, rim, deep, 0, 1, collar);
    take_notch(n, rim, deep, n - 1, -1, collar);
}

/* ---- both sides ---- */

/* A collar `rim` pixels wider, where there is one. */
static void widen(int n, int width, int rim, const int *collar, int *wide)
{
    for (int i = 0; i < n; i++) {
        wide[i] = 0;
        for (int k = MAX(i - rim, 0); k <= MIN(i + rim, n - 1); k++)
            if (collar[k] > 0)
                wide[i] = MAX(wide[i], MIN(collar[k] + rim, width));
    }
}

/* What is shown inside, and how much that leaves. */
static void settle(rdl_collar *c, int width)
{
    int west = width, east = 0, north = c->height, south = 0;
    gint64 shown = 0;

    widen(c->height, width, c->rim, c->side[0], c->from);
    widen(c->height, width, c->rim, c->side[1], c->to);
    for (int i = 0; i < c->height; i++) {
        c->to[i] = width - c->to[i];
        if (c->from[i] >= c->to[i])
            continue;
        west = MIN(west, c->from[i]);
        east = MAX(east, c->to[i]);
        north = MIN(north, i);
        south = i + 1;
        shown += c->to[i] - c->from[i];
    }
    c->inside = (rdl_block){west, north, MAX(east - west, 0), MAX(south - north, 0)};
    c->share = 1.0 - (double)shown / ((double)width * c->height);
}

/* Rows above the first and below the last that show anything. */
static void fill_ends(const search *s, int *left, int *right)
{
    int top = 0, bottom = s->height;

    while (top < bottom && s->first[top] == UNSEEN)
        top++;
    while (bottom > top && s->first[bottom - 1] == UNSEEN)
        bottom--;
    for (int i = 0; i < s->height; i++)
        if (i < top || i >= bottom)
            left[i] = right[i] = s->width;
}

static rdl_collar *collar_of_rows(const search *s)
{
    const size_t rows = (size_t)s->height;
    rdl_collar *c = g_new0(rdl_collar, 1);
    gint64 collared = 0;
    bool any = false;

    c->height = s->height;
    c->rim = s->close ? RIM_LOSSY : RIM;
    c->rows = g_new(int, 6 * rows);
    c->from = c->rows;
    c->to = c->from + rows;
    for (size_t i = 0; i < 2; i++) {
        c->side[i] = c->rows + (2 + i) * rows;
        c->deep[i] = c->rows + (4 + i) * rows;
    }
    for (int i = 0; i < s->height; i++) {
        bool seen = s->first[i] != UNSEEN;
        c->deep[0][i] = seen ? s->first[i] : UNSEEN;
        c->deep[1][i] = seen ? s->width - 1 - s->last[i] : UNSEEN;
        any = any || seen;
    }
    for (int i = 0; i < 2; i++)
        collar_of_side(s->height, c->rim, c->deep[i], c->side[i]);
    fill_ends(s, c->side[0], c->side[1]);
    for (int i = 0; i < s->height; i++)
        collared += MIN(c->side[0][i] + c->side[1][i], s->width);
    c->there = any && collared >= RDL_COLLAR_LEAST;
    settle(c, s->width);
    return c;
}

/* Pixels of a side that are collar on one date only, in rows between others where both dates end
 * alike: nothing that a sensor leaves out, but something that was put there. */
static gint64 bulges(const int *one, const int *other, int n, int slack)
{
    gint64 sum = 0, since = 0;
    bool bounded = false;

    for (int i = 0; i < n; i++) {
        if (one[i] - other[i] > slack) {
            since += one[i] - other[i];
            continue;
        }
        bool alike = one[i] > slack && other[i] - one[i] <= slack;
        sum += bounded && alike ? since : 0;
        bounded = alike;
        since = 0;
    }
    return sum;
}

bool rdl_collar_is_ground(const rdl_collar *c, const rdl_collar *other)
{
    const int slack = MAX(c->rim, other->rim);
    gint64 all = 0, dark = 0;

    for (int side = 0; side < 2; side++) {
        dark += bulges(c->side[side], other->side[side], c->height, slack);
        for (int i = 0; i < c->height; i++) {
            int end = MIN(c->side[side][i], other->deep[side][i]);
            all += c->side[side][i];
            dark += MAX(end - other->side[side][i] - slack, 0);
        }
    }
    return all > 0 && (double)dark >= GROUND * (double)all;
}

/* Look from both sides with numbers up to `near` taken for it; false in `uniform` where most of
 * what was taken is not it. */
static bool look_for(search *s, rdl_raster *scene, float near, rdl_collar **collar, bool *uniform,
                     GError **error)
{
    bool fills;

    s->near = near;
    s->exact = s->close = 0;
    *uniform = true;
    if (!any_corner_fills(s, scene, &fills, error))
        return false;
    if (!fills)
        return true;
    for (int i = 0; i < s->height; i++)
        s->first[i] = s->last[i] = UNSEEN;
    if (!look_from_sides(s, error))
        return false;
    *uniform = (double)s->exact >= UNIFORM * (double)(s->exact + s->close);
    *collar = collar_of_rows(s);
    (*collar)->textured = !*uniform;
    return true;
}

bool rdl_collar_find(rdl_raster *scene, rdl_raster *raster, int n, const int *bands,
                     rdl_collar **collar, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(raster);
    g_autofree float *number = g_new(float, (size_t)n);
    g_autofree int *ends = g_new(int, 2 * (size_t)grid->height);
    search s = {.raster = raster,
                .n = n,
                .bands = bands,
                .width = grid->width,
                .height = grid->height,
                .number = number,
                .first = ends,
                .last = ends + grid->height};
    rdl_collar *near = NULL;
    bool uniform;

    *collar = NULL;
    if (!look_for(&s, scene, nearness(scene, n, bands), &near, &uniform, error))
        return false;
    if (!uniform && !look_for(&s, scene, 0.0f, collar, &uniform, error))
        return rdl_collar_free(near), false;
    if (near && *collar && (*collar)->there) {
        rdl_collar_free(near);
        return true;
    }
    rdl_collar_free(*collar);
    *collar = near;
    return true;
}
