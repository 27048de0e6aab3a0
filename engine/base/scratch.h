/* base/scratch.h - a folder for temporary files, which no process leaves behind for long. */
#ifndef RDL_BASE_SCRATCH_H
#define RDL_BASE_SCRATCH_H

#include "base/error.h"

typedef struct rdl_scratch rdl_scratch;

/** A new folder in TMPDIR, of this user alone. It is kept locked (flock on itself) as long as its
 *  process lives: what a killed one left behind is taken away here, before the new one is made.
 *  Fails: RDL_ERROR_IO. */
RDL_API rdl_scratch *rdl_scratch_new(GError **error);
RDL_API const char *rdl_scratch_path(const rdl_scratch *scratch);
/** With all that is in it. */
RDL_API void rdl_scratch_free(rdl_scratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_scratch, rdl_scratch_free)

#endif
