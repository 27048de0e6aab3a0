#include "detect/sample.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define TAKEN 8000000 /* pixels of a large scene, at most */
#define SQUARE 512

typedef struct {
    size_t n;
    uint8_t *bytes; /* variate after variate, each in its own pixel type */
} stored_cell;

struct rdl_sample {
    const rdl_pair *pair;
    int threads, one_in, step, variates;
    rdl_pixel *pixels; /* of each variate */
    rdl_blocks blocks, cells;
    bool small_pieces; /* of the file: not larger than squares */
    bool keep, kept;
    stored_cell *stored;
};

static size_t pixel_bytes(rdl_pixel pixel)
{
    return pixel == RDL_PIXEL_U8 ? 1 : pixel == RDL_PIXEL_F32 ? 4 : 2;
}

static double grid_pixels(const rdl_grid *grid)
{
    return (double)grid->width * grid->height;
}

static int step_of(const rdl_grid *grid, int one_in)
{
    int step = 1;

    while (((grid->width + step - 1) / step) * (double)((grid->height + step - 1) / step) >
           (double)TAKEN * one_in)
        step++;
    return step;
}

rdl_sample *rdl_sample_new(const rdl_pair *pair, int one_in, int threads, int memory_mib)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    rdl_sample *s = g_new0(rdl_sample, 1);
    bool all = grid_pixels(grid) <= RDL_SAMPLE_PIXELS;
    size_t per_pixel = 0;

    s->pair = pair;
    s->threads = threads;
    s->one_in = all ? 1 : one_in;
    s->step = all ? 1 : step_of(grid, one_in);
    s->variates = 2 * rdl_pair_bands(pair);
    s->blocks = rdl_pair_blocks(pair, memory_mib, threads);
    s->cells = rdl_blocks_cells(grid->width, grid->height);
    s->small_pieces = rdl_pair_piece(pair) <= SQUARE;
    s->stored = g_new0(stored_cell, rdl_blocks_count(&s->cells));
    s->pixels = g_new(rdl_pixel, (size_t)s->variates);
    for (int k = 0; k < s->variates; k++) {
        s->pixels[k] = rdl_pair_pixel(pair, k);
        per_pixel += pixel_bytes(s->pixels[k]);
    }
    double pixels = grid_pixels(grid) / s->one_in / ((double)s->step * s->step);
    s->keep = pixels * (double)per_pixel <= (double)memory_mib * 1048576.0 / 2.0;
    return s;
}

static void forget(rdl_sample *s)
{
    for (size_t i = 0; i < rdl_blocks_count(&s->cells); i++)
        g_clear_pointer(&s->stored[i].bytes, g_free);
    s->kept = false;
}

void rdl_sample_free(rdl_sample *s)
{
    if (!s)
        return;
    forget(s);
    g_free(s->stored);
    g_free(s->pixels);
    g_free(s);
}

const rdl_pair *rdl_sample_pair(const rdl_sample *sample)
{
    return sample->pair;
}

size_t rdl_sample_cells(const rdl_sample *sample)
{
    return rdl_blocks_count(&sample->cells);
}

int rdl_sample_step(const rdl_sample *sample)
{
    return sample->step;
}

int rdl_sample_one_in(const rdl_sample *sample)
{
    return sample->one_in;
}

/* ---- keeping cells in their own pixel type ---- */

RDL_CLONES static void *store_plane(uint8_t *to, rdl_pixel pixel, size_t n, const float *from)
{
    switch (pixel) {
    case RDL_PIXEL_U8:
        for (size_t i = 0; i < n; i++)
            to[i] = (uint8_t)from[i];
        break;
    case RDL_PIXEL_U16:
        for (size_t i = 0; i < n; i++)
            ((uint16_t *)to)[i] = (uint16_t)from[i];
        break;
    case RDL_PIXEL_I16:
        for (size_t i = 0; i < n; i++)
            ((int16_t *)to)[i] = (int16_t)from[i];
        break;
    case RDL_PIXEL_F32:
        memcpy(to, from, n * sizeof *from);
    }
    return to + n * pixel_bytes(pixel);
}

RDL_CLONES static const uint8_t *load_plane(const uint8_t *from, rdl_pixel pixel, size_t n,
                                            float *to)
{
    switch (pixel) {
    case RDL_PIXEL_U8:
        for (size_t i = 0; i < n; i++)
            to[i] = (float)from[i];
        break;
    case RDL_PIXEL_U16:
        for (size_t i = 0; i < n; i++)
            to[i] = (float)((const uint16_t *)from)[i];
        break;
    case RDL_PIXEL_I16:
        for (size_t i = 0; i < n; i++)
            to[i] = (float)((const int16_t *)from)[i];
        break;
    case RDL_PIXEL_F32:
        memcpy(to, from, n * sizeof *to);
    }
    return from + n * pixel_bytes(pixel);
}

/* Wider types first, so that each plane is aligned whatever n is. */
static const rdl_pixel widths[] = {RDL_PIXEL_F32, RDL_PIXEL_U16, RDL_PIXEL_I16, RDL_PIXEL_U8};

static void store(rdl_sample *s, size_t index, rdl_cell cell)
{
    size_t per_pixel = 0;

    for (int k = 0; k < s->variates; k++)
        per_pixel += pixel_bytes(s->pixels[k]);
    uint8_t *to = s->stored[index].bytes = g_malloc_n(MAX(cell.n, 1), per_pixel);
    s->stored[index].n = cell.n;
    for (size_t w = 0; w < G_N_ELEMENTS(widths); w++)
        for (int k = 0; k < s->variates; k++)
            if (s->pixels[k] == widths[w])
                to = store_plane(to, widths[w], cell.n, cell.planes + (size_t)k * cell.n);
}

static rdl_cell load(const rdl_sample *s, size_t index, float *planes)
{
    const uint8_t *from = s->stored[index].bytes;
    size_t n = s->stored[index].n;

    for (size_t w = 0; w < G_N_ELEMENTS(widths); w++)
        for (int k = 0; k < s->variates; k++)
            if (s->pixels[k] == widths[w])
                from = load_plane(from, widths[w], n, planes + (size_t)k * n);
    return (rdl_cell){n, planes};
}

/* ---- visiting ---- */

typedef struct {
    rdl_sample *sample;
    const rdl_cell_work *work;
    void *user;
    pthread_mutex_t lock;
} visit;

typedef struct {
    visit *visit;
    void *state;
    rdl_pair_reader *reader; /* NULL when cells are in memory */
    float *planes;
    uint32_t *places;
} visitor;

static void visitor_free(void *worker)
{
    visitor *v = worker;

    if (v->visit->work->state_free) {
        pthread_mutex_lock(&v->visit->lock);
        v->visit->work->state_free(v->visit->user, v->state);
        pthread_mutex_unlock(&v->visit->lock);
    }
    rdl_pair_reader_free(v->reader);
    g_free(v->planes);
    g_free(v->places);
    g_free(v);
}

static void *visitor_new(void *job, GError **error)
{
    visit *all = job;
    rdl_sample *s = all->sample;
    const size_t cell = (size_t)RDL_CELL * RDL_CELL;
    size_t step = (size_t)s->step;
    size_t room = (((size_t)s->blocks.block_width + step - 1) / step) *
                  (((size_t)s->blocks.block_height + step - 1) / step);
    rdl_pair_reader *reader = NULL;

    if (!s->kept && !(reader = rdl_pair_reader_new(s->pair, room, error)))
        return NULL;
    visitor *v = g_new0(visitor, 1);
    v->visit = all;
    v->reader = reader;
    v->planes = g_malloc_n(cell * (size_t)s->variates, sizeof(float));
    v->places = g_new(uint32_t, cell);
    v->state = all->work->state_new ? all->work->state_new(all->user) : NULL;
    return v;
}

static bool visit_stored(void *job, void *worker, size_t i, GError **error)
{
    visit *all = job;
    visitor *v = worker;

    (void)error;
    if (all->sample->stored[i].n > 0)
        all->work->cell(all->user, v->state, i, load(all->sample, i, v->planes), v->planes);
    return true;
}

/* Of the pixels read of a block, those of one cell that are observed: `places` in the order of
 * rows, numbered as the planes are. */
static size_t places_of(const visitor *v, rdl_block block, rdl_block cell)
{
    const int step = v->visit->sample->step;
    const rdl_block above = {block.col, block.row, block.width, cell.row - block.row},
                    left = {block.col, 0, cell.col - block.col, 1},
                    line = {block.col, 0, block.width, 1}, width = {cell.col, 0, cell.width, 1};
    size_t across = rdl_block_picks(line, step), count = rdl_block_picks(width, step), n = 0;
    size_t first = rdl_block_picks(above, step) + rdl_block_picks(left, step);

    if (count == 0)
        return 0;
    for (size_t row = 0; row < rdl_block_picks(cell, step) / count; row++)
        for (size_t i = 0; i < count; i++) {
            uint32_t at = (uint32_t)(first + row * across + i);
            v->places[n] = at;
            n += v->reader->valid[at];
        }
    return n;
}

static rdl_cell gather(const visitor *v, size_t n)
{
    for (int k = 0; k < v->visit->sample->variates; k++) {
        const float *restrict from = v->reader->planes[k];
        float *restrict to = v->planes + (size_t)k * n;
        for (size_t i = 0; i < n; i++)
            to[i] = from[v->places[i]];
    }
    return (rdl_cell){n, v->planes};
}

static void visit_cell(const visit *all, visitor *v, rdl_block block, int col, int row)
{
    rdl_sample *s = all->sample;
    size_t index = (size_t)(row / RDL_CELL) * (size_t)s->cells.across + (size_t)(col / RDL_CELL);
    rdl_cell cell = gather(v, places_of(v, block, rdl_blocks_at(&s->cells, index)));

    if (s->keep)
        store(s, index, cell);
    all->work->cell(all->user, v->state, index, cell, v->planes);
}

/* Whether squares of a raster's lattice are taken: every second is a chess board, every eighth a
 * lattice whose rows are shifted by three. */
static bool taken(const rdl_sample *s, int col, int row)
{
    gint64 x = col / SQUARE, y = row / SQUARE;

    return (x + (s->one_in == 8 ? 3 * y : y)) % s->one_in == 0;
}

/* Read a part of a block and visit its cells. */
static bool visit_part(const visit *all, visitor *v, rdl_block part, GError **error)
{
    if (!rdl_pair_read_every(v->reader, part, all->sample->step, error))
        return false;
    for (int row = part.row; row < part.row + part.height; row += RDL_CELL)
        for (int col = part.col; col < part.col + part.width; col += RDL_CELL)
            if (taken(all->sample, col, row))
                visit_cell(all, v, part, col, row);
    return true;
}

/* Of a block only the squares taken are read, where the file's pieces are no larger than those. */
static bool visit_block(void *job, void *worker, size_t i, GError **error)
{
    const visit *all = job;
    const rdl_sample *s = all->sample;
    rdl_block b = rdl_blocks_at(&s->blocks, i);

    if (s->one_in == 1 || !s->small_pieces)
        return visit_part(all, worker, b, error);
    for (int row = b.row, down; row < b.row + b.height; row += down) {
        down = MIN(SQUARE - row % SQUARE, b.row + b.height - row);
        for (int col = b.col, across; col < b.col + b.width; col += across) {
            across = MIN(SQUARE - col % SQUARE, b.col + b.width - col);
            if (taken(s, col, row) &&
                !visit_part(all, worker, (rdl_block){col, row, across, down}, error))
                return false;
        }
    }
    return true;
}

bool rdl_sample_each(rdl_sample *s, const rdl_cell_work *work, void *user,
                     const rdl_progress *progress, GError **error)
{
    visit all = {.sample = s, .work = work, .user = user};
    rdl_parallel how = {visitor_new, visitor_free, s->kept ? visit_stored : visit_block,
                        work->step};
    size_t n = s->kept ? rdl_sample_cells(s) : rdl_blocks_count(&s->blocks);

    pthread_mutex_init(&all.lock, NULL);
    bool good = rdl_parallel_run(&how, &all, n, s->threads, progress, error);
    pthread_mutex_destroy(&all.lock);
    if (!s->kept && s->keep && good)
        s->kept = true;
    else if (!good)
        forget(s);
    return good;
}
