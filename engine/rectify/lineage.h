/* rectify/lineage.h - which sources make a site, for the files of rectify/. */
#ifndef RDL_RECTIFY_LINEAGE_H
#define RDL_RECTIFY_LINEAGE_H

#include "geo/geo.h"
#include "rectify/handle.h"

/** Base64 of the WKB, as events carry it; NULL, also without error for NULL. Yours. */
char *rdl_ground_text(const rdl_geometry *g, GError **error);
/** A source by kind and id, in one text. Yours. */
char *rdl_origin_name(const char *source, const char *source_id);
/** *ground: the union of the grounds of a site's sources, and of `more` (may be NULL); NULL where
 *  there are none. `inside`: only of those named in `sources` (rdl_origin_name(); NULL ends the
 *  list), else only of
 *  the others that are a part of it. */
bool rdl_site_ground(rdl_ledger *ledger, const char *site_id, const char *const *sources,
                     bool inside, const rdl_geometry *more, rdl_geometry **ground, GError **error);

#endif
