/* detect/doubtful.h - which doubtful pixels count as changed, by the component they belong to.
 *
 * Classes arrive block by block, in any order, and are kept as stretches of rows; memory grows with
 * the number of stretches that are not plainly unchanged. */
#ifndef RDL_DETECT_DOUBTFUL_H
#define RDL_DETECT_DOUBTFUL_H

#include <stdint.h>
#include "geo/geo.h"

/** Classes beyond those of a change raster, until components have been looked at. */
enum {
    RDL_WEAK = 3,   /* changed if its component is */
    RDL_STRONG = 4, /* the same, and speaks for it */
    RDL_FIRM = 5    /* the same, and changed in any case */
};

typedef struct rdl_doubtful rdl_doubtful;

RDL_API rdl_doubtful *rdl_doubtful_new(const rdl_blocks *blocks);
RDL_API void rdl_doubtful_free(rdl_doubtful *components);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_doubtful, rdl_doubtful_free)
/** Classes of block i; every block once, from any thread. */
RDL_API void rdl_doubtful_add(rdl_doubtful *components, size_t i, const uint8_t *classes);
/** When all blocks are there: an 8-connected component of doubtful pixels is changed when at least
 *  `least` of its pixels, and at least `share` of them, are strong or firm. */
RDL_API void rdl_doubtful_settle(rdl_doubtful *components, int least, double share);
/** Classes of block i: not observed, unchanged or changed; afterwards, from any thread. */
RDL_API void rdl_doubtful_get(const rdl_doubtful *components, size_t i, uint8_t *classes);

#endif
