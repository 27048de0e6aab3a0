/* Letters of the public against what was screened. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "fixtures/layers.h"
#include "suite.h"

/* One degree of latitude at 36 N is 110,952 m: 0.001 are 111 m. */
#define M (1.0 / 110952.0)

static screened screen_all(const char *zones, const char *footprints, const char *letters,
                           const char *profile, const char *out)
{
    rdl_source l = {letters, profile}, z = {zones, NULL}, f = {footprints, NULL};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    screened s = {0};

    options.zones = &z, options.footprints = &f, options.letters = &l;
    options.n_zones = options.n_footprints = options.n_letters = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.output = out;
    options.overwrite = true;
    rdl_screen(&options, NULL, &s.result, &s.error);
    return s;
}

static screened screen_with(const char *letters, const char *profile, const char *out)
{
    static const char *zones, *footprints;

    if (!zones) { /* A industry in the zone, B a quarry 1 km north, C far outside every zone */
        g_autofree char *a = fixture_box(120, 36, 50 * M),
                        *b = fixture_box(120, 36 + 1000 * M, 50 * M);
        g_autofree char *c = fixture_box(120.5, 36, 50 * M);
        g_autofree char *first = g_strconcat(a, "|A|IND|2024-01-01|0", NULL);
        g_autofree char *second = g_strconcat(b, "|B|MINE_QUARRY|2024-01-01|0", NULL);
        g_autofree char *third = g_strconcat(c, "|C|AQUA|2024-01-01|0", NULL);
        const char *rows[] = {first, second, third, NULL};
        zones = fixture_zone(120, 36, 0.1, "EPSG:4490");
        footprints = fixture_layer("abc.gpkg", "GPKG", "EPSG:4490",
                                   "fp_id,activity,built_after,pos_error_m", rows);
    }
    return screen_all(zones, footprints, letters, profile, out);
}

static const char *claim(void)
{
    return fixture_text("letters.yaml", "crs_claim: \"EPSG:4490\"\n");
}

static const char *letter_csv(const char *file, const char *rows)
{
    g_autofree char *text =
        g_strconcat("letter_no,lon,lat,pos_error_m,activity,founded,duplicate_of\n", rows, NULL);

    return fixture_text(file, text);
}

/* FIELD of a row of a layer of findings.gpkg where KEY is VALUE. Yours. */
static char *said(const char *layer_name, const char *key, const char *value, const char *field)
{
    g_autofree char *source = g_strdup_printf("%s:%s", suite_path("letters.gpkg"), layer_name);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;

    CHECK_OK(error);
    while (layer && (f = rdl_layer_next(layer, &error)))
        if (g_strcmp0(rdl_feature_text(f, rdl_layer_field_index(layer, key)), value) == 0)
            return g_strdup(rdl_feature_text(f, rdl_layer_field_index(layer, field)));
    return NULL;
}

static void every_letter_has_its_fate(void)
{
    static const struct {
        const char *no, *fate, *reason, *source;
    } want[] = {{"L1", "MATCHED", NULL, "A"},                  /* on it */
                {"L2", "MATCHED", NULL, "A"},                  /* 100 m beside it, good to 120 m */
                {"L3", "NO_MATCH", "NOTHING_NEAR", NULL},      /* the same, good to 80 m */
                {"L4", "AMBIGUOUS", "SEVERAL", NULL},          /* between the two, good to 600 m */
                {"L5", "MATCHED", "BY_ACTIVITY", "B"},         /* the same, of a mine */
                {"L6", "AMBIGUOUS", "ACTIVITY_DIFFERS", NULL}, /* the same, of livestock */
                {"L7", "UNLOCATED", "NULL_GEOMETRY", NULL},
                {"L8", "UNLOCATED", "UNREADABLE_GEOMETRY", NULL},
                {"L9", "MATCHED", NULL, "C"}, /* no error given: 500 m; outside every zone */
                {"L10", "UNLOCATED", "OUTSIDE_CRS", NULL}};
    g_autofree char *rows = g_strdup_printf(
        "L1,120,36,0,,,\nL2,120,%.9f,120,,,\nL3,120,%.9f,80,,,\nL4,120,%.9f,600,,,\n"
        "L5,120,%.9f,600,MINE,,\nL6,120,%.9f,600,LIVE,,\nL7,,,,,,\nL8,120,north,,,,\n"
        "L9,120.5,%.9f,,,,\nL10,500000,36,,,,\n",
        36 + 150 * M, 36 + 150 * M, 36 + 500 * M, 36 + 500 * M, 36 + 500 * M, 36 + 400 * M);
    screened s = screen_with(letter_csv("fates.csv", rows), claim(), suite_path("letters.gpkg"));

    CHECK_OK(s.error);
    CHECK_INT(screened_count(&s, "screen.letters", "in", NULL), 10);
    CHECK_INT(screened_count(&s, "screen.letters", "used", NULL), 10);
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
        g_autofree char *fate = said("letter", "letter_no", want[i].no, "fate");
        g_autofree char *reason = said("letter", "letter_no", want[i].no, "reason");
        g_autofree char *source = said("letter", "letter_no", want[i].no, "source_id");
        CHECK_TEXT(fate, want[i].fate);
        CHECK_TEXT(reason, want[i].reason);
        CHECK_TEXT(source, want[i].source);
    }
    g_autofree char *d = said("letter_match", "letter_no", "L2", "distance_m");
    g_autofree char *least = said("letter_match", "letter_no", "L2", "distance_min_m");
    g_autofree char *most = said("letter_match", "letter_no", "L2", "distance_max_m");
    CHECK_NEAR(g_ascii_strtod(d, NULL), 100, 0.1);
    CHECK_NEAR(g_ascii_strtod(least, NULL), 0, 0);
    CHECK_NEAR(g_ascii_strtod(most, NULL), g_ascii_strtod(d, NULL) + 120, 1e-9);
    g_autofree char *finding = said("letter", "letter_no", "L1", "finding_id");
    g_autofree char *outside = said("letter", "letter_no", "L9", "finding_id");
    CHECK(finding && g_str_has_prefix(finding, "F-"));
    CHECK(outside == NULL);
    g_autofree char *used = said("letter", "letter_no", "L9", "pos_error_m");
    CHECK_TEXT(used, "500");
    rdl_screen_result_clear(&s.result);
}

/* 61 due of S4: 63 letters, one a repetition, one unfounded. */
static void repeated_and_unfounded_letters_are_in_no_share(void)
{
    g_autoptr(GString) rows = g_string_new(NULL);

    for (int i = 0; i < 53; i++)
        g_string_append_printf(rows, "M%02d,120,36,%d,,1,\n", i, i);
    for (int i = 0; i < 8; i++)
        g_string_append_printf(rows, "N%02d,120.2,36,%d,,,\n", i, i);
    g_string_append(rows, "D1,120,36,0,,,M01\nU1,120,36,0,,0,\n");
    screened s = screen_with(letter_csv("due.csv", rows->str), claim(), suite_path("letters.gpkg"));

    CHECK_OK(s.error);
    JsonObject *of = rdl_json_object(json_node_get_object(s.result.summary), "letters");
    CHECK_INT(json_object_get_int_member(of, "all"), 63);
    CHECK_INT(json_object_get_int_member(of, "duplicates"), 1);
    CHECK_INT(json_object_get_int_member(of, "unfounded"), 1);
    CHECK_INT(json_object_get_int_member(of, "due"), 61);
    CHECK_INT(json_object_get_int_member(of, "matched"), 53);
    CHECK_INT(json_object_get_int_member(of, "no_match"), 8);
    CHECK_NEAR(json_object_get_double_member(of, "matched_percent"), 86.9, 1e-12);
    g_autofree char *due = said("letter", "letter_no", "U1", "due");
    CHECK_TEXT(due, "0");
    rdl_screen_result_clear(&s.result);
}

/* Of A that repeats B that repeats A one is left to answer for; of what repeats itself, all. */
static void letters_that_repeat_each_other_leave_one(void)
{
    const char *rows =
        "B,120,36,0,,,A\nA,120,36,0,,,B\nS,120,36,1,,,S\nT,120,36,2,,,A\nU,120,36,3,,,GONE\n";
    screened s = screen_with(letter_csv("circle.csv", rows), claim(), suite_path("letters.gpkg"));

    CHECK_OK(s.error);
    JsonObject *of = rdl_json_object(json_node_get_object(s.result.summary), "letters");
    CHECK_INT(json_object_get_int_member(of, "all"), 5);
    CHECK_INT(json_object_get_int_member(of, "duplicates"), 3); /* B, T, U */
    CHECK_INT(json_object_get_int_member(of, "due"), 2);        /* A, S */
    g_autofree char *due = said("letter", "letter_no", "A", "due");
    CHECK_TEXT(due, "1");
    g_autofree char *rejected = rows_of_layer(suite_path("letters.gpkg"), "rejected");
    CHECK(strstr(rejected, "BAD_DUPLICATE: S repeats itself by S") != NULL);
    rdl_screen_result_clear(&s.result);
}

static void the_order_of_letters_does_not_matter(void)
{
    const char *forth = "L1,120,36,0,,,\nL2,120.3,36,50,,,\nL2,120.4,36,50,,,\nL3,,,,,,\nL4,,,,,,"
                        "\nL1,120,36,0,,,\n";
    const char *back = "L1,120,36,0,,,\nL4,,,,,,\nL3,,,,,,\nL2,120.4,36,50,,,\nL2,120.3,36,50,,,"
                       "\nL1,120,36,0,,,\n";
    g_autofree char *rows[2] = {NULL, NULL};

    for (int i = 0; i < 2; i++) {
        screened s = screen_with(letter_csv("order.csv", i ? back : forth), claim(),
                                 suite_path("letters.gpkg"));
        CHECK_OK(s.error);
        CHECK_INT(screened_count(&s, "screen.letters", "suppressed", "DUPLICATE"), 1);
        CHECK_INT(screened_count(&s, "screen.letters", "used", NULL), 5);
        rows[i] = rows_of_layer(suite_path("letters.gpkg"), "letter");
        rdl_screen_result_clear(&s.result);
    }
    CHECK(strlen(rows[0]) > 50);
    CHECK_TEXT(rows[1], rows[0]);
    g_free(rows[1]);
}

static void letters_without_numbers_or_sense_are_told(void)
{
    screened s = screen_with(fixture_text("bad.csv", "no,lon,lat\n1,120,36\n"), claim(),
                             suite_path("letters.gpkg"));
    CHECK_FAILS(s.error, RDL_ERROR_DATA, "the letter layer needs a field 'letter_no'");
    s = screen_with(letter_csv("odd.csv", ",120,36,-5,NOTHING,perhaps,\n"), claim(),
                    suite_path("letters.gpkg"));
    CHECK_OK(s.error);
    g_autofree char *rejected = rows_of_layer(suite_path("letters.gpkg"), "rejected");
    CHECK(strstr(rejected, "BAD_FLAG: founded 'perhaps'") != NULL);
    CHECK(strstr(rejected, "BAD_ERROR: pos_error_m '-5'") != NULL);
    CHECK(strstr(rejected, "UNKNOWN_ACTIVITY: 'NOTHING'") != NULL);
    CHECK(strstr(rejected, "NO_ID: named ~") != NULL);
    rdl_screen_result_clear(&s.result);
}

/* The site ends 45 m west of the antimeridian, the letters lie 45 m east of it. */
static void a_letter_beyond_the_antimeridian_finds_its_site(void)
{
    g_autofree char *box = fixture_box(179.9995, 36, 2 * M);
    g_autofree char *row = g_strconcat(box, "|A|IND|2024-01-01|0", NULL);
    const char *rows[] = {row, NULL};
    const char *footprints = fixture_layer("last.gpkg", "GPKG", "EPSG:4490",
                                           "fp_id,activity,built_after,pos_error_m", rows);
    const char *letters = letter_csv("beyond.csv", "NEAR,-179.9995,36,120,IND,,\n"
                                                   "RUNS_ON,180.0005,36,120,IND,,\n"
                                                   "FAR,-179.9995,36,60,IND,,\n");
    screened s = screen_all(fixture_zone(179.9, 36, 0.05, "EPSG:4490"), footprints, letters,
                            claim(), suite_path("letters.gpkg"));
    g_autofree char *near = said("letter", "letter_no", "NEAR", "source_id");
    g_autofree char *runs_on = said("letter", "letter_no", "RUNS_ON", "source_id");
    g_autofree char *far = said("letter", "letter_no", "FAR", "fate");
    g_autofree char *metres = said("letter_match", "letter_no", "NEAR", "distance_m");

    CHECK_OK(s.error);
    CHECK_TEXT(near, "A");
    CHECK_TEXT(runs_on, "A");
    CHECK_TEXT(far, "NO_MATCH");
    CHECK(metres && fabs(g_ascii_strtod(metres, NULL) - 89.0) < 2.5);
    rdl_screen_result_clear(&s.result);
}

static CU_TestInfo tests[] = {
    {"a letter beyond the antimeridian finds its site",
     a_letter_beyond_the_antimeridian_finds_its_site},
    {"every letter has its fate", every_letter_has_its_fate},
    {"repeated and unfounded letters are in no share",
     repeated_and_unfounded_letters_are_in_no_share},
    {"letters that repeat each other leave one", letters_that_repeat_each_other_leave_one},
    {"the order of letters does not matter", the_order_of_letters_does_not_matter},
    {"letters without numbers or sense are told", letters_without_numbers_or_sense_are_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.letter", tests, argc, argv);
}
