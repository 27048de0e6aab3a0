/* base/parallel.h - n independent pieces of work over some threads. */
#ifndef RDL_BASE_PARALLEL_H
#define RDL_BASE_PARALLEL_H

#include "base/error.h"
#include "base/progress.h"

/** Per-thread state: made by the thread that uses it (a dataset handle, a GEOS context), NULL
 *  with `error` set on failure. */
typedef void *(*rdl_worker_new_fn)(void *job, GError **error);
typedef void (*rdl_worker_free_fn)(void *worker);
/** One piece, on any thread. Writes only to what belongs to piece `i` (or to `worker`). */
typedef bool (*rdl_piece_fn)(void *job, void *worker, size_t i, GError **error);

typedef struct rdl_parallel {
    rdl_worker_new_fn worker_new;   /* may be NULL */
    rdl_worker_free_fn worker_free; /* may be NULL */
    rdl_piece_fn piece;
    const char *step;               /* for progress */
} rdl_parallel;

/** Run pieces 0..n-1 on `threads` threads (< 1: one). Pieces are taken in order; the caller merges
 *  in piece order afterwards, so the answer never depends on timing. Of several failures that of
 *  the lowest piece is reported, and the rest is cancelled.
 *  Fails: whatever a piece or worker_new fails with, RDL_ERROR_CANCELLED. */
RDL_API bool rdl_parallel_run(const rdl_parallel *how, void *job, size_t n, int threads,
                              const rdl_progress *progress, GError **error);

/** Processors this process may use, at least 1. */
RDL_API int rdl_processors(void);

#endif
