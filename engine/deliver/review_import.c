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

static const rdl_field patch_fields[] = {{"patch_id", T}, {"t_before", T},   {"t_after", T},
                                         {"kind", T},     {"score_mean", R}, {"prob", R},
                                         {"area_m2", R},  {"gate", T}};
static const rdl_field review_fields[] = {{"review", T},    {"review_reason", T},
                                          {"review_by", T}, {"review_on", T},
                                          {"merged", T},    {"review_note", T}};
#define OWN G_N_ELEMENTS(patch_fields)
#define SAID G_N_ELEMENTS(review_fields)

typedef struct {
    const rdl_review_import *options;
    const rdl_returned *review;
    GPtrArray *pieces;
    GHashTable *parts; /* id -> GPtrArray of the rdl_piece that are merged into it */
    GArray *columns;   /* what else the patches have, of rdl_field */
    rdl_measure *measure;
    rdl_vector *out;
    int layer;
    rdl_tally *tally;
} rewriting;

/* ---- merging ---- */

static void geometry_free(gpointer p)
{
    rdl_geometry_free(p);
}

/* All of `list` in one, by pairs of pairs: what was united is not gone through for every part. */
static bool unite_all(GPtrArray *list, GError **error)
{
    while (list->len > 1) {
        g_autoptr(GPtrArray) half = g_ptr_array_new_with_free_func(geometry_free);
        for (guint i = 0; i < list->len; i += 2) {
            const rdl_geometry *a = list->pdata[i];
            const rdl_geometry *b = list->pdata[MIN(i + 1, list->len - 1)];
            rdl_geometry *both = rdl_geometry_union(a, b, error);
            if (!both)
                return false;
            g_ptr_array_add(half, both);
        }
        g_ptr_array_set_size(list, 0);
        for (guint i = 0; i < half->len; i++)
            g_ptr_array_add(list, g_steal_pointer(&half->pdata[i]));
    }
    return true;
}

static bool add_shape(GPtrArray *shapes, const rdl_piece *p, GError **error)
{
    rdl_geometry *g =
        rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);

    if (g)
        g_ptr_array_add(shapes, g);
    return g != NULL;
}

/* Days from the first to the last; score by area. */
static void take_in(rdl_piece *p, const rdl_piece *other)
{
    p->score =
        (p->score * p->area_m2 + other->score * other->area_m2) / (p->area_m2 + other->area_m2);
    if (g_strcmp0(other->t_before, p->t_before) < 0) { /* NULL, unknown, is before all */
        g_free(p->t_before);
        p->t_before = g_strdup(other->t_before);
    }
    if (p->t_after && (!other->t_after || strcmp(other->t_after, p->t_after) > 0)) {
        g_free(p->t_after);
        p->t_after = g_strdup(other->t_after);
    }
}

/* What the patches measure besides, of two that are one: the perimeter is measured anew, the
 * largest is the largest, means and shares go by area. What is not known here stays the keeper's.
 */
static void join_column(rdl_piece *p, const rdl_piece *other, guint i, const char *name)
{
    static const char *const largest[] = {"score_max", "width_px", NULL};
    static const char *const sums[] = {"filled_m2", NULL};
    static const char *const means[] = {"clear_share", "water_share",  "crop_share",  "ndvi_before",
                                        "ndvi_after",  "water_before", "water_after", "ndbi_before",
                                        "ndbi_after",  "bsi_before",   "bsi_after",   NULL};
    rdl_value *v = &p->more[i];
    const rdl_value *o = &other->more[i];

    if (!o->set)
        return;
    if (g_strv_contains(largest, name))
        *v = rdl_real(v->set ? MAX(v->real, o->real) : o->real);
    else if (g_strv_contains(sums, name))
        *v = rdl_real((v->set ? v->real : 0.0) + o->real);
    else if (g_strv_contains(means, name))
        *v = rdl_real(v->set ? (v->real * p->area_m2 + o->real * other->area_m2) /
                                   (p->area_m2 + other->area_m2)
                             : o->real);
}

static bool measure_again(rewriting *w, rdl_piece *p, const rdl_geometry *g, GError **error)
{
    for (guint i = 0; i < w->columns->len; i++) {
        double m;
        if (strcmp(g_array_index(w->columns, rdl_field, i).name, "perimeter_m") != 0)
            continue;
        if (!rdl_measure_length(w->measure, g, &m, error))
            return false;
        p->more[i] = rdl_real(m);
    }
    return rdl_measure_area(w->measure, g, &p->area_m2, error);
}

/* What is merged into `p`, joined with it. */
static bool gather(rewriting *w, rdl_piece *p, GString *merged, GError **error)
{
    const GPtrArray *parts = g_hash_table_lookup(w->parts, p->id);
    g_autoptr(GPtrArray) shapes = g_ptr_array_new_with_free_func(geometry_free);

    if (!parts)
        return true;
    if (!add_shape(shapes, p, error))
        return false;
    for (guint i = 0; i < parts->len; i++) {
        const rdl_piece *other = parts->pdata[i];
        if (!add_shape(shapes, other, error))
            return false;
        for (guint k = 0; k < w->columns->len; k++)
            join_column(p, other, k, g_array_index(w->columns, rdl_field, k).name);
        take_in(p, other);
        p->area_m2 += other->area_m2; /* the weight of what is joined so far */
        g_string_append_printf(merged, "%s%s", merged->len ? ";" : "", other->id);
    }
    if (!unite_all(shapes, error))
        return false;
    g_bytes_unref(p->wkb);
    p->wkb = rdl_geometry_wkb(shapes->pdata[0], error);
    return p->wkb && measure_again(w, p, shapes->pdata[0], error);
}

static void parts_free(gpointer p)
{
    g_ptr_array_unref(p);
}

/* Which pieces end in which, in the order of the file. */
static GHashTable *find_parts(const GPtrArray *pieces, const rdl_returned *review)
{
    GHashTable *parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, parts_free);

    for (guint i = 0; i < pieces->len; i++) {
        rdl_piece *p = pieces->pdata[i];
        const rdl_answer *a = rdl_returned_of(review, p->id);
        const char *end = rdl_answer_is(a, "merge") ? rdl_returned_end(review, a) : NULL;
        GPtrArray *list = end ? g_hash_table_lookup(parts, end) : NULL;
        if (end && !list)
            g_hash_table_insert(parts, (gpointer)end, list = g_ptr_array_new());
        if (end)
            g_ptr_array_add(list, p);
    }
    return parts;
}

/* ---- writing ---- */

static bool is_said(const char *name)
{
    bool said = false;

    for (size_t i = 0; i < SAID; i++)
        said = said || strcmp(review_fields[i].name, name) == 0;
    return said;
}

/* What an earlier review said; NULL where the patches bring nothing of it. */
static const char *said_before(const rewriting *w, const rdl_piece *p, const char *name)
{
    for (guint i = 0; i < w->columns->len; i++)
        if (strcmp(g_array_index(w->columns, rdl_field, i).name, name) == 0)
            return p->more[i].text;
    return NULL;
}

static void add_said(const rewriting *w, const rdl_piece *p, const rdl_answer *a,
                     const char *merged, GArray *row)
{
    const rdl_value now[SAID] = {
        rdl_text(a ? a->d.decision : NULL), rdl_text(a ? a->d.reason : NULL),
        rdl_text(w->options->by),           rdl_text(w->options->on),
        rdl_text(*merged ? merged : NULL),  rdl_text(a ? a->d.note : NULL)};

    for (size_t i = 0; i < SAID; i++) {
        bool parts = strcmp(review_fields[i].name, "merged") == 0;
        bool fresh = parts ? *merged != '\0' : now[0].set;
        rdl_value v = fresh ? now[i] : rdl_text(said_before(w, p, review_fields[i].name));
        g_array_append_val(row, v);
    }
    rdl_value *decision = &g_array_index(row, rdl_value, row->len - SAID);
    if (!decision->set)
        *decision = rdl_text("NOT_REVIEWED");
}

/* Own columns, whatever else the file has, and what the review said. */
static bool write_patch(rewriting *w, const rdl_piece *p, const rdl_answer *a, const char *merged,
                        GError **error)
{
    bool retyped = rdl_answer_is(a, "retype");
    const rdl_value own[OWN] = {rdl_text(p->id),      rdl_text(p->t_before),
                                rdl_text(p->t_after), rdl_text(retyped ? a->d.becomes : p->kind),
                                rdl_real(p->score),   rdl_real(p->prob),
                                rdl_real(p->area_m2), rdl_text(p->gate)};
    g_autoptr(GArray) row = g_array_new(FALSE, FALSE, sizeof(rdl_value));

    g_array_append_vals(row, own, OWN);
    for (guint i = 0; i < w->columns->len; i++) {
        const char *name = g_array_index(w->columns, rdl_field, i).name;
        rdl_value v = p->more[i];
        if (retyped && strcmp(name, "kind_reason") == 0)
            v = rdl_text("REVIEW"); /* no longer the machine's */
        if (!is_said(name))
            g_array_append_val(row, v);
    }
    add_said(w, p, a, merged, row);
    return rdl_vector_write(w->out, w->layer, (const rdl_value *)(void *)row->data, p->wkb, error);
}

static GArray *fields_of(const rewriting *w)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(rdl_field));

    g_array_append_vals(fields, patch_fields, OWN);
    for (guint i = 0; i < w->columns->len; i++) {
        const rdl_field *f = &g_array_index(w->columns, rdl_field, i);
        if (!is_said(f->name))
            g_array_append_val(fields, *f);
    }
    g_array_append_vals(fields, review_fields, SAID);
    return fields;
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
    g_autoptr(GHashTable) parts = find_parts(w->pieces, w->review);

    w->parts = parts;
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

    g_autoptr(GArray) fields = fields_of(w);

    w->out = rdl_vector_create(path, "GPKG", error);
    w->layer =
        w->out ? rdl_vector_layer(w->out, "patch", crs, "MultiPolygon",
                                  (const rdl_field *)(void *)fields->data, (int)fields->len, error)
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
    g_autoptr(rdl_output) out = NULL, told = NULL;
    g_autoptr(rdl_returned) r = NULL;
    g_autoptr(rdl_manifest) manifest = rdl_manifest_new("review import");
    g_autoptr(rdl_pack) pack = rdl_pack_open(o->pack ? o->pack : "cn", NULL, error);
    const rdl_csv *activities = pack ? rdl_pack_table(pack, "activities.csv") : NULL;
    GArray *more = NULL;
    g_autoptr(GPtrArray) pieces = pack ? rdl_pieces_of_patches(patches, &crs, &more, error) : NULL;
    g_autoptr(GArray) columns = more;
    rewriting w = {.options = o, .pieces = pieces, .columns = columns, .tally = tally};

    w.measure = pieces ? rdl_measure_new(crs, error) : NULL;
    bool good = w.measure && rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error) &&
                rdl_manifest_input(manifest, "patches", patches, error) &&
                rdl_manifest_input(manifest, "review", review, error) &&
                (w.review = r = rdl_returned_read(review, error)) &&
                (out = rdl_output_begin(o->output, o->overwrite, error)) &&
                settle(activities, pieces, r, tally, error) &&
                write_patches(&w, crs, rdl_output_temporary(out), error) &&
                (told = rdl_manifest_begin(manifest, o->output, error)) &&
                (!o->ledger || put_on_record(o, o->ledger, r, pieces, crs, tally, error)) &&
                rdl_tally_check(tally, error) && rdl_output_commit(out, error) &&
                rdl_output_commit(told, error);
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
