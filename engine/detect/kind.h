/* detect/kind.h - kinds of change, told by spectral indices of both dates. */
#ifndef RDL_DETECT_KIND_H
#define RDL_DETECT_KIND_H

#include "detect/figures.h"
#include "detect/pair.h"

typedef enum {
    RDL_KIND_VEG_TO_BARE, /* vegetation lost, to bare or built ground */
    RDL_KIND_BARE_TO_BUILT,
    RDL_KIND_WATER_LOSS,
    RDL_KIND_WATER_GAIN,
    RDL_KIND_RECOVERY, /* vegetation gained */
    RDL_KIND_OTHER,
    RDL_KIND_UNKNOWN,
    RDL_KINDS
} rdl_kind;

/** "veg_to_bare", as in the field `kind`. Static. */
RDL_API const char *rdl_kind_code(rdl_kind kind);

/** By the means over a patch, first rule that holds:
 *  - water_gain, water_loss: water on one date, and the water index (MNDWI, Xu 2006, or NDWI,
 *    McFeeters 1996) moved by 0.1 or more. Water is an index over 0; up to 0.2 white roofs and
 *    concrete have it too, and water is where NDVI is below 0;
 *  - other: water on both dates;
 *  - veg_to_bare, recovery: NDVI (Tucker 1979) falls or rises by 0.1 or more;
 *  - bare_to_built: NDVI under 0.3 on both dates, and BSI (Rikimaru 2002) falls by 0.05 or more,
 *    as bare soil goes, while NDBI (Zha 2003) does not fall by as much;
 *  - other.
 *  Where an index stands means something for reflectances alone. Of raw counts (`calibrated` false)
 *  only the rule of NDVI is asked, which looks at a difference. unknown: *why is NOT_OBSERVED, or
 *  UNCALIBRATED (counts, and NDVI did not move); else NULL. */
rdl_kind rdl_kind_of(const rdl_figures *figures, bool calibrated, const char **why);

/** Bands of 8 bits are counts, or stretched for the eye: no reflectances. */
bool rdl_kind_calibrated(const rdl_pair *pair);

/** Which bands of a pair's readers make an index: positions, -1 ends them. */
typedef struct rdl_kind_index {
    bool there;
    int minus[2], plus[2];
} rdl_kind_index;

/** Narrow `pair` to the bands that tell kinds, and say where each index finds its own. Both scenes
 *  need a role for it to count. False: no index can be made; nothing is narrowed. */
bool rdl_kind_narrow(rdl_pair *pair, rdl_kind_index indices[RDL_FIGURE_INDICES]);
/** The index of pixel i of planes, NaN where its bands add up to 0. */
double rdl_kind_value(const rdl_kind_index *index, const float *const *planes, size_t i);

#endif
