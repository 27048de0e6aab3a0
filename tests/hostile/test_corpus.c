/* Every file of the shared raster and vector corpora, broken ones above all, through the commands:
 * each works, or fails with a message that names it. */
#include <stdio.h>
#include <string.h>
#include "hostile/hostile.h"

typedef void (*try_fn)(const char *path, const char *name);

static int walk(const char *folder, try_fn try)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    int n = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            n += walk(path, try);
        else if (n++, true)
            try(path, name);
    }
    if (dir)
        g_dir_close(dir);
    return n;
}

static void try_raster(const char *path, const char *name)
{
    hostile_run(name, NULL, HOSTILE("info", path));
    hostile_run(
        name, "o.tif",
        HOSTILE("detect", "-j2", "--memory", "64", "--method", "cva", path, path, "-o", "o.tif"));
    hostile_run(name, "o.tif",
                HOSTILE("detect", "-j2", "--memory", "64", path, path, "-o", "o.tif"));
    hostile_run(name, "o.gpkg", HOSTILE("patches", path, "-o", "o.gpkg"));
}

static void try_vector(const char *path, const char *name)
{
    const char *zones = suite_source("data/sample/zones.gpkg");
    const char *buildings = suite_source("data/sample/footprints.gpkg");

    hostile_run(name, NULL, HOSTILE("info", path));
    hostile_run(name, "o.gpkg",
                HOSTILE("screen", "--pack", "demo", "--as-of", "2020-01-01", "-o", "o.gpkg",
                        "--zones", path, "--footprints", buildings));
    hostile_run(name, "o.gpkg",
                HOSTILE("screen", "--pack", "cn", "--as-of", "2020-01-01", "-o", "o.gpkg",
                        "--zones", zones, "--footprints", path));
    hostile_run(name, "o.gpkg",
                HOSTILE("screen", "--pack", "cn", "--as-of", "2020-01-01", "-o", "o.gpkg",
                        "--zones", zones, "--footprints", buildings, "--permits", path));
}

static void every_raster_works_or_is_named(void)
{
    const char *folder = suite_shared("data/gdal-raster-corpus");

    if (folder)
        CHECK(walk(folder, try_raster) > 50);
}

static void every_vector_works_or_is_named(void)
{
    const char *folder = suite_shared("data/gdal-vector-corpus");

    if (folder)
        CHECK(walk(folder, try_vector) > 50);
}

static CU_TestInfo tests[] = {
    {"every raster works or is named", every_raster_works_or_is_named},
    {"every vector works or is named", every_vector_works_or_is_named},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("hostile.corpus", tests, argc, argv);
}
