/* detect/change/moments.h - weighted means and scatter of d variates, added up cell by cell.
 *
 * A moments array holds rdl_moments_size(d) doubles: the sum of weights W, the d means, and the
 * lower triangle, row by row, of the scatter sum w (v_k - mean_k)(v_l - mean_l). All zero: empty.
 */
#ifndef RDL_DETECT_CHANGE_MOMENTS_H
#define RDL_DETECT_CHANGE_MOMENTS_H

#include <stddef.h>

/** Doubles of a moments array. */
size_t rdl_moments_size(int d);
/** Where element (k, l) of the scatter is, k >= l. */
size_t rdl_moments_at(int d, int k, int l);
/** Of one cell: planes[k * n + i] is variate k of pixel i. weights: n, or NULL for ones. Sums are
 *  taken about the first pixel, in double, in eight lanes: offsets of any size are harmless. */
void rdl_moments_of_cell(double *moments, int d, size_t n, const float *planes,
                         const double *weights);
/** Add `from` to `into` (Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm
 *  for computing sample variances"). */
void rdl_moments_merge(double *into, const double *from, int d);

#endif
