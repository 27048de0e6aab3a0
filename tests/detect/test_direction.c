/* Which bands rose, beside the change vector's length. */
#include <string.h>
#include "detect/detect.h"
#include "fixtures/scene.h"
#include "suite.h"

#define SIDE 600
#define PIXELS (SIDE * SIDE)

/* Fields of several levels; nodata 0 in the first row; a square where band k rises or falls by bit
 * k of the sector. */
static void make_turned(int bands)
{
    static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", NULL};
    GRand *r = suite_rand();
    made_form f = MADE_FORM;
    size_t n = (size_t)bands * PIXELS;
    g_autofree double *before = g_new(double, n), *after = g_new(double, n);

    for (int k = 0; k < bands; k++)
        for (int i = 0; i < PIXELS; i++) {
            int row = i / SIDE, col = i % SIDE, square = row / 75 * 8 + col / 75;
            bool inside = row % 75 >= 45 && col % 75 >= 45;
            double moved = !inside ? 0 : square >> (k % 3) & 1 ? 400 : -400;
            size_t at = (size_t)k * PIXELS + (size_t)i;
            double field = 1000 + 200 * ((row / 10 * 7 + col / 10 * 13 + k * 5) % 10);
            before[at] = row ? field + g_rand_int_range(r, -40, 41) : 0;
            after[at] = row ? field + 100 + moved + g_rand_int_range(r, -40, 41) : 0;
        }
    f.width = f.height = SIDE, f.bands = bands, f.type = GDT_UInt16, f.nodata = 0;
    f.options = tiled;
    make_raster("direction-before.tif", &f, before);
    make_raster("direction-after.tif", &f, after);
}

static rdl_detect_options form_of(int bands)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    make_turned(bands);
    o.before = suite_path("direction-before.tif");
    o.after = suite_path("direction-after.tif");
    o.output = suite_path("direction-change.tif");
    o.direction = suite_path("direction.tif");
    o.method = "cva";
    o.overwrite = true;
    return o;
}

static bool detect(const rdl_detect_options *o, GError **error)
{
    rdl_detect_result r;
    bool good = rdl_detect(o, NULL, &r, error);

    rdl_detect_result_clear(&r);
    return good;
}

static void check_sectors(const rdl_detect_options *o)
{
    g_autofree double *sectors = raster_values(o->direction, 1);
    g_autofree double *classes = raster_values(o->output, 1);
    int wrong = 0, changed = 0;

    for (int i = 0; i < PIXELS; i++) {
        int row = i / SIDE, col = i % SIDE, square = row / 75 * 8 + col / 75;
        bool inside = row % 75 >= 45 && col % 75 >= 45;
        if (row == 0)
            wrong += sectors[i] != 0;
        else if (inside)
            wrong += (int)sectors[i] != 1 + (square & 7);
        else
            wrong += sectors[i] < 1 || sectors[i] > 8;
        changed += inside && (int)classes[i] == RDL_CHANGED;
    }
    CHECK_INT(wrong, 0);
    CHECK(changed > 0);
}

static void bands_that_rose_make_the_sector(void)
{
    static const char *const rules[] = {"0.8", "auto", "otsu"};
    rdl_detect_options o = form_of(3);
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        o.threshold = rules[i];
        CHECK(detect(&o, &error));
        CHECK_OK(error);
        check_sectors(&o);
    }
}

static void threads_and_memory_change_no_byte(void)
{
    rdl_detect_options o = form_of(3), other = o;
    GError *error = NULL;

    o.threshold = other.threshold = "0.8";
    other.direction = suite_path("direction-2.tif");
    other.output = suite_path("direction-change-2.tif");
    other.threads = 4, other.memory_mib = 16;
    CHECK(detect(&o, &error));
    CHECK(detect(&other, &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(o.direction, other.direction);
}

static void what_has_no_sectors_is_refused(void)
{
    rdl_detect_options o = form_of(8);
    GError *error = NULL;

    o.threshold = "0.8", o.output = suite_path("direction-none.tif");
    CHECK(!detect(&o, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "8 bands have too many");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    o.method = "irmad";
    CHECK(!detect(&o, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is of --method cva");
    o.method = "cva", o.direction = o.output;
    CHECK(!detect(&o, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "direction-none.tif");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        {"bands that rose make the sector", bands_that_rose_make_the_sector},
        {"threads and memory change no byte", threads_and_memory_change_no_byte},
        {"what has no sectors is refused", what_has_no_sectors_is_refused},
        CU_TEST_INFO_NULL,
    };

    return run_suite("detect.direction", tests, argc, argv);
}
