/* deliver/review_return.h - the table of a review as it comes back, every row checked. */
#ifndef RDL_DELIVER_REVIEW_RETURN_H
#define RDL_DELIVER_REVIEW_RETURN_H

#include "base/base.h"
#include "rectify/rectify.h"

/** A row. `decision` NULL: nothing was decided. */
typedef struct rdl_answer {
    gint64 row;
    rdl_decision d; /* texts live as long as the table */
} rdl_answer;

typedef struct rdl_returned rdl_returned;

/** A GeoPackage with layer `review`, or any table with its columns; `becomes` was once called
 *  `into`. Fails: RDL_ERROR_DATA when it is no review. */
rdl_returned *rdl_returned_read(const char *path, GError **error);
void rdl_returned_free(rdl_returned *returned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_returned, rdl_returned_free)

guint rdl_returned_count(const rdl_returned *returned);
const rdl_answer *rdl_returned_at(const rdl_returned *returned, guint i);
/** NULL: no row has that id. */
const rdl_answer *rdl_returned_of(const rdl_returned *returned, const char *id);
bool rdl_answer_is(const rdl_answer *answer, const char *decision); /* false for NULL */
/** What a merged piece is a part of in the end: the id where its chain of merges ends. NULL: in a
 *  circle, or in what is rejected. */
const char *rdl_returned_end(const rdl_returned *returned, const rdl_answer *answer);

/** Note a row that is wrong; the first ten are named by rdl_returned_check(). */
void rdl_returned_fault(rdl_returned *returned, gint64 row, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/** `known`: the ids there are; `activities`: a table with column `code`.
 *  Fails: RDL_ERROR_DATA naming the rows that are wrong, noted faults among them. */
bool rdl_returned_check(rdl_returned *returned, GHashTable *known, const rdl_csv *activities,
                        GError **error);
/** Count what was asked for against what came back: review.decisions, in = `asked` ids, used =
 *  decided, suppressed UNDECIDED (a row without a decision) and NOT_RETURNED (no row). A row about
 *  another id is one more. */
void rdl_returned_count_in(const rdl_returned *returned, GHashTable *asked, rdl_tally *tally);

#endif
