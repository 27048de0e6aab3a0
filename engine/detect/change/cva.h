/* detect/change/cva.h - change vector magnitude. */
#ifndef RDL_DETECT_CHANGE_CVA_H
#define RDL_DETECT_CHANGE_CVA_H

#include <stddef.h>
#include <stdint.h>

/** What brings a band to mean 0 and deviation 1: (v - mean) * factor. Raw digital numbers of two
 *  dates differ by sun and air more than by change. */
typedef struct rdl_standard {
    double mean, factor;
} rdl_standard;

/** Change vector magnitude, the root of the summed squared differences of standardised bands
 *  (Malila 1980, Change vector analysis, Purdue LARS). standards, planes: those of `bands` bands
 *  before, then after; a plane has n values; valid: n flags; magnitude: n values in deviations,
 *  NaN where not valid. */
void rdl_cva_magnitude(size_t n, int bands, const rdl_standard *standards,
                       const float *const *planes, const uint8_t *valid, float *magnitude);

#endif
