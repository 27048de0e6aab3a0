/* geo/start.h - once a process. */
#ifndef RDL_GEO_START_H
#define RDL_GEO_START_H

#include "base/base.h"

/** Register drivers and set what holds for the whole process (repeatable GeoPackage dates, small
 *  block cache, nothing written beside inputs). Call once, first, from the main thread. */
RDL_API void rdl_geo_start(void);
RDL_API void rdl_geo_stop(void);
/** Take off this thread the error handler another library pushed and left there. */
RDL_API void rdl_geo_pop_handler(void);
/** The libraries that compute, with their versions: one line. Yours. */
RDL_API char *rdl_geo_versions(void);

#endif
