/* geo/geo.h - the door to geodata: the only folder that includes GDAL, PROJ and GEOS. */
#ifndef RDL_GEO_H
#define RDL_GEO_H

#include "base/base.h"
#include "geo/crs.h"
#include "geo/grid.h"
#include "geo/block.h"
#include "geo/raster.h"
#include "geo/geometry.h"
#include "geo/area.h"
#include "geo/layer.h"

/** Register drivers and set what holds for the whole process (repeatable GeoPackage dates, small
 *  block cache). Call once, first, from the main thread. */
RDL_API void rdl_geo_start(void);
RDL_API void rdl_geo_stop(void);

#endif
