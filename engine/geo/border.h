/* geo/border.h - the edges of polygons, found by box, read straight from their WKB.
 *
 * Most pairs of a footprint and a zone need no overlay: no edge of the zone comes near the
 * footprint, and one point tells on which side it lies. The answers here are exact (a test in
 * doubtful arithmetic says "they meet"), cost about a microsecond and 1.5 bytes an edge. */
#ifndef RDL_GEO_BORDER_H
#define RDL_GEO_BORDER_H

#include <string.h>
#include "geo/geometry.h"

/** A ring in its WKB: n points of two little-endian doubles, at any alignment. */
typedef struct rdl_ring {
    const guint8 *xy;
    guint32 n;
    guint32 polygon; /* number of the polygon it belongs to */
    bool hole;
} rdl_ring;

/** Point i of a ring or of any run of points of WKB. */
static inline void rdl_point_at(const guint8 *xy, size_t i, double *x, double *y)
{
    memcpy(x, xy + 16 * i, sizeof *x);
    memcpy(y, xy + 16 * i + 8, sizeof *y);
}

/** Rings (rdl_ring, appended) of a polygon or multipolygon, 2D, little-endian. False for anything
 *  else and for bytes that do not hold together; `rings` is then of no use. */
RDL_API bool rdl_rings_of(const void *wkb, size_t n, GArray *rings);
/** Their common box. */
RDL_API rdl_box rdl_rings_box(const GArray *rings);
/** A point inside: the middle of the widest section half way up, as GEOS chooses it. False where
 *  no section has a width. */
RDL_API bool rdl_rings_inner_point(const GArray *rings, double *x, double *y);

/** Is it for certain one valid polygon? Rings of finite points that nowhere touch themselves or
 *  each other, holes in the shell and in no other hole. False: GEOS has to tell. Sets *box where
 *  true. */
RDL_API bool rdl_rings_surely_valid(const GArray *rings, rdl_box *box);
/** The same polygons in one form, in place, whatever a format makes of them: shells run counter-
 *  clockwise, holes clockwise, each ring begins at its lowest point of the leftmost. A multipolygon
 *  of one polygon becomes a polygon: *n shrinks. Other WKB is left as it is. */
RDL_API void rdl_wkb_canonical(guint8 *wkb, size_t *n);

typedef struct rdl_edge {
    double x0, y0, x1, y1;
    const guint8 *xy; /* its first point; the next edge of the ring begins 16 bytes on */
} rdl_edge;

typedef struct rdl_border rdl_border; /* read only once it is set: threads may share it */
RDL_API rdl_border *rdl_border_new(void);
RDL_API void rdl_border_free(rdl_border *border);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_border, rdl_border_free)
/** Without edges and rings, as it was new. */
RDL_API void rdl_border_clear(rdl_border *border);
/** Take these polygons, which must stay where they are. False as for rdl_rings_of(). */
RDL_API bool rdl_border_set(rdl_border *border, const void *wkb, size_t n);
RDL_API const GArray *rdl_border_rings(const rdl_border *border);

/** Edges that meet the closed `box`, into `edges` (rdl_edge; emptied first), in order of the WKB.
 */
RDL_API void rdl_border_edges(const rdl_border *border, rdl_box box, GArray *edges);
/** Those of `edges` that meet the closed `box`, into `meeting` (rdl_edge; emptied first). */
RDL_API void rdl_edges_meeting(const GArray *edges, rdl_box box, GArray *meeting);
/** Is a point, known not to be on an edge, inside? */
RDL_API bool rdl_border_inside(const rdl_border *border, double x, double y);

typedef enum {
    RDL_LIE_APART,  /* no common point */
    RDL_LIE_WITHIN, /* all of it strictly inside */
    RDL_LIE_ACROSS, /* some inside, some outside */
    RDL_LIE_TOUCH   /* the borders touch: for GEOS to tell */
} rdl_lie;
/** How the polygons of `f` lie to those of `zone`; `edges` are the edges of `zone` that meet the
 *  box of `f`. */
RDL_API rdl_lie rdl_border_lie(const rdl_border *zone, const rdl_border *f, const GArray *edges);
/** Do two polygons in one form (rdl_wkb_canonical()) for certain share no ground, because their
 *  borders meet only in whole edges and in vertices of both? The usual case of neighbours in one
 *  plan. False: GEOS has to tell. */
RDL_API bool rdl_border_neighbours(const rdl_border *a, const rdl_border *b);

#endif
