/* redline verify - the claim "rectified" against a later scene. */
#include "verb.h"

#include <stdio.h>
#include "deliver/deliver.h"

static rdl_verify_options o;
static gboolean as_they_lie;

static const GOptionEntry entries[] = {
    {"task", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.task_id,
     "only this task (default: every rectification, closed ones too)", "ID"},
    {"date", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.date,
     "of SCENE, where its metadata do not tell", "DATE"},
    {"before", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.scenes.before,
     "scene before the disturbance, instead of the recorded one", "FILE"},
    {"after", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.scenes.after,
     "scene that shows it, instead of the recorded one", "FILE"},
    {"bands", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.scenes.bands,
     "which band is what, of all three (default: as recorded)", "NAME=N,..."},
    {"sensor", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.scenes.sensor,
     "bands as of this sensor (data/sensors)", "NAME"},
    {"mask", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.scenes.mask_later,
     "raster whose values tell what SCENE does not show", "FILE"},
    {"mask-values", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.scenes.mask_values,
     "which of them are bad: nonzero (default), qa-pixel, scl, or 1,3,8-11", "VALUES"},
    {"no-align", 0, 0, G_OPTION_ARG_NONE, &as_they_lie,
     "do not correct what the scenes lie off each other", NULL},
    {"land-before", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.land.before,
     "polygons of declared land before the works, with a field class", "LAYER"},
    {"land-later", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.land.later,
     "the same on the day of SCENE: wetland gained and lost is told", "LAYER"},
    {"land-profile", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.land.profile,
     "that reads both layers", "FILE"},
    {"land-error", 0, 0, G_OPTION_ARG_DOUBLE, &o.land.error_m,
     "metres their outlines may be off (default 5)", "M"},
    {"on", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.on, "day of the verification", "DATE"},
    {"by", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.by, "who answers for it", "NAME"},
    {"role", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.role, "as what (default analyst)", "ROLE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline verify ledger.sqlite 2026-10.tif --date 2026-10-04 --on 2026-11-02 --by 王一\n\n"
    "Each ground is compared with what it was before, with the scene that shows the disturbance,\n"
    "and with undisturbed neighbours. Told are the share on which the disturbance still stands,\n"
    "with bounds, how far the ground has come back, and RESTORED, PARTLY, STANDING, GROWN or\n"
    "CANNOT_TELL with its reason. What contradicts a claim is flagged in 'redline task list'; of "
    "a\n"
    "closed task it is a suspected rebound. No task is moved: a person decides. A scene that told\n"
    "of a task is not asked again; one that could not tell is, with another --mask, other scenes "
    "or\n"
    "--no-align, and both answers stay on record. Land declared before and later (--land-before, "
    "--land-later) tells\n"
    "what became wetland: of classes that the pack lists (pack.yaml, wetland), gain, loss and net\n"
    "with bounds, ponds returned and new dykes.";

static void add(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text && *text ? text : "-"));
}

static void add_share(GPtrArray *cells, JsonObject *row, const char *name)
{
    double share = rdl_json_real(row, name, -1.0);

    g_ptr_array_add(cells, share < 0.0 ? g_strdup("-") : g_strdup_printf("%3.0f%%", share * 100.0));
}

static const char *flag_of(JsonObject *row)
{
    if (rdl_json_real(row, "rebound", 0.0) > 0.0)
        return "REBOUND";
    return rdl_json_real(row, "contradicted", 0.0) > 0.0 ? "CONTRADICTED" : "";
}

/* Below the table, of each row that tells of land. */
static void print_land(JsonArray *rows)
{
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        JsonObject *land = rdl_json_object(row, "wetland");
        if (land)
            printf("%s %s: wetland %.0f m2 before, %.0f later; gain %.0f, loss %.0f, net %.0f "
                   "(%.0f to %.0f); ponds returned %.0f, new dykes %.0f, not declared %.0f\n",
                   rdl_json_text(row, "task_id", "-"), rdl_json_text(row, "scene_date", "-"),
                   rdl_json_real(land, "before_m2", 0.0), rdl_json_real(land, "later_m2", 0.0),
                   rdl_json_real(land, "gain_m2", 0.0), rdl_json_real(land, "loss_m2", 0.0),
                   rdl_json_real(land, "net_m2", 0.0), rdl_json_real(land, "net_min_m2", 0.0),
                   rdl_json_real(land, "net_max_m2", 0.0), rdl_json_real(land, "returned_m2", 0.0),
                   rdl_json_real(land, "barrier_m2", 0.0),
                   rdl_json_real(land, "undeclared_m2", 0.0));
    }
}

static void print_rows(JsonNode *rows)
{
    static const char *const heads[] = {"TASK",  "SCENE", "OUTCOME", "STANDS",
                                        "LEAST", "MOST",  "FLAG",    "WHY"};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    JsonArray *array = json_node_get_array(rows);

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add(cells, heads[i]);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *row = json_array_get_object_element(array, i);
        add(cells, rdl_json_text(row, "task_id", NULL));
        add(cells, rdl_json_text(row, "scene_date", NULL));
        add(cells, rdl_json_text(row, "outcome", NULL));
        add_share(cells, row, "residual");
        add_share(cells, row, "residual_min");
        add_share(cells, row, "residual_max");
        add(cells, flag_of(row));
        add(cells, rdl_json_text(row, "codes", NULL));
    }
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    fputs(text, stdout);
    print_land(array);
}

static bool show(rdl_ledger *ledger, GError **error)
{
    JsonNode *rows = rdl_ledger_verifications(ledger, o.task_id, error);

    if (!rows)
        return false;
    if (cli_flags.json)
        cli_print_json(rows);
    else
        print_rows(rows), json_node_unref(rows);
    return true;
}

static bool check(GError **error)
{
    rdl_day day, on;

    if (!o.on || !o.by)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a ledger keeps who verified and when: give --on DATE and --by NAME");
    if (!cli_day("--on", o.on, 0, &on, error) ||
        (o.date && !cli_day("--date", o.date, 0, &day, error)))
        return false;
    if (!o.land.before != !o.land.later)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "give --land-before and --land-later together, or neither");
    if (!(o.land.error_m >= 0.0 && o.land.error_m <= 1000.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--land-error: metres from 0 to 1000");
    return !o.date || day <= on ||
           rdl_fail(error, RDL_ERROR_USAGE, "--date %s: a scene is not later than --on %s", o.date,
                    o.on);
}

/* What was not said is as it was when the patches were found. */
static bool take_recorded(const char *path, rdl_scenes_used *used, GError **error)
{
    if (o.scenes.before && o.scenes.after)
        return true;
    if (o.scenes.before || o.scenes.after)
        return rdl_fail(error, RDL_ERROR_USAGE, "give --before and --after together, or neither");
    if (!rdl_scenes_recorded(path, used, error))
        return false;
    o.scenes.before = used->before;
    o.scenes.after = used->after;
    o.scenes.date_before = used->date_before;
    if (!o.scenes.bands && !o.scenes.sensor) {
        o.scenes.bands = used->bands;
        o.scenes.sensor = used->bands ? NULL : used->sensor;
    }
    return true;
}

static bool verify(const char *path, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_ledger) ledger = check(error) ? rdl_ledger_open(path, true, error) : NULL;
    rdl_scenes_used used = {0};

    if (!ledger || !cli_happened("--on", o.on, ledger, error))
        return false;
    bool good = take_recorded(path, &used, error) &&
                rdl_ledger_verify(ledger, &o, tally, warnings, cli_progress(), error);
    for (guint i = 0; i < warnings->len; i++)
        cli_say("warning: %s", (const char *)warnings->pdata[i]);
    rdl_scenes_used_clear(&used);
    if (!good || !show(ledger, error))
        return false;
    g_autofree char *text = rdl_tally_text(tally);
    cli_say("%s", text);
    return true;
}

int cmd_verify(int argc, char **argv)
{
    GError *error = NULL;

    o = (rdl_verify_options){.role = "analyst", .land.error_m = 5.0};
    if (!cli_parse(&argc, &argv, entries, "LEDGER SCENE --on DATE --by NAME",
                   "Hold the claim \"rectified\" against a later scene.", teach, 2, 2, &error))
        return cli_end(error);
    o.scenes.later = argv[2];
    o.scenes.align = !as_they_lie;
    o.scenes.threads = cli_flags.threads;
    verify(argv[1], &error);
    return cli_end(error);
}
