#include <stdlib.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/layer.h"
#include "rectify/moving.h"
#include "rectify/task.h"
#include "rectify/term.h"
#include "screen/screen.h"

#define LEDGER_VERSION "7"

static const char schema[] =
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL,"
    " role TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT,"
    " payload TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL);"
    "CREATE INDEX event_subject ON event(subject);"
    "CREATE INDEX event_at ON event(at);"
    "CREATE INDEX event_term ON event(subject, seq, at) WHERE " RDL_TERM_EVENTS ";"
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN"
    " SELECT RAISE(ABORT, 'events are never changed'); END;"
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN"
    " SELECT RAISE(ABORT, 'events are never deleted'); END;"
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT);"
    "CREATE TRIGGER event_no_replace BEFORE INSERT ON event WHEN EXISTS(SELECT 1 FROM event"
    " WHERE seq = NEW.seq) BEGIN"
    " SELECT RAISE(ABORT, 'events are never replaced'); END;"
    "CREATE TABLE pack(sha256 TEXT PRIMARY KEY, id TEXT NOT NULL, version TEXT, at TEXT NOT NULL);"
    "CREATE TABLE pack_file(sha256 TEXT NOT NULL REFERENCES pack, name TEXT, text TEXT NOT NULL,"
    " PRIMARY KEY(sha256, name));"
    "CREATE TABLE load(digest TEXT PRIMARY KEY, at TEXT NOT NULL, manifest TEXT);"
    "CREATE TABLE layer(role TEXT NOT NULL, source TEXT NOT NULL, profile TEXT, sha256 TEXT NOT "
    "NULL,"
    " profile_sha256 TEXT, features INTEGER, at TEXT NOT NULL, PRIMARY KEY(role, source));"
    "CREATE TABLE site(site_id TEXT PRIMARY KEY, source TEXT, source_id TEXT, activity TEXT,"
    " owner TEXT, xzqdm TEXT, load TEXT, lon REAL, lat REAL, merged_into TEXT REFERENCES site,"
    " split_from TEXT REFERENCES site);"
    "CREATE INDEX site_merged ON site(merged_into) WHERE merged_into IS NOT NULL;"
    "CREATE INDEX site_split ON site(split_from) WHERE split_from IS NOT NULL;"
    "CREATE TABLE origin(source TEXT NOT NULL, source_id TEXT NOT NULL, site_id TEXT NOT NULL"
    " REFERENCES site, content TEXT NOT NULL, part INTEGER NOT NULL, ground BLOB, load TEXT,"
    " PRIMARY KEY(source, source_id));"
    "CREATE INDEX origin_site ON origin(site_id);"
    "CREATE INDEX origin_source ON origin(source_id);"
    "CREATE TABLE review(source TEXT NOT NULL, source_id TEXT NOT NULL, decision TEXT NOT NULL,"
    " becomes TEXT, reason TEXT, note TEXT, at TEXT NOT NULL, by TEXT NOT NULL, holds TEXT,"
    " t_before TEXT, t_after TEXT, area_m2 REAL, whole INTEGER, ground BLOB,"
    " PRIMARY KEY(source, source_id));"
    "CREATE TABLE held(source TEXT NOT NULL, source_id TEXT NOT NULL, by_source_id TEXT NOT NULL,"
    " content TEXT NOT NULL, load TEXT, at TEXT NOT NULL, share REAL, size REAL,"
    " PRIMARY KEY(source, source_id));"
    "CREATE INDEX held_by ON held(source, by_source_id);"
    "CREATE TABLE finding(finding_id TEXT PRIMARY KEY, site_id TEXT NOT NULL REFERENCES site,"
    " is_primary INTEGER, zone TEXT, result TEXT, severity TEXT, rule_id TEXT, source TEXT,"
    " source_id TEXT, area_m2 REAL, content TEXT NOT NULL);"
    "CREATE INDEX finding_site ON finding(site_id);"
    "CREATE INDEX finding_source ON finding(source, source_id);"
    "CREATE TABLE problem(problem_id TEXT PRIMARY KEY, site_id TEXT NOT NULL REFERENCES site,"
    " clue_id TEXT, task_no TEXT, source TEXT, batch TEXT, problem TEXT, nature TEXT,"
    " category TEXT, aspect TEXT, grid TEXT, target TEXT, measures TEXT, lead_leader TEXT, "
    "supervisor TEXT,"
    " resp_unit TEXT, lead_dept TEXT, accept_unit TEXT, listed TEXT,"
    " first_responsible TEXT,"
    " reopens TEXT REFERENCES problem, rebounds INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX problem_clue ON problem(clue_id);"
    "CREATE INDEX problem_site ON problem(site_id);"
    "CREATE TABLE measure(problem_id TEXT NOT NULL REFERENCES problem, n INTEGER, text TEXT,"
    " supervised TEXT, done TEXT, PRIMARY KEY(problem_id, n));"
    "CREATE TABLE milestone(problem_id TEXT NOT NULL REFERENCES problem, n INTEGER, due TEXT,"
    " text TEXT, met TEXT, PRIMARY KEY(problem_id, n));"
    "CREATE TABLE task(task_id TEXT PRIMARY KEY, site_id TEXT NOT NULL REFERENCES site,"
    " finding_id TEXT, kind TEXT NOT NULL, state TEXT NOT NULL, xzqdm TEXT, department TEXT,"
    " tier_original TEXT, tier TEXT, started TEXT, due_original TEXT, due TEXT, moved TEXT, "
    "assignee TEXT,"
    " problem_id TEXT REFERENCES problem, progress REAL, progress_text TEXT, stopped TEXT,"
    " warned TEXT, claimed TEXT, contradicted TEXT, revision INTEGER NOT NULL DEFAULT 1,"
    " number INTEGER NOT NULL);"
    "CREATE TABLE verification(task_id TEXT NOT NULL REFERENCES task, scene TEXT NOT NULL,"
    " seq INTEGER NOT NULL, scene_date TEXT NOT NULL, outcome TEXT NOT NULL,"
    " stands INTEGER NOT NULL, how TEXT, content TEXT NOT NULL, PRIMARY KEY(task_id, scene, seq));"
    "CREATE INDEX task_state ON task(state, task_id);"
    "CREATE INDEX task_unit ON task(xzqdm, kind, state, due, task_id);"
    "CREATE INDEX task_site ON task(site_id);"
    "CREATE INDEX task_number ON task(number);"
    "CREATE INDEX task_problem ON task(problem_id) WHERE problem_id IS NOT NULL;"
    "CREATE TABLE move(task_id TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,"
    " state TEXT NOT NULL, PRIMARY KEY(task_id, seq)) WITHOUT ROWID;"
    "CREATE TABLE document(seq INTEGER NOT NULL, n INTEGER NOT NULL, subject TEXT NOT NULL,"
    " name TEXT, title TEXT NOT NULL, sha256 TEXT, PRIMARY KEY(seq, n)) WITHOUT ROWID;"
    "CREATE INDEX document_subject ON document(subject);"
    "CREATE TABLE closeout(seq INTEGER PRIMARY KEY, task_id TEXT NOT NULL, problem_id TEXT,"
    " n INTEGER NOT NULL, step TEXT, state TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,"
    " role TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT);"
    "CREATE INDEX closeout_task ON closeout(task_id);"
    "CREATE TABLE publication(seq INTEGER PRIMARY KEY, task_id TEXT NOT NULL, problem_id TEXT,"
    " kind TEXT NOT NULL, channel TEXT, opens TEXT NOT NULL, closes TEXT, link TEXT);"
    "CREATE INDEX publication_task ON publication(task_id);"
    "CREATE TABLE lookback(seq INTEGER PRIMARY KEY, task_id TEXT NOT NULL, problem_id TEXT,"
    " ordered TEXT NOT NULL, ordered_by TEXT NOT NULL, held TEXT, held_by TEXT, result TEXT);"
    "CREATE INDEX lookback_task ON lookback(task_id);"
    "CREATE TABLE draw(seq INTEGER NOT NULL, task_id TEXT NOT NULL, purpose TEXT NOT NULL,"
    " at TEXT NOT NULL, drawn TEXT, PRIMARY KEY(seq, task_id)) WITHOUT ROWID;"
    "CREATE INDEX draw_task ON draw(task_id);"
    "CREATE TABLE sample(sample_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL,"
    " by TEXT NOT NULL, what TEXT NOT NULL, seed TEXT NOT NULL, design TEXT NOT NULL);"
    "CREATE TABLE stratum(sample_id TEXT NOT NULL REFERENCES sample, unit TEXT NOT NULL, class TEXT"
    " NOT NULL, population INTEGER NOT NULL, area_m2 REAL, PRIMARY KEY(sample_id, unit, class));"
    "CREATE TABLE sampled(sample_id TEXT NOT NULL REFERENCES sample, n INTEGER NOT NULL, item_id"
    " TEXT NOT NULL, unit TEXT NOT NULL, class TEXT NOT NULL, area_m2 REAL,"
    " PRIMARY KEY(sample_id, item_id));"
    "CREATE TABLE judgement(seq INTEGER PRIMARY KEY, sample_id TEXT NOT NULL REFERENCES sample,"
    " item_id TEXT NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, evidence "
    "TEXT"
    " NOT NULL, note TEXT, entered_on TEXT, entered_by TEXT);"
    "CREATE INDEX judgement_item ON judgement(sample_id, item_id);"
    "CREATE TABLE transfer(transfer_no TEXT PRIMARY KEY, seq INTEGER NOT NULL, task_id TEXT NOT"
    " NULL, body TEXT NOT NULL, sent TEXT NOT NULL, accepted TEXT, answered TEXT, result TEXT);"
    "CREATE INDEX transfer_task ON transfer(task_id);"
    "CREATE TABLE letter(letter_no TEXT PRIMARY KEY, batch TEXT, received TEXT, activity TEXT,"
    " key TEXT, founded TEXT, duplicate_of TEXT, site_id TEXT REFERENCES site);"
    "CREATE TABLE letter_site(letter_no TEXT NOT NULL REFERENCES letter, site_id TEXT NOT NULL"
    " REFERENCES site, distance_m REAL, uncertainty_m REAL, PRIMARY KEY(letter_no, site_id));"
    "CREATE INDEX letter_site_site ON letter_site(site_id);";

rdl_ledger *rdl_ledger_scratch(GError **error)
{
    g_autoptr(rdl_store) store = rdl_store_scratch(error);

    if (!store || !rdl_store_run(store, schema, error))
        return NULL;
    rdl_ledger *ledger = g_new0(rdl_ledger, 1);
    ledger->store = g_steal_pointer(&store);
    ledger->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return ledger;
}

bool rdl_ledger_schema(rdl_store *store, gint64 srid, GError **error)
{
    /* SpatiaLite writes the clock's time at every change of a geometry, and what was done to the
     * file when: without, the same work makes the same file. */
    static const char no_clock[] =
        "DROP TRIGGER IF EXISTS tmi_site_geom; DROP TRIGGER IF EXISTS tmu_site_geom;"
        "DROP TRIGGER IF EXISTS tmd_site_geom; DELETE FROM spatialite_history;"
        "UPDATE geometry_columns_time SET last_insert = '2000-01-01T00:00:00.000Z',"
        " last_update = '2000-01-01T00:00:00.000Z', last_delete = '2000-01-01T00:00:00.000Z';";
    g_autofree char *place = g_strdup_printf(
        "SELECT InsertEpsgSrid(%" G_GINT64_FORMAT ");"
        "SELECT AddGeometryColumn('site', 'geom', %" G_GINT64_FORMAT ", 'GEOMETRY', 'XY');"
        "SELECT CreateSpatialIndex('site', 'geom');"
        "PRAGMA user_version = " LEDGER_VERSION ";",
        srid, srid);

    return rdl_store_run(store, schema, error) && rdl_store_run(store, place, error) &&
           rdl_store_run(store, no_clock, error);
}

/* ---- init ---- */

/* "EPSG:4490" -> 4490. */
static bool parse_srid(const char *crs, gint64 *srid, GError **error)
{
    g_autoptr(rdl_crs) parsed = rdl_crs_parse(crs, error);

    if (!parsed)
        return false;
    *srid = g_ascii_strncasecmp(crs, "EPSG:", 5) == 0 ? g_ascii_strtoll(crs + 5, NULL, 10) : 0;
    return *srid > 0 ||
           rdl_fail(error, RDL_ERROR_CRS, "%s: a ledger's system is written EPSG:4490", crs);
}

static JsonObject *pack_files(const rdl_pack *pack, GError **error)
{
    g_autoptr(JsonObject) files = json_object_new();
    GDir *dir = g_dir_open(rdl_pack_folder(pack), 0, NULL);
    const char *name;
    bool good = dir != NULL;

    while (good && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(rdl_pack_folder(pack), name, NULL), *text = NULL;
        if (!g_str_has_suffix(name, ".csv") && !g_str_has_suffix(name, ".yaml"))
            continue;
        good = g_file_get_contents(path, &text, NULL, NULL) && g_utf8_validate(text, -1, NULL);
        if (good)
            json_object_set_string_member(files, name, text);
        else
            rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read into the ledger", path);
    }
    if (dir)
        g_dir_close(dir);
    return good ? g_steal_pointer(&files) : NULL;
}

static JsonObject *init_payload(const rdl_pack *pack, const char *crs, GError **error)
{
    JsonObject *files = pack_files(pack, error);

    if (!files)
        return NULL;
    JsonObject *o = json_object_new();
    rdl_json_set_text(o, "pack", rdl_pack_id(pack));
    rdl_json_set_text(o, "pack_version", rdl_pack_version(pack));
    rdl_json_set_text(o, "pack_sha256", rdl_pack_digest(pack));
    rdl_json_set_text(o, "crs", crs);
    json_object_set_object_member(o, "files", files);
    return o;
}

/* The first event happens before all others: no clock in a ledger. */
static bool write_first_event(rdl_store *take_store, const rdl_pack *pack, const char *crs,
                              gint64 srid, GError **error)
{
    rdl_ledger ledger = {.store = take_store, .srid = srid};
    g_autoptr(JsonObject) payload = init_payload(pack, crs, error);
    rdl_event event = {.at = "1970-01-01",
                       .by = "redline " RDL_VERSION,
                       .role = "system",
                       .kind = "ledger.init",
                       .subject = rdl_pack_id(pack)};

    bool good = payload && rdl_store_begin(take_store, error) &&
                rdl_event_append(&ledger, &event, payload, error) &&
                rdl_store_commit(take_store, error) &&
                rdl_store_run(take_store, "PRAGMA wal_checkpoint(TRUNCATE)", error);
    g_free(ledger.head);
    return good;
}

bool rdl_ledger_init(const char *path, const char *pack_name, const char *crs, GError **error)
{
    g_autoptr(rdl_pack) pack = rdl_pack_open(pack_name, NULL, error);
    g_autoptr(rdl_output) output = NULL;
    gint64 srid;

    if (!pack)
        return false;
    if (!crs)
        crs = rdl_pack_text(pack, "crs", "EPSG:4326");
    if (!parse_srid(crs, &srid, error) || !(output = rdl_output_begin(path, false, error)))
        return false;
    rdl_store *store = rdl_store_open(rdl_output_temporary(output), RDL_STORE_CREATE, error);
    bool good = store && rdl_ledger_schema(store, srid, error) &&
                write_first_event(store, pack, crs, srid, error);
    rdl_store_close(store);
    return good && rdl_output_commit(output, error);
}

static bool pack_known(rdl_ledger *ledger, const char *sha256, bool *known, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM pack WHERE sha256 = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, sha256);
    return rdl_statement_step(s, known, error);
}

bool rdl_ledger_need_pack(rdl_ledger *ledger, const char *sha256, const char *what, GError **error)
{
    bool known;

    if (!pack_known(ledger, sha256, &known, error))
        return false;
    return known ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: was judged by a pack (%.12s...) that %s does not keep: add it with "
                    "redline ledger pack",
                    what, sha256, rdl_ledger_path(ledger));
}

static bool append_pack(rdl_ledger *ledger, const rdl_pack *pack, const char *at, GError **error)
{
    g_autoptr(JsonObject) payload = init_payload(pack, ledger->crs, error);
    rdl_event event = {.at = at,
                       .by = "redline",
                       .role = "system",
                       .kind = "pack.added",
                       .subject = rdl_pack_id(pack)};
    bool good = payload && rdl_event_append(ledger, &event, payload, error);

    if (good)
        rdl_ledger_forget_pack(ledger);
    return good;
}

/* What was counted without a calendar that is now there is counted again, on the latest day. */
static bool settle_terms(rdl_ledger *ledger, const char *at, rdl_tally *tally, GError **error)
{
    g_autofree char *last = rdl_ledger_date(ledger, error);

    return last && rdl_terms_end(ledger, tally, error) &&
           rdl_terms_recount(ledger, strcmp(last, at) > 0 ? last : at, tally, error);
}

bool rdl_ledger_add_pack(rdl_ledger *ledger, const char *pack_name, rdl_day on, rdl_tally *tally,
                         GError **error)
{
    g_autoptr(rdl_pack) pack = rdl_pack_open(pack_name, NULL, error);
    g_autofree char *id = NULL, *at = rdl_day_text(on);
    bool known;

    if (!pack || !pack_known(ledger, rdl_pack_digest(pack), &known, error))
        return false;
    id = rdl_store_value(ledger->store, "SELECT value FROM setting WHERE name = 'pack'", error);
    if (g_strcmp0(id, rdl_pack_id(pack)) != 0)
        return rdl_fail(
            error, RDL_ERROR_USAGE,
            "%s: is a ledger of pack %s, %s is another: make a ledger of its own for it",
            rdl_ledger_path(ledger), id ? id : "?", pack_name);
    if (!rdl_store_begin(ledger->store, error))
        return false;
    bool good =
        (known || append_pack(ledger, pack, at, error)) && settle_terms(ledger, at, tally, error);
    good = rdl_ledger_end(ledger, good, error);
    if (!good)
        rdl_ledger_forget_pack(ledger);
    return good;
}

/* ---- open ---- */

static void table_free(gpointer p)
{
    rdl_csv_free(p);
}

rdl_ledger *rdl_ledger_wrap(rdl_store *take_store, GError **error)
{
    g_autoptr(rdl_ledger) ledger = g_new0(rdl_ledger, 1);

    ledger->store = take_store;
    ledger->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, table_free);
    g_autofree char *version = rdl_store_value(take_store, "PRAGMA user_version", error);
    g_autofree char *has =
        version ? rdl_store_value(take_store,
                                  "SELECT count(*) FROM sqlite_master WHERE name = 'event'", error)
                : NULL;
    if (!has)
        return NULL;
    if (strcmp(has, "1") != 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: is no ledger: make one with redline ledger init",
                        rdl_store_path(take_store)),
               NULL;
    if (strcmp(version, LEDGER_VERSION) != 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: a ledger of format %s, this program reads %s: open it with the "
                        "redline that wrote it",
                        rdl_store_path(take_store), version, LEDGER_VERSION),
               NULL;
    ledger->crs =
        rdl_store_value(take_store, "SELECT value FROM setting WHERE name = 'crs'", error);
    if (ledger->crs)
        ledger->srid = g_ascii_strtoll(ledger->crs + strlen("EPSG:"), NULL, 10);
    return g_steal_pointer(&ledger);
}

rdl_ledger *rdl_ledger_open(const char *path, bool write, GError **error)
{
    rdl_store *store = rdl_store_open(path, write ? RDL_STORE_WRITE : RDL_STORE_READ, error);

    return store ? rdl_ledger_wrap(store, error) : NULL;
}

void rdl_ledger_close(rdl_ledger *ledger)
{
    if (!ledger)
        return;
    rdl_ledger_close(ledger->scratch);
    g_free(ledger->head);
    rdl_ledger_forget_pack(ledger);
    g_hash_table_unref(ledger->tables);
    rdl_store_close(ledger->store);
    g_free(ledger->crs);
    g_free(ledger);
}

bool rdl_ledger_retire(rdl_ledger *ledger, const char *head, GError **error)
{
    if (!rdl_store_alone(ledger->store, error))
        return false;
    g_autofree char *now = rdl_ledger_head(ledger, error);
    if (now && strcmp(now, head) == 0)
        return true;
    if (now)
        rdl_fail(error, RDL_ERROR_CONFLICT,
                 "%s: somebody worked in it meanwhile: it was to be replaced, which was not done; "
                 "run it again with --resume",
                 rdl_ledger_path(ledger));
    rdl_store_for_all(ledger->store, NULL);
    return false;
}

const char *rdl_ledger_path(const rdl_ledger *ledger)
{
    return rdl_store_path(ledger->store);
}

/* ---- what the ledger knows of itself ---- */

const rdl_csv *rdl_ledger_table(rdl_ledger *ledger, const char *file, GError **error)
{
    rdl_csv *csv = g_hash_table_lookup(ledger->tables, file);
    bool row = false;

    if (csv)
        return csv;
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT text FROM pack_file WHERE name = ? AND sha256 = (SELECT value "
                          "FROM setting WHERE name = 'pack_sha256')",
                          error);
    if (!s)
        return NULL;
    rdl_statement_text(s, 1, file);
    if (!rdl_statement_step(s, &row, error) || !row)
        return NULL;
    g_autofree char *name = g_strdup_printf("%s, %s", rdl_ledger_path(ledger), file);
    if ((csv = rdl_csv_parse(rdl_statement_get_text(s, 0), name, error)))
        g_hash_table_insert(ledger->tables, g_strdup(file), csv);
    return csv;
}

const char *rdl_ledger_word(rdl_ledger *ledger, const char *key, const char *language)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "texts.csv", NULL);
    gssize row = csv ? rdl_csv_find(csv, "key", key) : -1;
    const char *word = row < 0 ? "" : rdl_csv_at(csv, (size_t)row, language);

    return *word ? word : key;
}

char *rdl_ledger_head(rdl_ledger *ledger, GError **error)
{
    g_autofree char *hash = NULL;
    gint64 seq;

    if (!rdl_event_head(ledger, &seq, &hash, error))
        return NULL;
    if (seq > 0)
        return g_steal_pointer(&hash);
    return rdl_fail(error, RDL_ERROR_BALANCE, "%s: its events are gone", rdl_ledger_path(ledger)),
           NULL;
}

char *rdl_ledger_work_head(rdl_ledger *ledger, GError **error)
{
    g_autofree char *head = rdl_ledger_head(ledger, error);

    return head ? rdl_store_value(ledger->store,
                                  "SELECT hash FROM event WHERE kind <> 'export.made' "
                                  "ORDER BY seq DESC LIMIT 1",
                                  error)
                : NULL;
}

char *rdl_ledger_date(rdl_ledger *ledger, GError **error)
{
    return rdl_store_value(ledger->store,
                           "SELECT at FROM event WHERE kind <> 'export.made' "
                           "ORDER BY at DESC LIMIT 1",
                           error);
}

char *rdl_ledger_crs(rdl_ledger *ledger, GError **error)
{
    (void)error;
    return g_strdup(ledger->crs);
}

static bool count_into(rdl_ledger *ledger, JsonObject *o, const char *member, const char *sql,
                       GError **error)
{
    g_autofree char *n = rdl_store_value(ledger->store, sql, error);

    if (n)
        json_object_set_int_member(o, member, g_ascii_strtoll(n, NULL, 10));
    return n != NULL;
}

static bool count_states(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT state, count(*) FROM task GROUP BY state ORDER BY state", error);
    JsonObject *states = json_object_new();
    bool row = true;

    json_object_set_object_member(o, "tasks", states);
    while (s && row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (row)
            json_object_set_int_member(states, rdl_statement_get_text(s, 0),
                                       rdl_statement_get_int(s, 1));
    }
    return s != NULL;
}

JsonNode *rdl_ledger_info(rdl_ledger *ledger, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *head = rdl_ledger_head(ledger, error);
    g_autofree char *date = head ? rdl_ledger_date(ledger, error) : NULL;
    if (!date)
        return NULL;
    g_autofree char *pack =
        rdl_store_value(ledger->store, "SELECT value FROM setting WHERE name = 'pack'", error);
    g_autofree char *version = rdl_store_value(
        ledger->store, "SELECT value FROM setting WHERE name = 'pack_version'", error);

    rdl_json_set_text(o, "path", rdl_ledger_path(ledger));
    rdl_json_set_text(o, "pack", pack);
    rdl_json_set_text(o, "pack_version", version);
    rdl_json_set_text(o, "crs", ledger->crs);
    rdl_json_set_text(o, "date", date);
    rdl_json_set_text(o, "head", head);
    JsonNode *layers = rdl_ledger_layers(ledger, error);
    if (!layers)
        return NULL;
    json_object_set_member(o, "layers", layers);
    if (!head || !count_into(ledger, o, "events", "SELECT count(*) FROM event", error) ||
        !count_into(ledger, o, "sites", "SELECT count(*) FROM site WHERE merged_into IS NULL",
                    error) ||
        !count_into(ledger, o, "findings", "SELECT count(*) FROM finding", error) ||
        !count_into(ledger, o, "problems", "SELECT count(*) FROM problem", error) ||
        !count_into(ledger, o, "letters", "SELECT count(*) FROM letter", error) ||
        !count_states(ledger, o, error))
        return NULL;
    return rdl_json_node(o);
}
