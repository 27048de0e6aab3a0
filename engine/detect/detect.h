/* detect/detect.h - the door: scenes, pairs, change, patches. */
#ifndef RDL_DETECT_H
#define RDL_DETECT_H

#include "detect/scene.h"
#include "detect/pair.h"
#include "detect/sample.h"
#include "detect/threshold.h"
#include "detect/score.h"
#include "detect/change.h"
#include "detect/mosaic.h"
#include "detect/normalise.h"
#include "detect/patch.h"
#include "detect/assess.h"
#include "detect/recovery.h"

#endif
