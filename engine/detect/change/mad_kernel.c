#include "detect/change/mad.h"

#include <math.h>
#include <string.h>
#include "base/base.h"

#define CHUNK 256
#define FAR_OUT 700.0 /* z / 2 beyond which no probability is left */

RDL_CLONES static void centre(size_t n, const float *restrict plane, double mean,
                              double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (double)plane[i] - mean;
    for (size_t i = n; i < CHUNK; i++)
        to[i] = 0.0;
}

/* Z of a chunk. weights: p rows, of a_i and -b_i; shares: 1 / sigma_i^2. Eight pixels at a time, so
 * that their sums stay in registers. */
RDL_CLONES static void chunk(size_t p, const double *restrict weights,
                             const double *restrict shares, const double *restrict centred,
                             double *restrict z)
{
    for (size_t at = 0; at < CHUNK; at += 8) {
        rdl_four sum = {0}, other_sum = {0};
        for (size_t i = 0; i < p; i++) {
            const double *weight = weights + i * 2 * p, *c = centred + at;
            rdl_four m = {0}, other = {0};
            for (size_t k = 0; k < 2 * p; k++, c += CHUNK) {
                m += weight[k] * RDL_FOUR_OF(c);
                other += weight[k] * RDL_FOUR_OF(c + 4);
            }
            sum += m * m * shares[i];
            other_sum += other * other * shares[i];
        }
        RDL_FOUR(z + at) = sum;
        RDL_FOUR(z + at + 4) = other_sum;
    }
}

void rdl_mad_chi_square(const rdl_mad *mad, size_t n, const float *const *planes, double *z)
{
    const size_t p = (size_t)mad->p;
    g_autofree double *room = g_new(double, 2 * p * CHUNK + 2 * p * p + p);
    double *centred = room, *weights = room + 2 * p * CHUNK, *shares = weights + 2 * p * p;
    double here[CHUNK];

    for (size_t i = 0; i < p; i++) {
        for (size_t k = 0; k < p; k++) {
            weights[i * 2 * p + k] = mad->a[i * p + k];
            weights[i * 2 * p + p + k] = -mad->b[i * p + k];
        }
        shares[i] = 1.0 / (2.0 * (1.0 - mad->rho[i]));
    }
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = MIN(n - at, (size_t)CHUNK);
        for (size_t k = 0; k < 2 * p; k++)
            centre(count, planes[k] + at, mad->mean[k], centred + k * CHUNK);
        chunk(p, weights, shares, centred, here);
        memcpy(z + at, here, count * sizeof *z);
    }
}

/* ---- probability ---- */

/* exp(-h) of CHUNK values h, 0 <= h <= FAR_OUT, within 2e-15 of its value: 2^n from the bits of n,
 * times the Taylor polynomial of the rest, |r| <= ln 2 / 2. */
static inline __attribute__((always_inline)) void exp_minus(const double *h, double *to)
{
    typedef uint64_t bits __attribute__((vector_size(32)));
    static const double shift = 6755399441055744.0; /* 1.5 * 2^52: its last bits count wholes */
    static const double taylor[] = {1.0 / 479001600.0,
                                    1.0 / 39916800.0,
                                    1.0 / 3628800.0,
                                    1.0 / 362880.0,
                                    1.0 / 40320.0,
                                    1.0 / 5040.0,
                                    1.0 / 720.0,
                                    1.0 / 120.0,
                                    1.0 / 24.0,
                                    1.0 / 6.0,
                                    0.5,
                                    1.0,
                                    1.0};

    for (size_t i = 0; i < CHUNK; i += 4) {
        const rdl_four x = -RDL_FOUR_OF(h + i), t = x * 1.4426950408889634 + shift;
        const rdl_four whole = t - shift;
        const rdl_four r = (x - whole * 0x1.62e42fefa39efp-1) - whole * 0x1.abc9e3b39803fp-56;
        rdl_four e = r * (1.0 / 6227020800.0);
        for (size_t j = 0; j + 1 < G_N_ELEMENTS(taylor); j++)
            e = (e + taylor[j]) * r;
        const bits power = ((bits)t << 52) + ((uint64_t)1023 << 52);
        RDL_FOUR(to + i) = (e + 1.0) * (rdl_four)power;
    }
}

/* Of n <= CHUNK values h = z / 2: exp(-h) (1 + h + h^2/2! + ... + h^(terms-1)/(terms-1)!). */
RDL_CLONES static void even_tail(int terms, size_t n, double *restrict h)
{
    double power[CHUNK], term[CHUNK], sum[CHUNK];

    for (size_t i = 0; i < CHUNK; i++)
        sum[i] = i < n && h[i] < FAR_OUT ? h[i] : FAR_OUT;
    exp_minus(sum, power);
    for (size_t i = 0; i < n; i++)
        term[i] = sum[i] = 1.0;
    for (int j = 1; j < terms; j++) {
        const double share = 1.0 / j;
        for (size_t i = 0; i < n; i++) {
            term[i] *= h[i] * share;
            sum[i] += term[i];
        }
    }
    for (size_t i = 0; i < n; i++)
        h[i] = h[i] < FAR_OUT ? sum[i] * power[i] : 0.0;
}

static double odd_tail(int p, double h)
{
    double sum = 0.0, term = sqrt(h) / (0.5 * sqrt(G_PI));

    for (int j = 0; j < p / 2; j++) {
        sum += term;
        term *= h / (j + 1.5);
    }
    double tail = sum * exp(-h) + erfc(sqrt(h));
    return tail == tail ? tail : 0.0;
}

/* Closed forms (Abramowitz & Stegun 26.4.4, 26.4.5): for even p exp(-z/2) times a polynomial in
 * z/2, for odd p the normal tail and a polynomial in sqrt(z/2). */
void rdl_mad_no_change(int p, size_t n, double *z)
{
    double h[CHUNK];

    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = MIN(n - at, (size_t)CHUNK);
        for (size_t i = 0; i < count; i++)
            h[i] = 0.5 * z[at + i];
        if (p % 2 == 0)
            even_tail(p / 2, count, h);
        for (size_t i = 0; i < count; i++)
            z[at + i] = p % 2 ? odd_tail(p, h[i]) : h[i];
    }
}
