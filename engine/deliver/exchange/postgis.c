/* Into a PostGIS database: one table, in one transaction; a table somebody else made is never
 * touched. */
#include "deliver/exchange/profile.h"
#include "geo/geo.h"

#define TABLE "redline_task"

static bool write_rows(const rdl_export_job *job, rdl_vector *out, GError **error)
{
    static const char *const said[] = {"GEOMETRY_NAME=geom", "FID=fid", NULL};
    const rdl_vector_options options = {.driver = said};
    const guint n = job->fields->len;
    g_autofree rdl_field *fields = g_new(rdl_field, n);
    g_autofree rdl_value *row = g_new(rdl_value, n);
    g_autofree char *name = rdl_ledger_crs(job->ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;

    for (guint i = 0; i < n; i++)
        fields[i] = ((const rdl_task_field *)job->fields->pdata[i])->field;
    int layer =
        crs ? rdl_vector_layer_with(out, TABLE, crs, "Geometry", fields, (int)n, &options, error)
            : -1;
    bool good = layer >= 0;
    for (guint t = 0; good && t < job->tasks->len; t++) {
        const rdl_task *task = &g_array_index(job->tasks, rdl_task, t);
        for (guint i = 0; i < n; i++)
            row[i] = rdl_task_value(job->fields->pdata[i], task);
        good = rdl_vector_write(out, layer, row, task->wkb, error);
    }
    return good;
}

bool rdl_export_postgis(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_into(job->path, error);

    if (out && rdl_vector_make_room(out, TABLE, job->options->overwrite, error) &&
        write_rows(job, out, error) && rdl_vector_mark(out, TABLE, error))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}
