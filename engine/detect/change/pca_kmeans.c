#include "detect/change/pca_kmeans.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_eigen.h>
#include "detect/change/moments.h"

#define ROUNDS 200

bool rdl_pca_axes(const double *moments, rdl_pca_kmeans *model)
{
    const int d = RDL_PCA_SIZE;

    if (!(moments[0] > d) || !(moments[rdl_moments_at(d, 0, 0)] > 0.0))
        return false;
    gsl_matrix *c = gsl_matrix_alloc(RDL_PCA_SIZE, RDL_PCA_SIZE);
    gsl_matrix *v = gsl_matrix_alloc(RDL_PCA_SIZE, RDL_PCA_SIZE);
    gsl_vector *value = gsl_vector_alloc(RDL_PCA_SIZE);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(RDL_PCA_SIZE);
    for (int k = 0; k < d; k++)
        for (int l = 0; l <= k; l++) {
            gsl_matrix_set(c, (size_t)k, (size_t)l, moments[rdl_moments_at(d, k, l)] / moments[0]);
            gsl_matrix_set(c, (size_t)l, (size_t)k, moments[rdl_moments_at(d, k, l)] / moments[0]);
        }
    gsl_eigen_symmv(c, value, v, space);
    gsl_eigen_symmv_sort(value, v, GSL_EIGEN_SORT_VAL_DESC);
    memcpy(model->mean, moments + 1, sizeof model->mean);
    for (size_t s = 0; s < RDL_PCA_AXES; s++) {
        double sum = 0.0;
        for (size_t k = 0; k < RDL_PCA_SIZE; k++)
            sum += gsl_matrix_get(v, k, s);
        for (size_t k = 0; k < RDL_PCA_SIZE; k++) /* an axis has no sign of its own */
            model->axis[s][k] = gsl_matrix_get(v, k, s) * (sum < 0.0 ? -1.0 : 1.0);
    }
    gsl_eigen_symmv_free(space);
    gsl_vector_free(value);
    gsl_matrix_free(v);
    gsl_matrix_free(c);
    return true;
}

bool rdl_pca_project(const rdl_pca_kmeans *m, int width, int height, const float *difference,
                     int col, int row, float *projections)
{
    float block[RDL_PCA_SIZE];
    double sum = 0.0;
    int seen = 0;
    float here = difference[(size_t)row * (size_t)width + (size_t)col];

    if (here != here)
        return false;
    for (int k = 0; k < RDL_PCA_SIZE; k++) {
        int x = col - 1 + k % RDL_PCA_SIDE, y = row - 1 + k / RDL_PCA_SIDE;
        bool in = x >= 0 && y >= 0 && x < width && y < height;
        block[k] = in ? difference[(size_t)y * (size_t)width + (size_t)x] : NAN;
        if (block[k] == block[k]) {
            sum += (double)block[k];
            seen++;
        }
    }
    for (int s = 0; s < RDL_PCA_AXES; s++) {
        double p = 0.0;
        for (int k = 0; k < RDL_PCA_SIZE; k++) {
            double v = block[k] == block[k] ? (double)block[k] : sum / seen;
            p += m->axis[s][k] * (v - m->mean[k]);
        }
        projections[s] = (float)p;
    }
    return true;
}

/* ---- two-means ---- */

static double distance(const double *centre, const float *p)
{
    double sum = 0.0;

    for (int s = 0; s < RDL_PCA_AXES; s++) {
        double d = (double)p[s] - centre[s];
        sum += d * d;
    }
    return sum;
}

typedef struct {
    double count, sum[RDL_PCA_AXES];
} cluster;

static void take(cluster *c, const float *p)
{
    c->count += 1.0;
    for (int s = 0; s < RDL_PCA_AXES; s++)
        c->sum[s] += (double)p[s];
}

static bool centres_from(rdl_pca_kmeans *m, const cluster *c)
{
    if (!(c[0].count > 0.0 && c[1].count > 0.0))
        return false;
    for (int i = 0; i < 2; i++)
        for (int s = 0; s < RDL_PCA_AXES; s++)
            m->centre[i][s] = c[i].sum[s] / c[i].count;
    return true;
}

/* The mean difference of the blocks that project to a centre. */
static double brightness(const rdl_pca_kmeans *m, const double *centre)
{
    double sum = 0.0;

    for (int s = 0; s < RDL_PCA_AXES; s++)
        for (int k = 0; k < RDL_PCA_SIZE; k++)
            sum += centre[s] * m->axis[s][k];
    return sum;
}

bool rdl_pca_cluster(rdl_pca_kmeans *m, size_t n, const float *p)
{
    double mean = 0.0, most = -INFINITY;
    cluster c[2] = {0};

    for (size_t i = 0; i < n; i++) {
        mean += (double)p[i * RDL_PCA_AXES] / (double)n;
        most = fmax(most, (double)p[i * RDL_PCA_AXES]);
    }
    for (size_t i = 0; i < n; i++)
        take(&c[(double)p[i * RDL_PCA_AXES] > 0.5 * (mean + most)], p + i * RDL_PCA_AXES);
    if (!centres_from(m, c))
        return false;
    for (int round = 0; round < ROUNDS; round++) {
        double before = c[1].count;
        memset(c, 0, sizeof c);
        for (size_t i = 0; i < n; i++) {
            const float *at = p + i * RDL_PCA_AXES;
            take(&c[distance(m->centre[1], at) < distance(m->centre[0], at)], at);
        }
        if (!centres_from(m, c))
            return false;
        if (round > 0 && c[1].count == before)
            break;
    }
    if (brightness(m, m->centre[0]) > brightness(m, m->centre[1])) {
        double swap[RDL_PCA_AXES];
        memcpy(swap, m->centre[0], sizeof swap);
        memcpy(m->centre[0], m->centre[1], sizeof swap);
        memcpy(m->centre[1], swap, sizeof swap);
    }
    return true;
}

void rdl_pca_score(const rdl_pca_kmeans *m, int width, int height, const float *difference,
                   float *score)
{
    for (int row = 0; row < height; row++)
        for (int col = 0; col < width; col++) {
            float p[RDL_PCA_AXES];
            size_t i = (size_t)row * (size_t)width + (size_t)col;
            bool seen = rdl_pca_project(m, width, height, difference, col, row, p);
            double from = seen ? distance(m->centre[0], p) : 0.0;
            double to = seen ? distance(m->centre[1], p) : 0.0;
            score[i] = !seen ? NAN : from + to > 0.0 ? (float)(from / (from + to)) : 0.0f;
        }
}
