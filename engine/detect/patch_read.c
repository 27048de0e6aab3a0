#include "detect/patch_read.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"
#include "detect/change/index.h"

typedef struct {
    const rdl_patch_source *source;
    int width, height, lines; /* rows a strip */
    rdl_runs *strips;
    gint64 *changed;
} job;

typedef struct {
    rdl_raster *change, *score;
    rdl_pair_reader *pair;
    float *scores, *ndvi;
    uint8_t *known, *flags; /* flags: first the classes */
} worker;

static void worker_free(void *p)
{
    worker *w = p;

    rdl_raster_close(w->change);
    rdl_raster_close(w->score);
    rdl_pair_reader_free(w->pair);
    g_free(w->scores);
    g_free(w->ndvi);
    g_free(w->known);
    g_free(w->flags);
    g_free(w);
}

static bool worker_open(worker *w, const job *j, size_t room, GError **error)
{
    const rdl_patch_source *s = j->source;

    return (w->change = rdl_raster_reopen(s->change, error)) &&
           (!s->score || (w->score = rdl_raster_reopen(s->score, error))) &&
           (!s->pair || (w->pair = rdl_pair_reader_new(s->pair, room, error)));
}

static void *worker_new(void *p, GError **error)
{
    const job *j = p;
    size_t room = (size_t)j->width * (size_t)j->lines;
    worker *w = g_new0(worker, 1);

    w->scores = j->source->score ? g_malloc_n(room, sizeof(float)) : NULL;
    w->ndvi = j->source->pair ? g_malloc_n(room, sizeof(float)) : NULL;
    w->known = g_malloc(room);
    w->flags = g_malloc(room);
    if (worker_open(w, j, room, error))
        return w;
    worker_free(w);
    return NULL;
}

/* Classes become flags of change; the highest class is returned, the changed pixels are counted. */
RDL_CLONES static uint8_t flag_changed(size_t n, const uint8_t *restrict known,
                                       uint8_t *restrict flags, gint64 *changed)
{
    uint8_t most = 0;
    gint64 count = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t class = (uint8_t)(flags[i] & -known[i]);
        most = class > most ? class : most;
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
    uint8_t most = flag_changed(n, w->known, w->flags, changed);
    return most <= RDL_CHANGED ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: holds %d: no change raster (0 not observed, 1 unchanged, 2 changed)",
                    rdl_raster_path(w->change), most);
}

static bool read_figures(worker *w, rdl_block b, GError **error)
{
    const int first = 1;
    size_t n = rdl_block_pixels(b);

    if (w->score) {
        memset(w->known, 1, n);
        if (!rdl_raster_read(w->score, b, 1, &first, w->scores, w->known, error))
            return false;
        for (size_t i = 0; i < n; i++)
            w->scores[i] = w->known[i] ? w->scores[i] : NAN;
    }
    if (w->pair) {
        if (!rdl_pair_read(w->pair, b, error))
            return false;
        rdl_index_difference(n, w->pair->before[0], w->pair->before[1], w->pair->after[0],
                             w->pair->after[1], w->pair->valid, w->ndvi);
    }
    return true;
}

static bool strip(void *p, void *state, size_t i, GError **error)
{
    const job *j = p;
    worker *w = state;
    rdl_block b = {0, (int)i * j->lines, j->width, 0};
    rdl_runs runs = rdl_runs_new();

    b.height = MIN(j->lines, j->height - b.row);
    j->strips[i] = runs;
    if (!read_classes(w, b, &j->changed[i], error) || !read_figures(w, b, error))
        return false;
    for (int y = 0; y < b.height; y++) {
        size_t at = (size_t)y * (size_t)b.width;
        rdl_runs_add_row(&runs, b.row + y, b.width, w->flags + at, w->score ? w->scores + at : NULL,
                         w->pair ? w->ndvi + at : NULL);
    }
    return true;
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

bool rdl_patch_read(const rdl_patch_source *s, const rdl_progress *progress, rdl_runs *runs,
                    gint64 *pixels, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, strip, "components"};
    const rdl_grid *grid = rdl_raster_grid(s->change);
    job j = {s, grid->width, grid->height, lines_of(s, grid->width, grid->height), NULL, NULL};
    size_t n = ((size_t)grid->height + (size_t)j.lines - 1) / (size_t)j.lines;

    double a_strip = sizeof *j.strips + sizeof *j.changed;
    double a_thread = 32.0 * j.width * j.lines; /* bytes a pixel: as in lines_of() */
    if (!rdl_blocks_afford(rdl_raster_path(s->change), j.width, j.height,
                           a_strip * (double)n + a_thread * s->threads, s->memory_mib, error))
        return false;
    j.strips = g_new0(rdl_runs, n);
    j.changed = g_new0(gint64, n);
    bool good = rdl_parallel_run(&how, &j, n, s->threads, progress, error);
    *runs = rdl_runs_new();
    *pixels = 0;
    for (size_t i = 0; i < n; i++) {
        *pixels += j.changed[i];
        if (j.strips[i].runs)
            rdl_runs_append(runs, &j.strips[i]);
    }
    g_free(j.strips);
    g_free(j.changed);
    return good;
}
