/* A monitoring report: what was found, by zone, type, unit and change, after the chapter on reports
 * of HJ 1156 (data and method, results, key problems, annexes). */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"
#include "deliver/words.h"

#define EVERYWHERE "ANY" /* no zone: a rule for all ground */
#define AREA_UNIT 1e6 /* areas are summed as whole mm2: in any order the same */
#define KEY_PROBLEMS 20

enum { PLACES, SUSPECTED, UNSETTLED, FRESH, FINDINGS, COUNTS };

typedef struct {
    const char *code[2];
    int rank[2];
    gint64 n[COUNTS], area;
} group;

/* A finding that is told, and whether its place is counted by it. */
typedef struct {
    const rdl_found *found;
    const rdl_task *task; /* that stands for the place */
    bool leads;
} told;

struct rdl_monitored {
    GArray *found, *tasks; /* of rdl_found, rdl_task */
    GHashTable *leading;   /* site -> its task; lent */
    GHashTable *kinds;     /* patch -> kind of change; NULL: not known */
    GArray *told;
    GPtrArray *tables;
    gint64 clean, dismissed, outside;
};

static void free_table(gpointer p)
{
    rdl_statistic_table *t = p;

    g_free((gpointer)t->columns);
    g_array_unref(t->cells);
    g_free(t);
}

void rdl_monitored_free(rdl_monitored *m)
{
    if (!m)
        return;
    g_clear_pointer(&m->found, g_array_unref);
    g_clear_pointer(&m->tasks, g_array_unref);
    g_clear_pointer(&m->leading, g_hash_table_unref);
    g_clear_pointer(&m->kinds, g_hash_table_unref);
    g_array_unref(m->told);
    g_ptr_array_unref(m->tables);
    g_free(m);
}

/* ---- what is told ---- */

/* Kinds of change are not in the ledger: the patches it records have them. */
static GHashTable *kinds_of(const char *path, GError **error)
{
    g_autofree char *source = g_strconcat(path, ":patch", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int id = layer ? rdl_layer_field_index(layer, "patch_id") : -1;
    int kind = layer ? rdl_layer_field_index(layer, "kind") : -1;
    GError *failed = NULL;
    const rdl_feature *f;

    if (id < 0 || kind < 0)
        return NULL;
    while ((f = rdl_layer_next(layer, &failed)))
        g_hash_table_replace(kinds, g_strdup(rdl_feature_text(f, id)),
                             g_strdup(rdl_feature_text(f, kind)));
    if (failed)
        g_propagate_error(error, failed);
    return failed ? NULL : g_steal_pointer(&kinds);
}

/* Of every patches file on record that is there; what is not is told. */
static bool read_kinds(rdl_bulletin *r, rdl_monitored *m, GError **error)
{
    g_autofree char *as_of = NULL;
    g_autoptr(GPtrArray) recorded = rdl_recorded_read(r->path, NULL, &as_of, error);

    if (!recorded)
        return false;
    m->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < recorded->len; i++) {
        const rdl_recorded *one = recorded->pdata[i];
        GError *failed = NULL;
        if (strcmp(one->role, "patches") != 0)
            continue;
        g_autofree char *path = rdl_recorded_find(one, r->path, &failed);
        g_autoptr(GHashTable) kinds = path ? kinds_of(path, &failed) : NULL;
        GHashTableIter each;
        gpointer id, kind;
        if (!kinds && r->options->warnings)
            g_ptr_array_add(r->options->warnings,
                            rdl_say("patches are told without their kind of change: %s",
                                    failed ? failed->message : "the recorded file has none"));
        g_clear_error(&failed);
        if (!kinds)
            continue;
        g_hash_table_iter_init(&each, kinds);
        while (g_hash_table_iter_next(&each, &id, &kind)) {
            g_hash_table_iter_steal(&each);
            g_hash_table_replace(m->kinds, id, kind);
        }
    }
    return true;
}

static GHashTable *leading_tasks(const GArray *tasks)
{
    GHashTable *leading = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        const rdl_task *known = g_hash_table_lookup(leading, t->site_id);
        if (!known || rdl_map_leads_before(t, known))
            g_hash_table_insert(leading, t->site_id, t);
    }
    return leading;
}

static bool is_told(const rdl_bulletin *r, rdl_monitored *m, const rdl_found *f, const rdl_task *t)
{
    if (!rdl_division_within(f->xzqdm, r->options->unit)) {
        m->outside++;
        return false;
    }
    if (!t || g_strcmp0(f->result, "CLEAN") == 0) {
        m->clean++;
        return false;
    }
    if (strcmp(rdl_state_counts(r->ledger, t->state), "excluded") == 0) {
        m->dismissed++;
        return false;
    }
    return true;
}

/* A place is counted once, by the finding its task is about, else by its first. */
static void choose_leads(rdl_monitored *m)
{
    for (guint i = 0, end; i < m->told->len; i = end) {
        told *first = &g_array_index(m->told, told, i), *lead = first;
        for (end = i; end < m->told->len; end++) {
            told *one = &g_array_index(m->told, told, end);
            if (strcmp(one->found->site_id, first->found->site_id) != 0)
                break;
            if (g_strcmp0(one->found->finding_id, first->task->finding_id) == 0)
                lead = one;
        }
        lead->leads = true;
    }
}

static void collect(const rdl_bulletin *r, rdl_monitored *m)
{
    for (guint i = 0; i < m->found->len; i++) {
        const rdl_found *f = &g_array_index(m->found, rdl_found, i);
        const told one = {f, g_hash_table_lookup(m->leading, f->site_id), false};
        if (is_told(r, m, f, one.task))
            g_array_append_val(m->told, one);
    }
    choose_leads(m);
}

/* ---- by what ---- */

static const char *group_of_activity(const rdl_bulletin *r, const char *activity)
{
    const rdl_csv *csv = rdl_ledger_table(r->ledger, "activities.csv", NULL);
    gssize row = csv && activity ? rdl_csv_find(csv, "code", activity) : -1;
    const char *name = row >= 0 && rdl_csv_column(csv, "hj1156") >= 0
                           ? rdl_csv_at(csv, (size_t)row, "hj1156")
                           : "";

    return *name ? name : NULL;
}

static const char *change_of(const rdl_monitored *m, const rdl_found *f)
{
    if (strcmp(f->source, "patch") == 0) {
        const char *kind = g_hash_table_lookup(m->kinds, f->source_id);
        return kind ? kind : "patch";
    }
    return f->enlarges ? "EXPAND" : f->when_case;
}

static const char *code_of(const rdl_bulletin *r, const rdl_found *f, const char *by)
{
    const char *code = strcmp(by, "zone") == 0        ? f->zone
                       : strcmp(by, "zone_name") == 0 ? f->zone_name
                       : strcmp(by, "activity") == 0  ? f->activity
                       : strcmp(by, "hj1156") == 0    ? group_of_activity(r, f->activity)
                       : strcmp(by, "xzqdm") == 0     ? f->xzqdm
                       : strcmp(by, "change") == 0    ? change_of(r->monitored, f)
                       : strcmp(by, "result") == 0    ? f->result
                                                      : f->severity;

    return code && *code ? code : NULL;
}

/* Where the pack lists it: rows come in that order; what is not given last. */
static int rank_of(const rdl_bulletin *r, const char *by, const char *code)
{
    const bool zone = strcmp(by, "zone") == 0;
    const rdl_csv *csv =
        zone || strcmp(by, "activity") == 0
            ? rdl_ledger_table(r->ledger, zone ? "zones.csv" : "activities.csv", NULL)
            : NULL;
    gssize row = csv && code ? rdl_csv_find(csv, zone ? "zone" : "code", code) : -1;

    return !code ? G_MAXINT : !csv ? 0 : row < 0 ? G_MAXINT - 1 : (int)row;
}

static gint compare_groups(gconstpointer a, gconstpointer b)
{
    const group *x = a, *y = b;

    for (int k = 0; k < 2; k++) {
        if (x->rank[k] != y->rank[k])
            return x->rank[k] < y->rank[k] ? -1 : 1;
        int order = g_strcmp0(x->code[k], y->code[k]);
        if (order)
            return order;
    }
    return 0;
}

/* ---- counting ---- */

static void add(const rdl_bulletin *r, group *g, const told *one)
{
    const rdl_found *f = one->found;

    g->n[FINDINGS]++;
    g->area += (gint64)llround((isnan(f->area_own_m2) ? 0.0 : f->area_own_m2) * AREA_UNIT);
    if (!one->leads)
        return;
    bool suspect = g_strcmp0(f->result, "SUSPECT") == 0;
    g->n[PLACES]++;
    g->n[SUSPECTED] += suspect;
    g->n[UNSETTLED] += !suspect;
    g->n[FRESH] += f->since && strcmp(f->since, r->from) >= 0;
}

static guint place_of(const rdl_bulletin *r, GArray *groups, GHashTable *places,
                      const char *const by[2], const rdl_found *f)
{
    group g = {0};

    for (int k = 0; k < 2 && by[k]; k++) {
        g.code[k] = code_of(r, f, by[k]);
        g.rank[k] = rank_of(r, by[k], g.code[k]);
    }
    g_autofree char *key =
        g_strjoin("\x1f", g.code[0] ? g.code[0] : "", g.code[1] ? g.code[1] : "", NULL);
    gpointer known = g_hash_table_lookup(places, key);
    if (known)
        return GPOINTER_TO_UINT(known) - 1;
    g_array_append_val(groups, g);
    g_hash_table_insert(places, g_steal_pointer(&key), GUINT_TO_POINTER(groups->len));
    return groups->len - 1;
}

/* Units in which nothing was found are told too. */
static void add_units(const rdl_bulletin *r, GArray *groups, GHashTable *places)
{
    static const char *const by[2] = {"xzqdm", NULL};

    for (guint i = 0; i < r->units->units->len; i++) {
        const rdl_found f = {.xzqdm = g_array_index(r->units->units, rdl_map_unit, i).xzqdm};
        if (f.xzqdm && rdl_division_within(f.xzqdm, r->options->unit))
            place_of(r, groups, places, by, &f);
    }
}

static void add_row(rdl_statistic_table *t, const group *g, bool sum)
{
    for (guint k = 0; k < t->n_codes; k++) {
        const rdl_statistic_cell cell = {sum ? NULL : g->code[k], g->rank[k]};
        g_array_append_val(t->cells, cell);
    }
    for (int k = 0; k < COUNTS; k++) {
        const rdl_statistic_cell cell = {NULL, (double)g->n[k]};
        g_array_append_val(t->cells, cell);
    }
    const rdl_statistic_cell area = {NULL, (double)g->area / AREA_UNIT};
    g_array_append_val(t->cells, area);
    t->n_rows++;
}

static rdl_statistic_table *new_table(const char *key, const char *const by[2])
{
    static const char *const counted[] = {"places", "suspected", "unsettled", "fresh", "findings"};
    rdl_statistic_table *t = g_new0(rdl_statistic_table, 1);
    rdl_statistic_column *columns = g_new0(rdl_statistic_column, 2 + COUNTS + 1);

    t->key = key;
    for (; t->n_codes < 2 && by[t->n_codes]; t->n_codes++)
        columns[t->n_codes] = (rdl_statistic_column){by[t->n_codes], RDL_QUANTITY_CODE};
    t->n_columns = t->n_codes;
    for (int k = 0; k < COUNTS; k++)
        columns[t->n_columns++] = (rdl_statistic_column){counted[k], RDL_QUANTITY_COUNT};
    columns[t->n_columns++] = (rdl_statistic_column){"own_area", RDL_QUANTITY_AREA};
    t->columns = columns;
    t->cells = g_array_new(FALSE, FALSE, sizeof(rdl_statistic_cell));
    t->total = by[0] != NULL;
    return t;
}

static rdl_statistic_table *count_by(const rdl_bulletin *r, const char *key,
                                     const char *const by[2])
{
    const rdl_monitored *m = r->monitored;
    rdl_statistic_table *t = new_table(key, by);
    g_autoptr(GArray) groups = g_array_new(FALSE, TRUE, sizeof(group));
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    group sum = {0};

    if (g_strcmp0(by[0], "xzqdm") == 0 && !by[1])
        add_units(r, groups, places);
    for (guint i = 0; i < m->told->len; i++) {
        const told *one = &g_array_index(m->told, told, i);
        guint at = place_of(r, groups, places, by, one->found);
        add(r, &g_array_index(groups, group, at), one);
        add(r, &sum, one);
    }
    g_array_sort(groups, compare_groups);
    for (guint i = 0; i < groups->len && by[0]; i++)
        add_row(t, &g_array_index(groups, group, i), false);
    add_row(t, &sum, true);
    return t;
}

static const struct {
    const char *key, *by[2];
} tables[] = {{"monitored", {NULL, NULL}},
              {"monitored_by_zone", {"zone", NULL}},
              {"monitored_by_zone_name", {"zone_name", NULL}},
              {"monitored_by_group", {"hj1156", NULL}},
              {"monitored_by_activity", {"activity", NULL}},
              {"monitored_by_unit", {"xzqdm", NULL}},
              {"monitored_by_change", {"change", NULL}},
              {"monitored_by_result", {"result", NULL}},
              {"monitored_by_severity", {"severity", NULL}},
              {"monitored_by_unit_zone", {"xzqdm", "zone"}}};

static bool count_findings(const rdl_monitored *m, rdl_tally *tally, GError **error)
{
    rdl_tally_in(tally, "report.findings", m->found->len);
    rdl_tally_used(tally, "report.findings", m->told->len);
    rdl_tally_suppressed(tally, "report.findings", "CLEAN", m->clean);
    rdl_tally_suppressed(tally, "report.findings", "DISMISSED", m->dismissed);
    rdl_tally_suppressed(tally, "report.findings", "OUTSIDE_UNIT", m->outside);
    return rdl_tally_check(tally, error);
}

bool rdl_report_monitor(rdl_bulletin *r, rdl_tally *tally, GError **error)
{
    rdl_monitored *m = r->monitored = g_new0(rdl_monitored, 1);
    rdl_task_filter all = {.no_ground = true};

    m->told = g_array_new(FALSE, FALSE, sizeof(told));
    m->tables = g_ptr_array_new_with_free_func(free_table);
    if (!rdl_day_parse(r->as_of, &all.as_of, error) || !read_kinds(r, m, error) ||
        !(m->found = rdl_found_list(r->ledger, error)) ||
        !(m->tasks = rdl_task_list(r->ledger, &all, error)))
        return false;
    m->leading = leading_tasks(m->tasks);
    collect(r, m);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_ptr_array_add(m->tables, count_by(r, tables[i].key, tables[i].by));
        g_ptr_array_add(r->numbers, m->tables->pdata[i]);
    }
    return count_findings(m, tally, error);
}

/* ---- lists of places ---- */

static gint gravest_first(gconstpointer a, gconstpointer b)
{
    const told *x = *(const told *const *)a, *y = *(const told *const *)b;
    const rdl_found *f = x->found, *g = y->found;
    int order = g_strcmp0(f->severity ? f->severity : "~", g->severity ? g->severity : "~");

    if (!order)
        order = (g_strcmp0(g->result, "SUSPECT") == 0) - (g_strcmp0(f->result, "SUSPECT") == 0);
    if (!order && x->task->area_m2 != y->task->area_m2)
        order = x->task->area_m2 > y->task->area_m2 ? -1 : 1;
    return order ? order : strcmp(f->site_id, g->site_id);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const told *x = *(const told *const *)a, *y = *(const told *const *)b;

    return x->task->number < y->task->number   ? -1
           : x->task->number > y->task->number ? 1
                                               : strcmp(x->found->site_id, y->found->site_id);
}

static GPtrArray *places_of(const rdl_monitored *m, GCompareFunc order)
{
    GPtrArray *places = g_ptr_array_new();

    for (guint i = 0; i < m->told->len; i++) {
        told *one = &g_array_index(m->told, told, i);
        if (one->leads)
            g_ptr_array_add(places, one);
    }
    g_ptr_array_sort(places, order);
    return places;
}

static const struct {
    const char *key;
    rdl_cell_kind kind;
    double width;
    bool brief;
} fields[] = {{"no", RDL_CELL_WHOLE, 7, true},         {"task", RDL_CELL_TEXT, 16, true},
              {"unit_name", RDL_CELL_TEXT, 14, true},  {"zone", RDL_CELL_TEXT, 18, true},
              {"zone_name", RDL_CELL_TEXT, 30, false}, {"activity", RDL_CELL_TEXT, 12, true},
              {"change", RDL_CELL_TEXT, 20, true},     {"result", RDL_CELL_TEXT, 12, true},
              {"severity", RDL_CELL_TEXT, 8, true},    {"area_ha", RDL_CELL_HECTARES, 10, true},
              {"lon", RDL_CELL_TEXT, 12, false},       {"lat", RDL_CELL_TEXT, 12, false},
              {"since", RDL_CELL_DAY, 12, false},      {"state", RDL_CELL_TEXT, 12, false}};

static const char *degrees(rdl_bulletin *r, double value)
{
    return isfinite(value) ? rdl_report_keep(r, g_strdup_printf("%.6f", value)) : NULL;
}

static const char *text_of(rdl_bulletin *r, const told *one, const char *key)
{
    const rdl_found *f = one->found;
    const rdl_task *t = one->task;
    const char *l = r->language;
    const char *text =
        strcmp(key, "task") == 0        ? t->task_id
        : strcmp(key, "zone") == 0      ? rdl_word_of(r->ledger, RDL_WORDS_ZONE, f->zone, l)
        : strcmp(key, "zone_name") == 0 ? f->zone_name
        : strcmp(key, "activity") == 0  ? rdl_word_of(r->ledger, RDL_WORDS_ACTIVITY, f->activity, l)
        : strcmp(key, "change") == 0    ? rdl_report_change(r, change_of(r->monitored, f))
        : strcmp(key, "result") == 0    ? rdl_word_in(r->ledger, "result", f->result, l)
        : strcmp(key, "severity") == 0  ? rdl_word_in(r->ledger, "severity", f->severity, l)
        : strcmp(key, "lon") == 0       ? degrees(r, t->lon)
        : strcmp(key, "lat") == 0       ? degrees(r, t->lat)
        : strcmp(key, "since") == 0     ? f->since
        : strcmp(key, "state") == 0     ? rdl_word_of(r->ledger, RDL_WORDS_STATE, t->state, l)
                                        : rdl_report_unit(r, f->xzqdm);

    return text ? rdl_report_keep(r, g_strdup(text)) : NULL;
}

static rdl_report_table *list_places(rdl_bulletin *r, const char *key, const GPtrArray *places,
                                     guint most)
{
    rdl_report_table *t = rdl_report_add_table(r, key);

    for (size_t k = 0; k < G_N_ELEMENTS(fields); k++)
        rdl_report_column_add(t, rdl_report_word(r, fields[k].key), fields[k].kind, fields[k].width,
                              fields[k].brief);
    for (guint i = 0; i < MIN(places->len, most); i++) {
        const told *one = places->pdata[i];
        for (size_t k = 0; k < G_N_ELEMENTS(fields); k++)
            if (fields[k].kind == RDL_CELL_WHOLE)
                rdl_report_cell_number(t, one->task->number);
            else if (fields[k].kind == RDL_CELL_HECTARES)
                rdl_report_cell_number(t, floor(one->task->area_m2 + 0.5) / RDL_HECTARE_M2);
            else
                rdl_report_cell_text(t, text_of(r, one, fields[k].key));
    }
    return t;
}

/* ---- what is said ---- */

static const rdl_statistic_table *numbers_of(const rdl_bulletin *r, const char *key)
{
    for (guint i = 0; i < r->monitored->tables->len; i++) {
        const rdl_statistic_table *t = r->monitored->tables->pdata[i];
        if (strcmp(t->key, key) == 0)
            return t;
    }
    g_assert_not_reached();
}

static rdl_report_table *show(rdl_bulletin *r, const char *key, rdl_chart chart, const char *label)
{
    static const char *const series[] = {"suspected", "unsettled", NULL};
    rdl_report_table *t = rdl_report_numbers(r, numbers_of(r, key));

    if (chart != RDL_CHART_NONE)
        rdl_report_set_chart(r, t, chart, label, series);
    return t;
}

static void head(rdl_bulletin *r, const char *key)
{
    rdl_report_add(r, RDL_PART_HEAD, rdl_report_word(r, key));
}

static char *source_of(const rdl_found *f)
{
    return g_strconcat(f->source, "\x1f", f->source_id, NULL);
}

/* Found by a rule for everywhere: what their sources have outside the zones, and how many. */
static double outside_zones(const rdl_monitored *m, guint *places)
{
    g_autoptr(GHashTable) of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gint64 all = 0;

    for (guint i = 0; i < m->found->len; i++) {
        const rdl_found *f = &g_array_index(m->found, rdl_found, i);
        g_autofree char *source = source_of(f);
        double *m2 = g_hash_table_lookup(of, source);
        bool everywhere = g_strcmp0(f->zone, EVERYWHERE) == 0;
        double more = everywhere ? f->area_m2 : -f->area_own_m2;
        if (!m2)
            g_hash_table_insert(of, g_steal_pointer(&source), m2 = g_new0(double, 1));
        *m2 += isnan(more) ? 0.0 : more;
    }
    *places = 0;
    for (guint i = 0; i < m->told->len; i++) {
        const told *one = &g_array_index(m->told, told, i);
        if (!one->leads || g_strcmp0(one->found->zone, EVERYWHERE) != 0)
            continue;
        g_autofree char *source = source_of(one->found);
        double m2 = *(double *)g_hash_table_lookup(of, source);
        all += (gint64)llround(MAX(m2, 0.0) * AREA_UNIT);
        ++*places;
    }
    return (double)all / AREA_UNIT;
}

static void say_found(rdl_bulletin *r)
{
    const rdl_monitored *m = r->monitored;
    const rdl_statistic_table *all = numbers_of(r, "monitored");
    g_autoptr(GString) text = g_string_new(NULL);
    rdl_paragraph p = {r, text};
    const rdl_statistic_table *by_zone = numbers_of(r, "monitored_by_zone");
    guint zones = 0, outside = 0;

    for (guint i = 0; i + 1 < by_zone->n_rows; i++) {
        const char *code = rdl_statistic_cell_at(by_zone, i, 0)->text;
        zones += code && strcmp(code, EVERYWHERE) != 0;
    }

    if (r->options->unit)
        rdl_report_say(&p, rdl_sentence(r->ledger, "sentence.unit", r->language, "{unit}",
                                        rdl_report_unit(r, r->options->unit), NULL));
    rdl_report_say(
        &p, rdl_sentence(r->ledger, "sentence.as_of", r->language, "{date}", r->as_of, NULL));
    rdl_report_go_on(&p);
    rdl_report_say(
        &p, rdl_sentence(r->ledger, "sentence.monitored", r->language, "{sites}",
                         rdl_report_count(r, rdl_statistic_total(all, "places")), "{findings}",
                         rdl_report_count(r, rdl_statistic_total(all, "findings")), "{zones}",
                         rdl_report_count(r, zones), "{area}",
                         rdl_report_hectares(r, rdl_statistic_total(all, "own_area")), NULL));
    double m2 = outside_zones(m, &outside);
    if (outside)
        rdl_report_say(&p, g_strdup_printf(rdl_report_word(r, "monitored.outside"), outside,
                                           rdl_report_hectares(r, m2)));
    rdl_report_say(&p, g_strdup_printf(rdl_report_word(r, "monitored.split"),
                                       rdl_report_count(r, rdl_statistic_total(all, "suspected")),
                                       rdl_report_count(r, rdl_statistic_total(all, "unsettled")),
                                       rdl_report_count(r, rdl_statistic_total(all, "fresh"))));
    rdl_report_say(&p, g_strdup_printf(rdl_report_word(r, "monitored.left"),
                                       rdl_report_count(r, (double)m->clean),
                                       rdl_report_count(r, (double)m->dismissed)));
    rdl_report_end(&p, RDL_PART_TEXT);
}

static void results(rdl_bulletin *r)
{
    head(r, "head.found");
    say_found(r);
    show(r, "monitored", RDL_CHART_NONE, NULL);
    show(r, "monitored_by_result", RDL_CHART_NONE, NULL);
    rdl_report_add(r, RDL_PART_MAP, rdl_report_word(r, "map.found"));
    head(r, "head.by_zone");
    show(r, "monitored_by_zone", RDL_CHART_BARS, "zone");
    show(r, "monitored_by_zone_name", RDL_CHART_NONE, NULL);
    head(r, "head.by_type");
    if (strcmp(r->language, "zh") == 0 && numbers_of(r, "monitored_by_group")->n_rows > 2)
        show(r, "monitored_by_group", RDL_CHART_BARS, "hj1156"); /* its names are Chinese alone */
    show(r, "monitored_by_activity", RDL_CHART_BARS, "activity");
    head(r, "head.by_unit");
    show(r, "monitored_by_unit", RDL_CHART_BARS, "unit_name")->sheet = true;
    head(r, "head.by_change");
    show(r, "monitored_by_change", RDL_CHART_BARS, "change");
}

static void problems(rdl_bulletin *r)
{
    g_autoptr(GPtrArray) gravest = places_of(r->monitored, gravest_first);

    head(r, "head.problems");
    show(r, "monitored_by_severity", RDL_CHART_NONE, NULL);
    if (gravest->len > KEY_PROBLEMS)
        rdl_report_add(r, RDL_PART_NOTE,
                       rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "problems.most"),
                                                          KEY_PROBLEMS, gravest->len)));
    list_places(r, "key_problems", gravest, KEY_PROBLEMS);
}

static void annexes(rdl_bulletin *r)
{
    g_autoptr(GPtrArray) places = places_of(r->monitored, by_number);

    head(r, "head.annexes");
    show(r, "monitored_by_unit_zone", RDL_CHART_NONE, NULL)->sheet = true;
    list_places(r, "monitored_places", places, G_MAXUINT)->sheet = true;
}

static void notes(rdl_bulletin *r)
{
    g_autoptr(GString) text = g_string_new(NULL);
    rdl_paragraph p = {r, text};

    head(r, "head.remarks");
    rdl_report_say(&p, rdl_sentence(r->ledger, "sentence.clue", r->language, NULL));
    rdl_report_end(&p, RDL_PART_NOTE);
    rdl_report_lost_units(r);
    if (r->options->compiler)
        rdl_report_add(r, RDL_PART_NOTE,
                       rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "compiler"),
                                                          r->options->compiler)));
}

bool rdl_report_compose_monitored(rdl_bulletin *r, GError **error)
{
    r->subtitle =
        rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "as_of"), r->as_of, r->head));
    head(r, "head.method");
    if (!rdl_report_method(r, error))
        return false;
    results(r);
    problems(r);
    annexes(r);
    notes(r);
    return true;
}
