#include "suite.h"
#include "fixtures/scene.h"
#include <gsl/gsl_cdf.h>
#include "detect/change/moments.h"
#include "detect/detect.h"

/* ---- moments ---- */

static void moments_are_those_of_the_definition(void)
{
    const float planes[] = {1, 2, 4, 8, 3, 1, 0, 2}; /* two variates, four pixels */
    const double weights[] = {1, 0.5, 0, 0.5};
    double m[6];

    rdl_moments_of_cell(m, 2, 4, planes, weights);
    CHECK_NEAR(m[0], 2, 0);
    CHECK_NEAR(m[1], (1 + 1 + 4) / 2.0, 1e-15);
    CHECK_NEAR(m[2], (3 + 0.5 + 1) / 2.0, 1e-15);
    CHECK_NEAR(m[rdl_moments_at(2, 0, 0)], 4 + 0.5 * 1 + 0.5 * 25, 1e-12);
    CHECK_NEAR(m[rdl_moments_at(2, 1, 0)], -2 * 0.75 + 0.5 * -1 * -1.25 + 0.5 * 5 * -0.25, 1e-12);
}

static void merging_cells_is_summing_them_at_once(void)
{
    enum { D = 3, N = 1000, CUT = 337 };
    g_autofree float *all = g_new(float, D *N), *parts = g_new(float, D *N);
    double whole[10], a[10], b[10];

    for (int k = 0; k < D; k++)
        for (int i = 0; i < N; i++) {
            float v = (float)(60000.0 + 1e-2 * g_rand_int_range(suite_rand(), 0, 1000));
            all[k * N + i] = v;
            if (i < CUT)
                parts[k * CUT + i] = v;
            else
                parts[D * CUT + k * (N - CUT) + i - CUT] = v;
        }
    rdl_moments_of_cell(whole, D, N, all, NULL);
    rdl_moments_of_cell(a, D, CUT, parts, NULL);
    rdl_moments_of_cell(b, D, N - CUT, parts + D * CUT, NULL);
    rdl_moments_merge(a, b, D);
    for (size_t i = 0; i < rdl_moments_size(D); i++)
        CHECK_NEAR(a[i], whole[i], 1e-9 * fmax(1.0, fabs(whole[i])));
}

static void the_weights_are_the_tail_of_chi_square(void)
{
    for (int p = 1; p <= 13; p++)
        for (double z = 0.0; z < 60.0; z = z * 1.5 + 0.1) {
            double tail = z;
            rdl_mad_no_change(p, 1, &tail);
            CHECK_NEAR(tail, gsl_cdf_chisq_Q(z, p), 1e-12);
        }
}

static void a_covariance_is_scatter_over_w_less_one(void)
{
    const double moments[] = {10, 0, 0, 4, 2, 9}; /* W, means, scatter 4 2 9 */
    rdl_mad mad;
    int culprit;

    CHECK_INT(rdl_mad_solve(moments, 1, &mad, &culprit), RDL_MAD_GOOD);
    CHECK_NEAR(mad.rho[0], 1.0 / 3.0, 1e-15);
    CHECK_NEAR(fabs(mad.a[0]), sqrt(9.0 / 4.0), 1e-14);
    CHECK_NEAR(fabs(mad.b[0]), sqrt(9.0 / 9.0), 1e-14);
}

/* ---- references ---- */

static double *reference_rho(const char *folder, int *n, int *iterations)
{
    g_autofree char *name = g_strconcat("data/", folder, "/irmad-reference/summary.json", NULL);
    const char *path = suite_shared(name);
    g_autoptr(JsonParser) parser = json_parser_new();

    if (!path || !json_parser_load_from_file(parser, path, NULL))
        return NULL;
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonObject *fit = json_object_get_object_member(root, "independent_float64");
    JsonArray *rho = json_object_get_array_member(fit, "rho");
    double *values = g_new(double, json_array_get_length(rho));
    *n = (int)json_array_get_length(rho);
    *iterations = (int)json_object_get_int_member(fit, "iterations");
    for (int i = 0; i < *n; i++)
        values[i] = json_array_get_double_element(rho, (guint)i);
    return values;
}

static char *in_folder(const char *folder, const char *name)
{
    g_autofree char *relative = g_build_filename("data", folder, name, NULL);

    return g_strdup(suite_shared(relative));
}

static void compare_scores(const char *ours, const char *reference, int band, gint64 pixels)
{
    g_autofree double *z = raster_values(ours, 1), *want = raster_values(reference, band);
    double most = 0.0;

    for (gint64 i = 0; i < pixels; i++)
        most = fmax(most, fabs(z[i] - want[i]) / want[i]);
    CHECK_NEAR(most, 0.0, 1e-4); /* the reference solves in single precision */
}

static void agrees(const char *folder, const char *before, const char *after)
{
    int n, iterations;
    g_autofree double *rho = reference_rho(folder, &n, &iterations);
    GError *error = NULL;
    rdl_detect_result r;
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    if (!rho)
        return;
    g_autofree char *a = in_folder(folder, before), *b = in_folder(folder, after);
    g_autofree char *z = in_folder(folder, "irmad-reference/mad_chi2_reference.tif");
    o.before = a;
    o.after = b;
    o.method = "irmad";
    o.output = suite_path("reference.tif");
    o.score = suite_path("reference-score.tif");
    o.overwrite = true;
    o.threads = 2;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.iterations, iterations);
    for (int i = 0; i < n; i++)
        CHECK_NEAR(r.rho[i], rho[i], 1e-10);
    compare_scores(o.score, z, n + 1, r.observed);
    rdl_detect_result_clear(&r);
}

static void the_references_are_met(void)
{
    agrees("landsat7-taizhou-pair", "taizhou_20000317.tif", "taizhou_20030206.tif");
    agrees("aster-isfahan-pair", "aster_1.tif", "aster_2.tif");
    agrees("landsat5-costa-rica-pair", "l5tsr_19860206.tif", "l5tsr_20010114.tif");
}

static CU_TestInfo tests[] = {
    {"moments are those of the definition", moments_are_those_of_the_definition},
    {"merging cells is summing them at once", merging_cells_is_summing_them_at_once},
    {"the weights are the tail of chi-square", the_weights_are_the_tail_of_chi_square},
    {"a covariance is scatter over W - 1", a_covariance_is_scatter_over_w_less_one},
    {"the references are met", the_references_are_met},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.irmad", tests, argc, argv);
}
