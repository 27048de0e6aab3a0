/* detect/accuracy.h - figures of agreement that need no pixels. */
#ifndef RDL_DETECT_ACCURACY_H
#define RDL_DETECT_ACCURACY_H

#include "detect/assess.h"
#include "detect/histogram.h"
#include "detect/runs.h"

/** Area under the ROC curve: the chance that a changed pixel scores higher than an unchanged one,
 *  ties counted half (Hanley & McNeil 1982, Radiology 143). NaN when one of them is empty. */
double rdl_auc(const rdl_histogram *changed, const rdl_histogram *unchanged);
/** The same of signed scores: [0] those below 0, by their size, [1] the others. */
double rdl_auc_signed(rdl_histogram *const changed[2], rdl_histogram *const unchanged[2]);
/** Objects of two sets of runs on one grid. */
rdl_object_counts rdl_objects_compare(const rdl_runs *map, const rdl_runs *reference,
                                      double overlap);

#endif
