/* deliver/map_find.h - the files that findings were made from, and where they are now. */
#ifndef RDL_DELIVER_MAP_FIND_H
#define RDL_DELIVER_MAP_FIND_H

#include "base/base.h"

/** An input as a manifest records it. Owned texts, NULL where there is none. */
typedef struct rdl_recorded {
    char *role, *path, *digest; /* SHA-256 */
    char *hint; /* where a manifest beside the ledger says it was: ledgers keep names alone */
    bool scene; /* of detection: the four below may be set */
    char *date_before, *date_after, *sensor, *bands;
} rdl_recorded;

/** All inputs of the loads of a ledger, or of the manifest beside `findings` (NULL: the ledger's),
 *  each once; GPtrArray of rdl_recorded. *as_of: day of the latest judgement, NULL where none is
 *  recorded. Yours. Fails: RDL_ERROR_DATA. */
GPtrArray *rdl_recorded_read(const char *ledger, const char *findings, char **as_of,
                             GError **error);
/** Is this the file to open, and not one that goes along (.dbf of a Shapefile)? */
bool rdl_recorded_main(const rdl_recorded *recorded);
/** Where the file is now: as recorded, or below a folder above `near`. Yours.
 *  Fails: RDL_ERROR_NOT_FOUND; RDL_ERROR_DATA when what is there has another digest. */
char *rdl_recorded_find(const rdl_recorded *recorded, const char *near, GError **error);

/** Is it a GeoPackage with a layer `finding`? */
bool rdl_is_findings(const char *path);
/** Pack and day of judgement from the manifest beside findings.gpkg. Yours.
 *  Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA. */
bool rdl_findings_options(const char *findings, char **pack, char **as_of, GError **error);

#endif
