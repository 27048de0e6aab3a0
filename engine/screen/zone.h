/* screen/zone.h - protected zones: one polygon of one version of one boundary. */
#ifndef RDL_SCREEN_ZONE_H
#define RDL_SCREEN_ZONE_H

#include <stdatomic.h>
#include "screen/intake.h"
#include "screen/pack.h"

typedef struct rdl_zone {
    char *zone_id;                          /* never NULL; lent by the intake */
    char *name, *level, *authority, *basin; /* NULL where not given; zone_id never */
    char *period;                           /* a season (base/calendar.h); NULL: all the year */
    const rdl_zone_class *class;
    const rdl_zone_class *managed_as; /* whose rows apply in place of `class`, outside of `period`
                                         where there is one; NULL: its own do */
    rdl_interval
        established;      /* when the zone was first designated: z_est, or not after the version */
    rdl_interval version; /* valid_from..valid_to of this boundary */
    double boundary_error_m;      /* NaN: not given */
    const char *web_datum;        /* "GCJ-02", "BD-09": its boundary is displaced; NULL */
    GBytes *wkb;                  /* target system, valid */
    _Atomic(rdl_border *) border; /* of rdl_zone_border() */
    rdl_box box;
    const char *content; /* the fields as they came; lent by the intake */
    gint64 fid;
} rdl_zone;

/** Read a zone layer into `zones` (GPtrArray of rdl_zone, from rdl_zones_new()).
 *  Fails besides what rdl_intake_read() does: RDL_ERROR_DATA for a zone code the pack lacks. */
GPtrArray *rdl_zones_new(void);
bool rdl_zones_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                    GPtrArray *zones, GError **error);
/** Outside its strict season, or where what it protects lies underground, a zone is managed as
 * another (Regulation 2026 art. 28): was it at the onset? MAYBE: that does not tell the season.
 * `zone` may be NULL. Pure. */
rdl_truth rdl_zone_managed_as_other(const rdl_zone *zone, rdl_interval onset);
/** The edges of its ground, made when first asked for; any thread may ask. */
const rdl_border *rdl_zone_border(rdl_zone *zone);
/** Before its ground goes: forget the edges. */
void rdl_zone_drop_border(rdl_zone *zone);
/** After all sources: order by zone_id, refuse or tell apart ids that repeat, note overlaps of one
 *  exclusive group (Code art. 859) as warnings. */
bool rdl_zones_settle(rdl_intake *intake, GPtrArray *zones, rdl_day as_of, GError **error);

#endif
