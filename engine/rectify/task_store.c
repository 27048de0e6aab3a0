#include "rectify/task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/code.h"
#include "rectify/moving.h"
#include "rectify/warning.h"

/* Of task t, by the last event that gave it a day. */
#define DUE_NOTE                                                                                \
    "(SELECT CASE json_extract(e.payload, '$.provisional') WHEN 1 THEN 'provisional' END FROM " \
    "event e WHERE e.subject = t.task_id AND t.due IS NOT NULL AND e.kind IN ('task.opened', "  \
    "'task.extended', 'task.tightened', 'task.renewed') ORDER BY e.seq DESC LIMIT 1)"

/* The columns of rdl_task's texts, in the order of `texts` below. */
static const char select_tasks[] =
    "SELECT t.task_id, t.kind, t.state, t.xzqdm, coalesce(p.lead_dept, t.department), "
    "t.department, t.tier, t.tier_original, t.started, "
    "t.due_original,"
    " t.due, t.assignee, s.site_id, s.source, s.source_id, s.owner, t.finding_id, f.zone,"
    " json_extract(f.content,'$.zone_name'), s.activity, f.result, f.severity, f.rule_id,"
    " json_extract(f.content,'$.basis'), json_extract(f.content,'$.handling'),"
    " json_extract(f.content,'$.penalty'), p.problem_id, p.target, p.measures, p.lead_leader,"
    " p.supervisor, p.resp_unit, p.accept_unit, t.warned, t.contradicted, t.stopped, p.task_no, "
    "p.source,"
    " p.problem, " DUE_NOTE ", s.lon, s.lat,"
    " json_extract(f.content,'$.area_m2'), json_extract(f.content,'$.area_min_m2'),"
    " json_extract(f.content,'$.area_max_m2'), t.progress,"
    " (SELECT count(*) FROM milestone m WHERE m.problem_id = t.problem_id AND m.due < ?5"
    "  AND (m.met IS NULL OR m.met > ?5)), t.revision,"
    " (SELECT min(n.number) FROM task n WHERE n.site_id = t.site_id),";
static const char from_tasks[] =
    " FROM task t JOIN site s USING(site_id) LEFT JOIN finding f ON f.finding_id = t.finding_id"
    " LEFT JOIN problem p ON p.problem_id = t.problem_id WHERE 1";

/* The text members of a task in the order of the columns; `n` slots. */
static int text_slots(rdl_task *t, char **slots[])
{
    char **all[] = {
        &t->task_id,    &t->kind,       &t->state,          &t->xzqdm,     &t->department,
        &t->routed,     &t->tier,       &t->tier_original,  &t->started,   &t->due_original,
        &t->due,        &t->assignee,   &t->site_id,        &t->source,    &t->source_id,
        &t->owner,      &t->finding_id, &t->zone,           &t->zone_name, &t->activity,
        &t->result,     &t->severity,   &t->rule_id,        &t->basis,     &t->handling,
        &t->penalty,    &t->problem_id, &t->target,         &t->measures,  &t->lead_leader,
        &t->supervisor, &t->resp_unit,  &t->accept_unit,    &t->warned,    &t->contradicted,
        &t->stopped,    &t->task_no,    &t->problem_source, &t->problem,   &t->due_note};

    memcpy(slots, all, sizeof all);
    return (int)G_N_ELEMENTS(all);
}

#define TEXT_SLOTS 40

void rdl_task_clear(rdl_task *task)
{
    char **slots[TEXT_SLOTS];
    int n = text_slots(task, slots);

    for (int i = 0; i < n; i++)
        g_clear_pointer(slots[i], g_free);
    g_clear_pointer(&task->undated, g_free);
    g_clear_pointer(&task->warning, g_free);
    g_clear_pointer(&task->warning_by, g_free);
    g_clear_pointer(&task->proposes, g_free);
    g_clear_pointer(&task->triggers, g_free);
    g_clear_pointer(&task->wkb, g_bytes_unref);
}

static void clear_element(gpointer p)
{
    rdl_task_clear(p);
}

/* ---- warnings (domain 4.5) ---- */

static const char *state_cell(const rdl_csv *states, const char *state, const char *column)
{
    gssize row = states ? rdl_csv_find(states, "state", state) : -1;

    return row < 0 ? NULL : rdl_csv_at(states, (size_t)row, column);
}

bool rdl_task_open(const rdl_task *task, const rdl_csv *states)
{
    const char *open = state_cell(states, task->state, "open");
    const char *kind = state_cell(states, task->state, "kind");

    return !open || (strcmp(open, "1") == 0 && (!*kind || strcmp(kind, task->kind) == 0));
}

static rdl_day day_or(const char *text, rdl_day unknown)
{
    rdl_day day;

    return text && rdl_day_parse(text, &day, NULL) ? day : unknown;
}

/* Open tasks whose clock runs are warned of; those at work are also judged by their progress.
 * What lasts is never overdue: its milestones alone count. */
rdl_warning rdl_task_warning(const rdl_task *t, const rdl_csv *warnings, const rdl_csv *states,
                             rdl_day as_of)
{
    bool works = g_strcmp0(state_cell(states, t->state, "progress"), "1") == 0;
    rdl_day due =
        rdl_state_lasts(states, t->state) ? RDL_DAY_FUTURE : day_or(t->due, RDL_DAY_FUTURE);
    rdl_timing timing = {t->tier, day_or(t->started, RDL_DAY_PAST), due,
                         works ? (isnan(t->progress) ? 0.0 : t->progress) : NAN, t->missed};

    if (!warnings || t->stopped || !rdl_task_open(t, states))
        return (rdl_warning){0};
    rdl_warning w = rdl_warning_of(warnings, &timing, as_of), first;
    if (!t->tier || g_strcmp0(t->tier_original, t->tier) == 0)
        return w;
    timing.tier = t->tier_original; /* a tighter tier is warned of later: nothing grows quieter */
    first = rdl_warning_of(warnings, &timing, as_of);
    first.rank = rdl_warning_rank(warnings, t->tier, first.level);
    return first.rank > w.rank ? first : w;
}

bool rdl_task_undated(rdl_ledger *ledger, const rdl_task *t, const rdl_csv *states)
{
    return !t->due && strcmp(t->kind, "rectify") == 0 && rdl_task_open(t, states) &&
           !rdl_state_lasts(states, t->state) && !rdl_ledger_tier_lasts(ledger, t->tier);
}

static void judge_timing(rdl_task *t, const rdl_csv *warnings, const rdl_csv *states, rdl_day as_of)
{
    rdl_warning w = rdl_task_warning(t, warnings, states, as_of);

    t->warning = g_strdup(w.level);
    t->warning_by = g_strdup(w.by);
    t->warning_rank = w.rank;
}

static void read_task(rdl_statement *s, rdl_task *t)
{
    char **slots[TEXT_SLOTS];
    int n = text_slots(t, slots);

    for (int i = 0; i < n; i++)
        *slots[i] = g_strdup(rdl_statement_get_text(s, i));
    t->lon = rdl_statement_get_real(s, n);
    t->lat = rdl_statement_get_real(s, n + 1);
    t->area_m2 = rdl_statement_get_real(s, n + 2);
    t->area_min_m2 = rdl_statement_get_real(s, n + 3);
    t->area_max_m2 = rdl_statement_get_real(s, n + 4);
    t->progress = rdl_statement_get_real(s, n + 5);
    t->missed = (int)rdl_statement_get_int(s, n + 6);
    t->revision = rdl_statement_get_int(s, n + 7);
    t->number = (int)rdl_statement_get_int(s, n + 8);
    t->wkb = rdl_statement_get_bytes(s, n + 9);
}

bool rdl_shared_area(rdl_ledger *ledger, GBytes *wkb, rdl_measure **measure, double *m2,
                     GError **error)
{
    *m2 = 0.0;
    if (!wkb)
        return true;
    g_autoptr(rdl_crs) crs = *measure ? NULL : rdl_crs_parse(ledger->crs, error);
    if (!*measure && (!crs || !(*measure = rdl_measure_new(crs, error))))
        return false;
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    return g && rdl_measure_area(*measure, g, m2, error);
}

static bool measure_shared(rdl_ledger *ledger, rdl_statement *s, rdl_task *t, rdl_measure **measure,
                           GError **error)
{
    g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, TEXT_SLOTS + 10);
    double m2;

    if (!rdl_shared_area(ledger, wkb, measure, &m2, error))
        return false;
    if (m2 > 0.0) {
        t->area_m2 = m2;
        t->area_min_m2 = t->area_max_m2 = NAN;
    }
    return true;
}

/* Only the conditions that are asked for, so that an index serves them: that of the unit where one
 * is given, a state holds more tasks (the + keeps it from being looked up). The codes of a unit's
 * own units lie between it and itself with the highest character behind. */
static rdl_statement *ask_tasks(rdl_ledger *ledger, const rdl_task_filter *filter, GError **error)
{
    g_autoptr(GString) sql = g_string_new(select_tasks);

    g_string_append(sql, filter->no_ground ? " NULL" : " AsBinary(s.geom)");
    g_string_append(sql, ", " RDL_SHARED_GROUND);
    g_string_append(sql, from_tasks);
    if (filter->state)
        g_string_append(sql, filter->unit ? " AND +t.state = ?1" : " AND t.state = ?1");
    if (filter->unit)
        g_string_append(sql, " AND t.xzqdm >= ?2 AND t.xzqdm < ?2 || char(1114111)");
    if (filter->kind)
        g_string_append(sql, " AND t.kind = ?3");
    if (filter->id)
        g_string_append(sql, " AND t.task_id = ?4");
    if (filter->site)
        g_string_append(sql, " AND t.site_id = ?6");
    g_string_append(sql, " ORDER BY t.task_id");
    return rdl_statement_new(ledger->store, sql->str, error);
}

/* ---- what may be asked for ---- */

static bool check_state(rdl_ledger *ledger, const char *state, GError **error)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", error);
    g_autoptr(GString) list = g_string_new(NULL);

    if (!states || rdl_csv_find(states, "state", state) >= 0)
        return states != NULL;
    for (size_t i = 0; i < rdl_csv_count(states); i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "", rdl_csv_at(states, i, "state"));
    return rdl_fail(error, RDL_ERROR_USAGE, "--state %s: no such state: there are %s", state,
                    list->str);
}

static bool in_table(rdl_ledger *ledger, const char *file, const char *column, const char *unit)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, file, NULL);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        if (rdl_division_within(rdl_csv_at(csv, i, column), unit))
            return true;
    return false;
}

/* Known where there is a task there, or no task of any unit at all. */
static bool ask_unit(rdl_ledger *ledger, const char *unit, bool *unknown, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT EXISTS (SELECT 1 FROM task WHERE xzqdm IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM "
        "task WHERE xzqdm >= ?1 AND xzqdm < ?1 || char(1114111))",
        error);
    g_autofree char *beginning = rdl_division_beginning(unit);
    bool row = false;

    if (s)
        rdl_statement_text(s, 1, beginning);
    if (!s || !rdl_statement_step(s, &row, error))
        return false;
    *unknown = row && rdl_statement_get_int(s, 0);
    return true;
}

static bool refuse_unit(rdl_ledger *ledger, const char *unit, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT DISTINCT xzqdm FROM task WHERE xzqdm IS NOT NULL ORDER BY xzqdm",
        error);
    g_autoptr(GString) list = g_string_new(NULL);
    bool row = true;

    while (s && rdl_statement_step(s, &row, error)) {
        if (!row)
            return rdl_fail(error, RDL_ERROR_NOT_FOUND, "--unit %s: no such unit: there are %s",
                            unit, list->str);
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", rdl_statement_get_text(s, 0));
    }
    return false;
}

static bool check_unit(rdl_ledger *ledger, const char *unit, GError **error)
{
    bool unknown;

    if (!ask_unit(ledger, unit, &unknown, error))
        return false;
    return !unknown || in_table(ledger, "successors.csv", "old", unit) ||
           in_table(ledger, "successors.csv", "new", unit) ||
           in_table(ledger, "posts.csv", "xzqdm", unit) || refuse_unit(ledger, unit, error);
}

bool rdl_task_filter_check(rdl_ledger *ledger, const rdl_task_filter *filter, GError **error)
{
    const char *kind = filter->kind;

    if (kind && strcmp(kind, "verify") != 0 && strcmp(kind, "rectify") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--kind %s: no such kind of task: there are verify, rectify", kind);
    return (!filter->state || check_state(ledger, filter->state, error)) &&
           (!filter->unit || check_unit(ledger, filter->unit, error));
}

GArray *rdl_task_list(rdl_ledger *ledger, const rdl_task_filter *filter, GError **error)
{
    GError *failed = NULL;
    const rdl_csv *warnings = rdl_ledger_table(ledger, "warnings.csv", &failed);
    const rdl_csv *states = failed ? NULL : rdl_ledger_table(ledger, "states.csv", &failed);
    g_autoptr(rdl_statement) s = failed ? NULL : ask_tasks(ledger, filter, &failed);
    g_autoptr(GArray) tasks = g_array_new(FALSE, TRUE, sizeof(rdl_task));
    g_autofree char *as_of = filter->as_of ? rdl_day_text(filter->as_of) : NULL;
    g_autofree char *unit = rdl_division_beginning(filter->unit);
    g_autoptr(rdl_measure) measure = NULL;
    bool row = true;

    g_array_set_clear_func(tasks, clear_element);
    if (s) {
        rdl_statement_text(s, 1, filter->state);
        rdl_statement_text(s, 2, unit);
        rdl_statement_text(s, 3, filter->kind);
        rdl_statement_text(s, 4, filter->id);
        rdl_statement_text(s, 5, as_of);
        rdl_statement_text(s, 6, filter->site);
    }
    while (s && row && rdl_statement_step(s, &row, &failed)) {
        if (!row)
            return g_steal_pointer(&tasks);
        rdl_task t = {0};
        read_task(s, &t);
        g_array_append_val(tasks, t);
        rdl_task *last = &g_array_index(tasks, rdl_task, tasks->len - 1);
        if (!measure_shared(ledger, s, last, &measure, &failed))
            break;
        last->undated = rdl_task_undated(ledger, last, states) ? g_strdup(last->started) : NULL;
        if (as_of)
            judge_timing(last, warnings, states, filter->as_of);
        if (as_of && filter->advice && !rdl_task_advise(ledger, last, filter->as_of, &failed))
            break;
    }
    g_propagate_error(error, failed);
    return NULL;
}

JsonObject *rdl_task_json(const rdl_task *task)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "id", task->task_id);
    json_object_set_int_member(o, "number", task->number);
    rdl_json_set_text(o, "kind", task->kind);
    rdl_json_set_text(o, "state", task->state);
    rdl_json_set_text(o, "xzqdm", task->xzqdm);
    rdl_json_set_text(o, "department", task->department);
    rdl_json_set_text(o, "tier", task->tier);
    rdl_json_set_text(o, "due", task->due);
    rdl_json_set_text(o, "due_original", task->due_original);
    rdl_json_set_text(o, "due_note", task->due_note);
    rdl_json_set_text(o, "undated", task->undated);
    rdl_json_set_text(o, "warning", task->warning);
    rdl_json_set_text(o, "warning_by", task->warning_by);
    rdl_json_set_text(o, "proposes", task->proposes);
    rdl_json_set_text(o, "triggers", task->triggers);
    rdl_json_set_text(o, "contradicted", task->contradicted);
    rdl_json_set_text(o, "zone", task->zone);
    rdl_json_set_text(o, "activity", task->activity);
    rdl_json_set_real(o, "area_m2", task->area_m2);
    rdl_json_set_real(o, "lon", task->lon);
    rdl_json_set_real(o, "lat", task->lat);
    return o;
}

char *rdl_task_of_source(rdl_ledger *ledger, const char *source_id, GError **error)
{
    char *id;

    /* the rectification before the verification, an open one before a closed one: by number */
    rdl_store_ask(ledger->store,
                  "SELECT task_id FROM task WHERE site_id IN "
                  "(SELECT site_id FROM origin WHERE source_id = ?1) "
                  "ORDER BY kind = 'rectify' DESC, task_id LIMIT 1",
                  source_id, &id, error);
    return id;
}

/* ---- the whole chain of one site ---- */

/* One object a row, its columns as members; `json` columns are parsed. */
static JsonArray *rows(rdl_ledger *ledger, const char *sql, const char *parameter,
                       const char *const *columns, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    g_autoptr(JsonArray) array = json_array_new();
    bool row = true;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, parameter);
    for (;;) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row)
            return g_steal_pointer(&array);
        JsonObject *o = json_object_new();
        json_array_add_object_element(array, o);
        for (int i = 0; columns[i]; i++) {
            const char *text = rdl_statement_get_text(s, i);
            bool json = columns[i][0] == '{';
            JsonNode *node = json && text ? rdl_json_parse(text, "ledger", error) : NULL;
            if (json && text && !node)
                return NULL;
            if (node)
                json_object_set_member(o, columns[i] + 1, node);
            else
                rdl_json_set_text(o, columns[i] + json, text);
        }
    }
}

static bool add_rows(rdl_ledger *ledger, JsonObject *o, const char *member, const char *sql,
                     const char *parameter, const char *const *columns, GError **error)
{
    JsonArray *array = rows(ledger, sql, parameter, columns, error);

    if (array)
        json_object_set_array_member(o, member, array);
    return array != NULL;
}

char *rdl_site_of(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT coalesce(merged_into, site_id) FROM site WHERE site_id = ?1 UNION SELECT site_id "
        "FROM origin WHERE source_id = ?1 UNION SELECT site_id FROM task WHERE task_id = ?1 UNION "
        "SELECT site_id FROM finding WHERE finding_id = ?1 UNION SELECT site_id FROM problem WHERE "
        "problem_id = ?1 UNION SELECT site_id FROM letter WHERE letter_no = ?1 AND site_id IS NOT "
        "NULL "
        "LIMIT 1",
        error);
    bool row = false;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, id);
    if (!rdl_statement_step(s, &row, error))
        return NULL;
    if (!row)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: no task, site, finding or source of that "
                        "id: redline task list shows the tasks",
                        id),
               NULL;
    return g_strdup(rdl_statement_get_text(s, 0));
}

/* What hangs on a site, in the order of the answer: member, rows by site, their columns. */
static const struct {
    const char *member, *sql, *columns[21]; /* NULL-ended; "{name": JSON */
} chain[] = {
    {"sites",
     "SELECT site_id,source,source_id,activity,owner,xzqdm,lon,lat,load FROM site "
     "WHERE site_id = ?",
     {"site_id", "source", "source_id", "activity", "owner", "xzqdm", "lon", "lat", "load", NULL}},
    {"finding_rows",
     "SELECT content FROM finding WHERE site_id = ? ORDER BY is_primary DESC, "
     "CASE is_primary WHEN 1 THEN ifnull(severity, '~') END, finding_id",
     {"{finding", NULL}},
    {"loads",
     "SELECT digest, at, manifest FROM load WHERE digest = (SELECT load FROM site "
     "WHERE site_id = ?)",
     {"digest", "at", "{manifest", NULL}},
    {"tasks",
     "SELECT "
     "task_id,kind,state,xzqdm,department,tier,tier_original,started,due_original,due,moved,"
     "assignee," DUE_NOTE ",CASE WHEN due IS NULL AND state = 'REOPENED' THEN started END "
     "FROM task t WHERE site_id = ? ORDER BY kind DESC",
     {"task_id", "kind", "state", "xzqdm", "department", "tier", "tier_original", "started",
      "due_original", "due", "moved", "assignee", "due_note", "undated", NULL}},
    {"tightenings",
     "SELECT subject,at,reason,payload FROM event WHERE kind = 'task.tightened' AND subject IN "
     "(SELECT task_id FROM task WHERE site_id = ?) ORDER BY seq",
     {"task_id", "at", "reason", "{change", NULL}},
    {"terms",
     "SELECT subject,at,by,role,kind,reason,json_extract(payload, '$.was'),"
     "json_extract(payload, '$.due') FROM event WHERE kind IN ('task.extended', 'task.stopped', "
     "'task.resumed', 'task.renewed') AND subject IN (SELECT task_id FROM task WHERE site_id = ?) "
     "ORDER BY seq",
     {"task_id", "at", "by", "role", "kind", "reason", "was", "due", NULL}},
    {"problems",
     "SELECT "
     "problem_id,task_no,source,batch,problem,nature,category,aspect,grid,target,measures,lead_"
     "leader,supervisor,resp_unit,lead_dept,accept_unit,first_responsible,listed,reopens,rebounds "
     "FROM problem WHERE site_id = ? ORDER BY rebounds DESC, problem_id",
     {"problem_id", "task_no",   "source",    "batch",       "problem",           "nature",
      "category",   "aspect",    "grid",      "target",      "measures",          "lead_leader",
      "supervisor", "resp_unit", "lead_dept", "accept_unit", "first_responsible", "listed",
      "reopens",    "rebounds",  NULL}},
    {"listed",
     "SELECT p.problem_id, c.key, c.value FROM problem p JOIN event e ON e.seq = (SELECT max(seq) "
     "FROM event WHERE kind IN ('problem.registered', 'problem.changed') AND json_type(payload, "
     "'$.others') = 'object' AND subject IN (SELECT p.problem_id UNION ALL SELECT p.clue_id UNION "
     "ALL SELECT task_id FROM task WHERE problem_id = p.problem_id)), json_each(e.payload, "
     "'$.others') c WHERE p.site_id = ? ORDER BY p.problem_id, c.key",
     {"problem_id", "column", "value", NULL}},
    {"limits",
     "SELECT p.problem_id, json_extract(e.payload, '$.limit.words'), json_extract(e.payload, "
     "'$.base'), json_extract(e.payload, '$.limit.due') FROM problem p JOIN event e ON e.seq = "
     "(SELECT max(seq) FROM event WHERE kind IN ('problem.registered', 'problem.changed') AND "
     "json_type(payload, '$.limit') = 'object' AND subject IN (SELECT p.problem_id UNION ALL "
     "SELECT p.clue_id UNION ALL SELECT task_id FROM task WHERE problem_id = p.problem_id)) WHERE "
     "p.site_id = ? ORDER BY p.problem_id",
     {"problem_id", "words", "from", "due", NULL}},
    {"letters",
     "SELECT letter_no,received,activity,distance_m,uncertainty_m,letter.site_id = "
     "l.site_id FROM letter_site l JOIN letter USING(letter_no) WHERE l.site_id = "
     "? ORDER BY letter_no",
     {"letter_no", "received", "activity", "distance_m", "uncertainty_m", "nearest", NULL}},
    {"sources",
     "SELECT source,source_id FROM origin WHERE site_id = ? ORDER BY source, "
     "source_id",
     {"source", "source_id", NULL}},
    {"review",
     "SELECT r.source,r.source_id,decision,becomes,reason,note,at,by,holds,t_before,t_after FROM "
     "review r JOIN origin o USING(source, source_id) WHERE o.site_id = ? ORDER BY r.source, "
     "r.source_id",
     {"source", "source_id", "decision", "becomes", "reason", "note", "on", "by", "holds",
      "t_before", "t_after", NULL}},
    {"holds_back",
     "SELECT h.source,h.source_id,h.by_source_id,h.at,h.share,h.size FROM held h JOIN origin o ON "
     "o.source = h.source AND o.source_id = h.by_source_id WHERE o.site_id = ? ORDER BY h.source, "
     "h.source_id",
     {"source", "source_id", "rejected", "on", "share", "size", NULL}},
    {"measure_rows",
     "SELECT problem_id,n,text,supervised,done FROM measure JOIN problem "
     "USING(problem_id) WHERE site_id = ? ORDER BY problem_id, n",
     {"problem_id", "n", "text", "supervised", "done", NULL}},
    {"milestones",
     "SELECT m.problem_id,n,due,nullif((SELECT json_extract(payload, '$.due') FROM event e WHERE "
     "kind = 'milestone.set' AND subject IN (SELECT task_id FROM task WHERE site_id = ?1) AND "
     "json_extract(payload, '$.problem_id') = m.problem_id AND "
     "CAST(json_extract(payload, '$.n') AS INTEGER) = m.n ORDER BY seq LIMIT 1), due),text,met "
     "FROM milestone m JOIN problem USING(problem_id) WHERE site_id = ?1 ORDER BY m.problem_id, n",
     {"problem_id", "n", "due", "due_original", "text", "met", NULL}},
    {"closeout",
     "SELECT task_id,n,step,c.state,at,by,role,outcome,reason FROM closeout c JOIN "
     "task USING(task_id) WHERE site_id = ? ORDER BY seq",
     {"task_id", "n", "step", "state", "at", "by", "role", "outcome", "reason", NULL}},
    {"documents",
     "SELECT d.subject,e.at,name,title,sha256 FROM document d JOIN event e "
     "USING(seq) WHERE d.subject IN (SELECT task_id FROM task WHERE site_id = ?) "
     "ORDER BY seq, n",
     {"subject", "at", "name", "title", "sha256", NULL}},
    {"publications",
     "SELECT task_id,p.kind,channel,opens,closes,link FROM publication p JOIN task "
     "USING(task_id) WHERE site_id = ? ORDER BY seq",
     {"task_id", "kind", "channel", "opens", "closes", "link", NULL}},
    {"verifications",
     "SELECT v.content FROM verification v JOIN task USING(task_id) WHERE site_id = ? ORDER BY "
     "task_id, scene_date, scene, v.seq",
     {"{verification", NULL}},
    {"lookbacks",
     "SELECT task_id,ordered,ordered_by,held,held_by,result FROM lookback JOIN "
     "task USING(task_id) WHERE site_id = ? ORDER BY seq",
     {"task_id", "ordered", "ordered_by", "held", "held_by", "result", NULL}},
    {"transfers",
     "SELECT transfer_no,task_id,body,sent,accepted,answered,result FROM transfer "
     "JOIN task USING(task_id) WHERE site_id = ? ORDER BY seq",
     {"transfer_no", "task_id", "body", "sent", "accepted", "answered", "result", NULL}},
    {"events",
     "SELECT seq,at,by,role,kind,subject,reason,payload,prev,hash FROM event WHERE "
     "subject = ?1 OR subject IN (SELECT task_id FROM task WHERE site_id = ?1) OR "
     "subject IN (SELECT problem_id FROM problem WHERE site_id = ?1) OR subject IN "
     "(SELECT site_id FROM site WHERE merged_into = ?1 OR split_from = ?1) OR "
     "(kind = 'review.decided' AND subject IN (SELECT source_id FROM origin WHERE "
     "site_id = ?1)) ORDER BY seq",
     {"seq", "at", "by", "role", "kind", "subject", "reason", "{payload", "prev", "hash", NULL}},
};

static bool add_chain(rdl_ledger *ledger, JsonObject *o, const char *site_id, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(chain); i++)
        if (!add_rows(ledger, o, chain[i].member, chain[i].sql, site_id, chain[i].columns, error))
            return false;
    return true;
}

/* Lists that hold one thing become that thing, under the names the header promises. */
static void shape_chain(JsonObject *o)
{
    JsonArray *sites = json_object_get_array_member(o, "sites");
    JsonArray *loads = json_object_get_array_member(o, "loads");
    JsonArray *problems = json_object_get_array_member(o, "problems");
    JsonArray *rows_of = json_object_get_array_member(o, "finding_rows");
    JsonArray *findings = json_array_new();

    for (guint i = 0; i < json_array_get_length(rows_of); i++) {
        JsonObject *row = json_array_get_object_element(rows_of, i);
        json_array_add_element(findings, json_object_dup_member(row, "finding"));
    }
    json_object_set_array_member(o, "findings", findings);
    json_object_set_object_member(o, "site",
                                  json_object_ref(json_array_get_object_element(sites, 0)));
    if (json_array_get_length(loads)) {
        JsonObject *load = json_array_get_object_element(loads, 0);
        json_object_set_member(o, "manifest", json_object_dup_member(load, "manifest"));
    }
    if (json_array_get_length(problems))
        json_object_set_object_member(o, "problem",
                                      json_object_ref(json_array_get_object_element(problems, 0)));
    static const char *const gone[] = {"sites", "loads", "finding_rows"};
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
        json_object_remove_member(o, gone[i]);
}

/* The pack that judged the findings, by their manifest; else the ledger's own. */
static bool add_pack(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    JsonObject *options = rdl_json_object(rdl_json_object(o, "manifest"), "options");
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT id, version FROM pack WHERE sha256 = coalesce(?, (SELECT value FROM setting WHERE "
        "name = 'pack_sha256'))",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, rdl_json_text(options, "pack_sha256", NULL));
    if (!rdl_statement_step(s, &row, error))
        return false;
    rdl_json_set_text(o, "pack", row ? rdl_statement_get_text(s, 0) : NULL);
    rdl_json_set_text(o, "pack_version", row ? rdl_statement_get_text(s, 1) : NULL);
    return true;
}

/* ---- of a source that never became a site ---- */

/* What was decided of it, whose rejection holds it back, and what it holds back itself. */
static bool add_source(rdl_ledger *ledger, JsonObject *o, const char *id, GError **error)
{
    static const char *const review[] = {"source", "source_id", "decision", "becomes",
                                         "reason", "note",      "on",       "by",
                                         "holds",  "t_before",  "t_after",  NULL};
    static const char *const held[] = {"source", "source_id", "rejected", "held_on",
                                       "share",  "size",      "reason",   "by",
                                       "on",     "t_before",  "t_after",  NULL};
    static const char *const events[] = {"seq",     "at",     "by",       "role", "kind",
                                         "subject", "reason", "{payload", "hash", NULL};

    return add_rows(ledger, o, "review",
                    "SELECT source,source_id,decision,becomes,reason,note,at,by,holds,t_before,"
                    "t_after FROM review WHERE source_id = ? ORDER BY source",
                    id, review, error) &&
           add_rows(ledger, o, "held",
                    "SELECT h.source,h.source_id,h.by_source_id,h.at,h.share,h.size,r.reason,r.by,"
                    "r.at,r.t_before,r.t_after FROM held h LEFT JOIN review r ON r.source = "
                    "h.source AND r.source_id = h.by_source_id WHERE h.source_id = ? ORDER BY "
                    "h.source",
                    id, held, error) &&
           add_rows(ledger, o, "holds_back",
                    "SELECT source,source_id,by_source_id,at,share,size FROM held WHERE "
                    "by_source_id = ? ORDER BY source, source_id",
                    id,
                    (const char *const[]){"source", "source_id", "rejected", "on", "share", "size",
                                          NULL},
                    error) &&
           add_rows(ledger, o, "events",
                    "SELECT seq,at,by,role,kind,subject,reason,payload,hash FROM event WHERE "
                    "subject = ? ORDER BY seq",
                    id, events, error);
}

static JsonNode *source_chain(rdl_ledger *ledger, const char *id, bool *known, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();

    *known = false;
    if (!add_source(ledger, o, id, error))
        return NULL;
    *known = json_array_get_length(json_object_get_array_member(o, "review")) > 0 ||
             json_array_get_length(json_object_get_array_member(o, "held")) > 0;
    rdl_json_set_text(o, "source_id", id);
    return rdl_json_node(o);
}

JsonNode *rdl_ledger_chain(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autoptr(GError) missing = NULL;
    g_autofree char *site_id = rdl_site_of(ledger, id, &missing);

    if (!site_id) {
        bool known = false;
        g_autoptr(JsonNode) source = g_error_matches(missing, RDL_ERROR, RDL_ERROR_NOT_FOUND)
                                         ? source_chain(ledger, id, &known, error)
                                         : NULL;
        if (source && known)
            return g_steal_pointer(&source);
        if (!error || !*error)
            g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    if (!add_chain(ledger, o, site_id, error))
        return NULL;
    shape_chain(o);
    if (!add_pack(ledger, o, error))
        return NULL;
    return rdl_json_node(o);
}
