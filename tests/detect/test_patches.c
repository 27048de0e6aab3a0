#include "suite.h"
#include <glib/gstdio.h>
#include "fixtures/scene.h"
#include "detect/detect.h"
#include "detect/outline.h"

static made_form form_of(int width, int height)
{
    made_form f = MADE_FORM;

    f.width = width, f.height = height, f.nodata = 0;
    return f;
}

/* A raster drawn with letters: '#' changed, '.' unchanged, ' ' not observed. */
static const char *drawn(const char *name, int width, int height, const char *picture)
{
    made_form f = form_of(width, height);
    g_autofree double *values = g_new(double, (size_t)width *(size_t)height);

    for (int i = 0; i < width * height; i++)
        values[i] = picture[i] == '#' ? 2 : picture[i] == '.' ? 1 : 0;
    return make_raster(name, &f, values);
}

static const char *random_change(const char *name, int width, int height, double share)
{
    made_form f = form_of(width, height);
    g_autofree double *values = g_new(double, (size_t)width *(size_t)height);

    for (int i = 0; i < width * height; i++)
        values[i] = g_rand_double(suite_rand()) < share ? 2 : g_rand_int_range(suite_rand(), 0, 2);
    return make_raster(name, &f, values);
}

static rdl_patches_options options_for(const char *change, const char *output)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;

    o.change = change;
    o.output = suite_path(output);
    o.overwrite = true;
    return o;
}

static void run(const rdl_patches_options *o, rdl_patches_result *r)
{
    GError *error = NULL;

    CHECK(rdl_patches(o, NULL, r, &error));
    CHECK_OK(error);
}

static rdl_layer *patches_of(const rdl_patches_options *o)
{
    GError *error = NULL;
    rdl_layer *layer = rdl_layer_open(o->output, NULL, &error);

    CHECK_OK(error);
    return layer;
}

/* Plane area of all patches in pixels; every one must be valid. */
static double pixels_drawn(const rdl_patches_options *o)
{
    g_autoptr(rdl_layer) layer = patches_of(o);
    GError *error = NULL;
    const rdl_feature *f;
    double sum = 0.0;

    while ((f = rdl_layer_next(layer, &error))) {
        gsize n;
        const void *wkb = g_bytes_get_data(rdl_feature_wkb(f), &n);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, &error);
        g_autofree char *reason = NULL;
        bool valid = false;
        CHECK(g && rdl_geometry_valid(g, &valid, &reason, &error));
        CHECK(valid);
        sum += rdl_geometry_plane_area(g) / 900.0;
    }
    CHECK_OK(error);
    return sum;
}

static void shape(const char *name, int width, int height, const char *picture, const char *wkt)
{
    rdl_patches_options o = options_for(drawn("shape.tif", width, height, picture), "shape.gpkg");
    rdl_patches_result r;
    GError *error = NULL;

    o.min_area_m2 = 1.0;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    g_autoptr(rdl_layer) layer = patches_of(&o);
    const rdl_feature *f = rdl_layer_next(layer, &error);
    gsize n;
    const void *wkb = g_bytes_get_data(rdl_feature_wkb(f), &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, &error);
    g_autoptr(rdl_geometry) unit =
        rdl_geometry_scaled(g, 500000, 3600000, 1.0 / 30, -1.0 / 30, &error);
    g_autoptr(rdl_geometry) want = rdl_geometry_from_wkt(wkt, &error);
    g_autofree char *got = rdl_geometry_wkt(unit, &error);
    bool equal = false;
    CHECK(rdl_geometry_equals(unit, want, &equal, &error));
    CHECK_OK(error);
    suite_check_text(equal ? wkt : got, wkt, name, __FILE__, __LINE__);
    pixels_drawn(&o);
    rdl_patches_result_clear(&r);
}

static void shapes_have_their_outlines(void)
{
    shape("one pixel", 3, 3, "....#....", "MULTIPOLYGON (((1 1, 1 2, 2 2, 2 1, 1 1)))");
    shape("a hole", 3, 3, "####.####",
          "MULTIPOLYGON (((0 3, 3 3, 3 0, 0 0, 0 3), (1 1, 2 1, 2 2, 1 2, 1 1)))");
    shape("two pixels at a corner", 2, 2, "#..#",
          "MULTIPOLYGON (((0 0, 0 1, 1 1, 1 0, 0 0)), ((1 1, 1 2, 2 2, 2 1, 1 1)))");
    shape("a ring closed by a corner", 3, 3,
          "###"
          "#.#"
          "##.",
          "MULTIPOLYGON (((0 3, 2 3, 2 2, 3 2, 3 0, 0 0, 0 3), (1 1, 2 1, 2 2, 1 2, 1 1)))");
    shape("two holes at a corner", 4, 4,
          "####"
          "#.##"
          "##.#"
          "####",
          "MULTIPOLYGON (((0 4, 4 4, 4 0, 0 0, 0 4), (1 1, 2 1, 2 2, 1 2, 1 1), "
          "(2 2, 3 2, 3 3, 2 3, 2 2)))");
}

static int flood(const double *v, int w, int h, int *label, int at, int number)
{
    int pixels = 0;
    GArray *stack = g_array_new(FALSE, FALSE, sizeof(int));

    label[at] = number;
    g_array_append_val(stack, at);
    while (stack->len) {
        int i = g_array_index(stack, int, stack->len - 1), row = i / w, col = i % w;
        g_array_set_size(stack, stack->len - 1);
        pixels++;
        for (int y = MAX(row - 1, 0); y <= MIN(row + 1, h - 1); y++)
            for (int x = MAX(col - 1, 0); x <= MIN(col + 1, w - 1); x++) {
                int k = y * w + x;
                if (v[k] == 2 && !label[k]) {
                    label[k] = number;
                    g_array_append_val(stack, k);
                }
            }
    }
    g_array_unref(stack);
    return pixels;
}

static void components_are_those_of_a_flood_fill(void)
{
    for (int round = 0; round < 12; round++) {
        int w = g_rand_int_range(suite_rand(), 1, 60), h = g_rand_int_range(suite_rand(), 1, 60);
        const char *path =
            random_change("random.tif", w, h, g_rand_double_range(suite_rand(), 0.05, 0.7));
        g_autofree double *v = raster_values(path, 1);
        g_autofree int *label = g_new0(int, (size_t)(w * h));
        rdl_patches_options o = options_for(path, "random.gpkg");
        rdl_patches_result r;
        int components = 0, large = 0, kept = 0, all = 0;

        for (int i = 0; i < w * h; i++)
            if (v[i] == 2 && !label[i]) {
                int pixels = flood(v, w, h, label, i, ++components);
                all += pixels;
                large += pixels >= 4;
                kept += pixels >= 4 ? pixels : 0;
            }
        run(&o, &r);
        CHECK_INT(r.components, components);
        CHECK_INT(r.patches, large);
        CHECK_INT(r.pixels, all);
        CHECK_NEAR(pixels_drawn(&o), kept, 1e-6);
        rdl_patches_result_clear(&r);
    }
}

static void threads_and_memory_change_no_byte(void)
{
    rdl_patches_options o = options_for(random_change("large.tif", 700, 900, 0.3), "one.gpkg");
    rdl_patches_result a, b;

    run(&o, &a);
    o.output = suite_path("many.gpkg");
    o.threads = 4;
    o.memory_mib = 16;
    run(&o, &b);
    CHECK_SAME_FILE(suite_path("one.gpkg"), suite_path("many.gpkg"));
    CHECK_NEAR(a.area_m2, b.area_m2, 0);
    rdl_patches_result_clear(&a);
    rdl_patches_result_clear(&b);
}

/* In the middle of the zone the scale is 0.9996: 900 m2 of the plane are 900.72 on the ellipsoid.
 */
static void the_least_area_is_ellipsoidal(void)
{
    rdl_patches_options o = options_for(drawn("least.tif", 3, 1, "##."), "least.gpkg");
    rdl_patches_result r;

    o.min_area_m2 = 1801.4;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK_NEAR(r.area_m2, 1800.0 / (0.9996 * 0.9996), 0.01);
    rdl_patches_result_clear(&r);
    o.min_area_m2 = 1801.5;
    run(&o, &r);
    CHECK_INT(r.patches, 0);
    rdl_patches_result_clear(&r);
}

static void nothing_is_too_small_for_a_least_area_of_nothing(void)
{
    rdl_patches_options o = options_for(drawn("single.tif", 3, 1, "#.."), "single.gpkg");
    rdl_patches_result r;

    run(&o, &r); /* not given: four pixels */
    CHECK_INT(r.patches, 0);
    rdl_patches_result_clear(&r);
    o.min_area_m2 = 0.0;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    rdl_patches_result_clear(&r);
}

static void kind_and_score_come_from_the_scenes(void)
{
    made_form f = form_of(3, 1);
    f.bands = 2, f.nodata = NAN;
    const double before[] = {50, 50, 50, 150, 150, 50}, after[] = {50, 50, 50, 50, 100, 150};
    const double score[] = {-1, NAN, -3};
    rdl_patches_options o = options_for(drawn("kind.tif", 3, 1, "##."), "kind.gpkg");
    rdl_patches_result r;
    GError *error = NULL;

    o.before = make_raster("kind-before.tif", &f, before);
    o.after = make_raster("kind-after.tif", &f, after);
    f.bands = 1, f.type = GDT_Float32;
    o.score = make_raster("kind-score.tif", &f, score);
    o.bands = "red=1,nir=2";
    o.min_area_m2 = 1;
    run(&o, &r);
    CHECK_INT(r.veg_loss, 1);
    g_autoptr(rdl_layer) layer = patches_of(&o);
    const rdl_feature *patch = rdl_layer_next(layer, &error);
    CHECK_TEXT(rdl_feature_text(patch, rdl_layer_field_index(layer, "kind")), "veg_loss");
    CHECK_NEAR(rdl_feature_real(patch, rdl_layer_field_index(layer, "score_mean")), -1, 0);
    CHECK(isnan(rdl_feature_real(patch, rdl_layer_field_index(layer, "prob"))));
    rdl_patches_result_clear(&r);
}

static void refused(const rdl_patches_options *o, rdl_error code, const char *part)
{
    GError *error = NULL;
    rdl_patches_result r;

    g_unlink(o->output);
    CHECK(!rdl_patches(o, NULL, &r, &error));
    CHECK_FAILS(error, code, part);
    CHECK(!g_file_test(o->output, G_FILE_TEST_EXISTS));
    rdl_patches_result_clear(&r);
}

static void what_cannot_be_drawn_is_refused(void)
{
    made_form f = form_of(2, 1);
    const double values[] = {2, 7};
    rdl_patches_options o = options_for(make_raster("seven.tif", &f, values), "refused.gpkg");

    refused(&o, RDL_ERROR_DATA, "holds 7: no change raster");
    f.epsg = 0;
    o.change = make_raster("bare.tif", &f, values);
    refused(&o, RDL_ERROR_CRS, "has no coordinate system, patches need one");
    o.before = o.change;
    refused(&o, RDL_ERROR_USAGE, "--before and --after");
    o.before = NULL;
    o.min_area_m2 = -1;
    refused(&o, RDL_ERROR_USAGE, "--min-area");
    o.min_area_m2 = 0;
    o.change = drawn("good.tif", 2, 1, "##");
    f.epsg = 32651, f.width = 1;
    o.score = make_raster("narrow.tif", &f, values);
    refused(&o, RDL_ERROR_DATA, "lies on another grid than");
}

static CU_TestInfo tests[] = {
    {"shapes have their outlines", shapes_have_their_outlines},
    {"components are those of a flood fill", components_are_those_of_a_flood_fill},
    {"threads and memory change no byte", threads_and_memory_change_no_byte},
    {"the least area is ellipsoidal", the_least_area_is_ellipsoidal},
    {"nothing is too small for a least area of nothing",
     nothing_is_too_small_for_a_least_area_of_nothing},
    {"kind and score come from the scenes", kind_and_score_come_from_the_scenes},
    {"what cannot be drawn is refused", what_cannot_be_drawn_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.patches", tests, argc, argv);
}
