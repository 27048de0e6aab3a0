#include "rectify/statistic.h"

#include <math.h>
#include <string.h>
#include "rectify/statistic_table.h"

int rdl_rate_tenths(gint64 part, gint64 whole)
{
    return whole > 0 ? (int)((part * 2000 + whole) / (2 * whole)) : -1;
}

static void table_free(gpointer p)
{
    rdl_statistic_table *t = p;

    g_array_unref(t->cells);
    g_free(t);
}

rdl_statistic_table *rdl_statistic_add(rdl_statistic *s, const char *key,
                                       const rdl_statistic_column *columns, guint n_columns,
                                       guint n_codes)
{
    rdl_statistic_table *t = g_new0(rdl_statistic_table, 1);

    t->key = key;
    t->columns = columns;
    t->n_columns = n_columns;
    t->n_codes = n_codes;
    t->cells = g_array_new(FALSE, FALSE, sizeof(rdl_statistic_cell));
    g_ptr_array_add(s->tables, t);
    return t;
}

rdl_statistic_column *rdl_statistic_columns(rdl_statistic *s, const rdl_statistic_column *columns,
                                            guint n)
{
    rdl_statistic_column *copy = g_memdup2(columns, n * sizeof *columns);

    g_ptr_array_add(s->columns, copy);
    return copy;
}

void rdl_statistic_row(rdl_statistic *s, rdl_statistic_table *t, const char *const *codes,
                       const int *ranks, const double *numbers)
{
    for (guint i = 0; i < t->n_columns; i++) {
        const char *code = i < t->n_codes ? codes[i] : NULL;
        rdl_statistic_cell cell = {.text = code ? g_string_chunk_insert_const(s->kept, code) : NULL,
                                   .number = i >= t->n_codes ? numbers[i - t->n_codes]
                                             : ranks         ? ranks[i]
                                                             : 0};
        g_array_append_val(t->cells, cell);
    }
    t->n_rows++;
}

static rdl_statistic_cell *cell_at(const rdl_statistic_table *t, guint row, guint column)
{
    return &g_array_index(t->cells, rdl_statistic_cell, row * t->n_columns + column);
}

const rdl_statistic_cell *rdl_statistic_cell_at(const rdl_statistic_table *table, guint row,
                                                guint column)
{
    return cell_at(table, row, column);
}

/* ---- order and total ---- */

/* By rank and code; what is not given comes last. */
static int by_codes(gconstpointer a, gconstpointer b, gpointer n_codes)
{
    const rdl_statistic_cell *x = a, *y = b;

    for (guint i = 0; i < GPOINTER_TO_UINT(n_codes); i++) {
        int order = !x[i].text || !y[i].text
                        ? !x[i].text - !y[i].text
                        : (x[i].number > y[i].number) - (x[i].number < y[i].number);
        if (!order)
            order = g_strcmp0(x[i].text, y[i].text);
        if (order)
            return order;
    }
    return 0;
}

void rdl_statistic_rate(rdl_statistic_table *t, guint row, const int (*rates)[2])
{
    int n = 0;

    for (guint i = t->n_codes; i < t->n_columns; i++) {
        if (t->columns[i].quantity != RDL_QUANTITY_RATE)
            continue;
        int tenths = rdl_rate_tenths((gint64)cell_at(t, row, (guint)rates[n][0])->number,
                                     (gint64)cell_at(t, row, (guint)rates[n][1])->number);
        cell_at(t, row, i)->number = tenths < 0 ? NAN : (double)tenths;
        n++;
    }
}

void rdl_statistic_close(rdl_statistic *s, rdl_statistic_table *t, const int (*rates)[2])
{
    g_autofree double *sums = g_new0(double, t->n_columns);
    g_autofree const char **none = g_new0(const char *, t->n_columns);
    guint rows = t->n_rows;

    if (rows)
        g_qsort_with_data(t->cells->data, (gint)rows, t->n_columns * sizeof(rdl_statistic_cell),
                          by_codes, GUINT_TO_POINTER(t->n_codes));
    for (guint r = 0; r < rows; r++) {
        rdl_statistic_rate(t, r, rates);
        for (guint i = t->n_codes; i < t->n_columns; i++)
            sums[i - t->n_codes] += cell_at(t, r, i)->number;
    }
    rdl_statistic_row(s, t, none, NULL, sums);
    rdl_statistic_rate(t, rows, rates);
    t->total = true;
}

/* ---- what there is ---- */

bool rdl_statistic_wanted(const rdl_statistic *s, const char *xzqdm)
{
    return rdl_division_within(xzqdm, s->options.unit);
}

rdl_statistic *rdl_statistic_new(rdl_ledger *ledger, const rdl_statistic_options *options,
                                 GError **error)
{
    g_autoptr(rdl_statistic) s = g_new0(rdl_statistic, 1);

    s->tables = g_ptr_array_new_with_free_func(table_free);
    s->kept = g_string_chunk_new(4096);
    s->columns = g_ptr_array_new_with_free_func(g_free);
    s->ledger = ledger;
    s->options = *options;
    if (!rdl_store_run(ledger->store, "PRAGMA cache_size = -131072", error))
        return NULL;
    s->head = rdl_ledger_work_head(ledger, error);
    if (!s->head || !rdl_statistic_matters(s, error) || !rdl_statistic_letters(s, error) ||
        (options->from && !rdl_statistic_moves(s, error)))
        return NULL;
    return g_steal_pointer(&s);
}

void rdl_statistic_free(rdl_statistic *s)
{
    if (!s)
        return;
    g_ptr_array_unref(s->tables);
    g_string_chunk_free(s->kept);
    g_ptr_array_unref(s->columns);
    g_free(s->head);
    g_free(s);
}

const char *rdl_statistic_head(const rdl_statistic *s)
{
    return s->head;
}

gint64 rdl_statistic_tasks(const rdl_statistic *s)
{
    return s->tasks;
}

guint rdl_statistic_count(const rdl_statistic *s)
{
    return s->tables->len;
}

const rdl_statistic_table *rdl_statistic_at(const rdl_statistic *s, guint i)
{
    return s->tables->pdata[i];
}

const rdl_statistic_table *rdl_statistic_find(const rdl_statistic *s, const char *key)
{
    for (guint i = 0; i < s->tables->len; i++)
        if (strcmp(rdl_statistic_at(s, i)->key, key) == 0)
            return rdl_statistic_at(s, i);
    return NULL;
}

static int column_of(const rdl_statistic_table *t, const char *key)
{
    for (guint i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].key, key) == 0)
            return (int)i;
    return -1;
}

double rdl_statistic_number(const rdl_statistic_table *t, const char *code, const char *column)
{
    int at = t ? column_of(t, column) : -1;
    guint rows = t ? t->n_rows - t->total : 0;

    for (guint r = 0; at >= 0 && r < rows; r++)
        if (g_strcmp0(cell_at(t, r, 0)->text, code) == 0)
            return cell_at(t, r, (guint)at)->number;
    return NAN;
}

double rdl_statistic_total(const rdl_statistic_table *t, const char *column)
{
    int at = t ? column_of(t, column) : -1;

    return at >= 0 && t->n_rows ? cell_at(t, t->n_rows - 1, (guint)at)->number : NAN;
}
