/* detect/outline.h - components of runs: their sums, areas and multipolygons. */
#ifndef RDL_DETECT_OUTLINE_H
#define RDL_DETECT_OUTLINE_H

#include "detect/pixel_area.h"
#include "detect/trace.h"
#include "geo/geo.h"

/** An 8-connected component of changed pixels. */
typedef struct rdl_component {
    uint32_t first; /* its first run: its first pixel is that run's first */
    gint64 pixels;
    rdl_run_sums sums;
    uint32_t from, to; /* its runs are order[from..to-1] of the components */
} rdl_component;

typedef struct rdl_components {
    const rdl_runs *runs;
    GArray *list;    /* of rdl_component, in order of their first pixels */
    uint32_t *order; /* runs, component after component, each in order of row and column */
    uint32_t *piece; /* of each run: the first run of its edge-connected piece */
} rdl_components;

/** Label and sort `runs`, which must live longer. */
rdl_components rdl_components_of(const rdl_runs *runs);
void rdl_components_clear(rdl_components *components);

/** Area on the ellipsoid of the pixels of a component. Fails: RDL_ERROR_CRS. */
bool rdl_component_area(const rdl_components *all, const rdl_component *c, rdl_pixel_areas *areas,
                        double *m2, GError **error);
/** A valid MultiPolygon as little-endian WKB, one polygon for each edge-connected piece, and its
 *  box. Yours. */
GBytes *rdl_component_wkb(const rdl_components *all, const rdl_component *c, const rdl_grid *grid,
                          rdl_box *box);

#endif
