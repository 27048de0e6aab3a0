/* Notes on a task: who has it, how far it is, until when, whether its clock runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"

static bool names_role(const rdl_csv *workflow, const char *role)
{
    for (size_t i = 0; i < rdl_csv_count(workflow); i++) {
        g_auto(GStrv) roles = g_strsplit(rdl_csv_at(workflow, i, "roles"), "|", -1);
        if (g_strv_contains((const char *const *)roles, role))
            return true;
    }
    return false;
}

bool rdl_role_known(rdl_ledger *ledger, const char *xzqdm, const char *role, const char *subject,
                    GError **error)
{
    const rdl_csv *workflow = rdl_ledger_workflow(ledger, xzqdm, NULL, error);
    const rdl_csv *roles = rdl_ledger_table(ledger, "roles.csv", NULL); /* who moves nothing, too */

    return workflow &&
           (names_role(workflow, role) || (roles && rdl_csv_find(roles, "role", role) >= 0) ||
            rdl_fail(
                error, RDL_ERROR_USAGE,
                "%s: the workflow knows no role %s: roles.csv of the pack names those there are",
                subject, role));
}

bool rdl_note_allowed(rdl_ledger *ledger, const rdl_task *task, const char *role, GError **error)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);

    if (!rdl_role_known(ledger, task->xzqdm, role, task->task_id, error))
        return false;
    return rdl_task_open(task, states) || rdl_fail(error, RDL_ERROR_USAGE,
                                                   "%s: is %s: nothing more is noted on it: a move "
                                                   "opens it again (redline task advance)",
                                                   task->task_id, task->state);
}

static bool may_note(rdl_ledger *ledger, const rdl_move *who, const rdl_note *n, rdl_task *task,
                     GError **error)
{
    return rdl_task_read(ledger, who->task_id, task, error) &&
           rdl_work_agrees(ledger, task->site_id, error) && rdl_move_current(task, who, error) &&
           (n->closed ? rdl_role_known(ledger, task->xzqdm, who->role, task->task_id, error)
                      : rdl_note_allowed(ledger, task, who->role, error)) &&
           (!n->act || rdl_role_may(ledger, who->role, n->act, who->task_id, error)) &&
           rdl_move_in_order(ledger, task, who->on, error);
}

bool rdl_note_possible(rdl_ledger *ledger, const rdl_move *who, const rdl_note *n, GError **error)
{
    rdl_task task = {0};
    bool good = rdl_move_complete(who, error) && may_note(ledger, who, n, &task, error);

    rdl_task_clear(&task);
    return good;
}

bool rdl_note_make(rdl_ledger *ledger, const rdl_move *who, const rdl_note *n, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_task task = {0};

    if (!rdl_move_complete(who, error) || !rdl_store_begin(ledger->store, error))
        return false;
    bool good = may_note(ledger, who, n, &task, error) &&
                n->say(ledger, &task, who, o, n->what, error) &&
                rdl_move_append(ledger, who, n->kind, who->task_id, o, error);
    rdl_task_clear(&task);
    return rdl_ledger_end(ledger, good, error);
}

static bool need_reason(const rdl_move *who, const char *what, GError **error)
{
    return (who->reason && *who->reason) ||
           rdl_fail(error, RDL_ERROR_USAGE, "%s: %s needs a reason: give --reason", who->task_id,
                    what);
}

static bool say_assigned(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                         JsonObject *o, const void *what, GError **error)
{
    (void)ledger;
    (void)who;
    (void)error;
    rdl_json_set_text(o, "was", task->assignee);
    rdl_json_set_text(o, "to", what);
    return true;
}

bool rdl_task_assign(rdl_ledger *ledger, const rdl_move *who, GError **error)
{
    const rdl_note n = {"task.assigned", "note", say_assigned, who->to, false};

    return rdl_note_make(ledger, who, &n, error);
}

/* The day that `words` mean, told from the day of the note. */
static bool day_of_words(rdl_ledger *ledger, const rdl_move *who, const char *words, char **day,
                         bool *provisional, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);
    rdl_deadline due;
    rdl_day on;

    if (!policy || !rdl_day_parse(who->on, &on, error))
        return false;
    bool good = rdl_deadline_words(policy, words, on, &due, error);
    if (good && due.kind == RDL_DEADLINE_NONE)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: '%s' names no day: write 2027-06-30, 2027年6月底前 or 三个月内",
                        who->task_id, words);
    *day = good ? rdl_day_text(due.due) : NULL;
    *provisional = good && !due.calendar;
    return good;
}

static bool say_extended(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                         JsonObject *o, const void *what, GError **error)
{
    g_autofree char *day = NULL;
    bool provisional;

    if (!need_reason(who, "an extension", error) ||
        !day_of_words(ledger, who, what, &day, &provisional, error))
        return false;
    rdl_set_provisional(o, provisional, what, who->on);
    if (task->due && strcmp(day, task->due) <= 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s is no later than its due date %s: give a later day with --due",
                        who->task_id, day, task->due);
    if (!task->due && strcmp(day, who->on) < 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s lies before %s, when it is given: name a day that can be kept",
                        who->task_id, day, who->on);
    rdl_json_set_text(o, "was", task->due);
    rdl_json_set_text(o, "due", day);
    if (!task->due_original)
        rdl_json_set_text(o, "first", task->due ? task->due : day);
    return true;
}

bool rdl_task_extend(rdl_ledger *ledger, const rdl_move *who, const char *due, GError **error)
{
    const rdl_note n = {"task.extended", "extend", say_extended, due, false};

    return rdl_note_make(ledger, who, &n, error);
}

static bool say_progress(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                         JsonObject *o, const void *what, GError **error)
{
    const double *share = what;

    (void)ledger;
    if (!(*share >= 0.0 && *share <= 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: progress is 0 to 100 %%: give it with --percent", who->task_id);
    if (g_strcmp0(task->kind, "rectify") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: progress is reported of a rectification: register the clue first "
                        "(redline task advance)",
                        who->task_id);
    if (isnan(task->progress))
        json_object_set_null_member(o, "was");
    else
        rdl_json_set_real(o, "was", task->progress);
    rdl_json_set_real(o, "progress", *share);
    rdl_json_set_text(o, "text", who->reason);
    return true;
}

bool rdl_task_report(rdl_ledger *ledger, const rdl_move *who, double progress, GError **error)
{
    const rdl_note n = {"task.progress", "note", say_progress, &progress, false};

    return rdl_note_make(ledger, who, &n, error);
}

static bool say_stopped(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                        JsonObject *o, const void *what, GError **error)
{
    (void)ledger;
    (void)what;
    rdl_json_set_text(o, "due", NULL);
    if (task->stopped)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: its clock has stood still since %s: redline task resume lets it run",
                        who->task_id, task->stopped);
    return need_reason(who, "stopping the clock", error);
}

bool rdl_task_stop(rdl_ledger *ledger, const rdl_move *who, GError **error)
{
    const rdl_note n = {"task.stopped", "extend", say_stopped, NULL, false};

    return rdl_note_make(ledger, who, &n, error);
}

/* The days that stood still are given back. */
static bool say_resumed(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                        JsonObject *o, const void *what, GError **error)
{
    rdl_day stopped, on, due;
    g_autofree char *later = NULL;

    (void)ledger;
    (void)what;
    if (!task->stopped)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: its clock runs: there is nothing to resume",
                        who->task_id);
    if (!rdl_day_parse(task->stopped, &stopped, error) || !rdl_day_parse(who->on, &on, error))
        return false;
    if (task->due) {
        if (!rdl_day_parse(task->due, &due, error))
            return false;
        later = rdl_day_text(due + (on - stopped));
    }
    rdl_json_set_text(o, "was", task->due);
    rdl_json_set_text(o, "due", later);
    json_object_set_int_member(o, "days", on - stopped);
    return true;
}

bool rdl_task_resume(rdl_ledger *ledger, const rdl_move *who, GError **error)
{
    const rdl_note n = {"task.resumed", "extend", say_resumed, NULL, false};

    return rdl_note_make(ledger, who, &n, error);
}

/* *due NULL where the problem has no milestone of that number. */
static bool milestone_of(rdl_ledger *ledger, const char *problem_id, int n, char **due, char **text,
                         GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT due, text FROM milestone WHERE problem_id = ? AND n = ?", error);
    bool there;

    if (!s)
        return false;
    rdl_statement_text(s, 1, problem_id);
    rdl_statement_int(s, 2, n);
    if (!rdl_statement_step(s, &there, error))
        return false;
    *due = there ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    *text = there ? g_strdup(rdl_statement_get_text(s, 1)) : NULL;
    return true;
}

/* Another day for a milestone that has one is an extension like any other; its words stay. */
static bool move_milestone(rdl_ledger *ledger, const rdl_move *who, JsonObject *o, const char *was,
                           const char *text, GError **error)
{
    rdl_json_set_text(o, "was", was);
    rdl_json_set_text(o, "text", text);
    return rdl_role_may(ledger, who->role, "extend", who->task_id, error) &&
           need_reason(who, "another day of a milestone", error);
}

static bool say_milestone(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who,
                          JsonObject *o, const void *what, GError **error)
{
    const rdl_milestone *m = what;
    g_autofree char *n = g_strdup_printf("%d", m->n), *day = NULL, *was = NULL, *text = NULL;
    bool provisional;

    if (!task->problem_id)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: milestones belong to a rectification: register the clue first "
                        "(redline task advance)",
                        who->task_id);
    if (m->n < 1)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: milestones are numbered from 1: give --number",
                        who->task_id);
    if (!day_of_words(ledger, who, m->due, &day, &provisional, error) ||
        !milestone_of(ledger, task->problem_id, m->n, &was, &text, error))
        return false;
    rdl_json_set_text(o, "problem_id", task->problem_id);
    rdl_json_set_text(o, "n", n);
    rdl_json_set_text(o, "due", day);
    rdl_json_set_text(o, "text", m->text);
    rdl_set_provisional(o, provisional, m->due, who->on);
    return !was || strcmp(was, day) == 0 || move_milestone(ledger, who, o, was, text, error);
}

bool rdl_task_milestone(rdl_ledger *ledger, const rdl_move *who, const rdl_milestone *milestone,
                        GError **error)
{
    const rdl_note n = {"milestone.set", "note", say_milestone, milestone, false};

    return rdl_note_make(ledger, who, &n, error);
}

static bool say_met(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                    const void *what, GError **error)
{
    g_autofree char *n = g_strdup_printf("%d", *(const int *)what);
    g_autofree char *due = NULL, *text = NULL;

    if (task->problem_id &&
        !milestone_of(ledger, task->problem_id, *(const int *)what, &due, &text, error))
        return false;
    if (!due)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: has no milestone %s: redline task show lists them, --due sets one",
                        who->task_id, n);
    rdl_json_set_text(o, "problem_id", task->problem_id);
    rdl_json_set_text(o, "n", n);
    rdl_json_set_text(o, "met", who->on);
    return true;
}

bool rdl_task_milestone_met(rdl_ledger *ledger, const rdl_move *who, int n, GError **error)
{
    const rdl_note met = {"milestone.met", "note", say_met, &n, false};

    return rdl_note_make(ledger, who, &met, error);
}
