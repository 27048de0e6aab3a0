/* In which units the ground of a site lies, and which of them are not those of its tasks. */
#include <string.h>
#include "deliver/map_data.h"

#define LEAST_SHARE 0.001 /* of a site's area: below it borders are drawn no finer */

typedef struct {
    rdl_geometry *ground;
    rdl_prepared *prepared; /* when it is first asked */
    GArray *alone;          /* what a site wholly within it lies in; shared by them all */
} area;

typedef struct {
    rdl_map_data *data;
    GArray *areas; /* of area, as the units */
    rdl_box_index *index;
    GArray *met; /* of size_t: a room for answers */
    guint failed;
} laying;

static void clear_area(gpointer p)
{
    area *a = p;

    rdl_prepared_free(a->prepared);
    rdl_geometry_free(a->ground);
    g_clear_pointer(&a->alone, g_array_unref);
}

static bool covered(const rdl_map_unit *unit, area *a, const rdl_geometry *shape, bool *yes,
                    GError **error)
{
    if (!a->ground && !(a->ground = rdl_geometry_from_wkb(g_bytes_get_data(unit->wkb, NULL),
                                                          g_bytes_get_size(unit->wkb), error)))
        return false;
    if (!a->prepared && !(a->prepared = rdl_prepared_new(a->ground, error)))
        return false;
    return rdl_prepared_covers(a->prepared, shape, yes, error);
}

/* Of the shape's area what lies in the unit; 0 of a shape without area. */
static bool share_in(const rdl_geometry *shape, const rdl_map_unit *unit, area *a, double *share,
                     GError **error)
{
    double whole = rdl_geometry_plane_area(shape);
    bool wholly;

    if (!covered(unit, a, shape, &wholly, error))
        return false;
    *share = 1.0;
    if (wholly)
        return true;
    g_autoptr(rdl_geometry) common = rdl_geometry_intersection(shape, a->ground, error);
    *share = common && whole > 0.0 ? rdl_geometry_plane_area(common) / whole : 0.0;
    return common != NULL;
}

static int by_code(gconstpointer a, gconstpointer b)
{
    return strcmp(((const rdl_map_reach *)a)->xzqdm, ((const rdl_map_reach *)b)->xzqdm);
}

/* A unit may be drawn as several features. */
static void join_codes(GArray *shares)
{
    guint n = 0;

    g_array_sort(shares, by_code);
    for (guint i = 0; i < shares->len; i++) {
        rdl_map_reach *last = n ? &g_array_index(shares, rdl_map_reach, n - 1) : NULL;
        const rdl_map_reach one = g_array_index(shares, rdl_map_reach, i);
        if (last && strcmp(last->xzqdm, one.xzqdm) == 0)
            last->share += one.share;
        else
            g_array_index(shares, rdl_map_reach, n++) = one;
    }
    g_array_set_size(shares, n);
}

/* A layer may have a county and the city it is in: the finer one says both. */
static bool is_coarse(const GArray *shares, guint i)
{
    const char *code = g_array_index(shares, rdl_map_reach, i).xzqdm;
    bool coarse = false;

    for (guint k = 0; k < shares->len; k++)
        coarse = coarse ||
                 (k != i && rdl_division_within(g_array_index(shares, rdl_map_reach, k).xzqdm, code));
    return coarse;
}

static GArray *settled(GArray *shares)
{
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(rdl_map_reach));

    join_codes(shares);
    for (guint i = 0; i < shares->len; i++)
        if (g_array_index(shares, rdl_map_reach, i).share >= LEAST_SHARE && !is_coarse(shares, i))
            g_array_append_val(kept, g_array_index(shares, rdl_map_reach, i));
    return kept;
}

static bool shares_of(laying *l, const rdl_geometry *shape, GArray *shares, area **only,
                      GError **error)
{
    rdl_box_index_query(l->index, rdl_geometry_box(shape), l->met);
    for (guint k = 0; k < l->met->len; k++) {
        size_t i = g_array_index(l->met, size_t, k);
        const rdl_map_unit *u = &g_array_index(l->data->units, rdl_map_unit, i);
        rdl_map_reach reach = {.xzqdm = u->xzqdm};
        area *a = &g_array_index(l->areas, area, i);
        if (!u->xzqdm || !u->wkb)
            continue;
        if (!share_in(shape, u, a, &reach.share, error))
            return false;
        if (reach.share > 0.0) {
            g_array_append_val(shares, reach);
            *only = a;
        }
    }
    if (shares->len != 1 || g_array_index(shares, rdl_map_reach, 0).share < 1.0)
        *only = NULL;
    return true;
}

static bool lay(const char *site_id, const void *wkb, size_t bytes, void *user, GError **error)
{
    laying *l = user;
    g_autoptr(rdl_geometry) shape = rdl_geometry_from_wkb(wkb, bytes, NULL);
    g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(rdl_map_reach));
    area *only = NULL;

    (void)error;
    if (!shape || !shares_of(l, shape, shares, &only, NULL)) {
        l->failed++;
        return true;
    }
    GArray *lies = !only         ? settled(shares)
                   : only->alone ? g_array_ref(only->alone)
                                 : (only->alone = settled(shares), g_array_ref(only->alone));
    g_hash_table_insert(l->data->reaches, g_strdup(site_id), lies);
    return true;
}

static rdl_box_index *index_of(const GArray *units, GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, units->len);

    for (guint i = 0; i < units->len; i++)
        boxes[i] = g_array_index(units, rdl_map_unit, i).box;
    return rdl_box_index_new(boxes, units->len, error);
}

/* The ground of the units within `unit`. */
static rdl_box box_of(const GArray *units, const char *unit)
{
    rdl_box box = {1.0, 1.0, 0.0, 0.0};

    for (guint i = 0; i < units->len; i++) {
        const rdl_map_unit *u = &g_array_index(units, rdl_map_unit, i);
        if (rdl_division_within(u->xzqdm, unit))
            rdl_box_grow(&box, u->box);
    }
    return box;
}

bool rdl_map_read_reaches(rdl_map_data *data, const char *unit, GError **error)
{
    const rdl_box box = unit ? box_of(data->units, unit) : (rdl_box){0};

    data->reaches =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    if (!data->units->len || box.xmin > box.xmax)
        return true;
    g_autoptr(rdl_box_index) index = index_of(data->units, error);
    g_autoptr(GArray) areas = g_array_new(FALSE, TRUE, sizeof(area));
    g_autoptr(GArray) met = g_array_new(FALSE, FALSE, sizeof(size_t));
    laying l = {data, areas, index, met, 0};
    g_array_set_clear_func(areas, clear_area);
    g_array_set_size(areas, data->units->len);
    if (!index || !rdl_site_grounds(data->ledger, unit ? &box : NULL, lay, &l, error))
        return false;
    if (l.failed)
        rdl_map_note(
            data,
            RDL_MAP_SAY(data, "%u处点位无法与行政区图层比对：可能跨入的其他行政区未列出",
                        "%u sites cannot be laid over the units: others they may reach into are "
                        "not named"),
            l.failed);
    return true;
}

/* ---- asked of a task ---- */

/* The units its site lies in; NULL: none, or nothing is known. */
static const GArray *lies_in(const rdl_map_data *data, const rdl_task *task)
{
    return data->reaches && task->xzqdm && task->site_id
               ? g_hash_table_lookup(data->reaches, task->site_id)
               : NULL;
}

/* Not where the task is counted, above or below: a city's task lies in one of its counties. */
static bool elsewhere(const rdl_task *task, const rdl_map_reach *reach)
{
    return !rdl_division_within(task->xzqdm, reach->xzqdm) &&
           !rdl_division_within(reach->xzqdm, task->xzqdm);
}

GArray *rdl_map_reaches(const rdl_map_data *data, const rdl_task *task)
{
    const GArray *lies = lies_in(data, task);
    GArray *reaches = NULL;

    for (guint k = 0; lies && k < lies->len; k++) {
        const rdl_map_reach *r = &g_array_index(lies, rdl_map_reach, k);
        if (!elsewhere(task, r))
            continue;
        if (!reaches)
            reaches = g_array_new(FALSE, FALSE, sizeof(rdl_map_reach));
        g_array_append_vals(reaches, r, 1);
    }
    return reaches;
}

double rdl_map_share(const rdl_map_data *data, const rdl_task *task, const char *unit)
{
    const GArray *lies = lies_in(data, task);
    double share = 0.0;

    for (guint k = 0; lies && k < lies->len; k++) {
        const rdl_map_reach *r = &g_array_index(lies, rdl_map_reach, k);
        share += rdl_division_within(r->xzqdm, unit) ? r->share : 0.0;
    }
    return share;
}

bool rdl_map_in_unit(const rdl_map_data *data, const rdl_task *task, const char *unit)
{
    return rdl_division_within(task->xzqdm, unit) || rdl_map_share(data, task, unit) > 0.0;
}

/* ---- the sites of others ---- */

static int by_id(gconstpointer a, gconstpointer b)
{
    return strcmp(((const rdl_task *)a)->task_id, ((const rdl_task *)b)->task_id);
}

static void clear_task(gpointer p)
{
    rdl_task_clear(p);
}

/* The one of a site's tasks that stands for it, into `into` if it is counted outside `unit`. */
static bool add_reaching(const rdl_map_data *data, const char *site, const char *unit,
                         rdl_day as_of, GArray *into, GError **error)
{
    const rdl_task_filter of_site = {.site = site, .as_of = as_of, .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(data->ledger, &of_site, error);
    rdl_task *leads = NULL;

    for (guint i = 0; tasks && i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (!leads || rdl_map_leads_before(t, leads))
            leads = t;
    }
    if (!leads || rdl_division_within(leads->xzqdm, unit) ||
        rdl_map_share(data, leads, unit) == 0.0)
        return tasks != NULL;
    g_array_append_vals(into, leads, 1);
    memset(leads, 0, sizeof *leads);
    return true;
}

GArray *rdl_map_reaching(const rdl_map_data *data, const char *unit, rdl_day as_of, GError **error)
{
    g_autoptr(GArray) tasks = g_array_new(FALSE, TRUE, sizeof(rdl_task));
    GHashTableIter each;
    gpointer site, lies;

    g_array_set_clear_func(tasks, clear_task);
    g_hash_table_iter_init(&each, data->reaches);
    while (unit && g_hash_table_iter_next(&each, &site, &lies)) {
        const GArray *shares = lies;
        bool here = false;
        for (guint k = 0; k < shares->len; k++)
            here = here ||
                   rdl_division_within(g_array_index(shares, rdl_map_reach, k).xzqdm, unit);
        if (here && !add_reaching(data, site, unit, as_of, tasks, error))
            return NULL;
    }
    g_array_sort(tasks, by_id);
    return g_steal_pointer(&tasks);
}

/* ---- in words ---- */

static char *unit_named(const rdl_map_data *data, const char *code)
{
    const char *name = rdl_map_unit_name(data, code);

    return strcmp(code, name) == 0 ? g_strdup(code) : g_strdup_printf("%s (%s)", name, code);
}

char *rdl_map_units_met(const rdl_map_data *data, const rdl_task *task)
{
    g_autoptr(GArray) reaches = rdl_map_reaches(data, task);
    g_autofree char *own = task->xzqdm ? unit_named(data, task->xzqdm) : NULL;
    g_autoptr(GString) said = g_string_new(own);

    for (guint k = 0; reaches && k < reaches->len; k++) {
        const rdl_map_reach *r = &g_array_index(reaches, rdl_map_reach, k);
        g_autofree char *other = unit_named(data, r->xzqdm);
        g_string_append_printf(said,
                               RDL_MAP_SAY(data, "；跨入%s %.1f%%", "; reaches into %s %.1f %%"),
                               other, r->share * 100.0);
    }
    if (reaches)
        g_string_append(said, RDL_MAP_SAY(data, "（按首列统计）", " (counted by the first)"));
    return own ? g_strdup(said->str) : NULL;
}

char *rdl_map_units_short(const rdl_map_data *data, const rdl_task *task)
{
    g_autoptr(GArray) reaches = rdl_map_reaches(data, task);
    g_autoptr(GString) said = g_string_new(rdl_map_unit_name(data, task->xzqdm));

    for (guint k = 0; reaches && k < reaches->len; k++)
        g_string_append_printf(
            said, RDL_MAP_SAY(data, "（跨%s）", " (and %s)"),
            rdl_map_unit_name(data, g_array_index(reaches, rdl_map_reach, k).xzqdm));
    return g_strdup(said->str);
}
