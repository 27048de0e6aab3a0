/* What each kind of event does to the tables. Nothing else writes to them. */
#include <math.h>
#include <string.h>
#include "rectify/event.h"

typedef bool (*apply_fn)(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);

static const char *text(JsonObject *o, const char *member)
{
    return rdl_json_text(o, member, NULL);
}

/* Run `sql` with the named members of `o` as its text parameters, in order. */
static bool run_texts(rdl_ledger *ledger, const char *sql, JsonObject *o,
                      const char *const *members, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);

    for (int i = 0; s && members[i]; i++)
        rdl_statement_text(s, i + 1, text(o, members[i]));
    return s && rdl_statement_run(s, error);
}

static bool set_setting(rdl_ledger *ledger, const char *name, const char *value, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT OR REPLACE INTO setting VALUES(?,?)", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, name);
    rdl_statement_text(s, 2, value);
    return rdl_statement_run(s, error);
}

static bool write_pack(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT OR IGNORE INTO pack VALUES(?,?,?,?)", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "pack_sha256"));
    rdl_statement_text(s, 2, text(o, "pack"));
    rdl_statement_text(s, 3, text(o, "pack_version"));
    rdl_statement_text(s, 4, event->at);
    return rdl_statement_run(s, error);
}

/* The pack a ledger begins with, or a later version of it. */
static bool apply_init(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const settings[] = {"pack", "pack_version", "pack_sha256", "crs", NULL};
    JsonObject *files = rdl_json_object(o, "files");
    g_autoptr(GList) names = files ? json_object_get_members(files) : NULL;
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO pack_file VALUES(?,?,?)", error);

    if (!write_pack(ledger, event, o, error))
        return false;
    for (int i = 0; settings[i]; i++)
        if (!set_setting(ledger, settings[i], text(o, settings[i]), error))
            return false;
    for (GList *n = names; s && n; n = n->next) {
        rdl_statement_text(s, 1, text(o, "pack_sha256"));
        rdl_statement_text(s, 2, n->data);
        rdl_statement_text(s, 3, text(files, n->data));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

static bool apply_loaded(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO load VALUES(?,?,?)", error);
    JsonObject *manifest = rdl_json_object(o, "manifest");
    g_autoptr(JsonNode) node = manifest ? rdl_json_node(manifest) : NULL;
    g_autofree char *line = node ? rdl_json_canonical(node) : NULL;

    if (!s)
        return false;
    rdl_statement_text(s, 1, event->subject);
    rdl_statement_text(s, 2, event->at);
    rdl_statement_text(s, 3, line);
    return rdl_statement_run(s, error);
}

static bool write_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"source", "source_id", "activity", "owner",
                                          "xzqdm",  "content",   "load",     NULL};
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "INSERT INTO site(site_id,source,source_id,activity,owner,xzqdm,content,load,lon,lat,geom) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,GeomFromWKB(?,?)) ON CONFLICT(site_id) DO UPDATE SET "
        "activity=excluded.activity, owner=excluded.owner, xzqdm=excluded.xzqdm, "
        "content=excluded.content, load=excluded.load, lon=excluded.lon, lat=excluded.lat, "
        "geom=excluded.geom",
        error);
    const char *base64 = text(o, "geometry");
    gsize n = 0;

    if (!s)
        return false;
    g_autofree guchar *wkb = base64 ? g_base64_decode(base64, &n) : NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(wkb, n);
    rdl_statement_text(s, 1, event->subject);
    for (int i = 0; members[i]; i++)
        rdl_statement_text(s, i + 2, text(o, members[i]));
    rdl_statement_real(s, 9, rdl_json_real(o, "lon", NAN));
    rdl_statement_real(s, 10, rdl_json_real(o, "lat", NAN));
    rdl_statement_bytes(s, 11, bytes);
    rdl_statement_int(s, 12, ledger->srid);
    return rdl_statement_run(s, error);
}

/* The findings of one source of the site, in place of those it had. */
static bool write_findings(rdl_ledger *ledger, const rdl_event *event, JsonObject *of,
                           GError **error)
{
    static const char *const gone[] = {"source", "source_id", NULL};
    JsonArray *findings = json_object_get_array_member(of, "findings");

    if (!run_texts(ledger, "DELETE FROM finding WHERE source = ? AND source_id = ?", of, gone,
                   error))
        return false;
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO finding VALUES(?,?,?,?,?,?,?,?,?,?)", error);

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
        rdl_statement_text(s, 8, line);
        rdl_statement_text(s, 9, text(of, "source"));
        rdl_statement_text(s, 10, text(of, "source_id"));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

/* Tasks look at the gravest finding there is now: the one they came from may be gone. */
static bool repoint_tasks(rdl_ledger *ledger, const char *site_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET finding_id = coalesce((SELECT finding_id FROM finding WHERE site_id = ?1"
        " AND is_primary = 1 ORDER BY severity IS NULL, severity, finding_id LIMIT 1), finding_id) "
        "WHERE site_id = ?1",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, site_id);
    return rdl_statement_run(s, error);
}

static bool apply_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    return write_site(ledger, event, o, error) && write_findings(ledger, event, o, error) &&
           repoint_tasks(ledger, event->subject, error);
}

/* Another source on the ground of a known site: its findings come to that site. */
static bool apply_joined(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT OR REPLACE INTO alias VALUES(?,?,?,?)", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "source"));
    rdl_statement_text(s, 2, text(o, "source_id"));
    rdl_statement_text(s, 3, event->subject);
    rdl_statement_text(s, 4, text(o, "content"));
    return rdl_statement_run(s, error) && write_findings(ledger, event, o, error) &&
           repoint_tasks(ledger, event->subject, error);
}

static bool apply_opened(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"task_id", "site_id",    "finding_id", "kind",    "state",
                                          "xzqdm",   "department", "tier",       "started", "due",
                                          "due",     "problem_id", NULL};

    (void)event;
    return run_texts(ledger,
                     "INSERT INTO task(task_id,site_id,finding_id,kind,state,xzqdm,department,tier,"
                     "started,due_original,due,problem_id) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
                     o, members, error);
}

/* Values that come with a move go to the problem, where there is one. */
static bool fill_problem(rdl_ledger *ledger, const char *task_id, JsonObject *fields,
                         GError **error)
{
    static const char *const members[] = {"target",    "measures",    "lead_leader", "supervisor",
                                          "resp_unit", "accept_unit", NULL};
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE problem SET target=coalesce(?,target), measures=coalesce(?,measures), "
        "lead_leader=coalesce(?,lead_leader), supervisor=coalesce(?,supervisor), "
        "resp_unit=coalesce(?,resp_unit), accept_unit=coalesce(?,accept_unit) WHERE problem_id = "
        "(SELECT problem_id FROM task WHERE task_id = ?)",
        error);

    if (!s)
        return false;
    for (int i = 0; members[i]; i++)
        rdl_statement_text(s, i + 1, text(fields, members[i]));
    rdl_statement_text(s, 7, task_id);
    return rdl_statement_run(s, error);
}

static bool apply_moved(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET state = ?, moved = ?, revision = revision + 1 WHERE task_id = ?", error);
    JsonObject *fields = rdl_json_object(o, "fields");

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "to"));
    rdl_statement_text(s, 2, event->at);
    rdl_statement_text(s, 3, event->subject);
    return rdl_statement_run(s, error) &&
           (!fields || fill_problem(ledger, event->subject, fields, error));
}

static bool apply_assigned(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "UPDATE task SET assignee = ?, revision = revision + 1 WHERE task_id = ?",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "to"));
    rdl_statement_text(s, 2, event->subject);
    return rdl_statement_run(s, error);
}

static bool apply_extended(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "UPDATE task SET due = ?, revision = revision + 1 WHERE task_id = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "due"));
    rdl_statement_text(s, 2, event->subject);
    return rdl_statement_run(s, error);
}

static bool apply_progress(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET progress = ?, progress_text = ?, revision = revision + 1 "
        "WHERE task_id = ?",
        error);

    if (!s)
        return false;
    rdl_statement_real(s, 1, rdl_json_real(o, "progress", NAN));
    rdl_statement_text(s, 2, text(o, "text"));
    rdl_statement_text(s, 3, event->subject);
    return rdl_statement_run(s, error);
}

/* The clock stands still from `at` on, and runs again with the due date as much later. */
static bool apply_clock(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    bool stops = strcmp(event->kind, "task.stopped") == 0;
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET stopped = ?, due = coalesce(?, due), revision = revision + 1 "
        "WHERE task_id = ?",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, stops ? event->at : NULL);
    rdl_statement_text(s, 2, text(o, "due"));
    rdl_statement_text(s, 3, event->subject);
    return rdl_statement_run(s, error);
}

static bool apply_milestone(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                            GError **error)
{
    static const char *const set[] = {"problem_id", "n", "due", "text", NULL};
    static const char *const met[] = {"met", "problem_id", "n", NULL};

    if (strcmp(event->kind, "milestone.set") == 0)
        return run_texts(ledger,
                         "INSERT INTO milestone(problem_id,n,due,text) VALUES(?,?,?,?) "
                         "ON CONFLICT DO UPDATE SET due=excluded.due, text=excluded.text",
                         o, set, error);
    return run_texts(ledger, "UPDATE milestone SET met = ? WHERE problem_id = ? AND n = ?", o, met,
                     error);
}

static bool apply_warning(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "UPDATE task SET warned = ? WHERE task_id = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "level"));
    rdl_statement_text(s, 2, event->subject);
    return rdl_statement_run(s, error);
}

/* Measures stand one after another with a full- or half-width semicolon between them. */
static bool write_measures(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO measure VALUES(?,?,?)", error);
    g_auto(GStrv) parts =
        g_regex_split_simple("\\s*[;；]\\s*", rdl_json_text(o, "measures", ""), 0, 0);
    int n = 0;

    for (char **part = parts; s && *part; part++) {
        if (!**part)
            continue;
        rdl_statement_text(s, 1, text(o, "problem_id"));
        rdl_statement_int(s, 2, ++n);
        rdl_statement_text(s, 3, *part);
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

static bool apply_registered(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                             GError **error)
{
    static const char *const members[] = {"problem_id",  "site_id",     "clue_id",    "target",
                                          "measures",    "lead_leader", "supervisor", "resp_unit",
                                          "accept_unit", NULL};

    (void)event;
    return run_texts(ledger,
                     "INSERT INTO problem(problem_id,site_id,clue_id,target,measures,lead_leader,"
                     "supervisor,resp_unit,accept_unit) VALUES(?,?,?,?,?,?,?,?,?)",
                     o, members, error) &&
           write_measures(ledger, o, error);
}

static bool apply_letter(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"letter_no",    "batch",   "received",
                                          "activity",     "key",     "founded",
                                          "duplicate_of", "site_id", NULL};

    (void)event;
    return run_texts(ledger, "INSERT INTO letter VALUES(?,?,?,?,?,?,?,?)", o, members, error);
}

/* A signature changes nothing: it speaks of the event before it. */
static bool apply_signed(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    (void)ledger;
    (void)event;
    (void)o;
    (void)error;
    return true;
}

bool rdl_event_apply(rdl_ledger *ledger, const rdl_event *event, GError **error)
{
    static const struct {
        const char *kind;
        apply_fn fn;
    } kinds[] = {{"ledger.init", apply_init},        {"pack.added", apply_init},
                 {"ledger.signed", apply_signed},    {"findings.loaded", apply_loaded},
                 {"site.found", apply_site},         {"site.revised", apply_site},
                 {"site.joined", apply_joined},      {"task.opened", apply_opened},
                 {"task.moved", apply_moved},        {"task.assigned", apply_assigned},
                 {"task.extended", apply_extended},  {"task.progress", apply_progress},
                 {"task.stopped", apply_clock},      {"task.resumed", apply_clock},
                 {"milestone.set", apply_milestone}, {"milestone.met", apply_milestone},
                 {"warning.changed", apply_warning}, {"problem.registered", apply_registered},
                 {"letter.received", apply_letter}};
    g_autoptr(JsonNode) node = rdl_json_parse(event->payload, "event", error);

    if (!node)
        return false;
    for (size_t i = 0; JSON_NODE_HOLDS_OBJECT(node) && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(event->kind, kinds[i].kind) == 0)
            return kinds[i].fn(ledger, event, json_node_get_object(node), error);
    return rdl_fail(error, RDL_ERROR_DATA,
                    "event %" G_GINT64_FORMAT " of kind %s is not known here", event->seq,
                    event->kind);
}
