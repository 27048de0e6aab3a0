/* Photos of the field: where and when they say they were taken, and what counts. */
#include "rectify/photo.h"

#include <math.h>
#include <string.h>
#include "deliver/district.h"
#include "fixtures/photo.h"
#include "geo/geo.h"
#include "rectify/rectify.h"
#include "suite.h"

/* FP-0 lies from 119.9, 32.3 over 0.0003 degrees, FP-2 200 m east of it; built from 2024-01-01. */
#define MIDDLE_X 119.90015
#define MIDDLE_Y 32.30015

static const fixture_exif inside = {.placed = true,
                                    .lon = MIDDLE_X,
                                    .lat = MIDDLE_Y,
                                    .azimuth = 90.0,
                                    .north = 'T',
                                    .taken = "2026:11:03 10:20:30",
                                    .offset = "+08:00",
                                    .gps_day = "2026:11:03",
                                    .gps_clock = {2, 20, 40}};

static rdl_move noter(const char *id, const char *on)
{
    return (rdl_move){.task_id = id, .to = "noted", .on = on, .by = "甲", .role = "county"};
}

/* Put the photo at `path` on record as one of the task; "PLACE TIME counts" of it. */
static char *put(rdl_ledger *ledger, const char *id, const char *path, GError **error)
{
    const char *const paths[] = {path, NULL};
    const rdl_photo_files files = {paths, NAN};
    const rdl_move who = noter(id, "2026-11-04");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) report = NULL;

    if (!rdl_task_photo(ledger, &who, &files, tally, &report, error))
        return NULL;
    CHECK(rdl_tally_check(tally, NULL));
    JsonObject *o = json_array_get_object_element(json_node_get_array(report), 0);
    return g_strdup_printf("%s %s %s %s", rdl_json_text(o, "code", "?"),
                           rdl_json_text(o, "place", "?"), rdl_json_text(o, "time", "?"),
                           json_object_get_boolean_member(o, "counts") ? "counts" : "does not");
}

static unsigned seed;

#define CHECK_PUT(exif, want)                                    \
    do {                                                         \
        const char *put_path = suite_path("one.jpg");            \
        CHECK(fixture_photo(put_path, ++seed, exif));            \
        g_autofree char *put_got = put(l, id, put_path, &error); \
        CHECK_OK(error);                                         \
        CHECK_TEXT(put_got, want);                               \
    } while (0)

static void audited(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void a_photo_is_held_against_the_place(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("place.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    fixture_exif e = inside;

    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    /* 49 m and 51 m west of its western edge: a degree of longitude there is 94 200 m */
    e.lon = 119.9 - 49.0 / 94200.0;
    CHECK_PUT(&e, "TAKEN NEAR TIMED counts");
    e.lon = 119.9 - 51.0 / 94200.0;
    CHECK_PUT(&e, "TAKEN FAR TIMED does not");
    e.lon = 0.0, e.lat = 0.0;
    CHECK_PUT(&e, "TAKEN NOT_PLAUSIBLE TIMED does not");
    e = inside;
    e.void_fraction = true;
    CHECK_PUT(&e, "TAKEN NOT_PLAUSIBLE TIMED does not");
    e = inside;
    e.placed = false;
    CHECK_PUT(&e, "TAKEN NO_POSITION TIMED does not");
    CHECK_PUT(NULL, "TAKEN NO_POSITION NO_TIME does not");
    audited(l);
}

static void a_photo_is_held_against_the_time(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("time.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    fixture_exif e = inside;

    e.gps_day = NULL;
    e.taken = "2026:11:05 00:00:01"; /* it is put on record on the 4th */
    CHECK_PUT(&e, "TAKEN INSIDE FUTURE does not");
    e.taken = "2026:11:04 23:59:59";
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e.taken = "2023:12:31 12:00:00";
    CHECK_PUT(&e, "TAKEN INSIDE BEFORE_ONSET does not");
    e.taken = NULL;
    CHECK_PUT(&e, "TAKEN INSIDE NO_TIME does not");
    e = inside;
    e.taken = NULL; /* GPS time alone will do */
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e = inside;
    e.gps_clock[1] = 45; /* 24 minutes off, the clock telling its zone */
    CHECK_PUT(&e, "TAKEN INSIDE DISAGREES does not");
    e.offset = NULL; /* a clock that tells none may be in any */
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e.gps_day = "2026:11:02";
    CHECK_PUT(&e, "TAKEN INSIDE DISAGREES does not");
    audited(l);
}

/* GPS tells UTC: at 00:30 in China it is 16:30 of the day before. */
static void a_photo_of_the_night_is_of_the_day_it_is_there(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("night.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    fixture_exif e = inside;

    e.taken = NULL;
    e.gps_day = "2023:12:31"; /* the onset is 2024-01-01 */
    e.gps_clock[0] = 16, e.gps_clock[1] = 30;
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e.gps_clock[0] = 15;
    CHECK_PUT(&e, "TAKEN INSIDE BEFORE_ONSET does not");
    e.gps_day = "2026:11:04"; /* it is put on record on the 4th */
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e.gps_clock[0] = 16;
    CHECK_PUT(&e, "TAKEN INSIDE FUTURE does not");
    e = inside; /* a clock that runs in UTC, and says so */
    e.gps_day = NULL;
    e.taken = "2023:12:31 16:30:00";
    e.offset = "+00:00";
    CHECK_PUT(&e, "TAKEN INSIDE TIMED counts");
    e.offset = "+08:00";
    CHECK_PUT(&e, "TAKEN INSIDE BEFORE_ONSET does not");
    audited(l);
}

static void photos_are_put_by_who_may(void)
{
    static const char *const roles[] = {"analyst", "county", "resp_unit", "auditor"};
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("roles.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    const char *const paths[] = {suite_path("roles.jpg"), NULL};
    const rdl_photo_files files = {paths, NAN};

    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        rdl_move who = noter(id, "2026-11-04");
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        who.role = roles[i];
        CHECK(fixture_photo(paths[0], ++seed, &inside));
        CHECK(rdl_task_photo(l, &who, &files, tally, NULL, &error) == (i < 3));
        if (i < 3)
            CHECK_OK(error);
    }
    CHECK_FAILS(error, RDL_ERROR_USAGE, "photo|note is for analyst, county,");
}

static void the_same_photo_is_one_and_at_two_sites_none(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("same.sqlite"), 3);
    g_autofree char *id = district_task(l, "FP-0"), *other = district_task(l, "FP-1");
    const char *path = suite_path("same.jpg");

    CHECK(fixture_photo(path, 1, &inside));
    g_autofree char *first = put(l, id, path, &error);
    CHECK_TEXT(first, "TAKEN INSIDE TIMED counts");
    g_autofree char *head = rdl_ledger_head(l, &error), *again = put(l, id, path, &error);
    g_autofree char *same = rdl_ledger_head(l, &error);
    CHECK_TEXT(again, "ALREADY_THERE INSIDE TIMED counts");
    CHECK_TEXT(head, same);
    /* one that is there already is asked of as any other */
    const char *const paths[] = {path, NULL};
    const rdl_photo_files files = {paths, NAN};
    rdl_move early = noter(id, "2019-05-05"), nobody = noter(id, "2026-11-04");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    nobody.role = "nobody";
    CHECK(!rdl_task_photo(l, &early, &files, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "lies before its last event");
    CHECK(!rdl_task_photo(l, &nobody, &files, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "nobody");
    g_autofree char *second = put(l, other, path, &error);
    CHECK_OK(error);
    CHECK_TEXT(second, "TAKEN FAR TIMED does not");
    g_autoptr(JsonNode) node = rdl_ledger_photos(l, id, &error);
    JsonObject *o = json_array_get_object_element(json_node_get_array(node), 0);
    CHECK(!json_object_get_boolean_member(o, "counts")); /* from now on the first neither */
    CHECK_TEXT(json_array_get_string_element(json_object_get_array_member(o, "elsewhere"), 0),
               other);
}

static void what_is_kept_is_the_file_itself(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("kept.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    const char *path = suite_path("IMG 甲.jpg");

    CHECK(fixture_photo(path, 1, &inside));
    g_autofree char *code = put(l, id, path, &error), *digest = rdl_digest_file(path, &error);
    g_autofree char *kept = rdl_ledger_paper(l, digest);
    CHECK_SAME_FILE(kept, path);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(l, id, &error);
    JsonArray *papers = json_object_get_array_member(json_node_get_object(chain), "documents");
    JsonObject *paper = json_array_get_object_element(papers, 0);
    CHECK_TEXT(rdl_json_text(paper, "sha256", ""), digest);
    CHECK_TEXT(rdl_json_text(paper, "title", ""), "IMG 甲.jpg");
    CHECK_TEXT(code, "TAKEN INSIDE TIMED counts");
    audited(l);
    CHECK(g_file_set_contents(kept, "damaged", -1, NULL));
    CHECK(!rdl_ledger_audit(l, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "is not the paper that came");
    g_autofree char *again = put(l, id, path, &error);
    CHECK_OK(error);
    CHECK_TEXT(again, "ALREADY_THERE INSIDE TIMED counts");
    CHECK_SAME_FILE(kept, path); /* what was damaged is replaced */
    CHECK(remove(kept) == 0);
    audited(l); /* one that is not there is told elsewhere */
}

static void a_name_that_is_no_text_is_told(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("name.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    g_autofree char *path = g_strconcat(suite_path("name"), "\xff.jpg", NULL);

    CHECK(fixture_photo(suite_path("plain.jpg"), 1, &inside));
    CHECK(rename(suite_path("plain.jpg"), path) == 0);
    CHECK(!put(l, id, path, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, ".jpg: the name of the file is not UTF-8");
}

/* All or none: what is wrong with the last leaves nothing of the first. */
static void what_is_no_photo_leaves_nothing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("none.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0"), *head = rdl_ledger_head(l, &error);
    const char *good = suite_path("good.jpg"), *bad = suite_path("bad.jpg");
    const char *const paths[] = {good, bad, NULL};
    g_autofree char *files = g_strconcat(rdl_ledger_path(l), ".files", NULL);
    rdl_photo_files photos = {paths, NAN};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_move who = noter(id, "2026-11-04");

    CHECK(fixture_photo(good, 1, &inside) && g_file_set_contents(bad, "PNG", -1, NULL));
    CHECK(!rdl_task_photo(l, &who, &photos, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "no JPEG");
    CHECK(fixture_photo(bad, 2, &inside));
    who.role = "nobody";
    CHECK(!rdl_task_photo(l, &who, &photos, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "nobody");
    who = noter(id, "2026-11-04");
    photos.near_m = -1.0;
    CHECK(!rdl_task_photo(l, &who, &photos, tally, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "within -1 m");
    g_autofree char *same = rdl_ledger_head(l, &error);
    CHECK_TEXT(head, same);
    (void)files;
}

/* A move says which photos there were, and a guard can ask for one that counts. */
static void a_move_tells_what_counts(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("move.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    fixture_exif far = inside;
    guint on_record, count;
    const rdl_move moves[] = {{.task_id = id,
                               .to = "ASSIGNED",
                               .on = "2026-11-02",
                               .by = "甲",
                               .role = "office",
                               .document = "核查任务单"},
                              {.task_id = id,
                               .to = "VERIFIED",
                               .on = "2026-11-05",
                               .by = "乙",
                               .role = "county",
                               .document = "核查材料"}};

    far.lon = 120.5;
    CHECK(rdl_task_move(l, &moves[0], &error));
    CHECK_PUT(&far, "TAKEN FAR TIMED does not");
    CHECK_PUT(&inside, "TAKEN INSIDE TIMED counts");
    CHECK(rdl_photos_count(l, id, &on_record, &count, &error));
    CHECK_INT(on_record, 2);
    CHECK_INT(count, 1);
    CHECK(rdl_task_move(l, &moves[1], &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(l, id, &error);
    JsonArray *events = json_object_get_array_member(json_node_get_object(chain), "events");
    JsonObject *last = json_array_get_object_element(events, json_array_get_length(events) - 1);
    JsonObject *photos = rdl_json_object(rdl_json_object(last, "payload"), "photos");
    CHECK(photos && json_object_get_int_member(photos, "on_record") == 2 &&
          json_object_get_int_member(photos, "count") == 1);
    audited(l);
}

/* The pack with that guard in the way to VERIFIED. */
static const char *guarded_pack(void)
{
    const char *from = suite_source("data/packs/cn"), *to = suite_path("cn");
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    const char *name;

    CHECK(rdl_output_folder(to, NULL));
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *in = g_build_filename(from, name, NULL), *text = NULL;
        g_autofree char *out = g_build_filename(to, name, NULL);
        CHECK(g_file_get_contents(in, &text, NULL, NULL));
        g_autoptr(GString) changed = g_string_new(text);
        g_string_replace(changed, "现场核查表|现场照片,,,", "现场核查表|现场照片,,PHOTO_AT_SITE,",
                         0);
        CHECK(g_file_set_contents(out, changed->str, -1, NULL));
    }
    return to;
}

static void a_guard_asks_for_a_photo_that_counts(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = district_ledger(suite_path("guard.sqlite"), 1);
    g_autofree char *id = district_task(l, "FP-0");
    const rdl_move out = {.task_id = id,
                          .to = "ASSIGNED",
                          .on = "2026-11-02",
                          .by = "甲",
                          .role = "office",
                          .document = "核查任务单"};
    const rdl_move back = {.task_id = id,
                           .to = "VERIFIED",
                           .on = "2026-11-05",
                           .by = "乙",
                           .role = "county",
                           .document = "现场核查表|现场照片"};
    fixture_exif none = inside;

    none.placed = false;
    CHECK(rdl_ledger_add_pack(l, guarded_pack(), rdl_day_of(2026, 11, 1), NULL, &error));
    CHECK(rdl_task_move(l, &out, &error));
    CHECK_PUT(&none, "TAKEN NO_POSITION TIMED does not");
    CHECK(!rdl_task_move(l, &back, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "of 1 on record none counts");
    CHECK_PUT(&inside, "TAKEN INSIDE TIMED counts");
    CHECK(rdl_task_move(l, &back, &error));
    CHECK_OK(error);
}

static CU_TestInfo tests[] = {
    {"a photo is held against the place", a_photo_is_held_against_the_place},
    {"a photo is held against the time", a_photo_is_held_against_the_time},
    {"photos are put by who may", photos_are_put_by_who_may},
    {"a photo of the night is of the day it is there",
     a_photo_of_the_night_is_of_the_day_it_is_there},
    {"the same photo is one, and at two sites none", the_same_photo_is_one_and_at_two_sites_none},
    {"a name that is no text is told", a_name_that_is_no_text_is_told},
    {"what is kept is the file itself", what_is_kept_is_the_file_itself},
    {"what is no photo leaves nothing", what_is_no_photo_leaves_nothing},
    {"a move tells what counts", a_move_tells_what_counts},
    {"a guard asks for a photo that counts", a_guard_asks_for_a_photo_that_counts},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.photo", tests, argc, argv);
}
