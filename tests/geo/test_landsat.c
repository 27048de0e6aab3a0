#include "suite.h"
#include "fixtures/scene.h"
#include "geo/geo.h"

static const char *metadata(const char *name, const char *sensor, const char *extra)
{
    GString *text = g_string_new("GROUP = LANDSAT_METADATA_FILE\n");

    g_string_append_printf(text, "  SENSOR_ID = \"%s\"\n  DATE_ACQUIRED = 2021-07-30\n", sensor);
    for (int k = 1; k <= 7; k++)
        g_string_append_printf(text, "    FILE_NAME_BAND_%d = \"scene_B%d.TIF\"\n", k, k);
    g_string_append_printf(text, "%sEND\n", extra);
    CHECK(g_file_set_contents(suite_path(name), text->str, -1, NULL));
    g_string_free(text, TRUE);
    return suite_path(name);
}

static void make_bands(void)
{
    made_form f = MADE_FORM;

    f.width = 2, f.height = 1, f.type = GDT_UInt16;
    for (int k = 1; k <= 7; k++) {
        g_autofree char *name = g_strdup_printf("scene_B%d.TIF", k);
        const double planes[] = {10000 + k, 0};
        make_raster(name, &f, planes);
    }
}

static void a_scene_is_one_raster_in_reflectances(void)
{
    const int bands[] = {3, 4};
    float values[4];
    uint8_t valid[] = {1, 1};
    GError *error = NULL;

    make_bands();
    const char *path = metadata("oli_MTL.txt", "OLI_TIRS",
                                "REFLECTANCE_MULT_BAND_4 = 2.75e-05\nREFLECTANCE_ADD_BAND_4 = "
                                "-0.2\nREFLECTANCE_MULT_BAND_4 = 2.0e-05\n");
    g_autoptr(rdl_raster) r = rdl_raster_open(path, &error);
    CHECK_OK(error);
    CHECK_INT(rdl_raster_bands(r), 7);
    CHECK_TEXT(rdl_raster_description(r, 4), "red");
    CHECK_TEXT(rdl_raster_date(r), "2021-07-30");
    g_autoptr(rdl_raster) again = rdl_raster_reopen(r, &error);
    CHECK(again &&
          rdl_raster_read(again, (rdl_block){0, 0, 2, 1}, 2, bands, values, valid, &error));
    CHECK_OK(error);
    CHECK_NEAR(values[0], 10003, 0);
    CHECK_NEAR(values[2], 10004 * 2.75e-5 - 0.2, 1e-7);
    CHECK_INT(valid[0] + 2 * valid[1], 1);
    CHECK_INT(rdl_raster_pixel(r, 3), RDL_PIXEL_U16);
    CHECK_INT(rdl_raster_pixel(r, 4), RDL_PIXEL_F32);
}

static void bands_of_the_mapper_have_their_roles(void)
{
    GError *error = NULL;

    make_bands();
    g_autoptr(rdl_raster) r = rdl_raster_open(metadata("tm_MTL.txt", "TM", ""), &error);
    CHECK_OK(error);
    CHECK_INT(rdl_raster_bands(r), 6);
    CHECK_TEXT(rdl_raster_description(r, 6), "swir2");
}

static void what_is_no_scene_is_refused(void)
{
    GError *error = NULL;

    CHECK(rdl_raster_open(metadata("mss_MTL.txt", "MSS", ""), &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "tells of no sensor TM, ETM or OLI");
    CHECK(g_file_set_contents(suite_path("out_MTL.txt"),
                              "SENSOR_ID = TM\nFILE_NAME_BAND_1 = ../etc/passwd\n", -1, NULL));
    CHECK(rdl_raster_open(suite_path("out_MTL.txt"), &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "names no file of band 1");
    CHECK(g_file_set_contents(suite_path("gone_MTL.txt"),
                              "SENSOR_ID = TM\nFILE_NAME_BAND_1 = gone.TIF\nFILE_NAME_BAND_2 = "
                              "g\nFILE_NAME_BAND_3 = g\nFILE_NAME_BAND_4 = g\nFILE_NAME_BAND_5 = "
                              "g\nFILE_NAME_BAND_7 = g\n",
                              -1, NULL));
    CHECK(rdl_raster_open(suite_path("gone_MTL.txt"), &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_IO, "gone.TIF");
}

static CU_TestInfo tests[] = {
    {"a scene is one raster in reflectances", a_scene_is_one_raster_in_reflectances},
    {"bands of the mapper have their roles", bands_of_the_mapper_have_their_roles},
    {"what is no scene is refused", what_is_no_scene_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.landsat", tests, argc, argv);
}
