/* rectify/ledger.h - one SpatiaLite file in which clues become work that is followed to its end.
 *
 * Table `event` is append-only and hash-chained; every other table is made from it by one function
 * (apply_store.c) and can be made again. The pack's own files are kept in the ledger: what judged
 * stays readable when the pack on disk has moved on. */
#ifndef RDL_RECTIFY_LEDGER_H
#define RDL_RECTIFY_LEDGER_H

#include "base/base.h"

typedef struct rdl_ledger rdl_ledger;

/** Who puts something on record, when and why. */
typedef struct rdl_who {
    const char *on, *by, *role; /* on: ISO date */
    const char *reason;
} rdl_who;

/** Make a new ledger at `path` for a pack (name or path). `crs`: "EPSG:4490", NULL: the pack's.
 *  The file appears whole. Fails: RDL_ERROR_USAGE when it exists. */
RDL_API bool rdl_ledger_init(const char *path, const char *pack, const char *crs, GError **error);
/** Keep another version of the ledger's pack; the workflow, deadlines and words are from then on
 *  its, and days that were provisional are counted again (rectify/term.h; `tally`, may be NULL:
 *  ledger.terms). A pack that is there already adds nothing else. Fails: RDL_ERROR_USAGE for a pack
 *  of another id. */
RDL_API bool rdl_ledger_add_pack(rdl_ledger *ledger, const char *pack, rdl_day on,
                                 rdl_tally *tally, GError **error);
/** Open one. Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA when the file is no ledger of this
 *  version. */
RDL_API rdl_ledger *rdl_ledger_open(const char *path, bool write, GError **error);
RDL_API void rdl_ledger_close(rdl_ledger *ledger);
/** Before the file is removed for another: from here on nobody has it open but this handle. Fails:
 *  RDL_ERROR_CONFLICT when somebody has, or when `head` is not its last event any more. */
RDL_API bool rdl_ledger_retire(rdl_ledger *ledger, const char *head, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_ledger, rdl_ledger_close)
RDL_API const char *rdl_ledger_path(const rdl_ledger *ledger);

/** A table of the pack as the ledger keeps it; NULL without error where the pack had none. Lent. */
RDL_API const rdl_csv *rdl_ledger_table(rdl_ledger *ledger, const char *file, GError **error);
/** Word of the pack's texts.csv in `language` ("zh", "en"); `key` itself where it has none. Lent.
 */
RDL_API const char *rdl_ledger_word(rdl_ledger *ledger, const char *key, const char *language);
/** Hash of the last event: 64 hex digits. Yours. Fails: RDL_ERROR_BALANCE when it is not as it was
 *  written or does not follow the one before it. */
RDL_API char *rdl_ledger_head(rdl_ledger *ledger, GError **error);
/** Hash of the last event that is no export.made: what products print, so that having been exported
 *  changes no product. Yours. Fails: as rdl_ledger_head(). */
RDL_API char *rdl_ledger_work_head(rdl_ledger *ledger, GError **error);
/** Latest date of any event that is no export.made, ISO; yours. What exports use instead of the
 *  clock. */
RDL_API char *rdl_ledger_date(rdl_ledger *ledger, GError **error);
/** {"path", "pack", "pack_version", "crs", "events", "head", "sites", "findings", "tasks": {state:
 * n}, "letters"}. Yours. */
RDL_API JsonNode *rdl_ledger_info(rdl_ledger *ledger, GError **error);

/** Is every event as it was written, in its place, and every table what the events make of it?
 *  Fails: RDL_ERROR_BALANCE names the first event or table that is not. */
RDL_API bool rdl_ledger_audit(rdl_ledger *ledger, const rdl_progress *progress, GError **error);
/** For who makes something of a ledger: its head is as it was written; up to 5000 events it is
 *  audited (*whole); of a larger one the work at the site of `id` (as rdl_ledger_chain(); NULL: of
 *  none) is what its events make of it. Fails: RDL_ERROR_BALANCE, RDL_ERROR_NOT_FOUND (id). */
RDL_API bool rdl_ledger_trust(rdl_ledger *ledger, const char *id, bool *whole, GError **error);
/** The ledger as it stood at the end of `day`: a private copy made from the events dated until then
 *  (what was entered later but dated earlier counts). Close it as any. Reads every event once. */
RDL_API rdl_ledger *rdl_ledger_as_of(rdl_ledger *ledger, rdl_day day, GError **error);
/** Make all tables but `event` again, in one transaction.
 *  Fails: RDL_ERROR_BALANCE, unless `accept_loss`, when a table held more rows than the events
 * make: a chain that was cut off at its end is whole in itself. */
RDL_API bool rdl_ledger_rebuild(rdl_ledger *ledger, bool accept_loss, const rdl_progress *progress,
                                GError **error);
/** Is `head` (of an earlier rdl_ledger_head(), as exports note it) the hash of one of its events?
 *  With a good audit that proves that all until then is as it was. Fails: RDL_ERROR_BALANCE. */
RDL_API bool rdl_ledger_holds(rdl_ledger *ledger, const char *head, GError **error);

/** Sign the head with the Ed25519 key of a PEM file: an event, checked by every audit after. */
RDL_API bool rdl_ledger_sign(rdl_ledger *ledger, const char *key, const char *on, const char *by,
                             const char *role, GError **error);
/** Has the holder of that key (hex) signed it? `behind`: events written since the last time. With a
 *  good audit: nobody else made the chain until then. Fails: RDL_ERROR_BALANCE. */
RDL_API bool rdl_ledger_signed_by(rdl_ledger *ledger, const char *public_key, gint64 *behind,
                                  GError **error);

/** Does an event as rdl_ledger_chain() gives it (with "prev" and "hash") give its hash? */
RDL_API bool rdl_ledger_event_sound(JsonObject *event);

#endif
