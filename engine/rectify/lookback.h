/* rectify/lookback.h - when closed work is looked at again.
 *
 * The pack's lookbacks.csv (months, early_days, rate, src) gives the scheduled passes, told from
 * the day of closing by deadline.h's months. A look-back held from `early_days` before a pass on is
 * that pass; one that was ordered, or raised by new ground at a closed place or within the pack's
 * pos_tolerance_m of it, is due the day it was.
 *
 * A pass whose `rate` is below 1 is by lot (draw.h): of the closed tasks in the pools of draws with
 * the purpose lookback-MONTHS, at that rate or more, those drawn are due. No table asks for a draw
 * of the purpose lookback, a sample beside the passes: who is drawn after the closing is due that
 * day, until looked at then or later. */
#ifndef RDL_RECTIFY_LOOKBACK_H
#define RDL_RECTIFY_LOOKBACK_H

#include "rectify/ledger.h"

/** Passes not held by `as_of`: [{"task_id", "problem_id", "xzqdm", "closed", "pass" (months, or
 *  "ordered", "sampled"), "due", "status": "OVERDUE" (the day of its pass has gone by), "DUE"
 *  (so are "ordered" and "sampled" ones: no period is given for them) or "UNDRAWN" (by lot, and in
 *  no draw's pool yet), "clue" (of one that was raised: rebound.h)}], by due day and
 * task; a pass still further off than its `early_days` is not told. As of any day, from the moves
 * and look-backs dated until then. Yours. Fails: RDL_ERROR_DATA where the table cannot be read. */
RDL_API JsonNode *rdl_ledger_lookbacks(rdl_ledger *ledger, rdl_day as_of, GError **error);

/** Letters pulled into the queue (domain no. 101): tasks closed from `since` to `as_of` at the
 * place of a letter received by then that is neither unfounded nor a duplicate, and not looked at
 * again since. Rows as above, of the pass "letter", due on `as_of`, with "letters" (their numbers,
 * apart by blanks), by task. Nothing is put on record: who looks moves the task. Yours. */
RDL_API JsonNode *rdl_ledger_lookbacks_of_letters(rdl_ledger *ledger, rdl_day since, rdl_day as_of,
                                                  GError **error);

/** Has it moved elsewhere (domain no. 71)? Sites of the owner of closed work that the ledger first
 *  knew after the closing: [{"task_id", "closed", "owner", "activity", "site_id", "source_id",
 *  "found", "xzqdm", "site_activity", "same_activity"}], by task and site. Owners are compared
 * letter by letter. A clue to look at, no event. Yours. */
RDL_API JsonNode *rdl_ledger_relocations(rdl_ledger *ledger, GError **error);

#endif
