/* Bundles: a folder or an archive, whole or not at all, the same bytes; names that lead out. */
#include <string.h>
#include <unistd.h>
#include <cpl_vsi.h>
#include <glib/gstdio.h>
#include "base/base.h"
#include "suite.h"

static const rdl_day day = 739921; /* 2026-11-01 */

/* `path` with two files, one of them empty and below a Chinese folder. */
static bool bundled(const char *path, bool overwrite, GError **error)
{
    g_autofree char *long_text = g_strnfill(100000, 'a');
    g_autoptr(rdl_bundle) b = rdl_bundle_begin(path, overwrite, error);

    return b && rdl_bundle_text(b, "z.txt", long_text, error) &&
           rdl_bundle_text(b, "照片/空.txt", "", error) && rdl_bundle_commit(b, day, error);
}

static int files_in(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    int n = 0;

    while (dir && g_dir_read_name(dir))
        n++;
    if (dir)
        g_dir_close(dir);
    return n;
}

/* Size and day of a file of the archive, as GDAL reads it. */
static void check_member(const char *archive, const char *name, gint64 size, rdl_day dated)
{
    g_autofree char *inside = g_strdup_printf("/vsizip/%s/%s", archive, name);
    VSIStatBufL s = {0};

    CHECK_INT(VSIStatL(inside, &s), 0);
    CHECK_INT(s.st_size, size);
    CHECK_INT(s.st_mtime / 86400 + rdl_day_of(1970, 1, 1), dated);
}

static void an_archive_is_read_by_others(void)
{
    const char *path = suite_path("a.zip");
    GError *error = NULL;

    CHECK(bundled(path, false, &error));
    CHECK_OK(error);
    check_member(path, "z.txt", 100000, day);
    check_member(path, "照片/空.txt", 0, day);
    GStatBuf packed;
    CHECK(g_stat(path, &packed) == 0 && packed.st_size < 1000);
    g_autofree char *inside = g_strdup_printf("/vsizip/%s/z.txt", path);
    char text[4] = "";
    VSILFILE *f = VSIFOpenL(inside, "rb");
    CHECK(f && VSIFSeekL(f, 99998, SEEK_SET) == 0 && VSIFReadL(text, 1, 3, f) == 2);
    if (f)
        VSIFCloseL(f);
    CHECK_TEXT(text, "aa");
}

static void the_same_files_give_the_same_bytes(void)
{
    const char *a = suite_path("same-a.zip"), *b = suite_path("same-b.zip");
    GError *error = NULL;

    CHECK(bundled(a, false, &error) && bundled(b, false, &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(a, b);
    g_setenv("SOURCE_DATE_EPOCH", "1000000000", TRUE);
    CHECK(bundled(b, true, &error));
    g_unsetenv("SOURCE_DATE_EPOCH");
    check_member(b, "z.txt", 100000, rdl_day_of(2001, 9, 9));
}

static void a_folder_holds_the_files(void)
{
    const char *path = suite_path("folder");
    g_autofree char *file = g_build_filename(path, "照片", "空.txt", NULL);
    GError *error = NULL;

    CHECK(bundled(path, false, &error));
    CHECK_OK(error);
    CHECK(g_file_test(file, G_FILE_TEST_IS_REGULAR));
    CHECK_INT(files_in(path), 2);
    g_autoptr(GPtrArray) names = rdl_folder_names(path, &error);
    CHECK_INT(names->len, 2);
    CHECK_TEXT(names->pdata[1], "照片/空.txt");
    CHECK(symlink("/etc", suite_path("folder/link")) == 0);
    g_autoptr(GPtrArray) with_link = rdl_folder_names(path, &error);
    CHECK(with_link == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "is no file");
}

static void what_is_there_is_kept(void)
{
    const char *archive = suite_path("kept.zip"), *folder = suite_path("kept");
    g_autofree char *mine = g_build_filename(folder, "mine", NULL);
    GError *error = NULL;

    CHECK(rdl_output_text(archive, "mine", false, &error) && rdl_output_folder(folder, &error));
    CHECK(bundled(folder, false, &error)); /* an empty one is taken */
    CHECK_OK(error);
    CHECK(!bundled(archive, false, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--overwrite");
    CHECK(!bundled(folder, true, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "name another folder");
    CHECK(bundled(archive, true, &error));
    CHECK_OK(error);
}

static void what_is_not_committed_is_gone(void)
{
    const char *home = suite_path("home");
    GError *error = NULL;

    CHECK(rdl_output_folder(home, &error));
    g_autofree char *path = g_build_filename(home, "x.zip", NULL);
    rdl_bundle *b = rdl_bundle_begin(path, false, &error);
    CHECK(rdl_bundle_text(b, "below/half", "half", &error));
    rdl_bundle_free(b);
    CHECK_OK(error);
    CHECK_INT(files_in(home), 0);
}

static void names_that_lead_out_are_told(void)
{
    static const char *const bad[] = {"", "/etc/passwd", "../x", "a/../../x", "a//b", "C:\\x",
                                      "a\\b", "c:x", "a/", ".", "a/./b", "\xff", "a\nb"};
    static const char *const good[] = {"a", "a/b.txt", "照片/空.txt", "..a", "a..b"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        CHECK(!rdl_zip_name_safe(bad[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        CHECK(rdl_zip_name_safe(good[i]));
}

static CU_TestInfo tests[] = {
    {"an archive is read by others", an_archive_is_read_by_others},
    {"the same files give the same bytes", the_same_files_give_the_same_bytes},
    {"a folder holds the files", a_folder_holds_the_files},
    {"what is there is kept", what_is_there_is_kept},
    {"what is not committed is gone", what_is_not_committed_is_gone},
    {"names that lead out are told", names_that_lead_out_are_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.bundle", tests, argc, argv);
}
