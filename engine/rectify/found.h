/* rectify/found.h - what monitoring found: every finding of a ledger, dated. */
#ifndef RDL_RECTIFY_FOUND_H
#define RDL_RECTIFY_FOUND_H

#include "rectify/ledger.h"

/** Texts are owned; NULL where there is none. */
typedef struct rdl_found {
    char *finding_id, *site_id, *source, *source_id; /* source: footprint, patch */
    char *xzqdm, *zone, *zone_name, *activity, *result, *severity;
    char *when_case;    /* how what was built lies to the zone in time: a code of cases.csv */
    char *since;        /* day its site came into the ledger, ISO */
    bool enlarges;      /* an older one */
    double area_own_m2; /* its own ground: what zones before its own do not take; of a rule for
                           everywhere (zone ANY) none */
    double area_m2;     /* all of it */
} rdl_found;

/** All of them, of every unit, by site and id; GArray of rdl_found (clears itself). Yours to
 *  unref. */
RDL_API GArray *rdl_found_list(rdl_ledger *ledger, GError **error);

#endif
