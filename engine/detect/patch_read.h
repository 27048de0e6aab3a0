/* detect/patch_read.h - the runs of a change raster, with what other rasters say about them. */
#ifndef RDL_DETECT_PATCH_READ_H
#define RDL_DETECT_PATCH_READ_H

#include "detect/pair.h"
#include "detect/runs.h"

typedef struct rdl_patch_source {
    const rdl_raster *change;
    const rdl_raster *score; /* on the same grid; NULL */
    const rdl_pair *pair;    /* narrowed to red and nir, on the same grid; NULL */
    int threads, memory_mib;
} rdl_patch_source;

/** All runs of changed pixels (value 2) and their number of pixels.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED, RDL_ERROR_DATA for a value that is not 0, 1 or 2. */
bool rdl_patch_read(const rdl_patch_source *source, const rdl_progress *progress, rdl_runs *runs,
                    gint64 *pixels, GError **error);

#endif
