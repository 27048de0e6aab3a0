/* detect/threshold/classic.h - rules that divide one histogram in two. Limits are in units of the
 * histogram's domain; NaN where the histogram cannot be divided. */
#ifndef RDL_DETECT_THRESHOLD_CLASSIC_H
#define RDL_DETECT_THRESHOLD_CLASSIC_H

#include "detect/threshold/coarse.h"

/** Largest variance between the classes (Otsu 1979, IEEE SMC 9): the middle of the bin, as in the
 *  programs whose figures are compared with ours. */
double rdl_otsu(const rdl_coarse *coarse);
/** Largest sum of the classes' entropies (Kapur, Sahoo & Wong 1985, CVGIP 29). */
double rdl_kapur(const rdl_coarse *coarse);
/** Minimum error (Kittler & Illingworth 1986, Pattern Recognition 19); each class holds 30 pixels
 *  and the width of a bin as deviation at least. */
double rdl_minimum_error(const rdl_coarse *coarse);

/** A mixture of normals on a histogram. */
typedef struct rdl_mixture {
    int n; /* 2 or 3 */
    double weight[3], mean[3], deviation[3];
} rdl_mixture;
/** Expectation and maximisation from the values given, `rounds` times. */
void rdl_mixture_fit(const rdl_coarse *coarse, int rounds, rdl_mixture *mixture);
/** Where the component with the largest mean begins to outweigh all others together: the upper edge
 *  of the last bin in which it does not. */
double rdl_mixture_limit(const rdl_coarse *coarse, const rdl_mixture *mixture);
/** Two classes, begun from the pixels below half and above one and a half of the middle of the
 *  range (Bruzzone & Prieto 2000, IEEE TGRS 38(3)). Where no pixel is up there, from the top 1 %.
 */
double rdl_expectation(const rdl_coarse *coarse);

#endif
