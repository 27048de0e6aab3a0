/* Whose matter it is: successors, posts, departments, roles, and what the lot decides. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "rectify/route.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

/* Pack cn with rows for the fixture's county 321202. */
static const char *pack(void)
{
    const char *folder = suite_path("pack");
    g_autofree char *copy =
        g_strdup_printf("cp -r '%s' '%s'", suite_source("data/packs/cn"), folder);
    static const char *const tables[][2] = {
        {"successors.csv", "old,new,from,note,src\n"
                           "321202,321299,2026-06-01,merged,TEST\n"
                           "321299,321298,2027-06-01,merged,TEST\n"
                           "1,2,,,TEST\n2,1,,,TEST\n"},
        {"posts.csv", "xzqdm,post,name,from,to,src\n"
                      "3212,lead_leader,市领导甲,,,TEST\n"
                      "321299,lead_leader,县长乙,2026-01-01,2026-12-31,TEST\n"
                      "3212,supervisor,监管人丙,,,TEST\n"
                      "321299,first_responsible,书记丁,,,TEST\n"}};

    if (g_file_test(folder, G_FILE_TEST_EXISTS))
        return folder;
    CHECK_INT(system(copy), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *path = g_build_filename(folder, tables[i][0], NULL);
        CHECK(g_file_set_contents(path, tables[i][1], -1, NULL));
    }
    return folder;
}

static rdl_ledger *with_tasks(const char *name, int n, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = NULL;

    if (fixture_findings(gpkg, n, suspect, 1, 0, error) &&
        rdl_ledger_init(path, pack(), NULL, error) && (ledger = rdl_ledger_open(path, true, error)))
        rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error);
    return ledger;
}

static void a_unit_goes_by_the_code_of_the_day(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("unit.sqlite", 1, &error);
    const rdl_task_filter now = {.unit = "321299"}, old = {.unit = "321202"};
    g_autoptr(GArray) mine = rdl_task_list(ledger, &now, &error);
    g_autoptr(GArray) gone = rdl_task_list(ledger, &old, &error);
    const struct {
        int year, month;
        const char *code;
    } days[] = {{2026, 5, "321202"}, {2026, 6, "321299"}, {2027, 6, "321298"}};
    const char *code;

    CHECK_OK(error);
    CHECK_INT(mine->len, 1);
    CHECK_INT(gone->len, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        CHECK(rdl_route_unit(ledger, "321202", rdl_day_of(days[i].year, days[i].month, 1), &code,
                             &error));
        CHECK_TEXT(code, days[i].code);
    }
    CHECK(!rdl_route_unit(ledger, "1", rdl_day_of(2026, 1, 1), &code, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "in a circle");
    CHECK_TEXT(rdl_route_department(ledger, "国土", rdl_day_of(2026, 1, 1)), "自然资源");
    CHECK_TEXT(rdl_route_department(ledger, "国土", rdl_day_of(2019, 3, 31)), "国土");
    CHECK_TEXT(rdl_route_department(ledger, "生态环境", rdl_day_of(2026, 1, 1)), "生态环境");
}

static void a_city_is_its_counties(void)
{
    static const char *const holds[] = {"321299", "321200", "3212", "320000", "321200000000"};
    static const char *const not [] = {"321300", "330000"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("city.sqlite", 1, &error);

    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(holds); i++) {
        const rdl_task_filter f = {.unit = holds[i]};
        g_autoptr(GArray) tasks = rdl_task_list(ledger, &f, &error);
        CHECK_OK(error);
        CHECK_INT(tasks->len, 1);
        CHECK(rdl_task_filter_check(ledger, &f, &error));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(not ); i++) {
        const rdl_task_filter f = {.unit = not [i]};
        CHECK(!rdl_task_filter_check(ledger, &f, &error));
        CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "there are 321299");
    }
}

static bool go(rdl_ledger *ledger, const char *to, const char *on, const char *role,
               const char *fields, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    g_autoptr(JsonNode) node = fields ? rdl_json_parse(fields, "fields", NULL) : NULL;
    const rdl_move move = {.task_id = id,
                           .to = to,
                           .on = on,
                           .by = "甲",
                           .role = role,
                           .document = "材料",
                           .fields = node ? json_node_get_object(node) : NULL};

    return rdl_task_move(ledger, &move, error);
}

static void a_problem_inherits_who_answers_for_its_unit(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("posts.sqlite", 1, &error);

    CHECK(go(ledger, "ASSIGNED", "2026-11-02", "office", NULL, &error));
    CHECK(go(ledger, "VERIFIED", "2026-11-10", "county", NULL, &error));
    CHECK(go(
        ledger, "REGISTERED", "2026-11-12", "office",
        "{\"target\":\"恢复\",\"measures\":\"拆除\",\"resp_unit\":\"丙镇\",\"due\":\"2027-06-30\"}",
        &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "FP-0000", &error);
    JsonObject *problem = json_object_get_object_member(json_node_get_object(chain), "problem");
    CHECK_TEXT(rdl_json_text(problem, "lead_leader", NULL), "县长乙");
    CHECK_TEXT(rdl_json_text(problem, "supervisor", NULL), "监管人丙");
    CHECK_TEXT(rdl_json_text(problem, "first_responsible", NULL), "书记丁");
    CHECK_TEXT(rdl_route_post(ledger, "321299", "lead_leader", rdl_day_of(2027, 1, 1)), "市领导甲");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void roles_do_what_the_pack_lets_them(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("roles.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    const rdl_who county = {"2026-11-05", "甲", "county", "同一处"};

    CHECK(!rdl_ledger_sign(ledger, "no.pem", "2026-11-05", "甲", "resp_unit", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE,
                "sign is for city, province, auditor, office, not for resp_unit");
    CHECK(!rdl_sites_merge(ledger, "FP-0000", others, &county, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "merge is for analyst");
    CHECK(!go(ledger, "ASSIGNED", "2026-11-02", "auditor", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is for office, not for auditor");
}

/* [[task, unit]] of three counties with 7, 20 and 1 tasks. */
static JsonArray *pool(void)
{
    static const int sizes[] = {7, 20, 1};
    JsonArray *all = json_array_new();

    for (int c = 0; c < 3; c++)
        for (int i = 0; i < sizes[c]; i++) {
            g_autofree char *task = g_strdup_printf("T%d-%02d", c, i);
            g_autofree char *unit = g_strdup_printf("32120%d", c);
            JsonArray *pair = json_array_new();
            json_array_add_string_element(pair, task);
            json_array_add_string_element(pair, unit);
            json_array_add_array_element(all, pair);
        }
    return all;
}

static void lots_are_drawn_from_every_county(void)
{
    static const char *const counties[] = {"321200", "321201", "321202", NULL};
    g_autoptr(JsonArray) all = pool();
    rdl_draw draw = {
        .purpose = "cross", .seed = "2026-11", .rate = 0.15, .among = counties, .cross = true};
    int drawn[3] = {0}, seen = 0;

    g_autoptr(JsonArray) rows = rdl_draw_lots(&draw, all);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        const char *unit = rdl_json_text(row, "xzqdm", ""), *by = rdl_json_text(row, "drawn", "");
        drawn[unit[5] - '0']++;
        CHECK(strcmp(unit, by) != 0);
    }
    CHECK_INT(drawn[0], 2); /* 15 % of 7, rounded up */
    CHECK_INT(drawn[1], 3); /* of 20, exactly */
    CHECK_INT(drawn[2], 1);
    draw.rate = 1.0;
    for (int s = 0; s < 200; s++) { /* each is drawn as often as another */
        g_autofree char *seed = g_strdup_printf("%d", s);
        draw.seed = seed;
        draw.rate = 0.5;
        g_autoptr(JsonArray) some = rdl_draw_lots(&draw, all);
        for (guint i = 0; i < json_array_get_length(some); i++)
            seen += strcmp(rdl_json_text(json_array_get_object_element(some, i), "task_id", ""),
                           "T1-07") == 0;
    }
    CHECK(seen > 70 && seen < 130);
}

static void a_draw_can_be_drawn_again(void)
{
    static const char *const people[] = {"甲", "乙", "丙", NULL};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_tasks("draw.sqlite", 9, &error);
    const rdl_draw draw = {.purpose = "inspection", .seed = "s", .rate = 0.3, .among = people};
    static const char *const own[] = {"321299", NULL};
    const rdl_draw at_home = {
        .purpose = "cross", .seed = "s", .rate = 1, .among = own, .cross = true};
    g_autoptr(JsonNode) rows =
        rdl_ledger_draw(ledger, &draw, "2026-11-20", "甲", "auditor", &error);

    CHECK_OK(error);
    CHECK_INT(json_array_get_length(json_node_get_array(rows)), 3);
    CHECK(!rdl_ledger_draw(ledger, &at_home, "2026-11-20", "甲", "auditor", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "nobody from another county");
    CHECK(!rdl_ledger_draw(ledger, &draw, "2019-05-05", "甲", "auditor", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "2019-05-05 lies before its last event");
    CHECK(!rdl_ledger_draw(ledger, &draw, "2026-11-20", "甲", "resp_unit", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "draw is for");
    g_autofree char *gone = rdl_task_of_source(ledger, "FP-0000", &error);
    const rdl_move away = {.task_id = gone,
                           .to = "DISMISSED",
                           .on = "2026-11-20",
                           .by = "甲",
                           .role = "province",
                           .reason = "重复"};
    const rdl_draw all = {.purpose = "audit", .seed = "s", .rate = 1};
    CHECK(rdl_task_move(ledger, &away, &error));
    g_autoptr(JsonNode) live = rdl_ledger_draw(ledger, &all, "2026-11-20", "甲", "auditor", &error);
    CHECK_OK(error);
    CHECK_INT(json_array_get_length(json_node_get_array(live)), 8);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) forged = rdl_json_parse(
        "{\"purpose\":\"x\",\"seed\":\"s\",\"rate\":1,\"cross\":0,\"among\":[],\"pool\":[[\"A\","
        "\"1\"]],\"rows\":[{\"task_id\":\"B\",\"xzqdm\":\"1\",\"drawn\":null}]}",
        "forged", NULL);
    const rdl_event event = {
        .at = "2026-11-21", .by = "乙", .role = "city", .kind = "draw.made", .subject = "D-1"};
    CHECK(rdl_event_append(ledger, &event, json_node_get_object(forged), &error));
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "a draw that its seed does not give");
}

static CU_TestInfo tests[] = {
    {"a city is its counties", a_city_is_its_counties},
    {"a unit goes by the code of the day", a_unit_goes_by_the_code_of_the_day},
    {"a problem inherits who answers for its unit", a_problem_inherits_who_answers_for_its_unit},
    {"roles do what the pack lets them", roles_do_what_the_pack_lets_them},
    {"lots are drawn from every county", lots_are_drawn_from_every_county},
    {"a draw can be drawn again", a_draw_can_be_drawn_again},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.route", tests, argc, argv);
}
