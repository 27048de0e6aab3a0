#include "screen/approval.h"

#include <math.h>
#include <string.h>

struct rdl_approvals {
    const rdl_pack *pack;
    const rdl_crs *crs;
    const GPtrArray *permits;
    bool given;
    rdl_day as_of;
    rdl_overlay *overlay;
    rdl_arena *arena;
    rdl_box_index *index;
    rdl_geometry **scopes; /* of each permit, NULL until needed */
    GArray *near;          /* of size_t, reused */
};

rdl_approvals *rdl_approvals_new(const rdl_pack *pack, const rdl_crs *crs, const GPtrArray *permits,
                                 bool given, rdl_day as_of, rdl_overlay *overlay, rdl_arena *arena,
                                 GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, permits->len + 1);
    rdl_approvals *a = g_new0(rdl_approvals, 1);

    for (guint i = 0; i < permits->len; i++)
        boxes[i] = ((const rdl_permit *)permits->pdata[i])->box;
    *a = (rdl_approvals){pack, crs, permits, given, as_of, overlay, arena, NULL, NULL, NULL};
    a->scopes = g_new0(rdl_geometry *, permits->len + 1);
    a->near = g_array_new(FALSE, FALSE, sizeof(size_t));
    a->index = rdl_box_index_new(boxes, permits->len, error);
    if (!a->index)
        g_clear_pointer(&a, rdl_approvals_free);
    return a;
}

void rdl_approvals_free(rdl_approvals *a)
{
    if (!a)
        return;
    for (guint i = 0; i < a->permits->len; i++)
        rdl_geometry_free(a->scopes[i]);
    g_free(a->scopes);
    g_array_unref(a->near);
    rdl_box_index_free(a->index);
    g_free(a);
}

static rdl_geometry *geometry_of(rdl_wkb wkb, GError **error)
{
    return rdl_geometry_from_wkb(wkb.bytes, wkb.n, error);
}

static const rdl_geometry *scope_of(rdl_approvals *a, size_t i, GError **error)
{
    GBytes *wkb = ((const rdl_permit *)a->permits->pdata[i])->wkb;

    if (!a->scopes[i])
        a->scopes[i] =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    return a->scopes[i];
}

/* ---- the permits of a part ---- */

typedef struct {
    rdl_geometry *scope; /* union so far; NULL: none */
    const char *permit_no, *note;
    char *attrs; /* of its permits, joined */
    bool undated;
} scopes;

static void scopes_clear(scopes *s)
{
    rdl_geometry_free(s->scope);
    g_free(s->attrs);
}

static bool add_scope(scopes *s, const rdl_geometry *g, const rdl_permit *permit, rdl_grant grant,
                      GError **error)
{
    rdl_geometry *all = rdl_geometry_union(s->scope ? s->scope : g, g, error);

    if (!all)
        return false;
    rdl_geometry_free(s->scope);
    s->scope = all;
    s->undated = s->undated || !grant.dated;
    if (permit->attrs) {
        char *attrs = g_strjoin(";", permit->attrs, s->attrs, NULL);
        g_free(s->attrs);
        s->attrs = attrs;
    }
    if (!s->permit_no) {
        s->permit_no = permit->permit_no;
        s->note = grant.note;
    }
    return true;
}

/* Those that fit for certain into `sure`, all that may fit into `perhaps`. */
static bool gather(rdl_approvals *a, const rdl_footprint *f, const rdl_zone *zone,
                   const rdl_geometry *part, scopes *sure, scopes *perhaps, GError **error)
{
    /* who may permit in a zone is no question for a permit older than the zone */
    bool post = rdl_when_of(f->onset, zone, RDL_NO) != RDL_WHEN_PRE_NO;
    bool other = rdl_zone_managed_as_other(zone, f->onset) == RDL_YES;
    const char *zone_code = !zone || !post ? NULL : (other ? zone->managed_as : zone->class)->zone;

    for (guint k = 0; k < a->near->len; k++) {
        size_t i = g_array_index(a->near, size_t, k);
        const rdl_permit *permit = a->permits->pdata[i];
        rdl_grant grant =
            rdl_permit_allows(permit, a->pack, zone_code, f->activity, f->onset, a->as_of);
        bool meets = false;
        if (grant.allows == RDL_NO)
            continue;
        const rdl_geometry *g = scope_of(a, i, error);
        if (!g || !rdl_geometry_intersects(g, part, &meets, error))
            return false;
        if (!meets)
            continue;
        if (!grant.note && permit->holder && f->owner && strcmp(permit->holder, f->owner) != 0)
            grant.note = "the permit's holder is not the owner";
        if ((grant.allows == RDL_YES && !add_scope(sure, g, permit, grant, error)) ||
            !add_scope(perhaps, g, permit, grant, error))
            return false;
    }
    return true;
}

static rdl_approval approval_on(const rdl_approvals *a, rdl_side side, const scopes *sure,
                                const scopes *perhaps, rdl_truth granted)
{
    const scopes *s = granted == RDL_YES ? sure : perhaps;
    rdl_approval approval = {.granted = granted,
                             .permit_no = s->permit_no,
                             .note = granted == RDL_NO ? NULL : s->note,
                             .papers_only = granted == RDL_MAYBE && !perhaps->undated};

    if (side == RDL_SIDE_OUTSIDE)
        approval.note = "outside the permit's scope";
    if (granted == RDL_YES)
        approval.attrs = rdl_arena_text(a->arena, sure->attrs);
    return approval;
}

/* ---- cutting ---- */

typedef struct {
    const rdl_footprint *footprint;
    const rdl_zone *zone; /* NULL: all territory */
    const GArray *parts;
    guint number;
    rdl_geometry *whole;                        /* the part */
    rdl_geometry *inside, *undecided, *outside; /* its pieces; NULL: none */
    rdl_geometry *near_zone, *near_scope;       /* ground within e of their edges; NULL: none */
    double e;
} cutting;

static void cutting_clear(cutting *c)
{
    rdl_geometry_free(c->whole);
    rdl_geometry_free(c->inside);
    rdl_geometry_free(c->undecided);
    rdl_geometry_free(c->outside);
    rdl_geometry_free(c->near_zone);
    rdl_geometry_free(c->near_scope);
}

/* Nothing there, or too little to be told from borders drawn twice. */
static bool negligible(rdl_approvals *a, const rdl_geometry *g, int dimension, bool *yes,
                       GError **error)
{
    double m;

    *yes = rdl_geometry_empty(g);
    if (*yes || dimension == 0)
        return true;
    if (dimension == 2) {
        if (!rdl_measure_area(rdl_overlay_measure(a->overlay), g, &m, error))
            return false;
        *yes = m < rdl_overlay_options_of(a->overlay)->dust_m2;
        return *yes || rdl_overlay_thin(a->overlay, g, yes, error);
    }
    if (!rdl_measure_length(rdl_overlay_measure(a->overlay), g, &m, error))
        return false;
    *yes = m < rdl_overlay_options_of(a->overlay)->sliver_width_m;
    return true;
}

/* *rest into two by `scope`; a negligible side goes to the other, and is NULL then. */
static bool cut(rdl_approvals *a, rdl_geometry **rest, const rdl_geometry *scope,
                rdl_geometry **inside, GError **error)
{
    int dimension = *rest ? rdl_geometry_dimension(*rest) : 0;
    bool none_in = true, none_out = true;

    if (!*rest || !scope)
        return true;
    g_autoptr(rdl_geometry) in = rdl_geometry_intersection(*rest, scope, error);
    g_autoptr(rdl_geometry) out = in ? rdl_geometry_difference(*rest, scope, error) : NULL;
    if (!out || !negligible(a, in, dimension, &none_in, error) ||
        !negligible(a, out, dimension, &none_out, error))
        return false;
    if (none_in && !(none_out && !rdl_geometry_empty(in)))
        return true; /* all outside */
    if (none_out) {
        *inside = g_steal_pointer(rest);
        return true;
    }
    *inside = g_steal_pointer(&in);
    rdl_geometry_free(*rest);
    *rest = g_steal_pointer(&out);
    return true;
}

/* ---- what a piece measures ---- */

static bool area_of(rdl_approvals *a, const rdl_geometry *g, double *m2, GError **error)
{
    return g && rdl_measure_area(rdl_overlay_measure(a->overlay), g, m2, error);
}

static rdl_geometry *without(const rdl_geometry *g, const rdl_geometry *taken, GError **error)
{
    return taken ? rdl_geometry_difference(g, taken, error)
                 : rdl_geometry_union(g, g, error); /* a copy */
}

/* Ground of the footprint that could be the piece's: that within e of it on either border. */
static rdl_geometry *possible(const cutting *c, const rdl_geometry *footprint,
                              const rdl_geometry *piece, GError **error)
{
    const rdl_geometry *const bands[] = {c->near_zone, c->near_scope};
    rdl_geometry *all = rdl_geometry_union(piece, piece, error);

    for (size_t i = 0; all && i < G_N_ELEMENTS(bands); i++) {
        if (!bands[i])
            continue;
        g_autoptr(rdl_geometry) band = rdl_geometry_intersection(footprint, bands[i], error);
        rdl_geometry *more = band ? rdl_geometry_union(all, band, error) : NULL;
        rdl_geometry_free(all);
        all = more;
    }
    return all;
}

static bool bounds_of(rdl_approvals *a, const cutting *c, const rdl_geometry *g, rdl_part *part,
                      GError **error)
{
    double least, most;

    part->min_m2 = part->max_m2 = part->area_m2;
    if (part->dimension < 2)
        return true;
    g_autoptr(rdl_geometry) footprint = geometry_of(c->footprint->wkb, error);
    g_autoptr(rdl_geometry) some = footprint ? without(g, c->near_zone, error) : NULL;
    g_autoptr(rdl_geometry) certain = some ? without(some, c->near_scope, error) : NULL;
    g_autoptr(rdl_geometry) all = certain ? possible(c, footprint, g, error) : NULL;
    if (!area_of(a, certain, &least, error) || !area_of(a, all, &most, error))
        return false;
    part->min_m2 = fmin(least, part->area_m2);
    part->max_m2 = fmax(most, part->area_m2);
    return true;
}

/* What of the piece no zone before this one has. */
static bool own_of(rdl_approvals *a, const cutting *c, const rdl_geometry *g, rdl_part *part,
                   GError **error)
{
    const rdl_part *whole = &g_array_index(c->parts, rdl_part, c->number);
    g_autoptr(rdl_geometry) left = NULL;

    part->own_m2 = part->area_m2;
    if (!c->zone || whole->own_m2 <= 0.0 || part->dimension < 2) {
        part->own_m2 = 0.0;
        return true;
    }
    for (guint i = 0; i < c->number; i++) {
        const rdl_part *before = &g_array_index(c->parts, rdl_part, i);
        if (before->dimension < 2)
            continue;
        g_autoptr(rdl_geometry) taken = geometry_of(before->wkb, error);
        rdl_geometry *rest = taken ? rdl_geometry_difference(left ? left : g, taken, error) : NULL;
        if (!rest)
            return false;
        rdl_geometry_free(left);
        left = rest;
    }
    return !left || area_of(a, left, &part->own_m2, error);
}

static bool extent_of(rdl_approvals *a, const rdl_geometry *g, rdl_part *part, GError **error)
{
    rdl_measure *measure = rdl_overlay_measure(a->overlay);
    bool thin = part->dimension == 1;

    if (part->dimension == 0)
        return true;
    return (thin ? rdl_measure_length
                 : rdl_measure_area)(measure, g, thin ? &part->length_m : &part->area_m2, error);
}

static double share_of(const rdl_part *whole, const rdl_part *part)
{
    double of = part->dimension == 2 ? whole->area_m2 : whole->length_m;
    double has = part->dimension == 2 ? part->area_m2 : part->length_m;

    return of > 0.0 ? fmin(1.0, whole->share * has / of) : whole->share;
}

static bool measure_piece(rdl_approvals *a, const cutting *c, const rdl_geometry *g, rdl_part *part,
                          GError **error)
{
    const rdl_part *whole = &g_array_index(c->parts, rdl_part, c->number);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, error);
    double x, y;

    *part = (rdl_part){.zone = whole->zone, .dimension = (gint8)rdl_geometry_dimension(g)};
    if (!wkb || !extent_of(a, g, part, error) || !rdl_geometry_inner_point(g, &x, &y, error) ||
        !rdl_measure_lonlat(rdl_overlay_measure(a->overlay), x, y, &part->lon, &part->lat, error))
        return false;
    size_t n = g_bytes_get_size(wkb);
    part->wkb = (rdl_wkb){rdl_arena_copy(a->arena, g_bytes_get_data(wkb, NULL), n), n};
    part->share = share_of(whole, part);
    if (c->near_zone && whole->edge &&
        !rdl_geometry_intersects(g, c->near_zone, &part->edge, error))
        return false;
    return bounds_of(a, c, g, part, error) && own_of(a, c, g, part, error);
}

/* ---- all of it ---- */

static bool bands(rdl_approvals *a, cutting *c, const rdl_geometry *scope, GError **error)
{
    rdl_box box = rdl_geometry_box(c->whole);

    c->e = rdl_overlay_error(a->overlay, c->zone, c->footprint);
    if (rdl_geometry_dimension(c->whole) < 2 || c->e <= 0.0)
        return true;
    size_t zone = g_array_index(c->parts, rdl_part, c->number).zone;
    if (c->zone && !rdl_overlay_zone_band(a->overlay, zone, box, c->e, &c->near_zone, error))
        return false;
    return rdl_overlay_band(a->overlay, scope, box, c->e, &c->near_scope, error);
}

static bool add_held(rdl_approvals *a, const cutting *c, const rdl_geometry *g, rdl_held one,
                     GArray *held, GError **error)
{
    if (g && !measure_piece(a, c, g, &one.part, error))
        return false;
    g_array_append_val(held, one);
    return true;
}

static bool check_pieces(const cutting *c, const GArray *held, GError **error)
{
    const rdl_part *whole = &g_array_index(c->parts, rdl_part, c->number);
    double area = 0.0, own = 0.0;

    for (guint i = 0; i < held->len; i++) {
        area += g_array_index(held, rdl_held, i).part.area_m2;
        own += g_array_index(held, rdl_held, i).part.own_m2;
    }
    double tolerance = fmax(0.01, 1e-6 * whole->area_m2);
    return (fabs(area - whole->area_m2) <= tolerance && fabs(own - whole->own_m2) <= tolerance) ||
           rdl_fail(error, RDL_ERROR_BALANCE,
                    "%s: pieces inside and outside of permits make %.3f m2 (own %.3f), the part "
                    "has %.3f (own %.3f)",
                    c->footprint->fp_id, area, own, whole->area_m2, whole->own_m2);
}

/* Two or three pieces, each measured by itself. */
static bool add_pieces(rdl_approvals *a, cutting *c, const scopes *sure, const scopes *perhaps,
                       GArray *held, GError **error)
{
    const struct {
        const rdl_geometry *g;
        rdl_truth granted;
        rdl_side side;
    } all[] = {{c->inside, RDL_YES, RDL_SIDE_FIRST},
               {c->undecided, RDL_MAYBE, c->inside ? RDL_SIDE_UNDECIDED : RDL_SIDE_FIRST},
               {c->outside, RDL_NO, RDL_SIDE_OUTSIDE}};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        rdl_held one = {.approval = approval_on(a, all[i].side, sure, perhaps, all[i].granted),
                        .side = all[i].side};
        if (all[i].g && !add_held(a, c, all[i].g, one, held, error))
            return false;
    }
    return check_pieces(c, held, error);
}

static bool split(rdl_approvals *a, cutting *c, scopes *sure, scopes *perhaps, GArray *held,
                  GError **error)
{
    rdl_geometry *rest = rdl_geometry_union(c->whole, c->whole, error);
    bool good = rest && cut(a, &rest, sure->scope, &c->inside, error) &&
                cut(a, &rest, perhaps->scope, &c->undecided, error);

    c->outside = rest;
    if (!good)
        return false;
    int pieces = !!c->inside + !!c->undecided + !!c->outside;
    if (pieces > 1)
        return bands(a, c, perhaps->scope, error) && add_pieces(a, c, sure, perhaps, held, error);
    rdl_truth granted = c->inside ? RDL_YES : c->undecided ? RDL_MAYBE : RDL_NO;
    rdl_held one = {g_array_index(c->parts, rdl_part, c->number),
                    approval_on(a, RDL_SIDE_FIRST, sure, perhaps, granted), RDL_SIDE_FIRST};
    g_array_append_val(held, one);
    return true;
}

bool rdl_approvals_hold(rdl_approvals *a, const rdl_footprint *f, const rdl_zone *zone,
                        const GArray *parts, guint i, GArray *held, GError **error)
{
    rdl_held plain = {.part = g_array_index(parts, rdl_part, i), .approval = {.granted = RDL_NO}};
    cutting c = {.footprint = f, .zone = zone, .parts = parts, .number = i};
    scopes sure = {0}, perhaps = {0};

    g_array_set_size(held, 0);
    if (!a->given)
        plain.approval.note = "approvals=absent";
    else
        rdl_box_index_query(a->index, f->box, a->near);
    if (!a->given || !a->near->len) {
        g_array_append_val(held, plain);
        return true;
    }
    c.whole = geometry_of(plain.part.wkb, error);
    bool good = c.whole && gather(a, f, zone, c.whole, &sure, &perhaps, error);
    if (good && perhaps.scope)
        good = split(a, &c, &sure, &perhaps, held, error);
    else if (good)
        g_array_append_val(held, plain);
    cutting_clear(&c);
    scopes_clear(&sure);
    scopes_clear(&perhaps);
    return good;
}
