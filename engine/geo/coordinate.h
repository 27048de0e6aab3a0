/* geo/coordinate.h - coordinates as people write them in tables, and the datums of web maps. */
#ifndef RDL_GEO_COORDINATE_H
#define RDL_GEO_COORDINATE_H

#include "base/base.h"

/** "119.5", "119°30′12.5″", "119度30分12.5秒", "119:30:12.5E": a number, or degrees in parts.
 *  South and west are negative. False for anything else. */
RDL_API bool rdl_coordinate_parse(const char *text, double *value);

/** The datum of web maps that `words` (the name of a system, a layer or a field) speak of: "GCJ-02"
 *  or "BD-09"; NULL: neither. Their coordinates are displaced by a secret function of the place: no
 *  transformation is known that could carry an accusation. Static. */
RDL_API const char *rdl_web_datum(const char *words);
/** Metres by which places in it may be displaced. */
RDL_API double rdl_web_datum_error_m(const char *datum);

#endif
