/* A bulletin as a workbook: text and charts, statistics, lists, codes. */
#include <math.h>
#include <string.h>
#include "deliver/exchange/book.h"
#include "deliver/report_part.h"
#include "deliver/words.h"

typedef struct {
    const rdl_bulletin *r;
    lxw_workbook *workbook;
    lxw_format *title, *head, *note, *caption, *text, *day, *whole, *rate, *hectares;
    lxw_format *sum_text, *sum_whole, *sum_rate, *sum_hectares;
    bool failed; /* a cell was refused */
} book;

static void note(book *b, lxw_error result)
{
    b->failed = b->failed || result != LXW_NO_ERROR;
}

/* ---- formats ---- */

static lxw_format *format_of(book *b, const char *number, bool framed, bool bold)
{
    lxw_format *f = workbook_add_format(b->workbook);

    format_set_font_size(f, 10);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    if (framed)
        format_set_border(f, LXW_BORDER_THIN);
    if (number)
        format_set_num_format(f, number);
    if (bold)
        format_set_bold(f);
    return f;
}

static void make_formats(book *b)
{
    b->title = format_of(b, NULL, false, true);
    format_set_font_size(b->title, 16);
    b->caption = format_of(b, NULL, false, true);
    format_set_font_size(b->caption, 12);
    b->note = format_of(b, NULL, false, false);
    format_set_text_wrap(b->note);
    format_set_align(b->note, LXW_ALIGN_VERTICAL_TOP);
    b->head = format_of(b, NULL, true, true);
    format_set_text_wrap(b->head);
    format_set_align(b->head, LXW_ALIGN_CENTER);
    format_set_bg_color(b->head, 0xD9E2EC);
    b->text = format_of(b, "@", true, false);
    b->day = format_of(b, "yyyy-mm-dd", true, false);
    b->whole = format_of(b, "0", true, false);
    b->rate = format_of(b, "0.0", true, false);
    b->hectares = format_of(b, "0.0000", true, false);
    b->sum_text = format_of(b, "@", true, true);
    b->sum_whole = format_of(b, "0", true, true);
    b->sum_rate = format_of(b, "0.0", true, true);
    b->sum_hectares = format_of(b, "0.0000", true, true);
}

/* ---- cells ---- */

static void put_text(book *b, lxw_worksheet *sheet, guint row, guint column, const char *text,
                     lxw_format *format)
{
    if (!text || !*text) {
        note(b, worksheet_write_blank(sheet, row, (lxw_col_t)column, format));
        return;
    }
    g_autofree char *cut = rdl_book_cut(text);
    note(b, worksheet_write_string(sheet, row, (lxw_col_t)column, cut ? cut : text, format));
}

static void put_day(book *b, lxw_worksheet *sheet, guint row, guint column, const char *iso)
{
    lxw_datetime when;

    if (rdl_book_when(iso, &when))
        note(b, worksheet_write_datetime(sheet, row, (lxw_col_t)column, &when, b->day));
    else
        put_text(b, sheet, row, column, iso, b->day);
}

static void put_cell(book *b, lxw_worksheet *sheet, guint at, const rdl_report_table *t, guint row,
                     guint i)
{
    const rdl_report_column *c = &g_array_index(t->columns, rdl_report_column, i);
    const rdl_report_cell *v = &g_array_index(t->cells, rdl_report_cell, row * t->columns->len + i);
    bool sum = t->total && row == t->n_rows - 1;
    lxw_format *formats[] = {[RDL_CELL_TEXT] = sum ? b->sum_text : b->text,
                             [RDL_CELL_WHOLE] = sum ? b->sum_whole : b->whole,
                             [RDL_CELL_RATE] = sum ? b->sum_rate : b->rate,
                             [RDL_CELL_HECTARES] = sum ? b->sum_hectares : b->hectares,
                             [RDL_CELL_DAY] = b->day};

    if (c->kind == RDL_CELL_DAY)
        put_day(b, sheet, at, i, v->text);
    else if (c->kind == RDL_CELL_TEXT)
        put_text(b, sheet, at, i, v->text, formats[c->kind]);
    else if (isnan(v->number))
        put_text(b, sheet, at, i, c->kind == RDL_CELL_RATE ? "—" : NULL, formats[c->kind]);
    else
        note(b, worksheet_write_number(sheet, at, (lxw_col_t)i,
                                       c->kind == RDL_CELL_RATE ? v->number / 10.0 : v->number,
                                       formats[c->kind]));
}

/* A table with its head at `at`; the row after it. */
static guint put_table(book *b, lxw_worksheet *sheet, guint at, const rdl_report_table *t)
{
    for (guint i = 0; i < t->columns->len; i++)
        put_text(b, sheet, at, i, g_array_index(t->columns, rdl_report_column, i).head, b->head);
    for (guint row = 0; row < t->n_rows; row++)
        for (guint i = 0; i < t->columns->len; i++)
            put_cell(b, sheet, at + 1 + row, t, row, i);
    return at + 1 + t->n_rows;
}

/* ---- sheets ---- */

static lxw_worksheet *add_sheet(book *b, const char *name, bool landscape)
{
    lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, name);

    if (!sheet) {
        b->failed = true;
        return NULL;
    }
    if (landscape)
        worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_footer(sheet, "&L&A&R&P / &N");
    return sheet;
}

static void put_chart(book *b, lxw_worksheet *on, guint at, const rdl_report_table *t,
                      const char *sheet, guint head)
{
    guint rows = t->n_rows - t->total;
    lxw_chart *chart =
        rows ? workbook_add_chart(b->workbook, t->chart == RDL_CHART_BARS ? LXW_CHART_BAR_STACKED
                                                                          : LXW_CHART_COLUMN)
             : NULL;
    lxw_chart_options options = {.x_scale = 1.5, .y_scale = rows > 12 ? 2.0 : 1.0};

    if (!chart)
        return;
    chart_title_set_name(chart, t->title);
    for (guint s = 0; s < t->n_series; s++) {
        lxw_col_t c = (lxw_col_t)t->series[s], l = (lxw_col_t)t->label;
        lxw_chart_fill fill = {.color = t->colours[s]};
        lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
        chart_series_set_categories(series, sheet, head + 1, l, head + rows, l);
        chart_series_set_values(series, sheet, head + 1, c, head + rows, c);
        chart_series_set_name_range(series, sheet, head, c);
        chart_series_set_fill(series, &fill);
    }
    if (t->chart == RDL_CHART_BARS)
        chart_axis_set_reverse(chart->y_axis); /* that of the rows: the first on top */
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    note(b, worksheet_insert_chart_opt(on, at, 0, chart, &options));
}

/* A table with a sheet of its own: head frozen, rows to be filtered. */
static void sheet_of(book *b, const rdl_report_table *t)
{
    lxw_worksheet *sheet = add_sheet(b, t->title, true);

    if (!sheet)
        return;
    for (guint i = 0; i < t->columns->len; i++)
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
                             g_array_index(t->columns, rdl_report_column, i).width + 2.0, NULL);
    guint end = put_table(b, sheet, 0, t);
    guint last = t->n_rows - t->total; /* the sum stays when rows are filtered */
    worksheet_autofilter(sheet, 0, 0, MAX(last, 1), (lxw_col_t)(t->columns->len - 1));
    worksheet_freeze_panes(sheet, 1, 1);
    worksheet_repeat_rows(sheet, 0, 0);
    if (t->chart != RDL_CHART_NONE)
        put_chart(b, sheet, end + 1, t, t->title, 0);
}

#define TEXT_WIDTH 70 /* in characters: a page of A4 holds it, in wider fonts too */

static int lines_of(const char *text, int width)
{
    int cells = 0;

    for (; *text; text = g_utf8_next_char(text))
        cells += g_unichar_iswide(g_utf8_get_char(text)) ? 2 : 1;
    return cells / width + 1;
}

static void sheet_of_text(book *b)
{
    const rdl_bulletin *r = b->r;
    lxw_worksheet *sheet = add_sheet(b, rdl_report_word(r, "sheet.text"), false);
    guint at = 3;

    if (!sheet)
        return;
    worksheet_set_column(sheet, 0, 0, TEXT_WIDTH, NULL);
    put_text(b, sheet, 0, 0, r->title, b->title);
    put_text(b, sheet, 1, 0, r->subtitle, b->note);
    for (guint i = 0; i < r->parts->len; i++) {
        const rdl_report_part *p = &g_array_index(r->parts, rdl_report_part, i);
        if (p->kind == RDL_PART_TABLE || p->kind == RDL_PART_MAP)
            continue;
        at += p->kind == RDL_PART_HEAD;
        put_text(b, sheet, at, 0, p->text, p->kind == RDL_PART_HEAD ? b->caption : b->note);
        if (p->kind != RDL_PART_HEAD)
            worksheet_set_row(sheet, at, 15.0 * lines_of(p->text, TEXT_WIDTH - 4), NULL);
        at++;
    }
}

/* ---- the map ---- */

static bool sheet_of_map(book *b, const rdl_report_part *p, GPtrArray *pictures, GError **error)
{
    GBytes *png = rdl_report_picture(b->r, p->text, error);
    gsize n;

    if (!png)
        return false;
    g_ptr_array_add(pictures, png); /* the workbook reads it when it is closed */
    if (!g_bytes_get_size(png))
        return true;
    const unsigned char *bytes = g_bytes_get_data(png, &n);
    lxw_worksheet *sheet = add_sheet(b, rdl_report_word(b->r, "sheet.map"), false);
    if (sheet)
        note(b, worksheet_insert_image_buffer(sheet, 0, 0, bytes, n));
    return true;
}

static bool sheets_of_maps(book *b, GPtrArray *pictures, GError **error)
{
    for (guint i = 0; i < b->r->parts->len; i++) {
        const rdl_report_part *p = &g_array_index(b->r->parts, rdl_report_part, i);
        if (p->kind == RDL_PART_MAP && !sheet_of_map(b, p, pictures, error))
            return false;
    }
    return true;
}

/* The tables without a sheet of their own, one below the other. */
static void sheet_of_statistics(book *b)
{
    const rdl_bulletin *r = b->r;
    const char *name = rdl_report_word(r, "sheet.statistics");
    lxw_worksheet *sheet = add_sheet(b, name, true);
    guint at = 0;

    if (!sheet)
        return;
    worksheet_set_column(sheet, 0, 1, 22, NULL);
    worksheet_set_column(sheet, 2, 20, 12, NULL);
    for (guint i = 0; i < r->parts->len; i++) {
        const rdl_report_table *t = g_array_index(r->parts, rdl_report_part, i).table;
        if (!t || t->sheet)
            continue;
        put_text(b, sheet, at++, 0, t->title, b->caption);
        guint head = at;
        at = put_table(b, sheet, at, t) + 1;
        if (t->chart != RDL_CHART_NONE && t->n_rows > t->total) {
            put_chart(b, sheet, at, t, name, head);
            at += 22;
        }
    }
}

/* ---- codes ---- */

static void put_codes(book *b, lxw_worksheet *sheet, guint *at, const char *group, const char *file,
                      const char *column, const char *texts)
{
    const rdl_bulletin *r = b->r;
    const rdl_csv *csv = rdl_ledger_table(r->ledger, file, NULL);
    const char *name = strcmp(r->language, "en") == 0 ? "name_en" : "name_zh";
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        const char *code = rdl_csv_at(csv, i, column);
        if (!*code || !g_hash_table_add(told, (gpointer)code))
            continue;
        put_text(b, sheet, *at, 0, rdl_report_word(r, group), b->text);
        put_text(b, sheet, *at, 1, code, b->text);
        put_text(b, sheet, (*at)++, 2,
                 texts ? rdl_word_in(r->ledger, texts, code, r->language)
                       : rdl_csv_at(csv, i, name),
                 b->text);
    }
}

static void sheet_of_codes(book *b)
{
    static const char *const heads[] = {"group", "code", "word"};
    static const double widths[] = {16, 18, 60};
    lxw_worksheet *sheet = add_sheet(b, rdl_report_word(b->r, "sheet.codes"), false);
    guint at = 1;

    if (!sheet)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
        put_text(b, sheet, 0, i, rdl_report_word(b->r, heads[i]), b->head);
    }
    put_codes(b, sheet, &at, "state", "states.csv", "state", NULL);
    put_codes(b, sheet, &at, "zone", "zones.csv", "zone", NULL);
    put_codes(b, sheet, &at, "activity", "activities.csv", "code", NULL);
    put_codes(b, sheet, &at, "tier", "warnings.csv", "tier", "tier");
    put_codes(b, sheet, &at, "warning", "warnings.csv", "level", "warning");
    worksheet_autofilter(sheet, 0, 0, MAX(at - 1, 1), 2);
    worksheet_freeze_panes(sheet, 1, 0);
}

/* ---- the whole ---- */

static void set_properties(book *b)
{
    rdl_day day, epoch = rdl_day_of(1970, 1, 1);
    lxw_doc_properties p = {.title = (char *)b->r->title, .author = "redline", .created = 1};

    if (rdl_day_parse(b->r->as_of, &day, NULL) && (day = rdl_day_stamped(day)) > epoch)
        p.created = (time_t)(day - epoch) * 86400;
    workbook_set_properties(b->workbook, &p);
}

bool rdl_report_book(const rdl_bulletin *r, const char *path, GError **error)
{
    book b = {.r = r, .workbook = workbook_new(path)};
    g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    if (!b.workbook)
        return rdl_fail(error, RDL_ERROR_INTERNAL, "%s: no memory for a workbook", path);
    make_formats(&b);
    set_properties(&b);
    sheet_of_text(&b);
    bool drawn = sheets_of_maps(&b, pictures, error);
    sheet_of_statistics(&b);
    for (guint i = 0; i < r->parts->len; i++) {
        const rdl_report_table *t = g_array_index(r->parts, rdl_report_part, i).table;
        if (t && t->sheet)
            sheet_of(&b, t);
    }
    sheet_of_codes(&b);
    lxw_error result = workbook_close(b.workbook);
    if (!drawn)
        return false;
    if (result != LXW_NO_ERROR)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s", path,
                        lxw_strerror(result));
    if (b.failed)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: a sheet takes 1048575 rows; these are more, or a cell was refused",
                        path);
    return rdl_book_check(path, error);
}
