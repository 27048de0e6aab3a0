/* deliver/report_part.h - a bulletin as headings, sentences and tables, before any format. */
#ifndef RDL_DELIVER_REPORT_PART_H
#define RDL_DELIVER_REPORT_PART_H

#include "deliver/disclosure.h"
#include "deliver/flow.h"
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
    unsigned colours[3]; /* 0xRRGGBB, of the series */
} rdl_report_table;

typedef enum {
    RDL_PART_HEAD,
    RDL_PART_TEXT,
    RDL_PART_NOTE,
    RDL_PART_TABLE,
    RDL_PART_MAP
} rdl_part_kind;

typedef struct rdl_report_part {
    rdl_part_kind kind;
    const char *text;
    rdl_report_table *table;
} rdl_report_part;

typedef struct rdl_monitored rdl_monitored;

typedef struct rdl_bulletin {
    const char *title, *subtitle, *language, *as_of, *from,
        *head;     /* head: of the chain of events */
    GArray *parts; /* of rdl_report_part */
    GStringChunk *kept;
    rdl_ledger *ledger; /* as it stood that day */
    const rdl_map_data *units;
    rdl_statistic *statistic;
    rdl_style *changes; /* styles/patch.sld, for its words; NULL until asked */
    const rdl_report_options *options;
    rdl_disclosure *disclosure; /* of a public version; else NULL */
    GPtrArray *numbers;       /* of const rdl_statistic_table: what it tells, for programs; lent */
    const char *path;         /* of the ledger */
    rdl_map_data *map;        /* NULL: no map is drawn */
    rdl_monitored *monitored; /* NULL: a bulletin */
} rdl_bulletin;

/** A word of this folder in the report's language. Lent. */
const char *rdl_report_word(const rdl_bulletin *report, const char *key);
/** Fill an empty report of which ledger, units, language, days and options are set. */
bool rdl_report_compose(rdl_bulletin *report, GError **error);
/** What monitoring found, counted: its tables go into `numbers`, and its findings into the tally
 *  (report.findings, suppressed CLEAN, DISMISSED, OUTSIDE_UNIT). */
bool rdl_report_monitor(rdl_bulletin *report, rdl_tally *tally, GError **error);
void rdl_monitored_free(rdl_monitored *monitored);
/** The same for a monitoring report (after HJ 1156, chapter 9). */
bool rdl_report_compose_monitored(rdl_bulletin *report, GError **error);
/** Data and method: what the findings were made from and how. */
bool rdl_report_method(rdl_bulletin *report, GError **error);
/** Word of a kind of change: a rule of styles/patch.sld, or a time case of the pack. */
const char *rdl_report_change(rdl_bulletin *report, const char *code);
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
/** A number in words, "12" and "1.2345" ha of m2. Kept. */
const char *rdl_report_count(rdl_bulletin *report, double number);
const char *rdl_report_hectares(rdl_bulletin *report, double m2);
typedef struct rdl_paragraph {
    rdl_bulletin *r;
    GString *text;
} rdl_paragraph;
/** Add a sentence; one the pack has no words for (NULL, "") is left out. */
void rdl_report_say(rdl_paragraph *p, char *take_sentence);
/** The stop of the last sentence becomes a comma: what is said next belongs to it. */
void rdl_report_go_on(rdl_paragraph *p);
/** Put it into the report, and begin anew. */
void rdl_report_end(rdl_paragraph *p, rdl_part_kind kind);
/** A code that names a row, as it may be told; NULL: none, or it holds a name and this is for the
 *  public. Lent. */
const char *rdl_report_code(const rdl_bulletin *r, const rdl_statistic_table *table, guint row,
                            guint column);
/** Is a column of a table told, is a row named? All but kinds of clues in a bulletin for the
 * public: all, pending and excluded stand in the total and by unit alone, and a kind that has
 * nothing else has no row. */
bool rdl_report_tells(const rdl_bulletin *r, const rdl_statistic_table *table, guint column);
bool rdl_report_names(const rdl_bulletin *r, const rdl_statistic_table *table, guint row);
/** A table of numbers with the words of its codes; areas are rounded so that rows make the sum. */
rdl_report_table *rdl_report_numbers(rdl_bulletin *report, const rdl_statistic_table *numbers);
/** `label`, `series` (NULL ends): keys of its columns. */
void rdl_report_set_chart(rdl_bulletin *report, rdl_report_table *table, rdl_chart chart,
                          const char *label, const char *const *series);
/** A note where no layer of units is at hand: what the report cannot tell then. */
void rdl_report_lost_units(rdl_bulletin *report);
/** "泰州市 (3212)"; the code alone where it has no name; "未填" for NULL. */
const char *rdl_report_unit(rdl_bulletin *report, const char *xzqdm);

/* ---- for those who write ---- */

/** Rows of a table shown outside a workbook, and those then left out. */
guint rdl_report_rows(const rdl_report_table *table, guint *left_out);
/** A number as it is read; "—" for NaN. Yours. */
char *rdl_report_number(rdl_cell_kind kind, double number);
/** A chart as SVG; NULL where the table has none or too many rows for one. Yours. */
char *rdl_report_chart(const rdl_report_table *table, double width, double *height);

/** A map of the whole, on paper; nothing where the report has none. */
bool rdl_report_map(rdl_flow *flow, const rdl_bulletin *report, const char *title, GError **error);
/** The same as a PNG, for what is read on a screen; of no bytes where there is no map. Yours. */
GBytes *rdl_report_picture(const rdl_bulletin *report, const char *title, GError **error);
bool rdl_report_markdown(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_html(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_json(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_csv(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_book(const rdl_bulletin *report, const char *path, GError **error);
bool rdl_report_page(const rdl_bulletin *report, const char *path, GError **error);

#endif
