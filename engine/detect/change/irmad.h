/* detect/change/irmad.h - the MAD transformation, fitted once (MAD) or to no change (IR-MAD).
 *
 * Iteration 1 weighs every pixel 1; each later one weighs it with its probability of no change
 * under the transformation before, the upper tail of chi-square(p) at Z. It stops at the first
 * iteration whose largest |delta rho| is within the tolerance (the first compares with 0), or at
 * the last allowed; the transformation is that iteration's own, sigma_i^2 = 2 (1 - rho_i).
 * Covariances are scatter over W - 1, W the sum of weights (docs/decisions/0007). */
#ifndef RDL_DETECT_CHANGE_IRMAD_H
#define RDL_DETECT_CHANGE_IRMAD_H

#include "detect/change/mad.h"
#include "detect/sample.h"

typedef struct rdl_irmad_options {
    int iterations;   /* most of them, 1..1000: 1 is MAD; default 30 */
    double tolerance; /* of rho, > 0; default 0.001 */
    int threads;
    bool slow; /* slow features (sfa.h) instead of canonical variates; default false */
} rdl_irmad_options;

typedef struct rdl_irmad_fit {
    rdl_mad mad;
    rdl_mad first;  /* of iteration 1, which is MAD */
    int iterations; /* done */
    bool converged; /* within the tolerance */
    bool exhausted; /* re-weighting ended where the unchanged pixels leave no noise to judge by:
                       the transformation is that of the iteration before */
    double weight;  /* mean weight of a pixel in the last iteration done, 0..1: 1 of MAD */
} rdl_irmad_fit;

/** Fit. Fails: RDL_ERROR_DATA when a band is constant or a combination of others, when the scenes
 *  differ by a linear function only (the same scene twice), or too few pixels are observed. */
RDL_API bool rdl_irmad(rdl_sample *sample, const rdl_irmad_options *options,
                       const rdl_progress *progress, rdl_irmad_fit *fit, GError **error);
/** Weighted or plain moments of the sample, merged in order of cells: rdl_moments_size(2p) doubles,
 *  yours to free. `mad`: weigh by its probability of no change; NULL: weights 1. */
RDL_API double *rdl_sample_moments(rdl_sample *sample, const rdl_mad *mad,
                                   const rdl_progress *progress, GError **error);

#endif
