/* detect/cloud.h - what looks like cloud that nobody masked.
 *
 * Cloud is bright in every band, and on one date only. A pixel is told so on a date when it is two
 * deviations over that date's mean, and two and a half over what the other date leads to expect
 * (regression on the tiles of the gate), in all bands at once. New bright ground is too: what is
 * told speaks against a pair and leaves nothing out. */
#ifndef RDL_DETECT_CLOUD_H
#define RDL_DETECT_CLOUD_H

#include "detect/levels.h"
#include "detect/sample.h"

#define RDL_CLOUD_BANDS 3 /* at least, to tell anything */

/** Shares of the sample that look like cloud before and after; 0 where bands are too few or do not
 *  vary. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
bool rdl_cloud_look(rdl_sample *sample, const rdl_levels *levels, double share[2],
                    const rdl_progress *progress, GError **error);

#endif
