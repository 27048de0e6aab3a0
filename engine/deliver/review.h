/* deliver/review.h - visual triage: what a machine found, looked at by a person before anybody is
 * asked about it.
 *
 * Out go a GeoPackage with columns to fill and two pictures a piece; back come decisions:
 *   accept            it is what it seems
 *   reject            it is not; `reason` is a code of data/review/reasons.csv
 *   retype            it is something else; `becomes` is an activity of the pack
 *   merge             it is a part of another; `becomes` is that one's id
 * An empty decision leaves the piece as it is and is counted UNDECIDED; a row that does not come
 * back at all likewise, NOT_RETURNED. */
#ifndef RDL_DELIVER_REVIEW_H
#define RDL_DELIVER_REVIEW_H

#include "geo/geo.h"
#include "rectify/rectify.h"

typedef struct rdl_review_scenes {
    const char *before, *after; /* both or none: no pictures */
    int bands[3];               /* shown as red, green, blue; from 1 */
} rdl_review_scenes;

/** Write folder/review.gpkg (layer `review`, layer_styles, table `reason`) and
 *  folder/chips/ID-before.png, ID-after.png for every patch of `source` (from redline patches), or,
 *  where it is a ledger, for every clue that waits to be looked at (state SCREENED). The folder is
 *  made. tally: review.pieces. Fails: RDL_ERROR_IO, RDL_ERROR_DATA, RDL_ERROR_USAGE when it is
 *  there already. */
RDL_API bool rdl_review_export(const char *source, const char *folder,
                               const rdl_review_scenes *scenes, bool overwrite, rdl_tally *tally,
                               const rdl_progress *progress, GError **error);

typedef struct rdl_review_import {
    const char *by, *on; /* who decided, and the day; needed with a ledger; NULL */
    /* of patches: */
    const char *output; /* needed */
    bool overwrite;
    const char *pack;   /* whose activities retype may name; NULL: cn */
    rdl_ledger *ledger; /* to put the decisions on record in; NULL */
} rdl_review_import;

/** Apply decisions to patches: `output` holds those that stay, retyped in `kind` and merged, with
 *  every column they had (of merged ones measured anew, largest, sums and means by area; what is
 * not redline's own stays the keeper's) and review (the decision; NOT_REVIEWED where there is none:
 * the patch stays as it is), review_reason, review_by, review_on, merged and review_note, where an
 *  earlier review's stay as long as this one says nothing. With a ledger they are events
 *  there too, so that what is rejected accuses nobody whichever patches are screened and loaded.
 *  tally: review.decisions (suppressed UNDECIDED, NOT_RETURNED), review.pieces (suppressed
 *  REJECTED_<reason>, MERGED), ledger.decisions. Every row is checked before anything is written.
 *  Fails: RDL_ERROR_DATA naming the rows: an id, decision, reason or activity that is not known,
 *  one that is missing, a merge with itself, with what is rejected, or in a circle. */
RDL_API bool rdl_review_patches(const char *patches, const char *review,
                                const rdl_review_import *options, rdl_tally *tally, GError **error);
/** Put decisions about clues on record (rectify/review.h): accepted ones go on, rejected ones are
 *  dismissed with their reason, retyped and merged ones are of another activity or site. Deciding
 *  again adds nothing. tally as above, review.decisions of the clues that wait (SCREENED). Nothing
 *  is written when one row is wrong. Fails: RDL_ERROR_DATA naming the rows, and what the ledger
 *  fails with. */
RDL_API bool rdl_review_ledger(rdl_ledger *ledger, const char *review,
                               const rdl_review_import *options, rdl_tally *tally, GError **error);

#endif
