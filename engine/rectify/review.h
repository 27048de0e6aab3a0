/* rectify/review.h - what a person who looked at pictures decided, on record.
 *
 * A decision is an event (review.decided: who, when, coded reason, note), and what follows from it
 * are events too:
 *   accept            nothing: the clue goes on; it does not undo another decision
 *   reject            its clue is dismissed, when no other source stands on its site that is not
 *                     clean, that nobody rejected and that this does not hold back; a source that is rejected before
 *                     the ledger knows it never becomes a site (rdl_ledger_load_findings). The
 *                     event keeps its ground and dates: the same change under another number is
 *                     held back too (hold.h says what is the same)
 *   retype            the site is of another activity from then on, also after it is revised; its
 *                     findings stay as they were judged
 *   merge             the site becomes a part of another that is not rejected (rdl_sites_merge):
 * one place, one task */
#ifndef RDL_RECTIFY_REVIEW_H
#define RDL_RECTIFY_REVIEW_H

#include "geo/geo.h"
#include "rectify/ledger.h"

typedef struct rdl_decision {
    const char *id;       /* of a clue's task; where `source` is given of that source */
    const char *decision; /* accept, reject, retype, merge */
    const char *becomes;  /* retype: an activity; merge: the id of the other; else NULL */
    const char *reason;   /* a code; reject needs one; NULL */
    const char *note;     /* NULL */
    /* reject, of a source that is known whole (a patch): where it lies and between which days, as
       ISO dates. NULL: what the ledger knows of it, which is what lies in zones */
    GBytes *ground;
    const char *t_before, *t_after;
} rdl_decision;

typedef struct rdl_decisions {
    const char *source; /* "patch", "footprint": ids are of such, known to the ledger or not yet;
                           NULL: of clues */
    const rdl_decision *list;
    size_t n;
    const char *by, *on; /* who, and the day */
    const rdl_crs *crs;  /* of the grounds; NULL: the ledger's */
} rdl_decisions;

/** Put decisions on record in their order, all or none. One that is on record already adds
 *  nothing. tally: ledger.decisions (suppressed ALREADY_THERE). Fails: RDL_ERROR_NOT_FOUND,
 *  RDL_ERROR_USAGE when a clue has gone on and is no longer to be rejected or merged from a
 *  picture, or the day is out of order. */
RDL_API bool rdl_ledger_review(rdl_ledger *ledger, const rdl_decisions *decisions, rdl_tally *tally,
                               GError **error);

/** What still speaks of a site: *which, "SOURCE ID" of its first source that is not clean, that
 *  nobody rejected by name and that no rejection holds back (hold.h); NULL: none. Yours. */
bool rdl_site_standing(rdl_ledger *ledger, const char *site_id, char **which, GError **error);

/** Sources that were rejected, and below each what that held back: {"rejected": [{"source",
 *  "source_id", "reason", "note", "by", "on", "holds", "t_before", "t_after", "area_m2", "held":
 *  [{"source_id", "on", "share" and "size" as in hold.h}]}]}, by source and id. Yours. */
RDL_API JsonNode *rdl_ledger_rejections(rdl_ledger *ledger, GError **error);

#endif
