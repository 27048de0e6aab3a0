/* Into which other units the ground of a site reaches. */
#include <string.h>
#include "deliver/map_data.h"

#define LEAST_SHARE 0.001 /* of a site's area: below it borders are drawn no finer */

typedef struct {
    rdl_geometry *ground;
    rdl_prepared *prepared; /* when it is first asked */
} area;

static void clear_area(gpointer p)
{
    area *a = p;

    rdl_prepared_free(a->prepared);
    rdl_geometry_free(a->ground);
}

static rdl_geometry *shape_of(GBytes *wkb, GError **error)
{
    return rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
}

static bool covered(const rdl_map_unit *unit, area *a, const rdl_geometry *shape, bool *yes,
                    GError **error)
{
    if (!a->ground && !(a->ground = shape_of(unit->wkb, error)))
        return false;
    if (!a->prepared && !(a->prepared = rdl_prepared_new(a->ground, error)))
        return false;
    return rdl_prepared_covers(a->prepared, shape, yes, error);
}

/* Of the shape's area what lies in the unit; 0 of a shape without area. */
static bool share_in(const rdl_geometry *shape, const area *a, double *share, GError **error)
{
    double whole = rdl_geometry_plane_area(shape);
    g_autoptr(rdl_geometry) common = rdl_geometry_intersection(shape, a->ground, error);

    *share = common && whole > 0.0 ? rdl_geometry_plane_area(common) / whole : 0.0;
    return common != NULL;
}

static int by_code(gconstpointer a, gconstpointer b)
{
    return strcmp(((const rdl_map_reach *)a)->xzqdm, ((const rdl_map_reach *)b)->xzqdm);
}

/* *reaches: NULL where there are none. */
static bool reaches_of(const rdl_map_data *data, GArray *areas, const rdl_task *t, rdl_box box,
                       GArray **reaches, GError **error)
{
    g_autoptr(rdl_geometry) shape = shape_of(t->wkb, error);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(rdl_map_reach));

    if (!shape)
        return false;
    for (guint k = 0; k < data->units->len; k++) {
        const rdl_map_unit *u = &g_array_index(data->units, rdl_map_unit, k);
        area *a = &g_array_index(areas, area, k);
        bool whole;
        if (!u->xzqdm || !u->wkb || !rdl_box_meets(box, u->box))
            continue;
        if (!covered(u, a, shape, &whole, error))
            return false;
        if (whole && strcmp(u->xzqdm, t->xzqdm) == 0)
            return true;
        rdl_map_reach reach = {u->xzqdm, 0.0};
        if (strcmp(u->xzqdm, t->xzqdm) != 0 && !share_in(shape, a, &reach.share, error))
            return false;
        if (reach.share >= LEAST_SHARE)
            g_array_append_val(found, reach);
    }
    g_array_sort(found, by_code);
    *reaches = found->len ? g_steal_pointer(&found) : NULL;
    return true;
}

void rdl_map_read_reaches(rdl_map_data *data)
{
    const GArray *tasks = data->tasks;
    g_autoptr(GArray) areas = g_array_new(FALSE, TRUE, sizeof(area));
    guint failed = 0;

    g_array_set_clear_func(areas, clear_area);
    g_array_set_size(areas, data->units->len);
    data->reaches =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    for (guint i = 0; data->units->len && i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        GArray *reaches = NULL;
        if (!t->wkb || !t->xzqdm || g_hash_table_contains(data->reaches, t->site_id))
            continue;
        failed += !reaches_of(data, areas, t, data->boxes[i], &reaches, NULL);
        if (reaches)
            g_hash_table_insert(data->reaches, g_strdup(t->site_id), reaches);
    }
    if (failed)
        rdl_map_note(
            data,
            RDL_MAP_SAY(data, "%u处点位无法与行政区图层比对：可能跨入的其他行政区未列出",
                        "%u sites cannot be laid over the units: others they may reach into are "
                        "not named"),
            failed);
}

const GArray *rdl_map_reaches(const rdl_map_data *data, const rdl_task *task)
{
    return data->reaches && task->site_id ? g_hash_table_lookup(data->reaches, task->site_id)
                                          : NULL;
}

bool rdl_map_in_unit(const rdl_map_data *data, const rdl_task *task, const char *unit)
{
    const GArray *reaches = rdl_map_reaches(data, task);
    bool in = rdl_division_within(task->xzqdm, unit);

    for (guint k = 0; !in && reaches && k < reaches->len; k++)
        in = rdl_division_within(g_array_index(reaches, rdl_map_reach, k).xzqdm, unit);
    return in;
}

/* ---- in words ---- */

static char *unit_named(const rdl_map_data *data, const char *code)
{
    const char *name = rdl_map_unit_name(data, code);

    return strcmp(code, name) == 0 ? g_strdup(code) : g_strdup_printf("%s (%s)", name, code);
}

char *rdl_map_units_met(const rdl_map_data *data, const rdl_task *task)
{
    const GArray *reaches = rdl_map_reaches(data, task);
    g_autofree char *own = task->xzqdm ? unit_named(data, task->xzqdm) : NULL;
    g_autoptr(GString) said = g_string_new(own);

    for (guint k = 0; own && reaches && k < reaches->len; k++) {
        const rdl_map_reach *r = &g_array_index(reaches, rdl_map_reach, k);
        g_autofree char *other = unit_named(data, r->xzqdm);
        g_string_append_printf(said,
                               RDL_MAP_SAY(data, "；跨入%s %.1f%%", "; reaches into %s %.1f %%"),
                               other, r->share * 100.0);
    }
    if (own && reaches)
        g_string_append(said, RDL_MAP_SAY(data, "（按首列统计）", " (counted by the first)"));
    return own ? g_strdup(said->str) : NULL;
}

char *rdl_map_units_short(const rdl_map_data *data, const rdl_task *task)
{
    const GArray *reaches = rdl_map_reaches(data, task);
    g_autoptr(GString) said = g_string_new(rdl_map_unit_name(data, task->xzqdm));

    for (guint k = 0; reaches && k < reaches->len; k++)
        g_string_append_printf(
            said, RDL_MAP_SAY(data, "（跨%s）", " (and %s)"),
            rdl_map_unit_name(data, g_array_index(reaches, rdl_map_reach, k).xzqdm));
    return g_strdup(said->str);
}
