/* geo/area.h - area and length on the ellipsoid.
 *
 * An edge is straight in its layer's CRS. The area is the line integral of the authalic function
 * S(phi) d(lambda) along the true image of each edge on the ellipsoid (Snyder 1987, USGS PP 1395,
 * eq. 3-12), by Simpson's rule on pieces of an edge no longer than 0.5 degree or 5 km: no
 * densified copy, and exact to about 1e-9 of the area. Rings of a projected system near a pole are
 * measured in the azimuthal equal-area plane about it, where longitudes do not run wild. */
#ifndef RDL_GEO_AREA_H
#define RDL_GEO_AREA_H

#include "geo/crs.h"
#include "geo/border.h"
#include "geo/geometry.h"

typedef struct rdl_measure rdl_measure; /* one thread's */

/** For geometries in `crs`. Fails: RDL_ERROR_CRS. */
RDL_API rdl_measure *rdl_measure_new(const rdl_crs *crs, GError **error);
RDL_API void rdl_measure_free(rdl_measure *measure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_measure, rdl_measure_free)

/** Area in square metres of all polygons of `g` (0 for points and lines).
 *  Fails: RDL_ERROR_CRS when a vertex cannot be put on the ellipsoid. */
RDL_API bool rdl_measure_area(rdl_measure *measure, const rdl_geometry *g, double *m2,
                              GError **error);
/** The same from polygon WKB (2D, little-endian, as rdl_rings_of() reads it; anything else is 0).
 *  Small rings are measured through the ratio of ground to plane, a quadratic over a cell of a few
 *  kilometres that reproduces the exact areas of its nine parts: equal to the line integral to
 *  1e-10 of the area, without a transformation a vertex. */
RDL_API bool rdl_measure_wkb(rdl_measure *measure, const void *wkb, size_t n, double *m2,
                             GError **error);
/** Area in square metres of one ring of such WKB, whichever way it runs. */
RDL_API bool rdl_measure_wkb_ring(rdl_measure *measure, const rdl_ring *ring, double *m2,
                                  GError **error);
/** Length in metres of all lines of `g`; of polygons the perimeter. */
RDL_API bool rdl_measure_length(rdl_measure *measure, const rdl_geometry *g, double *m,
                                GError **error);
/** Perimeter in metres of such WKB. Short edges (a quarter of a cell at most) are measured through
 *  metres a unit along x and y, bilinear over the cell and held against twenty lengths in it: equal
 *  to rdl_measure_length() within 1e-6 of the length, without a transformation a vertex. Longer
 *  edges, and cells that do not hold, are measured as there. */
RDL_API bool rdl_measure_wkb_length(rdl_measure *measure, const void *wkb, size_t n, double *m,
                                    GError **error);
/** Area in square metres of a closed ring of n points, the last equal to the first; positive
 *  when it runs counter-clockwise. */
RDL_API bool rdl_measure_ring(rdl_measure *measure, size_t n, const double *x, const double *y,
                              double *signed_m2, GError **error);
/** Longitude and latitude in degrees of a point, on the CRS's own ellipsoid. */
RDL_API bool rdl_measure_lonlat(rdl_measure *measure, double x, double y, double *lon, double *lat,
                                GError **error);
/** The same for n points in place. */
RDL_API bool rdl_measure_lonlats(rdl_measure *measure, size_t n, double *x, double *y,
                                 GError **error);
/** No direction near a point (in its cell of some kilometres) has fewer metres a unit; tiny, never
 *  0, where there is no scale. */
RDL_API double rdl_measure_least_scale(rdl_measure *measure, double x, double y);
/** Metres on the ellipsoid per unit of x and of y near a point: rdl_crs_scale_at(). */
RDL_API bool rdl_measure_scale(rdl_measure *measure, double x, double y, double *metres_x,
                               double *metres_y, GError **error);

#endif
