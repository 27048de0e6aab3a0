#include "suite.h"
#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "detect/change.h"
#include "detect/doubtful.h"
#include "detect/focal.h"
#include "detect/threshold.h"
#include "detect/threshold/classic.h"

static rdl_bins bins_of(const float *scores, size_t n)
{
    g_autoptr(rdl_histogram) h = rdl_histogram_new();

    rdl_histogram_add(h, n, scores);
    return rdl_histogram_bins(h);
}

static double normal(void)
{
    double u = g_rand_double_range(suite_rand(), 1e-12, 1), v = g_rand_double(suite_rand());

    return sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

/* Every `period`-th score is from the upper heap. */
static float *heaps(size_t n, size_t period, double low, double high, double deviation)
{
    float *scores = g_new(float, n);

    for (size_t i = 0; i < n; i++)
        scores[i] = (float)((i % period ? low : high) + deviation * normal());
    return scores;
}

static int misplaced(const float *scores, size_t n, size_t period, double limit)
{
    int wrong = 0;

    for (size_t i = 0; i < n; i++)
        wrong += ((double)fabsf(scores[i]) > limit) != (i % period == 0);
    return wrong;
}

/* ---- rules ---- */

static void named_rules_divide_two_heaps(void)
{
    enum { N = 40000 };
    static const char *const names[] = {"otsu", "ki", "em"};
    g_autofree float *scores = heaps(N, 5, 10, 20, 1);
    rdl_bins bins = bins_of(scores, N);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        rdl_limit_choice choice;
        rdl_limit limit;
        GError *error = NULL;
        CHECK(rdl_limit_parse(names[i], RDL_SCALE_MAGNITUDE, &choice, &error));
        CHECK(rdl_limit_find(choice, RDL_SCALE_MAGNITUDE, 1, &bins, &limit, &error));
        CHECK_OK(error);
        CHECK_TEXT(limit.rule, names[i]);
        CHECK(misplaced(scores, N, 5, limit.value) < N / 500);
    }
    rdl_bins_clear(&bins);
}

/* Two normals of equal width: the errors are least where the weighted densities cross. */
static void minimum_error_lies_where_densities_cross(void)
{
    enum { N = 400000 };
    g_autofree float *scores = heaps(N, 5, 10, 20, 2);
    rdl_bins bins = bins_of(scores, N);
    double cross = 15 + 4.0 / 10 * log(4.0); /* (m1 + m2) / 2 + s2 / (m2 - m1) ln(P1 / P2) */
    g_auto(rdl_coarse) h = rdl_coarse_of(&bins, RDL_DOMAIN_LINEAR, 512, 0);

    CHECK_NEAR(rdl_minimum_error(&h), cross, 0.15);
    CHECK_NEAR(rdl_expectation(&h), cross, 0.1);
    rdl_bins_clear(&bins);
}

static double entropy(const double *counts, int from, int end)
{
    double sum = 0, h = 0;

    for (int i = from; i < end; i++)
        sum += counts[i];
    for (int i = from; i < end; i++)
        h -= counts[i] > 0 ? counts[i] / sum * log(counts[i] / sum) : 0;
    return h;
}

static void kapur_makes_both_entropies_large(void)
{
    double counts[] = {40, 30, 5, 0, 1, 0, 3, 4, 3, 1}, best = 0;
    const rdl_coarse h = {RDL_DOMAIN_LINEAR, 10, 0, 1, 87, counts};
    int at = 0;

    for (int t = 1; t < 10; t++)
        if (entropy(counts, 0, t) + entropy(counts, t, 10) > best) {
            best = entropy(counts, 0, t) + entropy(counts, t, 10);
            at = t;
        }
    CHECK_NEAR(rdl_kapur(&h), at, 0);
}

/* By hand, in nats, after 1, 2, .. bins:
 * {2 2 0 4 4}: 0 + 1.0549, ln 2 + ln 2 = 1.3863, the same (an empty bin: the first holds), 1.0549 +
 * 0. {4 4 1 1 1}: 0 + 1.1537, ln 2 + ln 3 = 1.7918, 0.9650 + ln 2 = 1.6581, 1.1935 + 0. {3 3 3 3}:
 * ln 3 = 1.0986, ln 4 = 1.3863, 1.0986. */
static void kapur_of_small_histograms_by_hand(void)
{
    double two[] = {2, 2, 0, 4, 4}, tail[] = {4, 4, 1, 1, 1}, even[] = {3, 3, 3, 3};
    const rdl_coarse h[] = {{RDL_DOMAIN_LINEAR, 5, 0, 1, 12, two},
                            {RDL_DOMAIN_LINEAR, 5, 0, 1, 11, tail},
                            {RDL_DOMAIN_LINEAR, 4, 0, 1, 12, even}};

    for (size_t i = 0; i < G_N_ELEMENTS(h); i++)
        CHECK_NEAR(rdl_kapur(&h[i]), 2, 0);
}

static void equal_scores_have_no_limit(void)
{
    const float scores[] = {1, 1, 1};
    rdl_bins bins = bins_of(scores, 3);
    rdl_limit limit;
    GError *error = NULL;

    CHECK(!rdl_limit_find((rdl_limit_choice){.rule = RDL_LIMIT_OTSU}, RDL_SCALE_MAGNITUDE, 1, &bins,
                          &limit, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "all scores are equal");
    CHECK(!rdl_limit_null(&bins, &limit, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "all scores are equal");
    CHECK(!rdl_limit_power(&bins, 1, &limit, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "all scores are equal");
    rdl_bins_clear(&bins);
}

/* A log-normal null and a heap of change far above it, at each share the rules are meant for. */
static void any_share_is_found(void)
{
    enum { N = 200000 };
    static const size_t periods[] = {1000, 200, 20, 3};

    for (size_t k = 0; k < G_N_ELEMENTS(periods); k++) {
        g_autofree float *scores = g_new(float, N);
        rdl_limit null, power;
        GError *error = NULL;
        for (size_t i = 0; i < N; i++)
            scores[i] = (float)exp(i % periods[k] ? 2.5 + 0.6 * normal() : 8 + 0.5 * normal());
        rdl_bins bins = bins_of(scores, N);
        CHECK(rdl_limit_null(&bins, &null, &error));
        CHECK(misplaced(scores, N, periods[k], null.value) < N / (int)periods[k] / 10);
        CHECK_NEAR(null.mode, 2.5, 0.2);
        CHECK_NEAR(null.share, 1.0 / (double)periods[k], 0.2 / (double)periods[k]);
        CHECK(rdl_limit_power(&bins, 0.25, &power, &error));
        CHECK(misplaced(scores, N, periods[k], power.value) < N / (int)periods[k] / 10);
        CHECK_NEAR(power.share, 1.0 / (double)periods[k], 0.1 / (double)periods[k]);
        CHECK_NEAR(power.power, k < 2 ? 0 : k == 2 ? 0.25 * log(5.0) / log(16.0) : 0.25, 1e-3);
        rdl_bins_clear(&bins);
    }
}

/* A body with a tail that runs into the changes: the share decides how far down the limit goes. */
static void the_limit_falls_as_the_share_grows(void)
{
    enum { N = 200000 };
    static const size_t periods[] = {500, 5};
    double limits[2];

    for (int k = 0; k < 2; k++) {
        g_autofree float *scores = g_new(float, N);
        rdl_limit limit;
        GError *error = NULL;
        for (size_t i = 0; i < N; i++)
            scores[i] = (float)exp(i % periods[k] ? 0.5 * normal() : 2.0 + 0.5 * normal());
        rdl_bins bins = bins_of(scores, N);
        CHECK(rdl_limit_power(&bins, 1, &limit, &error));
        CHECK(limit.candidates[2] < limit.candidates[1]);
        limits[k] = limit.value;
        rdl_bins_clear(&bins);
    }
    CHECK(limits[1] < limits[0]);
}

static void a_candidate_below_the_mode_is_none(void)
{
    enum { N = 100000 };
    g_autofree float *scores = g_new(float, N);
    rdl_limit limit;
    GError *error = NULL;

    for (size_t i = 0; i < N; i++) /* nothing changed, and a long left tail */
        scores[i] = (float)exp(2.5 + (i % 10 ? 0.5 * normal() : -4 + normal()));
    rdl_bins bins = bins_of(scores, N);
    CHECK(rdl_limit_null(&bins, &limit, &error));
    for (int i = 0; i < 3; i++)
        CHECK(isnan(limit.candidates[i]) || limit.candidates[i] > exp(limit.mode));
    CHECK(misplaced(scores, N, N + 1, limit.value) < N / 100);
    CHECK(rdl_limit_power(&bins, 0.25, &limit, &error));
    CHECK_TEXT(limit.rule, "fdr");
    CHECK(isnan(limit.power));
    CHECK(misplaced(scores, N, N + 1, limit.value) < N / 100);
    rdl_bins_clear(&bins);
}

/* n scores whose logarithms are a normal's quantiles. */
static float *add_heap(float *to, int n, double mean, double deviation)
{
    for (int i = 0; i < n; i++)
        *to++ = (float)exp(mean + gsl_cdf_gaussian_Pinv((i + 0.5) / n, deviation));
    return to;
}

/* One pixel in 20 has changed, and a few, as of cloud, stand out far more. */
static void a_far_heap_does_not_hide_the_changes(void)
{
    enum { N = 200000, CHANGED = 10000, CLOUD = 450 };
    g_autofree float *scores = g_new(float, N);
    rdl_limit limit;
    GError *error = NULL;

    add_heap(add_heap(add_heap(scores, N - CHANGED - CLOUD, 2.5, 0.9), CHANGED, 4.5, 1.0), CLOUD,
             12, 0.3);
    rdl_bins bins = bins_of(scores, N);
    CHECK(rdl_limit_power(&bins, 0.25, &limit, &error));
    CHECK(limit.candidates[1] > 10 * limit.candidates[0]); /* drawn to the heap */
    CHECK(limit.value > limit.candidates[0] && limit.value < 4 * limit.candidates[0]);
    CHECK(limit.share > 2.0 * CLOUD / N);
    rdl_bins_clear(&bins);
}

static void log_ratios_take_the_median_of_three(void)
{
    enum { N = 60000 };
    g_autofree float *scores = g_new(float, N);
    rdl_limit limit;
    GError *error = NULL;

    for (size_t i = 0; i < N; i++) /* gains and losses */
        scores[i] = (float)(i % 10 ? 0.1 * normal() : (i % 20 ? 1.2 : -1.2) + 0.2 * normal());
    rdl_bins bins = bins_of(scores, N);
    CHECK(rdl_limit_log_ratio(&bins, &limit, &error));
    CHECK_OK(error);
    CHECK(misplaced(scores, N, 10, limit.value) < N / 200);
    double low = INFINITY, high = 0;
    for (int i = 0; i < 3; i++) {
        low = fmin(low, limit.candidates[i]);
        high = fmax(high, limit.candidates[i]);
    }
    CHECK(limit.value >= low && limit.value <= high);
    rdl_bins_clear(&bins);
}

static void pvalue_is_the_quantile(void)
{
    CHECK_NEAR(rdl_limit_pvalue(0.01, 6).value, 16.8118938297709, 1e-9);
}

static void wrong_words_are_refused(void)
{
    rdl_limit_choice choice;
    GError *error = NULL;

    CHECK(!rdl_limit_parse("best", RDL_SCALE_CHI_SQUARE, &choice, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--threshold best");
    CHECK(!rdl_limit_parse("-1", RDL_SCALE_CHI_SQUARE, &choice, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "not negative");
    CHECK(!rdl_limit_parse("pvalue:2", RDL_SCALE_CHI_SQUARE, &choice, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "between 0 and 1");
    CHECK(!rdl_limit_parse("pvalue:0.1", RDL_SCALE_MAGNITUDE, &choice, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "only the chi-square");
}

/* ---- surroundings ---- */

static void the_median_is_that_of_what_is_observed(void)
{
    const float in[] = {9, 1, 8, 2, 5, 7, 3, 4, 6, NAN, 1, 1};
    float out[12];

    rdl_median3(3, 4, in, out);
    CHECK_NEAR(out[4], 5, 0); /* of 1..9 */
    CHECK_NEAR(out[0], 5, 0); /* 1 2 5 9: the upper of the middle two */
    CHECK_NEAR(out[7], 4, 0); /* 1 1 2 3 4 5 6 7 */
    CHECK(isnan(out[9]));
}

/* The network against sorting, with gaps. */
static void the_median_is_the_middle(void)
{
    enum { W = 37, H = 23 };
    float in[W * H], out[W * H];

    for (int i = 0; i < W * H; i++)
        in[i] = g_rand_int_range(suite_rand(), 0, 40) == 0
                    ? NAN
                    : (float)g_rand_int_range(suite_rand(), 0, 50);
    rdl_median3(W, H, in, out);
    int wrong = 0;
    for (int row = 1; row < H - 1; row++)
        for (int col = 1; col < W - 1; col++) {
            float at = out[row * W + col];
            int below = 0, not_above = 0, seen = 0;
            for (int y = -1; y <= 1; y++)
                for (int x = -1; x <= 1; x++) {
                    float v = in[(row + y) * W + col + x];
                    seen += v == v;
                    below += v < at;
                    not_above += v <= at;
                }
            if (isnan(in[row * W + col]))
                wrong += !isnan(at);
            else
                wrong += !(below <= seen / 2 && not_above > seen / 2);
        }
    CHECK_INT(wrong, 0);
}

static void the_gaussian_keeps_constants_and_gaps(void)
{
    enum { W = 20, H = 9 };
    float in[W * H], out[W * H], scratch[4 * W * H];

    for (int i = 0; i < W * H; i++)
        in[i] = 3.5f;
    in[4 * W + 7] = NAN;
    rdl_gaussian(W, H, in, scratch, out);
    for (int i = 0; i < W * H; i++)
        CHECK(i == 4 * W + 7 ? isnan(out[i]) : fabsf(out[i] - 3.5f) < 1e-5f);
}

static void the_gaussian_of_a_point_is_a_bell(void)
{
    enum { W = 31 };
    float in[W * W] = {0}, out[W * W], scratch[4 * W * W];

    in[15 * W + 15] = 1;
    rdl_gaussian(W, W, in, scratch, out);
    CHECK_NEAR(out[15 * W + 15], 1 / (2 * G_PI * 1.5 * 1.5), 1e-4);
    CHECK_NEAR(out[15 * W + 17] / out[15 * W + 15], exp(-0.5 * 4 / 2.25), 1e-5);
    CHECK_NEAR(out[15 * W + 22], 0, 0);
}

static void a_sieve_drops_small_components(void)
{
    const uint8_t in[] = {1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1};
    const uint8_t chain[] = {1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
    uint8_t out[20];

    rdl_sieve(5, 4, 3, in, out);
    CHECK_INT(out[0] + out[6], 0); /* a pair along a diagonal */
    CHECK_INT(out[4] + out[9], 0); /* a pair along a column */
    CHECK_INT(out[18] + out[19], 0);
    rdl_sieve(5, 3, 4, chain, out);
    CHECK_INT(out[0] + out[6] + out[8] + out[4], 0); /* 0-6 and 4-8: two pairs */
    rdl_sieve(5, 3, 2, chain, out);
    CHECK_INT(out[0] + out[6] + out[8] + out[4], 4);
}

/* Nine pixels of 4 in a sea of 1, one lone 100, a gap. */
static void context_asks_the_surroundings(void)
{
    enum { W = 9 };
    float in[W * W], out[W * W];

    for (int i = 0; i < W * W; i++)
        in[i] = i / W >= 2 && i / W <= 4 && i % W >= 2 && i % W <= 4 ? -4.0f : 1.0f;
    in[7 * W + 7] = 100;
    in[0] = NAN;
    rdl_context3(W, W, in, out);
    CHECK_NEAR(out[3 * W + 3], 4, 1e-6);
    CHECK_NEAR(out[2 * W + 2], 2, 1e-6); /* a corner: its median is 1 */
    CHECK_NEAR(out[7 * W + 7], 10, 1e-5);
    CHECK_NEAR(out[7 * W + 6], 1, 1e-6);
    CHECK(isnan(out[0]));
}

/* ---- components ---- */

static uint8_t *image_classes(int width, int height)
{
    uint8_t *classes = g_malloc((size_t)width * (size_t)height);

    memset(classes, RDL_UNCHANGED, (size_t)width * (size_t)height);
    for (int k = 0; k < 900; k++) {
        int col = g_rand_int_range(suite_rand(), 0, width - 40);
        int row = g_rand_int_range(suite_rand(), 0, height - 9);
        int class = g_rand_int_range(suite_rand(), 0, 6);
        for (int y = row; y < row + 1 + k % 8; y++)
            memset(classes + y * width + col, class, (size_t)(1 + k % 39));
    }
    return classes;
}

static uint8_t *settled(const uint8_t *classes, rdl_blocks blocks, int least, double share)
{
    g_autoptr(rdl_doubtful) c = rdl_doubtful_new(&blocks);
    size_t room = (size_t)blocks.block_width * (size_t)blocks.block_height;
    g_autofree uint8_t *part = g_malloc(room);
    uint8_t *out = g_malloc((size_t)blocks.width * (size_t)blocks.height);

    for (size_t i = rdl_blocks_count(&blocks); i-- > 0;) {
        rdl_block b = rdl_blocks_at(&blocks, i);
        for (int y = 0; y < b.height; y++)
            memcpy(part + y * b.width, classes + (b.row + y) * blocks.width + b.col,
                   (size_t)b.width);
        rdl_doubtful_add(c, i, part);
    }
    rdl_doubtful_settle(c, least, share);
    for (size_t i = 0; i < rdl_blocks_count(&blocks); i++) {
        rdl_block b = rdl_blocks_at(&blocks, i);
        rdl_doubtful_get(c, i, part);
        for (int y = 0; y < b.height; y++)
            memcpy(out + (b.row + y) * blocks.width + b.col, part + y * b.width, (size_t)b.width);
    }
    return out;
}

static void components_do_not_see_blocks(void)
{
    enum { W = 900, H = 700 };
    g_autofree uint8_t *classes = image_classes(W, H);
    g_autofree uint8_t *whole =
        settled(classes, rdl_blocks_over(W, H, W, H, (size_t)1 << 30), 4, 0.5);
    g_autofree uint8_t *cells = settled(classes, rdl_blocks_cells(W, H), 4, 0.5);

    CHECK(memcmp(whole, cells, (size_t)W * H) == 0);
}

static void a_component_is_changed_when_enough_speaks_for_it(void)
{
    const uint8_t row[] = {3, 3, 4, 1, 4, 4, 3, 0, 5, 3, 3, 2};
    g_autofree uint8_t *any = settled(row, rdl_blocks_cells(12, 1), 1, 0.0);
    g_autofree uint8_t *half = settled(row, rdl_blocks_cells(12, 1), 2, 0.5);
    const uint8_t want_any[] = {2, 2, 2, 1, 2, 2, 2, 0, 2, 2, 2, 2};
    const uint8_t want_half[] = {1, 1, 1, 1, 2, 2, 2, 0, 2, 1, 1, 2};

    CHECK(memcmp(any, want_any, sizeof want_any) == 0);
    CHECK(memcmp(half, want_half, sizeof want_half) == 0);
}

static CU_TestInfo tests[] = {
    {"named rules divide two heaps", named_rules_divide_two_heaps},
    {"minimum error lies where densities cross", minimum_error_lies_where_densities_cross},
    {"Kapur makes both entropies large", kapur_makes_both_entropies_large},
    {"Kapur of small histograms by hand", kapur_of_small_histograms_by_hand},
    {"equal scores have no limit", equal_scores_have_no_limit},
    {"any share is found", any_share_is_found},
    {"the limit falls as the share grows", the_limit_falls_as_the_share_grows},
    {"a candidate below the mode is none", a_candidate_below_the_mode_is_none},
    {"a far heap does not hide the changes", a_far_heap_does_not_hide_the_changes},
    {"log-ratios take the median of three", log_ratios_take_the_median_of_three},
    {"pvalue is the quantile", pvalue_is_the_quantile},
    {"wrong words are refused", wrong_words_are_refused},
    {"the median is that of what is observed", the_median_is_that_of_what_is_observed},
    {"the median is the middle", the_median_is_the_middle},
    {"the Gaussian keeps constants and gaps", the_gaussian_keeps_constants_and_gaps},
    {"the Gaussian of a point is a bell", the_gaussian_of_a_point_is_a_bell},
    {"a sieve drops small components", a_sieve_drops_small_components},
    {"context asks the surroundings", context_asks_the_surroundings},
    {"components do not see blocks", components_do_not_see_blocks},
    {"a component is changed when enough speaks for it",
     a_component_is_changed_when_enough_speaks_for_it},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.threshold", tests, argc, argv);
}
