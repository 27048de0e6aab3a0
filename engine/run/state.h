/* run/state.h - what each stage of a job was made from, kept beside its outputs as run.state.json,
 * so that a run that was stopped can go on, and what has not changed is not made again. */
#ifndef RDL_RUN_STATE_H
#define RDL_RUN_STATE_H

#include "run/sheet.h"

typedef struct rdl_state rdl_state;

/** Open the state of a folder that exists, for this process alone, and remove the temporary files
 *  of runs that were killed. `resume` false: nothing is known of earlier runs.
 *  Fails: RDL_ERROR_CONFLICT when another run is at work in the folder, RDL_ERROR_IO. A state that
 *  cannot be read counts as none. */
rdl_state *rdl_state_open(const char *folder, bool resume, GError **error);
void rdl_state_free(rdl_state *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_state, rdl_state_free)

/** The sheet of a stage that was made from the same (`key`) and whose outputs are as they were
 *  left, byte for byte; NULL where it must be made. Yours. */
rdl_sheet *rdl_state_kept(const rdl_state *state, const char *stage, const char *key);
/** Does a ledger whose last event is `head` hold nothing but what this job's runs put into it? */
bool rdl_state_own(const rdl_state *state, const char *stage, const char *head);
/** A remembered stage's ledger is about to get `head` as its last event, by this run: with it and
 *  with what it had before it is the run's own, so that a kill on either side changes nothing.
 *  Nothing where the stage is not remembered. Fails: RDL_ERROR_IO. */
bool rdl_state_expect(rdl_state *state, const char *stage, const char *head, GError **error);
/** Remember a stage that is done, or about to be renamed into place: `as` is where its output
 *  lies now when that is not yet its name (NULL: it is). Fails: RDL_ERROR_IO. */
bool rdl_state_note(rdl_state *state, const char *stage, const char *key, const rdl_sheet *sheet,
                    const char *as, GError **error);
/** The same of outputs that hold others' work too: they are kept where nothing has changed, and
 *  never again taken for this program's own. */
bool rdl_state_share(rdl_state *state, const char *stage, const char *key, const rdl_sheet *sheet,
                     GError **error);
/** What was expected of a stage's ledger has come: `head` is its last event; take the digests of
 *  the outputs again. Nothing where the stage is not remembered. Fails: RDL_ERROR_IO. */
bool rdl_state_renew(rdl_state *state, const char *stage, const char *head, GError **error);

/** SHA-256 of the code at work: redline's version, its library's bytes, and GDAL's version. Yours.
 */
char *rdl_code_digest(GError **error);

#endif
