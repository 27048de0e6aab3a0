/* rectify/dossier.h - what the office keeps of each task beside the task itself. */
#ifndef RDL_RECTIFY_DOSSIER_H
#define RDL_RECTIFY_DOSSIER_H

#include "rectify/task.h"

/** By task id (char *): a JsonObject of text members batch, nature, category, listed and progress,
 *  where they are known, and of arrays, where they have rows: milestones {n, due, text, met},
 *  closeout {n, step, state, at, outcome}, publications {kind, channel, opens, closes}, letters
 *  {letter_no, received}, lookbacks {ordered, held, result}, transfers {body, sent, accepted,
 *  answered, result}; rows as rdl_ledger_chain() has them. A task with nothing is missing. Each
 *  table is read once. Yours to unref. */
RDL_API GHashTable *rdl_ledger_dossiers(rdl_ledger *ledger, GError **error);

/** The states a rectification has still to go through until it counts as done, by the workflow of
 *  its unit and source: the fewest moves, no step back. Empty: it is done, lasts, or is a clue.
 *  GPtrArray of const char * lent by the ledger; yours to unref. */
RDL_API GPtrArray *rdl_task_way(rdl_ledger *ledger, const rdl_task *task, GError **error);

#endif
