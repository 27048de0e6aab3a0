/* deliver/page.h - sheets of paper: Chinese text, pictures and drawings placed in points.
 *
 * One unit is one point (1/72 inch), x to the right, y down, from the upper left corner of the
 * sheet. Pages are kept as recordings until they are written, so that "page 2 of 3" can be said. */
#ifndef RDL_DELIVER_PAGE_H
#define RDL_DELIVER_PAGE_H

#include <cairo.h>
#include "base/base.h"

#define MM (72.0 / 25.4) /* points a millimetre */

typedef struct rdl_page rdl_page; /* one thread's */

typedef struct rdl_page_form {
    double width, height;              /* of the sheet */
    const char *title, *author, *date; /* of the PDF's information; date ISO: no clock */
    const char *language;              /* "zh", "en": which forms characters take */
    const char *footer;                /* left in the foot of every page; NULL: none */
    const char *numbering;             /* "%u / %u" at the right of the foot; NULL: none */
} rdl_page_form;

/** Begin with an empty first page; texts of `form` are copied.
 *  Fails: RDL_ERROR_NOT_FOUND when no font with Chinese characters is installed. */
rdl_page *rdl_page_new(const rdl_page_form *form, GError **error);
void rdl_page_free(rdl_page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_page, rdl_page_free)
/** Begin another page of the same size. */
void rdl_page_next(rdl_page *page);
/** To draw on the page as it stands. Lent; leave its state as it was. */
cairo_t *rdl_page_cairo(rdl_page *page);

typedef enum { RDL_LEFT, RDL_CENTRE, RDL_RIGHT } rdl_text_align;

/** How text looks. */
typedef struct rdl_lettering {
    double size; /* points */
    bool bold;
    rdl_text_align align;
    unsigned rgb;    /* 0xRRGGBB; default black */
    bool halo;       /* white around it, to be read over imagery */
    double smallest; /* the size it may shrink to so as to fit on one line; 0: it wraps at once */
} rdl_lettering;

/** Text in a column `width` wide with its top left at x, y; it wraps, and is never cut. NULL is
 *  empty. Returns the height it takes. */
double rdl_page_text(rdl_page *page, const rdl_lettering *look, double x, double y, double width,
                     const char *text);
/** The height it would take. */
double rdl_page_measure(rdl_page *page, const rdl_lettering *look, double width, const char *text);
/** The width of its one line. */
double rdl_page_width(rdl_page *page, const rdl_lettering *look, const char *text);

/** A drawing in SVG, scaled to the box. Fails: RDL_ERROR_INTERNAL when it is none. */
bool rdl_page_svg(rdl_page *page, GBytes *svg, double x, double y, double w, double h,
                  GError **error);
/** A picture of iw by ih pixels (RGBA, 4 bytes each, alpha 0 or 255) scaled to the box. */
void rdl_page_picture(rdl_page *page, const unsigned char *rgba, int iw, int ih, double x, double y,
                      double w, double h);
void rdl_page_box(rdl_page *page, double x, double y, double w, double h, double line,
                  unsigned rgb);
void rdl_page_fill(rdl_page *page, double x, double y, double w, double h, unsigned rgb);
void rdl_page_line(rdl_page *page, double x1, double y1, double x2, double y2, double line,
                   unsigned rgb);

/** Characters drawn so far for which no font has a form. */
unsigned rdl_page_unknown(const rdl_page *page);
guint rdl_page_count(const rdl_page *page);
/** All pages as vector PDF, or below each other as one PNG of `dpi` pixels an inch, to `path`.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_USAGE (a PNG of more than 32767 pixels a side). */
bool rdl_page_write(rdl_page *page, const char *path, bool pdf, double dpi, GError **error);
/** The same PNG in memory; yours. Fails: RDL_ERROR_INTERNAL. */
GBytes *rdl_page_png(rdl_page *page, double dpi, GError **error);

#endif
