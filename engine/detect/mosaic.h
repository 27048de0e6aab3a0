/* detect/mosaic.h - the changes of several pairs of scenes as one, before any patch is drawn.
 *
 * Patches are components of pixels: joined as pixels, two halves of one change across the seam of
 * two scenes are one patch, and what two pairs saw twice is there once. */
#ifndef RDL_DETECT_MOSAIC_H
#define RDL_DETECT_MOSAIC_H

#include "geo/geo.h"

typedef struct rdl_mosaic_options {
    const char *const *changes; /* change rasters of the pairs, in any order */
    const char *const *scores;  /* their scores, or NULL */
    size_t n;
    const char *output, *score; /* to write; `score` only with `scores` */
    bool overwrite;
    int threads, memory_mib;
} rdl_mosaic_options;

typedef struct rdl_mosaic_result {
    gint64 observed, changed; /* cells of the mosaic */
    gint64 twice;             /* observations of cells that another pair had observed */
    bool aligned;             /* all pairs lie on one grid: no pixel was moved */
    char *t_before, *t_after; /* the earliest before and the latest after; NULL: unknown */
    rdl_manifest *manifest;
    rdl_tally *tally;    /* mosaic.pixels: SEEN_TWICE */
    GPtrArray *warnings; /* of char * */
} rdl_mosaic_result;
RDL_API void rdl_mosaic_result_clear(rdl_mosaic_result *result);
/** Yours. */
RDL_API JsonNode *rdl_mosaic_result_json(const rdl_mosaic_result *result);

/** Which of several change rasters is believed before others where they overlap: the one with the
 *  larger share of its cells observed, then of the later date after, then of the later date before,
 *  then by digest; the order they are given in is no reason. order[k] is the k-th of them.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA. */
RDL_API bool rdl_mosaic_rank(const char *const *changes, size_t n, size_t *order, GError **error);

/** Write one change raster over the ground of all, on the system and pixels of the first by rank,
 *  the others taken to the nearest pixel. A cell is observed where any pair observed it, changed
 *  where any says so; its score is that of the pair that says so with the largest score, else of
 *  the first that observed it. `out` is to be cleared, after failure too.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_CRS (no system, or no way between two), RDL_ERROR_DATA. */
RDL_API bool rdl_mosaic(const rdl_mosaic_options *options, const rdl_progress *progress,
                        rdl_mosaic_result *out, GError **error);

#endif
