/* Bulletins: the same bytes, the past as it was, one language, nothing that is not for the public.
 */
#include <string.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "deliver/formula.h"
#include "geo/geo.h"
#include "fixtures/work.h"
#include "rectify/event.h"
#include "suite.h"

static const char *const endings[] = {"xlsx", "pdf", "html", "md", "json", "csv"};

/* A ledger of one registered problem, one clue dismissed as a duplicate and one that waits. */
static const char *ledger_at(const char *name)
{
    const char *path = suite_path(name);
    g_autoptr(rdl_ledger) l = district_ledger(path, 3);
    GError *error = NULL;

    if (!l || !district_register(l))
        return path;
    g_autofree char *id = district_task(l, "FP-1");
    const rdl_move dismissed = {.task_id = id,
                                .to = "DISMISSED",
                                .on = "2026-11-21",
                                .by = "乙",
                                .role = "province",
                                .reason = "DUPLICATE"};
    CHECK(rdl_task_move(l, &dismissed, &error));
    CHECK_OK(error);
    return path;
}

static const char *write_report(const char *ledger, const char *file, rdl_report_options o)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    o.output = suite_path(file);
    o.overwrite = true;
    CHECK(rdl_report(ledger, &o, tally, &error));
    CHECK_OK(error);
    return o.output;
}

static char *text_of(const char *path)
{
    char *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    return text ? text : g_strdup("");
}

static void refuse(const char *ledger, rdl_report_options o, const char *part)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    if (!o.output)
        o.output = suite_path("refused.md");
    CHECK(!rdl_report(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, part);
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
}

/* ---- tests ---- */

static void the_same_bytes_twice(void)
{
    const char *ledger = ledger_at("twice.sqlite");

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *a = g_strconcat("a.", endings[i], NULL);
        g_autofree char *b = g_strconcat("b.", endings[i], NULL);
        const rdl_report_options o = {.kind = "month", .period = "2026-11"};
        const rdl_report_options m = {.kind = "monitoring", .period = "2026-Q4"};
        CHECK_SAME_FILE(write_report(ledger, a, o), write_report(ledger, b, o));
        CHECK_SAME_FILE(write_report(ledger, a, m), write_report(ledger, b, m));
    }
}

static void a_month_that_is_over_is_told_as_it_was(void)
{
    const char *ledger = ledger_at("past.sqlite");
    const rdl_report_options o = {.kind = "month", .period = "2026-11"};
    const char *then[G_N_ELEMENTS(endings)];
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *file = g_strconcat("then.", endings[i], NULL);
        then[i] = write_report(ledger, file, o);
    }
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger, true, &error);
    g_autofree char *id = district_task(l, "FP-2");
    const rdl_move later = {.task_id = id,
                            .to = "ASSIGNED",
                            .on = "2026-12-01",
                            .by = "甲",
                            .role = "office",
                            .document = "核查任务单"};
    CHECK(rdl_task_move(l, &later, &error));
    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *file = g_strconcat("again.", endings[i], NULL);
        CHECK_SAME_FILE(write_report(ledger, file, o), then[i]);
    }
    g_autofree char *now = text_of(
        write_report(ledger, "now.md", (rdl_report_options){.kind = "month", .period = "2026-12"}));
    CHECK(strstr(now, "| 核查 | 下发核查 | 1 |") != NULL);
}

static void that_it_was_written_is_an_event_and_changes_nothing(void)
{
    const char *ledger = ledger_at("record.sqlite");
    rdl_report_options o = {.kind = "month", .by = "甲"};
    const char *first = write_report(ledger, "record-1.md", o);
    const char *second = write_report(ledger, "record-2.md", o);
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger, false, &error);
    g_autofree char *n = rdl_store_value(
        l->store,
        "SELECT count(*) || ' ' || max(by) || ' ' || max(json_extract(payload, '$.profile')) "
        "FROM event WHERE kind = 'export.made'",
        &error);

    CHECK_OK(error);
    CHECK_TEXT(n, "2 甲 report.month");
    CHECK_SAME_FILE(first, second);
    CHECK(rdl_ledger_audit(l, NULL, &error));
    CHECK_OK(error);
}

/* A rectification that rebounded in part, in a ledger of a pack without words for that. */
static const char *ledger_of_before(const char *name)
{
    static const struct {
        const char *to, *on, *role, *document, *fields;
    } way[] = {
        {"REVIEWED", "2027-03-02", "county", "初审意见", NULL},
        {"PUBLIC", "2027-03-03", "city", "公示文本", "{\"channel\":\"网站\",\"notice\":\"1日内\"}"},
        {"APPLIED", "2027-03-09", "county", "销号申请", NULL},
        {"CHECKED", "2027-03-12", "accept_unit", "材料", "{\"image_date\":\"2027-03-10\"}"},
        {"CLOSED", "2027-03-20", "province", "备案表", NULL},
        {"LOOKBACK", "2027-09-20", "city", NULL, NULL},
        {"REOPENED", "2027-09-25", "office", "回头看记录", "{\"rebound\":\"PARTIAL_REBOUND\"}"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = fixture_submitted(name, &error);

    for (size_t i = 0; i < G_N_ELEMENTS(way); i++)
        CHECK(fixture_go(l, way[i].to, way[i].on, way[i].role, way[i].document, way[i].fields,
                         &error));
    CHECK(
        rdl_store_run(l->store,
                      "UPDATE pack_file SET text = replace(replace(text, '、部分反弹{partial}次', "
                      "''), 'sentence.undated', 'sentence.unknown')",
                      &error));
    CHECK_OK(error);
    return suite_path(name);
}

static void a_pack_of_before_tells_no_less(void)
{
    const char *ledger = ledger_of_before("before.sqlite");
    g_autofree char *text = text_of(
        write_report(ledger, "before.md", (rdl_report_options){.kind = "month", .language = "zh"}));

    CHECK(strstr(text, "反弹1次，涉及1项") != NULL);
    CHECK(strstr(text, "重新立账后尚未确定整改时限1项") != NULL);
}

static void sentences_are_the_packs_with_the_ledgers_numbers(void)
{
    const char *ledger = ledger_at("words.sqlite");
    g_autofree char *md = text_of(write_report(
        ledger, "words.md", (rdl_report_options){.kind = "month", .period = "2026-11"}));
    static const char *const said[] = {
        "# 2026年11月整改情况月通报\n",
        "截至2026-11-"
        "30，共3项，其中待核实（疑似）1项、重复1项、不实0项、其他不计0项、长期坚持0项。",
        "归纳整理出的1个问题，均已建立整改问题台账。",
        "在1项具体整改任务中，0项已经完成整改，1项正在推进过程中。",
        "应完成整改1项，实际完成0项，还有1项正在整改中。",
        "问题整改率0.0%。",
        "本期新发现线索3项，新立账1项，完成整改0项，核查后不计1项，重新整改0项。",
        "待核实面积0.1235公顷；立账问题涉及面积0.1235公顷，其中已销号0.0000公顷。",
        "台账中没有信访件。",
        "| 不属实/实地未变化/重复 | 重复 | 1 |",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        if (!suite_check(strstr(md, said[i]) != NULL, said[i], __FILE__, __LINE__))
            break;
}

static void quarters_and_years_have_their_days(void)
{
    const char *ledger = ledger_at("periods.sqlite");
    g_autofree char *quarter = text_of(write_report(
        ledger, "q.json", (rdl_report_options){.kind = "quarter", .period = "2026-Q4"}));
    g_autofree char *year =
        text_of(write_report(ledger, "y.json", (rdl_report_options){.kind = "year"}));

    CHECK(strstr(quarter, "\"from\" : \"2026-10-01\"") &&
          strstr(quarter, "\"as_of\" : \"2026-12-31\""));
    CHECK(strstr(year, "\"from\" : \"2026-01-01\"") && strstr(year, "\"as_of\" : \"2026-11-21\""));
    refuse(ledger, (rdl_report_options){.kind = "month", .period = "2026-13"}, "written 2026-10");
    refuse(ledger, (rdl_report_options){.kind = "month", .period = "2026-Q1"}, "written 2026-10");
    refuse(ledger, (rdl_report_options){.kind = "quarter", .period = "2026-5"}, "written 2026-Q4");
    refuse(ledger, (rdl_report_options){.kind = "week"}, "there are month, quarter, year");
    refuse(ledger,
           (rdl_report_options){
               .kind = "month", .period = "2026-11", .as_of = rdl_day_of(2026, 12, 1)},
           "2026-11-01 to 2026-11-30");
    refuse(ledger, (rdl_report_options){.kind = "month", .output = suite_path("x.docx")}, ".xlsx");
}

/* Every file of a workbook as one text. */
static char *book_text(const char *path)
{
    GError *error = NULL;
    g_auto(GStrv) names = rdl_archive_names(path, &error);
    GString *all = g_string_new(NULL);

    CHECK_OK(error);
    for (char **name = names; name && *name; name++) {
        g_autofree char *text = rdl_archive_text(path, *name, NULL);
        g_string_append(all, text ? text : "");
    }
    return g_string_free(all, FALSE);
}

static void the_public_reads_no_names_and_no_clues(void)
{
    const char *ledger = ledger_at("public.sqlite");
    rdl_report_options o = {.kind = "month", .period = "2026-11"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger, true, &error);
    g_autofree char *clue = district_task(l, "FP-2"), *known = district_task(l, "FP-0");
    const rdl_move who = {
        .task_id = known, .to = "张某某", .on = "2026-11-25", .by = "甲", .role = "office"};

    const rdl_move found = {.task_id = known,
                            .to = "-",
                            .on = "2026-11-25",
                            .by = "甲",
                            .role = "office",
                            .reason = "查明"};
    /* who caused it is who puts it right: the owner stands in other fields too */
    g_autoptr(JsonNode) node = rdl_json_parse(
        "{\"resp_unit\": \"示例公司\", \"lead_dept\": \"示例公司执法队\"}", "", &error);
    CHECK(rdl_task_assign(l, &who, &error) &&
          rdl_task_change(l, &found, json_node_get_object(node), &error));
    CHECK_OK(error);
    g_autofree char *inside = book_text(write_report(ledger, "inside.xlsx", o));
    CHECK(strstr(inside, clue) && strstr(inside, "张某某") && strstr(inside, "责任领导") &&
          strstr(inside, "示例公司执法队"));
    o.public_version = true;
    g_autofree char *book = book_text(write_report(ledger, "public.xlsx", o));
    g_autofree char *html = text_of(write_report(ledger, "public.html", o));
    g_autofree char *numbers = text_of(write_report(ledger, "public.json", o));
    g_autofree char *lines = text_of(write_report(ledger, "public.csv", o));
    const char *const products[] = {book, html, numbers, lines};
    static const char *const never[] = {"张某某",   "责任领导", "监管人", "承办",
                                        "责任单位", "示例公司", "119.9",  "FP-"};
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(products); k++)
            suite_check(!strstr(products[k], never[i]), never[i], __FILE__, __LINE__);
    CHECK(!strstr(book, clue) && !strstr(html, clue));
    CHECK(strstr(book, known) != NULL);
    CHECK(strstr(html, "整改落实情况公告") && strstr(html, "现将整改落实情况予以公开"));
}

/* The first row of a table is on top, and bars grow to the right. */
static void bars_of_a_workbook_grow_to_the_right(void)
{
    const rdl_report_options o = {.kind = "month", .period = "2026-11"};
    GError *error = NULL;
    g_autofree char *chart = rdl_archive_text(
        write_report(ledger_at("bars.sqlite"), "bars.xlsx", o), "xl/charts/chart1.xml", &error);

    CHECK_OK(error);
    const char *rows = chart ? strstr(chart, "<c:catAx>") : NULL;
    const char *numbers = rows ? strstr(rows, "<c:valAx>") : NULL;
    CHECK(numbers && strstr(rows, "maxMin") && strstr(rows, "maxMin") < numbers);
    CHECK(numbers && strstr(numbers, "minMax") && !strstr(numbers, "maxMin"));
}

/* The part of a text from `from` on, to the next table or head. */
static char *table_of(const char *text, const char *from)
{
    const char *begin = strstr(text, from), *rest = begin ? begin + strlen(from) : NULL;
    const char *next = rest ? strstr(rest, "\n**") : NULL,
               *head = rest ? strstr(rest, "\n## ") : NULL;

    CHECK(begin != NULL);
    if (!begin)
        return g_strdup("");
    if (!next || (head && head < next))
        next = head;
    return next ? g_strndup(begin, (gsize)(next - begin)) : g_strdup(begin);
}

/* One quarry in a zone is somebody: that it is suspected is for the office. */
static void the_public_reads_no_kinds_of_clues(void)
{
    const char *ledger = ledger_at("kinds.sqlite");
    rdl_report_options o = {.kind = "month", .period = "2026-11"};
    static const char *const fine[] = {"**按管控区**", "**按活动类型**", "**按牵头部门**",
                                       "**按等级**"};

    g_autofree char *inside = text_of(write_report(ledger, "kinds.md", o));
    o.public_version = true;
    g_autofree char *outside = text_of(write_report(ledger, "kinds-public.md", o));
    for (size_t i = 0; i < G_N_ELEMENTS(fine); i++) {
        g_autofree char *all = table_of(inside, fine[i]), *told = table_of(outside, fine[i]);
        CHECK(strstr(all, "待核实") && strstr(all, "总数") && strstr(all, "不计入"));
        CHECK(!strstr(told, "待核实") && !strstr(told, "总数") && !strstr(told, "不计入"));
        CHECK(strstr(told, "整改中") != NULL);
        CHECK(strlen(told) < strlen(all));
    }
    g_autofree char *csv = text_of(write_report(ledger, "kinds-public.csv", o));
    g_autofree char *json = text_of(write_report(ledger, "kinds-public.json", o));
    CHECK(strstr(csv, "by_unit,row") && !strstr(csv, ",pending_overdue,1"));
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, "by_zone") || g_str_has_prefix(*line, "by_activity"))
            CHECK(!strstr(*line, ",pending,") && !strstr(*line, ",all,"));
    const char *zones = strstr(json, "\"by_zone_activity\"");
    const char *end = zones ? strstr(zones, "\"by_severity\"") : NULL;
    g_autofree char *part = end ? g_strndup(zones, (gsize)(end - zones)) : g_strdup("\"pending\"");
    CHECK(!strstr(part, "\"pending\"") && strstr(part, "\"open\""));
    g_autofree char *units = table_of(outside, "**按行政区**");
    CHECK(strstr(units, "待核实") != NULL);
}

static bool has_picture(const char *book)
{
    g_auto(GStrv) names = rdl_archive_names(book, NULL);

    return names && g_strv_contains((const char *const *)names, "xl/media/image1.png");
}

/* Places are for the office: who may not know them gets no map. */
static void the_office_has_a_map_the_public_has_none(void)
{
    const char *ledger = ledger_at("map.sqlite");
    rdl_report_options o = {.kind = "month", .period = "2026-11"};

    g_autofree char *inside = text_of(write_report(ledger, "map.html", o));
    CHECK(strstr(inside, "<img alt=\"") && strstr(inside, "data:image/png;base64,iVBOR"));
    CHECK(has_picture(write_report(ledger, "map.xlsx", o)));
    o.public_version = true;
    g_autofree char *outside = text_of(write_report(ledger, "map-public.html", o));
    CHECK(!strstr(outside, "image/png"));
    CHECK(!has_picture(write_report(ledger, "map-public.xlsx", o)));
}

static void an_empty_ledger_gives_valid_files(void)
{
    const char *ledger = suite_path("empty.sqlite");
    g_autoptr(rdl_ledger) l = district_ledger(ledger, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *file = g_strconcat("empty.", endings[i], NULL);
        CHECK(
            write_report(ledger, file, (rdl_report_options){.kind = "month", .period = "2026-11"}));
    }
    g_autofree char *md = text_of(suite_path("empty.md"));
    CHECK(strstr(md, "共0项") && strstr(md, "当前没有预警") && !strstr(md, "nan"));
    CHECK(!strstr(md, "整改率0")); /* nothing is due: there is no rate */
}

static void another_pack_has_its_own_words_and_no_others(void)
{
    const char *ledger = suite_path("demo.sqlite");
    GError *error = NULL;

    CHECK(rdl_ledger_init(ledger, suite_source("data/packs/demo"), NULL, &error));
    CHECK_OK(error);
    g_autofree char *md = text_of(write_report(
        ledger, "demo.md", (rdl_report_options){.kind = "quarter", .period = "2026-Q1"}));
    CHECK(strstr(md, "# quarter 1 of 2026: quarterly bulletin") != NULL);
    for (const char *p = md; *p; p = g_utf8_next_char(p))
        if (!suite_check(g_utf8_get_char(p) < 0x2e80, "no Chinese in an English bulletin", __FILE__,
                         __LINE__))
            break;
    refuse(ledger, (rdl_report_options){.kind = "month", .language = "zh"}, "has no words in it");
    refuse(ledger, (rdl_report_options){.kind = "month", .language = "fr"}, "there are zh, en");
}

static void only_a_unit_and_the_rest_is_accounted_for(void)
{
    const char *ledger = ledger_at("unit.sqlite");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    const rdl_report_options o = {
        .kind = "month", .period = "2026-11", .unit = "321203", .output = suite_path("unit.md")};

    CHECK(rdl_report(ledger, &o, tally, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *text = json_to_string(node, FALSE);
    CHECK_TEXT(text, "[{\"item\":\"report.tasks\",\"in\":4,\"used\":1,\"suppressed\":{\"OUTSIDE_"
                     "UNIT\":3},\"failed\":{},\"balanced\":true}]");
}

/* A builder's clock, where one is set, goes before the ledger's; what is told stays the ledger's.
 */
static void a_file_is_dated_by_source_date_epoch(void)
{
    const char *ledger = ledger_at("epoch.sqlite");
    const rdl_report_options o = {.kind = "month", .period = "2026-11"};
    const char *files[2][2];

    g_setenv("SOURCE_DATE_EPOCH", "1700000000", TRUE); /* 2023-11-14 */
    for (int k = 0; k < 2; k++) {
        files[k][0] = write_report(ledger, k ? "epoch-1.pdf" : "epoch-0.pdf", o);
        files[k][1] = write_report(ledger, k ? "epoch-1.xlsx" : "epoch-0.xlsx", o);
    }
    g_unsetenv("SOURCE_DATE_EPOCH");
    for (int i = 0; i < 2; i++) {
        g_autofree char *dated = rdl_digest_file(files[0][i], NULL);
        g_autofree char *plain =
            rdl_digest_file(write_report(ledger, i ? "epoch.xlsx" : "epoch.pdf", o), NULL);
        CHECK_SAME_FILE(files[0][i], files[1][i]);
        CHECK(strcmp(dated, plain) != 0);
    }
}

/* A code that a spreadsheet would run is text; a number below zero stays one. */
static void a_table_of_numbers_runs_nothing(void)
{
    static const struct {
        const char *text;
        bool runs;
    } texts[] = {{"=1+1", true}, {"+cmd", true},  {"-1+2", true},  {"@SUM(A1)", true},
                 {"\t=1", true}, {"-1.5", false}, {"-", false},    {"+86", false},
                 {"T2", false},  {"", false},     {"泰州", false}, {"-某", true}};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (rdl_formula(texts[i].text) != texts[i].runs)
            CU_FAIL("a text is taken for what it is not");
    static const district_site site = {"POLYGON((119.9 32.3,119.91 32.3,119.91 32.31,119.9 32.3))",
                                       NULL, "=HYPERLINK(\"http://x\")", "321202"};
    const char *path = suite_path("formula.sqlite");
    rdl_ledger_close(district_of(path, &site, 1));
    const rdl_report_options o = {.kind = "monitoring"};
    g_autofree char *csv = text_of(write_report(path, "formula.csv", o));
    CHECK(strstr(csv, ",\"'=HYPERLINK(\"\"http://x\"\")\",") != NULL);
    CHECK(strstr(csv, "\"=") == NULL && strstr(csv, ",=") == NULL);
}

/* Three places, one of them dismissed; the rows of every table make its sum. */
static void monitoring_counts_each_place_once(void)
{
    static const char *const keys[] = {"monitored_by_zone",   "monitored_by_zone_name",
                                       "monitored_by_unit",   "monitored_by_activity",
                                       "monitored_by_change", "monitored_by_unit_zone",
                                       "monitored_by_result", "monitored_by_severity"};
    const char *ledger = ledger_at("monitored.sqlite");
    const rdl_report_options o = {.kind = "monitoring", .period = "2026"};
    g_autofree char *json = text_of(write_report(ledger, "m.json", o));
    g_autoptr(JsonNode) node = rdl_json_parse(json, "m.json", NULL);
    JsonObject *tables = node ? rdl_json_object(json_node_get_object(node), "tables") : NULL;
    JsonArray *all =
        tables ? json_object_get_array_member(rdl_json_object(tables, "monitored"), "rows") : NULL;
    JsonObject *sum = all ? json_array_get_object_element(all, 0) : NULL;

    CHECK_INT(sum ? json_object_get_int_member(sum, "places") : -1, 2);
    CHECK_INT(sum ? json_object_get_int_member(sum, "suspected") : -1, 2);
    CHECK_INT(sum ? json_object_get_int_member(sum, "fresh") : -1, 2);
    for (size_t i = 0; sum && i < G_N_ELEMENTS(keys); i++) {
        JsonObject *table = rdl_json_object(tables, keys[i]);
        JsonArray *rows = json_object_get_array_member(table, "rows");
        gint64 places = 0, findings = 0;
        double area = 0.0;
        for (guint k = 0; k < json_array_get_length(rows); k++) {
            JsonObject *row = json_array_get_object_element(rows, k);
            places += json_object_get_int_member(row, "places");
            findings += json_object_get_int_member(row, "findings");
            area += json_object_get_double_member(row, "own_area");
        }
        CHECK_INT(places, 2);
        CHECK_INT(findings, json_object_get_int_member(sum, "findings"));
        CHECK_NEAR(area, json_object_get_double_member(sum, "own_area"), 1e-6);
    }
}

static void monitoring_follows_the_chapter(void)
{
    static const char *const heads[] = {"一、数据与方法", "二、监测结果",         "三、按管控区",
                                        "四、按活动类型", "五、按行政区",         "六、按变化情况",
                                        "七、主要问题",   "附表1 行政区和管控区", "附表2 点位清单"};
    const char *ledger = ledger_at("chapter.sqlite");
    const rdl_report_options zh = {.kind = "monitoring"};
    const rdl_report_options en = {.kind = "monitoring", .language = "en"};
    g_autofree char *text = text_of(write_report(ledger, "m.md", zh));
    g_autofree char *english = text_of(write_report(ledger, "m-en.md", en));
    const char *at = text;

    for (size_t i = 0; i < G_N_ELEMENTS(heads) && at; i++)
        CHECK((at = strstr(at, heads[i])) != NULL);
    CHECK(strstr(text, "# 2026年人类活动遥感监测报告") != NULL);
    CHECK(strstr(text, "监测发现疑似及待核点位2处") != NULL);
    CHECK(strstr(text, "面积均为椭球面积") != NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        CHECK(strstr(english, heads[i]) == NULL);
    CHECK(strstr(english, "疑似") == NULL && strstr(english, "公顷") == NULL);
    CHECK(strstr(english, "## 1. Data and method") != NULL);
    refuse(ledger, (rdl_report_options){.kind = "monitoring", .public_version = true},
           "no public version");
    refuse(ledger, (rdl_report_options){.kind = "monitoring", .period = "26-1"}, "it is written");
}

static CU_TestInfo tests[] = {
    {"the same bytes twice", the_same_bytes_twice},
    {"a month that is over is told as it was", a_month_that_is_over_is_told_as_it_was},
    {"that it was written is an event and changes nothing",
     that_it_was_written_is_an_event_and_changes_nothing},
    {"a pack of before tells no less", a_pack_of_before_tells_no_less},
    {"sentences are the pack's with the ledger's numbers",
     sentences_are_the_packs_with_the_ledgers_numbers},
    {"quarters and years have their days", quarters_and_years_have_their_days},
    {"the public reads no names and no clues", the_public_reads_no_names_and_no_clues},
    {"bars of a workbook grow to the right", bars_of_a_workbook_grow_to_the_right},
    {"the public reads no kinds of clues", the_public_reads_no_kinds_of_clues},
    {"the office has a map, the public has none", the_office_has_a_map_the_public_has_none},
    {"an empty ledger gives valid files", an_empty_ledger_gives_valid_files},
    {"another pack has its own words and no others", another_pack_has_its_own_words_and_no_others},
    {"a file is dated by SOURCE_DATE_EPOCH", a_file_is_dated_by_source_date_epoch},
    {"a table of numbers runs nothing", a_table_of_numbers_runs_nothing},
    {"monitoring counts each place once", monitoring_counts_each_place_once},
    {"monitoring follows the chapter", monitoring_follows_the_chapter},
    {"only a unit, and the rest is accounted for", only_a_unit_and_the_rest_is_accounted_for},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.report", tests, argc, argv);
}
