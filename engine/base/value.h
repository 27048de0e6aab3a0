/* base/value.h - fields of a table and the values of a row. */
#ifndef RDL_BASE_VALUE_H
#define RDL_BASE_VALUE_H

#include <stdbool.h>
#include <glib.h>
#include "base/api.h"

typedef enum { RDL_FIELD_TEXT, RDL_FIELD_INT, RDL_FIELD_REAL } rdl_field_type;

typedef struct rdl_field {
    const char *name;
    rdl_field_type type;
} rdl_field;

/** A value of a field: NULL, or of the field's type. Text is borrowed. */
typedef struct rdl_value {
    bool set;
    const char *text;
    gint64 integer;
    double real;
} rdl_value;
#define RDL_NULL ((rdl_value){.set = false})
RDL_API rdl_value rdl_text(const char *text); /* NULL text: RDL_NULL */
RDL_API rdl_value rdl_integer(gint64 integer);
RDL_API rdl_value rdl_real(double real); /* NaN: RDL_NULL */

#endif
