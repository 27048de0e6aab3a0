/* A bulletin as Markdown and as HTML. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"

static const rdl_report_column *column(const rdl_report_table *t, guint i)
{
    return &g_array_index(t->columns, rdl_report_column, i);
}

/* The text of a cell, escaped as `escape` does it; yours. */
static char *cell_text(const rdl_report_table *t, guint row, guint i, char *(*escape)(const char *))
{
    const rdl_report_cell *c = &g_array_index(t->cells, rdl_report_cell, row * t->columns->len + i);
    bool number = column(t, i)->kind != RDL_CELL_TEXT && column(t, i)->kind != RDL_CELL_DAY;
    g_autofree char *told = number ? rdl_report_number(column(t, i)->kind, c->number) : NULL;

    return escape(number ? told : c->text ? c->text : "");
}

static bool is_number(const rdl_report_table *t, guint i)
{
    return column(t, i)->kind != RDL_CELL_TEXT && column(t, i)->kind != RDL_CELL_DAY;
}

static char *left_out_text(const rdl_bulletin *r, const rdl_report_table *t, guint *rows)
{
    guint left;

    *rows = rdl_report_rows(t, &left);
    return left ? g_strdup_printf(rdl_report_word(r, "left_out"), left) : NULL;
}

/* ---- Markdown (CommonMark with GitHub's tables) ---- */

static char *escape_markdown(const char *text)
{
    GString *s = g_string_new(NULL);

    for (; *text; text++) {
        if (strchr("\\|*_`<>[]#", *text))
            g_string_append_c(s, '\\');
        g_string_append_c(s, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
    return g_string_free(s, FALSE);
}

static void markdown_row(GString *out, const rdl_report_table *t, guint row)
{
    bool sum = t->total && row == t->n_rows - 1;

    for (guint i = 0; i < t->columns->len; i++) {
        if (!column(t, i)->brief)
            continue;
        g_autofree char *text = cell_text(t, row, i, escape_markdown);
        const char *bold = sum && *text ? "**" : "";
        g_string_append_printf(out, "| %s%s%s ", bold, text, bold);
    }
    g_string_append(out, "|\n");
}

static void markdown_table(GString *out, const rdl_bulletin *r, const rdl_report_table *t)
{
    guint rows;
    g_autofree char *left = left_out_text(r, t, &rows);

    g_string_append_printf(out, "**%s**\n\n", t->title);
    if (t->n_rows == 0) {
        g_string_append_printf(out, "%s\n\n", rdl_report_word(r, "empty_list"));
        return;
    }
    for (guint i = 0; i < t->columns->len; i++)
        if (column(t, i)->brief) {
            g_autofree char *head = escape_markdown(column(t, i)->head);
            g_string_append_printf(out, "| %s ", head);
        }
    g_string_append(out, "|\n");
    for (guint i = 0; i < t->columns->len; i++)
        if (column(t, i)->brief)
            g_string_append(out, is_number(t, i) ? "|--:" : "|---");
    g_string_append(out, "|\n");
    for (guint row = 0; row < rows; row++)
        markdown_row(out, t, row);
    g_string_append_printf(out, "%s%s\n", left ? left : "", left ? "\n" : "");
}

bool rdl_report_markdown(const rdl_bulletin *r, const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *title = escape_markdown(r->title);

    g_string_append_printf(out, "# %s\n\n%s\n\n", title, r->subtitle);
    for (guint i = 0; i < r->parts->len; i++) {
        const rdl_report_part *p = &g_array_index(r->parts, rdl_report_part, i);
        g_autofree char *text = p->text ? escape_markdown(p->text) : NULL;
        if (p->kind == RDL_PART_HEAD)
            g_string_append_printf(out, "## %s\n\n", text);
        else if (p->kind == RDL_PART_TEXT || p->kind == RDL_PART_NOTE)
            g_string_append_printf(out, "%s\n\n", text);
        else if (p->kind == RDL_PART_TABLE && !p->table->annex)
            markdown_table(out, r, p->table);
    }
    return rdl_output_text(path, out->str, true, error);
}

/* ---- HTML ---- */

static const char style[] =
    "body{font-family:\"Noto Sans CJK SC\",\"Noto Sans SC\",\"Microsoft YaHei\",sans-serif;"
    "max-width:60em;margin:2em auto;padding:0 1em;line-height:1.6;color:#111}"
    "h1{text-align:center;font-size:1.5em}h2{font-size:1.2em;color:#1f3a5f;border-left:.3em solid "
    "#1f3a5f;padding-left:.5em;margin-top:1.6em}.under{text-align:center;color:#555;font-size:.8em;"
    "overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;font-size:.85em;margin:.5em "
    "0}caption{text-align:left;font-weight:bold}th,td{border:1px solid #999;padding:.2em .5em}"
    "th{background:#eef1f4}td.n{text-align:right}tr.sum td{font-weight:bold}.note{color:#444;"
    "font-size:.9em}svg,img{max-width:100%;height:auto}figure{margin:.5em 0}@media "
    "print{body{margin:0;max-width:none}}";

static char *escape_html(const char *text)
{
    return g_markup_escape_text(text, -1);
}

static void html_table(GString *out, const rdl_bulletin *r, const rdl_report_table *t)
{
    guint rows;
    double height;
    g_autofree char *left = left_out_text(r, t, &rows);
    g_autofree char *chart = rdl_report_chart(t, 520.0, &height), *title = escape_html(t->title);

    if (t->n_rows == 0) {
        g_string_append_printf(out, "<p><b>%s</b> %s</p>\n", title,
                               rdl_report_word(r, "empty_list"));
        return;
    }
    if (chart)
        g_string_append_printf(out, "<figure>%s</figure>\n", chart);
    g_string_append_printf(out, "<table id=\"%s\"><caption>%s</caption>\n<thead><tr>", t->key,
                           title);
    for (guint i = 0; i < t->columns->len; i++)
        if (column(t, i)->brief) {
            g_autofree char *head = escape_html(column(t, i)->head);
            g_string_append_printf(out, "<th>%s</th>", head);
        }
    g_string_append(out, "</tr></thead>\n<tbody>\n");
    for (guint row = 0; row < rows; row++) {
        g_string_append(out, t->total && row == t->n_rows - 1 ? "<tr class=\"sum\">" : "<tr>");
        for (guint i = 0; i < t->columns->len; i++) {
            if (!column(t, i)->brief)
                continue;
            g_autofree char *text = cell_text(t, row, i, escape_html);
            g_string_append_printf(out, "<td%s>%s</td>", is_number(t, i) ? " class=\"n\"" : "",
                                   text);
        }
        g_string_append(out, "</tr>\n");
    }
    g_string_append_printf(out, "</tbody></table>\n");
    if (left)
        g_string_append_printf(out, "<p class=\"note\">%s</p>\n", left);
}

static bool html_map(GString *out, const rdl_bulletin *r, const char *title, GError **error)
{
    g_autoptr(GBytes) png = rdl_report_picture(r, title, error);
    gsize n;

    if (!png || !g_bytes_get_size(png))
        return png != NULL;
    const unsigned char *bytes = g_bytes_get_data(png, &n);
    g_autofree char *text = g_base64_encode(bytes, n), *alt = escape_html(title);
    g_string_append_printf(
        out, "<figure><img alt=\"%s\" src=\"data:image/png;base64,%s\"></figure>\n", alt, text);
    return true;
}

bool rdl_report_html(const rdl_bulletin *r, const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *title = escape_html(r->title), *under = escape_html(r->subtitle);

    g_string_append_printf(
        out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n"
        "<style>%s</style>\n</head>\n<body>\n<h1>%s</h1>\n<p class=\"under\">%s</p>\n",
        strcmp(r->language, "zh") == 0 ? "zh-CN" : r->language, title, style, title, under);
    for (guint i = 0; i < r->parts->len; i++) {
        const rdl_report_part *p = &g_array_index(r->parts, rdl_report_part, i);
        g_autofree char *text = p->text ? escape_html(p->text) : NULL;
        if (p->kind == RDL_PART_HEAD)
            g_string_append_printf(out, "<h2>%s</h2>\n", text);
        else if (p->kind == RDL_PART_TEXT)
            g_string_append_printf(out, "<p>%s</p>\n", text);
        else if (p->kind == RDL_PART_NOTE)
            g_string_append_printf(out, "<p class=\"note\">%s</p>\n", text);
        else if (p->kind == RDL_PART_TABLE && !p->table->annex)
            html_table(out, r, p->table);
        else if (p->kind == RDL_PART_MAP && !html_map(out, r, p->text, error))
            return false;
    }
    g_string_append(out, "</body>\n</html>\n");
    return rdl_output_text(path, out->str, true, error);
}
