/* geo/distance.h - distance on the ellipsoid between two geometries.
 *
 * Both are put into the azimuthal equidistant projection of the CRS's own ellipsoid (Snyder 1987,
 * USGS PP 1395, ch. 25) centred on the point of `a` nearest to `b`, first guessed, then found
 * again: there distances from the centre are true, so the shortest one is. Edges are straight in
 * their CRS and cut to a millimetre before they are moved (geo/reproject.h). */
#ifndef RDL_GEO_DISTANCE_H
#define RDL_GEO_DISTANCE_H

#include "geo/crs.h"
#include "geo/geometry.h"

/** *m: metres between the nearest points of `a` and `b`, both in `crs`; 0 where they meet.
 *  Fails: RDL_ERROR_CRS, RDL_ERROR_DATA (an empty geometry). */
RDL_API bool rdl_geodesic_distance(const rdl_crs *crs, const rdl_geometry *a, const rdl_geometry *b,
                                   double *m, GError **error);
/** `box` of `crs` grown by at least `metres` on every side, for queries. `lonlat`: of
 *  rdl_transform_lonlat(). */
RDL_API bool rdl_box_grown(const rdl_crs *crs, rdl_transform *lonlat, rdl_box box, double metres,
                           rdl_box *grown, GError **error);

/** `box`, and where it reaches beyond the antimeridian of a geographic `crs` the same box a turn
 *  back: 1 or 2 boxes into `around`. */
RDL_API int rdl_box_around(const rdl_crs *crs, rdl_box box, rdl_box around[2]);
/** rdl_box_index_query() of all of them: each number once, ascending. */
RDL_API void rdl_box_index_around(const rdl_box_index *index, const rdl_crs *crs, rdl_box box,
                                  GArray *found);

#endif
