/* detect/patch_io.h - components that are patches, drawn and written. */
#ifndef RDL_DETECT_PATCH_IO_H
#define RDL_DETECT_PATCH_IO_H

#include "detect/component.h"
#include "detect/kind.h"
#include "store/store.h"

typedef struct rdl_patch {
    char *id;
    rdl_component component; /* its runs are runs[first..] of the patches */
    size_t first;
    double pixels_m2; /* with filled holes */
    rdl_kind kind;
    const char *kind_reason; /* of unknown */
    const char *reason;      /* why it is suppressed; NULL: it is not */
    char *lineage_id;        /* the same over epochs; NULL: its own id */
    const char *relation;    /* to the epoch before; NULL: not asked for */
    /* as drawn */
    GBytes *wkb;
    rdl_box box; /* of it */
    double area_m2, perimeter_m;
    const char *drawn; /* why it is not straightened; NULL: it is, or was not to be */
} rdl_patch;

/** What patches of one change raster share. */
typedef struct rdl_patch_set {
    const rdl_grid *grid;
    const char *t_before, *t_after, *gate; /* NULL: unknown */
    double reach;                          /* detect/rim.h; NaN: not asked, or not known */
    double simplify; /* share of its area that a patch may gain or lose; 0: draw the pixels */
    GArray *list;    /* of rdl_patch, in order of id */
    GArray *runs;    /* of rdl_run */
    int threads;
} rdl_patch_set;

void rdl_patch_set_init(rdl_patch_set *set, const rdl_grid *grid);
void rdl_patch_set_clear(rdl_patch_set *set);

/** Called for every patch when it has been drawn, in order. */
typedef bool (*rdl_patch_fn)(const rdl_patch *patch, void *user, GError **error);
/** Draw patches from..to-1 some at a time on all threads; their outlines are let go after `each`.
 *  Fails: RDL_ERROR_CRS, RDL_ERROR_CANCELLED, as `each`. */
bool rdl_patch_draw(rdl_patch_set *set, guint from, guint to, rdl_patch_fn each, void *user,
                    const rdl_progress *progress, GError **error);

/** Begin layer `patch`, or `suppressed`, which says why; no rows yet. */
bool rdl_patch_layer(rdl_vector *vector, const rdl_patch_set *set, bool suppressed, GError **error);
/** One row of either. */
bool rdl_patch_write(rdl_rows *rows, const rdl_patch_set *set, const rdl_patch *patch,
                     GError **error);

#endif
