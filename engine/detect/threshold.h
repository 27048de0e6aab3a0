/* detect/threshold.h - from scores to a limit above which a pixel counts as changed. */
#ifndef RDL_DETECT_THRESHOLD_H
#define RDL_DETECT_THRESHOLD_H

#include "detect/histogram.h"
#include "detect/threshold/null.h"

typedef enum {
    RDL_LIMIT_AUTO,
    RDL_LIMIT_OTSU,
    RDL_LIMIT_KAPUR,
    RDL_LIMIT_KI,
    RDL_LIMIT_EM,
    RDL_LIMIT_FDR,
    RDL_LIMIT_PVALUE,
    RDL_LIMIT_VALUE
} rdl_limit_rule;

/** What --threshold says. */
typedef struct rdl_limit_choice {
    rdl_limit_rule rule;
    double number; /* P of pvalue:P, rate of fdr:RATE, or the value itself */
    bool local;    /* tile by tile: detect/local_limit.h */
} rdl_limit_choice;

/** What kind of number a score is: it decides the domain in which histograms are taken. */
typedef enum {
    RDL_SCALE_CHI_SQUARE, /* a sum of squares, near chi-square where nothing changed */
    RDL_SCALE_MAGNITUDE,  /* a length */
    RDL_SCALE_DIFFERENCE, /* signed; its size counts */
    RDL_SCALE_LOG_RATIO   /* signed, of smoothed intensities */
} rdl_scale;

/** A limit and how it was found; NaN where a figure does not apply. Limits are in units of the
 *  score: a pixel is changed when |score| > value. */
typedef struct rdl_limit {
    double value;
    const char *rule;   /* "ki of power", "null+ki", "median of three", "ki", "otsu", "kapur",
                           "em", "fdr", "pvalue", "value" */
    const char *domain; /* in which the histogram was taken: "ln", "sqrt", "power", ... or "" */
    const char *source; /* of the rule: paper; NULL: none */
    double power;       /* ki of power: the one settled on; 0: ln */
    double mode, alpha,
        share;            /* of the null: mode m of ln z, rate allowed, share that stands out */
    const char *names[3]; /* of the candidates; NULL: none */
    double candidates[3]; /* in units of the score; NaN: that rule found none */
    int tiles, tiles_own; /* of a local limit, those that have their own; else 0 */
    double tiles_least, tiles_most; /* of these */
} rdl_limit;

/** Parse "auto", "otsu", "kapur", "ki", "em", "fdr:0.2", "pvalue:0.001", a number, or "local:" and
 * one of "otsu", "kapur", "ki", "em"; p-values fit RDL_SCALE_CHI_SQUARE only, a false discovery
 * rate (Efron 2004, JASA 99) RDL_SCALE_MAGNITUDE as well. Fails: RDL_ERROR_USAGE. */
RDL_API bool rdl_limit_parse(const char *text, rdl_scale scale, rdl_limit_choice *choice,
                             GError **error);

/** Any rule but `auto`, in the domain that suits the scale: 1024 bins of sqrt z (Otsu, Kapur) or
 *  512 of ln z (minimum error, EM) for chi-square, of the score itself otherwise. `freedom`: of
 *  chi-square. Fails: RDL_ERROR_DATA when the rule finds no limit in these scores. */
RDL_API bool rdl_limit_find(rdl_limit_choice choice, rdl_scale scale, int freedom,
                            const rdl_bins *bins, rdl_limit *limit, GError **error);

/** Minimum error (Kittler & Illingworth 1986, Pattern Recognition 19) on a power of the score that
 *  grows with the share of change the limit itself leaves: the logarithm up to 1 % (few changes are
 *  a far tail), the power `most` from 16 % (many are a heap of their own). A limit below the mode
 * of the unchanged divides them and is none; where nothing else is found, the local false discovery
 *  rate of 0.2 limits (Efron 2004, JASA 99). A limit beyond four times that rate's may be drawn up
 * by a heap far above all others, as of cloud: what lies below it is divided anew, for as long as
 * the new limit is over that rate's. Fails: RDL_ERROR_DATA when the scores do not spread.
 */
RDL_API bool rdl_limit_power(const rdl_bins *bins, double most, rdl_limit *limit, GError **error);
/** The median of an empirical null with local false discovery rate on ln z (Efron 2004, JASA 99)
 * and two minimum-error limits, on ln z and on its root; a candidate below the null's mode is none.
 * The rate allowed grows from 0.2 at 2 % of the pixels standing out to 0.5 at 10 %. Fails:
 * RDL_ERROR_DATA when the scores do not spread. */
RDL_API bool rdl_limit_null(const rdl_bins *bins, rdl_limit *limit, GError **error);
/** For log-ratios and other single differences r: on 256 bins of |r| the median of Otsu's limit,
 * Kapur's, and the point where the top one of three normals fitted to the root of |r| outweighs the
 * others. Fails: RDL_ERROR_DATA. */
RDL_API bool rdl_limit_log_ratio(const rdl_bins *bins, rdl_limit *limit, GError **error);

/** Share of the scores over z. */
double rdl_bins_share_above(const rdl_bins *bins, double z);

/** The chi-square(p) quantile whose upper tail is `tail`. */
RDL_API rdl_limit rdl_limit_pvalue(double tail, int p);
RDL_API rdl_limit rdl_limit_value(double value);

#endif
