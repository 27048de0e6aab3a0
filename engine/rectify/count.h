/* rectify/count.h - how many tasks there are, of which unit, in which state. */
#ifndef RDL_RECTIFY_COUNT_H
#define RDL_RECTIFY_COUNT_H

#include "rectify/ledger.h"

/** {"as_of", "head", "tasks": n, "rows": [{"xzqdm", "kind", "state", "tasks", "overdue"}]}, by
 * unit, kind and state as they were at the end of `as_of`; overdue counts open tasks whose due
 * date, as it stood that day, was past by then. A unit whose code is unknown is null. Read from the
 * rows of the ledger, not by playing its events again: a million tasks take seconds. Yours. */
RDL_API JsonNode *rdl_ledger_count(rdl_ledger *ledger, rdl_day as_of, GError **error);

#endif
