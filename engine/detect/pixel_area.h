/* detect/pixel_area.h - area on the ellipsoid of pixels of a grid, many at a time.
 *
 * Over ten kilometres the area that a pixel has on the ellipsoid is a smooth function of its place.
 * The grid is cut into squares of that size; in each the function is the biquadratic whose
 * integrals over three by three parts are those of rdl_measure_ring(), within 1e-9 of the area. */
#ifndef RDL_DETECT_PIXEL_AREA_H
#define RDL_DETECT_PIXEL_AREA_H

#include "detect/runs.h"
#include "geo/geo.h"

typedef struct rdl_pixel_areas rdl_pixel_areas; /* one thread's */

/** `grid` must live longer. Fails: RDL_ERROR_CRS. */
rdl_pixel_areas *rdl_pixel_areas_new(const rdl_grid *grid, GError **error);
void rdl_pixel_areas_free(rdl_pixel_areas *areas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_pixel_areas, rdl_pixel_areas_free)
/** Square metres of a run. Fails: RDL_ERROR_CRS. */
bool rdl_pixel_areas_run(rdl_pixel_areas *areas, const rdl_run *run, double *m2, GError **error);

#endif
