#include "detect/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "detect/align.h"
#include "detect/outline.h"
#include "detect/patch_read.h"
#include "store/store.h"

#define COMPONENTS "patches.components"
#define PIXELS "patches.pixels"
#define LEAST_PIXELS 4
#define NDVI_MOVED 0.1   /* mean difference from which vegetation counts as lost or gained */
#define BATCH 4096       /* patches drawn before they are written, at most */
#define BATCH_RUNS 65536 /* and their runs, but for the last of them */

bool rdl_patches_options_check(const rdl_patches_options *o, GError **error)
{
    const char *const inputs[] = {o->change, o->score, o->before, o->after};

    if (!o->change || !o->output)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a change raster and an output (-o) are needed to draw patches");
    if (!o->before != !o->after)
        return rdl_fail(error, RDL_ERROR_USAGE, "--before and --after: give both or none");
    if (o->min_area_m2 < 0.0 || isinf(o->min_area_m2))
        return rdl_fail(error, RDL_ERROR_USAGE, "--min-area %g: give square metres, 0 or more",
                        o->min_area_m2);
    if (o->memory_mib < 16)
        return rdl_fail(error, RDL_ERROR_USAGE, "--memory %d: give at least 16 MiB", o->memory_mib);
    return rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error);
}

void rdl_patches_result_clear(rdl_patches_result *r)
{
    g_free(r->output_digest);
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->tally, rdl_tally_free);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_patches_result){0};
}

/* ---- sources ---- */

typedef struct {
    const rdl_patches_options *o;
    rdl_patches_result *r;
    rdl_raster *change, *score;
    rdl_pair *pair;
    const rdl_grid *grid;
    const char *t_before, *t_after; /* NULL: unknown */
    rdl_runs runs;
    rdl_components components;
    GArray *kept;     /* of patch, in order of id */
    const char *gate; /* what the pair's gate said; NULL: nobody asked it */
} work;

typedef struct {
    char *id;
    guint component;
    GBytes *wkb;
    rdl_box box; /* of it */
    double area_m2;
} patch;

static void patch_clear(gpointer p)
{
    patch *one = p;

    g_free(one->id);
    g_clear_pointer(&one->wkb, g_bytes_unref);
}

static void work_clear(work *w)
{
    rdl_raster_close(w->change);
    rdl_raster_close(w->score);
    rdl_pair_free(w->pair);
    rdl_components_clear(&w->components);
    rdl_runs_clear(&w->runs);
    g_clear_pointer(&w->kept, g_array_unref);
}

static const char *item(const rdl_raster *raster, const char *name)
{
    const char *text = rdl_raster_item(raster, name);

    return text && *text ? text : NULL;
}

static bool same_grid(const work *w, const rdl_grid *other, const char *path, GError **error)
{
    if (rdl_grid_equal(w->grid, other))
        return true;
    return rdl_fail(error, RDL_ERROR_DATA, "%s: lies on another grid than %s", path, w->o->change);
}

static bool open_change(work *w, GError **error)
{
    w->change = rdl_raster_open(w->o->change, error);
    if (!w->change)
        return false;
    w->grid = rdl_raster_grid(w->change);
    if (!rdl_grid_workable(w->grid, w->o->change, error))
        return false;
    if (!w->grid->crs)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: has no coordinate system, patches need one: give the scenes theirs",
                        w->o->change);
    if (rdl_raster_bands(w->change) != 1)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has %d bands, a change raster has one",
                        w->o->change, rdl_raster_bands(w->change));
    if (rdl_raster_pixel(w->change, 1) != RDL_PIXEL_U8)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: holds %s: no change raster (bytes: 0 not observed, 1 unchanged, 2 "
                        "changed)",
                        w->o->change, rdl_raster_type(w->change, 1));
    w->t_before = item(w->change, "REDLINE_T_BEFORE");
    w->t_after = item(w->change, "REDLINE_T_AFTER");
    w->gate = item(w->change, "REDLINE_GATE");
    return true;
}

static bool open_score(work *w, GError **error)
{
    if (!w->o->score)
        return true;
    w->score = rdl_raster_open(w->o->score, error);
    return w->score && same_grid(w, rdl_raster_grid(w->score), w->o->score, error);
}

/* The scene after is read where detection read it. */
static void shift_as_then(work *w)
{
    const char *shift = item(w->change, "REDLINE_SHIFT");
    char *end;

    if (!shift)
        return;
    double dx = g_ascii_strtod(shift, &end), dy = g_ascii_strtod(end, NULL);
    if (fabs(dx) <= 3.0 * RDL_ALIGN_REACH && fabs(dy) <= 3.0 * RDL_ALIGN_REACH)
        rdl_pair_shift(w->pair, dx, dy);
}

/* Scenes whose red and nir nobody named give kinds all the same: "change", with a warning. */
static bool open_scenes(work *w, GError **error)
{
    static const char *const ndvi[] = {"red", "nir", NULL};
    const rdl_patches_options *o = w->o;
    bool named = o->bands || o->sensor;
    rdl_pair_options scenes = {.before = o->before,
                               .after = o->after,
                               .bands = named ? o->bands : item(w->change, "REDLINE_BANDS"),
                               .sensor = o->sensor};
    g_autoptr(GError) unnamed = NULL;

    if (!o->before)
        return true;
    w->pair = rdl_pair_open(&scenes, w->r->warnings, error);
    if (!w->pair || !same_grid(w, rdl_pair_grid(w->pair), o->before, error))
        return false;
    shift_as_then(w);
    if (rdl_pair_narrow(w->pair, ndvi, &unnamed))
        return true;
    g_clear_pointer(&w->pair, rdl_pair_free);
    if (named) {
        g_propagate_error(error, g_steal_pointer(&unnamed));
        return false;
    }
    g_ptr_array_add(w->r->warnings, g_strdup_printf("kind is not told: %s", unnamed->message));
    return true;
}

static bool note_inputs(const work *w, GError **error)
{
    const rdl_patches_options *o = w->o;
    rdl_manifest *m = w->r->manifest;
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    rdl_manifest_option(m, "min_area_m2",
                        isnan(o->min_area_m2) ? "four pixels"
                                              : g_ascii_dtostr(text, sizeof text, o->min_area_m2));
    rdl_manifest_option(m, "bands", o->bands);
    rdl_manifest_option(m, "sensor", o->sensor);
    rdl_manifest_method(m, "He, Chao & Suzuki 2008, IEEE TIP 17(5)");
    const rdl_input inputs[] = {{"change", o->change, NULL},
                                {"before", o->before, NULL},
                                {"after", o->after, NULL},
                                {"score", o->score, NULL}};
    return rdl_manifest_inputs(m, inputs, G_N_ELEMENTS(inputs), o->threads, error);
}

/* ---- which components are patches ---- */

static bool large_enough(const work *w, const rdl_component *c, rdl_pixel_areas *areas,
                         double *area_m2, bool *keep, GError **error)
{
    *keep = c->pixels >= LEAST_PIXELS;
    if (isnan(w->o->min_area_m2) && !*keep)
        return true;
    if (!rdl_component_area(&w->components, c, areas, area_m2, error))
        return false;
    if (!isnan(w->o->min_area_m2))
        *keep = *area_m2 >= w->o->min_area_m2;
    return true;
}

static char *patch_id(const work *w, const rdl_component *c)
{
    const rdl_run *run = &g_array_index(w->runs.runs, rdl_run, c->first);
    char sx[G_ASCII_DTOSTR_BUF_SIZE], sy[G_ASCII_DTOSTR_BUF_SIZE];
    double x, y;

    rdl_grid_point(w->grid, run->col, run->row, &x, &y);
    return rdl_digest_id("P", rdl_crs_name(w->grid->crs), g_ascii_dtostr(sx, sizeof sx, x),
                         g_ascii_dtostr(sy, sizeof sy, y), w->t_before, w->t_after, RDL_DIGEST_END);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const patch *x = a, *y = b;
    int order = strcmp(x->id, y->id);

    return order ? order : (x->component > y->component) - (x->component < y->component);
}

/* Twelve digits may meet by chance; the later patch then gets a number behind. */
static void tell_apart(GArray *kept)
{
    for (guint i = 1; i < kept->len; i++) {
        patch *one = &g_array_index(kept, patch, i);
        if (g_str_has_prefix(one->id, g_array_index(kept, patch, i - 1).id)) {
            char *longer = g_strdup_printf("%s-%u", one->id, i);
            g_free(one->id);
            one->id = longer;
        }
    }
}

static bool choose(work *w, GError **error)
{
    g_autoptr(rdl_pixel_areas) areas = rdl_pixel_areas_new(w->grid, error);
    rdl_tally *tally = w->r->tally;
    double area = 0.0;
    bool keep;

    if (!areas)
        return false;
    for (guint i = 0; i < w->components.list->len; i++) {
        const rdl_component *c = &g_array_index(w->components.list, rdl_component, i);
        if (!large_enough(w, c, areas, &area, &keep, error))
            return false;
        if (!keep) {
            rdl_tally_suppressed(tally, COMPONENTS, "BELOW_MIN_AREA", 1);
            rdl_tally_suppressed(tally, PIXELS, "BELOW_MIN_AREA", c->pixels);
            continue;
        }
        patch one = {.id = patch_id(w, c), .component = i, .area_m2 = area};
        g_array_append_val(w->kept, one);
        rdl_tally_used(tally, COMPONENTS, 1);
        rdl_tally_used(tally, PIXELS, c->pixels);
    }
    g_array_sort(w->kept, by_id);
    tell_apart(w->kept);
    return true;
}

static bool find_components(work *w, const rdl_progress *progress, GError **error)
{
    rdl_patch_source source = {w->change, w->score, w->pair, w->o->threads, w->o->memory_mib};

    if (!rdl_patch_read(&source, progress, &w->runs, &w->r->pixels, error))
        return false;
    w->components = rdl_components_of(&w->runs);
    w->r->components = w->components.list->len;
    rdl_tally_in(w->r->tally, COMPONENTS, w->r->components);
    rdl_tally_in(w->r->tally, PIXELS, w->r->pixels);
    return choose(w, error) && rdl_tally_check(w->r->tally, error);
}

/* ---- drawing ---- */

typedef struct {
    work *work;
    guint from;
} drawing;

static bool draw(void *job, void *worker, size_t i, GError **error)
{
    const drawing *d = job;
    patch *one = &g_array_index(d->work->kept, patch, d->from + i);

    (void)worker;
    (void)error;
    one->wkb =
        rdl_component_wkb(&d->work->components,
                          &g_array_index(d->work->components.list, rdl_component, one->component),
                          d->work->grid, &one->box);
    return true;
}

static const rdl_field fields[] = {{"patch_id", RDL_FIELD_TEXT},   {"t_before", RDL_FIELD_TEXT},
                                   {"t_after", RDL_FIELD_TEXT},    {"kind", RDL_FIELD_TEXT},
                                   {"score_mean", RDL_FIELD_REAL}, {"prob", RDL_FIELD_REAL},
                                   {"area_m2", RDL_FIELD_REAL},    {"gate", RDL_FIELD_TEXT}};

static const char *kind_of(rdl_patches_result *r, const rdl_run_sums *sums)
{
    if (sums->ndvis == 0)
        return "change";
    double mean = sums->ndvi / sums->ndvis;
    if (mean <= -NDVI_MOVED)
        return r->veg_loss++, "veg_loss";
    if (mean >= NDVI_MOVED)
        return r->veg_gain++, "veg_gain";
    return r->other++, "other";
}

static bool write_patch(work *w, rdl_rows *rows, const patch *one, GError **error)
{
    const rdl_extent extent = {one->box.xmin, one->box.xmax, one->box.ymin, one->box.ymax};
    const rdl_component *c = &g_array_index(w->components.list, rdl_component, one->component);
    const rdl_run_sums *sums = &c->sums;
    const rdl_value values[] = {
        rdl_text(one->id),
        rdl_text(w->t_before),
        rdl_text(w->t_after),
        rdl_text(kind_of(w->r, sums)),
        sums->scores ? rdl_real(sums->score / sums->scores) : RDL_NULL,
        RDL_NULL,
        rdl_real(one->area_m2),
        rdl_text(w->gate),
    };

    G_STATIC_ASSERT(G_N_ELEMENTS(values) == G_N_ELEMENTS(fields));

    w->r->patches++;
    w->r->area_m2 += one->area_m2;
    rdl_rows_values(rows, fields, values, G_N_ELEMENTS(values));
    rdl_rows_geometry(rows, g_bytes_get_data(one->wkb, NULL), g_bytes_get_size(one->wkb), extent);
    return rdl_rows_add(rows, error);
}

/* How many patches from `from` on are drawn before they are written. */
static guint batch_of(const work *w, guint from)
{
    guint n = 0;
    size_t runs = 0;

    while (from + n < w->kept->len && n < BATCH && runs < BATCH_RUNS) {
        const patch *one = &g_array_index(w->kept, patch, from + n++);
        const rdl_component *c = &g_array_index(w->components.list, rdl_component, one->component);
        runs += c->to - c->from;
    }
    return n;
}

static bool write_batch(work *w, rdl_rows *rows, guint from, guint n, GError **error)
{
    static const rdl_parallel how = {.piece = draw, .step = "patches"};
    drawing d = {w, from};

    if (!rdl_parallel_run(&how, &d, n, w->o->threads, NULL, error))
        return false;
    for (guint i = from; i < from + n; i++) {
        patch *one = &g_array_index(w->kept, patch, i);
        if (!write_patch(w, rows, one, error))
            return false;
        g_clear_pointer(&one->wkb, g_bytes_unref);
    }
    return true;
}

static bool write_rows(work *w, rdl_rows *rows, const rdl_progress *progress, GError **error)
{
    for (guint at = 0, n; at < w->kept->len; at += n) {
        n = batch_of(w, at);
        if (!rdl_progress_tell(progress, (double)at / w->kept->len, "patches", error) ||
            !write_batch(w, rows, at, n, error))
            return false;
    }
    return rdl_progress_tell(progress, 1.0, "patches", error);
}

/* GDAL makes the file and its layer, so that they are as GDAL wants them. */
static bool make_layer(const work *w, const char *path, GError **error)
{
    static const rdl_styled styled[] = {{.layer = "patch", .style = "patch"}};
    rdl_vector *vector = rdl_vector_create(path, "GPKG", error);

    if (!vector)
        return false;
    if (rdl_vector_layer(vector, "patch", w->grid->crs, "MultiPolygon", fields,
                         G_N_ELEMENTS(fields), error) >= 0 &&
        rdl_vector_styles(vector, styled, G_N_ELEMENTS(styled), error))
        return rdl_vector_finish(vector, error);
    rdl_vector_abandon(vector);
    return false;
}

static bool fill_layer(work *w, const char *path, const rdl_progress *progress, GError **error)
{
    rdl_geopackage *package = rdl_geopackage_open(path, error);
    rdl_rows *rows = package ? rdl_geopackage_rows(package, "patch", error) : NULL;

    if (rows && write_rows(w, rows, progress, error))
        return rdl_geopackage_finish(package, error);
    rdl_geopackage_abandon(package);
    return false;
}

static bool write_patches(work *w, const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(w->o->output, w->o->overwrite, error);
    const char *path = output ? rdl_output_temporary(output) : NULL;

    if (!output || !make_layer(w, path, error) || !fill_layer(w, path, progress, error) ||
        !rdl_output_commit(output, error))
        return false;
    w->r->output_digest = rdl_digest_file(w->o->output, error);
    return w->r->output_digest && rdl_manifest_write(w->r->manifest, w->o->output, error);
}

/* ---- all of it ---- */

bool rdl_patches(const rdl_patches_options *o, const rdl_progress *progress, rdl_patches_result *r,
                 GError **error)
{
    work w = {.o = o, .r = r};

    *r = (rdl_patches_result){0};
    r->warnings = g_ptr_array_new_with_free_func(g_free);
    r->manifest = rdl_manifest_new("patches");
    r->tally = rdl_tally_new();
    w.kept = g_array_new(FALSE, TRUE, sizeof(patch));
    g_array_set_clear_func(w.kept, patch_clear);
    bool good = rdl_patches_options_check(o, error) && open_change(&w, error) &&
                open_score(&w, error) && open_scenes(&w, error) && note_inputs(&w, error) &&
                find_components(&w, progress, error) && write_patches(&w, progress, error);
    work_clear(&w);
    return good;
}

JsonNode *rdl_patches_result_json(const rdl_patches_result *r)
{
    g_autoptr(JsonObject) o = json_object_new();
    JsonObject *kinds = json_object_new(), *digests = json_object_new();
    JsonArray *warnings = json_array_new();
    const char *change = rdl_manifest_digest(r->manifest, "change");

    json_object_set_int_member(o, "pixels", r->pixels);
    json_object_set_int_member(o, "components", r->components);
    json_object_set_int_member(o, "patches", r->patches);
    json_object_set_double_member(o, "area_m2", r->area_m2);
    json_object_set_int_member(kinds, "veg_loss", r->veg_loss);
    json_object_set_int_member(kinds, "veg_gain", r->veg_gain);
    json_object_set_int_member(kinds, "other", r->other);
    json_object_set_int_member(kinds, "change", r->patches - r->veg_loss - r->veg_gain - r->other);
    json_object_set_object_member(o, "kinds", kinds);
    json_object_set_string_member(digests, "change", change ? change : "");
    json_object_set_string_member(digests, "output", r->output_digest ? r->output_digest : "");
    json_object_set_object_member(o, "digests", digests);
    for (guint i = 0; i < r->warnings->len; i++)
        json_array_add_string_element(warnings, r->warnings->pdata[i]);
    json_object_set_array_member(o, "warnings", warnings);
    json_object_set_member(o, "tally", rdl_tally_json(r->tally));
    return json_node_init_object(json_node_alloc(), o);
}
