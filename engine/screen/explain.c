#include "screen/explain.h"

#include <math.h>
#include <string.h>
#include "geo/geo.h"

bool rdl_findings_file(const char *path)
{
    g_autofree char *source = g_strdup_printf("%s:finding", path);
    g_autoptr(rdl_layer) layer = NULL;

    if (g_str_has_suffix(path, ".gpkg"))
        layer = rdl_layer_open(source, NULL, NULL);
    return layer != NULL;
}

static bool chosen(const rdl_layer *layer, const rdl_feature *feature, const char *const *columns,
                   const char *id)
{
    for (; *columns; columns++) {
        int i = rdl_layer_field_index(layer, *columns);
        const char *text = i < 0 ? NULL : rdl_feature_text(feature, i);
        if (text && strcmp(text, id) == 0)
            return true;
    }
    return false;
}

/* Every row of a layer one of whose columns is `id`, with all columns as text. */
static JsonArray *rows_of(const char *path, const char *name, const char *const *columns,
                          const char *id, GError **error)
{
    g_autofree char *source = g_strdup_printf("%s:%s", path, name);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    JsonArray *rows = json_array_new();
    const rdl_feature *feature;
    GError *failed = NULL;

    while (layer && (feature = rdl_layer_next(layer, &failed))) {
        if (!chosen(layer, feature, columns, id))
            continue;
        JsonObject *row = json_object_new();
        for (int i = 0; i < rdl_layer_fields(layer); i++)
            rdl_json_set_text(row, rdl_layer_field(layer, i), rdl_feature_text(feature, i));
        json_array_add_object_element(rows, row);
    }
    if (layer && !failed)
        return rows;
    if (failed)
        g_propagate_error(error, failed);
    json_array_unref(rows);
    return NULL;
}

/* The rules of each finding beside it. */
static bool add_hits(const char *path, JsonArray *findings, GError **error)
{
    static const char *const columns[] = {"finding_id", NULL};

    for (guint i = 0; i < json_array_get_length(findings); i++) {
        JsonObject *finding = json_array_get_object_element(findings, i);
        JsonArray *hits =
            rows_of(path, "hit", columns, rdl_json_text(finding, "finding_id", ""), error);
        if (!hits)
            return false;
        json_object_set_array_member(finding, "hits", hits);
    }
    return true;
}

static JsonNode *manifest_beside(const char *path)
{
    g_autofree char *file = g_strconcat(path, ".run.json", NULL), *text = NULL;
    JsonNode *node = NULL;

    if (g_file_get_contents(file, &text, NULL, NULL))
        node = rdl_json_parse(text, file, NULL);
    return node ? node : json_node_new(JSON_NODE_NULL);
}

JsonNode *rdl_findings_explain(const char *path, const char *id, GError **error)
{
    static const char *const columns[] = {"finding_id", "source_id", NULL};
    JsonArray *findings = rows_of(path, "finding", columns, id, error);

    if (findings && !json_array_get_length(findings))
        rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: has no finding and no source '%s'", path, id);
    if (!findings || !json_array_get_length(findings) || !add_hits(path, findings, error)) {
        g_clear_pointer(&findings, json_array_unref);
        return NULL;
    }
    JsonObject *o = json_object_new();
    json_object_set_array_member(o, "findings", findings);
    json_object_set_member(o, "made_by", manifest_beside(path));
    return json_node_init_object(json_node_alloc(), o);
}
