#include "detect/field.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include "detect/sample.h"

#define SAMPLE_SIDE 512

typedef struct {
    const rdl_pair *pair;
    const rdl_blocks *blocks;
    const rdl_field_work *work;
    void *user;
    size_t stride; /* of the windows taken */
    pthread_mutex_t lock;
    float **planes; /* of each block */
    uint8_t *come;  /* blocks of its 3 x 3 that are scored */
    uint8_t *gone;  /* windows around it that are done */
} field;

typedef struct {
    field *field;
    rdl_pair_reader *reader;
    void *state;
    float *whole;
} worker;

static size_t window_room(const field *f)
{
    size_t margin = 2 * (size_t)f->work->margin;

    return ((size_t)f->blocks->block_width + margin) * ((size_t)f->blocks->block_height + margin);
}

static void worker_free(void *p)
{
    worker *w = p;

    pthread_mutex_lock(&w->field->lock);
    w->field->work->state_free(w->field->user, w->state);
    pthread_mutex_unlock(&w->field->lock);
    rdl_pair_reader_free(w->reader);
    g_free(w->whole);
    g_free(w);
}

static void *worker_new(void *job, GError **error)
{
    field *f = job;
    size_t room = (size_t)f->blocks->block_width * (size_t)f->blocks->block_height;
    rdl_pair_reader *reader = rdl_pair_reader_new(f->pair, room, error);

    if (!reader)
        return NULL;
    worker *w = g_new0(worker, 1);
    w->field = f;
    w->reader = reader;
    w->whole = g_malloc_n(window_room(f) * (size_t)f->work->planes, sizeof(float));
    w->state = f->work->state_new(f->user, window_room(f));
    return w;
}

/* ---- neighbours ---- */

typedef struct {
    int n;
    size_t at[9];
} neighbours;

static neighbours around(const rdl_blocks *blocks, size_t i)
{
    int across = (int)(i % (size_t)blocks->across), down = (int)(i / (size_t)blocks->across);
    neighbours a = {0};

    for (int y = MAX(down - 1, 0); y <= MIN(down + 1, blocks->down - 1); y++)
        for (int x = MAX(across - 1, 0); x <= MIN(across + 1, blocks->across - 1); x++)
            a.at[a.n++] = (size_t)y * (size_t)blocks->across + (size_t)x;
    return a;
}

/* Count block i at its neighbours; those that are complete now, ascending. */
static neighbours completed(field *f, size_t i, uint8_t *count)
{
    neighbours near = around(f->blocks, i), full = {0};

    for (int k = 0; k < near.n; k++)
        if (++count[near.at[k]] == around(f->blocks, near.at[k]).n)
            full.at[full.n++] = near.at[k];
    return full;
}

static rdl_block grown(const rdl_blocks *blocks, rdl_block core, int margin)
{
    int left = MAX(core.col - margin, 0), top = MAX(core.row - margin, 0);
    int right = MIN(core.col + core.width + margin, blocks->width);
    int bottom = MIN(core.row + core.height + margin, blocks->height);

    return (rdl_block){left, top, right - left, bottom - top};
}

/* Copy what block `from` and the window share. */
static void copy_shared(const float *planes, rdl_block from, int count, rdl_window window)
{
    rdl_block to = window.whole;
    int left = MAX(from.col, to.col), right = MIN(from.col + from.width, to.col + to.width);
    int top = MAX(from.row, to.row), bottom = MIN(from.row + from.height, to.row + to.height);

    for (int k = 0; k < count && left < right; k++)
        for (int row = top; row < bottom; row++)
            memcpy(window.planes + (size_t)k * rdl_block_pixels(to) +
                       (size_t)(row - to.row) * (size_t)to.width + (size_t)(left - to.col),
                   planes + (size_t)k * rdl_block_pixels(from) +
                       (size_t)(row - from.row) * (size_t)from.width + (size_t)(left - from.col),
                   (size_t)(right - left) * sizeof(float));
}

static rdl_window assemble(const field *f, worker *w, size_t i)
{
    rdl_window window = {.core = rdl_blocks_at(f->blocks, i), .planes = w->whole};
    neighbours near = around(f->blocks, i);

    window.whole = grown(f->blocks, window.core, f->work->margin);
    for (int k = 0; k < near.n; k++)
        copy_shared(f->planes[near.at[k]], rdl_blocks_at(f->blocks, near.at[k]), f->work->planes,
                    window);
    return window;
}

static bool judge(field *f, worker *w, size_t i, GError **error)
{
    if (!f->work->window(f->user, w->state, i, assemble(f, w, i), error))
        return false;
    pthread_mutex_lock(&f->lock);
    neighbours idle = completed(f, i, f->gone);
    for (int k = 0; k < idle.n; k++)
        g_clear_pointer(&f->planes[idle.at[k]], g_free);
    pthread_mutex_unlock(&f->lock);
    return true;
}

static bool score_block(field *f, worker *w, rdl_block block, float *planes, GError **error)
{
    if (!rdl_pair_read(w->reader, block, error))
        return false;
    f->work->score(f->user, w->state, w->reader, planes);
    return true;
}

static bool advance(field *f, worker *w, size_t i, GError **error)
{
    rdl_block block = rdl_blocks_at(f->blocks, i);
    g_autofree float *planes =
        g_malloc_n(rdl_block_pixels(block) * (size_t)f->work->planes, sizeof(float));

    if (!score_block(f, w, block, planes, error))
        return false;
    pthread_mutex_lock(&f->lock);
    f->planes[i] = g_steal_pointer(&planes);
    neighbours ready = completed(f, i, f->come);
    pthread_mutex_unlock(&f->lock);
    for (int k = 0; k < ready.n; k++)
        if (!judge(f, w, ready.at[k], error))
            return false;
    return true;
}

static bool piece(void *job, void *state, size_t i, GError **error)
{
    field *f = job;
    GError *failure = NULL;

    if (advance(f, state, i, &failure))
        return true;
    if (f->work->stop)
        f->work->stop(f->user, failure);
    g_propagate_error(error, failure);
    return false;
}

bool rdl_field_each(const rdl_pair *pair, const rdl_blocks *blocks, int threads,
                    const rdl_field_work *work, void *user, const rdl_progress *progress,
                    GError **error)
{
    const rdl_parallel how = {worker_new, worker_free, piece, work->step};
    const size_t n = rdl_blocks_count(blocks);
    g_autofree float **planes = g_new0(float *, n);
    g_autofree uint8_t *come = g_new0(uint8_t, n), *gone = g_new0(uint8_t, n);
    field f = {.pair = pair,
               .blocks = blocks,
               .work = work,
               .user = user,
               .planes = planes,
               .come = come,
               .gone = gone};

    g_assert(work->margin >= 0 && work->margin <= RDL_CELL);
    pthread_mutex_init(&f.lock, NULL);
    bool good = rdl_parallel_run(&how, &f, n, threads, progress, error);
    pthread_mutex_destroy(&f.lock);
    for (size_t i = 0; i < n; i++)
        g_free(planes[i]);
    return good;
}

/* ---- sample ---- */

/* Window k * stride in a walk over rows that starts each row further on, so that windows taken do
 * not stand in columns. */
static rdl_block sample_window(const field *f, size_t k)
{
    size_t i = k * f->stride, across = (size_t)f->blocks->across;
    size_t row = i / across, col = (i % across + row * 3) % across;

    return rdl_blocks_at(f->blocks, row * across + col);
}

static rdl_block shrunk(const rdl_blocks *blocks, rdl_block whole, int margin)
{
    int left = whole.col > 0 ? margin : 0, top = whole.row > 0 ? margin : 0;
    int right = whole.col + whole.width < blocks->width ? margin : 0;
    int bottom = whole.row + whole.height < blocks->height ? margin : 0;

    return (rdl_block){whole.col + left, whole.row + top, MAX(whole.width - left - right, 0),
                       MAX(whole.height - top - bottom, 0)};
}

static bool sample_piece(void *job, void *state, size_t i, GError **error)
{
    field *f = job;
    worker *w = state;
    rdl_block whole = sample_window(f, i);
    rdl_window window = {whole, shrunk(f->blocks, whole, f->work->margin), w->whole};

    if (!score_block(f, w, whole, w->whole, error))
        return false;
    return f->work->window(f->user, w->state, i, window, error);
}

bool rdl_field_sample(const rdl_pair *pair, int threads, const rdl_field_work *work, void *user,
                      const rdl_progress *progress, GError **error)
{
    const rdl_parallel how = {worker_new, worker_free, sample_piece, work->step};
    const rdl_grid *grid = rdl_pair_grid(pair);
    rdl_blocks blocks = rdl_blocks_over(grid->width, grid->height, SAMPLE_SIDE, SAMPLE_SIDE,
                                        (size_t)SAMPLE_SIDE * SAMPLE_SIDE);
    double pixels = (double)grid->width * grid->height;
    field f = {.pair = pair, .blocks = &blocks, .work = work, .user = user};

    f.stride = MAX((size_t)ceil(pixels / RDL_SAMPLE_PIXELS), 1);
    size_t n = (rdl_blocks_count(&blocks) + f.stride - 1) / f.stride;
    pthread_mutex_init(&f.lock, NULL);
    bool good = rdl_parallel_run(&how, &f, n, threads, progress, error);
    pthread_mutex_destroy(&f.lock);
    return good;
}
