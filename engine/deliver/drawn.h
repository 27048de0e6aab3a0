/* deliver/drawn.h - maps and cards that are drawn: first on record, then seen. */
#ifndef RDL_DELIVER_DRAWN_H
#define RDL_DELIVER_DRAWN_H

#include "rectify/rectify.h"

typedef struct rdl_drawn {
    const char *ledger;  /* path; needed with `by` */
    const char *profile; /* "map", "card" */
    const char *by, *on; /* who draws (NULL: not on record), and the day (NULL: the ledger's) */
    const char *unit, *language;
} rdl_drawn;

/** Put the outputs (of rdl_output, written and not committed) on record as one export.made with the
 *  digest of each, and commit them, then `told` (rdl_made_begin(); NULL: none). None appears
 *  without its event. No outputs: no event.
 *  Fails: RDL_ERROR_IO; whatever the ledger fails with. */
bool rdl_drawn_commit(const rdl_drawn *drawn, const GPtrArray *outputs, rdl_output *told,
                      GError **error);

#endif
