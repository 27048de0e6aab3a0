/* geo/rescale.h - a copy of a raster with a linear function applied to each band. */
#ifndef RDL_GEO_RESCALE_H
#define RDL_GEO_RESCALE_H

#include "geo/raster.h"

typedef struct rdl_rescale {
    int n;                           /* bands of the copy */
    const int *bands;                /* their numbers in the raster, from 1 */
    const double *slope, *intercept; /* copy = intercept + slope * raster */
    const char *const *items;        /* metadata: name, value, ..., NULL; NULL: none */
} rdl_rescale;

/** Write a tiled DEFLATE GeoTIFF of float32 on the raster's own grid to `path`; what the raster
 *  tags as nodata or masks is NaN. Fails: RDL_ERROR_USAGE when `path` exists, RDL_ERROR_IO,
 *  RDL_ERROR_CANCELLED; no file is left then. */
RDL_API bool rdl_raster_rescale(const rdl_raster *raster, const rdl_rescale *how, const char *path,
                                bool overwrite, const rdl_progress *progress, GError **error);

#endif
