#include "geo/feature_batch.h"
#include "geo/geometry.h"
#include "geo/start.h"
#include "suite.h"

/* A file with n rows numbered from 0. */
static const char *numbered(const char *name, int n)
{
    const char *path = suite_path(name);
    g_autoptr(GString) text = g_string_new("n,wkt\n");

    for (int i = 0; i < n; i++)
        g_string_append_printf(text, "%d,\"POINT (%d 30)\"\n", i, i % 180);
    CHECK(g_file_set_contents(path, text->str, -1, NULL));
    return path;
}

/* Every row once, in order, then nothing however often it is asked. */
static void check_rows(const char *path, bool ahead, int n)
{
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
    CHECK_OK(error);
    g_autoptr(rdl_batches) batches = rdl_batches_new(layer, ahead);
    const rdl_batch *b;
    int met = 0;

    while ((b = rdl_batches_next(batches, &error)) && b->n) {
        size_t bytes = 0;
        for (size_t i = 0; i < b->n; i++, met++) {
            if ((int)rdl_feature_real(b->features[i], 0) != met)
                CHECK_INT(rdl_feature_real(b->features[i], 0), met);
            bytes += g_bytes_get_size(rdl_feature_wkb(b->features[i]));
        }
        CHECK_INT(b->bytes, bytes);
    }
    CHECK_OK(error);
    CHECK_INT(met, n);
    for (int again = 0; again < 3; again++) {
        b = rdl_batches_next(batches, &error);
        CHECK(b && b->n == 0);
    }
}

static void every_feature_comes_once_in_order(void)
{
    static const int sizes[] = {1, RDL_BATCH_FEATURES - 1, RDL_BATCH_FEATURES,
                                2 * RDL_BATCH_FEATURES, 2 * RDL_BATCH_FEATURES + 1};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        const char *path = numbered("rows.csv", sizes[i]);
        check_rows(path, false, sizes[i]);
        check_rows(path, true, sizes[i]);
    }
}

static void a_database_is_not_read_twice(void)
{
    GError *error = NULL;
    const char *path = suite_path("rows.gpkg");
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    static const rdl_field fields[] = {{"n", RDL_FIELD_INT}};
    rdl_vector *out = rdl_vector_create(path, "GPKG", &error);
    int layer = rdl_vector_layer(out, "rows", crs, "Point", fields, 1, &error);
    g_autoptr(rdl_geometry) point = rdl_geometry_from_wkt("POINT (1 2)", NULL);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(point, NULL);

    for (int i = 0; i < RDL_BATCH_FEATURES + 7; i++) {
        const rdl_value row[] = {rdl_integer(i)};
        CHECK(rdl_vector_write(out, layer, row, wkb, &error));
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    check_rows(path, false, RDL_BATCH_FEATURES + 7);
    check_rows(path, true, RDL_BATCH_FEATURES + 7);
}

/* Left in the middle, with a batch on its way. */
static void what_is_read_ahead_is_let_go(void)
{
    GError *error = NULL;
    const char *path = numbered("left.csv", 5 * RDL_BATCH_FEATURES);

    for (int taken = 0; taken < 3; taken++) {
        g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
        CHECK_OK(error);
        g_autoptr(rdl_batches) batches = rdl_batches_new(layer, true);
        for (int i = 0; i < taken; i++)
            CHECK(rdl_batches_next(batches, &error) != NULL);
    }
}

static CU_TestInfo tests[] = {
    {"every feature comes once, in order", every_feature_comes_once_in_order},
    {"a database is not read twice", a_database_is_not_read_twice},
    {"what is read ahead is let go", what_is_read_ahead_is_let_go},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("geo.feature_batch", tests, argc, argv);
}
