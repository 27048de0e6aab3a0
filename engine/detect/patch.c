#include "detect/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "detect/align.h"
#include "detect/lineage_io.h"
#include "detect/unseen.h"
#include "detect/nuisance.h"
#include "detect/patch_io.h"
#include "detect/vicinity.h"

#define COMPONENTS "patches.components"
#define PIXELS "patches.pixels"
#define HOLES "patches.holes"
#define OUTLINES "patches.outlines"
#define TOO_SMALL "BELOW_MIN_AREA"
#define LEAST_PIXELS 4
/* Bytes: of a run while its component grows and is gathered, and is drawn; of a patch. */
#define RUN_GROWING 28.0
#define RUN_DRAWN 160.0
#define PATCH_KEPT (sizeof(rdl_patch) + 32.0)
#define RIMS (1u << RDL_NUISANCE_MISREGISTRATION)
#define AREA_TOLERANCE 1e-9 /* of areas that must add up */

bool rdl_patches_options_check(const rdl_patches_options *o, GError **error)
{
    const char *const inputs[] = {o->change, o->score, o->probability, o->series,
                                  o->before, o->after, o->previous};
    unsigned rules;

    if (!o->change || !o->output)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a change raster and an output (-o) are needed to draw patches");
    if (!o->before != !o->after)
        return rdl_fail(error, RDL_ERROR_USAGE, "--before and --after: give both or none");
    if (o->min_area_m2 < 0.0 || isinf(o->min_area_m2))
        return rdl_fail(error, RDL_ERROR_USAGE, "--min-area %g: give square metres, 0 or more",
                        o->min_area_m2);
    if (!(o->fill_m2 >= 0.0) || isinf(o->fill_m2))
        return rdl_fail(error, RDL_ERROR_USAGE, "--fill-holes %g: give square metres, 0 or more",
                        o->fill_m2);
    if (!(o->simplify >= 0.0 && o->simplify <= 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--simplify %g: give the share of its area that a patch may gain or lose, "
                        "0 to 1",
                        o->simplify);
    if (!rdl_nuisances_parse(o->suppress, &rules, error))
        return false;
    if (o->memory_mib < 16)
        return rdl_fail(error, RDL_ERROR_USAGE, "--memory %d: give at least 16 MiB", o->memory_mib);
    return rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error);
}

void rdl_patches_result_clear(rdl_patches_result *r)
{
    g_free(r->output_digest);
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->tally, rdl_tally_free);
    g_clear_pointer(&r->suppressed_m2, g_hash_table_unref);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_patches_result){0};
}

/* ---- sources ---- */

typedef struct {
    const rdl_patches_options *o;
    rdl_patches_result *r;
    char *before, *after; /* the scenes; NULL: none */
    rdl_raster *change, *score, *probability, *series;
    rdl_pair *pair;
    rdl_kind_index indices[RDL_FIGURE_INDICES];
    const char *untold; /* why kinds are not told, NULL where they are */
    bool calibrated;
    const rdl_grid *grid;
    rdl_pixel_areas *areas;
    rdl_vicinity *vicinity;
    rdl_labelling *labelling;
    unsigned rules; /* of nuisance */
    rdl_rim rim;
    rdl_lineage *lineage; /* NULL: no epoch before */
    rdl_descent *descent; /* of each patch that is kept */
    rdl_patch_set set;
    size_t largest;    /* runs of one patch */
    gint64 unobserved; /* pixels */
    guint kept;        /* patches of the set that are not suppressed; they come first */
} work;

static void work_clear(work *w)
{
    rdl_vicinity_free(w->vicinity);
    rdl_labelling_free(w->labelling);
    rdl_pixel_areas_free(w->areas);
    rdl_raster_close(w->change);
    rdl_raster_close(w->score);
    rdl_raster_close(w->probability);
    rdl_raster_close(w->series);
    rdl_pair_free(w->pair);
    rdl_patch_set_clear(&w->set);
    rdl_lineage_free(w->lineage);
    g_free(w->descent);
    g_free(w->before);
    g_free(w->after);
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
    w->change = rdl_raster_open_codes(w->o->change, error);
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
    rdl_patch_set_init(&w->set, w->grid);
    w->set.t_before = item(w->change, "REDLINE_T_BEFORE");
    w->set.t_after = item(w->change, "REDLINE_T_AFTER");
    w->set.gate = item(w->change, "REDLINE_GATE");
    w->set.simplify = w->o->simplify;
    w->set.reach = NAN;
    w->set.threads = w->o->threads;
    return rdl_nuisances_parse(w->o->suppress, &w->rules, error);
}

static bool open_numbers(const work *w, const char *path, rdl_raster **raster, GError **error)
{
    if (!path)
        return true;
    *raster = rdl_raster_open(path, error);
    return *raster && same_grid(w, rdl_raster_grid(*raster), path, error);
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

/* The path of an input of the change raster as its manifest gives it, or beside the raster. */
static char *recorded(JsonArray *inputs, const char *role, const char *change)
{
    for (guint i = 0; i < json_array_get_length(inputs); i++) {
        JsonObject *input = json_array_get_object_element(inputs, i);
        const char *path = json_object_get_string_member_with_default(input, "path", "");
        if (strcmp(json_object_get_string_member_with_default(input, "role", ""), role) != 0)
            continue;
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return g_strdup(path);
        g_autofree char *folder = g_path_get_dirname(change), *name = g_path_get_basename(path);
        return g_build_filename(folder, name, NULL);
    }
    return NULL;
}

static bool find_recorded(work *w, GError **error)
{
    g_autofree char *manifest = g_strconcat(w->o->change, ".run.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) failed = NULL;

    if (!json_parser_load_from_file(parser, manifest, &failed))
        return rdl_fail(error, RDL_ERROR_IO, "%s: names no scenes: %s; give --before and --after",
                        manifest, failed->message);
    JsonNode *root = json_parser_get_root(parser);
    JsonObject *object = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *inputs = object ? json_object_get_member(object, "inputs") : NULL;
    if (inputs && JSON_NODE_HOLDS_ARRAY(inputs)) {
        w->before = recorded(json_node_get_array(inputs), "before", w->o->change);
        w->after = recorded(json_node_get_array(inputs), "after", w->o->change);
    }
    return (w->before && w->after) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: names no scenes; give --before and --after",
                    manifest);
}

static bool find_scenes(work *w, GError **error)
{
    w->before = g_strdup(w->o->before);
    w->after = g_strdup(w->o->after);
    return w->before || !w->o->recorded || find_recorded(w, error);
}

/* Rules that do not ask where an index stands. */
#define STATELESS (1u << RDL_NUISANCE_MASK_EDGE | RIMS)

static bool states_needed(const work *w, GError **error)
{
    const unsigned states = ~STATELESS;

    if (w->calibrated || !w->o->suppress || strcmp(w->o->suppress, "all") == 0)
        return true;
    return !(w->rules & states) ||
           rdl_fail(
               error, RDL_ERROR_DATA,
               "%s: --suppress %s: snow, water and crops cannot be told from 8-bit counts: give "
               "scenes in reflectances",
               w->before, w->o->suppress);
}

/* Resolution and heights as the change raster remembers them. */
static rdl_raster_options opened_as_then(const rdl_raster *change, double *height)
{
    const char *resolution = rdl_raster_item(change, "REDLINE_RESOLUTION");
    const char *dem = rdl_raster_item(change, "REDLINE_DEM");
    const char *level = rdl_raster_item(change, "REDLINE_HEIGHT");

    *height = level && *level ? g_ascii_strtod(level, NULL) : 0.0;
    return (rdl_raster_options){
        .resolution = resolution && *resolution ? g_ascii_strtod(resolution, NULL) : 0.0,
        .dem = dem && *dem ? dem : NULL,
        .height = level && *level ? height : NULL};
}

/* Scenes whose bands nobody named give kinds all the same: unknown, with a warning. */
static bool open_scenes(work *w, GError **error)
{
    const rdl_patches_options *o = w->o;
    bool named = o->bands || o->sensor;
    rdl_pair_options scenes = {.bands = named ? o->bands : item(w->change, "REDLINE_BANDS"),
                               .sensor = o->sensor};

    w->untold = "NO_SCENES";
    if (!find_scenes(w, error))
        return false;
    if (!w->before)
        return true;
    scenes.before = w->before;
    scenes.after = w->after;
    double height;
    scenes.how = opened_as_then(w->change, &height);
    w->pair = rdl_pair_open(&scenes, w->r->warnings, error);
    if (!w->pair || !same_grid(w, rdl_pair_grid(w->pair), w->before, error))
        return false;
    shift_as_then(w);
    w->calibrated = false;
    if (rdl_kind_narrow(w->pair, w->indices)) {
        w->untold = NULL;
        w->calibrated = rdl_kind_calibrated(w->pair);
        return states_needed(w, error);
    }
    g_clear_pointer(&w->pair, rdl_pair_free);
    w->untold = "NO_BANDS";
    const char *wanted = "needs red and nir, or green and nir or swir1";
    if (named)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: kind %s: name them with --bands or --sensor",
                        w->before, wanted);
    g_ptr_array_add(w->r->warnings,
                    rdl_say("kind is not told: it %s: name them with --bands or --sensor", wanted));
    return true;
}

static bool open_series(work *w, GError **error)
{
    if (!w->o->series)
        return true;
    if (!w->pair || !w->indices[RDL_FIGURE_NDVI].there)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--series %s: needs scenes whose red and nir are known: give --before and "
                        "--after, or --recorded-scenes",
                        w->o->series);
    return open_numbers(w, w->o->series, &w->series, error);
}

/* How far the scenes may be apart, where rims are to be told. */
static bool measure_rims(work *w, const rdl_progress *progress, GError **error)
{
    bool named = g_strcmp0(w->o->suppress, "all") != 0;

    w->r->reach = NAN;
    if (!(w->rules & RIMS))
        return true;
    if (!w->pair && named)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--suppress %s: needs scenes whose bands are known: give --before and "
                        "--after, or --recorded-scenes",
                        w->o->suppress);
    if (w->pair && !rdl_rim_measure(w->pair, w->o->threads, progress, &w->rim, error))
        return false;
    if (!w->pair || isnan(w->rim.reach)) {
        w->rules &= ~RIMS;
        g_ptr_array_add(w->r->warnings,
                        rdl_say("no patch is left out as misregistration: how the scenes lie to "
                                "each other is not known"));
        return true;
    }
    w->r->reach = w->set.reach = w->rim.reach;
    rdl_manifest_method(w->r->manifest, RDL_RIM_PAPER);
    return true;
}

static void note_number(rdl_manifest *m, const char *name, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    rdl_manifest_option(m, name, g_ascii_dtostr(text, sizeof text, value));
}

static bool note_inputs(const work *w, GError **error)
{
    const rdl_patches_options *o = w->o;
    rdl_manifest *m = w->r->manifest;

    if (isnan(o->min_area_m2))
        rdl_manifest_option(m, "min_area_m2", "four pixels");
    else
        note_number(m, "min_area_m2", o->min_area_m2);
    if (o->fill_m2 > 0.0)
        note_number(m, "fill_m2", o->fill_m2);
    if (o->simplify > 0.0)
        note_number(m, "simplify", o->simplify);
    rdl_manifest_option(m, "suppress", o->suppress);
    rdl_manifest_option(m, "bands", o->bands);
    rdl_manifest_option(m, "sensor", o->sensor);
    rdl_manifest_method(m, "He, Chao & Suzuki 2008, IEEE TIP 17(5)");
    if (o->simplify > 0.0)
        rdl_manifest_method(m, "Douglas & Peucker 1973, The Canadian Cartographer 10(2)");
    g_auto(GStrv) before = w->pair ? rdl_raster_files(rdl_pair_before(w->pair)->raster) : NULL;
    g_auto(GStrv) after = w->pair ? rdl_raster_files(rdl_pair_after(w->pair)->raster) : NULL;
    const rdl_input inputs[] = {{"change", o->change, NULL},
                                {"before", w->before, before},
                                {"after", w->after, after},
                                {"score", o->score, NULL},
                                {"probability", o->probability, NULL},
                                {"series", o->series, NULL},
                                {"previous", o->previous, NULL}};
    return rdl_manifest_inputs(m, inputs, G_N_ELEMENTS(inputs), o->threads, error);
}

/* ---- are they what they are said to be ---- */

static bool same_digest(const char *a, const char *b)
{
    return a && b && *a && strcmp(a, b) == 0;
}

/* The scenes are those that the change raster was made from, as far as it and they can be asked. */
static bool scenes_are_those(const work *w, GError **error)
{
    static const char *const roles[] = {"before", "after"};
    const char *names[] = {w->before, w->after};
    const char *want[] = {item(w->change, "REDLINE_BEFORE_SHA256"),
                          item(w->change, "REDLINE_AFTER_SHA256")};
    const char *got[] = {rdl_manifest_digest(w->r->manifest, roles[0]),
                         rdl_manifest_digest(w->r->manifest, roles[1])};

    if (same_digest(got[0], want[1]) && same_digest(got[1], want[0]) &&
        !same_digest(want[0], want[1]))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s and %s are exchanged: the first is the scene after of %s", names[0],
                        names[1], w->o->change);
    for (int i = 0; i < 2; i++) {
        if (!want[i] || !got[i] || !*got[i] || same_digest(got[i], want[i]))
            continue;
        if (w->o->recorded && !w->o->before)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: has changed since %s was made from it: detect again, or name the "
                            "scenes with --before and --after",
                            names[i], w->o->change);
        g_ptr_array_add(w->r->warnings,
                        rdl_say("%s is not the file that %s was made from: kinds are told by it "
                                "all the same",
                                names[i], w->o->change));
    }
    return true;
}

/* Rules that were named have what they ask for; of all rules those that have not are left. */
static bool rules_can_be_asked(work *w, GError **error)
{
    const unsigned crops = 1u << RDL_NUISANCE_CROP_ROTATION;
    const unsigned states = (1u << RDL_NUISANCE_SNOW | 1u << RDL_NUISANCE_WATER_LEVEL) & w->rules;
    bool named = g_strcmp0(w->o->suppress, "all") != 0;

    if (named && w->untold && (states || w->rules & crops))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--suppress %s: needs scenes whose bands are known: give --before and "
                        "--after, or --recorded-scenes",
                        w->o->suppress);
    if (named && w->rules & crops && !w->series)
        return rdl_fail(error, RDL_ERROR_USAGE, "--suppress %s: crop-rotation needs --series",
                        w->o->suppress);
    if (!named && w->untold)
        g_ptr_array_add(w->r->warnings,
                        rdl_say("no patch is left out as snow, water level or crop rotation: they "
                                "need scenes whose bands are known"));
    return true;
}

/* A mean that no probabilities have. */
static bool probable(const work *w, const rdl_component *c, GError **error)
{
    const rdl_figures *f = &c->figures;
    double mean = f->probabilities ? f->probability / (double)f->probabilities : 0.0;

    return (mean > -1e-6 && mean < 1.0 + 1e-6) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: holds no probabilities, which are from 0 to 1",
                    w->o->probability);
}

/* ---- which components are patches ---- */

/* Blocks have half of the memory; growing components, runs of patches and the drawing of the
 * largest have the other. */
static bool afford_runs(const work *w, GError **error)
{
    const double half = w->o->memory_mib * 524288.0;
    double bytes = RUN_GROWING * (double)rdl_labelling_runs(w->labelling) +
                   sizeof(rdl_run) * (double)w->set.runs->len + RUN_DRAWN * (double)w->largest +
                   PATCH_KEPT * w->set.list->len;

    return bytes <= half ||
           rdl_fail(error, RDL_ERROR_INTERNAL,
                    "%s: %u patches, or change that hangs together all over, need more memory than "
                    "--memory %d leaves: detect with a higher threshold or a sieve, give a larger "
                    "--min-area, or more --memory",
                    w->o->change, w->set.list->len, w->o->memory_mib);
}

static char *patch_id(const rdl_patch_set *set, const rdl_component *c)
{
    char sx[G_ASCII_DTOSTR_BUF_SIZE], sy[G_ASCII_DTOSTR_BUF_SIZE];
    double x, y;

    rdl_grid_point(set->grid, c->col, c->row, &x, &y);
    return rdl_digest_id("P", rdl_crs_name(set->grid->crs), g_ascii_dtostr(sx, sizeof sx, x),
                         g_ascii_dtostr(sy, sizeof sy, y), set->t_before, set->t_after,
                         RDL_DIGEST_END);
}

static bool area_of(rdl_pixel_areas *areas, const rdl_run *runs, size_t n, double *m2,
                    GError **error)
{
    double part;

    *m2 = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!rdl_pixel_areas_run(areas, &runs[i], &part, error))
            return false;
        *m2 += part;
    }
    return true;
}

static bool large_enough(const work *w, const rdl_component *c, double m2)
{
    return isnan(w->o->min_area_m2) ? c->pixels + c->filled >= LEAST_PIXELS
                                    : m2 >= w->o->min_area_m2;
}

static void keep(work *w, const rdl_patch *take_patch)
{
    rdl_patch one = *take_patch;

    one.id = patch_id(&w->set, &one.component);
    one.first = w->set.runs->len;
    g_array_append_vals(w->set.runs, one.component.runs, (guint)one.component.n);
    w->largest = MAX(w->largest, one.component.n);
    one.component.runs = NULL;
    g_array_append_val(w->set.list, one);
}

static void leave_out(rdl_patches_result *r, const rdl_patch *one)
{
    double *m2 = g_hash_table_lookup(r->suppressed_m2, one->reason);

    if (!m2) {
        m2 = g_new0(double, 1);
        g_hash_table_insert(r->suppressed_m2, g_strdup(one->reason), m2);
    }
    *m2 += one->pixels_m2;
    rdl_tally_suppressed(r->tally, COMPONENTS, one->reason, 1);
    rdl_tally_suppressed(r->tally, PIXELS, one->reason, one->component.pixels);
}

static bool take_component(const rdl_component *c, void *user, GError **error)
{
    work *w = user;
    rdl_patches_result *r = w->r;
    rdl_patch one = {.component = *c, .kind = RDL_KIND_UNKNOWN, .kind_reason = w->untold};

    if (!area_of(w->areas, c->runs, c->n, &one.pixels_m2, error) || !probable(w, c, error))
        return false;
    r->components++;
    r->filled_m2 += c->filled_m2;
    r->filled_pixels += c->filled;
    if (!w->untold)
        one.kind = rdl_kind_of(&c->figures, w->calibrated, &one.kind_reason);
    one.reason = large_enough(w, c, one.pixels_m2)
                     ? rdl_nuisance_of(w->rules, c, one.kind, w->set.reach)
                     : TOO_SMALL;
    if (one.reason)
        leave_out(r, &one);
    else
        r->pixels_m2 += one.pixels_m2;
    if (!one.reason || (w->o->keep_suppressed && strcmp(one.reason, TOO_SMALL) != 0))
        keep(w, &one);
    if (!one.reason || w->o->keep_suppressed)
        if (!afford_runs(w, error))
            return false;
    if (one.reason)
        return true;
    r->kinds[one.kind]++;
    w->kept++;
    rdl_tally_used(r->tally, COMPONENTS, 1);
    rdl_tally_used(r->tally, PIXELS, c->pixels);
    return true;
}

static bool take_row(const rdl_row *row, void *user, GError **error)
{
    work *w = user;
    double m2;

    if (!area_of(w->areas, row->changed, row->n, &m2, error))
        return false;
    w->r->changed_m2 += m2;
    if (row->n == 0 && !(w->o->fill_m2 > 0.0))
        return true;
    return afford_runs(w, error) && rdl_labelling_row(w->labelling, row, error);
}

static bool take_strip(const rdl_strip *strip, void *user, GError **error)
{
    work *w = user;

    const GArray *hidden = strip->marks[RDL_MARK_UNOBSERVED];

    w->r->pixels += strip->pixels;
    for (guint i = 0; i < hidden->len; i++) {
        const rdl_run *run = &g_array_index(hidden, rdl_run, i);
        w->unobserved += run->end - run->col;
    }
    return rdl_vicinity_add(w->vicinity, strip, error);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const rdl_patch *x = a, *y = b;
    const rdl_component *c = &x->component, *d = &y->component;
    int order = !x->reason == !y->reason ? strcmp(x->id, y->id) : x->reason ? 1 : -1;

    if (!order)
        order = (c->row > d->row) - (c->row < d->row);
    return order ? order : (c->col > d->col) - (c->col < d->col);
}

/* Twelve digits may meet by chance; the later patch then gets a number behind. */
static void tell_apart(GArray *list)
{
    for (guint i = 1; i < list->len; i++) {
        rdl_patch *one = &g_array_index(list, rdl_patch, i);
        if (g_str_has_prefix(one->id, g_array_index(list, rdl_patch, i - 1).id)) {
            char *longer = g_strdup_printf("%s-%u", one->id, i);
            g_free(one->id);
            one->id = longer;
        }
    }
}

static bool check_areas(const rdl_patches_result *r, GError **error)
{
    GHashTableIter it;
    gpointer code, m2;
    double in = r->changed_m2 + r->filled_m2, out = r->pixels_m2;

    g_hash_table_iter_init(&it, r->suppressed_m2);
    while (g_hash_table_iter_next(&it, &code, &m2))
        out += *(double *)m2;
    if (fabs(in - out) <= AREA_TOLERANCE * in)
        return true;
    return rdl_fail(error, RDL_ERROR_BALANCE,
                    "patches: %.3f m2 changed or filled, %.3f m2 in patches and left out", in, out);
}

static bool balance(work *w, GError **error)
{
    rdl_tally *tally = w->r->tally;
    rdl_holes holes = rdl_labelling_holes(w->labelling);

    rdl_tally_in(tally, COMPONENTS, w->r->components);
    rdl_tally_in(tally, PIXELS, w->r->pixels);
    if (w->o->fill_m2 > 0.0) {
        rdl_tally_in(tally, HOLES, holes.filled + holes.too_large + holes.not_observed);
        rdl_tally_used(tally, HOLES, holes.filled);
        rdl_tally_suppressed(tally, HOLES, "TOO_LARGE", holes.too_large);
        rdl_tally_suppressed(tally, HOLES, "NOT_OBSERVED", holes.not_observed);
    }
    return rdl_tally_check(tally, error) && check_areas(w->r, error);
}

static bool find_patches(work *w, const rdl_progress *progress, GError **error)
{
    rdl_patch_source source = {.change = w->change,
                               .score = w->score,
                               .probability = w->probability,
                               .pair = w->pair,
                               .series = w->series,
                               .rim = w->rules & RIMS ? &w->rim : NULL,
                               .indices = w->indices,
                               .water = w->calibrated && w->indices[RDL_FIGURE_WATER].there &&
                                        w->rules & 1u << RDL_NUISANCE_WATER_LEVEL,
                               .threads = w->o->threads,
                               .memory_mib = w->o->memory_mib};

    if (!w->calibrated)
        w->rules &= STATELESS;
    w->areas = rdl_pixel_areas_new(w->grid, error);
    if (!w->areas)
        return g_prefix_error(error, "%s: ", w->o->change), false;
    w->labelling = rdl_labelling_new(w->grid->width, w->grid->height, w->o->fill_m2, w->areas,
                                     take_component, w);
    w->vicinity = rdl_vicinity_new(w->grid->height, take_row, w);
    if (!rdl_patch_read(&source, take_strip, w, progress, error) ||
        !rdl_labelling_end(w->labelling, error) || !balance(w, error))
        return false;
    if (w->unobserved == (gint64)w->grid->width * w->grid->height)
        g_ptr_array_add(
            w->r->warnings,
            rdl_say("%s: no pixel of it is observed: that there is no patch says nothing",
                    w->o->change));
    g_array_sort(w->set.list, by_id);
    tell_apart(w->set.list);
    return true;
}

/* ---- the epoch before ---- */

typedef struct {
    work *work;
    guint patch;
    double *area_m2;
} linking;

static bool link_patch(const rdl_patch *one, void *user, GError **error)
{
    linking *l = user;
    gsize n;
    const void *wkb = g_bytes_get_data(one->wkb, &n);

    l->area_m2[l->patch] = one->area_m2;
    return rdl_lineage_link(l->work->lineage, l->patch++, wkb, n, one->box, error);
}

/* Epochs follow one another. */
static bool in_order(const work *w, GError **error)
{
    const char *before = rdl_lineage_day(w->lineage), *now = w->set.t_after;

    return !now || strcmp(now, before) >= 0 ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: is of %s, and --previous %s tells of %s: epochs are given from the oldest "
                    "to the newest",
                    w->o->change, now, w->o->previous, before);
}

static bool find_lineage(work *w, const rdl_progress *progress, GError **error)
{
    g_autofree double *area_m2 = g_new(double, w->kept + 1);
    linking l = {w, 0, area_m2};

    if (!w->o->previous)
        return true;
    w->lineage = rdl_lineage_read(w->o->previous, w->grid->crs, error);
    if (!w->lineage || !in_order(w, error) ||
        !rdl_patch_draw(&w->set, 0, w->kept, link_patch, &l, progress, error))
        return false;
    if (!rdl_lineage_look(w->lineage, w->change, error))
        return false;
    w->descent = rdl_lineage_settle(w->lineage, w->kept, area_m2);
    for (guint i = 0; i < w->kept; i++) {
        rdl_patch *one = &g_array_index(w->set.list, rdl_patch, i);
        const rdl_descent *d = &w->descent[i];
        one->relation = d->relation;
        one->lineage_id =
            g_strdup(d->from == RDL_NOBODY ? one->id : rdl_lineage_id(w->lineage, d->from));
    }
    w->r->relations_told = w->kept;
    w->r->gone = rdl_lineage_absent(w->lineage, RDL_ABSENT_GONE);
    w->r->unseen = rdl_lineage_absent(w->lineage, RDL_ABSENT_UNSEEN);
    w->r->left_out = rdl_lineage_absent(w->lineage, RDL_ABSENT_LEFT_OUT);
    return true;
}

/* ---- writing ---- */

typedef struct {
    work *work;
    rdl_rows *rows;
} writing;

static bool write_patch(const rdl_patch *one, void *user, GError **error)
{
    const writing *to = user;
    rdl_patches_result *r = to->work->r;

    if (!one->reason) {
        r->patches++;
        r->area_m2 += one->area_m2;
    }
    if (!one->reason && to->work->o->simplify > 0.0) {
        if (one->drawn)
            rdl_tally_suppressed(r->tally, OUTLINES, one->drawn, 1);
        else
            rdl_tally_used(r->tally, OUTLINES, 1);
    }
    return rdl_patch_write(to->rows, &to->work->set, one, error);
}

/* GDAL makes the file and its layers, so that they are as GDAL wants them. */
static bool make_layers(const work *w, const char *path, GError **error)
{
    static const rdl_styled styled[] = {{"patch", "patch", NULL, 0},
                                        {"suppressed", "patch", NULL, 0}};
    rdl_vector *vector = rdl_vector_create(path, "GPKG", error);
    bool all = w->o->keep_suppressed;

    if (!vector)
        return false;
    if (rdl_patch_layer(vector, &w->set, false, error) &&
        (!all || rdl_patch_layer(vector, &w->set, true, error)) &&
        (!w->lineage || rdl_lineage_layers(vector, w->grid->crs, error)) &&
        rdl_vector_styles(vector, styled, all ? 2 : 1, error))
        return rdl_vector_finish(vector, error);
    rdl_vector_abandon(vector);
    return false;
}

static bool write_layers(work *w, rdl_geopackage *package, const rdl_progress *progress,
                         GError **error)
{
    writing to = {w, rdl_geopackage_rows(package, "patch", error)};

    if (w->o->simplify > 0.0)
        rdl_tally_in(w->r->tally, OUTLINES, w->kept);
    if (!to.rows || !rdl_patch_draw(&w->set, 0, w->kept, write_patch, &to, progress, error))
        return false;
    if (w->o->keep_suppressed) {
        to.rows = rdl_geopackage_rows(package, "suppressed", error);
        if (!to.rows ||
            !rdl_patch_draw(&w->set, w->kept, w->set.list->len, write_patch, &to, progress, error))
            return false;
    }
    if (w->lineage && !rdl_lineage_write(w->lineage, package, &w->set, w->kept, w->descent, error))
        return false;
    return rdl_tally_check(w->r->tally, error);
}

static bool fill_layers(work *w, const char *path, const rdl_progress *progress, GError **error)
{
    rdl_geopackage *package = rdl_geopackage_open(path, error);

    if (package && write_layers(w, package, progress, error))
        return rdl_geopackage_finish(package, error);
    rdl_geopackage_abandon(package);
    return false;
}

static bool write_patches(work *w, const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(w->o->output, w->o->overwrite, error);
    const char *path = output ? rdl_output_temporary(output) : NULL;
    g_autoptr(rdl_output) told = NULL;

    return output && make_layers(w, path, error) && fill_layers(w, path, progress, error) &&
           (w->r->output_digest = rdl_digest_file(path, error)) &&
           (told = rdl_manifest_begin(w->r->manifest, w->o->output, error)) &&
           rdl_output_commit(output, error) && rdl_output_commit(told, error);
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
    r->suppressed_m2 = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    bool good = rdl_patches_options_check(o, error) &&
                rdl_output_possible(o->output, o->overwrite, error) && open_change(&w, error) &&
                open_numbers(&w, o->score, &w.score, error) &&
                open_numbers(&w, o->probability, &w.probability, error) && open_scenes(&w, error) &&
                open_series(&w, error) && rules_can_be_asked(&w, error) && note_inputs(&w, error) &&
                scenes_are_those(&w, error) && measure_rims(&w, progress, error) &&
                find_patches(&w, progress, error) && find_lineage(&w, progress, error) &&
                write_patches(&w, progress, error);
    work_clear(&w);
    return good;
}

static JsonObject *areas_json(const rdl_patches_result *r)
{
    JsonObject *areas = json_object_new(), *suppressed = json_object_new();
    g_autoptr(GList) codes =
        g_list_sort(g_hash_table_get_keys(r->suppressed_m2), (GCompareFunc)strcmp);

    json_object_set_double_member(areas, "changed_m2", r->changed_m2);
    json_object_set_double_member(areas, "filled_m2", r->filled_m2);
    json_object_set_double_member(areas, "patches_m2", r->pixels_m2);
    for (const GList *code = codes; code; code = code->next)
        json_object_set_double_member(suppressed, code->data,
                                      *(double *)g_hash_table_lookup(r->suppressed_m2, code->data));
    json_object_set_object_member(areas, "suppressed_m2", suppressed);
    return areas;
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
    json_object_set_int_member(o, "filled_pixels", r->filled_pixels);
    if (!isnan(r->reach))
        json_object_set_double_member(o, "scenes_apart_px", r->reach);
    json_object_set_object_member(o, "areas", areas_json(r));
    for (int k = 0; k < RDL_KINDS; k++)
        json_object_set_int_member(kinds, rdl_kind_code((rdl_kind)k), r->kinds[k]);
    json_object_set_object_member(o, "kinds", kinds);
    if (rdl_manifest_digest(r->manifest, "previous")) {
        json_object_set_int_member(o, "gone", r->gone);
        json_object_set_int_member(o, "unseen", r->unseen);
        json_object_set_int_member(o, "left_out", r->left_out);
    }
    json_object_set_string_member(digests, "change", change ? change : "");
    json_object_set_string_member(digests, "output", r->output_digest ? r->output_digest : "");
    json_object_set_object_member(o, "digests", digests);
    for (guint i = 0; i < r->warnings->len; i++)
        json_array_add_string_element(warnings, r->warnings->pdata[i]);
    json_object_set_array_member(o, "warnings", warnings);
    json_object_set_member(o, "tally", rdl_tally_json(r->tally));
    return json_node_init_object(json_node_alloc(), o);
}
