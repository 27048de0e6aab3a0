/* rectify/handover.h - what left the ledger, and work that comes back from another office.
 *
 * Every export is an event (export.made: who, profile, digest of the output, what was asked for).
 * One that hands out work names the tasks and their revisions, under an id of its own: the issue.
 * What the other office did comes back as entries, each with its own actor, day and role. An entry
 * becomes the event it would have been here, checked by the same workflow; the event names its
 * issue and its entry, by which an entry that comes twice is known. Where this office has changed
 * the same thing since the issue, the entry is a conflict: told, never applied. */
#ifndef RDL_RECTIFY_HANDOVER_H
#define RDL_RECTIFY_HANDOVER_H

#include "rectify/ledger.h"

typedef struct rdl_outgoing {
    const char *profile; /* needed */
    const char *sha256;  /* of the output; needed, unless there are `files` */
    const char *on, *by; /* needed */
    const char *issue;   /* id of rdl_ledger_issue(); NULL: no work is handed out */
    const GArray *tasks; /* of rdl_task: what is in it; NULL: only numbers are */
    JsonObject *files;   /* of several outputs: name -> SHA-256; NULL */
    JsonObject *rows;    /* of an issue: what was written of them, as digests (deliver); NULL */
    const char *unit, *as_of, *language; /* what was asked for; NULL */
    bool once; /* not again where it is on record since the last work in the ledger */
} rdl_outgoing;

/** rdl_outgoing.rows of an issue: {} where its event has none. Yours. Fails: RDL_ERROR_NOT_FOUND:
 * no such issue left this ledger. */
RDL_API JsonObject *rdl_ledger_issue_rows(rdl_ledger *ledger, const char *issue, GError **error);
/** Id of the next issue to that unit: made of the ledger's head, so never twice. Yours. */
RDL_API char *rdl_ledger_issue(rdl_ledger *ledger, const char *profile, const char *unit,
                               GError **error);
/** Put an export on record. Joins a transaction of the caller. The digest of `files` is that of
 * their lines "<SHA-256>  <name>", of one file its own. */
RDL_API bool rdl_ledger_outgoing(rdl_ledger *ledger, const rdl_outgoing *outgoing, GError **error);
/** What was made of one state of the ledger. */
typedef struct rdl_outgoing_list {
    const rdl_outgoing *list; /* `on` may be NULL: the day of the latest work */
    size_t n;
    const char *work; /* rdl_ledger_work_head() of that state */
    /* Called with the head that the ledger is about to have, before it has it; NULL */
    bool (*before_commit)(void *user, const char *head, GError **error);
    void *user;
} rdl_outgoing_list;

/** All of them or none. Fails: RDL_ERROR_CONFLICT when somebody has worked in the ledger since. */
RDL_API bool rdl_ledger_outgoing_all(rdl_ledger *ledger, const rdl_outgoing_list *made,
                                     GError **error);

/** Names of people and owners that the ledger knows: owners of sites, leaders, supervisors,
 * assignees, whoever acted, but for the program itself. Array of texts, each once. Yours. */
RDL_API JsonNode *rdl_ledger_names(rdl_ledger *ledger, GError **error);
/** Rows that hang on `tasks` (of rdl_task) of a unit, as texts: "problem", "measure", "milestone",
 * "document" (subject the task). Array of objects, by their keys. Yours. */
RDL_API JsonNode *rdl_ledger_unit_rows(rdl_ledger *ledger, const char *table, const char *unit,
                                       const GArray *tasks, GError **error);

/** Contents of papers are kept beside the ledger, in <ledger>.files, under their digests.
 *  Path of one that is there; NULL: it is not. Yours. */
RDL_API char *rdl_ledger_paper(rdl_ledger *ledger, const char *sha256);

/** What was done with one task. */
typedef struct rdl_entry {
    gint64 row;                    /* where it stood */
    const char *id;                /* of a task, or of the problem a task rectifies */
    const char *act;               /* move, report, set, measure, photo */
    const char *to;                /* move: the state */
    const char *on, *by, *role;    /* needed */
    const char *reason, *document; /* document: as rdl_move; its files are in `folder`;
                                      photo: those files, several with | */
    JsonObject *values;            /* move, set: values of the problem; NULL */
    int number;                    /* measure: which, from 1 */
    double percent;                /* report: 0..100 */
    const char *wrong;             /* why it is refused unseen: a cell is not what it must be */
} rdl_entry;

typedef struct rdl_incoming {
    const char *issue;  /* needed */
    const char *sha256; /* of the package; needed */
    const char *folder; /* where the files of documents are; NULL: there are none */
    /* names (text) of those below it that are kept if a paper on record has their digest; NULL */
    const GPtrArray *files;
    JsonArray *told;              /* lines for the report that whoever read the package has; NULL */
    const rdl_progress *progress; /* asked between entries; NULL */
    const char *on, *by; /* who takes it, and the day; needed. Entries of later days are refused */
    const rdl_entry *list;
    size_t n;
} rdl_incoming;

/** Take entries in, by task and day, those of one day in the order of their rows: one transaction,
 *  which ends only when the files of their papers are kept in <ledger>.files.
 *  *report (yours): [{"row", "id", "act", "on", "by", "code", "why", "issued", "now"}], a line for
 *  each that was not applied; `issued` and `now` are the task's revisions. Codes: CONFLICT (changed
 *  on both sides, or another value of the same day came before), REFUSED (the workflow's words, an
 *  entry that is not complete, that speaks as the program (by redline, role system), or in a role
 *  that roles.csv does not have or has above the issue's unit), NOT_ISSUED (no such task in the
 *  issue). Then [{"file", "code", "why"}], a line for each file that is not kept: UNNAMED (no paper
 *  on record has its digest); then `told`. The taking is an event itself (package.returned, with
 *  that report), once a package. tally: return.entries (suppressed ALREADY_THERE, failed as above),
 *  return.files (suppressed UNNAMED). Fails: RDL_ERROR_NOT_FOUND: no such issue left this ledger;
 * RDL_ERROR_IO: a file cannot be kept; nothing is on record then. */
RDL_API bool rdl_ledger_return(rdl_ledger *ledger, const rdl_incoming *incoming, rdl_tally *tally,
                               JsonNode **report, GError **error);

#endif
