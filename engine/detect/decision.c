#include "detect/decision.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"
#include "detect/change/ratio.h"
#include "detect/doubtful.h"
#include "detect/focal.h"

#define SIEVE 4 /* pixels that rules for real scenes ask of a change */
#define CONFIRMED_SHARE                                                                \
    0.25           /* of a component, in which the second score must be over its limit \
                    */
#define APART 10.0 /* times what the other score sees: they do not look at the same changes */
#define MUCH 0.05  /* share of a scene that is no small change any more */
#define STRONG_FACTOR 1.6    /* of the limit, which a pixel of a component must reach */
#define MOST_OF_SQUARES 0.25 /* power of a chi-square at many changes; 1 of a length */

struct rdl_bench {
    double *scratch;
    float *score; /* where there is a focus */
    float *focal; /* four planes for it */
    float *context;
    uint8_t *weak, *strong, *firm;
};

static bool by_context(const rdl_decision *d)
{
    return d->judge == RDL_JUDGE_CONTEXT || d->judge == RDL_JUDGE_CONFIRMED;
}

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
    if (by_context(d))
        b->context = g_malloc_n(pixels, sizeof(float));
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
    g_free(b->context);
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

bool rdl_decision_by_components(const rdl_decision *d, int *least, double *share)
{
    bool confirmed = d->judge == RDL_JUDGE_CONFIRMED;

    *least = d->sieve;
    *share = confirmed ? CONFIRMED_SHARE : 0.0;
    return confirmed || d->judge == RDL_JUDGE_HYSTERESIS;
}

/* ---- one window ---- */

void rdl_decision_score(const rdl_decision *d, rdl_bench *b, rdl_pair_reader *r, float *planes)
{
    if (d->judge == RDL_JUDGE_CONFIRMED)
        rdl_scorer_apply_mad(&d->scorer->fit.first, r->n, r->planes, r->valid, b->scratch,
                             planes + r->n);
    rdl_scorer_apply(d->scorer, r->n, r->planes, r->valid, b->scratch, planes);
}

static void over(size_t n, const float *score, double limit, uint8_t *flags)
{
    for (size_t i = 0; i < n; i++)
        flags[i] = (double)fabsf(score[i]) > limit;
}

/* Flags where the context of a plane is over a limit. */
static void over_in_context(const rdl_decision *d, rdl_bench *b, rdl_window w, int plane,
                            uint8_t *flags)
{
    const size_t n = rdl_block_pixels(w.whole);

    rdl_context3(w.whole.width, w.whole.height, w.planes + (size_t)plane * n, b->context);
    over(n, b->context, plane ? d->second.value : d->limit.value, flags);
}

/* Flags in `firm` (and weak, strong where components decide). */
static void judge(const rdl_decision *d, rdl_bench *b, rdl_window w, const float *score)
{
    const size_t n = rdl_block_pixels(w.whole);

    switch (d->judge) {
    case RDL_JUDGE_CONFIRMED:
        over_in_context(d, b, w, 0, b->weak);
        over_in_context(d, b, w, 1, b->strong);
        rdl_sieve(w.whole.width, w.whole.height, d->sieve, b->strong, b->firm);
        for (size_t i = 0; i < n; i++)
            b->strong[i] &= b->weak[i];
        return;
    case RDL_JUDGE_HYSTERESIS:
        over(n, score, d->limit.value, b->weak);
        over(n, score, STRONG_FACTOR * d->limit.value, b->strong);
        memset(b->firm, 0, n);
        return;
    case RDL_JUDGE_CONTEXT:
        over_in_context(d, b, w, 0, b->strong);
        break;
    case RDL_JUDGE_LIMIT:
        if (d->local)
            rdl_local_limit_over(d->local, w.whole, score, b->strong);
        else
            over(n, score, d->limit.value, b->strong);
        break;
    }
    rdl_sieve(w.whole.width, w.whole.height, d->sieve, b->strong, b->firm);
}

/* ---- finding it ---- */

static void set_margin(rdl_decision *d)
{
    static const int reach[] = {[RDL_FOCUS_NONE] = 0,
                                [RDL_FOCUS_GAUSSIAN] = RDL_GAUSSIAN_RADIUS,
                                [RDL_FOCUS_MEANS] = 1,
                                [RDL_FOCUS_PATTERNS] = RDL_PCA_RADIUS};
    int focus = reach[rdl_detector_facts(d->scorer->detector)->focus];

    d->margin = focus + by_context(d) + (d->judge == RDL_JUDGE_HYSTERESIS ? 0 : d->sieve - 1);
}

/* Histograms of each plane, of its context where the decision is taken by that. */
typedef struct {
    const rdl_decision *decision;
    rdl_histogram *all[2];
} counting;

typedef struct {
    rdl_bench *bench;
    rdl_histogram *counts[2];
} counter;

static void *counter_new(void *user, size_t pixels)
{
    const counting *job = user;
    counter *c = g_new0(counter, 1);

    c->bench = rdl_bench_new(job->decision, pixels);
    for (int k = 0; k < 2; k++)
        c->counts[k] = rdl_histogram_new();
    return c;
}

static void counter_free(void *user, void *state)
{
    counting *job = user;
    counter *c = state;

    for (int k = 0; k < 2; k++) {
        rdl_histogram_merge(job->all[k], c->counts[k]);
        rdl_histogram_free(c->counts[k]);
    }
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

static bool counter_window(void *user, void *state, size_t block, rdl_window w, GError **error)
{
    const counting *job = user;
    counter *c = state;
    const rdl_decision *d = job->decision;

    (void)block;
    (void)error;
    if (!by_context(d)) {
        const float *score = focused(d, c->bench, w);
        count_core(c->counts[0], w, score);
        if (d->local)
            rdl_local_limit_add(d->local, w, score);
        return true;
    }
    for (int k = 0; k < d->planes; k++) {
        rdl_context3(w.whole.width, w.whole.height,
                     w.planes + (size_t)k * rdl_block_pixels(w.whole), c->bench->context);
        count_core(c->counts[k], w, c->bench->context);
    }
    return true;
}

static bool count_windows(const rdl_decision *d, const rdl_pair *pair,
                          const rdl_decision_options *o, const rdl_progress *progress,
                          rdl_bins *bins, GError **error)
{
    const rdl_blocks blocks = rdl_pair_blocks(pair, o->memory_mib, o->threads);
    const rdl_field_work work = {.planes = d->planes,
                                 .margin = d->margin,
                                 .state_new = counter_new,
                                 .state_free = counter_free,
                                 .score = counter_score,
                                 .window = counter_window,
                                 .step = "histogram"};
    g_autoptr(rdl_histogram) first = rdl_histogram_new(), second = rdl_histogram_new();
    counting job = {d, {first, second}};

    if (!(d->local ? rdl_field_each(pair, &blocks, o->threads, &work, &job, progress, error)
                   : rdl_field_sample(pair, o->threads, &work, &job, progress, error)))
        return false;
    for (int k = 0; k < d->planes; k++)
        bins[k] = rdl_histogram_bins(job.all[k]);
    return true;
}

/* Of scores one by one from the sample; of those that look around, or have a place, from windows.
 */
static bool histograms(const rdl_decision *d, rdl_sample *sample, const rdl_decision_options *o,
                       const rdl_progress *progress, rdl_bins *bins, GError **error)
{
    if (d->local || by_context(d) ||
        rdl_detector_facts(d->scorer->detector)->focus != RDL_FOCUS_NONE)
        return count_windows(d, rdl_sample_pair(sample), o, progress, bins, error);
    g_autoptr(rdl_histogram) all = rdl_scorer_histogram(d->scorer, sample, progress, error);
    if (!all)
        return false;
    *bins = rdl_histogram_bins(all);
    return true;
}

/* How `auto` judges the scores of a detector. */
static rdl_judge auto_judge(const rdl_scorer *scorer)
{
    const rdl_detector_fact *fact = rdl_detector_facts(scorer->detector);

    switch (fact->scale) {
    case RDL_SCALE_CHI_SQUARE:
        return scorer->detector == RDL_DETECT_MAD ? RDL_JUDGE_CONTEXT : RDL_JUDGE_CONFIRMED;
    case RDL_SCALE_LOG_RATIO:
        return RDL_JUDGE_HYSTERESIS;
    case RDL_SCALE_MAGNITUDE:
    case RDL_SCALE_DIFFERENCE:
        break;
    }
    return fact->focus == RDL_FOCUS_NONE ? RDL_JUDGE_CONTEXT : RDL_JUDGE_LIMIT;
}

static void set_judge(rdl_decision *d, rdl_judge judge, int sieve)
{
    d->judge = judge;
    d->sieve = sieve ? sieve : by_context(d) ? SIEVE : 1;
    if (judge == RDL_JUDGE_CONFIRMED)
        d->planes = 2;
    set_margin(d);
}

/* Re-weighting has settled on a part of the unchanged when much more stands out than before it, and
 * on nothing that is of use when next to nothing does. */
static bool collapsed(double over, double over_second)
{
    return (over > MUCH && APART * over_second < over) || APART * over < over_second;
}

static bool find_auto(rdl_decision *d, const rdl_bins *bins, GError **error)
{
    const rdl_scale scale = rdl_detector_facts(d->scorer->detector)->scale;

    switch (d->judge) {
    case RDL_JUDGE_CONFIRMED:
        if (!rdl_limit_power(bins, MOST_OF_SQUARES, &d->limit, error) ||
            !rdl_limit_null(bins + 1, &d->second, error))
            return false;
        d->collapsed = collapsed(d->limit.share, rdl_bins_share_above(bins + 1, d->second.value));
        return true;
    case RDL_JUDGE_CONTEXT:
        if (scale == RDL_SCALE_CHI_SQUARE)
            return rdl_limit_null(bins, &d->limit, error);
        /* the size of one difference has its mode at 0: there is no left half to tell a null by */
        return scale == RDL_SCALE_MAGNITUDE && d->scorer->bands > 1
                   ? rdl_limit_power(bins, 1.0, &d->limit, error)
                   : rdl_limit_log_ratio(bins, &d->limit, error);
    case RDL_JUDGE_HYSTERESIS:
        return rdl_limit_log_ratio(bins, &d->limit, error);
    case RDL_JUDGE_LIMIT:
        break;
    }
    if (d->scorer->detector == RDL_DETECT_PCA_KMEANS) {
        d->limit = rdl_limit_value(0.5);
        d->limit.rule = "nearer cluster";
        return true;
    }
    return rdl_limit_find((rdl_limit_choice){.rule = RDL_LIMIT_OTSU}, scale, 1, bins, &d->limit,
                          error);
}

void rdl_decision_clear(rdl_decision *d)
{
    g_clear_pointer(&d->local, rdl_local_limit_free);
}

bool rdl_decide(rdl_decision *d, const rdl_scorer *scorer, rdl_sample *sample,
                const rdl_decision_options *o, const rdl_progress *progress, GError **error)
{
    const rdl_detector_fact *fact = rdl_detector_facts(scorer->detector);
    bool any = o->choice.rule == RDL_LIMIT_AUTO;
    rdl_bins bins[2] = {0};

    rdl_decision_clear(d);
    *d = (rdl_decision){.scorer = scorer, .planes = fact->planes};
    if (o->choice.local) {
        const rdl_grid *grid = rdl_pair_grid(rdl_sample_pair(sample));
        d->local = rdl_local_limit_new(grid->width, grid->height);
    }
    set_judge(d, any ? auto_judge(scorer) : RDL_JUDGE_LIMIT, o->sieve);
    if (o->choice.rule != RDL_LIMIT_VALUE && o->choice.rule != RDL_LIMIT_PVALUE &&
        !histograms(d, sample, o, progress, bins, error))
        return false;
    bool good = any ? find_auto(d, bins, error)
                : d->local
                    ? rdl_local_limit_settle(d->local, o->choice, fact->scale, scorer->bands, bins,
                                             &d->limit, error)
                    : rdl_limit_find(o->choice, fact->scale, scorer->bands, bins, &d->limit, error);
    rdl_bins_clear(&bins[0]);
    rdl_bins_clear(&bins[1]);
    return good;
}

/* ---- applying it ---- */

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
