/* screen/verdict_pool.h - verdicts of cases that are alike are made once and shared.
 *
 * A province has a million parts and some hundreds of different cases: the key is everything
 * rdl_verdict_of() reads. */
#ifndef RDL_SCREEN_VERDICT_POOL_H
#define RDL_SCREEN_VERDICT_POOL_H

#include "screen/verdict.h"

typedef struct rdl_verdict_pool rdl_verdict_pool; /* filled by one thread, then read by any */
rdl_verdict_pool *rdl_verdict_pool_new(const rdl_pack *pack, rdl_day as_of);
void rdl_verdict_pool_free(rdl_verdict_pool *pool);

/** As rdl_verdict_of(), or rdl_verdict_planned() for a planned project; lent, lives as long as the
 *  pool. Sizes are part of the case only where a condition may read them or fines by the metre may
 * change places with others; distances where `near` (n_near of them) is given. */
const rdl_verdict *rdl_verdict_pool_get(rdl_verdict_pool *pool, const rdl_footprint *f,
                                        const rdl_zone *zone, const rdl_part *part,
                                        const rdl_approval *approval, rdl_version version,
                                        const double *near);

#endif
