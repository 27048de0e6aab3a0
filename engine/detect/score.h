/* detect/score.h - how much each pixel of a pair has changed, by one of the detectors. */
#ifndef RDL_DETECT_SCORE_H
#define RDL_DETECT_SCORE_H

#include "detect/change/indices.h"
#include "detect/change/irmad.h"
#include "detect/change/pca_kmeans.h"
#include "detect/threshold.h"

typedef enum {
    RDL_DETECT_INDEX,
    RDL_DETECT_CVA,
    RDL_DETECT_MAD,
    RDL_DETECT_IRMAD,
    RDL_DETECT_LOG_RATIO,
    RDL_DETECT_MEAN_RATIO,
    RDL_DETECT_ISFA,
    RDL_DETECT_PCA_KMEANS
} rdl_detector;

/** What is made of a pixel's surroundings before it has a score. */
typedef enum {
    RDL_FOCUS_NONE,
    RDL_FOCUS_GAUSSIAN, /* of sigma 1.5 pixels */
    RDL_FOCUS_MEANS,    /* ratio of the 3 x 3 means of two planes */
    RDL_FOCUS_PATTERNS  /* distances to clusters of 4 x 4 surroundings */
} rdl_focus;

/** Facts of a detector, for messages and metadata. */
typedef struct rdl_detector_fact {
    const char *name;  /* as --method says it */
    const char *score; /* what the score is */
    const char *paper;
    rdl_scale scale;
    rdl_focus focus;
    bool centred; /* a signed difference, whose unchanged lie around what moved all pixels alike */
    int planes;   /* that rdl_scorer_apply() makes for a pixel */
    int one_in;   /* squares of a large scene that statistics are taken from: see sample.h */
} rdl_detector_fact;
RDL_API const rdl_detector_fact *rdl_detector_facts(rdl_detector detector);
/** By name; "auto" chooses by sensor and number of bands and gives the reason in `why` (static,
 * NULL for a name). Fails: RDL_ERROR_USAGE, also for detectors that are not built yet. */
RDL_API bool rdl_detector_parse(const char *name, bool radar, int bands, rdl_detector *detector,
                                const char **why, GError **error);

/** A detector fitted to a pair; read by many threads. */
typedef struct rdl_scorer {
    rdl_detector detector;
    int bands;
    rdl_irmad_fit fit;               /* MAD family */
    double mean[2 * RDL_BANDS_MOST]; /* CVA: of each variate */
    double deviation[2 * RDL_BANDS_MOST];
    bool ratio;    /* PCA-k-means: differences are log-ratios, not change vectors */
    double offset; /* ratios: added to intensities; NaN: they are decibels */
    rdl_pca_kmeans pca;
    const rdl_spectral_index *index;
    double centre; /* differences: subtracted from all; 0 unless rdl_scorer_centre() was called */
} rdl_scorer;

/** Fit to the sample; what is not for scenes in general is set before: `index`, and `ratio` for
 *  radar. PCA-k-means is completed by rdl_pca_fit(). Fails: RDL_ERROR_DATA, RDL_ERROR_IO,
 * RDL_ERROR_CANCELLED. */
RDL_API bool rdl_scorer_fit(rdl_scorer *scorer, rdl_detector detector, rdl_sample *sample,
                            const rdl_irmad_options *options, const rdl_progress *progress,
                            GError **error);
/** Back to the first iteration of the MAD family. */
void rdl_scorer_unweigh(rdl_scorer *scorer);
/** Take the median of the sample's scores off them all, where the detector's facts say `centred`: a
 *  season, a sun or a sensor that moves every pixel alike is no change. Fails: RDL_ERROR_IO,
 *  RDL_ERROR_CANCELLED. */
RDL_API bool rdl_scorer_centre(rdl_scorer *scorer, rdl_sample *sample, const rdl_progress *progress,
                               GError **error);
/** Scores of n pixels; planes: the 2p variates, of which CVA and indices leave nothing; valid: n
 * flags; scratch: n doubles; score: the detector's planes of n, NaN where not valid. */
RDL_API void rdl_scorer_apply(const rdl_scorer *scorer, size_t n, float *const *planes,
                              const uint8_t *valid, double *scratch, float *score);
/** The same of a MAD transformation alone; planes are left as they are. */
void rdl_scorer_apply_mad(const rdl_mad *mad, size_t n, float *const *planes, const uint8_t *valid,
                          double *scratch, float *score);
/** Histogram of the sample's scores. Yours to free. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
RDL_API rdl_histogram *rdl_scorer_histogram(const rdl_scorer *scorer, rdl_sample *sample,
                                            const rdl_progress *progress, GError **error);

#endif
