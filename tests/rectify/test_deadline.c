/* Until when: the Civil Code's arithmetic, the words of plans, days of rest. */
#include "rectify/deadline.h"
#include "suite.h"

static const int weekend[] = {6, 7, 0};

/* The week of National Day 2017 and 2026, as published: rest and make-up days. */
static const char calendar[] = "date,kind\n2017-09-30,workday\n2017-10-01,holiday\n"
                               "2017-10-02,holiday\n2017-10-03,holiday\n2017-10-04,holiday\n"
                               "2017-10-05,holiday\n2017-10-06,holiday\n2017-10-07,holiday\n"
                               "2017-10-08,holiday\n";

static rdl_workdays *days_of(const char *table)
{
    GError *error = NULL;
    rdl_workdays *days = rdl_workdays_new(weekend);
    g_autoptr(rdl_csv) csv = rdl_csv_parse(table, "calendar.csv", &error);

    CHECK(rdl_workdays_add(days, csv, &error));
    CHECK_OK(error);
    return days;
}

static char *due_in(const rdl_deadline_policy *policy, const char *words, const char *start)
{
    GError *error = NULL;
    rdl_deadline d;
    rdl_day from;

    CHECK(rdl_day_parse(start, &from, &error));
    if (!rdl_deadline_words(policy, words, from, &d, &error)) {
        g_error_free(error);
        return g_strdup("refused");
    }
    char *text = rdl_day_text(d.due);
    return text ? text : g_strdup("none");
}

typedef struct {
    const char *words, *start, *due;
} example;

static void check_examples(const example *examples, size_t n, const char *table)
{
    g_autoptr(rdl_workdays) days = days_of(table);
    const rdl_deadline_policy policy = {.days = days, .shift_computed = true};

    for (size_t i = 0; i < n; i++) {
        g_autofree char *due = due_in(&policy, examples[i].words, examples[i].start);
        if (!CHECK_TEXT(due, examples[i].due))
            g_print("      for %s from %s\n", examples[i].words, examples[i].start);
    }
}

static void months_end_on_the_corresponding_day_or_the_last(void)
{
    static const example examples[] = {
        {"一个月内", "2017-08-31", "2017-09-30"},   {"3个月内", "2017-11-30", "2018-02-28"},
        {"两个月内", "2017-12-31", "2018-02-28"},   {"半年内", "2017-08-31", "2018-02-28"},
        {"六个月内", "2017-08-31", "2018-02-28"},   {"1个月以内", "2020-01-31", "2020-02-29"},
        {"十二个月内", "2019-02-28", "2020-02-28"}, {"二年内", "2020-02-29", "2022-02-28"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

static void a_named_day_is_included_and_not_moved(void)
{
    static const example examples[] = {{"2018年1月底前", "2017-07-31", "2018-01-31"},
                                       {"2018年12月31日前", "2017-07-31", "2018-12-31"},
                                       {"2017年底前", "2017-04-01", "2017-12-31"},
                                       {"２０１７年８月底前", "2017-04-01", "2017-08-31"},
                                       {"二〇一七年十月底", "2017-04-01", "2017-10-31"},
                                       {"2017年10月1日前", "2017-04-01", "2017-10-01"},
                                       {"9月底前", "2017-08-01", "2017-09-30"},
                                       {"2月底前", "2017-11-01", "2018-02-28"},
                                       {"8月底前", "2017-08-31", "2017-08-31"},
                                       {"3月5日前", "2017-11-01", "2018-03-05"},
                                       {"年底前", "2017-11-01", "2017-12-31"},
                                       {"本月底前", "2016-02-03", "2016-02-29"},
                                       {"2020-12-31", "2017-04-01", "2020-12-31"},
                                       {"长期坚持", "2017-04-01", "none"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

/* Every date that the plans of domain 4.4 give. */
static void the_dates_of_the_plans_are_read(void)
{
    static const example examples[] = {{"明年1月31日前", "2017-07-31", "refused"},
                                       {"2018年1月31日前", "2017-07-31", "2018-01-31"},
                                       {"2018年底前", "2017-07-31", "2018-12-31"},
                                       {"2017年8月底前", "2017-04-13", "2017-08-31"},
                                       {"2017年12月底前", "2017-04-13", "2017-12-31"},
                                       {"2017年9月底前", "2017-04-13", "2017-09-30"},
                                       {"2017年7月底前", "2017-04-13", "2017-07-31"},
                                       {"2020年底前", "2017-04-13", "2020-12-31"},
                                       {"2018年底", "2017-04-13", "2018-12-31"},
                                       {"2021年底前", "2021-06-01", "2021-12-31"},
                                       {"2022年12月31日前", "2021-06-01", "2022-12-31"},
                                       {"1个月内", "2017-08-31", "2017-09-30"},
                                       {"2个月内", "2017-12-31", "2018-02-28"},
                                       {"6个月内", "2017-08-31", "2018-02-28"},
                                       {"90日内", "2018-03-01", "2018-05-30"},
                                       {"30个工作日内", "2018-03-01", "2018-04-12"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

static void a_period_that_ends_on_a_day_of_rest_ends_after_it(void)
{
    static const example examples[] = {{"1个月内", "2017-09-01", "2017-10-09"}, /* 10-01..08 rest */
                                       {"30日内", "2017-08-31", "2017-09-30"},  /* a make-up day */
                                       {"10日内", "2017-07-05", "2017-07-17"},  /* a Saturday */
                                       {"10天内", "2018-07-04", "2018-07-14"}}; /* no calendar */

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

static void working_days_leave_out_rest(void)
{
    static const example examples[] = {{"5个工作日内", "2017-09-28", "2017-10-11"},
                                       {"2个工作日内", "2017-09-28", "2017-09-30"},
                                       {"七个工作日内", "2017-07-03", "2017-07-12"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

static void words_that_name_no_day_are_refused(void)
{
    static const example examples[] = {{"9月前", "2017-08-01", "refused"},
                                       {"2017年13月底前", "2017-08-01", "refused"},
                                       {"2017年2月30日前", "2017-08-01", "refused"},
                                       {"尽快", "2017-08-01", "refused"},
                                       {"xx月底前", "2017-08-01", "refused"},
                                       {"", "2017-08-01", "refused"},
                                       {"99999个月内", "2017-08-01", "refused"},
                                       {"0日内", "2017-08-01", "refused"},
                                       {"汛期前", "2017-08-01", "refused"},
                                       {"2017年汛期前", "2017-08-01", "refused"},
                                       {"2017", "2017-08-01", "refused"},
                                       {"2017年前", "2017-08-01", "refused"},
                                       {"5季度", "2017-08-01", "refused"},
                                       {"10日", "2017-08-01", "refused"},
                                       {"2017.2.30", "2017-08-01", "refused"},
                                       {"26年", "2017-08-01", "refused"},
                                       {"2017年9月前", "2017-08-01", "refused"},
                                       {"立行立改", "2017-08-01", "refused"},
                                       {"2017年0月底前", "2017-08-01", "refused"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

/* Lists as they are typed. */
static void the_words_of_lists_are_read(void)
{
    static const example examples[] = {{"2026.12.31", "2026-03-01", "2026-12-31"},
                                       {"2026/12/31", "2026-03-01", "2026-12-31"},
                                       {"2026-12-31", "2026-03-01", "2026-12-31"},
                                       {"2026．6．5前", "2026-03-01", "2026-06-05"},
                                       {"2026年12月31日", "2026-03-01", "2026-12-31"},
                                       {"2026年", "2025-03-01", "2026-12-31"},
                                       {"2026年内", "2026-03-01", "2026-12-31"},
                                       {"2026年年底前", "2026-03-01", "2026-12-31"},
                                       {"2026年12月", "2026-03-01", "2026-12-31"},
                                       {"2026年上半年", "2025-03-01", "2026-06-30"},
                                       {"2026年下半年", "2025-03-01", "2026-12-31"},
                                       {"上半年", "2026-03-01", "2026-06-30"},
                                       {"上半年", "2026-07-01", "2027-06-30"},
                                       {"今年上半年", "2026-07-10", "2026-06-30"},
                                       {"本年第一季度末", "2026-04-01", "2026-03-31"},
                                       {"今年6月底前", "2026-07-10", "2026-06-30"},
                                       {"今年6月5日前", "2026-07-10", "2026-06-05"},
                                       {"今年12月底前", "2026-07-10", "2026-12-31"},
                                       {"下半年底前", "2026-03-01", "2026-12-31"},
                                       {"2026年第一季度", "2025-03-01", "2026-03-31"},
                                       {"2026年二季度末", "2025-03-01", "2026-06-30"},
                                       {"第三季度末前", "2026-03-01", "2026-09-30"},
                                       {"第一季度", "2026-04-01", "2027-03-31"},
                                       {"4季度", "2026-04-01", "2026-12-31"},
                                       {"三个月", "2019-11-30", "2020-02-29"},
                                       {"6个月", "2019-08-31", "2020-02-29"},
                                       {"半年", "2019-08-31", "2020-02-29"},
                                       {"15日内", "2018-03-01", "2018-03-16"},
                                       {"20个工作日", "2017-07-03", "2017-07-31"}};

    check_examples(examples, G_N_ELEMENTS(examples), calendar);
}

/* "At once" is as long as the pack says; where it says nothing, nobody guesses. */
static void at_once_is_what_the_pack_says(void)
{
    static const char *const words[] = {"立行立改", "立即整改", "马上整改"};
    g_autoptr(rdl_workdays) days = days_of(calendar);
    rdl_deadline_policy policy = {.days = days, .at_once = 1};
    rdl_day start = rdl_day_of(2018, 8, 31);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        rdl_deadline d;
        GError *error = NULL;
        policy.at_once = 1;
        CHECK(rdl_deadline_words(&policy, words[i], start, &d, &error));
        CHECK_OK(error);
        CHECK_INT(d.due, rdl_day_of(2018, 9, 30));
        CHECK_INT(d.kind, RDL_DEADLINE_PERIOD);
        policy.at_once = 0;
        CHECK(!rdl_deadline_words(&policy, words[i], start, &d, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, words[i]);
    }
}

/* A day that moves, or is counted, into a year whose rests are not known may be another. */
static void what_is_counted_into_an_unknown_year_is_said(void)
{
    g_autoptr(rdl_workdays) days = days_of("date,kind\n2016-12-30,holiday\n2018-01-02,workday\n");
    const rdl_deadline_policy policy = {.days = days, .shift_computed = true};
    rdl_deadline d;

    CHECK(!rdl_deadline_months(&policy, rdl_day_of(2016, 11, 30), 1).calendar); /* into 2017 */
    CHECK(rdl_deadline_words(&policy, "300个工作日内", rdl_day_of(2016, 12, 1), &d, NULL));
    CHECK(!d.calendar); /* 2017 lies between */
    CHECK(rdl_deadline_words(&policy, "2017年底前", rdl_day_of(2016, 12, 1), &d, NULL));
    CHECK(d.calendar); /* a day that is named needs none */
}

static void a_year_without_calendar_is_said(void)
{
    g_autoptr(rdl_workdays) days = days_of(calendar);
    const rdl_deadline_policy policy = {.days = days, .shift_computed = true};

    CHECK(rdl_deadline_months(&policy, rdl_day_of(2017, 6, 14), 1).calendar);
    CHECK(!rdl_deadline_months(&policy, rdl_day_of(2018, 6, 14), 1).calendar);
    CHECK(!rdl_deadline_months(&policy, rdl_day_of(2018, 6, 14), 1).moved);
}

static void a_calendar_says_where_it_is_wrong(void)
{
    GError *error = NULL;
    g_autoptr(rdl_workdays) days = rdl_workdays_new(weekend);
    g_autoptr(rdl_csv) bad_day = rdl_csv_parse("date,kind\n2017-02-30,holiday\n", "c.csv", &error);
    g_autoptr(rdl_csv) bad_kind = rdl_csv_parse("date,kind\n\n2017-02-20,fest\n", "c.csv", &error);

    CHECK(!rdl_workdays_add(days, bad_day, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "c.csv:2: '2017-02-30' is not a date");
    CHECK(!rdl_workdays_add(days, bad_kind, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "c.csv:3: kind 'fest'");
}

/* Against a walk day by day. */
static void working_days_agree_with_a_walk(void)
{
    g_autoptr(rdl_workdays) days = days_of(calendar);
    GRand *r = suite_rand();

    for (int i = 0; i < 500; i++) {
        rdl_day start = rdl_day_of(2017, 1, 1) + g_rand_int_range(r, 0, 700);
        int n = g_rand_int_range(r, 1, 60), left = n;
        rdl_day day = start;
        while (left > 0) {
            GDate date;
            g_date_clear(&date, 1);
            g_date_set_julian(&date, (guint32)++day);
            bool rest = g_date_get_weekday(&date) >= G_DATE_SATURDAY;
            if (day == rdl_day_of(2017, 9, 30))
                rest = false;
            if (day >= rdl_day_of(2017, 10, 1) && day <= rdl_day_of(2017, 10, 8))
                rest = true;
            left -= !rest;
        }
        CHECK_INT(rdl_workdays_after(days, start, n), day);
    }
}

/* Days since 0001-01-01 as 1, by the integer formula of Fliegel and Van Flandern (1968). */
static int day_number(int y, int m, int d)
{
    int a = (m - 14) / 12;

    return d - 32075 + 1461 * (y + 4800 + a) / 4 + 367 * (m - 2 - a * 12) / 12 -
           3 * ((y + 4900 + a) / 100) / 4 - 1721425;
}

/* Against a calendar that is nobody's here. */
static void months_agree_with_another_calendar(void)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    g_autoptr(rdl_workdays) days = rdl_workdays_new(weekend);
    const rdl_deadline_policy policy = {.days = days};
    GRand *r = suite_rand();

    for (int i = 0; i < 3000; i++) {
        int y = g_rand_int_range(r, 1996, 2104), m = g_rand_int_range(r, 0, 12);
        int n = g_rand_int_range(r, 1, 61), y2 = y + (m + n) / 12, m2 = (m + n) % 12;
        bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0,
             leap2 = (y2 % 4 == 0 && y2 % 100 != 0) || y2 % 400 == 0;
        int last = length[m] + (m == 1 && leap), last2 = length[m2] + (m2 == 1 && leap2);
        int d = i % 2 ? last - g_rand_int_range(r, 0, 4) : g_rand_int_range(r, 1, last + 1);
        rdl_day start = (rdl_day)day_number(y, m + 1, d);
        CHECK_INT(rdl_day_of(y, m + 1, d), start);
        CHECK_INT(rdl_deadline_months(&policy, start, n).due,
                  day_number(y2, m2 + 1, MIN(d, last2)));
    }
}

static CU_TestInfo tests[] = {
    {"months agree with another calendar", months_agree_with_another_calendar},
    {"months end on the corresponding day or the last",
     months_end_on_the_corresponding_day_or_the_last},
    {"a named day is included and not moved", a_named_day_is_included_and_not_moved},
    {"the dates of the plans are read", the_dates_of_the_plans_are_read},
    {"a period that ends on a day of rest ends after it",
     a_period_that_ends_on_a_day_of_rest_ends_after_it},
    {"working days leave out rest", working_days_leave_out_rest},
    {"words that name no day are refused", words_that_name_no_day_are_refused},
    {"the words of lists are read", the_words_of_lists_are_read},
    {"at once is what the pack says", at_once_is_what_the_pack_says},
    {"what is counted into an unknown year is said", what_is_counted_into_an_unknown_year_is_said},
    {"a year without calendar is said", a_year_without_calendar_is_said},
    {"a calendar says where it is wrong", a_calendar_says_where_it_is_wrong},
    {"working days agree with a walk", working_days_agree_with_a_walk},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("rectify.deadline", tests, argc, argv);
}
