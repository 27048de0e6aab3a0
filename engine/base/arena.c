#include "base/arena.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_BLOCK ((size_t)1 << 20)
#define BLOCK ((size_t)4 << 20)
#define HUGE_PAGE ((size_t)2 << 20)

typedef struct block {
    struct block *before;
    max_align_t bytes[];
} block;

struct rdl_arena {
    block *last;
    char *at, *end; /* room in the block being filled */
};

rdl_arena *rdl_arena_new(void)
{
    return g_new0(rdl_arena, 1);
}

void rdl_arena_free(rdl_arena *arena)
{
    if (!arena)
        return;
    for (block *b = arena->last, *before; b; b = before) {
        before = b->before;
        free(b);
    }
    g_free(arena);
}

/* Where there is much, it is read in any order: large pages spare the processor looking up where
 * each lies. */
static block *block_new(rdl_arena *arena, size_t size)
{
    block *b = size == BLOCK ? aligned_alloc(HUGE_PAGE, size) : malloc(size);

    if (!b)
        g_error("%s: out of memory, %zu bytes", G_STRLOC, size);
#ifdef MADV_HUGEPAGE
    if (size == BLOCK)
        madvise(b, size, MADV_HUGEPAGE); /* without it: the same, slower */
#endif
    b->before = arena->last;
    arena->last = b;
    return b;
}

static char *room(rdl_arena *arena, size_t n)
{
    if ((size_t)(arena->end - arena->at) < n) {
        if (n > FIRST_BLOCK / 2) /* a piece of its own; the block being filled stays */
            return (char *)block_new(arena, sizeof(block) + n)->bytes;
        size_t size = arena->last ? BLOCK : FIRST_BLOCK;
        block *b = block_new(arena, size);
        arena->at = (char *)b->bytes;
        arena->end = (char *)b + size;
    }
    char *piece = arena->at;
    arena->at += n;
    return piece;
}

void *rdl_arena_take(rdl_arena *arena, size_t n)
{
    size_t pad = (size_t)(-(guintptr)arena->at) % sizeof(double);

    if ((size_t)(arena->end - arena->at) >= pad)
        arena->at += pad;
    return memset(room(arena, n), 0, n);
}

void *rdl_arena_copy(rdl_arena *arena, const void *bytes, size_t n)
{
    return n ? memcpy(room(arena, n), bytes, n) : room(arena, 0);
}

char *rdl_arena_text(rdl_arena *arena, const char *text)
{
    return text ? rdl_arena_copy(arena, text, strlen(text) + 1) : NULL;
}
