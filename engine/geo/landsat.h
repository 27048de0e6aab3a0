/* geo/landsat.h - a Landsat scene by its metadata file. A private room. */
#ifndef RDL_GEO_LANDSAT_H
#define RDL_GEO_LANDSAT_H

#include "geo/product.h"

/** Is it a name like "LC08_..._MTL.txt"? */
bool rdl_landsat_metadata(const char *name);
/** The reflective bands that `path` (_MTL.txt) names, each with its reflectance scale and offset
 *  where there are such; nodata 0; the items DATE_ACQUIRED, SUN_ELEVATION, SUN_AZIMUTH and others;
 *  as masks the quality bands that are there: QA_PIXEL of Collection 2 (BQA of Collection 1) and of
 *  QA_RADSAT what was dropped or lies behind a mountain (a saturated pixel is kept: a value at the
 *  top of the range is still a bright one). Source: USGS, LSDS-1618 and LSDS-1619.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA (no sensor known, no band named), RDL_ERROR_USAGE (a
 *  resolution other than 0 or 30). */
rdl_product *rdl_landsat_product(const char *path, double resolution, GError **error);

#endif
