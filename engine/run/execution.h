/* run/execution.h - a job from scenes and layers to tasks, stage by stage. */
#ifndef RDL_RUN_EXECUTION_H
#define RDL_RUN_EXECUTION_H

#include "run/job.h"
#include "run/sheet.h"

typedef struct rdl_run_options {
    const char *folder; /* for the outputs; NULL: out/<name of the job> */
    bool overwrite;     /* replace files of an earlier run; a ledger goes on */
    bool resume;        /* go on: keep the stages of an earlier run whose inputs, options and code
                           are the same and whose outputs are as they were left. A ledger that
                           nobody wrote to since is made again where it must be; any other goes
                           on, and what it holds beyond this run is told */
    int threads;        /* default 1 */
    int memory_mib;     /* default 256 */
} rdl_run_options;
#define RDL_RUN_OPTIONS_INIT            \
    {                                   \
        .threads = 1, .memory_mib = 256 \
    }

/** Run the stages the job names: change.tif, score.tif, patches.gpkg, findings.gpkg, ledger.sqlite,
 *  tasks.gpkg, tasks.geojson, tasks.xlsx, the sheet itself as balance.json, and
 *  what each stage was made from as run.state.json. `*sheet` is yours,
 *  also when the balance is what failed, or nothing of a list (moves that were all refused) was of use.
 *  Fails: what the stages fail with; RDL_ERROR_BALANCE; rdl_tally_of_use(); RDL_ERROR_CONFLICT when another run is at
 * work in the folder. What stages before the failing one made stays, for `resume`. */
RDL_API bool rdl_job_run(const rdl_job *job, const rdl_run_options *options,
                         const rdl_progress *progress, rdl_sheet **sheet, GError **error);

#endif
