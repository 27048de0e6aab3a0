/* detect/clones.h - compile a kernel for plain and for wide vectors. */
#ifndef RDL_DETECT_CLONES_H
#define RDL_DETECT_CLONES_H

/* Sanitizers run resolvers before they are ready. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define RDL_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RDL_CLONES
#endif

#endif
