#include "detect/score.h"

#include <math.h>
#include <string.h>
#include "detect/change/cva.h"
#include "detect/change/index.h"
#include "detect/change/moments.h"
#include "detect/change/ratio.h"
#include "detect/threshold/coarse.h"

static const rdl_detector_fact facts[] = {
    [RDL_DETECT_INDEX] = {"index", "spectral index after minus before", "Singh 1989, IJRS 10(6)",
                          RDL_SCALE_DIFFERENCE, RDL_FOCUS_NONE, true, 1, 2},
    [RDL_DETECT_CVA] = {"cva", "magnitude of the change vector of standardised bands",
                        "Malila 1980, Change vector analysis, Purdue LARS", RDL_SCALE_MAGNITUDE,
                        RDL_FOCUS_NONE, false, 1, 8},
    [RDL_DETECT_MAD] = {"mad", "chi-square of the MAD variates",
                        "Nielsen, Conradsen & Simpson 1998, Remote Sensing of Environment 64",
                        RDL_SCALE_CHI_SQUARE, RDL_FOCUS_NONE, false, 1, 2},
    [RDL_DETECT_IRMAD] = {"irmad", "chi-square of the IR-MAD variates",
                          "Nielsen 2007, IEEE TIP 16(2)", RDL_SCALE_CHI_SQUARE, RDL_FOCUS_NONE,
                          false, 1, 2},
    [RDL_DETECT_LOG_RATIO] = {"logratio", "smoothed logarithm of the ratio of intensities",
                              "Dekker 1998, IJRS 19(6)", RDL_SCALE_LOG_RATIO, RDL_FOCUS_GAUSSIAN,
                              true, 1, 1},
    [RDL_DETECT_MEAN_RATIO] = {"meanratio", "ratio of 3x3 mean intensities",
                               "Inglada & Mercier 2007, IEEE TGRS 45(5)", RDL_SCALE_DIFFERENCE,
                               RDL_FOCUS_MEANS, false, 2, 1},
    [RDL_DETECT_ISFA] = {"isfa", "chi-square of the slow features, re-weighted",
                         "Wu, Du & Zhang 2014, IEEE TGRS 52(5)", RDL_SCALE_CHI_SQUARE,
                         RDL_FOCUS_NONE, false, 1, 1},
    [RDL_DETECT_PCA_KMEANS] = {"pca-kmeans", "nearness to the changed of two clusters, 0..1",
                               "Celik 2009, IEEE GRSL 6(4)", RDL_SCALE_DIFFERENCE,
                               RDL_FOCUS_PATTERNS, false, 1, 1},
};

const rdl_detector_fact *rdl_detector_facts(rdl_detector detector)
{
    return &facts[detector];
}

static bool parse_auto(bool radar, int bands, rdl_detector *detector, const char **why)
{
    *detector = radar ? RDL_DETECT_LOG_RATIO : bands >= 2 ? RDL_DETECT_IRMAD : RDL_DETECT_CVA;
    *why = radar ? "radar: speckle is multiplicative, its log-ratio is the same everywhere"
           : bands >= 2
               ? "two or more bands: IR-MAD is blind to linear differences of sun, air and "
                 "sensor"
               : "a single band has no canonical variates: standardised difference (for radar say "
                 "--sensor sar)";
    return true;
}

bool rdl_detector_parse(const char *name, bool radar, int bands, rdl_detector *detector,
                        const char **why, GError **error)
{
    *why = NULL;
    if (strcmp(name, "auto") == 0)
        return parse_auto(radar, bands, detector, why);
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        if (strcmp(name, facts[i].name) == 0) {
            *detector = (rdl_detector)i;
            return true;
        }
    GString *known = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        g_string_append_printf(known, ", %s", facts[i].name);
    rdl_fail(error, RDL_ERROR_USAGE, "--method %s: no such detector: give auto%s", name,
             known->str);
    g_string_free(known, TRUE);
    return false;
}

/* ---- fitting ---- */

static bool fit_cva(rdl_scorer *s, rdl_sample *sample, const rdl_progress *progress, GError **error)
{
    const int d = 2 * s->bands;
    const rdl_pair *pair = rdl_sample_pair(sample);
    g_autofree double *m = rdl_sample_moments(sample, NULL, progress, error);

    if (!m)
        return false;
    if (m[0] < 2.0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "fewer than 2 pixels are observed on both dates: too few to compare");
    for (int k = 0; k < d; k++) {
        const rdl_scene *scene = k < s->bands ? rdl_pair_before(pair) : rdl_pair_after(pair);
        s->mean[k] = m[1 + k];
        s->deviation[k] = sqrt(m[rdl_moments_at(d, k, k)] / m[0]);
        if (!(s->deviation[k] > 0.0))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: band %d is constant where both dates are observed: leave it out "
                            "with --bands",
                            rdl_raster_path(scene->raster), scene->bands[k % s->bands]);
    }
    return true;
}

/* Whole numbers count from 0, and 1 is little beside them; of reflectivities it would be all. */
static bool fit_ratio(rdl_scorer *s, rdl_sample *sample, const rdl_progress *progress,
                      GError **error)
{
    g_autofree double *m = rdl_sample_moments(sample, NULL, progress, error);
    double sum = 0.0;
    bool whole = true, negative = false;

    if (!m)
        return false;
    if (m[0] < 2.0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "fewer than 2 pixels are observed on both dates: too few to compare");
    for (int k = 0; k < 2 * s->bands; k++) {
        sum += m[1 + k] / (2 * s->bands);
        negative = negative || m[1 + k] < 0.0;
        whole = whole && rdl_pair_pixel(rdl_sample_pair(sample), k) != RDL_PIXEL_F32;
    }
    s->offset = negative ? NAN : whole ? 1.0 : 0.01 * sum;
    return true;
}

bool rdl_scorer_fit(rdl_scorer *s, rdl_detector detector, rdl_sample *sample,
                    const rdl_irmad_options *options, const rdl_progress *progress, GError **error)
{
    rdl_irmad_options once = *options;

    s->detector = detector;
    s->bands = rdl_pair_bands(rdl_sample_pair(sample));
    if (s->bands > RDL_BANDS_MOST)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%d bands a scene are too many, %d are the most: choose with --bands",
                        s->bands, RDL_BANDS_MOST);
    switch (detector) {
    case RDL_DETECT_INDEX:
        return true;
    case RDL_DETECT_CVA:
        return fit_cva(s, sample, progress, error);
    case RDL_DETECT_LOG_RATIO:
    case RDL_DETECT_MEAN_RATIO:
        return fit_ratio(s, sample, progress, error);
    case RDL_DETECT_PCA_KMEANS:
        return s->ratio ? fit_ratio(s, sample, progress, error)
                        : fit_cva(s, sample, progress, error);
    case RDL_DETECT_ISFA:
        once.slow = true;
        break;
    case RDL_DETECT_MAD:
        once.iterations = 1;
        break;
    case RDL_DETECT_IRMAD:
        break;
    }
    return rdl_irmad(sample, &once, progress, &s->fit, error);
}

void rdl_scorer_unweigh(rdl_scorer *s)
{
    s->fit.mad = s->fit.first;
    s->fit.iterations = 1;
    s->fit.weight = 1.0;
    s->fit.converged = s->fit.exhausted = false;
}

/* ---- scoring ---- */

static void apply_cva(const rdl_scorer *s, size_t n, float *const *planes, const uint8_t *valid,
                      float *score)
{
    rdl_standard standards[2 * RDL_BANDS_MOST];

    for (int k = 0; k < 2 * s->bands; k++)
        standards[k] = (rdl_standard){s->mean[k], 1.0 / s->deviation[k]};
    rdl_cva_magnitude(n, s->bands, standards, (const float *const *)planes, valid, score);
}

void rdl_scorer_apply_mad(const rdl_mad *mad, size_t n, float *const *planes, const uint8_t *valid,
                          double *z, float *score)
{
    rdl_mad_chi_square(mad, n, (const float *const *)planes, z);
    for (size_t i = 0; i < n; i++)
        score[i] = valid[i] ? (float)z[i] : NAN;
}

/* Mean intensity over bands, of one date. */
static void apply_mean(const rdl_scorer *s, size_t n, float *const *bands, const uint8_t *valid,
                       float *mean)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (int k = 0; k < s->bands; k++)
            sum += isnan(s->offset) ? pow(10.0, 0.1 * (double)bands[k][i]) : (double)bands[k][i];
        mean[i] = valid[i] ? (float)fmax(sum / s->bands, 0.0) : NAN;
    }
}

static void centre(const rdl_scorer *s, size_t n, float *score)
{
    const float middle = (float)s->centre;

    for (size_t i = 0; middle != 0.0f && i < n; i++)
        score[i] -= middle;
}

static void apply_log_ratio(const rdl_scorer *s, size_t n, float *const *planes,
                            const uint8_t *valid, float *score)
{
    const float *const *before = (const float *const *)planes, *const *after = before + s->bands;

    if (isnan(s->offset))
        rdl_decibel_ratio(n, s->bands, before, after, valid, score);
    else
        rdl_log_ratio(n, s->bands, before, after, s->offset, valid, score);
    centre(s, n, score);
}

/* Sums of the bands of minus and of plus, on both dates, then the difference. */
static void apply_index(const rdl_scorer *s, size_t n, float *const *planes, const uint8_t *valid,
                        float *score)
{
    const int minus = s->index->minus, p = minus + s->index->plus;

    for (int date = 0; date < 2; date++)
        for (int k = 0; k < p; k++) {
            float *sum = planes[date * p + (k < minus ? 0 : minus)];
            for (size_t i = 0; k != 0 && k != minus && i < n; i++)
                sum[i] += planes[date * p + k][i];
        }
    rdl_index_difference(n, planes[0], planes[minus], planes[p], planes[p + minus], valid, score);
    centre(s, n, score);
}

/* What PCA-k-means looks at: the size of the change. */
static void apply_difference(const rdl_scorer *s, size_t n, float *const *planes,
                             const uint8_t *valid, float *score)
{
    if (!s->ratio) {
        apply_cva(s, n, planes, valid, score);
        return;
    }
    apply_log_ratio(s, n, planes, valid, score);
    for (size_t i = 0; i < n; i++)
        score[i] = fabsf(score[i]);
}

void rdl_scorer_apply(const rdl_scorer *s, size_t n, float *const *planes, const uint8_t *valid,
                      double *scratch, float *score)
{
    switch (s->detector) {
    case RDL_DETECT_INDEX:
        apply_index(s, n, planes, valid, score);
        break;
    case RDL_DETECT_PCA_KMEANS:
        apply_difference(s, n, planes, valid, score);
        break;
    case RDL_DETECT_CVA:
        apply_cva(s, n, planes, valid, score);
        break;
    case RDL_DETECT_LOG_RATIO:
        apply_log_ratio(s, n, planes, valid, score);
        break;
    case RDL_DETECT_MEAN_RATIO:
        apply_mean(s, n, planes, valid, score);
        apply_mean(s, n, planes + s->bands, valid, score + n);
        break;
    case RDL_DETECT_ISFA:
    case RDL_DETECT_MAD:
    case RDL_DETECT_IRMAD:
        rdl_scorer_apply_mad(&s->fit.mad, n, planes, valid, scratch, score);
    }
}

/* ---- histogram ---- */

typedef struct {
    const rdl_scorer *scorer;
    rdl_histogram *all;
    rdl_histogram *below; /* zero; NULL: counted with the others */
} counting;

typedef struct {
    rdl_histogram *counts, *below;
    double *scratch;
    float *score;
    uint8_t *valid;
} counter;

static void *counter_new(void *user)
{
    const counting *job = user;
    const size_t cell = (size_t)RDL_CELL * RDL_CELL;
    counter *c = g_new0(counter, 1);

    c->counts = rdl_histogram_new();
    c->below = job->below ? rdl_histogram_new() : NULL;
    c->scratch = g_new(double, cell);
    c->score = g_new(float, 2 * cell);
    c->valid = g_malloc(cell);
    memset(c->valid, 1, cell);
    return c;
}

static void counter_free(void *user, void *state)
{
    counting *job = user;
    counter *c = state;

    rdl_histogram_merge(job->all, c->counts);
    if (c->below)
        rdl_histogram_merge(job->below, c->below);
    rdl_histogram_free(c->counts);
    rdl_histogram_free(c->below);
    g_free(c->scratch);
    g_free(c->score);
    g_free(c->valid);
    g_free(c);
}

/* Move what is below zero behind the others; what is left in either place is NaN. */
static void part(size_t n, float *score)
{
    for (size_t i = 0; i < n; i++) {
        bool low = score[i] < 0.0f;
        score[n + i] = low ? score[i] : NAN;
        score[i] = low ? NAN : score[i];
    }
}

static void count_cell(void *user, void *state, size_t index, rdl_cell cell, float *planes)
{
    const counting *job = user;
    counter *c = state;
    float *rows[2 * RDL_BANDS_MOST];

    (void)index;
    for (int k = 0; k < 2 * job->scorer->bands; k++)
        rows[k] = planes + (size_t)k * cell.n;
    rdl_scorer_apply(job->scorer, cell.n, rows, c->valid, c->scratch, c->score);
    if (c->below) {
        part(cell.n, c->score);
        rdl_histogram_add(c->below, cell.n, c->score + cell.n);
    }
    rdl_histogram_add(c->counts, cell.n, c->score);
}

static const rdl_cell_work counting_work = {counter_new, count_cell, counter_free, "histogram"};

rdl_histogram *rdl_scorer_histogram(const rdl_scorer *scorer, rdl_sample *sample,
                                    const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_histogram) all = rdl_histogram_new();
    counting job = {scorer, all, NULL};

    if (!rdl_sample_each(sample, &counting_work, &job, progress, error))
        return NULL;
    return g_steal_pointer(&all);
}

/* ---- centre ---- */

/* Of sizes above and below zero. */
static double signed_median(const rdl_bins *above, const rdl_bins *below)
{
    double half = 0.5 * (above->total + below->total);

    if (half == 0.0)
        return 0.0;
    return below->total > half
               ? -below->value[rdl_bins_quantile(below, 1.0 - half / below->total)]
               : above->value[rdl_bins_quantile(above, (half - below->total) / above->total)];
}

bool rdl_scorer_centre(rdl_scorer *s, rdl_sample *sample, const rdl_progress *progress,
                       GError **error)
{
    if (!rdl_detector_facts(s->detector)->centred)
        return true;
    g_autoptr(rdl_histogram) above = rdl_histogram_new(), below = rdl_histogram_new();
    counting job = {s, above, below};

    s->centre = 0.0;
    if (!rdl_sample_each(sample, &counting_work, &job, progress, error))
        return false;
    rdl_bins high = rdl_histogram_bins(above), low = rdl_histogram_bins(below);
    s->centre = signed_median(&high, &low);
    rdl_bins_clear(&high);
    rdl_bins_clear(&low);
    return true;
}
