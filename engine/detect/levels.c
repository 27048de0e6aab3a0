#include "detect/levels.h"

#include <math.h>
#include <stdlib.h>
#include "detect/normalise.h"

#define DARK 0.02 /* share of a tile's pixels */
#define EVERY 7   /* pixel is looked at for the dark ones */
#define STEP_LEAST 0.07
#define STEP_MOST 0.13
#define STEP_SPREAD 0.03
#define FILL_MOST (-99.0f)
#define BANDS_LEAST 2    /* that agree, before a step is believed */
#define GAPS_LEAST 1e-3  /* share */
#define LINE_LEAST 16    /* pixels */
#define BESIDE_LEAST 32  /* pixels */
#define BESIDE_SHARE 0.1 /* of the zeros: thinner than some twenty pixels */
#define BRIGHT 0.8       /* of the mean */

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static double dark_end(size_t n, const float *plane, const uint8_t *valid, float *some)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i += EVERY)
        if (valid[i])
            some[k++] = plane[i];
    if (k == 0)
        return INFINITY;
    qsort(some, k, sizeof *some, by_size);
    return (double)some[(size_t)(DARK * (double)k)];
}

/* Pixels that have one number in every band. */
static double count_all(const rdl_pair_reader *tile, const float *const *bands, float number)
{
    double n = 0.0;

    for (size_t i = 0; i < tile->n; i++) {
        bool all = tile->valid[i];
        for (int k = 0; all && k < tile->bands; k++)
            all = bands[k][i] == number;
        n += all;
    }
    return n;
}

/* Pixels that have one number in every band, and a whole one that no instrument and no logarithm
 * of one gives. */
static double count_fill(const rdl_pair_reader *tile, const float *const *bands)
{
    double n = 0.0;

    for (size_t i = 0; i < tile->n; i++) {
        float number = bands[0][i];
        bool all = tile->valid[i] && number <= FILL_MOST && number == floorf(number);
        for (int k = 1; all && k < tile->bands; k++)
            all = bands[k][i] == number;
        n += all;
    }
    return n;
}

/* Is pixel i seen, and 0 in every band? */
static bool zero_at(const rdl_pair_reader *tile, int date, size_t i)
{
    bool all = tile->valid[i];

    for (int k = 0; all && k < tile->bands; k++)
        all = tile->planes[date * tile->bands + k][i] == rdl_pair_zero(tile->pair, date, k);
    return all;
}

static rdl_gap_view count_gaps(const rdl_pair_reader *tile, int date)
{
    const size_t side = (size_t)sqrt((double)tile->n);
    const float *bright = tile->planes[date * tile->bands];
    const float *then = tile->planes[(1 - date) * tile->bands];
    g_autofree uint8_t *zero = g_malloc(tile->n);
    rdl_gap_view v = {0};

    for (size_t i = 0; i < tile->n; i++) {
        zero[i] = zero_at(tile, date, i);
        v.zeros += zero[i];
    }
    for (size_t i = 0; v.zeros > 0.0 && i < side * side; i++) {
        if (!tile->valid[i])
            continue;
        if (zero[i]) {
            v.then_zeros += (double)then[i];
            continue;
        }
        size_t x = i % side, y = i / side;
        bool beside = (x > 0 && zero[i - 1]) || (x + 1 < side && zero[i + 1]) ||
                      (y > 0 && zero[i - side]) || (y + 1 < side && zero[i + side]);
        v.others += 1.0;
        v.sum += (double)bright[i];
        v.then_others += (double)then[i];
        v.beside += beside;
        v.sum_beside += beside ? (double)bright[i] : 0.0;
    }
    return v;
}

double rdl_levels_gaps(const rdl_levels *l, int date)
{
    const rdl_gap_view *v = &l->gap[date];
    double share = l->pixels > 0.0 ? v->zeros / l->pixels : 0.0;
    bool thin = v->beside >= fmax(BESIDE_LEAST, BESIDE_SHARE * v->zeros);
    bool gaps = share >= GAPS_LEAST && thin &&
                v->sum_beside / v->beside >= BRIGHT * v->sum / v->others &&
                v->then_zeros / v->zeros >= BRIGHT * v->then_others / v->others;

    return gaps ? share : 0.0;
}

/* Pixels of a line (first, first + step ...) of a band that are seen, and 0. */
static void count_line(const rdl_pair_reader *tile, const float *band, float zero, size_t first,
                       size_t step, size_t side, int *seen, int *zeros)
{
    *seen = *zeros = 0;
    for (size_t i = 0; i < side; i++) {
        size_t at = first + i * step;
        *seen += tile->valid[at];
        *zeros += tile->valid[at] && band[at] == zero;
    }
}

/* Pixels of the lines along `step`, `next` apart, that are all 0, while hardly any is in the line
 * before or after. */
static double lost_lines(const rdl_pair_reader *tile, const float *band, float zero, size_t side,
                         size_t step, size_t next)
{
    double lost = 0.0;
    bool clear = false,
         held = false; /* of zeros: the line before; is the one before lost if this is? */
    int last = 0;

    for (size_t i = 0; i < side; i++) {
        int seen, zeros;
        count_line(tile, band, zero, i * next, step, side, &seen, &zeros);
        bool all = seen > LINE_LEAST && zeros == seen, none = 10 * zeros < seen;
        lost += held && none ? last : 0;
        held = all && clear;
        last = zeros;
        clear = none;
    }
    return lost;
}

static double count_lines(const rdl_pair_reader *tile, int date)
{
    const size_t side = (size_t)sqrt((double)tile->n);
    double most = 0.0;

    for (int k = 0; k < tile->bands; k++) {
        const float *band = tile->planes[date * tile->bands + k];
        const float zero = rdl_pair_zero(tile->pair, date, k);
        most = fmax(most, lost_lines(tile, band, zero, side, 1, side) +
                              lost_lines(tile, band, zero, side, side, 1));
    }
    return most;
}

double rdl_levels_lines(const rdl_levels *l, int date)
{
    return l->pixels > 0.0 ? l->lines[date] / l->pixels : 0.0;
}

static void count_blank(rdl_levels *levels, const rdl_pair_reader *tile, const float most[2])
{
    const float *const *const dates[] = {(const float *const *)tile->before,
                                         (const float *const *)tile->after};

    for (size_t i = 0; i < tile->n; i++)
        levels->pixels += tile->valid[i];
    for (int date = 0; date < 2; date++) {
        levels->blank[date] =
            count_all(tile, dates[date], 0.0f) + count_all(tile, dates[date], most[date]);
        levels->fill[date] = count_fill(tile, dates[date]);
        levels->gap[date] = count_gaps(tile, date);
        levels->lines[date] = count_lines(tile, date);
    }
}

double rdl_levels_blank(const rdl_levels *l, int date)
{
    return l->bands > 1 && l->pixels > 0.0 ? l->blank[date] / l->pixels : 0.0;
}

double rdl_levels_fill(const rdl_levels *l, int date)
{
    return l->pixels > 0.0 ? l->fill[date] / l->pixels : 0.0;
}

void rdl_levels_of_tile(rdl_levels *levels, const rdl_pair_reader *tile, const float most[2])
{
    g_autofree float *some = g_new(float, tile->n / EVERY + 1);

    *levels = (rdl_levels){.bands = MIN(tile->bands, RDL_LEVELS_MOST)};
    count_blank(levels, tile, most);
    for (int k = 0; k < levels->bands; k++) {
        const float *x = tile->before[k], *y = tile->after[k];
        rdl_band_levels *b = &levels->band[k];
        for (size_t i = 0; i < tile->n; i++) {
            double u = tile->valid[i] ? (double)x[i] : 0.0, v = tile->valid[i] ? (double)y[i] : 0.0;
            b->n += tile->valid[i];
            b->x += u;
            b->y += v;
            b->xx += u * u;
            b->yy += v * v;
            b->xy += u * v;
        }
        b->dark_before = dark_end(tile->n, x, tile->valid, some);
        b->dark_after = dark_end(tile->n, y, tile->valid, some);
    }
}

void rdl_levels_merge(rdl_levels *into, const rdl_levels *tile)
{
    if (into->bands == 0) {
        *into = *tile;
        return;
    }
    into->pixels += tile->pixels;
    for (int date = 0; date < 2; date++) {
        rdl_gap_view *to = &into->gap[date];
        const rdl_gap_view *from = &tile->gap[date];
        into->blank[date] += tile->blank[date];
        into->fill[date] += tile->fill[date];
        into->lines[date] += tile->lines[date];
        to->zeros += from->zeros;
        to->others += from->others;
        to->sum += from->sum;
        to->beside += from->beside;
        to->sum_beside += from->sum_beside;
        to->then_zeros += from->then_zeros;
        to->then_others += from->then_others;
    }
    for (int k = 0; k < MIN(into->bands, tile->bands); k++) {
        rdl_band_levels *a = &into->band[k];
        const rdl_band_levels *b = &tile->band[k];
        a->n += b->n;
        a->x += b->x;
        a->y += b->y;
        a->xx += b->xx;
        a->yy += b->yy;
        a->xy += b->xy;
        a->dark_before = fmin(a->dark_before, b->dark_before);
        a->dark_after = fmin(a->dark_after, b->dark_after);
    }
}

bool rdl_levels_fit(const rdl_levels *levels, int band, rdl_level_fit *fit)
{
    const rdl_band_levels *b = &levels->band[band];
    double mx = b->x / b->n, my = b->y / b->n;
    double xx = b->xx / b->n - mx * mx, yy = b->yy / b->n - my * my, xy = b->xy / b->n - mx * my;

    if (!(b->n > 1.0 && xx > 0.0 && yy > 0.0 && xy != 0.0))
        return false;
    fit->slope = rdl_orthogonal_slope(xx, yy, xy);
    fit->intercept = my - fit->slope * mx;
    fit->correlation = xy / sqrt(xx * yy);
    fit->apart = (my - mx) / (0.5 * (sqrt(xx) + sqrt(yy)));
    return true;
}

/* One step for all bands, in their darkest ground as in their means? */
static double common_step(const rdl_levels *l, double before, double after)
{
    double low = INFINITY, high = -INFINITY, sum = 0.0;

    for (int k = 0; k < l->bands; k++) {
        const rdl_band_levels *b = &l->band[k];
        double dark = b->dark_after * after - b->dark_before * before;
        double mean = (b->y * after - b->x * before) / b->n;
        if (!isfinite(dark) || !(fabs(mean) > 0.5 * STEP_LEAST) || mean * dark < 0.0)
            return 0.0;
        low = fmin(low, dark);
        high = fmax(high, dark);
        sum += dark;
    }
    double step = l->bands ? sum / l->bands : 0.0;
    bool alike = l->bands >= BANDS_LEAST && high - low <= STEP_SPREAD && fabs(step) >= STEP_LEAST &&
                 fabs(step) <= STEP_MOST;
    return alike ? step : 0.0;
}

rdl_offset_view rdl_levels_offset(const rdl_levels *l, double before, double after)
{
    rdl_offset_view view = {0.0, NAN, NAN};

    for (int k = 0; k < l->bands; k++) {
        view.darkest_before = fmin(view.darkest_before, l->band[k].dark_before * before);
        view.darkest_after = fmin(view.darkest_after, l->band[k].dark_after * after);
    }
    view.step = common_step(l, before, after);
    return view;
}
