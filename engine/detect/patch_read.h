/* detect/patch_read.h - the runs of a change raster, with what other rasters say about them. */
#ifndef RDL_DETECT_PATCH_READ_H
#define RDL_DETECT_PATCH_READ_H

#include "detect/kind.h"
#include "detect/series.h"
#include "detect/runs.h"

typedef struct rdl_patch_source {
    const rdl_raster *change;
    const rdl_raster *score, *probability; /* on the same grid; NULL */
    const rdl_pair *pair;                  /* as rdl_kind_narrow() left it, same grid; NULL */
    const rdl_kind_index *indices;
    rdl_raster *series; /* NDVI of earlier dates, a band each, same grid; with `pair`; NULL */
    const rdl_rim *rim; /* what the pair's displacement explains; with `pair`; NULL: not asked */
    bool water;         /* mark pixels that are water on both dates */
    int threads, memory_mib;
} rdl_patch_source;

/** Rows row..row+rows-1, the whole width. */
typedef struct rdl_strip {
    int row, rows;
    gint64 pixels;            /* changed */
    GArray *changed;          /* of rdl_run */
    GArray *figures;          /* of rdl_figures, one a run */
    GArray *marks[RDL_MARKS]; /* of rdl_run */
} rdl_strip;

/** Lent for the length of the call. */
typedef bool (*rdl_strip_fn)(const rdl_strip *strip, void *user, GError **error);

/** Every strip from the top, one after another; they are read side by side, at most one a thread
 *  is held. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED, RDL_ERROR_DATA for a value that is not 0, 1
 *  or 2, as `each` fails. */
bool rdl_patch_read(const rdl_patch_source *source, rdl_strip_fn each, void *user,
                    const rdl_progress *progress, GError **error);

#endif
