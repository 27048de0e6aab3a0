/* detect/align.h - how far the scene after lies from the scene before.
 *
 * Phase correlation (Kuglin & Hines 1975, "The phase correlation image alignment method") on tiles
 * spread over the pair: the cross-power spectra of the bands, whitened, summed and weighed by a
 * Gaussian, have their peak at the displacement; a parabola through the logarithms of the peak and
 * its neighbours gives it below the pixel. The tiles' median is the shift of the pair, and half
 * their spread around it its uncertainty. */
#ifndef RDL_DETECT_ALIGN_H
#define RDL_DETECT_ALIGN_H

#include "detect/levels.h"

#define RDL_ALIGN_REACH 8.0 /* pixels: shifts beyond are not corrected */

typedef struct rdl_shift {
    double dx, dy;    /* pixels that the scene after lies to the right of and below the other */
    double spread;    /* median distance of the tiles from that, pixels */
    int tiles, used;  /* looked at, and agreeing within a pixel */
    double likeness;  /* median over tiles of the largest band correlation, -1..1 */
    bool sure;        /* enough tiles agree */
    bool far;         /* not sure, and half of the tiles, three or more, agree on dx, dy beyond the
                         reach, up to a third of a tile: told, never corrected */
    double turned;    /* degrees that the scene after is rotated clockwise on the grid, NaN: the
                         tiles do not fit a rotation better than a shift */
    double stretched; /* and larger by this factor less one */
} rdl_shift;

/** Is the shift worth correcting: sure, larger than the tiles' own spread around it (what is not is
 *  noise of the measurement), and larger than a fifth of a pixel, below which misregistration costs
 *  less than a tenth of the changes (Dai & Khorram 1998, IEEE TGRS 36(5)) while resampling blurs
 * one scene and not the other? */
RDL_API bool rdl_shift_counts(const rdl_shift *shift);
/** Measure the pair as its readers give it, spread over what both scenes and the box around the
 * area of interest reach, and its levels (NULL: not asked for): on up to 5 x 5 tiles of 256 pixels,
 * or, `quick`, on 3 x 3 of 128. `threads` as elsewhere; of no influence on the answer. Fails:
 * RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
RDL_API bool rdl_align_measure(const rdl_pair *pair, bool quick, int threads,
                               const rdl_progress *progress, rdl_shift *shift, rdl_levels *levels,
                               GError **error);
/** Measure, shift the pair, and measure again, until nothing is left to shift or three times.
 *  `found` is the whole shift, `left` what is measured after it; nothing is shifted when `found` is
 *  not told from none (rdl_shift_counts). */
RDL_API bool rdl_align(rdl_pair *pair, int threads, const rdl_progress *progress, rdl_shift *found,
                       rdl_shift *left, rdl_levels *levels, GError **error);

#endif
