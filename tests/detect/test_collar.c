#include "suite.h"
#include "fixtures/scene.h"
#include "detect/collar.h"
#include "detect/detect.h"

enum { WIDTH = 300, HEIGHT = 280, ALL = WIDTH * HEIGHT };

/* Is (x, y) outside of what a sensor saw? */
typedef bool (*outside_fn)(int x, int y);

static bool border(int x, int y)
{
    return x < 20 || y < 20 || x >= WIDTH - 20 || y >= HEIGHT - 20;
}

static bool turned(int x, int y)
{
    return 5 * x + y < 220 || 5 * (WIDTH - 1 - x) + (HEIGHT - 1 - y) < 220 ||
           5 * y + (WIDTH - 1 - x) < 250 || 5 * (HEIGHT - 1 - y) + x < 250;
}

static bool west(int x, int y)
{
    return x < 100 + 0 * y;
}

static bool lacking_sheet(int x, int y)
{
    return x < 80 && y >= HEIGHT - 60;
}

static bool nowhere(int x, int y)
{
    return x < 0 && y < 0;
}

/* Where light falls to none: a lake, and on the second date a bay whose shore is ragged. */
static double light(int x, int y, bool bay)
{
    double off = hypot(x - 200, y - 140) - 30.0;

    if (bay)
        off = fmin(off, x + abs(y - 120) - 60.0 - (x * 7 + y * 13) % 17);
    return CLAMP(off / 60.0, 0.0, 1.0);
}

typedef struct {
    GDALDataType type;
    int bands;
    double number;
    outside_fn outside;
} kind_of_collar;

/* A pair whose scene after has `number` outside; `dark`: a lake on both dates, and a bay. */
static void make_scenes(const kind_of_collar *k, bool dark)
{
    made_form f = MADE_FORM;
    g_autofree double *x = NULL, *y = NULL;

    f.width = WIDTH, f.height = HEIGHT, f.bands = k->bands, f.type = k->type;
    make_pair(suite_rand(), &f, 30, &x, &y);
    for (int i = 0; i < k->bands * ALL; i++) {
        int at = i % ALL;
        if (dark) {
            x[i] = round(x[i] * light(at % WIDTH, at / WIDTH, false));
            y[i] = round(y[i] * light(at % WIDTH, at / WIDTH, true));
        }
        if (k->outside(at % WIDTH, at / WIDTH))
            y[i] = k->number;
    }
    make_raster("before.tif", &f, x);
    make_raster("after.tif", &f, y);
}

static bool detect_with(const char *before, const char *after, int threads, int memory, bool radar,
                        rdl_detect_result *r)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
    GError *error = NULL;

    o.before = suite_path(before);
    o.after = suite_path(after);
    o.output = suite_path("change.tif");
    o.sensor = radar ? "sar" : NULL;
    o.overwrite = true;
    o.threads = threads;
    o.memory_mib = memory;
    bool good = rdl_detect(&o, NULL, r, &error);
    CHECK_OK(error);
    return good;
}

static int count_outside(outside_fn outside)
{
    int n = 0;

    for (int i = 0; i < ALL; i++)
        n += outside(i % WIDTH, i / WIDTH);
    return n;
}

/* Nothing outside is observed, all inside but a pixel beside it is, and the change is found. */
static void check_classes(const kind_of_collar *k)
{
    g_autofree double *classes = raster_values(suite_path("change.tif"), 1);
    int seen_outside = 0, lost_inside = 0, changed = 0;

    for (int i = 0; i < ALL; i++) {
        int x = i % WIDTH, y = i / WIDTH;
        bool near = false;
        for (int d = 0; d < 9; d++)
            near = near || k->outside(x + 2 * (d % 3 - 1), y + 2 * (d / 3 - 1));
        seen_outside += k->outside(x, y) && classes[i] != RDL_NOT_OBSERVED;
        lost_inside += !near && classes[i] == RDL_NOT_OBSERVED;
        changed += classes[i] == RDL_CHANGED;
    }
    CHECK_INT(seen_outside, 0);
    CHECK_INT(lost_inside, 0);
    CHECK(changed > 600 && changed < 1400);
}

static const kind_of_collar kinds[] = {
    {GDT_UInt16, 1, 0, border},        {GDT_UInt16, 1, 0, turned},
    {GDT_UInt16, 1, 0, west},          {GDT_UInt16, 1, 0, lacking_sheet},
    {GDT_UInt16, 3, 0, turned},        {GDT_UInt16, 3, 65535, border},
    {GDT_Byte, 3, 255, lacking_sheet}, {GDT_Int16, 2, -9999, border},
    {GDT_Float32, 1, 0, turned},       {GDT_Byte, 2, 0, turned},
};

static void what_lies_around_a_scene_is_not_observed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const kind_of_collar *k = &kinds[i];
        rdl_detect_result r;
        make_scenes(k, false);
        CHECK(detect_with("before.tif", "after.tif", 1, 256, k->bands == 1, &r));
        check_classes(k);
        CHECK(r.collared >= count_outside(k->outside));
        CHECK_INT(r.not_observed, r.collared);
        rdl_detect_result_clear(&r);
    }
}

static void it_is_the_same_on_the_other_date(void)
{
    rdl_detect_result r;

    make_scenes(&kinds[1], false);
    CHECK(detect_with("after.tif", "before.tif", 1, 256, true, &r));
    check_classes(&kinds[1]);
    rdl_detect_result_clear(&r);
}

static void dark_water_inside_stays(void)
{
    static const kind_of_collar dark = {GDT_UInt16, 1, 0, nowhere};
    rdl_detect_result r;

    make_scenes(&dark, true);
    g_autofree double *after = raster_values(suite_path("after.tif"), 1);
    CHECK(after[0] == 0.0 || after[(HEIGHT / 2) * WIDTH] == 0.0);
    CHECK(detect_with("before.tif", "after.tif", 1, 256, true, &r));
    CHECK_INT(r.collared, 0);
    CHECK_INT(r.not_observed, 0);
    rdl_detect_result_clear(&r);
}

/* Four bands of land, and water to the east behind a dyke that slants so many pixels a row; of
 * `numbers` numbers from 0 on. After, there is a square of fill in it. */
static void make_reservoir(double slant, int numbers)
{
    made_form f = MADE_FORM;
    g_autofree double *x = NULL, *y = NULL;

    f.width = WIDTH, f.height = HEIGHT, f.bands = 3;
    make_pair(suite_rand(), &f, 0, &x, &y);
    for (int i = 0; i < 3 * ALL; i++) {
        int col = i % ALL % WIDTH, row = i % ALL / WIDTH;
        if (col <= 180 + slant * row)
            continue;
        x[i] = g_rand_int_range(suite_rand(), 0, numbers);
        y[i] = g_rand_int_range(suite_rand(), 0, numbers);
        if (col >= 240 && col < 280 && row >= 120 && row < 160)
            y[i] = g_rand_int_range(suite_rand(), 140, 180);
    }
    make_raster("before.tif", &f, x);
    make_raster("after.tif", &f, y);
}

static void what_is_filled_behind_a_dyke_is_found(void)
{
    static const double slants[] = {0, 0.08, 0.4};

    for (size_t i = 0; i < G_N_ELEMENTS(slants); i++)
        for (int numbers = 1; numbers <= 5; numbers += 4) {
            rdl_detect_result r;
            make_reservoir(slants[i], numbers);
            CHECK(detect_with("before.tif", "after.tif", 1, 256, false, &r));
            g_autofree double *classes = raster_values(suite_path("change.tif"), 1);
            int found = 0;
            for (int k = 0; k < 40 * 40; k++)
                found += classes[(120 + k / 40) * WIDTH + 240 + k % 40] == RDL_CHANGED;
            CHECK(found > 1500);
            CHECK_INT(r.not_observed, 0);
            CHECK(r.gate.codes & RDL_GATE_BLANK);
            rdl_detect_result_clear(&r);
        }
}

static void threads_and_blocks_change_no_byte(void)
{
    g_autofree char *digests[3] = {0};
    static const int how[3][2] = {{1, 256}, {4, 256}, {2, 16}};

    make_scenes(&kinds[4], false);
    for (int i = 0; i < 3; i++) {
        rdl_detect_result r;
        CHECK(detect_with("before.tif", "after.tif", how[i][0], how[i][1], false, &r));
        digests[i] = g_strdup(r.output_digest);
        rdl_detect_result_clear(&r);
    }
    CHECK_TEXT(digests[1], digests[0]);
    CHECK_TEXT(digests[2], digests[0]);
    g_free(digests[1]);
    g_free(digests[2]);
}

static bool told(const rdl_detect_result *r)
{
    for (guint i = 0; i < r->warnings->len; i++)
        if (strstr(r->warnings->pdata[i], "in a collar of one number"))
            return true;
    return false;
}

static void it_is_told_and_counted(void)
{
    rdl_detect_result r;

    make_scenes(&kinds[0], false);
    CHECK(detect_with("before.tif", "after.tif", 1, 256, true, &r));
    CHECK(told(&r));
    g_autoptr(JsonNode) json = rdl_detect_result_json(&r);
    g_autofree char *text = json_to_string(json, FALSE);
    CHECK(strstr(text, "COLLAR") != NULL);
    CHECK_INT(r.collared, ALL - (WIDTH - 42) * (HEIGHT - 42));
    rdl_detect_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"what lies around a scene is not observed", what_lies_around_a_scene_is_not_observed},
    {"it is the same on the other date", it_is_the_same_on_the_other_date},
    {"dark water inside stays", dark_water_inside_stays},
    {"what is filled behind a dyke is found", what_is_filled_behind_a_dyke_is_found},
    {"threads and blocks change no byte", threads_and_blocks_change_no_byte},
    {"it is told and counted", it_is_told_and_counted},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.collar", tests, argc, argv);
}
