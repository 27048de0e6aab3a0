/* detect/reference.h - one side of a comparison: rasters or polygons as classes of a change raster.
 */
#ifndef RDL_DETECT_REFERENCE_H
#define RDL_DETECT_REFERENCE_H

#include "geo/geo.h"

typedef struct rdl_side rdl_side; /* one thread's */

/** A raster: values in `changed` and `unchanged` ("2", "1-3,7", "128-"; NULL: as assess.h says).
 *  With `grid`, which must live longer, it is brought onto it by its nearest pixels; else it sets
 *  the grid. Fails: RDL_ERROR_IO, RDL_ERROR_USAGE, RDL_ERROR_CRS. */
rdl_side *rdl_side_of_raster(const char *path, const char *changed, const char *unchanged,
                             const rdl_grid *grid, GError **error);
/** Polygons on `grid`. Without `field` all of them are changed, and outside is unchanged; with it
 *  they are labelled "changed" or "unchanged" (or 2, 1), and the rest is not known. */
rdl_side *rdl_side_of_polygons(const char *source, const rdl_grid *grid, const char *field,
                               GError **error);
void rdl_side_free(rdl_side *side);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_side, rdl_side_free)
const rdl_grid *rdl_side_grid(const rdl_side *side);
/** 0 not known, 1 unchanged, 2 changed. Fails: RDL_ERROR_IO. */
bool rdl_side_read(rdl_side *side, rdl_block block, uint8_t *classes, GError **error);
/** Read by default (all but 0 is changed), does the raster hold 1 and 2 and nothing else but 0, as
 *  one that calls 1 unchanged and 2 changed would? To be asked once all of it was read. */
bool rdl_side_in_doubt(const rdl_side *side);
/** What GDAL makes of a path: a raster? Silent. */
bool rdl_is_raster(const char *path);

#endif
