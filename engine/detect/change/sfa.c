#include "detect/change/sfa.h"

#include <math.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include "detect/change/moments.h"

#define NO_NOISE 1e-10 /* a variance below this is rounding */

static double correlation(const double *moments, int d, int k, int l)
{
    double scale = sqrt(moments[rdl_moments_at(d, k, k)]) * sqrt(moments[rdl_moments_at(d, l, l)]);

    return moments[rdl_moments_at(d, MAX(k, l), MIN(k, l))] / scale;
}

/* A into a, B into b. */
static void covariances(const double *moments, int p, gsl_matrix *a, gsl_matrix *b)
{
    const int d = 2 * p;

    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) {
            double within = correlation(moments, d, i, j) + correlation(moments, d, p + i, p + j);
            double across = correlation(moments, d, i, p + j) + correlation(moments, d, j, p + i);
            gsl_matrix_set(a, (size_t)i, (size_t)j, within - across);
            gsl_matrix_set(b, (size_t)i, (size_t)j, 0.5 * within);
        }
}

/* Rows of `to`: w_i over the deviations of the variates from `of` on. */
static void spread_out(const gsl_matrix *w, const double *moments, int p, int of, double *to)
{
    for (int i = 0; i < p; i++)
        for (int k = 0; k < p; k++) {
            double variance = moments[rdl_moments_at(2 * p, of + k, of + k)] / (moments[0] - 1.0);
            to[i * p + k] = gsl_matrix_get(w, (size_t)k, (size_t)i) / sqrt(variance);
        }
}

/* B = L L' is in `b`: the eigenvectors of L^-1 A L^-T, brought back by L^-T. */
static void solve(gsl_matrix *a, const gsl_matrix *b, const double *moments, rdl_mad *sfa)
{
    size_t p = (size_t)sfa->p;
    gsl_matrix *v = gsl_matrix_alloc(p, p);
    gsl_vector *lambda = gsl_vector_alloc(p);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(p);

    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1.0, b, a);
    gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1.0, b, a);
    gsl_eigen_symmv(a, lambda, v, space);
    gsl_eigen_symmv_sort(lambda, v, GSL_EIGEN_SORT_VAL_ASC);
    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasTrans, CblasNonUnit, 1.0, b, v);
    for (size_t i = 0; i < p; i++)
        sfa->rho[i] = 1.0 - 0.5 * gsl_vector_get(lambda, i);
    spread_out(v, moments, sfa->p, 0, sfa->a);
    spread_out(v, moments, sfa->p, sfa->p, sfa->b);
    gsl_eigen_symmv_free(space);
    gsl_vector_free(lambda);
    gsl_matrix_free(v);
}

rdl_mad_state rdl_sfa_solve(const double *moments, int p, rdl_mad *sfa, int *culprit)
{
    rdl_mad_state state = RDL_MAD_DEPENDENT;

    if (!(moments[0] > 1.0))
        return RDL_MAD_EMPTY;
    if (!rdl_mad_varies(moments, 2 * p, culprit))
        return RDL_MAD_CONSTANT;
    gsl_matrix *a = gsl_matrix_alloc((size_t)p, (size_t)p);
    gsl_matrix *b = gsl_matrix_alloc((size_t)p, (size_t)p);
    covariances(moments, p, a, b);
    sfa->p = p;
    for (int i = 0; i < 2 * p; i++)
        sfa->mean[i] = moments[1 + i];
    if (rdl_mad_cholesky(b, culprit)) {
        solve(a, b, moments, sfa);
        state = 1.0 - sfa->rho[0] > NO_NOISE ? RDL_MAD_GOOD : RDL_MAD_EQUAL;
        *culprit = rdl_mad_twin(moments, p);
    }
    gsl_matrix_free(a);
    gsl_matrix_free(b);
    return state;
}
