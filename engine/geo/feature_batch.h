/* geo/feature_batch.h - the features of a layer, some hundred at a time.
 *
 * Reading a file and working on what was read take about as long as one another: the next batch is
 * read by a thread of its own while the caller works on the last. */
#ifndef RDL_GEO_FEATURE_BATCH_H
#define RDL_GEO_FEATURE_BATCH_H

#include "geo/layer.h"

#define RDL_BATCH_FEATURES 512 /* at most */

/** Features in the order of the layer, lent until the next batch is asked for. */
typedef struct rdl_batch {
    rdl_feature *features[RDL_BATCH_FEATURES];
    size_t n;     /* 0: the layer has ended */
    size_t bytes; /* of their geometries; batches end soon after 8 MiB */
} rdl_batch;

typedef struct rdl_batches rdl_batches;

/** From where the layer stands. The layer must not be read by others until these are freed.
 *  `ahead`: with a thread of its own; what comes is the same. */
rdl_batches *rdl_batches_new(rdl_layer *layer, bool ahead);
void rdl_batches_free(rdl_batches *batches);

/** The next batch, NULL on error (that of reading it: those before it were good).
 *  Fails: RDL_ERROR_IO. */
const rdl_batch *rdl_batches_next(rdl_batches *batches, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_batches, rdl_batches_free)

#endif
