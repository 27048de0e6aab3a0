#include "rectify/deadline.h"

#include <stdlib.h>
#include <string.h>

/* ---- working days ---- */

struct rdl_workdays {
    bool weekend[8];   /* by ISO day */
    GHashTable *known; /* day -> 1 holiday, 2 workday */
    GHashTable *years;
};

rdl_workdays *rdl_workdays_new(const int *weekend)
{
    rdl_workdays *days = g_new0(rdl_workdays, 1);

    days->known = g_hash_table_new(NULL, NULL);
    days->years = g_hash_table_new(NULL, NULL);
    for (; *weekend; weekend++)
        if (*weekend >= 1 && *weekend <= 7)
            days->weekend[*weekend] = true;
    return days;
}

void rdl_workdays_free(rdl_workdays *days)
{
    if (!days)
        return;
    g_hash_table_unref(days->known);
    g_hash_table_unref(days->years);
    g_free(days);
}

static GDate date_of(rdl_day day)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    return date;
}

static gpointer year_key(rdl_day day)
{
    GDate date = date_of(day);

    return GINT_TO_POINTER((int)g_date_get_year(&date));
}

bool rdl_workdays_add(rdl_workdays *days, const rdl_csv *calendar, GError **error)
{
    static const char *const needed[] = {"date", "kind", NULL};

    if (!rdl_csv_need(calendar, needed, error))
        return false;
    for (size_t i = 0; i < rdl_csv_count(calendar); i++) {
        const char *kind = rdl_csv_at(calendar, i, "kind");
        rdl_day day;
        if (!rdl_day_parse(rdl_csv_at(calendar, i, "date"), &day, error)) {
            g_prefix_error(error, "%s:%d: ", rdl_csv_name(calendar), rdl_csv_line(calendar, i));
            return false;
        }
        if (strcmp(kind, "holiday") != 0 && strcmp(kind, "workday") != 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s:%d: kind '%s' is neither holiday nor workday",
                            rdl_csv_name(calendar), rdl_csv_line(calendar, i), kind);
        g_hash_table_insert(days->known, GINT_TO_POINTER(day),
                            GINT_TO_POINTER(*kind == 'h' ? 1 : 2));
        g_hash_table_add(days->years, year_key(day));
    }
    return true;
}

bool rdl_workdays_known(const rdl_workdays *days, rdl_day day)
{
    return g_hash_table_contains(days->years, year_key(day));
}

bool rdl_workdays_rest(const rdl_workdays *days, rdl_day day)
{
    int kind = GPOINTER_TO_INT(g_hash_table_lookup(days->known, GINT_TO_POINTER(day)));
    GDate date = date_of(day);

    return kind ? kind == 1 : days->weekend[g_date_get_weekday(&date)];
}

/* A calendar that leaves no day for work is no calendar. */
#define REST_MOST 366

rdl_day rdl_workdays_on_or_after(const rdl_workdays *days, rdl_day day)
{
    rdl_day first = day;

    while (rdl_workdays_known(days, day) && rdl_workdays_rest(days, day) && day - first < REST_MOST)
        day++;
    return day;
}

rdl_day rdl_workdays_after(const rdl_workdays *days, rdl_day day, int n)
{
    for (int rested = 0; n > 0 && rested < REST_MOST;) {
        bool rest = rdl_workdays_rest(days, ++day);
        rested = rest ? rested + 1 : 0;
        n -= !rest;
    }
    return day;
}

/* ---- periods and days ---- */

static bool years_known(const rdl_workdays *days, rdl_day first, rdl_day last)
{
    bool known = rdl_workdays_known(days, last);

    for (; known && first < last; first = rdl_day_add_months(first, 12))
        known = rdl_workdays_known(days, first);
    return known;
}

static rdl_deadline period_ending(const rdl_deadline_policy *policy, rdl_day due)
{
    rdl_deadline d = {RDL_DEADLINE_PERIOD, due, false, true};

    if (policy->shift_computed) {
        d.due = rdl_workdays_on_or_after(policy->days, due);
        d.calendar = years_known(policy->days, due, d.due);
    }
    d.moved = d.due != due;
    return d;
}

static rdl_deadline day_named(const rdl_deadline_policy *policy, rdl_day due)
{
    rdl_deadline d = {RDL_DEADLINE_DATE, due, false, true};

    if (policy->shift_dates) {
        d.due = rdl_workdays_on_or_after(policy->days, due);
        d.calendar = years_known(policy->days, due, d.due);
    }
    d.moved = d.due != due;
    return d;
}

rdl_deadline rdl_deadline_months(const rdl_deadline_policy *policy, rdl_day start, int months)
{
    return period_ending(policy, rdl_day_add_months(start, months));
}

/* ---- words ---- */

/* Value of 0..9 in Chinese, 10 for 十, -1 for anything else. */
static int numeral(gunichar c)
{
    static const char digits[] = "〇一二三四五六七八九十";
    static const gunichar also[] = {0x4e24 /* 两 */, 0x96f6 /* 零 */};

    if (c == also[0] || c == also[1])
        return c == also[0] ? 2 : 0;
    const char *at = digits;
    for (int value = 0; *at; value++, at = g_utf8_next_char(at))
        if (g_utf8_get_char(at) == c)
            return value;
    return -1;
}

/* A run of numerals at `p` as figures: 十二 -> 12, 三十 -> 30, 二〇一八 -> 2018. */
static const char *put_figures(const char *p, GString *out)
{
    int total = 0, last = -1;
    bool tens = false;

    for (int value; *p && (value = numeral(g_utf8_get_char(p))) >= 0; p = g_utf8_next_char(p)) {
        if (value == 10) {
            total = (last < 0 ? 1 : total) * 10;
            tens = true;
        } else {
            total = tens ? total + value : total * 10 + value;
        }
        last = value;
        if (total > 9999)
            break;
    }
    g_string_append_printf(out, "%d", total);
    return p;
}

/* NFKC, no blanks, numerals as figures. */
static char *plain(const char *words)
{
    g_autofree char *normal = g_utf8_normalize(words, -1, G_NORMALIZE_ALL_COMPOSE);
    GString *out = g_string_new(NULL);

    for (const char *p = normal ? normal : ""; *p;) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isspace(c)) {
            p = g_utf8_next_char(p);
        } else if (numeral(c) >= 0) {
            p = put_figures(p, out);
        } else {
            g_string_append_unichar(out, c);
            p = g_utf8_next_char(p);
        }
    }
    return g_string_free(out, FALSE);
}

/* -1: the phrase does not say. */
static int figure(const GMatchInfo *match, const char *name)
{
    g_autofree char *text = g_match_info_fetch_named(match, name);

    return text && *text ? (int)strtol(text, NULL, 10) : -1;
}

static int year_or(const GMatchInfo *match, rdl_day start)
{
    GDate from = date_of(start);
    int year = figure(match, "y");

    return year < 0 ? g_date_get_year(&from) : year;
}

/* No year is named: the first such day that is to come is meant. "This year" names one. */
static bool is_open(const GMatchInfo *match)
{
    g_autofree char *this_year = g_match_info_fetch_named(match, "this");

    return figure(match, "y") < 0 && !(this_year && *this_year);
}

static bool month_end(int year, int month, rdl_day *day)
{
    if (!g_date_valid_month((GDateMonth)month) || year < 1 || year > 9999)
        return false;
    *day = rdl_day_of(year, month, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
    return true;
}

static bool day_of(int year, int month, int dayofmonth, rdl_day *day)
{
    if (year < 1 || dayofmonth > 31 ||
        !g_date_valid_dmy((GDateDay)dayofmonth, (GDateMonth)month, (GDateYear)year))
        return false;
    *day = rdl_day_of(year, month, dayofmonth);
    return true;
}

typedef bool (*meaning_fn)(const rdl_deadline_policy *policy, const GMatchInfo *match,
                           rdl_day start, rdl_deadline *d);

static bool means_day(const rdl_deadline_policy *policy, const GMatchInfo *match, rdl_day start,
                      rdl_deadline *d)
{
    int year = year_or(match, start), month = figure(match, "m"), dayofmonth = figure(match, "d");
    rdl_day day;

    if (!day_of(year, month, dayofmonth, &day) ||
        (is_open(match) && day < start && !day_of(year + 1, month, dayofmonth, &day)))
        return false;
    *d = day_named(policy, day);
    return true;
}

static bool means_month_end(const rdl_deadline_policy *policy, const GMatchInfo *match,
                            rdl_day start, rdl_deadline *d)
{
    GDate from = date_of(start);
    int year = year_or(match, start), month = figure(match, "m");
    rdl_day day;

    if (month < 0) /* 本月底 */
        month = g_date_get_month(&from);
    if (!month_end(year, month, &day) ||
        (is_open(match) && day < start && !month_end(year + 1, month, &day)))
        return false;
    *d = day_named(policy, day);
    return true;
}

static bool means_year_end(const rdl_deadline_policy *policy, const GMatchInfo *match,
                           rdl_day start, rdl_deadline *d)
{
    rdl_day day;

    if (!month_end(year_or(match, start), 12, &day))
        return false;
    *d = day_named(policy, day);
    return true;
}

#define COUNT_MOST 1200 /* a century of months */

static bool means_months(const rdl_deadline_policy *policy, const GMatchInfo *match, rdl_day start,
                         rdl_deadline *d)
{
    int months = figure(match, "months"), years = figure(match, "years");

    if (years >= 0)
        months = 12 * years;
    else if (months < 0) /* 半年 */
        months = 6;
    if (months < 1 || months > COUNT_MOST)
        return false;
    *d = rdl_deadline_months(policy, start, months);
    return true;
}

static bool means_days(const rdl_deadline_policy *policy, const GMatchInfo *match, rdl_day start,
                       rdl_deadline *d)
{
    int n = figure(match, "n");

    if (n < 1 || n > 31 * COUNT_MOST)
        return false;
    *d = period_ending(policy, start + n);
    return true;
}

/* Ends on a working day by itself. */
static bool means_workdays(const rdl_deadline_policy *policy, const GMatchInfo *match,
                           rdl_day start, rdl_deadline *d)
{
    int n = figure(match, "n");

    if (n < 1 || n > 31 * COUNT_MOST)
        return false;
    *d = (rdl_deadline){.kind = RDL_DEADLINE_PERIOD,
                        .due = rdl_workdays_after(policy->days, start, n)};
    d->calendar = years_known(policy->days, start, d->due);
    return true;
}

/* The end of a half or a quarter of a year. */
static bool means_part(const rdl_deadline_policy *policy, const GMatchInfo *match, rdl_day start,
                       rdl_deadline *d)
{
    g_autofree char *half = g_match_info_fetch_named(match, "half");
    int quarter = figure(match, "q"), year = year_or(match, start);
    int month = quarter > 0 ? 3 * quarter : strcmp(half, "上") == 0 ? 6 : 12;
    rdl_day day;

    if (!month_end(year, month, &day) ||
        (is_open(match) && day < start && !month_end(year + 1, month, &day)))
        return false;
    *d = day_named(policy, day);
    return true;
}

static bool means_at_once(const rdl_deadline_policy *policy, const GMatchInfo *match, rdl_day start,
                          rdl_deadline *d)
{
    (void)match;
    if (policy->at_once < 1 || policy->at_once > COUNT_MOST)
        return false;
    *d = rdl_deadline_months(policy, start, policy->at_once);
    return true;
}

static bool means_long_term(const rdl_deadline_policy *policy, const GMatchInfo *match,
                            rdl_day start, rdl_deadline *d)
{
    (void)policy;
    (void)match;
    (void)start;
    *d = (rdl_deadline){RDL_DEADLINE_NONE, RDL_DAY_FUTURE, false, true};
    return true;
}

#define BEFORE "(?:以前|之前|前)?$"
#define WITHIN "(?:以内|之内|内)$"
#define PERIOD "(?:以内|之内|内)?$"
#define OF_YEAR "^(?:(?<y>\\d{4})年|(?<this>[本今]年))?"
#define PART_END "(?:[底末]" BEFORE "|内?$)"

static const struct {
    const char *pattern;
    meaning_fn means;
} phrases[] = {
    {"^(?<y>\\d{4})([-./])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})" BEFORE, means_day},
    {OF_YEAR "(?<m>\\d{1,2})月(?<d>\\d{1,2})[日号]" BEFORE, means_day},
    {OF_YEAR "(?<m>\\d{1,2})月[底末]" BEFORE, means_month_end},
    {"^(?<y>\\d{4})年(?<m>\\d{1,2})月份?$", means_month_end},
    {"^本月[底末]" BEFORE, means_month_end},
    {"^(?:(?<y>\\d{4})年?|本|今)?年[底末]" BEFORE, means_year_end},
    {"^(?<y>\\d{4})年[内度]?$", means_year_end},
    {OF_YEAR "(?<half>[上下])半年" PART_END, means_part},
    {OF_YEAR "第?(?<q>[1-4])季度" PART_END, means_part},
    {"^(?<months>\\d{1,4})个月" PERIOD, means_months},
    {"^(?<years>\\d{1,3})年" WITHIN, means_months},
    {"^半年" PERIOD, means_months},
    {"^(?<n>\\d{1,5})个?工作日" PERIOD, means_workdays},
    {"^(?<n>\\d{1,5})[日天]" WITHIN, means_days},
    {"^(?:立行立改|立即整改|马上整改)$", means_at_once},
    {"^(?:并)?长期坚持$", means_long_term},
};

bool rdl_deadline_words(const rdl_deadline_policy *policy, const char *words, rdl_day start,
                        rdl_deadline *deadline, GError **error)
{
    g_autofree char *text = plain(words);

    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
        g_autoptr(GRegex) regex = g_regex_new(phrases[i].pattern, 0, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;
        if (g_regex_match(regex, text, 0, &match) &&
            phrases[i].means(policy, match, start, deadline))
            return true;
    }
    return rdl_fail(error, RDL_ERROR_DATA,
                    "'%s' does not say a day: write 2027-06-30, 2027年6月30日前, "
                    "2027年6月底前, 2027年底前, 六个月内, 30个工作日内 or 长期坚持",
                    words);
}
