#include "screen/overlay.h"

#include <math.h>

typedef struct {
    rdl_geometry *geometry; /* NULL until needed */
    rdl_prepared *prepared;
} ready_zone;

struct rdl_overlay {
    const GPtrArray *zones;
    rdl_overlay_options options;
    const rdl_crs *crs;
    rdl_measure *measure;
    rdl_transform *lonlat;
    ready_zone *ready;
};

rdl_overlay *rdl_overlay_new(const rdl_crs *crs, const GPtrArray *zones,
                             const rdl_overlay_options *options, GError **error)
{
    rdl_overlay *overlay = g_new0(rdl_overlay, 1);

    overlay->zones = zones;
    overlay->options = *options;
    overlay->crs = crs;
    overlay->ready = g_new0(ready_zone, zones->len + 1);
    overlay->measure = rdl_measure_new(crs, error);
    overlay->lonlat = overlay->measure ? rdl_transform_lonlat(crs, error) : NULL;
    if (!overlay->lonlat)
        g_clear_pointer(&overlay, rdl_overlay_free);
    return overlay;
}

void rdl_overlay_free(rdl_overlay *overlay)
{
    if (!overlay)
        return;
    for (guint i = 0; i < overlay->zones->len; i++) {
        rdl_prepared_free(overlay->ready[i].prepared);
        rdl_geometry_free(overlay->ready[i].geometry);
    }
    g_free(overlay->ready);
    rdl_measure_free(overlay->measure);
    rdl_transform_free(overlay->lonlat);
    g_free(overlay);
}

rdl_measure *rdl_overlay_measure(rdl_overlay *overlay)
{
    return overlay->measure;
}

static void part_clear(gpointer p)
{
    g_bytes_unref(((rdl_part *)p)->wkb);
}

GArray *rdl_parts_new(void)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(rdl_part));

    g_array_set_clear_func(parts, part_clear);
    return parts;
}

static rdl_geometry *geometry_of(GBytes *wkb, GError **error)
{
    size_t n;
    const void *bytes = g_bytes_get_data(wkb, &n);

    return rdl_geometry_from_wkb(bytes, n, error);
}

static ready_zone *zone_ready(rdl_overlay *o, size_t i, GError **error)
{
    const rdl_zone *zone = o->zones->pdata[i];
    ready_zone *ready = &o->ready[i];

    if (!ready->geometry && !(ready->geometry = geometry_of(zone->wkb, error)))
        return NULL;
    if (!ready->prepared && !(ready->prepared = rdl_prepared_new(ready->geometry, error)))
        return NULL;
    return ready;
}

/* ---- bounds (docs: e = sqrt(boundary^2 + position^2 + residual^2)) ---- */

typedef struct {
    double x0, y0, mx, my; /* a local metric frame: metres per unit at a point of the footprint */
} frame;

static double error_of(const rdl_overlay *o, const rdl_zone *zone, const rdl_footprint *f)
{
    double b = isnan(zone->boundary_error_m) ? o->options.boundary_error_m : zone->boundary_error_m;
    double p = isnan(f->pos_error_m) ? o->options.pos_error_m : f->pos_error_m;

    return sqrt(b * b + p * p + o->options.residual_m * o->options.residual_m);
}

static bool frame_at(rdl_overlay *o, rdl_box box, frame *fr, GError **error)
{
    fr->x0 = (box.xmin + box.xmax) / 2.0;
    fr->y0 = (box.ymin + box.ymax) / 2.0;
    return rdl_crs_scale_at(o->crs, o->lonlat, fr->x0, fr->y0, &fr->mx, &fr->my, error);
}

static rdl_box grown_box(rdl_box box, const frame *fr, double metres)
{
    double dx = metres / fr->mx, dy = metres / fr->my;

    return (rdl_box){box.xmin - dx, box.ymin - dy, box.xmax + dx, box.ymax + dy};
}

/* Plane area of f within the zone moved by `distance` metres, both in the local frame. */
static bool moved_area(const rdl_geometry *zone, const rdl_geometry *f, double distance,
                       double *area, GError **error)
{
    g_autoptr(rdl_geometry) moved = rdl_geometry_buffer(zone, distance, error);
    g_autoptr(rdl_geometry) both = moved ? rdl_geometry_intersection(f, moved, error) : NULL;

    if (both)
        *area = rdl_geometry_plane_area(both);
    return both != NULL;
}

/* The zone near the footprint, in the local frame. The window leaves 3 e round the footprint, so
 * that its cut edges cannot reach it when they are moved by e. */
static rdl_geometry *near_zone(const rdl_geometry *zone, rdl_box box, const frame *fr, double e,
                               GError **error)
{
    g_autoptr(rdl_geometry) window = rdl_geometry_of_box(grown_box(box, fr, 3.0 * e), error);
    g_autoptr(rdl_geometry) cut = window ? rdl_geometry_intersection(zone, window, error) : NULL;

    return cut ? rdl_geometry_scaled(cut, fr->x0, fr->y0, fr->mx, fr->my, error) : NULL;
}

/* How far the area of one component may be off when the zone's edge moves by e. */
typedef struct {
    double least, here, most; /* square metres in the zone shrunk by e, as it is, grown by e */
    bool edge;                /* what lies in the zone comes within e of its edge */
} play;

/* In the frame: z the zone near the component g. By distance, not by areas: a buffer moves every
 * vertex a little, and so loses some of an area that lies far from any edge. */
static bool play_at_edge(const rdl_geometry *z, const rdl_geometry *g, double e, play *p,
                         GError **error)
{
    g_autoptr(rdl_geometry) inside = rdl_geometry_intersection(g, z, error);
    g_autoptr(rdl_geometry) rim = inside ? rdl_geometry_boundary(z, error) : NULL;
    bool covered = false;

    if (!rim || !rdl_geometry_covers(z, g, &covered, error) ||
        !rdl_geometry_within(inside, rim, e, &p->edge, error))
        return false;
    p->least = p->here = p->most = rdl_geometry_plane_area(inside);
    return (!p->edge || moved_area(z, g, -e, &p->least, error)) &&
           (covered || moved_area(z, g, e, &p->most, error));
}

static bool component_play(rdl_overlay *o, const ready_zone *zone, const rdl_geometry *near,
                           const rdl_geometry *component, double e, play *p, GError **error)
{
    rdl_box box = rdl_geometry_box(component);
    frame fr;
    bool yes = false;

    *p = (play){0};
    if (!frame_at(o, box, &fr, error))
        return false;
    g_autoptr(rdl_geometry) band = rdl_geometry_of_box(grown_box(box, &fr, e), error);
    if (!band || !rdl_prepared_intersects(zone->prepared, band, &yes, error))
        return false;
    if (!yes)
        return true;
    double plane, m2;
    g_autoptr(rdl_geometry) z = near_zone(near, box, &fr, e, error);
    g_autoptr(rdl_geometry) g =
        z ? rdl_geometry_scaled(component, fr.x0, fr.y0, fr.mx, fr.my, error) : NULL;
    if (!g || !play_at_edge(z, g, e, p, error) ||
        !rdl_measure_area(o->measure, component, &m2, error))
        return false;
    plane = rdl_geometry_plane_area(g);
    double to_ground = plane > 0.0 ? m2 / plane : 1.0; /* frame to ellipsoid */
    p->least *= to_ground;
    p->here *= to_ground;
    p->most *= to_ground;
    return true;
}

/* Component by component: one far inside is certain however near the edge another lies. */
static bool polygon_bounds(rdl_overlay *o, const ready_zone *zone, const rdl_geometry *f,
                           const frame *fr, double whole_m2, rdl_part *part, GError **error)
{
    rdl_box window = grown_box(rdl_geometry_box(f), fr, 4.0 * part->error_m);
    g_autoptr(rdl_geometry) around = rdl_geometry_of_box(window, error);
    g_autoptr(rdl_geometry) near =
        around ? rdl_geometry_intersection(zone->geometry, around, error) : NULL;
    double least = 0.0, loss = 0.0, gain = 0.0;
    bool certain = false;

    for (int i = 0; near && i < rdl_geometry_components(f); i++) {
        play p;
        if (!component_play(o, zone, near, rdl_geometry_component(f, i), part->error_m, &p, error))
            return false;
        part->edge |= p.edge;
        certain |= !p.edge && p.here > 0.0;
        least += p.edge ? p.least : 0.0;
        loss += p.here - p.least;
        gain += p.most - p.here;
    }
    /* exactly 0 where nothing is certain: the least of each, not a difference */
    part->min_m2 = fmax(0.0, fmin(part->area_m2, certain ? part->area_m2 - loss : least));
    part->max_m2 = fmax(part->area_m2, fmin(whole_m2, part->area_m2 + gain));
    return near != NULL;
}

/* Points and lines have no area: only whether they come within e of the edge. */
static bool thin_bounds(const rdl_geometry *zone, const rdl_geometry *part_geometry,
                        const frame *fr, rdl_part *part, GError **error)
{
    g_autoptr(rdl_geometry) z =
        near_zone(zone, rdl_geometry_box(part_geometry), fr, part->error_m, error);
    g_autoptr(rdl_geometry) g =
        z ? rdl_geometry_scaled(part_geometry, fr->x0, fr->y0, fr->mx, fr->my, error) : NULL;
    g_autoptr(rdl_geometry) shrunk = g ? rdl_geometry_buffer(z, -part->error_m, error) : NULL;
    bool inside = false;

    part->min_m2 = part->max_m2 = 0.0;
    if (!shrunk || !rdl_geometry_covers(shrunk, g, &inside, error))
        return false;
    part->edge = !inside;
    return true;
}

static bool settle_bounds(rdl_overlay *o, const ready_zone *zone, const rdl_geometry *f,
                          const rdl_geometry *part_geometry, double whole_m2, rdl_part *part,
                          GError **error)
{
    rdl_box box = rdl_geometry_box(f);
    frame fr;
    bool deep = false;

    part->min_m2 = part->max_m2 = part->area_m2;
    if (!frame_at(o, box, &fr, error))
        return false;
    g_autoptr(rdl_geometry) band = rdl_geometry_of_box(grown_box(box, &fr, part->error_m), error);
    if (!band || !rdl_prepared_covers(zone->prepared, band, &deep, error))
        return false;
    if (deep) /* nowhere near the edge */
        return true;
    if (part->dimension < 2 || rdl_geometry_dimension(zone->geometry) < 2)
        return rdl_geometry_dimension(zone->geometry) < 2 ||
               thin_bounds(zone->geometry, part_geometry, &fr, part, error);
    return polygon_bounds(o, zone, f, &fr, whole_m2, part, error);
}

/* ---- parts ---- */

typedef struct {
    const rdl_footprint *footprint;
    rdl_geometry *geometry;
    int dimension;
    double whole; /* m2, m, or 1 for points */
    double whole_m2;
    rdl_geometry *taken; /* ground that zones before this one own; NULL: none */
    bool all_taken;
} laying;

static bool measure_extent(rdl_overlay *o, const rdl_geometry *g, int dimension, double *extent,
                           GError **error)
{
    *extent = 1.0;
    if (dimension == 2)
        return rdl_measure_area(o->measure, g, extent, error);
    return dimension == 0 || rdl_measure_length(o->measure, g, extent, error);
}

/* What of the part no zone before this one took, and remember that it is taken now. */
static bool own_area(rdl_overlay *o, laying *l, const rdl_geometry *part_geometry, bool whole,
                     rdl_part *part, GError **error)
{
    part->own_m2 = 0.0;
    if (part->dimension < 2 || l->all_taken)
        return true;
    if (!l->taken) {
        part->own_m2 = part->area_m2;
        if (whole)
            l->all_taken = true;
        else if (!(l->taken = rdl_geometry_union(part_geometry, part_geometry, error)))
            return false;
        return true;
    }
    g_autoptr(rdl_geometry) rest = rdl_geometry_difference(part_geometry, l->taken, error);
    rdl_geometry *all = rest ? rdl_geometry_union(l->taken, part_geometry, error) : NULL;
    if (!all || !rdl_measure_area(o->measure, rest, &part->own_m2, error)) {
        rdl_geometry_free(all);
        return false;
    }
    rdl_geometry_free(l->taken);
    l->taken = all;
    l->all_taken = whole;
    return true;
}

static bool locate(rdl_overlay *o, const rdl_geometry *g, double *lon, double *lat, GError **error)
{
    double x, y;

    return rdl_geometry_inner_point(g, &x, &y, error) &&
           rdl_measure_lonlat(o->measure, x, y, lon, lat, error);
}

static bool add_part(rdl_overlay *o, laying *l, size_t zone_number, const ready_zone *zone,
                     const rdl_geometry *part_geometry, bool whole, GArray *parts,
                     rdl_balance *balance, GError **error)
{
    rdl_part part = {.zone = zone_number, .dimension = rdl_geometry_dimension(part_geometry)};
    double extent;

    if (!measure_extent(o, part_geometry, part.dimension, &extent, error))
        return false;
    if (part.dimension == 2 && l->dimension == 2 && extent < o->options.dust_m2) {
        balance->dust++;
        return true;
    }
    part.area_m2 = part.dimension == 2 ? extent : 0.0;
    part.length_m = part.dimension == 1 ? extent : 0.0;
    part.share =
        part.dimension == l->dimension && l->whole > 0.0 ? fmin(1.0, extent / l->whole) : 1.0;
    part.error_m = error_of(o, o->zones->pdata[zone_number], l->footprint);
    if (!settle_bounds(o, zone, l->geometry, part_geometry, l->whole_m2, &part, error) ||
        !own_area(o, l, part_geometry, whole, &part, error) ||
        !locate(o, part_geometry, &part.lon, &part.lat, error) ||
        !(part.wkb = rdl_geometry_wkb(part_geometry, error)))
        return false;
    g_array_append_val(parts, part);
    return true;
}

/* Boxes and prepared predicates first: most pairs never reach an overlay. */
static bool lay_on_zone(rdl_overlay *o, laying *l, size_t number, GArray *parts,
                        rdl_balance *balance, GError **error)
{
    ready_zone *zone = zone_ready(o, number, error);
    bool yes = false;

    if (!zone || !rdl_prepared_intersects(zone->prepared, l->geometry, &yes, error))
        return false;
    if (!yes)
        return true;
    if (!rdl_prepared_covers(zone->prepared, l->geometry, &yes, error))
        return false;
    if (yes)
        return add_part(o, l, number, zone, l->geometry, true, parts, balance, error);
    g_autoptr(rdl_geometry) common = rdl_geometry_intersection(l->geometry, zone->geometry, error);
    if (!common)
        return false;
    return rdl_geometry_empty(common) ||
           add_part(o, l, number, zone, common, false, parts, balance, error);
}

/* The remainder is measured by itself, so that the balance can fail. */
static bool close_balance(rdl_overlay *o, const laying *l, const GArray *parts, guint from,
                          rdl_balance *balance, GError **error)
{
    balance->whole_m2 = l->whole_m2;
    for (guint i = from; i < parts->len; i++)
        balance->parts_m2 += g_array_index(parts, rdl_part, i).own_m2;
    if (l->dimension == 2 && !l->taken && !l->all_taken)
        balance->remainder_m2 = l->whole_m2;
    if (l->taken && !l->all_taken) {
        g_autoptr(rdl_geometry) rest = rdl_geometry_difference(l->geometry, l->taken, error);
        if (!rest || !rdl_measure_area(o->measure, rest, &balance->remainder_m2, error))
            return false;
    }
    balance->residual_m2 = balance->whole_m2 - balance->parts_m2 - balance->remainder_m2;
    return locate(o, l->geometry, &balance->lon, &balance->lat, error);
}

bool rdl_overlay_run(rdl_overlay *overlay, const rdl_footprint *f, const GArray *candidates,
                     GArray *parts, rdl_balance *balance, GError **error)
{
    laying l = {.footprint = f, .geometry = geometry_of(f->wkb, error)};
    guint from = parts->len;

    *balance = (rdl_balance){0};
    bool good = l.geometry != NULL;
    if (good) {
        l.dimension = rdl_geometry_dimension(l.geometry);
        good = measure_extent(overlay, l.geometry, l.dimension, &l.whole, error);
        l.whole_m2 = l.dimension == 2 ? l.whole : 0.0;
    }
    for (guint i = 0; good && i < candidates->len; i++) {
        size_t number = g_array_index(candidates, size_t, i);
        good = lay_on_zone(overlay, &l, number, parts, balance, error);
        if (!good)
            g_prefix_error(error, "%s over zone %s: ", f->fp_id,
                           ((rdl_zone *)overlay->zones->pdata[number])->zone_id);
    }
    good = good && close_balance(overlay, &l, parts, from, balance, error);
    rdl_geometry_free(l.taken);
    rdl_geometry_free(l.geometry);
    return good;
}
