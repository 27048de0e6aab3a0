/* geo/sentinel2.h - a Sentinel-2 product of level 1C or 2A in SAFE format. A private room.
 *
 * Source: ESA, Sentinel-2 Products Specification Document (S2-PDGS-TAS-DI-PSD), issue 14.9 and
 * later: reflectance = (value + offset) / quantification; the offset, -1000, came with processing
 * baseline 04.00 on 2022-01-25. */
#ifndef RDL_GEO_SENTINEL2_H
#define RDL_GEO_SENTINEL2_H

#include "geo/product.h"

/** Is it a name like MTD_MSIL2A.xml, or S2A_OPER_MTD_SAFL1C_....xml as it was until 2016? */
bool rdl_sentinel2_metadata(const char *name);
/** All bands of one granule with their roles, scales and offsets; nodata 0; as masks the scene
 *  classification of level 2A, the clouds and snow of level 1C (baseline 04.00 and later); items
 *  DATE_ACQUIRED, PROCESSING_BASELINE, ADD_OFFSET, SUN_ELEVATION, SUN_AZIMUTH. `resolution`: 10
 *  (also for 0), 20 or 60. Fails: RDL_ERROR_IO, RDL_ERROR_DATA (no known level; several granules
 *  and none named), RDL_ERROR_USAGE (resolution). */
rdl_product *rdl_sentinel2_product(const char *path, const char *granule, double resolution,
                                   GError **error);

#endif
