/* base/calendar.h - days, and intervals of days whose bounds may be unknown. */
#ifndef RDL_BASE_CALENDAR_H
#define RDL_BASE_CALENDAR_H

#include <stdint.h>
#include "base/error.h"

/** A day as its Julian day number of GLib (1 = 0001-01-01, proleptic Gregorian). */
typedef int32_t rdl_day;
#define RDL_DAY_PAST INT32_MIN   /* an unknown earlier bound */
#define RDL_DAY_FUTURE INT32_MAX /* an unknown later bound */

/** Closed interval first..last: "somewhere within", or "all through", as the user says. */
typedef struct rdl_interval {
    rdl_day first, last;
} rdl_interval;

typedef enum { RDL_NO, RDL_YES, RDL_MAYBE } rdl_truth;

/** Parse `YYYY-MM-DD` or `YYYYMMDD` (judgement 30), or an ISO date-time of which the day counts.
 *  Fails: RDL_ERROR_DATA for anything else, or a day that does not exist. */
RDL_API bool rdl_day_parse(const char *text, rdl_day *day, GError **error);
/** ISO 8601 text, yours to free; NULL for an unknown bound. */
RDL_API char *rdl_day_text(rdl_day day);
RDL_API rdl_day rdl_day_of(int year, int month, int dayofmonth); /* asserts a real day */
RDL_API rdl_day rdl_day_today(void);
/** The corresponding day `months` later, clamped to the month's end; the starting day does not
 *  count (Civil Code of China arts 201-203): 2017-08-31 + 1 = 2017-09-30. */
RDL_API rdl_day rdl_day_add_months(rdl_day day, int months);

/** Is a moment known to lie in `when` within the closed `span`? */
RDL_API rdl_truth rdl_interval_within(rdl_interval when, rdl_interval span);
/** Is a moment known to lie in `when` before `limit`? */
RDL_API rdl_truth rdl_interval_before(rdl_interval when, rdl_day limit);

/** A season: windows of the year as "MM-DD/MM-DD", joined by "|"; both days count, and one that
 * ends before it begins runs over the new year. Is it well written? */
RDL_API bool rdl_season_valid(const char *season);
/** Is a moment known to lie in `when` within the season? RDL_MAYBE for one badly written. */
RDL_API rdl_truth rdl_season_within(rdl_interval when, const char *season);

RDL_API rdl_truth rdl_truth_and(rdl_truth a, rdl_truth b);
RDL_API rdl_truth rdl_truth_or(rdl_truth a, rdl_truth b);
RDL_API rdl_truth rdl_truth_not(rdl_truth a);

#endif
