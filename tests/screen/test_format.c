/* One register of buildings in every format it may come in: the same findings. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cpl_error.h>
#include <gdal_utils.h>
#include "fixtures/layers.h"
#include "suite.h"

/* A register with holes, parts and Chinese text; coordinates have six decimals. */
static const char *reference(void)
{
    static const char *const activities[] = {"IND", "MINE_QUARRY", "BLDG", "RES", "AQUA"};
    static const char *path;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    GRand *r = path ? NULL : suite_rand();

    for (int i = 0; !path && i < 60; i++) {
        double x = 119.9 + 0.000001 * g_rand_int_range(r, 0, 200000);
        double y = 35.9 + 0.000001 * g_rand_int_range(r, 0, 200000);
        g_autofree char *wkt =
            i % 3 == 0
                ? g_strdup_printf(
                      "MULTIPOLYGON(((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f),"
                      "(%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f)))",
                      x, y, x + 0.004, y, x + 0.004, y + 0.003, x, y + 0.003, x, y, x + 0.001,
                      y + 0.001, x + 0.001, y + 0.002, x + 0.002, y + 0.002, x + 0.001, y + 0.001)
                : g_strdup_printf("MULTIPOLYGON(((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f)),"
                                  "((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f)))",
                                  x, y, x + 0.004, y, x + 0.004, y + 0.003, x, y, x, y + 0.005,
                                  x + 0.006, y + 0.005, x + 0.003, y + 0.007, x, y + 0.005);
        g_ptr_array_add(rows, g_strdup_printf("%s|P%03d|%s|2024-0%d-01|业主（%d）|%d", wkt, i,
                                              activities[i % 5], 1 + i % 9, i, 1 + i % 4));
    }
    if (path)
        return path;
    g_ptr_array_add(rows, NULL);
    path = fixture_layer("reference.gpkg", "GPKG", "EPSG:4490",
                         "fp_id,activity,built_after,owner,pos_error_m",
                         (const char *const *)rows->pdata);
    return path;
}

static const char *converted(const char *to, const char *options)
{
    const char *path = strchr(to, ':') ? to : suite_path(to);
    GDALDatasetH from = GDALOpenEx(reference(), GDAL_OF_VECTOR, NULL, NULL, NULL);
    g_auto(GStrv) argv = g_strsplit(options, " ", -1);
    CPLPushErrorHandler(CPLQuietErrorHandler); /* names that a DBF cuts */
    GDALVectorTranslateOptions *o = GDALVectorTranslateOptionsNew(argv, NULL);
    GDALDatasetH out = GDALVectorTranslate(path, NULL, 1, &from, o, NULL);

    GDALVectorTranslateOptionsFree(o);
    CPLPopErrorHandler();
    CHECK(out != NULL);
    if (out)
        GDALClose(out);
    GDALClose(from);
    return path;
}

static char *findings_of(const char *footprints, const char *profile)
{
    screened s = screen_layers(fixture_zone(120, 36, 0.08, "EPSG:4490"), footprints, profile);

    if (!CHECK_OK(s.error))
        return NULL;
    CHECK_INT(screened_count(&s, "screen.footprints", "in", NULL), 60);
    rdl_screen_result_clear(&s.result);
    return rows_of_layer(suite_path("findings.gpkg"), "finding");
}

/* Columns of the point inside a part, which a moved corner may send across it. */
static bool inner_point(guint column)
{
    static const char *const names[] = {"lon", "lat"};
    static int at[2], fields;

    if (!fields) {
        g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":finding", NULL);
        g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, NULL);
        fields = rdl_layer_fields(layer);
        for (int i = 0; i < 2; i++)
            at[i] = rdl_layer_field_index(layer, names[i]);
    }
    int c = (int)(column % (guint)(fields + 1)); /* a row ends with an empty cell */
    return c == at[0] || c == at[1];
}

/* Texts equal; numbers to `relative` of their size, at least of 1; with a tolerance the inner point
 * may be another. */
static bool rows_alike(const char *a, const char *b, double relative)
{
    g_auto(GStrv) p = g_strsplit_set(a, "|\n", -1), q = g_strsplit_set(b, "|\n", -1);
    guint n = g_strv_length(p);

    if (n != g_strv_length(q))
        return false;
    for (guint i = 0; i < n; i++) {
        char *end, *other;
        if (relative > 0 && inner_point(i))
            continue;
        double x = g_ascii_strtod(p[i], &end), y = g_ascii_strtod(q[i], &other);
        bool numbers = *p[i] && *q[i] && !*end && !*other;
        if (numbers ? fabs(x - y) > relative * fmax(1.0, fabs(x)) : strcmp(p[i], q[i]) != 0) {
            printf("'%s' is not '%s'\n", q[i], p[i]);
            return false;
        }
    }
    return true;
}

static void the_format_changes_nothing(void)
{
    const char *claim = fixture_text("claim.yaml", "crs_claim: \"EPSG:4490\"\n");
    const struct {
        const char *file, *options, *profile;
        double relative; /* 0: the same text; a File GDB rounds to a grid of 1e-9 degrees */
    } cases[] = {{"f.shp", "-lco ENCODING=UTF-8", NULL, 0},
                 {"g.shp", "-lco ENCODING=GBK", NULL, 0},
                 {"f.fgb", "-f FlatGeobuf -nlt MULTIPOLYGON", NULL, 0},
                 {"f.geojson", "-f GeoJSON -lco COORDINATE_PRECISION=15", NULL, 0},
                 {"f.geojsonl", "-f GeoJSONSeq -lco COORDINATE_PRECISION=15", claim, 0},
                 {"f.gml", "-f GML -dsco FORMAT=GML3.2", NULL, 0},
                 {"f.sqlite", "-f SQLite", NULL, 0},
                 {"f.kml", "-f LIBKML", NULL, 0},
                 {"k.kml", "-f KML", NULL, 0},
                 {"f.csv", "-f CSV -lco GEOMETRY=AS_WKT", claim, 0},
                 {"f.gdb", "-f OpenFileGDB", NULL, 1e-5}};
    g_autofree char *want = findings_of(reference(), NULL);

    CHECK(want && strlen(want) > 2000);
    for (size_t i = 0; want && i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got =
            findings_of(converted(cases[i].file, cases[i].options), cases[i].profile);
        bool same = got && (cases[i].relative > 0 ? rows_alike(want, got, cases[i].relative)
                                                  : strcmp(want, got) == 0);
        if (!CHECK(same)) {
            printf("%s\n", cases[i].file);
            rows_alike(want, got ? got : "", 0);
        }
    }
}

/* The .cpg of a Shapefile is missing, wrong, or names what nobody knows. */
static void what_a_cpg_says_is_held_against_the_bytes(void)
{
    static const char *const cpgs[] = {NULL, "UTF-8", "GBK", "936", "ISO-8859-1", "nonsense", ""};
    static const char *const encodings[] = {"UTF-8", "GBK"};
    g_autofree char *want = findings_of(reference(), NULL);

    for (size_t e = 0; e < G_N_ELEMENTS(encodings); e++)
        for (size_t i = 0; i < G_N_ELEMENTS(cpgs); i++)
            for (int ldid = 0; ldid < 2; ldid++) {
                g_autofree char *stem = g_strdup_printf("cpg-%zu-%zu-%d", e, i, ldid);
                g_autofree char *shp = g_strconcat(stem, ".shp", NULL),
                                *cpg = g_strconcat(stem, ".cpg", NULL);
                g_autofree char *dbf = g_strconcat(stem, ".dbf", NULL), *bytes = NULL;
                g_autofree char *options = g_strconcat("-lco ENCODING=", encodings[e], NULL);
                size_t n;
                bool latin = e == 1 && cpgs[i] && strcmp(cpgs[i], "ISO-8859-1") == 0;
                const char *path = converted(shp, options);
                remove(suite_path(cpg));
                if (cpgs[i])
                    fixture_text(cpg, cpgs[i]);
                CHECK(g_file_get_contents(suite_path(dbf), &bytes, &n, NULL));
                bytes[29] = ldid ? 0x4d : 0; /* CP936, or nothing said */
                CHECK(g_file_set_contents(suite_path(dbf), bytes, (gssize)n, NULL));
                if (latin)
                    continue; /* every byte is a letter of Latin-1: a wrong .cpg that nothing belies
                               */
                g_autofree char *got = findings_of(path, NULL);
                if (!CHECK(got && strcmp(got, want) == 0))
                    printf("%s with .cpg %s, LDID %d\n", encodings[e], cpgs[i] ? cpgs[i] : "none",
                           ldid);
            }
}

/* ---- PostGIS: a server of our own, where one can be made ---- */

static bool run_line(const char *line)
{
    int status = 0;
    g_autofree char *out = NULL, *err = NULL;
    bool good = g_spawn_command_line_sync(line, &out, &err, &status, NULL) &&
                g_spawn_check_wait_status(status, NULL);

    if (!good)
        printf("%s: %s\n", line, err ? err : "cannot be run");
    return good;
}

static char *server_bin(void)
{
    for (int version = 18; version >= 13; version--) {
        g_autofree char *bin = g_strdup_printf("/usr/lib/postgresql/%d/bin", version);
        g_autofree char *initdb = g_build_filename(bin, "initdb", NULL);
        if (g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&bin);
    }
    return NULL;
}

static void a_table_of_postgis_is_a_layer(void)
{
    g_autofree char *bin = server_bin();
    bool root = geteuid() == 0;

    if (!bin || !g_file_test("/usr/share/postgresql", G_FILE_TEST_IS_DIR) ||
        !GDALGetDriverByName("PostgreSQL")) {
        printf("no PostgreSQL server here: skipped\n");
        return;
    }
    g_autofree char *home = g_dir_make_tmp("redline-pg-XXXXXX", NULL);
    const char *as = root ? "runuser -u postgres -- " : "";
    g_autofree char *own = g_strdup_printf("chown postgres %s", home);
    g_autofree char *init =
        g_strdup_printf("%s%s/initdb -D %s/db -U redline -A trust -E UTF8", as, bin, home);
    g_autofree char *start = g_strdup_printf(
        "%s%s/pg_ctl -D %s/db -w -l %s/log -o \"-k %s -h '' -F\" start", as, bin, home, home, home);
    g_autofree char *stop =
        g_strdup_printf("%s%s/pg_ctl -D %s/db -m immediate stop", as, bin, home);
    g_autofree char *make =
        g_strdup_printf("psql -h %s -U redline -d postgres -qc \"create extension postgis\"", home);
    g_autofree char *clean = g_strdup_printf("rm -rf %s", home);
    g_autofree char *source =
        g_strdup_printf("PG:host=%s user=redline dbname=postgres password=secret", home);

    if ((root && !run_line(own)) || !run_line(init) || !run_line(start)) {
        printf("no PostgreSQL server can be started: skipped\n");
    } else if (!run_line(make)) {
        printf("no PostGIS here: skipped\n");
    } else {
        g_autofree char *want = findings_of(reference(), NULL);
        converted(source, "-f PostgreSQL -nln register -nlt MULTIPOLYGON -lco GEOMETRY_NAME=geom");
        g_autofree char *layer = g_strconcat(source, ":register", NULL);
        g_autofree char *got = findings_of(layer, NULL);
        CHECK(got && strcmp(got, want) == 0);
        g_autofree char *manifest = NULL;
        CHECK(g_file_get_contents(suite_path("findings.gpkg.run.json"), &manifest, NULL, NULL));
        CHECK(manifest && strstr(manifest, "secret") == NULL);
        CHECK(manifest && strstr(manifest, "dbname=postgres") != NULL);
    }
    run_line(stop);
    run_line(clean);
}

static CU_TestInfo tests[] = {
    {"the format changes nothing", the_format_changes_nothing},
    {"what a .cpg says is held against the bytes", what_a_cpg_says_is_held_against_the_bytes},
    {"a table of PostGIS is a layer", a_table_of_postgis_is_a_layer},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.format", tests, argc, argv);
}
