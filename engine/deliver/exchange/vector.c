#include "deliver/exchange/profile.h"

#include <string.h>
#include "geo/geo.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

static const rdl_field task_fields[] = {
    {"task_id", T},    {"kind", T},      {"state", T},       {"xzqdm", T},
    {"department", T}, {"tier", T},      {"started", T},     {"due_original", T},
    {"due", T},        {"assignee", T},  {"warning", T},     {"zone", T},
    {"zone_name", T},  {"activity", T},  {"result", T},      {"severity", T},
    {"rule_id", T},    {"basis", T},     {"handling", T},    {"penalty", T},
    {"problem_id", T}, {"target", T},    {"measures", T},    {"lead_leader", T},
    {"supervisor", T}, {"resp_unit", T}, {"accept_unit", T}, {"owner", T},
    {"source", T},     {"source_id", T}, {"site_id", T},     {"finding_id", T},
    {"lon", R},        {"lat", R},       {"area_m2", R},     {"area_min_m2", R},
    {"area_max_m2", R}};

static bool write_task(rdl_vector *out, int layer, const rdl_task *t, GError **error)
{
    const rdl_value row[] = {
        rdl_text(t->task_id),    rdl_text(t->kind),         rdl_text(t->state),
        rdl_text(t->xzqdm),      rdl_text(t->department),   rdl_text(t->tier),
        rdl_text(t->started),    rdl_text(t->due_original), rdl_text(t->due),
        rdl_text(t->assignee),   rdl_text(t->warning),      rdl_text(t->zone),
        rdl_text(t->zone_name),  rdl_text(t->activity),     rdl_text(t->result),
        rdl_text(t->severity),   rdl_text(t->rule_id),      rdl_text(t->basis),
        rdl_text(t->handling),   rdl_text(t->penalty),      rdl_text(t->problem_id),
        rdl_text(t->target),     rdl_text(t->measures),     rdl_text(t->lead_leader),
        rdl_text(t->supervisor), rdl_text(t->resp_unit),    rdl_text(t->accept_unit),
        rdl_text(t->owner),      rdl_text(t->source),       rdl_text(t->source_id),
        rdl_text(t->site_id),    rdl_text(t->finding_id),   rdl_real(t->lon),
        rdl_real(t->lat),        rdl_real(t->area_m2),      rdl_real(t->area_min_m2),
        rdl_real(t->area_max_m2)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(task_fields));

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

static bool write_tasks(rdl_vector *out, const rdl_export_job *job, const char *geometry,
                        GError **error)
{
    g_autofree char *name = rdl_ledger_crs(job->ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;
    int layer = crs ? rdl_vector_layer(out, "task", crs, geometry, task_fields,
                                       G_N_ELEMENTS(task_fields), error)
                    : -1;
    bool good = layer >= 0;

    for (guint i = 0; good && i < job->tasks->len; i++)
        good = write_task(out, layer, &g_array_index(job->tasks, rdl_task, i), error);
    return good;
}

/* ---- layer_styles, the table in which QGIS looks for a layer's style ---- */

static const rdl_field style_fields[] = {{"f_table_catalog", T},
                                         {"f_table_schema", T},
                                         {"f_table_name", T},
                                         {"f_geometry_column", T},
                                         {"styleName", T},
                                         {"styleQML", T},
                                         {"styleSLD", T},
                                         {"useAsDefault", RDL_FIELD_INT},
                                         {"description", T},
                                         {"owner", T},
                                         {"ui", T},
                                         {"update_time", T}};

static char *read_style(const char *name, GError **error)
{
    g_autofree char *path = rdl_data_path(name, error);
    g_autofree char *text = NULL;
    GError *failed = NULL;

    if (!path)
        return NULL;
    if (!g_file_get_contents(path, &text, NULL, &failed)) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read: %s", path, failed->message);
        g_error_free(failed);
        return NULL;
    }
    return g_steal_pointer(&text);
}

static bool write_style(rdl_vector *out, const char *date, GError **error)
{
    g_autofree char *qml = read_style("styles/task.qml", error);
    g_autofree char *sld = qml ? read_style("styles/task.sld", error) : NULL;
    g_autofree char *time = g_strconcat(date, "T00:00:00.000Z", NULL);
    int layer = sld ? rdl_vector_layer(out, "layer_styles", NULL, NULL, style_fields,
                                       G_N_ELEMENTS(style_fields), error)
                    : -1;
    const rdl_value row[] = {
        rdl_text(""),        rdl_text(""),     rdl_text("task"),
        rdl_text("geom"),    rdl_text("task"), rdl_text(qml),
        rdl_text(sld),       rdl_integer(1),   rdl_text("redline: tasks by state"),
        rdl_text("redline"), RDL_NULL,         rdl_text(time)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(style_fields));

    return layer >= 0 && rdl_vector_write(out, layer, row, NULL, error);
}

/* ---- the two formats ---- */

static bool finish(rdl_vector *take_out, bool good, GError **error)
{
    if (good)
        return rdl_vector_finish(take_out, error);
    rdl_vector_abandon(take_out);
    return false;
}

bool rdl_export_gpkg(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_create(job->path, "GPKG", error);

    return out && finish(out,
                         write_tasks(out, job, geometry_of(job->tasks), error) &&
                             write_style(out, job->date, error),
                         error);
}

bool rdl_export_geojson(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_create(job->path, "GeoJSON", error);

    return out && finish(out, write_tasks(out, job, "Geometry", error), error);
}
