/* deliver/review_piece.h - what a person is to look at: patches, or clues of a ledger. */
#ifndef RDL_DELIVER_REVIEW_PIECE_H
#define RDL_DELIVER_REVIEW_PIECE_H

#include "geo/geo.h"

/* A patch, or the clue of a site. */
typedef struct rdl_piece {
    char *id, *kind, *t_before, *t_after, *gate; /* kind: of change, or an activity */
    double score, prob, area_m2;
    GBytes *wkb;
    rdl_value *more; /* of the columns below, in their order; NULL: a clue */
    guint n_more;
} rdl_piece;

/** A patch has these columns first, and whatever else its file has after them. */
#define RDL_PIECE_COLUMNS \
    "patch_id", "t_before", "t_after", "kind", "score_mean", "prob", "area_m2", "gate"

/** All patches of a file, in its order, and their system: GPtrArray of rdl_piece. *columns: what
 *  else the file has of each, array of rdl_field (may be NULL). All yours.
 *  Fails: RDL_ERROR_DATA when it holds none of redline's. */
GPtrArray *rdl_pieces_of_patches(const char *path, rdl_crs **crs, GArray **columns, GError **error);
/** All clues of a ledger that wait to be looked at (state SCREENED). */
GPtrArray *rdl_pieces_of_clues(const char *path, rdl_crs **crs, GError **error);
bool rdl_holds_patches(const char *path);
/** data/review/reasons.csv. Yours. */
rdl_csv *rdl_review_reasons(GError **error);

#endif
