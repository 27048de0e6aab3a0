/* detect/change.h - from two scenes to a change raster. */
#ifndef RDL_DETECT_CHANGE_H
#define RDL_DETECT_CHANGE_H

#include "detect/gate.h"
#include "detect/score.h"

/** Values of a change raster. */
enum { RDL_NOT_OBSERVED = 0, RDL_UNCHANGED = 1, RDL_CHANGED = 2 };

typedef struct rdl_detect_options {
    const char *before, *after;           /* rasters; needed */
    const char *output;                   /* change raster; needed */
    const char *score;                    /* score raster; NULL: none */
    const char *probability;              /* raster of the probability of no change; NULL: none */
    const char *direction;                /* of cva: raster of which bands rose, as
                                             detect/direction.h; NULL: none */
    const char *method;                   /* auto, a detector's name, or fuse:NAME,NAME,...;
                                             default "auto" */
    int vote;                             /* of fuse: detectors that must agree; default 0: more
                                             than half */
    const char *index;                    /* of method index; default NULL: ndvi */
    const char *bands, *sensor;           /* one of them, or all bands; default NULL */
    const char *mask_before, *mask_after; /* rasters; default NULL: a product's own; "none" */
    const char *mask_values;              /* nonzero, qa-pixel, scl or bad values: 1,3,8-11;
                                             default NULL: nonzero */
    double mask_grow_m;                   /* bad pixels grow by so many metres; default 0 */
    const char *aoi;        /* polygons: what lies outside is learnt from, and not written; NULL */
    rdl_raster_options how; /* resolution of products, heights for RPC; default 0 */
    const char *align;      /* none or auto; default "none" */
    const char *threshold;  /* auto, otsu, kapur, ki, em, pvalue:P or a number */
    int sieve;              /* pixels a change has at least, 1..16; default 0: as
                               the rule says: 4 for auto on optical scenes, else 1 */
    const char *date_before, *date_after; /* ISO 8601; default NULL: the scenes' metadata */
    int iterations;                       /* IR-MAD at most, 1..1000; default 30 */
    double tolerance;                     /* of rho, 0 < t < 1; default 0.001 */
    bool cog, overwrite;                  /* default false */
    int threads;                          /* default 1 */
    int memory_mib;                       /* for blocks and kept pixels, >= 16; default 256 */
} rdl_detect_options;
#define RDL_DETECT_OPTIONS_INIT                                                   \
    {                                                                             \
        .method = "auto", .align = "none", .threshold = "auto", .iterations = 30, \
        .tolerance = 0.001, .threads = 1, .memory_mib = 256                       \
    }
/** Fails: RDL_ERROR_USAGE names the option. */
RDL_API bool rdl_detect_options_check(const rdl_detect_options *options, GError **error);

typedef struct rdl_detect_result {
    rdl_detector detector;
    const char *index;  /* of method index, else NULL; static */
    const char *paper;  /* of the method; static */
    const char *method; /* static */
    char *why;          /* of "auto", else NULL */
    JsonArray *members; /* of fuse: each detector's threshold and changes; else NULL */
    int iterations;     /* 0 where the method does not iterate */
    bool converged;
    int bands;                  /* compared */
    double rho[RDL_BANDS_MOST]; /* MAD family: canonical correlations, falling */
    double weight;              /* MAD family: mean weight of a pixel in the last iteration */
    double centre;              /* taken off the difference before it is judged, and off the score
                                   raster; 0: nothing was */
    rdl_limit limit;
    int sieve;                              /* pixels a change has at least */
    gint64 observed, changed, not_observed; /* pixels, inside the area of interest */
    gint64 outside_aoi, collared; /* collared: of not_observed, in a collar around a scene */
    int sample_step;              /* statistics from every s-th row and column */
    int sample_one_in;            /* of one in so many squares of 512 x 512 pixels */
    rdl_gate gate;
    bool resampled;                     /* the scene after, onto the grid of the one before */
    char *date_before, *date_after;     /* NULL: unknown */
    char *output_digest, *score_digest; /* SHA-256, NULL where there is no such file */
    rdl_manifest *manifest;             /* as written to OUTPUT.run.json */
    rdl_tally *tally;                   /* detect.pixels */
    GPtrArray *warnings;                /* of char * */
} rdl_detect_result;
RDL_API void rdl_detect_result_clear(rdl_detect_result *result);
/** As `redline detect --json` prints it. Yours. */
RDL_API JsonNode *rdl_detect_result_json(const rdl_detect_result *result);

/** Write a change raster on the grid of the scene before (one Byte band: 0 not observed, 1
 *  unchanged, 2 changed: |score| over the threshold), the score raster if asked for (float32, NaN
 *  where not observed), and OUTPUT.run.json, the same beside the score. `out` is to be cleared,
 * after failure too. Fails: RDL_ERROR_USAGE, RDL_ERROR_IO, RDL_ERROR_DATA, RDL_ERROR_CRS,
 * RDL_ERROR_BALANCE, RDL_ERROR_CANCELLED; no output is left then. */
RDL_API bool rdl_detect(const rdl_detect_options *options, const rdl_progress *progress,
                        rdl_detect_result *out, GError **error);

#endif
