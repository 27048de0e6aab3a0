/* An R-tree filled at once finds what one filled row by row would; a GeoPackage keeps its triggers.
 */
#include <math.h>
#include <stdio.h>
#include "geo/geo.h"
#include "store/geopackage.h"
#include "store/rtree.h"
#include "suite.h"

static rdl_store *fresh_store(const char *name)
{
    GError *error = NULL;
    rdl_store *store = rdl_store_open(suite_path(name), RDL_STORE_CREATE, &error);

    CHECK_OK(error);
    return store;
}

static void check_value(rdl_store *store, const char *sql, const char *want)
{
    GError *error = NULL;
    g_autofree char *got = rdl_store_value(store, sql, &error);

    CHECK_OK(error);
    CHECK_TEXT(got, want);
}

static void fill(rdl_store *store, size_t n)
{
    g_autofree rdl_rtree_entry *entries = g_new(rdl_rtree_entry, n + 1);
    GError *error = NULL;
    GRand *r = suite_rand();

    CHECK(
        rdl_store_run(store,
                      "DROP TABLE IF EXISTS t; CREATE VIRTUAL TABLE t USING rtree(id, minx, maxx, "
                      "miny, maxy); DROP TABLE IF EXISTS plain; CREATE TABLE plain(id INTEGER "
                      "PRIMARY KEY, minx, maxx, miny, maxy); BEGIN",
                      &error));
    g_autoptr(rdl_statement) row =
        rdl_statement_new(store, "INSERT INTO plain VALUES (?, ?, ?, ?, ?)", &error);
    for (size_t i = 0; i < n; i++) {
        double x = g_rand_double_range(r, 4e5, 7e5), y = g_rand_double_range(r, 2.6e6, 2.9e6);
        double w = g_rand_double_range(r, 0, 3000), h = g_rand_double_range(r, 0, 3000);
        double values[] = {x, x + w, y, y + h};
        entries[i] = rdl_rtree_entry_of((gint64)i + 1, x, x + w, y, y + h);
        rdl_statement_int(row, 1, (gint64)i + 1);
        for (int k = 0; k < 4; k++)
            rdl_statement_real(row, k + 2, values[k]);
        CHECK(rdl_statement_run(row, &error));
    }
    CHECK(rdl_rtree_fill(store, "t", entries, n, &error) && rdl_store_run(store, "COMMIT", &error));
    CHECK_OK(error);
}

static void a_packed_tree_is_sound_at_any_size(void)
{
    static const size_t sizes[] = {0, 1, 50, 51, 52, 2601, 2602, 7000};
    g_autoptr(rdl_store) store = fresh_store("sizes.sqlite");

    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
        g_autofree char *n = g_strdup_printf("%zu", sizes[k]);
        fill(store, sizes[k]);
        check_value(store, "SELECT rtreecheck('t')", "ok");
        check_value(store, "SELECT count(*) FROM t", n);
    }
}

static void a_packed_tree_finds_every_box(void)
{
    g_autoptr(rdl_store) store = fresh_store("find.sqlite");

    fill(store, 5000);
    for (int k = 0; k < 20; k++) {
        double x = g_rand_double_range(suite_rand(), 4e5, 7e5);
        double y = g_rand_double_range(suite_rand(), 2.6e6, 2.9e6);
        /* every box that truly meets the window is found */
        g_autofree char *missed = g_strdup_printf("SELECT count(*) FROM plain WHERE maxx >= %.17g "
                                                  "AND minx <= %.17g AND maxy >= %.17g AND "
                                                  "miny <= %.17g AND id NOT IN (SELECT id FROM t "
                                                  "WHERE maxx >= %.17g AND minx <= %.17g AND "
                                                  "maxy >= %.17g AND miny <= %.17g)",
                                                  x, x + 9e3, y, y + 9e3, x, x + 9e3, y, y + 9e3);
        check_value(store, missed, "0");
    }
}

/* The tree goes on working for whoever edits the file. */
static void a_packed_tree_takes_more_rows(void)
{
    g_autoptr(rdl_store) store = fresh_store("more.sqlite");
    GError *error = NULL;

    fill(store, 3000);
    CHECK(rdl_store_run(
        store,
        "WITH RECURSIVE n(i) AS (SELECT 3001 UNION ALL SELECT i + 1 FROM n LIMIT 500) "
        "INSERT INTO t SELECT i, 5e5 + i, 5e5 + i + 9, 2.7e6, 2.7e6 + 9 FROM n;"
        "DELETE FROM t WHERE id % 7 = 0",
        &error));
    CHECK_OK(error);
    check_value(store, "SELECT rtreecheck('t')", "ok");
    check_value(store, "SELECT count(*) FROM t", "3000");
}

static bool make_empty(const char *path, GError **error)
{
    static const rdl_field fields[] = {{"name", RDL_FIELD_TEXT}, {"size", RDL_FIELD_REAL}};
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", error);
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);

    return out && rdl_vector_layer(out, "place", crs, "Geometry", fields, 2, error) >= 0 &&
           rdl_vector_layer(out, "note", NULL, NULL, fields, 2, error) >= 0 &&
           rdl_vector_finish(out, error);
}

static bool fill_places(const char *path, GError **error)
{
    rdl_geopackage *package = rdl_geopackage_open(path, error);
    rdl_rows *place = package ? rdl_geopackage_rows(package, "place", error) : NULL;
    bool good = place != NULL;

    for (int i = 0; good && i < 200; i++) {
        g_autofree char *wkt = g_strdup_printf("POINT(%d 30)", 100 + i % 20);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, error);
        rdl_rows_text(place, 0, "某处");
        if (i % 2)
            rdl_rows_real(place, 1, i);
        rdl_rows_geometry(place, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb),
                          (rdl_extent){100 + i % 20, 100 + i % 20, 30, 30});
        good = rdl_rows_add(place, error);
    }
    return good && rdl_geopackage_finish(package, error);
}

static void gdal_reads_what_was_filled(void)
{
    const char *path = suite_path("places.gpkg");
    g_autofree char *source = g_strconcat(path, ":place", NULL);
    GError *error = NULL;
    int rows = 0, unset = 0;

    CHECK(make_empty(path, &error) && fill_places(path, &error));
    CHECK_OK(error);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    CHECK_OK(error);
    CHECK_INT(rdl_layer_count(layer), 200);
    for (const rdl_feature *f; (f = rdl_layer_next(layer, &error)); rows++) {
        CHECK_TEXT(rdl_feature_text(f, 0), "某处");
        unset += isnan(rdl_feature_real(f, 1));
        CHECK(rdl_feature_wkb(f) != NULL);
    }
    CHECK_INT(rows, 200);
    CHECK_INT(unset, 100);
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_READ, &error);
    check_value(store, "SELECT rtreecheck('rtree_place_geom')", "ok");
    check_value(store, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'place'",
                "200");
    check_value(store, "SELECT min_x || ' ' || max_x FROM gpkg_contents WHERE table_name = 'place'",
                "100.0 119.0");
    check_value(store, "SELECT count(*) FROM sqlite_master WHERE name = 'rtree_place_geom_insert'",
                "1");
    check_value(store, "PRAGMA integrity_check", "ok");
}

/* Items of one to three notes. */
static size_t count_notes(void *job, size_t item)
{
    (void)job;
    return 1 + item % 3;
}

static bool write_notes(rdl_rows *out, void *job, void *worker, size_t item, GError **error)
{
    bool good = true;

    (void)job;
    (void)worker;
    for (size_t k = 0; good && k < 1 + item % 3; k++) {
        rdl_rows_text(out, 0, "note");
        rdl_rows_real(out, 1, (double)item + (double)k / 4.0);
        good = rdl_rows_add(out, error);
    }
    return good;
}

static void *no_tools(void *job)
{
    return job;
}

static void keep_tools(void *worker)
{
    (void)worker;
}

static void rows_of_many_threads_are_the_same_bytes(void)
{
    static const rdl_rows_work how = {no_tools, keep_tools, write_notes, count_notes};
    g_autofree char *first = NULL;
    gsize n_first = 0, n;
    GError *error = NULL;

    for (int threads = 1; threads <= 3; threads++) {
        const char *path = suite_path(threads == 1 ? "1.gpkg" : threads == 2 ? "2.gpkg" : "3.gpkg");
        char *bytes = NULL;
        CHECK(make_empty(path, &error));
        rdl_geopackage *package = rdl_geopackage_open(path, &error);
        rdl_rows *note = rdl_geopackage_rows(package, "note", &error);
        CHECK(rdl_rows_each(note, &how, &error, 20000, threads, &error) &&
              rdl_geopackage_finish(package, &error));
        CHECK_OK(error);
        g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_READ, &error);
        check_value(store, "PRAGMA integrity_check", "ok");
        check_value(store, "SELECT count(*) || ' ' || max(fid) FROM note", "39999 39999");
        check_value(store, "SELECT seq FROM sqlite_sequence WHERE name = 'note'", "39999");
        check_value(
            store,
            "SELECT count(*) FROM note a JOIN note b ON b.fid = a.fid + 1 WHERE b.size <= a.size",
            "0");
        CHECK(g_file_get_contents(path, &bytes, &n, NULL));
        if (first)
            CHECK(n == n_first && memcmp(bytes, first, n) == 0);
        if (first) {
            g_free(bytes);
        } else {
            first = bytes;
            n_first = n;
        }
    }
}

static CU_TestInfo tests[] = {
    {"a packed tree is sound at any size", a_packed_tree_is_sound_at_any_size},
    {"a packed tree finds every box", a_packed_tree_finds_every_box},
    {"a packed tree takes more rows", a_packed_tree_takes_more_rows},
    {"rows of many threads are the same bytes", rows_of_many_threads_are_the_same_bytes},
    {"GDAL reads what was filled", gdal_reads_what_was_filled},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("store.geopackage", tests, argc, argv);
}
