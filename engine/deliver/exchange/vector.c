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
    static const rdl_styled styled[] = {{.layer = "task", .style = "task"}};
    rdl_vector *out = rdl_vector_create(job->path, "GPKG", error);

    return out && finish(out,
                         write_tasks(out, job, geometry_of(job->tasks), error) &&
                             rdl_vector_styles(out, styled, 1, error),
                         error);
}

bool rdl_export_geojson(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_create(job->path, "GeoJSON", error);

    return out && finish(out, write_tasks(out, job, "Geometry", error), error);
}
