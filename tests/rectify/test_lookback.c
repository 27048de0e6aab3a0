/* Closed work is looked at again when the pack says so, and when something new stands there. */
#include <string.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static bool go(rdl_ledger *ledger, const char *to, const char *on, const char *role,
               const char *document, const char *fields, GError **error)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", error);
    g_autoptr(JsonNode) node = fields ? rdl_json_parse(fields, "fields", NULL) : NULL;
    rdl_move move = {.task_id = id,
                     .to = to,
                     .on = on,
                     .by = "某人",
                     .role = role,
                     .document = document,
                     .reason = "因故",
                     .fields = node ? json_node_get_object(node) : NULL};

    return rdl_task_move(ledger, &move, error);
}

/* One rectification, in state SUBMITTED since 2027-03-01. */
static rdl_ledger *submitted(const char *name, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *l = NULL;
    static const char six[] = "{\"target\":\"恢复\",\"measures\":\"停止；拆除；复绿\",\"lead_"
                              "leader\":\"甲\",\"supervisor\":"
                              "\"乙\",\"resp_unit\":\"丙镇\",\"due\":\"2027-06-30\"}";

    if (!fixture_findings(gpkg, 1, suspect, 1, 0, error) ||
        !rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error) ||
        !(l = rdl_ledger_open(path, true, error)) ||
        !rdl_ledger_load_findings(l, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error))
        return l;
    if (go(l, "ASSIGNED", "2026-11-02", "office", "核查任务单", NULL, error) &&
        go(l, "VERIFIED", "2026-11-10", "county", "核查材料", NULL, error) &&
        go(l, "REGISTERED", "2026-11-12", "office", "问题台账", six, error) &&
        go(l, "PLAN_OK", "2026-11-20", "city", "整改方案", "{\"accept_unit\":\"市局\"}", error) &&
        go(l, "WORKING", "2026-12-01", "resp_unit", NULL, NULL, error))
        go(l, "SUBMITTED", "2027-03-01", "resp_unit", "整改落实情况报告", NULL, error);
    return l;
}

static bool close_it(rdl_ledger *l, GError **error)
{
    return go(l, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, error) &&
           go(l, "PUBLIC", "2027-03-03", "city", "公示文本", NULL, error) &&
           go(l, "APPLIED", "2027-03-09", "county", "销号申请", NULL, error) &&
           go(l, "CHECKED", "2027-03-12", "accept_unit", "材料", "{\"image_date\":\"2027-03-10\"}",
              error) &&
           go(l, "CLOSED", "2027-03-20", "province", "备案表", NULL, error);
}

/* "pass due status" of all that is due that day. */
static char *due_on(rdl_ledger *ledger, rdl_day day)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks(ledger, day, &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        g_string_append_printf(text, "%s%s %s %s", i ? "; " : "", rdl_json_text(o, "pass", "?"),
                               rdl_json_text(o, "due", "?"), rdl_json_text(o, "status", "?"));
    }
    return g_string_free(text, FALSE);
}

#define CHECK_DUE(y, m, d, want)                                         \
    do {                                                                 \
        g_autofree char *due_text = due_on(ledger, rdl_day_of(y, m, d)); \
        CHECK_TEXT(due_text, want);                                      \
    } while (0)

/* Closed on 2027-03-20; 2027-09-20 is a Monday, 2028-03-20 too. */
static void passes_come_at_6_and_12_months_and_yearly(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = submitted("passes.sqlite", &error);

    CHECK_DUE(2027, 3, 1, "");
    CHECK(close_it(ledger, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 8, 20, "");
    CHECK_DUE(2027, 8, 21, "6 2027-09-20 DUE");
    CHECK_DUE(2027, 9, 20, "6 2027-09-20 DUE");
    CHECK_DUE(2027, 9, 21, "6 2027-09-20 OVERDUE");
    CHECK_DUE(2028, 3, 1, "6 2027-09-20 OVERDUE; 12 2028-03-20 DUE");
    CHECK_DUE(2040, 1, 1,
              "6 2027-09-20 OVERDUE; 12 2028-03-20 OVERDUE; 24 2029-03-20 OVERDUE; 36 2030-03-20 "
              "OVERDUE; 48 2031-03-20 OVERDUE");
}

static void a_pass_that_was_held_is_due_no_more(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = submitted("held.sqlite", &error);

    CHECK(close_it(ledger, &error));
    CHECK(go(ledger, "LOOKBACK", "2027-09-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 9, 12, "ordered 2027-09-10 OVERDUE; 6 2027-09-20 DUE");
    CHECK(go(ledger, "CLOSED", "2027-09-15", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 9, 14, "ordered 2027-09-10 OVERDUE; 6 2027-09-20 DUE"); /* as it stood */
    CHECK_DUE(2027, 9, 30, "");
    CHECK_DUE(2028, 3, 21, "12 2028-03-20 OVERDUE");
    CHECK(go(ledger, "LOOKBACK", "2028-04-01", "city", NULL, NULL, &error));
    CHECK(go(ledger, "REOPENED", "2028-04-05", "office", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2029, 4, 1, "");
}

static void new_ground_at_a_closed_place_raises_one(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = submitted("raised.sqlite", &error);
    const char *gpkg = suite_path("patch.gpkg"), *again = suite_path("patch-2.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new(), second = rdl_tally_new();

    CHECK(close_it(ledger, &error));
    CHECK(fixture_findings_of(gpkg, "PATCH", 1, suspect, 1, 0, &error));
    CHECK(fixture_findings_of(again, "LATER", 1, suspect, 1, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2027, 5, 2), tally, NULL, &error));
    CHECK(rdl_ledger_load_findings(ledger, again, rdl_day_of(2027, 5, 3), second, NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 1, "");
    CHECK_DUE(2027, 5, 3, "ordered 2027-05-02 OVERDUE"); /* once, however many come */
    CHECK(go(ledger, "LOOKBACK", "2027-05-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 5, 10, "ordered 2027-05-02 OVERDUE");
    CHECK(go(ledger, "CLOSED", "2027-05-12", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 12, "");
    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static CU_TestInfo tests[] = {
    {"passes come at 6 and 12 months and yearly", passes_come_at_6_and_12_months_and_yearly},
    {"a pass that was held is due no more", a_pass_that_was_held_is_due_no_more},
    {"new ground at a closed place raises one", new_ground_at_a_closed_place_raises_one},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.lookback", tests, argc, argv);
}
