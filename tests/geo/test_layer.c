#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include "geo/geometry.h"
#include "geo/layer.h"
#include "geo/start.h"
#include "suite.h"

static const rdl_field fields[] = {
    {"name", RDL_FIELD_TEXT}, {"n", RDL_FIELD_INT}, {"x", RDL_FIELD_REAL}};

static GBytes *wkb_of(const char *wkt)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);

    return rdl_geometry_wkb(g, NULL);
}

static bool write_two(const char *path, const char *driver, GError **error)
{
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", error);
    g_autoptr(GBytes) square = wkb_of("POLYGON((120 30,121 30,121 31,120 31,120 30))");
    rdl_vector *out = rdl_vector_create(path, driver, error);
    rdl_value full[] = {rdl_text("采石场"), rdl_integer(7), rdl_real(0.5)};
    rdl_value empty[] = {RDL_NULL, RDL_NULL, rdl_real(NAN)};
    int layer = out ? rdl_vector_layer(out, "things", crs, "MultiPolygon", fields, 3, error) : -1;

    return layer >= 0 && rdl_vector_write(out, layer, full, square, error) &&
           rdl_vector_write(out, layer, empty, NULL, error) && rdl_vector_finish(out, error);
}

static void what_is_written_is_read(void)
{
    GError *error = NULL;
    const char *path = suite_path("two.gpkg");

    CHECK(write_two(path, "GPKG", &error));
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
    CHECK_OK(error);
    CHECK_INT(rdl_layer_count(layer), 2);
    const rdl_feature *f = rdl_layer_next(layer, &error);
    CHECK_TEXT(rdl_feature_text(f, rdl_layer_field_index(layer, "NAME")), "采石场");
    CHECK_NEAR(rdl_feature_real(f, rdl_layer_field_index(layer, "x")), 0.5, 0);
    CHECK(rdl_feature_wkb(f) != NULL);
    f = rdl_layer_next(layer, &error);
    CHECK(rdl_feature_text(f, 1) == NULL);
    CHECK(isnan(rdl_feature_real(f, 2)));
    CHECK(rdl_feature_wkb(f) == NULL);
    CHECK(rdl_layer_next(layer, &error) == NULL);
    CHECK_OK(error);
}

/* GeoPackage: 0 and -1 stand for systems nobody knows; a number without a row stands for none. */
static void an_undefined_system_is_none(void)
{
    static const char *const numbers[] = {"0", "-1", "77777"};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        const char *path = suite_path("undefined.gpkg");
        g_autofree char *sql =
            g_strdup_printf("PRAGMA foreign_keys=0; UPDATE gpkg_contents SET srs_id=%s;"
                            "UPDATE gpkg_geometry_columns SET srs_id=%s",
                            numbers[i], numbers[i]);
        sqlite3 *db = NULL;
        GError *error = NULL;
        g_unlink(path);
        CHECK(write_two(path, "GPKG", &error));
        CHECK(sqlite3_open(path, &db) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
        sqlite3_close(db);
        g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
        CHECK_OK(error);
        CHECK(layer && !rdl_layer_crs(layer));
    }
}

static void the_same_rows_are_the_same_bytes(void)
{
    GError *error = NULL;
    const char *a = suite_path("a.gpkg"), *b = suite_path("b.gpkg");

    CHECK(write_two(a, "GPKG", &error));
    CHECK(write_two(b, "GPKG", &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(a, b);
}

/* A Shapefile whose attribute bytes are GBK and that says nothing of it. */
static void gbk_without_a_cpg_is_read(void)
{
    GError *error = NULL;
    const char *shp = suite_path("gbk.shp"), *dbf = suite_path("gbk.dbf");
    g_autofree char *bytes = NULL;
    size_t n;

    CHECK(write_two(shp, "ESRI Shapefile", &error));
    CHECK_OK(error);
    remove(suite_path("gbk.cpg"));
    CHECK(g_file_get_contents(dbf, &bytes, &n, NULL));
    bytes[29] = 0; /* LDID: unknown */
    char *utf8 = memmem(bytes, n, "采石场", 9);
    if (!CHECK(utf8 != NULL))
        return;
    memcpy(utf8, "\xb2\xc9\xca\xaf\xb3\xa1   ", 9);
    CHECK(g_file_set_contents(dbf, bytes, (gssize)n, NULL));
    g_autoptr(rdl_layer) layer = rdl_layer_open(shp, NULL, &error);
    CHECK_OK(error);
    const rdl_feature *f = rdl_layer_next(layer, &error);
    CHECK_TEXT(rdl_feature_text(f, 0), "采石场");
    CHECK(!rdl_feature_text_damaged(f));
}

static void a_missing_layer_is_named(void)
{
    GError *error = NULL;
    const char *path = suite_path("named.gpkg");
    g_autofree char *source = g_strconcat(path, ":nothing", NULL);

    CHECK(write_two(path, "GPKG", &error));
    CHECK(!rdl_layer_open(source, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "there is things");
    CHECK(!rdl_layer_open(suite_path("absent.gpkg"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "absent.gpkg");
}

static CU_TestInfo tests[] = {
    {"an undefined system is none", an_undefined_system_is_none},
    {"what is written is read", what_is_written_is_read},
    {"the same rows are the same bytes", the_same_rows_are_the_same_bytes},
    {"GBK without a .cpg is read", gbk_without_a_cpg_is_read},
    {"a missing layer is named", a_missing_layer_is_named},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("geo.layer", tests, argc, argv);
}
