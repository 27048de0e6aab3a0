#include "rectify/code.h"

#include <string.h>

#define DEEPEST 32 /* of a tree of activities; a circle ends there */

bool rdl_code_listed(const char *list, const char *code)
{
    g_auto(GStrv) parts = g_strsplit(list, "|", -1);

    return code && (strcmp(list, "*") == 0 || g_strv_contains((const char *const *)parts, code));
}

const char *rdl_activity_above(const rdl_csv *activities, const char *activity)
{
    gssize row = activities && activity ? rdl_csv_find(activities, "code", activity) : -1;
    const char *parent = row < 0 ? "" : rdl_csv_at(activities, (size_t)row, "parent");

    return *parent ? parent : NULL;
}

bool rdl_activity_listed(const rdl_csv *activities, const char *list, const char *activity)
{
    for (int depth = 0; activity && depth < DEEPEST; depth++) {
        if (rdl_code_listed(list, activity))
            return true;
        activity = rdl_activity_above(activities, activity);
    }
    return false;
}

bool rdl_state_lasts(const rdl_csv *states, const char *state)
{
    gssize row = states && state ? rdl_csv_find(states, "state", state) : -1;

    return row >= 0 && strcmp(rdl_csv_at(states, (size_t)row, "counts"), "longterm") == 0;
}
