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

#endif
