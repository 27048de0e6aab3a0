/* detect/assess.h - how good a map of change is: against a reference that covers it, polygons, or a
 * sample of points; and the design of such a sample. */
#ifndef RDL_DETECT_ASSESS_H
#define RDL_DETECT_ASSESS_H

#include "geo/geo.h"

typedef struct rdl_assess_options {
    const char *change;    /* raster or polygons; needed */
    const char *reference; /* raster, polygons or points; needed. Of polygons without the field
                              below inside is changed, outside not */
    const char *changed;   /* values of a reference raster that are changed: "2", "1-3,7", "128-";
                              default: 2 of a change raster, else all but 0 */
    const char *unchanged; /* default: 1 of a change raster, else 0; all others are unknown */
    const char *field; /* of points and polygons: what was found there, "changed" or "unchanged" (or
                          2, 1); default "reference" */
    const char *map_changed, *map_unchanged; /* values of `change` where that is a raster; the same
                                                defaults */
    const char
        *score;     /* raster of scores, for the area under the ROC curve; NULL. Of redline's own
                       the size counts, as for its thresholds; of others the number, sign and all */
    double overlap; /* share of an object that must agree, 0 < s <= 1; default 0.5 */
    double level;   /* of the confidence intervals, 0 < l < 1; default 0.95 */
} rdl_assess_options;
#define RDL_ASSESS_OPTIONS_INIT                             \
    {                                                       \
        .field = "reference", .overlap = 0.5, .level = 0.95 \
    }

/** Pixels, or points of a sample: map against reference. */
typedef struct rdl_confusion {
    gint64 tp, fp, fn, tn;
} rdl_confusion;

typedef struct rdl_accuracy {
    double overall, kappa, f1;
    double precision, recall; /* user's and producer's accuracy of change */
    double commission, omission;
} rdl_accuracy;
/** Figures whose denominator is 0 are NaN. */
RDL_API rdl_accuracy rdl_accuracy_of(rdl_confusion confusion);

/** A figure with the half width of its confidence interval. */
typedef struct rdl_estimate {
    double value, half;
} rdl_estimate;

/** Olofsson et al. 2014, Remote Sensing of Environment 148, "Good practices for estimating area and
 *  assessing accuracy of land change": the classes of the map are the strata, the labelled pixels
 * or points a random sample within each. */
typedef struct rdl_area_estimate {
    rdl_estimate overall, user, producer; /* of change */
    rdl_estimate share;                   /* of the mapped area that is changed */
    double mapped_share;                  /* as the map has it */
} rdl_area_estimate;
/** Weights: shares of the map's area that it calls unchanged and changed; z: of the interval. */
RDL_API rdl_area_estimate rdl_area_estimate_of(rdl_confusion sample, double unchanged_weight,
                                               double changed_weight, double z);

/** 8-connected components on what is known on both sides. */
typedef struct rdl_object_counts {
    gint64 reference, found; /* `found`: as much of it as asked is changed in the map */
    gint64 map, right;       /* `right`: as much of it as asked is changed in the reference */
    gint64 splits;           /* of the reference's, touched by several of the map's */
    gint64 merges;           /* of the map's, touching several of the reference's */
} rdl_object_counts;

typedef struct rdl_assess_result {
    rdl_confusion confusion;
    gint64 not_observed; /* in the map */
    gint64 unknown;      /* observed, but not known in the reference */
    rdl_accuracy accuracy;
    double auc; /* NaN: no score */
    bool points;
    rdl_object_counts objects; /* not of points */
    gint64 mapped_changed, mapped_unchanged;
    double
        mapped_m2; /* area on the ellipsoid of what the map observes, NaN where it has no place */
    rdl_area_estimate area;
    rdl_manifest *manifest;
    GPtrArray *warnings; /* of char * */
    rdl_tally *tally;    /* assess.pixels, or assess.points */
} rdl_assess_result;
RDL_API void rdl_assess_result_clear(rdl_assess_result *result);
RDL_API JsonNode *rdl_assess_result_json(const rdl_assess_result *result);
/** For people, several lines. Yours. */
RDL_API char *rdl_assess_result_text(const rdl_assess_result *result);

/** Fails: RDL_ERROR_USAGE, RDL_ERROR_IO, RDL_ERROR_DATA, RDL_ERROR_CRS, RDL_ERROR_BALANCE,
 *  RDL_ERROR_CANCELLED. `out` is to be cleared, after failure too. */
RDL_API bool rdl_assess(const rdl_assess_options *options, const rdl_progress *progress,
                        rdl_assess_result *out, GError **error);

typedef struct rdl_design_options {
    const char *change; /* raster; needed */
    const char *output; /* GeoPackage; needed */
    int points;         /* to draw, >= 2; needed */
    int least;          /* of them among changed pixels; default 50 or half of them */
    guint32 seed;       /* default 1 */
    bool overwrite;
} rdl_design_options;
/** A stratified random sample for interpreters: layer `sample`, points at the middles of pixels in
 *  an order that does not give the map away, `sample_id, stratum, weight` (share of the map) and
 *  `reference`, empty, to be filled in with changed or unchanged. The changed stratum gets its
 * share of the points, and `least`. Fails: RDL_ERROR_USAGE, RDL_ERROR_DATA, RDL_ERROR_IO. */
RDL_API bool rdl_assess_design(const rdl_design_options *options, const rdl_progress *progress,
                               GError **error);

#endif
