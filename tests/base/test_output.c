#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>
#include "base/base.h"
#include "suite.h"

static int files_in(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    int n = 0;

    while (g_dir_read_name(dir))
        n++;
    g_dir_close(dir);
    return n;
}

static void what_is_not_committed_is_gone(void)
{
    GError *error = NULL;
    const char *folder = suite_path("gone");

    CHECK(rdl_output_folder(folder, &error));
    g_autofree char *path = g_build_filename(folder, "x.txt", NULL);
    rdl_output *output = rdl_output_begin(path, false, &error);
    CHECK(g_file_set_contents(rdl_output_temporary(output), "half", -1, NULL));
    rdl_output_free(output);
    CHECK_OK(error);
    CHECK_INT(files_in(folder), 0);
}

static void an_existing_file_is_kept_unless_told(void)
{
    GError *error = NULL;
    const char *path = suite_path("kept.txt");
    g_autofree char *text = NULL;

    CHECK(rdl_output_text(path, "first", false, &error));
    CHECK(!rdl_output_text(path, "second", false, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--overwrite");
    CHECK(rdl_output_text(path, "third", true, &error));
    CHECK_OK(error);
    g_file_get_contents(path, &text, NULL, NULL);
    CHECK_TEXT(text, "third");
}

static void a_pipe_is_not_replaced(void)
{
    GError *error = NULL;
    const char *path = suite_path("pipe");

    CHECK_INT(mkfifo(path, 0600), 0);
    CHECK(!rdl_output_text(path, "", true, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "a device or a pipe");
    CHECK(g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static void a_missing_folder_is_named(void)
{
    GError *error = NULL;

    CHECK(!rdl_output_text(suite_path("no/such/x.txt"), "", false, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "does not exist");
}

static void digests_and_ids_are_what_they_should_be(void)
{
    GError *error = NULL;
    const char *path = suite_path("abc");

    CHECK(rdl_output_text(path, "abc", false, &error));
    g_autofree char *digest = rdl_digest_file(path, &error); /* FIPS 180-2 test vector */
    CHECK_TEXT(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_autofree char *a = rdl_digest_id("F-", "ab", "c", RDL_DIGEST_END);
    g_autofree char *b = rdl_digest_id("F-", "a", "bc", RDL_DIGEST_END);
    CHECK(g_strcmp0(a, b) != 0);
    CHECK_INT(strlen(a), 14);
}

static CU_TestInfo tests[] = {
    {"what is not committed is gone", what_is_not_committed_is_gone},
    {"an existing file is kept unless told", an_existing_file_is_kept_unless_told},
    {"a pipe is not replaced", a_pipe_is_not_replaced},
    {"a missing folder is named", a_missing_folder_is_named},
    {"digests and ids are what they should be", digests_and_ids_are_what_they_should_be},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.output", tests, argc, argv);
}
