/* redline review - what a machine found, looked at before anybody is asked about it. */
#include "verb.h"

#include <stdio.h>
#include <string.h>
#include "deliver/deliver.h"

/* ---- export ---- */

static char *folder, *before, *after, *bands;

static const GOptionEntry export_entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "folder to write into", "DIR"},
    {"before", 0, 0, G_OPTION_ARG_FILENAME, &before, "scene before, for the pictures", "FILE"},
    {"after", 0, 0, G_OPTION_ARG_FILENAME, &after, "scene after", "FILE"},
    {"bands", 0, 0, G_OPTION_ARG_STRING, &bands,
     "bands to show as red, green and blue (default 3,2,1)", "R,G,B"},
    G_OPTION_ENTRY_NULL};

static const char export_teach[] =
    "Example:\n"
    "  redline review export patches.gpkg -o triage --before 2000.tif --after 2003.tif --bands "
    "4,3,2\n\n"
    "Writes review.gpkg, which opens styled in QGIS, with the columns decision (accept, reject,\n"
    "retype, merge), becomes, reason and note to fill, and chips/ID-before.png and -after.png. "
    "From "
    "a\n"
    "ledger come the clues that wait to be looked at.";

static bool parse_bands(int numbers[3], GError **error)
{
    char end;

    if (sscanf(bands ? bands : "3,2,1", "%d,%d,%d%c", &numbers[0], &numbers[1], &numbers[2],
               &end) == 3)
        return true;
    return rdl_fail(error, RDL_ERROR_USAGE, "--bands %s: write three band numbers, as 3,2,1",
                    bands);
}

static int review_export(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_review_scenes scenes = {0};

    if (!cli_parse(&argc, &argv, export_entries, "PATCHES|LEDGER -o DIR",
                   "Write patches or clues for a person to look at.", export_teach, 1, 1, &error))
        return cli_end(error);
    scenes.before = before;
    scenes.after = after;
    if (!folder)
        rdl_fail(&error, RDL_ERROR_USAGE, "a folder to write into is needed: give -o DIR");
    else if (parse_bands(scenes.bands, &error) && cli_trust(argv[1], NULL, &error) &&
             rdl_review_export(argv[1], folder, &scenes, cli_flags.overwrite, tally, cli_progress(),
                               &error))
        cli_report(tally, NULL, folder, &error);
    return cli_end(error);
}

/* ---- import ---- */

static rdl_review_import r;
static char *record;

static const GOptionEntry import_entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, (gpointer)&r.output,
     "patches that stay, to write (patches only)", "FILE"},
    {"pack", 0, 0, G_OPTION_ARG_STRING, (gpointer)&r.pack,
     "whose activities retype may name (default cn; patches only)", "PACK"},
    {"ledger", 0, 0, G_OPTION_ARG_FILENAME, &record,
     "put decisions about patches on record there as well", "LEDGER"},
    {"by", 0, 0, G_OPTION_ARG_STRING, (gpointer)&r.by, "who decided", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, (gpointer)&r.on, "day of the decision", "DATE"},
    G_OPTION_ENTRY_NULL};

static const char import_teach[] =
    "Examples:\n"
    "  redline review import patches.gpkg triage/review.gpkg -o reviewed.gpkg\n"
    "  redline review import patches.gpkg triage/review.gpkg -o reviewed.gpkg \\\n"
    "      --ledger ledger.sqlite --by 甲 --on 2026-11-03\n"
    "  redline review import ledger.sqlite triage/review.gpkg --by 甲 --on 2026-11-03\n\n"
    "Of patches a new file is written, for redline screen --patches. In a ledger every decision "
    "is\n"
    "an event: a rejected clue is dismissed with its reason, a retyped one is of another activity\n"
    "from then on, a merged one becomes a part of another. What was rejected on record\n"
    "is not loaded as a site again, nor is the same change under another number (redline review\n"
    "list tells which); what ended later, is larger, lies there only partly, or in other pictures\n"
    "is less than half as large, is a new clue with a note of it. Every row is checked first: a row\n"
    "that is wrong is named, and nothing is written. What came back without a decision, or not at\n"
    "all, stays as it is and is counted.";

/* Decisions on record name who and when. */
static rdl_ledger *open_record(const char *path, GError **error)
{
    if (!r.by || !r.on)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a ledger keeps who decided and when: give --by and --on"),
               NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    return ledger && cli_happened("--on", r.on, ledger, error) ? g_steal_pointer(&ledger) : NULL;
}

static bool import_ledger(const char *path, const char *review, rdl_tally *tally, GError **error)
{
    if (r.output || record)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: decisions go into the ledger itself",
                        r.output ? "-o" : "--ledger");
    g_autoptr(rdl_ledger) ledger = open_record(path, error);
    return ledger && rdl_review_ledger(ledger, review, &r, tally, error);
}

static bool import_patches(const char *path, const char *review, const GError *no_ledger,
                           rdl_tally *tally, GError **error)
{
    rdl_day day;

    if (!r.output)
        return rdl_fail(
            error, RDL_ERROR_USAGE,
            "%s: taken for patches, as it is no ledger to be used (%s): give -o FILE for "
            "those that stay",
            path, no_ledger->message);
    if (!cli_day("--on", r.on, 0, &day, error) ||
        (record && !(r.ledger = open_record(record, error))))
        return false;
    r.overwrite = cli_flags.overwrite;
    bool good = rdl_review_patches(path, review, &r, tally, error);
    g_clear_pointer(&r.ledger, rdl_ledger_close);
    return good;
}

/* A file that is not there is called what it was to be. */
static bool is_there(const char *path, GError **error)
{
    return g_str_has_prefix(path, "/vsi") || g_file_test(path, G_FILE_TEST_EXISTS) ||
           rdl_fail(error, RDL_ERROR_NOT_FOUND,
                    "%s: there is no such file: name patches (of redline patches) or a ledger (of "
                    "redline ledger init), then the review",
                    path);
}

/* Why it is no ledger goes to *why. */
static bool is_ledger(const char *path, GError **why)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, why);

    return ledger != NULL;
}

static int review_import(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!cli_parse(&argc, &argv, import_entries, "PATCHES|LEDGER REVIEW", "Take decisions back.",
                   import_teach, 2, 2, &error))
        return cli_end(error);
    g_autoptr(GError) why = NULL;
    bool ledger = is_ledger(argv[1], &why);
    if (is_there(argv[1], &error) &&
        (ledger ? import_ledger(argv[1], argv[2], tally, &error)
                : import_patches(argv[1], argv[2], why, tally, &error)))
        cli_report(tally, NULL, ledger ? argv[1] : r.output, &error);
    return cli_end(error);
}

/* ---- list ---- */

static const char list_teach[] =
    "Example:\n"
    "  redline review list ledger.sqlite\n\n"
    "Every source that was rejected on record, and below it what came later on the same ground "
    "for\n"
    "the same time and was held back: no clue was made of it. If it is another matter after all,\n"
    "accept it in a review (redline review import --ledger) and load its findings again.";

static void print_held(JsonArray *held, guint i, JsonNode *node, gpointer user)
{
    JsonObject *h = json_node_get_object(node);

    (void)held, (void)i, (void)user;
    printf("  holds back %s  %s  %.0f%% of its ground, %.2f of the size\n",
           rdl_json_text(h, "source_id", "?"), rdl_json_text(h, "on", ""),
           100.0 * rdl_json_real(h, "share", 0.0), rdl_json_real(h, "size", 0.0));
}

static void print_rejected(JsonArray *list, guint i, JsonNode *node, gpointer user)
{
    JsonObject *o = json_node_get_object(node);
    const char *note = rdl_json_text(o, "note", NULL);

    (void)list, (void)i, (void)user;
    printf("%s %s  %s .. %s  %s %s: %s%s%s\n", rdl_json_text(o, "source", ""),
           rdl_json_text(o, "source_id", "?"), rdl_json_text(o, "t_before", "?"),
           rdl_json_text(o, "t_after", "?"), rdl_json_text(o, "on", ""), rdl_json_text(o, "by", ""),
           rdl_json_text(o, "reason", ""), note ? "; " : "", note ? note : "");
    json_array_foreach_element(json_object_get_array_member(o, "held"), print_held, NULL);
}

static int review_list(int argc, char **argv)
{
    GError *error = NULL;

    if (!cli_parse(&argc, &argv, NULL, "LEDGER",
                   "List what was rejected, and what that holds back.", list_teach, 1, 1, &error))
        return cli_end(error);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(argv[1], false, &error);
    JsonNode *all = ledger ? rdl_ledger_rejections(ledger, &error) : NULL;
    if (all && cli_flags.json) {
        cli_print_json(all);
    } else if (all) {
        json_array_foreach_element(
            json_object_get_array_member(json_node_get_object(all), "rejected"), print_rejected,
            NULL);
        json_node_unref(all);
    }
    return cli_end(error);
}

/* ---- reasons ---- */

static int review_reasons(int argc, char **argv)
{
    GError *error = NULL;

    if (!cli_parse(&argc, &argv, NULL, "", "List the codes a rejection may give.", NULL, 0, 0,
                   &error))
        return cli_end(error);
    g_autofree char *path = rdl_data_path("review/reasons.csv", &error);
    g_autoptr(rdl_csv) csv = path ? rdl_csv_read(path, &error) : NULL;
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        printf("%-8s  %s, %s\n", rdl_csv_at(csv, i, "code"), rdl_csv_at(csv, i, "zh"),
               rdl_csv_at(csv, i, "en"));
    return cli_end(error);
}

static const cli_verb verbs[] = {
    {"export", "patches or clues, with pictures, for a person", review_export},
    {"import", "decisions back", review_import},
    {"list", "what was rejected on record, and what that holds back", review_list},
    {"reasons", "the codes of a rejection", review_reasons},
    {NULL, NULL, NULL}};

int cmd_review(int argc, char **argv)
{
    return cli_verbs("review", verbs,
                     "Example:\n"
                     "  redline review export patches.gpkg -o triage --before a.tif --after b.tif\n"
                     "  redline review import patches.gpkg triage/review.gpkg -o reviewed.gpkg",
                     argc, argv);
}
