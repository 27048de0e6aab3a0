/* One place or several: merges and splits of sites. */
#include <string.h>
#include "fixtures/findings.h"
#include "geo/geometry.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "store/store.h"
#include "suite.h"

static const char *const suspect[] = {"SUSPECT"};

static bool load(rdl_ledger *ledger, const char *prefix, int n, double grow, int day,
                 GError **error)
{
    const char *gpkg = suite_path("lineage.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    remove(gpkg);
    return fixture_findings_of(gpkg, prefix, n, suspect, 1, grow, error) &&
           rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, day), tally, NULL, error);
}

static rdl_ledger *with_sites(const char *name, int n, GError **error)
{
    const char *path = suite_path(name);
    rdl_ledger *ledger = NULL;

    if (rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error) &&
        (ledger = rdl_ledger_open(path, true, error)) && !load(ledger, "", n, 0, 1, error))
        g_clear_pointer(&ledger, rdl_ledger_close);
    return ledger;
}

static rdl_who on_day(const char *on)
{
    return (rdl_who){on, "甲", "analyst", "同一厂区"};
}

static int tasks_in(rdl_ledger *ledger, const char *state)
{
    const rdl_task_filter filter = {.state = state};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return tasks ? (int)tasks->len : -1;
}

static gint64 info(rdl_ledger *ledger, const char *member)
{
    g_autoptr(JsonNode) node = rdl_ledger_info(ledger, NULL);

    return node ? json_object_get_int_member(json_node_get_object(node), member) : -1;
}

/* The ledger is what its events make of it, also made anew. */
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

static char *site_of(rdl_ledger *ledger, const char *source_id)
{
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, source_id, NULL);
    JsonObject *site =
        chain ? json_object_get_object_member(json_node_get_object(chain), "site") : NULL;

    return g_strdup(site ? json_object_get_string_member(site, "site_id") : NULL);
}

/* Plane area of the ground of a source's task, in millionths of a square degree. */
static double ground(rdl_ledger *ledger, const char *source_id)
{
    g_autofree char *id = rdl_task_of_source(ledger, source_id, NULL);
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);
    GBytes *wkb = tasks && tasks->len ? g_array_index(tasks, rdl_task, 0).wkb : NULL;
    g_autoptr(rdl_geometry) g =
        wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), NULL)
            : NULL;

    return g ? rdl_geometry_plane_area(g) * 1e6 : -1.0;
}

#define ONE 0.09 /* of one footprint of the fixture: 0.0003 by 0.0003 degrees */

static void merged_sites_are_one_place_with_one_clue(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merge.sqlite", 4, &error);
    const char *const others[] = {"FP-0002", "FP-0003", "FP-0001", NULL};
    rdl_who who = on_day("2026-11-05");

    CHECK(rdl_sites_merge(ledger, "FP-0001", others, &who, &error));
    CHECK_OK(error);
    CHECK_INT(info(ledger, "sites"), 2);
    CHECK_INT(tasks_in(ledger, "SCREENED"), 2);
    CHECK_INT(tasks_in(ledger, "DISMISSED"), 2);
    g_autofree char *one = site_of(ledger, "FP-0001"), *two = site_of(ledger, "FP-0003");
    CHECK_TEXT(two, one);
    CHECK_NEAR(ground(ledger, "FP-0003"), 3 * ONE, 1e-9);
    gint64 before = info(ledger, "events");
    CHECK(rdl_sites_merge(ledger, "FP-0003", others, &who, &error));
    CHECK_INT(info(ledger, "events"), before);
    check_whole(ledger);
}

static void the_past_knows_the_sites_apart(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merge-then.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    rdl_who who = on_day("2026-11-05");

    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    g_autoptr(rdl_ledger) then = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 4), &error);
    g_autoptr(rdl_ledger) now = rdl_ledger_as_of(ledger, rdl_day_of(2026, 11, 5), &error);
    CHECK_OK(error);
    CHECK_INT(info(then, "sites"), 2);
    CHECK_INT(tasks_in(then, "SCREENED"), 2);
    CHECK_INT(info(now, "sites"), 1);
    CHECK_INT(tasks_in(now, "SCREENED"), 1);
    CHECK_NEAR(ground(now, "FP-0001"), 2 * ONE, 1e-9);
    CHECK_NEAR(ground(then, "FP-0001"), ONE, 1e-9);
}

/* A source of a merged site that is screened again with other findings finds its place, and the
 * site's ground is the union of what its sources have now. */
static void a_merged_source_is_revised_where_it_went(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merge-revised.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    rdl_who who = on_day("2026-11-05");
    gint64 sites;

    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    sites = info(ledger, "sites");
    CHECK(load(ledger, "", 2, 0.5, 6, &error));
    CHECK_OK(error);
    CHECK_INT(info(ledger, "sites"), sites);
    CHECK_INT(info(ledger, "findings"), 2);
    CHECK_NEAR(ground(ledger, "FP-0001"), 2 * 2.25 * ONE, 1e-9);
    CHECK_INT(tasks_in(ledger, "SCREENED"), 1);
    check_whole(ledger);
}

static void a_split_undoes_a_merge(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("split.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    g_autofree char *was = site_of(ledger, "FP-0001"), *made = NULL;
    rdl_who who = on_day("2026-11-05"), later = on_day("2026-11-06");

    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    CHECK(rdl_site_split(ledger, "FP-0000", others, NULL, &later, &made, &error));
    CHECK_OK(error);
    CHECK_TEXT(made, was);
    CHECK_INT(info(ledger, "sites"), 2);
    CHECK_INT(tasks_in(ledger, "SCREENED"), 2);
    CHECK_INT(tasks_in(ledger, "DISMISSED"), 0);
    CHECK_NEAR(ground(ledger, "FP-0000"), ONE, 1e-9);
    CHECK_NEAR(ground(ledger, "FP-0001"), ONE, 1e-9);
    check_whole(ledger);
    CHECK(load(ledger, "", 2, 0.0, 7, &error));
    CHECK_OK(error);
    CHECK_INT(tasks_in(ledger, NULL), 2);
}

/* A patch that joined a site by its ground turns out to be another matter. */
static void a_joined_source_is_split_off_with_a_clue(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("split-joined.sqlite", 1, &error);
    const char *const patch[] = {"PATCH-0000", NULL}, *const own[] = {"FP-0000", NULL};
    rdl_who who = on_day("2026-11-05");

    CHECK(load(ledger, "PATCH", 1, 0.3, 2, &error));
    CHECK_INT(info(ledger, "sites"), 1);
    CHECK(rdl_site_split(ledger, "FP-0000", patch, NULL, &who, NULL, &error));
    CHECK_OK(error);
    CHECK_INT(info(ledger, "sites"), 2);
    CHECK_INT(tasks_in(ledger, "SCREENED"), 2);
    CHECK_NEAR(ground(ledger, "FP-0000"), ONE, 1e-9);
    CHECK_NEAR(ground(ledger, "PATCH-0000"), 1.69 * ONE, 1e-9);
    CHECK(!rdl_site_split(ledger, "FP-0000", own, NULL, &who, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "gave the site its number");
    CHECK(!rdl_site_split(ledger, "FP-0000", patch, NULL, &who, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no source PATCH-0000");
    check_whole(ledger);
}

/* Work that has begun is not thrown away: the waiting clue goes, the other stays. */
static void a_task_that_went_on_survives_a_merge(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merge-work.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0001", &error);
    rdl_who who = on_day("2026-11-05"), mute = on_day("2026-11-05");
    rdl_move move = {.task_id = id,
                     .to = "ASSIGNED",
                     .on = "2026-11-03",
                     .by = "甲",
                     .role = "office",
                     .document = "核查任务单"};

    CHECK(rdl_task_move(ledger, &move, &error));
    mute.reason = NULL;
    CHECK(!rdl_sites_merge(ledger, "FP-0000", others, &mute, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "needs a reason");
    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    CHECK_OK(error);
    CHECK_INT(tasks_in(ledger, "ASSIGNED"), 1);
    CHECK_INT(tasks_in(ledger, "SCREENED"), 0);
    g_autofree char *made = NULL;
    const char *const along[] = {id, NULL};
    CHECK(rdl_site_split(ledger, "FP-0000", others, along, &who, &made, &error));
    CHECK_OK(error);
    g_autofree char *there = site_of(ledger, id);
    CHECK_TEXT(there, made);
    check_whole(ledger);
}

/* What a person looked at and rejected is no ground of a live clue, from either side. */
static void a_rejected_site_is_not_merged_with_a_live_one(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("merge-rejected.sqlite", 2, &error);
    const char *const one[] = {"FP-0001", NULL}, *const other[] = {"FP-0000", NULL};
    const rdl_decision no = {.id = "FP-0001", .decision = "reject", .reason = "FARM"};
    const rdl_decisions all = {
        .source = "footprint", .list = &no, .n = 1, .by = "甲", .on = "2026-11-03"};
    rdl_who who = on_day("2026-11-05");
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_review(ledger, &all, tally, &error));
    CHECK_OK(error);
    gint64 before = info(ledger, "events");
    CHECK(!rdl_sites_merge(ledger, "FP-0000", one, &who, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "FP-0001 was rejected");
    CHECK(!rdl_sites_merge(ledger, "FP-0001", other, &who, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "leave it out");
    CHECK_INT(info(ledger, "events"), before);
    CHECK_NEAR(ground(ledger, "FP-0000"), ONE, 1e-9);
    check_whole(ledger);
}

/* m2 of the task of a source. */
static double area(rdl_ledger *ledger, const char *source_id)
{
    g_autofree char *id = rdl_task_of_source(ledger, source_id, NULL);
    const rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return tasks && tasks->len ? g_array_index(tasks, rdl_task, 0).area_m2 : -1.0;
}

/* Ground and area of a site are those of all its sources, each piece once. */
static void a_joined_source_brings_its_ground(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("joined-ground.sqlite", 1, &error);
    const double one = area(ledger, "FP-0000"); /* of its finding, as it says itself: 900 */

    CHECK_NEAR(one, 900.0, 1e-9);
    CHECK(load(ledger, "NEW", 1, 1.0, 6, &error)); /* four times the ground, the old one in it */
    CHECK_OK(error);
    CHECK_INT(info(ledger, "sites"), 1);
    CHECK_NEAR(ground(ledger, "FP-0000"), 4 * ONE, 1e-9);
    CHECK(area(ledger, "FP-0000") > 3700 && area(ledger, "FP-0000") < 3800); /* on the ellipsoid */
    check_whole(ledger);
    CHECK(load(ledger, "", 1, 0.5, 7, &error)); /* the old one grows: still within the new */
    CHECK_NEAR(ground(ledger, "FP-0000"), 4 * ONE, 1e-9);
    const char *const gone[] = {"NEW-0000", NULL};
    rdl_who who = on_day("2026-11-08");
    CHECK(rdl_site_split(ledger, "FP-0000", gone, NULL, &who, NULL, &error));
    CHECK_OK(error);
    CHECK_NEAR(ground(ledger, "FP-0000"), 2.25 * ONE, 1e-9);
    CHECK_NEAR(ground(ledger, "NEW-0000"), 4 * ONE, 1e-9);
    CHECK_NEAR(area(ledger, "FP-0000"), 900 * 1.5, 1e-9);
    check_whole(ledger);
}

/* A change to the tables with sqlite3. */
static void tamper(rdl_ledger *ledger, const char *sql)
{
    GError *error = NULL;
    g_autoptr(rdl_store) store = rdl_store_open(rdl_ledger_path(ledger), RDL_STORE_WRITE, &error);

    CHECK(store && rdl_store_run(store, sql, &error));
    CHECK_OK(error);
}

static void what_is_no_finding_is_no_reason_to_split(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("odd.sqlite", 2, &error);
    const char *const others[] = {"FP-0001", NULL};
    rdl_who who = on_day("2026-11-05");

    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    CHECK_OK(error);
    tamper(ledger, "UPDATE finding SET content = '[]' WHERE source_id = 'FP-0001'");
    gint64 before = info(ledger, "events");
    CHECK(!rdl_site_split(ledger, "FP-0000", others, NULL, &who, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "finding of FP-0001 is no object");
    CHECK_INT(info(ledger, "events"), before);
}

/* A footprint and a patch may have one number: the ground that is left is the other's. */
static void sources_are_told_apart_by_kind(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("kinds.sqlite", 3, &error);
    const char *const others[] = {"FP-0001", "FP-0002", NULL}, *const gone[] = {"FP-0002", NULL};
    rdl_who who = on_day("2026-11-05");

    CHECK(rdl_sites_merge(ledger, "FP-0000", others, &who, &error));
    tamper(ledger, "UPDATE origin SET source = 'patch', source_id = 'FP-0002' WHERE source_id = "
                   "'FP-0001'"); /* as if a patch had been called so */
    CHECK(rdl_site_split(ledger, "FP-0000", gone, NULL, &who, NULL, &error));
    CHECK_OK(error);
    CHECK_NEAR(ground(ledger, "FP-0000"), 2 * ONE, 1e-9);
}

static CU_TestInfo tests[] = {
    {"merged sites are one place with one clue", merged_sites_are_one_place_with_one_clue},
    {"the past knows the sites apart", the_past_knows_the_sites_apart},
    {"a merged source is revised where it went", a_merged_source_is_revised_where_it_went},
    {"a split undoes a merge", a_split_undoes_a_merge},
    {"a joined source brings its ground", a_joined_source_brings_its_ground},
    {"what is no finding is no reason to split", what_is_no_finding_is_no_reason_to_split},
    {"sources are told apart by kind", sources_are_told_apart_by_kind},
    {"a joined source is split off with a clue", a_joined_source_is_split_off_with_a_clue},
    {"a rejected site is not merged with a live one",
     a_rejected_site_is_not_merged_with_a_live_one},
    {"a task that went on survives a merge", a_task_that_went_on_survives_a_merge},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.lineage", tests, argc, argv);
}
