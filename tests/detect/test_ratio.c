#include "suite.h"
#include "fixtures/scene.h"
#include "detect/change/ratio.h"
#include "detect/detect.h"

static void the_log_ratio_is_that_of_the_definition(void)
{
    const float a[] = {0, 9, 99, 5}, b[] = {0, 99, 9, 5};
    const float *before[] = {a}, *after[] = {b};
    const uint8_t valid[] = {1, 1, 1, 0};
    float r[4];

    rdl_log_ratio(4, 1, before, after, 1.0, valid, r);
    CHECK_NEAR(r[0], 0, 0);
    CHECK_NEAR(r[1], log(10), 1e-6);
    CHECK_NEAR(r[2], -log(10), 1e-6);
    CHECK(isnan(r[3]));
    rdl_log_ratio(4, 1, before, after, 0.0, valid, r);
    CHECK(isnan(r[0])); /* 0 / 0 says nothing */
}

static void bands_are_averaged(void)
{
    const float a1[] = {10}, a2[] = {10}, b1[] = {100}, b2[] = {10};
    const float *before[] = {a1, a2}, *after[] = {b1, b2};
    const uint8_t valid[] = {1};
    float r[1];

    rdl_log_ratio(1, 2, before, after, 0.0, valid, r);
    CHECK_NEAR(r[0], log(10) / 2, 1e-6);
}

static void ten_decibels_are_a_factor_of_ten(void)
{
    const float a[] = {-20}, b[] = {-10};
    const float *before[] = {a}, *after[] = {b};
    const uint8_t valid[] = {1};
    float r[1];

    rdl_decibel_ratio(1, 1, before, after, valid, r);
    CHECK_NEAR(r[0], log(10), 1e-6);
}

static void the_mean_ratio_forgets_the_order(void)
{
    const float a[] = {10, 40, 0, 0, NAN}, b[] = {40, 10, 0, 7, 1};
    float r[5];

    rdl_mean_ratio(5, a, b, r);
    CHECK_NEAR(r[0], 0.75, 1e-6);
    CHECK_NEAR(r[1], 0.75, 1e-6);
    CHECK_NEAR(r[2], 0, 0);
    CHECK_NEAR(r[3], 1, 0);
    CHECK(isnan(r[4]));
}

/* ---- speckle made on the spot: single look, so intensities are exponential ---- */

enum { SIDE = 300 };

static bool planted(int i)
{
    return abs(i / SIDE - 150) < 25 && abs(i % SIDE - 140) < 30;
}

static const char *make_radar(const char *name, double scale, double change, bool decibels)
{
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE);

    f.width = f.height = SIDE, f.type = GDT_Float32;
    for (int i = 0; i < SIDE * SIDE; i++) {
        double looks = 0;
        for (int k = 0; k < 4; k++)
            looks -= log(g_rand_double_range(suite_rand(), 1e-9, 1)) / 4;
        double ground = i % SIDE < SIDE / 2 ? 1 : 12; /* dark and bright */
        v[i] = scale * ground * looks * (planted(i) ? change : 1);
        if (decibels)
            v[i] = 10 * log10(v[i]);
    }
    return make_raster(name, &f, v);
}

static void found(double scale, bool decibels)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    rdl_detect_result r;
    GError *error = NULL;
    int hit = 0, wrong = 0, all = 0;

    o.before = make_radar("before.tif", scale, 1, decibels);
    o.after = make_radar("after.tif", scale, 8, decibels);
    o.output = suite_path("radar.tif");
    o.sensor = "sar";
    o.overwrite = true;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_TEXT(r.method, "logratio");
    g_autofree double *c = raster_values(o.output, 1);
    for (int i = 0; i < SIDE * SIDE; i++) {
        all += planted(i);
        hit += planted(i) && c[i] == RDL_CHANGED;
        wrong += !planted(i) && c[i] == RDL_CHANGED;
    }
    CHECK(hit > 0.95 * all);
    CHECK(wrong < 0.15 * all);
    rdl_detect_result_clear(&r);
}

static void change_is_found_under_speckle(void)
{
    found(100, false);
}

/* Reflectivities are far below 1. */
static void small_numbers_are_no_smaller_changes(void)
{
    found(0.002, false);
}

static void decibels_are_recognised(void)
{
    found(0.002, true);
}

static CU_TestInfo tests[] = {
    {"the log-ratio is that of the definition", the_log_ratio_is_that_of_the_definition},
    {"bands are averaged", bands_are_averaged},
    {"ten decibels are a factor of ten", ten_decibels_are_a_factor_of_ten},
    {"the mean ratio forgets the order", the_mean_ratio_forgets_the_order},
    {"change is found under speckle", change_is_found_under_speckle},
    {"small numbers are no smaller changes", small_numbers_are_no_smaller_changes},
    {"decibels are recognised", decibels_are_recognised},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.ratio", tests, argc, argv);
}
