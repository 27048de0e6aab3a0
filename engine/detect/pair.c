#include "detect/pair.h"

#include <string.h>

enum { BEFORE, AFTER, MASK_BEFORE, MASK_AFTER, PARTS };

struct rdl_pair {
    rdl_scene *scenes[2];
    rdl_raster *parts[PARTS]; /* all on the grid of the first; scenes' own or brought there */
    bool resampled;
    int count;
    int *bands[2];
};

void rdl_pair_free(rdl_pair *pair)
{
    if (!pair)
        return;
    for (int i = 0; i < PARTS; i++)
        rdl_raster_close(pair->parts[i]);
    for (int i = 0; i < 2; i++) {
        rdl_scene_free(pair->scenes[i]);
        g_free(pair->bands[i]);
    }
    g_free(pair);
}

static void warn(GPtrArray *warnings, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void warn(GPtrArray *warnings, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (warnings)
        g_ptr_array_add(warnings, g_strdup_vprintf(format, args));
    va_end(args);
}

static bool bands_agree(const rdl_scene *before, const rdl_scene *after, GError **error)
{
    if (before->count == after->count)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s has %d bands and %s has %d: name those to compare with --bands",
                    rdl_raster_path(before->raster), before->count, rdl_raster_path(after->raster),
                    after->count);
}

/* Does any of 17 x 17 places of `other` fall into the grid's box? */
static bool overlap(const rdl_grid *grid, const rdl_grid *other, bool *meets, GError **error)
{
    enum { STEPS = 16 };
    g_autoptr(rdl_transform) way = rdl_transform_new(other->crs, grid->crs, error);
    rdl_box box = rdl_grid_box(grid),
            found = {G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};

    if (!way)
        return false;
    for (int i = 0; i <= STEPS; i++)
        for (int j = 0; j <= STEPS; j++) {
            double x, y;
            rdl_grid_point(other, (double)other->width * i / STEPS,
                           (double)other->height * j / STEPS, &x, &y);
            if (!rdl_transform_points(way, 1, &x, &y, NULL))
                continue;
            found = (rdl_box){MIN(found.xmin, x), MIN(found.ymin, y), MAX(found.xmax, x),
                              MAX(found.ymax, y)};
        }
    *meets = rdl_box_meets(box, found);
    return true;
}

static bool can_be_brought(const rdl_raster *raster, const rdl_raster *first, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(first), *other = rdl_raster_grid(raster);
    bool meets = false;

    if (!grid->crs || !other->crs)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s (%d x %d, %s) and %s (%d x %d, %s) cannot be laid over each other",
                        rdl_raster_path(first), grid->width, grid->height, rdl_crs_name(grid->crs),
                        rdl_raster_path(raster), other->width, other->height,
                        rdl_crs_name(other->crs));
    if (!overlap(grid, other, &meets, error))
        return false;
    return meets || rdl_fail(error, RDL_ERROR_DATA, "%s and %s do not overlap",
                             rdl_raster_path(first), rdl_raster_path(raster));
}

static bool unplaced_equals(const rdl_grid *a, const rdl_grid *b)
{
    return !a->crs && !b->crs && a->width == b->width && a->height == b->height;
}

/* `raster` on the first scene's grid: a second handle on it, or a view through a warp. */
static rdl_raster *bring(rdl_pair *pair, const rdl_raster *raster, rdl_resample how,
                         GPtrArray *warnings, GError **error)
{
    const rdl_raster *first = pair->scenes[BEFORE]->raster;
    const rdl_grid *grid = rdl_raster_grid(first);

    if (rdl_grid_equal(grid, rdl_raster_grid(raster)))
        return rdl_raster_reopen(raster, error);
    if (unplaced_equals(grid, rdl_raster_grid(raster)))
        return rdl_raster_reopen(raster, error);
    if (!can_be_brought(raster, first, error))
        return NULL;
    warn(warnings, "%s: lies on another grid than %s, resampled (%s)", rdl_raster_path(raster),
         rdl_raster_path(first), how == RDL_RESAMPLE_BILINEAR ? "bilinear" : "nearest");
    pair->resampled = pair->resampled || how == RDL_RESAMPLE_BILINEAR;
    return rdl_raster_onto(raster, grid, how, error);
}

static bool bring_mask(rdl_pair *pair, int part, const char *path, GPtrArray *warnings,
                       GError **error)
{
    if (!path)
        return true;
    g_autoptr(rdl_raster) mask = rdl_raster_open(path, error);
    if (!mask)
        return g_prefix_error(error, "mask "), false;
    pair->parts[part] = bring(pair, mask, RDL_RESAMPLE_NEAREST, warnings, error);
    return pair->parts[part] != NULL;
}

static bool bring_all(rdl_pair *pair, const rdl_pair_options *o, GPtrArray *warnings,
                      GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(pair->scenes[BEFORE]->raster);

    if (unplaced_equals(grid, rdl_raster_grid(pair->scenes[AFTER]->raster)))
        warn(warnings,
             "%s and %s have no coordinate system: taken as one grid; "
             "patches will need one",
             o->before, o->after);
    for (int i = 0; i < 2; i++) {
        pair->parts[i] =
            bring(pair, pair->scenes[i]->raster, RDL_RESAMPLE_BILINEAR, warnings, error);
        if (!pair->parts[i])
            return false;
    }
    return bring_mask(pair, MASK_BEFORE, o->mask_before, warnings, error) &&
           bring_mask(pair, MASK_AFTER, o->mask_after, warnings, error);
}

rdl_pair *rdl_pair_open(const rdl_pair_options *o, GPtrArray *warnings, GError **error)
{
    g_autoptr(rdl_pair) pair = g_new0(rdl_pair, 1);

    pair->scenes[BEFORE] = rdl_scene_open(o->before, o->bands, o->sensor, error);
    if (!pair->scenes[BEFORE])
        return NULL;
    pair->scenes[AFTER] = rdl_scene_open(o->after, o->bands, o->sensor, error);
    if (!pair->scenes[AFTER] || !bands_agree(pair->scenes[BEFORE], pair->scenes[AFTER], error) ||
        !bring_all(pair, o, warnings, error))
        return NULL;
    pair->count = pair->scenes[BEFORE]->count;
    for (int i = 0; i < 2; i++)
        pair->bands[i] = g_memdup2(pair->scenes[i]->bands, (size_t)pair->count * sizeof(int));
    return g_steal_pointer(&pair);
}

const rdl_scene *rdl_pair_before(const rdl_pair *pair)
{
    return pair->scenes[BEFORE];
}

const rdl_scene *rdl_pair_after(const rdl_pair *pair)
{
    return pair->scenes[AFTER];
}

const rdl_grid *rdl_pair_grid(const rdl_pair *pair)
{
    return rdl_raster_grid(pair->scenes[BEFORE]->raster);
}

bool rdl_pair_resampled(const rdl_pair *pair)
{
    return pair->resampled;
}

int rdl_pair_bands(const rdl_pair *pair)
{
    return pair->count;
}

rdl_pixel rdl_pair_pixel(const rdl_pair *pair, int k)
{
    int part = k < pair->count ? BEFORE : AFTER;

    return rdl_raster_pixel(pair->parts[part], pair->bands[part][k % pair->count]);
}

bool rdl_pair_narrow(rdl_pair *pair, const char *const *roles, GError **error)
{
    int count = (int)g_strv_length((char **)roles);

    for (int i = 0; i < 2; i++) {
        const rdl_scene *scene = pair->scenes[i];
        g_autofree int *bands = g_new0(int, (size_t)count);
        for (int k = 0; k < count; k++) {
            int at = rdl_scene_role(scene, roles[k]);
            if (at < 0)
                return rdl_fail(error, RDL_ERROR_USAGE,
                                "%s: which band is %s? say so with --bands or --sensor",
                                rdl_raster_path(scene->raster), roles[k]);
            bands[k] = scene->bands[at];
        }
        g_free(pair->bands[i]);
        pair->bands[i] = g_steal_pointer(&bands);
    }
    pair->count = count;
    return true;
}

int rdl_pair_piece(const rdl_pair *pair)
{
    int most = 1;

    for (int i = 0; i < PARTS; i++) {
        int width, height;
        if (!pair->parts[i])
            continue;
        rdl_raster_native(pair->parts[i], &width, &height);
        most = MAX(most, MAX(width, height));
    }
    return most;
}

rdl_blocks rdl_pair_blocks(const rdl_pair *pair, int memory_mib, int threads)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    /* float planes of both dates, score in double and float, validity, change */
    size_t per_pixel = (size_t)pair->count * 2 * sizeof(float) + 8 + 4 + 2;
    size_t budget = ((size_t)memory_mib << 20) / 2 / per_pixel / (size_t)MAX(threads, 1);
    int width, height;

    rdl_raster_native(pair->scenes[BEFORE]->raster, &width, &height);
    return rdl_blocks_over(grid->width, grid->height, width, height, budget);
}

/* ---- reading ---- */

void rdl_pair_reader_free(rdl_pair_reader *r)
{
    if (!r)
        return;
    for (int i = 0; i < PARTS; i++)
        rdl_raster_close(r->rasters[i]);
    g_free(r->before);
    g_free(r->planes);
    g_free(r->values);
    g_free(r->valid);
    g_free(r);
}

rdl_pair_reader *rdl_pair_reader_new(const rdl_pair *pair, size_t max_pixels, GError **error)
{
    g_autoptr(rdl_pair_reader) r = g_new0(rdl_pair_reader, 1);
    size_t planes = (size_t)pair->count * 2;

    r->pair = pair;
    r->bands = pair->count;
    r->room = max_pixels;
    for (int i = 0; i < PARTS; i++)
        if (pair->parts[i] && !(r->rasters[i] = rdl_raster_reopen(pair->parts[i], error)))
            return NULL;
    r->values = g_malloc_n(max_pixels * planes, sizeof(float));
    r->valid = g_malloc(max_pixels);
    r->planes = g_new(float *, planes);
    r->before = g_new(const float *, planes);
    r->after = r->before + pair->count;
    return g_steal_pointer(&r);
}

/* A mask's own nodata says nothing about the scene: what counts is whether the value is zero. */
static bool drop_masked(rdl_pair_reader *r, int part, rdl_block block, int step, GError **error)
{
    const int first = 1;

    if (!r->rasters[part])
        return true;
    g_autofree float *mask = g_new(float, r->n);
    g_autofree uint8_t *known = g_malloc(r->n);
    memset(known, 1, r->n);
    if (!rdl_raster_read_every(r->rasters[part], block, step, 1, &first, mask, known, error))
        return false;
    for (size_t i = 0; i < r->n; i++)
        r->valid[i] = r->valid[i] & (mask[i] == 0.0f);
    return true;
}

bool rdl_pair_read_every(rdl_pair_reader *r, rdl_block block, int step, GError **error)
{
    r->n = rdl_block_picks(block, step);
    g_assert(r->n <= r->room);
    for (int k = 0; k < 2 * r->bands; k++)
        r->before[k] = r->planes[k] = r->values + (size_t)k * r->n;
    memset(r->valid, 1, r->n);
    for (int i = 0; i < 2; i++)
        if (!rdl_raster_read_every(r->rasters[i], block, step, r->bands, r->pair->bands[i],
                                   r->planes[i * r->bands], r->valid, error))
            return false;
    return drop_masked(r, MASK_BEFORE, block, step, error) &&
           drop_masked(r, MASK_AFTER, block, step, error);
}

bool rdl_pair_read(rdl_pair_reader *r, rdl_block block, GError **error)
{
    return rdl_pair_read_every(r, block, 1, error);
}
