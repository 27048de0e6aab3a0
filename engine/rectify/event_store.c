#include "rectify/event.h"

#include <inttypes.h>
#include <string.h>

char *rdl_event_hash(const rdl_event *event)
{
    g_autoptr(JsonObject) o = json_object_new();

    json_object_set_int_member(o, "seq", event->seq);
    rdl_json_set_text(o, "at", event->at);
    rdl_json_set_text(o, "by", event->by);
    rdl_json_set_text(o, "role", event->role);
    rdl_json_set_text(o, "kind", event->kind);
    rdl_json_set_text(o, "subject", event->subject);
    rdl_json_set_text(o, "reason", event->reason);
    rdl_json_set_text(o, "payload", event->payload);
    rdl_json_set_text(o, "prev", event->prev);
    g_autoptr(JsonNode) node = rdl_json_node(o);
    g_autofree char *text = rdl_json_canonical(node);
    return rdl_digest_bytes(text, strlen(text));
}

bool rdl_event_insert(rdl_ledger *ledger, const rdl_event *event, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?)", error);

    if (!s)
        return false;
    rdl_statement_int(s, 1, event->seq);
    rdl_statement_text(s, 2, event->at);
    rdl_statement_text(s, 3, event->by);
    rdl_statement_text(s, 4, event->role);
    rdl_statement_text(s, 5, event->kind);
    rdl_statement_text(s, 6, event->subject);
    rdl_statement_text(s, 7, event->reason);
    rdl_statement_text(s, 8, event->payload);
    rdl_statement_text(s, 9, event->prev);
    rdl_statement_text(s, 10, event->hash);
    return rdl_statement_run(s, error);
}

/* Number and hash of the last event. */
static bool read_head(rdl_ledger *ledger, gint64 *seq, char **hash, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", error);
    bool row = false;

    *seq = 0;
    *hash = NULL;
    if (!s || !rdl_statement_step(s, &row, error))
        return false;
    if (row)
        *seq = rdl_statement_get_int(s, 0);
    *hash = g_strdup(row ? rdl_statement_get_text(s, 1) : RDL_EVENT_GENESIS);
    return true;
}

bool rdl_event_append(rdl_ledger *ledger, const rdl_event *event, JsonObject *payload,
                      GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_node(payload);
    g_autofree char *text = rdl_json_canonical(node), *prev = NULL;
    rdl_event full = *event;

    if (!read_head(ledger, &full.seq, &prev, error))
        return false;
    full.seq++;
    full.payload = text;
    full.prev = prev;
    g_autofree char *hash = rdl_event_hash(&full);
    full.hash = hash;
    return rdl_event_insert(ledger, &full, error) && rdl_event_apply(ledger, &full, error);
}

/* Columns of the query below; all but the number and the reason are text, always. */
static bool check_columns(rdl_statement *s, GError **error)
{
    static const char *const columns[] = {"seq",     "at",     "by",      "role", "kind",
                                          "subject", "reason", "payload", "prev", "hash"};

    for (int i = 1; i < (int)G_N_ELEMENTS(columns); i++)
        if (!rdl_statement_is_text(s, i) && (i != 6 || rdl_statement_get_text(s, i)))
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "event %" PRId64 " was altered: its %s is no text",
                            rdl_statement_get_int(s, 0), columns[i]);
    return true;
}

bool rdl_event_each(rdl_ledger *ledger, rdl_event_fn fn, void *user, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT seq,at,by,role,kind,subject,reason,payload,prev,hash FROM event "
                          "ORDER BY seq",
                          error);
    bool row = true;

    if (!s)
        return false;
    for (;;) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            return true;
        if (!check_columns(s, error))
            return false;
        rdl_event event = {.seq = rdl_statement_get_int(s, 0),
                           .at = rdl_statement_get_text(s, 1),
                           .by = rdl_statement_get_text(s, 2),
                           .role = rdl_statement_get_text(s, 3),
                           .kind = rdl_statement_get_text(s, 4),
                           .subject = rdl_statement_get_text(s, 5),
                           .reason = rdl_statement_get_text(s, 6),
                           .payload = rdl_statement_get_text(s, 7),
                           .prev = rdl_statement_get_text(s, 8),
                           .hash = rdl_statement_get_text(s, 9)};
        if (!fn(&event, user, error))
            return false;
    }
}
