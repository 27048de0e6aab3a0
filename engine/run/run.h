/* run/run.h - the door to whole jobs. */
#ifndef RDL_RUN_H
#define RDL_RUN_H

#include "run/job.h"
#include "run/sheet.h"
#include "run/execution.h"

#endif
