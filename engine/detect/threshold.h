/* detect/threshold.h - from scores to a limit above which a pixel counts as changed. */
#ifndef RDL_DETECT_THRESHOLD_H
#define RDL_DETECT_THRESHOLD_H

#include "detect/histogram.h"

typedef enum { RDL_LIMIT_RULE1, RDL_LIMIT_OTSU, RDL_LIMIT_PVALUE, RDL_LIMIT_VALUE } rdl_limit_rule;

/** What --threshold says. */
typedef struct rdl_limit_choice {
    rdl_limit_rule rule;
    double number; /* P of pvalue:P, or the value itself */
} rdl_limit_choice;

/** A limit and how it was found; NaN where a figure does not apply. Limits are in units of the
 *  score: a pixel is changed when |score| > value. */
typedef struct rdl_limit {
    double value;
    const char *rule;          /* "null+ki", "otsu", "pvalue", "value" */
    const char *domain;        /* in which the histogram was taken: "ln", "sqrt", "linear", "" */
    double mode, alpha, share; /* rule 1: mode m and p of ln z, alpha */
    double candidates[3];      /* rule 1: T(alpha), K0, K3 in units of the score */
} rdl_limit;

/** Parse "auto", "otsu", "pvalue:0.001" or a number; `family` says the score is chi-square of MAD,
 *  `iterated` that it comes from IR-MAD, which decide what auto is and whether pvalue fits.
 *  Fails: RDL_ERROR_USAGE. */
RDL_API bool rdl_limit_parse(const char *text, bool family, bool iterated, rdl_limit_choice *choice,
                             GError **error);

/** Otsu 1979 (IEEE SMC 9) on 1024 bins, of the square root when `root`: the limit between the two
 *  classes with the largest variance between them. Fails: RDL_ERROR_DATA, one value only. */
RDL_API bool rdl_limit_otsu(const rdl_bins *bins, bool root, rdl_limit *limit, GError **error);
/** For IR-MAD: the median of an empirical null with local false discovery rate on ln z (Efron 2004,
 *  JASA 99) and two minimum-error limits on ln z and its cube root (Kittler & Illingworth 1986,
 *  Pattern Recognition 19). Fails: RDL_ERROR_DATA when the scores do not spread. */
RDL_API bool rdl_limit_null(const rdl_bins *bins, rdl_limit *limit, GError **error);
/** The chi-square(p) quantile whose upper tail is `tail`. */
RDL_API rdl_limit rdl_limit_pvalue(double tail, int p);
RDL_API rdl_limit rdl_limit_value(double value);

#endif
