/* deliver/reach.h - what the list of a unit does not hold: sites on its ground that others answer
 * for. */
#ifndef RDL_DELIVER_REACH_H
#define RDL_DELIVER_REACH_H

#include "rectify/rectify.h"

typedef struct rdl_reaching {
    guint n;     /* sites that lie in the unit in part and are counted by another */
    char *sites; /* "V-1 (321202, 25.0 %), V-2 (321202, 3.1 %)": each by the task that stands for
                    it, by id, with that other unit and the share of its ground that lies in the
                    unit; owned; NULL: none */
    bool known;  /* a layer of units is at hand; else nothing is known of them */
    bool lost;   /* the ledger records one, and it is not to be had any more */
} rdl_reaching;
/** Of `unit`. `recorded`: the ledger's file, beside which the layer it records is looked for. */
RDL_API bool rdl_reaching_read(rdl_ledger *ledger, const char *recorded, const char *unit,
                               rdl_reaching *reaching, GError **error);

#endif
