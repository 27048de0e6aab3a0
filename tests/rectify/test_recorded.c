/* What a ledger records is opened only where it cannot lead anywhere else. */
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "rectify/recorded.h"
#include "suite.h"

static const char *text(const char *name, const char *content)
{
    const char *path = suite_path(name);
    g_autofree char *folder = g_path_get_dirname(path);

    g_mkdir_with_parents(folder, 0755);
    CHECK(g_file_set_contents(path, content, -1, NULL));
    return path;
}

static void refused(const char *path, const char *digest, rdl_error code, const char *part)
{
    const rdl_recorded r = {.role = "before", .path = (char *)path, .digest = (char *)digest};
    GError *error = NULL;
    g_autofree char *found = rdl_recorded_find(&r, suite_path("home/l.sqlite"), &error);

    CHECK(!found);
    CHECK_FAILS(error, code, part);
}

static void found(const char *path, const char *digest)
{
    const rdl_recorded r = {.role = "before", .path = (char *)path, .digest = (char *)digest};
    GError *error = NULL;
    g_autofree char *found = rdl_recorded_find(&r, suite_path("home/l.sqlite"), &error);

    CHECK_OK(error);
    CHECK(found != NULL);
}

static void nothing_is_fetched_from_elsewhere(void)
{
    refused("/vsicurl/http://127.0.0.1:9/x.tif", NULL, RDL_ERROR_NOT_FOUND, "not fetched");
    refused("/vsizip/home.zip/x.tif", NULL, RDL_ERROR_NOT_FOUND, "not fetched");
    refused("https://127.0.0.1:9/x.tif", NULL, RDL_ERROR_NOT_FOUND, "not fetched");
    refused("PG:dbname=x", NULL, RDL_ERROR_NOT_FOUND, "not there");
}

static void a_file_outside_is_known_by_its_digest_alone(void)
{
    g_autofree char *inside = g_strdup(text("home/scenes/a.tif", "a"));
    g_autofree char *outside = g_strdup(text("else/b.tif", "b"));
    g_autofree char *digest = rdl_digest_bytes("b", 1);

    found(inside, NULL);
    found("scenes/a.tif", NULL);
    found(outside, digest);
    refused(outside, NULL, RDL_ERROR_DATA, "outside the ledger's folder");
    CHECK(symlink(outside, suite_path("home/link.tif")) == 0);
    refused("link.tif", NULL, RDL_ERROR_DATA, "outside the ledger's folder");
    CHECK(mkfifo(suite_path("home/pipe.tif"), 0600) == 0);
    refused("pipe.tif", NULL, RDL_ERROR_DATA, "not opened");
}

static void descriptions_do_not_lead_on(void)
{
    text("home/v.vrt", "<VRTDataset><SourceFilename>/vsicurl/http://x/</SourceFilename>");
    text("home/w.tif", "<GDAL_WMS><ServerUrl>http://x/</ServerUrl></GDAL_WMS>");
    text("home/o.vrt", "<OGRVRTDataSource><SrcDataSource>PG:dbname=x</SrcDataSource>");
    text("home/near.vrt", "<VRTDataset><SourceFilename>a.tif</SourceFilename></VRTDataset>");
    refused("v.vrt", NULL, RDL_ERROR_DATA, "leads on to other machines");
    refused("w.tif", NULL, RDL_ERROR_DATA, "leads on to other machines");
    refused("o.vrt", NULL, RDL_ERROR_DATA, "leads on to other machines");
    found("near.vrt", NULL);
}

static CU_TestInfo tests[] = {
    {"nothing is fetched from elsewhere", nothing_is_fetched_from_elsewhere},
    {"a file outside is known by its digest alone", a_file_outside_is_known_by_its_digest_alone},
    {"descriptions do not lead on", descriptions_do_not_lead_on},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("rectify.recorded", tests, argc, argv);
}
