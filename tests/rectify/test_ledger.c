/* Findings become sites and clues once; what was written cannot be quietly altered. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/moving.h"
#include "rectify/rectify.h"
#include "screen/screen.h"
#include "store/store.h"
#include "suite.h"

static const char *const mixed[] = {"SUSPECT", "CLEAN", "EDGE"};

static rdl_ledger *fresh(const char *name, GError **error)
{
    const char *path = suite_path(name);

    if (!rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error))
        return NULL;
    return rdl_ledger_open(path, true, error);
}

static char *load(rdl_ledger *ledger, const char *findings, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!rdl_ledger_load_findings(ledger, findings, rdl_day_of(2026, 11, 1), tally, NULL, error))
        return NULL;
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    return rdl_json_line(node);
}

static gint64 events(rdl_ledger *ledger)
{
    g_autoptr(JsonNode) info = rdl_ledger_info(ledger, NULL);

    return info ? json_object_get_int_member(json_node_get_object(info), "events") : -1;
}

static void findings_become_sites_and_clues_once(void)
{
    GError *error = NULL;
    const char *gpkg = suite_path("f.gpkg");
    g_autoptr(rdl_ledger) ledger = fresh("once.sqlite", &error);

    CHECK(fixture_findings(gpkg, 6, mixed, 3, 0, &error));
    g_autofree char *first = load(ledger, gpkg, &error);
    CHECK_OK(error);
    CHECK_TEXT(first, "[{\"item\":\"ledger.findings\",\"in\":6,\"used\":6,\"suppressed\":{},"
                      "\"failed\":{},\"balanced\":true},"
                      "{\"item\":\"ledger.sites\",\"in\":6,\"used\":6,\"suppressed\":{},\"failed\":"
                      "{},\"balanced\":true},"
                      "{\"item\":\"ledger.clues\",\"in\":6,\"used\":4,\"suppressed\":{\"CLEAN\":2},"
                      "\"failed\":{},\"balanced\":true}]");
    gint64 before = events(ledger);
    g_autofree char *again = load(ledger, gpkg, &error);
    CHECK_OK(error);
    CHECK(
        again &&
        strstr(again, "\"ledger.sites\",\"in\":6,\"used\":0,\"suppressed\":{\"ALREADY_THERE\":6}"));
    CHECK_INT(events(ledger), before);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void changed_findings_revise_a_site(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("revise.sqlite", &error);
    const char *a = suite_path("a.gpkg"), *b = suite_path("b.gpkg");

    CHECK(fixture_findings(a, 2, mixed, 1, 0, &error));
    CHECK(fixture_findings(b, 2, mixed, 1, 0.5, &error));
    g_autofree char *first = load(ledger, a, &error), *second = load(ledger, b, &error);
    CHECK_OK(error);
    g_autoptr(JsonNode) info = rdl_ledger_info(ledger, &error);
    CHECK_INT(json_object_get_int_member(json_node_get_object(info), "sites"), 2);
    CHECK_INT(json_object_get_int_member(json_node_get_object(info), "findings"), 2);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* What is on record of a place is not put on record again before its last day. */
static void findings_change_no_past(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("past.sqlite", &error);
    g_autoptr(rdl_tally) tally = rdl_tally_new(), early = rdl_tally_new();
    const char *a = suite_path("past-a.gpkg"), *b = suite_path("past-b.gpkg");

    CHECK(fixture_findings(a, 2, mixed, 1, 0, &error));
    CHECK(fixture_findings(b, 2, mixed, 1, 0.5, &error));
    CHECK(rdl_ledger_load_findings(ledger, a, rdl_day_of(2026, 5, 2), tally, NULL, &error));
    CHECK_OK(error);
    gint64 before = events(ledger);
    CHECK(!rdl_ledger_load_findings(ledger, b, rdl_day_of(2026, 5, 1), early, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "2026-05-01 lies before its last event of 2026-05-02");
    CHECK_INT(events(ledger), before);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void another_source_on_the_ground_joins_the_site(void)
{
    GError *error = NULL;
    static const char *const suspect[] = {"SUSPECT"};
    g_autoptr(rdl_ledger) ledger = fresh("join.sqlite", &error);
    const char *a = suite_path("join-a.gpkg"), *b = suite_path("join-b.gpkg");

    CHECK(fixture_findings(a, 3, suspect, 1, 0, &error));
    CHECK(fixture_findings_of(b, "PATCH", 4, suspect, 1, 0.3, &error));
    g_autofree char *first = load(ledger, a, &error), *second = load(ledger, b, &error);
    CHECK_OK(error);
    CHECK(second &&
          strstr(second, "\"ledger.sites\",\"in\":4,\"used\":1,\"suppressed\":{\"JOINED\":3}"));
    CHECK(second &&
          strstr(second, "\"ledger.clues\",\"in\":4,\"used\":1,\"suppressed\":{\"HAS_TASK\":3}"));
    g_autofree char *old = rdl_task_of_source(ledger, "FP-0001", &error);
    g_autofree char *joined = rdl_task_of_source(ledger, "PATCH-0001", &error);
    CHECK_TEXT(joined, old);
    gint64 before = events(ledger);
    g_autofree char *again = load(ledger, b, &error), *first_again = load(ledger, a, &error);
    CHECK_INT(events(ledger), before);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "PATCH-0001", &error);
    JsonObject *o = json_node_get_object(chain);
    CHECK_INT(json_array_get_length(json_object_get_array_member(o, "findings")), 2);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
}

static void a_clean_site_that_is_joined_gets_its_clue(void)
{
    GError *error = NULL;
    static const char *const clean[] = {"CLEAN"}, *const suspect[] = {"SUSPECT"};
    g_autoptr(rdl_ledger) ledger = fresh("join-clean.sqlite", &error);
    const char *a = suite_path("clean-a.gpkg"), *b = suite_path("clean-b.gpkg");

    CHECK(fixture_findings(a, 1, clean, 1, 0, &error));
    CHECK(fixture_findings_of(b, "PATCH", 1, suspect, 1, 0.1, &error));
    g_autofree char *first = load(ledger, a, &error), *second = load(ledger, b, &error);
    CHECK_OK(error);
    CHECK(second && strstr(second, "\"ledger.clues\",\"in\":1,\"used\":1"));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* A copy of the pack whose version is another. */
static const char *other_pack(const char *id)
{
    const char *folder = suite_path(id), *from = suite_source("data/packs/cn");
    GDir *dir = g_dir_open(from, 0, NULL);
    const char *name;

    g_mkdir(folder, 0755);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(from, name, NULL), *text = NULL;
        g_autofree char *to = g_build_filename(folder, name, NULL);
        g_file_get_contents(path, &text, NULL, NULL);
        g_autoptr(GString) all = g_string_new(text);
        if (strcmp(name, "pack.yaml") == 0) {
            g_string_replace(all, "version: ", "version: 9", 1);
            CHECK(g_string_replace(all, "\"3410\": workflow", "\"3212\": workflow", 1) == 1);
        }
        g_file_set_contents(to, all->str, -1, NULL);
    }
    g_dir_close(dir);
    return folder;
}

static void findings_of_an_unknown_pack_are_refused_until_it_is_added(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("packs.sqlite", &error);
    const char *gpkg = suite_path("packs.gpkg"), *pack = other_pack("cn9");
    g_autoptr(rdl_pack) opened = rdl_pack_open(pack, NULL, &error);
    g_autofree char *beside = g_strconcat(gpkg, ".run.json", NULL);
    g_autofree char *manifest =
        g_strdup_printf("{\"options\":{\"pack_sha256\":\"%s\"}}", rdl_pack_digest(opened));

    CHECK(fixture_findings(gpkg, 1, mixed, 1, 0, &error));
    CHECK(g_file_set_contents(beside, manifest, -1, &error));
    g_autofree char *refused = load(ledger, gpkg, &error);
    CHECK(refused == NULL);
    CHECK_FAILS(error, RDL_ERROR_USAGE, "does not keep: add it with redline ledger pack");
    CHECK(!rdl_ledger_add_pack(ledger, suite_source("data/packs/demo"), rdl_day_of(2026, 11, 1),
                               NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is a ledger of pack cn");
    CHECK(rdl_ledger_add_pack(ledger, pack, rdl_day_of(2026, 11, 1), NULL, &error));
    CHECK(rdl_ledger_add_pack(ledger, pack, rdl_day_of(2026, 11, 1), NULL, &error));
    CHECK_OK(error);
    CHECK_INT(events(ledger), 2);
    g_autofree char *done = load(ledger, gpkg, &error);
    CHECK_OK(error);
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, "FP-0000", &error);
    CHECK_TEXT(rdl_json_text(json_node_get_object(chain), "pack_version", NULL),
               rdl_pack_version(opened));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
}

/* The order of the close-out steps is the unit's. */
static void a_unit_may_have_a_workflow_of_its_own(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("units.sqlite", &error);

    const rdl_csv *huangshan = rdl_ledger_workflow(ledger, "341002", NULL, &error);
    CHECK(strstr(rdl_csv_name(huangshan), "workflow-huangshan.csv") != NULL);
    CHECK(rdl_ledger_add_pack(ledger, other_pack("cn8"), rdl_day_of(2026, 11, 1), NULL, &error));
    const rdl_csv *own = rdl_ledger_workflow(ledger, "321202", NULL, &error);
    const rdl_csv *others = rdl_ledger_workflow(ledger, "330000", NULL, &error);
    CHECK_OK(error);
    CHECK(strstr(rdl_csv_name(own), "workflow-huangshan.csv") != NULL);
    CHECK(strstr(rdl_csv_name(others), "workflow.csv") != NULL);
    CHECK(rdl_ledger_workflow(ledger, NULL, NULL, &error) == others);
}

static void a_clue_is_due_by_its_tier(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("due.sqlite", &error);
    const char *gpkg = suite_path("due.gpkg");
    rdl_task_filter filter = {.as_of = rdl_day_of(2026, 11, 1)};

    CHECK(fixture_findings(gpkg, 1, mixed, 1, 0, &error));
    g_autofree char *done = load(ledger, gpkg, &error);
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, &error);
    CHECK_OK(error);
    CHECK_INT(tasks->len, 1);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);
    CHECK_TEXT(t->state, "SCREENED");
    CHECK_TEXT(t->tier, "T1");
    CHECK_TEXT(t->due, "2026-12-01");
    CHECK_TEXT(t->xzqdm, "321202");
    CHECK(t->warning == NULL);
    filter.as_of = rdl_day_of(2026, 11, 29); /* two days left */
    g_autoptr(GArray) soon = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(soon, rdl_task, 0).warning, "yellow");
    filter.as_of = rdl_day_of(2026, 12, 2);
    g_autoptr(GArray) late = rdl_task_list(ledger, &filter, &error);
    CHECK_TEXT(g_array_index(late, rdl_task, 0).warning, "red");
    CHECK_OK(error);
}

/* Alter the file behind the ledger's back. */
static void tamper(const char *name, const char *sql)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = rdl_store_open(suite_path(name), RDL_STORE_WRITE, &error);

    CHECK(rdl_store_run(store, sql, &error));
    CHECK_OK(error);
}

/* `sql` with a guard of table event out of the way, put back as it was. */
static char *behind_guard(const char *name, const char *guard, const char *sql)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = rdl_store_open(suite_path(name), RDL_STORE_READ, &error);
    g_autofree char *query =
        g_strdup_printf("SELECT sql FROM sqlite_master WHERE name = '%s'", guard);
    g_autofree char *guard_sql = rdl_store_value(store, query, &error);

    CHECK_OK(error);
    return g_strdup_printf("DROP TRIGGER %s; %s; %s;", guard, sql, guard_sql);
}

static void check_tampering(const char *name, const char *sql, const char *message)
{
    GError *error = NULL;
    const char *gpkg = suite_path("tamper.gpkg");

    if (!g_file_test(gpkg, G_FILE_TEST_EXISTS))
        CHECK(fixture_findings(gpkg, 3, mixed, 3, 0, &error));
    rdl_ledger *ledger = fresh(name, &error);
    g_autofree char *done = load(ledger, gpkg, &error);
    CHECK_OK(error);
    rdl_ledger_close(ledger);
    tamper(name, sql);
    ledger = rdl_ledger_open(suite_path(name), false, &error);
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, message);
    rdl_ledger_close(ledger);
}

static void tampering_is_found(void)
{
    check_tampering(
        "t1.sqlite",
        "DROP TRIGGER event_no_update; UPDATE event SET at = '2020-01-01' WHERE seq = 4",
        "t1.sqlite: event 4 was altered: its content does not give its hash (task.opened of V-");
    check_tampering("t2.sqlite", "DROP TRIGGER event_no_delete; DELETE FROM event WHERE seq = 3",
                    "t2.sqlite: event 3 is missing: 4 follows 2 (");
    check_tampering("t3.sqlite", "UPDATE task SET due = '2030-01-01'",
                    "table task is not what the events make of it: row V-");
    check_tampering("t5.sqlite", "DROP TRIGGER event_no_update",
                    "not as this program makes them (trigger event_no_update)");
    check_tampering("t4.sqlite", "UPDATE pack_file SET text = text || ' ' WHERE name = 'rules.csv'",
                    " rules.csv: text is 'rule_id,");
    check_tampering("t6.sqlite", "UPDATE task SET due = '2030-01-01' WHERE number = 2",
                    ": due is '2030-01-01', they make '2027-");
    check_tampering("t7.sqlite", "DELETE FROM move WHERE seq = 5",
                    "table move is not what the events make of it: row ");
    check_tampering(
        "t8.sqlite",
        "INSERT INTO held VALUES('patch', 'P-1', 'P-2', '{}', NULL, '2026-11-01', 1, 1)",
        "no event makes row patch P-1: somebody wrote it");
    check_tampering("t9.sqlite", "DELETE FROM finding WHERE rowid = 2",
                    " is gone: redline ledger rebuild makes it again");
}

static void check_guarded_tampering(const char *name, const char *sql, const char *message)
{
    GError *error = NULL;
    rdl_ledger *ledger = fresh("guard.sqlite", &error);
    g_autofree char *whole = behind_guard("guard.sqlite", "event_no_update", sql);

    rdl_ledger_close(ledger);
    remove(suite_path("guard.sqlite"));
    check_tampering(name, whole, message);
}

/* The guards are back in their place, and still it shows. */
static void tampering_behind_the_guards_is_found(void)
{
    check_guarded_tampering("g1.sqlite",
                            "UPDATE event SET payload = cast(payload || x'00' || 'junk' AS text) "
                            "WHERE seq = 3",
                            "event 3 was altered: its payload is no text");
    check_guarded_tampering("g2.sqlite",
                            "UPDATE event SET payload = cast(payload AS blob) WHERE seq = 3",
                            "event 3 was altered: its payload is no text");
    check_guarded_tampering("g3.sqlite", "UPDATE event SET prev = hash WHERE seq = 1",
                            "event 1 does not follow");
    check_tampering("g4.sqlite",
                    "DROP TRIGGER event_no_update; CREATE TRIGGER event_no_update BEFORE UPDATE ON "
                    "event BEGIN SELECT 1; END",
                    "not as this program makes them");
    check_tampering("g5.sqlite",
                    "CREATE TRIGGER evil AFTER INSERT ON event BEGIN UPDATE task SET state = "
                    "'CLOSED'; END",
                    "not as this program makes them");
}

static void events_refuse_to_be_changed(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("refuse.sqlite", &error);
    g_autoptr(rdl_store) store =
        rdl_store_open(suite_path("refuse.sqlite"), RDL_STORE_WRITE, &error);

    CHECK(!rdl_store_run(store, "UPDATE event SET reason = 'x'", &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "events are never changed");
    CHECK(!rdl_store_run(store,
                         "INSERT OR REPLACE INTO event SELECT seq,at,'forged',role,kind,subject,"
                         "reason,payload,prev,hash FROM event WHERE seq = 1",
                         &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "events are never replaced");
    CHECK(!rdl_store_run(store, "DELETE FROM event", &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "events are never deleted");
}

static void rebuilding_mends_a_table(void)
{
    GError *error = NULL;
    const char *gpkg = suite_path("mend.gpkg");
    rdl_ledger *ledger = fresh("mend.sqlite", &error);

    CHECK(fixture_findings(gpkg, 3, mixed, 3, 0, &error));
    g_autofree char *done = load(ledger, gpkg, &error);
    rdl_ledger_close(ledger);
    tamper("mend.sqlite", "UPDATE task SET due = '2030-01-01'");
    ledger = rdl_ledger_open(suite_path("mend.sqlite"), true, &error);
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    rdl_ledger_close(ledger);
}

static void what_is_no_ledger_is_said_to_be_none(void)
{
    GError *error = NULL;
    const char *text = suite_path("text.sqlite"), *gpkg = suite_path("other.gpkg");

    CHECK(g_file_set_contents(text, "not a database at all, only text", -1, NULL));
    CHECK(!rdl_ledger_open(text, false, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "not a database");
    CHECK(fixture_findings(gpkg, 1, mixed, 1, 0, &error));
    CHECK(!rdl_ledger_open(gpkg, false, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "is no ledger");
    CHECK(!rdl_ledger_open(suite_path("absent.sqlite"), false, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no such file");
    CHECK(!rdl_ledger_init(gpkg, suite_source("data/packs/cn"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already");
}

static void a_site_that_was_clean_gets_its_clue(void)
{
    static const char *const clean[] = {"CLEAN"}, *const suspect[] = {"SUSPECT"};
    GError *error = NULL;
    const char *a = suite_path("clean.gpkg"), *b = suite_path("no-longer.gpkg");
    g_autoptr(rdl_ledger) ledger = fresh("clean.sqlite", &error);

    CHECK(fixture_findings(a, 1, clean, 1, 0, &error));
    CHECK(fixture_findings(b, 1, suspect, 1, 0, &error));
    g_autofree char *first = load(ledger, a, &error), *second = load(ledger, b, &error);
    CHECK_OK(error);
    g_autofree char *task_id = rdl_task_of_source(ledger, "FP-0000", &error);
    CHECK(task_id != NULL);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void in_folder(const char *folder, GError **error)
{
    g_autofree char *gpkg = g_build_filename(folder, "f.gpkg", NULL);
    g_autofree char *manifest = g_strconcat(gpkg, ".run.json", NULL);
    g_autofree char *path = g_build_filename(folder, "l.sqlite", NULL);
    g_autofree char *text = g_strdup_printf(
        "{\"inputs\":[{\"role\":\"zones\",\"path\":\"%s/zones.gpkg\",\"sha256\":\"0\","
        "\"made_by\":{\"inputs\":[{\"role\":\"before\",\"path\":\"%s/scene.tif\"}]}}]}",
        folder, folder);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!rdl_output_folder(folder, error) || !fixture_findings(gpkg, 3, mixed, 3, 0, error) ||
        !rdl_output_text(manifest, text, true, error) ||
        !rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error))
        return;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    if (ledger)
        rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error);
}

/* Neither the clock nor the folder shows. */
static void the_same_work_makes_the_same_file(void)
{
    GError *error = NULL;

    in_folder(suite_path("here"), &error);
    CHECK_OK(error);
    g_usleep(20000); /* SpatiaLite's clock counts milliseconds */
    in_folder(suite_path("there"), &error);
    CHECK_OK(error);
    CHECK_SAME_FILE(suite_path("here/l.sqlite"), suite_path("there/l.sqlite"));
}

/* Cut off at the end with its guards put back, a chain is whole in itself: only the tables, or a
 * head noted elsewhere, can tell. */
static void a_cut_chain_is_not_rebuilt_over(void)
{
    GError *error = NULL;
    const char *gpkg = suite_path("cut.gpkg");
    rdl_ledger *ledger = fresh("cut.sqlite", &error);

    CHECK(fixture_findings(gpkg, 3, mixed, 1, 0, &error));
    g_autofree char *done = load(ledger, gpkg, &error), *head = rdl_ledger_head(ledger, &error);
    CHECK(rdl_ledger_holds(ledger, head, &error));
    CHECK_OK(error);
    rdl_ledger_close(ledger);
    g_autofree char *cut =
        behind_guard("cut.sqlite", "event_no_delete", "DELETE FROM event WHERE seq > 8");
    tamper("cut.sqlite", cut);
    ledger = rdl_ledger_open(suite_path("cut.sqlite"), true, &error);
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "is not what the events make");
    CHECK(!rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "events may be missing");
    CHECK(!rdl_ledger_audit(ledger, NULL, &error)); /* nothing was changed */
    g_clear_error(&error);
    CHECK(rdl_ledger_rebuild(ledger, true, NULL, &error));
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    CHECK(!rdl_ledger_holds(ledger, head, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "cut off or made anew");
    rdl_ledger_close(ledger);
}

static void a_signature_binds_what_came_before(void)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5baG7h7TUb4EU2m+28JTTEe2phaWLjv2b2m\n"
                              "-----END PRIVATE KEY-----\n";
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("signed.sqlite", &error);
    const char *key = suite_path("key.pem"), *gpkg = suite_path("signed.gpkg");
    gint64 behind;

    CHECK(g_file_set_contents(key, pem, -1, &error));
    g_autofree char *holder = rdl_public_key(key, &error);
    CHECK(!rdl_ledger_signed_by(ledger, holder, &behind, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "is not signed with");
    CHECK(rdl_ledger_sign(ledger, key, "2026-11-01", "甲", "auditor", &error));
    CHECK(fixture_findings(gpkg, 1, mixed, 1, 0, &error));
    g_autofree char *done = load(ledger, gpkg, &error);
    CHECK(rdl_ledger_signed_by(ledger, holder, &behind, &error));
    CHECK_INT(behind, 4);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    g_autoptr(JsonObject) forged = json_object_new();
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    rdl_event event = {.at = "2026-11-02",
                       .by = "丙",
                       .role = "province",
                       .kind = "ledger.signed",
                       .subject = head};
    rdl_json_set_text(forged, "head", head);
    rdl_json_set_text(forged, "public_key", holder);
    rdl_json_set_text(forged, "signature", "00");
    CHECK(rdl_event_append(ledger, &event, forged, &error));
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "event 7 holds a signature that is not good");
}

/* docs/ledger.md says where each field lives: each `table.column` of it is there. */
static void the_page_of_fields_is_true(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = fresh("fields.sqlite", &error);
    g_autoptr(GRegex) place = g_regex_new("`([a-z_]+)\\.([a-z_0-9]+)`", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *text = NULL;
    int n = 0;

    CHECK(g_file_get_contents(suite_source("docs/ledger.md"), &text, NULL, NULL));
    for (g_regex_match(place, text, 0, &match); g_match_info_matches(match); n++) {
        g_autofree char *of = g_match_info_fetch(match, 1), *what = g_match_info_fetch(match, 2);
        g_autofree char *sql = g_strdup_printf(
            "SELECT '%s.' || name FROM pragma_table_info('%s') WHERE name = '%s'", of, of, what);
        g_autofree char *there = rdl_store_value(ledger->store, sql, &error);
        g_autofree char *want = g_strdup_printf("%s.%s", of, what);
        CHECK_TEXT(there, want);
        g_match_info_next(match, NULL);
    }
    CHECK_OK(error);
    CHECK(n > 60);
}

static CU_TestInfo tests[] = {
    {"findings become sites and clues once", findings_become_sites_and_clues_once},
    {"changed findings revise a site", changed_findings_revise_a_site},
    {"findings change no past", findings_change_no_past},
    {"another source on the ground joins the site", another_source_on_the_ground_joins_the_site},
    {"a clean site that is joined gets its clue", a_clean_site_that_is_joined_gets_its_clue},
    {"findings of an unknown pack are refused until it is added",
     findings_of_an_unknown_pack_are_refused_until_it_is_added},
    {"a unit may have a workflow of its own", a_unit_may_have_a_workflow_of_its_own},
    {"a clue is due by its tier", a_clue_is_due_by_its_tier},
    {"a site that was clean gets its clue", a_site_that_was_clean_gets_its_clue},
    {"the same work makes the same file", the_same_work_makes_the_same_file},
    {"tampering is found", tampering_is_found},
    {"tampering behind the guards is found", tampering_behind_the_guards_is_found},
    {"events refuse to be changed", events_refuse_to_be_changed},
    {"rebuilding mends a table", rebuilding_mends_a_table},
    {"a cut chain is not rebuilt over", a_cut_chain_is_not_rebuilt_over},
    {"a signature binds what came before", a_signature_binds_what_came_before},
    {"what is no ledger is said to be none", what_is_no_ledger_is_said_to_be_none},
    {"the page of fields is true", the_page_of_fields_is_true},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.ledger", tests, argc, argv);
}
