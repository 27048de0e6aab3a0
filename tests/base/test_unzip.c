/* What others made is looked at before it is unpacked. */
#include <string.h>
#include <sys/stat.h>
#include <minizip/zip.h>
#include "base/base.h"
#include "suite.h"

static const rdl_unzip_limits limits = {4, 1000, 2000};

typedef struct {
    const char *name;
    guint32 mode; /* Unix; 0: none */
    size_t zeros;
} member;

/* As somebody with bad intentions would: no name is checked. */
static const char *hostile(const char *file, const member *members, int n)
{
    static const char zeros[4096];
    const char *path = suite_path(file);
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);

    for (int i = 0; i < n; i++) {
        const zip_fileinfo info = {.external_fa = (uLong)members[i].mode << 16};
        zipOpenNewFileInZip(zip, members[i].name, &info, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 6);
        for (size_t at = 0; at < members[i].zeros; at += sizeof zeros)
            zipWriteInFileInZip(zip, zeros, (unsigned)MIN(sizeof zeros, members[i].zeros - at));
        zipCloseFileInZip(zip);
    }
    zipClose(zip, NULL);
    return path;
}

/* Unpack into a fresh folder of that name, which must stay empty when it is refused. */
static char **unpack(const char *path, const char *folder, GError **error)
{
    const char *to = suite_path(folder);

    CHECK(rdl_output_folder(to, NULL));
    char **names = rdl_unzip(path, to, &limits, NULL, error);
    if (!names) {
        g_autoptr(GDir) dir = g_dir_open(to, 0, NULL);
        CHECK(dir && !g_dir_read_name(dir));
    }
    return names;
}

static void refused(const char *file, const member *members, int n, const char *why)
{
    GError *error = NULL;
    g_autofree char *folder = g_strconcat(file, ".d", NULL);
    g_auto(GStrv) names = unpack(hostile(file, members, n), folder, &error);

    CHECK(names == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, why);
}

static const char *written(const char *file, GError **error)
{
    const char *path = suite_path(file);
    rdl_zip *zip = rdl_zip_new(path, 0, error);

    CHECK(g_file_set_contents(suite_path("one"), "one", 3, NULL));
    CHECK(g_file_set_contents(suite_path("none"), "", 0, NULL));
    CHECK(rdl_zip_add(zip, "b/照片.txt", suite_path("one"), error));
    CHECK(rdl_zip_add(zip, "a.txt", suite_path("none"), error));
    CHECK(rdl_zip_finish(zip, error));
    return path;
}

static void what_was_written_comes_back(void)
{
    GError *error = NULL;
    g_auto(GStrv) names = unpack(written("a.zip", &error), "a.d", &error);
    g_autofree char *text = NULL, *whole = g_build_filename(suite_path("a.d"), "b/照片.txt", NULL);

    CHECK_OK(error);
    CHECK_INT(g_strv_length(names), 2);
    CHECK_TEXT(names[0], "a.txt");
    CHECK(g_file_get_contents(whole, &text, NULL, NULL));
    CHECK_TEXT(text, "one");
}

static void names_that_lead_elsewhere_are_refused(void)
{
    static const char *const names[] = {
        "../out.txt", "a/../../out.txt", "/etc/passwd", "C:\\x", "a\\b", "./a", "a//b",
        "a\nb",       "\xff\xfe",        "..",          "../"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *file = g_strdup_printf("slip-%zu.zip", i);
        const member m[] = {{"good.txt", 0, 1}, {names[i], 0, i == 10 ? 0 : 1}};
        refused(file, m, 2, "is no plain name below a folder");
    }
    CHECK(!g_file_test(suite_path("out.txt"), G_FILE_TEST_EXISTS));
}

static void links_doubles_and_bombs_are_refused(void)
{
    const member link[] = {{"a", S_IFLNK | 0777, 5}};
    const member device[] = {{"a", S_IFCHR | 0666, 0}};
    const member twice[] = {{"a", 0, 1}, {"a", 0, 1}};
    const member cased[] = {{"a/B.txt", 0, 1}, {"A/b.TXT", 0, 1}};
    const member bomb[] = {{"good.txt", 0, 1}, {"a", 0, 1000000}};
    const member total[] = {{"a", 0, 900}, {"b", 0, 900}, {"c", 0, 900}};
    const member many[] = {{"a", 0, 0}, {"b", 0, 0}, {"c", 0, 0}, {"d", 0, 0}, {"e", 0, 0}};
    const member folders[] = {{"a/", 0, 0}, {"b/", 0, 0}, {"c/", 0, 0}, {"d/", 0, 0}, {"e/", 0, 0},
                              {"f/", 0, 0}, {"g/", 0, 0}, {"h/", 0, 0}, {"i/", 0, 0}};

    refused("link.zip", link, 1, "is a link or a device");
    refused("device.zip", device, 1, "is a link or a device");
    refused("twice.zip", twice, 2, "is there twice");
    refused("cased.zip", cased, 2, "is there twice");
    refused("bomb.zip", bomb, 2, "is larger than is taken");
    refused("total.zip", total, 3, "is larger than is taken");
    refused("many.zip", many, 5, "more than 4 members");
    refused("folders.zip", folders, 9, "more than 4 members");
}

/* Any byte of it changed: an error, never another text. */
static void damage_is_seen(void)
{
    GError *error = NULL;
    g_autofree char *bytes = NULL;
    gsize n;

    CHECK(g_file_get_contents(written("whole.zip", &error), &bytes, &n, NULL));
    for (gsize i = 0; i < n; i++) {
        g_autofree char *file = g_strdup_printf("flip-%zu.zip", i);
        g_autofree char *folder = g_strconcat(file, ".d", NULL);
        g_autofree char *text = NULL;
        const char *path = suite_path(file), *to = suite_path(folder);
        bytes[i] ^= 0x10;
        CHECK(g_file_set_contents(path, bytes, (gssize)n, NULL) && rdl_output_folder(to, NULL));
        bytes[i] ^= 0x10;
        g_auto(GStrv) names = rdl_unzip(path, to, &limits, NULL, &error);
        CHECK(names || error);
        g_clear_error(&error);
        g_autofree char *whole = g_build_filename(to, "b/照片.txt", NULL);
        if (names && g_file_get_contents(whole, &text, NULL, NULL))
            CHECK_TEXT(text, "one");
    }
    CHECK(!rdl_unzip(suite_source("data/README.md"), suite_path("a.d"), &limits, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "is no zip archive");
    CHECK(!rdl_unzip(suite_path("none.zip"), suite_path("a.d"), &limits, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "there is no such file");
}

static CU_TestInfo tests[] = {
    {"what was written comes back", what_was_written_comes_back},
    {"names that lead elsewhere are refused", names_that_lead_elsewhere_are_refused},
    {"links, doubles and bombs are refused", links_doubles_and_bombs_are_refused},
    {"damage is seen", damage_is_seen},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.unzip", tests, argc, argv);
}
