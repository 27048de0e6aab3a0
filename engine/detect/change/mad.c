#include "detect/change/mad.h"

#include <float.h>
#include <math.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include "detect/change/moments.h"

/* A band whose variance, beside what the bands before it explain, is smaller than this share of it
 * holds nothing new: rounding of float32 leaves about 1e-14. */
#define NOTHING_NEW 1e-10
/* 1 - rho below this is rounding, not noise. */
#define NO_NOISE 1e-10

/* The p x p correlations between variates of..of+p-1 and with..with+p-1. */
static gsl_matrix *correlations(const double *moments, int p, int of, int with)
{
    const int d = 2 * p;
    gsl_matrix *r = gsl_matrix_alloc((size_t)p, (size_t)p);

    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) {
            int k = MAX(of + i, with + j), l = MIN(of + i, with + j);
            double scale =
                sqrt(moments[rdl_moments_at(d, k, k)]) * sqrt(moments[rdl_moments_at(d, l, l)]);
            gsl_matrix_set(r, (size_t)i, (size_t)j, moments[rdl_moments_at(d, k, l)] / scale);
        }
    return r;
}

bool rdl_mad_cholesky(gsl_matrix *r, int *row)
{
    for (size_t j = 0; j < r->size1; j++)
        for (size_t i = j; i < r->size1; i++) {
            double s = gsl_matrix_get(r, i, j);
            for (size_t k = 0; k < j; k++)
                s -= gsl_matrix_get(r, i, k) * gsl_matrix_get(r, j, k);
            *row = (int)j;
            if (i == j && !(s > NOTHING_NEW))
                return false;
            gsl_matrix_set(r, i, j, i == j ? sqrt(s) : s / gsl_matrix_get(r, j, j));
        }
    return true;
}

bool rdl_mad_varies(const double *moments, int d, int *culprit)
{
    for (int k = 0; k < d; k++) {
        double mean = moments[1 + k], variance = moments[rdl_moments_at(d, k, k)] / moments[0];
        *culprit = k;
        double resolution = FLT_EPSILON * mean; /* of float32, that the pixels were stored in */
        if (!(variance > resolution * resolution) || !(variance > 0.0))
            return false;
    }
    return true;
}

int rdl_mad_twin(const double *moments, int p)
{
    const int d = 2 * p;
    int twins = 0, twin = -1;

    for (int k = 0; k < p; k++) {
        double both = moments[rdl_moments_at(d, p + k, k)];
        double scatter = moments[rdl_moments_at(d, k, k)] * moments[rdl_moments_at(d, p + k, p + k)];
        if (!(fabs(both) / sqrt(scatter) > 1.0 - NO_NOISE))
            continue;
        twin = k;
        twins++;
    }
    return twins < p ? twin : -1;
}

/* Canonical vectors from the singular vectors: row i of `to` is L^-T u_i, brought back from unit
 * variances to the bands' own, so that a_i' S a_i = 1 with S = scatter / (W - 1), as in Canty's
 * iMad program. */
static void canonical(const gsl_matrix *l, gsl_matrix *u, const double *moments, int p, int of,
                      double *to)
{
    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasTrans, CblasNonUnit, 1.0, l, u);
    for (int i = 0; i < p; i++)
        for (int k = 0; k < p; k++) {
            double variance = moments[rdl_moments_at(2 * p, of + k, of + k)] / (moments[0] - 1.0);
            to[i * p + k] = gsl_matrix_get(u, (size_t)k, (size_t)i) / sqrt(variance);
        }
}

/* The generalised eigenproblem S12 S22^-1 S21 a = rho^2 S11 a, solved as the singular values of
 * L1^-1 S12 L2^-T with S11 = L1 L1', S22 = L2 L2': the same numbers, but rho itself to full
 * precision instead of its square, and pairs that belong together with the right sign. */
static void solve(const gsl_matrix *l1, const gsl_matrix *l2, gsl_matrix *k, const double *moments,
                  rdl_mad *mad)
{
    size_t p = (size_t)mad->p;
    gsl_matrix *v = gsl_matrix_alloc(p, p);
    gsl_vector *s = gsl_vector_alloc(p);

    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1.0, l1, k);
    gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1.0, l2, k);
    gsl_linalg_SV_decomp_jacobi(k, v, s);
    for (size_t i = 0; i < p; i++)
        mad->rho[i] = gsl_vector_get(s, i);
    canonical(l1, k, moments, mad->p, 0, mad->a);
    canonical(l2, v, moments, mad->p, mad->p, mad->b);
    gsl_matrix_free(v);
    gsl_vector_free(s);
}

rdl_mad_state rdl_mad_solve(const double *moments, int p, rdl_mad *mad, int *culprit)
{
    rdl_mad_state state = RDL_MAD_GOOD;

    if (!(moments[0] > 1.0))
        return RDL_MAD_EMPTY;
    if (!rdl_mad_varies(moments, 2 * p, culprit))
        return RDL_MAD_CONSTANT;
    gsl_matrix *l1 = correlations(moments, p, 0, 0), *l2 = correlations(moments, p, p, p);
    gsl_matrix *k = correlations(moments, p, 0, p);
    mad->p = p;
    for (int i = 0; i < 2 * p; i++)
        mad->mean[i] = moments[1 + i];
    if (!rdl_mad_cholesky(l1, culprit)) {
        state = RDL_MAD_DEPENDENT;
    } else if (!rdl_mad_cholesky(l2, culprit)) {
        *culprit += p;
        state = RDL_MAD_DEPENDENT;
    } else {
        solve(l1, l2, k, moments, mad);
        state = 1.0 - mad->rho[0] > NO_NOISE ? RDL_MAD_GOOD : RDL_MAD_EQUAL;
        *culprit = rdl_mad_twin(moments, p);
    }
    gsl_matrix_free(l1);
    gsl_matrix_free(l2);
    gsl_matrix_free(k);
    return state;
}
