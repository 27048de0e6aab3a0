/* detect/normalise.h - one scene in the radiometry of another.
 *
 * Pixels that IR-MAD finds unchanged tie the dates: over them each band of the scene before is an
 * orthogonal regression on the same band of the scene after (Canty & Nielsen 2008, Remote Sensing
 * of Environment 112, "Automatic radiometric normalization of multitemporal satellite imagery with
 * the iteratively re-weighted MAD transformation"). */
#ifndef RDL_DETECT_NORMALISE_H
#define RDL_DETECT_NORMALISE_H

#include "detect/change/irmad.h"

typedef struct rdl_normalise_options {
    const char *before, *after;           /* rasters; needed */
    const char *output;                   /* `after` as float32 in the radiometry of `before`; NULL:
                                             coefficients only */
    const char *bands, *sensor;           /* as at detect; default NULL */
    const char *mask_before, *mask_after; /* as at detect; default NULL */
    const char *mask_values;              /* as at detect; default NULL */
    rdl_raster_options how;               /* as at detect; default 0 */
    double unchanged;                     /* probability of no change asked for; default 0.95 */
    int iterations;                       /* of IR-MAD; default 50 */
    double tolerance;                     /* default 0.001 */
    bool overwrite;
    int threads, memory_mib; /* default 1, 256 */
} rdl_normalise_options;
#define RDL_NORMALISE_OPTIONS_INIT                                                               \
    {                                                                                            \
        .unchanged = 0.95, .iterations = 50, .tolerance = 0.001, .threads = 1, .memory_mib = 256 \
    }

/** before = intercept + slope * after, over all invariant pixels. The test: fitted to two thirds
 *  of them, held against the third that was left out. */
typedef struct rdl_band_fit {
    int band; /* its number in the file */
    double slope, intercept, correlation;
    double held_out_before, held_out_after; /* means: of before, and of after when normalised */
    double t, t_p;                          /* paired test of these means */
    double f, f_p;                          /* test of the variances */
    double rmse;                            /* of the held-out pixels, units of before */
} rdl_band_fit;

typedef struct rdl_normalise_result {
    int iterations, bands;
    bool converged;
    gint64 pixels,
        held_out; /* invariant pixels, and how many of them were left out of the test fit */
    rdl_band_fit fit[RDL_BANDS_MOST];
    char *output_digest; /* NULL: no output */
    rdl_manifest *manifest;
    GPtrArray *warnings; /* of char * */
} rdl_normalise_result;
RDL_API void rdl_normalise_result_clear(rdl_normalise_result *result);
RDL_API JsonNode *rdl_normalise_result_json(const rdl_normalise_result *result);

/** Orthogonal regression of y on x from their variances and covariance (> 0 or < 0). */
RDL_API double rdl_orthogonal_slope(double xx, double yy, double xy);
/** Fails: RDL_ERROR_USAGE, RDL_ERROR_IO, RDL_ERROR_CRS, RDL_ERROR_DATA (as IR-MAD; fewer than 30
 *  invariant pixels; a band that does not vary over them), RDL_ERROR_CANCELLED. */
RDL_API bool rdl_normalise(const rdl_normalise_options *options, const rdl_progress *progress,
                           rdl_normalise_result *out, GError **error);

#endif
