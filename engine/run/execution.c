#include "run/execution.h"

#include <math.h>
#include <string.h>
#include "deliver/deliver.h"
#include "detect/detect.h"
#include "rectify/rectify.h"

typedef struct {
    const rdl_job *job;
    const rdl_run_options *options;
    const rdl_progress *progress;
    rdl_sheet *sheet;
    char *folder;
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

static const char *text(const execution *x, const char *key, const char *fallback)
{
    return rdl_json_text(x->job->detect, key, fallback);
}

/* A threshold may be written as a number. */
static const char *threshold(const execution *x)
{
    double number = rdl_json_real(x->job->detect, "threshold", NAN);
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(number))
        return text(x, "threshold", "auto");
    return g_intern_string(g_ascii_dtostr(buffer, sizeof buffer, number));
}

static bool run_detect(execution *x, GError **error)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    rdl_detect_result result = {0};

    o.before = beside_job(x, text(x, "before", NULL));
    o.after = beside_job(x, text(x, "after", NULL));
    o.mask_before = beside_job(x, text(x, "mask_before", NULL));
    o.mask_after = beside_job(x, text(x, "mask_after", NULL));
    o.date_before = text(x, "date_before", NULL);
    o.date_after = text(x, "date_after", NULL);
    o.sensor = text(x, "sensor", NULL);
    o.bands = text(x, "bands", NULL);
    o.method = text(x, "method", o.method);
    o.threshold = threshold(x);
    o.iterations = (int)rdl_json_real(x->job->detect, "iterations", o.iterations);
    o.tolerance = rdl_json_real(x->job->detect, "tolerance", o.tolerance);
    o.output = out(x, "change.tif");
    o.score = out(x, "score.tif");
    o.overwrite = x->options->overwrite;
    o.threads = x->options->threads;
    o.memory_mib = x->options->memory_mib;
    bool good = rdl_detect(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        json_object_set_member(x->sheet->stages, "detect", rdl_detect_result_json(&result));
        note_warnings(x, "detect", result.warnings);
        note_output(x, o.output);
        note_output(x, o.score);
    }
    rdl_detect_result_clear(&result);
    return good;
}

static bool run_patches(execution *x, GError **error)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result result = {0};

    o.change = out(x, "change.tif");
    o.score = out(x, "score.tif");
    o.before = beside_job(x, text(x, "before", NULL));
    o.after = beside_job(x, text(x, "after", NULL));
    o.sensor = text(x, "sensor", NULL);
    o.bands = text(x, "bands", NULL);
    o.min_area_m2 = x->job->min_area_m2;
    o.output = out(x, "patches.gpkg");
    o.overwrite = x->options->overwrite;
    o.threads = x->options->threads;
    o.memory_mib = x->options->memory_mib;
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
    o.patches = &patches;
    o.n_patches = job->patches ? 1 : 0;
    o.pack = job->pack;
    o.local = job->local;
    o.as_of = job->as_of;
    o.residual_m = job->residual_m;
    o.threads = x->options->threads;
    o.output = out(x, "findings.gpkg");
    o.overwrite = x->options->overwrite;
    bool good = rdl_screen(&o, x->progress, &result, error);
    if (good) {
        rdl_tally_merge(x->sheet->tally, result.tally);
        note_areas(x, json_node_get_object(result.summary));
        json_object_set_member(x->sheet->stages, "screen", json_node_copy(result.summary));
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
        if (!rdl_ledger_load_letters(ledger, x->job->letters.list[i].path, x->job->as_of, tally,
                                     error))
            return false;
    return true;
}

/* A ledger that is there goes on: what is known already adds nothing. */
static rdl_ledger *open_ledger(const execution *x, GError **error)
{
    const char *path = out(x, "ledger.sqlite");

    if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
        !rdl_ledger_init(path, x->job->pack, NULL, error))
        return NULL;
    return rdl_ledger_open(path, true, error);
}

static bool deliver(execution *x, rdl_ledger *ledger, rdl_tally *tally, GError **error)
{
    for (char **profile = x->job->deliver; *profile; profile++) {
        g_autofree char *name = g_strdup_printf("tasks.%s", *profile);
        rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
        o.profile = *profile;
        o.output = out(x, name);
        o.overwrite = x->options->overwrite;
        if (!rdl_export(ledger, &o, tally, error))
            return false;
        note_output(x, o.output);
    }
    return true;
}

static bool run_ledger(execution *x, GError **error)
{
    g_autoptr(rdl_ledger) ledger = open_ledger(x, error);
    rdl_tally *tally = x->sheet->tally;

    if (!ledger ||
        !rdl_ledger_load_findings(ledger, out(x, "findings.gpkg"), x->job->as_of, tally,
                                  x->progress, error) ||
        !load_letters(x, ledger, tally, error) || !play_moves(x, ledger, tally, error))
        return false;
    note_output(x, out(x, "ledger.sqlite"));
    JsonNode *info = rdl_ledger_info(ledger, error);
    if (!info)
        return false;
    json_object_set_member(x->sheet->stages, "ledger", info);
    return deliver(x, ledger, tally, error);
}

static bool write_sheet(execution *x, GError **error)
{
    const char *path = out(x, "balance.json");

    note_output(x, path);
    g_autoptr(JsonNode) node = rdl_sheet_json(x->sheet);
    g_autofree char *pretty = rdl_json_pretty(node), *lines = g_strconcat(pretty, "\n", NULL);
    return rdl_output_text(path, lines, true, error);
}

/* Nothing starts that would stop at an existing file half way. */
static bool check_outputs(const execution *x, GError **error)
{
    static const char *const names[] = {"change.tif", "score.tif", "patches.gpkg", "findings.gpkg"};

    for (size_t i = 0; !x->options->overwrite && i < G_N_ELEMENTS(names); i++)
        if (g_file_test(out(x, names[i]), G_FILE_TEST_EXISTS))
            return rdl_fail(error, RDL_ERROR_USAGE, "%s: is there already: name another folder with "
                            "-o, or give --overwrite (the ledger is kept)", out(x, names[i]));
    return true;
}

static bool run_stages(execution *x, GError **error)
{
    const rdl_job *job = x->job;

    return rdl_output_folder(x->folder, error) && check_outputs(x, error) &&
           (!job->detects || run_detect(x, error)) && (!job->patches || run_patches(x, error)) &&
           (!job->screens || run_screen(x, error)) && (!job->keeps || run_ledger(x, error)) &&
           write_sheet(x, error);
}

bool rdl_job_run(const rdl_job *job, const rdl_run_options *options, const rdl_progress *progress,
                 rdl_sheet **sheet, GError **error)
{
    execution x = {.job = job, .options = options, .progress = progress,
                   .sheet = rdl_sheet_new(job->name),
                   .folder = options->folder ? g_strdup(options->folder)
                                             : g_build_filename("out", job->name, NULL)};
    bool good = run_stages(&x, error) && rdl_sheet_check(x.sheet, error);

    g_free(x.folder);
    *sheet = x.sheet;
    return good;
}
