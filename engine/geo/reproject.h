/* geo/reproject.h - a geometry into another system, its edges kept where they were. */
#ifndef RDL_GEO_REPROJECT_H
#define RDL_GEO_REPROJECT_H

#include "geo/crs.h"
#include "geo/geometry.h"

/** An edge is straight in its layer's own CRS: before its ends are transformed it is cut until the
 *  image of each piece departs from a straight line by at most `tolerance` (units of the target:
 *  rdl_reproject_tolerance()). Fails: RDL_ERROR_CRS when a vertex has no image. */
RDL_API rdl_geometry *rdl_reproject(const rdl_geometry *g, rdl_transform *transform,
                                    double tolerance, GError **error);
/** One millimetre in units of `target` (degrees for a geographic system). */
RDL_API double rdl_reproject_tolerance(const rdl_crs *target);

#endif
