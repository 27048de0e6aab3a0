/* deliver/reach.h - what the list of a unit does not hold: sites on its ground that others answer
 * for. */
#ifndef RDL_DELIVER_REACH_H
#define RDL_DELIVER_REACH_H

#include "rectify/rectify.h"

/** "V-1 (321202, 25.0 %), V-2 (321202, 3.1 %)": the sites that lie in `unit` in part and are counted
 *  by another unit, each by the task that stands for it, by id, with that other unit and the share of
 *  its ground that lies in `unit`. `recorded`: the ledger's file, beside which the layer of units it
 *  records is looked for; where that is gone nothing is known. *n: how many; NULL with 0: none.
 *  Yours. */
RDL_API char *rdl_reaching(rdl_ledger *ledger, const char *recorded, const char *unit, guint *n,
                           GError **error);

#endif
