/* Real polygons against stored areas: edges straight in degrees, densified to 0.001 degree, then an
 * equal-area projection (data/sample/amazon/reference.csv; valid = both inputs valid as read). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "screen/screen.h"
#include "suite.h"

static bool screen_amazon(const char *out, GError **error)
{
    rdl_source zones = {suite_source("data/sample/amazon/zones.fgb"), NULL};
    rdl_source footprints = {suite_source("data/sample/amazon/footprints.fgb"), NULL};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};

    options.zones = &zones;
    options.footprints = &footprints;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/demo");
    options.as_of = rdl_day_of(2020, 1, 1);
    options.threads = 2;
    options.output = out;
    bool good = rdl_screen(&options, NULL, &result, error);
    rdl_screen_result_clear(&result);
    return good;
}

/* "T002/M05477" -> area_m2 (double *) */
static GHashTable *found_areas(const char *path)
{
    g_autofree char *source = g_strconcat(path, ":finding", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    GHashTable *areas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const rdl_feature *f;

    CHECK_OK(error);
    while (layer && (f = rdl_layer_next(layer, &error))) {
        const char *zone = rdl_feature_text(f, rdl_layer_field_index(layer, "zone_id"));
        const char *source_id = rdl_feature_text(f, rdl_layer_field_index(layer, "source_id"));
        double *area = g_new(double, 1);
        *area = rdl_feature_real(f, rdl_layer_field_index(layer, "area_m2"));
        if (!zone || !g_hash_table_insert(areas, g_strdup_printf("%s/%s", zone, source_id), area))
            CHECK(!zone); /* rows for all territory; a pair twice */
    }
    return areas;
}

static void areas_agree_with_the_stored_ones(void)
{
    GError *error = NULL;
    g_autoptr(rdl_csv) csv = rdl_csv_read(suite_source("data/sample/amazon/reference.csv"), &error);
    double worst = 0.0;
    int sound = 0;

    CHECK_OK(error);
    if (!CHECK(screen_amazon(suite_path("amazon.gpkg"), &error)) || !csv) {
        CHECK_OK(error);
        return;
    }
    g_autoptr(GHashTable) areas = found_areas(suite_path("amazon.gpkg"));
    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        g_autofree char *key = g_strdup_printf("T%03ld/M%05ld", strtol(rdl_csv_at(csv, i, "a_index"), NULL, 10),
                                               strtol(rdl_csv_at(csv, i, "b_index"), NULL, 10));
        const double *got = g_hash_table_lookup(areas, key);
        double want = g_ascii_strtod(rdl_csv_at(csv, i, "area_m2"), NULL);
        if (!CHECK(got != NULL))
            continue;
        if (strcmp(rdl_csv_at(csv, i, "valid"), "1") == 0) {
            worst = fmax(worst, fabs(*got / want - 1.0));
            sound++;
        }
    }
    printf("  %d sound pairs, worst %.2g ...", sound, worst);
    CHECK(sound > 500);
    CHECK(worst < 1e-4);
    CHECK_INT(g_hash_table_size(areas), rdl_csv_count(csv));
}

static CU_TestInfo tests[] = {
    {"areas agree with the stored ones", areas_agree_with_the_stored_ones},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.amazon", tests, argc, argv);
}
