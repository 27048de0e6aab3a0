/* rectify/warning.h - how late a task is: the level by time and by progress, and why.
 *
 * The thresholds are rows of the pack's warnings.csv (tier, level, days_left, lag, missed, idle),
 * the gravest level of a tier first; a level holds when any of its tests does: days_left  due -
 * as_of <= days_left (-1: overdue) lag        u - p > lag; u = elapsed / total time of the task, p
 * = its progress, both 0..1 missed     milestones that passed unmet >= missed idle       p = 0 and
 * u >= idle */
#ifndef RDL_RECTIFY_WARNING_H
#define RDL_RECTIFY_WARNING_H

#include "base/base.h"

/** What a warning looks at. */
typedef struct rdl_timing {
    const char *tier;     /* NULL: none, and no warning */
    rdl_day started, due; /* due FUTURE: long-term */
    double progress;      /* 0..1; NaN: not judged by progress (a verification) */
    int missed;           /* milestones that passed before as_of and were not met by then */
} rdl_timing;

typedef struct rdl_warning {
    const char *level; /* lent from the table; NULL: none */
    const char *by;    /* "time", "lag", "milestone", "idle": the first test that held; static */
    int rank;          /* 0 none, 1 the mildest row of the tier ... */
} rdl_warning;

/** The gravest level of `timing` at `as_of`. Pure. */
rdl_warning rdl_warning_of(const rdl_csv *warnings, const rdl_timing *timing, rdl_day as_of);
/** Rank of a level among the rows of a tier, as rdl_warning.rank; 0: none. */
int rdl_warning_rank(const rdl_csv *warnings, const char *tier, const char *level);
/** Is the table one that rdl_warning_of() can use? Fails: RDL_ERROR_DATA with the line. */
bool rdl_warnings_check(const rdl_csv *warnings, GError **error);

#endif
