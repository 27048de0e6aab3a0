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

bool rdl_ledger_event_sound(JsonObject *event)
{
    JsonNode *payload = json_object_get_member(event, "payload");
    g_autofree char *text = payload ? rdl_json_canonical(payload) : NULL;
    const rdl_event e = {.seq = g_ascii_strtoll(rdl_json_text(event, "seq", "0"), NULL, 10),
                         .at = rdl_json_text(event, "at", NULL),
                         .by = rdl_json_text(event, "by", NULL),
                         .role = rdl_json_text(event, "role", NULL),
                         .kind = rdl_json_text(event, "kind", NULL),
                         .subject = rdl_json_text(event, "subject", NULL),
                         .reason = rdl_json_text(event, "reason", NULL),
                         .payload = text,
                         .prev = rdl_json_text(event, "prev", NULL)};
    g_autofree char *hash = rdl_event_hash(&e);

    return strcmp(hash, rdl_json_text(event, "hash", "")) == 0;
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

/* Columns of the query below; all but the number and the reason are text, always. */
static bool check_columns(rdl_statement *s, GError **error)
{
    static const char *const columns[] = {"seq",     "at",     "by",      "role", "kind",
                                          "subject", "reason", "payload", "prev", "hash"};

    for (int i = 1; i < (int)G_N_ELEMENTS(columns); i++)
        if (!rdl_statement_is_text(s, i) && (i != 6 || rdl_statement_get_text(s, i)))
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "event %" PRId64
                            " was altered: its %s is no text: put back a copy of the "
                            "ledger whose audit is clean, and enter again what came after it",
                            rdl_statement_get_int(s, 0), columns[i]);
    return true;
}

/* The row as an event; its texts are lent until the next step. */
static bool take_event(rdl_statement *s, rdl_event *event, GError **error)
{
    if (!check_columns(s, error))
        return false;
    *event = (rdl_event){.seq = rdl_statement_get_int(s, 0),
                         .at = rdl_statement_get_text(s, 1),
                         .by = rdl_statement_get_text(s, 2),
                         .role = rdl_statement_get_text(s, 3),
                         .kind = rdl_statement_get_text(s, 4),
                         .subject = rdl_statement_get_text(s, 5),
                         .reason = rdl_statement_get_text(s, 6),
                         .payload = rdl_statement_get_text(s, 7),
                         .prev = rdl_statement_get_text(s, 8),
                         .hash = rdl_statement_get_text(s, 9)};
    return true;
}

#define EVENT_COLUMNS "SELECT seq,at,by,role,kind,subject,reason,payload,prev,hash FROM event "

static bool each(rdl_statement *s, rdl_event_fn fn, void *user, GError **error)
{
    rdl_event event;
    bool row = true;

    for (;;) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            return true;
        if (!take_event(s, &event, error) || !fn(&event, user, error))
            return false;
    }
}

bool rdl_event_each(rdl_ledger *ledger, rdl_event_fn fn, void *user, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, EVENT_COLUMNS "ORDER BY seq", error);

    return s && each(s, fn, user, error);
}

bool rdl_event_each_of(rdl_ledger *ledger, const char *subjects, const char *parameter,
                       rdl_event_fn fn, void *user, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf(EVENT_COLUMNS "WHERE subject IN (%s) ORDER BY seq", subjects);
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, parameter);
    return each(s, fn, user, error);
}

/* ---- the head of the chain ---- */

bool rdl_event_intact(const rdl_ledger *ledger, const rdl_event *event, GError **error)
{
    g_autofree char *hash = rdl_event_hash(event);

    return strcmp(hash, event->hash) == 0 ||
           rdl_fail(error, RDL_ERROR_BALANCE,
                    "%s: event %" PRId64
                    " was altered: its content does not give its hash; redline ledger audit tells "
                    "more",
                    rdl_ledger_path(ledger), event->seq);
}

/* The guards that keep events from being changed are there, and no others. */
static bool check_guards(rdl_ledger *ledger, GError **error)
{
    g_autofree char *n = rdl_store_value(
        ledger->store,
        "SELECT sum(name IN ('event_no_update', 'event_no_delete', 'event_no_replace')) * 10 + "
        "count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'",
        error);

    return n &&
           (strcmp(n, "33") == 0 ||
            rdl_fail(error, RDL_ERROR_BALANCE,
                     "%s: what keeps its events from being changed was altered: redline ledger "
                     "audit tells more",
                     rdl_ledger_path(ledger)));
}

/* The last event is as it was written, and follows the one before it. */
static bool check_last(rdl_ledger *ledger, gint64 *seq, char **hash, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, EVENT_COLUMNS "ORDER BY seq DESC LIMIT 2", error);
    g_autofree char *prev = NULL;
    rdl_event event;
    bool row = false;

    *seq = 0;
    *hash = NULL;
    for (int i = 0; i < 2; i++) {
        if (!s || !rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            break;
        if (!take_event(s, &event, error) || !rdl_event_intact(ledger, &event, error))
            return false;
        if (prev && (strcmp(prev, event.hash) != 0 || event.seq + 1 != *seq))
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: event %" PRId64 " does not follow the one before it: "
                            "redline ledger audit tells more",
                            rdl_ledger_path(ledger), *seq);
        if (i == 0) {
            *seq = event.seq;
            *hash = g_strdup(event.hash);
            prev = g_strdup(event.prev);
        }
    }
    if (!*hash)
        *hash = g_strdup(RDL_EVENT_GENESIS);
    return true;
}

static bool know_head(rdl_ledger *ledger, gint64 seq, const char *hash)
{
    g_free(ledger->head);
    ledger->head = g_strdup_printf("%" PRId64 " %s", seq, hash);
    return true;
}

static char *last_of(rdl_ledger *ledger, GError **error)
{
    return rdl_store_value(ledger->store,
                           "SELECT seq || ' ' || hash FROM event ORDER BY seq DESC LIMIT 1", error);
}

bool rdl_event_trust_head(rdl_ledger *ledger, GError **error)
{
    GError *failed = NULL;

    g_free(ledger->head);
    ledger->head = last_of(ledger, &failed);
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

bool rdl_event_head(rdl_ledger *ledger, gint64 *seq, char **hash, GError **error)
{
    g_autofree char *head = last_of(ledger, error);

    *seq = 0;
    *hash = NULL;
    if (head && g_strcmp0(head, ledger->head) == 0) { /* looked at, or written, by this handle */
        char *end;
        *seq = g_ascii_strtoll(head, &end, 10);
        *hash = g_strdup(end + 1);
        return true;
    }
    return check_guards(ledger, error) && check_last(ledger, seq, hash, error) &&
           know_head(ledger, *seq, *hash);
}

/* Days are compared as they are written, so only as YYYY-MM-DD. */
static bool check_day(const rdl_event *event, GError **error)
{
    rdl_day day = RDL_DAY_PAST;
    bool read = event->at && rdl_day_parse(event->at, &day, NULL);
    g_autofree char *text = read ? rdl_day_text(day) : NULL;

    return (text && strcmp(text, event->at) == 0) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' of its event is not a date (YYYY-MM-DD)",
                    event->subject ? event->subject : event->kind, event->at ? event->at : "");
}

bool rdl_event_append(rdl_ledger *ledger, const rdl_event *event, JsonObject *payload,
                      GError **error)
{
    g_autofree char *prev = NULL;
    rdl_event full = *event;

    if (!check_day(event, error))
        return false;
    if (ledger->package) {
        rdl_json_set_text(payload, "package", ledger->package);
        rdl_json_set_text(payload, "entry", ledger->entry);
    }
    g_autoptr(JsonNode) node = rdl_json_node(payload);
    g_autofree char *text = rdl_json_canonical(node);
    if (!rdl_event_head(ledger, &full.seq, &prev, error))
        return false;
    full.seq++;
    full.payload = text;
    full.prev = prev;
    g_autofree char *hash = rdl_event_hash(&full);
    full.hash = hash;
    return rdl_event_insert(ledger, &full, error) && rdl_event_apply(ledger, &full, error) &&
           know_head(ledger, full.seq, full.hash);
}
