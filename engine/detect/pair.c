#include "detect/pair.h"

#include <math.h>
#include <string.h>
#include "detect/collar.h"
#include "detect/pixel_area.h"

#define GROW_MOST 100 /* pixels */

enum { BEFORE, AFTER, DATES };

/* Where a scene is bad. */
typedef struct {
    int date;
    rdl_raster *raster; /* on the grid of the scene before; NULL: it is polygons */
    int band;
    rdl_mask_values *values;
    GPtrArray *shapes; /* rdl_geometry *, in the system of the scene before; NULL: a raster */
} pair_mask;

struct rdl_pair {
    rdl_scene *scenes[DATES];
    rdl_raster *parts[DATES];   /* on the grid of the first; scenes' own or brought there */
    GPtrArray *masks;           /* pair_mask * */
    rdl_collar *collars[DATES]; /* of what each part shows; NULL: it has none */
    bool resampled;
    bool dark_ground;       /* what looked like collars is none */
    bool zeros_drop[DATES]; /* 0 in every band is a gap */
    double dx, dy;          /* where the scene after is read, pixels */
    char *aoi;              /* NULL: all */
    int mask_grow;          /* pixels */
    bool around;            /* readers to come look beyond the area of interest */
    int count;
    int *bands[2];
};

static void mask_free(void *p)
{
    pair_mask *m = p;

    rdl_raster_close(m->raster);
    g_free(m->values);
    if (m->shapes)
        g_ptr_array_unref(m->shapes);
    g_free(m);
}

void rdl_pair_free(rdl_pair *pair)
{
    if (!pair)
        return;
    g_clear_pointer(&pair->masks, g_ptr_array_unref);
    for (int i = 0; i < DATES; i++) {
        rdl_raster_close(pair->parts[i]);
        rdl_scene_free(pair->scenes[i]);
        rdl_collar_free(pair->collars[i]);
        g_free(pair->bands[i]);
    }
    g_free(pair->aoi);
    g_free(pair);
}

static void warn(GPtrArray *warnings, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void warn(GPtrArray *warnings, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (warnings)
        g_ptr_array_add(warnings, rdl_message_remember(format, args));
    va_end(args);
}

static bool all_play(const rdl_scene *scene)
{
    for (int k = 0; k < scene->count; k++)
        if (!*scene->roles[k])
            return false;
    return scene->count > 0;
}

static bool same_roles(const rdl_scene *a, const rdl_scene *b)
{
    return g_strv_equal((const char *const *)a->roles, (const char *const *)b->roles);
}

/* Bands of both scenes that play one part are compared, in the order of the scene before. */
static bool match_roles(rdl_scene *before, rdl_scene *after, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) common = g_ptr_array_new();

    for (int k = 0; k < before->count; k++)
        if (rdl_scene_role(after, before->roles[k]) >= 0)
            g_ptr_array_add(common, before->roles[k]);
    g_ptr_array_add(common, NULL);
    g_auto(GStrv) roles = g_strdupv((char **)common->pdata);
    g_autofree char *list = g_strjoinv(", ", roles);
    if (!*roles)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s and %s have no band in common: name them with "
                        "--bands",
                        rdl_raster_path(before->raster), rdl_raster_path(after->raster));
    warn(warnings, "%s and %s have different bands: compared are %s",
         rdl_raster_path(before->raster), rdl_raster_path(after->raster), list);
    return rdl_scene_narrow(before, (const char *const *)roles, error) &&
           rdl_scene_narrow(after, (const char *const *)roles, error);
}

static bool bands_agree(rdl_scene *before, rdl_scene *after, GPtrArray *warnings, GError **error)
{
    if (all_play(before) && all_play(after) && !same_roles(before, after))
        return match_roles(before, after, warnings, error);
    if (before->count == after->count)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s has %d bands and %s has %d: name those to compare with --bands",
                    rdl_raster_path(before->raster), before->count, rdl_raster_path(after->raster),
                    after->count);
}

/* The box around 17 x 17 places of `other`, in the system of the grid. */
static bool box_of(const rdl_grid *grid, const rdl_grid *other, rdl_box *box, GError **error)
{
    enum { STEPS = 16 };
    g_autoptr(rdl_transform) way = rdl_transform_new(other->crs, grid->crs, error);
    rdl_box found = {G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};

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
    *box = found;
    return true;
}

static bool can_be_brought(const rdl_raster *raster, const rdl_raster *first, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(first), *other = rdl_raster_grid(raster);
    rdl_box box;

    if (!grid->crs || !other->crs)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s (%d x %d, %s) and %s (%d x %d, %s) cannot be laid over each other",
                        rdl_raster_path(first), grid->width, grid->height, rdl_crs_name(grid->crs),
                        rdl_raster_path(raster), other->width, other->height,
                        rdl_crs_name(other->crs));
    if (!box_of(grid, other, &box, error))
        return false;
    return rdl_box_meets(rdl_grid_box(grid), box) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s and %s do not overlap", rdl_raster_path(first),
                    rdl_raster_path(raster));
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

/* Share of the grid's 17 x 17 places that lie in `other`; 1 where that cannot be asked. */
static double covered(const rdl_grid *grid, const rdl_grid *other)
{
    enum { STEPS = 16 };
    g_autoptr(rdl_transform) way =
        grid->crs && other->crs ? rdl_transform_new(grid->crs, other->crs, NULL) : NULL;
    int inside = 0;

    for (int i = 0; way && i <= STEPS; i++)
        for (int j = 0; j <= STEPS; j++) {
            double x, y, col, row;
            rdl_grid_point(grid, 0.5 + (grid->width - 1.0) * i / STEPS,
                           0.5 + (grid->height - 1.0) * j / STEPS, &x, &y);
            if (!rdl_transform_points(way, 1, &x, &y, NULL))
                continue;
            rdl_grid_place(other, x, y, &col, &row);
            inside += col >= 0.0 && row >= 0.0 && col < other->width && row < other->height;
        }
    return way ? (double)inside / ((STEPS + 1) * (STEPS + 1)) : 1.0;
}

static bool bring_mask(rdl_pair *pair, int date, const char *path, int band, const char *values,
                       GPtrArray *warnings, GError **error)
{
    g_autoptr(rdl_raster) raster = rdl_raster_open_codes(path, error);

    if (!raster)
        return g_prefix_error(error, "mask "), false;
    if (band > rdl_raster_bands(raster))
        return rdl_fail(error, RDL_ERROR_DATA, "mask %s: has no band %d", path, band);
    pair_mask *m = g_new0(pair_mask, 1);
    g_ptr_array_add(pair->masks, m);
    m->date = date;
    m->band = band;
    m->raster = bring(pair, raster, RDL_RESAMPLE_NEAREST, warnings, error);
    double share = covered(rdl_pair_grid(pair), rdl_raster_grid(raster));
    if (share < 1.0)
        warn(warnings, "mask %s: lies over %.0f%% of the scene: what it does not reach is not bad",
             path, floor(100.0 * share));
    m->values = m->raster ? rdl_mask_values_parse(values, error) : NULL;
    return m->values != NULL;
}

static bool bring_shapes(rdl_pair *pair, int date, const char *path, GError **error)
{
    const rdl_crs *to = rdl_raster_grid(pair->scenes[BEFORE]->raster)->crs;
    pair_mask *m = g_new0(pair_mask, 1);

    g_ptr_array_add(pair->masks, m);
    m->date = date;
    m->shapes =
        rdl_mask_shapes_read(path, rdl_raster_grid(pair->scenes[date]->raster)->crs, to, error);
    return m->shapes || (g_prefix_error(error, "mask "), false);
}

/* The one given, else those that the scene's maker wrote beside it. */
static bool bring_masks(rdl_pair *pair, int date, const char *given, const char *values,
                        GPtrArray *warnings, GError **error)
{
    const rdl_raster *scene = pair->scenes[date]->raster;

    if (given)
        return strcmp(given, "none") == 0 ||
               bring_mask(pair, date, given, 1, values, warnings, error);
    for (int i = 0; i < rdl_raster_masks(scene); i++) {
        int band;
        const char *own, *path = rdl_raster_mask(scene, i, &band, &own);
        if (strcmp(own, RDL_MASK_SHAPES) == 0
                ? !bring_shapes(pair, date, path, error)
                : !bring_mask(pair, date, path, band, own, NULL, error))
            return false;
    }
    return true;
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
    return bring_masks(pair, BEFORE, o->mask_before, o->mask_values, warnings, error) &&
           bring_masks(pair, AFTER, o->mask_after, o->mask_values, warnings, error);
}

#define SCALE_OFF 0.01 /* pixels: what the scale of a projection adds to a whole number of them */

/* From metres to pixels, by the ground that the pixel in the middle covers. */
static bool settle_growth(rdl_pair *pair, double metres, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    const rdl_run middle = {grid->height / 2, grid->width / 2, grid->width / 2 + 1};
    double m2;

    if (!(metres > 0.0))
        return true;
    g_autoptr(rdl_pixel_areas) areas = rdl_pixel_areas_new(grid, error);
    if (!areas || !rdl_pixel_areas_run(areas, &middle, &m2, error))
        return g_prefix_error(error, "--mask-grow %g: ", metres), false;
    double pixels = ceil(metres / sqrt(m2) - SCALE_OFF);
    if (!(pixels <= GROW_MOST))
        return rdl_fail(error, RDL_ERROR_USAGE, "--mask-grow %g: are %.0f pixels, %d are the most",
                        metres, pixels, GROW_MOST);
    pair->mask_grow = (int)pixels;
    return true;
}

/* What was asked for and has nothing to work on. */
static void tell_unused(const rdl_pair *pair, const rdl_pair_options *o, GPtrArray *warnings)
{
    bool flat, placed = !rdl_raster_ortho(pair->scenes[BEFORE]->raster, &flat) &&
                        !rdl_raster_ortho(pair->scenes[AFTER]->raster, &flat);

    if ((o->how.dem || o->how.height) && placed)
        warn(warnings, "%s is not used: neither scene is placed by RPC",
             o->how.dem ? "--dem" : "--height");
    if (o->mask_grow_m > 0.0 && pair->masks->len == 0)
        warn(warnings, "--mask-grow is not used: neither scene has a mask");
}

static bool shifted(const rdl_pair *pair)
{
    return pair->dx != 0.0 || pair->dy != 0.0;
}

static void take_bands(rdl_pair *pair)
{
    pair->count = pair->scenes[BEFORE]->count;
    for (int i = 0; i < DATES; i++) {
        g_free(pair->bands[i]);
        pair->bands[i] = g_memdup2(pair->scenes[i]->bands, (size_t)pair->count * sizeof(int));
    }
}

/* Dark ground behind a straight bank is no collar: of many numbers, or on both dates. */
static void doubt_collars(rdl_pair *pair, GPtrArray *warnings)
{
    const rdl_collar *a = pair->collars[BEFORE], *b = pair->collars[AFTER];
    const bool both = a && b && !a->textured && !b->textured &&
                      (rdl_collar_is_ground(a, b) || rdl_collar_is_ground(b, a));

    if (both)
        warn(warnings,
             "%s and %s: ground of one number reaches the edge behind a straight border, and has "
             "changed in part: taken as data; if it is none, say so with nodata or a mask",
             rdl_raster_path(pair->scenes[BEFORE]->raster),
             rdl_raster_path(pair->scenes[AFTER]->raster));
    pair->dark_ground = both;
    for (int i = 0; i < DATES; i++) {
        const rdl_collar *c = pair->collars[i];
        if (c && c->there && c->textured) {
            pair->dark_ground = true;
            warn(warnings,
                 "%s: numbers next to the least or the largest fill %.1f%% of it behind a straight "
                 "border: taken as data; if they are none, say so with nodata or a mask",
                 rdl_raster_path(pair->scenes[i]->raster), 100.0 * c->share);
        }
        if (c && (both || !c->there || c->textured))
            g_clear_pointer(&pair->collars[i], rdl_collar_free);
    }
}

static bool find_collars(rdl_pair *pair, GPtrArray *warnings, GError **error)
{
    for (int i = 0; i < DATES; i++)
        if (!rdl_collar_find(pair->scenes[i]->raster, pair->parts[i], pair->count, pair->bands[i],
                             &pair->collars[i], error))
            return false;
    doubt_collars(pair, warnings);
    for (int i = 0; i < DATES; i++)
        if (pair->collars[i])
            warn(warnings,
                 "%s: %.1f%% of it lies in a collar of one number that nothing marks: taken as not "
                 "observed",
                 rdl_raster_path(pair->scenes[i]->raster), 100.0 * pair->collars[i]->share);
    return true;
}

bool rdl_pair_dark_ground(const rdl_pair *pair)
{
    return pair->dark_ground;
}

rdl_pair *rdl_pair_open(const rdl_pair_options *o, GPtrArray *warnings, GError **error)
{
    g_autoptr(rdl_pair) pair = g_new0(rdl_pair, 1);

    pair->masks = g_ptr_array_new_with_free_func(mask_free);
    pair->scenes[BEFORE] = rdl_scene_open(o->before, o->bands, o->sensor, &o->how, error);
    if (!pair->scenes[BEFORE] ||
        !rdl_grid_workable(rdl_raster_grid(pair->scenes[BEFORE]->raster), o->before, error))
        return NULL;
    pair->scenes[AFTER] = rdl_scene_open(o->after, o->bands, o->sensor, &o->how, error);
    if (!pair->scenes[AFTER] ||
        !bands_agree(pair->scenes[BEFORE], pair->scenes[AFTER], warnings, error) ||
        !bring_all(pair, o, warnings, error))
        return NULL;
    pair->aoi = g_strdup(o->aoi);
    tell_unused(pair, o, warnings);
    if (!settle_growth(pair, o->mask_grow_m, error))
        return NULL;
    take_bands(pair);
    return find_collars(pair, warnings, error) ? g_steal_pointer(&pair) : NULL;
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

void rdl_pair_shift(rdl_pair *pair, double dx, double dy)
{
    pair->dx = dx;
    pair->dy = dy;
}

void rdl_pair_drop_zeros(rdl_pair *pair, int date)
{
    pair->zeros_drop[date] = true;
}

float rdl_pair_zero(const rdl_pair *pair, int date, int k)
{
    double scale, offset;

    rdl_raster_scale(pair->parts[date], pair->bands[date][k], &scale, &offset);
    return (float)offset;
}

rdl_pixel rdl_pair_pixel(const rdl_pair *pair, int k)
{
    int part = k < pair->count ? BEFORE : AFTER;

    if (part == AFTER && shifted(pair))
        return RDL_PIXEL_F32;
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
                return rdl_fail(
                    error, RDL_ERROR_USAGE,
                    "%s: which band is %s? say so with --bands or --sensor; where there is none, "
                    "as in pictures of red, green and blue, --method irmad, mad, cva and "
                    "pca-kmeans need none",
                    rdl_raster_path(scene->raster), roles[k]);
            bands[k] = scene->bands[at];
        }
        g_free(pair->bands[i]);
        pair->bands[i] = g_steal_pointer(&bands);
    }
    pair->count = count;
    return true;
}

/* The columns of a row that neither date has in its collar: from..to-1. Where the scene after is
 * read elsewhere, all four pixels blended must be shown. */
static void shown_columns(const rdl_pair *pair, int row, int *from, int *to)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    const int ix = (int)floor(pair->dx), iy = (int)floor(pair->dy), more = shifted(pair) ? 1 : 0;

    *from = 0;
    *to = grid->width;
    if (pair->collars[BEFORE]) {
        *from = pair->collars[BEFORE]->from[row];
        *to = pair->collars[BEFORE]->to[row];
    }
    for (int k = 0; pair->collars[AFTER] && k <= more; k++) {
        int there = CLAMP(row + iy + k, 0, grid->height - 1);
        *from = MAX(*from, pair->collars[AFTER]->from[there] - ix);
        *to = MIN(*to, pair->collars[AFTER]->to[there] - ix - more);
    }
}

bool rdl_pair_outside(const rdl_pair *pair, gint64 *outside, gint64 *collared, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    g_autoptr(rdl_burn) aoi = pair->aoi ? rdl_burn_open(pair->aoi, grid, NULL, NULL, error) : NULL;

    *outside = *collared = 0;
    if (!pair->aoi && !pair->collars[BEFORE] && !pair->collars[AFTER])
        return true;
    if (pair->aoi && !aoi)
        return g_prefix_error(error, "--aoi: "), false;
    g_autofree uint8_t *inside = g_malloc((size_t)grid->width * RDL_CELL);
    memset(inside, 1, (size_t)grid->width * RDL_CELL);
    for (int row = 0; row < grid->height; row += RDL_CELL) {
        rdl_block b = {0, row, grid->width, MIN(RDL_CELL, grid->height - row)};
        if (aoi && !rdl_burn_read(aoi, b, inside, error))
            return false;
        for (int y = 0; y < b.height; y++) {
            const uint8_t *in = inside + (size_t)y * (size_t)b.width;
            int from, to;
            shown_columns(pair, row + y, &from, &to);
            for (int x = 0; x < b.width; x++) {
                *outside += !in[x];
                *collared += in[x] && (x < from || x >= to);
            }
        }
    }
    return true;
}

static rdl_block common(rdl_block a, rdl_block b)
{
    int left = MAX(a.col, b.col), right = MIN(a.col + a.width, b.col + b.width);
    int top = MAX(a.row, b.row), bottom = MIN(a.row + a.height, b.row + b.height);

    return (rdl_block){left, top, MAX(right - left, 0), MAX(bottom - top, 0)};
}

bool rdl_pair_reach(const rdl_pair *pair, rdl_block *reach, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    const rdl_grid *other = rdl_raster_grid(pair->scenes[AFTER]->raster);
    rdl_box box;

    *reach = (rdl_block){0, 0, grid->width, grid->height};
    if (grid->crs && other->crs && !rdl_grid_equal(grid, other)) {
        if (!box_of(grid, other, &box, error))
            return false;
        *reach = common(*reach, rdl_grid_pixels(grid, box));
    }
    for (int i = 0; i < DATES; i++)
        if (pair->collars[i])
            *reach = common(*reach, pair->collars[i]->inside);
    if (!pair->aoi)
        return true;
    g_autoptr(rdl_burn) aoi = rdl_burn_open(pair->aoi, grid, NULL, NULL, error);
    if (!aoi)
        return g_prefix_error(error, "--aoi: "), false;
    *reach = common(*reach, rdl_grid_pixels(grid, rdl_burn_box(aoi)));
    return true;
}

void rdl_pair_look_around(rdl_pair *pair, bool around)
{
    pair->around = around;
}

int rdl_pair_piece(const rdl_pair *pair)
{
    int most = 1;

    for (guint i = 0; i < DATES + pair->masks->len; i++) {
        int width, height;
        const rdl_raster *raster =
            i < DATES ? pair->parts[i] : ((pair_mask *)pair->masks->pdata[i - DATES])->raster;
        if (!raster)
            continue;
        rdl_raster_native(raster, &width, &height);
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
    for (int i = 0; i < DATES; i++)
        rdl_raster_close(r->rasters[i]);
    for (guint i = 0; r->masks && i < r->pair->masks->len; i++) {
        rdl_raster_close(r->masks[i]);
        rdl_burn_close(r->burns[i]);
    }
    g_free(r->masks);
    g_free(r->burns);
    rdl_burn_close(r->aoi);
    g_free(r->before);
    g_free(r->planes);
    g_free(r->values);
    g_free(r->valid);
    g_free(r);
}

static bool open_mask(rdl_pair_reader *r, guint i, GError **error)
{
    const pair_mask *m = r->pair->masks->pdata[i];

    if (m->raster)
        return (r->masks[i] = rdl_raster_reopen(m->raster, error)) != NULL;
    r->burns[i] = rdl_burn_of((const rdl_geometry *const *)m->shapes->pdata, m->shapes->len,
                              rdl_pair_grid(r->pair), error);
    return r->burns[i] != NULL;
}

rdl_pair_reader *rdl_pair_reader_new(const rdl_pair *pair, size_t max_pixels, GError **error)
{
    g_autoptr(rdl_pair_reader) r = g_new0(rdl_pair_reader, 1);
    size_t planes = (size_t)pair->count * 2;

    r->pair = pair;
    r->bands = pair->count;
    r->room = max_pixels;
    for (int i = 0; i < DATES; i++)
        if (!(r->rasters[i] = rdl_raster_reopen(pair->parts[i], error)))
            return NULL;
    r->masks = g_new0(rdl_raster *, pair->masks->len);
    r->burns = g_new0(rdl_burn *, pair->masks->len);
    for (guint i = 0; i < pair->masks->len; i++)
        if (!open_mask(r, i, error))
            return NULL;
    if (pair->aoi && !pair->around &&
        !(r->aoi = rdl_burn_open(pair->aoi, rdl_pair_grid(pair), NULL, NULL, error)))
        return g_prefix_error(error, "--aoi: "), NULL;
    r->values = g_malloc_n(max_pixels * planes, sizeof(float));
    r->valid = g_malloc(max_pixels);
    r->planes = g_new(float *, planes);
    r->before = g_new(const float *, planes);
    r->after = r->before + pair->count;
    return g_steal_pointer(&r);
}

/* ---- shifted ---- */

/* A block as it is read elsewhere: one pixel more to the right and below, cut to the raster. */
typedef struct {
    rdl_block want, have; /* in the raster: before and after cutting */
    double fx, fy;        /* of the pixel to the right, of that below */
} elsewhere;

static elsewhere place_of(const rdl_pair *pair, rdl_block b)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    int ix = (int)floor(pair->dx), iy = (int)floor(pair->dy);
    elsewhere e = {.want = {b.col + ix, b.row + iy, b.width + 1, b.height + 1},
                   .fx = pair->dx - ix,
                   .fy = pair->dy - iy};
    int right = MIN(e.want.col + e.want.width, grid->width);
    int bottom = MIN(e.want.row + e.want.height, grid->height);

    e.have.col = MAX(e.want.col, 0);
    e.have.row = MAX(e.want.row, 0);
    e.have.width = right - e.have.col;
    e.have.height = bottom - e.have.row;
    return e;
}

/* Is pixel (x, y) of the wanted block there with all its neighbours, and where? */
static bool neighbours(const elsewhere *e, int x, int y, const uint8_t *seen, size_t *at)
{
    int col = e->want.col + x - e->have.col, row = e->want.row + y - e->have.row;
    size_t width = (size_t)e->have.width;

    if (col < 0 || row < 0 || col + 1 >= e->have.width || row + 1 >= e->have.height)
        return false;
    *at = (size_t)row * width + (size_t)col;
    return seen[*at] & seen[*at + 1] & seen[*at + width] & seen[*at + width + 1];
}

static float blend(const elsewhere *e, const float *p)
{
    const float *q = p + e->have.width;
    double above = (1.0 - e->fx) * (double)p[0] + e->fx * (double)p[1];
    double below = (1.0 - e->fx) * (double)q[0] + e->fx * (double)q[1];

    return (float)((1.0 - e->fy) * above + e->fy * below);
}

static void drop_zeros(const rdl_pair *pair, int part, size_t n, int bands, const float *planes,
                       uint8_t *valid)
{
    if (!pair->zeros_drop[part])
        return;
    g_autofree float *zero = g_new(float, (size_t)bands);
    for (int k = 0; k < bands; k++)
        zero[k] = rdl_pair_zero(pair, part, k);
    for (size_t i = 0; i < n; i++) {
        bool all = true;
        for (int k = 0; all && k < bands; k++)
            all = planes[(size_t)k * n + i] == zero[k];
        valid[i] = valid[i] & !all;
    }
}

/* `n` planes of a block from elsewhere. */
static bool read_elsewhere(rdl_pair_reader *r, int part, rdl_block b, int step, int n,
                           const int *bands, float *planes, uint8_t *valid, GError **error)
{
    const elsewhere e = place_of(r->pair, b);
    const size_t picks = rdl_block_picks(b, step);
    size_t i = 0, at = 0;

    if (e.have.width < 1 || e.have.height < 1) {
        memset(valid, 0, picks);
        memset(planes, 0, picks * (size_t)n * sizeof *planes);
        return true;
    }
    size_t all = rdl_block_pixels(e.have);
    g_autofree float *read = g_malloc_n(all * (size_t)n, sizeof *read);
    g_autofree uint8_t *seen = g_malloc(all);
    memset(seen, 1, all);
    if (!rdl_raster_read(r->rasters[part], e.have, n, bands, read, seen, error))
        return false;
    drop_zeros(r->pair, part, all, n, read, seen);
    for (int y = (step - b.row % step) % step; y < b.height; y += step)
        for (int x = (step - b.col % step) % step; x < b.width; x += step, i++) {
            bool there = neighbours(&e, x, y, seen, &at);
            valid[i] = valid[i] & there;
            for (int k = 0; k < n; k++) {
                const float *p = read + (size_t)k * all + at;
                planes[(size_t)k * picks + i] = there ? blend(&e, p) : 0.0f;
            }
        }
    return true;
}

/* ---- all of a block ---- */

static bool read_part(rdl_pair_reader *r, int part, rdl_block b, int step, int n, const int *bands,
                      float *planes, uint8_t *valid, GError **error)
{
    if (part == AFTER && shifted(r->pair))
        return read_elsewhere(r, part, b, step, n, bands, planes, valid, error);
    if (!rdl_raster_read_every(r->rasters[part], b, step, n, bands, planes, valid, error))
        return false;
    drop_zeros(r->pair, part, rdl_block_picks(b, step), n, planes, valid);
    return true;
}

/* ---- masks ---- */

/* Flags of bad pixels of a window, which may reach beyond the raster, where nothing is bad. A
 * mask's own nodata says nothing: its values count. */
static bool read_bad(rdl_pair_reader *r, guint i, rdl_block want, uint8_t *bad, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(r->pair);
    const pair_mask *mask = r->pair->masks->pdata[i];
    int left = MAX(want.col, 0), top = MAX(want.row, 0);
    rdl_block have = {left, top, MIN(want.col + want.width, grid->width) - left,
                      MIN(want.row + want.height, grid->height) - top};

    if (r->burns[i])
        return rdl_burn_read(r->burns[i], want, bad, error);
    memset(bad, 0, rdl_block_pixels(want));
    if (have.width < 1 || have.height < 1)
        return true;
    size_t n = rdl_block_pixels(have);
    g_autofree float *values = g_new(float, n);
    g_autofree uint8_t *known = g_malloc(n), *flags = g_malloc(n);
    memset(known, 1, n);
    if (!rdl_raster_read(r->masks[i], have, 1, &mask->band, values, known, error))
        return false;
    rdl_mask_values_apply(mask->values, n, values, flags);
    for (int y = 0; y < have.height; y++)
        memcpy(bad + (size_t)(top - want.row + y) * (size_t)want.width + (size_t)(left - want.col),
               flags + (size_t)y * (size_t)have.width, (size_t)have.width);
    return true;
}

/* The same, grown. */
static uint8_t *grown_bad(rdl_pair_reader *r, guint i, rdl_block want, GError **error)
{
    const int grow = r->pair->mask_grow;
    rdl_block wide = {want.col - grow, want.row - grow, want.width + 2 * grow,
                      want.height + 2 * grow};
    g_autofree uint8_t *bad = g_malloc(rdl_block_pixels(wide));

    if (!read_bad(r, i, wide, bad, error))
        return NULL;
    if (grow == 0)
        return g_steal_pointer(&bad);
    uint8_t *all = g_malloc(rdl_block_pixels(want));
    rdl_mask_grow(wide.width, wide.height, grow, bad, all);
    return all;
}

/* Where the scene after is read elsewhere, any of the four pixels blended may be bad. */
static bool drop_masked(rdl_pair_reader *r, guint mask, rdl_block b, int step, GError **error)
{
    const pair_mask *m = r->pair->masks->pdata[mask];
    const bool moved = m->date == AFTER && shifted(r->pair);
    const rdl_block want = moved ? place_of(r->pair, b).want : b;
    const size_t right = moved ? 1 : 0, below = moved ? (size_t)want.width : 0;
    size_t i = 0;

    g_autofree uint8_t *bad = grown_bad(r, mask, want, error);
    if (!bad)
        return false;
    for (int y = (step - b.row % step) % step; y < b.height; y += step)
        for (int x = (step - b.col % step) % step; x < b.width; x += step, i++) {
            const uint8_t *p = bad + (size_t)y * (size_t)want.width + (size_t)x;
            r->valid[i] = r->valid[i] & !(p[0] | p[right] | p[below] | p[below + right]);
        }
    return true;
}

static bool drop_outside(rdl_pair_reader *r, rdl_block b, int step, GError **error)
{
    size_t i = 0;

    if (!r->aoi)
        return true;
    g_autofree uint8_t *inside = g_malloc(rdl_block_pixels(b));
    if (!rdl_burn_read(r->aoi, b, inside, error))
        return false;
    for (int y = (step - b.row % step) % step; y < b.height; y += step)
        for (int x = (step - b.col % step) % step; x < b.width; x += step, i++)
            r->valid[i] = r->valid[i] & inside[(size_t)y * (size_t)b.width + (size_t)x];
    return true;
}

static void drop_collar(rdl_pair_reader *r, rdl_block b, int step)
{
    size_t i = 0;

    if (!r->pair->collars[BEFORE] && !r->pair->collars[AFTER])
        return;
    for (int y = (step - b.row % step) % step; y < b.height; y += step) {
        int from, to;
        shown_columns(r->pair, b.row + y, &from, &to);
        for (int x = (step - b.col % step) % step; x < b.width; x += step, i++)
            r->valid[i] = r->valid[i] & (b.col + x >= from && b.col + x < to);
    }
}

bool rdl_pair_read_every(rdl_pair_reader *r, rdl_block block, int step, GError **error)
{
    r->n = rdl_block_picks(block, step);
    g_assert(r->n <= r->room);
    for (int k = 0; k < 2 * r->bands; k++)
        r->before[k] = r->planes[k] = r->values + (size_t)k * r->n;
    memset(r->valid, 1, r->n);
    for (int i = 0; i < 2; i++)
        if (!read_part(r, i, block, step, r->bands, r->pair->bands[i], r->planes[i * r->bands],
                       r->valid, error))
            return false;
    for (guint i = 0; i < r->pair->masks->len; i++)
        if (!drop_masked(r, i, block, step, error))
            return false;
    drop_collar(r, block, step);
    return drop_outside(r, block, step, error);
}

bool rdl_pair_read(rdl_pair_reader *r, rdl_block block, GError **error)
{
    return rdl_pair_read_every(r, block, 1, error);
}
