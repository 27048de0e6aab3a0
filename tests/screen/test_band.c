/* Bands along a shoreline at their very edge, and roads through a zone: held against geodesics made
 * by PROJ (Karney 2013), not by what screening uses. */
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

static struct geod_geodesic earth; /* CGCS2000 */

/* Screened by pack cn with the local rows of S1 on. */
static void screened_with(const char *zones, const char *footprints)
{
    rdl_source z = {zones, NULL}, f = {footprints, NULL};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    o.zones = &z, o.footprints = &f, o.n_zones = o.n_footprints = 1;
    o.pack = suite_source("data/packs/cn");
    o.local = "S1";
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path("findings.gpkg");
    o.overwrite = true;
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
}

/* ---- 1 km and 3 km ---- */

typedef struct {
    const char *shore, *activity, *rule;
    double metres;
} band;

/* Every band, a centimetre within and a centimetre without, and what the articles do not say. */
static const band bands[] = {{"YZ_SHORE", "IND_CHEM", "YZ-01S", 999.99},
                             {"YZ_SHORE", "IND_CHEM", NULL, 1000.01},
                             {"YZ_SHORE_M", "IND_CHEM", "YZ-01S", 999.99},
                             {"YZ_SHORE_T", "IND_CHEM", NULL, 1000.01},
                             {"YZ_SHORE_M", "TAIL", "YZ-02S", 2999.99},
                             {"YZ_SHORE_M", "TAIL", NULL, 3000.01},
                             {"YZ_SHORE_T", "TAIL", "YZ-02S", 999.99},
                             {"YZ_SHORE_T", "TAIL", NULL, 1000.01},
                             {"YZ_SHORE", "TAIL", NULL, 10.0},
                             {"YZ_SHORE", "IND", NULL, 10.0}};
static const double latitudes[] = {-40, 0, 25, 31, 45, 60, 75};

/* A shoreline along a parallel turns from the geodesic: a meridian is one, and a point due east of
 * its nearest point lies at the length of the geodesic that leaves it at a right angle. */
static void a_band_ends_at_its_metre(void)
{
    GRand *rand = suite_rand();

    for (size_t l = 0; l < G_N_ELEMENTS(latitudes); l++) {
        double lat = latitudes[l] + g_rand_double(rand);
        double lon = l % 2 ? 180.0 - 1e-4 : g_rand_double_range(rand, -170, 170);
        g_autoptr(GPtrArray) z = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) f = g_ptr_array_new_with_free_func(g_free);
        for (size_t i = 0; i < G_N_ELEMENTS(bands); i++) {
            double y, x, azimuth, at = lat + 0.3 * (double)i; /* 33 km apart */
            geod_direct(&earth, at, lon, 90.0, bands[i].metres, &y, &x, &azimuth);
            if (x < lon - 180.0)
                x += 360.0;
            g_ptr_array_add(
                z, g_strdup_printf("LINESTRING(%.15g %.15g,%.15g %.15g)|Z%zu|%s|2000-01-01", lon,
                                   at - 0.05, lon, at + 0.05, i, bands[i].shore));
            g_ptr_array_add(f, g_strdup_printf("POINT(%.15g %.15g)|F%zu|%s|2022-01-01|2022-06-01",
                                               x, y, i, bands[i].activity));
        }
        g_ptr_array_add(z, NULL);
        g_ptr_array_add(f, NULL);
        g_autofree char *zones = g_strdup_printf("shores-%zu.gpkg", l),
                        *works = g_strdup_printf("works-%zu.gpkg", l);
        screened_with(fixture_layer(zones, "GPKG", "EPSG:4490", "zone_id,zone,z_est",
                                    (const char *const *)z->pdata),
                      fixture_layer(works, "GPKG", "EPSG:4490",
                                    "fp_id,activity,built_after,built_before",
                                    (const char *const *)f->pdata));
        for (size_t i = 0; i < G_N_ELEMENTS(bands); i++) {
            g_autofree char *id = g_strdup_printf("F%zu", i);
            g_autofree char *rule = finding_text_where("rule_id", "source_id", id);
            g_autofree char *metres = finding_text_where("quantity", "source_id", id);
            bool hit = rule && g_str_has_prefix(rule, "YZ-");
            bool good = CHECK_TEXT(hit ? rule : NULL, bands[i].rule);
            if (hit && CHECK(metres != NULL))
                good = CHECK_NEAR(g_ascii_strtod(metres, NULL), bands[i].metres, 0.002) && good;
            if (!good)
                printf("\n    %s at %.2f m of %s, %g %g\n", bands[i].activity, bands[i].metres,
                       bands[i].shore, lon, lat);
        }
    }
}

/* ---- crossings ---- */

#define PIECES 4000 /* of an edge: a geodesic each */

static double along(double a, double b, double t)
{
    return a + t * (b - a);
}

/* Length of a straight edge in degrees, piece by piece, of the pieces whose middle is in x0..x1. */
static double length_within(const double from[2], const double to[2], double x0, double x1)
{
    double sum = 0.0, m;

    for (int i = 0; i < PIECES; i++) {
        double t = (double)i / PIECES, u = (i + 1.0) / PIECES;
        double ax = along(from[0], to[0], t), bx = along(from[0], to[0], u);
        double lo = fmax(fmin(ax, bx), x0), hi = fmin(fmax(ax, bx), x1);
        if (lo >= hi)
            continue;
        geod_inverse(&earth, along(from[1], to[1], t), ax, along(from[1], to[1], u), bx, &m, NULL,
                     NULL);
        sum += m * (hi - lo) / fabs(bx - ax);
    }
    return sum;
}

/* Roads at random bearings through a strip of a source zone, some over the antimeridian: the metres
 * inside, and the row for bridges only where it is one. */
static void a_crossing_is_as_long_as_its_geodesics(void)
{
    static const char *const attrs[] = {"BRIDGE", "-BRIDGE", ""};
    static const char *const rules[] = {"DW-13", "DW-12", "DW-12"};
    GRand *rand = suite_rand();
    g_autoptr(GPtrArray) z = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) f = g_ptr_array_new_with_free_func(g_free);
    double want[18];

    for (int i = 0; i < 18; i++) {
        double lat = -60.0 + 7.0 * i, lon = i % 3 == 2 ? 179.99 : 10.0 * i;
        double from[2] = {lon - 0.1, lat + g_rand_double_range(rand, -0.1, 0.1)};
        double to[2] = {lon + 0.2, lat + g_rand_double_range(rand, -0.1, 0.1)};
        double x1 = lon + g_rand_double_range(rand, 0.01, 0.05);
        g_ptr_array_add(z,
                        g_strdup_printf("POLYGON((%.15g %.15g,%.15g %.15g,%.15g %.15g,%.15g %.15g,"
                                        "%.15g %.15g))|Z%d|DW2|2000-01-01",
                                        lon, lat - 1, x1, lat - 1, x1, lat + 1, lon, lat + 1, lon,
                                        lat - 1, i));
        g_ptr_array_add(f, g_strdup_printf("LINESTRING(%.15g %.15g,%.15g %.15g)|F%d|TR_LINE|"
                                           "-POLLUTING_PROJECT;%s|2020-01-01|2020-06-01",
                                           from[0], from[1], to[0], to[1], i, attrs[i / 3 % 3]));
        want[i] = length_within(from, to, lon, x1);
    }
    g_ptr_array_add(z, NULL);
    g_ptr_array_add(f, NULL);
    screened_with(fixture_layer("sources.gpkg", "GPKG", "EPSG:4490", "zone_id,zone,z_est",
                                (const char *const *)z->pdata),
                  fixture_layer("roads.gpkg", "GPKG", "EPSG:4490",
                                "fp_id,activity,attrs,built_after,built_before",
                                (const char *const *)f->pdata));
    for (int i = 0; i < 18; i++) {
        g_autofree char *id = g_strdup_printf("F%d", i);
        g_autofree char *rule = finding_text_where("rule_id", "source_id", id);
        g_autofree char *metres = finding_text_where("quantity", "source_id", id);
        g_autofree char *unit = finding_text_where("quantity_unit", "source_id", id);
        bool good = CHECK_TEXT(rule, rules[i / 3 % 3]) && CHECK_TEXT(unit, "m") &&
                    CHECK_NEAR(metres ? g_ascii_strtod(metres, NULL) : NAN, want[i],
                               0.002 + 1e-7 * want[i]);
        if (!good)
            printf("\n    road %d\n", i);
    }
    g_autofree char *hits = rows_of_layer(suite_path("findings.gpkg"), "hit");
    int asked = 0;
    for (const char *at = hits; (at = strstr(at, "BRIDGE")); at++)
        asked++;
    CHECK(asked >= 6); /* of a road of which it is not known it is asked */
}

static CU_TestInfo tests[] = {
    {"a band ends at its metre", a_band_ends_at_its_metre},
    {"a crossing is as long as its geodesics", a_crossing_is_as_long_as_its_geodesics},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    geod_init(&earth, 6378137.0, 1.0 / 298.257222101);
    return run_suite("screen.band", tests, argc, argv);
}
