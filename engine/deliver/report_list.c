/* Lists of tasks: what is overdue, warned of, to be looked at again, and all. */
#include <math.h>
#include <string.h>
#include "deliver/disclosure.h"
#include "deliver/report_part.h"
#include "deliver/words.h"

/* ---- one row ---- */

typedef const char *(*text_fn)(rdl_bulletin *r, const rdl_task *t);
typedef double (*number_fn)(rdl_bulletin *r, const rdl_task *t);

static const char *keep(rdl_bulletin *r, const char *text)
{
    return text ? rdl_report_keep(r, g_strdup(text)) : NULL;
}

static const char *id(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->task_id);
}

static const char *task_no(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->task_no ? t->task_no : t->problem_id);
}

static const char *unit(rdl_bulletin *r, const rdl_task *t)
{
    g_autoptr(GArray) reaches = rdl_map_reaches(r->units, t);
    g_autofree char *met = reaches ? rdl_map_units_short(r->units, t) : NULL;

    return met ? keep(r, met) : rdl_report_unit(r, keep(r, t->xzqdm));
}

static const char *code(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->xzqdm);
}

static const char *department(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->department);
}

static const char *kind(rdl_bulletin *r, const rdl_task *t)
{
    return rdl_report_word(r, t->kind);
}

static const char *state(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_of(r->ledger, RDL_WORDS_STATE, t->state, r->language));
}

static const char *zone(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_of(r->ledger, RDL_WORDS_ZONE, t->zone, r->language));
}

static const char *zone_name(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->zone_name);
}

static const char *activity(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_of(r->ledger, RDL_WORDS_ACTIVITY, t->activity, r->language));
}

static const char *result(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_in(r->ledger, "result", t->result, r->language));
}

static const char *severity(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_in(r->ledger, "severity", t->severity, r->language));
}

static const char *tier(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, rdl_word_in(r->ledger, "tier", t->tier, r->language));
}

static const char *started(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->started);
}

static const char *due(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->due);
}

static const char *due_original(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->due_original);
}

static const char *warning(rdl_bulletin *r, const rdl_task *t)
{
    return t->warning ? keep(r, rdl_word_in(r->ledger, "warning", t->warning, r->language)) : NULL;
}

static const char *warned_by(rdl_bulletin *r, const rdl_task *t)
{
    return t->warning_by ? rdl_report_word(r, t->warning_by) : NULL;
}

static const char *proposes(rdl_bulletin *r, const rdl_task *t)
{
    return t->proposes ? keep(r, rdl_ledger_word(r->ledger, t->proposes, r->language)) : NULL;
}

static const char *triggers(rdl_bulletin *r, const rdl_task *t)
{
    g_auto(GStrv) keys = g_strsplit(t->triggers ? t->triggers : "", "|", -1);
    g_autoptr(GString) words = g_string_new(NULL);

    for (char **key = keys; *key; key++)
        g_string_append_printf(words, "%s%s",
                               !words->len                      ? ""
                               : strcmp(r->language, "zh") == 0 ? "；"
                                                                : "; ",
                               rdl_ledger_word(r->ledger, *key, r->language));
    return words->len ? keep(r, words->str) : NULL;
}

static const char *leader(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->lead_leader);
}

static const char *supervisor(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->supervisor);
}

static const char *resp_unit(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->resp_unit);
}

static const char *assignee(rdl_bulletin *r, const rdl_task *t)
{
    return keep(r, t->assignee);
}

static double number(rdl_bulletin *r, const rdl_task *t)
{
    (void)r;
    return t->number;
}

static double days_left(rdl_bulletin *r, const rdl_task *t)
{
    rdl_day last, now;

    return t->due && rdl_day_parse(t->due, &last, NULL) && rdl_day_parse(r->as_of, &now, NULL)
               ? (double)last - now
               : NAN;
}

static double progress(rdl_bulletin *r, const rdl_task *t)
{
    (void)r;
    return isnan(t->progress) ? NAN : floor(t->progress * 1000.0 + 0.5);
}

/* Of its ground what lies in the unit the bulletin is of. */
static double share(rdl_bulletin *r, const rdl_task *t)
{
    return floor(rdl_map_share(r->units, t, r->options->unit) * 1000.0 + 0.5);
}

static double area(rdl_bulletin *r, const rdl_task *t)
{
    (void)r;
    return floor(t->area_m2 + 0.5) / RDL_HECTARE_M2;
}

/* ---- columns ---- */

enum { OVERDUE = 1, WARNED = 2, ALL = 4, REACH = 8, LISTS = OVERDUE | WARNED | ALL | REACH };

static const struct {
    const char *key;
    rdl_cell_kind kind;
    double width;
    int in, brief;     /* lists it is in; on paper too */
    const char *field; /* of a task: what the public version may tell hangs on (disclosure.h) */
    text_fn text;
    number_fn number;
} fields[] = {
    {"no", RDL_CELL_WHOLE, 6, LISTS, LISTS, "task_id", NULL, number},
    {"task", RDL_CELL_TEXT, 16, LISTS, LISTS, "task_id", id, NULL},
    {"task_no", RDL_CELL_TEXT, 14, ALL, 0, "", task_no, NULL},
    {"kind", RDL_CELL_TEXT, 10, LISTS, OVERDUE, "kind", kind, NULL},
    {"xzqdm", RDL_CELL_TEXT, 10, ALL, 0, "xzqdm", code, NULL},
    {"unit_name", RDL_CELL_TEXT, 14, LISTS, LISTS, "xzqdm", unit, NULL},
    {"department", RDL_CELL_TEXT, 18, LISTS, 0, "department", department, NULL},
    {"zone", RDL_CELL_TEXT, 16, LISTS, OVERDUE, "zone", zone, NULL},
    {"zone_name", RDL_CELL_TEXT, 24, ALL, 0, "zone_name", zone_name, NULL},
    {"activity", RDL_CELL_TEXT, 12, LISTS, LISTS, "activity", activity, NULL},
    {"result", RDL_CELL_TEXT, 12, ALL, 0, "result", result, NULL},
    {"severity", RDL_CELL_TEXT, 8, ALL, 0, "severity", severity, NULL},
    {"area_ha", RDL_CELL_HECTARES, 10, LISTS, OVERDUE | REACH, "area_m2", NULL, area},
    {"share", RDL_CELL_RATE, 8, REACH, REACH, "", NULL, share},
    {"state", RDL_CELL_TEXT, 12, LISTS, LISTS, "state", state, NULL},
    {"tier", RDL_CELL_TEXT, 16, ALL, 0, "tier", tier, NULL},
    {"started", RDL_CELL_DAY, 11, ALL, 0, "started", started, NULL},
    {"due_original", RDL_CELL_DAY, 11, OVERDUE | ALL, 0, "due_original", due_original, NULL},
    {"due_day", RDL_CELL_DAY, 11, LISTS, LISTS, "due", due, NULL},
    {"days", RDL_CELL_WHOLE, 8, OVERDUE | WARNED, LISTS, "due", NULL, days_left},
    {"progress", RDL_CELL_RATE, 8, WARNED | ALL, WARNED, "progress", NULL, progress},
    {"warning", RDL_CELL_TEXT, 8, LISTS, WARNED, "warning", warning, NULL},
    {"warned_by", RDL_CELL_TEXT, 10, WARNED, WARNED, "warning_by", warned_by, NULL},
    {"proposes", RDL_CELL_TEXT, 12, WARNED, WARNED, "proposes", proposes, NULL},
    {"triggers", RDL_CELL_TEXT, 24, WARNED, WARNED, "triggers", triggers, NULL},
    {"resp_unit", RDL_CELL_TEXT, 18, LISTS, OVERDUE, "resp_unit", resp_unit, NULL},
    {"lead_leader", RDL_CELL_TEXT, 10, LISTS, 0, "lead_leader", leader, NULL},
    {"supervisor", RDL_CELL_TEXT, 10, ALL, 0, "supervisor", supervisor, NULL},
    {"assignee", RDL_CELL_TEXT, 10, LISTS, 0, "assignee", assignee, NULL},
};

static bool told(const rdl_bulletin *r, size_t i, int list)
{
    return fields[i].in & list &&
           (!r->disclosure || rdl_disclosure_tells(r->disclosure, fields[i].field));
}

static rdl_report_table *begin_list(rdl_bulletin *r, const char *key, int list)
{
    rdl_report_table *t = rdl_report_add_table(r, key);

    t->sheet = true;
    t->annex = list == ALL;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (told(r, i, list))
            rdl_report_column_add(t, rdl_report_word(r, fields[i].key), fields[i].kind,
                                  fields[i].width, fields[i].brief & list);
    return t;
}

static void add_row(rdl_bulletin *r, rdl_report_table *table, int list, const rdl_task *t)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!told(r, i, list))
            continue;
        if (fields[i].text)
            rdl_report_cell_text(table, fields[i].text(r, t));
        else
            rdl_report_cell_number(table, fields[i].number(r, t));
    }
}

/* ---- which tasks ---- */

/* A clue that was registered is told as the rectification of its site. */
static bool carried(const rdl_bulletin *r, GHashTable *rectified, const rdl_task *t)
{
    return strcmp(t->kind, "verify") == 0 &&
           strcmp(rdl_state_kind(r->ledger, t->state), "rectify") == 0 &&
           g_hash_table_contains(rectified, t->site_id);
}

static GHashTable *rectified_sites(const GArray *tasks)
{
    GHashTable *sites = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (strcmp(t->kind, "rectify") == 0)
            g_hash_table_add(sites, t->site_id);
    }
    return sites;
}

static bool may_be_told(const rdl_bulletin *r, const rdl_task *t)
{
    return !r->disclosure || !rdl_withheld(r->ledger, t);
}

static bool unfinished(const rdl_bulletin *r, const rdl_task *t)
{
    const char *counts = rdl_state_counts(r->ledger, t->state);

    return strcmp(counts, "done") != 0 && strcmp(counts, "excluded") != 0 &&
           strcmp(counts, "longterm") != 0;
}

/* The gravest and the longest overdue first. */
static int by_gravity(gconstpointer a, gconstpointer b)
{
    const rdl_task *x = *(const rdl_task *const *)a, *y = *(const rdl_task *const *)b;
    int order = y->warning_rank - x->warning_rank;

    if (!order)
        order = g_strcmp0(x->due ? x->due : "9999", y->due ? y->due : "9999");
    return order ? order : strcmp(x->task_id, y->task_id);
}

static void add_list(rdl_bulletin *r, const char *key, int list, const GPtrArray *tasks)
{
    rdl_report_table *t = begin_list(r, key, list);

    for (guint i = 0; i < tasks->len; i++)
        add_row(r, t, list, tasks->pdata[i]);
}

/* Those a list may hold, with what of them it may tell. */
static GPtrArray *told_of(rdl_bulletin *r, const GArray *tasks, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autoptr(GHashTable) rectified = rectified_sites(tasks);

    for (guint i = 0; i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (!carried(r, rectified, t) && may_be_told(r, t))
            g_ptr_array_add(all, t);
    }
    for (guint i = 0; r->disclosure && i < all->len; i++)
        if (!rdl_disclosure_task(r->disclosure, all->pdata[i], error))
            return NULL;
    return g_steal_pointer(&all);
}

static bool add_tasks(rdl_bulletin *r, const GArray *tasks, GError **error)
{
    g_autoptr(GPtrArray) overdue = g_ptr_array_new(), warned = g_ptr_array_new();
    g_autoptr(GPtrArray) all = told_of(r, tasks, error);

    for (guint i = 0; all && i < all->len; i++) {
        rdl_task *t = all->pdata[i];
        if (t->warning || (t->triggers && !r->disclosure))
            g_ptr_array_add(warned, t);
        if (unfinished(r, t) && t->due && strcmp(t->due, r->as_of) < 0)
            g_ptr_array_add(overdue, t);
    }
    if (!all)
        return false;
    g_ptr_array_sort(overdue, by_gravity);
    g_ptr_array_sort(warned, by_gravity);
    add_list(r, "list_overdue", OVERDUE, overdue);
    add_list(r, "list_warnings", WARNED, warned);
    add_list(r, "list_tasks", ALL, all);
    return true;
}

/* Sites on the ground of the unit the bulletin is of that another unit answers for. */
static bool add_reaching(rdl_bulletin *r, rdl_day as_of, GError **error)
{
    g_autoptr(GArray) tasks = rdl_map_reaching(r->units, r->options->unit, as_of, error);
    g_autoptr(GPtrArray) all = tasks ? told_of(r, tasks, error) : NULL;

    if (all && all->len)
        add_list(r, "list_reaching", REACH, all);
    return all != NULL;
}

/* ---- look-backs ---- */

static const char *pass_word(rdl_bulletin *r, const char *pass)
{
    return strcmp(pass, "ordered") == 0 ? rdl_report_word(r, "pass_ordered")
           : strcmp(pass, "sampled") == 0
               ? rdl_report_word(r, "pass_sampled")
               : rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "pass_months"), pass));
}

static bool of_unit(const rdl_bulletin *r, JsonObject *lookback)
{
    const char *xzqdm = rdl_json_text(lookback, "xzqdm", NULL);

    return rdl_division_within(xzqdm, r->options->unit);
}

static void say_lookbacks(rdl_bulletin *r, guint wanted, guint late)
{
    g_autofree char *n = g_strdup_printf("%u", wanted), *overdue = g_strdup_printf("%u", late);
    char *sentence = rdl_sentence(r->ledger, "sentence.lookbacks", r->language, "{n}", n,
                                  "{overdue}", overdue, NULL);

    if (sentence)
        rdl_report_add(r, RDL_PART_NOTE, rdl_report_keep(r, sentence));
}

static bool add_lookbacks(rdl_bulletin *r, rdl_day as_of, GError **error)
{
    static const char *const heads[] = {"task", "unit_name", "closed", "pass", "due_day", "status"};
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks(r->ledger, as_of, error);
    JsonArray *rows = node ? json_node_get_array(node) : NULL;
    guint late = 0, wanted = 0;

    if (!rows)
        return false;
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        if (!of_unit(r, o))
            continue;
        wanted += strcmp(rdl_json_text(o, "status", ""), "UNDRAWN") != 0;
        late += strcmp(rdl_json_text(o, "status", ""), "OVERDUE") == 0;
    }
    say_lookbacks(r, wanted, late);
    rdl_report_table *t = rdl_report_add_table(r, "list_lookbacks");
    t->sheet = true;
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        rdl_report_column_add(t, rdl_report_word(r, heads[i]),
                              i == 2 || i == 4 ? RDL_CELL_DAY : RDL_CELL_TEXT, 14, true);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        const char *xzqdm = rdl_json_text(o, "xzqdm", NULL);
        if (!of_unit(r, o))
            continue;
        rdl_report_cell_text(t, keep(r, rdl_json_text(o, "task_id", NULL)));
        rdl_report_cell_text(t, rdl_report_unit(r, keep(r, xzqdm)));
        rdl_report_cell_text(t, keep(r, rdl_json_text(o, "closed", NULL)));
        rdl_report_cell_text(t, pass_word(r, rdl_json_text(o, "pass", "")));
        rdl_report_cell_text(t, keep(r, rdl_json_text(o, "due", NULL)));
        rdl_report_cell_text(t, rdl_report_word(r, rdl_json_text(o, "status", "")));
    }
    return true;
}

bool rdl_report_lists(rdl_bulletin *r, GError **error)
{
    rdl_task_filter filter = {.unit = r->options->unit, .advice = true, .no_ground = true};

    if (!rdl_day_parse(r->as_of, &filter.as_of, error))
        return false;
    g_autoptr(GArray) tasks = rdl_task_list(r->ledger, &filter, error);
    if (!tasks)
        return false;
    return add_tasks(r, tasks, error) && add_reaching(r, filter.as_of, error) &&
           add_lookbacks(r, filter.as_of, error);
}
