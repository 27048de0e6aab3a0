#include "store/connection.h"
#include "store/holder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <sqlite3.h>
#include <spatialite.h>

#define PATIENCE_MS 10000
#define FOREIGN_VALUE_BYTES 67108864 /* of a value, or a row, that others made */

struct rdl_store {
    sqlite3 *db;
    void *spatialite;
    char *path;
    int patience;     /* milliseconds */
    int depth;        /* of transactions within each other */
    GHashTable *idle; /* SQL -> sqlite3_stmt prepared earlier, reset and not in use */
};

struct rdl_statement {
    rdl_store *store;
    sqlite3_stmt *stmt;
    size_t too_large; /* bytes that SQLite did not take; 0: it took all */
};

static bool fail_busy(const rdl_store *store, GError **error)
{
    g_autofree char *holder = rdl_store_holder(store->path);
    int seconds = (store->patience + 999) / 1000;

    if (holder)
        return rdl_fail(error, RDL_ERROR_CONFLICT,
                        "%s: process %s has been writing to it for more than %d s: this step was "
                        "not done; give the command again when that process has ended",
                        store->path, holder, seconds);
    return rdl_fail(error, RDL_ERROR_CONFLICT,
                    "%s: has been locked for more than %d s by a program that is not to be seen "
                    "from here (of another machine or container): this step was not done; give the "
                    "command again when that has ended",
                    store->path, seconds);
}

static bool fail_store(const rdl_store *store, GError **error)
{
    int code = sqlite3_errcode(store->db) & 0xff;
    rdl_error kind = code == SQLITE_LOCKED                             ? RDL_ERROR_CONFLICT
                     : code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? RDL_ERROR_DATA
                     : code == SQLITE_CONSTRAINT                       ? RDL_ERROR_DATA
                                                                       : RDL_ERROR_IO;

    if (code == SQLITE_BUSY)
        return fail_busy(store, error);
    if (code == SQLITE_FULL)
        return rdl_fail(error, kind,
                        "%s: cannot be written: the disk is full, or files may not grow so large: "
                        "free room, or write elsewhere",
                        store->path);
    return rdl_fail(error, kind, "%s: %s%s", store->path, sqlite3_errmsg(store->db),
                    code == SQLITE_IOERR ? rdl_output_room(store->path) : "");
}

void rdl_store_close(rdl_store *store)
{
    if (!store)
        return;
    g_clear_pointer(&store->idle, g_hash_table_unref);
    sqlite3_close(store->db);
    if (store->spatialite)
        spatialite_cleanup_ex(store->spatialite);
    g_free(store->path);
    g_free(store);
}

/* The folder takes no new file and nobody has the file open for writing (no -shm): WAL, which wants
 * files beside, is not needed. A -wal with content holds commits that the file does not have yet.
 */
static bool is_settled(const char *path, bool *settled, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path), *wal = g_strconcat(path, "-wal", NULL),
                    *shm = g_strconcat(path, "-shm", NULL);
    GStatBuf of;

    *settled = *path && access(folder, W_OK) != 0 && access(shm, F_OK) != 0;
    return !*settled || g_stat(wal, &of) != 0 || of.st_size == 0 ||
           rdl_fail(error, RDL_ERROR_IO,
                    "%s: %s-wal holds what was written last, and %s cannot be written to take it "
                    "in: copy both files to a folder that can be, and read the copy",
                    path, path, folder);
}

/* A reader of a WAL file that may not write would leave -wal and -shm beside it: where the file can
 * be written it is opened so, and kept from writing by query_only. */
static int open_flags(const char *path, rdl_store_mode mode)
{
    const int own = SQLITE_OPEN_NOMUTEX; /* a connection is one thread's: nobody to lock out */

    if (mode == RDL_STORE_CREATE)
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | own;
    return (mode == RDL_STORE_READ && access(path, W_OK) != 0 ? SQLITE_OPEN_READONLY
                                                              : SQLITE_OPEN_READWRITE) |
           own;
}

/* To change a WAL file is to make files beside it. */
static bool takes_files(const char *path, rdl_store_mode mode, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return mode != RDL_STORE_WRITE || access(folder, W_OK) == 0 ||
           rdl_fail(error, RDL_ERROR_IO,
                    "%s: cannot be written to in %s, which takes no file: copy it to a folder that "
                    "does",
                    path, folder);
}

static bool open_file(rdl_store *store, rdl_store_mode mode, GError **error)
{
    bool settled = false;

    if (!takes_files(store->path, mode, error))
        return false;

    if (mode == RDL_STORE_READ && !is_settled(store->path, &settled, error))
        return false;
    if (!settled)
        return sqlite3_open_v2(store->path, &store->db, open_flags(store->path, mode), NULL) ==
                   SQLITE_OK ||
               fail_store(store, error);
    g_autofree char *whole = g_canonicalize_filename(store->path, NULL);
    g_autofree char *escaped = g_uri_escape_string(whole, "/", FALSE);
    g_autofree char *uri = g_strconcat("file://", escaped, "?immutable=1", NULL);
    return sqlite3_open_v2(uri, &store->db,
                           SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                           NULL) == SQLITE_OK ||
           fail_store(store, error);
}

void rdl_store_patience(rdl_store *store, int milliseconds)
{
    store->patience = milliseconds;
    sqlite3_busy_timeout(store->db, milliseconds);
}

static bool set_up(rdl_store *store, rdl_store_mode mode, GError **error)
{
    rdl_store_patience(store, PATIENCE_MS);
    if (!rdl_store_run(store, "PRAGMA foreign_keys = ON; SELECT count(*) FROM sqlite_master",
                       error))
        return false;
    if (mode == RDL_STORE_READ)
        return rdl_store_run(store, "PRAGMA query_only = ON", error);
    /* WAL is written into the file's header: only into one of our own making */
    return rdl_store_run(store, "PRAGMA synchronous = FULL", error) &&
           (mode != RDL_STORE_CREATE || rdl_store_run(store, "PRAGMA journal_mode = WAL", error));
}

/* A file of our own, with SpatiaLite's tables. */
static rdl_store *open_store(const char *path, rdl_store_mode mode, GError **error)
{
    g_autoptr(rdl_store) store = g_new0(rdl_store, 1);

    store->path = g_strdup(path);
    return open_file(store, mode, error) && set_up(store, mode, error) ? g_steal_pointer(&store)
                                                                       : NULL;
}

/* ---- a database that others made ---- */

/* Nothing in it is run: no views, triggers, virtual tables or generated columns. */
static bool plain_schema(rdl_store *store, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_autofree char *foreign = rdl_store_value(
        store,
        "SELECT type || ' ' || name FROM sqlite_master WHERE type NOT IN ('table', 'index')"
        " UNION ALL SELECT type || ' table ' || name FROM pragma_table_list WHERE type <> 'table'"
        " AND schema = 'main'"
        " UNION ALL SELECT 'generated column ' || t.name || '.' || c.name FROM pragma_table_list t,"
        " pragma_table_xinfo(t.name) c WHERE t.schema = 'main' AND c.hidden <> 0 LIMIT 1",
        &failed);
    g_autofree char *sound =
        failed || foreign ? NULL : rdl_store_value(store, "PRAGMA quick_check(1)", &failed);

    if (failed)
        return rdl_fail(error, RDL_ERROR_DATA, "%s", failed->message);
    if (foreign)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: has a %s: only plain tables are read from others", store->path,
                        foreign);
    return g_strcmp0(sound, "ok") == 0 ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: is damaged: %s", store->path, sound ? sound : "?");
}

rdl_store *rdl_store_open_foreign(const char *path, GError **error)
{
    g_autoptr(rdl_store) store = g_new0(rdl_store, 1);
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *uri = g_filename_to_uri(whole, NULL, error);
    g_autofree char *unchanging = uri ? g_strconcat(uri, "?immutable=1", NULL) : NULL;

    if (!unchanging || !rdl_input_plain(path, error))
        return NULL;
    store->path = g_strdup(path);
    if (sqlite3_open_v2(unchanging, &store->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        fail_store(store, error);
        return NULL;
    }
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, FOREIGN_VALUE_BYTES);
    return plain_schema(store, error) ? g_steal_pointer(&store) : NULL;
}

rdl_store *rdl_store_open(const char *path, rdl_store_mode mode, GError **error)
{
    bool there = g_file_test(path, G_FILE_TEST_EXISTS);

    if (mode != RDL_STORE_CREATE && !there)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file", path), NULL;
    if (mode == RDL_STORE_CREATE && there)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: is there already", path), NULL;
    if (!rdl_input_plain(path, error))
        return NULL;
    g_autoptr(rdl_store) store = open_store(path, mode, error);
    return store && (mode != RDL_STORE_CREATE ||
                     rdl_store_run(store, "SELECT InitSpatialMetaData(1, 'NONE')", error))
               ? g_steal_pointer(&store)
               : NULL;
}

rdl_store *rdl_store_scratch(GError **error)
{
    g_autoptr(rdl_store) store = open_store(":memory:", RDL_STORE_CREATE, error);

    return store && rdl_store_run(store, "PRAGMA foreign_keys = OFF", error)
               ? g_steal_pointer(&store)
               : NULL;
}

const char *rdl_store_path(const rdl_store *store)
{
    return store->path;
}

/* SpatiaLite's functions come with the first statement that names one: most work needs none, and
 * they take longer to make than that work. */
static bool wants_spatialite(rdl_store *store)
{
    if (store->spatialite || !strstr(sqlite3_errmsg(store->db), "no such function"))
        return false;
    store->spatialite = spatialite_alloc_connection();
    spatialite_init_ex(store->db, store->spatialite, 0);
    return true;
}

static sqlite3_stmt *prepare(rdl_store *store, const char *sql, const char **tail, GError **error)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, tail) != SQLITE_OK &&
        !(wants_spatialite(store) &&
          sqlite3_prepare_v2(store->db, sql, -1, &stmt, tail) == SQLITE_OK))
        fail_store(store, error);
    return stmt;
}

static bool run_whole(rdl_store *store, sqlite3_stmt *take_stmt, GError **error)
{
    int code;

    while ((code = sqlite3_step(take_stmt)) == SQLITE_ROW)
        ;
    bool good = code == SQLITE_DONE || fail_store(store, error);
    sqlite3_finalize(take_stmt);
    return good;
}

bool rdl_store_run(rdl_store *store, const char *sql, GError **error)
{
    while (*sql) {
        GError *failed = NULL;
        sqlite3_stmt *stmt = prepare(store, sql, &sql, &failed);
        if (failed || (stmt && !run_whole(store, stmt, &failed))) {
            g_propagate_error(error, failed);
            return false;
        }
    }
    return true;
}

/* What SQLite ended by itself (a full disk) is over with all that was within; a plain BEGIN counts.
 */
static int depth_of(rdl_store *store)
{
    store->depth = sqlite3_get_autocommit(store->db) ? 0 : MAX(store->depth, 1);
    return store->depth;
}

/* What is written to a file that has no name any more is lost with it. */
static bool still_there(rdl_store *store, GError **error)
{
    int moved = 0;

    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
        !moved) /* in memory it has no file */
        return true;
    rdl_store_rollback(store);
    return rdl_fail(error, RDL_ERROR_CONFLICT,
                    "%s: was replaced by another program meanwhile: this step was not done; give "
                    "the command again",
                    store->path);
}

bool rdl_store_begin(rdl_store *store, GError **error)
{
    const bool inner = depth_of(store) > 0;

    if (!rdl_store_run(store, inner ? "SAVEPOINT inner" : "BEGIN IMMEDIATE", error))
        return false;
    store->depth++;
    return inner || still_there(store, error);
}

/* To leave WAL takes a file that nobody else has open; SQLite does not wait for that by itself. */
bool rdl_store_alone(rdl_store *store, GError **error)
{
    const gint64 until = g_get_monotonic_time() + 1000 * (gint64)store->patience;

    while (sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) ==
           SQLITE_BUSY) {
        if (g_get_monotonic_time() >= until)
            return rdl_fail(error, RDL_ERROR_CONFLICT,
                            "%s: is open in another program: it was to be replaced, which was not "
                            "done; close that and run it again with --resume",
                            store->path);
        g_usleep(50000);
    }
    return rdl_store_run(store, "BEGIN EXCLUSIVE", error) && still_there(store, error);
}

bool rdl_store_for_all(rdl_store *store, GError **error)
{
    rdl_store_rollback(store);
    return rdl_store_run(store, "PRAGMA journal_mode = WAL", error);
}

bool rdl_store_commit(rdl_store *store, GError **error)
{
    if (!rdl_store_run(store, depth_of(store) > 1 ? "RELEASE inner" : "COMMIT", error))
        return false;
    store->depth--;
    return true;
}

void rdl_store_rollback(rdl_store *store)
{
    if (!depth_of(store))
        return;
    sqlite3_exec(store->db, store->depth > 1 ? "ROLLBACK TO inner; RELEASE inner" : "ROLLBACK",
                 NULL, NULL, NULL);
    store->depth--;
}

/* ---- statements ---- */

#define IDLE_MOST 128

static void finalize(gpointer stmt)
{
    sqlite3_finalize(stmt);
}

/* A statement prepared earlier with this text; NULL: none is idle. */
static sqlite3_stmt *take_idle(rdl_store *store, const char *sql)
{
    gpointer key = NULL, stmt = NULL;

    if (!store->idle)
        store->idle = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
    if (g_hash_table_steal_extended(store->idle, sql, &key, &stmt))
        g_free(key);
    return stmt;
}

static void keep_idle(rdl_store *store, sqlite3_stmt *stmt)
{
    const char *sql = sqlite3_sql(stmt);

    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    if (!sql || !store->idle || g_hash_table_size(store->idle) >= IDLE_MOST ||
        g_hash_table_contains(store->idle, sql))
        sqlite3_finalize(stmt);
    else
        g_hash_table_insert(store->idle, g_strdup(sql), stmt);
}

rdl_statement *rdl_statement_new(rdl_store *store, const char *sql, GError **error)
{
    sqlite3_stmt *stmt = take_idle(store, sql);

    if (!stmt && !(stmt = prepare(store, sql, NULL, error)))
        return NULL;
    rdl_statement *statement = g_new0(rdl_statement, 1);
    statement->store = store;
    statement->stmt = stmt;
    return statement;
}

void rdl_statement_free(rdl_statement *statement)
{
    if (statement)
        keep_idle(statement->store, statement->stmt);
    g_free(statement);
}

void rdl_statement_text(rdl_statement *statement, int i, const char *text)
{
    sqlite3_bind_text(statement->stmt, i, text, -1, SQLITE_TRANSIENT);
}

void rdl_statement_int(rdl_statement *statement, int i, gint64 value)
{
    sqlite3_bind_int64(statement->stmt, i, value);
}

void rdl_statement_real(rdl_statement *statement, int i, double value)
{
    sqlite3_bind_double(statement->stmt, i, value); /* SQLite stores NaN as NULL */
}

static void bind_bytes(rdl_statement *statement, int i, const void *bytes, size_t n,
                       sqlite3_destructor_type keep)
{
    if (sqlite3_bind_blob64(statement->stmt, i, bytes, n, keep) == SQLITE_TOOBIG)
        statement->too_large = n;
}

void rdl_statement_bytes(rdl_statement *statement, int i, GBytes *bytes)
{
    size_t n = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &n) : NULL;

    if (data)
        bind_bytes(statement, i, data, n, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(statement->stmt, i);
}

void rdl_statement_lend_text(rdl_statement *statement, int i, const char *text)
{
    sqlite3_bind_text(statement->stmt, i, text, -1, SQLITE_STATIC);
}

void rdl_statement_lend_bytes(rdl_statement *statement, int i, const void *bytes, size_t n)
{
    bind_bytes(statement, i, bytes, n, SQLITE_STATIC);
}

void rdl_statement_reset(rdl_statement *statement)
{
    sqlite3_reset(statement->stmt);
    sqlite3_clear_bindings(statement->stmt);
    statement->too_large = 0;
}

bool rdl_statement_step(rdl_statement *statement, bool *row, GError **error)
{
    *row = false;
    if (statement->too_large) {
        rdl_fail(error, RDL_ERROR_DATA, "%s: %zu bytes are more than a row of SQLite holds",
                 statement->store->path, statement->too_large);
        rdl_statement_reset(statement);
        return false;
    }
    int code = sqlite3_step(statement->stmt);

    *row = code == SQLITE_ROW;
    if (*row)
        return true;
    bool good = code == SQLITE_DONE || fail_store(statement->store, error);
    rdl_statement_reset(statement);
    return good;
}

bool rdl_statement_run(rdl_statement *statement, GError **error)
{
    bool row = true;

    while (row)
        if (!rdl_statement_step(statement, &row, error))
            return false;
    return true;
}

const char *rdl_statement_get_text(rdl_statement *statement, int i)
{
    return (const char *)sqlite3_column_text(statement->stmt, i);
}

bool rdl_statement_is_text(rdl_statement *statement, int i)
{
    if (sqlite3_column_type(statement->stmt, i) != SQLITE_TEXT)
        return false;
    const char *text = (const char *)sqlite3_column_text(statement->stmt, i);
    return text && strlen(text) == (size_t)sqlite3_column_bytes(statement->stmt, i);
}

gint64 rdl_statement_get_int(rdl_statement *statement, int i)
{
    return sqlite3_column_int64(statement->stmt, i);
}

double rdl_statement_get_real(rdl_statement *statement, int i)
{
    return sqlite3_column_type(statement->stmt, i) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(statement->stmt, i);
}

GBytes *rdl_statement_get_bytes(rdl_statement *statement, int i)
{
    const void *blob = sqlite3_column_blob(statement->stmt, i);
    int n = sqlite3_column_bytes(statement->stmt, i);

    return blob ? g_bytes_new(blob, (size_t)n) : NULL;
}

bool rdl_store_ask(rdl_store *store, const char *sql, const char *parameter, char **text,
                   GError **error)
{
    g_autoptr(rdl_statement) statement = rdl_statement_new(store, sql, error);
    bool row;

    *text = NULL;
    if (!statement)
        return false;
    if (parameter)
        rdl_statement_text(statement, 1, parameter);
    if (!rdl_statement_step(statement, &row, error))
        return false;
    *text = row ? g_strdup(rdl_statement_get_text(statement, 0)) : NULL;
    return true;
}

char *rdl_store_value(rdl_store *store, const char *sql, GError **error)
{
    char *text;

    rdl_store_ask(store, sql, NULL, &text, error);
    return text;
}

static void digest_row(GChecksum *sum, sqlite3_stmt *stmt)
{
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        int type = sqlite3_column_type(stmt, i);
        const void *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, i)
                                                : (const void *)sqlite3_column_text(stmt, i);
        int n = sqlite3_column_bytes(stmt, i);
        g_autofree char *head = g_strdup_printf("%d:%d:", type, n);

        g_checksum_update(sum, (const guchar *)head, -1);
        if (n > 0)
            g_checksum_update(sum, bytes, n);
    }
    g_checksum_update(sum, (const guchar *)"\n", 1);
}

char *rdl_store_digest(rdl_store *store, const char *sql, const char *parameter, GError **error)
{
    g_autoptr(rdl_statement) statement = rdl_statement_new(store, sql, error);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    bool row = true;

    if (statement && parameter)
        rdl_statement_text(statement, 1, parameter);
    while (statement && row) {
        if (!rdl_statement_step(statement, &row, error))
            return NULL;
        if (row)
            digest_row(sum, statement->stmt);
    }
    return statement ? g_strdup(g_checksum_get_string(sum)) : NULL;
}
