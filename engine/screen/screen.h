/* screen/screen.h - the door to screening: packs and the run from layers to findings. */
#ifndef RDL_SCREEN_H
#define RDL_SCREEN_H

#include "screen/explain.h"
#include "screen/land.h"
#include "screen/pack.h"
#include "screen/pack_cases.h"
#include "screen/pack_check.h"
#include "screen/rule.h"
#include "screen/profile.h"
#include "screen/replay.h"
#include "screen/screening.h"
#include "screen/verdict.h"

#endif
