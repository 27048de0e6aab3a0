/* Packs are read, and what is wrong in one is named with its line. */
#include <string.h>
#include "screen/rule.h"
#include "suite.h"

static void both_packs_open(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) cn = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    g_autoptr(rdl_pack) demo = rdl_pack_open(suite_source("data/packs/demo"), NULL, &error);

    CHECK_OK(error);
    if (!cn || !demo)
        return;
    CHECK_TEXT(rdl_pack_id(cn), "cn");
    CHECK_TEXT(rdl_pack_id(demo), "demo");
    CHECK_INT(strlen(rdl_pack_digest(cn)), 64);
    CHECK_TEXT(rdl_pack_zone(cn, "NR_HX")->converts_to, "NR_CORE");
    CHECK_NEAR(rdl_pack_rule(cn, "NR26-02")->ceiling, 1000000, 0);
}

static void the_tree_matches_downward_only(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) cn = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    CHECK(rdl_pack_activity_is(cn, "AQUA_CAGE", "AQUA"));
    CHECK(!rdl_pack_activity_is(cn, "AQUA", "AQUA_CAGE"));
    CHECK(rdl_pack_activity_is(cn, "MINE_SAND", "MINE_*"));
}

static void local_rows_are_off_until_named(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) off = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    g_autoptr(rdl_pack) on = rdl_pack_open(suite_source("data/packs/cn"), "S1,S4", &error);

    CHECK_OK(error);
    CHECK(!rdl_pack_rule(off, "ERL-07")->enabled);
    CHECK(rdl_pack_rule(on, "ERL-07")->enabled);
    CHECK(rdl_pack_rule(off, "TAIL-01")->enabled);
}

/* A copy of the demo pack with one rule row replaced. */
static const char *spoilt(const char *name, const char *row)
{
    static const char *const files[] = {"pack.yaml", "zones.csv", "activities.csv",
                                        "predicates.csv"};
    const char *folder = suite_path(name);
    g_autofree char *rules = NULL;
    GError *error = NULL;

    rdl_output_folder(folder, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *from = g_build_filename(suite_source("data/packs/demo"), files[i], NULL);
        g_autofree char *to = g_build_filename(folder, files[i], NULL), *text = NULL;
        g_file_get_contents(from, &text, NULL, NULL);
        g_file_set_contents(to, text, -1, NULL);
    }
    g_file_get_contents(suite_source("data/packs/demo/rules.csv"), &rules, NULL, NULL);
    *(strchr(rules, '\n') + 1) = '\0'; /* the header only */
    g_autofree char *all = g_strconcat(rules, row, "\n", NULL);
    g_autofree char *to = g_build_filename(folder, "rules.csv", NULL);
    g_file_set_contents(to, all, -1, NULL);
    CHECK_OK(error);
    return folder;
}

static void faults_in_a_row_are_named_with_their_line(void)
{
    static const struct {
        const char *row, *part;
    } bad[] = {
        {"X,IT,MINE,POST_NO,PROHIBIT,b,2020-02-30,,S1,d,h,-,s,ACT,,1,,,,,,m2,,",
         "rules.csv:2: eff_from: '2020-02-30' is not a date"},
        {"X,ZZ,MINE,POST_NO,PROHIBIT,b,,,S1,d,h,-,s,ACT,,1,,,,,,m2,,",
         "rules.csv:2: zone not in zones.csv 'ZZ'"},
        {"X,IT,MINES,POST_NO,PROHIBIT,b,,,S1,d,h,-,s,ACT,,1,,,,,,m2,,", "'MINES'"},
        {"X,IT,MINE,LATER,PROHIBIT,b,,,S1,d,h,-,s,ACT,,1,,,,,,m2,,", "unknown when-case 'LATER'"},
        {"X,IT,MINE,POST_NO,FORBID,b,,,S1,d,h,-,s,ACT,,1,,,,,,m2,,", "unknown verdict 'FORBID'"},
        {"X,IT,MINE,POST_NO,PROHIBIT,b,,,S1,d,h,-,s,NOW,,1,,,,,,m2,,", "applies must be ACT"},
        {"X,IT,MINE,POST_NO,PROHIBIT,b,2021-01-01,2020-01-01,S1,d,h,-,s,ACT,,1,,,,,,m2,,",
         "ends before it begins"},
        {"X,IT,MINE", "rules.csv:2: 3 fields"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(!rdl_pack_open(spoilt("spoilt", bad[i].row), NULL, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
    }
}

static void a_missing_pack_says_where_it_was_looked_for(void)
{
    GError *error = NULL;

    CHECK(!rdl_pack_open("atlantis", NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "packs/atlantis: not found");
}

static CU_TestInfo tests[] = {
    {"both packs open", both_packs_open},
    {"the tree matches downward only", the_tree_matches_downward_only},
    {"local rows are off until named", local_rows_are_off_until_named},
    {"faults in a row are named with their line", faults_in_a_row_are_named_with_their_line},
    {"a missing pack says where it was looked for", a_missing_pack_says_where_it_was_looked_for},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.pack", tests, argc, argv);
}
