#include "deliver/exchange/package_rows.h"

#include <string.h>
#include "deliver/exchange/field.h"
#include "store/store.h"

#define T RDL_FIELD_TEXT

static const rdl_field problem_fields[] = {
    {"problem_id", T}, {"task_id", T},     {"site_id", T},     {"task_no", T},
    {"source", T},     {"batch", T},       {"problem", T},     {"nature", T},
    {"category", T},   {"aspect", T},      {"grid", T},        {"target", T},
    {"measures", T},   {"lead_leader", T}, {"supervisor", T},  {"first_responsible", T},
    {"resp_unit", T},  {"lead_dept", T},   {"accept_unit", T}, {"listed", T},
    {"reopens", T},    {"rebounds", T}};
static const rdl_field measure_fields[] = {{"problem_id", T}, {"n", T}, {"text", T}, {"done", T}};
static const rdl_field milestone_fields[] = {
    {"problem_id", T}, {"n", T}, {"due", T}, {"text", T}, {"met", T}};
static const rdl_field document_fields[] = {
    {"subject", T}, {"name", T}, {"title", T}, {"sha256", T}};

const rdl_package_table rdl_package_tables[] = {
    {"problem", problem_fields, G_N_ELEMENTS(problem_fields), false},
    {"measure", measure_fields, G_N_ELEMENTS(measure_fields), true},
    {"milestone", milestone_fields, G_N_ELEMENTS(milestone_fields), false},
    {"document", document_fields, G_N_ELEMENTS(document_fields), true},
    {NULL, NULL, 0, false}};

#define TASK "task"
#define GROUND "geom"

static char **task_columns(void)
{
    g_autoptr(GPtrArray) fields = rdl_task_fields_all();
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < fields->len; i++)
        g_ptr_array_add(names, g_strdup(((const rdl_task_field *)fields->pdata[i])->field.name));
    g_ptr_array_add(names, g_strdup("revision"));
    g_ptr_array_add(names, g_strdup(GROUND));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

static char **columns_of(const char *table)
{
    if (strcmp(table, TASK) == 0)
        return task_columns();
    for (const rdl_package_table *t = rdl_package_tables; t->name; t++) {
        if (strcmp(t->name, table) != 0)
            continue;
        char **names = g_new0(char *, (size_t)t->n + 1);
        for (int i = 0; i < t->n; i++)
            names[i] = g_strdup(t->fields[i].name);
        return names;
    }
    return g_new0(char *, 1);
}

/* ---- digests ---- */

/* The WKB in a GeoPackage's blob (OGC 12-128r15, 2.1.3): who writes it anew may leave out or add
 * the box before it. All of it where it is none. */
static GBytes *ground_of(GBytes *take_blob)
{
    static const gsize boxes[] = {0, 32, 48, 48, 64};
    gsize n;
    const guint8 *b = g_bytes_get_data(take_blob, &n);
    guint box = n >= 8 && memcmp(b, "GP", 2) == 0 ? b[3] >> 1 & 7u : 7u;

    if (box >= G_N_ELEMENTS(boxes) || n < 8 + boxes[box])
        return take_blob;
    GBytes *wkb = g_bytes_new_from_bytes(take_blob, 8 + boxes[box], n - 8 - boxes[box]);
    g_bytes_unref(take_blob);
    return wkb;
}

static char *cell_digest(rdl_statement *s, int i, bool ground)
{
    const char *text = ground ? NULL : rdl_statement_get_text(s, i);
    GBytes *bytes = ground ? rdl_statement_get_bytes(s, i) : NULL;

    if (!ground)
        return rdl_digest_bytes(text ? text : "", text ? strlen(text) : 0);
    if (!bytes)
        return rdl_digest_bytes("", 0);
    bytes = ground_of(bytes);
    gsize n;
    const void *data = g_bytes_get_data(bytes, &n);
    char *digest = rdl_digest_bytes(data, n);
    g_bytes_unref(bytes);
    return digest;
}

static char *row_digest(rdl_statement *s, char *const *columns)
{
    g_autoptr(GString) cells = g_string_new(NULL), whole = g_string_new(NULL);

    for (int i = 0; columns[i]; i++) {
        g_autofree char *digest = cell_digest(s, i, strcmp(columns[i], GROUND) == 0);
        g_string_append(whole, digest);
        g_string_append_len(cells, digest, 2);
    }
    g_autofree char *digest = rdl_digest_bytes(whole->str, whole->len);
    g_string_insert_len(cells, 0, digest, 12);
    return g_string_free(g_steal_pointer(&cells), FALSE);
}

/* ---- tables ---- */

static bool has(rdl_store *store, const char *table, const char *column, bool *yes, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM pragma_table_info('%s') WHERE '%s' IN ('', name)", table, column);
    g_autofree char *n = rdl_store_value(store, sql, error);

    *yes = n && strcmp(n, "0") != 0;
    return n != NULL;
}

/* A column that is gone is empty in every row. */
static char *query_of(rdl_store *store, const char *table, char *const *columns, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT ");

    for (int i = 0; columns[i]; i++) {
        bool there;
        if (!has(store, table, columns[i], &there, error))
            return NULL;
        g_string_append_printf(sql, there ? "\"%s\", " : "NULL, ", columns[i]);
    }
    g_string_append_printf(sql, "rowid FROM \"%s\" ORDER BY rowid", table);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static JsonObject *rows_of(rdl_store *store, const char *table, GError **error)
{
    g_auto(GStrv) columns = columns_of(table);
    g_autofree char *sql = query_of(store, table, columns, error);
    g_autoptr(rdl_statement) s = sql ? rdl_statement_new(store, sql, error) : NULL;
    g_autoptr(JsonObject) rows = json_object_new();
    bool row = s != NULL;

    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row)
            break;
        const char *id = rdl_statement_get_text(s, 0);
        g_autofree char *sound = g_utf8_make_valid(id ? id : "", -1);
        g_autofree char *key = g_strdup_printf(
            "%s/%" G_GINT64_FORMAT, sound, rdl_statement_get_int(s, (int)g_strv_length(columns)));
        g_autofree char *digest = row_digest(s, columns);
        json_object_set_string_member(rows, key, digest);
    }
    return s ? g_steal_pointer(&rows) : NULL;
}

static bool add_table(rdl_store *store, const char *table, JsonObject *all, GError **error)
{
    bool there;

    if (!has(store, table, "", &there, error))
        return false;
    JsonObject *rows = there ? rows_of(store, table, error) : NULL;
    if (rows)
        json_object_set_object_member(all, table, rows);
    return rows || !there;
}

JsonObject *rdl_package_rows(const char *work, const char *shown, GError **error)
{
    g_autoptr(rdl_store) store = rdl_store_open_foreign(work, error);
    g_autoptr(JsonObject) all = json_object_new();
    bool good = store && add_table(store, TASK, all, error);

    for (const rdl_package_table *t = rdl_package_tables; good && t->name; t++)
        good = add_table(store, t->name, all, error);
    if (!good)
        g_prefix_error(error, "%s: ", shown);
    return good ? g_steal_pointer(&all) : NULL;
}

/* ---- what came back otherwise ---- */

#define ITEM "return.rows"

static void tell(JsonArray *told, const char *table, const char *key, const char *cells,
                 const char *code, const char *why)
{
    JsonObject *o = json_object_new();
    const char *slash = key ? strrchr(key, '/') : NULL;
    g_autofree char *id = slash ? g_strndup(key, (gsize)(slash - key)) : NULL;

    rdl_json_set_text(o, "table", table);
    rdl_json_set_text(o, "id", id);
    rdl_json_set_text(o, "cells", cells);
    rdl_json_set_text(o, "code", code);
    rdl_json_set_text(o, "why", why);
    json_array_add_object_element(told, o);
}

/* Names of the cells whose digests differ. */
static char *cells_of(const char *table, const char *left, const char *came)
{
    g_auto(GStrv) columns = columns_of(table);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (gsize i = 0; columns[i] && strlen(left) >= 14 + 2 * i && strlen(came) >= 14 + 2 * i; i++)
        if (strncmp(left + 12 + 2 * i, came + 12 + 2 * i, 2) != 0)
            g_ptr_array_add(names, columns[i]);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

static void compare_row(JsonArray *told, const char *table, const char *key, const char *left,
                        const char *came, rdl_tally *tally)
{
    rdl_tally_in(tally, ITEM, 1);
    if (g_strcmp0(left, came) == 0) {
        rdl_tally_used(tally, ITEM, 1);
        return;
    }
    g_autofree char *cells = left && came ? cells_of(table, left, came) : NULL;
    const char *code = !left ? "ADDED" : !came ? "REMOVED" : "EDITED_IN_PLACE";
    rdl_tally_failed(tally, ITEM, code, 1);
    tell(told, table, key, cells, code,
         "only rows of table entry are taken: say there what was done, by whom and when");
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static void compare_table(JsonArray *told, const char *table, JsonObject *left, JsonObject *came,
                          rdl_tally *tally)
{
    g_autoptr(GList) gone = left ? json_object_get_members(left) : NULL;
    g_autoptr(GList) added = came ? json_object_get_members(came) : NULL;

    gone = g_list_sort(gone, by_text);
    added = g_list_sort(added, by_text);
    for (GList *k = gone; k; k = k->next)
        compare_row(told, table, k->data, rdl_json_text(left, k->data, NULL),
                    came ? rdl_json_text(came, k->data, NULL) : NULL, tally);
    for (GList *k = added; k; k = k->next)
        if (!left || !json_object_has_member(left, k->data))
            compare_row(told, table, k->data, NULL, rdl_json_text(came, k->data, NULL), tally);
}

JsonArray *rdl_package_edits(JsonObject *left, JsonObject *came, rdl_tally *tally)
{
    JsonArray *told = json_array_new();

    if (!json_object_get_size(left)) {
        tell(told, TASK, NULL, NULL, "NOT_COMPARED",
             "the issue kept no digests of its rows: what was edited in place is not known");
        return told;
    }
    compare_table(told, TASK, rdl_json_object(left, TASK), rdl_json_object(came, TASK), tally);
    for (const rdl_package_table *t = rdl_package_tables; t->name; t++)
        compare_table(told, t->name, rdl_json_object(left, t->name), rdl_json_object(came, t->name),
                      tally);
    return told;
}
