/* Whole commands, each case a folder golden/<command>/<case>: `args` is what follows "redline" in a
 * shell ($DATA is the source tree's data folder, $REDLINE the program, the working folder is empty and fresh), `stdout`
 * and `stderr` what it must print (numbers to 1e-9), `status` how it must end.
 * REDLINE_UPDATE=1 writes what it prints now, the README's balance sheet too: look at the
 * difference before you commit it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "suite.h"

typedef struct {
    char *out, *err;
    int status;
} ran;

static ran run_case(const char *name, const char *args)
{
    static int n;
    ran r = {0};
    GError *error = NULL;
    g_autofree char *folder = g_strdup_printf("%s/case-%d", suite_folder(), n++);
    g_autofree char *line = g_strdup_printf("mkdir '%s' && cd '%s' && '%s' %s", folder, folder,
                                            REDLINE_PROGRAM, args);
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DATA", suite_source("data"), TRUE);
    const char *argv[] = {"sh", "-c", line, NULL};
    int wait_status = 0;

    env = g_environ_setenv(env, "REDLINE", REDLINE_PROGRAM, TRUE);
    env = g_environ_setenv(env, "LC_ALL", "C.UTF-8", TRUE);
    env = g_environ_unsetenv(env, "LANGUAGE");
    if (!g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_SEARCH_PATH, NULL, NULL, &r.out, &r.err,
                      &wait_status, &error))
        printf("\n    %s: %s", name, error->message);
    r.status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    g_clear_error(&error);
    return r;
}

/* Paths of this machine become $DATA. Digests of results become <sha256> and [<hash>]: another
 * processor's libm may differ in the last bit. */
static char *without_machine(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, suite_source("data"), -1);
    g_autofree char *plain = g_strjoinv("$DATA", parts);
    g_autoptr(GRegex) digest = g_regex_new("\\b[0-9a-f]{64}\\b", 0, 0, NULL);
    g_autoptr(GRegex) hash = g_regex_new("\\[[0-9a-f]{12}\\]", 0, 0, NULL);
    g_autofree char *once = g_regex_replace_literal(digest, plain, -1, 0, "<sha256>", 0, NULL);

    return g_regex_replace_literal(hash, once, -1, 0, "[<hash>]", 0, NULL);
}

/* Same text, numbers with a decimal point to 1e-9 of their size. */
static bool same(const char *a, const char *b)
{
    while (*a && *b) {
        char *end_a, *end_b;
        bool digit = g_ascii_isdigit(*a) && g_ascii_isdigit(*b);
        double x = digit ? g_ascii_strtod(a, &end_a) : 0, y = digit ? g_ascii_strtod(b, &end_b) : 0;
        if (digit && memchr(a, '.', (size_t)(end_a - a)) && memchr(b, '.', (size_t)(end_b - b))) {
            if (fabs(x - y) > 1e-9 * fmax(1.0, fabs(x)))
                return false;
            a = end_a;
            b = end_b;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return *a == *b;
}

static void show_difference(const char *name, const char *what, const char *got, const char *want)
{
    g_auto(GStrv) g = g_strsplit(got, "\n", -1), w = g_strsplit(want, "\n", -1);

    for (int i = 0; g[i] && w[i]; i++)
        if (!same(g[i], w[i])) {
            printf("\n    %s, %s line %d\n      got    %s\n      wanted %s\n", name, what, i + 1, g[i], w[i]);
            return;
        }
    printf("\n    %s, %s: %u lines, wanted %u\n", name, what, g_strv_length(g), g_strv_length(w));
}

static void compare(const char *folder, const char *name, const char *what, const char *got)
{
    g_autofree char *path = g_build_filename(folder, what, NULL), *want = NULL;

    if (g_getenv("REDLINE_UPDATE"))
        g_file_set_contents(path, got, -1, NULL);
    if (!g_file_get_contents(path, &want, NULL, NULL)) {
        printf("\n    %s: has no %s: REDLINE_UPDATE=1 writes one\n", name, what);
        CHECK(!"a golden file is missing");
        return;
    }
    if (!same(got, want)) {
        show_difference(name, what, got, want);
        CHECK(!"a command prints something else");
    }
}

static void check_case(const char *command, const char *name)
{
    g_autofree char *folder = g_build_filename(suite_source("tests/golden"), command, name, NULL);
    g_autofree char *path = g_build_filename(folder, "args", NULL), *args = NULL;
    g_autofree char *title = g_strdup_printf("%s/%s", command, name);

    if (!g_file_get_contents(path, &args, NULL, NULL))
        return;
    ran r = run_case(title, g_strstrip(args));
    g_autofree char *out = without_machine(r.out ? r.out : ""), *err = without_machine(r.err ? r.err : "");
    g_autofree char *status = g_strdup_printf("%d\n", r.status);
    compare(folder, title, "stdout", out);
    compare(folder, title, "stderr", err);
    compare(folder, title, "status", status);
    g_free(r.out);
    g_free(r.err);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *folders_in(const char *path)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            g_ptr_array_add(names, g_strdup(name));
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

static void every_command_prints_what_it_must(void)
{
    g_autoptr(GPtrArray) commands = folders_in(suite_source("tests/golden"));
    int cases = 0;

    for (guint i = 0; i < commands->len; i++) {
        g_autofree char *path = g_build_filename(suite_source("tests/golden"), commands->pdata[i], NULL);
        g_autoptr(GPtrArray) names = folders_in(path);
        for (guint k = 0; k < names->len; k++, cases++)
            check_case(commands->pdata[i], names->pdata[k]);
    }
    CHECK(cases > 10);
}

/* A fenced block of the README that begins with `first`, up to a line "  ..." that cuts it. */
static bool find_block(const char *readme, const char *first, size_t *from, size_t *n)
{
    g_autofree char *opening = g_strconcat("```\n", first, NULL);
    const char *start = strstr(readme, opening), *to = start ? strstr(start + 4, "```") : NULL;
    const char *cut = to ? g_strstr_len(start, to - start, "\n  ...\n") : NULL;

    if (!to)
        return false;
    *from = (size_t)(start + 4 - readme);
    *n = (size_t)((cut ? cut + 1 : to) - start - 4);
    return true;
}

static void check_block(const char *first, const char *golden)
{
    g_autofree char *readme = NULL, *printed = NULL, *shown = NULL;
    size_t from, n;
    bool good = g_file_get_contents(suite_source("README.md"), &readme, NULL, NULL) &&
                g_file_get_contents(suite_source(golden), &printed, NULL, NULL) &&
                find_block(readme, first, &from, &n);

    if (good) {
        shown = g_strndup(readme + from, n);
        if (!strstr(printed, shown))
            show_difference("README.md", first, shown, strstr(printed, first) ? strstr(printed, first) : "");
        good = strstr(printed, shown) != NULL;
    }
    CHECK(good);
}

static void the_readme_shows_what_the_sample_prints(void)
{
    const char *sheet = "tests/golden/run/sample/stdout", *tasks = "tests/golden/run/tasks/stdout";
    g_autofree char *readme = NULL, *printed = NULL;
    size_t from, n;

    if (g_getenv("REDLINE_UPDATE") &&
        g_file_get_contents(suite_source("README.md"), &readme, NULL, NULL) &&
        g_file_get_contents(suite_source(sheet), &printed, NULL, NULL) &&
        find_block(readme, "balance sheet of", &from, &n)) {
        g_autofree char *head = g_strndup(readme, from);
        g_autofree char *whole = g_strconcat(head, printed, readme + from + n, NULL);
        g_file_set_contents(suite_source("README.md"), whole, -1, NULL);
    }
    check_block("balance sheet of", sheet);
    check_block("TASK ", tasks);
    check_block("S-", tasks);
}

static CU_TestInfo tests[] = {
    {"every command prints what it must", every_command_prints_what_it_must},
    {"the README shows what the sample prints", the_readme_shows_what_the_sample_prints},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("golden.commands", tests, argc, argv);
}
