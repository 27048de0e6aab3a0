/* Whoever alters a ledger with sqlite3, in whatever table and column, is found out. */
#include <stdio.h>
#include <string.h>
#include <sqlite3.h>
#include "fixtures/findings.h"
#include "geo/start.h"
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
        {"SUBMITTED", "2027-03-01", "resp_unit", NULL},
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

/* A ledger with rows in nearly every table. */
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
                   rdl_task_milestone(ledger, &by, &first, error)
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

/* One row's value becomes another, behind every guard; false: the table has no row. */
static bool alter(const char *path, const char *table, const char *column)
{
    sqlite3 *db;
    g_autofree char *sql = g_strdup_printf(
        "UPDATE %s SET %s = CASE typeof(%s) WHEN 'null' THEN 'x' WHEN 'text' THEN %s || '~' WHEN "
        "'blob' THEN x'00' ELSE %s + 1000 END WHERE rowid = (SELECT rowid FROM %s LIMIT 1)",
        table, column, column, column, column, table);
    bool plain = strstr("move document draw", table) != NULL; /* without rowid */
    g_autofree char *whole = g_strdup_printf(
        "UPDATE %s SET %s = CASE typeof(%s) WHEN 'null' THEN 'x' WHEN 'text' THEN %s || '~' ELSE "
        "%s + 1000 END WHERE seq = (SELECT max(seq) FROM %s)",
        table, column, column, column, column, table);

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    g_autoptr(GPtrArray) triggers =
        ask(db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL ORDER BY "
                "rowid");
    g_autoptr(GPtrArray) names = ask(db, "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                                         "AND sql IS NOT NULL ORDER BY rowid");
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *drop = g_strdup_printf("DROP TRIGGER \"%s\"", (char *)names->pdata[i]);
        sqlite3_exec(db, drop, NULL, NULL, NULL);
    }
    int code = sqlite3_exec(db, plain ? whole : sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        printf("  %s.%s: %s\n", table, column, sqlite3_errmsg(db));
    CHECK_INT(code, SQLITE_OK);
    bool altered = sqlite3_changes(db) > 0;
    for (guint i = 0; i < triggers->len; i++)
        sqlite3_exec(db, triggers->pdata[i], NULL, NULL, NULL);
    sqlite3_close(db);
    return altered;
}

static void check_column(const char *rich, const char *table, const char *column, int *found)
{
    const char *path = suite_path("altered.sqlite");
    g_autoptr(GError) error = NULL;

    CHECK(copy_file(rich, path));
    if (!alter(path, table, column))
        return;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
    bool missed = ledger && rdl_ledger_audit(ledger, NULL, &error);
    if (missed)
        printf("  %s.%s was altered and not found\n", table, column);
    CHECK(!missed);
    *found += !missed;
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
    CHECK(tables->len >= 22);
    for (guint t = 0; t < tables->len; t++) {
        g_autofree char *sql =
            g_strdup_printf("SELECT name FROM pragma_table_info('%s')", (char *)tables->pdata[t]);
        g_autoptr(GPtrArray) columns = ask(db, sql);
        int before = found;
        for (guint c = 0; c < columns->len; c++)
            check_column(rich, tables->pdata[t], columns->pdata[c], &found);
        if (found == before)
            printf("  %s has no rows here\n", (char *)tables->pdata[t]);
    }
    sqlite3_close(db);
    printf("  %d columns of %u tables\n", found, tables->len);
    CHECK(found > 130);
}

/* The index of places is a table too: what it does not know lies on no ground. */
static void the_index_of_places_is_watched(void)
{
    GError *error = NULL;
    const char *path = suite_path("altered.sqlite");
    sqlite3 *db;

    CHECK(copy_file(suite_path("rich.sqlite"), path));
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, "UPDATE idx_site_geom SET xmin = xmin + 1, xmax = xmax + 1", NULL,
                           NULL, NULL),
              SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
    CHECK(ledger && !rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "index of places");
}

static CU_TestInfo tests[] = {
    {"every table and column is watched", every_table_and_column_is_watched},
    {"the index of places is watched", the_index_of_places_is_watched},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.tamper", tests, argc, argv);
}
