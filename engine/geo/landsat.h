/* geo/landsat.h - a Landsat scene by its metadata file, as one raster. A private room. */
#ifndef RDL_GEO_LANDSAT_H
#define RDL_GEO_LANDSAT_H

#include "base/base.h"

/** For a path ending in _MTL.txt: a virtual raster (as VRT text) of the reflective bands it names,
 *  each with its role as description ("red"), its reflectance scale and offset where there are
 * such, nodata 0, and the items DATE_ACQUIRED and SUN_ELEVATION. Source: USGS, LSDS-1618 and
 * LSDS-1619. NULL without error for any other path. Yours. Fails: RDL_ERROR_IO, RDL_ERROR_DATA (no
 * sensor known, no band named). */
char *rdl_landsat_vrt(const char *path, GError **error);

#endif
