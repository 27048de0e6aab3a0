/* detect/runs.h - changed pixels as runs along rows, and which of them hang together. */
#ifndef RDL_DETECT_RUNS_H
#define RDL_DETECT_RUNS_H

#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

/** Pixels col..end-1 of a row: as long as can be, so two runs of a row never touch. */
typedef struct rdl_run {
    int row, col, end;
} rdl_run;

/** Runs in order of row and column. */
typedef struct rdl_runs {
    GArray *runs; /* of rdl_run */
} rdl_runs;

rdl_runs rdl_runs_new(void);
void rdl_runs_clear(rdl_runs *runs);
/** Add the runs of one row of `width` flags. */
void rdl_runs_add_row(rdl_runs *runs, int row, int width, const uint8_t *changed);

/** For each of n runs the number of the first run of its component; pixels are neighbours along
 * edges, or along corners too when `corners`. label: one per run (union-find, the lower number is
 * the root: He, Chao & Suzuki 2008, IEEE TIP 17(5)). */
void rdl_runs_label(const rdl_run *runs, size_t n, bool corners, uint32_t *label);

#endif
