/* rectify/recorded.h - the files that findings were made from, and where they are now. */
#ifndef RDL_RECTIFY_RECORDED_H
#define RDL_RECTIFY_RECORDED_H

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
/** What a ledger was loaded with, in order: [{"digest", "at", "manifest"}], manifest absent where
 *  none came along. Yours. Fails: RDL_ERROR_DATA. */
JsonArray *rdl_loads_recorded(const char *ledger, GError **error);
/** Is this the file to open, and not one that goes along (.dbf of a Shapefile)? */
bool rdl_recorded_main(const rdl_recorded *recorded);
/** Where the file is now: as recorded, or below a folder above `near`. A ledger may be anybody's:
 *  nothing is fetched from elsewhere, what has no digest on record must lie below the folder of
 *  `near`, and nothing is opened that leads on to other machines. Yours.
 *  Fails: RDL_ERROR_NOT_FOUND; RDL_ERROR_DATA when what is there has another digest. */
char *rdl_recorded_find(const rdl_recorded *recorded, const char *near, GError **error);

/** The manifest beside findings.gpkg, as text. Yours. Fails: RDL_ERROR_NOT_FOUND. */
char *rdl_findings_manifest(const char *findings, GError **error);

/** The scenes a ledger's patches come from, where they are now, and how they were read. */
typedef struct rdl_scenes_used {
    char *before, *after, *bands, *sensor, *date_before, *date_after;
} rdl_scenes_used;
RDL_API void rdl_scenes_used_clear(rdl_scenes_used *used);
/** Fails: RDL_ERROR_USAGE when none is recorded, or several pairs are; as rdl_recorded_find(). */
RDL_API bool rdl_scenes_recorded(const char *ledger, rdl_scenes_used *used, GError **error);

#endif
