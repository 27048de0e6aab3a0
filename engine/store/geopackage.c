#include "store/geopackage.h"

#include <math.h>
#include <string.h>
#include "store/rtree.h"

struct rdl_rows {
    rdl_geopackage *package;
    char *name, *geometry; /* column; NULL: a table */
    rdl_statement *insert;
    int first; /* parameter of value 0 */
    guint32 srs_id;
    gint64 rows;
    GByteArray *blob;
    GArray *entries; /* of rdl_rtree_entry */
    rdl_extent extent;
    bool indexed;
};

struct rdl_geopackage {
    rdl_store *store;
    GPtrArray *tables;   /* of rdl_rows */
    GPtrArray *triggers; /* of char *: their SQL */
};

static void table_free(gpointer p)
{
    rdl_rows *t = p;

    rdl_statement_free(t->insert);
    g_byte_array_unref(t->blob);
    g_array_unref(t->entries);
    g_free(t->name);
    g_free(t->geometry);
    g_free(t);
}

void rdl_geopackage_abandon(rdl_geopackage *take_package)
{
    if (!take_package)
        return;
    g_ptr_array_unref(take_package->tables);
    g_ptr_array_unref(take_package->triggers);
    rdl_store_close(take_package->store);
    g_free(take_package);
}

static bool lay_triggers_aside(rdl_geopackage *package, GError **error)
{
    g_autoptr(rdl_statement) each = rdl_statement_new(
        package->store, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid",
        error);
    g_autoptr(GString) drop = g_string_new(NULL);
    bool row = each != NULL;

    while (row) {
        if (!rdl_statement_step(each, &row, error))
            return false;
        if (!row)
            break;
        g_string_append_printf(drop, "DROP TRIGGER \"%s\";", rdl_statement_get_text(each, 0));
        g_ptr_array_add(package->triggers, g_strdup(rdl_statement_get_text(each, 1)));
    }
    return each && rdl_store_run(package->store, drop->str, error);
}

rdl_geopackage *rdl_geopackage_open(const char *path, GError **error)
{
    static const char setting[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                                  "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384";
    rdl_geopackage *package = g_new0(rdl_geopackage, 1);

    package->tables = g_ptr_array_new_with_free_func(table_free);
    package->triggers = g_ptr_array_new_with_free_func(g_free);
    package->store = rdl_store_open(path, RDL_STORE_WRITE, error);
    if (package->store && rdl_store_run(package->store, setting, error) &&
        rdl_store_begin(package->store, error) && lay_triggers_aside(package, error))
        return package;
    rdl_geopackage_abandon(package);
    return NULL;
}

/* ---- tables ---- */

static char *quoted(const char *format, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);

    return g_strdup_printf(format, doubled);
}

/* Geometry column and system, where the layer has one. */
static bool find_geometry(rdl_rows *t, GError **error)
{
    rdl_store *store = t->package->store;
    g_autofree char *ask = quoted("SELECT column_name FROM gpkg_geometry_columns "
                                  "WHERE table_name = '%s'",
                                  t->name);
    g_autofree char *ask_srs = quoted("SELECT srs_id FROM gpkg_geometry_columns "
                                      "WHERE table_name = '%s'",
                                      t->name);
    g_autofree char *ask_index = quoted("SELECT 1 FROM gpkg_extensions WHERE table_name = '%s' AND "
                                        "extension_name = 'gpkg_rtree_index'",
                                        t->name);
    GError *failed = NULL;

    t->geometry = rdl_store_value(store, ask, &failed);
    g_autofree char *srs = t->geometry ? rdl_store_value(store, ask_srs, &failed) : NULL;
    g_autofree char *has = t->geometry ? rdl_store_value(store, ask_index, NULL) : NULL;
    t->srs_id = srs ? (guint32)g_ascii_strtoll(srs, NULL, 10) : 0;
    t->indexed = has != NULL;
    if (failed)
        g_propagate_error(error, failed);
    return failed == NULL;
}

/* INSERT of the key, the geometry and all fields, in the order they were made. */
static bool prepare_insert(rdl_rows *t, GError **error)
{
    g_autofree char *ask = quoted("SELECT name FROM pragma_table_info('%s')", t->name);
    g_autoptr(rdl_statement) each = rdl_statement_new(t->package->store, ask, error);
    g_autoptr(GString) sql = g_string_new(NULL), marks = g_string_new(NULL);
    bool row = each != NULL;

    g_string_append_printf(sql, "INSERT INTO \"%s\"(", t->name);
    while (row) {
        if (!rdl_statement_step(each, &row, error))
            return false;
        if (!row)
            break;
        const char *comma = marks->len ? ", " : "";
        g_string_append_printf(sql, "%s\"%s\"", comma, rdl_statement_get_text(each, 0));
        g_string_append_printf(marks, "%s?", comma);
    }
    g_string_append_printf(sql, ") VALUES (%s)", marks->str);
    t->first = t->geometry ? 3 : 2;
    return each && (t->insert = rdl_statement_new(t->package->store, sql->str, error));
}

rdl_rows *rdl_geopackage_rows(rdl_geopackage *package, const char *name, GError **error)
{
    rdl_rows *t = g_new0(rdl_rows, 1);

    g_ptr_array_add(package->tables, t);
    t->package = package;
    t->name = g_strdup(name);
    t->blob = g_byte_array_new();
    t->entries = g_array_new(FALSE, FALSE, sizeof(rdl_rtree_entry));
    t->extent = (rdl_extent){HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    return find_geometry(t, error) && prepare_insert(t, error) ? t : NULL;
}

/* ---- rows ---- */

void rdl_rows_text(rdl_rows *table, int i, const char *text)
{
    rdl_statement_lend_text(table->insert, table->first + i, text);
}

void rdl_rows_int(rdl_rows *table, int i, gint64 value)
{
    rdl_statement_int(table->insert, table->first + i, value);
}

void rdl_rows_real(rdl_rows *table, int i, double value)
{
    rdl_statement_real(table->insert, table->first + i, value);
}

void rdl_rows_values(rdl_rows *table, const rdl_field *fields, const rdl_value *values, int n)
{
    for (int i = 0; i < n; i++) {
        if (!values[i].set)
            continue;
        if (fields[i].type == RDL_FIELD_TEXT)
            rdl_rows_text(table, i, values[i].text);
        else if (fields[i].type == RDL_FIELD_INT)
            rdl_rows_int(table, i, values[i].integer);
        else
            rdl_rows_real(table, i, values[i].real);
    }
}

/* GeoPackage 1.3, 2.1.3: "GP", version, flags (little-endian, with a box in two dimensions). */
void rdl_rows_geometry(rdl_rows *t, const void *wkb, size_t n, rdl_extent e)
{
    static const guint8 magic[] = {'G', 'P', 0, 0x03};
    const guint32 srs_id = GUINT32_TO_LE(t->srs_id);
    const double box[] = {e.xmin, e.xmax, e.ymin, e.ymax};
    rdl_rtree_entry entry = rdl_rtree_entry_of(t->rows + 1, e.xmin, e.xmax, e.ymin, e.ymax);

    g_byte_array_set_size(t->blob, 0);
    g_byte_array_append(t->blob, magic, sizeof magic);
    g_byte_array_append(t->blob, (const guint8 *)&srs_id, sizeof srs_id);
    g_byte_array_append(t->blob, (const guint8 *)box, sizeof box);
    g_byte_array_append(t->blob, wkb, (guint)n);
    rdl_statement_lend_bytes(t->insert, 2, t->blob->data, t->blob->len);
    g_array_append_val(t->entries, entry);
    t->extent = (rdl_extent){fmin(t->extent.xmin, e.xmin), fmax(t->extent.xmax, e.xmax),
                             fmin(t->extent.ymin, e.ymin), fmax(t->extent.ymax, e.ymax)};
}

bool rdl_rows_add(rdl_rows *table, GError **error)
{
    table->rows++;
    rdl_statement_int(table->insert, 1, table->rows);
    return rdl_statement_run(table->insert, error); /* and all is NULL again */
}

/* ---- the end ---- */

static bool write_extent(const rdl_rows *t, GError **error)
{
    g_autoptr(rdl_statement) update = rdl_statement_new(
        t->package->store,
        "UPDATE gpkg_contents SET min_x = ?, max_x = ?, min_y = ?, max_y = ? WHERE table_name = ?",
        error);
    const double bounds[] = {t->extent.xmin, t->extent.xmax, t->extent.ymin, t->extent.ymax};

    if (!update || t->entries->len == 0)
        return update != NULL;
    for (int i = 0; i < 4; i++)
        rdl_statement_real(update, i + 1, bounds[i]);
    rdl_statement_text(update, 5, t->name);
    return rdl_statement_run(update, error);
}

static bool write_count(const rdl_rows *t, GError **error)
{
    g_autoptr(rdl_statement) update = rdl_statement_new(
        t->package->store, "UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?",
        error);

    if (!update)
        return false;
    rdl_statement_int(update, 1, t->rows);
    rdl_statement_text(update, 2, t->name);
    return rdl_statement_run(update, error);
}

static bool write_index(rdl_rows *t, GError **error)
{
    g_autofree char *table = g_strdup_printf("rtree_%s_%s", t->name, t->geometry);

    return !t->indexed ||
           rdl_rtree_fill(t->package->store, table, (rdl_rtree_entry *)(void *)t->entries->data,
                          t->entries->len, error);
}

static bool finish(rdl_geopackage *package, GError **error)
{
    for (guint i = 0; i < package->tables->len; i++) {
        rdl_rows *t = package->tables->pdata[i];
        if (!write_extent(t, error) || !write_count(t, error) || !write_index(t, error))
            return false;
    }
    for (guint i = 0; i < package->triggers->len; i++)
        if (!rdl_store_run(package->store, package->triggers->pdata[i], error))
            return false;
    return rdl_store_commit(package->store, error);
}

bool rdl_geopackage_finish(rdl_geopackage *take_package, GError **error)
{
    bool good = finish(take_package, error);

    rdl_geopackage_abandon(take_package);
    return good;
}

/* "DROP TABLE a; DROP TABLE b;" of what a query names. */
static char *drops(rdl_store *store, const char *sql, GError **error)
{
    g_autoptr(rdl_statement) each = rdl_statement_new(store, sql, error);
    g_autoptr(GString) all = g_string_new(NULL);
    bool row = each != NULL;

    while (row) {
        if (!rdl_statement_step(each, &row, error))
            return NULL;
        if (row)
            g_string_append_printf(all, "DROP %s \"%s\";", rdl_statement_get_text(each, 0),
                                   rdl_statement_get_text(each, 1));
    }
    return each ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

bool rdl_geopackage_bare(const char *path, GError **error)
{
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_WRITE, error);
    g_autofree char *sql =
        store ? drops(store,
                      "SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR"
                      " (type = 'table' AND (sql LIKE 'CREATE VIRTUAL%' OR name ="
                      " 'gpkg_ogr_contents')) ORDER BY type DESC, name",
                      error)
              : NULL;

    return sql && rdl_store_run(store, sql, error) &&
           rdl_store_run(store,
                         "DELETE FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index';"
                         "VACUUM",
                         error);
}
