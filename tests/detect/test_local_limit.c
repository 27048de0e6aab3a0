/* Limits that follow the scene from tile to tile. */
#include <math.h>
#include <string.h>
#include "detect/detect.h"
#include "detect/local_limit.h"
#include "fixtures/scene.h"
#include "suite.h"

#define SIDE 640 /* pixels: ten tiles */
#define PIXELS (SIDE * SIDE)
#define TILE 64

/* Of nothing: 0 to 20, few near the ends. */
static double noise(void)
{
    return g_rand_double_range(suite_rand(), 0, 10) + g_rand_double_range(suite_rand(), 0, 10);
}

static const rdl_limit_choice otsu = {RDL_LIMIT_OTSU, NAN, true};

static double normal(void)
{
    double u = g_rand_double_range(suite_rand(), 1e-12, 1), v = g_rand_double(suite_rand());

    return sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

/* Changed are squares in the middle of three tiles of a hundred: 0.4 %. */
static bool changed_at(int row, int col)
{
    int y = row / TILE, x = col / TILE;
    bool holds = (y == 2 && x == 3) || (y == 7 && x == 7) || (y == 5 && x == 1);

    return holds && row % TILE >= 20 && row % TILE < 43 && col % TILE >= 20 && col % TILE < 43;
}

static float *field(void)
{
    float *score = g_new(float, PIXELS);

    for (int i = 0; i < PIXELS; i++)
        score[i] = (float)(noise() + (changed_at(i / SIDE, i % SIDE) ? 50 : 0));
    return score;
}

static rdl_bins bins_of(const float *score)
{
    g_autoptr(rdl_histogram) h = rdl_histogram_new();

    rdl_histogram_add(h, PIXELS, score);
    return rdl_histogram_bins(h);
}

static int wrong_of(const uint8_t *flags)
{
    int wrong = 0;

    for (int i = 0; i < PIXELS; i++)
        wrong += flags[i] != changed_at(i / SIDE, i % SIDE);
    return wrong;
}

static const rdl_block all = {0, 0, SIDE, SIDE};

/* Flags by local limits of a field counted in blocks of so many pixels, the last first. */
static uint8_t *flags_of(float *score, int step, rdl_limit *limit)
{
    g_autoptr(rdl_local_limit) local = rdl_local_limit_new(SIDE, SIDE);
    rdl_bins bins = bins_of(score);
    uint8_t *flags = g_malloc(PIXELS);
    GError *error = NULL;

    for (int row = (SIDE - 1) / step * step; row >= 0; row -= step)
        for (int col = (SIDE - 1) / step * step; col >= 0; col -= step) {
            rdl_block core = {col, row, MIN(step, SIDE - col), MIN(step, SIDE - row)};
            rdl_local_limit_add(local, (rdl_window){all, core, NULL}, score);
        }
    CHECK(rdl_local_limit_settle(local, otsu, RDL_SCALE_MAGNITUDE, 1, &bins, limit, &error));
    CHECK_OK(error);
    rdl_local_limit_over(local, all, score, flags);
    rdl_bins_clear(&bins);
    return flags;
}

static void change_in_few_tiles_is_found(void)
{
    g_autofree float *score = field();
    rdl_bins bins = bins_of(score);
    rdl_limit one, limit;
    int over = 0;

    CHECK(rdl_limit_find(otsu, RDL_SCALE_MAGNITUDE, 1, &bins, &one, NULL));
    for (int i = 0; i < PIXELS; i++)
        over += (double)score[i] > one.value;
    CHECK(over > PIXELS / 10); /* one limit divides the unchanged */
    g_autofree uint8_t *flags = flags_of(score, SIDE, &limit);
    CHECK_TEXT(limit.rule, "local otsu");
    CHECK_INT(limit.tiles, 100);
    CHECK_INT(limit.tiles_own, 3);
    CHECK(limit.tiles_least <= limit.value && limit.value <= limit.tiles_most);
    CHECK(wrong_of(flags) < PIXELS / 200);
    rdl_bins_clear(&bins);
}

static void blocks_change_no_flag(void)
{
    g_autofree float *score = field();
    rdl_limit limit, other;
    g_autofree uint8_t *flags = flags_of(score, SIDE, &limit);
    const int steps[] = {64, 100, 37, 512};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree uint8_t *again = flags_of(score, steps[i], &other);
        CHECK(memcmp(flags, again, PIXELS) == 0);
        CHECK(other.value == limit.value && other.tiles_own == limit.tiles_own);
    }
}

/* Eight tiles, of which two have heaps so far apart that they have limits of their own. */
static void between_two_limits_the_mean_holds(void)
{
    enum { W = 8 * TILE };
    g_autoptr(rdl_local_limit) local = rdl_local_limit_new(W, TILE);
    const rdl_block row = {0, 0, W, TILE};
    const double top[] = {400, 440, 2, 2, 2, 2, 2, 2};
    g_autofree float *score = g_new(float, W *TILE);
    g_autofree uint8_t *flags = g_malloc((size_t)W * TILE);
    g_autoptr(rdl_histogram) h = rdl_histogram_new();
    rdl_limit limit;

    for (int i = 0; i < W * TILE; i++) {
        int x = i % W / TILE;
        double low = x == 0 ? 100 : x == 1 ? 200 : 10;
        score[i] = (float)(i % 2 ? low : low + top[x]);
    }
    rdl_histogram_add(h, W * TILE, score);
    rdl_bins bins = rdl_histogram_bins(h);
    rdl_local_limit_add(local, (rdl_window){row, row, NULL}, score);
    CHECK(rdl_local_limit_settle(local, otsu, RDL_SCALE_MAGNITUDE, 1, &bins, &limit, NULL));
    CHECK_INT(limit.tiles_own, 2);
    double a = limit.tiles_least, b = limit.tiles_most;
    CHECK(a > 95 && a < 105 && b > 190 && b < 210);
    /* between the middles, at columns 31.5 and 95.5 */
    for (int i = 0; i < W * TILE; i++) {
        double at = CLAMP((i % W - 31.5) / 64, 0, 1), here = a + at * (b - a);
        score[i] = (float)(here * (i / W % 2 ? 0.999 : 1.001));
    }
    rdl_local_limit_over(local, row, score, flags);
    for (int i = 0; i < W * TILE; i++)
        if (i % W <= 95)
            CHECK(flags[i] == (i / W % 2 == 0));
    rdl_bins_clear(&bins);
}

static void what_is_not_observed_has_no_limit(void)
{
    g_autoptr(rdl_local_limit) local = rdl_local_limit_new(SIDE, SIDE);
    g_autofree float *score = g_new(float, PIXELS);
    rdl_limit limit;
    GError *error = NULL;

    for (int i = 0; i < PIXELS; i++)
        score[i] = NAN;
    rdl_bins bins = bins_of(score);
    rdl_local_limit_add(local, (rdl_window){all, all, NULL}, score);
    CHECK(!rdl_local_limit_settle(local, otsu, RDL_SCALE_MAGNITUDE, 1, &bins, &limit, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "there is no threshold to find");
    rdl_bins_clear(&bins);
}

/* ---- all of it ---- */

static void make_scenes(void)
{
    static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", NULL};
    g_autofree double *before = g_new(double, PIXELS), *after = g_new(double, PIXELS);
    made_form f = MADE_FORM;

    for (int i = 0; i < PIXELS; i++) {
        before[i] = 1000 + 10 * ((i / SIDE / 9 * 7 + i % SIDE / 11 * 3) % 20);
        after[i] = before[i] + noise() + (changed_at(i / SIDE, i % SIDE) ? 50 : 0);
    }
    f.width = f.height = SIDE, f.bands = 1, f.type = GDT_Float32;
    f.options = tiled;
    make_raster("local-before.tif", &f, before);
    make_raster("local-after.tif", &f, after);
}

static rdl_detect_options form_of(const char *output)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    o.before = suite_path("local-before.tif");
    o.after = suite_path("local-after.tif");
    o.output = suite_path(output);
    o.method = "cva";
    o.threshold = "local:otsu";
    return o;
}

static void threads_and_memory_change_no_byte(void)
{
    rdl_detect_options o = form_of("local-1.tif"), other = form_of("local-2.tif");
    rdl_detect_result r, s;
    GError *error = NULL;

    make_scenes();
    other.threads = 4, other.memory_mib = 16;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK(rdl_detect(&other, NULL, &s, &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(o.output, other.output);
    CHECK_INT(r.limit.tiles_own, 3);
    g_autofree double *classes = raster_values(o.output, 1);
    int wrong = 0;
    for (int i = 0; i < PIXELS; i++)
        wrong += ((int)classes[i] == RDL_CHANGED) != changed_at(i / SIDE, i % SIDE);
    CHECK(wrong < PIXELS / 200);
    rdl_detect_result_clear(&r);
    rdl_detect_result_clear(&s);
}

static void thresholds_that_mean_nothing_are_refused(void)
{
    static const struct {
        const char *text, *why;
        rdl_scale scale;
    } bad[] = {{"local:auto", "give otsu, kapur, ki or em after local:", RDL_SCALE_CHI_SQUARE},
               {"local:", "give otsu, kapur, ki or em after local:", RDL_SCALE_CHI_SQUARE},
               {"local:5", "give otsu, kapur, ki or em after local:", RDL_SCALE_CHI_SQUARE},
               {"fdr:0", "between 0 and 1", RDL_SCALE_CHI_SQUARE},
               {"fdr:1.5", "between 0 and 1", RDL_SCALE_MAGNITUDE},
               {"fdr:0.2", "no side from which", RDL_SCALE_DIFFERENCE},
               {"fdr:0.2", "no side from which", RDL_SCALE_LOG_RATIO}};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        rdl_limit_choice choice;
        GError *error = NULL;
        CHECK(!rdl_limit_parse(bad[i].text, bad[i].scale, &choice, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, bad[i].why);
    }
}

/* Log-normal scores, one in fifty from far above: at the limit the null explains the rate asked
 * for. */
static void the_rate_asked_for_is_kept(void)
{
    enum { N = 200000 };
    static const double rates[] = {0.05, 0.1, 0.3};
    g_autofree float *score = g_new(float, N);
    g_autoptr(rdl_histogram) h = rdl_histogram_new();
    double before = HUGE_VAL;

    for (int i = 0; i < N; i++)
        score[i] = (float)exp(i % 50 ? 2 + 0.5 * normal() : 4.5 + 0.5 * normal());
    rdl_histogram_add(h, N, score);
    rdl_bins bins = rdl_histogram_bins(h);
    for (size_t k = 0; k < G_N_ELEMENTS(rates); k++) {
        rdl_limit limit;
        rdl_limit_choice choice;
        g_autofree char *text = g_strdup_printf("fdr:%g", rates[k]);
        CHECK(rdl_limit_parse(text, RDL_SCALE_CHI_SQUARE, &choice, NULL));
        CHECK(rdl_limit_find(choice, RDL_SCALE_CHI_SQUARE, 6, &bins, &limit, NULL));
        /* the rate r where -2 (x - 2)^2 + 2 (x - 4.5)^2 + ln 49 = ln (r / (1 - r)) */
        double odds = choice.number / (1 - choice.number);
        CHECK_NEAR(log(limit.value), (32.5 + log(49.0) - log(odds)) / 10, 0.25);
        CHECK(limit.value < before); /* more allowed, more taken */
        before = limit.value;
    }
    rdl_bins_clear(&bins);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        {"change in few tiles is found", change_in_few_tiles_is_found},
        {"blocks change no flag", blocks_change_no_flag},
        {"between two limits the mean holds", between_two_limits_the_mean_holds},
        {"what is not observed has no limit", what_is_not_observed_has_no_limit},
        {"threads and memory change no byte", threads_and_memory_change_no_byte},
        {"thresholds that mean nothing are refused", thresholds_that_mean_nothing_are_refused},
        {"the rate asked for is kept", the_rate_asked_for_is_kept},
        CU_TEST_INFO_NULL,
    };

    return run_suite("detect.local_limit", tests, argc, argv);
}
