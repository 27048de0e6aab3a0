/* Coordinate systems as they are claimed: zones in eastings, old datums, displaced maps, axes. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "fixtures/layers.h"
#include "suite.h"

/* One building inside the zone at 114.6 E 32 N, in the system `crs`. */
static const char *building_in(const char *crs, double lon, double lat)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) geographic = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_crs) to = rdl_crs_parse(crs, &error);
    g_autoptr(rdl_transform) move = rdl_transform_new(geographic, to, &error);

    CHECK(move != NULL && rdl_transform_points(move, 1, &lon, &lat, &error));
    CHECK_OK(error);
    return fixture_footprint("GPKG", crs, ",built_after", "|2024-01-01", lon, lat,
                             rdl_crs_geographic(to) ? 0.001 : 100);
}

static const char *zones(void)
{
    return fixture_zone(114.6, 32, 0.1, "EPSG:4490");
}

static void every_system_of_the_field_is_read(void)
{
    static const char *const systems[] = {"EPSG:4490", /* CGCS2000 */
                                          "EPSG:4526", /* 3 degrees, zone 38 in the easting */
                                          "EPSG:4547", /* the same meridian, no number */
                                          "EPSG:4498", /* 6 degrees, zone 20 */
                                          "EPSG:4509", /* its meridian alone */
                                          "EPSG:4326", "EPSG:32650", "EPSG:3857"};

    for (size_t i = 0; i < G_N_ELEMENTS(systems); i++) {
        screened s = screen_layers(zones(), building_in(systems[i], 114.6, 32.0), NULL);
        CHECK_OK(s.error);
        g_autofree char *lon = finding_text("lon"), *lat = finding_text("lat");
        CHECK(lon && fabs(g_ascii_strtod(lon, NULL) - 114.6) < 2e-4);
        CHECK(lat && fabs(g_ascii_strtod(lat, NULL) - 32.0) < 2e-4);
        rdl_screen_result_clear(&s.result);
    }
}

static void the_zone_in_the_easting_is_held_against_the_longitude(void)
{
    /* 117 E said in zone 38, whose meridian is 114 E */
    screened s = screen_layers(fixture_zone(117, 32, 0.1, "EPSG:4490"),
                               building_in("EPSG:4526", 117.0, 32.0), NULL);
    CHECK_FAILS(s.error, RDL_ERROR_CRS,
                "begin with the zone's number 38 (central meridian 114), but it lies at longitude "
                "117.000, in zone 39");
    /* half a degree beyond the seam is what neighbours share */
    s = screen_layers(fixture_zone(115.8, 32, 0.1, "EPSG:4490"),
                      building_in("EPSG:4526", 115.8, 32.0), NULL);
    CHECK_OK(s.error);
    rdl_screen_result_clear(&s.result);
    /* who says so in a profile is believed */
    s = screen_layers(fixture_zone(117, 32, 0.1, "EPSG:4490"),
                      building_in("EPSG:4526", 117.0, 32.0),
                      fixture_text("said.yaml", "crs: \"EPSG:4547\"\n"));
    CHECK_FAILS(s.error, RDL_ERROR_CRS,
                "begin with the zone's number (38), and this system has none");
    /* one of two is refused, with what was found */
    const char *rows[] = {
        "POLYGON((38500000 3541000,38500100 3541000,38500100 3541100,38500000 3541000))|F1|IND",
        "POLYGON((39500000 3541000,39500100 3541000,39500100 3541100,39500000 3541000))|F2|IND",
        NULL};
    s = screen_layers(fixture_zone(114, 32, 0.1, "EPSG:4490"),
                      fixture_layer("two.gpkg", "GPKG", "EPSG:4526", "fp_id,activity", rows), NULL);
    CHECK_OK(s.error);
    CHECK_INT(screened_count(&s, "screen.footprints", "failed", "OUTSIDE_CRS"), 1);
    g_autofree char *rejected = rows_of_layer(suite_path("findings.gpkg"), "rejected");
    CHECK(strstr(rejected, "eastings begin with the zone's number 39, this system's with 38") !=
          NULL);
    rdl_screen_result_clear(&s.result);
}

/* Displacement of the finding from where the numbers stand, in degrees. */
static void an_old_datum_needs_its_transformation(void)
{
    static const char *const systems[] = {"EPSG:4610",
                                          "EPSG:4214",
                                          "EPSG:2362",
                                          "EPSG:2414",
                                          "+proj=longlat +a=6378140 +rf=298.257 +no_defs",
                                          "+proj=longlat +ellps=krass +no_defs"};

    for (size_t i = 0; i < G_N_ELEMENTS(systems); i++) {
        GError *error = NULL;
        g_autoptr(rdl_crs) crs = rdl_crs_parse(systems[i], &error);
        bool plane = !rdl_crs_geographic(crs);
        const char *there = fixture_footprint("GPKG", systems[i], "", "", plane ? 38500000 : 114.6,
                                              plane ? 3541000 : 32, plane ? 100 : 0.001);
        screened s = screen_layers(zones(), there, NULL);
        CHECK_FAILS(s.error, RDL_ERROR_CRS, "whose transformation to CGCS2000 is not public");
        s = screen_layers(there, there, NULL);
        CHECK(s.error && (s.error->code == RDL_ERROR_CRS || s.error->code == RDL_ERROR_DATA));
        g_clear_error(&s.error);
    }
    const char *old =
        fixture_footprint("GPKG", "EPSG:4610", ",built_after", "|2024-01-01", 114.6, 32, 0.001);
    screened s =
        screen_layers(zones(), old, fixture_text("shift.yaml", "datum_shift: [300, 0, 0]\n"));
    CHECK_OK(s.error);
    CHECK(screened_warned(&s, "DATUM_SHIFTED"));
    g_autofree char *lon = finding_text("lon"), *lat = finding_text("lat");
    /* 300 m along x of the earth: east by -dx sin(lon), north by -dx cos(lon) sin(lat) */
    const double degree = G_PI / 180.0;
    double east = -300 * sin(114.6 * degree), north = -300 * cos(114.6 * degree) * sin(32 * degree);
    CHECK_NEAR((g_ascii_strtod(lon, NULL) - 114.6) * 111320 * cos(32 * degree), east, 3);
    CHECK_NEAR((g_ascii_strtod(lat, NULL) - 32) * 110860, north, 3);
    rdl_screen_result_clear(&s.result);
    /* by a PROJ string that brings its own */
    s = screen_layers(zones(), old,
                      fixture_text("own.yaml", "crs: \"+proj=longlat +a=6378140 +rf=298.257 "
                                               "+towgs84=300,0,0 +no_defs\"\n"));
    CHECK_OK(s.error);
    CHECK(screened_warned(&s, "DATUM_SHIFTED"));
    g_autofree char *same = finding_text("lon");
    CHECK_NEAR(g_ascii_strtod(same, NULL), g_ascii_strtod(lon, NULL), 1e-9);
    rdl_screen_result_clear(&s.result);
    /* what needs none gets none */
    s = screen_layers(zones(), building_in("EPSG:4490", 114.6, 32.0), suite_path("shift.yaml"));
    CHECK_FAILS(s.error, RDL_ERROR_DATA, "needs no transformation");
    /* zones in it too: findings are in CGCS2000 */
    rdl_source z = {fixture_zone(114.6, 32, 0.1, "EPSG:4610"), suite_path("shift.yaml")},
               f = {old, suite_path("shift.yaml")};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    options.zones = &z, options.footprints = &f;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.output = suite_path("findings.gpkg");
    options.overwrite = true;
    CHECK(rdl_screen(&options, NULL, &s.result, &s.error));
    CHECK_OK(s.error);
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":finding", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &s.error);
    CHECK(layer && strstr(rdl_crs_name(rdl_layer_crs(layer)), "China Geodetic") != NULL);
    g_autofree char *again = finding_text("lon");
    CHECK_TEXT(again, lon);
    rdl_screen_result_clear(&s.result);
}

/* ---- displaced maps ---- */

static void check_not_accused(const screened *s, const char *datum)
{
    CHECK_INT(json_object_get_int_member(
                  rdl_json_object(json_node_get_object(s->result.summary), "by_result"), "SUSPECT"),
              0);
    g_autofree char *verdict = finding_text_where("verdict", "zone", "ERL");
    g_autofree char *note = finding_text_where("note", "zone", "ERL");
    CHECK_TEXT(verdict, "REVIEW");
    g_autofree char *said = g_strconcat("DATUM_UNCERTAIN: places in ", datum, NULL);
    CHECK(note && strstr(note, said) != NULL);
    CHECK(screened_warned(s, "DATUM_UNCERTAIN"));
}

static void displaced_places_are_never_accused_on(void)
{
    const char *plain = building_in("EPSG:4490", 114.6, 32.0);
    screened s = screen_layers(zones(), plain, NULL);

    CHECK_OK(s.error); /* what it would be otherwise */
    CHECK_INT(json_object_get_int_member(
                  rdl_json_object(json_node_get_object(s.result.summary), "by_result"), "SUSPECT"),
              1);
    rdl_screen_result_clear(&s.result);
    /* by the profile */
    s = screen_layers(zones(), plain, fixture_text("gcj.yaml", "datum: GCJ-02\n"));
    CHECK_OK(s.error);
    check_not_accused(&s, "GCJ-02");
    g_autofree char *least = finding_text_where("area_min_m2", "zone", "ERL");
    CHECK(least != NULL);
    rdl_screen_result_clear(&s.result);
    /* by the claim, of a file without a system */
    const char *csv = fixture_text(
        "pts.csv",
        "fp_id,activity,built_after,WKT\n"
        "F1,IND,2024-01-01,\"POLYGON((114.6 32,114.601 32,114.601 32.001,114.6 32))\"\n");
    s = screen_layers(zones(), csv, fixture_text("bd.yaml", "crs_claim: BD-09\n"));
    CHECK_OK(s.error);
    check_not_accused(&s, "BD-09");
    rdl_screen_result_clear(&s.result);
    /* by names: of a field, of the file */
    const char *row[] = {
        "POLYGON((114.6 32,114.601 32,114.601 32.001,114.6 32))|F1|IND|2024-01-01|114.6", NULL};
    s = screen_layers(zones(),
                      fixture_layer("named.gpkg", "GPKG", "EPSG:4490",
                                    "fp_id,activity,built_after,gcj02_lng", row),
                      NULL);
    CHECK_OK(s.error);
    check_not_accused(&s, "GCJ-02");
    rdl_screen_result_clear(&s.result);
    s = screen_layers(zones(),
                      fixture_layer("sites_bd09.gpkg", "GPKG", "EPSG:4490",
                                    "fp_id,activity,built_after,other", row),
                      NULL);
    CHECK_OK(s.error);
    check_not_accused(&s, "BD-09");
    rdl_screen_result_clear(&s.result);
    /* by each feature's own word */
    const char *rows[] = {
        "POLYGON((114.6 32,114.601 32,114.601 32.001,114.6 32))|F1|IND|2024-01-01|火星坐标系",
        "POLYGON((114.61 32,114.611 32,114.611 32.001,114.61 32))|F2|IND|2024-01-01|CGCS2000",
        NULL};
    s = screen_layers(
        zones(),
        fixture_layer("mixed.gpkg", "GPKG", "EPSG:4490", "fp_id,activity,built_after,坐标系", rows),
        NULL);
    CHECK_OK(s.error);
    g_autofree char *one = finding_text_where("result", "source_id", "F1"),
                    *two = finding_text_where("result", "source_id", "F2");
    CHECK(g_strcmp0(one, "SUSPECT") != 0);
    CHECK_TEXT(two, "SUSPECT");
    rdl_screen_result_clear(&s.result);
    /* unless somebody knows better */
    s = screen_layers(zones(), suite_path("sites_bd09.gpkg"),
                      fixture_text("known.yaml", "datum: CGCS2000\n"));
    CHECK_OK(s.error);
    CHECK_INT(json_object_get_int_member(
                  rdl_json_object(json_node_get_object(s.result.summary), "by_result"), "SUSPECT"),
              1);
    rdl_screen_result_clear(&s.result);
}

static void a_displaced_zone_accuses_nobody(void)
{
    rdl_source z = {zones(), fixture_text("gcj-zone.yaml", "datum: gcj02\n")};
    rdl_source f = {building_in("EPSG:4490", 114.6, 32.0), NULL};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    screened s = {0};

    options.zones = &z, options.footprints = &f;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.output = suite_path("findings.gpkg");
    options.overwrite = true;
    CHECK(rdl_screen(&options, NULL, &s.result, &s.error));
    CHECK_OK(s.error);
    check_not_accused(&s, "GCJ-02");
    rdl_screen_result_clear(&s.result);
    /* a permit cannot be held against a part: what it covers is not known */
    const char *rows[] = {"POLYGON((114.6 32,114.601 32,114.601 32.001,114.6 32))|Q1", NULL};
    rdl_source q = {fixture_layer("permit.gpkg", "GPKG", "EPSG:4490", "permit_no", rows),
                    suite_path("gcj-zone.yaml")};
    options.permits = &q;
    options.n_permits = 1;
    z.profile = NULL;
    CHECK(!rdl_screen(&options, NULL, &s.result, &s.error));
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "its scope is in GCJ-02");
}

/* ---- axes ---- */

static void axes_the_wrong_way_round_are_told(void)
{
    const char *swapped =
        fixture_footprint("GPKG", "EPSG:4490", ",built_after", "|2024-01-01", 32, 80, 0.001);
    screened s = screen_layers(fixture_zone(80, 32, 0.1, "EPSG:4490"), swapped, NULL);

    CHECK_FAILS(s.error, RDL_ERROR_CRS, "exchange");
    s = screen_layers(fixture_zone(32, 80, 0.1, "EPSG:4490"), swapped, NULL); /* both */
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "exchange_xy: true");
    s = screen_layers(fixture_zone(80, 32, 0.1, "EPSG:4490"), swapped,
                      fixture_text("yx.yaml", "exchange_xy: true\n"));
    CHECK_OK(s.error);
    g_autofree char *lon = finding_text("lon");
    CHECK(lon && fabs(g_ascii_strtod(lon, NULL) - 80) < 0.01);
    rdl_screen_result_clear(&s.result);
    /* east of 90 they are no latitudes */
    s = screen_layers(zones(), fixture_footprint("GPKG", "EPSG:4490", "", "", 32, 114.6, 0.001),
                      NULL);
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "latitude stands before longitude");
    /* northing first, with the zone's number and without */
    s = screen_layers(zones(),
                      fixture_footprint("GPKG", "EPSG:4526", "", "", 3541000, 38556000, 100), NULL);
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "northing stands before easting");
    s = screen_layers(fixture_zone(3541000, 556000, 5000, "EPSG:4547"),
                      fixture_footprint("GPKG", "EPSG:4547", "", "", 3541000, 556000, 100), NULL);
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "exchange_xy: true");
    /* degrees by a table's columns */
    s = screen_layers(zones(),
                      fixture_text("yx.csv", "fp_id,activity,经度,纬度\nF1,OUTFALL,32.0,114.6\n"),
                      fixture_text("4490.yaml", "crs_claim: \"EPSG:4490\"\n"));
    CHECK_FAILS(s.error, RDL_ERROR_CRS, "latitude stands before longitude");
}

/* GML names its axes in the authority's order: the same building, whichever way it is written. */
static void the_order_of_an_authority_does_not_matter(void)
{
    static const char gml[] =
        "<?xml version=\"1.0\"?>\n<ogr:FeatureCollection xmlns:ogr=\"http://ogr.maptools.org/\" "
        "xmlns:gml=\"http://www.opengis.net/gml/3.2\" gml:id=\"a\">\n<ogr:featureMember><ogr:layer "
        "gml:id=\"l.0\">"
        "<ogr:geometry><gml:Polygon srsName=\"%s\" gml:id=\"g.0\"><gml:exterior><gml:LinearRing>"
        "<gml:posList>%s</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ogr:geometry>"
        "<ogr:fp_id>F1</ogr:fp_id><ogr:activity>IND</ogr:activity><ogr:built_after>2024-01-01</"
        "ogr:built_after>"
        "</ogr:layer></ogr:featureMember></ogr:FeatureCollection>\n";
    static const char lat_first[] = "32 114.6 32 114.601 32.001 114.601 32 114.6";
    static const char lon_first[] = "114.6 32 114.601 32 114.601 32.001 114.6 32";
    g_autofree char *urn = g_strdup_printf(gml, "urn:ogc:def:crs:EPSG::4490", lat_first);
    g_autofree char *plain = g_strdup_printf(gml, "EPSG:4490", lon_first);
    const char *files[] = {fixture_text("urn.gml", urn), fixture_text("plain.gml", plain)};
    g_autofree char *rows[2] = {NULL, NULL};

    for (int i = 0; i < 2; i++) {
        screened s = screen_layers(zones(), files[i], NULL);
        CHECK_OK(s.error);
        rows[i] = rows_of_layer(suite_path("findings.gpkg"), "finding");
        rdl_screen_result_clear(&s.result);
    }
    CHECK(strlen(rows[0]) > 100);
    CHECK_TEXT(rows[1], rows[0]);
    g_free(rows[1]);
}

static void coordinates_are_read_as_they_are_written(void)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {{"119.5", 119.5},        {" １１９．５ ", 119.5},   {"119°30′", 119.5},
                {"119°30'36\"", 119.51}, {"119度30分36秒", 119.51}, {"119:30:36", 119.51},
                {"119°30′36″E", 119.51}, {"东119°30′", 119.5},      {"32°15′S", -32.25},
                {"W 75°", -75},          {"-75°30′", -75.5},        {"119°", 119},
                {"3.5e6", 3.5e6},        {"119º30’36”", 119.51}};
    static const char *const bad[] = {"",     "abc",     "119°75′", "nan",         "inf",
                                      "0x10", "500,000", "1 2",     "119°30′36″X", "12°-3′"};
    double value;

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        if (CHECK(rdl_coordinate_parse(good[i].text, &value)))
            CHECK_NEAR(value, good[i].value, 1e-12);
        else
            printf("%s\n", good[i].text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (!CHECK(!rdl_coordinate_parse(bad[i], &value)))
            printf("'%s' is %g\n", bad[i], value);
}

static CU_TestInfo tests[] = {
    {"every system of the field is read", every_system_of_the_field_is_read},
    {"the zone in the easting is held against the longitude",
     the_zone_in_the_easting_is_held_against_the_longitude},
    {"an old datum needs its transformation", an_old_datum_needs_its_transformation},
    {"displaced places are never accused on", displaced_places_are_never_accused_on},
    {"a displaced zone accuses nobody", a_displaced_zone_accuses_nobody},
    {"axes the wrong way round are told", axes_the_wrong_way_round_are_told},
    {"the order of an authority does not matter", the_order_of_an_authority_does_not_matter},
    {"coordinates are read as they are written", coordinates_are_read_as_they_are_written},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.system", tests, argc, argv);
}
