/* Is the ledger what its events make of it; the same made again, or as it stood on a day. */
#include <inttypes.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/difference.h"
#include "rectify/draw.h"
#include "rectify/handover.h"
#include "rectify/ledger.h"
#include "rectify/route.h"
#include "rectify/sample.h"

/* Every table that events make, parents first. */
static const struct {
    const char *name, *key;
} made_tables[] = {{"setting", "name"},
                   {"pack", "sha256"},
                   {"pack_file", "sha256, name"},
                   {"load", "digest"},
                   {"layer", "role, source"},
                   {"site", "site_id"},
                   {"origin", "source, source_id"},
                   {"review", "source, source_id"},
                   {"held", "source, source_id"},
                   {"finding", "finding_id"},
                   {"problem", "problem_id"},
                   {"measure", "problem_id, n"},
                   {"milestone", "problem_id, n"},
                   {"task", "task_id"},
                   {"move", "task_id, seq"},
                   {"document", "seq, n"},
                   {"closeout", "seq"},
                   {"publication", "seq"},
                   {"lookback", "seq"},
                   {"transfer", "transfer_no"},
                   {"draw", "seq, task_id"},
                   {"sample", "sample_id"},
                   {"stratum", "sample_id, unit, class"},
                   {"sampled", "sample_id, item_id"},
                   {"judgement", "seq"},
                   {"letter", "letter_no"},
                   {"letter_site", "letter_no, site_id"},
                   {"verification", "task_id, scene, seq"}};

static void table_free(gpointer p)
{
    rdl_csv_free(p);
}

typedef struct {
    const char *path; /* of the ledger, for messages */
    rdl_ledger *copy; /* where events are applied again; NULL: only check */
    gint64 seq;
    char *prev;
    bool insert;   /* the events themselves too */
    rdl_day until; /* later events are checked, not applied */
} replay;

static bool check_link(replay *r, const rdl_event *event, GError **error)
{
    g_autofree char *hash = rdl_event_hash(event);

    if (event->seq != r->seq + 1)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "event %" PRId64 " is missing: %" PRId64 " follows %" PRId64, r->seq + 1,
                        event->seq, r->seq);
    if (strcmp(r->prev ? r->prev : RDL_EVENT_GENESIS, event->prev) != 0)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "event %" PRId64 " does not follow the one before it", event->seq);
    if (strcmp(hash, event->hash) != 0)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "event %" PRId64 " was altered: its content does not give its hash",
                        event->seq);
    r->seq = event->seq;
    g_free(r->prev);
    r->prev = g_strdup(event->hash);
    return true;
}

/* A signature is of the head it was written on, by the key it names. */
static bool check_signature(const rdl_event *event, GError **error)
{
    if (strcmp(event->kind, "ledger.signed") != 0)
        return true;
    g_autoptr(JsonNode) node = rdl_json_parse(event->payload, "event", error);
    if (!node)
        return false;
    JsonObject *o = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *head = rdl_json_text(o, "head", NULL);
    return (g_strcmp0(head, event->prev) == 0 &&
            rdl_signature_good(rdl_json_text(o, "public_key", NULL),
                               rdl_json_text(o, "signature", NULL), head)) ||
           rdl_fail(error, RDL_ERROR_BALANCE,
                    "event %" PRId64 " holds a signature that is not good", event->seq);
}

/* What was drawn is what the seed gives. */
static bool check_draw(const rdl_event *event, GError **error)
{
    bool sample = strcmp(event->kind, "sample.drawn") == 0;

    if (strcmp(event->kind, "draw.made") != 0 && !sample)
        return true;
    g_autoptr(JsonNode) node = rdl_json_parse(event->payload, "event", error);
    if (!node)
        return false;
    JsonObject *o = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    return (o && (sample ? rdl_sample_good(o) : rdl_draw_good(o))) ||
           rdl_fail(error, RDL_ERROR_BALANCE,
                    "event %" PRId64 " holds a draw that its seed does not give", event->seq);
}

/* Where it is, which event, and the way out: what was written is nowhere but in a copy. */
static bool fail_event(const replay *r, const rdl_event *event, GError *take_why, GError **error)
{
    g_autofree char *which =
        rdl_say(" (%s of %s, %s): put back a copy of the ledger whose audit is clean, and enter "
                "again what came after it",
                event->kind, event->subject, event->at);

    g_set_error(error, RDL_ERROR, take_why->code, "%s: %s%s", r->path, take_why->message, which);
    g_error_free(take_why);
    return false;
}

static bool replay_event(const rdl_event *event, void *user, GError **error)
{
    GError *why = NULL;
    replay *r = user;
    rdl_day at;

    if (!check_link(r, event, &why) || !check_signature(event, &why) || !check_draw(event, &why) ||
        !rdl_day_parse(event->at, &at, &why))
        return fail_event(r, event, why, error);
    if (at > r->until)
        return true;
    if ((!r->insert || rdl_event_insert(r->copy, event, error)) &&
        rdl_event_apply(r->copy, event, error))
        return true;
    g_autofree char *where =
        rdl_say("%s: event %" PRId64 " cannot be applied: ", r->path, event->seq);
    return g_prefix_error(error, "%s", where), false;
}

static bool same_tables(rdl_ledger *a, rdl_ledger *b, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(made_tables); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s ORDER BY %s", made_tables[i].name,
                                               made_tables[i].key);
        g_autofree char *x = rdl_store_digest(a->store, sql, NULL, error);
        g_autofree char *y = x ? rdl_store_digest(b->store, sql, NULL, error) : NULL;
        if (!y)
            return false;
        if (strcmp(x, y) != 0)
            return rdl_row_differs(a->store, b->store, rdl_ledger_path(a), made_tables[i].name,
                                   made_tables[i].key, error);
    }
    return true;
}

static bool same_answer(rdl_ledger *a, rdl_ledger *b, const char *sql, bool *same, GError **error)
{
    g_autofree char *x = rdl_store_digest(a->store, sql, NULL, error);
    g_autofree char *y = x ? rdl_store_digest(b->store, sql, NULL, error) : NULL;

    *same = y && strcmp(x, y) == 0;
    return y != NULL;
}

/* The index of places knows every site where it lies (its rows are numbered as they came), and the
 * register of geometries in which system: others read both. */
static bool same_places(rdl_ledger *a, rdl_ledger *b, GError **error)
{
    static const char index[] = "SELECT site_id, xmin, xmax, ymin, ymax FROM idx_site_geom i LEFT "
                                "JOIN site s ON s.rowid = i.pkid ORDER BY site_id, xmin";
    static const char registered[] =
        "SELECT f_table_name, f_geometry_column, geometry_type, coord_dimension, g.srid, "
        "spatial_index_enabled, auth_name, auth_srid FROM geometry_columns g LEFT JOIN "
        "spatial_ref_sys USING(srid) ORDER BY 1, 2";
    bool same;

    if (!same_answer(a, b, index, &same, error))
        return false;
    if (!same)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "%s: its index of places is not that of its sites: see redline ledger "
                        "rebuild",
                        rdl_ledger_path(a));
    if (!same_answer(a, b, registered, &same, error))
        return false;
    return same || rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: its register of geometries (geometry_columns) is not as this "
                            "program makes it: other programs would see its sites elsewhere: put "
                            "back a copy of the ledger whose audit is clean, and enter again what "
                            "came after it",
                            rdl_ledger_path(a));
}

/* What a query names (name, definition); NULL with an error. */
static GHashTable *definitions(rdl_ledger *ledger, const char *sql, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    bool row = s != NULL;

    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (row)
            g_hash_table_insert(all, g_strdup(rdl_statement_get_text(s, 0)),
                                g_strdup(rdl_statement_get_text(s, 1)));
    }
    return s ? g_steal_pointer(&all) : NULL;
}

/* The first name, by the alphabet, that the two do not define alike. */
static const char *altered(GHashTable *a, GHashTable *b)
{
    GHashTable *const both[] = {a, b};
    const char *first = NULL;
    GHashTableIter i;
    gpointer name, definition;

    for (int k = 0; k < 2; k++) {
        g_hash_table_iter_init(&i, both[k]);
        while (g_hash_table_iter_next(&i, &name, &definition))
            if (g_strcmp0(g_hash_table_lookup(both[1 - k], name), definition) != 0 &&
                (!first || strcmp(name, first) < 0))
                first = name;
    }
    return first ? first : "?";
}

/* Tables, triggers and indexes of the ledger's own tables as this program makes them, and no
 * others: a trigger could undo or do anything. */
static bool same_schema(rdl_ledger *a, rdl_ledger *b, GError **error)
{
    g_autoptr(GString) sql =
        g_string_new("SELECT type || ' ' || name, tbl_name || ': ' || sql FROM sqlite_master WHERE "
                     "tbl_name IN ('event'");

    for (size_t i = 0; i < G_N_ELEMENTS(made_tables); i++)
        g_string_append_printf(sql, ",'%s'", made_tables[i].name);
    g_string_append(sql, ") OR type IN ('trigger', 'view') ORDER BY type, name");
    g_autofree char *x = rdl_store_digest(a->store, sql->str, NULL, error);
    g_autofree char *y = x ? rdl_store_digest(b->store, sql->str, NULL, error) : NULL;
    if (!y || strcmp(x, y) == 0)
        return y != NULL;
    g_autoptr(GHashTable) has = definitions(a, sql->str, error);
    g_autoptr(GHashTable) makes = has ? definitions(b, sql->str, error) : NULL;
    return makes && rdl_fail(error, RDL_ERROR_BALANCE,
                             "%s: its tables, triggers or views are not as this program makes them "
                             "(%s): somebody altered what keeps the events append-only: put back a "
                             "copy of the ledger whose audit is clean, and enter again what came "
                             "after it",
                             rdl_ledger_path(a), altered(has, makes));
}

/* Papers that are kept beside it are those that came; one that is not there is told elsewhere. */
static bool same_papers(rdl_ledger *ledger, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT DISTINCT sha256 FROM document WHERE length(sha256) = 64 AND sha256 NOT GLOB"
        " '*[^0-9a-f]*' ORDER BY 1",
        error);
    bool row = s != NULL;

    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        const char *sha256 = row ? rdl_statement_get_text(s, 0) : NULL;
        g_autofree char *path = row ? rdl_ledger_paper(ledger, sha256) : NULL;
        g_autofree char *own = path ? rdl_digest_file(path, error) : NULL;
        if (path && !own)
            return false;
        if (path && strcmp(own, sha256) != 0)
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: is not the paper that came, its digest differs: give that paper "
                            "again, or put its copy back",
                            path);
    }
    return s != NULL;
}

/* An empty ledger in a private temporary file that is gone when it is closed. */
static rdl_ledger *blank(const rdl_ledger *like, GError **error)
{
    rdl_store *store = rdl_store_open("", RDL_STORE_CREATE, error);

    if (!store || !rdl_ledger_schema(store, like->srid, error)) {
        rdl_store_close(store);
        return NULL;
    }
    rdl_ledger *ledger = g_new0(rdl_ledger, 1);
    ledger->store = store;
    ledger->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, table_free);
    ledger->crs = g_strdup(like->crs);
    ledger->srid = like->srid;
    return ledger;
}

/* Events and tables of one moment, whoever writes meanwhile. */
static bool begin_snapshot(rdl_ledger *ledger, GError **error)
{
    return rdl_store_run(ledger->store, "BEGIN", error);
}

bool rdl_ledger_audit(rdl_ledger *ledger, const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_ledger) copy = NULL;
    replay r = {.path = rdl_ledger_path(ledger), .until = RDL_DAY_FUTURE};
    bool good = rdl_progress_tell(progress, 0.0, "auditing", error) &&
                (r.copy = copy = blank(ledger, error)) && rdl_store_begin(copy->store, error) &&
                begin_snapshot(ledger, error) && rdl_event_each(ledger, replay_event, &r, error) &&
                same_tables(ledger, copy, error) && same_places(ledger, copy, error) &&
                same_schema(ledger, copy, error) && same_papers(ledger, error);

    rdl_store_rollback(ledger->store);
    g_free(r.prev);
    return good && rdl_progress_tell(progress, 1.0, "auditing", error);
}

rdl_ledger *rdl_ledger_as_of(rdl_ledger *ledger, rdl_day day, GError **error)
{
    g_autoptr(rdl_ledger) copy = blank(ledger, error);
    replay r = {.path = rdl_ledger_path(ledger), .copy = copy, .insert = true, .until = day};
    bool good = copy && rdl_store_begin(copy->store, error) &&
                rdl_event_each(ledger, replay_event, &r, error) &&
                rdl_store_commit(copy->store, error) && rdl_event_trust_head(copy, error);

    g_free(r.prev);
    return good ? g_steal_pointer(&copy) : NULL;
}

static bool empty_tables(rdl_ledger *ledger, GError **error)
{
    for (size_t i = G_N_ELEMENTS(made_tables); i-- > 0;) {
        g_autofree char *sql = g_strdup_printf("DELETE FROM %s", made_tables[i].name);
        if (!rdl_store_run(ledger->store, sql, error))
            return false;
    }
    return true;
}

static bool count_rows(rdl_ledger *ledger, gint64 *rows, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(made_tables); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", made_tables[i].name);
        g_autofree char *n = rdl_store_value(ledger->store, sql, error);
        if (!n)
            return false;
        rows[i] = g_ascii_strtoll(n, NULL, 10);
    }
    return true;
}

/* Tables that knew more than the events make: then it is events that are gone. */
static bool check_loss(rdl_ledger *ledger, const gint64 *before, GError **error)
{
    gint64 after[G_N_ELEMENTS(made_tables)];

    if (!count_rows(ledger, after, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(made_tables); i++)
        if (after[i] < before[i])
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: table %s has %" PRId64 " rows, its events make %" PRId64
                            ": events may be missing, so nothing was changed; redline ledger audit "
                            "--head tells by the head of an export, --accept-loss rebuilds all the "
                            "same",
                            rdl_ledger_path(ledger), made_tables[i].name, before[i], after[i]);
    return true;
}

bool rdl_ledger_rebuild(rdl_ledger *ledger, bool accept_loss, const rdl_progress *progress,
                        GError **error)
{
    replay r = {.path = rdl_ledger_path(ledger), .copy = ledger, .until = RDL_DAY_FUTURE};
    gint64 before[G_N_ELEMENTS(made_tables)];

    if (!rdl_progress_tell(progress, 0.0, "rebuilding", error) ||
        !rdl_store_begin(ledger->store, error))
        return false;
    bool good = count_rows(ledger, before, error) &&
                rdl_store_run(ledger->store, "PRAGMA defer_foreign_keys = ON", error) &&
                empty_tables(ledger, error) && rdl_event_each(ledger, replay_event, &r, error) &&
                (accept_loss || check_loss(ledger, before, error));
    g_free(r.prev);
    return rdl_ledger_end(ledger, good, error) &&
           rdl_progress_tell(progress, 1.0, "rebuilding", error);
}

bool rdl_ledger_holds(rdl_ledger *ledger, const char *head, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM event WHERE hash = lower(?)", error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, head);
    if (!rdl_statement_step(s, &row, error))
        return false;
    return row || rdl_fail(error, RDL_ERROR_BALANCE,
                           "%s: has no event with the hash %s: events were cut off or made anew "
                           "since that head was noted",
                           rdl_ledger_path(ledger), head);
}

bool rdl_ledger_sign(rdl_ledger *ledger, const char *key, const char *on, const char *by,
                     const char *role, GError **error)
{
    g_autofree char *head = NULL;
    g_autoptr(JsonObject) o = json_object_new();
    rdl_signature s = {0};
    rdl_event event = {.at = on, .by = by, .role = role, .kind = "ledger.signed"};

    if (!rdl_role_may(ledger, role, "sign", rdl_ledger_path(ledger), error) ||
        !rdl_store_begin(ledger->store, error))
        return false;
    bool good = rdl_role_known(ledger, NULL, role, rdl_ledger_path(ledger), error) &&
                (head = rdl_ledger_head(ledger, error)) && rdl_sign(key, head, &s, error);
    if (good) {
        event.subject = head;
        rdl_json_set_text(o, "head", head);
        rdl_json_set_text(o, "public_key", s.public_key);
        rdl_json_set_text(o, "signature", s.signature);
        good = rdl_event_append(ledger, &event, o, error);
    }
    rdl_signature_clear(&s);
    return rdl_ledger_end(ledger, good, error);
}

bool rdl_ledger_signed_by(rdl_ledger *ledger, const char *public_key, gint64 *behind,
                          GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT max(seq), (SELECT max(seq) FROM event) - max(seq) FROM event WHERE kind = "
        "'ledger.signed' AND json_extract(payload, '$.public_key') = ?",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, public_key);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *behind = row ? rdl_statement_get_int(s, 1) : 0;
    return (row && rdl_statement_get_text(s, 0)) ||
           rdl_fail(error, RDL_ERROR_BALANCE, "%s: is not signed with the key %.16s...",
                    rdl_ledger_path(ledger), public_key);
}
