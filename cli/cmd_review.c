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

static void print_tally(const rdl_tally *tally, const char *path)
{
    g_autofree char *text = rdl_tally_text(tally);

    if (cli_flags.json)
        cli_print_json(rdl_tally_json(tally));
    cli_say("%s%s", text, path);
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
        print_tally(tally, folder);
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
    "from then on, a merged one becomes a part of another. A patch that was rejected on record is\n"
    "never loaded as a site again. Every row is checked first: a row that is wrong is named, and\n"
    "nothing is written. What came back without a decision, or not at all, stays as it is and is\n"
    "counted.";

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

static bool import_patches(const char *path, const char *review, rdl_tally *tally, GError **error)
{
    rdl_day day;

    if (!r.output)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a file for the patches that stay is needed: give -o FILE");
    if (!cli_day("--on", r.on, 0, &day, error) ||
        (record && !(r.ledger = open_record(record, error))))
        return false;
    r.overwrite = cli_flags.overwrite;
    bool good = rdl_review_patches(path, review, &r, tally, error);
    g_clear_pointer(&r.ledger, rdl_ledger_close);
    return good;
}

static bool is_ledger(const char *path)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, NULL);

    return ledger != NULL;
}

static int review_import(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!cli_parse(&argc, &argv, import_entries, "PATCHES|LEDGER REVIEW", "Take decisions back.",
                   import_teach, 2, 2, &error))
        return cli_end(error);
    bool ledger = is_ledger(argv[1]);
    if (ledger ? import_ledger(argv[1], argv[2], tally, &error)
               : import_patches(argv[1], argv[2], tally, &error))
        print_tally(tally, ledger ? argv[1] : r.output);
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
