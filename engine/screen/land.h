/* screen/land.h - declared classes of land: a survey's or an interpreter's polygons. */
#ifndef RDL_SCREEN_LAND_H
#define RDL_SCREEN_LAND_H

#include "screen/intake.h"

typedef struct rdl_land {
    char *class;
    GBytes *wkb; /* polygons, in the intake's system */
    rdl_box box;
} rdl_land;

/** An empty list of rdl_land. */
GPtrArray *rdl_lands_new(void);
/** Read all of a source with a field `class` (by its profile), into the tally as `item`; a polygon
 *  without a class is a rejection NO_CLASS. Fails as rdl_intake_read(). */
bool rdl_lands_read(rdl_intake *intake, const char *item, const rdl_source *source,
                    GPtrArray *lands, GError **error);

#endif
