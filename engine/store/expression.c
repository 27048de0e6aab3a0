#include "store/expression.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define STEPS 20000  /* virtual-machine instructions a test may take */
#define LONGEST 4096 /* bytes of an expression */

struct rdl_expression {
    sqlite3 *db;
    sqlite3_stmt *statement;
    GMutex turn;
    char **columns;
    bool *reads;
    size_t n;
    char *refused; /* what the authorizer refused first */
};

/* ---- what is allowed ---- */

static bool allowed_function(const char *name)
{
    static const char *const names[] = {"abs",    "coalesce", "date",   "glob",      "has",
                                        "ifnull", "iif",      "instr",  "julianday", "length",
                                        "like",   "lower",    "max",    "min",       "nullif",
                                        "round",  "strftime", "substr", "trim",      "upper"};

    for (size_t i = 0; name && i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static int authorise(void *user, int action, const char *a, const char *b, const char *database,
                     const char *trigger)
{
    rdl_expression *e = user;
    bool row = action == SQLITE_READ && a && strcmp(a, "cells") == 0; /* the only table */
    bool fine =
        action == SQLITE_SELECT || row || (action == SQLITE_FUNCTION && allowed_function(b));

    (void)database, (void)trigger;
    if (!fine && !e->refused)
        e->refused = g_strdup(action == SQLITE_FUNCTION ? b
                              : a                       ? a
                                                        : "a statement of another kind");
    return fine ? SQLITE_OK : SQLITE_DENY;
}

static int too_long(void *user)
{
    (void)user;
    return 1; /* interrupt */
}

/* ---- no clock: a verdict is the same whenever it is asked for ---- */

static int no_time(sqlite3_vfs *vfs, sqlite3_int64 *time)
{
    (void)vfs, (void)time;
    return SQLITE_ERROR; /* 'now' is NULL then */
}

static int no_day(sqlite3_vfs *vfs, double *day)
{
    (void)vfs, (void)day;
    return SQLITE_ERROR;
}

static const char *clockless(void)
{
    static gsize once;
    static sqlite3_vfs vfs;

    if (g_once_init_enter(&once)) {
        vfs = *sqlite3_vfs_find(NULL);
        vfs.zName = "redline-clockless";
        vfs.xCurrentTime = no_day;
        vfs.xCurrentTimeInt64 = no_time;
        sqlite3_vfs_register(&vfs, 0);
        g_once_init_leave(&once, 1);
    }
    return vfs.zName;
}

/* has(list, code): 1, 0 or NULL; both on the list: NULL. */
static void has(sqlite3_context *context, int n, sqlite3_value **values)
{
    const char *list = (const char *)sqlite3_value_text(values[0]);
    const char *code = (const char *)sqlite3_value_text(values[1]);
    g_auto(GStrv) known = g_strsplit(list ? list : "", ";", -1);
    bool yes = false, no = false;

    (void)n;
    for (char **k = known; code && *k; k++) {
        const char *name = g_strstrip(*k);
        yes = yes || strcmp(name, code) == 0;
        no = no || (*name == '-' && strcmp(name + 1, code) == 0);
    }
    if (yes != no)
        sqlite3_result_int(context, yes);
}

/* ---- one expression ---- */

void rdl_expression_free(rdl_expression *e)
{
    if (!e)
        return;
    sqlite3_finalize(e->statement);
    sqlite3_close(e->db);
    g_mutex_clear(&e->turn);
    g_strfreev(e->columns);
    g_free(e->reads);
    g_free(e->refused);
    g_free(e);
}

static void close_doors(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a column, never a text */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 65536);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 65536);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 64);
    sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 1);
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256);
    sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 25000);
}

/* SELECT (sql) FROM cells, a view-free row of parameters in a common table expression. */
static char *whole_statement(const char *sql, const char *const *columns, size_t n)
{
    GString *text = g_string_new("WITH cells(");

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i ? "," : "", columns[i]);
    g_string_append(text, ") AS MATERIALIZED (SELECT ");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s?%zu", i ? "," : "", i + 1);
    g_string_append_printf(text, ") SELECT (%s\n) FROM cells", sql);
    return g_string_free(text, FALSE);
}

/* Without the column it does not compile: then it reads it. */
static void find_reads(rdl_expression *e, const char *sql)
{
    for (size_t i = 0; i < e->n; i++) {
        sqlite3_stmt *statement = NULL;
        char *name = e->columns[i];
        e->columns[i] = "nothing_";
        g_autofree char *text = whole_statement(sql, (const char *const *)e->columns, e->n);
        e->columns[i] = name;
        e->reads[i] = sqlite3_prepare_v2(e->db, text, -1, &statement, NULL) != SQLITE_OK;
        sqlite3_finalize(statement);
    }
}

static bool prepare(rdl_expression *e, const char *sql, const char *const *columns, GError **error)
{
    g_autofree char *text = whole_statement(sql, columns, e->n);
    const char *rest = NULL;
    int status = sqlite3_prepare_v2(e->db, text, -1, &e->statement, &rest);

    if (status == SQLITE_AUTH && e->refused)
        return rdl_fail(error, RDL_ERROR_DATA, "'%s' is not allowed in it", e->refused);
    if (status != SQLITE_OK)
        return rdl_fail(error, RDL_ERROR_DATA, "%s", sqlite3_errmsg(e->db));
    if (*rest || !sqlite3_stmt_readonly(e->statement) || sqlite3_column_count(e->statement) != 1)
        return rdl_fail(error, RDL_ERROR_DATA, "is not one expression");
    find_reads(e, sql);
    return true;
}

/* Balanced brackets, no comment, no parameter, no end of statement: it stays inside the brackets
 * put round it. */
static bool closed(const char *sql)
{
    int depth = 0;

    for (const char *s = sql; *s; s++) {
        if (*s == '\'' || *s == '"' || *s == '`') {
            const char *end = strchr(s + 1, *s);
            if (!end)
                return false;
            s = end;
        } else if (strchr(";?:@$[", *s) || (s[0] == '-' && s[1] == '-') ||
                   (s[0] == '/' && s[1] == '*')) {
            return false;
        } else if ((depth += (*s == '(') - (*s == ')')) < 0) {
            return false;
        }
    }
    return depth == 0;
}

rdl_expression *rdl_expression_new(const char *sql, const char *const *columns, size_t n,
                                   GError **error)
{
    if (!*sql || strlen(sql) > LONGEST || !closed(sql))
        return rdl_fail(error, RDL_ERROR_DATA, "is not one expression of up to %d bytes", LONGEST),
               NULL;
    g_autoptr(rdl_expression) e = g_new0(rdl_expression, 1);
    g_mutex_init(&e->turn);
    e->n = n;
    e->reads = g_new0(bool, n + 1);
    e->columns = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        e->columns[i] = g_strdup(columns[i]);
    if (sqlite3_open_v2(":memory:", &e->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
                        clockless()) != SQLITE_OK)
        return rdl_fail(error, RDL_ERROR_INTERNAL, "no memory for an expression"), NULL;
    close_doors(e->db);
    sqlite3_create_function(e->db, "has", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                            NULL, has, NULL, NULL);
    sqlite3_set_authorizer(e->db, authorise, e);
    sqlite3_progress_handler(e->db, STEPS, too_long, NULL);
    return prepare(e, sql, columns, error) ? g_steal_pointer(&e) : NULL;
}

bool rdl_expression_reads(const rdl_expression *e, size_t i)
{
    return e->reads[i];
}

static void bind(sqlite3_stmt *statement, int i, rdl_operand cell)
{
    if (cell.text)
        sqlite3_bind_text(statement, i, cell.text, -1, SQLITE_STATIC);
    else if (isnan(cell.real))
        sqlite3_bind_null(statement, i);
    else
        sqlite3_bind_double(statement, i, cell.real);
}

rdl_truth rdl_expression_test(rdl_expression *e, const rdl_operand *cells)
{
    rdl_truth answer = RDL_MAYBE;

    g_mutex_lock(&e->turn);
    for (size_t i = 0; i < e->n; i++)
        bind(e->statement, (int)i + 1, cells[i]);
    if (sqlite3_step(e->statement) == SQLITE_ROW &&
        sqlite3_column_type(e->statement, 0) != SQLITE_NULL)
        answer = sqlite3_column_double(e->statement, 0) != 0.0 ? RDL_YES : RDL_NO;
    sqlite3_reset(e->statement);
    sqlite3_clear_bindings(e->statement);
    g_mutex_unlock(&e->turn);
    return answer;
}
