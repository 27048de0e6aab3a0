/* base/zip.h - a ZIP archive: the same files in the same order give the same bytes.
 *
 * Source: PKWARE APPNOTE 6.3, without its 64-bit records: an archive ends below 4 GiB and 65535
 * files. Names are UTF-8 and say so (bit 11); every file carries one given day. */
#ifndef RDL_BASE_ZIP_H
#define RDL_BASE_ZIP_H

#include "base/calendar.h"

typedef struct rdl_zip rdl_zip;

/** A new archive at `path`, replacing what is there; its files are dated `day` (of 1980 to 2107,
 *  the nearest of them for others). Fails: RDL_ERROR_IO. */
RDL_API rdl_zip *rdl_zip_new(const char *path, rdl_day day, GError **error);
/** Files added from now on are kept as they are. */
RDL_API void rdl_zip_store(rdl_zip *zip);
/** Add a file; names in an archive go down folders by "/". Deflated where that makes it smaller.
 *  Fails: RDL_ERROR_IO; RDL_ERROR_DATA for what the format cannot hold. */
RDL_API bool rdl_zip_add(rdl_zip *zip, const char *name, const char *file, GError **error);
/** Finish and free. Fails: RDL_ERROR_IO. */
RDL_API bool rdl_zip_finish(rdl_zip *take_zip, GError **error);
/** Free after a failure; what was written stays, and is no archive. */
RDL_API void rdl_zip_abandon(rdl_zip *take_zip);

/** May a name from a foreign archive become a file below a folder? No absolute path, no "..", no
 *  backslash, no drive, no control character, UTF-8. */
RDL_API bool rdl_zip_name_safe(const char *name);

#endif
