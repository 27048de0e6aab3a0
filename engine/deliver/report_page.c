/* A bulletin on A4. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"

#define WIDTH (210.0 * MM)
#define HEIGHT (297.0 * MM)
#define SIDE (17.0 * MM)
#define TOP (18.0 * MM)
#define BOTTOM (18.0 * MM)
#define LETTER 7.5      /* of tables */
#define MOST_COLUMNS 16 /* as many as a flow takes */

static const rdl_report_column *column(const rdl_report_table *t, guint i)
{
    return &g_array_index(t->columns, rdl_report_column, i);
}

static bool is_text(const rdl_report_column *c)
{
    return c->kind == RDL_CELL_TEXT || c->kind == RDL_CELL_DAY;
}

/* Places of the columns that are told on paper. */
static guint brief_columns(const rdl_report_table *t, guint *places)
{
    guint n = 0;

    for (guint i = 0; i < t->columns->len; i++)
        if (column(t, i)->brief) {
            g_assert(n < MOST_COLUMNS);
            places[n++] = i;
        }
    return n;
}

static void set_columns(const rdl_report_table *t, const guint *places, guint n, rdl_column *to)
{
    double sum = 0.0;

    for (guint k = 0; k < n; k++)
        sum += fmax(column(t, places[k])->width, 7.0);
    for (guint k = 0; k < n; k++) {
        const rdl_report_column *c = column(t, places[k]);
        to[k] = (rdl_column){c->head, fmax(c->width, 7.0) / sum,
                             c->kind == RDL_CELL_TEXT  ? RDL_LEFT
                             : c->kind == RDL_CELL_DAY ? RDL_CENTRE
                                                       : RDL_RIGHT};
    }
}

static char *cell_text(const rdl_report_table *t, guint row, guint i)
{
    const rdl_report_cell *c = &g_array_index(t->cells, rdl_report_cell, row * t->columns->len + i);

    return is_text(column(t, i)) ? g_strdup(c->text)
                                 : rdl_report_number(column(t, i)->kind, c->number);
}

static bool draw_chart(rdl_flow *flow, const rdl_report_table *t, GError **error)
{
    double height;
    g_autofree char *svg = rdl_report_chart(t, flow->width, &height);

    if (!svg)
        return true;
    g_autoptr(GBytes) bytes = g_bytes_new(svg, strlen(svg));
    rdl_flow_need(flow, height + 6.0);
    if (!rdl_page_svg(flow->page, bytes, flow->left, flow->y, flow->width, height, error))
        return false;
    flow->y += height + 6.0;
    return true;
}

static bool draw_table(rdl_flow *flow, const rdl_bulletin *r, const rdl_report_table *t,
                       GError **error)
{
    rdl_lettering title = {.size = 8.5, .bold = true};
    guint places[MOST_COLUMNS], n = brief_columns(t, places), left;
    guint rows = rdl_report_rows(t, &left);
    rdl_column columns[MOST_COLUMNS];
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    rdl_flow_need(flow, 90.0);
    flow->y += 4.0;
    flow->y += rdl_page_text(flow->page, &title, flow->left, flow->y, flow->width, t->title) + 2.0;
    if (t->n_rows == 0) {
        rdl_flow_text(flow, 8.5, 0x444444, rdl_report_word(r, "empty_list"));
        return true;
    }
    if (!draw_chart(flow, t, error))
        return false;
    set_columns(t, places, n, columns);
    for (guint row = 0; row < rows; row++)
        for (guint k = 0; k < n; k++) {
            char *text = cell_text(t, row, places[k]);
            bool sum = k == 0 && t->total && row == t->n_rows - 1;
            g_ptr_array_add(cells, sum ? g_strconcat("*", text ? text : "", NULL) : g_strdup(text));
            g_free(text);
        }
    rdl_flow_table(flow, LETTER, columns, n, cells);
    if (left) {
        g_autofree char *more = g_strdup_printf(rdl_report_word(r, "left_out"), left);
        rdl_flow_text(flow, 8.0, 0x444444, more);
    }
    flow->y += 4.0;
    return true;
}

static bool draw_part(rdl_flow *flow, const rdl_bulletin *r, const rdl_report_part *p,
                      GError **error)
{
    switch (p->kind) {
    case RDL_PART_HEAD:
        rdl_flow_head(flow, p->text, 60.0);
        return true;
    case RDL_PART_TEXT:
        rdl_flow_text(flow, 10.0, 0x000000, p->text);
        return true;
    case RDL_PART_NOTE:
        rdl_flow_text(flow, 8.5, 0x444444, p->text);
        return true;
    case RDL_PART_MAP:
        return rdl_report_map(flow, r, p->text, error);
    default:
        return p->table->annex || draw_table(flow, r, p->table, error);
    }
}

bool rdl_report_page(const rdl_bulletin *r, const char *path, GError **error)
{
    const rdl_page_form form = {.width = WIDTH,
                                .height = HEIGHT,
                                .title = r->title,
                                .author = r->options->compiler,
                                .date = r->as_of,
                                .language = r->language,
                                .footer = r->title,
                                .numbering = rdl_report_word(r, "page")};
    rdl_lettering title = {.size = 17.0, .bold = true, .align = RDL_CENTRE, .smallest = 11.0};
    rdl_lettering under = {.size = 7.0, .align = RDL_CENTRE, .rgb = 0x555555};
    g_autoptr(rdl_page) page = rdl_page_new(&form, error);

    if (!page)
        return false;
    rdl_flow flow = {.page = page,
                     .left = SIDE,
                     .width = WIDTH - 2.0 * SIDE,
                     .top = TOP,
                     .bottom = HEIGHT - BOTTOM,
                     .y = TOP,
                     .scale = 1.0};
    flow.y += rdl_page_text(page, &title, flow.left, flow.y, flow.width, r->title) + 4.0;
    flow.y += rdl_page_text(page, &under, flow.left, flow.y, flow.width, r->subtitle) + 4.0;
    for (guint i = 0; i < r->parts->len; i++)
        if (!draw_part(&flow, r, &g_array_index(r->parts, rdl_report_part, i), error))
            return false;
    return rdl_page_write(page, path, true, 150.0, error);
}
