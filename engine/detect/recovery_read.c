/* The window of three scenes around a ground. */
#include <math.h>
#include <string.h>
#include "detect/gate.h"
#include "detect/recovery.h"

#define AROUND_LEAST 24 /* pixels of surroundings on each side: neighbours are looked for there */
#define AROUND_MOST 64
#define SAMPLES 8      /* blocks each way from which the scenes' radiometry is taken */
#define SAMPLE_SIDE 24 /* pixels of one */
#define CELL 4         /* pixels of a side of which the mean is taken */

struct rdl_recovery_scenes {
    rdl_pair *after, *later; /* of the scene before with each */
    rdl_pair_reader *readers[2];
    rdl_recovery_fit *fits[2]; /* by band */
    rdl_gate gate;
    char *gate_text;
    double inverse[6]; /* from map coordinates to pixels */
};

void rdl_recovery_close(rdl_recovery_scenes *s)
{
    if (!s)
        return;
    for (int i = 0; i < 2; i++) {
        rdl_pair_reader_free(s->readers[i]);
        g_free(s->fits[i]);
    }
    rdl_pair_free(s->after);
    rdl_pair_free(s->later);
    g_free(s->gate_text);
    g_free(s);
}

const char *rdl_recovery_gate(const rdl_recovery_scenes *s)
{
    return s->gate_text;
}

static rdl_pair *open_pair(const rdl_recovery_options *o, const char *with, bool masked,
                           GPtrArray *warnings, GError **error)
{
    rdl_pair_options pair = {.before = o->before,
                             .after = with,
                             .bands = o->bands,
                             .sensor = o->sensor,
                             .mask_after = masked ? o->mask_later : NULL,
                             .mask_values = o->mask_values};

    return rdl_pair_open(&pair, warnings, error);
}

/* Season counts between before and later: what stands between them is told from its neighbours. */
static bool pass_gate(rdl_pair *pair, const rdl_recovery_options *o, bool later, rdl_gate *gate,
                      GError **error)
{
    const char *before = rdl_raster_date(rdl_pair_before(pair)->raster),
               *after = rdl_raster_date(rdl_pair_after(pair)->raster);
    rdl_gate_question question = {.align = o->align};

    if (later) {
        question.date_before = o->date_before ? o->date_before : before;
        question.date_after = o->date_later ? o->date_later : after;
    }
    return rdl_gate_pass(gate, pair, &question, o->threads, NULL, error);
}

/* ---- radiometry of the scenes ---- */

/* Means of the cells of a block that are seen whole: of each band before, then of each on the
 * date. Of single pixels the noise would pass for contrast. */
static void take_cell(const rdl_pair_reader *reader, rdl_block block, int col, int row, int bands,
                      GArray **values)
{
    for (int k = 0; k < bands; k++) {
        double sums[2] = {0.0, 0.0};
        for (int i = 0; i < CELL * CELL; i++) {
            size_t at = (size_t)(row + i / CELL) * (size_t)block.width + (size_t)(col + i % CELL);
            if (!reader->valid[at])
                return;
            sums[0] += (double)reader->before[k][at] / (CELL * CELL);
            sums[1] += (double)reader->after[k][at] / (CELL * CELL);
        }
        g_array_append_val(values[k], sums[0]);
        g_array_append_val(values[bands + k], sums[1]);
    }
}

static void take_block(const rdl_pair_reader *reader, rdl_block block, int bands, GArray **values)
{
    for (int row = 0; row + CELL <= block.height; row += CELL)
        for (int col = 0; col + CELL <= block.width; col += CELL)
            take_cell(reader, block, col, row, bands, values);
}

/* Blocks spread over the pair. */
static bool read_sample(const rdl_pair *pair, GArray **values, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    int width = MIN(SAMPLE_SIDE, grid->width), height = MIN(SAMPLE_SIDE, grid->height);
    rdl_pair_reader *reader = rdl_pair_reader_new(pair, (size_t)width * (size_t)height, error);
    bool good = reader != NULL;

    for (int i = 0; good && i < SAMPLES * SAMPLES; i++) {
        rdl_block block = {(grid->width - width) * (i % SAMPLES) / (SAMPLES - 1),
                           (grid->height - height) * (i / SAMPLES) / (SAMPLES - 1), width, height};
        good = rdl_pair_read(reader, block, error);
        if (good)
            take_block(reader, block, rdl_pair_bands(pair), values);
    }
    rdl_pair_reader_free(reader);
    return good;
}

static rdl_recovery_fit *fit_pair(const rdl_pair *pair, GError **error)
{
    int bands = rdl_pair_bands(pair);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autofree rdl_recovery_fit *fits = g_new0(rdl_recovery_fit, (size_t)bands);

    for (int k = 0; k < 2 * bands; k++)
        g_ptr_array_add(values, g_array_new(FALSE, FALSE, sizeof(double)));
    if (!read_sample(pair, (GArray **)values->pdata, error))
        return NULL;
    for (int k = 0; k < bands; k++) {
        const GArray *before = values->pdata[k], *date = values->pdata[bands + k];
        if (!rdl_recovery_fit_of(before->len, (const double *)(void *)before->data,
                                 (const double *)(void *)date->data, &fits[k]))
            fits[k] = (rdl_recovery_fit){0};
    }
    return g_steal_pointer(&fits);
}

static bool invert(const double t[6], double inverse[6])
{
    double det = t[1] * t[5] - t[2] * t[4];

    if (!(fabs(det) > 0.0))
        return false;
    inverse[1] = t[5] / det;
    inverse[2] = -t[2] / det;
    inverse[4] = -t[4] / det;
    inverse[5] = t[1] / det;
    inverse[0] = -(inverse[1] * t[0] + inverse[2] * t[3]);
    inverse[3] = -(inverse[4] * t[0] + inverse[5] * t[3]);
    return true;
}

rdl_recovery_scenes *rdl_recovery_open(const rdl_recovery_options *o, GPtrArray *warnings,
                                       GError **error)
{
    g_autoptr(rdl_recovery_scenes) s = g_new0(rdl_recovery_scenes, 1);
    rdl_gate first;

    s->after = open_pair(o, o->after, false, warnings, error);
    s->later = s->after ? open_pair(o, o->later, true, warnings, error) : NULL;
    if (!s->later || !pass_gate(s->after, o, false, &first, error) ||
        !pass_gate(s->later, o, true, &s->gate, error))
        return NULL;
    if (!(s->fits[0] = fit_pair(s->after, error)) || !(s->fits[1] = fit_pair(s->later, error)))
        return NULL;
    const rdl_grid *grid = rdl_pair_grid(s->after);
    if (!grid->crs || !invert(grid->transform, s->inverse))
        return rdl_fail(error, RDL_ERROR_CRS, "%s: has no place on the earth", o->before), NULL;
    s->gate.codes |= first.codes;
    s->gate_text = rdl_gate_text(&s->gate);
    if (warnings)
        rdl_gate_explain(&s->gate, s->later, warnings);
    return g_steal_pointer(&s);
}

/* ---- where ---- */

static rdl_geometry *onto_grid(const rdl_recovery_scenes *s, const rdl_geometry *g,
                               const rdl_crs *crs, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(s->after);
    g_autoptr(rdl_transform) way = rdl_transform_new(crs, grid->crs, error);

    return way ? rdl_reproject(g, way, rdl_reproject_tolerance(grid->crs), error) : NULL;
}

/* The box of a geometry in pixels, outwards. */
static rdl_box pixel_box(const rdl_recovery_scenes *s, const rdl_geometry *g)
{
    const double *t = s->inverse;
    rdl_box b = rdl_geometry_box(g), found = {G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};
    const double x[] = {b.xmin, b.xmax, b.xmin, b.xmax}, y[] = {b.ymin, b.ymin, b.ymax, b.ymax};

    for (int i = 0; i < 4; i++) {
        double col = t[0] + x[i] * t[1] + y[i] * t[2], row = t[3] + x[i] * t[4] + y[i] * t[5];
        found = (rdl_box){MIN(found.xmin, floor(col)), MIN(found.ymin, floor(row)),
                          MAX(found.xmax, ceil(col)), MAX(found.ymax, ceil(row))};
    }
    return found;
}

static rdl_box raster_box(const rdl_recovery_scenes *s)
{
    const rdl_grid *grid = rdl_pair_grid(s->after);

    return (rdl_box){0.0, 0.0, grid->width, grid->height};
}

bool rdl_recovery_reaches(rdl_recovery_scenes *s, const rdl_geometry *ground, const rdl_crs *crs,
                          bool *yes, GError **error)
{
    g_autoptr(rdl_geometry) here = onto_grid(s, ground, crs, error);

    if (!here)
        return false;
    *yes = !rdl_geometry_empty(here) && rdl_box_meets(pixel_box(s, here), raster_box(s));
    return true;
}

/* The ground with its surroundings, cut to the raster. */
static rdl_block window_of(rdl_box box, rdl_box raster)
{
    double around = CLAMP(MAX(box.xmax - box.xmin, box.ymax - box.ymin), AROUND_LEAST, AROUND_MOST);
    double left = MAX(box.xmin - around, 0.0), top = MAX(box.ymin - around, 0.0);
    double right = MIN(box.xmax + around, raster.xmax),
           bottom = MIN(box.ymax + around, raster.ymax);

    return (rdl_block){(int)left, (int)top, (int)(right - left), (int)(bottom - top)};
}

bool rdl_recovery_box(rdl_recovery_scenes *s, const rdl_geometry *ground, const rdl_crs *crs,
                      rdl_box *box, GError **error)
{
    enum { STEPS = 4 };
    const rdl_grid *grid = rdl_pair_grid(s->after);
    g_autoptr(rdl_geometry) here = onto_grid(s, ground, crs, error);
    g_autoptr(rdl_transform) back = here ? rdl_transform_new(grid->crs, crs, error) : NULL;

    if (!back)
        return false;
    rdl_block b = window_of(pixel_box(s, here), raster_box(s));
    *box = (rdl_box){G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};
    for (int i = 0; i <= STEPS; i++)
        for (int j = 0; j <= STEPS; j++) {
            double x, y;
            rdl_grid_point(grid, b.col + (double)b.width * i / STEPS,
                           b.row + (double)b.height * j / STEPS, &x, &y);
            if (!rdl_transform_points(back, 1, &x, &y, error))
                return false;
            *box = (rdl_box){MIN(box->xmin, x), MIN(box->ymin, y), MAX(box->xmax, x),
                             MAX(box->ymax, y)};
        }
    return true;
}

/* ---- what lies there ---- */

static bool burn(const rdl_grid *grid, rdl_block block, const rdl_geometry *const *shapes, size_t n,
                 uint8_t *flags, GError **error)
{
    g_autoptr(rdl_burn) b = rdl_burn_of(shapes, n, grid, error);

    return b && rdl_burn_read(b, block, flags, error);
}

static uint8_t *ground_flags(const rdl_recovery_scenes *s, rdl_block block,
                             const rdl_geometry *ground, const GPtrArray *others,
                             const rdl_crs *crs, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(s->after);
    size_t n = rdl_block_pixels(block);
    g_autoptr(GPtrArray) moved = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_geometry_free);
    g_autofree uint8_t *flags = g_malloc0(n), *rest = g_malloc0(n);

    for (guint i = 0; others && i < others->len; i++) {
        rdl_geometry *g = onto_grid(s, others->pdata[i], crs, error);
        if (!g)
            return NULL;
        g_ptr_array_add(moved, g);
    }
    if (!burn(grid, block, &ground, 1, flags, error) ||
        !burn(grid, block, (const rdl_geometry *const *)moved->pdata, moved->len, rest, error))
        return NULL;
    for (size_t i = 0; i < n; i++)
        flags[i] = flags[i] ? 1 : rest[i] ? 2 : 0;
    return g_steal_pointer(&flags);
}

/* Readers grow with the largest window so far. */
static bool read_pair(rdl_recovery_scenes *s, int which, rdl_block block, GError **error)
{
    const rdl_pair *pair = which == 0 ? s->after : s->later;
    size_t need = rdl_block_pixels(block);

    if (!s->readers[which] || s->readers[which]->room < need) {
        rdl_pair_reader_free(s->readers[which]);
        s->readers[which] = rdl_pair_reader_new(pair, need, error);
        if (!s->readers[which])
            return false;
    }
    return rdl_pair_read(s->readers[which], block, error);
}

static int role(const rdl_recovery_scenes *s, const char *name)
{
    return rdl_scene_role(rdl_pair_before(s->after), name);
}

bool rdl_recovery_measure(rdl_recovery_scenes *s, const rdl_geometry *ground,
                          const GPtrArray *others, const rdl_crs *crs,
                          const rdl_recovery_limits *limits, rdl_recovery *recovery, GError **error)
{
    g_autoptr(rdl_geometry) here = onto_grid(s, ground, crs, error);

    if (!here)
        return false;
    rdl_box box = pixel_box(s, here), raster = raster_box(s);
    rdl_block block = window_of(box, raster);
    if (rdl_geometry_empty(here) || block.width < 1 || block.height < 1)
        return rdl_fail(error, RDL_ERROR_DATA, "the scenes do not reach this ground");
    g_autofree uint8_t *flags = ground_flags(s, block, here, others, crs, error);
    if (!flags || !read_pair(s, 0, block, error) || !read_pair(s, 1, block, error))
        return false;
    rdl_recovery_window w = {.width = block.width,
                             .height = block.height,
                             .bands = rdl_pair_bands(s->after),
                             .before = s->readers[0]->before,
                             .after = s->readers[0]->after,
                             .later = s->readers[1]->after,
                             .seen_after = s->readers[0]->valid,
                             .seen_later = s->readers[1]->valid,
                             .ground = flags,
                             .green = role(s, "green"),
                             .red = role(s, "red"),
                             .nir = role(s, "nir"),
                             .swir = role(s, "swir1"),
                             .fits = {s->fits[0], s->fits[1]}};
    rdl_recovery_of(&w, limits, recovery);
    if (box.xmin < -1.0 || box.ymin < -1.0 || box.xmax > raster.xmax + 1.0 ||
        box.ymax > raster.ymax + 1.0)
        recovery->codes |= RDL_RECOVERY_OUTSIDE;
    if (s->gate.codes & RDL_GATE_MISREGISTERED)
        recovery->codes |= RDL_RECOVERY_MISREGISTERED;
    if ((s->gate.codes & RDL_GATE_UNLIKE) && !s->gate.left.sure)
        recovery->codes |= RDL_RECOVERY_UNLIKE;
    if (recovery->codes)
        recovery->outcome = RDL_OUTCOME_CANNOT_TELL;
    return true;
}
