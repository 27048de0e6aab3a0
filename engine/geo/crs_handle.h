/* geo/crs_handle.h - what is inside an rdl_crs, for the files of geo/ that speak to GDAL. */
#ifndef RDL_GEO_CRS_HANDLE_H
#define RDL_GEO_CRS_HANDLE_H

#include <ogr_srs_api.h>
#include "geo/crs.h"

/** Lent; read only. */
OGRSpatialReferenceH rdl_crs_handle(const rdl_crs *crs);
/** Copies `srs` and sets its axis order; NULL for NULL. */
rdl_crs *rdl_crs_from_handle(OGRSpatialReferenceH srs);
/** A side, in units of the source, over which a transformation is all but a parallel one: 10 km or
 *  0.1 degrees. */
double rdl_transform_side(const rdl_transform *transform);
/** What reprojection remembers of squares of that side: gint64 -> double, both owned. */
GHashTable *rdl_transform_squares(rdl_transform *transform);
/** Set `error` to "<doing>: <what CPL last said>" and return false. Call CPLErrorReset() before. */
bool rdl_fail_gdal(GError **error, rdl_error code, const char *doing);
/** GDALOpenEx() of what a user names, without a word on stderr; NULL leaves the reason for
 *  rdl_fail_gdal(). Pipes and devices are refused unopened. */
void *rdl_gdal_open(const char *path, unsigned flags, const char *const *options);

#endif
