/* geo/pdf.h - a PDF that says where on earth its map lies. */
#ifndef RDL_GEO_PDF_H
#define RDL_GEO_PDF_H

#include "geo/crs.h"
#include "geo/geometry.h"

/** A map on a page: its box in points from the upper left corner, and what it shows. */
typedef struct rdl_pdf_map {
    double page_width, page_height; /* points */
    double x, y, width, height;
    rdl_box ground; /* in `crs` */
    const rdl_crs *crs;
} rdl_pdf_map;

/** Add the georeference of one map to the PDF at `path` (ISO 32000 measure, as GDAL writes it, the
 *  neat line its bounds). Nothing drawn changes. A GDAL that has no PDF driver leaves the file as
 *  it is, *done false. Fails: RDL_ERROR_IO. */
RDL_API bool rdl_pdf_georeference(const char *path, const rdl_pdf_map *map, bool *done,
                                  GError **error);

#endif
