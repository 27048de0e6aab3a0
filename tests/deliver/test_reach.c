/* A site on the ground of two counties is told to both, and counted by one. */
#include <string.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "deliver/map_data.h"
#include "suite.h"

static const char two_counties[] =
    "{\"type\":\"FeatureCollection\",\"name\":\"unit\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"xzqdm\":\"321200\",\"name\":\"某市\"},\"geometry\":{"
    "\"type\":\"Polygon\",\"coordinates\":[[[120,32],[122,32],[122,33],[120,33],[120,32]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"xzqdm\":\"321202\",\"name\":\"甲县\"},\"geometry\":{"
    "\"type\":\"Polygon\",\"coordinates\":[[[120,32],[120.75,32],[120.75,33],[120,33],[120,32]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"xzqdm\":\"321203\",\"name\":\"乙县\"},\"geometry\":{"
    "\"type\":\"Polygon\",\"coordinates\":[[[120.75,32],[121,32],[121,33],[120.75,33],"
    "[120.75,32]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"xzqdm\":\"321203\",\"name\":\"乙县\"},\"geometry\":{"
    "\"type\":\"Polygon\",\"coordinates\":[[[121,32],[122,32],[122,33],[121,33],[121,32]]]}}]}";

/* Three quarters of the first in 甲县; the second wholly there, and only its side touches 乙县; the
 * third in 乙县 alone, and in both of its features. */
static const district_site sites[] = {
    {"MULTIPOLYGON(((120 32,121 32,121 33,120 33,120 32)))", "a", NULL, "321202"},
    {"MULTIPOLYGON(((120.5 32,120.75 32,120.75 33,120.5 33,120.5 32)))", "b", NULL, "321202"},
    {"MULTIPOLYGON(((120.9 32,121.1 32,121.1 33,120.9 33,120.9 32)))", "c", NULL, "321203"}};

/* The layer of units beside a ledger of `n` of them that records it, by its digest or by none of
 * any file. */
static const char *ledger_with(const char *name, int n, bool lost)
{
    const char *ledger = suite_path(name), *units = suite_path("unit.geojson");
    GError *error = NULL;

    CHECK(rdl_output_text(units, two_counties, true, &error));
    g_autofree char *digest = rdl_digest_file(units, &error);
    g_autofree char *manifest = g_strdup_printf(
        "{\"command\": \"screen\", \"options\": {\"as_of\": \"2026-11-01\"}, \"inputs\": "
        "[{\"role\": \"units\", \"path\": \"unit.geojson\", \"sha256\": \"%s\"}]}",
        lost ? "00" : digest);
    g_autofree char *beside = g_strconcat(ledger, ".findings.gpkg.run.json", NULL);
    CHECK(rdl_output_text(beside, manifest, true, &error));
    rdl_ledger_close(district_of(ledger, sites, n));
    CHECK_OK(error);
    return ledger;
}

static guint sites_of(const rdl_map_data *data, const char *unit)
{
    guint n = 0;

    for (guint i = 0; i < data->tasks->len; i++)
        n += rdl_map_in_unit(data, &g_array_index(data->tasks, rdl_task, i), unit);
    return n;
}

static char *text_of(const char *path)
{
    char *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    return text ? text : g_strdup("");
}

/* ---- tests ---- */

static void a_site_in_two_counties_is_named_by_both(void)
{
    GError *error = NULL;
    guint both = 0, one = 0, other = 0;

    g_autoptr(rdl_map_data) data =
        rdl_map_data_open(ledger_with("counties.sqlite", 3, false), NULL, "zh", &error);
    CHECK_OK(error);
    for (guint i = 0; data && i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        g_autofree char *words = rdl_map_units_met(data, t);
        both += g_strcmp0(words, "甲县 (321202)；跨入乙县 (321203) 25.0%（按首列统计）") == 0;
        one += g_strcmp0(words, "甲县 (321202)") == 0;
        other += g_strcmp0(words, "乙县 (321203)") == 0;
    }
    CHECK_INT(both, 1);
    CHECK_INT(one, 1);
    CHECK_INT(other, 1);
    CHECK_INT(data ? sites_of(data, "321202") : 0, 2);
    CHECK_INT(data ? sites_of(data, "321203") : 0, 2);
    CHECK_INT(data ? sites_of(data, "3212") : 0, 3);
}

/* One place, two tasks, each of another county: neither reaches into its own. */
static void two_tasks_of_one_place_have_each_their_own_unit(void)
{
    const char *path = ledger_with("merged.sqlite", 3, false);
    const char *const others[] = {"FP-2", NULL};
    const rdl_who who = {.on = "2026-11-05", .by = "甲", .role = "office", .reason = "同一采石场"};
    GError *error = NULL;

    rdl_ledger *ledger = rdl_ledger_open(path, true, &error);
    CHECK(ledger && rdl_sites_merge(ledger, "FP-0", others, &who, &error));
    CHECK_OK(error);
    rdl_ledger_close(ledger);
    g_autoptr(rdl_map_data) data = rdl_map_data_open(path, NULL, "zh", &error);
    CHECK_OK(error);
    guint seen = 0;
    for (guint i = 0; data && i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        g_autofree char *words = rdl_map_units_met(data, t);
        seen += g_str_has_prefix(words, "甲县 (321202)；跨入乙县 (321203) ");
        seen += g_str_has_prefix(words, "乙县 (321203)；跨入甲县 (321202) ");
        if (strstr(words, "跨入"))
            CHECK(!strstr(strstr(words, "跨入"), t->xzqdm));
    }
    CHECK_INT(seen, 2);
}

/* Each county has its sheet and its cards; the second one's list names it. */
static void a_second_county_is_told(void)
{
    const char *ledger = ledger_with("sheets.sqlite", 2, false);
    rdl_map_options m = RDL_MAP_OPTIONS_INIT;
    rdl_card_options c = RDL_CARD_OPTIONS_INIT;
    const rdl_report_options r = {.kind = "month",
                                  .period = "2026-11",
                                  .language = "zh",
                                  .output = suite_path("counties.md")};
    g_autoptr(rdl_tally) sheets = rdl_tally_new(), cards = rdl_tally_new();
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    m.output = suite_path("county-sheets");
    m.by = "unit";
    m.dpi = 50.0;
    CHECK(rdl_map(ledger, &m, written, sheets, &error));
    CHECK_OK(error);
    CHECK_INT(written->len, 2);
    g_autofree char *drawn = rdl_tally_text(sheets);
    CHECK(strstr(drawn, "3  used") && !strstr(drawn, "OUTSIDE_SHEET"));
    c.output = suite_path("county-cards");
    c.unit = "321203";
    c.dpi = 50.0;
    g_ptr_array_set_size(written, 0);
    CHECK(rdl_card(ledger, &c, NULL, written, cards, &error));
    CHECK_OK(error);
    CHECK_INT(written->len, 1);
    CHECK(rdl_report(ledger, &r, cards, &error));
    CHECK_OK(error);
    g_autofree char *list = text_of(r.output);
    CHECK(strstr(list, "甲县（跨乙县）") != NULL);
    CHECK(!strstr(list, "自相邻行政区跨入"));
}

/* The county that does not count it has a list of its own for it, and its numbers are without. */
static void what_reaches_in_has_a_list_of_its_own(void)
{
    const rdl_report_options r = {.kind = "month",
                                  .period = "2026-11",
                                  .language = "zh",
                                  .unit = "321203",
                                  .output = suite_path("second.md")};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    CHECK(rdl_report(ledger_with("second.sqlite", 3, false), &r, tally, &error));
    CHECK_OK(error);
    g_autofree char *list = text_of(r.output);
    const char *reaching = strstr(list, "自相邻行政区跨入的点位");
    CHECK(reaching && strstr(reaching, "甲县（跨乙县）") && strstr(reaching, "| 25.0"));
    g_autofree char *counts = rdl_tally_text(tally);
    CHECK(strstr(counts, "2  suppressed OUTSIDE_UNIT") != NULL);
}

/* Whatever leaves for the second county says what it lacks, the package in its manifest too. */
static void what_leaves_for_a_unit_says_what_it_lacks(void)
{
    const char *path = ledger_with("leaves.sqlite", 3, false);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    rdl_reaching second, both;
    GError *error = NULL;

    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    g_autofree char *id = district_task(ledger, "FP-0");
    g_autofree char *want = g_strconcat(id, " (321202, 25.0 %)", NULL);
    CHECK(rdl_reaching_read(ledger, path, "321203", &second, &error) && second.known);
    CHECK_INT(second.n, 1);
    CHECK_TEXT(second.sites, want);
    g_free(second.sites);
    CHECK(rdl_reaching_read(ledger, path, "3212", &both, &error) && both.known);
    CHECK(!both.sites && both.n == 0);
    o.profile = "county";
    o.output = suite_path("second-county");
    o.unit = "321203";
    o.by = "甲";
    o.warnings = warnings;
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    CHECK(warnings->len == 1 && strstr(warnings->pdata[0], want));
    g_autofree char *manifest = g_build_filename(o.output, "manifest.json", NULL);
    g_autofree char *text = text_of(manifest);
    CHECK(strstr(text, want) != NULL);
    o.profile = "xlsx";
    o.output = suite_path("second.xlsx");
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    g_autofree char *book = rdl_archive_text(o.output, "xl/workbook.xml", &error);
    CHECK(book && strstr(book, "跨入点位"));
}

/* A layer that was there when it was screened and is not any more. */
static void lost_units_are_said(void)
{
    const char *path = ledger_with("lost.sqlite", 3, true);
    const rdl_report_options month = {
        .kind = "month", .period = "2026-11", .language = "zh", .output = suite_path("lost.md")};
    rdl_report_options monitoring = month;
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    monitoring.kind = "monitoring";
    monitoring.output = suite_path("lost-monitoring.md");
    CHECK(rdl_report(path, &month, tally, &error) && rdl_report(path, &monitoring, tally, &error));
    CHECK_OK(error);
    g_autofree char *told = text_of(month.output), *found = text_of(monitoring.output);
    CHECK(strstr(told, "行政区图层已不可用") && strstr(found, "行政区图层已不可用"));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
    o.profile = "xlsx";
    o.output = suite_path("lost.xlsx");
    o.warnings = warnings;
    CHECK(rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    CHECK(warnings->len == 1 && strstr(warnings->pdata[0], "unit.geojson"));
    g_autofree char *texts = rdl_archive_text(o.output, "xl/sharedStrings.xml", &error);
    CHECK(texts && strstr(texts, "行政区图层已不可用"));
    g_autoptr(rdl_ledger) writer = rdl_ledger_open(path, true, &error);
    o.profile = "county";
    o.output = suite_path("lost-county");
    o.unit = "321203";
    o.by = "甲";
    CHECK(rdl_export(writer, &o, tally, &error));
    CHECK_OK(error);
    CHECK(warnings->len == 2 && strstr(warnings->pdata[1], "is not known"));
    g_autofree char *manifest = g_build_filename(o.output, "manifest.json", NULL);
    g_autofree char *facts = text_of(manifest);
    CHECK(strstr(facts, "\"reaching\" : \"not known\"") != NULL);
}

static CU_TestInfo tests[] = {
    {"a site in two counties is named by both", a_site_in_two_counties_is_named_by_both},
    {"two tasks of one place have each their own unit",
     two_tasks_of_one_place_have_each_their_own_unit},
    {"a second county is told", a_second_county_is_told},
    {"what reaches in has a list of its own", what_reaches_in_has_a_list_of_its_own},
    {"what leaves for a unit says what it lacks", what_leaves_for_a_unit_says_what_it_lacks},
    {"lost units are said", lost_units_are_said},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("deliver.reach", tests, argc, argv);
    rdl_geo_stop();
    return status;
}
