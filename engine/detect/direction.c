#include "detect/direction.h"

typedef struct {
    const rdl_change_pass *pass;
    rdl_raster_writer *direction;
} shared;

typedef struct {
    rdl_pair_reader *reader;
    uint8_t *sectors;
} worker;

static void worker_free(void *p)
{
    worker *w = p;

    rdl_pair_reader_free(w->reader);
    g_free(w->sectors);
    g_free(w);
}

static void *worker_new(void *job, GError **error)
{
    const shared *s = job;
    size_t room = (size_t)s->pass->blocks.block_width * (size_t)s->pass->blocks.block_height;
    rdl_pair_reader *reader = rdl_pair_reader_new(s->pass->pair, room, error);

    if (!reader)
        return NULL;
    worker *w = g_new0(worker, 1);
    w->reader = reader;
    w->sectors = g_malloc(room);
    return w;
}

static void find_sectors(const rdl_scorer *scorer, const rdl_pair_reader *r, uint8_t *sectors)
{
    const double *mean = scorer->mean, *deviation = scorer->deviation;
    const int bands = scorer->bands;

    for (size_t i = 0; i < r->n; i++) {
        sectors[i] = r->valid[i];
        for (int k = 0; r->valid[i] && k < bands; k++) {
            double before = ((double)r->before[k][i] - mean[k]) / deviation[k];
            double after = ((double)r->after[k][i] - mean[bands + k]) / deviation[bands + k];
            sectors[i] = (uint8_t)(sectors[i] + ((after > before) << k));
        }
    }
}

static bool piece(void *job, void *state, size_t i, GError **error)
{
    const shared *s = job;
    worker *w = state;
    GError *failure = NULL;

    if (rdl_pair_read(w->reader, rdl_blocks_at(&s->pass->blocks, i), &failure)) {
        find_sectors(s->pass->decision->scorer, w->reader, w->sectors);
        if (rdl_raster_write(s->direction, i, w->sectors, &failure))
            return true;
    }
    rdl_raster_stop(s->direction, failure);
    g_propagate_error(error, failure);
    return false;
}

bool rdl_direction_write(const rdl_change_pass *pass, rdl_raster_writer *direction,
                         const rdl_progress *progress, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, piece, "directions"};
    shared s = {pass, direction};

    return rdl_parallel_run(&how, &s, rdl_blocks_count(&pass->blocks), pass->threads, progress,
                            error);
}
