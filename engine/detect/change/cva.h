/* detect/change/cva.h - change vector magnitude. */
#ifndef RDL_DETECT_CHANGE_CVA_H
#define RDL_DETECT_CHANGE_CVA_H

#include <stddef.h>
#include <stdint.h>

/** Change vector magnitude, the root of the summed squared band differences (Malila 1980, Change
 *  vector analysis, Purdue LARS). before, after: `bands` planes of n values, one grid and unit;
 *  valid: n flags; magnitude: n values in the same unit, NaN where not valid. */
void rdl_cva_magnitude(size_t n, int bands, const float *const *before, const float *const *after,
                       const uint8_t *valid, float *magnitude);
/** (v - mean) / deviation in place: raw digital numbers of two dates differ by sun and air more
 * than by change, so CVA compares bands brought to mean 0 and deviation 1. */
void rdl_cva_standardise(size_t n, double mean, double deviation, float *plane);

#endif
