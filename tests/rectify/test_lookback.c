/* Closed work is looked at again when the pack says so, and when something new stands there. */
#include <gdal.h>
#include <ogr_api.h>
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "store/store.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static bool close_it(rdl_ledger *l, GError **error)
{
    return fixture_go(l, "REVIEWED", "2027-03-02", "county", "初审意见", NULL, error) &&
           fixture_go(l, "PUBLIC", "2027-03-03", "city", "公示文本", NULL, error) &&
           fixture_go(l, "APPLIED", "2027-03-09", "county", "销号申请", NULL, error) &&
           fixture_go(l, "CHECKED", "2027-03-12", "accept_unit", "材料",
                      "{\"image_date\":\"2027-03-10\"}", error) &&
           fixture_go(l, "CLOSED", "2027-03-20", "province", "备案表", NULL, error);
}

/* "pass due status" of all that is due that day. */
static char *due_on(rdl_ledger *ledger, rdl_day day)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks(ledger, day, &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        g_string_append_printf(text, "%s%s %s %s", i ? "; " : "", rdl_json_text(o, "pass", "?"),
                               rdl_json_text(o, "due", "?"), rdl_json_text(o, "status", "?"));
    }
    return g_string_free(text, FALSE);
}

#define CHECK_DUE(y, m, d, want)                                         \
    do {                                                                 \
        g_autofree char *due_text = due_on(ledger, rdl_day_of(y, m, d)); \
        CHECK_TEXT(due_text, want);                                      \
    } while (0)

/* Closed on 2027-03-20; 2027-09-20 is a Monday, 2028-03-20 too. */
static void passes_come_at_6_and_12_months_and_yearly(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("passes.sqlite", &error);

    CHECK_DUE(2027, 3, 1, "");
    CHECK(close_it(ledger, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 8, 20, "");
    CHECK_DUE(2027, 8, 21, "6 2027-09-20 DUE");
    CHECK_DUE(2027, 9, 20, "6 2027-09-20 DUE");
    CHECK_DUE(2027, 9, 21, "6 2027-09-20 OVERDUE");
    CHECK_DUE(2028, 3, 1, "6 2027-09-20 OVERDUE; 12 2028-03-20 DUE");
    CHECK_DUE(2040, 1, 1,
              "6 2027-09-20 OVERDUE; 12 2028-03-20 OVERDUE; 24 2029-03-20 OVERDUE; 36 2030-03-20 "
              "OVERDUE; 48 2031-03-20 OVERDUE");
}

static void a_pass_that_was_held_is_due_no_more(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("held.sqlite", &error);

    CHECK(close_it(ledger, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-09-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 9, 12, "ordered 2027-09-10 OVERDUE; 6 2027-09-20 DUE");
    CHECK(fixture_go(ledger, "CLOSED", "2027-09-15", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 9, 14, "ordered 2027-09-10 OVERDUE; 6 2027-09-20 DUE"); /* as it stood */
    CHECK_DUE(2027, 9, 30, "");
    CHECK_DUE(2028, 3, 21, "12 2028-03-20 OVERDUE");
    CHECK(fixture_go(ledger, "LOOKBACK", "2028-04-01", "city", NULL, NULL, &error));
    CHECK(fixture_go(ledger, "REOPENED", "2028-04-05", "office", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2029, 4, 1, "");
}

static void new_ground_at_a_closed_place_raises_one(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("raised.sqlite", &error);
    const char *gpkg = suite_path("patch.gpkg"), *again = suite_path("patch-2.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new(), second = rdl_tally_new();

    CHECK(close_it(ledger, &error));
    CHECK(fixture_findings_of(gpkg, "PATCH", 1, suspect, 1, 0, &error));
    CHECK(fixture_findings_of(again, "LATER", 1, suspect, 1, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2027, 5, 2), tally, NULL, &error));
    CHECK(rdl_ledger_load_findings(ledger, again, rdl_day_of(2027, 5, 3), second, NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 1, "");
    CHECK_DUE(2027, 5, 3, "ordered 2027-05-02 OVERDUE"); /* once, however many come */
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-05-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 5, 10, "ordered 2027-05-02 OVERDUE");
    CHECK(fixture_go(ledger, "CLOSED", "2027-05-12", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 12, "");
    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* A patch of that number, `wide` degrees from the longitude `x` on, as findings at `name`. */
static void load_wide(rdl_ledger *ledger, const char *prefix, double x, double wide, rdl_day day)
{
    g_autofree char *name = g_strconcat(prefix, ".gpkg", NULL);
    g_autofree char *wkt = g_strdup_printf(
        "POLYGON((%f 32.3,%f 32.3,%f 32.3003,%f 32.3003,%f 32.3))", x, x + wide, x + wide, x, x);
    const char *path = suite_path(name);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    CHECK(fixture_findings_of(path, prefix, 1, suspect, 1, 0, &error));
    GDALDatasetH file = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    OGRLayerH layer = GDALDatasetGetLayerByName(file, "finding");
    OGRFeatureH f = OGR_L_GetNextFeature(layer);
    OGRGeometryH g = NULL;
    char *text = wkt;
    CHECK(OGR_G_CreateFromWkt(&text, NULL, &g) == OGRERR_NONE);
    OGR_F_SetGeometryDirectly(f, g);
    CHECK(OGR_L_SetFeature(layer, f) == OGRERR_NONE);
    OGR_F_Destroy(f);
    GDALClose(file);
    CHECK(rdl_ledger_load_findings(ledger, path, day, tally, NULL, &error));
    CHECK_OK(error);
}

static void load_beside(rdl_ledger *ledger, const char *prefix, double x, rdl_day day)
{
    load_wide(ledger, prefix, x, 0.0003, day);
}

/* The closed ground ends at 119.9003; the pack's tolerance is 5 m. */
static void an_edge_is_enough(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("edge.sqlite", &error);

    CHECK(close_it(ledger, &error));
    load_beside(ledger, "FAR", 119.9005, rdl_day_of(2027, 5, 2)); /* 19 m */
    CHECK_DUE(2027, 5, 3, "");
    load_beside(ledger, "NEAR", 119.90034, rdl_day_of(2027, 5, 3)); /* 3.8 m */
    CHECK_DUE(2027, 5, 3, "ordered 2027-05-03 DUE");
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-05-04", "city", NULL, NULL, &error));
    CHECK(fixture_go(ledger, "CLOSED", "2027-05-05", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    load_beside(ledger, "EDGE", 119.9003, rdl_day_of(2027, 5, 6));
    CHECK_DUE(2027, 5, 6, "ordered 2027-05-06 DUE");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* Of a patch that shares less than half its ground with a closed site, and a second site beside. */
static void every_closed_site_under_a_patch_is_asked_for(void)
{
    GError *error = NULL;

    for (int wide = 0; wide < 2; wide++) { /* joins neither; joins one of two */
        g_autoptr(rdl_ledger) ledger =
            fixture_submitted(wide ? "several-1.sqlite" : "several.sqlite", &error);
        CHECK(close_it(ledger, &error));
        load_beside(ledger, "SECOND", 119.9004, rdl_day_of(2027, 5, 2));
        g_autoptr(rdl_store) store =
            rdl_store_open(rdl_ledger_path(ledger), RDL_STORE_WRITE, &error);
        CHECK(store &&
              rdl_store_run(store, "UPDATE task SET state = 'CLOSED' WHERE state = 'SCREENED'",
                            &error));
        load_wide(ledger, "OVER", wide ? 119.89995 : 119.90018, wide ? 0.0008 : 0.00034,
                  rdl_day_of(2027, 5, 3));
        g_autofree char *asked = rdl_store_value(
            store,
            "SELECT count(*) || ' of ' || count(DISTINCT site_id) || ', joined: ' || (SELECT "
            "count(*) FROM event WHERE kind = 'site.joined') FROM lookback JOIN task USING(task_id)"
            " WHERE held IS NULL",
            &error);
        CHECK_OK(error);
        CHECK_TEXT(asked, wide ? "2 of 2, joined: 1" : "2 of 2, joined: 0");
    }
}

/* Fixtures have one owner: what comes after the closing, elsewhere, is told. */
static void who_moved_elsewhere_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("moved.sqlite", &error);

    CHECK(close_it(ledger, &error));
    g_autoptr(JsonNode) before = rdl_ledger_relocations(ledger, &error);
    CHECK_INT(json_array_get_length(json_node_get_array(before)), 0);
    load_beside(ledger, "MOVED", 119.95, rdl_day_of(2027, 5, 2));
    g_autoptr(JsonNode) after = rdl_ledger_relocations(ledger, &error);
    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(after);
    CHECK_INT(json_array_get_length(rows), 1);
    CHECK_TEXT(rdl_json_text(json_array_get_object_element(rows, 0), "source_id", ""),
               "MOVED-0000");
    CHECK_TEXT(rdl_json_text(json_array_get_object_element(rows, 0), "found", ""), "2027-05-02");
}

static CU_TestInfo tests[] = {
    {"passes come at 6 and 12 months and yearly", passes_come_at_6_and_12_months_and_yearly},
    {"a pass that was held is due no more", a_pass_that_was_held_is_due_no_more},
    {"new ground at a closed place raises one", new_ground_at_a_closed_place_raises_one},
    {"an edge is enough", an_edge_is_enough},
    {"every closed site under a patch is asked for", every_closed_site_under_a_patch_is_asked_for},
    {"who moved elsewhere is told", who_moved_elsewhere_is_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.lookback", tests, argc, argv);
}
