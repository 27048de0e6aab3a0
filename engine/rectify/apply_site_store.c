/* What events of sites do to the tables: which sources make a site, on what ground. */
#include <math.h>
#include <string.h>
#include "rectify/apply.h"
#include "rectify/tighten.h"

static const char *text(JsonObject *o, const char *member)
{
    return rdl_json_text(o, member, NULL);
}

GBytes *rdl_apply_ground(JsonObject *o, const char *member)
{
    const char *base64 = text(o, member);
    gsize n = 0;
    guchar *wkb = base64 ? g_base64_decode(base64, &n) : NULL;

    return wkb ? g_bytes_new_take(wkb, n) : NULL;
}

/* Run `sql` with ?1 = a and, unless NULL, ?2 = b. */
static bool run_two(rdl_ledger *ledger, const char *sql, const char *a, const char *b,
                    GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, a);
    if (b)
        rdl_statement_text(s, 2, b);
    return rdl_statement_run(s, error);
}

/* ---- one source ---- */

static bool write_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"source", "source_id", "activity", "owner",
                                          "xzqdm",  "load",      NULL};
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "INSERT INTO site(site_id,source,source_id,activity,owner,xzqdm,load,lon,lat) "
        "VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(site_id) DO UPDATE SET "
        "activity=excluded.activity, owner=excluded.owner, xzqdm=excluded.xzqdm, "
        "load=excluded.load, lon=excluded.lon, lat=excluded.lat, merged_into=NULL",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, event->subject);
    for (int i = 0; members[i]; i++)
        rdl_statement_text(s, i + 2, text(o, members[i]));
    rdl_statement_real(s, 8, rdl_json_real(o, "lon", NAN));
    rdl_statement_real(s, 9, rdl_json_real(o, "lat", NAN));
    return rdl_statement_run(s, error);
}

static bool write_ground(rdl_ledger *ledger, const char *site_id, JsonObject *o, const char *member,
                         GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "UPDATE site SET geom = GeomFromWKB(?,?) WHERE site_id = ?", error);
    g_autoptr(GBytes) wkb = rdl_apply_ground(o, member);

    if (!s)
        return false;
    rdl_statement_bytes(s, 1, wkb);
    rdl_statement_int(s, 2, ledger->srid);
    rdl_statement_text(s, 3, site_id);
    return rdl_statement_run(s, error);
}

/* A source whose ground is the whole of its site's is not written twice. */
static bool write_origin(rdl_ledger *ledger, const char *site_id, JsonObject *o, bool joined,
                         GError **error)
{
    static const char *const members[] = {"source", "source_id", NULL};
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "INSERT INTO origin VALUES(?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
                          "site_id=excluded.site_id, content=excluded.content, part=excluded.part, "
                          "ground=excluded.ground, load=excluded.load",
                          error);
    bool united = json_object_has_member(o, "site_geometry"), own = joined || united;
    g_autoptr(GBytes) ground = own ? rdl_apply_ground(o, "geometry") : NULL;

    if (!s)
        return false;
    for (int i = 0; members[i]; i++)
        rdl_statement_text(s, i + 1, text(o, members[i]));
    rdl_statement_text(s, 3, site_id);
    rdl_statement_text(s, 4, text(o, "content"));
    rdl_statement_int(s, 5, !joined || united);
    rdl_statement_bytes(s, 6, ground);
    rdl_statement_text(s, 7, text(o, "load"));
    return rdl_statement_run(s, error);
}

static double own_area(JsonObject *finding)
{
    double own = rdl_json_real(finding, "area_own_m2", NAN);

    return isnan(own) ? rdl_json_real(finding, "area_m2", NAN) : own;
}

/* The findings of one source of the site, in place of those it had. */
static bool write_findings(rdl_ledger *ledger, const rdl_event *event, JsonObject *of,
                           GError **error)
{
    static const char *const gone[] = {"source", "source_id", NULL};
    JsonArray *findings = json_object_get_array_member(of, "findings");

    if (!rdl_apply_texts(ledger, "DELETE FROM finding WHERE source = ? AND source_id = ?", of, gone,
                         error))
        return false;
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "INSERT INTO finding VALUES(?,?,?,?,?,?,?,?,?,?,?)", error);

    for (guint i = 0; s && i < json_array_get_length(findings); i++) {
        JsonObject *f = json_array_get_object_element(findings, i);
        g_autofree char *line = rdl_json_canonical(json_array_get_element(findings, i));
        rdl_statement_text(s, 1, text(f, "finding_id"));
        rdl_statement_text(s, 2, event->subject);
        rdl_statement_int(s, 3, (gint64)rdl_json_real(f, "is_primary", 0.0));
        rdl_statement_text(s, 4, text(f, "zone"));
        rdl_statement_text(s, 5, text(f, "result"));
        rdl_statement_text(s, 6, text(f, "severity"));
        rdl_statement_text(s, 7, text(f, "rule_id"));
        rdl_statement_text(s, 8, text(of, "source"));
        rdl_statement_text(s, 9, text(of, "source_id"));
        rdl_statement_real(s, 10, own_area(f));
        rdl_statement_text(s, 11, line);
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

/* Tasks look at the gravest finding there is now: the one they came from may be gone. */
static bool repoint_tasks(rdl_ledger *ledger, const char *site_id, GError **error)
{
    return run_two(
        ledger,
        "UPDATE task SET finding_id = coalesce((SELECT finding_id FROM finding WHERE site_id = ?1"
        " AND is_primary = 1 ORDER BY " RDL_GRAVEST_FIRST
        ", finding_id LIMIT 1), finding_id) WHERE "
        "site_id = ?1",
        site_id, NULL, error);
}

bool rdl_apply_retyped(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    static const char *const members[] = {"source", "source_id", NULL};

    return rdl_apply_texts(ledger,
                           "UPDATE site SET activity = r.becomes FROM review r WHERE site.source ="
                           " ?1 AND site.source_id = ?2 AND r.source = ?1 AND r.source_id = ?2 AND"
                           " r.decision = 'retype'",
                           o, members, error);
}

/* Each source of the site keeps its own ground from now on. */
static bool keep_grounds(rdl_ledger *ledger, const char *site_id, GError **error)
{
    return run_two(ledger,
                   "UPDATE origin SET ground = (SELECT AsBinary(geom) FROM site WHERE site_id = ?1)"
                   " WHERE site_id = ?1 AND part = 1 AND ground IS NULL",
                   site_id, NULL, error);
}

/* A site that comes after all: it is no longer held back, and what it outgrew holds only others. */
static bool release(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    static const char *const members[] = {"source", "source_id", NULL};

    return rdl_apply_texts(ledger, "DELETE FROM held WHERE source = ? AND source_id = ?", o,
                           members, error) &&
           (!json_object_has_member(o, "outgrown") ||
            rdl_apply_texts(ledger,
                            "UPDATE review SET decision = 'outgrown' WHERE source = ? AND "
                            "source_id = ? AND decision = 'reject'",
                            o, members, error));
}

bool rdl_apply_held(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"source", "source_id", "rejected", "content", "load"};
    const int n = (int)G_N_ELEMENTS(members);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "INSERT OR REPLACE INTO held VALUES(?,?,?,?,?,?,?,?)", error);

    if (!s)
        return false;
    for (int i = 0; i < n; i++)
        rdl_statement_text(s, i + 1, text(o, members[i]));
    rdl_statement_text(s, n + 1, event->at);
    rdl_statement_real(s, n + 2, rdl_json_real(o, "share", NAN));
    rdl_statement_real(s, n + 3, rdl_json_real(o, "size", NAN));
    return rdl_statement_run(s, error);
}

bool rdl_apply_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    bool joined = strcmp(event->kind, "site.joined") == 0;
    bool united = json_object_has_member(o, "site_geometry");
    const char *whole = united ? "site_geometry" : joined ? NULL : "geometry";

    return (joined ||
            (write_site(ledger, event, o, error) && rdl_apply_retyped(ledger, o, error))) &&
           (!united || keep_grounds(ledger, event->subject, error)) &&
           (!whole || write_ground(ledger, event->subject, o, whole, error)) &&
           write_origin(ledger, event->subject, o, joined, error) && release(ledger, o, error) &&
           write_findings(ledger, event, o, error) && repoint_tasks(ledger, event->subject, error);
}

/* ---- several ---- */

static bool merge_one(rdl_ledger *ledger, const char *keep, const char *gone, GError **error)
{
    static const char *const moved[] = {
        "UPDATE origin SET site_id = ?1 WHERE site_id = ?2",
        "UPDATE finding SET site_id = ?1 WHERE site_id = ?2",
        "UPDATE task SET site_id = ?1 WHERE site_id = ?2",
        "UPDATE problem SET site_id = ?1 WHERE site_id = ?2",
        "UPDATE letter SET site_id = ?1 WHERE site_id = ?2",
        "INSERT INTO letter_site SELECT letter_no, ?1, distance_m, uncertainty_m FROM letter_site "
        "WHERE site_id = ?2 ON CONFLICT DO UPDATE SET distance_m = min(distance_m, "
        "excluded.distance_m)",
        "DELETE FROM letter_site WHERE site_id = ?2 AND ?1 <> ?2",
        "UPDATE site SET merged_into = ?1 WHERE merged_into = ?2",
        "UPDATE site SET merged_into = ?1, geom = NULL WHERE site_id = ?2"};

    if (!keep_grounds(ledger, gone, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++)
        if (!run_two(ledger, moved[i], keep, gone, error))
            return false;
    return true;
}

bool rdl_apply_merged(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    JsonArray *gone = json_object_get_array_member(o, "sites");

    if (!keep_grounds(ledger, event->subject, error))
        return false;
    for (guint i = 0; i < json_array_get_length(gone); i++)
        if (!merge_one(ledger, event->subject, json_array_get_string_element(gone, i), error))
            return false;
    return write_ground(ledger, event->subject, o, "geometry", error) &&
           repoint_tasks(ledger, event->subject, error);
}

static bool write_split_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                             GError **error)
{
    return write_site(ledger, event, o, error) && rdl_apply_retyped(ledger, o, error) &&
           run_two(ledger, "UPDATE site SET split_from = ?2 WHERE site_id = ?1", event->subject,
                   text(o, "from"), error) &&
           write_ground(ledger, event->subject, o, "geometry", error) &&
           write_ground(ledger, text(o, "from"), o, "left", error);
}

/* One source goes to the new site, with its findings. */
static bool split_origin(rdl_ledger *ledger, const char *site_id, JsonObject *origin,
                         GError **error)
{
    static const char *const moved[] = {
        "UPDATE origin SET site_id = ?1, part = 1 WHERE source = ?2 AND source_id = ?3",
        "UPDATE finding SET site_id = ?1 WHERE source = ?2 AND source_id = ?3"};

    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++) {
        g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, moved[i], error);
        if (!s)
            return false;
        rdl_statement_text(s, 1, site_id);
        rdl_statement_text(s, 2, text(origin, "source"));
        rdl_statement_text(s, 3, text(origin, "source_id"));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return true;
}

/* The task goes along, with its problem and the clue that became it. */
static bool split_task(rdl_ledger *ledger, const char *site_id, const char *task_id, GError **error)
{
    return run_two(ledger, "UPDATE task SET site_id = ?1 WHERE task_id = ?2", site_id, task_id,
                   error) &&
           run_two(ledger,
                   "UPDATE problem SET site_id = ?1 WHERE clue_id = ?2 OR problem_id = "
                   "(SELECT problem_id FROM task WHERE task_id = ?2)",
                   site_id, task_id, error);
}

bool rdl_apply_split(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    JsonArray *origins = json_object_get_array_member(o, "origins");
    JsonArray *tasks = json_object_get_array_member(o, "tasks");

    if (!keep_grounds(ledger, text(o, "from"), error) || !write_split_site(ledger, event, o, error))
        return false;
    for (guint i = 0; i < json_array_get_length(origins); i++)
        if (!split_origin(ledger, event->subject, json_array_get_object_element(origins, i), error))
            return false;
    for (guint i = 0; i < json_array_get_length(tasks); i++)
        if (!split_task(ledger, event->subject, json_array_get_string_element(tasks, i), error))
            return false;
    return repoint_tasks(ledger, event->subject, error) &&
           repoint_tasks(ledger, text(o, "from"), error);
}
