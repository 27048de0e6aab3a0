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

GPtrArray *rdl_pieces_of_patches(const char *path, rdl_crs **crs, GError **error)
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
        rdl_piece *p = g_new0(rdl_piece, 1);
        *p = (rdl_piece){text_of(f, layer, "patch_id"),
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
                            "%s, feature %" PRId64 ": has no patch_id, or no geometry", path,
                            rdl_feature_id(f)),
                   NULL;
        p->wkb = g_bytes_ref(rdl_feature_wkb(f));
    }
    if (failed)
        return g_propagate_error(error, g_steal_pointer(&failed)), NULL;
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
                         t->wkb ? g_bytes_ref(t->wkb) : NULL};
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
