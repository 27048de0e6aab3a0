/* detect/threshold/null.h - the distribution of unchanged pixels, taken from the scores themselves.
 *
 * On x = ln z a normal is fitted to the left half of the main mode; the local false discovery rate
 * of a bin is the share of its pixels that this null explains (Efron 2004, JASA 99, "Large-scale
 * simultaneous hypothesis testing: the choice of a null hypothesis"). A null of scale mixtures is
 * near normal right of its mode and long on the left, so the fit errs on the safe side. */
#ifndef RDL_DETECT_THRESHOLD_NULL_H
#define RDL_DETECT_THRESHOLD_NULL_H

#include <stdbool.h>
#include "detect/histogram.h"

#define RDL_NULL_BINS 512

typedef struct rdl_null {
    double mode, variance;      /* of ln z */
    double low, width;          /* of the bins of ln z */
    double rate[RDL_NULL_BINS]; /* 1 up to the mode, never growing to the right */
} rdl_null;

/** False when the scores do not spread. */
bool rdl_null_fit(const rdl_bins *bins, rdl_null *null);
/** Score from which on the rate is at most alpha: the upper edge of the last bin over it. */
double rdl_null_limit(const rdl_null *null, double alpha);

#endif
