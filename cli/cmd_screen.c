/* redline screen - zones, footprints and patches to findings. */
#include "verb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "rectify/rectify.h"
#include "screen/screen.h"

static struct {
    char **zones, **footprints, **planned, **patches, **permits, **units, **letters, **profiles;
    char *pack, *local, *as_of, *output, *fail_on, *replay;
    double residual, sliver_area, sliver_width;
} o = {.sliver_area = NAN, .sliver_width = NAN};

static const GOptionEntry entries[] = {
    {"zones", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.zones,
     "protected zones, FILE or FILE:LAYER; may be repeated", "SRC"},
    {"footprints", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.footprints,
     "building and mining footprints; may be repeated", "SRC"},
    {"planned", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.planned,
     "projects on a list instead of footprints: refuse, permit needed or pass", "SRC"},
    {"patches", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.patches,
     "patches of change, from 'redline patches'", "SRC"},
    {"permits", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.permits,
     "approvals; without any nothing is approved", "SRC"},
    {"units", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.units, "administrative units", "SRC"},
    {"letters", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.letters,
     "letters and visits, held against footprints and patches", "SRC"},
    {"profile", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.profiles,
     "read a source by a profile: LAYER is a role (zones, footprints ...) or a source's file name",
     "LAYER=FILE"},
    {"pack", 0, 0, G_OPTION_ARG_STRING, &o.pack, "the jurisdiction: a name such as cn, or a folder",
     "PACK"},
    {"local", 0, 0, G_OPTION_ARG_STRING, &o.local, "switch on local rows by label", "S1,S4"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &o.as_of,
     "the day whose law judges what stands (default: today)", "DATE"},
    {"residual", 0, 0, G_OPTION_ARG_DOUBLE, &o.residual,
     "co-registration residual of the scenes, metres (default 0)", "M"},
    {"sliver-area", 0, 0, G_OPTION_ARG_DOUBLE, &o.sliver_area,
     "parts under this area and under --sliver-width stay in the remainder (default: the pack's)",
     "M2"},
    {"sliver-width", 0, 0, G_OPTION_ARG_DOUBLE, &o.sliver_width,
     "width under which a small part is a sliver; 0: none is (default: the pack's)", "M"},
    {"fail-on", 0, 0, G_OPTION_ARG_STRING, &o.fail_on,
     "end with status 1 when a finding has one of these results", "RESULT[,RESULT]"},
    {"replay", 0, 0, G_OPTION_ARG_FILENAME, &o.replay,
     "judge the inputs of these findings again and list what changed", "OLD.gpkg"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output,
     "findings to write, a GeoPackage; with LEDGER only where they are wanted as a file too",
     "FILE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline screen --zones zones.gpkg --footprints fp.gpkg --permits permits.gpkg \\\n"
    "      --pack cn --as-of 2026-11-01 -o findings.gpkg\n\n"
    "Layer 'finding' has a row for every part of a footprint in a zone, with area, share, bounds,\n"
    "when-case, verdict and result; 'hit' every rule that spoke; 'balance' whole = parts + "
    "remainder;\n"
    "'rejected' what could not be used, and why.\n\n"
    "  redline screen ledger.sqlite --as-of 2026-11-01\n\n"
    "screens with the layers of 'redline ledger load LEDGER --zones ...' by the pack the ledger "
    "keeps,\n"
    "and loads the findings. A role given here goes before the ledger's; who gives footprints or\n"
    "patches has just those judged.\n\n"
    "  redline screen --replay findings.gpkg --pack ./cn-2027 -o new.gpkg\n\n"
    "judges the same inputs on the same day by another pack and prints every finding whose "
    "verdict\n"
    "changed, the cells that differ, and the rules behind it: - no longer matches, + matches now,\n"
    "~ matches with another cell. --as-of and --local differ only where they are given.\n\n"
    "With --letters (letter_no, batch, received, activity, key, founded, duplicate_of, "
    "pos_error_m)\n"
    "layer 'letter' says of each MATCHED, AMBIGUOUS, NO_MATCH or UNLOCATED, 'letter_match' what "
    "it\n"
    "may speak of, with bounds of the distance; duplicates and unfounded ones are in no share.\n\n"
    "  redline screen --planned projects.gpkg --zones zones.gpkg --pack cn -o answers.gpkg\n\n"
    "asks about projects (points, lines, polygons with fp_id, activity, attrs) before anything is\n"
    "built: layer 'planned' answers each REFUSE, ASK, PERMIT-NEEDED or PASS with the row behind "
    "it,\n"
    "'planned_part' every zone it would stand in. Nothing is accused. 'checked' counts the zones "
    "of "
    "each\nkind that was looked at, 'not_given' names kinds the pack speaks of that were not: a "
    "PASS "
    "says\nnothing of them. 'asked' is what rows for all territory must know of the project before "
    "they\n"
    "speak, such as its EIA category. A polygon too small to be a project (pack:\n"
    "project_least_m2) never "
    "passes.";

/* The profile given for a source: by its file name first, then by its role. */
static const char *profile_of(const char *role, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);

    for (int by_role = 0; by_role < 2; by_role++)
        for (char **p = o.profiles; p && *p; p++) {
            const char *equals = strchr(*p, '='), *name = by_role ? role : base;
            if (equals && strlen(name) == (size_t)(equals - *p) &&
                strncmp(*p, name, strlen(name)) == 0)
                return equals + 1;
        }
    return NULL;
}

/* Into `list` and `n` where any are given; what a replay put there stays else. Yours to free. */
static rdl_source *sources(const char *role, char **paths, const rdl_source **list, size_t *n)
{
    if (!paths)
        return NULL;
    *n = g_strv_length(paths);
    rdl_source *own = g_new0(rdl_source, *n + 1);
    for (size_t i = 0; i < *n; i++)
        own[i] = (rdl_source){paths[i], profile_of(role, paths[i])};
    *list = own;
    return own;
}

static bool check_options(const char *ledger, GError **error)
{
    if (ledger && o.replay)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--replay: judges findings of a file again, no ledger's");
    if (o.planned && !o.output)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--planned: answers go to a file, no ledger keeps them: give -o FILE");
    if (o.planned && (o.footprints || o.patches || o.replay))
        return rdl_fail(
            error, RDL_ERROR_USAGE,
            "--planned: projects are asked about alone, without --footprints, --patches "
            "or --replay");
    for (char **p = o.profiles; p && *p; p++)
        if (!strchr(*p, '='))
            return rdl_fail(error, RDL_ERROR_USAGE, "--profile %s: write LAYER=FILE", *p);
    return true;
}

/* The denominator rule: repeated letters and unfounded ones are in no share. */
static void print_letters(JsonObject *of)
{
    static const char *const names[] = {"all",     "duplicates", "unfounded", "due",
                                        "matched", "ambiguous",  "no_match",  "unlocated"};
    int n[G_N_ELEMENTS(names)];

    for (size_t i = 0; of && i < G_N_ELEMENTS(names); i++)
        n[i] = (int)json_object_get_int_member(of, names[i]);
    if (of)
        cli_say("letters: %d - %d duplicates - %d unfounded = %d due; of these %d matched "
                "(%.1f %%), %d ambiguous, %d near nothing, %d without a place",
                n[0], n[1], n[2], n[3], n[4], rdl_json_real(of, "matched_percent", 0.0), n[5], n[6],
                n[7]);
}

/* What a PASS rests on. */
static void print_scope(JsonObject *summary)
{
    if (rdl_json_text(summary, "checked", NULL))
        cli_say("looked at zones of: %s\nspoken of by the pack, none given: %s",
                rdl_json_text(summary, "checked", ""), rdl_json_text(summary, "not_given", ""));
}

static void print_summary(const rdl_screen_result *result, const char *ledger, rdl_tally *loaded)
{
    g_autofree char *balance = g_strchomp(rdl_tally_text(result->tally));

    for (guint i = 0; i < result->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)result->warnings->pdata[i]);
    cli_say("balance sheet\n%s", balance);
    print_scope(json_node_get_object(result->summary));
    print_letters(rdl_json_object(json_node_get_object(result->summary), "letters"));
    if (ledger && !o.planned) {
        g_autofree char *sites = g_strchomp(rdl_tally_text(loaded));
        cli_say("%s", sites);
        cli_say("%s", ledger);
    }
    if (o.output)
        cli_say("%s", o.output);
}

/* ---- replay ---- */

static void print_cell(JsonObject *cells, const char *column, JsonNode *node, gpointer user)
{
    JsonArray *both = json_node_get_array(node);

    (void)cells, (void)user;
    printf("  %s '%s' -> '%s'\n", column, json_array_get_string_element(both, 0),
           json_array_get_string_element(both, 1));
}

static void print_change(JsonArray *changes, guint i, JsonNode *node, gpointer user)
{
    JsonObject *change = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(change, "rows");

    (void)changes, (void)i, (void)user;
    printf("%s %s %s in %s\n", rdl_json_text(change, "finding_id", ""),
           rdl_json_text(change, "change", ""), rdl_json_text(change, "source_id", ""),
           rdl_json_text(change, "zone", ""));
    json_object_foreach_member(json_object_get_object_member(change, "columns"), print_cell, NULL);
    for (guint k = 0; k < json_array_get_length(rows); k++)
        printf("  %s\n", json_array_get_string_element(rows, k));
}

static bool print_changes(GError **error)
{
    JsonNode *node = rdl_replay_changes(o.replay, o.output, error);

    if (!node)
        return false;
    JsonObject *all = json_node_get_object(node);
    if (cli_flags.json) {
        cli_print_json(node);
        return true;
    }
    json_array_foreach_element(json_object_get_array_member(all, "changes"), print_change, NULL);
    cli_say("%d findings as before, %d changed, %d added, %d removed",
            (int)json_object_get_int_member(all, "same"),
            (int)json_object_get_int_member(all, "changed"),
            (int)json_object_get_int_member(all, "added"),
            (int)json_object_get_int_member(all, "removed"));
    json_node_unref(node);
    return true;
}

/* Into the ledger at `path`, or (NULL) only to the output. */
static bool screen(const char *path, const rdl_screen_options *options, rdl_screen_result *result,
                   rdl_tally *loaded, GError **error)
{
    g_autoptr(rdl_ledger) ledger = NULL;

    if (!path)
        return rdl_screen(options, cli_progress(), result, error);
    if (!cli_trust(path, NULL, error) || !(ledger = rdl_ledger_open(path, true, error)) ||
        !cli_happened("--as-of", o.as_of, ledger, error) ||
        !rdl_ledger_screen(ledger, options, cli_progress(), result, loaded, error))
        return false;
    json_object_set_member(json_node_get_object(result->summary), "loaded", rdl_tally_json(loaded));
    return true;
}

int cmd_screen(int argc, char **argv)
{
    GError *error = NULL;
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    bool matched = false;

    g_autoptr(rdl_tally) loaded = rdl_tally_new();

    if (!cli_parse(&argc, &argv, entries,
                   "[LEDGER] --zones SRC --footprints SRC --pack PACK -o FILE",
                   "Lay footprints and patches over protected zones and judge each overlap.", teach,
                   0, 1, &error))
        return cli_end(error);
    const char *ledger = argc > 1 ? argv[1] : NULL;
    if (!check_options(ledger, &error) ||
        (o.fail_on && !rdl_screen_check_results(o.fail_on, &error)))
        return cli_end(error);
    g_autoptr(rdl_replay) replay = NULL;
    const char *inputs[] = {o.replay}, *outputs[] = {o.output};
    if (o.replay && (!rdl_output_apart(outputs, 1, inputs, 1, &error) ||
                     !(replay = rdl_replay_open(o.replay, &error))))
        return cli_end(error);
    options.as_of = rdl_day_today();
    if (replay)
        rdl_replay_options(replay, &options);
    if (!cli_day("--as-of", o.as_of, options.as_of, &options.as_of, &error))
        return cli_end(error);
    g_autofree rdl_source *zones = sources("zones", o.zones, &options.zones, &options.n_zones);
    g_autofree rdl_source *footprints =
        sources("footprints", o.footprints, &options.footprints, &options.n_footprints);
    g_autofree rdl_source *patches =
        sources("patches", o.patches, &options.patches, &options.n_patches);
    g_autofree rdl_source *permits =
        sources("permits", o.permits, &options.permits, &options.n_permits);
    g_autofree rdl_source *units = sources("units", o.units, &options.units, &options.n_units);
    g_autofree rdl_source *letters =
        sources("letters", o.letters, &options.letters, &options.n_letters);
    g_autofree rdl_source *planned =
        sources("planned", o.planned, &options.footprints, &options.n_footprints);
    options.planned = planned != NULL;
    options.pack = o.pack;
    options.local = o.local ? o.local : options.local;
    if (!replay)
        options.residual_m = o.residual;
    if (!isnan(o.sliver_area))
        options.sliver_m2 = o.sliver_area;
    if (!isnan(o.sliver_width))
        options.sliver_width_m = o.sliver_width;
    options.threads = cli_flags.threads;
    options.output = o.output;
    options.overwrite = cli_flags.overwrite;
    if (screen(ledger, &options, &result, loaded, &error)) {
        matched = o.fail_on && rdl_screen_has_result(&result, o.fail_on);
        print_summary(&result, ledger, loaded);
        if (replay)
            print_changes(&error);
        else if (cli_flags.json)
            cli_print_json(g_steal_pointer(&result.summary));
    }
    rdl_screen_result_clear(&result);
    int status = cli_end(error);
    return matched && status == 0 ? 1 : status;
}
