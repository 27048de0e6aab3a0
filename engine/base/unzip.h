/* base/unzip.h - an archive that others made, unpacked with suspicion.
 *
 * Every name, kind and size of its directory is looked at before any of it is unpacked; minizip
 * reads no more of a member than the directory says it has, and checks its sum. */
#ifndef RDL_BASE_UNZIP_H
#define RDL_BASE_UNZIP_H

#include "base/progress.h"

typedef struct rdl_unzip_limits {
    guint members;                     /* files */
    guint64 member_bytes, total_bytes; /* unpacked */
} rdl_unzip_limits;

/** Unpack all files of an archive below `folder`, which is there and empty. Their names, sorted,
 *  NULL-ended, are yours. Nothing is unpacked when a name is not rdl_zip_name_safe() or is there
 * twice (also in another case), a member is a link, a device or encrypted, or a limit is passed.
 *  Fails: RDL_ERROR_DATA for those and for what is damaged, RDL_ERROR_IO, RDL_ERROR_NOT_FOUND,
 *  RDL_ERROR_CANCELLED: what is unpacked by then is there. */
RDL_API char **rdl_unzip(const char *path, const char *folder, const rdl_unzip_limits *limits,
                         const rdl_progress *progress, GError **error);

#endif
