#include "screen/zone.h"

#include <math.h>
#include <string.h>
#include "screen/identity.h"

static const char *const needed[] = {"zone", NULL};
static const char *const contents[] = {"zone_id",   "zone",       "name",     "level",
                                       "z_est",     "valid_from", "valid_to", "boundary_error_m",
                                       "authority", "basin",      NULL};
static const rdl_intake_spec spec = {"screen.zones", "zone", needed, 1, contents, NULL};

static void zone_free(gpointer p)
{
    rdl_zone *zone = p;

    g_free(zone->name);
    g_free(zone->level);
    g_free(zone->authority);
    g_free(zone->basin);
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
} reading;

/* Known by z_est; else not later than this version (J27). */
static rdl_interval established(rdl_day z_est, rdl_interval version)
{
    if (z_est != RDL_DAY_PAST)
        return (rdl_interval){z_est, z_est};
    return (rdl_interval){RDL_DAY_PAST,
                          version.first == RDL_DAY_PAST ? RDL_DAY_FUTURE : version.first};
}

static bool take_zone(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    const char *code = rdl_record_text(record, "zone");
    const rdl_zone_class *class = code ? rdl_pack_zone(r->pack, code) : NULL;
    bool bad = false;

    if (!class)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s, feature %" G_GINT64_FORMAT ": zone code '%s' is not in zones.csv of "
                        "pack %s: map it with a --profile, or add it there",
                        r->path, rdl_record_fid(record), code ? code : "", rdl_pack_id(r->pack));
    rdl_zone *zone = g_new0(rdl_zone, 1);
    g_ptr_array_add(r->zones, zone);
    zone->class = class;
    zone->zone_id = rdl_arena_text(r->intake->arena, rdl_record_text(record, "zone_id"));
    zone->name = g_strdup(rdl_record_text(record, "name"));
    zone->level = g_strdup(rdl_record_text(record, "level"));
    zone->authority = g_strdup(rdl_record_text(record, "authority"));
    zone->basin = g_strdup(rdl_record_text(record, "basin"));
    zone->boundary_error_m = rdl_record_real(record, "boundary_error_m");
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
    reading r = {intake, pack, source->path, zones};

    return rdl_intake_read(intake, &spec, source, take_zone, &r, error);
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

/* More than a shared border: judged both, reported (Code art. 859, J32). */
static bool note_overlap(rdl_intake *intake, const rdl_zone *a, const rdl_zone *b, GError **error)
{
    g_autoptr(rdl_geometry) ga =
        rdl_geometry_from_wkb(g_bytes_get_data(a->wkb, NULL), g_bytes_get_size(a->wkb), error);
    g_autoptr(rdl_geometry) gb =
        rdl_geometry_from_wkb(g_bytes_get_data(b->wkb, NULL), g_bytes_get_size(b->wkb), error);
    g_autoptr(rdl_geometry) both = ga && gb ? rdl_geometry_intersection(ga, gb, error) : NULL;
    g_autoptr(rdl_measure) measure = both ? rdl_measure_new(intake->target, error) : NULL;
    double m2;

    if (!measure || !rdl_measure_area(measure, both, &m2, error))
        return false;
    if (m2 > 1.0)
        rdl_reject(intake, "zone", a->fid, true, "OVERLAPS_ZONE: %s and %s share %.1f m2",
                   a->zone_id, b->zone_id, m2);
    return true;
}

bool rdl_zones_settle(rdl_intake *intake, GPtrArray *zones, rdl_day as_of, GError **error)
{
    g_autofree rdl_box *boxes = NULL;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));

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
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, zones->len, error);
    for (guint i = 0; index && i < zones->len; i++) {
        rdl_box_index_query(index, boxes[i], near);
        for (guint k = 0; k < near->len; k++) {
            size_t other = g_array_index(near, size_t, k);
            if (other > i && exclude_each_other(zones->pdata[i], zones->pdata[other]) &&
                !note_overlap(intake, zones->pdata[i], zones->pdata[other], error))
                return false;
        }
    }
    return index != NULL;
}
