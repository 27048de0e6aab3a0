#include "detect/histogram.h"

#include <string.h>

#define SHIFT 12
#define BINS ((size_t)0x7f800000 >> SHIFT) /* up to, and without, infinity */

struct rdl_histogram {
    uint64_t counts[BINS];
};

rdl_histogram *rdl_histogram_new(void)
{
    return g_new0(rdl_histogram, 1);
}

void rdl_histogram_free(rdl_histogram *histogram)
{
    g_free(histogram);
}

void rdl_histogram_add(rdl_histogram *h, size_t n, const float *scores)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &scores[i], sizeof bits);
        size_t bin = (bits & 0x7fffffffu) >> SHIFT;
        if (bin < BINS)
            h->counts[bin]++;
    }
}

void rdl_histogram_merge(rdl_histogram *into, const rdl_histogram *from)
{
    for (size_t i = 0; i < BINS; i++)
        into->counts[i] += from->counts[i];
}

static double middle(size_t bin)
{
    uint32_t low_bits = (uint32_t)bin << SHIFT, high_bits = (uint32_t)(bin + 1) << SHIFT;
    float low, high;

    memcpy(&low, &low_bits, sizeof low);
    memcpy(&high, &high_bits, sizeof high);
    return bin == 0 ? 0.0 : bin + 1 == BINS ? (double)low : 0.5 * ((double)low + (double)high);
}

rdl_bins rdl_histogram_bins(const rdl_histogram *h)
{
    rdl_bins bins = {0};

    for (size_t i = 0; i < BINS; i++)
        bins.n += h->counts[i] != 0;
    bins.value = g_new(double, bins.n + 1);
    bins.count = g_new(double, bins.n + 1);
    bins.n = 0;
    for (size_t i = 0; i < BINS; i++) {
        if (!h->counts[i])
            continue;
        bins.value[bins.n] = middle(i);
        bins.count[bins.n++] = (double)h->counts[i];
        bins.total += (double)h->counts[i];
    }
    return bins;
}

void rdl_bins_clear(rdl_bins *bins)
{
    g_free(bins->value);
    g_free(bins->count);
    *bins = (rdl_bins){0};
}
