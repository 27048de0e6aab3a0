/* Whoever alters a ledger with sqlite3, in whatever table and column, is found out. */
#include <stdio.h>
#include <string.h>
#include <sqlite3.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static bool go(rdl_ledger *ledger, const char *to, const char *on, const char *role,
               const char *fields, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    g_autoptr(JsonNode) node = fields ? rdl_json_parse(fields, "fields", NULL) : NULL;
    const rdl_move move = {.task_id = id,
                           .to = to,
                           .on = on,
                           .by = "某人",
                           .role = role,
                           .document = "材料",
                           .reason = "因故",
                           .fields = node ? json_node_get_object(node) : NULL};

    return rdl_task_move(ledger, &move, error);
}

static bool walk(rdl_ledger *ledger, GError **error)
{
    static const char *const way[][4] = {
        {"ASSIGNED", "2026-11-02", "office", NULL},
        {"VERIFIED", "2026-11-10", "county", NULL},
        {"REGISTERED", "2026-11-12", "office",
         "{\"target\":\"恢复\",\"measures\":\"停止；拆除\",\"lead_leader\":\"甲\",\"supervisor\":"
         "\"乙\","
         "\"resp_unit\":\"丙镇\",\"due\":\"2027-06-30\"}"},
        {"PLAN_OK", "2026-11-20", "city", "{\"accept_unit\":\"市局\"}"},
        {"WORKING", "2026-12-01", "resp_unit", NULL},
        {"SUBMITTED", "2027-03-01", "resp_unit", "{\"measures_done\":\"all\"}"},
        {"REVIEWED", "2027-03-02", "county", NULL},
        {"PUBLIC", "2027-03-03", "city", "{\"channel\":\"网站\",\"notice\":\"5日内\"}"},
        {"APPLIED", "2027-03-09", "county", NULL},
        {"CHECKED", "2027-03-12", "accept_unit", "{\"image_date\":\"2027-03-10\"}"},
        {"CLOSED", "2027-03-20", "province", NULL},
        {"LOOKBACK", "2027-09-20", "city", NULL},
        {"REOPENED", "2027-09-25", "office", NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(way); i++)
        if (!go(ledger, way[i][0], way[i][1], way[i][2], way[i][3], error))
            return false;
    return true;
}

/* One event as the program writes it. */
static bool append(rdl_ledger *ledger, const char *kind, const char *subject, const char *payload,
                   GError **error)
{
    const rdl_event event = {
        .at = "2027-09-27", .by = "甲", .role = "analyst", .kind = kind, .subject = subject};
    g_autoptr(JsonNode) node = rdl_json_parse(payload, "payload", error);

    return node && rdl_store_begin(ledger->store, error) &&
           rdl_event_append(ledger, &event, json_node_get_object(node), error) &&
           rdl_store_commit(ledger->store, error);
}

static bool look_and_decide(rdl_ledger *ledger, const char *task_id, GError **error)
{
    g_autofree char *seen = g_strdup_printf(
        "{\"task_id\":\"%s\",\"scene\":\"ab\",\"scene_date\":\"2027-09-26\",\"outcome\":"
        "\"STANDING\",\"stands\":1,\"how\":\"{}\"}",
        task_id);
    g_autofree char *sent =
        g_strdup_printf("{\"letter_no\":\"L\",\"sites\":[{\"site_id\":\"%s\",\"distance_m\":3.5,"
                        "\"uncertainty_m\":500}]}",
                        "S-x");
    g_autofree char *site = rdl_store_value(ledger->store, "SELECT min(site_id) FROM site", error);
    g_autofree char *place =
        rdl_store_value(ledger->store, "SELECT site_id FROM task WHERE kind = 'rectify'", error);
    g_autoptr(GString) letter = g_string_new(sent);

    g_string_replace(letter, "S-x", site ? site : "", 0);
    return place && append(ledger, "site.verified", place, seen, error) &&
           append(ledger, "letter.received", "L", letter->str, error) &&
           append(ledger, "review.decided", "FP-0009",
                  "{\"source\":\"footprint\",\"source_id\":\"FP-0009\",\"decision\":\"reject\","
                  "\"note\":\"云\"}",
                  error) &&
           append(ledger, "layer.loaded", "zones.gpkg",
                  "{\"role\":\"zones\",\"source\":\"zones.gpkg\",\"sha256\":\"0\",\"features\":3}",
                  error) &&
           append(ledger, "source.held", "FP-0010",
                  "{\"source\":\"footprint\",\"source_id\":\"FP-0010\",\"rejected\":\"FP-0009\","
                  "\"content\":\"{}\",\"load\":\"x\"}",
                  error);
}

static bool judge_one(rdl_ledger *ledger, GError **error)
{
    const rdl_sampling how = {.of = "findings", .seed = "s", .size = 1, .since = RDL_DAY_PAST};
    const rdl_who who = {"2027-09-28", "甲", "auditor", "抽查"};
    g_autofree char *id = rdl_ledger_sample(ledger, &how, &who, error);
    g_autoptr(GArray) pieces = id ? rdl_sample_items(ledger, id, error) : NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!pieces)
        return false;
    const rdl_judgement j = {.sample_id = id,
                             .item_id = g_array_index(pieces, rdl_sampled, 0).item_id,
                             .answer = (char *)"right",
                             .evidence = (char *)"现场"};
    return rdl_ledger_judge(ledger, &j, 1, &who, false, tally, NULL, error);
}

/* A ledger with rows in every table. */
static const char *rich_ledger(GError **error)
{
    static const char *const people[] = {"甲", "乙", NULL}, *const others[] = {"FP-0002", NULL};
    const char *path = suite_path("rich.sqlite"), *gpkg = suite_path("rich.gpkg");
    const rdl_draw draw = {.purpose = "inspection", .seed = "s", .rate = 0.5, .among = people};
    const rdl_who who = {"2026-11-02", "甲", "analyst", "同一处"};
    const rdl_milestone first = {1, "2027-09-30", "拆除"};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(rdl_ledger) ledger = NULL;
    g_autoptr(JsonNode) rows = NULL;

    if (!fixture_findings(gpkg, 3, suspect, 1, 0, error) ||
        !rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error) ||
        !(ledger = rdl_ledger_open(path, true, error)) ||
        !rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error) ||
        !rdl_ledger_load_letters(ledger, suite_source("data/sample/letters.gpkg"), NULL,
                                 rdl_day_of(2026, 11, 1), tally, error) ||
        !rdl_sites_merge(ledger, "FP-0001", others, &who, error) || !walk(ledger, error) ||
        !(rows = rdl_ledger_draw(ledger, &draw, "2027-09-25", "甲", "auditor", error)))
        return NULL;
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    const rdl_move by = {
        .task_id = id, .to = "", .on = "2027-09-26", .by = "甲", .role = "city", .reason = "因故"};
    return rdl_task_transfer(ledger, &by, "市纪委监委", error) &&
                   rdl_task_milestone(ledger, &by, &first, error) &&
                   look_and_decide(ledger, id, error) && judge_one(ledger, error)
               ? path
               : NULL;
}

static bool copy_file(const char *from, const char *to)
{
    g_autofree char *text = NULL, *wal = g_strconcat(to, "-wal", NULL),
                    *shm = g_strconcat(to, "-shm", NULL);
    gsize n;

    remove(wal);
    remove(shm);
    return g_file_get_contents(from, &text, &n, NULL) &&
           g_file_set_contents(to, text, (gssize)n, NULL);
}

/* Texts of the first column; yours. */
static GPtrArray *ask(sqlite3 *db, const char *sql)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK)
        while (sqlite3_step(s) == SQLITE_ROW)
            g_ptr_array_add(list, g_strdup((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    return list;
}

/* Texts of a pragma; yours. */
static GPtrArray *columns_of(sqlite3 *db, const char *table, const char *which)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT name FROM pragma_table_info('%s') WHERE %s ORDER BY pk", table, which);

    return ask(db, sql);
}

/* Behind every guard, and the guards stand again afterwards. One transaction that is not synced: it
 * is done some hundred times. False: nothing was changed. */
static bool tamper(const char *path, const char *sql)
{
    sqlite3 *db;

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL);
    g_autoptr(GPtrArray) triggers =
        ask(db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL ORDER BY "
                "rowid");
    g_autoptr(GPtrArray) names = ask(db, "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                                         "AND sql IS NOT NULL ORDER BY rowid");
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *drop = g_strdup_printf("DROP TRIGGER \"%s\"", (char *)names->pdata[i]);
        sqlite3_exec(db, drop, NULL, NULL, NULL);
    }
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        printf("  %s: %s\n", sql, sqlite3_errmsg(db));
    CHECK_INT(code, SQLITE_OK);
    bool altered = sqlite3_changes(db) > 0;
    for (guint i = 0; i < triggers->len; i++)
        CHECK_INT(sqlite3_exec(db, triggers->pdata[i], NULL, NULL, NULL), SQLITE_OK);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    return altered;
}

/* The condition that holds for one row of a table. */
static char *one_row(sqlite3 *db, const char *table)
{
    g_autoptr(GPtrArray) keys = columns_of(db, table, "pk > 0");
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < keys->len; i++)
        g_string_append_printf(list, "%s%s", i ? "," : "", (char *)keys->pdata[i]);
    return g_strdup_printf("(%s) = (SELECT %s FROM %s ORDER BY %s DESC LIMIT 1)", list->str,
                           list->str, table, (char *)keys->pdata[0]);
}

/* Done to a copy, it is found; counted in `found` where there was a row to do it to. */
static void check_found(const char *rich, const char *sql, int *found)
{
    const char *path = suite_path("altered.sqlite");
    g_autoptr(GError) error = NULL;

    CHECK(copy_file(rich, path));
    if (!tamper(path, sql))
        return;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
    bool missed = ledger && rdl_ledger_audit(ledger, NULL, &error);
    if (missed)
        printf("  not found: %s\n", sql);
    CHECK(!missed);
    *found += !missed;
}

/* Every column of one row, then the row itself. */
static void check_table(sqlite3 *db, const char *rich, const char *table, int *found)
{
    g_autoptr(GPtrArray) columns = columns_of(db, table, "1");
    g_autofree char *row = one_row(db, table);
    g_autofree char *gone = g_strdup_printf("DELETE FROM %s WHERE %s", table, row);
    int before = *found;

    for (guint c = 0; c < columns->len; c++) {
        const char *column = columns->pdata[c];
        g_autofree char *sql = g_strdup_printf(
            "UPDATE %s SET %s = CASE typeof(%s) WHEN 'null' THEN 'x' WHEN 'text' THEN %s || '~' "
            "WHEN 'blob' THEN x'00' ELSE %s + 1000 END WHERE %s",
            table, column, column, column, column, row);
        check_found(rich, sql, found);
    }
    CHECK_INT(*found - before, columns->len); /* the table has a row */
    if (strcmp(table, "event") != 0)          /* of the last event no trace would be left */
        check_found(rich, gone, found);
}

static void every_table_and_column_is_watched(void)
{
    GError *error = NULL;
    const char *rich = rich_ledger(&error);
    sqlite3 *db;
    int found = 0;

    CHECK_OK(error);
    CHECK_INT(sqlite3_open(rich, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    g_autoptr(GPtrArray) tables = ask(
        db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%geometry%' "
            "AND name NOT LIKE 'idx%' AND name NOT LIKE 'sql%' AND name NOT LIKE 'spati%' AND "
            "name NOT LIKE 'virt%' AND name NOT LIKE 'data_lic%' AND name NOT LIKE 'Knn%' AND "
            "name NOT LIKE 'views%' AND name <> 'ElementaryGeometries' ORDER BY name");
    CHECK_INT(tables->len, 29);
    for (guint t = 0; t < tables->len; t++)
        check_table(db, rich, tables->pdata[t], &found);
    sqlite3_close(db);
    printf("  %d alterations of %u tables ...", found, tables->len);
}

/* A row that no event made. */
static void a_row_too_many_is_found(void)
{
    static const char *const rows[] = {
        "INSERT INTO letter_site SELECT letter_no, (SELECT max(site_id) FROM site), 1, 1 FROM "
        "letter "
        "WHERE letter_no NOT IN (SELECT letter_no FROM letter_site WHERE site_id = (SELECT "
        "max(site_id) FROM site)) LIMIT 1",
        "INSERT INTO review(source, source_id, decision, at, by) "
        "VALUES('footprint','FP-0001','confirm','2027-01-01','x')",
        "INSERT INTO held(source, source_id, by_source_id, content, at) "
        "VALUES('patch','P-x','FP-0009','{}','2027-01-01')",
        "INSERT INTO transfer VALUES('T-x',1,(SELECT max(task_id) FROM task),'a','2027-01-01',NULL,"
        "NULL,NULL)",
        "INSERT INTO draw SELECT seq, 'R-x', purpose, at, drawn FROM draw LIMIT 1",
        "INSERT INTO setting VALUES('x','y')"};
    int found = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_found(suite_path("rich.sqlite"), rows[i], &found);
    CHECK_INT(found, G_N_ELEMENTS(rows));
}

static void check_found_by_audit(const char *sql, const char *said)
{
    GError *error = NULL;
    const char *path = suite_path("altered.sqlite");
    sqlite3 *db;

    CHECK(copy_file(suite_path("rich.sqlite"), path));
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
    CHECK(ledger && !rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, said);
}

/* The index of places is a table too: what it does not know lies on no ground; and in what system
 * the places are is told to other programs by the register. */
static void the_index_of_places_is_watched(void)
{
    check_found_by_audit("UPDATE idx_site_geom SET xmin = xmin + 1, xmax = xmax + 1",
                         "index of places");
    check_found_by_audit("UPDATE geometry_columns SET srid = 3857 WHERE f_table_name = 'site'",
                         "register of geometries");
    check_found_by_audit("DELETE FROM geometry_columns", "register of geometries");
    check_found_by_audit("UPDATE spatial_ref_sys SET auth_srid = 3857 WHERE srid = 4490",
                         "register of geometries");
}

/* A move and a note on the altered copy; what they say. */
static void check_refused(const char *sql, const char *said)
{
    const char *path = suite_path("altered.sqlite");
    GError *error = NULL;

    CHECK(copy_file(suite_path("rich.sqlite"), path) && tamper(path, sql));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    g_autofree char *before = rdl_store_value(ledger->store, "SELECT count(*) FROM event", &error),
                    *id = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_move note = {
        .task_id = id, .to = "核查组", .on = "2027-10-01", .by = "甲", .role = "city"};
    CHECK_OK(error);
    CHECK(!go(ledger, "PLAN_OK", "2027-10-01", "city", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, said);
    CHECK(!rdl_task_assign(ledger, &note, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "redline ledger audit tells more");
    g_autofree char *after = rdl_store_value(ledger->store, "SELECT count(*) FROM event", &error);
    CHECK_TEXT(after, before);
}

#define RECTIFY "(SELECT task_id FROM task WHERE kind = 'rectify')"

static void what_was_altered_is_not_built_on(void)
{
    static const char *const altered[][2] = {
        {"UPDATE task SET state = 'REOPENED', revision = 99 WHERE task_id = " RECTIFY,
         "table task"},
        {"UPDATE task SET due = '2031-01-01' WHERE task_id = " RECTIFY, "table task"},
        {"UPDATE problem SET supervisor = '丁'", "table problem"},
        {"UPDATE problem SET rebounds = 0", "table problem"},
        {"UPDATE measure SET done = '2027-01-01'", "table measure"},
        {"DELETE FROM milestone", "table milestone"},
        {"DELETE FROM closeout WHERE n = 5", "table closeout"},
        {"UPDATE publication SET closes = '2027-03-04'", "table publication"},
        {"DELETE FROM lookback", "table lookback"},
        {"UPDATE transfer SET body = 'x'", "table transfer"},
        {"DELETE FROM verification", "table verification"},
        {"UPDATE document SET sha256 = 'x' WHERE subject = " RECTIFY, "table document"},
        {"UPDATE event SET at = '2020-01-01' WHERE seq = (SELECT max(seq) - 8 FROM event WHERE "
         "kind "
         "= 'task.moved')",
         "was altered"},
        {"UPDATE event SET payload = replace(payload, 'REOPENED', 'CLOSED') WHERE kind = "
         "'task.moved'",
         "was altered"}};
    static const char whole[] = "SELECT count(*) FROM event";
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(altered); i++)
        check_refused(altered[i][0], altered[i][1]);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("rich.sqlite"), true, &error);
    g_autofree char *n = rdl_store_value(ledger->store, whole, &error);
    CHECK(n != NULL);
    CHECK(go(ledger, "PLAN_OK", "2027-10-01", "city", "{\"due\":\"2028-03-31\"}",
             &error)); /* nothing was altered here */
    CHECK_OK(error);
}

/* The last event cannot be written after once it or its guards were touched. */
static void a_touched_head_is_not_written_after(void)
{
    static const char *const done[][2] = {
        {"UPDATE event SET reason = 'x' WHERE seq = (SELECT max(seq) FROM event)", "was altered"},
        {"DELETE FROM event WHERE seq = (SELECT max(seq) - 1 FROM event)", "does not follow"},
        {"CREATE TRIGGER mine AFTER INSERT ON event BEGIN SELECT 1; END", "keeps its events"}};

    for (size_t i = 0; i < G_N_ELEMENTS(done); i++) {
        const char *path = suite_path("altered.sqlite");
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        GError *error = NULL;
        bool whole;
        CHECK(copy_file(suite_path("rich.sqlite"), path));
        tamper(path, done[i][0]);
        g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
        CHECK(!rdl_ledger_head(ledger, &error));
        CHECK_FAILS(error, RDL_ERROR_BALANCE, done[i][1]);
        CHECK(!rdl_ledger_trust(ledger, NULL, &whole, &error));
        CHECK_FAILS(error, RDL_ERROR_BALANCE, done[i][1]);
        CHECK(!rdl_ledger_warn(ledger, rdl_day_of(2028, 10, 1), NULL, tally, &error));
        CHECK_FAILS(error, RDL_ERROR_BALANCE, done[i][1]);
    }
}

static CU_TestInfo tests[] = {
    {"every table and column is watched", every_table_and_column_is_watched},
    {"a row too many is found", a_row_too_many_is_found},
    {"the index of places is watched", the_index_of_places_is_watched},
    {"a touched head is not written after", a_touched_head_is_not_written_after},
    {"what was altered is not built on", what_was_altered_is_not_built_on},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.tamper", tests, argc, argv);
}
