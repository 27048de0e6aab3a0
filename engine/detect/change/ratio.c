#include "detect/change/ratio.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

void rdl_log_ratio(size_t n, int bands, const float *const *before, const float *const *after,
                   double offset, const uint8_t *valid, float *ratio)
{
    memset(ratio, 0, n * sizeof *ratio);
    for (int k = 0; k < bands; k++)
        for (size_t i = 0; i < n; i++) {
            double a = (double)before[k][i] + offset, b = (double)after[k][i] + offset;
            bool good = valid[i] && a > 0.0 && b > 0.0;
            ratio[i] += good ? (float)(log(b / a) / bands) : NAN;
        }
}

void rdl_decibel_ratio(size_t n, int bands, const float *const *before, const float *const *after,
                       const uint8_t *valid, float *ratio)
{
    const float scale = (float)(log(10.0) / 10.0 / bands);

    memset(ratio, 0, n * sizeof *ratio);
    for (int k = 0; k < bands; k++)
        for (size_t i = 0; i < n; i++)
            ratio[i] += valid[i] ? scale * (after[k][i] - before[k][i]) : NAN;
}

void rdl_mean_ratio(size_t n, const float *a, const float *b, float *ratio)
{
    for (size_t i = 0; i < n; i++) {
        float low = a[i] < b[i] ? a[i] : b[i], high = a[i] < b[i] ? b[i] : a[i];
        bool known = a[i] == a[i] && b[i] == b[i];
        ratio[i] = !known ? NAN : high > 0.0f ? 1.0f - low / high : 0.0f;
    }
}
