/* What cannot be used is refused in words, before anything is written, and no input is destroyed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include "fixtures/scene.h"
#include "hostile/hostile.h"

static const char *before(void)
{
    return suite_source("data/sample/scenes/taizhou_20000317.tif");
}

static const char *after(void)
{
    return suite_source("data/sample/scenes/taizhou_20030206.tif");
}

static const char *sample(const char *name)
{
    g_autofree char *relative = g_strconcat("data/sample/", name, NULL);

    return suite_source(relative);
}

static const char *text(const char *name, const char *content)
{
    const char *path = suite_path(name);

    CHECK(g_file_set_contents(path, content, -1, NULL));
    return path;
}

static const char *copy(const char *name, const char *of, gsize at_most)
{
    const char *path = suite_path(name);
    g_autofree char *bytes = NULL;
    gsize n = 0;

    CHECK(g_file_get_contents(of, &bytes, &n, NULL));
    CHECK(g_file_set_contents(path, bytes, (gssize)MIN(n, at_most), NULL));
    return path;
}

#define DETECT(a, b) HOSTILE("detect", a, b, "-o", "o.tif")
#define SCREEN(zones, footprints)                                                                \
    HOSTILE("screen", "--pack", "cn", "--as-of", "2026-01-01", "-o", "o.gpkg", "--zones", zones, \
            "--footprints", footprints)

static const char *scene(const char *name, int bands, double x, int epsg)
{
    made_form f = MADE_FORM;
    double *planes = g_new(double, 8 * 8 * 4);

    f.width = f.height = 8;
    f.bands = bands;
    f.x = x;
    f.epsg = epsg;
    for (int i = 0; i < 8 * 8 * 4; i++)
        planes[i] = i * 37 % 251;
    const char *path = make_raster(name, &f, planes);
    g_free(planes);
    return path;
}

static void scenes_that_cannot_be_compared(void)
{
    const char *a = scene("a.tif", 2, 500000, 32651);

    hostile_refused(3, "No such file", "missing.tif", DETECT("missing.tif", a));
    hostile_refused(3, "cannot be read", "cut.tif",
                    DETECT(copy("cut.tif", before(), 100000), after()));
    hostile_refused(3, "cannot be read", "cut.tif", DETECT(before(), suite_path("cut.tif")));
    hostile_refused(3, "not recognized", "words.tif", DETECT(text("words.tif", "hello"), a));
    hostile_refused(3, "not recognized", suite_folder(), DETECT(suite_folder(), a));
    hostile_refused(3, "has 2 bands", "a.tif", DETECT(a, scene("one.tif", 1, 500000, 32651)));
    hostile_refused(3, "do not overlap", "far.tif", DETECT(a, scene("far.tif", 2, 600000, 32651)));
    hostile_refused(3, "do not overlap", "south.tif",
                    DETECT(a, scene("south.tif", 2, 500000, 32720)));
    hostile_refused(3, "cannot be laid over", "bare.tif", DETECT(a, scene("bare.tif", 2, 0, 0)));
    hostile_refused(2, "method", NULL, HOSTILE("detect", a, a, "--method", "guess", "-o", "o.tif"));
}

static const char *const zone_json =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
    "\"zone_id\":\"Z1\",\"zone\":\"%s\",\"name\":\"n\"},\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":[[[%g,32.5],[%g,32.5],[%g,32.6],[%g,32.5]]]}}]}";

static const char *zone(const char *name, const char *code, double lon)
{
    g_autofree char *json = g_strdup_printf(zone_json, code, lon, lon + 0.1, lon + 0.1, lon);

    return text(name, json);
}

static void layers_that_cannot_be_screened(void)
{
    const char *buildings = sample("footprints.gpkg"), *zones = sample("zones.gpkg");
    const char *empty = text("empty.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}");

    hostile_refused(3, "No such file", "missing.gpkg", SCREEN("missing.gpkg", buildings));
    hostile_refused(3, "needs a field 'zone'", "footprints.gpkg", SCREEN(buildings, buildings));
    hostile_refused(3, "needs a field 'zone'", "empty.geojson", SCREEN(empty, buildings));
    hostile_refused(3, "nothing to screen", "empty.geojson", SCREEN(zones, empty));
    hostile_refused(3, "zone code 'XYZ'", "code.geojson",
                    SCREEN(zone("code.geojson", "XYZ", 119.8), buildings));
    const char *words = text(
        "words.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                         "\"properties\":{\"zone_id\":\"Z1\",\"zone\":\"NR_CORE\",\"name\":\"n\"},"
                         "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[\"a\",32.5],"
                         "[119.9,\"b\"],[119.9,32.6],[119.8,32.5]]]}}]}");
    hostile_refused(3, "no zone that can be used (the first: ", "words.geojson",
                    SCREEN(words, buildings));
    hostile_refused(3, "names no coordinate system", "mines.shp",
                    SCREEN(zones, sample("mines.shp")));
    hostile_refused(3, "cannot be opened as a vector", "taizhou_20000317.tif",
                    SCREEN(before(), buildings));
    g_autofree char *layer = g_strconcat(zones, ":none", NULL);
    hostile_refused(3, "no such layer", "zones.gpkg:none", SCREEN(layer, buildings));
    hostile_refused(2, "2026-02-30", NULL,
                    HOSTILE("screen", "--zones", zones, "--footprints", buildings, "--pack", "cn",
                            "--as-of", "2026-02-30", "-o", "o.gpkg"));
}

/* A pipe that nobody writes to would be waited for; a device never ends. */
static void pipes_are_not_waited_for(void)
{
    static const char *const names[] = {"p", "p.tif", "p.gpkg", "p.zip", "p.json", "p.yaml"};
    const char *buildings = sample("footprints.gpkg"), *zones = sample("zones.gpkg");
    const char *said = "is a pipe or a device";

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *pipe = suite_path(names[i]);
        CHECK_INT(mkfifo(pipe, 0600), 0);
        hostile_refused(3, said, names[i], HOSTILE("info", pipe));
        hostile_refused(3, said, names[i], DETECT(before(), pipe));
        hostile_refused(3, said, names[i], HOSTILE("run", pipe, "-o", "o"));
        hostile_refused(3, said, names[i], HOSTILE("ledger", "info", pipe));
        hostile_refused(3, said, names[i], SCREEN(pipe, buildings));
    }
    const char *pipe = suite_path("p.gpkg");
    g_autofree char *layer = g_strconcat(pipe, ":finding", NULL);
    hostile_refused(3, said, "p.gpkg", SCREEN(zones, layer));
    hostile_refused(3, said, "p.gpkg", HOSTILE("patches", pipe, "-o", "o.gpkg"));
    hostile_refused(3, said, "p.gpkg", HOSTILE("normalise", pipe, after(), "-o", "o.tif"));
    hostile_refused(3, said, "p.gpkg", HOSTILE("map", pipe, "-o", "o.png"));
    hostile_refused(3, said, "p.gpkg", HOSTILE("review", "export", pipe, "-o", "o"));
    hostile_refused(3, said, "p.gpkg",
                    HOSTILE("detect", before(), after(), "--aoi", pipe, "-o", "o.tif"));
    hostile_refused(3, said, "/dev/zero", HOSTILE("info", "/dev/zero"));
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Rows without end, with and without the word RECURSIVE, and by way of another view. */
static void views_without_end_are_not_read(void)
{
    static const char *const made[] = {
        "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT x AS fid, x FROM c",
        "CREATE VIEW v AS WITH c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT x AS fid, x FROM c",
        "CREATE VIEW w AS WITH c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c; "
        "CREATE VIEW v AS SELECT x AS fid, x FROM w"};

    for (size_t i = 0; i < G_N_ELEMENTS(made); i++) {
        const char *path = copy("view.gpkg", sample("footprints.gpkg"), G_MAXSIZE);
        g_autofree char *sql =
            g_strconcat(made[i],
                        "; INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                        "VALUES ('v', 'attributes', 'v')",
                        NULL);
        g_autofree char *layer = g_strconcat(path, ":v", NULL);
        run_sql(path, sql);
        hostile_refused(3, "might never end", "view.gpkg", HOSTILE("info", path));
        hostile_refused(3, "might never end", "view.gpkg", SCREEN(sample("zones.gpkg"), layer));
    }
}

static const char *pack_with(const char *from, const char *to)
{
    const char *folder = suite_path("pack");
    g_autofree char *command = g_strdup_printf("rm -rf '%s' && cp -r '%s' '%s'", folder,
                                               suite_source("data/packs/cn"), folder);
    g_autofree char *path = g_build_filename(folder, "rules.csv", NULL), *rules = NULL;

    CHECK_INT(system(command), 0);
    CHECK(g_file_get_contents(path, &rules, NULL, NULL));
    g_autoptr(GString) s = g_string_new(rules);
    CHECK(g_string_replace(s, from, to, 1) == 1);
    g_file_set_contents(path, s->str, -1, NULL);
    return folder;
}

static void laws_that_cannot_be_read(void)
{
    const char *buildings = sample("footprints.gpkg"), *zones = sample("zones.gpkg");
    const char *argv[] = {"screen", "--zones", zones,        "--footprints", buildings, "--pack",
                          NULL,     "--as-of", "2026-01-01", "-o",           "o.gpkg",  NULL};

    argv[6] = pack_with("2026-03-15", "2026-99-15");
    hostile_refused(3, "'2026-99-15' is not a date", "rules.csv:", argv);
    argv[6] = pack_with(",DENY,", ",DENI,");
    hostile_refused(3, "DENI", "rules.csv:", argv);
    argv[6] = pack_with("NR_CORE", "NR_KERN");
    hostile_refused(3, "NR_KERN", "rules.csv:", argv);
    argv[6] = "atlantis";
    hostile_refused(3, "not found", "atlantis", argv);
}

static void jobs_and_ledgers_that_are_none(void)
{
    const char *words = text("words.yaml", "hello");

    hostile_refused(3, "no such file", "missing.sqlite", HOSTILE("why", "missing.sqlite", "X"));
    hostile_refused(3, "is no ledger", "zones.gpkg",
                    HOSTILE("export", copy("zones.gpkg", sample("zones.gpkg"), G_MAXSIZE),
                            "--profile", "xlsx", "-o", "o.xlsx"));
    hostile_refused(3, "not a database", "words.yaml", HOSTILE("ledger", "info", words));
    hostile_refused(3, "is no job file", "words.yaml", HOSTILE("run", words, "-o", "o"));
    hostile_refused(3, "directory", suite_folder(), HOSTILE("run", suite_folder(), "-o", "o"));
}

static void folders_that_cannot_be_written(void)
{
    hostile_refused(3, "does not exist", "nowhere/o.tif",
                    HOSTILE("detect", before(), after(), "-o", "nowhere/o.tif"));
    hostile_refused(3, "/proc/o.tif", NULL,
                    HOSTILE("detect", before(), after(), "-o", "/proc/o.tif"));
    hostile_refused(2, "is a folder", NULL,
                    HOSTILE("detect", before(), after(), "--overwrite", "-o", suite_folder()));
}

static void check_kept(const char *path, const char *original, const char *const *argv)
{
    hostile_refused(2, "would be destroyed", NULL, argv);
    CHECK_SAME_FILE(path, original);
}

static void an_input_is_never_destroyed(void)
{
    const char *a = copy("in.tif", before(), G_MAXSIZE), *link_a = suite_path("link.tif");
    const char *hard = suite_path("hard.tif");
    const char *z = copy("in.gpkg", sample("zones.gpkg"), G_MAXSIZE);
    const char *shp = copy("m.shp", sample("mines.shp"), G_MAXSIZE);
    const char *dbf = copy("m.dbf", sample("mines.dbf"), G_MAXSIZE);

    CHECK(symlink("in.tif", link_a) == 0 && link(a, hard) == 0);
    check_kept(a, before(), HOSTILE("detect", a, after(), "-o", a, "--overwrite"));
    check_kept(a, before(), HOSTILE("detect", a, after(), "-o", link_a, "--overwrite"));
    check_kept(a, before(), HOSTILE("detect", a, after(), "-o", hard, "--overwrite"));
    check_kept(a, before(),
               HOSTILE("detect", after(), a, "-o", "o.tif", "--score", a, "--overwrite"));
    check_kept(a, before(), HOSTILE("patches", a, "-o", a, "--overwrite"));
    check_kept(z, sample("zones.gpkg"),
               HOSTILE("screen", "--pack", "cn", "--zones", z, "--footprints",
                       sample("footprints.gpkg"), "-o", z, "--overwrite"));
    check_kept(dbf, sample("mines.dbf"),
               HOSTILE("screen", "--pack", "cn", "--zones", sample("zones.gpkg"), "--footprints",
                       shp, "-o", dbf, "--overwrite"));
    g_autofree char *job = g_strdup_printf("redline: 1\nname: x\ndetect: {before: score.tif, "
                                           "after: %s}\n",
                                           after());
    const char *kept = copy("score.tif", before(), G_MAXSIZE);
    check_kept(kept, before(),
               HOSTILE("run", text("job.yaml", job), "-o", suite_folder(), "--overwrite"));
    hostile_refused(2, "two outputs", NULL,
                    HOSTILE("detect", before(), after(), "-o", "o.tif", "--score", "./o.tif"));
}

/* ---- a disk that is full ---- */

/* `what` in a fresh folder where no file may grow beyond `blocks` of 512 bytes. */
static int run_limited(const char *what, int blocks, const char *folder)
{
    g_autofree char *line =
        g_strdup_printf("mkdir '%s' && cd '%s' && trap '' XFSZ && ulimit -f %d && exec '%s' %s -q "
                        "2>'%s.log'",
                        folder, folder, blocks, REDLINE_PROGRAM, what, folder);
    int status = system(line);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void sweep(const char *name, const char *what, const char *output)
{
    g_autofree char *whole = g_strdup_printf("%s-whole", name), *file = NULL;
    const char *folder = suite_path(whole);
    struct stat facts;

    CHECK_INT(run_limited(what, 1 << 20, folder), 0);
    file = g_build_filename(folder, output, NULL);
    CHECK(stat(file, &facts) == 0);
    for (int k = 0; k < 4; k++) { /* the last step is one block short of the whole */
        int blocks = (int)((facts.st_size - 1) / 512 * (k + 1) / 4);
        g_autofree char *part = g_strdup_printf("%s-%d", name, k);
        g_autofree char *there = g_build_filename(suite_path(part), output, NULL);
        g_autofree char *list = g_strdup_printf("test -z \"$(ls -A '%s')\"", suite_path(part));
        int status = run_limited(what, blocks, suite_path(part));
        if (!CHECK(status == 3 || status == 5))
            printf("\n    %s in files of at most %d blocks: status %d", name, blocks, status);
        CHECK(!g_file_test(there, G_FILE_TEST_EXISTS));
        CHECK_INT(system(list), 0);
    }
}

static void a_full_disk_leaves_nothing_by_half(void)
{
    g_autofree char *detect =
        g_strdup_printf("detect '%s' '%s' --method cva -o o.tif", before(), after());
    g_autofree char *patches =
        g_strdup_printf("patches '%s' -o o.gpkg", suite_path("detect-whole/o.tif"));
    g_autofree char *screen = g_strdup_printf(
        "screen --pack cn --as-of 2026-01-01 --zones '%s' --footprints '%s' -o o.gpkg",
        sample("zones.gpkg"), sample("footprints.gpkg"));
    g_autofree char *init = g_strdup("ledger init o.sqlite --pack cn");
    g_autofree char *ledger =
        g_strdup_printf("'%s' ledger init '%s' --pack cn -q && '%s' ledger load '%s' "
                        "--findings '%s' --as-of 2026-01-01 -q",
                        REDLINE_PROGRAM, suite_path("l.sqlite"), REDLINE_PROGRAM,
                        suite_path("l.sqlite"), suite_path("screen-whole/o.gpkg"));

    sweep("detect", detect, "o.tif");
    sweep("patches", patches, "o.gpkg");
    sweep("screen", screen, "o.gpkg");
    sweep("init", init, "o.sqlite");
    CHECK_INT(system(ledger), 0);
    const char *profiles[] = {"gpkg", "geojson", "xlsx"};
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        g_autofree char *export = g_strdup_printf("export '%s' --profile %s -o o.%s",
                                                  suite_path("l.sqlite"), profiles[i], profiles[i]);
        g_autofree char *name = g_strconcat("o.", profiles[i], NULL);
        sweep(profiles[i], export, name);
    }
}

static CU_TestInfo tests[] = {
    {"scenes that cannot be compared", scenes_that_cannot_be_compared},
    {"layers that cannot be screened", layers_that_cannot_be_screened},
    {"pipes are not waited for", pipes_are_not_waited_for},
    {"views without end are not read", views_without_end_are_not_read},
    {"laws that cannot be read", laws_that_cannot_be_read},
    {"jobs and ledgers that are none", jobs_and_ledgers_that_are_none},
    {"folders that cannot be written", folders_that_cannot_be_written},
    {"an input is never destroyed", an_input_is_never_destroyed},
    {"a full disk leaves nothing by half", a_full_disk_leaves_nothing_by_half},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("hostile.refusals", tests, argc, argv);
}
