/* rectify/count.h - how many tasks there are, of which unit, in which state. */
#ifndef RDL_RECTIFY_COUNT_H
#define RDL_RECTIFY_COUNT_H

#include "rectify/ledger.h"

/** {"as_of", "head", "tasks": n, "rebounds", "partial_rebounds", "rows": [{"xzqdm", "kind",
 * "state", "tasks", "overdue", "rebounds", "partial_rebounds"}]}, by unit, kind and state as they
 * were at the end of `as_of`; overdue counts open tasks whose due date, as it stood that day, was
 * past by then. A rebound leaves its closed row on record and goes on as the same task: rows closed
 * and registered again are counted beside the task's state, so that tasks + rebounds +
 * partial_rebounds = rows on record. A unit whose code is unknown is null. Read from the
 * rows of the ledger, not by playing its events again: a million tasks take seconds. Yours. */
RDL_API JsonNode *rdl_ledger_count(rdl_ledger *ledger, rdl_day as_of, GError **error);

#endif
