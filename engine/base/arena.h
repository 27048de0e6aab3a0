/* base/arena.h - many small pieces of memory that live and die together. */
#ifndef RDL_BASE_ARENA_H
#define RDL_BASE_ARENA_H

#include "base/error.h"

typedef struct rdl_arena rdl_arena; /* one thread's at a time */
RDL_API rdl_arena *rdl_arena_new(void);
RDL_API void rdl_arena_free(rdl_arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_arena, rdl_arena_free)

/** n bytes of zeros, aligned for any struct. */
RDL_API void *rdl_arena_take(rdl_arena *arena, size_t n);
/** A copy of n bytes, not aligned. */
RDL_API void *rdl_arena_copy(rdl_arena *arena, const void *bytes, size_t n);
/** A copy of a text; NULL for NULL. */
RDL_API char *rdl_arena_text(rdl_arena *arena, const char *text);

#endif
