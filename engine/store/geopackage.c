#include "store/geopackage.h"

#include <math.h>
#include <string.h>
#include "store/pages.h"
#include "store/rtree.h"

#define RUN_BYTES ((size_t)1 << 20) /* rows are placed in the file by as much */
#define PIECE 1024                  /* items a piece of work */
#define WAVE 8                      /* pieces a thread before they are placed */

struct rdl_rows {
    rdl_geopackage *package;
    char *name, *geometry; /* column; NULL: a table */
    rdl_page_table *pages; /* NULL: a piece of rows, others place it */
    rdl_page_run *run;
    rdl_cell *cells; /* of the next row: the key, the geometry where there is one, the values */
    size_t columns;
    int first; /* cell of value 0 */
    guint32 srs_id;
    gint64 rows;
    GByteArray *blob;
    GArray *entries; /* of rdl_rtree_entry */
    rdl_extent extent;
    bool indexed;
};

struct rdl_geopackage {
    rdl_store *store; /* writes nothing while `file` is open */
    rdl_page_file *file;
    GPtrArray *tables;   /* of rdl_rows */
    GPtrArray *triggers; /* of char *: their SQL */
};

static void table_free(gpointer p)
{
    rdl_rows *t = p;

    rdl_page_table_free(t->pages);
    rdl_page_run_free(t->run);
    g_free(t->cells);
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
    rdl_page_file_abandon(take_package->file);
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

static rdl_store *open_store(const char *path, GError **error)
{
    static const char setting[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                                  "PRAGMA cache_size = -16384";
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_WRITE, error);

    return store && rdl_store_run(store, setting, error) && rdl_store_begin(store, error)
               ? g_steal_pointer(&store)
               : NULL;
}

rdl_geopackage *rdl_geopackage_open(const char *path, GError **error)
{
    rdl_geopackage *package = g_new0(rdl_geopackage, 1);

    package->tables = g_ptr_array_new_with_free_func(table_free);
    package->triggers = g_ptr_array_new_with_free_func(g_free);
    package->store = open_store(path, error);
    if (package->store && lay_triggers_aside(package, error) &&
        rdl_store_commit(package->store, error) &&
        (package->file = rdl_page_file_open(path, error)))
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

/* What pages can be written of: a key, plain columns, no index of SQLite's own, no rows yet. */
static bool find_pages(rdl_rows *t, GError **error)
{
    rdl_store *store = t->package->store;
    g_autofree char *ask = quoted("SELECT rootpage FROM sqlite_master m WHERE type = 'table' AND "
                                  "name = '%s' AND NOT EXISTS (SELECT 1 FROM sqlite_master i "
                                  "WHERE i.type = 'index' AND i.tbl_name = m.name)",
                                  t->name);
    g_autofree char *ask_columns = quoted("SELECT count(*) FROM pragma_table_info('%s')", t->name);
    g_autofree char *root = rdl_store_value(store, ask, error);
    g_autofree char *columns = root ? rdl_store_value(store, ask_columns, error) : NULL;

    if (!columns)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has no table %s whose pages can be written",
                        rdl_store_path(store), t->name);
    t->pages = rdl_page_table_new(t->package->file, (guint32)g_ascii_strtoull(root, NULL, 10));
    t->columns = (size_t)g_ascii_strtoull(columns, NULL, 10);
    t->first = t->geometry ? 2 : 1;
    return true;
}

static rdl_rows *rows_new(rdl_geopackage *package, size_t columns)
{
    rdl_rows *t = g_new0(rdl_rows, 1);

    t->package = package;
    t->columns = columns;
    t->cells = g_new0(rdl_cell, columns + 1);
    t->run = rdl_page_file_run(package->file);
    t->blob = g_byte_array_new();
    t->entries = g_array_new(FALSE, FALSE, sizeof(rdl_rtree_entry));
    t->extent = (rdl_extent){HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    return t;
}

rdl_rows *rdl_geopackage_rows(rdl_geopackage *package, const char *name, GError **error)
{
    rdl_rows *t = rows_new(package, 0);

    g_ptr_array_add(package->tables, t);
    t->name = g_strdup(name);
    if (!find_geometry(t, error) || !find_pages(t, error))
        return NULL;
    t->cells = g_renew(rdl_cell, t->cells, t->columns + 1);
    memset(t->cells, 0, t->columns * sizeof *t->cells);
    return t;
}

/* ---- rows ---- */

void rdl_rows_text(rdl_rows *table, int i, const char *text)
{
    if (text)
        table->cells[table->first + i] =
            (rdl_cell){.type = RDL_CELL_TEXT, .bytes = text, .n = strlen(text)};
}

void rdl_rows_int(rdl_rows *table, int i, gint64 value)
{
    table->cells[table->first + i] = (rdl_cell){.type = RDL_CELL_INT, .integer = value};
}

void rdl_rows_real(rdl_rows *table, int i, double value)
{
    table->cells[table->first + i] = (rdl_cell){.type = RDL_CELL_REAL, .real = value};
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

static rdl_extent extent_union(rdl_extent a, rdl_extent b)
{
    return (rdl_extent){fmin(a.xmin, b.xmin), fmax(a.xmax, b.xmax), fmin(a.ymin, b.ymin),
                        fmax(a.ymax, b.ymax)};
}

/* GeoPackage 1.3, 2.1.3: "GP", version, flags (little-endian, with a box in two dimensions). */
void rdl_rows_geometry(rdl_rows *t, const void *wkb, size_t n, rdl_extent e)
{
    static const guint8 magic[] = {'G', 'P', 0, 0x03};
    const guint32 srs_id = GUINT32_TO_LE(t->srs_id);
    const double box[] = {e.xmin, e.xmax, e.ymin, e.ymax};
    rdl_rtree_entry entry = rdl_rtree_entry_of(t->rows + 1, e.xmin, e.xmax, e.ymin, e.ymax);

    t->cells[1] = (rdl_cell){.type = RDL_CELL_BYTES, .bytes = wkb, .n = n};
    if (n > RDL_ROW_BYTES) /* rdl_rows_add() will say so */
        return;
    g_byte_array_set_size(t->blob, 0);
    g_byte_array_append(t->blob, magic, sizeof magic);
    g_byte_array_append(t->blob, (const guint8 *)&srs_id, sizeof srs_id);
    g_byte_array_append(t->blob, (const guint8 *)box, sizeof box);
    g_byte_array_append(t->blob, wkb, (guint)n);
    t->cells[1].bytes = t->blob->data;
    t->cells[1].n = t->blob->len;
    g_array_append_val(t->entries, entry);
    t->extent = extent_union(t->extent, e);
}

static bool flush(rdl_rows *t, GError **error)
{
    rdl_page_run *full = t->run;

    t->run = rdl_page_file_run(t->package->file);
    return rdl_page_table_put(t->pages, full, error);
}

static bool fail_size(const rdl_rows *t, GError **error)
{
    size_t bytes = 0;

    for (size_t i = 0; i < t->columns; i++)
        bytes += t->cells[i].n;
    return rdl_fail(error, RDL_ERROR_DATA, "%s: %zu bytes are more than a row of SQLite holds",
                    rdl_store_path(t->package->store), bytes);
}

bool rdl_rows_add(rdl_rows *t, GError **error)
{
    t->rows++;
    if (!rdl_page_run_add(t->run, t->rows, t->cells, t->columns))
        return fail_size(t, error);
    memset(t->cells, 0, t->columns * sizeof *t->cells);
    return !t->pages || rdl_page_run_bytes(t->run) < RUN_BYTES || flush(t, error);
}

/* ---- rows made side by side ---- */

/* Pieces of items, from `from` on, each with its own rows. */
typedef struct {
    rdl_rows *table;
    const rdl_rows_work *how;
    void *job;
    size_t n, from, pieces;
    gint64 *before; /* rows before each piece */
    rdl_rows **made;
} wave;

static size_t rows_of_item(const wave *w, size_t item)
{
    return w->how->count ? w->how->count(w->job, item) : 1;
}

static size_t end_of_piece(const wave *w, size_t piece)
{
    return MIN(w->from + (piece + 1) * PIECE, w->n);
}

static void *writer_new(void *job, GError **error)
{
    wave *w = job;

    (void)error;
    return w->how->worker_new(w->job);
}

static bool write_piece(void *job, void *worker, size_t i, GError **error)
{
    wave *w = job;
    rdl_rows *part = w->made[i] = rows_new(w->table->package, w->table->columns);
    bool good = true;

    part->first = w->table->first;
    part->srs_id = w->table->srs_id;
    part->rows = w->before[i];
    for (size_t item = w->from + i * PIECE; good && item < end_of_piece(w, i); item++)
        good = w->how->write(part, w->job, worker, item, error);
    return good;
}

/* The pieces' rows, in their order, into the table. */
static bool gather(wave *w, GError **error)
{
    rdl_rows *t = w->table;
    bool good = true;

    for (size_t i = 0; i < w->pieces; i++) {
        rdl_rows *part = w->made[i];
        if (good && part) {
            good = rdl_page_table_put(t->pages, g_steal_pointer(&part->run), error);
            g_array_append_vals(t->entries, part->entries->data, part->entries->len);
            t->extent = extent_union(t->extent, part->extent);
        }
        if (part)
            table_free(part);
        w->made[i] = NULL;
    }
    return good;
}

static bool write_wave(wave *w, int threads, GError **error)
{
    const rdl_parallel how = {writer_new, w->how->worker_free, write_piece, "writing"};

    for (size_t i = 0; i < w->pieces; i++) {
        w->before[i] = w->table->rows;
        for (size_t item = w->from + i * PIECE; item < end_of_piece(w, i); item++)
            w->table->rows += (gint64)rows_of_item(w, item);
    }
    bool made = rdl_parallel_run(&how, w, w->pieces, threads, NULL, error);
    bool placed = gather(w, made ? error : NULL);
    return made && placed;
}

bool rdl_rows_each(rdl_rows *table, const rdl_rows_work *how, void *job, size_t n, int threads,
                   GError **error)
{
    size_t most = WAVE * (size_t)MAX(1, threads);
    g_autofree gint64 *before = g_new(gint64, most);
    g_autofree rdl_rows **made = g_new0(rdl_rows *, most);
    wave w = {table, how, job, n, 0, 0, before, made};

    if (!flush(table, error))
        return false;
    for (; w.from < n; w.from += w.pieces * PIECE) {
        w.pieces = MIN(most, (n - w.from + PIECE - 1) / PIECE);
        if (!write_wave(&w, threads, error))
            return false;
    }
    return true;
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

/* AUTOINCREMENT goes on after the last row. */
static bool write_sequence(const rdl_rows *t, GError **error)
{
    g_autoptr(rdl_statement) insert = rdl_statement_new(
        t->package->store,
        "INSERT INTO sqlite_sequence(name, seq) SELECT name, ?1 FROM sqlite_master WHERE name = ?2 "
        "AND type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND ?1 > 0",
        error);

    if (!insert)
        return false;
    rdl_statement_int(insert, 1, t->rows);
    rdl_statement_text(insert, 2, t->name);
    return rdl_statement_run(insert, error);
}

static bool place_all(rdl_geopackage *package, GError **error)
{
    for (guint i = 0; i < package->tables->len; i++) {
        rdl_rows *t = package->tables->pdata[i];
        if (!flush(t, error) || !rdl_page_table_finish(t->pages, error))
            return false;
    }
    return rdl_page_file_finish(g_steal_pointer(&package->file), error);
}

/* The connection knows nothing of the rows: another takes its place. */
static bool open_again(rdl_geopackage *package, GError **error)
{
    g_autofree char *path = g_strdup(rdl_store_path(package->store));

    g_clear_pointer(&package->store, rdl_store_close);
    return place_all(package, error) && (package->store = open_store(path, error));
}

static bool finish(rdl_geopackage *package, GError **error)
{
    if (!open_again(package, error))
        return false;
    for (guint i = 0; i < package->tables->len; i++) {
        rdl_rows *t = package->tables->pdata[i];
        if (!write_extent(t, error) || !write_count(t, error) || !write_sequence(t, error) ||
            !write_index(t, error))
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
