#include "deliver/review_return.h"

#include <string.h>
#include "deliver/review_piece.h"
#include "geo/geo.h"

struct rdl_returned {
    GHashTable *by_id;   /* id -> rdl_answer */
    GPtrArray *in_order; /* of rdl_answer, owned by the table */
    GStringChunk *texts;
    GString *faults;
    int count;
    char *path;
};

void rdl_returned_free(rdl_returned *r)
{
    if (!r)
        return;
    g_ptr_array_unref(r->in_order);
    g_hash_table_unref(r->by_id);
    g_string_chunk_free(r->texts);
    g_string_free(r->faults, TRUE);
    g_free(r->path);
    g_free(r);
}

guint rdl_returned_count(const rdl_returned *r)
{
    return r->in_order->len;
}

const rdl_answer *rdl_returned_at(const rdl_returned *r, guint i)
{
    return r->in_order->pdata[i];
}

const rdl_answer *rdl_returned_of(const rdl_returned *r, const char *id)
{
    return g_hash_table_lookup(r->by_id, id);
}

bool rdl_answer_is(const rdl_answer *a, const char *decision)
{
    return a && g_strcmp0(a->d.decision, decision) == 0;
}

void rdl_returned_fault(rdl_returned *r, gint64 row, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = rdl_message_remember(format, args);
    va_end(args);
    if (r->count++ < 10)
        g_string_append_printf(r->faults, "%srow %" G_GINT64_FORMAT ": %s",
                               r->faults->len ? "; " : "", row, text);
}

/* ---- reading ---- */

/* Without blanks around it; NULL where nothing is left. A person may have written ACCEPT. */
static const char *word_of(rdl_returned *r, const rdl_layer *layer, const rdl_feature *f,
                           const char *field, bool lower)
{
    const char *text = rdl_feature_text(f, rdl_layer_field_index(layer, field));
    g_autofree char *bare = text ? g_strstrip(g_strdup(text)) : NULL;
    g_autofree char *word = bare && lower ? g_ascii_strdown(bare, -1) : g_strdup(bare);

    return word && *word ? g_string_chunk_insert(r->texts, word) : NULL;
}

static void take_row(rdl_returned *r, const rdl_layer *layer, const rdl_feature *f)
{
    bool old = rdl_layer_field_index(layer, "becomes") < 0;
    rdl_answer *a = g_new0(rdl_answer, 1);

    *a = (rdl_answer){.row = rdl_feature_id(f),
                      .d = {.id = word_of(r, layer, f, "id", false),
                            .decision = word_of(r, layer, f, "decision", true),
                            .becomes = word_of(r, layer, f, old ? "into" : "becomes", false),
                            .reason = word_of(r, layer, f, "reason", false),
                            .note = word_of(r, layer, f, "note", false)}};
    if (!a->d.id || rdl_returned_of(r, a->d.id)) {
        rdl_returned_fault(r, a->row, a->d.id ? "%s is there twice" : "has no id",
                           a->d.id ? a->d.id : "");
        g_free(a);
        return;
    }
    g_hash_table_insert(r->by_id, (gpointer)a->d.id, a);
    g_ptr_array_add(r->in_order, a);
}

static bool read_rows(rdl_returned *r, GError **error)
{
    bool raster;
    g_auto(GStrv) names = rdl_source_layers(r->path, &raster, error);
    bool named = names && g_strv_contains((const char *const *)names, "review");
    g_autofree char *source = named ? g_strconcat(r->path, ":review", NULL) : g_strdup(r->path);
    g_autoptr(rdl_layer) layer = names ? rdl_layer_open(source, NULL, error) : NULL;
    g_autoptr(GError) failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return false;
    if (rdl_layer_field_index(layer, "id") < 0 || rdl_layer_field_index(layer, "decision") < 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: needs the fields id and decision: is it a review?", r->path);
    while ((f = rdl_layer_next(layer, &failed)))
        take_row(r, layer, f);
    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), false;
    return true;
}

rdl_returned *rdl_returned_read(const char *path, GError **error)
{
    g_autoptr(rdl_returned) r = g_new0(rdl_returned, 1);

    *r = (rdl_returned){g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free),
                        g_ptr_array_new(),
                        g_string_chunk_new(4096),
                        g_string_new(NULL),
                        0,
                        g_strdup(path)};
    return read_rows(r, error) ? g_steal_pointer(&r) : NULL;
}

/* ---- checking ---- */

const char *rdl_returned_end(const rdl_returned *r, const rdl_answer *a)
{
    for (guint i = 0; rdl_answer_is(a, "merge"); i++) {
        const char *next = a->d.becomes;
        if (!next || i > r->in_order->len)
            return NULL;
        a = rdl_returned_of(r, next);
        if (!a)
            return next;
    }
    return rdl_answer_is(a, "reject") ? NULL : a->d.id;
}

static void check_reject(rdl_returned *r, const rdl_answer *a)
{
    if (!a->d.reason)
        rdl_returned_fault(r, a->row, "reject needs a reason");
    else if (strcmp(a->d.reason, "OTHER") == 0 && !a->d.note)
        rdl_returned_fault(r, a->row, "reason OTHER needs a note");
}

static void check_merge(rdl_returned *r, const rdl_answer *a, GHashTable *known)
{
    const char *end = rdl_returned_end(r, a);

    if (!a->d.becomes)
        rdl_returned_fault(r, a->row, "merge needs becomes: the id of another");
    else if (!g_hash_table_contains(known, a->d.becomes))
        rdl_returned_fault(r, a->row, "merge into '%s', which is not there", a->d.becomes);
    else if (!end || strcmp(end, a->d.id) == 0)
        rdl_returned_fault(r, a->row, "merge into '%s' ends in itself or in what is rejected",
                           a->d.becomes);
}

static void check_row(rdl_returned *r, const rdl_answer *a, GHashTable *known, const rdl_csv *codes,
                      const rdl_csv *activities)
{
    const rdl_decision *d = &a->d;

    if (!g_hash_table_contains(known, d->id))
        rdl_returned_fault(r, a->row, "'%s' is not there", d->id);
    else if (d->reason && rdl_csv_find(codes, "code", d->reason) < 0)
        rdl_returned_fault(r, a->row, "reason '%s' is not known", d->reason);
    else if (!d->decision || rdl_answer_is(a, "accept"))
        return;
    else if (rdl_answer_is(a, "reject"))
        check_reject(r, a);
    else if (rdl_answer_is(a, "merge"))
        check_merge(r, a, known);
    else if (!rdl_answer_is(a, "retype"))
        rdl_returned_fault(r, a->row,
                           "decision '%s' is not known: there are accept, reject, retype, merge",
                           d->decision);
    else if (!d->becomes || rdl_csv_find(activities, "code", d->becomes) < 0)
        rdl_returned_fault(r, a->row, "retype into '%s', which is no activity of the pack",
                           d->becomes ? d->becomes : "");
}

bool rdl_returned_check(rdl_returned *r, GHashTable *known, const rdl_csv *activities,
                        GError **error)
{
    g_autoptr(rdl_csv) codes = rdl_review_reasons(error);

    if (!codes)
        return false;
    for (guint i = 0; i < r->in_order->len; i++)
        check_row(r, r->in_order->pdata[i], known, codes, activities);
    return !r->count || rdl_fail(error, RDL_ERROR_DATA, "%s: %s%s", r->path, r->faults->str,
                                 r->count > 10 ? " ... and more" : "");
}

/* ---- counting ---- */

static void count_one(rdl_tally *tally, const rdl_answer *a)
{
    rdl_tally_in(tally, "review.decisions", 1);
    if (!a)
        rdl_tally_suppressed(tally, "review.decisions", "NOT_RETURNED", 1);
    else if (!a->d.decision)
        rdl_tally_suppressed(tally, "review.decisions", "UNDECIDED", 1);
    else
        rdl_tally_used(tally, "review.decisions", 1);
}

void rdl_returned_count_in(const rdl_returned *r, GHashTable *asked, rdl_tally *tally)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, asked);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        if (!rdl_returned_of(r, id))
            count_one(tally, NULL);
    for (guint i = 0; i < r->in_order->len; i++)
        count_one(tally, r->in_order->pdata[i]);
}
