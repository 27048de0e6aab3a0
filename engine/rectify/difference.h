/* rectify/difference.h - where a table of the ledger is not what its events make of it. */
#ifndef RDL_RECTIFY_DIFFERENCE_H
#define RDL_RECTIFY_DIFFERENCE_H

#include "store/store.h"

/** Fail with the first row (by the columns `key`) of a table that is otherwise in `made`, which the
 *  events gave, than in the ledger at `path`: which row and column, what it says, and the way out.
 *  Always false: RDL_ERROR_BALANCE. */
bool rdl_row_differs(rdl_store *ledger, rdl_store *made, const char *path, const char *table,
                     const char *key, GError **error);

#endif
