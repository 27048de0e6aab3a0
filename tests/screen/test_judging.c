/* One footprint at a time: what a permit covers, which unit, which version of a zone, whose row. */
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include "screen/screen.h"
#include "suite.h"

#define FIELDS_MOST 8

/* A layer of text fields; each row: values in the fields' order, then WKT; ended by an empty row.
 */
typedef const char *const row_texts[FIELDS_MOST];

static rdl_source layer_of(const char *name, const char *const *names, row_texts *rows)
{
    rdl_field fields[FIELDS_MOST];
    GError *error = NULL;
    const char *path = suite_path(name);
    int n = 0;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    rdl_vector *out;

    g_remove(path);
    out = rdl_vector_create(path, "GPKG", &error);
    for (; names[n]; n++)
        fields[n] = (rdl_field){names[n], RDL_FIELD_TEXT};
    int layer = rdl_vector_layer(out, "layer", crs, "Geometry", fields, n, &error);
    for (; (*rows)[n]; rows++) {
        rdl_value values[FIELDS_MOST];
        for (int i = 0; i < n; i++)
            values[i] = rdl_text((*rows)[i]);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt((*rows)[n], &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        CHECK(rdl_vector_write(out, layer, values, wkb, &error));
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    return (rdl_source){path, NULL};
}

static const char *const zone_names[] = {"zone_id",    "zone",     "level", "z_est",
                                         "valid_from", "valid_to", NULL};
static const char *const footprint_names[] = {"fp_id", "activity", "built_after", "built_before",
                                              NULL};
static const char *const permit_names[] = {"permit_no", "authority", "activity", "issued", NULL};
static const char *const unit_names[] = {"xzqdm", NULL};
#define END                                            \
    {                                                  \
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

#define BOX(x0, y0, x1, y1) \
    "POLYGON((" #x0 " " #y0 "," #x1 " " #y0 "," #x1 " " #y1 "," #x0 " " #y1 "," #x0 " " #y0 "))"

/* Findings of the screening, as "zone_id result" lines with further fields. */
static char *screened(row_texts *zones, row_texts *footprints, row_texts *permits, row_texts *units,
                      const char *const *wanted)
{
    rdl_source z = layer_of("zones.gpkg", zone_names, zones);
    rdl_source f = layer_of("footprints.gpkg", footprint_names, footprints), p, u;
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GString *all = g_string_new(NULL);
    GError *error = NULL;
    const rdl_feature *row;

    o.zones = &z, o.footprints = &f, o.n_zones = o.n_footprints = 1;
    if (permits)
        p = layer_of("permits.gpkg", permit_names, permits), o.permits = &p, o.n_permits = 1;
    if (units)
        u = layer_of("units.gpkg", unit_names, units), o.units = &u, o.n_units = 1;
    o.pack = suite_source("data/packs/cn");
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path("findings.gpkg");
    o.overwrite = true;
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
    g_autofree char *source = g_strconcat(o.output, ":finding", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    CHECK_OK(error);
    while (layer && (row = rdl_layer_next(layer, &error))) {
        const char *zone = rdl_feature_text(row, rdl_layer_field_index(layer, "zone_id"));
        if (!zone) /* rows for all territory are not asked here */
            continue;
        g_string_append(all, zone);
        for (const char *const *w = wanted; *w; w++) {
            const char *text = rdl_feature_text(row, rdl_layer_field_index(layer, *w));
            g_string_append_printf(all, " %s", text ? text : "-");
        }
        g_string_append_c(all, '\n');
    }
    return g_string_free(all, FALSE);
}

static const char *const when_only[] = {"when_case", NULL};

static void a_permit_over_little_of_a_line_is_not_over_it(void)
{
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts road[] = {
        {"R", "TR_LINE", "2026-04-01", "2026-06-01", "LINESTRING(100.01 30.05,100.09 30.05)"}, END};
    row_texts little[] = {
        {"N", "国家林草局", "TR_LINE", "2026-03-20", BOX(100.01, 30.04, 100.011, 30.06)}, END};
    row_texts all[] = {{"N", "国家林草局", "TR_LINE", "2026-03-20", BOX(100, 30.04, 100.1, 30.06)},
                       END};
    g_autofree char *some = screened(zones, road, little, NULL, when_only);
    g_autofree char *whole = screened(zones, road, all, NULL, when_only);

    CHECK_INT(strlen(some), strlen("G POST_OK\nG POST_NO\n")); /* in the order of their ids */
    CHECK(strstr(some, "G POST_OK") && strstr(some, "G POST_NO"));
    CHECK_TEXT(whole, "G POST_OK\n");
}

static void a_permit_over_one_of_two_points_is_not_over_both(void)
{
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts points[] = {
        {"R", "TR_LINE", "2026-04-01", "2026-06-01", "MULTIPOINT((100.01 30.05),(100.09 30.05))"},
        END};
    row_texts one[] = {{"N", "国家林草局", "TR_LINE", "2026-03-20", BOX(100, 30.04, 100.02, 30.06)},
                       END};
    g_autofree char *some = screened(zones, points, one, NULL, when_only);

    CHECK_INT(strlen(some), strlen("G POST_OK\nG POST_NO\n")); /* in the order of their ids */
    CHECK(strstr(some, "G POST_OK") && strstr(some, "G POST_NO"));
}

static const char *const excess_columns[] = {"when_case", "result",    "share",
                                             "permit_no", "parent_id", NULL};

/* A tourist camp half of which has a permit. */
static void excess_is_a_part_of_its_own(void)
{
    static const char *const wanted[] = {"finding_id", "parent_id", "when_case",
                                         "result",     "permit_no", NULL};
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts camp[] = {
        {"C", "TOUR", "2026-04-01", "2026-06-01", BOX(100.02, 30.02, 100.04, 30.04)}, END};
    row_texts half[] = {
        {"N", "国家林草局", "TOUR", "2026-03-20", BOX(100.02, 30.02, 100.03, 30.04)}, END};
    g_autofree char *all = screened(zones, camp, half, NULL, wanted);
    g_auto(GStrv) rows = g_strsplit(all, "\n", -1);
    bool first_inside = strstr(rows[0], " - POST_OK PERMIT-CHECK N") != NULL;
    g_auto(GStrv) in = g_strsplit(rows[!first_inside], " ", -1);
    g_auto(GStrv) out = g_strsplit(rows[first_inside], " ", -1);

    CHECK_INT(g_strv_length(rows), 3); /* and the end of the text */
    CHECK_TEXT(out[3], "POST_NO");
    CHECK_TEXT(out[4], "SUSPECT");
    CHECK_TEXT(out[5], "N");
    CHECK_TEXT(out[2], in[1]); /* its parent is the part inside */
    CHECK_TEXT(in[2], "-");
}

static double sum_of(const char *source, const char *column)
{
    GError *error = NULL;
    g_autofree char *path = g_strdup_printf("%s:%s", suite_path("findings.gpkg"), source);
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
    const rdl_feature *row;
    double sum = 0.0;

    CHECK_OK(error);
    while (layer && (row = rdl_layer_next(layer, &error))) {
        const char *text = rdl_feature_text(row, rdl_layer_field_index(layer, column));
        sum += text ? g_ascii_strtod(text, NULL) : 0.0;
    }
    return sum;
}

/* Two zones, one on the other, a permit across both and another in doubt: the pieces still make the
 * parts, and own areas the ground. */
static void pieces_make_the_part(void)
{
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         {"E", "ERL", NULL, "2000-01-01", NULL, NULL, BOX(100.03, 30, 100.2, 30.1)},
                         END};
    row_texts camp[] = {
        {"C", "TOUR", "2026-04-01", "2026-06-01", BOX(100.02, 30.02, 100.04, 30.04)}, END};
    row_texts half[] = {
        {"N", "国家林草局", "TOUR", "2026-03-20", BOX(100.02, 30.02, 100.035, 30.03)},
        {"V", "某村", "TOUR", "2026-03-20", BOX(100.01, 30.035, 100.05, 30.05)},
        END};
    g_autofree char *all = screened(zones, camp, half, NULL, excess_columns);
    double whole = sum_of("balance", "whole_m2"), own = sum_of("finding", "area_own_m2");

    CHECK(strstr(all, "G POST_OK") && strstr(all, "G UNKNOWN") && strstr(all, "G POST_NO"));
    CHECK_NEAR(own, whole, 1e-6 * whole);
    CHECK_NEAR(sum_of("balance", "parts_m2"), whole, 1e-6 * whole);
    CHECK_NEAR(sum_of("finding", "area_m2"), 1.5 * whole, 1e-4 * whole);
}

/* Sum of `column` of layer `source` over the rows whose `key` is `value`; `steps`: each rounded. */
static double sum_where(const char *source, const char *column, const char *key, const char *value,
                        double steps)
{
    GError *error = NULL;
    g_autofree char *path = g_strdup_printf("%s:%s", suite_path("findings.gpkg"), source);
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, &error);
    const rdl_feature *row;
    double sum = 0.0;

    while (layer && (row = rdl_layer_next(layer, &error))) {
        double number = rdl_feature_real(row, rdl_layer_field_index(layer, column));
        if (g_strcmp0(rdl_feature_text(row, rdl_layer_field_index(layer, key)), value) == 0)
            sum += steps > 0.0 ? round(number * steps) / steps : number;
    }
    CHECK_OK(error);
    return sum;
}

static double sum_for(const char *source, const char *column, const char *fp_id, double steps)
{
    return sum_where(source, column, "source_id", fp_id, steps);
}

/* Hectares and mu of own areas and remainder make the whole's, where rounding each does not. */
static void areas_as_shown_make_the_whole(void)
{
    static const char *const ids[] = {"A", "B", "C", "D", "E"};
    row_texts zones[] = {
        {"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.01, 30.1)},
        {"H", "ERL", NULL, "2000-01-01", NULL, NULL, BOX(100.005, 30, 100.02, 30.1)},
        {"I", "PBF", NULL, "2000-01-01", NULL, NULL, BOX(100.02, 30, 100.03, 30.1)},
        END};
    row_texts works[] = {
        {"A", "IND", "2026-04-01", "2026-06-01", BOX(100.001, 30.001, 100.037, 30.0021)},
        {"B", "IND", "2026-04-01", "2026-06-01", BOX(100.002, 30.011, 100.033, 30.0127)},
        {"C", "IND", "2026-04-01", "2026-06-01", BOX(100.0031, 30.021, 100.0377, 30.0223)},
        {"D", "IND", "2026-04-01", "2026-06-01", BOX(100.0047, 30.031, 100.0311, 30.0329)},
        {"E", "IND", "2026-04-01", "2026-06-01", BOX(100.0012, 30.041, 100.0391, 30.0413)},
        END};
    g_autofree char *all = screened(zones, works, NULL, NULL, when_only);
    int torn = 0;

    CHECK(strstr(all, "I ") != NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        double ha = sum_for("balance", "whole_ha", ids[i], 0),
               mu = sum_for("balance", "whole_mu", ids[i], 0);
        CHECK_NEAR(ha, sum_for("balance", "whole_m2", ids[i], 0) / 10000.0, 0.5e-4 + 1e-9);
        CHECK_NEAR(mu, sum_for("balance", "whole_m2", ids[i], 0) * 0.0015, 0.005 + 1e-9);
        CHECK_NEAR(sum_for("finding", "own_ha", ids[i], 0) +
                       sum_for("balance", "remainder_ha", ids[i], 0),
                   ha, 1e-9);
        CHECK_NEAR(sum_for("finding", "own_mu", ids[i], 0) +
                       sum_for("balance", "remainder_mu", ids[i], 0),
                   mu, 1e-9);
        CHECK_NEAR(sum_for("balance", "adjusted", ids[i], 0), 1, 0);
        torn += fabs(sum_for("finding", "area_own_m2", ids[i], 1.0) +
                     sum_for("balance", "remainder_m2", ids[i], 1.0) - ha * 10000.0) > 0.5;
    }
    CHECK(torn > 0); /* else the test would hold without any adjustment */
}

/* A strip narrower than the errors of both borders accuses nobody. */
static void a_narrow_excess_is_an_edge(void)
{
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts camp[] = {
        {"C", "TOUR", "2026-04-01", "2026-06-01", BOX(100.02, 30.02, 100.04, 30.04)}, END};
    row_texts most[] = {
        {"N", "国家林草局", "TOUR", "2026-03-20", BOX(100.02, 30.02, 100.03995, 30.04)}, END};
    row_texts nearly[] = {
        {"N", "国家林草局", "TOUR", "2026-03-20", BOX(100.02, 30.02, 100.039999999, 30.04)}, END};
    g_autofree char *strip = screened(zones, camp, most, NULL, excess_columns);
    g_autofree char *none = screened(zones, camp, nearly, NULL, when_only);

    CHECK(strstr(strip, "G POST_NO EDGE") != NULL);
    CHECK(strstr(strip, "G POST_OK PERMIT-CHECK") != NULL);
    CHECK_TEXT(none, "G POST_OK\n"); /* 0.1 mm of 2.2 km: a sliver */
}

static void the_unit_of_a_line_has_most_of_it(void)
{
    static const char *const wanted[] = {"xzqdm", NULL};
    row_texts zones[] = {{"G", "NR_GEN", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts road[] = {
        {"R", "TR_LINE", "2026-04-01", "2026-06-01", "LINESTRING(100.01 30.05,100.09 30.05)"}, END};
    row_texts units[] = {
        {"110101", BOX(99, 30, 100.02, 31)}, {"110102", BOX(100.02, 30, 101, 31)}, END};
    g_autofree char *found = screened(zones, road, NULL, units, wanted);

    CHECK_TEXT(found, "G 110102\n");
}

#define OLD(x0, x1)                                                                          \
    {                                                                                        \
        "V1", "NR_HX", NULL, "2000-01-01", "2000-01-01", "2015-12-31", BOX(x0, 30, x1, 30.1) \
    }
#define NEW(code)                                                                     \
    {                                                                                 \
        "V2", code, NULL, "2000-01-01", "2016-01-01", NULL, BOX(100, 30, 100.1, 30.1) \
    }
static const char *const when_and_result[] = {"when_case", "result", NULL};

/* Works of 2013 to 2018 under zones of which one ended in 2015. */
static char *straddling(const char *activity, row_texts *zones)
{
    row_texts works[] = {
        {"F", activity, "2013-01-01", "2018-01-01", BOX(100.02, 30.02, 100.03, 30.03)}, END};
    row_texts elsewhere[] = {{"N", NULL, NULL, NULL, BOX(110, 30, 111, 31)}, END};

    return screened(zones, works, elsewhere, NULL, when_and_result);
}

static void an_onset_over_the_end_of_a_version_accuses_nobody(void)
{
    row_texts ended[] = {OLD(100, 100.1), END};
    g_autofree char *found = straddling("IND", ended);

    CHECK_TEXT(found, "V1 UNKNOWN UNKNOWN-DATE\n");
}

static void versions_that_disagree_accuse_nobody(void)
{
    row_texts followed[] = {OLD(100, 100.1), NEW("NR_GEN"), END};
    g_autofree char *found = straddling("IND", followed);

    CHECK_TEXT(found, "V2 UNKNOWN UNKNOWN-DATE\nV1 UNKNOWN UNKNOWN-DATE\n");
}

static void versions_that_agree_judge(void)
{
    row_texts followed[] = {OLD(100, 100.1), NEW("NR_SY"), END};
    g_autofree char *found = straddling("IND", followed);

    CHECK_TEXT(found, "V2 POST_NO SUSPECT\nV1 POST_NO SUSPECT\n");
}

static void a_version_of_other_ground_agrees_with_nothing(void)
{
    row_texts moved[] = {OLD(100, 100.025), NEW("NR_SY"), END};
    g_autofree char *found = straddling("IND", moved);

    CHECK(strstr(found, "V2 UNKNOWN UNKNOWN-DATE\n") != NULL);
}

/* A reserve zoned anew on the day the Regulation of 2026 came into force, works begun before it and
 * seen after. */
static char *across_the_day(const char *activity, const char *before, const char *after)
{
    row_texts zones[] = {
        {"V1", before, "G", "2000-01-01", "2000-01-01", "2026-03-14", BOX(100, 30, 100.1, 30.1)},
        {"V2", after, "G", "2000-01-01", "2026-03-15", NULL, BOX(100, 30, 100.1, 30.1)},
        END};
    row_texts works[] = {
        {"F", activity, "2026-03-01", "2026-04-01", BOX(100.02, 30.02, 100.03, 30.03)}, END};
    static const char *const wanted[] = {"when_case", "result", "verdict", "rule_id", NULL};
    row_texts elsewhere[] = {{"N", NULL, NULL, NULL, BOX(110, 30, 111, 31)}, END};

    return screened(zones, works, elsewhere, NULL, wanted);
}

static void a_rezoning_on_the_day_of_the_law(void)
{
    /* forbidden by both: the law and the zone of the day each */
    g_autofree char *mine = across_the_day("MINE_OPEN", "NR_HX", "NR_CORE");
    g_autofree char *plant = across_the_day("IND", "NR_SY", "NR_GEN");
    /* sowing is denied by the new list alone */
    g_autofree char *field = across_the_day("AGRI", "NR_SY", "NR_GEN");
    /* nothing is held against it on either */
    g_autofree char *crop = across_the_day("AGRI", "PBF", "PBF");

    CHECK_TEXT(mine, "V2 POST_NO SUSPECT PROHIBIT NR26-02\nV1 POST_NO SUSPECT PROHIBIT NR94-06\n");
    CHECK_TEXT(plant, "V2 POST_NO SUSPECT PROHIBIT NR26-10\nV1 POST_NO SUSPECT PROHIBIT NR94-04\n");
    CHECK_TEXT(field, "V2 UNKNOWN UNKNOWN-DATE REVIEW NR26-20\nV1 UNKNOWN UNKNOWN-DATE REVIEW -\n");
    CHECK_TEXT(crop, "V2 POST_NO CLEAN - -\nV1 POST_NO CLEAN - -\n");
}

static void an_onset_within_a_version_is_judged_by_it(void)
{
    static const char *const wanted[] = {"when_case", "result", NULL};
    row_texts ended[] = {
        {"V1", "NR_HX", NULL, "2000-01-01", "2000-01-01", "2015-12-31", BOX(100, 30, 100.1, 30.1)},
        END};
    row_texts farm[] = {{"F", "IND", "2013-01-01", "2014-01-01", BOX(100.02, 30.02, 100.03, 30.03)},
                        END};
    g_autofree char *one = screened(ended, farm, NULL, NULL, wanted);

    CHECK_TEXT(one, "V1 POST_NO SUSPECT\n");
}

static void a_row_of_another_reserve_is_not_named(void)
{
    static const char *const wanted[] = {"rule_then", NULL};
    row_texts apart[] = {
        {"A_OLD", "NR_HX", NULL, "2000-01-01", "2000-01-01", "2019-12-31",
         BOX(100, 30, 100.05, 30.1)},
        {"B", "NR_GEN", "S", "2000-01-01", "2000-01-01", NULL, BOX(100.05, 30, 100.1, 30.1)},
        END};
    row_texts same[] = {
        {"A_OLD", "NR_HX", NULL, "2000-01-01", "2000-01-01", "2019-12-31",
         BOX(100, 30, 100.1, 30.1)},
        {"B", "NR_GEN", "S", "2000-01-01", "2020-01-01", NULL, BOX(100, 30, 100.1, 30.1)},
        END};
    row_texts works[] = {
        {"F", "IND", "2013-01-01", "2013-02-01", BOX(100.04, 30.02, 100.06, 30.03)}, END};
    g_autofree char *two = screened(apart, works, NULL, NULL, wanted);
    g_autofree char *one = screened(same, works, NULL, NULL, wanted);

    CHECK(strstr(two, "B -\n") != NULL);
    CHECK(strstr(one, "B NR94-01\n") != NULL);
}

static const char *const quantities[] = {"rule_id", "quantity", "quantity_unit", NULL};

static double quantity_of(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);

    return g_strv_length(words) > 2 ? g_ascii_strtod(words[2], NULL) : NAN;
}

/* A works 111.3 m wide on the shoreline, placed to 5 m: 121.3 m of shoreline are within its error.
 */
static void metres_of_shoreline_are_within_the_error(void)
{
    row_texts zones[] = {
        {"K", "COAST_NAT", NULL, "2000-01-01", NULL, NULL, "LINESTRING(119.9 0,120.1 0)"}, END};
    row_texts works[] = {{"W", "IND", "2026-09-01", "2026-10-01", BOX(120, -0.001, 120.001, 0.001)},
                         END};
    g_autofree char *all = screened(zones, works, NULL, NULL, quantities);

    CHECK(g_str_has_prefix(all, "K CST-01 ") && strstr(all, " m\n"));
    CHECK_NEAR(quantity_of(all), 111.3195 + 10.0, 0.01);
}

/* How far a plant within the published band stands from the shoreline itself; the band decides. */
static void a_band_prints_the_distance_to_the_shoreline(void)
{
    row_texts zones[] = {
        {"B", "YZ_1KM", NULL, "2000-01-01", NULL, NULL, BOX(119.9, 0, 120.1, 0.009)},
        {"S", "YZ_SHORE", NULL, "2000-01-01", NULL, NULL, "LINESTRING(119.9 0,120.1 0)"},
        END};
    row_texts works[] = {
        {"W", "IND_CHEM", "2022-01-01", "2022-06-01", BOX(120, 0.005, 120.001, 0.006)}, END};
    g_autofree char *all = screened(zones, works, NULL, NULL, quantities);

    CHECK(g_str_has_prefix(all, "B YZ-01 ") && strstr(all, " m\n"));
    CHECK_NEAR(quantity_of(all), 552.871, 0.01); /* 0.005 degrees of the meridian at the equator */
}

/* Without the band the distance itself decides: 995.2 m and 1105.7 m. */
static void a_distance_is_a_band(void)
{
    row_texts shore[] = {
        {"S", "YZ_SHORE", NULL, "2000-01-01", NULL, NULL, "LINESTRING(119.9 0,120.1 0)"}, END};
    row_texts works[] = {
        {"N", "IND_CHEM", "2022-01-01", "2022-06-01", BOX(120, 0.009, 120.001, 0.0095)},
        {"F", "IND_CHEM", "2022-01-01", "2022-06-01", BOX(120, 0.01, 120.001, 0.0105)},
        END};
    g_autofree char *none = screened(shore, works, NULL, NULL, quantities);
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":finding", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *row = rdl_layer_next(layer, &error);

    CHECK_TEXT(none, ""); /* in no zone */
    CHECK_OK(error);
    CHECK_TEXT(rdl_feature_text(row, rdl_layer_field_index(layer, "source_id")), "N");
    CHECK_TEXT(rdl_feature_text(row, rdl_layer_field_index(layer, "rule_id")), "YZ-01S");
    CHECK_NEAR(rdl_feature_real(row, rdl_layer_field_index(layer, "quantity")), 995.168, 0.01);
    CHECK(rdl_layer_next(layer, &error) == NULL);
    CHECK_OK(error);
}

/* What runs through a zone as a line is counted in metres. */
static void a_crossing_is_counted_in_metres(void)
{
    row_texts zones[] = {{"D", "DW1", NULL, "2000-01-01", NULL, NULL, BOX(120, -0.1, 120.001, 0.1)},
                         END};
    row_texts road[] = {{"R", "TR_LINE", "2026-09-01", "2026-10-01", "LINESTRING(119.9 0,120.1 0)"},
                        END};
    g_autofree char *all = screened(zones, road, NULL, NULL, quantities);

    CHECK(g_str_has_prefix(all, "D DW-01 ") && strstr(all, " m\n"));
    CHECK_NEAR(quantity_of(all), 111.3195, 0.001);
}

/* 0.006 degrees of the equator, and the antimeridian between them. */
static void a_distance_goes_over_the_antimeridian(void)
{
    row_texts shore[] = {
        {"S", "YZ_SHORE", NULL, "2000-01-01", NULL, NULL, "LINESTRING(-179.995 0,-179.9 0)"}, END};
    row_texts works[] = {
        {"N", "IND_CHEM", "2022-01-01", "2022-06-01", BOX(179.998, 0, 179.999, 0.0005)},
        {"F", "IND_CHEM", "2022-01-01", "2022-06-01", BOX(179.994, 0, 179.995, 0.0005)},
        END};
    g_autofree char *none = screened(shore, works, NULL, NULL, quantities);

    CHECK_TEXT(none, "");
    CHECK_NEAR(sum_for("finding", "quantity", "N", 0), 0.006 * 111319.49, 0.1);
    CHECK_NEAR(sum_for("finding", "is_primary", "F", 0), 0, 0); /* 1.1 km: no row speaks */
}

/* Pits are counted by what lies outside their licence; nobody measures the metres of a polygon. */
static void each_basis_has_its_quantity(void)
{
    row_texts shore[] = {
        {"K", "COAST_NAT", NULL, "2000-01-01", NULL, NULL, BOX(119.9, -0.1, 120.1, 0.1)}, END};
    row_texts works[] = {
        {"P", "MINE_QUARRY", "2025-08-01", "2025-09-01", BOX(121, 0, 121.001, 0.001)},
        {"W", "IND", "2026-09-01", "2026-10-01", BOX(120, 0, 120.001, 0.001)},
        END};
    row_texts licence[] = {
        {"L", "某省自然资源厅", "MINE_QUARRY", "2025-01-01", BOX(121, 0, 121.0005, 0.001)}, END};
    g_autofree char *found = screened(shore, works, licence, NULL, quantities);

    CHECK_TEXT(found, "K CST-01 - -\n");
    CHECK_NEAR(sum_where("finding", "quantity", "rule_id", "MIN-02", 0), 12309.0 / 2.0, 5.0);
}

/* ---- projects on a list ---- */

static const char *const answer_fields[] = {"planned_id", "answer",  "rule_id",
                                            "note",       "checked", "not_given"};

/* Layer 'planned' of the answers to projects of those fields. */
static rdl_layer *planned(row_texts *zones, const char *const *names, row_texts *projects)
{
    rdl_source z = layer_of("zones.gpkg", zone_names, zones);
    rdl_source f = layer_of("footprints.gpkg", names, projects);
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    o.zones = &z, o.footprints = &f, o.n_zones = o.n_footprints = 1;
    o.planned = true;
    o.pack = suite_source("data/packs/cn");
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path("answers.gpkg");
    o.overwrite = true;
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
    g_autofree char *source = g_strconcat(o.output, ":planned", NULL);
    rdl_layer *layer = rdl_layer_open(source, NULL, &error);
    CHECK_OK(error);
    return layer;
}

/* Answers to projects under one core zone, a line each; the last two fields once, at the end. */
static char *answered(row_texts *zones, row_texts *projects)
{
    g_autoptr(rdl_layer) layer = planned(zones, footprint_names, projects);
    GString *all = g_string_new(NULL);
    g_autofree char *scope = NULL;
    const rdl_feature *row;

    while (layer && (row = rdl_layer_next(layer, NULL))) {
        const char *text[G_N_ELEMENTS(answer_fields)];
        for (size_t i = 0; i < G_N_ELEMENTS(answer_fields); i++)
            text[i] = rdl_feature_text(row, rdl_layer_field_index(layer, answer_fields[i]));
        g_string_append_printf(all, "%s %s %s %.9s\n", text[0], text[1], text[2] ? text[2] : "-",
                               text[3] ? text[3] : "-");
        g_free(scope);
        scope = g_strdup_printf("%s / %.20s\n", text[4], text[5]);
    }
    g_string_append(all, scope);
    return g_string_free(all, FALSE);
}

/* A PASS says what was looked at, and nothing too small to be a project passes. */
static void a_pass_says_what_it_rests_on(void)
{
    row_texts zones[] = {
        {"C", "NR_CORE", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
        {"O", "ERL", NULL, "2000-01-01", "2000-01-01", "2020-01-01", BOX(100, 30, 100.1, 30.1)},
        END};
    row_texts projects[] = {
        {"inside", "IND", NULL, NULL, BOX(100.02, 30.02, 100.03, 30.03)},
        {"dust inside", "IND", NULL, NULL, BOX(100.05, 30.05, 100.0500005, 30.0500005)},
        {"dust outside", "IND", NULL, NULL, BOX(100.25, 30.05, 100.2500005, 30.0500005)},
        {"point outside", "IND", NULL, NULL, "POINT(100.3 30.05)"},
        {"point inside", "IND", NULL, NULL, "POINT(100.05 30.05)"},
        END};
    g_autofree char *answers = answered(zones, projects);

    CHECK_TEXT(answers, "dust inside REFUSE NR26-02 TOO_SMALL\n"
                        "dust outside ASK - TOO_SMALL\n"
                        "inside REFUSE NR26-02 unless ST\n"
                        "point inside REFUSE NR26-02 unless ST\n"
                        "point outside PASS - -\n"
                        "NR_CORE 1 / NP_CORE|NP_GEN|NR_HX\n");
}

/* A rule for all territory hangs on what each project is, not on where it lies. */
static void each_project_is_asked_for_itself(void)
{
    static const char *const names[] = {"fp_id", "activity", "attrs", NULL};
    static const char *const wanted[] = {"planned_id", "answer", "rule_id", "asked"};
    row_texts zones[] = {{"C", "NR_CORE", "G", "2000-01-01", NULL, NULL, BOX(100, 30, 100.1, 30.1)},
                         END};
    row_texts projects[] = {
        {"form", "IND", "EIA_FORM_PROJECT;-EIA_REPORT_PROJECT;-ACCESS_LIST_VIOLATION",
         BOX(100.2, 30.02, 100.21, 30.03)},
        {"nothing known", "IND", NULL, BOX(100.2, 30.02, 100.21, 30.031)},
        {"nothing to ask", "IND",
         "-EIA_FORM_PROJECT;-EIA_REPORT_PROJECT;-ACCESS_LIST_VIOLATION;-MINE_RESTORE_DUTY",
         BOX(100.2, 30.02, 100.21, 30.032)},
        {"report", "IND",
         "-EIA_FORM_PROJECT;EIA_REPORT_PROJECT;-ACCESS_LIST_VIOLATION;-MINE_RESTORE_DUTY",
         BOX(100.02, 30.02, 100.03, 30.03)},
        END};
    g_autoptr(rdl_layer) layer = planned(zones, names, projects);
    g_autoptr(GString) all = g_string_new(NULL);
    const rdl_feature *row;

    while (layer && (row = rdl_layer_next(layer, NULL)))
        for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
            const char *text = rdl_feature_text(row, rdl_layer_field_index(layer, wanted[i]));
            g_string_append_printf(all, "%s%s", text ? text : "-", i == 3 ? "\n" : " ");
        }
    CHECK_TEXT(all->str, "form PERMIT-NEEDED EIA-02 MIN-03: MINE_RESTORE_DUTY\n"
                         "nothing known PASS - ERL-06: ACCESS_LIST_VIOLATION|EIA-01: "
                         "EIA_REPORT_PROJECT|EIA-02: EIA_FORM_PROJECT|MIN-03: MINE_RESTORE_DUTY\n"
                         "nothing to ask PASS - -\n"
                         "report REFUSE NR26-02 -\n");
}

static CU_TestInfo tests[] = {
    {"a permit over little of a line is not over it",
     a_permit_over_little_of_a_line_is_not_over_it},
    {"a permit over one of two points is not over both",
     a_permit_over_one_of_two_points_is_not_over_both},
    {"the unit of a line has most of it", the_unit_of_a_line_has_most_of_it},
    {"an onset over the end of a version accuses nobody",
     an_onset_over_the_end_of_a_version_accuses_nobody},
    {"versions that disagree accuse nobody", versions_that_disagree_accuse_nobody},
    {"versions that agree judge", versions_that_agree_judge},
    {"a version of other ground agrees with nothing",
     a_version_of_other_ground_agrees_with_nothing},
    {"a rezoning on the day of the law", a_rezoning_on_the_day_of_the_law},
    {"an onset within a version is judged by it", an_onset_within_a_version_is_judged_by_it},
    {"a row of another reserve is not named", a_row_of_another_reserve_is_not_named},
    {"excess is a part of its own", excess_is_a_part_of_its_own},
    {"pieces make the part", pieces_make_the_part},
    {"areas as shown make the whole", areas_as_shown_make_the_whole},
    {"a narrow excess is an edge", a_narrow_excess_is_an_edge},
    {"metres of shoreline are within the error", metres_of_shoreline_are_within_the_error},
    {"a band prints the distance to the shoreline", a_band_prints_the_distance_to_the_shoreline},
    {"a distance is a band", a_distance_is_a_band},
    {"each basis has its quantity", each_basis_has_its_quantity},
    {"a distance goes over the antimeridian", a_distance_goes_over_the_antimeridian},
    {"a PASS says what it rests on", a_pass_says_what_it_rests_on},
    {"each project is asked for itself", each_project_is_asked_for_itself},
    {"a crossing is counted in metres", a_crossing_is_counted_in_metres},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.judging", tests, argc, argv);
}
