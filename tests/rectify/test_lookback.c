/* Closed work is looked at again when the pack says so, and when something new stands there. */
#include <gdal.h>
#include <ogr_api.h>
#include <stdlib.h>
#include <string.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "store/store.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

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
    CHECK(fixture_close(ledger, &error));
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

    CHECK(fixture_close(ledger, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-09-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 9, 12, "ordered 2027-09-10 DUE; 6 2027-09-20 DUE");
    CHECK(fixture_go(ledger, "CLOSED", "2027-09-15", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 9, 14, "ordered 2027-09-10 DUE; 6 2027-09-20 DUE"); /* as it stood */
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

    CHECK(fixture_close(ledger, &error));
    CHECK(fixture_findings_of(gpkg, "PATCH", 1, suspect, 1, 0, &error));
    CHECK(fixture_findings_of(again, "LATER", 1, suspect, 1, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2027, 5, 2), tally, NULL, &error));
    CHECK(rdl_ledger_load_findings(ledger, again, rdl_day_of(2027, 5, 3), second, NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 1, "");
    CHECK_DUE(2027, 5, 3, "ordered 2027-05-02 DUE"); /* once, however many come */
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-05-10", "city", NULL, NULL, &error));
    CHECK_DUE(2027, 5, 10, "ordered 2027-05-02 DUE");
    CHECK(fixture_go(ledger, "CLOSED", "2027-05-12", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_DUE(2027, 5, 12, "");
    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void set_text(OGRFeatureH f, const char *field, const char *value)
{
    int n = OGR_F_GetFieldIndex(f, field);

    CHECK(n >= 0);
    OGR_F_SetFieldString(f, n, value);
}

static void add_text_field(OGRLayerH layer, const char *name)
{
    OGRFieldDefnH field = OGR_Fld_Create(name, OFTString);

    CHECK(OGR_L_CreateField(layer, field, TRUE) == OGRERR_NONE);
    OGR_Fld_Destroy(field);
}

#define GREEN "turned green" /* no activity: a patch of kind recovery */

/* A patch of that number, `wide` degrees from the longitude `x` on, of that activity and seen that
 * day (NULL: as the fixture's; not told). */
static void load_seen(rdl_ledger *ledger, const char *prefix, double x, double wide,
                      const char *activity, const char *seen, rdl_day day)
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
    bool green = g_strcmp0(activity, GREEN) == 0;
    if (seen)
        add_text_field(layer, "built_before");
    if (green)
        add_text_field(layer, "kind");
    OGRFeatureH f = OGR_L_GetNextFeature(layer);
    OGRGeometryH g = NULL;
    if (seen)
        set_text(f, "built_before", seen);
    if (green) {
        set_text(f, "kind", "recovery");
        set_text(f, "result", "CLEAN");
    } else if (activity) {
        set_text(f, "activity", activity);
    }
    char *text = wkt;
    CHECK(OGR_G_CreateFromWkt(&text, NULL, &g) == OGRERR_NONE);
    OGR_F_SetGeometryDirectly(f, g);
    CHECK(OGR_L_SetFeature(layer, f) == OGRERR_NONE);
    OGR_F_Destroy(f);
    GDALClose(file);
    CHECK(rdl_ledger_load_findings(ledger, path, day, tally, NULL, &error));
    CHECK_OK(error);
}

static void load_wide(rdl_ledger *ledger, const char *prefix, double x, double wide, rdl_day day)
{
    load_seen(ledger, prefix, x, wide, NULL, NULL, day);
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

    CHECK(fixture_close(ledger, &error));
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
        CHECK(fixture_close(ledger, &error));
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

/* ---- is it a rebound ---- */

/* The clue of the one look-back that waits that day. */
static void check_clue(rdl_ledger *ledger, rdl_day day, const char *clue)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks(ledger, day, &error);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    CHECK_INT(json_array_get_length(rows), 1);
    if (json_array_get_length(rows))
        CHECK_TEXT(rdl_json_text(json_array_get_object_element(rows, 0), "clue", "none"), clue);
}

/* The closed ground (industry) is 28.2 m by 33.3 m up to 119.9003; 5 m beside it are 0.000053
 * degrees, of 177 m2; the least patch is 200 m2, of cropping 400. */
static void new_ground_is_a_rebound_by_area_date_and_activity(void)
{
    static const struct {
        double x, wide;
        const char *activity, *seen, *clue;
    } cases[] = {
        {119.9, 0.0003, "IND", "2027-03-21", "REBOUND"},       /* 940 m2, joins the site */
        {119.9002, 0.0004, "IND", "2027-04-01", "REBOUND"},    /* 480 m2, a site of its own */
        {119.90028, 0.0004, "IND", "2027-04-01", "REBOUND"},   /* 63 m2, and 166 within 5 m */
        {119.90034, 0.0003, "IND", "2027-04-01", "SMALL"},     /* 41 m2 within 5 m */
        {119.90025, 0.0004, "AGRI", "2027-04-01", "SMALL"},    /* 323 m2 */
        {119.90025, 0.0004, "ORCHARD", "2027-04-01", "SMALL"}, /* is cropping */
        {119.90025, 0.0004, "MINE", "2027-04-01", "PARTIAL_REBOUND"},
        {119.9, 0.0003, "AGRI", "2027-04-01", "PARTIAL_REBOUND"}, /* 940 m2 */
        {119.9, 0.0003, "IND_CHEM", "2027-04-01", "REBOUND"},     /* is industry */
        {119.9, 0.0003, "UNKNOWN", "2027-04-01", "REBOUND"},
        {119.9, 0.0003, "IND", "2027-03-20", "EARLIER"}, /* the day of the closing */
        {119.9, 0.0003, "IND", NULL, "UNDATED"},
        {119.9, 0.0003, "IND", "spring", "UNDATED"},
        {119.90034, 0.0003, "IND", NULL, "SMALL"},
        {119.9, 0.0003, GREEN, "2027-04-01", "RECOVERY"}, /* no rebound, the contrary */
        {119.9002, 0.0004, GREEN, "2027-04-01", "RECOVERY"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("rebound-%zu.sqlite", i);
        g_autofree char *prefix = g_strdup_printf("NEW%zu", i);
        g_autoptr(rdl_ledger) ledger = fixture_submitted(name, &error);
        CHECK(fixture_close(ledger, &error));
        CHECK_OK(error);
        load_seen(ledger, prefix, cases[i].x, cases[i].wide, cases[i].activity, cases[i].seen,
                  rdl_day_of(2027, 5, 2));
        check_clue(ledger, rdl_day_of(2027, 5, 2), cases[i].clue);
    }
}

/* What waits for a small touch does not hide the rebound that comes after it. */
static void the_gravest_clue_is_told(void)
{
    static const struct {
        double x;
        const char *clue;
    } comes[] = {{119.90034, "SMALL"}, {119.9002, "REBOUND"}, {119.90034, "REBOUND"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("gravest.sqlite", &error);

    CHECK(fixture_close(ledger, &error));
    for (int i = 0; i < 3; i++) {
        g_autofree char *prefix = g_strdup_printf("COME%d", i);
        if (i == 1) /* also while somebody is looking */
            CHECK(fixture_go(ledger, "LOOKBACK", "2027-05-02", "city", NULL, NULL, &error));
        load_seen(ledger, prefix, comes[i].x, 0.0003, "IND", "2027-04-01",
                  rdl_day_of(2027, 5, 2 + i));
        check_clue(ledger, rdl_day_of(2027, 5, 2 + i), comes[i].clue);
    }
    check_clue(ledger, rdl_day_of(2027, 5, 2), "SMALL"); /* as it stood */
    CHECK(fixture_go(ledger, "REOPENED", "2027-05-10", "office", "回头看记录", NULL, &error));
    CHECK_OK(error);
    g_autoptr(rdl_store) store = rdl_store_open(rdl_ledger_path(ledger), RDL_STORE_READ, &error);
    g_autofree char *rows =
        !store ? NULL
               : rdl_store_value(
                     store,
                     "SELECT (SELECT count(*) FROM event WHERE kind = 'lookback.raised') || ' "
                     "raised, ' || "
                     "(SELECT group_concat(result) FROM lookback) || ', problems ' || (SELECT "
                     "group_concat(rebounds, '+') FROM (SELECT rebounds FROM problem ORDER BY "
                     "rebounds)) || ', "
                     "closed ' || (SELECT count(*) FROM move WHERE state = 'CLOSED')",
                     &error);
    CHECK_TEXT(rows, "2 raised, REBOUND, problems 0+1, closed 1"); /* the old row is kept */
    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* "TASKS+REBOUNDS+PARTIAL" of all rows of a day, and of one statistic of it. */
static void check_counts(rdl_ledger *ledger, rdl_day day, const char *want)
{
    static const char *const members[] = {"tasks", "rebounds", "partial_rebounds"};
    const rdl_statistic_options options = {.as_of = day};
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_count(ledger, day, &error);
    g_autoptr(rdl_ledger) then = rdl_ledger_as_of(ledger, day, &error);
    g_autoptr(rdl_statistic) s = rdl_statistic_new(then, &options, &error);

    CHECK_OK(error);
    JsonObject *o = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(o, "rows");
    gint64 sums[3] = {0};
    for (guint i = 0; i < json_array_get_length(rows); i++)
        for (int k = 0; k < 3; k++)
            sums[k] +=
                json_object_get_int_member(json_array_get_object_element(rows, i), members[k]);
    for (int k = 0; k < 3; k++)
        CHECK_INT(json_object_get_int_member(o, members[k]), sums[k]);
    const rdl_statistic_table *units = rdl_statistic_find(s, "by_unit");
    g_autofree char *counted =
        g_strdup_printf("%d+%d+%d", (int)sums[0], (int)sums[1], (int)sums[2]);
    g_autofree char *told = g_strdup_printf("%.0f+%.0f+%.0f", (double)rdl_statistic_tasks(s),
                                            rdl_statistic_total(units, "rebounds"),
                                            rdl_statistic_total(units, "partial_rebounds"));
    CHECK_TEXT(counted, want);
    CHECK_TEXT(told, want);
}

/* What is registered again leaves its closed row on record, and counted. */
static void a_closed_row_stays_counted(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("counted.sqlite", &error);

    CHECK(fixture_close(ledger, &error));
    load_seen(ledger, "YARD", 119.9, 0.0003, "AGRI", "2027-04-01", rdl_day_of(2027, 5, 2));
    check_counts(ledger, rdl_day_of(2027, 5, 2), "2+0+0");
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-05-03", "city", NULL, NULL, &error));
    CHECK(!fixture_go(ledger, "REOPENED", "2027-05-10", "office", "回头看记录",
                      "{\"rebound\":\"half\"}", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "rebound 'half' is none: give --set rebound=REBOUND or");
    CHECK(fixture_go(ledger, "REOPENED", "2027-05-10", "office", "回头看记录", NULL, &error));
    CHECK_OK(error);
    check_counts(ledger, rdl_day_of(2027, 5, 9), "2+0+0"); /* as it stood */
    check_counts(ledger, rdl_day_of(2027, 5, 10), "2+0+1");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* Whoever looked knows better than the ground that raised it. */
static void what_is_said_of_a_rebound_holds(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("said.sqlite", &error);

    CHECK(fixture_close(ledger, &error));
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-09-20", "city", NULL, NULL, &error));
    CHECK(!fixture_go(ledger, "CLOSED", "2027-09-25", "city", "回头看记录",
                      "{\"rebound\":\"PARTIAL_REBOUND\"}", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "LOOKBACK to CLOSED takes no value 'rebound'");
    CHECK(fixture_go(ledger, "REOPENED", "2027-09-25", "office", "回头看记录",
                     "{\"rebound\":\"PARTIAL_REBOUND\"}", &error));
    CHECK_OK(error);
    check_counts(ledger, rdl_day_of(2027, 9, 25), "2+0+1");
}

/* ---- by lot ---- */

#define DRAWN_OF 10

/* Pack cn with one pass, at that rate. */
static const char *pack_of_rate(const char *name, const char *rate)
{
    const char *folder = suite_path(name);
    g_autofree char *copy =
        g_strdup_printf("cp -r '%s' '%s'", suite_source("data/packs/cn"), folder);
    g_autofree char *table = g_build_filename(folder, "lookbacks.csv", NULL);
    g_autofree char *text = g_strdup_printf("months,early_days,rate,src\n6,30,%s,X\n", rate);

    CHECK_INT(system(copy), 0);
    CHECK(g_file_set_contents(table, text, -1, NULL));
    return folder;
}

/* Ten tasks closed on 2027-03-20. */
static rdl_ledger *ten_closed(const char *name, const char *pack)
{
    GError *error = NULL;
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(fixture_findings(gpkg, DRAWN_OF, suspect, 1, 0, &error));
    CHECK(rdl_ledger_init(path, pack, NULL, &error));
    rdl_ledger *ledger = rdl_ledger_open(path, true, &error);
    CHECK(ledger &&
          rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, &error));
    g_autoptr(rdl_store) store = rdl_store_open(path, RDL_STORE_WRITE, &error);
    CHECK(store && rdl_store_run(store,
                                 "UPDATE task SET state = 'CLOSED'; INSERT INTO "
                                 "move(task_id,seq,at,state) SELECT task_id, 100000 + rowid, "
                                 "'2027-03-20', 'CLOSED' FROM task",
                                 &error));
    CHECK_OK(error);
    return ledger;
}

/* Ids that are due that day for that status, blanks between. */
static char *ids_due(rdl_ledger *ledger, rdl_day day, const char *pass, const char *status)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks(ledger, day, &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        if (strcmp(rdl_json_text(o, "pass", ""), pass) == 0 &&
            strcmp(rdl_json_text(o, "status", ""), status) == 0)
            g_string_append_printf(text, "%s ", rdl_json_text(o, "task_id", "?"));
    }
    return g_string_free(text, FALSE);
}

static guint words(const char *text)
{
    guint n = 0;

    for (; *text; text++)
        n += *text == ' ';
    return n;
}

/* Ids that were drawn, in the same form. */
static char *draw(rdl_ledger *ledger, const char *purpose, double rate, const char *on)
{
    GError *error = NULL;
    const rdl_draw how = {.purpose = purpose, .seed = "2027-08", .rate = rate, .state = "CLOSED"};
    g_autoptr(JsonNode) node = rdl_ledger_draw(ledger, &how, on, "甲", "city", &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++)
        g_string_append_printf(
            text, "%s ", rdl_json_text(json_array_get_object_element(rows, i), "task_id", "?"));
    return g_string_free(text, FALSE);
}

static void check_due(rdl_ledger *ledger, rdl_day day, const char *pass, const char *status,
                      const char *ids)
{
    g_autofree char *due = ids_due(ledger, day, pass, status);

    CHECK_TEXT(due, ids);
}

static void a_pass_by_lot_is_due_for_those_drawn(void)
{
    g_autoptr(rdl_ledger) ledger = ten_closed("lots.sqlite", pack_of_rate("lots-pack", "0.3"));
    rdl_day in_time = rdl_day_of(2027, 9, 1), late = rdl_day_of(2027, 9, 21);
    g_autofree char *all = ids_due(ledger, in_time, "6", "UNDRAWN");

    CHECK_INT(words(all), DRAWN_OF); /* nobody has drawn: told, not left out */
    check_due(ledger, in_time, "6", "DUE", "");
    g_autofree char *few = draw(ledger, "lookback-6", 0.1, "2027-08-20");
    CHECK_INT(words(few), 1);
    check_due(ledger, in_time, "6", "UNDRAWN", all); /* below the pack's rate it does not count */
    g_autofree char *other = draw(ledger, "lookback-12", 0.3, "2027-08-21");
    check_due(ledger, in_time, "6", "UNDRAWN", all);
    g_autofree char *drawn = draw(ledger, "lookback-6", 0.3, "2027-08-25");
    CHECK_INT(words(drawn), 3);
    check_due(ledger, in_time, "6", "DUE", drawn);
    check_due(ledger, in_time, "6", "UNDRAWN", "");
    check_due(ledger, late, "6", "OVERDUE", drawn);
    check_due(ledger, rdl_day_of(2027, 8, 24), "6", "UNDRAWN", all); /* as it stood */
}

/* Closed again since the draw: the lots of the first closing say nothing of the second. */
static void a_lot_is_of_its_closing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ten_closed("again.sqlite", pack_of_rate("again-pack", "0.3"));
    g_autofree char *drawn = draw(ledger, "lookback-6", 0.3, "2027-08-25");
    g_autoptr(rdl_store) store = rdl_store_open(rdl_ledger_path(ledger), RDL_STORE_WRITE, &error);

    CHECK_INT(words(drawn), 3);
    CHECK(store &&
          rdl_store_run(store, "UPDATE move SET at = '2027-08-26' WHERE state = 'CLOSED'", &error));
    CHECK_OK(error);
    g_autofree char *asked = ids_due(ledger, rdl_day_of(2028, 2, 20), "6", "UNDRAWN");
    CHECK_INT(words(asked), DRAWN_OF);
}

static void at_the_rate_of_one_all_are_due(void)
{
    g_autoptr(rdl_ledger) ledger = ten_closed("all.sqlite", pack_of_rate("all-pack", "1"));
    g_autofree char *all = ids_due(ledger, rdl_day_of(2027, 9, 1), "6", "DUE");

    CHECK_INT(words(all), DRAWN_OF);
}

static void a_sample_beside_the_passes_is_due_the_day_it_is_drawn(void)
{
    g_autoptr(rdl_ledger) ledger = ten_closed("sampled.sqlite", suite_source("data/packs/cn"));
    g_autofree char *drawn = draw(ledger, "lookback", 0.15, "2027-05-10");

    CHECK_INT(words(drawn), 2); /* rounded up */
    check_due(ledger, rdl_day_of(2027, 5, 9), "sampled", "DUE", "");
    check_due(ledger, rdl_day_of(2027, 5, 10), "sampled", "DUE", drawn);
    check_due(ledger, rdl_day_of(2027, 5, 11), "sampled", "DUE", drawn);
}

static void a_rate_that_is_none_is_refused(void)
{
    static const char *const rates[] = {"0", "1.5", "x", "-0.1", "nan"};

    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("rate-%zu", i);
        g_autofree char *file = g_strconcat(name, ".sqlite", NULL);
        const char *path = suite_path(file);
        CHECK(rdl_ledger_init(path, pack_of_rate(name, rates[i]), NULL, &error));
        g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, &error);
        CHECK_OK(error);
        g_autoptr(JsonNode) none = rdl_ledger_lookbacks(ledger, rdl_day_of(2027, 9, 1), &error);
        CHECK(none == NULL);
        CHECK_FAILS(error, RDL_ERROR_DATA, "lookbacks.csv:2: rate");
    }
}

/* Fixtures have one owner: what comes after the closing, elsewhere, is told. */
static void who_moved_elsewhere_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("moved.sqlite", &error);

    CHECK(fixture_close(ledger, &error));
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

static void write_letter(rdl_ledger *ledger, const char *no, const char *site, const char *more)
{
    GError *error = NULL;
    g_autofree char *text =
        g_strdup_printf("{\"letter_no\":\"%s\",\"received\":\"2026-12-01\",\"site_id\":\"%s\","
                        "\"sites\":[]%s}",
                        no, site, more);
    g_autoptr(JsonNode) node = rdl_json_parse(text, "letter", &error);
    rdl_event event = {
        .at = "2027-03-21", .by = "甲", .role = "office", .kind = "letter.received", .subject = no};

    CHECK(rdl_event_append(ledger, &event, json_node_get_object(node), &error));
    CHECK_OK(error);
}

static char *pulled(rdl_ledger *ledger, rdl_day since, rdl_day as_of)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_lookbacks_of_letters(ledger, since, as_of, &error);

    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(node);
    if (json_array_get_length(rows) == 0)
        return g_strdup("");
    CHECK_INT(json_array_get_length(rows), 1);
    JsonObject *o = json_array_get_object_element(rows, 0);
    return g_strjoin(" ", rdl_json_text(o, "pass", "?"), rdl_json_text(o, "closed", "?"),
                     rdl_json_text(o, "due", "?"), rdl_json_text(o, "status", "?"),
                     rdl_json_text(o, "letters", "?"), NULL);
}

#define CHECK_PULLED(since, as_of, want)                             \
    do {                                                             \
        g_autofree char *pulled_text = pulled(ledger, since, as_of); \
        CHECK_TEXT(pulled_text, want);                               \
    } while (0)

/* Closed on 2027-03-20 at the place of six letters, of which two are founded and no duplicate. */
static void letters_closed_since_a_day_are_pulled_into_the_queue(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fixture_submitted("pulled.sqlite", &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    const char *site = g_array_index(tasks, rdl_task, 0).site_id;
    const rdl_day closed = rdl_day_of(2027, 3, 20), since = rdl_day_of(2013, 1, 1);

    CHECK(fixture_close(ledger, &error));
    CHECK_OK(error);
    CHECK_PULLED(since, rdl_day_of(2027, 5, 1), "");
    write_letter(ledger, "L-2", site, "");
    write_letter(ledger, "L-1", site, ",\"founded\":\"1\"");
    write_letter(ledger, "L-3", site, ",\"founded\":\"0\"");
    write_letter(ledger, "L-4", site, ",\"duplicate_of\":\"L-1\"");
    CHECK_PULLED(since, rdl_day_of(2027, 5, 1), "letter 2027-03-20 2027-05-01 DUE L-1 L-2");
    CHECK_PULLED(closed, rdl_day_of(2027, 5, 1), "letter 2027-03-20 2027-05-01 DUE L-1 L-2");
    CHECK_PULLED(closed + 1, rdl_day_of(2027, 5, 1), "");
    CHECK_PULLED(since, closed - 1, ""); /* not closed yet */
    CHECK_PULLED(since, rdl_day_of(2026, 11, 30), "");
    CHECK(fixture_go(ledger, "LOOKBACK", "2027-06-01", "city", NULL, NULL, &error));
    CHECK_PULLED(since, rdl_day_of(2027, 6, 2), "letter 2027-03-20 2027-06-02 DUE L-1 L-2");
    CHECK(fixture_go(ledger, "CLOSED", "2027-06-05", "city", "回头看记录", NULL, &error));
    CHECK_OK(error);
    CHECK_PULLED(since, rdl_day_of(2027, 7, 1), ""); /* looked at */
}

static CU_TestInfo tests[] = {
    {"passes come at 6 and 12 months and yearly", passes_come_at_6_and_12_months_and_yearly},
    {"a pass that was held is due no more", a_pass_that_was_held_is_due_no_more},
    {"new ground at a closed place raises one", new_ground_at_a_closed_place_raises_one},
    {"an edge is enough", an_edge_is_enough},
    {"every closed site under a patch is asked for", every_closed_site_under_a_patch_is_asked_for},
    {"new ground is a rebound by area, date and activity",
     new_ground_is_a_rebound_by_area_date_and_activity},
    {"the gravest clue is told", the_gravest_clue_is_told},
    {"a closed row stays counted", a_closed_row_stays_counted},
    {"what is said of a rebound holds", what_is_said_of_a_rebound_holds},
    {"a pass by lot is due for those drawn", a_pass_by_lot_is_due_for_those_drawn},
    {"a lot is of its closing", a_lot_is_of_its_closing},
    {"at the rate of one all are due", at_the_rate_of_one_all_are_due},
    {"a sample beside the passes is due the day it is drawn",
     a_sample_beside_the_passes_is_due_the_day_it_is_drawn},
    {"a rate that is none is refused", a_rate_that_is_none_is_refused},
    {"letters closed since a day are pulled into the queue",
     letters_closed_since_a_day_are_pulled_into_the_queue},
    {"who moved elsewhere is told", who_moved_elsewhere_is_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.lookback", tests, argc, argv);
}
