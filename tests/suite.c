#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <CUnit/Basic.h>
#include <gdal.h>
#include "base/base.h"

static char *folder;
static GPtrArray *strings;
static GRand *random_numbers;

static const char *keep(char *take_text)
{
    if (!strings)
        strings = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(strings, take_text);
    return take_text;
}

const char *suite_folder(void)
{
    if (!folder)
        folder = g_dir_make_tmp("redline-test-XXXXXX", NULL);
    if (!folder)
        g_error("no folder for temporary files");
    return folder;
}

const char *suite_path(const char *name)
{
    return keep(g_build_filename(suite_folder(), name, NULL));
}

const char *suite_source(const char *relative)
{
    return keep(g_build_filename(REDLINE_SOURCE, relative, NULL));
}

const char *suite_shared(const char *relative)
{
    const char *path = keep(g_build_filename(REDLINE_SOURCE, "..", "shared", relative, NULL));

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    printf("  (skipped: the shared data folder has no %s here)\n", relative);
    return NULL;
}

GRand *suite_rand(void)
{
    if (!random_numbers) {
        const char *given = g_getenv("REDLINE_SEED");
        guint32 seed = given ? (guint32)strtoul(given, NULL, 10) : g_random_int();
        printf("  seed %u (REDLINE_SEED=%u repeats this run)\n", seed, seed);
        random_numbers = g_rand_new_with_seed(seed);
    }
    return random_numbers;
}

static bool wanted(const char *sentence, int argc, char **argv)
{
    if (argc < 2)
        return true;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], sentence) == 0)
            return true;
    return false;
}

static void remove_folder(void)
{
    if (folder) {
        g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
        if (system(command) != 0)
            fprintf(stderr, "%s was not removed\n", folder);
    }
    g_clear_pointer(&folder, g_free);
}

int run_suite(const char *name, CU_TestInfo *tests, int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    g_setenv("LC_ALL", "C.UTF-8", TRUE); /* the programs that suites start speak English */
    g_unsetenv("LANGUAGE");
    GDALAllRegister();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    for (CU_TestInfo *t = tests; t->pName; t++)
        if (wanted(t->pName, argc, argv))
            CU_add_test(suite, t->pName, t->pTestFunc);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    bool failed = CU_get_number_of_tests_failed() > 0 || CU_get_number_of_tests_run() == 0 ||
                  CU_get_number_of_suites_failed() > 0;
    CU_cleanup_registry();
    remove_folder();
    g_clear_pointer(&strings, g_ptr_array_unref);
    g_clear_pointer(&random_numbers, g_rand_free);
    GDALDestroyDriverManager();
    return failed ? 1 : 0;
}

static bool say(bool good, const char *file, int line, char *take_text)
{
    if (!good)
        printf("\n    %s:%d: %s", file, line, take_text);
    CU_assertImplementation(good, (unsigned)line, take_text, file, "", CU_FALSE);
    g_free(take_text);
    return good;
}

bool suite_check(bool good, const char *what, const char *file, int line)
{
    return say(good, file, line, g_strdup(what));
}

bool suite_check_int(gint64 got, gint64 want, const char *what, const char *file, int line)
{
    return say(got == want, file, line,
               g_strdup_printf("%s is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, what, got,
                               want));
}

bool suite_check_near(double got, double want, double tolerance, const char *what,
                      const char *file, int line)
{
    return say(fabs(got - want) <= tolerance, file, line,
               g_strdup_printf("%s is %.15g, not %.15g within %.3g", what, got, want, tolerance));
}

bool suite_check_text(const char *got, const char *want, const char *what, const char *file,
                      int line)
{
    return say(g_strcmp0(got, want) == 0, file, line,
               g_strdup_printf("%s is \"%s\", not \"%s\"", what, got ? got : "(null)",
                               want ? want : "(null)"));
}

bool suite_check_ok(GError **error, const char *file, int line)
{
    bool good = *error == NULL;

    say(good, file, line, g_strdup_printf("failed: %s", good ? "" : (*error)->message));
    g_clear_error(error);
    return good;
}

bool suite_check_fails(GError **error, int code, const char *part, const char *file, int line)
{
    bool good = g_error_matches(*error, RDL_ERROR, code) && strstr((*error)->message, part);

    say(good, file, line,
        g_strdup_printf("expected failure %d with \"%s\", got %s", code, part,
                        *error ? (*error)->message : "success"));
    g_clear_error(error);
    return good;
}

bool suite_check_same_file(const char *a, const char *b, const char *file, int line)
{
    g_autofree char *ta = NULL, *tb = NULL;
    size_t na = 0, nb = 0, at = 0;
    bool read = g_file_get_contents(a, &ta, &na, NULL) && g_file_get_contents(b, &tb, &nb, NULL);

    while (read && at < MIN(na, nb) && ta[at] == tb[at])
        at++;
    return say(read && na == nb && at == na, file, line,
               g_strdup_printf("%s (%zu bytes) and %s (%zu bytes) differ at byte %zu", a, na, b, nb,
                               at));
}
