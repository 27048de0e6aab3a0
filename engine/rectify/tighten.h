/* rectify/tighten.h - a task that takes over another matter is due as early as it, and as grave.
 *
 * Sites are merged, and findings join sites: of several matters one task is left. It takes the
 * tightest tier and the earliest approved due date of all, and the department of the gravest, by
 * one event task.tightened (due, tier, department, xzqdm as they are then; what changed also as it
 * was; what was taken over, with its own first and approved date). The first date and the first
 * tier of the task stay on record, one that had no day has that of the matter it took over
 * (`first`); an extension goes with nothing but the matter it was given for. docs/decisions/0029
 * has the cases. */
#ifndef RDL_RECTIFY_TIGHTEN_H
#define RDL_RECTIFY_TIGHTEN_H

#include "rectify/moving.h"

/** May the task take another matter over? It is open, its clock runs, and it is to be done by a day
 *  some time: not what lasts (states.csv, counts: longterm; deadlines.csv: a tier without months).
 */
bool rdl_takes_over(rdl_ledger *ledger, const rdl_task *task);
/** Result first, then severity, as findings are ordered (screen/finding.h): < 0 when `a` is the
 *  graver. What is not known is never graver and never milder: 0. */
int rdl_gravity(const rdl_task *a, const rdl_task *b);
/** SQL: that order over rows of table finding. */
#define RDL_GRAVEST_FIRST                                                               \
    "CASE result WHEN 'SUSPECT' THEN 0 WHEN 'UNKNOWN-DATE' THEN 1 WHEN 'PERMIT-CHECK' " \
    "THEN 2 WHEN 'EDGE' THEN 3 WHEN 'HISTORIC' THEN 4 ELSE 5 END, severity IS NULL, severity"

/** `taken`: rdl_task each, clues as they stood before they went, or one finding (task_id NULL) with
 *  its dates by the rule. `task`: as it stood before. A verification takes dates and tiers of all;
 *  a rectification, whose day a plan set, is tightened by graver ones only, by what deadlines.csv
 *  gives them from `on`. `reason`: MERGED, GRAVER_FINDING. Nothing tighter: no event. */
bool rdl_task_tighten(rdl_ledger *ledger, const rdl_task *task, const GPtrArray *taken,
                      const char *reason, const char *on, GError **error);
/** task.tightened. */
bool rdl_apply_tightened(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);

#endif
