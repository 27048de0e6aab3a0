/* detect/trace.h - the outline of pixels as rings along their edges. */
#ifndef RDL_DETECT_TRACE_H
#define RDL_DETECT_TRACE_H

#include "detect/runs.h"

/** A corner of pixels: column and row, counted from the upper left of the raster. */
typedef struct rdl_corner {
    int col, row;
} rdl_corner;

/** Closed rings, one after another: ring i is corners from ends[i-1] (0 for the first) to
 * ends[i]-1, its last equal to its first. The first ring is the shell, the others are holes. */
typedef struct rdl_rings {
    GArray *corners; /* of rdl_corner */
    GArray *ends;    /* of guint */
} rdl_rings;

rdl_rings rdl_rings_new(void);
void rdl_rings_clear(rdl_rings *rings);
/** Outline of n runs that hang together along edges, in order of row and column, into `rings`
 *  (emptied first). Only corners where the outline turns. No ring touches itself; rings may touch
 *  each other at corners, as a valid polygon allows. */
void rdl_trace(const rdl_run *runs, size_t n, rdl_rings *rings);
/** The same rings without their steps, into `straight` (emptied first), in half pixels. Every
 *  straight line lies less than half a pixel from the outline it stands for, and the outline from
 *  it: patches, a pixel or more apart, cannot come to touch. Lines run through the middles of sides
 *  one pixel long, as the boundary of a digitised line does, and through corners of longer ones;
 *  the longest that keep the bound are found as Douglas & Peucker 1973 (The Canadian Cartographer
 *  10(2)) do. Rings of one polygon may meet then where they touched: see that it is valid. */
void rdl_trace_straighten(const rdl_rings *rings, rdl_rings *straight);

#endif
