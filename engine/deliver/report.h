/* deliver/report.h - bulletins: the numbers of a ledger over a month, a quarter or a year, in
 * words, tables, charts and a map; and monitoring reports, of what was found.
 *
 * What a bulletin says is counted by rectify/statistic.h of the ledger as it stood on one day; its
 * sentences are those of the pack (texts.csv, sentence.*). No clock is asked: the same period of
 * the same ledger gives the same bytes, whatever happens in it later. */
#ifndef RDL_DELIVER_REPORT_H
#define RDL_DELIVER_REPORT_H

#include "rectify/rectify.h"

typedef struct rdl_report_options {
    const char *output;   /* ends in .xlsx, .pdf, .html, .md, .json or .csv; needed */
    const char *kind;     /* "month" (default), "quarter", "year"; "monitoring" */
    const char *period;   /* 2026-10, 2026-Q4, 2026; NULL: that of the ledger's latest day, of
                             monitoring its year */
    const char *unit;     /* a code or the beginning of one; NULL: all */
    const char *units;    /* layer of units instead of the recorded one; NULL */
    const char *language; /* "zh", "en"; NULL: that of the ledger's pack */
    const char *compiler; /* who answers for it; NULL: not named */
    const char *by;       /* who writes it: the export is put on record; NULL: it is not */
    const char *on;       /* day of the record, ISO; NULL: the ledger's latest */
    rdl_day as_of; /* within the period; 0: its last day, of the latest period the latest day */
    bool public_version; /* no names of persons, no places, no clue that is not verified, nor of
                            what kind clues are: their number, by unit */
    bool overwrite;
    GPtrArray *warnings; /* takes what could not be told, as char *; NULL */
} rdl_report_options;
#define RDL_REPORT_OPTIONS_INIT \
    {                           \
        .kind = "month"         \
    }

/** Write a bulletin, or a monitoring report after the chapter on reports of HJ 1156-2021: data and
 *  method, results by zone, type, unit and change, key problems, annexes. Of monitoring each
 * finding that is neither CLEAN nor of a place that was dismissed is told; a place is counted once,
 * by the finding its task is about; areas are area_own_m2. xlsx: a sheet of text and charts, a map
 * (internal), sheets of statistics, of warnings, tasks and codes; pdf (A4), html, md: text, tables,
 * charts and a map (internal; md without both), lists of at most 200 rows, what is cut off is said;
 * json, csv: the numbers by codes, rates in percent, areas in m2. tally: report.tasks (in: tasks of
 * the ledger as of the day; used: counted as matters; suppressed REGISTERED: counted as their
 * rectification, OUTSIDE_UNIT); of monitoring report.findings (suppressed CLEAN, DISMISSED,
 * OUTSIDE_UNIT) too. Fails: RDL_ERROR_USAGE (an option, the period, a language the pack has no
 * words in), as rdl_statistic_new(), RDL_ERROR_NOT_FOUND (no font), RDL_ERROR_IO. No file is left
 * then. */
RDL_API bool rdl_report(const char *ledger, const rdl_report_options *options, rdl_tally *tally,
                        GError **error);

#endif
