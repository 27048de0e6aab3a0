#include "base/progress.h"

bool rdl_progress_tell(const rdl_progress *progress, double fraction, const char *step,
                       GError **error)
{
    if (!progress || !progress->tell || progress->tell(fraction, step, progress->user))
        return true;
    return rdl_fail(error, RDL_ERROR_CANCELLED, "%s: stopped on request", step);
}
