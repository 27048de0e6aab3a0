/* detect/rim.h - how much of a change one scene's lying a little beside the other explains.
 *
 * Where two scenes are apart by d, a pixel's difference is nearly -d times the slope of the picture
 * there: the rims of fields, banks and roofs look changed, in every band by the same d. Over the
 * pixels of a component the d of least squares is found (Lucas & Kanade 1981, IJCAI, "An iterative
 * image registration technique"), no longer than the scenes were measured to be apart, and the
 * share of the squared differences it takes away. A road where there was none lies on no slope that
 * would make it (registration noise: Gong, Ledrew & Miller 1992, Int. J. Remote Sensing 13). */
#ifndef RDL_DETECT_RIM_H
#define RDL_DETECT_RIM_H

#include "detect/align.h"

#define RDL_RIM_PAPER "registration noise: Lucas & Kanade 1981, IJCAI; Gong et al. 1992, IJRS 13"

/** Sums over pixels and bands; differences and slopes in units of the band's spread. */
typedef struct rdl_rim_sums {
    double square;   /* of the differences */
    double along[2]; /* of difference times slope, along columns and rows */
    double slope[3]; /* of the slopes: columns squared, both, rows squared */
} rdl_rim_sums;

/** What is known of a pair. */
typedef struct rdl_rim {
    double reach; /* pixels that the scenes may be apart; NaN: the tiles agree on nothing */
    int bands;
    struct {
        double slope, intercept, weight; /* after = intercept + slope * before; 0: not counted */
    } band[RDL_LEVELS_MOST];
} rdl_rim;

/** Measure the pair as its readers give it (detect/align.h): the reach is the median displacement
 *  of its tiles and what 95 of 100 of them keep to around it, their distances being Rayleigh's.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
bool rdl_rim_measure(const rdl_pair *pair, int threads, const rdl_progress *progress, rdl_rim *rim,
                     GError **error);
/** Add pixel i of a block `width` pixels wide; beside an edge of it, or a pixel nobody observed,
 *  there is no slope that would explain anything. */
void rdl_rim_add(const rdl_rim *rim, const rdl_pair_reader *block, int width, size_t i,
                 rdl_rim_sums *sums);
void rdl_rim_sums_add(rdl_rim_sums *sums, const rdl_rim_sums *more);
/** Share of the squared differences that a displacement of at most `reach` explains, 0..1; NaN
 *  where there are none. */
RDL_API double rdl_rim_share(const rdl_rim_sums *sums, double reach);

#endif
