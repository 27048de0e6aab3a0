#include <math.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/paper.h"
#include "rectify/photo.h"
#include "rectify/rebound.h"
#include "rectify/review.h"
#include "rectify/route.h"
#include "rectify/value.h"

bool rdl_task_read(rdl_ledger *ledger, const char *task_id, rdl_task *task, GError **error)
{
    rdl_task_filter filter = {.id = task_id, .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, error);

    if (!tasks)
        return false;
    if (tasks->len == 0)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                        rdl_ledger_path(ledger), task_id);
    *task = g_array_index(tasks, rdl_task, 0);
    memset(&g_array_index(tasks, rdl_task, 0), 0, sizeof(rdl_task)); /* moved out */
    return true;
}

/* ---- what the workflow allows ---- */

static char *ways_from(const rdl_csv *workflow, const char *state)
{
    GString *ways = g_string_new(NULL);

    for (size_t i = 0; i < rdl_csv_count(workflow); i++)
        if (strcmp(rdl_csv_at(workflow, i, "from"), state) == 0)
            g_string_append_printf(ways, "%s%s (%s)", ways->len ? ", " : "",
                                   rdl_csv_at(workflow, i, "to"), rdl_csv_at(workflow, i, "roles"));
    return g_string_free(ways, FALSE);
}

static bool leads(const rdl_csv *workflow, size_t way, const char *from, const char *to)
{
    return strcmp(rdl_csv_at(workflow, way, "from"), from) == 0 &&
           strcmp(rdl_csv_at(workflow, way, "to"), to) == 0;
}

/* The row of that move for that role, else the first of that move; -1: there is none. */
static gssize find_way(const rdl_csv *workflow, const char *from, const char *to, const char *role)
{
    gssize first = -1;

    for (size_t i = 0; i < rdl_csv_count(workflow); i++) {
        if (!leads(workflow, i, from, to))
            continue;
        if (rdl_listed_word(rdl_csv_at(workflow, i, "roles"), role))
            return (gssize)i;
        first = first < 0 ? (gssize)i : first;
    }
    return first;
}

/* Whoever may make the move by some row. */
static char *roles_of_way(const rdl_csv *workflow, const char *from, const char *to)
{
    GString *roles = g_string_new(NULL);

    for (size_t i = 0; i < rdl_csv_count(workflow); i++)
        if (leads(workflow, i, from, to))
            g_string_append_printf(roles, "%s%s", roles->len ? "|" : "",
                                   rdl_csv_at(workflow, i, "roles"));
    return g_string_free(roles, FALSE);
}

/* Date of the last move of the task into `state`; NULL without error where there was none. */
static char *date_of_state(rdl_ledger *ledger, const char *task_id, const char *state,
                           GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT max(at) FROM event WHERE subject = ? AND kind = 'task.moved' AND "
                          "json_extract(payload, '$.to') = ?",
                          error);
    bool row = false;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, task_id);
    rdl_statement_text(s, 2, state);
    if (!rdl_statement_step(s, &row, error) || !row)
        return NULL;
    return g_strdup(rdl_statement_get_text(s, 0));
}

static bool check_image(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                        GError **error)
{
    const char *image = rdl_json_text(move->fields, "image_date", NULL);
    g_autofree char *claimed = date_of_state(ledger, task->task_id, "SUBMITTED", error);
    rdl_day day, on, claim = RDL_DAY_PAST;

    if (!image)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s needs the date of an image taken after the "
                        "claim: give --set image_date=YYYY-MM-DD",
                        task->task_id, move->to);
    if (!rdl_day_parse(move->on, &on, error) || !rdl_day_parse(image, &day, error) ||
        (claimed && !rdl_day_parse(claimed, &claim, error)))
        return false;
    if (day > on)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: the image of %s is later than the check of %s: give the day of one "
                        "that was at hand",
                        task->task_id, image, move->on);
    return day > claim ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: the image of %s is not later than the claim of %s: take one of after it",
                    task->task_id, image, claimed);
}

/* A finding of the place that is newer than what concluded the task. */
static bool check_later_epoch(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                              GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT 1 FROM event WHERE subject = ?1 AND kind IN ('site.revised', 'site.joined', "
        "'site.split') AND "
        "seq > "
        "(SELECT max(seq) FROM event WHERE subject = ?2 AND kind = 'task.moved') LIMIT 1",
        error);
    bool newer;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task->site_id);
    rdl_statement_text(s, 2, task->task_id);
    if (!rdl_statement_step(s, &newer, error))
        return false;
    return newer || rdl_fail(error, RDL_ERROR_USAGE,
                             "%s: %s to %s needs a newer finding at the place: "
                             "load the findings of a later epoch first",
                             task->task_id, task->state, move->to);
}

/* The last notice of the state has run its time; the last day belongs to it. */
static bool check_notice(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                         GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store,
                                                   "SELECT closes FROM publication WHERE task_id = "
                                                   "? AND kind = ? ORDER BY seq DESC LIMIT 1",
                                                   error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task->task_id);
    rdl_statement_text(s, 2, rdl_notice_of(ledger, task->state));
    if (!rdl_statement_step(s, &row, error))
        return false;
    const char *closes = row ? rdl_statement_get_text(s, 0) : NULL;
    return !closes || strcmp(move->on, closes) > 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: %s to %s: the notice runs until %s: the move is for a day after",
                    task->task_id, task->state, move->to, closes);
}

/* Photos that count, by rectify/photo.h: a title or a file named with the move is none. */
static bool check_photo(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                        GError **error)
{
    guint on_record, count;

    return rdl_photos_count(ledger, task->task_id, &on_record, &count, error) &&
           (count > 0 ||
            rdl_fail(error, RDL_ERROR_USAGE,
                     "%s: %s to %s needs a photo taken at the site: of %u on record none counts: "
                     "redline task photo",
                     task->task_id, task->state, move->to, on_record));
}

/* A suspicion is not put away by whoever screens alone: a second level confirms it, unless each of
 * its sources is clean, or was rejected from the pictures (visual triage), which is on record. */
static bool check_clean(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                        GError **error)
{
    const rdl_csv *workflow = rdl_ledger_workflow(ledger, task->xzqdm, task->problem_source, error);
    g_autofree char *which = NULL;

    if (!workflow || !rdl_site_standing(ledger, task->site_id, &which, error))
        return false;
    if (!which)
        return true;
    g_autofree char *roles = roles_of_way(workflow, task->state, move->to);
    return rdl_fail(
        error, RDL_ERROR_USAGE,
        "%s: its result is %s, and nobody rejected %s: %s dismisses only what is clean, "
        "anything else is confirmed by another role of %s, or sent to be verified",
        task->task_id, task->result ? task->result : "-", which, move->role, roles);
}

/* Measures of the problem of which nobody has said that they are done: their numbers, and in `told`
 * their words. */
static GArray *undone(rdl_ledger *ledger, const rdl_task *task, GString *told, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT n, text FROM measure WHERE problem_id = ? AND done IS NULL ORDER BY n", error);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
    bool row = true;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, task->problem_id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return g_steal_pointer(&numbers);
        int n = (int)rdl_statement_get_int(s, 0);
        g_array_append_val(numbers, n);
        g_string_append_printf(told, "%s%d %s", told->len ? ", " : "", n,
                               rdl_statement_get_text(s, 1));
    }
    return NULL;
}

static bool says_all_done(const rdl_move *move)
{
    return strcmp(rdl_json_text(move->fields, "measures_done", ""), "all") == 0;
}

/* Who claims that it is rectified says so of every measure, before or with the claim. */
static bool check_measures(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move,
                           GError **error)
{
    g_autoptr(GString) told = g_string_new(NULL);
    g_autoptr(GArray) numbers = undone(ledger, task, told, error);

    if (!numbers)
        return false;
    return !numbers->len || says_all_done(move) ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: %s to %s needs every measure done, not yet are %s: redline task measure "
                    "says so of one, --set measures_done=all with this move of all",
                    task->task_id, task->state, move->to, told->str);
}

static bool check_guard(rdl_ledger *ledger, const char *guard, const rdl_task *task,
                        const rdl_move *move, GError **error)
{
    bool reason = move->reason && *move->reason;

    if (!*guard || g_str_has_prefix(guard, "FLAG_")) /* a flag never stops anybody */
        return true;
    if (strcmp(guard, "REASON") == 0)
        return reason ||
               rdl_fail(error, RDL_ERROR_USAGE, "%s: %s to %s needs a reason: give --reason",
                        task->task_id, task->state, move->to);
    if (g_str_has_prefix(guard, "TIER_"))
        return g_strcmp0(task->tier, guard + strlen("TIER_")) == 0 ||
               rdl_fail(error, RDL_ERROR_USAGE, "%s: %s is for tasks of tier %s, this one is %s",
                        task->task_id, move->to, guard + strlen("TIER_"),
                        task->tier ? task->tier : "of none");
    if (strcmp(guard, "IMAGE_AFTER_CLAIM") == 0)
        return check_image(ledger, task, move, error);
    if (strcmp(guard, "MEASURES_DONE") == 0)
        return check_measures(ledger, task, move, error);
    if (strcmp(guard, "NOTICE_OVER") == 0)
        return check_notice(ledger, task, move, error);
    if (strcmp(guard, "PHOTO_AT_SITE") == 0)
        return check_photo(ledger, task, move, error);
    if (strcmp(guard, "LATER_EPOCH") == 0)
        return check_later_epoch(ledger, task, move, error);
    if (strcmp(guard, "CLEAN") == 0)
        return check_clean(ledger, task, move, error);
    return rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: %s to %s: the guard %s of workflow.csv is not known "
                    "to this redline",
                    task->task_id, task->state, move->to, guard);
}

static bool check_guards(rdl_ledger *ledger, const char *guards, const rdl_task *task,
                         const rdl_move *move, GError **error)
{
    g_auto(GStrv) each = g_strsplit(guards, "|", -1);

    for (char **guard = each; *guard; guard++)
        if (!check_guard(ledger, *guard, task, move, error))
            return false;
    return true;
}

bool rdl_move_current(const rdl_task *task, const rdl_move *move, GError **error)
{
    return !move->revision || move->revision == task->revision ||
           rdl_fail(error, RDL_ERROR_CONFLICT,
                    "%s: somebody changed it since revision %" PRId64 " (now %" PRId64
                    "): look at it again with redline task show",
                    task->task_id, move->revision, task->revision);
}

static bool in_order(rdl_ledger *ledger, const char *sql, const char *subject, const char *on,
                     GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    bool row = false;
    rdl_day day, last;

    if (!s || !rdl_day_parse(on, &day, error))
        return false;
    rdl_statement_text(s, 1, subject);
    if (!rdl_statement_step(s, &row, error))
        return false;
    const char *at = row ? rdl_statement_get_text(s, 0) : NULL;
    if (at && rdl_day_parse(at, &last, NULL) && day < last)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s lies before its last event of %s: what happened is entered in the "
                        "order of days",
                        subject, on, at);
    return true;
}

bool rdl_move_in_order(rdl_ledger *ledger, const rdl_task *task, const char *on, GError **error)
{
    return in_order(ledger,
                    "SELECT max(at) FROM event WHERE subject = ? AND kind <> 'warning.changed'",
                    task->task_id, on, error);
}

bool rdl_site_in_order(rdl_ledger *ledger, const char *site_id, const char *on, GError **error)
{
    return in_order(ledger,
                    "SELECT max(at) FROM event WHERE kind <> 'warning.changed' AND subject IN "
                    "(SELECT ?1 UNION ALL SELECT task_id FROM task WHERE site_id = ?1)",
                    site_id, on, error);
}

/* A clue that was registered is finished: what it became goes on. */
static bool check_not_followed(rdl_ledger *ledger, const rdl_task *task, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT t.task_id FROM problem p JOIN task t USING(problem_id) "
                          "WHERE p.clue_id = ? AND t.kind = 'rectify' LIMIT 1",
                          error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task->task_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    return !row || rdl_fail(error, RDL_ERROR_USAGE, "%s: was registered: its rectification is %s",
                            task->task_id, rdl_statement_get_text(s, 0));
}

bool rdl_move_known(rdl_ledger *ledger, const rdl_move *move, bool *known, GError **error)
{
    rdl_task task = {0};
    const rdl_csv *workflow = NULL;

    *known = false;
    if (rdl_task_read(ledger, move->task_id, &task, error) &&
        (workflow = rdl_ledger_workflow(ledger, task.xzqdm, task.problem_source, error))) {
        gssize way = find_way(workflow, task.state, move->to, move->role);
        *known =
            way >= 0 && rdl_listed_word(rdl_csv_at(workflow, (size_t)way, "roles"), move->role);
    }
    rdl_task_clear(&task);
    return workflow != NULL;
}

/* The row of the workflow that leads there, for that role. */
static bool find_row(rdl_ledger *ledger, rdl_way *w, GError **error)
{
    const rdl_task *task = w->task;
    const rdl_move *move = w->move;

    if (!(w->workflow = rdl_ledger_workflow(ledger, task->xzqdm, task->problem_source, error)))
        return false;
    gssize row = find_way(w->workflow, task->state, move->to, move->role);
    if (row < 0) {
        g_autofree char *ways = ways_from(w->workflow, task->state);
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: from %s there is no way to %s; there is %s",
                        task->task_id, task->state, move->to, *ways ? ways : "none");
    }
    w->row = (size_t)row;
    g_autofree char *roles = roles_of_way(w->workflow, task->state, move->to);
    return rdl_listed_word(roles, move->role) ||
           rdl_fail(error, RDL_ERROR_USAGE, "%s: %s to %s is for %s, not for %s", task->task_id,
                    task->state, move->to, roles, move->role);
}

static bool check_move(rdl_ledger *ledger, const rdl_way *w, GError **error)
{
    return check_not_followed(ledger, w->task, error) &&
           rdl_move_in_order(ledger, w->task, w->move->on, error) &&
           rdl_values_there(ledger, w, error) &&
           check_guards(ledger, rdl_csv_at(w->workflow, w->row, "guard"), w->task, w->move, error);
}

/* ---- moving ---- */

/* What the workflow's row asks of papers, and what was given. */
static bool add_papers(rdl_ledger *ledger, JsonObject *payload, const rdl_csv *workflow, size_t way,
                       const rdl_task *task, const rdl_move *move, GError **error)
{
    const char *needed = rdl_csv_at(workflow, way, "documents");
    bool given = move->document && *move->document;

    if (*needed && !given && !rdl_listed_word(rdl_csv_at(workflow, way, "roles"), "system"))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: %s to %s needs %s: give --document",
                        task->task_id, task->state, move->to, needed);
    if (!given)
        return true;
    JsonArray *papers = rdl_papers(move->document, needed, ledger->papers, error);
    if (!papers)
        return g_prefix_error(error, "%s: %s to %s: ", task->task_id, task->state, move->to), false;
    rdl_json_set_text(payload, "document", move->document);
    json_object_set_array_member(payload, "documents", papers);
    return true;
}

/* What photos there were when it was moved, and how many of them count. */
static bool add_photos(rdl_ledger *ledger, JsonObject *payload, const rdl_task *task,
                       GError **error)
{
    guint on_record, count;

    if (!rdl_photos_count(ledger, task->task_id, &on_record, &count, error))
        return false;
    if (!on_record)
        return true;
    JsonObject *photos = json_object_new();
    json_object_set_int_member(photos, "on_record", on_record);
    json_object_set_int_member(photos, "count", count);
    json_object_set_object_member(payload, "photos", photos);
    return true;
}

/* Step of the close-out, as the workflow numbers and names it. */
static void add_step(JsonObject *payload, const rdl_csv *workflow, size_t way)
{
    const char *n = rdl_csv_at(workflow, way, "step");

    if (!*n)
        return;
    JsonObject *step = json_object_new();
    rdl_json_set_text(step, "n", n);
    rdl_json_set_text(step, "name", rdl_csv_at(workflow, way, "step_name"));
    rdl_json_set_text(step, "outcome", rdl_csv_at(workflow, way, "outcome"));
    json_object_set_object_member(payload, "step", step);
}

/* A notice (公示): where, from when, until when. A period is stated with the move ("7日内",
 * "5个工作日内", a day); without one the notice has no end that anybody must wait for. */
static bool add_notice(rdl_ledger *ledger, JsonObject *payload, const rdl_move *move,
                       GError **error)
{
    const char *words = rdl_json_text(move->fields, "notice", NULL);
    const char *kind = rdl_notice_of(ledger, move->to);
    rdl_deadline closes = {0};
    rdl_day on;

    if (!kind)
        return true;
    JsonObject *notice = json_object_new();
    json_object_set_object_member(payload, "publication", notice);
    rdl_json_set_text(notice, "kind", kind);
    rdl_json_set_text(notice, "channel", rdl_json_text(move->fields, "channel", NULL));
    rdl_json_set_text(notice, "link", rdl_json_text(move->fields, "link", NULL));
    rdl_json_set_text(notice, "opens", move->on);
    if (!words)
        return true;
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);
    if (!policy || !rdl_day_parse(move->on, &on, error) ||
        !rdl_deadline_words(policy, words, on, &closes, error))
        return g_prefix_error(error, "%s: notice: ", move->task_id), false;
    if (closes.kind == RDL_DEADLINE_NONE || closes.due < on)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: notice: '%s' names no day after %s",
                        move->task_id, words, move->on);
    g_autofree char *day = rdl_day_text(closes.due);
    rdl_json_set_text(notice, "closes", day);
    return true;
}

/* What a look back that failed found: what is said, else what raised it, else a rebound. */
static bool add_result(rdl_ledger *ledger, JsonObject *look, const rdl_move *move, GError **error)
{
    const char *said = rdl_json_text(move->fields, "rebound", NULL);
    g_autofree char *clue = NULL;

    if (said && strcmp(said, RDL_REBOUND) != 0 && strcmp(said, RDL_PARTIAL_REBOUND) != 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: rebound '%s' is none: give --set rebound=REBOUND or PARTIAL_REBOUND "
                        "(another activity at the place)",
                        move->task_id, said);
    if (!said && !rdl_rebound_clue(ledger, move->task_id, &clue, error))
        return false;
    said = said ? said : clue;
    rdl_json_set_text(look, "result",
                      g_strcmp0(said, RDL_PARTIAL_REBOUND) == 0 ? RDL_PARTIAL_REBOUND
                                                                : RDL_REBOUND);
    return true;
}

/* A look back is ordered, or held with its result; a failed one registers the problem again under
 * its old number with a suffix. */
static bool add_lookback(rdl_ledger *ledger, JsonObject *payload, const rdl_task *task,
                         const rdl_move *move, GError **error)
{
    bool ordered = strcmp(move->to, "LOOKBACK") == 0, held = strcmp(task->state, "LOOKBACK") == 0;
    bool rebound = strcmp(move->to, "REOPENED") == 0;

    if ((ordered || held) && task->problem_id) {
        JsonObject *look = json_object_new();
        json_object_set_object_member(payload, "lookback", look);
        if (rebound && !add_result(ledger, look, move, error))
            return false;
        if (!rebound)
            rdl_json_set_text(look, "result", ordered ? NULL : "OK");
    }
    if (!rebound || !task->problem_id)
        return true;
    g_autofree char *times = NULL;
    if (!rdl_store_ask(ledger->store, "SELECT rebounds FROM problem WHERE problem_id = ?",
                       task->problem_id, &times, error))
        return false;
    gint64 n = times ? g_ascii_strtoll(times, NULL, 10) : 0;
    g_autofree char *suffix = g_strdup_printf("-%" G_GINT64_FORMAT, n);
    g_autofree char *base = g_strdup(task->problem_id);
    if (n > 0 && g_str_has_suffix(base, suffix))
        base[strlen(base) - strlen(suffix)] = '\0';
    g_autofree char *again = g_strdup_printf("%s-%" G_GINT64_FORMAT, base, n + 1);
    rdl_json_set_text(payload, "reopened", again);
    return true;
}

bool rdl_move_append(rdl_ledger *ledger, const rdl_move *move, const char *kind,
                     const char *subject, JsonObject *payload, GError **error)
{
    rdl_event event = {.at = move->on,
                       .by = move->by,
                       .role = move->role,
                       .kind = kind,
                       .subject = subject,
                       .reason = move->reason};

    return rdl_event_append(ledger, &event, payload, error);
}

/* Of a day that came with the move; a list's was told from its own day. */
static void set_provisional(JsonObject *payload, const rdl_move *move)
{
    rdl_set_provisional(payload, json_object_has_member(move->fields, "due_note"),
                        rdl_json_text(move->fields, "due_words", NULL),
                        rdl_json_text(move->fields, "due_from", move->on));
}

static bool open_rectification(rdl_ledger *ledger, const rdl_task *clue, const rdl_move *move,
                               const char *problem_id, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *task_id = rdl_digest_id("R-", problem_id, RDL_DIGEST_END), *due = NULL;
    const char *tier;
    rdl_day on;

    if (!rdl_day_parse(move->on, &on, error) ||
        !rdl_ledger_deadline(ledger, "rectify", clue->result, clue->severity, on, &tier, &due,
                             error))
        return false;
    rdl_json_set_text(o, "task_id", task_id);
    rdl_json_set_text(o, "site_id", clue->site_id);
    rdl_json_set_text(o, "finding_id", clue->finding_id);
    rdl_json_set_text(o, "kind", "rectify");
    rdl_json_set_text(o, "state", "REGISTERED");
    rdl_json_set_text(o, "xzqdm", clue->xzqdm);
    rdl_json_set_text(o, "department", clue->routed);
    rdl_json_set_text(o, "tier", rdl_json_text(move->fields, "tier", tier));
    rdl_json_set_text(o, "started", move->on);
    rdl_json_set_text(o, "due", rdl_json_text(move->fields, "due", NULL));
    set_provisional(o, move);
    rdl_json_set_text(o, "problem_id", problem_id);
    return rdl_move_append(ledger, move, "task.opened", task_id, o, error);
}

static bool register_problem(rdl_ledger *ledger, const rdl_task *clue, const rdl_move *move,
                             GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *problem_id = clue->problem_id
                                      ? g_strdup(clue->problem_id)
                                      : rdl_digest_id("P-", clue->task_id, RDL_DIGEST_END);

    rdl_json_set_text(o, "problem_id", problem_id);
    rdl_json_set_text(o, "site_id", clue->site_id);
    rdl_json_set_text(o, "clue_id", clue->task_id);
    for (int i = 0; rdl_problem_members[i]; i++)
        rdl_json_set_text(o, rdl_problem_members[i],
                          rdl_json_text(move->fields, rdl_problem_members[i], NULL));
    return rdl_move_append(ledger, move, "problem.registered", problem_id, o, error) &&
           open_rectification(ledger, clue, move, problem_id, error);
}

/* A problem that is registered, or begins again, is given its day; any other has one. */
static bool check_due(const rdl_task *task, const rdl_move *move, GError **error)
{
    const char *due = rdl_json_text(move->fields, "due", NULL);

    return !due || strcmp(task->kind, "rectify") != 0 || strcmp(task->state, "REOPENED") == 0 ||
           strcmp(move->to, "REOPENED") == 0 || g_strcmp0(due, task->due) == 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: is due %s: another day is given by redline task extend", task->task_id,
                    task->due ? task->due : "-");
}

/* The tier that the words say, where nobody names one. */
static bool settle_tier(rdl_ledger *ledger, const rdl_move *move, const rdl_deadline *due,
                        rdl_day on, GError **error)
{
    const char *tier;

    if (rdl_json_text(move->fields, "tier", NULL))
        return true;
    if (!rdl_ledger_tier_said(ledger, "rectify", due, on, &tier, error))
        return false;
    if (tier)
        rdl_json_set_text(move->fields, "tier", tier);
    return true;
}

/* A due date given in words ("六个月内") becomes a day; the words stay beside it. */
static bool settle_due(rdl_ledger *ledger, const rdl_move *move, GError **error)
{
    const char *words = rdl_json_text(move->fields, "due", NULL);
    const rdl_deadline_policy *policy;
    rdl_deadline due;
    rdl_day on;

    if (!words || !*words)
        return true;
    if (!(policy = rdl_ledger_policy(ledger, error)) || !rdl_day_parse(move->on, &on, error))
        return false;
    bool good = rdl_deadline_words(policy, words, on, &due, error);
    if (!good) {
        g_prefix_error(error, "%s: due: ", move->task_id);
        return false;
    }
    if (!settle_tier(ledger, move, &due, on, error))
        return false;
    if (due.due < on)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: due %s lies before %s: give a later day with --set due=...",
                        move->task_id, words, move->on);
    g_autofree char *day = rdl_day_text(due.due), *said = g_strdup(words);
    if (g_strcmp0(day, said) == 0)
        return true;
    rdl_json_set_text(move->fields, "due", day); /* null: long-term */
    rdl_json_set_text(move->fields, "due_words", said);
    if (!due.calendar)
        rdl_json_set_text(move->fields, "due_note", RDL_NO_CALENDAR);
    return true;
}

static bool check_tier(rdl_ledger *ledger, const rdl_move *move, GError **error)
{
    const char *tier = rdl_json_text(move->fields, "tier", NULL);
    GError *failed = NULL;
    const rdl_csv *csv = rdl_ledger_table(ledger, "deadlines.csv", &failed);

    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    return !tier || !csv || rdl_csv_find(csv, "tier", tier) >= 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: tier %s is not in the pack's deadlines.csv: name one that is",
                    move->task_id, tier);
}

bool rdl_clue_renew(rdl_ledger *ledger, const rdl_task *clue, const rdl_who *who, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *due = NULL;
    const char *tier;
    rdl_day on;
    bool provisional;
    rdl_event event = {.at = who->on,
                       .by = who->by,
                       .role = who->role,
                       .kind = "task.renewed",
                       .subject = clue->task_id,
                       .reason = who->reason};

    if (!rdl_day_parse(who->on, &on, error) ||
        !rdl_ledger_deadline(ledger, "verify", clue->result, clue->severity, on, &tier, &due,
                             error) ||
        !rdl_ledger_provisional(ledger, due, &provisional, error))
        return false;
    rdl_set_provisional(o, provisional, NULL, NULL);
    rdl_json_set_text(o, "was", clue->due);
    rdl_json_set_text(o, "due", due);
    rdl_json_set_text(o, "tier", tier ? tier : clue->tier);
    json_object_set_boolean_member(o, "runs", TRUE);
    return rdl_event_append(ledger, &event, o, error);
}

/* A term ends with what it was given for. A problem that begins again has the day and the tier that
 * are declared then or with its new plan, until then none; a clue those of the pack. One that was
 * merged away and comes back was never concluded: its own go on. */
static bool renew(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move, GError **error)
{
    bool reopened = strcmp(move->to, "REOPENED") == 0;
    bool parted = strcmp(move->role, "system") == 0 && g_strcmp0(move->reason, "SPLIT") == 0;
    const rdl_who who = {move->on, move->by, move->role, move->reason};
    g_autoptr(JsonObject) o = json_object_new();

    if (strcmp(task->kind, "verify") == 0 && strcmp(move->to, "CLUE") == 0)
        return parted || rdl_clue_renew(ledger, task, &who, error);
    if (!reopened &&
        (strcmp(task->state, "REOPENED") != 0 || !json_object_has_member(move->fields, "due")))
        return true;
    rdl_json_set_text(o, "was", task->due);
    rdl_json_set_text(o, "due", rdl_json_text(move->fields, "due", NULL));
    rdl_json_set_text(o, "tier", rdl_json_text(move->fields, "tier", task->tier));
    set_provisional(o, move);
    json_object_set_boolean_member(o, "runs", TRUE);
    return rdl_move_append(ledger, move, "task.renewed", task->task_id, o, error);
}

/* What was claimed of all measures with the move is on record of each. */
static bool tell_done(rdl_ledger *ledger, const rdl_csv *workflow, size_t way, const rdl_task *task,
                      const rdl_move *move, GError **error)
{
    g_autoptr(GString) told = g_string_new(NULL);
    g_autoptr(GArray) numbers = NULL;

    if (!says_all_done(move) ||
        !rdl_listed_word(rdl_csv_at(workflow, way, "guard"), "MEASURES_DONE"))
        return true;
    if (!(numbers = undone(ledger, task, told, error)))
        return false;
    for (guint i = 0; i < numbers->len; i++) {
        g_autoptr(JsonObject) o = json_object_new();
        g_autofree char *n = g_strdup_printf("%d", g_array_index(numbers, int, i));
        rdl_json_set_text(o, "problem_id", task->problem_id);
        rdl_json_set_text(o, "n", n);
        if (!rdl_move_append(ledger, move, "measure.done", task->task_id, o, error))
            return false;
    }
    return true;
}

static bool move_task(rdl_ledger *ledger, const rdl_way *w, GError **error)
{
    const rdl_task *task = w->task;
    const rdl_move *move = w->move;
    g_autoptr(JsonObject) o = json_object_new();
    bool registers = strcmp(move->to, "REGISTERED") == 0 && strcmp(task->kind, "verify") == 0;

    rdl_json_set_text(o, "from", task->state);
    rdl_json_set_text(o, "to", move->to);
    if (json_object_get_size(move->fields))
        json_object_set_object_member(o, "fields", json_object_ref(move->fields));
    if (!tell_done(ledger, w->workflow, w->row, task, move, error) ||
        !add_papers(ledger, o, w->workflow, w->row, task, move, error) ||
        !add_photos(ledger, o, task, error) || !add_notice(ledger, o, move, error) ||
        !add_lookback(ledger, o, task, move, error))
        return false;
    if (task->problem_id)
        add_step(o, w->workflow, w->row);
    return rdl_move_append(ledger, move, "task.moved", task->task_id, o, error) &&
           renew(ledger, task, move, error) &&
           (!registers || register_problem(ledger, task, move, error));
}

bool rdl_move_complete(const rdl_move *move, GError **error)
{
    if (!move->on || !move->by || !*move->by || !move->role || !move->to)
        return rdl_fail(error, RDL_ERROR_USAGE, "a move needs --to, --on, --by and --role");
    return true;
}

/* Whoever holds a post in the unit is the problem's, where nobody else is named (domain nos. 76,
 * 85). */
static bool inherit(rdl_ledger *ledger, const rdl_task *task, const rdl_move *move, GError **error)
{
    static const char *const posts[] = {"lead_leader", "supervisor", "first_responsible"};
    rdl_day on;

    if (strcmp(move->to, "REGISTERED") != 0 || strcmp(task->kind, "verify") != 0)
        return true;
    if (!rdl_day_parse(move->on, &on, error))
        return false;
    if (task->problem_id && !rdl_json_text(move->fields, "due", NULL) &&
        !rdl_listed_limit(ledger, task, move->fields, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(posts); i++) {
        const char *known = rdl_value_of(task, move, posts[i]);
        const char *name = known ? NULL : rdl_route_post(ledger, task->xzqdm, posts[i], on);
        if (name)
            rdl_json_set_text(move->fields, posts[i], name);
    }
    return true;
}

/* Its own: what the program knows is filled in beside what was given. */
static JsonObject *values_of(const rdl_move *move)
{
    g_autoptr(GList) names = move->fields ? json_object_get_members(move->fields) : NULL;
    JsonObject *o = json_object_new();

    for (GList *n = names; n; n = n->next)
        json_object_set_member(o, n->data, json_object_dup_member(move->fields, n->data));
    return o;
}

bool rdl_task_move_within(rdl_ledger *ledger, const rdl_move *given, GError **error)
{
    g_autoptr(JsonObject) fields = values_of(given);
    rdl_move own = *given, *move = &own;
    rdl_task task = {0};
    rdl_way way = {.task = &task, .move = move};

    own.fields = fields;
    bool good =
        rdl_move_complete(move, error) && rdl_task_read(ledger, move->task_id, &task, error) &&
        (strcmp(move->role, "system") == 0 || /* has just written it */
         rdl_work_agrees(ledger, task.site_id, error)) &&
        rdl_move_current(&task, move, error) && rdl_fields_known(task.task_id, fields, error) &&
        find_row(ledger, &way, error) && rdl_values_taken(ledger, &way, error) &&
        inherit(ledger, &task, move, error) && check_move(ledger, &way, error) &&
        check_tier(ledger, move, error) && settle_due(ledger, move, error) &&
        check_due(&task, move, error) && move_task(ledger, &way, error);

    rdl_task_clear(&task);
    return good;
}

bool rdl_ledger_end(rdl_ledger *ledger, bool good, GError **error)
{
    good = good && rdl_store_commit(ledger->store, error);
    if (!good)
        rdl_store_rollback(ledger->store);
    return good;
}

bool rdl_task_move(rdl_ledger *ledger, const rdl_move *move, GError **error)
{
    return rdl_store_begin(ledger->store, error) &&
           rdl_ledger_end(ledger, rdl_task_move_within(ledger, move, error), error);
}
