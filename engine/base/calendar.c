#include "base/calendar.h"

#include <stdio.h>
#include <string.h>

static bool digits(const char *p, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit(p[i]))
            return false;
        *value = *value * 10 + (p[i] - '0');
    }
    return true;
}

static bool parse_parts(const char *p, int *year, int *month, int *dayofmonth)
{
    if (!digits(p, 4, year))
        return false;
    if (p[4] == '-')
        return digits(p + 5, 2, month) && p[7] == '-' && digits(p + 8, 2, dayofmonth) &&
               (p[10] == '\0' || p[10] == 'T' || p[10] == ' ');
    return digits(p + 4, 2, month) && digits(p + 6, 2, dayofmonth) && p[8] == '\0';
}

bool rdl_day_parse(const char *text, rdl_day *day, GError **error)
{
    int year, month, dayofmonth;

    if (!text || !parse_parts(text, &year, &month, &dayofmonth) || year < 1)
        return rdl_fail(error, RDL_ERROR_DATA, "'%s' is not a date: write YYYY-MM-DD",
                        text ? text : "");
    if (month < 1 || month > 12)
        return rdl_fail(error, RDL_ERROR_DATA, "'%s' is not a date: there is no month %d", text,
                        month);
    if (!g_date_valid_dmy((GDateDay)dayofmonth, (GDateMonth)month, (GDateYear)year))
        return rdl_fail(error, RDL_ERROR_DATA, "'%s' is not a date: %04d-%02d has %d days", text,
                        year, month, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
    *day = rdl_day_of(year, month, dayofmonth);
    return true;
}

char *rdl_day_text(rdl_day day)
{
    GDate date;

    if (day == RDL_DAY_PAST || day == RDL_DAY_FUTURE)
        return NULL;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), g_date_get_month(&date),
                           g_date_get_day(&date));
}

rdl_day rdl_day_of(int year, int month, int dayofmonth)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)dayofmonth, (GDateMonth)month, (GDateYear)year);
    return (rdl_day)g_date_get_julian(&date);
}

rdl_day rdl_day_today(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();

    return rdl_day_of(g_date_time_get_year(now), g_date_time_get_month(now),
                      g_date_time_get_day_of_month(now));
}

rdl_day rdl_day_add_months(rdl_day day, int months)
{
    GDate date;

    if (day == RDL_DAY_PAST || day == RDL_DAY_FUTURE)
        return day;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    if (months >= 0)
        g_date_add_months(&date, (guint)months); /* GLib clamps to the month's end */
    else
        g_date_subtract_months(&date, (guint)-months);
    return (rdl_day)g_date_get_julian(&date);
}

rdl_truth rdl_interval_within(rdl_interval when, rdl_interval span)
{
    if (when.first >= span.first && when.last <= span.last)
        return RDL_YES;
    return when.last < span.first || when.first > span.last ? RDL_NO : RDL_MAYBE;
}

/* ---- seasons ---- */

typedef struct {
    int first, last; /* month * 100 + day */
} window;

/* "MM-DD/MM-DD"; 02-29 is a day of some years. */
static bool window_parse(const char *text, window *w)
{
    int m0, d0, m1, d1, end = 0;

    if (strlen(text) != 11 || sscanf(text, "%2d-%2d/%2d-%2d%n", &m0, &d0, &m1, &d1, &end) != 4 ||
        end != 11)
        return false;
    *w = (window){m0 * 100 + d0, m1 * 100 + d1};
    return g_date_valid_dmy((GDateDay)d0, (GDateMonth)m0, 2000) &&
           g_date_valid_dmy((GDateDay)d1, (GDateMonth)m1, 2000);
}

bool rdl_season_valid(const char *season)
{
    g_auto(GStrv) windows = g_strsplit(season, "|", -1);
    window w;

    for (char **text = windows; *text; text++)
        if (!window_parse(*text, &w))
            return false;
    return *windows != NULL;
}

static bool in_season(char *const *windows, rdl_day day)
{
    window w;
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day);
    int at = (int)g_date_get_month(&date) * 100 + (int)g_date_get_day(&date);
    for (; *windows; windows++) {
        window_parse(*windows, &w);
        if (w.first <= w.last ? w.first <= at && at <= w.last : at >= w.first || at <= w.last)
            return true;
    }
    return false;
}

rdl_truth rdl_season_within(rdl_interval when, const char *season)
{
    g_auto(GStrv) windows = g_strsplit(season, "|", -1);
    bool in = false, out = false;

    if (!rdl_season_valid(season))
        return RDL_MAYBE;
    if (when.first == RDL_DAY_PAST || when.last == RDL_DAY_FUTURE || when.last - when.first > 366) {
        when.first = rdl_day_of(2000, 1, 1); /* some day of the year: every day of one */
        when.last = rdl_day_of(2000, 12, 31);
    }
    for (rdl_day day = when.first; day <= when.last; day++)
        *(in_season(windows, day) ? &in : &out) = true;
    return in && out ? RDL_MAYBE : in ? RDL_YES : RDL_NO;
}

rdl_truth rdl_interval_before(rdl_interval when, rdl_day limit)
{
    if (when.last < limit)
        return RDL_YES;
    return when.first >= limit ? RDL_NO : RDL_MAYBE;
}

rdl_truth rdl_truth_and(rdl_truth a, rdl_truth b)
{
    if (a == RDL_NO || b == RDL_NO)
        return RDL_NO;
    return a == RDL_YES && b == RDL_YES ? RDL_YES : RDL_MAYBE;
}

rdl_truth rdl_truth_or(rdl_truth a, rdl_truth b)
{
    if (a == RDL_YES || b == RDL_YES)
        return RDL_YES;
    return a == RDL_NO && b == RDL_NO ? RDL_NO : RDL_MAYBE;
}

rdl_truth rdl_truth_not(rdl_truth a)
{
    return a == RDL_MAYBE ? RDL_MAYBE : a == RDL_YES ? RDL_NO : RDL_YES;
}
