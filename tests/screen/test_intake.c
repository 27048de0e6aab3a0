/* Layers as they come: what cannot be in its system, what lost its names, what has no dates. */
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

/* ---- systems ---- */

static void metres_are_no_degrees(void)
{
    const char *zones = fixture_zone(120, 36, 0.1, "EPSG:4490");
    screened r = screen_layers(
        zones, fixture_footprint("GPKG", "EPSG:4490", "", "", 303000, 3981574, 50), NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "none of its 1 geometries can be in");
    r = screen_layers(zones, fixture_footprint("GPKG", "EPSG:4490", "", "", 303000, 3981574, 50),
                      NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS,
                "are no degrees): correct that (ogr2ogr -a_srs), or give a "
                "--profile with the right crs_claim");
}

static void one_stray_geometry_is_counted(void)
{
    g_autofree char *good = fixture_box(120, 36, 0.01), *stray = fixture_box(303000, 36, 1);
    g_autofree char *first = g_strconcat(good, "|F1|IND|2024-01-01", NULL);
    g_autofree char *second = g_strconcat(stray, "|F2|IND|2024-01-01", NULL);
    const char *rows[] = {first, second, NULL};
    screened r = screen_layers(
        fixture_zone(120, 36, 0.1, "EPSG:4490"),
        fixture_layer("stray.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after", rows), NULL);

    CHECK_OK(r.error);
    g_autofree char *text = rdl_tally_text(r.result.tally);
    CHECK(strstr(text, "1  failed OUTSIDE_CRS") != NULL);
    rdl_screen_result_clear(&r.result);
}

static void layers_may_run_on_over_the_antimeridian(void)
{
    screened r = screen_layers(
        fixture_zone(183, 60, 0.1, "EPSG:4326"),
        fixture_footprint("GPKG", "EPSG:4326", ",built_after", "|2024-01-01", 183, 60, 0.01), NULL);

    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    rdl_screen_result_clear(&r.result);
}

static void eastings_tell_of_their_zone(void)
{
    const char *zones = fixture_zone(114, 32, 0.1, "EPSG:4490");
    screened r = screen_layers(
        zones, fixture_footprint("GPKG", "EPSG:4526", "", "", 500000, 3541000, 50), NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "eastings of six digits have no zone number");
    r = screen_layers(zones, fixture_footprint("GPKG", "EPSG:4547", "", "", 38500000, 3541000, 50),
                      NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS,
                "begin with the zone's number (38), and this system has none");
    r = screen_layers(zones, fixture_footprint("GPKG", "EPSG:4526", "", "", 39500000, 3541000, 50),
                      NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS, "begin with the zone's number 39, this system's with 38");
    r = screen_layers(
        zones, fixture_footprint("ESRI Shapefile", "EPSG:4526", "", "", 39500000, 3541000, 50),
        NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS, "begin with the zone's number 39, this system's with 38");
    r = screen_layers(zones,
                      fixture_footprint("GPKG", "EPSG:4526", ",built_after", "|2024-01-01",
                                        38500000, 3541000, 50),
                      NULL);
    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
}

static void a_claim_helps_a_layer_that_names_a_wrong_system(void)
{
    const char *profile = suite_path("utm.yaml");
    GError *error = NULL;

    g_file_set_contents(profile, "layer: footprint\ncrs_claim: \"EPSG:32650\"\n", -1, &error);
    screened r = screen_layers(
        fixture_zone(117, 36, 0.1, "EPSG:4490"),
        fixture_footprint("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 500000, 3984000, 50),
        profile);
    CHECK_OK(r.error);
    CHECK(screened_warned(&r, "CRS_CLAIMED"));
    rdl_screen_result_clear(&r.result);
    g_autofree char *zone = finding_text("zone_id");
    CHECK_TEXT(zone, "Z1");
    r = screen_layers(
        fixture_zone(117, 36, 0.1, "EPSG:4490"), /* what the file names is good: it holds */
        fixture_footprint("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 117, 36, 0.01),
        profile);
    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    rdl_screen_result_clear(&r.result);
}

static void another_continent_is_refused(void)
{
    screened r = screen_layers(fixture_zone(120, 36, 0.1, "EPSG:4490"),
                               fixture_footprint("GPKG", "EPSG:4490", ",built_after", "|2024-01-01",
                                                 36, 120.0 - 100, 0.01),
                               NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "degrees from the nearest zone");
    r = screen_layers(
        fixture_zone(179.9, 60, 0.05, "EPSG:4326"), /* across the antimeridian is near */
        fixture_footprint("GPKG", "EPSG:4326", ",built_after", "|2024-01-01", -179.9, 60, 0.01),
        NULL);
    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
}

/* ---- names and dates: what ogr2ogr leaves of built_after, built_before, pos_error_m ---- */

static void a_shapefile_keeps_its_dates(void)
{
    screened r = screen_layers(fixture_zone(120, 36, 0.1, "EPSG:4490"),
                               fixture_footprint("ESRI Shapefile", "EPSG:4490",
                                                 ",built_afte,built_befo,pos_error_",
                                                 "|2024-01-01|2024-03-01|0", 120, 36, 0.01),
                               NULL);

    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    g_autofree char *first = finding_text("built_after"), *last = finding_text("built_before");
    CHECK_TEXT(first, "2024-01-01");
    CHECK_TEXT(last, "2024-03-01");
    rdl_screen_result_clear(&r.result);
}

static void a_cut_name_that_may_be_two_fields_is_refused(void)
{
    screened r =
        screen_layers(fixture_zone(120, 36, 0.1, "EPSG:4490"),
                      fixture_footprint("ESRI Shapefile", "EPSG:4490", ",built_afte,built_af_1",
                                        "|survey|2024-01-01", 120, 36, 0.01),
                      NULL);

    CHECK_FAILS(r.error, RDL_ERROR_DATA, "'built_afte' and 'built_af_1' may both be 'built_after'");
}

static void a_cut_name_is_a_shapefiles_alone(void)
{
    screened r = screen_layers(
        fixture_zone(120, 36, 0.1, "EPSG:4490"),
        fixture_footprint("GPKG", "EPSG:4490", ",built_afte", "|2024-01-01", 120, 36, 0.01), NULL);

    CHECK_OK(r.error);
    CHECK(screened_warned(&r, "NO_DATES"));
    CHECK(screened_warned(&r, "is 'built_afte' meant for 'built_after'?"));
    rdl_screen_result_clear(&r.result);
}

static void a_warning_is_no_repair(void)
{
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":rejected", NULL);
    GError *error = NULL;
    const rdl_feature *f;
    const char *rows[] = {
        "POLYGON((120 36,120.01 36.01,120.01 36,120 36.01,120 36))|F1|NOT_THERE|2024-01-01", NULL};
    screened r = screen_layers(
        fixture_zone(120, 36, 0.1, "EPSG:4490"),
        fixture_layer("bowtie.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after", rows),
        NULL);
    int seen = 0;

    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
    g_autoptr(rdl_layer) rejected = rdl_layer_open(source, NULL, &error);
    CHECK_OK(error);
    while ((f = rdl_layer_next(rejected, &error))) {
        const char *reason = rdl_feature_text(f, rdl_layer_field_index(rejected, "reason"));
        bool repair = g_str_has_prefix(reason, "REPAIRED");
        CHECK_INT(rdl_feature_real(f, rdl_layer_field_index(rejected, "repaired")), repair);
        CHECK_INT(rdl_feature_real(f, rdl_layer_field_index(rejected, "used")), 1);
        seen++;
    }
    CHECK_INT(seen, 2);
}

/* A footprint 10 m inside the zone's edge, good to 500 m by whatever words: an edge, never a
 * suspect. */
static void an_error_is_read_as_it_is_written(void)
{
    static const struct {
        const char *text, *result, *warning;
    } given[] = {{"500", "EDGE", NULL},
                 {"500m", "EDGE", NULL},
                 {"500 米", "EDGE", NULL},
                 {"0.5公里", "EDGE", NULL},
                 {"０.5km", "EDGE", NULL},
                 {"1", "SUSPECT", NULL},
                 {"五百", "SUSPECT", "'五百' is no distance"},
                 {"-500", "SUSPECT", "BAD_ERROR"},
                 {"500 mm", "SUSPECT", "BAD_ERROR"},
                 {"inf", "SUSPECT", "BAD_ERROR"}};

    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        g_autofree char *ground = fixture_box(120.0985, 36, 0.001);
        g_autofree char *row = g_strdup_printf("%s|F1|IND|2024-01-01|%s", ground, given[i].text);
        const char *rows[] = {row, NULL};
        g_autofree char *file = g_strdup_printf("error-%zu.gpkg", i);
        screened r = screen_layers(fixture_zone(120, 36, 0.1, "EPSG:4490"),
                                   fixture_layer(file, "GPKG", "EPSG:4490",
                                                 "fp_id,activity,built_after,pos_error_m", rows),
                                   NULL);
        g_autofree char *result = finding_text("result");
        CHECK_OK(r.error);
        bool good = CHECK_TEXT(result, given[i].result);
        good = CHECK_INT(r.result.warnings->len, given[i].warning ? 1 : 0) && good;
        if (given[i].warning)
            good = CHECK(screened_warned(&r, given[i].warning)) && good;
        if (!good)
            printf("\n    of %s\n", given[i].text);
        rdl_screen_result_clear(&r.result);
    }
}

static CU_TestInfo tests[] = {
    {"an error is read as it is written", an_error_is_read_as_it_is_written},
    {"metres are no degrees", metres_are_no_degrees},
    {"one stray geometry is counted", one_stray_geometry_is_counted},
    {"layers may run on over the antimeridian", layers_may_run_on_over_the_antimeridian},
    {"eastings tell of their zone", eastings_tell_of_their_zone},
    {"a claim helps a layer that names a wrong system",
     a_claim_helps_a_layer_that_names_a_wrong_system},
    {"another continent is refused", another_continent_is_refused},
    {"a Shapefile keeps its dates", a_shapefile_keeps_its_dates},
    {"a cut name that may be two fields is refused", a_cut_name_that_may_be_two_fields_is_refused},
    {"a cut name is a Shapefile's alone", a_cut_name_is_a_shapefiles_alone},
    {"a warning is no repair", a_warning_is_no_repair},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.intake", tests, argc, argv);
}
