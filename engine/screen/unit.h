/* screen/unit.h - administrative units. */
#ifndef RDL_SCREEN_UNIT_H
#define RDL_SCREEN_UNIT_H

#include "screen/intake.h"

typedef struct rdl_unit {
    char *xzqdm, *name;
    GBytes *wkb;
    rdl_box box;
    const char *content; /* the fields as they came; lent by the intake */
    gint64 fid;
} rdl_unit;

GPtrArray *rdl_units_new(void);
bool rdl_units_read(rdl_intake *intake, const rdl_source *source, GPtrArray *units, GError **error);
void rdl_units_settle(rdl_intake *intake, GPtrArray *units);

#endif
