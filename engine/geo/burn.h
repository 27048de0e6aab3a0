/* geo/burn.h - polygons of a layer as pixels of a grid. */
#ifndef RDL_GEO_BURN_H
#define RDL_GEO_BURN_H

#include <stdint.h>
#include "geo/block.h"
#include "geo/geometry.h"
#include "geo/grid.h"

typedef struct rdl_burn rdl_burn; /* one thread's */

/** Read the polygons of `source` (FILE or FILE:LAYER) into the CRS of `grid`, which must live
 *  longer: all of them, or with `field` those whose text is one of `values` (NULL-ended), case
 *  apart. A layer and a grid that both name no CRS are taken as one.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA (a geometry that is no polygon),
 *  RDL_ERROR_CRS. */
RDL_API rdl_burn *rdl_burn_open(const char *source, const rdl_grid *grid, const char *field,
                                const char *const *values, GError **error);
/** `n` polygons that are in the CRS of `grid` already, which must live longer. */
RDL_API rdl_burn *rdl_burn_of(const rdl_geometry *const *shapes, size_t n, const rdl_grid *grid,
                              GError **error);
RDL_API void rdl_burn_close(rdl_burn *burn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_burn, rdl_burn_close)
/** The box around all of them; empty (xmin over xmax) where there is none. */
RDL_API rdl_box rdl_burn_box(const rdl_burn *burn);
/** 1 where the middle of a pixel of `block` lies in a polygon, else 0: rdl_block_pixels() bytes.
 *  Fails: RDL_ERROR_INTERNAL. */
RDL_API bool rdl_burn_read(rdl_burn *burn, rdl_block block, uint8_t *inside, GError **error);

#endif
