/* Exports: the same ledger gives the same bytes, nothing is lost, nothing is overwritten. */
#include <math.h>
#include <string.h>
#include <cpl_vsi.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "deliver/exchange/statistics.h"
#include "geo/geo.h"
#include "rectify/handle.h"
#include "suite.h"

static const char *const profiles[] = {"gpkg", "geojson", "xlsx"};

static bool export_as(rdl_ledger *ledger, const char *profile, const char *path,
                      const char *language, rdl_tally *tally, GError **error)
{
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    o.profile = profile;
    o.output = path;
    o.language = language;
    return rdl_export(ledger, &o, tally, error);
}

/* To a fresh name; the path. */
static const char *exported(rdl_ledger *ledger, const char *profile, const char *name)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    const char *path = suite_path(name);

    CHECK(export_as(ledger, profile, path, "zh", tally, &error));
    CHECK_OK(error);
    return path;
}

static char *text_of(const char *path)
{
    char *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    return text ? text : g_strdup("");
}

static rdl_layer *layer_of(const char *path, const char *layer)
{
    g_autofree char *source = g_strdup_printf("%s:%s", path, layer);
    GError *error = NULL;
    rdl_layer *open = rdl_layer_open(source, NULL, &error);

    CHECK_OK(error);
    return open;
}

/* Text of a field of the first row; yours. */
static char *first(const char *path, const char *layer, const char *field)
{
    g_autoptr(rdl_layer) l = layer_of(path, layer);
    const rdl_feature *f = l ? rdl_layer_next(l, NULL) : NULL;

    return f ? g_strdup(rdl_feature_text(f, rdl_layer_field_index(l, field))) : NULL;
}

static void bytes_repeat(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("repeat.sqlite"), 3);

    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        g_autofree char *a = g_strconcat("a.", profiles[i], NULL);
        g_autofree char *b = g_strconcat("b.", profiles[i], NULL);
        CHECK_SAME_FILE(exported(ledger, profiles[i], a), exported(ledger, profiles[i], b));
    }
}

static void every_task_is_written_and_counted(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("count.sqlite"), 3);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    const char *path = suite_path("count.gpkg");

    CHECK(export_as(ledger, "gpkg", path, "zh", tally, &error));
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *line = rdl_json_line(node);
    CHECK_TEXT(line,
               "[{\"item\":\"deliver.gpkg\",\"in\":3,\"used\":3,\"suppressed\":{},\"failed\":{},"
               "\"balanced\":true}]");
    g_autoptr(rdl_layer) layer = layer_of(path, "task");
    CHECK_INT(rdl_layer_count(layer), 3);
    const rdl_feature *f = rdl_layer_next(layer, &error);
    CHECK_TEXT(rdl_feature_text(f, rdl_layer_field_index(layer, "zone_name")), district_long_name);
    CHECK_TEXT(rdl_feature_text(f, rdl_layer_field_index(layer, "state")), "SCREENED");
    CHECK_NEAR(rdl_feature_real(f, rdl_layer_field_index(layer, "area_m2")), 1234.5678, 0);
    CHECK_NEAR(rdl_feature_real(f, rdl_layer_field_index(layer, "area_max_m2")), 1300, 0);
    CHECK(rdl_feature_wkb(f) != NULL);
    CHECK_OK(error);
}

static void a_geopackage_brings_its_style(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("style.sqlite"), 1);
    const char *path = exported(ledger, "gpkg", "style.gpkg");
    g_autofree char *table = first(path, "layer_styles", "f_table_name");
    g_autofree char *qml = first(path, "layer_styles", "styleQML");
    g_autofree char *sld = first(path, "layer_styles", "styleSLD");
    g_autofree char *time = first(path, "layer_styles", "update_time");

    CHECK_TEXT(table, "task");
    CHECK(qml && strstr(qml, "renderer-v2"));
    CHECK(sld && strstr(sld, "StyledLayerDescriptor"));
    CHECK_TEXT(time, "2000-01-01T00:00:00.000Z");
}

/* A state without a rule would be a task without a colour. */
static void every_state_of_the_pack_has_a_style(void)
{
    GError *error = NULL;
    g_autoptr(rdl_csv) states = rdl_csv_read(suite_source("data/packs/cn/states.csv"), &error);
    g_autofree char *sld = text_of(suite_source("styles/task.sld"));
    g_autofree char *qml = rdl_style_qml(sld, "task", NULL, &error);

    CHECK_OK(error);
    for (size_t i = 0; i < rdl_csv_count(states); i++) {
        const char *state = rdl_csv_at(states, i, "state");
        g_autofree char *in_qml = g_strdup_printf("&apos;%s&apos;", state);
        g_autofree char *in_sld = g_strdup_printf(">%s<", state);
        CHECK(strstr(qml, in_qml) != NULL);
        CHECK(strstr(sld, in_sld) != NULL);
    }
}

static void geojson_is_rfc_7946(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("json.sqlite"), 2);
    g_autofree char *text = text_of(exported(ledger, "geojson", "t.geojson"));
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_json_parse(text, "t.geojson", &error);

    CHECK_OK(error);
    JsonObject *all = json_node_get_object(node);
    CHECK(!json_object_has_member(all, "crs"));
    CHECK_TEXT(rdl_json_text(all, "type", ""), "FeatureCollection");
    JsonArray *features = json_object_get_array_member(all, "features");
    CHECK_INT(json_array_get_length(features), 2);
    JsonObject *geometry = rdl_json_object(json_array_get_object_element(features, 0), "geometry");
    CHECK_TEXT(rdl_json_text(geometry, "type", ""), "Polygon");
    JsonArray *ring =
        json_array_get_array_element(json_object_get_array_member(geometry, "coordinates"), 0);
    JsonArray *corner = json_array_get_array_element(ring, 0);
    CHECK_NEAR(json_array_get_double_element(corner, 0), 119.9, 0.01);
    CHECK_NEAR(json_array_get_double_element(corner, 1), 32.3, 0.01);
}

/* Twice its area: above zero where it runs left round. */
static double ring_area(JsonArray *ring, double box[4])
{
    double twice = 0.0, p[2], q[2];
    guint n = json_array_get_length(ring);

    for (guint i = 0; i + 1 < n; i++) {
        for (guint k = 0; k < 2; k++) {
            p[k] = json_array_get_double_element(json_array_get_array_element(ring, i), k);
            q[k] = json_array_get_double_element(json_array_get_array_element(ring, i + 1), k);
            box[k] = MIN(box[k], p[k]);
            box[k + 2] = MAX(box[k + 2], p[k]);
        }
        twice += p[0] * q[1] - q[0] * p[1];
    }
    return twice;
}

/* Shells left round, holes right round (3.1.6), each part on one side of 180 degrees (3.1.9). The
 * number of its polygons. */
static guint check_polygons(JsonObject *geometry)
{
    JsonArray *all = json_object_get_array_member(geometry, "coordinates");
    bool several = strcmp(rdl_json_text(geometry, "type", ""), "MultiPolygon") == 0;
    guint n = several ? json_array_get_length(all) : 1;

    for (guint i = 0; i < n; i++) {
        JsonArray *rings = several ? json_array_get_array_element(all, i) : all;
        double box[4] = {999.0, 999.0, -999.0, -999.0};
        for (guint k = 0; k < json_array_get_length(rings); k++) {
            double twice = ring_area(json_array_get_array_element(rings, k), box);
            CHECK(k == 0 ? twice > 0.0 : twice < 0.0);
        }
        CHECK(box[0] >= -180.0 && box[2] <= 180.0 && box[2] - box[0] < 180.0);
    }
    return n;
}

static void geojson_runs_left_round_and_is_cut_at_180(void)
{
    static const district_site sites[] = {
        {"POLYGON((119.9 32.3,119.9 32.4,120 32.4,120 32.3,119.9 32.3),"
         "(119.92 32.32,119.95 32.32,119.95 32.35,119.92 32.35,119.92 32.32))",
         "甲", NULL, NULL},
        {"POLYGON((179.9 10,180.1 10,180.1 10.1,179.9 10.1,179.9 10))", "乙", NULL, NULL}};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("round.sqlite"), sites, 2);
    g_autofree char *text = text_of(exported(ledger, "geojson", "round.geojson"));
    g_autoptr(JsonNode) node = rdl_json_parse(text, "round.geojson", NULL);
    JsonArray *features = json_object_get_array_member(json_node_get_object(node), "features");
    guint polygons = 0;

    CHECK_INT(json_array_get_length(features), 2);
    for (guint i = 0; i < json_array_get_length(features); i++)
        polygons +=
            check_polygons(rdl_json_object(json_array_get_object_element(features, i), "geometry"));
    CHECK_INT(polygons, 3);
}

static void a_sheet_has_real_dates_and_numbers(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("sheet.sqlite"), 1);
    const char *path = exported(ledger, "xlsx", "sheet.xlsx");
    g_autofree char *start = first(path, "整改台账", "开始日期");
    g_autofree char *ha = first(path, "整改台账", "面积(公顷)");
    g_autofree char *mu = first(path, "整改台账", "面积(亩)");
    g_autofree char *zones = first(path, "整改台账", "涉及管控区");

    CHECK_TEXT(start, "2026/11/01"); /* as GDAL writes a date cell */
    CHECK_TEXT(ha, "0.1235");
    CHECK_TEXT(mu, "1.85");
    CHECK(zones && g_str_has_prefix(zones, district_long_name));
}

static void a_workbook_is_dated_by_its_ledger(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("dated.sqlite"), 1);
    g_autofree char *core =
        g_strdup_printf("/vsizip/%s/docProps/core.xml", exported(ledger, "xlsx", "dated.xlsx"));
    char text[2048] = "";
    VSILFILE *f = VSIFOpenL(core, "rb");

    CHECK(f != NULL);
    if (f) {
        VSIFReadL(text, 1, sizeof text - 1, f);
        VSIFCloseL(f);
    }
    CHECK(strstr(text, ">2026-11-01T00:00:00Z</dcterms:created>") != NULL);
}

static void before_verification_a_problem_is_suspected(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("clue.sqlite"), 1);
    g_autofree char *clue = first(exported(ledger, "xlsx", "clue.xlsx"), "整改台账", "反馈问题");

    CHECK(clue && g_str_has_prefix(clue, "疑似："));
    CHECK(clue && g_str_has_suffix(clue, "内采石"));
    CHECK(district_register(ledger));
    g_autofree char *problem = first(exported(ledger, "xlsx", "prob.xlsx"), "整改台账", "反馈问题");
    g_autofree char *target = first(suite_path("prob.xlsx"), "整改台账", "整改目标");
    CHECK(problem && !strstr(problem, "疑似"));
    CHECK_TEXT(target, "恢复原状");
}

static void english_sheets_have_english_words(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("en.sqlite"), 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    const char *path = suite_path("en.xlsx");

    CHECK(export_as(ledger, "xlsx", path, "en", tally, &error));
    CHECK_OK(error);
    g_autofree char *state = first(path, "Ledger", "state"),
                    *tier = first(path, "Ledger", "deadline tier");
    CHECK_TEXT(state, "screened");
    CHECK_TEXT(tier, "within one month");
}

static void an_empty_ledger_gives_valid_files(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("empty.sqlite"), 0);

    g_autoptr(rdl_layer) gpkg = layer_of(exported(ledger, "gpkg", "empty.gpkg"), "task");
    CHECK_INT(rdl_layer_count(gpkg), 0);
    g_autofree char *geojson = text_of(exported(ledger, "geojson", "empty.geojson"));
    g_autoptr(JsonNode) node = rdl_json_parse(geojson, "empty.geojson", NULL);
    CHECK(node != NULL);
    const char *xlsx = exported(ledger, "xlsx", "empty.xlsx");
    g_autofree char *again = text_of(exported(ledger, "xlsx", "empty-again.xlsx"));
    g_autoptr(rdl_layer) sheet = layer_of(xlsx, "统计");
    CHECK(sheet != NULL);
    CHECK_SAME_FILE(xlsx, suite_path("empty-again.xlsx"));
}

static void an_unknown_profile_is_refused(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("profile.sqlite"), 0);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    CHECK(!export_as(ledger, "shp", suite_path("x.shp"), "zh", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE,
                "there is no profile 'shp': there are gpkg, geojson, xlsx, ");
    CHECK(!export_as(ledger, NULL, suite_path("x"), "zh", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "an export needs a profile");
    CHECK(!export_as(ledger, "xlsx", suite_path("x.xlsx"), "fr", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "language 'fr' is not known");
    CHECK(!export_as(ledger, "xlsx", NULL, "zh", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "give -o FILE");
}

static void an_existing_file_is_kept(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("keep.sqlite"), 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    const char *path = suite_path("keep.xlsx");

    CHECK(g_file_set_contents(path, "mine", -1, NULL));
    CHECK(!export_as(ledger, "xlsx", path, "zh", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already");
    g_autofree char *text = text_of(path);
    CHECK_TEXT(text, "mine");
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    CHECK_INT(json_array_get_length(json_node_get_array(node)), 0);
    rdl_export_options o = {.profile = "xlsx", .output = path, .language = "zh", .overwrite = true};
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
}

/* FP-0 registered, FP-1 and FP-2 (another unit) still clues; FP-0's clue is carried. */
static void statistics_add_up(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("stat.sqlite"), 3);
    rdl_task_filter all = {.as_of = rdl_day_of(2027, 6, 1)};
    GError *error = NULL;

    CHECK(district_register(ledger));
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, &error);
    CHECK_OK(error);
    CHECK_INT(tasks->len, 4);
    g_autoptr(rdl_statistics) s = rdl_statistics_new(ledger, tasks, all.as_of);
    CHECK_INT(s->total.all, 3);
    CHECK_INT(s->total.pending, 2);
    CHECK_INT(s->total.open, 1);
    CHECK_INT(s->total.done, 0);
    CHECK_INT(s->total.overdue, 1);
    CHECK_INT(s->total.pending_overdue, 2);
    const rdl_statistic_options how = {.as_of = all.as_of};
    g_autoptr(rdl_statistic) bulletin = rdl_statistic_new(ledger, &how, &error);
    CHECK_OK(error);
    const rdl_statistic_table *total = rdl_statistic_find(bulletin, "total");
    const struct {
        const char *column;
        gint64 n;
    } same[] = {{"all", s->total.all},           {"pending", s->total.pending},
                {"excluded", s->total.excluded}, {"longterm", s->total.longterm},
                {"open", s->total.open},         {"done", s->total.done},
                {"overdue", s->total.overdue},   {"pending_overdue", s->total.pending_overdue}};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        CHECK_NEAR(rdl_statistic_total(total, same[i].column), (double)same[i].n, 0.0);
    CHECK_INT(s->units->len, 2);
    const rdl_unit_counts *unit = s->units->pdata[1];
    CHECK_TEXT(unit->xzqdm, "321203");
    CHECK_INT(unit->counts.all, 1);
    CHECK_INT(rdl_statistics_cell(s, "NR_CORE", "MINE_QUARRY"), 3);
    CHECK_INT(rdl_statistics_cell(s, "ERL", "MINE_QUARRY"), 0);
}

/* Published ones (domain 4.7): Panjin, Guangxi 2021 twice, the second national round. */
static void rates_are_those_published(void)
{
    CHECK_INT(rdl_rate_tenths(53, 61), 869);
    CHECK_INT(rdl_rate_tenths(325, 364), 893);
    CHECK_INT(rdl_rate_tenths(727, 744), 977);
    CHECK_INT(rdl_rate_tenths(1275, 2164), 589);
    CHECK_INT(rdl_rate_tenths(1, 16), 63); /* 6.25 goes up */
    CHECK_INT(rdl_rate_tenths(0, 5), 0);
    CHECK_INT(rdl_rate_tenths(0, 0), -1);
}

static const char *const personal[] = {"示例公司", "欧阳修文", "司马长青", "四五六七"};

/* FP-0 registered, its people known by name; one of the names stands in the name of the zone. */
static rdl_ledger *peopled(const char *name)
{
    rdl_ledger *ledger = district_ledger(suite_path(name), 3);
    g_autoptr(JsonObject) values = json_object_new();
    GError *error = NULL;

    CHECK(district_register(ledger));
    g_autofree char *id = district_task(ledger, "FP-0");
    rdl_json_set_text(values, "lead_leader", personal[1]);
    rdl_json_set_text(values, "problem", "示例公司占地");
    const rdl_move who = {
        .task_id = id, .to = personal[3], .on = "2026-11-21", .by = personal[2], .role = "city"};
    CHECK(rdl_task_change(ledger, &who, values, &error) && rdl_task_assign(ledger, &who, &error));
    CHECK_OK(error);
    return ledger;
}

/* All bytes of a file, those of an archive's members too. */
static GString *bytes_of(const char *path)
{
    GString *all = g_string_new(NULL);
    g_autofree char *text = NULL;
    gsize n;

    CHECK(g_file_get_contents(path, &text, &n, NULL));
    g_string_append_len(all, text, (gssize)n);
    g_auto(GStrv) names = g_str_has_suffix(path, ".xlsx") ? rdl_archive_names(path, NULL) : NULL;
    for (char **m = names; m && *m; m++) {
        g_autofree char *part = rdl_archive_text(path, *m, NULL);
        g_string_append(all, part ? part : "");
    }
    return all;
}

static bool somewhere(const GString *all, const char *text)
{
    return memmem(all->str, all->len, text, strlen(text)) != NULL;
}

static void nothing_personal_is_public(void)
{
    static const char *const files[] = {"p.gpkg", "p.geojson", "p.xlsx", "p.fgb", "p.csv"};
    g_autoptr(rdl_ledger) ledger = peopled("people.sqlite");

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *inside = g_strconcat("internal-", files[i], NULL);
        const char *path = exported(ledger, "public", files[i]);
        g_autoptr(GString) told = bytes_of(path),
                           all = bytes_of(exported(ledger, "internal", inside));
        for (size_t k = 0; k < G_N_ELEMENTS(personal); k++)
            CHECK(!somewhere(told, personal[k]));
        CHECK(somewhere(all, personal[0])); /* the test can fail */
        CHECK(!somewhere(told, "FP-0"));
        CHECK(!somewhere(told, "限期拆除"));
    }
    g_autofree char *lon = first(suite_path("p.csv"), "p", "lon");
    g_autofree char *area = first(suite_path("p.csv"), "p", "area_m2");
    g_autofree char *result = first(suite_path("p.gpkg"), "task", "result");
    CHECK_TEXT(lon, "119.9");
    CHECK_TEXT(area, "1200");
    CHECK_TEXT(result, "SUSPECT");
    g_autoptr(rdl_layer) layer = layer_of(suite_path("p.gpkg"), "task");
    const rdl_feature *f = rdl_layer_next(layer, NULL);
    CHECK_INT(rdl_layer_field_index(layer, "owner"), -1);
    CHECK_INT(rdl_layer_field_index(layer, "severity"), -1);
    CHECK_INT(g_bytes_get_size(rdl_feature_wkb(f)), 21); /* a point */
}

/* What is told to everybody of `ledger`, as csv; what was counted and what was told of it. */
static char *told_to_all(rdl_ledger *ledger, const char *name, char **counted, char **warned)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;

    o.profile = "public";
    o.output = suite_path(name);
    o.warnings = warnings;
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    *counted = rdl_json_line(node);
    g_ptr_array_add(warnings, NULL);
    *warned = g_strjoinv("\n", (char **)warnings->pdata);
    return text_of(o.output);
}

/* FP-0 is registered, FP-1 dismissed, FP-2 still a clue. */
/* What is told of the zone `zone_name` where the owner of the site in it is `owner`. */
static void check_zone_told(const char *owner, const char *zone_name, bool told)
{
    const district_site site = {"POLYGON((119.9 32.3,119.91 32.3,119.91 32.31,119.9 32.3))", owner,
                                zone_name, "321202"};
    static int n;
    g_autofree char *name = g_strdup_printf("zone-%d.sqlite", n);
    g_autofree char *csv = g_strdup_printf("zone-%d.csv", n++);
    g_autoptr(rdl_ledger) ledger = district_of(suite_path(name), &site, 1);

    CHECK(district_register(ledger));
    g_autoptr(GString) text = bytes_of(exported(ledger, "public", csv));
    CHECK((strstr(text->str, zone_name) != NULL) == told);
}

static void a_name_is_found_with_blanks_in_it_and_latin_ones_as_words(void)
{
    check_zone_told("王小明", "王 小明湿地", false);
    check_zone_told("王 小明", "王小明湿地", false);
    check_zone_told("王小明", "王小湿地", true);
    check_zone_told("Li", "Limited reserve", true);
    check_zone_told("Li Ming", "reserve of LI  MING", false);
}

static void what_is_dismissed_or_not_verified_is_not_public(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("withheld.sqlite"), 3);
    g_autofree char *clue = district_task(ledger, "FP-0"), *gone = district_task(ledger, "FP-1");
    g_autofree char *open = district_task(ledger, "FP-2"), *counted = NULL, *warned = NULL;
    const rdl_move moves[] = {
        {gone, "ASSIGNED", "2026-11-02", "甲", "office", NULL, "核查任务单", NULL, 0},
        {gone, "VERIFIED", "2026-11-10", "乙", "county", NULL, "现场核查表", NULL, 0},
        {gone, "DISMISSED", "2026-11-12", "丙", "province", "UNFOUNDED", "核查意见", NULL, 0}};
    GError *error = NULL;

    CHECK(district_register(ledger));
    for (size_t i = 0; i < G_N_ELEMENTS(moves) && !error; i++)
        rdl_task_move(ledger, &moves[i], &error);
    CHECK_OK(error);
    g_autofree char *known = district_task(ledger, "FP-0");
    g_autofree char *csv = told_to_all(ledger, "withheld.csv", &counted, &warned);
    CHECK(strstr(csv, known) != NULL);
    CHECK(!strstr(csv, clue) && !strstr(csv, gone) && !strstr(csv, open));
    CHECK_TEXT(counted, "[{\"item\":\"deliver.public\",\"in\":4,\"used\":1,\"suppressed\":"
                        "{\"CARRIED\":1,\"EXCLUDED\":1,\"NOT_REGISTERED\":1},\"failed\":{},"
                        "\"balanced\":true}]");
}

/* Somebody called 一: no reason to hide every name of a zone that has the character. */
static void one_character_is_no_name_to_blank_by(void)
{
    g_autofree char *counted = NULL, *warned = NULL, *again = NULL;
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("one.sqlite"), 1);
    GError *error = NULL;

    CHECK(district_register(ledger));
    g_autofree char *id = district_task(ledger, "FP-0");
    rdl_move who = {.task_id = id, .to = "一", .on = "2026-11-21", .by = "二", .role = "city"};
    CHECK(rdl_task_assign(ledger, &who, &error));
    g_autofree char *csv = told_to_all(ledger, "one.csv", &counted, &warned);
    CHECK(strstr(csv, district_long_name) != NULL);
    CHECK_TEXT(warned, "");
    who.to = "一二";
    CHECK(rdl_task_assign(ledger, &who, &error));
    CHECK_OK(error);
    g_clear_pointer(&warned, g_free);
    g_autofree char *blanked = told_to_all(ledger, "two.csv", &again, &warned);
    CHECK(!strstr(blanked, district_long_name));
    CHECK(strstr(warned, "1 texts hold a name of somebody and were left empty: 1 of zone_name") !=
          NULL);
}

/* Where it came from is not told: then nothing is, least of all that a satellite saw it. */
static void an_unknown_source_is_not_imagery(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("source.sqlite"), 1);

    CHECK(district_register(ledger));
    g_autoptr(GString) inside = bytes_of(exported(ledger, "internal", "source-in.xlsx"));
    g_autoptr(GString) told = bytes_of(exported(ledger, "public", "source.xlsx"));
    CHECK(somewhere(inside, "图斑比对"));
    CHECK(!somewhere(told, "图斑比对") && !somewhere(told, "遥感监测"));
}

static gint64 events_of(rdl_ledger *ledger)
{
    g_autoptr(JsonNode) info = rdl_ledger_info(ledger, NULL);

    return json_object_get_int_member(json_node_get_object(info), "events");
}

/* FP-0 is registered on 2026-11-20: on the day before it is a clue on its way, and no more. */
static void a_past_day_is_told_as_it_stood(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("past.sqlite"), 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = {.profile = "csv",
                            .output = suite_path("past.csv"),
                            .language = "zh",
                            .by = "欧阳修文",
                            .as_of = rdl_day_of(2026, 11, 19)};
    gint64 before;
    GError *error = NULL;

    CHECK(district_register(ledger));
    before = events_of(ledger);
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    g_autofree char *csv = text_of(o.output);
    CHECK(strstr(csv, "VERIFIED") && !strstr(csv, "REGISTERED"));
    CHECK_INT(events_of(ledger), before + 1); /* on record in the ledger itself */
    g_autofree char *date = rdl_ledger_date(ledger, &error);
    CHECK_TEXT(date, "2026-11-20");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    o.output = suite_path("past.xlsx");
    o.profile = "xlsx";
    CHECK(rdl_export(ledger, &o, tally, &error));
    g_autoptr(GString) book = bytes_of(o.output);
    CHECK(somewhere(book, "已核实") && !somewhere(book, ">REGISTERED<"));
    static const char *const of_today[] = {"county", "stac"};
    for (size_t i = 0; i < G_N_ELEMENTS(of_today); i++) {
        o.profile = of_today[i];
        o.output = suite_path("past.zip");
        o.unit = "321202";
        CHECK(!rdl_export(ledger, &o, tally, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "is of the ledger as it is");
    }
}

/* Who, which profile, the digest of what left; the bytes are the same with it and without. */
static void an_export_is_an_event(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("event.sqlite"), 2);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = {.profile = "public",
                            .output = suite_path("event.csv"),
                            .language = "zh",
                            .by = "欧阳修文",
                            .on = "2026-11-05",
                            .unit = "321202"};
    gint64 before = events_of(ledger);
    GError *error = NULL;

    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    CHECK_INT(events_of(ledger), before + 1);
    g_autofree char *at =
        rdl_store_value(ledger->store, "SELECT at FROM event WHERE kind = 'export.made'", &error);
    g_autofree char *date = rdl_ledger_date(ledger, &error);
    CHECK_TEXT(at, "2026-11-05");
    CHECK_TEXT(date, "2026-11-01"); /* of the work */
    o.output = suite_path("event-2.csv");
    o.by = NULL;
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_INT(events_of(ledger), before + 1);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    o.output = suite_path("event.pdf");
    CHECK(!rdl_export(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "profile public is a file named");
}

/* ---- what the office keeps ---- */

static bool walk(rdl_ledger *ledger, const rdl_move *moves, size_t n)
{
    GError *error = NULL;

    for (size_t i = 0; i < n && !error; i++)
        rdl_task_move(ledger, &moves[i], &error);
    return CHECK_OK(error);
}

/* FP-0 of a unit of Huangshan, registered, handed in and applied for: its second step of four. */
static char *applied_for(rdl_ledger *ledger)
{
    g_autoptr(JsonObject) plan = json_object_new();

    CHECK(district_register(ledger));
    char *id = district_task(ledger, "FP-0");
    g_autoptr(JsonObject) done = json_object_new();
    rdl_json_set_text(plan, "accept_unit", "某市生态环境局");
    rdl_json_set_text(done, "measures_done", "all");
    const rdl_move moves[] = {
        {id, "PLAN_OK", "2026-11-21", "丙", "city", NULL, "整改方案", plan, 0},
        {id, "WORKING", "2026-11-22", "丁", "resp_unit", NULL, NULL, NULL, 0},
        {id, "SUBMITTED", "2026-11-23", "丁", "resp_unit", NULL, "整改落实情况报告", done, 0},
        {id, "APPLIED", "2026-11-24", "乙", "county", NULL, "销号申请", NULL, 0},
        {id, "WORKING", "2026-11-25", "戊", "accept_unit", "未清理完", NULL, NULL, 0},
        {id, "SUBMITTED", "2026-11-26", "丁", "resp_unit", NULL, "整改落实情况报告", NULL, 0},
        {id, "APPLIED", "2026-11-27", "乙", "county", NULL, "销号申请", NULL, 0}};
    CHECK(walk(ledger, moves, G_N_ELEMENTS(moves)));
    return id;
}

static void keep_the_rest(rdl_ledger *ledger, const char *id)
{
    const rdl_move office = {id, "-", "2026-11-28", "甲", "office", "按时", NULL, NULL, 0};
    const rdl_milestone milestone = {1, "2026-12-31", "拆除完毕"};
    const rdl_publication notice = {"公示", "政府网站", NULL, NULL};
    g_autoptr(JsonObject) fields = json_object_new();
    GError *error = NULL;

    rdl_json_set_text(fields, "batch", "第二批");
    rdl_json_set_text(fields, "nature", "common");
    rdl_json_set_text(fields, "listed", "2026-11-01");
    CHECK(rdl_task_change(ledger, &office, fields, &error) &&
          rdl_task_milestone(ledger, &office, &milestone, &error) &&
          rdl_task_report(ledger, &office, 0.25, &error) &&
          rdl_task_publish(ledger, &office, &notice, &error) &&
          rdl_task_transfer(ledger, &office, "某市纪委监委", &error));
    CHECK_OK(error);
}

static void load_letter(rdl_ledger *ledger)
{
    const char *csv = suite_path("letters.csv"), *profile = suite_path("letters.yaml");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    CHECK(g_file_set_contents(csv, "letter_no,received,lon,lat\nX-7,2026-11-02,118.3002,29.7002\n",
                              -1, NULL));
    CHECK(g_file_set_contents(profile, "layer: letter\ncrs_claim: \"EPSG:4490\"\n", -1, NULL));
    CHECK(rdl_ledger_load_letters(ledger, csv, profile, rdl_day_of(2026, 11, 28), tally, &error));
    CHECK_OK(error);
}

/* The row of that kind of task: its cell under a heading; yours. */
static char *cell_of_rectification(const char *path, const char *heading)
{
    g_autoptr(rdl_layer) l = layer_of(path, "整改台账");
    const rdl_feature *f;

    while (l && (f = rdl_layer_next(l, NULL)))
        if (g_strcmp0(rdl_feature_text(f, rdl_layer_field_index(l, "任务类型")), "整改") == 0)
            return g_strdup(rdl_feature_text(f, rdl_layer_field_index(l, heading)));
    return NULL;
}

static void a_sheet_has_what_the_office_keeps(void)
{
    static const struct {
        const char *heading, *want;
    } cells[] = {{"批次", "第二批"},
                 {"共性/个性", "共性"},
                 {"时间节点", "2026-12-31 拆除完毕"},
                 {"整改进展", "按时"},
                 {"进度(%)", "25"},
                 {"挂牌督办", "2026-11-01"},
                 {"销号步骤",
                  "1 提交申请 2026-11-24\n2 现场核查 2026-11-25（未通过）\n1 提交申请 2026-11-27"},
                 {"公开情况", "公示 2026-11-28 政府网站"},
                 {"问责情况", "某市纪委监委, 移送 2026-11-28"},
                 {"信访件", "X-7 2026-11-02"},
                 {"回头看", NULL}};
    const district_site site = {
        "POLYGON((118.3 29.7,118.301 29.7,118.301 29.701,118.3 29.701,118.3 29.7))", "示例公司",
        "保护区", "341002"};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path("kept.sqlite"), &site, 1);
    g_autofree char *id = applied_for(ledger);

    keep_the_rest(ledger, id);
    load_letter(ledger);
    const char *path = exported(ledger, "xlsx", "kept.xlsx");
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_autofree char *got = cell_of_rectification(path, cells[i].heading);
        CHECK_TEXT(got, cells[i].want);
    }
    g_autoptr(GString) told = bytes_of(exported(ledger, "public", "kept-public.xlsx"));
    CHECK(!somewhere(told, "纪委") && !somewhere(told, "X-7") && !somewhere(told, "第二批"));
}

/* From where it stands to the end, by the order of its own place. */
static void check_way(const char *name, const char *xzqdm, const char *want)
{
    const district_site site = {"POLYGON((118.3 29.7,118.301 29.7,118.301 29.701,118.3 29.7))",
                                "示例公司", "保护区", xzqdm};
    g_autoptr(rdl_ledger) ledger = district_of(suite_path(name), &site, 1);
    const rdl_task_filter rectify = {.kind = "rectify"}, clue = {.kind = "verify"};
    GError *error = NULL;

    CHECK(district_register(ledger));
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &rectify, &error);
    g_autoptr(GArray) clues = rdl_task_list(ledger, &clue, &error);
    CHECK_INT(tasks->len, 1);
    g_autoptr(GPtrArray) way = rdl_task_way(ledger, &g_array_index(tasks, rdl_task, 0), &error);
    g_autoptr(GPtrArray) none = rdl_task_way(ledger, &g_array_index(clues, rdl_task, 0), &error);
    CHECK_OK(error);
    CHECK_INT(none->len, 0);
    g_ptr_array_add(way, NULL);
    g_autofree char *got = g_strjoinv(" ", (char **)way->pdata);
    CHECK_TEXT(got, want);
}

static void the_way_to_come_is_that_of_the_place(void)
{
    check_way("way-5.sqlite", "321202",
              "PLAN_OK WORKING SUBMITTED REVIEWED PUBLIC APPLIED CHECKED CLOSED");
    check_way("way-4.sqlite", "341002",
              "PLAN_OK WORKING SUBMITTED APPLIED CHECKED REVIEWED PUBLIC CLOSED");
}

static CU_TestInfo tests[] = {
    {"bytes repeat", bytes_repeat},
    {"every task is written and counted", every_task_is_written_and_counted},
    {"a geopackage brings its style", a_geopackage_brings_its_style},
    {"every state of the pack has a style", every_state_of_the_pack_has_a_style},
    {"geojson is rfc 7946", geojson_is_rfc_7946},
    {"geojson runs left round and is cut at 180 degrees",
     geojson_runs_left_round_and_is_cut_at_180},
    {"a sheet has real dates and numbers", a_sheet_has_real_dates_and_numbers},
    {"a workbook is dated by its ledger", a_workbook_is_dated_by_its_ledger},
    {"before verification a problem is suspected", before_verification_a_problem_is_suspected},
    {"english sheets have english words", english_sheets_have_english_words},
    {"an empty ledger gives valid files", an_empty_ledger_gives_valid_files},
    {"an unknown profile is refused", an_unknown_profile_is_refused},
    {"an existing file is kept", an_existing_file_is_kept},
    {"nothing personal is public", nothing_personal_is_public},
    {"a name is found with blanks in it, and Latin ones as words",
     a_name_is_found_with_blanks_in_it_and_latin_ones_as_words},
    {"what is dismissed or not verified is not public",
     what_is_dismissed_or_not_verified_is_not_public},
    {"one character is no name to blank by", one_character_is_no_name_to_blank_by},
    {"an unknown source is not imagery", an_unknown_source_is_not_imagery},
    {"a past day is told as it stood", a_past_day_is_told_as_it_stood},
    {"an export is an event", an_export_is_an_event},
    {"a sheet has what the office keeps", a_sheet_has_what_the_office_keeps},
    {"the way to come is that of the place", the_way_to_come_is_that_of_the_place},
    {"statistics add up", statistics_add_up},
    {"rates are those published", rates_are_those_published},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.exchange", tests, argc, argv);
}
