/* rectify/moving.h - what every change of a task has in common, for the files of rectify/. */
#ifndef RDL_RECTIFY_MOVING_H
#define RDL_RECTIFY_MOVING_H

#include "geo/geo.h"
#include "rectify/deadline.h"
#include "rectify/event.h"
#include "rectify/site.h"
#include "rectify/task.h"
#include "rectify/warning.h"

/** The master field list: what is known of a problem besides its dates; NULL ends it. */
extern const char *const rdl_problem_members[];

/** One task by id. Fails: RDL_ERROR_NOT_FOUND. */
bool rdl_task_read(rdl_ledger *ledger, const char *task_id, rdl_task *task, GError **error);
/** Is there still something to do? By states.csv; a clue that was registered is done, what it
 * became goes on. A state that is not in the table is open. */
bool rdl_task_open(const rdl_task *task, const rdl_csv *states);
/** Has it no day though it is no long-term task: a problem that was reopened and not planned yet?
 * No warning reaches it; that is to be told. */
bool rdl_task_undated(rdl_ledger *ledger, const rdl_task *task, const rdl_csv *states);
/** Its warning level at `as_of`; none for one that is done or whose clock stands still. */
rdl_warning rdl_task_warning(const rdl_task *task, const rdl_csv *warnings, const rdl_csv *states,
                             rdl_day as_of);
/** SQL: the ground of site `s` where it has several sources, as WKB. */
#define RDL_SHARED_GROUND                                                       \
    "CASE WHEN (SELECT count(*) FROM origin o WHERE o.site_id = s.site_id) > 1" \
    " THEN AsBinary(s.geom) END"
/** No finding speaks of all of a site that has several sources: its area is that of its ground,
 *  each piece once, and no bounds are known of it. `wkb`: RDL_SHARED_GROUND; 0 where NULL.
 *  *measure is made when it is first needed; yours. */
bool rdl_shared_area(rdl_ledger *ledger, GBytes *wkb, rdl_measure **measure, double *m2,
                     GError **error);
/** on, by, role and to are there. */
bool rdl_move_complete(const rdl_move *move, GError **error);
/** The task is still at the revision the mover saw. Fails: RDL_ERROR_CONFLICT. */
bool rdl_move_current(const rdl_task *task, const rdl_move *move, GError **error);
/** The day `on` is no earlier than the task's last event. */
bool rdl_move_in_order(rdl_ledger *ledger, const rdl_task *task, const char *on, GError **error);
/** The same of a site and its tasks. */
bool rdl_site_in_order(rdl_ledger *ledger, const char *site_id, const char *on, GError **error);
/** Values of a problem that are only blanks, xx, * or dashes are unknown: they are not set. */
bool rdl_fields_known(const char *task_id, JsonObject *fields, GError **error);
bool rdl_move_append(rdl_ledger *ledger, const rdl_move *move, const char *kind,
                     const char *subject, JsonObject *payload, GError **error);
/** The ledger keeps the pack of that digest; `what` is named where not. Fails: RDL_ERROR_USAGE. */
bool rdl_ledger_need_pack(rdl_ledger *ledger, const char *sha256, const char *what, GError **error);
/** Site of a task, site, finding, problem or source id; where it was merged, the one it became.
 *  Yours. Fails: RDL_ERROR_NOT_FOUND. */
char *rdl_site_of(rdl_ledger *ledger, const char *id, GError **error);
/** A task as event task.opened tells it, by the program itself; then screened at once. */
typedef struct rdl_clue {
    const char *site_id, *finding_id, *xzqdm, *department, *result, *severity;
    const char *task_id; /* NULL: the site's own */
} rdl_clue;
bool rdl_clue_open(rdl_ledger *ledger, const rdl_clue *clue, rdl_day as_of, GError **error);
/** A clue that begins again has the tier and the day of deadlines.csv from then: task.renewed. */
bool rdl_clue_renew(rdl_ledger *ledger, const rdl_task *clue, const rdl_who *who, GError **error);
/** *known: the workflow has that move for that role. Conditions are not looked at. */
bool rdl_move_known(rdl_ledger *ledger, const rdl_move *move, bool *known, GError **error);
/** The move as the caller's transaction has it. */
bool rdl_task_move_within(rdl_ledger *ledger, const rdl_move *move, GError **error);
/** Where the findings of a source are: its own site, or the one that site went into; NULL: the
 *  ledger does not know it. `site_id` is yours. */
bool rdl_site_of_source(rdl_ledger *ledger, const char *source, const char *source_id,
                        char **site_id, GError **error);
/** rdl_sites_merge() inside a transaction of the caller. */
bool rdl_sites_merge_within(rdl_ledger *ledger, const char *keep, const char *const *others,
                            const rdl_who *who, GError **error);
/** Commit when `good`, else roll back. Returns whether it is committed. */
bool rdl_ledger_end(rdl_ledger *ledger, bool good, GError **error);

/** pack.yaml as the ledger keeps it. Lent. */
JsonObject *rdl_ledger_pack(rdl_ledger *ledger, GError **error);
/** The workflow of a unit: pack.yaml, workflows: {default: FILE, units: {"3410": FILE}, sources:
 *  {NAME: FILE}}: that of the problem's source where it is named, else of the longest beginning of
 *  the code that is; without either, workflow.csv. Lent. */
const rdl_csv *rdl_ledger_workflow(rdl_ledger *ledger, const char *xzqdm, const char *source,
                                   GError **error);
/** What a note says once the task is read and the day is in order. */
typedef struct rdl_note {
    const char *kind, *act; /* act: what roles.csv must let the role do; NULL: `say` asks itself */
    bool (*say)(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                const void *what, GError **error);
    const void *what;
    bool closed; /* also on a task that is done */
} rdl_note;
/** May it be noted? Task, revision, role and day are asked, nothing is written. */
bool rdl_note_possible(rdl_ledger *ledger, const rdl_move *who, const rdl_note *note,
                       GError **error);
/** One event about a task, in a transaction of its own. */
bool rdl_note_make(rdl_ledger *ledger, const rdl_move *who, const rdl_note *note, GError **error);
/** A role that some row of a unit's workflow names. Fails: RDL_ERROR_USAGE. */
bool rdl_role_known(rdl_ledger *ledger, const char *xzqdm, const char *role, const char *subject,
                    GError **error);
/** What the tables say of the tasks and problems at a site is what its events make of them, each as
 *  it was written: what a move builds on. Applied again in memory. Fails: RDL_ERROR_BALANCE. */
bool rdl_work_agrees(rdl_ledger *ledger, const char *site_id, GError **error);
/** A copy of `file`, whose digest that is, in <ledger>.files; nothing where it is there. */
bool rdl_ledger_keep(rdl_ledger *ledger, const char *file, const char *digest, GError **error);
/** Some row of the workflow names the role, and the task is open. Fails: RDL_ERROR_USAGE. */
bool rdl_note_allowed(rdl_ledger *ledger, const rdl_task *task, const char *role, GError **error);

/** How the ledger's pack counts time: its weekend, its calendars, its switches. Lent. */
const rdl_deadline_policy *rdl_ledger_policy(rdl_ledger *ledger, GError **error);
/** The tier that the words of a limit say, told from `from`: that of the same period ("两个月内"),
 * or the long term ("长期坚持"); NULL: a day says none. Lent. */
bool rdl_ledger_tier_said(rdl_ledger *ledger, const char *kind, const rdl_deadline *limit,
                          rdl_day from, const char **tier, GError **error);
/** The day was counted through a year whose calendar the pack does not have: it is provisional. */
#define RDL_NO_CALENDAR "no calendar of that year: days of rest not known"
/** Of a due day that deadlines.csv gave (NULL: none): was it? */
bool rdl_ledger_provisional(rdl_ledger *ledger, const char *due, bool *provisional, GError **error);
/** Into an event that gives a task a day; nothing where it is not provisional. `words`, told from
 *  the ISO date `from`: what the day was counted from; NULL: the rule. */
void rdl_set_provisional(JsonObject *payload, bool provisional, const char *words,
                         const char *from);
/** The time limit an inspection's list gave a clue, into the fields of the move that registers it;
 *  nothing where it gave none. */
bool rdl_listed_limit(rdl_ledger *ledger, const rdl_task *clue, JsonObject *fields, GError **error);
/** SQL: events that give a task another day or unit than it was opened with. */
#define RDL_TERM_EVENTS \
    "kind IN ('task.extended', 'task.tightened', 'task.renewed', 'task.resumed')"
/** Is it a tier without a day? */
bool rdl_ledger_tier_lasts(rdl_ledger *ledger, const char *tier);
/** Tier and due day of a task by the first row of deadlines.csv that fits; both NULL where none
 *  does, due NULL for the long term. `tier` is lent, `due` yours. */
bool rdl_ledger_deadline(rdl_ledger *ledger, const char *kind, const char *result,
                         const char *severity, rdl_day from, const char **tier, char **due,
                         GError **error);

#endif
