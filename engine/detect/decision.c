#include "detect/decision.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"
#include "detect/change/ratio.h"
#include "detect/doubtful.h"
#include "detect/focal.h"

#define SIEVE 4           /* pixels that rules for real scenes ask of a change */
#define RATE 0.2          /* false discovery rate, geometric mean of both, that counts as changed */
#define FEW 0.05          /* share of pixels under which IR-MAD alone is not to be trusted */
#define AGREED_LEAST 4    /* pixels of a component on which both rules agree */
#define AGREED_SHARE 0.5  /* of it */
#define STRONG_FACTOR 1.6 /* of the limit, which a pixel of a component must reach */

struct rdl_bench {
    double *scratch;
    float *score; /* where there is a focus */
    float *focal; /* four planes for it */
    float *median;
    uint8_t *weak, *strong, *firm;
};

rdl_bench *rdl_bench_new(const rdl_decision *d, size_t pixels)
{
    rdl_bench *b = g_new0(rdl_bench, 1);

    b->scratch = g_malloc_n(pixels, sizeof(double));
    switch (rdl_detector_facts(d->scorer->detector)->focus) {
    case RDL_FOCUS_NONE:
        break;
    case RDL_FOCUS_MEANS:
    case RDL_FOCUS_GAUSSIAN:
    case RDL_FOCUS_PATTERNS:
        b->score = g_malloc_n(pixels, sizeof(float));
        b->focal = g_malloc_n(4 * pixels, sizeof(float));
    }
    if (d->judge == RDL_JUDGE_RATES || d->judge == RDL_JUDGE_AGREEMENT)
        b->median = g_malloc_n(pixels, sizeof(float));
    b->weak = g_malloc(pixels);
    b->strong = g_malloc(pixels);
    b->firm = g_malloc(pixels);
    return b;
}

void rdl_bench_free(rdl_bench *b)
{
    if (!b)
        return;
    g_free(b->scratch);
    g_free(b->score);
    g_free(b->focal);
    g_free(b->median);
    g_free(b->weak);
    g_free(b->strong);
    g_free(b->firm);
    g_free(b);
}

/* Scores of a window: its own plane, or what its focus makes of it. */
static const float *focused(const rdl_decision *d, rdl_bench *b, rdl_window w)
{
    const int width = w.whole.width, height = w.whole.height;
    const size_t n = rdl_block_pixels(w.whole);

    switch (rdl_detector_facts(d->scorer->detector)->focus) {
    case RDL_FOCUS_NONE:
        return w.planes;
    case RDL_FOCUS_GAUSSIAN:
        rdl_gaussian(width, height, w.planes, b->focal, b->score);
        break;
    case RDL_FOCUS_MEANS:
        rdl_mean3(width, height, w.planes, b->focal);
        rdl_mean3(width, height, w.planes + n, b->focal + n);
        rdl_mean_ratio(n, b->focal, b->focal + n, b->score);
        break;
    case RDL_FOCUS_PATTERNS:
        rdl_pca_score(&d->scorer->pca, width, height, w.planes, b->score);
        break;
    }
    return b->score;
}

void rdl_decision_clear(rdl_decision *d)
{
    rdl_rates_clear(&d->own);
    rdl_rates_clear(&d->smooth);
}

bool rdl_decision_by_components(const rdl_decision *d, int *least, double *share)
{
    bool agreement = d->judge == RDL_JUDGE_AGREEMENT;

    *least = agreement ? AGREED_LEAST : 1;
    *share = agreement ? AGREED_SHARE : 0.0;
    return agreement || d->judge == RDL_JUDGE_HYSTERESIS;
}

/* ---- finding it ---- */

static void set_margin(rdl_decision *d)
{
    static const int reach[] = {[RDL_FOCUS_NONE] = 0,
                                [RDL_FOCUS_GAUSSIAN] = RDL_GAUSSIAN_RADIUS,
                                [RDL_FOCUS_MEANS] = 1,
                                [RDL_FOCUS_PATTERNS] = RDL_PCA_RADIUS};
    int focus = reach[rdl_detector_facts(d->scorer->detector)->focus];
    int around = d->judge == RDL_JUDGE_LIMIT || d->judge == RDL_JUDGE_HYSTERESIS ? 0 : 1;

    d->margin = focus + around + d->sieve - 1;
}

typedef struct {
    const rdl_decision *decision;
    bool smooth; /* histogram of the 3 x 3 median, too */
    rdl_histogram *all, *all_smooth;
} counting;

typedef struct {
    rdl_bench *bench;
    rdl_histogram *own, *smooth;
} counter;

static void *counter_new(void *user, size_t pixels)
{
    const counting *job = user;
    counter *c = g_new0(counter, 1);

    c->bench = rdl_bench_new(job->decision, pixels);
    c->own = rdl_histogram_new();
    c->smooth = rdl_histogram_new();
    return c;
}

static void counter_free(void *user, void *state)
{
    counting *job = user;
    counter *c = state;

    rdl_histogram_merge(job->all, c->own);
    rdl_histogram_merge(job->all_smooth, c->smooth);
    rdl_histogram_free(c->own);
    rdl_histogram_free(c->smooth);
    rdl_bench_free(c->bench);
    g_free(c);
}

static void counter_score(void *user, void *state, rdl_pair_reader *reader, float *planes)
{
    const counting *job = user;
    counter *c = state;

    rdl_decision_score(job->decision, c->bench, reader, planes);
}

static void count_core(rdl_histogram *h, rdl_window w, const float *plane)
{
    for (int row = w.core.row; row < w.core.row + w.core.height; row++)
        rdl_histogram_add(h, (size_t)w.core.width,
                          plane + (size_t)(row - w.whole.row) * (size_t)w.whole.width +
                              (size_t)(w.core.col - w.whole.col));
}

/* The score judged by rates is in the last plane; where there is a focus, it makes the score. */
static bool counter_window(void *user, void *state, size_t block, rdl_window w, GError **error)
{
    const counting *job = user;
    counter *c = state;
    bool own = rdl_detector_facts(job->decision->scorer->detector)->focus == RDL_FOCUS_NONE;
    const float *score =
        own ? w.planes + (size_t)(job->decision->planes - 1) * rdl_block_pixels(w.whole)
            : focused(job->decision, c->bench, w);

    (void)block;
    (void)error;
    count_core(c->own, w, score);
    if (job->smooth) {
        rdl_median3(w.whole.width, w.whole.height, score, c->bench->median);
        count_core(c->smooth, w, c->bench->median);
    }
    return true;
}

static bool fit_rates(const rdl_histogram *h, rdl_rates *rates, double *mode, GError **error)
{
    rdl_bins bins = rdl_histogram_bins(h);
    rdl_null null;
    bool good = rdl_null_fit(&bins, &null);

    rdl_bins_clear(&bins);
    if (!good)
        return rdl_fail(error, RDL_ERROR_DATA, "the scores do not spread: give a threshold");
    *rates = rdl_rates_of(&null);
    *mode = null.mode;
    return true;
}

static bool count_windows(counting *job, const rdl_pair *pair, int margin, int threads,
                          const rdl_progress *progress, GError **error)
{
    const rdl_field_work work = {.planes = job->decision->planes,
                                 .margin = margin,
                                 .state_new = counter_new,
                                 .state_free = counter_free,
                                 .score = counter_score,
                                 .window = counter_window,
                                 .step = "histogram"};

    return rdl_field_sample(pair, threads, &work, job, progress, error);
}

static bool find_rates(rdl_decision *d, const rdl_pair *pair, int threads,
                       const rdl_progress *progress, double *mode, GError **error)
{
    g_autoptr(rdl_histogram) own = rdl_histogram_new(), smooth = rdl_histogram_new();
    counting job = {d, true, own, smooth};
    double ignored;

    return count_windows(&job, pair, 1, threads, progress, error) &&
           fit_rates(own, &d->own, mode, error) && fit_rates(smooth, &d->smooth, &ignored, error);
}

static bool auto_irmad(rdl_decision *d, const rdl_bins *bins, const rdl_pair *pair, int threads,
                       const rdl_progress *progress, GError **error)
{
    rdl_null null;
    double mode;

    if (!rdl_limit_null(bins, &null, &d->limit, error))
        return false;
    d->sieve = SIEVE;
    if (d->limit.share >= FEW)
        return true;
    d->judge = RDL_JUDGE_AGREEMENT;
    d->limit.rule = "null+ki, with mad";
    d->planes = 2;
    return find_rates(d, pair, threads, progress, &mode, error);
}

static bool auto_mad(rdl_decision *d, const rdl_bins *bins, const rdl_pair *pair, int threads,
                     const rdl_progress *progress, GError **error)
{
    rdl_null null;

    if (!rdl_limit_null(bins, &null, &d->limit, error))
        return false;
    d->judge = RDL_JUDGE_RATES;
    d->sieve = SIEVE;
    d->limit.rule = "fdr of score and 3x3 median";
    d->limit.alpha = RATE;
    d->limit.value = rdl_null_limit(&null, RATE); /* where a pixel and its median agree */
    memset(d->limit.names, 0, sizeof d->limit.names);
    return find_rates(d, pair, threads, progress, &d->limit.mode, error);
}

static bool find_auto(rdl_decision *d, const rdl_bins *bins, const rdl_pair *pair, int threads,
                      const rdl_progress *progress, GError **error)
{
    switch (rdl_detector_facts(d->scorer->detector)->scale) {
    case RDL_SCALE_CHI_SQUARE:
        return d->scorer->detector != RDL_DETECT_MAD
                   ? auto_irmad(d, bins, pair, threads, progress, error)
                   : auto_mad(d, bins, pair, threads, progress, error);
    case RDL_SCALE_MAGNITUDE:
        d->judge = RDL_JUDGE_MAJORITY;
        /* the size of one difference has its mode at 0, where minimum error would divide it */
        return d->scorer->bands == 1 ? rdl_limit_log_ratio(bins, &d->limit, error)
                                     : rdl_limit_magnitude(bins, &d->limit, error);
    case RDL_SCALE_LOG_RATIO:
        d->judge = RDL_JUDGE_HYSTERESIS;
        return rdl_limit_log_ratio(bins, &d->limit, error);
    case RDL_SCALE_DIFFERENCE:
        break;
    }
    if (d->scorer->detector == RDL_DETECT_PCA_KMEANS) {
        d->limit = rdl_limit_value(0.5);
        d->limit.rule = "nearer cluster";
        return true;
    }
    return rdl_limit_find((rdl_limit_choice){RDL_LIMIT_OTSU, NAN}, RDL_SCALE_DIFFERENCE, 1, bins,
                          &d->limit, error);
}

/* Of scores one by one from the sample; of those with a focus from windows. */
static bool histogram(const rdl_decision *d, rdl_sample *sample, int threads,
                      const rdl_progress *progress, rdl_bins *bins, GError **error)
{
    g_autoptr(rdl_histogram) all = NULL;

    if (rdl_detector_facts(d->scorer->detector)->focus == RDL_FOCUS_NONE) {
        all = rdl_scorer_histogram(d->scorer, sample, progress, error);
        if (!all)
            return false;
    } else {
        g_autoptr(rdl_histogram) none = rdl_histogram_new();
        all = rdl_histogram_new();
        counting job = {d, false, all, none};
        if (!count_windows(&job, rdl_sample_pair(sample), d->margin, threads, progress, error))
            return false;
    }
    *bins = rdl_histogram_bins(all);
    return true;
}

bool rdl_decide(rdl_decision *d, const rdl_scorer *scorer, rdl_sample *sample,
                const rdl_decision_options *o, const rdl_progress *progress, GError **error)
{
    const rdl_scale scale = rdl_detector_facts(scorer->detector)->scale;
    rdl_bins bins = {0};

    *d = (rdl_decision){.scorer = scorer, .judge = RDL_JUDGE_LIMIT, .sieve = 1};
    d->planes = rdl_detector_facts(scorer->detector)->planes;
    set_margin(d);
    if (o->choice.rule != RDL_LIMIT_VALUE && o->choice.rule != RDL_LIMIT_PVALUE) {
        if (!histogram(d, sample, o->threads, progress, &bins, error))
            return false;
    }
    bool good = o->choice.rule == RDL_LIMIT_AUTO
                    ? find_auto(d, &bins, rdl_sample_pair(sample), o->threads, progress, error)
                    : rdl_limit_find(o->choice, scale, scorer->bands, &bins, &d->limit, error);
    rdl_bins_clear(&bins);
    if (o->sieve)
        d->sieve = o->sieve;
    set_margin(d);
    return good;
}

/* ---- applying it ---- */

void rdl_decision_score(const rdl_decision *d, rdl_bench *b, rdl_pair_reader *r, float *planes)
{
    if (d->judge == RDL_JUDGE_AGREEMENT)
        rdl_scorer_apply_mad(&d->scorer->fit.first, r->n, r->planes, r->valid, b->scratch,
                             planes + r->n);
    rdl_scorer_apply(d->scorer, r->n, r->planes, r->valid, b->scratch, planes);
}

/* Where the geometric mean of both rates is under RATE. NaN has none. */
static void by_rates(const rdl_decision *d, size_t n, const float *score, const float *median,
                     uint8_t *flags)
{
    const float most = (float)(RATE * RATE);

    for (size_t i = 0; i < n; i++)
        flags[i] = score[i] == score[i] &&
                   rdl_rate(&d->own, score[i]) * rdl_rate(&d->smooth, median[i]) < most;
}

static void over(size_t n, const float *score, double limit, uint8_t *flags)
{
    for (size_t i = 0; i < n; i++)
        flags[i] = (double)fabsf(score[i]) > limit;
}

static void agree(const rdl_decision *d, rdl_bench *b, rdl_window w)
{
    const size_t n = rdl_block_pixels(w.whole);

    rdl_median3(w.whole.width, w.whole.height, w.planes + n, b->median);
    by_rates(d, n, w.planes + n, b->median, b->firm);
    over(n, w.planes, d->limit.value, b->weak);
    for (size_t i = 0; i < n; i++) {
        b->strong[i] = b->weak[i] & b->firm[i];
        b->weak[i] |= b->firm[i];
    }
    rdl_sieve(w.whole.width, w.whole.height, d->sieve, b->strong, b->firm);
}

/* Flags in `firm` (and weak, strong where components decide). */
static void judge(const rdl_decision *d, rdl_bench *b, rdl_window w, const float *score)
{
    const int width = w.whole.width, height = w.whole.height;
    const size_t n = rdl_block_pixels(w.whole);

    switch (d->judge) {
    case RDL_JUDGE_AGREEMENT:
        agree(d, b, w);
        return;
    case RDL_JUDGE_HYSTERESIS:
        over(n, score, d->limit.value, b->weak);
        over(n, score, STRONG_FACTOR * d->limit.value, b->strong);
        memset(b->firm, 0, n);
        return;
    case RDL_JUDGE_LIMIT:
        over(n, score, d->limit.value, b->strong);
        break;
    case RDL_JUDGE_MAJORITY:
        over(n, score, d->limit.value, b->weak);
        rdl_majority3(width, height, score, b->weak, b->strong);
        break;
    case RDL_JUDGE_RATES:
        rdl_median3(width, height, score, b->median);
        by_rates(d, n, score, b->median, b->strong);
        break;
    }
    rdl_sieve(width, height, d->sieve, b->strong, b->firm);
}

static uint8_t class_of(const rdl_bench *b, size_t i, float score, bool components)
{
    if (score != score)
        return RDL_NOT_OBSERVED;
    if (!components)
        return b->firm[i] ? RDL_CHANGED : RDL_UNCHANGED;
    return b->firm[i]     ? RDL_FIRM
           : b->strong[i] ? RDL_STRONG
           : b->weak[i]   ? RDL_WEAK
                          : RDL_UNCHANGED;
}

void rdl_decision_classes(const rdl_decision *d, rdl_bench *b, rdl_window w, uint8_t *classes,
                          float *score)
{
    const float *scores = focused(d, b, w);
    int least;
    double share;
    bool components = rdl_decision_by_components(d, &least, &share);

    judge(d, b, w, scores);
    for (int row = 0; row < w.core.height; row++) {
        size_t from = (size_t)(w.core.row + row - w.whole.row) * (size_t)w.whole.width +
                      (size_t)(w.core.col - w.whole.col);
        size_t to = (size_t)row * (size_t)w.core.width;
        for (size_t i = 0; i < (size_t)w.core.width; i++)
            classes[to + i] = class_of(b, from + i, scores[from + i], components);
        if (score)
            memcpy(score + to, scores + from, (size_t)w.core.width * sizeof *score);
    }
}
