/* rectify/statistic.h - the numbers of a ledger on a day, and over a period, as tables.
 *
 * A matter is a task, but a verification that was registered is carried by its rectification and
 * not counted twice. By column `counts` of states.csv
 *     all = pending + excluded + longterm + due,  due = done + open,  rate = done / due
 * so that duplicates and unfounded matters leave the denominator first (domain 4.7); a matter for
 * the long term is in no rate. The second rate looks only at what had to be done by then: dated =
 * matters of `due` whose day has come, on_time = those of them done by it. overdue: open past the
 * day as it stands, overdue_original past the first one, pending_overdue: not verified in time,
 * undated: open without a day, reopened and not planned yet.
 * rebounds, partial_rebounds (another activity at the place): closed rows that were registered
 * again. The closed row stays as it was and is in no other column, so that all + rebounds +
 * partial_rebounds = rows on record (domain 4.8).
 * What is not given is a row of its own. Areas are of the gravest finding's own ground
 * (area_own_m2), in m2. A matter whose gravest finding has none is told apart, in no sum of theirs:
 * outside_area is what of its ground lies outside all zones (the finding is of a rule for
 * everywhere), taken_area what a finding covers that stricter zones, or a later division of the same
 * ground, have as their own. Of matters left out neither is told.
 *
 * Tables of the day: total, by_unit, by_department, by_source, by_category, by_aspect, by_nature,
 * by_tier, by_zone, by_activity, by_zone_activity, by_severity, by_year (of the due date), each
 * with the columns above; by_area (unit); by_wetland (unit: of
 * declared land, rectify/wetland.h, of the newest scene of each of `measured` matters); by_state (every task); excluded (state, reason);
 * by_warning; by_rebound (unit); measures; letters, letters_by_batch, letters_by_unit. With a
 * period: moves_by_unit, moves_by_month. */
#ifndef RDL_RECTIFY_STATISTIC_H
#define RDL_RECTIFY_STATISTIC_H

#include "rectify/ledger.h"

typedef enum {
    RDL_QUANTITY_CODE,  /* text; NULL: not given */
    RDL_QUANTITY_COUNT, /* a whole number; NaN: not known */
    RDL_QUANTITY_RATE,  /* tenths of a percent, half up; NaN: nothing to divide by */
    RDL_QUANTITY_AREA   /* m2 */
} rdl_quantity;

typedef struct rdl_statistic_column {
    const char *key;
    rdl_quantity quantity;
} rdl_statistic_column;

typedef struct rdl_statistic_cell {
    const char *text; /* of a code */
    double number;    /* of all else; of a code its place in the pack's list, by which rows come */
} rdl_statistic_cell;

/** Columns that name a row come first. Rows by their codes, in the pack's order, what is not given
 *  last. */
typedef struct rdl_statistic_table {
    const char *key;
    const rdl_statistic_column *columns;
    guint n_columns, n_codes, n_rows;
    GArray *cells; /* of rdl_statistic_cell, row by row */
    bool total;    /* the last row is the sum of those before it */
} rdl_statistic_table;

typedef struct rdl_statistic rdl_statistic;

typedef struct rdl_statistic_options {
    rdl_day as_of;            /* needed; the ledger is taken to hold nothing of a later day */
    rdl_day from;             /* first day of the period that ends with as_of; 0: no period */
    const char *unit;         /* a code or the beginning of one; NULL: all */
    const char *const *units; /* codes that are listed even with nothing in them, NULL ends; NULL */
} rdl_statistic_options;

/** Count a ledger; of a past day that of rdl_ledger_as_of(). Fails: RDL_ERROR_BALANCE when a table
 *  does not add up to what the ledger holds. */
RDL_API rdl_statistic *rdl_statistic_new(rdl_ledger *ledger, const rdl_statistic_options *options,
                                         GError **error);
RDL_API void rdl_statistic_free(rdl_statistic *statistic);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_statistic, rdl_statistic_free)
/** Hash of the last event that is counted in it: that something was exported changes no number.
 * Lent. */
RDL_API const char *rdl_statistic_head(const rdl_statistic *statistic);
/** Tasks of the ledger, of every unit. */
RDL_API gint64 rdl_statistic_tasks(const rdl_statistic *statistic);
RDL_API guint rdl_statistic_count(const rdl_statistic *statistic);
RDL_API const rdl_statistic_table *rdl_statistic_at(const rdl_statistic *statistic, guint i);
/** Table by key; NULL where there is none. */
RDL_API const rdl_statistic_table *rdl_statistic_find(const rdl_statistic *statistic,
                                                      const char *key);
RDL_API const rdl_statistic_cell *rdl_statistic_cell_at(const rdl_statistic_table *table, guint row,
                                                        guint column);
/** Number of a column (by key) in the row whose first code is `code` (NULL: that which is not
 *  given); NaN where there is no such row or column. */
RDL_API double rdl_statistic_number(const rdl_statistic_table *table, const char *code,
                                    const char *column);
/** The same in the last row of a table, its total. */
RDL_API double rdl_statistic_total(const rdl_statistic_table *table, const char *column);

/** part / whole in tenths of a percent, half up; -1 where whole is not above 0. */
RDL_API int rdl_rate_tenths(gint64 part, gint64 whole);

#endif
