#include "rectify/route.h"

#include <string.h>

#define GENERATIONS 32 /* more successors of one unit are a circle */

/* The row holds on that day; "" is open. Columns `from` and `to` are ISO days. */
static bool holds(const rdl_csv *csv, size_t row, const char *from, const char *to, const char *day)
{
    const char *first = rdl_csv_at(csv, row, from), *last = rdl_csv_at(csv, row, to);

    return (!*first || strcmp(first, day) <= 0) && (!*last || strcmp(last, day) >= 0);
}

/* NULL where the pack has no such table, or none that can be read: what checks packs says so. */
static const rdl_csv *table(rdl_ledger *ledger, const char *file)
{
    return rdl_ledger_table(ledger, file, NULL);
}

static const char *successor(const rdl_csv *csv, const char *code, const char *day)
{
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        if (strcmp(rdl_csv_at(csv, i, "old"), code) == 0 && holds(csv, i, "from", "", day))
            return rdl_csv_at(csv, i, "new");
    return NULL;
}

bool rdl_route_unit(rdl_ledger *ledger, const char *xzqdm, rdl_day on, const char **code,
                    GError **error)
{
    const rdl_csv *csv = table(ledger, "successors.csv");
    g_autofree char *day = rdl_day_text(on);
    const char *next = xzqdm;

    *code = xzqdm;
    for (int i = 0; csv && xzqdm && (next = successor(csv, *code, day)); i++) {
        if (i == GENERATIONS)
            return rdl_fail(error, RDL_ERROR_DATA, "successors.csv: %s leads in a circle", xzqdm);
        *code = next;
    }
    return true;
}

const char *rdl_route_post(rdl_ledger *ledger, const char *xzqdm, const char *post, rdl_day on)
{
    const rdl_csv *csv = table(ledger, "posts.csv");
    g_autofree char *day = rdl_day_text(on);
    const char *name = NULL;
    size_t longest = 0;

    for (size_t i = 0; csv && xzqdm && i < rdl_csv_count(csv); i++) {
        g_autofree char *unit = rdl_division_beginning(rdl_csv_at(csv, i, "xzqdm"));
        if (strcmp(rdl_csv_at(csv, i, "post"), post) == 0 && strlen(unit) > longest &&
            g_str_has_prefix(xzqdm, unit) && holds(csv, i, "from", "to", day)) {
            longest = strlen(unit);
            name = rdl_csv_at(csv, i, "name");
        }
    }
    return name;
}

const char *rdl_route_department(rdl_ledger *ledger, const char *name, rdl_day on)
{
    const rdl_csv *csv = table(ledger, "departments.csv");
    g_autofree char *day = rdl_day_text(on);

    for (size_t i = 0; csv && name && i < rdl_csv_count(csv); i++) {
        const char *until = rdl_csv_at(csv, i, "valid_to");
        bool former = !*until || strcmp(until, day) < 0; /* a short form, or a name of the past */
        if (former && strcmp(rdl_csv_at(csv, i, "name"), name) == 0)
            return rdl_csv_at(csv, i, "current");
    }
    return name;
}

/* Is one of `acts` (a|b) what the role may? */
static bool listed(const rdl_csv *csv, size_t row, const char *acts)
{
    g_auto(GStrv) may = g_strsplit(rdl_csv_at(csv, row, "may"), "|", -1);
    g_auto(GStrv) asked = g_strsplit(acts, "|", -1);

    for (char **act = asked; *act; act++)
        if (g_strv_contains((const char *const *)may, *act))
            return true;
    return false;
}

bool rdl_role_may(rdl_ledger *ledger, const char *role, const char *act, const char *subject,
                  GError **error)
{
    const rdl_csv *csv = table(ledger, "roles.csv");
    gssize row = csv && role ? rdl_csv_find(csv, "role", role) : -1;
    g_autoptr(GString) others = g_string_new(NULL);

    if (!csv || (row >= 0 && listed(csv, (size_t)row, act)))
        return true;
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        if (listed(csv, i, act))
            g_string_append_printf(others, "%s%s", others->len ? ", " : "",
                                   rdl_csv_at(csv, i, "role"));
    return rdl_fail(error, RDL_ERROR_USAGE, "%s: %s is for %s, not for %s", subject, act,
                    others->len ? others->str : "nobody", role ? role : "no role");
}
