#include "deliver/report_part.h"

#include <math.h>
#include <string.h>

#define ROWS_ON_PAPER 200

const char *rdl_report_keep(rdl_bulletin *r, char *take_text)
{
    const char *kept = g_string_chunk_insert(r->kept, take_text);

    g_free(take_text);
    return kept;
}

void rdl_report_add(rdl_bulletin *r, rdl_part_kind kind, const char *text)
{
    rdl_report_part part = {.kind = kind, .text = text};

    g_array_append_val(r->parts, part);
}

rdl_report_table *rdl_report_add_table(rdl_bulletin *r, const char *key)
{
    rdl_report_table *t = g_new0(rdl_report_table, 1);
    rdl_report_part part = {.kind = RDL_PART_TABLE, .table = t};

    t->key = key;
    g_autofree char *title = g_strconcat("table.", key, NULL);
    const char *named = rdl_report_word(r, title);
    t->title = named == title ? rdl_report_word(r, key) : named;
    t->columns = g_array_new(FALSE, FALSE, sizeof(rdl_report_column));
    t->cells = g_array_new(FALSE, FALSE, sizeof(rdl_report_cell));
    g_array_append_val(r->parts, part);
    return t;
}

void rdl_report_column_add(rdl_report_table *t, const char *head, rdl_cell_kind kind, double width,
                           bool brief)
{
    rdl_report_column c = {head, kind, width, brief};

    g_array_append_val(t->columns, c);
}

static void add_cell(rdl_report_table *t, const char *text, double number)
{
    rdl_report_cell c = {text, number};

    g_array_append_val(t->cells, c);
    t->n_rows = t->cells->len / t->columns->len;
}

void rdl_report_cell_text(rdl_report_table *t, const char *text)
{
    add_cell(t, text, NAN);
}

void rdl_report_cell_number(rdl_report_table *t, double number)
{
    add_cell(t, NULL, number);
}

void rdl_report_lost_units(rdl_bulletin *r)
{
    g_autoptr(GString) text = g_string_new(NULL);
    rdl_paragraph p = {r, text};

    if (r->units->lost_units || !r->units->units->len)
        rdl_report_say(
            &p, g_strdup(rdl_report_word(r, r->units->lost_units ? "units_lost" : "units_none")));
    rdl_report_end(&p, RDL_PART_NOTE);
}

const char *rdl_report_unit(rdl_bulletin *r, const char *xzqdm)
{
    return xzqdm ? rdl_map_unit_name(r->units, xzqdm) : rdl_report_word(r, "none");
}

guint rdl_report_rows(const rdl_report_table *t, guint *left_out)
{
    *left_out = t->n_rows > ROWS_ON_PAPER && !t->total ? t->n_rows - ROWS_ON_PAPER : 0;
    return t->n_rows - *left_out;
}

char *rdl_report_number(rdl_cell_kind kind, double number)
{
    if (isnan(number))
        return g_strdup("—");
    if (kind == RDL_CELL_RATE)
        return g_strdup_printf("%d.%d", (int)number / 10, (int)number % 10);
    if (kind == RDL_CELL_HECTARES)
        return g_strdup_printf("%.4f", number);
    return g_strdup_printf("%.0f", number);
}
