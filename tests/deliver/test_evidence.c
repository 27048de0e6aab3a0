/* What `redline why` says: every number of the finding, the rule that leads and why, the events. */
#include <string.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "geo/geo.h"
#include "suite.h"

/* Does the text say it? Prints the text otherwise. */
static void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        printf("\n    \"%s\" is not said in:\n%s", part, text);
    CHECK(strstr(text, part) != NULL);
}

static char *why(rdl_ledger *ledger, const char *id, const char *language)
{
    GError *error = NULL;
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);

    CHECK_OK(error);
    return chain ? rdl_evidence_text(ledger, chain, language) : g_strdup("");
}

static void numbers_come_with_bounds_and_share(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("numbers.sqlite"), 1);
    g_autofree char *text = why(ledger, "FP-0", "zh");

    says(text, "1234.57 平方米（0.1235 公顷，1.85 亩）");
    says(text, "1200.00 至 1300.00 平方米");
    says(text, "85.3%");
    says(text, "2024-01-01 .. 2024-06-30");
    says(text, district_long_name);
}

/* Two findings of one site, the second in the next county. */
static void a_second_county_is_named(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("county.sqlite"), 1);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "FP-0", NULL);
    JsonArray *findings =
        json_object_get_array_member(json_node_get_object(chain), "findings");
    g_autoptr(JsonNode) first = json_node_copy(json_array_get_element(findings, 0));
    g_autofree char *line = rdl_json_line(first);
    JsonNode *second = rdl_json_parse(line, "copy", NULL);

    rdl_json_set_text(json_node_get_object(second), "xzqdm", "321203");
    json_array_add_element(findings, second);
    g_autofree char *text = rdl_evidence_text(ledger, chain, "zh");
    says(text, "321202；跨入 321203\n");
    g_autofree char *alone = why(ledger, "FP-0", "zh");
    CHECK(!strstr(alone, "跨入"));
}

static void the_leading_rule_and_why(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("rules.sqlite"), 1);
    g_autofree char *text = why(ledger, "FP-0", "zh");

    says(text, "NR26-02     禁止 (PROHIBIT); 已定; S1  ← 主规则");
    says(text, "NR26-20     人工研判 (REVIEW); 待人工确认; S2\n");
    says(text, "已定的规则先于待核的规则");
    says(text, "条例第26条");
    says(text, "cn 2026.11");
}

static void a_clue_is_called_one_until_verified(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("clue.sqlite"), 1);
    g_autofree char *before = why(ledger, "FP-0", "zh");

    says(before, "以下为疑似问题");
    CHECK(district_register(ledger));
    g_autofree char *after = why(ledger, "FP-0", "zh");
    CHECK(!strstr(after, "以下为疑似问题"));
    says(after, "下发核查 → 已核实; 乙 (县级); 材料 现场核查表");
    says(after, "整改目标          恢复原状");
}

static void english_is_english(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("en.sqlite"), 1);
    g_autofree char *id = district_task(ledger, "FP-0");
    g_autofree char *text = why(ledger, id, "en");

    says(text, "quarrying (MINE_QUARRY)");
    says(text, "decided before what must still be asked");
    says(text, "1200.00 to 1300.00 m2");
    says(text, "loaded without a run manifest");
}

/* The kinds are those between the braces of rdl_event_apply's table. */
static void every_kind_of_event_has_words(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("kinds.sqlite"), 1);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "FP-0", NULL);
    g_autofree char *code = NULL;
    g_autoptr(GMatchInfo) kind = NULL;
    g_autoptr(GRegex) row = g_regex_new("\\{\"([a-z]+[.][a-z]+)\", (rdl_)?apply", 0, 0, NULL);
    JsonArray *events = json_object_get_array_member(json_node_get_object(chain), "events");
    int n = 0;

    CHECK(g_file_get_contents(suite_source("engine/rectify/apply_store.c"), &code, NULL, NULL));
    for (g_regex_match(row, code, 0, &kind); g_match_info_matches(kind);
         n++, g_match_info_next(kind, NULL)) {
        JsonObject *event = json_object_new();
        g_autofree char *name = g_match_info_fetch(kind, 1);
        json_object_set_string_member(event, "kind", name);
        json_array_add_object_element(events, event);
    }
    CHECK(n > 30);
    for (int i = 0; i < 2; i++) {
        g_autofree char *text = rdl_evidence_text(ledger, chain, i ? "en" : "zh");
        for (guint k = 0; k < json_array_get_length(events); k++) {
            const char *name = rdl_json_text(json_array_get_object_element(events, k), "kind", "");
            if (strstr(text, name))
                printf("\n    %s has no words", name);
            CHECK(!strstr(text, name));
        }
    }
}

/* Each source has a finding that leads; of a site of two, one leads the site. */
static void of_two_sources_one_finding_leads_the_site(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("two.sqlite"), 2);
    const char *const others[] = {"FP-1", NULL};
    const rdl_who who = {"2027-01-05", "甲", "analyst", "同一厂区"};
    GError *error = NULL;

    CHECK(rdl_sites_merge(ledger, "FP-0", others, &who, &error));
    CHECK_OK(error);
    g_autofree char *text = why(ledger, "FP-0", "en");
    g_auto(GStrv) site = g_strsplit(text, "leads for this site", -1);
    g_auto(GStrv) source = g_strsplit(text, "leads for its source", -1);
    CHECK_INT(g_strv_length(site), 2);
    CHECK_INT(g_strv_length(source), 2);
    says(text, "Finding F-0: leads for this site\n  source            footprint FP-0");
    says(text, "Finding F-1: leads for its source\n  source            footprint FP-1");
}

static void wide_characters_line_up(void)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    char *const texts[] = {(char *)"a", (char *)"x", (char *)"采石",
                           (char *)"y", NULL,        (char *)"z"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(cells, texts[i]);
    g_autofree char *table = rdl_table_text(cells, 2);
    CHECK_TEXT(table, "a     x\n采石  y\n      z\n");
}

static CU_TestInfo tests[] = {
    {"numbers come with bounds and share", numbers_come_with_bounds_and_share},
    {"a second county is named", a_second_county_is_named},
    {"the leading rule and why", the_leading_rule_and_why},
    {"a clue is called one until verified", a_clue_is_called_one_until_verified},
    {"english is english", english_is_english},
    {"of two sources one finding leads the site", of_two_sources_one_finding_leads_the_site},
    {"wide characters line up", wide_characters_line_up},
    {"every kind of event has words", every_kind_of_event_has_words},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.evidence", tests, argc, argv);
}
