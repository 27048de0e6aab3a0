#include "deliver/exchange/book.h"

#include <math.h>
#include "deliver/words.h"

#define CELL_MAX 32767 /* characters Excel takes in a cell */

/* What texts.csv of a pack does not say. */
static const rdl_label labels[] = {
    {"sheet.ledger", "整改台账", "Ledger"},
    {"sheet.reaching", "跨入点位", "Reaching in"},
    {"sheet.statistics", "统计", "Statistics"},
    {"sheet.codes", "代码表", "Codes"},
    {"suspected", "疑似：", "suspected: "},
    {"within", "内", ", "},
    {"assignee", "承办", "assigned to"},
    {"task_id", "任务编号", "task"},
    {"due_original", "原定时限", "original due date"},
    {"owner", "业主", "owner"},
    {"site_id", "点位编号", "site"},
    {"source_id", "来源编号", "source id"},
    {"area_min", "面积下限(公顷)", "least area (ha)"},
    {"area_max", "面积上限(公顷)", "greatest area (ha)"},
    {"met", "完成", "met"},
    {"failed", "（未通过）", " (failed)"},
    {"ordered", "安排", "ordered"},
    {"held", "开展", "held"},
    {"OK", "未反弹", "no rebound"},
    {"REBOUND", "反弹", "rebound"},
    {"PARTIAL_REBOUND", "部分反弹", "partial rebound"},
    {"sent", "移送", "sent"},
    {"accepted", "受理", "accepted"},
    {"answered", "反馈", "answered"},
    {"footprint", "图斑比对", "footprint"},
    {"patch", "遥感监测变化图斑", "change patch"},
    {"verify", "核查", "verification"},
    {"rectify", "整改", "rectification"},
    {"kind", "任务类型", "kind of task"},
    {"by_state", "一、按状态（全部任务）", "1. By state (every task)"},
    {"by_unit", "二、按行政区（问题）", "2. By administrative unit (matters)"},
    {"by_zone", "三、按管控区和活动类型（问题数）", "3. By zone and activity (matters)"},
    {"number", "数量", "number"},
    {"total", "合计", "total"},
    {"none", "未填", "not given"},
    {"all", "问题总数", "all"},
    {"pending", "待核实(疑似)", "to be verified (suspected)"},
    {"excluded", "不属实或合法", "dismissed or lawful"},
    {"longterm", "长期坚持", "long-term"},
    {"due", "应完成", "due"},
    {"done", "已完成", "done"},
    {"open", "整改中", "open"},
    {"rate", "完成率(%)", "done (%)"},
    {"overdue", "逾期", "overdue"},
    {"pending_overdue", "核查逾期", "verification overdue"},
    {"rule",
     "口径：应完成＝总数－待核实－不属实或合法－长期坚持；完成率＝已完成÷应完成，四舍五入到一位小数"
     "。"
     "已立账的核查任务并入其整改任务，不重复计数。",
     "Due = all - to be verified - dismissed or lawful - long-term; rate = done / due, one "
     "decimal, "
     "half up. A verification that was registered is counted once, as its rectification."},
    {"quoted", "",
     "Articles of the law, what they order, names of offices and what persons wrote are quoted in "
     "their own language."},
    {"units_lost",
     "台账记录的行政区图层已不可用（不在原处或者内容已变）：跨行政区的点位未能标出，行政区以代码表"
     "示。",
     "The layer of units the ledger records is not to be had any more (moved or changed): sites "
     "that lie in several units are not marked, and units are named by their codes."},
    {"units_none", "未提供行政区图层：跨行政区的点位未能标出，行政区以代码表示。",
     "No layer of units was given: sites that lie in several units are not marked, and units are "
     "named by their codes."},
    {"group", "类别", "group"},
    {"code", "代码", "code"},
    {"zh", "中文", "Chinese"},
    {"en", "英文", "English"},
    {"state", "状态", "state"},
    {"result", "判定结果", "result"},
    {"zone", "管控区", "zone"},
    {"activity", "活动类型", "activity"},
    {"severity", "等级", "severity"},
    {"tier", "时限类别", "deadline tier"},
    {"warning", "预警", "warning"},
};

const char *rdl_book_word(const rdl_book *b, const char *key)
{
    return rdl_label_of(labels, G_N_ELEMENTS(labels), key, b->job->language);
}

static void note(rdl_book *b, lxw_error result)
{
    b->failed = b->failed || result != LXW_NO_ERROR;
}

static void blank(rdl_book *b, lxw_worksheet *sheet, guint row, int column, lxw_format *format)
{
    note(b, worksheet_write_blank(sheet, row, (lxw_col_t)column, format));
}

char *rdl_book_cut(const char *text)
{
    if (g_utf8_strlen(text, -1) <= CELL_MAX)
        return NULL;
    g_autofree char *head = g_utf8_substring(text, 0, CELL_MAX - 1);
    return g_strconcat(head, "…", NULL);
}

bool rdl_book_when(const char *iso, lxw_datetime *when)
{
    rdl_day day;
    GDate date;

    if (!iso || !rdl_day_parse(iso, &day, NULL))
        return false;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    *when = (lxw_datetime){.year = g_date_get_year(&date),
                           .month = (int)g_date_get_month(&date),
                           .day = g_date_get_day(&date)};
    return true;
}

void rdl_book_text(rdl_book *b, lxw_worksheet *sheet, guint row, int column, const char *text,
                   lxw_format *format)
{
    if (!text || !*text) {
        blank(b, sheet, row, column, format);
        return;
    }
    g_autofree char *cut = rdl_book_cut(text);
    note(b, worksheet_write_string(sheet, row, (lxw_col_t)column, cut ? cut : text, format));
}

void rdl_book_date(rdl_book *b, lxw_worksheet *sheet, guint row, int column, const char *iso)
{
    lxw_datetime when;

    if (rdl_book_when(iso, &when))
        note(b, worksheet_write_datetime(sheet, row, (lxw_col_t)column, &when, b->date));
    else
        rdl_book_text(b, sheet, row, column, iso, b->text);
}

void rdl_book_real(rdl_book *b, lxw_worksheet *sheet, guint row, int column, double value,
                   lxw_format *format)
{
    if (isnan(value))
        blank(b, sheet, row, column, format);
    else
        note(b, worksheet_write_number(sheet, row, (lxw_col_t)column, value, format));
}

void rdl_book_whole(rdl_book *b, lxw_worksheet *sheet, guint row, int column, gint64 value)
{
    rdl_book_real(b, sheet, row, column, (double)value, b->whole);
}

lxw_worksheet *rdl_book_sheet(rdl_book *b, const char *key)
{
    lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, rdl_book_word(b, key));

    if (!sheet) {
        b->failed = true;
        return NULL;
    }
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 8); /* A3 */
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_footer(sheet, "&L&A&R&P / &N");
    return sheet;
}
