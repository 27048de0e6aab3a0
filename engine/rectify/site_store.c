#include "rectify/site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/hold.h"
#include "rectify/lineage.h"
#include "rectify/moving.h"
#include "rectify/neighbour.h"
#include "rectify/rebound.h"
#include "rectify/route.h"
#include "rectify/tighten.h"

/* ---- findings as they come ---- */

static const char *const real_fields[] = {"quantity",    "lon",         "lat",
                                          "area_m2",     "area_own_m2", "area_min_m2",
                                          "area_max_m2", "share",       NULL};
static const char *const int_fields[] = {"is_primary", "edge", NULL};

/* How an area is shown beside its remainder: derived, and not for a ledger. */
static const char *const shown_fields[] = {"own_ha", "own_mu", NULL};

static bool listed(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static JsonObject *row_object(const rdl_layer *layer, const rdl_feature *f)
{
    JsonObject *o = json_object_new();

    for (int i = 0; i < rdl_layer_fields(layer); i++) {
        const char *name = rdl_layer_field(layer, i);
        if (listed(shown_fields, name))
            continue;
        if (listed(real_fields, name))
            rdl_json_set_real(o, name, rdl_feature_real(f, i));
        else if (listed(int_fields, name))
            json_object_set_int_member(o, name, (gint64)rdl_feature_real(f, i));
        else
            rdl_json_set_text(o, name, rdl_feature_text(f, i));
    }
    return o;
}

typedef struct {
    char *key;            /* source and source_id */
    JsonArray *findings;  /* of the site, as they came */
    JsonObject *primary;  /* lent from findings */
    rdl_geometry *ground; /* union of the parts, ledger's CRS */
} site;

typedef struct {
    rdl_ledger *ledger;
    GHashTable *sites;  /* key -> site */
    GHashTable *hits;   /* finding_id -> JsonArray */
    GHashTable *wholes; /* key -> double: m2 of all of the source */
    rdl_holds *holds;
    rdl_crs *target;
    rdl_transform *move;
    double tolerance;
    gint64 rows;
} reading;

static void site_free(gpointer p)
{
    site *s = p;

    g_free(s->key);
    json_array_unref(s->findings);
    rdl_geometry_free(s->ground);
    g_free(s);
}

static void hits_free(gpointer p)
{
    json_array_unref(p);
}

static rdl_layer *open_layer(const char *path, const char *name, GError **error)
{
    g_autofree char *source = g_strdup_printf("%s:%s", path, name);

    return rdl_layer_open(source, NULL, error);
}

/* Whole areas, where the findings have a balance. */
static bool read_wholes(reading *r, const char *path, GError **error)
{
    bool raster;
    g_auto(GStrv) layers = rdl_source_layers(path, &raster, error);
    GError *failed = NULL;
    const rdl_feature *f;

    if (!layers || !g_strv_contains((const char *const *)layers, "balance"))
        return layers != NULL;
    g_autoptr(rdl_layer) layer = open_layer(path, "balance", error);
    int source = layer ? rdl_layer_field_index(layer, "source") : -1;
    int id = layer ? rdl_layer_field_index(layer, "source_id") : -1;
    int whole = layer ? rdl_layer_field_index(layer, "whole_m2") : -1;
    while (source >= 0 && id >= 0 && whole >= 0 && (f = rdl_layer_next(layer, &failed))) {
        double *m2 = g_new(double, 1);
        *m2 = rdl_feature_real(f, whole);
        g_hash_table_insert(
            r->wholes,
            g_strdup_printf("%s\x1f%s", rdl_feature_text(f, source), rdl_feature_text(f, id)), m2);
    }
    if (failed)
        g_propagate_error(error, failed);
    return layer && !failed;
}

static bool read_hits(reading *r, const char *path, GError **error)
{
    g_autoptr(rdl_layer) layer = open_layer(path, "hit", error);
    GError *failed = NULL;
    const rdl_feature *f;

    while (layer && (f = rdl_layer_next(layer, &failed))) {
        JsonObject *hit = row_object(layer, f);
        const char *id = rdl_json_text(hit, "finding_id", "");
        JsonArray *list = g_hash_table_lookup(r->hits, id);
        if (!list)
            g_hash_table_insert(r->hits, g_strdup(id), list = json_array_new());
        json_object_remove_member(hit, "finding_id");
        json_array_add_object_element(list, hit);
    }
    if (failed)
        g_propagate_error(error, failed);
    return layer && !failed;
}

static bool add_ground(reading *r, site *s, GBytes *wkb, GError **error)
{
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    g_autoptr(rdl_geometry) on = g ? rdl_reproject(g, r->move, r->tolerance, error) : NULL;
    g_autoptr(rdl_geometry) moved = on ? rdl_fold(g_steal_pointer(&on), r->target, error) : NULL;
    rdl_geometry *all =
        moved ? rdl_geometry_union(s->ground ? s->ground : moved, moved, error) : NULL;

    if (!all)
        return false;
    rdl_geometry_free(s->ground);
    s->ground = all;
    return true;
}

static bool take_finding(reading *r, JsonObject *take_finding_row, GBytes *wkb, GError **error)
{
    JsonObject *f = take_finding_row;
    const char *id = rdl_json_text(f, "finding_id", "");
    g_autofree char *key = g_strdup_printf("%s\x1f%s", rdl_json_text(f, "source", ""),
                                           rdl_json_text(f, "source_id", ""));
    site *s = g_hash_table_lookup(r->sites, key);
    JsonArray *hits = g_hash_table_lookup(r->hits, id);

    if (!s) {
        s = g_new0(site, 1);
        s->key = g_steal_pointer(&key);
        s->findings = json_array_new();
        g_hash_table_insert(r->sites, s->key, s);
    }
    json_object_set_array_member(f, "hits", hits ? json_array_ref(hits) : json_array_new());
    json_array_add_object_element(s->findings, f);
    if (json_object_get_int_member(f, "is_primary") == 1)
        s->primary = f;
    r->rows++;
    return !wkb || add_ground(r, s, wkb, error);
}

static bool read_findings(reading *r, const char *path, GError **error)
{
    g_autoptr(rdl_layer) layer = open_layer(path, "finding", error);
    GError *failed = NULL;
    const rdl_feature *f;

    if (!layer || !(r->target = rdl_crs_parse(r->ledger->crs, error)))
        return false;
    if (!rdl_layer_crs(layer))
        return rdl_fail(error, RDL_ERROR_CRS, "%s: its findings name no coordinate system", path);
    if (rdl_layer_field_index(layer, "finding_id") < 0 ||
        rdl_layer_field_index(layer, "is_primary") < 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: is not written by redline screen: layer finding "
                        "lacks finding_id or is_primary",
                        path);
    r->tolerance = rdl_reproject_tolerance(r->target);
    if (!(r->move = rdl_transform_new(rdl_layer_crs(layer), r->target, error)))
        return false;
    while ((f = rdl_layer_next(layer, &failed)))
        if (!take_finding(r, row_object(layer, f), rdl_feature_wkb(f), error))
            return false;
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

/* ---- into the ledger ---- */

static const char *member(JsonObject *o, const char *name)
{
    return rdl_json_text(o, name, NULL);
}

static void copy_text(JsonObject *to, JsonObject *from, const char *name)
{
    rdl_json_set_text(to, name, member(from, name));
}

static JsonObject *site_payload(const site *s, const char *load, GError **error)
{
    JsonObject *p = s->primary ? s->primary : json_array_get_object_element(s->findings, 0);
    g_autofree char *ground = rdl_ground_text(s->ground, error);
    static const char *const copied[] = {"source", "source_id", "activity", "owner", "xzqdm"};

    if (s->ground && !ground)
        return NULL;
    JsonObject *o = json_object_new();
    for (size_t i = 0; i < G_N_ELEMENTS(copied); i++)
        copy_text(o, p, copied[i]);
    rdl_json_set_real(o, "lon", rdl_json_real(p, "lon", NAN));
    rdl_json_set_real(o, "lat", rdl_json_real(p, "lat", NAN));
    rdl_json_set_text(o, "geometry", ground);
    json_object_set_array_member(o, "findings", json_array_ref(s->findings));
    g_autoptr(JsonNode) node = rdl_json_node(o);
    g_autofree char *text = rdl_json_canonical(node);
    g_autofree char *content = rdl_digest_bytes(text, strlen(text));
    rdl_json_set_text(o, "content", content); /* of all above: a re-run finds itself by it */
    rdl_json_set_text(o, "load", load);
    return o;
}

static bool append(rdl_ledger *ledger, const char *at, const char *kind, const char *subject,
                   JsonObject *payload, GError **error)
{
    rdl_event event = {
        .at = at, .by = "redline", .role = "system", .kind = kind, .subject = subject};

    return rdl_event_append(ledger, &event, payload, error);
}

static bool screened(rdl_ledger *ledger, const char *at, const char *task_id, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();

    rdl_json_set_text(o, "from", "CLUE");
    rdl_json_set_text(o, "to", "SCREENED");
    return append(ledger, at, "task.moved", task_id, o, error);
}

bool rdl_clue_open(rdl_ledger *ledger, const rdl_clue *clue, rdl_day as_of, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *at = rdl_day_text(as_of), *due = NULL;
    g_autofree char *task_id = clue->task_id ? g_strdup(clue->task_id)
                                             : rdl_digest_id("V-", clue->site_id, RDL_DIGEST_END);
    const char *tier, *unit;
    bool provisional;

    if (!rdl_route_unit(ledger, clue->xzqdm, as_of, &unit, error) ||
        !rdl_ledger_deadline(ledger, "verify", clue->result, clue->severity, as_of, &tier, &due,
                             error) ||
        !rdl_ledger_provisional(ledger, due, &provisional, error))
        return false;
    rdl_json_set_text(o, "task_id", task_id);
    rdl_json_set_text(o, "site_id", clue->site_id);
    rdl_json_set_text(o, "kind", "verify");
    rdl_json_set_text(o, "state", "CLUE");
    rdl_json_set_text(o, "finding_id", clue->finding_id);
    rdl_json_set_text(o, "xzqdm", unit);
    if (g_strcmp0(unit, clue->xzqdm) != 0)
        rdl_json_set_text(o, "xzqdm_was", clue->xzqdm);
    rdl_json_set_text(o, "department", rdl_route_department(ledger, clue->department, as_of));
    rdl_json_set_text(o, "tier", tier);
    rdl_json_set_text(o, "started", at);
    rdl_json_set_text(o, "due", due);
    rdl_set_provisional(o, provisional, NULL, NULL);
    return append(ledger, at, "task.opened", task_id, o, error) &&
           screened(ledger, at, task_id, error);
}

static bool open_clue(rdl_ledger *ledger, const site *s, const char *site_id, const char *task_id,
                      rdl_day as_of, GError **error)
{
    const rdl_clue clue = {site_id,
                           member(s->primary, "finding_id"),
                           member(s->primary, "xzqdm"),
                           member(s->primary, "lead_dept"),
                           member(s->primary, "result"),
                           member(s->primary, "severity"),
                           task_id};

    return rdl_clue_open(ledger, &clue, as_of, error);
}

/* Where a source is known. *content "" where it is not. */
typedef struct {
    char *site_id, *content;
    bool joined;   /* to the site of another source */
    bool part;     /* its ground is a part of its site's, with that of others */
    bool rejected; /* a person looked and said no */
    bool named;    /* a person said something else of it */
    bool outgrown; /* it is no longer what the person saw */
} place;

static void place_clear(place *p)
{
    g_free(p->site_id);
    g_free(p->content);
}

static bool find_place(rdl_ledger *ledger, JsonObject *payload, place *p, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT o.site_id, o.content, s.source_id IS NOT o.source_id OR s.source IS NOT o.source, "
        "o.part AND o.ground IS NOT NULL FROM origin o JOIN site s USING(site_id) "
        "WHERE o.source = ?1 AND o.source_id = ?2",
        error);
    bool row = false;

    if (!s)
        return false;
    rdl_statement_text(s, 1, member(payload, "source"));
    rdl_statement_text(s, 2, member(payload, "source_id"));
    if (!rdl_statement_step(s, &row, error))
        return false;
    p->site_id = row ? g_strdup(rdl_statement_get_text(s, 0))
                     : rdl_digest_id("S-", member(payload, "source"), member(payload, "source_id"),
                                     RDL_DIGEST_END);
    p->content = g_strdup(row ? rdl_statement_get_text(s, 1) : "");
    p->joined = row && rdl_statement_get_int(s, 2);
    p->part = row && rdl_statement_get_int(s, 3);
    return true;
}

bool rdl_site_of_source(rdl_ledger *ledger, const char *source, const char *source_id,
                        char **site_id, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    place p = {0};

    rdl_json_set_text(o, "source", source);
    rdl_json_set_text(o, "source_id", source_id);
    bool good = find_place(ledger, o, &p, error);
    *site_id = good && *p.content ? g_strdup(p.site_id) : NULL;
    place_clear(&p);
    return good;
}

/* The site where a chain of merges ends; NULL without error where none of them is known. A chain
 * that came back to itself over several reviews ends there. */
static bool end_of_merges(rdl_ledger *ledger, const char *source, const char *source_id,
                          char **site_id, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *at = g_strdup(source_id);
    bool row = true;

    *site_id = NULL;
    while (row && g_hash_table_add(seen, g_strdup(at))) {
        g_autoptr(rdl_statement) s = rdl_statement_new(
            ledger->store,
            "SELECT becomes FROM review WHERE source = ? AND source_id = ? AND decision = 'merge'",
            error);
        if (!s || !rdl_site_of_source(ledger, source, at, site_id, error))
            return false;
        if (*site_id)
            return true;
        rdl_statement_text(s, 1, source);
        rdl_statement_text(s, 2, at);
        if (!rdl_statement_step(s, &row, error))
            return false;
        g_free(at);
        at = g_strdup(row ? rdl_statement_get_text(s, 0) : NULL);
    }
    return true;
}

/* What a person decided of the source before it was loaded: a rejected one stays out, a merged one
 * goes to the site of the other, where that is known. */
static bool heed_review(rdl_ledger *ledger, JsonObject *payload, place *p, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT decision, becomes FROM review WHERE source = ? AND source_id = ?",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, member(payload, "source"));
    rdl_statement_text(s, 2, member(payload, "source_id"));
    if (!rdl_statement_step(s, &row, error))
        return false;
    const char *decision = row ? rdl_statement_get_text(s, 0) : "";
    p->rejected = strcmp(decision, "reject") == 0;
    p->named = strcmp(decision, "accept") == 0 || strcmp(decision, "retype") == 0 ||
               strcmp(decision, "merge") == 0;
    if (*p->content || strcmp(decision, "merge") != 0)
        return true;
    g_autofree char *into = NULL;
    if (!end_of_merges(ledger, member(payload, "source"), rdl_statement_get_text(s, 1), &into,
                       error))
        return false;
    p->joined = into != NULL;
    if (into) {
        g_free(p->site_id);
        p->site_id = g_steal_pointer(&into);
    }
    return true;
}

/* ---- what rejections say of it ---- */

static bool ask_holds(const reading *r, const site *s, JsonObject *payload, JsonArray **said,
                      char **own, GError **error)
{
    JsonObject *f = s->primary ? s->primary : json_array_get_object_element(s->findings, 0);
    const double *whole = g_hash_table_lookup(r->wholes, s->key);
    const rdl_held_source of = {member(payload, "source"),
                                member(payload, "source_id"),
                                member(f, "built_after"),
                                member(f, "built_before"),
                                s->ground,
                                whole ? *whole : NAN};

    return rdl_holds_ask(r->holds, &of, said, own, error);
}

/* One event a source and content, however often it is loaded. */
static bool hold_back(rdl_ledger *ledger, const char *at, JsonObject *payload, JsonObject *by,
                      GError **error)
{
    static const char *const copied[] = {"source", "source_id", "content", "load"};
    g_autoptr(JsonObject) o = json_object_new();
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT 1 FROM held WHERE source = ? AND source_id = ? AND content = ?",
        error);
    bool known;

    for (int i = 0; s && i < 3; i++)
        rdl_statement_text(s, i + 1, member(payload, copied[i]));
    if (!s || !rdl_statement_step(s, &known, error) || known)
        return s && known;
    for (size_t i = 0; i < G_N_ELEMENTS(copied); i++)
        copy_text(o, payload, copied[i]);
    rdl_json_set_text(o, "rejected", member(by, "source_id"));
    rdl_json_set_real(o, "share", rdl_json_real(by, "share", NAN));
    rdl_json_set_real(o, "size", rdl_json_real(by, "size", NAN));
    rdl_event event = {.at = at,
                       .by = "redline",
                       .role = "system",
                       .kind = "source.held",
                       .subject = member(payload, "source_id"),
                       .reason = member(by, "reason")};
    return rdl_event_append(ledger, &event, o, error);
}

/* The word of its own rejection, measured where the ground was compared. Yours. */
static JsonObject *own_word(JsonObject *payload, JsonArray *said)
{
    const char *id = member(payload, "source_id");
    JsonObject *o = json_object_new();

    for (guint i = 0; i < json_array_get_length(said); i++)
        if (strcmp(rdl_json_text(json_array_get_object_element(said, i), "source_id", ""), id) == 0)
            return json_object_unref(o), json_object_ref(json_array_get_object_element(said, i));
    rdl_json_set_text(o, "source_id", id);
    return o;
}

/* The rejections a source comes in spite of: a word of each goes along. *by: the one that holds it
 * back, of a known source its own. */
static bool heed_rejections(const reading *r, const site *s, JsonObject *payload, place *p,
                            JsonObject **by, GError **error)
{
    g_autoptr(JsonArray) said = NULL;
    g_autofree char *own = NULL;

    *by = NULL;
    if (!ask_holds(r, s, payload, &said, &own, error))
        return false;
    bool outgrown = p->rejected && strcmp(own, "HELD") != 0;
    p->rejected = p->rejected && !outgrown;
    if (!*p->content && !p->rejected && !p->named && rdl_hold_of(said)) {
        *by = json_object_ref(json_array_get_object_element(said, 0));
        return true;
    }
    if (*p->content && p->rejected)
        *by = own_word(payload, said);
    if (json_array_get_length(said) && !p->rejected)
        json_object_set_array_member(payload, "on_rejected", json_array_ref(said));
    if (outgrown)
        json_object_set_boolean_member(payload, "outgrown", TRUE);
    p->outgrown = outgrown;
    return true;
}

/* Most of what a person said no to would come back as a part of another's matter: such a source is
 * a place of its own, for a person to look at. */
static bool may_join(JsonObject *payload)
{
    JsonArray *said = json_object_has_member(payload, "on_rejected")
                          ? json_object_get_array_member(payload, "on_rejected")
                          : NULL;

    for (guint i = 0; said && i < json_array_get_length(said); i++)
        if (rdl_json_real(json_array_get_object_element(said, i), "share", 0.0) >
            1.0 - RDL_HOLD_SHARE)
            return false;
    return true;
}

/* ---- work that is there already ---- */

/* What came, as a matter of its own: dates by the rule, from the day it came. */
static bool matter_of(rdl_ledger *ledger, const site *s, rdl_day as_of, rdl_task *matter,
                      GError **error)
{
    const char *tier, *unit, *xzqdm = member(s->primary, "xzqdm");

    *matter = (rdl_task){
        .finding_id = g_strdup(member(s->primary, "finding_id")),
        .result = g_strdup(member(s->primary, "result")),
        .severity = g_strdup(member(s->primary, "severity")),
        .routed = g_strdup(rdl_route_department(ledger, member(s->primary, "lead_dept"), as_of))};
    if (!rdl_route_unit(ledger, xzqdm, as_of, &unit, error) ||
        !rdl_ledger_deadline(ledger, "verify", matter->result, matter->severity, as_of, &tier,
                             &matter->due, error))
        return false;
    matter->xzqdm = g_strdup(unit);
    matter->tier = g_strdup(tier);
    matter->due_original = g_strdup(matter->due);
    return true;
}

/* The number of the clue the source would have as a site of its own, or the next that is free. */
static char *free_clue(rdl_ledger *ledger, const site *s, GError **error)
{
    g_autofree char *own = rdl_digest_id("S-", member(s->primary, "source"),
                                         member(s->primary, "source_id"), RDL_DIGEST_END);
    g_autofree char *id = rdl_digest_id("V-", own, RDL_DIGEST_END), *next = g_strdup(id);

    for (int n = 1;; n++) {
        const rdl_task_filter filter = {.id = next, .no_ground = true};
        g_autoptr(GArray) there = rdl_task_list(ledger, &filter, error);
        if (!there || !there->len)
            return there ? g_steal_pointer(&next) : NULL;
        g_free(next);
        next = g_strdup_printf("%s-%d", id, n);
    }
}

/* A graver finding is taken over by the work under way; where all that is open cannot (it lasts, or
 * its clock stands still), it is a clue beside it. *opened: that clue. */
static bool meet_tasks(rdl_ledger *ledger, const site *s, const char *site_id, const GArray *before,
                       const rdl_task *matter, rdl_day as_of, bool *opened, GError **error)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    g_autofree char *at = rdl_day_text(as_of), *clue = NULL;
    bool open = false, taking = false, graver = true;

    g_ptr_array_add(taken, (gpointer)matter);
    for (guint i = 0; i < before->len; i++) {
        const rdl_task *t = &g_array_index(before, rdl_task, i);
        if (!rdl_task_open(t, states))
            continue;
        bool less = rdl_gravity(matter, t) < 0, takes = rdl_takes_over(ledger, t);
        if (less && takes && !rdl_task_tighten(ledger, t, taken, "GRAVER_FINDING", at, error))
            return false;
        open = true;
        taking = taking || takes;
        graver = graver && less;
    }
    *opened = open && !taking && graver;
    return !*opened || ((clue = free_clue(ledger, s, error)) &&
                        open_clue(ledger, s, site_id, clue, as_of, error));
}

/* A new source on the ground of a site that another load brought: no twin is made. Of several sites
 * the one with most common ground is joined, the others are named. */
static bool join_neighbour(rdl_ledger *ledger, const site *s, const char *load, JsonObject *payload,
                           place *p, GError **error)
{
    rdl_common common = {0};

    if (!s->ground || !rdl_sites_under(ledger, s->ground, load, &common, error))
        return !s->ground;
    if (common.site_id) {
        g_free(p->site_id);
        p->site_id = g_steal_pointer(&common.site_id);
        p->joined = true;
        rdl_json_set_real(payload, "share_of_site", common.share_of_site);
        rdl_json_set_real(payload, "share_of_source", common.share_of_source);
        json_object_set_array_member(payload, "also", json_array_ref(common.also));
    }
    rdl_common_clear(&common);
    return true;
}

/* A site of several grounds, one of which is now another. */
static bool add_whole(rdl_ledger *ledger, const site *s, const char *site_id, JsonObject *payload,
                      GError **error)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(g_free);
    rdl_geometry *whole = NULL;

    g_ptr_array_add(sources,
                    rdl_origin_name(member(payload, "source"), member(payload, "source_id")));
    g_ptr_array_add(sources, NULL);
    if (!rdl_site_ground(ledger, site_id, (const char *const *)sources->pdata, false, s->ground,
                         &whole, error))
        return false;
    g_autoptr(rdl_geometry) keep = whole;
    g_autofree char *text = rdl_ground_text(whole, error);
    rdl_json_set_text(payload, "site_geometry", text);
    return !whole || text;
}

static bool renew_clue(rdl_ledger *ledger, const char *task_id, const char *at, GError **error)
{
    const rdl_who who = {at, "redline", "system", "OUTGREW_REJECTION"};
    rdl_task clue = {0};
    bool good =
        rdl_task_read(ledger, task_id, &clue, error) && rdl_clue_renew(ledger, &clue, &who, error);

    rdl_task_clear(&clue);
    return good;
}

/* A clue that was dismissed waits again: the source is no longer what was rejected. */
static bool take_up(rdl_ledger *ledger, const char *site_id, rdl_day as_of, GError **error)
{
    static const char *const steps[] = {"DISMISSED", "CLUE", "SCREENED"};
    g_autofree char *at = rdl_day_text(as_of);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT task_id FROM task WHERE site_id = ?1 AND kind = 'verify' AND state = 'DISMISSED' "
        "AND NOT EXISTS (SELECT 1 FROM task WHERE site_id = ?1 AND state <> 'DISMISSED') ORDER BY "
        "task_id LIMIT 1",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, site_id);
    if (!rdl_statement_step(s, &row, error) || !row)
        return s && !row;
    g_autofree char *task_id = g_strdup(rdl_statement_get_text(s, 0));
    rdl_statement_reset(s);
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(steps); i++) {
        g_autoptr(JsonObject) o = json_object_new();
        rdl_event event = {.at = at,
                           .by = "redline",
                           .role = "system",
                           .kind = "task.moved",
                           .subject = task_id,
                           .reason = "OUTGREW_REJECTION"};
        rdl_json_set_text(o, "from", steps[i]);
        rdl_json_set_text(o, "to", steps[i + 1]);
        if (!rdl_event_append(ledger, &event, o, error))
            return false;
    }
    return renew_clue(ledger, task_id, at, error);
}

static bool settle_clue(rdl_ledger *ledger, const site *s, const place *p, const GArray *before,
                        rdl_day as_of, rdl_tally *tally, GError **error)
{
    bool clean = !s->primary || g_strcmp0(member(s->primary, "result"), "CLEAN") == 0;
    bool opened = false, good = true;

    rdl_tally_in(tally, "ledger.clues", 1);
    if (before->len && p->outgrown) {
        rdl_tally_used(tally, "ledger.clues", 1);
        return take_up(ledger, p->site_id, as_of, error);
    }
    if (before->len && !p->rejected && !clean) {
        rdl_task matter = {0};
        good = matter_of(ledger, s, as_of, &matter, error) &&
               meet_tasks(ledger, s, p->site_id, before, &matter, as_of, &opened, error);
        rdl_task_clear(&matter);
    }
    if (!good || opened) {
        rdl_tally_used(tally, "ledger.clues", 1);
        return good;
    }
    if (p->rejected || before->len || clean) {
        rdl_tally_suppressed(tally, "ledger.clues",
                             p->rejected   ? "REJECTED"
                             : before->len ? "HAS_TASK"
                                           : "CLEAN",
                             1);
        return true;
    }
    rdl_tally_used(tally, "ledger.clues", 1);
    return open_clue(ledger, s, p->site_id, NULL, as_of, error);
}

static void count_site(rdl_tally *tally, const char *code, guint findings)
{
    rdl_tally_suppressed(tally, "ledger.sites", code, 1);
    rdl_tally_suppressed(tally, "ledger.findings", code, findings);
}

/* All of it a patch of kind `recovery`, which screen found clean for that. */
static bool is_green(const site *s)
{
    return s->primary && g_strcmp0(member(s->primary, "kind"), "recovery") == 0 &&
           g_strcmp0(member(s->primary, "result"), "CLEAN") == 0;
}

static bool take_site_at(const reading *r, const site *s, const char *load, JsonObject *payload,
                         place *p, rdl_day as_of, rdl_tally *tally, GError **error)
{
    rdl_ledger *ledger = r->ledger;
    g_autofree char *at = rdl_day_text(as_of);
    g_autoptr(JsonObject) by = NULL;
    guint findings = json_array_get_length(s->findings);
    bool known = *p->content != '\0';

    rdl_tally_in(tally, "ledger.sites", 1);
    if (strcmp(p->content, member(payload, "content")) == 0)
        return count_site(tally, "ALREADY_THERE", findings), true;
    if (!heed_rejections(r, s, payload, p, &by, error))
        return false;
    if (!known && p->rejected)
        return count_site(tally, "REJECTED", findings), true;
    if (by && !known) {
        count_site(tally, "REJECTED_GROUND", findings);
        return hold_back(ledger, at, payload, by, error);
    }
    if (!known && !p->joined && may_join(payload) &&
        !join_neighbour(ledger, s, load, payload, p, error))
        return false;
    if ((known || p->joined) && !rdl_site_in_order(ledger, p->site_id, at, error))
        return false;
    if ((p->part || (p->joined && s->ground)) && !add_whole(ledger, s, p->site_id, payload, error))
        return false;
    if (p->joined)
        rdl_tally_suppressed(tally, "ledger.sites", "JOINED", 1);
    else
        rdl_tally_used(tally, "ledger.sites", 1);
    rdl_tally_used(tally, "ledger.findings", findings);
    const char *kind = p->joined ? "site.joined" : known ? "site.revised" : "site.found";
    const rdl_task_filter filter = {.site = p->site_id, .no_ground = true};
    g_autoptr(GArray) before = rdl_task_list(ledger, &filter, error); /* as they look now */
    if (!before)
        return false;
    const rdl_newcomer newcomer = {.crs = r->target,
                                   .ground = s->ground,
                                   .site_id = p->site_id,
                                   .source = member(payload, "source"),
                                   .source_id = member(payload, "source_id"),
                                   .activity = member(payload, "activity"),
                                   .seen = s->primary ? member(s->primary, "built_before") : NULL,
                                   .green = is_green(s)};
    return rdl_rebounds_raise(ledger, &newcomer, at, error) &&
           append(ledger, at, kind, p->site_id, payload, error) &&
           settle_clue(ledger, s, p, before, as_of, tally, error) &&
           (!by || hold_back(ledger, at, payload, by, error));
}

static bool take_site(const reading *r, const site *s, const char *load, rdl_day as_of,
                      rdl_tally *tally, GError **error)
{
    g_autoptr(JsonObject) payload = site_payload(s, load, error);
    place p = {0};
    bool good = payload && find_place(r->ledger, payload, &p, error) &&
                heed_review(r->ledger, payload, &p, error) &&
                take_site_at(r, s, load, payload, &p, as_of, tally, error);

    place_clear(&p);
    return good;
}

static gint by_key(gconstpointer a, gconstpointer b)
{
    return strcmp((*(site *const *)a)->key, (*(site *const *)b)->key);
}

/* A source that is a part of another comes after it. */
static bool merged_last(rdl_ledger *ledger, GPtrArray *sites, GError **error)
{
    g_autoptr(GHashTable) merged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) last = g_ptr_array_new();
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT source || char(31) || source_id FROM review WHERE decision = 'merge'", error);
    bool row = true;
    guint kept = 0;

    while (s && row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (row)
            g_hash_table_add(merged, g_strdup(rdl_statement_get_text(s, 0)));
    }
    for (guint i = 0; i < sites->len; i++) {
        site *one = sites->pdata[i];
        if (g_hash_table_contains(merged, one->key))
            g_ptr_array_add(last, one);
        else
            sites->pdata[kept++] = one;
    }
    for (guint i = 0; i < last->len; i++)
        sites->pdata[kept++] = last->pdata[i];
    return s != NULL;
}

static bool take_sites(reading *r, const char *load, rdl_day as_of, rdl_tally *tally,
                       const rdl_progress *progress, GError **error)
{
    g_autoptr(GPtrArray) sites = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, r->sites);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(sites, value);
    g_ptr_array_sort(sites, by_key);
    if (!merged_last(r->ledger, sites, error) || !(r->holds = rdl_holds_read(r->ledger, error)))
        return false;
    for (guint i = 0; i < sites->len; i++)
        if ((i % 256 == 0 &&
             !rdl_progress_tell(progress, (double)i / sites->len, "ledger", error)) ||
            !take_site(r, sites->pdata[i], load, as_of, tally, error))
            return false;
    return rdl_progress_tell(progress, 1.0, "ledger", error);
}

#define MADE_BY 16 /* levels of what made an input; scenes are at the third */

/* Paths tell where somebody worked, not what was read (the digest does): without them the same work
 * in another folder makes the same ledger. What made an input goes along, and its paths too. */
static void strip_folders(JsonObject *manifest, int depth)
{
    JsonNode *node = json_object_get_member(manifest, "inputs");
    JsonArray *inputs = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (json_object_has_member(manifest, "sources")) /* the same once more, for a replay */
        json_object_remove_member(manifest, "sources");
    for (guint i = 0; depth < MADE_BY && inputs && i < json_array_get_length(inputs); i++) {
        JsonNode *input = json_array_get_element(inputs, i);
        if (!JSON_NODE_HOLDS_OBJECT(input))
            continue;
        JsonObject *made_by = rdl_json_object(json_node_get_object(input), "made_by");
        if (made_by)
            strip_folders(made_by, depth + 1);
        g_autofree char *name =
            g_path_get_basename(rdl_json_text(json_node_get_object(input), "path", ""));
        rdl_json_set_text(json_node_get_object(input), "path", name);
    }
}

/* What made the findings, kept with them; a file without it is loaded all the same. */
static JsonObject *read_manifest(const char *path, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".run.json", NULL), *text = NULL;
    g_autoptr(JsonNode) node = NULL;

    if (!g_file_get_contents(beside, &text, NULL, NULL))
        return json_object_new();
    if (!(node = rdl_json_parse(text, beside, error)))
        return NULL;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: an object is needed", beside), NULL;
    strip_folders(json_node_get_object(node), 0);
    return json_object_ref(json_node_get_object(node));
}

static bool note_load(rdl_ledger *ledger, const char *path, const char *digest, rdl_day as_of,
                      bool *fresh, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM load WHERE digest = ?", error);
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *at = rdl_day_text(as_of);
    bool row = false;

    if (!s)
        return false;
    rdl_statement_text(s, 1, digest);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *fresh = !row;
    JsonObject *manifest = row ? json_object_new() : read_manifest(path, error);
    if (!manifest)
        return false;
    json_object_set_object_member(o, "manifest", manifest);
    const char *pack = rdl_json_text(rdl_json_object(manifest, "options"), "pack_sha256", NULL);
    if (pack && !rdl_ledger_need_pack(ledger, pack, path, error))
        return false;
    return row || append(ledger, at, "findings.loaded", digest, o, error);
}

bool rdl_ledger_load_findings(rdl_ledger *ledger, const char *path, rdl_day as_of, rdl_tally *tally,
                              const rdl_progress *progress, GError **error)
{
    reading r = {.ledger = ledger,
                 .sites = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, site_free),
                 .hits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, hits_free),
                 .wholes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    g_autofree char *digest = rdl_digest_file(path, error);
    bool fresh;

    bool good = digest && read_hits(&r, path, error) && read_wholes(&r, path, error) &&
                read_findings(&r, path, error);
    if (good) {
        rdl_tally_in(tally, "ledger.findings", r.rows);
        good = rdl_store_begin(ledger->store, error) &&
               note_load(ledger, path, digest, as_of, &fresh, error) &&
               take_sites(&r, digest, as_of, tally, progress, error) &&
               rdl_tally_check(tally, error) && rdl_store_commit(ledger->store, error);
        if (!good)
            rdl_store_rollback(ledger->store);
    }
    rdl_transform_free(r.move);
    rdl_crs_unref(r.target);
    g_hash_table_unref(r.sites);
    g_hash_table_unref(r.hits);
    g_hash_table_unref(r.wholes);
    rdl_holds_free(r.holds);
    return good;
}

/* ---- what a screening does not find ---- */

static bool add_sources(GHashTable *keys, const char *path, GError **error)
{
    g_autoptr(rdl_layer) layer = open_layer(path, "finding", error);
    GError *failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return false;
    int source = rdl_layer_field_index(layer, "source");
    int source_id = rdl_layer_field_index(layer, "source_id");
    while (source >= 0 && source_id >= 0 && (f = rdl_layer_next(layer, &failed)))
        g_hash_table_add(keys, g_strdup_printf("%s\x1f%s", rdl_feature_text(f, source),
                                               rdl_feature_text(f, source_id)));
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

bool rdl_ledger_beyond(rdl_ledger *ledger, const char *path, gint64 *n, GError **error)
{
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT source || char(31) || source_id FROM origin WHERE source IN ('footprint','patch')",
        error);
    bool row = true;

    *n = 0;
    if (!s || !add_sources(keys, path, error))
        return false;
    while (rdl_statement_step(s, &row, error) && row)
        *n += !g_hash_table_contains(keys, rdl_statement_get_text(s, 0));
    return !row;
}
