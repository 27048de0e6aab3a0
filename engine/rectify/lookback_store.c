#include "rectify/lookback.h"

#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/rebound.h"

#define SAMPLE "lookback" /* purpose of a draw of closed work; of a pass: lookback-MONTHS */

typedef struct {
    int months, early;
    double rate; /* share of the closed work that is looked at; 1: all */
} pass;

typedef struct {
    rdl_day pooled, drawn; /* the latest; RDL_DAY_PAST: never */
} lot;

typedef struct {
    rdl_ledger *ledger;
    const rdl_deadline_policy *policy;
    GArray *passes;
    rdl_day as_of;
    GHashTable *lots;    /* lot_name() -> lot */
    GPtrArray *rows;     /* of JsonObject */
    rdl_day since;       /* of letters: closed from then on */
    GHashTable *letters; /* task -> their numbers; NULL: the passes are asked for */
} agenda;

static bool number(const rdl_csv *csv, size_t row, const char *column, int *value, GError **error)
{
    guint64 n;

    if (!g_ascii_string_to_unsigned(rdl_csv_at(csv, row, column), 10, 0, 12000, &n, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s:%d: %s '%s' is not a whole number",
                        rdl_csv_name(csv), rdl_csv_line(csv, row), column,
                        rdl_csv_at(csv, row, column));
    *value = (int)n;
    return true;
}

/* 1 where the table has no such column, or nothing in it. */
static bool share(const rdl_csv *csv, size_t row, double *value, GError **error)
{
    const char *text = rdl_csv_column(csv, "rate") < 0 ? "" : rdl_csv_at(csv, row, "rate");
    char *end;

    *value = *text ? g_ascii_strtod(text, &end) : 1.0;
    if (*text && (*end || !(*value > 0.0 && *value <= 1.0)))
        return rdl_fail(error, RDL_ERROR_DATA, "%s:%d: rate '%s' is not above 0 and at most 1",
                        rdl_csv_name(csv), rdl_csv_line(csv, row), text);
    return true;
}

/* None where the pack has no such table. */
static GArray *read_passes(rdl_ledger *ledger, GError **error)
{
    static const char *const needed[] = {"months", "early_days", NULL};
    g_autoptr(GArray) passes = g_array_new(FALSE, FALSE, sizeof(pass));
    GError *failed = NULL;
    const rdl_csv *csv = rdl_ledger_table(ledger, "lookbacks.csv", &failed);

    if (failed) {
        g_propagate_error(error, failed);
        return NULL;
    }
    if (csv && !rdl_csv_need(csv, needed, error))
        return NULL;
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        pass p;
        if (!number(csv, i, "months", &p.months, error) ||
            !number(csv, i, "early_days", &p.early, error) || !share(csv, i, &p.rate, error))
            return NULL;
        g_array_append_val(passes, p);
    }
    return g_steal_pointer(&passes);
}

/* ---- by lot ---- */

static char *lot_name(const char *purpose, const char *task_id)
{
    return g_strconcat(purpose, "\x1f", task_id, NULL);
}

static char *pass_purpose(const pass *p)
{
    return g_strdup_printf(SAMPLE "-%d", p->months);
}

/* Of a pass no smaller share counts than the pack asks for. */
static double least_rate(const agenda *a, const char *purpose)
{
    for (guint i = 0; i < a->passes->len; i++) {
        const pass *p = &g_array_index(a->passes, pass, i);
        g_autofree char *name = pass_purpose(p);
        if (strcmp(purpose, name) == 0)
            return p->rate;
    }
    return 0.0;
}

static rdl_statement *ask_lots(rdl_ledger *ledger, const char *day, GError **error)
{
    rdl_statement *s = rdl_statement_new(
        ledger->store,
        "SELECT json_extract(e.payload, '$.purpose'), json_extract(e.payload, '$.rate'), e.at,"
        " json_extract(l.value, '$[0]'), EXISTS(SELECT 1 FROM draw d WHERE d.seq = e.seq AND"
        "  d.task_id = json_extract(l.value, '$[0]'))"
        " FROM event e, json_each(e.payload, '$.pool') l WHERE e.kind = 'draw.made' AND e.at <= ?1"
        " AND (json_extract(e.payload, '$.purpose') = '" SAMPLE "'"
        "  OR json_extract(e.payload, '$.purpose') LIKE '" SAMPLE "-%') ORDER BY e.seq",
        error);

    if (s)
        rdl_statement_text(s, 1, day);
    return s;
}

static bool take_lot(agenda *a, rdl_statement *s, GError **error)
{
    const char *purpose = rdl_statement_get_text(s, 0);
    g_autofree char *name = lot_name(purpose, rdl_statement_get_text(s, 3));
    lot *l = g_hash_table_lookup(a->lots, name);
    rdl_day at;

    if (!rdl_day_parse(rdl_statement_get_text(s, 2), &at, error))
        return false;
    if (rdl_statement_get_real(s, 1) < least_rate(a, purpose))
        return true;
    if (!l) {
        l = g_new(lot, 1);
        *l = (lot){RDL_DAY_PAST, RDL_DAY_PAST};
        g_hash_table_insert(a->lots, g_steal_pointer(&name), l);
    }
    l->pooled = MAX(l->pooled, at);
    if (rdl_statement_get_int(s, 4))
        l->drawn = MAX(l->drawn, at);
    return true;
}

static bool read_lots(agenda *a, const char *day, GError **error)
{
    g_autoptr(rdl_statement) s = ask_lots(a->ledger, day, error);
    bool row = s != NULL;

    while (row)
        if (!rdl_statement_step(s, &row, error) || (row && !take_lot(a, s, error)))
            return false;
    return s != NULL;
}

static lot lot_of(const agenda *a, const char *purpose, const char *task_id)
{
    g_autofree char *name = lot_name(purpose, task_id);
    const lot *l = g_hash_table_lookup(a->lots, name);

    return l ? *l : (lot){RDL_DAY_PAST, RDL_DAY_PAST};
}

/* ---- what is due ---- */

static void tell_as(agenda *a, rdl_statement *s, const char *name, rdl_day due, const char *status)
{
    static const char *const members[] = {"task_id", "problem_id", "xzqdm", "closed"};
    g_autofree char *day = rdl_day_text(due);
    JsonObject *o = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        rdl_json_set_text(o, members[i], rdl_statement_get_text(s, (int)i));
    rdl_json_set_text(o, "pass", name);
    rdl_json_set_text(o, "due", day);
    rdl_json_set_text(o, "status", status);
    g_ptr_array_add(a->rows, o);
}

static void tell(agenda *a, rdl_statement *s, const char *name, rdl_day due)
{
    tell_as(a, s, name, due, due < a->as_of ? "OVERDUE" : "DUE");
}

/* Of a pass by lot: those drawn since the closing are due, of those no draw has asked for it is
 * told. */
static void tell_pass(agenda *a, rdl_statement *s, const pass *p, rdl_day closed, rdl_day due)
{
    g_autofree char *name = g_strdup_printf("%d", p->months), *purpose = pass_purpose(p);
    lot l = lot_of(a, purpose, rdl_statement_get_text(s, 0));

    if (p->rate >= 1.0 || l.drawn >= closed)
        tell(a, s, name, due);
    else if (l.pooled < closed)
        tell_as(a, s, name, due, "UNDRAWN");
}

/* Drawn since the closing, and not looked at since. */
static void tell_sampled(agenda *a, rdl_statement *s, rdl_day closed, rdl_day held)
{
    lot l = lot_of(a, SAMPLE, rdl_statement_get_text(s, 0));

    if (l.drawn >= closed && held < l.drawn)
        tell_as(a, s, "sampled", l.drawn, "DUE");
}

/* Closed since then at the place of a letter, and not looked at since. */
static void tell_letters(agenda *a, rdl_statement *s, rdl_day closed, rdl_day held)
{
    const char *numbers = g_hash_table_lookup(a->letters, rdl_statement_get_text(s, 0));

    if (!numbers || closed < a->since || held >= closed)
        return;
    tell_as(a, s, "letter", a->as_of, "DUE");
    rdl_json_set_text(a->rows->pdata[a->rows->len - 1], "letters", numbers);
}

/* The row tells of a closed task: closed on, the last look-back held since, one that waits. */
static bool look_at(agenda *a, rdl_statement *s, GError **error)
{
    const char *last = rdl_statement_get_text(s, 4), *ordered = rdl_statement_get_text(s, 5);
    rdl_day closed, held = RDL_DAY_PAST, waits;

    if (!rdl_day_parse(rdl_statement_get_text(s, 3), &closed, error) ||
        (last && !rdl_day_parse(last, &held, error)))
        return false;
    if (a->letters)
        return tell_letters(a, s, closed, held), true;
    if (ordered) {
        if (!rdl_day_parse(ordered, &waits, error))
            return false;
        tell_as(a, s, "ordered", waits, "DUE"); /* the pack gives no period for it */
        rdl_json_set_text(a->rows->pdata[a->rows->len - 1], "clue", rdl_statement_get_text(s, 6));
    }
    for (guint i = 0; i < a->passes->len; i++) {
        const pass *p = &g_array_index(a->passes, pass, i);
        rdl_day due = rdl_deadline_months(a->policy, closed, p->months).due;
        if (held < due - p->early && a->as_of >= due - p->early)
            tell_pass(a, s, p, closed, due);
    }
    tell_sampled(a, s, closed, held);
    return true;
}

/* Closed on that day: the first move to CLOSED since the task was last at work; then whatever was
 * ordered and held until the day asked about. */
static rdl_statement *ask_closed(rdl_ledger *ledger, const char *day, GError **error)
{
    rdl_statement *s = rdl_statement_new(
        ledger->store,
        "WITH past AS (SELECT task_id, seq, at, state FROM move WHERE at <= ?1),"
        " work AS (SELECT task_id, max(seq) AS seq FROM past WHERE state NOT IN ('CLOSED',"
        "  'LOOKBACK') GROUP BY task_id),"
        " closing AS (SELECT p.task_id, min(p.at) AS closed FROM past p JOIN work w USING(task_id)"
        "  WHERE p.seq > w.seq AND p.state = 'CLOSED' GROUP BY p.task_id)"
        "SELECT c.task_id, t.problem_id, t.xzqdm, c.closed,"
        " (SELECT max(held) FROM lookback l WHERE l.task_id = c.task_id AND l.held BETWEEN"
        "  c.closed AND ?1),"
        " (SELECT min(ordered) FROM lookback l WHERE l.task_id = c.task_id AND l.ordered BETWEEN"
        "  c.closed AND ?1 AND (l.held IS NULL OR l.held > ?1)),"
        " (SELECT json_extract(e.payload, '$.clue') FROM lookback l JOIN event e ON e.subject ="
        "  l.task_id AND e.kind = 'lookback.raised' AND e.seq >= l.seq AND e.at <= ?1 WHERE"
        "  l.task_id = c.task_id AND l.ordered BETWEEN c.closed AND ?1 AND (l.held IS NULL OR"
        "  l.held > ?1) AND (l.held IS NULL OR e.at <= l.held) ORDER BY " RDL_CLUE_RANK " DESC,"
        "  e.seq LIMIT 1)"
        " FROM closing c JOIN task t USING(task_id) ORDER BY c.task_id",
        error);

    if (s)
        rdl_statement_text(s, 1, day);
    return s;
}

static gint by_due(gconstpointer a, gconstpointer b)
{
    JsonObject *x = *(JsonObject *const *)a, *y = *(JsonObject *const *)b;
    int order = strcmp(rdl_json_text(x, "due", ""), rdl_json_text(y, "due", ""));

    return order ? order : strcmp(rdl_json_text(x, "task_id", ""), rdl_json_text(y, "task_id", ""));
}

static JsonNode *look_at_all(agenda *a, const char *day, GError **error)
{
    g_autoptr(rdl_statement) s = ask_closed(a->ledger, day, error);
    g_autoptr(JsonArray) array = json_array_new();
    bool row = s != NULL;

    while (row)
        if (!rdl_statement_step(s, &row, error) || (row && !look_at(a, s, error)))
            return NULL;
    g_ptr_array_sort(a->rows, by_due);
    for (guint i = 0; i < a->rows->len; i++)
        json_array_add_object_element(array, json_object_ref(a->rows->pdata[i]));
    return s ? json_node_init_array(json_node_alloc(), array) : NULL;
}

JsonNode *rdl_ledger_lookbacks(rdl_ledger *ledger, rdl_day as_of, GError **error)
{
    g_autofree char *day = rdl_day_text(as_of);
    g_autoptr(GArray) passes = read_passes(ledger, error);
    const rdl_deadline_policy *policy = passes ? rdl_ledger_policy(ledger, error) : NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
    g_autoptr(GHashTable) lots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    agenda a = {.ledger = ledger,
                .policy = policy,
                .passes = passes,
                .as_of = as_of,
                .lots = lots,
                .rows = rows};

    return policy && read_lots(&a, day, error) ? look_at_all(&a, day, error) : NULL;
}

/* ---- letters ---- */

/* Tasks at the places of letters that count: their numbers. */
static GHashTable *read_letters(rdl_ledger *ledger, const char *day, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT t.task_id, l.letter_no FROM letter l JOIN task t USING(site_id) WHERE "
        "coalesce(l.founded, '') <> '0' AND l.duplicate_of IS NULL AND coalesce(l.received, '') <= "
        "?1 ORDER BY 1, 2",
        error);
    bool row = s != NULL;

    if (s)
        rdl_statement_text(s, 1, day);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row)
            break;
        const char *task = rdl_statement_get_text(s, 0), *so_far = g_hash_table_lookup(all, task);
        g_hash_table_insert(all, g_strdup(task),
                            so_far ? g_strconcat(so_far, " ", rdl_statement_get_text(s, 1), NULL)
                                   : g_strdup(rdl_statement_get_text(s, 1)));
    }
    return s ? g_steal_pointer(&all) : NULL;
}

JsonNode *rdl_ledger_lookbacks_of_letters(rdl_ledger *ledger, rdl_day since, rdl_day as_of,
                                          GError **error)
{
    g_autofree char *day = rdl_day_text(as_of);
    g_autoptr(GHashTable) letters = read_letters(ledger, day, error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
    agenda a = {.ledger = ledger, .as_of = as_of, .since = since, .letters = letters, .rows = rows};

    return letters ? look_at_all(&a, day, error) : NULL;
}

/* ---- elsewhere ---- */

JsonNode *rdl_ledger_relocations(rdl_ledger *ledger, GError **error)
{
    static const char *const members[] = {"task_id",   "closed", "owner", "activity",     "site_id",
                                          "source_id", "found",  "xzqdm", "site_activity"};
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "WITH closing AS (SELECT task_id, max(at) AS closed FROM move WHERE state = 'CLOSED' GROUP "
        "BY task_id), done AS (SELECT c.task_id, c.closed, s.site_id, s.owner, s.activity FROM "
        "closing c JOIN task t USING(task_id) JOIN site s USING(site_id) WHERE t.state IN "
        "('CLOSED', 'LOOKBACK') AND trim(coalesce(s.owner, '')) <> '')"
        "SELECT d.task_id, d.closed, d.owner, d.activity, n.site_id, n.source_id,"
        " (SELECT min(at) FROM event e WHERE e.subject = n.site_id AND e.kind = 'site.found') AS "
        "found, n.xzqdm, n.activity FROM done d JOIN site n ON n.owner = d.owner AND n.site_id <> "
        "d.site_id WHERE n.merged_into IS NULL AND found > d.closed ORDER BY d.task_id, n.site_id",
        error);
    g_autoptr(JsonArray) rows = json_array_new();
    bool row = s != NULL;

    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        JsonObject *o = row ? json_object_new() : NULL;
        for (int i = 0; row && i < (int)G_N_ELEMENTS(members); i++)
            rdl_json_set_text(o, members[i], rdl_statement_get_text(s, i));
        if (!row)
            break;
        json_object_set_boolean_member(o, "same_activity",
                                       g_strcmp0(rdl_json_text(o, "activity", NULL),
                                                 rdl_json_text(o, "site_activity", "")) == 0);
        json_array_add_object_element(rows, o);
    }
    return s ? json_node_init_array(json_node_alloc(), rows) : NULL;
}
