/* geo/block.h - a raster cut into blocks of whole cells.
 *
 * A cell is 256 x 256 pixels, fixed. Statistics are summed cell by cell and merged in order of the
 * cell's number, so no answer depends on the size of the blocks that were read. */
#ifndef RDL_GEO_BLOCK_H
#define RDL_GEO_BLOCK_H

#include <stddef.h>
#include "base/base.h"

#define RDL_CELL 256

/** A window of a raster, in pixels. */
typedef struct rdl_block {
    int col, row, width, height;
} rdl_block;

typedef struct rdl_blocks {
    int width, height;             /* of the raster */
    int block_width, block_height; /* multiples of RDL_CELL */
    int across, down;              /* how many */
} rdl_blocks;

/** Blocks over a raster of width x height whose file is stored in native_width x native_height
 *  pieces: whole pieces where they fit, at most `max_pixels` a block (but at least one cell). */
RDL_API rdl_blocks rdl_blocks_over(int width, int height, int native_width, int native_height,
                                   size_t max_pixels);
RDL_API size_t rdl_blocks_count(const rdl_blocks *blocks);
/** Block i in rows from the top, cut to the raster. */
RDL_API rdl_block rdl_blocks_at(const rdl_blocks *blocks, size_t i);
/** The cells of the raster, as blocks of one cell. */
RDL_API rdl_blocks rdl_blocks_cells(int width, int height);
/** Do `bytes` of bookkeeping fit in `memory_mib`? `path`, of width x height pixels, is named where
 *  not: a header may say any size. Fails: RDL_ERROR_INTERNAL (no memory). */
RDL_API bool rdl_blocks_afford(const char *path, int width, int height, double bytes,
                               int memory_mib, GError **error);
/** Pixels of a block. */
RDL_API size_t rdl_block_pixels(rdl_block block);
/** Pixels of a block whose row and column, counted in the raster, are multiples of `step`. */
RDL_API size_t rdl_block_picks(rdl_block block, int step);

#endif
