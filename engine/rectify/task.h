/* rectify/task.h - what is to be done about a site, by whom, until when. */
#ifndef RDL_RECTIFY_TASK_H
#define RDL_RECTIFY_TASK_H

#include "rectify/ledger.h"

/** A task as it stands, with its site, its finding and, from REGISTERED on, its problem. Text is
 *  owned; NULL where there is none. */
typedef struct rdl_task {
    char *task_id, *kind, *state, *xzqdm, *tier; /* kind: verify, rectify */
    char *department, *routed; /* who leads: by the problem, else as the rule routed it */
    char *tier_original;                                      /* it began with (tighten.h) */
    char *started, *due_original, *due, *assignee;            /* ISO dates */
    char *warning, *warning_by; /* level at as_of and the test that held; NULL: none */
    int warning_rank;           /* 0 none, 1 the mildest */
    char *warned;               /* level of the last warning on record; NULL: none */
    char *proposes, *triggers;  /* what the warning asks for, where `advice` was; NULL: nothing */
    char *contradicted;         /* date of the scene that speaks against its claim; NULL: none */
    char *stopped;              /* since when its clock stands still; NULL: it runs */
    char *due_note;             /* "provisional": counted without that year's calendar; NULL */
    char *undated;              /* since when it has no day though it should (reopened); NULL */
    double progress;            /* 0..1 as last reported; NaN: never */
    int missed;                 /* milestones passed unmet at as_of */
    int number;                 /* of its site on maps: as how manieth its first task was opened */
    gint64 revision;            /* grows with every change of the task */
    char *site_id, *source, *source_id, *owner;
    char *finding_id, *zone, *zone_name, *activity, *result, *severity, *rule_id, *basis;
    char *handling, *penalty;
    char *problem_id, *target, *measures, *lead_leader, *supervisor, *resp_unit, *accept_unit;
    char *task_no, *problem_source, *problem; /* of an inspection's list */
    double lon, lat;
    /* of the gravest finding; of a site of several sources all its ground, each piece once, with
       bounds NaN */
    double area_m2, area_min_m2, area_max_m2;
    GBytes *wkb; /* of the site, ledger's CRS */
} rdl_task;
RDL_API void rdl_task_clear(rdl_task *task);

typedef struct rdl_task_filter {
    const char *state, *unit, *kind, *id; /* NULL: any; unit: code or the beginning of one */
    const char *site;                     /* NULL: any */
    rdl_day as_of;                        /* for warnings; 0: none are looked for */
    bool advice;                          /* and what each of them asks for (rdl_task_advise) */
    bool no_ground;                       /* leave `wkb` NULL */
} rdl_task_filter;

/** Tasks by id, as GArray of rdl_task (clears itself). Yours to unref. */
RDL_API GArray *rdl_task_list(rdl_ledger *ledger, const rdl_task_filter *filter, GError **error);
/** Of a task that is warned of at `as_of`: `proposes`, the next rung of the ladder ("ladder.3": a
 *  word of texts.csv; a person issues it), that of the last rise on record or, where the level is
 *  not on record yet, the one after. Of it, and of one without a day that should have one
 *  (`undated`): `triggers`, the interview triggers that hold that day ("trigger.1|trigger.3"):
 *  overdue; overdue and no result was handed in; what was reported is not so; overdue and nobody
 *  outside was told. */
RDL_API bool rdl_task_advise(rdl_ledger *ledger, rdl_task *task, rdl_day as_of, GError **error);
/** Can the filter name any task? The state is one of states.csv, the kind one there is, the unit
 * (or what begins so) one of a task, of successors.csv or of posts.csv; a ledger without tasks
 * knows of no unit and refuses none. Fails: RDL_ERROR_USAGE, RDL_ERROR_NOT_FOUND (unit), naming
 * those there are. */
RDL_API bool rdl_task_filter_check(rdl_ledger *ledger, const rdl_task_filter *filter,
                                   GError **error);
/** Name of the ledger's coordinate system ("EPSG:4490"). Yours. */
RDL_API char *rdl_ledger_crs(rdl_ledger *ledger, GError **error);
/** {"id", "number", "kind", "state", "xzqdm", "department", "tier", "due", "due_original",
 *  "due_note", "undated", "warning", "warning_by", "proposes", "triggers", "contradicted", "zone",
 * "activity", "area_m2", "lon", "lat"}. */
RDL_API JsonObject *rdl_task_json(const rdl_task *task);
/** All there is to say of a task, site or finding, by its id: the site, its findings with every
 *  rule hit, the inputs and options that made them (the run manifest), the tasks, and the events
 *  so far. Members: "site", "findings" (each with "hits"), "manifest", "tasks", "problem",
 *  "events" (seq, at, by, role, kind, reason, payload, prev, hash), "pack", "pack_version", and
 * what the office keeps: "tightenings" (each with its change), "terms" (what gave a task another
 * day, or stopped its clock: by whom, why), "problems", "listed" (what an inspection's list says
 * that no field takes), "limits" (its time limit, counted from when), "measure_rows", "milestones"
 * (due_original: null where it is due), "closeout", "documents", "sources", "letters" (each with
 * its distance, how uncertain its place is, and whether this site is its nearest), "publications",
 * "verifications" (verification.h), "lookbacks", "transfers". Yours. Fails: RDL_ERROR_NOT_FOUND. Of
 * visual triage: "review" (the decisions on its sources) and "holds_back" (what its rejected ones
 * hold back, rectify/hold.h). Of a source that never became a site: "source_id", "review", "held"
 * (by whose rejection), "holds_back" and "events", and no "site". */
RDL_API JsonNode *rdl_ledger_chain(rdl_ledger *ledger, const char *id, GError **error);

/* ---- moves ---- */

typedef struct rdl_move {
    const char *task_id, *to;      /* needed */
    const char *on, *by, *role;    /* needed; ISO date */
    const char *reason, *document; /* document: papers as in rectify/paper.h; NULL */
    JsonObject *fields;            /* values the move takes: {"target": "..."}; NULL */
    gint64 revision;               /* the task as the mover saw it; 0: as it is */
} rdl_move;

/** Move a task along workflow.csv. From VERIFIED to REGISTERED it makes the problem and its task of
 *  kind rectify. Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_USAGE with what is allowed, missing or not
 *  taken (rectify/value.h), RDL_ERROR_CONFLICT when the task has moved on from `revision`. */
RDL_API bool rdl_task_move(rdl_ledger *ledger, const rdl_move *move, GError **error);

/* ---- notes: `who` carries task_id, on, by, role and reason; `to` is what is noted, in words ----
 */

/** Give it to `who->to`. */
RDL_API bool rdl_task_assign(rdl_ledger *ledger, const rdl_move *who, GError **error);
/** A later (or other) due date, a day or words (deadline.h) told from `who->on`, with who approved
 *  it and why; the original stays. */
RDL_API bool rdl_task_extend(rdl_ledger *ledger, const rdl_move *who, const char *due,
                             GError **error);
/** A change that "tightenings" of rdl_ledger_chain() hold, in a line: what was and is (due date,
 *  tier, department, unit), then each matter taken over with its tier, its date and, where that is
 *  another, its first date in brackets. Yours. */
RDL_API char *rdl_tightening_text(JsonObject *change);
/** How far a rectification is, 0..1; `who->reason` says it in words. */
RDL_API bool rdl_task_report(rdl_ledger *ledger, const rdl_move *who, double progress,
                             GError **error);
/** The clock stands still for a stated reason (a lawsuit, a flood); while it does there is no
 *  warning. Resuming gives the days back. */
RDL_API bool rdl_task_stop(rdl_ledger *ledger, const rdl_move *who, GError **error);
RDL_API bool rdl_task_resume(rdl_ledger *ledger, const rdl_move *who, GError **error);

typedef struct rdl_milestone {
    int n;                  /* from 1 */
    const char *due, *text; /* due: a day or words */
} rdl_milestone;
/** Set a milestone of the task's problem. Another day for one that is set is for roles that may
 *  extend, with a reason; its words stay. */
RDL_API bool rdl_task_milestone(rdl_ledger *ledger, const rdl_move *who,
                                const rdl_milestone *milestone, GError **error);
/** Milestone `n` was met on `who->on`. */
RDL_API bool rdl_task_milestone_met(rdl_ledger *ledger, const rdl_move *who, int n, GError **error);

/** Judge every open task at `as_of` and write what changed since the last time: one event a task
 *  whose level is another (warning.changed: level, was, by, ladder: the next step it proposes, and
 *  the interview triggers that hold). Evaluating again writes nothing. `who`: by and role of
 * whoever issues and lifts them, who needs the act `warn` of roles.csv; NULL: the program. tally:
 * ledger.warnings (in: open tasks; used: changed; suppressed UNCHANGED, STOPPED). */
RDL_API bool rdl_ledger_warn(rdl_ledger *ledger, rdl_day as_of, const rdl_who *who,
                             rdl_tally *tally, GError **error);

/** Values of the problem (rectify's master list: target, lead_leader, listed ...) become others. */
RDL_API bool rdl_task_change(rdl_ledger *ledger, const rdl_move *who, JsonObject *fields,
                             GError **error);
/** Measure `n` of the problem is done on `who->on`. */
RDL_API bool rdl_task_measure_done(rdl_ledger *ledger, const rdl_move *who, int n, GError **error);

/** Something about the task was made public; also after it is closed. */
typedef struct rdl_publication {
    const char *kind;          /* 通报 (within offices), 公告 or 公开 (to all) ... */
    const char *channel;       /* one of 一台一网一报 ... */
    const char *closes, *link; /* closes: a day or words; NULL */
} rdl_publication;
RDL_API bool rdl_task_publish(rdl_ledger *ledger, const rdl_move *who,
                              const rdl_publication *publication, GError **error);

/** A clue is handed to another body, one matter one transfer (一事一移送): sent, then accepted,
 * then answered with its result; each on `who->on`. A task has one open transfer at most. */
RDL_API bool rdl_task_transfer(rdl_ledger *ledger, const rdl_move *who, const char *body,
                               GError **error);
RDL_API bool rdl_task_transfer_accepted(rdl_ledger *ledger, const rdl_move *who, GError **error);
RDL_API bool rdl_task_transfer_answered(rdl_ledger *ledger, const rdl_move *who, const char *result,
                                        GError **error);

/* ---- finding tasks ---- */

/** The task at work for a source ("footprint", "FP-0001"): the rectification if there is one, else
 *  the verification. Yours; NULL without error when the source has none. */
RDL_API char *rdl_task_of_source(rdl_ledger *ledger, const char *source_id, GError **error);
/** Moves from a CSV (source_id, to, on, by, role, reason, document; any other column is a value of
 *  the move: target, due, measures_done, image_date, rebound ...), in its order. tally:
 * ledger.moves (suppressed ALREADY_THERE; failed NO_TASK, REFUSED). `refusals` (may be NULL) takes
 * their messages. */
RDL_API bool rdl_moves_apply(rdl_ledger *ledger, const char *csv, rdl_tally *tally,
                             GPtrArray *refusals, GError **error);

#endif
