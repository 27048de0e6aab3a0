/* deliver/report_part.h - a bulletin as headings, sentences and tables, before any format. */
#ifndef RDL_DELIVER_REPORT_PART_H
#define RDL_DELIVER_REPORT_PART_H

#include "deliver/map_data.h"
#include "deliver/report.h"

typedef enum {
    RDL_CELL_TEXT,
    RDL_CELL_WHOLE,
    RDL_CELL_RATE,     /* number in tenths of a percent */
    RDL_CELL_HECTARES, /* number in hectares, already rounded to 4 decimals */
    RDL_CELL_DAY       /* text, ISO */
} rdl_cell_kind;

typedef struct rdl_report_column {
    const char *head; /* lent for as long as the report lives, as all words here */
    rdl_cell_kind kind;
    double width; /* in characters */
    bool brief;   /* also on paper, where there is less room */
} rdl_report_column;

/** A cell is text (NULL: empty) or a number (NaN: nothing to tell). */
typedef struct rdl_report_cell {
    const char *text;
    double number;
} rdl_report_cell;

typedef enum { RDL_CHART_NONE, RDL_CHART_BARS, RDL_CHART_COLUMNS } rdl_chart;

typedef struct rdl_report_table {
    const char *key, *title;
    GArray *columns; /* of rdl_report_column */
    GArray *cells;   /* of rdl_report_cell, row by row */
    guint n_rows;
    bool total;      /* the last row is a sum */
    bool sheet;      /* has a sheet of its own in a workbook */
    bool annex;      /* only in a workbook */
    rdl_chart chart; /* of the columns named in `series`, by the text of column `label` */
    guint label, series[3], n_series;
} rdl_report_table;

typedef enum { RDL_PART_HEAD, RDL_PART_TEXT, RDL_PART_NOTE, RDL_PART_TABLE } rdl_part_kind;

typedef struct rdl_report_part {
    rdl_part_kind kind;
    const char *text;
    rdl_report_table *table;
} rdl_report_part;

typedef struct rdl_bulletin {
    const char *title, *subtitle, *language, *as_of, *from,
        *head;     /* head: of the chain of events */
    GArray *parts; /* of rdl_report_part */
    GStringChunk *kept;
    rdl_ledger *ledger; /* as it stood that day */
    const rdl_map_data *units;
    rdl_statistic *statistic;
    const rdl_report_options *options;

} rdl_bulletin;

/** A word of this folder in the report's language. Lent. */
const char *rdl_report_word(const rdl_bulletin *report, const char *key);
/** Fill an empty report of which ledger, units, language, days and options are set. */
bool rdl_report_compose(rdl_bulletin *report, GError **error);
/** Lists of tasks: overdue, warned of, all. */
bool rdl_report_lists(rdl_bulletin *report, GError **error);

/* ---- for those who compose ---- */

const char *rdl_report_keep(rdl_bulletin *report, char *take_text);
void rdl_report_add(rdl_bulletin *report, rdl_part_kind kind, const char *text);
rdl_report_table *rdl_report_add_table(rdl_bulletin *report, const char *key);
void rdl_report_column_add(rdl_report_table *table, const char *head, rdl_cell_kind kind,
                           double width, bool brief);
void rdl_report_cell_text(rdl_report_table *table, const char *text);
void rdl_report_cell_number(rdl_report_table *table, double number);
/** "泰州市 (3212)"; the code alone where it has no name; "未填" for NULL. */
const char *rdl_report_unit(rdl_bulletin *report, const char *xzqdm);

/* ---- for those who write ---- */

/** Rows of a table shown outside a workbook, and those then left out. */
guint rdl_report_rows(const rdl_report_table *table, guint *left_out);
/** A number as it is read; "—" for NaN. Yours. */
char *rdl_report_number(rdl_cell_kind kind, double number);
/** A chart as SVG; NULL where the table has none or too many rows for one. Yours. */
char *rdl_report_chart(const rdl_report_table *table, double width, double *height);

bool rdl_report_markdown(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_html(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_json(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_csv(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_book(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_page(const rdl_bulletin *report, const char *path, GError **error);

#endif
