#include "suite.h"
#include <glib/gstdio.h>
#include "fixtures/scene.h"
#include "detect/detect.h"

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
    CHECK_INT(r.kinds[RDL_KIND_VEG_TO_BARE], 1);
    g_autoptr(rdl_layer) layer = patches_of(&o);
    const rdl_feature *patch = rdl_layer_next(layer, &error);
    CHECK_TEXT(rdl_feature_text(patch, rdl_layer_field_index(layer, "kind")), "veg_to_bare");
    CHECK_NEAR(rdl_feature_real(patch, rdl_layer_field_index(layer, "score_mean")), -1, 0);
    CHECK(isnan(rdl_feature_real(patch, rdl_layer_field_index(layer, "prob"))));
    rdl_patches_result_clear(&r);
}

/* ---- holes ---- */

/* Ground connected along edges from `at`: its pixels; `*why` is 0 where it may be filled, 1 where
 * nobody saw some of it, 2 where it reaches the edge. */
static int flood_ground(const double *v, int w, int h, int *label, int at, int number, int *why)
{
    static const int dx[] = {1, -1, 0, 0}, dy[] = {0, 0, 1, -1};
    int pixels = 0;
    GArray *stack = g_array_new(FALSE, FALSE, sizeof(int));

    *why = 0;
    label[at] = number;
    g_array_append_val(stack, at);
    while (stack->len) {
        int i = g_array_index(stack, int, stack->len - 1), row = i / w, col = i % w;
        g_array_set_size(stack, stack->len - 1);
        pixels++;
        if (row == 0 || col == 0 || row == h - 1 || col == w - 1)
            *why = 2;
        else if (v[i] == 0)
            *why = MAX(*why, 1);
        for (int d = 0; d < 4; d++) {
            int x = col + dx[d], y = row + dy[d], k = y * w + x;
            if (x >= 0 && y >= 0 && x < w && y < h && v[k] != 2 && !label[k]) {
                label[k] = number;
                g_array_append_val(stack, k);
            }
        }
    }
    g_array_unref(stack);
    return pixels;
}

/* Fill what is to be filled; how many holes were, and their pixels. */
static int fill_holes(double *v, int w, int h, int most, int *pixels)
{
    g_autofree int *label = g_new0(int, (size_t)(w * h));
    int number = 0, holes = 0, why;

    *pixels = 0;
    for (int i = 0; i < w * h; i++) {
        if (v[i] == 2 || label[i])
            continue;
        int n = flood_ground(v, w, h, label, i, ++number, &why);
        if (why || n > most)
            continue;
        holes++;
        *pixels += n;
        for (int k = 0; k < w * h; k++)
            if (label[k] == number)
                label[k] = -1;
    }
    for (int k = 0; k < w * h; k++)
        v[k] = label[k] == -1 ? 2 : v[k];
    return holes;
}

static gint64 tally_of(const rdl_patches_result *r, const char *item, const char *what)
{
    g_autoptr(JsonNode) node = rdl_tally_json(r->tally);
    JsonArray *all = json_node_get_array(node);

    for (guint i = 0; i < json_array_get_length(all); i++) {
        JsonObject *o = json_array_get_object_element(all, i);
        JsonObject *left = json_object_get_object_member(o, "suppressed");
        if (strcmp(json_object_get_string_member(o, "item"), item) != 0)
            continue;
        if (json_object_has_member(o, what) &&
            !JSON_NODE_HOLDS_OBJECT(json_object_get_member(o, what)))
            return json_object_get_int_member(o, what);
        return json_object_get_int_member_with_default(left, what, 0);
    }
    return -1;
}

static void holes_are_filled_as_a_flood_fill_would(void)
{
    for (int round = 0; round < 20; round++) {
        int w = g_rand_int_range(suite_rand(), 1, 50), h = g_rand_int_range(suite_rand(), 1, 50);
        int most = g_rand_int_range(suite_rand(), 1, 12), filled, components = 0;
        made_form f = form_of(w, h);
        double seen = g_rand_double_range(suite_rand(), 0.7, 1.0);
        double share = g_rand_double_range(suite_rand(), 0.3, 0.8);
        g_autofree double *v = g_new(double, (size_t)(w * h));
        g_autofree int *label = g_new0(int, (size_t)(w * h));

        for (int i = 0; i < w * h; i++)
            v[i] = g_rand_double(suite_rand()) < share  ? 2
                   : g_rand_double(suite_rand()) < seen ? 1
                                                        : 0;
        rdl_patches_options o = options_for(make_raster("holes.tif", &f, v), "holes.gpkg");
        rdl_patches_result r;
        int holes = fill_holes(v, w, h, most, &filled), all = 0;
        for (int i = 0; i < w * h; i++)
            if (v[i] == 2 && !label[i])
                all += flood(v, w, h, label, i, ++components);
        o.fill_m2 = (most + 0.5) * 900.72;
        o.min_area_m2 = 0.0;
        o.threads = 3;
        run(&o, &r);
        CHECK_INT(r.components, components);
        CHECK_INT(r.filled_pixels, filled);
        CHECK_INT(r.pixels + r.filled_pixels, all);
        CHECK_INT(tally_of(&r, "patches.holes", "used"), holes);
        CHECK_NEAR(pixels_drawn(&o), all, 1e-6);
        CHECK_NEAR(r.area_m2, r.changed_m2 + r.filled_m2, 1e-6);
        rdl_patches_result_clear(&r);
    }
}

static double real_of(const rdl_patches_options *o, const char *layer_name, const char *field)
{
    g_autofree char *source = g_strconcat(o->output, ":", layer_name, NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *first = rdl_layer_next(layer, &error);

    CHECK_OK(error);
    return rdl_feature_real(first, rdl_layer_field_index(layer, field));
}

static void a_hole_takes_in_what_lies_in_it(void)
{
    const char *picture = "#######"
                          "#.....#"
                          "#.###.#"
                          "#.# #.#"
                          "#.###.#"
                          "#.....#"
                          "#######";
    rdl_patches_options o = options_for(drawn("island.tif", 7, 7, picture), "island.gpkg");
    rdl_patches_result r;

    o.min_area_m2 = 0.0;
    o.fill_m2 = 16 * 901;
    run(&o, &r);
    CHECK_INT(r.patches, 1); /* what nobody saw stays a hole */
    CHECK_INT(r.filled_pixels, 16);
    CHECK_INT(tally_of(&r, "patches.holes", "NOT_OBSERVED"), 1);
    CHECK_NEAR(pixels_drawn(&o), 48, 1e-9);
    CHECK_NEAR(real_of(&o, "patch", "width_px"), 2.0 * 48 / (28 + 4), 1e-12);
    rdl_patches_result_clear(&r);
    o.fill_m2 = 15 * 901;
    run(&o, &r);
    CHECK_INT(r.patches, 2);
    CHECK_INT(tally_of(&r, "patches.holes", "TOO_LARGE"), 1);
    rdl_patches_result_clear(&r);
}

/* ---- outlines without steps ---- */

/* Overlapping discs and bars: outlines with slopes of every kind. */
static const char *shapes_raster(const char *name, int size)
{
    made_form f = form_of(size, size);
    g_autofree double *v = g_new(double, (size_t)(size * size));

    for (int i = 0; i < size * size; i++)
        v[i] = 1;
    for (int k = 0; k < size * size / 250; k++) {
        double x = g_rand_double_range(suite_rand(), 0, size);
        double y = g_rand_double_range(suite_rand(), 0, size);
        double a = g_rand_double_range(suite_rand(), 0, 7);
        double half = g_rand_double_range(suite_rand(), 0.5, 4), length = half * (k % 4 * 3 + 1);
        for (int i = 0; i < size * size; i++) {
            double dx = i % size - x, dy = i / size - y;
            double u = dx * cos(a) + dy * sin(a), t = dy * cos(a) - dx * sin(a);
            bool in = k % 4 ? fabs(u) < length && fabs(t) < half : hypot(dx, dy) < half * 2;
            v[i] = in ? 2 : v[i];
        }
    }
    return make_raster(name, &f, v);
}

typedef struct {
    GPtrArray *geometries; /* of rdl_geometry, as the file has them */
    size_t bytes;
} drawn_set;

static drawn_set read_drawn(const rdl_patches_options *o)
{
    drawn_set set = {g_ptr_array_new_with_free_func((GDestroyNotify)rdl_geometry_free), 0};
    g_autoptr(rdl_layer) layer = patches_of(o);
    GError *error = NULL;
    const rdl_feature *f;

    while ((f = rdl_layer_next(layer, &error))) {
        gsize n;
        const void *wkb = g_bytes_get_data(rdl_feature_wkb(f), &n);
        g_ptr_array_add(set.geometries, rdl_geometry_from_wkb(wkb, n, &error));
        set.bytes += n;
    }
    CHECK_OK(error);
    return set;
}

/* Is all of b within `reach` of a? */
static bool within_reach(const rdl_geometry *a, const rdl_geometry *b, double reach)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) line = rdl_geometry_boundary(a, &error);
    g_autoptr(rdl_geometry) other = rdl_geometry_boundary(b, &error);
    g_autoptr(rdl_geometry) grown = rdl_geometry_buffer(line, reach, &error);
    bool yes = false;

    CHECK(rdl_geometry_covers(grown, other, &yes, &error));
    CHECK_OK(error);
    return yes;
}

static void check_straight(const drawn_set *pixels, const drawn_set *straight, double share)
{
    GError *error = NULL;
    GPtrArray *p = pixels->geometries, *s = straight->geometries;

    CHECK_INT(s->len, p->len);
    for (guint i = 0; i < s->len; i++) {
        double before = rdl_geometry_plane_area(p->pdata[i]);
        CHECK_NEAR(rdl_geometry_plane_area(s->pdata[i]), before, before * share * 1.001);
        CHECK(within_reach(p->pdata[i], s->pdata[i], 15.01 / cos(G_PI / 32)));
        for (guint k = 0; k < i; k++) {
            bool touch = true;
            CHECK(rdl_geometry_intersects(s->pdata[i], s->pdata[k], &touch, &error));
            CHECK(!touch);
        }
    }
    CHECK_OK(error);
    CHECK(straight->bytes < pixels->bytes);
}

static void straight_outlines_keep_their_bounds(void)
{
    gint64 straightened = 0, patches = 0;

    for (int round = 0; round < 6; round++) {
        rdl_patches_options o = options_for(shapes_raster("shapes.tif", 120), "pixels.gpkg");
        rdl_patches_result a, b;

        run(&o, &a);
        drawn_set pixels = read_drawn(&o);
        o.output = suite_path("straight.gpkg");
        o.simplify = 0.1;
        run(&o, &b);
        drawn_set straight = read_drawn(&o);
        pixels_drawn(&o); /* every one valid */
        check_straight(&pixels, &straight, o.simplify);
        CHECK_INT(tally_of(&b, "patches.outlines", "in"), b.patches);
        straightened += tally_of(&b, "patches.outlines", "used");
        patches += b.patches;
        CHECK_NEAR(b.pixels_m2, a.area_m2, 1e-6);
        o.simplify = 1e-12;
        rdl_patches_result_clear(&b);
        run(&o, &b);
        CHECK_INT(tally_of(&b, "patches.outlines", "used") +
                      tally_of(&b, "patches.outlines", "NOT_VALID") +
                      tally_of(&b, "patches.outlines", "AREA_MOVED"),
                  b.patches);
        CHECK_NEAR(b.area_m2, a.area_m2, 1e-6 * a.area_m2);
        g_ptr_array_unref(pixels.geometries);
        g_ptr_array_unref(straight.geometries);
        rdl_patches_result_clear(&a);
        rdl_patches_result_clear(&b);
    }
    CHECK(4 * straightened > patches); /* small ones often change by more than a tenth */
}

/* A line of slope one in ten has steps, and none when straightened. */
static void a_slope_becomes_one_line(void)
{
    made_form f = form_of(100, 40);
    g_autofree double *v = g_new(double, 4000);
    rdl_patches_options o;
    rdl_patches_result r;

    for (int i = 0; i < 4000; i++)
        v[i] = i / 100 >= 5 + i % 100 / 10 && i / 100 < 25 + i % 100 / 10 ? 2 : 1;
    o = options_for(make_raster("slope.tif", &f, v), "slope.gpkg");
    o.simplify = 0.01;
    run(&o, &r);
    drawn_set set = read_drawn(&o);
    CHECK(set.bytes < 9 + 9 + 4 + 16 * 12); /* with steps it takes 41 corners */
    CHECK_INT(tally_of(&r, "patches.outlines", "used"), 1);
    g_ptr_array_unref(set.geometries);
    rdl_patches_result_clear(&r);
}

/* ---- fields ---- */

static char *text_of(const rdl_patches_options *o, const char *layer_name, const char *field)
{
    g_autofree char *source = g_strconcat(o->output, ":", layer_name, NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *first = rdl_layer_next(layer, &error);

    CHECK_OK(error);
    return g_strdup(rdl_feature_text(first, rdl_layer_field_index(layer, field)));
}

static void the_perimeter_is_that_of_the_ellipsoid(void)
{
    rdl_patches_options o = options_for(drawn("round.tif", 4, 3, "....##..##.."), "round.gpkg");
    rdl_patches_result r;

    run(&o, &r);
    CHECK_NEAR(real_of(&o, "patch", "perimeter_m"), 240 / 0.9996, 0.01);
    CHECK_NEAR(real_of(&o, "patch", "width_px"), 1.0, 0);
    rdl_patches_result_clear(&r);
}

/* Clear: no unobserved pixel within two rows and columns, whatever strips the rows are read in. */
static void clear_share_is_counted_across_strips(void)
{
    const int w = 3, h = 700;
    made_form f = form_of(w, h);
    g_autofree double *v = g_new(double, (size_t)(w * h));
    rdl_patches_result r;

    for (int i = 0; i < w * h; i++)
        v[i] = i % w == 0 ? 2 : 1;
    v[254 * w + 2] = 0; /* near rows 252 to 256 of the left column */
    v[512 * w + 1] = 0;
    rdl_patches_options o = options_for(make_raster("clear.tif", &f, v), "clear.gpkg");
    for (int threads = 1; threads < 4; threads++) {
        o.threads = threads;
        run(&o, &r);
        CHECK_NEAR(real_of(&o, "patch", "clear_share"), 1.0 - 10.0 / h, 1e-12);
        rdl_patches_result_clear(&r);
    }
}

/* Four pixels of one change: blue, green, red, nir, swir1 of both dates. */
static char *kind_of(const double before[5], const double after[5], const char *bands)
{
    made_form f = form_of(2, 2);
    double b[20], a[20];
    rdl_patches_options o = options_for(drawn("four.tif", 2, 2, "####"), "four.gpkg");
    rdl_patches_result r;

    f.bands = 5, f.type = GDT_Float32;
    for (int i = 0; i < 20; i++)
        b[i] = before[i / 4], a[i] = after[i / 4];
    o.before = make_raster("four-before.tif", &f, b);
    o.after = make_raster("four-after.tif", &f, a);
    o.bands = bands;
    run(&o, &r);
    rdl_patches_result_clear(&r);
    return text_of(&o, "patch", "kind");
}

static void kinds_follow_the_direction_of_change(void)
{
    static const double veg[] = {.03, .06, .04, .40, .18}, bare[] = {.10, .14, .20, .28, .36},
                        built[] = {.16, .18, .20, .23, .28}, water[] = {.06, .06, .04, .02, .01},
                        roof[] = {.36, .37, .37, .38, .33}, turbid[] = {.10, .13, .14, .13, .10};
    const char *all = "blue=1,green=2,red=3,nir=4,swir1=5";
    const struct {
        const double *before, *after;
        const char *kind, *bands;
    } cases[] = {
        {veg, bare, "veg_to_bare", all},       {bare, veg, "recovery", all},
        {bare, built, "bare_to_built", all},   {water, bare, "water_loss", all},
        {veg, water, "water_gain", all},       {water, veg, "water_loss", all},
        {water, water, "other", all},          {veg, roof, "veg_to_bare", all},
        {roof, veg, "recovery", all},          {bare, turbid, "water_gain", all},
        {built, bare, "other", all},           {veg, bare, "veg_to_bare", "red=3,nir=4"},
        {bare, built, "other", "red=3,nir=4"}, {veg, water, "water_gain", "green=2,red=3,nir=4"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *kind = kind_of(cases[i].before, cases[i].after, cases[i].bands);
        CHECK_TEXT(kind, cases[i].kind);
    }
}

static void an_unknown_kind_says_why(void)
{
    rdl_patches_options o = options_for(drawn("why.tif", 2, 2, "####"), "why.gpkg");
    rdl_patches_result r;
    made_form f = form_of(2, 2);
    const double grey[] = {1, 2, 3, 4};

    run(&o, &r);
    g_autofree char *kind = text_of(&o, "patch", "kind");
    g_autofree char *why = text_of(&o, "patch", "kind_reason");
    CHECK_TEXT(kind, "unknown");
    CHECK_TEXT(why, "NO_SCENES");
    CHECK_INT(r.kinds[RDL_KIND_UNKNOWN], 1);
    rdl_patches_result_clear(&r);
    o.before = o.after = make_raster("grey.tif", &f, grey);
    run(&o, &r);
    g_autofree char *bands = text_of(&o, "patch", "kind_reason");
    CHECK_TEXT(bands, "NO_BANDS");
    CHECK_INT(r.warnings->len, 1);
    rdl_patches_result_clear(&r);
}

/* ---- nuisance ---- */

static void the_rim_of_a_cloud_is_left_out_when_asked(void)
{
    const char *picture = "          "
                          "#######..."
                          "#######..."
                          ".........."
                          "....######"
                          "....######"
                          "....######";
    rdl_patches_options o = options_for(drawn("rim.tif", 10, 7, picture), "rim.gpkg");
    rdl_patches_result r;

    run(&o, &r);
    CHECK_INT(r.patches, 2);
    rdl_patches_result_clear(&r);
    o.suppress = "mask-edge";
    o.keep_suppressed = true;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK_INT(tally_of(&r, "patches.components", "MASK_EDGE"), 1);
    CHECK_INT(tally_of(&r, "patches.pixels", "MASK_EDGE"), 14);
    g_autofree char *reason = text_of(&o, "suppressed", "reason");
    CHECK_TEXT(reason, "MASK_EDGE");
    CHECK_NEAR(real_of(&o, "suppressed", "clear_share"), 0, 0);
    CHECK_NEAR(real_of(&o, "patch", "clear_share"), 1, 0);
    CHECK_NEAR(*(double *)g_hash_table_lookup(r.suppressed_m2, "MASK_EDGE"), 14 * 900.72, 0.1);
    rdl_patches_result_clear(&r);
}

/* Columns of a scene of five bands, one a letter: w water, s snow, v vegetation, b bare, p pond
 * with algae. */
static const char *scene_of(const char *name, int width, int height, const char *picture)
{
    static const double colours[5][5] = {{.06, .06, .04, .02, .01},
                                         {.80, .80, .78, .70, .10},
                                         {.03, .06, .04, .40, .18},
                                         {.10, .14, .20, .28, .36},
                                         {.05, .07, .05, .06, .02}};
    made_form f = form_of(width, height);
    size_t n = (size_t)(width * height);
    g_autofree double *v = g_new(double, 5 * n);

    static const char letters[] = "wsvbp";
    f.bands = 5, f.type = GDT_Float32;
    for (size_t i = 0; i < 5 * n; i++)
        v[i] = colours[strchr(letters, picture[i % n]) - letters][i / n];
    return make_raster(name, &f, v);
}

static void a_belt_along_water_is_left_out_when_asked(void)
{
    /* a bank of two columns falls dry, and a pond of four by four far from it */
    rdl_patches_options o = options_for(drawn("belt.tif", 12, 4,
                                              "..##....####"
                                              "..##....####"
                                              "..##....####"
                                              "..##....####"),
                                        "belt.gpkg");
    rdl_patches_result r;

    o.before =
        scene_of("belt-before.tif", 12, 4, "wwwwvvvvwwwwwwwwvvvvwwwwwwwwvvvvwwwwwwwwvvvvwwww");
    o.after = scene_of("belt-after.tif", 12, 4, "wwbbvvvvbbbbwwbbvvvvbbbbwwbbvvvvbbbbwwbbvvvvbbbb");
    o.bands = "blue=1,green=2,red=3,nir=4,swir1=5";
    run(&o, &r);
    CHECK_INT(r.kinds[RDL_KIND_WATER_LOSS], 2);
    rdl_patches_result_clear(&r);
    o.suppress = "water-level";
    run(&o, &r);
    CHECK_INT(r.kinds[RDL_KIND_WATER_LOSS], 1);
    CHECK_INT(tally_of(&r, "patches.components", "WATER_LEVEL"), 1);
    CHECK_NEAR(real_of(&o, "patch", "water_share"), 0, 0);
    rdl_patches_result_clear(&r);
}

static void snow_is_left_out_when_asked(void)
{
    rdl_patches_options o = options_for(drawn("snow.tif", 7, 2,
                                              "##.##.."
                                              "##.##.."),
                                        "snow.gpkg");
    rdl_patches_result r;

    o.before = scene_of("snow-before.tif", 7, 2, "vvvvvvvvvvvvvv");
    o.after = scene_of("snow-after.tif", 7, 2, "ssvbbvvssvbbvv");
    o.bands = "blue=1,green=2,red=3,nir=4,swir1=5";
    o.suppress = "all";
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK_INT(tally_of(&r, "patches.components", "SNOW"), 1);
    CHECK_INT(r.kinds[RDL_KIND_VEG_TO_BARE], 1);
    rdl_patches_result_clear(&r);
    o.after = scene_of("pond-after.tif", 7, 2, "ppvbbvvppvbbvv");
    o.suppress = "snow";
    run(&o, &r);
    CHECK_INT(r.patches, 2);
    CHECK_INT(r.kinds[RDL_KIND_WATER_GAIN], 1);
    rdl_patches_result_clear(&r);
}

/* A field was bare twice before, a wood never; both are bare now. */
static void crop_rotation_is_left_out_when_asked(void)
{
    rdl_patches_options o = options_for(drawn("crop.tif", 7, 2,
                                              "##...##"
                                              "##...##"),
                                        "crop.gpkg");
    rdl_patches_result r;
    made_form f = form_of(7, 2);
    double v[5 * 14];
    GError *error = NULL;

    o.before = scene_of("crop-before.tif", 7, 2, "vvvvvvvvvvvvvv");
    o.after = scene_of("crop-after.tif", 7, 2, "bbvvvbbbbvvvbb");
    o.bands = "blue=1,green=2,red=3,nir=4,swir1=5";
    for (int date = 0; date < 5; date++)
        for (int i = 0; i < 14; i++)
            v[date * 14 + i] = i % 7 < 3 && date % 2 ? 1500 : 8000;
    v[2 * 14] = v[4 * 14] = -1; /* clouds: this pixel was seen to go down and stay there */
    f.bands = 5, f.type = GDT_Int16, f.nodata = -1;
    o.series = make_raster("crop-series.tif", &f, v);
    run(&o, &r);
    CHECK_INT(r.patches, 2);
    rdl_patches_result_clear(&r);
    o.suppress = "crop-rotation";
    o.keep_suppressed = true;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK_INT(tally_of(&r, "patches.components", "CROP_ROTATION"), 1);
    CHECK_NEAR(real_of(&o, "patch", "crop_share"), 0, 0);
    CHECK_NEAR(real_of(&o, "suppressed", "crop_share"), 0.75, 0);
    rdl_patches_result_clear(&r);
    o.before = o.after = NULL;
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs scenes");
    rdl_patches_result_clear(&r);
}

static const char *random_scene(const char *name, int width, int height)
{
    g_autofree char *picture = g_malloc((gsize)width * (gsize)height);

    for (int i = 0; i < width * height; i++)
        picture[i] = "wsvb"[g_rand_int_range(suite_rand(), 0, 4)];
    return scene_of(name, width, height, picture);
}

static void with_everything_on_threads_change_no_byte(void)
{
    const int w = 180, h = 700;
    rdl_patches_options o = options_for(random_change("all.tif", w, h, 0.35), "all-one.gpkg");
    rdl_patches_result a, b;

    o.before = random_scene("all-before.tif", w, h);
    o.after = random_scene("all-after.tif", w, h);
    o.bands = "blue=1,green=2,red=3,nir=4,swir1=5";
    o.fill_m2 = 4000;
    o.simplify = 0.2;
    o.suppress = "all";
    o.keep_suppressed = true;
    run(&o, &a);
    o.output = suite_path("all-many.gpkg");
    o.threads = 5;
    o.memory_mib = 16;
    run(&o, &b);
    CHECK_SAME_FILE(suite_path("all-one.gpkg"), suite_path("all-many.gpkg"));
    CHECK(tally_of(&a, "patches.holes", "used") > 0);
    CHECK(g_hash_table_size(a.suppressed_m2) > 1);
    rdl_patches_result_clear(&a);
    rdl_patches_result_clear(&b);
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
    o.simplify = 1.5;
    refused(&o, RDL_ERROR_USAGE, "--simplify 1.5");
    o.simplify = 0;
    o.fill_m2 = NAN;
    refused(&o, RDL_ERROR_USAGE, "--fill-holes");
    o.fill_m2 = 0;
    o.suppress = "clouds";
    refused(&o, RDL_ERROR_USAGE, "no rule 'clouds'");
    o.suppress = NULL;
    o.recorded = true;
    o.change = drawn("lone.tif", 2, 1, "##");
    refused(&o, RDL_ERROR_IO, "names no scenes");
    o.recorded = false;
    o.min_area_m2 = 0;
    o.change = drawn("good.tif", 2, 1, "##");
    f.epsg = 32651, f.width = 1;
    o.score = make_raster("narrow.tif", &f, values);
    refused(&o, RDL_ERROR_DATA, "lies on another grid than");
}

/* The change raster remembers what it was made from. */
static void remember(const char *change, const char *before, const char *after)
{
    GError *error = NULL;
    g_autofree char *first = rdl_digest_file(before, &error);
    g_autofree char *second = rdl_digest_file(after, &error);
    g_autofree char *manifest = g_strconcat(change, ".run.json", NULL);
    g_autofree char *text = g_strdup_printf("{\"inputs\":[{\"role\":\"before\",\"path\":\"%s\"},"
                                            "{\"role\":\"after\",\"path\":\"%s\"}]}",
                                            before, after);
    GDALDatasetH ds = GDALOpen(change, GA_Update);

    GDALSetMetadataItem(ds, "REDLINE_BEFORE_SHA256", first, NULL);
    GDALSetMetadataItem(ds, "REDLINE_AFTER_SHA256", second, NULL);
    GDALSetMetadataItem(ds, "REDLINE_BANDS", "blue=1,green=2,red=3,nir=4,swir1=5", NULL);
    GDALClose(ds);
    CHECK(g_file_set_contents(manifest, text, -1, NULL));
    CHECK_OK(error);
}

static void scenes_are_those_of_the_change_raster(void)
{
    const char *change = drawn("those.tif", 2, 2, "####");
    const char *veg = scene_of("those-veg.tif", 2, 2, "vvvv");
    const char *bare = scene_of("those-bare.tif", 2, 2, "bbbb");
    const char *water = scene_of("those-water.tif", 2, 2, "wwww");
    rdl_patches_options o = options_for(change, "those.gpkg");
    rdl_patches_result r;

    remember(change, veg, bare);
    o.recorded = true;
    run(&o, &r);
    CHECK_INT(r.warnings->len, 0);
    CHECK_INT(r.kinds[RDL_KIND_VEG_TO_BARE], 1);
    rdl_patches_result_clear(&r);
    o.before = veg, o.after = water;
    run(&o, &r);
    CHECK_INT(r.warnings->len, 1);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "is not the file"));
    rdl_patches_result_clear(&r);
    g_unlink(o.output);
    o.before = bare, o.after = veg;
    refused(&o, RDL_ERROR_USAGE, "are exchanged");
    o.before = o.after = NULL;
    scene_of("those-bare.tif", 2, 2, "wwww");
    refused(&o, RDL_ERROR_DATA, "has changed since");
}

static void what_rules_and_figures_need_is_asked(void)
{
    made_form f = form_of(2, 2);
    const double high[] = {84, 90, 70, 80};
    rdl_patches_options o = options_for(drawn("needs.tif", 2, 2, "####"), "needs.gpkg");
    rdl_patches_result r;

    f.type = GDT_Float32;
    o.probability = make_raster("high.tif", &f, high);
    refused(&o, RDL_ERROR_DATA, "holds no probabilities");
    o.probability = NULL;
    o.suppress = "snow";
    refused(&o, RDL_ERROR_USAGE, "needs scenes whose bands are known");
    o.before = scene_of("needs-before.tif", 2, 2, "vvvv");
    o.after = scene_of("needs-after.tif", 2, 2, "bbbb");
    o.bands = "blue=1,green=2,red=3,nir=4,swir1=5";
    o.suppress = "crop-rotation";
    refused(&o, RDL_ERROR_USAGE, "needs --series");
    o.before = o.after = o.bands = NULL;
    o.suppress = "all";
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "snow, water level"));
    rdl_patches_result_clear(&r);
}

/* A chessboard is one component of 80 000 runs. */
static void what_needs_too_much_memory_is_refused(void)
{
    g_autofree char *picture = g_malloc(400 * 400);
    rdl_patches_result r;
    GError *error = NULL;

    for (int i = 0; i < 400 * 400; i++)
        picture[i] = (i / 400 + i) % 2 ? '#' : '.';
    rdl_patches_options o = options_for(drawn("board.tif", 400, 400, picture), "board.gpkg");
    o.memory_mib = 16;
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_INTERNAL, "--memory 16 leaves: detect with a higher threshold");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    rdl_patches_result_clear(&r);
    o.memory_mib = 64;
    run(&o, &r);
    CHECK_INT(r.patches, 1);
    CHECK_NEAR(pixels_drawn(&o), 80000.0, 1e-6);
    rdl_patches_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"shapes have their outlines", shapes_have_their_outlines},
    {"components are those of a flood fill", components_are_those_of_a_flood_fill},
    {"threads and memory change no byte", threads_and_memory_change_no_byte},
    {"the least area is ellipsoidal", the_least_area_is_ellipsoidal},
    {"nothing is too small for a least area of nothing",
     nothing_is_too_small_for_a_least_area_of_nothing},
    {"kind and score come from the scenes", kind_and_score_come_from_the_scenes},
    {"holes are filled as a flood fill would", holes_are_filled_as_a_flood_fill_would},
    {"a hole takes in what lies in it", a_hole_takes_in_what_lies_in_it},
    {"straight outlines keep their bounds", straight_outlines_keep_their_bounds},
    {"a slope becomes one line", a_slope_becomes_one_line},
    {"the perimeter is that of the ellipsoid", the_perimeter_is_that_of_the_ellipsoid},
    {"clear share is counted across strips", clear_share_is_counted_across_strips},
    {"kinds follow the direction of change", kinds_follow_the_direction_of_change},
    {"an unknown kind says why", an_unknown_kind_says_why},
    {"the rim of a cloud is left out when asked", the_rim_of_a_cloud_is_left_out_when_asked},
    {"a belt along water is left out when asked", a_belt_along_water_is_left_out_when_asked},
    {"snow is left out when asked", snow_is_left_out_when_asked},
    {"crop rotation is left out when asked", crop_rotation_is_left_out_when_asked},
    {"with everything on threads change no byte", with_everything_on_threads_change_no_byte},
    {"what cannot be drawn is refused", what_cannot_be_drawn_is_refused},
    {"scenes are those of the change raster", scenes_are_those_of_the_change_raster},
    {"what rules and figures need is asked", what_rules_and_figures_need_is_asked},
    {"what needs too much memory is refused", what_needs_too_much_memory_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.patches", tests, argc, argv);
}
