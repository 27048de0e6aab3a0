/* geo/cut.h - one ring cut in two by borders that cross it cleanly (Weiler and Atherton 1977).
 *
 * Where every crossing is one of two edges, away from their ends, and the order of the crossings
 * is certain, the pieces are known without an overlay: they run along the ring and along the
 * border within it by turns. The topology is that of exact arithmetic; points of crossing are
 * rounded, by at most 1e-9 of the size of the ring. Anything else (a vertex on an edge, a hole or
 * an island within, two crossings too close to order, a long piece) is declined: for GEOS. */
#ifndef RDL_GEO_CUT_H
#define RDL_GEO_CUT_H

#include "geo/border.h"

typedef struct rdl_cut rdl_cut; /* one thread's; holds the pieces of the latest cut */
RDL_API rdl_cut *rdl_cut_new(void);
RDL_API void rdl_cut_free(rdl_cut *cut);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_cut, rdl_cut_free)

/** Cut `f` by `zone`, of valid polygons; `edges` are those of `zone` that meet the box of `f`
 *  (rdl_border_edges()). False: declined, or no crossing. */
RDL_API bool rdl_cut_make(rdl_cut *cut, const rdl_border *zone, const rdl_border *f,
                          const GArray *edges);
/** What of `f` lies in the zone, and what outside, after a cut: valid polygons in one form
 *  (rdl_wkb_canonical()). Lent until the next cut. */
RDL_API rdl_wkb rdl_cut_inside(const rdl_cut *cut);
RDL_API rdl_wkb rdl_cut_outside(const rdl_cut *cut);

#endif
