#include "detect/change/cva.h"

#include <math.h>
#include <string.h>
#include "base/base.h"

#define CHUNK 1024 /* pixels: their sums stay in the first-level cache */

RDL_CLONES static void add_band(size_t n, rdl_standard before, rdl_standard after,
                                const float *restrict p, const float *restrict q,
                                float *restrict sum)
{
    for (size_t i = 0; i < n; i++) {
        float first = (float)(((double)p[i] - before.mean) * before.factor);
        float second = (float)(((double)q[i] - after.mean) * after.factor);
        float d = second - first;
        sum[i] += d * d;
    }
}

RDL_CLONES static void root(size_t n, const uint8_t *restrict valid, float *restrict sum)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = valid[i] ? sqrtf(sum[i]) : NAN;
}

void rdl_cva_magnitude(size_t n, int bands, const rdl_standard *standards,
                       const float *const *planes, const uint8_t *valid, float *magnitude)
{
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = MIN(n - at, (size_t)CHUNK);
        memset(magnitude + at, 0, count * sizeof *magnitude);
        for (int k = 0; k < bands; k++)
            add_band(count, standards[k], standards[bands + k], planes[k] + at,
                     planes[bands + k] + at, magnitude + at);
        root(count, valid + at, magnitude + at);
    }
}
