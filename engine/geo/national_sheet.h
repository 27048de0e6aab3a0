/* geo/national_sheet.h - the national division of maps at 1:50000.
 *
 * Source: GB/T 13989-2012: sheets of 1:1000000 are rows of 4 degrees lettered from the equator and
 * columns of 6 degrees numbered from 180 W; one has 24 x 24 sheets of 1:50000 (E), rows counted from
 * the north, columns from the west. South of the equator the row's letter follows an S. */
#ifndef RDL_GEO_NATIONAL_SHEET_H
#define RDL_GEO_NATIONAL_SHEET_H

#include "geo/geometry.h"

/** "J50E001001" for a place in degrees, and its box (may be NULL); NULL for NaN and for latitudes
 *  past 88 degrees, which the division leaves out. An edge is of the sheet north or east of it.
 *  Yours. */
RDL_API char *rdl_national_sheet(double lon, double lat, rdl_box *box);
/** The box of a sheet by its number; false for what is none. */
RDL_API bool rdl_national_sheet_box(const char *number, rdl_box *box);

#endif
