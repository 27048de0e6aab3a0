/* A letter may speak of several sites, a site of several letters. */
#include <string.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

/* Footprints of 28 m, 94 m from one to the next. */
static rdl_ledger *with_sites(const char *name, int n, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = NULL;

    if (fixture_findings(gpkg, n, suspect, 1, 0, error) &&
        rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error) &&
        (ledger = rdl_ledger_open(path, true, error)))
        rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error);
    return ledger;
}

/* Their names, and coordinates of no named system. */
static void post(rdl_ledger *ledger, const char *rows)
{
    GError *error = NULL;
    const char *csv = suite_path("letters.csv"), *profile = suite_path("letters.yaml");
    g_autofree char *text = g_strconcat("信访编号,类型,经度,纬度,误差\n", rows, NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(g_file_set_contents(csv, text, -1, NULL));
    CHECK(g_file_set_contents(profile,
                              "layer: letter\ncrs_claim: \"EPSG:4490\"\nfields:\n  letter_no: "
                              "[信访编号]\n  activity: [类型]\n  pos_error_m: [误差]\n"
                              "values:\n  activity:\n    \"采石\": MINE_QUARRY\n",
                              -1, NULL));
    CHECK(rdl_ledger_load_letters(ledger, csv, profile, rdl_day_of(2026, 11, 2), tally, &error));
    CHECK_OK(error);
}

static JsonArray *letters_of(rdl_ledger *ledger, const char *id, JsonNode **keep)
{
    *keep = rdl_ledger_chain(ledger, id, NULL);
    return json_object_get_array_member(json_node_get_object(*keep), "letters");
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void check_letters(rdl_ledger *ledger, const char *id, const char *want)
{
    JsonNode *keep;
    JsonArray *letters = letters_of(ledger, id, &keep);
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; i < json_array_get_length(letters); i++) {
        JsonObject *l = json_array_get_object_element(letters, i);
        g_string_append_printf(got, "%s%s %s %s", i ? "; " : "", rdl_json_text(l, "letter_no", "?"),
                               rdl_json_text(l, "uncertainty_m", "?"),
                               rdl_json_text(l, "nearest", "?"));
    }
    CHECK_TEXT(got->str, want);
    json_node_unref(keep);
}

static void letters_and_sites_are_linked_many_to_many(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("many.sqlite", 4, &error);

    CHECK_OK(error);
    post(ledger, "L1,采石,119.90015,32.30015,100\n" /* in FP-0000, 80 m from FP-0001 */
                 "L2,,119.90115,32.30015,10\n"      /* in FP-0001 */
                 "L3,,119.89900,32.30015,20\n"      /* 94 m west: uncertain by less, nearest yet */
                 "L4,,119.80000,32.30015,20\n"      /* far off */
                 "L5,,119.89200,32.30015,800\n");   /* 753 m west: further than the village */
    check_letters(ledger, "FP-0000", "L1 100.0 1; L3 20.0 1; L5 800.0 1");
    check_letters(ledger, "FP-0001", "L1 100.0 0; L2 10.0 1");
    check_letters(ledger, "FP-0002", "");
    check_whole(ledger);
}

static void the_chain_names_patch_letter_and_site(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("chain.sqlite", 1, &error);

    post(ledger, "L1,采石,119.89900,32.30015,200\n");
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "L1", &error);
    CHECK_OK(error);
    JsonObject *o = json_node_get_object(chain);
    JsonObject *source =
        json_array_get_object_element(json_object_get_array_member(o, "sources"), 0);
    JsonObject *letter =
        json_array_get_object_element(json_object_get_array_member(o, "letters"), 0);
    CHECK_TEXT(rdl_json_text(source, "source_id", NULL), "FP-0000");
    CHECK_TEXT(rdl_json_text(letter, "activity", NULL), "MINE_QUARRY");
    /* a thousandth of a degree at 32.3 degrees north: 94.15 m */
    CHECK_NEAR(g_ascii_strtod(rdl_json_text(letter, "distance_m", "0"), NULL), 94.15, 0.1);
}

static void a_merge_keeps_the_nearer_distance(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merged.sqlite", 2, &error);
    const char *const others[] = {"FP-0000", NULL};
    const rdl_who who = {"2026-11-05", "甲", "analyst", "同一处"};
    JsonNode *keep;

    post(ledger, "L1,,119.90015,32.30015,100\n");
    CHECK(rdl_sites_merge(ledger, "FP-0001", others, &who, &error));
    CHECK_OK(error);
    JsonArray *letters = letters_of(ledger, "FP-0001", &keep);
    CHECK_INT(json_array_get_length(letters), 1);
    CHECK_NEAR(
        g_ascii_strtod(rdl_json_text(json_array_get_object_element(letters, 0), "distance_m", "99"),
                       NULL),
        0.0, 1e-9);
    json_node_unref(keep);
    check_whole(ledger);
}

static CU_TestInfo tests[] = {
    {"letters and sites are linked many to many", letters_and_sites_are_linked_many_to_many},
    {"the chain names patch, letter and site", the_chain_names_patch_letter_and_site},
    {"a merge keeps the nearer distance", a_merge_keeps_the_nearer_distance},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.letter", tests, argc, argv);
}
