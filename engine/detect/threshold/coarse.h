/* detect/threshold/coarse.h - a histogram of equal bins in a domain, for rules that need one. */
#ifndef RDL_DETECT_THRESHOLD_COARSE_H
#define RDL_DETECT_THRESHOLD_COARSE_H

#include "detect/histogram.h"

/** What is histogrammed instead of a score z >= 0: a power of it, or its logarithm, which stands
 *  where the power 0 would (Box & Cox 1964). All grow with z, so a limit in one is a limit in the
 *  score. */
typedef double rdl_domain;
#define RDL_DOMAIN_LINEAR 1.0
#define RDL_DOMAIN_ROOT 0.5
#define RDL_DOMAIN_LOGARITHM 0.0
const char *rdl_domain_name(rdl_domain domain); /* "linear", "sqrt", "ln"; "power" */
double rdl_domain_into(rdl_domain domain, double z);
double rdl_domain_back(rdl_domain domain, double x);

typedef struct rdl_coarse {
    rdl_domain domain;
    int n;
    double low, width; /* lower edge of bin 0; of a bin */
    double total;
    double *count;
} rdl_coarse;

/** n bins between the fine bins `first` and the last; what lies below is counted in bin 0. Scores
 *  of zero, which have no logarithm, are among those. Clear it. */
rdl_coarse rdl_coarse_of(const rdl_bins *bins, rdl_domain domain, int n, size_t first);
void rdl_coarse_clear(rdl_coarse *coarse);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(rdl_coarse, rdl_coarse_clear)
double rdl_coarse_middle(const rdl_coarse *coarse, int bin);
double rdl_coarse_upper(const rdl_coarse *coarse, int bin);
/** First fine bin with more than `share` of all counts up to it. */
size_t rdl_bins_quantile(const rdl_bins *bins, double share);
/** Gaussian smoothing of n counts, cut at four sigma, renormalised at the ends. */
void rdl_smooth(int n, const double *from, double sigma, double *to);

#endif
