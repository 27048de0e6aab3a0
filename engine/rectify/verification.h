/* rectify/verification.h - the claim "rectified" held against a later scene.
 *
 * A task's ground is measured by detect/recovery.h in the scene before the disturbance, the scene
 * after it, and a later one. What is told is written as one event a task and scene. A claim stands
 * from the move into SUBMITTED until the task goes back to WORKING or REOPENED. A scene taken after
 * it contradicts it when it shows, by the lower bound, more of the disturbance than a restored
 * ground may have (domain no. 115); of a closed task that is a rebound to be looked at (4.8). The
 * flag of the task (rdl_task.contradicted) follows the newest scene that tells, also one taken
 * before the claim was made (domain 4.2: the newest imagery still shows the footprint). The engine
 * flags, a person decides: no task is moved. */
#ifndef RDL_RECTIFY_VERIFICATION_H
#define RDL_RECTIFY_VERIFICATION_H

#include "detect/detect.h"
#include "rectify/ledger.h"

/** Declared land at a ground before and later, told beside what the scene shows. */
typedef struct rdl_verify_land {
    const char *before, *later; /* layers with a field `class`; both or none */
    const char *profile;        /* that reads them; NULL: canonical names */
    double error_m;             /* of their outlines */
} rdl_verify_land;

typedef struct rdl_verify_options {
    rdl_recovery_options scenes;
    const char *date;           /* of the later scene, ISO; NULL: from its metadata */
    const char *task_id;        /* NULL: every rectification, also a closed one */
    const char *on, *by, *role; /* of the verification; needed */
    rdl_verify_land land;
} rdl_verify_options;

/** Measure and put on record, in one transaction. Limits come from pack.yaml (verification:
 *  {restored, doubt, standing, recovery, grown, clear}). A task that this scene told of
 * before adds nothing, nor does one that it could not tell of with the same scenes, bands, mask and
 * alignment: with others it is measured again and both are on record; so with other land. tally: verify.tasks
 * (suppressed OUTSIDE_SCENE, ALREADY_THERE, NO_GROUND; failed CANNOT_TELL, on record all the same).
 * `warnings` as rdl_pair_open(). Fails: RDL_ERROR_NOT_FOUND (task), RDL_ERROR_USAGE (no date), as
 * rdl_recovery_open(). */
RDL_API bool rdl_ledger_verify(rdl_ledger *ledger, const rdl_verify_options *options,
                               rdl_tally *tally, GPtrArray *warnings, const rdl_progress *progress,
                               GError **error);
/** The limits of the ledger's pack. */
bool rdl_verify_limits(rdl_ledger *ledger, rdl_recovery_limits *limits, GError **error);
/** The verifications of a task (NULL: of all) by task and scene date: array of {"task", "scene",
 *  "scene_date", "outcome", "codes", "residual", ..., "area_m2" of the ground and of it
 *  "standing_m2", "standing_min_m2", "standing_max_m2", "restored_m2" (back as it was), "grown_m2"
 *  (over the edge, at least), "water_gain_m2" (open water since the disturbance), "contradicted",
 *  "wetland" (of declared land: rectify/wetland.h),
 *  "rebound"}; after the rows of
 * a task, with three scenes that tell or more, "trend" and "trend_sign" of its recovery, a year, in
 *  its last row. Yours. */
RDL_API JsonNode *rdl_ledger_verifications(rdl_ledger *ledger, const char *task_id, GError **error);

#endif
