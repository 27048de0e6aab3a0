#include "detect/change/mad.h"

#include <math.h>
#include <string.h>
#include "detect/clones.h"

#define CHUNK 256

RDL_CLONES static void add_scaled(double *restrict to, const double *restrict from, double factor)
{
    for (size_t i = 0; i < CHUNK; i++)
        to[i] += factor * from[i];
}

RDL_CLONES static void add_square(double *restrict to, const double *restrict m, double factor)
{
    for (size_t i = 0; i < CHUNK; i++)
        to[i] += m[i] * m[i] * factor;
}

static void centre(size_t n, const float *restrict plane, double mean, double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (double)plane[i] - mean;
    for (size_t i = n; i < CHUNK; i++)
        to[i] = 0.0;
}

static void chunk(const rdl_mad *mad, const double *centred, double *z)
{
    const int p = mad->p;
    double m[CHUNK];

    memset(z, 0, CHUNK * sizeof *z);
    for (int i = 0; i < p; i++) {
        memset(m, 0, sizeof m);
        for (int k = 0; k < p; k++)
            add_scaled(m, centred + (size_t)k * CHUNK, mad->a[i * p + k]);
        for (int k = 0; k < p; k++)
            add_scaled(m, centred + (size_t)(p + k) * CHUNK, -mad->b[i * p + k]);
        add_square(z, m, 1.0 / (2.0 * (1.0 - mad->rho[i])));
    }
}

void rdl_mad_chi_square(const rdl_mad *mad, size_t n, const float *const *planes, double *z)
{
    g_autofree double *centred = g_new(double, (size_t)(2 * mad->p) * CHUNK);
    double here[CHUNK];

    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = MIN(n - at, (size_t)CHUNK);
        for (int k = 0; k < 2 * mad->p; k++)
            centre(count, planes[k] + at, mad->mean[k], centred + (size_t)k * CHUNK);
        chunk(mad, centred, here);
        memcpy(z + at, here, count * sizeof *z);
    }
}

/* Closed forms (Abramowitz & Stegun 26.4.4, 26.4.5): for even p exp(-z/2) times a polynomial in
 * z/2, for odd p the normal tail and a polynomial in sqrt(z/2). */
void rdl_mad_no_change(int p, size_t n, double *z)
{
    for (size_t i = 0; i < n; i++) {
        double h = 0.5 * z[i], sum = 0.0;
        double term = p % 2 ? sqrt(h) / (0.5 * sqrt(G_PI)) : 1.0;
        for (int j = 0; j < p / 2; j++) {
            sum += term;
            term *= h / (j + (p % 2 ? 1.5 : 1.0));
        }
        double tail = sum * exp(-h) + (p % 2 ? erfc(sqrt(h)) : 0.0);
        z[i] = tail == tail ? tail : 0.0; /* infinity times zero, far out */
    }
}
