/* geo/samples.h - from the bytes of an inflated TIFF tile to planes of float. A private room. */
#ifndef RDL_GEO_SAMPLES_H
#define RDL_GEO_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef enum { RDL_SAMPLE_U8, RDL_SAMPLE_U16, RDL_SAMPLE_I16, RDL_SAMPLE_F32 } rdl_sample_type;

/** Bytes of one sample. */
size_t rdl_sample_bytes(rdl_sample_type type);
/** Undo TIFF's horizontal differencing (predictor 2) in a row of `width` pixels of `samples`
 *  integers each. */
void rdl_samples_undo(rdl_sample_type type, void *row, size_t width, size_t samples);
/** to[i] = sample `which` of pixel i * step of the row, for i < n, as GDAL converts it. */
void rdl_samples_pick(rdl_sample_type type, const void *row, size_t samples, size_t which,
                      size_t step, size_t n, float *to);
/** All four samples of pixels 0..n-1 of uint16. */
void rdl_samples_pick_four(const uint16_t *row, size_t n, float *const to[4]);

#endif
