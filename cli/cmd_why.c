/* redline why - everything behind a task, site or finding. */
#include "cli.h"

#include <stdio.h>
#include "deliver/deliver.h"

static char *language;

static const GOptionEntry entries[] = {
    {"language", 0, 0, G_OPTION_ARG_STRING, &language, "zh (default) or en", "LANG"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline why ledger.sqlite V-3f2a91c04b7e\n"
    "  redline why ledger.sqlite A03 --language en\n\n"
    "ID is a task, site, finding or problem, or the source's own number of the footprint. Told "
    "are\n"
    "the overlap with its bounds, the time of building, every rule that spoke with its article "
    "and\n"
    "which one leads, the tasks and what happened, and the inputs with their digests.";

static bool explain(const char *path, const char *id, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    JsonNode *chain = ledger ? rdl_ledger_chain(ledger, id, error) : NULL;

    if (!chain)
        return false;
    if (cli_flags.json) {
        cli_print_json(chain);
        return true;
    }
    g_autofree char *text = rdl_evidence_text(ledger, chain, language ? language : "zh");
    fputs(text, stdout);
    json_node_unref(chain);
    return true;
}

int cmd_why(int argc, char **argv)
{
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "LEDGER ID", "Tell why a site is held to be a problem.",
                  teach, 2, 2, &error))
        explain(argv[1], argv[2], &error);
    return cli_end(error);
}
