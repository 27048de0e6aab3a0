/* Warnings on record: a rise or a fall is one event, however often it is looked for. */
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"
#include "rectify/term.h"
#include "rectify/warning.h"

/* The n-th rung that texts.csv has (ladder.1, ladder.2 ...; domain no. 84), or its last; NULL: it
 * has none. Yours. */
static char *rung_of(rdl_ledger *ledger, gint64 n)
{
    const rdl_csv *texts = rdl_ledger_table(ledger, "texts.csv", NULL);
    char *rung = NULL;

    for (int i = 1; i <= n; i++) {
        g_autofree char *next = g_strdup_printf("ladder.%d", i);
        if (!texts || rdl_csv_find(texts, "key", next) < 0)
            break;
        g_free(rung);
        rung = g_steal_pointer(&next);
    }
    return rung;
}

/* How often a warning of this task has risen so far. */
static bool rises(rdl_ledger *ledger, const char *task_id, gint64 *n, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT count(*) FROM event WHERE subject = ? AND kind = 'warning.changed' "
        "AND json_extract(payload, '$.rise') = 1",
        error);
    bool row;

    *n = 0;
    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *n = row ? rdl_statement_get_int(s, 0) : 0;
    return true;
}

/* Kinds of publication.csv that stay within offices, as JSON; yours. */
static char *kinds_inside(rdl_ledger *ledger)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "publications.csv", NULL);
    g_autoptr(JsonArray) inside = json_array_new();

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        if (strcmp(rdl_csv_at(csv, i, "public"), "0") == 0)
            json_array_add_string_element(inside, rdl_csv_at(csv, i, "kind"));
    g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), inside);
    return rdl_json_canonical(node);
}

/* Was a report of this task found untrue: a claim that a scene contradicts, or a rebound; is there
 * none; and is there one whose result nobody outside the offices was told? */
static bool reported(rdl_ledger *ledger, const char *task_id, const char *day, bool *untrue,
                     bool *unhanded, bool *unpublished, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT contradicted IS NOT NULL OR EXISTS(SELECT 1 FROM lookback l WHERE l.task_id = ?1 "
        "AND l.result IN ('REBOUND', 'PARTIAL_REBOUND') AND l.held <= ?2), claimed IS NOT NULL AND "
        "NOT EXISTS(SELECT 1 "
        "FROM publication p WHERE p.task_id = ?1 AND p.kind NOT IN (SELECT value FROM "
        "json_each(?3)) AND p.opens BETWEEN claimed AND ?2), claimed IS NULL FROM task WHERE "
        "task_id = ?1",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    rdl_statement_text(s, 2, day);
    g_autofree char *inside = kinds_inside(ledger);
    rdl_statement_text(s, 3, inside);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *untrue = row && rdl_statement_get_int(s, 0);
    *unpublished = row && rdl_statement_get_int(s, 1);
    *unhanded = row && rdl_statement_get_int(s, 2);
    return true;
}

/* The four interview triggers (domain no. 13), as far as the ledger sees them; NULL-ended. */
static char **triggers(rdl_ledger *ledger, const rdl_task *t, rdl_day as_of, GError **error)
{
    g_autofree char *day = rdl_day_text(as_of);
    bool untrue, unhanded, unpublished;
    rdl_day due;
    bool overdue = t->due && rdl_day_parse(t->due, &due, NULL) && due < as_of;
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    if (!reported(ledger, t->task_id, day, &untrue, &unhanded, &unpublished, error))
        return NULL;
    if (overdue)
        g_strv_builder_add(list, "trigger.1");
    if (overdue && strcmp(t->kind, "rectify") == 0 && unhanded)
        g_strv_builder_add(list, "trigger.2");
    if (untrue)
        g_strv_builder_add(list, "trigger.3");
    if (overdue && unpublished)
        g_strv_builder_add(list, "trigger.4");
    return g_strv_builder_end(list);
}

static bool risen(rdl_ledger *ledger, const rdl_task *t)
{
    const rdl_csv *warnings = rdl_ledger_table(ledger, "warnings.csv", NULL);

    return warnings && t->warning_rank > rdl_warning_rank(warnings, t->tier, t->warned);
}

bool rdl_task_advise(rdl_ledger *ledger, rdl_task *t, rdl_day as_of, GError **error)
{
    gint64 before;

    if (!t->warning && !t->undated)
        return true;
    g_auto(GStrv) list = triggers(ledger, t, as_of, error);
    if (!list)
        return false;
    t->triggers = *list ? g_strjoinv("|", list) : NULL;
    if (!t->warning)
        return true;
    if (!rises(ledger, t->task_id, &before, error))
        return false;
    t->proposes = rung_of(ledger, risen(ledger, t) ? before + 1 : MAX(before, 1));
    return true;
}

static bool record(rdl_ledger *ledger, rdl_task *t, rdl_day as_of, const rdl_who *who,
                   GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *at = rdl_day_text(as_of);
    bool rise = risen(ledger, t);

    rdl_json_set_text(o, "level", t->warning);
    rdl_json_set_text(o, "was", t->warned);
    rdl_json_set_text(o, "test", t->warning_by);
    json_object_set_int_member(o, "rise", rise);
    if (rise) {
        if (!rdl_task_advise(ledger, t, as_of, error))
            return false;
        rdl_json_set_text(o, "proposes", t->proposes); /* a person issues it */
        g_auto(GStrv) list = g_strsplit(t->triggers ? t->triggers : "", "|", -1);
        JsonArray *array = json_array_new();
        for (char **one = list; *one; one++)
            json_array_add_string_element(array, *one);
        json_object_set_array_member(o, "triggers", array);
    }
    rdl_event event = {.at = at,
                       .by = who->by,
                       .role = who->role,
                       .kind = "warning.changed",
                       .subject = t->task_id};
    return rdl_event_append(ledger, &event, o, error);
}

static bool look_at(rdl_ledger *ledger, const rdl_csv *states, rdl_task *t, rdl_day as_of,
                    const rdl_who *who, rdl_tally *tally, GError **error)
{
    bool same = g_strcmp0(t->warning, t->warned) == 0;

    if (!rdl_task_open(t, states) && same)
        return true;
    rdl_tally_in(tally, "ledger.warnings", 1);
    if (t->stopped) {
        rdl_tally_suppressed(tally, "ledger.warnings", "STOPPED", 1);
        return true;
    }
    if (same) {
        rdl_tally_suppressed(tally, "ledger.warnings", "UNCHANGED", 1);
        return true;
    }
    rdl_tally_used(tally, "ledger.warnings", 1);
    return record(ledger, t, as_of, who, error);
}

/* Warnings are put on record in the order of their days. */
static bool in_order(rdl_ledger *ledger, rdl_day as_of, GError **error)
{
    g_autofree char *last = rdl_ledger_date(ledger, error), *asked = rdl_day_text(as_of);
    rdl_day day;

    if (!last || !rdl_day_parse(last, &day, error))
        return false;
    return as_of >= day ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: %s lies before what is on record (%s): 'redline task list --as-of' tells "
                    "how it stood",
                    rdl_ledger_path(ledger), asked, last);
}

bool rdl_ledger_warn(rdl_ledger *ledger, rdl_day as_of, const rdl_who *given, rdl_tally *tally,
                     GError **error)
{
    const rdl_who program = {.by = "redline", .role = "system"}, *who = given ? given : &program;
    rdl_task_filter filter = {.as_of = as_of, .no_ground = true};
    const rdl_csv *warnings = rdl_ledger_table(ledger, "warnings.csv", error);
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);

    if (!warnings)
        return rdl_fail(error && *error ? NULL : error, RDL_ERROR_DATA,
                        "%s: its pack has no warnings.csv", rdl_ledger_path(ledger));
    if (!rdl_role_may(ledger, who->role, "warn", rdl_ledger_path(ledger), error) ||
        !in_order(ledger, as_of, error) || !rdl_warnings_check(warnings, error) ||
        !rdl_store_begin(ledger->store, error))
        return false;
    bool good = rdl_terms_end(ledger, tally, error);
    g_autoptr(GArray) tasks = good ? rdl_task_list(ledger, &filter, error) : NULL;
    good = tasks != NULL;
    for (guint i = 0; good && i < tasks->len; i++)
        good =
            look_at(ledger, states, &g_array_index(tasks, rdl_task, i), as_of, who, tally, error);
    return rdl_ledger_end(ledger, good && rdl_tally_check(tally, error), error);
}
