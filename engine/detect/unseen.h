/* detect/unseen.h - how much of the places of the epoch before can be seen this time. */
#ifndef RDL_DETECT_UNSEEN_H
#define RDL_DETECT_UNSEEN_H

#include "detect/lineage.h"

/** Tell of each ancestor that is not gone what share of its outline is observed in `change` (0 is
 * not observed; outside the raster nothing is) and what share has changed, and where a tenth or
 * more is not observed the outline of that: a cloud over a place does not say that it is gone, nor
 * over half of it that it shrank. Before rdl_lineage_settle(). Fails: RDL_ERROR_IO,
 *  RDL_ERROR_INTERNAL. */
bool rdl_lineage_look(rdl_lineage *lineage, rdl_raster *change, GError **error);

#endif
