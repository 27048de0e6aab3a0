#include "suite.h"
#include <glib/gstdio.h>
#include "fixtures/scene.h"
#include "geo/geo.h"

static void write_text(const char *name, const char *text)
{
    CHECK(g_file_set_contents(suite_path(name), text, -1, NULL));
}

static void write_band(const char *name, int side, double size, double value)
{
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, (size_t)side *(size_t)side);

    f.width = f.height = side, f.size = size, f.type = GDT_UInt16;
    for (int i = 0; i < side * side; i++)
        v[i] = value + i % side;
    make_raster(name, &f, v);
}

static float value_at(rdl_raster *r, int band, int col, int row)
{
    float value = NAN;
    uint8_t valid = 1;
    GError *error = NULL;

    CHECK(rdl_raster_read(r, (rdl_block){col, row, 1, 1}, 1, &band, &value, &valid, &error));
    CHECK_OK(error);
    return valid ? value : NAN;
}

static int band_of(const rdl_raster *r, const char *role)
{
    for (int i = 1; i <= rdl_raster_bands(r); i++)
        if (g_str_equal(rdl_raster_description(r, i), role))
            return i;
    CHECK(!"there is a band of that role");
    return 1;
}

/* ---- STAC ---- */

static char *item(const char *red)
{
    return g_strdup_printf(
        "{\"stac_version\":\"1.0.0\",\"type\":\"Feature\",\"properties\":{\"datetime\":"
        "\"2023-08-23T10:00:00Z\",\"view:sun_elevation\":47.5},\"assets\":{"
        "\"red\":{\"href\":\"%s\",\"type\":\"image/tiff; application=geotiff\",\"gsd\":10,"
        "\"eo:bands\":[{\"common_name\":\"red\"}],\"raster:bands\":[{\"nodata\":0,\"scale\":0.0001,"
        "\"offset\":-0.1}]},"
        "\"red-jp2\":{\"href\":\"gone.jp2\",\"type\":\"image/jp2\",\"eo:bands\":[{\"common_name\":"
        "\"red\"}]},"
        "\"swir\":{\"href\":\"swir.tif\",\"type\":\"image/tiff\",\"gsd\":20,\"bands\":[{"
        "\"eo:common_name\":\"swir16\",\"nodata\":0,\"raster:scale\":0.0001}]},"
        "\"scl\":{\"href\":\"scl.tif\"},\"thumbnail\":{\"href\":\"https://example.org/t.png\"}}}",
        red);
}

static void a_stac_item_is_a_scene(void)
{
    g_autofree char *text = item("./red.tif");
    GError *error = NULL;
    const char *values;
    int band;

    write_band("red.tif", 40, 10, 2000);
    write_band("swir.tif", 20, 20, 3000);
    write_band("scl.tif", 20, 20, 4);
    write_text("item.json", text);
    g_autoptr(rdl_raster) r = rdl_raster_open(suite_path("item.json"), &error);
    CHECK_OK(error);
    if (!r)
        return;
    CHECK_INT(rdl_raster_bands(r), 2);
    CHECK_INT(rdl_raster_grid(r)->width, 40);
    CHECK_TEXT(rdl_raster_date(r), "2023-08-23");
    CHECK_TEXT(rdl_raster_item(r, "SUN_ELEVATION"), "47.5000");
    CHECK_NEAR(value_at(r, band_of(r, "red"), 5, 5), 2005 * 1e-4 - 0.1, 1e-7);
    CHECK_NEAR(value_at(r, band_of(r, "swir1"), 11, 5), (3005.25) * 1e-4, 1e-4);
    CHECK_INT(rdl_raster_masks(r), 1);
    rdl_raster_mask(r, 0, &band, &values);
    CHECK_TEXT(values, "scl");
}

/* An item as public catalogues serve them: three red-edge bands of one common name, a band at two
 * resolutions, an offset that was taken off already, a mask in capitals. */
static void catalogues_differ_in_what_they_write(void)
{
    static const char *const form =
        "{\"stac_version\":\"1.0.0\",\"type\":\"Feature\",\"collection\":\"sentinel-2-l2a\","
        "\"properties\":{\"datetime\":\"2023-08-23T10:00:00Z\",\"platform\":\"sentinel-2b\","
        "\"earthsearch:boa_offset_applied\":%s},\"assets\":{"
        "\"red\":{\"href\":\"red.tif\",\"type\":\"image/tiff\",\"gsd\":10,\"eo:bands\":[{"
        "\"common_name\":\"red\"}],\"raster:bands\":[{\"scale\":0.0001,\"offset\":-0.1}]},"
        "\"red_20m\":{\"href\":\"swir.tif\",\"type\":\"image/tiff\",\"gsd\":20,\"eo:bands\":[{"
        "\"common_name\":\"red\"}]},"
        "\"rededge1\":{\"href\":\"edge1.tif\",\"type\":\"image/tiff\",\"gsd\":20,\"eo:bands\":[{"
        "\"common_name\":\"rededge\"}]},"
        "\"edge\":{\"href\":\"edge3.tif\",\"type\":\"image/tiff\",\"gsd\":20,\"eo:bands\":[{"
        "\"common_name\":\"rededge\",\"center_wavelength\":0.783}]}%s}}";
    static const char *const masks[] = {",\"SCL\":{\"href\":\"scl.tif\"}",
                                        ",\"SCL_20m\":{\"href\":\"scl.tif\"}", ""};
    GError *error = NULL;

    write_band("red.tif", 40, 10, 2000);
    write_band("swir.tif", 20, 20, 3000);
    write_band("edge1.tif", 20, 20, 4000);
    write_band("edge3.tif", 20, 20, 5000);
    write_band("scl.tif", 20, 20, 4);
    for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
        g_autofree char *text = g_strdup_printf(form, i == 1 ? "false" : "true", masks[i]);
        write_text("served.json", text);
        g_autoptr(rdl_raster) r = rdl_raster_open(suite_path("served.json"), &error);
        CHECK_OK(error);
        CHECK(r != NULL);
        if (!r)
            return;
        CHECK_INT(rdl_raster_bands(r), 3);
        CHECK_NEAR(value_at(r, band_of(r, "red"), 5, 5), 2005 * 1e-4 - (i == 1 ? 0.1 : 0.0), 1e-7);
        CHECK_NEAR(value_at(r, band_of(r, "rededge1"), 11, 5), 4005.25, 1);
        CHECK_NEAR(value_at(r, band_of(r, "rededge3"), 11, 5), 5005.25, 1);
        CHECK_INT(rdl_raster_masks(r), i < 2);
        CHECK_TEXT(rdl_raster_missing(r), i < 2 ? NULL : "SCL");
    }
}

static void assets_elsewhere_are_not_followed(void)
{
    static const char *const places[] = {"https://example.org/red.tif", "s3://bucket/red.tif",
                                         "../red.tif", "/etc/red.tif"};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *text = item(places[i]);
        write_text("away.json", text);
        CHECK(rdl_raster_open(suite_path("away.json"), &error) == NULL);
        CHECK_FAILS(error, RDL_ERROR_DATA, "asset red is at");
    }
    write_text("collection.json", "{\"stac_version\":\"1.0.0\",\"type\":\"Collection\"}");
    CHECK(rdl_raster_open(suite_path("collection.json"), &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "give an item, not a collection");
}

/* ---- Landsat ---- */

static void quality_bands_and_the_sun_come_with_landsat(void)
{
    GString *text = g_string_new("SENSOR_ID = \"OLI_TIRS\"\nPROCESSING_LEVEL = \"L1TP\"\n"
                                 "SUN_ELEVATION = 30.0\nDATE_ACQUIRED = 2021-07-30\n"
                                 "FILE_NAME_QUALITY_L1_PIXEL = \"s_QA_PIXEL.TIF\"\n"
                                 "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION = \"gone.TIF\"\n");
    g_autofree char *tar = g_strdup_printf("cd %s && tar cf scene.tar s_*", suite_folder());
    const char *shell[] = {"sh", "-c", tar, NULL}, *values;
    const char *ways[] = {"s_MTL.txt", "scene.tar"};
    GError *error = NULL;
    int status = 1, band;

    for (int k = 1; k <= 7; k++) {
        g_autofree char *name = g_strdup_printf("s_B%d.TIF", k);
        write_band(name, 4, 30, 10000);
        g_string_append_printf(text,
                               "FILE_NAME_BAND_%d = \"%s\"\nREFLECTANCE_MULT_BAND_%d = "
                               "2.0E-05\nREFLECTANCE_ADD_BAND_%d = -0.1\n",
                               k, name, k, k);
    }
    write_band("s_QA_PIXEL.TIF", 4, 30, 21824);
    write_text("s_MTL.txt", text->str);
    g_string_free(text, TRUE);
    CHECK(g_spawn_sync(NULL, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                       &status, NULL) &&
          status == 0);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(rdl_raster) r = rdl_raster_open(suite_path(ways[i]), &error);
        CHECK_OK(error);
        if (!r)
            continue;
        /* divided by the sine of 30 degrees */
        CHECK_NEAR(value_at(r, band_of(r, "red"), 2, 0), 2 * (10002 * 2e-5 - 0.1), 1e-6);
        CHECK_INT(rdl_raster_masks(r), 1);
        CHECK(g_str_has_suffix(rdl_raster_mask(r, 0, &band, &values), "s_QA_PIXEL.TIF"));
        CHECK_TEXT(values, "qa-pixel");
        CHECK_TEXT(rdl_raster_missing(r), "gone.TIF");
    }
}

/* ---- the files of a source ---- */

static char *names_of(const char *source)
{
    g_auto(GStrv) files = rdl_source_files(source);

    for (char **f = files; *f; f++) {
        char *name = g_path_get_basename(*f);
        g_free(*f);
        *f = name;
    }
    return g_strjoinv(" ", files);
}

/* After the test above: its product still lies there. */
static void a_source_is_all_its_files(void)
{
    static const char virtual[] = "<VRTDataset rasterXSize=\"4\" rasterYSize=\"4\">"
                                  "<VRTRasterBand dataType=\"UInt16\" band=\"1\"><SimpleSource>"
                                  "<SourceFilename relativeToVRT=\"1\">s_B1.TIF</SourceFilename>"
                                  "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
                                  "</VRTDataset>";
    g_autofree char *units = g_strconcat(suite_source("data/sample/units.shp"), ":units", NULL);
    g_autofree char *shapefile = names_of(units);
    CHECK_TEXT(shapefile, "units.dbf units.prj units.shp units.shx");
    g_autofree char *product = names_of(suite_path("s_MTL.txt"));
    CHECK_TEXT(product, "s_B1.TIF s_B2.TIF s_B3.TIF s_B4.TIF s_B5.TIF s_B6.TIF s_B7.TIF s_MTL.txt "
                        "s_QA_PIXEL.TIF");
    g_autofree char *archive = names_of(suite_path("scene.tar"));
    CHECK_TEXT(archive, "scene.tar");
    write_text("pieces.vrt", virtual);
    g_autofree char *pieces = names_of(suite_path("pieces.vrt"));
    CHECK_TEXT(pieces, "pieces.vrt s_B1.TIF");
    g_autofree char *away = names_of("/vsicurl/http://127.0.0.1:9/x.tif");
    CHECK_TEXT(away, "");
}

/* ---- pictures without a place ---- */

static GDALDatasetH picture(const char *name)
{
    GDALDatasetH d =
        GDALCreate(GDALGetDriverByName("GTiff"), suite_path(name), 60, 60, 1, GDT_UInt16, NULL);
    double v[60 * 60];

    for (int i = 0; i < 60 * 60; i++)
        v[i] = i % 60 == 30 && i / 60 == 30 ? 9000 : 100;
    CHECK(GDALRasterIO(GDALGetRasterBand(d, 1), GF_Write, 0, 0, 60, 60, v, 60, 60, GDT_Float64, 0,
                       0) == CE_None);
    return d;
}

/* A sensor that looks aslant from the west: sample = 30 + x / 10 m + h / 20 m about 119.85 E. */
static void write_aslant(const char *name)
{
    static const char *const facts[][2] = {{"LINE_OFF", "30"},       {"SAMP_OFF", "30"},
                                           {"LAT_OFF", "32.5"},      {"LONG_OFF", "119.85"},
                                           {"HEIGHT_OFF", "40"},     {"LINE_SCALE", "30"},
                                           {"SAMP_SCALE", "30"},     {"LAT_SCALE", "0.0027"},
                                           {"LONG_SCALE", "0.0032"}, {"HEIGHT_SCALE", "500"}};
    static const char *const one = "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
    GDALDatasetH d = picture(name);

    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        GDALSetMetadataItem(d, facts[i][0], facts[i][1], "RPC");
    /* terms: 1, longitude, latitude, height; 500 m of height move it by 25 samples */
    GDALSetMetadataItem(d, "LINE_NUM_COEFF", "0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "RPC");
    GDALSetMetadataItem(d, "SAMP_NUM_COEFF", "0 1 0 0.8333333333 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
                        "RPC");
    GDALSetMetadataItem(d, "LINE_DEN_COEFF", one, "RPC");
    GDALSetMetadataItem(d, "SAMP_DEN_COEFF", one, "RPC");
    GDALClose(d);
}

/* Easting of the brightest pixel's middle. */
static double bright_x(rdl_raster *r)
{
    const rdl_grid *g = rdl_raster_grid(r);
    float most = -1;
    double x = NAN, y;

    for (int row = 0; row < g->height; row++)
        for (int col = 0; col < g->width; col++) {
            float v = value_at(r, 1, col, row);
            if (v > most) {
                most = v;
                rdl_grid_point(g, col + 0.5, row + 0.5, &x, &y);
            }
        }
    return x;
}

static void polynomials_lay_a_picture_on_the_ground(void)
{
    const double height = 240;
    made_form f = MADE_FORM;
    double dem[10 * 10];
    rdl_raster_options at = {.height = &height}, on = {0}, level = {0};
    GError *error = NULL;
    bool flat = false;

    write_aslant("aslant.tif");
    f.width = f.height = 10, f.type = GDT_Float32, f.epsg = 4326, f.x = 119.8, f.y = 32.55,
    f.size = 0.01;
    for (int i = 0; i < 100; i++)
        dem[i] = 240;
    make_raster("dem.tif", &f, dem);
    on.dem = suite_path("dem.tif");
    g_autoptr(rdl_raster) sea = rdl_raster_open_as(suite_path("aslant.tif"), &level, &error);
    g_autoptr(rdl_raster) raised = rdl_raster_open_as(suite_path("aslant.tif"), &at, &error);
    g_autoptr(rdl_raster) real = rdl_raster_open_as(suite_path("aslant.tif"), &on, &error);
    CHECK_OK(error);
    if (!sea || !raised || !real)
        return;
    CHECK_TEXT(rdl_crs_name(rdl_raster_grid(sea)->crs), "WGS 84 / UTM zone 50N");
    CHECK_TEXT(rdl_raster_ortho(sea, &flat), "RPC at a height of 40 m");
    CHECK(flat);
    CHECK(g_str_has_prefix(rdl_raster_ortho(real, &flat), "RPC on "));
    CHECK(!flat);
    /* 200 m higher is 10 samples, a hundred metres to the west */
    CHECK_NEAR(bright_x(sea) - bright_x(raised), 100, 12);
    CHECK_NEAR(bright_x(real), bright_x(raised), 6);
    on.dem = suite_path("gone.tif");
    CHECK(rdl_raster_open_as(suite_path("aslant.tif"), &on, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_IO, "--dem");
}

static void control_points_lay_a_picture_on_the_ground(void)
{
    GDALDatasetH d = picture("points.tif");
    GDAL_GCP points[4];
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    GError *error = NULL;
    bool flat;

    GDALInitGCPs(4, points);
    for (int i = 0; i < 4; i++) {
        points[i].dfGCPPixel = i % 2 * 60;
        points[i].dfGCPLine = i / 2 * 60;
        points[i].dfGCPX = 500000 + i % 2 * 600;
        points[i].dfGCPY = 3600000 - i / 2 * 600;
    }
    OSRImportFromEPSG(srs, 32650);
    GDALSetGCPs2(d, 4, points, srs);
    OSRDestroySpatialReference(srs);
    GDALDeinitGCPs(4, points);
    GDALClose(d);
    g_autoptr(rdl_raster) r = rdl_raster_open(suite_path("points.tif"), &error);
    CHECK_OK(error);
    if (!r)
        return;
    CHECK_TEXT(rdl_raster_ortho(r, &flat), "4 ground control points");
    CHECK(!flat);
    CHECK_NEAR(bright_x(r), 500305, 6);
    g_autoptr(rdl_raster) again = rdl_raster_reopen(r, &error);
    CHECK_NEAR(again ? bright_x(again) : 0, bright_x(r), 0);
}

static void a_plain_picture_has_no_place(void)
{
    GError *error = NULL;
    bool flat;

    GDALClose(picture("plain.tif"));
    g_autoptr(rdl_raster) r = rdl_raster_open(suite_path("plain.tif"), &error);
    CHECK_OK(error);
    CHECK(r && !rdl_grid_placed(rdl_raster_grid(r)) && !rdl_raster_ortho(r, &flat));
    const rdl_raster_options fine = {.resolution = 10};
    CHECK(rdl_raster_open_as(suite_path("plain.tif"), &fine, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--resolution");
}

static CU_TestInfo tests[] = {
    {"a STAC item is a scene", a_stac_item_is_a_scene},
    {"catalogues differ in what they write", catalogues_differ_in_what_they_write},
    {"assets elsewhere are not followed", assets_elsewhere_are_not_followed},
    {"quality bands and the sun come with Landsat", quality_bands_and_the_sun_come_with_landsat},
    {"a source is all its files", a_source_is_all_its_files},
    {"polynomials lay a picture on the ground", polynomials_lay_a_picture_on_the_ground},
    {"control points lay a picture on the ground", control_points_lay_a_picture_on_the_ground},
    {"a plain picture has no place", a_plain_picture_has_no_place},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.product", tests, argc, argv);
}
