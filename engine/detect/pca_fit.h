/* detect/pca_fit.h - the principal axes and clusters of a pair's surroundings. */
#ifndef RDL_DETECT_PCA_FIT_H
#define RDL_DETECT_PCA_FIT_H

#include "detect/field.h"
#include "detect/score.h"

/** Fill scorer->pca; the scorer's differences must be fitted. Axes are taken from blocks side by
 *  side, clusters from about 400 000 pixels on a regular grid.
 *  Fails: RDL_ERROR_DATA when there is too little to tell apart, RDL_ERROR_IO, RDL_ERROR_CANCELLED.
 */
bool rdl_pca_fit(rdl_scorer *scorer, const rdl_pair *pair, int threads,
                 const rdl_progress *progress, GError **error);

#endif
