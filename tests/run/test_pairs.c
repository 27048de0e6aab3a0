/* Several pairs of scenes in one job: the seam is no finding, what is seen twice is there once. */
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "detect/detect.h"
#include "geo/geo.h"
#include "run/run.h"
#include "fixtures/scene.h"
#include "suite.h"

#define SEAM 190 /* first column of the eastern half; the western one ends 40 columns later */

static GDALDatasetH scene_of(const char *date)
{
    g_autofree char *relative = g_strdup_printf("data/sample/scenes/taizhou_%s.tif", date);
    GDALDatasetH scene = GDALOpen(suite_source(relative), GA_ReadOnly);

    CHECK(scene != NULL);
    return scene;
}

static void cut_as(const char *date, const char *name, int column, int width, const char *darkest)
{
    g_autofree char *from = g_strdup_printf("%d", column), *size = g_strdup_printf("%d", width);
    const char *words[] = {"-srcwin", from,  "0",     size,  "400", "-scale",
                           "0",       "255", darkest, "255", NULL};
    GDALDatasetH scene = scene_of(date);
    GDALTranslateOptions *o = GDALTranslateOptionsNew((char **)words, NULL);
    GDALDatasetH part = GDALTranslate(suite_path(name), scene, o, NULL);

    CHECK(part != NULL);
    GDALTranslateOptionsFree(o);
    GDALClose(part);
    GDALClose(scene);
}

static void cut(const char *date, const char *name, int column, int width)
{
    cut_as(date, name, column, width, "0");
}

static void move(const char *date, const char *name, const char *crs)
{
    const char *words[] = {"-t_srs", crs, "-tr", "30", "30", "-dstnodata", "255", NULL};
    GDALDatasetH scene = scene_of(date);
    GDALWarpAppOptions *o = GDALWarpAppOptionsNew((char **)words, NULL);
    GDALDatasetH moved = GDALWarp(suite_path(name), NULL, 1, &scene, o, NULL);

    CHECK(moved != NULL);
    GDALWarpAppOptionsFree(o);
    GDALClose(moved);
    GDALClose(scene);
}

static void make_halves(void)
{
    cut("20000317", "w-before.tif", 0, SEAM + 40);
    cut("20030206", "w-after.tif", 0, SEAM + 40);
    cut("20000317", "e-before.tif", SEAM, 400 - SEAM);
    cut("20030206", "e-after.tif", SEAM, 400 - SEAM);
}

static const char detect[] = "redline: 1\nname: x\n"
                             "detect: {sensor: landsat-etm, method: index, threshold: 0.2, "
                             "date_before: 2000-03-17, date_after: 2003-02-06%s}\n%s"
                             "patches: {min_area: 5400}\n";

static bool run_text(const char *folder, const char *text, rdl_sheet **sheet)
{
    const char *path = suite_path("job.yaml");
    GError *error = NULL;
    rdl_run_options options = RDL_RUN_OPTIONS_INIT;

    g_file_set_contents(path, text, -1, NULL);
    g_autoptr(rdl_job) job = rdl_job_read(path, &error);
    options.folder = suite_path(folder);
    options.overwrite = true;
    *sheet = NULL;
    bool good = job && rdl_job_run(job, &options, NULL, sheet, &error);
    CHECK_OK(error);
    return good;
}

static bool run(const char *folder, const char *scenes, const char *pairs, rdl_sheet **sheet)
{
    g_autofree char *text = g_strdup_printf(detect, scenes, pairs);

    return run_text(folder, text, sheet);
}

static bool run_whole(const char *folder)
{
    g_autofree char *scenes = g_strdup_printf(
        ", before: %s, after: %s", suite_source("data/sample/scenes/taizhou_20000317.tif"),
        suite_source("data/sample/scenes/taizhou_20030206.tif"));
    g_autoptr(rdl_sheet) sheet = NULL;

    return run(folder, scenes, "", &sheet);
}

/* Every feature as text: its fields and its geometry. */
static char *features(const char *folder)
{
    g_autofree char *file = g_build_filename(suite_path(folder), "patches.gpkg", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(file, NULL, NULL);
    GString *all = g_string_new(NULL);
    const rdl_feature *f;

    while (layer && (f = rdl_layer_next(layer, NULL))) {
        for (int i = 0; i < rdl_layer_fields(layer); i++) {
            const char *text = rdl_feature_text(f, i);
            g_string_append_printf(all, "%s|", text ? text : "-");
        }
        gsize n;
        const void *wkb = g_bytes_get_data(rdl_feature_wkb(f), &n);
        g_autofree char *digest = rdl_digest_bytes(wkb, n);
        g_string_append_printf(all, "%s\n", digest);
    }
    return g_string_free(all, FALSE);
}

static void two_halves_give_the_patches_of_the_whole(void)
{
    static const char *const orders[] = {
        "pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
        "- {name: east, before: e-before.tif, after: e-after.tif}\n",
        "pairs:\n- {name: east, before: e-before.tif, after: e-after.tif}\n"
        "- {name: west, before: w-before.tif, after: w-after.tif}\n"};

    make_halves();
    CHECK(run_whole("whole"));
    g_autofree char *want = features("whole");
    CHECK(strlen(want) > 10000);
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autoptr(rdl_sheet) sheet = NULL;
        CHECK(run("halves", "", orders[i], &sheet));
        g_autofree char *got = features("halves"), *balance = sheet ? rdl_sheet_text(sheet) : NULL;
        CHECK(strcmp(got, want) == 0);
        CHECK(balance && strstr(balance, "16000  suppressed SEEN_TWICE"));
        CHECK_INT(sheet ? sheet->warnings->len : 1, 0);
    }
}

/* Where two pairs see the same ground otherwise, which one is believed is a matter of what they
 * saw, never of where they stand in the file. */
static void the_order_of_unlike_pairs_changes_no_byte(void)
{
    static const char *const pairs[] = {
        "- {name: west, before: w-before.tif, after: w-after.tif}\n",
        "- {name: east, before: e-before.tif, after: e-after.tif}\n",
        "- {name: middle, before: m-before.tif, after: m-after.tif, date_after: 2003-02-08}\n"};
    static const int orders[][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {1, 2, 0}};
    static const char *const files[] = {"change.tif", "score.tif", "patches.gpkg", "balance.json"};
    const char *const folder = "order", *const first = "first";

    make_halves();
    cut_as("20000317", "e-before.tif", SEAM, 400 - SEAM, "30");
    cut_as("20030206", "e-after.tif", SEAM, 400 - SEAM, "30");
    cut_as("20000317", "m-before.tif", SEAM - 50, 100, "60");
    cut_as("20030206", "m-after.tif", SEAM - 50, 100, "60");
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *list = g_strconcat("pairs:\n", pairs[orders[i][0]], pairs[orders[i][1]],
                                            pairs[orders[i][2]], NULL);
        g_autoptr(rdl_sheet) sheet = NULL;
        CHECK(run(folder, "", list, &sheet));
        for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
            g_autofree char *made = g_build_filename(suite_path(folder), files[f], NULL);
            g_autofree char *kept = g_strconcat(suite_path(first), files[f], NULL);
            if (i == 0)
                CHECK(g_rename(made, kept) == 0);
            else
                CHECK_SAME_FILE(made, kept);
        }
    }
}

static double area(const char *folder)
{
    g_autofree char *file = g_build_filename(suite_path(folder), "patches.gpkg", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(file, NULL, NULL);
    double sum = 0.0;
    const rdl_feature *f;

    while (layer && (f = rdl_layer_next(layer, NULL)))
        sum += rdl_feature_real(f, rdl_layer_field_index(layer, "area_m2"));
    return sum;
}

static void a_pair_in_another_system_is_joined_with_a_warning(void)
{
    g_autoptr(rdl_sheet) sheet = NULL;

    make_halves();
    move("20000317", "o-before.tif", "EPSG:32650");
    move("20030206", "o-after.tif", "EPSG:32650");
    CHECK(run_whole("whole"));
    CHECK(run("other", "",
              "pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
              "- {name: other, before: o-before.tif, after: o-after.tif}\n",
              &sheet));
    CHECK_NEAR(area("other") / area("whole"), 1.0, 0.1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; sheet && i < sheet->warnings->len; i++)
        g_string_append(text, sheet->warnings->pdata[i]);
    CHECK(sheet && sheet->warnings->len >= 2);
    CHECK(strstr(text->str, "different grids") && strstr(text->str, "kind is not told"));
}

static void pairs_of_other_dates_are_dated_widely_and_said_so(void)
{
    g_autoptr(rdl_sheet) sheet = NULL;

    make_halves();
    CHECK(run("dates", "",
              "pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
              "- {name: east, before: e-before.tif, after: e-after.tif, date_after: 2003-03-01}\n",
              &sheet));
    g_autofree char *got = features("dates");
    CHECK(strstr(got, "|2000-03-17|2003-03-01|") && !strstr(got, "|2003-02-06|"));
    CHECK(sheet && sheet->warnings->len == 1 &&
          strstr(sheet->warnings->pdata[0], "different dates"));
}

/* Nobody knows when what that pair shows came about: another pair's days would accuse. */
static void a_pair_without_dates_leaves_them_unknown(void)
{
    g_autoptr(rdl_sheet) sheet = NULL;

    make_halves();
    CHECK(run_text("undated",
                   "redline: 1\nname: x\n"
                   "detect: {sensor: landsat-etm, method: index, threshold: 0.2}\n"
                   "pairs:\n- {name: west, before: w-before.tif, after: w-after.tif, "
                   "date_before: 2000-03-17, date_after: 2003-02-06}\n"
                   "- {name: east, before: e-before.tif, after: e-after.tif}\n"
                   "patches: {min_area: 5400}\n",
                   &sheet));
    g_autofree char *got = features("undated");
    CHECK(strlen(got) > 1000);
    CHECK(!strstr(got, "2000-03-17") && !strstr(got, "2003-02-06"));
}

/* What a job says of patches is what `redline patches` would be told. */
static void a_job_draws_patches_as_they_are_asked_for(void)
{
    g_autofree char *text = g_strdup_printf(
        "redline: 1\nname: x\n"
        "detect: {sensor: landsat-etm, method: index, threshold: 0.2, before: %s, after: %s, "
        "date_before: 2000-03-17, date_after: 2003-02-06}\n"
        "patches: {min_area: 5400, fill_holes: 2000, simplify: 0.05, suppress: mask-edge, "
        "keep_suppressed: true, previous: whole/patches.gpkg}\n",
        suite_source("data/sample/scenes/taizhou_20000317.tif"),
        suite_source("data/sample/scenes/taizhou_20030206.tif"));
    g_autoptr(rdl_sheet) sheet = NULL;
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result r;

    CHECK(run_whole("whole"));
    CHECK(run_text("asked", text, &sheet));
    o.change = suite_path("asked/change.tif");
    o.score = suite_path("asked/score.tif");
    o.before = suite_source("data/sample/scenes/taizhou_20000317.tif");
    o.after = suite_source("data/sample/scenes/taizhou_20030206.tif");
    o.sensor = "landsat-etm";
    o.min_area_m2 = 5400, o.fill_m2 = 2000, o.simplify = 0.05;
    o.suppress = "mask-edge", o.keep_suppressed = true;
    o.previous = suite_path("whole/patches.gpkg");
    o.output = suite_path("alone.gpkg");
    CHECK(rdl_patches(&o, NULL, &r, NULL));
    g_autofree char *job = rdl_digest_file(suite_path("asked/patches.gpkg"), NULL);
    CHECK_TEXT(job, r.output_digest);
    g_autofree char *tally = sheet ? rdl_tally_text(sheet->tally) : NULL;
    CHECK(tally && strstr(tally, "patches.holes") && strstr(tally, "patches.outlines"));
    rdl_patches_result_clear(&r);
}

static void patches_that_cannot_be_drawn_are_told_first(void)
{
    static const char *const bad[][2] = {{"suppress: fog", "no rule 'fog'"},
                                         {"suppress: 5", "suppress is a word"},
                                         {"simplify: 2", "--simplify 2"},
                                         {"simplify: much", "a number is needed"},
                                         {"keep_suppressed: 7", "is true or false"},
                                         {"series: gone.tif", "gone.tif"},
                                         {"previous: gone.gpkg", "no such patches"},
                                         {"smooth: 1", "key 'smooth'"}};

    make_halves();
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text =
            g_strdup_printf("redline: 1\nname: x\ndetect: {before: w-before.tif, after: "
                            "w-after.tif}\npatches: {%s}\n",
                            bad[i][0]);
        rdl_run_options options = RDL_RUN_OPTIONS_INIT;
        g_autoptr(rdl_sheet) sheet = NULL;
        GError *error = NULL;
        g_file_set_contents(suite_path("undrawn.yaml"), text, -1, NULL);
        g_autoptr(rdl_job) job = rdl_job_read(suite_path("undrawn.yaml"), &error);
        options.folder = suite_path("undrawn");
        CHECK(!job || !rdl_job_run(job, &options, NULL, &sheet, &error));
        CHECK(error && strstr(error->message, bad[i][1]));
        g_clear_error(&error);
        CHECK(!g_file_test(suite_path("undrawn"), G_FILE_TEST_EXISTS));
    }
}

static void pairs_that_are_not_clear_are_refused(void)
{
    static const struct {
        const char *pairs, *part;
    } bad[] = {{"pairs: 3\n", "must be a list"},
               {"pairs: []\n", "must be a list"},
               {"pairs:\n- {before: a, after: b}\n", "each needs a 'name'"},
               {"pairs:\n- {name: a/b, before: a, after: b}\n", "each needs a 'name'"},
               {"pairs:\n- {name: a, before: a}\n", "a: before and after are needed"},
               {"pairs:\n- {name: a, before: a, after: b}\n- {name: a, before: a, after: b}\n",
                "two are named 'a'"},
               {"pairs:\n- {name: a, before: a, after: b, colour: red}\n", "key 'colour'"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf(detect, "", bad[i].pairs);
        g_file_set_contents(suite_path("bad.yaml"), text, -1, NULL);
        g_autoptr(rdl_job) job = rdl_job_read(suite_path("bad.yaml"), &error);
        CHECK(!job);
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
    }
}

/* Hours of the first pair are not spent where the second cannot be read. */
static void all_inputs_are_looked_at_first(void)
{
    static const char *const bad[][2] = {
        {"pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
         "- {name: east, before: e-before.tif, after: gone.tif}\n",
         "east: after: "},
        {"pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
         "- {name: east, before: e-before.tif, after: e-after.tif, aoi: gone.shp}\n",
         "gone.shp"},
        {"pairs:\n- {name: west, before: w-before.tif, after: w-after.tif}\n"
         "- {name: east, before: e-before.tif, after: e-after.tif}\n"
         "pack: cn\nas_of: 2026-01-01\nscreen: {zones: gone.gpkg}\n",
         "gone.gpkg"}};

    make_halves();
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf(detect, "", bad[i][0]);
        GError *error = NULL;
        rdl_run_options options = RDL_RUN_OPTIONS_INIT;
        g_autoptr(rdl_sheet) sheet = NULL;
        g_file_set_contents(suite_path("late.yaml"), text, -1, NULL);
        g_autoptr(rdl_job) job = rdl_job_read(suite_path("late.yaml"), &error);
        CHECK_OK(error);
        options.folder = suite_path("late");
        CHECK(job && !rdl_job_run(job, &options, NULL, &sheet, &error));
        CHECK_FAILS(error, RDL_ERROR_IO, bad[i][1]);
        CHECK(!g_file_test(suite_path("late"), G_FILE_TEST_EXISTS));
    }
}

#define FIELD 64 /* pixels a side */

/* Vegetation of two bands, with a square of 8 pixels of other numbers in the middle. */
static void make_field(const char *name, double red, double nir)
{
    made_form form = MADE_FORM;
    g_autofree double *planes = g_new(double, 2 * FIELD * FIELD);

    form.width = form.height = FIELD, form.bands = 2, form.type = GDT_UInt16, form.nodata = 0;
    for (int i = 0; i < FIELD * FIELD; i++) {
        bool middle = abs(i / FIELD - FIELD / 2) < 4 && abs(i % FIELD - FIELD / 2) < 4;
        planes[i] = middle ? red : 400 + i * 7 % 31;
        planes[FIELD * FIELD + i] = middle ? nir : 3000 + i * 11 % 97;
    }
    make_raster(name, &form, planes);
}

/* One where the field is masked: the middle, or a good half of it beside the middle. */
static void make_field_mask(const char *name, bool middle)
{
    made_form form = MADE_FORM;
    g_autofree double *mask = g_new0(double, FIELD *FIELD);

    form.width = form.height = FIELD;
    for (int i = 0; i < FIELD * FIELD; i++)
        mask[i] = middle ? abs(i / FIELD - FIELD / 2) < 6 && abs(i % FIELD - FIELD / 2) < 6
                         : i % FIELD < 20;
    make_raster(name, &form, mask);
}

/* The pair that sees more is believed first, but not through its cloud. */
static void what_a_cloud_hides_is_told_by_the_clear_pair(void)
{
    g_autoptr(rdl_sheet) sheet = NULL;

    make_field("f-before.tif", 400, 3000);
    make_field("f-after.tif", 2000, 2500);
    make_field("f-cloud.tif", 9000, 9000);
    make_field_mask("f-hidden.tif", true);
    make_field_mask("f-side.tif", false);
    CHECK(run_text("veil",
                   "redline: 1\nname: x\n"
                   "detect: {bands: 'red=1,nir=2', method: index, threshold: 0.2, "
                   "date_before: 2020-03-17, date_after: 2021-02-06}\n"
                   "pairs:\n- {name: cloud, before: f-cloud.tif, after: f-cloud.tif, "
                   "mask_after: f-hidden.tif}\n"
                   "- {name: clear, before: f-before.tif, after: f-after.tif, "
                   "mask_after: f-side.tif}\n"
                   "patches: {}\n",
                   &sheet));
    g_autoptr(rdl_layer) layer = rdl_layer_open(suite_path("veil/patches.gpkg"), NULL, NULL);
    const rdl_feature *f = layer ? rdl_layer_next(layer, NULL) : NULL;
    CHECK(f != NULL);
    for (int i = 0; f && i < rdl_layer_fields(layer); i++) {
        if (strcmp(rdl_layer_field(layer, i), "kind") == 0)
            CHECK_TEXT(rdl_feature_text(f, i), "veg_to_bare");
        if (strcmp(rdl_layer_field(layer, i), "ndvi_before") == 0)
            CHECK_NEAR(g_ascii_strtod(rdl_feature_text(f, i), NULL), 2600.0 / 3400.0, 1e-6);
    }
    CHECK(f && !rdl_layer_next(layer, NULL));
}

/* Found out when the scenes are opened: the folder is there by then. */
static void a_band_that_is_missing_leaves_no_folder(void)
{
    rdl_run_options options = RDL_RUN_OPTIONS_INIT;
    g_autoptr(rdl_sheet) sheet = NULL;
    GError *error = NULL;

    make_halves();
    g_file_set_contents(suite_path("band.yaml"),
                        "redline: 1\nname: x\ndetect: {before: w-before.tif, after: w-after.tif, "
                        "bands: 'red=3,nir=9', method: index}\n",
                        -1, NULL);
    g_autoptr(rdl_job) job = rdl_job_read(suite_path("band.yaml"), &error);
    CHECK_OK(error);
    options.folder = suite_path("banded/deep");
    CHECK(job && !rdl_job_run(job, &options, NULL, &sheet, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "band 9");
    CHECK(!g_file_test(suite_path("banded"), G_FILE_TEST_EXISTS));
}

static CU_TestInfo tests[] = {
    {"a band that is missing leaves no folder", a_band_that_is_missing_leaves_no_folder},
    {"a job draws patches as they are asked for", a_job_draws_patches_as_they_are_asked_for},
    {"patches that cannot be drawn are told first", patches_that_cannot_be_drawn_are_told_first},
    {"what a cloud hides is told by the clear pair", what_a_cloud_hides_is_told_by_the_clear_pair},
    {"all inputs are looked at first", all_inputs_are_looked_at_first},
    {"two halves give the patches of the whole", two_halves_give_the_patches_of_the_whole},
    {"the order of unlike pairs changes no byte", the_order_of_unlike_pairs_changes_no_byte},
    {"a pair in another system is joined with a warning",
     a_pair_in_another_system_is_joined_with_a_warning},
    {"pairs of other dates are dated widely and said so",
     pairs_of_other_dates_are_dated_widely_and_said_so},
    {"a pair without dates leaves them unknown", a_pair_without_dates_leaves_them_unknown},
    {"pairs that are not clear are refused", pairs_that_are_not_clear_are_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("run.pairs", tests, argc, argv);
}
