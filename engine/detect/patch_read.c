#include "detect/patch_read.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include "detect/change.h"

typedef struct {
    const rdl_patch_source *source;
    int width, height, lines; /* rows a strip */
    rdl_strip_fn each;
    void *user;
    pthread_mutex_t lock;
    pthread_cond_t turned;
    size_t turn, failed; /* the strip to be handed on next; the topmost that failed */
} job;

typedef struct {
    rdl_raster *change, *score, *probability, *series;
    rdl_pair_reader *pair;
    float *scores, *probabilities, *ndvi[2];     /* ndvi: where there is a series */
    uint8_t *known, *flags, *unobserved, *water; /* flags: first the classes */
    size_t above;                                /* pixels of the pair's block above the strip */
} worker;

static void worker_free(void *p)
{
    worker *w = p;

    rdl_raster_close(w->change);
    rdl_raster_close(w->score);
    rdl_raster_close(w->probability);
    rdl_raster_close(w->series);
    g_free(w->ndvi[0]);
    g_free(w->ndvi[1]);
    rdl_pair_reader_free(w->pair);
    g_free(w->scores);
    g_free(w->probabilities);
    g_free(w->known);
    g_free(w->flags);
    g_free(w->unobserved);
    g_free(w->water);
    g_free(w);
}

static bool worker_open(worker *w, const job *j, size_t room, GError **error)
{
    const rdl_patch_source *s = j->source;

    return (w->change = rdl_raster_reopen(s->change, error)) &&
           (!s->score || (w->score = rdl_raster_reopen(s->score, error))) &&
           (!s->probability || (w->probability = rdl_raster_reopen(s->probability, error))) &&
           (!s->series || (w->series = rdl_raster_reopen(s->series, error))) &&
           (!s->pair || (w->pair = rdl_pair_reader_new(
                             s->pair, room + (s->rim ? 2 * (size_t)j->width : 0), error)));
}

static void *worker_new(void *p, GError **error)
{
    const job *j = p;
    size_t room = (size_t)j->width * (size_t)j->lines;
    worker *w = g_new0(worker, 1);

    w->scores = j->source->score ? g_malloc_n(room, sizeof(float)) : NULL;
    w->probabilities = j->source->probability ? g_malloc_n(room, sizeof(float)) : NULL;
    for (int date = 0; j->source->series && date < 2; date++)
        w->ndvi[date] = g_malloc_n(room, sizeof(float));
    w->known = g_malloc(room);
    w->flags = g_malloc(room);
    w->unobserved = g_malloc(room);
    w->water = j->source->water ? g_malloc(room) : NULL;
    if (worker_open(w, j, room, error))
        return w;
    worker_free(w);
    return NULL;
}

/* Classes become flags of change and of what nobody saw; the highest class is returned, the changed
 * pixels are counted. */
RDL_CLONES static uint8_t flag_changed(size_t n, const uint8_t *restrict known,
                                       uint8_t *restrict flags, uint8_t *restrict unobserved,
                                       gint64 *changed)
{
    uint8_t most = 0;
    gint64 count = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t class = (uint8_t)(flags[i] & -known[i]);
        most = class > most ? class : most;
        unobserved[i] = class == RDL_NOT_OBSERVED;
        flags[i] = class == RDL_CHANGED;
        count += flags[i];
    }
    *changed += count;
    return most;
}

static bool read_classes(worker *w, rdl_block b, gint64 *changed, GError **error)
{
    size_t n = rdl_block_pixels(b);

    memset(w->known, 1, n);
    if (!rdl_raster_read_bytes(w->change, b, 1, w->flags, w->known, error))
        return false;
    uint8_t most = flag_changed(n, w->known, w->flags, w->unobserved, changed);
    return most <= RDL_CHANGED ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: holds %d: no change raster (0 not observed, 1 unchanged, 2 changed)",
                    rdl_raster_path(w->change), most);
}

static bool read_numbers(worker *w, rdl_raster *raster, rdl_block b, float *values, GError **error)
{
    const int first = 1;
    size_t n = rdl_block_pixels(b);

    if (!raster)
        return true;
    memset(w->known, 1, n);
    if (!rdl_raster_read(raster, b, 1, &first, values, w->known, error))
        return false;
    for (size_t i = 0; i < n; i++)
        values[i] = w->known[i] ? values[i] : NAN;
    return true;
}

/* The strip, and where slopes are asked for a row above and below it. */
static bool read_pair(const job *j, worker *w, rdl_block b, GError **error)
{
    const rdl_block strip = b;

    if (j->source->rim) {
        b.row = MAX(strip.row - 1, 0);
        b.height = MIN(strip.row + strip.height + 1, j->height) - b.row;
    }
    w->above = (size_t)(strip.row - b.row) * (size_t)b.width;
    return rdl_pair_read(w->pair, b, error);
}

static void mark_water(const worker *w, const rdl_kind_index *index, size_t n)
{
    for (size_t i = 0, k = w->above; i < n; i++, k++)
        w->water[i] = w->pair->valid[k] && rdl_kind_value(index, w->pair->before, k) > 0.0 &&
                      rdl_kind_value(index, w->pair->after, k) > 0.0;
}

static void add_indices(const worker *w, const rdl_kind_index *indices, size_t i, rdl_figures *f)
{
    if (!w->pair->valid[i])
        return;
    for (int k = 0; k < RDL_FIGURE_INDICES; k++) {
        if (!indices[k].there)
            continue;
        double before = rdl_kind_value(&indices[k], w->pair->before, i);
        double after = rdl_kind_value(&indices[k], w->pair->after, i);
        if (isnan(before) || isnan(after))
            continue;
        f->index[k][0] += before;
        f->index[k][1] += after;
        f->observed[k]++;
    }
}

static void add_pixel(const worker *w, const rdl_patch_source *s, int width, size_t i,
                      rdl_figures *f)
{
    if (w->scores && !isnan(w->scores[i])) {
        double score = (double)w->scores[i];
        f->score += score;
        f->scores++;
        f->score_most = fabs(score) > fabs(f->score_most) ? score : f->score_most;
    }
    if (w->probabilities && !isnan(w->probabilities[i])) {
        f->probability += (double)w->probabilities[i];
        f->probabilities++;
    }
    if (w->pair)
        add_indices(w, s->indices, w->above + i, f);
    if (s->rim)
        rdl_rim_add(s->rim, w->pair, width, w->above + i, &f->rim);
}

/* After add_figures(). */
static bool add_series(const worker *w, const rdl_patch_source *s, rdl_strip *strip, int width,
                       GError **error)
{
    const float *const ndvi[2] = {w->ndvi[0], w->ndvi[1]};
    const rdl_kind_index *index = &s->indices[RDL_FIGURE_NDVI];
    size_t n = (size_t)width * (size_t)strip->rows;

    for (size_t i = 0; i < n; i++) {
        size_t k = w->above + i;
        bool seen = w->pair->valid[k];
        w->ndvi[0][i] = seen ? (float)rdl_kind_value(index, w->pair->before, k) : NAN;
        w->ndvi[1][i] = seen ? (float)rdl_kind_value(index, w->pair->after, k) : NAN;
    }
    return rdl_series_count(w->series, (const rdl_run *)(void *)strip->changed->data,
                            strip->changed->len, strip->row, ndvi,
                            (rdl_figures *)(void *)strip->figures->data, error);
}

static void add_figures(const worker *w, const rdl_patch_source *source, rdl_strip *strip,
                        int width)
{
    for (guint k = 0; k < strip->changed->len; k++) {
        const rdl_run *run = &g_array_index(strip->changed, rdl_run, k);
        size_t row = (size_t)(run->row - strip->row) * (size_t)width;
        rdl_figures figures = {0};
        for (int col = run->col; col < run->end; col++)
            add_pixel(w, source, width, row + (size_t)col, &figures);
        g_array_append_val(strip->figures, figures);
    }
}

static void add_runs(GArray *to, const rdl_strip *strip, int width, const uint8_t *flags)
{
    rdl_runs runs = {to};

    for (int y = 0; flags && y < strip->rows; y++)
        rdl_runs_add_row(&runs, strip->row + y, width, flags + (size_t)y * (size_t)width);
}

static bool read_strip(const job *j, worker *w, rdl_strip *strip, GError **error)
{
    const rdl_patch_source *s = j->source;
    rdl_block b = {0, strip->row, j->width, strip->rows};

    if (!read_classes(w, b, &strip->pixels, error))
        return false;
    add_runs(strip->changed, strip, j->width, w->flags);
    add_runs(strip->marks[RDL_MARK_UNOBSERVED], strip, j->width, w->unobserved);
    if (!strip->pixels && !s->water)
        return true;
    if (!read_numbers(w, w->score, b, w->scores, error) ||
        !read_numbers(w, w->probability, b, w->probabilities, error) ||
        (w->pair && !read_pair(j, w, b, error)))
        return false;
    if (s->water)
        mark_water(w, &s->indices[RDL_FIGURE_WATER], rdl_block_pixels(b));
    add_runs(strip->marks[RDL_MARK_WATER], strip, j->width, w->water);
    add_figures(w, s, strip, j->width);
    return !w->series || add_series(w, s, strip, j->width, error);
}

/* ---- one after another ---- */

/* Pieces are taken in order, so the strips before this one are done or under way. One that fails
 * lets go of those below it; those above go on, so that the topmost failure is the one told. */
static bool hand_on(job *j, size_t i, const rdl_strip *strip, bool good, GError **error)
{
    pthread_mutex_lock(&j->lock);
    while (good && j->turn < i && j->failed > i)
        pthread_cond_wait(&j->turned, &j->lock);
    bool theirs = good && j->failed < i;
    if (good && !theirs)
        good = j->each(strip, j->user, error);
    if (good && !theirs)
        j->turn = i + 1;
    else
        j->failed = MIN(j->failed, i);
    pthread_cond_broadcast(&j->turned);
    pthread_mutex_unlock(&j->lock);
    return theirs ? rdl_fail(error, RDL_ERROR_CANCELLED, "a strip above failed") : good;
}

static bool piece(void *p, void *state, size_t i, GError **error)
{
    job *j = p;
    int row = (int)i * j->lines;
    rdl_strip strip = {.row = row,
                       .rows = MIN(j->lines, j->height - row),
                       .changed = g_array_new(FALSE, FALSE, sizeof(rdl_run)),
                       .figures = g_array_new(FALSE, FALSE, sizeof(rdl_figures))};

    for (int k = 0; k < RDL_MARKS; k++)
        strip.marks[k] = g_array_new(FALSE, FALSE, sizeof(rdl_run));
    bool good = hand_on(j, i, &strip, read_strip(j, state, &strip, error), error);
    g_array_unref(strip.changed);
    g_array_unref(strip.figures);
    for (int k = 0; k < RDL_MARKS; k++)
        g_array_unref(strip.marks[k]);
    return good;
}

/* Whole rows of the file's own blocks, as many as leave room for every thread. */
static int lines_of(const rdl_patch_source *s, int width, int height)
{
    int native_width, native_height;
    gint64 fit = ((gint64)s->memory_mib << 20) / 2 / ((gint64)width * 32) / MAX(s->threads, 1);

    rdl_raster_native(s->change, &native_width, &native_height);
    int lines = (int)CLAMP(fit, 1, 256);
    if (native_height > 1 && native_height < lines)
        lines -= lines % native_height;
    return MIN(lines, height);
}

bool rdl_patch_read(const rdl_patch_source *s, rdl_strip_fn each, void *user,
                    const rdl_progress *progress, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, piece, "components"};
    const rdl_grid *grid = rdl_raster_grid(s->change);
    job j = {.source = s,
             .width = grid->width,
             .height = grid->height,
             .lines = lines_of(s, grid->width, grid->height),
             .each = each,
             .user = user,
             .failed = G_MAXSIZE};
    size_t n = ((size_t)grid->height + (size_t)j.lines - 1) / (size_t)j.lines;

    double a_thread = 32.0 * j.width * j.lines; /* bytes a pixel: as in lines_of() */
    if (!rdl_blocks_afford(rdl_raster_path(s->change), j.width, j.height, a_thread * s->threads,
                           s->memory_mib, error))
        return false;
    pthread_mutex_init(&j.lock, NULL);
    pthread_cond_init(&j.turned, NULL);
    bool good = rdl_parallel_run(&how, &j, n, s->threads, progress, error);
    pthread_cond_destroy(&j.turned);
    pthread_mutex_destroy(&j.lock);
    return good;
}
