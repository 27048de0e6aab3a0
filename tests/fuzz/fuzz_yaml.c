/* YAML as jobs, packs and profiles are written in. */
#include "base/base.h"
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return argc && argv ? 0 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    GError *error = NULL;
    JsonNode *node = rdl_yaml_parse(text, "fuzz.yaml", &error);

    if (node)
        g_free(rdl_json_canonical(node));
    fuzz_check(node, error);
    g_clear_pointer(&node, json_node_unref);
    return 0;
}
