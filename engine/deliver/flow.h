/* deliver/flow.h - headings, pairs and tables down a sheet of paper, and on to the next. */
#ifndef RDL_DELIVER_FLOW_H
#define RDL_DELIVER_FLOW_H

#include "deliver/page.h"

typedef struct rdl_flow {
    rdl_page *page;
    double left, width, top, bottom; /* the column of text on every sheet */
    double y;                        /* where the next thing begins */
    double scale;                    /* of letters and the space around them; 1: as given */
} rdl_flow;

/** Begin a new sheet unless `height` is left on this one. */
void rdl_flow_need(rdl_flow *flow, double height);
/** A heading that stays with at least `follows` points of what comes after it. */
void rdl_flow_head(rdl_flow *flow, const char *text, double follows);
/** A line of text, wrapped. */
void rdl_flow_text(rdl_flow *flow, double size, unsigned rgb, const char *text);

/** `n` cells (label, value, label, value ...) in two columns of pairs; a NULL label ends the row
 *  and gives the value before it the whole width. */
void rdl_flow_pairs(rdl_flow *flow, const char *const *cells, guint n);

typedef struct rdl_column {
    const char *head; /* NULL in all: a table without a head */
    double share;     /* of the width; shares sum to 1 */
    rdl_text_align align;
} rdl_column;
/** Rows of `n` cells each (char *, NULL: empty), ruled; the head is repeated on every sheet, and a
 *  cell too long for a sheet goes on in the next row. A row whose first cell begins with "*" is
 *  set bold, without it. */
void rdl_flow_table(rdl_flow *flow, double size, const rdl_column *columns, guint n,
                    const GPtrArray *cells);

#endif
