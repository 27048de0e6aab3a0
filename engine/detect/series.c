#include "detect/series.h"

#include <math.h>
#include <string.h>

#define NDVI_MOVED 0.1
#define TEN_THOUSANDTHS 10000.0
#define CROSSED_LEAST 2

/* Of one pixel of a row, while the dates go by. */
typedef struct {
    double middle; /* NaN: none */
    guint8 state;  /* 0 not seen yet, 1 under the middle, 2 over it */
    int dates, crossed;
} pixel;

static void begin(pixel *p, double before, double after)
{
    *p = (pixel){.middle = fabs(after - before) >= NDVI_MOVED ? (before + after) / 2.0 : NAN};
}

static void step(pixel *p, double ndvi)
{
    guint8 state = ndvi < p->middle ? 1 : 2;

    if (isnan(p->middle))
        return;
    p->crossed += p->state && state != p->state;
    p->dates++;
    p->state = state;
}

/* One row from its first changed pixel to its last. */
static bool pass_dates(rdl_raster *series, rdl_block b, pixel *pixels, GError **error)
{
    size_t n = rdl_block_pixels(b);
    g_autofree float *values = g_new(float, n);
    g_autofree uint8_t *known = g_new(uint8_t, n);

    for (int band = 1; band <= rdl_raster_bands(series); band++) {
        double unit = rdl_raster_pixel(series, band) == RDL_PIXEL_F32 ? 1.0 : TEN_THOUSANDTHS;
        memset(known, 1, n);
        if (!rdl_raster_read(series, b, 1, &band, values, known, error))
            return false;
        for (size_t i = 0; i < n; i++)
            if (known[i])
                step(&pixels[i], (double)values[i] / unit);
    }
    return true;
}

static void add_run(const rdl_run *run, int left, const pixel *pixels, rdl_figures *f)
{
    for (int col = run->col; col < run->end; col++) {
        const pixel *p = &pixels[col - left];
        f->series += p->dates > 1;
        f->crops += p->crossed >= CROSSED_LEAST;
    }
}

bool rdl_series_count(rdl_raster *series, const rdl_run *runs, size_t n, int row,
                      const float *const ndvi[2], rdl_figures *figures, GError **error)
{
    const int width = rdl_raster_grid(series)->width;
    g_autofree pixel *pixels = g_new(pixel, (size_t)width);

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && runs[end].row == runs[i].row; end++)
            ;
        int left = runs[i].col, right = runs[end - 1].end;
        size_t at = (size_t)(runs[i].row - row) * (size_t)width + (size_t)left;
        for (int k = 0; k < right - left; k++)
            begin(&pixels[k], (double)ndvi[0][at + (size_t)k], (double)ndvi[1][at + (size_t)k]);
        if (!pass_dates(series, (rdl_block){left, runs[i].row, right - left, 1}, pixels, error))
            return false;
        for (size_t k = i; k < end; k++)
            add_run(&runs[k], left, pixels, &figures[k]);
    }
    return true;
}
