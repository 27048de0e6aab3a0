/* What is drawn of a ledger to be looked at again, and what is in it. */
#include "rectify/sample.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "rectify/draw.h"
#include "rectify/moving.h"
#include "rectify/route.h"

#define COUNTY 6 /* digits of a county's code */
#define POOL "sample.pool"

/* ---- lots ---- */

typedef struct {
    char *id, *unit, *class, *number;
    double area;
} lot;

static void lot_free(gpointer p)
{
    lot *l = p;

    g_free(l->id);
    g_free(l->unit);
    g_free(l->class);
    g_free(l->number);
    g_free(l);
}

static int by_stratum(const lot *x, const lot *y)
{
    int order = strcmp(x->unit, y->unit);

    return order ? order : strcmp(x->class, y->class);
}

static gint by_id(gconstpointer a, gconstpointer b)
{
    const lot *x = *(lot *const *)a, *y = *(lot *const *)b;
    int order = by_stratum(x, y);

    return order ? order : strcmp(x->id, y->id);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return strcmp((*(lot *const *)a)->number, (*(lot *const *)b)->number);
}

/* Where a stratum begins in lots that are in order, and one past the last; the number of strata. */
static GArray *strata_of(const GPtrArray *lots)
{
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i <= lots->len; i++)
        if (i == 0 || i == lots->len || by_stratum(lots->pdata[i - 1], lots->pdata[i]) != 0)
            g_array_append_val(starts, i);
    if (lots->len == 0)
        g_array_set_size(starts, 1);
    return starts;
}

static bool allot(const rdl_sampling *how, const GArray *starts, gint64 *n, GError **error)
{
    guint strata = starts->len - 1;
    g_autofree gint64 *population = g_new0(gint64, strata + 1);
    gint64 needed;

    for (guint i = 0; i < strata; i++) {
        population[i] = g_array_index(starts, guint, i + 1) - g_array_index(starts, guint, i);
        n[i] = MAX((gint64)ceil((double)population[i] * how->rate - 1e-9), how->least);
        n[i] = MIN(n[i], population[i]);
    }
    return !how->size || rdl_strata_allot(population, strata, how->size, how->least, n, &needed) ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%" PRId64 " are too few: %u strata (county and class) with at least %" PRId64
                    " of each need %" PRId64,
                    how->size, strata, how->least, needed);
}

/* ---- the event ---- */

static JsonObject *stratum_json(const GPtrArray *lots, guint from, guint to, gint64 drawn)
{
    JsonObject *o = json_object_new();
    JsonArray *ids = json_array_new();
    const lot *first = lots->pdata[from];
    double area = 0.0;

    for (guint i = from; i < to; i++) {
        const lot *l = lots->pdata[i];
        json_array_add_string_element(ids, l->id);
        area += l->area; /* NaN: that of one is not known, so that of all is not */
    }
    rdl_json_set_text(o, "unit", first->unit);
    rdl_json_set_text(o, "class", first->class);
    json_object_set_int_member(o, "population", to - from);
    json_object_set_int_member(o, "drawn", drawn);
    rdl_json_set_real(o, "area_m2", area);
    json_object_set_array_member(o, "ids", ids);
    return o;
}

static JsonObject *row_json(const lot *l)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "item_id", l->id);
    rdl_json_set_text(o, "unit", l->unit);
    rdl_json_set_text(o, "class", l->class);
    rdl_json_set_real(o, "area_m2", l->area);
    return o;
}

/* Strata and rows of `o` from lots in order of stratum and id. */
static bool draw_lots(const rdl_sampling *how, GPtrArray *lots, JsonObject *o, GError **error)
{
    g_autoptr(GArray) starts = strata_of(lots);
    g_autofree gint64 *n = g_new0(gint64, starts->len);
    g_autoptr(GPtrArray) drawn = g_ptr_array_new();
    JsonArray *strata = json_array_new(), *rows = json_array_new();

    json_object_set_array_member(o, "strata", strata);
    json_object_set_array_member(o, "rows", rows);
    if (!allot(how, starts, n, error))
        return false;
    for (guint i = 0; i + 1 < starts->len; i++) {
        guint from = g_array_index(starts, guint, i), to = g_array_index(starts, guint, i + 1);
        g_autoptr(GPtrArray) own = g_ptr_array_new();
        for (guint k = from; k < to; k++)
            g_ptr_array_add(own, lots->pdata[k]);
        g_ptr_array_sort(own, by_number);
        for (gint64 k = 0; k < n[i]; k++)
            g_ptr_array_add(drawn, own->pdata[k]);
        json_array_add_object_element(strata, stratum_json(lots, from, to, n[i]));
    }
    g_ptr_array_sort(drawn, by_number);
    for (guint i = 0; i < drawn->len; i++)
        json_array_add_object_element(rows, row_json(drawn->pdata[i]));
    return true;
}

static lot *lot_new(const rdl_sampling *how, const char *id, const char *unit, const char *class)
{
    lot *l = g_new0(lot, 1);

    l->id = g_strdup(id);
    l->unit = g_strndup(unit ? unit : "", COUNTY);
    l->class = g_strdup(class);
    l->number = rdl_draw_number(how->seed, how->of, id);
    l->area = NAN;
    return l;
}

static JsonArray *array_of(JsonObject *o, const char *member)
{
    JsonNode *node = o ? json_object_get_member(o, member) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *object_at(JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element(array, i);

    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* Lots again from an event's pool; NULL where it is not one. */
static GPtrArray *lots_again(const rdl_sampling *how, JsonArray *strata)
{
    g_autoptr(GPtrArray) lots = g_ptr_array_new_with_free_func(lot_free);

    for (guint i = 0; i < json_array_get_length(strata); i++) {
        JsonObject *s = object_at(strata, i);
        JsonArray *ids = array_of(s, "ids");
        if (!ids)
            return NULL;
        for (guint k = 0; k < json_array_get_length(ids); k++) {
            JsonNode *id = json_array_get_element(ids, k);
            if (json_node_get_value_type(id) != G_TYPE_STRING)
                return NULL;
            g_ptr_array_add(lots,
                            lot_new(how, json_node_get_string(id), rdl_json_text(s, "unit", ""),
                                    rdl_json_text(s, "class", "")));
        }
    }
    g_ptr_array_sort(lots, by_id);
    return g_steal_pointer(&lots);
}

/* Strata with their pool, rows: all that lots are drawn from and decide; not the areas, whose last
 * digit is the machine's. */
static char *gist(JsonObject *o)
{
    GString *text = g_string_new(NULL);
    JsonArray *strata = array_of(o, "strata"), *rows = array_of(o, "rows");

    for (guint i = 0; i < json_array_get_length(strata); i++) {
        JsonObject *s = object_at(strata, i);
        g_string_append_printf(text, "%s\x1f%s\x1f%.0f\x1f%.0f\n", rdl_json_text(s, "unit", ""),
                               rdl_json_text(s, "class", ""), rdl_json_real(s, "population", -1.0),
                               rdl_json_real(s, "drawn", -1.0));
        JsonArray *ids = array_of(s, "ids");
        for (guint k = 0; ids && k < json_array_get_length(ids); k++)
            g_string_append_printf(text, "%s\n", json_array_get_string_element(ids, k));
    }
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *r = object_at(rows, i);
        g_string_append_printf(text, "%s\x1f%s\x1f%s\n", rdl_json_text(r, "item_id", ""),
                               rdl_json_text(r, "unit", ""), rdl_json_text(r, "class", ""));
    }
    return g_string_free(text, FALSE);
}

/* A count that a sampling can have; NaN: it is none. */
static double count_of(JsonObject *o, const char *member)
{
    double n = rdl_json_real(o, member, 0.0);

    return n >= 0.0 && n <= RDL_SAMPLE_MOST && n == floor(n) ? n : NAN;
}

static bool design_good(JsonObject *o)
{
    double size = count_of(o, "size"), rate = rdl_json_real(o, "rate", 0.0);
    JsonArray *rows = array_of(o, "rows");

    for (guint i = 0; rows && i < json_array_get_length(rows); i++)
        if (!object_at(rows, i))
            return false;
    return rows && !isnan(size) && !isnan(count_of(o, "least")) &&
           (size > 0.0 ? rate == 0.0 : rate > 0.0 && rate <= 1.0);
}

bool rdl_sample_good(JsonObject *o)
{
    if (!design_good(o))
        return false;
    const rdl_sampling how = {.of = rdl_json_text(o, "of", ""),
                              .seed = rdl_json_text(o, "seed", ""),
                              .size = (gint64)rdl_json_real(o, "size", 0.0),
                              .rate = rdl_json_real(o, "rate", 0.0),
                              .least = (gint64)rdl_json_real(o, "least", 0.0)};
    JsonArray *strata = array_of(o, "strata");
    g_autoptr(GPtrArray) lots = strata ? lots_again(&how, strata) : NULL;
    g_autoptr(JsonObject) again = json_object_new();

    if (!lots || !draw_lots(&how, lots, again, NULL))
        return false;
    g_autofree char *ours = gist(again), *theirs = gist(o);
    return strcmp(ours, theirs) == 0;
}

/* ---- what there is to draw from ---- */

static void note_methods(JsonObject *made, GPtrArray *methods)
{
    JsonArray *inputs = array_of(made, "inputs");
    JsonObject *options = rdl_json_object(made, "options");
    const char *method = options ? rdl_json_text(options, "method", NULL) : NULL;

    if (strcmp(rdl_json_text(made, "command", ""), "detect") == 0 && method &&
        !g_ptr_array_find_with_equal_func(methods, method, g_str_equal, NULL))
        g_ptr_array_add(methods, (gpointer)method);
    for (guint i = 0; inputs && i < json_array_get_length(inputs); i++) {
        JsonObject *input = object_at(inputs, i);
        JsonObject *by = input ? rdl_json_object(input, "made_by") : NULL;
        if (by)
            note_methods(by, methods);
    }
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Methods of the detections behind a load, joined by a plus; "unknown" where none is named. */
static char *detectors_of(const char *manifest)
{
    g_autoptr(JsonNode) node = manifest ? rdl_json_parse(manifest, "manifest", NULL) : NULL;
    g_autoptr(GPtrArray) methods = g_ptr_array_new();

    if (node && JSON_NODE_HOLDS_OBJECT(node))
        note_methods(json_node_get_object(node), methods);
    if (methods->len == 0)
        return g_strdup("unknown");
    g_ptr_array_sort(methods, by_text);
    g_ptr_array_add(methods, NULL);
    return g_strjoinv("+", (char **)methods->pdata);
}

typedef struct {
    rdl_ledger *ledger;
    const rdl_sampling *how;
    GPtrArray *lots;
    GHashTable *detectors; /* by the load's digest */
    GHashTable *sites;     /* whose ground is counted */
    char *latest;          /* day of the last event drawn from */
    rdl_tally *tally;
    rdl_measure *measure;
} pool;

static const char *detector_of(pool *p, const char *source, const char *load, const char *manifest)
{
    char *known;

    if (g_strcmp0(source, "patch") != 0)
        return source && *source ? source : "unknown";
    if (!(known = g_hash_table_lookup(p->detectors, load ? load : ""))) {
        known = detectors_of(manifest);
        g_hash_table_insert(p->detectors, g_strdup(load ? load : ""), known);
    }
    return known;
}

/* id, unit, class (source or closing state); load, manifest of a finding; area, shared ground; day;
 * site; was it put away as a duplicate */
static const char findings[] =
    "SELECT f.finding_id, coalesce(json_extract(f.content, '$.xzqdm'), s.xzqdm), f.source, o.load,"
    " l.manifest, f.area_m2, NULL, l.at, NULL, 0 FROM finding f JOIN site s USING(site_id) LEFT "
    "JOIN origin o ON"
    " o.source = f.source AND o.source_id = f.source_id LEFT JOIN load l ON l.digest = o.load WHERE"
    " f.is_primary = 1 AND f.result <> 'CLEAN' AND (?2 IS NULL OR l.at >= ?2) AND ?1 IS NOT NULL";

/* The move that closed: the first since the task was last open; of a site the last one first. */
#define CLOSED "(SELECT value FROM json_each(?1))"
#define CLOSING                                                                               \
    "(SELECT min(c.seq) FROM move c WHERE c.task_id = t.task_id AND c.seq > coalesce((SELECT" \
    " max(w.seq) FROM move w WHERE w.task_id = t.task_id AND w.state NOT IN " CLOSED "), 0))"
static const char closeouts[] =
    "SELECT t.task_id, t.xzqdm, m.state, NULL, NULL, f.area_m2, " RDL_SHARED_GROUND
    ", m.at, t.site_id, e.by = 'redline' AND e.role = 'system' AND e.reason IS 'DUPLICATE'"
    " FROM task t JOIN site s USING(site_id) JOIN move m ON m.task_id = t.task_id AND m.seq ="
    " " CLOSING " JOIN event e ON e.seq = m.seq LEFT JOIN finding f ON f.finding_id = t.finding_id "
    "WHERE t.state "
    "IN " CLOSED " AND (?2 IS NULL OR m.at >= ?2) ORDER BY m.seq DESC";

/* Why it is not drawn from; NULL: it is. */
static const char *why_not(const pool *p, rdl_statement *s)
{
    if (!rdl_division_within(rdl_statement_get_text(s, 1), p->how->unit))
        return "OTHER_UNIT";
    return rdl_statement_get_int(s, 9) ? "DUPLICATE" : NULL;
}

/* Of all that was closed at a site only the last has its ground. */
static bool measure_lot(pool *p, rdl_statement *s, lot *l, GError **error)
{
    const char *site = rdl_statement_get_text(s, 8);
    g_autoptr(GBytes) shared = rdl_statement_get_bytes(s, 6);
    double m2;

    if (site && !g_hash_table_add(p->sites, g_strdup(site))) {
        l->area = 0.0;
        return true;
    }
    l->area = rdl_statement_get_real(s, 5);
    if (!rdl_shared_area(p->ledger, shared, &p->measure, &m2, error))
        return false;
    if (m2 > 0.0)
        l->area = m2;
    return true;
}

static bool add_lot(pool *p, rdl_statement *s, GError **error)
{
    const char *what = rdl_statement_get_text(s, 2), *at = rdl_statement_get_text(s, 7),
               *why = why_not(p, s);

    rdl_tally_in(p->tally, POOL, 1);
    if (why) {
        rdl_tally_suppressed(p->tally, POOL, why, 1);
        return true;
    }
    rdl_tally_used(p->tally, POOL, 1);
    if (g_strcmp0(at, p->latest) > 0) {
        g_free(p->latest);
        p->latest = g_strdup(at);
    }
    if (strcmp(p->how->of, RDL_SAMPLE_FINDINGS) == 0)
        what = detector_of(p, what, rdl_statement_get_text(s, 3), rdl_statement_get_text(s, 4));
    lot *l = lot_new(p->how, rdl_statement_get_text(s, 0), rdl_statement_get_text(s, 1), what);
    g_ptr_array_add(p->lots, l);
    return measure_lot(p, s, l, error);
}

/* States in which nothing is left to do, as JSON. */
static char *closed_states(rdl_ledger *ledger, GError **error)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "states.csv", error);
    JsonArray *states = csv ? json_array_new() : NULL;

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        if (strcmp(rdl_csv_at(csv, i, "open"), "0") == 0)
            json_array_add_string_element(states, rdl_csv_at(csv, i, "state"));
    g_autoptr(JsonNode) node = states ? json_node_init_array(json_node_alloc(), states) : NULL;
    if (states)
        json_array_unref(states);
    return node ? rdl_json_canonical(node) : NULL;
}

static bool fill(pool *p, GError **error)
{
    bool of_findings = strcmp(p->how->of, RDL_SAMPLE_FINDINGS) == 0, row = true;
    g_autofree char *states = closed_states(p->ledger, error);
    g_autofree char *since = p->how->since == RDL_DAY_PAST ? NULL : rdl_day_text(p->how->since);
    g_autoptr(rdl_statement) s =
        states ? rdl_statement_new(p->ledger->store, of_findings ? findings : closeouts, error)
               : NULL;

    if (!s)
        return false;
    rdl_statement_text(s, 1, states);
    rdl_statement_text(s, 2, since);
    while (row)
        if (!rdl_statement_step(s, &row, error) || (row && !add_lot(p, s, error)))
            return false;
    g_ptr_array_sort(p->lots, by_id);
    if (!rdl_tally_check(p->tally, error))
        return false;
    if (p->lots->len == 0 && (since || p->how->unit))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: has no %s to draw from in that unit and time",
                        rdl_ledger_path(p->ledger), p->how->of);
    return p->lots->len > 0 || rdl_fail(error, RDL_ERROR_USAGE, "%s: has no %s to draw from",
                                        rdl_ledger_path(p->ledger), p->how->of);
}

/* *counts: how many there were, and which were left out; yours. */
static GPtrArray *pool_of(rdl_ledger *ledger, const rdl_sampling *how, const char *on,
                          JsonNode **counts, GError **error)
{
    pool p = {.ledger = ledger,
              .how = how,
              .lots = g_ptr_array_new_with_free_func(lot_free),
              .detectors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
              .sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
              .tally = rdl_tally_new()};
    bool good =
        fill(&p, error) && (!p.latest || strcmp(on, p.latest) >= 0 ||
                            rdl_fail(error, RDL_ERROR_USAGE,
                                     "%s: %s lies before %s, the last day of what is drawn from",
                                     rdl_ledger_path(ledger), on, p.latest));

    *counts = good ? rdl_tally_json(p.tally) : NULL;
    g_hash_table_unref(p.detectors);
    g_hash_table_unref(p.sites);
    g_free(p.latest);
    rdl_tally_free(p.tally);
    rdl_measure_free(p.measure);
    if (!good)
        g_clear_pointer(&p.lots, g_ptr_array_unref);
    return p.lots;
}

/* ---- what a piece says ---- */

/* says, zone, activity, source and its id, what the finding holds; lon, lat, ground; of piece ?2.
 */
static const char told_of_finding[] =
    "SELECT f.result, f.zone, s.activity, f.source, f.source_id, f.content, s.lon, s.lat,"
    " AsBinary(s.geom) FROM finding f JOIN site s USING(site_id) WHERE f.finding_id = ?2 AND ?1 IS"
    " NOT NULL";
static const char told_of_closeout[] =
    "SELECT coalesce((SELECT m.state FROM move m WHERE m.task_id = t.task_id AND t.state IN " CLOSED
    " AND m.seq = " CLOSING "), t.state), f.zone, s.activity, s.source, s.source_id, f.content,"
    " s.lon, s.lat, AsBinary(s.geom) FROM task t JOIN site s USING(site_id) LEFT JOIN finding f ON"
    " f.finding_id = t.finding_id WHERE t.task_id = ?2";

/* Text members a row of the event has of it; the digest is that of the finding. */
static const char *const told_members[] = {"says",   "zone",      "activity",
                                           "source", "source_id", "digest"};
enum { TOLD = G_N_ELEMENTS(told_members) };

/* The question, and the states that close. */
typedef struct {
    rdl_statement *s;
    char *states;
} asking;

static void asking_clear(asking *a)
{
    rdl_statement_free(a->s);
    g_free(a->states);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(asking, asking_clear)

static bool ask_pieces(rdl_ledger *ledger, const char *of, asking *a, GError **error)
{
    bool of_findings = g_strcmp0(of, RDL_SAMPLE_FINDINGS) == 0;

    return (a->states = closed_states(ledger, error)) &&
           (a->s = rdl_statement_new(ledger->store,
                                     of_findings ? told_of_finding : told_of_closeout, error));
}

/* *told: what the piece says now; NULL: it is gone. Yours. */
static bool ask_piece(const asking *a, const char *item_id, JsonObject **told, GBytes **wkb,
                      GError **error)
{
    rdl_statement *s = a->s;
    bool row;

    *told = NULL;
    rdl_statement_text(s, 1, a->states);
    rdl_statement_text(s, 2, item_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    if (!row)
        return true;
    const char *content = rdl_statement_get_text(s, TOLD - 1);
    g_autofree char *digest = content ? rdl_digest_bytes(content, strlen(content)) : NULL;
    *told = json_object_new();
    for (int i = 0; i < TOLD; i++)
        rdl_json_set_text(*told, told_members[i],
                          i == TOLD - 1 ? digest : rdl_statement_get_text(s, i));
    rdl_json_set_real(*told, "lon", rdl_statement_get_real(s, TOLD));
    rdl_json_set_real(*told, "lat", rdl_statement_get_real(s, TOLD + 1));
    if (wkb)
        *wkb = rdl_statement_get_bytes(s, TOLD + 2);
    rdl_statement_reset(s);
    return true;
}

/* Rows keep what they said when they were drawn: that is what is judged. */
static bool tell_rows(rdl_ledger *ledger, const rdl_sampling *how, JsonArray *rows, GError **error)
{
    g_auto(asking) a = {0};

    if (!ask_pieces(ledger, how->of, &a, error))
        return false;
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        g_autoptr(JsonObject) told = NULL;
        if (!ask_piece(&a, rdl_json_text(row, "item_id", ""), &told, NULL, error))
            return false;
        for (int k = 0; told && k < TOLD; k++)
            rdl_json_set_text(row, told_members[k], rdl_json_text(told, told_members[k], NULL));
        rdl_json_set_real(row, "lon", told ? rdl_json_real(told, "lon", NAN) : NAN);
        rdl_json_set_real(row, "lat", told ? rdl_json_real(told, "lat", NAN) : NAN);
    }
    return true;
}

/* ---- drawing ---- */

static bool check(rdl_ledger *ledger, const rdl_sampling *how, const rdl_who *who, GError **error)
{
    rdl_day day;

    if (!how->of ||
        (strcmp(how->of, RDL_SAMPLE_FINDINGS) != 0 && strcmp(how->of, RDL_SAMPLE_CLOSEOUTS) != 0))
        return rdl_fail(error, RDL_ERROR_USAGE, "a sample is of findings or of closeouts");
    if (!how->seed || !*how->seed || !who->by || !*who->by || !who->on)
        return rdl_fail(error, RDL_ERROR_USAGE, "a sample needs a seed, a day and who draws");
    if (!how->size == !(how->rate > 0.0 && how->rate <= 1.0) || how->size < 0 || how->least < 0 ||
        how->size > RDL_SAMPLE_MOST || how->least > RDL_SAMPLE_MOST)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "a sample has a size, or a rate above 0 and at most 1, and draws no fewer "
                        "than 0 of a stratum");
    return rdl_day_parse(who->on, &day, error) &&
           rdl_role_may(ledger, who->role, "draw", "sample", error);
}

static void tell_design(const rdl_sampling *how, JsonObject *o)
{
    g_autofree char *since = how->since == RDL_DAY_PAST ? NULL : rdl_day_text(how->since);

    rdl_json_set_text(o, "of", how->of);
    rdl_json_set_text(o, "seed", how->seed);
    if (how->size)
        json_object_set_int_member(o, "size", how->size);
    else
        rdl_json_set_real(o, "rate", how->rate);
    json_object_set_int_member(o, "least", how->least);
    rdl_json_set_text(o, "in_unit", how->unit);
    rdl_json_set_text(o, "since", since);
    rdl_json_set_text(o, "allocation",
                      how->size ? "least of each stratum, the rest in proportion to what is left"
                                : "rate of each stratum, rounded up, and least");
}

static bool is_there(rdl_ledger *ledger, const char *sample_id, bool *there, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM sample WHERE sample_id = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, sample_id);
    return rdl_statement_step(s, there, error);
}

static bool draw_within(rdl_ledger *ledger, const rdl_sampling *how, const rdl_who *who, char **id,
                        GError **error)
{
    g_autoptr(JsonNode) counts = NULL;
    g_autoptr(GPtrArray) lots = pool_of(ledger, how, who->on, &counts, error);
    g_autoptr(JsonObject) o = json_object_new();
    bool there;

    tell_design(how, o);
    g_autoptr(JsonNode) node = rdl_json_node(o);
    g_autofree char *design = rdl_json_canonical(node);
    if (!lots || !draw_lots(how, lots, o, error))
        return false;
    if (!tell_rows(ledger, how, json_object_get_array_member(o, "rows"), error))
        return false;
    g_autofree char *drawn = gist(o);
    json_object_set_member(o, "counts", g_steal_pointer(&counts));
    *id = rdl_digest_id("A-", design, drawn, RDL_DIGEST_END);
    rdl_event event = {.at = who->on,
                       .by = who->by,
                       .role = who->role,
                       .kind = "sample.drawn",
                       .subject = *id,
                       .reason = who->reason};
    return is_there(ledger, *id, &there, error) &&
           (there || rdl_event_append(ledger, &event, o, error));
}

char *rdl_ledger_sample(rdl_ledger *ledger, const rdl_sampling *how, const rdl_who *who,
                        GError **error)
{
    g_autofree char *id = NULL;

    if (!check(ledger, how, who, error) || !rdl_store_begin(ledger->store, error))
        return NULL;
    return rdl_ledger_end(ledger, draw_within(ledger, how, who, &id, error), error)
               ? g_steal_pointer(&id)
               : NULL;
}

/* ---- what is in a sample ---- */

static void sampled_clear(gpointer p)
{
    rdl_sampled *s = p;
    char *const texts[] = {s->item_id,   s->unit,     s->class, s->source_id, s->zone,
                           s->activity,  s->says,     s->now,   s->answer,    s->judged_by,
                           s->judged_on, s->evidence, s->note};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_clear_pointer(&s->wkb, g_bytes_unref);
}

static const char items[] =
    "SELECT p.what, r.value, j.answer, j.by, j.at, j.evidence, j.note FROM sample p JOIN event e"
    " USING(seq), json_each(e.payload, '$.rows') r LEFT JOIN judgement j ON j.seq = (SELECT"
    " max(seq) FROM judgement k WHERE k.sample_id = p.sample_id AND k.item_id ="
    " json_extract(r.value, '$.item_id')) WHERE p.sample_id = ? ORDER BY r.key";

/* Does it still say so? */
static const char *word_now(JsonObject *drawn, JsonObject *told)
{
    if (!told)
        return RDL_SAMPLED_GONE;
    if (!json_object_has_member(drawn, "says"))
        return RDL_SAMPLED_NOT_TOLD;
    for (int i = 0; i < TOLD; i++)
        if (g_strcmp0(rdl_json_text(drawn, told_members[i], NULL),
                      rdl_json_text(told, told_members[i], NULL)) != 0)
            return RDL_SAMPLED_CHANGED;
    return NULL;
}

static char *member(JsonObject *o, const char *name)
{
    return g_strdup(o ? rdl_json_text(o, name, NULL) : NULL);
}

static bool take_item(rdl_ledger *ledger, rdl_statement *q, asking *pieces, GArray *all,
                      GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(q, 1), "sample", error);
    JsonObject *drawn = node ? json_node_get_object(node) : NULL;
    g_autoptr(JsonObject) told = NULL;
    rdl_sampled s = {0};
    char **const answer[] = {&s.answer, &s.judged_by, &s.judged_on, &s.evidence, &s.note};

    if (!drawn ||
        (!pieces->s && !ask_pieces(ledger, rdl_statement_get_text(q, 0), pieces, error)) ||
        !ask_piece(pieces, rdl_json_text(drawn, "item_id", ""), &told, &s.wkb, error))
        return false;
    JsonObject *from = json_object_has_member(drawn, "says") ? drawn : told;
    s.now = g_strdup(word_now(drawn, told));
    s.item_id = member(drawn, "item_id");
    s.unit = member(drawn, "unit");
    s.class = member(drawn, "class");
    s.area_m2 = rdl_json_real(drawn, "area_m2", NAN);
    s.says = member(from, "says");
    s.zone = member(from, "zone");
    s.activity = member(from, "activity");
    s.source_id = member(from, "source_id");
    s.lon = from ? rdl_json_real(from, "lon", NAN) : NAN;
    s.lat = from ? rdl_json_real(from, "lat", NAN) : NAN;
    for (int i = 0; i < (int)G_N_ELEMENTS(answer); i++)
        *answer[i] = g_strdup(rdl_statement_get_text(q, i + 2));
    g_array_append_val(all, s);
    return true;
}

GArray *rdl_sample_items(rdl_ledger *ledger, const char *sample_id, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(rdl_sampled));
    g_autoptr(rdl_statement) q = rdl_statement_new(ledger->store, items, error);
    g_auto(asking) pieces = {0};
    bool row = true;

    g_array_set_clear_func(all, sampled_clear);
    if (!q)
        return NULL;
    rdl_statement_text(q, 1, sample_id);
    while (row)
        if (!rdl_statement_step(q, &row, error) ||
            (row && !take_item(ledger, q, &pieces, all, error)))
            return NULL;
    if (all->len == 0)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: no sample %s: redline task accuracy shows them",
                        rdl_ledger_path(ledger), sample_id),
               NULL;
    return g_steal_pointer(&all);
}
