/* A decision settles the source it is about, and no other that shares its site. */
#include <string.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "suite.h"

/* Footprints FP-0000 ... on places of their own. */
static rdl_ledger *with_sites(const char *name, int n, GError **error)
{
    static const char *const suspect[] = {"SUSPECT"};
    const char *path = suite_path(name), *gpkg = suite_path("review.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = NULL;

    remove(gpkg);
    if (fixture_findings(gpkg, n, suspect, 1, 0, error) &&
        rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error) &&
        (ledger = rdl_ledger_open(path, true, error)) &&
        !rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error))
        g_clear_pointer(&ledger, rdl_ledger_close);
    return ledger;
}

static bool decide(rdl_ledger *ledger, const char *id, const char *decision, const char *becomes,
                   GError **error)
{
    const rdl_decision one = {.id = id,
                              .decision = decision,
                              .becomes = becomes,
                              .reason = strcmp(decision, "reject") == 0 ? "SEASON" : NULL};
    const rdl_decisions all = {
        .source = "footprint", .list = &one, .n = 1, .by = "甲", .on = "2026-11-03"};
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    return rdl_ledger_review(ledger, &all, tally, error);
}

static int clues(rdl_ledger *ledger, const char *state)
{
    const rdl_task_filter filter = {.state = state};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return tasks ? (int)tasks->len : -1;
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void rejecting_one_source_leaves_the_others_clue(void)
{
    GError *error = NULL;

    for (int i = 0; i < 2; i++) { /* whichever of the two the site is named after */
        const char *from = i ? "FP-0000" : "FP-0001", *to = i ? "FP-0001" : "FP-0000";
        g_autoptr(rdl_ledger) ledger = with_sites(i ? "b.sqlite" : "a.sqlite", 2, &error);
        CHECK_OK(error);
        CHECK(decide(ledger, from, "merge", to, &error));
        CHECK_OK(error);
        CHECK_INT(clues(ledger, "SCREENED"), 1);
        CHECK(!decide(ledger, to, "reject", NULL, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "which nobody rejected: split it off first");
        CHECK(!decide(ledger, from, "reject", NULL, &error));
        CHECK_FAILS(error, RDL_ERROR_USAGE, "split it off first");
        CHECK_INT(clues(ledger, "SCREENED"), 1);
        check_whole(ledger);
    }
}

static void nothing_becomes_a_part_of_what_was_rejected(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("into.sqlite", 2, &error);

    CHECK(decide(ledger, "FP-0001", "reject", NULL, &error));
    CHECK_OK(error);
    CHECK(!decide(ledger, "FP-0000", "merge", "FP-0001", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "FP-0001 was rejected");
    CHECK_INT(clues(ledger, "SCREENED"), 1);
    check_whole(ledger);
}

static void accepting_does_not_pretend_to_undo(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("undo.sqlite", 2, &error);

    CHECK(decide(ledger, "FP-0000", "reject", NULL, &error));
    CHECK(!decide(ledger, "FP-0000", "accept", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "on record as 'reject'");
    CHECK(decide(ledger, "FP-0001", "accept", NULL, &error));
    CHECK_OK(error);
    CHECK_INT(clues(ledger, "DISMISSED"), 1);
    check_whole(ledger);
}

static void a_split_does_not_reopen_what_was_rejected(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = with_sites("split.sqlite", 2, &error);
    const char *const rejected[] = {"FP-0000", NULL};
    const rdl_who who = {"2026-11-04", "甲", "analyst", "同一厂区"},
                  later = {"2026-11-05", "甲", "analyst", "两处"};

    CHECK(decide(ledger, "FP-0000", "reject", NULL, &error));
    CHECK(decide(ledger, "FP-0001", "reject", NULL, &error)); /* a live one takes none in */
    CHECK(rdl_sites_merge(ledger, "FP-0001", rejected, &who, &error));
    CHECK(rdl_site_split(ledger, "FP-0001", rejected, NULL, &later, NULL, &error));
    CHECK_OK(error);
    CHECK_INT(clues(ledger, "SCREENED"), 0);
    CHECK_INT(clues(ledger, "DISMISSED"), 2);
    check_whole(ledger);
}

/* Decided in several reviews, before any of them was loaded. */
static void a_chain_of_merges_is_followed_to_its_end(void)
{
    static const char *const suspect[] = {"SUSPECT"};
    const char *gpkg = suite_path("chain.gpkg");
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_init(suite_path("chain.sqlite"), suite_source("data/packs/cn"), NULL, &error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("chain.sqlite"), true, &error);
    CHECK(decide(ledger, "FP-0000", "merge", "FP-0001", &error)); /* the first to be read */
    CHECK(decide(ledger, "FP-0001", "merge", "FP-0002", &error));
    CHECK(decide(ledger, "FP-0002", "merge", "FP-0003", &error));
    CHECK(fixture_findings(gpkg, 4, suspect, 1, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 4), tally, NULL, &error));
    CHECK_OK(error);
    CHECK_INT(clues(ledger, "SCREENED"), 1);
    check_whole(ledger);
}

static void a_circle_of_merges_over_reviews_ends(void)
{
    static const char *const suspect[] = {"SUSPECT"};
    const char *gpkg = suite_path("circle.gpkg");
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_init(suite_path("ring.sqlite"), suite_source("data/packs/cn"), NULL, &error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("ring.sqlite"), true, &error);
    CHECK(decide(ledger, "FP-0000", "merge", "FP-0001", &error));
    CHECK(decide(ledger, "FP-0001", "merge", "FP-0000", &error));
    CHECK(fixture_findings(gpkg, 2, suspect, 1, 0, &error));
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 4), tally, NULL, &error));
    CHECK_OK(error);
    CHECK_INT(clues(ledger, "SCREENED"), 1); /* one place */
    check_whole(ledger);
}

static bool load_one(rdl_ledger *ledger, int number, const char *result, double grow, int day,
                     GError **error)
{
    const fixture_grade grade = {.result = result, .far = number};
    const char *gpkg = suite_path("one.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    remove(gpkg);
    return fixture_findings_graded(gpkg, "", 1, &grade, grow, error) &&
           rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, day), tally, NULL, error);
}

static bool go(rdl_ledger *ledger, const char *id, const char *to, int day, const char *role,
               GError **error)
{
    g_autofree char *on = rdl_day_text(rdl_day_of(2026, 11, day));
    const rdl_move move = {
        .task_id = id, .to = to, .on = on, .by = "甲", .role = role, .reason = "重复"};

    return rdl_task_move(ledger, &move, error);
}

/* Two sources of one site, the second of `result`; *clue: its task, yours. */
static rdl_ledger *with_two(const char *name, const char *result, char **clue, GError **error)
{
    const char *const second[] = {"FP-0001", NULL};
    const rdl_who who = {"2026-11-02", "甲", "analyst", "同一厂区"};
    rdl_ledger *ledger = with_sites(name, 1, error);

    *clue = rdl_task_of_source(ledger, "FP-0000", error);
    CHECK(load_one(ledger, 1, result, 0, 1, error));
    CHECK(rdl_sites_merge(ledger, "FP-0000", second, &who, error));
    return ledger;
}

static void a_site_is_put_away_when_each_of_its_sources_is(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) clean = with_two("clean.sqlite", "CLEAN", &id, &error);

    CHECK(!go(clean, id, "DISMISSED", 3, "analyst", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "and nobody rejected footprint FP-0000");
    CHECK(decide(clean, "FP-0000", "reject", NULL, &error)); /* the other is clean */
    CHECK_OK(error);
    CHECK_INT(clues(clean, "DISMISSED"), 1);
    check_whole(clean);
}

static void one_rejected_source_does_not_put_away_the_other(void)
{
    GError *error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(rdl_ledger) ledger = with_two("other.sqlite", "SUSPECT", &id, &error);

    CHECK(go(ledger, id, "DISMISSED", 2, "province", &error));
    CHECK(decide(ledger, "FP-0000", "reject", NULL, &error));
    CHECK(load_one(ledger, 1, "SUSPECT", 0.5, 4, &error));
    CHECK(go(ledger, id, "CLUE", 5, "analyst", &error));
    CHECK_OK(error);
    CHECK(go(ledger, id, "SCREENED", 5, "analyst", &error));
    CHECK_OK(error);
    CHECK(!go(ledger, id, "DISMISSED", 6, "analyst", &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "and nobody rejected footprint FP-0001");
    CHECK_INT(clues(ledger, "SCREENED"), 1);
    check_whole(ledger);
}

static CU_TestInfo tests[] = {
    {"rejecting one source leaves the others' clue", rejecting_one_source_leaves_the_others_clue},
    {"nothing becomes a part of what was rejected", nothing_becomes_a_part_of_what_was_rejected},
    {"accepting does not pretend to undo", accepting_does_not_pretend_to_undo},
    {"a chain of merges is followed to its end", a_chain_of_merges_is_followed_to_its_end},
    {"a circle of merges over reviews ends", a_circle_of_merges_over_reviews_ends},
    {"a split does not reopen what was rejected", a_split_does_not_reopen_what_was_rejected},
    {"a site is put away when each of its sources is",
     a_site_is_put_away_when_each_of_its_sources_is},
    {"one rejected source does not put away the other",
     one_rejected_source_does_not_put_away_the_other},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.review", tests, argc, argv);
}
