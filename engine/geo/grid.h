/* geo/grid.h - the raster grid: size, placement, coordinate system. */
#ifndef RDL_GEO_GRID_H
#define RDL_GEO_GRID_H

#include "geo/block.h"
#include "geo/crs.h"
#include "geo/geometry.h"

/** Pixel (col, row) has its upper left corner at
 *  x = t[0] + col t[1] + row t[2], y = t[3] + col t[4] + row t[5] (GDAL's geotransform). */
typedef struct rdl_grid {
    int width, height;
    double transform[6];
    rdl_crs *crs; /* counted; NULL: none */
} rdl_grid;

/** A copy with its own count of the CRS; clear it. */
RDL_API rdl_grid rdl_grid_copy(const rdl_grid *grid);
RDL_API void rdl_grid_clear(rdl_grid *grid);
/** Same size and CRS, and all corners within a hundredth of a pixel of each other. */
RDL_API bool rdl_grid_equal(const rdl_grid *a, const rdl_grid *b);
/** True when the grid says where it lies: a CRS, and not the identity transform. */
RDL_API bool rdl_grid_placed(const rdl_grid *grid);
/** Is the grid of a size that can be worked on: sides up to 2^24 pixels, 2^40 in all? Larger ones
 *  are damaged files. Fails: RDL_ERROR_DATA with `path`. */
RDL_API bool rdl_grid_workable(const rdl_grid *grid, const char *path, GError **error);
/** Map coordinates of a place in the grid, in pixels from the upper left corner. */
RDL_API void rdl_grid_point(const rdl_grid *grid, double col, double row, double *x, double *y);
/** And back: column and row of a place, not rounded, inside the grid or not. */
RDL_API void rdl_grid_place(const rdl_grid *grid, double x, double y, double *col, double *row);
/** The pixels of the grid that a box may reach; none: without width or height. */
RDL_API rdl_block rdl_grid_pixels(const rdl_grid *grid, rdl_box box);
/** The box around the whole grid, rotated ones too. */
RDL_API rdl_box rdl_grid_box(const rdl_grid *grid);
/** Area of a pixel in the plane, in units of the CRS squared. */
RDL_API double rdl_grid_pixel_area(const rdl_grid *grid);

#endif
