#include "detect/change/cva.h"

#include <math.h>
#include <string.h>
#include "base/base.h"

RDL_CLONES void rdl_cva_magnitude(size_t n, int bands, const float *const *before,
                                  const float *const *after, const uint8_t *restrict valid,
                                  float *restrict magnitude)
{
    memset(magnitude, 0, n * sizeof *magnitude);
    for (int k = 0; k < bands; k++) {
        const float *restrict p = before[k], *restrict q = after[k];
        for (size_t i = 0; i < n; i++) {
            float d = q[i] - p[i];
            magnitude[i] += d * d;
        }
    }
    for (size_t i = 0; i < n; i++)
        magnitude[i] = valid[i] ? sqrtf(magnitude[i]) : NAN;
}

RDL_CLONES void rdl_cva_standardise(size_t n, double mean, double deviation, float *restrict plane)
{
    for (size_t i = 0; i < n; i++)
        plane[i] = (float)(((double)plane[i] - mean) / deviation);
}
