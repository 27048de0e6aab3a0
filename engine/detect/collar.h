/* detect/collar.h - what lies around a scene and is none of it: a border, wedges or a corner of one
 * number that nothing marks as nodata.
 *
 * The number is the one that a corner of the raster holds in every band: 0, the largest of its
 * type, or a whole one of -99 or less. The collar is what lies outside the convex hull of all other
 * pixels, as footprints of sensors are convex; where the outline of that leans on a tenth of its
 * rows at least, for a hull that leans on a few points cuts off a bay of dark water, and stays.
 * Rows at either end without any other pixel and rectangles at corners, as of a mosaic that lacks a
 * sheet, are of it too. What has the number inside the hull is data.
 *
 * A collar has no texture. In pictures of 8 bits numbers within 5 of it are taken for it, as
 * compression with loss leaves them beside what is shown, but only where four fifths of all are the
 * number itself: water behind a dyke is not, and what else looks so is told.
 *
 * Around the collar one pixel more is not believed, where resampling has mixed both; eight, a block
 * of JPEG, where it has such near numbers. */
#ifndef RDL_DETECT_COLLAR_H
#define RDL_DETECT_COLLAR_H

#include "geo/geo.h"

#define RDL_COLLAR_LEAST 64 /* pixels: what is less is no collar */

typedef struct rdl_collar {
    int height;
    int *from, *to;   /* of each row, the columns shown: from..to-1; none where from >= to */
    int *side[2];     /* pixels of collar left and right of each row, without those around it */
    int *deep[2];     /* pixels of the number left and right of it, collar or not; -1: all */
    int rim;          /* pixels around it that are not believed */
    bool there;       /* is it of any size? */
    bool textured;    /* of many numbers near one: told, not believed */
    int *rows;        /* all of these; private */
    rdl_block inside; /* the box around what is shown */
    double share;     /* of the raster that is collar */
} rdl_collar;

/** Find the collar of `scene` as it lies on the grid of `raster`, which is the scene itself or a
 * view on it; NULL in `collar` where it has none. Reads the four corners of the scene; and only
 * where one of them holds such a number, `raster` from both sides up to what is shown. Fails:
 *  RDL_ERROR_IO. */
bool rdl_collar_find(rdl_raster *scene, rdl_raster *raster, int n, const int *bands,
                     rdl_collar **collar, GError **error);
void rdl_collar_free(rdl_collar *collar);
/** Is it ground? Where in `other`, the other date on the same grid, a hundredth of this collar and
 *  more has the number too but lies inside the hull, or lies in the hull between rows where both
 *  collars end alike: then both are dark ground behind a straight bank, of which something has
 *  changed. */
bool rdl_collar_is_ground(const rdl_collar *collar, const rdl_collar *other);

#endif
