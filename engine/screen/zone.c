#include "screen/zone.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "screen/identity.h"
#include "screen/word.h"

static const char *const needed[] = {"zone", NULL};
static const char *const contents[] = {
    "zone_id",          "zone",      "name",  "level",  "z_est",      "valid_from", "valid_to",
    "boundary_error_m", "authority", "basin", "period", "managed_as", NULL};
static const rdl_intake_spec spec = {"screen.zones", "zone", needed, 1, contents, NULL};

static void zone_free(gpointer p)
{
    rdl_zone *zone = p;

    g_free(zone->name);
    g_free(zone->level);
    g_free(zone->authority);
    g_free(zone->basin);
    g_free(zone->period);
    rdl_zone_drop_border(zone);
    if (zone->wkb)
        g_bytes_unref(zone->wkb);
    g_free(zone);
}

GPtrArray *rdl_zones_new(void)
{
    return g_ptr_array_new_with_free_func(zone_free);
}

typedef struct {
    rdl_intake *intake;
    const rdl_pack *pack;
    const char *path;
    GPtrArray *zones;
    rdl_words *levels, *basins;
} reading;

/* What no table of the pack knows is not known: rows of one level or basin ask then. */
static char *code_of(const reading *r, const rdl_record *record, rdl_words *words,
                     const char *field)
{
    const char *text = rdl_record_text(record, field), *hint = NULL;
    const char *code = text ? rdl_words_code(words, text, &hint) : NULL;
    g_autofree char *name = g_ascii_strup(field, -1);

    if (hint)
        rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
                   "UNKNOWN_%s: %s: it counts as unknown", name, hint);
    return g_strdup(code);
}

/* Known by z_est; else not later than this version (J27). */
static rdl_interval established(rdl_day z_est, rdl_interval version)
{
    if (z_est != RDL_DAY_PAST)
        return (rdl_interval){z_est, z_est};
    return (rdl_interval){RDL_DAY_PAST,
                          version.first == RDL_DAY_PAST ? RDL_DAY_FUTURE : version.first};
}

/* A season nobody can read decides nothing. */
static char *period_of(const reading *r, const rdl_record *record)
{
    const char *period = rdl_record_text(record, "period");

    if (period && *period && !rdl_season_valid(period))
        rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
                   "BAD_PERIOD: '%s' is not MM-DD/MM-DD: the season counts as unknown", period);
    return period && *period ? g_strdup(period) : NULL;
}

/* Strict rows stay in force where the code is not known. */
static const rdl_zone_class *managed_as(const reading *r, const rdl_record *record)
{
    const char *code = rdl_record_text(record, "managed_as");
    const rdl_zone_class *class = code && *code ? rdl_pack_zone(r->pack, code) : NULL;

    if (code && *code && !class)
        rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
                   "UNKNOWN_ZONE: managed_as '%s' is not in zones.csv: judged as what it is", code);
    return class;
}

static bool take_zone(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    const char *code = rdl_record_text(record, "zone");
    const rdl_zone_class *class = code ? rdl_pack_zone(r->pack, code) : NULL;
    bool bad = false;

    if (!class)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s, feature %" PRId64 ": zone code '%s' is not in zones.csv of "
                        "pack %s: map it with a --profile, or add it there",
                        r->path, rdl_record_fid(record), code ? code : "", rdl_pack_id(r->pack));
    rdl_zone *zone = g_new0(rdl_zone, 1);
    g_ptr_array_add(r->zones, zone);
    zone->class = class;
    zone->zone_id = rdl_arena_text(r->intake->arena, rdl_record_text(record, "zone_id"));
    zone->name = g_strdup(rdl_record_text(record, "name"));
    zone->level = code_of(r, record, r->levels, "level");
    zone->authority = g_strdup(rdl_record_text(record, "authority"));
    zone->basin = code_of(r, record, r->basins, "basin");
    zone->period = period_of(r, record);
    zone->managed_as = managed_as(r, record);
    zone->web_datum = rdl_record_web_datum(record);
    zone->boundary_error_m = rdl_record_error_m(record, "boundary_error_m");
    zone->version.first = rdl_record_day(record, "valid_from", RDL_DAY_PAST, &bad);
    zone->version.last = rdl_record_day(record, "valid_to", RDL_DAY_FUTURE, &bad);
    zone->established =
        established(rdl_record_day(record, "z_est", RDL_DAY_PAST, &bad), zone->version);
    zone->fid = rdl_record_fid(record);
    zone->content = rdl_identity_content(record, contents);
    zone->box = rdl_record_box(record);
    zone->wkb = g_bytes_ref(rdl_record_wkb(record));
    return true;
}

bool rdl_zones_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                    GPtrArray *zones, GError **error)
{
    reading r = {intake,
                 pack,
                 source->path,
                 zones,
                 rdl_words_new(pack, intake, "level"),
                 rdl_words_new(pack, intake, "basin")};
    bool good = rdl_intake_read(intake, &spec, source, take_zone, &r, error);

    rdl_words_finish(r.levels, spec.layer);
    rdl_words_finish(r.basins, spec.layer);
    return good;
}

static rdl_identity identity(gpointer p)
{
    rdl_zone *zone = p;

    return (rdl_identity){&zone->zone_id,
                          {g_bytes_get_data(zone->wkb, NULL), g_bytes_get_size(zone->wkb)},
                          zone->content,
                          zone->fid};
}

static bool exclude_each_other(const rdl_zone *a, const rdl_zone *b)
{
    return a->class->exclusive && b->class->exclusive &&
           strcmp(a->class->exclusive, b->class->exclusive) == 0 &&
           a->version.first <= b->version.last && b->version.first <= a->version.last;
}

/* Two zones that may not overlap, and what they share. */
typedef struct {
    rdl_zone *a, *b;
    double m2;
} zone_pair;

typedef struct {
    const rdl_crs *crs;
    GArray *pairs; /* of zone_pair */
} overlaps;

typedef struct {
    rdl_measure *measure;
    GArray *edges;
} sharer;

static void sharer_free(void *worker)
{
    sharer *s = worker;

    rdl_measure_free(s->measure);
    g_array_unref(s->edges);
    g_free(s);
}

static void *sharer_new(void *job, GError **error)
{
    sharer *s = g_new0(sharer, 1);

    s->edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));
    if ((s->measure = rdl_measure_new(((overlaps *)job)->crs, error)))
        return s;
    sharer_free(s);
    return NULL;
}

static rdl_wkb ground(const rdl_zone *zone)
{
    return (rdl_wkb){g_bytes_get_data(zone->wkb, NULL), g_bytes_get_size(zone->wkb)};
}

rdl_truth rdl_zone_managed_as_other(const rdl_zone *zone, rdl_interval onset)
{
    if (!zone || !zone->managed_as)
        return RDL_NO;
    return zone->period ? rdl_truth_not(rdl_season_within(onset, zone->period)) : RDL_YES;
}

const rdl_border *rdl_zone_border(rdl_zone *zone)
{
    rdl_border *had = atomic_load(&zone->border);
    rdl_wkb wkb = ground(zone);

    if (had)
        return had;
    rdl_border *made = rdl_border_new();
    if (!rdl_border_set(made, wkb.bytes, wkb.n))
        rdl_border_clear(made);
    if (atomic_compare_exchange_strong(&zone->border, &had, made))
        return made;
    rdl_border_free(made); /* another thread was first */
    return had;
}

void rdl_zone_drop_border(rdl_zone *zone)
{
    rdl_border_free(atomic_exchange(&zone->border, NULL));
}

static bool measure_common(sharer *s, zone_pair *p, GError **error)
{
    rdl_wkb a = ground(p->a), b = ground(p->b);
    g_autoptr(rdl_geometry) ga = rdl_geometry_from_wkb(a.bytes, a.n, error);
    g_autoptr(rdl_geometry) gb = rdl_geometry_from_wkb(b.bytes, b.n, error);
    g_autoptr(rdl_geometry) both = ga && gb ? rdl_geometry_intersection(ga, gb, error) : NULL;

    return both && rdl_measure_area(s->measure, both, &p->m2, error);
}

/* Most neighbours lie apart, and their edges tell. */
static bool share(void *job, void *worker, size_t i, GError **error)
{
    zone_pair *p = &g_array_index(((overlaps *)job)->pairs, zone_pair, i);
    const rdl_border *a = rdl_zone_border(p->a), *b = rdl_zone_border(p->b);
    rdl_wkb inner = ground(p->b);
    sharer *s = worker;

    if (!rdl_border_rings(a)->len || !rdl_border_rings(b)->len)
        return measure_common(s, p, error);
    rdl_border_edges(a, p->b->box, s->edges);
    switch (rdl_border_lie(a, b, s->edges)) {
    case RDL_LIE_APART:
        return true;
    case RDL_LIE_WITHIN:
        return rdl_measure_wkb(s->measure, inner.bytes, inner.n, &p->m2, error);
    case RDL_LIE_TOUCH:
        if (rdl_border_neighbours(a, b))
            return true;
        break;
    case RDL_LIE_ACROSS:
        break;
    }
    return measure_common(s, p, error);
}

static bool find_pairs(const GPtrArray *zones, const rdl_box *boxes, GArray *pairs, GError **error)
{
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, zones->len, error);

    for (guint i = 0; index && i < zones->len; i++) {
        rdl_box_index_query(index, boxes[i], near);
        for (guint k = 0; k < near->len; k++) {
            size_t other = g_array_index(near, size_t, k);
            zone_pair p = {zones->pdata[i], zones->pdata[other], 0.0};
            if (other > i && exclude_each_other(p.a, p.b))
                g_array_append_val(pairs, p);
        }
    }
    return index != NULL;
}

/* More than a shared border: judged both, reported (Code art. 859, J32). */
static bool note_overlaps(rdl_intake *intake, const GPtrArray *zones, const rdl_box *boxes,
                          GError **error)
{
    static const rdl_parallel how = {sharer_new, sharer_free, share, "comparing zones"};
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(zone_pair));
    overlaps job = {intake->target, pairs};

    if (!find_pairs(zones, boxes, pairs, error) ||
        !rdl_parallel_run(&how, &job, pairs->len, intake->threads, NULL, error))
        return false;
    for (guint i = 0; i < pairs->len; i++) {
        const zone_pair *p = &g_array_index(pairs, zone_pair, i);
        if (p->m2 > 1.0)
            rdl_reject(intake, "zone", p->a->fid, true, "OVERLAPS_ZONE: %s and %s share %.1f m2",
                       p->a->zone_id, p->b->zone_id, p->m2);
    }
    return true;
}

bool rdl_zones_settle(rdl_intake *intake, GPtrArray *zones, rdl_day as_of, GError **error)
{
    g_autofree rdl_box *boxes = NULL;

    rdl_identity_settle(intake, &spec, zones, identity);
    boxes = g_new(rdl_box, zones->len + 1);
    for (guint i = 0; i < zones->len; i++) {
        const rdl_zone *zone = zones->pdata[i];
        boxes[i] = zone->box;
        if (zone->version.first > as_of)
            rdl_tally_suppressed(intake->tally, spec.item, "FUTURE", 1);
        else
            rdl_tally_used(intake->tally, spec.item, 1);
    }
    return note_overlaps(intake, zones, boxes, error);
}
