/* The points the rule tables leave open, J1 to J35, each as it was settled. What needs ground (J26,
 * J28, J31 to J35) is tested in test_overlay, test_screening and test_permit. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/verdict.h"
#include "suite.h"

typedef struct {
    const char *zone, *activity, *established, *after, *before;
    const char *attrs, *level, *basin, *from, *to;
    rdl_truth granted;
    bool papers, absent, expands;
    double area, min_m2; /* 0: 1000 and 900 */
} given;

static rdl_day day_or(const char *text, rdl_day unknown)
{
    rdl_day day = unknown;

    if (text)
        rdl_day_parse(text, &day, NULL);
    return day;
}

static rdl_pack *china(void)
{
    GError *error = NULL;
    rdl_pack *pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    return pack;
}

static rdl_verdict judge(const rdl_pack *pack, given g, const char *as_of)
{
    rdl_day today = day_or(as_of, 0), z = day_or(g.established, RDL_DAY_PAST);
    rdl_zone zone = {.class = rdl_pack_zone(pack, g.zone), .level = (char *)g.level, .basin = (char *)g.basin,
                     .established = {z, z}, .version = {day_or(g.from, RDL_DAY_PAST), day_or(g.to, RDL_DAY_FUTURE)},
                     .boundary_error_m = NAN};
    rdl_footprint f = {.activity = (char *)g.activity, .attrs = (char *)g.attrs, .expands = g.expands ? "older" : NULL,
                       .onset = {day_or(g.after, RDL_DAY_PAST), MIN(today, day_or(g.before, RDL_DAY_FUTURE))}};
    rdl_part part = {.area_m2 = g.area > 0 ? g.area : 1000, .min_m2 = g.min_m2 != 0 ? MAX(g.min_m2, 0) : 900, .max_m2 = 1100, .dimension = 2};
    rdl_approval a = {.granted = g.granted, .papers_only = g.papers, .note = g.absent ? "approvals=absent" : NULL};
    bool everywhere = strcmp(g.zone, "ANY") == 0;

    return rdl_verdict_of(pack, &f, everywhere ? NULL : &zone, everywhere ? NULL : &part, &a, RDL_VERSION_BOTH, NULL, today);
}

/* "WHEN VERDICT RESULT RULE", "-" for none. */
static void expect(const rdl_pack *pack, given g, const char *answer)
{
    rdl_verdict v = judge(pack, g, "2026-11-01");
    g_autofree char *got = g_strdup_printf("%s %s %s %s", rdl_when_text(v.when), v.verdict ? v.verdict : "-",
                                           rdl_result_text(v.result), v.rule ? v.rule->rule_id : "-");

    CHECK_TEXT(got, answer);
    rdl_verdict_clear(&v);
}

#define RESERVE "1998-05-01"

static void j1_verdict_and_result_are_two_words(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_CORE", "IND", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR26-02");
}

static void j2_an_act_by_its_day_a_state_by_today(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_SY", "IND", RESERVE, "2005-01-01", "2005-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR94-04");
    expect(p, (given){"AQ_BAN", "AQUA", "2024-01-01", "2005-01-01", "2005-06-01", .granted = RDL_NO}, "PRE_NO EXIT HISTORIC AQ-01");
    expect(p, (given){"DW1", "BLDG", "2010-01-01", "2020-01-01", "2020-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT DW-07");
}

static void j3_a_lawful_older_mine_is_not_accused(void)
{
    g_autoptr(rdl_pack) p = china();
    rdl_verdict v = judge(p, (given){"NR_HX", "MINE_QUARRY", RESERVE, "1990-01-01", "1995-01-01", .granted = RDL_YES}, "2020-01-01");

    CHECK_TEXT(v.verdict, "EXIT");
    CHECK_TEXT(rdl_result_text(v.result), "HISTORIC");
    rdl_verdict_clear(&v);
    expect(p, (given){"DW1", "BLDG", "2010-01-01", "2008-07-01", "2012-01-01", .granted = RDL_NO}, "UNKNOWN REVIEW UNKNOWN-DATE DW-10");
}

static void j4_unknown_attributes_are_asked_never_primary_beside_a_decided_row(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"DW2", "IND", "2010-01-01", "2020-01-01", "2020-06-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK DW-03");
    expect(p, (given){"NR_GEN", "IND", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR26-10");
    expect(p, (given){"NR_GEN", "IND", RESERVE, "2026-04-01", "2026-06-01", .attrs = "ANY_DAMAGE"}, "POST_NO PROHIBIT SUSPECT NR26-11");
    expect(p, (given){"NR_GEN", "IND", RESERVE, "2026-04-01", "2026-06-01", .attrs = "ANY_DAMAGE;-ANY_DAMAGE"}, "POST_NO PROHIBIT SUSPECT NR26-10");
}

static void j5_without_approvals_at_most_suspect_and_allow_stays(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"ERL", "IND", "2018-06-30", "2024-01-01", "2024-06-01", .absent = true}, "POST_NO DENY SUSPECT ERL-01");
    expect(p, (given){"ERL", "MGMT", "2018-06-30", "2024-01-01", "2024-06-01", .absent = true}, "POST_NO ALLOW CLEAN ERL-P1");
}

static void j6_specificity_hides_only_what_a_row_names(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_CORE", "RES", RESERVE, "2026-04-01", "2026-06-01", .expands = true}, "POST_NO PROHIBIT SUSPECT NR26-17");
    expect(p, (given){"WET_NAT", "MINE_SAND", "2000-01-01", "2023-01-01", "2023-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT WET-01");
    expect(p, (given){"PBF", "AQUA", "1999-06-01", "2022-01-01", "2022-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT PBF-01");
    expect(p, (given){"DW1", "TOUR", "2010-01-01", "2026-09-01", "2026-10-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT DW-01");
}

static void j8_a_river_of_no_named_basin_is_judged_by_the_general_rule(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"RIV", "MINE_SAND", "1990-01-01", "2025-08-01", "2025-09-01", .granted = RDL_NO}, "POST_NO PERMIT SUSPECT RIV-01");
    expect(p, (given){"RIV", "MINE_SAND", "1990-01-01", "2025-08-01", "2025-09-01", .basin = "YR"}, "POST_NO PROHIBIT SUSPECT YR-04");
}

static void j9_three_zone_reserves_after_2026_03_14_are_converted_and_reviewed(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_HC", "IND", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK NR26-02");
    expect(p, (given){"NR_SY", "IND", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK NR26-10");
    expect(p, (given){"NR_SY", "IND", RESERVE, "2026-03-14", "2026-03-14", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR94-04");
}

static void j10_old_notices_are_reviewed_for_new_acts_and_a_decided_row_leads(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_GEN", "EN_PV", RESERVE, "2026-04-01", "2026-06-01", .level = "G"}, "POST_NO PROHIBIT SUSPECT NR26-10");
    expect(p, (given){"NR_SY", "EN_PV", RESERVE, "2019-01-01", "2019-06-01", .level = "G"}, "POST_NO PROHIBIT SUSPECT NR18-01");
}

static void j11_the_measures_of_2018_are_for_national_reserves(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_SY", "EN_PV", RESERVE, "2019-01-01", "2019-06-01", .level = "S"}, "POST_NO PROHIBIT SUSPECT NR15-02");
}

static void j12_works_that_serve_the_source_are_asked_about(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"DW1", "WATERW", "2010-01-01", "2026-09-01", "2026-10-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK DW-01");
}

static void j13_the_positive_lists_are_rows(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NP_CORE", "MGMT", "2021-10-12", "2026-02-01", "2026-02-20", .granted = RDL_NO}, "POST_NO ALLOW CLEAN NP-P1");
    expect(p, (given){"ERL", "TR_LINE", "2018-06-30", "2024-01-01", "2024-06-01", .granted = RDL_YES}, "POST_OK PERMIT PERMIT-CHECK ERL-P6");
    expect(p, (given){"NR_GEN", "RESTORE", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_YES}, "POST_OK PERMIT PERMIT-CHECK NR26-P3");
}

static void j14_a_nature_park_goes_by_the_general_control_zone_for_review(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NPK", "IND", "2010-01-01", "2026-09-01", "2026-10-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK NR26-10");
}

static void j15_a_row_of_two_places_is_on_for_either(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) s1 = rdl_pack_open(suite_source("data/packs/cn"), "S1", &error);
    g_autoptr(rdl_pack) s4 = rdl_pack_open(suite_source("data/packs/cn"), "S4", &error);

    CHECK_OK(error);
    CHECK(rdl_pack_rule(s1, "BUILT-01")->enabled && rdl_pack_rule(s4, "BUILT-01")->enabled);
    CHECK(rdl_pack_rule(s1, "PARK-01")->enabled && !rdl_pack_rule(s4, "PARK-01")->enabled);
}

static void j17_a_multiple_compares_with_no_fixed_fine(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"PBF", "MINE_QUARRY", "1999-06-01", "2021-01-01", "2021-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT PBF-01");
}

static void j18_a_permit_by_the_wrong_body_is_reviewed_not_refused(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_GEN", "TOUR", RESERVE, "2026-04-01", "2026-06-01", .attrs = "-MARINE_SIDE", .granted = RDL_MAYBE, .papers = true},
           "UNKNOWN REVIEW PERMIT-CHECK -");
    expect(p, (given){"DW1", "BLDG", "2010-01-01", "2026-09-01", "2026-10-01", .granted = RDL_MAYBE, .papers = true}, "UNKNOWN PROHIBIT SUSPECT DW-01");
}

static void j19_a_new_house_is_construction_an_old_one_is_not(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_GEN", "RES", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR26-10");
    expect(p, (given){"DW1", "RES", "2010-01-01", "2000-01-01", "2003-01-01", .granted = RDL_NO}, "PRE_NO REVIEW HISTORIC -");
    expect(p, (given){"NR_GEN", "AGRI", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO DENY SUSPECT NR26-09");
}

static void j20_a_child_matches_its_parents_rows(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"AQ_BAN", "AQUA_CAGE", "2004-01-01", "2020-01-01", "2020-06-01", .granted = RDL_NO}, "POST_NO EXIT HISTORIC AQ-01");
    expect(p, (given){"YZ_1KM", "IND", "2000-01-01", "2022-01-01", "2022-06-01", .granted = RDL_NO}, "POST_NO - CLEAN -");
}

static void j21_a_straddled_law_is_unknown_unless_the_rows_agree(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_CORE", "IND", RESERVE, "2026-03-01", "2026-04-01", .granted = RDL_NO}, "UNKNOWN REVIEW UNKNOWN-DATE NR26-02");
    expect(p, (given){"DW1", "BLDG", "2010-01-01", "2017-10-01", "2018-03-31", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT DW-10");
    /* what is reviewed whatever the day does not hide the doubt */
    expect(p, (given){"ERL", "BLDG", "2018-06-30", "2022-06-01", "2022-09-01", .granted = RDL_NO}, "UNKNOWN REVIEW UNKNOWN-DATE ERL-01");
    expect(p, (given){"ERL", "WASTE", "2018-06-30", "2022-06-01", "2022-09-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT ERL-03");
}

static void j22_bounds_count(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_SY", "IND", RESERVE, "1998-05-01", "1999-01-01", .granted = RDL_NO}, "POST_NO PROHIBIT SUSPECT NR94-04");
    expect(p, (given){"NR_SY", "IND", RESERVE, "1997-01-01", "1998-04-30", .granted = RDL_NO}, "PRE_NO REVIEW HISTORIC -");
}

static void j25_no_row_at_all_is_clean_a_row_out_of_force_is_reviewed(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"LIV_BAN", "AQUA", "2012-01-01", "2015-01-01", "2015-06-01", .granted = RDL_NO}, "POST_NO - CLEAN -");
    expect(p, (given){"YZ_1KM", "IND_CHEM", "2000-01-01", "2020-01-01", "2020-06-01", .granted = RDL_NO}, "POST_NO REVIEW PERMIT-CHECK -");
    expect(p, (given){"YZ_1KM", "IND_CHEM", "2000-01-01", "2022-01-01", "2022-06-01", .granted = RDL_YES}, "POST_OK REVIEW PERMIT-CHECK -");
}

static void j29_an_unknown_activity_meets_rows_for_any_only(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_CORE", "UNKNOWN", RESERVE, "2026-04-01", "2026-06-01", .granted = RDL_NO}, "POST_NO DENY SUSPECT NR26-01");
}

static void j31_a_part_that_may_be_nothing_is_an_edge(void)
{
    g_autoptr(rdl_pack) p = china();
    expect(p, (given){"NR_CORE", "IND", RESERVE, "2026-04-01", "2026-06-01", .min_m2 = -1}, "POST_NO PROHIBIT EDGE NR26-02");
}

static CU_TestInfo tests[] = {
    {"J1 verdict and result are two words", j1_verdict_and_result_are_two_words},
    {"J2 an act by its day, a state by today", j2_an_act_by_its_day_a_state_by_today},
    {"J3 a lawful older mine is not accused", j3_a_lawful_older_mine_is_not_accused},
    {"J4 unknown attributes are asked, never primary beside a decided row", j4_unknown_attributes_are_asked_never_primary_beside_a_decided_row},
    {"J5 without approvals at most suspect, and allowed stays allowed", j5_without_approvals_at_most_suspect_and_allow_stays},
    {"J6 specificity hides only what a row names", j6_specificity_hides_only_what_a_row_names},
    {"J8 a river of no named basin is judged by the general rule", j8_a_river_of_no_named_basin_is_judged_by_the_general_rule},
    {"J9 three-zone reserves after 2026-03-14 are converted and reviewed", j9_three_zone_reserves_after_2026_03_14_are_converted_and_reviewed},
    {"J10 old notices are reviewed for new acts, a decided row leads", j10_old_notices_are_reviewed_for_new_acts_and_a_decided_row_leads},
    {"J11 the measures of 2018 are for national reserves", j11_the_measures_of_2018_are_for_national_reserves},
    {"J12 works that serve the source are asked about", j12_works_that_serve_the_source_are_asked_about},
    {"J13 the positive lists are rows", j13_the_positive_lists_are_rows},
    {"J14 a nature park goes by the general control zone, for review", j14_a_nature_park_goes_by_the_general_control_zone_for_review},
    {"J15 a row of two places is on for either", j15_a_row_of_two_places_is_on_for_either},
    {"J17 a multiple compares with no fixed fine", j17_a_multiple_compares_with_no_fixed_fine},
    {"J18 a permit by the wrong body is reviewed, not refused", j18_a_permit_by_the_wrong_body_is_reviewed_not_refused},
    {"J19 a new house is construction, an old one is not", j19_a_new_house_is_construction_an_old_one_is_not},
    {"J20 a child matches its parent's rows", j20_a_child_matches_its_parents_rows},
    {"J21 a straddled law is unknown unless the rows agree", j21_a_straddled_law_is_unknown_unless_the_rows_agree},
    {"J22 bounds count", j22_bounds_count},
    {"J25 no row at all is clean, a row out of force is reviewed", j25_no_row_at_all_is_clean_a_row_out_of_force_is_reviewed},
    {"J29 an unknown activity meets rows for ANY only", j29_an_unknown_activity_meets_rows_for_any_only},
    {"J31 a part that may be nothing is an edge", j31_a_part_that_may_be_nothing_is_an_edge},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.judgement", tests, argc, argv);
}
