/* geo/crs_handle.h - what is inside an rdl_crs, for the files of geo/ that speak to GDAL. */
#ifndef RDL_GEO_CRS_HANDLE_H
#define RDL_GEO_CRS_HANDLE_H

#include <ogr_srs_api.h>
#include "geo/crs.h"

/** Lent; read only. */
OGRSpatialReferenceH rdl_crs_handle(const rdl_crs *crs);
/** Copies `srs` and sets its axis order; NULL for NULL. */
rdl_crs *rdl_crs_from_handle(OGRSpatialReferenceH srs);
/** Set `error` to "<doing>: <what CPL last said>" and return false. Call CPLErrorReset() before. */
bool rdl_fail_gdal(GError **error, rdl_error code, const char *doing);

#endif
