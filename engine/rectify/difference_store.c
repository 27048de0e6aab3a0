#include "rectify/difference.h"

#include <string.h>

#define SHOWN 60 /* characters of a value */

/* Both sides of a table, row by row; columns as SQL literals, so that types are told apart. */
typedef struct {
    rdl_store *store[2]; /* the ledger's, what the events made */
    rdl_statement *s[2];
    bool row[2];
    char *key;      /* SQL: the key as text */
    char **columns; /* their names */
    const char *path, *table;
} sides;

static bool open_sides(sides *d, const char *key, GError **error)
{
    g_auto(GStrv) keys = g_strsplit(key, ", ", -1);
    g_autofree char *names =
        g_strdup_printf("SELECT group_concat(name, ' ') FROM pragma_table_info('%s')", d->table);
    g_autofree char *all = rdl_store_value(d->store[1], names, error);
    g_autoptr(GString) sql = g_string_new("SELECT ");

    if (!all)
        return false;
    d->key = g_strjoinv(" || ' ' || ", keys);
    d->columns = g_strsplit(all, " ", -1);
    g_string_append(sql, d->key);
    for (char **c = d->columns; *c; c++)
        g_string_append_printf(sql, ", quote(%s)", *c);
    g_string_append_printf(sql, " FROM %s ORDER BY %s", d->table, key);
    for (int i = 0; i < 2; i++)
        if (!(d->s[i] = rdl_statement_new(d->store[i], sql->str, error)))
            return false;
    return true;
}

static void close_sides(sides *d)
{
    for (int i = 0; i < 2; i++)
        rdl_statement_free(d->s[i]);
    g_strfreev(d->columns);
    g_free(d->key);
}

static const char *said(const sides *d, int side, int column)
{
    return rdl_statement_get_text(d->s[side], column);
}

/* The first column that differs, from 1; 0: none does. */
static int column_that_differs(const sides *d)
{
    for (int i = 1; d->columns[i - 1]; i++)
        if (g_strcmp0(said(d, 0, i), said(d, 1, i)) != 0)
            return i;
    return 0;
}

static char *shown(const char *value)
{
    if (!value || !g_utf8_validate(value, -1, NULL) || g_utf8_strlen(value, -1) <= SHOWN)
        return g_strdup(value ? value : "NULL");
    g_autofree char *head = g_utf8_substring(value, 0, SHOWN);
    return g_strconcat(head, "...", NULL);
}

static bool is_on(const sides *d, int side, const char *key, bool *yes, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT 1 FROM %s WHERE %s = ?", d->table, d->key);
    g_autoptr(rdl_statement) s = rdl_statement_new(d->store[side], sql, error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, key);
    return rdl_statement_step(s, yes, error);
}

static bool fail_row(const sides *d, GError **error)
{
    const char *key = d->row[0] ? said(d, 0, 0) : said(d, 1, 0);
    bool made = false;

    if (d->row[0] && d->row[1] && g_strcmp0(said(d, 0, 0), said(d, 1, 0)) == 0) {
        int column = column_that_differs(d);
        g_autofree char *is = shown(said(d, 0, column)), *was = shown(said(d, 1, column));
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "%s: table %s is not what the events make of it: row %s: %s is %s, they "
                        "make %s: somebody altered it; redline ledger rebuild makes it again",
                        d->path, d->table, key, d->columns[column - 1], is, was);
    }
    if (d->row[0] && !is_on(d, 1, key, &made, error))
        return false;
    if (d->row[0] && !made)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "%s: table %s is not what the events make of it: no event makes row %s: "
                        "somebody wrote it, or events were cut off (redline ledger audit --head "
                        "tells); redline ledger rebuild --accept-loss takes it away",
                        d->path, d->table, key);
    return rdl_fail(error, RDL_ERROR_BALANCE,
                    "%s: table %s is not what the events make of it: row %s is gone: redline "
                    "ledger rebuild makes it again",
                    d->path, d->table, d->row[1] ? said(d, 1, 0) : key);
}

static bool walk(sides *d, GError **error)
{
    do {
        for (int i = 0; i < 2; i++)
            if (!rdl_statement_step(d->s[i], &d->row[i], error))
                return false;
        if (d->row[0] != d->row[1] || (d->row[0] && (column_that_differs(d) > 0)))
            return fail_row(d, error);
    } while (d->row[0]);
    return rdl_fail(error, RDL_ERROR_BALANCE,
                    "%s: table %s is not what the events make of it: see redline ledger rebuild",
                    d->path, d->table);
}

bool rdl_row_differs(rdl_store *ledger, rdl_store *made, const char *path, const char *table,
                     const char *key, GError **error)
{
    sides d = {.store = {ledger, made}, .path = path, .table = table};
    bool good = open_sides(&d, key, error) && walk(&d, error);

    close_sides(&d);
    return good;
}
