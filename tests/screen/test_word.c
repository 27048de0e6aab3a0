/* Words for activities: read where they name one, told with what they may be where they do not. */
#include <stdio.h>
#include <string.h>
#include "screen/footprint.h"
#include "screen/word.h"
#include "screen/rule.h"
#include "fixtures/layers.h"
#include "suite.h"

#define CN "data/packs/cn"
#define DEMO "data/packs/demo"
static rdl_pack *cn, *demo;

/* The code a word of a field is read as; else "-" and the hint. Yours. */
static char *read_in(const rdl_pack *pack, const char *field, const char *word)
{
    rdl_intake intake = {.rejections = rdl_rejections_new()};
    const char *hint = NULL;

    rdl_words *words = rdl_words_new(pack, &intake, field);
    const char *code = rdl_words_code(words, word, &hint);
    char *text = code ? g_strdup(code) : g_strconcat("- ", hint, NULL);
    rdl_words_finish(words, "footprint");
    g_array_unref(intake.rejections);
    rdl_intake_clear(&intake);
    return text;
}

static char *read_as(const rdl_pack *pack, const char *word)
{
    return read_in(pack, "activity", word);
}

static void what_offices_write_is_read(void)
{
    static const char *const words[][2] = {
        {"MINE_OPEN", "MINE_OPEN"}, {"采矿", "MINE"},        {"矿山", "MINE"},
        {"mining", "MINE"},         {"Mining", "MINE"},      {"采石场", "MINE_QUARRY"},
        {"采砂", "MINE_SAND"},      {"光伏", "EN_PV"},       {" 光伏电站 ", "EN_PV"},
        {"别墅", "BLDG"},           {"道路", "TR_LINE"},     {"公路", "TR_LINE"},
        {"水电站", "EN_HYDRO"},     {"养猪场", "LIVE"},      {"鱼塘", "AQUA"},
        {"化工厂", "IND_CHEM"},     {"尾矿库", "TAIL"},      {"其他", "OTHER"},
        {"未知", "UNKNOWN"},        {"排污口", "OUTFALL"},   {"ｐｖ", "EN_PV"},
        {"居民点", "RES"},          {"开荒", "RECLAIM_LAND"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *got = read_as(cn, words[i][0]);
        if (!CHECK_TEXT(got, words[i][1]))
            printf("\n    of %s\n", words[i][0]);
    }
    g_autofree char *gold = read_as(demo, "Gold Mine");
    CHECK_TEXT(gold, "MINE_GOLD");
}

static void what_may_be_several_is_none(void)
{
    static const char *const words[][3] = {{"养殖", "AQUA (水产养殖)", "LIVE (畜禽养殖)"},
                                           {"房屋", "RES (居民点)", "BLDG ("},
                                           {"工矿用地", "MINE (采矿)", "IND (工业)"},
                                           {"毁林", "LOGGING (砍伐)", "RECLAIM_LAND (开垦)"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *got = read_as(cn, words[i][0]);
        CHECK(strstr(got, "may be several of the pack") != NULL);
        if (!CHECK(strstr(got, words[i][1]) && strstr(got, words[i][2])))
            printf("\n    %s\n", got);
    }
}

static void what_is_nearly_a_name_is_not_taken_for_it(void)
{
    static const char *const words[][2] = {{"MINE_OPN", "MINE_OPEN (露天开采)"},
                                           {"mine_open", "MINE_OPEN (露天开采)"},
                                           {"采石料", "MINE_QUARRY (采石)"},
                                           {"非法采砂点", "MINE_SAND (采砂)"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *got = read_as(cn, words[i][0]);
        if (!CHECK(strstr(got, "is not in the pack (near it: ") && strstr(got, words[i][1])))
            printf("\n    %s\n", got);
    }
    g_autofree char *nothing = read_as(cn, "qqqqqqqqqq");
    CHECK(strstr(nothing, "activities.csv") != NULL);
}

/* Each code, name and alias of both packs reads as its own row, or as several that have it. */
static void every_name_of_a_pack_is_read(void)
{
    const rdl_pack *packs[] = {cn, demo};
    static const char *const columns[] = {"code", "name_zh", "name_en", "aliases"};

    for (size_t p = 0; p < G_N_ELEMENTS(packs); p++) {
        const rdl_csv *csv = rdl_pack_table(packs[p], "activities.csv");
        for (size_t i = 0; i < rdl_csv_count(csv) * G_N_ELEMENTS(columns); i++) {
            size_t row = i / G_N_ELEMENTS(columns);
            g_auto(GStrv) names =
                g_strsplit(rdl_csv_at(csv, row, columns[i % G_N_ELEMENTS(columns)]), "|", -1);
            const char *code = rdl_csv_at(csv, row, "code");
            for (char **name = names; *name && **name; name++) {
                g_autofree char *got = read_as(packs[p], *name);
                if (!CHECK(strcmp(got, code) == 0 ||
                           (strstr(got, "may be several") && strstr(got, code))))
                    printf("\n    %s of %s is read as %s\n", *name, code, got);
            }
        }
    }
}

/* Three times one word, twice another, once a third: a line each, with its count. */
static void each_word_is_told_once(void)
{
    const char *rows[] = {
        "POINT(120 36)|F1|采矿|2024-01-01",       "POINT(120 36.001)|F2|采石料|2024-01-01",
        "POINT(120 36.002)|F3|采矿|2024-01-01",   "POINT(120 36.003)|F4|养殖|2024-01-01",
        "POINT(120 36.004)|F5|采石料|2024-01-01", "POINT(120 36.005)|F6|采矿|2024-01-01",
        "POINT(120 36.006)|F7|IND|2024-01-01",    NULL};
    screened r = screen_layers(
        fixture_zone(120, 36, 0.1, "EPSG:4490"),
        fixture_layer("words.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after", rows), NULL);

    CHECK_OK(r.error);
    CHECK(
        screened_warned(&r, "WORD_READ: footprint: activity '采矿' is read as MINE (features: 3)"));
    CHECK(screened_warned(&r, "UNKNOWN_ACTIVITY: 2 used all the same"));
    CHECK(screened_warned(&r, "'采石料' is not in the pack (near it: MINE_QUARRY (采石)"));
    CHECK(screened_warned(&r, "UNKNOWN_ACTIVITY: 1 used all the same"));
    CHECK(screened_warned(&r, "'养殖' may be several of the pack"));
    CHECK_INT(r.result.warnings->len, 3);
    rdl_screen_result_clear(&r.result);
    g_autofree char *mine = finding_text_where("activity", "source_id", "F1");
    g_autofree char *unknown = finding_text_where("activity", "source_id", "F2");
    g_autofree char *note = finding_text_where("note", "source_id", "F2");
    CHECK_TEXT(mine, "MINE");
    CHECK_TEXT(unknown, "UNKNOWN");
    CHECK(note && strstr(note, "near it: MINE_QUARRY (采石)"));
}

/* What an office writes of levels and basins; what a pack has no codes for stands for itself. */
static void levels_and_basins_are_read(void)
{
    static const char *const words[][3] = {{"level", "G", "G"},        {"level", "国家级", "G"},
                                           {"level", "省级", "S"},     {"basin", "YZ", "YZ"},
                                           {"basin", "长江", "YZ"},    {"basin", "黄河流域", "YR"},
                                           {"basin", "淮河", "other"}, {"basin", "other", "other"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *got = read_in(cn, words[i][0], words[i][1]);
        CHECK_TEXT(got, words[i][2]);
    }
    g_autofree char *none = read_in(cn, "level", "YZ");
    g_autofree char *near = read_in(cn, "basin", "长江上游");
    g_autofree char *free_text = read_in(demo, "level", "whatever");
    CHECK(g_str_has_prefix(none, "- "));
    CHECK(strstr(near, "near it: YZ (长江)") != NULL);
    CHECK_TEXT(free_text, "whatever");
}

/* A reserve of level 国家级, 国家 level nobody can read, and none: the national rule of 2018
 * speaks, asks and asks; it is never passed over. */
static void a_level_nobody_can_read_is_asked(void)
{
    const char *zones[] = {
        "POLYGON((120 36,120.01 36,120.01 36.01,120 36.01,120 36))|A|NR_SY|国家级|2000-01-01",
        "POLYGON((121 36,121.01 36,121.01 36.01,121 36.01,121 36))|B|NR_SY|甲等|2000-01-01",
        "POLYGON((122 36,122.01 36,122.01 36.01,122 36.01,122 36))|C|NR_SY||2000-01-01",
        "POLYGON((123 36,123.01 36,123.01 36.01,123 36.01,123 36))|D|NR_SY|S|2000-01-01", NULL};
    const char *works[] = {"POINT(120.005 36.005)|F1|EN_PV|2019-01-01|2019-06-01",
                           "POINT(121.005 36.005)|F2|EN_PV|2019-01-01|2019-06-01",
                           "POINT(122.005 36.005)|F3|EN_PV|2019-01-01|2019-06-01",
                           "POINT(123.005 36.005)|F4|EN_PV|2019-01-01|2019-06-01", NULL};
    static const char *const rules[] = {"NR18-01", "NR15-02", "NR15-02", "NR15-02"};
    screened r = screen_layers(
        fixture_layer("levels.gpkg", "GPKG", "EPSG:4490", "zone_id,zone,level,z_est", zones),
        fixture_layer("solar.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after,built_before",
                      works),
        NULL);

    CHECK_OK(r.error);
    CHECK(screened_warned(&r, "WORD_READ: zone: level '国家级' is read as G (features: 1)"));
    CHECK(screened_warned(&r, "zone: UNKNOWN_LEVEL: 1 used all the same"));
    rdl_screen_result_clear(&r.result);
    for (int i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("F%d", i + 1);
        g_autofree char *rule = finding_text_where("rule_id", "source_id", id);
        CHECK_TEXT(rule, rules[i]);
    }
    g_autofree char *hits = rows_of_layer(suite_path("findings.gpkg"), "hit");
    int asked = 0;
    for (const char *at = hits; (at = strstr(at, "NR18-01")); at++)
        asked++;
    CHECK_INT(asked, 3); /* decided once, asked about twice, silent of a provincial reserve */
}

/* A detector's "other" is none of its kinds of change, not the activity of that name. */
static void the_kind_of_a_patch_is_no_word(void)
{
    const char *rows[] = {"POLYGON((120 36,120.01 36,120.01 36.01,120 36.01,120 36))|P1|other",
                          "POLYGON((121 36,121.01 36,121.01 36.01,121 36.01,121 36))|P2|MINE_SAND",
                          "POLYGON((122 36,122.01 36,122.01 36.01,122 36.01,122 36))|P3|采砂",
                          NULL};
    static const char *const want[] = {"UNKNOWN", "MINE_SAND", "UNKNOWN"};
    rdl_source source = {fixture_layer("kinds.gpkg", "GPKG", "EPSG:4490", "patch_id,kind", rows),
                         NULL};
    rdl_intake intake = {.tally = rdl_tally_new(), .rejections = rdl_rejections_new()};
    g_autoptr(GPtrArray) patches = rdl_footprints_new();
    GError *error = NULL;

    CHECK(rdl_patches_read(&intake, cn, &source, patches, &error));
    CHECK_OK(error);
    CHECK_INT(intake.rejections->len, 0);
    CHECK_INT(patches->len, 3);
    for (guint i = 0; i < patches->len; i++)
        CHECK_TEXT(((rdl_footprint *)patches->pdata[i])->activity, want[i]);
    g_array_unref(intake.rejections);
    rdl_tally_free(intake.tally);
    rdl_intake_clear(&intake);
}

/* Rubbish in a million cells is no million lines. */
static void no_flood_of_words(void)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < 50; i++)
        g_ptr_array_add(rows, g_strdup_printf("POINT(120 36.%03d)|F%d|#%d|2024-01-01", i, i, i));
    g_ptr_array_add(rows, NULL);
    screened r =
        screen_layers(fixture_zone(120, 36, 0.1, "EPSG:4490"),
                      fixture_layer("flood.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after",
                                    (const char *const *)rows->pdata),
                      NULL);
    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 21);
    CHECK(screened_warned(&r, "more than 20 words"));
    rdl_screen_result_clear(&r.result);
}

/* Mining of a kind not said: the row that names one of the kinds is asked about, in no order of
 * rows passed over; an industry is no chemical industry. */
static void a_group_may_be_each_of_its_kinds(void)
{
    CHECK_INT(rdl_pack_activity_may_be(cn, "MINE", "MINE_SAND"), RDL_MAYBE);
    CHECK_INT(rdl_pack_activity_may_be(cn, "MINE", "MINE_*"), RDL_MAYBE);
    CHECK_INT(rdl_pack_activity_may_be(cn, "MINE_SAND", "MINE"), RDL_YES);
    CHECK_INT(rdl_pack_activity_may_be(cn, "MINE_SAND", "MINE_OPEN"), RDL_NO);
    CHECK_INT(rdl_pack_activity_may_be(cn, "IND", "IND_CHEM"), RDL_NO);
    CHECK_INT(rdl_pack_activity_may_be(cn, "EN", "EN_PV"), RDL_MAYBE);
}

static CU_TestInfo tests[] = {
    {"what offices write is read", what_offices_write_is_read},
    {"what may be several is none", what_may_be_several_is_none},
    {"what is nearly a name is not taken for it", what_is_nearly_a_name_is_not_taken_for_it},
    {"every name of a pack is read", every_name_of_a_pack_is_read},
    {"each word is told once", each_word_is_told_once},
    {"levels and basins are read", levels_and_basins_are_read},
    {"a level nobody can read is asked", a_level_nobody_can_read_is_asked},
    {"the kind of a patch is no word", the_kind_of_a_patch_is_no_word},
    {"no flood of words", no_flood_of_words},
    {"a group may be each of its kinds", a_group_may_be_each_of_its_kinds},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    cn = rdl_pack_open(suite_source(CN), NULL, NULL);
    demo = rdl_pack_open(suite_source(DEMO), NULL, NULL);
    int status = run_suite("screen.word", tests, argc, argv);
    rdl_pack_free(cn);
    rdl_pack_free(demo);
    return status;
}
