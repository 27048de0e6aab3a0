/* Visual triage: out with pictures, back as decisions; a rejected patch accuses nobody. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <gdal_utils.h>
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

/* A disk that is full: a child of this process may write no file larger than `most` bytes. */
static int export_where_files_end(const char *folder, rlim_t most)
{
    const char *source = patches();
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        GError *error = NULL;
        const struct rlimit limit = {most, most};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(export_to(source, folder, true, &error) ? 0 : rdl_exit_status(error));
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_leaves_nothing_half_made(void)
{
    g_autofree char *chips = g_build_filename(suite_path("full"), "chips", NULL);
    g_autofree char *own = g_build_filename(suite_path("full"), "mine.txt", NULL);

    /* no room for a picture (20 kB and more), then none for the layer */
    CHECK_INT(export_where_files_end(suite_path("full"), 2000), 3);
    CHECK(!g_file_test(suite_path("full"), G_FILE_TEST_EXISTS));
    CHECK_INT(g_mkdir(suite_path("full"), 0777), 0);
    CHECK(g_file_set_contents(own, "mine", -1, NULL));
    CHECK(export_where_files_end(suite_path("full"), 90000) != 0);
    CHECK(!g_file_test(chips, G_FILE_TEST_EXISTS));
    CHECK(g_file_test(own, G_FILE_TEST_EXISTS));
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
    g_autofree char *text = g_strconcat("id,decision,becomes,reason,note\n", rows, NULL);
    const char *path = suite_path("review.csv");

    g_file_set_contents(path, text, -1, NULL);
    return path;
}

static char *import(const char *rows, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    const rdl_review_import how = {
        .output = suite_path("reviewed.gpkg"), .overwrite = true, .by = "甲", .on = "2026-11-03"};

    if (!rdl_review_patches(patches(), sheet(rows), &how, tally, error))
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
    const char *qml = styles->len ? styles->pdata[0] : "";
    CHECK(strstr(qml, "<editWidget type=\"ValueMap\">") && strstr(qml, "value=\"retype\"") &&
          strstr(qml, "value=\"SEASON\"") && strstr(qml, "<field name=\"id\" editable=\"0\"/>"));
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
    const rdl_review_import how = {.output = out, .overwrite = true};
    CHECK(rdl_review_patches(patches(), suite_path("plain/review.gpkg"), &how, tally, &error));
    CHECK_OK(error);
    g_autoptr(GPtrArray) was = ids(patches(), "patch_id"), is = ids(out, "patch_id");
    CHECK_INT(is->len, was->len);
    for (guint i = 0; i < MIN(is->len, was->len); i++) {
        CHECK_TEXT(is->pdata[i], was->pdata[i]);
        CHECK_TEXT(value(out, "patch_id", is->pdata[i], "review"), "NOT_REVIEWED");
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
    CHECK_TEXT(value(out, "patch_id", d, "review"), "accept");
    CHECK_TEXT(value(out, "patch_id", d, "review_by"), "甲");
    CHECK_TEXT(value(out, "patch_id", d, "review_on"), "2026-11-03");
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

static bool decide(rdl_ledger *ledger, const char *rows, const char *on, rdl_tally *tally,
                   GError **error)
{
    const rdl_review_import how = {.by = "甲", .on = on};

    return rdl_review_ledger(ledger, sheet(rows), &how, tally, error);
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
        CHECK(decide(ledger, rows, "2026-11-03", tally, &error));
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

static const char *activity_of(rdl_ledger *ledger, const char *task_id)
{
    const rdl_task_filter one = {.id = task_id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &one, NULL);

    return tasks && tasks->len ? g_intern_string(g_array_index(tasks, rdl_task, 0).activity) : NULL;
}

/* Tables and events agree, and do when the tables are made again. */
static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static char *load_again(rdl_ledger *ledger, const char *file, int n, double grow, GError **error)
{
    static const char *const suspect[] = {"SUSPECT"};
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!fixture_findings(suite_path(file), n, suspect, 1, grow, error) ||
        !rdl_ledger_load_findings(ledger, suite_path(file), rdl_day_of(2026, 12, 1), tally, NULL,
                                  error))
        return NULL;
    return rdl_tally_text(tally);
}

static void a_retyped_clue_is_of_another_activity_from_then_on(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *rows = g_strdup_printf("%s,retype,MINE_OPEN,,采坑\n", id);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK_TEXT(activity_of(ledger, id), "IND");
    CHECK(decide(ledger, rows, "2026-11-03", tally, &error));
    CHECK_OK(error);
    CHECK_TEXT(activity_of(ledger, id), "MINE_OPEN");
    check_whole(ledger);
    CHECK_TEXT(activity_of(ledger, id), "MINE_OPEN");
    g_autoptr(rdl_ledger) before = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 2), &error);
    g_autoptr(rdl_ledger) after = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 3), &error);
    CHECK_TEXT(activity_of(before, id), "IND");
    CHECK_TEXT(activity_of(after, id), "MINE_OPEN");
    g_autofree char *said = load_again(ledger, "grown.gpkg", 3, 1.0, &error);
    CHECK_OK(error);
    CHECK(said && strstr(said, "HAS_TASK")); /* it was revised */
    CHECK_TEXT(activity_of(ledger, id), "MINE_OPEN");
    check_whole(ledger);
}

static void an_accepted_clue_says_by_whom_and_when(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *rows = g_strdup_printf("%s,accept,,,看得清\n", id);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(decide(ledger, rows, "2026-11-03", tally, &error));
    CHECK_OK(error);
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "suppressed NOT_RETURNED")); /* the two others */
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    g_autofree char *line = chain ? rdl_json_line(chain) : NULL;
    CHECK(line && strstr(line, "review.decided") && strstr(line, "看得清") && strstr(line, "甲"));
    check_whole(ledger);
}

static gint64 findings_of(rdl_ledger *ledger, const char *task_id)
{
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, task_id, NULL);

    return chain ? (gint64)json_array_get_length(
                       json_object_get_array_member(json_node_get_object(chain), "findings"))
                 : -1;
}

static void merged_clues_are_one_place_with_one_task(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    g_autofree char *a = rdl_task_of_source(ledger, "FP-0000", &error);
    g_autofree char *b = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *c = rdl_task_of_source(ledger, "FP-0002", &error);
    g_autofree char *rows = g_strdup_printf("%s,merge,%s,,\n%s,merge,%s,,\n", a, b, b, c);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_task_filter waiting = {.state = "SCREENED"};

    CHECK(decide(ledger, rows, "2026-11-03", tally, &error));
    CHECK_OK(error);
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &waiting, &error);
    CHECK_INT(tasks->len, 1);
    CHECK_TEXT(g_array_index(tasks, rdl_task, 0).task_id, c);
    CHECK_INT(findings_of(ledger, c), 3);
    check_whole(ledger);
    CHECK_INT(findings_of(ledger, c), 3);
    g_autofree char *said = load_again(ledger, "grown.gpkg", 3, 1.0, &error);
    CHECK_OK(error);
    CHECK(said && strstr(said, "suppressed JOINED"));
    g_autoptr(GArray) still = rdl_task_list(ledger, &waiting, &error);
    CHECK_INT(still->len, 1);
    CHECK_INT(findings_of(ledger, c), 3);
    check_whole(ledger);
}

static void a_clue_that_went_on_is_not_settled_from_a_picture(void)
{
    static const char *const decisions[] = {"%s,reject,,FARM,\n", "%s,merge,%s,,\n"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_clues(&error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *other = rdl_task_of_source(ledger, "FP-0002", &error);
    const rdl_move move = {.task_id = id,
                           .to = "ASSIGNED",
                           .on = "2026-11-02",
                           .by = "甲",
                           .role = "office",
                           .document = "核查任务单"};

    CHECK(rdl_task_move(ledger, &move, &error));
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(decisions); i++) {
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        g_autoptr(GString) rows = g_string_new(decisions[i]);
        g_string_replace(rows, "%s", id, 1);
        g_string_replace(rows, "%s", other, 1);
        g_string_append_printf(rows, "%s,retype,MINE_OPEN,,\n", other);
        CHECK(!decide(ledger, rows->str, "2026-11-03", tally, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, "is ASSIGNED already");
    }
    g_autofree char *now = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(now, head); /* nor was the other row played */
}

/* ---- patches, decided before and after they are screened ---- */

static const char *screen(const char *file, const char *of, GError **error)
{
    static const rdl_source zones[] = {{"data/sample/zones.gpkg", NULL}};
    rdl_source z = {suite_source(zones[0].path), NULL}, p = {of, NULL};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};

    o.zones = &z;
    o.patches = &p;
    o.n_zones = o.n_patches = 1;
    o.pack = "cn";
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path(file);
    o.overwrite = true;
    rdl_screen(&o, NULL, &result, error);
    rdl_screen_result_clear(&result);
    return suite_path(file);
}

static rdl_ledger *empty_ledger(const char *file, GError **error)
{
    g_unlink(suite_path(file));
    return rdl_ledger_init(suite_path(file), "cn", NULL, error)
               ? rdl_ledger_open(suite_path(file), true, error)
               : NULL;
}

static void load(rdl_ledger *ledger, const char *findings)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_load_findings(ledger, findings, rdl_day_of(2026, 11, 2), tally, NULL, &error));
    CHECK_OK(error);
}

/* Tasks that somebody is still to answer, of one source. */
static int accusations(rdl_ledger *ledger, const char *patch)
{
    const rdl_task_filter all = {0};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, NULL);
    int n = 0;

    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        n += strcmp(t->source_id, patch) == 0 && strcmp(t->state, "DISMISSED") != 0;
    }
    return n;
}

static bool decide_patch(rdl_ledger *ledger, const char *row, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_review_import how = {.output = suite_path("reviewed.gpkg"),
                                   .overwrite = true,
                                   .by = "甲",
                                   .on = "2026-11-03",
                                   .ledger = ledger};

    return rdl_review_patches(patches(), sheet(row), &how, tally, error);
}

static void a_rejected_patch_never_accuses(void)
{
    GError *error = NULL;
    const char *all = screen("all.gpkg", patches(), &error);
    g_autoptr(GPtrArray) sources = ids(suite_path("all.gpkg:finding"), "source_id");
    CHECK_OK(error);
    CHECK(sources->len > 1);
    const char *id = sources->pdata[0];
    g_autofree char *row = g_strdup_printf("%s,reject,,SEASON,\n", id);
    g_autoptr(rdl_ledger) plain = empty_ledger("plain.sqlite", &error);
    load(plain, all);
    CHECK_INT(accusations(plain, id), 1); /* without the review it would */

    g_autoptr(rdl_ledger) before = empty_ledger("before.sqlite", &error);
    CHECK(decide_patch(before, row, &error)); /* decided, then loaded */
    CHECK_OK(error);
    const char *reviewed = screen("left.gpkg", suite_path("reviewed.gpkg"), &error);
    CHECK_OK(error);
    load(before, reviewed);
    CHECK_INT(accusations(before, id), 0);
    load(before, all); /* and whoever screens the old file again */
    CHECK_INT(accusations(before, id), 0);
    check_whole(before);

    CHECK(decide_patch(plain, row, &error)); /* loaded, then decided */
    CHECK_OK(error);
    CHECK_INT(accusations(plain, id), 0);
    load(plain, reviewed);
    load(plain, all);
    CHECK_INT(accusations(plain, id), 0);
    check_whole(plain);
}

static void every_column_is_carried(void)
{
    static const char *const kept[] = {"perimeter_m", "kind_reason", "lineage_id", "width_px",
                                       "score_max",   "prob",        "t_before"};
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    const char *a = p->pdata[0], *b = p->pdata[1], *c = p->pdata[2],
               *out = suite_path("reviewed.gpkg");
    g_autofree char *rows = g_strdup_printf("%s,retype,MINE_OPEN,,\n%s,merge,%s,,\n", a, b, c);
    g_autofree char *tally = import(rows, &error);
    g_autoptr(rdl_layer) was = rdl_layer_open(patches(), NULL, &error);
    g_autoptr(rdl_layer) is = rdl_layer_open(suite_path("reviewed.gpkg:patch"), NULL, &error);

    CHECK_OK(error);
    CHECK(tally && rdl_layer_fields(was) > 20);
    for (int i = 0; i < rdl_layer_fields(was); i++) {
        int at = rdl_layer_field_index(is, rdl_layer_field(was, i));
        CHECK(at >= 0);
        CHECK(at < 0 || rdl_layer_field_type(is, at) == rdl_layer_field_type(was, i));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        CHECK_TEXT(value(out, "patch_id", p->pdata[3], kept[i]),
                   value(patches(), "patch_id", p->pdata[3], kept[i]));
    CHECK_TEXT(value(out, "patch_id", a, "kind_reason"), "REVIEW");
    double parts[2], both; /* apart, so that the perimeter is the sum of theirs */
    for (int i = 0; i < 2; i++)
        parts[i] = g_ascii_strtod(value(patches(), "patch_id", i ? c : b, "perimeter_m"), NULL);
    both = g_ascii_strtod(value(out, "patch_id", c, "perimeter_m"), NULL);
    CHECK_NEAR(both, parts[0] + parts[1], 1e-3 * both);
}

/* Patches that were reviewed are reviewed again by somebody else. */
static void an_earlier_review_stays_where_this_one_says_nothing(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    const char *a = p->pdata[0], *b = p->pdata[1], *out = suite_path("second.gpkg");
    g_autofree char *first = g_strdup_printf("%s,accept,,,清楚\n", a);
    g_autofree char *second = g_strdup_printf("%s,accept,,,\n", b), *text = import(first, &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_review_import how = {
        .output = out, .overwrite = true, .by = "乙", .on = "2026-11-09"};

    CHECK(text &&
          rdl_review_patches(suite_path("reviewed.gpkg"), sheet(second), &how, tally, &error));
    CHECK_OK(error);
    CHECK_TEXT(value(out, "patch_id", a, "review_by"), "甲");
    CHECK_TEXT(value(out, "patch_id", a, "review_note"), "清楚");
    CHECK_TEXT(value(out, "patch_id", b, "review_by"), "乙");
    CHECK_TEXT(value(out, "patch_id", p->pdata[2], "review"), "NOT_REVIEWED");
}

/* What `why` says, in both languages. */
static char *told(rdl_ledger *ledger, const char *id)
{
    GError *error = NULL;
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);

    CHECK_OK(error);
    if (!chain)
        return g_strdup("");
    g_autofree char *zh = rdl_evidence_text(ledger, chain, "zh");
    g_autofree char *en = rdl_evidence_text(ledger, chain, "en");
    return g_strconcat(zh, en, NULL);
}

static void what_was_rejected_does_not_read_as_an_accusation(void)
{
    GError *error = NULL;
    const char *all = screen("all.gpkg", patches(), &error);
    g_autoptr(GPtrArray) sources = ids(suite_path("all.gpkg:finding"), "source_id");
    const char *id = sources->pdata[0];
    g_autofree char *row = g_strdup_printf("%s,reject,,SEASON,稻田\n", id);

    for (int i = 0; i < 2; i++) { /* decided before it was loaded, and after */
        g_autoptr(rdl_ledger) ledger = empty_ledger("told.sqlite", &error);
        if (i) {
            load(ledger, all);
            g_autofree char *before = told(ledger, id);
            CHECK(strstr(before, "以下为疑似问题") && !strstr(before, "剔除"));
        }
        CHECK(decide_patch(ledger, row, &error));
        CHECK_OK(error);
        g_autofree char *text = told(ledger, id);
        CHECK(strstr(text, "经目视判读剔除") && strstr(text, "rejected on sight of the pictures"));
        CHECK(strstr(text, "2026-11-03 甲: 剔除, 物候或季节差异 (SEASON); 稻田") != NULL);
        CHECK(strstr(text, "2026-11-03 甲: rejected, season or crop stage (SEASON)") != NULL);
        CHECK(!strstr(text, "以下为疑似问题") && !strstr(text, "what follows is a suspicion"));
    }
}

static void a_card_of_what_was_rejected_says_so(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    const char *id = p->pdata[0], *path = suite_path("no-card.sqlite");
    g_autofree char *row = g_strdup_printf("%s,reject,,SEASON,\n", id);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_card_options o = RDL_CARD_OPTIONS_INIT;
    rdl_ledger *ledger = empty_ledger("no-card.sqlite", &error);

    CHECK(decide_patch(ledger, row, &error));
    CHECK_OK(error);
    rdl_ledger_close(ledger);
    o.output = suite_path("no-card.pdf");
    o.id = id;
    CHECK(!rdl_card(path, &o, NULL, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "was rejected on record before it became a site");
    o.id = "NOBODY";
    CHECK(!rdl_card(path, &o, NULL, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "NOBODY: no task of that id");
}

static void why_names_the_patches_that_were_merged(void)
{
    GError *error = NULL;
    const char *all = screen("all.gpkg", patches(), &error);
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    g_autoptr(GPtrArray) sources = ids(suite_path("all.gpkg:finding"), "source_id");
    const char *keep = sources->pdata[0];
    const char *gone = strcmp(p->pdata[0], keep) != 0 ? p->pdata[0] : p->pdata[1];
    g_autofree char *row = g_strdup_printf("%s,merge,%s,,\n", gone, keep);
    g_autofree char *note = g_strdup_printf("merged from it and %s", gone);
    g_autofree char *tally = import(row, &error);

    CHECK_OK(error);
    CHECK(tally && all);
    g_autoptr(rdl_ledger) ledger = empty_ledger("merged.sqlite", &error);
    load(ledger, screen("merged.gpkg", suite_path("reviewed.gpkg"), &error));
    g_autofree char *text = told(ledger, keep);
    CHECK(strstr(text, note) != NULL);
}

static void a_row_that_does_not_come_back_is_counted_and_marked(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    g_autofree char *rows =
        g_strdup_printf("%s,accept,,,\n%s,,,,\n", (char *)p->pdata[0], (char *)p->pdata[1]);
    g_autofree char *text = import(rows, &error);
    g_autofree char *missing = g_strdup_printf("%u  suppressed NOT_RETURNED", p->len - 2);

    CHECK_OK(error);
    CHECK(text && strstr(text, missing) && strstr(text, "1  suppressed UNDECIDED"));
    CHECK_TEXT(value(suite_path("reviewed.gpkg"), "patch_id", p->pdata[2], "review"),
               "NOT_REVIEWED");
}

static void the_old_name_of_a_column_is_still_read(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) p = ids(patches(), "patch_id");
    g_autofree char *text = g_strdup_printf("id,decision,into,reason,note\n%s,retype,MINE_OPEN,,\n",
                                            (char *)p->pdata[0]);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_review_import how = {.output = suite_path("reviewed.gpkg"), .overwrite = true};

    g_file_set_contents(suite_path("old.csv"), text, -1, NULL);
    CHECK(rdl_review_patches(patches(), suite_path("old.csv"), &how, tally, &error));
    CHECK_OK(error);
    CHECK_TEXT(value(suite_path("reviewed.gpkg"), "patch_id", p->pdata[0], "kind"), "MINE_OPEN");
}

/* A scene cut or moved by gdal_translate's words. */
static const char *other_scene(const char *name, const char *words)
{
    const char *path = suite_path(name);
    g_auto(GStrv) argv = g_strsplit(words, " ", -1);
    GDALTranslateOptions *o = GDALTranslateOptionsNew(argv, NULL);
    GDALDatasetH from = GDALOpen(scene("20000317"), GA_ReadOnly);
    GDALDatasetH to = GDALTranslate(path, from, o, NULL);

    CHECK(to != NULL);
    GDALClose(to);
    GDALClose(from);
    GDALTranslateOptionsFree(o);
    return path;
}

static void a_scene_of_another_place_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_review_scenes scenes = {.bands = {4, 3, 2}, .after = scene("20030206")};
    const char *folder = suite_path("elsewhere");

    scenes.before = other_scene("far.tif", "-a_ullr 500000 1000000 512000 988000");
    CHECK(!rdl_review_export(patches(), folder, &scenes, true, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "far.tif: shows none of the");
    CHECK(!g_file_test(folder, G_FILE_TEST_EXISTS));
    scenes.before = other_scene("half.tif", "-srcwin 0 0 200 400");
    CHECK(rdl_review_export(patches(), folder, &scenes, true, tally, NULL, &error));
    CHECK_OK(error);
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "review.pictures_before") != NULL);
    CHECK(strstr(text, "suppressed OUTSIDE_SCENE") != NULL);
    CHECK(strstr(text, "review.pictures_after") == NULL);
}

static CU_TestInfo tests[] = {
    {"a full disk leaves nothing half made", a_full_disk_leaves_nothing_half_made},
    {"every patch gets a row and two pictures", every_patch_gets_a_row_and_two_pictures},
    {"what is sent back empty changes nothing", what_is_sent_back_empty_changes_nothing},
    {"decisions are applied and counted", decisions_are_applied_and_counted},
    {"rows that are wrong are named and nothing is written",
     rows_that_are_wrong_are_named_and_nothing_is_written},
    {"a circle of merges is refused", a_circle_of_merges_is_refused},
    {"a rejected clue is dismissed once with its reason",
     a_rejected_clue_is_dismissed_once_with_its_reason},
    {"a retyped clue is of another activity from then on",
     a_retyped_clue_is_of_another_activity_from_then_on},
    {"an accepted clue says by whom and when", an_accepted_clue_says_by_whom_and_when},
    {"merged clues are one place with one task", merged_clues_are_one_place_with_one_task},
    {"a clue that went on is not settled from a picture",
     a_clue_that_went_on_is_not_settled_from_a_picture},
    {"a rejected patch never accuses", a_rejected_patch_never_accuses},
    {"every column is carried", every_column_is_carried},
    {"an earlier review stays where this one says nothing",
     an_earlier_review_stays_where_this_one_says_nothing},
    {"a card of what was rejected says so", a_card_of_what_was_rejected_says_so},
    {"why names the patches that were merged", why_names_the_patches_that_were_merged},
    {"what was rejected does not read as an accusation",
     what_was_rejected_does_not_read_as_an_accusation},
    {"a row that does not come back is counted and marked",
     a_row_that_does_not_come_back_is_counted_and_marked},
    {"the old name of a column is still read", the_old_name_of_a_column_is_still_read},
    {"a scene of another place is told", a_scene_of_another_place_is_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.review", tests, argc, argv);
}
