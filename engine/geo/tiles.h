/* geo/tiles.h - DEFLATE GeoTIFFs read tile by tile past GDAL's block cache. A private room.
 *
 * GDAL finds the tiles and stays the judge: this room reads only what is common (local, little
 * endian, DEFLATE, 8- and 16-bit integers with no predictor or predictor 2, float32 without), and
 * leaves to GDAL every file of another kind and every block it cannot inflate to the full length.
 * The first tile is read both ways, and the two must agree in every bit. */
#ifndef RDL_GEO_TILES_H
#define RDL_GEO_TILES_H

#include <gdal.h>
#include "geo/block.h"

typedef struct rdl_tiles rdl_tiles; /* one thread's, as `dataset` is */

/** NULL where the file is none of those. `proven`: set to 1 once a tile was read both ways, then
 *  not tried again; shared between handles on one file. `dataset` must live longer. */
rdl_tiles *rdl_tiles_open(GDALDatasetH dataset, const char *path, int *proven);
void rdl_tiles_close(rdl_tiles *tiles);
/** Read the pixels of a block whose row and column are multiples of `step`, of `n` bands, one plane
 *  after another. False: GDAL has to read this block. */
bool rdl_tiles_read(rdl_tiles *tiles, rdl_block block, int step, int n, const int *bands,
                    float *planes);
/** The same for one band of bytes and step 1, as bytes. False also where they are no bytes. */
bool rdl_tiles_read_bytes(rdl_tiles *tiles, rdl_block block, int band, uint8_t *to);

#endif
