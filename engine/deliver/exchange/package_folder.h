/* deliver/exchange/package_folder.h - a package as a folder, and the archive made of it. */
#ifndef RDL_DELIVER_EXCHANGE_PACKAGE_FOLDER_H
#define RDL_DELIVER_EXCHANGE_PACKAGE_FOLDER_H

#include "base/base.h"

#define RDL_PACKAGE_WORK "work.gpkg"
#define RDL_PACKAGE_MANIFEST "manifest.json"

/** `facts` and the digests of all files of the folder as its manifest. Fails: RDL_ERROR_DATA for a
 *  file that belongs in no package. */
bool rdl_package_list(const char *folder, JsonObject *facts, GError **error);
/** The same, then all of it as an archive at `path`. */
bool rdl_package_pack(const char *folder, JsonObject *facts, const char *path, GError **error);
/** The manifest; are the files there those it names, and no others? Yours. Fails: RDL_ERROR_DATA,
 *  RDL_ERROR_CANCELLED. */
JsonNode *rdl_package_check(const char *folder, const char *shown, const rdl_progress *progress,
                            GError **error);
/** The manifest alone. Yours. */
JsonNode *rdl_package_manifest(const char *folder, const char *shown, GError **error);

#endif
