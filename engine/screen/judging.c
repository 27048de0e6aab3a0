#include "screen/judging.h"

#include <math.h>
#include <string.h>
#include "screen/approval.h"
#include "screen/condition.h"
#include "screen/planned.h"

/* Records with geometry, found by box, made ready when first needed. */
typedef struct {
    const GPtrArray *records;
    rdl_box_index *index;
    rdl_geometry **geometries;
    rdl_border **borders;
} ground_set;

/* The ground that is judged; made a geometry when first needed. */
typedef struct {
    rdl_wkb wkb;
    rdl_box box;
    rdl_geometry *geometry;
} ground;

struct rdl_judge {
    const rdl_bench *bench;
    rdl_overlay *overlay;
    rdl_box_index *zones;
    ground_set units;
    rdl_approvals *approvals;
    GArray *candidates, *near; /* of size_t, reused */
    GArray *parts, *findings;  /* of the footprint at hand */
    GArray *held;              /* of rdl_held: the part at hand by the permits */
    GArray *own;               /* of double: own areas, and the remainder */
    GArray *edges, *rings;     /* of rdl_edge, rdl_ring, reused */
    rdl_border *border;        /* of the ground that is judged */
    rdl_verdict_pool *pool;    /* lent */
    rdl_arena *arena;          /* lent */
    double *distances;         /* metres from the footprint to each zone class, see condition.h */
    bool *known;               /* classes whose distance is read and of which there are zones */
    size_t n_classes;          /* 0: no condition reads a distance */
    bool measures;             /* any class is known */
    rdl_transform *lonlat;     /* of the bench's system */
};

rdl_judged *rdl_judged_new(void)
{
    rdl_judged *judged = g_new0(rdl_judged, 1);

    judged->findings = g_ptr_array_new();
    judged->asked = g_hash_table_new(g_str_hash, g_str_equal);
    judged->open = g_hash_table_new(NULL, NULL);
    judged->slivers = g_array_new(FALSE, FALSE, sizeof(rdl_left_over));
    judged->dust_only = g_ptr_array_new();
    judged->failures = g_ptr_array_new_with_free_func(g_free);
    judged->failed_footprints = g_ptr_array_new();
    return judged;
}

void rdl_judged_free(rdl_judged *judged)
{
    if (!judged)
        return;
    g_ptr_array_unref(judged->findings);
    g_hash_table_unref(judged->asked);
    g_hash_table_unref(judged->open);
    g_array_unref(judged->slivers);
    g_ptr_array_unref(judged->dust_only);
    g_ptr_array_unref(judged->failures);
    g_ptr_array_unref(judged->failed_footprints);
    g_free(judged);
}

/* ---- tools of the thread ---- */

typedef rdl_box (*box_fn)(gconstpointer record);
typedef GBytes *(*wkb_fn)(gconstpointer record);

static rdl_box zone_box(gconstpointer p)
{
    return ((const rdl_zone *)p)->box;
}

static rdl_box unit_box(gconstpointer p)
{
    return ((const rdl_unit *)p)->box;
}

static rdl_box_index *index_of(const GPtrArray *records, box_fn box, GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, records->len + 1);

    for (guint i = 0; i < records->len; i++)
        boxes[i] = box(records->pdata[i]);
    return rdl_box_index_new(boxes, records->len, error);
}

static bool ground_set_init(ground_set *set, const GPtrArray *records, box_fn box, GError **error)
{
    set->records = records;
    set->geometries = g_new0(rdl_geometry *, records->len + 1);
    set->borders = g_new0(rdl_border *, records->len + 1);
    set->index = index_of(records, box, error);
    return set->index != NULL;
}

static void ground_set_clear(ground_set *set)
{
    for (guint i = 0; set->records && i < set->records->len; i++) {
        rdl_border_free(set->borders[i]);
        rdl_geometry_free(set->geometries[i]);
    }
    g_free(set->geometries);
    g_free(set->borders);
    rdl_box_index_free(set->index);
}

static rdl_geometry *geometry_of(rdl_wkb wkb, GError **error)
{
    return rdl_geometry_from_wkb(wkb.bytes, wkb.n, error);
}

/* Geometry i, its WKB given by the caller who knows the record's type. */
static rdl_geometry *ground_at(ground_set *set, size_t i, GBytes *wkb, GError **error)
{
    if (!set->geometries[i])
        set->geometries[i] =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    return set->geometries[i];
}

static ground ground_of(rdl_judge *judge, rdl_wkb wkb, const rdl_footprint *f)
{
    ground g = {.wkb = wkb, .box = f->box};

    if (wkb.bytes == f->wkb.bytes)
        return g;
    g_array_set_size(judge->rings, 0);
    if (rdl_rings_of(wkb.bytes, wkb.n, judge->rings))
        g.box = rdl_rings_box(judge->rings);
    return g;
}

static const rdl_geometry *ground_geometry(ground *g, GError **error)
{
    if (!g->geometry)
        g->geometry = geometry_of(g->wkb, error);
    return g->geometry;
}

void rdl_judge_free(rdl_judge *judge)
{
    if (!judge)
        return;
    rdl_overlay_free(judge->overlay);
    rdl_box_index_free(judge->zones);
    rdl_approvals_free(judge->approvals);
    ground_set_clear(&judge->units);
    g_array_unref(judge->candidates);
    g_array_unref(judge->near);
    g_array_unref(judge->parts);
    g_array_unref(judge->findings);
    g_array_unref(judge->held);
    g_array_unref(judge->own);
    g_array_unref(judge->edges);
    g_array_unref(judge->rings);
    rdl_border_free(judge->border);
    rdl_transform_free(judge->lonlat);
    g_free(judge->distances);
    g_free(judge->known);
    g_free(judge);
}

/* ---- which zones ---- */

static bool current(const rdl_zone *zone, rdl_day as_of)
{
    return zone->version.first <= as_of && as_of <= zone->version.last;
}

/* Today's versions for what stands, the versions of its day for the act (J27). */
static bool relevant(const rdl_zone *zone, const rdl_footprint *f, rdl_day as_of)
{
    if (zone->version.first > as_of)
        return false;
    return current(zone, as_of) || rdl_interval_within(f->onset, zone->version) != RDL_NO;
}

static gint by_ownership(gconstpointer a, gconstpointer b, gpointer user)
{
    const rdl_bench *bench = user;
    const rdl_zone *x = bench->zones->pdata[*(const size_t *)a];
    const rdl_zone *y = bench->zones->pdata[*(const size_t *)b];
    bool cx = current(x, bench->as_of), cy = current(y, bench->as_of);

    if (cx != cy)
        return cx ? -1 : 1;
    if (x->class->priority != y->class->priority)
        return x->class->priority - y->class->priority;
    return strcmp(x->zone_id, y->zone_id);
}

static void find_candidates(rdl_judge *judge, const rdl_footprint *f)
{
    rdl_box_index_query(judge->zones, f->box, judge->candidates);
    for (guint i = judge->candidates->len; i-- > 0;) {
        size_t number = g_array_index(judge->candidates, size_t, i);
        if (!relevant(judge->bench->zones->pdata[number], f, judge->bench->as_of))
            g_array_remove_index(judge->candidates, i);
    }
    if (judge->candidates->len > 1)
        g_array_sort_with_data(judge->candidates, by_ownership, (gpointer)judge->bench);
}

/* ---- distances that the pack's conditions read ---- */

/* Metres to one zone within reach: only the ground of it that can be nearest is moved. */
static bool distance_to(rdl_judge *judge, const rdl_geometry *g, const rdl_zone *zone,
                        const rdl_geometry *reach, double *m, GError **error)
{
    g_autoptr(rdl_geometry) whole = rdl_geometry_from_wkb(g_bytes_get_data(zone->wkb, NULL),
                                                          g_bytes_get_size(zone->wkb), error);
    g_autoptr(rdl_geometry) near = whole ? rdl_geometry_intersection(whole, reach, error) : NULL;

    *m = INFINITY;
    return near && (rdl_geometry_empty(near) ||
                    rdl_geodesic_distance(judge->bench->crs, g, near, m, error));
}

static bool any_of_class(const rdl_bench *bench, const rdl_zone_class *class)
{
    for (guint i = 0; i < bench->zones->len; i++) {
        const rdl_zone *zone = bench->zones->pdata[i];
        if (zone->class == class && current(zone, bench->as_of))
            return true;
    }
    return false;
}

/* Which classes are read and known: NaN where not, infinity until a zone is found. */
static void begin_distances(rdl_judge *judge)
{
    const rdl_csv *zones = rdl_pack_table(judge->bench->pack, "zones.csv");
    bool wanted = false;

    judge->distances = g_new(double, rdl_csv_count(zones) + 1);
    judge->known = g_new0(bool, rdl_csv_count(zones) + 1);
    for (size_t i = 0; i < rdl_csv_count(zones); i++) {
        const rdl_zone_class *class =
            rdl_pack_zone(judge->bench->pack, rdl_csv_at(zones, i, "zone"));
        bool read = rdl_pack_wants_near(judge->bench->pack, class);
        wanted = wanted || read;
        judge->known[i] = read && any_of_class(judge->bench, class);
        judge->measures = judge->measures || judge->known[i];
        judge->distances[i] = NAN;
    }
    judge->n_classes = wanted ? rdl_csv_count(zones) : 0;
}

rdl_judge *rdl_judge_new(const rdl_bench *bench, rdl_verdict_pool *pool, rdl_arena *arena,
                         GError **error)
{
    rdl_judge *judge = g_new0(rdl_judge, 1);

    judge->bench = bench;
    begin_distances(judge);
    judge->candidates = g_array_new(FALSE, FALSE, sizeof(size_t));
    judge->near = g_array_new(FALSE, FALSE, sizeof(size_t));
    judge->parts = rdl_parts_new();
    judge->findings = g_array_new(FALSE, FALSE, sizeof(rdl_finding));
    judge->held = g_array_new(FALSE, TRUE, sizeof(rdl_held));
    judge->own = g_array_new(FALSE, FALSE, sizeof(double));
    judge->edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    judge->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    judge->border = rdl_border_new();
    judge->pool = pool;
    judge->arena = arena;
    judge->overlay = rdl_overlay_new(bench->crs, bench->zones, &bench->overlay, error);
    judge->zones = judge->overlay ? index_of(bench->zones, zone_box, error) : NULL;
    judge->approvals = judge->zones ? rdl_approvals_new(bench->pack, bench->crs, bench->permits,
                                                        bench->permits_given, bench->as_of,
                                                        judge->overlay, arena, error)
                                    : NULL;
    judge->lonlat = judge->measures ? rdl_transform_lonlat(bench->crs, error) : NULL;
    if (!judge->approvals || (judge->measures && !judge->lonlat) ||
        !ground_set_init(&judge->units, bench->units, unit_box, error))
        g_clear_pointer(&judge, rdl_judge_free);
    return judge;
}

/* Metres to the zone classes, where conditions read any. */
static const double *judge_near(const rdl_judge *judge)
{
    return judge->n_classes ? judge->distances : NULL;
}

/* The zone may be nearer than what its class has so far. */
static bool worth_measuring(const rdl_judge *judge, const rdl_zone *zone)
{
    size_t class = zone->class->number;

    return judge->known[class] && current(zone, judge->bench->as_of) &&
           judge->distances[class] != 0.0;
}

/* A box as ground, on the other side of the antimeridian too. */
static rdl_geometry *ground_around(const rdl_crs *crs, rdl_box box, GError **error)
{
    rdl_box around[2];
    bool beyond = rdl_box_around(crs, box, around) == 2;
    rdl_geometry *here = rdl_geometry_of_box(box, error);

    if (!here || !beyond)
        return here;
    g_autoptr(rdl_geometry) one = here;
    g_autoptr(rdl_geometry) there = rdl_geometry_of_box(around[1], error);
    return there ? rdl_geometry_union(one, there, error) : NULL;
}

static bool measure_distances(rdl_judge *judge, const rdl_footprint *f, GError **error)
{
    const rdl_bench *bench = judge->bench;
    double limit = rdl_pack_default(bench->pack, "near_limit_m", RDL_NEAR_LIMIT_M);
    g_autoptr(rdl_geometry) reach = NULL, g = NULL;
    rdl_box grown;

    for (size_t i = 0; i < judge->n_classes; i++)
        judge->distances[i] = judge->known[i] ? INFINITY : NAN;
    if (!judge->measures)
        return true;
    if (!rdl_box_grown(bench->crs, judge->lonlat, f->box, limit, &grown, error))
        return false;
    rdl_box_index_around(judge->zones, bench->crs, grown, judge->near);
    for (guint k = 0; k < judge->near->len; k++) {
        const rdl_zone *zone = bench->zones->pdata[g_array_index(judge->near, size_t, k)];
        double *nearest = &judge->distances[zone->class->number], m;
        if (!worth_measuring(judge, zone))
            continue;
        if ((!reach && !(reach = ground_around(bench->crs, grown, error))) ||
            (!g && !(g = geometry_of(f->wkb, error))) ||
            !distance_to(judge, g, zone, reach, &m, error))
            return false;
        if (m <= limit && m < *nearest)
            *nearest = m;
    }
    return true;
}

/* ---- unit ---- */

/* How much there is of what has that dimension: square metres, metres, or points. */
static bool extent_of(rdl_judge *judge, const rdl_geometry *g, int dimension, double *extent,
                      GError **error)
{
    rdl_measure *measure = rdl_overlay_measure(judge->overlay);

    *extent = rdl_geometry_empty(g) ? 0.0 : rdl_geometry_components(g);
    if (dimension == 0)
        return true;
    return (dimension == 1 ? rdl_measure_length : rdl_measure_area)(measure, g, extent, error);
}

/* How much of a part lies in unit i; -1 where they do not meet. */
static bool common_area(rdl_judge *judge, size_t i, ground *part, double *area, GError **error)
{
    const rdl_unit *unit = judge->units.records->pdata[i];
    const rdl_geometry *g = ground_at(&judge->units, i, unit->wkb, error);
    const rdl_geometry *here = g ? ground_geometry(part, error) : NULL;
    bool meets = false;

    *area = -1.0;
    if (!here || !rdl_geometry_intersects(g, here, &meets, error))
        return false;
    g_autoptr(rdl_geometry) both = meets ? rdl_geometry_intersection(g, here, error) : NULL;
    if (both && !extent_of(judge, both, rdl_geometry_dimension(here), area, error))
        return false;
    return !meets || both;
}

/* How the part lies to unit i, by the edges of both; TOUCH where that does not tell. */
static rdl_lie lie_to_unit(rdl_judge *judge, size_t i, const ground *part)
{
    const rdl_unit *unit = judge->units.records->pdata[i];
    rdl_border **border = &judge->units.borders[i];

    if (!*border) {
        *border = rdl_border_new();
        rdl_border_set(*border, g_bytes_get_data(unit->wkb, NULL), g_bytes_get_size(unit->wkb));
    }
    rdl_border_edges(*border, part->box, judge->edges);
    if (judge->edges->len == 0)
        return rdl_border_inside(*border, (part->box.xmin + part->box.xmax) / 2.0,
                                 (part->box.ymin + part->box.ymax) / 2.0)
                   ? RDL_LIE_WITHIN
                   : RDL_LIE_APART;
    if (!rdl_border_set(judge->border, part->wkb.bytes, part->wkb.n))
        return RDL_LIE_TOUCH;
    return rdl_border_lie(*border, judge->border, judge->edges);
}

/* The unit with the largest share of the part; of equal ones the first by code. */
static bool find_unit(rdl_judge *judge, ground *part, const char **xzqdm, GError **error)
{
    double most = -1.0, area;

    *xzqdm = NULL;
    rdl_box_index_query(judge->units.index, part->box, judge->near);
    for (guint k = 0; k < judge->near->len; k++) {
        size_t i = g_array_index(judge->near, size_t, k);
        const rdl_unit *unit = judge->bench->units->pdata[i];
        rdl_lie lie = lie_to_unit(judge, i, part);
        if (lie == RDL_LIE_APART)
            continue;
        if (lie == RDL_LIE_WITHIN) {
            *xzqdm = unit->xzqdm;
            return true;
        }
        if (!common_area(judge, i, part, &area, error))
            return false;
        if (area > most) {
            most = area;
            *xzqdm = unit->xzqdm;
        }
    }
    return true;
}

/* ---- one part ---- */

/* The least of "near_A_m|near_B_m". */
static double distance_to_class(const rdl_judge *judge, const char *kind)
{
    const rdl_csv *zones = rdl_pack_table(judge->bench->pack, "zones.csv");
    g_auto(GStrv) wanted = g_strsplit(kind, "|", -1);
    double least = NAN;

    for (size_t i = 0; i < judge->n_classes; i++) {
        g_autofree char *name = g_strdup_printf("near_%s_m", rdl_csv_at(zones, i, "zone"));
        if (isfinite(judge->distances[i]) && g_strv_contains((const char *const *)wanted, name))
            least = fmin(least, judge->distances[i]);
    }
    return least;
}

/* What the basis counts: ground, metres of a shoreline or crossing, a distance. What lies outside
 * of a permit is a part of its own: its area is what was mined outside. */
static bool set_quantity(rdl_judge *judge, rdl_finding *f, GError **error)
{
    const char *kind = f->verdict->rule ? f->verdict->rule->quantity : NULL;
    bool area = kind && (strcmp(kind, "m2") == 0 || strcmp(kind, "outside_permit_m2") == 0);

    f->quantity = NAN;
    if (!kind || strcmp(kind, "none") == 0)
        return true;
    if (g_str_has_prefix(kind, "near_"))
        f->quantity = distance_to_class(judge, kind);
    else if (f->part.dimension == 2)
        f->quantity = area ? f->part.area_m2 : NAN; /* the metres of a polygon are not known */
    else if (f->part.dimension == 1)
        f->quantity = f->part.length_m;
    if (f->zone && f->part.dimension == 1 &&
        !rdl_overlay_line_length(judge->overlay, f->footprint, f->part.zone, &f->quantity, error))
        return false;
    f->in_m2 = area && f->part.dimension == 2;
    return true;
}

#define SLIVER 1e-3 /* borders drawn twice overlap a little */

/* How much of each of two parts of a footprint lies in the other, 0..1. */
static bool common_share(const rdl_part *a, const rdl_part *b, double *of_a, double *of_b,
                         GError **error)
{
    g_autoptr(rdl_geometry) ga = geometry_of(a->wkb, error);
    g_autoptr(rdl_geometry) gb = ga ? geometry_of(b->wkb, error) : NULL;
    g_autoptr(rdl_geometry) both = gb ? rdl_geometry_intersection(ga, gb, error) : NULL;
    bool covered = false;

    *of_a = *of_b = 0.0;
    if (!both || (a->dimension < 2 && !rdl_geometry_covers(gb, ga, &covered, error)))
        return false;
    if (rdl_geometry_empty(both))
        return true;
    *of_a = *of_b = covered ? 1.0 : 0.5;
    if (a->dimension == 2 && b->dimension == 2) {
        *of_a = rdl_geometry_plane_area(both) / rdl_geometry_plane_area(ga);
        *of_b = rdl_geometry_plane_area(both) / rdl_geometry_plane_area(gb);
    }
    return true;
}

static bool of_one_family(const rdl_zone *a, const rdl_zone *b)
{
    return a != b && strcmp(a->class->family, b->class->family) == 0;
}

/* Did an earlier version of the zone, on the ground of this part, hold at the act? */
static bool earlier_version(const rdl_bench *bench, const rdl_footprint *f, const GArray *parts,
                            const rdl_part *part, bool *yes, GError **error)
{
    const rdl_zone *zone = bench->zones->pdata[part->zone];
    double of_part, of_then;

    *yes = false;
    for (guint i = 0; !*yes && i < parts->len; i++) {
        const rdl_part *then = &g_array_index(parts, rdl_part, i);
        const rdl_zone *other = bench->zones->pdata[then->zone];
        if (!of_one_family(other, zone) || other->version.first >= zone->version.first ||
            rdl_interval_within(f->onset, other->version) == RDL_NO)
            continue;
        if (!common_share(part, then, &of_part, &of_then, error))
            return false;
        *yes = fmax(of_part, of_then) > SLIVER;
    }
    return true;
}

/* ---- an onset over the beginning or end of a version (J21, J27) ---- */

/* What is asked of another time or version. */
typedef struct {
    const rdl_bench *bench;
    const rdl_footprint *footprint;
    const GArray *parts;
    const rdl_part *part;
    const rdl_approval *approval;
    const double *near;
} question;

typedef struct {
    const char *verdict; /* NULL: no row decides */
    rdl_result result;
} outcome;

/* Had the act happened in `span`, under the version of that part's zone. */
static outcome outcome_in(const question *q, const rdl_part *part, rdl_interval span)
{
    const rdl_zone *zone = q->bench->zones->pdata[part->zone];
    rdl_version version = current(zone, q->bench->as_of) ? RDL_VERSION_BOTH : RDL_VERSION_ACT;
    rdl_footprint then = *q->footprint;

    then.onset = span;
    rdl_verdict v = rdl_verdict_of(q->bench->pack, &then, zone, part, q->approval, version, q->near,
                                   q->bench->as_of);
    outcome o = {v.rule ? v.verdict : NULL, v.result};
    rdl_verdict_clear(&v);
    return o;
}

/* One verdict of rows that decide, or nothing to hold against it either time. */
static bool alike(outcome a, outcome b)
{
    return a.result == b.result && (a.result == RDL_RESULT_CLEAN ||
                                    (a.verdict && b.verdict && strcmp(a.verdict, b.verdict) == 0));
}

/* Would the act be judged the same in `span`, by the versions that had the ground then? */
static bool same_in(const question *q, rdl_interval span, outcome here, bool *same, GError **error)
{
    const rdl_zone *zone = q->bench->zones->pdata[q->part->zone];
    double of_part, of_other, covered = 0.0;

    *same = span.first > span.last;
    if (*same) /* there is no such time */
        return true;
    for (guint i = 0; i < q->parts->len; i++) {
        const rdl_part *part = &g_array_index(q->parts, rdl_part, i);
        const rdl_zone *other = q->bench->zones->pdata[part->zone];
        if (!of_one_family(other, zone) || rdl_interval_within(span, other->version) != RDL_YES)
            continue;
        if (!common_share(q->part, part, &of_part, &of_other, error))
            return false;
        if (of_part <= SLIVER)
            continue;
        if (!alike(outcome_in(q, part, span), here))
            return true; /* not the same */
        covered += of_part;
    }
    *same = covered >= 1.0 - SLIVER;
    return true;
}

/* Within the version, before it and after it: is the verdict the same whatever the day? */
static bool same_all_through(const question *q, rdl_interval within, bool *same, GError **error)
{
    rdl_interval onset = q->footprint->onset;
    rdl_interval valid = ((const rdl_zone *)q->bench->zones->pdata[q->part->zone])->version;
    rdl_interval before = {1, 0}, after = {1, 0}; /* none */
    outcome here = outcome_in(q, q->part, within);

    if (onset.first < valid.first)
        before = (rdl_interval){onset.first, valid.first - 1};
    if (valid.last < onset.last)
        after = (rdl_interval){valid.last + 1, onset.last};
    return same_in(q, before, here, same, error) &&
           (!*same || same_in(q, after, here, same, error));
}

/* How the version of the part's zone meets the act; the version judges what of the act falls into
 * *span. */
static bool version_of(const question *q, rdl_version *version, rdl_interval *span, GError **error)
{
    const rdl_footprint *f = q->footprint;
    const rdl_zone *zone = q->bench->zones->pdata[q->part->zone];
    bool post = rdl_when_of(f->onset, zone, RDL_NO) == RDL_WHEN_POST_NO;
    bool now = current(zone, q->bench->as_of), yes = false;

    *version = now ? RDL_VERSION_BOTH : RDL_VERSION_ACT;
    *span = f->onset;
    if (post && rdl_interval_within(f->onset, zone->version) == RDL_MAYBE) {
        rdl_interval within = {MAX(f->onset.first, zone->version.first),
                               MIN(f->onset.last, zone->version.last)};
        if (!same_all_through(q, within, &yes, error))
            return false;
        if (yes)
            *span = within;
        else
            *version = now ? RDL_VERSION_PERHAPS : RDL_VERSION_PERHAPS_ACT;
        return true;
    }
    if (!now || f->onset.last >= zone->version.first)
        return true;
    if (!earlier_version(q->bench, f, q->parts, q->part, &yes, error))
        return false;
    *version = yes ? RDL_VERSION_STATE : post ? RDL_VERSION_NEW_GROUND : RDL_VERSION_BOTH;
    return true;
}

/* One piece of a part, as the permits cut it. */
static bool judge_held(rdl_judge *judge, const rdl_footprint *f, const GArray *parts,
                       const rdl_held *held, rdl_finding *out, GError **error)
{
    const rdl_bench *bench = judge->bench;
    const rdl_part *part = &held->part;
    const rdl_zone *zone = bench->zones->pdata[part->zone];
    ground g = ground_of(judge, part->wkb, f);
    rdl_version version;

    *out = (rdl_finding){.footprint = f, .zone = zone, .part = *part, .side = held->side};
    const question q = {bench, f, parts, part, &held->approval, judge_near(judge)};
    rdl_footprint then = *f;
    bool good =
        version_of(&q, &version, &then.onset, error) && find_unit(judge, &g, &out->xzqdm, error);
    rdl_geometry_free(g.geometry);
    if (!good)
        return false;
    out->superseded = !current(zone, bench->as_of);
    out->verdict = rdl_verdict_pool_get(judge->pool, &then, zone, part, &held->approval, version,
                                        judge_near(judge));
    out->rule_then = out->verdict->rule_then;
    rdl_finding_make_id(out);
    out->permit_no = held->approval.permit_no;
    return set_quantity(judge, out, error);
}

static bool judge_part(rdl_judge *judge, const rdl_footprint *f, const GArray *parts, guint i,
                       rdl_balance *balance, GArray *findings, GError **error)
{
    const rdl_part *part = &g_array_index(parts, rdl_part, i);

    if (!rdl_approvals_hold(judge->approvals, f, judge->bench->zones->pdata[part->zone], parts, i,
                            judge->held, error))
        return false;
    balance->parts_m2 -= part->own_m2;
    for (guint k = 0; k < judge->held->len; k++) {
        const rdl_held *held = &g_array_index(judge->held, rdl_held, k);
        rdl_finding one;
        if (!judge_held(judge, f, parts, held, &one, error))
            return false;
        balance->parts_m2 += held->part.own_m2;
        g_array_append_val(findings, one);
    }
    return true;
}

/* ---- rows for all territory ---- */

static bool speaks(const rdl_verdict *v)
{
    for (guint i = 0; i < v->hits->len; i++) {
        const rdl_hit *hit = &g_array_index(v->hits, rdl_hit, i);
        if (hit->status != RDL_HIT_ASKED && !hit->overridden)
            return true;
    }
    return false;
}

static void count_asked(rdl_judged *judged, const rdl_verdict *v)
{
    for (guint i = 0; i < v->hits->len; i++) {
        const rdl_hit *hit = &g_array_index(v->hits, rdl_hit, i);
        gpointer key = (gpointer)hit->rule->rule_id;
        if (hit->status == RDL_HIT_ASKED)
            g_hash_table_insert(
                judged->asked, key,
                GSIZE_TO_POINTER(GPOINTER_TO_SIZE(g_hash_table_lookup(judged->asked, key)) + 1));
    }
}

/* What the rows for all territory have to know of a project before they speak. */
static void note_open(rdl_judge *judge, rdl_judged *judged, const rdl_footprint *f,
                      const rdl_verdict *v)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; f->planned && i < v->hits->len; i++) {
        const rdl_hit *hit = &g_array_index(v->hits, rdl_hit, i);
        if (hit->status == RDL_HIT_ASKED)
            g_string_append_printf(all, "%s%s: %s", all->len ? "|" : "", hit->rule->rule_id,
                                   hit->asked ? hit->asked : hit->note);
    }
    if (all->len)
        g_hash_table_insert(judged->open, (gpointer)f, rdl_arena_text(judge->arena, all->str));
}

static rdl_part whole_part(const rdl_footprint *f, const rdl_balance *balance, int dimension)
{
    return (rdl_part){.wkb = f->wkb,
                      .area_m2 = balance->whole_m2,
                      .min_m2 = balance->whole_m2,
                      .max_m2 = balance->whole_m2,
                      .length_m = dimension == 1 ? balance->whole_m : 0.0,
                      .share = 1.0,
                      .lon = balance->lon,
                      .lat = balance->lat,
                      .dimension = (gint8)dimension};
}

static bool add_everywhere(rdl_judge *judge, const rdl_footprint *f, const rdl_held *held,
                           const rdl_verdict *verdict, GArray *findings, GError **error)
{
    ground g = ground_of(judge, held->part.wkb, f);
    rdl_finding out = {.footprint = f,
                       .part = held->part,
                       .side = held->side,
                       .verdict = verdict,
                       .rule_then = verdict->rule_then,
                       .permit_no = held->approval.permit_no};
    bool good = find_unit(judge, &g, &out.xzqdm, error);

    rdl_geometry_free(g.geometry);
    if (!good)
        return false;
    rdl_finding_make_id(&out);
    if (!set_quantity(judge, &out, error))
        return false;
    g_array_append_val(findings, out);
    return true;
}

/* Findings with zone NULL when a row for all territory speaks of the footprint or of a piece of it
 * that a permit cuts; rows that only ask are counted. */
static bool judge_everywhere(rdl_judge *judge, const rdl_footprint *f, const rdl_balance *balance,
                             rdl_judged *judged, GArray *findings, GError **error)
{
    const rdl_verdict *verdicts[3];
    bool any = false;

    rdl_part whole = whole_part(f, balance, balance->dimension);
    g_autoptr(GArray) parts = rdl_parts_new();
    g_array_append_val(parts, whole);
    if (!rdl_approvals_hold(judge->approvals, f, NULL, parts, 0, judge->held, error))
        return false;
    g_assert(judge->held->len <= G_N_ELEMENTS(verdicts));
    for (guint k = 0; k < judge->held->len; k++) {
        const rdl_held *held = &g_array_index(judge->held, rdl_held, k);
        const rdl_part *piece = judge->held->len > 1 ? &held->part : NULL;
        verdicts[k] = rdl_verdict_pool_get(judge->pool, f, NULL, piece, &held->approval,
                                           RDL_VERSION_BOTH, judge_near(judge));
        count_asked(judged, verdicts[k]);
        note_open(judge, judged, f, verdicts[k]);
        any = any || speaks(verdicts[k]);
    }
    for (guint k = 0; any && k < judge->held->len; k++)
        if (!add_everywhere(judge, f, &g_array_index(judge->held, rdl_held, k), verdicts[k],
                            findings, error))
            return false;
    return true;
}

/* ---- one footprint ---- */

/* A finding of today's version names the row that judged the act on an earlier one there. */
static bool name_then(rdl_finding *f, const rdl_finding *then, GError **error)
{
    double of_f, of_then;

    if (!f->zone || f->superseded || !then->superseded || !then->verdict->rule || f->rule_then ||
        then->verdict->rule == f->verdict->rule ||
        strcmp(then->zone->class->family, f->zone->class->family) != 0)
        return true;
    if (!common_share(&f->part, &then->part, &of_f, &of_then, error))
        return false;
    if (fmax(of_f, of_then) > SLIVER)
        f->rule_then = then->verdict->rule;
    return true;
}

/* The gravest is primary. */
static bool relate(GArray *findings, GError **error)
{
    rdl_finding *gravest = NULL;

    for (guint i = 0; i < findings->len; i++) {
        rdl_finding *f = &g_array_index(findings, rdl_finding, i);
        if (!gravest || rdl_finding_gravity(f, gravest) < 0)
            gravest = f;
        for (guint k = 0; k < findings->len; k++)
            if (!name_then(f, &g_array_index(findings, rdl_finding, k), error))
                return false;
    }
    if (gravest)
        gravest->is_primary = true;
    return true;
}

static bool lay_and_judge(rdl_judge *judge, const rdl_footprint *f, GArray *findings,
                          rdl_balance *balance, rdl_judged *judged, GError **error)
{
    GArray *parts = judge->parts;

    g_array_set_size(parts, 0);
    if (!measure_distances(judge, f, error))
        return false;
    find_candidates(judge, f);
    if (!rdl_overlay_run(judge->overlay, f, judge->candidates, judge->arena, parts, balance, error))
        return false;
    for (guint i = 0; i < parts->len; i++)
        if (!judge_part(judge, f, parts, i, balance, findings, error))
            return false;
    return judge_everywhere(judge, f, balance, judged, findings, error) && relate(findings, error);
}

/* Own areas and remainder, as shown in one unit, are to make the whole as shown; `up` after them.
 */
static bool show(const GArray *own, double whole_m2, double unit_m2, double step, bool *up)
{
    return rdl_show_areas((const double *)(void *)own->data, own->len, whole_m2, unit_m2, step, up);
}

static void show_areas(rdl_judge *judge, rdl_source_balance *b)
{
    GArray *findings = judge->findings, *own = judge->own;
    g_autofree bool *ha = NULL, *mu = NULL;

    g_array_set_size(own, 0);
    for (guint i = 0; i < findings->len; i++)
        g_array_append_val(own, g_array_index(findings, rdl_finding, i).part.own_m2);
    g_array_append_val(own, b->remainder_m2);
    ha = g_new(bool, own->len);
    mu = g_new(bool, own->len);
    b->adjusted = show(own, b->whole_m2, RDL_HECTARE_M2, RDL_HECTARE_STEP, ha);
    b->adjusted = show(own, b->whole_m2, RDL_MU_M2, RDL_MU_STEP, mu) && b->adjusted;
    for (guint i = 0; i < findings->len; i++) {
        g_array_index(findings, rdl_finding, i).ha_up = ha[i];
        g_array_index(findings, rdl_finding, i).mu_up = mu[i];
    }
    b->ha_up = ha[findings->len];
    b->mu_up = mu[findings->len];
}

static void note_slivers(rdl_judge *judge, const rdl_footprint *f, rdl_judged *judged)
{
    const GArray *slivers = rdl_overlay_slivers(judge->overlay);

    for (guint i = 0; i < slivers->len; i++) {
        const rdl_sliver *s = &g_array_index(slivers, rdl_sliver, i);
        const rdl_zone *zone = judge->bench->zones->pdata[s->zone];
        rdl_left_over left = {f, zone, s->m2};
        g_array_append_val(judged->slivers, left);
    }
}

bool rdl_judge_footprint(rdl_judge *judge, const rdl_footprint *f, rdl_judged *judged,
                         rdl_source_balance *balance, GError **error)
{
    rdl_balance b;
    GError *failed = NULL;

    g_array_set_size(judge->findings, 0);
    if (!lay_and_judge(judge, f, judge->findings, &b, judged, &failed)) {
        /* CRS: a vertex that is no place on the ellipsoid, though within the system's limits */
        if (!g_error_matches(failed, RDL_ERROR, RDL_ERROR_DATA) &&
            !g_error_matches(failed, RDL_ERROR, RDL_ERROR_CRS)) {
            g_propagate_error(error, failed);
            return false;
        }
        judged->failed[f->patch]++;
        g_ptr_array_add(judged->failures, g_strdup(failed->message));
        g_ptr_array_add(judged->failed_footprints, (gpointer)f);
        g_error_free(failed);
        return true;
    }
    *balance = (rdl_source_balance){.footprint = f,
                                    .whole_m2 = b.whole_m2,
                                    .parts_m2 = b.parts_m2,
                                    .remainder_m2 = b.remainder_m2,
                                    .sliver_m2 = b.sliver_m2};
    show_areas(judge, balance);
    for (guint i = 0; i < judge->findings->len; i++) {
        rdl_finding *own = rdl_arena_take(judge->arena, sizeof *own);
        *own = g_array_index(judge->findings, rdl_finding, i);
        g_ptr_array_add(judged->findings, own);
    }
    judged->dust += b.dust;
    note_slivers(judge, f, judged);
    if (judge->findings->len)
        judged->with_findings[f->patch]++;
    else if (b.slivers)
        judged->slivers_only[f->patch]++;
    else if (b.dust)
        g_ptr_array_add(judged->dust_only, (gpointer)f);
    else
        judged->without[f->patch]++;
    return true;
}
