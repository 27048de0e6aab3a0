/* rectify/neighbour.h - which known site lies under a piece of ground. */
#ifndef RDL_RECTIFY_NEIGHBOUR_H
#define RDL_RECTIFY_NEIGHBOUR_H

#include "geo/geo.h"
#include "rectify/handle.h"

/** The site with most ground in common, and others that qualify. */
typedef struct rdl_common {
    char *site_id;                         /* NULL: none */
    double share_of_site, share_of_source; /* 0..1 */
    JsonArray *also;                       /* ids of the others that qualify */
} rdl_common;
void rdl_common_clear(rdl_common *common);

/** Among sites of other loads than `load` that were not rejected, source by source: those that
 * share at least half of their own ground, or of `ground` (ledger's CRS), with it. Lines and points
 * have no ground to share. Fails: RDL_ERROR_DATA when a geometry operation fails. */
bool rdl_sites_under(rdl_ledger *ledger, const rdl_geometry *ground, const char *load,
                     rdl_common *common, GError **error);

#endif
