/* The ground of a frame: scenes of a date on the sheet's own grid, stretched to be seen. */
#include "deliver/map_frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OVERSAMPLE 2.0 /* of the scene's own pixels: more only makes the file large */
#define LOW 0.02       /* shares of the pixels that become black and white */
#define HIGH 0.98
#define GAMMA 0.75f /* dark ground is to be read through print */
#define MAX_SIDE 8192
#define CONTEXT 300.0 /* pixels */
#define SAMPLES 200   /* of them a side are looked at */

static rdl_grid grid_of(const rdl_frame *f, double dpi, double metres)
{
    double wide = f->box.xmax - f->box.xmin, high = f->box.ymax - f->box.ymin;
    double step = MAX(wide / (f->w / 72.0 * dpi), metres / OVERSAMPLE);
    rdl_grid grid = {.width = (int)CLAMP(ceil(wide / step), 1.0, MAX_SIDE),
                     .height = (int)CLAMP(ceil(high / step), 1.0, MAX_SIDE),
                     .crs = rdl_crs_ref(f->crs)};

    grid.transform[0] = f->box.xmin;
    grid.transform[1] = wide / grid.width;
    grid.transform[3] = f->box.ymax;
    grid.transform[5] = -high / grid.height;
    return grid;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* What was read of a scene on a grid: its one or three bands, plane after plane. */
typedef struct {
    float *planes;
    unsigned char *valid;
    size_t n;
    int bands;
} pixels;

static void pixels_clear(pixels *p)
{
    g_free(p->planes);
    g_free(p->valid);
}

static bool read_pixels(const rdl_map_scene *scene, rdl_raster *raster, const rdl_grid *grid,
                        pixels *p, GError **error)
{
    g_autoptr(rdl_raster) onto = rdl_raster_onto(raster, grid, RDL_RESAMPLE_NEAREST, error);
    const rdl_block all = {0, 0, grid->width, grid->height};

    *p = (pixels){.n = (size_t)grid->width * (size_t)grid->height,
                  .bands = scene->bands[0] == scene->bands[1] ? 1 : 3};
    if (!onto)
        return false;
    p->planes = g_try_new(float, p->n *(size_t)p->bands);
    p->valid = g_try_malloc(p->n);
    if (!p->planes || !p->valid)
        return rdl_fail(error, RDL_ERROR_INTERNAL, "no memory for a picture of %d by %d pixels",
                        grid->width, grid->height);
    memset(p->valid, 1, p->n);
    return rdl_raster_read(onto, all, p->bands, scene->bands, p->planes, p->valid, error);
}

/* The values of a band below and above which LOW and 1 - HIGH of the observed pixels lie. */
static void limits_of(const pixels *p, int band, float *low, float *high)
{
    const float *plane = p->planes + (size_t)band * p->n;
    size_t step = p->n > 200000 ? p->n / 200000 : 1, kept = 0;
    g_autofree float *values = g_new(float, p->n / step + 1);

    for (size_t i = 0; i < p->n; i += step)
        if (p->valid[i])
            values[kept++] = plane[i];
    *low = 0.0f;
    *high = 1.0f;
    if (!kept)
        return;
    qsort(values, kept, sizeof *values, compare);
    *low = values[(size_t)floor(LOW * (double)(kept - 1))];
    *high = values[(size_t)ceil(HIGH * (double)(kept - 1))];
}

/* A few pixels stretched by themselves are a carpet of colours: black and white are those of the
 * ground around, CONTEXT pixels of the scene wide at least. */
static rdl_grid grid_around(const rdl_frame *f, double metres)
{
    double wide = f->box.xmax - f->box.xmin, high = f->box.ymax - f->box.ymin;
    double side = MAX(MAX(wide, high), CONTEXT * metres);
    double x = (f->box.xmin + f->box.xmax) / 2.0, y = (f->box.ymin + f->box.ymax) / 2.0;
    rdl_grid grid = {.width = SAMPLES, .height = SAMPLES, .crs = rdl_crs_ref(f->crs)};

    grid.transform[0] = x - side / 2.0;
    grid.transform[1] = side / SAMPLES;
    grid.transform[3] = y + side / 2.0;
    grid.transform[5] = -side / SAMPLES;
    return grid;
}

static unsigned char shade(float share)
{
    return (unsigned char)(255.0f * powf(CLAMP(share, 0.0f, 1.0f), GAMMA) + 0.5f);
}

/* Paint what is still empty. Returns the pixels painted. */
static size_t paint(unsigned char *rgba, const pixels *p, const pixels *around)
{
    size_t painted = 0;

    for (size_t i = 0; i < p->n; i++)
        painted += p->valid[i] && !rgba[4 * i + 3];
    for (int b = 0; painted && b < 3; b++) {
        int band = p->bands == 3 ? b : 0;
        const float *plane = p->planes + (size_t)band * p->n;
        float low, high;
        limits_of(around, band, &low, &high);
        float scale = high > low ? 1.0f / (high - low) : 0.0f;
        for (size_t i = 0; i < p->n; i++)
            if (p->valid[i] && !rgba[4 * i + 3])
                rgba[4 * i + b] = shade((plane[i] - low) * scale);
    }
    for (size_t i = 0; i < p->n; i++)
        if (p->valid[i])
            rgba[4 * i + 3] = 255;
    return painted;
}

static bool add_scene(const rdl_frame *f, const rdl_map_scene *scene, rdl_raster *raster,
                      const rdl_grid *grid, unsigned char *rgba, size_t *painted, GError **error)
{
    rdl_grid wide = grid_around(f, scene->metres);
    pixels p = {0}, around = {0};
    bool good = read_pixels(scene, raster, grid, &p, error) &&
                read_pixels(scene, raster, &wide, &around, error);

    if (good)
        *painted = paint(rgba, &p, &around);
    pixels_clear(&p);
    pixels_clear(&around);
    rdl_grid_clear(&wide);
    return good;
}

bool rdl_frame_picture(const rdl_frame *f, rdl_page *page, bool after, double dpi, GPtrArray *used,
                       GError **error)
{
    g_autofree unsigned char *rgba = NULL;
    rdl_grid grid = {0};
    bool good = true;

    for (guint i = 0; good && i < f->data->scenes->len; i++) {
        const rdl_map_scene *scene = &g_array_index(f->data->scenes, rdl_map_scene, i);
        size_t painted = 0;
        if (scene->after != after)
            continue;
        g_autoptr(rdl_raster) raster = rdl_raster_open(scene->path, error);
        good = raster != NULL;
        if (good && !rgba) {
            grid = grid_of(f, dpi, scene->metres);
            rgba = g_try_malloc0_n((size_t)grid.width * (size_t)grid.height, 4);
            good = rgba || rdl_fail(error, RDL_ERROR_INTERNAL, "no memory for a picture");
        }
        good = good && add_scene(f, scene, raster, &grid, rgba, &painted, error);
        if (good && painted && used)
            g_ptr_array_add(used, (gpointer)scene);
    }
    bool any = false;
    for (size_t i = 0; good && rgba && !any && i < (size_t)grid.width * (size_t)grid.height; i++)
        any = rgba[4 * i + 3];
    if (good && any)
        rdl_page_picture(page, rgba, grid.width, grid.height, f->x, f->y, f->w, f->h);
    rdl_grid_clear(&grid);
    return good;
}
