#include "run/sheet.h"

#include <math.h>

rdl_sheet *rdl_sheet_new(const char *job)
{
    rdl_sheet *sheet = g_new0(rdl_sheet, 1);

    sheet->job = g_strdup(job);
    sheet->tally = rdl_tally_new();
    sheet->outputs = g_ptr_array_new_with_free_func(g_free);
    sheet->warnings = g_ptr_array_new_with_free_func(g_free);
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
        json_object_set_double_member(areas, "residual_m2", residual(sheet));
        json_object_set_object_member(o, "areas", areas);
    }
    json_object_set_object_member(o, "stages", json_object_ref(sheet->stages));
    json_object_set_array_member(o, "outputs", texts(sheet->outputs));
    json_object_set_array_member(o, "warnings", texts(sheet->warnings));
    g_autoptr(JsonObject) keep = o;
    return rdl_json_node(o);
}

char *rdl_sheet_text(const rdl_sheet *sheet)
{
    GString *out = g_string_new(NULL);
    g_autofree char *items = rdl_tally_text(sheet->tally);

    g_string_append_printf(out, "balance sheet of %s\n%s", sheet->job, items);
    if (sheet->areas)
        g_string_append_printf(out,
                               "  %-28s %15.2f  m2 in\n  %-28s %15.2f  m2 in zones, each ground once\n"
                               "  %-28s %15.2f  m2 outside all zones\n  %-28s %15.2f  m2 residual\n",
                               "footprints and patches", sheet->whole_m2, "", sheet->own_m2, "",
                               sheet->remainder_m2, "", fabs(residual(sheet)));
    g_string_append_printf(out, "  %s\n",
                           rdl_sheet_check(sheet, NULL) ? "everything adds up"
                                                        : "IT DOES NOT ADD UP");
    g_string_append(out, "outputs\n");
    for (guint i = 0; i < sheet->outputs->len; i++)
        g_string_append_printf(out, "  %s\n", (const char *)sheet->outputs->pdata[i]);
    return g_string_free(out, FALSE);
}
