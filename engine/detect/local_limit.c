#include "detect/local_limit.h"

#include <math.h>
#include <pthread.h>
#include <gsl/gsl_sort.h>

#define SIDE 64   /* pixels of a tile, at least */
#define MOST 512  /* tiles, of 64 KiB each while they are counted */
#define LEAST 512 /* observed pixels that make a histogram */

struct rdl_local_limit {
    int side, across, down;
    rdl_histogram **tiles;
    double *limit; /* of each tile */
    pthread_mutex_t lock;
};

static size_t tiles_of(const rdl_local_limit *l)
{
    return (size_t)l->across * (size_t)l->down;
}

static void drop_tiles(rdl_local_limit *l)
{
    for (size_t i = 0; l->tiles && i < tiles_of(l); i++)
        rdl_histogram_free(l->tiles[i]);
    g_clear_pointer(&l->tiles, g_free);
}

rdl_local_limit *rdl_local_limit_new(int width, int height)
{
    rdl_local_limit *l = g_new0(rdl_local_limit, 1);

    l->side = SIDE;
    while ((gint64)((width - 1) / l->side + 1) * ((height - 1) / l->side + 1) > MOST)
        l->side *= 2;
    l->across = (width - 1) / l->side + 1;
    l->down = (height - 1) / l->side + 1;
    l->tiles = g_new(rdl_histogram *, tiles_of(l));
    for (size_t i = 0; i < tiles_of(l); i++)
        l->tiles[i] = rdl_histogram_new_coarse();
    l->limit = g_new(double, tiles_of(l));
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void rdl_local_limit_free(rdl_local_limit *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    drop_tiles(l);
    g_free(l->limit);
    g_free(l);
}

/* ---- counting ---- */

/* What tile (x, y) and the core share. */
static rdl_block shared(const rdl_local_limit *l, rdl_block core, int x, int y)
{
    int left = MAX(core.col, x * l->side), top = MAX(core.row, y * l->side);
    int right = MIN(core.col + core.width, (x + 1) * l->side);
    int bottom = MIN(core.row + core.height, (y + 1) * l->side);

    return (rdl_block){left, top, right - left, bottom - top};
}

static void add_part(rdl_local_limit *l, rdl_window w, const float *score, int x, int y)
{
    rdl_block part = shared(l, w.core, x, y);
    g_autoptr(rdl_histogram) here = rdl_histogram_new_coarse();

    for (int row = part.row; row < part.row + part.height; row++)
        rdl_histogram_add(here, (size_t)part.width,
                          score + (size_t)(row - w.whole.row) * (size_t)w.whole.width +
                              (size_t)(part.col - w.whole.col));
    pthread_mutex_lock(&l->lock);
    rdl_histogram_merge(l->tiles[(size_t)y * (size_t)l->across + (size_t)x], here);
    pthread_mutex_unlock(&l->lock);
}

void rdl_local_limit_add(rdl_local_limit *l, rdl_window w, const float *score)
{
    int right = (w.core.col + w.core.width - 1) / l->side;
    int bottom = (w.core.row + w.core.height - 1) / l->side;

    for (int y = w.core.row / l->side; y <= bottom; y++)
        for (int x = w.core.col / l->side; x <= right; x++)
            add_part(l, w, score, x, y);
}

/* ---- settling ---- */

/* Of the length of change: the root of a sum of squares, the size of all else. */
static double variance(const rdl_bins *bins, rdl_scale scale)
{
    double mean = 0.0, square = 0.0;

    for (size_t i = 0; i < bins->n; i++) {
        double x = scale == RDL_SCALE_CHI_SQUARE ? sqrt(bins->value[i]) : bins->value[i];
        mean += bins->count[i] * x / bins->total;
        square += bins->count[i] * x * x / bins->total;
    }
    return fmax(square - mean * mean, 0.0);
}

/* NaN of tiles too little of which is observed. */
static void find_variances(const rdl_local_limit *l, rdl_scale scale, double *variances)
{
    for (int i = 0; i < l->across * l->down; i++) {
        rdl_bins bins = rdl_histogram_bins(l->tiles[i]);
        variances[i] = bins.total < LEAST ? NAN : variance(&bins, scale);
        rdl_bins_clear(&bins);
    }
}

/* From which variance on a tile holds change: a standard deviation over the mean of all, or the
 * most there is. NaN where no tile has one. */
static double much(const double *variances, int n)
{
    double most = NAN, mean = 0.0, square = 0.0;
    int seen = 0;

    for (int i = 0; i < n; i++) {
        if (isnan(variances[i]))
            continue;
        double rest = variances[i] - mean;
        mean += rest / ++seen;
        square += rest * (variances[i] - mean);
        most = fmax(most, variances[i]); /* of a number and NaN the number */
    }
    return seen ? fmin(most, mean + sqrt(square / seen)) : NAN;
}

/* The lower of the middle two of an even number. */
static double median(const double *values, size_t n)
{
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);

    gsl_sort(sorted, 1, n);
    return sorted[(n - 1) / 2];
}

/* The tiles' own limits, NaN where a tile has none. */
static void find_own(rdl_local_limit *l, rdl_limit_choice choice, rdl_scale scale, int freedom)
{
    const int n = l->across * l->down;
    g_autofree double *variances = g_new(double, (size_t)n);

    find_variances(l, scale, variances);
    double least = much(variances, n);
    for (int i = 0; i < n; i++) {
        rdl_limit limit;
        l->limit[i] = NAN;
        if (!(variances[i] >= least))
            continue;
        rdl_bins bins = rdl_histogram_bins(l->tiles[i]);
        if (rdl_limit_find(choice, scale, freedom, &bins, &limit, NULL))
            l->limit[i] = limit.value;
        rdl_bins_clear(&bins);
    }
}

static void tell_range(rdl_limit *limit, const double *own, int n)
{
    limit->tiles_own = n;
    for (int i = 0; i < n; i++) {
        limit->tiles_least = i ? fmin(limit->tiles_least, own[i]) : own[0];
        limit->tiles_most = i ? fmax(limit->tiles_most, own[i]) : own[0];
    }
}

bool rdl_local_limit_settle(rdl_local_limit *l, rdl_limit_choice choice, rdl_scale scale,
                            int freedom, const rdl_bins *bins, rdl_limit *limit, GError **error)
{
    static const char *const names[] = {[RDL_LIMIT_OTSU] = "local otsu",
                                        [RDL_LIMIT_KAPUR] = "local kapur",
                                        [RDL_LIMIT_KI] = "local ki",
                                        [RDL_LIMIT_EM] = "local em"};
    const int n = l->across * l->down;
    g_autofree double *own = g_new(double, (size_t)n);
    GError *none = NULL;
    int count = 0;

    g_assert(choice.rule < G_N_ELEMENTS(names) && names[choice.rule]);
    bool whole = rdl_limit_find(choice, scale, freedom, bins, limit, &none);
    find_own(l, choice, scale, freedom);
    for (int i = 0; i < n; i++)
        if (isfinite(l->limit[i]))
            own[count++] = l->limit[i];
    if (!whole && count == 0)
        return g_propagate_error(error, none), false;
    g_clear_error(&none);
    if (count)
        limit->value = median(own, (size_t)count);
    for (int i = 0; i < n; i++)
        if (!isfinite(l->limit[i]))
            l->limit[i] = limit->value;
    limit->rule = names[choice.rule];
    limit->tiles = n;
    tell_range(limit, own, count);
    drop_tiles(l);
    return true;
}

/* ---- applying ---- */

/* Which two tiles' middles a pixel lies between, and how far from the first. */
static int between(int pixel, int side, int tiles, double *share)
{
    double at = (pixel + 0.5) / side - 0.5;
    int first = CLAMP((int)floor(at), 0, MAX(tiles - 2, 0));

    *share = tiles > 1 ? CLAMP(at - first, 0.0, 1.0) : 0.0;
    return first;
}

static double blend(const double *limits, int first, int tiles, double share)
{
    return limits[first] + share * (limits[first + (tiles > 1)] - limits[first]);
}

void rdl_local_limit_over(const rdl_local_limit *l, rdl_block block, const float *score,
                          uint8_t *flags)
{
    g_autofree double *line = g_new(double, (size_t)l->across);

    for (int row = 0; row < block.height; row++) {
        double down, right;
        int above = between(block.row + row, l->side, l->down, &down);
        const double *upper = l->limit + (size_t)above * (size_t)l->across;
        const double *lower = upper + (l->down > 1 ? l->across : 0);
        for (int x = 0; x < l->across; x++)
            line[x] = upper[x] + down * (lower[x] - upper[x]);
        for (int i = 0; i < block.width; i++, score++, flags++) {
            int first = between(block.col + i, l->side, l->across, &right);
            *flags = (double)fabsf(*score) > blend(line, first, l->across, right);
        }
    }
}
