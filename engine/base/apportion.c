#include "base/apportion.h"

#include <math.h>

typedef struct {
    double remainder;
    size_t number;
} claim;

static gint by_remainder(gconstpointer a, gconstpointer b)
{
    const claim *x = a, *y = b;

    if (x->remainder != y->remainder)
        return x->remainder > y->remainder ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Steps in a value. What lies a billionth of a step below a multiple is that multiple: 0.3 / 0.1. */
static double whole_steps(double value, double step)
{
    return floor(value / step + 1e-9);
}

bool rdl_apportion(const double *parts, size_t n, double whole, double step, double *rounded)
{
    g_autofree claim *claims = g_new(claim, n + 1);
    double missing = round(whole / step);

    for (size_t i = 0; i < n; i++) {
        double steps = whole_steps(parts[i], step);
        claims[i] = (claim){parts[i] / step - steps, i};
        rounded[i] = steps;
        missing -= steps;
    }
    bool good = missing >= 0.0 && missing <= (double)n;
    if (good)
        qsort(claims, n, sizeof *claims, by_remainder);
    for (size_t i = 0; good && (double)i < missing; i++)
        rounded[claims[i].number] += 1.0;
    for (size_t i = 0; i < n; i++)
        rounded[i] = (good ? rounded[i] : round(parts[i] / step)) * step;
    return good;
}
