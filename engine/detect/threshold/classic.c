#include "detect/threshold/classic.h"

#include <math.h>
#include <stdbool.h>

#define CLASS_LEAST 30.0 /* pixels a minimum-error class must have */

double rdl_otsu(const rdl_coarse *h)
{
    double sum = 0.0, below = 0.0, below_sum = 0.0, best = -1.0, limit = NAN;

    for (int i = 0; i < h->n; i++)
        sum += h->count[i] * rdl_coarse_middle(h, i);
    for (int i = 0; i + 1 < h->n; i++) {
        below += h->count[i];
        below_sum += h->count[i] * rdl_coarse_middle(h, i);
        double above = h->total - below;
        double difference = below_sum / below - (sum - below_sum) / above;
        double between = below * above * difference * difference;
        if (below > 0.0 && above > 0.0 && between > best) {
            best = between;
            limit = rdl_coarse_middle(h, i);
        }
    }
    return limit;
}

double rdl_kapur(const rdl_coarse *h)
{
    double all = 0.0, p = 0.0, low = 0.0, best = -INFINITY, limit = NAN;

    for (int i = 0; i < h->n; i++)
        if (h->count[i] > 0.0)
            all -= h->count[i] / h->total * log(h->count[i] / h->total);
    for (int i = 0; i + 1 < h->n; i++) {
        double share = h->count[i] / h->total;
        p += share;
        low -= share > 0.0 ? share * log(share) : 0.0;
        if (!(p > 0.0 && p < 1.0 - 1e-12))
            continue;
        double entropy = log(p) + low / p + log(1.0 - p) + (all - low) / (1.0 - p);
        if (entropy > best) {
            best = entropy;
            limit = rdl_coarse_upper(h, i);
        }
    }
    return limit;
}

/* ---- minimum error ---- */

typedef struct {
    double count, sum, squares;
} class_sums;

static class_sums class_add(class_sums c, double count, double x)
{
    return (class_sums){c.count + count, c.sum + count * x, c.squares + count * x * x};
}

static double class_variance(class_sums c, double width)
{
    double mean = c.sum / c.count;

    return fmax(c.squares / c.count - mean * mean, 0.0) + width * width / 12.0;
}

static double error_measure(class_sums low, class_sums high, double width)
{
    double n = low.count + high.count, p1 = low.count / n, p2 = high.count / n;

    return 1.0 + p1 * log(class_variance(low, width)) + p2 * log(class_variance(high, width)) -
           2.0 * (p1 * log(p1) + p2 * log(p2));
}

double rdl_minimum_error(const rdl_coarse *h)
{
    class_sums all = {0}, low = {0};
    double best = INFINITY, limit = NAN;

    for (int i = 0; i < h->n; i++)
        all = class_add(all, h->count[i], rdl_coarse_middle(h, i));
    for (int i = 0; i + 1 < h->n; i++) {
        low = class_add(low, h->count[i], rdl_coarse_middle(h, i));
        class_sums high = {all.count - low.count, all.sum - low.sum, all.squares - low.squares};
        if (low.count < CLASS_LEAST || high.count < CLASS_LEAST)
            continue;
        double j = error_measure(low, high, h->width);
        if (j < best) {
            best = j;
            limit = rdl_coarse_upper(h, i);
        }
    }
    return limit;
}

/* ---- mixtures ---- */

static double density(const rdl_mixture *m, int k, double x)
{
    double d = (x - m->mean[k]) / m->deviation[k];

    return m->weight[k] / m->deviation[k] * exp(-0.5 * d * d);
}

static void mixture_round(const rdl_coarse *h, rdl_mixture *m)
{
    class_sums part[3] = {0};

    for (int i = 0; i < h->n; i++) {
        double x = rdl_coarse_middle(h, i), f[3] = {0}, sum = 0.0;
        for (int k = 0; k < m->n; k++)
            sum += f[k] = density(m, k, x);
        for (int k = 0; k < m->n && sum > 0.0; k++)
            part[k] = class_add(part[k], h->count[i] * f[k] / sum, x);
    }
    for (int k = 0; k < m->n; k++) {
        if (!(part[k].count > 1e-9))
            continue;
        m->weight[k] = part[k].count / h->total;
        m->mean[k] = part[k].sum / part[k].count;
        m->deviation[k] = sqrt(class_variance(part[k], h->width));
    }
}

void rdl_mixture_fit(const rdl_coarse *coarse, int rounds, rdl_mixture *mixture)
{
    for (int i = 0; i < rounds; i++)
        mixture_round(coarse, mixture);
}

double rdl_mixture_limit(const rdl_coarse *h, const rdl_mixture *m)
{
    int top = 0, last = -1;

    for (int k = 1; k < m->n; k++)
        if (m->mean[k] > m->mean[top])
            top = k;
    for (int i = 0; i < h->n; i++) {
        double x = rdl_coarse_middle(h, i), others = 0.0;
        for (int k = 0; k < m->n; k++)
            others += k == top ? 0.0 : density(m, k, x);
        /* beyond its mean a narrow top class may lose again to the broad tail of another */
        if (density(m, top, x) < others && x < m->mean[top])
            last = i;
    }
    return last < 0 ? NAN : rdl_coarse_upper(h, last);
}

double rdl_expectation(const rdl_coarse *h)
{
    double middle = rdl_coarse_middle(h, h->n / 2) - h->low, from = h->low + 1.5 * middle;
    class_sums low = {0}, high = {0};

    for (int i = 0; i < h->n; i++) {
        double x = rdl_coarse_middle(h, i);
        if (x < h->low + 0.5 * middle)
            low = class_add(low, h->count[i], x);
        else if (x > from)
            high = class_add(high, h->count[i], x);
    }
    bool empty = !(high.count > 0.0);
    for (int i = h->n - 1; empty && i >= 0 && high.count < 0.01 * h->total; i--)
        high = class_add(high, h->count[i], rdl_coarse_middle(h, i));
    if (!(low.count > 0.0 && high.count > 0.0))
        return NAN;
    rdl_mixture m = {
        .n = 2,
        .weight = {low.count / (low.count + high.count), high.count / (low.count + high.count)},
        .mean = {low.sum / low.count, high.sum / high.count},
        .deviation = {sqrt(class_variance(low, h->width)), sqrt(class_variance(high, h->width))}};
    rdl_mixture_fit(h, 300, &m);
    return rdl_mixture_limit(h, &m);
}
