#include "detect/change_io.h"

#include <math.h>
#include <pthread.h>
#include "detect/change.h"
#include "detect/window_io.h"

#define AT_ONCE                                                                       \
    16384 /* pixels, so that the planes of eight bands stay in the second-level cache \
           */

typedef struct {
    rdl_change_pass *pass;
    int lines; /* rows of a block worked on at once */
    pthread_mutex_t lock;
} shared;

typedef struct {
    shared *shared;
    rdl_pair_reader *reader;
    double *scratch;
    float *score;
    uint8_t *classes;
    gint64 observed, changed;
} worker;

static void worker_free(void *p)
{
    worker *w = p;

    pthread_mutex_lock(&w->shared->lock);
    w->shared->pass->observed += w->observed;
    w->shared->pass->changed += w->changed;
    pthread_mutex_unlock(&w->shared->lock);
    rdl_pair_reader_free(w->reader);
    g_free(w->scratch);
    g_free(w->score);
    g_free(w->classes);
    g_free(w);
}

static void *worker_new(void *job, GError **error)
{
    shared *s = job;
    size_t room = (size_t)s->pass->blocks.block_width * (size_t)s->pass->blocks.block_height;
    size_t some = (size_t)s->pass->blocks.block_width * (size_t)s->lines;
    rdl_pair_reader *reader = rdl_pair_reader_new(s->pass->pair, some, error);

    if (!reader)
        return NULL;
    worker *w = g_new0(worker, 1);
    w->shared = s;
    w->reader = reader;
    w->scratch = g_malloc_n(some, sizeof(double));
    w->score = g_malloc_n(s->pass->score ? room : some, sizeof(float));
    w->classes = g_malloc(room);
    return w;
}

/* n < 2^31, as a block has it. */
RDL_CLONES static void classify_some(size_t n, float limit, const float *restrict score,
                                     uint8_t *restrict classes, int *seen, int *moved)
{
    int all = 0, over = 0;

    for (size_t i = 0; i < n; i++) {
        int here = score[i] == score[i], there = fabsf(score[i]) > limit;
        classes[i] = (uint8_t)(here + there);
        all += here;
        over += there;
    }
    *seen = all;
    *moved = over;
}

/* A float is over a limit when it is over the largest float that is not over the limit. */
static float limit_of_floats(double limit)
{
    float near = (float)limit;

    return (double)near > limit ? nextafterf(near, -HUGE_VALF) : near;
}

static void classify(worker *w, size_t n, double limit, const float *score, uint8_t *classes)
{
    int seen, moved;

    classify_some(n, limit_of_floats(limit), score, classes, &seen, &moved);
    w->observed += seen;
    w->changed += moved;
}

/* A few rows at a time: what was read is scored while it is near. */
static bool hand_over(const shared *s, worker *w, size_t i, GError **error)
{
    const rdl_change_pass *pass = s->pass;
    rdl_block block = rdl_blocks_at(&pass->blocks, i), rows = block;
    size_t at = 0;

    for (; rows.row < block.row + block.height; rows.row += s->lines) {
        rows.height = MIN(s->lines, block.row + block.height - rows.row);
        float *score = w->score + (pass->score ? at : 0);
        if (!rdl_pair_read(w->reader, rows, error))
            return false;
        rdl_scorer_apply(pass->decision->scorer, w->reader->n, w->reader->planes, w->reader->valid,
                         w->scratch, score);
        classify(w, w->reader->n, pass->decision->limit.value, score, w->classes + at);
        at += w->reader->n;
    }
    return rdl_raster_write(pass->change, i, w->classes, error) &&
           (!pass->score || rdl_raster_write(pass->score, i, w->score, error));
}

static bool piece(void *job, void *state, size_t i, GError **error)
{
    shared *s = job;
    GError *failure = NULL;

    if (hand_over(s, state, i, &failure))
        return true;
    rdl_raster_stop(s->pass->change, failure);
    if (s->pass->score)
        rdl_raster_stop(s->pass->score, failure);
    g_propagate_error(error, failure);
    return false;
}

bool rdl_change_pass_run(rdl_change_pass *pass, const rdl_progress *progress, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, piece, "detect"};
    shared s = {.pass = pass,
                .lines = CLAMP(AT_ONCE / pass->blocks.block_width, 1, pass->blocks.block_height)};
    int least;
    double share;

    if (pass->probability || pass->decision->margin || pass->decision->local ||
        rdl_decision_by_components(pass->decision, &least, &share))
        return rdl_window_pass_run(pass, progress, error);
    pass->observed = pass->changed = 0;
    pthread_mutex_init(&s.lock, NULL);
    bool good =
        rdl_parallel_run(&how, &s, rdl_blocks_count(&pass->blocks), pass->threads, progress, error);
    pthread_mutex_destroy(&s.lock);
    return good;
}
