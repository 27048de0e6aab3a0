#include "rectify/closing.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "rectify/code.h"
#include "rectify/moving.h"
#include "rectify/verification.h"

typedef enum { NO, UNKNOWN, YES } truth; /* and: the least, or: the most */

static const char *const truths[] = {"no", "unknown", "yes"};

typedef struct {
    rdl_ledger *ledger;
    const rdl_csv *table, *activities;
    char *task_id, *site_id, *claimed; /* the day of the claim that stands; NULL: none does */
    rdl_recovery_limits limits;
    JsonNode *scenes; /* verifications of the task, by scene date */
    JsonArray *rows, *lacks;
    bool rectify; /* a clue is not closed */
    bool fits;    /* some row does */
    truth all;
} closing;

/* ---- which rows fit ---- */

static bool fits(const closing *c, size_t row, JsonObject *finding)
{
    return rdl_activity_listed(c->activities, rdl_csv_at(c->table, row, "activities"),
                               rdl_json_text(finding, "activity", NULL)) &&
           rdl_code_listed(rdl_csv_at(c->table, row, "zones"),
                           rdl_json_text(finding, "zone", "")) &&
           rdl_code_listed(rdl_csv_at(c->table, row, "when"),
                           rdl_json_text(finding, "when_case", ""));
}

/* ---- what is there ---- */

static truth paper(closing *c, const char *name, char **why, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        c->ledger->store,
        "SELECT e.at FROM document d JOIN event e USING(seq) WHERE d.subject = ?1 AND (d.name = ?2 "
        "OR d.title = ?2) ORDER BY seq DESC LIMIT 1",
        error);
    bool row = false;

    if (!s)
        return UNKNOWN;
    rdl_statement_text(s, 1, c->task_id);
    rdl_statement_text(s, 2, name);
    if (!rdl_statement_step(s, &row, error))
        return UNKNOWN;
    *why = row ? g_strdup_printf("on file since %s", rdl_statement_get_text(s, 0))
               : g_strdup("not on file");
    return row ? YES : UNKNOWN;
}

/* Scenes since the claim that tell, the newest last; the caller's array. */
static GPtrArray *telling(const closing *c)
{
    JsonArray *all = json_node_get_array(c->scenes);
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; c->claimed && i < json_array_get_length(all); i++) {
        JsonObject *row = json_array_get_object_element(all, i);
        if (strcmp(rdl_json_text(row, "scene_date", ""), c->claimed) > 0 &&
            strcmp(rdl_json_text(row, "outcome", ""), "CANNOT_TELL") != 0)
            g_ptr_array_add(found, row);
    }
    return found;
}

static truth cleared(const closing *c, char **why)
{
    g_autoptr(GPtrArray) scenes = telling(c);

    if (scenes->len == 0) {
        *why = g_strdup("no scene since the claim tells: redline verify");
        return UNKNOWN;
    }
    JsonObject *newest = scenes->pdata[scenes->len - 1];
    double share = rdl_json_real(newest, "residual", NAN);
    double most = rdl_json_real(newest, "residual_max", NAN);
    *why = g_strdup_printf("%s: %s, %.0f %% stands, at most %.0f %%",
                           rdl_json_text(newest, "scene_date", ""),
                           rdl_json_text(newest, "outcome", ""), share * 100.0, most * 100.0);
    if (rdl_json_real(newest, "stands", 0.0) > 0.0)
        return NO;
    return share <= c->limits.restored && most < c->limits.doubt ? YES : UNKNOWN;
}

static bool beside(JsonObject *row, double *day, double *value)
{
    JsonObject *ndvi = rdl_json_object(row, "ndvi");
    rdl_day at;

    if (!ndvi || !rdl_day_parse(rdl_json_text(row, "scene_date", ""), &at, NULL))
        return false;
    *day = (double)at;
    *value = rdl_json_real(ndvi, "later", NAN) - rdl_json_real(ndvi, "later_around", NAN);
    return isfinite(*value);
}

static truth stable(const closing *c, char **why)
{
    g_autoptr(GPtrArray) scenes = telling(c);
    double back = scenes->len ? rdl_json_real(scenes->pdata[scenes->len - 1], "recovery", NAN) : 0;
    g_autofree double *days = g_new(double, scenes->len), *values = g_new(double, scenes->len);
    int n = 0, sign;

    for (guint i = 0; i < scenes->len; i++)
        n += beside(scenes->pdata[i], &days[n], &values[n]);
    double slope = rdl_trend(n, days, values, &sign);
    if (!isfinite(slope)) {
        *why = g_strdup_printf("%d of the three scenes since the claim that a trend needs", n);
        return UNKNOWN;
    }
    *why = g_strdup_printf("NDVI beside its neighbours %+.3f a year over %d scenes", slope, n);
    if (sign == 0 && back < c->limits.recovery) {
        g_autofree char *trend = g_steal_pointer(why);
        *why = g_strdup_printf("%s, and only %.0f %% of the way back", trend, back * 100.0);
        return UNKNOWN;
    }
    return sign < 0 ? NO : YES;
}

static truth sight(const closing *c, size_t row, const char *name, char **why, GError **error)
{
    if (strcmp(name, "CLEARED") == 0)
        return cleared(c, why);
    if (strcmp(name, "STABLE") == 0)
        return stable(c, why);
    rdl_fail(error, RDL_ERROR_DATA, "%s:%d: imagery '%s' is not CLEARED or STABLE",
             rdl_csv_name(c->table), rdl_csv_line(c->table, row), name);
    return UNKNOWN;
}

/* ---- one row ---- */

/* Ask for everything a cell lists; *holds: the least of it. */
static bool ask(closing *c, size_t row, const char *column, JsonArray *needs, truth *holds,
                GError **error)
{
    g_auto(GStrv) names = g_strsplit(rdl_csv_at(c->table, row, column), "|", -1);

    for (char **name = names; *name; name++) {
        g_autofree char *why = NULL;
        if (!**name)
            continue;
        truth it = strcmp(column, "imagery") == 0 ? sight(c, row, *name, &why, error)
                                                  : paper(c, *name, &why, error);
        if (!why)
            return false;
        JsonObject *need = json_object_new();
        rdl_json_set_text(need, "what", *name);
        rdl_json_set_text(need, "holds", truths[it]);
        rdl_json_set_text(need, "why", why);
        json_array_add_object_element(needs, need);
        *holds = MIN(*holds, it);
    }
    return true;
}

static bool try_row(closing *c, size_t row, JsonObject *finding, truth *best, GError **error)
{
    g_autoptr(JsonArray) needs = json_array_new();
    JsonObject *o;
    truth holds = YES;

    if (!ask(c, row, "documents", needs, &holds, error) ||
        !ask(c, row, "imagery", needs, &holds, error))
        return false;
    o = json_object_new();
    rdl_json_set_text(o, "finding", rdl_json_text(finding, "finding_id", NULL));
    rdl_json_set_text(o, "class", rdl_csv_at(c->table, row, "class"));
    rdl_json_set_text(o, "src", rdl_csv_at(c->table, row, "src"));
    rdl_json_set_text(o, "holds", truths[holds]);
    json_object_set_array_member(o, "needs", g_steal_pointer(&needs));
    json_array_add_object_element(c->rows, o);
    *best = MAX(*best, holds);
    return true;
}

static void lack(closing *c, char *take_text)
{
    json_array_add_string_element(c->lacks, take_text);
    g_free(take_text);
}

/* What is not there yet of the row, from `first` on, that asks for least more. */
static void tell_lacks(closing *c, guint first, truth best)
{
    JsonObject *row = NULL;

    for (guint i = first; i < json_array_get_length(c->rows) && !row; i++) {
        JsonObject *it = json_array_get_object_element(c->rows, i);
        row = strcmp(rdl_json_text(it, "holds", ""), truths[best]) == 0 ? it : NULL;
    }
    JsonArray *needs = row ? json_object_get_array_member(row, "needs") : NULL;
    for (guint i = 0; needs && i < json_array_get_length(needs); i++) {
        JsonObject *need = json_array_get_object_element(needs, i);
        if (strcmp(rdl_json_text(need, "holds", ""), truths[YES]) != 0)
            lack(c, g_strdup_printf("%s (%s)", rdl_json_text(need, "what", ""),
                                    rdl_json_text(need, "why", "")));
    }
}

static bool try_finding(closing *c, JsonObject *finding, GError **error)
{
    guint first = json_array_get_length(c->rows);
    truth best = NO;
    bool any = false;

    for (size_t row = 0; row < rdl_csv_count(c->table); row++) {
        if (!fits(c, row, finding))
            continue;
        any = true;
        if (!try_row(c, row, finding, &best, error))
            return false;
    }
    if (any)
        tell_lacks(c, first, best);
    c->all = any ? MIN(c->all, best) : c->all;
    c->fits |= any;
    return true;
}

static bool try_findings(closing *c, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        c->ledger->store, "SELECT content FROM finding WHERE site_id = ? ORDER BY finding_id",
        error);
    bool row = true;

    if (!s)
        return false;
    rdl_statement_text(s, 1, c->site_id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return true;
        g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(s, 0), "finding", error);
        if (!node || !try_finding(c, json_node_get_object(node), error))
            return false;
    }
    return false;
}

/* ---- what the ledger itself still waits for ---- */

static bool try_ledger(closing *c, GError **error)
{
    static const struct {
        const char *sql, *what;
    } waits[] = {
        {"SELECT count(*), sum(done IS NULL) FROM measure JOIN task USING(problem_id) WHERE task_id"
         " = ?",
         "measures not done"},
        {"SELECT count(*), sum(met IS NULL) FROM milestone JOIN task USING(problem_id) WHERE "
         "task_id = ?",
         "milestones not met"},
        {"SELECT count(*), sum(answered IS NULL) FROM transfer WHERE task_id = ?",
         "transfers not answered"},
        {"SELECT 0, contradicted IS NOT NULL FROM task WHERE task_id = ?",
         "the claim, which a later scene contradicts"}};

    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        g_autoptr(rdl_statement) s = rdl_statement_new(c->ledger->store, waits[i].sql, error);
        bool row;
        if (!s)
            return false;
        rdl_statement_text(s, 1, c->task_id);
        if (!rdl_statement_step(s, &row, error))
            return false;
        gint64 all = row ? rdl_statement_get_int(s, 0) : 0;
        gint64 open = row ? rdl_statement_get_int(s, 1) : 0;
        if (open > 0)
            lack(c, all ? g_strdup_printf("%" PRId64 " of %" PRId64 " %s", open, all, waits[i].what)
                        : g_strdup(waits[i].what));
    }
    return true;
}

/* ---- the table ---- */

static bool open_table(closing *c, GError **error)
{
    static const char *const needed[] = {"class",     "activities", "zones", "when",
                                         "documents", "imagery",    "src",   NULL};
    GError *failed = NULL;

    c->table = rdl_ledger_table(c->ledger, "closeout.csv", &failed);
    if (!failed)
        c->activities = rdl_ledger_table(c->ledger, "activities.csv", &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    return !c->table || rdl_csv_need(c->table, needed, error);
}

static bool read_task(closing *c, const char *task_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        c->ledger->store, "SELECT site_id, claimed, kind = 'rectify' FROM task WHERE task_id = ?",
        error);
    bool row = false;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    if (!row)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                        rdl_ledger_path(c->ledger), task_id);
    c->task_id = g_strdup(task_id);
    c->site_id = g_strdup(rdl_statement_get_text(s, 0));
    c->claimed = g_strdup(rdl_statement_get_text(s, 1));
    c->rectify = rdl_statement_get_int(s, 2) != 0;
    return true;
}

static JsonNode *tell(closing *c)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "task_id", c->task_id);
    rdl_json_set_text(o, "closeable", c->fits ? truths[c->all] : NULL);
    json_object_set_array_member(o, "lacks", json_array_ref(c->lacks));
    json_object_set_array_member(o, "rows", json_array_ref(c->rows));
    return rdl_json_node(o);
}

static void clear(closing *c)
{
    g_clear_pointer(&c->scenes, json_node_unref);
    g_free(c->task_id);
    g_free(c->site_id);
    g_free(c->claimed);
    json_array_unref(c->rows);
    json_array_unref(c->lacks);
}

JsonNode *rdl_ledger_closing(rdl_ledger *ledger, const char *task_id, GError **error)
{
    closing c = {.ledger = ledger,
                 .rows = json_array_new(),
                 .lacks = json_array_new(),
                 .limits = RDL_RECOVERY_LIMITS_INIT,
                 .all = YES};
    bool good = read_task(&c, task_id, error) && open_table(&c, error) &&
                rdl_verify_limits(ledger, &c.limits, error) &&
                (c.scenes = rdl_ledger_verifications(ledger, task_id, error)) &&
                (!c.table || !c.rectify || try_findings(&c, error)) &&
                (!c.rectify || try_ledger(&c, error));
    JsonNode *told = good ? tell(&c) : NULL;

    clear(&c);
    return told;
}
