#include "base/base.h"
#include "suite.h"

static rdl_day day(const char *text)
{
    GError *error = NULL;
    rdl_day d = 0;

    rdl_day_parse(text, &d, &error);
    CHECK_OK(error);
    return d;
}

static void check_months(const char *start, int months, const char *want)
{
    g_autofree char *got = rdl_day_text(rdl_day_add_months(day(start), months));

    CHECK_TEXT(got, want);
}

static void months_end_on_the_corresponding_day_or_the_last(void)
{
    check_months("2017-08-31", 1, "2017-09-30");
    check_months("2017-11-30", 3, "2018-02-28");
    check_months("2017-12-31", 2, "2018-02-28");
    check_months("2017-08-31", 6, "2018-02-28");
    check_months("2024-01-31", 1, "2024-02-29");
}

static void basic_and_extended_dates_are_read(void)
{
    CHECK_INT(day("20260315"), day("2026-03-15"));
    CHECK_INT(day("2026-03-15T08:00:00"), day("2026-03-15"));
}

static void days_that_do_not_exist_are_refused(void)
{
    static const char *const bad[] = {"2026-02-29", "2026-13-01",  "26-01-01",   "2026-1-1",
                                      "",           "2026-01-01x", "0000-01-01", "2026/01/01"};
    GError *error = NULL;
    rdl_day d;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(!rdl_day_parse(bad[i], &d, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, "not a date");
    }
}

static void intervals_are_closed(void)
{
    rdl_interval force = {10, 20};

    CHECK_INT(rdl_interval_within((rdl_interval){10, 20}, force), RDL_YES);
    CHECK_INT(rdl_interval_within((rdl_interval){20, 21}, force), RDL_MAYBE);
    CHECK_INT(rdl_interval_within((rdl_interval){21, 30}, force), RDL_NO);
    CHECK_INT(rdl_interval_within((rdl_interval){RDL_DAY_PAST, 15}, force), RDL_MAYBE);
    CHECK_INT(rdl_interval_before((rdl_interval){1, 9}, 10), RDL_YES);
    CHECK_INT(rdl_interval_before((rdl_interval){10, 12}, 10), RDL_NO);
    CHECK_INT(rdl_interval_before((rdl_interval){9, 10}, 10), RDL_MAYBE);
}

static void an_unknown_bound_has_no_text(void)
{
    CHECK(rdl_day_text(RDL_DAY_PAST) == NULL);
    CHECK(rdl_day_text(RDL_DAY_FUTURE) == NULL);
}

static void seasons_are_three_valued(void)
{
    static const struct {
        const char *season;
        int first[3], last[3];
        rdl_truth want;
    } cases[] = {{"03-01/06-30", {2022, 3, 1}, {2022, 6, 30}, RDL_YES},
                 {"03-01/06-30", {2022, 2, 28}, {2022, 3, 1}, RDL_MAYBE},
                 {"03-01/06-30", {2022, 7, 1}, {2023, 2, 28}, RDL_NO},
                 {"03-01/06-30", {2022, 4, 1}, {2023, 4, 1}, RDL_MAYBE},
                 {"11-01/02-29", {2023, 12, 30}, {2024, 2, 29}, RDL_YES},
                 {"11-01/02-28", {2024, 2, 29}, {2024, 2, 29}, RDL_NO},
                 {"11-01/02-28", {2024, 3, 1}, {2024, 10, 31}, RDL_NO},
                 {"01-01/12-31", {1999, 1, 1}, {2024, 1, 1}, RDL_YES},
                 {"01-01/03-31|10-01/12-31", {2022, 11, 1}, {2023, 2, 1}, RDL_YES},
                 {"spring", {2022, 3, 1}, {2022, 3, 1}, RDL_MAYBE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const int *a = cases[i].first, *b = cases[i].last;
        rdl_interval when = {rdl_day_of(a[0], a[1], a[2]), rdl_day_of(b[0], b[1], b[2])};
        CHECK_INT(rdl_season_within(when, cases[i].season), cases[i].want);
    }
    rdl_interval open = {RDL_DAY_PAST, rdl_day_of(2022, 4, 1)};
    CHECK_INT(rdl_season_within(open, "03-01/06-30"), RDL_MAYBE);
    CHECK_INT(rdl_season_within(open, "01-01/12-31"), RDL_YES);
    CHECK(!rdl_season_valid("3-1/6-30"));
    CHECK(!rdl_season_valid("02-30/06-30"));
    CHECK(!rdl_season_valid("03-01/06-30|"));
    CHECK(!rdl_season_valid(""));
}

static CU_TestInfo tests[] = {
    {"months end on the corresponding day or the last",
     months_end_on_the_corresponding_day_or_the_last},
    {"basic and extended dates are read", basic_and_extended_dates_are_read},
    {"days that do not exist are refused", days_that_do_not_exist_are_refused},
    {"intervals are closed", intervals_are_closed},
    {"an unknown bound has no text", an_unknown_bound_has_no_text},
    {"seasons are three-valued", seasons_are_three_valued},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.calendar", tests, argc, argv);
}
