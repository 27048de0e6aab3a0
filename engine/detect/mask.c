#include "detect/mask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static rdl_mask_values *nonzero(void)
{
    rdl_mask_values *v = g_new(rdl_mask_values, 1);

    memset(v->bad, 1, sizeof v->bad);
    v->bad[0] = 0;
    v->other = 1;
    return v;
}

static rdl_mask_values *any_of(unsigned bits)
{
    rdl_mask_values *v = g_new0(rdl_mask_values, 1);

    for (unsigned i = 0; i < sizeof v->bad; i++)
        v->bad[i] = (i & bits) != 0;
    return v;
}

/* Bits 0 to 5: fill, dilated cloud, cirrus, cloud, cloud shadow, snow. */
static rdl_mask_values *qa_pixel(void)
{
    return any_of(0x3f);
}

/* Bit 0 fill, 4 cloud; pairs of bits 7 shadow, 9 snow, 11 cirrus, where 3 is high confidence. */
static rdl_mask_values *bqa(void)
{
    rdl_mask_values *v = any_of(0x11);

    for (unsigned i = 0; i < sizeof v->bad; i++)
        v->bad[i] |= (i >> 7 & 3) == 3 || (i >> 9 & 3) == 3 || (i >> 11 & 3) == 3;
    return v;
}

static rdl_mask_values *scl(void)
{
    static const int bad[] = {0, 1, 3, 8, 9, 10, 11};
    rdl_mask_values *v = g_new0(rdl_mask_values, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        v->bad[bad[i]] = 1;
    return v;
}

static bool whole(const char *text, char **end, long *number)
{
    *number = strtol(text, end, 10);
    return *end != text && *number >= 0 && *number <= 65535;
}

/* "8" or "8-11". */
static bool add_range(rdl_mask_values *v, const char *text)
{
    char *end;
    long first, last;

    if (!g_ascii_isdigit(*text) || !whole(text, &end, &first))
        return false;
    last = first;
    if (*end == '-' && !(g_ascii_isdigit(end[1]) && whole(end + 1, &end, &last)))
        return false;
    if (*end || last < first)
        return false;
    memset(v->bad + first, 1, (size_t)(last - first + 1));
    return true;
}

/* "0-4,9": the bits of which any is bad. */
static rdl_mask_values *from_bits(const char *list)
{
    g_autofree rdl_mask_values *places = g_new0(rdl_mask_values, 1);
    g_auto(GStrv) parts = g_strsplit(*list ? list : ",", ",", -1);
    unsigned bits = 0;

    for (char **p = parts; *p; p++)
        if (!add_range(places, g_strstrip(*p)))
            return NULL;
    for (unsigned i = 0; i < sizeof places->bad; i++)
        if (places->bad[i] && i > 15)
            return NULL;
        else if (places->bad[i])
            bits |= 1u << i;
    return any_of(bits);
}

rdl_mask_values *rdl_mask_values_parse(const char *text, GError **error)
{
    if (!text || strcmp(text, "nonzero") == 0)
        return nonzero();
    if (strcmp(text, "qa-pixel") == 0)
        return qa_pixel();
    if (strcmp(text, "scl") == 0)
        return scl();
    if (strcmp(text, "bqa") == 0)
        return bqa();
    if (g_str_has_prefix(text, "bits:")) {
        rdl_mask_values *of_bits = from_bits(text + strlen("bits:"));
        if (!of_bits)
            rdl_fail(error, RDL_ERROR_USAGE,
                     "--mask-values '%s': bits are numbers from 0 to 15, as in bits:0-4,9", text);
        return of_bits;
    }
    g_autofree rdl_mask_values *v = g_new0(rdl_mask_values, 1);
    g_auto(GStrv) parts = g_strsplit(*text ? text : ",", ",", -1);
    for (char **p = parts; *p; p++)
        if (!add_range(v, g_strstrip(*p)))
            return rdl_fail(
                       error, RDL_ERROR_USAGE,
                       "--mask-values '%s': give nonzero, qa-pixel, bqa, scl, bits:LIST or numbers "
                       "from 0 to 65535 as in 1,3,8-11",
                       text),
                   NULL;
    return g_steal_pointer(&v);
}

void rdl_mask_values_apply(const rdl_mask_values *v, size_t n, const float *plane, uint8_t *flags)
{
    for (size_t i = 0; i < n; i++) {
        float value = plane[i];
        bool known = value >= 0.0f && value <= 65535.0f && value == floorf(value);
        flags[i] = known ? v->bad[(size_t)value] : v->other;
    }
}

/* Does a row have a bad pixel in from..to? counts: bad pixels before each column. */
static void spread_row(int width, int half, int radius, const int *counts, uint8_t *to)
{
    for (int x = 0; x < width - 2 * radius; x++) {
        int middle = x + radius;
        to[x] |= counts[middle + half + 1] > counts[middle - half];
    }
}

void rdl_mask_grow(int width, int height, int radius, const uint8_t *from, uint8_t *to)
{
    const int inner = width - 2 * radius, rows = height - 2 * radius;
    g_autofree int *counts = g_new(int, (size_t)width + 1);

    memset(to, 0, (size_t)inner * (size_t)rows);
    for (int y = 0; y < height; y++) {
        counts[0] = 0;
        for (int x = 0; x < width; x++)
            counts[x + 1] = counts[x] + (from[(size_t)y * (size_t)width + (size_t)x] != 0);
        if (counts[width] == 0)
            continue;
        for (int dy = -radius; dy <= radius; dy++) {
            int row = y - radius + dy;
            if (row >= 0 && row < rows)
                spread_row(width, (int)sqrt((double)(radius * radius - dy * dy)), radius, counts,
                           to + (size_t)row * (size_t)inner);
        }
    }
}
