#include "detect/change/moments.h"

#include <string.h>
#include <glib.h>
#include "base/base.h"

#define CHUNK 256 /* pixels: the centred variates of 12 bands stay in the first-level cache */

size_t rdl_moments_size(int d)
{
    return 1 + (size_t)d + (size_t)d * ((size_t)d + 1) / 2;
}

size_t rdl_moments_at(int d, int k, int l)
{
    return 1 + (size_t)d + (size_t)k * ((size_t)k + 1) / 2 + (size_t)l;
}

/* Of eight partial sums, lane j and lane j + 4 in `a` and `b`. */
static inline double total(rdl_four a, rdl_four b)
{
    return ((a[0] + a[1]) + (a[2] + a[3])) + ((b[0] + b[1]) + (b[2] + b[3]));
}

RDL_CLONES static double dot(const double *restrict a, const double *restrict b)
{
    rdl_four s = {0}, t = {0};

    for (size_t i = 0; i < CHUNK; i += 8) {
        s += RDL_FOUR_OF(a + i) * RDL_FOUR_OF(b + i);
        t += RDL_FOUR_OF(a + i + 4) * RDL_FOUR_OF(b + i + 4);
    }
    return total(s, t);
}

/* Four dot products of `a` at once, with b, b + CHUNK, ..., added to `to`: a is loaded once. */
RDL_CLONES static void add_four_dots(const double *restrict a, const double *restrict b,
                                     double *restrict to)
{
    rdl_four s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};

    for (size_t i = 0; i < CHUNK; i += 8) {
        const rdl_four v = RDL_FOUR_OF(a + i), w = RDL_FOUR_OF(a + i + 4);
        s0 += v * RDL_FOUR_OF(b + i);
        s1 += v * RDL_FOUR_OF(b + CHUNK + i);
        s2 += v * RDL_FOUR_OF(b + 2 * CHUNK + i);
        s3 += v * RDL_FOUR_OF(b + 3 * CHUNK + i);
        t0 += w * RDL_FOUR_OF(b + i + 4);
        t1 += w * RDL_FOUR_OF(b + CHUNK + i + 4);
        t2 += w * RDL_FOUR_OF(b + 2 * CHUNK + i + 4);
        t3 += w * RDL_FOUR_OF(b + 3 * CHUNK + i + 4);
    }
    to[0] += total(s0, t0);
    to[1] += total(s1, t1);
    to[2] += total(s2, t2);
    to[3] += total(s3, t3);
}

/* Beyond n the chunk is zero, so that every dot product has the same length. */
RDL_CLONES static void centre(size_t n, const float *restrict plane, double pivot,
                              double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (double)plane[i] - pivot;
    for (size_t i = n; i < CHUNK; i++)
        to[i] = 0.0;
}

static void weigh(size_t n, const double *weights, double *restrict to)
{
    for (size_t i = 0; i < CHUNK; i++)
        to[i] = i >= n ? 0.0 : weights ? weights[i] : 1.0;
}

RDL_CLONES static void multiply(const double *restrict a, const double *restrict b,
                                double *restrict to)
{
    for (size_t i = 0; i < CHUNK; i++)
        to[i] = a[i] * b[i];
}

/* Sums of one chunk about the pivots, into W, sum w v_k, sum w v_k v_l. */
static void add_chunk(double *m, int d, const double *w, const double *centred, double *weighted)
{
    static const double ones[CHUNK] = {[0 ... CHUNK - 1] = 1.0};

    m[0] += dot(w, ones);
    for (int k = 0; k < d; k++) {
        double *restrict row = m + rdl_moments_at(d, k, 0);
        int l = 0;
        multiply(w, centred + (size_t)k * CHUNK, weighted);
        m[1 + k] += dot(weighted, ones);
        for (; l + 4 <= k + 1; l += 4)
            add_four_dots(weighted, centred + (size_t)l * CHUNK, row + l);
        for (; l <= k; l++)
            row[l] += dot(weighted, centred + (size_t)l * CHUNK);
    }
}

/* From sums about the pivots to means and scatter about the means. */
static void about_means(double *m, int d, size_t n, const float *planes)
{
    if (m[0] <= 0.0)
        return;
    for (int k = 0; k < d; k++)
        for (int l = 0; l <= k; l++)
            m[rdl_moments_at(d, k, l)] -= m[1 + k] * m[1 + l] / m[0];
    for (int k = 0; k < d; k++)
        m[1 + k] = (double)planes[(size_t)k * n] + m[1 + k] / m[0];
}

void rdl_moments_of_cell(double *moments, int d, size_t n, const float *planes,
                         const double *weights)
{
    g_autofree double *centred = g_new(double, (size_t)d *CHUNK);
    double w[CHUNK], weighted[CHUNK];

    memset(moments, 0, rdl_moments_size(d) * sizeof *moments);
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t here = MIN(n - at, (size_t)CHUNK);
        weigh(here, weights ? weights + at : NULL, w);
        for (int k = 0; k < d; k++) {
            const float *plane = planes + (size_t)k * n;
            centre(here, plane + at, (double)plane[0], centred + (size_t)k * CHUNK);
        }
        add_chunk(moments, d, w, centred, weighted);
    }
    about_means(moments, d, n, planes);
}

void rdl_moments_merge(double *into, const double *from, int d)
{
    double w = into[0] + from[0];

    if (from[0] <= 0.0)
        return;
    double share = from[0] / w, cross = into[0] * share;
    for (int k = 0; k < d; k++)
        for (int l = 0; l <= k; l++)
            into[rdl_moments_at(d, k, l)] +=
                from[rdl_moments_at(d, k, l)] +
                cross * (from[1 + k] - into[1 + k]) * (from[1 + l] - into[1 + l]);
    for (int k = 0; k < d; k++)
        into[1 + k] += share * (from[1 + k] - into[1 + k]);
    into[0] = w;
}
