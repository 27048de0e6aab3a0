/* The problem list of an inspection: what it says, and what it only seems to say. */
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>
#include "geo/start.h"
#include "rectify/handle.h"
#include "rectify/rectify.h"
#include "suite.h"

static rdl_ledger *fresh(const char *name, GError **error)
{
    const char *path = suite_path(name);

    return rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error)
               ? rdl_ledger_open(path, true, error)
               : NULL;
}

/* The balance of a load as JSON; yours. */
static char *load(rdl_ledger *ledger, const char *path, GPtrArray *notes, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!rdl_ledger_load_problems(ledger, path, rdl_day_of(2017, 7, 31), tally, notes, error))
        return NULL;
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    return json_to_string(node, FALSE);
}

static GArray *tasks(rdl_ledger *ledger, const char *state)
{
    const rdl_task_filter filter = {.state = state};

    return rdl_task_list(ledger, &filter, NULL);
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* Gansu 2017 in outline: 62 problems with 270 measures, number and problem in the first row of
 * each only, as merged cells are read. */
static const char *gansu(void)
{
    const char *path = suite_path("gansu.xlsx");
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "清单");
    static const char *const header[] = {"序 号",    "问题来源", "反馈问题", "整改目标",
                                         "整改措施", "责任领导", "监管人",   "责任单位",
                                         "整改时限", "验收单位"};
    lxw_row_t row = 2;
    int measures = 0;

    worksheet_write_string(sheet, 0, 0, "整改问题清单", NULL);
    for (lxw_col_t c = 0; c < G_N_ELEMENTS(header); c++)
        worksheet_write_string(sheet, 1, c, header[c], NULL);
    for (int p = 1; p <= 62; p++) {
        int n = p <= 22 ? 5 : 4; /* 22 * 5 + 40 * 4 = 270 */
        g_autofree char *problem = g_strdup_printf("问题%d", p);
        const char *const cells[] = {"中央督察", problem,    "整改到位",   NULL,      "省领导甲",
                                     "监管人乙", "某市政府", "2017年底前", "省整改办"};
        worksheet_write_number(sheet, row, 0, p, NULL);
        for (lxw_col_t c = 0; c < G_N_ELEMENTS(cells); c++)
            if (cells[c])
                worksheet_write_string(sheet, row, (lxw_col_t)(c + 1), cells[c], NULL);
        for (int m = 1; m <= n; m++, row++, measures++) {
            g_autofree char *text = g_strdup_printf("措施%d-%d", p, m);
            worksheet_write_string(sheet, row, 4, text, NULL);
        }
    }
    CHECK_INT(measures, 270);
    CHECK_INT(workbook_close(book), 0);
    return path;
}

static void sixty_two_problems_have_270_measures(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("gansu.sqlite", &error);
    const char *path = gansu();
    g_autofree char *first = load(ledger, path, NULL, &error);

    CHECK_OK(error);
    CHECK(first && strstr(first, "\"ledger.problems\",\"in\":62,\"used\":62"));
    CHECK(first && strstr(first, "\"ledger.measures\",\"in\":270,\"used\":270"));
    CHECK(first && strstr(first, "\"ledger.registered\",\"in\":62,\"used\":62"));
    g_autoptr(GArray) all = tasks(ledger, "REGISTERED");
    CHECK_INT(all->len, 62);
    const rdl_task *t = &g_array_index(all, rdl_task, 0);
    CHECK_TEXT(t->kind, "rectify");
    CHECK_TEXT(t->due, "2017-12-31");
    CHECK_TEXT(t->problem_source, "中央督察");
    CHECK_TEXT(t->accept_unit, "省整改办");
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    g_autofree char *again = load(ledger, path, NULL, &error);
    g_autofree char *same = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(same, head);
    CHECK(again && strstr(again, "\"ALREADY_THERE\":62"));
    check_whole(ledger);
}

static const char *csv(const char *name, const char *text)
{
    const char *path = suite_path(name);

    CHECK(g_file_set_contents(path, text, -1, NULL));
    return path;
}

#define HEAD "序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,整改时限\n"

static void masks_are_unknown_never_zero(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("masks.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *balance =
        load(ledger,
             csv("masks.csv", HEAD "1,问题甲,恢复,拆除,xx,**,某县,20xx年底前\n"
                                   "2,问题乙,恢复,拆除,省领导,监管人,xx县政府,2017年底前\n"
                                   "xx,问题丙,恢复,拆除,省领导,监管人,某县,长期坚持\n"
                                   "4,问题丁,恢复,拆除,省领导,监管人,某县,尽快\n"),
             notes, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":4,\"used\":2,\"suppressed\":"
                                     "{\"INCOMPLETE\":2}"));
    CHECK_INT(notes->len, 3);
    CHECK(strstr(notes->pdata[0],
                 "row 2: is a clue until it is known: lead_leader, supervisor, due"));
    CHECK(strstr(notes->pdata[1], "'尽快' names no day"));
    g_autoptr(GArray) clues = tasks(ledger, "CLUE"), open = tasks(ledger, "REGISTERED");
    CHECK_INT(clues->len, 2);
    CHECK_INT(open->len, 2);
    for (guint i = 0; i < clues->len; i++) {
        const rdl_task *t = &g_array_index(clues, rdl_task, i);
        if (g_strcmp0(t->task_no, "1") == 0) {
            CHECK_TEXT(t->lead_leader, NULL);
            CHECK_TEXT(t->supervisor, NULL);
            CHECK_TEXT(t->resp_unit, "某县");
        }
    }
    for (guint i = 0; i < open->len; i++) {
        const rdl_task *t = &g_array_index(open, rdl_task, i);
        bool longterm = strcmp(t->problem, "问题丙") == 0;
        CHECK_TEXT(t->tier, longterm ? "T4" : "T3");
        CHECK_TEXT(t->due, longterm ? NULL : "2017-12-31");
        CHECK_TEXT(t->task_no, longterm ? NULL : "2");
        if (!longterm)
            CHECK_TEXT(t->resp_unit, "xx县政府");
    }
    check_whole(ledger);
}

/* Full width, blanks and line breaks in a header are a matter of typing. */
static void headers_are_matched_after_nfkc(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("nfkc.sqlite", &error);
    g_autofree char *balance =
        load(ledger,
             csv("nfkc.csv",
                 "某市清单,,,,,,,\n"
                 "\"序　号\",反馈 问题,整改目标,\"整改\n措施\",责任领导,监管人,责任单位,Ｄｕｅ\n"
                 "１,问题甲,恢复,拆除,甲,乙,丙,2017年12月31日\n"),
             NULL, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":1,\"used\":1"));
    g_autoptr(GArray) open = tasks(ledger, "REGISTERED");
    CHECK_TEXT(g_array_index(open, rdl_task, 0).task_no, "1");
    g_autofree char *none = load(ledger, csv("headless.csv", "甲,乙,丙\n1,2,3\n"), NULL, &error);
    CHECK(!none);
    CHECK_FAILS(error, RDL_ERROR_DATA, "no row names at least 3 fields");
}

static void what_would_swallow_rows_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("open.sqlite", &error);
    const char *path = suite_path("zero.csv");
    static const char zero[] = HEAD "1,问题甲,恢\0复,拆除,甲,乙,丙,2027年底前\n";

    CHECK(!load(ledger,
                csv("open.csv", HEAD "1,\"问题甲,恢复,拆除,甲,乙,丙,2027年底前\n"
                                     "2,问题乙,恢复,拆除,甲,乙,丙,2027年底前\n"),
                NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "the quote on line 2 is never closed");
    CHECK(g_file_set_contents(path, zero, sizeof zero - 1, NULL));
    CHECK(!load(ledger, path, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "line 2 holds a zero byte");
}

static void rows_are_numbered_as_they_stand(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("blank.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *balance =
        load(ledger, csv("blank.csv", "\n" HEAD "\n\n1,问题甲,恢复,拆除,甲,乙,丙,汛期前\n"), notes,
             &error);

    CHECK_OK(error);
    CHECK(balance && notes->len && strstr(notes->pdata[0], "row 5:") != NULL);
}

/* A title with commas above a list that other marks divide, and the other way round. */
static void a_title_does_not_say_what_divides_cells(void)
{
    static const char *const marks[] = {";", "\t", ","};
    static const char *const titles[] = {"某省,某市,某县,问题清单\n", "某省;某市;某县;问题清单\n"};

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(titles); k++) {
            GError *error = NULL;
            g_autofree char *name = g_strdup_printf("divided-%zu-%zu", i, k);
            g_autofree char *ledger_name = g_strconcat(name, ".sqlite", NULL);
            g_autofree char *csv_name = g_strconcat(name, ".csv", NULL);
            g_autoptr(rdl_ledger) ledger = fresh(ledger_name, &error);
            g_autoptr(GString) rows = g_string_new(HEAD "1,问题甲,恢复,拆除,甲,乙,丙,2017年底前\n"
                                                        "2,问题乙,恢复,拆除,甲,乙,丙,2017年底前\n");
            g_string_replace(rows, ",", marks[i], 0);
            g_autofree char *text = g_strconcat(titles[k], rows->str, NULL);
            g_autofree char *balance = load(ledger, csv(csv_name, text), NULL, &error);
            CHECK_OK(error);
            CHECK(balance && strstr(balance, "\"ledger.problems\",\"in\":2,\"used\":2"));
            CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":2,\"used\":2"));
        }
}

/* What further rows say besides their measure is told, not only kept. */
static void what_is_kept_beside_measures_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("beside.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *balance =
        load(ledger,
             csv("beside.csv", HEAD "1,问题甲,恢复,拆除,甲,乙,丙,2017年底前\n"
                                    ",,,复绿,,,丁,2018年底前\n"),
             notes, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.measures\",\"in\":2,\"used\":2"));
    CHECK(notes->len > 0 && strstr(notes->pdata[0], "row 2: further rows say something else"));
    CHECK(notes->len > 0 && strstr(notes->pdata[0], "resp_unit, row 3") &&
          strstr(notes->pdata[0], "due, row 3"));
}

static void rows_that_say_nothing_are_counted(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("rows.sqlite", &error);
    g_autofree char *balance = load(ledger,
                                    csv("rows.csv", HEAD "1,问题甲,恢复,拆除,甲,乙,丙,2017年底前\n"
                                                         ",,,,,,,\n"
                                                         "1,问题乙,恢复,拆除,甲,乙,丙,2017年底前\n"
                                                         "合计,,,,,,,\n"),
                                    NULL, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.problems\",\"in\":3,\"used\":1"));
    CHECK(balance && strstr(balance, "\"NUMBER_TWICE\":1"));
    CHECK(balance && strstr(balance, "\"NO_PROBLEM\":1"));
}

/* A clue of the list is registered with what the list knew and what was missing. */
static void a_clue_of_the_list_is_registered_when_it_is_known(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("clue.sqlite", &error);
    g_autofree char *balance =
        load(ledger, csv("clue.csv", HEAD "7,问题甲,恢复,拆除;复绿,甲,xx,丙,2017年底前\n"), NULL,
             &error);
    static const struct {
        const char *to, *on, *role, *paper;
    } way[] = {{"SCREENED", "2017-08-01", "analyst", "疑似问题清单"},
               {"ASSIGNED", "2017-08-02", "office", "核查任务单"},
               {"VERIFIED", "2017-08-10", "county", "核查材料"},
               {"REGISTERED", "2017-08-12", "office", "问题台账"}};
    g_autofree char *id = rdl_task_of_source(ledger, "7", &error);
    g_autoptr(JsonNode) known =
        rdl_json_parse("{\"supervisor\":\"乙\",\"due\":\"2017年底前\"}", "fields", NULL);

    CHECK(balance && id);
    CHECK(strstr(balance, "\"ledger.measures\",\"in\":2,\"used\":2"));
    for (size_t i = 0; i < G_N_ELEMENTS(way); i++) {
        rdl_move move = {.task_id = id,
                         .to = way[i].to,
                         .on = way[i].on,
                         .by = "甲",
                         .role = way[i].role,
                         .document = way[i].paper,
                         .fields = i == 3 ? json_node_get_object(known) : NULL};
        CHECK(rdl_task_move(ledger, &move, &error));
        CHECK_OK(error);
    }
    g_autoptr(GArray) open = tasks(ledger, "REGISTERED");
    for (guint i = 0; i < open->len; i++) {
        const rdl_task *t = &g_array_index(open, rdl_task, i);
        if (strcmp(t->kind, "rectify") != 0)
            continue;
        CHECK_TEXT(t->supervisor, "乙");
        CHECK_TEXT(t->lead_leader, "甲");
        CHECK_TEXT(t->task_no, "7");
        CHECK_TEXT(t->due, "2017-12-31");
    }
    CHECK_INT(open->len, 2);
    check_whole(ledger);
}

/* What a list says of the way: milestones that are days, the words of progress. */
static void the_way_of_a_list_is_carried(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("way.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *balance = load(
        ledger,
        csv("way.csv", "序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,整改时限,方面,"
                       "网格,时间节点,整改进展\n"
                       "1,问题甲,恢复,拆除,甲,乙,丙,2017年底前,自然保护区,三号网格,"
                       "2017年8月底前：完成拆除；2017-10-31 复绿；适时验收,已停止生产\n"),
        notes, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":1,\"used\":1"));
    CHECK_INT(notes->len, 1);
    CHECK(notes->len && strstr(notes->pdata[0], "the milestone '适时验收' names no day"));
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "1", &error);
    JsonObject *o = json_node_get_object(chain), *problem = rdl_json_object(o, "problem");
    JsonArray *milestones = json_object_get_array_member(o, "milestones");
    CHECK_TEXT(rdl_json_text(problem, "aspect", NULL), "自然保护区");
    CHECK_TEXT(rdl_json_text(problem, "grid", NULL), "三号网格");
    if (CHECK_INT(json_array_get_length(milestones), 2)) {
        JsonObject *first = json_array_get_object_element(milestones, 0);
        JsonObject *second = json_array_get_object_element(milestones, 1);
        CHECK_TEXT(rdl_json_text(first, "due", NULL), "2017-08-31");
        CHECK_TEXT(rdl_json_text(first, "text", NULL), "完成拆除");
        CHECK_TEXT(rdl_json_text(second, "due", NULL), "2017-10-31");
        CHECK_TEXT(rdl_json_text(second, "text", NULL), "复绿");
    }
    g_autofree char *words = rdl_store_value(
        ledger->store, "SELECT progress_text FROM task WHERE progress IS NULL", &error);
    CHECK_TEXT(words, "已停止生产");
    check_whole(ledger);
}

/* Pack cn with posts of a unit. */
static void a_list_inherits_who_answers_for_its_unit(void)
{
    GError *error = NULL;
    const char *folder = suite_path("pack"), *path = suite_path("posts.sqlite");
    g_autofree char *copy =
        g_strdup_printf("cp -r '%s' '%s'", suite_source("data/packs/cn"), folder);
    g_autofree char *posts = g_build_filename(folder, "posts.csv", NULL);

    CHECK_INT(system(copy), 0);
    CHECK(g_file_set_contents(posts,
                              "xzqdm,post,name,from,to,src\n6201,lead_leader,市领导,,,TEST\n"
                              "6201,supervisor,监管人,,,TEST\n"
                              "6201,first_responsible,书记,,,TEST\n",
                              -1, NULL));
    CHECK(rdl_ledger_init(path, folder, NULL, &error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    g_autofree char *balance =
        load(ledger,
             csv("posts.csv", "序号,反馈问题,整改目标,整改措施,监管人,责任单位,整改时限,"
                              "区划代码\n"
                              "1,问题甲,恢复,拆除,老监管人,丙,2017年底前,620102\n"
                              "2,问题乙,恢复,拆除,,丙,2017年底前,620201\n"),
             NULL, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":2,\"used\":1"));
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "1", &error);
    JsonObject *problem = rdl_json_object(json_node_get_object(chain), "problem");
    CHECK_TEXT(rdl_json_text(problem, "lead_leader", NULL), "市领导");
    CHECK_TEXT(rdl_json_text(problem, "supervisor", NULL), "老监管人");
    CHECK_TEXT(rdl_json_text(problem, "first_responsible", NULL), "书记");
    check_whole(ledger);
}

/* The one task as "state|problem|leader|unit|measures"; yours. */
static char *stands(rdl_ledger *ledger)
{
    return rdl_store_value(
        ledger->store,
        "SELECT t.state || '|' || p.problem || '|' || p.lead_leader || '|' || p.resp_unit || '|' "
        "|| p.measures || '|' || (SELECT group_concat(text) FROM measure) FROM task t JOIN problem "
        "p USING(problem_id)",
        NULL);
}

/* Two lists count from 1: the second does not write over the problem of the first. */
static void another_list_writes_over_no_problem(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("two.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *first =
        load(ledger, csv("one.csv", HEAD "1,泰州矿,复绿,拆除,甲,乙,丙,2017年底前\n"), NULL, &error);
    g_autofree char *was = stands(ledger);
    const char *two = csv("two.csv", HEAD "1,饭店,拆除,拆饭店,丁,戊,己,2017年底前\n");
    g_autofree char *second = load(ledger, two, notes, &error), *is = stands(ledger);

    CHECK_OK(error);
    CHECK(first && second && strstr(second, "\"failed\":{\"CONFLICT\":1}"));
    CHECK_TEXT(is, was);
    CHECK(notes->len == 1 && strstr(notes->pdata[0], "row 2: its number is that of another") &&
          strstr(notes->pdata[0], "泰州矿") && strstr(notes->pdata[0], "批次"));
    g_autofree char *newer = load(
        ledger, csv("newer.csv", HEAD "1,泰州 矿,复绿,清运,甲,乙,庚,2017年底前\n"), NULL, &error);
    g_autofree char *changed = stands(ledger);
    CHECK_TEXT(changed, "REGISTERED|泰州 矿|甲|庚|清运|清运");
    CHECK(newer && strstr(newer, "\"in\":1,\"used\":1"));
    g_autofree char *own =
        load(ledger,
             csv("own.csv", "批次,序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,"
                            "整改时限\n二,1,饭店,拆除,拆饭店,丁,戊,己,2017年底前\n"),
             NULL, &error);
    CHECK(own && strstr(own, "\"ledger.registered\",\"in\":1,\"used\":1"));
    check_whole(ledger);
}

/* What is concluded, or kept up for good, stays as it was when it came there. */
static void a_settled_problem_stays_as_it_is(void)
{
    static const char *const states[] = {"CLOSED", "LOOKBACK", "LONGTERM"};

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("settled-%zu.sqlite", i);
        g_autoptr(rdl_ledger) ledger = fresh(name, &error);
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *first = load(
            ledger, csv("old.csv", HEAD "1,问题甲,复绿,拆除,甲,乙,丙,2017年底前\n"), NULL, &error);
        g_autofree char *sql = g_strdup_printf("UPDATE task SET state = '%s'", states[i]);
        CHECK(first && rdl_store_run(ledger->store, sql, &error));
        g_autoptr(JsonNode) count = rdl_ledger_count(ledger, rdl_day_of(2020, 1, 1), &error);
        g_autofree char *counted = count ? json_to_string(count, FALSE) : NULL;
        CHECK(counted && strstr(counted, "\"overdue\":0")); /* no. 7: not the long term either */
        g_autofree char *was = stands(ledger), *head = rdl_ledger_head(ledger, &error);
        const char *path = csv("new.csv", HEAD "1,问题甲,复绿,清运,丁,戊,己,2018年底前\n");
        g_autofree char *second = load(ledger, path, notes, &error), *is = stands(ledger);
        g_autofree char *same = rdl_ledger_head(ledger, &error);
        CHECK_OK(error);
        CHECK(second && strstr(second, "\"failed\":{\"CLOSED_ROW\":1}"));
        CHECK_TEXT(is, was);
        CHECK_TEXT(same, head);
        CHECK(notes->len == 1 && strstr(notes->pdata[0], states[i]));
    }
}

/* A list is no earlier than what is on record of its problem. */
static void a_list_changes_no_past(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("past.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autofree char *first = load(
        ledger, csv("then.csv", HEAD "1,问题甲,复绿,拆除,甲,乙,丙,2017年底前\n"), NULL, &error);
    const char *path = csv("late.csv", HEAD "1,问题甲,复绿,清运,丁,戊,己,2017年底前\n");
    g_autofree char *was = stands(ledger);

    CHECK(first &&
          rdl_ledger_load_problems(ledger, path, rdl_day_of(2017, 7, 30), tally, notes, &error));
    CHECK_OK(error);
    g_autofree char *is = stands(ledger);
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *balance = json_to_string(node, FALSE);
    CHECK(strstr(balance, "\"failed\":{\"BEFORE_RECORD\":1}"));
    CHECK_TEXT(is, was);
    CHECK(notes->len == 1 &&
          strstr(notes->pdata[0], "2017-07-30 lies before its last event of 2017-07-31"));
    check_whole(ledger);
}

/* What stands in brackets or marks a column that must be filled is no part of its name. */
static void headers_with_brackets_are_read(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("brackets.sqlite", &error);
    g_autofree char *balance =
        load(ledger,
             csv("brackets.csv",
                 "序号（No.）,反馈问题(具体),*整改目标,整改措施【重点】,责任领导：,监管人（签字）,"
                 "责任单位（盖章）,责任单位(配合),整改时限（2017年\n"
                 "1,问题甲,恢复,拆除,甲,乙,丙镇,丁局,2017年10月底前\n"),
             NULL, &error);
    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.registered\",\"in\":1,\"used\":1"));
    CHECK(balance && strstr(balance, "\"ledger.columns\",\"in\":9,\"used\":8"));
    g_autoptr(GArray) open = tasks(ledger, "REGISTERED");
    const rdl_task *t = &g_array_index(open, rdl_task, 0);
    CHECK_TEXT(t->due, "2017-10-31");
    CHECK_TEXT(t->resp_unit, "丙镇");
    CHECK_TEXT(t->lead_leader, "甲");
    check_whole(ledger);
}

/* "column=value; ..." of what no field took. */
static char *listed(rdl_ledger *ledger, const char *id)
{
    GError *error = NULL;
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    JsonArray *rows = json_object_get_array_member(json_node_get_object(chain), "listed");
    GString *all = g_string_new(NULL);

    CHECK_OK(error);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        g_string_append_printf(all, "%s%s=%s", i ? "; " : "", rdl_json_text(o, "column", "?"),
                               rdl_json_text(o, "value", "?"));
    }
    return g_string_free(all, FALSE);
}

/* No value of a list is lost: what no field takes is kept, named and counted. */
static void what_no_field_takes_is_kept_and_told(void)
{
    static const char head[] = "某市问题清单\n"
                               "序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,整改时限,"
                               "备注,,联系人,备注,问题\n";
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("kept.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text =
        g_strconcat(head,
                    "1,问题甲,恢复,拆除,甲,乙,丙镇,2017年底前,加急,无名,王某,再议,另一说法,栏外\n"
                    ",,,复绿,,,丁镇,2017年10月底前,缓办,,,,\n"
                    "2,问题乙,恢复,拆除,甲,乙,丙镇,2017年底前,,,李某,,\n",
                    NULL);
    g_autofree char *balance = load(ledger, csv("kept.csv", text), notes, &error);
    g_autofree char *first = NULL, *second = NULL, *all = NULL;

    CHECK_OK(error);
    CHECK(balance && strstr(balance, "\"ledger.columns\",\"in\":14,\"used\":9,\"suppressed\":"
                                     "{\"NO_FIELD\":5}"));
    first = listed(ledger, "1");
    CHECK_TEXT(first,
               "column 10=无名; column 14=栏外; due, row 4=2017年10月底前; resp_unit, row 4=丁镇; "
               "备注=加急; 备注 (column 12)=再议; 备注, row 4=缓办; 联系人=王某; 问题=另一说法");
    second = listed(ledger, "2");
    CHECK_TEXT(second, "联系人=李某");
    g_ptr_array_add(notes, NULL);
    all = g_strjoinv("\n", (char **)notes->pdata);
    CHECK(strstr(all, "no field takes column '备注' (2 values)"));
    CHECK(strstr(all, "no field takes column '联系人' (2 values)"));
    CHECK(strstr(all, "no field takes column 'column 10' (1 values)"));
    CHECK(strstr(all, "no field takes column '问题' (1 values)"));
    check_whole(ledger);
    g_autofree char *newer = g_strdelimit(g_strdup(text), "x", 'x');
    char *at = strstr(newer, "李某");
    memcpy(at, "赵", strlen("赵")); /* another version: its columns are those that stand */
    g_autofree char *again = load(ledger, csv("kept-2.csv", newer), NULL, &error);
    g_autofree char *third = listed(ledger, "2");
    CHECK(again != NULL);
    CHECK_TEXT(third, "联系人=赵某");
    check_whole(ledger);
}

static bool load_on(rdl_ledger *ledger, const char *path, rdl_day day, GPtrArray *notes,
                    GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    return rdl_ledger_load_problems(ledger, path, day, tally, notes, error);
}

/* A limit in words is counted from where it was counted first, unless the list says from when. */
static void a_new_version_begins_no_term_anew(void)
{
    static const char head[] = "序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,整改时限,"
                               "时间节点\n";
    static const char dated[] = "序号,反馈问题,整改目标,整改措施,责任领导,监管人,责任单位,整改时限,"
                                "时间节点,开始时间\n";
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("versions.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *one =
        g_strconcat(head, "1,问题甲,恢复,拆除,甲,乙,丙,三个月内,一个月内：停产\n", NULL);
    g_autofree char *two =
        g_strconcat(head, "1,问题甲,恢复,清运,甲,乙,丙,三个月内,一个月内：停产\n", NULL);
    g_autofree char *three = g_strconcat(
        dated, "1,问题甲,恢复,清运,甲,乙,丁,三个月内,一个月内：停产,2017-09-15\n", NULL);
    g_autofree char *milestone = NULL, *still = NULL;

    CHECK(load_on(ledger, csv("one.csv", one), rdl_day_of(2017, 7, 31), NULL, &error));
    CHECK(load_on(ledger, csv("two.csv", two), rdl_day_of(2017, 9, 10), notes, &error));
    CHECK_OK(error);
    CHECK_INT(notes->len, 1); /* that it is provisional, not that it is another */
    CHECK(notes->len && strstr(notes->pdata[0], "'三个月内', 2017-10-31, is provisional"));
    g_autoptr(GArray) open = tasks(ledger, "REGISTERED");
    CHECK_TEXT(g_array_index(open, rdl_task, 0).due, "2017-10-31");
    milestone = rdl_store_value(ledger->store, "SELECT due FROM milestone", &error);
    CHECK_TEXT(milestone, "2017-08-31");
    g_ptr_array_set_size(notes, 0);
    CHECK(load_on(ledger, csv("three.csv", three), rdl_day_of(2017, 9, 20), notes, &error));
    CHECK_OK(error);
    g_ptr_array_add(notes, NULL);
    g_autofree char *all = g_strjoinv("\n", (char **)notes->pdata);
    CHECK(strstr(all, "the time limit 2017-12-15 is not that on record (2017-10-31), which stays"));
    CHECK(strstr(all, "milestone 1 by 2017-10-15 is not the day on record (2017-08-31)"));
    still = rdl_store_value(ledger->store, "SELECT due FROM milestone", &error);
    CHECK_TEXT(still, "2017-08-31");
    check_whole(ledger);
}

/* A row that lacks a leader still has its time limit: it is registered with it. */
static void an_incomplete_row_keeps_its_time_limit(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("limit.sqlite", &error);
    g_autofree char *balance =
        load(ledger, csv("limit.csv", HEAD "7,问题甲,恢复,拆除,甲,xx,丙,两个月内\n"), NULL, &error);
    static const struct {
        const char *to, *on, *role;
    } way[] = {{"SCREENED", "2017-08-01", "analyst"},
               {"ASSIGNED", "2017-08-02", "office"},
               {"VERIFIED", "2017-08-10", "county"},
               {"REGISTERED", "2017-08-12", "office"}};
    g_autofree char *id = rdl_task_of_source(ledger, "7", &error);
    g_autoptr(JsonNode) known = rdl_json_parse("{\"supervisor\":\"乙\"}", "fields", NULL);

    CHECK(balance && id);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "7", &error);
    JsonArray *limits = json_object_get_array_member(json_node_get_object(chain), "limits");
    if (CHECK_INT(json_array_get_length(limits), 1)) {
        JsonObject *limit = json_array_get_object_element(limits, 0);
        CHECK_TEXT(rdl_json_text(limit, "words", NULL), "两个月内");
        CHECK_TEXT(rdl_json_text(limit, "from", NULL), "2017-07-31");
        CHECK_TEXT(rdl_json_text(limit, "due", NULL), "2017-09-30");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(way); i++) {
        rdl_move move = {.task_id = id,
                         .to = way[i].to,
                         .on = way[i].on,
                         .by = "甲",
                         .role = way[i].role,
                         .document = "材料",
                         .fields = i == 3 ? json_node_get_object(known) : NULL};
        CHECK(rdl_task_move(ledger, &move, &error));
        CHECK_OK(error);
    }
    const rdl_task_filter rectify = {.kind = "rectify", .no_ground = true};
    g_autoptr(GArray) open = rdl_task_list(ledger, &rectify, &error);
    if (CHECK_INT(open->len, 1)) {
        const rdl_task *t = &g_array_index(open, rdl_task, 0);
        CHECK_TEXT(t->due, "2017-09-30"); /* not two months from its registration */
        CHECK_TEXT(t->tier, "T2");
        CHECK_TEXT(t->due_note ? t->due_note : "none", "provisional");
    }
    check_whole(ledger);
}

/* A day counted through a year whose holidays nobody knows is provisional wherever it is told. */
static void a_provisional_day_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("provisional.sqlite", &error);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    const char *path = csv("provisional.csv", HEAD "1,问题甲,恢复,拆除,甲,乙,丙,两个月内\n"
                                                   "2,问题乙,恢复,拆除,甲,乙,丙,2027-01-31\n"
                                                   "3,问题丙,恢复,拆除,甲,乙,丙,一个月内\n");

    CHECK(load_on(ledger, path, rdl_day_of(2026, 11, 20), notes, &error));
    CHECK_OK(error);
    CHECK_INT(notes->len, 1);
    CHECK(notes->len &&
          strstr(notes->pdata[0], "row 2: the time limit '两个月内', 2027-01-20, is"));
    CHECK(notes->len && strstr(notes->pdata[0], "redline ledger pack"));
    g_autoptr(GArray) open = tasks(ledger, "REGISTERED");
    for (guint i = 0; i < open->len; i++) {
        const rdl_task *t = &g_array_index(open, rdl_task, i);
        g_autoptr(JsonObject) told = rdl_task_json(t);
        bool provisional = strcmp(t->task_no, "1") == 0;
        CHECK_TEXT(rdl_json_text(told, "due_note", "none"), provisional ? "provisional" : "none");
    }
    g_autofree char *id = rdl_task_of_source(ledger, "1", &error);
    const rdl_move who = {
        .task_id = id, .to = "", .on = "2026-11-21", .by = "甲", .role = "city", .reason = "汛期"};
    CHECK(rdl_task_extend(ledger, &who, "2027-03-31", &error)); /* a day that is named is one */
    CHECK_OK(error);
    const rdl_task_filter one = {.id = id, .no_ground = true};
    g_autoptr(GArray) after = rdl_task_list(ledger, &one, &error);
    CHECK_TEXT(g_array_index(after, rdl_task, 0).due_note, NULL);
}

static CU_TestInfo tests[] = {
    {"sixty-two problems have 270 measures", sixty_two_problems_have_270_measures},
    {"masks are unknown, never zero", masks_are_unknown_never_zero},
    {"headers are matched after NFKC", headers_are_matched_after_nfkc},
    {"what would swallow rows is refused", what_would_swallow_rows_is_refused},
    {"rows are numbered as they stand", rows_are_numbered_as_they_stand},
    {"a title does not say what divides cells", a_title_does_not_say_what_divides_cells},
    {"what is kept beside measures is told", what_is_kept_beside_measures_is_told},
    {"rows that say nothing are counted", rows_that_say_nothing_are_counted},
    {"a clue of the list is registered when it is known",
     a_clue_of_the_list_is_registered_when_it_is_known},
    {"the way of a list is carried", the_way_of_a_list_is_carried},
    {"a list inherits who answers for its unit", a_list_inherits_who_answers_for_its_unit},
    {"another list writes over no problem", another_list_writes_over_no_problem},
    {"a settled problem stays as it is", a_settled_problem_stays_as_it_is},
    {"a list changes no past", a_list_changes_no_past},
    {"headers with brackets are read", headers_with_brackets_are_read},
    {"what no field takes is kept and told", what_no_field_takes_is_kept_and_told},
    {"a new version begins no term anew", a_new_version_begins_no_term_anew},
    {"an incomplete row keeps its time limit", an_incomplete_row_keeps_its_time_limit},
    {"a provisional day is told", a_provisional_day_is_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.inspection", tests, argc, argv);
}
