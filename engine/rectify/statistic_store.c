/* Every task once, counted into all tables of matters. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/rebound.h"
#include "rectify/statistic_table.h"

#define TENTHS_OF_MM2 1e6 /* areas are summed as whole numbers: in any order the same */

/* What a task is told apart by. */
typedef enum {
    UNIT,
    DEPARTMENT,
    SOURCE,
    CATEGORY,
    ASPECT,
    NATURE,
    TIER,
    ZONE,
    ACTIVITY,
    SEVERITY,
    YEAR,
    STATE,
    REASON,
    LEVEL,
    KIND,
    DIMENSIONS,
    NO_DIMENSION
} dimension;

/* The codes seen of each, numbered as they come; 0: not given. */
typedef struct {
    GHashTable *numbers;
    GPtrArray *codes;
    guint last; /* rows that follow each other are often alike */
} register_;

/* Of declared land at the grounds (rectify/wetland.h), in the order of its table. */
static const char *const wetland_members[] = {"before_m2",  "later_m2",   "returned_m2",
                                              "gain_m2",    "loss_m2",    "net_m2",
                                              "net_min_m2", "net_max_m2", "barrier_m2"};
enum { WETLAND_AREAS = G_N_ELEMENTS(wetland_members) };

typedef struct {
    gint64 n[RDL_FATES], overdue, overdue_original, pending_overdue, dated, on_time, undated;
    gint64 area[RDL_FATES], verified, cleared, restored, water, outside, taken;
    gint64 measured, wetland[WETLAND_AREAS];
    gint64 rebounds, partial, rebounded, contradicted;
} counts;

/* One table under way: counts by the numbers of its dimensions. */
typedef struct {
    const char *key;
    dimension by[2];
    GHashTable *places; /* the two numbers -> place in `rows` + 1 */
    GArray *numbers;    /* of guint64: the two numbers of each row */
    GArray *rows;       /* of counts */
} pile;

/* What a warning depends on. */
typedef struct {
    guint state, kind, tier, tier_original;
    int missed;
    double progress;
    char started[16], due[16];
    bool stopped;
} clock_;

typedef struct {
    rdl_statistic *s;
    clock_ clock; /* of the task before, and what was said of it: neighbours are often alike */
    const char *level;
    bool asked;
    const rdl_csv *states, *warnings;
    rdl_fates *fates;
    register_ registers[DIMENSIONS];
    GArray *piles;
    guint of[DIMENSIONS]; /* numbers of the task at hand */
    rdl_statement *reason, *scene, *land;
    GHashTable *seen;     /* tasks that a scene tells of */
    GHashTable *late;     /* problem -> milestones passed unmet */
    rdl_measure *measure; /* of sites with several sources */
    double beside_m2;     /* of the task at hand: its ground where no zone has it as its own */
    gint64 tasks, carried, outside, matters, rebounds;
    char *day;
} survey;

/* ---- codes ---- */

static guint number_of(survey *v, dimension d, const char *code)
{
    register_ *r = &v->registers[d];
    gpointer known;

    if (!code || !*code)
        return 0;
    if (r->last && strcmp(r->codes->pdata[r->last], code) == 0)
        return r->last;
    if ((known = g_hash_table_lookup(r->numbers, code)))
        return r->last = GPOINTER_TO_UINT(known);
    char *mine = g_string_chunk_insert_const(v->s->kept, code);
    g_ptr_array_add(r->codes, mine);
    g_hash_table_insert(r->numbers, mine, GUINT_TO_POINTER(r->codes->len - 1));
    return r->codes->len - 1;
}

static const char *code_of(const survey *v, dimension d, guint number)
{
    return d == NO_DIMENSION ? NULL : v->registers[d].codes->pdata[number];
}

/* Where the pack lists a code: rows come in that order. */
static int rank_of(const survey *v, dimension d, const char *code)
{
    static const struct {
        const char *file, *column;
    } lists[DIMENSIONS] = {[ZONE] = {"zones.csv", "zone"},
                           [ACTIVITY] = {"activities.csv", "code"},
                           [STATE] = {"states.csv", "state"},
                           [LEVEL] = {"warnings.csv", "level"}};
    const rdl_csv *csv = d < DIMENSIONS && lists[d].file && code
                             ? rdl_ledger_table(v->s->ledger, lists[d].file, NULL)
                             : NULL;
    gssize row = csv ? rdl_csv_find(csv, lists[d].column, code) : -1;

    if (d == KIND)
        return g_strcmp0(code, "verify") != 0;
    return row < 0 ? G_MAXINT : (int)row;
}

/* ---- piles ---- */

static const struct {
    const char *key;
    dimension by[2];
} layout[] = {{"total", {NO_DIMENSION, NO_DIMENSION}},
              {"by_unit", {UNIT, NO_DIMENSION}},
              {"by_department", {DEPARTMENT, NO_DIMENSION}},
              {"by_source", {SOURCE, NO_DIMENSION}},
              {"by_category", {CATEGORY, NO_DIMENSION}},
              {"by_aspect", {CATEGORY, ASPECT}},
              {"by_nature", {NATURE, NO_DIMENSION}},
              {"by_tier", {TIER, NO_DIMENSION}},
              {"by_zone", {ZONE, NO_DIMENSION}},
              {"by_activity", {ACTIVITY, NO_DIMENSION}},
              {"by_zone_activity", {ZONE, ACTIVITY}},
              {"by_severity", {SEVERITY, NO_DIMENSION}},
              {"by_year", {YEAR, NO_DIMENSION}},
              {"by_state", {KIND, STATE}},
              {"excluded", {STATE, REASON}},
              {"by_warning", {LEVEL, KIND}}};
enum { MATTER_PILES = 13, STATES_PILE = MATTER_PILES, EXCLUDED_PILE, WARNING_PILE };

/* GLib's own hash of a pointer looks at 32 bits of it: the first number would not tell. */
static guint hash_of(gconstpointer key)
{
    gsize k = GPOINTER_TO_SIZE(key);

    return (guint)(k ^ (k >> 27));
}

static counts *place(pile *p, guint a, guint b)
{
    guint64 key = ((guint64)a << 32 | b) + 1;
    gpointer at = g_hash_table_lookup(p->places, GSIZE_TO_POINTER(key));

    if (!at) {
        counts zero = {0};
        g_array_append_val(p->rows, zero);
        g_array_append_val(p->numbers, key);
        at = GUINT_TO_POINTER(p->rows->len);
        g_hash_table_insert(p->places, GSIZE_TO_POINTER(key), at);
    }
    return &g_array_index(p->rows, counts, GPOINTER_TO_UINT(at) - 1);
}

static counts *place_of(survey *v, guint i)
{
    pile *p = &g_array_index(v->piles, pile, i);

    return place(p, p->by[0] == NO_DIMENSION ? 0 : v->of[p->by[0]],
                 p->by[1] == NO_DIMENSION ? 0 : v->of[p->by[1]]);
}

static void add(counts *to, const counts *more)
{
    gint64 *a = (gint64 *)to;
    const gint64 *b = (const gint64 *)more;

    G_STATIC_ASSERT(sizeof(counts) % sizeof(gint64) == 0);
    for (size_t i = 0; i < sizeof(counts) / sizeof(gint64); i++)
        a[i] += b[i];
}

/* ---- one task ---- */

static bool look_at_dates(survey *v, const rdl_task *t, rdl_fate f, counts *c, GError **error)
{
    g_autofree char *done = NULL;
    bool late = t->due && strcmp(t->due, v->day) < 0;
    bool late_at_first = t->due_original && strcmp(t->due_original, v->day) < 0;

    c->overdue = f == RDL_FATE_OPEN && late;
    c->overdue_original = f == RDL_FATE_OPEN && late_at_first;
    c->pending_overdue = f == RDL_FATE_PENDING && late;
    c->undated = f == RDL_FATE_OPEN && rdl_task_undated(v->s->ledger, t, v->states);
    if ((f != RDL_FATE_DONE && f != RDL_FATE_OPEN) || !t->due || strcmp(t->due, v->day) > 0)
        return true;
    c->dated = 1;
    if (f == RDL_FATE_DONE && !rdl_fates_done_on(v->fates, t->task_id, &done, error))
        return false;
    c->on_time = done && strcmp(done, t->due) <= 0;
    return true;
}

/* Why a matter was left out: the code its last move gives, where the pack has a word for it. */
static bool reason_of(survey *v, const rdl_task *t, GError **error)
{
    bool row;

    rdl_statement_text(v->reason, 1, t->task_id);
    if (!rdl_statement_step(v->reason, &row, error))
        return false;
    const char *reason = row ? rdl_statement_get_text(v->reason, 0) : NULL;
    g_autofree char *key = reason ? g_strconcat("reason.", reason, NULL) : NULL;
    const rdl_csv *texts = rdl_ledger_table(v->s->ledger, "texts.csv", NULL);
    v->of[REASON] =
        key && texts && rdl_csv_find(texts, "key", key) >= 0 ? number_of(v, REASON, reason) : 0;
    if (row)
        rdl_statement_reset(v->reason);
    return true;
}

/* What the newest scene that tells says of its ground. */
static bool scene_of(survey *v, const rdl_task *t, gint64 area, counts *c, GError **error)
{
    bool row;

    if (!g_hash_table_contains(v->seen, t->task_id))
        return true;
    rdl_statement_text(v->scene, 1, t->task_id);
    if (!rdl_statement_step(v->scene, &row, error))
        return false;
    if (row) {
        double residual = CLAMP(rdl_statement_get_real(v->scene, 1), 0.0, 1.0);
        c->verified = area;
        c->cleared = isnan(residual) ? 0 : llround((double)area * (1.0 - residual));
        c->restored = g_strcmp0(rdl_statement_get_text(v->scene, 0), "RESTORED") == 0 ? area : 0;
        double gain = rdl_statement_get_real(v->scene, 2);
        c->water = isnan(gain) ? 0 : llround((double)area * gain);
        rdl_statement_reset(v->scene);
    }
    return true;
}

/* What the newest declaration says of its ground. */
static bool land_of(survey *v, const rdl_task *t, counts *c, GError **error)
{
    bool row;

    if (!g_hash_table_contains(v->seen, t->task_id))
        return true;
    rdl_statement_text(v->land, 1, t->task_id);
    if (!rdl_statement_step(v->land, &row, error))
        return false;
    if (!row)
        return true;
    g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(v->land, 0), "row", error);
    rdl_statement_reset(v->land);
    if (!node)
        return false;
    c->measured = 1;
    for (int i = 0; i < WETLAND_AREAS; i++)
        c->wetland[i] = llround(rdl_json_real(json_node_get_object(node), wetland_members[i], 0.0) *
                                TENTHS_OF_MM2);
    return true;
}

static const char *level_of(survey *v, const rdl_task *t)
{
    clock_ c;

    memset(&c, 0, sizeof c); /* compared byte by byte */
    c.state = v->of[STATE];
    c.kind = v->of[KIND];
    c.tier = v->of[TIER];
    c.tier_original = number_of(v, TIER, t->tier_original);
    c.missed = t->missed;
    c.progress = t->progress;
    c.stopped = t->stopped != NULL;
    g_strlcpy(c.started, t->started ? t->started : "", sizeof c.started);
    g_strlcpy(c.due, t->due ? t->due : "", sizeof c.due);
    if (!v->asked || memcmp(&c, &v->clock, sizeof c) != 0)
        v->level = rdl_task_warning(t, v->warnings, v->states, v->s->options.as_of).level;
    memcpy(&v->clock, &c, sizeof c);
    v->asked = true;
    return v->level;
}

/* Is the gravest finding of the task at hand one of a rule for everywhere? */
static bool is_everywhere(const survey *v)
{
    return g_strcmp0(code_of(v, ZONE, v->of[ZONE]), "ANY") == 0;
}

static bool count_matter(survey *v, const rdl_task *t, rdl_fate f, gint64 partial, GError **error)
{
    gint64 area = isnan(t->area_m2) ? 0 : llround(t->area_m2 * TENTHS_OF_MM2);
    counts c = {.contradicted = t->contradicted != NULL,
                .rebounds = t->number - partial,
                .partial = partial,
                .rebounded = t->number > 0};

    c.n[f] = 1;
    c.area[f] = area;
    if (f != RDL_FATE_EXCLUDED)
        *(is_everywhere(v) ? &c.outside : &c.taken) =
            llround(MAX(v->beside_m2, 0.0) * TENTHS_OF_MM2);
    if (!look_at_dates(v, t, f, &c, error) || !scene_of(v, t, area, &c, error) ||
        !land_of(v, t, &c, error) || (f == RDL_FATE_EXCLUDED && !reason_of(v, t, error)))
        return false;
    v->matters++;
    for (guint i = 0; i < MATTER_PILES; i++)
        add(place_of(v, i), &c);
    if (f == RDL_FATE_EXCLUDED)
        add(place_of(v, EXCLUDED_PILE), &c);
    if (f == RDL_FATE_PENDING || f == RDL_FATE_OPEN || f == RDL_FATE_LONGTERM) {
        v->of[LEVEL] = number_of(v, LEVEL, level_of(v, t));
        add(place_of(v, WARNING_PILE), &c);
    }
    return true;
}

/* t->number: how often it was registered again, `partial` of these for another activity. */
static bool count_task(survey *v, const rdl_task *t, bool registered, gint64 partial,
                       GError **error)
{
    const counts one = {.n = {[RDL_FATE_OPEN] = 1}};
    rdl_fate f = rdl_fates_of(v->fates, t->kind, t->state, registered);

    v->tasks++;
    v->rebounds += t->number;
    if (!rdl_statistic_wanted(v->s, t->xzqdm)) {
        v->outside++;
        return true;
    }
    add(place_of(v, STATES_PILE), &one);
    if (f == RDL_FATE_CARRIED) {
        v->carried++;
        return true;
    }
    return count_matter(v, t, f, partial, error);
}

/* ---- all of them ---- */

/* A finding without ground of its own: of a rule for everywhere what its source has outside the
 * zones, else what it covers. Pieces of such a rule lie side by side. */
#define BESIDE                                                                                    \
    "CASE WHEN f.area_m2 < 0.01 THEN CASE f.zone WHEN 'ANY' THEN (SELECT sum(CASE o.zone WHEN "   \
    "'ANY' THEN json_extract(o.content, '$.area_m2') ELSE -o.area_m2 END) FROM finding o WHERE "  \
    "o.source = f.source AND o.source_id = f.source_id AND o.site_id = f.site_id) ELSE "          \
    "json_extract(f.content, '$.area_m2') END END"

static const char select_all[] =
    "SELECT t.task_id, t.kind, t.state, t.xzqdm, coalesce(p.lead_dept, t.department), t.tier,"
    " t.started, t.due_original, t.due, t.stopped, t.contradicted, coalesce(p.source, s.source),"
    " p.category, p.aspect, p.nature, f.zone, s.activity, f.severity, t.progress,"
    " f.area_m2, t.problem_id, coalesce(p.rebounds, 0), t.kind = 'verify' AND EXISTS(SELECT 1 FROM"
    "  problem c WHERE c.clue_id = t.task_id), " RDL_SHARED_GROUND
    ", t.tier_original, CASE WHEN p.rebounds > 0 THEN"
    " (SELECT count(*) FROM lookback l WHERE l.task_id = t.task_id AND l.result = "
    "'" RDL_PARTIAL_REBOUND "') ELSE 0 END, " BESIDE
    " FROM task t JOIN site s USING(site_id) LEFT JOIN finding f ON f.finding_id = t.finding_id"
    " LEFT JOIN problem p ON p.problem_id = t.problem_id";

static int missed_of(const survey *v, const char *problem_id)
{
    return problem_id ? GPOINTER_TO_INT(g_hash_table_lookup(v->late, problem_id)) : 0;
}

static bool take_task(survey *v, rdl_statement *q, GError **error)
{
    enum { TEXTS = 18 };
    const char *text[TEXTS];
    char year[5] = "";

    for (int i = 0; i < TEXTS; i++)
        text[i] = rdl_statement_get_text(q, i);
    rdl_task t = {.task_id = (char *)text[0],
                  .kind = (char *)text[1],
                  .state = (char *)text[2],
                  .xzqdm = (char *)text[3],
                  .tier = (char *)text[5],
                  .tier_original = (char *)rdl_statement_get_text(q, 24),
                  .started = (char *)text[6],
                  .due_original = (char *)text[7],
                  .due = (char *)text[8],
                  .stopped = (char *)text[9],
                  .contradicted = (char *)text[10],
                  .progress = rdl_statement_get_real(q, 18),
                  .area_m2 = rdl_statement_get_real(q, 19),
                  .missed = missed_of(v, rdl_statement_get_text(q, 20)),
                  .number = (int)rdl_statement_get_int(q, 21)};
    if (t.due)
        g_strlcpy(year, t.due, sizeof year);
    const struct {
        dimension d;
        const char *code;
    } told[] = {{UNIT, t.xzqdm},      {DEPARTMENT, text[4]}, {TIER, t.tier},     {SOURCE, text[11]},
                {CATEGORY, text[12]}, {ASPECT, text[13]},    {NATURE, text[14]}, {ZONE, text[15]},
                {ACTIVITY, text[16]}, {SEVERITY, text[17]},  {YEAR, year},       {STATE, t.state},
                {KIND, t.kind}};
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
        v->of[told[i].d] = number_of(v, told[i].d, told[i].code);
    v->of[REASON] = 0;
    g_autoptr(GBytes) shared = rdl_statement_get_bytes(q, 23);
    double m2;
    if (!rdl_shared_area(v->s->ledger, shared, &v->measure, &m2, error))
        return false;
    v->beside_m2 = rdl_statement_get_real(q, 26);
    if (isnan(v->beside_m2))
        v->beside_m2 = 0.0;
    if (m2 > 0.0) {
        bool beside = v->beside_m2 > 0.0;
        t.area_m2 = beside ? 0.0 : m2;
        v->beside_m2 = beside ? m2 : 0.0;
    }
    return count_task(v, &t, rdl_statement_get_int(q, 22) != 0, rdl_statement_get_int(q, 25),
                      error);
}

static bool take_all(survey *v, GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(v->s->ledger->store, select_all, error);
    bool row = true;

    if (!q)
        return false;
    while (row)
        if (!rdl_statement_step(q, &row, error) || (row && !take_task(v, q, error)))
            return false;
    return true;
}

/* ---- tables ---- */

static const rdl_statistic_column matter_columns[] = {{"all", RDL_QUANTITY_COUNT},
                                                      {"pending", RDL_QUANTITY_COUNT},
                                                      {"excluded", RDL_QUANTITY_COUNT},
                                                      {"longterm", RDL_QUANTITY_COUNT},
                                                      {"due", RDL_QUANTITY_COUNT},
                                                      {"done", RDL_QUANTITY_COUNT},
                                                      {"open", RDL_QUANTITY_COUNT},
                                                      {"rate", RDL_QUANTITY_RATE},
                                                      {"overdue", RDL_QUANTITY_COUNT},
                                                      {"overdue_original", RDL_QUANTITY_COUNT},
                                                      {"dated", RDL_QUANTITY_COUNT},
                                                      {"on_time", RDL_QUANTITY_COUNT},
                                                      {"on_time_rate", RDL_QUANTITY_RATE},
                                                      {"pending_overdue", RDL_QUANTITY_COUNT},
                                                      {"undated", RDL_QUANTITY_COUNT},
                                                      {"rebounds", RDL_QUANTITY_COUNT},
                                                      {"partial_rebounds", RDL_QUANTITY_COUNT}};

static gint64 all_of(const counts *c)
{
    gint64 n = 0;

    for (int i = 0; i < RDL_FATES; i++)
        n += c->n[i];
    return n;
}

static void matter_numbers(const counts *c, double *to)
{
    const gint64 numbers[] = {all_of(c),
                              c->n[RDL_FATE_PENDING],
                              c->n[RDL_FATE_EXCLUDED],
                              c->n[RDL_FATE_LONGTERM],
                              c->n[RDL_FATE_OPEN] + c->n[RDL_FATE_DONE],
                              c->n[RDL_FATE_DONE],
                              c->n[RDL_FATE_OPEN],
                              0,
                              c->overdue,
                              c->overdue_original,
                              c->dated,
                              c->on_time,
                              0,
                              c->pending_overdue,
                              c->undated,
                              c->rebounds,
                              c->partial};

    G_STATIC_ASSERT(G_N_ELEMENTS(numbers) == G_N_ELEMENTS(matter_columns));
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        to[i] = (double)numbers[i];
}

static const rdl_statistic_column area_columns[] = {
    {"all", RDL_QUANTITY_COUNT},           {"pending_area", RDL_QUANTITY_AREA},
    {"disturbed_area", RDL_QUANTITY_AREA}, {"closed_area", RDL_QUANTITY_AREA},
    {"verified_area", RDL_QUANTITY_AREA},  {"cleared_area", RDL_QUANTITY_AREA},
    {"restored_area", RDL_QUANTITY_AREA},  {"water_area", RDL_QUANTITY_AREA},
    {"outside_area", RDL_QUANTITY_AREA},   {"taken_area", RDL_QUANTITY_AREA}};

static void area_numbers(const counts *c, double *to)
{
    const gint64 areas[] = {c->area[RDL_FATE_PENDING],
                            c->area[RDL_FATE_OPEN] + c->area[RDL_FATE_DONE] +
                                c->area[RDL_FATE_LONGTERM],
                            c->area[RDL_FATE_DONE],
                            c->verified,
                            c->cleared,
                            c->restored,
                            c->water,
                            c->outside,
                            c->taken};

    to[0] = (double)all_of(c);
    for (size_t i = 0; i < G_N_ELEMENTS(areas); i++)
        to[i + 1] = (double)areas[i] / TENTHS_OF_MM2;
}

static const rdl_statistic_column wetland_columns[] = {
    {"all", RDL_QUANTITY_COUNT},          {"measured", RDL_QUANTITY_COUNT},
    {"before_area", RDL_QUANTITY_AREA},   {"later_area", RDL_QUANTITY_AREA},
    {"returned_area", RDL_QUANTITY_AREA}, {"gain_area", RDL_QUANTITY_AREA},
    {"loss_area", RDL_QUANTITY_AREA},     {"net_area", RDL_QUANTITY_AREA},
    {"net_min_area", RDL_QUANTITY_AREA},  {"net_max_area", RDL_QUANTITY_AREA},
    {"barrier_area", RDL_QUANTITY_AREA}};

static void wetland_numbers(const counts *c, double *to)
{
    to[0] = (double)all_of(c);
    to[1] = (double)c->measured;
    for (int i = 0; i < WETLAND_AREAS; i++)
        to[i + 2] = (double)c->wetland[i] / TENTHS_OF_MM2;
}

static const rdl_statistic_column rebound_columns[] = {{"all", RDL_QUANTITY_COUNT},
                                                       {"done", RDL_QUANTITY_COUNT},
                                                       {"rebounded", RDL_QUANTITY_COUNT},
                                                       {"rebounds", RDL_QUANTITY_COUNT},
                                                       {"partial_rebounds", RDL_QUANTITY_COUNT},
                                                       {"contradicted", RDL_QUANTITY_COUNT}};

static void rebound_numbers(const counts *c, double *to)
{
    const gint64 numbers[] = {all_of(c),   c->n[RDL_FATE_DONE], c->rebounded,
                              c->rebounds, c->partial,          c->contradicted};

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        to[i] = (double)numbers[i];
}

static const rdl_statistic_column number_column[] = {{"number", RDL_QUANTITY_COUNT}};

static void number_numbers(const counts *c, double *to)
{
    to[0] = (double)all_of(c);
}

typedef struct {
    const rdl_statistic_column *columns;
    guint n;
    void (*numbers)(const counts *c, double *to);
    int rates[2][2]; /* places of part and whole, counted after the codes */
} form;

static const form matters = {
    matter_columns, G_N_ELEMENTS(matter_columns), matter_numbers, {{5, 4}, {11, 10}}};
static const form areas = {area_columns, G_N_ELEMENTS(area_columns), area_numbers, {{0}}};
static const form wetlands = {
    wetland_columns, G_N_ELEMENTS(wetland_columns), wetland_numbers, {{0}}};
static const form rebounds = {
    rebound_columns, G_N_ELEMENTS(rebound_columns), rebound_numbers, {{0}}};
static const form numbers = {number_column, G_N_ELEMENTS(number_column), number_numbers, {{0}}};

static const char *const dimension_names[] = {
    "xzqdm",    "department", "source", "category", "aspect", "nature",  "tier", "zone",
    "activity", "severity",   "year",   "state",    "reason", "warning", "kind"};
G_STATIC_ASSERT(G_N_ELEMENTS(dimension_names) == DIMENSIONS);

/* The columns of a table: those of its dimensions before those of its form. */
static const rdl_statistic_column *columns_of(survey *v, const pile *p, const form *f,
                                              guint *n_codes)
{
    rdl_statistic_column all[2 + G_N_ELEMENTS(matter_columns)];
    guint n = 0;

    for (int k = 0; k < 2; k++)
        if (p->by[k] != NO_DIMENSION)
            all[n++] = (rdl_statistic_column){dimension_names[p->by[k]], RDL_QUANTITY_CODE};
    *n_codes = n;
    for (guint i = 0; i < f->n; i++)
        all[n++] = f->columns[i];
    return rdl_statistic_columns(v->s, all, n);
}

static void tell(survey *v, guint i, const char *key, const form *f)
{
    const pile *p = &g_array_index(v->piles, pile, i);
    guint n_codes;
    const rdl_statistic_column *columns = columns_of(v, p, f, &n_codes);
    rdl_statistic_table *t = rdl_statistic_add(v->s, key, columns, n_codes + f->n, n_codes);
    int rates[2][2];

    for (int k = 0; k < 4; k++)
        rates[k / 2][k % 2] = f->rates[k / 2][k % 2] + (int)n_codes;
    for (guint r = 0; r < p->rows->len; r++) {
        guint64 key_of = g_array_index(p->numbers, guint64, r) - 1;
        const char *codes[] = {code_of(v, p->by[0], (guint)(key_of >> 32)),
                               code_of(v, p->by[1], (guint)(key_of & G_MAXUINT32))};
        const int ranks[] = {rank_of(v, p->by[0], codes[0]), rank_of(v, p->by[1], codes[1])};
        double row[G_N_ELEMENTS(matter_columns)];
        if (p->by[0] == NO_DIMENSION)
            break; /* the total alone */
        f->numbers(&g_array_index(p->rows, counts, r), row);
        rdl_statistic_row(v->s, t, codes, ranks, row);
    }
    if (p->by[0] == NO_DIMENSION) {
        double row[G_N_ELEMENTS(matter_columns)];
        f->numbers(place((pile *)p, 0, 0), row);
        rdl_statistic_row(v->s, t, NULL, NULL, row);
        rdl_statistic_rate(t, 0, (const int(*)[2])rates);
        return;
    }
    rdl_statistic_close(v->s, t, (const int(*)[2])rates);
}

/* ---- do they add up ---- */

static bool adds_up(survey *v, const char *table, gint64 want, GError **error)
{
    const rdl_statistic_table *t = rdl_statistic_find(v->s, table);
    double got =
        rdl_statistic_total(t, strcmp(t->columns[t->n_codes].key, "all") == 0 ? "all" : "number");

    return got == (double)want ||
           rdl_fail(error, RDL_ERROR_BALANCE, "%s: table %s counts %.0f, the ledger holds %" PRId64,
                    rdl_ledger_path(v->s->ledger), table, got, want);
}

static bool check(survey *v, GError **error)
{
    g_autofree char *held =
        rdl_store_value(v->s->ledger->store, "SELECT count(*) FROM task", error);
    g_autofree char *again =
        held ? rdl_store_value(v->s->ledger->store,
                               "SELECT count(*) FROM problem WHERE reopens IS NOT NULL", error)
             : NULL;
    g_autofree char *counted = g_strdup_printf("%" PRId64, v->rebounds);
    gint64 wanted = v->tasks - v->outside;

    if (!again)
        return false;
    if (g_ascii_strtoll(held, NULL, 10) != v->tasks)
        return rdl_fail(error, RDL_ERROR_BALANCE, "%s: holds %s tasks, %" PRId64 " were counted",
                        rdl_ledger_path(v->s->ledger), held, v->tasks);
    if (strcmp(again, counted) != 0)
        return rdl_fail(error, RDL_ERROR_BALANCE,
                        "%s: holds %s problems that were registered again, %s were counted",
                        rdl_ledger_path(v->s->ledger), again, counted);
    if (wanted != v->carried + v->matters)
        return rdl_fail(error, RDL_ERROR_BALANCE, "%s: tasks are neither carried nor matters",
                        rdl_ledger_path(v->s->ledger));
    for (guint i = 0; i < MATTER_PILES; i++)
        if (!adds_up(v, layout[i].key, v->matters, error))
            return false;
    const rdl_statistic_table *total = rdl_statistic_find(v->s, "total");
    return adds_up(v, "by_state", wanted, error) && adds_up(v, "by_area", v->matters, error) &&
           adds_up(v, "by_wetland", v->matters, error) &&
           adds_up(v, "excluded", (gint64)rdl_statistic_total(total, "excluded"), error) &&
           adds_up(v, "by_warning",
                   (gint64)(rdl_statistic_total(total, "pending") +
                            rdl_statistic_total(total, "open") +
                            rdl_statistic_total(total, "longterm")),
                   error);
}

/* ---- begin and end ---- */

static void begin_registers(survey *v)
{
    for (int d = 0; d < DIMENSIONS; d++) {
        v->registers[d].numbers = g_hash_table_new(g_str_hash, g_str_equal);
        v->registers[d].codes = g_ptr_array_new();
        g_ptr_array_add(v->registers[d].codes, NULL);
    }
}

static void begin_piles(survey *v)
{
    v->piles = g_array_new(FALSE, FALSE, sizeof(pile));
    for (size_t i = 0; i < G_N_ELEMENTS(layout); i++) {
        pile p = {.key = layout[i].key,
                  .by = {layout[i].by[0], layout[i].by[1]},
                  .places = g_hash_table_new(hash_of, g_direct_equal),
                  .numbers = g_array_new(FALSE, FALSE, sizeof(guint64)),
                  .rows = g_array_new(FALSE, FALSE, sizeof(counts))};
        g_array_append_val(v->piles, p);
    }
    /* units, states and levels are listed even where there is nothing (domain no. 109) */
    const char *const *units = v->s->options.units;
    for (int i = 0; units && units[i]; i++)
        if (rdl_statistic_wanted(v->s, units[i]))
            place(&g_array_index(v->piles, pile, 1), number_of(v, UNIT, units[i]), 0);
    for (size_t i = 0; v->states && i < rdl_csv_count(v->states); i++)
        place(&g_array_index(v->piles, pile, STATES_PILE),
              number_of(v, KIND, rdl_csv_at(v->states, i, "kind")),
              number_of(v, STATE, rdl_csv_at(v->states, i, "state")));
}

/* Text -> number of the rows of a query; *all is yours. */
static bool gather(survey *v, const char *sql, GHashTable **all, GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(v->s->ledger->store, sql, error);
    bool row = q != NULL;

    *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (q && strstr(sql, "?1"))
        rdl_statement_text(q, 1, v->day);
    while (row) {
        if (!rdl_statement_step(q, &row, error))
            return false;
        if (row)
            g_hash_table_insert(*all, g_strdup(rdl_statement_get_text(q, 0)),
                                GINT_TO_POINTER(rdl_statement_get_int(q, 1)));
    }
    return q != NULL;
}

static bool begin(survey *v, GError **error)
{
    rdl_ledger *ledger = v->s->ledger;
    GError *failed = NULL;

    v->states = rdl_ledger_table(ledger, "states.csv", &failed);
    v->warnings = failed ? NULL : rdl_ledger_table(ledger, "warnings.csv", &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    v->day = rdl_day_text(v->s->options.as_of);
    begin_registers(v);
    begin_piles(v);
    return (v->fates = rdl_fates_new(ledger, error)) &&
           gather(v, "SELECT DISTINCT task_id, 1 FROM verification", &v->seen, error) &&
           gather(v,
                  "SELECT problem_id, count(*) FROM milestone WHERE due < ?1 AND (met IS NULL OR "
                  "met > ?1) GROUP BY problem_id",
                  &v->late, error) &&
           (v->reason = rdl_statement_new(
                ledger->store,
                "SELECT reason FROM event WHERE seq = (SELECT max(seq) FROM move WHERE task_id = "
                "?)",
                error)) &&
           (v->scene = rdl_statement_new(
                ledger->store,
                "SELECT outcome, json_extract(content, '$.residual'), json_extract(content, "
                "'$.water.later') - json_extract(content, '$.water.after') FROM verification WHERE "
                "task_id = ? AND outcome <> 'CANNOT_TELL' ORDER BY scene_date DESC, scene, seq "
                "DESC "
                "LIMIT 1",
                error)) &&
           (v->land = rdl_statement_new(
                ledger->store,
                "SELECT json_extract(content, '$.wetland') AS told FROM verification WHERE task_id "
                "= ? AND told IS NOT NULL ORDER BY scene_date DESC, seq DESC LIMIT 1",
                error));
}

static void end(survey *v)
{
    for (int d = 0; d < DIMENSIONS && v->registers[d].codes; d++) {
        g_hash_table_unref(v->registers[d].numbers);
        g_ptr_array_unref(v->registers[d].codes);
    }
    for (guint i = 0; v->piles && i < v->piles->len; i++) {
        pile *p = &g_array_index(v->piles, pile, i);
        g_hash_table_unref(p->places);
        g_array_unref(p->numbers);
        g_array_unref(p->rows);
    }
    g_clear_pointer(&v->piles, g_array_unref);
    rdl_fates_free(v->fates);
    rdl_statement_free(v->reason);
    rdl_statement_free(v->scene);
    rdl_statement_free(v->land);
    g_clear_pointer(&v->seen, g_hash_table_unref);
    g_clear_pointer(&v->late, g_hash_table_unref);
    rdl_measure_free(v->measure);
    g_free(v->day);
}

bool rdl_statistic_matters(rdl_statistic *s, GError **error)
{
    survey v = {.s = s};
    bool good = begin(&v, error) && take_all(&v, error);

    for (guint i = 0; good && i < G_N_ELEMENTS(layout); i++)
        tell(&v, i, layout[i].key, i < MATTER_PILES ? &matters : &numbers);
    if (good) {
        tell(&v, 1, "by_area", &areas);
        tell(&v, 1, "by_wetland", &wetlands);
        tell(&v, 1, "by_rebound", &rebounds);
    }
    s->tasks = v.tasks;
    good = good && check(&v, error);
    end(&v);
    return good;
}
