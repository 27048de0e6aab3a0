#include "base/proportion.h"

#include <math.h>
#include <gsl/gsl_cdf.h>
#include "base/apportion.h"

rdl_confidence rdl_proportion_exact(gint64 part, gint64 n, double level)
{
    const double half = (1.0 - level) / 2.0, k = (double)part, rest = (double)(n - part);

    if (n < 1)
        return (rdl_confidence){NAN, NAN};
    return (rdl_confidence){part == 0 ? 0.0 : gsl_cdf_beta_Pinv(half, k, rest + 1.0),
                            part == n ? 1.0 : gsl_cdf_beta_Qinv(half, k + 1.0, rest)};
}

void rdl_stratum_look(rdl_stratum *s, double size, bool hit)
{
    s->n += 1.0;
    s->x += size;
    s->xx += size * size;
    if (hit) {
        s->hit_x += size;
        s->hit_xx += size * size;
    }
}

double rdl_stratum_share(const rdl_stratum *s)
{
    return s->x > 0.0 ? s->hit_x / s->x : NAN;
}

double rdl_stratum_variance(const rdl_stratum *s)
{
    const double p = rdl_stratum_share(s);

    if (s->n >= s->population)
        return 0.0;
    if (!(s->n > 1.0))
        return NAN;
    double squares = s->hit_xx * (1.0 - 2.0 * p) + p * p * s->xx;
    return (1.0 - s->n / s->population) * s->n / (s->n - 1.0) * MAX(squares, 0.0) / (s->x * s->x);
}

rdl_share rdl_strata_share(const rdl_stratum *strata, size_t n)
{
    rdl_share all = {0};
    double sum = 0.0, variance = 0.0;

    for (size_t i = 0; i < n; i++) {
        const rdl_stratum *s = &strata[i];
        if (!(s->size > 0.0))
            continue;
        if (isnan(rdl_stratum_share(s))) {
            all.missing += s->size;
            continue;
        }
        all.size += s->size;
        sum += s->size * rdl_stratum_share(s);
        variance += s->size * s->size * rdl_stratum_variance(s);
    }
    all.value = all.size > 0.0 ? sum / all.size : NAN;
    all.error = all.size > 0.0 ? sqrt(variance) / all.size : NAN;
    return all;
}

bool rdl_strata_allot(const gint64 *population, size_t n, gint64 total, gint64 least,
                      gint64 *allotted, gint64 *needed)
{
    g_autofree double *left = g_new(double, n + 1), *more = g_new(double, n + 1);
    double all_left = 0.0;

    *needed = 0;
    for (size_t i = 0; i < n; i++) {
        allotted[i] = MIN(population[i], least);
        *needed += allotted[i];
        left[i] = (double)(population[i] - allotted[i]);
        all_left += left[i];
    }
    double rest = MIN((double)(total - *needed), all_left);
    if (rest < 0.0)
        return false;
    for (size_t i = 0; i < n; i++)
        left[i] = all_left > 0.0 ? rest * left[i] / all_left : 0.0;
    rdl_apportion(left, n, rest, 1.0, more);
    for (size_t i = 0; i < n; i++)
        allotted[i] += (gint64)llround(more[i]);
    return true;
}
