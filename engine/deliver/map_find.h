/* deliver/map_find.h - what findings.gpkg is, and by what it was judged. */
#ifndef RDL_DELIVER_MAP_FIND_H
#define RDL_DELIVER_MAP_FIND_H

#include "rectify/rectify.h"

/** Is it a GeoPackage with a layer `finding`? */
bool rdl_is_findings(const char *path);
/** Pack and day of judgement from the manifest beside findings.gpkg. Yours.
 *  Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA. */
bool rdl_findings_options(const char *findings, char **pack, char **as_of, GError **error);

#endif
