/* detect/field.h - planes of numbers over a pair, seen block by block with a margin around.
 *
 * Every block is read and scored once; a window is put together from the planes of a block and its
 * neighbours when the last of them has come, and planes are let go when no window needs them any
 * more: about three rows of blocks are in memory at a time. */
#ifndef RDL_DETECT_FIELD_H
#define RDL_DETECT_FIELD_H

#include "detect/pair.h"

/** `planes` planes of rdl_block_pixels(whole) values. Only `core` is to be judged: around it the
 *  window reaches `margin` pixels further, or to the edge of the scene. */
typedef struct rdl_window {
    rdl_block whole, core;
    float *planes; /* to be changed in place as well */
} rdl_window;

typedef struct rdl_field_work {
    int planes, margin;                            /* of a pixel; in pixels, 0..RDL_CELL */
    void *(*state_new)(void *user, size_t pixels); /* one thread's; pixels of a window at most */
    void (*state_free)(void *user, void *state);   /* one thread at a time */
    /** From what the reader has read to planes[k * n + i], NaN where not observed. */
    void (*score)(void *user, void *state, rdl_pair_reader *reader, float *planes);
    bool (*window)(void *user, void *state, size_t block, rdl_window window, GError **error);
    void (*stop)(void *user, const GError *why); /* no more windows will come; may be NULL */
    const char *step;
} rdl_field_work;

/** Every block of `blocks`. Fails: RDL_ERROR_IO, RDL_ERROR_CANCELLED, as `window` fails. */
bool rdl_field_each(const rdl_pair *pair, const rdl_blocks *blocks, int threads,
                    const rdl_field_work *work, void *user, const rdl_progress *progress,
                    GError **error);
/** Windows of 512 x 512 pixels that hold about RDL_SAMPLE_PIXELS together, all of them in scenes
 *  smaller than that, spread evenly else; a window's core ends `margin` pixels before its edge
 *  where the scene goes on. For statistics. */
bool rdl_field_sample(const rdl_pair *pair, int threads, const rdl_field_work *work, void *user,
                      const rdl_progress *progress, GError **error);

#endif
