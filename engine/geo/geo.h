/* geo/geo.h - the door to geodata: the only folder that includes GDAL, PROJ and GEOS. */
#ifndef RDL_GEO_H
#define RDL_GEO_H

#include "base/base.h"
#include "geo/start.h"
#include "geo/coordinate.h"
#include "geo/crs.h"
#include "geo/geometry.h"
#include "geo/border.h"
#include "geo/cut.h"
#include "geo/reproject.h"
#include "geo/grid.h"
#include "geo/national_sheet.h"
#include "geo/block.h"
#include "geo/raster.h"
#include "geo/area.h"
#include "geo/distance.h"
#include "geo/layer.h"
#include "geo/feature_batch.h"
#include "geo/burn.h"
#include "geo/mask_shapes.h"
#include "geo/rescale.h"
#include "geo/sheet.h"
#include "geo/source.h"
#include "geo/chip.h"
#include "geo/memory.h"
#include "geo/style.h"
#include "geo/kml.h"
#include "geo/pdf.h"
#include "geo/photo.h"

#endif
