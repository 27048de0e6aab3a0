/* redline import - work that another office did, back into the ledger it came from. */
#include "verb.h"

#include <inttypes.h>
#include <string.h>
#include "deliver/deliver.h"

static char *by, *on;

static const GOptionEntry entries[] = {
    {"by", 0, 0, G_OPTION_ARG_STRING, &by, "who takes it in (default: the login's name)", "NAME"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &on,
     "day it is taken in (default: today, or the ledger's latest date); what lies after it is "
     "refused",
     "DATE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline import ledger.sqlite 321202-back.zip --by 甲 --on 2026-11-24\n\n"
    "PACKAGE is what 'redline export --profile county' or 'field' made, with rows in its table "
    "entry,\n"
    "sealed by 'redline export FOLDER --profile return'. Each row becomes an event with its own "
    "day,\n"
    "name and role, if the workflow allows it. What this office has changed since the issue is "
    "told\n"
    "as a conflict and stays as it is; rows of other tables that were edited in place are told "
    "and\n"
    "not taken. Taking a package again adds nothing. --json prints the rows that were not applied.";

/* A row that was changed in place, with its cells. */
static void print_row(JsonObject *o)
{
    const char *id = rdl_json_text(o, "id", ""), *cells = rdl_json_text(o, "cells", "");

    cli_say("redline: table %s%s%s%s%s: %s: %s", rdl_json_text(o, "table", "?"), *id ? ", " : "",
            id, *cells ? ": " : "", cells, rdl_json_text(o, "code", "?"),
            rdl_json_text(o, "why", "?"));
}

static void print_report(JsonArray *report)
{
    for (guint i = 0; i < json_array_get_length(report); i++) {
        JsonObject *o = json_array_get_object_element(report, i);
        if (rdl_json_text(o, "file", NULL)) {
            cli_say("redline: %s: %s: %s", rdl_json_text(o, "file", "?"),
                    rdl_json_text(o, "code", "?"), rdl_json_text(o, "why", "?"));
            continue;
        }
        if (rdl_json_text(o, "table", NULL)) {
            print_row(o);
            continue;
        }
        cli_say("redline: entry %" PRId64 ", %s, %s %s: %s: %s",
                json_object_get_int_member(o, "row"), rdl_json_text(o, "id", "?"),
                rdl_json_text(o, "act", "?"), rdl_json_text(o, "on", "?"),
                rdl_json_text(o, "code", "?"), rdl_json_text(o, "why", "?"));
    }
}

static bool import(const char *path, const char *package, rdl_tally *tally, JsonNode **report,
                   GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    g_autofree char *today = rdl_day_text(rdl_day_today());
    g_autofree char *date = ledger ? rdl_ledger_date(ledger, error) : NULL;

    return date && cli_happened("--on", on, ledger, error) &&
           rdl_package_import(ledger, package,
                              on                        ? on
                              : strcmp(date, today) > 0 ? date
                                                        : today,
                              by ? by : g_get_user_name(), cli_progress(), tally, report, error);
}

int cmd_import(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    JsonNode *report = NULL;

    if (cli_parse(&argc, &argv, entries, "LEDGER PACKAGE", "Take in the work of another office.",
                  teach, 2, 2, &error) &&
        import(argv[1], argv[2], tally, &report, &error)) {
        g_autofree char *text = rdl_tally_text(tally);
        print_report(json_node_get_array(report));
        cli_say("%s", text);
        if (cli_flags.json)
            cli_print_json(json_node_ref(report));
        rdl_tally_of_use(tally, &error);
    }
    g_clear_pointer(&report, json_node_unref);
    return cli_end(error);
}
