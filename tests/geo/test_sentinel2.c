#include "suite.h"
#include <cpl_vsi.h>
#include "fixtures/safe.h"
#include "geo/geo.h"

/* A ramp along x, whatever the pixel; nothing observed in the left 100 m; class 9 to the right. */
static double ramp(const char *id, double x, double y)
{
    (void)y;
    if (g_str_equal(id, "SCL"))
        return x > 500 ? 9 : 4;
    return x < 100 ? 0 : 1500 + x;
}

static const made_safe surface = {true, "05.09", "2023-08-23", 43.5, true, 0, ramp};

static rdl_raster *open_at(const char *path, double resolution)
{
    const rdl_raster_options how = {.resolution = resolution};
    GError *error = NULL;
    rdl_raster *r = rdl_raster_open_as(path, &how, &error);

    CHECK_OK(error);
    return r;
}

static int band_of(const rdl_raster *r, const char *role)
{
    for (int i = 1; i <= rdl_raster_bands(r); i++)
        if (g_str_equal(rdl_raster_description(r, i), role))
            return i;
    CHECK(!"there is a band of that role");
    return 1;
}

static float value_at(rdl_raster *r, const char *role, int col, int row, uint8_t *valid)
{
    const int band = band_of(r, role);
    float value = 0;
    GError *error = NULL;

    *valid = 1;
    CHECK(rdl_raster_read(r, (rdl_block){col, row, 1, 1}, 1, &band, &value, valid, &error));
    CHECK_OK(error);
    return value;
}

static void metadata_are_read(void)
{
    g_autoptr(rdl_raster) r = open_at(make_safe("a.SAFE", &surface), 0);
    const char *values;
    int band;

    if (!r)
        return;
    CHECK_TEXT(rdl_raster_format(r), "Sentinel-2 L2A");
    CHECK_INT(rdl_raster_grid(r)->width, 60);
    CHECK_INT(rdl_raster_bands(r), 9);
    CHECK_TEXT(rdl_raster_date(r), "2023-08-23");
    CHECK_TEXT(rdl_raster_item(r, "SUN_ELEVATION"), "46.5000");
    CHECK_TEXT(rdl_raster_item(r, "ADD_OFFSET"), "-1000");
    CHECK_TEXT(rdl_raster_band_item(r, band_of(r, "swir1"), "BAND"), "B11");
    CHECK_TEXT(rdl_raster_band_item(r, band_of(r, "swir1"), "RESAMPLED"), "bilinear");
    CHECK_INT(rdl_raster_masks(r), 1);
    CHECK(g_str_has_suffix(rdl_raster_mask(r, 0, &band, &values), "_SCL_20m.jp2"));
    CHECK_TEXT(values, "scl");
}

static void the_offset_is_taken_from_the_metadata(void)
{
    made_safe old = surface;
    uint8_t valid;

    old.baseline = "03.01", old.offset = false;
    g_autoptr(rdl_raster) with = open_at(make_safe("with.SAFE", &surface), 0);
    g_autoptr(rdl_raster) without = open_at(make_safe("without.SAFE", &old), 0);
    if (!with || !without)
        return;
    CHECK_NEAR(value_at(with, "red", 30, 5, &valid), (1500 + 305 - 1000) / 1e4, 1e-7);
    CHECK_NEAR(value_at(without, "red", 30, 5, &valid), (1500 + 305) / 1e4, 1e-7);
    CHECK_INT(valid, 1);
    value_at(with, "red", 9, 5, &valid);
    CHECK_INT(valid, 0);
}

static void coarser_bands_are_bilinear_over_observed_pixels(void)
{
    g_autoptr(rdl_raster) r = open_at(make_safe("b.SAFE", &surface), 0);
    uint8_t valid;

    if (!r)
        return;
    for (int col = 12; col < 58; col++)
        CHECK_NEAR(value_at(r, "swir1", col, 20, &valid), (500 + 10 * col + 5) / 1e4, 0.6e-4);
    /* beside what is not observed: of the pixel's own value, never mixed with 0 */
    CHECK_NEAR(value_at(r, "swir1", 10, 20, &valid), (500 + 110) / 1e4, 0.6e-3);
    CHECK_INT(valid, 1);
    value_at(r, "swir1", 8, 20, &valid);
    CHECK_INT(valid, 0);
}

static void finer_bands_are_averaged(void)
{
    g_autoptr(rdl_raster) r = open_at(make_safe("c.SAFE", &surface), 20);
    uint8_t valid;

    if (!r)
        return;
    CHECK_INT(rdl_raster_grid(r)->width, 30);
    CHECK_NEAR(rdl_raster_grid(r)->transform[1], 20, 0);
    CHECK_TEXT(rdl_raster_band_item(r, band_of(r, "red"), "RESAMPLED"), "no");
    CHECK_TEXT(rdl_raster_band_item(r, band_of(r, "nir"), "RESAMPLED"), "average");
    CHECK_NEAR(value_at(r, "nir", 10, 3, &valid), (500 + 210) / 1e4, 0.6e-4);
    g_autoptr(rdl_raster) coarse = open_at(suite_path("c.SAFE"), 60);
    CHECK_INT(coarse ? rdl_raster_grid(coarse)->width : 0, 10);
}

/* A window read alone holds what the whole raster holds there. */
static void a_window_shows_what_the_whole_shows(void)
{
    g_autoptr(rdl_raster) r = open_at(make_safe("d.SAFE", &surface), 0);
    float whole[60 * 60], part[13 * 7];
    uint8_t valid[60 * 60];
    GError *error = NULL;

    if (!r)
        return;
    const int band = band_of(r, "swir2");
    memset(valid, 1, sizeof valid);
    CHECK(rdl_raster_read(r, (rdl_block){0, 0, 60, 60}, 1, &band, whole, valid, &error));
    CHECK(rdl_raster_read(r, (rdl_block){21, 33, 13, 7}, 1, &band, part, valid, &error));
    CHECK_OK(error);
    for (int i = 0; i < 13 * 7; i++)
        CHECK_NEAR(part[i], whole[(33 + i / 13) * 60 + 21 + i % 13], 0);
}

static void folders_archives_and_metadata_are_one_product(void)
{
    const char *folder = make_safe("e.SAFE", &surface);
    g_autofree char *command = g_strdup_printf("cd %s && zip -q -r e.zip e.SAFE", suite_folder());
    const char *ways[] = {"e.SAFE", "e.SAFE/", "e.SAFE/MTD_MSIL2A.xml", "e.SAFE/GRANULE/L_T34UCF",
                          "e.zip"};
    int status = 1;

    CHECK(folder != NULL);
    g_autofree char *zip = g_find_program_in_path("zip");
    bool zipped = zip != NULL;
    const char *shell[] = {"sh", "-c", command, NULL};
    CHECK(!zipped || (g_spawn_sync(NULL, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                   NULL, NULL, &status, NULL) &&
                      status == 0));
    for (size_t i = 0; i < G_N_ELEMENTS(ways) - !zipped; i++) {
        g_autoptr(rdl_raster) r = open_at(suite_path(ways[i]), 0);
        uint8_t valid;
        CHECK_TEXT(r ? rdl_raster_format(r) : "", "Sentinel-2 L2A");
        if (r)
            CHECK_NEAR(value_at(r, "blue", 20, 20, &valid), (500 + 205) / 1e4, 1e-7);
    }
    g_autofree char *inside = g_strdup_printf("/vsizip/%s/e.SAFE", suite_path("e.zip"));
    g_autoptr(rdl_raster) r = zipped ? open_at(inside, 0) : NULL;
    CHECK(!zipped || r);
}

static void what_is_not_whole_is_told(void)
{
    const char *folder = make_safe("f.SAFE", &surface);
    g_autofree char *gone =
        g_strconcat(folder, "/GRANULE/L_T34UCF/IMG_DATA/R10m/T34UCF_B04_10m.jp2", NULL);
    const rdl_raster_options odd = {.resolution = 15};
    GError *error = NULL;

    g_remove(gone);
    g_autoptr(rdl_raster) r = open_at(folder, 0);
    CHECK_TEXT(r ? rdl_raster_missing(r) : "", "B04");
    CHECK(rdl_raster_open_as(folder, &odd, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is of 10, 20 and 60 m");
    safe_write(folder, "MTD_MSIL2A.xml", "<a>");
    CHECK(rdl_raster_open(folder, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "MTD_MSIL2A.xml: is no XML");
    safe_write(
        folder, "MTD_MSIL2A.xml",
        "<a><PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL><IMAGE_FILE>GRANULE/X/../../etc/T_B02"
        "</IMAGE_FILE><BOA_QUANTIFICATION_VALUE>10000</BOA_QUANTIFICATION_VALUE></a>");
    CHECK(rdl_raster_open(folder, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "none of its bands' files is there");
}

static void products_of_the_agency_are_read(void)
{
    const char *now =
        suite_shared("data/sentinel2-safe-skeletons/fake_l2a_processing_baseline_5_09/"
                     "S2B_MSIL2A_20230823T095559_N0509_R122_T34UCF_20230823T124759.SAFE");
    const char *old =
        suite_shared("data/sentinel2-safe-skeletons/fake_l1c/S2A_OPER_PRD_MSIL1C.SAFE");
    GError *error = NULL;

    if (!now || !old)
        return;
    g_autoptr(rdl_raster) r = open_at(now, 0);
    double scale = 0, offset = 0;
    CHECK_INT(r ? rdl_raster_bands(r) : 0, 12);
    if (r)
        rdl_raster_scale(r, 3, &scale, &offset);
    CHECK_NEAR(offset, -0.1, 1e-12);
    CHECK(rdl_raster_open(old, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "holds several granules: give one of them");
}

static CU_TestInfo tests[] = {
    {"metadata are read", metadata_are_read},
    {"the offset is taken from the metadata", the_offset_is_taken_from_the_metadata},
    {"coarser bands are bilinear over observed pixels",
     coarser_bands_are_bilinear_over_observed_pixels},
    {"finer bands are averaged", finer_bands_are_averaged},
    {"a window shows what the whole shows", a_window_shows_what_the_whole_shows},
    {"folders, archives and metadata are one product",
     folders_archives_and_metadata_are_one_product},
    {"what is not whole is told", what_is_not_whole_is_told},
    {"products of the agency are read", products_of_the_agency_are_read},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.sentinel2", tests, argc, argv);
}
