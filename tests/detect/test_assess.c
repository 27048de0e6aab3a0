#include <string.h>
#include "suite.h"
#include "fixtures/scene.h"
#include "detect/accuracy.h"
#include "detect/detect.h"

/* ---- figures ---- */

static void figures_are_those_of_the_definitions(void)
{
    rdl_accuracy a = rdl_accuracy_of((rdl_confusion){.tp = 40, .fp = 10, .fn = 20, .tn = 130});

    CHECK_NEAR(a.overall, 0.85, 1e-12);
    CHECK_NEAR(a.precision, 0.8, 1e-12);
    CHECK_NEAR(a.recall, 2.0 / 3, 1e-12);
    CHECK_NEAR(a.commission, 0.2, 1e-12);
    CHECK_NEAR(a.omission, 1.0 / 3, 1e-12);
    CHECK_NEAR(a.f1, 80.0 / 110, 1e-12);
    CHECK_NEAR(a.kappa, (0.85 - 0.6) / (1 - 0.6), 1e-12); /* by chance 0.25 0.3 + 0.75 0.7 */
    CHECK(isnan(rdl_accuracy_of((rdl_confusion){.tn = 5}).f1));
}

/* 500 labels in the unchanged 98 % of which 5 are changed, 100 in the rest of which 85 are. */
static void areas_are_adjusted(void)
{
    rdl_confusion sample = {.tp = 85, .fp = 15, .fn = 5, .tn = 495};
    rdl_area_estimate e = rdl_area_estimate_of(sample, 0.98, 0.02, 2.0);
    double v0 = 0.98 * 0.98 * 0.01 * 0.99 / 499, v1 = 0.02 * 0.02 * 0.85 * 0.15 / 99;
    double share = 0.98 * 0.01 + 0.02 * 0.85, p = 0.02 * 0.85 / share;

    CHECK_NEAR(e.share.value, share, 1e-12);
    CHECK_NEAR(e.share.half, 2 * sqrt(v0 + v1), 1e-12);
    CHECK_NEAR(e.overall.value, 0.98 * 0.99 + 0.02 * 0.85, 1e-12);
    CHECK_NEAR(e.user.value, 0.85, 1e-12);
    CHECK_NEAR(e.user.half, 2 * sqrt(0.85 * 0.15 / 99), 1e-12);
    CHECK_NEAR(e.producer.value, p, 1e-12);
    CHECK_NEAR(e.producer.half, 2 * sqrt((1 - p) * (1 - p) * v1 + p * p * v0) / share, 1e-12);
}

static void of_one_class_nothing_is_known_of_the_error(void)
{
    rdl_area_estimate all = rdl_area_estimate_of((rdl_confusion){.tp = 9, .fn = 7}, 0.9, 0.1, 2.0);
    rdl_area_estimate none = rdl_area_estimate_of((rdl_confusion){.fp = 9, .tn = 7}, 0.9, 0.1, 2.0);

    CHECK(isnan(all.share.half) && isnan(all.overall.half));
    CHECK(isnan(none.share.half) && isnan(none.overall.half));
}

static void the_curve_counts_pairs_in_order(void)
{
    const float changed[] = {3, 5, -7}, unchanged[] = {1, 2, 5, NAN};
    g_autoptr(rdl_histogram) c = rdl_histogram_new(), u = rdl_histogram_new();

    CHECK(isnan(rdl_auc(c, u)));
    rdl_histogram_add(c, 3, changed);
    rdl_histogram_add(u, 4, unchanged);
    CHECK_NEAR(rdl_auc(c, u), (2 + 2.5 + 3) / 9, 1e-12);
}

/* Changed -3, 1, 5, unchanged -7, -3, -1, 1: 2.5 of 4, 3.5 and 4 pairs in order. */
static void the_curve_of_signed_scores_counts_their_order(void)
{
    const float below[2][2] = {{-3, NAN}, {-7, -3}}, above[2][2] = {{1, 5}, {1, NAN}}, one = -1;
    rdl_histogram *h[2][2];

    for (int i = 0; i < 2; i++) {
        h[i][0] = rdl_histogram_new(), h[i][1] = rdl_histogram_new();
        rdl_histogram_add(h[i][0], 2, below[i]);
        rdl_histogram_add(h[i][1], 2, above[i]);
    }
    rdl_histogram_add(h[1][0], 1, &one);
    CHECK_NEAR(rdl_auc_signed(h[0], h[1]), (1.5 + 3.5 + 4) / 12, 1e-12);
    CHECK_NEAR(rdl_auc_signed(h[1], h[0]), 1 - (1.5 + 3.5 + 4) / 12, 1e-12);
    for (int i = 0; i < 4; i++)
        rdl_histogram_free(h[i / 2][i % 2]);
}

/* ---- objects ---- */

static rdl_runs runs_of(const char *const *rows, int n)
{
    rdl_runs runs = rdl_runs_new();

    for (int y = 0; y < n; y++) {
        uint8_t flags[64];
        int width = (int)strlen(rows[y]);
        for (int x = 0; x < width; x++)
            flags[x] = rows[y][x] == '#';
        rdl_runs_add_row(&runs, y, width, flags);
    }
    return runs;
}

static void objects_are_found_right_split_and_merged(void)
{
    static const char *const map[] = {"##..##....####", "##..##....####", ".........#....",
                                      "............#."};
    static const char *const truth[] = {"######......#.", "######........", "..............",
                                        "............#."};
    rdl_runs m = runs_of(map, 4), t = runs_of(truth, 4);
    rdl_object_counts c = rdl_objects_compare(&m, &t, 0.5);

    CHECK_INT(c.map, 4);       /* two squares, one with a tail, one pixel */
    CHECK_INT(c.right, 3);     /* the tailed one has one right pixel of nine */
    CHECK_INT(c.reference, 3); /* the bar, two pixels */
    CHECK_INT(c.found, 3);
    CHECK_INT(c.splits, 1);
    CHECK_INT(c.merges, 0);
    c = rdl_objects_compare(&t, &m, 0.5);
    CHECK_INT(c.merges, 1);
    rdl_runs_clear(&m);
    rdl_runs_clear(&t);
}

/* ---- files ---- */

enum { SIDE = 60 };

static void name_raster(const char *path, const char *name)
{
    GDALDatasetH ds = GDALOpen(path, GA_Update);

    GDALSetMetadataItem(ds, "REDLINE", name, NULL);
    GDALClose(ds);
}

/* The map calls the left 20 columns changed, the truth the left 15; a corner is not observed. */
static const char *make_map(void)
{
    static const char *path;
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE);

    f.width = f.height = SIDE, f.nodata = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
        v[i] = i % SIDE < 20 ? 2 : 1;
    v[SIDE - 1] = 0;
    if (!path)
        name_raster(path = make_raster("map.tif", &f, v), "change test");
    return path;
}

static const char *make_truth(void)
{
    static const char *path;
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE);

    f.width = f.height = SIDE;
    for (int i = 0; i < SIDE * SIDE; i++)
        v[i] = i % SIDE < 15 ? 255 : i < SIDE ? 7 : 0; /* 7: nobody knows */
    return path ? path : (path = make_raster("truth.tif", &f, v));
}

static void assess(const rdl_assess_options *o, rdl_assess_result *r)
{
    GError *error = NULL;

    CHECK(rdl_assess(o, NULL, r, &error));
    CHECK_OK(error);
}

static void a_raster_is_compared_pixel_by_pixel(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;

    o.change = make_map();
    o.reference = make_truth();
    o.changed = "128-";
    assess(&o, &r);
    CHECK_INT(r.confusion.tp, 15 * SIDE);
    CHECK_INT(r.confusion.fp, 5 * (SIDE - 1));
    CHECK_INT(r.confusion.fn, 0);
    CHECK_INT(r.unknown, SIDE - 15 - 1);
    CHECK_INT(r.not_observed, 1);
    CHECK_INT(r.objects.found, 1);
    CHECK_NEAR(r.mapped_m2, (SIDE * SIDE - 1) * 900, 0.002 * SIDE * SIDE * 900);
    CHECK(isnan(r.auc));
    rdl_assess_result_clear(&r);
}

static void the_score_has_a_curve(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE);

    f.width = f.height = SIDE, f.type = GDT_Float32;
    for (int i = 0; i < SIDE * SIDE; i++)
        v[i] = -(SIDE - i % SIDE); /* least where something changed, or largest by its size */
    o.change = make_map();
    o.reference = make_truth();
    o.changed = "128-";
    o.score = make_raster("score.tif", &f, v);
    assess(&o, &r);
    CHECK_NEAR(r.auc, 0, 0);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "below 0"));
    rdl_assess_result_clear(&r);
    name_raster(o.score, "score test"); /* of redline's own the size counts */
    assess(&o, &r);
    CHECK_NEAR(r.auc, 1, 0);
    CHECK_INT(r.warnings->len, 0);
    rdl_assess_result_clear(&r);
}

static void a_score_lies_where_the_map_does(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    GError *error = NULL;
    made_form f = MADE_FORM;
    g_autofree double *v = g_new0(double, SIDE *SIDE);

    f.width = f.height = SIDE, f.type = GDT_Float32, f.x += 30;
    o.change = make_map();
    o.reference = make_truth();
    o.changed = "128-";
    o.score = make_raster("elsewhere.tif", &f, v);
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "grid of the map");
}

/* 0 unknown, 1 unchanged, 2 changed, as in redline's own rasters but without their name. */
static void what_may_be_read_the_wrong_way_is_said(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    made_form f = MADE_FORM, score = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE), *s = g_new(double, SIDE *SIDE);

    f.width = f.height = score.width = score.height = SIDE, score.type = GDT_Float32;
    for (int i = 0; i < SIDE * SIDE; i++) {
        v[i] = i % SIDE < 15 ? 2 : i % SIDE < 50 ? 1 : 0;
        s[i] = i % SIDE; /* least where something changed */
    }
    o.change = make_map();
    o.reference = make_raster("three.tif", &f, v);
    assess(&o, &r);
    CHECK_INT(r.warnings->len, 1);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "--changed 2 --unchanged 1"));
    rdl_assess_result_clear(&r);
    f.nodata = 0;
    o.reference = make_raster("two.tif", &f, v); /* 0 is not even seen */
    assess(&o, &r);
    CHECK_INT(r.warnings->len, 2);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "--changed 2 --unchanged 1"));
    CHECK(r.warnings->len > 1 && strstr(r.warnings->pdata[1], "nothing is known to be unchanged"));
    rdl_assess_result_clear(&r);
    o.changed = "2";
    o.unchanged = "1";
    o.score = make_raster("upside-down.tif", &score, s);
    assess(&o, &r);
    CHECK_NEAR(r.auc, 0, 0);
    CHECK_INT(r.warnings->len, 1);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "area under the curve"));
    rdl_assess_result_clear(&r);
}

static void a_map_of_others_has_values_of_its_own(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    made_form f = MADE_FORM;
    g_autofree double *v = g_new(double, SIDE *SIDE);

    f.width = f.height = SIDE;
    for (int i = 0; i < SIDE * SIDE; i++)
        v[i] = i % SIDE < 20 ? 2 : i % SIDE < 50;
    o.change = make_raster("foreign.tif", &f, v);
    o.reference = make_truth();
    o.changed = "128-";
    assess(&o, &r);
    CHECK_INT(r.warnings->len, 1);
    CHECK(r.warnings->len && strstr(r.warnings->pdata[0], "--map-changed 2"));
    rdl_assess_result_clear(&r);
    o.map_changed = "2";
    o.map_unchanged = "1";
    assess(&o, &r);
    CHECK_INT(r.warnings->len, 0);
    CHECK_INT(r.confusion.tp, 15 * SIDE);
    CHECK_INT(r.not_observed, 10 * SIDE);
    rdl_assess_result_clear(&r);
}

static const char *make_polygon(const char *name, int epsg);

static void polygons_have_no_values(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    GError *error = NULL;

    o.change = make_polygon("valueless.gpkg", 32651);
    o.reference = make_truth();
    o.map_changed = "2";
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "name values of a raster");
}

static const char *make_polygon(const char *name, int epsg)
{
    const char *path = suite_path(name);
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(epsg == 4326 ? "EPSG:4326" : "EPSG:32651", &error);
    g_autoptr(rdl_crs) utm = rdl_crs_parse("EPSG:32651", &error);
    double x[] = {500000, 500450, 500450, 500000}, y[] = {3600000, 3600000, 3598200, 3598200};
    g_autoptr(rdl_transform) t = rdl_transform_new(utm, crs, &error);

    CHECK(rdl_transform_points(t, 4, x, y, &error));
    g_autofree char *wkt =
        g_strdup_printf("POLYGON((%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f))",
                        x[0], y[0], x[1], y[1], x[2], y[2], x[3], y[3], x[0], y[0]);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, &error);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
    rdl_vector *v = rdl_vector_create(path, "GPKG", &error);
    int layer = rdl_vector_layer(v, "truth", crs, "MultiPolygon", NULL, 0, &error);
    CHECK(rdl_vector_write(v, layer, NULL, wkb, &error));
    CHECK(rdl_vector_finish(v, &error));
    CHECK_OK(error);
    return path;
}

static void polygons_are_changed_inside(void)
{
    static const int systems[] = {32651, 4326};

    for (int i = 0; i < 2; i++) {
        rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
        rdl_assess_result r;
        o.change = make_map();
        o.reference = make_polygon(i ? "degrees.gpkg" : "metres.gpkg", systems[i]);
        assess(&o, &r);
        CHECK_INT(r.confusion.tp, 15 * SIDE);
        CHECK_INT(r.confusion.fp, 5 * SIDE);
        CHECK_INT(r.confusion.tn, 40 * SIDE - 1);
        rdl_assess_result_clear(&r);
        o.change = o.reference; /* patches against a raster */
        o.reference = make_truth();
        o.changed = "128-";
        assess(&o, &r);
        CHECK_INT(r.confusion.tp, 15 * SIDE);
        CHECK_INT(r.confusion.fp + r.confusion.fn, 0);
        rdl_assess_result_clear(&r);
    }
}

static const char *make_labelled(const char *name, const char *first, const char *second)
{
    static const rdl_field fields[] = {{"reference", RDL_FIELD_TEXT}};
    const char *path = suite_path(name);
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32651", &error);
    rdl_vector *v = rdl_vector_create(path, "GPKG", &error);
    int layer = rdl_vector_layer(v, "labels", crs, "MultiPolygon", fields, 1, &error);

    for (int i = 0; i < 2; i++) {
        double x = 500000 + (i ? 900 : 300); /* columns 10..19 and 30..39, rows 10..19 */
        g_autoptr(rdl_geometry) g =
            rdl_geometry_of_box((rdl_box){x, 3600000 - 600, x + 300, 3600000 - 300}, &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        rdl_value value = rdl_text(i ? second : first);
        CHECK(rdl_vector_write(v, layer, &value, wkb, &error));
    }
    CHECK(rdl_vector_finish(v, &error));
    CHECK_OK(error);
    return path;
}

/* Two squares labelled, the rest unknown. */
static void labelled_polygons_leave_the_rest_unknown(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    GError *error = NULL;

    o.change = make_map();
    o.reference = make_labelled("mistyped.gpkg", "changed", "no change");
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "reference is 'no change'");
    o.reference = make_labelled("labelled.gpkg", "Changed", "unchanged");
    assess(&o, &r);
    CHECK_INT(r.confusion.tp, 100);
    CHECK_INT(r.confusion.tn, 100);
    CHECK_INT(r.unknown, SIDE * SIDE - 1 - 200);
    rdl_assess_result_clear(&r);
}

/* Fill in the field `reference` by the truth. */
static void label(const char *path)
{
    GDALDatasetH ds = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    char *sql = "UPDATE sample SET reference = CASE WHEN ST_MinX(geom) < 500450 THEN 'changed' "
                "ELSE 'unchanged' END";

    OGRLayerH none = GDALDatasetExecuteSQL(ds, sql, NULL, NULL);
    if (none)
        GDALDatasetReleaseResultSet(ds, none);
    CHECK(GDALGetDriverByName("GPKG") != NULL);
    GDALClose(ds);
}

static void a_sample_is_drawn_and_given_back(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_design_options d = {.change = make_map(), .points = 200, .least = 80, .seed = 7};
    rdl_assess_result r;
    GError *error = NULL;

    d.output = suite_path("sample.gpkg");
    CHECK(rdl_assess_design(&d, NULL, &error));
    CHECK_OK(error);
    o.change = d.change;
    o.reference = d.output;
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "nothing is known");
    rdl_assess_result_clear(&r);
    label(d.output);
    assess(&o, &r);
    CHECK(r.points);
    CHECK_INT(r.confusion.tp + r.confusion.fp, 80);
    CHECK_INT(r.confusion.fn, 0);
    CHECK_INT(r.confusion.tn, 120);
    CHECK_NEAR(r.area.share.value, 0.25, 3 * r.area.share.half);
    CHECK(r.area.share.half > 0 && r.area.share.half < 0.05);
    CHECK(isnan(r.auc));
    rdl_assess_result_clear(&r);
    o.score = make_map(); /* 2, with ties, where 1 is right a third of the time */
    assess(&o, &r);
    CHECK_NEAR(r.auc, 1 - 0.5 * (double)r.confusion.fp / (double)(r.confusion.fp + r.confusion.tn),
               1e-12);
    rdl_assess_result_clear(&r);
}

static void the_same_seed_draws_the_same(void)
{
    rdl_design_options d = {.change = make_map(), .points = 50, .seed = 3};
    GError *error = NULL;
    double sum[3] = {0};

    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("draw-%d.gpkg", i);
        d.output = suite_path(name);
        d.seed = i == 2 ? 4 : 3;
        CHECK(rdl_assess_design(&d, NULL, &error));
        g_autoptr(rdl_layer) layer = rdl_layer_open(d.output, NULL, &error);
        const rdl_feature *feature;
        for (int k = 1; (feature = rdl_layer_next(layer, &error)); k++) {
            GBytes *wkb = rdl_feature_wkb(feature);
            g_autoptr(rdl_geometry) g =
                rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), &error);
            rdl_box box = rdl_geometry_box(g);
            sum[i] += k * (box.xmin - 500000) + box.ymin - 3600000;
        }
    }
    CHECK_OK(error);
    CHECK_NEAR(sum[0], sum[1], 0);
    CHECK(sum[0] != sum[2]);
}

static void what_cannot_be_compared_is_refused(void)
{
    rdl_assess_options o = RDL_ASSESS_OPTIONS_INIT;
    rdl_assess_result r;
    GError *error = NULL;

    o.change = make_map();
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--reference");
    o.reference = make_truth();
    o.changed = "x";
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--changed 'x'");
    o.changed = "9";
    o.unchanged = "8";
    CHECK(!rdl_assess(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "nothing is known");
    rdl_assess_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"figures are those of the definitions", figures_are_those_of_the_definitions},
    {"areas are adjusted", areas_are_adjusted},
    {"of one class nothing is known of the error", of_one_class_nothing_is_known_of_the_error},
    {"the curve counts pairs in order", the_curve_counts_pairs_in_order},
    {"objects are found, right, split and merged", objects_are_found_right_split_and_merged},
    {"a raster is compared pixel by pixel", a_raster_is_compared_pixel_by_pixel},
    {"the curve of signed scores counts their order",
     the_curve_of_signed_scores_counts_their_order},
    {"the score has a curve", the_score_has_a_curve},
    {"a score lies where the map does", a_score_lies_where_the_map_does},
    {"a map of others has values of its own", a_map_of_others_has_values_of_its_own},
    {"polygons have no values", polygons_have_no_values},
    {"what may be read the wrong way is said", what_may_be_read_the_wrong_way_is_said},
    {"polygons are changed inside", polygons_are_changed_inside},
    {"labelled polygons leave the rest unknown", labelled_polygons_leave_the_rest_unknown},
    {"a sample is drawn and given back", a_sample_is_drawn_and_given_back},
    {"the same seed draws the same", the_same_seed_draws_the_same},
    {"what cannot be compared is refused", what_cannot_be_compared_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.assess", tests, argc, argv);
}
