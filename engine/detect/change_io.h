/* detect/change_io.h - the last pass over a pair: scores, classes, files. */
#ifndef RDL_DETECT_CHANGE_IO_H
#define RDL_DETECT_CHANGE_IO_H

#include "detect/decision.h"

typedef struct rdl_change_pass {
    const rdl_pair *pair;
    const rdl_decision *decision;
    rdl_blocks blocks;
    rdl_raster_writer *change;      /* RDL_PIXEL_U8 */
    rdl_raster_writer *score;       /* RDL_PIXEL_F32; NULL: not wanted */
    rdl_raster_writer *probability; /* of no change, RDL_PIXEL_F32; NULL: not wanted */
    rdl_raster_writer *direction;   /* RDL_PIXEL_U8; NULL: not wanted; by detect/direction.h */
    int threads;
    gint64 observed, changed; /* out */
} rdl_change_pass;

/** Score, classify and hand over every block; the files are still to be finished. Fails:
 * RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
bool rdl_change_pass_run(rdl_change_pass *pass, const rdl_progress *progress, GError **error);

#endif
