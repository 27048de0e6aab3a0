#include "detect/accuracy.h"

#include <math.h>

static double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : NAN;
}

rdl_accuracy rdl_accuracy_of(rdl_confusion c)
{
    double tp = (double)c.tp, fp = (double)c.fp, fn = (double)c.fn, tn = (double)c.tn;
    double n = tp + fp + fn + tn, agreed = ratio(tp + tn, n);
    double by_chance = ratio((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn), n * n);
    rdl_accuracy a = {.overall = agreed,
                      .kappa = ratio(agreed - by_chance, 1.0 - by_chance),
                      .f1 = ratio(2.0 * tp, 2.0 * tp + fp + fn),
                      .precision = ratio(tp, tp + fp),
                      .recall = ratio(tp, tp + fn)};

    a.commission = 1.0 - a.precision;
    a.omission = 1.0 - a.recall;
    return a;
}

/* ---- Olofsson et al. 2014 ---- */

/* A class of the map: its share of the area, labels in it, and how many of them are changed. */
typedef struct {
    double weight, n, changed;
} stratum;

static double in_stratum(stratum s)
{
    return s.n > 0.0 ? s.changed / s.n : 0.0;
}

/* Variance of the share that is changed in a stratum, times its weight squared; a stratum of one
 * label tells nothing about it. */
static double variance(stratum s)
{
    const rdl_stratum labels = {.population = INFINITY,
                                .n = s.n,
                                .x = s.n,
                                .hit_x = s.changed,
                                .xx = s.n,
                                .hit_xx = s.changed};

    return s.weight > 0.0 ? s.weight * s.weight * rdl_stratum_variance(&labels) : 0.0;
}

/* Producer's accuracy of change: equation 7. */
static double producer_variance(stratum unchanged, stratum changed, double producer)
{
    double missed = unchanged.weight * in_stratum(unchanged);
    double found = changed.weight * in_stratum(changed);
    double whole = missed + found;
    double own = (1.0 - producer) * (1.0 - producer) * variance(changed);

    return (own + producer * producer * variance(unchanged)) / (whole * whole);
}

rdl_area_estimate rdl_area_estimate_of(rdl_confusion c, double unchanged_weight,
                                       double changed_weight, double z)
{
    stratum unchanged = {unchanged_weight, (double)(c.fn + c.tn), (double)c.fn};
    stratum changed = {changed_weight, (double)(c.tp + c.fp), (double)c.tp};
    double missed = unchanged.weight * in_stratum(unchanged);
    double found = changed.weight * in_stratum(changed),
           both = variance(unchanged) + variance(changed);
    rdl_area_estimate e = {.mapped_share = changed_weight};

    if (c.tp + c.fn == 0 || c.fp + c.tn == 0)
        both = NAN; /* of a reference of one class nothing is known of how far off it is */
    e.share = (rdl_estimate){missed + found, z * sqrt(both)};
    e.overall = (rdl_estimate){found + unchanged.weight - missed, z * sqrt(both)};
    e.user.value = changed.n > 0.0 ? in_stratum(changed) : NAN;
    e.user.half =
        changed.n > 1.0 ? z * sqrt(e.user.value * (1.0 - e.user.value) / (changed.n - 1.0)) : NAN;
    e.producer.value = ratio(found, missed + found);
    e.producer.half = z * sqrt(producer_variance(unchanged, changed, e.producer.value));
    return e;
}

/* Pairs of changed and unchanged scores: all of them, and those in order. */
typedef struct {
    double all, ordered;
} score_pairs;

static score_pairs pairs_of(const rdl_histogram *changed, const rdl_histogram *unchanged)
{
    rdl_bins c = rdl_histogram_bins(changed), u = rdl_histogram_bins(unchanged);
    double below = 0.0, sum = 0.0;
    size_t k = 0;

    for (size_t i = 0; i < c.n; i++) {
        while (k < u.n && u.value[k] < c.value[i])
            below += u.count[k++];
        double ties = k < u.n && u.value[k] == c.value[i] ? u.count[k] : 0.0;
        sum += c.count[i] * (below + 0.5 * ties);
    }
    score_pairs pairs = {c.total * u.total, sum};
    rdl_bins_clear(&c);
    rdl_bins_clear(&u);
    return pairs;
}

double rdl_auc(const rdl_histogram *changed, const rdl_histogram *unchanged)
{
    score_pairs p = pairs_of(changed, unchanged);

    return ratio(p.ordered, p.all);
}

double rdl_auc_signed(rdl_histogram *const changed[2], rdl_histogram *const unchanged[2])
{
    score_pairs below = pairs_of(changed[0], unchanged[0]);
    score_pairs above = pairs_of(changed[1], unchanged[1]);
    double apart = pairs_of(changed[1], unchanged[0]).all;
    double crossed = pairs_of(changed[0], unchanged[1]).all;

    return ratio(below.all - below.ordered + above.ordered + apart,
                 below.all + above.all + apart + crossed);
}
