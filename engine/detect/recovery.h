/* detect/recovery.h - what a later scene shows of ground that was disturbed between two others.
 *
 * Each pixel of the ground is asked whether it still looks as after the disturbance or again as
 * before it. All three scenes are brought to the radiometry of the scene before over undisturbed
 * neighbours (neighbours that changed themselves are left out, then those that looked like the
 * ground before decide: same class, same date). The gain of a band is that of the whole scenes
 * (reduced major axis over the pixels that did not change): of neighbours that are all alike it
 * would be a ratio of noise, and a contrast made smaller by it looks like restored ground. With
 * b, a, s the spectra of a pixel before, after and later, in units of the neighbours' noise,
 *
 *     t = (s - b)(a - b) / |a - b|^2        0: as before, 1: as after
 *
 * and the disturbance stands where t >= 1/2. A pixel farther from the line through b and a than
 * half of |a - b| and a quarter of its own way along it looks like neither (cloud, smoke, shadow,
 * another use): it says nothing, as if it were not seen. The noise of t is 1 / |a - b|; pixels that
 * are within 1.645 of it from 1/2, and those not seen, make the difference between the bounds. A
 * veil over part of the scene takes contrast that the axis does not tell of: above, t is divided
 * by the correlation r of the later scene with that before (the regression of the one on the
 * other is the steepest axis they allow, Frisch 1934); with r below 1/2 in half of the bands the
 * scenes tell no axis. A veil that lies around the ground lies over it: where half of the pixels
 * three to six from it have changed since, darkened in every band or not towards what the ground
 * was, nothing is told.
 * Ground that looks the same on both first dates (built before them) is measured against its
 * neighbours instead of its past. What the vegetation does is told beside it: the ground's NDVI
 * less its neighbours', each on its own date, so that season and weather drop out (the controls of
 * BACI designs, Stewart-Oaten et al. 1986, "Environmental impact assessment: pseudoreplication in
 * time?"). Open water is where (green - swir) / (green + swir) > 0 (Xu 2006, MNDWI), by nir where
 * there is no swir (McFeeters 1996, NDWI): of values that are in proportion to reflectance. */
#ifndef RDL_DETECT_RECOVERY_H
#define RDL_DETECT_RECOVERY_H

#include "detect/pair.h"

typedef enum { RDL_RECOVERY_PAST, RDL_RECOVERY_NEIGHBOURS } rdl_recovery_base;

/** What keeps a ground from being measured; several may hold. */
typedef enum {
    RDL_RECOVERY_FEW_PIXELS = 1,       /* fewer than four pixels have their middle in it */
    RDL_RECOVERY_NOT_CLEAR = 2,        /* less of it is seen on all dates than the limits ask */
    RDL_RECOVERY_FEW_NEIGHBOURS = 4,   /* fewer than thirty undisturbed pixels around it */
    RDL_RECOVERY_INDISTINCT = 8,       /* it looked like its reference even when disturbed */
    RDL_RECOVERY_UNCERTAIN = 16,       /* the bounds hold more than one outcome */
    RDL_RECOVERY_MISREGISTERED = 32,   /* the scenes do not lie over each other */
    RDL_RECOVERY_OUTSIDE = 64,         /* the scenes do not reach all of it */
    RDL_RECOVERY_OTHERWISE = 128,      /* of what is seen too much looks neither as before nor as
                                          after: what is left is less than the limits ask */
    RDL_RECOVERY_CHANGED_AROUND = 256, /* its neighbours themselves left what the scenes do else, or
                                          what is next to it lies under cloud or shadow */
    RDL_RECOVERY_UNLIKE = 512          /* the gate finds the scenes unlike each other, and no tiles
                                          that agree how they lie; or they tell no axis */
} rdl_recovery_code;

typedef enum {
    RDL_OUTCOME_CANNOT_TELL,
    RDL_OUTCOME_RESTORED, /* the disturbance is gone and the ground is as it was, or nearly */
    RDL_OUTCOME_PARTLY,   /* some of it is gone, or all but nothing has come back */
    RDL_OUTCOME_STANDING,
    RDL_OUTCOME_GROWN /* it stands and has spread over its edge */
} rdl_outcome;

/** From what on the numbers are called what. */
typedef struct rdl_recovery_limits {
    double restored; /* most residual share of a restored ground, default 0.10 */
    double doubt;    /* its upper bound lies below this, default 0.50 */
    double standing; /* least of a standing one, default 0.75 */
    double recovery; /* least recovery of a restored one, default 0.75 */
    double grown;    /* least growth, of the ground's area, default 0.10 */
    double clear;    /* least share that must be seen, and look as before or after, default 0.60 */
} rdl_recovery_limits;
#define RDL_RECOVERY_LIMITS_INIT                                                            \
    {                                                                                       \
        .restored = 0.10, .doubt = 0.50, .standing = 0.75, .recovery = 0.75, .grown = 0.10, \
        .clear = 0.60                                                                       \
    }

/** Shares are of the ground's pixels, 0..1; NaN: not known. */
typedef struct rdl_recovery {
    rdl_outcome outcome;
    unsigned codes; /* rdl_recovery_code */
    rdl_recovery_base base;
    int pixels, seen, neighbours;
    double residual, residual_min, residual_max; /* share on which the disturbance stands */
    double grown_min, grown_max;                 /* spread over the edge, in shares of the ground */
    double recovery;                /* 1 - median t: 0 as after, 1 as before; above 1 beyond it */
    double otherwise;               /* share that looks like neither */
    double restored;                /* share that is back: 1 - t reaches limits.recovery */
    double water[3];                /* before, after, later: share of the ground under open water */
    double ndvi[3], ndvi_around[3]; /* before, after, later: mean of the ground, median around */
    double bare[3], bare_around[3]; /* the same of (swir - nir) / (swir + nir) */
} rdl_recovery;

/** Radiometry of a date over all that the scenes show: before = gain * value + offset, with the
 *  robust standard deviation of what is left. */
typedef struct rdl_recovery_fit {
    double gain, offset, noise;
    double agreement; /* correlation of the dates about the axis: 1 when they say the same */
} rdl_recovery_fit;
/** Of n pixels, `before` and on a date, by the reduced major axis of those within 2.5 standard
 *  deviations of it. False where they do not vary or thirty are not left. */
RDL_API bool rdl_recovery_fit_of(size_t n, const double *before, const double *date,
                                 rdl_recovery_fit *fit);

/** A window of the three scenes. Planes and flags of width * height values. */
typedef struct rdl_recovery_window {
    int width, height, bands;
    const float *const *before, *const *after, *const *later;
    const uint8_t *seen_after, *seen_later; /* 1: observed before and then */
    const uint8_t *ground;                  /* 1 the ground, 2 other disturbed ground, 0 else */
    int green, red, nir, swir;              /* positions of bands; -1: there is none */
    const rdl_recovery_fit *fits[2]; /* of after and later, by band; NULL, or gain not above 0: by
                                        the quartiles of the window's neighbours */
} rdl_recovery_window;
/** Measure one window and judge it. */
RDL_API void rdl_recovery_of(const rdl_recovery_window *window, const rdl_recovery_limits *limits,
                             rdl_recovery *recovery);

/** Three scenes, open; one thread's. */
typedef struct rdl_recovery_scenes rdl_recovery_scenes;
typedef struct rdl_recovery_options {
    const char *before, *after, *later;   /* rasters */
    const char *bands, *sensor;           /* as rdl_scene_open(), for all three; NULL */
    const char *mask_later, *mask_values; /* as rdl_pair_options; NULL */
    const char *date_before, *date_later; /* ISO; NULL: of the scenes' metadata */
    bool align;                           /* correct what `after` and `later` lie off */
    int threads;                          /* of measuring that */
} rdl_recovery_options;
/** Open them; `warnings` as rdl_pair_open(), and why each code of the gate on (before, later) is
 *  there; the codes: rdl_recovery_gate(), lent. Fails as rdl_pair_open() and rdl_gate_pass(). */
RDL_API rdl_recovery_scenes *rdl_recovery_open(const rdl_recovery_options *options,
                                               GPtrArray *warnings, GError **error);
RDL_API void rdl_recovery_close(rdl_recovery_scenes *scenes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_recovery_scenes, rdl_recovery_close)
RDL_API const char *rdl_recovery_gate(const rdl_recovery_scenes *scenes);
/** Does the scene before reach the ground (in `crs`) at all? */
RDL_API bool rdl_recovery_reaches(rdl_recovery_scenes *scenes, const rdl_geometry *ground,
                                  const rdl_crs *crs, bool *yes, GError **error);
/** The box (in `crs`) of what rdl_recovery_measure() reads for a ground. */
RDL_API bool rdl_recovery_box(rdl_recovery_scenes *scenes, const rdl_geometry *ground,
                              const rdl_crs *crs, rdl_box *box, GError **error);
/** Measure a ground; `others` (of rdl_geometry, in `crs`; NULL) are no neighbours.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_CRS. */
RDL_API bool rdl_recovery_measure(rdl_recovery_scenes *scenes, const rdl_geometry *ground,
                                  const GPtrArray *others, const rdl_crs *crs,
                                  const rdl_recovery_limits *limits, rdl_recovery *recovery,
                                  GError **error);

RDL_API const char *rdl_outcome_name(rdl_outcome outcome); /* "CANNOT_TELL", "RESTORED", ... */
/** "NOT_CLEAR;FEW_NEIGHBOURS", "" when none. Yours. */
RDL_API char *rdl_recovery_code_text(unsigned codes);
/** All of it, shares to six decimals. Yours. */
RDL_API JsonObject *rdl_recovery_json(const rdl_recovery *recovery);

/** Median of the slopes between all pairs of n points (Sen 1968), a year; x in days. Its sign when
 *  Kendall's statistic departs from zero at the 10 % level, else 0, in *sign. NaN for n < 3. */
RDL_API double rdl_trend(int n, const double *days, const double *values, int *sign);

#endif
