/* rectify/deadline.h - until when: periods, the words of plans, days of rest.
 *
 * Periods after the Civil Code of China, arts 201 to 203: the starting day does not count; a period
 * of months ends on the corresponding day, or on the last of a month that has none; where the last
 * day is one of rest, the period ends on the first day after it. Days that a plan names ("2018年1月
 * 底前") include the day named (art. 1259) and are moved only where the policy says so. */
#ifndef RDL_RECTIFY_DEADLINE_H
#define RDL_RECTIFY_DEADLINE_H

#include "base/base.h"

/** Which days are for work: a weekly rhythm and the exceptions of published calendars. */
typedef struct rdl_workdays rdl_workdays;

/** A week in which the ISO days (1 Monday .. 7 Sunday) of `weekend`, 0-ended, are of rest. */
rdl_workdays *rdl_workdays_new(const int *weekend);
void rdl_workdays_free(rdl_workdays *days);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_workdays, rdl_workdays_free)
/** Take in a table (date, kind: holiday or workday) of one year or several.
 *  Fails: RDL_ERROR_DATA with the line of a date or kind that cannot be read. */
bool rdl_workdays_add(rdl_workdays *days, const rdl_csv *calendar, GError **error);
/** Has a calendar of that day's year been taken in? Without one, holidays are not known. */
bool rdl_workdays_known(const rdl_workdays *days, rdl_day day);
bool rdl_workdays_rest(const rdl_workdays *days, rdl_day day);
/** The first working day on or after `day`; `day` itself where its year is not known. */
rdl_day rdl_workdays_on_or_after(const rdl_workdays *days, rdl_day day);
/** The n-th working day after `day`, which does not count; years not known have their weekends
 *  only. */
rdl_day rdl_workdays_after(const rdl_workdays *days, rdl_day day, int n);

typedef enum { RDL_DEADLINE_DATE, RDL_DEADLINE_PERIOD, RDL_DEADLINE_NONE } rdl_deadline_kind;

typedef struct rdl_deadline {
    rdl_deadline_kind kind; /* NONE: long-term (长期坚持), without a day */
    rdl_day due;
    bool moved;    /* off a day of rest */
    bool calendar; /* false: it is provisional: counted through a year without a calendar */
} rdl_deadline;

typedef struct rdl_deadline_policy {
    const rdl_workdays *days;
    bool shift_computed; /* periods that end on a day of rest end on the next working day */
    bool shift_dates;    /* the same for days a plan names; off by default */
    int at_once;         /* months that 立行立改 gives; 0: it names no day */
} rdl_deadline_policy;

/** `months` after `start`. Pure. */
rdl_deadline rdl_deadline_months(const rdl_deadline_policy *policy, rdl_day start, int months);
/** What the words of a plan mean, told from `start`: 2026-12-31, 2026.12.31, 2026/12/31;
 * X年X月X日(前), X年X月(底前), X年(底前), X年上半年, X年第X季度(末); X月底前, X月X日前, 上半年,
 * 第X季度 (the first such day on or after `start`; with 今年 or 本年 the one of its year, even when
 * that is past), 年底前, 本月底前; X日内, X个工作日(内),
 * X个月(内), X年内, 半年(内); 立行立改; 长期坚持. Figures in any width, or Chinese numerals to
 * 九十九. "X月前" alone, a season (汛期前), a bare number are refused: they do not say which day.
 * Fails: RDL_ERROR_DATA quoting the words. */
bool rdl_deadline_words(const rdl_deadline_policy *policy, const char *words, rdl_day start,
                        rdl_deadline *deadline, GError **error);

#endif
