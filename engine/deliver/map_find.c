#include "deliver/map_find.h"

#include <stdio.h>
#include <string.h>
#include "geo/geo.h"

bool rdl_is_findings(const char *path)
{
    bool raster = false, found = false;
    char start[16] = "";
    FILE *file = rdl_input_plain(path, NULL) ? fopen(path, "rb") : NULL;

    if (!file)
        return false;
    size_t n = fread(start, 1, sizeof start, file);
    fclose(file);
    if (n != sizeof start || memcmp(start, "SQLite format 3", sizeof start) != 0)
        return false;
    g_auto(GStrv) layers = rdl_source_layers(path, &raster, NULL);
    for (char **l = layers; l && *l; l++)
        found = found || strcmp(*l, "finding") == 0;
    for (char **l = layers; l && *l; l++) /* a ledger has a table of that name, and sites */
        found = found && strcmp(*l, "site") != 0;
    return found;
}

bool rdl_findings_options(const char *findings, char **pack, char **as_of, GError **error)
{
    g_autofree char *text = rdl_findings_manifest(findings, error);
    g_autoptr(JsonNode) node = text ? rdl_json_parse(text, findings, error) : NULL;
    JsonObject *manifest = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonObject *options = manifest ? rdl_json_object(manifest, "options") : NULL;

    if (!node)
        return false;
    *pack = g_strdup(options ? rdl_json_text(options, "pack", NULL) : NULL);
    *as_of = g_strdup(options ? rdl_json_text(options, "as_of", NULL) : NULL);
    return (*pack && *as_of) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s.run.json: names no pack and day of judgement",
                    findings);
}
