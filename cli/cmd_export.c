/* redline export - the tasks of a ledger as files others can open. */
#include "verb.h"

#include <stdio.h>
#include <glib/gstdio.h>
#include "deliver/deliver.h"
#include "geo/geo.h"

static char *profile, *output, *language, *as_of, *before, *after, *encoding, *task, *documents,
    *unit, *by, *on;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &profile, "one of those listed below", "NAME"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "file to write; - for stdout, geojson alone",
     "FILE"},
    {"before", 0, 0, G_OPTION_ARG_FILENAME, &before,
     "earlier scene of pictures (default: as the ledger records)", "FILE"},
    {"task", 0, 0, G_OPTION_ARG_STRING, &task,
     "of evidence: a task, or its site, finding or source", "ID"},
    {"documents", 0, 0, G_OPTION_ARG_FILENAME, &documents,
     "of evidence: folder with papers, found by SHA-256", "DIR"},
    {"encoding", 0, 0, G_OPTION_ARG_STRING, &encoding, "of shp-cn: GBK (default) or UTF-8", "NAME"},
    {"after", 0, 0, G_OPTION_ARG_FILENAME, &after, "later scene of pictures", "FILE"},
    CLI_LANGUAGE(language),
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &as_of,
     "the ledger as it stood that day (default: its latest date)", "DATE"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, &unit, "only this unit and those within it: 321202, 321200 or 3212",
     "CODE"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &by, "who exports (default: the login's name)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &on, "day of the export (default: the ledger's latest date)",
     "DATE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Examples:\n"
    "  redline export ledger.sqlite --profile xlsx -o 整改台账.xlsx --as-of 2026-11-30\n"
    "  redline export ledger.sqlite --profile county --unit 321202 --by 甲 -o 321202.zip\n"
    "  redline export 321202 --profile return -o 321202-back.zip\n\n"
    "gpkg        layer 'task' and the style QGIS opens it with\n"
    "geojson     RFC 7946, WGS 84\n"
    "xlsx        the ledger sheet, statistics and codes, for A3 landscape\n"
    "flatgeobuf  layer 'task', *.fgb\n"
    "csv         the table with lon and lat, UTF-8 as spreadsheets know it\n"
    "kml         KML 2.2, a folder a state; *.kmz with pictures of both dates\n"
    "shp-cn      national Shapefile package, a folder or *.zip, with lists of what it holds\n"
    "gpx         a waypoint a task and its outline as routes\n"
    "postgis     table redline_task of -o 'PG:host=... dbname=...', in one transaction\n"
    "stac        a catalogue of the ledger and all it was made from, a folder or *.zip\n"
    "evidence    everything about the site of --task, a folder or *.zip, with SHA-256 of all:\n"
    "            redline info PACK verifies it\n"
    "internal    gpkg, geojson, xlsx, flatgeobuf or csv, by the ending of FILE\n"
    "public      the same for everybody: no names, no owners, no exact places, only the result;\n"
    "            nothing dismissed, lawful or not yet registered\n"
    "county      work for a unit, a folder or *.zip: tasks, problems, measures, papers, a table to "
    "fill\n"
    "field       the same for whoever goes there: open tasks alone\n"
    "return      an unpacked package (FOLDER) that was worked on, sealed for 'redline import'\n\n"
    "The same ledger gives the same bytes. Every export is put on record in the ledger; of one "
    "that\n"
    "cannot be written that is told, and no package of work leaves it.";

static bool print_file(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize n;

    return g_file_get_contents(path, &text, &n, error) &&
           (fwrite(text, 1, n, stdout) == n ||
            rdl_fail(error, RDL_ERROR_IO, "stdout: cannot be written"));
}

/* A file appears whole or not at all, so that stdout gets what was written to one. */
static bool export_to_stdout(rdl_ledger *ledger, rdl_export_options *o, rdl_tally *tally,
                             GError **error)
{
    if (g_strcmp0(o->profile, "geojson") != 0 || cli_flags.json)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "-o -: only --profile geojson is text, and --json "
                        "would stand in it: name a file");
    g_autoptr(rdl_scratch) scratch = rdl_scratch_new(error);
    g_autofree char *path =
        scratch ? g_build_filename(rdl_scratch_path(scratch), "tasks", NULL) : NULL;
    o->output = path;
    return scratch && rdl_export(ledger, o, tally, error) && print_file(path, error);
}

static rdl_ledger *open_ledger(const char *path, rdl_export_options *o, GError **error)
{
    o->by = cli_exporter(path, by);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, o->by != NULL, error);
    return ledger && cli_happened("--on", on, ledger, error) ? g_steal_pointer(&ledger) : NULL;
}

static bool export_ledger(const char *path, GError **error)
{
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_ledger) ledger = NULL;

    o.warnings = warnings;
    o.before = before;
    o.after = after;
    o.encoding = encoding;
    o.task = task;
    o.documents = documents;
    o.profile = profile;
    o.output = output;
    o.overwrite = cli_flags.overwrite;
    o.unit = unit;
    o.on = on;
    if (language)
        o.language = language;
    if (!cli_day("--as-of", as_of, 0, &o.as_of, error) || !cli_trust(path, NULL, error) ||
        !(ledger = open_ledger(path, &o, error)))
        return false;
    if (g_strcmp0(output, "-") == 0)
        return export_to_stdout(ledger, &o, tally, error);
    if (!rdl_export(ledger, &o, tally, error))
        return false;
    g_autofree char *shown = rdl_source_shown(output);
    return cli_report(tally, warnings, shown, error);
}

int cmd_export(int argc, char **argv)
{
    GError *error = NULL;

    if (!cli_parse(&argc, &argv, entries, "LEDGER|FOLDER --profile NAME -o FILE",
                   "Write the tasks of a ledger as a file others can open.", teach, 1, 1, &error))
        return cli_end(error);
    if (g_strcmp0(profile, "return") != 0)
        export_ledger(argv[1], &error);
    else if (!output)
        rdl_fail(&error, RDL_ERROR_USAGE, "an export needs a file to write: give -o FILE");
    else if (rdl_package_seal(argv[1], output, cli_flags.overwrite, &error))
        cli_say("%s", output);
    return cli_end(error);
}
