/* detect/fusion.h - several detectors on one pair, and what enough of them agree on.
 *
 * Each detector decides with its own threshold; a pixel is changed when `vote` of them say so (Du,
 * Liu, Xia & Zhao 2013, Information Fusion 14(1): decision-level fusion by vote). */
#ifndef RDL_DETECT_FUSION_H
#define RDL_DETECT_FUSION_H

#include "detect/change_io.h"

#define RDL_FUSION_PAPER "Du, Liu, Xia & Zhao 2013, Information Fusion 14(1)"
#define RDL_FUSION_MOST 8

typedef struct rdl_fusion {
    int n;
    const char *names[RDL_FUSION_MOST]; /* of detectors; static */
    int vote;                           /* 1..n */
} rdl_fusion;

/** Is `method` "fuse:NAME,NAME,..."? */
RDL_API bool rdl_fusion_asked(const char *method);
/** vote: 0 is more than half. Fails: RDL_ERROR_USAGE. */
RDL_API bool rdl_fusion_parse(const char *method, int vote, rdl_fusion *fusion, GError **error);
/** Count the votes of n change rasters on one grid, block by block of the pass, into its change
 *  raster and, where wanted, the share of votes into its score raster; both are still to be
 * finished. Not observed is what any of them has not observed. Fails: RDL_ERROR_IO,
 * RDL_ERROR_CANCELLED. */
bool rdl_fusion_count(const rdl_fusion *fusion, char *const *paths, rdl_change_pass *pass,
                      const rdl_progress *progress, GError **error);

#endif
