/* A connection: what it opens, what it leaves alone, what it says when it cannot. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sqlite3.h>
#include "base/base.h"
#include "store/holder.h"
#include "store/store.h"
#include "suite.h"

static rdl_store *with_table(const char *name, GError **error)
{
    rdl_store *store = rdl_store_open(suite_path(name), RDL_STORE_CREATE, error);

    if (store && !rdl_store_run(store, "CREATE TABLE t(a TEXT, b REAL, c BLOB)", error))
        g_clear_pointer(&store, rdl_store_close);
    return store;
}

static void a_new_file_has_spatialite(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("new.sqlite", &error);

    CHECK_OK(error);
    g_autofree char *tables = rdl_store_value(
        store, "SELECT count(*) FROM sqlite_master WHERE name = 'geometry_columns'", &error);
    CHECK_TEXT(tables, "1");
    g_autofree char *mode = rdl_store_value(store, "PRAGMA journal_mode", &error);
    CHECK_TEXT(mode, "wal");
    g_autofree char *keys = rdl_store_value(store, "PRAGMA foreign_keys", &error);
    CHECK_TEXT(keys, "1");
    CHECK_OK(error);
}

static void values_come_back_as_they_went(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("values.sqlite", &error);
    g_autoptr(GBytes) bytes = g_bytes_new_static("\0\1\2", 3);
    bool row;

    g_autoptr(rdl_statement) put = rdl_statement_new(store, "INSERT INTO t VALUES(?,?,?)", &error);
    rdl_statement_text(put, 1, "采石场");
    rdl_statement_real(put, 2, 0.1);
    rdl_statement_bytes(put, 3, bytes);
    CHECK(rdl_statement_run(put, &error));
    rdl_statement_text(put, 1, NULL);
    CHECK(rdl_statement_run(put, &error));
    CHECK_OK(error);
    g_autoptr(rdl_statement) get =
        rdl_statement_new(store, "SELECT * FROM t ORDER BY rowid", &error);
    CHECK(rdl_statement_step(get, &row, &error) && row);
    CHECK_TEXT(rdl_statement_get_text(get, 0), "采石场");
    CHECK_NEAR(rdl_statement_get_real(get, 1), 0.1, 0);
    g_autoptr(GBytes) back = rdl_statement_get_bytes(get, 2);
    CHECK(back && g_bytes_equal(back, bytes));
    CHECK(rdl_statement_step(get, &row, &error) && row);
    CHECK(rdl_statement_get_text(get, 0) == NULL);
    CHECK(rdl_statement_step(get, &row, &error) && !row);
    CHECK_OK(error);
}

/* Without this a row would be written whose bytes are NULL. */
static void bytes_too_large_for_a_row_are_an_error(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("large.sqlite", &error);
    g_autoptr(rdl_statement) put = rdl_statement_new(store, "INSERT INTO t(c) VALUES(?)", &error);
    static const char one = 1;

    CHECK_OK(error);
    rdl_statement_lend_bytes(put, 1, &one, (size_t)3 << 30); /* refused before it is read */
    CHECK(!rdl_statement_run(put, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "large.sqlite: 3221225472 bytes");
    rdl_statement_lend_bytes(put, 1, &one, 1);
    CHECK(rdl_statement_run(put, &error));
    g_autofree char *rows = rdl_store_value(store, "SELECT count(*) FROM t", &error);
    CHECK_TEXT(rows, "1");
    CHECK_OK(error);
}

static void what_is_rolled_back_was_never_there(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("roll.sqlite", &error);

    CHECK(rdl_store_begin(store, &error));
    CHECK(rdl_store_run(store, "INSERT INTO t(a) VALUES('x')", &error));
    rdl_store_rollback(store);
    g_autofree char *n = rdl_store_value(store, "SELECT count(*) FROM t", &error);
    CHECK_TEXT(n, "0");
    CHECK_OK(error);
}

static void digests_tell_types_and_borders_apart(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("digest.sqlite", &error);
    g_autofree char *number = rdl_store_digest(store, "SELECT 1", NULL, &error);
    g_autofree char *text = rdl_store_digest(store, "SELECT '1'", NULL, &error);
    g_autofree char *null = rdl_store_digest(store, "SELECT NULL", NULL, &error);
    g_autofree char *empty = rdl_store_digest(store, "SELECT ''", NULL, &error);
    g_autofree char *ab_c = rdl_store_digest(store, "SELECT 'ab', 'c'", NULL, &error);
    g_autofree char *a_bc = rdl_store_digest(store, "SELECT 'a', 'bc'", NULL, &error);

    CHECK_OK(error);
    CHECK(strcmp(number, text) != 0);
    CHECK(strcmp(null, empty) != 0);
    CHECK(strcmp(ab_c, a_bc) != 0);
}

static void a_reader_cannot_write(void)
{
    GError *error = NULL;
    rdl_store *writer = with_table("read.sqlite", &error);

    rdl_store_close(writer);
    g_autoptr(rdl_store) reader = rdl_store_open(suite_path("read.sqlite"), RDL_STORE_READ, &error);
    CHECK_OK(error);
    CHECK(!rdl_store_run(reader, "INSERT INTO t(a) VALUES('x')", &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "readonly");
}

static void a_reader_leaves_nothing_beside_the_file(void)
{
    GError *error = NULL;
    rdl_store *store = with_table("alone.sqlite", &error);

    rdl_store_close(store);
    store = rdl_store_open(suite_path("alone.sqlite"), RDL_STORE_READ, &error);
    g_autofree char *n = rdl_store_value(store, "SELECT count(*) FROM t", &error);
    CHECK_TEXT(n, "0");
    rdl_store_close(store);
    CHECK(!g_file_test(suite_path("alone.sqlite-wal"), G_FILE_TEST_EXISTS));
    CHECK(!g_file_test(suite_path("alone.sqlite-shm"), G_FILE_TEST_EXISTS));
    CHECK_OK(error);
}

/* What `look` says as somebody to whom the folder is closed; 0: all as it should be. */
static int as_stranger(int (*look)(const char *path), const char *path)
{
    int status;
    pid_t child;

    fflush(stdout);
    if ((child = fork()) == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(9);
        _exit(look(path));
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static int read_three(const char *path)
{
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_READ, NULL);
    g_autofree char *n = store ? rdl_store_value(store, "SELECT count(*) FROM t", NULL) : NULL;

    return g_strcmp0(n, "3") != 0;
}

static int told_of_the_wal(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_READ, &error);

    return store || !error || !strstr(error->message, "-wal holds what was written last");
}

/* As on a medium that takes no writing: WAL has no place for its files. */
static void a_closed_folder_is_read_as_it_lies(void)
{
    GError *error = NULL;
    g_autofree char *folder = g_build_filename(suite_folder(), "closed?50%", NULL);
    g_autofree char *path = g_build_filename(folder, "t.sqlite", NULL),
                    *wal = g_strconcat(path, "-wal", NULL);
    rdl_store *store;

    CHECK(g_mkdir(folder, 0755) == 0 && g_chmod(suite_folder(), 0755) == 0);
    CHECK((store = rdl_store_open(path, RDL_STORE_CREATE, &error)) != NULL);
    CHECK(rdl_store_run(store, "CREATE TABLE t(a); INSERT INTO t VALUES(1),(2),(3)", &error));
    rdl_store_close(store);
    CHECK_OK(error);
    CHECK(g_chmod(path, 0444) == 0 && g_chmod(folder, 0555) == 0);
    CHECK_INT(as_stranger(read_three, path), 0);
    CHECK(g_chmod(folder, 0755) == 0 && g_file_set_contents(wal, "pages", 5, NULL) &&
          g_chmod(wal, 0444) == 0 && g_chmod(folder, 0555) == 0);
    CHECK_INT(as_stranger(told_of_the_wal, path), 0);
    CHECK(g_chmod(folder, 0755) == 0 && g_file_set_contents(wal, "", 0, NULL) &&
          g_chmod(folder, 0555) == 0);
    CHECK_INT(as_stranger(read_three, path), 0);
    CHECK(g_chmod(folder, 0755) == 0);
}

/* A GeoPackage given by mistake for a ledger must stay as it is, byte for byte. */
static void a_foreign_file_is_not_altered_by_opening(void)
{
    GError *error = NULL;
    const char *path = suite_path("foreign.gpkg");
    sqlite3 *db = NULL;

    sqlite3_open(path, &db);
    sqlite3_exec(db, "CREATE TABLE t(a); INSERT INTO t VALUES(1)", NULL, NULL, NULL);
    sqlite3_close(db);
    g_autofree char *before = rdl_digest_file(path, &error);
    rdl_store *store = rdl_store_open(path, RDL_STORE_WRITE, &error);
    CHECK_OK(error);
    rdl_store_close(store);
    g_autofree char *after = rdl_digest_file(path, &error);
    CHECK_TEXT(after, before);
}

static void what_cannot_be_opened_is_said(void)
{
    GError *error = NULL;
    const char *text = suite_path("text.sqlite");

    CHECK(!rdl_store_open(suite_path("nowhere.sqlite"), RDL_STORE_WRITE, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no such file");
    CHECK(rdl_output_text(text, "this is no database, however long the text is that it holds", true,
                          &error));
    CHECK(!rdl_store_open(text, RDL_STORE_READ, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "not a database");
    CHECK(!rdl_store_open(text, RDL_STORE_CREATE, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already");
}

static void a_cut_file_is_damaged(void)
{
    GError *error = NULL;
    const char *whole = suite_path("whole.sqlite"), *cut = suite_path("cut.sqlite");
    g_autofree char *bytes = NULL;
    gsize n;

    rdl_store *store = with_table("whole.sqlite", &error);
    rdl_store_close(store);
    CHECK(g_file_get_contents(whole, &bytes, &n, &error));
    CHECK(g_file_set_contents(cut, bytes, (gssize)(n / 2), &error));
    CHECK_OK(error);
    CHECK(!rdl_store_open(cut, RDL_STORE_READ, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "malformed");
}

static void broken_sql_is_reported_in_sqlites_words(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("words.sqlite", &error);

    CHECK(!rdl_statement_new(store, "SELECT absent FROM t", &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "no such column: absent");
}

static void one_within_another_is_undone_alone(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("nested.sqlite", &error);

    CHECK(rdl_store_begin(store, &error) &&
          rdl_store_run(store, "INSERT INTO t(a) VALUES('1')", &error));
    CHECK(rdl_store_begin(store, &error) &&
          rdl_store_run(store, "INSERT INTO t(a) VALUES('2')", &error));
    rdl_store_rollback(store);
    CHECK(rdl_store_begin(store, &error) &&
          rdl_store_run(store, "INSERT INTO t(a) VALUES('3')", &error) &&
          rdl_store_commit(store, &error));
    g_autofree char *now = rdl_store_value(store, "SELECT group_concat(a) FROM t", &error);
    CHECK_TEXT(now, "1,3");
    rdl_store_rollback(store);
    rdl_store_rollback(store); /* one too many does nothing */
    g_autofree char *after = rdl_store_value(store, "SELECT count(*) FROM t", &error);
    CHECK_TEXT(after, "0");
    CHECK(rdl_store_begin(store, &error) &&
          rdl_store_run(store, "INSERT INTO t(a) VALUES('4')", &error) &&
          rdl_store_commit(store, &error));
    g_autoptr(rdl_store) other =
        rdl_store_open(suite_path("nested.sqlite"), RDL_STORE_READ, &error);
    g_autofree char *seen = rdl_store_value(other, "SELECT group_concat(a) FROM t", &error);
    CHECK_TEXT(seen, "4");
    CHECK_OK(error);
}

/* A database at `name` made by `sql`, as a stranger would send it. */
static const char *strange(const char *name, const char *sql)
{
    const char *path = suite_path(name);
    sqlite3 *db = NULL;

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    return path;
}

static void foreign_sql_is_refused(void)
{
    static const struct {
        const char *sql, *what;
    } cases[] = {{"CREATE TRIGGER evil AFTER INSERT ON t BEGIN DELETE FROM t; END", "trigger evil"},
                 {"CREATE VIEW v AS SELECT * FROM t", "view v"},
                 {"CREATE VIRTUAL TABLE r USING rtree(id, a, b)", "table r"},
                 {"CREATE TABLE g(a TEXT, b TEXT GENERATED ALWAYS AS (a || a) VIRTUAL)",
                  "generated column g.b"},
                 {"CREATE TABLE g(a TEXT, b TEXT GENERATED ALWAYS AS (a || a) STORED)",
                  "generated column g.b"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("foreign-%zu.gpkg", i);
        g_autofree char *sql = g_strdup_printf("CREATE TABLE t(a TEXT); %s", cases[i].sql);
        CHECK(!rdl_store_open_foreign(strange(name, sql), &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, cases[i].what);
    }
    g_autoptr(rdl_store) plain = rdl_store_open_foreign(
        strange("plain.gpkg", "CREATE TABLE t(a TEXT); INSERT INTO t VALUES('x')"), &error);
    CHECK_OK(error);
    g_autofree char *a = rdl_store_value(plain, "SELECT a FROM t", &error);
    CHECK_TEXT(a, "x");
    CHECK(!rdl_store_run(plain, "DELETE FROM t", &error));
    g_clear_error(&error);
    CHECK(g_file_set_contents(suite_path("text.gpkg"), "no database at all, but long enough", -1,
                              NULL));
    CHECK(!rdl_store_open_foreign(suite_path("text.gpkg"), &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "not a database");
}

/* Another process that writes, until its `end` is closed. */
static pid_t writer(const char *path, int end[2])
{
    int ready[2];
    char byte;

    CHECK(pipe(ready) == 0 && pipe(end) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        sqlite3 *db = NULL;
        close(end[1]);
        sqlite3_open(path, &db);
        sqlite3_exec(db, "BEGIN IMMEDIATE; INSERT INTO t VALUES('x', 1, NULL)", NULL, NULL, NULL);
        _exit(write(ready[1], "", 1) == 1 && read(end[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(end[0]);
    CHECK(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

/* Whoever waits in vain learns for whom, and what to do. */
static void who_is_waited_for_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) made = with_table("busy.sqlite", &error);
    const char *path = suite_path("busy.sqlite");
    int end[2];

    g_clear_pointer(&made, rdl_store_close);
    pid_t pid = writer(path, end);
    g_autofree char *who = g_strdup_printf("busy.sqlite: process %d (", (int)pid);
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_WRITE, &error);
    CHECK_OK(error);
    rdl_store_patience(store, 50);
    CHECK(!rdl_store_begin(store, &error));
    CHECK_INT(rdl_exit_status(error), 4);
    CHECK(error && strstr(error->message, who) != NULL);
    CHECK_FAILS(error, RDL_ERROR_CONFLICT,
                "for more than 1 s: this step was not done; give the command again");
    close(end[1]);
    waitpid(pid, NULL, 0);
    CHECK(rdl_store_begin(store, &error) && rdl_store_commit(store, &error));
    CHECK_OK(error);
}

/* A writer of our own process is no other to point at. */
static void what_cannot_be_seen_is_said(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) one = with_table("hidden.sqlite", &error);
    g_autoptr(rdl_store) two = rdl_store_open(suite_path("hidden.sqlite"), RDL_STORE_WRITE, &error);

    rdl_store_patience(two, 50);
    CHECK(rdl_store_begin(one, &error));
    CHECK_OK(error);
    CHECK(!rdl_store_begin(two, &error));
    CHECK_FAILS(error, RDL_ERROR_CONFLICT, "a program that is not to be seen from here");
    rdl_store_rollback(one);
}

static void what_was_replaced_meanwhile_takes_nothing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("replaced.sqlite", &error);

    CHECK(rdl_store_begin(store, &error));
    CHECK(rdl_store_commit(store, &error));
    CHECK_OK(error);
    CHECK_INT(g_rename(suite_path("replaced.sqlite"), suite_path("away.sqlite")), 0);
    CHECK(!rdl_store_begin(store, &error));
    CHECK(g_error_matches(error, RDL_ERROR, RDL_ERROR_CONFLICT));
    CHECK(error && strstr(error->message, "was replaced by another program meanwhile"));
    g_clear_error(&error);
}

static void alone_means_nobody_else(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) first = with_table("ours.sqlite", &error);
    g_autoptr(rdl_store) other = rdl_store_open(suite_path("ours.sqlite"), RDL_STORE_READ, &error);

    CHECK_OK(error);
    rdl_store_patience(first, 100);
    CHECK(!rdl_store_alone(first, &error));
    CHECK(g_error_matches(error, RDL_ERROR, RDL_ERROR_CONFLICT));
    g_clear_error(&error);
    g_clear_pointer(&other, rdl_store_close);
    CHECK(rdl_store_alone(first, &error));
    CHECK(rdl_store_for_all(first, &error));
    CHECK((other = rdl_store_open(suite_path("ours.sqlite"), RDL_STORE_READ, &error)) != NULL);
    g_autofree char *mode = rdl_store_value(first, "PRAGMA journal_mode", &error);
    CHECK_TEXT(mode, "wal");
    CHECK_OK(error);
}

/* Files of two devices may have one number. */
static void a_lock_on_another_device_holds_nothing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = with_table("device.sqlite", &error);
    const char *path = suite_path("device.sqlite");
    GStatBuf of;

    CHECK_OK(error);
    CHECK_INT(g_stat(path, &of), 0);
    g_autofree char *here =
        g_strdup_printf("1: POSIX  ADVISORY  WRITE 1 %02x:%02x:%" G_GUINT64_FORMAT " 0 EOF\n",
                        major(of.st_dev), minor(of.st_dev), (guint64)of.st_ino);
    g_autofree char *there =
        g_strdup_printf("1: POSIX  ADVISORY  WRITE 1 %02x:%02x:%" G_GUINT64_FORMAT " 0 EOF\n",
                        major(of.st_dev) + 1, minor(of.st_dev), (guint64)of.st_ino);
    g_autofree char *holder = rdl_store_holder_of(here, path);
    g_autofree char *other = rdl_store_holder_of(there, path);
    CHECK(holder && g_str_has_prefix(holder, "1"));
    CHECK(other == NULL);
}

static CU_TestInfo tests[] = {
    {"a new file has spatialite", a_new_file_has_spatialite},
    {"values come back as they went", values_come_back_as_they_went},
    {"what is rolled back was never there", what_is_rolled_back_was_never_there},
    {"digests tell types and borders apart", digests_tell_types_and_borders_apart},
    {"a reader cannot write", a_reader_cannot_write},
    {"a reader leaves nothing beside the file", a_reader_leaves_nothing_beside_the_file},
    {"a closed folder is read as it lies", a_closed_folder_is_read_as_it_lies},
    {"a foreign file is not altered by opening", a_foreign_file_is_not_altered_by_opening},
    {"what cannot be opened is said", what_cannot_be_opened_is_said},
    {"a cut file is damaged", a_cut_file_is_damaged},
    {"broken sql is reported in sqlite's words", broken_sql_is_reported_in_sqlites_words},
    {"one within another is undone alone", one_within_another_is_undone_alone},
    {"foreign sql is refused", foreign_sql_is_refused},
    {"bytes too large for a row are an error", bytes_too_large_for_a_row_are_an_error},
    {"who is waited for is told", who_is_waited_for_is_told},
    {"what cannot be seen is said", what_cannot_be_seen_is_said},
    {"what was replaced meanwhile takes nothing", what_was_replaced_meanwhile_takes_nothing},
    {"alone means nobody else", alone_means_nobody_else},
    {"a lock on another device holds nothing", a_lock_on_another_device_holds_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("store.connection", tests, argc, argv);
}
