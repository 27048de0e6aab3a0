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
 * task. One transaction. A source that
 * was rejected in a review before (review.h) never becomes a site, unless it comes back as plainly
 * another thing (larger, elsewhere, ended later; else source.held tells of it); nor does the same
 * change under another number (hold.h: event source.held, once a content). What comes on ground
 * that was rejected in part, or for another time, is new, never joined to what was rejected, and
 * its event says so (on_rejected). One that was merged goes to the other's. tally: ledger.findings,
 * ledger.sites (suppressed ALREADY_THERE, JOINED, REJECTED, REJECTED_GROUND), ledger.clues of the
 * new and revised sites (suppressed CLEAN: a site without a task; HAS_TASK: the work there takes it
 * over, by tighten.h where it is graver; REJECTED). */
RDL_API bool rdl_ledger_load_findings(rdl_ledger *ledger, const char *path, rdl_day as_of,
                                      rdl_tally *tally, const rdl_progress *progress,
                                      GError **error);
/** How many footprints and patches have a site in the ledger and no finding in findings.gpkg: what
 *  earlier screenings found and this one does not. */
RDL_API bool rdl_ledger_beyond(rdl_ledger *ledger, const char *path, gint64 *n, GError **error);
/** Load letters (points; letter_no, batch, received, activity, key, founded, duplicate_of,
 *  pos_error_m, issues: how many things it speaks of, 1 where not given), each linked to every site
 *  whose ground lies within its uncertainty (pos_error_m metres, 500 where not given), with the
 *  distance; the nearest within 500 m, or that, is its own. `profile` as screen/profile.h, NULL:
 *  canonical names. tally: ledger.letters. */
RDL_API bool rdl_ledger_load_letters(rdl_ledger *ledger, const char *path, const char *profile,
                                     rdl_day as_of, rdl_tally *tally, GError **error);

/* ---- one place or several: decided by a person (all of rdl_who is needed), undone by another
 * decision ---- */

/** `others` are the same place as `keep` (ids of sites, tasks, findings or sources; NULL ends the
 *  list): their sources, findings, problems, tasks and letters become its own, its ground the union
 *  of theirs. Of the clues that still wait at their desk (SCREENED) one stays; the rest are
 *  dismissed as duplicates, all of them where a task is further on. What
 *  cannot take a clue over (its clock stands, it lasts) leaves it waiting. Problems stay two, each
 *  with its own day. No row is lost: the site that went names where it went. Already merged: adds
 *  nothing. Event site.merged, with "tasks": each that was open, its state, tier and day, and its
 *  fate (KEPT, DUPLICATE).
 *  Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_USAGE (no reason, a role no workflow names, itself). */
RDL_API bool rdl_sites_merge(rdl_ledger *ledger, const char *keep, const char *const *others,
                             const rdl_who *who, GError **error);
/** `sources` (ids of footprints or patches; NULL ends the list) are a place of their own: a new
 *  site, or the one they were before a merge, takes their findings, their ground, and `tasks` (may
 *  be NULL) with their problems; where it has no task and is not CLEAN it gets a clue. One source
 *  on two places is divided where it is drawn: load its parts, then split them off. *site_id
 *  (may be NULL) is yours. Event site.split.
 *  Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_USAGE (the source that gave the site its number stays). */
RDL_API bool rdl_site_split(rdl_ledger *ledger, const char *site, const char *const *sources,
                            const char *const *tasks, const rdl_who *who, char **site_id,
                            GError **error);

#endif
