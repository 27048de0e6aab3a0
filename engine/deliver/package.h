/* deliver/package.h - work handed to another office, and what comes back.
 *
 * A package is a zip archive:
 *   manifest.json        {"package": 1, "issue", "profile", "unit", "pack", "pack_version", "head",
 *                        "date", "reaching", "files": [{"name", "bytes", "sha256"}]}; head: the
 *                        ledger's last event; reaching: what lies in the unit and is counted by
 *                        another, as reach.h has it, "not known" without a layer of units, null
 *                        where nothing does
 *   work.gpkg            layer `task` with its ground and its revision; tables `problem`,
 * `measure`, `milestone` (of county), `document`; and `entry`, empty, to be filled in
 *   attachments/SHA256   the contents of documents, as far as they are kept
 *   photos/...           what the other office adds: papers, and photos of the field
 * Its GeoPackage has plain tables alone: no trigger, no view, no index of places.
 *
 * A row of `entry` is one thing that was done: task_id (or a problem's id), act (move, report, set,
 * measure), on, by, role; to (move: the state), values (set and move: NAME=VALUE, several with |),
 * number (measure), percent (report), reason, document (NAME=FILE below the package, several with
 * |; of a photo its file alone: rectify/photo.h). Rows of the other tables are read by nobody when
 * they come back. */
#ifndef RDL_DELIVER_PACKAGE_H
#define RDL_DELIVER_PACKAGE_H

#include "rectify/rectify.h"

/** An unpacked package, as it stands now, into an archive whose manifest has the digests of now.
 *  Only what belongs in a package may be in the folder. Fails: RDL_ERROR_DATA naming what does not,
 *  RDL_ERROR_NOT_FOUND, RDL_ERROR_IO, RDL_ERROR_USAGE when `output` is there. */
RDL_API bool rdl_package_seal(const char *folder, const char *output, bool overwrite,
                              GError **error);

/** Take a package back into the ledger it came from: rdl_ledger_return(), with its report. The
 *  archive is checked whole before anything is taken: what rdl_unzip() refuses, members that
 * the manifest does not have or has with another digest, a database with foreign SQL. Fails:
 * RDL_ERROR_DATA for those, and as rdl_ledger_return(). */
RDL_API bool rdl_package_import(rdl_ledger *ledger, const char *path, const char *on,
                                const char *by, const rdl_progress *progress, rdl_tally *tally,
                                JsonNode **report, GError **error);

#endif
