#include "rectify/warning.h"

#include <math.h>
#include <string.h>

static bool number(const rdl_csv *csv, size_t row, const char *column, double *value)
{
    const char *text = rdl_csv_at(csv, row, column);
    char *end;

    *value = g_ascii_strtod(text, &end);
    return *text && *end == '\0';
}

/* Share of the time from start to due that has passed, NaN where there is none to pass. */
static double elapsed(const rdl_timing *t, rdl_day as_of)
{
    if (t->due == RDL_DAY_FUTURE || t->started == RDL_DAY_PAST || t->due <= t->started)
        return NAN;
    return ((double)as_of - t->started) / ((double)t->due - t->started);
}

static const char *holds(const rdl_csv *csv, size_t row, const rdl_timing *t, rdl_day as_of)
{
    double u = elapsed(t, as_of), limit;

    if (number(csv, row, "days_left", &limit) && t->due != RDL_DAY_FUTURE &&
        (double)t->due - as_of <= limit)
        return "time";
    if (number(csv, row, "missed", &limit) && t->missed >= limit)
        return "milestone";
    if (number(csv, row, "lag", &limit) && u - t->progress > limit + 1e-12) /* false for NaN */
        return "lag";
    if (number(csv, row, "idle", &limit) && t->progress == 0.0 && u >= limit)
        return "idle";
    return NULL;
}

rdl_warning rdl_warning_of(const rdl_csv *warnings, const rdl_timing *timing, rdl_day as_of)
{
    rdl_warning w = {0};

    for (size_t i = 0; timing->tier && i < rdl_csv_count(warnings); i++) {
        if (strcmp(rdl_csv_at(warnings, i, "tier"), timing->tier) != 0)
            continue;
        const char *by = w.level ? NULL : holds(warnings, i, timing, as_of);
        if (by)
            w = (rdl_warning){rdl_csv_at(warnings, i, "level"), by, 0};
        w.rank += w.level != NULL; /* this row and every milder one */
    }
    return w;
}

int rdl_warning_rank(const rdl_csv *warnings, const char *tier, const char *level)
{
    int rank = 0;
    bool found = false;

    for (size_t i = 0; level && tier && i < rdl_csv_count(warnings); i++) {
        if (strcmp(rdl_csv_at(warnings, i, "tier"), tier) != 0)
            continue;
        found = found || strcmp(rdl_csv_at(warnings, i, "level"), level) == 0;
        rank += found;
    }
    return rank;
}

bool rdl_warnings_check(const rdl_csv *warnings, GError **error)
{
    static const char *const needed[] = {"tier",   "level", "days_left", "lag",
                                         "missed", "idle",  NULL};
    double value;

    if (!rdl_csv_need(warnings, needed, error))
        return false;
    for (size_t i = 0; i < rdl_csv_count(warnings); i++)
        for (int k = 2; needed[k]; k++)
            if (*rdl_csv_at(warnings, i, needed[k]) && !number(warnings, i, needed[k], &value))
                return rdl_fail(error, RDL_ERROR_DATA, "%s:%d: %s '%s' is not a number",
                                rdl_csv_name(warnings), rdl_csv_line(warnings, i), needed[k],
                                rdl_csv_at(warnings, i, needed[k]));
    return true;
}
