/* detect/change/index.h - differences of a spectral index between two dates. */
#ifndef RDL_DETECT_CHANGE_INDEX_H
#define RDL_DETECT_CHANGE_INDEX_H

#include <stddef.h>
#include <stdint.h>

/** NDVI = (nir - red) / (nir + red) after minus before (Tucker 1979, RSE 8, "Red and photographic
 *  infrared linear combinations for monitoring vegetation"): -2..2 for reflectances, negative
 *  where vegetation was lost. n values each; NaN where not valid, and where red + nir is 0 on
 *  either date, which has no index. */
void rdl_index_difference(size_t n, const float *red_before, const float *nir_before,
                          const float *red_after, const float *nir_after, const uint8_t *valid,
                          float *difference);

#endif
