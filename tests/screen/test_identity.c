/* Which records are the same: ids that repeat, versions on one ground, expansions, patches. */
#include <string.h>
#include "screen/footprint.h"
#include "screen/screen.h"
#include "screen/zone.h"
#include "suite.h"

#define FIELDS_MOST 8

/* Write a layer of text fields; each row: values in the fields' order, then WKT. */
static const char *layer_of(const char *name, const char *const *names, int n,
                            const char *const (*rows)[FIELDS_MOST], int n_rows)
{
    rdl_field fields[FIELDS_MOST];
    GError *error = NULL;
    const char *path = suite_path(name);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32650", &error);
    rdl_vector *out = rdl_vector_create(path, "GPKG", &error);

    for (int i = 0; i < n; i++)
        fields[i] = (rdl_field){names[i], RDL_FIELD_TEXT};
    int layer = rdl_vector_layer(out, "layer", crs, "Polygon", fields, n, &error);
    for (int k = 0; k < n_rows; k++) {
        rdl_value values[FIELDS_MOST];
        for (int i = 0; i < n; i++)
            values[i] = rdl_text(rows[k][i]);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(rows[k][n], &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        CHECK(rdl_vector_write(out, layer, values, wkb, &error));
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    return path;
}

#define LEFT "POLYGON((500000 3000000,500100 3000000,500100 3000100,500000 3000100,500000 3000000))"
#define BOTH "POLYGON((500000 3000000,500200 3000000,500200 3000100,500000 3000100,500000 3000000))"
#define THREE \
    "POLYGON((500000 3000000,500300 3000000,500300 3000100,500000 3000100,500000 3000000))"
#define RIGHT \
    "POLYGON((500200 3000000,500300 3000000,500300 3000100,500200 3000100,500200 3000000))"

typedef struct {
    rdl_intake intake;
    rdl_pack *pack;
    GPtrArray *footprints, *patches, *zones;
} reading;

static reading start(void)
{
    GError *error = NULL;
    reading r = {.intake = {.tally = rdl_tally_new(), .rejections = rdl_rejections_new()},
                 .pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error),
                 .footprints = rdl_footprints_new(),
                 .patches = rdl_footprints_new(),
                 .zones = rdl_zones_new()};

    CHECK_OK(error);
    return r;
}

static void stop(reading *r)
{
    g_ptr_array_unref(r->footprints);
    g_ptr_array_unref(r->patches);
    g_ptr_array_unref(r->zones);
    g_array_unref(r->intake.rejections);
    rdl_tally_free(r->intake.tally);
    rdl_intake_clear(&r->intake);
    rdl_pack_free(r->pack);
}

static const char *const footprint_names[] = {"fp_id", "built_after", "built_before", "expands"};
#define as_of rdl_day_of(2024, 1, 1)

static void read_footprints(reading *r, const char *path)
{
    GError *error = NULL;
    rdl_source source = {path, NULL};

    CHECK(rdl_footprints_read(&r->intake, r->pack, &source, r->footprints, &error));
    CHECK_OK(error);
    CHECK(rdl_footprints_settle(&r->intake, r->footprints, false, as_of, &error));
    CHECK_OK(error);
}

static int rejected_as(const reading *r, const char *code)
{
    int n = 0;

    for (guint i = 0; i < r->intake.rejections->len; i++)
        n += g_str_has_prefix(g_array_index(r->intake.rejections, rdl_rejection, i).reason, code);
    return n;
}

static const rdl_footprint *footprint_named(const reading *r, const char *id)
{
    for (guint i = 0; i < r->footprints->len; i++)
        if (strcmp(((rdl_footprint *)r->footprints->pdata[i])->fp_id, id) == 0)
            return r->footprints->pdata[i];
    return NULL;
}

static double plane_area(const rdl_footprint *f)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(f->wkb.bytes, f->wkb.n, &error);

    CHECK_OK(error);
    return g ? rdl_geometry_plane_area(g) : -1.0;
}

static void the_same_record_twice_stays_once(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", NULL, LEFT},
                                                    {"A", "2001-01-01", "2002-01-01", NULL, LEFT}};
    reading r = start();

    read_footprints(&r, layer_of("twice.gpkg", footprint_names, 4, rows, 2));
    CHECK_INT(r.footprints->len, 1);
    CHECK_INT(rejected_as(&r, "DUPLICATE"), 1);
    stop(&r);
}

static void one_id_on_one_ground_with_other_dates_stays_twice(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", NULL, LEFT},
                                                    {"A", "2011-01-01", "2012-01-01", NULL, LEFT}};
    reading r = start();

    read_footprints(&r, layer_of("dates.gpkg", footprint_names, 4, rows, 2));
    CHECK_INT(r.footprints->len, 2);
    CHECK_INT(rejected_as(&r, "DUPLICATE"), 0);
    CHECK(rejected_as(&r, "REPEATED_ID") > 0);
    stop(&r);
}

static void two_versions_of_a_zone_on_one_ground_both_stay(void)
{
    static const char *const names[] = {"zone_id", "zone", "valid_from", "valid_to"};
    static const char *const rows[][FIELDS_MOST] = {
        {"Z", "NR_GEN", "2001-01-01", "2010-12-31", LEFT},
        {"Z", "NR_GEN", "2011-01-01", NULL, LEFT}};
    reading r = start();
    GError *error = NULL;
    rdl_source source = {layer_of("versions.gpkg", names, 4, rows, 2), NULL};

    CHECK(rdl_zones_read(&r.intake, r.pack, &source, r.zones, &error));
    CHECK_OK(error);
    CHECK(rdl_zones_settle(&r.intake, r.zones, as_of, &error));
    CHECK_OK(error);
    CHECK_INT(r.zones->len, 2);
    stop(&r);
}

static void an_enlargement_of_an_enlargement_keeps_only_its_own_ground(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", NULL, LEFT},
                                                    {"B", "2005-01-01", "2006-01-01", "A", BOTH},
                                                    {"C", "2009-01-01", "2010-01-01", "B", THREE}};
    reading r = start();

    read_footprints(&r, layer_of("chain.gpkg", footprint_names, 4, rows, 3));
    CHECK_INT(r.footprints->len, 3);
    CHECK_NEAR(plane_area(footprint_named(&r, "A")), 10000, 1e-6);
    CHECK_NEAR(plane_area(footprint_named(&r, "B")), 10000, 1e-6);
    CHECK_NEAR(plane_area(footprint_named(&r, "C")), 10000, 1e-6);
    stop(&r);
}

/* Drawn as its new part alone, the second enlargement must still not keep its grandparent's. */
static void a_grandparents_ground_is_never_new(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", NULL, LEFT},
                                                    {"B", "2005-01-01", "2006-01-01", "A", RIGHT},
                                                    {"C", "2009-01-01", "2010-01-01", "B", THREE}};
    reading r = start();

    read_footprints(&r, layer_of("gap.gpkg", footprint_names, 4, rows, 3));
    CHECK_NEAR(plane_area(footprint_named(&r, "C")), 10000, 1e-6);
    stop(&r);
}

static void an_enlargement_of_nothing_known_is_said_and_judged_as_a_building(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"B", "2005-01-01", "2006-01-01", "GONE", BOTH},
                                                    {"S", "2005-01-01", "2006-01-01", "S", LEFT}};
    reading r = start();

    read_footprints(&r, layer_of("orphan.gpkg", footprint_names, 4, rows, 2));
    CHECK_INT(rejected_as(&r, "NO_PARENT"), 2);
    CHECK_NEAR(plane_area(footprint_named(&r, "B")), 20000, 1e-6);
    CHECK(footprint_named(&r, "B")->expands == NULL);
    CHECK(footprint_named(&r, "S")->expands == NULL);
    stop(&r);
}

/* What was built before an unknown day stands at as_of: judged so, but not written so. */
static void an_open_end_is_judged_by_today_and_written_as_unknown(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", NULL, NULL, LEFT}};
    reading r = start();

    read_footprints(&r, layer_of("open.gpkg", footprint_names, 4, rows, 1));
    CHECK_INT(footprint_named(&r, "A")->onset.last, as_of);
    CHECK_INT(footprint_named(&r, "A")->built.last, RDL_DAY_FUTURE);
    stop(&r);
}

/* Two footprints on the same third of a patch do not explain two thirds of it. */
static void ground_under_two_footprints_explains_a_patch_once(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", NULL, LEFT},
                                                    {"B", "2001-02-01", "2002-01-01", NULL, LEFT}};
    static const char *const patch_names[] = {"patch_id", "t_before", "t_after"};
    static const char *const patch_rows[][FIELDS_MOST] = {{"P", "2000-01-01", "2003-01-01", THREE},
                                                          {"Q", "2000-01-01", "2003-01-01", LEFT}};
    reading r = start();
    GError *error = NULL;
    rdl_source source = {layer_of("patches.gpkg", patch_names, 3, patch_rows, 2), NULL};

    read_footprints(&r, layer_of("under.gpkg", footprint_names, 4, rows, 2));
    CHECK(rdl_patches_read(&r.intake, r.pack, &source, r.patches, &error));
    CHECK(rdl_footprints_settle(&r.intake, r.patches, true, as_of, &error));
    CHECK(rdl_patches_explain(&r.intake, r.pack, r.footprints, r.patches, &error));
    CHECK_OK(error);
    CHECK_INT(r.patches->len, 1);
    CHECK_TEXT(((rdl_footprint *)r.patches->pdata[0])->fp_id, "P");
    CHECK_INT(rejected_as(&r, "EXPLAINED"), 1);
    stop(&r);
}

/* Read one patch of that kind and ground, of 2000 to 2003, and hold it against the footprints. */
static void explain_patch(reading *r, const char *file, const char *kind, const char *wkt)
{
    static const char *const names[] = {"patch_id", "t_before", "t_after", "kind"};
    const char *const rows[][FIELDS_MOST] = {{"P", "2000-01-01", "2003-01-01", kind, wkt}};
    rdl_source source = {layer_of(file, names, 4, rows, 1), NULL};
    GError *error = NULL;

    CHECK(rdl_patches_read(&r->intake, r->pack, &source, r->patches, &error));
    CHECK(rdl_footprints_settle(&r->intake, r->patches, true, as_of, &error));
    CHECK(rdl_patches_explain(&r->intake, r->pack, r->footprints, r->patches, &error));
    CHECK_OK(error);
}

/* Whoever's ground turned green built nothing then. */
static void a_patch_that_turned_green_dates_no_building(void)
{
    static const char *const kinds[] = {"recovery", "veg_to_bare", "bare_to_built", NULL};
    static const char *const rows[][FIELDS_MOST] = {{"A", NULL, NULL, NULL, LEFT}};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool green = g_strcmp0(kinds[i], "recovery") == 0;
        reading r = start();
        read_footprints(&r, layer_of("undated.gpkg", footprint_names, 4, rows, 1));
        explain_patch(&r, "kind.gpkg", kinds[i], LEFT);
        CHECK_INT(r.patches->len, green);
        CHECK_INT(rejected_as(&r, "EXPLAINED"), !green);
        CHECK_INT(footprint_named(&r, "A")->built.first,
                  green ? RDL_DAY_PAST : rdl_day_of(2000, 1, 1));
        if (r.patches->len)
            CHECK(((rdl_footprint *)r.patches->pdata[0])->built_nothing);
        stop(&r);
    }
}

/* A patch `length` m by 100 m; `step`: the far corner is cut by a step of 10 m, as pixels are. */
static char *long_patch(int length, bool step)
{
    double x = 500000.0 + length;
    g_autofree char *corner =
        step ? g_strdup_printf("%f 3000090,%f 3000090,%f 3000100", x, x - 10.0, x - 10.0)
             : g_strdup_printf("%f 3000100", x);

    return g_strdup_printf("POLYGON((500000 3000000,%f 3000000,%s,500000 3000100,500000 3000000))",
                           x, corner);
}

/* A footprint of 100 m by 100 m under longer patches: what is left over is a rim, or ground that
 * nothing explains. A rim is up to 5 + 30 + 5 m wide, of pixels of 10 m 20. */
static void what_a_footprint_leaves_of_a_patch_goes_on(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "1999-01-01", "2002-01-01", NULL, LEFT}};
    static const struct {
        int length;
        bool step, goes_on;
    } cases[] = {{100, false, false}, {101, false, false}, {139, false, false}, {141, false, true},
                 {200, false, true},  {119, true, false},  {121, true, true}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int length = cases[i].length;
        g_autofree char *wkt = long_patch(length, cases[i].step);
        reading r = start();
        read_footprints(&r, layer_of("half.gpkg", footprint_names, 4, rows, 1));
        explain_patch(&r, "long.gpkg", "veg_to_bare", wkt);
        CHECK_INT(r.patches->len, cases[i].goes_on);
        CHECK_INT(rejected_as(&r, length == 100      ? "EXPLAINED: P"
                                  : cases[i].goes_on ? "EXPLAINED"
                                                     : "EXPLAINED: P: "),
                  !cases[i].goes_on); /* with the m2 of the rim */
        CHECK_TEXT(footprint_named(&r, "A")->note, "dates from patch P");
        if (r.patches->len) {
            const rdl_footprint *rest = r.patches->pdata[0];
            CHECK_NEAR(plane_area(rest), 100.0 * (length - 100) - (cases[i].step ? 100.0 : 0.0),
                       1e-6);
            CHECK_NEAR(rest->box.xmin, 500100.0, 1e-9);
            CHECK(strstr(rest->note, "lie under footprints") != NULL);
        }
        stop(&r);
    }
}

static void expansions_in_a_circle_keep_their_ground(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", "B", LEFT},
                                                    {"B", "2001-01-01", "2002-01-01", "C", BOTH},
                                                    {"C", "2001-01-01", "2002-01-01", "B", THREE},
                                                    {"D", "2003-01-01", "2004-01-01", "C", RIGHT}};
    reading r = start();

    read_footprints(&r, layer_of("circle.gpkg", footprint_names, 4, rows, 4));
    CHECK_INT(rejected_as(&r, "CIRCLE"), 2); /* A and D expand one of the circle, no more */
    CHECK_NEAR(plane_area(footprint_named(&r, "B")), 20000.0, 1e-6);
    CHECK_NEAR(plane_area(footprint_named(&r, "C")), 30000.0, 1e-6);
    CHECK_INT(rejected_as(&r, "COVERED_BY_PARENT"), 2);
    stop(&r);
}

static void a_parent_of_tomorrow_takes_no_ground(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", "B", LEFT},
                                                    {"B", "2030-01-01", "2031-01-01", NULL, BOTH}};
    reading r = start();

    read_footprints(&r, layer_of("tomorrow.gpkg", footprint_names, 4, rows, 2));
    CHECK_INT(rejected_as(&r, "LATER_PARENT"), 1);
    CHECK_NEAR(plane_area(footprint_named(&r, "A")), 10000.0, 1e-6);
    CHECK(footprint_named(&r, "A")->expands == NULL);
    stop(&r);
}

static void a_parent_that_came_later_takes_no_ground(void)
{
    static const char *const rows[][FIELDS_MOST] = {{"A", "2001-01-01", "2002-01-01", "B", BOTH},
                                                    {"B", "2010-01-01", "2011-01-01", NULL, LEFT}};
    reading r = start();

    read_footprints(&r, layer_of("later.gpkg", footprint_names, 4, rows, 2));
    CHECK_INT(rejected_as(&r, "LATER_PARENT"), 1);
    CHECK_NEAR(plane_area(footprint_named(&r, "A")), 20000.0, 1e-6);
    stop(&r);
}

static CU_TestInfo tests[] = {
    {"the same record twice stays once", the_same_record_twice_stays_once},
    {"one id on one ground with other dates stays twice",
     one_id_on_one_ground_with_other_dates_stays_twice},
    {"two versions of a zone on one ground both stay",
     two_versions_of_a_zone_on_one_ground_both_stay},
    {"an enlargement of an enlargement keeps only its own ground",
     an_enlargement_of_an_enlargement_keeps_only_its_own_ground},
    {"a grandparent's ground is never new", a_grandparents_ground_is_never_new},
    {"an enlargement of nothing known is said and judged as a building",
     an_enlargement_of_nothing_known_is_said_and_judged_as_a_building},
    {"an open end is judged by today and written as unknown",
     an_open_end_is_judged_by_today_and_written_as_unknown},
    {"ground under two footprints explains a patch once",
     ground_under_two_footprints_explains_a_patch_once},
    {"a patch that turned green dates no building", a_patch_that_turned_green_dates_no_building},
    {"what a footprint leaves of a patch goes on", what_a_footprint_leaves_of_a_patch_goes_on},
    {"expansions in a circle keep their ground", expansions_in_a_circle_keep_their_ground},
    {"a parent of tomorrow takes no ground", a_parent_of_tomorrow_takes_no_ground},
    {"a parent that came later takes no ground", a_parent_that_came_later_takes_no_ground},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.identity", tests, argc, argv);
}
