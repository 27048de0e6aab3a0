/* geo/kml.h - a shape as KML has it. */
#ifndef RDL_GEO_KML_H
#define RDL_GEO_KML_H

#include "base/base.h"

/** An element of KML 2.2 (<Polygon>, <MultiGeometry> ...) from WKB in degrees of WGS 84, longitude
 *  first. Yours. Fails: RDL_ERROR_DATA for what is no WKB. */
RDL_API char *rdl_kml_of_wkb(GBytes *wkb, GError **error);

#endif
