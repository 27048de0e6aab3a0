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

static void wide_characters_line_up(void)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    char *const texts[] = {(char *)"a", (char *)"x", (char *)"采石", (char *)"y", NULL, (char *)"z"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(cells, texts[i]);
    g_autofree char *table = rdl_table_text(cells, 2);
    CHECK_TEXT(table, "a     x\n采石  y\n      z\n");
}

static CU_TestInfo tests[] = {
    {"numbers come with bounds and share", numbers_come_with_bounds_and_share},
    {"the leading rule and why", the_leading_rule_and_why},
    {"a clue is called one until verified", a_clue_is_called_one_until_verified},
    {"english is english", english_is_english},
    {"wide characters line up", wide_characters_line_up},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.evidence", tests, argc, argv);
}
