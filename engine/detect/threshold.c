#include "detect/threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>

#define OTSU_BINS 1024
#define BINS 512
#define CLASS_LEAST 30.0 /* pixels a minimum-error class must have */

static rdl_limit limit_of(double value, const char *rule, const char *domain)
{
    return (rdl_limit){value, rule, domain, NAN, NAN, NAN, {NAN, NAN, NAN}};
}

/* ---- parsing ---- */

static bool number_of(const char *text, double *number)
{
    char *end = NULL;

    *number = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number);
}

static bool parse_pvalue(const char *text, bool family, rdl_limit_choice *choice, GError **error)
{
    if (!family)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--threshold %s: only the chi-square of irmad and mad has p-values", text);
    choice->rule = RDL_LIMIT_PVALUE;
    if (number_of(text + strlen("pvalue:"), &choice->number) && choice->number > 0.0 &&
        choice->number < 1.0)
        return true;
    return rdl_fail(error, RDL_ERROR_USAGE,
                    "--threshold %s: a probability between 0 and 1 is needed", text);
}

bool rdl_limit_parse(const char *text, bool family, bool iterated, rdl_limit_choice *choice,
                     GError **error)
{
    *choice = (rdl_limit_choice){iterated ? RDL_LIMIT_RULE1 : RDL_LIMIT_OTSU, NAN};
    if (strcmp(text, "auto") == 0)
        return true;
    if (strcmp(text, "otsu") == 0) {
        choice->rule = RDL_LIMIT_OTSU;
        return true;
    }
    if (strcmp(text, "kapur") == 0 || strcmp(text, "em") == 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--threshold %s: not built yet: give auto, otsu, pvalue:P or a number",
                        text);
    if (g_str_has_prefix(text, "pvalue:"))
        return parse_pvalue(text, family, choice, error);
    choice->rule = RDL_LIMIT_VALUE;
    if (number_of(text, &choice->number) && choice->number >= 0.0)
        return true;
    return rdl_fail(error, RDL_ERROR_USAGE,
                    "--threshold %s: give auto, otsu, pvalue:P or a number that is not negative",
                    text);
}

/* ---- histograms in a domain ---- */

typedef enum { LINEAR, ROOT, CUBE_ROOT, LOGARITHM } domain;

static double into(domain d, double z)
{
    switch (d) {
    case LINEAR:
        break;
    case ROOT:
        return sqrt(z);
    case CUBE_ROOT:
        return cbrt(z);
    case LOGARITHM:
        return log(z);
    }
    return z;
}

static double back(domain d, double x)
{
    switch (d) {
    case LINEAR:
        break;
    case ROOT:
        return x * x;
    case CUBE_ROOT:
        return x * x * x;
    case LOGARITHM:
        return exp(x);
    }
    return x;
}

typedef struct {
    domain domain;
    int n;
    double low, width;
    double *count;
} coarse;

static double middle(const coarse *h, int i)
{
    return h->low + (i + 0.5) * h->width;
}

static double upper_edge(const coarse *h, int i)
{
    return h->low + (i + 1) * h->width;
}

/* First fine bin with more than `share` of all counts up to it. */
static size_t quantile(const rdl_bins *bins, double share)
{
    double sum = 0.0;
    size_t i = 0;

    while (i + 1 < bins->n && (sum += bins->count[i]) <= share * bins->total)
        i++;
    return i;
}

/* Scores of zero have no logarithm: with the others below the lowest bin they are in the first. */
static coarse coarse_of(const rdl_bins *bins, domain d, int n, size_t first)
{
    if (d == LOGARITHM)
        while (first + 1 < bins->n && bins->value[first] <= 0.0)
            first++;
    double low = into(d, bins->value[first]), high = into(d, bins->value[bins->n - 1]);
    coarse h = {d, n, low, (high - low) / n, g_new0(double, (size_t)n)};

    for (size_t k = 0; k < bins->n; k++) {
        int i =
            k <= first || !(h.width > 0.0) ? 0 : (int)((into(d, bins->value[k]) - low) / h.width);
        h.count[CLAMP(i, 0, n - 1)] += bins->count[k];
    }
    return h;
}

static bool spread(const rdl_bins *bins, GError **error)
{
    if (bins->n >= 2)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "all scores are equal: there is no threshold to find, give one as a number");
}

/* ---- Otsu ---- */

bool rdl_limit_otsu(const rdl_bins *bins, bool root, rdl_limit *limit, GError **error)
{
    if (!spread(bins, error))
        return false;
    coarse h = coarse_of(bins, root ? ROOT : LINEAR, OTSU_BINS, 0);
    double sum = 0.0, below = 0.0, below_sum = 0.0, best = -1.0;
    int at = 0;

    for (int i = 0; i < h.n; i++)
        sum += h.count[i] * middle(&h, i);
    for (int i = 0; i + 1 < h.n; i++) {
        below += h.count[i];
        below_sum += h.count[i] * middle(&h, i);
        double above = bins->total - below;
        double difference = below_sum / below - (sum - below_sum) / above;
        double between = below * above * difference * difference;
        if (below > 0.0 && above > 0.0 && between > best) {
            best = between;
            at = i;
        }
    }
    /* the middle of the bin, as in the programs whose figures are compared with ours */
    *limit = limit_of(back(h.domain, middle(&h, at)), "otsu", root ? "sqrt" : "linear");
    g_free(h.count);
    return true;
}

/* ---- rule 1 of thresholds.md ---- */

static void smooth(int n, const double *from, double sigma, double *to)
{
    int reach = (int)ceil(4.0 * sigma);

    for (int i = 0; i < n; i++) {
        double sum = 0.0, weight = 0.0;
        for (int k = MAX(0, i - reach); k <= MIN(n - 1, i + reach); k++) {
            double w = exp(-0.5 * (k - i) * (k - i) / (sigma * sigma));
            sum += w * from[k];
            weight += w;
        }
        to[i] = sum / weight;
    }
}

static int highest(int n, const double *values)
{
    int at = 0;

    for (int i = 1; i < n; i++)
        if (values[i] > values[at])
            at = i;
    return at;
}

typedef struct {
    int bin; /* of the mode */
    double mode, height, variance;
} null_fit;

/* A normal fitted to the left half: the mode, and the mean square of what lies left of it. */
static null_fit fit_null(const rdl_bins *bins, const coarse *h)
{
    double smoothed[BINS];
    double iqr = log(bins->value[quantile(bins, 0.75)]) - log(bins->value[quantile(bins, 0.25)]);
    null_fit f = {0};
    double sum = 0.0, count = 0.0;

    smooth(h->n, h->count, fmax(iqr / 8.0 / h->width, 0.5), smoothed);
    f.bin = highest(h->n, smoothed);
    f.mode = middle(h, f.bin);
    f.height = smoothed[f.bin];
    for (int i = 0; i <= f.bin; i++) {
        sum += h->count[i] * (middle(h, i) - f.mode) * (middle(h, i) - f.mode);
        count += h->count[i];
    }
    f.variance = fmax(count > 0.0 ? sum / count : 0.0, h->width * h->width / 12.0);
    return f;
}

/* Local false discovery rate of each bin: 1 left of the mode, falling to the right. */
static void discovery_rate(const coarse *h, const null_fit *f, double *rate)
{
    double smoothed[BINS];

    smooth(h->n, h->count, 2.0, smoothed);
    for (int i = 0; i < h->n; i++) {
        double x = middle(h, i) - f->mode;
        double null = f->height * exp(-0.5 * x * x / f->variance);
        rate[i] = i <= f->bin ? 1.0 : fmin(1.0, null / fmax(smoothed[i], 0.5));
    }
    for (int i = h->n - 2; i >= 0; i--)
        rate[i] = fmax(rate[i], rate[i + 1]);
}

/* Lower edge of the first bin above the last whose rate is over alpha. */
static double limit_at(const coarse *h, const double *rate, double alpha)
{
    int last = h->n - 1;

    while (last > 0 && rate[last] <= alpha)
        last--;
    return upper_edge(h, last);
}

static double share_above(const rdl_bins *bins, double z)
{
    double sum = 0.0;

    for (size_t i = bins->n; i-- > 0 && bins->value[i] > z;)
        sum += bins->count[i];
    return sum / bins->total;
}

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

/* Kittler & Illingworth's minimum-error limit, in units of the score; NaN where no two classes of
 * 30 pixels can be made. */
static double minimum_error(const rdl_bins *bins, domain d, size_t first)
{
    coarse h = coarse_of(bins, d, BINS, first);
    class_sums all = {0}, low = {0};
    double best = INFINITY, limit = NAN;

    for (int i = 0; i < h.n; i++)
        all = class_add(all, h.count[i], middle(&h, i));
    for (int i = 0; i + 1 < h.n; i++) {
        low = class_add(low, h.count[i], middle(&h, i));
        class_sums high = {all.count - low.count, all.sum - low.sum, all.squares - low.squares};
        if (low.count < CLASS_LEAST || high.count < CLASS_LEAST)
            continue;
        double j = error_measure(low, high, h.width);
        if (j < best) {
            best = j;
            limit = back(d, upper_edge(&h, i));
        }
    }
    g_free(h.count);
    return limit;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median of those that are numbers; the mean of the middle two of an even number. */
static double median(const double *values, int n)
{
    double sorted[3];
    int count = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(values[i]))
            sorted[count++] = values[i];
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    return count ? 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]) : NAN;
}

bool rdl_limit_null(const rdl_bins *bins, rdl_limit *limit, GError **error)
{
    if (!spread(bins, error))
        return false;
    size_t first = quantile(bins, 0.0001);
    coarse h = coarse_of(bins, LOGARITHM, BINS, first);
    *limit = limit_of(NAN, "null+ki", "ln");
    if (!(h.width > 0.0)) {
        g_free(h.count);
        return rdl_fail(error, RDL_ERROR_DATA, "the scores do not spread: give a threshold");
    }
    double rate[BINS];
    null_fit f = fit_null(bins, &h);
    discovery_rate(&h, &f, rate);
    limit->mode = f.mode;
    limit->share = share_above(bins, exp(limit_at(&h, rate, 0.5)));
    double ramp = log(fmax(limit->share, 1e-12) / 0.02) / log(5.0);
    limit->alpha = 0.2 + 0.3 * CLAMP(ramp, 0.0, 1.0);
    limit->candidates[0] = exp(limit_at(&h, rate, limit->alpha));
    limit->candidates[1] = minimum_error(bins, LOGARITHM, first);
    limit->candidates[2] = minimum_error(bins, CUBE_ROOT, 0);
    limit->value = median(limit->candidates, 3);
    g_free(h.count);
    return true;
}

rdl_limit rdl_limit_pvalue(double tail, int p)
{
    return limit_of(gsl_cdf_chisq_Qinv(tail, p), "pvalue", "");
}

rdl_limit rdl_limit_value(double value)
{
    return limit_of(value, "value", "");
}
