/* rectify/value.h - the values that come with a move (--set NAME=VALUE), and which it takes. */
#ifndef RDL_RECTIFY_VALUE_H
#define RDL_RECTIFY_VALUE_H

#include "rectify/moving.h"

/** A move a task is about to make: its row of the workflow. */
typedef struct rdl_way {
    const rdl_csv *workflow;
    size_t row;
    const rdl_task *task;
    const rdl_move *move;
} rdl_way;

/** Is `word` one of `list` ("a|b|c")? */
bool rdl_listed_word(const char *list, const char *word);
/** A value given with the move, else the one the problem has already; NULL: neither. Lent. */
const char *rdl_value_of(const rdl_task *task, const rdl_move *move, const char *name);
/** The move takes every value given with it: those its row names, those its guards ask for, those
 *  of the notice it opens or of the look back it ends, those of the problem, and the term where it
 *  begins. Fails: RDL_ERROR_USAGE with those it takes, the one most alike first. */
bool rdl_values_taken(rdl_ledger *ledger, const rdl_way *way, GError **error);
/** Every value its row needs is given, or known. Fails: RDL_ERROR_USAGE with the first that is not.
 */
bool rdl_values_there(rdl_ledger *ledger, const rdl_way *way, GError **error);
/** The kind of publication that coming into `state` is, by publications.csv; NULL: none. Lent. */
const char *rdl_notice_of(rdl_ledger *ledger, const char *state);

#endif
