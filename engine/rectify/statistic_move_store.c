/* What happened in a period: matters found, registered, finished, left out, begun again. */
#include <string.h>
#include "rectify/statistic_table.h"

typedef struct {
    gint64 found, registered, done, excluded, reopened;
} steps;

/* What a move makes of a task: one that verifies, one that rectifies. */
typedef struct {
    char at[11];
    rdl_fate verifies, rectifies;
} step_at;

typedef struct {
    rdl_statistic *s;
    rdl_fates *fates;
    char *from, *to;
    GHashTable *units, *months; /* code -> steps *; "": not given */
    rdl_statement *task;
    char *task_id;
    GArray *path; /* of step_at: the moves of that task so far */
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

static bool inside(const course *c, const char *at)
{
    return strcmp(at, c->from) >= 0 && strcmp(at, c->to) <= 0;
}

static void take_path(course *c, const char *xzqdm, const char *kind)
{
    bool rectifies = g_strcmp0(kind, "rectify") == 0;
    rdl_fate was = RDL_FATE_PENDING;

    for (guint i = 0; i < c->path->len; i++) {
        const step_at *step = &g_array_index(c->path, step_at, i);
        rdl_fate f = rectifies ? step->rectifies : step->verifies;
        bool first = i == 0;
        steps one = {.found = first && !rectifies,
                     .registered = first && rectifies,
                     .done = f == RDL_FATE_DONE && (first || was != RDL_FATE_DONE),
                     .excluded = f == RDL_FATE_EXCLUDED && (first || was != RDL_FATE_EXCLUDED),
                     .reopened = !first && was == RDL_FATE_DONE && f != RDL_FATE_DONE};
        was = f;
        if (!inside(c, step->at))
            continue;
        char month[8];
        g_strlcpy(month, step->at, sizeof month);
        add(c->units, xzqdm, &one);
        add(c->months, month, &one);
    }
}

/* The moves of a task are all read: most tasks have none in the period, and are not asked for. */
static bool end_path(course *c, GError **error)
{
    bool touched = false, row = false;

    for (guint i = 0; i < c->path->len; i++)
        touched |= inside(c, g_array_index(c->path, step_at, i).at);
    if (touched) {
        rdl_statement_text(c->task, 1, c->task_id);
        if (!rdl_statement_step(c->task, &row, error))
            return false;
    }
    if (row) {
        const char *xzqdm = rdl_statement_get_text(c->task, 0);
        if (rdl_statistic_wanted(c->s, xzqdm))
            take_path(c, xzqdm, rdl_statement_get_text(c->task, 1));
        rdl_statement_reset(c->task);
    }
    g_array_set_size(c->path, 0);
    return true;
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

/* In the order of the table's own key: it is read from end to end. */
static bool take_all(course *c, GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(
        c->s->ledger->store, "SELECT task_id, at, state FROM move ORDER BY task_id, seq", error);
    bool row = true;

    c->task = q ? rdl_statement_new(c->s->ledger->store,
                                    "SELECT xzqdm, kind FROM task WHERE task_id = ?", error)
                : NULL;
    if (!c->task)
        return false;
    while (row) {
        if (!rdl_statement_step(q, &row, error))
            return false;
        const char *task_id = row ? rdl_statement_get_text(q, 0) : NULL;
        if (g_strcmp0(task_id, c->task_id) != 0) {
            if (!end_path(c, error))
                return false;
            g_free(c->task_id);
            c->task_id = g_strdup(task_id);
        }
        if (!row)
            break;
        const char *state = rdl_statement_get_text(q, 2);
        step_at step = {.verifies = rdl_fates_of(c->fates, "verify", state, true),
                        .rectifies = rdl_fates_of(c->fates, "rectify", state, true)};
        g_strlcpy(step.at, rdl_statement_get_text(q, 1), sizeof step.at);
        g_array_append_val(c->path, step);
    }
    return true;
}

bool rdl_statistic_moves(rdl_statistic *s, GError **error)
{
    course c = {.s = s,
                .from = rdl_day_text(s->options.from),
                .to = rdl_day_text(s->options.as_of),
                .units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .months = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .path = g_array_new(FALSE, FALSE, sizeof(step_at))};
    bool good = (c.fates = rdl_fates_new(s->ledger, error)) != NULL;

    if (good)
        list_all(&c);
    good = good && take_all(&c, error);
    if (good) {
        tell(&c, "moves_by_unit", "xzqdm", c.units);
        tell(&c, "moves_by_month", "month", c.months);
    }
    rdl_fates_free(c.fates);
    rdl_statement_free(c.task);
    g_array_unref(c.path);
    g_hash_table_unref(c.units);
    g_hash_table_unref(c.months);
    g_free(c.from);
    g_free(c.to);
    g_free(c.task_id);
    return good;
}
