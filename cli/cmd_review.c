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
    "retype, merge), into, reason and note to fill, and chips/ID-before.png and -after.png. From "
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
    else if (parse_bands(scenes.bands, &error) &&
             rdl_review_export(argv[1], folder, &scenes, cli_flags.overwrite, tally, cli_progress(),
                               &error))
        print_tally(tally, folder);
    return cli_end(error);
}

/* ---- import ---- */

static char *output, *pack, *by, *on;

static const GOptionEntry import_entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "patches that stay, to write", "FILE"},
    {"pack", 0, 0, G_OPTION_ARG_STRING, &pack,
     "whose activities retype may name (default cn; patches only)", "PACK"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &by, "who decided (ledgers only)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &on, "day of the decision (ledgers only)", "DATE"},
    G_OPTION_ENTRY_NULL};

static const char import_teach[] =
    "Examples:\n"
    "  redline review import patches.gpkg triage/review.gpkg -o reviewed.gpkg\n"
    "  redline review import ledger.sqlite triage/review.gpkg --by 甲 --on 2026-11-03\n\n"
    "Of patches a new file is written, for redline screen --patches. In a ledger a rejected clue "
    "is\n"
    "dismissed with its reason; the others stay where they are. Every row is checked first: a row\n"
    "that is wrong is named, and nothing is written.";

static bool import_ledger(const char *path, const char *review, rdl_tally *tally, GError **error)
{
    rdl_day day;

    if (!by || !on)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a ledger keeps who decided and when: give --by and --on");
    if (output)
        return rdl_fail(error, RDL_ERROR_USAGE, "-o: decisions go into the ledger itself");
    if (!cli_day("--on", on, 0, &day, error))
        return false;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    return ledger && rdl_review_ledger(ledger, review, by, on, tally, error);
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
    if (is_ledger(argv[1])) {
        if (import_ledger(argv[1], argv[2], tally, &error))
            print_tally(tally, argv[1]);
    } else if (!output) {
        rdl_fail(&error, RDL_ERROR_USAGE,
                 "a file for the patches that stay is needed: give -o FILE");
    } else if (rdl_review_patches(argv[1], argv[2], pack ? pack : "cn", output, cli_flags.overwrite,
                                  tally, &error)) {
        print_tally(tally, output);
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
