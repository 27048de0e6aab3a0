/* detect/figures.h - what other rasters say of changed pixels, summed over them. */
#ifndef RDL_DETECT_FIGURES_H
#define RDL_DETECT_FIGURES_H

#include <stddef.h>
#include "base/base.h"
#include "detect/rim.h"

/** Indices that tell kinds of change (detect/change/indices.h has their bands and papers). */
typedef enum {
    RDL_FIGURE_NDVI,
    RDL_FIGURE_WATER, /* MNDWI, or NDWI where there is no swir1 */
    RDL_FIGURE_NDBI,
    RDL_FIGURE_BSI,
    RDL_FIGURE_INDICES
} rdl_figure_index;

/** Pixels that patches may lie along. */
typedef enum { RDL_MARK_UNOBSERVED, RDL_MARK_WATER /* on both dates */, RDL_MARKS } rdl_mark;
#define RDL_NEAR 2 /* pixels, along rows and columns, within which a mark is near */

/** Sums, and how many pixels had the figure. */
typedef struct rdl_figures {
    double score, probability;           /* of no change */
    double score_most;                   /* the one of largest magnitude */
    double index[RDL_FIGURE_INDICES][2]; /* before, after */
    gint64 scores, probabilities;        /* pixels summed */
    gint64 observed[RDL_FIGURE_INDICES]; /* on both dates */
    gint64 near_mark[RDL_MARKS];         /* pixels with such a mark near */
    gint64 series, crops;                /* pixels with a series of NDVI; whose series alternates */
    rdl_rim_sums rim;
} rdl_figures;

void rdl_figures_add(rdl_figures *figures, const rdl_figures *more);
/** Mean of an index, NaN where no pixel has it; date: 0 before, 1 after. */
double rdl_figures_mean(const rdl_figures *figures, rdl_figure_index index, int date);

#endif
