/* detect/patch.h - from a change raster to patches of change. */
#ifndef RDL_DETECT_PATCH_H
#define RDL_DETECT_PATCH_H

#include <math.h>
#include "detect/kind.h"

typedef struct rdl_patches_options {
    const char *change;         /* a change raster (2 is changed); needed */
    const char *output;         /* GeoPackage; needed */
    const char *before, *after; /* the scenes, both or none: for `kind`; default NULL */
    const char *bands, *sensor; /* parts of the scenes' bands; default NULL: as the change raster
                                   remembers them */
    bool recorded;              /* without before and after: take the scenes that CHANGE.run.json
                                   names; default false */
    const char *score;          /* score raster, for `score_mean`, `score_max`; default NULL */
    const char *probability;    /* raster of the probability of no change, for `prob`; NULL */
    const char *series;   /* raster of NDVI of earlier dates, a band each, on the same grid, for
                             `crop_share`; needs scenes; default NULL */
    double min_area_m2;   /* on the ellipsoid, 0 keeps all; default NaN: four pixels */
    double fill_m2;       /* holes up to this size are filled; default 0: none */
    double simplify;      /* draw outlines without their steps, where a patch's area changes
                             by no larger a share than this, 0..1; default 0: draw pixels */
    const char *suppress; /* rules of detect/nuisance.h: "mask-edge,misregistration", "all",
                             "none"; default NULL: none */
    bool keep_suppressed; /* in layer `suppressed`; default false */
    const char *previous; /* patches.gpkg of the epoch before (detect/lineage.h); NULL */
    bool overwrite;       /* default false */
    int threads;          /* default 1 */
    int memory_mib;       /* for blocks; default 256 */
} rdl_patches_options;
#define RDL_PATCHES_OPTIONS_INIT                            \
    {                                                       \
        .min_area_m2 = NAN, .threads = 1, .memory_mib = 256 \
    }
/** Fails: RDL_ERROR_USAGE names the option. */
RDL_API bool rdl_patches_options_check(const rdl_patches_options *options, GError **error);

typedef struct rdl_patches_result {
    gint64 pixels;           /* changed, of the raster */
    gint64 components;       /* 8-connected */
    gint64 patches;          /* written */
    double area_m2;          /* of all patches, on the ellipsoid */
    gint64 kinds[RDL_KINDS]; /* patches by kind */
    double reach;            /* pixels that the scenes may be apart; NaN: not asked, or not known */
    double changed_m2, filled_m2; /* pixels, of the raster; of filled holes */
    double pixels_m2;             /* of the patches before their outlines were straightened */
    gint64 filled_pixels;
    gint64 relations_told, gone, unseen, left_out; /* patches with a relation to the epoch before;
                                                      its own that are not there now, were not
                                                      observed, have changed but are no patch;
                                                      where `previous` is given */
    GHashTable *suppressed_m2; /* code -> double, on the heap: components left out */
    char *output_digest;       /* SHA-256 */
    rdl_manifest *manifest;
    rdl_tally *tally;    /* patches.components, patches.pixels, and where asked for patches.holes,
                            patches.outlines */
    GPtrArray *warnings; /* of char * */
} rdl_patches_result;
RDL_API void rdl_patches_result_clear(rdl_patches_result *result);
/** As `redline patches --json` prints it. Yours. */
RDL_API JsonNode *rdl_patches_result_json(const rdl_patches_result *result);

/** Write the 8-connected components of changed pixels whose area is large enough to layer `patch`
 *  (MultiPolygon, the raster's CRS), in order of patch_id, and OUTPUT.run.json. Fields:
 *  patch_id     "P" and a digest of place and dates
 *  t_before, t_after   from the change raster
 *  kind         detect/kind.h; kind_reason: why it is unknown (NO_SCENES, NO_BANDS, NOT_OBSERVED)
 *  score_mean, score_max   of the score, and the one of largest magnitude
 *  prob         1 minus the mean probability of no change; NULL without that raster
 *  area_m2, perimeter_m   on the ellipsoid, of the outline as drawn, filled holes and all
 *  gate         PASS, or the codes that speak against the pair, as the change raster tells
 *  clear_share  of its pixels, with no unobserved pixel within two pixels
 *  water_share  of its pixels, with a pixel of water on both dates within two pixels; where the
 *               water-level rule was asked for
 *  width_px     twice its pixels over the sides along its outline
 *  crop_share   of its pixels that have a series, those whose NDVI went up and down before
 *  shift_share  of its squared difference, what laying the scenes over each other anew explains
 *               (detect/rim.h); where the misregistration rule was asked for
 *  filled_m2    of holes that were filled
 *  ndvi_before ... bsi_after   means of the indices that tell the kind
 *  lineage_id   of the place, the same over epochs; its patch_id in the first
 *  relation     to the epoch before: same, grew, shrank, partly_seen, split, merged, returned, new;
 *               NULL without `previous`. Then there are layers `gone` and `unseen` and table
 * `lineage` too (lineage_io.h) Layer `suppressed` has the same and `reason`.
 *
 *  Areas add up: changed_m2 + filled_m2 = pixels_m2 + all of suppressed_m2.
 *  Memory: a strip of rows a thread, the components the current row cuts, and the runs of those
 *  that are patches: a half of memory_mib for these, some 200 bytes a run of the largest patch and
 *  12 of the others. More is refused.
 *  `out` is to be cleared, after failure too.
 *  Fails: RDL_ERROR_USAGE, RDL_ERROR_IO, RDL_ERROR_CRS (a raster without CRS), RDL_ERROR_DATA (no
 *  change raster, other grids), RDL_ERROR_BALANCE, RDL_ERROR_CANCELLED, RDL_ERROR_INTERNAL
 * (memory_mib is too little); no output is left then. */
RDL_API bool rdl_patches(const rdl_patches_options *options, const rdl_progress *progress,
                         rdl_patches_result *out, GError **error);

#endif
