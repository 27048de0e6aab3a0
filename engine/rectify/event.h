/* rectify/event.h - the append-only record from which all else is made. */
#ifndef RDL_RECTIFY_EVENT_H
#define RDL_RECTIFY_EVENT_H

#include "rectify/handle.h"

/** Kinds: ledger.init, ledger.signed, pack.added, findings.loaded, site.found, site.revised,
 * site.joined, task.opened, task.moved, task.assigned, task.extended, task.tightened,
 * task.renewed, task.progress, task.stopped, task.resumed, milestone.set, milestone.met,
 * warning.changed, problem.registered, letter.received, review.decided, source.held, site.merged,
 * site.split, site.verified, lookback.raised, sample.drawn, sample.judged, export.made,
 * package.returned, photo.taken ... : apply_store.c has them all. */
typedef struct rdl_event {
    gint64 seq;
    const char *at; /* ISO date of what happened */
    const char *by, *role;
    const char *kind, *subject;
    const char *reason;  /* NULL: none */
    const char *payload; /* canonical JSON object */
    const char *prev, *hash;
} rdl_event;

/** What the first event follows. */
#define RDL_EVENT_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

/** SHA-256 of the canonical JSON of all members but hash. Yours. */
char *rdl_event_hash(const rdl_event *event);
/** Chain, write and apply one. seq, payload, prev, hash of `event` are ignored; `payload` is given
 *  as an object. Call inside a transaction. Fails: RDL_ERROR_DATA where `at` is no YYYY-MM-DD. */
bool rdl_event_append(rdl_ledger *ledger, const rdl_event *event, JsonObject *payload,
                      GError **error);
/** Each event in order, to `fn`, which may stop with an error. */
typedef bool (*rdl_event_fn)(const rdl_event *event, void *user, GError **error);
bool rdl_event_each(rdl_ledger *ledger, rdl_event_fn fn, void *user, GError **error);
/** Those whose subject `subjects` selects (SQL, ?1 = `parameter`). */
bool rdl_event_each_of(rdl_ledger *ledger, const char *subjects, const char *parameter,
                       rdl_event_fn fn, void *user, GError **error);
/** Does its content give its hash? Fails: RDL_ERROR_BALANCE. */
bool rdl_event_intact(const rdl_ledger *ledger, const rdl_event *event, GError **error);
/** Number and hash of the last event, which is intact and follows the one before it, under the
 *  triggers that keep events from being changed; 0 and RDL_EVENT_GENESIS: there is none. Looked at
 *  once a handle, as long as nobody else writes. Fails: RDL_ERROR_BALANCE. */
bool rdl_event_head(rdl_ledger *ledger, gint64 *seq, char **hash, GError **error);
/** Take the last event for the head as it is, of a copy whose events were checked in their chain
 *  before some were left out. Fails: RDL_ERROR_IO. */
bool rdl_event_trust_head(rdl_ledger *ledger, GError **error);
/** Write as it stands, without applying (rebuilding elsewhere). */
bool rdl_event_insert(rdl_ledger *ledger, const rdl_event *event, GError **error);

/** Change the tables by one event; the only function that does. */
bool rdl_event_apply(rdl_ledger *ledger, const rdl_event *event, GError **error);

#endif
