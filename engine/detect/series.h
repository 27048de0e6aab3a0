/* detect/series.h - does a pixel's NDVI go up and down year by year, as a field's does? */
#ifndef RDL_DETECT_SERIES_H
#define RDL_DETECT_SERIES_H

#include "detect/figures.h"
#include "detect/runs.h"
#include "geo/geo.h"

/** Count the pixels of n runs, in order of row and column, that have a series (two dates or more),
 *  and those whose series crossed the middle between ndvi[0] and ndvi[1], their NDVI before and
 *  after, twice or more: it was as bare (or green) before, and went back. Pixels whose NDVI moved
 *  by less than 0.1 have no middle to cross and count as having no series.
 *  series: bands are dates in their order; whole numbers are ten-thousandths of NDVI.
 *  ndvi: planes of rows row.. of the raster's width, NaN where not known. figures: one a run.
 *  Fails: RDL_ERROR_IO. */
bool rdl_series_count(rdl_raster *series, const rdl_run *runs, size_t n, int row,
                      const float *const ndvi[2], rdl_figures *figures, GError **error);

#endif
