#include "detect/change/irmad.h"

#include <math.h>
#include <string.h>
#include "detect/change/moments.h"
#include "detect/change/sfa.h"

typedef struct {
    int variates;
    const rdl_mad *mad;
    double *cells; /* moments, one after another */
} accumulation;

static void *scratch_new(void *user)
{
    (void)user;
    return g_new(double, (size_t)RDL_CELL *RDL_CELL);
}

static void scratch_free(void *user, void *state)
{
    (void)user;
    g_free(state);
}

static void weigh(const rdl_mad *mad, rdl_cell cell, double *weights)
{
    const float *planes[2 * RDL_BANDS_MOST];

    for (int k = 0; k < 2 * mad->p; k++)
        planes[k] = cell.planes + (size_t)k * cell.n;
    rdl_mad_chi_square(mad, cell.n, planes, weights);
    rdl_mad_no_change(mad->p, cell.n, weights);
}

static void accumulate(void *user, void *state, size_t index, rdl_cell cell, float *planes)
{
    accumulation *a = user;
    double *weights = a->mad ? state : NULL;

    (void)planes;
    if (cell.n == 0)
        return;
    if (a->mad)
        weigh(a->mad, cell, weights);
    rdl_moments_of_cell(a->cells + index * rdl_moments_size(a->variates), a->variates, cell.n,
                        cell.planes, weights);
}

double *rdl_sample_moments(rdl_sample *sample, const rdl_mad *mad, const rdl_progress *progress,
                           GError **error)
{
    static const rdl_cell_work work = {scratch_new, accumulate, scratch_free, "statistics"};
    const int variates = 2 * rdl_pair_bands(rdl_sample_pair(sample));
    size_t size = rdl_moments_size(variates), n = rdl_sample_cells(sample);
    g_autofree double *cells = g_new0(double, size *n);
    accumulation job = {variates, mad, cells};

    if (!rdl_sample_each(sample, &work, &job, progress, error))
        return NULL;
    double *all = g_new0(double, size);
    for (size_t i = 0; i < n; i++)
        rdl_moments_merge(all, cells + i * size, variates);
    return all;
}

/* ---- iteration ---- */

typedef struct {
    const rdl_progress *outer;
    int done, most;
} part_of_way;

static bool tell_part(double fraction, const char *step, void *user)
{
    const part_of_way *way = user;

    return rdl_progress_tell(way->outer, (way->done + MIN(fraction, 0.999)) / way->most, step,
                             NULL);
}

static bool explain(const rdl_sample *sample, rdl_mad_state state, int culprit, GError **error)
{
    const rdl_pair *pair = rdl_sample_pair(sample);
    const int p = rdl_pair_bands(pair);
    const bool known = culprit >= 0;
    const rdl_scene *scene = culprit < p ? rdl_pair_before(pair) : rdl_pair_after(pair);
    const char *path = rdl_raster_path(scene->raster);
    int band = known ? scene->bands[culprit % p] : 0;

    switch (state) {
    case RDL_MAD_GOOD:
        return true;
    case RDL_MAD_EMPTY:
        return rdl_fail(error, RDL_ERROR_DATA,
                        "fewer than %d pixels are observed on both dates: too few to compare",
                        2 * p + 2);
    case RDL_MAD_CONSTANT:
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: band %d is constant where both dates are observed: leave it out "
                        "with --bands",
                        path, band);
    case RDL_MAD_DEPENDENT:
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: band %d is a linear combination of the bands before it: leave it out "
                        "with --bands",
                        path, band);
    case RDL_MAD_EQUAL:
        break;
    }
    if (known)
        return rdl_fail(
            error, RDL_ERROR_DATA,
            "%s: band %d is the same on both dates, but for a linear function: leave it "
            "out with --bands",
            path, band);
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s and %s differ by a linear function only (canonical correlation 1): is it "
                    "the same scene twice?",
                    rdl_raster_path(rdl_pair_before(pair)->raster),
                    rdl_raster_path(rdl_pair_after(pair)->raster));
}

static double largest_move(const rdl_mad *mad, const double *rho)
{
    double most = 0.0;

    for (int i = 0; i < mad->p; i++)
        most = fmax(most, fabs(mad->rho[i] - rho[i]));
    return most;
}

/* One iteration; `mad` is that of the one before (p = 0: none) and is replaced when this is good.
 */
static bool iterate(rdl_sample *sample, int p, bool slow, rdl_mad *mad, double *weight,
                    rdl_mad_state *state, int *culprit, const rdl_progress *progress,
                    GError **error)
{
    g_autofree double *m = rdl_sample_moments(sample, mad->p ? mad : NULL, progress, error);
    g_autofree rdl_mad *next = g_new0(rdl_mad, 1);

    if (!m)
        return false;
    *culprit = 0;
    *state = m[0] < 2 * p + 2 ? RDL_MAD_EMPTY
                              : (slow ? rdl_sfa_solve : rdl_mad_solve)(m, p, next, culprit);
    if (*state == RDL_MAD_GOOD)
        *mad = *next, *weight = m[0];
    return true;
}

bool rdl_irmad(rdl_sample *sample, const rdl_irmad_options *options, const rdl_progress *progress,
               rdl_irmad_fit *fit, GError **error)
{
    const int p = rdl_pair_bands(rdl_sample_pair(sample));
    double before[RDL_BANDS_MOST] = {0}, weight = 0.0, pixels = 0.0;
    part_of_way way = {progress, 0, options->iterations};
    const rdl_progress inner = {tell_part, &way};

    memset(fit, 0, sizeof *fit);
    while (fit->iterations < options->iterations && !fit->converged) {
        rdl_mad_state state;
        int culprit;
        if (!iterate(sample, p, options->slow, &fit->mad, &weight, &state, &culprit, &inner, error))
            return false;
        if (state != RDL_MAD_GOOD && fit->iterations == 0)
            return explain(sample, state, culprit, error);
        fit->exhausted = state != RDL_MAD_GOOD;
        if (fit->exhausted)
            break;
        if (fit->iterations == 0)
            fit->first = fit->mad, pixels = weight;
        fit->weight = weight / pixels;
        way.done = ++fit->iterations;
        fit->converged = largest_move(&fit->mad, before) <= options->tolerance;
        memcpy(before, fit->mad.rho, sizeof before);
    }
    return rdl_progress_tell(progress, 1.0, "statistics", error);
}
