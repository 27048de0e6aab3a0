#include "suite.h"
#include <glib/gstdio.h>
#include "fixtures/scene.h"
#include "detect/detect.h"

enum { SIDE = 400 };

/* A landscape as a sum of bumps from fields to single houses, known at every place and not only at
 * pixels: that of (x, y) lies at (x + dx, y + dy). */
static double turned; /* degrees, about the middle */

static double *landscape(double dx, double dy)
{
    const double c = cos(turned * G_PI / 180.0), s = sin(turned * G_PI / 180.0);

    double *v = g_new(double, (size_t)SIDE *SIDE);

    for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
        v[i] = 1000.0;
    for (int k = 0; k < 3000; k++) {
        double cx = (double)(k * 7919LL % 42701) / 100.0 - 13 + dx;
        double cy = (double)(k * 104729LL % 42709) / 100.0 - 13 + dy;
        double px = cx - 0.5 * SIDE, py = cy - 0.5 * SIDE;
        cx = 0.5 * SIDE + c * px - s * py;
        cy = 0.5 * SIDE + s * px + c * py;
        double r = k % 20 ? 1.2 + k % 7 * 0.4 : 9.0, high = (k % 5 - 2) * 150.0;
        for (int y = MAX(0, (int)(cy - 4 * r)); y < MIN(SIDE, (int)(cy + 4 * r)); y++)
            for (int x = MAX(0, (int)(cx - 4 * r)); x < MIN(SIDE, (int)(cx + 4 * r)); x++)
                v[y * SIDE + x] += high * exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / r / r);
    }
    return v;
}

/* Two bands of it with noise, under another sun unless it lies where it was. */
static const char *make_scene(const char *name, double dx, double dy, double noise)
{
    made_form f = MADE_FORM;
    size_t n = (size_t)SIDE * SIDE;
    g_autofree double *planes = g_new(double, 2 * n), *v = landscape(dx, dy);
    GRand *r = suite_rand();

    f.width = f.height = SIDE, f.bands = 2, f.type = GDT_UInt16;
    for (size_t i = 0; i < 2 * n; i++)
        planes[i] = fmax(0.0, round((dx != 0.0 ? 0.8 : 1.0) * v[i % n] + (double)(i / n) * 300 +
                                    g_rand_double_range(r, -noise, noise)));
    return make_raster(name, &f, planes);
}

static rdl_detect_options options_for(const char *after, const char *align)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    o.before = make_scene("before.tif", 0, 0, 15);
    o.after = after;
    o.output = suite_path("change.tif");
    o.overwrite = true;
    o.align = align;
    o.method = "cva";
    o.threshold = "3";
    return o;
}

static void a_shift_is_found_and_corrected(void)
{
    static const double shifts[][2] = {{0.4, -0.3}, {2.3, -3.6}, {-4.8, 1.2}, {5, 5}};

    for (size_t i = 0; i < G_N_ELEMENTS(shifts); i++) {
        const double *s = shifts[i];
        rdl_detect_options o = options_for(make_scene("after.tif", s[0], s[1], 15), "auto");
        rdl_detect_result r;
        GError *error = NULL;
        CHECK(rdl_detect(&o, NULL, &r, &error));
        CHECK_OK(error);
        CHECK(r.gate.found.sure && r.gate.left.sure);
        CHECK_NEAR(r.gate.found.dx, s[0], 0.1);
        CHECK_NEAR(r.gate.found.dy, s[1], 0.1);
        CHECK_NEAR(hypot(r.gate.left.dx, r.gate.left.dy), 0, 0.1);
        CHECK_INT(r.gate.codes, 0);
        /* what was looked for beyond the border is not observed */
        CHECK(r.not_observed > 0 && r.not_observed <= 14 * SIDE);
        CHECK((double)r.changed < 1e-3 * (double)r.observed);
        rdl_detect_result_clear(&r);
    }
}

/* The real pair of the sample is registered to a fifth of a pixel: resampling would only blur it.
 */
static void a_pair_that_lies_right_is_not_touched(void)
{
    static const char *const how[] = {"none", "auto"};
    g_autofree char *digests[2] = {NULL, NULL};

    for (int i = 0; i < 2; i++) {
        rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
        rdl_detect_result r;
        GError *error = NULL;
        o.before = suite_source("data/sample/scenes/taizhou_20000317.tif");
        o.after = suite_source("data/sample/scenes/taizhou_20030206.tif");
        o.output = suite_path("real.tif");
        o.score = suite_path("real-score.tif");
        o.overwrite = true;
        o.align = how[i];
        o.method = "cva";
        o.threshold = "3";
        CHECK(rdl_detect(&o, NULL, &r, &error));
        CHECK_OK(error);
        CHECK(i == 0 || r.gate.found.sure);
        CHECK(!r.gate.corrected);
        digests[i] = rdl_digest_file(o.score, &error);
        rdl_detect_result_clear(&r);
    }
    CHECK_TEXT(digests[1], digests[0]);
    g_free(digests[1]);
}

static void threads_change_no_byte_of_an_aligned_pair(void)
{
    rdl_detect_options o = options_for(make_scene("after.tif", 1.3, -2.2, 15), "auto");
    rdl_detect_result r;
    GError *error = NULL;

    o.score = suite_path("one.tif");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    rdl_detect_result_clear(&r);
    o.score = suite_path("three.tif");
    o.threads = 3;
    o.memory_mib = 16;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(suite_path("one.tif"), suite_path("three.tif"));
    rdl_detect_result_clear(&r);
}

static char *gate_of(rdl_detect_options o)
{
    rdl_detect_result r;
    GError *error = NULL;
    char *text = NULL;

    if (rdl_detect(&o, NULL, &r, &error))
        text = rdl_gate_text(&r.gate);
    CHECK_OK(error);
    rdl_detect_result_clear(&r);
    return text;
}

static void what_speaks_against_a_pair_is_coded(void)
{
    rdl_detect_options o = options_for(make_scene("off.tif", 1.5, 0.5, 15), "none");
    g_autofree char *good = NULL, *off = NULL, *season = NULL, *unlike = NULL;

    off = gate_of(o);
    CHECK_TEXT(off, "MISREGISTERED");
    o.after = make_scene("same.tif", 0, 0, 15);
    good = gate_of(o);
    CHECK_TEXT(good, "PASS");
    o.date_before = "2016-07-01";
    o.date_after = "2018-12-24";
    season = gate_of(o);
    CHECK_TEXT(season, "SEASON");
    o.date_before = o.date_after = NULL;
    o.after = make_scene("noise.tif", 0, 0, 60000);
    unlike = gate_of(o);
    CHECK_TEXT(unlike, "UNLIKE;UNREGISTERED;BLANK"); /* so much noise is cut off at 0 */
}

static void a_pair_far_apart_is_refused(void)
{
    static const struct {
        double dx, dy;
        const char *align, *said;
    } far[] = {{6, -3, "none", "MISREGISTERED_FAR: lies 6.7 pixels off"},
               {21, -18, "none", "MISREGISTERED_FAR: lies 27."},
               {21, -18, "auto", "MISREGISTERED_FAR: lies 27."}};

    for (size_t i = 0; i < G_N_ELEMENTS(far); i++) {
        rdl_detect_options o =
            options_for(make_scene("far.tif", far[i].dx, far[i].dy, 15), far[i].align);
        rdl_detect_result r;
        GError *error = NULL;
        g_remove(o.output);
        CHECK(!rdl_detect(&o, NULL, &r, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, far[i].said);
        CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
        rdl_detect_result_clear(&r);
    }
}

static bool warned(const rdl_detect_result *r, const char *text)
{
    for (guint k = 0; k < r->warnings->len; k++)
        if (strstr(r->warnings->pdata[k], text))
            return true;
    return false;
}

static void what_has_no_use_is_told(void)
{
    rdl_detect_options o = options_for(make_scene("same.tif", 0, 0, 15), "none");
    rdl_detect_result r;
    GError *error = NULL;
    made_form f = MADE_FORM;
    const double good[] = {0, 0, 0, 0};

    o.how.dem = "nowhere.tif";
    o.mask_grow_m = 60;
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(warned(&r, "--dem is not used"));
    CHECK(warned(&r, "--mask-grow is not used"));
    rdl_detect_result_clear(&r);
    o.how.dem = NULL;
    f.width = f.height = 2, f.size = 30.0 * SIDE / 4;
    o.mask_before = make_raster("corner.tif", &f, good);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(warned(&r, "corner.tif: lies over 2"));
    rdl_detect_result_clear(&r);
    o.index = "ndvi";
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--index ndvi");
    rdl_detect_result_clear(&r);
}

static void numbers_of_colours_are_no_scene(void)
{
    rdl_detect_options o = options_for(make_scene("colours.tif", 0, 0, 15), "none");
    rdl_detect_result r;
    GError *error = NULL;
    GDALDatasetH ds = GDALOpen(o.after, GA_Update);
    GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
    const GDALColorEntry red = {255, 0, 0, 255};

    GDALSetColorEntry(table, 7, &red);
    CHECK(GDALSetRasterColorTable(GDALGetRasterBand(ds, 1), table) == CE_None);
    GDALDestroyColorTable(table);
    GDALClose(ds);
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "colours in a table");
    rdl_detect_result_clear(&r);
}

static void the_codes_travel_to_the_patches(void)
{
    rdl_detect_options o = options_for(make_scene("off.tif", 1.5, 0.5, 15), "none");
    rdl_patches_options p = RDL_PATCHES_OPTIONS_INIT;
    rdl_detect_result r;
    rdl_patches_result drawn;
    GError *error = NULL;

    o.threshold = "0.5";
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    p.change = o.output;
    p.output = suite_path("patches.gpkg");
    p.overwrite = true;
    CHECK(rdl_patches(&p, NULL, &drawn, &error));
    CHECK_OK(error);
    g_autoptr(rdl_layer) layer = rdl_layer_open(p.output, NULL, &error);
    CHECK_OK(error);
    const rdl_feature *f = layer ? rdl_layer_next(layer, &error) : NULL;
    int gate = layer ? rdl_layer_field_index(layer, "gate") : -1;
    CHECK(f && gate >= 0);
    if (f && gate >= 0)
        CHECK_TEXT(rdl_feature_text(f, gate), "MISREGISTERED");
    rdl_detect_result_clear(&r);
    rdl_patches_result_clear(&drawn);
}

static void outside_the_aoi_nothing_is_observed(void)
{
    static const char *const square =
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::32651\"}},\"features\":[{\"type\":\"Feature\",\"properties\":{},"
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[503000,3597000],[506000,3597000],"
        "[506000,3594000],[503000,3594000],[503000,3597000]]]}}]}";
    rdl_detect_options o = options_for(make_scene("same.tif", 0, 0, 15), "none");
    rdl_detect_result r;
    GError *error = NULL;

    CHECK(g_file_set_contents(suite_path("aoi.geojson"), square, -1, NULL));
    o.aoi = suite_path("aoi.geojson");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.observed, 100 * 100);
    rdl_detect_result_clear(&r);
    g_auto(GStrv) parts = g_strsplit(square, "[50", -1);
    g_autofree char *square_there = g_strjoinv("[60", parts);
    CHECK(g_file_set_contents(suite_path("away.geojson"), square_there, -1, NULL));
    o.aoi = suite_path("away.geojson");
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "away.geojson: no polygon of it reaches the middle of a");
    rdl_detect_result_clear(&r);
    o.aoi = suite_path("none.geojson");
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "--aoi");
    rdl_detect_result_clear(&r);
}

/* A strip across the scene, of which no tile of the registration is half full. */
static void a_narrow_area_is_aligned_by_the_ground_around_it(void)
{
    static const char *const strip =
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::32651\"}},\"features\":[{\"type\":\"Feature\",\"properties\":{},"
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[503000,3594000],[509000,3597600],"
        "[509000,3598200],[503000,3594600],[503000,3594000]]]}}]}";
    rdl_detect_options o = options_for(make_scene("moved.tif", 2.3, -1.6, 15), "auto");
    rdl_detect_result r;
    GError *error = NULL;

    CHECK(g_file_set_contents(suite_path("strip.geojson"), strip, -1, NULL));
    o.aoi = suite_path("strip.geojson");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(r.gate.found.sure && r.gate.left.sure);
    CHECK_NEAR(r.gate.found.dx, 2.3, 0.1);
    CHECK_NEAR(r.gate.found.dy, -1.6, 0.1);
    CHECK_INT(r.gate.codes, 0);
    CHECK_NEAR((double)r.observed, 4000, 100); /* of 200 x 20 pixels */
    rdl_detect_result_clear(&r);
    /* and what is learnt of the pair is that of all its ground */
    double limit = 0;
    o.after = make_scene("still.tif", 0, 0, 15);
    o.align = "none";
    o.method = "irmad";
    o.threshold = "auto";
    for (int i = 0; i < 2; i++) {
        o.aoi = i ? suite_path("strip.geojson") : NULL;
        CHECK(rdl_detect(&o, NULL, &r, &error));
        CHECK_OK(error);
        CHECK(i == 0 || r.outside_aoi > 100000);
        CHECK(r.limit.value > 0 && (i == 0 || r.limit.value == limit));
        limit = r.limit.value;
        rdl_detect_result_clear(&r);
    }
}

/* A scene that covers a corner of the other. */
static void tiles_lie_where_both_scenes_do(void)
{
    rdl_detect_options o = options_for("", "auto");
    g_autofree double *v = landscape(1.5, 1.0), *part = g_new(double, 2 * 150 * 150);
    made_form f = MADE_FORM;
    rdl_detect_result r;
    GError *error = NULL;

    for (int i = 0; i < 2 * 150 * 150; i++)
        part[i] = round(v[(200 + i / 150 % 150) * SIDE + 200 + i % 150]) + i / (150 * 150) * 300.0 +
                  g_rand_double_range(suite_rand(), -15, 15);
    f.width = f.height = 150, f.bands = 2, f.type = GDT_UInt16, f.x += 6000, f.y -= 6000;
    o.after = make_raster("part.tif", &f, part);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK(r.gate.found.sure);
    CHECK_NEAR(r.gate.found.dx, 1.5, 0.15);
    CHECK_NEAR(r.gate.found.dy, 1.0, 0.15);
    rdl_detect_result_clear(&r);
}

static void a_rotation_is_told_or_refused(void)
{
    rdl_detect_options o = options_for("", "auto");
    rdl_detect_result r;
    GError *error = NULL;
    g_autofree char *little = NULL;

    turned = 0.3;
    o.after = make_scene("turned.tif", 0, 0, 15);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    little = rdl_gate_text(&r.gate);
    CHECK_TEXT(little, "ROTATED");
    CHECK_NEAR(r.gate.found.turned, 0.3, 0.03);
    CHECK_NEAR(r.gate.found.stretched, 0, 5e-4);
    rdl_detect_result_clear(&r);
    turned = 1.2;
    o.after = make_scene("far.tif", 0, 0, 15);
    turned = 0;
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "ROTATED_FAR: is turned by 1.");
    rdl_detect_result_clear(&r);
}

/* Four bands of numbers as Sentinel-2 has them, `step` higher; columns from `from` on are there. */
static const char *make_numbers(const char *name, double step, double gain, int from)
{
    made_form f = MADE_FORM;
    size_t n = (size_t)SIDE * SIDE;
    g_autofree double *planes = g_new(double, 4 * n), *v = landscape(0, 0);

    f.width = f.height = SIDE, f.bands = 4, f.type = GDT_UInt16, f.nodata = 0;
    for (size_t i = 0; i < 4 * n; i++)
        planes[i] = (int)(i % SIDE) < from ? 0
                                           : round(gain * (v[i % n] + 400.0 * (double)(i / n))) +
                                                 step + (double)((i * 2654435761u >> 7) % 16);
    return make_raster(name, &f, planes);
}

static void a_forgotten_offset_is_seen(void)
{
    rdl_detect_options o = options_for("", "none");
    g_autofree char *same = NULL, *above = NULL, *below = NULL, *brighter = NULL;

    o.before = make_numbers("n0.tif", 0, 1, 0);
    o.after = make_numbers("n1.tif", 1000, 1, 0);
    above = gate_of(o);
    CHECK_TEXT(above, "OFFSET");
    o.before = o.after;
    o.after = suite_path("n0.tif");
    below = gate_of(o);
    CHECK_TEXT(below, "OFFSET");
    o.before = make_numbers("n2.tif", 7, 1, 0);
    same = gate_of(o);
    CHECK_TEXT(same, "PASS");
    /* a sun that is a quarter brighter moves bright bands more than dark ones */
    o.after = make_numbers("n3.tif", 0, 1.6, 0);
    brighter = gate_of(o);
    CHECK_TEXT(brighter, "PASS");
    o.bands = "red=2,nir=4";
    o.method = "index";
    o.threshold = "0.2";
    g_free(brighter);
    brighter = gate_of(o);
    CHECK_TEXT(brighter, "LEVELS");
}

/* The scene before with every tenth row of its first `bands` bands at `number`. */
static const char *make_striped(const char *name, int bands, double number, double nodata)
{
    const size_t n = (size_t)SIDE * SIDE;
    made_form f = MADE_FORM;
    g_autofree double *planes = g_new(double, 2 * n);

    f.width = f.height = SIDE, f.bands = 2, f.nodata = nodata;
    f.type = number < 0 ? GDT_Int16 : GDT_UInt16;
    for (int k = 0; k < 2; k++) {
        g_autofree double *band = raster_values(suite_path("before.tif"), k + 1);
        for (size_t i = 0; i < n; i++)
            planes[(size_t)k * n + i] = k < bands && i / SIDE % 10 == 0 ? number : band[i];
    }
    return make_raster(name, &f, planes);
}

static void gaps_that_nothing_marks_are_told(void)
{
    static const struct {
        int bands;
        double number, nodata;
        bool told;
    } stripes[] = {{2, 0, NAN, true},     {2, 65535, NAN, true},  {2, 0, 0, false},
                   {1, 0, NAN, true},     {2, 1000, NAN, false},  {0, 0, NAN, false},
                   {2, -9999, NAN, true}, {1, -9999, NAN, false}, {2, -9999, -9999, false}};
    rdl_detect_options o = options_for("", "none");
    rdl_detect_result r;
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(stripes); i++) {
        o.after =
            make_striped("striped.tif", stripes[i].bands, stripes[i].number, stripes[i].nodata);
        CHECK(rdl_detect(&o, NULL, &r, &error));
        CHECK_OK(error);
        CHECK_INT((r.gate.codes & RDL_GATE_BLANK) != 0, stripes[i].told);
        CHECK_INT(warned(&r, stripes[i].number < 0
                                 ? "10% of what was looked at is one number below -99"
                             : stripes[i].bands == 1 ? "lies in lines of 0 in one band"
                             : stripes[i].number > 0
                                 ? "10% of what was looked at is 0 or saturated"
                                 : "of what was looked at is 0 in every band, in gaps"),
                  stripes[i].told);
        if (stripes[i].told && stripes[i].number == 0 && stripes[i].bands == 2)
            CHECK_INT(r.not_observed, SIDE * SIDE / 10 + SIDE); /* and a line beside the first */
        rdl_detect_result_clear(&r);
    }
}

/* One band of radar: a valley that falls to 0, or lines of 0 every `every` columns. */
static const char *make_dark(const char *name, int every, double wide)
{
    const size_t n = (size_t)SIDE * SIDE;
    made_form f = MADE_FORM;
    g_autofree double *v = raster_values(suite_path("before.tif"), 1);

    f.width = f.height = SIDE, f.type = GDT_UInt16;
    for (size_t i = 0; i < n; i++) {
        double off = fabs((double)(i % SIDE) - 200.0);
        if ((every && (int)(i % SIDE) % every == 5) || off < 0.5 * wide)
            v[i] = 0;
        else if (wide > 0)
            v[i] = round(v[i] * CLAMP((off - 0.5 * wide) / 60.0, 0.01, 1));
    }
    return make_raster(name, &f, v);
}

static void lost_lines_are_not_observed_and_dark_water_is(void)
{
    static const struct {
        int every, lost;
        double wide;
    } scenes[] = {{0, 0, 0}, {20, 20, 0}, {0, 0, 40}};
    rdl_detect_options o = options_for("", "none");
    rdl_detect_result r;
    GError *error = NULL;

    o.bands = "1";
    o.sensor = "sar";
    o.method = "logratio";
    for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++)
        for (int align = 0; align < 2; align++) {
            o.after = make_dark("dark.tif", scenes[i].every, scenes[i].wide);
            o.align = align ? "auto" : "none";
            CHECK(rdl_detect(&o, NULL, &r, &error));
            CHECK_OK(error);
            CHECK_INT(r.not_observed, scenes[i].lost * SIDE);
            CHECK_INT((r.gate.codes & RDL_GATE_BLANK) != 0, scenes[i].lost > 0);
            rdl_detect_result_clear(&r);
        }
}

/* Three bands; a cloud covers so many rows of the scene after from the middle on. */
static void make_clouded(int rows)
{
    made_form f = MADE_FORM;
    g_autofree double *x = NULL, *y = NULL;
    const int n = SIDE * SIDE;

    f.width = f.height = SIDE, f.bands = 3, f.type = GDT_UInt16;
    make_pair(suite_rand(), &f, 20, &x, &y);
    for (int i = 0; i < 3 * n; i++) {
        int row = i % n / SIDE - SIDE / 2, col = i % n % SIDE;
        if (row >= 0 && row < rows && col >= 100 && col < 200)
            y[i] = round(0.2 * y[i] + 400 + g_rand_double_range(suite_rand(), -20, 20));
    }
    make_raster("clear.tif", &f, x);
    make_raster("clouded.tif", &f, y);
}

static void what_looks_like_cloud_is_told(void)
{
    static const int rows[] = {0, 40, 80};
    rdl_detect_options o = options_for("", "none");

    o.method = "irmad";
    o.threshold = "auto";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (int way = 0; way < 2; way++) {
            rdl_detect_result r;
            GError *error = NULL;
            make_clouded(rows[i]);
            o.before = suite_path(way ? "clouded.tif" : "clear.tif");
            o.after = suite_path(way ? "clear.tif" : "clouded.tif");
            CHECK(rdl_detect(&o, NULL, &r, &error));
            CHECK_OK(error);
            CHECK_INT((r.gate.codes & RDL_GATE_CLOUD_LIKE) != 0, rows[i] > 0);
            CHECK_NEAR(r.gate.cloud_like[1 - way], rows[i] * 100.0 / (SIDE * SIDE), 3e-3);
            CHECK_INT(warned(&r, "are bright in every band on that date alone"), rows[i] > 0);
            rdl_detect_result_clear(&r);
        }
}

static void what_is_clear_is_counted_inside_the_aoi(void)
{
    static const char *const square =
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::32651\"}},\"features\":[{\"type\":\"Feature\",\"properties\":{},"
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[500000,3600000],[506000,3600000],"
        "[506000,3594000],[500000,3594000],[500000,3600000]]]}}]}";
    rdl_detect_options o = options_for("", "none");
    rdl_detect_result r;
    GError *error = NULL;

    CHECK(g_file_set_contents(suite_path("west.geojson"), square, -1, NULL));
    o.before = make_numbers("n0.tif", 0, 1, 0);
    o.after = make_numbers("half.tif", 0, 1, 120);
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_NEAR(r.gate.clear, 0.7, 1e-12);
    CHECK_INT(r.gate.codes & RDL_GATE_CLOUDY, 0);
    CHECK_INT(r.not_observed, 120 * SIDE);
    rdl_detect_result_clear(&r);
    o.aoi = suite_path("west.geojson");
    CHECK(rdl_detect(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.outside_aoi, SIDE * SIDE - 200 * 200);
    CHECK_INT(r.observed, 80 * 200);
    CHECK_INT(r.not_observed, 120 * 200);
    CHECK_NEAR(r.gate.clear, 0.4, 1e-12);
    CHECK(r.gate.codes & RDL_GATE_CLOUDY);
    g_autoptr(rdl_raster) change = rdl_raster_open(o.output, &error);
    CHECK(change && strstr(rdl_raster_item(change, "REDLINE_GATE"), "CLOUDY"));
    rdl_detect_result_clear(&r);
    o.after = make_numbers("none.tif", 0, 1, 199);
    CHECK(!rdl_detect(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "CLEAR_TOO_LITTLE: only 0.5%");
    rdl_detect_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"a rotation is told or refused", a_rotation_is_told_or_refused},
    {"a forgotten offset is seen", a_forgotten_offset_is_seen},
    {"gaps that nothing marks are told", gaps_that_nothing_marks_are_told},
    {"lost lines are not observed, and dark water is",
     lost_lines_are_not_observed_and_dark_water_is},
    {"what looks like cloud is told", what_looks_like_cloud_is_told},
    {"what is clear is counted inside the AOI", what_is_clear_is_counted_inside_the_aoi},
    {"a shift is found and corrected", a_shift_is_found_and_corrected},
    {"a pair that lies right is not touched", a_pair_that_lies_right_is_not_touched},
    {"threads change no byte of an aligned pair", threads_change_no_byte_of_an_aligned_pair},
    {"what speaks against a pair is coded", what_speaks_against_a_pair_is_coded},
    {"a pair far apart is refused", a_pair_far_apart_is_refused},
    {"a narrow area is aligned by the ground around it",
     a_narrow_area_is_aligned_by_the_ground_around_it},
    {"tiles lie where both scenes do", tiles_lie_where_both_scenes_do},
    {"what has no use is told", what_has_no_use_is_told},
    {"numbers of colours are no scene", numbers_of_colours_are_no_scene},
    {"the codes travel to the patches", the_codes_travel_to_the_patches},
    {"outside the AOI nothing is observed", outside_the_aoi_nothing_is_observed},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.gate", tests, argc, argv);
}
