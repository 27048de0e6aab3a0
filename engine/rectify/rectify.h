/* rectify/rectify.h - the door to the ledger: sites, tasks, events. */
#ifndef RDL_RECTIFY_H
#define RDL_RECTIFY_H

#include "rectify/closing.h"
#include "rectify/count.h"
#include "rectify/dossier.h"
#include "rectify/draw.h"
#include "rectify/found.h"
#include "rectify/ground.h"
#include "rectify/handover.h"
#include "rectify/inspection.h"
#include "rectify/layer.h"
#include "rectify/ledger.h"
#include "rectify/lookback.h"
#include "rectify/photo.h"
#include "rectify/review.h"
#include "rectify/site.h"
#include "rectify/recorded.h"
#include "rectify/sample.h"
#include "rectify/statistic.h"
#include "rectify/task.h"
#include "rectify/verification.h"

#endif
