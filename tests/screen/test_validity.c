/* Odd geometries: each is used as it is, repaired with the repair on record, or rejected with a
 * reason; the ground that remains is the right one, and counts and areas balance. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

#define SQUARE "(-1 -1,1 -1,1 1,-1 1,-1 -1)"
#define LEFT "(1 -1,3 -1,3 1,1 1,1 -1)"

/* In thousandths of a degree round 120 E 32 N; fate: NULL used without a word, else what
 * `rejected` says; ground: what must remain, NULL nothing. */
static const struct {
    const char *wkt, *fate, *ground;
} odd[] = {
    {"POLYGON(" SQUARE ")", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON((-1 -1,-1 1,1 1,1 -1,-1 -1))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON((-1 -1,-1 -1,1 -1,1 -1,1 -1,1 1,-1 1,-1 1,-1 -1))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON((-1 -1,0 -1,1 -1,1 1,-1 1,-1 -1))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON((-1 -1,1 -1,1 1,-1 1))", "REPAIRED: Points of LinearRing", "POLYGON(" SQUARE ")"},
    {"POLYGON((0 0,2 2,2 0,0 2,0 0))", "REPAIRED: Self-intersection",
     "MULTIPOLYGON(((0 0,1 1,0 2,0 0)),((1 1,2 0,2 2,1 1)))"},
    {"POLYGON((-1 -1,1 -1,1 1,9 1,1 1,-1 1,-1 -1))", "REPAIRED: ", "POLYGON(" SQUARE ")"},
    {"POLYGON((-1 -1,1 -1,1 0,0 0,1 0,1 1,-1 1,-1 -1))", "REPAIRED: ", "POLYGON(" SQUARE ")"},
    {"POLYGON((0 0,2 0,1 1,2 2,0 2,1 1,0 0))",
     "REPAIRED: ", "MULTIPOLYGON(((0 0,2 0,1 1,0 0)),((1 1,2 2,0 2,1 1)))"},
    {"POLYGON((-1 -1,1 -1,1 1,-1 1,-1 -1,1 -1,1 1,-1 1,-1 -1))",
     "REPAIRED: ", "POLYGON(" SQUARE ")"},
    {"POLYGON((0 0,4 0,4 4,0 4,0 0,1 2,2 2,2 1,0 0))",
     "REPAIRED: ", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 2,2 2,2 1,0 0))"},
    {"POLYGON((0 0,1 0,0 0))", "NOT_REPAIRABLE: Too few points", NULL},
    {"POLYGON((0 0,0 0,0 0,0 0))", "NOT_REPAIRABLE: Too few points", NULL},
    {"POLYGON((0 0,1 0,2 0,1 0,0 0))", "NOT_REPAIRABLE: ", NULL},
    {"POLYGON((0 0,1 0.000000001,2 0,0 0))", "DUST: ", NULL},
    {"POLYGON(" SQUARE ",(0 0,0.5 0,0.5 0.5,0 0.5,0 0))", NULL,
     "POLYGON(" SQUARE ",(0 0,0.5 0,0.5 0.5,0 0.5,0 0))"},
    {"POLYGON(" SQUARE ",(5 5,6 5,6 6,5 6,5 5))", "REPAIRED: Hole lies outside shell",
     "MULTIPOLYGON((" SQUARE "),((5 5,6 5,6 6,5 6,5 5)))"},
    {"POLYGON(" SQUARE ",(0 -0.5,2 -0.5,2 0.5,0 0.5,0 -0.5))",
     "REPAIRED: ", "POLYGON((-1 -1,1 -1,1 -0.5,0 -0.5,0 0.5,1 0.5,1 1,-1 1,-1 -1))"},
    {"POLYGON(" SQUARE "," SQUARE ")", "NOT_REPAIRABLE: ", NULL},
    {"POLYGON(" SQUARE ",(-2 -2,2 -2,2 2,-2 2,-2 -2))", "NOT_REPAIRABLE: Hole lies outside", NULL},
    {"POLYGON((-3 -3,3 -3,3 3,-3 3,-3 -3),(-2 -1,1 -1,1 1,-2 1,-2 -1),(-1 -1,2 -1,2 1,-1 1,-1 -1))",
     "REPAIRED: ", "POLYGON((-3 -3,3 -3,3 3,-3 3,-3 -3),(-2 -1,2 -1,2 1,-2 1,-2 -1))"},
    {"POLYGON((-3 -3,3 -3,3 3,-3 3,-3 -3),(-2 -2,2 -2,2 2,-2 2,-2 -2)," SQUARE ")",
     "REPAIRED: Holes are nested",
     "POLYGON((-3 -3,3 -3,3 3,-3 3,-3 -3),(-2 -2,2 -2,2 2,-2 2,-2 -2))"},
    {"POLYGON(" SQUARE ",(-1 -0.5,0 -0.5,0 0.5,-1 0.5,-1 -0.5))",
     "REPAIRED: ", "POLYGON((-1 -1,1 -1,1 1,-1 1,-1 0.5,0 0.5,0 -0.5,-1 -0.5,-1 -1))"},
    {"MULTIPOLYGON((" SQUARE "),((0 -1,2 -1,2 1,0 1,0 -1)))",
     "REPAIRED: ", "POLYGON((-1 -1,2 -1,2 1,-1 1,-1 -1))"},
    {"MULTIPOLYGON((" SQUARE "),(" SQUARE "))", "REPAIRED: ", "POLYGON(" SQUARE ")"},
    {"MULTIPOLYGON((" SQUARE "),((0 0,0.5 0,0.5 0.5,0 0.5,0 0)))", "REPAIRED: Nested shells",
     "POLYGON(" SQUARE ")"},
    {"MULTIPOLYGON((" SQUARE "),(" LEFT "))", "REPAIRED: ", "POLYGON((-1 -1,3 -1,3 1,-1 1,-1 -1))"},
    {"MULTIPOLYGON((" SQUARE "),EMPTY)", NULL, "POLYGON(" SQUARE ")"},
    {"MULTIPOLYGON((" SQUARE "),((7 7,8 8,8 7,7 8,7 7)))", "REPAIRED: ",
     "MULTIPOLYGON((" SQUARE "),((7 7,7.5 7.5,7 8,7 7)),((7.5 7.5,8 7,8 8,7.5 7.5)))"},
    {"POLYGON EMPTY", "EMPTY_GEOMETRY", NULL},
    {"MULTIPOLYGON EMPTY", "EMPTY_GEOMETRY", NULL},
    {"GEOMETRYCOLLECTION EMPTY", "EMPTY_GEOMETRY", NULL},
    {"POINT EMPTY", "EMPTY_GEOMETRY", NULL},
    {"GEOMETRYCOLLECTION(POLYGON(" SQUARE "))", NULL, "POLYGON(" SQUARE ")"},
    {"GEOMETRYCOLLECTION(POLYGON(" SQUARE "),LINESTRING(0 0,5 5))", "REPAIRED: Collection",
     "POLYGON(" SQUARE ")"},
    {"GEOMETRYCOLLECTION(POINT(7 7),POLYGON(" SQUARE "))", "REPAIRED: Collection",
     "POLYGON(" SQUARE ")"},
    {"GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(MULTIPOLYGON((" SQUARE "))),GEOMETRYCOLLECTION EMPTY)",
     NULL, "POLYGON(" SQUARE ")"},
    {"GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POLYGON(" SQUARE "),POLYGON(" SQUARE ")),POINT(3 3))",
     "REPAIRED: Collection", "POLYGON(" SQUARE ")"},
    {"GEOMETRYCOLLECTION(POLYGON(" SQUARE "),POLYGON((0 -1,2 -1,2 1,0 1,0 -1)))",
     "REPAIRED: Collection", "POLYGON((-1 -1,2 -1,2 1,-1 1,-1 -1))"},
    {"GEOMETRYCOLLECTION(POLYGON((0 0,2 2,2 0,0 2,0 0)),POINT(9 9))",
     "REPAIRED: ", "MULTIPOLYGON(((0 0,1 1,0 2,0 0)),((1 1,2 0,2 2,1 1)))"},
    {"POLYGON Z((-1 -1 7,1 -1 7,1 1 8,-1 1 8,-1 -1 7))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON M((-1 -1 7,1 -1 7,1 1 8,-1 1 8,-1 -1 7))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON ZM((-1 -1 7 1,1 -1 7 1,1 1 8 1,-1 1 8 1,-1 -1 7 1))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON Z((-1 -1 7,1 -1 7,1 1 8,-1 1 8,-1 -1 9))", NULL, "POLYGON(" SQUARE ")"},
    {"TRIANGLE((0 0,1 0,0 1,0 0))", NULL, "POLYGON((0 0,1 0,0 1,0 0))"},
    {"TIN Z(((0 0 0,1 0 0,0 1 0,0 0 0)))", NULL, "POLYGON((0 0,1 0,0 1,0 0))"},
    {"POLYHEDRALSURFACE Z(((-1 -1 0,1 -1 0,1 1 0,-1 1 0,-1 -1 0)))", NULL, "POLYGON(" SQUARE ")"},
    {"CURVEPOLYGON((-1 -1,1 -1,1 1,-1 1,-1 -1))", NULL, "POLYGON(" SQUARE ")"},
    {"POLYGON((0 0,nan 0,1 1,0 0))", "UNREADABLE_GEOMETRY: ", NULL},
    {"POLYGON((0 0,inf 0,1 1,0 0))", "UNREADABLE_GEOMETRY: ", NULL},
    {"POLYGON((0 0,999999999999 0,1 1,0 0))", "OUTSIDE_CRS: ", NULL},
    {"POLYGON((59900 0,-299900 0,-299900 1,59900 1,59900 0))",
     "OVER_HALF_TURN: an edge from longitude 179.9 to -179.9", NULL},
    {"LINESTRING(59900 0,-299900 0)", "OVER_HALF_TURN: an edge from longitude 179.9 to -179.9",
     NULL},
    {"MULTILINESTRING((0 0,1 0),(-299900 1,59900 1))",
     "OVER_HALF_TURN: an edge from longitude -179.9 to 179.9", NULL},
    {"GEOMETRYCOLLECTION(POINT(7 7),LINESTRING(59900 0,-299900 0))",
     "OVER_HALF_TURN: an edge from longitude 179.9 to -179.9", NULL},
    {"POLYGON((0 0,1 0,abc", "UNREADABLE_GEOMETRY: ", NULL},
    {"", "NULL_GEOMETRY", NULL},
    {"LINESTRING(0 0,0 0)", "NOT_REPAIRABLE: ", NULL},
    {"LINESTRING(0 0)", "NOT_REPAIRABLE: ", NULL},
};

static gboolean place(const GMatchInfo *match, GString *text, gpointer unused)
{
    g_autofree char *before = g_match_info_fetch(match, 1);
    g_autofree char *x = g_match_info_fetch(match, 2), *y = g_match_info_fetch(match, 3);

    (void)unused;
    g_string_append_printf(text, "%s%.15g %.15g", before, 120.0 + 1e-3 * g_ascii_strtod(x, NULL),
                           32.0 + 1e-3 * g_ascii_strtod(y, NULL));
    return FALSE;
}

/* Yours. */
static char *placed(const char *wkt)
{
    g_autoptr(GRegex) pair = g_regex_new("([(,])(-?[0-9.]+) (-?[0-9.]+)", 0, 0, NULL);

    return g_regex_replace_eval(pair, wkt, -1, 0, 0, place, NULL, NULL);
}

static double ground_m2(const char *wkt)
{
    GError *error = NULL;
    g_autofree char *text = placed(wkt);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_measure) measure = rdl_measure_new(crs, &error);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(text, &error);
    double m2 = 0.0;

    rdl_measure_area(measure, g, &m2, &error);
    CHECK_OK(error);
    return m2;
}

static const char *odd_layer(void)
{
    g_autoptr(GString) csv = g_string_new("fp_id,activity,built_after,zone_id,zone,z_est,WKT\n");

    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *wkt = placed(odd[i].wkt);
        g_string_append_printf(csv, "F%02u,IND,2024-01-01,Z%02u,NR_GEN,2010-01-01,\"%s\"\n", i, i,
                               wkt);
    }
    return fixture_text("odd.csv", csv->str);
}

/* What `rejected` says of the feature, one text a line, but that others lie on it. Yours. */
static char *said_of(const char *layer, guint fid)
{
    g_autofree char *rows = rows_of_layer(suite_path("findings.gpkg"), "rejected");
    g_autofree char *start = g_strdup_printf("%s|%u|", layer, fid);
    g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);
    GString *said = g_string_new(NULL);

    for (char **l = lines; *l; l++)
        if (g_str_has_prefix(*l, start) && !strstr(*l, "|SAME_GEOMETRY") && !strstr(*l, "|OVERLAP"))
            g_string_append_printf(said, "%s\n", *l + strlen(start));
    return g_string_free(said, FALSE);
}

/* Said once and no more; used and repaired as the words say. */
static bool check_said(const char *layer, guint i)
{
    g_autofree char *said = said_of(layer, i + 1);
    const char *fate = odd[i].fate;

    if (!fate)
        return CHECK_TEXT(said, "");
    bool repaired = g_str_has_prefix(fate, "REPAIRED"), dust = g_str_has_prefix(fate, "DUST");
    const char *end = repaired ? "|1|1|\n" : dust ? "|0|1|\n" : "|0|0|\n";
    char *newline = strchr(said, '\n');
    return CHECK(g_str_has_prefix(said, fate)) && CHECK(g_str_has_suffix(said, end)) &&
           CHECK(newline && !newline[1]);
}

static void each_footprint_has_one_fate(void)
{
    const char *profile = fixture_text("odd.yaml", "layer: footprint\ncrs_claim: \"EPSG:4490\"\n");
    screened s = screen_layers(fixture_zone(120, 32, 0.1, "EPSG:4490"), odd_layer(), profile);
    guint used = 0;

    CHECK_OK(s.error);
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *id = g_strdup_printf("F%02u", i);
        g_autofree char *area = finding_text_where("area_m2", "source_id", id);
        bool good = check_said("footprint", i) && CHECK(!area == !odd[i].ground);
        if (area && odd[i].ground)
            good =
                CHECK_NEAR(g_ascii_strtod(area, NULL) / ground_m2(odd[i].ground), 1, 1e-9) && good;
        used += odd[i].ground != NULL;
        if (!good)
            printf("\n    of %s\n", odd[i].wkt);
    }
    CHECK_INT(screened_count(&s, "screen.footprints", "in", NULL), G_N_ELEMENTS(odd));
    CHECK_INT(screened_count(&s, "screen.footprints", "used", NULL), used);
    CHECK_INT(screened_count(&s, "screen.footprints", "suppressed", "DUST"), 1);
    rdl_screen_result_clear(&s.result);
}

/* The same layer as zones, in another system than its footprint. */
static void each_zone_has_one_fate(void)
{
    const char *zones = odd_layer();
    const char *footprints = fixture_footprint("GPKG", "EPSG:4547", ",built_after", "|2024-01-01",
                                               1067000, 3560000, 5000);
    rdl_source z = {zones, fixture_text("odd.yaml", "layer: zone\ncrs_claim: \"EPSG:4490\"\n")};
    rdl_source f = {footprints, NULL};
    rdl_screen_options options = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    options.zones = &z;
    options.footprints = &f;
    options.n_zones = options.n_footprints = 1;
    options.pack = suite_source("data/packs/cn");
    options.as_of = rdl_day_of(2026, 11, 1);
    options.output = suite_path("findings.gpkg");
    options.overwrite = true;
    options.sliver_m2 = 0.0;
    CHECK(rdl_screen(&options, NULL, &result, &error));
    CHECK_OK(error);
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *id = g_strdup_printf("Z%02u", i);
        g_autofree char *area = finding_text_where("area_m2", "zone_id", id);
        bool dust = odd[i].fate && g_str_has_prefix(odd[i].fate, "DUST");
        bool good = (dust || check_said("zone", i)) && CHECK(!area == !odd[i].ground);
        if (area && odd[i].ground)
            good =
                CHECK_NEAR(g_ascii_strtod(area, NULL) / ground_m2(odd[i].ground), 1, 1e-6) && good;
        if (!good)
            printf("\n    of %s\n", odd[i].wkt);
    }
    rdl_screen_result_clear(&result);
}

/* A ring of n points round 120 E 32 N as WKB, one ordinate replaced. */
static GBytes *ring_wkb(guint32 n, guint32 at, double value)
{
    GByteArray *wkb = g_byte_array_new();
    const guint8 order = 1;
    const guint32 head[] = {GUINT32_TO_LE(3), GUINT32_TO_LE(1), GUINT32_TO_LE(n)};

    g_byte_array_append(wkb, &order, 1);
    g_byte_array_append(wkb, (const guint8 *)head, sizeof head);
    for (guint32 i = 0; i < n; i++) {
        double a = 2.0 * G_PI * (i % (n - 1)) / (n - 1);
        double point[] = {120.0 + 1e-2 * cos(a), 32.0 + 1e-2 * sin(a)};
        if (i == at)
            point[1] = value;
        g_byte_array_append(wkb, (const guint8 *)point, sizeof point);
    }
    return g_byte_array_free_to_bytes(wkb);
}

/* What only a binary layer can hold, and a million vertices. */
static void numbers_that_are_none_are_told(void)
{
    static const rdl_field fields[] = {
        {"fp_id", RDL_FIELD_TEXT}, {"activity", RDL_FIELD_TEXT}, {"built_after", RDL_FIELD_TEXT}};
    const double value[] = {NAN, INFINITY, -INFINITY, 32.0};
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    rdl_vector *out = rdl_vector_create(suite_path("binary.fgb"), "FlatGeobuf", &error);
    int layer = rdl_vector_layer(out, "layer", crs, "Polygon", fields, 3, &error);

    for (guint i = 0; i < 4; i++) {
        guint32 n = i < 3 ? 100 : 1000001;
        g_autofree char *id = g_strdup_printf("F%02u", i);
        rdl_value row[] = {rdl_text(id), rdl_text("IND"), rdl_text("2024-01-01")};
        g_autoptr(GBytes) wkb = ring_wkb(n, i < 3 ? 7 : G_MAXUINT32, value[i]);
        rdl_vector_write(out, layer, row, wkb, &error);
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    screened s =
        screen_layers(fixture_zone(120, 32, 0.1, "EPSG:4490"), suite_path("binary.fgb"), NULL);
    CHECK_OK(s.error);
    CHECK_INT(screened_count(&s, "screen.footprints", "in", NULL), 4);
    CHECK_INT(screened_count(&s, "screen.footprints", "used", NULL), 1);
    CHECK_INT(screened_count(&s, "screen.footprints", "failed", "NOT_REPAIRABLE"), 1);
    CHECK_INT(screened_count(&s, "screen.footprints", "failed", "OUTSIDE_CRS"), 2);
    g_autofree char *rejected = rows_of_layer(suite_path("findings.gpkg"), "rejected");
    CHECK(strstr(rejected, "NOT_REPAIRABLE: Invalid Coordinate[") != NULL);
    CHECK(strstr(rejected, "to inf are no degrees") != NULL);
    CHECK(strstr(rejected, "y from -inf to") != NULL);
    g_autofree char *area = finding_text_where("area_m2", "source_id", "F03");
    if (CHECK(area != NULL)) {
        /* pi r^2, to the change of scale over r */
        double square = ground_m2("POLYGON((-10 -10,10 -10,10 10,-10 10,-10 -10))") / 4.0;
        CHECK_NEAR(g_ascii_strtod(area, NULL) / (G_PI * square), 1, 1e-7);
    }
    rdl_screen_result_clear(&s.result);
}

/* A circle of arcs, and the half of one on a chord, in degrees: their ground to a millionth. */
static void arcs_are_round(void)
{
    const char *csv = fixture_text(
        "arcs.csv",
        "fp_id,activity,built_after,WKT\n"
        "A,IND,2024-01-01,\"CURVEPOLYGON(CIRCULARSTRING(119.99 32,120 32.01,120.01 32,120 "
        "31.99,119.99 32))\"\n"
        "B,IND,2024-01-01,\"CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(120.03 32,120.04 32.01,"
        "120.05 32),(120.05 32,120.03 32)))\"\n");
    screened s = screen_layers(fixture_zone(120, 32, 0.1, "EPSG:4490"), csv,
                               fixture_text("arcs.yaml", "crs_claim: \"EPSG:4490\"\n"));
    double square = ground_m2("POLYGON((-10 -10,10 -10,10 10,-10 10,-10 -10))") / 4.0;
    g_autofree char *whole = finding_text_where("area_m2", "source_id", "A");
    g_autofree char *half = finding_text_where("area_m2", "source_id", "B");

    CHECK_OK(s.error);
    if (CHECK(whole && half)) {
        CHECK_NEAR(g_ascii_strtod(whole, NULL) / (G_PI * square), 1, 1e-6);
        CHECK_NEAR(g_ascii_strtod(half, NULL) / (G_PI * square / 2.0), 1, 1e-4); /* farther north */
    }
    rdl_screen_result_clear(&s.result);
}

static CU_TestInfo tests[] = {
    {"arcs are round", arcs_are_round},
    {"each footprint has one fate", each_footprint_has_one_fate},
    {"each zone has one fate", each_zone_has_one_fate},
    {"numbers that are none are told", numbers_that_are_none_are_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.validity", tests, argc, argv);
}
