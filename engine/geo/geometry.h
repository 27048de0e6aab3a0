/* geo/geometry.h - planar geometry on GEOS, with every failure an error.
 *
 * Coordinates are in the units of the layer's CRS, edges are straight in it. A geometry belongs to
 * the thread that made it; between threads geometries travel as WKB. */
#ifndef RDL_GEO_GEOMETRY_H
#define RDL_GEO_GEOMETRY_H

#include "base/base.h"

typedef struct GEOSGeom_t rdl_geometry; /* GEOS's own, opaque */

typedef struct rdl_box {
    double xmin, ymin, xmax, ymax; /* xmin > xmax: empty */
} rdl_box;

/** WKB that somebody else keeps. */
typedef struct rdl_wkb {
    const void *bytes;
    size_t n;
} rdl_wkb;

/** Empty members of a collection are left out. Fails: RDL_ERROR_DATA. */
RDL_API rdl_geometry *rdl_geometry_from_wkb(const void *wkb, size_t n, GError **error);
/** The same of WKB that breaks the rules of rings and lines: a ring that does not end where it
 * began is closed, what has too few points gets its last one again. Fails: RDL_ERROR_DATA. */
RDL_API rdl_geometry *rdl_geometry_from_open_wkb(const void *wkb, size_t n, GError **error);
RDL_API rdl_geometry *rdl_geometry_from_wkt(const char *wkt, GError **error);
/** ISO WKB, little endian, 2D. Yours. */
RDL_API GBytes *rdl_geometry_wkb(const rdl_geometry *g, GError **error);
RDL_API char *rdl_geometry_wkt(const rdl_geometry *g, GError **error);
RDL_API void rdl_geometry_free(rdl_geometry *g);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_geometry, rdl_geometry_free)

/** 0 points (also empty), 1 lines, 2 polygons; the highest of a collection. */
RDL_API int rdl_geometry_dimension(const rdl_geometry *g);
/** A collection of several, valid or not: its members may lie on each other, or be of several
 *  dimensions. */
RDL_API bool rdl_geometry_loose(const rdl_geometry *g);
RDL_API bool rdl_geometry_empty(const rdl_geometry *g);
/** The single geometries of a multi geometry or collection, itself where it is none. Lent. */
RDL_API int rdl_geometry_components(const rdl_geometry *g);
RDL_API const rdl_geometry *rdl_geometry_component(const rdl_geometry *g, int i);
RDL_API rdl_box rdl_geometry_box(const rdl_geometry *g);
RDL_API bool rdl_box_meets(rdl_box a, rdl_box b);
/** The least box around two that are not empty. */
RDL_API rdl_box rdl_box_union(rdl_box a, rdl_box b);

/** x of both ends of the edge that spans most of x, of any ring or line; both 0 where there is no
 *  edge. Pure. */
RDL_API void rdl_geometry_widest_edge(const rdl_geometry *g, double x[2]);

/** *valid, with the reason (yours, NULL when valid) as "Self-intersection[x y]". */
RDL_API bool rdl_geometry_valid(const rdl_geometry *g, bool *valid, char **reason, GError **error);
/** A valid geometry of the same ground, of the dimension it had (GEOSMakeValid, structure method:
 *  each ring is made simple with all its lobes, shells are united, holes taken out, and so are the
 *  members of a collection; a hole outside its shell is ground, as to PostGIS and JTS); NULL
 * without error when nothing of that dimension is left. */
RDL_API rdl_geometry *rdl_geometry_repair(const rdl_geometry *g, GError **error);

/** Overlay. The result holds only parts of the lower dimension of the two for intersection and of
 *  `a`'s dimension for difference; it may be empty. */
RDL_API rdl_geometry *rdl_geometry_intersection(const rdl_geometry *a, const rdl_geometry *b,
                                                GError **error);
RDL_API rdl_geometry *rdl_geometry_difference(const rdl_geometry *a, const rdl_geometry *b,
                                              GError **error);
RDL_API rdl_geometry *rdl_geometry_union(const rdl_geometry *a, const rdl_geometry *b,
                                         GError **error);
/** Polygon grown (distance > 0) or shrunk (< 0), arcs of 8 segments a quarter. */
RDL_API rdl_geometry *rdl_geometry_buffer(const rdl_geometry *g, double distance, GError **error);
RDL_API rdl_geometry *rdl_geometry_boundary(const rdl_geometry *g, GError **error);
RDL_API bool rdl_geometry_intersects(const rdl_geometry *a, const rdl_geometry *b, bool *yes,
                                     GError **error);
RDL_API bool rdl_geometry_covers(const rdl_geometry *a, const rdl_geometry *b, bool *yes,
                                 GError **error);
RDL_API bool rdl_geometry_equals(const rdl_geometry *a, const rdl_geometry *b, bool *yes,
                                 GError **error);
RDL_API bool rdl_geometry_distance(const rdl_geometry *a, const rdl_geometry *b, double *distance,
                                   GError **error);
/** Nearest points: x[0], y[0] on `a`, x[1], y[1] on `b`. Fails: RDL_ERROR_DATA, also when one is
 *  empty. */
RDL_API bool rdl_geometry_nearest(const rdl_geometry *a, const rdl_geometry *b, double x[2],
                                  double y[2], GError **error);
/** Is some point of `a` within `distance` of one of `b`? An empty one is near nothing. */
RDL_API bool rdl_geometry_within(const rdl_geometry *a, const rdl_geometry *b, double distance,
                                 bool *yes, GError **error);
/** A point inside (polygons), or on it. */
RDL_API bool rdl_geometry_inner_point(const rdl_geometry *g, double *x, double *y, GError **error);
/** In the plane, units of the CRS squared. For areas to report see geo/area.h. */
RDL_API double rdl_geometry_plane_area(const rdl_geometry *g);
/** x' = (x - x0) * sx, y' = (y - y0) * sy: a new geometry. */
RDL_API rdl_geometry *rdl_geometry_scaled(const rdl_geometry *g, double x0, double y0, double sx,
                                          double sy, GError **error);
RDL_API rdl_geometry *rdl_geometry_of_box(rdl_box box, GError **error);

/** A geometry prepared for many questions; keep `g` alive while it lives; one thread. */
typedef struct GEOSPrepGeom_t rdl_prepared;
RDL_API rdl_prepared *rdl_prepared_new(const rdl_geometry *g, GError **error);
RDL_API void rdl_prepared_free(rdl_prepared *p);
RDL_API bool rdl_prepared_intersects(const rdl_prepared *p, const rdl_geometry *g, bool *yes,
                                     GError **error);
RDL_API bool rdl_prepared_covers(const rdl_prepared *p, const rdl_geometry *g, bool *yes,
                                 GError **error);

/** On which side of the line from a to b is p: 1 left, -1 right, 0 on it. */
RDL_API int rdl_orientation(double ax, double ay, double bx, double by, double px, double py);
/** A multilinestring of n lines, line i of counts[i] points, all x and all y one after another. */
RDL_API rdl_geometry *rdl_geometry_of_lines(size_t n, const guint32 *counts, const double *x,
                                            const double *y, GError **error);

/** Boxes numbered 0..n-1, asked which meet a box. Built once, then read by any thread. */
typedef struct rdl_box_index rdl_box_index;
RDL_API rdl_box_index *rdl_box_index_new(const rdl_box *boxes, size_t n, GError **error);
RDL_API void rdl_box_index_free(rdl_box_index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_box_index, rdl_box_index_free)
/** Numbers (size_t) of the boxes that meet `box`, ascending, into `found` (emptied first). */
RDL_API void rdl_box_index_query(const rdl_box_index *index, rdl_box box, GArray *found);
/** Numbers of the boxes that are not empty, near ones near each other (along a Hilbert curve
 *  through their middles), into `numbers` (room for n), *filled of them. */
RDL_API void rdl_boxes_order(const rdl_box *boxes, size_t n, guint32 *numbers, size_t *filled);

#endif
