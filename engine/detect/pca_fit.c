#include "detect/pca_fit.h"

#include <math.h>
#include <string.h>
#include "detect/change/moments.h"
#include "detect/sample.h"

#define CLUSTER_PIXELS 400000.0

/* What one window gives; windows are put in order before they are used. */
typedef struct {
    size_t window;
    double *moments;    /* of blocks; NULL in the second pass */
    float *projections; /* NULL in the first */
    size_t n;
} share;

typedef struct {
    rdl_scorer *scorer;
    bool axes; /* known already */
    int step;  /* of the pixels that are clustered */
    GArray *shares;
} fitting;

typedef struct {
    double *scratch;
    float *blocks; /* RDL_PCA_SIZE planes */
    GArray *shares;
} worker;

static void *worker_new(void *user, size_t pixels)
{
    worker *w = g_new0(worker, 1);

    (void)user;
    w->scratch = g_malloc_n(pixels, sizeof(double));
    w->blocks = g_malloc_n(pixels + RDL_PCA_SIZE, sizeof(float));
    w->shares = g_array_new(FALSE, FALSE, sizeof(share));
    return w;
}

static void worker_free(void *user, void *state)
{
    fitting *f = user;
    worker *w = state;

    g_array_append_vals(f->shares, w->shares->data, w->shares->len);
    g_array_unref(w->shares);
    g_free(w->scratch);
    g_free(w->blocks);
    g_free(w);
}

static void score(void *user, void *state, rdl_pair_reader *reader, float *planes)
{
    const fitting *f = user;
    worker *w = state;

    rdl_scorer_apply(f->scorer, reader->n, reader->planes, reader->valid, w->scratch, planes);
}

/* Block at (col, row) of the window, if all of it is observed, as column n of `most` in w->blocks.
 */
static bool take_block(worker *w, rdl_window at, int col, int row, size_t n, size_t most)
{
    float sum = 0.0f;

    for (int k = 0; k < RDL_PCA_SIZE; k++) {
        float v = at.planes[(size_t)(row + k / RDL_PCA_SIDE) * (size_t)at.whole.width +
                            (size_t)(col + k % RDL_PCA_SIDE)];
        w->blocks[(size_t)k * most + n] = v;
        sum += v;
    }
    return sum == sum;
}

static void add_moments(worker *w, rdl_window at, share *s)
{
    const int across = at.whole.width / RDL_PCA_SIDE, down = at.whole.height / RDL_PCA_SIDE;
    const size_t most = (size_t)across * (size_t)down;
    size_t n = 0;

    for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++)
            n += take_block(w, at, x * RDL_PCA_SIDE, y * RDL_PCA_SIDE, n, most);
    s->moments = g_new0(double, rdl_moments_size(RDL_PCA_SIZE));
    for (int k = 1; k < RDL_PCA_SIZE && n > 0; k++)
        memmove(w->blocks + (size_t)k * n, w->blocks + (size_t)k * most, n * sizeof(float));
    if (n > 0)
        rdl_moments_of_cell(s->moments, RDL_PCA_SIZE, n, w->blocks, NULL);
}

static int first_on_grid(int from, int step)
{
    return from + (step - from % step) % step;
}

static void add_projections(const fitting *f, rdl_window at, share *s)
{
    const rdl_block c = at.core;
    const size_t room =
        ((size_t)c.width / (size_t)f->step + 1) * ((size_t)c.height / (size_t)f->step + 1);

    s->projections = g_malloc_n(room * RDL_PCA_AXES, sizeof(float));
    for (int row = first_on_grid(c.row, f->step); row < c.row + c.height; row += f->step)
        for (int col = first_on_grid(c.col, f->step); col < c.col + c.width; col += f->step)
            s->n += rdl_pca_project(&f->scorer->pca, at.whole.width, at.whole.height, at.planes,
                                    col - at.whole.col, row - at.whole.row,
                                    s->projections + s->n * RDL_PCA_AXES);
}

static bool window(void *user, void *state, size_t block, rdl_window at, GError **error)
{
    const fitting *f = user;
    worker *w = state;
    share s = {.window = block};

    (void)error;
    if (f->axes)
        add_projections(f, at, &s);
    else
        add_moments(w, at, &s);
    g_array_append_val(w->shares, s);
    return true;
}

static int by_window(const void *a, const void *b)
{
    const share *x = a, *y = b;

    return (x->window > y->window) - (x->window < y->window);
}

static void forget(fitting *f)
{
    for (guint i = 0; i < f->shares->len; i++) {
        share *s = &g_array_index(f->shares, share, i);
        g_free(s->moments);
        g_free(s->projections);
    }
    g_array_set_size(f->shares, 0);
}

static bool collect(fitting *f, const rdl_pair *pair, int threads, const rdl_progress *progress,
                    GError **error)
{
    const rdl_field_work work = {.planes = 1,
                                 .margin = RDL_PCA_RADIUS,
                                 .state_new = worker_new,
                                 .state_free = worker_free,
                                 .score = score,
                                 .window = window,
                                 .step = "patterns"};

    forget(f);
    if (!rdl_field_sample(pair, threads, &work, f, progress, error))
        return false;
    g_array_sort(f->shares, by_window);
    return true;
}

static bool find_axes(fitting *f)
{
    double all[1 + RDL_PCA_SIZE + RDL_PCA_SIZE * (RDL_PCA_SIZE + 1) / 2] = {0};

    for (guint i = 0; i < f->shares->len; i++)
        rdl_moments_merge(all, g_array_index(f->shares, share, i).moments, RDL_PCA_SIZE);
    f->axes = rdl_pca_axes(all, &f->scorer->pca);
    return f->axes;
}

static bool find_clusters(fitting *f)
{
    size_t n = 0;

    for (guint i = 0; i < f->shares->len; i++)
        n += g_array_index(f->shares, share, i).n;
    g_autofree float *all = g_malloc_n(MAX(n, 1) * RDL_PCA_AXES, sizeof(float));
    n = 0;
    for (guint i = 0; i < f->shares->len; i++) {
        const share *s = &g_array_index(f->shares, share, i);
        memcpy(all + n * RDL_PCA_AXES, s->projections, s->n * RDL_PCA_AXES * sizeof(float));
        n += s->n;
    }
    return n > 1 && rdl_pca_cluster(&f->scorer->pca, n, all);
}

bool rdl_pca_fit(rdl_scorer *scorer, const rdl_pair *pair, int threads,
                 const rdl_progress *progress, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    double pixels = fmin((double)grid->width * grid->height, RDL_SAMPLE_PIXELS);
    fitting f = {.scorer = scorer,
                 .step = MAX((int)ceil(sqrt(pixels / CLUSTER_PIXELS)), 1),
                 .shares = g_array_new(FALSE, FALSE, sizeof(share))};
    bool read = collect(&f, pair, threads, progress, error);
    bool good = read && find_axes(&f);

    if (good) {
        read = collect(&f, pair, threads, progress, error);
        good = read && find_clusters(&f);
    }
    forget(&f);
    g_array_unref(f.shares);
    if (read && !good)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "--method pca-kmeans: the differences are too few or all alike: there are "
                        "no two clusters");
    return good;
}
