#include "rectify/review.h"

#include <math.h>
#include <string.h>
#include "rectify/hold.h"
#include "rectify/lineage.h"
#include "rectify/moving.h"
#include "rectify/site.h"

#define ROLE "analyst"

/* What a decision is about: a source, its site and its clue where the ledger has them. */
typedef struct {
    char *source, *source_id, *site_id;
    rdl_task clue; /* task_id NULL: none */
} piece;

static void piece_clear(piece *p)
{
    g_free(p->source);
    g_free(p->source_id);
    g_free(p->site_id);
    rdl_task_clear(&p->clue);
}

static bool find_clue(rdl_ledger *ledger, piece *p, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT task_id FROM task WHERE kind = 'verify' AND site_id = ? "
                          "ORDER BY state = 'DISMISSED', task_id LIMIT 1",
                          error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, p->site_id);
    return rdl_statement_step(s, &row, error) &&
           (!row || rdl_task_read(ledger, rdl_statement_get_text(s, 0), &p->clue, error));
}

/* The source a clue was opened for, wherever its site went. */
static bool source_of_clue(rdl_ledger *ledger, const char *task_id, piece *p, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT s.source, s.source_id FROM event e JOIN site s ON s.site_id = "
        "json_extract(e.payload, '$.site_id') WHERE e.subject = ? AND e.kind = 'task.opened'",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    p->source = g_strdup(row ? rdl_statement_get_text(s, 0) : p->clue.source);
    p->source_id = g_strdup(row ? rdl_statement_get_text(s, 1) : p->clue.source_id);
    return true;
}

/* The piece of a source; of a clue when `source` is NULL. */
static bool find_piece(rdl_ledger *ledger, const char *source, const char *id, piece *p,
                       GError **error)
{
    *p = (piece){0};
    if (!source) {
        if (!rdl_task_read(ledger, id, &p->clue, error))
            return false;
        if (!source_of_clue(ledger, id, p, error))
            return false;
    } else {
        p->source = g_strdup(source);
        p->source_id = g_strdup(id);
    }
    if (!rdl_site_of_source(ledger, p->source, p->source_id, &p->site_id, error))
        return false;
    return source && p->site_id ? find_clue(ledger, p, error) : true;
}

static bool on_record(rdl_ledger *ledger, const piece *p, const rdl_decision *d, bool *yes,
                      GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT 1 FROM review WHERE source = ? AND source_id = ? AND decision = ? AND "
        "becomes IS ? AND reason IS ? AND note IS ?",
        error);
    const char *const values[] = {p->source,  p->source_id, d->decision,
                                  d->becomes, d->reason,    d->note};

    for (int i = 0; s && i < (int)G_N_ELEMENTS(values); i++)
        rdl_statement_text(s, i + 1, values[i]);
    return s && rdl_statement_step(s, yes, error);
}

/* ---- what a rejection is about ---- */

typedef struct {
    rdl_geometry *ground; /* ledger's CRS; NULL: not known */
    char *t_before, *t_after;
    bool whole; /* else what lies in zones */
} extent;

static void extent_clear(extent *x)
{
    rdl_geometry_free(x->ground);
    g_free(x->t_before);
    g_free(x->t_after);
}

static bool to_ledger(rdl_ledger *ledger, const rdl_crs *crs, rdl_geometry **g, GError **error)
{
    g_autoptr(rdl_crs) target = rdl_crs_parse(ledger->crs, error);
    g_autoptr(rdl_transform) move = target ? rdl_transform_new(crs, target, error) : NULL;
    g_autoptr(rdl_geometry) on =
        move ? rdl_reproject(*g, move, rdl_reproject_tolerance(target), error) : NULL;
    rdl_geometry *moved = on ? rdl_fold(g_steal_pointer(&on), target, error) : NULL;

    if (moved) {
        rdl_geometry_free(*g);
        *g = moved;
    }
    return moved != NULL;
}

static bool extent_given(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                         extent *x, GError **error)
{
    x->whole = true;
    x->t_before = g_strdup(d->t_before);
    x->t_after = g_strdup(d->t_after);
    x->ground = rdl_geometry_from_wkb(g_bytes_get_data(d->ground, NULL),
                                      g_bytes_get_size(d->ground), error);
    return x->ground && (!all->crs || to_ledger(ledger, all->crs, &x->ground, error));
}

/* What the ledger knows of a source: its ground in zones, and between which days it was built. */
static bool extent_known(rdl_ledger *ledger, const char *source, const char *source_id, extent *x,
                         GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT coalesce(o.ground, AsBinary(s.geom)), json_extract(f.content, '$.built_after'),"
        " json_extract(f.content, '$.built_before') FROM origin o JOIN site s USING(site_id) LEFT"
        " JOIN finding f ON f.source = o.source AND f.source_id = o.source_id WHERE o.source = ? "
        "AND"
        " o.source_id = ? ORDER BY f.is_primary DESC, f.finding_id LIMIT 1",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, source);
    rdl_statement_text(s, 2, source_id);
    if (!rdl_statement_step(s, &row, error) || !row)
        return s && !row;
    g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 0);
    x->t_before = g_strdup(rdl_statement_get_text(s, 1));
    x->t_after = g_strdup(rdl_statement_get_text(s, 2));
    return !wkb || (x->ground = rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL),
                                                      g_bytes_get_size(wkb), error));
}

/* data/review/reasons.csv: "pictures", "ground"; NULL: the source alone. */
static bool holds_of(const char *reason, char **holds, GError **error)
{
    g_autofree char *path = rdl_data_path("review/reasons.csv", error);
    g_autoptr(rdl_csv) codes = path ? rdl_csv_read(path, error) : NULL;
    gssize row = codes && reason ? rdl_csv_find(codes, "code", reason) : -1;
    const char *word = row < 0 ? "source" : rdl_csv_at(codes, (size_t)row, "holds");

    *holds = strcmp(word, "source") == 0 || !*word ? NULL : g_strdup(word);
    return codes != NULL;
}

/* Where, when and how far: what later loads are held against. */
static bool add_extent(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                       const piece *p, JsonObject *o, GError **error)
{
    g_autofree char *holds = NULL;
    extent x = {0};
    bool good = holds_of(d->reason, &holds, error) &&
                (d->ground ? extent_given(ledger, all, d, &x, error)
                           : extent_known(ledger, p->source, p->source_id, &x, error));
    g_autoptr(rdl_crs) crs = good && x.ground ? rdl_crs_parse(ledger->crs, error) : NULL;
    g_autoptr(rdl_measure) measure = crs ? rdl_measure_new(crs, error) : NULL;
    g_autofree char *text = measure ? rdl_ground_text(x.ground, error) : NULL;
    double m2 = NAN;

    good = good && (!x.ground || (text && rdl_measure_area(measure, x.ground, &m2, error)));
    rdl_json_set_text(o, "holds", holds);
    rdl_json_set_text(o, "t_before", x.t_before);
    rdl_json_set_text(o, "t_after", x.t_after);
    rdl_json_set_text(o, "geometry", text);
    rdl_json_set_real(o, "area_m2", m2);
    json_object_set_int_member(o, "whole", x.whole);
    extent_clear(&x);
    return good;
}

static bool record(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                   const piece *p, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_event event = {.at = all->on,
                       .by = all->by,
                       .role = ROLE,
                       .kind = "review.decided",
                       .subject = d->id,
                       .reason = d->reason};

    rdl_json_set_text(o, "source", p->source);
    rdl_json_set_text(o, "source_id", p->source_id);
    rdl_json_set_text(o, "decision", d->decision);
    rdl_json_set_text(o, "becomes", d->becomes);
    rdl_json_set_text(o, "note", d->note);
    if (p->clue.task_id)
        rdl_json_set_text(o, "was", p->clue.activity);
    return (strcmp(d->decision, "reject") != 0 || add_extent(ledger, all, d, p, o, error)) &&
           rdl_event_append(ledger, &event, o, error);
}

/* The decision on record for a source; NULL without error where there is none. Yours. */
static bool decided(rdl_ledger *ledger, const piece *p, char **decision, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "SELECT decision FROM review WHERE source = ? AND source_id = ?", error);
    bool row;

    *decision = NULL;
    if (!s)
        return false;
    rdl_statement_text(s, 1, p->source);
    rdl_statement_text(s, 2, p->source_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *decision = row ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    return true;
}

/* ---- what follows ---- */

static bool dismiss(rdl_ledger *ledger, const rdl_decisions *all, const piece *p,
                    const char *reason, GError **error)
{
    const rdl_move move = {.task_id = p->clue.task_id,
                           .to = "DISMISSED",
                           .on = all->on,
                           .by = all->by,
                           .role = ROLE,
                           .reason = reason};

    return rdl_task_move_within(ledger, &move, error);
}

/* Only a clue that nobody was asked about yet is a matter of pictures. */
static bool still_a_clue(const piece *p, const rdl_decision *d, GError **error)
{
    return strcmp(p->clue.state, "SCREENED") == 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: is %s already: it is no longer to be settled from a picture (%s)", d->id,
                    p->clue.state, d->decision);
}

/* Another source of the site that nobody rejected by name: does what is on record hold it back? */
static bool held_back(rdl_ledger *ledger, const rdl_holds *holds, const char *source,
                      const char *source_id, bool *yes, GError **error)
{
    g_autoptr(JsonArray) said = NULL;
    g_autofree char *own = NULL;
    extent x = {0};
    bool good = extent_known(ledger, source, source_id, &x, error);
    const rdl_held_source of = {source, source_id, x.t_before, x.t_after, x.ground, NAN};

    good = good && rdl_holds_ask(holds, &of, &said, &own, error);
    *yes = good && rdl_hold_of(said);
    extent_clear(&x);
    return good;
}

/* Sources of a site that are neither rejected by name nor clean throughout. */
static const char standing[] =
    "SELECT source, source_id FROM origin o WHERE site_id = ?1 AND NOT EXISTS (SELECT 1 FROM review"
    " r WHERE r.source = o.source AND r.source_id = o.source_id AND r.decision = 'reject') AND"
    " coalesce((SELECT max(f.result IS NOT 'CLEAN') FROM finding f WHERE f.source = o.source AND"
    " f.source_id = o.source_id), 1) ORDER BY 1, 2";

bool rdl_site_standing(rdl_ledger *ledger, const char *site_id, char **which, GError **error)
{
    g_autoptr(rdl_holds) holds = NULL; /* seldom needed */
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, standing, error);
    bool row = true, held = true;

    *which = NULL;
    if (!s)
        return false;
    rdl_statement_text(s, 1, site_id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return true;
        const char *source = rdl_statement_get_text(s, 0), *id = rdl_statement_get_text(s, 1);
        if ((!holds && !(holds = rdl_holds_read(ledger, error))) ||
            !held_back(ledger, holds, source, id, &held, error))
            return false;
        if (!held) {
            *which = g_strdup_printf("%s %s", source, id);
            return true;
        }
    }
    return false;
}

/* A clue speaks of all its site's sources: it is not dismissed for one of several, unless the
 * others are clean, or the same change under other numbers. */
static bool alone(rdl_ledger *ledger, const rdl_decision *d, const piece *p, GError **error)
{
    g_autofree char *other = NULL;

    return rdl_site_standing(ledger, p->site_id, &other, error) &&
           (!other || rdl_fail(error, RDL_ERROR_USAGE,
                               "%s: shares its site with %s, which nobody rejected: split it off "
                               "first (redline ledger split)",
                               d->id, other));
}

static bool reject(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                   const piece *p, GError **error)
{
    g_autofree char *reason =
        d->note ? g_strdup_printf("%s: %s", d->reason, d->note) : g_strdup(d->reason);

    if (!p->clue.task_id || strcmp(p->clue.state, "DISMISSED") == 0)
        return true;
    return still_a_clue(p, d, error) && alone(ledger, d, p, error) &&
           dismiss(ledger, all, p, reason, error);
}

static bool merge(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                  const piece *p, GError **error)
{
    const rdl_who who = {all->on, all->by, ROLE, d->reason ? d->reason : "DOUBLE"};
    piece other;
    g_autofree char *known = NULL;
    bool good = find_piece(ledger, all->source, d->becomes, &other, error) &&
                decided(ledger, &other, &known, error);

    if (good && g_strcmp0(known, "reject") == 0)
        good = rdl_fail(error, RDL_ERROR_USAGE, "%s: %s was rejected: nothing becomes a part of it",
                        d->id, d->becomes);
    if (good && p->site_id && other.site_id && strcmp(p->site_id, other.site_id) != 0) {
        const char *const gone[] = {p->site_id, NULL};
        good = (!p->clue.task_id || strcmp(p->clue.state, "DISMISSED") == 0 ||
                still_a_clue(p, d, error)) &&
               rdl_sites_merge_within(ledger, other.site_id, gone, &who, error);
    }
    piece_clear(&other);
    return good;
}

/* What followed from another decision is not undone by accepting. */
static bool nothing_to_undo(rdl_ledger *ledger, const rdl_decision *d, const piece *p,
                            GError **error)
{
    g_autofree char *known = NULL;

    if (!p->clue.task_id || strcmp(d->decision, "accept") != 0)
        return true;
    if (!decided(ledger, p, &known, error))
        return false;
    return !known || strcmp(known, "accept") == 0 ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: is on record as '%s', which accepting does not undo: retype it back, "
                    "split it off, or load a later finding",
                    d->id, known);
}

static bool decide(rdl_ledger *ledger, const rdl_decisions *all, const rdl_decision *d,
                   const piece *p, rdl_tally *tally, GError **error)
{
    bool known;

    if (!on_record(ledger, p, d, &known, error))
        return false;
    if (known) {
        rdl_tally_suppressed(tally, "ledger.decisions", "ALREADY_THERE", 1);
        return true;
    }
    rdl_tally_used(tally, "ledger.decisions", 1);
    if ((p->clue.task_id && !rdl_move_in_order(ledger, &p->clue, all->on, error)) ||
        !nothing_to_undo(ledger, d, p, error) || !record(ledger, all, d, p, error))
        return false;
    if (strcmp(d->decision, "reject") == 0)
        return reject(ledger, all, d, p, error);
    return strcmp(d->decision, "merge") != 0 || merge(ledger, all, d, p, error);
}

static bool decide_all(rdl_ledger *ledger, const rdl_decisions *all, rdl_tally *tally,
                       GError **error)
{
    bool good = true;

    for (size_t i = 0; good && i < all->n; i++) {
        piece p;
        rdl_tally_in(tally, "ledger.decisions", 1);
        good = find_piece(ledger, all->source, all->list[i].id, &p, error) &&
               decide(ledger, all, &all->list[i], &p, tally, error);
        piece_clear(&p);
    }
    return good && rdl_tally_check(tally, error);
}

bool rdl_ledger_review(rdl_ledger *ledger, const rdl_decisions *decisions, rdl_tally *tally,
                       GError **error)
{
    return rdl_store_begin(ledger->store, error) &&
           rdl_ledger_end(ledger, decide_all(ledger, decisions, tally, error), error);
}

/* ---- the list ---- */

static const char rejections_sql[] =
    "SELECT json_object('rejected', coalesce(json_group_array(json(one)), json('[]'))) FROM (SELECT"
    " json_object('source', r.source, 'source_id', r.source_id, 'reason', r.reason, 'note', r.note,"
    " 'by', r.by, 'on', r.at, 'holds', coalesce(r.holds, 'source'), 't_before', r.t_before,"
    " 't_after', r.t_after, 'area_m2', r.area_m2, 'held', json((SELECT "
    "json_group_array(json_object("
    "'source_id', source_id, 'on', at, 'share', share, 'size', size)) FROM (SELECT * FROM held h"
    " WHERE h.source = r.source AND h.by_source_id = r.source_id ORDER BY h.source_id)))) AS one"
    " FROM review r WHERE decision IN ('reject', 'outgrown') ORDER BY r.source, r.source_id)";

JsonNode *rdl_ledger_rejections(rdl_ledger *ledger, GError **error)
{
    g_autofree char *text = rdl_store_value(ledger->store, rejections_sql, error);

    return text ? rdl_json_parse(text, rdl_ledger_path(ledger), error) : NULL;
}
