#include "detect/histogram.h"

#include <string.h>

#define FINE 12 /* bits of a float that a bin does not look at */
#define COARSE 18

struct rdl_histogram {
    int shift;
    size_t bins; /* up to, and without, infinity */
    uint64_t counts[];
};

static rdl_histogram *histogram_of(int shift)
{
    size_t bins = (size_t)0x7f800000 >> shift;
    rdl_histogram *h = g_malloc0(sizeof *h + bins * sizeof *h->counts);

    h->shift = shift;
    h->bins = bins;
    return h;
}

rdl_histogram *rdl_histogram_new(void)
{
    return histogram_of(FINE);
}

rdl_histogram *rdl_histogram_new_coarse(void)
{
    return histogram_of(COARSE);
}

void rdl_histogram_free(rdl_histogram *histogram)
{
    g_free(histogram);
}

void rdl_histogram_add(rdl_histogram *h, size_t n, const float *scores)
{
    const int shift = h->shift;
    const size_t bins = h->bins;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &scores[i], sizeof bits);
        size_t bin = (bits & 0x7fffffffu) >> shift;
        if (bin < bins)
            h->counts[bin]++;
    }
}

void rdl_histogram_merge(rdl_histogram *into, const rdl_histogram *from)
{
    g_assert(into->bins == from->bins);
    for (size_t i = 0; i < into->bins; i++)
        into->counts[i] += from->counts[i];
}

static double middle(const rdl_histogram *h, size_t bin)
{
    uint32_t low_bits = (uint32_t)bin << h->shift, high_bits = (uint32_t)(bin + 1) << h->shift;
    float low, high;

    memcpy(&low, &low_bits, sizeof low);
    memcpy(&high, &high_bits, sizeof high);
    return bin == 0 ? 0.0 : bin + 1 == h->bins ? (double)low : 0.5 * ((double)low + (double)high);
}

rdl_bins rdl_histogram_bins(const rdl_histogram *h)
{
    rdl_bins bins = {0};

    for (size_t i = 0; i < h->bins; i++)
        bins.n += h->counts[i] != 0;
    bins.value = g_new(double, bins.n + 1);
    bins.count = g_new(double, bins.n + 1);
    bins.n = 0;
    for (size_t i = 0; i < h->bins; i++) {
        if (!h->counts[i])
            continue;
        bins.value[bins.n] = middle(h, i);
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
