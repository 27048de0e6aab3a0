/* The run from layers to findings: threads, order and format change nothing; areas add up. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

typedef struct {
    char *id, *code, *wkt;
} thing;

static void thing_clear(gpointer p)
{
    thing *t = p;

    g_free(t->id);
    g_free(t->code);
    g_free(t->wkt);
}

/* A star with `n` points round x, y. */
static char *star(GRand *r, double x, double y, double radius, int n)
{
    GString *wkt = g_string_new("POLYGON((");
    g_autofree char *first = NULL;

    for (int i = 0; i < n; i++) {
        double a = 2 * G_PI * i / n, d = radius * g_rand_double_range(r, 0.4, 1.0);
        g_autofree char *point = g_strdup_printf("%.6f %.6f", x + d * cos(a), y + d * sin(a));
        g_string_append_printf(wkt, "%s,", point);
        if (!first)
            first = g_steal_pointer(&point);
    }
    g_string_append_printf(wkt, "%s))", first);
    return g_string_free(wkt, FALSE);
}

static GArray *things(GRand *r, const char *prefix, int n, double radius, int points,
                      const char *const *codes, int n_codes)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(thing));

    g_array_set_clear_func(all, thing_clear);
    for (int i = 0; i < n; i++) {
        thing t = {g_strdup_printf("%s%04d", prefix, i),
                   g_strdup(codes[g_rand_int_range(r, 0, n_codes)]),
                   star(r, g_rand_double_range(r, 119.8, 120.0), g_rand_double_range(r, 32.2, 32.4),
                        radius, points)};
        g_array_append_val(all, t);
    }
    return all;
}

static void write_layer(const char *path, const char *driver, const GArray *all, bool zones,
                        bool back)
{
    static const rdl_field zone_fields[] = {
        {"zone_id", RDL_FIELD_TEXT}, {"zone", RDL_FIELD_TEXT}, {"z_est", RDL_FIELD_TEXT}};
    static const rdl_field footprint_fields[] = {
        {"fp_id", RDL_FIELD_TEXT}, {"activity", RDL_FIELD_TEXT}, {"built_after", RDL_FIELD_TEXT}};
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    rdl_vector *out = rdl_vector_create(path, driver, &error);
    int layer = rdl_vector_layer(out, "layer", crs, "Polygon",
                                 zones ? zone_fields : footprint_fields, 3, &error);

    for (guint i = 0; i < all->len; i++) {
        const thing *t = &g_array_index(all, thing, back ? all->len - 1 - i : i);
        rdl_value row[] = {rdl_text(t->id), rdl_text(t->code),
                           rdl_text(zones ? "2010-01-01" : "2024-01-01")};
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(t->wkt, &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        rdl_vector_write(out, layer, row, wkb, &error);
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
}

static void write_district(GArray **zones, GArray **footprints)
{
    static const char *const codes[] = {"NR_CORE", "NR_GEN", "ERL", "DW1", "DW2"};
    static const char *const activities[] = {"IND", "MINE_QUARRY", "BLDG", "RES", "AQUA"};
    GRand *r = suite_rand();

    *zones = things(r, "Z", 12, 0.05, 40, codes, G_N_ELEMENTS(codes));
    *footprints = things(r, "P", 300, 0.003, 9, activities, G_N_ELEMENTS(activities));
    write_layer(suite_path("zones.gpkg"), "GPKG", *zones, true, false);
    write_layer(suite_path("zones-back.geojson"), "GeoJSON", *zones, true, true);
    write_layer(suite_path("fp.gpkg"), "GPKG", *footprints, false, false);
    write_layer(suite_path("fp-back.fgb"), "FlatGeobuf", *footprints, false, true);
}

static double sliver_m2 = NAN; /* the tolerance of what is screened next */

static bool screen(const char *zones, const char *footprints, int threads, const char *out,
                   rdl_screen_result *result, GError **error)
{
    rdl_source z = {zones, NULL}, f = {footprints, NULL};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;

    options.zones = &z;
    options.footprints = &f;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.threads = threads;
    options.sliver_m2 = sliver_m2;
    options.output = out;
    options.overwrite = true;
    return rdl_screen(&options, NULL, result, error);
}

static void threads_order_and_format_change_nothing(void)
{
    GError *error = NULL;
    rdl_screen_result one = {0}, two = {0}, back = {0};
    GArray *zones, *footprints;

    write_district(&zones, &footprints);
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp.gpkg"), 1, suite_path("one.gpkg"), &one,
                 &error));
    CHECK_OK(error);
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp.gpkg"), 3, suite_path("two.gpkg"), &two,
                 &error));
    CHECK_OK(error);
    CHECK_SAME_FILE(suite_path("one.gpkg"), suite_path("two.gpkg"));
    CHECK(screen(suite_path("zones-back.geojson"), suite_path("fp-back.fgb"), 2,
                 suite_path("back.gpkg"), &back, &error));
    CHECK_OK(error);
    /* RFC 7946 is WGS 84 to 7 decimals: the findings agree, the areas to its rounding */
    rdl_screen_result_clear(&back);
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp-back.fgb"), 2, suite_path("back.gpkg"),
                 &back, &error));
    CHECK_OK(error);
    g_autofree char *a = rows_of_layer(suite_path("one.gpkg"), "finding"),
                    *b = rows_of_layer(suite_path("back.gpkg"), "finding");
    CHECK(strlen(a) > 1000);
    CHECK_TEXT(b, a);
    rdl_screen_result_clear(&one);
    rdl_screen_result_clear(&two);
    rdl_screen_result_clear(&back);
    g_array_unref(zones);
    g_array_unref(footprints);
}

/* Against the overlay computed pair by pair, and against the union of all zones. */
static void no_part_is_missing_and_none_twice(void)
{
    GError *error = NULL;
    rdl_screen_result result = {0};
    GArray *zones, *footprints;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_measure) measure = rdl_measure_new(crs, &error);
    g_autoptr(rdl_geometry) all = NULL;
    double want_parts = 0, want_union = 0, parts = 0, own = 0, m2;
    int want = 0, got = 0;

    write_district(&zones, &footprints);
    sliver_m2 = 0.0;
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp.gpkg"), 2, suite_path("parts.gpkg"),
                 &result, &error));
    sliver_m2 = NAN;
    CHECK_OK(error);
    for (guint i = 0; i < zones->len; i++) {
        rdl_geometry *z = rdl_geometry_from_wkt(g_array_index(zones, thing, i).wkt, &error);
        rdl_geometry *sum =
            all ? rdl_geometry_union(all, z, &error) : rdl_geometry_union(z, z, &error);
        rdl_geometry_free(all);
        all = sum;
        for (guint k = 0; k < footprints->len; k++) {
            g_autoptr(rdl_geometry) f =
                rdl_geometry_from_wkt(g_array_index(footprints, thing, k).wkt, &error);
            g_autoptr(rdl_geometry) both = rdl_geometry_intersection(z, f, &error);
            rdl_measure_area(measure, both, &m2, &error);
            want += m2 >= 0.01;
            want_parts += m2;
        }
        rdl_geometry_free(z);
    }
    for (guint k = 0; k < footprints->len; k++) {
        g_autoptr(rdl_geometry) f =
            rdl_geometry_from_wkt(g_array_index(footprints, thing, k).wkt, &error);
        g_autoptr(rdl_geometry) both = rdl_geometry_intersection(all, f, &error);
        rdl_measure_area(measure, both, &m2, &error);
        want_union += m2;
    }
    CHECK_OK(error);
    g_autofree char *source = g_strconcat(suite_path("parts.gpkg"), ":finding", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;
    while ((f = rdl_layer_next(layer, &error))) {
        if (!rdl_feature_text(f, rdl_layer_field_index(layer, "zone_id")))
            continue;
        double area = rdl_feature_real(f, rdl_layer_field_index(layer, "area_m2"));
        CHECK(rdl_feature_real(f, rdl_layer_field_index(layer, "area_min_m2")) <= area);
        CHECK(rdl_feature_real(f, rdl_layer_field_index(layer, "area_max_m2")) >= area);
        own += rdl_feature_real(f, rdl_layer_field_index(layer, "area_own_m2"));
        parts += area;
        got++;
    }
    CHECK_INT(got, want);
    CHECK_NEAR(parts / want_parts, 1, 1e-9);
    CHECK_NEAR(own / want_union, 1, 1e-9);
    rdl_screen_result_clear(&result);
    g_array_unref(zones);
    g_array_unref(footprints);
}

static double sum_of(const char *path, const char *name, const char *column)
{
    g_autofree char *source = g_strdup_printf("%s:%s", path, name);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;
    double sum = 0.0;

    while (layer && (f = rdl_layer_next(layer, &error))) {
        const char *text = rdl_feature_text(f, rdl_layer_field_index(layer, column));
        sum += text ? g_ascii_strtod(text, NULL) : 0.0;
    }
    CHECK_OK(error);
    return sum;
}

/* A zone east of the district, and a footprint that reaches 0.3 m into it over 3 m. */
static void plant_sliver(GArray *zones, GArray *footprints)
{
    thing zone = {g_strdup("ZP"), g_strdup("NR_CORE"),
                  g_strdup("POLYGON((121 32.2,121.1 32.2,121.1 32.3,121 32.3,121 32.2))")};
    thing footprint = {g_strdup("PP"), g_strdup("IND"),
                       g_strdup("POLYGON((120.9999 32.25,121.000003 32.25,121.000003 32.25003,"
                                "120.9999 32.25003,120.9999 32.25))")};

    g_array_append_val(zones, zone);
    g_array_append_val(footprints, footprint);
    write_layer(suite_path("zones.gpkg"), "GPKG", zones, true, false);
    write_layer(suite_path("fp.gpkg"), "GPKG", footprints, false, false);
}

/* What parts lose to slivers is told, and stays in the balance. */
static void slivers_are_counted_and_in_the_remainder(void)
{
    GError *error = NULL;
    rdl_screen_result result = {0}, all = {0};
    const char *with = suite_path("with.gpkg"), *without = suite_path("without.gpkg");
    GArray *zones, *footprints;

    write_district(&zones, &footprints);
    plant_sliver(zones, footprints);
    sliver_m2 = NAN;
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp.gpkg"), 2, with, &result, &error));
    sliver_m2 = 0.0;
    CHECK(screen(suite_path("zones.gpkg"), suite_path("fp.gpkg"), 2, without, &all, &error));
    CHECK_OK(error);
    double lost =
        sum_of(without, "finding", "area_own_m2") - sum_of(with, "finding", "area_own_m2");
    double told = sum_of(with, "balance", "sliver_m2");
    g_autofree char *tally = rdl_tally_text(result.tally);
    CHECK(told > 0.5); /* the planted one, at least */
    CHECK_NEAR(lost, told, 1e-6);
    CHECK_NEAR(sum_of(with, "balance", "remainder_m2") - sum_of(without, "balance", "remainder_m2"),
               told, 1e-6);
    CHECK_NEAR(sum_of(without, "balance", "sliver_m2"), 0.0, 0.0);
    CHECK(strstr(tally, "suppressed SLIVER") != NULL);
    g_autofree char *rejected = rows_of_layer(with, "rejected");
    CHECK(strstr(rejected, "SLIVER: ") != NULL);
    g_autofree char *manifest = NULL, *path = g_strconcat(with, ".run.json", NULL);
    CHECK(g_file_get_contents(path, &manifest, NULL, NULL));
    CHECK(manifest && strstr(manifest, "\"sliver_width_m\""));
    rdl_screen_result_clear(&result);
    rdl_screen_result_clear(&all);
    g_array_unref(zones);
    g_array_unref(footprints);
}

static void an_unknown_zone_code_stops_the_run(void)
{
    static const char *const codes[] = {"NOWHERE"};
    GError *error = NULL;
    rdl_screen_result result = {0};
    g_autoptr(GArray) zones = things(suite_rand(), "Z", 1, 0.05, 9, codes, 1);

    write_layer(suite_path("nowhere.gpkg"), "GPKG", zones, true, false);
    CHECK(!screen(suite_path("nowhere.gpkg"), suite_path("nowhere.gpkg"), 1,
                  suite_path("nowhere-out.gpkg"), &result, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "zone code 'NOWHERE' is not in zones.csv");
    CHECK(!g_file_test(suite_path("nowhere-out.gpkg"), G_FILE_TEST_EXISTS));
}

static CU_TestInfo tests[] = {
    {"threads, order and format change nothing", threads_order_and_format_change_nothing},
    {"no part is missing and none twice", no_part_is_missing_and_none_twice},
    {"an unknown zone code stops the run", an_unknown_zone_code_stops_the_run},
    {"slivers are counted and in the remainder", slivers_are_counted_and_in_the_remainder},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.screening", tests, argc, argv);
}
