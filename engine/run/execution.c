#include "run/execution.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include "deliver/deliver.h"
#include "detect/detect.h"
#include "rectify/rectify.h"
#include "run/origin.h"
#include "run/state.h"

typedef struct {
    const rdl_job *job;
    const rdl_run_options *options;
    const rdl_progress *progress;
    rdl_sheet *whole; /* of the job */
    rdl_sheet *sheet; /* of the stage at work */
    rdl_state *state;
    char *folder, *code;
    char *head; /* of the ledger, when deliver had put itself on record */
    bool overwrite;
} execution;

/* A file of the output folder; interned: it lives as long as the process. */
static const char *out(const execution *x, const char *name)
{
    g_autofree char *path = g_build_filename(x->folder, name, NULL);

    return g_intern_string(path);
}

static const char *beside_job(const execution *x, const char *path)
{
    g_autofree char *full = path ? rdl_path_beside(x->job->path, path) : NULL;

    return full ? g_intern_string(full) : NULL;
}

static void note_output(execution *x, const char *path)
{
    g_ptr_array_add(x->sheet->outputs, g_strdup(path));
}

static void note_warnings(execution *x, const char *stage, const GPtrArray *warnings)
{
    for (guint i = 0; warnings && i < warnings->len; i++)
        g_ptr_array_add(x->sheet->warnings,
                        g_strdup_printf("%s: %s", stage, (const char *)warnings->pdata[i]));
}

/* A file that patches are drawn with. */
static const char *beside_drawing(const execution *x, const char *key)
{
    return beside_job(x, rdl_json_text(x->job->drawing, key, NULL));
}

static const char *beside(const execution *x, const rdl_pair_job *pair, const char *key)
{
    const char *path = rdl_json_text(pair->detect, key, NULL);

    return g_strcmp0(path, "none") == 0 ? path : beside_job(x, path);
}

/* A threshold may be written as a number. */
static const char *threshold(const rdl_pair_job *pair)
{
    double number = rdl_json_real(pair->detect, "threshold", NAN);
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(number))
        return rdl_json_text(pair->detect, "threshold", "auto");
    return g_intern_string(g_ascii_dtostr(buffer, sizeof buffer, number));
}

/* "detect", or "detect west" where there are several pairs. */
static const char *stage_name(const rdl_pair_job *pair)
{
    g_autofree char *name = pair->name ? g_strconcat("detect ", pair->name, NULL) : NULL;

    return name ? g_intern_string(name) : "detect";
}

/* change.tif, or change-west.tif where there are several pairs. */
static const char *of_pair(const execution *x, const rdl_pair_job *pair, const char *what,
                           const char *ending)
{
    g_autofree char *name = pair->name ? g_strdup_printf("%s-%s%s", what, pair->name, ending)
                                       : g_strconcat(what, ending, NULL);

    return out(x, name);
}

static bool run_detect(execution *x, const rdl_pair_job *pair, GError **error)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    rdl_detect_result result = {0};

    o.before = beside(x, pair, "before");
    o.after = beside(x, pair, "after");
    o.mask_before = beside(x, pair, "mask_before");
    o.mask_after = beside(x, pair, "mask_after");
    o.mask_values = rdl_json_text(pair->detect, "mask_values", NULL);
    o.mask_grow_m = rdl_json_real(pair->detect, "mask_grow", 0.0);
    o.aoi = beside(x, pair, "aoi");
    o.align = rdl_json_text(pair->detect, "align", o.align);
    o.index = rdl_json_text(pair->detect, "index", NULL);
    o.how.resolution = rdl_json_real(pair->detect, "resolution", 0.0);
    o.how.dem = beside(x, pair, "dem");
    double height = rdl_json_real(pair->detect, "height", NAN);
    o.how.height = isnan(height) ? NULL : &height;
    o.date_before = rdl_json_text(pair->detect, "date_before", NULL);
    o.date_after = rdl_json_text(pair->detect, "date_after", NULL);
    o.sensor = rdl_json_text(pair->detect, "sensor", NULL);
    o.bands = rdl_json_text(pair->detect, "bands", NULL);
    o.method = rdl_json_text(pair->detect, "method", o.method);
    o.vote = (int)rdl_json_real(pair->detect, "vote", o.vote);
    o.threshold = threshold(pair);
    o.iterations = (int)rdl_json_real(pair->detect, "iterations", o.iterations);
    o.tolerance = rdl_json_real(pair->detect, "tolerance", o.tolerance);
    o.output = of_pair(x, pair, "change", ".tif");
    o.score = of_pair(x, pair, "score", ".tif");
    o.overwrite = x->overwrite;
    o.threads = x->options->threads;
    o.memory_mib = x->options->memory_mib;
    bool good = rdl_detect(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        json_object_set_member(x->sheet->stages, stage_name(pair), rdl_detect_result_json(&result));
        note_warnings(x, stage_name(pair), result.warnings);
        note_output(x, o.output);
        note_output(x, o.score);
    }
    rdl_detect_result_clear(&result);
    return good;
}

static bool run_mosaic(execution *x, GError **error)
{
    size_t n = x->job->n_pairs;
    g_autofree const char **changes = g_new0(const char *, n), **scores = g_new0(const char *, n);
    rdl_mosaic_options o = {changes,
                            scores,
                            n,
                            out(x, "change.tif"),
                            out(x, "score.tif"),
                            x->overwrite,
                            x->options->threads,
                            x->options->memory_mib};
    rdl_mosaic_result result = {0};

    for (size_t i = 0; i < n; i++) {
        changes[i] = of_pair(x, &x->job->pairs[i], "change", ".tif");
        scores[i] = of_pair(x, &x->job->pairs[i], "score", ".tif");
    }
    bool good = rdl_mosaic(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        json_object_set_member(x->sheet->stages, "mosaic", rdl_mosaic_result_json(&result));
        note_warnings(x, "mosaic", result.warnings);
        note_output(x, o.output);
        note_output(x, o.score);
    }
    rdl_mosaic_result_clear(&result);
    return good;
}

/* A date of every pair, in rank, as one virtual raster; each shows what it saw on both dates, so
 * that under a cloud of the first the clear one is seen. */
static bool lay_date(execution *x, const char *date, const size_t *order, const rdl_grid *grid,
                     const char *path, GError **error)
{
    size_t n = x->job->n_pairs;
    g_autofree const char **scenes = g_new0(const char *, n);

    for (size_t i = 0; i < n; i++) {
        const rdl_pair_job *pair = &x->job->pairs[order[i]];
        scenes[i] = of_pair(x, pair, date, ".vrt");
        if (!rdl_raster_veil(beside(x, pair, date), of_pair(x, pair, "change", ".tif"), grid,
                             scenes[i], error))
            return false;
        note_output(x, scenes[i]);
    }
    if (!rdl_raster_lay(scenes, n, grid, path, error))
        return false;
    note_output(x, path);
    return true;
}

/* The scenes of all pairs as one before and one after, for the kinds of change; where they cannot
 * be laid together, kinds are not told. */
static bool lay_scenes(execution *x, rdl_patches_options *o, GError **error)
{
    size_t n = x->job->n_pairs;
    g_autofree const char **changes = g_new0(const char *, n);
    g_autofree size_t *order = g_new0(size_t, n);
    const char *befores = out(x, "before.vrt"), *afters = out(x, "after.vrt");
    g_autoptr(rdl_raster) change = rdl_raster_open_codes(o->change, error);
    g_autoptr(GError) apart = NULL;

    for (size_t i = 0; i < n; i++)
        changes[i] = of_pair(x, &x->job->pairs[i], "change", ".tif");
    if (!change || !rdl_mosaic_rank(changes, n, order, error))
        return false;
    const rdl_grid *grid = rdl_raster_grid(change);
    if (lay_date(x, "before", order, grid, befores, &apart) &&
        lay_date(x, "after", order, grid, afters, &apart)) {
        o->before = befores;
        o->after = afters;
        return true;
    }
    g_ptr_array_add(x->sheet->warnings, rdl_say("patches: kind is not told: %s", apart->message));
    return true;
}

static bool give_scenes(execution *x, rdl_patches_options *o, GError **error)
{
    const rdl_pair_job *pair = &x->job->pairs[0];

    if (x->job->n_pairs > 1)
        return lay_scenes(x, o, error);
    o->before = beside(x, pair, "before");
    o->after = beside(x, pair, "after");
    o->sensor = rdl_json_text(pair->detect, "sensor", NULL);
    o->bands = rdl_json_text(pair->detect, "bands", NULL);
    return true;
}

/* All but the scenes. */
static rdl_patches_options patches_options(const execution *x)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    JsonObject *said = x->job->drawing;

    o.change = out(x, "change.tif");
    o.score = out(x, "score.tif");
    o.output = out(x, "patches.gpkg");
    o.min_area_m2 = rdl_json_real(said, "min_area", NAN);
    o.fill_m2 = rdl_json_real(said, "fill_holes", 0.0);
    o.simplify = rdl_json_real(said, "simplify", 0.0);
    o.suppress = rdl_json_text(said, "suppress", NULL);
    o.keep_suppressed =
        said && json_object_get_boolean_member_with_default(said, "keep_suppressed", FALSE);
    o.series = beside_drawing(x, "series");
    o.previous = beside_drawing(x, "previous");
    o.overwrite = x->overwrite;
    o.threads = x->options->threads;
    o.memory_mib = x->options->memory_mib;
    return o;
}

static bool run_patches(execution *x, GError **error)
{
    rdl_patches_options o = patches_options(x);
    rdl_patches_result result = {0};

    if (!give_scenes(x, &o, error))
        return false;
    bool good = rdl_patches(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        json_object_set_member(x->sheet->stages, "patches", rdl_patches_result_json(&result));
        note_warnings(x, "patches", result.warnings);
        note_output(x, o.output);
    }
    rdl_patches_result_clear(&result);
    return good;
}

static void note_areas(execution *x, JsonObject *summary)
{
    x->sheet->areas = true;
    x->sheet->whole_m2 = rdl_json_real(summary, "whole_m2", NAN);
    x->sheet->own_m2 = rdl_json_real(summary, "area_own_m2", NAN);
    x->sheet->remainder_m2 = rdl_json_real(summary, "remainder_m2", NAN);
    x->sheet->sliver_m2 = rdl_json_real(summary, "sliver_m2", 0.0);
}

static bool run_screen(execution *x, GError **error)
{
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    const rdl_job *job = x->job;
    rdl_source patches = {out(x, "patches.gpkg"), NULL};

    o.zones = job->zones.list;
    o.n_zones = job->zones.n;
    o.footprints = job->footprints.list;
    o.n_footprints = job->footprints.n;
    o.permits = job->permits.list;
    o.n_permits = job->permits.n;
    o.units = job->units.list;
    o.n_units = job->units.n;
    o.letters = job->letters.list;
    o.n_letters = job->letters.n;
    o.patches = &patches;
    o.n_patches = job->patches ? 1 : 0;
    o.pack = job->pack;
    o.local = job->local;
    o.as_of = job->as_of;
    o.residual_m = job->residual_m;
    o.sliver_m2 = job->sliver_m2;
    o.sliver_width_m = job->sliver_width_m;
    o.threads = x->options->threads;
    o.output = out(x, "findings.gpkg");
    o.overwrite = x->overwrite;
    bool good = rdl_screen(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        note_areas(x, json_node_get_object(result.summary));
        json_object_set_member(x->sheet->stages, "screen", json_node_copy(result.summary));
        note_warnings(x, "screen", result.warnings);
        note_output(x, o.output);
    }
    rdl_screen_result_clear(&result);
    return good;
}

static bool play_moves(execution *x, rdl_ledger *ledger, rdl_tally *tally, GError **error)
{
    g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);

    if (!x->job->moves)
        return true;
    bool good = rdl_moves_apply(ledger, x->job->moves, tally, refusals, error);
    note_warnings(x, "ledger", refusals);
    return good;
}

static bool load_letters(execution *x, rdl_ledger *ledger, rdl_tally *tally, GError **error)
{
    for (size_t i = 0; i < x->job->letters.n; i++)
        if (!rdl_ledger_load_letters(ledger, x->job->letters.list[i].path,
                                     x->job->letters.list[i].profile, x->job->as_of, tally, error))
            return false;
    return true;
}

/* ---- what leaves the engine ---- */

static bool deliver_export(execution *x, rdl_ledger *ledger, const char *profile, GError **error)
{
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    const char *name = rdl_export_file(profile, error);

    if (!name)
        return false;
    o.profile = g_str_has_prefix(name, "public.") ? "public" : profile;
    o.warnings = warnings;
    o.output = out(x, name);
    o.overwrite = x->overwrite;
    if (!rdl_export(ledger, &o, x->sheet->tally, error))
        return false;
    note_warnings(x, "export", warnings);
    note_output(x, o.output);
    return true;
}

/* To be printed, and to be looked at. The tasks are counted once. */
static bool deliver_map(execution *x, GError **error)
{
    static const char *const names[] = {"overview.pdf", "overview.png"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(rdl_tally) again = rdl_tally_new();
        rdl_map_options o = RDL_MAP_OPTIONS_INIT;
        o.output = out(x, names[i]);
        o.overwrite = x->overwrite;
        o.warnings = i ? NULL : x->sheet->warnings;
        if (!rdl_map(out(x, "ledger.sqlite"), &o, NULL, i ? again : x->sheet->tally, error))
            return false;
        note_output(x, o.output);
    }
    return true;
}

/* What is being rectified before what is to be verified, the gravest first. */
static bool graver(const rdl_task *a, const rdl_task *b)
{
    int d = strcmp(a->kind, b->kind); /* "rectify" < "verify" */

    if (d == 0)
        d = strcmp(a->severity ? a->severity : "S9", b->severity ? b->severity : "S9");
    return d ? d < 0 : strcmp(a->task_id, b->task_id) < 0;
}

/* A card of the gravest task; all cards are `redline card --all`. */
static bool deliver_card(execution *x, rdl_ledger *ledger, GError **error)
{
    const rdl_task_filter all = {.as_of = x->job->as_of};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, error);
    const rdl_task *first = NULL;
    rdl_card_options o = RDL_CARD_OPTIONS_INIT;

    for (guint i = 0; tasks && i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (!first || graver(t, first))
            first = t;
    }
    if (!first)
        return tasks != NULL;
    o.id = first->task_id;
    o.output = out(x, "card.pdf");
    o.overwrite = x->overwrite;
    if (!rdl_card(out(x, "ledger.sqlite"), &o, x->progress, NULL, x->sheet->tally, error))
        return false;
    note_output(x, o.output);
    return true;
}

static bool deliver_one(execution *x, const char *what, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(out(x, "ledger.sqlite"), false, error);

    if (!ledger || !rdl_progress_tell(x->progress, 0.0, "deliver", error))
        return false;
    return strcmp(what, "map") == 0    ? deliver_map(x, error)
           : strcmp(what, "card") == 0 ? deliver_card(x, ledger, error)
                                       : deliver_export(x, ledger, what, error);
}

/* The stage's outputs from the `first` on, by name. */
static JsonObject *files_from(const execution *x, guint first, GError **error)
{
    g_autoptr(JsonObject) files = json_object_new();

    for (guint i = first; i < x->sheet->outputs->len; i++) {
        const char *path = x->sheet->outputs->pdata[i];
        g_autofree char *name = g_path_get_basename(path), *digest = rdl_digest_file(path, error);
        if (!digest)
            return NULL;
        rdl_json_set_text(files, name, digest);
    }
    return g_steal_pointer(&files);
}

static bool expect(void *user, const char *head, GError **error)
{
    execution *x = user;

    g_free(x->head);
    x->head = g_strdup(head);
    return rdl_state_expect(x->state, "ledger", head, error);
}

/* What was delivered is an event each, all at once; made again to the same bytes it adds none. */
static bool record_deliveries(execution *x, GArray *made, const char *work, GError **error)
{
    const rdl_outgoing_list list = {.list = (const rdl_outgoing *)(const void *)made->data,
                                    .n = made->len,
                                    .work = work,
                                    .before_commit = expect,
                                    .user = x};
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(out(x, "ledger.sqlite"), true, error);

    if (!ledger || !rdl_ledger_outgoing_all(ledger, &list, error))
        return false;
    g_clear_pointer(&ledger, rdl_ledger_close);
    return rdl_state_renew(x->state, "ledger", x->head, error);
}

static void clear_delivery(gpointer p)
{
    json_object_unref(((rdl_outgoing *)p)->files);
}

static bool run_deliver(execution *x, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(out(x, "ledger.sqlite"), false, error);
    g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(rdl_outgoing));
    bool whole;

    g_array_set_clear_func(made, clear_delivery);
    if (!ledger || !rdl_ledger_trust(ledger, NULL, &whole, error))
        return false;
    g_autofree char *work = rdl_ledger_work_head(ledger, error);
    if (!work)
        return false;
    g_clear_pointer(&ledger, rdl_ledger_close);
    for (char **what = x->job->deliver; *what; what++) {
        guint first = x->sheet->outputs->len;
        if (!deliver_one(x, *what, error))
            return false;
        rdl_outgoing one = {.profile = *what, .by = "redline", .language = "zh", .once = true};
        if (!(one.files = files_from(x, first, error)))
            return false;
        g_array_append_val(made, one);
    }
    return record_deliveries(x, made, work, error) &&
           rdl_progress_tell(x->progress, 1.0, "deliver", error);
}

static char *ledger_head(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);

    return ledger ? rdl_ledger_head(ledger, error) : NULL;
}

static bool fill_ledger(execution *x, const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    rdl_tally *tally = x->sheet->tally;

    if (!ledger || !rdl_ledger_add_pack(ledger, x->job->pack, x->job->as_of, tally, error) ||
        !rdl_ledger_load_findings(ledger, out(x, "findings.gpkg"), x->job->as_of, tally,
                                  x->progress, error) ||
        !load_letters(x, ledger, tally, error) || !play_moves(x, ledger, tally, error))
        return false;
    JsonNode *info = rdl_ledger_info(ledger, error);
    if (!info)
        return false;
    json_object_set_string_member(json_node_get_object(info), "path", out(x, "ledger.sqlite"));
    json_object_set_member(x->sheet->stages, "ledger", info);
    note_output(x, out(x, "ledger.sqlite"));
    return true;
}

/* The ledger before, of this job alone, has no name any more. Nobody else has it open: who waits
 * for it finds it replaced. Free it when the new one is in place. */
static rdl_ledger *remove_ledger(const char *path, const char *head, GError **error)
{
    g_autoptr(rdl_ledger) old = rdl_ledger_open(path, true, error);

    if (!old || !rdl_ledger_retire(old, head, error))
        return NULL;
    if (g_unlink(path) != 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be replaced: %s", path, g_strerror(errno)),
               NULL;
    return g_steal_pointer(&old);
}

/* A new ledger appears when it is filled, so that a run that was stopped starts it afresh. It is
 * remembered before it gets its name, and the one before is gone by then: were it the other way
 * round, a run stopped between the two would find its own ledger to be somebody's. `before`: last
 * event of the one before; NULL: there is none. */
static bool new_ledger(execution *x, const char *path, const char *before, const char *key,
                       GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(path, true, error);
    g_autoptr(rdl_ledger) old = NULL;

    if (!output || !rdl_ledger_init(rdl_output_temporary(output), x->job->pack, NULL, error) ||
        !fill_ledger(x, rdl_output_temporary(output), error))
        return false;
    g_autofree char *head = ledger_head(rdl_output_temporary(output), error);
    return head && (!before || (old = remove_ledger(path, before, error))) &&
           rdl_state_note(x->state, "ledger", key, x->sheet, rdl_output_temporary(output), error) &&
           rdl_state_expect(x->state, "ledger", head, error) && rdl_output_commit(output, error);
}

/* What an earlier run found stays on the desks of those who work with it. */
static bool tell_beyond(execution *x, const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    gint64 n;

    if (!ledger || !rdl_ledger_beyond(ledger, out(x, "findings.gpkg"), &n, error))
        return false;
    if (n > 0)
        g_ptr_array_add(x->sheet->warnings,
                        rdl_say("ledger: %s goes on: %" PRId64
                                " footprints or patches of earlier runs are not found by this one; "
                                "their sites and tasks stay until somebody settles them "
                                "(-o NEW_FOLDER starts afresh)",
                                path, n));
    return true;
}

/* A ledger that nobody else wrote to is made again like any output. Another goes on: what is known
 * already adds nothing. */
static bool run_ledger(execution *x, const char *key, GError **error)
{
    const char *path = out(x, "ledger.sqlite");

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return new_ledger(x, path, NULL, key, error);
    g_autofree char *head = ledger_head(path, error);
    if (!head)
        return false;
    if (rdl_state_own(x->state, "ledger", head))
        return new_ledger(x, path, head, key, error);
    return fill_ledger(x, path, error) && tell_beyond(x, path, error) &&
           rdl_state_share(x->state, "ledger", key, x->sheet, error);
}

static bool write_sheet(execution *x, GError **error)
{
    const char *path = out(x, "balance.json");

    g_ptr_array_add(x->whole->outputs, g_strdup(path));
    g_autoptr(JsonNode) node = rdl_sheet_json(x->whole);
    g_autofree char *pretty = rdl_json_pretty(node), *lines = g_strconcat(pretty, "\n", NULL);
    return rdl_output_text(path, lines, true, error);
}

static void add_sources(GPtrArray *paths, const rdl_sources *sources)
{
    for (size_t i = 0; i < sources->n; i++)
        g_ptr_array_add(paths, (char *)sources->list[i].path);
}

/* An input may lie in the folder of the outputs: it is not to be written over. */
static bool check_apart(const execution *x, GError **error)
{
    static const char *const scenes[] = {"before",     "after", "mask_before",
                                         "mask_after", "aoi",   "dem"};
    static const char *const names[] = {"change.tif",    "score.tif",      "patches.gpkg",
                                        "findings.gpkg", "ledger.sqlite",  "balance.json",
                                        "before.vrt",    "run.state.json", "after.vrt"};
    g_autoptr(GPtrArray) outputs = g_ptr_array_new(), inputs = g_ptr_array_new();
    const rdl_job *job = x->job;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(outputs, (char *)out(x, names[i]));
    for (char **profile = job->deliver; *profile; profile++) {
        const char *name = rdl_export_file(*profile, NULL);
        if (name) /* else a map or a card */
            g_ptr_array_add(outputs, (char *)out(x, name));
    }
    g_ptr_array_add(inputs, job->path);
    g_ptr_array_add(inputs, job->moves);
    g_ptr_array_add(inputs, (char *)beside_drawing(x, "series"));
    g_ptr_array_add(inputs, (char *)beside_drawing(x, "previous"));
    for (size_t i = 0; i < job->n_pairs; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(scenes); k++)
            g_ptr_array_add(inputs, (char *)beside(x, &job->pairs[i], scenes[k]));
        if (job->pairs[i].name) {
            g_ptr_array_add(outputs, (char *)of_pair(x, &job->pairs[i], "change", ".tif"));
            g_ptr_array_add(outputs, (char *)of_pair(x, &job->pairs[i], "score", ".tif"));
            g_ptr_array_add(outputs, (char *)of_pair(x, &job->pairs[i], "before", ".vrt"));
            g_ptr_array_add(outputs, (char *)of_pair(x, &job->pairs[i], "after", ".vrt"));
        }
    }
    const rdl_sources *const all[] = {&job->zones, &job->footprints, &job->permits, &job->units,
                                      &job->letters};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        add_sources(inputs, all[i]);
    return rdl_output_apart((const char *const *)outputs->pdata, outputs->len,
                            (const char *const *)inputs->pdata, inputs->len, error);
}

static bool check_scene(const execution *x, const rdl_pair_job *pair, const char *key,
                        GError **error)
{
    const rdl_raster_options how = {.resolution = rdl_json_real(pair->detect, "resolution", 0.0)};
    const char *path = beside(x, pair, key);
    g_autoptr(rdl_raster) raster = NULL;

    if (!path || strcmp(path, "none") == 0 || (raster = rdl_raster_open_as(path, &how, error)))
        return true;
    g_prefix_error(error, "%s%s%s: ", pair->name ? pair->name : "", pair->name ? ": " : "", key);
    return false;
}

static bool check_layers(const rdl_sources *sources, GError **error)
{
    for (size_t i = 0; i < sources->n; i++) {
        g_autoptr(GError) several = NULL;
        g_autoptr(rdl_layer) layer = rdl_layer_open(sources->list[i].path, NULL, &several);
        if (layer || sources->list[i].profile) /* a profile may say how it is to be opened */
            continue;
        return g_propagate_error(error, g_steal_pointer(&several)), false;
    }
    return true;
}

static bool check_drawing(const execution *x, GError **error)
{
    const rdl_patches_options o = patches_options(x);
    g_autoptr(rdl_raster) series = NULL;

    if (!rdl_patches_options_check(&o, error) ||
        (o.series && !(series = rdl_raster_open(o.series, error))))
        return g_prefix_error(error, "%s: patches: ", x->job->path), false;
    return !o.previous || g_file_test(o.previous, G_FILE_TEST_EXISTS) ||
           rdl_fail(error, RDL_ERROR_IO, "%s: there are no such patches of the epoch before",
                    o.previous);
}

/* What a later stage could not open is told before the first begins. */
static bool check_inputs(const execution *x, GError **error)
{
    static const char *const rasters[] = {"before", "after", "mask_before", "mask_after", "dem"};
    const rdl_job *job = x->job;
    const rdl_sources *const layers[] = {&job->zones, &job->footprints, &job->permits, &job->units,
                                         &job->letters};

    for (size_t i = 0; i < job->n_pairs; i++) {
        const char *aoi = beside(x, &job->pairs[i], "aoi");
        g_autoptr(rdl_layer) layer = NULL;
        for (size_t k = 0; k < G_N_ELEMENTS(rasters); k++)
            if (!check_scene(x, &job->pairs[i], rasters[k], error))
                return false;
        if (aoi && !(layer = rdl_layer_open(aoi, NULL, error)))
            return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        if (!check_layers(layers[i], error))
            return false;
    if (job->patches && !check_drawing(x, error))
        return false;
    return !job->moves || g_file_test(job->moves, G_FILE_TEST_EXISTS) ||
           rdl_fail(error, RDL_ERROR_IO, "%s: there are no such moves", job->moves);
}

/* Nothing starts that would stop at an existing file half way. */
static bool check_outputs(const execution *x, GError **error)
{
    static const char *const names[] = {"change.tif", "score.tif", "patches.gpkg", "findings.gpkg"};

    for (size_t i = 0; !x->overwrite && i < G_N_ELEMENTS(names); i++)
        if (g_file_test(out(x, names[i]), G_FILE_TEST_EXISTS))
            return rdl_fail(
                error, RDL_ERROR_USAGE,
                "%s: is there already: name another folder with "
                "-o, give --resume to keep what has not changed, or --overwrite to make "
                "all again (the ledger is kept)",
                out(x, names[i]));
    return true;
}

/* ---- one stage after the other ---- */

typedef bool (*make_fn)(execution *x, const rdl_pair_job *pair, const char *key, GError **error);

static bool make_detect(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)key;
    return run_detect(x, pair, error);
}

static bool make_mosaic(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)pair, (void)key;
    return run_mosaic(x, error);
}

static bool make_patches(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)pair, (void)key;
    return run_patches(x, error);
}

static bool make_screen(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)pair, (void)key;
    return run_screen(x, error);
}

static bool make_ledger(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)pair;
    return run_ledger(x, key, error);
}

static bool make_deliver(execution *x, const rdl_pair_job *pair, const char *key, GError **error)
{
    (void)pair, (void)key;
    return run_deliver(x, error);
}

/* Make a stage, or keep what an earlier run made from the same. Takes the key; NULL: it failed. */
static bool stage(execution *x, const char *name, char *take_key, make_fn make,
                  const rdl_pair_job *pair, GError **error)
{
    g_autofree char *key = take_key;
    g_autoptr(rdl_sheet) kept = key ? rdl_state_kept(x->state, name, key) : NULL;

    if (!key)
        return false;
    if (kept) {
        rdl_sheet_add(x->whole, kept);
        g_ptr_array_add(x->whole->kept, g_strdup(name));
        return true;
    }
    g_autoptr(rdl_sheet) fresh = rdl_sheet_new(x->job->name);
    x->sheet = fresh;
    bool good = make(x, pair, key, error);
    if (good && make == make_deliver) { /* it has put itself on record in what it was made from */
        g_free(key);
        key = rdl_origin_deliver(x->job, x->head, x->code);
    }
    good = good && (make == make_ledger || rdl_state_note(x->state, name, key, fresh, NULL, error));
    if (good)
        rdl_sheet_add(x->whole, fresh);
    x->sheet = NULL;
    return good;
}

static char *deliver_key(const execution *x, GError **error)
{
    g_autofree char *head = ledger_head(out(x, "ledger.sqlite"), error);

    return head ? rdl_origin_deliver(x->job, head, x->code) : NULL;
}

static bool run_stages(execution *x, GError **error)
{
    const rdl_job *job = x->job;

    if (!check_inputs(x, error) || !rdl_output_folder(x->folder, error) || !check_apart(x, error) ||
        !check_outputs(x, error) ||
        !(x->state = rdl_state_open(x->folder, x->options->resume, error)) ||
        !(x->code = rdl_code_digest(error)))
        return false;
    for (size_t i = 0; i < job->n_pairs; i++)
        if (!stage(x, stage_name(&job->pairs[i]),
                   rdl_origin_detect(job, &job->pairs[i], x->code, error), make_detect,
                   &job->pairs[i], error))
            return false;
    if (job->n_pairs > 1 && !stage(x, "mosaic", rdl_origin_mosaic(job, x->folder, x->code, error),
                                   make_mosaic, NULL, error))
        return false;
    return (!job->patches || stage(x, "patches", rdl_origin_patches(job, x->folder, x->code, error),
                                   make_patches, NULL, error)) &&
           (!job->screens || stage(x, "screen", rdl_origin_screen(job, x->folder, x->code, error),
                                   make_screen, NULL, error)) &&
           (!job->keeps || stage(x, "ledger", rdl_origin_ledger(job, x->folder, x->code, error),
                                 make_ledger, NULL, error)) &&
           (!job->deliver[0] ||
            stage(x, "deliver", deliver_key(x, error), make_deliver, NULL, error)) &&
           write_sheet(x, error);
}

/* The part of the way to `folder` that is not there. */
static GPtrArray *folders_to_make(const char *folder)
{
    GPtrArray *missing = g_ptr_array_new_with_free_func(g_free);
    char *at = g_strdup(folder);

    while (!g_file_test(at, G_FILE_TEST_EXISTS)) {
        g_ptr_array_add(missing, at);
        at = g_path_get_dirname(at);
    }
    g_free(at);
    return missing;
}

bool rdl_job_run(const rdl_job *job, const rdl_run_options *options, const rdl_progress *progress,
                 rdl_sheet **sheet, GError **error)
{
    execution x = {.job = job,
                   .options = options,
                   .progress = progress,
                   .whole = rdl_sheet_new(job->name),
                   .overwrite = options->overwrite || options->resume,
                   .folder = options->folder ? g_strdup(options->folder)
                                             : g_build_filename("out", job->name, NULL)};
    g_autoptr(GPtrArray) made = folders_to_make(x.folder);
    x.whole->ended = run_stages(&x, error);
    bool good = x.whole->ended && rdl_sheet_check(x.whole, error) &&
                rdl_tally_of_use(x.whole->tally, error);

    for (guint i = 0; !good && i < made->len; i++)
        g_rmdir(made->pdata[i]); /* where nothing was written to it */
    rdl_state_free(x.state);
    g_free(x.code);
    g_free(x.head);
    g_free(x.folder);
    *sheet = x.whole;
    return good;
}
