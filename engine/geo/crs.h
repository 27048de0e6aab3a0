/* geo/crs.h - coordinate reference systems. The one place where axis order is set: x is east and
 * y is north always, longitude before latitude, whatever the authority says. */
#ifndef RDL_GEO_CRS_H
#define RDL_GEO_CRS_H

#include "geo/geometry.h"

typedef struct rdl_crs rdl_crs; /* immutable, counted, may be shared between threads */

/** From "EPSG:4490", WKT or a PROJ string. Yours to unref. Fails: RDL_ERROR_CRS. */
RDL_API rdl_crs *rdl_crs_parse(const char *text, GError **error);
RDL_API rdl_crs *rdl_crs_ref(const rdl_crs *crs);
RDL_API void rdl_crs_unref(rdl_crs *crs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_crs, rdl_crs_unref)

RDL_API const char *rdl_crs_wkt(const rdl_crs *crs);  /* lent */
RDL_API const char *rdl_crs_name(const rdl_crs *crs); /* for messages, lent */
/** Its number in the EPSG register; 0 where it names none. */
RDL_API int rdl_crs_epsg(const rdl_crs *crs);
RDL_API bool rdl_crs_geographic(const rdl_crs *crs);
/** Metres in a unit of a projected system. */
RDL_API double rdl_crs_unit(const rdl_crs *crs);
/** Degrees a unit of a geographic system counts: 1, 0.9 for grads; 1 for other systems. */
RDL_API double rdl_crs_degrees(const rdl_crs *crs);
/** Same system, names and axis order apart. NULL equals only NULL. */
RDL_API bool rdl_crs_same(const rdl_crs *a, const rdl_crs *b);

/** The coordinates that can be in the system at all; what lies wholly outside is in another one.
 *  Degrees: a full turn either side, for layers that run on over the antimeridian. Metres: 5,000 km
 *  round the area of use; only 500 km east and west where the false easting carries the number of
 *  the zone (38500000), for the next zone's eastings begin with another. 100,000 km
 *  either side where the system tells no area of use and is no Transverse Mercator. */
RDL_API rdl_box rdl_crs_limits(const rdl_crs *crs);
/** What coordinates like these may be instead, for people: "x from 303000 to 321015: ...". Yours.
 */
RDL_API char *rdl_crs_misfit(const rdl_crs *crs, rdl_box box);

/** Are `box`'s coordinates y before x? Its middle lies outside the system's area of use, and inside
 *  it once exchanged. False where the system tells no area of use. */
RDL_API bool rdl_crs_exchanged(const rdl_crs *crs, rdl_box box);
/** A Gauss-Kruger system of 3 or 6 degrees whose false easting carries its zone's number, and a box
 * that lies wholly more than half a degree beyond that zone: says which zone it is in, for people.
 * Yours; NULL: it fits, or the system has no such zone. */
RDL_API char *rdl_crs_zone_misfit(const rdl_crs *crs, rdl_box box);
/** Xian 80 or Beijing 54, whose transformation to CGCS2000 is no public knowledge, with none of
 *  its own (TOWGS84, a grid): it must not be mixed with others. */
RDL_API bool rdl_crs_needs_shift(const rdl_crs *crs);
/** It brings its own transformation from one of those two. */
RDL_API bool rdl_crs_has_shift(const rdl_crs *crs);
/** The same system with a transformation to CGCS2000 of three or seven numbers: metres, seconds of
 *  arc, millionths (position vector, EPSG:9606). Yours to unref. Fails: RDL_ERROR_DATA. */
RDL_API rdl_crs *rdl_crs_shifted(const rdl_crs *crs, const double *numbers, size_t n,
                                 GError **error);

/** A transformation of coordinates; belongs to the thread that made it. */
typedef struct rdl_transform rdl_transform;
/** Fails: RDL_ERROR_CRS when there is none between the two. */
RDL_API rdl_transform *rdl_transform_new(const rdl_crs *from, const rdl_crs *to, GError **error);
/** To longitude from Greenwich and latitude, in degrees on the ellipsoid of `from` itself, no datum
 *  shift. */
RDL_API rdl_transform *rdl_transform_lonlat(const rdl_crs *from, GError **error);
RDL_API void rdl_transform_free(rdl_transform *transform);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_transform, rdl_transform_free)
/** A full turn of longitude in units of the target; 0 where that is not geographic. */
RDL_API double rdl_transform_turn(const rdl_transform *transform);
/** In place. Fails: RDL_ERROR_CRS when a point cannot be transformed. */
RDL_API bool rdl_transform_points(rdl_transform *transform, size_t n, double *x, double *y,
                                  GError **error);

/** Semi-major axis (m) and squared first eccentricity of the system's ellipsoid. */
RDL_API void rdl_crs_ellipsoid(const rdl_crs *crs, double *a, double *e2);
/** Metres on the ellipsoid per unit of x and of y near a point. Fails: RDL_ERROR_CRS. */
RDL_API bool rdl_crs_scale_at(const rdl_crs *crs, rdl_transform *lonlat, double x, double y,
                              double *metres_x, double *metres_y, GError **error);

#endif
