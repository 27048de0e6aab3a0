#include "deliver/exchange/statistics.h"

#include <string.h>
#include "deliver/words.h"

static void unit_free(gpointer p)
{
    rdl_unit_counts *u = p;

    g_free(u->xzqdm);
    g_free(u);
}

static const char *known(const char *code)
{
    return code ? code : "";
}

static bool is_overdue(const rdl_task *t, rdl_day as_of)
{
    rdl_day due;

    return t->due && rdl_day_parse(t->due, &due, NULL) && due < as_of;
}

static void count(rdl_counts *c, const rdl_task *t, const char *how, rdl_day as_of)
{
    bool unfinished = false;

    c->all++;
    if (strcmp(how, "excluded") == 0) {
        c->excluded++;
    } else if (strcmp(how, "longterm") == 0) {
        c->longterm++;
    } else if (strcmp(how, "done") == 0) {
        c->done++;
    } else {
        unfinished = true;
        *(strcmp(how, "open") == 0 ? &c->open : &c->pending) += 1;
    }
    if (unfinished && is_overdue(t, as_of))
        *(strcmp(how, "open") == 0 ? &c->overdue : &c->pending_overdue) += 1;
}

static rdl_counts *unit_of(rdl_statistics *s, const char *xzqdm)
{
    for (guint i = 0; i < s->units->len; i++) {
        rdl_unit_counts *u = s->units->pdata[i];
        if (strcmp(u->xzqdm, known(xzqdm)) == 0)
            return &u->counts;
    }
    rdl_unit_counts *u = g_new0(rdl_unit_counts, 1);
    u->xzqdm = g_strdup(known(xzqdm));
    g_ptr_array_add(s->units, u);
    return &u->counts;
}

static void note_code(GPtrArray *codes, const char *code)
{
    if (!g_ptr_array_find_with_equal_func(codes, known(code), g_str_equal, NULL))
        g_ptr_array_add(codes, g_strdup(known(code)));
}

static void count_cell(rdl_statistics *s, const rdl_task *t)
{
    char *key = g_strdup_printf("%s\x1f%s", known(t->zone), known(t->activity));
    gint64 *n = g_hash_table_lookup(s->cells, key);

    note_code(s->zones, t->zone);
    note_code(s->activities, t->activity);
    if (!n)
        g_hash_table_insert(s->cells, g_strdup(key), n = g_new0(gint64, 1));
    ++*n;
    g_free(key);
}

static void count_state(GArray *states, const char *state)
{
    for (guint i = 0; i < states->len; i++) {
        rdl_named_count *c = &g_array_index(states, rdl_named_count, i);
        if (strcmp(c->name, state) == 0) {
            c->n++;
            return;
        }
    }
    rdl_named_count c = {g_intern_string(state), 1};
    g_array_append_val(states, c);
}

/* Every state of the pack in the pack's order, then those it does not know. */
static void list_states(rdl_ledger *ledger, GArray *states)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "states.csv", NULL);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        rdl_named_count c = {g_intern_string(rdl_csv_at(csv, i, "state")), 0};
        g_array_append_val(states, c);
    }
}

static gint by_xzqdm(gconstpointer a, gconstpointer b)
{
    return strcmp((*(rdl_unit_counts *const *)a)->xzqdm, (*(rdl_unit_counts *const *)b)->xzqdm);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A verification whose state belongs to rectification lives on in the task that was opened. */
static bool carried(rdl_ledger *ledger, const rdl_task *t)
{
    return strcmp(known(t->kind), "verify") == 0 &&
           strcmp(rdl_state_kind(ledger, t->state), "rectify") == 0;
}

static rdl_statistics *empty(void)
{
    rdl_statistics *s = g_new0(rdl_statistics, 1);

    s->states = g_array_new(FALSE, FALSE, sizeof(rdl_named_count));
    s->units = g_ptr_array_new_with_free_func(unit_free);
    s->zones = g_ptr_array_new_with_free_func(g_free);
    s->activities = g_ptr_array_new_with_free_func(g_free);
    s->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return s;
}

rdl_statistics *rdl_statistics_new(rdl_ledger *ledger, const GArray *tasks, rdl_day as_of)
{
    rdl_statistics *s = empty();

    list_states(ledger, s->states);
    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        const char *how = rdl_state_counts(ledger, t->state);
        count_state(s->states, known(t->state));
        if (carried(ledger, t))
            continue;
        count(&s->total, t, how, as_of);
        count(unit_of(s, t->xzqdm), t, how, as_of);
        count_cell(s, t);
    }
    g_ptr_array_sort(s->units, by_xzqdm);
    g_ptr_array_sort(s->zones, by_text);
    g_ptr_array_sort(s->activities, by_text);
    return s;
}

void rdl_statistics_free(rdl_statistics *s)
{
    if (!s)
        return;
    g_array_unref(s->states);
    g_ptr_array_unref(s->units);
    g_ptr_array_unref(s->zones);
    g_ptr_array_unref(s->activities);
    g_hash_table_unref(s->cells);
    g_free(s);
}

gint64 rdl_statistics_cell(const rdl_statistics *s, const char *zone, const char *activity)
{
    g_autofree char *key = g_strdup_printf("%s\x1f%s", zone, activity);
    const gint64 *n = g_hash_table_lookup(s->cells, key);

    return n ? *n : 0;
}
