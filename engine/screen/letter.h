/* screen/letter.h - letters and visits of the public, held against what was screened.
 *
 * A letter's place is uncertain by pos_error_m metres (not given: the pack's letter_error_m, else
 * 500), a source's by its own error; both together, by the root of their squares, bound the
 * distance: distance_m - e .. distance_m + e. A source whose lower bound is 0 may be what the
 * letter speaks of, if its activity is not known to be another than the letter names. One such is
 * MATCHED (BY_ACTIVITY where others are as near); several are AMBIGUOUS (SEVERAL), and so is a
 * letter near nothing but other activities (ACTIVITY_DIFFERS); nothing near is NO_MATCH
 * (NOTHING_NEAR); a letter without a usable place is UNLOCATED, with the reason. */
#ifndef RDL_SCREEN_LETTER_H
#define RDL_SCREEN_LETTER_H

#include "screen/finding.h"

typedef enum {
    RDL_LETTER_MATCHED,
    RDL_LETTER_AMBIGUOUS,
    RDL_LETTER_NO_MATCH,
    RDL_LETTER_UNLOCATED
} rdl_letter_fate;
const char *rdl_letter_fate_text(rdl_letter_fate fate);

/** A source a letter may speak of. */
typedef struct rdl_letter_match {
    const rdl_footprint *source;
    const rdl_finding *finding; /* its primary one; NULL: it lies outside every zone */
    double distance_m, min_m, max_m;
    bool
        fits; /* its activity is what the letter names, or of its kind, or one of them is unknown */
} rdl_letter_match;

/** All of it lives in the arena of the intake that read it, but for `matches`. */
typedef struct rdl_letter {
    char *letter_no;                                        /* never NULL */
    const char *batch, *received, *activity, *duplicate_of; /* NULL where not given */
    const char *reason; /* of its fate; static; NULL: it speaks for itself */
    int key, founded;   /* 1, 0; -1: not given */
    double error_m;
    rdl_wkb wkb; /* target system; n 0: no place */
    rdl_box box;
    const char *content;
    gint64 fid;
    rdl_letter_fate fate;
    GArray *matches; /* of rdl_letter_match, nearest first */
} rdl_letter;

GPtrArray *rdl_letters_new(void);
/** Read a letter layer (rdl_letter appended). Every letter is kept, with or without a place. */
bool rdl_letters_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *letters, GError **error);
/** Settle ids, and hold each letter against `sources` (of rdl_footprint) and the primary of their
 *  `findings`. */
bool rdl_letters_match(rdl_intake *intake, const rdl_pack *pack, GPtrArray *letters,
                       const GPtrArray *sources, const GPtrArray *findings, GError **error);
/** {"all", "duplicates", "unfounded", "due", "matched", "ambiguous", "no_match", "unlocated",
 *  "matched_percent"}: due = all - duplicates - unfounded, and the others are counts of the due.
 * The share has one decimal, half up; null where none is due. */
JsonObject *rdl_letters_statistics(const GPtrArray *letters);

#endif
