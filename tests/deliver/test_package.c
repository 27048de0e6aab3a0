/* Work handed to another office and back: once, twice, out of order, changed on both sides; and
 * what strangers might send in its place. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "fixtures/photo.h"
#include "geo/geo.h"
#include "store/store.h"
#include "suite.h"

#define TODAY "2026-12-31"

/* A ledger of three sites, FP-0 registered and its rectification at work. */
static rdl_ledger *district(const char *name)
{
    rdl_ledger *ledger = district_ledger(suite_path(name), 3);
    GError *error = NULL;

    CHECK(district_register(ledger));
    g_autofree char *id = district_task(ledger, "FP-0");
    const rdl_move moves[] = {
        {.task_id = id,
         .to = "PLAN_OK",
         .on = "2026-11-21",
         .by = "市局",
         .role = "city",
         .document = "整改方案",
         .fields = json_object_new()},
        {.task_id = id, .to = "WORKING", .on = "2026-11-22", .by = "丙", .role = "resp_unit"}};
    rdl_json_set_text(moves[0].fields, "accept_unit", "市生态环境局");
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
        CHECK(rdl_task_move(ledger, &moves[i], &error));
    json_object_unref(moves[0].fields);
    CHECK_OK(error);
    return ledger;
}

static const char *issue_to(rdl_ledger *ledger, const char *unit, const char *profile,
                            const char *name, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    o.profile = profile;
    o.unit = unit;
    o.by = "甲";
    o.output = suite_path(name);
    CHECK(rdl_export(ledger, &o, tally, error));
    return o.output;
}

static const char *issue(rdl_ledger *ledger, const char *profile, const char *name, GError **error)
{
    return issue_to(ledger, "321202", profile, name, error);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        CHECK_TEXT(why, "");
    sqlite3_free(why);
    sqlite3_close(db);
}

/* Unpacked into a folder of that name; its path. */
static const char *unpacked(const char *zip, const char *name)
{
    const rdl_unzip_limits limits = {100, 100000000, 200000000};
    const char *folder = suite_path(name);
    GError *error = NULL;

    CHECK(rdl_output_folder(folder, &error));
    g_auto(GStrv) names = rdl_unzip(zip, folder, &limits, NULL, &error);
    CHECK(names != NULL);
    CHECK_OK(error);
    return folder;
}

/* What the other office sends: the issue with those rows ("(task,'move',...)") in its table. */
static const char *returned(const char *zip, const char *name, const char *rows, GError **error)
{
    g_autofree char *folder_name = g_strconcat(name, ".d", NULL);
    const char *folder = unpacked(zip, folder_name), *back = suite_path(name);
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
    g_autofree char *photos = g_build_filename(folder, "photos", NULL);
    g_autofree char *photo = g_build_filename(photos, "one.jpg", NULL);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO entry(task_id,act,\"to\",\"on\",\"by\",role,reason,document,\"values\",number,"
        "percent) VALUES %s",
        rows);

    CHECK(rdl_output_folder(photos, NULL) && g_file_set_contents(photo, "a picture", -1, NULL));
    run_sql(work, sql);
    CHECK(rdl_package_seal(folder, back, true, error));
    CHECK_OK(*error);
    return back;
}

typedef struct {
    char *counts; /* "used already failed" of the tally */
    char *codes;  /* "CODE id; ..." of the report */
} taken;

static void taken_clear(taken *t)
{
    g_free(t->counts);
    g_free(t->codes);
}

static taken take(rdl_ledger *ledger, const char *zip, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) report = NULL;
    g_autoptr(GString) codes = g_string_new(NULL);
    taken t = {NULL, NULL};

    if (!rdl_package_import(ledger, zip, TODAY, "甲", NULL, tally, &report, error))
        return t;
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    JsonArray *items = json_node_get_array(node), *rows = json_node_get_array(report);
    JsonObject *item =
        json_array_get_length(items) ? json_array_get_object_element(items, 0) : NULL;
    JsonObject *already = rdl_json_object(item, "suppressed");
    gint64 failed = 0;
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        if (rdl_json_text(o, "file", NULL) || rdl_json_text(o, "table", NULL))
            continue;
        g_string_append_printf(codes, "%s%s %s", failed++ ? "; " : "",
                               rdl_json_text(o, "code", "?"), rdl_json_text(o, "act", "?"));
    }
    t.counts = g_strdup_printf("%g %g %d", rdl_json_real(item, "used", 0.0),
                               rdl_json_real(already, "ALREADY_THERE", 0.0), (int)failed);
    t.codes = g_string_free(g_steal_pointer(&codes), FALSE);
    return t;
}

#define CHECK_TAKEN(zip, want_counts, want_codes)      \
    do {                                               \
        taken check_taken = take(ledger, zip, &error); \
        CHECK_OK(error);                               \
        CHECK_TEXT(check_taken.counts, want_counts);   \
        CHECK_TEXT(check_taken.codes, want_codes);     \
        taken_clear(&check_taken);                     \
    } while (0)

static char *state_of(rdl_ledger *ledger, const char *id)
{
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return tasks && tasks->len ? g_strdup(g_array_index(tasks, rdl_task, 0).state) : NULL;
}

static void audited(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* Three entries in the county: half done, the first measure done, all done with its report. */
static char *work_done(const char *id)
{
    return g_strdup_printf(
        "('%s','report','','2026-12-01',' 丙 ','resp_unit','已拆除','','',NULL,50),"
        "('%s','measure',NULL,'2026-12-02','丙','resp_unit',NULL,NULL,NULL,1,NULL),"
        "('%s','move','SUBMITTED','2026-12-03','丙','resp_unit',NULL,"
        "'整改落实情况报告=photos/one.jpg','measures_done=all',NULL,NULL)",
        id, id, id);
}

static void work_goes_out_and_comes_back_once(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("round.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *rows = work_done(id);
    const char *out = issue(ledger, "county", "round.zip", &error);
    const char *back = returned(out, "round-back.zip", rows, &error);

    CHECK_TAKEN(back, "3 0 0", "");
    g_autofree char *state = state_of(ledger, id), *head = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(state, "SUBMITTED");
    CHECK_TAKEN(back, "0 3 0", "");
    g_autofree char *same = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(head, same); /* not even that it came twice is news */
    /* the events are the county's own, and the paper is kept by its content */
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);
    JsonArray *events = json_object_get_array_member(json_node_get_object(chain), "events");
    JsonObject *last = NULL;
    for (guint i = 0; i < json_array_get_length(events); i++)
        if (strcmp(rdl_json_text(json_array_get_object_element(events, i), "at", ""),
                   "2026-12-03") == 0)
            last = json_array_get_object_element(events, i);
    CHECK_TEXT(rdl_json_text(last, "by", ""), "丙");
    CHECK_TEXT(rdl_json_text(last, "role", ""), "resp_unit");
    g_autofree char *digest = rdl_digest_bytes("a picture", 9);
    g_autofree char *kept = rdl_ledger_paper(ledger, digest);
    CHECK(kept != NULL);
    audited(ledger);
    /* and goes out with the next issue */
    const char *next = unpacked(issue(ledger, "county", "next.zip", &error), "next.d");
    g_autofree char *attached = g_build_filename(next, "attachments", digest, NULL);
    CHECK(g_file_test(attached, G_FILE_TEST_EXISTS));
    CHECK_OK(error);
}

/* Photos of the field are entries of their own: kept, read and held against the site here, and out
 * again with the next issue. What is no photo, or lies elsewhere, is refused and told. */
static void photos_come_back_and_go_out_again(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("photo.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *digest = NULL;
    const char *folder = unpacked(issue(ledger, "field", "photo.zip", &error), "photo.d");
    const fixture_exif inside = {.placed = true,
                                 .lon = 119.90015,
                                 .lat = 32.30015,
                                 .azimuth = 45.0,
                                 .taken = "2026:12:01 09:00:00"};
    g_autofree char *photos = g_build_filename(folder, "photos", NULL);
    g_autofree char *photo = g_build_filename(photos, "IMG.jpg", NULL);
    g_autofree char *text = g_build_filename(photos, "text.jpg", NULL);
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO entry(task_id,act,\"on\",\"by\",role,document) VALUES "
                        "('%s','photo','2026-12-01','丙','resp_unit','photos/IMG.jpg'),"
                        "('%s','photo','2026-12-01','丙','resp_unit','photos/text.jpg'),"
                        "('%s','photo','2026-12-01','丙','resp_unit','../photo.sqlite'),"
                        "('%s','photo','2026-12-01','丙','resp_unit',NULL)",
                        id, id, id, id);
    const char *back = suite_path("photo-back.zip");

    CHECK(rdl_output_folder(photos, NULL) && fixture_photo(photo, 1, &inside) &&
          g_file_set_contents(text, "a picture", -1, NULL));
    run_sql(work, sql);
    CHECK(rdl_package_seal(folder, back, false, &error));
    CHECK_TAKEN(back, "1 0 3", "REFUSED photo; REFUSED photo; REFUSED photo");
    CHECK_TAKEN(back, "0 1 3", "REFUSED photo; REFUSED photo; REFUSED photo");
    g_autoptr(JsonNode) node = rdl_ledger_photos(ledger, id, &error);
    CHECK_INT(json_array_get_length(json_node_get_array(node)), 1);
    JsonObject *o = json_array_get_object_element(json_node_get_array(node), 0);
    CHECK_TEXT(rdl_json_text(o, "place", ""), "INSIDE");
    CHECK_TEXT(rdl_json_text(o, "by", ""), "丙");
    CHECK((digest = rdl_digest_file(photo, &error)));
    g_autofree char *kept = rdl_ledger_paper(ledger, digest);
    CHECK_SAME_FILE(kept, photo);
    audited(ledger);
    const char *next = unpacked(issue(ledger, "county", "photo-next.zip", &error), "photo-next.d");
    g_autofree char *attached = g_build_filename(next, "attachments", digest, NULL);
    CHECK_SAME_FILE(attached, photo);
    CHECK_OK(error);
}

/* "CODE table cells; ..." of the rows that came back otherwise, "in used" of all rows. */
static void check_edits(rdl_ledger *ledger, const char *zip, const char *want,
                        const char *want_counts)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) report = NULL;
    g_autoptr(GString) got = g_string_new(NULL), counts = g_string_new(NULL);
    GError *error = NULL;

    CHECK(rdl_package_import(ledger, zip, TODAY, "甲", NULL, tally, &report, &error));
    CHECK_OK(error);
    JsonArray *rows = report ? json_node_get_array(report) : NULL;
    for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        if (rdl_json_text(o, "table", NULL))
            g_string_append_printf(got, "%s%s %s %s", got->len ? "; " : "",
                                   rdl_json_text(o, "code", "?"), rdl_json_text(o, "table", "?"),
                                   rdl_json_text(o, "cells", "-"));
    }
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    JsonArray *items = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_array_get_object_element(items, i);
        if (strcmp(rdl_json_text(item, "item", ""), "return.rows") == 0)
            g_string_append_printf(counts, "%g %g", rdl_json_real(item, "in", 0.0),
                                   rdl_json_real(item, "used", 0.0));
    }
    CHECK_TEXT(got->str, want);
    CHECK_TEXT(counts->str, want_counts);
}

/* What was written into the rows that are there to be read is told by row and cell, and changes
 * nothing here; it stays in the event of the return. */
static void rows_edited_in_place_are_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("edit.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0");
    const char *folder = unpacked(issue(ledger, "county", "edit.zip", &error), "edit.d");
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
    const char *same = suite_path("edit-0.zip"), *back = suite_path("edit-1.zip");

    CHECK(rdl_package_seal(folder, same, false, &error));
    check_edits(ledger, same, "", "9 9");
    run_sql(work, "UPDATE problem SET target = '复绿', lead_leader = NULL;"
                  "UPDATE task SET due = '2029-01-01' WHERE kind = 'rectify';"
                  "UPDATE measure SET done = '' WHERE n = 1;" /* as empty as it was */
                  "DELETE FROM document WHERE rowid = 1;"
                  "INSERT INTO milestone(problem_id, n, due) VALUES ('P-1', 1, '2027-01-01')");
    CHECK(rdl_package_seal(folder, back, false, &error));
    const char *want = "EDITED_IN_PLACE task due; EDITED_IN_PLACE problem target, lead_leader; "
                       "ADDED milestone -; REMOVED document -";
    check_edits(ledger, back, want, "10 6");
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    CHECK(strcmp(g_array_index(tasks, rdl_task, 0).due, "2029-01-01") != 0);
    /* told once in the record, and each time to whoever takes it */
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    check_edits(ledger, back, want, "10 6");
    g_autofree char *after = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(head, after);
    CHECK_OK(error);
    audited(ledger);
}

static bool stop_at(double fraction, const char *step, void *user)
{
    (void)fraction;
    return strcmp(step, user) != 0;
}

static guint folders_left(void)
{
    g_autoptr(GDir) dir = g_dir_open(g_get_tmp_dir(), 0, NULL);
    const char *name;
    guint n = 0;

    while (dir && (name = g_dir_read_name(dir)))
        n += g_str_has_prefix(name, "redline-") && !g_str_has_prefix(name, "redline-test-");
    return n;
}

/* Stopped while it unpacks, looks or takes: nothing is on record, and no folder is left. */
static void a_stopped_import_leaves_nothing(void)
{
    static const char *const steps[] = {"unpack", "check", "entries"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("stop.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *rows = work_done(id);
    const char *back =
        returned(issue(ledger, "county", "stop.zip", &error), "stop-back.zip", rows, &error);
    g_autofree char *head = rdl_ledger_head(ledger, &error);

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        const rdl_progress stop = {stop_at, (gpointer)steps[i]};
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        JsonNode *report = NULL;
        CHECK(!rdl_package_import(ledger, back, TODAY, "甲", &stop, tally, &report, &error));
        CHECK(g_error_matches(error, RDL_ERROR, RDL_ERROR_CANCELLED));
        g_clear_error(&error);
        CHECK_INT(folders_left(), 0);
    }
    g_autofree char *after = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(head, after);
    CHECK_TAKEN(back, "3 0 0", "");
}

static void packages_may_come_out_of_order(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("order.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *all = work_done(id);
    const char *out = issue(ledger, "county", "order.zip", &error);
    g_autofree char *first = g_strdup_printf(
        "('%s','report',NULL,'2026-12-01','丙','resp_unit','已拆除',NULL,NULL,NULL,50)", id);
    g_autofree char *sent_back = g_strdup_printf(
        "('%s','move','REVIEWED','2026-12-05','县局','county',NULL,'初审意见',NULL,NULL,NULL)", id);
    const char *one = returned(out, "order-1.zip", first, &error);
    const char *two = returned(out, "order-2.zip", all, &error);
    const char *three = returned(out, "order-3.zip", sent_back, &error);

    /* what builds on an entry that has not come yet waits, and is taken when it comes again */
    CHECK_TAKEN(three, "0 0 1", "REFUSED move");
    CHECK_TAKEN(two, "3 0 0", "");
    CHECK_TAKEN(one, "0 1 0", "");
    CHECK_TAKEN(three, "1 0 0", "");
    CHECK_TAKEN(two, "0 3 0", "");
    g_autofree char *state = state_of(ledger, id);
    CHECK_TEXT(state, "REVIEWED");
    audited(ledger);
}

static void set_here(rdl_ledger *ledger, const char *id, const char *target, GError **error)
{
    g_autoptr(JsonObject) values = json_object_new();
    const rdl_move who = {
        .task_id = id, .to = "noted", .on = "2026-12-01", .by = "市局", .role = "city"};

    rdl_json_set_text(values, "target", target);
    CHECK(rdl_task_change(ledger, &who, values, error));
}

/* Changed here and there: told, and what stands here stays. Equal changes are none. */
static void what_both_sides_changed_is_a_conflict(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("both.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0");
    const char *out = issue_to(ledger, "3212", "county", "both.zip", &error);
    g_autofree char *theirs = g_strdup_printf(
        "('%s','set',NULL,'2026-12-02','县长','city',NULL,NULL,'target=复绿',NULL,NULL),"
        "('%s','report',NULL,'2026-12-03','丙','resp_unit',NULL,NULL,NULL,NULL,30)",
        id, id);
    g_autofree char *equal = g_strdup_printf(
        "('%s','set',NULL,'2026-12-02','县长','city',NULL,NULL,'target=退出',NULL,NULL)", id);
    const char *other = returned(out, "both-1.zip", theirs, &error);
    const char *same = returned(out, "both-2.zip", equal, &error);

    set_here(ledger, id, "退出", &error);
    CHECK_TAKEN(other, "1 0 1", "CONFLICT set"); /* the report clashes with nothing */
    CHECK_TAKEN(other, "0 1 1", "CONFLICT set");
    CHECK_TAKEN(same, "0 1 0", "");
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(tasks, rdl_task, 0).target, "退出");
    CHECK_OK(error);
    audited(ledger);
}

/* A later package of the same issue may change again what an earlier one changed; an earlier one
 * that comes late may not. */
static void values_of_one_office_follow_each_other(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("follow.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0");
    const char *out = issue_to(ledger, "3212", "county", "follow.zip", &error);
    g_autofree char *a = g_strdup_printf("('%s','set',NULL,'2026-12-02','县长','city',NULL,NULL,'"
                                         "target=甲案|supervisor=丁',NULL,NULL)",
                                         id);
    g_autofree char *b = g_strdup_printf(
        "%s,('%s','set',NULL,'2026-12-04','县长','city',NULL,NULL,'target=乙案',NULL,NULL)", a, id);
    g_autofree char *c = g_strdup_printf(
        "('%s','set',NULL,'2026-12-04','县长','city',NULL,NULL,'target=丙案',NULL,NULL)", id);
    g_autofree char *d = g_strdup_printf(
        "('%s','set',NULL,'2026-12-03','县长','city',NULL,NULL,'target=丁案',NULL,NULL)", id);

    CHECK_TAKEN(returned(out, "follow-1.zip", a, &error), "1 0 0", "");
    CHECK_TAKEN(returned(out, "follow-2.zip", b, &error), "1 1 0", "");
    CHECK_TAKEN(suite_path("follow-1.zip"), "0 1 0", "");
    CHECK_TAKEN(returned(out, "follow-3.zip", c, &error), "0 0 1",
                "CONFLICT set"); /* one day, two values */
    CHECK_TAKEN(returned(out, "follow-4.zip", d, &error), "0 0 1", "REFUSED set");
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(tasks, rdl_task, 0).target, "乙案");
    CHECK_TEXT(g_array_index(tasks, rdl_task, 0).supervisor, "丁");
    audited(ledger);
}

static void the_workflow_guards_what_comes_back(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("guard.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *elsewhere = district_task(ledger, "FP-2");
    const char *out = issue(ledger, "county", "guard.zip", &error);
    g_autofree char *rows = g_strdup_printf(
        "('%s','move','CLOSED','2026-12-03','丙','resp_unit',NULL,'备案表',NULL,NULL,NULL),"
        "('%s','move','SUBMITTED','2026-12-03','丙','county',NULL,'报告',NULL,NULL,NULL),"
        "('%s','move','SUBMITTED','2026-12-03','丙','resp_unit',NULL,"
        "'整改落实情况报告=/etc/passwd',NULL,NULL,NULL),"
        "('%s','move','SUBMITTED','2026-12-03','丙','resp_unit',NULL,"
        "'整改落实情况报告=../guard.sqlite',NULL,NULL,NULL),"
        "('%s','move','SUBMITTED','2027-12-03','丙','resp_unit',NULL,'报告',NULL,NULL,NULL),"
        "('%s','move','SUBMITTED','2026-12-03',NULL,'resp_unit',NULL,'报告',NULL,NULL,NULL),"
        "('%s','set',NULL,'2026-12-03','丁','city',NULL,NULL,'target=无',NULL,NULL),"
        "('%s','erase',NULL,'2026-12-03','丙','resp_unit',NULL,NULL,NULL,NULL,NULL),"
        "('%s','move','ASSIGNED','2026-12-03','丙','office',NULL,'单',NULL,NULL,NULL),"
        "(NULL,'report',NULL,'2026-12-03','丙','resp_unit',NULL,NULL,NULL,NULL,10)",
        id, id, id, id, id, id, id, id, elsewhere);

    g_autofree char *before = state_of(ledger, elsewhere);
    CHECK_TAKEN(returned(out, "guard-back.zip", rows, &error), "0 0 10",
                "NOT_ISSUED report; REFUSED move; REFUSED move; REFUSED move; REFUSED move; "
                "REFUSED move; REFUSED set; REFUSED erase; REFUSED move; NOT_ISSUED move");
    g_autofree char *state = state_of(ledger, id), *after = state_of(ledger, elsewhere);
    CHECK_TEXT(state, "WORKING");
    CHECK_TEXT(after, before);
    audited(ledger);
}

/* Nobody else speaks as the program, nor in a role that the pack does not know. */
static void a_foreign_package_speaks_not_as_the_program(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("program.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *open = district_task(ledger, "FP-1");
    const char *out = issue_to(ledger, "3212", "county", "program.zip", &error);
    g_autofree char *rows = g_strdup_printf(
        "('%s','move','DISMISSED','2026-12-03','redline','system','无',NULL,NULL,NULL,NULL),"
        "('%s','move','DISMISSED','2026-12-03','丙','system','无',NULL,NULL,NULL,NULL),"
        "('%s','move','DISMISSED','2026-12-03','Redline','analyst','无',NULL,NULL,NULL,NULL),"
        "('%s','report',NULL,'2026-12-03','丙','wizard',NULL,NULL,NULL,NULL,30)",
        open, open, open, id);

    g_autofree char *before = state_of(ledger, open);
    CHECK_TAKEN(returned(out, "program-back.zip", rows, &error), "0 0 4",
                "REFUSED report; REFUSED move; REFUSED move; REFUSED move");
    g_autofree char *after = state_of(ledger, open);
    CHECK_TEXT(after, before);
    g_autofree char *county = g_strdup_printf(
        "('%s','report',NULL,'2026-12-03','丙','county',NULL,NULL,NULL,NULL,30)", id);
    CHECK_TAKEN(returned(out, "program-may.zip", county, &error), "1 0 0", "");
    audited(ledger);
}

/* What cannot be read to its end is refused with the words that cannot, and never half a value. */
static void words_do_not_become_numbers(void)
{
    static const struct {
        const char *act, *values, *number, *percent, *why;
    } cases[] = {
        {"report", "NULL", "NULL", "'八十'", "percent '八十' is no number"},
        {"report", "NULL", "NULL", "'80%'", "percent '80%' is no number"},
        {"report", "NULL", "NULL", "'nan'", "percent 'nan' is no number"},
        {"measure", "NULL", "'1、2'", "NULL", "number '1、2' is no whole number from 1"},
        {"measure", "NULL", "'1.5'", "NULL", "number '1.5' is no whole number from 1"},
        {"measure", "NULL", "-1", "NULL", "number '-1' is no whole number from 1"},
        {"set", "'乱写|supervisor=李四'", "NULL", "NULL", "values: '乱写' is no NAME=VALUE"},
        {"set", "'=李四'", "NULL", "NULL", "values: '=李四' is no NAME=VALUE"},
        {"set", "'target=甲|target=乙'", "NULL", "NULL", "values: target stands there twice"},
        {"report", "'target=甲'", "NULL", "30", "values belong to a move or a set"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("words.sqlite");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) report = NULL;
    g_autofree char *id = district_task(ledger, "FP-0");
    const char *out = issue_to(ledger, "3212", "county", "words.zip", &error);
    g_autoptr(GString) rows = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_string_append_printf(
            rows,
            "%s('%s','%s','SUBMITTED','2026-12-03','丙','resp_unit','无','整改落实情况报告',%s,%s,"
            "%s)",
            i ? "," : "", id, cases[i].act, cases[i].values, cases[i].number, cases[i].percent);
    const char *back = returned(out, "words-back.zip", rows->str, &error);
    CHECK(rdl_package_import(ledger, back, TODAY, "甲", NULL, tally, &report, &error));
    CHECK_OK(error);
    JsonArray *told = report ? json_node_get_array(report) : NULL;
    /* and the photo that no entry on record names */
    CHECK_INT(told ? json_array_get_length(told) : 0, G_N_ELEMENTS(cases) + 1);
    for (guint i = 0; told && i < G_N_ELEMENTS(cases); i++) {
        JsonObject *o = json_array_get_object_element(told, i);
        CHECK_TEXT(rdl_json_text(o, "code", ""), "REFUSED");
        CHECK_TEXT(rdl_json_text(o, "why", ""), cases[i].why);
    }
    g_autofree char *state = state_of(ledger, id);
    CHECK_TEXT(state, "WORKING");
    audited(ledger);
}

/* Nothing of a package that is not sound is taken, and it says what is wrong. */
static void refused(rdl_ledger *ledger, const char *zip, int code, const char *why)
{
    GError *error = NULL;
    g_autofree char *head = rdl_ledger_head(ledger, NULL);
    taken t = take(ledger, zip, &error);

    CHECK(t.counts == NULL);
    CHECK_FAILS(error, code, why);
    taken_clear(&t);
    g_autofree char *now = rdl_ledger_head(ledger, NULL);
    CHECK_TEXT(now, head);
}

/* Papers are kept before what names them is on record. */
static void what_cannot_keep_its_papers_is_not_taken(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("papers.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *rows = work_done(id);
    g_autofree char *files = g_strconcat(suite_path("papers.sqlite"), ".files", NULL);
    g_autofree char *digest = rdl_digest_bytes("a picture", 9);
    const char *out = issue(ledger, "county", "papers.zip", &error);
    const char *back = returned(out, "papers-back.zip", rows, &error);

    CHECK(g_file_set_contents(files, "in the way", -1, NULL));
    refused(ledger, back, RDL_ERROR_IO, "papers.sqlite.files");
    g_autofree char *before = state_of(ledger, id);
    CHECK_TEXT(before, "WORKING");
    g_unlink(files);
    CHECK_TAKEN(back, "3 0 0", "");
    g_autofree char *kept = rdl_ledger_paper(ledger, digest);
    CHECK(kept != NULL);
    audited(ledger);
}

/* Every file of a package is kept or told. */
static void files_that_nobody_names_are_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("unnamed.sqlite");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) report = NULL;
    g_autofree char *id = district_task(ledger, "FP-0"), *rows = work_done(id);
    const char *out = issue(ledger, "county", "unnamed.zip", &error);
    const char *folder = unpacked(returned(out, "unnamed-1.zip", rows, &error), "unnamed.d");
    g_autofree char *photo = g_build_filename(folder, "photos", "two.jpg", NULL);

    CHECK(g_file_set_contents(photo, "nobody's picture", -1, NULL));
    CHECK(rdl_package_seal(folder, suite_path("unnamed-2.zip"), false, &error));
    CHECK(rdl_package_import(ledger, suite_path("unnamed-2.zip"), TODAY, "甲", NULL, tally, &report,
                             &error));
    CHECK_OK(error);
    g_autofree char *counts = rdl_tally_text(tally);
    CHECK(strstr(counts, "return.files") && strstr(counts, "UNNAMED"));
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    JsonObject *files = json_array_get_object_element(json_node_get_array(node), 1);
    CHECK_NEAR(rdl_json_real(files, "in", 0.0), 2.0, 0.0);
    CHECK_NEAR(rdl_json_real(files, "used", 0.0), 1.0, 0.0);
    CHECK_NEAR(rdl_json_real(rdl_json_object(files, "suppressed"), "UNNAMED", 0.0), 1.0, 0.0);
    JsonArray *told = json_node_get_array(report);
    CHECK_INT(json_array_get_length(told), 1);
    CHECK_TEXT(rdl_json_text(json_array_get_object_element(told, 0), "file", ""), "photos/two.jpg");
}

/* As many as a package may hold, and one more. */
static void a_package_holds_so_many_entries(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("many.sqlite");
    const char *out = issue(ledger, "county", "many.zip", &error);
    const char *folder = unpacked(out, "many.d"), *back = suite_path("many-back.zip");
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);

    run_sql(work, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)"
                  " INSERT INTO entry(task_id) SELECT 'x' FROM n");
    CHECK(rdl_package_seal(folder, back, false, &error));
    refused(ledger, back, RDL_ERROR_DATA, "more than 100000 entries");
    CHECK_OK(error);
}

/* What hangs on work that does not go to the field does not go there either. */
static void the_field_gets_papers_of_its_own_tasks(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("own.sqlite");
    g_autofree char *closed = district_task(ledger, "FP-1");
    const rdl_move away = {.task_id = closed,
                           .to = "DISMISSED",
                           .on = "2026-11-22",
                           .by = "丙",
                           .role = "province",
                           .reason = "无",
                           .document = "说明"};
    CHECK(rdl_task_move(ledger, &away, &error));
    const char *folder = unpacked(issue(ledger, "field", "own.zip", &error), "own.d");
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
    g_autoptr(rdl_store) store = rdl_store_open_foreign(work, &error);
    static const char *const queries[] = {
        "SELECT count(*) FROM document WHERE subject NOT IN (SELECT task_id FROM task)",
        "SELECT count(*) FROM document", "SELECT count(*) FROM task"};
    static const char *const wanted[] = {"0", "4", "2"};

    CHECK_OK(error);
    for (size_t i = 0; store && i < G_N_ELEMENTS(queries); i++) {
        g_autofree char *n = rdl_store_value(store, queries[i], &error);
        CHECK_TEXT(n, wanted[i]);
    }
    CHECK_OK(error);
}

/* The files of `folder` as they are, under the manifest they have. */
static const char *zipped(const char *folder, const char *name, const char *more, GError **error)
{
    static const char *const names[] = {"manifest.json", "work.gpkg", "photos/one.jpg"};
    const char *path = suite_path(name);
    rdl_zip *zip = rdl_zip_new(path, 0, error);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *file = g_build_filename(folder, names[i], NULL);
        if (g_file_test(file, G_FILE_TEST_EXISTS))
            CHECK(rdl_zip_add(zip, names[i], file, error));
    }
    if (more)
        CHECK(g_file_set_contents(suite_path("x"), "x", 1, NULL) &&
              rdl_zip_add(zip, more, suite_path("x"), error));
    CHECK(rdl_zip_finish(zip, error));
    CHECK_OK(*error);
    return path;
}

static void packages_that_are_not_sound_are_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("sound.sqlite"), other = district("other.sqlite");
    g_autofree char *id = district_task(ledger, "FP-0"), *rows = work_done(id);
    const char *out = issue(ledger, "county", "sound.zip", &error);
    const char *back = returned(out, "sound-back.zip", rows, &error);
    const char *folder = unpacked(back, "sound.d");
    g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
    g_autofree char *photo = g_build_filename(folder, "photos", "one.jpg", NULL);

    refused(other, back, RDL_ERROR_NOT_FOUND, "belongs to another ledger");
    CHECK(g_file_set_contents(photo, "another picture", -1, NULL));
    refused(ledger, zipped(folder, "photo.zip", NULL, &error), RDL_ERROR_DATA,
            "photos/one.jpg is not what its manifest says");
    CHECK(g_file_set_contents(photo, "a picture", -1, NULL));
    refused(ledger, zipped(folder, "more.zip", "photos/two.jpg", &error), RDL_ERROR_DATA,
            "photos/two.jpg is not in its manifest");
    refused(ledger, zipped(folder, "wal.zip", "work.gpkg-wal", &error), RDL_ERROR_DATA,
            "work.gpkg-wal belongs in no package");
    refused(ledger, zipped(folder, "slip.zip", "../slip", &error), RDL_ERROR_DATA,
            "is no plain name below a folder");
    g_unlink(photo);
    refused(ledger, zipped(folder, "less.zip", NULL, &error), RDL_ERROR_DATA,
            "has 1 files, its manifest names 2");
    run_sql(work, "UPDATE entry SET \"by\" = '丁'");
    refused(ledger, zipped(folder, "edited.zip", NULL, &error), RDL_ERROR_DATA,
            "work.gpkg is not what its manifest says");
    CHECK(rdl_package_seal(folder, suite_path("resealed.zip"), false, &error));
    CHECK_OK(error);
    run_sql(work, "CREATE TRIGGER evil AFTER INSERT ON entry BEGIN DELETE FROM entry; END");
    CHECK(!rdl_package_seal(folder, suite_path("evil.zip"), false, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "has a trigger evil");
    /* the good one is still good */
    CHECK_TAKEN(back, "3 0 0", "");
}

/* One whose maker knows how manifests are made, and puts foreign SQL into the database. */
static void foreign_sql_is_refused_whatever_the_manifest_says(void)
{
    static const struct {
        const char *sql, *why;
    } cases[] = {
        {"CREATE TRIGGER evil AFTER INSERT ON entry BEGIN DELETE FROM entry; END", "trigger evil"},
        {"ALTER TABLE entry RENAME TO e2; CREATE VIEW entry AS SELECT * FROM e2", "view entry"},
        {"ALTER TABLE entry ADD COLUMN g TEXT AS (task_id || 'x')", "generated column entry.g"},
        {"ALTER TABLE entry RENAME COLUMN act TO deed", "no table entry with a column act"},
        {"INSERT INTO entry(task_id, act) VALUES('a', x'ff00')", "act is no text"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("sql.sqlite");
    const char *out = issue(ledger, "county", "sql.zip", &error);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("sql-%zu", i),
                        *zip = g_strconcat(name, ".zip", NULL);
        const char *folder = unpacked(out, name);
        g_autofree char *work = g_build_filename(folder, "work.gpkg", NULL);
        g_autofree char *list = g_build_filename(folder, "manifest.json", NULL), *text = NULL;
        g_autofree char *was = rdl_digest_file(work, &error);
        run_sql(work, cases[i].sql);
        g_autofree char *now = rdl_digest_file(work, &error);
        CHECK(g_file_get_contents(list, &text, NULL, NULL));
        g_auto(GStrv) parts = g_strsplit(text, was, -1);
        g_autofree char *forged = g_strjoinv(now, parts);
        CHECK(g_file_set_contents(list, forged, -1, NULL));
        refused(ledger, zipped(folder, zip, NULL, &error), RDL_ERROR_DATA, cases[i].why);
    }
}

static void the_same_ledger_issues_the_same_package(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) a = district("a.sqlite"), b = district("b.sqlite");

    CHECK_SAME_FILE(issue(a, "county", "a.zip", &error), issue(b, "county", "b.zip", &error));
    CHECK_SAME_FILE(issue(a, "field", "a-field.zip", &error),
                    issue(b, "field", "b-field.zip", &error));
    CHECK_OK(error);
    const char *folder = unpacked(suite_path("a.zip"), "a.d");
    g_autofree char *work = g_build_filename(folder, "work.gpkg:task", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(work, NULL, &error);
    CHECK_OK(error);
    CHECK_INT(rdl_layer_count(layer), 3); /* FP-2 lies in another unit; FP-0 has two tasks */
    const rdl_feature *f = rdl_layer_next(layer, &error);
    CHECK(rdl_feature_real(f, rdl_layer_field_index(layer, "revision")) >= 1.0);
    CHECK(rdl_feature_wkb(f) != NULL);
}

static void a_package_needs_a_unit_and_a_name(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = district("needs.sqlite");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    o.profile = "county";
    o.output = suite_path("needs.zip");
    o.by = "甲";
    CHECK(!rdl_export(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "give --unit CODE and --by NAME");
    o.unit = "321202";
    o.by = NULL;
    CHECK(!rdl_export(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "give --unit CODE and --by NAME");
    o.unit = "321100";
    o.by = "甲";
    CHECK(!rdl_export(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no work lies in unit 321100");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
}

static CU_TestInfo tests[] = {
    {"work goes out and comes back once", work_goes_out_and_comes_back_once},
    {"photos come back and go out again", photos_come_back_and_go_out_again},
    {"rows edited in place are told", rows_edited_in_place_are_told},
    {"a stopped import leaves nothing", a_stopped_import_leaves_nothing},
    {"packages may come out of order", packages_may_come_out_of_order},
    {"what both sides changed is a conflict", what_both_sides_changed_is_a_conflict},
    {"values of one office follow each other", values_of_one_office_follow_each_other},
    {"the workflow guards what comes back", the_workflow_guards_what_comes_back},
    {"a foreign package speaks not as the program", a_foreign_package_speaks_not_as_the_program},
    {"words do not become numbers", words_do_not_become_numbers},
    {"what cannot keep its papers is not taken", what_cannot_keep_its_papers_is_not_taken},
    {"files that nobody names are told", files_that_nobody_names_are_told},
    {"a package holds so many entries", a_package_holds_so_many_entries},
    {"the field gets papers of its own tasks", the_field_gets_papers_of_its_own_tasks},
    {"packages that are not sound are refused", packages_that_are_not_sound_are_refused},
    {"foreign sql is refused whatever the manifest says",
     foreign_sql_is_refused_whatever_the_manifest_says},
    {"the same ledger issues the same package", the_same_ledger_issues_the_same_package},
    {"a package needs a unit and a name", a_package_needs_a_unit_and_a_name},
    CU_TEST_INFO_NULL,
};

/* A folder for temporary files of its own: what is left there was left by this suite. */
int main(int argc, char **argv)
{
    char own[] = "/tmp/redline-test-XXXXXX";

    if (!mkdtemp(own) || !g_setenv("TMPDIR", own, TRUE))
        return 1;
    rdl_geo_start();
    int status = run_suite("deliver.package", tests, argc, argv);
    g_rmdir(own);
    return status;
}
