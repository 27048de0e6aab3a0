/* The workflow is data, and nothing goes round it. */
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/handle.h"
#include "rectify/rectify.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static rdl_ledger *with_pack(const char *name, const char *pack, int n, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!fixture_findings(gpkg, n, suspect, 1, 0, error) ||
        !rdl_ledger_init(path, pack, NULL, error))
        return NULL;
    rdl_ledger *ledger = rdl_ledger_open(path, true, error);
    if (ledger &&
        !rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error))
        g_clear_pointer(&ledger, rdl_ledger_close);
    return ledger;
}

static rdl_ledger *with_tasks(const char *name, int n, GError **error)
{
    return with_pack(name, fixture_pack(false), n, error);
}

static JsonObject *six_fields(void)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "target", "拆除并恢复原状");
    rdl_json_set_text(o, "measures", "停止施工；拆除建筑；恢复植被");
    rdl_json_set_text(o, "lead_leader", "甲");
    rdl_json_set_text(o, "supervisor", "乙");
    rdl_json_set_text(o, "resp_unit", "丙镇");
    rdl_json_set_text(o, "due", "2027-06-30");
    return o;
}

static JsonObject *one_value(const char *name, const char *value)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, name, value);
    return o;
}

static bool go(rdl_ledger *ledger, const char *to, const char *on, const char *role,
               const char *document, const char *reason, JsonObject *fields, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    rdl_move move = {.task_id = id,
                     .to = to,
                     .on = on,
                     .by = "某人",
                     .role = role,
                     .document = document,
                     .reason = reason,
                     .fields = fields};

    return rdl_task_move(ledger, &move, error);
}

static rdl_task *task_of(rdl_ledger *ledger, GArray **keep)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", NULL);
    rdl_task_filter filter = {.id = id};

    *keep = rdl_task_list(ledger, &filter, NULL);
    return &g_array_index(*keep, rdl_task, 0);
}

static void a_clue_becomes_a_rectification_with_six_fields(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("six.sqlite", 1, &error);
    g_autoptr(JsonObject) fields = six_fields();
    g_autoptr(GArray) keep = NULL;

    CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, &error));
    CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", "现场核查表", NULL, NULL, &error));
    CHECK_OK(error);
    CHECK(!go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs target");
    json_object_remove_member(fields, "supervisor");
    CHECK(!go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs supervisor");
    static const char *const nothing[] = {"xx", "*", "", " ", "——"};
    for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++) {
        rdl_json_set_text(fields, "supervisor", nothing[i]);
        CHECK(!go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "says nothing");
    }
    rdl_json_set_text(fields, "supervisor", "乙");
    CHECK(go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
    CHECK_OK(error);
    const rdl_task *t = task_of(ledger, &keep);
    CHECK_TEXT(t->kind, "rectify");
    CHECK_TEXT(t->due, "2027-06-30");
    CHECK_TEXT(t->target, "拆除并恢复原状");
    CHECK_TEXT(t->resp_unit, "丙镇");
    CHECK(!go(ledger, "PLAN_OK", "2026-11-20", "city", "整改方案", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs accept_unit");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void what_the_workflow_does_not_allow_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("refused.sqlite", 1, &error);

    CHECK(!go(ledger, "CLOSED", "2026-11-02", "province", "备案表", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE,
                "from SCREENED there is no way to CLOSED; there is ASSIGNED (office)");
    CHECK(!go(ledger, "ASSIGNED", "2026-11-02", "county", "核查任务单", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is for office, not for county");
    CHECK(!go(ledger, "ASSIGNED", "2026-11-02", "office", NULL, NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs 核查任务单");
    CHECK(!go(ledger, "ASSIGNED", "2026-10-01", "office", "核查任务单", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "lies before its last event");
    CHECK(!go(ledger, "DISMISSED", "2026-11-02", "analyst", NULL, NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs a reason");
    CHECK(!go(ledger, "DISMISSED", "2026-11-02", "county", NULL, "无", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is for system|analyst|province, not for county");
    CHECK(!go(ledger, "ASSIGNED", "2026-02-30", "office", "核查任务单", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "not a date");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void an_extension_keeps_the_original_date(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("extend.sqlite", 1, &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autoptr(GArray) keep = NULL;

    rdl_move who = {.task_id = id, .to = "", .on = "2026-11-20", .by = "某人", .role = "city"};
    CHECK(!rdl_task_extend(ledger, &who, "2027-01-31", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs a reason");
    who.reason = "汛期";
    CHECK(rdl_task_extend(ledger, &who, "2027年1月底前", &error));
    CHECK_OK(error);
    const rdl_task *t = task_of(ledger, &keep);
    CHECK_TEXT(t->due_original, "2026-12-01");
    CHECK_TEXT(t->due, "2027-01-31");
}

static rdl_move note_on(const char *id, const char *on, const char *reason)
{
    return (rdl_move){
        .task_id = id, .to = "", .on = on, .by = "某人", .role = "city", .reason = reason};
}

/* A rectification at work since 2026-11-20, due 2027-06-30. */
static rdl_ledger *at_work(const char *name, char **id, GError **error)
{
    rdl_ledger *ledger = with_tasks(name, 1, error);
    g_autoptr(JsonObject) fields = six_fields(), accept = json_object_new();

    rdl_json_set_text(accept, "accept_unit", "省厅");
    CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, error));
    CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", "现场核查表", NULL, NULL, error));
    CHECK(go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, error));
    CHECK(go(ledger, "PLAN_OK", "2026-11-20", "city", "整改方案", NULL, accept, error));
    CHECK(go(ledger, "WORKING", "2026-11-20", "resp_unit", NULL, NULL, NULL, error));
    *id = rdl_task_of_source(ledger, "FP-0000", error);
    return ledger;
}

static void a_due_date_in_words_becomes_a_day(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("words.sqlite", 1, &error);
    g_autoptr(JsonObject) fields = six_fields();
    g_autoptr(GArray) keep = NULL;

    CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, &error));
    CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", "现场核查表", NULL, NULL, &error));
    rdl_json_set_text(fields, "due", "尽快");
    CHECK(!go(ledger, "REGISTERED", "2026-11-30", "office", "问题台账", NULL, fields, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "does not say a day");
    rdl_json_set_text(fields, "due", "三个月内");
    CHECK(go(ledger, "REGISTERED", "2026-11-30", "office", "问题台账", NULL, fields, &error));
    CHECK_OK(error);
    CHECK_TEXT(task_of(ledger, &keep)->due, "2027-02-28");
    CHECK_TEXT(task_of(ledger, &keep)->tier, "T2"); /* a rectification of grade 1 */
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* A plan does not change a day by the way; what lasts has none to give. */
static void the_words_of_a_limit_say_the_tier(void)
{
    static const struct {
        const char *words, *tier, *due;
    } cases[] = {{"一个月内", "T1", "2026-12-14"}, /* the 12th is a Saturday */
                 {"两个月内", "T2", "2027-01-12"},
                 {"半年内", "T3", "2027-05-12"},
                 {"长期坚持", "T4", NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("tier-%zu.sqlite", i);
        g_autoptr(rdl_ledger) ledger = with_tasks(name, 1, &error);
        g_autoptr(JsonObject) fields = six_fields(), plan = json_object_new();
        g_autoptr(GArray) keep = NULL;

        CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, &error));
        CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", "现场核查表", NULL, NULL, &error));
        rdl_json_set_text(fields, "due", cases[i].words);
        CHECK(go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
        CHECK_OK(error);
        CHECK_TEXT(task_of(ledger, &keep)->tier, cases[i].tier);
        CHECK_TEXT(task_of(ledger, &keep)->due, cases[i].due);
        rdl_json_set_text(plan, "accept_unit", "省厅");
        rdl_json_set_text(plan, "due", "2027-11-30");
        CHECK(!go(ledger, "PLAN_OK", "2026-11-20", "city", "整改方案", NULL, plan, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "another day is given by redline task extend");
        json_object_remove_member(plan, "due");
        CHECK(go(ledger, "PLAN_OK", "2026-11-20", "city", "整改方案", NULL, plan, &error));
        CHECK_OK(error);
    }
}

static void a_clock_that_stood_still_gives_its_days_back(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("clock.sqlite", &id, &error);
    g_autoptr(GArray) keep = NULL, later = NULL;
    rdl_move stop = note_on(id, "2027-01-10", NULL), go_on = note_on(id, "2027-02-09", NULL);

    CHECK(!rdl_task_resume(ledger, &go_on, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "its clock runs");
    CHECK(!rdl_task_stop(ledger, &stop, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs a reason");
    stop.reason = "行政诉讼";
    CHECK(rdl_task_stop(ledger, &stop, &error));
    CHECK(!rdl_task_stop(ledger, &stop, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "stood still since 2027-01-10");
    rdl_task_filter filter = {.id = id, .as_of = rdl_day_of(2030, 1, 1)};
    later = rdl_task_list(ledger, &filter, &error);
    CHECK(g_array_index(later, rdl_task, 0).warning == NULL);
    CHECK(rdl_task_resume(ledger, &go_on, &error));
    CHECK_OK(error);
    CHECK_TEXT(task_of(ledger, &keep)->due, "2027-07-30");
    CHECK_TEXT(task_of(ledger, &keep)->due_original, "2027-06-30");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static gint64 warnings_changed(rdl_ledger *ledger, rdl_day as_of, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_warn(ledger, as_of, NULL, tally, error));
    g_autoptr(JsonNode) json = rdl_tally_json(tally);
    JsonArray *items = json_node_get_array(json);
    CHECK_INT(json_array_get_length(items), 1);
    return json_object_get_int_member(json_array_get_object_element(items, 0), "used");
}

static void a_warning_that_rises_is_one_event(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("warn.sqlite", &id, &error);
    g_autoptr(GArray) keep = NULL;
    rdl_move note = note_on(id, "2027-01-31", "拆除过半");

    /* begun 2026-11-12, due 2027-06-30: 230 days */
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2026, 12, 1), &error), 0); /* u = 0.08 */
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 1, 11), &error), 1); /* u = 0.26, p = 0 */
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 1, 11), &error), 0);
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 1, 20), &error), 0);
    CHECK_TEXT(task_of(ledger, &keep)->warned, "orange");
    CHECK(rdl_task_report(ledger, &note, 0.6, &error));
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 2, 1), &error), 1); /* falls */
    CHECK(task_of(ledger, &keep)->warned == NULL);
    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 7, 1), &error), 1); /* overdue */
    CHECK_TEXT(task_of(ledger, &keep)->warned, "red");
    note.on = "2027-03-01"; /* a warning of July does not close the months before it */
    CHECK(rdl_task_report(ledger, &note, 0.7, &error));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
    CHECK_TEXT(task_of(ledger, &keep)->warned, "red");
}

/* Last month's bulletin must come out as it did last month. */
static void a_ledger_can_be_asked_how_it_stood(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("then.sqlite", &id, &error);
    static const struct {
        int day;
        const char *state;
    } days[] = {{1, "SCREENED"},    {2, "ASSIGNED"},    {10, "VERIFIED"},
                {12, "REGISTERED"}, {19, "REGISTERED"}, {20, "WORKING"}};

    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        g_autoptr(rdl_ledger) then =
            rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, days[i].day), &error);
        g_autoptr(GArray) keep = NULL;
        CHECK_OK(error);
        CHECK_TEXT(task_of(then, &keep)->state, days[i].state);
    }
    g_autoptr(rdl_ledger) now = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 20), &error);
    g_autofree char *head = rdl_ledger_head(ledger, &error), *same = rdl_ledger_head(now, &error);
    CHECK_TEXT(same, head);
    CHECK(rdl_ledger_audit(now, NULL, &error));
    CHECK_OK(error);
}

/* What was written of later days lies between events of earlier ones, and is left out. */
static void the_past_has_a_head_whatever_was_written_of_later_days(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("between.sqlite", &id, &error);
    rdl_move note = note_on(id, "2027-03-01", "拆除过半");

    CHECK_INT(warnings_changed(ledger, rdl_day_of(2027, 7, 1), &error), 1);
    CHECK(rdl_task_report(ledger, &note, 0.7, &error));
    g_autoptr(rdl_ledger) then = rdl_ledger_as_of(ledger, rdl_day_of(2027, 4, 1), &error);
    CHECK_OK(error);
    g_autofree char *head = rdl_ledger_head(ledger, &error), *same = rdl_ledger_head(then, &error);
    CHECK_OK(error);
    CHECK_TEXT(same, head);
}

static void what_cannot_be_so_is_refused(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("guards.sqlite", &id, &error);
    g_autoptr(JsonObject) image = json_object_new();
    rdl_move note = note_on(id, "2026-11-21", "汛期");

    CHECK(!rdl_task_extend(ledger, &note, "2027-06-30", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "no later than its due date 2027-06-30");
    note.role = "nobody";
    CHECK(!rdl_task_extend(ledger, &note, "2027-12-31", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "the workflow knows no role nobody");
    g_autoptr(JsonObject) done = json_object_new();
    CHECK(!go(ledger, "SUBMITTED", "2027-03-01", "resp_unit", "整改落实情况报告", NULL, NULL,
              &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs every measure done, not yet are 1 ");
    rdl_json_set_text(done, "measures_done", "all");
    CHECK(
        go(ledger, "SUBMITTED", "2027-03-01", "resp_unit", "整改落实情况报告", NULL, done, &error));
    g_autofree char *left = rdl_store_value(
        ledger->store, "SELECT count(*) FROM measure WHERE done IS NOT '2027-03-01'", &error);
    CHECK_TEXT(left, "0"); /* and so it is on record of each */
    CHECK(go(ledger, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, NULL, &error));
    rdl_json_set_text(image, "channel", "网站");
    CHECK(!go(ledger, "PUBLIC", "2027-03-03", "city", "公示文本", NULL, image, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "REVIEWED to PUBLIC needs notice: give --set notice=");
    rdl_json_set_text(image, "channel", "");
    rdl_json_set_text(image, "notice", "5日内");
    CHECK(!go(ledger, "PUBLIC", "2027-03-03", "city", "公示文本", NULL, image, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs channel");
    rdl_json_set_text(image, "channel", "网站");
    CHECK(go(ledger, "PUBLIC", "2027-03-03", "city", "公示文本", NULL, image, &error));
    CHECK(!go(ledger, "APPLIED", "2027-03-03", "county", "销号申请", NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "the notice runs until");
    CHECK(go(ledger, "APPLIED", "2027-03-20", "county", "销号申请", NULL, NULL, &error));
    g_autoptr(JsonObject) seen = one_value("image_date", "2099-01-01");
    CHECK(!go(ledger, "CHECKED", "2027-03-25", "accept_unit", "核查意见", NULL, seen, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "later than the check");
    rdl_json_set_text(seen, "image_date", "2027-03-01");
    CHECK(!go(ledger, "CHECKED", "2027-03-25", "accept_unit", "核查意见", NULL, seen, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "not later than the claim");
    rdl_json_set_text(seen, "image_date", "2027-03-22");
    CHECK(go(ledger, "CHECKED", "2027-03-25", "accept_unit", "核查意见", NULL, seen, &error));
    CHECK(go(ledger, "CLOSED", "2027-04-01", "province", "备案表", NULL, NULL, &error));
    CHECK_OK(error);
    note = note_on(id, "2027-04-02", "汛期");
    CHECK(!rdl_task_extend(ledger, &note, "2027-12-31", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is CLOSED: nothing more is noted");
}

static void a_registration_is_due_later_and_of_a_known_tier(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("tier.sqlite", 1, &error);
    g_autoptr(JsonObject) fields = six_fields();

    CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, &error));
    CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", "现场核查表", NULL, NULL, &error));
    rdl_json_set_text(fields, "tier", "T99");
    CHECK(!go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "tier T99 is not in the pack");
    rdl_json_set_text(fields, "tier", "T1");
    rdl_json_set_text(fields, "due", "2000-01-01");
    CHECK(!go(ledger, "REGISTERED", "2026-11-12", "office", "问题台账", NULL, fields, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "lies before 2026-11-12");
}

static void a_milestone_missed_warns(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("milestone.sqlite", &id, &error);
    rdl_move note = note_on(id, "2026-11-21", NULL);
    const rdl_milestone first = {1, "12月10日前", "拆除"};
    rdl_task_filter filter = {.id = id, .as_of = rdl_day_of(2026, 12, 10)};
    g_autoptr(GArray) before = NULL, after = NULL, met = NULL;

    CHECK(rdl_task_report(ledger, &note, 0.1, &error));
    CHECK(rdl_task_milestone(ledger, &note, &first, &error));
    CHECK(!rdl_task_milestone_met(ledger, &note, 2, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "has no milestone 2");
    before = rdl_task_list(ledger, &filter, &error);
    CHECK(g_array_index(before, rdl_task, 0).warning == NULL);
    filter.as_of++;
    after = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(after, rdl_task, 0).warning, "yellow");
    CHECK_TEXT(g_array_index(after, rdl_task, 0).warning_by, "milestone");
    note.on = "2026-12-09";
    note.role = "analyst";
    CHECK(!rdl_task_milestone_met(ledger, &note, 1, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "note is for county, city,");
    note.role = "resp_unit";
    CHECK(rdl_task_milestone_met(ledger, &note, 1, &error));
    met = rdl_task_list(ledger, &filter, &error);
    CHECK(g_array_index(met, rdl_task, 0).warning == NULL);
    CHECK_OK(error);
}

/* Whoever must rectify does not move the day he is measured by. */
static void a_milestone_that_is_set_is_moved_like_a_due_date(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("milestones.sqlite", &id, &error);
    rdl_move note = note_on(id, "2026-11-21", NULL);
    const rdl_milestone first = {1, "2026-12-10", "拆除"}, later = {1, "2027-01-31", "汛期"};

    note.role = "resp_unit";
    CHECK(rdl_task_milestone(ledger, &note, &first, &error));
    CHECK(rdl_task_milestone(ledger, &note, &first, &error)); /* the same day again */
    CHECK_OK(error);
    note.reason = "汛期";
    CHECK(!rdl_task_milestone(ledger, &note, &later, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "extend is for city, province, office, not for resp_unit");
    note.role = "city";
    note.reason = NULL;
    CHECK(!rdl_task_milestone(ledger, &note, &later, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "another day of a milestone needs a reason");
    note.reason = "汛期";
    CHECK(rdl_task_milestone(ledger, &note, &later, &error));
    CHECK(rdl_task_stop(ledger, &note, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    JsonObject *o = json_node_get_object(chain);
    JsonObject *m = json_array_get_object_element(json_object_get_array_member(o, "milestones"), 0);
    JsonObject *t = json_array_get_object_element(json_object_get_array_member(o, "terms"), 0);
    CHECK_TEXT(rdl_json_text(m, "due", ""), "2027-01-31");
    CHECK_TEXT(rdl_json_text(m, "due_original", ""), "2026-12-10");
    CHECK_TEXT(rdl_json_text(m, "text", ""), "拆除");
    CHECK_TEXT(rdl_json_text(t, "kind", ""), "task.stopped");
    CHECK_TEXT(rdl_json_text(t, "reason", ""), "汛期");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void progress_is_a_share_of_a_rectification(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) clues = with_tasks("clues.sqlite", 1, &error);
    g_autofree char *id = rdl_task_of_source(clues, "FP-0000", &error);
    rdl_move note = note_on(id, "2026-11-21", NULL);

    CHECK(!rdl_task_report(clues, &note, 0.5, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "of a rectification");
    CHECK(!rdl_task_report(clues, &note, 1.5, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "0 to 100");
}

static bool to_working(rdl_ledger *ledger, GError **error)
{
    g_autoptr(JsonObject) fields = six_fields();

    rdl_json_set_text(fields, "accept_unit", "丁局");
    return go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, NULL, error) &&
           go(ledger, "VERIFIED", "2026-11-03", "county", "现场核查表", NULL, NULL, error) &&
           go(ledger, "REGISTERED", "2026-11-04", "office", "问题台账", NULL, fields, error) &&
           go(ledger, "PLAN_OK", "2026-11-05", "city", "整改方案", NULL, NULL, error) &&
           go(ledger, "WORKING", "2026-11-06", "resp_unit", NULL, NULL, NULL, error);
}

static void check_not_taken(rdl_ledger *ledger, const char *to, const char *role, const char *name,
                            const char *value, const char *said)
{
    g_autoptr(JsonObject) o = one_value(name, value);
    GError *error = NULL;

    CHECK(!go(ledger, to, "2026-12-01", role, "材料", "因故", o, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, said);
}

/* A value that nothing would read is not taken in silence. */
static void a_value_the_move_does_not_take_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("values.sqlite", 1, &error);
    g_autoptr(JsonObject) all = one_value("measures_done", "all");

    check_not_taken(ledger, "ASSIGNED", "office", "target", "恢复",
                    "SCREENED to ASSIGNED takes no value 'target': what it takes is none");
    CHECK(to_working(ledger, &error));
    check_not_taken(ledger, "SUBMITTED", "resp_unit", "measure_done", "all",
                    "takes no value 'measure_done': what it takes is measures_done, due, task_no");
    check_not_taken(ledger, "SUBMITTED", "resp_unit", "image_date", "2026-12-01",
                    "takes no value 'image_date'");
    check_not_taken(ledger, "SUBMITTED", "resp_unit", "rebound", "REBOUND",
                    "takes no value 'rebound'");
    check_not_taken(ledger, "SUBMITTED", "resp_unit", "tier", "T3", "takes no value 'tier'");
    check_not_taken(ledger, "SUBMITTED", "resp_unit", "measures_done", "1", "'1' is not all");
    CHECK(go(ledger, "SUBMITTED", "2026-12-01", "resp_unit", "报告", NULL, all, &error));
    check_not_taken(ledger, "REVIEWED", "county", "due", "2027-12-31", "redline task extend");
    check_not_taken(ledger, "REVIEWED", "county", "measures_done", "all",
                    "takes no value 'measures_done': what it takes is measures, due");
    check_not_taken(ledger, "WORKING", "county", "notice", "5日内", "takes no value 'notice'");
    CHECK_OK(error);
}

/* The moves of a table take what those of the command line take, and refuse what those refuse. */
static void every_column_of_a_table_is_a_value(void)
{
    GError *error = NULL;
    const char *csv = suite_path("columns.csv");
    g_autoptr(rdl_ledger) ledger = with_tasks("columns.sqlite", 1, &error);
    g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(to_working(ledger, &error));
    CHECK(rdl_output_text(
        csv,
        "source_id,to,on,by,role,reason,document,measures_done,image_date,notice,channel,rebound\n"
        "FP-0000,SUBMITTED,2026-12-01,甲,resp_unit,,报告,all,,,,\n"
        "FP-0000,REVIEWED,2026-12-02,甲,county,,意见,,,,,\n"
        "FP-0000,PUBLIC,2026-12-02,甲,city,,公示,,,1日内,网站,\n"
        "FP-0000,APPLIED,2026-12-04,甲,county,,申请,,,,,\n"
        "FP-0000,CHECKED,2026-12-05,甲,accept_unit,,核查,,2026-12-04,,,\n"
        "FP-0000,CLOSED,2026-12-06,甲,province,,备案,,,,,REBOUND\n"
        "FP-0000,CLOSED,2026-12-06,甲,province,,备案,,,,,\n"
        "FP-0000,LOOKBACK,2026-12-07,甲,city,,,,,,,\n"
        "FP-0000,REOPENED,2026-12-08,甲,office,复建,记录,,,,,PARTIAL_REBOUND\n",
        true, &error));
    CHECK(rdl_moves_apply(ledger, csv, tally, refusals, &error));
    CHECK_OK(error);
    CHECK_INT(refusals->len, 1);
    CHECK(refusals->len && strstr(refusals->pdata[0], "columns.csv:7: ") &&
          strstr(refusals->pdata[0], "takes no value 'rebound'"));
    g_autofree char *result = rdl_store_value(ledger->store, "SELECT result FROM lookback", &error);
    CHECK_TEXT(result, "PARTIAL_REBOUND");
}

static void moves_play_once(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("play.sqlite", 2, &error);
    const char *csv = suite_path("moves.csv");
    g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);

    CHECK(g_file_set_contents(csv,
                              "source_id,to,on,by,role,reason,document\n"
                              "FP-0000,ASSIGNED,2026-11-02,a,office,,单\n"
                              "FP-0001,CLOSED,2026-11-02,a,office,,单\n"
                              "FP-9999,ASSIGNED,2026-11-02,a,office,,单\n",
                              -1, NULL));
    for (int round = 0; round < 2; round++) {
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        CHECK(rdl_moves_apply(ledger, csv, tally, refusals, &error));
        CHECK_OK(error);
        g_autoptr(JsonNode) node = rdl_tally_json(tally);
        g_autofree char *line = rdl_json_line(node);
        CHECK_TEXT(
            line, round == 0
                      ? "[{\"item\":\"ledger.moves\",\"in\":3,\"used\":1,\"suppressed\":{},"
                        "\"failed\":{\"NO_TASK\":1,\"REFUSED\":1},\"balanced\":true}]"
                      : "[{\"item\":\"ledger.moves\",\"in\":3,\"used\":0,\"suppressed\":{\"ALREADY_"
                        "THERE\":1},\"failed\":{\"NO_TASK\":1,\"REFUSED\":1},\"balanced\":true}]");
    }
    CHECK(strstr(refusals->pdata[0], "moves.csv:3: ") &&
          strstr(refusals->pdata[0], "no way to CLOSED"));
    CHECK(strstr(refusals->pdata[1], "no task comes from source 'FP-9999'"));
}

static void a_registered_clue_moves_no_more(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("followed.sqlite", 1, &error);
    rdl_task_filter filter = {.kind = "verify"};
    g_autoptr(JsonObject) fields = six_fields();

    rdl_json_set_text(fields, "accept_unit", "丁局");
    CHECK(to_working(ledger, &error));
    CHECK_OK(error);
    g_autoptr(GArray) clues = rdl_task_list(ledger, &filter, &error);
    rdl_move move = {.task_id = g_array_index(clues, rdl_task, 0).task_id,
                     .to = "PLAN_OK",
                     .on = "2026-12-01",
                     .by = "甲",
                     .role = "city",
                     .document = "整改方案",
                     .fields = fields};
    CHECK(!rdl_task_move(ledger, &move, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "was registered: its rectification is R-");
}

static gint64 used_moves(rdl_ledger *ledger, const char *csv, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!rdl_moves_apply(ledger, csv, tally, NULL, error))
        return -1;
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    JsonArray *lines = json_node_get_array(node);
    return json_object_get_int_member(json_array_get_object_element(lines, 0), "used");
}

static void what_is_done_twice_is_played_twice(void)
{
    GError *error = NULL;
    const char *csv = suite_path("twice.csv");
    g_autoptr(rdl_ledger) ledger = with_tasks("twice.sqlite", 1, &error);

    CHECK(to_working(ledger, &error));
    CHECK(rdl_output_text(csv,
                          "source_id,to,on,by,role,reason,document,measures_done\n"
                          "FP-0000,SUBMITTED,2026-12-01,甲,resp_unit,,报告,all\n"
                          "FP-0000,WORKING,2026-12-01,乙,county,未拆净,,\n"
                          "FP-0000,SUBMITTED,2026-12-01,甲,resp_unit,,报告,\n",
                          true, &error));
    CHECK_INT(used_moves(ledger, csv, &error), 3);
    CHECK_INT(used_moves(ledger, csv, &error), 0);
    CHECK_OK(error);
}

static void a_dismissed_clue_needs_a_newer_finding(void)
{
    GError *error = NULL;
    const char *later = suite_path("later.gpkg");
    g_autoptr(rdl_ledger) ledger = with_tasks("epoch.sqlite", 1, &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(!go(ledger, "DISMISSED", "2026-11-02", "analyst", NULL, "重复", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "footprint FP-0000: analyst dismisses only what is");
    CHECK(go(ledger, "DISMISSED", "2026-11-02", "province", NULL, "重复", NULL, &error));
    CHECK_OK(error);
    CHECK(!go(ledger, "CLUE", "2027-11-02", "analyst", NULL, "再看", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs a newer finding at the place");
    CHECK(fixture_findings(later, 1, suspect, 1, 0.5, &error));
    CHECK(rdl_ledger_load_findings(ledger, later, rdl_day_of(2027, 11, 1), tally, NULL, &error));
    CHECK(go(ledger, "CLUE", "2027-11-02", "analyst", NULL, "再看", NULL, &error));
    CHECK_OK(error);
    const rdl_task_filter all = {.as_of = rdl_day_of(2027, 11, 3), .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, &error);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);
    CHECK_OK(error);
    CHECK_TEXT(t->started, "2027-11-02"); /* a term of its own, not that of the year before */
    CHECK_TEXT(t->due, "2027-12-02");
    CHECK_TEXT(t->due_original, "2027-12-02");
    CHECK_TEXT(t->warning ? t->warning : "none", "none");
}

/* ---- random walks ---- */

#define PLACES 6
#define STEPS 900

typedef struct {
    rdl_ledger *ledger;
    const rdl_csv *workflow;
    GRand *r;
    bool *made; /* rows of the workflow that a task went along */
    rdl_day day;
} walk;

static bool chance(walk *w, double p)
{
    return g_rand_double(w->r) < p;
}

/* Each place once more, at times clean: what was put away may come up again. */
static void see_again(walk *w, int i)
{
    g_autofree char *name = g_strdup_printf("epoch-%d.gpkg", i);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const char *results[PLACES];
    GError *error = NULL;

    for (int k = 0; k < PLACES; k++)
        results[k] = chance(w, 0.25) ? "CLEAN" : "SUSPECT";
    remove(suite_path(name));
    CHECK(fixture_findings(suite_path(name), PLACES, results, PLACES, 0.001 * i, &error));
    CHECK(rdl_ledger_load_findings(w->ledger, suite_path(name), w->day++, tally, NULL, &error));
    CHECK_OK(error);
}

static bool begins_at(const walk *w, size_t row, const char *state)
{
    return strcmp(rdl_csv_at(w->workflow, row, "from"), state) == 0;
}

/* Mostly a row that starts where the task is, one that nobody went along yet before others;
 * failures seldom, else few would come to an end. */
static size_t pick_row(walk *w, const char *state)
{
    size_t n = rdl_csv_count(w->workflow), first = (size_t)g_rand_int_range(w->r, 0, (int)n);
    bool here = chance(w, 0.8), fresh = chance(w, 0.8);
    size_t some = first;

    for (size_t i = 0, seen = 0; here && i < n; i++) {
        size_t row = (first + i) % n;
        bool failed = strcmp(rdl_csv_at(w->workflow, row, "outcome"), "failed") == 0;
        if (!begins_at(w, row, state))
            continue;
        if (fresh && !w->made[row])
            return row;
        if ((!failed || chance(w, 0.3)) && g_rand_int_range(w->r, 0, (int)++seen) == 0)
            some = row;
    }
    return some;
}

/* The row of that move for that role; -1: there is none. */
static gssize row_of(const walk *w, const char *from, const rdl_move *move)
{
    for (size_t i = 0; i < rdl_csv_count(w->workflow); i++) {
        g_auto(GStrv) roles = g_strsplit(rdl_csv_at(w->workflow, i, "roles"), "|", -1);
        if (begins_at(w, i, from) && strcmp(rdl_csv_at(w->workflow, i, "to"), move->to) == 0 &&
            g_strv_contains((const char *const *)roles, move->role))
            return (gssize)i;
    }
    return -1;
}

/* Guards that look at more than what came with the move. */
static bool may_be_refused(const walk *w, size_t row)
{
    const char *guard = rdl_csv_at(w->workflow, row, "guard");

    return strstr(guard, "TIER_T4") || strstr(guard, "LATER_EPOCH") || strstr(guard, "CLEAN");
}

/* Until a task went there half of them are long-term: none comes back from there. */
static bool lasts(const walk *w, const rdl_task *t)
{
    gssize row = rdl_csv_find(w->workflow, "to", "LONGTERM");

    return row >= 0 && !w->made[row] && (t->source_id[strlen(t->source_id) - 1] - '0') % 2 == 0;
}

static JsonObject *values_of(const walk *w, size_t row, const rdl_task *t, const char *on)
{
    const char *to = rdl_csv_at(w->workflow, row, "to");
    JsonObject *o = fixture_values(to, on);

    if (strcmp(to, "REGISTERED") == 0 || (strcmp(t->state, "REOPENED") == 0 && !t->due))
        rdl_json_set_text(o, "due", lasts(w, t) ? "长期坚持" : "2040-01-01");
    return o;
}

static void try_row(walk *w, const rdl_task *t)
{
    size_t row = pick_row(w, t->state);
    g_auto(GStrv) roles = g_strsplit(rdl_csv_at(w->workflow, row, "roles"), "|", -1);
    g_autofree char *on = rdl_day_text(w->day++);
    g_autoptr(JsonObject) values = values_of(w, row, t, on);
    g_autoptr(GError) error = NULL;
    const rdl_move move = {.task_id = t->task_id,
                           .to = rdl_csv_at(w->workflow, row, "to"),
                           .on = on,
                           .by = "甲",
                           .role = roles[g_rand_int_range(w->r, 0, (int)g_strv_length(roles))],
                           .reason = "因",
                           .document = "件",
                           .fields = values};
    bool moved = rdl_task_move(w->ledger, &move, &error);

    gssize way = row_of(w, t->state, &move); /* another row may lead there from here */
    if (moved ? way < 0 : way >= 0 && !may_be_refused(w, (size_t)way))
        printf("\n    %s to %s by %s: %s", t->state, move.to, move.role,
               moved ? "there is no such row" : error->message);
    CHECK(moved ? way >= 0 : way < 0 || may_be_refused(w, (size_t)way));
    CHECK(moved || g_error_matches(error, RDL_ERROR, RDL_ERROR_USAGE));
    if (moved && way >= 0)
        w->made[way] = true;
}

static void every_row_was_gone_along(const walk *w)
{
    GError *error = NULL;

    for (size_t i = 0; i < rdl_csv_count(w->workflow); i++) {
        const char *n = rdl_csv_at(w->workflow, i, "step");
        if (!w->made[i])
            printf("\n    nobody went from %s to %s", rdl_csv_at(w->workflow, i, "from"),
                   rdl_csv_at(w->workflow, i, "to"));
        CHECK(w->made[i]);
        if (!*n)
            continue;
        g_autofree char *sql = g_strdup_printf(
            "SELECT count(*) > 0 FROM closeout WHERE n = %s AND step = '%s' AND outcome = '%s' AND "
            "state = '%s'",
            n, rdl_csv_at(w->workflow, i, "step_name"), rdl_csv_at(w->workflow, i, "outcome"),
            rdl_csv_at(w->workflow, i, "to"));
        g_autofree char *is = rdl_store_value(w->ledger->store, sql, &error);
        CHECK_TEXT(is, "1");
    }
}

static void take_walk(const char *name, bool other)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_pack(name, fixture_pack(other), PLACES, &error);
    walk w = {.ledger = ledger, .r = suite_rand(), .day = rdl_day_of(2026, 11, 2)};

    CHECK_OK(error);
    w.workflow =
        rdl_ledger_table(ledger, other ? "workflow-huangshan.csv" : "workflow.csv", &error);
    w.made = g_new0(bool, rdl_csv_count(w.workflow));
    for (int i = 0; i < STEPS; i++) {
        g_autofree char *source = g_strdup_printf("FP-%04d", g_rand_int_range(w.r, 0, PLACES));
        g_autofree char *id = rdl_task_of_source(ledger, source, &error);
        const rdl_task_filter filter = {.id = id, .no_ground = true};
        g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
        CHECK_OK(error);
        try_row(&w, &g_array_index(tasks, rdl_task, 0));
        if (i % 10 == 9)
            see_again(&w, i);
    }
    every_row_was_gone_along(&w);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    g_free(w.made);
}

/* Random moves, legal or not: the ledger refuses or obeys, every row of the workflow is gone along,
 * every step of the close-out done and failed, and it audits clean. */
static void random_walks_leave_a_legal_ledger(void)
{
    take_walk("walk.sqlite", false);
}

static void random_walks_in_the_other_order(void)
{
    take_walk("walk-other.sqlite", true);
}

/* Who may note, extend and warn is data. */
static void roles_note_extend_and_warn(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = at_work("roles.sqlite", &id, &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_move note = note_on(id, "2026-12-01", "因故");
    const rdl_who county = {.by = "甲", .role = "county"}, city = {.by = "乙", .role = "city"};

    note.role = "resp_unit";
    CHECK(rdl_task_report(ledger, &note, 0.1, &error));
    CHECK_OK(error);
    CHECK(!rdl_task_extend(ledger, &note, "2027-12-31", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "extend is for city, province, office, not for resp_unit");
    CHECK(!rdl_task_stop(ledger, &note, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "extend is for city, province, office, not for resp_unit");
    CHECK(!rdl_ledger_warn(ledger, rdl_day_of(2027, 7, 1), &county, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "warn is for system, city, province, office");
    CHECK(rdl_ledger_warn(ledger, rdl_day_of(2027, 7, 1), &city, tally, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    JsonArray *events = json_object_get_array_member(json_node_get_object(chain), "events");
    JsonObject *last = json_array_get_object_element(events, json_array_get_length(events) - 1);
    CHECK_TEXT(rdl_json_text(last, "kind", ""), "warning.changed");
    CHECK_TEXT(rdl_json_text(last, "by", ""), "乙");
}

static CU_TestInfo tests[] = {
    {"roles note, extend and warn", roles_note_extend_and_warn},
    {"a clue becomes a rectification with six fields",
     a_clue_becomes_a_rectification_with_six_fields},
    {"what the workflow does not allow is refused", what_the_workflow_does_not_allow_is_refused},
    {"an extension keeps the original date", an_extension_keeps_the_original_date},
    {"a due date in words becomes a day", a_due_date_in_words_becomes_a_day},
    {"the words of a limit say the tier", the_words_of_a_limit_say_the_tier},
    {"a clock that stood still gives its days back", a_clock_that_stood_still_gives_its_days_back},
    {"a warning that rises is one event", a_warning_that_rises_is_one_event},
    {"a ledger can be asked how it stood", a_ledger_can_be_asked_how_it_stood},
    {"the past has a head whatever was written of later days",
     the_past_has_a_head_whatever_was_written_of_later_days},
    {"what cannot be so is refused", what_cannot_be_so_is_refused},
    {"a registration is due later and of a known tier",
     a_registration_is_due_later_and_of_a_known_tier},
    {"a milestone missed warns", a_milestone_missed_warns},
    {"a milestone that is set is moved like a due date",
     a_milestone_that_is_set_is_moved_like_a_due_date},
    {"progress is a share of a rectification", progress_is_a_share_of_a_rectification},
    {"a value the move does not take is refused", a_value_the_move_does_not_take_is_refused},
    {"every column of a table is a value", every_column_of_a_table_is_a_value},
    {"moves play once", moves_play_once},
    {"a registered clue moves no more", a_registered_clue_moves_no_more},
    {"what is done twice is played twice", what_is_done_twice_is_played_twice},
    {"a dismissed clue needs a newer finding", a_dismissed_clue_needs_a_newer_finding},
    {"random walks leave a legal ledger", random_walks_leave_a_legal_ledger},
    {"random walks in the other order", random_walks_in_the_other_order},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.moves", tests, argc, argv);
}
