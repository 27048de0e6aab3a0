/* geo/ortho.h - pictures that say where they lie by control points or rational polynomials. A
 * private room.
 *
 * RPC: Grodecki & Dial 2003, "Block adjustment of high-resolution satellite images described by
 * rational polynomials"; their heights are above the ellipsoid. GDAL computes both. */
#ifndef RDL_GEO_ORTHO_H
#define RDL_GEO_ORTHO_H

#include <gdal.h>
#include "geo/raster.h"

typedef struct rdl_ortho rdl_ortho; /* read-only once made */

/** How the picture is laid on the ground, and the north-up grid of its own pixel size in UTM (of
 *  its control points' system where that is a projected one) that it covers: `*grid`, to be
 *  cleared. *ortho NULL without error where it has neither points nor polynomials. Fails:
 *  RDL_ERROR_CRS; RDL_ERROR_IO when the DEM cannot be opened. */
bool rdl_ortho_find(GDALDatasetH picture, const char *path, const rdl_raster_options *how,
                    rdl_ortho **ortho, rdl_grid *grid, GError **error);
void rdl_ortho_free(rdl_ortho *ortho);
/** Options of GDAL's transformer, to be freed by CSLDestroy(); NULL for NULL. */
char **rdl_ortho_options(const rdl_ortho *ortho);
/** "RPC on dem.tif"; NULL for NULL. Lent. */
const char *rdl_ortho_text(const rdl_ortho *ortho, bool *flat);

#endif
