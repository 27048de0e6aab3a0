/* redline task - see tasks and move them along the workflow. */
#include "verb.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "deliver/deliver.h"
#include "task_photo.h"

/* ---- list ---- */

static struct {
    char *state, *unit, *kind, *warning, *as_of;
} f;

static const GOptionEntry list_entries[] = {
    {"state", 0, 0, G_OPTION_ARG_STRING, &f.state, "only in this state: SCREENED, WORKING ...",
     "STATE"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, &f.unit,
     "only this unit and those within it: 321202, 321200 or 3212", "CODE"},
    {"kind", 0, 0, G_OPTION_ARG_STRING, &f.kind, "only verify or rectify", "KIND"},
    {"warning", 0, 0, G_OPTION_ARG_STRING, &f.warning,
     "only warned of, at this level (blue, yellow, orange, red) or 'any', with what is proposed",
     "LEVEL"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &f.as_of,
     "the tasks and warnings as they stood that day (default: the ledger's latest date)", "DATE"},
    G_OPTION_ENTRY_NULL};

/* The last of them, for those that ask for a day alone. */
#define DAY_ENTRY (&list_entries[G_N_ELEMENTS(list_entries) - 2])

/* One whose head is as it was written. */
static rdl_ledger *open_to_read(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    g_autofree char *head = ledger ? rdl_ledger_head(ledger, error) : NULL;

    return head ? g_steal_pointer(&ledger) : NULL;
}

/* The day asked for, else the ledger's own date. */
static bool filter_day(rdl_ledger *ledger, rdl_day *day, GError **error)
{
    g_autofree char *date = f.as_of ? NULL : rdl_ledger_date(ledger, error);

    return f.as_of ? cli_day("--as-of", f.as_of, 0, day, error)
                   : date && rdl_day_parse(date, day, error);
}

/* Before the ledger's latest date: then it is asked how it stood. */
static bool is_past(rdl_ledger *ledger, rdl_day day, bool *past, GError **error)
{
    g_autofree char *date = rdl_ledger_date(ledger, error);
    rdl_day latest;

    if (!date || !rdl_day_parse(date, &latest, error))
        return false;
    *past = day < latest;
    return true;
}

static JsonNode *tasks_json(const GArray *tasks)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < tasks->len; i++)
        json_array_add_object_element(array, rdl_task_json(&g_array_index(tasks, rdl_task, i)));
    return json_node_init_array(json_node_alloc(), array);
}

static void add(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text ? text : "-"));
}

/* What a scene says against the claim stands beside what the calendar says. */
static char *warning_of(const rdl_task *t)
{
    if (!t->contradicted)
        return g_strdup(t->warning);
    return g_strconcat(t->warning ? t->warning : "", t->warning ? ", " : "", "contradicted", NULL);
}

/* The grounds for an interview in the words of the ledger's pack; NULL: there are none. Yours. */
static char *grounds_of(rdl_ledger *ledger, const rdl_task *t)
{
    g_auto(GStrv) keys = g_strsplit(t->triggers ? t->triggers : "", "|", -1);

    for (char **key = keys; *key; key++) {
        char *word = g_strdup(rdl_ledger_word(ledger, *key, "en"));
        g_free(*key);
        *key = word;
    }
    return *keys ? g_strjoinv("; ", keys) : NULL;
}

static const char *rung_of(rdl_ledger *ledger, const rdl_task *t)
{
    return t->proposes ? rdl_ledger_word(ledger, t->proposes, "en") : NULL;
}

static void add_advice(rdl_ledger *ledger, GPtrArray *cells, const rdl_task *t)
{
    g_autofree char *grounds = grounds_of(ledger, t);

    add(cells, t->warning_by);
    add(cells, rung_of(ledger, t));
    add(cells, grounds);
}

/* Its day, or since when it has none; NULL: it lasts. */
static char *due_cell(const rdl_task *t)
{
    return t->undated    ? g_strconcat("none since ", t->undated, NULL)
           : t->due_note ? g_strdup_printf("%s (%s)", t->due, t->due_note)
                         : g_strdup(t->due);
}

static void print_tasks(const GArray *tasks, rdl_ledger *advised)
{
    static const char *const all_heads[] = {"TASK",   "NO",      "KIND",     "STATE",    "UNIT",
                                            "DUE",    "WARNING", "ZONE",     "ACTIVITY", "HA",
                                            "SOURCE", "BY",      "PROPOSED", "INTERVIEW"};
    const guint n_heads = (guint)G_N_ELEMENTS(all_heads) - (advised ? 0 : 3);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < n_heads; i++)
        add(cells, all_heads[i]);
    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        g_autofree char *warning = warning_of(t), *due = due_cell(t);
        g_autofree char *number = g_strdup_printf("%d", t->number);
        const char *texts[] = {t->task_id, number,  t->kind, t->state,   t->xzqdm,
                               due,        warning, t->zone, t->activity};
        for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
            add(cells, texts[k]);
        if (isfinite(t->area_m2))
            g_ptr_array_add(cells, g_strdup_printf("%10.4f", t->area_m2 * 1e-4));
        else
            add(cells, NULL);
        add(cells, t->source_id);
        if (advised)
            add_advice(advised, cells, t);
    }
    g_autofree char *text = rdl_table_text(cells, n_heads);
    fputs(text, stdout);
}

/* A level of warnings.csv, or any. */
static bool check_level(rdl_ledger *ledger, GError **error)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "warnings.csv", NULL);
    g_autoptr(GString) levels = g_string_new("any");

    if (!f.warning || strcmp(f.warning, "any") == 0 ||
        (csv && rdl_csv_find(csv, "level", f.warning) >= 0))
        return true;
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        const char *level = rdl_csv_at(csv, i, "level");
        g_auto(GStrv) known = g_strsplit(levels->str, ", ", -1);
        if (!g_strv_contains((const char *const *)known, level))
            g_string_append_printf(levels, ", %s", level);
    }
    return rdl_fail(error, RDL_ERROR_USAGE, "--warning %s: no such level: there are %s", f.warning,
                    levels->str);
}

/* Of a list only what is warned of as asked, of any also what has no day and grounds for an
 * interview; each, or the one task shown, with its advice. */
static bool keep_warned(rdl_ledger *ledger, GArray *tasks, const char *id, rdl_day as_of,
                        GError **error)
{
    bool any = id || g_strcmp0(f.warning, "any") == 0;

    for (guint i = tasks->len; (f.warning || id) && i-- > 0;) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        bool asked = any || g_strcmp0(t->warning, f.warning) == 0;
        if (asked && !rdl_task_advise(ledger, t, as_of, error))
            return false;
        if (!id && !(asked && (t->warning || t->triggers)))
            g_array_remove_index(tasks, i);
    }
    return true;
}

/* A unit on whose ground only sites of others lie is a unit all the same. */
static bool check_filter(rdl_ledger *ledger, rdl_ledger *then, const char *path,
                         rdl_task_filter filter, GError **error)
{
    rdl_reaching reaching = {0};

    if (filter.unit &&
        !rdl_reaching_read(then ? then : ledger, path, filter.unit, &reaching, error))
        return false;
    g_autofree char *sites = reaching.sites;
    if (reaching.n)
        filter.unit = NULL;
    if (!rdl_task_filter_check(ledger, &filter, error))
        return false;
    if (reaching.n)
        cli_say("%u sites that other units answer for reach into %s and are not in its list: %s",
                reaching.n, f.unit, sites);
    if (reaching.lost)
        cli_say("the layer of units that the ledger records is not to be had any more: which sites "
                "of other units reach into %s is not known",
                f.unit);
    return true;
}

static GArray *list(const char *path, const char *id, GError **error)
{
    rdl_task_filter filter = {
        .state = f.state, .unit = f.unit, .kind = f.kind, .id = id, .no_ground = true};
    g_autoptr(rdl_ledger) ledger = open_to_read(path, error), then = NULL;
    bool past;

    if (!ledger || !filter_day(ledger, &filter.as_of, error) || !check_level(ledger, error) ||
        !is_past(ledger, filter.as_of, &past, error))
        return NULL;
    if (past && !(then = rdl_ledger_as_of(ledger, filter.as_of, error)))
        return NULL;
    if (!check_filter(ledger, then, path, filter, error))
        return NULL;
    g_autoptr(GArray) tasks = rdl_task_list(then ? then : ledger, &filter, error);
    return tasks && keep_warned(then ? then : ledger, tasks, id, filter.as_of, error)
               ? g_steal_pointer(&tasks)
               : NULL;
}

static int task_list(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  redline task list ledger.sqlite --state SCREENED --unit 3212 --as-of 2026-11-30\n\n"
        "Sorted by task; NO is the number of its site on maps and cards. WARNING: blue, yellow,\n"
        "orange or red that day, and contradicted where a scene speaks against a claim. With\n"
        "--warning: the test that held (BY: time, lag, milestone, idle), the next step of the\n"
        "ladder (PROPOSED: a person issues it) and the grounds for an interview (INTERVIEW).\n"
        "DUE 'provisional': counted without the calendar of that year, which the pack does not "
        "have.\n"
        "DUE 'none since': reopened that day and not given another; the old one no longer counts: "
        "no\n"
        "warning reaches it, --warning any lists it where there are grounds for an interview.\n"
        "With --unit, sites of other units that reach into it are named apart, with their share.\n"
        "--json prints an array of {id, number, kind, state, xzqdm, department, tier, due,\n"
        "due_original, due_note, undated, warning, warning_by, proposes, triggers, zone, activity, "
        "area_m2, "
        "lon, "
        "lat}.";
    GError *error = NULL;
    g_autoptr(GArray) tasks = NULL;
    g_autoptr(rdl_ledger) words = NULL;

    if (cli_parse(&argc, &argv, list_entries, "LEDGER", "List tasks.", teach, 1, 1, &error) &&
        (tasks = list(argv[1], NULL, &error))) {
        if (cli_flags.json)
            cli_print_json(tasks_json(tasks));
        else if (!f.warning || (words = rdl_ledger_open(argv[1], false, &error)))
            print_tasks(tasks, words);
    }
    return cli_end(error);
}

/* ---- count ---- */

static JsonNode *count(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = open_to_read(path, error);
    rdl_day as_of;

    return ledger && filter_day(ledger, &as_of, error) ? rdl_ledger_count(ledger, as_of, error)
                                                       : NULL;
}

static void print_count(JsonObject *o)
{
    static const char *const members[] = {"xzqdm", "kind", "state"};
    static const char *const numbers[] = {"tasks", "overdue", "rebounds", "partial_rebounds"};
    JsonArray *rows = json_object_get_array_member(o, "rows");
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    static const char *const heads[] = {"UNIT",    "KIND",     "STATE",  "TASKS",
                                        "OVERDUE", "REBOUNDS", "PARTIAL"};

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add(cells, heads[i]);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        for (size_t k = 0; k < G_N_ELEMENTS(members); k++)
            add(cells, rdl_json_text(row, members[k], NULL));
        for (size_t k = 0; k < G_N_ELEMENTS(numbers); k++)
            g_ptr_array_add(
                cells, g_strdup_printf("%7" PRId64, json_object_get_int_member(row, numbers[k])));
    }
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    fputs(text, stdout);
}

static int task_count(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline task count ledger.sqlite --as-of 2026-11-30\n\n"
        "Tasks by unit, kind and state as they stood that day; OVERDUE are open ones past due.\n"
        "REBOUNDS and PARTIAL (another activity at the place): closed rows that were registered\n"
        "again; they stay on record beside the tasks.";
    GError *error = NULL;
    JsonNode *node;

    if (cli_parse(&argc, &argv, DAY_ENTRY, "LEDGER [--as-of DATE]", "Count tasks.", teach, 1, 1,
                  &error) &&
        (node = count(argv[1], &error))) {
        if (cli_flags.json) {
            cli_print_json(node);
        } else {
            print_count(json_node_get_object(node));
            json_node_unref(node);
        }
    }
    return cli_end(error);
}

/* ---- look-backs ---- */

static const char *letters_since;

static const GOptionEntry lookback_entries[] = {
    {"letters-since", 0, 0, G_OPTION_ARG_STRING, (gpointer)&letters_since,
     "instead: what letters led to and was closed since that day, not looked at since", "DATE"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &f.as_of,
     "the tasks and warnings as they stood that day (default: the ledger's latest date)", "DATE"},
    G_OPTION_ENTRY_NULL};

static JsonNode *lookbacks(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = open_to_read(path, error);
    rdl_day as_of, since = 0;

    if (!ledger || !filter_day(ledger, &as_of, error) ||
        (letters_since && !cli_day("--letters-since", letters_since, 0, &since, error)))
        return NULL;
    return letters_since ? rdl_ledger_lookbacks_of_letters(ledger, since, as_of, error)
                         : rdl_ledger_lookbacks(ledger, as_of, error);
}

static void print_lookbacks(JsonArray *rows)
{
    const char *const members[] = {
        "task_id", "xzqdm", "closed", "pass", "due", "status", letters_since ? "letters" : "clue"};
    const char *const heads[] = {
        "TASK", "UNIT", "CLOSED", "PASS", "DUE", "STATUS", letters_since ? "LETTERS" : "CLUE"};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add(cells, heads[i]);
    for (guint i = 0; i < json_array_get_length(rows); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(members); k++)
            add(cells, rdl_json_text(json_array_get_object_element(rows, i), members[k], NULL));
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    fputs(text, stdout);
}

static int task_lookbacks(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline task lookbacks ledger.sqlite --as-of 2027-12-31\n\n"
        "Closed work that is to be looked at again: the scheduled passes of the pack's\n"
        "lookbacks.csv (PASS: months since the closing) that are not held, and look-backs that "
        "were\n"
        "ordered, or raised by new ground at the place. OVERDUE: its day has passed. The pass is\n"
        "held by 'redline task advance' to LOOKBACK, then CLOSED or REOPENED (a rebound, or as "
        "what\n"
        "raised it or --set rebound=PARTIAL_REBOUND says: another activity at the place).\n\n"
        "Where lookbacks.csv gives a pass a rate below 1, 'redline ledger draw --purpose\n"
        "lookback-MONTHS --rate R --state CLOSED' says which are looked at; UNDRAWN: no draw has\n"
        "been made yet. --purpose lookback draws a sample beside the passes (PASS: sampled).\n\n"
        "With --letters-since: old letters looked at again. Closed work at the place of a letter "
        "that\n"
        "is neither unfounded nor a duplicate.";
    GError *error = NULL;
    JsonNode *node;

    if (cli_parse(&argc, &argv, lookback_entries, "LEDGER [--as-of DATE]",
                  "List look-backs that are due.", teach, 1, 1, &error) &&
        (node = lookbacks(argv[1], &error))) {
        if (cli_flags.json) {
            cli_print_json(node);
        } else {
            print_lookbacks(json_node_get_array(node));
            json_node_unref(node);
        }
    }
    return cli_end(error);
}

/* ---- elsewhere ---- */

static int task_relocations(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline task relocations ledger.sqlite\n\n"
        "Sites of the owner of closed work that became known after it was closed: has it moved\n"
        "elsewhere? SAME: of the same activity. Nothing is put on record.";
    static const char *const members[] = {"task_id", "closed", "owner",        "source_id",
                                          "found",   "xzqdm",  "site_activity"};
    static const char *const heads[] = {"TASK",  "CLOSED", "OWNER",    "SOURCE",
                                        "FOUND", "UNIT",   "ACTIVITY", "SAME"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = NULL;
    g_autoptr(JsonNode) node = NULL;

    if (!cli_parse(&argc, &argv, NULL, "LEDGER", "List sites of owners whose work was closed.",
                   teach, 1, 1, &error) ||
        !(ledger = open_to_read(argv[1], &error)) ||
        !(node = rdl_ledger_relocations(ledger, &error)))
        return cli_end(error);
    if (cli_flags.json) {
        cli_print_json(g_steal_pointer(&node));
        return cli_end(error);
    }
    JsonArray *rows = json_node_get_array(node);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add(cells, heads[i]);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        for (size_t k = 0; k < G_N_ELEMENTS(members); k++)
            add(cells, rdl_json_text(o, members[k], NULL));
        add(cells, json_object_get_boolean_member(o, "same_activity") ? "yes" : "-");
    }
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    fputs(text, stdout);
    return cli_end(error);
}

/* ---- show ---- */

static void print_member(const char *name, const char *text)
{
    if (text)
        printf("%-13s %s\n", name, text);
}

/* The same with the way out. */
static char *due_told(const rdl_task *t)
{
    if (t->undated)
        return g_strdup_printf("none since %s, and no warning: give one with the plan (--set "
                               "due=...) or by redline task extend",
                               t->undated);
    return t->due_note
               ? g_strdup_printf("%s (provisional: counted without a calendar of %.4s, whose "
                                 "days of rest are not known)",
                                 t->due, t->due)
               : g_strdup(t->due);
}

static void print_task(const rdl_task *t)
{
    const char *first_tier = g_strcmp0(t->tier, t->tier_original) ? t->tier_original : NULL;
    g_autofree char *due = due_told(t);
    const struct {
        const char *name, *text;
    } members[] = {{"task", t->task_id},
                   {"kind", t->kind},
                   {"state", t->state},
                   {"unit", t->xzqdm},
                   {"department", t->department},
                   {"tier", t->tier},
                   {"first tier", first_tier},
                   {"started", t->started},
                   {"due", due},
                   {"first due", t->due_original},
                   {"warning", t->warning},
                   {"contradicted", t->contradicted},
                   {"assigned to", t->assignee},
                   {"zone", t->zone},
                   {"zone name", t->zone_name},
                   {"activity", t->activity},
                   {"result", t->result},
                   {"severity", t->severity},
                   {"rule", t->rule_id},
                   {"basis", t->basis},
                   {"handling", t->handling},
                   {"penalty", t->penalty},
                   {"problem", t->problem_id},
                   {"number", t->task_no},
                   {"from", t->problem_source},
                   {"what", t->problem},
                   {"target", t->target},
                   {"measures", t->measures},
                   {"leader", t->lead_leader},
                   {"supervisor", t->supervisor},
                   {"responsible", t->resp_unit},
                   {"accepted by", t->accept_unit},
                   {"owner", t->owner},
                   {"source", t->source},
                   {"source id", t->source_id},
                   {"site", t->site_id},
                   {"finding", t->finding_id}};

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        print_member(members[i].name, members[i].text);
    printf("%-13s %" G_GINT64_FORMAT "\n", "revision", t->revision);
    if (isfinite(t->lon)) /* a problem of a list may lie nowhere */
        printf("%-13s %.6f %.6f\n", "lon lat", t->lon, t->lat);
    if (isfinite(t->area_m2))
        printf("%-13s %.2f m2", "area", t->area_m2);
    if (isfinite(t->area_m2) && isfinite(t->area_min_m2))
        printf(" (%.2f to %.2f)", t->area_min_m2, t->area_max_m2);
    if (isfinite(t->area_m2))
        puts("");
}

/* What the office keeps of the task's site: a line a row, what is known of it in order. */
static void print_rows(JsonObject *chain, const char *member, const char *name)
{
    JsonArray *rows = json_object_get_array_member(chain, member);

    for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        g_autoptr(GList) names = json_object_get_members(row);
        printf("%-13s", name);
        for (GList *n = names; n; n = n->next) {
            const char *text = rdl_json_text(row, n->data, NULL);
            if (text)
                printf(strcmp(n->data, "due_original") == 0 ? " (%s)" : " %s", text);
        }
        putchar('\n');
    }
}

/* Who gave the task another day, or stopped its clock, and why. */
static void print_terms(JsonObject *chain, const char *id)
{
    JsonArray *rows = json_object_get_array_member(chain, "terms");

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        const char *due = rdl_json_text(row, "due", NULL), *why = rdl_json_text(row, "reason", "");
        if (strcmp(rdl_json_text(row, "task_id", ""), id) != 0)
            continue;
        printf("%-13s %s %s %s", rdl_json_text(row, "kind", "") + strlen("task."),
               rdl_json_text(row, "at", ""), rdl_json_text(row, "by", ""),
               rdl_json_text(row, "role", ""));
        if (due)
            printf(": %s to %s", rdl_json_text(row, "was", "-"), due);
        printf("%s%s\n", *why ? ": " : "", why);
    }
}

/* Where the task took another matter over: what that changed. */
static void print_tightenings(JsonObject *chain, const char *id)
{
    JsonArray *rows = json_object_get_array_member(chain, "tightenings");

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        g_autofree char *text = rdl_tightening_text(rdl_json_object(row, "change"));
        if (strcmp(rdl_json_text(row, "task_id", ""), id) == 0)
            printf("%-13s %s %s: %s\n", "tightened", rdl_json_text(row, "at", ""),
                   rdl_json_text(row, "reason", ""), text);
    }
}

/* Later scenes: what of the ground still stands, what is back. */
static void print_verifications(JsonObject *chain)
{
    JsonArray *rows = json_object_get_array_member(chain, "verifications");

    for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
        JsonObject *row = rdl_json_object(json_array_get_object_element(rows, i), "verification");
        const char *codes = rdl_json_text(row, "codes", "");
        printf("%-13s %s %s", "scene", rdl_json_text(row, "scene_date", "-"),
               rdl_json_text(row, "outcome", "-"));
        if (rdl_json_real(row, "standing_m2", -1.0) >= 0.0)
            printf(" %.0f of %.0f m2 stand (%.0f to %.0f), %.0f m2 restored",
                   rdl_json_real(row, "standing_m2", 0.0), rdl_json_real(row, "area_m2", 0.0),
                   rdl_json_real(row, "standing_min_m2", 0.0),
                   rdl_json_real(row, "standing_max_m2", 0.0),
                   rdl_json_real(row, "restored_m2", 0.0));
        printf("%s%s\n", *codes ? " " : "", codes);
    }
}

/* May it be closed, and what still lacks, in one line. */
static void print_closeable(JsonObject *closing)
{
    JsonArray *lacks = json_object_get_array_member(closing, "lacks");
    const char *holds = rdl_json_text(closing, "closeable", NULL);
    guint n = json_array_get_length(lacks);

    /* what the moves that are left ask for is asked when they are made */
    printf("%-13s %s%s%s", "closeable",
           holds ? "by closeout.csv " : "closeout.csv has no row for it", holds ? holds : "",
           n       ? "; lacks: "
           : holds ? "; nothing it asks for lacks"
                   : "; no measure is open");
    for (guint i = 0; i < n; i++)
        printf("%s%s", i ? "; " : "", json_array_get_string_element(lacks, i));
    putchar('\n');
}

/* What the pack's closeout.csv asks for, and what of it is there. */
static void print_closing(JsonObject *closing)
{
    JsonArray *rows = json_object_get_array_member(closing, "rows");

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        JsonArray *needs = json_object_get_array_member(row, "needs");
        printf("%-13s %s: %s\n", "", rdl_json_text(row, "class", ""),
               rdl_json_text(row, "holds", ""));
        for (guint j = 0; j < json_array_get_length(needs); j++) {
            JsonObject *need = json_array_get_object_element(needs, j);
            printf("%-13s   %s: %s, %s\n", "", rdl_json_text(need, "what", ""),
                   rdl_json_text(need, "holds", ""), rdl_json_text(need, "why", ""));
        }
    }
}

static void print_advice(rdl_ledger *ledger, const rdl_task *t)
{
    g_autofree char *grounds = grounds_of(ledger, t);

    print_member("proposed", rung_of(ledger, t));
    print_member("interview", grounds);
}

static bool print_office(const char *path, const rdl_task *t, GError **error)
{
    const char *id = t->task_id;
    static const char *const rows[][2] = {
        {"sources", "patch"},        {"listed", "listed"},        {"limits", "limit"},
        {"measure_rows", "measure"}, {"milestones", "milestone"}, {"closeout", "step"},
        {"documents", "paper"},      {"publications", "public"},  {"lookbacks", "look-back"},
        {"transfers", "transfer"},   {"letters", "letter"}};
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    g_autoptr(JsonNode) chain = ledger ? rdl_ledger_chain(ledger, id, error) : NULL;

    g_autoptr(JsonNode) closing = chain ? rdl_ledger_closing(ledger, id, error) : NULL;

    if (!closing)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        print_rows(json_node_get_object(chain), rows[i][0], rows[i][1]);
    print_advice(ledger, t);
    print_terms(json_node_get_object(chain), id);
    print_tightenings(json_node_get_object(chain), id);
    print_verifications(json_node_get_object(chain));
    if (strcmp(t->kind, "rectify") == 0)
        print_closeable(json_node_get_object(closing));
    print_closing(json_node_get_object(closing));
    return true;
}

static void print_task_json(const char *path, const rdl_task *task, GError **error)
{
    g_autoptr(rdl_ledger) ledger = f.as_of ? NULL : rdl_ledger_open(path, false, error);
    g_autoptr(JsonNode) closing = ledger ? rdl_ledger_closing(ledger, task->task_id, error) : NULL;
    JsonObject *o;

    if (!closing && !f.as_of)
        return;
    o = rdl_task_json(task);
    if (closing)
        json_object_set_member(o, "closing", g_steal_pointer(&closing));
    cli_print_json(rdl_json_node(o));
}

static int task_show(int argc, char **argv)
{
    static const char teach[] = "Example:\n  redline task show ledger.sqlite V-3f2a91c04b7e\n\n"
                                "'redline why' tells what is behind it. 'closeable': what the "
                                "pack's closeout.csv says of closing\nit, what still lacks, and "
                                "each thing asked for with what of it is on record.";
    GError *error = NULL;
    g_autoptr(GArray) tasks = NULL;

    if (!cli_parse(&argc, &argv, DAY_ENTRY, "LEDGER ID", "Show one task.", teach, 2, 2, &error) ||
        !(tasks = list(argv[1], argv[2], &error)))
        return cli_end(error);
    if (tasks->len && !cli_trust(argv[1], argv[2], &error))
        return cli_end(error);
    if (tasks->len == 0)
        rdl_fail(&error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                 argv[1], argv[2]);
    else if (cli_flags.json)
        print_task_json(argv[1], &g_array_index(tasks, rdl_task, 0), &error);
    else {
        print_task(&g_array_index(tasks, rdl_task, 0));
        if (!f.as_of)
            print_office(argv[1], &g_array_index(tasks, rdl_task, 0), &error);
    }
    return cli_end(error);
}

/* ---- moves ---- */

static struct {
    char *to, *on, *by, *role, *reason, **document, *due, **set;
    char *kind, *channel, *link, *result;
    gboolean accepted;
    int number;
    gint64 revision;
    char *said; /* what was done, where that is more than a word */
} m;

#define WHO                                                                     \
    {"on", 0, 0, G_OPTION_ARG_STRING, &m.on, "day it happened", "DATE"},        \
        {"by", 0, 0, G_OPTION_ARG_STRING, &m.by, "who did it", "NAME"},         \
        {"role",  0,                                                            \
         0,       G_OPTION_ARG_STRING,                                          \
         &m.role, "as what: office, county, city, province, resp_unit ...",     \
         "ROLE"},                                                               \
        {"revision",  0,                                                        \
         0,           G_OPTION_ARG_INT64,                                       \
         &m.revision, "refuse if the task has changed since (task show tells)", \
         "N"},                                                                  \
    {                                                                           \
        "reason", 0, 0, G_OPTION_ARG_STRING, &m.reason, "why", "TEXT"           \
    }

static const GOptionEntry move_entries[] = {
    WHO,
    {"document", 0, 0, G_OPTION_ARG_STRING_ARRAY, &m.document,
     "a file, whose digest is kept, NAME=FILE for one of several papers, or a title", "FILE"},
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &m.set, "a value the move must fill; may be repeated",
     "NAME=VALUE"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &m.to, "state to move to", "STATE"},
    G_OPTION_ENTRY_NULL};

/* The same without --to, for verbs that are a state themselves. */
static const GOptionEntry fixed_entries[] = {
    WHO,
    {"document", 0, 0, G_OPTION_ARG_STRING_ARRAY, &m.document,
     "a file, whose digest is kept, NAME=FILE for one of several papers, or a title", "FILE"},
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &m.set, "a value the move must fill; may be repeated",
     "NAME=VALUE"},
    G_OPTION_ENTRY_NULL};

static const GOptionEntry assign_entries[] = {
    WHO, {"to", 0, 0, G_OPTION_ARG_STRING, &m.to, "who gets it", "NAME"}, G_OPTION_ENTRY_NULL};

static const GOptionEntry extend_entries[] = {
    WHO,
    {"due", 0, 0, G_OPTION_ARG_STRING, &m.due,
     "the new due date, or words: 2027年8月底前, 三个月内 (told from --on)", "DATE"},
    G_OPTION_ENTRY_NULL};

static const GOptionEntry report_entries[] = {
    WHO,
    {"percent", 0, 0, G_OPTION_ARG_STRING, &m.to, "how far it is, 0 to 100", "N"},
    G_OPTION_ENTRY_NULL};

static const GOptionEntry clock_entries[] = {WHO, G_OPTION_ENTRY_NULL};

static const GOptionEntry milestone_entries[] = {
    WHO,
    {"number", 0, 0, G_OPTION_ARG_INT, &m.number, "which milestone, from 1", "N"},
    {"due", 0, 0, G_OPTION_ARG_STRING, &m.due,
     "set it: its day, or words; without, the milestone was met on --on", "DATE"},
    G_OPTION_ENTRY_NULL};

static bool need(const char *option, const char *value, GError **error)
{
    return (value && *value) ||
           rdl_fail(error, RDL_ERROR_USAGE, "%s is needed (--help tells more)", option);
}

static bool need_who(GError **error)
{
    rdl_day day;

    return need("--on", m.on, error) && need("--by", m.by, error) &&
           need("--role", m.role, error) && cli_day("--on", m.on, 0, &day, error);
}

static JsonObject *fields(GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();

    for (char **s = m.set; s && *s; s++) {
        const char *equals = strchr(*s, '=');
        if (!equals || equals == *s)
            return rdl_fail(error, RDL_ERROR_USAGE, "--set %s: write NAME=VALUE", *s), NULL;
        g_autofree char *name = g_strndup(*s, (gsize)(equals - *s));
        rdl_json_set_text(o, name, equals + 1);
    }
    return g_steal_pointer(&o);
}

/* It is closed: a person decides. What the pack asks for and is not shown is told. */
static bool doubt_closing(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autoptr(JsonNode) closing = rdl_ledger_closing(ledger, id, error);
    const char *closeable =
        closing ? rdl_json_text(json_node_get_object(closing), "closeable", "yes") : "yes";

    if (strcmp(closeable, "yes") != 0)
        cli_say("redline: warning: %s: the conditions of the pack's closeout.csv %s: redline task "
                "show tells which",
                id, strcmp(closeable, "no") == 0 ? "do not hold" : "are not all shown to hold");
    return closing != NULL;
}

static bool move(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autoptr(JsonObject) set = fields(error);
    g_autofree char *papers = m.document ? g_strjoinv("|", m.document) : NULL;
    const rdl_move how = {.task_id = id,
                          .to = m.to,
                          .on = m.on,
                          .by = m.by,
                          .role = m.role,
                          .reason = m.reason,
                          .document = papers,
                          .fields = set && json_object_get_size(set) ? set : NULL,
                          .revision = m.revision};

    return set && rdl_task_move(ledger, &how, error) &&
           (g_strcmp0(m.to, "CLOSED") != 0 || doubt_closing(ledger, id, error));
}

static rdl_move who(const char *id)
{
    return (rdl_move){.task_id = id,
                      .to = m.to ? m.to : "",
                      .on = m.on,
                      .by = m.by,
                      .role = m.role,
                      .reason = m.reason,
                      .revision = m.revision};
}

static bool assign(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);

    return rdl_task_assign(ledger, &note, error);
}

static bool report(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    char *end;
    double percent = g_ascii_strtod(m.to, &end);

    if (*end == '%')
        end++;
    if (end == m.to || *end)
        return rdl_fail(error, RDL_ERROR_USAGE, "--percent %s: write a number, 0 to 100", m.to);
    return rdl_task_report(ledger, &note, percent / 100.0, error);
}

/* Its due date as it is now; yours. */
static char *due_of(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_task_filter one = {.id = id, .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &one, error);
    const char *due = tasks && tasks->len ? g_array_index(tasks, rdl_task, 0).due : NULL;

    return tasks ? g_strdup(due ? due : "none") : NULL;
}

static bool extend(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    g_autofree char *was = due_of(ledger, id, error);

    if (!was || !need("--reason", m.reason, error) || !rdl_task_extend(ledger, &note, m.due, error))
        return false;
    g_autofree char *due = due_of(ledger, id, error);
    if (due)
        m.said = g_strdup_printf("due %s (was %s)", due, was);
    return due != NULL;
}

static bool stop(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);

    if (!rdl_task_stop(ledger, &note, error))
        return false;
    g_autofree char *due = due_of(ledger, id, error);
    if (due)
        m.said = g_strdup_printf("stopped on %s (due %s)", m.on, due);
    return due != NULL;
}

static bool resume(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    g_autofree char *was = due_of(ledger, id, error);

    if (!was || !rdl_task_resume(ledger, &note, error))
        return false;
    g_autofree char *due = due_of(ledger, id, error);
    if (due)
        m.said = g_strdup_printf("resumed on %s, due %s (was %s)", m.on, due, was);
    return due != NULL;
}

static bool milestone(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    const rdl_milestone set = {m.number, m.due, m.reason};

    if (!m.due)
        return rdl_task_milestone_met(ledger, &note, m.number, error);
    return rdl_task_milestone(ledger, &note, &set, error);
}

/* What a verb asks for besides --on, --by, --role, and what it does. */
typedef struct {
    const GOptionEntry *entries;
    const char *usage, *summary, *teach;
    const char *to;     /* fixed state; NULL */
    const char *option; /* the one that is needed; NULL: none */
    bool due;           /* it is --due */
    bool (*work)(rdl_ledger *ledger, const char *id, GError **error);
} change;

static bool make_change(const change *c, char **argv, GError **error)
{
    g_autoptr(rdl_ledger) ledger = NULL;

    if (c->to)
        m.to = (char *)c->to;
    return need_who(error) && (!c->option || need(c->option, c->due ? m.due : m.to, error)) &&
           (ledger = rdl_ledger_open(argv[1], true, error)) &&
           cli_happened("--on", m.on, ledger, error) && c->work(ledger, argv[2], error);
}

static int run_change(const change *c, int argc, char **argv)
{
    GError *error = NULL;

    if (cli_parse(&argc, &argv, c->entries, c->usage, c->summary, c->teach, 2, 2, &error) &&
        make_change(c, argv, &error))
        cli_say("%s → %s", argv[2], m.said ? m.said : c->due ? m.due : m.to ? m.to : "noted");
    g_clear_pointer(&m.said, g_free);
    return cli_end(error);
}

static int task_advance(int argc, char **argv)
{
    static const change c = {
        move_entries,
        "LEDGER ID --to STATE --on DATE --by NAME --role ROLE",
        "Move a task along the workflow of the pack.",
        "Example:\n"
        "  redline task advance ledger.sqlite V-3f2a91c04b7e --to REGISTERED --on 2026-11-20 \\\n"
        "      --by 经办人甲 --role office --document 问题台账 --set target=恢复原状 \\\n"
        "      --set measures=拆除厂房并复绿 --set lead_leader=县长 --set supervisor=监管人乙 \\\n"
        "      --set resp_unit=某县人民政府 --set due=2027-05-20\n\n"
        "A move the workflow does not know is refused with those it knows, a --set that the move "
        "does\nnot take with those it takes.",
        NULL,
        "--to",
        false,
        move};

    return run_change(&c, argc, argv);
}

static int task_close(int argc, char **argv)
{
    static const change c = {
        fixed_entries,
        "LEDGER ID --on DATE --by NAME --role ROLE",
        "Close a task that was checked.",
        "Example:\n"
        "  redline task close ledger.sqlite R-3f2a91c04b7e --on 2027-06-01 --by 丙 \\\n"
        "      --role province --document 备案表\n\nThe same as advance --to CLOSED.",
        "CLOSED",
        NULL,
        false,
        move};

    return run_change(&c, argc, argv);
}

static int task_reopen(int argc, char **argv)
{
    static const change c = {
        fixed_entries,
        "LEDGER ID --on DATE --by NAME --role ROLE --reason TEXT",
        "Open a task again after a rebound seen at the look-back.",
        "Example:\n"
        "  redline task reopen ledger.sqlite R-3f2a91c04b7e --on 2027-12-01 --by 丁 \\\n"
        "      --role office --document 回头看记录 --reason 原址复建\n\n"
        "The same as advance --to REOPENED. Its due date ended with the closing: --set due=... "
        "gives\nanother, else there is none until its new plan (--to PLAN_OK) declares one.",
        "REOPENED",
        NULL,
        false,
        move};

    return run_change(&c, argc, argv);
}

static int task_assign(int argc, char **argv)
{
    static const change c = {
        assign_entries,
        "LEDGER ID --to NAME --on DATE --by NAME --role ROLE",
        "Give a task to somebody.",
        "Example:\n"
        "  redline task assign ledger.sqlite V-3f2a91c04b7e --to 核查组一 --on 2026-11-03 \\\n"
        "      --by 甲 --role office",
        NULL,
        "--to",
        false,
        assign};

    return run_change(&c, argc, argv);
}

static int task_extend(int argc, char **argv)
{
    static const change c = {
        extend_entries,
        "LEDGER ID --due DATE --on DATE --by NAME --role ROLE --reason TEXT",
        "Give a task another due date; the first one stays on record.",
        "Example:\n"
        "  redline task extend ledger.sqlite R-3f2a91c04b7e --due 2027-08-31 --on 2027-05-10 \\\n"
        "      --by 甲 --role province --reason 汛期不宜施工\n\n"
        "DATE may be words, counted from --on: 三个月内, 2027年8月底前, 30个工作日内. Who may is "
        "in "
        "the\n"
        "pack's roles.csv (extend): not whoever has to rectify.",
        NULL,
        "--due",
        true,
        extend};

    return run_change(&c, argc, argv);
}

static int task_report(int argc, char **argv)
{
    static const change c = {
        report_entries,
        "LEDGER ID --percent N --on DATE --by NAME --role ROLE [--reason TEXT]",
        "Report how far a rectification is; --reason says it in words.",
        "Example:\n"
        "  redline task report ledger.sqlite R-3f2a91c04b7e --percent 40 --on 2027-02-28 \\\n"
        "      --by 甲 --role resp_unit --reason 厂房已拆除，待复绿",
        NULL,
        "--percent",
        false,
        report};

    return run_change(&c, argc, argv);
}

static int task_stop(int argc, char **argv)
{
    static const change c = {
        clock_entries,
        "LEDGER ID --on DATE --by NAME --role ROLE --reason TEXT",
        "Stop the clock of a task: no warnings until it is resumed.",
        "Example:\n"
        "  redline task stop ledger.sqlite R-3f2a91c04b7e --on 2027-03-01 --by 甲 \\\n"
        "      --role province --reason 行政诉讼期间\n\n"
        "'redline task resume' gives the days back to the due date.",
        NULL,
        NULL,
        false,
        stop};

    return run_change(&c, argc, argv);
}

static int task_resume(int argc, char **argv)
{
    static const change c = {
        clock_entries,
        "LEDGER ID --on DATE --by NAME --role ROLE",
        "Let the clock of a task run again; its due date moves by the days it stood still.",
        "Example:\n"
        "  redline task resume ledger.sqlite R-3f2a91c04b7e --on 2027-04-10 --by 甲 \\\n"
        "      --role province",
        NULL,
        NULL,
        false,
        resume};

    return run_change(&c, argc, argv);
}

static int task_milestone(int argc, char **argv)
{
    static const change c = {
        milestone_entries,
        "LEDGER ID --number N [--due DATE] --on DATE --by NAME --role ROLE [--reason TEXT]",
        "Set a milestone of a rectification, or say that it was met.",
        "Examples:\n"
        "  redline task milestone ledger.sqlite R-3f2a91c04b7e --number 1 --due 2027年3月底前 \\\n"
        "      --on 2026-12-01 --by 甲 --role city --reason 完成拆除\n"
        "  redline task milestone ledger.sqlite R-3f2a91c04b7e --number 1 --on 2027-03-20 \\\n"
        "      --by 甲 --role resp_unit\n\n"
        "A milestone that passes unmet raises a warning. Another day for one that is set needs a\n"
        "role that may extend, and --reason says why.",
        NULL,
        NULL,
        false,
        milestone};

    return run_change(&c, argc, argv);
}

/* ---- what offices note ---- */

static const GOptionEntry set_entries[] = {
    WHO,
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &m.set,
     "a value of the problem: target, measures, lead_leader, supervisor, resp_unit, lead_dept, "
     "accept_unit, task_no, source, batch, problem, nature, category, aspect, grid, listed; may be "
     "repeated",
     "NAME=VALUE"},
    G_OPTION_ENTRY_NULL};

static bool set_values(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    g_autoptr(JsonObject) set = fields(error);

    if (!set)
        return false;
    return json_object_get_size(set) ? rdl_task_change(ledger, &note, set, error)
                                     : need("--set", NULL, error);
}

static int task_set(int argc, char **argv)
{
    static const change c = {
        set_entries,
        "LEDGER ID --set NAME=VALUE --on DATE --by NAME --role ROLE [--reason TEXT]",
        "Change values of a problem; what they were stays in the event.",
        "Example:\n"
        "  redline task set ledger.sqlite R-3f2a91c04b7e --set listed=2027-01-05 \\\n"
        "      --on 2027-01-05 --by 甲 --role city --reason 挂牌督办",
        NULL,
        NULL,
        false,
        set_values};

    return run_change(&c, argc, argv);
}

static const GOptionEntry measure_entries[] = {
    WHO,
    {"number", 0, 0, G_OPTION_ARG_INT, &m.number, "which measure, from 1", "N"},
    G_OPTION_ENTRY_NULL};

static bool measure(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);

    return rdl_task_measure_done(ledger, &note, m.number, error);
}

static int task_measure(int argc, char **argv)
{
    static const change c = {
        measure_entries,
        "LEDGER ID --number N --on DATE --by NAME --role ROLE [--reason TEXT]",
        "A measure of a rectification is done.",
        "Example:\n"
        "  redline task measure ledger.sqlite R-3f2a91c04b7e --number 2 --on 2027-03-20 \\\n"
        "      --by 甲 --role resp_unit\n\n"
        "The claim (advance --to SUBMITTED) needs all of them; --set measures_done=all says it of\n"
        "those that are left with the claim itself.",
        NULL,
        NULL,
        false,
        measure};

    return run_change(&c, argc, argv);
}

static const GOptionEntry publish_entries[] = {
    WHO,
    {"kind", 0, 0, G_OPTION_ARG_STRING, &m.kind, "通报, 公告, 公开 ...", "KIND"},
    {"channel", 0, 0, G_OPTION_ARG_STRING, &m.channel, "newspaper, station, site", "TEXT"},
    {"link", 0, 0, G_OPTION_ARG_STRING, &m.link, "where it can be read", "URL"},
    {"until", 0, 0, G_OPTION_ARG_STRING, &m.due, "its last day, or words (7日内)", "DATE"},
    G_OPTION_ENTRY_NULL};

static bool publish(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);
    const rdl_publication p = {m.kind, m.channel, m.due, m.link};

    return rdl_task_publish(ledger, &note, &p, error);
}

static int task_publish(int argc, char **argv)
{
    static const change c = {
        publish_entries,
        "LEDGER ID --kind KIND --channel TEXT --on DATE --by NAME --role ROLE",
        "Something about a task was made public.",
        "Example:\n"
        "  redline task publish ledger.sqlite R-3f2a91c04b7e --kind 公开 --channel 市政府网站 \\\n"
        "      --on 2027-06-01 --by 甲 --role city\n\n"
        "Which kinds leave the offices is in the pack's publications.csv; what only goes round in "
        "them\n"
        "(通报) does not count as made public. The notice of the close-out is a move:\n"
        "redline task advance --to PUBLIC --set channel=... --set "
        "notice=5个工作日内.",
        NULL,
        NULL,
        false,
        publish};

    return run_change(&c, argc, argv);
}

static const GOptionEntry transfer_entries[] = {
    WHO,
    {"to", 0, 0, G_OPTION_ARG_STRING, &m.to, "the body it is handed to", "NAME"},
    {"accepted", 0, 0, G_OPTION_ARG_NONE, &m.accepted, "it was taken up on --on", NULL},
    {"result", 0, 0, G_OPTION_ARG_STRING, &m.result, "what came back on --on", "TEXT"},
    G_OPTION_ENTRY_NULL};

static bool transfer(rdl_ledger *ledger, const char *id, GError **error)
{
    const rdl_move note = who(id);

    if (m.accepted)
        return rdl_task_transfer_accepted(ledger, &note, error);
    if (m.result)
        return rdl_task_transfer_answered(ledger, &note, m.result, error);
    return need("--to, --accepted or --result", m.to, error) &&
           rdl_task_transfer(ledger, &note, m.to, error);
}

static int task_transfer(int argc, char **argv)
{
    static const change c = {
        transfer_entries,
        "LEDGER ID --to NAME | --accepted | --result TEXT  --on DATE --by NAME --role ROLE",
        "Hand a matter to another body: sent, accepted, answered (一事一移送).",
        "Example:\n"
        "  redline task transfer ledger.sqlite R-3f2a91c04b7e --to 市纪委监委 --on 2027-02-01 \\\n"
        "      --by 甲 --role city --reason 虚假整改\n"
        "  redline task transfer ledger.sqlite R-3f2a91c04b7e --accepted --on 2027-02-05 --by 乙 "
        "\\\n"
        "      --role city\n"
        "  redline task transfer ledger.sqlite R-3f2a91c04b7e --result 立案 --on 2027-03-20 --by "
        "乙 "
        "\\\n"
        "      --role city\n\n"
        "A task has one transfer at a time: the next can be sent when the last was answered.",
        NULL,
        NULL,
        false,
        transfer};

    return run_change(&c, argc, argv);
}

/* ---- warnings ---- */

static const GOptionEntry warn_entries[] = {
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &f.as_of,
     "the day it is judged at (default: the ledger's latest date)", "DATE"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &m.by, "who issues them (default: redline)", "NAME"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &m.role, "as what: office, city, province", "ROLE"},
    G_OPTION_ENTRY_NULL};

static bool warn(const char *path, rdl_tally *tally, GError **error)
{
    const rdl_who by = {.by = m.by, .role = m.role};
    rdl_day as_of;

    if (!m.by != !m.role)
        return rdl_fail(error, RDL_ERROR_USAGE, "give --by and --role together, or neither");
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);

    return ledger && filter_day(ledger, &as_of, error) &&
           cli_happened("--as-of", f.as_of, ledger, error) &&
           rdl_ledger_warn(ledger, as_of, m.by ? &by : NULL, tally, error);
}

static int task_warn(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline task warn ledger.sqlite --as-of 2027-03-31\n\n"
        "Judges every open task by time and progress and writes one event for each whose level\n"
        "rose or fell since the last time; a rise proposes the next step of the ladder. Judging\n"
        "again writes nothing. Roles that may are in the pack's roles.csv (warn). 'redline task\n"
        "list --as-of' only looks.";
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (cli_parse(&argc, &argv, warn_entries, "LEDGER [--as-of DATE] [--by NAME --role ROLE]",
                  "Put warnings on record.", teach, 1, 1, &error) &&
        warn(argv[1], tally, &error)) {
        if (cli_flags.json)
            cli_print_json(rdl_tally_json(tally));
        else {
            g_autofree char *text = rdl_tally_text(tally);
            cli_say("%s", text);
        }
    }
    return cli_end(error);
}

static const cli_verb verbs[] = {
    {"list", "tasks by state, unit and kind", task_list},
    {"count", "how many, by unit and state", task_count},
    {"lookbacks", "look-backs due and overdue", task_lookbacks},
    {"relocations", "new sites of owners whose work was closed", task_relocations},
    {"show", "one task", task_show},
    {"advance", "move a task to another state", task_advance},
    {"assign", "give a task to somebody", task_assign},
    {"extend", "another due date", task_extend},
    {"report", "how far a rectification is", task_report},
    {"milestone", "set a milestone, or say it was met", task_milestone},
    {"measure", "a measure is done", task_measure},
    {"photo", "photos of the field", task_photo},
    {"set", "change values of a problem", task_set},
    {"publish", "something was made public", task_publish},
    {"transfer", "hand a matter to another body", task_transfer},
    {"stop", "stop the clock", task_stop},
    {"resume", "let the clock run again", task_resume},
    {"warn", "put warnings on record", task_warn},
    {"sample", "draw a sample of the list", cli_task_sample},
    {"judge", "what was found of a sample", cli_task_judge},
    {"accuracy", "error rates of the list", cli_task_accuracy},
    {"close", "file and close (advance to CLOSED)", task_close},
    {"reopen", "a rebound (advance to REOPENED)", task_reopen},
    {NULL, NULL, NULL}};

int cmd_task(int argc, char **argv)
{
    return cli_verbs("task", verbs,
                     "Example:\n"
                     "  redline task list ledger.sqlite --state SCREENED\n"
                     "  redline task advance ledger.sqlite V-3f2a91c04b7e --to ASSIGNED \\\n"
                     "      --on 2026-11-02 --by 甲 --role office --document 核查任务单",
                     argc, argv);
}
