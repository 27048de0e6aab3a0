#include "rectify/review.h"

#include <string.h>
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
    return rdl_event_append(ledger, &event, o, error);
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

/* A clue speaks of all its site's sources: it is not dismissed for one of several. */
static bool alone(rdl_ledger *ledger, const rdl_decision *d, const piece *p, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT source || ' ' || source_id FROM origin o WHERE site_id = ?1 AND NOT (source = ?2 "
        "AND source_id = ?3) AND NOT EXISTS (SELECT 1 FROM review r WHERE r.source = o.source AND "
        "r.source_id = o.source_id AND r.decision = 'reject') ORDER BY 1 LIMIT 1",
        error);
    const char *const values[] = {p->site_id, p->source, p->source_id};
    bool other;

    for (int i = 0; s && i < (int)G_N_ELEMENTS(values); i++)
        rdl_statement_text(s, i + 1, values[i]);
    if (!s || !rdl_statement_step(s, &other, error))
        return false;
    return !other || rdl_fail(error, RDL_ERROR_USAGE,
                              "%s: shares its site with %s, which nobody rejected: split it off "
                              "first (redline ledger split)",
                              d->id, rdl_statement_get_text(s, 0));
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
