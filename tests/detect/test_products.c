#include "suite.h"
#include "fixtures/safe.h"
#include <math.h>
#include <string.h>
#include "detect/detect.h"

/* A landscape in reflectances x 10000, noise that is the date's own, a built square of 120 m on the
 * later date, and a cloud in the lower left corner there. */
static int date;

static double land(const char *id, double x, double y)
{
    unsigned h = (unsigned)(x / 10) * 73856093u ^ (unsigned)(y / 10) * 19349663u ^
                 (unsigned)(date + 1) * 83492791u ^ (unsigned)(id[2] * 31 + id[1]) * 2654435761u;
    double noise = (double)((h ^ h >> 13) * 1274126177u >> 16 & 255) / 8.0;
    unsigned g = (unsigned)(x / 20) * 2654435761u ^ (unsigned)(y / 20) * 40503u * 2654435761u;
    double fields = (double)((g ^ g >> 15) * 2246822519u >> 24 & 255);
    bool built = date && x > 300 && x < 420 && y > 200 && y < 320;
    bool cloud = date && x < 100 && y > 500;

    if (g_str_equal(id, "SCL"))
        return cloud ? 9 : 4;
    return 900 + 300 * sin(x / 40 + id[2]) * cos(y / 50) + (id[2] == '8' ? 1500 : 0) + noise +
           fields + (built ? 1800 - (id[2] == '8' ? 3000 : 0) : 0) + (cloud ? 6000 : 0);
}

/* As the agency has stored it since baseline 04.00. */
static double land_and_offset(const char *id, double x, double y)
{
    return land(id, x, y) + (g_str_equal(id, "SCL") ? 0 : 1000);
}

static const char *before(void)
{
    const made_safe m = {true, "03.01", "2021-07-30", 40, false, 0, land};

    date = 0;
    return make_safe("before.SAFE", &m);
}

static const char *after(void)
{
    const made_safe m = {true, "05.09", "2023-07-23", 41, true, 0, land_and_offset};

    date = 1;
    return make_safe("after.SAFE", &m);
}

static rdl_detect_options options(void)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    o.before = before();
    o.after = after();
    o.output = suite_path("change.tif");
    o.overwrite = true;
    o.method = "index";
    o.threshold = "0.1"; /* of NDVI; an offset forgotten moves it everywhere by 0.17 */
    return o;
}

static void two_baselines_are_compared_in_reflectances(void)
{
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_TEXT(r.date_after, "2023-07-23");
    CHECK_INT(r.changed, 12 * 12);
    /* the cloud */
    CHECK_INT(r.not_observed, 100);
    rdl_detect_result_clear(&r);
}

static void the_products_own_mask_can_be_left_out(void)
{
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    o.mask_after = "none";
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.not_observed, 0);
    CHECK_INT(r.changed, 12 * 12 + 10 * 10);
    rdl_detect_result_clear(&r);
    o = options();
    o.mask_grow_m = 19;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    /* a disc of two pixels around each, cut at the border */
    CHECK_INT(r.not_observed, 12 * 12 - 3);
    rdl_detect_result_clear(&r);
}

static void resolution_threads_and_blocks_are_the_users(void)
{
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    o.how.resolution = 20;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.observed + r.not_observed, 900);
    rdl_detect_result_clear(&r);
    o.how.resolution = 0;
    o.score = suite_path("one.tif");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    rdl_detect_result_clear(&r);
    o.score = suite_path("three.tif");
    o.threads = 3;
    o.memory_mib = 16;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(suite_path("one.tif"), suite_path("three.tif"));
    rdl_detect_result_clear(&r);
}

static void bands_may_be_named_as_the_product_does(void)
{
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    o.bands = "red,nir,B05";
    o.method = "cva";
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.bands, 3);
    rdl_detect_result_clear(&r);
    o.bands = "red,purple";
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--bands 'purple'");
    rdl_detect_result_clear(&r);
}

static void a_product_has_one_digest(void)
{
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    CHECK(rdl_detect(&o, NULL, &r, &error));
    g_autofree char *first = g_strdup(rdl_manifest_digest(r.manifest, "after"));
    rdl_detect_result_clear(&r);
    g_autofree char *scl =
        g_strconcat(o.after, "/GRANULE/L_T34UCF/IMG_DATA/R20m/T34UCF_SCL_20m.jp2", NULL);
    g_autofree char *other = g_strconcat(o.before, scl + strlen(o.after), NULL), *bytes = NULL;
    gsize n;
    CHECK(g_file_get_contents(other, &bytes, &n, NULL) &&
          g_file_set_contents(scl, bytes, (gssize)n, NULL));
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(first && g_strcmp0(first, rdl_manifest_digest(r.manifest, "after")) != 0);
    rdl_detect_result_clear(&r);
}

static const char *gate_of_after(const char *name, const made_safe *m)
{
    const made_safe old = {true, "03.01", "2021-07-30", 40, false, 1800, land};
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;
    g_autofree char *text = NULL;

    date = 0;
    o.before = make_safe("wide.SAFE", &old);
    date = 1;
    o.after = make_safe(name, m);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    text = rdl_gate_text(&r.gate);
    rdl_detect_result_clear(&r);
    return g_intern_string(text);
}

static void metadata_that_cannot_be_true_are_told(void)
{
    made_safe m = {true, "05.09", "2023-07-23", 41, true, 1800, land_and_offset};

    CHECK_TEXT(gate_of_after("right.SAFE", &m), "PASS");
    m.value = land; /* harmonised, and the metadata still tell of the offset */
    CHECK_TEXT(gate_of_after("twice.SAFE", &m), "OFFSET;LEVELS");
    m.value = land_and_offset;
    m.offset = false; /* not harmonised, and the metadata tell of none */
    CHECK_TEXT(gate_of_after("never.SAFE", &m), "OFFSET;LEVELS");
}

static void a_low_sun_and_lost_files_are_told(void)
{
    made_safe m = {true, "05.09", "2023-07-23", 70, true, 1800, land_and_offset};

    CHECK_TEXT(gate_of_after("low.SAFE", &m), "SUN");
    m.zenith = 41, m.side = 0;
    make_safe("lost.SAFE", &m);
    g_remove(suite_path("lost.SAFE/GRANULE/L_T34UCF/IMG_DATA/R20m/T34UCF_SCL_20m.jp2"));
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;
    o.after = suite_path("lost.SAFE");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(r.gate.codes & RDL_GATE_INCOMPLETE);
    rdl_detect_result_clear(&r);
}

/* Four bands in another order, as a processor writes them, with descriptions. */
static const char *make_stack(const char *name)
{
    static const char *const roles[] = {"nir", "red", "green", "blue"}, *const ids[] = {
                                                                            "B08", "B04", "B03",
                                                                            "B02"};
    GDALDatasetH d =
        GDALCreate(GDALGetDriverByName("GTiff"), suite_path(name), 60, 60, 4, GDT_Float32, NULL);
    double transform[6] = {300000, 10, 0, 6100020, 0, -10}, v[3600];
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);

    OSRImportFromEPSG(srs, 32634);
    GDALSetSpatialRef(d, srs);
    OSRDestroySpatialReference(srs);
    GDALSetGeoTransform(d, transform);
    date = 0;
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < 3600; i++)
            v[i] = land(ids[k], i % 60 * 10 + 5, i / 60 * 10 + 5) / 1e4;
        GDALSetDescription(GDALGetRasterBand(d, k + 1), roles[k]);
        CHECK(GDALRasterIO(GDALGetRasterBand(d, k + 1), GF_Write, 0, 0, 60, 60, v, 60, 60,
                           GDT_Float64, 0, 0) == CE_None);
    }
    GDALClose(d);
    return suite_path(name);
}

/* Drawn patches know the indices of both dates: a field became a roof. */
static void draw(const rdl_detect_options *o)
{
    rdl_patches_options p = RDL_PATCHES_OPTIONS_INIT;
    rdl_detect_result r;
    rdl_patches_result drawn;
    GError *error = NULL;

    CHECK(rdl_detect(o, NULL, &r, &error));
    CHECK_OK(error);
    rdl_detect_result_clear(&r);
    p.change = o->output;
    p.before = o->before;
    p.after = o->after;
    p.output = suite_path("patches.gpkg");
    p.overwrite = true;
    CHECK(rdl_patches(&p, NULL, &drawn, &error));
    CHECK_OK(error);
    rdl_patches_result_clear(&drawn);
    g_autoptr(rdl_layer) layer = rdl_layer_open(p.output, NULL, &error);
    const rdl_feature *f = layer ? rdl_layer_next(layer, &error) : NULL;
    CHECK_OK(error);
    double was = f ? rdl_feature_real(f, rdl_layer_field_index(layer, "ndvi_before")) : NAN;
    double is = f ? rdl_feature_real(f, rdl_layer_field_index(layer, "ndvi_after")) : NAN;
    CHECK_NEAR(was, 0.4, 0.1);
    CHECK_NEAR(is, -0.4, 0.1);
}

static void patches_open_the_scenes_as_they_were_compared(void)
{
    rdl_detect_options o = options();

    draw(&o);
    o.how.resolution = 20;
    draw(&o);
    o.how.resolution = 0;
    o.before = make_stack("stack.tif");
    draw(&o);
}

/* As ESA wrote of clouds before baseline 04.00; the second member has a hole. */
static void write_clouds(const char *folder, const char *members)
{
    g_autofree char *qi = g_build_filename(folder, "GRANULE/L_T34UCF/QI_DATA", NULL);
    g_autofree char *text = g_strdup_printf(
        "<?xml version=\"1.0\"?>\n<eop:Mask xmlns:eop=\"http://www.opengis.net/eop/2.0\" "
        "xmlns:gml=\"http://www.opengis.net/gml/3.2\" gml:id=\"S2A_OPER_MSK_CLOUDS\">\n"
        "<gml:name>MSK_CLOUDS pixels</gml:name>%s</eop:Mask>\n",
        members);

    g_mkdir_with_parents(qi, 0755);
    safe_write(folder, "GRANULE/L_T34UCF/QI_DATA/MSK_CLOUDS_B00.gml", text);
}

#define CLOUD(ring, more)                                                                       \
    "<eop:maskMembers><eop:MaskFeature gml:id=\"OPAQUE.0\"><eop:maskType>OPAQUE</eop:maskType>" \
    "<eop:extentOf><gml:Polygon gml:id=\"P0\"><gml:exterior><gml:LinearRing><gml:posList "      \
    "srsDimension=\"2\">" ring "</gml:posList></gml:LinearRing></gml:exterior>" more            \
    "</gml:Polygon></eop:extentOf></eop:MaskFeature></eop:maskMembers>"

static void clouds_written_as_polygons_are_not_observed(void)
{
    static const char *const cloud =
        CLOUD("300000 6099520 300100 6099520 300100 6099420 300000 6099420 300000 6099520",
              "<gml:interior><gml:LinearRing><gml:posList srsDimension=\"2\">300040 6099480 300060 "
              "6099480 300060 6099460 300040 6099460 300040 6099480</gml:posList></gml:LinearRing>"
              "</gml:interior>");
    const made_safe early = {false, "02.05", "2019-07-30", 40, false, 0, land};
    const made_safe late = {false, "02.09", "2021-07-23", 41, false, 0, land};
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    date = 0;
    o.before = make_safe("early.SAFE", &early);
    write_clouds(o.before, "");
    date = 1;
    o.after = make_safe("late.SAFE", &late);
    write_clouds(o.after, cloud);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.not_observed, 100 - 4);
    CHECK_INT(r.changed, 12 * 12 + 4);
    CHECK(!(r.gate.codes & RDL_GATE_INCOMPLETE));
    rdl_detect_result_clear(&r);
    o.mask_grow_m = 19;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_INT(r.not_observed, 12 * 12 - 3);
    rdl_detect_result_clear(&r);
    o.mask_grow_m = 0;
    write_clouds(o.after, CLOUD("300000 6099520 nowhere", ""));
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "MSK_CLOUDS_B00.gml: a polygon of the mask cannot be read");
    rdl_detect_result_clear(&r);
    write_clouds(o.after, CLOUD("300000 nan 1e308 -1e308 0 0 300000 nan", ""));
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "MSK_CLOUDS_B00.gml: a polygon of the mask cannot be read");
    rdl_detect_result_clear(&r);
    safe_write(o.after, "GRANULE/L_T34UCF/QI_DATA/MSK_CLOUDS_B00.gml", "<eop:Mask><a>");
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "MSK_CLOUDS_B00.gml: is no XML");
    rdl_detect_result_clear(&r);
}

/* Nothing tells where its clouds are: every patch says so. */
static void a_scene_without_its_cloud_mask_is_incomplete(void)
{
    const made_safe early = {false, "02.05", "2019-07-30", 40, false, 0, land};
    const made_safe late = {false, "02.09", "2021-07-23", 41, false, 0, land};
    rdl_detect_options o = options();
    rdl_detect_result r;
    GError *error = NULL;

    date = 0;
    o.before = make_safe("bare1.SAFE", &early);
    write_clouds(o.before, "");
    date = 1;
    o.after = make_safe("bare2.SAFE", &late);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.not_observed, 0);
    CHECK(r.gate.codes & RDL_GATE_INCOMPLETE);
    bool said = false;
    for (guint i = 0; i < r.warnings->len; i++)
        said = said || strstr(r.warnings->pdata[i], "MSK_CLOUDS");
    CHECK(said);
    rdl_detect_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"clouds written as polygons are not observed", clouds_written_as_polygons_are_not_observed},
    {"a scene without its cloud mask is incomplete", a_scene_without_its_cloud_mask_is_incomplete},
    {"patches open the scenes as they were compared",
     patches_open_the_scenes_as_they_were_compared},
    {"metadata that cannot be true are told", metadata_that_cannot_be_true_are_told},
    {"a low sun and lost files are told", a_low_sun_and_lost_files_are_told},
    {"two baselines are compared in reflectances", two_baselines_are_compared_in_reflectances},
    {"the product's own mask can be left out", the_products_own_mask_can_be_left_out},
    {"resolution, threads and blocks are the user's", resolution_threads_and_blocks_are_the_users},
    {"bands may be named as the product does", bands_may_be_named_as_the_product_does},
    {"a product has one digest", a_product_has_one_digest},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.products", tests, argc, argv);
}
