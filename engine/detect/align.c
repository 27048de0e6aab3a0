#include "detect/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_fft_complex.h>

#define SIDE_MOST 256
#define SIDE_LEAST 32
#define SQUARE 512
#define BANDS_MOST 4
#define SEEN_LEAST 0.6    /* share of a tile that must be observed */
#define SOFTNESS 0.12     /* sigma of the Gaussian weight, cycles a pixel */
#define CLEAR_PEAK 5.0    /* of the correlation over its root mean square */
#define AGREES 1.0        /* pixels from the median */
#define AGREE_LEAST 0.5   /* share of tiles */
#define NOTHING_LEFT 0.03 /* pixels */
#define LEAST_SHIFT 0.2   /* pixels */

typedef struct {
    bool good;
    double dx, dy, likeness;
    bool clear; /* a peak anywhere in the tile, at */
    double far_dx, far_dy;
    double x, y; /* middle of the tile from the middle of the grid, pixels */
} answer;

typedef struct {
    const rdl_pair *pair;
    rdl_block reach; /* tiles lie in it */
    int side, across, down;
    answer *answers;
    rdl_levels *levels; /* of each tile; NULL: not asked for */
    float most[2];      /* the largest number of either date */
} job;

typedef struct {
    rdl_pair_reader *reader;
    double *pixels;  /* side * side complex: before + i after */
    double *product; /* side * side complex: sum of whitened cross-power spectra */
} worker;

static void worker_free(void *p)
{
    worker *w = p;

    rdl_pair_reader_free(w->reader);
    g_free(w->pixels);
    g_free(w->product);
    g_free(w);
}

static void *worker_new(void *p, GError **error)
{
    const job *j = p;
    size_t n = (size_t)j->side * (size_t)j->side;
    rdl_pair_reader *reader = rdl_pair_reader_new(j->pair, n, error);

    if (!reader)
        return NULL;
    worker *w = g_new0(worker, 1);
    w->reader = reader;
    w->pixels = g_new(double, 2 * n);
    w->product = g_new(double, 2 * n);
    return w;
}

/* ---- one tile ---- */

static void transform(double *pixels, size_t side, bool back)
{
    for (size_t i = 0; i < side; i++)
        if (back)
            gsl_fft_complex_radix2_inverse(pixels + 2 * i * side, 1, side);
        else
            gsl_fft_complex_radix2_forward(pixels + 2 * i * side, 1, side);
    for (size_t i = 0; i < side; i++)
        if (back)
            gsl_fft_complex_radix2_inverse(pixels + 2 * i, side, side);
        else
            gsl_fft_complex_radix2_forward(pixels + 2 * i, side, side);
}

typedef struct {
    double n, x, y, xx, yy, xy;
} sums;

static sums sums_of(size_t n, const float *x, const float *y, const uint8_t *valid)
{
    sums s = {0};

    for (size_t i = 0; i < n; i++) {
        if (!valid[i])
            continue;
        double a = (double)x[i] - (double)x[0], b = (double)y[i] - (double)y[0];
        if (!isfinite(a) || !isfinite(b))
            continue;
        s.n += 1.0;
        s.x += a;
        s.y += b;
        s.xx += a * a;
        s.yy += b * b;
        s.xy += a * b;
    }
    return s;
}

/* Both dates of a band about their means under a Hann window, as one complex image. Unobserved
 * pixels are at the mean. False where one of them does not vary. */
static bool load_band(const worker *w, size_t side, int band, double *likeness)
{
    const float *x = w->reader->before[band], *y = w->reader->after[band];
    const size_t n = side * side;
    size_t first = 0;

    while (first < n && !w->reader->valid[first])
        first++;
    if (first == n)
        return false;
    sums s = sums_of(n - first, x + first, y + first, w->reader->valid + first);
    double vx = s.xx - s.x * s.x / s.n, vy = s.yy - s.y * s.y / s.n;
    if (!(vx > 0.0 && vy > 0.0))
        return false;
    double mx = (double)x[first] + s.x / s.n, my = (double)y[first] + s.y / s.n;
    *likeness = fmax(*likeness, (s.xy - s.x * s.y / s.n) / sqrt(vx * vy));
    for (size_t row = 0, i = 0; row < side; row++)
        for (size_t col = 0; col < side; col++, i++) {
            double hann = sin(G_PI * ((double)row + 0.5) / (double)side) *
                          sin(G_PI * ((double)col + 0.5) / (double)side);
            bool seen = w->reader->valid[i] != 0;
            w->pixels[2 * i] = seen ? hann * hann * ((double)x[i] - mx) / sqrt(vx) : 0.0;
            w->pixels[2 * i + 1] = seen ? hann * hann * ((double)y[i] - my) / sqrt(vy) : 0.0;
        }
    return true;
}

/* With Z the spectrum of x + iy, X(f) = (Z(f) + Z*(-f)) / 2 and Y(f) = (Z(f) - Z*(-f)) / 2i; added
 * to the product is X* Y / |X* Y|. */
static void add_spectrum(const double *z, double *product, size_t side)
{
    for (size_t v = 0; v < side; v++)
        for (size_t u = 0; u < side; u++) {
            size_t at = 2 * (v * side + u);
            size_t to = 2 * ((side - v) % side * side + (side - u) % side);
            double xr = z[at] + z[to], xi = z[at + 1] - z[to + 1];
            double yr = z[at + 1] + z[to + 1], yi = z[to] - z[at];
            double pr = xr * yr + xi * yi, pi = xr * yi - xi * yr, size = hypot(pr, pi);
            if (size > 0.0) {
                product[at] += pr / size;
                product[at + 1] += pi / size;
            }
        }
}

static double frequency(size_t k, size_t side)
{
    return (k < side / 2 ? (double)k : (double)k - (double)side) / (double)side;
}

static void soften(double *product, size_t side)
{
    for (size_t v = 0; v < side; v++)
        for (size_t u = 0; u < side; u++) {
            double fu = frequency(u, side), fv = frequency(v, side);
            double weight = exp(-(fu * fu + fv * fv) / (2.0 * SOFTNESS * SOFTNESS));
            product[2 * (v * side + u)] *= weight;
            product[2 * (v * side + u) + 1] *= weight;
        }
}

static double at(const double *surface, size_t side, int x, int y)
{
    size_t col = (size_t)(x + (int)side) % side, row = (size_t)(y + (int)side) % side;

    return surface[2 * (row * side + col)];
}

/* Where the parabola through the logarithms of three values has its top, -0.5..0.5. */
static double top(double before, double here, double after)
{
    double floor = here * 1e-3;
    double a = log(fmax(before, floor)), b = log(here), c = log(fmax(after, floor));
    double bend = a - 2.0 * b + c;

    return bend < 0.0 ? CLAMP((a - c) / (2.0 * bend), -0.5, 0.5) : 0.0;
}

/* The peak within reach; false where it is at the edge, or not clearly above `noise`. */
static bool peak_within(const double *surface, size_t side, int reach, double noise, double *dx,
                        double *dy)
{
    int bx = 0, by = 0;
    double best = -INFINITY;

    for (int y = -reach; y <= reach; y++)
        for (int x = -reach; x <= reach; x++)
            if (at(surface, side, x, y) > best) {
                best = at(surface, side, x, y);
                bx = x;
                by = y;
            }
    if (!(best > CLEAR_PEAK * noise && abs(bx) < reach && abs(by) < reach))
        return false;
    *dx = bx + top(at(surface, side, bx - 1, by), best, at(surface, side, bx + 1, by));
    *dy = by + top(at(surface, side, bx, by - 1), best, at(surface, side, bx, by + 1));
    return true;
}

static void find_peak(const double *surface, size_t side, answer *a)
{
    double square = 0.0;

    for (size_t i = 0; i < side * side; i++)
        square += surface[2 * i] * surface[2 * i];
    double noise = sqrt(square / (double)(side * side));
    a->good = peak_within(surface, side, (int)RDL_ALIGN_REACH, noise, &a->dx, &a->dy);
    a->clear = peak_within(surface, side, (int)side / 3, noise, &a->far_dx, &a->far_dy);
}

/* Moved so that it lies within one square of 512 pixels, which files are often stored in: a tile is
 * not worth inflating four. */
static int snap(int at, int side, int least)
{
    int over = at % SQUARE + side - SQUARE;

    return side <= SQUARE && over > 0 && at - over >= least ? at - over : at;
}

static rdl_block tile_at(const job *j, size_t i)
{
    const rdl_block *r = &j->reach;
    int x = (int)i % j->across, y = (int)i / j->across;
    int room_x = r->width - j->side, room_y = r->height - j->side;
    int col = r->col + (int)((gint64)room_x * (2 * x + 1) / (2 * j->across));
    int row = r->row + (int)((gint64)room_y * (2 * y + 1) / (2 * j->down));

    return (rdl_block){snap(col, j->side, r->col), snap(row, j->side, r->row), j->side, j->side};
}

static bool measure_tile(void *p, void *state, size_t i, GError **error)
{
    const job *j = p;
    worker *w = state;
    answer *a = &j->answers[i];
    size_t side = (size_t)j->side, seen = 0;

    const rdl_block tile = tile_at(j, i);
    const rdl_grid *grid = rdl_pair_grid(j->pair);
    *a = (answer){.likeness = -1.0,
                  .x = tile.col + 0.5 * (j->side - grid->width),
                  .y = tile.row + 0.5 * (j->side - grid->height)};
    if (!rdl_pair_read(w->reader, tile, error))
        return false;
    for (size_t k = 0; k < side * side; k++)
        seen += w->reader->valid[k];
    if ((double)seen < SEEN_LEAST * (double)(side * side))
        return true;
    if (j->levels)
        rdl_levels_of_tile(&j->levels[i], w->reader, j->most);
    memset(w->product, 0, 2 * side * side * sizeof *w->product);
    for (int band = 0; band < MIN(w->reader->bands, BANDS_MOST); band++)
        if (load_band(w, side, band, &a->likeness)) {
            transform(w->pixels, side, false);
            add_spectrum(w->pixels, w->product, side);
        }
    soften(w->product, side);
    transform(w->product, side, true);
    find_peak(w->product, side, a);
    return true;
}

/* ---- all of them ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, by_size);
    return n == 0 ? 0.0 : n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* The median of the good answers; then of those that agree with it. */
static void agree(const answer *answers, int n, rdl_shift *s)
{
    g_autofree double *x = g_new(double, 3 * (size_t)n);
    double *y = x + n, *d = y + n;
    int good = 0;

    for (int i = 0; i < n; i++)
        if (answers[i].good) {
            x[good] = answers[i].dx;
            y[good++] = answers[i].dy;
        }
    double mx = median(x, good), my = median(y, good);
    for (int i = 0; i < n; i++)
        if (answers[i].good && hypot(answers[i].dx - mx, answers[i].dy - my) <= AGREES) {
            x[s->used] = answers[i].dx;
            y[s->used++] = answers[i].dy;
        }
    for (int i = 0; i < s->used; i++)
        d[i] = hypot(x[i] - mx, y[i] - my);
    s->spread = median(d, s->used);
    s->dx = median(x, s->used);
    s->dy = median(y, s->used);
    s->sure = s->used >= MAX(1, (int)ceil(AGREE_LEAST * good)) && 4 * s->used >= n &&
              (s->used >= 3 || n < 3);
}

/* Do the tiles agree on a shift out of reach? */
static void look_far(const answer *answers, int n, rdl_shift *s)
{
    g_autofree double *x = g_new(double, 2 * (size_t)n);
    double *y = x + n;
    int clear = 0, same = 0;

    for (int i = 0; i < n; i++)
        if (answers[i].clear) {
            x[clear] = answers[i].far_dx;
            y[clear++] = answers[i].far_dy;
        }
    double mx = median(x, clear), my = median(y, clear);
    for (int i = 0; i < n; i++)
        same += answers[i].clear && hypot(answers[i].far_dx - mx, answers[i].far_dy - my) <= AGREES;
    s->far = same >= 3 && 2 * same >= n && hypot(mx, my) >= RDL_ALIGN_REACH - 1.0;
    if (s->far) {
        s->dx = mx;
        s->dy = my;
        s->used = same;
    }
}

/* ---- rotation ---- */

#define TURN_TILES 6      /* that must fit */
#define TURN_RESIDUAL 0.5 /* pixels, root mean square, of what fits */
#define TURN_LEAST 1.0    /* pixels that it moves the farthest corner */

/* dx = tx + e x - w y, dy = ty + w x + e y (a small rotation w and stretch e about the middle), by
 * least squares over the answers flagged. */
typedef struct {
    double tx, ty, e, w, residual;
    int n;
} turn;

static turn fit_turn(const answer *answers, int n, const bool *in)
{
    double k = 0, sx = 0, sy = 0, su = 0, sv = 0, ss = 0, sp = 0, sq = 0, square = 0;

    for (int i = 0; i < n; i++) {
        const answer *a = &answers[i];
        if (!in[i])
            continue;
        k += 1, sx += a->x, sy += a->y, su += a->dx, sv += a->dy;
        ss += a->x * a->x + a->y * a->y;
        sp += a->x * a->dx + a->y * a->dy;
        sq += a->x * a->dy - a->y * a->dx;
    }
    double s = ss - (sx * sx + sy * sy) / k;
    turn t = {.n = (int)k};
    if (!(k >= 3 && s > 0.0))
        return (turn){.residual = INFINITY};
    t.e = (sp - (sx * su + sy * sv) / k) / s;
    t.w = (sq - (sx * sv - sy * su) / k) / s;
    t.tx = (su - t.e * sx + t.w * sy) / k;
    t.ty = (sv - t.w * sx - t.e * sy) / k;
    for (int i = 0; i < n; i++) {
        const answer *a = &answers[i];
        double u = a->dx - t.tx - t.e * a->x + t.w * a->y;
        double v = a->dy - t.ty - t.w * a->x - t.e * a->y;
        square += in[i] ? u * u + v * v : 0.0;
    }
    t.residual = sqrt(square / k);
    return t;
}

/* Drop the answer that fits worst until all fit. */
static turn robust_turn(const answer *answers, int n)
{
    g_autofree bool *in = g_new(bool, n);
    turn t;

    for (int i = 0; i < n; i++)
        in[i] = answers[i].good;
    while ((t = fit_turn(answers, n, in)).residual > TURN_RESIDUAL && t.n > TURN_TILES) {
        int worst = 0;
        double most = -1.0;
        for (int i = 0; i < n; i++) {
            const answer *a = &answers[i];
            double u = a->dx - t.tx - t.e * a->x + t.w * a->y;
            double v = a->dy - t.ty - t.w * a->x - t.e * a->y;
            if (in[i] && hypot(u, v) > most) {
                most = hypot(u, v);
                worst = i;
            }
        }
        in[worst] = false;
    }
    return t;
}

static void look_for_turn(const answer *answers, int n, const rdl_grid *grid, rdl_shift *s)
{
    turn t = robust_turn(answers, n);
    double corner = 0.5 * hypot(grid->width, grid->height) * hypot(t.e, t.w);
    bool fits = t.n >= TURN_TILES && t.n > s->used - 1 && t.residual <= TURN_RESIDUAL &&
                corner >= TURN_LEAST && corner > 2.0 * t.residual;

    s->turned = fits ? t.w * 180.0 / G_PI : NAN;
    s->stretched = fits ? t.e : NAN;
}

static double likeness_of(const answer *answers, guint n)
{
    g_autofree double *values = g_new(double, n);
    int known = 0;

    for (guint i = 0; i < n; i++)
        if (answers[i].likeness > -1.0)
            values[known++] = answers[i].likeness;
    return known ? median(values, known) : NAN;
}

static float largest(rdl_pixel pixel)
{
    return pixel == RDL_PIXEL_U8    ? (float)UINT8_MAX
           : pixel == RDL_PIXEL_U16 ? (float)UINT16_MAX
           : pixel == RDL_PIXEL_I16 ? (float)INT16_MAX
                                    : HUGE_VALF;
}

bool rdl_align_measure(const rdl_pair *pair, bool quick, int threads, const rdl_progress *progress,
                       rdl_shift *shift, rdl_levels *levels, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, measure_tile, "alignment"};
    const rdl_grid *grid = rdl_pair_grid(pair);
    const int most = quick ? 3 : 5;
    job j = {.pair = pair, .side = quick ? SIDE_MOST / 2 : SIDE_MOST};

    *shift = (rdl_shift){.likeness = NAN, .turned = NAN, .stretched = NAN};
    if (levels)
        *levels = (rdl_levels){0};
    if (!rdl_pair_reach(pair, &j.reach, error))
        return false;
    while (j.side > SIDE_LEAST && 2 * j.side > MIN(j.reach.width, j.reach.height))
        j.side /= 2;
    if (j.side > MIN(j.reach.width, j.reach.height))
        return true;
    j.across = CLAMP(j.reach.width / j.side, 1, most);
    j.down = CLAMP(j.reach.height / j.side, 1, most);
    shift->tiles = j.across * j.down;
    g_autofree answer *answers = g_new0(answer, (size_t)shift->tiles);
    g_autofree rdl_levels *tiles = levels ? g_new0(rdl_levels, (size_t)shift->tiles) : NULL;
    j.answers = answers;
    j.levels = tiles;
    j.most[0] = largest(rdl_pair_pixel(pair, 0));
    j.most[1] = largest(rdl_pair_pixel(pair, rdl_pair_bands(pair)));
    if (!rdl_parallel_run(&how, &j, (size_t)shift->tiles, threads, progress, error))
        return false;
    agree(answers, shift->tiles, shift);
    if (!shift->sure)
        look_far(answers, shift->tiles, shift);
    look_for_turn(answers, shift->tiles, grid, shift);
    for (int i = 0; levels && i < shift->tiles; i++)
        if (tiles[i].bands)
            rdl_levels_merge(levels, &tiles[i]);
    shift->likeness = likeness_of(answers, (guint)shift->tiles);
    return true;
}

bool rdl_shift_counts(const rdl_shift *s)
{
    return s->sure && hypot(s->dx, s->dy) > fmax(s->spread, LEAST_SHIFT);
}

bool rdl_align(rdl_pair *pair, int threads, const rdl_progress *progress, rdl_shift *found,
               rdl_shift *left, rdl_levels *levels, GError **error)
{
    if (!rdl_align_measure(pair, false, threads, progress, found, levels, error))
        return false;
    *left = *found;
    if (!rdl_shift_counts(found))
        return true;
    for (int k = 0; k < 3 && left->sure && hypot(left->dx, left->dy) > NOTHING_LEFT; k++) {
        if (k > 0) {
            found->dx += left->dx;
            found->dy += left->dy;
        }
        rdl_pair_shift(pair, found->dx, found->dy);
        if (!rdl_align_measure(pair, false, threads, progress, left, NULL, error))
            return false;
    }
    return true;
}
