#include "rectify/term.h"

#include <string.h>

/* What the last event that gave task t a day says of it. */
#define GAVE "e.kind IN ('task.opened', 'task.extended', 'task.tightened', 'task.renewed')"

/* Reopened, and nobody has given it a day since: it has that of the term that was closed. */
static const char dead[] =
    "SELECT t.task_id, t.due, t.tier, m.at FROM task t JOIN move m ON m.task_id = t.task_id AND "
    "m.seq = (SELECT max(seq) FROM move WHERE task_id = t.task_id AND state = 'REOPENED') WHERE "
    "t.state = 'REOPENED' AND t.due IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event e WHERE "
    "e.subject = t.task_id AND e.seq > m.seq AND " GAVE ") ORDER BY t.task_id";

static const char provisional[] =
    "SELECT t.task_id, t.due, t.tier, t.started, t.due_original, t.tier_original, t.kind = "
    "'verify' OR e.kind = 'task.tightened', json_extract(e.payload, '$.words'), "
    "json_extract(e.payload, '$.from'), json_extract(e.payload, '$.due'), (SELECT "
    "total(json_extract(r.payload, '$.days')) FROM event r WHERE r.subject = t.task_id AND r.kind "
    "= 'task.resumed' AND r.seq > e.seq) FROM task t JOIN event e ON e.seq = (SELECT max(seq) FROM "
    "event e WHERE e.subject = t.task_id AND " GAVE ") WHERE t.due IS NOT NULL AND "
    "json_extract(e.payload, '$.provisional') = 1 ORDER BY t.task_id";

/* The day that was given as the pack counts it now; 0: it is still not known. */
static bool count_again(rdl_ledger *ledger, rdl_statement *s, rdl_day *due, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);
    const char *words = rdl_statement_get_text(s, 7), *told = rdl_statement_get_text(s, 8);
    rdl_deadline d = {0};
    rdl_day was, from;

    *due = 0;
    if (!policy || !rdl_day_parse(rdl_statement_get_text(s, 9), &was, error))
        return false;
    if (words && told) {
        if (!rdl_day_parse(told, &from, error) ||
            !rdl_deadline_words(policy, words, from, &d, error))
            return false;
        *due = d.calendar && d.kind != RDL_DEADLINE_NONE ? d.due : 0;
    } else if (rdl_statement_get_int(s, 6)) { /* of months: it is moved off days of rest */
        was = rdl_workdays_on_or_after(policy->days, was);
        *due = rdl_workdays_known(policy->days, was) ? was : 0;
    }
    return true;
}

/* The payload of what is counted again; NULL: nothing is. Days that a clock stood still since were
 * given back, and stay so; a first day that was given with it is counted alike, without them. */
static bool recount(rdl_ledger *ledger, rdl_statement *s, JsonObject **o, GError **error)
{
    const char *first = rdl_statement_get_text(s, 4);
    rdl_day given;

    *o = NULL;
    if (!count_again(ledger, s, &given, error))
        return false;
    if (!given)
        return true;
    g_autofree char *alone = rdl_day_text(given);
    g_autofree char *due = rdl_day_text(given + (rdl_day)rdl_statement_get_real(s, 10));
    *o = json_object_new();
    rdl_json_set_text(*o, "was", rdl_statement_get_text(s, 1));
    rdl_json_set_text(*o, "due", due);
    rdl_json_set_text(*o, "first",
                      g_strcmp0(first, rdl_statement_get_text(s, 9)) == 0 ? alone : first);
    rdl_json_set_text(*o, "started", rdl_statement_get_text(s, 3));
    rdl_json_set_text(*o, "tier", rdl_statement_get_text(s, 2));
    rdl_json_set_text(*o, "tier_original", rdl_statement_get_text(s, 5));
    return true;
}

static bool end(rdl_ledger *ledger, rdl_statement *s, JsonObject **o, GError **error)
{
    (void)ledger;
    (void)error;
    *o = json_object_new();
    rdl_json_set_text(*o, "was", rdl_statement_get_text(s, 1));
    rdl_json_set_text(*o, "due", NULL);
    rdl_json_set_text(*o, "tier", rdl_statement_get_text(s, 2));
    json_object_set_boolean_member(*o, "runs", TRUE);
    return true;
}

typedef bool (*say_fn)(rdl_ledger *ledger, rdl_statement *s, JsonObject **o, GError **error);

typedef struct {
    char *task_id, *at;
    JsonObject *said; /* NULL: nothing yet */
} renewal;

static void renewal_free(gpointer p)
{
    renewal *r = p;

    g_free(r->task_id);
    g_free(r->at);
    g_clear_pointer(&r->said, json_object_unref);
    g_free(r);
}

/* Of each task the query names, what `say` says. `at` NULL: the query's fourth column. */
static GPtrArray *find(rdl_ledger *ledger, const char *sql, say_fn say, const char *at,
                       GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(renewal_free);
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    bool row;

    while (s && rdl_statement_step(s, &row, error)) {
        if (!row)
            return g_steal_pointer(&list);
        renewal *r = g_new0(renewal, 1);
        g_ptr_array_add(list, r);
        r->task_id = g_strdup(rdl_statement_get_text(s, 0));
        r->at = g_strdup(at ? at : rdl_statement_get_text(s, 3));
        if (!say(ledger, s, &r->said, error))
            break;
    }
    return NULL;
}

static bool tell(rdl_ledger *ledger, GPtrArray *list, const char *reason, rdl_tally *tally,
                 GError **error)
{
    for (guint i = 0; list && i < list->len; i++) {
        const renewal *r = list->pdata[i];
        const rdl_event event = {.at = r->at,
                                 .by = "redline",
                                 .role = "system",
                                 .kind = "task.renewed",
                                 .subject = r->task_id,
                                 .reason = reason};
        if (tally)
            rdl_tally_in(tally, "ledger.terms", 1);
        if (tally && r->said)
            rdl_tally_used(tally, "ledger.terms", 1);
        else if (tally)
            rdl_tally_suppressed(tally, "ledger.terms", "PROVISIONAL", 1);
        if (r->said && !rdl_event_append(ledger, &event, r->said, error))
            return false;
    }
    return list != NULL;
}

bool rdl_terms_end(rdl_ledger *ledger, rdl_tally *tally, GError **error)
{
    g_autoptr(GPtrArray) list = find(ledger, dead, end, NULL, error);

    return tell(ledger, list, "TERM_ENDED", tally, error);
}

bool rdl_terms_recount(rdl_ledger *ledger, const char *at, rdl_tally *tally, GError **error)
{
    g_autoptr(GPtrArray) list = find(ledger, provisional, recount, at, error);

    return tell(ledger, list, "CALENDAR", tally, error);
}
