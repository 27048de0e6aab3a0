/* screen/approval.h - the ground of a part by what the permits say of it.
 *
 * A part is cut along the union of the scopes that fit (dates, body, activity): what lies inside is
 * judged with the permits, what lies outside is excess, a part of its own; ground that only a
 * permit in doubt covers is another. A side that is a sliver (screen/overlay.h; of lines: shorter
 * than sliver_width_m) is not cut off: the larger ground speaks for it. The pieces make the part.
 *
 * Bounds of a piece: area_min is its ground farther than e from every edge of the zone and of the
 * scope, area_max what could be its ground were both borders e aside. */
#ifndef RDL_SCREEN_APPROVAL_H
#define RDL_SCREEN_APPROVAL_H

#include "screen/overlay.h"
#include "screen/permit.h"
#include "screen/verdict.h"

typedef enum {
    RDL_SIDE_FIRST,     /* the whole part, or what is left of it */
    RDL_SIDE_UNDECIDED, /* cut off: only a permit in doubt covers it */
    RDL_SIDE_OUTSIDE    /* cut off: outside every scope */
} rdl_side;

typedef struct rdl_held {
    rdl_part part;
    rdl_approval approval;
    rdl_side side;
} rdl_held;

/** One thread's. `overlay` and `arena` are lent; `permits` are read only. */
typedef struct rdl_approvals rdl_approvals;
rdl_approvals *rdl_approvals_new(const rdl_pack *pack, const rdl_crs *crs, const GPtrArray *permits,
                                 bool given, rdl_day as_of, rdl_overlay *overlay, rdl_arena *arena,
                                 GError **error);
void rdl_approvals_free(rdl_approvals *approvals);

/** Hold part `i` of `parts` (in order of ownership) against the permits: one to three rdl_held into
 *  `held`, emptied first, the first of them RDL_SIDE_FIRST. `zone` NULL: all territory, nothing is
 *  owned. Fails: RDL_ERROR_DATA when a geometry operation fails, RDL_ERROR_BALANCE when the pieces
 *  do not make the part. */
bool rdl_approvals_hold(rdl_approvals *approvals, const rdl_footprint *f, const rdl_zone *zone,
                        const GArray *parts, guint i, GArray *held, GError **error);

#endif
