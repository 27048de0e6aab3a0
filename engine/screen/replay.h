/* screen/replay.h - the same inputs judged again: which verdicts changed, and by which rows. */
#ifndef RDL_SCREEN_REPLAY_H
#define RDL_SCREEN_REPLAY_H

#include "screen/screening.h"

/** What findings were made from, as their manifest (FILE.run.json) says. */
typedef struct rdl_replay rdl_replay;

/** Fails: RDL_ERROR_IO or RDL_ERROR_DATA without a manifest that names its sources, also
 *  when an input is no longer the file it was: the message names it. */
RDL_API rdl_replay *rdl_replay_open(const char *findings, GError **error);
RDL_API void rdl_replay_free(rdl_replay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_replay, rdl_replay_free)
/** Sources, as_of, local rows and residual of the earlier run into `options`, lent. */
RDL_API void rdl_replay_options(const rdl_replay *replay, rdl_screen_options *options);

/** Two findings files compared by finding_id: {"old", "same", "changed", "added", "removed",
 *  "changes": [{"finding_id", "source_id", "zone", "change", "columns": {name: [from, to]},
 *  "rows": ["-RULE", "+RULE", "~RULE verdict, penalty"]}]}, in order of finding_id. `rows`: rules
 * that no longer match, match now, or match with another cell, and of a rule that no hit names (today's
 * lighter one) the same. A status alone that changed is told where no row explains it. Fails: what reading fails with. */
RDL_API JsonNode *rdl_replay_changes(const char *old, const char *now, GError **error);

#endif
