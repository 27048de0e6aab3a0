#include "geo/feature_batch.h"

#include <pthread.h>

#define BATCH_BYTES ((size_t)8 << 20)

struct rdl_batches {
    rdl_layer *layer;
    rdl_batch batches[2];
    int next; /* that is being read, or was read and not yet handed out */
    bool ahead, running, good;
    bool end; /* not asked for more after its last: what a driver does then is laid down nowhere */
    GError *error;
    pthread_t thread;
};

static void *read_next(void *arg)
{
    rdl_batches *b = arg;
    rdl_batch *batch = &b->batches[b->next];

    b->good = true;
    batch->n = batch->bytes = 0;
    while (!b->end && batch->n < RDL_BATCH_FEATURES && batch->bytes < BATCH_BYTES) {
        rdl_feature **f = &batch->features[batch->n];
        bool there;
        if (!*f)
            *f = rdl_feature_new(b->layer);
        b->good = rdl_layer_read(b->layer, *f, &there, &b->error);
        b->end = !b->good || !there;
        if (b->end)
            break;
        GBytes *wkb = rdl_feature_wkb(*f);
        batch->bytes += wkb ? g_bytes_get_size(wkb) : 0;
        batch->n++;
    }
    return NULL;
}

static void begin_reading(rdl_batches *b)
{
    b->running = b->ahead && pthread_create(&b->thread, NULL, read_next, b) == 0;
    if (!b->running)
        read_next(b);
}

static void end_reading(rdl_batches *b)
{
    if (b->running)
        pthread_join(b->thread, NULL);
    b->running = false;
}

rdl_batches *rdl_batches_new(rdl_layer *layer, bool ahead)
{
    rdl_batches *b = g_new0(rdl_batches, 1);

    b->layer = layer;
    b->ahead = ahead;
    begin_reading(b);
    return b;
}

void rdl_batches_free(rdl_batches *batches)
{
    if (!batches)
        return;
    end_reading(batches);
    g_clear_error(&batches->error);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < RDL_BATCH_FEATURES; k++)
            rdl_feature_free(batches->batches[i].features[k]);
    g_free(batches);
}

const rdl_batch *rdl_batches_next(rdl_batches *batches, GError **error)
{
    rdl_batches *b = batches;

    end_reading(b);
    if (!b->good) {
        g_propagate_error(error, g_steal_pointer(&b->error));
        return NULL;
    }
    rdl_batch *batch = &b->batches[b->next];
    if (batch->n) {
        b->next = 1 - b->next;
        begin_reading(b);
    }
    return batch;
}
