#include "detect/threshold/null.h"

#include <math.h>
#include "detect/threshold/coarse.h"

#define LEAVE_OUT                                                                   \
    0.0001 /* quantile at which the bins begin: single scores near 0 reach far left \
            */

static int highest(int n, const double *values)
{
    int at = 0;

    for (int i = 1; i < n; i++)
        if (values[i] > values[at])
            at = i;
    return at;
}

/* The mode, and the mean square of what lies left of it; returns the mode's bin. */
static int fit_left(const rdl_coarse *h, double range, rdl_null *null, double *height)
{
    double smoothed[RDL_NULL_BINS];
    double sum = 0.0, count = 0.0;

    rdl_smooth(h->n, h->count, fmax(range / 8.0 / h->width, 0.5), smoothed);
    int mode = highest(h->n, smoothed);
    null->mode = rdl_coarse_middle(h, mode);
    *height = smoothed[mode];
    for (int i = 0; i <= mode; i++) {
        double x = rdl_coarse_middle(h, i) - null->mode;
        sum += h->count[i] * x * x;
        count += h->count[i];
    }
    null->variance = fmax(count > 0.0 ? sum / count : 0.0, h->width * h->width / 12.0);
    return mode;
}

static void discovery_rate(const rdl_coarse *h, int mode, double height, rdl_null *null)
{
    double smoothed[RDL_NULL_BINS];

    rdl_smooth(h->n, h->count, 2.0, smoothed);
    for (int i = 0; i < h->n; i++) {
        double x = rdl_coarse_middle(h, i) - null->mode;
        double explained = height * exp(-0.5 * x * x / null->variance);
        null->rate[i] = i <= mode ? 1.0 : fmin(1.0, explained / fmax(smoothed[i], 0.5));
    }
    for (int i = h->n - 2; i >= 0; i--)
        null->rate[i] = fmax(null->rate[i], null->rate[i + 1]);
}

bool rdl_null_fit(const rdl_bins *bins, rdl_null *null)
{
    double height;

    if (bins->n < 2)
        return false;
    g_auto(rdl_coarse) h = rdl_coarse_of(bins, RDL_DOMAIN_LOGARITHM, RDL_NULL_BINS,
                                         rdl_bins_quantile(bins, LEAVE_OUT));
    if (!(h.width > 0.0))
        return false;
    double range = log(fmax(bins->value[rdl_bins_quantile(bins, 0.75)], exp(h.low))) -
                   log(fmax(bins->value[rdl_bins_quantile(bins, 0.25)], exp(h.low)));
    null->low = h.low;
    null->width = h.width;
    int mode = fit_left(&h, range, null, &height);
    discovery_rate(&h, mode, height, null);
    return true;
}

double rdl_null_limit(const rdl_null *null, double alpha)
{
    int last = RDL_NULL_BINS - 1;

    while (last > 0 && null->rate[last] <= alpha)
        last--;
    return exp(null->low + (last + 1) * null->width);
}
