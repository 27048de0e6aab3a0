/* detect/focal.h - kernels that look at a pixel's surroundings, on a window of a plane.
 *
 * A window is width x height values, rows one after another; NaN is not observed and takes no part.
 * What lies beyond the window takes no part either, so results are those of the whole scene where
 * the window reaches `radius` pixels further, or to the scene's edge. */
#ifndef RDL_DETECT_FOCAL_H
#define RDL_DETECT_FOCAL_H

#include <stddef.h>
#include <stdint.h>

#define RDL_GAUSSIAN_RADIUS 6 /* four sigma */

/** Mean weighted by a Gaussian of sigma 1.5 pixels cut at four sigma; NaN where `in` is. scratch:
 *  4 planes. */
void rdl_gaussian(int width, int height, const float *in, float *scratch, float *out);
/** Mean of the 3 x 3 around; NaN where `in` is. */
void rdl_mean3(int width, int height, const float *in, float *out);
/** Median of the 3 x 3 around, the upper of the middle two of an even number; NaN where `in` is. */
void rdl_median3(int width, int height, const float *in, float *out);
/** sqrt(|in| |median of the 3 x 3 around|), NaN where `in` is: a score and what its surroundings
 * say of it, so that neither a lone pixel nor the blur of a median stands out. */
void rdl_context3(int width, int height, const float *in, float *out);
/** `in` without the 8-connected components of fewer than `least` ones, 1..16; radius least - 1. */
void rdl_sieve(int width, int height, int least, const uint8_t *in, uint8_t *out);

#endif
