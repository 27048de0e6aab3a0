/* The layers of a frame: features within it, in sheet coordinates, as a dataset in memory. */
#include "deliver/map_frame.h"

#include <string.h>

#define SMALLEST_M 1.2e-3 /* on the sheet: below it a site is a symbol */
#define CURVE_M 1e-4      /* on the sheet: how far an edge may be from where it is */
#define SPILL 0.1         /* of the frame's size: drawn beyond it, so that cut edges stay outside */

typedef struct {
    const rdl_frame *frame;
    rdl_frame_layer *layer;
    rdl_vector *vector;
    int number;
    rdl_box clip; /* ledger's system */
    rdl_geometry *clip_shape;
    bool symbols;
} writing;

void rdl_frame_layer_clear(rdl_frame_layer *layer)
{
    rdl_memory_free(g_steal_pointer(&layer->dataset));
}

static bool start(writing *w, const rdl_frame *f, const char *style, const rdl_field *fields, int n,
                  rdl_frame_layer *layer, GError **error)
{
    double dx = (f->ground.xmax - f->ground.xmin) * SPILL;
    double dy = (f->ground.ymax - f->ground.ymin) * SPILL;

    *layer = (rdl_frame_layer){.dataset = rdl_memory_name(".fgb"), .style = style};
    *w = (writing){.frame = f, .layer = layer};
    w->clip = (rdl_box){f->ground.xmin - dx, f->ground.ymin - dy, f->ground.xmax + dx,
                        f->ground.ymax + dy};
    w->clip_shape = rdl_geometry_of_box(w->clip, error);
    w->vector = w->clip_shape ? rdl_vector_create(layer->dataset, "FlatGeobuf", error) : NULL;
    w->number =
        w->vector ? rdl_vector_layer(w->vector, style, f->crs, "Geometry", fields, n, error) : -1;
    return w->number >= 0;
}

static bool finish(writing *w, bool good, GError **error)
{
    rdl_geometry_free(w->clip_shape);
    if (!w->vector)
        return false;
    if (good)
        return rdl_vector_finish(w->vector, error);
    rdl_vector_abandon(w->vector);
    return false;
}

static rdl_geometry *symbol(const rdl_geometry *g, double size, GError **error)
{
    rdl_box b = rdl_geometry_box(g);
    g_autofree char *wkt =
        g_strdup_printf("POINT (%.3f %.3f)", (b.xmin + b.xmax) / 2.0, (b.ymin + b.ymax) / 2.0);
    g_autoptr(rdl_geometry) point = rdl_geometry_from_wkt(wkt, error);

    return point ? rdl_geometry_buffer(point, size / 2.0, error) : NULL;
}

/* On the sheet: cut to the frame, projected, and large enough to be seen. NULL without error:
 * outside. */
static rdl_geometry *on_sheet(writing *w, GBytes *wkb, GError **error)
{
    const rdl_frame *f = w->frame;
    GError *failed = NULL;
    g_autoptr(rdl_geometry) whole =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);

    if (!whole || rdl_geometry_empty(whole))
        return NULL;
    const rdl_box whole_box = rdl_geometry_box(whole);
    rdl_box b = whole_box;
    if (!rdl_box_meets(b, w->clip))
        return NULL;
    bool inside = b.xmin >= w->clip.xmin && b.ymin >= w->clip.ymin && b.xmax <= w->clip.xmax &&
                  b.ymax <= w->clip.ymax;
    g_autoptr(rdl_geometry) part =
        inside ? NULL : rdl_geometry_intersection(whole, w->clip_shape, &failed);
    g_clear_error(&failed); /* then the whole is drawn: too much, never too little */
    if (part && rdl_geometry_empty(part))
        return NULL;
    g_autoptr(rdl_geometry) g =
        rdl_reproject(part ? part : whole, f->in, CURVE_M * f->scale, error);
    if (!g || !w->symbols)
        return g_steal_pointer(&g);
    double size = SMALLEST_M * f->scale;
    b = rdl_geometry_box(g);
    if (MAX(b.xmax - b.xmin, b.ymax - b.ymin) >= size && rdl_geometry_dimension(g) == 2)
        return g_steal_pointer(&g);
    w->layer->symbols += rdl_box_meets(whole_box, f->ground);
    return rdl_geometry_dimension(g) == 1 ? rdl_geometry_buffer(g, size / 4.0, error)
                                          : symbol(g, size, error);
}

static bool write_one(writing *w, GBytes *wkb, rdl_box box, const rdl_value *values, GError **error)
{
    GError *failed = NULL;

    if (!wkb || box.xmin > box.xmax || !rdl_box_meets(box, w->clip))
        return true;
    g_autoptr(rdl_geometry) g = on_sheet(w, wkb, &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    g_autoptr(GBytes) bytes = g ? rdl_geometry_wkb(g, error) : NULL;
    if (!g)
        return true;
    if (!bytes || !rdl_vector_write(w->vector, w->number, values, bytes, error))
        return false;
    w->layer->features += rdl_box_meets(box, w->frame->ground);
    return true;
}

bool rdl_frame_units(const rdl_frame *f, rdl_frame_layer *layer, GError **error)
{
    static const rdl_field fields[] = {{"xzqdm", RDL_FIELD_TEXT}};
    writing w;
    bool good = start(&w, f, "unit", fields, 1, layer, error);

    for (guint i = 0; good && i < f->data->units->len; i++) {
        const rdl_map_unit *u = &g_array_index(f->data->units, rdl_map_unit, i);
        const rdl_value row[] = {rdl_text(u->xzqdm)};
        good = write_one(&w, u->wkb, u->box, row, error);
    }
    return finish(&w, good, error);
}

bool rdl_frame_zones(const rdl_frame *f, rdl_frame_layer *layer, GError **error)
{
    static const rdl_field fields[] = {{"zone", RDL_FIELD_TEXT}, {"family", RDL_FIELD_TEXT}};
    writing w;
    bool good = start(&w, f, "zone", fields, 2, layer, error);

    for (guint i = 0; good && i < f->data->zones->len; i++) {
        const rdl_map_zone *z = &g_array_index(f->data->zones, rdl_map_zone, i);
        const rdl_value row[] = {rdl_text(z->zone), rdl_text(z->family)};
        if (rdl_map_zone_in_force(f->data, z))
            good = write_one(&w, z->wkb, z->box, row, error);
    }
    return finish(&w, good, error);
}

bool rdl_frame_permits(const rdl_frame *f, rdl_frame_layer *layer, GError **error)
{
    static const rdl_field fields[] = {{"permit_no", RDL_FIELD_TEXT}};
    writing w;
    bool good = start(&w, f, "permit", fields, 1, layer, error);

    for (guint i = 0; good && i < f->data->permits->len; i++) {
        const rdl_map_permit *p = &g_array_index(f->data->permits, rdl_map_permit, i);
        const rdl_value row[] = {rdl_text(p->permit_no)};
        good = write_one(&w, p->wkb, p->box, row, error);
    }
    return finish(&w, good, error);
}

bool rdl_frame_tasks(const rdl_frame *f, const char *kind, const char *unit, const char *style,
                     rdl_frame_layer *layer, GError **error)
{
    static const rdl_field fields[] = {{"kind", RDL_FIELD_TEXT},
                                       {"state", RDL_FIELD_TEXT},
                                       {"result", RDL_FIELD_TEXT},
                                       {"severity", RDL_FIELD_TEXT}};
    writing w;
    bool good = start(&w, f, style, fields, 4, layer, error);

    w.symbols = true;
    for (guint i = 0; good && i < f->data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(f->data->tasks, rdl_task, i);
        const rdl_value row[] = {rdl_text(t->kind), rdl_text(t->state), rdl_text(t->result),
                                 rdl_text(t->severity)};
        if (rdl_map_leads(f->data, i) && (!kind || strcmp(t->kind, kind) == 0) &&
            rdl_map_in_unit(f->data, t, unit))
            good = write_one(&w, t->wkb, f->data->boxes[i], row, error);
    }
    return finish(&w, good, error);
}

bool rdl_frame_site(const rdl_frame *f, const char *site_id, bool others, rdl_frame_layer *layer,
                    GError **error)
{
    static const rdl_field fields[] = {{"own", RDL_FIELD_TEXT}};
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    writing w;
    bool good = start(&w, f, "site", fields, 1, layer, error);

    w.symbols = true;
    for (guint i = 0; good && i < f->data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(f->data->tasks, rdl_task, i);
        bool own = strcmp(t->site_id, site_id) == 0;
        const rdl_value row[] = {rdl_text(own ? "1" : "0")};
        if ((own || others) && g_hash_table_add(done, t->site_id))
            good = write_one(&w, t->wkb, f->data->boxes[i], row, error);
    }
    return finish(&w, good, error);
}
