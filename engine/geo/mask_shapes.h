/* geo/mask_shapes.h - masks that are polygons: the GML in which Sentinel-2 L1C told of clouds
 * before processing baseline 04.00 (QI_DATA/MSK_CLOUDS). */
#ifndef RDL_GEO_MASK_SHAPES_H
#define RDL_GEO_MASK_SHAPES_H

#include "geo/crs.h"
#include "geo/geometry.h"

/** What rdl_raster_mask() says of such a mask in place of values. */
#define RDL_MASK_SHAPES "polygons"

/** The polygons of a file written in system `from`, in `to`: rdl_geometry *, which the array owns;
 *  none where nothing is masked. Fails: RDL_ERROR_IO, RDL_ERROR_DATA (no XML, or polygons that
 *  cannot be read), RDL_ERROR_CRS. */
RDL_API GPtrArray *rdl_mask_shapes_read(const char *path, const rdl_crs *from, const rdl_crs *to,
                                        GError **error);

#endif
