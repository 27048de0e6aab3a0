#include "base/arena.h"

#include <stddef.h>
#include <string.h>

#define BLOCK ((size_t)1 << 20)

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
        g_free(b);
    }
    g_free(arena);
}

static char *room(rdl_arena *arena, size_t n)
{
    if ((size_t)(arena->end - arena->at) < n) {
        size_t size = MAX(n, BLOCK);
        block *b = g_malloc(sizeof *b + size);
        b->before = arena->last;
        arena->last = b;
        if (size > BLOCK) /* a piece of its own; the block being filled stays */
            return (char *)b->bytes;
        arena->at = (char *)b->bytes;
        arena->end = arena->at + size;
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
