/* rectify/rebound.h - new ground at a closed place: is it a rebound (domain 4.8)?
 *
 * Closed work is raised for a look-back by ground that joins its site, or comes within the pack's
 * pos_tolerance_m of it. The event (lookback.raised) says what the ground tells of, a clue for the
 * person who looks:
 *   REBOUND          more than the least patch inside the site's ground grown by the tolerance, and
 *                    seen after the closing
 *   PARTIAL_REBOUND  the same, of another activity (neither is a kind of the other)
 *   UNDATED          as much ground, and no date of what it was seen in
 *   EARLIER          as much ground, seen no later than the closing
 *   SMALL            no more than the least patch: to be looked at all the same
 *   RECOVERY         the ground turned green: it bears the closing out, however much it is
 * The least patch is min_patch_m2 of pack.yaml by min_patch_classes, from the activity up its
 * parents; where no class is named, the smallest. Area: the buffer is made in metres about the
 * ground, the common part is measured on the ellipsoid. While a look-back waits, only a graver clue
 * is put on record. No task is moved. */
#ifndef RDL_RECTIFY_REBOUND_H
#define RDL_RECTIFY_REBOUND_H

#include "geo/geo.h"
#include "rectify/handle.h"

/** What a look-back that failed found. */
#define RDL_REBOUND "REBOUND"
#define RDL_PARTIAL_REBOUND "PARTIAL_REBOUND"

/** SQL: how grave the clue of event `e` is; 0 where it tells none. */
#define RDL_CLUE_RANK                                                                            \
    "CASE json_extract(e.payload, '$.clue') WHEN 'REBOUND' THEN 5 WHEN 'PARTIAL_REBOUND' THEN 4" \
    " WHEN 'UNDATED' THEN 3 WHEN 'EARLIER' THEN 2 WHEN 'SMALL' THEN 1 ELSE 0 END"

/** What came. */
typedef struct rdl_newcomer {
    const rdl_crs *crs;         /* the ledger's */
    const rdl_geometry *ground; /* in it; NULL: none, then there is no clue either */
    const char *site_id;        /* where it goes */
    const char *source, *source_id, *activity;
    const char *seen; /* day of the scene that shows it; NULL: not told */
    bool green;       /* a patch of kind `recovery`: nothing was built */
} rdl_newcomer;

/** Raise look-backs of the closed work it comes to, before the ledger takes it in: the ground of
 *  the closed sites is still that of the closing. */
bool rdl_rebounds_raise(rdl_ledger *ledger, const rdl_newcomer *newcomer, const char *at,
                        GError **error);

/** What the gravest ground that raised the look-back a task waits for tells of; NULL: nothing did.
 *  Yours. */
bool rdl_rebound_clue(rdl_ledger *ledger, const char *task_id, char **clue, GError **error);

#endif
