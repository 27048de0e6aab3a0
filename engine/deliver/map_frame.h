/* deliver/map_frame.h - one map in a box of a sheet: ground, layers, labels, and what makes it a
 * map: neat line, coordinates, scale bar, north. */
#ifndef RDL_DELIVER_MAP_FRAME_H
#define RDL_DELIVER_MAP_FRAME_H

#include "deliver/map_body.h"
#include "deliver/map_data.h"
#include "deliver/page.h"

typedef struct rdl_frame {
    const rdl_map_data *data;
    double x, y, w, h;        /* the neat line, points on the sheet */
    double scale;             /* 1 : scale, of nominal length at the frame's centre */
    rdl_crs *crs;             /* of the sheet, metres */
    char *crs_name;           /* "CGCS2000, 3-degree Gauss-Kruger, central meridian 120 E" */
    rdl_box box;              /* shown, sheet coordinates */
    rdl_box ground;           /* around what is shown, the ledger's system */
    rdl_transform *in, *back; /* ledger -> sheet, sheet -> ledger */
    rdl_transform *lonlat;    /* sheet -> degrees */
} rdl_frame;

/** A frame on the sheet showing at least `ground` (ledger's system; empty: fails) with a margin,
 *  at a round scale no larger than 1 : `least`. Fails: RDL_ERROR_DATA when there is no ground,
 *  RDL_ERROR_CRS. */
rdl_frame *rdl_frame_new(const rdl_map_data *data, rdl_box ground, double least, double x, double y,
                         double w, double h, GError **error);
void rdl_frame_free(rdl_frame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_frame, rdl_frame_free)
/** Sheet coordinates to points on the page. */
void rdl_frame_place(const rdl_frame *frame, double e, double n, double *x, double *y);
/** Clockwise angle in radians from up on the sheet to true north, at the centre.
 *  Fails: RDL_ERROR_CRS. */
bool rdl_frame_north(const rdl_frame *frame, double *angle, GError **error);

/** A layer ready to be drawn: features in sheet coordinates, in memory. */
typedef struct rdl_frame_layer {
    char *dataset;
    const char *style;
    guint features, symbols; /* in the frame; of them drawn as a symbol, being too small */
} rdl_frame_layer;
void rdl_frame_layer_clear(rdl_frame_layer *layer);
bool rdl_frame_units(const rdl_frame *frame, rdl_frame_layer *layer, GError **error);
bool rdl_frame_zones(const rdl_frame *frame, rdl_frame_layer *layer, GError **error);
bool rdl_frame_permits(const rdl_frame *frame, rdl_frame_layer *layer, GError **error);
/** The tasks that stand for their sites (rdl_map_leads()) and are of one kind ("verify",
 * "rectify"; NULL: any), by style "task" or "finding"; those of
 *  `unit` alone when it is given. Sites under 1.2 mm on the sheet become round symbols. */
bool rdl_frame_tasks(const rdl_frame *frame, const char *kind, const char *unit, const char *style,
                     rdl_frame_layer *layer, GError **error);
/** One site (own = 1) and the others around it. */
bool rdl_frame_site(const rdl_frame *frame, const char *site_id, bool others,
                    rdl_frame_layer *layer, GError **error);

/** Imagery of a date on the page, the first scene that has a pixel showing it; `used` takes the
 *  scenes (const rdl_map_scene *) that showed something; where it stays empty the caption is to
 *  say so. */
bool rdl_frame_picture(const rdl_frame *frame, rdl_page *page, bool after, double dpi,
                       GPtrArray *used, GError **error);
/** The layers on the page; `body` takes the rules for the legend. */
bool rdl_frame_draw(const rdl_frame *frame, rdl_page *page, const rdl_frame_layer *layers, guint n,
                    rdl_body *body, GError **error);
/** Neat line, and ticks with degrees outside it on the sides. */
bool rdl_frame_edge(const rdl_frame *frame, rdl_page *page, double size, GError **error);
/** Ticks inside it at round kilometres of the sheet's system. */
void rdl_frame_metres(const rdl_frame *frame, rdl_page *page);
/** Scale bar with 1 : scale above it, at most `width` points; returns its height. */
double rdl_frame_scale_bar(const rdl_frame *frame, rdl_page *page, double x, double y, double width,
                           double size);
/** A north arrow centred on x with its tip at y. */
bool rdl_frame_arrow(const rdl_frame *frame, rdl_page *page, double x, double y, double height,
                     GError **error);

#endif
