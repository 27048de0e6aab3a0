/* rectify/inspection.h - the problem list of an inspection, in the ledger beside the sites. */
#ifndef RDL_RECTIFY_INSPECTION_H
#define RDL_RECTIFY_INSPECTION_H

#include "rectify/ledger.h"

/** Load a list of problems without a place (XLSX, ODS, CSV; geo/sheet.h). The header is the first
 *  row with at least three names of the pack's fields.csv, or of the master field list itself,
 *  compared as rdl_name_fold() leaves them, what stands in brackets and marks (*, :) left out where
 *  the whole is no name; rows above it are titles. A row without number and
 *  problem adds its measure to the problem above; so does one that repeats number and problem.
 *  What is only xx, X, * or a dash is unknown, as is a date with such in it: never zero, never
 * kept. What no field takes (columns of no known name, a second column of a field, other values in
 * the further rows of a problem) is kept with the problem as it stands ("listed" of
 * rdl_ledger_chain()), and each such column is named and counted in `notes`. A problem with all six
 * mandatory fields is registered, with its rectification, due in the words of the list counted from
 * its start: the day the list gives, else that of the first load (`as_of`), however often a new
 * version comes; a milestone on record stays. One that lacks some is a clue until they are known,
 * and registered with the time limit of the list ("limits"); `notes` (may be NULL) takes a line for
 * each, which says what it lacks, and for each limit that is provisional (no calendar of its year).
 * Loading again adds nothing; other values of a known number change it, but not once it is
 * concluded or long-term (CLOSED_ROW), not before its last event (BEFORE_RECORD), and not where a
 * list without source and batch has another problem under the number (CONFLICT). One transaction.
 * tally: ledger.problems (suppressed ALREADY_THERE, failed NO_PROBLEM, NUMBER_TWICE, CONFLICT,
 * CLOSED_ROW, BEFORE_RECORD), ledger.measures, ledger.columns (suppressed NO_FIELD),
 * ledger.registered (suppressed INCOMPLETE). */
RDL_API bool rdl_ledger_load_problems(rdl_ledger *ledger, const char *path, rdl_day as_of,
                                      rdl_tally *tally, GPtrArray *notes, GError **error);

#endif
