/* tests/fuzz/target.h - what every fuzz target defines, and what they share. */
#ifndef RDL_TESTS_FUZZ_TARGET_H
#define RDL_TESTS_FUZZ_TARGET_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The bytes as text that ends, yours. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    return g_strndup((const char *)data, size);
}

/** The bytes as a file; no fsync(), which is what takes the time. */
static inline gboolean fuzz_write(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    gboolean good = f && fwrite(data, 1, size, f) == size;

    return f && fclose(f) == 0 && good;
}

/** A parser must fail with an error or give something, never both. */
static inline void fuzz_check(const void *result, GError *error)
{
    if (!result == !error)
        g_error("a parser gave %s", result ? "a result and an error" : "neither result nor error");
    g_clear_error(&error);
}

#endif
