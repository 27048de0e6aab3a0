/* rectify/site.h - findings become sites, each with a clue to be verified. */
#ifndef RDL_RECTIFY_SITE_H
#define RDL_RECTIFY_SITE_H

#include "rectify/ledger.h"

/** Load findings.gpkg (and findings.gpkg.run.json beside it). One site a footprint or patch, with
 *  all its findings; a clue task (kind verify, CLUE and at once SCREENED) for each whose gravest
 *  finding is not CLEAN, due by deadlines.csv from `as_of`. A source already there with the same
 *  findings adds nothing; with others it is revised: its tasks look at the gravest finding there is
 *  now, and one that was CLEAN before gets its clue. A source that is new, on ground of which half
 * is a site's of an earlier load (or that has half of such a site's), joins that site: no twin, one
 * task. One transaction. tally: ledger.findings, ledger.sites (suppressed ALREADY_THERE, JOINED),
 * ledger.clues of the new and revised sites (suppressed CLEAN: a site without a task; HAS_TASK). */
RDL_API bool rdl_ledger_load_findings(rdl_ledger *ledger, const char *path, rdl_day as_of,
                                      rdl_tally *tally, const rdl_progress *progress,
                                      GError **error);
/** Load letters (points; letter_no, batch, received, activity, key, founded, duplicate_of), each
 *  linked to the site whose ground lies within 500 m and nearest. tally: ledger.letters. */
RDL_API bool rdl_ledger_load_letters(rdl_ledger *ledger, const char *path, rdl_day as_of,
                                     rdl_tally *tally, GError **error);

#endif
