/* geo/stac.h - a scene as a STAC item (JSON file). A private room.
 *
 * Source: the SpatioTemporal Asset Catalog specification 1.0 and 1.1, with the extensions eo,
 * raster, view and proj. */
#ifndef RDL_GEO_STAC_H
#define RDL_GEO_STAC_H

#include "geo/product.h"

/** The one-band assets of an item that have a common name, with the scale, offset and nodata of
 *  raster:bands (1.1: bands), a cloud-optimised GeoTIFF before other formats and the finest of
 *  several; no offset where boa_offset_applied says that it was taken off already; of red-edge
 * bands those whose key, name or middle tells which they are; as masks the assets scl and qa_pixel,
 *  whatever their case and what follows "_", missing where an item of a collection of level 2 has
 *  none. Assets lie beside the item: a path that leads out of its folder, or onto a
 *  network the item itself was not read from (/vsicurl/, /vsis3/), is refused. NULL without error
 *  for a file that is no item. `resolution`: of the grid, 0: the finest.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA, RDL_ERROR_USAGE (resolution). */
rdl_product *rdl_stac_product(const char *path, double resolution, GError **error);

#endif
