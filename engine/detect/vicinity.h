/* detect/vicinity.h - strips of runs as rows, each run knowing what lies near it.
 *
 * A row is handed on when the rows within RDL_NEAR below it are known, so what is near does not
 * depend on where strips end. */
#ifndef RDL_DETECT_VICINITY_H
#define RDL_DETECT_VICINITY_H

#include "detect/component.h"
#include "detect/patch_read.h"

typedef bool (*rdl_row_fn)(const rdl_row *row, void *user, GError **error);

typedef struct rdl_vicinity rdl_vicinity;
/** `each` is called with every row from 0 to height - 1, lent; `near_mark` of its figures is set.
 */
rdl_vicinity *rdl_vicinity_new(int height, rdl_row_fn each, void *user);
void rdl_vicinity_free(rdl_vicinity *vicinity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_vicinity, rdl_vicinity_free)
/** The next strip from the top. Fails: as `each` fails. */
bool rdl_vicinity_add(rdl_vicinity *vicinity, const rdl_strip *strip, GError **error);

#endif
