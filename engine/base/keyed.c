#include "base/keyed.h"

#include <string.h>

#define DIGIT 8 /* bits */
#define DIGITS (32 / DIGIT)
#define VALUES ((size_t)1 << DIGIT)

static size_t digit(guint32 key, int i)
{
    return key >> (DIGIT * i) & (VALUES - 1);
}

/* One pass: `from` in the order of digit i into `to`. `counts` of the values become their places.
 */
static void deal(const rdl_keyed *from, rdl_keyed *to, size_t n, int i, size_t *counts)
{
    for (size_t v = 0, place = 0; v < VALUES; v++) {
        size_t count = counts[v];
        counts[v] = place;
        place += count;
    }
    for (size_t k = 0; k < n; k++)
        to[counts[digit(from[k].key, i)]++] = from[k];
}

void rdl_keyed_sort(rdl_keyed *items, size_t n)
{
    size_t counts[DIGITS][VALUES] = {{0}};
    g_autofree rdl_keyed *other = n > 1 ? g_new(rdl_keyed, n) : NULL;
    rdl_keyed *from = items, *to = other;

    for (size_t k = 0; k < n; k++)
        for (int i = 0; i < DIGITS; i++)
            counts[i][digit(items[k].key, i)]++;
    for (int i = 0; n > 1 && i < DIGITS; i++) {
        rdl_keyed *last = from;
        if (counts[i][digit(items[0].key, i)] == n) /* the same in all */
            continue;
        deal(from, to, n, i, counts[i]);
        from = to;
        to = last;
    }
    if (n > 1 && from != items)
        memcpy(items, from, n * sizeof *items);
}
