#include "deliver/review.h"

#include <math.h>
#include <string.h>
#include "deliver/review_piece.h"
#include "deliver/review_return.h"
#include "screen/screen.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

/* ---- on record ---- */

static GHashTable *ids_of(const GPtrArray *pieces)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < pieces->len; i++)
        g_hash_table_insert(ids, ((rdl_piece *)pieces->pdata[i])->id, pieces->pdata[i]);
    return ids;
}

/* The rows that decide something, as the ledger takes them: a merge names where its chain ends, a
 * rejection its ground and days where they are known (`known`: rdl_piece by id; NULL). */
static GArray *decisions_of(const rdl_returned *r, GHashTable *known)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(rdl_decision));

    for (guint i = 0; i < rdl_returned_count(r); i++) {
        const rdl_answer *a = rdl_returned_at(r, i);
        const rdl_piece *p = known ? g_hash_table_lookup(known, a->d.id) : NULL;
        rdl_decision d = a->d;
        if (!d.decision)
            continue;
        if (rdl_answer_is(a, "merge"))
            d.becomes = rdl_returned_end(r, a);
        else if (!rdl_answer_is(a, "retype"))
            d.becomes = NULL;
        if (p && rdl_answer_is(a, "reject")) {
            d.ground = p->wkb;
            d.t_before = p->t_before;
            d.t_after = p->t_after;
        }
        g_array_append_val(list, d);
    }
    return list;
}

static bool put_on_record(const rdl_review_import *o, rdl_ledger *ledger, const rdl_returned *r,
                          const GPtrArray *patches, const rdl_crs *crs, rdl_tally *tally,
                          GError **error)
{
    g_autoptr(GHashTable) known = patches ? ids_of(patches) : NULL;
    g_autoptr(GArray) list = decisions_of(r, known);
    const rdl_decisions all = {.source = patches ? "patch" : NULL,
                               .list = (const rdl_decision *)(void *)list->data,
                               .n = list->len,
                               .by = o->by,
                               .on = o->on,
                               .crs = crs};

    return rdl_ledger_review(ledger, &all, tally, error);
}

/* ---- patches ---- */

static const rdl_field patch_fields[] = {
    {"patch_id", T},  {"t_before", T},  {"t_after", T}, {"kind", T},       {"score_mean", R},
    {"prob", R},      {"area_m2", R},   {"gate", T},    {"review", T},     {"review_reason", T},
    {"review_by", T}, {"review_on", T}, {"merged", T},  {"review_note", T}};

typedef struct {
    const rdl_review_import *options;
    const rdl_returned *review;
    GPtrArray *pieces;
    rdl_measure *measure;
    rdl_vector *out;
    int layer;
    rdl_tally *tally;
} rewriting;

/* What is merged into `p`, joined with it: ground, dates and score by area. */
static bool take_in(rewriting *w, rdl_piece *p, const rdl_piece *other, GError **error)
{
    g_autoptr(rdl_geometry) a =
        rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);
    g_autoptr(rdl_geometry) b = a ? rdl_geometry_from_wkb(g_bytes_get_data(other->wkb, NULL),
                                                          g_bytes_get_size(other->wkb), error)
                                  : NULL;
    g_autoptr(rdl_geometry) both = b ? rdl_geometry_union(a, b, error) : NULL;
    GBytes *wkb = both ? rdl_geometry_wkb(both, error) : NULL;

    if (!wkb)
        return false;
    p->score =
        (p->score * p->area_m2 + other->score * other->area_m2) / (p->area_m2 + other->area_m2);
    g_bytes_unref(p->wkb);
    p->wkb = wkb;
    if (g_strcmp0(other->t_before, p->t_before) < 0) { /* NULL, unknown, is before all */
        g_free(p->t_before);
        p->t_before = g_strdup(other->t_before);
    }
    if (p->t_after && (!other->t_after || strcmp(other->t_after, p->t_after) > 0)) {
        g_free(p->t_after);
        p->t_after = g_strdup(other->t_after);
    }
    return rdl_measure_area(w->measure, both, &p->area_m2, error);
}

static bool gather(rewriting *w, rdl_piece *p, GString *merged, GError **error)
{
    for (guint i = 0; i < w->pieces->len; i++) {
        const rdl_piece *other = w->pieces->pdata[i];
        const rdl_answer *a = rdl_returned_of(w->review, other->id);
        if (!rdl_answer_is(a, "merge") || g_strcmp0(rdl_returned_end(w->review, a), p->id) != 0)
            continue;
        if (!take_in(w, p, other, error))
            return false;
        g_string_append_printf(merged, "%s%s", merged->len ? ";" : "", other->id);
    }
    return true;
}

static bool write_patch(rewriting *w, const rdl_piece *p, const rdl_answer *a, const char *merged,
                        GError **error)
{
    bool decided = a && a->d.decision;
    const rdl_value row[] = {rdl_text(p->id),
                             rdl_text(p->t_before),
                             rdl_text(p->t_after),
                             rdl_text(rdl_answer_is(a, "retype") ? a->d.becomes : p->kind),
                             rdl_real(p->score),
                             rdl_real(p->prob),
                             rdl_real(p->area_m2),
                             rdl_text(p->gate),
                             rdl_text(decided ? a->d.decision : "NOT_REVIEWED"),
                             rdl_text(decided ? a->d.reason : NULL),
                             rdl_text(decided ? w->options->by : NULL),
                             rdl_text(decided ? w->options->on : NULL),
                             rdl_text(*merged ? merged : NULL),
                             rdl_text(decided ? a->d.note : NULL)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(patch_fields));

    return rdl_vector_write(w->out, w->layer, row, p->wkb, error);
}

static void count_out(rdl_tally *tally, const rdl_answer *a)
{
    if (rdl_answer_is(a, "merge")) {
        rdl_tally_suppressed(tally, "review.pieces", "MERGED", 1);
        return;
    }
    g_autofree char *code = g_strconcat("REJECTED_", a->d.reason, NULL);
    rdl_tally_suppressed(tally, "review.pieces", code, 1);
}

static bool rewrite(rewriting *w, GError **error)
{
    rdl_tally_in(w->tally, "review.pieces", w->pieces->len);
    for (guint i = 0; i < w->pieces->len; i++) {
        rdl_piece *p = w->pieces->pdata[i];
        const rdl_answer *a = rdl_returned_of(w->review, p->id);
        g_autoptr(GString) merged = g_string_new(NULL);
        if (rdl_answer_is(a, "reject") || rdl_answer_is(a, "merge")) {
            count_out(w->tally, a);
            continue;
        }
        if (!gather(w, p, merged, error) || !write_patch(w, p, a, merged->str, error))
            return false;
        rdl_tally_used(w->tally, "review.pieces", 1);
    }
    return true;
}

static bool write_patches(rewriting *w, const rdl_crs *crs, const char *path, GError **error)
{
    static const rdl_styled styled[] = {{.layer = "patch", .style = "patch"}};

    w->out = rdl_vector_create(path, "GPKG", error);
    w->layer = w->out ? rdl_vector_layer(w->out, "patch", crs, "MultiPolygon", patch_fields,
                                         G_N_ELEMENTS(patch_fields), error)
                      : -1;
    if (w->layer >= 0 && rewrite(w, error) && rdl_vector_styles(w->out, styled, 1, error))
        return rdl_vector_finish(w->out, error);
    rdl_vector_abandon(w->out);
    return false;
}

/* The rows checked and counted: nothing is written before. */
static bool settle(const rdl_csv *activities, GPtrArray *pieces, rdl_returned *r, rdl_tally *tally,
                   GError **error)
{
    g_autoptr(GHashTable) known = ids_of(pieces);

    if (!rdl_returned_check(r, known, activities, error))
        return false;
    rdl_returned_count_in(r, known, tally);
    return true;
}

bool rdl_review_patches(const char *patches, const char *review, const rdl_review_import *o,
                        rdl_tally *tally, GError **error)
{
    const char *const inputs[] = {patches, review,
                                  o->ledger ? rdl_ledger_path(o->ledger) : patches};
    g_autoptr(rdl_crs) crs = NULL;
    g_autoptr(rdl_output) out = NULL;
    g_autoptr(rdl_returned) r = NULL;
    g_autoptr(rdl_manifest) manifest = rdl_manifest_new("review import");
    g_autoptr(rdl_pack) pack = rdl_pack_open(o->pack ? o->pack : "cn", NULL, error);
    const rdl_csv *activities = pack ? rdl_pack_table(pack, "activities.csv") : NULL;
    g_autoptr(GPtrArray) pieces = pack ? rdl_pieces_of_patches(patches, &crs, error) : NULL;
    rewriting w = {.options = o, .pieces = pieces, .tally = tally};

    w.measure = pieces ? rdl_measure_new(crs, error) : NULL;
    bool good = w.measure && rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error) &&
                rdl_manifest_input(manifest, "patches", patches, error) &&
                rdl_manifest_input(manifest, "review", review, error) &&
                (w.review = r = rdl_returned_read(review, error)) &&
                (out = rdl_output_begin(o->output, o->overwrite, error)) &&
                settle(activities, pieces, r, tally, error) &&
                write_patches(&w, crs, rdl_output_temporary(out), error) &&
                (!o->ledger || put_on_record(o, o->ledger, r, pieces, crs, tally, error)) &&
                rdl_tally_check(tally, error) && rdl_output_commit(out, error) &&
                rdl_manifest_write(manifest, o->output, error);
    rdl_measure_free(w.measure);
    return good;
}

/* ---- clues ---- */

/* A clue that has gone on is no longer for an analyst to settle. */
static void check_states(rdl_returned *r, GHashTable *states)
{
    for (guint i = 0; i < rdl_returned_count(r); i++) {
        const rdl_answer *a = rdl_returned_at(r, i);
        const char *state = g_hash_table_lookup(states, a->d.id);
        bool ends = rdl_answer_is(a, "reject") || rdl_answer_is(a, "merge");
        if (state && ends && strcmp(state, "SCREENED") != 0 && strcmp(state, "DISMISSED") != 0)
            rdl_returned_fault(r, a->row, "%s is %s already: it cannot be %sed from a picture",
                               a->d.id, state, rdl_answer_is(a, "merge") ? "merg" : "reject");
    }
}

static void count_outcomes(const rdl_returned *r, rdl_tally *tally)
{
    for (guint i = 0; i < rdl_returned_count(r); i++) {
        const rdl_answer *a = rdl_returned_at(r, i);
        rdl_tally_in(tally, "review.pieces", 1);
        if (rdl_answer_is(a, "reject") || rdl_answer_is(a, "merge"))
            count_out(tally, a);
        else
            rdl_tally_used(tally, "review.pieces", 1);
    }
}

bool rdl_review_ledger(rdl_ledger *ledger, const char *review, const rdl_review_import *o,
                       rdl_tally *tally, GError **error)
{
    const rdl_task_filter clues = {.kind = "verify"};
    g_autoptr(GError) failed = NULL;
    const rdl_csv *activities = rdl_ledger_table(ledger, "activities.csv", &failed);
    g_autoptr(GArray) tasks = failed ? NULL : rdl_task_list(ledger, &clues, &failed);
    g_autoptr(rdl_returned) r = tasks ? rdl_returned_read(review, &failed) : NULL;
    g_autoptr(GHashTable) states = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) waiting = g_hash_table_new(g_str_hash, g_str_equal);

    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), false;
    for (guint i = 0; i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        g_hash_table_insert(states, t->task_id, t->state);
        if (strcmp(t->state, "SCREENED") == 0)
            g_hash_table_add(waiting, t->task_id);
    }
    check_states(r, states);
    if (!rdl_returned_check(r, states, activities, error))
        return false;
    rdl_returned_count_in(r, waiting, tally);
    count_outcomes(r, tally);
    return put_on_record(o, ledger, r, NULL, NULL, tally, error);
}
