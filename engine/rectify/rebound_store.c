#include "rectify/rebound.h"

#include <math.h>
#include <string.h>
#include "rectify/event.h"
#include "rectify/code.h"
#include "rectify/moving.h"

/* In the order of RDL_CLUE_RANK. */
static const char *const clues[] = {NULL,      "SMALL",           "EARLIER",
                                    "UNDATED", "PARTIAL_REBOUND", "REBOUND"};

typedef struct {
    rdl_ledger *ledger;
    const rdl_newcomer *n;
    const char *at;
    double tolerance, least;
} arrival;

/* ---- the least patch ---- */

static double smallest(JsonObject *classes)
{
    g_autoptr(GList) names = json_object_get_members(classes);
    double least = INFINITY;

    for (GList *n = names; n; n = n->next)
        least = fmin(least, rdl_json_real(classes, n->data, INFINITY));
    return isfinite(least) ? least : 0.0;
}

static double least_patch(JsonObject *pack, const rdl_csv *activities, const char *activity)
{
    JsonObject *sizes = rdl_json_object(pack, "min_patch_m2");
    JsonObject *classes = rdl_json_object(pack, "min_patch_classes");

    for (int depth = 0; sizes && classes && activity && depth < 16; depth++) {
        const char *name = rdl_json_text(classes, activity, NULL);
        if (name)
            return rdl_json_real(sizes, name, smallest(sizes));
        activity = rdl_activity_above(activities, activity);
    }
    return sizes ? smallest(sizes) : 0.0;
}

/* ---- how much of it lies there ---- */

static bool inside(const arrival *a, const rdl_geometry *site, double *m2, GError **error)
{
    rdl_box box = rdl_geometry_box(a->n->ground);
    double x = (box.xmin + box.xmax) / 2.0, y = (box.ymin + box.ymax) / 2.0, mx, my;
    g_autoptr(rdl_measure) measure = rdl_measure_new(a->n->crs, error);

    if (!measure || !rdl_measure_scale(measure, x, y, &mx, &my, error))
        return false;
    g_autoptr(rdl_geometry) there = rdl_geometry_scaled(site, x, y, mx, my, error);
    g_autoptr(rdl_geometry) grown = there ? rdl_geometry_buffer(there, a->tolerance, error) : NULL;
    g_autoptr(rdl_geometry) here =
        grown ? rdl_geometry_scaled(a->n->ground, x, y, mx, my, error) : NULL;
    g_autoptr(rdl_geometry) both = here ? rdl_geometry_intersection(grown, here, error) : NULL;
    g_autoptr(rdl_geometry) back =
        both ? rdl_geometry_scaled(both, -x * mx, -y * my, 1.0 / mx, 1.0 / my, error) : NULL;
    return back && rdl_measure_area(measure, back, m2, error);
}

/* ---- the clue ---- */

static bool other_activity(arrival *a, const char *was)
{
    const rdl_csv *activities = rdl_ledger_table(a->ledger, "activities.csv", NULL);
    const char *is = a->n->activity;

    if (!is || !was || strcmp(is, "UNKNOWN") == 0 || strcmp(was, "UNKNOWN") == 0)
        return false;
    return !rdl_activity_listed(activities, was, is) && !rdl_activity_listed(activities, is, was);
}

static int rank_of(arrival *a, double m2, const char *was, const char *closed, GError **error)
{
    rdl_day seen, closing;

    if (a->n->green)
        return 0;
    if (!(m2 > a->least))
        return 1;
    if (!a->n->seen || !rdl_day_parse(a->n->seen, &seen, NULL))
        return 3;
    if (!rdl_day_parse(closed, &closing, error))
        return -1;
    if (seen <= closing)
        return 2;
    return other_activity(a, was) ? 4 : 5;
}

static bool raise_one(const arrival *a, const char *task_id, int rank, double m2, const char *was,
                      GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_event event = {.at = a->at,
                       .by = "redline",
                       .role = "system",
                       .kind = "lookback.raised",
                       .subject = task_id};

    rdl_json_set_text(o, "task_id", task_id);
    rdl_json_set_text(o, "source", a->n->source);
    rdl_json_set_text(o, "source_id", a->n->source_id);
    if (rank || a->n->green) {
        rdl_json_set_text(o, "clue", a->n->green ? "RECOVERY" : clues[rank]);
        rdl_json_set_real(o, "inside_m2", round(m2 * 100.0) / 100.0);
        rdl_json_set_real(o, "least_m2", a->least);
        rdl_json_set_text(o, "seen", a->n->seen);
        rdl_json_set_text(o, "activity", a->n->activity);
        rdl_json_set_text(o, "was", was);
    }
    return rdl_event_append(a->ledger, &event, o, error);
}

bool rdl_rebound_clue(rdl_ledger *ledger, const char *task_id, char **clue, GError **error)
{
    return rdl_store_ask(
        ledger->store,
        "SELECT json_extract(e.payload, '$.clue') FROM event e WHERE e.subject = ?1 AND e.kind ="
        " 'lookback.raised' AND e.seq >= (SELECT max(seq) FROM lookback WHERE task_id = ?1 AND held"
        " IS NULL) ORDER BY " RDL_CLUE_RANK " DESC, e.seq LIMIT 1",
        task_id, clue, error);
}

/* ---- the closed work of a site ---- */

/* task, day of its closing, what the site was, its ground; does a look-back wait, how grave is what
 * raised it. */
static const char closed_work[] =
    "SELECT t.task_id, (SELECT min(m.at) FROM move m WHERE m.task_id = t.task_id AND m.state ="
    "  'CLOSED' AND m.seq > coalesce((SELECT max(w.seq) FROM move w WHERE w.task_id = t.task_id AND"
    "  w.state NOT IN ('CLOSED', 'LOOKBACK')), 0)), s.activity, AsBinary(s.geom), l.seq IS NOT "
    "NULL,"
    " coalesce((SELECT max(" RDL_CLUE_RANK ") FROM event e WHERE e.subject = t.task_id AND e.kind ="
    "  'lookback.raised' AND e.seq >= l.seq), 0)"
    " FROM task t JOIN site s USING(site_id) LEFT JOIN lookback l ON l.seq = (SELECT max(k.seq) "
    "FROM"
    "  lookback k WHERE k.task_id = t.task_id AND k.held IS NULL)"
    " WHERE t.site_id = ? AND t.state IN ('CLOSED', 'LOOKBACK') ORDER BY t.task_id";

typedef struct {
    char *task_id, *was;
    double m2;
    int rank;
} raised;

static void raised_clear(gpointer p)
{
    raised *r = p;

    g_free(r->task_id);
    g_free(r->was);
}

static bool weigh(arrival *a, rdl_statement *s, GArray *all, GError **error)
{
    g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 3);
    g_autoptr(rdl_geometry) site = NULL;
    bool waits = rdl_statement_get_int(s, 4) != 0;
    const char *was = rdl_statement_get_text(s, 2);
    raised r = {.m2 = 0.0};

    if (wkb && a->n->ground && !rdl_geometry_empty(a->n->ground)) {
        site = rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        if (!site || !inside(a, site, &r.m2, error) ||
            (r.rank = rank_of(a, r.m2, was, rdl_statement_get_text(s, 1), error)) < 0)
            return false;
    }
    if (waits && r.rank <= rdl_statement_get_int(s, 5))
        return true;
    r.task_id = g_strdup(rdl_statement_get_text(s, 0));
    r.was = g_strdup(was);
    g_array_append_val(all, r);
    return true;
}

static bool raise_site(arrival *a, const char *site_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(a->ledger->store, closed_work, error);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(raised));
    bool row = s != NULL;

    g_array_set_clear_func(all, raised_clear);
    if (s)
        rdl_statement_text(s, 1, site_id);
    while (row)
        if (!rdl_statement_step(s, &row, error) || (row && !weigh(a, s, all, error)))
            return false;
    for (guint i = 0; i < all->len; i++) {
        const raised *r = &g_array_index(all, raised, i);
        if (!raise_one(a, r->task_id, r->rank, r->m2, r->was, error))
            return false;
    }
    return s != NULL;
}

/* ---- closed places it touches ---- */

/* Boxes of `ground` grown by more than the tolerance: metres are at most 1 / 110 000 of a degree of
 * latitude, and more of longitude further from the equator. */
static rdl_box reach_of(const rdl_crs *crs, rdl_box box, double metres)
{
    double degrees = metres / 110000.0 / rdl_crs_degrees(crs);
    double far = MAX(fabs(box.ymin), fabs(box.ymax)) * rdl_crs_degrees(crs);
    double dx = metres / rdl_crs_unit(crs), dy = dx;

    if (rdl_crs_geographic(crs)) {
        dy = degrees;
        dx = degrees / MAX(cos(MIN(far, 90.0) * G_PI / 180.0), 0.001);
    }
    return (rdl_box){box.xmin - dx, box.ymin - dy, box.xmax + dx, box.ymax + dy};
}

static rdl_statement *closed_near(rdl_ledger *ledger, rdl_box box, const char *site_id,
                                  GError **error)
{
    rdl_statement *s = rdl_statement_new(
        ledger->store,
        "SELECT site_id, AsBinary(geom) FROM site WHERE rowid IN (SELECT pkid FROM idx_site_geom "
        "WHERE xmin <= ?3 AND xmax >= ?1 AND ymin <= ?4 AND ymax >= ?2) AND site_id <> ?5 AND "
        "EXISTS(SELECT 1 FROM task t WHERE t.site_id = site.site_id AND t.state IN ('CLOSED', "
        "'LOOKBACK')) "
        "ORDER BY site_id",
        error);
    const double bounds[] = {box.xmin, box.ymin, box.xmax, box.ymax};

    for (int i = 0; s && i < 4; i++)
        rdl_statement_real(s, i + 1, bounds[i]);
    if (s)
        rdl_statement_text(s, 5, site_id);
    return s;
}

/* Sites with closed work that the ground comes within the tolerance of; their ids. */
static GPtrArray *touched(rdl_ledger *ledger, const rdl_crs *crs, const rdl_geometry *ground,
                          const char *site_id, double metres, GError **error)
{
    rdl_box box = reach_of(crs, rdl_geometry_box(ground), metres);
    g_autoptr(rdl_statement) s = closed_near(ledger, box, site_id, error);
    g_autoptr(GPtrArray) sites = g_ptr_array_new_with_free_func(g_free);
    bool row = s != NULL;

    while (row) {
        double m;
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row)
            break;
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        g_autoptr(rdl_geometry) site =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        if (!site || !rdl_geodesic_distance(crs, site, ground, &m, error))
            return NULL;
        if (m <= metres)
            g_ptr_array_add(sites, g_strdup(rdl_statement_get_text(s, 0)));
    }
    return s ? g_steal_pointer(&sites) : NULL;
}

bool rdl_rebounds_raise(rdl_ledger *ledger, const rdl_newcomer *n, const char *at, GError **error)
{
    JsonObject *pack = rdl_ledger_pack(ledger, error);
    arrival a = {.ledger = ledger, .n = n, .at = at};

    if (!pack)
        return false;
    a.tolerance = rdl_json_real(pack, "pos_tolerance_m", 0.0);
    a.least = least_patch(pack, rdl_ledger_table(ledger, "activities.csv", NULL), n->activity);
    if (!raise_site(&a, n->site_id, error))
        return false;
    if (!n->ground || rdl_geometry_empty(n->ground))
        return true;
    g_autoptr(GPtrArray) sites = touched(ledger, n->crs, n->ground, n->site_id, a.tolerance, error);
    for (guint i = 0; sites && i < sites->len; i++)
        if (!raise_site(&a, sites->pdata[i], error))
            return false;
    return sites != NULL;
}
