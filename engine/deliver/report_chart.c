/* A chart of a table as SVG: bars that lie, a row each and stacked, or columns that stand side by
 * side, a group each. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"

#define MOST_ROWS 40
#define LINE 15.0 /* a bar's row */
#define LABEL_SHARE 0.26

#define LETTERS "font-family=\"Noto Sans CJK SC, sans-serif\" font-size=\"8.5\""

static void text(GString *svg, double x, double y, const char *anchor, const char *words)
{
    g_autofree char *safe = g_markup_escape_text(words ? words : "", -1);

    g_string_append_printf(svg,
                           "<text x=\"%.1f\" y=\"%.1f\" " LETTERS " text-anchor=\"%s\">%s</text>",
                           x, y, anchor, safe);
}

static void bar(GString *svg, double x, double y, double w, double h, unsigned rgb)
{
    g_string_append_printf(svg,
                           "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
                           "fill=\"#%06X\"/>",
                           x, y, w, h, rgb);
}

static const rdl_report_cell *cell(const rdl_report_table *t, guint row, guint column)
{
    return &g_array_index(t->cells, rdl_report_cell, row * t->columns->len + column);
}

static double value(const rdl_report_table *t, guint row, guint series)
{
    double v = cell(t, row, t->series[series])->number;

    return isnan(v) || v < 0.0 ? 0.0 : v;
}

static double greatest(const rdl_report_table *t, guint rows, bool stacked)
{
    double most = 0.0;

    for (guint r = 0; r < rows; r++) {
        double sum = 0.0;
        for (guint s = 0; s < t->n_series; s++) {
            sum += value(t, r, s);
            most = fmax(most, stacked ? sum : value(t, r, s));
        }
    }
    return most;
}

static void legend(GString *svg, const rdl_report_table *t, double x, double y)
{
    for (guint s = 0; s < t->n_series; s++) {
        const char *name = g_array_index(t->columns, rdl_report_column, t->series[s]).head;
        bar(svg, x, y - 7.0, 8.0, 8.0, t->colours[s]);
        text(svg, x + 11.0, y, "start", name);
        x += 24.0 + 9.0 * (double)g_utf8_strlen(name, -1);
    }
}

static void lying(GString *svg, const rdl_report_table *t, guint rows, double width)
{
    double left = width * LABEL_SHARE, most = greatest(t, rows, true);

    for (guint r = 0; r < rows; r++) {
        double y = 18.0 + r * LINE, x = left, sum = 0.0;
        text(svg, left - 4.0, y + 9.5, "end", cell(t, r, t->label)->text);
        for (guint s = 0; s < t->n_series; s++) {
            double w = most > 0.0 ? value(t, r, s) / most * (width - left - 36.0) : 0.0;
            bar(svg, x, y, w, LINE - 4.0, t->colours[s]);
            x += w;
            sum += value(t, r, s);
        }
        g_autofree char *number = g_strdup_printf("%.0f", sum);
        text(svg, x + 3.0, y + 9.5, "start", number);
    }
}

static void standing(GString *svg, const rdl_report_table *t, guint rows, double width)
{
    double most = greatest(t, rows, false), ground = 130.0, group = width / rows;
    double wide = group * 0.7 / t->n_series;

    for (guint r = 0; r < rows; r++) {
        for (guint s = 0; s < t->n_series; s++) {
            double h = most > 0.0 ? value(t, r, s) / most * 95.0 : 0.0;
            double x = group * (r + 0.15) + s * wide;
            g_autofree char *number = g_strdup_printf("%.0f", value(t, r, s));
            bar(svg, x, ground - h, wide - 1.0, h, t->colours[s]);
            text(svg, x + wide / 2.0, ground - h - 2.0, "middle", number);
        }
        text(svg, group * (r + 0.5), ground + 11.0, "middle", cell(t, r, t->label)->text);
    }
}

char *rdl_report_chart(const rdl_report_table *t, double width, double *height)
{
    guint rows = t->n_rows - t->total;

    if (t->chart == RDL_CHART_NONE || rows == 0 || rows > MOST_ROWS ||
        greatest(t, rows, true) <= 0.0)
        return NULL;
    g_autoptr(GString) svg = g_string_new(NULL);
    *height = t->chart == RDL_CHART_BARS ? 22.0 + rows * LINE : 146.0;
    g_string_append_printf(svg,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
                           "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">",
                           width, *height, width, *height);
    legend(svg, t, t->chart == RDL_CHART_BARS ? width * LABEL_SHARE : 4.0, 10.0);
    if (t->chart == RDL_CHART_BARS)
        lying(svg, t, rows, width);
    else
        standing(svg, t, rows, width);
    g_string_append(svg, "</svg>");
    return g_string_free(g_steal_pointer(&svg), FALSE);
}
