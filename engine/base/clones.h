/* base/clones.h - compile a kernel for plain and for wide vectors. */
#ifndef RDL_BASE_CLONES_H
#define RDL_BASE_CLONES_H

/* Sanitizers run resolvers before they are ready. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define RDL_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RDL_CLONES
#endif

/* Four doubles side by side; may lie anywhere in an array. */
typedef double rdl_four __attribute__((vector_size(32), aligned(8), may_alias));
/* The four of an array from `p` on, to be read or set. */
#define RDL_FOUR(p) (*(rdl_four *)(void *)(p))
#define RDL_FOUR_OF(p) (*(const rdl_four *)(const void *)(p))

#endif
