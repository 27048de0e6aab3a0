#include "suite.h"
#include "fixtures/scene.h"
#include "detect/detect.h"

/* A raster drawn with letters: '#' changed, '?' not observed; of one epoch. */
static const char *drawn(const char *name, const char *t_after, int width, int height,
                         const char *picture)
{
    made_form f = MADE_FORM;
    g_autofree double *values = g_new(double, (size_t)width *(size_t)height);

    f.width = width, f.height = height, f.nodata = 0;
    for (int i = 0; i < width * height; i++)
        values[i] = picture[i] == '#' ? 2 : picture[i] == '?' ? 0 : 1;
    const char *path = make_raster(name, &f, values);
    GDALDatasetH ds = GDALOpen(path, GA_Update);
    GDALSetMetadataItem(ds, "REDLINE_T_BEFORE", "2020-01-01", NULL);
    GDALSetMetadataItem(ds, "REDLINE_T_AFTER", t_after, NULL);
    GDALClose(ds);
    return path;
}

static const char *patches(const char *change, const char *name, const char *previous, int threads,
                           rdl_patches_result *r)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    GError *error = NULL;

    o.change = change;
    o.output = suite_path(name);
    o.previous = previous;
    o.overwrite = true;
    o.threads = threads;
    o.min_area_m2 = 0.0;
    CHECK(rdl_patches(&o, NULL, r, &error));
    CHECK_OK(error);
    return o.output;
}

/* One epoch after another, all of one size. */
static const char *epoch(int number, int width, int height, const char *picture)
{
    g_autofree char *tif = g_strdup_printf("epoch%d.tif", number);
    g_autofree char *gpkg = g_strdup_printf("epoch%d.gpkg", number);
    g_autofree char *before = g_strdup_printf("epoch%d.gpkg", number - 1);
    g_autofree char *day = g_strdup_printf("202%d-01-01", number);
    rdl_patches_result r;
    const char *path = patches(drawn(tif, day, width, height, picture), gpkg,
                               number > 1 ? suite_path(before) : NULL, 1, &r);

    rdl_patches_result_clear(&r);
    return path;
}

/* A field of the patch over pixel (col, row). */
static char *at(const char *path, int col, int row, const char *field)
{
    g_autofree char *source = g_strconcat(path, ":patch", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    double x = 500000 + 30 * (col + 0.5), y = 3600000 - 30 * (row + 0.5);
    g_autoptr(rdl_geometry) here =
        rdl_geometry_of_box((rdl_box){x - 1, y - 1, x + 1, y + 1}, &error);
    const rdl_feature *f;

    while ((f = rdl_layer_next(layer, &error))) {
        gsize n;
        const void *wkb = g_bytes_get_data(rdl_feature_wkb(f), &n);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, &error);
        bool yes = false;
        CHECK(rdl_geometry_covers(g, here, &yes, &error));
        if (yes)
            return g_strdup(rdl_feature_text(f, rdl_layer_field_index(layer, field)));
    }
    CHECK_OK(error);
    return NULL;
}

static void relation(const char *path, int col, int row, const char *want)
{
    g_autofree char *got = at(path, col, row, "relation");

    CHECK_TEXT(got, want);
}

/* Rows of a layer whose field reads so; all of them where `value` is NULL. */
static int rows(const char *path, const char *name, const char *field, const char *value)
{
    g_autofree char *source = g_strconcat(path, ":", name, NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;
    int n = 0;

    CHECK_OK(error);
    while ((f = rdl_layer_next(layer, &error)))
        n += !value ||
             g_strcmp0(rdl_feature_text(f, rdl_layer_field_index(layer, field)), value) == 0;
    CHECK_OK(error);
    return n;
}

/* Of the patch over pixel (col, row): the share observed of the one before it. */
static double share_of(const char *path, int col, int row)
{
    g_autofree char *id = at(path, col, row, "patch_id");
    g_autofree char *source = g_strconcat(path, ":lineage", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;
    double share = NAN;

    while ((f = rdl_layer_next(layer, &error)))
        if (g_strcmp0(rdl_feature_text(f, rdl_layer_field_index(layer, "patch_id")), id) == 0)
            share = rdl_feature_real(f, rdl_layer_field_index(layer, "observed_share"));
    CHECK_OK(error);
    return share;
}

static void every_relation_is_told(void)
{
    epoch(1, 12, 6,
          "##.##.###.##"
          "##.##.###.##"
          "............"
          "########.#.#"
          "########.#.#"
          "............");
    const char *two = epoch(2, 12, 6,
                            "##.###.##..."
                            "##.###.##..."
                            "............"
                            "###.####.###"
                            "###.####.###"
                            "............");

    relation(two, 0, 0, "same");
    relation(two, 3, 0, "grew");
    relation(two, 7, 0, "shrank");
    relation(two, 0, 3, "split");
    relation(two, 4, 3, "split");
    relation(two, 9, 3, "merged");
    CHECK_INT(rows(two, "gone", NULL, NULL), 1);
    CHECK_INT(rows(two, "lineage", "relation", "gone"), 1);
    CHECK_INT(rows(two, "lineage", "relation", "merged"), 2);
    CHECK_INT(rows(two, "lineage", "relation", "split"), 2);
    CHECK_INT(rows(two, "lineage", "epoch", "1"), 7); /* all of them, as new */
    CHECK_INT(rows(two, "lineage", "epoch", "2"), 8);
}

/* The larger part of what splits has the lineage, the other begins one. */
static void a_lineage_goes_to_the_largest_part(void)
{
    const char *one = epoch(1, 9, 2,
                            "#########"
                            "#########");
    const char *two = epoch(2, 9, 2,
                            "##.######"
                            "##.######");
    g_autofree char *first = at(one, 0, 0, "patch_id"), *small = at(two, 0, 0, "lineage_id");
    g_autofree char *own = at(two, 0, 0, "patch_id"), *large = at(two, 8, 0, "lineage_id");

    CHECK_TEXT(large, first);
    CHECK_TEXT(small, own);
    const char *three = epoch(3, 9, 2,
                              "#########"
                              "#########");
    g_autofree char *whole = at(three, 0, 0, "lineage_id");
    relation(three, 0, 0, "merged");
    CHECK_TEXT(whole, first);
}

static void what_was_gone_returns_under_its_name(void)
{
    const char *one = epoch(1, 7, 2,
                            "##...##"
                            "##...##");
    const char *two = epoch(2, 7, 2,
                            "......."
                            ".......");
    const char *three = epoch(3, 7, 2,
                              "......."
                              "...#...");
    const char *four = epoch(4, 7, 2,
                             "###...."
                             "###....");
    g_autofree char *first = at(one, 0, 0, "patch_id"), *last = at(four, 0, 0, "lineage_id");

    CHECK_INT(rows(two, "gone", NULL, NULL), 2);
    CHECK_INT(rows(three, "gone", NULL, NULL), 2);
    relation(three, 3, 1, "new");
    relation(four, 0, 0, "returned");
    CHECK_TEXT(last, first);
    CHECK_INT(rows(four, "gone", NULL, NULL), 2); /* one of the first epoch, one of the third */
    CHECK_INT(rows(four, "lineage", "lineage_id", first), 3); /* new, gone, returned */
}

/* Under a cloud, or off the raster's edge, nothing is gone. */
static void what_nobody_sees_is_not_gone(void)
{
    const char *one = epoch(1, 12, 2,
                            "##.##.##..##"
                            "##.##.##..##");
    const char *two = epoch(2, 9, 2,
                            "??.?....."
                            "??.??....");
    g_autofree char *first = at(one, 0, 0, "patch_id"), *edge = at(one, 10, 0, "patch_id");

    CHECK_INT(rows(two, "gone", NULL, NULL), 1);
    CHECK_INT(rows(two, "unseen", NULL, NULL), 3);
    CHECK_INT(rows(two, "lineage", "relation", "unseen"), 3);
    const char *three = epoch(3, 12, 2,
                              "##.......?.#"
                              "##.........#");
    g_autofree char *again = at(three, 0, 0, "lineage_id");
    g_autofree char *smaller = at(three, 11, 0, "lineage_id");
    relation(three, 0, 0, "same");
    CHECK_TEXT(again, first);
    relation(three, 11, 0, "shrank");
    CHECK_TEXT(smaller, edge);
    CHECK_INT(rows(three, "gone", NULL, NULL), 2);
    CHECK_INT(rows(three, "unseen", NULL, NULL), 0);
}

/* Half under a cloud it has neither shrunk nor split, and has not grown when the cloud is gone. */
static void what_is_seen_in_part_is_judged_by_that(void)
{
    const char *one = epoch(1, 24, 4,
                            "######..######..######.."
                            "######..######..######.."
                            "######..######..######.."
                            "######..######..######..");
    const char *two = epoch(2, 24, 4,
                            "###???..##??##..#..???.."
                            "###???..##??##..#..???.."
                            "###???..##??##..#..???.."
                            "###???..##??##..#..???..");
    relation(two, 0, 0, "partly_seen");
    relation(two, 8, 0, "partly_seen");
    relation(two, 12, 0, "partly_seen");
    relation(two, 16, 0, "shrank");
    CHECK_INT(rows(two, "unseen", "relation", "partly_seen"), 3);
    CHECK_NEAR(share_of(two, 0, 0), 0.5, 1e-9);
    CHECK_NEAR(share_of(two, 8, 0), 4.0 / 6.0, 1e-9);
    const char *three = epoch(3, 24, 4,
                              "######..######..####...."
                              "######..######..####...."
                              "######..######..####...."
                              "######..######..####....");
    g_autofree char *first = at(one, 0, 0, "lineage_id"), *last = at(three, 0, 0, "lineage_id");
    relation(three, 0, 0, "same");
    CHECK_TEXT(last, first);
    relation(three, 8, 0, "merged"); /* of what was told as two */
    relation(three, 16, 0, "same");  /* one and three hidden then, four now */
    CHECK_INT(rows(three, "unseen", NULL, NULL), 0);
    const char *four = epoch(4, 24, 4,
                             "#######........?####...."
                             "#######........?####...."
                             "#######........?####...."
                             "#######........?####....");
    relation(four, 0, 0, "grew");
    relation(four, 16, 0, "same");
}

/* The scene ends in the middle of it, for two epochs. */
static void what_reaches_off_the_scene_stands(void)
{
    const char *one = epoch(1, 8, 2,
                            "..######"
                            "..######");
    const char *two = epoch(2, 5, 2,
                            "..###"
                            "..###");
    const char *three = epoch(3, 5, 2,
                              "..###"
                              "..###");
    const char *four = epoch(4, 8, 2,
                             "..######"
                             "..######");
    g_autofree char *first = at(one, 2, 0, "lineage_id"), *last = at(four, 2, 0, "lineage_id");

    relation(two, 2, 0, "partly_seen");
    relation(three, 2, 0, "partly_seen");
    relation(four, 2, 0, "same");
    CHECK_TEXT(last, first);
}

/* What is too small to be a patch now has not gone. */
static void what_is_left_out_is_not_gone(void)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result r;
    GError *error = NULL;
    const char *one = patches(drawn("wide.tif", "2021-01-01", 9, 2,
                                    "###...###"
                                    "###...###"),
                              "wide.gpkg", NULL, 1, &r);
    const char *next = drawn("thin.tif", "2022-01-01", 9, 2,
                             "##......."
                             ".........");

    rdl_patches_result_clear(&r);
    o.change = next;
    o.output = suite_path("thin.gpkg");
    o.previous = one;
    CHECK(rdl_patches(&o, NULL, &r, &error));
    CHECK_OK(error);
    CHECK_INT(r.patches, 0);
    CHECK_INT(r.left_out, 1);
    CHECK_INT(r.gone, 1);
    rdl_patches_result_clear(&r);
    CHECK_INT(rows(o.output, "lineage", "relation", "left_out"), 1);
    CHECK_INT(rows(o.output, "gone", NULL, NULL), 1);
    const char *last = patches(drawn("back.tif", "2023-01-01", 9, 2,
                                     "###......"
                                     "###......"),
                               "back.gpkg", o.output, 1, &r);
    relation(last, 0, 0, "same");
    rdl_patches_result_clear(&r);
}

static void epochs_follow_one_another(void)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result r;
    GError *error = NULL;

    patches(drawn("later.tif", "2022-01-01", 1, 1, "#"), "later.gpkg", NULL, 1, &r);
    rdl_patches_result_clear(&r);
    o.change = drawn("earlier.tif", "2021-01-01", 1, 1, "#");
    o.output = suite_path("earlier.gpkg");
    o.previous = suite_path("later.gpkg");
    o.min_area_m2 = 0.0;
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "from the oldest");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    rdl_patches_result_clear(&r);
}

static const char *random_epoch(const char *name, const char *day)
{
    g_autofree char *picture = g_malloc(80 * 80);

    for (int i = 0; i < 80 * 80; i++)
        picture[i] = g_rand_double(suite_rand()) < 0.2 ? '#' : '.';
    return drawn(name, day, 80, 80, picture);
}

static void threads_change_no_byte_and_rows_balance(void)
{
    rdl_patches_result r;
    const char *one =
        patches(random_epoch("random1.tif", "2021-01-01"), "random1.gpkg", NULL, 1, &r);
    const char *next = random_epoch("random2.tif", "2022-01-01");
    int before = rows(one, "patch", NULL, NULL);

    rdl_patches_result_clear(&r);
    const char *two = patches(next, "random2.gpkg", one, 1, &r);
    int after = rows(two, "patch", NULL, NULL);
    CHECK_INT(r.relations_told, after);
    rdl_patches_result_clear(&r);
    patches(next, "random3.gpkg", one, 4, &r);
    CHECK_SAME_FILE(two, suite_path("random3.gpkg"));
    rdl_patches_result_clear(&r);
    CHECK_INT(rows(two, "lineage", "epoch", "1"), before);
    CHECK(rows(two, "lineage", "epoch", "2") >= MAX(before, after));
    CHECK_INT(rows(two, "lineage", "relation", "gone"), rows(two, "gone", NULL, NULL));
}

static void a_previous_file_without_patches_is_refused(void)
{
    rdl_patches_options o = RDL_PATCHES_OPTIONS_INIT;
    rdl_patches_result r;
    GError *error = NULL;

    o.change = drawn("lone.tif", "2021-01-01", 1, 1, "#");
    o.output = suite_path("lone.gpkg");
    o.previous = o.change;
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK(error != NULL);
    g_clear_error(&error);
    rdl_patches_result_clear(&r);
    o.previous = suite_path("nothing.gpkg");
    CHECK(!rdl_patches(&o, NULL, &r, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "nothing.gpkg");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    rdl_patches_result_clear(&r);
}

static CU_TestInfo tests[] = {
    {"every relation is told", every_relation_is_told},
    {"a lineage goes to the largest part", a_lineage_goes_to_the_largest_part},
    {"what was gone returns under its name", what_was_gone_returns_under_its_name},
    {"what nobody sees is not gone", what_nobody_sees_is_not_gone},
    {"what is seen in part is judged by that", what_is_seen_in_part_is_judged_by_that},
    {"what reaches off the scene stands", what_reaches_off_the_scene_stands},
    {"what is left out is not gone", what_is_left_out_is_not_gone},
    {"epochs follow one another", epochs_follow_one_another},
    {"threads change no byte and rows balance", threads_change_no_byte_and_rows_balance},
    {"a previous file without patches is refused", a_previous_file_without_patches_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("detect.lineage", tests, argc, argv);
}
