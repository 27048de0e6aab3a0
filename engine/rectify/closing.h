/* rectify/closing.h - may a rectification be closed, by the pack's conditions of substance.
 *
 * The pack's closeout.csv (class, activities, zones, when, documents, imagery, src; lists with |,
 * * any) is a decision table: for reserves, that of the ministry's clean-up (domain 3.7). Rows that
 * fit the same finding are alternatives; every paper and every sight a row names must be there.
 * Each is yes, no or unknown, and so is what follows (Kleene 1952): a paper is yes when it is on
 * file, else unknown; CLEARED asks the newest scene since the claim that tells
 * (verification.h): no when the disturbance stands, yes when at its most less than `doubt` and
 * at its middle no more than `restored` does; STABLE asks the ground's NDVI less its neighbours' in
 * three such scenes or more: no when it falls (Sen's slope, Kendall at 10 %), yes when it rises;
 * when it does neither, yes of ground that is `recovery` of the way back, else unknown (bare ground
 * that stays bare is no restoration). The table tells; a person closes. */
#ifndef RDL_RECTIFY_CLOSING_H
#define RDL_RECTIFY_CLOSING_H

#include "rectify/ledger.h"

/** {"task_id", "closeable": "yes" | "no" | "unknown"; NULL where no row fits, as
 *  for a clue, "lacks": [a text each: what the row that asks for least more does not have yet, and
 *  what the ledger itself waits for: measures, milestones, answers to transfers, a claim that no
 *  scene contradicts], "rows": [{"finding",
 *  "class", "src", "holds", "needs": [{"what", "holds", "why"}]}]}, findings by id, rows as in the
 *  table. Yours. Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA where the table cannot be read. */
RDL_API JsonNode *rdl_ledger_closing(rdl_ledger *ledger, const char *task_id, GError **error);

#endif
