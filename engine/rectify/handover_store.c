#include "rectify/handover.h"

#include <math.h>
#include <string.h>
#include "rectify/event.h"
#include "rectify/moving.h"
#include "rectify/photo.h"
#include "rectify/task.h"

#define ITEM "return.entries"
#define FILES "return.files"

/* ---- what left ---- */

static bool no_issue(rdl_ledger *ledger, const char *issue, GError **error)
{
    return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                    "%s: handed out no work as %s: the package belongs to another ledger",
                    rdl_ledger_path(ledger), issue);
}

char *rdl_ledger_issue(rdl_ledger *ledger, const char *profile, const char *unit, GError **error)
{
    g_autofree char *head = rdl_ledger_head(ledger, error);

    return head ? rdl_digest_id("I-", head, profile, unit, RDL_DIGEST_END) : NULL;
}

static JsonArray *revisions_of(const GArray *tasks)
{
    JsonArray *rows = json_array_new();

    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        JsonArray *row = json_array_new();
        json_array_add_string_element(row, t->task_id);
        json_array_add_int_element(row, t->revision);
        json_array_add_array_element(rows, row);
    }
    return rows;
}

/* In the order of their names. */
static char *digest_of(JsonObject *files)
{
    g_autoptr(GList) names = g_list_sort(json_object_get_members(files), (GCompareFunc)strcmp);
    g_autoptr(GString) lines = g_string_new(NULL);

    for (GList *n = names; n; n = n->next)
        g_string_append_printf(lines, "%s  %s\n", rdl_json_text(files, n->data, ""),
                               (const char *)n->data);
    return names && !names->next ? g_strdup(rdl_json_text(files, names->data, NULL))
                                 : rdl_digest_bytes(lines->str, lines->len);
}

/* The same output, profile and hand, and nothing but exports after it. */
static bool on_record(rdl_ledger *ledger, const rdl_outgoing *out, const char *sha256, bool *known,
                      GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT EXISTS(SELECT 1 FROM event WHERE kind = 'export.made' AND subject = ?1 AND by = ?2 "
        "AND json_extract(payload, '$.profile') = ?3 AND seq > (SELECT coalesce(max(seq), 0) FROM "
        "event WHERE kind <> 'export.made'))",
        error);
    bool row = false;

    if (!s)
        return false;
    rdl_statement_text(s, 1, sha256);
    rdl_statement_text(s, 2, out->by);
    rdl_statement_text(s, 3, out->profile);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *known = row && rdl_statement_get_int(s, 0);
    return true;
}

bool rdl_ledger_outgoing(rdl_ledger *ledger, const rdl_outgoing *out, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *of_files = out->files ? digest_of(out->files) : NULL;
    const char *sha256 = out->files ? of_files : out->sha256;
    rdl_event event = {.at = out->on,
                       .by = out->by,
                       .role = "export",
                       .kind = "export.made",
                       .subject = out->issue ? out->issue : sha256};
    bool known = false;

    if (out->once && (!on_record(ledger, out, sha256, &known, error) || known))
        return known;
    rdl_json_set_text(o, "profile", out->profile);
    rdl_json_set_text(o, "sha256", sha256);
    rdl_json_set_text(o, "unit", out->unit);
    rdl_json_set_text(o, "as_of", out->as_of);
    rdl_json_set_text(o, "language", out->language);
    if (out->tasks)
        json_object_set_int_member(o, "n", out->tasks->len);
    if (out->issue)
        json_object_set_array_member(o, "tasks", revisions_of(out->tasks));
    if (out->files)
        json_object_set_object_member(o, "files", json_object_ref(out->files));
    if (out->rows)
        json_object_set_object_member(o, "rows", json_object_ref(out->rows));
    return rdl_store_begin(ledger->store, error) &&
           rdl_ledger_end(ledger, rdl_event_append(ledger, &event, o, error), error);
}

static bool nobody_worked(rdl_ledger *ledger, const char *work, GError **error)
{
    g_autofree char *now = rdl_ledger_work_head(ledger, error);

    return now && (strcmp(now, work) == 0 ||
                   rdl_fail(error, RDL_ERROR_CONFLICT,
                            "%s: somebody worked in it while files were made of it: they may tell "
                            "of different states; run it again with --resume",
                            rdl_ledger_path(ledger)));
}

static bool tell_head(rdl_ledger *ledger, const rdl_outgoing_list *made, GError **error)
{
    g_autofree char *head = made->before_commit ? rdl_ledger_head(ledger, error) : NULL;

    return !made->before_commit || (head && made->before_commit(made->user, head, error));
}

bool rdl_ledger_outgoing_all(rdl_ledger *ledger, const rdl_outgoing_list *made, GError **error)
{
    if (!rdl_store_begin(ledger->store, error))
        return false;
    g_autofree char *date = rdl_ledger_date(ledger, error);
    bool good = date && nobody_worked(ledger, made->work, error);
    for (size_t i = 0; good && i < made->n; i++) {
        rdl_outgoing one = made->list[i];
        one.on = one.on ? one.on : date;
        good = rdl_ledger_outgoing(ledger, &one, error);
    }
    return rdl_ledger_end(ledger, good && tell_head(ledger, made, error), error);
}

JsonObject *rdl_ledger_issue_rows(rdl_ledger *ledger, const char *issue, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT payload FROM event WHERE subject = ? AND kind = 'export.made' LIMIT 1", error);
    g_autoptr(JsonNode) node = NULL;
    bool row = false;

    if (s)
        rdl_statement_text(s, 1, issue);
    if (!s || !rdl_statement_step(s, &row, error))
        return NULL;
    if (!row)
        return no_issue(ledger, issue, error), NULL;
    if (!(node = rdl_json_parse(rdl_statement_get_text(s, 0), "export.made", error)))
        return NULL;
    JsonObject *rows = rdl_json_object(json_node_get_object(node), "rows");
    return rows ? json_object_ref(rows) : json_object_new();
}

#define OF_UNIT "(SELECT * FROM task WHERE substr(xzqdm, 1, length(?1)) = ?1)"

/* Ids of the tasks, lent. */
static GHashTable *ids_of(const GArray *tasks)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < tasks->len; i++)
        g_hash_table_add(ids, g_array_index(tasks, rdl_task, i).task_id);
    return ids;
}

JsonNode *rdl_ledger_unit_rows(rdl_ledger *ledger, const char *table, const char *unit,
                               const GArray *tasks, GError **error)
{
    static const struct {
        const char *table, *sql, *columns[24];
    } known[] = {
        {"problem",
         "SELECT t.task_id, p.problem_id, t.task_id, p.site_id, task_no, p.source, batch, problem, "
         "nature,"
         " category, aspect, grid, target, measures, lead_leader, supervisor, first_responsible,"
         " resp_unit, lead_dept, accept_unit, listed, reopens, rebounds FROM problem p "
         "JOIN " OF_UNIT " t USING(problem_id) WHERE t.kind = 'rectify' ORDER BY p.problem_id",
         {"problem_id", "task_id",     "site_id",     "task_no",
          "source",     "batch",       "problem",     "nature",
          "category",   "aspect",      "grid",        "target",
          "measures",   "lead_leader", "supervisor",  "first_responsible",
          "resp_unit",  "lead_dept",   "accept_unit", "listed",
          "reopens",    "rebounds"}},
        {"measure",
         "SELECT t.task_id, m.problem_id, n, text, done FROM measure m JOIN " OF_UNIT
         " t USING(problem_id) WHERE t.kind = 'rectify' ORDER BY m.problem_id, n",
         {"problem_id", "n", "text", "done"}},
        {"milestone",
         "SELECT t.task_id, m.problem_id, n, m.due, text, met FROM milestone m JOIN " OF_UNIT
         " t USING(problem_id) WHERE t.kind = 'rectify' ORDER BY m.problem_id, n",
         {"problem_id", "n", "due", "text", "met"}},
        {"document",
         "SELECT t.task_id, d.subject, d.name, d.title, d.sha256 FROM document d JOIN " OF_UNIT
         " t ON t.task_id = d.subject ORDER BY d.seq, d.n",
         {"subject", "name", "title", "sha256"}}};
    size_t which = 0;
    bool row = true;

    while (which < G_N_ELEMENTS(known) && strcmp(known[which].table, table) != 0)
        which++;
    g_assert(which < G_N_ELEMENTS(known));
    g_autoptr(GHashTable) ids = ids_of(tasks);
    g_autoptr(JsonArray) rows = json_array_new();
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, known[which].sql, error);
    if (!s)
        return NULL;
    rdl_statement_text(s, 1, unit);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row || !g_hash_table_contains(ids, rdl_statement_get_text(s, 0)))
            continue;
        JsonObject *o = json_object_new();
        for (int i = 0; known[which].columns[i]; i++)
            rdl_json_set_text(o, known[which].columns[i], rdl_statement_get_text(s, i + 1));
        json_array_add_object_element(rows, o);
    }
    return json_node_init_array(json_node_alloc(), rows);
}

JsonNode *rdl_ledger_names(rdl_ledger *ledger, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT owner FROM site WHERE owner <> '' UNION SELECT lead_leader FROM problem WHERE"
        " lead_leader <> '' UNION SELECT supervisor FROM problem WHERE supervisor <> ''"
        " UNION SELECT first_responsible FROM problem WHERE first_responsible <> ''"
        " UNION SELECT assignee FROM task WHERE assignee <> ''"
        " UNION SELECT entered_by FROM judgement WHERE entered_by <> ''"
        " UNION SELECT by FROM event WHERE by <> '' AND role <> 'system' ORDER BY 1",
        error);
    g_autoptr(JsonArray) names = json_array_new();
    bool row = s != NULL;

    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (row)
            json_array_add_string_element(names, rdl_statement_get_text(s, 0));
    }
    return s ? json_node_init_array(json_node_alloc(), names) : NULL;
}

/* ---- papers ---- */

static char *place_of(rdl_ledger *ledger, const char *sha256)
{
    g_autofree char *folder = g_strconcat(rdl_ledger_path(ledger), ".files", NULL);

    return g_build_filename(folder, sha256, NULL);
}

char *rdl_ledger_paper(rdl_ledger *ledger, const char *sha256)
{
    g_autofree char *path = sha256 ? place_of(ledger, sha256) : NULL;

    return path && g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&path) : NULL;
}

bool rdl_ledger_keep(rdl_ledger *ledger, const char *file, const char *digest, GError **error)
{
    g_autofree char *kept = rdl_ledger_paper(ledger, digest), *bytes = NULL;
    g_autofree char *own = kept ? rdl_digest_file(kept, NULL) : NULL;
    g_autofree char *to = place_of(ledger, digest), *in = g_path_get_dirname(to);
    gsize n;

    return g_strcmp0(own, digest) == 0 ||
           (rdl_output_folder(in, error) && g_file_get_contents(file, &bytes, &n, error) &&
            rdl_output_bytes(to, bytes, n, true, error));
}

/* ---- what comes back ---- */

typedef struct {
    rdl_ledger *ledger;
    const rdl_incoming *in;
    gint64 issued;     /* number of the issue's event */
    gint64 head;       /* and of the last one before anything was taken */
    int level;         /* of the unit it was issued to: 1 county, 2 city, 3 province */
    GHashTable *tasks; /* task -> revision at the issue + 1 */
    GHashTable *there; /* entries on record before this package */
    GHashTable *said;  /* entry as text -> how often it was said so far */
    rdl_tally *tally;
    JsonArray *report;
    gint64 taken;
} returning;

static bool apply_move(returning *r, const rdl_move *who, const rdl_entry *e, GError **error)
{
    (void)e;
    return rdl_task_move(r->ledger, who, error);
}

static bool apply_report(returning *r, const rdl_move *who, const rdl_entry *e, GError **error)
{
    return rdl_task_report(r->ledger, who, e->percent / 100.0, error);
}

static bool apply_set(returning *r, const rdl_move *who, const rdl_entry *e, GError **error)
{
    if (!e->values || !json_object_get_size(e->values))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: set needs values", who->task_id);
    return rdl_task_change(r->ledger, who, e->values, error);
}

static bool apply_measure(returning *r, const rdl_move *who, const rdl_entry *e, GError **error)
{
    return rdl_task_measure_done(r->ledger, who, e->number, error);
}

/* Nothing of ours can clash with it, and the same picture twice is one. */
static bool apply_photo(returning *r, const rdl_move *who, const rdl_entry *e, GError **error)
{
    g_auto(GStrv) paths = g_strsplit(e->document ? e->document : "", "|", -1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_photo_files files = {(const char *const *)paths, NAN};

    return rdl_task_photo(r->ledger, who, &files, tally, NULL, error);
}

/* What may be said of a task. The tests look at its events: ?1 task, ?2 number of the issue's
 * event, ?3 issue, ?4 on, ?5 by, ?6 role, ?7 to, ?8 which measure, ?9 progress, ?10 last event
 * before this package. `same`: this office has the same on record (NULL: the values are asked);
 * `clash`: it changed that thing, or of a value, another one of the same day came with an earlier
 * package. */
#define OURS "json_extract(payload, '$.package') IS NOT ?3"
static const struct {
    const char *act;
    bool (*apply)(returning *r, const rdl_move *who, const rdl_entry *e, GError **error);
    const char *same, *clash;
} acts[] = {
    {"move", apply_move,
     OURS " AND kind = 'task.moved' AND at = ?4 AND by = ?5 AND role = ?6 AND"
          " json_extract(payload, '$.to') = ?7",
     OURS " AND kind = 'task.moved'"},
    {"report", apply_report,
     OURS " AND kind = 'task.progress' AND at = ?4 AND"
          " abs(json_extract(payload, '$.progress') - ?9) < 1e-9",
     OURS " AND kind = 'task.progress'"},
    {"set", apply_set, NULL,
     "(" OURS " OR at = ?4) AND (kind = 'problem.changed' OR (kind = 'task.moved'"
     " AND json_extract(payload, '$.fields') IS NOT NULL))"},
    {"measure", apply_measure,
     OURS " AND kind = 'measure.done' AND at = ?4 AND CAST(json_extract(payload, '$.n') AS INTEGER)"
          " = ?8",
     OURS " AND ((kind = 'measure.done' AND CAST(json_extract(payload, '$.n') AS INTEGER) = ?8) OR"
          " json_extract(payload, '$.fields.measures') IS NOT NULL)"},
    {"photo", apply_photo, "0", "0"}};

/* Is there an event of the task, since the issue and before this package, of which `test` holds? */
static bool ask(returning *r, const char *task_id, const rdl_entry *e, const char *test, bool *yes,
                GError **error)
{
    g_autofree char *sql =
        g_strconcat("SELECT 1 FROM event WHERE subject = ?1 AND seq > ?2 AND seq <= ?10"
                    " AND ",
                    test, " LIMIT 1", NULL);
    g_autoptr(rdl_statement) s = rdl_statement_new(r->ledger->store, sql, error);
    const char *const texts[] = {r->in->issue, e->on, e->by, e->role, e->to};

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    rdl_statement_int(s, 2, r->issued);
    for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
        rdl_statement_text(s, i + 3, texts[i]);
    rdl_statement_int(s, 8, e->number);
    rdl_statement_real(s, 9, e->percent / 100.0);
    rdl_statement_int(s, 10, r->head);
    return rdl_statement_step(s, yes, error);
}

/* The problem has these values already. */
static bool same_values(returning *r, const char *task_id, JsonObject *values, bool *yes,
                        GError **error)
{
    g_autoptr(GList) names = values ? json_object_get_members(values) : NULL;

    *yes = names != NULL;
    for (GList *n = names; n && *yes; n = n->next) {
        if (!g_strv_contains(rdl_problem_members, n->data)) {
            *yes = false; /* refused where it is applied */
            break;
        }
        g_autofree char *sql = g_strdup_printf(
            "SELECT 1 FROM task JOIN problem p USING(problem_id) WHERE task_id = ? AND p.%s IS ?",
            (const char *)n->data);
        g_autoptr(rdl_statement) s = rdl_statement_new(r->ledger->store, sql, error);
        if (!s)
            return false;
        rdl_statement_text(s, 1, task_id);
        rdl_statement_text(s, 2, rdl_json_text(values, n->data, NULL));
        if (!rdl_statement_step(s, yes, error))
            return false;
    }
    return true;
}

/* ---- one entry ---- */

/* The task of an entry: its own id, or the one at work for a problem. NULL: none of the issue. */
static bool task_of(returning *r, const rdl_entry *e, char **task_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        r->ledger->store, "SELECT task_id FROM task WHERE problem_id = ? AND kind = 'rectify'",
        error);
    bool row;

    *task_id = g_hash_table_contains(r->tasks, e->id ? e->id : "") ? g_strdup(e->id) : NULL;
    if (!s || *task_id)
        return s != NULL;
    rdl_statement_text(s, 1, e->id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    if (row && g_hash_table_contains(r->tasks, rdl_statement_get_text(s, 0)))
        *task_id = g_strdup(rdl_statement_get_text(s, 0));
    return true;
}

/* The same words said twice in a package are two entries, the first and the second. */
static char *number_of(returning *r, const char *task_id, const rdl_entry *e)
{
    g_autoptr(JsonNode) node = e->values ? rdl_json_node(e->values) : NULL;
    g_autofree char *values = node ? rdl_json_canonical(node) : NULL;
    g_autofree char *numbers = g_strdup_printf("%d/%.9g", e->number, e->percent);
    const char *const texts[] = {task_id, e->act,    e->to,       e->on,  e->by,
                                 e->role, e->reason, e->document, values, numbers};
    g_autoptr(GString) key = g_string_new(r->in->issue);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_string_append_printf(key, "\x1f%s", texts[i] ? texts[i] : "");
    int before = GPOINTER_TO_INT(g_hash_table_lookup(r->said, key->str));
    g_hash_table_insert(r->said, g_strdup(key->str), GINT_TO_POINTER(before + 1));
    g_string_append_printf(key, "\x1f%d", before);
    return rdl_digest_bytes(key->str, key->len);
}

static gint64 revision_of(rdl_ledger *ledger, const char *task_id)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT revision FROM task WHERE task_id = ?", NULL);
    bool row = false;

    if (s)
        rdl_statement_text(s, 1, task_id);
    return s && rdl_statement_step(s, &row, NULL) && row ? rdl_statement_get_int(s, 0) : 0;
}

/* Not applied, and told. */
static bool tell(returning *r, const rdl_entry *e, const char *task_id, const char *code,
                 const char *why)
{
    JsonObject *o = json_object_new();
    gint64 issued = task_id ? GPOINTER_TO_INT(g_hash_table_lookup(r->tasks, task_id)) - 1 : 0;

    json_object_set_int_member(o, "row", e->row);
    rdl_json_set_text(o, "id", e->id);
    rdl_json_set_text(o, "act", e->act);
    rdl_json_set_text(o, "on", e->on);
    rdl_json_set_text(o, "by", e->by);
    rdl_json_set_text(o, "code", code);
    rdl_json_set_text(o, "why", why);
    if (task_id) {
        json_object_set_int_member(o, "issued", issued);
        json_object_set_int_member(o, "now", revision_of(r->ledger, task_id));
    }
    json_array_add_object_element(r->report, o);
    rdl_tally_failed(r->tally, ITEM, code, 1);
    return true;
}

/* As the other office would have done it here; what is refused leaves nothing. */
static bool apply(returning *r, const char *task_id, const rdl_entry *e, size_t act,
                  const char *entry, GError **error)
{
    rdl_ledger *l = r->ledger;
    const rdl_move who = {.task_id = task_id,
                          .to = e->to                    ? e->to
                                : strcmp(e->act, "move") ? "noted"
                                                         : NULL,
                          .on = e->on,
                          .by = e->by,
                          .role = e->role,
                          .reason = e->reason,
                          .document = e->document,
                          .fields = e->values};
    GError *failed = NULL;

    l->package = r->in->issue;
    l->entry = entry;
    l->papers = r->in->folder ? r->in->folder : "";
    bool good = acts[act].apply(r, &who, e, &failed);
    l->package = l->entry = l->papers = NULL;
    if (good) {
        r->taken++;
        rdl_tally_used(r->tally, ITEM, 1);
        return true;
    }
    if (g_error_matches(failed, RDL_ERROR, RDL_ERROR_IO) ||
        g_error_matches(failed, RDL_ERROR, RDL_ERROR_INTERNAL)) {
        g_propagate_error(error, failed);
        return false;
    }
    tell(r, e, task_id, "REFUSED", failed->message);
    g_error_free(failed);
    return true;
}

/* 320000 and 32 are a province, 321200 and 3212 a city, all else a county. */
static int level_of(const char *xzqdm)
{
    g_autofree char *beginning = rdl_division_beginning(xzqdm);
    size_t n = strlen(beginning);

    return n <= 2 ? 3 : n <= 4 ? 2 : 1;
}

/* Nobody speaks as the program, nor for an office above the one the work was handed to: column
 * level of roles.csv, empty for roles of every office. NULL: the role may be spoken in. */
static const char *barred(returning *r, const char *by, const char *role)
{
    static const char *const levels[] = {"", "county", "city", "province"};
    const rdl_csv *csv = rdl_ledger_table(r->ledger, "roles.csv", NULL);
    gssize row = csv ? rdl_csv_find(csv, "role", role) : -1;
    int level = G_N_ELEMENTS(levels) - 1;

    if (g_ascii_strcasecmp(by, "redline") == 0 || g_ascii_strcasecmp(role, "system") == 0)
        return "speaks as the program itself (by redline, role system)";
    if (csv && row < 0)
        return "is in a role that is not in roles.csv";
    while (row >= 0 && level >= 0 &&
           strcmp(levels[level], rdl_csv_at(csv, (size_t)row, "level")) != 0)
        level--;
    if (row >= 0 && level < 0)
        return "is in a role whose level in roles.csv is none of county, city, province";
    return row >= 0 && level > r->level ? "is in a role above the unit the work was issued to"
                                        : NULL;
}

/* Why an entry cannot even be looked at; NULL: it can. */
static const char *incomplete(returning *r, const rdl_entry *e, size_t act)
{
    const char *why;
    rdl_day on, latest;

    if (act == G_N_ELEMENTS(acts))
        return "act is none of move, report, set, measure, photo";
    if (e->wrong)
        return e->wrong;
    if (!e->by || !*e->by || !e->role || !*e->role)
        return "says not who did it, and as what (by, role)";
    if ((why = barred(r, e->by, e->role)))
        return why;
    if (!e->on || !rdl_day_parse(e->on, &on, NULL))
        return "has no day on which it was done (on)";
    return rdl_day_parse(r->in->on, &latest, NULL) && on > latest
               ? "lies after the day on which it is taken in"
               : NULL;
}

static bool take_known(returning *r, const char *task_id, const rdl_entry *e, size_t act,
                       GError **error)
{
    g_autofree char *entry = number_of(r, task_id, e);
    bool there = g_hash_table_contains(r->there, entry), same = false, clash = false;

    if (!there && !(acts[act].same ? ask(r, task_id, e, acts[act].same, &same, error)
                                   : same_values(r, task_id, e->values, &same, error)))
        return false;
    if (there || same) {
        rdl_tally_suppressed(r->tally, ITEM, "ALREADY_THERE", 1);
        return true;
    }
    if (!ask(r, task_id, e, acts[act].clash, &clash, error))
        return false;
    if (clash)
        return tell(r, e, task_id, "CONFLICT",
                    "was changed here since the issue, or by another package for the same day");
    return apply(r, task_id, e, act, entry, error);
}

static bool take(returning *r, const rdl_entry *e, GError **error)
{
    g_autofree char *task_id = NULL;
    size_t act = 0;

    rdl_tally_in(r->tally, ITEM, 1);
    while (act < G_N_ELEMENTS(acts) && g_strcmp0(acts[act].act, e->act) != 0)
        act++;
    const char *why = incomplete(r, e, act);
    if (!task_of(r, e, &task_id, error))
        return false;
    if (!task_id)
        return tell(r, e, NULL, "NOT_ISSUED", "is no task or problem of this issue");
    return why ? tell(r, e, task_id, "REFUSED", why) : take_known(r, task_id, e, act, error);
}

/* ---- the files that came with them ---- */

/* Those of the digests that a paper on record has. */
static GHashTable *papers_among(rdl_ledger *ledger, const GPtrArray *digests, GError **error)
{
    g_autoptr(GHashTable) came = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) papers = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT sha256 FROM document WHERE sha256 IS NOT NULL", error);
    bool row = s != NULL;

    for (guint i = 0; i < digests->len; i++)
        g_hash_table_add(came, digests->pdata[i]);
    while (row) {
        gpointer digest = NULL;
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (row && g_hash_table_lookup_extended(came, rdl_statement_get_text(s, 0), &digest, NULL))
            g_hash_table_add(papers, digest);
    }
    return s ? g_steal_pointer(&papers) : NULL;
}

static GPtrArray *digests_of(const rdl_incoming *in, GError **error)
{
    g_autoptr(GPtrArray) digests = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; in->files && i < in->files->len; i++) {
        g_autofree char *path = g_build_filename(in->folder, in->files->pdata[i], NULL);
        char *digest = rdl_digest_file(path, error);
        if (!digest)
            return NULL;
        g_ptr_array_add(digests, digest);
    }
    return g_steal_pointer(&digests);
}

static void tell_file(returning *r, const char *name)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "file", name);
    rdl_json_set_text(o, "code", "UNNAMED");
    rdl_json_set_text(o, "why", "is named by no entry on record: not kept");
    json_array_add_object_element(r->report, o);
    rdl_tally_suppressed(r->tally, FILES, "UNNAMED", 1);
}

/* Copies lie under their digests, so they harm nothing where the entries then are not taken. */
static bool keep_papers(returning *r, GError **error)
{
    g_autoptr(GPtrArray) digests = digests_of(r->in, error);
    g_autoptr(GHashTable) papers = digests ? papers_among(r->ledger, digests, error) : NULL;

    for (guint i = 0; papers && i < digests->len; i++) {
        const char *name = r->in->files->pdata[i], *digest = digests->pdata[i];
        g_autofree char *path = g_build_filename(r->in->folder, name, NULL);
        rdl_tally_in(r->tally, FILES, 1);
        if (!g_hash_table_contains(papers, digest))
            tell_file(r, name);
        else if (rdl_ledger_keep(r->ledger, path, digest, error))
            rdl_tally_used(r->tally, FILES, 1);
        else
            return false;
    }
    return papers && rdl_tally_check(r->tally, error);
}

/* ---- all of them ---- */

static gint in_order(gconstpointer a, gconstpointer b)
{
    const rdl_entry *x = *(const rdl_entry *const *)a, *y = *(const rdl_entry *const *)b;
    int order = g_strcmp0(x->id, y->id);

    order = order ? order : g_strcmp0(x->on, y->on);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool take_all(returning *r, GError **error)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    g_autoptr(GHashTable) agreed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool good = true;

    for (size_t i = 0; i < r->in->n; i++)
        g_ptr_array_add(order, (gpointer)&r->in->list[i]);
    g_ptr_array_sort(order, in_order);
    r->ledger->agreed = agreed;
    for (guint i = 0; good && i < order->len; i++)
        good = rdl_progress_tell(r->in->progress, (double)i / order->len, "entries", error) &&
               take(r, order->pdata[i], error);
    r->ledger->agreed = NULL;
    return good;
}

/* The event by which the work left, and what was in it. */
static bool find_issue(returning *r, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        r->ledger->store,
        "SELECT e.seq, json_extract(t.value, '$[0]'), json_extract(t.value, '$[1]'),"
        " (SELECT max(seq) FROM event), json_extract(e.payload, '$.unit') FROM event e, "
        "json_each(e.payload, '$.tasks') t"
        " WHERE e.subject = ? AND e.kind = 'export.made'",
        error);
    bool row = true;

    if (!s)
        return false;
    rdl_statement_text(s, 1, r->in->issue);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            break;
        r->issued = rdl_statement_get_int(s, 0);
        r->head = rdl_statement_get_int(s, 3);
        r->level = level_of(rdl_statement_get_text(s, 4));
        g_hash_table_insert(r->tasks, g_strdup(rdl_statement_get_text(s, 1)),
                            GINT_TO_POINTER((int)rdl_statement_get_int(s, 2) + 1));
    }
    return r->issued || no_issue(r->ledger, r->in->issue, error);
}

/* The entries of the issue that are on record, told by their digests. */
static bool find_entries(returning *r, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(r->ledger->store,
                          "SELECT json_extract(payload, '$.entry') FROM event WHERE seq > ?1 AND"
                          " json_extract(payload, '$.package') = ?2",
                          error);
    bool row = s != NULL;

    if (!s)
        return false;
    rdl_statement_int(s, 1, r->issued);
    rdl_statement_text(s, 2, r->in->issue);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (row && rdl_statement_get_text(s, 0))
            g_hash_table_add(r->there, g_strdup(rdl_statement_get_text(s, 0)));
    }
    return true;
}

/* A package that is taken again and brings nothing is not told again. */
static bool note_return(returning *r, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autoptr(rdl_statement) s =
        rdl_statement_new(r->ledger->store,
                          "SELECT 1 FROM event WHERE subject = ? AND kind = 'package.returned' AND"
                          " json_extract(payload, '$.sha256') = ? LIMIT 1",
                          error);
    rdl_event event = {.at = r->in->on,
                       .by = r->in->by,
                       .role = "import",
                       .kind = "package.returned",
                       .subject = r->in->issue};
    bool known;

    if (!s)
        return false;
    rdl_statement_text(s, 1, r->in->issue);
    rdl_statement_text(s, 2, r->in->sha256);
    if (!rdl_statement_step(s, &known, error))
        return false;
    for (guint i = 0; r->in->told && i < json_array_get_length(r->in->told); i++)
        json_array_add_element(r->report, json_node_copy(json_array_get_element(r->in->told, i)));
    rdl_json_set_text(o, "sha256", r->in->sha256);
    json_object_set_int_member(o, "taken", r->taken);
    json_object_set_array_member(o, "report", json_array_ref(r->report));
    return (known && !r->taken) || rdl_event_append(r->ledger, &event, o, error);
}

bool rdl_ledger_return(rdl_ledger *ledger, const rdl_incoming *in, rdl_tally *tally,
                       JsonNode **report, GError **error)
{
    g_autoptr(GHashTable) tasks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(JsonArray) told = json_array_new();
    returning r = {.ledger = ledger,
                   .in = in,
                   .tasks = tasks,
                   .said = said,
                   .there = there,
                   .tally = tally,
                   .report = told};
    rdl_day on;

    if (!in->by || !*in->by || !in->on)
        return rdl_fail(error, RDL_ERROR_USAGE, "a return needs the day, and who takes it");
    bool good =
        rdl_day_parse(in->on, &on, error) && rdl_store_begin(ledger->store, error) &&
        rdl_ledger_end(ledger,
                       find_issue(&r, error) && find_entries(&r, error) && take_all(&r, error) &&
                           keep_papers(&r, error) && note_return(&r, error),
                       error);
    *report = good ? json_node_init_array(json_node_alloc(), told) : NULL;
    return good;
}
