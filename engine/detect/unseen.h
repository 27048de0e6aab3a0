/* detect/unseen.h - places of the epoch before that nobody could see this time. */
#ifndef RDL_DETECT_UNSEEN_H
#define RDL_DETECT_UNSEEN_H

#include "detect/lineage.h"

/** Mark as `unseen` the live ancestors without a link of whose outline less than half is observed
 *  in `change` (0 is not observed; outside the raster nothing is): a cloud over a place does not
 *  say that it is gone. After rdl_lineage_settle(). Fails: RDL_ERROR_IO, RDL_ERROR_INTERNAL. */
bool rdl_lineage_look(rdl_lineage *lineage, rdl_raster *change, GError **error);

#endif
