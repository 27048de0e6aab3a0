/* detect/mask.h - which values of a mask raster are bad. */
#ifndef RDL_DETECT_MASK_H
#define RDL_DETECT_MASK_H

#include "geo/geo.h"

typedef struct rdl_mask_values {
    uint8_t bad[65536]; /* whole numbers */
    uint8_t other;      /* are all other values bad? */
} rdl_mask_values;

/** What --mask-values says: NULL or "nonzero"; "qa-pixel", the QA_PIXEL band of Landsat Collection
 * 2 (LSDS-1619: fill, dilated cloud, cirrus, cloud, cloud shadow, snow are bad); "scl", the scene
 *  classification of Sentinel-2 L2A (no data, saturated, cloud shadow, cloud of medium and high
 *  probability, thin cirrus, snow are bad); "bqa",
 *  the BQA band of Landsat Collection 1 (fill, cloud, and high confidence of shadow, snow, cirrus);
 *  "bits:0-4,9", where any of these bits is set; or a list of numbers and ranges: "1,3,8-11".
 *  Yours to g_free(). Fails: RDL_ERROR_USAGE. */
RDL_API rdl_mask_values *rdl_mask_values_parse(const char *text, GError **error);
/** flags[i]: is plane[i] bad? */
void rdl_mask_values_apply(const rdl_mask_values *values, size_t n, const float *plane,
                           uint8_t *flags);
/** Bad pixels of a window grow by `radius` pixels, as a disc. from: width x height flags; to: those
 *  of its inner (width - 2 radius) x (height - 2 radius). */
void rdl_mask_grow(int width, int height, int radius, const uint8_t *from, uint8_t *to);

#endif
