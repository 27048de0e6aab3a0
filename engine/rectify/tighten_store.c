#include "rectify/tighten.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "rectify/code.h"
#include "rectify/apply.h"
#include "rectify/route.h"
#include "screen/screen.h"

/* ---- what is graver, what is tighter ---- */

bool rdl_takes_over(rdl_ledger *ledger, const rdl_task *task)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);

    return !task->stopped && rdl_task_open(task, states) &&
           !rdl_ledger_tier_lasts(ledger, task->tier) && !rdl_state_lasts(states, task->state);
}

static int result_rank(const char *result)
{
    int i = 0;

    while (i < RDL_RESULT_CLEAN && strcmp(rdl_result_text((rdl_result)i), result) != 0)
        i++;
    return i;
}

int rdl_gravity(const rdl_task *a, const rdl_task *b)
{
    int order = a->result && b->result ? result_rank(a->result) - result_rank(b->result) : 0;

    return order || !a->severity || !b->severity ? order : strcmp(a->severity, b->severity);
}

/* Months of the shortest period of a tier for that kind of task; the long term is the longest. */
static long months_of(rdl_ledger *ledger, const char *kind, const char *tier)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "deadlines.csv", NULL);
    long least = LONG_MAX;

    for (size_t i = 0; csv && tier && i < rdl_csv_count(csv); i++) {
        const char *of = rdl_csv_at(csv, i, "kind"), *months = rdl_csv_at(csv, i, "months");
        bool fits = !*of || strcmp(of, "*") == 0 || strcmp(of, kind) == 0;
        if (fits && *months && strcmp(rdl_csv_at(csv, i, "tier"), tier) == 0)
            least = MIN(least, strtol(months, NULL, 10));
    }
    return least;
}

static bool earlier(const char *a, const char *b)
{
    return a && (!b || strcmp(a, b) < 0);
}

/* ---- taking over ---- */

/* What the task will be: lent from it and from what it takes over. */
typedef struct {
    const rdl_task *gravest;
    const char *tier, *due, *department, *xzqdm;
    const char *first; /* of the matter that `due` is of */
    char *own_due;     /* where the rule gave it */
    bool provisional;  /* `due` is */
    GPtrArray *taken;
} outcome;

static void take_dates(rdl_ledger *ledger, outcome *r, const char *kind, const char *tier,
                       const char *due, const char *first, bool provisional)
{
    if (months_of(ledger, kind, tier) < months_of(ledger, kind, r->tier))
        r->tier = tier;
    if (earlier(due, r->due)) {
        r->due = due;
        r->first = first ? first : due;
        r->provisional = provisional;
    }
}

static bool take_one(rdl_ledger *ledger, outcome *r, const rdl_task *task, const rdl_task *of,
                     const char *on, GError **error)
{
    bool graver = rdl_gravity(of, r->gravest) < 0, verify = strcmp(task->kind, "verify") == 0;
    g_autofree char *due = NULL;
    const char *tier;
    rdl_day day;
    bool provisional;

    if (!graver && !verify)
        return true;
    g_ptr_array_add(r->taken, (gpointer)of);
    if (verify) {
        take_dates(ledger, r, "verify", of->tier, of->due, of->due_original, of->due_note != NULL);
    } else {
        if (!rdl_day_parse(on, &day, error) ||
            !rdl_ledger_deadline(ledger, "rectify", of->result, of->severity, day, &tier, &due,
                                 error) ||
            !rdl_ledger_provisional(ledger, due, &provisional, error))
            return false;
        take_dates(ledger, r, "rectify", tier, due, due, provisional);
        if (r->due == due) {
            g_free(r->own_due);
            r->first = r->due = r->own_due = g_steal_pointer(&due);
        }
    }
    if (!graver)
        return true;
    r->gravest = of;
    r->department = of->routed ? of->routed : r->department;
    if (strcmp(task->state, "SCREENED") == 0 && of->xzqdm) /* not yet sent to anybody */
        r->xzqdm = of->xzqdm;
    return true;
}

static bool put_change(JsonObject *o, const char *member, const char *was_member, const char *was,
                       const char *is)
{
    bool changed = g_strcmp0(was, is) != 0;

    rdl_json_set_text(o, member, is);
    if (changed)
        rdl_json_set_text(o, was_member, was ? was : "-");
    return changed;
}

static JsonArray *taken_over(const outcome *r)
{
    JsonArray *list = json_array_new();

    for (guint i = 0; i < r->taken->len; i++) {
        const rdl_task *of = r->taken->pdata[i];
        JsonObject *o = json_object_new();
        rdl_json_set_text(o, "task_id", of->task_id);
        rdl_json_set_text(o, "finding_id", of->finding_id);
        rdl_json_set_text(o, "result", of->result);
        rdl_json_set_text(o, "severity", of->severity);
        rdl_json_set_text(o, "tier", of->tier);
        rdl_json_set_text(o, "due_original", of->due_original);
        rdl_json_set_text(o, "due", of->due);
        json_array_add_object_element(list, o);
    }
    return list;
}

static bool record(rdl_ledger *ledger, const outcome *r, const rdl_task *task, const char *reason,
                   const char *on, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_event event = {.at = on,
                       .by = "redline",
                       .role = "system",
                       .kind = "task.tightened",
                       .subject = task->task_id,
                       .reason = reason};

    bool changed = put_change(o, "due", "was", task->due, r->due);
    changed = put_change(o, "tier", "tier_was", task->tier, r->tier) || changed;
    changed = put_change(o, "department", "department_was", task->routed, r->department) || changed;
    changed = put_change(o, "xzqdm", "xzqdm_was", task->xzqdm, r->xzqdm) || changed;
    if (!changed)
        return true;
    if (!task->due_original) /* it had none: what it is given now is its first */
        rdl_json_set_text(o, "first", task->due ? task->due : r->first);
    rdl_set_provisional(o, r->provisional, NULL, NULL);
    json_object_set_array_member(o, "taken", taken_over(r));
    return rdl_event_append(ledger, &event, o, error);
}

bool rdl_task_tighten(rdl_ledger *ledger, const rdl_task *task, const GPtrArray *taken,
                      const char *reason, const char *on, GError **error)
{
    outcome r = {.gravest = task,
                 .tier = task->tier,
                 .due = task->due,
                 .first = task->due_original,
                 .department = task->routed,
                 .xzqdm = task->xzqdm,
                 .provisional = task->due_note != NULL,
                 .taken = g_ptr_array_new()};
    bool good = true;

    for (guint i = 0; good && i < taken->len; i++)
        good = take_one(ledger, &r, task, taken->pdata[i], on, error);
    good = good && record(ledger, &r, task, reason, on, error);
    g_free(r.own_due);
    g_ptr_array_unref(r.taken);
    return good;
}

/* What was taken over: a list of objects. */
static JsonArray *taken_of(JsonObject *o)
{
    JsonNode *node = json_object_get_member(o, "taken");
    JsonArray *taken = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; taken && i < json_array_get_length(taken); i++)
        if (!JSON_NODE_HOLDS_OBJECT(json_array_get_element(taken, i)))
            return NULL;
    return taken;
}

char *rdl_tightening_text(JsonObject *change)
{
    static const char *const pairs[][2] = {{"was", "due"},
                                           {"tier_was", "tier"},
                                           {"department_was", "department"},
                                           {"xzqdm_was", "xzqdm"}};
    JsonArray *taken = taken_of(change);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (json_object_has_member(change, pairs[i][0]))
            g_string_append_printf(text, "%s%s → %s", text->len ? ", " : "",
                                   rdl_json_text(change, pairs[i][0], "-"),
                                   rdl_json_text(change, pairs[i][1], "-"));
    for (guint i = 0; taken && i < json_array_get_length(taken); i++) {
        JsonObject *of = json_array_get_object_element(taken, i);
        const char *due = rdl_json_text(of, "due", "-"),
                   *first = rdl_json_text(of, "due_original", due);
        g_string_append_printf(text, " ← %s %s %s",
                               rdl_json_text(of, "task_id", rdl_json_text(of, "finding_id", "-")),
                               rdl_json_text(of, "tier", "-"), due);
        if (strcmp(first, due) != 0)
            g_string_append_printf(text, " [%s]", first);
    }
    return g_string_free(text, FALSE);
}

static bool text_or_null(JsonObject *o, const char *member)
{
    JsonNode *node = json_object_get_member(o, member);

    return node && (JSON_NODE_HOLDS_NULL(node) || rdl_json_text(o, member, NULL));
}

/* The task has a due date or a tier that the event would take away. What begins again may end the
 * day it had, by its name. */
static bool takes_away(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, bool *yes,
                       GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT 1 FROM task WHERE task_id = ? AND ((due IS NOT NULL AND ? IS NULL AND due IS NOT ?)"
        " OR (tier IS NOT NULL AND ? IS NULL))",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, event->subject);
    rdl_statement_text(s, 2, rdl_json_text(o, "due", NULL));
    rdl_statement_text(
        s, 3, strcmp(event->kind, "task.renewed") == 0 ? rdl_json_text(o, "was", NULL) : NULL);
    rdl_statement_text(s, 4, rdl_json_text(o, "tier", NULL));
    return rdl_statement_step(s, yes, error);
}

static bool bad_member(const rdl_event *event, const char *member, GError **error)
{
    return rdl_fail(error, RDL_ERROR_DATA,
                    "event %" PRId64 " (%s of %s): its %s is missing or no good", event->seq,
                    event->kind, event->subject, member);
}

bool rdl_apply_term_good(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                         const char *const *members, GError **error)
{
    static const char *const days[] = {"due", "first", "started"};
    const char *due = rdl_json_text(o, "due", NULL);
    bool less = false;
    rdl_day day;

    for (; *members; members++)
        if (!text_or_null(o, *members))
            return bad_member(event, *members, error);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        if (rdl_json_text(o, days[i], NULL) &&
            !rdl_day_parse(rdl_json_text(o, days[i], NULL), &day, NULL))
            return bad_member(event, days[i], error);
    return takes_away(ledger, event, o, &less, error) &&
           (!less || bad_member(event, due ? "tier" : "due", error));
}

bool rdl_apply_tightened(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"due", "tier", "department", "xzqdm", NULL};
    const int n = (int)G_N_ELEMENTS(members) - 1;

    if (!rdl_apply_term_good(ledger, event, o, members, error) ||
        !(taken_of(o) || bad_member(event, "taken", error)))
        return false;
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "UPDATE task SET due = ?, tier = ?, department = ?, xzqdm = ?, due_original = "
        "coalesce(due_original, ?), revision = revision + 1 WHERE task_id = ?",
        error);

    if (!s)
        return false;
    for (int i = 0; i < n; i++)
        rdl_statement_text(s, i + 1, rdl_json_text(o, members[i], NULL));
    rdl_statement_text(s, n + 1, rdl_json_text(o, "first", NULL));
    rdl_statement_text(s, n + 2, event->subject);
    return rdl_statement_run(s, error);
}
