/* deliver/map_legend.h - what the symbols on a map mean: those that were drawn, and no others. */
#ifndef RDL_DELIVER_MAP_LEGEND_H
#define RDL_DELIVER_MAP_LEGEND_H

#include "deliver/map_body.h"
#include "deliver/page.h"

/** The rules of `body` with how many features each drew, in `columns` columns from *y on, which is
 *  moved below them. */
bool rdl_map_legend(rdl_page *page, const rdl_body *body, const char *language, double x,
                    double width, guint columns, double size, double *y, GError **error);

#endif
