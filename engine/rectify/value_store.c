#include "rectify/value.h"

#include <string.h>

bool rdl_listed_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, "|", -1);

    return word && g_strv_contains((const char *const *)words, word);
}

const char *rdl_notice_of(rdl_ledger *ledger, const char *state)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "publications.csv", NULL);
    gssize row = csv ? rdl_csv_find(csv, "state", state) : -1;

    return row < 0 ? NULL : rdl_csv_at(csv, (size_t)row, "kind");
}

/* ---- what is given ---- */

const char *rdl_value_of(const rdl_task *task, const rdl_move *move, const char *name)
{
    const char *given = rdl_json_text(move->fields, name, NULL);
    const struct {
        const char *name, *value;
    } known[] = {
        {"target", task->target},
        {"measures", task->measures},
        {"lead_leader", task->lead_leader},
        {"supervisor", task->supervisor},
        {"resp_unit", task->resp_unit},
        {"accept_unit", task->accept_unit},
        {"due", task->problem_id && strcmp(task->kind, "rectify") == 0 ? task->due : NULL}};

    if (given && *given)
        return given;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].value;
    return NULL;
}

bool rdl_values_there(rdl_ledger *ledger, const rdl_way *way, GError **error)
{
    g_auto(GStrv) names = g_strsplit(rdl_csv_at(way->workflow, way->row, "fields"), "|", -1);
    const rdl_task *task = way->task;

    for (char **n = names; *n; n++) {
        bool lasts = strcmp(*n, "due") == 0 && task->problem_id &&
                     rdl_ledger_tier_lasts(ledger, task->tier); /* it has no day to give */
        const char *value = **n && !lasts ? rdl_value_of(task, way->move, *n) : *n;
        if (!value || (**n && !*value))
            return rdl_fail(error, RDL_ERROR_USAGE, "%s: %s to %s needs %s: give --set %s=...",
                            task->task_id, task->state, way->move->to, *n, *n);
    }
    return true;
}

/* ---- what is taken ---- */

static void add(GPtrArray *names, const char *name)
{
    if (*name && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

/* A term begins with a problem, and again with one that is reopened; at any other move of a
 * rectification its day is refused by a message of its own. */
static void add_term(GPtrArray *names, const rdl_way *way, bool registers)
{
    bool rectify = strcmp(way->task->kind, "rectify") == 0;
    bool again = rectify && (strcmp(way->task->state, "REOPENED") == 0 ||
                             strcmp(way->move->to, "REOPENED") == 0);

    if (registers || rectify)
        add(names, "due");
    if (registers || again)
        add(names, "tier");
}

/* Yours. */
static GPtrArray *names_taken(rdl_ledger *ledger, const rdl_way *way)
{
    static const char *const of_notice[] = {"channel", "notice", "link"};
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *to = way->move->to, *guard = rdl_csv_at(way->workflow, way->row, "guard");
    bool registers = strcmp(way->task->kind, "verify") == 0 && strcmp(to, "REGISTERED") == 0;
    g_auto(GStrv) row = g_strsplit(rdl_csv_at(way->workflow, way->row, "fields"), "|", -1);

    for (char **name = row; *name; name++)
        add(names, *name);
    if (rdl_listed_word(guard, "IMAGE_AFTER_CLAIM"))
        add(names, "image_date");
    if (rdl_listed_word(guard, "MEASURES_DONE"))
        add(names, "measures_done");
    for (size_t i = 0; rdl_notice_of(ledger, to) && i < G_N_ELEMENTS(of_notice); i++)
        add(names, of_notice[i]);
    if (strcmp(way->task->state, "LOOKBACK") == 0 && strcmp(to, "REOPENED") == 0)
        add(names, "rebound");
    add_term(names, way, registers);
    for (int i = 0; (registers || way->task->problem_id) && rdl_problem_members[i]; i++)
        add(names, rdl_problem_members[i]);
    return names;
}

/* How many letters must be put in, taken out or changed to make the one of the other. */
static guint unlike(const char *a, const char *b)
{
    size_t n = strlen(b);
    g_autofree guint *row = g_new(guint, n + 1);

    for (size_t j = 0; j <= n; j++)
        row[j] = (guint)j;
    for (size_t i = 1; a[i - 1]; i++) {
        guint corner = row[0];
        row[0] = (guint)i;
        for (size_t j = 1; j <= n; j++) {
            guint changed = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

static char *alike_first(const GPtrArray *names, const char *given)
{
    GString *list = g_string_new(NULL);
    guint best = 0;

    for (guint i = 1; i < names->len; i++)
        if (unlike(names->pdata[i], given) < unlike(names->pdata[best], given))
            best = i;
    for (guint i = 0; i < names->len; i++) {
        guint k = i == 0 ? best : i <= best ? i - 1 : i;
        g_string_append_printf(list, "%s%s", i ? ", " : "", (char *)names->pdata[k]);
    }
    return g_string_free(list, FALSE);
}

bool rdl_values_taken(rdl_ledger *ledger, const rdl_way *way, GError **error)
{
    g_autoptr(GPtrArray) names = names_taken(ledger, way);
    g_autoptr(GList) given = json_object_get_members(way->move->fields);
    const char *all = rdl_json_text(way->move->fields, "measures_done", NULL);

    for (GList *g = given; g; g = g->next) {
        if (g_ptr_array_find_with_equal_func(names, g->data, g_str_equal, NULL))
            continue;
        g_autofree char *list = alike_first(names, g->data);
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s to %s takes no value '%s': what it takes is %s", way->task->task_id,
                        way->task->state, way->move->to, (const char *)g->data,
                        *list ? list : "none");
    }
    return !all || strcmp(all, "all") == 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: measures_done '%s' is not all: redline task measure says so of one",
                    way->task->task_id, all);
}
