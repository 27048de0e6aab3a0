#include "rectify/count.h"

#include <string.h>
#include "rectify/code.h"
#include "rectify/moving.h"
#include "rectify/rebound.h"

/* How often each task was registered again until the day, as `again`. */
#define AGAIN                                            \
    "(SELECT task_id, sum(result = '" RDL_REBOUND        \
    "') AS rebounds, sum(result = '" RDL_PARTIAL_REBOUND \
    "') AS partial FROM lookback WHERE held <= ?1 GROUP BY task_id) again"
#define COUNTED                                                                             \
    "SELECT xzqdm, kind, state, count(*), sum(due < ?1), sum(coalesce(again.rebounds, 0))," \
    " sum(coalesce(again.partial, 0)) FROM "
#define BY_STATE " LEFT JOIN " AGAIN " USING(task_id) GROUP BY xzqdm, kind, state"

/* States of now; an index holds nearly all that is asked. */
static const char now[] = COUNTED "task" BY_STATE;

/* What the last event until the day that told of it says, for tasks of which several tell. */
#define AS_TOLD(member, kinds)                                                                \
    "(SELECT json_extract(payload, '$." member "') FROM event WHERE subject = t.task_id AND " \
    "kind IN ('task.opened', " kinds ") AND at <= ?1 ORDER BY seq DESC LIMIT 1)"

/* The last state each task came into until the day, and whose it was and until when then. */
/* clang-format off */
static const char then[] =
    COUNTED "(SELECT t.task_id, t.kind, m.state,"
    " CASE WHEN c.subject IS NULL THEN t.xzqdm ELSE " AS_TOLD("xzqdm", "'task.tightened'") " END AS xzqdm,"
    " CASE WHEN c.subject IS NULL THEN t.due ELSE "
    AS_TOLD("due", "'task.extended', 'task.tightened', 'task.renewed', 'task.resumed'") " END AS due"
    " FROM (SELECT task_id, state, max(seq) FROM move WHERE at <= ?1 GROUP BY task_id) m"
    " JOIN task t USING(task_id) LEFT JOIN (SELECT DISTINCT subject FROM event WHERE"
    " " RDL_TERM_EVENTS ") c ON c.subject = t.task_id)" BY_STATE;
/* clang-format on */

static void add_row(JsonArray *rows, rdl_statement *s, const rdl_csv *states)
{
    JsonObject *o = json_object_new();
    rdl_task task = {.kind = (char *)rdl_statement_get_text(s, 1),
                     .state = (char *)rdl_statement_get_text(s, 2)};

    json_array_add_object_element(rows, o);
    rdl_json_set_text(o, "xzqdm", rdl_statement_get_text(s, 0));
    rdl_json_set_text(o, "kind", task.kind);
    rdl_json_set_text(o, "state", task.state);
    json_object_set_int_member(o, "tasks", rdl_statement_get_int(s, 3));
    bool late =
        rdl_task_open(&task, states) && !rdl_state_lasts(states, task.state); /* domain no. 7 */
    json_object_set_int_member(o, "overdue", late ? rdl_statement_get_int(s, 4) : 0);
    json_object_set_int_member(o, "rebounds", rdl_statement_get_int(s, 5));
    json_object_set_int_member(o, "partial_rebounds", rdl_statement_get_int(s, 6));
}

JsonNode *rdl_ledger_count(rdl_ledger *ledger, rdl_day as_of, GError **error)
{
    g_autofree char *day = rdl_day_text(as_of), *latest = rdl_ledger_date(ledger, error);
    g_autofree char *head = latest ? rdl_ledger_head(ledger, error) : NULL;
    g_autoptr(rdl_statement) s =
        head ? rdl_statement_new(ledger->store, strcmp(day, latest) < 0 ? then : now, error) : NULL;
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);
    g_autoptr(JsonObject) o = json_object_new();
    JsonArray *rows = json_array_new();
    gint64 tasks = 0, rebounds = 0, partial = 0;
    bool row = true;

    json_object_set_array_member(o, "rows", rows);
    if (!s)
        return NULL;
    rdl_statement_text(s, 1, day);
    while (rdl_statement_step(s, &row, error)) {
        if (!row) {
            rdl_json_set_text(o, "as_of", day);
            rdl_json_set_text(o, "head", head);
            json_object_set_int_member(o, "tasks", tasks);
            json_object_set_int_member(o, "rebounds", rebounds);
            json_object_set_int_member(o, "partial_rebounds", partial);
            return rdl_json_node(o);
        }
        add_row(rows, s, states);
        tasks += rdl_statement_get_int(s, 3);
        rebounds += rdl_statement_get_int(s, 5);
        partial += rdl_statement_get_int(s, 6);
    }
    return NULL;
}
