/* For a walk to the sites: a waypoint a task, and its outline as routes, in WGS 84. */
#include <math.h>
#include "deliver/exchange/ground.h"

#define T RDL_FIELD_TEXT

static const rdl_field fields[] = {{"name", T}, {"desc", T}, {"src", T}, {"type", T}};

/* Zone, result and area on one line, as far as they may be told. */
static char *described(const rdl_export_job *job, const rdl_task *t)
{
    static const char *const told[] = {"zone_name", "zone", "result", "severity", "due"};
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        const char *word = rdl_export_word(job, t, told[i]);
        if (*word)
            g_string_append_printf(out, "%s%s", out->len ? "; " : "", word);
    }
    if (rdl_export_field(job, "area_m2") && isfinite(t->area_m2))
        g_string_append_printf(out, "%s%.4f ha", out->len ? "; " : "", t->area_m2 / 1e4);
    return g_string_free(out, FALSE);
}

static bool write_place(const rdl_export_job *job, rdl_vector *out, int layer, const rdl_task *t,
                        GBytes *wkb, GError **error)
{
    g_autofree char *raw_name = rdl_export_name(job, t), *raw_desc = described(job, t);
    g_autofree char *name = rdl_export_xml(raw_name), *desc = rdl_export_xml(raw_desc);
    const char *state = rdl_export_word(job, t, "state");
    const rdl_value row[] = {rdl_text(name), rdl_text(*desc ? desc : NULL), rdl_text(t->task_id),
                             rdl_text(*state ? state : NULL)};

    return rdl_vector_write(out, layer, row, wkb, error);
}

static GBytes *point(double x, double y, GError **error)
{
    char px[G_ASCII_DTOSTR_BUF_SIZE], py[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *wkt = g_strdup_printf("POINT(%s %s)", g_ascii_dtostr(px, sizeof px, x),
                                           g_ascii_dtostr(py, sizeof py, y));
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, error);

    return g ? rdl_geometry_wkb(g, error) : NULL;
}

static bool located(const rdl_export_job *job, const rdl_task *t)
{
    return rdl_export_field(job, "lon") && rdl_export_field(job, "lat") && isfinite(t->lon) &&
           isfinite(t->lat);
}

static bool write_waypoints(const rdl_export_job *job, rdl_vector *out, GError **error)
{
    int layer =
        rdl_vector_layer(out, "waypoints", NULL, "Point", fields, G_N_ELEMENTS(fields), error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < job->tasks->len; i++) {
        const rdl_task *t = &g_array_index(job->tasks, rdl_task, i);
        *job->no_place += !located(job, t);
        g_autoptr(GBytes) wkb = located(job, t) ? point(t->lon, t->lat, error) : NULL;
        good = !located(job, t) || (wkb && write_place(job, out, layer, t, wkb, error));
    }
    return good;
}

/* Each ring a route: a line has no area, so that its ground is what is walked round. */
static bool write_outline(const rdl_export_job *job, rdl_vector *out, int layer, const rdl_task *t,
                          GBytes *wkb, GError **error)
{
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    int dimension = g ? rdl_geometry_dimension(g) : 0;
    bool good = g != NULL;

    if (!good || dimension == 0) /* a point is its waypoint */
        return good;
    g_autoptr(rdl_geometry) edge =
        dimension == 2 ? rdl_geometry_boundary(g, error) : g_steal_pointer(&g);
    good = edge != NULL;
    for (int k = 0; good && k < rdl_geometry_components(edge); k++) {
        const rdl_geometry *ring = rdl_geometry_component(edge, k);
        if (rdl_geometry_dimension(ring) != 1)
            continue; /* a point beside lines */
        g_autoptr(GBytes) line = rdl_geometry_wkb(ring, error);
        good = line && write_place(job, out, layer, t, line, error);
    }
    return good;
}

static bool write_routes(const rdl_export_job *job, rdl_vector *out, GError **error)
{
    static const char *const said[] = {"FORCE_GPX_ROUTE=YES", NULL};
    const rdl_vector_options options = {.driver = said};
    g_autoptr(rdl_export_ground) ground = rdl_export_ground_new(job, "EPSG:4326", error);
    int layer = ground ? rdl_vector_layer_with(out, "routes", NULL, "LineString", fields,
                                               G_N_ELEMENTS(fields), &options, error)
                       : -1;
    bool good = layer >= 0;

    for (guint i = 0; good && i < job->tasks->len; i++) {
        const rdl_task *t = &g_array_index(job->tasks, rdl_task, i);
        g_autoptr(GBytes) wkb = NULL;
        good = rdl_export_ground_of(ground, t, &wkb, error) &&
               (!wkb || write_outline(job, out, layer, t, wkb, error));
    }
    return good;
}

bool rdl_export_gpx(const rdl_export_job *job, GError **error)
{
    rdl_vector *out = rdl_vector_create(job->path, "GPX", error);

    if (out && write_waypoints(job, out, error) && write_routes(job, out, error))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}
