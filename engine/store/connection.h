/* store/connection.h - one SQLite file with SpatiaLite's functions.
 *
 * One connection a thread. WAL, foreign keys on, a busy timeout; several may read while one
 * writes. Errors are SQLite's own words with the file's name in front: RDL_ERROR_CONFLICT when the
 * file is locked for longer than the timeout (told with the process that holds it), RDL_ERROR_DATA
 * when it is no database or damaged,
 * RDL_ERROR_IO for the rest. */
#ifndef RDL_STORE_CONNECTION_H
#define RDL_STORE_CONNECTION_H

#include "base/base.h"

typedef struct rdl_store rdl_store;

typedef enum { RDL_STORE_READ, RDL_STORE_WRITE, RDL_STORE_CREATE } rdl_store_mode;

/** CREATE makes a new file (none may be there) and SpatiaLite's own tables in it. READ in a folder
 *  that cannot be written reads the file as it lies there; fails with RDL_ERROR_IO when a -wal
 *  beside it holds commits that it does not have yet. */
RDL_API rdl_store *rdl_store_open(const char *path, rdl_store_mode mode, GError **error);
/** A database that others made, to be read alone: no foreign SQL runs. Not in WAL, without
 *  SpatiaLite. Fails: RDL_ERROR_DATA for what is no database, is damaged, or has a trigger, a view,
 *  a virtual table or a generated column. */
RDL_API rdl_store *rdl_store_open_foreign(const char *path, GError **error);
/** One in memory, without SpatiaLite's tables, foreign keys off. */
RDL_API rdl_store *rdl_store_scratch(GError **error);
RDL_API void rdl_store_close(rdl_store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_store, rdl_store_close)
RDL_API const char *rdl_store_path(const rdl_store *store);

/** How long a writer elsewhere is waited for; at first ten seconds. */
void rdl_store_patience(rdl_store *store, int milliseconds);

/** Take the database for this connection alone until it is closed: nobody else has it open, nobody
 *  reads or writes, nothing lies beside it. For a file that is about to be replaced. Fails:
 *  RDL_ERROR_CONFLICT when somebody has it open for longer than the timeout. */
bool rdl_store_alone(rdl_store *store, GError **error);
/** Give it back to all: WAL again. What was begun is rolled back. */
bool rdl_store_for_all(rdl_store *store, GError **error);

/** Run one or several statements that take no values and return nothing. */
RDL_API bool rdl_store_run(rdl_store *store, const char *sql, GError **error);
/** All or nothing: BEGIN IMMEDIATE; a writer elsewhere is waited for, then RDL_ERROR_CONFLICT. One
 *  within another is a part of it: rolled back, the outer one goes on without it. A file that was
 *  replaced since it was opened takes nothing: RDL_ERROR_CONFLICT. */
RDL_API bool rdl_store_begin(rdl_store *store, GError **error);
RDL_API bool rdl_store_commit(rdl_store *store, GError **error);
RDL_API void rdl_store_rollback(rdl_store *store);

/* ---- statements ---- */

typedef struct rdl_statement rdl_statement; /* prepared once, run many times */

RDL_API rdl_statement *rdl_statement_new(rdl_store *store, const char *sql, GError **error);
RDL_API void rdl_statement_free(rdl_statement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_statement, rdl_statement_free)
/** Bind parameter i (from 1). NULL text, NaN and NULL bytes are SQL NULL. Copied. */
RDL_API void rdl_statement_text(rdl_statement *statement, int i, const char *text);
RDL_API void rdl_statement_int(rdl_statement *statement, int i, gint64 value);
RDL_API void rdl_statement_real(rdl_statement *statement, int i, double value);
RDL_API void rdl_statement_bytes(rdl_statement *statement, int i, GBytes *bytes);
/** The same, but lent until the statement has run. */
RDL_API void rdl_statement_lend_text(rdl_statement *statement, int i, const char *text);
RDL_API void rdl_statement_lend_bytes(rdl_statement *statement, int i, const void *bytes, size_t n);
/** *row: a row is there (columns may be read) or the statement is at its end (and ready to be
 *  bound and run again). */
RDL_API bool rdl_statement_step(rdl_statement *statement, bool *row, GError **error);
/** Run to the end, rows ignored, and make ready again. */
RDL_API bool rdl_statement_run(rdl_statement *statement, GError **error);
/** Make ready again before the end was reached. */
RDL_API void rdl_statement_reset(rdl_statement *statement);
/** Column i (from 0) of the row; text and bytes are lent until the next step. */
RDL_API const char *rdl_statement_get_text(rdl_statement *statement, int i); /* NULL: SQL NULL */
/** Is column i text without a NUL byte in it? SQLite lets a column hold anything. */
RDL_API bool rdl_statement_is_text(rdl_statement *statement, int i);
RDL_API gint64 rdl_statement_get_int(rdl_statement *statement, int i);
RDL_API double rdl_statement_get_real(rdl_statement *statement, int i);   /* NaN: SQL NULL */
RDL_API GBytes *rdl_statement_get_bytes(rdl_statement *statement, int i); /* yours; NULL */

/** First column of the first row as text, yours; NULL without error where there is none. */
RDL_API char *rdl_store_value(rdl_store *store, const char *sql, GError **error);
/** The same of a query about one thing, ?1, into *text; NULL without a row. */
RDL_API bool rdl_store_ask(rdl_store *store, const char *sql, const char *parameter, char **text,
                           GError **error);
/** SHA-256 over every row of a query, in its order, types told apart. `parameter`: ?1; NULL: none.
 *  Yours. */
RDL_API char *rdl_store_digest(rdl_store *store, const char *sql, const char *parameter,
                               GError **error);

#endif
