/* screen/screen.h - the door to screening: packs and the run from layers to findings. */
#ifndef RDL_SCREEN_H
#define RDL_SCREEN_H

#include "screen/pack.h"
#include "screen/rule.h"
#include "screen/screening.h"

#endif
