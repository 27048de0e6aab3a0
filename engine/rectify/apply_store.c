/* What each kind of event does to the tables. Nothing else writes to them. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "rectify/apply.h"
#include "rectify/tighten.h"

typedef bool (*apply_fn)(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);

static const char *text(JsonObject *o, const char *member)
{
    return rdl_json_text(o, member, NULL);
}

bool rdl_apply_texts(rdl_ledger *ledger, const char *sql, JsonObject *o, const char *const *members,
                     GError **error)
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

static bool apply_decided(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "INSERT OR REPLACE INTO review VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", error);
    const char *const values[] = {
        text(o, "source"), text(o, "source_id"), text(o, "decision"), text(o, "becomes"),
        event->reason,     text(o, "note"),      event->at,           event->by,
        text(o, "holds"),  text(o, "t_before"),  text(o, "t_after")};
    const int n = (int)G_N_ELEMENTS(values);
    g_autoptr(GBytes) ground = rdl_apply_ground(o, "geometry");

    if (!s)
        return false;
    for (int i = 0; i < n; i++)
        rdl_statement_text(s, i + 1, values[i]);
    rdl_statement_real(s, n + 1, rdl_json_real(o, "area_m2", NAN));
    rdl_statement_int(s, n + 2, (gint64)rdl_json_real(o, "whole", 0.0));
    rdl_statement_bytes(s, n + 3, ground);
    return rdl_statement_run(s, error) && rdl_apply_retyped(ledger, o, error);
}

static bool apply_opened(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"task_id", "site_id",    "finding_id", "kind", "state",
                                          "xzqdm",   "department", "tier",       "tier", "started",
                                          "due",     "due",        "problem_id", NULL};

    return rdl_apply_texts(
               ledger,
               "INSERT INTO task(task_id,site_id,finding_id,kind,state,xzqdm,department,"
               "tier_original,tier,started,due_original,due,problem_id,number) "
               "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,"
               "(SELECT coalesce(max(number), 0) + 1 FROM task))",
               o, members, error) &&
           rdl_apply_state(ledger, event, text(o, "task_id"), text(o, "state"), error);
}

static char *problem_of(rdl_ledger *ledger, const char *task_id, GError **error)
{
    char *id;

    rdl_store_ask(ledger->store, "SELECT problem_id FROM task WHERE task_id = ?", task_id, &id,
                  error);
    return id;
}

char **rdl_measures_apart(const char *measures)
{
    return g_regex_split_simple("\\s*[;；\n]\\s*", measures, 0, 0);
}

static bool write_measures(rdl_ledger *ledger, const char *problem_id, const char *measures,
                           GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "INSERT INTO measure(problem_id,n,text,supervised) VALUES(?,?,?,?) ON CONFLICT DO UPDATE "
        "SET text = excluded.text, supervised = excluded.supervised",
        error);
    g_autoptr(rdl_statement) rest =
        s ? rdl_statement_new(ledger->store, "DELETE FROM measure WHERE problem_id = ? AND n > ?",
                              error)
          : NULL;
    g_auto(GStrv) parts = rdl_measures_apart(measures);
    int n = 0;

    for (char **part = parts; rest && *part; part++) {
        if (!**part)
            continue;
        rdl_statement_text(s, 1, problem_id);
        rdl_statement_int(s, 2, ++n);
        rdl_statement_text(s, 3, *part);
        rdl_statement_text(s, 4, strstr(*part, "挂账督办") ? "1" : NULL);
        if (!rdl_statement_run(s, error))
            return false;
    }
    if (!rest)
        return false;
    rdl_statement_text(rest, 1, problem_id);
    rdl_statement_int(rest, 2, n);
    return rdl_statement_run(rest, error);
}

/* Values for a problem, its measures as rows too. */
static bool fill_problem(rdl_ledger *ledger, const char *problem_id, JsonObject *fields,
                         GError **error)
{
    const char *measures = text(fields, "measures");

    return rdl_apply_problem(ledger, problem_id, fields, error) &&
           (!measures || write_measures(ledger, problem_id, measures, error));
}

/* A claim is flagged by the newest scene that tells; withdrawing it takes the flag away. */
static bool flag_claim(rdl_ledger *ledger, const char *task_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET contradicted = CASE WHEN claimed IS NOT NULL THEN"
        " (SELECT CASE WHEN stands THEN scene_date END FROM verification v WHERE v.task_id = ?1 AND"
        "  outcome <> 'CANNOT_TELL' ORDER BY scene_date DESC, scene, seq DESC LIMIT 1) END WHERE "
        "task_id = ?1",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    return rdl_statement_run(s, error);
}

static bool apply_moved(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET state = ?1, moved = ?2, revision = revision + 1, claimed = CASE ?1"
        " WHEN 'SUBMITTED' THEN ?2 WHEN 'WORKING' THEN NULL WHEN 'REOPENED' THEN NULL"
        " ELSE claimed END WHERE task_id = ?3",
        error);
    JsonObject *fields = rdl_json_object(o, "fields");

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "to"));
    rdl_statement_text(s, 2, event->at);
    rdl_statement_text(s, 3, event->subject);
    g_autofree char *problem_id = problem_of(ledger, event->subject, error);
    return rdl_statement_run(s, error) && rdl_apply_move(ledger, event, o, error) &&
           flag_claim(ledger, event->subject, error) &&
           (!fields || !problem_id || fill_problem(ledger, problem_id, fields, error));
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
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "UPDATE task SET due = ?, due_original = coalesce(due_original, ?), "
                          "revision = revision + 1 "
                          "WHERE task_id = ?",
                          error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, text(o, "due"));
    rdl_statement_text(s, 2, text(o, "first"));
    rdl_statement_text(s, 3, event->subject);
    return rdl_statement_run(s, error);
}

/* What begins again has a day and a beginning of its own, and where the event says so a clock that
 * runs; a problem may be reopened before its day is known. What is counted again goes on: the event
 * tells its beginning, its first day and its first tier. */
static bool apply_renewed(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"due", "tier", NULL};

    if (!rdl_apply_term_good(ledger, event, o, members, error))
        return false;
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET started = ?1, due = ?2, due_original = coalesce(?6, ?2), tier = ?3, "
        "tier_original = coalesce(?7, ?3), stopped = CASE WHEN ?5 THEN NULL ELSE stopped END, "
        "revision = revision + 1 WHERE task_id = ?4",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, rdl_json_text(o, "started", event->at));
    rdl_statement_text(s, 2, text(o, "due"));
    rdl_statement_text(s, 3, text(o, "tier"));
    rdl_statement_text(s, 4, event->subject);
    rdl_statement_int(s, 5, json_object_get_boolean_member_with_default(o, "runs", FALSE));
    rdl_statement_text(s, 6, text(o, "first"));
    rdl_statement_text(s, 7, text(o, "tier_original"));
    return rdl_statement_run(s, error);
}

static bool apply_progress(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "UPDATE task SET progress = coalesce(?, progress), progress_text = ?, "
                          "revision = revision + 1 "
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
        return rdl_apply_texts(ledger,
                               "INSERT INTO milestone(problem_id,n,due,text) VALUES(?,?,?,?) "
                               "ON CONFLICT DO UPDATE SET due=excluded.due, text=excluded.text",
                               o, set, error);
    return rdl_apply_texts(ledger, "UPDATE milestone SET met = ? WHERE problem_id = ? AND n = ?", o,
                           met, error);
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

static bool apply_registered(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                             GError **error)
{
    static const char *const members[] = {"problem_id", "site_id", "clue_id", NULL};

    (void)event;
    return rdl_apply_texts(ledger,
                           "INSERT INTO problem(problem_id,site_id,clue_id) VALUES(?,?,?) ON "
                           "CONFLICT DO UPDATE SET clue_id = excluded.clue_id",
                           o, members, error) &&
           fill_problem(ledger, text(o, "problem_id"), o, error);
}

static bool apply_changed(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autofree char *problem_id = problem_of(ledger, event->subject, error);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "UPDATE task SET revision = revision + 1 WHERE task_id = ?", error);

    if (!s || !problem_id)
        return false;
    rdl_statement_text(s, 1, event->subject);
    return rdl_statement_run(s, error) &&
           fill_problem(ledger, problem_id, rdl_json_object(o, "fields"), error);
}

/* Every site the letter may speak of; `site_id` is the nearest of them. */
static bool link_letter(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    JsonArray *sites = json_object_get_array_member(o, "sites");
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO letter_site VALUES(?,?,?,?)", error);

    for (guint i = 0; s && i < json_array_get_length(sites); i++) {
        JsonObject *site = json_array_get_object_element(sites, i);
        rdl_statement_text(s, 1, text(o, "letter_no"));
        rdl_statement_text(s, 2, text(site, "site_id"));
        rdl_statement_real(s, 3, rdl_json_real(site, "distance_m", NAN));
        rdl_statement_real(s, 4, rdl_json_real(site, "uncertainty_m", NAN));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

static bool apply_letter(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"letter_no",    "batch",   "received",
                                          "activity",     "key",     "founded",
                                          "duplicate_of", "site_id", NULL};

    (void)event;
    return rdl_apply_texts(ledger, "INSERT INTO letter VALUES(?,?,?,?,?,?,?,?)", o, members,
                           error) &&
           link_letter(ledger, o, error);
}

static bool apply_verified(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "INSERT INTO verification(task_id,scene,scene_date,outcome,how,stands,"
                          "content,seq) VALUES(?,?,?,?,?,?,?,?)",
                          error);
    static const char *const members[] = {"task_id", "scene", "scene_date", "outcome", "how"};

    if (!s)
        return false;
    for (int i = 0; i < (int)G_N_ELEMENTS(members); i++)
        rdl_statement_text(s, i + 1, text(o, members[i]));
    rdl_statement_int(s, 6, (gint64)rdl_json_real(o, "stands", 0.0));
    rdl_statement_text(s, 7, event->payload);
    rdl_statement_int(s, 8, event->seq);
    return rdl_statement_run(s, error) && flag_claim(ledger, text(o, "task_id"), error);
}

/* A signature speaks of the event before it, an export or a return of what left, a photo of what is
 * in its event: nothing changes. */
static bool apply_nothing(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
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
    } kinds[] = {{"ledger.init", apply_init},
                 {"pack.added", apply_init},
                 {"ledger.signed", apply_nothing},
                 {"export.made", apply_nothing},
                 {"package.returned", apply_nothing},
                 {"photo.taken", apply_nothing}, /* but its paper */
                 {"findings.loaded", apply_loaded},
                 {"layer.loaded", rdl_apply_layer},
                 {"layer.dropped", rdl_apply_layer},
                 {"site.found", rdl_apply_site},
                 {"site.revised", rdl_apply_site},
                 {"site.joined", rdl_apply_site},
                 {"site.merged", rdl_apply_merged},
                 {"site.split", rdl_apply_split},
                 {"task.opened", apply_opened},
                 {"task.moved", apply_moved},
                 {"task.assigned", apply_assigned},
                 {"task.extended", apply_extended},
                 {"task.tightened", rdl_apply_tightened},
                 {"task.renewed", apply_renewed},
                 {"task.progress", apply_progress},
                 {"task.stopped", apply_clock},
                 {"task.resumed", apply_clock},
                 {"milestone.set", apply_milestone},
                 {"milestone.met", apply_milestone},
                 {"warning.changed", apply_warning},
                 {"problem.registered", apply_registered},
                 {"letter.received", apply_letter},
                 {"review.decided", apply_decided},
                 {"source.held", rdl_apply_held},
                 {"site.verified", apply_verified},
                 {"problem.changed", apply_changed},
                 {"measure.done", rdl_apply_measure},
                 {"lookback.raised", rdl_apply_lookback},
                 {"publication.made", rdl_apply_publication},
                 {"draw.made", rdl_apply_draw},
                 {"sample.drawn", rdl_apply_sample},
                 {"sample.judged", rdl_apply_judged},
                 {"transfer.sent", rdl_apply_transfer},
                 {"transfer.accepted", rdl_apply_transfer},
                 {"transfer.answered", rdl_apply_transfer}};
    g_autoptr(JsonNode) node = rdl_json_parse(event->payload, "event", error);

    if (!node)
        return false;
    for (size_t i = 0; JSON_NODE_HOLDS_OBJECT(node) && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(event->kind, kinds[i].kind) == 0)
            return kinds[i].fn(ledger, event, json_node_get_object(node), error) &&
                   rdl_apply_papers(ledger, event, json_node_get_object(node), error);
    return rdl_fail(error, RDL_ERROR_DATA, "event %" PRId64 " of kind %s is not known here",
                    event->seq, event->kind);
}
