#include "detect/change/moments.h"

#include <string.h>
#include <glib.h>
#include "detect/clones.h"

#define CHUNK 256 /* pixels: the centred variates of 12 bands stay in the first-level cache */
#define LANES 8

size_t rdl_moments_size(int d)
{
    return 1 + (size_t)d + (size_t)d * ((size_t)d + 1) / 2;
}

size_t rdl_moments_at(int d, int k, int l)
{
    return 1 + (size_t)d + (size_t)k * ((size_t)k + 1) / 2 + (size_t)l;
}

RDL_CLONES static double dot(const double *restrict a, const double *restrict b)
{
    double s[LANES] = {0};

    for (size_t i = 0; i < CHUNK; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            s[j] += a[i + j] * b[i + j];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* Beyond n the chunk is zero, so that every dot product has the same length. */
static void centre(size_t n, const float *restrict plane, double pivot, double *restrict to)
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

/* Sums of one chunk about the pivots, into W, sum w v_k, sum w v_k v_l. */
static void add_chunk(double *m, int d, const double *w, const double *centred, double *weighted)
{
    static const double ones[CHUNK] = {[0 ... CHUNK - 1] = 1.0};

    m[0] += dot(w, ones);
    for (int k = 0; k < d; k++) {
        const double *v = centred + (size_t)k * CHUNK;
        double *restrict row = m + rdl_moments_at(d, k, 0);
        for (size_t i = 0; i < CHUNK; i++)
            weighted[i] = w[i] * v[i];
        m[1 + k] += dot(weighted, ones);
        for (int l = 0; l <= k; l++)
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
