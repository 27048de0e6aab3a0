/* One place or several: merges and splits of sites. */
#include "rectify/lineage.h"

#include <math.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"
#include "rectify/site.h"
#include "rectify/tighten.h"

char *rdl_ground_text(const rdl_geometry *g, GError **error)
{
    g_autoptr(GBytes) wkb = g ? rdl_geometry_wkb(g, error) : NULL;

    return wkb ? g_base64_encode(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)) : NULL;
}

char *rdl_origin_name(const char *source, const char *source_id)
{
    return g_strdup_printf("%s\x1f%s", source, source_id);
}

/* *all becomes its union with `g`. */
static bool unite(rdl_geometry **all, const rdl_geometry *g, GError **error)
{
    rdl_geometry *both = rdl_geometry_union(*all ? *all : g, g, error);

    if (!both)
        return false;
    rdl_geometry_free(*all);
    *all = both;
    return true;
}

static bool unite_wkb(rdl_geometry **all, GBytes *wkb, GError **error)
{
    g_autoptr(rdl_geometry) g =
        wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error)
            : NULL;

    return !wkb || (g && unite(all, g, error));
}

bool rdl_site_ground(rdl_ledger *ledger, const char *site_id, const char *const *sources,
                     bool inside, const rdl_geometry *more, rdl_geometry **ground, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT o.source || char(31) || o.source_id, coalesce(o.ground, AsBinary(s.geom)), o.part "
        "FROM origin o "
        "JOIN site s USING(site_id) WHERE site_id = ? ORDER BY o.source, o.source_id",
        error);
    g_autoptr(rdl_geometry) all = NULL;
    bool row = true;

    if (!s || (more && !unite(&all, more, error)))
        return false;
    rdl_statement_text(s, 1, site_id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row) {
            *ground = g_steal_pointer(&all);
            return true;
        }
        bool named = g_strv_contains(sources, rdl_statement_get_text(s, 0));
        if (named != inside || (!inside && !rdl_statement_get_int(s, 2)))
            continue;
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        if (!unite_wkb(&all, wkb, error))
            return false;
    }
    return false;
}

/* ---- what both need ---- */

static bool check_who(rdl_ledger *ledger, const rdl_who *who, const char *act, const char *site_id,
                      GError **error)
{
    rdl_day day;

    if (!who->on || !who->by || !*who->by || !who->role)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: --on, --by and --role are needed", site_id);
    if (!who->reason || !*who->reason)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: needs a reason: give --reason", site_id);
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT xzqdm FROM site WHERE site_id = ?", error);
    bool row;
    if (!s || !rdl_day_parse(who->on, &day, error))
        return false;
    rdl_statement_text(s, 1, site_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    g_autofree char *xzqdm = row ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    return rdl_role_known(ledger, xzqdm, who->role, site_id, error) &&
           rdl_role_may(ledger, who->role, act, site_id, error) &&
           rdl_work_agrees(ledger, site_id, error);
}

static bool decide(rdl_ledger *ledger, const rdl_who *who, const char *kind, const char *site_id,
                   JsonObject *payload, GError **error)
{
    rdl_event event = {.at = who->on,
                       .by = who->by,
                       .role = who->role,
                       .kind = kind,
                       .subject = site_id,
                       .reason = who->reason};

    return rdl_event_append(ledger, &event, payload, error);
}

/* Texts of the first column of every row, `sql` asked for one id. Yours; NULL: failed. */
static GPtrArray *texts_of(rdl_ledger *ledger, const char *sql, const char *id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    bool row = true;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return g_steal_pointer(&list);
        g_ptr_array_add(list, g_strdup(rdl_statement_get_text(s, 0)));
    }
    return NULL;
}

/* What follows from a decision, where the workflow lets the program do it; else nothing. */
static bool move_by_program(rdl_ledger *ledger, const char *task_id, const char *to, const char *on,
                            const char *reason, GError **error)
{
    const rdl_move move = {.task_id = task_id,
                           .to = to,
                           .on = on,
                           .by = "redline",
                           .role = "system",
                           .reason = reason};
    bool may;

    return rdl_move_known(ledger, &move, &may, error) &&
           (!may || rdl_task_move_within(ledger, &move, error));
}

/* ---- merge ---- */

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sites of `others` that are not `keep` already, each once, sorted. */
static GPtrArray *sites_to_merge(rdl_ledger *ledger, const char *keep, const char *const *others,
                                 GError **error)
{
    g_autoptr(GPtrArray) sites = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (; *others; others++) {
        char *site_id = rdl_site_of(ledger, *others, error);
        if (!site_id)
            return NULL;
        g_ptr_array_add(sites, site_id);
        if (!rdl_work_agrees(ledger, site_id, error))
            return NULL;
        if (strcmp(site_id, keep) == 0 || !g_hash_table_add(seen, site_id))
            g_ptr_array_remove_index(sites, sites->len - 1);
    }
    g_ptr_array_sort(sites, by_text);
    return g_steal_pointer(&sites);
}

/* The first rejected source of a site that has no task left for it, or NULL: rejected places are
 * no part of live ones. */
static const char rejected_source[] =
    "SELECT o.source_id FROM origin o JOIN review r USING(source, source_id) WHERE o.site_id = ?1 "
    "AND r.decision = 'reject' AND NOT EXISTS (SELECT 1 FROM task WHERE site_id = ?1 AND state <> "
    "'DISMISSED') ORDER BY o.source, o.source_id LIMIT 1";

static bool none_rejected(rdl_ledger *ledger, const char *keep, const GPtrArray *sites,
                          GError **error)
{
    g_autofree char *which = NULL;
    guint n = 0;

    for (guint i = 0; i <= sites->len; i++) {
        const char *site = i ? sites->pdata[i - 1] : keep;
        g_autoptr(GPtrArray) rejected = texts_of(ledger, rejected_source, site, error);
        if (!rejected)
            return false;
        n += rejected->len;
        if (rejected->len && !which)
            which = g_strdup_printf("%s: %s", site, (char *)rejected->pdata[0]);
    }
    return n == 0 || n == sites->len + 1 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s was rejected: nothing becomes a part of it, nor it of what is not: leave "
                    "it out, or load a finding of it that ended later (redline ledger load)",
                    which);
}

static bool united_ground(rdl_ledger *ledger, const char *keep, const GPtrArray *sites,
                          rdl_geometry **ground, GError **error)
{
    g_autoptr(rdl_geometry) all = NULL;

    for (guint i = 0; i <= sites->len; i++) {
        g_autoptr(rdl_statement) s = rdl_statement_new(
            ledger->store, "SELECT AsBinary(geom) FROM site WHERE site_id = ?", error);
        bool row;
        if (!s)
            return false;
        rdl_statement_text(s, 1, i ? sites->pdata[i - 1] : keep);
        if (!rdl_statement_step(s, &row, error))
            return false;
        g_autoptr(GBytes) wkb = row ? rdl_statement_get_bytes(s, 0) : NULL;
        if (!unite_wkb(&all, wkb, error))
            return false;
    }
    *ground = g_steal_pointer(&all);
    return true;
}

/* The tasks of all these sites as they stand before they are one. */
static GPtrArray *tasks_before(rdl_ledger *ledger, const char *keep, const GPtrArray *sites,
                               GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint i = 0; i <= sites->len; i++) {
        const rdl_task_filter filter = {.site = i ? sites->pdata[i - 1] : keep, .no_ground = true};
        GArray *tasks = rdl_task_list(ledger, &filter, error);
        if (!tasks)
            return NULL;
        g_ptr_array_add(all, tasks);
    }
    return g_steal_pointer(&all);
}

static gint by_task_id(gconstpointer a, gconstpointer b, gpointer own)
{
    const char *x = (*(const rdl_task *const *)a)->task_id;
    const char *y = (*(const rdl_task *const *)b)->task_id;
    int first = (strcmp(y, own) == 0) - (strcmp(x, own) == 0);

    return first ? first : strcmp(x, y);
}

/* What becomes of the open tasks of sites that are one. All lent from what stood before. */
typedef struct {
    GPtrArray *open, *waiting,
        *takers; /* of const rdl_task; the site's own first, then by number */
} fates;

static void fates_clear(fates *f)
{
    g_clear_pointer(&f->open, g_ptr_array_unref);
    g_clear_pointer(&f->waiting, g_ptr_array_unref);
    g_clear_pointer(&f->takers, g_ptr_array_unref);
}

/* Verifications before rectifications: who has still to go there takes over what waits. */
static void only_verifications(GPtrArray *takers)
{
    g_autoptr(GPtrArray) verify = g_ptr_array_new();

    for (guint i = 0; i < takers->len; i++)
        if (strcmp(((const rdl_task *)takers->pdata[i])->kind, "verify") == 0)
            g_ptr_array_add(verify, takers->pdata[i]);
    if (verify->len) {
        g_ptr_array_set_size(takers, 0);
        g_ptr_array_extend(takers, verify, NULL, NULL);
    }
}

/* Clues that only wait, and what may take them over: of the clues that only wait the site's own
 * stays, else the first by number; all but that one are duplicates, and it too where a task of the
 * place that can take it over is further on. */
static void sort_out(rdl_ledger *ledger, const char *keep, const GPtrArray *before, fates *f)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);
    g_autofree char *own = rdl_digest_id("V-", keep, RDL_DIGEST_END);
    GPtrArray **all[] = {&f->open, &f->waiting, &f->takers};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        *all[i] = g_ptr_array_new();
    for (guint i = 0; i < before->len; i++) {
        GArray *tasks = before->pdata[i];
        for (guint k = 0; k < tasks->len; k++) {
            rdl_task *t = &g_array_index(tasks, rdl_task, k);
            bool waits = strcmp(t->state, "SCREENED") == 0 && strcmp(t->kind, "verify") == 0;
            if (rdl_task_open(t, states))
                g_ptr_array_add(f->open, t);
            if (rdl_takes_over(ledger, t))
                g_ptr_array_add(waits ? f->waiting : f->takers, t);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_ptr_array_sort_with_data(*all[i], by_task_id, own);
    if (!f->takers->len && f->waiting->len)
        g_ptr_array_add(f->takers, g_ptr_array_steal_index(f->waiting, 0));
    only_verifications(f->takers);
}

/* Each open task, what becomes of it and until when it was due: two problems keep two days. */
static JsonArray *told_fates(const fates *f)
{
    JsonArray *list = json_array_new();

    for (guint i = 0; i < f->open->len; i++) {
        const rdl_task *t = f->open->pdata[i];
        JsonObject *o = json_object_new();
        bool goes = g_ptr_array_find(f->waiting, t, NULL);
        rdl_json_set_text(o, "task_id", t->task_id);
        rdl_json_set_text(o, "kind", t->kind);
        rdl_json_set_text(o, "state", t->state);
        rdl_json_set_text(o, "tier", t->tier);
        rdl_json_set_text(o, "due", t->due);
        rdl_json_set_text(o, "fate", goes ? "DUPLICATE" : "KEPT");
        json_array_add_object_element(list, o);
    }
    return list;
}

static bool append_merge(rdl_ledger *ledger, const char *keep, const GPtrArray *sites,
                         const fates *f, const rdl_who *who, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_geometry *all;
    JsonArray *list = json_array_new();

    for (guint i = 0; i < sites->len; i++)
        json_array_add_string_element(list, sites->pdata[i]);
    json_object_set_array_member(o, "sites", list);
    json_object_set_array_member(o, "tasks", told_fates(f));
    if (!united_ground(ledger, keep, sites, &all, error))
        return false;
    g_autoptr(rdl_geometry) ground = all;
    g_autofree char *text = rdl_ground_text(ground, error);
    rdl_json_set_text(o, "geometry", text);
    return (!ground || text) && decide(ledger, who, "site.merged", keep, o, error);
}

/* What stays is due as early, and as grave, as what went. */
static bool dismiss_twins(rdl_ledger *ledger, const fates *f, const rdl_who *who, GError **error)
{
    for (guint i = 0; i < f->waiting->len; i++)
        if (!move_by_program(ledger, ((const rdl_task *)f->waiting->pdata[i])->task_id, "DISMISSED",
                             who->on, "DUPLICATE", error))
            return false;
    for (guint i = 0; i < f->takers->len; i++)
        if (!rdl_task_tighten(ledger, f->takers->pdata[i], f->waiting, "MERGED", who->on, error))
            return false;
    return true;
}

/* Names `id` the site itself: as it was asked for, by its own number, its clue or the source it is
 * called after? What was merged into it once is not it. */
static bool names_itself(rdl_ledger *ledger, const char *keep_id, const char *keep, const char *id,
                         bool *yes, GError **error)
{
    g_autofree char *own = rdl_digest_id("V-", keep, RDL_DIGEST_END);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT 1 FROM site WHERE site_id = ? AND source_id = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, keep);
    rdl_statement_text(s, 2, id);
    if (!rdl_statement_step(s, yes, error))
        return false;
    *yes = *yes || strcmp(id, keep_id) == 0 || strcmp(id, keep) == 0 || strcmp(id, own) == 0;
    return true;
}

/* Some of them are: the site itself among them changes nothing, alone it is a mistake. */
static bool others_are_others(rdl_ledger *ledger, const char *keep_id, const char *keep,
                              const char *const *others, GError **error)
{
    bool same = true;

    for (int i = 0; same && others[i]; i++)
        if (!names_itself(ledger, keep_id, keep, others[i], &same, error))
            return false;
    return !same || rdl_fail(error, RDL_ERROR_USAGE,
                             "%s is the same site as %s: name the site that becomes a part of it: "
                             "redline task list shows them",
                             *others ? *others : keep_id, keep_id);
}

bool rdl_sites_merge_within(rdl_ledger *ledger, const char *keep_id, const char *const *others,
                            const rdl_who *who, GError **error)
{
    g_autofree char *keep = rdl_site_of(ledger, keep_id, error);
    g_autoptr(GPtrArray) sites = keep ? sites_to_merge(ledger, keep, others, error) : NULL;

    if (!sites || !others_are_others(ledger, keep_id, keep, others, error) ||
        !check_who(ledger, who, "merge", keep, error))
        return false;
    if (sites->len == 0)
        return true;
    g_autoptr(GPtrArray) before = tasks_before(ledger, keep, sites, error);
    fates f = {0};
    if (!before || !none_rejected(ledger, keep, sites, error))
        return false;
    sort_out(ledger, keep, before, &f);
    bool good =
        append_merge(ledger, keep, sites, &f, who, error) && dismiss_twins(ledger, &f, who, error);
    fates_clear(&f);
    return good;
}

bool rdl_sites_merge(rdl_ledger *ledger, const char *keep, const char *const *others,
                     const rdl_who *who, GError **error)
{
    return rdl_store_begin(ledger->store, error) &&
           rdl_ledger_end(ledger, rdl_sites_merge_within(ledger, keep, others, who, error), error);
}

/* ---- split ---- */

typedef struct {
    char *site_id, *from;
    JsonArray *origins, *tasks;
    JsonObject *source; /* what the new site is called after: its first source */
} splitting;

static void splitting_clear(splitting *p)
{
    g_free(p->site_id);
    g_free(p->from);
    g_clear_pointer(&p->origins, json_array_unref);
    g_clear_pointer(&p->tasks, json_array_unref);
    g_clear_pointer(&p->source, json_object_unref);
}

/* One source of the site, which is not the one it is called after. */
static bool take_origin(rdl_ledger *ledger, splitting *p, const char *source_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT o.source, s.source_id IS o.source_id AND s.source IS o.source FROM origin o JOIN "
        "site s USING(site_id) WHERE o.site_id = ?1 AND o.source_id = ?2 ORDER BY o.source",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, p->from);
    rdl_statement_text(s, 2, source_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    if (!row)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no source %s: redline why shows them",
                        p->from, source_id);
    if (rdl_statement_get_int(s, 1))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %s gave the site its number: split the others off", p->from,
                        source_id);
    JsonObject *o = json_object_new();
    rdl_json_set_text(o, "source", rdl_statement_get_text(s, 0));
    rdl_json_set_text(o, "source_id", source_id);
    json_array_add_object_element(p->origins, o);
    if (!p->source)
        p->source = json_object_ref(o);
    return true;
}

/* The task must be the site's; a rectification takes the clue along that it came from. */
static bool take_task(rdl_ledger *ledger, splitting *p, const char *task_id, GError **error)
{
    rdl_task task = {0};
    bool good =
        rdl_task_read(ledger, task_id, &task, error) &&
        (g_strcmp0(task.site_id, p->from) == 0 ||
         rdl_fail(
             error, RDL_ERROR_USAGE,
             "%s: is of site %s, not of %s: name tasks of the site that is split (redline why)",
             task_id, task.site_id, p->from));
    g_autoptr(GPtrArray) clues =
        good ? texts_of(ledger,
                        "SELECT p.clue_id FROM task t JOIN problem p USING(problem_id) WHERE "
                        "t.task_id = ? AND p.clue_id IS NOT NULL",
                        task_id, error)
             : NULL;

    rdl_task_clear(&task);
    if (!clues)
        return false;
    json_array_add_string_element(p->tasks, task_id);
    for (guint i = 0; i < clues->len; i++)
        json_array_add_string_element(p->tasks, clues->pdata[i]);
    return true;
}

/* A site that was merged away comes back with the clue it had. */
static bool take_back_clue(rdl_ledger *ledger, splitting *p, GError **error)
{
    g_autofree char *own = rdl_digest_id("V-", p->site_id, RDL_DIGEST_END);
    g_autoptr(GPtrArray) there =
        texts_of(ledger, "SELECT task_id FROM task WHERE task_id = ?", own, error);

    for (guint i = 0; there && i < json_array_get_length(p->tasks); i++)
        if (strcmp(json_array_get_string_element(p->tasks, i), own) == 0)
            return true;
    if (there && there->len)
        json_array_add_string_element(p->tasks, own);
    return there != NULL;
}

/* What is known of the gravest finding among those of the sources that go; NULL where they have
 * none. */
static JsonObject *gravest(rdl_ledger *ledger, const splitting *p, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT content FROM finding WHERE source = ? AND source_id = ? ORDER BY is_primary DESC, "
        "severity IS NULL, severity, finding_id LIMIT 1",
        error);
    bool row;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, rdl_json_text(p->source, "source", NULL));
    rdl_statement_text(s, 2, rdl_json_text(p->source, "source_id", NULL));
    if (!rdl_statement_step(s, &row, error))
        return NULL;
    if (!row)
        return json_object_new();
    g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(s, 0), "finding", error);
    if (node && !JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: what the ledger keeps of finding of %s is no object: redline ledger "
                        "audit tells whether somebody changed it",
                        rdl_ledger_path(ledger), rdl_json_text(p->source, "source_id", "?")),
               NULL;
    return node ? json_object_ref(json_node_get_object(node)) : NULL;
}

static bool put_ground(rdl_ledger *ledger, const splitting *p, bool inside, JsonObject *o,
                       const char *member, GError **error)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(g_free);
    rdl_geometry *all;

    for (guint i = 0; i < json_array_get_length(p->origins); i++) {
        JsonObject *origin = json_array_get_object_element(p->origins, i);
        g_ptr_array_add(sources, rdl_origin_name(rdl_json_text(origin, "source", ""),
                                                 rdl_json_text(origin, "source_id", "")));
    }
    g_ptr_array_add(sources, NULL);
    if (!rdl_site_ground(ledger, p->from, (const char *const *)sources->pdata, inside, NULL, &all,
                         error))
        return false;
    g_autoptr(rdl_geometry) ground = all;
    g_autofree char *text = rdl_ground_text(ground, error);
    rdl_json_set_text(o, member, text);
    return !ground || text;
}

static bool append_split(rdl_ledger *ledger, const splitting *p, const rdl_who *who,
                         JsonObject *finding, GError **error)
{
    static const char *const copied[] = {"activity", "owner", "xzqdm"};
    g_autoptr(JsonObject) o = json_object_new();

    rdl_json_set_text(o, "from", p->from);
    rdl_json_set_text(o, "source", rdl_json_text(p->source, "source", NULL));
    rdl_json_set_text(o, "source_id", rdl_json_text(p->source, "source_id", NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(copied); i++)
        rdl_json_set_text(o, copied[i], rdl_json_text(finding, copied[i], NULL));
    rdl_json_set_real(o, "lon", rdl_json_real(finding, "lon", NAN));
    rdl_json_set_real(o, "lat", rdl_json_real(finding, "lat", NAN));
    json_object_set_array_member(o, "origins", json_array_ref(p->origins));
    json_object_set_array_member(o, "tasks", json_array_ref(p->tasks));
    return put_ground(ledger, p, true, o, "geometry", error) &&
           put_ground(ledger, p, false, o, "left", error) &&
           decide(ledger, who, "site.split", p->site_id, o, error);
}

/* Sources of a site that nobody rejected: without one there is no clue to open. */
static const char unrejected_origins[] =
    "SELECT source_id FROM origin o WHERE site_id = ? AND NOT EXISTS (SELECT 1 FROM review r WHERE "
    "r.source = o.source AND r.source_id = o.source_id AND r.decision = 'reject')";

/* The new site's clue: opened, or taken up again where it was dismissed as a duplicate. */
static bool settle_split(rdl_ledger *ledger, const splitting *p, JsonObject *finding,
                         const rdl_who *who, GError **error)
{
    const rdl_clue clue = {p->site_id,
                           rdl_json_text(finding, "finding_id", NULL),
                           rdl_json_text(finding, "xzqdm", NULL),
                           rdl_json_text(finding, "lead_dept", NULL),
                           rdl_json_text(finding, "result", NULL),
                           rdl_json_text(finding, "severity", NULL),
                           NULL};
    g_autoptr(GPtrArray) tasks =
        texts_of(ledger, "SELECT task_id FROM task WHERE site_id = ? AND state <> 'DISMISSED'",
                 p->site_id, error);
    g_autoptr(GPtrArray) dismissed =
        tasks
            ? texts_of(ledger, "SELECT task_id FROM task WHERE site_id = ? AND state = 'DISMISSED'",
                       p->site_id, error)
            : NULL;
    rdl_day on;

    if (!dismissed || !rdl_day_parse(who->on, &on, error))
        return false;
    g_autoptr(GPtrArray) unrejected = texts_of(ledger, unrejected_origins, p->site_id, error);
    if (!unrejected)
        return false;
    if (tasks->len || !unrejected->len || !clue.result || strcmp(clue.result, "CLEAN") == 0)
        return true;
    if (dismissed->len == 0)
        return rdl_clue_open(ledger, &clue, on, error);
    return move_by_program(ledger, dismissed->pdata[0], "CLUE", who->on, "SPLIT", error) &&
           move_by_program(ledger, dismissed->pdata[0], "SCREENED", who->on, "SPLIT", error);
}

static bool split(rdl_ledger *ledger, splitting *p, const char *site, const char *const *sources,
                  const char *const *tasks, const rdl_who *who, GError **error)
{
    if (!(p->from = rdl_site_of(ledger, site, error)) ||
        !check_who(ledger, who, "split", p->from, error))
        return false;
    for (int i = 0; sources[i]; i++)
        if (!take_origin(ledger, p, sources[i], error))
            return false;
    if (!p->source)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: name the sources that go: redline why shows those of the site",
                        p->from);
    p->site_id = rdl_digest_id("S-", rdl_json_text(p->source, "source", NULL),
                               rdl_json_text(p->source, "source_id", NULL), RDL_DIGEST_END);
    for (int i = 0; tasks && tasks[i]; i++)
        if (!take_task(ledger, p, tasks[i], error))
            return false;
    g_autoptr(JsonObject) finding =
        take_back_clue(ledger, p, error) ? gravest(ledger, p, error) : NULL;
    return finding && append_split(ledger, p, who, finding, error) &&
           settle_split(ledger, p, finding, who, error);
}

bool rdl_site_split(rdl_ledger *ledger, const char *site, const char *const *sources,
                    const char *const *tasks, const rdl_who *who, char **site_id, GError **error)
{
    splitting p = {.origins = json_array_new(), .tasks = json_array_new()};
    bool good = rdl_store_begin(ledger->store, error);

    good =
        good && rdl_ledger_end(ledger, split(ledger, &p, site, sources, tasks, who, error), error);
    if (good && site_id)
        *site_id = g_steal_pointer(&p.site_id);
    splitting_clear(&p);
    return good;
}
