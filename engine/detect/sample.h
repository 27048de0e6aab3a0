/* detect/sample.h - the pixels of a pair that statistics are taken from, cell by cell.
 *
 * Scenes under 10 megapixels give every pixel observed on both dates; larger ones every s-th row
 * and column, s the smallest that brings them under 8 megapixels. For detectors that need no more
 * than that, these come from one in `one_in` squares of 512 x 512 pixels, spread evenly, so that
 * most of the scene need not be decoded for them. Pixels are kept in memory as they were stored in
 * the files where that fits, else read again each time; the answer is the same. */
#ifndef RDL_DETECT_SAMPLE_H
#define RDL_DETECT_SAMPLE_H

#include "detect/pair.h"

#define RDL_SAMPLE_PIXELS 10000000

typedef struct rdl_sample rdl_sample;

/** Pixels of one cell: planes[k * n + i], 2p variates (bands before, then after). */
typedef struct rdl_cell {
    size_t n;
    const float *planes;
} rdl_cell;

/** Work on each cell. state_new (may be NULL) makes one thread's state, state_free gives it back;
 *  only one thread at a time is in state_free. `cell` writes to what belongs to cell `index` or to
 *  `state`; the cell's planes are its own to change. */
typedef struct rdl_cell_work {
    void *(*state_new)(void *user);
    void (*cell)(void *user, void *state, size_t index, rdl_cell cell, float *planes);
    void (*state_free)(void *user, void *state);
    const char *step;
} rdl_cell_work;

/** A view on `pair`, which must live longer. `one_in`: 1, 2 or 8. `threads` and `memory_mib` as
 *  elsewhere. */
RDL_API rdl_sample *rdl_sample_new(const rdl_pair *pair, int one_in, int threads, int memory_mib);
RDL_API void rdl_sample_free(rdl_sample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_sample, rdl_sample_free)
RDL_API const rdl_pair *rdl_sample_pair(const rdl_sample *sample);
/** Cells there are; every s-th row and column is taken. */
RDL_API size_t rdl_sample_cells(const rdl_sample *sample);
RDL_API int rdl_sample_step(const rdl_sample *sample);
/** One in how many squares; 1 for scenes of which every pixel is taken. */
RDL_API int rdl_sample_one_in(const rdl_sample *sample);
/** Run `work` over all cells. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
RDL_API bool rdl_sample_each(rdl_sample *sample, const rdl_cell_work *work, void *user,
                             const rdl_progress *progress, GError **error);

#endif
