/* What happened in a period: matters found, registered, finished, left out, begun again. */
#include <string.h>
#include "rectify/statistic_table.h"

typedef struct {
    gint64 found, registered, done, excluded, reopened;
} steps;

typedef struct {
    rdl_statistic *s;
    rdl_fates *fates;
    char *from, *to;
    GHashTable *units, *months; /* code -> steps *; "": not given */
    char *task_id;
    rdl_fate was;
} course;

static void add(GHashTable *piles, const char *code, const steps *one)
{
    steps *s = g_hash_table_lookup(piles, code ? code : "");

    if (!s)
        g_hash_table_insert(piles, g_strdup(code ? code : ""), s = g_new0(steps, 1));
    s->found += one->found;
    s->registered += one->registered;
    s->done += one->done;
    s->excluded += one->excluded;
    s->reopened += one->reopened;
}

/* One move of a task, in the order of its moves: task_id, at, state, xzqdm, kind */
static void take_move(course *c, rdl_statement *q)
{
    const char *task_id = rdl_statement_get_text(q, 0), *at = rdl_statement_get_text(q, 1);
    const char *xzqdm = rdl_statement_get_text(q, 3), *kind = rdl_statement_get_text(q, 4);
    rdl_fate f = rdl_fates_of(c->fates, kind, rdl_statement_get_text(q, 2), true);
    bool first = g_strcmp0(task_id, c->task_id) != 0;
    bool rectifies = g_strcmp0(kind, "rectify") == 0;
    steps one = {.found = first && !rectifies,
                 .registered = first && rectifies,
                 .done = f == RDL_FATE_DONE && (first || c->was != RDL_FATE_DONE),
                 .excluded = f == RDL_FATE_EXCLUDED && (first || c->was != RDL_FATE_EXCLUDED),
                 .reopened = !first && c->was == RDL_FATE_DONE && f != RDL_FATE_DONE};

    if (first) {
        g_free(c->task_id);
        c->task_id = g_strdup(task_id);
    }
    c->was = f;
    if (strcmp(at, c->from) < 0 || strcmp(at, c->to) > 0 || !rdl_statistic_wanted(c->s, xzqdm))
        return;
    g_autofree char *month = g_strndup(at, 7);
    add(c->units, xzqdm, &one);
    add(c->months, month, &one);
}

static const rdl_statistic_column step_columns[] = {{"", RDL_QUANTITY_CODE},
                                                    {"found", RDL_QUANTITY_COUNT},
                                                    {"registered", RDL_QUANTITY_COUNT},
                                                    {"done", RDL_QUANTITY_COUNT},
                                                    {"excluded", RDL_QUANTITY_COUNT},
                                                    {"reopened", RDL_QUANTITY_COUNT}};

static void tell(course *c, const char *key, const char *code, GHashTable *piles)
{
    rdl_statistic_column *columns =
        rdl_statistic_columns(c->s, step_columns, G_N_ELEMENTS(step_columns));
    rdl_statistic_table *t;
    GHashTableIter it;
    gpointer name, value;

    columns[0].key = code;
    t = rdl_statistic_add(c->s, key, columns, G_N_ELEMENTS(step_columns), 1);
    g_hash_table_iter_init(&it, piles);
    while (g_hash_table_iter_next(&it, &name, &value)) {
        const steps *s = value;
        const char *codes[] = {*(char *)name ? name : NULL};
        const double row[] = {(double)s->found, (double)s->registered, (double)s->done,
                              (double)s->excluded, (double)s->reopened};
        rdl_statistic_row(c->s, t, codes, NULL, row);
    }
    rdl_statistic_close(c->s, t, NULL);
}

/* Months and units in which nothing happened are told too. */
static void list_all(course *c)
{
    const char *const *units = c->s->options.units;
    const steps none = {0};

    for (int i = 0; units && units[i]; i++)
        if (rdl_statistic_wanted(c->s, units[i]))
            add(c->units, units[i], &none);
    for (rdl_day d = c->s->options.from; d <= c->s->options.as_of; d = rdl_day_add_months(d, 1)) {
        g_autofree char *day = rdl_day_text(d), *month = g_strndup(day, 7);
        add(c->months, month, &none);
    }
}

static bool take_all(course *c, GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(
        c->s->ledger->store,
        "SELECT m.task_id, m.at, m.state, t.xzqdm, t.kind FROM move m JOIN task t USING(task_id)"
        " WHERE m.task_id IN (SELECT task_id FROM move WHERE at BETWEEN ?1 AND ?2)"
        " ORDER BY m.task_id, m.seq",
        error);
    bool row = true;

    if (!q)
        return false;
    rdl_statement_text(q, 1, c->from);
    rdl_statement_text(q, 2, c->to);
    while (row) {
        if (!rdl_statement_step(q, &row, error))
            return false;
        if (row)
            take_move(c, q);
    }
    return true;
}

bool rdl_statistic_moves(rdl_statistic *s, GError **error)
{
    course c = {.s = s,
                .from = rdl_day_text(s->options.from),
                .to = rdl_day_text(s->options.as_of),
                .units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .months = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    bool good = (c.fates = rdl_fates_new(s->ledger, error)) != NULL;

    if (good)
        list_all(&c);
    good = good && take_all(&c, error);
    if (good) {
        tell(&c, "moves_by_unit", "xzqdm", c.units);
        tell(&c, "moves_by_month", "month", c.months);
    }
    rdl_fates_free(c.fates);
    g_hash_table_unref(c.units);
    g_hash_table_unref(c.months);
    g_free(c.from);
    g_free(c.to);
    g_free(c.task_id);
    return good;
}
