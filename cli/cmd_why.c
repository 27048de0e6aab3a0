/* redline why - everything behind a task, site or finding. */
#include "verb.h"

#include <stdio.h>
#include "deliver/deliver.h"
#include "screen/screen.h"

static char *language;

static const GOptionEntry entries[] = {CLI_LANGUAGE(language), G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline why ledger.sqlite V-3f2a91c04b7e\n"
    "  redline why ledger.sqlite A03 --language en\n"
    "  redline why findings.gpkg F-12a911c4c878\n\n"
    "ID is a task, site, finding or problem, or the source's own number of the footprint. Told "
    "are\n"
    "the overlap with its bounds, the time of building, every rule that spoke with its article "
    "and\n"
    "which one leads, the tasks and what happened, and the inputs with their digests.";

/* ---- of a findings file: its columns and its rules, as they stand ---- */

static void print_member(JsonObject *row, const char *name, JsonNode *node, gpointer indent)
{
    (void)row;
    if (JSON_NODE_HOLDS_VALUE(node))
        printf("%s%-14s %s\n", (const char *)indent, name, json_node_get_string(node));
}

static void print_hit(JsonArray *hits, guint i, JsonNode *node, gpointer user)
{
    JsonObject *hit = json_node_get_object(node);

    (void)hits, (void)user;
    printf("  rule %u: %s (%s)\n", i + 1, rdl_json_text(hit, "rule_id", ""),
           rdl_json_text(hit, "status", ""));
    json_object_foreach_member(hit, print_member, (gpointer) "    ");
}

static void print_finding(JsonArray *findings, guint i, JsonNode *node, gpointer user)
{
    JsonObject *finding = json_node_get_object(node);

    (void)findings, (void)i, (void)user;
    puts(rdl_json_text(finding, "finding_id", ""));
    json_object_foreach_member(finding, print_member, (gpointer) "  ");
    json_array_foreach_element(json_object_get_array_member(finding, "hits"), print_hit, NULL);
}

static bool explain_finding(const char *path, const char *id, GError **error)
{
    JsonNode *chain = rdl_findings_explain(path, id, error);

    if (!chain)
        return false;
    if (cli_flags.json) {
        cli_print_json(chain);
        return true;
    }
    JsonObject *o = json_node_get_object(chain);
    json_array_foreach_element(json_object_get_array_member(o, "findings"), print_finding, NULL);
    if (JSON_NODE_HOLDS_OBJECT(json_object_get_member(o, "made_by"))) {
        g_autofree char *made = rdl_json_pretty(json_object_get_member(o, "made_by"));
        printf("made by\n%s\n", made);
    }
    json_node_unref(chain);
    return true;
}

static bool explain(const char *path, const char *id, GError **error)
{
    g_autoptr(rdl_ledger) ledger =
        cli_trust(path, id, error) ? rdl_ledger_open(path, false, error) : NULL;
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

    if (cli_parse(&argc, &argv, entries, "LEDGER|FINDINGS.gpkg ID",
                  "Tell why a site is held to be a problem.", teach, 2, 2, &error))
        (void)(rdl_findings_file(argv[1]) ? explain_finding(argv[1], argv[2], &error)
                                          : explain(argv[1], argv[2], &error));
    return cli_end(error);
}
