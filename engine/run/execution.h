/* run/execution.h - a job from scenes and layers to tasks, stage by stage. */
#ifndef RDL_RUN_EXECUTION_H
#define RDL_RUN_EXECUTION_H

#include "run/job.h"
#include "run/sheet.h"

typedef struct rdl_run_options {
    const char *folder;  /* for the outputs; NULL: out/<name of the job> */
    bool overwrite;      /* replace files of an earlier run; a ledger is never replaced, it goes on */
    int threads;         /* default 1 */
    int memory_mib;      /* default 256 */
} rdl_run_options;
#define RDL_RUN_OPTIONS_INIT {.threads = 1, .memory_mib = 256}

/** Run the stages the job names: change.tif, score.tif, patches.gpkg, findings.gpkg, ledger.sqlite,
 *  tasks.gpkg, tasks.geojson, tasks.xlsx, and the sheet itself as balance.json. `*sheet` is yours,
 *  also when the balance is what failed.
 *  Fails: what the stages fail with; RDL_ERROR_BALANCE. */
RDL_API bool rdl_job_run(const rdl_job *job, const rdl_run_options *options,
                         const rdl_progress *progress, rdl_sheet **sheet, GError **error);

#endif
