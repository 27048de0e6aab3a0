/* What offices note beside the moves: changed values, measures done, things made public, matters
 * handed over. */
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"

static bool need_problem(const rdl_task *task, GError **error)
{
    return task->problem_id ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: is a clue: it has no problem until it is registered", task->task_id);
}

static bool one_row(rdl_ledger *ledger, const char *sql, const char *a, int b, char **value,
                    GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    bool row;

    *value = NULL;
    if (!s)
        return false;
    rdl_statement_text(s, 1, a);
    if (b)
        rdl_statement_int(s, 2, b);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *value = row ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    return true;
}

static bool say_changed(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                        JsonObject *o, const void *what, GError **error)
{
    JsonObject *fields = (JsonObject *)what;
    g_autoptr(GList) names = json_object_get_members(fields);
    JsonObject *was = json_object_new();

    json_object_set_object_member(o, "was", was);
    json_object_set_object_member(o, "fields", json_object_ref(fields));
    if (!need_problem(task, error) ||
        !rdl_role_may(ledger, who->role, "set", who->task_id, error) ||
        !rdl_fields_known(who->task_id, fields, error))
        return false;
    for (GList *n = names; n; n = n->next) {
        g_autofree char *sql = NULL, *value = NULL;
        if (!g_strv_contains(rdl_problem_members, n->data))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s: %s cannot be set so: due dates by redline task extend",
                            who->task_id, (const char *)n->data);
        sql = g_strdup_printf("SELECT %s FROM problem WHERE problem_id = ?", (const char *)n->data);
        if (!one_row(ledger, sql, task->problem_id, 0, &value, error))
            return false;
        rdl_json_set_text(was, n->data, value);
    }
    return true;
}

bool rdl_task_change(rdl_ledger *ledger, const rdl_move *who, JsonObject *fields, GError **error)
{
    const rdl_note n = {"problem.changed", NULL, say_changed, fields, false};

    return rdl_note_make(ledger, who, &n, error);
}

static bool say_done(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                     const void *what, GError **error)
{
    g_autofree char *n = g_strdup_printf("%d", *(const int *)what), *measure = NULL;

    if (!need_problem(task, error) ||
        !one_row(ledger, "SELECT text FROM measure WHERE problem_id = ? AND n = ?",
                 task->problem_id, *(const int *)what, &measure, error))
        return false;
    rdl_json_set_text(o, "problem_id", task->problem_id);
    rdl_json_set_text(o, "n", n);
    return measure ||
           rdl_fail(error, RDL_ERROR_NOT_FOUND,
                    "%s: has no measure %s: redline task show lists them", who->task_id, n);
}

bool rdl_task_measure_done(rdl_ledger *ledger, const rdl_move *who, int n, GError **error)
{
    const rdl_note done = {"measure.done", "note", say_done, &n, false};

    return rdl_note_make(ledger, who, &done, error);
}

/* One of publications.csv, where the pack has it. */
static bool known_kind(rdl_ledger *ledger, const char *kind, const char *subject, GError **error)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "publications.csv", NULL);
    g_autoptr(GString) kinds = g_string_new(NULL);

    if (!csv || rdl_csv_find(csv, "kind", kind) >= 0)
        return true;
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        g_string_append_printf(kinds, "%s%s", kinds->len ? ", " : "", rdl_csv_at(csv, i, "kind"));
    return rdl_fail(error, RDL_ERROR_USAGE, "%s: no kind of publication is called %s: there is %s",
                    subject, kind, kinds->str);
}

static bool say_public(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                       const void *what, GError **error)
{
    const rdl_publication *p = what;
    const rdl_deadline_policy *policy;
    rdl_deadline closes;
    rdl_day on;

    (void)task;
    if (!p->kind || !*p->kind || !p->channel || !*p->channel)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: say what was made public, and where: give --kind and --channel",
                        who->task_id);
    if (!known_kind(ledger, p->kind, who->task_id, error))
        return false;
    if (!rdl_role_may(ledger, who->role, "publish", who->task_id, error))
        return false;
    rdl_json_set_text(o, "kind", p->kind);
    rdl_json_set_text(o, "channel", p->channel);
    rdl_json_set_text(o, "link", p->link);
    rdl_json_set_text(o, "opens", who->on);
    if (!p->closes)
        return true;
    if (!(policy = rdl_ledger_policy(ledger, error)) || !rdl_day_parse(who->on, &on, error) ||
        !rdl_deadline_words(policy, p->closes, on, &closes, error))
        return false;
    g_autofree char *day = closes.kind == RDL_DEADLINE_NONE ? NULL : rdl_day_text(closes.due);
    rdl_json_set_text(o, "closes", day);
    return true;
}

bool rdl_task_publish(rdl_ledger *ledger, const rdl_move *who, const rdl_publication *publication,
                      GError **error)
{
    const rdl_note n = {"publication.made", NULL, say_public, publication, true};

    return rdl_note_make(ledger, who, &n, error);
}

/* ---- transfers ---- */

/* Number of the transfer of that task that has no answer yet; NULL: none. */
static bool open_transfer(rdl_ledger *ledger, const char *task_id, char **no, GError **error)
{
    return one_row(ledger,
                   "SELECT transfer_no FROM transfer WHERE task_id = ? AND answered IS NULL LIMIT "
                   "1",
                   task_id, 0, no, error);
}

static bool say_sent(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                     const void *what, GError **error)
{
    g_autofree char *open = NULL, *n = NULL;

    if (!rdl_role_may(ledger, who->role, "transfer", who->task_id, error) ||
        !open_transfer(ledger, task->task_id, &open, error) ||
        !one_row(ledger, "SELECT count(*) FROM transfer WHERE task_id = ?", task->task_id, 0, &n,
                 error))
        return false;
    if (open)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: its transfer %s has no answer yet: one matter, one transfer: --result "
                        "answers it first",
                        who->task_id, open);
    g_autofree char *no = rdl_digest_id("T-", task->task_id, n, RDL_DIGEST_END);
    rdl_json_set_text(o, "transfer_no", no);
    rdl_json_set_text(o, "body", what);
    return what != NULL ||
           rdl_fail(error, RDL_ERROR_USAGE, "%s: say to whom: give --to", who->task_id);
}

static bool say_taken(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                      const void *what, GError **error)
{
    g_autofree char *open = NULL;

    if (!open_transfer(ledger, task->task_id, &open, error))
        return false;
    if (!open)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: has no transfer that waits for an answer: --to sends one",
                        who->task_id);
    rdl_json_set_text(o, "transfer_no", open);
    rdl_json_set_text(o, "result", what);
    return true;
}

bool rdl_task_transfer(rdl_ledger *ledger, const rdl_move *who, const char *body, GError **error)
{
    const rdl_note n = {"transfer.sent", NULL, say_sent, body, true};

    return rdl_note_make(ledger, who, &n, error);
}

bool rdl_task_transfer_accepted(rdl_ledger *ledger, const rdl_move *who, GError **error)
{
    const rdl_note n = {"transfer.accepted", NULL, say_taken, NULL, true};

    return rdl_note_make(ledger, who, &n, error);
}

bool rdl_task_transfer_answered(rdl_ledger *ledger, const rdl_move *who, const char *result,
                                GError **error)
{
    const rdl_note n = {"transfer.answered", NULL, say_taken, result, true};

    return rdl_note_make(ledger, who, &n, error);
}
