/* Terms that are told anew: by a calendar that came, and where an older program let a dead one go
 * on.
 */
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "rectify/term.h"
#include "store/store.h"
#include "suite.h"

/* Clues of S3: two months from 2026-11-01, to a day of a year without a calendar. */
static rdl_ledger *with_clue(const char *name, GError **error)
{
    const fixture_grade mild = {.severity = "S3"};
    const char *path = suite_path(name), *gpkg = suite_path("term.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = NULL;

    remove(gpkg);
    CHECK(fixture_findings_graded(gpkg, "", 1, &mild, 0, error) &&
          rdl_ledger_init(path, fixture_pack(false), NULL, error) &&
          (ledger = rdl_ledger_open(path, true, error)) &&
          rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error));
    return ledger;
}

/* The pack with a calendar of 2027: the first of January is one of rest, and so are four days of
 * February; a Saturday is for work. */
static bool calendar_comes(rdl_ledger *ledger, rdl_tally *tally, GError **error)
{
    const char *folder = fixture_pack_copy("with-2027");
    g_autofree char *path = g_build_filename(folder, "calendar-2027.csv", NULL);

    return rdl_output_text(path,
                           "date,kind,src\n2027-01-01,holiday,TEST\n2027-02-08,holiday,TEST\n"
                           "2027-02-09,holiday,TEST\n2027-02-10,holiday,TEST\n"
                           "2027-02-11,holiday,TEST\n2027-02-20,workday,TEST\n",
                           true, error) &&
           rdl_ledger_add_pack(ledger, folder, rdl_day_of(2026, 12, 1), tally, error);
}

/* "due/first due note" of the task at work. */
static void check_due(rdl_ledger *ledger, const char *want)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", NULL);
    const rdl_task_filter filter = {.id = id, .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);
    g_autofree char *is = g_strdup_printf("%s/%s %s", t->due ? t->due : "none",
                                          t->due_original ? t->due_original : "none",
                                          t->due_note ? t->due_note : "counted");

    CHECK_TEXT(is, want);
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void check_tally(const rdl_tally *tally, const char *want)
{
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *line = rdl_json_line(node);

    CHECK_TEXT(line, want);
}

#define ONE_TERM(used, suppressed)                                                       \
    "[{\"item\":\"ledger.terms\",\"in\":1,\"used\":" used ",\"suppressed\":{" suppressed \
    "},\"failed\":{},\"balanced\":true}]"

static void a_day_by_the_rule_is_counted_again(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_clue("rule.sqlite", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new(), again = rdl_tally_new();

    check_due(ledger, "2027-01-01/2027-01-01 provisional");
    CHECK(calendar_comes(ledger, tally, &error));
    CHECK_OK(error);
    check_due(ledger, "2027-01-04/2027-01-04 counted"); /* a Friday of rest, a weekend */
    check_tally(tally, ONE_TERM("1", ""));
    CHECK(calendar_comes(ledger, again, &error));
    check_tally(again, "[]");
    check_whole(ledger);
    check_due(ledger, "2027-01-04/2027-01-04 counted");
    g_autofree char *started = rdl_store_value(
        ledger->store, "SELECT started || ' ' || tier || ' ' || tier_original FROM task", &error);
    CHECK_TEXT(started, "2026-11-01 T2 T2");
    g_autoptr(rdl_ledger) then = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 30), &error);
    check_due(then, "2027-01-01/2027-01-01 provisional");
    CHECK_OK(error);
}

static bool extend(rdl_ledger *ledger, const char *due, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    const rdl_move who = {.task_id = id,
                          .to = "",
                          .on = "2026-11-03",
                          .by = "市局",
                          .role = "city",
                          .reason = "汛期"};

    return rdl_task_extend(ledger, &who, due, error);
}

/* By what they were told from: working days are not days moved off a day of rest. */
static void a_day_by_words_is_counted_again_from_them(void)
{
    /* from 2026-11-03: 70 working days, of which those of rest and the Saturday are not known */
    static const char *const words[][3] = {{"70个工作日内", "2027-02-09", "2027-02-16"},
                                           {"三个月内", "2027-02-03", "2027-02-03"},
                                           {"100日内", "2027-02-11", "2027-02-12"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("words-%zu.sqlite", i);
        g_autofree char *before = g_strdup_printf("%s/2027-01-01 provisional", words[i][1]);
        g_autofree char *after = g_strdup_printf("%s/2027-01-01 counted", words[i][2]);
        g_autoptr(rdl_ledger) ledger = with_clue(name, &error);
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        CHECK(extend(ledger, words[i][0], &error));
        check_due(ledger, before);
        CHECK(calendar_comes(ledger, tally, &error));
        CHECK_OK(error);
        check_due(ledger, after); /* the first day was another matter */
        check_whole(ledger);
    }
}

/* What a clock that stood still was given back is not taken by a file of holidays. */
static void days_given_back_stay(void)
{
    static const char *const words[][2] = {{"三个月内", "2027-02-08"}, {NULL, "2027-01-09"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("resumed-%zu.sqlite", i);
        g_autofree char *after = g_strdup_printf("%s/%s counted", words[i][1],
                                                 words[i][0] ? "2027-01-01" : "2027-01-04");
        g_autoptr(rdl_ledger) ledger = with_clue(name, &error);
        g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        rdl_move who = {.task_id = id,
                        .to = "",
                        .on = "2026-11-05",
                        .by = "市局",
                        .role = "city",
                        .reason = "诉讼"};
        CHECK(!words[i][0] || extend(ledger, words[i][0], &error));
        CHECK(rdl_task_stop(ledger, &who, &error));
        who.on = "2026-11-10";
        CHECK(rdl_task_resume(ledger, &who, &error));
        CHECK(calendar_comes(ledger, tally, &error));
        CHECK_OK(error);
        check_due(ledger, after);
        check_whole(ledger);
    }
}

/* The days are given back to what the calendar counts. */
static void a_clock_that_stands_still_is_counted_too(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_clue("standing.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_move who = {.task_id = id,
                    .to = "",
                    .on = "2026-11-05",
                    .by = "市局",
                    .role = "city",
                    .reason = "诉讼"};

    CHECK(rdl_task_stop(ledger, &who, &error));
    CHECK(calendar_comes(ledger, tally, &error));
    check_due(ledger, "2027-01-04/2027-01-04 counted");
    who.on = "2026-12-05";
    CHECK(rdl_task_resume(ledger, &who, &error));
    CHECK_OK(error);
    check_due(ledger, "2027-02-03/2027-01-04 counted");
    check_whole(ledger);
}

/* What was told in words that are not on record, as older programs did, stays as it is. */
static void a_day_of_unknown_words_stays_provisional(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("unknown.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) said =
        rdl_json_parse("{\"due\":\"2027-12-01\",\"provisional\":1}", "test", &error);
    const rdl_event event = {.at = "2027-03-02",
                             .by = "市局",
                             .role = "city",
                             .kind = "task.extended",
                             .subject = id,
                             .reason = "汛期"};

    CHECK(rdl_store_begin(ledger->store, &error) &&
          rdl_event_append(ledger, &event, json_node_get_object(said), &error) &&
          rdl_store_commit(ledger->store, &error));
    CHECK(calendar_comes(ledger, tally, &error));
    CHECK_OK(error);
    check_due(ledger, "2027-12-01/2027-06-30 provisional");
    check_tally(tally, ONE_TERM("0", "\"PROVISIONAL\":1"));
    check_whole(ledger);
}

/* As a program wrote it that did not end the term with the closing. */
static bool reopen_as_before(rdl_ledger *ledger, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    g_autofree char *problem =
        rdl_store_value(ledger->store, "SELECT problem_id FROM problem", error);
    g_autofree char *json = g_strdup_printf("{\"from\":\"LOOKBACK\",\"to\":\"REOPENED\","
                                            "\"lookback\":{\"result\":\"REBOUND\"},"
                                            "\"reopened\":\"%s-1\"}",
                                            problem);
    g_autoptr(JsonNode) said = rdl_json_parse(json, "test", error);
    const rdl_event event = {.at = "2027-09-25",
                             .by = "某人",
                             .role = "office",
                             .kind = "task.moved",
                             .subject = id,
                             .reason = "复建"};

    return fixture_close(ledger, error) &&
           fixture_go(ledger, "LOOKBACK", "2027-09-20", "city", NULL, NULL, error) &&
           rdl_store_begin(ledger->store, error) &&
           rdl_event_append(ledger, &event, json_node_get_object(said), error) &&
           rdl_store_commit(ledger->store, error);
}

static void the_day_of_a_closed_term_is_taken_away(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("dead.sqlite", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new(), again = rdl_tally_new();
    const rdl_task_filter filter = {.kind = "rectify", .as_of = rdl_day_of(2027, 10, 2)};

    CHECK(reopen_as_before(ledger, &error));
    check_due(ledger, "2027-06-30/2027-06-30 counted");
    CHECK(rdl_ledger_warn(ledger, rdl_day_of(2027, 10, 1), NULL, tally, &error));
    CHECK_OK(error);
    check_due(ledger, "none/none counted");
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);
    CHECK_TEXT(t->undated ? t->undated : "dated", "2027-09-25");
    CHECK_TEXT(t->warning ? t->warning : "none", "none");
    g_autofree char *events = rdl_store_value(ledger->store, "SELECT count(*) FROM event", &error);
    CHECK(rdl_ledger_warn(ledger, rdl_day_of(2027, 10, 1), NULL, again, &error));
    g_autofree char *same = rdl_store_value(ledger->store, "SELECT count(*) FROM event", &error);
    CHECK_TEXT(same, events);
    CHECK(!fixture_go(ledger, "PLAN_OK", "2027-10-02", "city", "整改方案", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs due");
    check_whole(ledger);
}

/* One that was given since is no dead one. */
static void a_day_given_since_stays(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("alive.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_move who = {.task_id = id,
                          .to = "",
                          .on = "2027-09-26",
                          .by = "市局",
                          .role = "city",
                          .reason = "重新限期"};

    CHECK(reopen_as_before(ledger, &error));
    CHECK(rdl_task_extend(ledger, &who, "2027-12-31", &error));
    CHECK(rdl_ledger_warn(ledger, rdl_day_of(2027, 10, 1), NULL, tally, &error));
    CHECK_OK(error);
    check_due(ledger, "2027-12-31/2027-06-30 counted");
}

static CU_TestInfo tests[] = {
    {"a day by the rule is counted again", a_day_by_the_rule_is_counted_again},
    {"a day by words is counted again from them", a_day_by_words_is_counted_again_from_them},
    {"days given back stay", days_given_back_stay},
    {"a clock that stands still is counted too", a_clock_that_stands_still_is_counted_too},
    {"a day of unknown words stays provisional", a_day_of_unknown_words_stays_provisional},
    {"the day of a closed term is taken away", the_day_of_a_closed_term_is_taken_away},
    {"a day given since stays", a_day_given_since_stays},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.term", tests, argc, argv);
}
