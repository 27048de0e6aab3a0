/* geo/chip.h - small pictures of a place on two dates, for eyes. */
#ifndef RDL_GEO_CHIP_H
#define RDL_GEO_CHIP_H

#include "geo/crs.h"
#include "geo/geometry.h"

typedef struct rdl_chips rdl_chips; /* two scenes, open; one thread's */

/** `bands`: what is shown as red, green and blue, counted from 1 in either scene.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA (no such band), RDL_ERROR_CRS (a scene without a system). */
RDL_API rdl_chips *rdl_chips_open(const char *before, const char *after, const int bands[3],
                                  GError **error);
RDL_API void rdl_chips_free(rdl_chips *chips);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_chips, rdl_chips_free)

/** The surroundings of `shape` (in `crs`) as two PNG files of 384 x 384 pixels with its outline,
 *  three times its size and at least 32 pixels of the scene; both stretched alike, from the 2nd to
 *  the 98th percentile of the two, band by band. Ground a scene does not reach is black. Existing
 *  files are replaced, each whole or not at all. Fails: RDL_ERROR_IO, RDL_ERROR_CRS. */
RDL_API bool rdl_chips_draw(rdl_chips *chips, const rdl_geometry *shape, const rdl_crs *crs,
                            const char *before_png, const char *after_png, GError **error);

/** reached[0], [1]: does the scene before, after lie under the box of `shape` at all?
 *  Fails: RDL_ERROR_CRS. */
RDL_API bool rdl_chips_reach(rdl_chips *chips, const rdl_geometry *shape, const rdl_crs *crs,
                             bool reached[2], GError **error);

#endif
