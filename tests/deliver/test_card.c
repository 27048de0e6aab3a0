/* A card holds what is known of a site, and is the same for any number of hands. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include "deliver/card.h"
#include "deliver/district.h"
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/geo.h"
#include "rectify/handle.h"
#include "suite.h"

static rdl_card_options to(const char *output)
{
    rdl_card_options o = RDL_CARD_OPTIONS_INIT;

    o.output = output;
    o.overwrite = true;
    return o;
}

static const char *ledger(void)
{
    const char *path = suite_path("ledger.sqlite");

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        rdl_ledger *l = district_ledger(path, 3);
        CHECK(l && district_register(l));
        rdl_ledger_close(l);
    }
    return path;
}

static bool write_cards(const rdl_card_options *o, GPtrArray *written, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    return rdl_card(ledger(), o, NULL, written, tally, error) && rdl_tally_check(tally, error);
}

static void the_same_site_gives_the_same_bytes(void)
{
    static const char *const names[] = {"a.pdf", "b.pdf"};
    GError *error = NULL;

    for (int i = 0; i < 2; i++) {
        rdl_card_options o = to(suite_path(names[i]));
        o.id = "FP-0";
        CHECK(write_cards(&o, NULL, &error));
        CHECK_OK(error);
    }
    CHECK_SAME_FILE(suite_path(names[0]), suite_path(names[1]));
}

static void all_cards_are_the_same_for_any_number_of_threads(void)
{
    static const char *const folders[] = {"one", "two"};
    g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) second = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    for (int i = 0; i < 2; i++) {
        rdl_card_options o = to(suite_path(folders[i]));
        o.threads = i + 1;
        CHECK(write_cards(&o, i ? second : first, &error));
        CHECK_OK(error);
    }
    CHECK_INT(first->len, 3); /* a card a site: FP-0 has two tasks */
    CHECK_INT(second->len, 3);
    for (guint i = 0; i < first->len && i < second->len; i++)
        CHECK_SAME_FILE(first->pdata[i], second->pdata[i]);
}

static void a_registered_site_is_named_by_its_rectification(void)
{
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    rdl_card_options o = to(suite_path("named"));
    int work = 0;

    CHECK(write_cards(&o, written, &error));
    CHECK_OK(error);
    for (guint i = 0; i < written->len; i++) {
        g_autofree char *name = g_path_get_basename(written->pdata[i]);
        work += name[0] == 'R';
    }
    CHECK_INT(work, 1);
}

static void what_is_not_there_is_said_and_leaves_no_file(void)
{
    GError *error = NULL;
    rdl_card_options o = to(suite_path("none.pdf"));

    o.id = "NOBODY";
    CHECK(!write_cards(&o, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "NOBODY");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
    o = to(suite_path("none.doc"));
    o.id = "FP-0";
    CHECK(!write_cards(&o, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, ".pdf or .png");
}

static void a_card_in_english_is_another_card(void)
{
    static const char *const languages[] = {"zh", "en"};
    GError *error = NULL;

    for (int i = 0; i < 2; i++) {
        rdl_card_options o = to(suite_path(i ? "en.png" : "zh.png"));
        o.id = "FP-1";
        o.language = languages[i];
        o.dpi = 60.0;
        CHECK(write_cards(&o, NULL, &error));
        CHECK_OK(error);
    }
    g_autofree char *zh = NULL, *en = NULL;
    gsize a, b;
    CHECK(g_file_get_contents(suite_path("zh.png"), &zh, &a, NULL));
    CHECK(g_file_get_contents(suite_path("en.png"), &en, &b, NULL));
    CHECK(a != b || memcmp(zh, en, a) != 0);
}

/* What a tool of poppler-utils says of a PDF; NULL, and red, where it is not installed. Yours. */
static char *told_by(const char *tool, const char *pdf)
{
    g_autofree char *path = g_find_program_in_path(tool);
    const char *const to_text[] = {tool, pdf, "-", NULL}, *const about[] = {tool, pdf, NULL};
    char *out = NULL;

    if (!path) {
        CHECK_TEXT("not installed: sh .ci/packages test", tool);
        return NULL;
    }
    CHECK(g_spawn_sync(NULL, (char **)(strcmp(tool, "pdftotext") == 0 ? to_text : about), NULL,
                       G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
    return out;
}

/* Name, type, encoding, embedded, subset, unicode, object: in columns under a line of dashes. */
static void check_fonts(const char *fonts)
{
    g_auto(GStrv) lines = g_strsplit(fonts, "\n", -1);
    const char *column = lines[0] ? strstr(lines[0], "emb ") : NULL;

    CHECK(column && lines[1] && lines[2] && *lines[2]);
    for (char **l = column && lines[1] ? lines + 2 : lines; column && *l && **l; l++)
        CHECK(g_str_has_prefix(*l + (column - lines[0]), "yes"));
}

static void a_card_can_be_read_and_has_its_fonts(void)
{
    static const char *const words[] = {"问题点位“一点一档”卡片", "措施 1", "拆除并复绿", "未完成",
                                        "2000国家大地坐标系", "尚待：方案批准 → 整改中"};
    rdl_card_options o = to(suite_path("read.pdf"));
    GError *error = NULL;

    o.id = "FP-0";
    CHECK(write_cards(&o, NULL, &error));
    CHECK_OK(error);
    g_autofree char *text = told_by("pdftotext", o.output);
    g_autofree char *fonts = told_by("pdffonts", o.output);
    for (size_t i = 0; text && i < G_N_ELEMENTS(words); i++)
        if (!CHECK(strstr(text, words[i]) != NULL))
            printf("\n    %s is not in: %s", words[i], text);
    if (text)
        CHECK(!strstr(text, "疑似问题点位“")); /* it was verified and registered */
    if (fonts)
        check_fonts(fonts);
}

/* Each word is on the card of FP-0000. */
static void check_words(const char *path, const char *file, const char *const *words)
{
    rdl_card_options o = to(suite_path(file));
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    o.id = "FP-0000";
    CHECK(rdl_card(path, &o, NULL, NULL, tally, &error));
    CHECK_OK(error);
    g_autofree char *text = told_by("pdftotext", o.output);
    for (; text && *words; words++)
        if (!CHECK(strstr(text, *words) != NULL))
            printf("\n    %s is not in: %s", *words, text);
}

/* What the closed round did is of that round; the new one has all of it before it, and no day. */
static void a_rebound_begins_a_round_of_its_own(void)
{
    static const char *const words[] = {"部分反弹/重新立账", "措施 1 (前一轮", "完成 2027-03-01",
                                        "未完成", "重新定期限", "2027-06-30 → –", NULL};
    GError *error = NULL;
    rdl_ledger *l = fixture_submitted("rebound.sqlite", &error);

    CHECK(fixture_go(l, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, &error) &&
          fixture_go(l, "PUBLIC", "2027-03-03", "city", "公示文本",
                     "{\"channel\":\"网站\",\"notice\":\"1日内\"}", &error) &&
          fixture_go(l, "APPLIED", "2027-03-09", "county", "销号申请", NULL, &error) &&
          fixture_go(l, "CHECKED", "2027-03-12", "accept_unit", "材料",
                     "{\"image_date\":\"2027-03-10\"}", &error) &&
          fixture_go(l, "CLOSED", "2027-03-20", "province", "备案表", NULL, &error) &&
          fixture_go(l, "LOOKBACK", "2027-09-20", "city", NULL, NULL, &error) &&
          fixture_go(l, "REOPENED", "2027-09-25", "office", "回头看记录",
                     "{\"rebound\":\"PARTIAL_REBOUND\"}", &error));
    CHECK_OK(error);
    rdl_ledger_close(l);
    check_words(suite_path("rebound.sqlite"), "rebound.pdf", words);
}

/* A graver matter that was taken over is told with what it changed. */
static void what_tightened_a_task_is_told(void)
{
    static const char *const words[] = {"期限收紧", "2027-01-01 → 2026-12", NULL};
    static const fixture_grade grades[] = {{.severity = "S3"}, {.severity = "S1"}};
    static const char *const prefixes[] = {"", "OTHER"};
    const char *path = suite_path("tightened.sqlite");
    rdl_ledger *l = NULL;
    GError *error = NULL;

    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error) &&
          (l = rdl_ledger_open(path, true, &error)));
    for (int i = 0; l && i < 2; i++) {
        g_autofree char *gpkg = g_strconcat(path, prefixes[i], ".gpkg", NULL);
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        CHECK(fixture_findings_graded(gpkg, prefixes[i], 1, &grades[i], 0, &error) &&
              rdl_ledger_load_findings(l, gpkg, rdl_day_of(2026, 11, 1 + i), tally, NULL, &error));
    }
    CHECK_OK(error);
    rdl_ledger_close(l);
    check_words(path, "tightened.pdf", words);
}

/* One event for all that leave together; what is printed does not tell of it. */
static void that_cards_were_drawn_is_an_event_and_changes_nothing(void)
{
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    rdl_card_options o = to(suite_path("unrecorded"));
    GError *error = NULL;

    CHECK(write_cards(&o, written, &error));
    o.output = suite_path("recorded");
    o.exporter = "甲";
    CHECK(write_cards(&o, NULL, &error));
    CHECK_OK(error);
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger(), false, &error);
    g_autofree char *n = rdl_store_value(
        l->store,
        "SELECT count(*) || ' ' || max(by) || ' ' || max(json_extract(payload, '$.profile')) "
        "FROM event WHERE kind = 'export.made'",
        &error);
    CHECK_TEXT(n, "1 甲 card");
    CHECK_INT(written->len, 3);
    for (guint i = 0; i < written->len; i++) {
        g_autofree char *name = g_path_get_basename(written->pdata[i]);
        g_autofree char *again = g_build_filename(o.output, name, NULL);
        g_autofree char *digest = rdl_digest_file(again, &error);
        g_autofree char *sql =
            g_strdup_printf("SELECT json_extract(payload, '$.files.\"%s\"') FROM event "
                            "WHERE kind = 'export.made'",
                            name);
        g_autofree char *told = rdl_store_value(l->store, sql, &error);
        CHECK_TEXT(told, digest);
        CHECK_SAME_FILE(again, written->pdata[i]);
    }
    CHECK(rdl_ledger_audit(l, NULL, &error));
    CHECK_OK(error);
}

static void no_card_appears_that_is_not_on_record(void)
{
    rdl_card_options o = to(suite_path("no-day.pdf"));
    GError *error = NULL;

    o.id = "FP-0";
    o.exporter = "甲";
    o.on = "2026-13-01";
    CHECK(!write_cards(&o, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "2026-13-01");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
}

static CU_TestInfo tests[] = {
    {"the same site gives the same bytes", the_same_site_gives_the_same_bytes},
    {"all cards are the same for any number of threads",
     all_cards_are_the_same_for_any_number_of_threads},
    {"a registered site is named by its rectification",
     a_registered_site_is_named_by_its_rectification},
    {"what is not there is said and leaves no file", what_is_not_there_is_said_and_leaves_no_file},
    {"a card can be read and has its fonts", a_card_can_be_read_and_has_its_fonts},
    {"a rebound begins a round of its own", a_rebound_begins_a_round_of_its_own},
    {"what tightened a task is told", what_tightened_a_task_is_told},
    {"a card in English is another card", a_card_in_english_is_another_card},
    {"that cards were drawn is an event and changes nothing",
     that_cards_were_drawn_is_an_event_and_changes_nothing},
    {"no card appears that is not on record", no_card_appears_that_is_not_on_record},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("deliver.card", tests, argc, argv);
    rdl_geo_stop();
    return status;
}
