/* detect/nuisance.h - change that is no news: rules that leave a patch out, with a code.
 *
 * Every rule reads figures that the patch carries as fields, so what was left out can be seen, and
 * seen why. None is on unless asked for: docs/accuracy.md has what each did to labelled pairs. */
#ifndef RDL_DETECT_NUISANCE_H
#define RDL_DETECT_NUISANCE_H

#include "detect/component.h"
#include "detect/kind.h"

typedef enum {
    RDL_NUISANCE_MASK_EDGE,
    RDL_NUISANCE_SNOW,
    RDL_NUISANCE_WATER_LEVEL,
    RDL_NUISANCE_CROP_ROTATION,
    RDL_NUISANCE_MISREGISTRATION,
    RDL_NUISANCES
} rdl_nuisance;

/** What a rule leaves out:
 *  - mask-edge (MASK_EDGE): the share of the patch's pixels without a pixel nobody observed within
 *    RDL_NEAR pixels (field clear_share) is under 0.5: the rim of a cloud, a shadow or a scene;
 *  - snow (SNOW): on one date only NDSI, which is MNDWI by another name (Hall 1995, Remote Sensing
 *    of Environment 54), is 0.4 or more while NDVI is -0.1 or more, which snow has and clear water
 *    has not, and NDBI -0.6 or less, which snow has and a pond with algae has not;
 *  - water-level (WATER_LEVEL): kind water_loss or water_gain, at most 3 pixels wide (field
 *    width_px), and half of it or more within RDL_NEAR pixels of water on both dates (field
 *    water_share);
 *  - crop-rotation (CROP_ROTATION): kind veg_to_bare or recovery, and half or more of the pixels
 *    that have a series went up and down before (field crop_share, detect/series.h). Needs a
 *    series;
 *  - misregistration (MISREGISTRATION): 0.6 or more of the squared difference goes away when the
 *    scenes are laid over each other anew, no farther than they were measured to be apart (field
 *    shift_share, detect/rim.h), and the patch is no wider than that and the two pixels an edge is
 *    spread over. Needs scenes. */
RDL_API const char *rdl_nuisance_code(rdl_nuisance rule);

/** Bits 1 << rule of a list "mask-edge,snow", "all" or "none" (also NULL).
 *  Fails: RDL_ERROR_USAGE. */
bool rdl_nuisances_parse(const char *text, unsigned *rules, GError **error);
/** The first of `rules` that leaves the component out, by code; NULL: none. reach: pixels that the
 *  scenes may be apart (detect/rim.h); NaN: not known. */
const char *rdl_nuisance_of(unsigned rules, const rdl_component *component, rdl_kind kind,
                            double reach);

/** Twice the pixels over their sides along the outline: what a strip of them is wide. */
double rdl_component_width(const rdl_component *component);
/** Share of the changed pixels that have no such mark near. */
double rdl_component_clear_of(const rdl_component *component, rdl_mark mark);

#endif
