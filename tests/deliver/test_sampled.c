/* The sheet of a sample: out with nothing filled in, back with what was found. */
#include <gdal.h>
#include <string.h>
#include "deliver/deliver.h"
#include "fixtures/findings.h"
#include "geo/geo.h"
#include "geo/start.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static rdl_ledger *sampled(const char *name, char **id)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    const rdl_sampling how = {.of = "findings", .seed = "s", .size = 4, .since = RDL_DAY_PAST};
    const rdl_who who = {"2026-11-05", "乙", "auditor", NULL};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = NULL;
    GError *error = NULL;

    CHECK(fixture_findings_of(gpkg, "=1+1", 6, suspect, 1, 0, &error));
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error));
    CHECK((ledger = rdl_ledger_open(path, true, &error)) != NULL);
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, &error));
    *id = rdl_ledger_sample(ledger, &how, &who, &error);
    CHECK_OK(error);
    return ledger;
}

static void both_sheets_come_back_as_they_went(void)
{
    g_autofree char *id = NULL, *text = NULL;
    g_autoptr(rdl_ledger) ledger = sampled("sheet.sqlite", &id);
    static const char *const names[] = {"sheet.csv", "sheet.gpkg"};
    GError *error = NULL;
    g_autoptr(GArray) pieces = rdl_sample_items(ledger, id, &error);

    for (int k = 0; k < 2; k++) {
        const char *path = suite_path(names[k]);
        CHECK(rdl_sample_write(ledger, id, path, false, &error));
        CHECK_OK(error);
        g_autoptr(GArray) back = rdl_sample_read(path, &error);
        CHECK_OK(error);
        CHECK_INT(back->len, 4);
        for (guint i = 0; i < back->len; i++) {
            const rdl_judgement *j = &g_array_index(back, rdl_judgement, i);
            CHECK_TEXT(j->sample_id, id);
            CHECK_TEXT(j->item_id, g_array_index(pieces, rdl_sampled, i).item_id);
            CHECK(!j->answer && !j->evidence && !j->judged_by);
        }
        CHECK(!rdl_sample_write(ledger, id, path, false, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already");
    }
    CHECK(g_file_get_contents(suite_path("sheet.csv"), &text, NULL, NULL));
    CHECK(strstr(text, ",'=1+1-000") != NULL); /* no spreadsheet runs it */
    g_autoptr(rdl_layer) layer = rdl_layer_open(suite_path("sheet.gpkg"), NULL, &error);
    const rdl_feature *f = layer ? rdl_layer_next(layer, &error) : NULL;
    CHECK_OK(error);
    CHECK(f && rdl_feature_wkb(f) != NULL);
    CHECK_INT(rdl_layer_field_index(layer, "class"), -1);
}

static void answers_on_record_stand_in_the_next_sheet(void)
{
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = sampled("again.sqlite", &id);
    const rdl_who who = {"2026-11-06", "丙", "auditor", NULL};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    g_autoptr(GArray) pieces = rdl_sample_items(ledger, id, &error);
    const rdl_judgement j = {.sample_id = id,
                             .item_id = g_array_index(pieces, rdl_sampled, 2).item_id,
                             .answer = (char *)"wrong",
                             .evidence = (char *)"现场"};

    CHECK(rdl_ledger_judge(ledger, &j, 1, &who, false, tally, NULL, &error));
    CHECK(rdl_sample_write(ledger, id, suite_path("again.csv"), false, &error));
    g_autoptr(GArray) back = rdl_sample_read(suite_path("again.csv"), &error);
    CHECK_OK(error);
    CHECK_TEXT(g_array_index(back, rdl_judgement, 2).answer, "wrong");
    CHECK_TEXT(g_array_index(back, rdl_judgement, 2).judged_by, "丙");
    g_autoptr(rdl_tally) second = rdl_tally_new();
    CHECK(rdl_ledger_judge(ledger, (const rdl_judgement *)back->data, back->len, &who, false,
                           second, NULL, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) node = rdl_tally_json(second);
    g_autofree char *counts = rdl_json_canonical(node);
    CHECK(strstr(counts, "\"ALREADY_THERE\":1") && strstr(counts, "\"NOT_ANSWERED\":3"));
}

/* The findings again: as `result`, `grow` larger; the first gives its place to another (`lost`). */
static void load_later(rdl_ledger *ledger, const char *result, double grow, bool lost, int day)
{
    const char *gpkg = suite_path("later.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    remove(gpkg);
    CHECK(fixture_findings_of(gpkg, "=1+1", 4, &result, 1, grow, &error));
    if (lost) {
        GDALDatasetH ds = GDALOpenEx(gpkg, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
        GDALDatasetExecuteSQL(ds, "UPDATE finding SET finding_id = 'F-new' WHERE fid = 1", NULL,
                              NULL);
        GDALClose(ds);
    }
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, day), tally, NULL, &error));
    CHECK_OK(error);
}

/* What people are asked about is what was drawn, whatever the list says by then. */
static void a_sheet_says_what_was_drawn(void)
{
    const char *path = suite_path("drawn.sqlite"), *gpkg = suite_path("drawn.gpkg");
    const rdl_sampling how = {.of = "findings", .seed = "s", .size = 4, .since = RDL_DAY_PAST};
    const rdl_who who = {"2026-11-05", "乙", "auditor", NULL};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    CHECK(fixture_findings_of(gpkg, "=1+1", 4, suspect, 1, 0, &error));
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, &error));
    g_autofree char *id = rdl_ledger_sample(ledger, &how, &who, &error);
    CHECK_OK(error);
    for (int k = 0; k < 3; k++) {
        static const char *const gone[] = {"-", "CHANGED", "GONE"};
        if (k)
            load_later(ledger, "EDGE", k, k == 2, 5 + k);
        g_autoptr(GArray) pieces = rdl_sample_items(ledger, id, &error);
        CHECK_OK(error);
        CHECK_INT(pieces->len, 4);
        for (guint i = 0; i < pieces->len; i++) {
            const rdl_sampled *s = &g_array_index(pieces, rdl_sampled, i);
            bool first = g_str_has_suffix(s->source_id, "-0000");
            CHECK_TEXT(s->says, "SUSPECT");
            CHECK_TEXT(s->zone, "ERL");
            CHECK_TEXT(s->activity, "IND");
            CHECK_NEAR(s->area_m2, 900, 1e-9);
            CHECK_TEXT(s->now ? s->now : "-", gone[first ? k : MIN(k, 1)]);
        }
    }
    CHECK(rdl_sample_write(ledger, id, suite_path("drawn.csv"), false, &error));
    g_autofree char *text = NULL;
    CHECK(g_file_get_contents(suite_path("drawn.csv"), &text, NULL, NULL));
    CHECK(strstr(text, ",activity,says,now,area_m2,") != NULL);
    CHECK(strstr(text, ",ERL,IND,SUSPECT,GONE,900") != NULL);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void what_is_no_sheet_is_refused(void)
{
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = sampled("none.sqlite", &id);
    GError *error = NULL;

    CHECK(!rdl_sample_write(ledger, id, suite_path("none.xml"), false, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, ".gpkg or .csv");
    CHECK(!rdl_sample_write(ledger, "A-none", suite_path("none.csv"), false, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no sample A-none");
    CHECK(!g_file_test(suite_path("none.csv"), G_FILE_TEST_EXISTS));
    CHECK(g_file_set_contents(suite_path("bare.csv"), "sample_id,item_id\nA,B\n", -1, NULL));
    CHECK(!rdl_sample_read(suite_path("bare.csv"), &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "has no column answer");
}

static CU_TestInfo tests[] = {
    {"both sheets come back as they went", both_sheets_come_back_as_they_went},
    {"answers on record stand in the next sheet", answers_on_record_stand_in_the_next_sheet},
    {"a sheet says what was drawn", a_sheet_says_what_was_drawn},
    {"what is no sheet is refused", what_is_no_sheet_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.sampled", tests, argc, argv);
}
