#include "deliver/review_piece.h"

#include <inttypes.h>
#include <math.h>
#include "rectify/rectify.h"

static void piece_free(gpointer data)
{
    rdl_piece *p = data;

    g_free(p->id);
    g_free(p->kind);
    g_free(p->t_before);
    g_free(p->t_after);
    g_free(p->gate);
    for (guint i = 0; i < p->n_more; i++)
        g_free((char *)p->more[i].text);
    g_free(p->more);
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

/* Columns besides those a piece has members for: array of rdl_field, names interned. */
static GArray *other_columns(const rdl_layer *layer)
{
    static const char *const own[] = {RDL_PIECE_COLUMNS, NULL};
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(rdl_field));

    for (int i = 0; i < rdl_layer_fields(layer); i++) {
        const rdl_field f = {g_intern_string(rdl_layer_field(layer, i)),
                             rdl_layer_field_type(layer, i)};
        if (!g_strv_contains(own, f.name))
            g_array_append_val(columns, f);
    }
    return columns;
}

static void take_more(rdl_piece *p, const rdl_layer *layer, const rdl_feature *f,
                      const GArray *columns)
{
    p->n_more = columns->len;
    p->more = g_new0(rdl_value, columns->len);
    for (guint i = 0; i < columns->len; i++) {
        const rdl_field *c = &g_array_index(columns, rdl_field, i);
        int at = rdl_layer_field_index(layer, c->name);
        double real = c->type == RDL_FIELD_TEXT ? NAN : rdl_feature_real(f, at);
        if (c->type == RDL_FIELD_TEXT)
            p->more[i] = rdl_text(g_strdup(rdl_feature_text(f, at)));
        else if (c->type == RDL_FIELD_REAL)
            p->more[i] = rdl_real(real);
        else if (!isnan(real))
            p->more[i] = rdl_integer(g_ascii_strtoll(rdl_feature_text(f, at), NULL, 10));
    }
}

GPtrArray *rdl_pieces_of_patches(const char *path, rdl_crs **crs, GArray **columns, GError **error)
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
    g_autoptr(GArray) more = other_columns(layer);
    while ((f = rdl_layer_next(layer, &failed))) {
        rdl_piece *p = g_new0(rdl_piece, 1);
        *p = (rdl_piece){text_of(f, layer, "patch_id"),
                         text_of(f, layer, "kind"),
                         text_of(f, layer, "t_before"),
                         text_of(f, layer, "t_after"),
                         text_of(f, layer, "gate"),
                         real_of(f, layer, "score_mean"),
                         real_of(f, layer, "prob"),
                         real_of(f, layer, "area_m2"),
                         NULL,
                         NULL,
                         0};
        g_ptr_array_add(pieces, p);
        take_more(p, layer, f, more);
        if (!p->id || !rdl_feature_wkb(f))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s, feature %" PRId64 ": has no patch_id, or no geometry", path,
                            rdl_feature_id(f)),
                   NULL;
        p->wkb = g_bytes_ref(rdl_feature_wkb(f));
    }
    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), NULL;
    if (columns)
        *columns = g_steal_pointer(&more);
    return g_steal_pointer(&pieces);
}

GPtrArray *rdl_pieces_of_clues(const char *path, rdl_crs **crs, GError **error)
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
        rdl_piece *p = g_new0(rdl_piece, 1);
        *p = (rdl_piece){g_strdup(t->task_id),
                         g_strdup(t->activity),
                         NULL,
                         NULL,
                         NULL,
                         NAN,
                         NAN,
                         t->area_m2,
                         t->wkb ? g_bytes_ref(t->wkb) : NULL,
                         NULL,
                         0};
        g_ptr_array_add(pieces, p);
    }
    return g_steal_pointer(&pieces);
}

bool rdl_holds_patches(const char *path)
{
    bool raster;
    g_auto(GStrv) names = rdl_source_layers(path, &raster, NULL);

    return names && g_strv_contains((const char *const *)names, "patch");
}

rdl_csv *rdl_review_reasons(GError **error)
{
    g_autofree char *path = rdl_data_path("review/reasons.csv", error);

    return path ? rdl_csv_read(path, error) : NULL;
}
