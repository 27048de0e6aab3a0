/* detect/histogram.h - counts of non-negative scores, fine enough to take any other histogram from.
 *
 * A bin holds the floats that agree in their first bits: 2048 bins to each doubling. Counts are
 * whole numbers, so that merging in any order gives the same. */
#ifndef RDL_DETECT_HISTOGRAM_H
#define RDL_DETECT_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

typedef struct rdl_histogram rdl_histogram;

RDL_API rdl_histogram *rdl_histogram_new(void);
/** With 32 bins to each doubling, in 64 KiB: for tiles of a scene. */
RDL_API rdl_histogram *rdl_histogram_new_coarse(void);
RDL_API void rdl_histogram_free(rdl_histogram *histogram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_histogram, rdl_histogram_free)
/** Count n scores by their size |score|; NaN is left out. */
RDL_API void rdl_histogram_add(rdl_histogram *histogram, size_t n, const float *scores);
/** Of one kind. */
RDL_API void rdl_histogram_merge(rdl_histogram *into, const rdl_histogram *from);

/** Bins that are not empty, ascending: the middle of each and its count. */
typedef struct rdl_bins {
    size_t n;
    double *value;
    double *count;
    double total;
} rdl_bins;
RDL_API rdl_bins rdl_histogram_bins(const rdl_histogram *histogram);
RDL_API void rdl_bins_clear(rdl_bins *bins);

#endif
