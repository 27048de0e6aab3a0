/* redline card - one card a site. */
#include "verb.h"

#include "deliver/deliver.h"

static rdl_card_options o;
static gboolean all;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, (gpointer)&o.output,
     "card to write, .pdf or .png; with --all a folder", "FILE"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &all, "a card for every site", NULL},
    {"format", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.format, "with --all: pdf (default) or png",
     "NAME"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.unit,
     "with --all: only this unit and those within it: 321202, 321200 or 3212", "CODE"},
    CLI_LANGUAGE(o.language),
    {"compiler", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.compiler, "who answers for the card",
     "NAME"},
    CLI_DRAWN(o),
    {"exporter", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.exporter,
     "who puts it on record in the ledger (default: the login's name)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, (gpointer)&o.on,
     "day of the export (default: the ledger's latest date)", "DATE"},
    {"permits", 0, 0, G_OPTION_ARG_FILENAME, (gpointer)&o.permits,
     "permits, instead of the recorded ones", "SOURCE"},
    {"dpi", 0, 0, G_OPTION_ARG_DOUBLE, &o.dpi, "of a PNG and of imagery (default 150)", "N"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Examples:\n"
    "  redline card ledger.sqlite R-065d2b8e4574 -o card.pdf\n"
    "  redline card ledger.sqlite --all -o cards --unit 3212\n\n"
    "TASK is the id of a task, site, finding or source. A4: basics, both images, where it lies,\n"
    "zones and permits with the balance of the ground, rules with their articles, measures and\n"
    "steps, coordinates, digests. The same ledger gives the same bytes.\n"
    "Every card is put on record in the ledger, where it can be written.";

static bool draw(int argc, char **argv, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    o.id = argc > 2 ? argv[2] : NULL;
    o.overwrite = cli_flags.overwrite;
    o.warnings = warnings;
    o.threads = cli_flags.threads;
    if (all == (o.id != NULL))
        return rdl_fail(error, RDL_ERROR_USAGE, "give the id of a task, or --all");
    if (!cli_trust(argv[1], o.id, error) || !cli_drawn(argv[1], o.on, &o.exporter, error) ||
        !rdl_card(argv[1], &o, cli_progress(), NULL, tally, error))
        return false;
    return cli_report(tally, warnings, o.output, error);
}

int cmd_card(int argc, char **argv)
{
    GError *error = NULL;

    o = (rdl_card_options)RDL_CARD_OPTIONS_INIT;
    if (cli_parse(&argc, &argv, entries, "LEDGER|FINDINGS.gpkg TASK|--all -o FILE",
                  "Write a card of a site: all that is known of it.", teach, 1, 2, &error))
        draw(argc, argv, &error);
    return cli_end(error);
}
