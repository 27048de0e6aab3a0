/* How late: the levels by time, progress and milestones of domain 4.5. */
#include <math.h>
#include "rectify/warning.h"
#include "suite.h"

static rdl_csv *table(void)
{
    GError *error = NULL;
    rdl_csv *csv = rdl_csv_read(suite_source("data/packs/cn/warnings.csv"), &error);

    CHECK_OK(error);
    CHECK(rdl_warnings_check(csv, &error));
    CHECK_OK(error);
    return csv;
}

/* Level of a task that began 100 days before and is due in `left` days. */
static const char *level(const char *tier, int total, int left, double progress, int missed)
{
    static rdl_csv *csv;
    rdl_day as_of = rdl_day_of(2026, 6, 1);
    rdl_timing t = {tier, as_of + left - total, as_of + left, progress, missed};

    if (!csv)
        csv = table();
    const char *word = rdl_warning_of(csv, &t, as_of).level;
    return word ? word : "none";
}

static void days_left_decide_by_tier(void)
{
    static const struct {
        const char *tier;
        int left;
        const char *level;
    } cases[] = {
        {"T3", 31, "none"},  {"T3", 30, "blue"},   {"T3", 16, "blue"},  {"T3", 15, "yellow"},
        {"T3", 8, "yellow"}, {"T3", 7, "orange"},  {"T3", 0, "orange"}, {"T3", -1, "red"},
        {"T1", 8, "none"},   {"T1", 7, "blue"},    {"T1", 4, "blue"},   {"T1", 3, "yellow"},
        {"T1", 2, "yellow"}, {"T1", 1, "orange"},  {"T1", 0, "orange"}, {"T1", -1, "red"},
        {"T2", 30, "blue"},  {"T2", 15, "yellow"}, {"T2", 7, "orange"}, {"T2", -1, "red"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        CHECK_TEXT(level(cases[i].tier, 180, cases[i].left, NAN, 0), cases[i].level);
}

/* 200 days in all, 100 left: u = 0.5. */
static void lag_behind_the_time_decides(void)
{
    CHECK_TEXT(level("T3", 200, 100, 0.40, 0), "none"); /* exactly 0.10 is not more than it */
    CHECK_TEXT(level("T3", 200, 100, 0.39, 0), "yellow");
    CHECK_TEXT(level("T3", 200, 100, 0.25, 0), "yellow");
    CHECK_TEXT(level("T3", 200, 100, 0.24, 0), "orange");
    CHECK_TEXT(level("T3", 200, 100, 0.01, 0), "orange");
}

static void nothing_done_at_half_time_is_red(void)
{
    CHECK_TEXT(level("T3", 200, 100, 0.0, 0), "red");
    CHECK_TEXT(level("T3", 200, 101, 0.0, 0), "orange"); /* u = 0.495 */
}

static void missed_milestones_decide(void)
{
    CHECK_TEXT(level("T3", 200, 150, 0.3, 1), "yellow");
    CHECK_TEXT(level("T3", 200, 150, 0.3, 2), "orange");
}

static void a_verification_is_judged_by_time_alone(void)
{
    CHECK_TEXT(level("T3", 200, 100, NAN, 0), "none");
}

static void the_long_term_is_never_overdue(void)
{
    g_autoptr(rdl_csv) csv = table();
    rdl_timing t = {"T4", rdl_day_of(2000, 1, 1), RDL_DAY_FUTURE, 0.0, 0};

    CHECK(rdl_warning_of(csv, &t, rdl_day_of(2026, 6, 1)).level == NULL);
    t.missed = 1;
    CHECK_TEXT(rdl_warning_of(csv, &t, rdl_day_of(2026, 6, 1)).level, "yellow");
    t.missed = 2;
    CHECK_TEXT(rdl_warning_of(csv, &t, rdl_day_of(2026, 6, 1)).level, "orange");
}

/* A date of its own overrides the tier (domain 4.4): then it is warned of as any other. */
static void a_long_term_task_with_a_date_is_late_as_any_other(void)
{
    CHECK_TEXT(level("T4", 180, 31, NAN, 0), "none");
    CHECK_TEXT(level("T4", 180, 30, NAN, 0), "blue");
    CHECK_TEXT(level("T4", 180, 15, NAN, 0), "yellow");
    CHECK_TEXT(level("T4", 180, 7, NAN, 0), "orange");
    CHECK_TEXT(level("T4", 180, -1, NAN, 0), "red");
    CHECK_TEXT(level("T4", 200, 100, 0.39, 0), "yellow");
    CHECK_TEXT(level("T4", 200, 100, 0.0, 0), "red");
}

static void ranks_rise_with_the_level(void)
{
    g_autoptr(rdl_csv) csv = table();
    rdl_day as_of = rdl_day_of(2026, 6, 1);

    for (int left = 60; left > -3; left--) {
        rdl_timing now = {"T3", as_of - 100, as_of + left, NAN, 0}, later = now;
        later.due--;
        CHECK(rdl_warning_of(csv, &later, as_of).rank >= rdl_warning_of(csv, &now, as_of).rank);
    }
    rdl_timing over = {"T3", as_of - 100, as_of - 1, NAN, 0};
    CHECK_INT(rdl_warning_of(csv, &over, as_of).rank, 4);
    CHECK_TEXT(rdl_warning_of(csv, &over, as_of).by, "time");
}

/* The numbers are the table's: another pack, other levels. */
static void another_packs_thresholds_decide(void)
{
    GError *error = NULL;
    g_autoptr(rdl_csv) csv = rdl_csv_parse("tier,level,days_left,lag,missed,idle\n"
                                           "A,alarm,-10,0.5,3,0.9\nA,notice,60,0.2,,\n",
                                           "warnings.csv", &error);
    static const struct {
        int left;
        double progress;
        int missed;
        const char *level;
    } cases[] = {{61, NAN, 0, NULL},      {60, NAN, 0, "notice"}, {-9, NAN, 0, "notice"},
                 {-10, NAN, 0, "alarm"},  {100, 0.3, 0, NULL},    {100, 0.29, 0, "notice"},
                 {100, 0.29, 3, "alarm"}, {100, 0.3, 2, NULL}};
    rdl_day as_of = rdl_day_of(2026, 6, 1);

    CHECK(csv && rdl_warnings_check(csv, &error));
    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        rdl_timing t = {"A", as_of + cases[i].left - 200, as_of + cases[i].left, cases[i].progress,
                        cases[i].missed};
        CHECK_TEXT(rdl_warning_of(csv, &t, as_of).level, cases[i].level);
    }
}

static void a_threshold_that_is_no_number_is_named(void)
{
    GError *error = NULL;
    g_autoptr(rdl_csv) csv = rdl_csv_parse("tier,level,days_left,lag,missed,idle\nT1,red,soon,,,\n",
                                           "warnings.csv", &error);

    CHECK(!rdl_warnings_check(csv, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "warnings.csv:2: days_left 'soon' is not a number");
}

static CU_TestInfo tests[] = {
    {"days left decide by tier", days_left_decide_by_tier},
    {"lag behind the time decides", lag_behind_the_time_decides},
    {"nothing done at half time is red", nothing_done_at_half_time_is_red},
    {"missed milestones decide", missed_milestones_decide},
    {"a verification is judged by time alone", a_verification_is_judged_by_time_alone},
    {"the long term is never overdue", the_long_term_is_never_overdue},
    {"a long-term task with a date is late as any other",
     a_long_term_task_with_a_date_is_late_as_any_other},
    {"ranks rise with the level", ranks_rise_with_the_level},
    {"another pack's thresholds decide", another_packs_thresholds_decide},
    {"a threshold that is no number is named", a_threshold_that_is_no_number_is_named},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("rectify.warning", tests, argc, argv);
}
