/* Tables whose pages are written without SQLite are what SQLite would have made of the same rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include "base/base.h"
#include "store/connection.h"
#include "store/pages.h"
#include "suite.h"

#define COLUMNS 6 /* key, INTEGER, REAL, TEXT, BLOB, INTEGER */

static const char schema[] =
    "CREATE TABLE paged(id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, j INTEGER);"
    "CREATE TABLE plain(id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, j INTEGER);"
    "CREATE TABLE other(id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, j INTEGER)";

typedef struct {
    rdl_store *store;
    rdl_statement *plain;
    rdl_page_file *file;
    rdl_page_table *table, *other;
} pair;

static void begin(pair *p, const char *name, int page_size)
{
    g_autofree char *path = g_strdup(suite_path(name));
    g_autofree char *size = g_strdup_printf("PRAGMA page_size = %d; VACUUM", page_size);
    sqlite3 *db = NULL;
    GError *error = NULL;

    remove(path);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, size, NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    p->file = rdl_page_file_open(path, &error);
    CHECK_OK(error);
    p->table = rdl_page_table_new(p->file, 2); /* roots in the order they were made */
    p->other = rdl_page_table_new(p->file, 4);
}

static gint64 any_int(GRand *r)
{
    gint64 v = (gint64)((guint64)g_rand_int(r) << 32 | g_rand_int(r)) >> g_rand_int_range(r, 0, 64);

    return g_rand_int_range(r, 0, 8) ? v : g_rand_int_range(r, -1, 3);
}

static double any_real(GRand *r)
{
    static const double odd[] = {0.0,     -0.0,   1.0,   -1.0,     0x1p47,
                                 -0x1p47, 0x1p53, 1e300, INFINITY, NAN};

    return g_rand_int_range(r, 0, 3) ? g_rand_double_range(r, -1e6, 1e6)
                                     : odd[g_rand_int_range(r, 0, G_N_ELEMENTS(odd))];
}

/* Mostly short; now and then of any length up to some pages. */
static size_t any_length(GRand *r, size_t most)
{
    return (size_t)g_rand_int_range(r, 0, g_rand_int_range(r, 0, 10) ? 40 : (gint32)most);
}

static void draw_row(GRand *r, char *bytes, size_t most, rdl_cell *row)
{
    memset(row, 0, COLUMNS * sizeof *row);
    row[1] = (rdl_cell){.type = RDL_CELL_INT, .integer = any_int(r)};
    row[2] = (rdl_cell){.type = RDL_CELL_REAL, .real = any_real(r)};
    row[3] = (rdl_cell){.type = RDL_CELL_TEXT, .bytes = bytes, .n = any_length(r, most)};
    row[4] = (rdl_cell){.type = RDL_CELL_BYTES, .bytes = bytes, .n = any_length(r, most)};
    row[5] = (rdl_cell){.type = RDL_CELL_INT, .integer = g_rand_int_range(r, 0, 2)};
    for (int i = 1; i < COLUMNS; i++)
        if (!g_rand_int_range(r, 0, 6))
            row[i] = (rdl_cell){.type = RDL_CELL_NULL};
}

static void keep_plain(rdl_statement *s, gint64 id, const rdl_cell *row)
{
    GError *error = NULL;

    rdl_statement_int(s, 1, id);
    for (int i = 1; i < COLUMNS; i++) {
        g_autofree char *text = NULL;
        if (row[i].type == RDL_CELL_INT)
            rdl_statement_int(s, i + 1, row[i].integer);
        else if (row[i].type == RDL_CELL_REAL)
            rdl_statement_real(s, i + 1, row[i].real);
        else if (row[i].type == RDL_CELL_BYTES)
            rdl_statement_lend_bytes(s, i + 1, row[i].bytes, row[i].n);
        else if (row[i].type == RDL_CELL_TEXT)
            rdl_statement_text(s, i + 1, text = g_strndup(row[i].bytes, row[i].n));
    }
    rdl_statement_run(s, &error);
    CHECK_OK(error);
}

static void check_value(rdl_store *store, const char *sql, const char *want)
{
    GError *error = NULL;
    g_autofree char *got = rdl_store_value(store, sql, &error);

    CHECK_OK(error);
    CHECK_TEXT(got, want);
}

/* n rows as pages in runs of `run` rows, then the same by SQL, from the same seed. */
static void check_rows(const char *name, int page_size, size_t n, size_t run, size_t most)
{
    guint32 seed = g_rand_int(suite_rand());
    g_autoptr(GRand) drawn = g_rand_new_with_seed(seed), again = g_rand_new_with_seed(seed);
    g_autofree char *bytes = g_strnfill(most + 40, 'x'), *count = g_strdup_printf("%zu", n);
    rdl_cell row[COLUMNS];
    GError *error = NULL;
    pair p;

    begin(&p, name, page_size);
    rdl_page_run *made = rdl_page_file_run(p.file);
    for (size_t i = 1; i <= n; i++) {
        draw_row(drawn, bytes, most, row);
        CHECK(rdl_page_run_add(made, (gint64)i, row, COLUMNS));
        if (i % run == 0) {
            CHECK(rdl_page_table_put(p.table, made, &error));
            made = rdl_page_file_run(p.file);
        }
    }
    CHECK(rdl_page_table_put(p.table, made, &error) && rdl_page_table_finish(p.table, &error) &&
          rdl_page_table_finish(p.other, &error) && rdl_page_file_finish(p.file, &error));
    CHECK_OK(error);
    rdl_page_table_free(p.table);
    rdl_page_table_free(p.other);
    g_autoptr(rdl_store) store = rdl_store_open(suite_path(name), RDL_STORE_WRITE, &error);
    CHECK_OK(error);
    check_value(store, "PRAGMA integrity_check", "ok");
    check_value(store, "SELECT count(*) FROM paged", count);
    check_value(store, "SELECT count(*) FROM other", "0");
    CHECK(rdl_store_begin(store, &error));
    rdl_statement *plain =
        rdl_statement_new(store, "INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?)", &error);
    for (size_t i = 1; i <= n; i++) {
        draw_row(again, bytes, most, row);
        keep_plain(plain, (gint64)i, row);
    }
    rdl_statement_free(plain);
    CHECK(rdl_store_commit(store, &error));
    check_value(store,
                "SELECT count(*) FROM paged a JOIN plain b USING (id) WHERE a.i IS b.i AND a.r IS "
                "b.r AND a.t IS b.t AND a.b IS b.b AND a.j IS b.j AND typeof(a.i) = typeof(b.i) "
                "AND typeof(a.r) = typeof(b.r)",
                count);
    /* and whoever edits it goes on */
    CHECK(rdl_store_run(store,
                        "INSERT INTO paged(t) VALUES ('one more'); UPDATE paged SET t = t || 'y' "
                        "WHERE id % 3 = 0; DELETE FROM paged WHERE id % 2 = 0",
                        &error));
    check_value(store, "PRAGMA integrity_check", "ok");
}

static void rows_are_what_sqlite_makes_of_them(void)
{
    static const struct {
        int page_size;
        size_t n, run, most;
    } cases[] = {{4096, 0, 10, 9},     {4096, 1, 10, 9},     {4096, 1, 1, 20000},
                 {4096, 2, 1, 9},      {4096, 30, 100, 9},   {4096, 3000, 100, 9000},
                 {512, 4000, 64, 500}, {512, 1500, 7, 5000}, {65536, 2000, 300, 90000}};

    for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autofree char *name = g_strdup_printf("pages-%zu.sqlite", k);
        check_rows(name, cases[k].page_size, cases[k].n, cases[k].run, cases[k].most);
    }
}

/* At 1 GiB, moved down here: that page belongs to SQLite's locks. */
static void the_page_of_the_locks_is_left_out(void)
{
    int before = sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 40 * 4096);

    check_rows("locks.sqlite", 4096, 2000, 100, 9000);
    sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, before);
}

static void a_row_that_is_too_large_is_refused(void)
{
    rdl_page_run *run = rdl_page_run_new(4096, 4096);
    const rdl_cell row = {.type = RDL_CELL_BYTES, .bytes = "", .n = RDL_ROW_BYTES};

    CHECK(!rdl_page_run_add(run, 1, &row, 1));
    CHECK(rdl_page_run_bytes(run) == 0);
    rdl_page_run_free(run);
}

static void what_is_no_database_is_refused(void)
{
    const char *path = suite_path("none.sqlite");
    g_autofree char *zeros = g_malloc0(5000);
    GError *error = NULL;

    CHECK(g_file_set_contents(path, zeros, 5000, NULL));
    CHECK(!rdl_page_file_open(path, &error));
    CHECK(g_error_matches(error, RDL_ERROR, RDL_ERROR_DATA));
    g_clear_error(&error);
}

static CU_TestInfo tests[] = {
    {"rows are what SQLite makes of them", rows_are_what_sqlite_makes_of_them},
    {"the page of the locks is left out", the_page_of_the_locks_is_left_out},
    {"a row that is too large is refused", a_row_that_is_too_large_is_refused},
    {"what is no database is refused", what_is_no_database_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("store.pages", tests, argc, argv);
}
