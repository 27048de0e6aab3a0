/* screen/overlay.h - the ground of one footprint in each zone: parts, areas, bounds, remainder.
 *
 * Areas in square metres on the ellipsoid (geo/area.h). Every part keeps its full area; own areas
 * partition the union by priority, so that own areas + remainder = whole.
 *
 * A part that comes from cutting, every piece of which is smaller than sliver_m2 and narrower than
 * sliver_width_m (no disc that wide fits in), is a sliver: borders drawn twice, not ground in the
 * zone. It is no part; its ground stays in the remainder, told by itself.
 *
 * Bounds: ground of the footprint farther than e from every edge of the zone lies for certain on
 * its side. area_min is the certain ground inside, area_max the whole less the certain ground
 * outside. Near an edge both come from an exact buffer of the edges (geo/geometry.h: arcs of 8
 * segments a quarter); away from every edge the bounds are the area itself. */
#ifndef RDL_SCREEN_OVERLAY_H
#define RDL_SCREEN_OVERLAY_H

#include "screen/footprint.h"
#include "screen/zone.h"

typedef struct rdl_part {
    rdl_wkb wkb; /* of the footprint, or in the arena given */
    double area_m2, own_m2, min_m2, max_m2;
    double length_m; /* of lines; perimeter is not reported */
    double share;    /* of the whole footprint, 0..1: area, length or points */
    double lon, lat; /* a point inside, degrees on the zones' own ellipsoid */
    guint32 zone;    /* number in the zones given */
    gint8 dimension;
    bool edge; /* it comes within e of the zone's edge */
} rdl_part;

typedef struct rdl_balance {
    double whole_m2, parts_m2, remainder_m2, residual_m2; /* parts: sum of own areas */
    double whole_m;                                       /* length of a line */
    int dimension;                                        /* of the footprint */
    double lon, lat;                                      /* a point inside the footprint */
    int dust;                                             /* parts below the dust tolerance */
    int slivers;                                          /* parts that are slivers */
    double sliver_m2; /* of the remainder: ground of slivers that no other part has */
} rdl_balance;

typedef struct rdl_overlay_options {
    double boundary_error_m, pos_error_m; /* where a zone or footprint gives none */
    double residual_m;                    /* of co-registration; 0 when there is none */
    double dust_m2;                   /* polygon parts below are left in the remainder, counted */
    double sliver_m2, sliver_width_m; /* either 0: nothing is a sliver */
} rdl_overlay_options;

typedef struct rdl_sliver {
    guint32 zone; /* number in the zones given */
    double m2;
} rdl_sliver;

/** One thread's: reads the edges of each zone the first time it is needed. `zones` are read only.
 */
typedef struct rdl_overlay rdl_overlay;
rdl_overlay *rdl_overlay_new(const rdl_crs *crs, const GPtrArray *zones,
                             const rdl_overlay_options *options, GError **error);
void rdl_overlay_free(rdl_overlay *overlay);

GArray *rdl_parts_new(void); /* of rdl_part */

/** Lay `f` over the zones numbered in `candidates` (size_t, in order of ownership: the first owns
 *  common ground). Appends to `parts`, in that order; their ground is kept in `arena`.
 *  Fails: RDL_ERROR_DATA when a geometry operation fails, naming the pair. */
bool rdl_overlay_run(rdl_overlay *overlay, const rdl_footprint *f, const GArray *candidates,
                     rdl_arena *arena, GArray *parts, rdl_balance *balance, GError **error);
/** Slivers (rdl_sliver) of the latest run, in order of ownership. Lent. */
const GArray *rdl_overlay_slivers(const rdl_overlay *overlay);
/** Is every piece of a polygon a sliver by these options? */
bool rdl_overlay_thin(rdl_overlay *overlay, const rdl_geometry *g, bool *yes, GError **error);
/** e of the bounds of `f` in `zone`; NULL: against another border of the default error. */
double rdl_overlay_error(const rdl_overlay *overlay, const rdl_zone *zone, const rdl_footprint *f);
const rdl_overlay_options *rdl_overlay_options_of(const rdl_overlay *overlay);
/** *band: ground within `e` metres of the edges of a zone, or of polygons, that come near `box`;
 *  NULL where none does. Yours. */
bool rdl_overlay_zone_band(rdl_overlay *overlay, size_t zone, rdl_box box, double e,
                           rdl_geometry **band, GError **error);
bool rdl_overlay_band(rdl_overlay *overlay, const rdl_geometry *polygons, rdl_box box, double e,
                      rdl_geometry **band, GError **error);
/** Where the zone is a line and `f` polygons: *m of the line within the positional error of `f`
 *  (domain 3.5, metres of natural shoreline); else *m is left as it is. */
bool rdl_overlay_line_length(rdl_overlay *overlay, const rdl_footprint *f, size_t zone, double *m,
                             GError **error);
/** The thread's measure, for others in the same worker. Lent. */
rdl_measure *rdl_overlay_measure(rdl_overlay *overlay);

#endif
