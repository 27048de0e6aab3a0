/* base/proportion.h - shares that a random sample tells: how many of a list are wrong, say. */
#ifndef RDL_BASE_PROPORTION_H
#define RDL_BASE_PROPORTION_H

#include "base/error.h"

typedef struct rdl_confidence {
    double low, high; /* NaN: there is none */
} rdl_confidence;

/** Clopper & Pearson 1934, Biometrika 26(4): of n looked at, `part` have it; 0 < level < 1. Exact
 * for drawing with replacement, so wider than need be for a sample that is a good part of its list.
 *  None for n < 1. */
RDL_API rdl_confidence rdl_proportion_exact(gint64 part, gint64 n, double level);

/** A part of the list that was sampled by itself, every piece as likely as another. A piece has a
 *  size: 1 where pieces are counted, its area where area is the question. */
typedef struct rdl_stratum {
    double population; /* pieces there are; INFINITY: so many that the sample is none of them */
    double size;       /* of all of them together */
    double n;          /* pieces looked at */
    double x, hit_x;   /* their size, and that of those which have it */
    double xx, hit_xx; /* the squares of the sizes, summed likewise */
} rdl_stratum;
RDL_API void rdl_stratum_look(rdl_stratum *stratum, double size, bool hit);
/** Share of the stratum's size that has it, hit_x / x: a ratio estimate, Cochran 1977, Sampling
 *  Techniques, chapter 6. NaN where nothing was looked at. */
RDL_API double rdl_stratum_share(const rdl_stratum *stratum);
/** Variance of that share: (1 - n/N) / (n mean(x)^2) sum((hit x - share x)^2) / (n - 1), likewise,
 * with the sample's own mean. With sizes of 1 it is (1 - n/N) p (1 - p) / (n - 1), the term of
 * Olofsson et al. 2014 with the correction for a finite list. 0 where all were looked at; NaN for
 * one of several. */
RDL_API double rdl_stratum_variance(const rdl_stratum *stratum);

typedef struct rdl_share {
    double value;   /* NaN: nothing was looked at */
    double error;   /* standard error; NaN: a stratum does not tell how its pieces differ */
    double size;    /* of the strata that were looked at: all that the share speaks of */
    double missing; /* of the strata that were not */
} rdl_share;
/** Of several strata, each by its size: sum(W p), with variance sum(W^2 v): overall accuracy of
 *  Olofsson et al. 2014, Remote Sensing of Environment 148; by area the separate ratio estimate of
 *  Cochran 1977, chapter 6. */
RDL_API rdl_share rdl_strata_share(const rdl_stratum *strata, size_t n);

/** How many to look at in each stratum: of `total` at least `least` each (all where there are
 * fewer), and of the rest each its share of what is then left. False when total is too small for
 * that; *needed says how many are. `total` over all there are is all. */
RDL_API bool rdl_strata_allot(const gint64 *population, size_t n, gint64 total, gint64 least,
                              gint64 *allotted, gint64 *needed);

#endif
