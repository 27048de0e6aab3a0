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
#define ROOM 5.5        /* points a column needs beside its letters */
#define TITLED 45.0     /* and a chart with its title and the head of its table */
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

static char *cell_text(const rdl_report_table *t, guint row, guint i)
{
    const rdl_report_cell *c = &g_array_index(t->cells, rdl_report_cell, row * t->columns->len + i);

    return is_text(column(t, i)) ? g_strdup(c->text)
                                 : rdl_report_number(column(t, i)->kind, c->number);
}

/* ---- widths of columns ---- */

static double wide(rdl_flow *flow, const char *text, bool bold)
{
    const rdl_lettering look = {.size = LETTER * flow->scale, .bold = bold};

    return rdl_page_width(flow->page, &look, text ? text : "");
}

/* A head is wrapped: two lines of Chinese, any of words. */
static double head_width(rdl_flow *flow, const char *head)
{
    double widest = 0.0;

    if (g_unichar_iswide(g_utf8_get_char(head)))
        return fmax(wide(flow, head, true) / 2.0, 2.0 * LETTER) + LETTER / 2.0;
    g_auto(GStrv) words = g_strsplit(head, " ", -1);
    for (char **w = words; *w; w++)
        widest = fmax(widest, wide(flow, *w, true));
    return widest;
}

/* How wide no column may be, that all fit: the widest give way first. */
static double most_of(const double *need, guint n, double width)
{
    bool kept[MOST_COLUMNS] = {false};
    double room = width, most = width;
    guint left = n;

    for (bool again = true; again && left;) {
        again = false;
        most = room / left;
        for (guint k = 0; k < n; k++)
            if (!kept[k] && need[k] <= most) {
                kept[k] = again = true;
                room -= need[k];
                left--;
            }
    }
    return left ? most : width;
}

/* Columns as wide as what is in them. */
static void set_columns(rdl_flow *flow, const rdl_report_table *t, const guint *places, guint n,
                        const GPtrArray *cells, rdl_column *to)
{
    double need[MOST_COLUMNS], sum = 0.0;

    for (guint k = 0; k < n; k++) {
        need[k] = head_width(flow, column(t, places[k])->head);
        for (guint i = k; i < cells->len; i += n)
            need[k] = fmax(need[k], wide(flow, cells->pdata[i], t->total && i + n >= cells->len));
        need[k] += ROOM;
    }
    double most = most_of(need, n, flow->width);
    for (guint k = 0; k < n; k++)
        sum += need[k] = fmin(need[k], most);
    for (guint k = 0; k < n; k++) {
        const rdl_report_column *c = column(t, places[k]);
        to[k] = (rdl_column){c->head, need[k] / sum,
                             c->kind == RDL_CELL_TEXT  ? RDL_LEFT
                             : c->kind == RDL_CELL_DAY ? RDL_CENTRE
                                                       : RDL_RIGHT};
    }
}

/* ---- a table ---- */

static bool draw_chart(rdl_flow *flow, const char *svg, double height, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(svg, strlen(svg));

    if (!rdl_page_svg(flow->page, bytes, flow->left, flow->y, flow->width, height, error))
        return false;
    flow->y += height + 6.0;
    return true;
}

static void fill_cells(const rdl_report_table *t, const guint *places, guint n, guint rows,
                       GPtrArray *cells)
{
    for (guint row = 0; row < rows; row++)
        for (guint k = 0; k < n; k++) {
            g_autofree char *text = cell_text(t, row, places[k]);
            bool sum = k == 0 && t->total && row == t->n_rows - 1;
            g_ptr_array_add(cells, sum ? g_strconcat("*", text ? text : "", NULL)
                                       : g_steal_pointer(&text));
        }
}

static bool draw_table(rdl_flow *flow, const rdl_bulletin *r, const rdl_report_table *t,
                       GError **error)
{
    rdl_lettering title = {.size = 8.5, .bold = true};
    guint places[MOST_COLUMNS], n = brief_columns(t, places), left;
    guint rows = rdl_report_rows(t, &left);
    rdl_column columns[MOST_COLUMNS];
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    double height = 0.0;
    g_autofree char *chart = t->n_rows ? rdl_report_chart(t, flow->width, &height) : NULL;

    rdl_flow_need(flow, chart ? height + TITLED : 90.0);
    flow->y += 4.0;
    flow->y += rdl_page_text(flow->page, &title, flow->left, flow->y, flow->width, t->title) + 2.0;
    if (t->n_rows == 0) {
        rdl_flow_text(flow, 8.5, 0x444444, rdl_report_word(r, "empty_list"));
        return true;
    }
    if (chart && !draw_chart(flow, chart, height, error))
        return false;
    fill_cells(t, places, n, rows, cells);
    set_columns(flow, t, places, n, cells, columns);
    rdl_flow_table(flow, LETTER, columns, n, cells);
    if (left) {
        g_autofree char *more = g_strdup_printf(rdl_report_word(r, "left_out"), left);
        rdl_flow_text(flow, 8.0, 0x444444, more);
    }
    flow->y += 4.0;
    return true;
}

/* What a heading must stay with: the chart of the table after it. */
static double follows(const rdl_bulletin *r, guint head, double width)
{
    const rdl_report_part *next =
        head + 1 < r->parts->len ? &g_array_index(r->parts, rdl_report_part, head + 1) : NULL;
    double height = 0.0;
    g_autofree char *chart =
        next && next->kind == RDL_PART_TABLE ? rdl_report_chart(next->table, width, &height) : NULL;

    return chart ? height + TITLED : 60.0;
}

static bool draw_part(rdl_flow *flow, const rdl_bulletin *r, guint i, GError **error)
{
    const rdl_report_part *p = &g_array_index(r->parts, rdl_report_part, i);

    switch (p->kind) {
    case RDL_PART_HEAD:
        rdl_flow_head(flow, p->text, follows(r, i, flow->width));
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
        if (!draw_part(&flow, r, i, error))
            return false;
    return rdl_page_write(page, path, true, 150.0, error);
}
