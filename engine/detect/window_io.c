#include "detect/window_io.h"

#include <math.h>
#include "detect/change.h"
#include "detect/doubtful.h"

typedef struct {
    rdl_change_pass *pass;
    rdl_doubtful *components; /* NULL: windows decide */
} shared;

typedef struct {
    rdl_bench *bench;
    uint8_t *classes;
    float *score;        /* NULL: not wanted */
    double *probability; /* the same */
    gint64 observed, changed;
} worker;

static void *worker_new(void *user, size_t pixels)
{
    const shared *s = user;
    worker *w = g_new0(worker, 1);

    w->bench = rdl_bench_new(s->pass->decision, pixels);
    w->classes = g_malloc(pixels);
    if (s->pass->score || s->pass->probability)
        w->score = g_malloc_n(pixels, sizeof(float));
    if (s->pass->probability)
        w->probability = g_malloc_n(pixels, sizeof(double));
    return w;
}

static void worker_free(void *user, void *state)
{
    shared *s = user;
    worker *w = state;

    s->pass->observed += w->observed;
    s->pass->changed += w->changed;
    rdl_bench_free(w->bench);
    g_free(w->classes);
    g_free(w->score);
    g_free(w->probability);
    g_free(w);
}

static void score(void *user, void *state, rdl_pair_reader *reader, float *planes)
{
    const shared *s = user;
    worker *w = state;

    rdl_decision_score(s->pass->decision, w->bench, reader, planes);
}

static void count(worker *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w->observed += w->classes[i] != RDL_NOT_OBSERVED;
        w->changed += w->classes[i] == RDL_CHANGED;
    }
}

/* Of no change: the upper tail of chi-square at the score, which it replaces. */
static bool write_probability(const shared *s, worker *w, size_t block, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++)
        w->probability[i] = w->score[i] == w->score[i] ? (double)w->score[i] : 0.0;
    rdl_mad_no_change(s->pass->decision->scorer->bands, n, w->probability);
    for (size_t i = 0; i < n; i++)
        w->score[i] = w->score[i] == w->score[i] ? (float)w->probability[i] : NAN;
    return rdl_raster_write(s->pass->probability, block, w->score, error);
}

static bool window(void *user, void *state, size_t block, rdl_window at, GError **error)
{
    const shared *s = user;
    worker *w = state;

    rdl_decision_classes(s->pass->decision, w->bench, at, w->classes, w->score);
    if (s->pass->score && !rdl_raster_write(s->pass->score, block, w->score, error))
        return false;
    if (s->pass->probability && !write_probability(s, w, block, rdl_block_pixels(at.core), error))
        return false;
    if (s->components) {
        rdl_doubtful_add(s->components, block, w->classes);
        return true;
    }
    count(w, rdl_block_pixels(at.core));
    return rdl_raster_write(s->pass->change, block, w->classes, error);
}

static void stop(void *user, const GError *why)
{
    const shared *s = user;

    rdl_raster_stop(s->pass->change, why);
    if (s->pass->score)
        rdl_raster_stop(s->pass->score, why);
    if (s->pass->probability)
        rdl_raster_stop(s->pass->probability, why);
}

/* ---- after components are settled ---- */

static bool write_settled(shared *s, GError **error)
{
    const rdl_blocks *blocks = &s->pass->blocks;
    worker w = {.classes = g_malloc((size_t)blocks->block_width * (size_t)blocks->block_height)};
    bool good = true;

    for (size_t i = 0; good && i < rdl_blocks_count(blocks); i++) {
        rdl_doubtful_get(s->components, i, w.classes);
        count(&w, rdl_block_pixels(rdl_blocks_at(blocks, i)));
        good = rdl_raster_write(s->pass->change, i, w.classes, error);
    }
    s->pass->observed = w.observed;
    s->pass->changed = w.changed;
    g_free(w.classes);
    return good;
}

bool rdl_window_pass_run(rdl_change_pass *pass, const rdl_progress *progress, GError **error)
{
    const rdl_field_work work = {.planes = pass->decision->planes,
                                 .margin = pass->decision->margin,
                                 .state_new = worker_new,
                                 .state_free = worker_free,
                                 .score = score,
                                 .window = window,
                                 .stop = stop,
                                 .step = "detect"};
    int least;
    double share;
    bool doubtful = rdl_decision_by_components(pass->decision, &least, &share);
    g_autoptr(rdl_doubtful) components = doubtful ? rdl_doubtful_new(&pass->blocks) : NULL;
    shared s = {pass, components};

    pass->observed = pass->changed = 0;
    if (!rdl_field_each(pass->pair, &pass->blocks, pass->threads, &work, &s, progress, error))
        return false;
    if (components) {
        rdl_doubtful_settle(components, least, share);
        if (!write_settled(&s, error))
            return false;
    }
    return true;
}
