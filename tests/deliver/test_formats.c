/* Formats of export: nothing is lost on the way out and back, each is what its standard says. */
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <cpl_vsi.h>
#include <ogr_api.h>
#include <gdal.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "fixtures/photo.h"
#include "geo/geo.h"
#include "suite.h"

/* Awkward sites: a hole, two parts, a line, a point; texts that break formats. */
static const district_site awkward[] = {
    {"POLYGON((119.9 32.3,119.91 32.3,119.91 32.31,119.9 32.31,119.9 32.3),"
     "(119.902 32.302,119.902 32.304,119.904 32.304,119.904 32.302,119.902 32.302))",
     "=HYPERLINK(\"http://x\",\"<b>&'\")", district_long_name, "321202"},
    {"MULTIPOLYGON(((120.1 32.3,120.11 32.3,120.11 32.31,120.1 32.3)),"
     "((120.2 32.3,120.21 32.3,120.21 32.31,120.2 32.3)))",
     "逗号,引号\"和]]>", "]]><script>", "321203"},
    {"LINESTRING(120.3 32.3,120.31 32.31)", NULL, NULL, NULL},
    {"POINT(120.4 32.4)", "-1+2", "丁\x01", "321202"},
    {NULL, "无处", "戊", "321202"}};
#define AWKWARD ((int)G_N_ELEMENTS(awkward))

static GPtrArray *warnings; /* of the last export */

static bool export_with(rdl_ledger *ledger, rdl_export_options o, rdl_tally *tally, GError **error)
{
    g_clear_pointer(&warnings, g_ptr_array_unref);
    o.warnings = warnings = g_ptr_array_new_with_free_func(g_free);
    o.overwrite = true;
    return rdl_export(ledger, &o, tally, error);
}

/* The path. */
static const char *exported(rdl_ledger *ledger, const char *profile, const char *name)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;
    const char *path = suite_path(name);

    o.profile = profile;
    o.output = path;
    CHECK(export_with(ledger, o, tally, &error));
    CHECK_OK(error);
    CHECK(rdl_tally_check(tally, &error));
    return path;
}

static bool told(const char *part)
{
    for (guint i = 0; i < warnings->len; i++)
        if (strstr(warnings->pdata[i], part))
            return true;
    return false;
}

static char *text_of(const char *path)
{
    char *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    return text ? text : g_strdup("");
}

static rdl_layer *open_layer(const char *source)
{
    GError *error = NULL;
    rdl_layer *layer = rdl_layer_open(source, NULL, &error);

    CHECK_OK(error);
    return layer;
}

/* ---- there and back ---- */

static GArray *tasks_of(rdl_ledger *ledger)
{
    const rdl_task_filter all = {.as_of = rdl_day_of(2026, 11, 1)};
    GArray *tasks = rdl_task_list(ledger, &all, NULL);

    CHECK(tasks != NULL);
    return tasks;
}

static const rdl_task *task_named(const GArray *tasks, const char *id)
{
    for (guint i = 0; id && i < tasks->len; i++)
        if (strcmp(g_array_index(tasks, rdl_task, i).task_id, id) == 0)
            return &g_array_index(tasks, rdl_task, i);
    return NULL;
}

static void check_same_ground(const rdl_task *t, GBytes *wkb)
{
    g_autoptr(rdl_geometry) a = t->wkb ? rdl_geometry_from_wkb(g_bytes_get_data(t->wkb, NULL),
                                                               g_bytes_get_size(t->wkb), NULL)
                                       : NULL;
    g_autoptr(rdl_geometry) b =
        wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), NULL)
            : NULL;
    bool same = false;

    CHECK((a != NULL) == (b != NULL));
    if (!a || !b)
        return;
    CHECK(rdl_geometry_equals(a, b, &same, NULL));
    CHECK(same);
}

/* Rows of `source` are the ledger's, values and ground; `id`, `owner` ...: what they are called
 * there; `guarded`: texts may have an apostrophe before them. */
static void check_rows(rdl_ledger *ledger, const char *source, const char *const names[4],
                       bool ground, bool guarded)
{
    g_autoptr(GArray) tasks = tasks_of(ledger);
    g_autoptr(rdl_layer) layer = open_layer(source);
    const rdl_feature *f;
    guint n = 0;

    if (!layer)
        return;
    int id = rdl_layer_field_index(layer, names[0]), owner = rdl_layer_field_index(layer, names[1]);
    int zone = rdl_layer_field_index(layer, names[2]),
        area = rdl_layer_field_index(layer, names[3]);
    for (; (f = rdl_layer_next(layer, NULL)); n++) {
        const rdl_task *t = task_named(tasks, rdl_feature_text(f, id));
        CHECK(t != NULL);
        if (!t)
            continue;
        const char *text = rdl_feature_text(f, owner);
        CHECK_TEXT(guarded && text && *text == '\'' ? text + 1 : text, t->owner);
        CHECK_TEXT(rdl_feature_text(f, zone), t->zone_name);
        CHECK_NEAR(rdl_feature_real(f, area), t->area_m2, 1e-9);
        if (ground)
            check_same_ground(t, rdl_feature_wkb(f));
    }
    CHECK_INT(n, tasks->len);
}

static const char *const own_names[] = {"task_id", "owner", "zone_name", "area_m2"};

static void nothing_is_lost(void)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("lost.sqlite"), awkward, AWKWARD);

    check_rows(ledger, exported(ledger, "gpkg", "lost.gpkg"), own_names, true, false);
    check_rows(ledger, exported(ledger, "geojson", "lost.geojson"), own_names, true, false);
    check_rows(ledger, exported(ledger, "csv", "lost.csv"), own_names, false, true);
}

/* It keeps no row without ground: that one is counted. */
static void flatgeobuf_tells_what_lies_nowhere(void)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("fgb.sqlite"), awkward, AWKWARD);
    g_autoptr(rdl_ledger) three = district_ledger(suite_path("three.sqlite"), 3);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;

    o.profile = "flatgeobuf";
    o.output = suite_path("t.fgb");
    CHECK(export_with(ledger, o, tally, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *line = rdl_json_line(node);
    CHECK(strstr(line, "\"in\":5,\"used\":4,\"suppressed\":{\"NO_PLACE\":1}") != NULL);
    g_autoptr(rdl_layer) layer = open_layer(o.output);
    CHECK_INT(layer ? rdl_layer_count(layer) : 0, 4);
    check_rows(three, exported(three, "flatgeobuf", "three.fgb"), own_names, true, false);
}

static void bytes_repeat(void)
{
    static const char *const files[][2] = {
        {"csv", "csv"},   {"flatgeobuf", "fgb"}, {"kml", "kml"},       {"kml", "kmz"},
        {"gpx", "gpx"},   {"shp-cn", "zip"},     {"stac", "stac.zip"}, {"gpkg", "gpkg"},
        {"xlsx", "xlsx"}, {"geojson", "geojson"}};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("repeat.sqlite"), awkward, AWKWARD);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *a = g_strconcat("a.", files[i][1], NULL);
        g_autofree char *b = g_strconcat("b.", files[i][1], NULL);
        CHECK_SAME_FILE(exported(ledger, files[i][0], a), exported(ledger, files[i][0], b));
    }
}

static void an_empty_ledger_gives_valid_files(void)
{
    static const char *const files[] = {"empty.csv", "empty.fgb", "empty.kml", "empty.gpx"};
    static const char *const profiles[] = {"csv", "flatgeobuf", "kml", "gpx"};
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("empty.sqlite"), 0);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        const char *path = exported(ledger, profiles[i], files[i]);
        GDALDatasetH set = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
        CHECK(set != NULL);
        for (int k = 0; set && k < GDALDatasetGetLayerCount(set); k++)
            CHECK_INT(OGR_L_GetFeatureCount(GDALDatasetGetLayer(set, k), TRUE), 0);
        if (set)
            GDALClose(set);
    }
    const char *folder = exported(ledger, "shp-cn", "empty-shp");
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, NULL);
    CHECK_INT(names->len, 8);
    g_autofree char *shp = g_build_filename(folder, names->pdata[3], NULL);
    g_autoptr(rdl_layer) layer = open_layer(shp);
    CHECK(layer && rdl_layer_count(layer) == 0);
}

/* ---- CSV ---- */

static void a_table_runs_nothing(void)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("csv.sqlite"), awkward, AWKWARD);
    g_autofree char *text = text_of(exported(ledger, "csv", "run.csv"));

    CHECK(g_str_has_prefix(text, "\xef\xbb\xbftask_id,"));
    CHECK(strstr(text, ",\"'=HYPERLINK(\"\"http://x\"\",") != NULL);
    CHECK(strstr(text, ",'-1+2,") != NULL);
    CHECK(strstr(text, ",=") == NULL && strstr(text, ",\"=") == NULL);
    CHECK(g_str_has_suffix(text, "\r\n"));
    CHECK(told("2 texts begin like a formula"));
}

/* ---- KML ---- */

static void open_element(GMarkupParseContext *c, const char *name, const char **names,
                         const char **values, gpointer counts, GError **error)
{
    (void)c;
    (void)names;
    (void)values;
    (void)error;
    g_hash_table_insert(counts, g_strdup(name),
                        GINT_TO_POINTER(1 + GPOINTER_TO_INT(g_hash_table_lookup(counts, name))));
}

/* Elements of an XML text by name; NULL when it is not well-formed. */
static GHashTable *elements(const char *text)
{
    static const GMarkupParser parser = {.start_element = open_element};
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GMarkupParseContext) xml =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, counts, NULL);

    CHECK(g_markup_parse_context_parse(xml, text, -1, NULL) &&
          g_markup_parse_context_end_parse(xml, NULL));
    return counts;
}

static int count_of(GHashTable *counts, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(counts, name));
}

static void kml_is_styled_and_sound(void)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("kml.sqlite"), awkward, AWKWARD);

    CHECK(district_register(ledger));
    g_autofree char *text = text_of(exported(ledger, "kml", "t.kml"));
    g_autoptr(GHashTable) counts = elements(text);
    CHECK(strstr(text, "xmlns=\"http://www.opengis.net/kml/2.2\"") != NULL);
    CHECK_INT(count_of(counts, "Placemark"), AWKWARD + 1);
    CHECK_INT(count_of(counts, "styleUrl"), AWKWARD); /* the registered clue is drawn once */
    CHECK_INT(count_of(counts, "Folder"), 3);         /* clues, registered, gone on */
    CHECK(strstr(text, "<name>线索</name>") != NULL);
    CHECK(strstr(text, "<styleUrl>#clue</styleUrl>") != NULL);
    CHECK(strstr(text, "<Style id=\"clue\">") != NULL);
    CHECK(strstr(text, "<th align=\"left\">管控区名称</th><td>]] &gt;&lt;script&gt;</td>") != NULL);
    CHECK(strstr(text, "<td>丁\xef\xbf\xbd</td>") != NULL);
    CHECK_INT(count_of(counts, "innerBoundaryIs"), 2); /* the clue's and the rectification's */
}

/* ---- GPX ---- */

/* A photo goes with a KMZ as a small picture, into an evidence pack as the file it is; its digest
 * is told with it, and nothing of it to everybody. */
static void photos_go_where_the_office_looks(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("photo.sqlite"), 1);
    g_autofree char *id = district_task(ledger, "FP-0"), *digest = NULL;
    const char *path = suite_path("IMG.jpg"), *const paths[] = {path, NULL};
    const fixture_exif exif = {.placed = true,
                               .lon = 119.90015,
                               .lat = 32.30015,
                               .azimuth = 90.0,
                               .north = 'T',
                               .taken = "2026:11:02 10:00:00"};
    const rdl_photo_files files = {paths, 50.0};
    const rdl_move who = {
        .task_id = id, .to = "noted", .on = "2026-11-03", .by = "甲", .role = "county"};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    CHECK(fixture_photo(path, 1, &exif) &&
          rdl_task_photo(ledger, &who, &files, tally, NULL, &error));
    CHECK((digest = rdl_digest_file(path, &error)));
    g_autofree char *picture = g_strdup_printf("files/%s.jpg", digest);
    const char *kmz = exported(ledger, "kml", "photo.kmz");
    g_auto(GStrv) names = rdl_archive_names(kmz, &error);
    CHECK(names && g_strv_contains((const char *const *)names, picture));
    g_autofree char *kml = rdl_archive_text(kmz, "doc.kml", &error);
    CHECK(strstr(kml, picture) && strstr(kml, "点位内; 90.0°（真北）; 2026-11-02T10:00:00"));
    o.profile = "evidence";
    o.task = id;
    o.output = suite_path("photo-pack");
    CHECK(rdl_export(ledger, &o, tally, &error));
    g_autofree char *inside = g_strdup_printf("photo-pack/documents/%.12s-IMG.jpg", digest);
    CHECK_SAME_FILE(suite_path(inside), path);
    CHECK_OK(error);
    g_autofree char *why = text_of(suite_path("photo-pack/why.txt"));
    CHECK(strstr(why, "点位内; 90.0°（真北）; 2026-11-02T10:00:00") && strstr(why, digest));
    g_autofree char *public = text_of(exported(ledger, "public", "photo.csv"));
    CHECK(!strstr(public, digest) && !strstr(public, "IMG"));
}

static void gpx_has_a_place_and_its_outline(void)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("gpx.sqlite"), awkward, AWKWARD);
    const char *path = exported(ledger, "gpx", "t.gpx");
    g_autofree char *text = text_of(path), *places = g_strconcat(path, ":waypoints", NULL);
    g_autoptr(GHashTable) counts = elements(text);
    g_autoptr(rdl_layer) layer = open_layer(places);
    const rdl_feature *f = layer ? rdl_layer_next(layer, NULL) : NULL;

    CHECK(strstr(text, "xmlns=\"http://www.topografix.com/GPX/1/1\"") != NULL);
    CHECK_INT(count_of(counts, "wpt"), AWKWARD);
    CHECK_INT(count_of(counts, "rte"), 2 + 2 + 1); /* shell and hole, two parts, a line */
    CHECK_INT(count_of(counts, "trk"), 0);
    CHECK(f && strstr(rdl_feature_text(f, rdl_layer_field_index(layer, "name")), " 采石"));
    CHECK(f && strstr(rdl_feature_text(f, rdl_layer_field_index(layer, "desc")), "0.1235 ha"));
}

/* ---- the national package ---- */

static const char *const pinyin_names[] = {"RWBH", "YZ", "GKQMC", "TBMJ"};

static void a_package_holds_every_task(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("shp.sqlite"), 3);
    const char *folder = exported(ledger, "shp-cn", "shp");
    static const char *const files[] = {"321200整改任务图斑_20261101.cpg",
                                        "321200整改任务图斑_20261101.dbf",
                                        "321200整改任务图斑_20261101.prj",
                                        "321200整改任务图斑_20261101.shp",
                                        "321200整改任务图斑_20261101.shx",
                                        "字段说明.csv",
                                        "文件清单.csv",
                                        "检查结果.csv"};
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, NULL);

    CHECK_INT(names->len, G_N_ELEMENTS(files));
    for (guint i = 0; i < names->len; i++)
        CHECK_TEXT(names->pdata[i], files[i]);
    g_autofree char *shp = g_build_filename(folder, files[3], NULL);
    check_rows(ledger, shp, pinyin_names, true, false);
    g_autofree char *cpg = g_build_filename(folder, files[0], NULL), *said = text_of(cpg);
    CHECK_TEXT(said, "GBK");
    g_autofree char *prj = g_build_filename(folder, files[2], NULL), *wkt = text_of(prj);
    CHECK(strstr(wkt, "GCS_China_Geodetic_Coordinate_System_2000") != NULL);
    g_autofree char *dbf = g_build_filename(folder, files[1], NULL), *head = NULL;
    CHECK(g_file_get_contents(dbf, &head, NULL, NULL));
    CHECK(head && memcmp(head + 1, "\x7e\x0b\x01", 3) == 0); /* 2026-11-01 */
    CHECK_INT(head ? (guchar)head[29] : 0, 77);              /* code page 936 */
    CHECK_INT(warnings->len, 0);
}

static void names_fit_a_dbf(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("names.sqlite"), 1);
    g_autofree char *shp = g_build_filename(exported(ledger, "shp-cn", "names"),
                                            "321202整改任务图斑_20261101.shp", NULL);
    g_autoptr(rdl_layer) layer = open_layer(shp);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (int i = 0; layer && i < rdl_layer_fields(layer); i++) {
        const char *name = rdl_layer_field(layer, i);
        CHECK(strlen(name) <= 10 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(name));
        CHECK(g_hash_table_add(seen, (gpointer)name));
    }
    const rdl_feature *f = layer ? rdl_layer_next(layer, NULL) : NULL;
    CHECK(f != NULL);
    CHECK_TEXT(f ? rdl_feature_text(f, rdl_layer_field_index(layer, "RWZT")) : NULL, "SCREENED");
    CHECK_TEXT(f ? rdl_feature_text(f, rdl_layer_field_index(layer, "RWZTMC")) : NULL, "初筛");
    CHECK_NEAR(f ? rdl_feature_real(f, rdl_layer_field_index(layer, "MJ")) : 0, 0.1235, 1e-9);
}

/* 124 letters: 248 bytes of GBK, 372 of UTF-8; a field of 120 bytes takes 60 or 40 of them. */
static void texts_are_cut_between_letters(void)
{
    g_autoptr(GString) owner = g_string_new("a");
    GError *error = NULL;
    static const struct {
        const char *encoding;
        int letters;
    } cases[] = {{"GBK", 60}, {"UTF-8", 40}};

    for (int i = 0; i < 62; i++)
        g_string_append(owner, "业主");
    const district_site site = {"POLYGON((119 32,119.1 32,119.1 32.1,119 32))", owner->str, "甲",
                                "321202"};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("cut.sqlite"), &site, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        g_autofree char *name = g_strconcat("cut-", cases[i].encoding, NULL);
        o.profile = "shp-cn";
        o.output = suite_path(name);
        o.encoding = cases[i].encoding;
        CHECK(export_with(ledger, o, tally, &error));
        CHECK_OK(error);
        CHECK(told("1 texts were longer than their field and were cut"));
        g_autofree char *shp = g_build_filename(o.output, "321202整改任务图斑_20261101.shp", NULL);
        g_autoptr(rdl_layer) layer = open_layer(shp);
        const rdl_feature *f = layer ? rdl_layer_next(layer, NULL) : NULL;
        const char *text = f ? rdl_feature_text(f, rdl_layer_field_index(layer, "YZ")) : NULL;
        CHECK(text && g_utf8_validate(text, -1, NULL) && g_str_has_prefix(owner->str, text));
        CHECK_INT(text ? g_utf8_strlen(text, -1) : 0, cases[i].letters);
        g_autofree char *list = g_build_filename(o.output, "检查结果.csv", NULL),
                        *said = text_of(list);
        CHECK(strstr(said, ",截断,YZ,") != NULL);
    }
}

static void a_letter_gbk_lacks_is_not_lost(void)
{
    const district_site site = {"POLYGON((119 32,119.1 32,119.1 32.1,119 32))", "王𠀀", "甲",
                                "321202"};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("rare.sqlite"), &site, 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;

    o.profile = "shp-cn";
    o.output = suite_path("rare");
    CHECK(!export_with(ledger, o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA,
                "field YZ: '𠀀' in '王𠀀' is not in GBK: give --encoding UTF-8");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    o.encoding = "UTF-8";
    CHECK(export_with(ledger, o, tally, &error));
    CHECK_OK(error);
    o.encoding = "BIG5";
    CHECK(!export_with(ledger, o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "there are GBK, UTF-8");
}

static void what_is_missing_or_twice_is_told(void)
{
    const district_site sites[] = {
        {"POLYGON((119 32,119.1 32,119.1 32.1,119 32))", "甲", "甲", "321202"},
        {"POLYGON((119.5 32,119.6 32,119.6 32.1,119.5 32))", "乙", "乙", "3212"},
        {"LINESTRING(119.7 32,119.8 32.1)", "丙", "丙", "321202"}};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("lack.sqlite"), sites, 3);
    const char *folder = exported(ledger, "shp-cn", "lack");
    g_autofree char *list = g_build_filename(folder, "检查结果.csv", NULL), *said = text_of(list);
    g_autofree char *line = g_build_filename(folder, "321202整改任务线_20261101.shp", NULL);

    CHECK(told("missing, wrong or there twice: 1 things"));
    CHECK(strstr(said, ",缺项,XZQDM,") != NULL);
    CHECK(g_file_test(line, G_FILE_TEST_EXISTS));
    g_autoptr(rdl_layer) layer = open_layer(line);
    CHECK_INT(layer ? rdl_layer_count(layer) : 0, 1);
}

/* ---- STAC ---- */

/* What findings made of two scenes would bring along. */
static const char manifest[] =
    "{\"redline\":\"0.1.0\",\"command\":\"screen\",\"options\":{\"as_of\":\"2026-11-01\"},"
    "\"inputs\":["
    "{\"role\":\"zones\",\"path\":\"zones.gpkg\",\"sha256\":\"aa%s\"},"
    "{\"role\":\"patches\",\"path\":\"patches.gpkg\",\"sha256\":\"bb%s\",\"made_by\":{\"command\":"
    "\"patches\","
    "\"inputs\":[{\"role\":\"change\",\"path\":\"change.tif\",\"sha256\":\"cc%s\",\"made_by\":{"
    "\"command\":"
    "\"detect\",\"options\":{\"date_before\":\"2024-01-01\",\"date_after\":\"2026-01-01\"},"
    "\"inputs\":["
    "{\"role\":\"before\",\"path\":\"a.tif\",\"sha256\":\"dd%s\"},"
    "{\"role\":\"after\",\"path\":\"b.tif\",\"sha256\":\"ee%s\"}]}}]}}]}";

static JsonObject *item_at(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = text_of(path);
    g_autoptr(JsonNode) node = rdl_json_parse(text, name, NULL);

    CHECK(node && JSON_NODE_HOLDS_OBJECT(node));
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_dup_object(node) : json_object_new();
}

/* RFC 3339, section 5.6. */
static bool is_moment(const char *text)
{
    return text && g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?"
                                        "(Z|[+-]\\d\\d:\\d\\d)$", text, 0, 0);
}

/* Closed, left round, and within its box (STAC item: geometry, bbox). */
static void check_footprint(JsonObject *item)
{
    JsonObject *g = json_object_get_object_member(item, "geometry");
    JsonArray *box = json_object_get_array_member(item, "bbox");
    JsonArray *coordinates = json_object_get_array_member(g, "coordinates");
    double twice = 0.0, b[4], p[2], q[2] = {0.0, 0.0};

    CHECK_INT(json_array_get_length(box), 4);
    for (guint i = 0; i < 4; i++)
        b[i] = json_array_get_double_element(box, i);
    if (b[0] == b[2] && b[1] == b[3]) { /* a ring without area is no valid ground */
        CHECK_TEXT(rdl_json_text(g, "type", ""), "Point");
        CHECK_NEAR(json_array_get_double_element(coordinates, 0), b[0], 0.0);
        return;
    }
    CHECK_TEXT(rdl_json_text(g, "type", ""), "Polygon");
    JsonArray *ring = json_array_get_array_element(coordinates, 0);
    guint n = json_array_get_length(ring);
    CHECK(b[0] <= b[2] && b[1] <= b[3] && b[0] >= -180 && b[2] <= 180 && b[1] >= -90 && b[3] <= 90);
    for (guint i = 0; i + 1 < n; i++) {
        for (guint k = 0; k < 2; k++) {
            p[k] = json_array_get_double_element(json_array_get_array_element(ring, i), k);
            q[k] = json_array_get_double_element(json_array_get_array_element(ring, i + 1), k);
            CHECK(p[k] >= b[k] && p[k] <= b[k + 2]);
        }
        twice += p[0] * q[1] - q[0] * p[1];
    }
    CHECK(n >= 4 && twice > 0.0);
    p[0] = json_array_get_double_element(json_array_get_array_element(ring, 0), 0);
    CHECK(p[0] == q[0]);
}

static void check_links(const char *folder, JsonObject *o, bool item)
{
    JsonArray *links = json_object_get_array_member(o, "links");
    guint roots = 0;

    for (guint i = 0; i < json_array_get_length(links); i++) {
        JsonObject *link = json_array_get_object_element(links, i);
        const char *href = rdl_json_text(link, "href", "nowhere");
        const char *rel = rdl_json_text(link, "rel", "");
        g_autofree char *path = g_build_filename(folder, href, NULL);
        CHECK(g_file_test(path, G_FILE_TEST_IS_REGULAR));
        roots += strcmp(rel, "root") == 0;
        CHECK(strcmp(rel, "root") == 0 || strcmp(rel, item ? "parent" : "item") == 0 ||
              (item && strcmp(rel, "derived_from") == 0));
    }
    CHECK_INT(roots, 1);
}

/* Everything STAC 1.0.0 asks of an item (item-spec.md) or catalogue (catalog-spec.md), and every
 * link leads to a file. */
static void check_stac(const char *folder, const char *name)
{
    g_autoptr(JsonObject) o = item_at(folder, name);
    bool item = strcmp(rdl_json_text(o, "type", ""), "Feature") == 0;
    JsonObject *p = item ? json_object_get_object_member(o, "properties") : NULL;
    g_autofree char *file = g_strconcat(rdl_json_text(o, "id", ""), ".json", NULL);

    CHECK_TEXT(rdl_json_text(o, "stac_version", ""), "1.0.0");
    CHECK(item ? strcmp(file, name) == 0 : strcmp(rdl_json_text(o, "type", ""), "Catalog") == 0);
    check_links(folder, o, item);
    if (!item)
        CHECK(*rdl_json_text(o, "id", "") && *rdl_json_text(o, "description", ""));
    if (!p)
        return;
    JsonArray *extensions = json_object_get_array_member(o, "stac_extensions");
    for (guint i = 0; i < json_array_get_length(extensions); i++)
        CHECK(g_str_has_prefix(json_array_get_string_element(extensions, i), "https://"));
    CHECK(json_object_has_member(p, "datetime"));
    CHECK(is_moment(rdl_json_text(p, "datetime", NULL)) ||
          (is_moment(rdl_json_text(p, "start_datetime", NULL)) &&
           is_moment(rdl_json_text(p, "end_datetime", NULL))));
    CHECK(json_object_has_member(o, "geometry"));
    CHECK(json_object_get_null_member(o, "geometry") == !json_object_has_member(o, "bbox"));
    if (!json_object_get_null_member(o, "geometry"))
        check_footprint(o);
    JsonObject *assets = json_object_get_object_member(o, "assets");
    CHECK(json_object_has_member(assets, "data"));
    CHECK(*rdl_json_text(json_object_get_object_member(assets, "data"), "href", ""));
}

static char *derived_from(JsonObject *item)
{
    JsonArray *links = json_object_get_array_member(item, "links");
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < json_array_get_length(links); i++) {
        JsonObject *link = json_array_get_object_element(links, i);
        if (strcmp(rdl_json_text(link, "rel", ""), "derived_from") == 0)
            g_string_append_printf(out, "%s ", rdl_json_text(link, "href", ""));
    }
    return g_string_free(out, FALSE);
}

static void a_catalogue_leads_back_to_the_scenes(void)
{
    static const char *const said[] = {"change-cc0000000000.json", "before-dd0000000000.json"};
    g_autofree char *zeros = g_strnfill(62, '0');
    g_autofree char *text = g_strdup_printf(manifest, zeros, zeros, zeros, zeros, zeros);
    const char *path = suite_path("lead/stac.sqlite");
    g_autofree char *dir = g_path_get_dirname(path);
    GError *error = NULL;

    CHECK(rdl_output_folder(dir, &error));
    CHECK(
        rdl_output_text(suite_path("lead/stac.sqlite.findings.gpkg.run.json"), text, true, &error));
    g_autoptr(rdl_ledger) ledger = district_ledger(path, 2);
    const char *folder = exported(ledger, "stac", "stac");
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, &error);
    CHECK_INT(names->len, 8); /* catalogue, ledger, findings, zones, patches, change, two scenes */
    for (guint i = 0; i < names->len; i++)
        check_stac(folder, names->pdata[i]);
    g_autoptr(JsonObject) change = item_at(folder, said[0]);
    g_autofree char *from = derived_from(change);
    CHECK_TEXT(from, "./before-dd0000000000.json ./after-ee0000000000.json ");
    JsonObject *p = json_object_get_object_member(change, "properties");
    CHECK_TEXT(rdl_json_text(p, "start_datetime", NULL), "2024-01-01T00:00:00Z");
    CHECK_TEXT(rdl_json_text(p, "end_datetime", NULL), "2026-01-01T00:00:00Z");
    g_autoptr(JsonObject) before = item_at(folder, said[1]);
    JsonObject *asset =
        json_object_get_object_member(json_object_get_object_member(before, "assets"), "data");
    g_autofree char *sum = g_strconcat("1220dd", zeros, NULL);
    CHECK_TEXT(rdl_json_text(asset, "file:checksum", NULL), sum);
    CHECK(told("3 rasters are not where they were"));
}

static void count_up(guint *n, JsonObject *o, const char *head)
{
    g_autofree char *from = derived_from(o),
                    *ledger = g_strdup_printf("./ledger-%.12s.json ", head);

    CHECK(g_str_has_prefix(from, ledger)); /* of the state it shows, not a later one */
    *n += g_str_has_prefix(from, ledger);
}

/* A map, a card, a report, a file of tasks; and the same bytes when all is made again. */
static void make_products(const char *path, rdl_ledger *ledger)
{
    GError *error = NULL;
    rdl_map_options map = RDL_MAP_OPTIONS_INIT;
    rdl_card_options card = RDL_CARD_OPTIONS_INIT;
    rdl_report_options report = RDL_REPORT_OPTIONS_INIT;
    rdl_export_options tasks = RDL_EXPORT_OPTIONS_INIT;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autofree char *task = district_task(ledger, "FP-0");

    map.output = suite_path("made/map.png");
    card.output = suite_path("made/card.pdf");
    report.output = suite_path("made/report.md");
    tasks.output = suite_path("made/tasks.gpkg");
    card.id = task;
    tasks.profile = "gpkg";
    map.dpi = card.dpi = 50.0;
    map.overwrite = card.overwrite = report.overwrite = tasks.overwrite = true;
    CHECK(rdl_map(path, &map, NULL, tally, &error));
    CHECK(rdl_card(path, &card, NULL, NULL, tally, &error));
    CHECK(rdl_report(path, &report, tally, &error));
    CHECK(rdl_export(ledger, &tasks, tally, &error));
    CHECK_OK(error);
}

static void every_product_has_an_item(void)
{
    static const char *const products[] = {"map", "card", "report", "tasks"};
    const char *path = suite_path("made/stac.sqlite");
    g_autofree char *dir = g_path_get_dirname(path);
    GError *error = NULL;
    guint found = 0;

    CHECK(rdl_output_folder(dir, &error));
    g_autoptr(rdl_ledger) ledger = district_ledger(path, 2);
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    make_products(path, ledger);
    g_autofree char *once = text_of(suite_path("made/map.png.run.json"));
    make_products(path, ledger);
    g_autofree char *again = text_of(suite_path("made/map.png.run.json"));
    CHECK_TEXT(again, once);
    CHECK(strstr(once, dir) == NULL); /* the same wherever it lies */
    CHECK(district_register(ledger)); /* the ledger goes on */
    const char *folder = exported(ledger, "stac", "made-stac");
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, &error);
    for (guint i = 0; i < names->len; i++)
        check_stac(folder, names->pdata[i]);
    for (size_t k = 0; k < G_N_ELEMENTS(products); k++)
        for (guint i = 0; i < names->len; i++) {
            g_autofree char *start = g_strconcat(products[k], "-", NULL);
            if (!g_str_has_prefix(names->pdata[i], start))
                continue;
            g_autoptr(JsonObject) o = item_at(folder, names->pdata[i]);
            count_up(&found, o, head);
        }
    CHECK_INT(found, G_N_ELEMENTS(products));
    /* what lies about an other ledger's product is none of ours */
    g_autofree char *other = rdl_digest_bytes("x", 1);
    GString *foreign = g_string_new(once);
    g_string_replace(foreign, head, other, 0);
    CHECK(rdl_output_text(suite_path("made/card.pdf.run.json"), foreign->str, true, &error));
    g_string_free(foreign, TRUE);
    const char *less = exported(ledger, "stac", "made-less");
    g_autoptr(GPtrArray) left = rdl_folder_names(less, &error);
    CHECK_INT(left->len, names->len - 1);
}

/* ---- PostGIS ---- */

static bool run_line(const char *line)
{
    int status;
    g_autofree char *out = NULL, *err = NULL;
    bool good = g_spawn_command_line_sync(line, &out, &err, &status, NULL) &&
                g_spawn_check_wait_status(status, NULL);

    if (!good)
        printf("%s: %s\n", line, err ? err : "cannot be run");
    return good;
}

static char *server_bin(void)
{
    for (int version = 18; version >= 13; version--) {
        g_autofree char *bin = g_strdup_printf("/usr/lib/postgresql/%d/bin", version);
        g_autofree char *initdb = g_build_filename(bin, "initdb", NULL);
        if (g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&bin);
    }
    return NULL;
}

static bool publish(rdl_ledger *ledger, const char *database, bool overwrite, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    o.profile = "postgis";
    o.output = database;
    o.overwrite = overwrite;
    return rdl_export(ledger, &o, tally, error);
}

static void check_database(const char *home, const char *database)
{
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("pg.sqlite"), awkward, AWKWARD);
    g_autoptr(rdl_ledger) other = district_ledger(suite_path("pg2.sqlite"), 1);
    g_autofree char *table = g_strconcat(database, ":redline_task", NULL);
    g_autofree char *own = g_strdup_printf(
        "psql -h %s -U redline -d postgres -qc \"comment on table redline_task is null\"", home);
    GError *error = NULL;

    CHECK(publish(ledger, database, false, &error));
    CHECK_OK(error);
    check_rows(ledger, table, own_names, true, false);
    CHECK(!publish(other, database, false, &error));
    CHECK(error && !strstr(error->message, "secret"));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already: give --overwrite");
    CHECK(publish(other, database, true, &error));
    CHECK_OK(error);
    check_rows(other, table, own_names, true, false);
    CHECK(run_line(own));
    CHECK(!publish(ledger, database, true, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is somebody else's and stays");
    check_rows(other, table, own_names, true, false);
}

static void a_database_gets_its_table_and_keeps_others(void)
{
    g_autofree char *bin = server_bin();
    bool root = geteuid() == 0;

    if (!bin || !GDALGetDriverByName("PostgreSQL")) {
        printf("no PostgreSQL server here: skipped\n");
        return;
    }
    g_autofree char *home = g_dir_make_tmp("redline-pg-XXXXXX", NULL);
    const char *as = root ? "runuser -u postgres -- " : "";
    g_autofree char *own = g_strdup_printf("chown postgres %s", home);
    g_autofree char *init =
        g_strdup_printf("%s%s/initdb -N -D %s/db -U redline -A trust -E UTF8", as, bin, home);
    g_autofree char *start = g_strdup_printf(
        "%s%s/pg_ctl -D %s/db -w -l %s/log -o \"-k %s -h '' -F\" start", as, bin, home, home, home);
    g_autofree char *stop =
        g_strdup_printf("%s%s/pg_ctl -D %s/db -m immediate stop", as, bin, home);
    g_autofree char *make =
        g_strdup_printf("psql -h %s -U redline -d postgres -qc \"create extension postgis\"", home);
    g_autofree char *clean = g_strdup_printf("rm -rf %s", home);
    g_autofree char *database =
        g_strdup_printf("PG:host=%s user=redline dbname=postgres password=secret", home);

    if ((root && !run_line(own)) || !run_line(init) || !run_line(start))
        printf("no PostgreSQL server can be started: skipped\n");
    else if (!run_line(make))
        printf("no PostGIS here: skipped\n");
    else
        check_database(home, database);
    run_line(stop);
    run_line(clean);
}

static void endings_are_asked_for(void)
{
    static const char *const names[][3] = {{"csv", "x.txt", "*.csv"},
                                           {"kml", "x.xml", "*.kml|.kmz"},
                                           {"flatgeobuf", "x.gpkg", "*.fgb"}};
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("ending.sqlite"), 0);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
        o.profile = names[i][0];
        o.output = suite_path(names[i][1]);
        CHECK(!export_with(ledger, o, tally, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, names[i][2]);
    }
}

/* ---- validators of others ---- */

/* Did it run and find nothing? Its words go to standard output. */
static bool approves(const char *const *argv)
{
    int status = -1;

    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

static void others_find_the_files_valid(void)
{
    static const char *const ask[] = {"/usr/bin/python3", "-c",
                                      "import osgeo_utils.samples.validate_gpkg", NULL};
    static const char *const ask_xml[] = {"xmllint", "--version", NULL};
    static const char *const xml[] = {"kml", "gpx"};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("valid.sqlite"), awkward, AWKWARD);
    const char *gpkg = exported(ledger, "gpkg", "valid.gpkg");
    const char *const validate[] = {
        "/usr/bin/python3", "-m", "osgeo_utils.samples.validate_gpkg", "-q", gpkg, NULL};

    if (approves(ask))
        CHECK(approves(validate));
    else
        printf("\n    python3-gdal is not installed: no GeoPackage was validated\n    ");
    for (size_t i = 0; i < G_N_ELEMENTS(xml); i++) {
        g_autofree char *name = g_strconcat("valid.", xml[i], NULL);
        const char *const lint[] = {"xmllint", "--noout", exported(ledger, xml[i], name), NULL};
        if (approves(ask_xml))
            CHECK(approves(lint));
        else
            printf("\n    xmllint is not installed: no %s was looked at\n    ", xml[i]);
    }
}

static CU_TestInfo tests[] = {
    {"nothing is lost", nothing_is_lost},
    {"flatgeobuf tells what lies nowhere", flatgeobuf_tells_what_lies_nowhere},
    {"bytes repeat", bytes_repeat},
    {"an empty ledger gives valid files", an_empty_ledger_gives_valid_files},
    {"a table runs nothing", a_table_runs_nothing},
    {"kml is styled and sound", kml_is_styled_and_sound},
    {"photos go where the office looks", photos_go_where_the_office_looks},
    {"gpx has a place and its outline", gpx_has_a_place_and_its_outline},
    {"a package holds every task", a_package_holds_every_task},
    {"names fit a dbf", names_fit_a_dbf},
    {"texts are cut between letters", texts_are_cut_between_letters},
    {"a letter gbk lacks is not lost", a_letter_gbk_lacks_is_not_lost},
    {"what is missing or twice is told", what_is_missing_or_twice_is_told},
    {"a catalogue leads back to the scenes", a_catalogue_leads_back_to_the_scenes},
    {"every product has an item", every_product_has_an_item},
    {"a database gets its table and keeps others", a_database_gets_its_table_and_keeps_others},
    {"others find the files valid", others_find_the_files_valid},
    {"endings are asked for", endings_are_asked_for},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("deliver.formats", tests, argc, argv);

    g_clear_pointer(&warnings, g_ptr_array_unref);
    return status;
}
