/* Layers as they come: what cannot be in its system, what lost its names, what has no dates. */
#include <string.h>
#include "screen/screen.h"
#include "suite.h"

typedef struct {
    rdl_screen_result result;
    GError *error;
} run;

/* A layer with text fields named in `fields` ("a,b,c") and rows "wkt|a|b|c". */
static const char *layer(const char *file, const char *driver, const char *crs_text,
                         const char *fields, const char *const *rows)
{
    const char *path = suite_path(file);
    GError *error = NULL;
    g_auto(GStrv) names = g_strsplit(fields, ",", -1);
    guint n = g_strv_length(names);
    rdl_field field[16];
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_text, &error);
    rdl_vector *out = rdl_vector_create(path, driver, &error);

    for (guint i = 0; i < n; i++)
        field[i] = (rdl_field){names[i], RDL_FIELD_TEXT};
    int number = rdl_vector_layer(out, "layer", crs, "Polygon", field, (int)n, &error);
    for (const char *const *row = rows; *row; row++) {
        g_auto(GStrv) parts = g_strsplit(*row, "|", -1);
        rdl_value values[16] = {0};
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(parts[0], &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        for (guint i = 0; i < n; i++)
            values[i] = rdl_text(*parts[i + 1] ? parts[i + 1] : NULL);
        rdl_vector_write(out, number, values, wkb, &error);
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    return path;
}

static char *box(double x, double y, double r)
{
    return g_strdup_printf("POLYGON((%.9g %.9g,%.9g %.9g,%.9g %.9g,%.9g %.9g,%.9g %.9g))", x - r,
                           y - r, x + r, y - r, x + r, y + r, x - r, y + r, x - r, y - r);
}

static const char *zone_at(double x, double y, double r, const char *crs)
{
    g_autofree char *wkt = box(x, y, r), *row = g_strconcat(wkt, "|Z1|ERL|2018-01-01", NULL);
    const char *rows[] = {row, NULL};
    static int n;
    g_autofree char *file = g_strdup_printf("zone-%d.gpkg", n++);

    return layer(file, "GPKG", crs, "zone_id,zone,z_est", rows);
}

static const char *footprints_at(const char *driver, const char *crs, const char *fields,
                                 const char *values, double x, double y, double r)
{
    g_autofree char *wkt = box(x, y, r), *row = g_strconcat(wkt, "|F1|IND", values, NULL);
    const char *rows[] = {row, NULL};
    static int n;
    bool shp = strcmp(driver, "ESRI Shapefile") == 0;
    g_autofree char *file = g_strdup_printf("fp-%d.%s", n++, shp ? "shp" : "gpkg");
    g_autofree char *all = g_strconcat("fp_id,activity", fields, NULL);

    return layer(file, driver, crs, all, rows);
}

static run screen(const char *zones, const char *footprints, const char *profile)
{
    rdl_source z = {zones, NULL}, f = {footprints, profile};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    run r = {0};

    options.zones = &z;
    options.footprints = &f;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.output = suite_path("findings.gpkg");
    options.overwrite = true;
    rdl_screen(&options, NULL, &r.result, &r.error);
    return r;
}

static bool warned(const run *r, const char *part)
{
    for (guint i = 0; r->result.warnings && i < r->result.warnings->len; i++)
        if (strstr(r->result.warnings->pdata[i], part))
            return true;
    return false;
}

/* Text of a field of the only finding. */
static char *of_finding(const char *field)
{
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":finding", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) findings = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f = findings ? rdl_layer_next(findings, &error) : NULL;

    CHECK_OK(error);
    return f ? g_strdup(rdl_feature_text(f, rdl_layer_field_index(findings, field))) : NULL;
}

/* ---- systems ---- */

static void metres_are_no_degrees(void)
{
    const char *zones = zone_at(120, 36, 0.1, "EPSG:4490");
    run r = screen(zones, footprints_at("GPKG", "EPSG:4490", "", "", 303000, 3981574, 50), NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "none of its 1 geometries can be in");
    r = screen(zones, footprints_at("GPKG", "EPSG:4490", "", "", 303000, 3981574, 50), NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS,
                "are no degrees): correct that (ogr2ogr -a_srs), or give a "
                "--profile with the right crs_claim");
}

static void one_stray_geometry_is_counted(void)
{
    g_autofree char *good = box(120, 36, 0.01), *stray = box(303000, 36, 1);
    g_autofree char *first = g_strconcat(good, "|F1|IND|2024-01-01", NULL);
    g_autofree char *second = g_strconcat(stray, "|F2|IND|2024-01-01", NULL);
    const char *rows[] = {first, second, NULL};
    run r =
        screen(zone_at(120, 36, 0.1, "EPSG:4490"),
               layer("stray.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after", rows), NULL);

    CHECK_OK(r.error);
    g_autofree char *text = rdl_tally_text(r.result.tally);
    CHECK(strstr(text, "1  failed OUTSIDE_CRS") != NULL);
    rdl_screen_result_clear(&r.result);
}

static void layers_may_run_on_over_the_antimeridian(void)
{
    run r = screen(zone_at(183, 60, 0.1, "EPSG:4326"),
                   footprints_at("GPKG", "EPSG:4326", ",built_after", "|2024-01-01", 183, 60, 0.01),
                   NULL);

    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    rdl_screen_result_clear(&r.result);
}

static void eastings_tell_of_their_zone(void)
{
    const char *zones = zone_at(114, 32, 0.1, "EPSG:4490");
    run r = screen(zones, footprints_at("GPKG", "EPSG:4526", "", "", 500000, 3541000, 50), NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "eastings of six digits have no zone number");
    r = screen(zones, footprints_at("GPKG", "EPSG:4547", "", "", 38500000, 3541000, 50), NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS,
                "begin with the zone's number (38), and this system has none");
    r = screen(zones, footprints_at("GPKG", "EPSG:4526", "", "", 39500000, 3541000, 50), NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS, "begin with the zone's number 39, this system's with 38");
    r = screen(zones, footprints_at("ESRI Shapefile", "EPSG:4526", "", "", 39500000, 3541000, 50),
               NULL);
    CHECK_FAILS(r.error, RDL_ERROR_CRS, "begin with the zone's number 39, this system's with 38");
    r = screen(
        zones,
        footprints_at("GPKG", "EPSG:4526", ",built_after", "|2024-01-01", 38500000, 3541000, 50),
        NULL);
    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
}

static void a_claim_helps_a_layer_that_names_a_wrong_system(void)
{
    const char *profile = suite_path("utm.yaml");
    GError *error = NULL;

    g_file_set_contents(profile, "layer: footprint\ncrs_claim: \"EPSG:32650\"\n", -1, &error);
    run r = screen(
        zone_at(117, 36, 0.1, "EPSG:4490"),
        footprints_at("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 500000, 3984000, 50),
        profile);
    CHECK_OK(r.error);
    CHECK(warned(&r, "CRS_CLAIMED"));
    rdl_screen_result_clear(&r.result);
    g_autofree char *zone = of_finding("zone_id");
    CHECK_TEXT(zone, "Z1");
    r = screen(zone_at(117, 36, 0.1, "EPSG:4490"), /* what the file names is good: it holds */
               footprints_at("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 117, 36, 0.01),
               profile);
    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    rdl_screen_result_clear(&r.result);
}

static void another_continent_is_refused(void)
{
    run r = screen(
        zone_at(120, 36, 0.1, "EPSG:4490"),
        footprints_at("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 36, 120.0 - 100, 0.01),
        NULL);

    CHECK_FAILS(r.error, RDL_ERROR_CRS, "degrees from the nearest zone");
    r = screen(zone_at(179.9, 60, 0.05, "EPSG:4326"), /* across the antimeridian is near */
               footprints_at("GPKG", "EPSG:4326", ",built_after", "|2024-01-01", -179.9, 60, 0.01),
               NULL);
    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
}

/* ---- names and dates: what ogr2ogr leaves of built_after, built_before, pos_error_m ---- */

static void a_shapefile_keeps_its_dates(void)
{
    run r = screen(zone_at(120, 36, 0.1, "EPSG:4490"),
                   footprints_at("ESRI Shapefile", "EPSG:4490", ",built_afte,built_befo,pos_error_",
                                 "|2024-01-01|2024-03-01|0", 120, 36, 0.01),
                   NULL);

    CHECK_OK(r.error);
    CHECK_INT(r.result.warnings->len, 0);
    g_autofree char *first = of_finding("built_after"), *last = of_finding("built_before");
    CHECK_TEXT(first, "2024-01-01");
    CHECK_TEXT(last, "2024-03-01");
    rdl_screen_result_clear(&r.result);
}

static void a_cut_name_that_may_be_two_fields_is_refused(void)
{
    run r = screen(zone_at(120, 36, 0.1, "EPSG:4490"),
                   footprints_at("ESRI Shapefile", "EPSG:4490", ",built_afte,built_af_1",
                                 "|survey|2024-01-01", 120, 36, 0.01),
                   NULL);

    CHECK_FAILS(r.error, RDL_ERROR_DATA, "'built_afte' and 'built_af_1' may both be 'built_after'");
}

static void a_cut_name_is_a_shapefiles_alone(void)
{
    run r = screen(zone_at(120, 36, 0.1, "EPSG:4490"),
                   footprints_at("GPKG", "EPSG:4490", ",built_afte", "|2024-01-01", 120, 36, 0.01),
                   NULL);

    CHECK_OK(r.error);
    CHECK(warned(&r, "NO_DATES"));
    CHECK(warned(&r, "is 'built_afte' meant for 'built_after'?"));
    rdl_screen_result_clear(&r.result);
}

static void a_warning_is_no_repair(void)
{
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":rejected", NULL);
    GError *error = NULL;
    const rdl_feature *f;
    const char *rows[] = {
        "POLYGON((120 36,120.01 36.01,120.01 36,120 36.01,120 36))|F1|NOT_THERE|2024-01-01", NULL};
    run r =
        screen(zone_at(120, 36, 0.1, "EPSG:4490"),
               layer("bowtie.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after", rows), NULL);
    int seen = 0;

    CHECK_OK(r.error);
    rdl_screen_result_clear(&r.result);
    g_autoptr(rdl_layer) rejected = rdl_layer_open(source, NULL, &error);
    CHECK_OK(error);
    while ((f = rdl_layer_next(rejected, &error))) {
        const char *reason = rdl_feature_text(f, rdl_layer_field_index(rejected, "reason"));
        bool repair = g_str_has_prefix(reason, "REPAIRED");
        CHECK_INT(rdl_feature_real(f, rdl_layer_field_index(rejected, "repaired")), repair);
        CHECK_INT(rdl_feature_real(f, rdl_layer_field_index(rejected, "used")), 1);
        seen++;
    }
    CHECK_INT(seen, 2);
}

static CU_TestInfo tests[] = {
    {"metres are no degrees", metres_are_no_degrees},
    {"one stray geometry is counted", one_stray_geometry_is_counted},
    {"layers may run on over the antimeridian", layers_may_run_on_over_the_antimeridian},
    {"eastings tell of their zone", eastings_tell_of_their_zone},
    {"a claim helps a layer that names a wrong system",
     a_claim_helps_a_layer_that_names_a_wrong_system},
    {"another continent is refused", another_continent_is_refused},
    {"a Shapefile keeps its dates", a_shapefile_keeps_its_dates},
    {"a cut name that may be two fields is refused", a_cut_name_that_may_be_two_fields_is_refused},
    {"a cut name is a Shapefile's alone", a_cut_name_is_a_shapefiles_alone},
    {"a warning is no repair", a_warning_is_no_repair},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.intake", tests, argc, argv);
}
