#include "detect/threshold/coarse.h"

#include <math.h>

const char *rdl_domain_name(rdl_domain domain)
{
    return domain == RDL_DOMAIN_LINEAR      ? "linear"
           : domain == RDL_DOMAIN_ROOT      ? "sqrt"
           : domain == RDL_DOMAIN_LOGARITHM ? "ln"
                                            : "power";
}

double rdl_domain_into(rdl_domain domain, double z)
{
    return domain == RDL_DOMAIN_LINEAR      ? z
           : domain == RDL_DOMAIN_ROOT      ? sqrt(z)
           : domain == RDL_DOMAIN_LOGARITHM ? log(z)
                                            : pow(z, domain);
}

double rdl_domain_back(rdl_domain domain, double x)
{
    return domain == RDL_DOMAIN_LINEAR      ? x
           : domain == RDL_DOMAIN_ROOT      ? x * x
           : domain == RDL_DOMAIN_LOGARITHM ? exp(x)
                                            : pow(x, 1.0 / domain);
}

double rdl_coarse_middle(const rdl_coarse *h, int bin)
{
    return h->low + (bin + 0.5) * h->width;
}

double rdl_coarse_upper(const rdl_coarse *h, int bin)
{
    return h->low + (bin + 1) * h->width;
}

size_t rdl_bins_quantile(const rdl_bins *bins, double share)
{
    double sum = 0.0;
    size_t i = 0;

    while (i + 1 < bins->n && (sum += bins->count[i]) <= share * bins->total)
        i++;
    return i;
}

rdl_coarse rdl_coarse_of(const rdl_bins *bins, rdl_domain domain, int n, size_t first)
{
    if (domain == RDL_DOMAIN_LOGARITHM)
        while (first + 1 < bins->n && bins->value[first] <= 0.0)
            first++;
    double low = rdl_domain_into(domain, bins->value[first]);
    double high = rdl_domain_into(domain, bins->value[bins->n - 1]);
    rdl_coarse h = {domain, n, low, (high - low) / n, bins->total, g_new0(double, (size_t)n)};

    for (size_t k = 0; k < bins->n; k++) {
        int i = k <= first || !(h.width > 0.0)
                    ? 0
                    : (int)((rdl_domain_into(domain, bins->value[k]) - low) / h.width);
        h.count[CLAMP(i, 0, n - 1)] += bins->count[k];
    }
    return h;
}

void rdl_coarse_clear(rdl_coarse *h)
{
    g_clear_pointer(&h->count, g_free);
}

void rdl_smooth(int n, const double *from, double sigma, double *to)
{
    int reach = (int)ceil(4.0 * sigma);

    for (int i = 0; i < n; i++) {
        double sum = 0.0, weight = 0.0;
        for (int k = MAX(0, i - reach); k <= MIN(n - 1, i + reach); k++) {
            double w = exp(-0.5 * (k - i) * (k - i) / (sigma * sigma));
            sum += w * from[k];
            weight += w;
        }
        to[i] = sum / weight;
    }
}
