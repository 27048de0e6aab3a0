/* geo/sheet.h - a spreadsheet or CSV as rows of text, as they stand. */
#ifndef RDL_GEO_SHEET_H
#define RDL_GEO_SHEET_H

#include "base/base.h"

/** Every row of `path` (XLSX, ODS, CSV, what GDAL reads; "FILE:SHEET" names one of several sheets,
 *  else the first) as a GStrv of its cells, "" where a cell is empty; title rows and header too.
 *  A CSV's rows are as long as each is; what divides most of its first rows alike divides cells.
 *  Text is UTF-8. The array frees its rows; yours.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_NOT_FOUND for a sheet, RDL_ERROR_DATA for bytes that are no
 *  UTF-8. */
RDL_API GPtrArray *rdl_sheet_read(const char *path, GError **error);

#endif
