/* Rims of scenes that lie a little beside each other are left out, thin changes are not. */
#include <string.h>
#include "detect/detect.h"
#include "fixtures/scene.h"
#include "suite.h"

#define SIDE 200
#define BANDS 3
#define FIELDS 12 /* across, and down */

/* Fields of one colour each, with sides that no row or column follows; the picture lies (dx, dy)
 * pixels to the right and below, each pixel the mean of 25 places in it. */
static double *fields_at(const double colours[FIELDS * FIELDS][BANDS], double dx, double dy)
{
    double *planes = g_new0(double, BANDS *SIDE *SIDE);

    for (int i = 0; i < SIDE * SIDE; i++)
        for (int part = 0; part < 25; part++) {
            double x = i % SIDE + (part % 5 + 0.5) / 5 - dx,
                   y = i / SIDE + (part / 5 + 0.5) / 5 - dy;
            int across = (int)((x + 0.3 * y) / 22.0 + 0.5),
                down = (int)((y - 0.3 * x) / 22.0 + 4.0);
            const double *c = colours[down % FIELDS * FIELDS + across % FIELDS];
            for (int k = 0; k < BANDS; k++)
                planes[k * SIDE * SIDE + i] += c[k] / 25;
        }
    return planes;
}

static bool on_road(int i)
{
    int row = i / SIDE, col = i % SIDE, middle = 40 + col / 2;

    return col > 30 && col < 170 && (row == middle || row == middle + 1);
}

/* The scene after lies 0.6 pixels beside the other, is darker, and shows a road of two pixels. */
static void make_displaced(bool apart)
{
    GRand *r = suite_rand();
    made_form f = MADE_FORM;
    double colours[FIELDS * FIELDS][BANDS];

    for (int i = 0; i < FIELDS * FIELDS; i++)
        for (int k = 0; k < BANDS; k++)
            colours[i][k] = g_rand_double_range(r, 500, 3000);
    g_autofree double *before = fields_at(colours, 0, 0);
    g_autofree double *after = apart ? fields_at(colours, 0.45, 0.4) : fields_at(colours, 0, 0);
    for (int i = 0; i < BANDS * SIDE * SIDE; i++) {
        double v = on_road(i % (SIDE * SIDE)) ? 4500 : after[i];
        before[i] = round(before[i] + g_rand_double_range(r, -30, 30));
        after[i] = round(0.8 * v + 100 + g_rand_double_range(r, -30, 30));
    }
    f.width = f.height = SIDE, f.bands = BANDS, f.type = GDT_UInt16;
    make_raster("rims-before.tif", &f, before);
    make_raster("rims-after.tif", &f, after);
}

static rdl_patches_options displaced(bool apart)
{
    rdl_detect_options d = RDL_DETECT_OPTIONS_INIT;
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_detect_result r;
    GError *error = NULL;

    make_displaced(apart);
    d.before = o.before = suite_path("rims-before.tif");
    d.after = o.after = suite_path("rims-after.tif");
    d.output = o.change = suite_path("rims.tif");
    d.bands = o.bands = "green=1,red=2,nir=3";
    d.method = "cva", d.threshold = "1";
    d.overwrite = o.overwrite = true;
    CHECK(rdl_detect(&d, NULL, &r, &error));
    CHECK_OK(error);
    rdl_detect_result_clear(&r);
    o.output = suite_path("rims.gpkg");
    return o;
}

static void run(const rdl_patches_options *o, rdl_patches_result *r)
{
    GError *error = NULL;

    CHECK(rdl_patches(o, NULL, r, &error));
    CHECK_OK(error);
}

static gint64 left_out(const rdl_patches_result *r)
{
    g_autofree char *text = rdl_tally_text(r->tally);
    const char *at = strstr(text, "suppressed MISREGISTRATION");

    while (at && at > text && at[-1] != '\n')
        at--;
    return at ? g_ascii_strtoll(at, NULL, 10) : 0;
}

/* Field `name` of every patch of a layer. */
static GArray *figures_of(const char *path, const char *layer, const char *name)
{
    g_autofree char *full = g_strdup_printf("%s:%s", path, layer);
    g_autoptr(rdl_layer) l = rdl_layer_open(full, NULL, NULL);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
    const rdl_feature *f;

    while (l && (f = rdl_layer_next(l, NULL)))
        for (int i = 0; i < rdl_layer_fields(l); i++)
            if (strcmp(rdl_layer_field(l, i), name) == 0) {
                double v =
                    rdl_feature_text(f, i) ? g_ascii_strtod(rdl_feature_text(f, i), NULL) : NAN;
                g_array_append_val(all, v);
            }
    return all;
}

static void rims_are_left_out_and_the_road_stays(void)
{
    rdl_patches_options o = displaced(true);
    rdl_patches_result all, r;

    run(&o, &all);
    o.suppress = "misregistration";
    o.keep_suppressed = true;
    run(&o, &r);
    CHECK(all.patches > 20);
    CHECK(r.patches >= 1);
    CHECK(10 * left_out(&r) >= 8 * (all.patches - 1));
    CHECK_INT(r.patches + left_out(&r), all.patches);
    /* a bound of the displacement, with 2.08 spreads of the tiles (0.25 pixels at most) above it */
    CHECK(r.reach >= hypot(0.45, 0.4) - 0.05 && r.reach <= hypot(0.45, 0.4) + 0.05 + 2.08 * 0.12);
    g_autoptr(GArray) kept = figures_of(o.output, "patch", "area_m2");
    double largest = 0.0;
    for (guint i = 0; i < kept->len; i++)
        largest = fmax(largest, g_array_index(kept, double, i));
    CHECK(largest > 250 * 900.0); /* the road: 139 by 2 pixels of 30 m */
    g_autoptr(GArray) shares = figures_of(o.output, "suppressed", "shift_share");
    CHECK_INT(shares->len, left_out(&r));
    for (guint i = 0; i < shares->len; i++)
        CHECK(g_array_index(shares, double, i) >= 0.6);
    rdl_patches_result_clear(&all);
    rdl_patches_result_clear(&r);
}

static void scenes_that_lie_right_lose_nothing(void)
{
    rdl_patches_options o = displaced(false);
    rdl_patches_result r;

    o.suppress = "misregistration";
    run(&o, &r);
    CHECK(r.patches >= 1);
    CHECK_INT(left_out(&r), 0);
    CHECK(r.reach < 0.2);
    rdl_patches_result_clear(&r);
}

static void threads_and_strips_change_no_byte(void)
{
    static const struct {
        int threads, memory_mib;
    } ways[] = /* the last in strips of 81 rows */ {{1, 256}, {3, 256}, {16, 16}};
    rdl_patches_options o = displaced(true);
    g_autofree char *first = NULL;

    o.suppress = "all";
    o.keep_suppressed = true;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        rdl_patches_result r;
        o.threads = ways[i].threads;
        o.memory_mib = ways[i].memory_mib;
        run(&o, &r);
        CHECK(left_out(&r) > 0);
        if (first)
            CHECK_TEXT(r.output_digest, first);
        else
            first = g_strdup(r.output_digest);
        rdl_patches_result_clear(&r);
    }
}

static void what_is_not_known_explains_nothing(void)
{
    rdl_patches_options o = displaced(true);
    rdl_patches_result r;
    GError *error = NULL;

    o.suppress = "misregistration";
    o.before = o.after = NULL;
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs scenes");
    rdl_patches_result_clear(&r);
    o.suppress = "all"; /* as far as may be, and said so */
    run(&o, &r);
    CHECK_INT(left_out(&r), 0);
    CHECK_INT(r.warnings->len, 2);
    CHECK(r.warnings->len > 1 && strstr(r.warnings->pdata[1], "misregistration"));
    rdl_patches_result_clear(&r);
}

/* By hand: differences of 2 on slopes of 4 along columns are a displacement of half a pixel. */
static void least_squares_by_hand(void)
{
    const rdl_rim_sums half = {.square = 40, .along = {80, 0}, .slope = {160, 0, 0}};
    const rdl_rim_sums steep = {.square = 40, .along = {80, 80}, .slope = {160, 160, 160}};
    const rdl_rim_sums flat = {.square = 40};

    CHECK_NEAR(rdl_rim_share(&half, 0.5), 1.0, 1e-6);
    CHECK_NEAR(rdl_rim_share(&half, 3.0), 1.0, 1e-6);
    CHECK_NEAR(rdl_rim_share(&half, 0.25), 0.75, 1e-6); /* 1 - (1 - 1/2)^2 */
    CHECK_NEAR(rdl_rim_share(&steep, 0.3), 1.0 - pow(1.0 - 0.6 * sqrt(2.0), 2), 1e-6);
    CHECK_NEAR(rdl_rim_share(&flat, 1.0), 0.0, 0);
    CHECK(isnan(rdl_rim_share(&half, NAN)));
}

static CU_TestInfo tests[] = {
    {"rims are left out and the road stays", rims_are_left_out_and_the_road_stays},
    {"scenes that lie right lose nothing", scenes_that_lie_right_lose_nothing},
    {"threads and strips change no byte", threads_and_strips_change_no_byte},
    {"what is not known explains nothing", what_is_not_known_explains_nothing},
    {"least squares by hand", least_squares_by_hand},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.rim", tests, argc, argv);
}
