/* rectify/ground.h - the ground of sites, one after the other: none is kept in memory. */
#ifndef RDL_RECTIFY_GROUND_H
#define RDL_RECTIFY_GROUND_H

#include "geo/geo.h"
#include "rectify/ledger.h"

/** A site's ground as WKB, in the ledger's system; lent for the call. */
typedef bool (*rdl_ground_fn)(const char *site_id, const void *wkb, size_t bytes, void *user,
                              GError **error);
/** Every site that has a task and ground, as they come; of those only what the boxes of which meet
 *  `within` (NULL: all). Fails: RDL_ERROR_IO, and as `take`. */
RDL_API bool rdl_site_grounds(rdl_ledger *ledger, const rdl_box *within, rdl_ground_fn take,
                              void *user, GError **error);

#endif
