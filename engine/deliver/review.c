#include "deliver/review.h"

#include <math.h>
#include <string.h>
#include "screen/screen.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

/* A patch, or the clue of a site: what is looked at. */
typedef struct {
    char *id, *kind, *t_before, *t_after, *gate;
    double score, prob, area_m2;
    GBytes *wkb;
} piece;

static void piece_free(gpointer data)
{
    piece *p = data;

    g_free(p->id);
    g_free(p->kind);
    g_free(p->t_before);
    g_free(p->t_after);
    g_free(p->gate);
    if (p->wkb)
        g_bytes_unref(p->wkb);
    g_free(p);
}

static char *text_of(const rdl_feature *f, const rdl_layer *layer, const char *field)
{
    return g_strdup(rdl_feature_text(f, rdl_layer_field_index(layer, field)));
}

static double real_of(const rdl_feature *f, const rdl_layer *layer, const char *field)
{
    int i = rdl_layer_field_index(layer, field);

    return i < 0 ? NAN : rdl_feature_real(f, i);
}

/* All patches of a file, in its order. */
static GPtrArray *read_patches(const char *path, rdl_crs **crs, GError **error)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(piece_free);
    g_autofree char *source = g_strconcat(path, ":patch", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    g_autoptr(GError) failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return NULL;
    if (!rdl_layer_crs(layer) || rdl_layer_field_index(layer, "patch_id") < 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: holds no patches of redline", path), NULL;
    *crs = rdl_crs_ref(rdl_layer_crs(layer));
    while ((f = rdl_layer_next(layer, &failed))) {
        piece *p = g_new0(piece, 1);
        *p = (piece){text_of(f, layer, "patch_id"),
                     text_of(f, layer, "kind"),
                     text_of(f, layer, "t_before"),
                     text_of(f, layer, "t_after"),
                     text_of(f, layer, "gate"),
                     real_of(f, layer, "score_mean"),
                     real_of(f, layer, "prob"),
                     real_of(f, layer, "area_m2"),
                     NULL};
        g_ptr_array_add(pieces, p);
        if (!p->id || !rdl_feature_wkb(f))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s, feature %" G_GINT64_FORMAT ": has no patch_id, or no geometry",
                            path, rdl_feature_id(f)),
                   NULL;
        p->wkb = g_bytes_ref(rdl_feature_wkb(f));
    }
    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), NULL;
    return g_steal_pointer(&pieces);
}

static GPtrArray *read_clues(const char *path, rdl_crs **crs, GError **error)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(piece_free);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    const rdl_task_filter waiting = {.state = "SCREENED", .kind = "verify"};
    g_autofree char *name = ledger ? rdl_ledger_crs(ledger, error) : NULL;
    g_autoptr(GArray) tasks = name ? rdl_task_list(ledger, &waiting, error) : NULL;

    if (!tasks || !(*crs = rdl_crs_parse(name, error)))
        return NULL;
    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        piece *p = g_new0(piece, 1);
        *p = (piece){g_strdup(t->task_id),
                     g_strdup(t->activity),
                     NULL,
                     NULL,
                     NULL,
                     NAN,
                     NAN,
                     t->area_m2,
                     t->wkb ? g_bytes_ref(t->wkb) : NULL};
        g_ptr_array_add(pieces, p);
    }
    return g_steal_pointer(&pieces);
}

static bool holds_patches(const char *path)
{
    bool raster;
    g_auto(GStrv) names = rdl_source_layers(path, &raster, NULL);

    return names && g_strv_contains((const char *const *)names, "patch");
}

static rdl_csv *reasons(GError **error)
{
    g_autofree char *path = rdl_data_path("review/reasons.csv", error);

    return path ? rdl_csv_read(path, error) : NULL;
}

/* ---- out ---- */

static const rdl_field review_fields[] = {{"id", T},          {"kind", T},       {"t_before", T},
                                          {"t_after", T},     {"area_m2", R},    {"score", R},
                                          {"chip_before", T}, {"chip_after", T}, {"decision", T},
                                          {"into", T},        {"reason", T},     {"note", T}};

static bool write_piece(rdl_vector *out, int layer, const piece *p, bool pictures, GError **error)
{
    g_autofree char *before = pictures ? g_strdup_printf("chips/%s-before.png", p->id) : NULL;
    g_autofree char *after = pictures ? g_strdup_printf("chips/%s-after.png", p->id) : NULL;
    const rdl_value row[] = {rdl_text(p->id),
                             rdl_text(p->kind),
                             rdl_text(p->t_before),
                             rdl_text(p->t_after),
                             rdl_real(p->area_m2),
                             rdl_real(p->score),
                             rdl_text(before),
                             rdl_text(after),
                             RDL_NULL,
                             RDL_NULL,
                             RDL_NULL,
                             RDL_NULL};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(review_fields));

    return rdl_vector_write(out, layer, row, p->wkb, error);
}

static bool write_reasons(rdl_vector *out, GError **error)
{
    static const rdl_field fields[] = {{"code", T}, {"zh", T}, {"en", T}};
    g_autoptr(rdl_csv) csv = reasons(error);
    int layer = csv ? rdl_vector_layer(out, "reason", NULL, NULL, fields, 3, error) : -1;
    bool good = layer >= 0;

    for (size_t i = 0; good && i < rdl_csv_count(csv); i++) {
        const rdl_value row[] = {rdl_text(rdl_csv_at(csv, i, "code")),
                                 rdl_text(rdl_csv_at(csv, i, "zh")),
                                 rdl_text(rdl_csv_at(csv, i, "en"))};
        good = rdl_vector_write(out, layer, row, NULL, error);
    }
    return good;
}

static bool write_review(const GPtrArray *pieces, const rdl_crs *crs, const char *path,
                         bool pictures, GError **error)
{
    static const rdl_styled styled[] = {{"review", "review"}};
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);
    int layer = out ? rdl_vector_layer(out, "review", crs, "Geometry", review_fields,
                                       G_N_ELEMENTS(review_fields), error)
                    : -1;
    bool good = layer >= 0;

    for (guint i = 0; good && i < pieces->len; i++)
        good = write_piece(out, layer, pieces->pdata[i], pictures, error);
    if (good && write_reasons(out, error) && rdl_vector_styles(out, styled, 1, error))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}

static bool draw(rdl_chips *chips, const GPtrArray *pieces, const rdl_crs *crs, const char *folder,
                 const rdl_progress *progress, GError **error)
{
    for (guint i = 0; i < pieces->len; i++) {
        const piece *p = pieces->pdata[i];
        g_autofree char *before = g_strdup_printf("%s/chips/%s-before.png", folder, p->id);
        g_autofree char *after = g_strdup_printf("%s/chips/%s-after.png", folder, p->id);
        if (!rdl_progress_tell(progress, (double)i / pieces->len, "pictures", error))
            return false;
        if (!p->wkb)
            continue;
        g_autoptr(rdl_geometry) shape =
            rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);
        if (!shape || !rdl_chips_draw(chips, shape, crs, before, after, error))
            return false;
    }
    return rdl_progress_tell(progress, 1.0, "pictures", error);
}

/* An id becomes the name of a file. */
static bool plain_ids(const char *source, const GPtrArray *pieces, GError **error)
{
    for (guint i = 0; i < pieces->len; i++) {
        const char *id = ((const piece *)pieces->pdata[i])->id;
        if (!g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]*$", id, 0, 0))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' cannot be the name of a picture",
                            source, id);
    }
    return true;
}

bool rdl_review_export(const char *source, const char *folder, const rdl_review_scenes *scenes,
                       bool overwrite, rdl_tally *tally, const rdl_progress *progress,
                       GError **error)
{
    g_autofree char *path = g_build_filename(folder, "review.gpkg", NULL);
    g_autofree char *chips_folder = g_build_filename(folder, "chips", NULL);
    g_autoptr(rdl_crs) crs = NULL;
    g_autoptr(rdl_chips) chips = NULL;
    g_autoptr(rdl_output) output = NULL;
    bool pictures = scenes->before != NULL;

    if (!scenes->before != !scenes->after)
        return rdl_fail(error, RDL_ERROR_USAGE, "--before and --after: give both or none");
    g_autoptr(GPtrArray) pieces =
        holds_patches(source) ? read_patches(source, &crs, error) : read_clues(source, &crs, error);
    if (!pieces || !plain_ids(source, pieces, error) || !rdl_output_folder(folder, error) ||
        !(output = rdl_output_begin(path, overwrite, error)))
        return false;
    if (pictures &&
        (!(chips = rdl_chips_open(scenes->before, scenes->after, scenes->bands, error)) ||
         !rdl_output_folder(chips_folder, error) ||
         !draw(chips, pieces, crs, folder, progress, error)))
        return false;
    rdl_tally_in(tally, "review.pieces", pieces->len);
    rdl_tally_used(tally, "review.pieces", pieces->len);
    return write_review(pieces, crs, rdl_output_temporary(output), pictures, error) &&
           rdl_output_commit(output, error);
}

/* ---- back ---- */

typedef struct {
    gint64 row;
    char *id, *decision, *into, *reason, *note;
} decision;

static void decision_free(gpointer data)
{
    decision *d = data;

    g_free(d->id);
    g_free(d->decision);
    g_free(d->into);
    g_free(d->reason);
    g_free(d->note);
    g_free(d);
}

/* id -> decision; a person may have written ACCEPT, or blanks around it. */
static char *word_of(const rdl_feature *f, const rdl_layer *layer, const char *field, bool lower)
{
    const char *text = rdl_feature_text(f, rdl_layer_field_index(layer, field));
    g_autofree char *bare = text ? g_strstrip(g_strdup(text)) : NULL;

    if (!bare || !*bare)
        return NULL;
    return lower ? g_ascii_strdown(bare, -1) : g_strdup(bare);
}

typedef struct {
    GHashTable *decisions; /* id -> decision */
    GPtrArray *in_order;   /* of decision *, owned by the table */
    GString *faults;
    int count;
    const char *path;
} returned;

static void G_GNUC_PRINTF(3, 4) fault(returned *r, gint64 row, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (r->count++ < 10)
        g_string_append_printf(r->faults, "%srow %" G_GINT64_FORMAT ": %s",
                               r->faults->len ? "; " : "", row, text);
}

static bool settle_faults(const returned *r, GError **error)
{
    if (!r->count)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA, "%s: %s%s", r->path, r->faults->str,
                    r->count > 10 ? " ... and more" : "");
}

static void returned_clear(returned *r)
{
    g_ptr_array_unref(r->in_order);
    g_hash_table_unref(r->decisions);
    g_string_free(r->faults, TRUE);
}

static void take_row(returned *r, const rdl_layer *layer, const rdl_feature *f)
{
    decision *d = g_new0(decision, 1);

    *d = (decision){rdl_feature_id(f),
                    word_of(f, layer, "id", false),
                    word_of(f, layer, "decision", true),
                    word_of(f, layer, "into", false),
                    word_of(f, layer, "reason", false),
                    word_of(f, layer, "note", false)};
    if (!d->id || g_hash_table_contains(r->decisions, d->id)) {
        fault(r, d->row, d->id ? "%s is there twice" : "has no id", d->id ? d->id : "");
        decision_free(d);
        return;
    }
    g_hash_table_insert(r->decisions, d->id, d);
    g_ptr_array_add(r->in_order, d);
}

static bool read_returned(returned *r, const char *path, GError **error)
{
    bool raster;
    g_auto(GStrv) names = rdl_source_layers(path, &raster, error);
    bool named = names && g_strv_contains((const char *const *)names, "review");
    g_autofree char *source = named ? g_strconcat(path, ":review", NULL) : g_strdup(path);
    g_autoptr(rdl_layer) layer = names ? rdl_layer_open(source, NULL, error) : NULL;
    g_autoptr(GError) failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return false;
    if (rdl_layer_field_index(layer, "id") < 0 || rdl_layer_field_index(layer, "decision") < 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: needs the fields id and decision: is it a review?", path);
    while ((f = rdl_layer_next(layer, &failed)))
        take_row(r, layer, f);
    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), false;
    return true;
}

static returned returned_new(const char *path)
{
    return (returned){g_hash_table_new_full(g_str_hash, g_str_equal, NULL, decision_free),
                      g_ptr_array_new(), g_string_new(NULL), 0, path};
}

static bool is(const decision *d, const char *what)
{
    return d && g_strcmp0(d->decision, what) == 0;
}

static void check_reject(returned *r, const decision *d, const rdl_csv *codes)
{
    if (!d->reason)
        fault(r, d->row, "reject needs a reason");
    else if (rdl_csv_find(codes, "code", d->reason) < 0)
        fault(r, d->row, "reason '%s' is not known", d->reason);
    else if (strcmp(d->reason, "OTHER") == 0 && !d->note)
        fault(r, d->row, "reason OTHER needs a note");
}

/* Where a chain of merges ends; NULL: in a circle, or in what does not stay. */
static const char *end_of_merge(const returned *r, const decision *d)
{
    for (guint i = 0; is(d, "merge"); i++) {
        const char *next = d->into;
        if (!next || i > g_hash_table_size(r->decisions))
            return NULL;
        d = g_hash_table_lookup(r->decisions, next);
        if (!d)
            return next;
    }
    return is(d, "reject") ? NULL : d->id;
}

static void check_merge(returned *r, const decision *d, GHashTable *known)
{
    const char *end = end_of_merge(r, d);

    if (!d->into)
        fault(r, d->row, "merge needs into: the id of another");
    else if (!g_hash_table_contains(known, d->into))
        fault(r, d->row, "merge into '%s', which is not there", d->into);
    else if (!end || strcmp(end, d->id) == 0)
        fault(r, d->row, "merge into '%s' ends in itself or in what is rejected", d->into);
}

static void check_rows(returned *r, GHashTable *known, const rdl_csv *codes, const rdl_pack *pack)
{
    for (guint i = 0; i < r->in_order->len; i++) {
        const decision *d = r->in_order->pdata[i];
        if (!g_hash_table_contains(known, d->id))
            fault(r, d->row, "'%s' is not there", d->id);
        else if (!d->decision || is(d, "accept"))
            continue;
        else if (is(d, "reject"))
            check_reject(r, d, codes);
        else if (!is(d, "retype") && !is(d, "merge"))
            fault(r, d->row, "decision '%s' is not known: there are accept, reject, retype, merge",
                  d->decision);
        else if (!pack)
            fault(r, d->row, "%s is for patches, not for ledgers", d->decision);
        else if (is(d, "merge"))
            check_merge(r, d, known);
        else if (!d->into || !rdl_pack_has_activity(pack, d->into))
            fault(r, d->row, "retype into '%s', which is no activity of the pack",
                  d->into ? d->into : "");
    }
}

/* ---- patches ---- */

static const rdl_field patch_fields[] = {{"patch_id", T},      {"t_before", T},    {"t_after", T},
                                         {"kind", T},          {"score_mean", R},  {"prob", R},
                                         {"area_m2", R},       {"gate", T},        {"review", T},
                                         {"review_reason", T}, {"review_note", T}, {"merged", T}};

typedef struct {
    const returned *review;
    GPtrArray *pieces;
    GHashTable *by_id; /* id -> piece */
    rdl_measure *measure;
    rdl_vector *out;
    int layer;
    rdl_tally *tally;
} rewriting;

/* What is merged into `p`, joined with it: ground, dates and score by area. */
static bool take_in(rewriting *w, piece *p, const piece *other, GError **error)
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

static bool gather(rewriting *w, piece *p, GString *merged, GError **error)
{
    for (guint i = 0; i < w->pieces->len; i++) {
        const piece *other = w->pieces->pdata[i];
        const decision *d = g_hash_table_lookup(w->review->decisions, other->id);
        if (!is(d, "merge") || g_strcmp0(end_of_merge(w->review, d), p->id) != 0)
            continue;
        if (!take_in(w, p, other, error))
            return false;
        g_string_append_printf(merged, "%s%s", merged->len ? ";" : "", other->id);
    }
    return true;
}

static bool write_patch(rewriting *w, const piece *p, const decision *d, const char *merged,
                        GError **error)
{
    const rdl_value row[] = {rdl_text(p->id),
                             rdl_text(p->t_before),
                             rdl_text(p->t_after),
                             rdl_text(is(d, "retype") ? d->into : p->kind),
                             rdl_real(p->score),
                             rdl_real(p->prob),
                             rdl_real(p->area_m2),
                             rdl_text(p->gate),
                             rdl_text(d && d->decision ? d->decision : NULL),
                             rdl_text(d ? d->reason : NULL),
                             rdl_text(d ? d->note : NULL),
                             rdl_text(*merged ? merged : NULL)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(patch_fields));

    return rdl_vector_write(w->out, w->layer, row, p->wkb, error);
}

static void count_out(rdl_tally *tally, const decision *d)
{
    if (is(d, "merge")) {
        rdl_tally_suppressed(tally, "review.pieces", "MERGED", 1);
        return;
    }
    g_autofree char *code = g_strconcat("REJECTED_", d->reason, NULL);
    rdl_tally_suppressed(tally, "review.pieces", code, 1);
}

static bool rewrite(rewriting *w, GError **error)
{
    rdl_tally_in(w->tally, "review.pieces", w->pieces->len);
    for (guint i = 0; i < w->pieces->len; i++) {
        piece *p = w->pieces->pdata[i];
        const decision *d = g_hash_table_lookup(w->review->decisions, p->id);
        g_autoptr(GString) merged = g_string_new(NULL);
        if (is(d, "reject") || is(d, "merge")) {
            count_out(w->tally, d);
            continue;
        }
        if (!gather(w, p, merged, error) || !write_patch(w, p, d, merged->str, error))
            return false;
        rdl_tally_used(w->tally, "review.pieces", 1);
    }
    return true;
}

static GHashTable *ids_of(const GPtrArray *pieces)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < pieces->len; i++)
        g_hash_table_insert(ids, ((piece *)pieces->pdata[i])->id, pieces->pdata[i]);
    return ids;
}

static bool write_patches(rewriting *w, const rdl_crs *crs, const char *path, GError **error)
{
    static const rdl_styled styled[] = {{"patch", "patch"}};

    w->out = rdl_vector_create(path, "GPKG", error);
    w->layer = w->out ? rdl_vector_layer(w->out, "patch", crs, "MultiPolygon", patch_fields,
                                         G_N_ELEMENTS(patch_fields), error)
                      : -1;
    if (w->layer >= 0 && rewrite(w, error) && rdl_vector_styles(w->out, styled, 1, error))
        return rdl_vector_finish(w->out, error);
    rdl_vector_abandon(w->out);
    return false;
}

bool rdl_review_patches(const char *patches, const char *review, const char *pack_name,
                        const char *output, bool overwrite, rdl_tally *tally, GError **error)
{
    const char *const inputs[] = {patches, review};
    returned r = returned_new(review);
    g_autoptr(rdl_crs) crs = NULL;
    g_autoptr(rdl_output) out = NULL;
    g_autoptr(rdl_csv) codes = reasons(error);
    g_autoptr(rdl_pack) pack = codes ? rdl_pack_open(pack_name, NULL, error) : NULL;
    g_autoptr(GPtrArray) pieces = pack ? read_patches(patches, &crs, error) : NULL;
    g_autoptr(rdl_measure) measure = pieces ? rdl_measure_new(crs, error) : NULL;
    g_autoptr(rdl_manifest) manifest = rdl_manifest_new("review import");
    bool good = measure && rdl_output_apart(&output, 1, inputs, 2, error) &&
                rdl_manifest_input(manifest, "patches", patches, error) &&
                rdl_manifest_input(manifest, "review", review, error) &&
                read_returned(&r, review, error) &&
                (out = rdl_output_begin(output, overwrite, error));

    if (good) {
        g_autoptr(GHashTable) known = ids_of(pieces);
        rewriting w = {
            .review = &r, .pieces = pieces, .by_id = known, .measure = measure, .tally = tally};
        check_rows(&r, known, codes, pack);
        good = settle_faults(&r, error) &&
               write_patches(&w, crs, rdl_output_temporary(out), error) &&
               rdl_tally_check(tally, error) && rdl_output_commit(out, error) &&
               rdl_manifest_write(manifest, output, error);
    }
    returned_clear(&r);
    return good;
}

/* ---- ledgers ---- */

static bool dismiss(rdl_ledger *ledger, const decision *d, const char *by, const char *on,
                    GError **error)
{
    g_autofree char *reason =
        d->note ? g_strdup_printf("%s: %s", d->reason, d->note) : g_strdup(d->reason);
    const rdl_move move = {.task_id = d->id,
                           .to = "DISMISSED",
                           .on = on,
                           .by = by,
                           .role = "analyst",
                           .reason = reason};

    return rdl_task_move(ledger, &move, error);
}

static bool play(rdl_ledger *ledger, const returned *r, GHashTable *states, const char *by,
                 const char *on, rdl_tally *tally, GError **error)
{
    rdl_tally_in(tally, "review.pieces", r->in_order->len);
    for (guint i = 0; i < r->in_order->len; i++) {
        const decision *d = r->in_order->pdata[i];
        const char *state = g_hash_table_lookup(states, d->id);
        if (!is(d, "reject")) {
            rdl_tally_used(tally, "review.pieces", 1);
        } else if (strcmp(state, "DISMISSED") == 0) {
            rdl_tally_suppressed(tally, "review.pieces", "ALREADY_THERE", 1);
        } else {
            if (!dismiss(ledger, d, by, on, error))
                return g_prefix_error(error, "%s, row %" G_GINT64_FORMAT ": ", r->path, d->row),
                       false;
            count_out(tally, d);
        }
    }
    return true;
}

/* A clue that has gone on is no longer for an analyst to reject. */
static void check_states(returned *r, GHashTable *states)
{
    for (guint i = 0; i < r->in_order->len; i++) {
        const decision *d = r->in_order->pdata[i];
        const char *state = g_hash_table_lookup(states, d->id);
        if (state && is(d, "reject") && strcmp(state, "SCREENED") != 0 &&
            strcmp(state, "DISMISSED") != 0)
            fault(r, d->row, "%s is %s already: it cannot be rejected from a picture", d->id,
                  state);
    }
}

bool rdl_review_ledger(rdl_ledger *ledger, const char *review, const char *by, const char *on,
                       rdl_tally *tally, GError **error)
{
    returned r = returned_new(review);
    const rdl_task_filter clues = {.kind = "verify"};
    g_autoptr(rdl_csv) codes = reasons(error);
    g_autoptr(GArray) tasks = codes ? rdl_task_list(ledger, &clues, error) : NULL;
    g_autoptr(GHashTable) states = g_hash_table_new(g_str_hash, g_str_equal);
    bool good = tasks && read_returned(&r, review, error);

    for (guint i = 0; good && i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        g_hash_table_insert(states, t->task_id, t->state);
    }
    if (good) {
        check_rows(&r, states, codes, NULL);
        check_states(&r, states);
        good = settle_faults(&r, error) && play(ledger, &r, states, by, on, tally, error) &&
               rdl_tally_check(tally, error);
    }
    returned_clear(&r);
    return good;
}
