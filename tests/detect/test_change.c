#include "suite.h"
#include "fixtures/scene.h"
#include "detect/detect.h"
#include <gsl/gsl_cdf.h>
#include <glib/gstdio.h>

static const char *pair_names[2];
static made_form pair_form;

/* 600 x 300: 3 x 2 cells; the planted square straddles cells. */
static void make_scenes(void)
{
    double *before, *after;

    if (pair_names[0])
        return;
    pair_form = (made_form)MADE_FORM;
    pair_form.width = 600, pair_form.height = 300, pair_form.bands = 3;
    make_pair(suite_rand(), &pair_form, 40, &before, &after);
    pair_names[0] = make_raster("before.tif", &pair_form, before);
    pair_names[1] = make_raster("after.tif", &pair_form, after);
    g_free(before);
    g_free(after);
}

static rdl_detect_options options_for(const char *output)
{
    rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;

    make_scenes();
    o.before = pair_names[0];
    o.after = pair_names[1];
    o.output = suite_path(output);
    o.overwrite = true;
    return o;
}

static void run(const rdl_detect_options *o, rdl_detect_result *r)
{
    GError *error = NULL;

    CHECK(rdl_detect(o, NULL, r, &error));
    CHECK_OK(error);
}

static void refused(const rdl_detect_options *o, rdl_error code, const char *part)
{
    GError *error = NULL;
    rdl_detect_result r;

    g_unlink(o->output ? o->output : "");
    CHECK(!rdl_detect(o, NULL, &r, &error));
    CHECK_FAILS(error, code, part);
    CHECK(!o->output || !g_file_test(o->output, G_FILE_TEST_EXISTS));
    rdl_detect_result_clear(&r);
}

static void planted_change_is_found(void)
{
    static const char *const methods[] = {"auto", "irmad",      "mad",      "isfa",
                                          "cva",  "pca-kmeans", "logratio", "fuse:mad,cva,isfa"};

    for (size_t m = 0; m < G_N_ELEMENTS(methods); m++) {
        rdl_detect_options o = options_for("found.tif");
        rdl_detect_result r;
        int hit = 0, wrong = 0;
        o.method = methods[m];
        run(&o, &r);
        CHECK_INT(r.observed, 600 * 300);
        g_autofree double *c = raster_values(o.output, 1);
        for (int row = 0; row < 300; row++)
            for (int col = 0; col < 600; col++) {
                bool planted = abs(2 * row - 300) < 40 && abs(2 * col - 600) < 40;
                hit += planted && c[row * 600 + col] == RDL_CHANGED;
                wrong += !planted && c[row * 600 + col] == RDL_CHANGED;
            }
        CHECK_NEAR(hit, 39 * 39, 0.1 * 39 * 39);
        CHECK(wrong < 0.02 * 600 * 300);
        CHECK_INT(hit + wrong, r.changed);
        rdl_detect_result_clear(&r);
    }
}

static void threads_and_memory_change_no_byte(void)
{
    static const char *const methods[] = {
        "irmad",      "mad",      "isfa",      "cva",
        "pca-kmeans", "logratio", "meanratio", "fuse:irmad,cva,pca-kmeans"};

    for (size_t m = 0; m < G_N_ELEMENTS(methods); m++) {
        rdl_detect_options o = options_for("one.tif");
        rdl_detect_result a, b;
        o.method = methods[m];
        o.score = suite_path("one-score.tif");
        run(&o, &a);
        o.output = suite_path("many.tif");
        o.score = suite_path("many-score.tif");
        o.threads = 4;
        o.memory_mib = 16;
        run(&o, &b);
        CHECK_SAME_FILE(suite_path("one.tif"), suite_path("many.tif"));
        CHECK_SAME_FILE(suite_path("one-score.tif"), suite_path("many-score.tif"));
        CHECK_TEXT(a.output_digest, b.output_digest);
        rdl_detect_result_clear(&a);
        rdl_detect_result_clear(&b);
    }
}

/* The votes of three, counted by hand, at each number of votes asked for. */
static void a_vote_counts_what_each_detector_says(void)
{
    enum { N = 600 * 300 };
    static const char *const names[] = {"mad", "cva", "pca-kmeans"};
    g_autofree int *votes = g_new0(int, N);

    for (int k = 0; k < 3; k++) {
        rdl_detect_options o = options_for("voter.tif");
        rdl_detect_result r;
        o.method = names[k];
        run(&o, &r);
        g_autofree double *c = raster_values(o.output, 1);
        for (int i = 0; i < N; i++)
            votes[i] += c[i] == RDL_CHANGED;
        rdl_detect_result_clear(&r);
    }
    for (int vote = 0; vote <= 3; vote++) {
        rdl_detect_options o = options_for("votes.tif");
        rdl_detect_result r;
        int wrong = 0;
        o.method = "fuse:mad,cva,pca-kmeans";
        o.vote = vote;
        o.score = suite_path("votes-score.tif");
        run(&o, &r);
        g_autofree double *c = raster_values(o.output, 1), *s = raster_values(o.score, 1);
        for (int i = 0; i < N; i++) {
            bool changed = votes[i] >= (vote ? vote : 2);
            wrong += c[i] != (changed ? RDL_CHANGED : RDL_UNCHANGED);
            wrong += fabs(s[i] - votes[i] / 3.0) > 1e-6;
            wrong += (s[i] > r.limit.value) != changed;
        }
        CHECK_INT(wrong, 0);
        CHECK(g_str_has_suffix(r.paper, rdl_detector_facts(RDL_DETECT_PCA_KMEANS)->paper));
        CHECK_INT((int)json_array_get_length(r.members), 3);
        rdl_detect_result_clear(&r);
    }
    g_autoptr(GDir) folder = g_dir_open(suite_folder(), 0, NULL);
    for (const char *name; (name = g_dir_read_name(folder));)
        CHECK(!strstr(name, ".votes-"));
}

static void only_detectors_vote(void)
{
    rdl_detect_options o = options_for("votes.tif");

    o.method = "fuse:mad";
    refused(&o, RDL_ERROR_USAGE, "--method fuse:mad: give two detectors or more");
    o.method = "fuse:mad,cva,mad";
    refused(&o, RDL_ERROR_USAGE, "mad has one vote");
    o.method = "fuse:mad,auto";
    refused(&o, RDL_ERROR_USAGE, "name the detectors that vote");
    o.method = "fuse:mad,magic";
    refused(&o, RDL_ERROR_USAGE, "--method magic: no such detector");
    o.method = "fuse:mad,index"; /* fails when its turn comes: nothing is left then either */
    refused(&o, RDL_ERROR_USAGE, "fuse:mad,index: --method index: ");
    o.method = "fuse:mad,cva";
    o.vote = 3;
    refused(&o, RDL_ERROR_USAGE, "--vote 3: give 1 to 2");
    o.vote = 0;
    o.probability = suite_path("votes-p.tif");
    refused(&o, RDL_ERROR_USAGE, "--probability: a vote has none");
    o.probability = NULL;
    o.method = "mad";
    o.vote = 1;
    refused(&o, RDL_ERROR_USAGE, "--vote: only --method fuse:");
    g_autoptr(GDir) folder = g_dir_open(suite_folder(), 0, NULL);
    for (const char *name; (name = g_dir_read_name(folder));)
        CHECK(!strstr(name, ".votes-"));
}

static void auto_says_why(void)
{
    rdl_detect_options o = options_for("why.tif");
    rdl_detect_result r;

    run(&o, &r);
    CHECK(strstr(r.why, "two or more bands") != NULL);
    CHECK(strstr(r.why, "nothing at the gate speaks against it") != NULL);
    rdl_detect_result_clear(&r);
    o.date_before = "2020-01-10";
    o.date_after = "2020-07-10";
    run(&o, &r);
    CHECK(strstr(r.why, "the gate says SEASON") != NULL);
    rdl_detect_result_clear(&r);
    o.method = "mad";
    run(&o, &r);
    CHECK(r.why == NULL);
    rdl_detect_result_clear(&r);
}

static void probability_is_the_tail_of_the_score(void)
{
    rdl_detect_options o = options_for("probable.tif");
    rdl_detect_result r;

    o.score = suite_path("probable-score.tif");
    o.probability = suite_path("probable-p.tif");
    o.threshold = "100";
    run(&o, &r);
    g_autofree double *z = raster_values(o.score, 1), *p = raster_values(o.probability, 1);
    double most = 0.0;
    for (int i = 0; i < 600 * 300; i++)
        most = fmax(most, fabs(p[i] - gsl_cdf_chisq_Q(z[i], 3)));
    CHECK_NEAR(most, 0.0, 1e-6);
    rdl_detect_result_clear(&r);
    o.method = "cva";
    refused(&o, RDL_ERROR_USAGE, "--probability: only irmad, mad and isfa have one");
}

static const char *retiled(const char *path, const char *name, const char *const *tiles)
{
    GDALDatasetH from = GDALOpen(path, GA_ReadOnly);

    GDALClose(GDALCreateCopy(GDALGetDriverByName("GTiff"), suite_path(name), from, FALSE,
                             (char **)tiles, NULL, NULL));
    GDALClose(from);
    return suite_path(name);
}

static void same_values(const char *a, const char *b)
{
    g_autofree double *x = raster_values(a, 1), *y = raster_values(b, 1);
    int different = 0;

    for (int i = 0; i < 600 * 300; i++)
        different += x[i] != y[i];
    CHECK_INT(different, 0);
}

static void same_when_retiled(const rdl_detect_options *o, const rdl_detect_result *a,
                              const char *const *tiles, int threads)
{
    rdl_detect_options t = *o;
    rdl_detect_result b;

    t.before = retiled(o->before, "tiled-before.tif", tiles);
    t.after = retiled(o->after, "tiled-after.tif", tiles);
    t.output = suite_path("tiled.tif");
    t.score = suite_path("tiled-score.tif");
    t.threads = threads;
    run(&t, &b);
    CHECK_SAME_FILE(o->score, t.score);
    same_values(o->output, t.output);
    CHECK_NEAR(a->limit.value, b.limit.value, 0);
    CHECK_INT(a->changed, b.changed);
    rdl_detect_result_clear(&b);
}

static void tile_layout_changes_nothing(void)
{
    static const char *const layouts[][6] = {
        {"TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=64", "INTERLEAVE=BAND", "COMPRESS=LZW"},
        {"TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=512", "COMPRESS=DEFLATE", "PREDICTOR=2"},
        {"BLOCKYSIZE=20", "COMPRESS=DEFLATE"}};
    static const char *const methods[] = {"irmad",      "mad",      "isfa",     "cva",
                                          "pca-kmeans", "logratio", "meanratio"};

    for (size_t m = 0; m < G_N_ELEMENTS(methods); m++) {
        rdl_detect_options o = options_for("layout.tif");
        rdl_detect_result a;
        o.method = methods[m];
        o.score = suite_path("layout-score.tif");
        run(&o, &a);
        for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++)
            same_when_retiled(&o, &a, layouts[i], 1 + (int)i);
        rdl_detect_result_clear(&a);
    }
}

/* Two bands of 12 megapixels, more than statistics take in whole. */
static const char *make_large(const char *name, int date, const char *const *options)
{
    enum { WIDTH = 4100, HEIGHT = 2950 };
    const char *path = suite_path(name);
    GDALDatasetH ds = GDALCreate(GDALGetDriverByName("GTiff"), path, WIDTH, HEIGHT, 2, GDT_Byte,
                                 (char **)options);
    g_autofree uint8_t *row = g_malloc(WIDTH);

    for (int y = 0; y < HEIGHT; y++)
        for (int k = 1; k <= 2; k++) {
            for (int x = 0; x < WIDTH; x++) {
                unsigned h = (unsigned)(x * 7919 + y * 104729 + k * 31) * 2654435761u;
                row[x] = (uint8_t)(60 + (x / 40 + y / 30 * k) % 90 + (int)(h >> (27 - date)) % 8);
            }
            CHECK(GDALRasterIO(GDALGetRasterBand(ds, k), GF_Write, 0, y, WIDTH, 1, row, WIDTH, 1,
                               GDT_Byte, 0, 0) == CE_None);
        }
    GDALClose(ds);
    return path;
}

static void large_scenes_are_sampled_alike(void)
{
    static const char *const tiles[] = {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512",
                                        "COMPRESS=DEFLATE", NULL};
    static const char *const strips[] = {"COMPRESS=DEFLATE", NULL};
    static const char *const methods[] = {"cva", "mad", "irmad"};
    static const int one_in[] = {8, 2, 2};
    const char *before = make_large("large-before.tif", 0, tiles);
    const char *after = make_large("large-after.tif", 1, tiles);
    const char *before_strips = make_large("strips-before.tif", 0, strips);
    const char *after_strips = make_large("strips-after.tif", 1, strips);

    for (size_t m = 0; m < G_N_ELEMENTS(methods); m++) {
        rdl_detect_options o = options_for("large.tif"), p;
        rdl_detect_result a, b;
        o.method = methods[m];
        o.threshold = "20";
        o.before = before;
        o.after = after;
        run(&o, &a);
        p = o;
        p.output = suite_path("large-again.tif");
        p.before = before_strips;
        p.after = after_strips;
        p.threads = 3;
        p.memory_mib = 16;
        run(&p, &b);
        CHECK_INT(a.sample_one_in, one_in[m]);
        CHECK(a.sample_step > 1 || one_in[m] > 1);
        CHECK_INT(a.changed, b.changed);
        for (int k = 0; m > 0 && k < 2; k++)
            CHECK_NEAR(a.rho[k], b.rho[k], 0);
        rdl_detect_result_clear(&a);
        rdl_detect_result_clear(&b);
    }
}

static void differ_at_most(const char *a, const char *b, double relative)
{
    g_autofree double *x = raster_values(a, 1), *y = raster_values(b, 1);
    double most = 0.0;

    for (int i = 0; i < 600 * 300; i++)
        most = fmax(most, fabs(x[i] - y[i]) / fmax(x[i], 1e-3));
    CHECK_NEAR(most, 0.0, relative);
}

static void mad_is_blind_to_swapping_and_linear_functions(void)
{
    rdl_detect_options o = options_for("mad.tif");
    rdl_detect_result a, b;
    made_form f = pair_form;
    size_t n = (size_t)f.width * (size_t)f.height * 3;
    g_autofree double *planes = g_new(double, n);

    o.score = suite_path("mad-score.tif");
    run(&o, &a);
    for (int k = 1; k <= 3; k++) {
        g_autofree double *band = raster_values(o.after, k);
        for (size_t i = 0; i < n / 3; i++)
            planes[(size_t)(k - 1) * n / 3 + i] = 30000.0 - 3.5 * k * band[i];
    }
    f.type = GDT_Float32;
    o.after = o.before;
    o.before = make_raster("linear.tif", &f, planes);
    o.score = suite_path("mad-score-2.tif");
    run(&o, &b);
    CHECK_INT(a.iterations, b.iterations);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(b.rho[i], a.rho[i], 1e-8);
    differ_at_most(suite_path("mad-score.tif"), suite_path("mad-score-2.tif"), 1e-4);
    rdl_detect_result_clear(&a);
    rdl_detect_result_clear(&b);
}

static void the_same_scene_twice_is_refused(void)
{
    rdl_detect_options o = options_for("twice.tif");

    o.after = o.before;
    refused(&o, RDL_ERROR_DATA, "is it the same scene twice?");
}

static void a_band_that_stays_is_named(void)
{
    static const char *const methods[] = {"irmad", "isfa"};
    rdl_detect_options o = options_for("stays.tif");
    made_form f = pair_form;
    size_t n = (size_t)f.width * (size_t)f.height;
    g_autofree double *planes = g_new0(double, n * 3), *same = raster_values(o.before, 2);

    f.type = GDT_Float32;
    for (size_t i = 0; i < n; i++) {
        planes[i] = g_rand_double(suite_rand());
        planes[n + i] = same[i];
        planes[2 * n + i] = g_rand_double(suite_rand());
    }
    o.after = make_raster("stays-after.tif", &f, planes);
    for (int i = 0; i < 2; i++) {
        o.method = methods[i];
        refused(&o, RDL_ERROR_DATA, "before.tif: band 2 is the same on both dates");
    }
}

/* 0.3 about a million: five steps of float32. */
static void little_about_much_is_no_constant(void)
{
    rdl_detect_options o = options_for("little.tif");
    rdl_detect_result r;
    made_form f = pair_form;
    size_t n = (size_t)f.width * (size_t)f.height;
    g_autofree double *planes = g_new0(double, n * 3);

    f.type = GDT_Float32;
    for (size_t i = 0; i < 3 * n; i++)
        planes[i] = (i < n ? 1e6 : 0.0) + 0.6 * g_rand_double(suite_rand());
    o.after = make_raster("little-after.tif", &f, planes);
    o.method = "mad";
    run(&o, &r);
    CHECK_INT(r.observed, n);
    rdl_detect_result_clear(&r);
}

static const char *giant(void)
{
    const char *path = suite_path("giant.vrt");
    GError *error = NULL;

    CHECK(g_file_set_contents(path,
                              "<VRTDataset rasterXSize=\"2000000000\" rasterYSize=\"2000000000\">"
                              "<SRS>EPSG:32650</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform>"
                              "<VRTRasterBand dataType=\"Byte\" band=\"1\"/></VRTDataset>",
                              -1, &error));
    CHECK_OK(error);
    return path;
}

static void a_header_of_any_size_is_no_end(void)
{
    static const char *const methods[] = {"cva", "irmad", "logratio", "pca-kmeans"};
    rdl_detect_options o = options_for("giant.tif");
    rdl_patches_options p = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result r = {0};
    GError *error = NULL;

    o.before = o.after = giant();
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        o.method = methods[i];
        refused(&o, RDL_ERROR_DATA, "giant.vrt: says it is 2000000000 x 2000000000 pixels");
    }
    p.change = giant();
    p.output = suite_path("giant.gpkg");
    CHECK(!rdl_patches(&p, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "giant.vrt: says it is 2000000000 x 2000000000 pixels");
    rdl_patches_result_clear(&r);
}

static void useless_bands_are_named(void)
{
    rdl_detect_options o = options_for("useless.tif");
    made_form f = pair_form;
    size_t n = (size_t)f.width * (size_t)f.height;
    g_autofree double *planes = g_new0(double, n * 3);

    f.type = GDT_Float32;
    for (size_t i = 0; i < n; i++) {
        planes[i] = g_rand_double(suite_rand());
        planes[n + i] = g_rand_double(suite_rand());
        planes[2 * n + i] = 5.0;
    }
    o.after = make_raster("constant.tif", &f, planes);
    refused(&o, RDL_ERROR_DATA, "constant.tif: band 3 is constant");
    o.method = "cva";
    refused(&o, RDL_ERROR_DATA, "constant.tif: band 3 is constant");
    for (size_t i = 0; i < n; i++)
        planes[2 * n + i] = planes[i] - 2.0 * planes[n + i];
    o.method = "mad";
    o.after = make_raster("dependent.tif", &f, planes);
    refused(&o, RDL_ERROR_DATA, "dependent.tif: band 3 is a linear combination");
}

static void nodata_on_either_date_is_not_observed(void)
{
    made_form f = MADE_FORM;
    f.width = 3, f.height = 1, f.bands = 2, f.nodata = 255;
    const double before[] = {100, 255, 100, 200, 200, 200}, after[] = {100, 100, 100, 200, 50, 255};
    rdl_detect_options o = options_for("nodata.tif");
    rdl_detect_result r;

    o.before = make_raster("nodata-before.tif", &f, before);
    o.after = make_raster("nodata-after.tif", &f, after);
    o.method = "index";
    o.bands = "red=1,nir=2";
    o.threshold = "0.2";
    run(&o, &r);
    CHECK_INT(r.observed, 1);
    CHECK_INT(r.not_observed, 2);
    g_autofree double *c = raster_values(o.output, 1);
    CHECK_NEAR(c[0] * 100 + c[1] * 10 + c[2], 100, 0);
    rdl_detect_result_clear(&r);
}

static void index_is_after_minus_before(void)
{
    made_form f = MADE_FORM;
    f.width = 3, f.height = 1, f.bands = 2;
    const double before[] = {50, 50, 0, 150, 150, 0}, after[] = {150, 50, 10, 50, 150, 10};
    rdl_detect_options o = options_for("index.tif");
    rdl_detect_result r;

    o.before = make_raster("index-before.tif", &f, before);
    o.after = make_raster("index-after.tif", &f, after);
    o.method = "index";
    o.bands = "red=1,nir=2";
    o.threshold = "0.2";
    o.score = suite_path("index-score.tif");
    run(&o, &r);
    g_autofree double *s = raster_values(o.score, 1), *c = raster_values(o.output, 1);
    CHECK_NEAR(s[0], -1.0, 1e-6);
    CHECK_NEAR(s[1], 0.0, 1e-6);
    CHECK(isnan(s[2]));
    CHECK_NEAR(c[0] * 100 + c[1] * 10 + c[2], 210, 0);
    rdl_detect_result_clear(&r);
}

/* NDVI of all pixels rises by about 0.2 from one date to the other, that of a square falls. */
static void what_moves_every_pixel_is_no_change(void)
{
    enum { SIDE = 100, N = SIDE * SIDE };
    made_form f = MADE_FORM;
    g_autofree double *before = g_new(double, 2 * N), *after = g_new(double, 2 * N);
    rdl_detect_options o = options_for("season.tif");
    rdl_detect_result r;

    f.width = f.height = SIDE, f.bands = 2;
    for (int i = 0; i < N; i++) {
        bool bare = i / SIDE >= 40 && i / SIDE < 50 && i % SIDE >= 30 && i % SIDE < 40;
        before[i] = g_rand_int_range(suite_rand(), 95, 106);
        before[N + i] = g_rand_int_range(suite_rand(), 145, 156);
        after[i] = (bare ? 50 : 0) + g_rand_int_range(suite_rand(), 66, 75);
        after[N + i] = (bare ? -30 : 0) + g_rand_int_range(suite_rand(), 166, 175);
    }
    o.before = make_raster("season-before.tif", &f, before);
    o.after = make_raster("season-after.tif", &f, after);
    o.method = "index";
    o.bands = "red=1,nir=2";
    o.score = suite_path("season-score.tif");
    for (int i = 0; i < 3; i++) {
        o.threshold = (const char *const[]){"auto", "otsu", "0.15"}[i];
        o.threads = 1 + i % 2;
        run(&o, &r);
        g_autofree double *s = raster_values(o.score, 1);
        CHECK_NEAR(r.centre, i < 2 ? 0.218 : 0.0, 0.01);
        CHECK_NEAR(s[0] + r.centre,
                   (after[N] - after[0]) / (after[N] + after[0]) -
                       (before[N] - before[0]) / (before[N] + before[0]),
                   1e-6);
        if (i < 2)
            CHECK_NEAR((double)r.changed, 100, 20);
        else
            CHECK(r.changed > N / 2);
        rdl_detect_result_clear(&r);
    }
}

/* Columns from `still` on drift with the season, by no linear function of the rest; a square of 81
 * pixels is something else. */
static void make_drift(rdl_detect_options *o, int still)
{
    enum { SIDE = 200, N = SIDE * SIDE, P = 3 };
    static const double drift[P] = {4, -4, 4};
    made_form f = MADE_FORM;
    g_autofree double *before = g_new(double, P *N), *after = g_new(double, P *N);
    GRand *dice = suite_rand();

    f.width = f.height = SIDE, f.bands = P, f.type = GDT_Float32;
    for (int i = 0; i < N; i++) {
        double land = g_rand_double_range(dice, 0, 60);
        bool changed = abs(i / SIDE - 100) < 5 && abs(i % SIDE - 60) < 5;
        for (int k = 0; k < P; k++) {
            double v = 40 + land * (1 + 0.2 * k) + g_rand_double_range(dice, 0, 30);
            double moved = i % SIDE < still ? 0.0 : drift[k] * g_rand_double_range(dice, 0.7, 1.3);
            before[k * N + i] = v + g_rand_double_range(dice, -1, 1);
            after[k * N + i] =
                (changed ? 200 - 60 * k : v + moved) + g_rand_double_range(dice, -1, 1);
        }
    }
    o->before = make_raster("drift-before.tif", &f, before);
    o->after = make_raster("drift-after.tif", &f, after);
}

/* It marks the drift with the change where that is a smaller part, and nothing where it is half. */
static void a_collapsed_null_is_told_and_left(void)
{
    static const int still[] = {140, 100};
    rdl_detect_options o = options_for("collapsed.tif");
    rdl_detect_result r;

    for (int i = 0; i < 4; i++) {
        bool own = i < 2;
        make_drift(&o, still[i % 2]);
        o.method = own ? "auto" : "irmad";
        run(&o, &r);
        CHECK(r.gate.codes & RDL_GATE_NULL_COLLAPSED);
        CHECK_TEXT(r.method, own ? "mad" : "irmad");
        CHECK(!own || strstr(r.why, "its unchanged collapsed, and MAD decides"));
        CHECK(own ? r.iterations == 1 : r.iterations > 1);
        CHECK_NEAR((double)r.changed, 81, 8);
        g_autoptr(rdl_raster) change = rdl_raster_open(o.output, NULL);
        CHECK(change && strstr(rdl_raster_item(change, "REDLINE_GATE"), "NULL_COLLAPSED"));
        rdl_detect_result_clear(&r);
    }
    o = options_for("sound.tif");
    run(&o, &r);
    CHECK_INT(r.gate.codes & RDL_GATE_NULL_COLLAPSED, 0);
    CHECK_TEXT(r.method, "irmad");
    rdl_detect_result_clear(&r);
}

static void masks_take_pixels_away(void)
{
    rdl_detect_options o = options_for("masked.tif");
    rdl_detect_result r;
    made_form f = pair_form;
    g_autofree double *mask = g_new0(double, 600 * 300);

    f.bands = 1;
    for (int i = 0; i < 1000; i++)
        mask[i * 7] = 3;
    o.mask_after = make_raster("mask.tif", &f, mask);
    run(&o, &r);
    CHECK_INT(r.not_observed, 1000);
    rdl_detect_result_clear(&r);
}

static void a_scene_on_another_grid_is_resampled(void)
{
    rdl_detect_options o = options_for("other.tif");
    rdl_detect_result r;
    made_form f = pair_form;
    size_t n = 600 * 300;
    g_autofree double *planes = g_new(double, n * 3);

    for (int k = 0; k < 3; k++) {
        g_autofree double *band = raster_values(pair_names[1], k + 1);
        memcpy(planes + (size_t)k * n, band, n * sizeof *band);
    }
    f.x += 60;
    o.after = make_raster("shifted.tif", &f, planes);
    run(&o, &r);
    CHECK(r.resampled);
    CHECK_INT(r.not_observed, 2 * 300);
    rdl_detect_result_clear(&r);
    f.x += 1e6;
    o.after = make_raster("far.tif", &f, planes);
    refused(&o, RDL_ERROR_DATA, "do not overlap");
}

static void scenes_without_place_need_equal_sizes(void)
{
    rdl_detect_options o = options_for("bare.tif");
    rdl_detect_result r;
    made_form f = pair_form;
    double *before, *after;

    f.epsg = 0;
    make_pair(suite_rand(), &f, 40, &before, &after);
    o.before = make_raster("bare-before.tif", &f, before);
    o.after = make_raster("bare-after.tif", &f, after);
    run(&o, &r);
    CHECK(strstr(r.warnings->pdata[0], "no coordinate system") != NULL);
    rdl_detect_result_clear(&r);
    f.height = 200;
    o.after = make_raster("bare-short.tif", &f, after);
    refused(&o, RDL_ERROR_CRS, "cannot be laid over each other");
    g_free(before);
    g_free(after);
}

/* Before a scene is opened: these do not even exist. */
static void where_nothing_can_be_written_is_found_first(void)
{
    rdl_detect_options o = options_for("first.tif");

    o.before = "no-such-scene-1.tif", o.after = "no-such-scene-2.tif";
    o.score = suite_path("no-such-folder/score.tif");
    refused(&o, RDL_ERROR_IO, "no-such-folder does not exist: make it first");
    o.score = NULL;
    o.output = suite_path("no-such-folder/change.tif");
    refused(&o, RDL_ERROR_IO, "no-such-folder does not exist: make it first");
}

static void what_is_not_built_is_refused(void)
{
    rdl_detect_options o = options_for("refused.tif");

    o.method = "best";
    refused(&o, RDL_ERROR_USAGE, "--method best: no such detector");
    o.method = "cva";
    o.threshold = "pvalue:0.01";
    refused(&o, RDL_ERROR_USAGE, "only the chi-square of irmad, mad");
    o.threshold = "auto";
    o.sieve = 17;
    refused(&o, RDL_ERROR_USAGE, "--sieve 17");
    o.sieve = 0;
    o.align = "by hand";
    refused(&o, RDL_ERROR_USAGE, "--align by hand: give none or auto");
    o.align = "none";
    o.bands = "red=1,nir=9";
    refused(&o, RDL_ERROR_DATA, "has 3 bands, band 9 as nir is asked for");
    o.bands = "red";
    refused(&o, RDL_ERROR_USAGE, "--bands 'red'");
    o.bands = NULL;
    o.method = "index";
    refused(&o, RDL_ERROR_USAGE, "which band is red?");
    o.method = "auto";
    o.date_before = "yesterday";
    refused(&o, RDL_ERROR_USAGE, "--date-before: 'yesterday' is not a date");
}

static void defaults_pass_the_check(void)
{
    rdl_detect_options o = options_for("check.tif");
    GError *error = NULL;

    CHECK(rdl_detect_options_check(&o, &error));
    CHECK_OK(error);
}

static void a_cut_off_scene_leaves_no_output(void)
{
    rdl_detect_options o = options_for("left.tif");
    const char *path = suite_path("cut.tif");
    g_autofree char *bytes = NULL;
    size_t n = 0;

    CHECK(g_file_get_contents(o.after, &bytes, &n, NULL));
    CHECK(g_file_set_contents(path, bytes, (gssize)n / 2, NULL));
    o.after = path;
    o.score = suite_path("left-score.tif");
    o.threads = 3;
    refused(&o, RDL_ERROR_IO, "cut.tif");
    CHECK(!g_file_test(o.score, G_FILE_TEST_EXISTS));
}

/* Said of what changed in the end, not of what is over one of the limits. */
static void little_change_is_told_as_little(void)
{
    made_form form = MADE_FORM;

    form.width = form.height = 100, form.bands = 3;
    for (int planted = 2; planted <= 12; planted++) {
        rdl_detect_options o = RDL_DETECT_OPTIONS_INIT;
        rdl_detect_result r;
        double *before, *after;
        bool said = false;
        make_pair(suite_rand(), &form, planted, &before, &after);
        o.before = make_raster("few-before.tif", &form, before);
        o.after = make_raster("few-after.tif", &form, after);
        o.output = suite_path("few.tif");
        o.method = planted % 2 ? "irmad" : "cva";
        o.overwrite = true;
        run(&o, &r);
        for (guint i = 0; i < r.warnings->len; i++)
            said = said || strstr(r.warnings->pdata[i], "less than one pixel in a thousand");
        CHECK_INT(said, 1000 * r.changed < r.observed);
        rdl_detect_result_clear(&r);
        g_free(before);
        g_free(after);
    }
}

static CU_TestInfo tests[] = {
    {"little change is told as little", little_change_is_told_as_little},
    {"defaults pass the check", defaults_pass_the_check},
    {"planted change is found", planted_change_is_found},
    {"a vote counts what each detector says", a_vote_counts_what_each_detector_says},
    {"only detectors vote", only_detectors_vote},
    {"auto says why", auto_says_why},
    {"threads and memory change no byte", threads_and_memory_change_no_byte},
    {"probability is the tail of the score", probability_is_the_tail_of_the_score},
    {"tile layout changes nothing", tile_layout_changes_nothing},
    {"large scenes are sampled alike", large_scenes_are_sampled_alike},
    {"MAD is blind to swapping and linear functions",
     mad_is_blind_to_swapping_and_linear_functions},
    {"the same scene twice is refused", the_same_scene_twice_is_refused},
    {"a band that stays is named", a_band_that_stays_is_named},
    {"little about much is no constant", little_about_much_is_no_constant},
    {"a header of any size is no end", a_header_of_any_size_is_no_end},
    {"useless bands are named", useless_bands_are_named},
    {"nodata on either date is not observed", nodata_on_either_date_is_not_observed},
    {"index is after minus before", index_is_after_minus_before},
    {"what moves every pixel is no change", what_moves_every_pixel_is_no_change},
    {"a collapsed null is told and left", a_collapsed_null_is_told_and_left},
    {"masks take pixels away", masks_take_pixels_away},
    {"a scene on another grid is resampled", a_scene_on_another_grid_is_resampled},
    {"scenes without place need equal sizes", scenes_without_place_need_equal_sizes},
    {"what is not built is refused", what_is_not_built_is_refused},
    {"a cut off scene leaves no output", a_cut_off_scene_leaves_no_output},
    {"where nothing can be written is found first", where_nothing_can_be_written_is_found_first},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.change", tests, argc, argv);
}
