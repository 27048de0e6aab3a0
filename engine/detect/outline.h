/* detect/outline.h - runs of a component as a multipolygon. */
#ifndef RDL_DETECT_OUTLINE_H
#define RDL_DETECT_OUTLINE_H

#include "detect/trace.h"
#include "geo/geo.h"

/** A MultiPolygon as little-endian WKB, one polygon for each edge-connected piece of n runs in
 *  order of row and column, and its box. Valid, unless `straight` (detect/trace.h): see to it then.
 * Yours. */
GBytes *rdl_outline_wkb(const rdl_run *runs, size_t n, bool straight, const rdl_grid *grid,
                        rdl_box *box);

#endif
