/* Visual triage: out with pictures, back as decisions; a rejected patch accuses nobody. */
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "deliver/deliver.h"
#include "detect/detect.h"
#include "fixtures/findings.h"
#include "geo/geo.h"
#include "screen/screen.h"
#include "suite.h"

static const char *scene(const char *date)
{
    g_autofree char *relative = g_strdup_printf("data/sample/scenes/taizhou_%s.tif", date);

    return suite_source(relative);
}

/* Real patches, made once. */
static const char *patches(void)
{
    const char *path = suite_path("patches.gpkg"), *change = suite_path("change.tif");
    rdl_detect_options d = RDL_DETECT_OPTIONS_INIT;
    rdl_patches_options p = RDL_PATCHES_OPTIONS_INIT;
    rdl_detect_result dr = {0};
    rdl_patches_result pr = {0};
    GError *error = NULL;

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    d.before = scene("20000317");
    d.after = scene("20030206");
    d.method = "cva";
    d.date_before = "2000-03-17";
    d.date_after = "2003-02-06";
    d.output = change;
    p.change = change;
    p.min_area_m2 = 30000;
    p.output = path;
    CHECK(rdl_detect(&d, NULL, &dr, &error) && rdl_patches(&p, NULL, &pr, &error));
    CHECK_OK(error);
    CHECK(pr.patches >= 4);
    rdl_detect_result_clear(&dr);
    rdl_patches_result_clear(&pr);
    return path;
}

static bool export_to(const char *source, const char *folder, bool pictures, GError **error)
{
    rdl_review_scenes scenes = {.bands = {4, 3, 2}};
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (pictures) {
        scenes.before = scene("20000317");
        scenes.after = scene("20030206");
    }
    return rdl_review_export(source, folder, &scenes, true, tally, NULL, error);
}

/* The ids of a layer, in its order. */
static GPtrArray *ids(const char *source, const char *field)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, NULL);
    const rdl_feature *f;

    while (layer && (f = rdl_layer_next(layer, NULL)))
        g_ptr_array_add(all, g_strdup(rdl_feature_text(f, rdl_layer_field_index(layer, field))));
    return all;
}

static const char *value(const char *source, const char *key, const char *id, const char *field)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, NULL);
    const rdl_feature *f;

    while (layer && (f = rdl_layer_next(layer, NULL)))
        if (g_strcmp0(rdl_feature_text(f, rdl_layer_field_index(layer, key)), id) == 0)
            return g_intern_string(rdl_feature_text(f, rdl_layer_field_index(layer, field)));
    return NULL;
}

/* Decisions as a spreadsheet would bring them. */
static const char *sheet(const char *rows)
{
    g_autofree char *text = g_strconcat("id,decision,into,reason,note\n", rows, NULL);
    const char *path = suite_path("review.csv");

    g_file_set_contents(path, text, -1, NULL);
    return path;
}

static char *import(const char *rows, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!rdl_review_patches(patches(), sheet(rows), "cn", suite_path("reviewed.gpkg"), true, tally,
                            error))
        return NULL;
    return rdl_tally_text(tally);
}

static void every_patch_gets_a_row_and_two_pictures(void)
{
    GError *error = NULL;
    const char *folder = suite_path("out");

    CHECK(export_to(patches(), folder, true, &error));
    CHECK_OK(error);
    g_autoptr(GPtrArray) all = ids(suite_path("out/review.gpkg:review"), "id");
    g_autoptr(GPtrArray) reasons = ids(suite_path("out/review.gpkg:reason"), "code");
    g_autoptr(GPtrArray) styles = ids(suite_path("out/review.gpkg:layer_styles"), "styleQML");
    CHECK(all->len >= 4 && reasons->len > 5 && styles->len == 1);
    for (guint i = 0; i < all->len; i++)
        for (int k = 0; k < 2; k++) {
            g_autofree char *name = g_strdup_printf("out/chips/%s-%s.png", (char *)all->pdata[i],
                                                    k ? "after" : "before");
            g_autoptr(rdl_raster) picture = rdl_raster_open(suite_path(name), &error);
            CHECK_OK(error);
            CHECK(picture && rdl_raster_bands(picture) == 3 &&
                  rdl_raster_grid(picture)->width == 384);
        }
}

static void what_is_sent_back_empty_changes_nothing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const char *out = suite_path("same.gpkg");

    CHECK(export_to(patches(), suite_path("plain"), false, &error));
    CHECK(rdl_review_patches(patches(), suite_path("plain/review.gpkg"), "cn", out, true, tally,
                             &error));
    CHECK_OK(error);
    g_autoptr(GPtrArray) was = ids(patches(), "patch_id"), is = ids(out, "patch_id");
    CHECK_INT(is->len, was->len);
    for (guint i = 0; i < MIN(is->len, was->len); i++) {
        CHECK_TEXT(is->pdata[i], was->pdata[i]);
        CHECK_TEXT(value(out, "patch_id", is->pdata[i], "area_m2"),
                   value(patches(), "patch_id", is->pdata[i], "area_m2"));
    }
}

static void decisions_are_applied_and_counted(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    const char *a = p->pdata[0], *b = p->pdata[1], *c = p->pdata[2], *d = p->pdata[3];
    g_autofree char *rows = g_strdup_printf(
        "%s,reject,,SEASON,\n%s,Retype,MINE_OPEN,,矿\n%s,merge,%s,,\n%s,accept,,,\n", a, b, c, d,
        d);
    g_autofree char *tally = import(rows, &error);
    const char *out = suite_path("reviewed.gpkg");

    CHECK_OK(error);
    CHECK(tally && strstr(tally, "suppressed REJECTED_SEASON") &&
          strstr(tally, "suppressed MERGED"));
    g_autoptr(GPtrArray) left = ids(out, "patch_id");
    CHECK_INT(left->len, p->len - 2);
    CHECK(!value(out, "patch_id", a, "patch_id") && !value(out, "patch_id", c, "patch_id"));
    CHECK_TEXT(value(out, "patch_id", b, "kind"), "MINE_OPEN");
    CHECK_TEXT(value(out, "patch_id", b, "review_note"), "矿");
    CHECK_TEXT(value(out, "patch_id", d, "merged"), c);
    double sum = g_ascii_strtod(value(patches(), "patch_id", c, "area_m2"), NULL) +
                 g_ascii_strtod(value(patches(), "patch_id", d, "area_m2"), NULL);
    CHECK_NEAR(g_ascii_strtod(value(out, "patch_id", d, "area_m2"), NULL) / sum, 1.0, 1e-6);
}

static void rows_that_are_wrong_are_named_and_nothing_is_written(void)
{
    static const struct {
        const char *row, *part;
    } bad[] = {{"%s,perhaps,,,\n", "decision 'perhaps' is not known"},
               {"%s,reject,,,\n", "reject needs a reason"},
               {"%s,reject,,BORED,\n", "reason 'BORED' is not known"},
               {"%s,reject,,OTHER,\n", "OTHER needs a note"},
               {"%s,retype,CASTLE,,\n", "no activity of the pack"},
               {"%s,merge,P404,,\n", "which is not there"},
               {"%1$s,merge,%1$s,,\n", "ends in itself"},
               {"%1$s,accept,,,\n%1$s,accept,,,\n", "is there twice"},
               {"P404,accept,,,\n", "'P404' is not there"}};
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    GError *error = NULL;

    g_unlink(suite_path("reviewed.gpkg"));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(GStrv) parts = g_strsplit(bad[i].row, "%1$s", -1);
        g_autofree char *once = g_strjoinv(p->pdata[0], parts);
        g_auto(GStrv) more = g_strsplit(once, "%s", -1);
        g_autofree char *row = g_strjoinv(p->pdata[0], more);
        CHECK(!import(row, &error));
        CHECK(error && strstr(error->message, "row "));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
        CHECK(!g_file_test(suite_path("reviewed.gpkg"), G_FILE_TEST_EXISTS));
    }
}

static void a_circle_of_merges_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    g_autofree char *rows =
        g_strdup_printf("%s,merge,%s,,\n%s,merge,%s,,\n", (char *)p->pdata[0], (char *)p->pdata[1],
                        (char *)p->pdata[1], (char *)p->pdata[0]);
    g_autofree char *into_rejected =
        g_strdup_printf("%s,merge,%s,,\n%s,reject,,CLOUD,\n", (char *)p->pdata[0],
                        (char *)p->pdata[1], (char *)p->pdata[1]);

    CHECK(!import(rows, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "ends in itself");
    CHECK(!import(into_rejected, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "what is rejected");
}

static rdl_ledger *ledger_with_clues(GError **error)
{
    static const char *const suspect[] = {"SUSPECT"};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const char *path = suite_path("l.sqlite");
    rdl_ledger *ledger = NULL;

    g_unlink(path);
    if (fixture_findings(suite_path("findings.gpkg"), 3, suspect, 1, 0.0, error) &&
        rdl_ledger_init(path, "cn", NULL, error) && (ledger = rdl_ledger_open(path, true, error)))
        rdl_ledger_load_findings(ledger, suite_path("findings.gpkg"), rdl_day_of(2026, 11, 1),
                                 tally, NULL, error);
    return ledger;
}

static void a_rejected_clue_is_dismissed_once_with_its_reason(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    CHECK(export_to(suite_path("l.sqlite"), suite_path("clues"), false, &error));
    CHECK_OK(error);
    g_autoptr(GPtrArray) clues = ids(suite_path("clues/review.gpkg:review"), "id");
    CHECK_INT(clues->len, 3);
    g_autofree char *rows = g_strdup_printf("%s,reject,,FARM,大棚\n%s,accept,,,\n",
                                            (char *)clues->pdata[0], (char *)clues->pdata[1]);
    const char *said[] = {"suppressed REJECTED_FARM", "suppressed ALREADY_THERE"};
    g_autofree char *head = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        CHECK(rdl_review_ledger(ledger, sheet(rows), "甲", "2026-11-03", tally, &error));
        CHECK_OK(error);
        g_autofree char *text = rdl_tally_text(tally), *now = rdl_ledger_head(ledger, &error);
        CHECK(strstr(text, said[i]) != NULL);
        if (i)
            CHECK_TEXT(now, head);
        g_free(head);
        head = g_strdup(now);
    }
    const rdl_task_filter dismissed = {.state = "DISMISSED"}, all = {0};
    g_autoptr(GArray) gone = rdl_task_list(ledger, &dismissed, &error);
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, &error);
    CHECK_INT(gone->len, 1);
    CHECK_INT(tasks->len, 3);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, clues->pdata[0], &error);
    g_autofree char *line = chain ? rdl_json_line(chain) : NULL;
    CHECK(line && strstr(line, "FARM: 大棚"));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void retype_and_merge_are_not_for_ledgers(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *other = rdl_task_of_source(ledger, "FP-0002", &error);
    g_autofree char *rows = g_strdup_printf("%s,reject,,FARM,\n%s,retype,MINE_OPEN,,\n", other, id);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(!rdl_review_ledger(ledger, sheet(rows), "甲", "2026-11-03", tally, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "retype is for patches");
    g_autofree char *now = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(now, head); /* nor was the row before it played */
}

static CU_TestInfo tests[] = {
    {"every patch gets a row and two pictures", every_patch_gets_a_row_and_two_pictures},
    {"what is sent back empty changes nothing", what_is_sent_back_empty_changes_nothing},
    {"decisions are applied and counted", decisions_are_applied_and_counted},
    {"rows that are wrong are named and nothing is written",
     rows_that_are_wrong_are_named_and_nothing_is_written},
    {"a circle of merges is refused", a_circle_of_merges_is_refused},
    {"a rejected clue is dismissed once with its reason",
     a_rejected_clue_is_dismissed_once_with_its_reason},
    {"retype and merge are not for ledgers", retype_and_merge_are_not_for_ledgers},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.review", tests, argc, argv);
}
