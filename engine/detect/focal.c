#include "detect/focal.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <glib.h>
#include "base/base.h"

#define SIEVE_MOST 16

/* ---- Gaussian ---- */

static const double sigma = 1.5;

static void weights_of(float *weight)
{
    for (int k = -RDL_GAUSSIAN_RADIUS; k <= RDL_GAUSSIAN_RADIUS; k++)
        weight[k + RDL_GAUSSIAN_RADIUS] = (float)exp(-0.5 * k * k / (sigma * sigma));
}

/* to[i] = sum of weight[k] from[i + k * stride] over the taps that fall on the line. */
RDL_CLONES static void along_rows(int width, int height, const float *weight,
                                  const float *restrict from, float *restrict to)
{
    for (int row = 0; row < height; row++) {
        const float *restrict line = from + (size_t)row * (size_t)width;
        float *restrict sum = to + (size_t)row * (size_t)width;
        memset(sum, 0, (size_t)width * sizeof *sum);
        for (int k = -RDL_GAUSSIAN_RADIUS; k <= RDL_GAUSSIAN_RADIUS; k++) {
            float w = weight[k + RDL_GAUSSIAN_RADIUS];
            int first = k < 0 ? -k : 0, end = k > 0 ? width - k : width;
            for (int i = first; i < end; i++)
                sum[i] += w * line[i + k];
        }
    }
}

RDL_CLONES static void along_columns(int width, int height, const float *weight,
                                     const float *restrict from, float *restrict to)
{
    for (int row = 0; row < height; row++) {
        float *restrict sum = to + (size_t)row * (size_t)width;
        memset(sum, 0, (size_t)width * sizeof *sum);
        for (int k = -RDL_GAUSSIAN_RADIUS; k <= RDL_GAUSSIAN_RADIUS; k++) {
            float w = weight[k + RDL_GAUSSIAN_RADIUS];
            if (row + k < 0 || row + k >= height)
                continue;
            const float *restrict line = from + (size_t)(row + k) * (size_t)width;
            for (int i = 0; i < width; i++)
                sum[i] += w * line[i];
        }
    }
}

void rdl_gaussian(int width, int height, const float *in, float *scratch, float *out)
{
    const size_t n = (size_t)width * (size_t)height;
    float weight[2 * RDL_GAUSSIAN_RADIUS + 1];
    float *value = scratch, *seen = scratch + n, *half = scratch + 2 * n, *sum = scratch + 3 * n;

    weights_of(weight);
    for (size_t i = 0; i < n; i++) {
        bool there = in[i] == in[i];
        value[i] = there ? in[i] : 0.0f;
        seen[i] = there ? 1.0f : 0.0f;
    }
    along_rows(width, height, weight, value, half);
    along_columns(width, height, weight, half, value);
    along_rows(width, height, weight, seen, half);
    along_columns(width, height, weight, half, sum);
    for (size_t i = 0; i < n; i++)
        out[i] = in[i] == in[i] ? value[i] / sum[i] : NAN;
}

/* ---- 3 x 3 ---- */

/* What is observed of the 3 x 3 around, row by row; returns how many. */
static int around(int width, int height, const float *in, int col, int row, float *values)
{
    int n = 0;

    for (int y = row - 1; y <= row + 1; y++)
        for (int x = col - 1; x <= col + 1; x++) {
            if (x < 0 || y < 0 || x >= width || y >= height)
                continue;
            float v = in[(size_t)y * (size_t)width + (size_t)x];
            if (v == v)
                values[n++] = v;
        }
    return n;
}

void rdl_mean3(int width, int height, const float *in, float *out)
{
    for (int row = 0; row < height; row++)
        for (int col = 0; col < width; col++) {
            size_t i = (size_t)row * (size_t)width + (size_t)col;
            float values[9], sum = 0.0f;
            int n = around(width, height, in, col, row, values);
            for (int k = 0; k < n; k++)
                sum += values[k];
            out[i] = in[i] == in[i] ? sum / (float)n : NAN;
        }
}

static float median_of(int n, float *values)
{
    for (int i = 1; i < n; i++) {
        float v = values[i];
        int k = i;
        for (; k > 0 && values[k - 1] > v; k--)
            values[k] = values[k - 1];
        values[k] = v;
    }
    return values[n / 2];
}

#define ORDER(a, b)                 \
    do {                            \
        float low = a < b ? a : b;  \
        float high = a < b ? b : a; \
        a = low;                    \
        b = high;                   \
    } while (0)

/* Columns 1..width-2 of a row that has rows above and below, by a sorting network (Paeth 1990,
 * "Median finding on a 3 x 3 grid", Graphics Gems): meaningless where one of the nine is NaN. */
RDL_CLONES static void median_row(int width, const float *restrict above,
                                  const float *restrict here, const float *restrict below,
                                  float *restrict out)
{
    for (int i = 1; i < width - 1; i++) {
        float a = above[i - 1], b = above[i], c = above[i + 1];
        float d = here[i - 1], e = here[i], f = here[i + 1];
        float g = below[i - 1], h = below[i], k = below[i + 1];
        ORDER(a, b);
        ORDER(d, e);
        ORDER(g, h);
        ORDER(b, c);
        ORDER(e, f);
        ORDER(h, k);
        ORDER(a, b);
        ORDER(d, e);
        ORDER(g, h);
        /* each row sorted: the largest of the lows, the median of the middles, the least of the
         * highs; the median of these three is that of all nine */
        float least = a > d ? a : d;
        least = least > g ? least : g;
        ORDER(b, e);
        ORDER(e, h);
        ORDER(b, e);
        float most = c < f ? c : f;
        most = most < k ? most : k;
        ORDER(least, e);
        ORDER(e, most);
        ORDER(least, e);
        out[i] = e;
    }
}

/* 1 where one of the 3 x 3 around is NaN. */
RDL_CLONES static void gaps_row(int width, const float *restrict above, const float *restrict here,
                                const float *restrict below, uint8_t *restrict gap)
{
    for (int i = 1; i < width - 1; i++) {
        float sum = above[i - 1] + above[i] + above[i + 1] + here[i - 1] + here[i] + here[i + 1] +
                    below[i - 1] + below[i] + below[i + 1];
        gap[i] = sum != sum;
    }
}

void rdl_median3(int width, int height, const float *in, float *out)
{
    g_autofree uint8_t *gap = g_malloc((size_t)width);
    float values[9];

    for (int row = 0; row < height; row++) {
        const float *line = in + (size_t)row * (size_t)width;
        float *to = out + (size_t)row * (size_t)width;
        bool inside = row > 0 && row + 1 < height && width > 2;
        if (inside) {
            median_row(width, line - width, line, line + width, to);
            gaps_row(width, line - width, line, line + width, gap);
        }
        for (int col = 0; col < width; col++) {
            if (inside && col > 0 && col + 1 < width) {
                const uint8_t *next = memchr(gap + col, 1, (size_t)(width - 1 - col));
                col = next ? (int)(next - gap) : width - 1;
            }
            int n = around(width, height, in, col, row, values);
            to[col] = line[col] == line[col] ? median_of(n, values) : NAN;
        }
    }
}

RDL_CLONES static void geometric_mean(size_t n, const float *restrict in, float *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = sqrtf(fabsf(in[i])) * sqrtf(fabsf(out[i]));
}

void rdl_context3(int width, int height, const float *in, float *out)
{
    rdl_median3(width, height, in, out);
    geometric_mean((size_t)width * (size_t)height, in, out);
}

/* ---- sieve ---- */

typedef struct {
    int width, height;
    const uint8_t *flags;
    int n;
    size_t at[SIEVE_MOST];
} hand; /* of pixels known to hang together */

static void take(hand *h, int least, size_t at)
{
    if (h->n == least || !h->flags[at])
        return;
    for (int k = 0; k < h->n; k++)
        if (h->at[k] == at)
            return;
    h->at[h->n++] = at;
}

static bool stands(int width, int height, const uint8_t *flags, size_t at, int least)
{
    hand h = {width, height, flags, 1, {at}};

    for (int k = 0; k < h.n && h.n < least; k++) {
        int col = (int)(h.at[k] % (size_t)width), row = (int)(h.at[k] / (size_t)width);
        for (int y = row > 0 ? row - 1 : 0; y <= row + 1 && y < height; y++)
            for (int x = col > 0 ? col - 1 : 0; x <= col + 1 && x < width; x++)
                take(&h, least, (size_t)y * (size_t)width + (size_t)x);
    }
    return h.n >= least;
}

void rdl_sieve(int width, int height, int least, const uint8_t *in, uint8_t *out)
{
    const size_t n = (size_t)width * (size_t)height;

    for (size_t i = 0; i < n; i++)
        out[i] = in[i] && (least <= 1 || stands(width, height, in, i, least));
}
