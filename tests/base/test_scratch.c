/* Folders for temporary files: gone with what they were for, or with the next one. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/base.h"
#include "suite.h"

static bool there(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void a_folder_goes_with_all_that_is_in_it(void)
{
    GError *error = NULL;
    rdl_scratch *s = rdl_scratch_new(&error);
    CHECK_OK(error);
    g_autofree char *path = g_strdup(rdl_scratch_path(s));
    g_autofree char *file = g_build_filename(path, "a", NULL);
    GStatBuf of;

    CHECK(g_str_has_prefix(path, g_get_tmp_dir()));
    CHECK(g_stat(path, &of) == 0 && (of.st_mode & 0077) == 0);
    CHECK(g_file_set_contents(file, "x", -1, NULL));
    rdl_scratch_free(s);
    CHECK(!there(path));
}

/* Another process that makes one; *path is told through a pipe. It lives until `end` is closed, and
 * leaves its folder. */
static pid_t other(char path[256], int *end)
{
    int told[2], ends[2];

    CHECK(pipe(told) == 0 && pipe(ends) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        rdl_scratch *s = rdl_scratch_new(NULL);
        g_autofree char *file = s ? g_build_filename(rdl_scratch_path(s), "left", NULL) : NULL;
        char byte;
        close(ends[1]);
        bool good = s && g_file_set_contents(file, "x", -1, NULL) &&
                    write(told[1], rdl_scratch_path(s), strlen(rdl_scratch_path(s)) + 1) > 0 &&
                    read(ends[0], &byte, 1) == 0;
        _exit(good ? 0 : 1); /* as if it were killed: nothing is freed */
    }
    close(ends[0]);
    *end = ends[1];
    memset(path, 0, 256);
    CHECK(read(told[0], path, 255) > 0);
    close(told[0]);
    close(told[1]);
    return pid;
}

static void what_a_killed_process_left_goes_with_the_next(void)
{
    GError *error = NULL;
    char path[256];
    int end;
    pid_t pid = other(path, &end);

    g_autoptr(rdl_scratch) beside = rdl_scratch_new(&error);
    CHECK_OK(error);
    CHECK(there(path)); /* it lives */
    close(end);
    waitpid(pid, NULL, 0);
    CHECK(there(path));
    g_autoptr(rdl_scratch) next = rdl_scratch_new(&error);
    CHECK_OK(error);
    CHECK(!there(path));
    CHECK(there(rdl_scratch_path(beside)));
    CHECK(there(rdl_scratch_path(next)));
}

static void what_others_call_alike_stays(void)
{
    g_autofree char *notes = g_build_filename(g_get_tmp_dir(), "redline-scratch-notes-1", NULL);
    g_autofree char *home = g_build_filename(g_get_tmp_dir(), "kept", NULL);
    g_autofree char *file = g_build_filename(home, "paper", NULL);
    g_autofree char *link = g_build_filename(g_get_tmp_dir(), "redline-scratch-abcdef", NULL);

    CHECK(g_mkdir(notes, 0700) == 0 && g_mkdir(home, 0700) == 0);
    CHECK(g_file_set_contents(file, "x", -1, NULL) && symlink(home, link) == 0);
    g_autoptr(rdl_scratch) next = rdl_scratch_new(NULL);
    g_autofree char *inner = g_build_filename(rdl_scratch_path(next), "link", NULL);
    CHECK(symlink(home, inner) == 0);
    g_clear_pointer(&next, rdl_scratch_free);
    CHECK(there(notes));
    CHECK(there(file)); /* neither is a link followed */
}

static CU_TestInfo tests[] = {
    {"a folder goes with all that is in it", a_folder_goes_with_all_that_is_in_it},
    {"what a killed process left goes with the next",
     what_a_killed_process_left_goes_with_the_next},
    {"what others call alike stays", what_others_call_alike_stays},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    g_autofree char *home = g_strdup("/tmp/redline-home-XXXXXX");

    if (!g_mkdtemp(home) || !g_setenv("TMPDIR", home, TRUE)) /* which is read once */
        return 1;
    int status = run_suite("base.scratch", tests, argc, argv);
    rdl_folder_remove(home);
    return status;
}
