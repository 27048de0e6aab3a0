/* detect/local_limit.h - a limit that follows the scene from tile to tile.
 *
 * Change that few parts of a scene hold is a tail in the histogram of all, which most rules cannot
 * find. So the limit is sought where the change is: in the square tiles whose scores vary more than
 * those of others, by one standard deviation over the mean of all tiles' variances (Bovolo &
 * Bruzzone 2007, IEEE TGRS 45(6), "A split-based approach to unsupervised change detection in
 * large-size multitemporal images"). They keep the limits they find; everywhere else the median of
 * these holds. Between the middles of tiles limits are blended, linearly each way. Measured in
 * docs/decisions/0044: better than one limit by the same rule with Otsu's, not with the others, and
 * never as good as `auto`. */
#ifndef RDL_DETECT_LOCAL_LIMIT_H
#define RDL_DETECT_LOCAL_LIMIT_H

#include "detect/field.h"
#include "detect/threshold.h"

typedef struct rdl_local_limit rdl_local_limit;

/** For a scene of so many pixels: tiles of 64 x 64, or twice, four times ... that, so that there
 *  are 512 at most. */
RDL_API rdl_local_limit *rdl_local_limit_new(int width, int height);
RDL_API void rdl_local_limit_free(rdl_local_limit *local);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_local_limit, rdl_local_limit_free)
/** Count the scores of a window's core; `score` is of all of the window. Every pixel of the scene
 *  once, from any thread. */
RDL_API void rdl_local_limit_add(rdl_local_limit *local, rdl_window window, const float *score);
/** When all are counted: find the limits by the rule of `choice`. `bins`: of the whole scene. The
 *  value of `limit` is what holds where no tile has its own. Fails: RDL_ERROR_DATA when neither the
 *  scene nor any tile has a limit. */
RDL_API bool rdl_local_limit_settle(rdl_local_limit *local, rdl_limit_choice choice,
                                    rdl_scale scale, int freedom, const rdl_bins *bins,
                                    rdl_limit *limit, GError **error);
/** Flags of the pixels of a block whose |score| is over the limit there; none where it is NaN. */
RDL_API void rdl_local_limit_over(const rdl_local_limit *local, rdl_block block, const float *score,
                                  uint8_t *flags);

#endif
