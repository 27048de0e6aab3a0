#include "suite.h"
#include "fixtures/scene.h"
#include "detect/detect.h"

/* The scene after is 0.8 of the ground and 11 more, but for a planted square. */
static rdl_normalise_options made_pair(void)
{
    static const char *names[2];
    made_form f = MADE_FORM;
    double *before, *after;
    rdl_normalise_options o = RDL_NORMALISE_OPTIONS_INIT;

    f.width = 400, f.height = 300, f.bands = 3, f.nodata = 0;
    if (!names[0]) {
        make_pair(suite_rand(), &f, 60, &before, &after);
        after[5] = 0;
        names[0] = make_raster("before.tif", &f, before);
        names[1] = make_raster("after.tif", &f, after);
        g_free(before);
        g_free(after);
    }
    o.before = names[0];
    o.after = names[1];
    o.unchanged = 0.5; /* re-weighting leaves few pixels near 1 */
    o.overwrite = true;
    return o;
}

static void run(const rdl_normalise_options *o, rdl_normalise_result *r)
{
    GError *error = NULL;

    CHECK(rdl_normalise(o, NULL, r, &error));
    CHECK_OK(error);
}

static void the_regression_is_orthogonal(void)
{
    CHECK_NEAR(rdl_orthogonal_slope(1, 4, 2), 2, 1e-12);   /* no noise */
    CHECK_NEAR(rdl_orthogonal_slope(3, 3, 1), 1, 1e-12);   /* equal noise on both axes */
    CHECK_NEAR(rdl_orthogonal_slope(3, 3, -1), -1, 1e-12); /* falling */
}

static void a_linear_difference_is_found_and_undone(void)
{
    rdl_normalise_options o = made_pair();
    rdl_normalise_result r;

    o.output = suite_path("normalised.tif");
    run(&o, &r);
    CHECK_INT(r.bands, 3);
    CHECK(r.pixels > 500);
    CHECK_NEAR((double)r.held_out, (double)r.pixels / 3, (double)r.pixels * 0.01);
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(r.fit[k].slope, 1 / 0.8, 0.03);
        CHECK_NEAR(r.fit[k].intercept, -11 / 0.8, 3);
        /* six p-values a run, even where all is right: 1e-3 was a false alarm in 170 runs */
        CHECK(r.fit[k].t_p > 1e-6 && r.fit[k].f_p > 1e-6);
        CHECK(r.fit[k].rmse < 6);
        g_autofree double *was = raster_values(o.after, k + 1),
                          *is = raster_values(o.output, k + 1);
        CHECK_NEAR(is[777], r.fit[k].intercept + r.fit[k].slope * was[777], 1e-3);
        CHECK(k > 0 || isnan(is[5]));
    }
    rdl_normalise_result_clear(&r);
}

static void threads_change_no_byte(void)
{
    rdl_normalise_options o = made_pair();
    rdl_normalise_result a, b;

    o.output = suite_path("one.tif");
    run(&o, &a);
    o.output = suite_path("four.tif");
    o.threads = 4;
    o.memory_mib = 16;
    run(&o, &b);
    CHECK_SAME_FILE(suite_path("one.tif"), suite_path("four.tif"));
    CHECK_NEAR(a.fit[1].t, b.fit[1].t, 0);
    rdl_normalise_result_clear(&a);
    rdl_normalise_result_clear(&b);
}

static void an_output_is_no_input(void)
{
    rdl_normalise_options o = made_pair();
    rdl_normalise_result r;
    GError *error = NULL;

    o.output = o.after;
    CHECK(!rdl_normalise(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "after.tif");
    rdl_normalise_result_clear(&r);
    o.output = NULL;
    o.unchanged = 0.9999999;
    CHECK(!rdl_normalise(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "lower --unchanged");
    rdl_normalise_result_clear(&r);
}

/* Coefficients of an independent implementation, where they are beside the project. */
static void the_reference_is_met(void)
{
    const char *before = suite_shared("data/landsat7-taizhou-pair/taizhou_20000317.tif");
    const char *after = suite_shared("data/landsat7-taizhou-pair/taizhou_20030206.tif");
    static const double want[6][2] = {
        {1.3439940705251865, -1.969531919422053}, {1.3743385058065025, -1.1131282495777128},
        {1.6134505338131802, -15.82523907075273}, {1.1156060783276238, -4.88531605159104},
        {1.2201923787705258, 7.280572145978496},  {1.5297517990988436, -7.318901817581796}};
    rdl_normalise_options o = RDL_NORMALISE_OPTIONS_INIT;
    rdl_normalise_result r;

    if (!before || !after)
        return;
    o.before = before;
    o.after = after;
    run(&o, &r);
    CHECK_INT(r.pixels, 566);
    for (int k = 0; k < 6; k++) {
        CHECK_NEAR(r.fit[k].slope, want[k][0], 1e-6);
        CHECK_NEAR(r.fit[k].intercept, want[k][1], 1e-4);
    }
    rdl_normalise_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"the regression is orthogonal", the_regression_is_orthogonal},
    {"a linear difference is found and undone", a_linear_difference_is_found_and_undone},
    {"threads change no byte", threads_change_no_byte},
    {"an output is no input", an_output_is_no_input},
    {"the reference is met", the_reference_is_met},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.normalise", tests, argc, argv);
}
