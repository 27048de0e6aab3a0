/* JSON: manifests and state beside outputs, payloads of events; sheets and tallies read back. */
#include "base/base.h"
#include "fuzz/target.h"
#include "run/run.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return argc && argv ? 0 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    GError *error = NULL;
    JsonNode *node = rdl_json_parse(text, "fuzz.json", &error);

    fuzz_check(node, error);
    if (!node)
        return 0;
    rdl_tally *tally = rdl_tally_from_json(node, NULL);
    rdl_tally_free(tally);
    if (JSON_NODE_HOLDS_OBJECT(node))
        rdl_sheet_free(rdl_sheet_from_json(json_node_get_object(node), NULL));
    g_free(rdl_json_canonical(node));
    json_node_unref(node);
    return 0;
}
