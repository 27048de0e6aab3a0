#include "detect/lineage_io.h"

#include <inttypes.h>
#include <math.h>

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

static const rdl_field generation_fields[] = {{"epoch", RDL_FIELD_INT}, {"lineage_id", T},
                                              {"relation", T},          {"patch_id", T},
                                              {"t_before", T},          {"t_after", T},
                                              {"previous_id", T},       {"previous_lineage_id", T},
                                              {"share_of_patch", R},    {"share_of_previous", R},
                                              {"area_m2", R},           {"previous_m2", R},
                                              {"observed_share", R}};
static const rdl_field gone_fields[] = {{"lineage_id", T}, {"patch_id", T}, {"t_before", T},
                                        {"t_after", T},    {"area_m2", R},  {"relation", T}};

/* ---- reading ---- */

static char *text_of(const rdl_feature *f, const rdl_layer *layer, const char *field)
{
    return g_strdup(rdl_feature_text(f, rdl_layer_field_index(layer, field)));
}

static double real_of(const rdl_feature *f, const rdl_layer *layer, const char *field)
{
    int i = rdl_layer_field_index(layer, field);

    return i < 0 ? NAN : rdl_feature_real(f, i);
}

/* The outline in the system of the patches to come. */
static bool place(rdl_ancestor *a, GBytes *wkb, rdl_transform *transform, double tolerance,
                  GError **error)
{
    rdl_geometry *read =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    g_autoptr(rdl_geometry) g = read;

    if (!g)
        return false;
    if (transform) {
        g = rdl_reproject(read, transform, tolerance, error);
        rdl_geometry_free(read);
    }
    a->wkb = g ? rdl_geometry_wkb(g, error) : NULL;
    if (!a->wkb)
        return false;
    a->box = rdl_geometry_box(g);
    a->plane_area = rdl_geometry_plane_area(g);
    return true;
}

static bool read_ancestor(rdl_lineage *l, const rdl_layer *layer, const rdl_feature *f,
                          rdl_transform *transform, double tolerance, bool gone, GError **error)
{
    rdl_ancestor a = {.patch_id = text_of(f, layer, "patch_id"),
                      .lineage_id = text_of(f, layer, "lineage_id"),
                      .t_before = text_of(f, layer, "t_before"),
                      .t_after = text_of(f, layer, "t_after"),
                      .area_m2 = real_of(f, layer, "area_m2"),
                      .gone = gone};

    if (!a.lineage_id)
        a.lineage_id = g_strdup(a.patch_id);
    g_array_append_val(l->ancestors, a);
    if (!a.patch_id || !rdl_feature_wkb(f) || !(a.area_m2 > 0.0))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s, feature %" PRId64 ": has no patch_id, area_m2 or outline",
                        rdl_layer_source(layer), rdl_feature_id(f));
    return place(&g_array_index(l->ancestors, rdl_ancestor, l->ancestors->len - 1),
                 rdl_feature_wkb(f), transform, tolerance, error);
}

static bool read_ancestors(rdl_lineage *l, const char *path, const char *name, bool gone,
                           const rdl_crs *crs, GError **error)
{
    g_autofree char *source = g_strconcat(path, ":", name, NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    g_autoptr(rdl_transform) transform = NULL;
    GError *failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return false;
    if (!rdl_layer_crs(layer) || rdl_layer_field_index(layer, "patch_id") < 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: holds no patches of redline", source);
    if (!rdl_crs_same(rdl_layer_crs(layer), crs) &&
        !(transform = rdl_transform_new(rdl_layer_crs(layer), crs, error)))
        return false;
    while ((f = rdl_layer_next(layer, &failed)))
        if (!read_ancestor(l, layer, f, transform, rdl_reproject_tolerance(crs), gone, error))
            return false;
    if (failed)
        return g_propagate_error(error, failed), false;
    return true;
}

static bool read_history(rdl_lineage *l, const char *path, GError **error)
{
    g_autofree char *source = g_strconcat(path, ":lineage", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
    GError *failed = NULL;
    const rdl_feature *f;

    if (!layer)
        return false;
    while ((f = rdl_layer_next(layer, &failed))) {
        rdl_generation g = {.epoch = (int)real_of(f, layer, "epoch"),
                            .lineage_id = text_of(f, layer, "lineage_id"),
                            .relation = text_of(f, layer, "relation"),
                            .patch_id = text_of(f, layer, "patch_id"),
                            .t_before = text_of(f, layer, "t_before"),
                            .t_after = text_of(f, layer, "t_after"),
                            .previous_id = text_of(f, layer, "previous_id"),
                            .previous_lineage_id = text_of(f, layer, "previous_lineage_id"),
                            .of_patch = real_of(f, layer, "share_of_patch"),
                            .of_previous = real_of(f, layer, "share_of_previous"),
                            .area_m2 = real_of(f, layer, "area_m2"),
                            .previous_m2 = real_of(f, layer, "previous_m2"),
                            .observed = real_of(f, layer, "observed_share")};
        l->epoch = MAX(l->epoch, g.epoch);
        g_array_append_val(l->history, g);
    }
    if (failed)
        return g_propagate_error(error, failed), false;
    return true;
}

/* A file without a history is the first epoch: all of it is new. */
static void begin_history(rdl_lineage *l)
{
    for (guint i = 0; i < l->ancestors->len; i++) {
        const rdl_ancestor *a = &g_array_index(l->ancestors, rdl_ancestor, i);
        rdl_generation g = {.epoch = 1,
                            .lineage_id = g_strdup(a->lineage_id),
                            .relation = g_strdup("new"),
                            .patch_id = g_strdup(a->patch_id),
                            .t_before = g_strdup(a->t_before),
                            .t_after = g_strdup(a->t_after),
                            .of_patch = NAN,
                            .of_previous = NAN,
                            .area_m2 = a->area_m2,
                            .previous_m2 = NAN,
                            .observed = NAN};
        g_array_append_val(l->history, g);
    }
    l->epoch = 1;
}

rdl_lineage *rdl_lineage_read(const char *path, const rdl_crs *crs, GError **error)
{
    g_autoptr(rdl_lineage) l = rdl_lineage_new();
    bool raster;
    g_auto(GStrv) names = rdl_source_layers(path, &raster, error);
    const char *const *there = (const char *const *)names;

    if (!names || !read_ancestors(l, path, "patch", false, crs, error) ||
        (g_strv_contains(there, "unseen") &&
         !read_ancestors(l, path, "unseen", false, crs, error)) ||
        (g_strv_contains(there, "gone") && !read_ancestors(l, path, "gone", true, crs, error)) ||
        !rdl_lineage_ready(l, error))
        return NULL;
    if (!g_strv_contains(there, "lineage"))
        begin_history(l);
    else if (!read_history(l, path, error))
        return NULL;
    l->epoch++;
    return g_steal_pointer(&l);
}

/* ---- writing ---- */

bool rdl_lineage_layers(rdl_vector *vector, const rdl_crs *crs, GError **error)
{
    return rdl_vector_layer(vector, "gone", crs, "MultiPolygon", gone_fields,
                            G_N_ELEMENTS(gone_fields), error) >= 0 &&
           rdl_vector_layer(vector, "unseen", crs, "MultiPolygon", gone_fields,
                            G_N_ELEMENTS(gone_fields), error) >= 0 &&
           rdl_vector_layer(vector, "lineage", NULL, NULL, generation_fields,
                            G_N_ELEMENTS(generation_fields), error) >= 0;
}

static bool write_generation(rdl_rows *rows, const rdl_generation *g, GError **error)
{
    const rdl_value values[] = {rdl_integer(g->epoch),    rdl_text(g->lineage_id),
                                rdl_text(g->relation),    rdl_text(g->patch_id),
                                rdl_text(g->t_before),    rdl_text(g->t_after),
                                rdl_text(g->previous_id), rdl_text(g->previous_lineage_id),
                                rdl_real(g->of_patch),    rdl_real(g->of_previous),
                                rdl_real(g->area_m2),     rdl_real(g->previous_m2),
                                rdl_real(g->observed)};
    G_STATIC_ASSERT(G_N_ELEMENTS(values) == G_N_ELEMENTS(generation_fields));

    rdl_rows_values(rows, generation_fields, values, G_N_ELEMENTS(values));
    return rdl_rows_add(rows, error);
}

/* Texts are lent, as the rows are written at once. */
static bool write_patch(const rdl_lineage *l, rdl_rows *rows, const rdl_patch_set *set, guint i,
                        const char *relation, guint *at, GError **error)
{
    const rdl_patch *p = &g_array_index(set->list, rdl_patch, i);
    rdl_generation g = {.epoch = l->epoch,
                        .lineage_id = p->lineage_id ? p->lineage_id : p->id,
                        .relation = (char *)relation,
                        .patch_id = p->id,
                        .t_before = (char *)set->t_before,
                        .t_after = (char *)set->t_after,
                        .of_patch = NAN,
                        .of_previous = NAN,
                        .area_m2 = p->area_m2,
                        .previous_m2 = NAN,
                        .observed = NAN};

    if (*at == l->links->len || g_array_index(l->links, rdl_link, *at).patch != i)
        return write_generation(rows, &g, error);
    for (; *at < l->links->len && g_array_index(l->links, rdl_link, *at).patch == i; ++*at) {
        const rdl_link *link = &g_array_index(l->links, rdl_link, *at);
        const rdl_ancestor *a = &g_array_index(l->ancestors, rdl_ancestor, link->ancestor);
        g.previous_id = a->patch_id;
        g.previous_lineage_id = a->lineage_id;
        g.of_patch = link->of_patch;
        g.of_previous = link->of_ancestor;
        g.previous_m2 = a->area_m2;
        g.observed = a->seen;
        if (!write_generation(rows, &g, error))
            return false;
    }
    return true;
}

static bool write_absent(const rdl_lineage *l, rdl_rows *rows, const rdl_patch_set *set,
                         const rdl_ancestor *a, GError **error)
{
    const rdl_generation g = {.epoch = l->epoch,
                              .lineage_id = a->lineage_id,
                              .relation = (char *)rdl_absence_name(rdl_ancestor_absence(a)),
                              .t_before = (char *)set->t_before,
                              .t_after = (char *)set->t_after,
                              .previous_id = a->patch_id,
                              .previous_lineage_id = a->lineage_id,
                              .of_patch = NAN,
                              .of_previous = NAN,
                              .area_m2 = NAN,
                              .previous_m2 = a->area_m2,
                              .observed = a->seen};

    return a->gone || write_generation(rows, &g, error);
}

static bool keep_outline(rdl_rows *rows, const rdl_ancestor *a, GError **error)
{
    const char *relation = a->gone ? "gone" : rdl_absence_name(rdl_ancestor_absence(a));
    const rdl_value values[] = {rdl_text(a->lineage_id), rdl_text(a->patch_id),
                                rdl_text(a->t_before),   rdl_text(a->t_after),
                                rdl_real(a->area_m2),    rdl_text(relation)};
    G_STATIC_ASSERT(G_N_ELEMENTS(values) == G_N_ELEMENTS(gone_fields));

    rdl_rows_values(rows, gone_fields, values, G_N_ELEMENTS(values));
    rdl_rows_geometry(rows, g_bytes_get_data(a->wkb, NULL), g_bytes_get_size(a->wkb),
                      (rdl_extent){a->box.xmin, a->box.xmax, a->box.ymin, a->box.ymax});
    return rdl_rows_add(rows, error);
}

/* What was not observed of an ancestor, as a part of the patch that has most of it. */
static bool keep_hidden(rdl_rows *rows, const rdl_ancestor *a, const rdl_patch_set *set,
                        GError **error)
{
    const rdl_patch *heir = &g_array_index(set->list, rdl_patch, a->heir);
    const rdl_value values[] = {rdl_text(heir->lineage_id ? heir->lineage_id : heir->id),
                                rdl_text(heir->id),
                                rdl_text(set->t_before),
                                rdl_text(set->t_after),
                                rdl_real((1.0 - a->seen) * a->area_m2),
                                rdl_text("partly_seen")};
    gsize n;
    const void *wkb = g_bytes_get_data(a->hidden, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, error);

    if (!g)
        return false;
    rdl_box box = rdl_geometry_box(g);
    rdl_rows_values(rows, gone_fields, values, G_N_ELEMENTS(values));
    rdl_rows_geometry(rows, wkb, n, (rdl_extent){box.xmin, box.xmax, box.ymin, box.ymax});
    return rdl_rows_add(rows, error);
}

static bool write_lineage(const rdl_lineage *l, rdl_rows *rows, const rdl_patch_set *set, guint n,
                          const rdl_descent *descent, GError **error)
{
    guint at = 0;

    for (guint i = 0; i < l->history->len; i++)
        if (!write_generation(rows, &g_array_index(l->history, rdl_generation, i), error))
            return false;
    for (guint i = 0; i < n; i++)
        if (!write_patch(l, rows, set, i, descent[i].relation, &at, error))
            return false;
    for (guint i = 0; i < l->ancestors->len; i++) {
        const rdl_ancestor *a = &g_array_index(l->ancestors, rdl_ancestor, i);
        if (!a->links && !write_absent(l, rows, set, a, error))
            return false;
    }
    return true;
}

static bool keep_outlines(const rdl_lineage *l, rdl_geopackage *package, const rdl_patch_set *set,
                          bool gone, GError **error)
{
    rdl_rows *rows = rdl_geopackage_rows(package, gone ? "gone" : "unseen", error);

    for (guint i = 0; rows && i < l->ancestors->len; i++) {
        const rdl_ancestor *a = &g_array_index(l->ancestors, rdl_ancestor, i);
        bool went = a->gone || rdl_ancestor_absence(a) == RDL_ABSENT_GONE;
        if (!a->links && went == gone && !keep_outline(rows, a, error))
            return false;
        if (!gone && a->links && a->hidden && !keep_hidden(rows, a, set, error))
            return false;
    }
    return rows != NULL;
}

bool rdl_lineage_write(const rdl_lineage *l, rdl_geopackage *package, const rdl_patch_set *set,
                       guint n, const rdl_descent *descent, GError **error)
{
    if (!keep_outlines(l, package, set, true, error) ||
        !keep_outlines(l, package, set, false, error))
        return false;
    rdl_rows *rows = rdl_geopackage_rows(package, "lineage", error);
    return rows && write_lineage(l, rows, set, n, descent, error);
}
