#include "detect/rim.h"

#include <math.h>
#include <string.h>

#define OF_95 2.0788 /* times its median, what 95 of 100 of a Rayleigh distribution are under */
#define ROUNDS 60    /* of halving */

/* Square of the spread of (after - intercept) / slope - before; not positive: none. */
static double variance(const rdl_levels *levels, int k, double slope)
{
    const rdl_band_levels *b = &levels->band[k];
    double mx = b->x / b->n, my = b->y / b->n;
    double xx = b->xx / b->n - mx * mx, yy = b->yy / b->n - my * my, xy = b->xy / b->n - mx * my;

    return yy / (slope * slope) + xx - 2.0 * xy / slope;
}

bool rdl_rim_measure(const rdl_pair *pair, int threads, const rdl_progress *progress, rdl_rim *rim,
                     GError **error)
{
    rdl_shift left;
    rdl_levels levels = {0};

    *rim = (rdl_rim){.reach = NAN};
    if (!rdl_align_measure(pair, false, threads, progress, &left, &levels, error))
        return false;
    /* to a thousandth: more would be the noise of a processor */
    if (left.sure)
        rim->reach = round((hypot(left.dx, left.dy) + OF_95 * left.spread) * 1e3) / 1e3;
    rim->bands = levels.bands;
    for (int k = 0; k < levels.bands; k++) {
        rdl_level_fit fit;
        if (!rdl_levels_fit(&levels, k, &fit) || !(fit.slope > 0.0))
            continue;
        double v = variance(&levels, k, fit.slope);
        rim->band[k].slope = fit.slope;
        rim->band[k].intercept = fit.intercept;
        rim->band[k].weight = v > 0.0 ? 1.0 / v : 0.0;
    }
    return true;
}

/* ---- sums ---- */

static bool surrounded(const rdl_pair_reader *block, size_t width, size_t i)
{
    size_t col = i % width;

    return col > 0 && col + 1 < width && i >= width && i + width < block->n &&
           block->valid[i - 1] && block->valid[i + 1] && block->valid[i - width] &&
           block->valid[i + width];
}

/* Slope between two pixels of both dates' mean, two pixels apart; `after` in terms of `before`. */
static double slope_of(const float *before, const float *after, size_t from, size_t to, double gain)
{
    return 0.25 * (((double)before[to] - (double)before[from]) +
                   ((double)after[to] - (double)after[from]) / gain);
}

void rdl_rim_add(const rdl_rim *rim, const rdl_pair_reader *block, int across, size_t i,
                 rdl_rim_sums *sums)
{
    const size_t width = (size_t)across;

    if (!block->valid[i])
        return;
    bool sloping = surrounded(block, width, i);
    for (int k = 0; k < MIN(rim->bands, block->bands); k++) {
        const float *before = block->before[k], *after = block->after[k];
        const double gain = rim->band[k].slope, weight = rim->band[k].weight;
        if (!(weight > 0.0))
            continue;
        double d = ((double)after[i] - rim->band[k].intercept) / gain - (double)before[i];
        sums->square += weight * d * d;
        if (!sloping)
            continue;
        double x = slope_of(before, after, i - 1, i + 1, gain);
        double y = slope_of(before, after, i - width, i + width, gain);
        sums->along[0] += weight * d * x;
        sums->along[1] += weight * d * y;
        sums->slope[0] += weight * x * x;
        sums->slope[1] += weight * x * y;
        sums->slope[2] += weight * y * y;
    }
}

void rdl_rim_sums_add(rdl_rim_sums *s, const rdl_rim_sums *more)
{
    s->square += more->square;
    for (int i = 0; i < 2; i++)
        s->along[i] += more->along[i];
    for (int i = 0; i < 3; i++)
        s->slope[i] += more->slope[i];
}

/* ---- least squares in a disc ---- */

/* The slopes by their own axes: widths w, and the differences along them. */
typedef struct {
    double w[2], along[2];
} axes;

static axes axes_of(const rdl_rim_sums *s)
{
    double half = 0.5 * (s->slope[0] + s->slope[2]), apart = 0.5 * (s->slope[0] - s->slope[2]);
    double size = hypot(apart, s->slope[1]), turn = 0.5 * atan2(s->slope[1], apart);
    double c = cos(turn), n = sin(turn);

    return (axes){{half + size, fmax(half - size, 0.0)},
                  {c * s->along[0] + n * s->along[1], c * s->along[1] - n * s->along[0]}};
}

/* Length of the displacement held back by `hold`, and what it takes off the squares. */
static double displaced(const axes *a, double hold, double *taken)
{
    double square = 0.0;

    *taken = 0.0;
    for (int i = 0; i < 2; i++) {
        double stiff = a->w[i] + hold, d = stiff > 0.0 ? a->along[i] / stiff : 0.0;
        square += d * d;
        *taken += 2.0 * d * a->along[i] - d * d * a->w[i];
    }
    return sqrt(square);
}

double rdl_rim_share(const rdl_rim_sums *s, double reach)
{
    const axes a = axes_of(s);
    double taken, low = 1e-9 * a.w[0];

    if (!(s->square > 0.0) || isnan(reach))
        return NAN;
    if (!(a.w[0] > 0.0 && reach > 0.0))
        return 0.0;
    if (displaced(&a, low, &taken) > reach) {
        double high = low;
        while (displaced(&a, high, &taken) > reach)
            high *= 4.0;
        for (int i = 0; i < ROUNDS; i++) {
            double middle = sqrt(low * high);
            if (displaced(&a, middle, &taken) > reach)
                low = middle;
            else
                high = middle;
        }
        displaced(&a, high, &taken);
    }
    return CLAMP(taken / s->square, 0.0, 1.0);
}
