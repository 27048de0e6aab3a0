#include "suite.h"
#include <string.h>
#include "fixtures/scene.h"
#include "detect/detect.h"

static void values_have_names_and_ranges(void)
{
    static const float values[] = {0, 1, 2, 3, 8, 21824, 22280, 65535, 70000, 1.5f};
    static const struct {
        const char *text, *bad;
    } cases[] = {
        {NULL, "0111111111"},
        {"nonzero", "0111111111"},
        {"1,3,8-11", "0101100000"},
        {" 0 , 65535 ", "1000000100"},
        /* 21824: clear land; 22280: cloud of high confidence */
        {"qa-pixel", "0111101100"},
        {"scl", "1101100000"},
    };
    uint8_t flags[G_N_ELEMENTS(values)];

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_autofree rdl_mask_values *v = rdl_mask_values_parse(cases[i].text, &error);
        char got[G_N_ELEMENTS(values) + 1] = "";
        CHECK_OK(error);
        if (!v)
            continue;
        rdl_mask_values_apply(v, G_N_ELEMENTS(values), values, flags);
        for (size_t k = 0; k < G_N_ELEMENTS(values); k++)
            got[k] = (char)('0' + flags[k]);
        CHECK_TEXT(got, cases[i].bad);
    }
}

static void what_is_no_list_is_refused(void)
{
    static const char *const bad[] = {"", "cloud", "1,,2", "3-1", "-1", "65536", "1-", "2 3"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        g_autofree rdl_mask_values *v = rdl_mask_values_parse(bad[i], &error);
        CHECK(v == NULL);
        CHECK_FAILS(error, RDL_ERROR_USAGE, "--mask-values");
    }
}

static void bad_pixels_grow_as_discs(void)
{
    uint8_t from[11 * 11] = {0}, to[7 * 7];

    from[5 * 11 + 5] = 1;
    rdl_mask_grow(11, 11, 2, from, to);
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 7; x++)
            CHECK_INT(to[y * 7 + x], (x - 3) * (x - 3) + (y - 3) * (y - 3) <= 4);
}

static rdl_detect_options options_for(const char *output)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    made_form f = MADE_FORM;
    double *before, *after;

    f.width = 300, f.height = 280, f.bands = 2;
    make_pair(suite_rand(), &f, 20, &before, &after);
    o.before = make_raster("before.tif", &f, before);
    o.after = make_raster("after.tif", &f, after);
    f.bands = 1;
    memset(before, 0, 300 * 280 * sizeof *before);
    before[100 * 300 + 256] = 3;
    before[7] = 2;
    o.mask_after = make_raster("mask.tif", &f, before);
    o.method = "cva";
    o.threshold = "3";
    o.output = suite_path(output);
    o.overwrite = true;
    g_free(before);
    g_free(after);
    return o;
}

static gint64 unseen(const rdl_detect_options *o)
{
    rdl_detect_result r;
    GError *error = NULL;
    gint64 n = -1;

    if (rdl_detect(o, NULL, &r, &error))
        n = r.not_observed;
    CHECK_OK(error);
    rdl_detect_result_clear(&r);
    return n;
}

static void masks_grow_by_metres_across_cells(void)
{
    rdl_detect_options o = options_for("grown.tif");

    CHECK_INT(unseen(&o), 2);
    o.mask_values = "3";
    CHECK_INT(unseen(&o), 1);
    o.mask_grow_m = 59; /* pixels of 30 m, and a trifle less on the ellipsoid */
    CHECK_INT(unseen(&o), 13);
    o.mask_grow_m = 60;
    CHECK_INT(unseen(&o), 13);
    o.threads = 3;
    o.memory_mib = 16;
    CHECK_INT(unseen(&o), 13);
    o.mask_grow_m = 1e6;
    rdl_detect_result r;
    GError *error = NULL;
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--mask-grow 1e+06");
    rdl_detect_result_clear(&r);
}

/* A scale is of quantities: codes are what is stored. */
static void a_scale_changes_no_code(void)
{
    rdl_detect_options o = options_for("scaled.tif");
    GDALDatasetH mask = GDALOpen(o.mask_after, GA_Update);

    CHECK(mask && GDALSetRasterScale(GDALGetRasterBand(mask, 1), 0.1) == CE_None &&
          GDALSetRasterOffset(GDALGetRasterBand(mask, 1), 5) == CE_None);
    GDALClose(mask);
    CHECK_INT(unseen(&o), 2);
    o.mask_values = "3";
    CHECK_INT(unseen(&o), 1);
}

static void values_without_a_mask_are_refused(void)
{
    rdl_detect_options o = options_for("none.tif");
    GError *error = NULL;

    o.mask_after = NULL;
    o.mask_values = "scl";
    CHECK(!rdl_detect_options_check(&o, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--mask-values needs --mask-before");
}

static CU_TestInfo tests[] = {
    {"values have names and ranges", values_have_names_and_ranges},
    {"what is no list is refused", what_is_no_list_is_refused},
    {"bad pixels grow as discs", bad_pixels_grow_as_discs},
    {"masks grow by metres across cells", masks_grow_by_metres_across_cells},
    {"a scale changes no code", a_scale_changes_no_code},
    {"values without a mask are refused", values_without_a_mask_are_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.mask", tests, argc, argv);
}
