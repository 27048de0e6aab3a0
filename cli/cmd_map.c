/* redline map - sheets of a map of all tasks. */
#include "verb.h"

#include "deliver/deliver.h"

static rdl_map_options o;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, (gpointer)&o.output,
     "map to write, .pdf or .png; of a series a folder", "FILE"},
    {"title", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.title, "title of the sheet", "TEXT"},
    CLI_LANGUAGE(o.language),
    {"style", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.style,
     "task (by state) or finding (by result)", "NAME"},
    {"by", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.by, "a series: a sheet each unit, zone, or sheet of the national division 1:50000",
     "unit|zone|grid"},
    {"format", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.format, "of a series: pdf (default) or png",
     "NAME"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.unit, "only this unit and those within it: 321202, 321200 or 3212",
     "CODE"},
    {"compiler", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.compiler, "who answers for the sheet",
     "NAME"},
    CLI_DRAWN(o),
    {"exporter", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.exporter,
     "who puts it on record in the ledger (default: the login's name)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.on,
     "day of the export (default: the ledger's latest date)", "DATE"},
    {"dpi", 0, 0, G_OPTION_ARG_DOUBLE, &o.dpi, "of a PNG and of imagery (default 150)", "N"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline map ledger.sqlite -o overview.pdf --compiler 市生态环境局\n"
    "  redline map findings.gpkg -o findings.png --after scene.tif\n"
    "  redline map ledger.sqlite --by zone -o sheets\n\n"
    "A3 landscape: tasks, zones and units over the later image, the earlier image beside it, with\n"
    "legend, scale, north and coordinates. Scenes, zones and units are those the ledger records,\n"
    "checked by their SHA-256; what is not there any more is told on the sheet. The same ledger\n"
    "gives the same bytes. Every sheet is put on record in the ledger, where it can be written.";

static bool draw(const char *input, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    o.overwrite = cli_flags.overwrite;
    o.warnings = warnings;
    if (!cli_trust(input, NULL, error) || !cli_drawn(input, o.on, &o.exporter, error) ||
        !rdl_map(input, &o, NULL, tally, error))
        return false;
    return cli_report(tally, warnings, o.output, error);
}

int cmd_map(int argc, char **argv)
{
    GError *error = NULL;

    o = (rdl_map_options)RDL_MAP_OPTIONS_INIT;
    if (cli_parse(&argc, &argv, entries, "LEDGER|FINDINGS.gpkg -o FILE", "Draw a map of all tasks.",
                  teach, 1, 1, &error))
        draw(argv[1], &error);
    return cli_end(error);
}
