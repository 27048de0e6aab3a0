/* run/job.h - a whole job as a file: what to do, read and checked before anything starts.
 *
 *   redline: 1                 format
 *   name: taizhou              output folder and titles
 *   pack: cn                   jurisdiction; needed by screen
 *   as_of: 2026-11-01          the day whose law judges what stands; needed by screen
 *   local: S1                  local rows to switch on
 *   detect:   {before, after, date_before, date_after, sensor | bands, method, threshold,
 *              iterations, tolerance, mask_before, mask_after}
 *   pairs:    [{name, before, after, ...}]: several pairs of scenes in place of one; each may say
 *             what detect says, and detect then holds what they share; taken in order of
 *             their names, whatever order they stand in
 *   patches:  {min_area, fill_holes, simplify, suppress, keep_suppressed, series, previous}
 *             as `redline patches` has them
 *   screen:   {zones, footprints, permits, units, letters, residual, sliver_area,
 *             sliver_width}; a source is a path or {source, profile}, and a list of them where
 *             several are read
 *   ledger:   {moves}          a CSV of moves to play; {} for none
 *   deliver:  [gpkg, geojson, xlsx, map, card]; map: overview.pdf and .png; card: card.pdf of the
 *             gravest task. Each is an event export.made of the ledger, by redline
 *
 * A stage that is not named is not run; screen takes the patches of the job where there are any.
 * Paths are seen from the job file's folder. */
#ifndef RDL_RUN_JOB_H
#define RDL_RUN_JOB_H

#include "base/base.h"
#include "screen/screen.h"

typedef struct rdl_sources {
    rdl_source *list;
    size_t n;
} rdl_sources;

/** Two scenes to compare. */
typedef struct rdl_pair_job {
    char *name;         /* NULL: the only one */
    JsonObject *detect; /* checked; paths as in the file; owned */
} rdl_pair_job;

typedef struct rdl_job {
    char *path, *name, *pack, *local;
    rdl_day as_of;
    bool detects, patches, screens, keeps; /* stages named; keeps: a ledger */
    rdl_pair_job *pairs;
    size_t n_pairs;
    JsonObject *drawing; /* of patches; checked; paths as in the file; owned; NULL: nothing said */
    double residual_m;
    double sliver_m2, sliver_width_m; /* NaN: the pack's */
    rdl_sources zones, footprints, permits, units, letters;
    char *moves;
    char **deliver; /* NULL-ended */
} rdl_job;

/** Fails: RDL_ERROR_IO, RDL_ERROR_DATA with the file and the key (one not known, one missing). */
RDL_API rdl_job *rdl_job_read(const char *path, GError **error);
RDL_API void rdl_job_free(rdl_job *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_job, rdl_job_free)

#endif
