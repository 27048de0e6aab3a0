/* rectify/term.h - terms that must be told anew: those that ended without a word, those that were
 * counted before the calendar of their year was known.
 *
 * Both are events task.renewed by the program (by "redline", role "system"). A problem that an
 * older program reopened kept the day of the term its closing ended: TERM_ENDED takes it away, from
 * the day of the reopening on (decision 0042). A provisional day is counted again once the pack has
 * the calendar: CALENDAR (was, due, started, first: the first day, itself or as it was, tier,
 * tier_original). From the words and the day they were told from where the event has them; a day
 * by the rule is months from then, and moves off the days of rest. What was counted in working days
 * and whose words are not on record stays provisional. */
#ifndef RDL_RECTIFY_TERM_H
#define RDL_RECTIFY_TERM_H

#include "rectify/moving.h"

/** Inside a transaction of the caller; telling again tells nothing. `tally` (may be NULL) takes
 *  ledger.terms, where there are any. */
bool rdl_terms_end(rdl_ledger *ledger, rdl_tally *tally, GError **error);
/** `at`: ISO date of the event. suppressed PROVISIONAL: still so. */
bool rdl_terms_recount(rdl_ledger *ledger, const char *at, rdl_tally *tally, GError **error);

#endif
