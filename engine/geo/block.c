#include "geo/block.h"

#include <math.h>

static int cells_up(int pixels)
{
    return (int)(((gint64)pixels + RDL_CELL - 1) / RDL_CELL);
}

/* Cells a block should have along one side so that it holds whole pieces of the file; pieces that
 * do not divide into cells (strips of 20 rows) are read twice at most along a border. */
static int whole_pieces(int native, int cells)
{
    int n = 1;

    if (native >= 0 && native % RDL_CELL == 0)
        n = native / RDL_CELL;
    else if (native > RDL_CELL)
        n = cells_up(native);
    return CLAMP(n, 1, cells);
}

rdl_blocks rdl_blocks_over(int width, int height, int native_width, int native_height,
                           size_t max_pixels)
{
    const size_t cell = (size_t)RDL_CELL * RDL_CELL;
    int most = (int)MIN(max_pixels / cell, (size_t)INT32_MAX);
    int w = whole_pieces(native_width, cells_up(width));
    int h = whole_pieces(native_height, cells_up(height));

    most = MAX(most, 1);
    w = MIN(w, most);
    h = CLAMP(h, 1, MAX(most / w, 1));
    /* four cells a block cost less per block; more gain nothing and leave threads idle */
    while (w * 2 * h <= MIN(most, 4) && w < cells_up(width))
        w *= 2;
    rdl_blocks blocks = {width, height, w * RDL_CELL, h * RDL_CELL, 0, 0};
    blocks.across = (cells_up(width) + w - 1) / w;
    blocks.down = (cells_up(height) + h - 1) / h;
    return blocks;
}

rdl_blocks rdl_blocks_cells(int width, int height)
{
    return (rdl_blocks){width, height, RDL_CELL, RDL_CELL, cells_up(width), cells_up(height)};
}

size_t rdl_blocks_count(const rdl_blocks *blocks)
{
    return (size_t)blocks->across * (size_t)blocks->down;
}

rdl_block rdl_blocks_at(const rdl_blocks *blocks, size_t i)
{
    rdl_block block = {.col = (int)(i % (size_t)blocks->across) * blocks->block_width,
                       .row = (int)(i / (size_t)blocks->across) * blocks->block_height};

    block.width = MIN(blocks->block_width, blocks->width - block.col);
    block.height = MIN(blocks->block_height, blocks->height - block.row);
    return block;
}

bool rdl_blocks_afford(const char *path, int width, int height, double bytes, int memory_mib,
                       GError **error)
{
    const double mib = 1048576.0;

    return bytes <= memory_mib * mib ||
           rdl_fail(error, RDL_ERROR_INTERNAL,
                    "%s: %d x %d pixels need %.0f MiB of memory to keep count of alone: give more "
                    "than --memory %d, or cut the raster",
                    path, width, height, ceil(bytes / mib), memory_mib);
}

size_t rdl_block_pixels(rdl_block block)
{
    return (size_t)block.width * (size_t)block.height;
}

static size_t multiples(gint64 from, gint64 count, gint64 step)
{
    return (size_t)((from + count + step - 1) / step - (from + step - 1) / step);
}

size_t rdl_block_picks(rdl_block block, int step)
{
    return multiples(block.row, block.height, step) * multiples(block.col, block.width, step);
}
