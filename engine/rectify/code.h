/* rectify/code.h - codes of the pack's tables: lists of them, what is above one, states that last.
 */
#ifndef RDL_RECTIFY_CODE_H
#define RDL_RECTIFY_CODE_H

#include "base/base.h"

/** Is `code` in a list a|b, or the list *? NULL is in none. */
bool rdl_code_listed(const char *list, const char *code);
/** The activity above one, by activities.csv (code, parent); NULL: none. Lent. */
const char *rdl_activity_above(const rdl_csv *activities, const char *activity);
/** Is the activity, or one above it, in the list? */
bool rdl_activity_listed(const rdl_csv *activities, const char *list, const char *activity);
/** Is it a state of what is kept up without an end, by states.csv (`counts` is longterm)? */
bool rdl_state_lasts(const rdl_csv *states, const char *state);

#endif
