#include "suite.h"
#include "fixtures/scene.h"
#include "detect/change/moments.h"
#include "detect/change/sfa.h"
#include "detect/detect.h"

/* Moments of one band a date: variances v1, v2, covariance c, of n pixels. */
static void moments_of(double *m, double n, double v1, double v2, double c)
{
    m[0] = n;
    m[1] = m[2] = 0;
    m[rdl_moments_at(2, 0, 0)] = v1 * (n - 1);
    m[rdl_moments_at(2, 1, 0)] = c * (n - 1);
    m[rdl_moments_at(2, 1, 1)] = v2 * (n - 1);
}

/* One band: lambda is the variance of the difference of standardised bands, 2 (1 - r). */
static void one_slow_feature_is_the_standardised_difference(void)
{
    double m[6];
    rdl_mad sfa;
    int culprit;

    moments_of(m, 101, 4, 25, 8);
    CHECK_INT(rdl_sfa_solve(m, 1, &sfa, &culprit), RDL_MAD_GOOD);
    CHECK_NEAR(sfa.rho[0], 0.8, 1e-12);
    CHECK_NEAR(fabs(sfa.a[0]), 0.5, 1e-12);
    CHECK_NEAR(sfa.b[0] / sfa.a[0], 0.4, 1e-12);
    moments_of(m, 101, 4, 0, 0);
    CHECK_INT(rdl_sfa_solve(m, 1, &sfa, &culprit), RDL_MAD_CONSTANT);
    CHECK_INT(culprit, 1);
}

static void two_patterns_are_two_clusters(void)
{
    enum { W = 40 };
    float d[W * W], score[W * W], p[W * W * RDL_PCA_AXES];
    g_autofree float *blocks = g_new(float, W *W);
    rdl_pca_kmeans model;
    double m[1 + 16 + 136];
    size_t n = 0;

    for (int i = 0; i < W * W; i++)
        d[i] = (float)((i % W > 25 ? 5 : 1) + 0.2 * g_rand_double(suite_rand()));
    d[3] = NAN;
    for (int k = 0; k < 16; k++)
        for (int b = 0; b < 100; b++)
            blocks[k * 100 + b] = d[(4 * (b / 10) + k / 4) * W + 4 * (b % 10) + k % 4];
    blocks[0] = blocks[1]; /* the gap's block stands among others that are whole */
    for (int i = 0; i < 1600; i++)
        if (isnan(blocks[i]))
            blocks[i] = 1;
    rdl_moments_of_cell(m, 16, 100, blocks, NULL);
    CHECK(rdl_pca_axes(m, &model));
    for (int i = 0; i < W * W; i++)
        n += rdl_pca_project(&model, W, W, d, i % W, i / W, p + n * RDL_PCA_AXES);
    CHECK_INT(n, W * W - 1);
    CHECK(rdl_pca_cluster(&model, n, p));
    rdl_pca_score(&model, W, W, d, score);
    CHECK(isnan(score[3]));
    CHECK(score[5 * W + 10] < 0.1f);
    CHECK(score[5 * W + 35] > 0.9f);
    for (int i = 0; i < W * W; i++)
        d[i] = 1;
    CHECK(!rdl_pca_cluster(&model, 0, p));
}

/* Bands blue, red, nir, swir1 of one pixel. */
static void bare_soil_is_a_ratio_of_sums(void)
{
    made_form f = MADE_FORM;
    f.width = f.height = 1, f.bands = 4;
    const double before[] = {10, 20, 60, 30}, after[] = {20, 60, 30, 70};
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    rdl_detect_result r;
    GError *error = NULL;

    o.before = make_raster("before.tif", &f, before);
    o.after = make_raster("after.tif", &f, after);
    o.output = suite_path("change.tif");
    o.score = suite_path("score.tif");
    o.method = "index";
    o.index = "bsi";
    o.bands = "blue=1,red=2,nir=3,swir1=4";
    o.threshold = "0.5";
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    g_autofree double *score = raster_values(o.score, 1);
    CHECK_NEAR(score[0], (130.0 - 50) / 180 - (50.0 - 70) / 120, 1e-6);
    CHECK_TEXT(r.index, "bsi");
    rdl_detect_result_clear(&r);
    o.overwrite = true;
    o.index = "nbr";
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "which band is swir2?");
    rdl_detect_result_clear(&r);
    o.index = "evi9";
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--index evi9: no such index");
    rdl_detect_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"one slow feature is the standardised difference",
     one_slow_feature_is_the_standardised_difference},
    {"two patterns are two clusters", two_patterns_are_two_clusters},
    {"bare soil is a ratio of sums", bare_soil_is_a_ratio_of_sums},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.features", tests, argc, argv);
}
