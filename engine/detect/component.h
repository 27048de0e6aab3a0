/* detect/component.h - runs of a raster, row by row, become 8-connected components.
 *
 * Union-find over the regions that reach the current row (He, Chao & Suzuki 2008, IEEE TIP 17(5)).
 * A component is handed on as soon as no run of the current row belongs to it, and forgotten:
 * memory holds the regions the row cuts through, whatever the height of the raster.
 *
 * Holes: edge-connected regions of unchanged pixels that do not reach the raster's edge. Filled
 * ones belong to the component around them, and with them what lies inside. Changed pixels and the
 * ground around them enclose each other in turns, so a finished region's neighbour to the left, in
 * its last row, is the one that encloses it. */
#ifndef RDL_DETECT_COMPONENT_H
#define RDL_DETECT_COMPONENT_H

#include "detect/figures.h"
#include "detect/pixel_area.h"
#include "detect/runs.h"

typedef struct rdl_component {
    int row, col;          /* of its first pixel */
    gint64 pixels, filled; /* changed; of filled holes */
    double filled_m2;
    gint64 sides; /* of pixels, along its outlines */
    rdl_figures figures;
    const rdl_run *runs; /* n, in order of row and column, filled holes and all */
    size_t n;
} rdl_component;

/** Lent for the length of the call. */
typedef bool (*rdl_component_fn)(const rdl_component *component, void *user, GError **error);

/** Holes by what became of them. */
typedef struct rdl_holes {
    gint64 filled, too_large, not_observed;
} rdl_holes;

/** A row's runs. figures: one a run; NULL: none. */
typedef struct rdl_row {
    int row;
    const rdl_run *changed;
    const rdl_figures *figures;
    size_t n;
    const rdl_run *unobserved; /* needed where holes are filled: they are left alone */
    size_t n_unobserved;
} rdl_row;

typedef struct rdl_labelling rdl_labelling;

/** fill_m2: holes up to this size are filled, 0 none; `areas` (NULL when none are) must live
 *  longer. */
rdl_labelling *rdl_labelling_new(int width, int height, double fill_m2, rdl_pixel_areas *areas,
                                 rdl_component_fn done, void *user);
void rdl_labelling_free(rdl_labelling *labelling);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_labelling, rdl_labelling_free)
/** The next row; rows without runs may be left out where no holes are filled.
 *  Fails: as `done` does, RDL_ERROR_CRS. */
bool rdl_labelling_row(rdl_labelling *labelling, const rdl_row *row, GError **error);
/** No more rows will come. */
bool rdl_labelling_end(rdl_labelling *labelling, GError **error);
/** Runs held at most so far. */
size_t rdl_labelling_runs(const rdl_labelling *labelling);
rdl_holes rdl_labelling_holes(const rdl_labelling *labelling);

#endif
