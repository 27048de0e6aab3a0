#include "run/sheet.h"

#include <math.h>

rdl_sheet *rdl_sheet_new(const char *job)
{
    rdl_sheet *sheet = g_new0(rdl_sheet, 1);

    sheet->job = g_strdup(job);
    sheet->tally = rdl_tally_new();
    sheet->outputs = g_ptr_array_new_with_free_func(g_free);
    sheet->warnings = g_ptr_array_new_with_free_func(g_free);
    sheet->kept = g_ptr_array_new_with_free_func(g_free);
    sheet->stages = json_object_new();
    return sheet;
}

void rdl_sheet_free(rdl_sheet *sheet)
{
    if (!sheet)
        return;
    rdl_tally_free(sheet->tally);
    g_ptr_array_unref(sheet->outputs);
    g_ptr_array_unref(sheet->warnings);
    g_ptr_array_unref(sheet->kept);
    json_object_unref(sheet->stages);
    g_free(sheet->job);
    g_free(sheet);
}

static double residual(const rdl_sheet *sheet)
{
    return sheet->whole_m2 - sheet->own_m2 - sheet->remainder_m2;
}

bool rdl_sheet_check(const rdl_sheet *sheet, GError **error)
{
    if (!rdl_tally_check(sheet->tally, error))
        return false;
    if (sheet->areas && fabs(residual(sheet)) > fmax(0.01, 1e-6 * sheet->whole_m2))
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "areas do not add up: %.2f m2 in zones and %.2f m2 outside of %.2f m2",
                        sheet->own_m2, sheet->remainder_m2, sheet->whole_m2);
    return true;
}

static JsonArray *texts(const GPtrArray *list)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < list->len; i++)
        json_array_add_string_element(array, list->pdata[i]);
    return array;
}

JsonNode *rdl_sheet_json(const rdl_sheet *sheet)
{
    JsonObject *o = json_object_new();

    json_object_set_string_member(o, "job", sheet->job);
    json_object_set_boolean_member(o, "balanced", rdl_sheet_check(sheet, NULL));
    json_object_set_member(o, "items", rdl_tally_json(sheet->tally));
    if (sheet->areas) {
        JsonObject *areas = json_object_new();
        json_object_set_double_member(areas, "whole_m2", sheet->whole_m2);
        json_object_set_double_member(areas, "in_zones_m2", sheet->own_m2);
        json_object_set_double_member(areas, "outside_m2", sheet->remainder_m2);
        json_object_set_double_member(areas, "sliver_m2", sheet->sliver_m2);
        json_object_set_double_member(areas, "residual_m2", residual(sheet));
        json_object_set_object_member(o, "areas", areas);
    }
    json_object_set_object_member(o, "stages", json_object_ref(sheet->stages));
    json_object_set_array_member(o, "outputs", texts(sheet->outputs));
    json_object_set_array_member(o, "warnings", texts(sheet->warnings));
    g_autoptr(JsonObject) keep = o;
    return rdl_json_node(o);
}

static bool read_texts(JsonObject *object, const char *member, GPtrArray *into)
{
    JsonNode *node = json_object_get_member(object, member);
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        JsonNode *text = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(text) || !json_node_get_string(text))
            return false;
        g_ptr_array_add(into, g_strdup(json_node_get_string(text)));
    }
    return array != NULL;
}

rdl_sheet *rdl_sheet_from_json(JsonObject *object, GError **error)
{
    g_autoptr(rdl_sheet) sheet = rdl_sheet_new(rdl_json_text(object, "job", ""));
    JsonNode *items = json_object_get_member(object, "items");
    JsonObject *areas = rdl_json_object(object, "areas");
    JsonObject *stages = rdl_json_object(object, "stages");
    g_autoptr(rdl_tally) tally = items ? rdl_tally_from_json(items, error) : NULL;

    if (!tally || !stages || !read_texts(object, "outputs", sheet->outputs) ||
        !read_texts(object, "warnings", sheet->warnings)) {
        if (error && !*error)
            rdl_fail(error, RDL_ERROR_DATA, "a balance sheet cannot be read back");
        return NULL;
    }
    rdl_tally_merge(sheet->tally, tally);
    json_object_unref(sheet->stages);
    sheet->stages = json_object_ref(stages);
    sheet->areas = areas != NULL;
    if (areas) {
        sheet->whole_m2 = rdl_json_real(areas, "whole_m2", NAN);
        sheet->own_m2 = rdl_json_real(areas, "in_zones_m2", NAN);
        sheet->remainder_m2 = rdl_json_real(areas, "outside_m2", NAN);
        sheet->sliver_m2 = rdl_json_real(areas, "sliver_m2", 0.0);
    }
    return g_steal_pointer(&sheet);
}

static void add_texts(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

void rdl_sheet_add(rdl_sheet *sheet, const rdl_sheet *stage)
{
    g_autoptr(GList) names = json_object_get_members(stage->stages);

    rdl_tally_merge(sheet->tally, stage->tally);
    add_texts(sheet->outputs, stage->outputs);
    add_texts(sheet->warnings, stage->warnings);
    for (GList *n = names; n; n = n->next)
        json_object_set_member(sheet->stages, n->data,
                               json_node_copy(json_object_get_member(stage->stages, n->data)));
    if (!stage->areas)
        return;
    sheet->areas = true;
    sheet->whole_m2 = stage->whole_m2;
    sheet->own_m2 = stage->own_m2;
    sheet->sliver_m2 = stage->sliver_m2;
    sheet->remainder_m2 = stage->remainder_m2;
}

char *rdl_sheet_text(const rdl_sheet *sheet)
{
    GString *out = g_string_new(NULL);
    g_autofree char *items = rdl_tally_text(sheet->tally);

    g_string_append_printf(out, "balance sheet of %s\n%s", sheet->job, items);
    if (sheet->areas)
        g_string_append_printf(
            out,
            "  %-28s %15.2f  m2 in\n  %-28s %15.2f  m2 in zones, each ground once\n"
            "  %-28s %15.2f  m2 outside all zones\n  %-28s %15.2f  m2 of that SLIVER\n"
            "  %-28s %15.2f  m2 residual\n",
            "footprints and patches", sheet->whole_m2, "", sheet->own_m2, "", sheet->remainder_m2,
            "", sheet->sliver_m2, "", fabs(residual(sheet)));
    g_string_append_printf(
        out, "  %s\n", rdl_sheet_check(sheet, NULL) ? "everything adds up" : "IT DOES NOT ADD UP");
    g_string_append(out, "outputs\n");
    for (guint i = 0; i < sheet->outputs->len; i++)
        g_string_append_printf(out, "  %s\n", (const char *)sheet->outputs->pdata[i]);
    return g_string_free(out, FALSE);
}
