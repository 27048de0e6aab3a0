/* base/apportion.h - rounded parts that still make the rounded whole (平差).
 *
 * Each part is rounded down to a multiple of the step; what is then missing to the rounded whole goes,
 * a step each, to the parts with the largest remainders (Hare-Niemeyer; of equal ones the first). */
#ifndef RDL_BASE_APPORTION_H
#define RDL_BASE_APPORTION_H

#include "base/error.h"

#define RDL_HECTARE_M2 10000.0
#define RDL_MU_M2 (2000.0 / 3.0)
#define RDL_HECTARE_STEP 1e-4 /* as shown: four decimals */
#define RDL_MU_STEP 0.01      /* two */

/** n parts and their whole, all >= 0 and in one unit, to multiples of `step` in `rounded`. True when
 *  these sum to the whole rounded to the step. False when the parts do not make the whole to a step
 *  a part: each is then rounded by itself. */
RDL_API bool rdl_apportion(const double *parts, size_t n, double whole, double step,
                           double *rounded);

#endif
