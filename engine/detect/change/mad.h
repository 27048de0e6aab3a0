/* detect/change/mad.h - the MAD transformation (Nielsen 2007, IEEE TIP 16(2), "The regularized
 * iteratively reweighted MAD method for change detection in multi- and hyperspectral data").
 *
 * With X the bands of the first date and Y those of the second, variate i is
 * MAD_i = a_i' (X - E X) - b_i' (Y - E Y), a_i and b_i the i-th pair of canonical vectors with
 * a_i' S11 a_i = b_i' S22 b_i = 1 and canonical correlation rho_i >= 0, in falling order. Where
 * nothing changed, Z = sum MAD_i^2 / sigma_i^2 with sigma_i^2 = 2 (1 - rho_i) is near chi-square
 * with p degrees of freedom. */
#ifndef RDL_DETECT_CHANGE_MAD_H
#define RDL_DETECT_CHANGE_MAD_H

#include <stddef.h>
#include <stdint.h>
#include <gsl/gsl_matrix.h>
#include "base/base.h"

#define RDL_BANDS_MOST 64

typedef struct rdl_mad {
    int p;
    double mean[2 * RDL_BANDS_MOST];           /* of the bands before, then after */
    double a[RDL_BANDS_MOST * RDL_BANDS_MOST]; /* row i: a_i */
    double b[RDL_BANDS_MOST * RDL_BANDS_MOST];
    double rho[RDL_BANDS_MOST];
} rdl_mad;

/** Why moments give no transformation. */
typedef enum {
    RDL_MAD_GOOD,
    RDL_MAD_EMPTY,     /* no weight at all, or fewer pixels than 2p + 1 */
    RDL_MAD_CONSTANT,  /* a band does not vary */
    RDL_MAD_DEPENDENT, /* a band is a linear combination of those before it */
    RDL_MAD_EQUAL      /* rho = 1: the dates differ by a linear function only */
} rdl_mad_state;

/** Solve for the transformation from the moments of 2p variates. `culprit`: the variate (0..2p-1)
 *  that is constant or dependent; where rho = 1 the band that is the same on both dates, -1 where
 *  none or every one is. */
rdl_mad_state rdl_mad_solve(const double *moments, int p, rdl_mad *mad, int *culprit);

/** The band of p that is a linear function of itself on the other date; -1: none, or every one. */
int rdl_mad_twin(const double *moments, int p);
/** Every variate of d varies beyond the resolution of float32; else `culprit` does not. */
bool rdl_mad_varies(const double *moments, int d, int *culprit);
/** In place, lower triangle: r = L L'. False names the row that is a combination of those above. */
bool rdl_mad_cholesky(gsl_matrix *r, int *row);

/** Z of n pixels. planes[k]: variate k of 2p, n values. */
void rdl_mad_chi_square(const rdl_mad *mad, size_t n, const float *const *planes, double *z);
/** Upper tail of chi-square(p): the probability of no change. z: n values, replaced. */
void rdl_mad_no_change(int p, size_t n, double *z);

#endif
