/* What a close-out leaves behind: steps, papers, notices, looks back, matters handed over. */
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "suite.h"

static JsonObject *chain_of(rdl_ledger *ledger, JsonNode **keep)
{
    *keep = rdl_ledger_chain(ledger, "FP-0000", NULL);
    return json_node_get_object(*keep);
}

static int rows(rdl_ledger *ledger, const char *member)
{
    JsonNode *keep;
    int n =
        (int)json_array_get_length(json_object_get_array_member(chain_of(ledger, &keep), member));

    json_node_unref(keep);
    return n;
}

static char *cell(rdl_ledger *ledger, const char *member, int row, const char *column)
{
    JsonNode *keep;
    JsonArray *all = json_object_get_array_member(chain_of(ledger, &keep), member);
    JsonObject *o = row < (int)json_array_get_length(all)
                        ? json_array_get_object_element(all, (guint)row)
                        : NULL;
    char *text = g_strdup(o ? rdl_json_text(o, column, NULL) : NULL);

    json_node_unref(keep);
    return text;
}

#define CHECK_CELL(member, row, column, want)                           \
    do {                                                                \
        g_autofree char *cell_text = cell(ledger, member, row, column); \
        CHECK_TEXT(cell_text, want);                                    \
    } while (0)

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void steps_are_rows_and_every_one_can_fail(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("steps.sqlite", &error);
    static const struct {
        const char *on[6];
        const char *fails_at, *role, *n;
    } rounds[] = {
        {{"2027-03-02"}, "SUBMITTED", "county", "1"},
        {{"2027-03-03", "2027-03-04"}, "REVIEWED", "county", "1"},
        {{"2027-03-05", "2027-03-06", "2027-03-07"}, "PUBLIC", "city", "2"},
        {{"2027-03-08", "2027-03-09", "2027-03-11", "2027-03-12"}, "APPLIED", "accept_unit", "4"},
        {{"2027-03-12", "2027-03-13", "2027-03-16", "2027-03-16", "2027-03-17"},
         "CHECKED",
         "province",
         "5"}};
    static const char *const way[][4] = {
        {"REVIEWED", "county", "初审意见", NULL},
        {"PUBLIC", "city", "公示文本", "{\"channel\":\"网站\",\"notice\":\"1日内\"}"},
        {"APPLIED", "county", "销号申请", NULL},
        {"CHECKED", "accept_unit", "核查材料", "{\"image_date\":\"2027-03-15\"}"},
        {"CLOSED", "province", "备案表", NULL}};
    int expected = 0;

    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(rounds); i++) {
        for (size_t k = 0; k < i; k++, expected++)
            CHECK(fixture_go(ledger, way[k][0], rounds[i].on[k], way[k][1], way[k][2], way[k][3],
                             &error));
        CHECK(fixture_go(ledger, "WORKING", rounds[i].on[i], rounds[i].role, NULL, NULL, &error));
        CHECK_OK(error);
        CHECK_CELL("closeout", expected, "n", rounds[i].n);
        CHECK_CELL("closeout", expected, "outcome", "failed");
        CHECK_CELL("closeout", expected, "reason", "因故");
        expected++;
        CHECK(fixture_go(ledger, "SUBMITTED", rounds[i].on[i], "resp_unit", "报告", NULL, &error));
    }
    CHECK_INT(rows(ledger, "closeout"), expected);
    check_whole(ledger);
}

static void papers_are_asked_for_one_by_one(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("papers.sqlite", &error);
    const char *file = suite_path("opinion.txt");
    g_autofree char *named = g_strdup_printf("核查意见=%s", file);
    g_autofree char *both = g_strdup_printf("前后时相影像|核查意见=%s", file);
    g_autofree char *gone = g_strdup_printf("前后时相影像|核查意见=%s.no", file);
    g_autofree char *digest = NULL;
    static const char image[] = "{\"image_date\":\"2027-03-10\"}";

    CHECK(g_file_set_contents(file, "同意销号", -1, NULL));
    digest = rdl_digest_file(file, NULL);
    CHECK(fixture_go(ledger, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, &error));
    CHECK(fixture_go(ledger, "PUBLIC", "2027-03-03", "city", "公示文本",
                     "{\"channel\":\"网站\",\"notice\":\"1日内\"}", &error));
    CHECK(fixture_go(ledger, "APPLIED", "2027-03-09", "county", "销号申请", NULL, &error));
    CHECK_OK(error);
    CHECK(!fixture_go(ledger, "CHECKED", "2027-03-12", "accept_unit", named, image, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "前后时相影像 is missing");
    CHECK(!fixture_go(ledger, "CHECKED", "2027-03-12", "accept_unit", gone, image, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no such file");
    static const char *const slips[] = {"nofile.pdf", "/nowhere/意见", "扫描.JPG"};
    for (size_t i = 0; i < G_N_ELEMENTS(slips); i++) {
        CHECK(!fixture_go(ledger, "CHECKED", "2027-03-12", "accept_unit", slips[i], image, &error));
        CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "there is no such file");
    }
    CHECK(fixture_go(ledger, "CHECKED", "2027-03-12", "accept_unit", both, image, &error));
    CHECK_OK(error);
    int n = rows(ledger, "documents");
    CHECK_CELL("documents", n - 1, "name", "核查意见");
    CHECK_CELL("documents", n - 1, "sha256", digest);
    CHECK_CELL("documents", n - 2, "name", "前后时相影像");
    CHECK_CELL("documents", n - 2, "sha256", NULL);
    check_whole(ledger);
}

/* 2027-03-05 is a Friday: five working days end on the 12th, no calendar of 2027 being known. */
static void a_notice_runs_its_time(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("notice.sqlite", &error);

    CHECK(fixture_go(ledger, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, &error));
    CHECK(fixture_go(ledger, "PUBLIC", "2027-03-05", "city", "公示文本",
                     "{\"channel\":\"市政府网站\",\"notice\":\"5个工作日内\"}", &error));
    CHECK_OK(error);
    CHECK_CELL("publications", 0, "kind", "公示");
    CHECK_CELL("publications", 0, "channel", "市政府网站");
    CHECK_CELL("publications", 0, "closes", "2027-03-12");
    CHECK(!fixture_go(ledger, "APPLIED", "2027-03-12", "county", "销号申请", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "the notice runs until 2027-03-12");
    CHECK(fixture_go(ledger, "APPLIED", "2027-03-13", "county", "销号申请", NULL, &error));
    CHECK_OK(error);
    check_whole(ledger);
}

static void a_rebound_takes_the_old_number_with_a_suffix(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("rebound.sqlite", &error);
    g_autofree char *first = NULL, *second = NULL, *third = NULL;

    CHECK(fixture_close(ledger, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-09-20", "city", NULL, NULL, &error));
    CHECK(fixture_go(ledger, "CLOSED", "2027-09-25", "city", "回头看记录", NULL, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2028-03-20", "city", NULL, NULL, &error));
    first = cell(ledger, "problems", 0, "problem_id");
    CHECK(fixture_go(ledger, "REOPENED", "2028-03-25", "office", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_CELL("lookbacks", 0, "result", "OK");
    CHECK_CELL("lookbacks", 1, "result", "REBOUND");
    CHECK_CELL("lookbacks", 1, "held", "2028-03-25");
    second = g_strconcat(first, "-1", NULL);
    CHECK_CELL("problems", 0, "problem_id", second);
    CHECK_CELL("problems", 0, "reopens", first);
    CHECK_CELL("problems", 0, "rebounds", "1");
    CHECK_CELL("problems", 1, "problem_id", first);
    CHECK_CELL("problems", 1, "rebounds", "0");
    CHECK_CELL("problems", 0, "target", "恢复");
    CHECK_INT(rows(ledger, "measure_rows"), 6);
    check_whole(ledger);
}

/* Closed, and found again at the look-back. */
static rdl_ledger *rebounded(const char *name, const char *fields, GError **error)
{
    rdl_ledger *ledger = fixture_submitted(name, error);

    CHECK(fixture_reopen(ledger, fields, error));
    return ledger;
}

static rdl_task rectification(rdl_ledger *ledger, rdl_day as_of)
{
    const rdl_task_filter filter = {.kind = "rectify", .as_of = as_of, .no_ground = true};
    GError *error = NULL;
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    rdl_task t = g_array_index(tasks, rdl_task, 0);

    CHECK_OK(error);
    memset(&g_array_index(tasks, rdl_task, 0), 0, sizeof t); /* moved out */
    return t;
}

/* The day of the concluded term judges nothing any more, and that there is none is told. */
static void a_rebound_has_no_day_until_one_is_given(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rebounded("undated.sqlite", NULL, &error);

    CHECK_OK(error);
    rdl_task t = rectification(ledger, rdl_day_of(2028, 6, 1));
    CHECK_TEXT(t.due ? t.due : "none", "none");
    CHECK_TEXT(t.due_original ? t.due_original : "none", "none");
    CHECK_TEXT(t.started, "2027-09-25");
    CHECK_TEXT(t.undated ? t.undated : "none", "2027-09-25");
    CHECK_TEXT(t.warning ? t.warning : "none", "none");
    g_autoptr(JsonObject) told = rdl_task_json(&t);
    CHECK_TEXT(rdl_json_text(told, "undated", "none"), "2027-09-25");
    rdl_task_clear(&t);
    CHECK_CELL("tasks", 1, "undated", "2027-09-25");
    const rdl_statistic_options later = {.as_of = rdl_day_of(2028, 6, 1)};
    rdl_statistic *counted = rdl_statistic_new(ledger, &later, &error);
    const rdl_statistic_table *total = rdl_statistic_find(counted, "total");
    CHECK_NEAR(rdl_statistic_total(total, "undated"), 1, 0);
    CHECK_NEAR(rdl_statistic_total(total, "overdue"), 0, 0);
    CHECK_NEAR(rdl_statistic_total(total, "open"), 1, 0);
    rdl_statistic_free(counted);
    CHECK(!fixture_go(ledger, "PLAN_OK", "2027-10-01", "city", "整改方案", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs due");
    check_whole(ledger);
}

static void a_rebound_may_be_given_its_day_at_once(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rebounded("dated.sqlite", "{\"due\":\"两个月内\"}", &error);

    CHECK_OK(error);
    rdl_task t = rectification(ledger, rdl_day_of(2027, 12, 1));
    CHECK_TEXT(t.due, "2027-11-25");
    CHECK_TEXT(t.due_original, "2027-11-25");
    CHECK_TEXT(t.tier, "T2");
    CHECK_TEXT(t.undated ? t.undated : "none", "none");
    CHECK_TEXT(t.warning ? t.warning : "none", "red");
    rdl_task_clear(&t);
    CHECK(fixture_go(ledger, "PLAN_OK", "2027-10-01", "city", "整改方案", NULL, &error));
    CHECK_OK(error);
    CHECK_CELL("tasks", 1, "due", "2027-11-25");
    check_whole(ledger);
}

/* A clock that stood still when it was closed belongs to the term that ended. */
static void a_rebound_runs_again(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("clock.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_move who = {
        .task_id = id, .to = "", .on = "2027-03-01", .by = "甲", .role = "city", .reason = "诉讼"};

    CHECK(rdl_task_stop(ledger, &who, &error));
    CHECK(fixture_close(ledger, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-09-20", "city", NULL, NULL, &error));
    CHECK(fixture_go(ledger, "REOPENED", "2027-09-25", "office", "回头看记录",
                     "{\"due\":\"2027-10-31\"}", &error));
    CHECK_OK(error);
    rdl_task t = rectification(ledger, rdl_day_of(2027, 12, 1));
    CHECK_TEXT(t.stopped ? t.stopped : "none", "none");
    CHECK_TEXT(t.warning ? t.warning : "none", "red");
    rdl_task_clear(&t);
}

/* Events of before clocks were said to run are played as they were then. */
static void a_renewal_starts_no_clock_unless_it_says_so(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rebounded("still.sqlite", NULL, &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_move who = {
        .task_id = id, .to = "", .on = "2027-09-26", .by = "甲", .role = "city", .reason = "诉讼"};
    const rdl_event event = {
        .kind = "task.renewed", .subject = id, .at = "2027-10-01", .by = "甲", .role = "city"};

    CHECK(rdl_task_stop(ledger, &who, &error));
    for (int runs = 0; runs < 2; runs++) {
        g_autoptr(JsonObject) o = json_object_new();
        json_object_set_null_member(o, "was");
        json_object_set_string_member(o, "due", "2028-01-01");
        json_object_set_string_member(o, "tier", "T3");
        if (runs) {
            json_object_set_string_member(o, "was", "2028-01-01");
            json_object_set_boolean_member(o, "runs", TRUE);
        }
        CHECK(rdl_event_append(ledger, &event, o, &error));
        CHECK_OK(error);
        rdl_task t = rectification(ledger, rdl_day_of(2027, 12, 1));
        CHECK_TEXT(t.stopped ? t.stopped : "none", runs ? "none" : "2027-09-26");
        rdl_task_clear(&t);
    }
}

/* What begins again has a plan, and a day, of its own; what goes on has its day already. */
static void a_rebound_is_due_by_its_new_plan(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rebounded("again.sqlite", NULL, &error);

    CHECK(fixture_go(ledger, "PLAN_OK", "2027-10-01", "city", "整改方案", "{\"due\":\"半年内\"}",
                     &error));
    CHECK_OK(error);
    CHECK_CELL("tasks", 1, "started", "2027-10-01");
    CHECK_CELL("tasks", 1, "due", "2028-04-01");
    CHECK_CELL("tasks", 1, "due_original", "2028-04-01");
    CHECK_CELL("tasks", 1, "tier", "T3");
    check_whole(ledger);
}

/* An extension of what has no day gives it its first. */
static void a_rebound_is_extended_from_none(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rebounded("first.sqlite", NULL, &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_move who = {.task_id = id,
                          .to = "",
                          .on = "2027-09-26",
                          .by = "甲",
                          .role = "city",
                          .reason = "先定时限"};

    CHECK(!rdl_task_extend(ledger, &who, "2020-01-01", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "2020-01-01 lies before 2027-09-26");
    CHECK(rdl_task_extend(ledger, &who, "2027-12-31", &error));
    CHECK_OK(error);
    CHECK_CELL("tasks", 1, "due", "2027-12-31");
    CHECK_CELL("tasks", 1, "due_original", "2027-12-31");
    check_whole(ledger);
}

static rdl_move office(const char *id, const char *on)
{
    return (rdl_move){
        .task_id = id, .to = "", .on = on, .by = "甲", .role = "city", .reason = "因故"};
}

/* Whoever works by the list goes to the office the table counts it under. */
static void the_problem_says_who_leads(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("leads.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(JsonObject) fields = json_object_new();
    const rdl_move by = office(id, "2027-03-02");
    rdl_task before = rectification(ledger, 0), after;

    CHECK_TEXT(before.department, before.routed);
    rdl_json_set_text(fields, "lead_dept", "示例水利局");
    CHECK(rdl_task_change(ledger, &by, fields, &error));
    CHECK_OK(error);
    after = rectification(ledger, 0);
    CHECK_TEXT(after.department, "示例水利局");
    CHECK_TEXT(after.routed, before.routed);
    rdl_task_clear(&before);
    rdl_task_clear(&after);
}

static void one_matter_one_transfer(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("transfer.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_move who = office(id, "2027-03-02");

    CHECK(!rdl_task_transfer_accepted(ledger, &who, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "no transfer that waits");
    CHECK(rdl_task_transfer(ledger, &who, "市纪委监委", &error));
    CHECK(!rdl_task_transfer(ledger, &who, "市公安局", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "one matter, one transfer");
    who.on = "2027-03-05";
    CHECK(rdl_task_transfer_accepted(ledger, &who, &error));
    who.on = "2027-04-05";
    CHECK(rdl_task_transfer_answered(ledger, &who, "批评教育", &error));
    CHECK_OK(error);
    CHECK_CELL("transfers", 0, "body", "市纪委监委");
    CHECK_CELL("transfers", 0, "sent", "2027-03-02");
    CHECK_CELL("transfers", 0, "accepted", "2027-03-05");
    CHECK_CELL("transfers", 0, "answered", "2027-04-05");
    CHECK_CELL("transfers", 0, "result", "批评教育");
    CHECK(rdl_task_transfer(ledger, &who, "市公安局", &error));
    CHECK_INT(rows(ledger, "transfers"), 2);
    check_whole(ledger);
}

static void values_change_and_what_they_were_stays(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("values.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(JsonNode) set = rdl_json_parse(
        "{\"listed\":\"2027-03-02\",\"measures\":\"停止；挂账督办：拆除\"}", "set", NULL);
    g_autoptr(JsonNode) due = rdl_json_parse("{\"due\":\"2030-01-01\"}", "set", NULL);
    rdl_move who = office(id, "2027-03-02");

    CHECK_INT(rows(ledger, "measure_rows"), 3);
    CHECK(rdl_task_change(ledger, &who, json_node_get_object(set), &error));
    CHECK_OK(error);
    CHECK_CELL("problems", 0, "listed", "2027-03-02");
    CHECK_INT(rows(ledger, "measure_rows"), 2);
    CHECK_CELL("measure_rows", 1, "supervised", "1");
    g_autoptr(JsonNode) blank = rdl_json_parse("{\"supervisor\":\"xx\"}", "fields", NULL);
    CHECK(!rdl_task_change(ledger, &who, json_node_get_object(blank), &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "says nothing");
    CHECK(!rdl_task_change(ledger, &who, json_node_get_object(due), &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "due dates by redline task extend");
    CHECK(rdl_task_measure_done(ledger, &who, 1, &error));
    CHECK_CELL("measure_rows", 0, "done", "2027-03-02");
    CHECK(!rdl_task_measure_done(ledger, &who, 3, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "has no measure 3");
    check_whole(ledger);
}

/* The triggers that the last rise names, "": no rise. */
static char *triggers_on(rdl_ledger *ledger, rdl_day day)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error), *got = NULL;
    g_autofree char *sql = g_strdup_printf(
        "SELECT json_extract(payload,'$.triggers') FROM event WHERE kind = 'warning.changed' AND "
        "subject = '%s' ORDER BY seq DESC LIMIT 1",
        id);

    CHECK(rdl_ledger_warn(ledger, day, NULL, tally, &error));
    CHECK_OK(error);
    got = rdl_store_value(ledger->store, sql, NULL);
    return g_strdup(got ? got : "");
}

#define CHECK_TRIGGERS(day, want)                                 \
    do {                                                          \
        g_autofree char *trigger_text = triggers_on(ledger, day); \
        CHECK_TEXT(trigger_text, want);                           \
    } while (0)

/* A scene later than the claim still shows the ground, or does not. */
static void see(rdl_ledger *ledger, const char *on, int stands)
{
    GError *error = NULL;
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(JsonObject) o = json_object_new();
    const rdl_event event = {
        .at = on, .by = "甲", .role = "analyst", .kind = "site.verified", .subject = "S"};

    rdl_json_set_text(o, "task_id", id);
    rdl_json_set_text(o, "scene", on);
    rdl_json_set_text(o, "scene_date", on);
    rdl_json_set_text(o, "outcome", stands ? "NOT_RESTORED" : "RESTORED");
    json_object_set_int_member(o, "stands", stands);
    CHECK(rdl_store_begin(ledger->store, &error) && rdl_event_append(ledger, &event, o, &error) &&
          rdl_store_commit(ledger->store, &error));
    CHECK_OK(error);
}

static void an_untrue_report_is_a_trigger(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) fine = fixture_submitted("true.sqlite", &error);
    g_autoptr(rdl_ledger) ledger = fixture_submitted("untrue.sqlite", &error);

    see(fine, "2027-03-05", 0);
    see(ledger, "2027-03-05", 1);
    CHECK_TRIGGERS(rdl_day_of(2027, 6, 10), "[\"trigger.3\"]"); /* 20 days left: a rise */
    rdl_ledger *kept = ledger;
    ledger = fine;
    CHECK_TRIGGERS(rdl_day_of(2027, 6, 10), "[]");
    ledger = kept;
}

static void a_result_nobody_was_told_is_a_trigger(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("untold.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_publication inside = {.kind = "通报", .channel = "内网"},
                          outside = {.kind = "公开", .channel = "市政府网站"};
    rdl_move by = office(id, "2027-03-02");
    g_autoptr(rdl_ledger) told = fixture_submitted("told.sqlite", &error);

    by.role = "province";
    const rdl_publication nowhere = {.kind = "公开", .channel = ""},
                          nothing = {.kind = "私下", .channel = "内网"};
    CHECK(!rdl_task_publish(ledger, &by, &nowhere, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "say what was made public, and where");
    CHECK(!rdl_task_publish(ledger, &by, &nothing, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "there is 公示, 公告, 公开, 通报");
    CHECK(rdl_task_report(ledger, &by, 1.0, &error));
    CHECK(rdl_task_report(told, &by, 1.0, &error));
    CHECK(rdl_task_publish(ledger, &by, &inside, &error));
    CHECK(rdl_task_publish(told, &by, &outside, &error));
    CHECK_OK(error);
    CHECK_TRIGGERS(rdl_day_of(2027, 6, 30), "[]"); /* the last day is not over */
    CHECK_TRIGGERS(rdl_day_of(2027, 7, 1), "[\"trigger.1\",\"trigger.4\"]");
    rdl_ledger *kept = ledger;
    ledger = told;
    CHECK_TRIGGERS(rdl_day_of(2027, 7, 1), "[\"trigger.1\"]");
    ledger = kept;
}

/* What is proposed that day, and why somebody may be called in. */
static void check_advice(rdl_ledger *ledger, rdl_day day, const char *rung, const char *grounds)
{
    GError *error = NULL;
    const rdl_task_filter filter = {.kind = "rectify", .as_of = day, .advice = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);

    CHECK_OK(error);
    CHECK_TEXT(t->proposes ? t->proposes : "none", rung);
    CHECK_TEXT(t->triggers ? t->triggers : "none", grounds);
}

static void a_rebound_is_a_trigger(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("rebound-trigger.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_move by = office(id, "2027-09-26");

    CHECK(fixture_reopen(ledger, "{\"due\":\"2027-09-30\"}", &error));
    CHECK(rdl_task_report(ledger, &by, 0.1, &error));
    CHECK_OK(error);
    CHECK_TRIGGERS(rdl_day_of(2027, 10, 1), "[\"trigger.1\",\"trigger.2\",\"trigger.3\"]");
}

/* Without a day nothing is late, and no warning is given; what was untrue stays so. */
static void a_rebound_without_a_day_is_a_trigger(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("undated-trigger.sqlite", &error);

    CHECK(fixture_reopen(ledger, NULL, &error));
    CHECK_OK(error);
    check_advice(ledger, rdl_day_of(2027, 9, 26), "none", "trigger.3");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    CHECK(rdl_ledger_warn(ledger, rdl_day_of(2027, 10, 26), NULL, tally, &error));
    CHECK_OK(error);
}

static void put_on_record(rdl_ledger *ledger, rdl_day day)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_warn(ledger, day, NULL, tally, &error));
    CHECK_OK(error);
}

/* Looked at or put on record, a level proposes the same rung; the next rise the next. */
static void every_rise_proposes_the_next_rung(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("ladder.sqlite", &error);

    check_advice(ledger, rdl_day_of(2027, 4, 1), "none", "none");
    check_advice(ledger, rdl_day_of(2027, 6, 10), "ladder.1", "none"); /* blue */
    put_on_record(ledger, rdl_day_of(2027, 6, 10));
    check_advice(ledger, rdl_day_of(2027, 6, 10), "ladder.1", "none");
    check_advice(ledger, rdl_day_of(2027, 6, 11), "ladder.1", "none");
    check_advice(ledger, rdl_day_of(2027, 6, 20), "ladder.2", "none"); /* yellow */
    put_on_record(ledger, rdl_day_of(2027, 6, 20));
    check_advice(ledger, rdl_day_of(2027, 6, 20), "ladder.2", "none");
    check_advice(ledger, rdl_day_of(2027, 7, 1), "ladder.3", "trigger.1|trigger.4"); /* red */
}

static CU_TestInfo tests[] = {
    {"every rise proposes the next rung", every_rise_proposes_the_next_rung},
    {"steps are rows, and every one can fail", steps_are_rows_and_every_one_can_fail},
    {"papers are asked for one by one", papers_are_asked_for_one_by_one},
    {"a notice runs its time", a_notice_runs_its_time},
    {"a rebound takes the old number with a suffix", a_rebound_takes_the_old_number_with_a_suffix},
    {"a rebound is due by its new plan", a_rebound_is_due_by_its_new_plan},
    {"the problem says who leads", the_problem_says_who_leads},
    {"a rebound has no day until one is given", a_rebound_has_no_day_until_one_is_given},
    {"a rebound may be given its day at once", a_rebound_may_be_given_its_day_at_once},
    {"a rebound's clock runs again", a_rebound_runs_again},
    {"a renewal starts no clock unless it says so", a_renewal_starts_no_clock_unless_it_says_so},
    {"a rebound is extended from none", a_rebound_is_extended_from_none},
    {"one matter, one transfer", one_matter_one_transfer},
    {"values change, and what they were stays", values_change_and_what_they_were_stays},
    {"an untrue report is a trigger", an_untrue_report_is_a_trigger},
    {"a rebound is a trigger", a_rebound_is_a_trigger},
    {"a rebound without a day is a trigger", a_rebound_without_a_day_is_a_trigger},
    {"a result nobody was told is a trigger", a_result_nobody_was_told_is_a_trigger},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.office", tests, argc, argv);
}
