/* base/base.h - the ground floor: errors, days, digests, tables, progress. Knows no geodata. */
#ifndef RDL_BASE_H
#define RDL_BASE_H

#include "base/api.h"
#include "base/clones.h"
#include "base/error.h"
#include "base/message.h"
#include "base/apportion.h"
#include "base/proportion.h"
#include "base/arena.h"
#include "base/keyed.h"
#include "base/progress.h"
#include "base/parallel.h"
#include "base/calendar.h"
#include "base/name.h"
#include "base/division.h"
#include "base/digest.h"
#include "base/input.h"
#include "base/csv.h"
#include "base/yaml.h"
#include "base/output.h"
#include "base/zip.h"
#include "base/bundle.h"
#include "base/scratch.h"
#include "base/paths.h"
#include "base/manifest.h"
#include "base/signature.h"
#include "base/tally.h"
#include "base/value.h"
#include "base/unzip.h"

#endif
