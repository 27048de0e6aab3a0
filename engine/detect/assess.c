#include "detect/assess.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "detect/accuracy.h"
#include "detect/change.h"
#include "detect/pixel_area.h"
#include "detect/reference.h"

#define PIXELS "assess.pixels"
#define POINTS "assess.points"

void rdl_assess_result_clear(rdl_assess_result *r)
{
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->tally, rdl_tally_free);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_assess_result){0};
}

static bool check(const rdl_assess_options *o, GError **error)
{
    if (!o->change || !o->reference)
        return rdl_fail(error, RDL_ERROR_USAGE, "a map of change and --reference are needed");
    if (!(o->overlap > 0.0 && o->overlap <= 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--overlap %g: give a share over 0 and up to 1",
                        o->overlap);
    if (!(o->level > 0.0 && o->level < 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--level %g: give a number between 0 and 1",
                        o->level);
    return true;
}

/* ---- what is compared ---- */

typedef struct {
    const rdl_assess_options *o;
    rdl_assess_result *r;
    rdl_side *map, *reference; /* reference: NULL for points */
    rdl_raster *score;         /* NULL: none */
    rdl_runs map_runs, reference_runs;
    bool own_score;                           /* redline's: its size counts */
    rdl_histogram *changed[2], *unchanged[2]; /* scores of what the reference calls so: below 0, and
                                                 the others */
    rdl_pixel_areas *areas;                   /* NULL: the map has no place */
} comparison;

static void comparison_clear(comparison *c)
{
    rdl_side_free(c->map);
    rdl_side_free(c->reference);
    rdl_raster_close(c->score);
    rdl_runs_clear(&c->map_runs);
    rdl_runs_clear(&c->reference_runs);
    for (int k = 0; k < 2; k++) {
        rdl_histogram_free(c->changed[k]);
        rdl_histogram_free(c->unchanged[k]);
    }
    rdl_pixel_areas_free(c->areas);
}

/* 0 points, 2 polygons, of the first feature; -1: nothing there. */
static int dimension_of(const char *source, const char *field, bool *labelled, GError **error)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    const rdl_feature *feature = layer ? rdl_layer_next(layer, error) : NULL;
    GBytes *wkb = feature ? rdl_feature_wkb(feature) : NULL;
    g_autoptr(rdl_geometry) g =
        wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error)
            : NULL;

    *labelled = layer && rdl_layer_field_index(layer, field) >= 0;
    return g ? rdl_geometry_dimension(g) : -1;
}

static int label_of(const char *text)
{
    if (!text)
        return RDL_NOT_OBSERVED;
    if (g_ascii_strcasecmp(text, "changed") == 0 || strcmp(text, "2") == 0)
        return RDL_CHANGED;
    return g_ascii_strcasecmp(text, "unchanged") == 0 || strcmp(text, "1") == 0 ? RDL_UNCHANGED
                                                                                : -1;
}

static bool fail_label(const rdl_assess_options *o, const char *text, GError **error)
{
    return rdl_fail(error, RDL_ERROR_DATA, "%s is '%s': write changed or unchanged", o->field,
                    text);
}

/* That no polygon is left out for a word that says neither. */
static bool check_labels(const rdl_assess_options *o, GError **error)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(o->reference, NULL, error);
    const rdl_feature *feature;
    GError *failure = NULL;

    if (!layer)
        return false;
    int field = rdl_layer_field_index(layer, o->field);
    while ((feature = rdl_layer_next(layer, &failure))) {
        const char *text = rdl_feature_text(feature, field);
        if (label_of(text) < 0 && !fail_label(o, text, error))
            return g_prefix_error(error, "%s: feature %" G_GINT64_FORMAT ": ", o->reference,
                                  rdl_feature_id(feature)),
                   false;
    }
    if (failure)
        return g_propagate_error(error, failure), false;
    return true;
}

static bool open_polygon_map(comparison *c, GError **error)
{
    if (!rdl_is_raster(c->o->reference))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s and %s: one of map and reference must be a raster, it sets the grid",
                        c->o->change, c->o->reference);
    if (c->o->map_changed || c->o->map_unchanged)
        return rdl_fail(
            error, RDL_ERROR_USAGE,
            "--map-changed and --map-unchanged name values of a raster: %s has polygons, "
            "and they are what changed",
            c->o->change);
    c->reference = rdl_side_of_raster(c->o->reference, c->o->changed, c->o->unchanged, NULL, error);
    c->map = c->reference
                 ? rdl_side_of_polygons(c->o->change, rdl_side_grid(c->reference), NULL, error)
                 : NULL;
    return c->map != NULL;
}

static bool open_sides(comparison *c, GError **error)
{
    if (!rdl_is_raster(c->o->change))
        return open_polygon_map(c, error);
    c->map = rdl_side_of_raster(c->o->change, c->o->map_changed, c->o->map_unchanged, NULL, error);
    if (!c->map)
        return false;
    if (rdl_is_raster(c->o->reference)) {
        c->reference = rdl_side_of_raster(c->o->reference, c->o->changed, c->o->unchanged,
                                          rdl_side_grid(c->map), error);
        return c->reference != NULL;
    }
    bool labelled;
    int dimension = dimension_of(c->o->reference, c->o->field, &labelled, error);
    c->r->points = dimension == 0;
    if (error && *error)
        return false;
    if (dimension == 0)
        return true;
    if (labelled && !check_labels(c->o, error))
        return false;
    c->reference = rdl_side_of_polygons(c->o->reference, rdl_side_grid(c->map),
                                        labelled ? c->o->field : NULL, error);
    return c->reference != NULL;
}

static bool open_score(comparison *c, GError **error)
{
    const rdl_grid *grid = rdl_side_grid(c->map);

    if (!c->o->score)
        return true;
    c->score = rdl_raster_open(c->o->score, error);
    if (!c->score)
        return false;
    const rdl_grid *own = rdl_raster_grid(c->score);
    const char *item = rdl_raster_item(c->score, "REDLINE");
    c->own_score = item && g_str_has_prefix(item, "score ");
    if (own->width != grid->width || own->height != grid->height ||
        (rdl_grid_placed(own) && rdl_grid_placed(grid) && !rdl_grid_equal(own, grid)))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is not on the grid of the map", c->o->score);
    return true;
}

static bool open_all(comparison *c, GError **error)
{
    if (!open_sides(c, error) || !open_score(c, error))
        return false;
    c->map_runs = rdl_runs_new();
    c->reference_runs = rdl_runs_new();
    for (int k = 0; k < 2; k++) {
        c->changed[k] = rdl_histogram_new();
        c->unchanged[k] = rdl_histogram_new();
    }
    if (rdl_grid_placed(rdl_side_grid(c->map)))
        return (c->areas = rdl_pixel_areas_new(rdl_side_grid(c->map), error)) != NULL;
    c->r->mapped_m2 = NAN;
    return true;
}

/* ---- over all rows ---- */

static void count(rdl_assess_result *r, uint8_t map, uint8_t reference)
{
    if (map == RDL_NOT_OBSERVED) {
        r->not_observed++;
        return;
    }
    r->mapped_changed += map == RDL_CHANGED;
    r->mapped_unchanged += map == RDL_UNCHANGED;
    if (reference == RDL_NOT_OBSERVED)
        r->unknown++;
    else if (map == RDL_CHANGED)
        ++*(reference == RDL_CHANGED ? &r->confusion.tp : &r->confusion.fp);
    else
        ++*(reference == RDL_CHANGED ? &r->confusion.fn : &r->confusion.tn);
}

/* Runs of what is changed where both sides know. */
static void add_runs(comparison *c, rdl_block b, const uint8_t *map, const uint8_t *reference,
                     uint8_t *flags)
{
    const size_t width = (size_t)b.width;

    for (int y = 0; y < b.height; y++) {
        const uint8_t *m = map + (size_t)y * width, *f = reference + (size_t)y * width;
        for (size_t i = 0; i < width; i++)
            flags[i] = m[i] == RDL_CHANGED && f[i] != RDL_NOT_OBSERVED;
        rdl_runs_add_row(&c->map_runs, b.row + y, b.width, flags);
        for (size_t i = 0; i < width; i++)
            flags[i] = f[i] == RDL_CHANGED && m[i] != RDL_NOT_OBSERVED;
        rdl_runs_add_row(&c->reference_runs, b.row + y, b.width, flags);
    }
}

static bool add_areas(comparison *c, rdl_block b, const uint8_t *map, GError **error)
{
    for (int y = 0; c->areas && y < b.height; y++) {
        const uint8_t *line = map + (size_t)y * (size_t)b.width;
        for (int col = 0, end; col < b.width; col = end) {
            for (end = col + 1; end < b.width && !line[end] == !line[col]; end++)
                ;
            rdl_run run = {b.row + y, col, end};
            double m2 = 0.0;
            if (line[col] && !rdl_pixel_areas_run(c->areas, &run, &m2, error))
                return false;
            c->r->mapped_m2 += m2;
        }
    }
    return true;
}

static bool add_scores(comparison *c, rdl_block b, const uint8_t *map, const uint8_t *reference,
                       GError **error)
{
    const size_t n = rdl_block_pixels(b);
    const int first = 1;

    if (!c->score)
        return true;
    g_autofree float *score = g_new(float, n), *part = g_new(float, n);
    g_autofree uint8_t *valid = g_malloc(n);
    memset(valid, 1, n);
    if (!rdl_raster_read(c->score, b, 1, &first, score, valid, error))
        return false;
    for (int k = 0; k < 4; k++) {
        int class = k / 2 ? RDL_CHANGED : RDL_UNCHANGED;
        bool below = k % 2 == 0;
        for (size_t i = 0; i < n; i++) {
            float s = c->own_score ? fabsf(score[i]) : score[i];
            bool here = valid[i] && map[i] && reference[i] == class && (s < 0.0f) == below;
            part[i] = here ? s : NAN;
        }
        rdl_histogram_add((k / 2 ? c->changed : c->unchanged)[!below], n, part);
    }
    return true;
}

static bool compare_rows(comparison *c, rdl_block b, uint8_t *map, uint8_t *reference,
                         uint8_t *flags, GError **error)
{
    const size_t n = rdl_block_pixels(b);

    memset(reference, RDL_NOT_OBSERVED, n);
    if (!rdl_side_read(c->map, b, map, error) ||
        (c->reference && !rdl_side_read(c->reference, b, reference, error)))
        return false;
    for (size_t i = 0; i < n; i++)
        count(c->r, map[i], reference[i]);
    if (c->reference)
        add_runs(c, b, map, reference, flags);
    return add_areas(c, b, map, error) && add_scores(c, b, map, reference, error);
}

static bool compare_all(comparison *c, const rdl_progress *progress, GError **error)
{
    const rdl_grid *grid = rdl_side_grid(c->map);
    size_t room = (size_t)grid->width * RDL_CELL;
    g_autofree uint8_t *map = g_malloc(room), *reference = g_malloc(room);
    g_autofree uint8_t *flags = g_malloc((size_t)grid->width);

    for (int row = 0; row < grid->height; row += RDL_CELL) {
        rdl_block b = {0, row, grid->width, MIN(RDL_CELL, grid->height - row)};
        if (!compare_rows(c, b, map, reference, flags, error) ||
            !rdl_progress_tell(progress, (double)(row + b.height) / grid->height, "assess", error))
            return false;
    }
    return true;
}

/* ---- points ---- */

/* The pixel that holds (x, y): false outside the grid. */
static bool pixel_at(const rdl_grid *grid, double x, double y, int *col, int *row)
{
    double c, r;

    rdl_grid_place(grid, x, y, &c, &r);
    if (!(c >= 0.0 && r >= 0.0 && c < grid->width && r < grid->height))
        return false;
    *col = (int)c;
    *row = (int)r;
    return true;
}

static bool point_of(const rdl_feature *feature, rdl_transform *transform, double *x, double *y,
                     GError **error)
{
    GBytes *wkb = rdl_feature_wkb(feature);

    if (!wkb)
        return rdl_fail(error, RDL_ERROR_DATA, "has no geometry");
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    if (!g)
        return false;
    if (rdl_geometry_dimension(g) != 0 || rdl_geometry_empty(g))
        return rdl_fail(error, RDL_ERROR_DATA, "is no point");
    rdl_box box = rdl_geometry_box(g);
    *x = box.xmin;
    *y = box.ymin;
    return !transform || rdl_transform_points(transform, 1, x, y, error);
}

static bool take_point(comparison *c, const rdl_feature *feature, int field,
                       rdl_transform *transform, GError **error)
{
    const char *text = rdl_feature_text(feature, field);
    int label = label_of(text), col, row;
    double x, y;
    uint8_t map;

    rdl_tally_in(c->r->tally, POINTS, 1);
    if (label < 0)
        return fail_label(c->o, text, error);
    if (!point_of(feature, transform, &x, &y, error))
        return false;
    if (!pixel_at(rdl_side_grid(c->map), x, y, &col, &row)) {
        rdl_tally_suppressed(c->r->tally, POINTS, "OUTSIDE", 1);
        return true;
    }
    if (!rdl_side_read(c->map, (rdl_block){col, row, 1, 1}, &map, error))
        return false;
    if (map == RDL_NOT_OBSERVED || label == RDL_NOT_OBSERVED) {
        rdl_tally_suppressed(c->r->tally, POINTS, map ? "NOT_LABELLED" : "NOT_OBSERVED", 1);
        return true;
    }
    rdl_tally_used(c->r->tally, POINTS, 1);
    uint8_t class = (uint8_t)label;
    if (!add_scores(c, (rdl_block){col, row, 1, 1}, &map, &class, error))
        return false;
    gint64 *cells[2][2] = {{&c->r->confusion.tn, &c->r->confusion.fn},
                           {&c->r->confusion.fp, &c->r->confusion.tp}};
    ++*cells[map == RDL_CHANGED][label == RDL_CHANGED];
    return true;
}

static bool compare_points(comparison *c, GError **error)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(c->o->reference, NULL, error);
    g_autoptr(rdl_transform) transform = NULL;
    const rdl_grid *grid = rdl_side_grid(c->map);
    const rdl_feature *feature;
    GError *failure = NULL;

    if (!layer)
        return false;
    int field = rdl_layer_field_index(layer, c->o->field);
    const rdl_crs *from = rdl_layer_crs(layer);
    if (field < 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: has no field %s: name it with --field",
                        c->o->reference, c->o->field);
    if (from && grid->crs && !rdl_crs_same(from, grid->crs) &&
        !(transform = rdl_transform_new(from, grid->crs, error)))
        return false;
    while ((feature = rdl_layer_next(layer, &failure)))
        if (!take_point(c, feature, field, transform, error))
            return g_prefix_error(error, "%s: feature %" G_GINT64_FORMAT ": ", c->o->reference,
                                  rdl_feature_id(feature)),
                   false;
    if (failure)
        return g_propagate_error(error, failure), false;
    return true;
}

/* ---- all of it ---- */

static bool balance(rdl_assess_result *r, const rdl_grid *grid, GError **error)
{
    gint64 used = r->confusion.tp + r->confusion.fp + r->confusion.fn + r->confusion.tn;

    if (!r->points) {
        rdl_tally_in(r->tally, PIXELS, (gint64)grid->width * grid->height);
        rdl_tally_used(r->tally, PIXELS, used);
        rdl_tally_suppressed(r->tally, PIXELS, "NOT_OBSERVED", r->not_observed);
        rdl_tally_suppressed(r->tally, PIXELS, "NOT_LABELLED", r->unknown);
    }
    if (used == 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "nothing is known in both map and reference: do they overlap, and do "
                        "--changed and --unchanged name its values?");
    return rdl_tally_check(r->tally, error);
}

static void work_out(comparison *c)
{
    rdl_assess_result *r = c->r;
    double mapped = (double)(r->mapped_changed + r->mapped_unchanged);

    r->accuracy = rdl_accuracy_of(r->confusion);
    r->auc = rdl_auc_signed(c->changed, c->unchanged);
    if (!r->points)
        r->objects = rdl_objects_compare(&c->map_runs, &c->reference_runs, c->o->overlap);
    r->area = rdl_area_estimate_of(r->confusion, (double)r->mapped_unchanged / mapped,
                                   (double)r->mapped_changed / mapped,
                                   gsl_cdf_ugaussian_Pinv(0.5 + 0.5 * c->o->level));
}

/* By the size of the scores; leaves the histograms merged. */
static double auc_of_sizes(comparison *c)
{
    rdl_histogram_merge(c->changed[1], c->changed[0]);
    rdl_histogram_merge(c->unchanged[1], c->unchanged[0]);
    return rdl_auc(c->changed[1], c->unchanged[1]);
}

/* What looks like a map, a reference or a score that is read the wrong way. */
static void look_twice(comparison *c)
{
    rdl_assess_result *r = c->r;
    double sizes = auc_of_sizes(c);

    if (rdl_side_in_doubt(c->map))
        g_ptr_array_add(r->warnings,
                        rdl_say("%s holds 1 and 2, and all but 0 was taken as changed: where 2 is "
                                "changed and 1 is not, give --map-changed 2 --map-unchanged 1",
                                c->o->change));
    if (c->reference && rdl_side_in_doubt(c->reference))
        g_ptr_array_add(r->warnings,
                        rdl_say("%s holds 1 and 2, and all but 0 was taken as changed: where 2 is "
                                "changed and 1 is not, give --changed 2 --unchanged 1",
                                c->o->reference));
    if (r->confusion.fp + r->confusion.tn == 0)
        g_ptr_array_add(
            r->warnings,
            rdl_is_raster(c->o->reference)
                ? rdl_say("nothing is known to be unchanged in %s: name what is with "
                          "--unchanged, without it precision and kappa say nothing",
                          c->o->reference)
                : rdl_say("nothing in %s is labelled unchanged: without some precision, kappa and "
                          "the adjusted area say nothing",
                          c->o->reference));
    if (sizes > r->auc)
        g_ptr_array_add(
            r->warnings,
            rdl_say("%s has numbers below 0, which were taken as the least change: area "
                    "under the curve %.3f; by their size it is %.3f: is it a "
                    "difference?",
                    c->o->score, r->auc, sizes));
    if (r->auc < 0.5)
        g_ptr_array_add(r->warnings,
                        rdl_say("the area under the curve is %.3f: %s is lower where "
                                "something changed; is it a probability of no change, or is "
                                "the reference read the wrong way round (--changed)?",
                                r->auc, c->o->score));
}

bool rdl_assess(const rdl_assess_options *o, const rdl_progress *progress, rdl_assess_result *r,
                GError **error)
{
    comparison c = {.o = o, .r = r};
    GError *failure = NULL;

    *r = (rdl_assess_result){.auc = NAN};
    if (!check(o, error))
        return false;
    r->tally = rdl_tally_new();
    r->warnings = g_ptr_array_new_with_free_func(g_free);
    r->manifest = rdl_manifest_new("assess");
    bool good =
        open_all(&c, &failure) && rdl_manifest_input(r->manifest, "change", o->change, &failure) &&
        rdl_manifest_input(r->manifest, "reference", o->reference, &failure) &&
        compare_all(&c, progress, &failure) && (!r->points || compare_points(&c, &failure)) &&
        balance(r, rdl_side_grid(c.map), &failure);
    if (good) {
        work_out(&c);
        look_twice(&c);
    } else
        g_propagate_error(error, failure);
    comparison_clear(&c);
    if (!good)
        rdl_assess_result_clear(r);
    return good;
}
