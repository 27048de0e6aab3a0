/* deliver/map_body.h - the body of a map: layers drawn by their styles. The one room in which
 * MapServer is spoken to.
 *
 * MapServer draws the features and the symbols of the legend from one SLD, as SVG, so that paper
 * and screen show the same vectors. It reads datasets through the GDAL of this process and is
 * given coordinates of the sheet: it projects nothing. It writes no text (decision 0009). */
#ifndef RDL_DELIVER_MAP_BODY_H
#define RDL_DELIVER_MAP_BODY_H

#include "geo/geo.h"

typedef struct rdl_body_layer {
    const char *dataset, *layer; /* anything GDAL opens; coordinates of the sheet */
    const char *style;           /* of styles/: "zone" */
} rdl_body_layer;

/** A rule by which something was drawn. */
typedef struct rdl_body_rule {
    guint layer;  /* of the layers given */
    char *title;  /* as the style has it: "线索 / clue" */
    guint shown;  /* features within the box */
    GBytes *icon; /* SVG, 30 by 18 */
} rdl_body_rule;

typedef struct rdl_body {
    GBytes *svg;
    GArray *rules; /* of rdl_body_rule, those shown, in the order of layers and rules */
} rdl_body;
void rdl_body_clear(rdl_body *body);

/** Draw `n` layers, the first at the bottom, into `width` by `height` points showing `box`.
 *  Any thread. Fails: RDL_ERROR_IO (a style), RDL_ERROR_INTERNAL with MapServer's words. */
bool rdl_body_draw(const rdl_body_layer *layers, guint n, rdl_box box, double width, double height,
                   rdl_body *body, GError **error);

#endif
