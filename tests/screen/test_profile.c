/* Layers with the fields and codes of others: one case a profile that is shipped, and what a
 * profile may say. */
#include <stdio.h>
#include <string.h>
#include "fixtures/layers.h"
#include "suite.h"

#define BOX "POLYGON((120 36,120.01 36,120.01 36.01,120 36.01,120 36))"
#define BESIDE "POLYGON((120.02 36,120.03 36,120.03 36.01,120.02 36.01,120.02 36))"

static const char *zones(void)
{
    return fixture_zone(120, 36, 0.1, "EPSG:4490");
}

static void check_finding(const char *id, const char *activity, const char *after,
                          const char *before)
{
    const char *fields[] = {"activity", "built_after", "built_before"};
    const char *want[] = {activity, after, before};

    for (int i = 0; i < 3; i++) {
        g_autofree char *got = finding_text_where(fields[i], "source_id", id);
        CHECK_TEXT(got, want[i]);
    }
}

/* What bytes were text becomes GBK, as a DBF of the field has it; names of fields too. */
static void make_gbk(const char *shp)
{
    g_autofree char *stem = g_strndup(shp, strlen(shp) - 4);
    g_autofree char *dbf = g_strconcat(stem, ".dbf", NULL), *cpg = g_strconcat(stem, ".cpg", NULL);
    g_autofree char *bytes = NULL;
    size_t n;

    CHECK(g_file_get_contents(dbf, &bytes, &n, NULL));
    remove(cpg);
    bytes[29] = 0; /* LDID: unknown */
    for (size_t i = 32; i < n;) {
        size_t run = 0, room;
        while (i + run < n && (guchar)bytes[i + run] >= 0x80)
            run++;
        g_autofree char *gbk =
            run ? g_convert(bytes + i, (gssize)run, "GBK", "UTF-8", NULL, &room, NULL) : NULL;
        if (gbk) { /* shorter: the rest of the cell is pulled up behind it */
            bool name = i < 32 + 32 * 12 && bytes[i + run] == 0;
            memcpy(bytes + i, gbk, room);
            memset(bytes + i + room, name ? 0 : ' ', run - room);
        }
        i += run ? run : 1;
    }
    CHECK(g_file_set_contents(dbf, bytes, (gssize)n, NULL));
}

static void a_protected_area_patch_is_read(void)
{
    const char *rows[] = {BOX "|P1|04|1|20230301|20240501|核心区",
                          BESIDE "|P2|０９|2|20230301|20240501|实验区",
                          BESIDE "|P3|GK|３|20230301|20240501|实验区", NULL};
    const char *shp = fixture_layer("patch.shp", "ESRI Shapefile", "EPSG:4490",
                                    "CODE,YJLX,BHQK,QSX,HSX,GNFQ", rows);
    make_gbk(shp);
    screened s = screen_layers(zones(), shp, "protected-area-patch");

    CHECK_OK(s.error);
    check_finding("P1", "MINE_QUARRY", "2023-03-01", "2024-05-01");
    check_finding("P2", "TR_LINE", "2023-03-01", "2024-05-01");
    CHECK_INT(screened_count(&s, "screen.footprints", "suppressed", "SHRUNK"), 1);
    CHECK_INT(screened_count(&s, "screen.footprints", "used", NULL), 2);
    CHECK_INT(s.result.warnings->len, 0);
    rdl_screen_result_clear(&s.result);
}

static void the_headings_may_be_chinese(void)
{
    const char *rows[] = {BOX "|P1|采石场|新增|2023-03-01|2024-05-01",
                          BESIDE "|P2|采石场|恢复|2023-03-01|2024-05-01", NULL};
    screened s = screen_layers(zones(),
                               fixture_layer("zh.geojson", "GeoJSON", "EPSG:4326",
                                             "唯一编码,变化 类型,变化情况,前时相,后时相", rows),
                               "protected-area-patch");

    CHECK_OK(s.error);
    check_finding("P1", "MINE_QUARRY", "2023-03-01", "2024-05-01");
    CHECK_INT(screened_count(&s, "screen.footprints", "suppressed", "SHRUNK"), 1);
    rdl_screen_result_clear(&s.result);
}

static void the_ten_classes_are_read(void)
{
    static const char *const classes[][3] = {
        {"01", "AGRI", "农业用地"},      {"NT", "AGRI", NULL},
        {"02", "RES", "居民点"},         {"JM", "RES", NULL},
        {"03", "UNKNOWN", "工矿用地"},   {"GK", "UNKNOWN", NULL},
        {"04", "MINE_QUARRY", "采石场"}, {"CS", "MINE_QUARRY", NULL},
        {"05", "UNKNOWN", "能源设施"},   {"NY", "UNKNOWN", NULL},
        {"06", "TOUR", "旅游设施"},      {"LY", "TOUR", NULL},
        {"07", "TR_FAC", "交通设施"},    {"JT", "TR_FAC", NULL},
        {"08", "UNKNOWN", "养殖场"},     {"YZ", "UNKNOWN", NULL},
        {"09", "TR_LINE", "道路"},       {"DL", "TR_LINE", NULL},
        {"10", "OTHER", "其他人工设施"}, {"QT", "OTHER", NULL},
        {"9", "TR_LINE", NULL}};
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
        double x = 119.92 + 0.003 * (double)i;
        for (int k = 0; k < 3; k += 2)
            if (classes[i][k]) {
                g_autofree char *box = fixture_box(x, k ? 36.05 : 36.0, 0.001);
                g_ptr_array_add(
                    rows, g_strdup_printf("%s|T%02zu-%d|%s|20240501", box, i, k, classes[i][k]));
            }
    }
    int n = (int)rows->len;
    g_ptr_array_add(rows, NULL);
    const char *shp = fixture_layer("ten.shp", "ESRI Shapefile", "EPSG:4490", "BH,HDLX,HSX",
                                    (const char *const *)rows->pdata);
    make_gbk(shp);
    screened s = screen_layers(zones(), shp, "ten-class");

    CHECK_OK(s.error);
    CHECK_INT(screened_count(&s, "screen.footprints", "used", NULL), n);
    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
        for (int k = 0; k < 3; k += 2) {
            g_autofree char *id = g_strdup_printf("T%02zu-%d", i, k);
            g_autofree char *got = finding_text_where("activity", "source_id", id);
            if (classes[i][k])
                CHECK_TEXT(got, classes[i][1]);
        }
    rdl_screen_result_clear(&s.result);
}

/* The task's table: no geometry but TBFW, no system either. */
static void a_table_of_jctb_is_read(void)
{
    const char *csv = fixture_text(
        "jctb.csv", "JCBH,TBLX,XZQDM,XMC,JCMJ,QSX,HSX,TZ,BGDL,TBFW\n"
                    "J1,1,371302,某县,1.5,20230101,20230701,,0601,\"" BOX "\"\n"
                    "J2,1,371302,某县,1.5,20230101,20230701,,1104A,\"" BESIDE "\"\n"
                    "J3,1,371302,某县,1.5,20230101,20230701,,0602,\"POLYGON((120 36,\"\n");
    const char *profile =
        fixture_text("jctb-4490.yaml", "extends: jctb\ncrs_claim: \"EPSG:4490\"\n");
    screened s = screen_layers(zones(), csv, profile);

    CHECK_OK(s.error);
    check_finding("J1", "IND", "2023-01-01", "2023-07-01");
    check_finding("J2", "AQUA", "2023-01-01", "2023-07-01");
    CHECK_INT(screened_count(&s, "screen.footprints", "failed", "UNREADABLE_GEOMETRY"), 1);
    rdl_screen_result_clear(&s.result);
    s = screen_layers(zones(), csv, "jctb");
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "names no coordinate system");
}

/* A code accuses only where it can mean one thing: utilities are not all waste, farm buildings not
 * all livestock. */
static void land_classes_that_hold_several_activities_are_unknown(void)
{
    static const char *const codes[] = {"05H1", "0602", "0701", "0809",
                                        "1108", "1109", "1202", "设施农用地"};
    static const char *const profiles[] = {"jctb", "land-enforcement"};

    for (size_t p = 0; p < G_N_ELEMENTS(profiles); p++)
        for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
            g_autofree char *row = g_strdup_printf(BOX "|J|%s|20230101|20230701", codes[i]);
            const char *rows[] = {row, NULL};
            screened s = screen_layers(
                zones(),
                fixture_layer("classes.gpkg", "GPKG", "EPSG:4490", "JCBH,BGDL,QSX,HSX", rows),
                profiles[p]);
            CHECK_OK(s.error);
            check_finding("J", "UNKNOWN", "2023-01-01", "2023-07-01");
            rdl_screen_result_clear(&s.result);
        }
}

/* Another reading is another digest, wherever it was changed. */
static void a_digest_covers_what_is_extended(void)
{
    const char *base = fixture_text("base.yaml", "fields:\n  fp_id: NO\n");
    g_autofree char *text = g_strdup_printf("extends: %s\ncrs_claim: \"EPSG:4490\"\n", base);
    const char *over = fixture_text("over.yaml", text);
    g_autofree char *file = rdl_digest_file(base, NULL);
    g_autofree char *alone = rdl_profile_digest(base, NULL);
    g_autofree char *before = rdl_profile_digest(over, NULL);

    fixture_text("base.yaml", "fields:\n  fp_id: NUMBER\n");
    g_autofree char *after = rdl_profile_digest(over, NULL);
    CHECK_TEXT(alone, file);
    CHECK(before && after && strcmp(before, after) != 0);
}

/* Names that a DBF cut after ten bytes, within a letter, in GBK and in UTF-8. */
static void land_enforcement_survives_a_dbf(void)
{
    const char *rows[] = {
        BOX "|130403SJBG26210183|工业用地|20250101|20250401|12.5|0.3|合法",
        BESIDE "|130403SJBG26210183_1|农村宅基地|20250101|20250401|2.5|0|设施农用地", NULL};
    const char *names = "监测图斑编号,变更后地类,前时相时间,后时相时间,地块总面积（亩）,"
                        "生态红线面积（亩）,判定结果";
    screened s = screen_layers(
        zones(), fixture_layer("land.gpkg", "GPKG", "EPSG:4490", names, rows), "land-enforcement");

    CHECK_OK(s.error);
    check_finding("130403SJBG26210183", "IND", "2025-01-01", "2025-04-01");
    rdl_screen_result_clear(&s.result);
    for (int gbk = 0; gbk < 2; gbk++) {
        const char *cut =
            gbk ? "监测图斑编,变更后地类,前时相时间,后时相时间,地块总面积,红线面积,判定"
                : "监测图,变更后,前时相,后时相,地块总,红线面,判定";
        const char *shp = fixture_layer(gbk ? "land-g.shp" : "land-u.shp", "ESRI Shapefile",
                                        "EPSG:4490", gbk ? "a,b,c,d,e,f,g" : cut, rows);
        if (gbk) { /* GDAL cuts UTF-8 names: the ten bytes are written by hand */
            g_autofree char *stem = g_strndup(shp, strlen(shp) - 4);
            g_autofree char *dbf = g_strconcat(stem, ".dbf", NULL), *bytes = NULL;
            g_auto(GStrv) each = g_strsplit(cut, ",", -1);
            size_t n;
            make_gbk(shp);
            CHECK(g_file_get_contents(dbf, &bytes, &n, NULL));
            for (int i = 0; each[i]; i++) {
                g_autofree char *name = g_convert(each[i], -1, "GBK", "UTF-8", NULL, NULL, NULL);
                memcpy(bytes + 32 + 32 * i, name, strlen(name));
            }
            CHECK(g_file_set_contents(dbf, bytes, (gssize)n, NULL));
        }
        s = screen_layers(zones(), shp, "land-enforcement");
        CHECK_OK(s.error);
        check_finding("130403SJBG26210183", "IND", "2025-01-01", "2025-04-01");
        check_finding("130403SJBG26210183_1", "RES", "2025-01-01", "2025-04-01");
        rdl_screen_result_clear(&s.result);
    }
}

static void width_and_blanks_do_not_count(void)
{
    const char *profile =
        fixture_text("width.yaml", "fields:\n  fp_id: 编号(旧)\n"
                                   "  activity: 类型［一级］\n"
                                   "values:\n  activity:\n    ＣＳ（石）: MINE_QUARRY\n");
    const char *rows[] = {BOX "|F1|cs (石)", NULL};
    screened s = screen_layers(
        zones(), fixture_layer("width.gpkg", "GPKG", "EPSG:4490", "编号（旧）,类型 [一级]", rows),
        profile);

    CHECK_OK(s.error);
    g_autofree char *activity = finding_text_where("activity", "source_id", "F1");
    CHECK_TEXT(activity, "MINE_QUARRY");
    rdl_screen_result_clear(&s.result);
}

static void a_wrong_profile_is_named(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {{"felds: {fp_id: A}\n", "'felds' is no key of a profile"},
                 {"fields: {fp_id: {a: b}}\n", "'fp_id' needs the name of a field"},
                 {"fields: {fp_id: []}\n", "'fp_id' needs the name of a field"},
                 {"values: {activity: IND}\n", "'activity' needs a map of values"},
                 {"values: {activity: {CS: IND, ＣＳ: RES}}\n", "is given two codes"},
                 {"leave_out: {BHQK: {\"3\": gone}}\n", "needs a reason in capitals"},
                 {"datum_shift: [1, 2]\n", "needs a list of 3 or 7 numbers"},
                 {"datum_shift: [1, 2, a]\n", "needs a list of 3 or 7 numbers"},
                 {"datum: WGS80\n", "write GCJ-02, BD-09 or CGCS2000"},
                 {"geometry: {x: A}\n", "needs {wkt: FIELD} or {x: , y: }"},
                 {"geometry: {wkt: OUTLINE}\n", "has no field of the geometry its profile names"},
                 {"- 1\n", "is no profile"},
                 {"extends: none-such\n", "none-such"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *profile = fixture_text("wrong.yaml", cases[i].text);
        screened s = screen_layers(
            zones(), fixture_footprint("GPKG", "EPSG:4490", "", "", 120, 36, 0.01), profile);
        CHECK(s.error != NULL && strstr(s.error->message, cases[i].says) != NULL);
        if (s.error && !strstr(s.error->message, cases[i].says))
            printf("%s\n", s.error->message);
        g_clear_error(&s.error);
        rdl_screen_result_clear(&s.result);
    }
    g_autofree char *self = g_strdup_printf("extends: %s\n", suite_path("self.yaml"));
    screened s =
        screen_layers(zones(), fixture_footprint("GPKG", "EPSG:4490", "", "", 120, 36, 0.01),
                      fixture_text("self.yaml", self));
    CHECK_FAILS(s.error, RDL_ERROR_DATA, "extends itself");
}

static void a_replay_knows_another_profile(void)
{
    const char *profile = fixture_text("replayed.yaml", "layer: footprint\n");
    screened s = screen_layers(
        fixture_zone(120, 36, 0.1, "EPSG:4490"),
        fixture_footprint("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 120, 36, 0.01),
        profile);
    GError *error = NULL;

    CHECK_OK(s.error);
    rdl_screen_result_clear(&s.result);
    g_autoptr(rdl_replay) same = rdl_replay_open(suite_path("findings.gpkg"), &error);
    CHECK(same != NULL);
    CHECK_OK(error);
    fixture_text("replayed.yaml", "layer: footprint\nfields: {activity: fp_id}\n");
    g_autoptr(rdl_replay) other = rdl_replay_open(suite_path("findings.gpkg"), &error);
    CHECK(other == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "is no longer the profile");
}

static CU_TestInfo tests[] = {
    {"a replay knows another profile", a_replay_knows_another_profile},
    {"a protected-area patch is read", a_protected_area_patch_is_read},
    {"the headings may be Chinese", the_headings_may_be_chinese},
    {"the ten classes are read", the_ten_classes_are_read},
    {"a table of JCTB is read", a_table_of_jctb_is_read},
    {"land classes that hold several activities are unknown",
     land_classes_that_hold_several_activities_are_unknown},
    {"a digest covers what is extended", a_digest_covers_what_is_extended},
    {"land enforcement survives a DBF", land_enforcement_survives_a_dbf},
    {"width and blanks do not count", width_and_blanks_do_not_count},
    {"a wrong profile is named", a_wrong_profile_is_named},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.profile", tests, argc, argv);
}
