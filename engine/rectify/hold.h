/* rectify/hold.h - ground that a person looked at and said no to, and what that holds back.
 *
 * A rejection speaks of ground and time, not of a number: the same change found again by another
 * threshold, method or pair of dates accuses nobody. What it reaches is said by column `holds` of
 * data/review/reasons.csv, and goes into the event:
 *   pictures  what was seen in these two pictures (a cloud, a shift: other pictures may show more)
 *   ground    what was on the ground: every change that ended by the day of the later picture, and
 *             after that of the earlier one
 *   source    the source alone (it was seen twice: the ground is another's to tell)
 * A source is held back by one rejection of its own kind (patch, footprint) when
 *   - both dates are those of the rejected one; or the reason holds ground, and
 *     t_before(rejected) < t_after <= t_after(rejected): nothing later is ever held back;
 *   - RDL_HOLD_SHARE of its ground (what is left of it in zones) lies in the rejected ground;
 *   - it is no larger than RDL_HOLD_LARGEST of the rejected one, and of other pictures no smaller
 *     than RDL_HOLD_LEAST of it (whole patches are compared where both are known whole, what lies
 * in zones otherwise). Areas on the ellipsoid. Dates that are not known hold nothing back. Who was
 * accepted, retyped or merged by name is not held back. What comes though more than a fifth of it
 * is rejected ground joins no site: what was decided of others does not spread to it.
 * docs/decisions/0020 has the measurements.
 */
#ifndef RDL_RECTIFY_HOLD_H
#define RDL_RECTIFY_HOLD_H

#include "geo/geo.h"
#include "rectify/handle.h"

#define RDL_HOLD_SHARE 0.8
#define RDL_HOLD_LARGEST 1.25
#define RDL_HOLD_LEAST 0.5
#define RDL_HOLD_NOTED 0.01 /* share of common ground that is worth a word */

/** All rejected grounds on record when it was read; one thread. */
typedef struct rdl_holds rdl_holds;
rdl_holds *rdl_holds_read(rdl_ledger *ledger, GError **error);
void rdl_holds_free(rdl_holds *holds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_holds, rdl_holds_free)

/** A source that comes. */
typedef struct rdl_held_source {
    const char *source, *source_id;
    const char *t_before, *t_after; /* ISO dates; NULL: not known */
    const rdl_geometry *ground;     /* ledger's CRS; NULL: none */
    double whole_m2;                /* of all of it, also outside zones; NaN: not known */
} rdl_held_source;

/** What rejections say of a source: an array of {"source_id", "reason", "by", "on", "t_before",
 *  "t_after", "share" (of its ground), "size" (of the rejected one), "fate"}, those that hold it
 * back first, then by share and id. fate: HELD, or why not: LATER, EARLIER, UNDATED (time),
 * PICTURES (others, of which the reason does not speak), PARTLY, LARGER, SMALLER (ground). Empty:
 * no rejected ground there. *own: what its own rejection says of it: "" where there is none on
 * record, else a fate; HELD, too, where that names no ground. Both yours; may fail with
 * RDL_ERROR_DATA. */
bool rdl_holds_ask(const rdl_holds *holds, const rdl_held_source *of, JsonArray **said, char **own,
                   GError **error);
/** Does the first of `said` hold back? */
bool rdl_hold_of(JsonArray *said);

#endif
