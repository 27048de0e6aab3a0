/* deliver/exchange/statistics.h - counts of matters by unit and by zone and activity.
 *
 * A matter is a task, but a verification that has been registered is carried by its rectification
 * and not counted twice. all = pending + excluded + longterm + due; due = open + done; what is
 * excluded (dismissed, lawful), pending (not yet verified) or long-term is in no rate. */
#ifndef RDL_DELIVER_EXCHANGE_STATISTICS_H
#define RDL_DELIVER_EXCHANGE_STATISTICS_H

#include "rectify/rectify.h"

typedef struct rdl_counts {
    gint64 all, pending, excluded, longterm, open, done;
    gint64 overdue, pending_overdue; /* due before as_of: of open, of pending */
} rdl_counts;

typedef struct rdl_statistics {
    GArray *states;   /* of rdl_named_count: every task, as the ledger has it */
    GPtrArray *units; /* of rdl_unit_counts, by code */
    GPtrArray *zones; /* of char *, codes in order */
    GPtrArray *activities;
    GHashTable *cells; /* "zone\x1f activity" -> gint64 * */
    rdl_counts total;
} rdl_statistics;

typedef struct rdl_unit_counts {
    char *xzqdm; /* "" where a task has none */
    rdl_counts counts;
} rdl_unit_counts;

typedef struct rdl_named_count {
    const char *name; /* interned */
    gint64 n;
} rdl_named_count;

rdl_statistics *rdl_statistics_new(rdl_ledger *ledger, const GArray *tasks, rdl_day as_of);
void rdl_statistics_free(rdl_statistics *statistics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_statistics, rdl_statistics_free)

gint64 rdl_statistics_cell(const rdl_statistics *statistics, const char *zone,
                           const char *activity);
#endif
