/* detect/change/ratio.h - ratios of radar intensities. */
#ifndef RDL_DETECT_CHANGE_RATIO_H
#define RDL_DETECT_CHANGE_RATIO_H

#include <stddef.h>
#include <stdint.h>

/** Speckle is multiplicative: the logarithm of the ratio makes it additive and the same for bright
 *  and dark ground (Dekker 1998, IJRS 19(6), "Speckle filtering in satellite SAR change detection
 *  imagery"). The mean over bands of ln((after + offset) / (before + offset)); n values, NaN where
 *  not valid or where an intensity with its offset is not positive. */
void rdl_log_ratio(size_t n, int bands, const float *const *before, const float *const *after,
                   double offset, const uint8_t *valid, float *ratio);
/** The same of decibels: the mean difference times ln(10) / 10. */
void rdl_decibel_ratio(size_t n, int bands, const float *const *before, const float *const *after,
                       const uint8_t *valid, float *ratio);
/** 1 - min(a / b, b / a) of local means a, b >= 0, 0 where both are 0 (Inglada & Mercier 2007, IEEE
 *  TGRS 45(5)). NaN where one is. */
void rdl_mean_ratio(size_t n, const float *a, const float *b, float *ratio);

#endif
