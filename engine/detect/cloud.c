#include "detect/cloud.h"

#include <math.h>

#define OVER_MEAN 2.0     /* deviations */
#define OVER_EXPECTED 2.5 /* residual deviations */

/* Of a band of a date: bright over `least`, and over a + b times the other date. */
typedef struct {
    float least, a, b;
} bright;

typedef struct {
    int bands;
    bright of[2][RDL_LEVELS_MOST];
    gint64 *counts; /* of each cell: pixels, bright before, bright after */
} look;

/* y of this date, x of the other. */
static bright bright_of(double n, double x, double y, double xx, double yy, double xy)
{
    double mx = x / n, my = y / n;
    double vx = xx / n - mx * mx, vy = yy / n - my * my, c = xy / n - mx * my;
    double slope = c / vx, residual = sqrt(fmax(vy - c * slope, 0.0));

    return (bright){.least = (float)(my + OVER_MEAN * sqrt(vy)),
                    .a = (float)(my - slope * mx + OVER_EXPECTED * residual),
                    .b = (float)slope};
}

static bool settle(look *l, const rdl_levels *levels)
{
    rdl_level_fit fit;

    for (int k = 0; k < l->bands; k++) {
        const rdl_band_levels *b = &levels->band[k];
        if (!rdl_levels_fit(levels, k, &fit))
            return false;
        l->of[0][k] = bright_of(b->n, b->y, b->x, b->yy, b->xx, b->xy);
        l->of[1][k] = bright_of(b->n, b->x, b->y, b->xx, b->yy, b->xy);
    }
    return true;
}

static gint64 count(const look *l, int date, rdl_cell cell)
{
    const float *here = cell.planes + (size_t)(date * l->bands) * cell.n;
    const float *other = cell.planes + (size_t)((1 - date) * l->bands) * cell.n;
    gint64 n = 0;

    for (size_t i = 0; i < cell.n; i++) {
        int k = 0;
        for (; k < l->bands; k++) {
            const bright *b = &l->of[date][k];
            float y = here[(size_t)k * cell.n + i], x = other[(size_t)k * cell.n + i];
            if (!(y > b->least && y > b->a + b->b * x))
                break;
        }
        n += k == l->bands;
    }
    return n;
}

static void take_cell(void *user, void *state, size_t index, rdl_cell cell, float *planes)
{
    const look *l = user;
    gint64 *to = l->counts + 3 * index;

    (void)state, (void)planes;
    to[0] = (gint64)cell.n;
    for (int date = 0; date < 2; date++)
        to[1 + date] = count(l, date, cell);
}

bool rdl_cloud_look(rdl_sample *sample, const rdl_levels *levels, double share[2],
                    const rdl_progress *progress, GError **error)
{
    static const rdl_cell_work work = {.cell = take_cell, .step = "cloud"};
    const int bands = rdl_pair_bands(rdl_sample_pair(sample));
    const size_t cells = rdl_sample_cells(sample);
    look l = {.bands = bands};
    gint64 all[3] = {0};

    share[0] = share[1] = 0.0;
    if (bands < RDL_CLOUD_BANDS || bands != levels->bands || !settle(&l, levels))
        return true;
    g_autofree gint64 *counts = g_new0(gint64, 3 * cells);
    l.counts = counts;
    if (!rdl_sample_each(sample, &work, &l, progress, error))
        return false;
    for (size_t i = 0; i < 3 * cells; i++)
        all[i % 3] += counts[i];
    for (int date = 0; date < 2; date++)
        share[date] = all[0] ? (double)all[1 + date] / (double)all[0] : 0.0;
    return true;
}
