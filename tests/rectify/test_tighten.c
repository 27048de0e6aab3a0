/* Several matters, one task: it is due as early, and as grave, as any of them. */
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "store/store.h"
#include "suite.h"

/* By deadlines.csv of pack cn, from 2026-11-01: S1 a month (2026-12-01), S3 two (2027-01-01). */
static const fixture_grade mild = {.severity = "S3"},
                           grave = {.severity = "S1",
                                    .department = "水利",
                                    .xzqdm = "321203",
                                    .far = 1},
                           here = {.severity = "S1", .department = "水利"},
                           past = {.result = "HISTORIC"};

static bool load(rdl_ledger *ledger, const char *prefix, const fixture_grade *grade, int day,
                 GError **error)
{
    const char *gpkg = suite_path("tighten.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    remove(gpkg);
    return fixture_findings_graded(gpkg, prefix, 1, grade, 0, error) &&
           rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, day), tally, NULL, error);
}

/* FP-0000 of one grade and, unless NULL, OTHER-0001 of another beside it. */
static rdl_ledger *with(const char *name, const fixture_grade *one, const fixture_grade *two)
{
    const char *path = suite_path(name);
    rdl_ledger *ledger = NULL;
    GError *error = NULL;

    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error) &&
          (ledger = rdl_ledger_open(path, true, &error)) && load(ledger, "", one, 1, &error) &&
          (!two || load(ledger, "OTHER", two, 1, &error)));
    CHECK_OK(error);
    return ledger;
}

static bool merge(rdl_ledger *ledger, const char *on, GError **error)
{
    const char *const others[] = {"OTHER-0001", NULL};
    const rdl_who who = {on, "甲", "office", "同一厂区"};

    return rdl_sites_merge(ledger, "FP-0000", others, &who, error);
}

/* "tier/first tier due/first due department unit state", read on `day`. */
static char *told(rdl_ledger *ledger, const char *id)
{
    const rdl_task_filter filter = {.id = id, .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);
    const rdl_task *t = tasks && tasks->len ? &g_array_index(tasks, rdl_task, 0) : NULL;

    return t ? g_strdup_printf("%s/%s %s/%s %s %s %s", t->tier, t->tier_original, t->due,
                               t->due_original, t->department, t->xzqdm, t->state)
             : NULL;
}

static void check_told(rdl_ledger *ledger, const char *id, const char *want)
{
    g_autofree char *got = told(ledger, id);

    CHECK_TEXT(got, want);
}

static int tightened(rdl_ledger *ledger)
{
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "FP-0000", NULL);

    return (int)json_array_get_length(
        json_object_get_array_member(json_node_get_object(chain), "tightenings"));
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static bool extend(rdl_ledger *ledger, const char *id, const char *due, GError **error)
{
    const rdl_move who = {.task_id = id,
                          .to = "延期",
                          .on = "2026-11-03",
                          .by = "市局",
                          .role = "city",
                          .reason = "大雪封山"};

    return rdl_task_extend(ledger, &who, due, error);
}

static bool stop(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move who = {.task_id = id,
                          .to = "中止",
                          .on = "2026-11-03",
                          .by = "市局",
                          .role = "city",
                          .reason = "诉讼"};

    return rdl_task_stop(ledger, &who, error);
}

/* The clue of a source, put to work: registered until `due`, then WORKING. Its rectification. */
static char *work_on(rdl_ledger *ledger, const char *source, const char *due, const char *tier,
                     GError **error)
{
    g_autofree char *six =
        g_strdup_printf("{\"target\":\"恢复\",\"measures\":\"拆除\",\"lead_leader\":\"甲\","
                        "\"supervisor\":\"乙\",\"resp_unit\":\"丙镇\",\"due\":\"%s\",\"tier\":"
                        "\"%s\"}",
                        due, tier);
    g_autofree char *plan = g_strdup_printf("{\"accept_unit\":\"市局\",\"due\":\"%s\"}", due);
    const char *const way[][4] = {{"ASSIGNED", "2026-11-02", "office", NULL},
                                  {"VERIFIED", "2026-11-02", "county", NULL},
                                  {"REGISTERED", "2026-11-03", "office", six},
                                  {"PLAN_OK", "2026-11-03", "city", plan},
                                  {"WORKING", "2026-11-04", "resp_unit", NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(way); i++) {
        g_autofree char *id = rdl_task_of_source(ledger, source, error);
        g_autoptr(JsonNode) node = way[i][3] ? rdl_json_parse(way[i][3], "fields", NULL) : NULL;
        const rdl_move move = {.task_id = id,
                               .to = way[i][0],
                               .on = way[i][1],
                               .by = "某人",
                               .role = way[i][2],
                               .document = "材料",
                               .fields = node ? json_node_get_object(node) : NULL};
        if (!rdl_task_move(ledger, &move, error))
            return NULL;
    }
    return rdl_task_of_source(ledger, source, error);
}

/* That of FP-0000, and where the tier lasts on to LONGTERM. */
static char *work(rdl_ledger *ledger, const char *due, const char *tier, GError **error)
{
    char *id = work_on(ledger, "FP-0000", due, tier, error);

    if (strcmp(tier, "T4") == 0)
        CHECK(fixture_go(ledger, "LONGTERM", "2026-11-04", "resp_unit", "年度报告", NULL, error));
    return id;
}

static void a_merged_clue_takes_what_is_graver_and_earlier(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("graver.sqlite", &mild, &grave);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);

    check_told(ledger, id, "T2/T2 2027-01-01/2027-01-01 自然资源 321202 SCREENED");
    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T1/T2 2026-12-01/2027-01-01 水行政 321203 SCREENED");
    CHECK_INT(tightened(ledger), 1);
    check_whole(ledger);
    check_told(ledger, id, "T1/T2 2026-12-01/2027-01-01 水行政 321203 SCREENED");
    g_autoptr(rdl_ledger) then = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 4), &error);
    check_told(then, id, "T2/T2 2027-01-01/2027-01-01 自然资源 321202 SCREENED");
}

static bool forge(rdl_ledger *ledger, const char *id, const char *kind, const char *json,
                  GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_parse(json, "test", error);
    rdl_event event = {
        .at = "2026-11-06", .by = "redline", .role = "system", .kind = kind, .subject = id};

    return rdl_event_append(ledger, &event, json_node_get_object(node), error);
}

/* Days are compared as they are written: an event of no day would stand anywhere. */
static void an_event_of_no_day_is_refused(void)
{
    static const char *const days[] = {"soon",       "2026-02-30", "2026-11-06T10:00", "20261106",
                                       "2026-11-6",  "",           "2026-11-06 ",      "0000-01-01",
                                       "2026-13-01", NULL};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("noday.sqlite", &mild, NULL);
    g_autofree char *head = rdl_ledger_head(ledger, &error);

    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        g_autoptr(JsonObject) o = json_object_new();
        const rdl_event event = {
            .at = days[i], .by = "甲", .role = "city", .kind = "note", .subject = "V-1"};
        CHECK(!rdl_event_append(ledger, &event, o, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, "is not a date");
    }
    g_autofree char *same = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(same, head);
}

/* Whatever is in an event: it is applied whole or told. */
static void a_term_that_is_no_term_is_refused(void)
{
#define WHOLE "\"due\":\"2026-12-01\",\"tier\":\"T1\",\"department\":\"水利\",\"xzqdm\":\"321202\""
    static const char *const bad[][2] = {
        {"task.tightened", "{}"},
        {"task.tightened", "{" WHOLE "}"},
        {"task.tightened", "{" WHOLE ",\"taken\":null}"},
        {"task.tightened", "{" WHOLE ",\"taken\":[null,5]}"},
        {"task.tightened", "{" WHOLE ",\"taken\":[],\"first\":\"soon\"}"},
        {"task.tightened",
         "{\"due\":null,\"tier\":\"T1\",\"department\":null,\"xzqdm\":null,\"taken\":[]}"},
        {"task.renewed", "{}"},
        {"task.renewed", "{\"due\":\"soon\",\"tier\":\"T1\"}"},
        {"task.renewed", "{\"due\":\"2026-12-01\",\"tier\":null}"},
        {"task.renewed", "{\"due\":5,\"tier\":\"T1\"}"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("term.sqlite", &mild, &grave);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autofree char *before = told(ledger, id);

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(rdl_store_begin(ledger->store, &error));
        CHECK(!forge(ledger, id, bad[i][0], bad[i][1], &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i][0]);
        rdl_store_rollback(ledger->store);
    }
    check_told(ledger, id, before);
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    g_autofree char *seq = rdl_store_value(ledger->store, "SELECT max(seq) FROM event", &error);
    rdl_event event = {.seq = g_ascii_strtoll(seq, NULL, 10) + 1,
                       .at = "2026-11-06",
                       .by = "redline",
                       .role = "system",
                       .kind = "task.tightened",
                       .subject = id,
                       .payload = "{}",
                       .prev = head};
    g_autofree char *hash = rdl_event_hash(&event);
    g_autofree char *said =
        g_strdup_printf("term.sqlite: event %d cannot be applied: ", (int)event.seq);
    event.hash = hash;
    CHECK(rdl_event_insert(ledger, &event, &error));
    CHECK_OK(error);
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, said);
}

static void what_is_milder_changes_nothing(void)
{
    const fixture_grade other = {.severity = "S3", .department = "水利", .far = 1};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("milder.sqlite", &here, &other);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T1/T1 2026-12-01/2026-12-01 水行政 321202 SCREENED");
    CHECK_INT(tightened(ledger), 0);
}

/* Who has been sent already goes on, sooner; the unit that was sent stays. */
static void a_clue_that_was_sent_is_tightened_where_it_is(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("sent.sqlite", &mild, &grave);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);

    CHECK(fixture_go(ledger, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, &error));
    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T1/T2 2026-12-01/2027-01-01 水行政 321202 ASSIGNED");
    check_whole(ledger);
}

/* It was given for one matter: the other is due as it was, and the record of it stays. */
static void an_extension_goes_with_its_own_matter_alone(void)
{
    const fixture_grade other = {.severity = "S3", .far = 1};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("extended.sqlite", &mild, &other);
    g_autoptr(rdl_ledger) second = with("extended-other.sqlite", &mild, &grave);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autofree char *gone = rdl_task_of_source(second, "OTHER-0001", &error);

    CHECK(extend(ledger, id, "2027-03-31", &error));
    check_told(ledger, id, "T2/T2 2027-03-31/2027-01-01 自然资源 321202 SCREENED");
    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T2/T2 2027-01-01/2027-01-01 自然资源 321202 SCREENED");
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    JsonArray *list = json_object_get_array_member(json_node_get_object(chain), "tightenings");
    JsonObject *change =
        json_object_get_object_member(json_array_get_object_element(list, 0), "change");
    CHECK_TEXT(json_object_get_string_member(change, "was"), "2027-03-31");
    CHECK(extend(second, gone, "2027-03-31", &error)); /* of what will be taken over */
    CHECK(merge(second, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(second, id, "T1/T2 2027-01-01/2027-01-01 水行政 321203 SCREENED");
    check_told(second, gone, "T1/T1 2027-03-31/2026-12-01 水行政 321203 DISMISSED");
    check_whole(second);
}

/* A clock that stands still was stopped for one matter: the other is not taken over by it. */
static void what_stands_still_takes_nothing_over(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("stopped.sqlite", &mild, &grave);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autofree char *other = rdl_task_of_source(ledger, "OTHER-0001", &error);

    CHECK(stop(ledger, id, &error));
    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T2/T2 2027-01-01/2027-01-01 自然资源 321202 SCREENED");
    check_told(ledger, other, "T1/T1 2026-12-01/2026-12-01 水行政 321203 SCREENED");
    check_whole(ledger);
}

static void a_graver_finding_that_joins_tightens(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("joined.sqlite", &mild, NULL);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);

    CHECK(extend(ledger, id, "2027-03-31", &error));
    CHECK(load(ledger, "SAME", &mild, 10, &error)); /* as grave: seen again, nothing new */
    check_told(ledger, id, "T2/T2 2027-03-31/2027-01-01 自然资源 321202 SCREENED");
    CHECK(load(ledger, "NEW", &here, 10, &error));
    CHECK_OK(error);
    check_told(ledger, id, "T1/T2 2026-12-10/2027-01-01 水行政 321202 SCREENED");
    CHECK(load(ledger, "", &past, 11, &error)); /* revised, and milder: what was taken stays */
    check_told(ledger, id, "T1/T2 2026-12-10/2027-01-01 水行政 321202 SCREENED");
    CHECK_INT(tightened(ledger), 1);
    check_whole(ledger);
}

/* A plan has set its day: only what is graver than what it was made for brings the rule back. */
static void a_rectification_is_tightened_by_what_is_graver(void)
{
    const fixture_grade lesser = {.severity = "S4", .far = 1};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("plan.sqlite", &mild, &grave);
    g_autoptr(rdl_ledger) second = with("plan-lesser.sqlite", &here, &lesser);
    g_autofree char *id = work(ledger, "2027-12-31", "T3", &error);
    g_autofree char *same = work(second, "2027-12-31", "T3", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK(merge(second, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T2/T3 2027-01-05/2027-12-31 水行政 321202 WORKING");
    check_told(second, same, "T3/T3 2027-12-31/2027-12-31 水行政 321202 WORKING");
    check_whole(ledger);
}

/* What lasts, and what is closed, takes nothing over: the clue is not lost. */
static void what_lasts_takes_nothing_over(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("lasts.sqlite", &past, &grave);
    g_autoptr(rdl_ledger) second = with("lasts-joined.sqlite", &past, NULL);
    g_autofree char *other = rdl_task_of_source(ledger, "OTHER-0001", &error);
    g_autofree char *id = work(ledger, "长期坚持", "T4", &error);
    g_autofree char *same = work(second, "长期坚持", "T4", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T4/T4 (null)/(null) 自然资源 321202 LONGTERM");
    check_told(ledger, other, "T1/T1 2026-12-01/2026-12-01 水行政 321203 SCREENED");
    CHECK(load(second, "AGAIN", &past, 10, &error)); /* no graver: no clue */
    CHECK(load(second, "NEW", &here, 10, &error));
    CHECK_OK(error);
    check_told(second, same, "T4/T4 (null)/(null) 自然资源 321202 LONGTERM");
    const rdl_task_filter waiting = {.state = "SCREENED"};
    g_autoptr(GArray) clues = rdl_task_list(second, &waiting, &error);
    CHECK_INT(clues->len, 1);
    CHECK_TEXT(g_array_index(clues, rdl_task, 0).due, "2026-12-10");
    check_whole(ledger);
    check_whole(second);
}

/* Of a tier that lasts, on its way there: it has no day to be tightened, and no way to be long-term
 * if it had. */
static void what_will_last_takes_nothing_over(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("will-last.sqlite", &past, &grave);
    g_autofree char *other = rdl_task_of_source(ledger, "OTHER-0001", &error);
    g_autofree char *id = work_on(ledger, "FP-0000", "长期坚持", "T4", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T4/T4 (null)/(null) 自然资源 321202 WORKING");
    check_told(ledger, other, "T1/T1 2026-12-01/2026-12-01 水行政 321203 SCREENED");
    check_whole(ledger);
}

/* The event names what goes on and until when, and what went. */
static char *fates(rdl_ledger *ledger)
{
    return rdl_store_value(
        ledger->store,
        "SELECT group_concat(x, '; ') FROM (SELECT json_extract(t.value, '$.task_id') || ' ' || "
        "json_extract(t.value, '$.fate') || ' ' || json_extract(t.value, '$.due') AS x FROM event, "
        "json_each(payload, '$.tasks') t WHERE kind = 'site.merged' ORDER BY t.key)",
        NULL);
}

/* Two problems, two plans: each goes on until its own day, and that is said. */
static void two_rectifications_keep_their_days(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("two.sqlite", &mild, &grave);
    g_autofree char *id = work_on(ledger, "FP-0000", "2027-12-31", "T3", &error);
    g_autofree char *other = work_on(ledger, "OTHER-0001", "2027-03-31", "T3", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    check_told(ledger, id, "T3/T3 2027-12-31/2027-12-31 自然资源 321202 WORKING");
    check_told(ledger, other, "T3/T3 2027-03-31/2027-03-31 水行政 321203 WORKING");
    g_autofree char *said = fates(ledger);
    g_autofree char *want = g_strdup_printf("%s KEPT 2027-12-31; %s KEPT 2027-03-31", id, other);
    CHECK_TEXT(said, want);
    check_whole(ledger);
}

/* A problem that begins again without a day, and is given one by a graver matter: that is its first
 * day from then on, whatever comes after. */
static void the_first_day_may_be_given_by_another_matter(void)
{
    const rdl_who who = {"2027-10-02", "甲", "office", "同一厂区"};
    const char *const others[] = {"OTHER-0001", NULL}, *gpkg = suite_path("given.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("given.sqlite", &mild, NULL);
    g_autofree char *id = work(ledger, "2027-06-30", "T3", &error);
    rdl_move later = {.task_id = id, .to = "", .on = "2027-10-03", .by = "市局", .role = "city"};

    CHECK(fixture_go(ledger, "SUBMITTED", "2027-03-01", "resp_unit", "报告",
                     "{\"measures_done\":\"all\"}", &error));
    CHECK(fixture_reopen(ledger, NULL, &error));
    CHECK(fixture_findings_graded(gpkg, "OTHER", 1, &grave, 0, &error) &&
          rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2027, 10, 1), tally, NULL, &error) &&
          rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    CHECK_OK(error);
    g_autofree char *given = told(ledger, id);
    CHECK(strstr(given, " 2027-12-02/2027-12-02 "));
    later.reason = "汛期";
    CHECK(rdl_task_extend(ledger, &later, "2028-03-31", &error));
    CHECK_OK(error);
    g_autofree char *extended = told(ledger, id);
    CHECK(strstr(extended, " 2028-03-31/2027-12-02 "));
    check_whole(ledger);
}

/* One that was given a day so before its first was kept: an extension keeps it. */
static void a_day_without_a_first_is_the_first(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("given-before.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_move later = {.task_id = id, .to = "", .on = "2027-10-03", .by = "市局", .role = "city"};

    CHECK(fixture_reopen(ledger, NULL, &error));
    CHECK(rdl_store_begin(ledger->store, &error));
    CHECK(forge(ledger, id, "task.tightened", "{" WHOLE ",\"taken\":[]}", &error));
    CHECK(rdl_store_commit(ledger->store, &error));
    later.reason = "汛期";
    CHECK(rdl_task_extend(ledger, &later, "2028-03-31", &error));
    CHECK_OK(error);
    g_autofree char *extended = told(ledger, id);
    CHECK(strstr(extended, " 2028-03-31/2026-12-01 "));
    check_whole(ledger);
}

static void a_clue_that_went_is_told_with_its_day(void)
{
    const fixture_grade lesser = {.severity = "S4", .far = 1};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("went.sqlite", &here, &lesser);
    g_autofree char *gone = rdl_task_of_source(ledger, "OTHER-0001", &error);
    g_autofree char *id = work_on(ledger, "FP-0000", "2027-12-31", "T3", &error);

    CHECK(merge(ledger, "2026-11-05", &error));
    CHECK_OK(error);
    g_autofree char *said = fates(ledger);
    g_autofree char *want =
        g_strdup_printf("%s KEPT 2027-12-31; %s DUPLICATE 2027-01-01", id, gone);
    CHECK_TEXT(said, want);
}

static void a_site_is_not_merged_with_itself(void)
{
    const char *const same[] = {"FP-0000", NULL}, *const other[] = {"OTHER-0001", NULL};
    const rdl_who who = {"2026-11-05", "甲", "office", "同一厂区"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("itself.sqlite", &mild, &grave);
    g_autofree char *site = rdl_store_value(
        ledger->store, "SELECT site_id FROM site WHERE source_id = 'FP-0000'", &error);
    g_autofree char *clue = rdl_task_of_source(ledger, "FP-0000", &error);
    const char *const own[] = {site, NULL}, *const task[] = {clue, NULL};
    const char *const *const all[] = {same, own, task};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        CHECK(!rdl_sites_merge(ledger, "FP-0000", all[i], &who, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "is the same site");
    }
    CHECK(rdl_sites_merge(ledger, "FP-0000", other, &who, &error));
    CHECK(rdl_sites_merge(ledger, "FP-0000", other, &who, &error)); /* adds nothing */
    CHECK_OK(error);
    g_autofree char *n = rdl_store_value(
        ledger->store, "SELECT count(*) FROM event WHERE kind = 'site.merged'", &error);
    CHECK_TEXT(n, "1");
}

/* A tighter tier is warned of later by the table: what was warned of already stays so. */
static void no_warning_grows_quieter(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with("quiet.sqlite", &mild, NULL);
    rdl_task_filter filter = {.as_of = rdl_day_of(2026, 12, 20)};

    g_autoptr(GArray) before = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(before, rdl_task, 0).warning, "yellow"); /* 12 days left */
    const char *gpkg = suite_path("late.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    CHECK(fixture_findings_graded(gpkg, "NEW", 1, &here, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 12, 20), tally, NULL, &error));
    CHECK_OK(error);
    g_autoptr(GArray) after = rdl_task_list(ledger, &filter, &error);
    const rdl_task *t = &g_array_index(after, rdl_task, 0);
    CHECK_TEXT(t->tier, "T1");
    CHECK_TEXT(t->due, "2027-01-01");
    CHECK_TEXT(t->warning, "yellow");
}

static CU_TestInfo tests[] = {
    {"a merged clue takes what is graver and earlier",
     a_merged_clue_takes_what_is_graver_and_earlier},
    {"what is milder changes nothing", what_is_milder_changes_nothing},
    {"an event of no day is refused", an_event_of_no_day_is_refused},
    {"a term that is no term is refused", a_term_that_is_no_term_is_refused},
    {"a clue that was sent is tightened where it is",
     a_clue_that_was_sent_is_tightened_where_it_is},
    {"an extension goes with its own matter alone", an_extension_goes_with_its_own_matter_alone},
    {"what stands still takes nothing over", what_stands_still_takes_nothing_over},
    {"a graver finding that joins tightens", a_graver_finding_that_joins_tightens},
    {"a rectification is tightened by what is graver",
     a_rectification_is_tightened_by_what_is_graver},
    {"what lasts takes nothing over", what_lasts_takes_nothing_over},
    {"what will last takes nothing over", what_will_last_takes_nothing_over},
    {"two rectifications keep their days", two_rectifications_keep_their_days},
    {"the first day may be given by another matter", the_first_day_may_be_given_by_another_matter},
    {"a day without a first is the first", a_day_without_a_first_is_the_first},
    {"a clue that went is told with its day", a_clue_that_went_is_told_with_its_day},
    {"a site is not merged with itself", a_site_is_not_merged_with_itself},
    {"no warning grows quieter", no_warning_grows_quieter},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.tighten", tests, argc, argv);
}
