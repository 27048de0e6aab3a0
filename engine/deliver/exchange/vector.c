#include "deliver/exchange/profile.h"

#include <string.h>
#include "geo/geo.h"

static bool write_task(rdl_vector *out, int layer, const rdl_export_job *job, const rdl_task *t,
                       rdl_value *row, GError **error)
{
    for (guint i = 0; i < job->fields->len; i++)
        row[i] = rdl_task_value(job->fields->pdata[i], t);
    row[job->fields->len] = rdl_integer(t->revision);
    return rdl_vector_write(out, layer, row, t->wkb, error);
}

/* Geometry type of ISO WKB, 2D: 3 polygon, 6 multipolygon; 0 for what is too short. */
static guint32 wkb_type(GBytes *wkb)
{
    const guint8 *b = g_bytes_get_data(wkb, NULL);
    guint32 type;

    if (g_bytes_get_size(wkb) < 5)
        return 0;
    memcpy(&type, b + 1, sizeof type);
    return b[0] ? GUINT32_FROM_LE(type) : GUINT32_FROM_BE(type);
}

/* QGIS styles a layer of one type; sites may be points or lines too, then it is of any. */
static const char *geometry_of(const GArray *tasks)
{
    for (guint i = 0; i < tasks->len; i++) {
        GBytes *wkb = g_array_index(tasks, rdl_task, i).wkb;
        if (wkb && wkb_type(wkb) != 3 && wkb_type(wkb) != 6)
            return "Geometry";
    }
    return "MultiPolygon";
}

static int begin_layer(rdl_vector *out, const rdl_export_job *job, const char *geometry,
                       const char *const *driver, GError **error)
{
    const rdl_vector_options options = {.driver = driver};
    const guint n = job->fields->len;
    g_autofree rdl_field *fields = g_new(rdl_field, n + 1);
    g_autofree char *name = rdl_ledger_crs(job->ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;

    for (guint i = 0; i < n; i++)
        fields[i] = ((const rdl_task_field *)job->fields->pdata[i])->field;
    fields[n] = (rdl_field){"revision", RDL_FIELD_INT};
    return crs ? rdl_vector_layer_with(out, "task", crs, geometry, fields,
                                       (int)n + (job->issue != NULL), &options, error)
               : -1;
}

/* A format that keeps no row without ground: the task is counted. */
static bool left_out(const rdl_export_job *job, const rdl_task *t, bool grounded)
{
    *job->no_place += grounded && !t->wkb;
    return grounded && !t->wkb;
}

/* grounded: the format keeps no row without ground. driver: options of the format, NULL for those
 * that make our bytes repeat. */
static bool write_tasks(rdl_vector *out, const rdl_export_job *job, const char *geometry,
                        bool grounded, const char *const *driver, GError **error)
{
    g_autofree rdl_value *row = g_new(rdl_value, job->fields->len + 1);
    int layer = begin_layer(out, job, geometry, driver, error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < job->tasks->len; i++) {
        const rdl_task *t = &g_array_index(job->tasks, rdl_task, i);
        good = left_out(job, t, grounded) || write_task(out, layer, job, t, row, error);
    }
    return good;
}

bool rdl_export_task_layer(rdl_vector *out, const rdl_export_job *job, GError **error)
{
    return write_tasks(out, job, geometry_of(job->tasks), false, NULL, error);
}

/* ---- the formats ---- */

static bool finish(rdl_vector *take_out, bool good, GError **error)
{
    if (good)
        return rdl_vector_finish(take_out, error);
    rdl_vector_abandon(take_out);
    return false;
}

bool rdl_export_gpkg(const rdl_export_job *job, GError **error)
{
    static const rdl_styled styled[] = {{.layer = "task", .style = "task"}};
    rdl_vector *out = rdl_vector_create(job->path, "GPKG", error);

    return out && finish(out,
                         write_tasks(out, job, geometry_of(job->tasks), false, NULL, error) &&
                             rdl_vector_styles(out, styled, 1, error),
                         error);
}

bool rdl_export_geojson(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_create(job->path, "GeoJSON", error);

    return out && finish(out, write_tasks(out, job, "Geometry", false, NULL, error), error);
}

/* An index reorders; without one GDAL leaves a file of no rows empty. */
bool rdl_export_flatgeobuf(const rdl_export_job *job, GError **error)
{
    static const char *const indexed[] = {"SPATIAL_INDEX=YES", NULL};
    rdl_vector *out = rdl_vector_create(job->path, "FlatGeobuf", error);

    return out && finish(out,
                         write_tasks(out, job, geometry_of(job->tasks), true,
                                     job->tasks->len ? NULL : indexed, error),
                         error);
}
