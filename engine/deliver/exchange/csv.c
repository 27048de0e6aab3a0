/* A table for spreadsheets and programs: RFC 4180 in UTF-8 with its mark, by which spreadsheets
 * know it; a point for each task by its lon and lat. */
#include "geo/geo.h"
#include "deliver/exchange/profile.h"
#include "deliver/formula.h"

#define T RDL_FIELD_TEXT

rdl_value rdl_csv_guarded(rdl_value value, GString *room, guint *n)
{
    if (!value.set || !rdl_formula(value.text))
        return value;
    g_string_printf(room, "'%s", value.text);
    (*n)++;
    return rdl_text(room->str);
}

static bool write_rows(const rdl_export_job *job, rdl_vector *out, int layer, guint *n,
                       GError **error)
{
    const guint fields = job->fields->len;
    g_autofree rdl_value *row = g_new(rdl_value, fields);
    g_autoptr(GPtrArray) rooms = g_ptr_array_new();
    bool good = true;

    for (guint i = 0; i < fields; i++)
        g_ptr_array_add(rooms, g_string_new(NULL));
    for (guint t = 0; good && t < job->tasks->len; t++) {
        for (guint i = 0; i < fields; i++) {
            const rdl_task_field *f = job->fields->pdata[i];
            rdl_value value = rdl_task_value(f, &g_array_index(job->tasks, rdl_task, t));
            row[i] = f->field.type == T ? rdl_csv_guarded(value, rooms->pdata[i], n) : value;
        }
        good = rdl_vector_write(out, layer, row, NULL, error);
    }
    for (guint i = 0; i < fields; i++)
        g_string_free(rooms->pdata[i], TRUE);
    return good;
}

bool rdl_export_csv(const rdl_export_job *job, GError **error)
{
    static const char *const said[] = {"WRITE_BOM=YES", "LINEFORMAT=CRLF", NULL};
    const rdl_vector_options options = {.driver = said};
    const guint n = job->fields->len;
    g_autofree rdl_field *fields = g_new(rdl_field, n);
    rdl_vector *out = rdl_vector_create(job->path, "CSV", error);
    guint guards = 0;

    for (guint i = 0; i < n; i++)
        fields[i] = ((const rdl_task_field *)job->fields->pdata[i])->field;
    int layer =
        out ? rdl_vector_layer_with(out, "task", NULL, NULL, fields, (int)n, &options, error) : -1;
    if (layer < 0 || !write_rows(job, out, layer, &guards, error)) {
        rdl_vector_abandon(out);
        return false;
    }
    if (guards)
        rdl_export_tell(job,
                        "%u texts begin like a formula: an apostrophe stands before them, so that "
                        "no spreadsheet runs them",
                        guards);
    return rdl_vector_finish(out, error);
}
