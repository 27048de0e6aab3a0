/* detect/direction.h - which way each pixel's change vector points.
 *
 * A sector for each combination of bands that rose or fell (Malila 1980, Change vector analysis,
 * Purdue LARS): of the standardised bands whose differences CVA takes the length of. */
#ifndef RDL_DETECT_DIRECTION_H
#define RDL_DETECT_DIRECTION_H

#include "detect/change_io.h"

#define RDL_DIRECTION_BANDS 7 /* at most: its sectors are bytes */

/** Write to `direction` (RDL_PIXEL_U8, of the pass's blocks) 0 where not observed, else
 *  1 + the sum over the bands k, from 0, of 2^k where the band rose. Reads the pair once more; the
 *  decision's scorer is of RDL_DETECT_CVA. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
bool rdl_direction_write(const rdl_change_pass *pass, rdl_raster_writer *direction,
                         const rdl_progress *progress, GError **error);

#endif
