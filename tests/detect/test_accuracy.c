/* Real pairs with labels, where they are beside the project. */
#include "suite.h"
#include "fixtures/scene.h"
#include "detect/detect.h"

typedef struct {
    double tp, fp, fn, tn;
} confusion;

static double kappa(confusion c)
{
    double n = c.tp + c.fp + c.fn + c.tn, agreed = (c.tp + c.tn) / n;
    double by_chance = ((c.tp + c.fp) * (c.tp + c.fn) + (c.fn + c.tn) * (c.fp + c.tn)) / (n * n);

    return (agreed - by_chance) / (1 - by_chance);
}

static const char *shared(const char *folder, const char *name)
{
    g_autofree char *relative = g_build_filename("data", folder, name, NULL);

    return suite_shared(relative);
}

/* Kappa of `auto` against a raster whose values above `changed_over` are changed, 0 with
 * `unlabelled` is unknown; -1 where the data are not there. */
static double kappa_of_auto(const char *folder, const char *before, const char *after,
                            const char *labels, const char *sensor, double changed_over,
                            bool unlabelled)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    const char *path = shared(folder, labels);
    rdl_detect_result r;
    GError *error = NULL;
    confusion m = {0};

    if (!path)
        return -1;
    o.before = shared(folder, before);
    o.after = shared(folder, after);
    o.output = suite_path("change.tif");
    o.sensor = sensor;
    o.overwrite = true;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    g_autofree double *c = raster_values(o.output, 1), *truth = raster_values(path, 1);
    for (gint64 i = 0; i < r.observed + r.not_observed; i++) {
        bool said = c[i] == RDL_CHANGED, is = truth[i] > changed_over;
        if (c[i] == RDL_NOT_OBSERVED || (unlabelled && truth[i] == 0))
            continue;
        *(said ? is ? &m.tp : &m.fp : is ? &m.fn : &m.tn) += 1;
    }
    rdl_detect_result_clear(&r);
    return kappa(m);
}

static void at_least(double got, double want)
{
    CHECK(got == -1 || got >= want);
}

static void landsat_is_as_good_as_the_best_baseline(void)
{
    at_least(kappa_of_auto("landsat7-taizhou-pair", "taizhou_20000317.tif", "taizhou_20030206.tif",
                           "labels.tif", NULL, 1.5, true),
             0.933);
}

static void radar_is_better_than_the_best_baseline(void)
{
    static const struct {
        const char *name;
        double baseline; /* best of log-ratio and mean-ratio with Otsu, two-means, PCA-k-means */
    } pairs[] = {{"ottawa", 0.916}, {"san", 0.811}, {"yellow_a", 0.727}, {"yellow_c", 0.708}};

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *before = g_strconcat(pairs[i].name, "_1.tif", NULL);
        g_autofree char *after = g_strconcat(pairs[i].name, "_2.tif", NULL);
        g_autofree char *truth = g_strconcat(pairs[i].name, "_gt.tif", NULL);
        at_least(kappa_of_auto("sar-bitemporal-pairs", before, after, truth, "sar", 128, false),
                 pairs[i].baseline);
    }
}

static CU_TestInfo tests[] = {
    {"Landsat is as good as the best baseline", landsat_is_as_good_as_the_best_baseline},
    {"radar is better than the best baseline", radar_is_better_than_the_best_baseline},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.accuracy", tests, argc, argv);
}
