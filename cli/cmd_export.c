/* redline export - the tasks of a ledger as files others can open. */
#include "verb.h"

#include "deliver/deliver.h"

static char *profile, *output, *language, *as_of;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &profile, "gpkg, geojson or xlsx", "NAME"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "file to write", "FILE"},
    {"language", 0, 0, G_OPTION_ARG_STRING, &language, "of words: zh (default) or en", "LANG"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &as_of,
     "day for warnings and what is overdue (default: the ledger's latest date)", "DATE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline export ledger.sqlite --profile xlsx -o 整改台账.xlsx --as-of 2026-11-30\n\n"
    "gpkg      layer 'task' and the style QGIS opens it with\n"
    "geojson   RFC 7946, WGS 84\n"
    "xlsx      the ledger sheet, statistics and codes, for A3 landscape\n"
    "The same ledger gives the same bytes.";

static bool export_ledger(const char *path, GError **error)
{
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(rdl_ledger) ledger = NULL;

    o.profile = profile;
    o.output = output;
    o.overwrite = cli_flags.overwrite;
    if (language)
        o.language = language;
    if (!cli_day("--as-of", as_of, 0, &o.as_of, error) ||
        !(ledger = rdl_ledger_open(path, false, error)) || !rdl_export(ledger, &o, tally, error))
        return false;
    if (cli_flags.json)
        cli_print_json(rdl_tally_json(tally));
    g_autofree char *text = rdl_tally_text(tally);
    cli_say("%s%s", text, output);
    return true;
}

int cmd_export(int argc, char **argv)
{
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "LEDGER --profile NAME -o FILE",
                  "Write the tasks of a ledger as a file others can open.", teach, 1, 1, &error))
        export_ledger(argv[1], &error);
    return cli_end(error);
}
