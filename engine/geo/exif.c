#include "geo/exif.h"

#include <string.h>

#define RATIONAL 5
#define GPS_PART 0x8825

/* The TIFF inside an Exif segment: every offset counts from its beginning. */
typedef struct {
    const uint8_t *at;
    size_t n;
    bool big; /* endian */
} tiff;

static uint32_t number(const tiff *t, size_t at, size_t bytes)
{
    uint32_t v = 0;

    for (size_t i = 0; at <= t->n && bytes <= t->n - at && i < bytes; i++)
        v |= (uint32_t)t->at[at + i] << 8 * (t->big ? bytes - 1 - i : i);
    return v;
}

/* Where the entries of a directory begin, and how many of them are there. */
static size_t entries(const tiff *t, uint32_t directory, size_t *count)
{
    size_t at = (size_t)directory + 2;

    *count = number(t, directory, 2);
    if (at > t->n)
        *count = 0;
    else if (*count > (t->n - at) / 12)
        *count = (t->n - at) / 12;
    return at;
}

static uint32_t gps_part(const tiff *t)
{
    size_t count, at = entries(t, number(t, 4, 4), &count);

    for (; count > 0; count--, at += 12)
        if (number(t, at, 2) == GPS_PART)
            return number(t, at + 8, 4);
    return 0;
}

/* A fraction that is none: of `count` at `at`, each of eight bytes. */
static bool is_void(const tiff *t, size_t at, size_t count)
{
    if (at > t->n || count > (t->n - at) / 8)
        return true;
    for (size_t i = 0; i < count; i++)
        if (number(t, at + 8 * i + 4, 4) == 0)
            return true;
    return false;
}

static uint32_t void_tags(const tiff *t)
{
    uint32_t tags = 0, gps = gps_part(t);
    size_t count, at;

    if (!gps)
        return 0;
    at = entries(t, gps, &count);
    for (; count > 0; count--, at += 12) {
        uint32_t tag = number(t, at, 2);
        if (tag < 32 && number(t, at + 2, 2) == RATIONAL &&
            is_void(t, number(t, at + 8, 4), number(t, at + 4, 4)))
            tags |= 1u << tag;
    }
    return tags;
}

static bool is_tiff(const tiff *t)
{
    return t->n >= 8 && (memcmp(t->at, "II*\0", 4) == 0 || memcmp(t->at, "MM\0*", 4) == 0);
}

uint32_t rdl_exif_void(const uint8_t *jpeg, size_t n)
{
    size_t at = 2; /* behind FF D8 */

    while (n >= 4 && at <= n - 4 && jpeg[at] == 0xff && jpeg[at + 1] != 0xda) {
        size_t length = (size_t)jpeg[at + 2] << 8 | jpeg[at + 3];
        const uint8_t *body = jpeg + at + 4;
        if (length < 2 || length > n - at - 2)
            return 0;
        if (jpeg[at + 1] == 0xe1 && length >= 8 && memcmp(body, "Exif\0\0", 6) == 0) {
            tiff t = {body + 6, length - 8, length > 8 && body[6] == 'M'};
            return is_tiff(&t) ? void_tags(&t) : 0;
        }
        at += 2 + length;
    }
    return 0;
}
