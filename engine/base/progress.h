/* base/progress.h - progress out, cancellation in. */
#ifndef RDL_BASE_PROGRESS_H
#define RDL_BASE_PROGRESS_H

#include "base/error.h"

/** Called from the calling thread only. fraction: 0..1 of the step named `step`.
 *  Returning false asks the work to stop: it then fails with RDL_ERROR_CANCELLED. */
typedef bool (*rdl_progress_fn)(double fraction, const char *step, void *user);

typedef struct rdl_progress {
    rdl_progress_fn tell; /* NULL: silent and not to be stopped */
    void *user;
} rdl_progress;

/** Tell (NULL `progress` is silent). Fails: RDL_ERROR_CANCELLED when asked to stop. */
RDL_API bool rdl_progress_tell(const rdl_progress *progress, double fraction, const char *step,
                               GError **error);

#endif
