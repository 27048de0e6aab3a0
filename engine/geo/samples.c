#include "geo/samples.h"

#include "base/base.h"

size_t rdl_sample_bytes(rdl_sample_type type)
{
    return type == RDL_SAMPLE_U8 ? 1 : type == RDL_SAMPLE_F32 ? 4 : 2;
}

/* ---- predictor ---- */

static void undo_bytes(uint8_t *row, size_t width, size_t samples)
{
    for (size_t i = samples; i < width * samples; i++)
        row[i] = (uint8_t)(row[i] + row[i - samples]);
}

/* One sample a pixel: the sum stays in a register. */
static void undo_single(uint16_t *row, size_t width)
{
    uint16_t sum = 0;

    for (size_t i = 0; i < width; i++)
        row[i] = sum = (uint16_t)(sum + row[i]);
}

static void undo_four(uint16_t *row, size_t width)
{
    typedef uint16_t four __attribute__((vector_size(8), aligned(2), may_alias));
    four sum = {0}, *pixel = (four *)(void *)row;

    for (size_t i = 0; i < width; i++)
        pixel[i] = sum = sum + pixel[i];
}

static void undo_words(uint16_t *row, size_t width, size_t samples)
{
    for (size_t i = samples; i < width * samples; i++)
        row[i] = (uint16_t)(row[i] + row[i - samples]);
}

void rdl_samples_undo(rdl_sample_type type, void *row, size_t width, size_t samples)
{
    if (type == RDL_SAMPLE_U8)
        undo_bytes(row, width, samples);
    else if (samples == 1)
        undo_single(row, width);
    else if (samples == 4)
        undo_four(row, width);
    else
        undo_words(row, width, samples);
}

/* ---- conversion ---- */

#define PICK(type)                                                                         \
    RDL_CLONES static void pick_##type(const type *restrict from, size_t stride, size_t n, \
                                       float *restrict to)                                 \
    {                                                                                      \
        if (stride == 1)                                                                   \
            for (size_t i = 0; i < n; i++)                                                 \
                to[i] = (float)from[i];                                                    \
        else                                                                               \
            for (size_t i = 0; i < n; i++)                                                 \
                to[i] = (float)from[i * stride];                                           \
    }
PICK(uint8_t)
PICK(uint16_t)
PICK(int16_t)
PICK(float)

void rdl_samples_pick(rdl_sample_type type, const void *row, size_t samples, size_t which,
                      size_t step, size_t n, float *to)
{
    switch (type) {
    case RDL_SAMPLE_U8:
        pick_uint8_t((const uint8_t *)row + which, samples * step, n, to);
        break;
    case RDL_SAMPLE_U16:
        pick_uint16_t((const uint16_t *)row + which, samples * step, n, to);
        break;
    case RDL_SAMPLE_I16:
        pick_int16_t((const int16_t *)row + which, samples * step, n, to);
        break;
    case RDL_SAMPLE_F32:
        pick_float((const float *)row + which, samples * step, n, to);
    }
}

RDL_CLONES void rdl_samples_pick_four(const uint16_t *restrict row, size_t n, float *const to[4])
{
    float *restrict a = to[0], *restrict b = to[1], *restrict c = to[2], *restrict d = to[3];

    for (size_t i = 0; i < n; i++) {
        a[i] = (float)row[4 * i];
        b[i] = (float)row[4 * i + 1];
        c[i] = (float)row[4 * i + 2];
        d[i] = (float)row[4 * i + 3];
    }
}
