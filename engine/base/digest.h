/* base/digest.h - SHA-256 as 64 lower-case hex digits. */
#ifndef RDL_BASE_DIGEST_H
#define RDL_BASE_DIGEST_H

#include "base/error.h"

/** Of a local file, read in pieces. Yours to free. Fails: RDL_ERROR_IO. */
RDL_API char *rdl_digest_file(const char *path, GError **error);
/** Of several files (NULL-ended): SHA-256 of the lines "<SHA-256 of a file>  <its name>". Yours.
 *  Fails: RDL_ERROR_IO. */
RDL_API char *rdl_digest_files(char *const *files, GError **error);
/** Of `n` bytes. Yours to free. */
RDL_API char *rdl_digest_bytes(const void *bytes, size_t n);
/** A short readable id: `prefix` and the first 12 hex digits of the digest of the parts, joined by
 *  a unit separator (0x1f) so that ("ab","c") and ("a","bc") differ. NULL parts count as empty.
 *  The list ends with RDL_DIGEST_END. Yours to free. */
RDL_API char *rdl_digest_id(const char *prefix, ...);
extern RDL_API const char rdl_digest_end[];
#define RDL_DIGEST_END rdl_digest_end

#endif
