/* Feeds a fuzz target the files of its corpus, each as it is and then changed a few hundred times
 * (same changes every run), where no fuzzing engine is at hand: every find becomes a test. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "fuzz/target.h"

#define CHANGES 300

static size_t change(GRand *r, uint8_t *bytes, size_t n)
{
    int how = g_rand_int_range(r, 0, 4);
    size_t at = (size_t)g_rand_int_range(r, 0, (int)n);

    if (how == 0)
        return at;
    if (how == 1)
        bytes[at] = (uint8_t)g_rand_int(r);
    else if (how == 2)
        bytes[at] ^= (uint8_t)(1u << g_rand_int_range(r, 0, 8));
    else
        memmove(bytes + at, bytes + (size_t)g_rand_int_range(r, 0, (int)(at + 1)), n - at);
    return n;
}

static void feed(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GRand) r = g_rand_new_with_seed(20261101);
    gsize n;

    if (!g_file_get_contents(path, &text, &n, NULL))
        return;
    LLVMFuzzerTestOneInput((const uint8_t *)text, n);
    for (int i = 0; n > 0 && i < CHANGES; i++) {
        g_autofree uint8_t *bytes = g_memdup2(text, n);
        size_t left = n;
        for (int k = g_rand_int_range(r, 1, 5); k > 0 && left > 0; k--)
            left = change(r, bytes, left);
        /* of exactly its size, so that a sanitizer sees a byte read too far */
        g_autofree uint8_t *exact = g_memdup2(bytes, left);
        LLVMFuzzerTestOneInput(exact ? exact : bytes, left);
    }
}

int main(int argc, char **argv)
{
    GDir *dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
    const char *name;
    int files = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        feed(path);
        files++;
    }
    if (dir)
        g_dir_close(dir);
    printf("%d files, %d changes each\n", files, CHANGES);
    return files ? 0 : 1;
}
