/* geo/reproject.h - a geometry into another system, its edges kept where they were. */
#ifndef RDL_GEO_REPROJECT_H
#define RDL_GEO_REPROJECT_H

#include "geo/crs.h"
#include "geo/geometry.h"

/** An edge is straight in its layer's own CRS: before its ends are transformed it is cut until the
 *  image of each piece departs from a straight line by at most `tolerance` (units of the target:
 *  rdl_reproject_tolerance()) at its middle and quarters. Longitudes run on over the antimeridian
 *  (179, 181): see rdl_fold(). The result may be invalid: it is not repaired here.
 *  Fails: RDL_ERROR_CRS when a vertex has no image, or a ring in degrees goes round a pole. */
RDL_API rdl_geometry *rdl_reproject(const rdl_geometry *g, rdl_transform *transform,
                                    double tolerance, GError **error);
/** The same for polygons in WKB where the vertices are all there is to do: every edge too short to
 *  bend, no edge half a turn long. Most features are so, and need no geometry made of them. NULL:
 *  ask rdl_reproject(). Yours. */
RDL_API GBytes *rdl_wkb_reproject(GBytes *wkb, rdl_transform *transform, double tolerance);
/** `take_g`, a valid geometry in `crs`, cut where it goes over the antimeridian and brought within
 *  half a turn of the prime meridian; itself where it lies there, or `crs` is not geographic. */
RDL_API rdl_geometry *rdl_fold(rdl_geometry *take_g, const rdl_crs *crs, GError **error);
/** One millimetre in units of `target` (degrees for a geographic system). */
RDL_API double rdl_reproject_tolerance(const rdl_crs *target);

#endif
