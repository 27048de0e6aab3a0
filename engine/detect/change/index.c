#include "detect/change/index.h"

#include <math.h>
#include "base/base.h"

RDL_CLONES void rdl_index_difference(size_t n, const float *restrict red_before,
                                     const float *restrict nir_before,
                                     const float *restrict red_after,
                                     const float *restrict nir_after, const uint8_t *restrict valid,
                                     float *restrict difference)
{
    for (size_t i = 0; i < n; i++) {
        float s1 = nir_before[i] + red_before[i], s2 = nir_after[i] + red_after[i];
        float d = (nir_after[i] - red_after[i]) / s2 - (nir_before[i] - red_before[i]) / s1;
        int defined = valid[i] & (s1 != 0.0f) & (s2 != 0.0f);
        difference[i] = defined ? d : NAN;
    }
}
