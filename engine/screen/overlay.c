#include "screen/overlay.h"

#include <math.h>
#include <string.h>

#define RECENT 16       /* zones kept as geometries */
#define NO_ERROR_M 1e-6 /* below it an edge is where it is said to be */

typedef struct {
    size_t number;
    rdl_geometry *geometry; /* NULL: free place */
    guint64 used;
} recent_zone;

struct rdl_overlay {
    const GPtrArray *zones;
    rdl_overlay_options options;
    rdl_measure *measure;
    recent_zone recent[RECENT];
    guint64 clock;
    rdl_cut *cut;
    rdl_border *feature;       /* of the footprint */
    rdl_border *framed, *band; /* of a component and of what is in doubt of it, in a frame */
    GArray *wide, *close;      /* of rdl_edge: near the footprint, and in its box */
    GArray *x, *y, *counts, *rings;
    GArray *slivers; /* of rdl_sliver */
};

rdl_overlay *rdl_overlay_new(const rdl_crs *crs, const GPtrArray *zones,
                             const rdl_overlay_options *options, GError **error)
{
    rdl_measure *measure = rdl_measure_new(crs, error);

    if (!measure)
        return NULL;
    rdl_overlay *o = g_new0(rdl_overlay, 1);
    o->measure = measure;
    o->zones = zones;
    o->options = *options;
    o->cut = rdl_cut_new();
    o->feature = rdl_border_new();
    o->framed = rdl_border_new();
    o->band = rdl_border_new();
    o->wide = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    o->close = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    o->x = g_array_new(FALSE, FALSE, sizeof(double));
    o->y = g_array_new(FALSE, FALSE, sizeof(double));
    o->counts = g_array_new(FALSE, FALSE, sizeof(guint32));
    o->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    o->slivers = g_array_new(FALSE, FALSE, sizeof(rdl_sliver));
    return o;
}

void rdl_overlay_free(rdl_overlay *o)
{
    if (!o)
        return;
    for (int i = 0; i < RECENT; i++)
        rdl_geometry_free(o->recent[i].geometry);
    rdl_cut_free(o->cut);
    rdl_border_free(o->feature);
    rdl_border_free(o->framed);
    rdl_border_free(o->band);
    rdl_measure_free(o->measure);
    g_array_unref(o->wide);
    g_array_unref(o->close);
    g_array_unref(o->x);
    g_array_unref(o->y);
    g_array_unref(o->counts);
    g_array_unref(o->rings);
    g_array_unref(o->slivers);
    g_free(o);
}

rdl_measure *rdl_overlay_measure(rdl_overlay *overlay)
{
    return overlay->measure;
}

const GArray *rdl_overlay_slivers(const rdl_overlay *overlay)
{
    return overlay->slivers;
}

const rdl_overlay_options *rdl_overlay_options_of(const rdl_overlay *overlay)
{
    return &overlay->options;
}

GArray *rdl_parts_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(rdl_part));
}

static rdl_geometry *geometry_of(rdl_wkb wkb, GError **error)
{
    return rdl_geometry_from_wkb(wkb.bytes, wkb.n, error);
}

static const rdl_zone *zone_at(const rdl_overlay *o, size_t number)
{
    return o->zones->pdata[number];
}

/* NULL: the zone is no polygon. */
static const rdl_border *zone_border(const rdl_overlay *o, size_t number)
{
    const rdl_border *border = rdl_zone_border(o->zones->pdata[number]);

    return rdl_border_rings(border)->len > 0 ? border : NULL;
}

/* The zone as a geometry: few of them at a time, they are large. Lent until the next call. */
static const rdl_geometry *zone_geometry(rdl_overlay *o, size_t number, GError **error)
{
    recent_zone *oldest = &o->recent[0];

    for (int i = 0; i < RECENT; i++) {
        recent_zone *r = &o->recent[i];
        if (r->geometry && r->number == number) {
            r->used = ++o->clock;
            return r->geometry;
        }
        if (!r->geometry || (oldest->geometry && r->used < oldest->used))
            oldest = r;
    }
    rdl_geometry_free(oldest->geometry);
    GBytes *wkb = zone_at(o, number)->wkb;
    rdl_wkb ground = {g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)};
    *oldest = (recent_zone){number, geometry_of(ground, error), ++o->clock};
    return oldest->geometry;
}

static rdl_box grown(rdl_box box, double dx, double dy)
{
    return (rdl_box){box.xmin - dx, box.ymin - dy, box.xmax + dx, box.ymax + dy};
}

/* ---- the footprint being laid ---- */

/* Polygons as WKB, as a geometry, or both. */
typedef struct {
    rdl_wkb wkb;            /* in the arena; bytes NULL: not known */
    rdl_geometry *geometry; /* owned; NULL until needed */
} ground;

static const rdl_geometry *ground_geometry(ground *g, GError **error)
{
    if (!g->geometry)
        g->geometry = geometry_of(g->wkb, error);
    return g->geometry;
}

static bool is_ground(const ground *g)
{
    return g->geometry || g->wkb.bytes;
}

static void ground_clear(ground *g)
{
    rdl_geometry_free(g->geometry);
    *g = (ground){0};
}

typedef struct {
    const rdl_footprint *footprint;
    rdl_arena *arena;
    rdl_geometry *geometry; /* NULL until needed */
    rdl_box box;
    bool polygons; /* its edges are in o->feature */
    int dimension;
    double whole; /* m2, m, or 1 for points */
    double whole_m2;
    double error_m; /* e of the bounds in the zone at hand */
    double x, y;    /* a point inside, once `located` */
    bool located;
    ground taken;   /* what zones before this one own */
    double rest_m2; /* what is left of it, where one cut told; else NaN */
    bool all_taken;
    rdl_geometry *slivers; /* ground of slivers; NULL: none */
} laying;

static bool need_geometry(laying *l, GError **error)
{
    return l->geometry || (l->geometry = geometry_of(l->footprint->wkb, error));
}

/* A part to be added: the whole footprint, or what an overlay made of it. */
typedef struct {
    size_t zone;
    ground of;      /* none: the whole footprint */
    bool near;      /* some edges of the zone, in o->wide, are near */
    double rest_m2; /* of the footprint outside the zone, where a cut told; else NaN */
} piece;

static const rdl_geometry *piece_geometry(laying *l, piece *p, GError **error)
{
    if (is_ground(&p->of))
        return ground_geometry(&p->of, error);
    return need_geometry(l, error) ? l->geometry : NULL;
}

/* What of the part no zone before this one took, and remember that it is taken now. */
static bool measure_extent(rdl_overlay *o, const rdl_geometry *g, int dimension, double *extent,
                           GError **error)
{
    *extent = 1.0;
    if (dimension == 2)
        return rdl_measure_area(o->measure, g, extent, error);
    return dimension == 0 || rdl_measure_length(o->measure, g, extent, error);
}

static bool begin(rdl_overlay *o, laying *l, GError **error)
{
    rdl_wkb wkb = l->footprint->wkb;

    l->polygons =
        rdl_border_set(o->feature, wkb.bytes, wkb.n) && rdl_border_rings(o->feature)->len > 0;
    if (l->polygons) {
        l->dimension = 2;
        l->box = rdl_rings_box(rdl_border_rings(o->feature));
        if (!rdl_measure_wkb(o->measure, wkb.bytes, wkb.n, &l->whole, error))
            return false;
        l->whole_m2 = l->whole;
        return true;
    }
    if (!need_geometry(l, error))
        return false;
    l->dimension = rdl_geometry_dimension(l->geometry);
    l->box = rdl_geometry_box(l->geometry);
    if (!measure_extent(o, l->geometry, l->dimension, &l->whole, error))
        return false;
    l->whole_m2 = l->dimension == 2 ? l->whole : 0.0;
    return true;
}

static bool inner_point(rdl_overlay *o, rdl_wkb wkb, const rdl_geometry *g, double *x, double *y,
                        GError **error)
{
    g_array_set_size(o->rings, 0);
    if (rdl_rings_of(wkb.bytes, wkb.n, o->rings) && rdl_rings_inner_point(o->rings, x, y))
        return true;
    if (g)
        return rdl_geometry_inner_point(g, x, y, error);
    g_autoptr(rdl_geometry) made = geometry_of(wkb, error);
    return made && rdl_geometry_inner_point(made, x, y, error);
}

static bool locate_whole(rdl_overlay *o, laying *l, GError **error)
{
    l->located = l->located || inner_point(o, l->footprint->wkb, l->geometry, &l->x, &l->y, error);
    return l->located;
}

/* ---- bounds (docs: e = sqrt(boundary^2 + position^2 + residual^2)) ---- */

typedef struct {
    double x0, y0, mx, my; /* a local metric frame: metres per unit at a point of the footprint */
} frame;

double rdl_overlay_error(const rdl_overlay *o, const rdl_zone *zone, const rdl_footprint *f)
{
    bool given = zone && !isnan(zone->boundary_error_m);
    double b = given ? zone->boundary_error_m : o->options.boundary_error_m;
    double p = isnan(f->pos_error_m) ? o->options.pos_error_m : f->pos_error_m;

    return sqrt(b * b + p * p + o->options.residual_m * o->options.residual_m);
}

static bool frame_at(rdl_overlay *o, rdl_box box, frame *fr, GError **error)
{
    fr->x0 = (box.xmin + box.xmax) / 2.0;
    fr->y0 = (box.ymin + box.ymax) / 2.0;
    return rdl_measure_scale(o->measure, fr->x0, fr->y0, &fr->mx, &fr->my, error);
}

/* The edges as lines in the frame, those that follow each other as one. */
static rdl_geometry *edge_lines(rdl_overlay *o, const GArray *edges, const frame *fr,
                                GError **error)
{
    const guint8 *next = NULL;

    g_array_set_size(o->x, 0);
    g_array_set_size(o->y, 0);
    g_array_set_size(o->counts, 0);
    for (guint i = 0; i < edges->len; i++) {
        const rdl_edge *e = &g_array_index(edges, rdl_edge, i);
        double x[] = {(e->x0 - fr->x0) * fr->mx, (e->x1 - fr->x0) * fr->mx};
        double y[] = {(e->y0 - fr->y0) * fr->my, (e->y1 - fr->y0) * fr->my};
        if (e->xy == next) {
            g_array_index(o->counts, guint32, o->counts->len - 1)++;
            g_array_append_val(o->x, x[1]);
            g_array_append_val(o->y, y[1]);
        } else {
            guint32 two = 2;
            g_array_append_val(o->counts, two);
            g_array_append_vals(o->x, x, 2);
            g_array_append_vals(o->y, y, 2);
        }
        next = e->xy + 16;
    }
    return rdl_geometry_of_lines(o->counts->len, (const guint32 *)(void *)o->counts->data,
                                 (const double *)(void *)o->x->data,
                                 (const double *)(void *)o->y->data, error);
}

static rdl_geometry *out_of_frame(const rdl_geometry *g, const frame *fr, GError **error)
{
    return rdl_geometry_scaled(g, -fr->x0 * fr->mx, -fr->y0 * fr->my, 1.0 / fr->mx, 1.0 / fr->my,
                               error);
}

static bool band_of(rdl_overlay *o, const rdl_border *border, rdl_box box, double e,
                    rdl_geometry **band, GError **error)
{
    frame fr;

    *band = NULL;
    if (!frame_at(o, box, &fr, error))
        return false;
    rdl_border_edges(border, grown(box, 1.001 * e / fr.mx, 1.001 * e / fr.my), o->wide);
    if (o->wide->len == 0)
        return true;
    g_autoptr(rdl_geometry) lines = edge_lines(o, o->wide, &fr, error);
    g_autoptr(rdl_geometry) there = lines ? rdl_geometry_buffer(lines, e, error) : NULL;
    return there && (*band = out_of_frame(there, &fr, error));
}

bool rdl_overlay_zone_band(rdl_overlay *o, size_t zone, rdl_box box, double e, rdl_geometry **band,
                           GError **error)
{
    const rdl_border *border = zone_border(o, zone);

    *band = NULL;
    return !border || band_of(o, border, box, e, band, error);
}

bool rdl_overlay_band(rdl_overlay *o, const rdl_geometry *polygons, rdl_box box, double e,
                      rdl_geometry **band, GError **error)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(polygons, error);
    g_autoptr(rdl_border) border = rdl_border_new();

    *band = NULL;
    if (!wkb)
        return false;
    return !rdl_border_set(border, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)) ||
           band_of(o, border, box, e, band, error);
}

/* Within e of one and the same line: then within its buffer, whose arcs are cut short by less. */
#define ARC_SHORT 0.995 /* cos of half of a quarter's eighth is 0.9952 */

static bool near_line(const rdl_ring *ring, const double *x, const double *y, double e)
{
    double dx = x[1] - x[0], dy = y[1] - y[0], square = dx * dx + dy * dy, px, py;

    for (guint32 i = 0; i < ring->n; i++) {
        rdl_point_at(ring->xy, i, &px, &py);
        double t = square > 0.0 ? ((px - x[0]) * dx + (py - y[0]) * dy) / square : 0.0;
        t = CLAMP(t, 0.0, 1.0);
        if (hypot(px - x[0] - t * dx, py - y[0] - t * dy) > ARC_SHORT * e)
            return false;
    }
    return true;
}

/* Is all of the component in the frame near one of the lines that edge_lines() has left? */
static bool all_near_a_line(const rdl_overlay *o, double e)
{
    const rdl_ring *shell = &g_array_index(rdl_border_rings(o->framed), rdl_ring, 0);
    const double *x = (const double *)(void *)o->x->data, *y = (const double *)(void *)o->y->data;

    for (guint i = 0; i < o->counts->len; i++) {
        guint32 n = g_array_index(o->counts, guint32, i);
        for (guint32 k = 0; k + 1 < n; k++)
            if (near_line(shell, x + k, y + k, e))
                return true;
        x += n;
        y += n;
    }
    return false;
}

/* What of the component in the frame, `g` and o->framed, lies outside the band: WKB. */
static bool leave_band(rdl_overlay *o, const rdl_geometry *g, const rdl_geometry *band,
                       GByteArray *certain, GError **error)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(band, error);
    g_autoptr(GBytes) left = NULL;
    size_t n;

    if (!wkb)
        return false;
    const void *bytes = g_bytes_get_data(wkb, &n);
    if (rdl_border_set(o->band, bytes, n)) {
        rdl_border_edges(o->band, rdl_rings_box(rdl_border_rings(o->framed)), o->close);
        rdl_lie lie = rdl_border_lie(o->band, o->framed, o->close);
        if (lie == RDL_LIE_WITHIN)
            return true;
        if (lie == RDL_LIE_ACROSS && rdl_cut_make(o->cut, o->band, o->framed, o->close)) {
            rdl_wkb out = rdl_cut_outside(o->cut);
            g_byte_array_append(certain, out.bytes, (guint)out.n);
            return true;
        }
    }
    g_autoptr(rdl_geometry) rest = rdl_geometry_difference(g, band, error);
    if (!rest || !(left = rdl_geometry_wkb(rest, error)))
        return false;
    bytes = g_bytes_get_data(left, &n);
    g_byte_array_append(certain, bytes, (guint)n);
    return true;
}

static void ring_out_of_frame(guint8 *xy, guint32 n, const frame *fr)
{
    for (guint32 i = 0; i < n; i++) {
        double p[2];
        memcpy(p, xy + 16 * (size_t)i, sizeof p);
        p[0] = (p[0] + fr->x0 * fr->mx) * (1.0 / fr->mx);
        p[1] = (p[1] + fr->y0 * fr->my) * (1.0 / fr->my);
        memcpy(xy + 16 * (size_t)i, p, sizeof p);
    }
}

/* Ground for certain inside and for certain outside, square metres: pieces that no edge comes
 * near, so that any point tells the side of its piece. `certain` is in the frame; it is measured
 * where it lies, for no one scale is right for all of a large footprint. */
static bool certain_ground(rdl_overlay *o, const rdl_border *zone, GByteArray *certain,
                           const frame *fr, double *in, double *out, GError **error)
{
    double *side = in, x, y, m2;

    *in = *out = 0.0;
    g_array_set_size(o->rings, 0);
    if (!rdl_rings_of(certain->data, certain->len, o->rings))
        return true; /* nothing is left */
    for (guint i = 0; i < o->rings->len; i++) {
        const rdl_ring *ring = &g_array_index(o->rings, rdl_ring, i);
        ring_out_of_frame(certain->data + (ring->xy - certain->data), ring->n, fr);
        if (!ring->hole) {
            rdl_point_at(ring->xy, 0, &x, &y);
            side = rdl_border_inside(zone, x, y) ? in : out;
        }
        if (!rdl_measure_wkb_ring(o->measure, ring, &m2, error))
            return false;
        *side += ring->hole ? -m2 : m2;
    }
    return true;
}

/* What is certain of one component, and whether any of it is in doubt. */
typedef struct {
    double m2;          /* of the component */
    double least, most; /* m2 in the zone */
    bool doubt;         /* some of it lies within e of an edge */
} play;

static bool doubtful(rdl_overlay *o, const rdl_border *zone, const rdl_geometry *component,
                     const rdl_geometry *lines, const frame *fr, double e, play *p, GError **error)
{
    g_autoptr(rdl_geometry) g =
        rdl_geometry_scaled(component, fr->x0, fr->y0, fr->mx, fr->my, error);
    g_autoptr(GByteArray) certain = NULL;
    double in, out;

    if (!g || !rdl_geometry_within(g, lines, e, &p->doubt, error))
        return false;
    if (!p->doubt)
        return true;
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, error);
    if (!wkb)
        return false;
    p->most = p->m2;
    if (rdl_border_set(o->framed, g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)) &&
        all_near_a_line(o, e))
        return true;
    certain = g_byte_array_new();
    g_autoptr(rdl_geometry) band = rdl_geometry_buffer(lines, e, error);
    if (!band || !leave_band(o, g, band, certain, error) ||
        !certain_ground(o, zone, certain, fr, &in, &out, error))
        return false;
    p->least = in;
    p->most = fmax(0.0, p->m2 - out);
    return true;
}

static bool component_play(rdl_overlay *o, const rdl_border *zone, const rdl_geometry *component,
                           double e, play *p, GError **error)
{
    rdl_box box = rdl_geometry_box(component);
    frame fr;

    if (!frame_at(o, box, &fr, error))
        return false;
    rdl_border_edges(zone, grown(box, 1.001 * e / fr.mx, 1.001 * e / fr.my), o->wide);
    if (o->wide->len > 0) {
        g_autoptr(rdl_geometry) lines = edge_lines(o, o->wide, &fr, error);
        if (!lines || !doubtful(o, zone, component, lines, &fr, e, p, error))
            return false;
    }
    if (p->doubt)
        return true;
    double x, y;
    if (!rdl_geometry_inner_point(component, &x, &y, error))
        return false;
    p->least = p->most = rdl_border_inside(zone, x, y) ? p->m2 : 0.0;
    return true;
}

/* Component by component: one far inside is certain however near the edge another lies. */
static bool polygon_bounds(rdl_overlay *o, laying *l, const rdl_border *zone, piece *of,
                           rdl_part *part, GError **error)
{
    double least = 0.0, most = 0.0;
    bool doubt = false;

    if (!need_geometry(l, error))
        return false;
    const int n = rdl_geometry_components(l->geometry);
    for (int i = 0; i < n; i++) {
        const rdl_geometry *component = rdl_geometry_component(l->geometry, i);
        play p = {.m2 = l->whole_m2};
        if (rdl_geometry_empty(component))
            continue;
        if ((n > 1 && !rdl_measure_area(o->measure, component, &p.m2, error)) ||
            !component_play(o, zone, component, l->error_m, &p, error))
            return false;
        least += p.least;
        most += p.most;
        doubt = doubt || p.doubt;
        if (p.doubt && n > 1 && !part->edge) {
            const rdl_geometry *ours = piece_geometry(l, of, error);
            g_autoptr(rdl_geometry) common =
                ours ? rdl_geometry_intersection(component, ours, error) : NULL;
            if (!common)
                return false;
            part->edge = !rdl_geometry_empty(common);
        } else {
            part->edge = part->edge || p.doubt;
        }
    }
    if (doubt) {
        part->min_m2 = fmin(part->area_m2, least);
        part->max_m2 = fmax(part->area_m2, fmin(l->whole_m2, most));
    }
    return true;
}

/* Points and lines have no area: only whether they come within e of the edge. */
static bool thin_bounds(rdl_overlay *o, laying *l, piece *of, rdl_part *part, GError **error)
{
    const rdl_geometry *ours = piece_geometry(l, of, error);
    frame fr;

    part->min_m2 = part->max_m2 = 0.0;
    if (!ours || !frame_at(o, l->box, &fr, error))
        return false;
    g_autoptr(rdl_geometry) lines = edge_lines(o, o->wide, &fr, error);
    g_autoptr(rdl_geometry) g =
        lines ? rdl_geometry_scaled(ours, fr.x0, fr.y0, fr.mx, fr.my, error) : NULL;
    return g && rdl_geometry_within(g, lines, l->error_m, &part->edge, error);
}

/* ---- parts ---- */

static bool own_area(rdl_overlay *o, laying *l, piece *p, rdl_part *part, GError **error)
{
    part->own_m2 = 0.0;
    if (part->dimension < 2 || l->all_taken)
        return true;
    if (!is_ground(&l->taken)) {
        part->own_m2 = part->area_m2;
        l->all_taken = !is_ground(&p->of);
        l->taken = p->of;
        l->rest_m2 = p->rest_m2;
        p->of = (ground){0};
        return true;
    }
    const rdl_geometry *taken = ground_geometry(&l->taken, error);
    const rdl_geometry *g = taken ? piece_geometry(l, p, error) : NULL;
    g_autoptr(rdl_geometry) rest = g ? rdl_geometry_difference(g, taken, error) : NULL;
    if (!rest || !rdl_measure_area(o->measure, rest, &part->own_m2, error))
        return false;
    if (!is_ground(&p->of)) {
        l->all_taken = true;
        return true;
    }
    rdl_geometry *all = rdl_geometry_union(taken, g, error);
    if (!all)
        return false;
    ground_clear(&l->taken);
    l->taken.geometry = all;
    l->rest_m2 = NAN;
    return true;
}

static bool settle_bounds(rdl_overlay *o, laying *l, piece *p, rdl_part *part, GError **error)
{
    const rdl_border *border = zone_border(o, p->zone);

    part->min_m2 = part->max_m2 = part->area_m2;
    if (!p->near || !border || l->error_m < NO_ERROR_M)
        return true;
    if (part->dimension < 2)
        return thin_bounds(o, l, p, part, error);
    return polygon_bounds(o, l, border, p, part, error);
}

static bool measure_part(rdl_overlay *o, const laying *l, const piece *p, rdl_part *part,
                         double *extent, GError **error)
{
    part->dimension =
        (gint8)(p->of.geometry ? rdl_geometry_dimension(p->of.geometry) : l->dimension);
    if (!is_ground(&p->of)) {
        *extent = l->whole;
        part->wkb = l->footprint->wkb;
        return true;
    }
    if (p->of.wkb.bytes) {
        part->wkb = p->of.wkb;
        return rdl_measure_wkb(o->measure, part->wkb.bytes, part->wkb.n, extent, error);
    }
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(p->of.geometry, error);
    if (!wkb)
        return false;
    size_t n = g_bytes_get_size(wkb);
    part->wkb = (rdl_wkb){rdl_arena_copy(l->arena, g_bytes_get_data(wkb, NULL), n), n};
    if (part->dimension == 2)
        return rdl_measure_wkb(o->measure, part->wkb.bytes, n, extent, error);
    return measure_extent(o, p->of.geometry, part->dimension, extent, error);
}

static bool finish_part(rdl_overlay *o, laying *l, piece *p, rdl_part *part, GError **error)
{
    if (!settle_bounds(o, l, p, part, error))
        return false;
    if (is_ground(&p->of)) {
        if (!inner_point(o, part->wkb, p->of.geometry, &part->lon, &part->lat, error))
            return false;
    } else {
        if (!locate_whole(o, l, error))
            return false;
        part->lon = l->x;
        part->lat = l->y;
    }
    return own_area(o, l, p, part, error);
}

bool rdl_overlay_line_length(rdl_overlay *o, const rdl_footprint *f, size_t number, double *m,
                             GError **error)
{
    double e = isnan(f->pos_error_m) ? o->options.pos_error_m : f->pos_error_m;
    frame fr;

    if (zone_border(o, number))
        return true;
    const rdl_geometry *line = zone_geometry(o, number, error);
    g_autoptr(rdl_geometry) g = line ? geometry_of(f->wkb, error) : NULL;
    if (!g || rdl_geometry_dimension(g) < 2)
        return g != NULL;
    if (!frame_at(o, rdl_geometry_box(g), &fr, error))
        return false;
    g_autoptr(rdl_geometry) here = rdl_geometry_scaled(g, fr.x0, fr.y0, fr.mx, fr.my, error);
    g_autoptr(rdl_geometry) wide = here ? rdl_geometry_buffer(here, e, error) : NULL;
    g_autoptr(rdl_geometry) there = wide ? out_of_frame(wide, &fr, error) : NULL;
    g_autoptr(rdl_geometry) near = there ? rdl_geometry_intersection(line, there, error) : NULL;
    return near && rdl_measure_length(o->measure, near, m, error);
}

/* ---- slivers ---- */

/* Does no disc of that width fit in? */
static bool narrow(rdl_overlay *o, const rdl_geometry *g, double width, bool *yes, GError **error)
{
    frame fr;

    if (!frame_at(o, rdl_geometry_box(g), &fr, error))
        return false;
    g_autoptr(rdl_geometry) there = rdl_geometry_scaled(g, fr.x0, fr.y0, fr.mx, fr.my, error);
    g_autoptr(rdl_geometry) core = there ? rdl_geometry_buffer(there, -width / 2.0, error) : NULL;
    *yes = core && rdl_geometry_empty(core);
    return core != NULL;
}

bool rdl_overlay_thin(rdl_overlay *o, const rdl_geometry *g, bool *yes, GError **error)
{
    double m2;

    *yes = o->options.sliver_m2 > 0.0 && o->options.sliver_width_m > 0.0;
    for (int i = 0; *yes && i < rdl_geometry_components(g); i++) {
        const rdl_geometry *component = rdl_geometry_component(g, i);
        if (rdl_geometry_empty(component))
            continue;
        if (!rdl_measure_area(o->measure, component, &m2, error))
            return false;
        *yes = m2 < o->options.sliver_m2;
        if (*yes && !narrow(o, component, o->options.sliver_width_m, yes, error))
            return false;
    }
    return true;
}

static guint32 polygons_of(rdl_overlay *o, rdl_wkb wkb)
{
    g_array_set_size(o->rings, 0);
    bool some = rdl_rings_of(wkb.bytes, wkb.n, o->rings) && o->rings->len > 0;
    return some ? g_array_index(o->rings, rdl_ring, o->rings->len - 1).polygon + 1 : 1;
}

static bool is_sliver(rdl_overlay *o, const laying *l, piece *p, const rdl_part *part, double m2,
                      bool *yes, GError **error)
{
    *yes = false;
    if (part->dimension < 2 || l->dimension < 2 || !is_ground(&p->of) ||
        m2 >= o->options.sliver_m2 * polygons_of(o, part->wkb))
        return true;
    const rdl_geometry *g = ground_geometry(&p->of, error);
    return g && rdl_overlay_thin(o, g, yes, error);
}

/* Its ground is nobody's until it is known what the other zones have of it. */
static bool note_sliver(rdl_overlay *o, laying *l, const piece *p, double m2, rdl_balance *balance,
                        GError **error)
{
    const rdl_sliver sliver = {(guint32)p->zone, m2};
    const rdl_geometry *g = p->of.geometry; /* is_sliver() has looked at it */
    rdl_geometry *all = rdl_geometry_union(l->slivers ? l->slivers : g, g, error);

    if (!all)
        return false;
    rdl_geometry_free(l->slivers);
    l->slivers = all;
    balance->slivers++;
    g_array_append_val(o->slivers, sliver);
    return true;
}

/* Takes the ground of `p`. lon and lat are x and y until the footprint is done. */
static bool add_part(rdl_overlay *o, laying *l, piece p, GArray *parts, rdl_balance *balance,
                     GError **error)
{
    rdl_part part = {.zone = (guint32)p.zone};
    double extent;
    bool good = measure_part(o, l, &p, &part, &extent, error), dust = false, sliver = false;

    if (good) {
        dust = part.dimension == 2 && l->dimension == 2 && extent < o->options.dust_m2;
        balance->dust += dust;
    }
    if (good && !dust)
        good = is_sliver(o, l, &p, &part, extent, &sliver, error) &&
               (!sliver || note_sliver(o, l, &p, extent, balance, error));
    if (good && !dust && !sliver) {
        part.area_m2 = part.dimension == 2 ? extent : 0.0;
        part.length_m = part.dimension == 1 ? extent : 0.0;
        part.share =
            part.dimension == l->dimension && l->whole > 0.0 ? fmin(1.0, extent / l->whole) : 1.0;
        good = finish_part(o, l, &p, &part, error);
    }
    ground_clear(&p.of);
    if (good && !dust && !sliver)
        g_array_append_val(parts, part);
    return good;
}

/* ---- one zone ---- */

/* By GEOS: the borders meet, or one of the two is no polygon. */
static bool lay_by_overlay(rdl_overlay *o, laying *l, size_t number, const rdl_geometry *zone,
                           bool maybe_covered, GArray *parts, rdl_balance *balance, GError **error)
{
    piece p = {.zone = number, .near = true, .rest_m2 = NAN};
    bool covered = false;

    if (!need_geometry(l, error) ||
        (maybe_covered && !rdl_geometry_covers(zone, l->geometry, &covered, error)))
        return false;
    if (!covered && !(p.of.geometry = rdl_geometry_intersection(l->geometry, zone, error)))
        return false;
    if (!covered && rdl_geometry_empty(p.of.geometry)) {
        ground_clear(&p.of);
        return true;
    }
    return add_part(o, l, p, parts, balance, error);
}

/* The borders cross. *laid: cleanly, and nothing is left to GEOS. */
static bool lay_by_cut(rdl_overlay *o, laying *l, size_t number, bool *laid, GArray *parts,
                       rdl_balance *balance, GError **error)
{
    piece p = {.zone = number, .near = true};

    *laid = rdl_cut_make(o->cut, zone_border(o, number), o->feature, o->close);
    if (!*laid)
        return true;
    rdl_wkb in = rdl_cut_inside(o->cut), out = rdl_cut_outside(o->cut);
    p.of.wkb = (rdl_wkb){rdl_arena_copy(l->arena, in.bytes, in.n), in.n};
    return rdl_measure_wkb(o->measure, out.bytes, out.n, &p.rest_m2, error) &&
           add_part(o, l, p, parts, balance, error);
}

/* Most pairs end with the edges of the zone: none is near, and one point tells the side. */
static bool lay_on_zone(rdl_overlay *o, laying *l, size_t number, GArray *parts,
                        rdl_balance *balance, GError **error)
{
    double least = rdl_measure_least_scale(o->measure, (l->box.xmin + l->box.xmax) / 2.0,
                                           (l->box.ymin + l->box.ymax) / 2.0);
    l->error_m = rdl_overlay_error(o, zone_at(o, number), l->footprint);
    double reach = l->error_m / least;
    rdl_box wide = grown(l->box, reach, reach);
    rdl_lie lie = RDL_LIE_TOUCH;

    const rdl_border *zone = zone_border(o, number);
    if (!zone) {
        const rdl_geometry *line = zone_geometry(o, number, error);
        return line && lay_by_overlay(o, l, number, line, true, parts, balance, error);
    }
    rdl_border_edges(zone, wide, o->wide);
    if (o->wide->len == 0) {
        piece whole = {.zone = number};
        return !rdl_border_inside(zone, (l->box.xmin + l->box.xmax) / 2.0,
                                  (l->box.ymin + l->box.ymax) / 2.0) ||
               add_part(o, l, whole, parts, balance, error);
    }
    if (l->polygons) {
        rdl_edges_meeting(o->wide, l->box, o->close);
        lie = rdl_border_lie(zone, o->feature, o->close);
    }
    if (lie == RDL_LIE_APART)
        return true;
    if (lie == RDL_LIE_WITHIN)
        return add_part(o, l, (piece){.zone = number, .near = true}, parts, balance, error);
    bool laid = false;
    if (lie == RDL_LIE_ACROSS && (!lay_by_cut(o, l, number, &laid, parts, balance, error) || laid))
        return laid;
    /* the whole zone: GEOS cuts what is far away by itself; its GEOSClipByRect is not exact, and a
     * zone cut short by hand, no valid polygon, was found to give wrong areas now and then */
    const rdl_geometry *whole = zone_geometry(o, number, error);
    return whole &&
           lay_by_overlay(o, l, number, whole, lie == RDL_LIE_TOUCH, parts, balance, error);
}

/* Ground of slivers that no part took. */
static bool measure_slivers(rdl_overlay *o, laying *l, rdl_balance *balance, GError **error)
{
    if (!l->slivers || l->all_taken)
        return true;
    if (!is_ground(&l->taken))
        return rdl_measure_area(o->measure, l->slivers, &balance->sliver_m2, error);
    const rdl_geometry *taken = ground_geometry(&l->taken, error);
    g_autoptr(rdl_geometry) rest = taken ? rdl_geometry_difference(l->slivers, taken, error) : NULL;
    return rest && rdl_measure_area(o->measure, rest, &balance->sliver_m2, error);
}

/* What no zone took: as the one cut left it, else by a difference. */
static bool measure_rest(rdl_overlay *o, laying *l, double *m2, GError **error)
{
    *m2 = l->rest_m2;
    if (!isnan(l->rest_m2))
        return true;
    const rdl_geometry *taken = ground_geometry(&l->taken, error);
    g_autoptr(rdl_geometry) rest = taken && need_geometry(l, error)
                                       ? rdl_geometry_difference(l->geometry, taken, error)
                                       : NULL;
    return rest && rdl_measure_area(o->measure, rest, m2, error);
}

/* The remainder is measured by itself, so that the balance can fail. */
static bool close_balance(rdl_overlay *o, laying *l, const GArray *parts, guint from,
                          rdl_balance *balance, GError **error)
{
    balance->whole_m2 = l->whole_m2;
    balance->dimension = l->dimension;
    balance->whole_m = l->dimension == 1 ? l->whole : 0.0;
    for (guint i = from; i < parts->len; i++)
        balance->parts_m2 += g_array_index(parts, rdl_part, i).own_m2;
    if (l->dimension == 2 && !l->all_taken) {
        balance->remainder_m2 = l->whole_m2;
        if (is_ground(&l->taken) && !measure_rest(o, l, &balance->remainder_m2, error))
            return false;
    }
    balance->residual_m2 = balance->whole_m2 - balance->parts_m2 - balance->remainder_m2;
    return true;
}

/* The point of a part that is all of the footprint is the footprint's. */
static bool at_inner_point(const laying *l, const rdl_part *part)
{
    return part->wkb.bytes == l->footprint->wkb.bytes;
}

/* x and y of the parts and of the footprint to degrees, in one go. */
static bool to_lonlat(rdl_overlay *o, laying *l, GArray *parts, guint from, rdl_balance *balance,
                      GError **error)
{
    if (!locate_whole(o, l, error))
        return false;
    g_array_set_size(o->x, 0);
    g_array_set_size(o->y, 0);
    g_array_append_val(o->x, l->x);
    g_array_append_val(o->y, l->y);
    for (guint i = from; i < parts->len; i++) {
        const rdl_part *part = &g_array_index(parts, rdl_part, i);
        if (at_inner_point(l, part))
            continue;
        g_array_append_val(o->x, part->lon);
        g_array_append_val(o->y, part->lat);
    }
    if (!rdl_measure_lonlats(o->measure, o->x->len, (double *)(void *)o->x->data,
                             (double *)(void *)o->y->data, error))
        return false;
    balance->lon = g_array_index(o->x, double, 0);
    balance->lat = g_array_index(o->y, double, 0);
    for (guint i = from, own = 1; i < parts->len; i++) {
        rdl_part *part = &g_array_index(parts, rdl_part, i);
        guint at = at_inner_point(l, part) ? 0 : own++;
        part->lon = g_array_index(o->x, double, at);
        part->lat = g_array_index(o->y, double, at);
    }
    return true;
}

bool rdl_overlay_run(rdl_overlay *overlay, const rdl_footprint *f, const GArray *candidates,
                     rdl_arena *arena, GArray *parts, rdl_balance *balance, GError **error)
{
    laying l = {.footprint = f, .arena = arena, .rest_m2 = NAN};
    guint from = parts->len;

    *balance = (rdl_balance){0};
    g_array_set_size(overlay->slivers, 0);
    bool good = begin(overlay, &l, error);
    for (guint i = 0; good && i < candidates->len; i++) {
        size_t number = g_array_index(candidates, size_t, i);
        good = lay_on_zone(overlay, &l, number, parts, balance, error);
        if (!good)
            g_prefix_error(error, "%s over zone %s: ", f->fp_id, zone_at(overlay, number)->zone_id);
    }
    good = good && close_balance(overlay, &l, parts, from, balance, error) &&
           measure_slivers(overlay, &l, balance, error) &&
           to_lonlat(overlay, &l, parts, from, balance, error);
    rdl_geometry_free(l.slivers);
    ground_clear(&l.taken);
    rdl_geometry_free(l.geometry);
    return good;
}
