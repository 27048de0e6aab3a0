/* deliver/deliver.h - the door to what leaves the house: exports and explanations. */
#ifndef RDL_DELIVER_H
#define RDL_DELIVER_H

#include "deliver/exchange.h"
#include "deliver/package.h"
#include "deliver/evidence.h"
#include "deliver/card.h"
#include "deliver/map.h"
#include "deliver/reach.h"
#include "deliver/report.h"
#include "deliver/review.h"
#include "deliver/sampled.h"
#include "deliver/table.h"

#endif
