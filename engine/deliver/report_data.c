/* The numbers of a bulletin for programs: by codes, rates in percent, areas in m2. */
#include <math.h>
#include <string.h>
#include "deliver/formula.h"
#include "deliver/report_part.h"

static double told(const rdl_statistic_table *t, guint row, guint column)
{
    double n = rdl_statistic_cell_at(t, row, column)->number;

    return t->columns[column].quantity == RDL_QUANTITY_RATE ? n / 10.0 : n;
}

static JsonObject *row_json(const rdl_bulletin *r, const rdl_statistic_table *t, guint row)
{
    JsonObject *o = json_object_new();

    for (guint c = 0; c < t->n_columns; c++) {
        const char *key = t->columns[c].key;
        double n = told(t, row, c);
        if (!rdl_report_tells(r, t, c))
            continue;
        if (c < t->n_codes)
            rdl_json_set_text(o, key, rdl_report_code(r, t, row, c));
        else if (isnan(n))
            json_object_set_null_member(o, key);
        else if (t->columns[c].quantity == RDL_QUANTITY_COUNT)
            json_object_set_int_member(o, key, (gint64)n);
        else
            json_object_set_double_member(o, key, n);
    }
    return o;
}

static JsonObject *table_json(const rdl_bulletin *r, const rdl_statistic_table *t)
{
    JsonObject *o = json_object_new();
    JsonArray *rows = json_array_new();

    for (guint row = 0; row < t->n_rows - t->total; row++)
        if (rdl_report_names(r, t, row))
            json_array_add_object_element(rows, row_json(r, t, row));
    json_object_set_array_member(o, "rows", rows);
    if (t->total)
        json_object_set_object_member(o, "total", row_json(r, t, t->n_rows - 1));
    return o;
}

bool rdl_report_json(const rdl_bulletin *r, const char *path, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    JsonObject *tables = json_object_new();

    rdl_json_set_text(o, "kind", r->options->kind);
    rdl_json_set_text(o, "from", r->from);
    rdl_json_set_text(o, "as_of", r->as_of);
    rdl_json_set_text(o, "unit", r->options->unit);
    rdl_json_set_text(o, "head", r->head);
    json_object_set_object_member(o, "tables", tables);
    for (guint i = 0; i < r->numbers->len; i++) {
        const rdl_statistic_table *t = r->numbers->pdata[i];
        json_object_set_object_member(tables, t->key, table_json(r, t));
    }
    g_autoptr(JsonNode) node = rdl_json_node(o);
    g_autofree char *text = rdl_json_pretty(node), *line = g_strconcat(text, "\n", NULL);
    return rdl_output_text(path, line, true, error);
}

static void value(GString *out, const rdl_statistic_table *t, guint row, guint column)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "";
    double n = told(t, row, column);

    if (!isnan(n))
        g_ascii_formatd(text, sizeof text,
                        t->columns[column].quantity == RDL_QUANTITY_RATE    ? "%.1f"
                        : t->columns[column].quantity == RDL_QUANTITY_COUNT ? "%.0f"
                                                                            : "%.6f",
                        n);
    rdl_csv_field(out, text, "\n");
}

/* One number a line: table, the codes that name its row (at most two), what is counted, number. */
bool rdl_report_csv(const rdl_bulletin *r, const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new("table,row,code,second_code,quantity,value\n");

    for (guint i = 0; i < r->numbers->len; i++) {
        const rdl_statistic_table *t = r->numbers->pdata[i];
        for (guint row = 0; row < t->n_rows; row++)
            for (guint c = t->n_codes; c < t->n_columns; c++) {
                if (!rdl_report_tells(r, t, c) || !rdl_report_names(r, t, row))
                    continue;
                bool sum = (t->total && row == t->n_rows - 1) || t->n_codes == 0;
                rdl_csv_field(out, t->key, ",");
                rdl_csv_field(out, sum ? "total" : "row", ",");
                for (guint k = 0; k < 2; k++)
                    rdl_csv_field(out, k < t->n_codes ? rdl_report_code(r, t, row, k) : NULL, ",");
                rdl_csv_field(out, t->columns[c].key, ",");
                value(out, t, row, c);
            }
    }
    return rdl_output_text(path, out->str, true, error);
}
