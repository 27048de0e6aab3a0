/* redline report - bulletins: a ledger's numbers over a month, a quarter or a year; monitoring. */
#include "verb.h"

#include "deliver/deliver.h"

static rdl_report_options o;
static char *as_of, *by, *on;
static gboolean open_to_all;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, (gpointer)&o.output,
     "bulletin to write: .xlsx, .pdf, .html, .md, .json or .csv", "FILE"},
    {"kind", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.kind,
     "month (default), quarter, year, or monitoring", "NAME"},
    {"period", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.period,
     "2026-10, 2026-Q4, 2026 (default: that of the ledger's latest day, until then)", "PERIOD"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &as_of,
     "the ledger as it stood that day (default: the period's last)", "DATE"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.unit, "only this unit and those within it: 321202, 321200 or 3212",
     "CODE"},
    {"units", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.units,
     "administrative units, instead of the recorded ones", "SOURCE"},
    {"public", 0, 0, G_OPTION_ARG_NONE, &open_to_all,
     "for the public: no names of persons, no clue that is not verified", NULL},
    {"language", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.language,
     "of words: zh or en (default: the pack's)", "LANG"},
    {"compiler", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.compiler, "who answers for the bulletin",
     "NAME"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &by, "who writes it (default: the login's name)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &on,
     "day it is put on record (default: the ledger's latest date)", "DATE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Examples:\n"
    "  redline report ledger.sqlite --period 2026-11 -o 2026-11.xlsx\n"
    "  redline report ledger.sqlite --kind quarter --period 2026-Q4 --unit 3212 -o q4.pdf\n"
    "  redline report ledger.sqlite --kind year --public -o 2026.html\n"
    "  redline report ledger.sqlite --kind monitoring --period 2026 -o monitoring.pdf\n\n"
    "Numbers by unit, source, class, tier, zone and activity, what happened in the period,\n"
    "warnings, overdue matters, areas, letters, in the pack's sentences. Duplicates and unfounded\n"
    "matters leave the denominator of every rate first. A period that is over is told as it stood\n"
    "on its last day: the same bytes whatever happened since. That it was written is an event.\n"
    "Monitoring tells what was found, after HJ 1156: data and method, results by zone, type, unit\n"
    "and change, key problems, annexes. A PDF has a map, unless it is for the public.";

static bool set_record(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);

    o.by = cli_exporter(path, by);
    o.on = on;
    return ledger && (!on || cli_happened("--on", on, ledger, error));
}

static bool write_report(const char *path, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    o.overwrite = cli_flags.overwrite;
    o.public_version = open_to_all;
    o.warnings = warnings;
    if (!cli_day("--as-of", as_of, 0, &o.as_of, error) || !cli_trust(path, NULL, error) ||
        !set_record(path, error) || !rdl_report(path, &o, tally, error))
        return false;
    return cli_report(tally, warnings, o.output, error);
}

int cmd_report(int argc, char **argv)
{
    GError *error = NULL;

    o = (rdl_report_options)RDL_REPORT_OPTIONS_INIT;
    if (cli_parse(&argc, &argv, entries, "LEDGER -o FILE",
                  "Write a bulletin: a ledger's numbers over a period.", teach, 1, 1, &error))
        write_report(argv[1], &error);
    return cli_end(error);
}
