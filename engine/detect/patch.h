/* detect/patch.h - from a change raster to patches of change. */
#ifndef RDL_DETECT_PATCH_H
#define RDL_DETECT_PATCH_H

#include <math.h>
#include "geo/geo.h"

typedef struct rdl_patches_options {
    const char *change;         /* a change raster (2 is changed); needed */
    const char *output;         /* GeoPackage; needed */
    const char *before, *after; /* the scenes, both or none: for `kind`; default NULL */
    const char *bands, *sensor; /* parts of the scenes' bands; default NULL: as the change raster
                                   remembers them */
    const char *score;          /* score raster, for `score_mean`; default NULL */
    double min_area_m2;         /* on the ellipsoid, 0 keeps all; default NaN: four pixels */
    bool overwrite;             /* default false */
    int threads;                /* default 1 */
    int memory_mib;             /* for blocks; default 256 */
} rdl_patches_options;
#define RDL_PATCHES_OPTIONS_INIT                            \
    {                                                       \
        .min_area_m2 = NAN, .threads = 1, .memory_mib = 256 \
    }
/** Fails: RDL_ERROR_USAGE names the option. */
RDL_API bool rdl_patches_options_check(const rdl_patches_options *options, GError **error);

typedef struct rdl_patches_result {
    gint64 pixels;                    /* changed, of the raster */
    gint64 components;                /* 8-connected */
    gint64 patches;                   /* written */
    double area_m2;                   /* of all patches, on the ellipsoid */
    gint64 veg_loss, veg_gain, other; /* patches by kind, where it could be told */
    char *output_digest;              /* SHA-256 */
    rdl_manifest *manifest;
    rdl_tally *tally;    /* patches.components, patches.pixels */
    GPtrArray *warnings; /* of char * */
} rdl_patches_result;
RDL_API void rdl_patches_result_clear(rdl_patches_result *result);
/** As `redline patches --json` prints it. Yours. */
RDL_API JsonNode *rdl_patches_result_json(const rdl_patches_result *result);

/** Write the 8-connected components of changed pixels whose area is large enough to layer `patch`
 *  (MultiPolygon, the raster's CRS), in order of patch_id, and OUTPUT.run.json. Fields:
 *  patch_id ("P" and a digest of place and dates), t_before, t_after (from the change raster),
 *  kind, score_mean, prob (NULL), area_m2, gate (PASS, or the codes that speak
 *  against the pair, as the change raster tells).
 *  kind: by the mean NDVI difference of its pixels, veg_loss at -0.1 and below, veg_gain at 0.1 and
 *  above, else other; "change" without scenes whose red and nir are known.
 *  `out` is to be cleared, after failure too.
 *  Fails: RDL_ERROR_USAGE, RDL_ERROR_IO, RDL_ERROR_CRS (a raster without CRS), RDL_ERROR_DATA (no
 *  change raster, other grids), RDL_ERROR_BALANCE, RDL_ERROR_CANCELLED; no output is left then. */
RDL_API bool rdl_patches(const rdl_patches_options *options, const rdl_progress *progress,
                         rdl_patches_result *out, GError **error);

#endif
