/* The overlay against the published answers of polygon-clipping's end-to-end cases, and polygons of
 * earcut's (holes that touch, degenerate edges) over their own boxes; read from the shared data
 * beside the project. Laid on an equal-area plane, so that ground is plane area. */
#include <math.h>
#include <stdio.h>
#include "geo/geo.h"
#include "screen/overlay.h"
#include "suite.h"

#define SIZE 1000.0      /* metres across, whatever the units of a case */
#define TOLERANCE 1e-7   /* of the box */
#define ZONES_MOST 64

static const rdl_zone_class any_class = {.zone = "Z", .family = "Z", .priority = 1};

/* ---- reading ---- */

static void geometry_free(gpointer g)
{
    rdl_geometry_free(g);
}

/* All polygons of a GeoJSON file; NULL where it is not there. */
static GPtrArray *polygons_of(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GPtrArray *all = g_ptr_array_new_with_free_func(geometry_free);
    g_autoptr(rdl_layer) layer = NULL;
    const rdl_feature *f;

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        layer = rdl_layer_open(path, NULL, NULL);
    while (layer && (f = rdl_layer_next(layer, NULL))) {
        GBytes *wkb = rdl_feature_wkb(f);
        rdl_geometry *g = wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL),
                                                      g_bytes_get_size(wkb), NULL)
                              : NULL;
        if (g)
            g_ptr_array_add(all, g);
    }
    if (!layer)
        g_clear_pointer(&all, g_ptr_array_unref);
    return all;
}

static rdl_box box_of(const GPtrArray *all)
{
    rdl_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (guint i = 0; i < all->len; i++) {
        rdl_box b = rdl_geometry_box(all->pdata[i]);
        box = (rdl_box){fmin(box.xmin, b.xmin), fmin(box.ymin, b.ymin), fmax(box.xmax, b.xmax),
                        fmax(box.ymax, b.ymax)};
    }
    return box;
}

/* To SIZE metres across, about the origin. */
static void scale_all(GPtrArray *all, rdl_box box)
{
    double s = SIZE / fmax(box.xmax - box.xmin, box.ymax - box.ymin);

    for (guint i = 0; i < all->len; i++) {
        rdl_geometry *g = rdl_geometry_scaled(all->pdata[i], box.xmin, box.ymin, s, s, NULL);
        rdl_geometry_free(all->pdata[i]);
        all->pdata[i] = g;
    }
}

static bool usable(const GPtrArray *all)
{
    bool valid = all->len > 0 && all->len <= ZONES_MOST;

    for (guint i = 0; valid && i < all->len; i++)
        valid = !rdl_geometry_empty(all->pdata[i]) && rdl_geometry_dimension(all->pdata[i]) == 2 &&
                rdl_geometry_valid(all->pdata[i], &valid, NULL, NULL) && valid;
    return valid;
}

static double area_of(const GPtrArray *all)
{
    double sum = 0.0;

    for (guint i = 0; i < all->len; i++)
        sum += rdl_geometry_plane_area(all->pdata[i]);
    return sum;
}

/* ---- laying ---- */

static GBytes *one_form(const rdl_geometry *g)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    size_t n = g_bytes_get_size(wkb);
    guint8 *bytes = g_memdup2(g_bytes_get_data(wkb, NULL), n);

    rdl_wkb_canonical(bytes, &n);
    return g_bytes_new_take(bytes, n);
}

/* `f` over zones all[from..]: the balance, whose parts are own areas. */
static rdl_balance lay(const rdl_geometry *f, const GPtrArray *all, guint from)
{
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:6933", NULL);
    g_autoptr(GPtrArray) zones = g_ptr_array_new();
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(GArray) parts = rdl_parts_new();
    g_autoptr(rdl_arena) arena = rdl_arena_new();
    g_autoptr(GBytes) wkb = one_form(f);
    const rdl_overlay_options options = {.boundary_error_m = 1, .pos_error_m = 1};
    const rdl_footprint footprint = {.fp_id = (char *)"F",
                                     .pos_error_m = NAN,
                                     .wkb = {g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)}};
    rdl_zone zone[ZONES_MOST];
    rdl_balance balance;
    GError *error = NULL;

    for (size_t i = from; i < all->len; i++) {
        size_t number = i - from;
        zone[number] = (rdl_zone){.zone_id = (char *)"Z",
                                  .class = &any_class,
                                  .boundary_error_m = NAN,
                                  .wkb = one_form(all->pdata[i])};
        g_ptr_array_add(zones, &zone[number]);
        g_array_append_val(candidates, number);
    }
    rdl_overlay *overlay = rdl_overlay_new(crs, zones, &options, &error);
    CHECK(rdl_overlay_run(overlay, &footprint, candidates, arena, parts, &balance, &error));
    CHECK_OK(error);
    CHECK_NEAR(balance.residual_m2, 0, TOLERANCE * SIZE * SIZE);
    for (guint i = 0; i < parts->len; i++) {
        const rdl_part *p = &g_array_index(parts, rdl_part, i);
        CHECK(p->min_m2 <= p->area_m2 && p->own_m2 <= p->area_m2 * (1 + 1e-9) + 1e-6);
        CHECK(p->area_m2 <= p->max_m2 && p->max_m2 <= balance.whole_m2 * (1 + 1e-9));
    }
    rdl_overlay_free(overlay);
    for (guint i = 0; i < zones->len; i++)
        rdl_zone_drop_border(zones->pdata[i]);
    for (guint i = 0; i < zones->len; i++)
        g_bytes_unref(zone[i].wkb);
    return balance;
}

/* ---- polygon-clipping ---- */

static int compared, wrong;

static void compare(const char *folder, const char *what, double got, const GPtrArray *want)
{
    compared++;
    if (fabs(got - area_of(want)) <= TOLERANCE * SIZE * SIZE)
        return;
    wrong++;
    printf("\n    %s, %s: %.9g, not %.9g", folder, what, got, area_of(want));
}

static double overlap(const GPtrArray *args)
{
    return lay(args->pdata[0], args, 1).parts_m2;
}

static void check_folder(const char *folder)
{
    static const char *const files[] = {"union", "intersection", "difference", "xor", "all"};
    g_autoptr(GPtrArray) args = polygons_of(folder, "args.geojson");

    if (!args || !usable(args))
        return;
    rdl_box box = box_of(args);
    scale_all(args, box);
    g_autoptr(rdl_geometry) all = rdl_geometry_of_box(box_of(args), NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strconcat(files[i], ".geojson", NULL);
        g_autoptr(GPtrArray) want = polygons_of(folder, name);
        if (!want)
            continue;
        scale_all(want, box);
        if (i == 0 || i == 4)
            compare(folder, "union", lay(all, args, 0).parts_m2, want);
        if ((i == 1 || (i == 4 && args->len == 1)) && args->len <= 2)
            compare(folder, "intersection", args->len == 1 ? area_of(args) : overlap(args), want);
        if (i == 2)
            compare(folder, "difference", lay(args->pdata[0], args, 1).remainder_m2, want);
        if (i == 3 && args->len == 2)
            compare(folder, "xor", area_of(args) - 2 * overlap(args), want);
    }
}

static void published_cases_hold(void)
{
    const char *root = suite_shared("data/polygon-clip-fixtures/polygon-clipping-e2e");
    GDir *dir = root ? g_dir_open(root, 0, NULL) : NULL;

    CHECK(true); /* suite_shared() has said it where the data are not there */
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *folder = g_build_filename(root, name, NULL);
        check_folder(folder);
    }
    if (!dir)
        return;
    g_dir_close(dir);
    printf("(%d compared) ", compared);
    CHECK_INT(wrong, 0);
    CHECK(compared >= 25);
}

/* ---- earcut ---- */

/* [[[x,y],...], ...]: the shell and its holes. NULL for what is no polygon. */
static rdl_geometry *polygon_of(const char *path)
{
    g_autofree char *json = NULL;
    GString *text = g_string_new("{\"type\":\"Polygon\",\"coordinates\":");
    GPtrArray *one;
    GError *error = NULL;

    if (!g_file_get_contents(path, &json, NULL, NULL))
        return g_string_free(text, TRUE), NULL;
    g_string_append(text, json);
    g_string_append_c(text, '}');
    CHECK(g_file_set_contents(suite_path("one.geojson"), text->str, (gssize)text->len, &error));
    g_string_free(text, TRUE);
    g_autofree char *folder = g_path_get_dirname(suite_path("one.geojson"));
    one = polygons_of(folder, "one.geojson");
    rdl_geometry *g = one && one->len ? g_ptr_array_steal_index(one, 0) : NULL;
    if (one)
        g_ptr_array_unref(one);
    return g;
}

/* Mended, over its own box and under it: the same ground both ways. */
static bool check_polygon(const rdl_geometry *g)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func(geometry_free);
    g_autoptr(GPtrArray) boxes = g_ptr_array_new_with_free_func(geometry_free);
    rdl_geometry *mended = rdl_geometry_repair(g, NULL);
    bool valid = false;

    if (!mended)
        return false;
    g_ptr_array_add(args, mended);
    scale_all(args, box_of(args));
    CHECK(rdl_geometry_valid(args->pdata[0], &valid, NULL, NULL) && valid);
    g_ptr_array_add(boxes, rdl_geometry_of_box(box_of(args), NULL));
    double over = lay(boxes->pdata[0], args, 0).parts_m2;
    double under = lay(args->pdata[0], boxes, 0).parts_m2;
    CHECK_NEAR(over, area_of(args), TOLERANCE * SIZE * SIZE);
    CHECK_NEAR(under, over, TOLERANCE * SIZE * SIZE);
    return true;
}

static void awkward_polygons_keep_their_ground(void)
{
    const char *root = suite_shared("data/polygon-clip-fixtures/earcut");
    GDir *dir = root ? g_dir_open(root, 0, NULL) : NULL;
    int n = 0;

    CHECK(true);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(root, name, NULL);
        g_autoptr(rdl_geometry) g = polygon_of(path);
        n += g && check_polygon(g);
    }
    if (!dir)
        return;
    g_dir_close(dir);
    printf("(%d polygons) ", n);
    CHECK(n >= 20);
}

static CU_TestInfo tests[] = {
    {"published cases hold", published_cases_hold},
    {"awkward polygons keep their ground", awkward_polygons_keep_their_ground},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.overlay_clip", tests, argc, argv);
}
