/* Situations worked out by hand from the articles, against the pack of China and the made-up one.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/verdict.h"
#include "suite.h"

typedef struct {
    const char *said; /* the situation in words */
    const char *zone, *level, *basin, *established;
    const char *activity, *attrs;
    const char *after, *before; /* onset */
    rdl_truth granted;
    bool expansion;
    const char *when, *verdict, *result, *rule, *then;
} situation;

static rdl_day day_or(const char *text, rdl_day unknown)
{
    rdl_day day = unknown;

    if (text)
        rdl_day_parse(text, &day, NULL);
    return day;
}

static void check(const rdl_pack *pack, const situation *s, const char *as_of)
{
    rdl_day today = day_or(as_of, 0), z = day_or(s->established, RDL_DAY_PAST);
    rdl_zone zone = {.class = rdl_pack_zone(pack, s->zone),
                     .level = (char *)s->level,
                     .basin = (char *)s->basin,
                     .established = {z, z},
                     .version = {z, RDL_DAY_FUTURE},
                     .boundary_error_m = NAN};
    rdl_footprint f = {
        .activity = (char *)s->activity,
        .attrs = (char *)s->attrs,
        .expands = s->expansion ? "older" : NULL,
        .onset = {day_or(s->after, RDL_DAY_PAST), MIN(today, day_or(s->before, RDL_DAY_FUTURE))}};
    rdl_part part = {.area_m2 = 100, .min_m2 = 90, .max_m2 = 110, .dimension = 2};
    rdl_approval approval = {.granted = s->granted};
    rdl_verdict v = rdl_verdict_of(pack, &f, strcmp(s->zone, "ANY") ? &zone : NULL, &part,
                                   &approval, RDL_VERSION_BOTH, NULL, today);

    bool good = CHECK_TEXT(rdl_when_text(v.when), s->when);
    good = CHECK_TEXT(v.verdict, s->verdict) && good;
    good = CHECK_TEXT(rdl_result_text(v.result), s->result) && good;
    good = CHECK_TEXT(v.rule ? v.rule->rule_id : NULL, s->rule) && good;
    good = CHECK_TEXT(v.rule_then ? v.rule_then->rule_id : NULL, s->then) && good;
    if (!good)
        printf("\n    in: %s", s->said);
    rdl_verdict_clear(&v);
}

static const situation china[] = {
    {"a factory of 2026 in the core of a two-zone reserve", "NR_CORE", "G", NULL, "1998-05-01",
     "IND", "-ANY_DAMAGE;-MARINE_SIDE", "2026-04-01", "2026-06-01", RDL_NO, false, "POST_NO",
     "PROHIBIT", "SUSPECT", "NR26-02", NULL},
    {"the same that damaged nature: the row with the higher fine", "NR_CORE", "G", NULL,
     "1998-05-01", "IND", "ANY_DAMAGE;-MARINE_SIDE", "2026-04-01", "2026-06-01", RDL_NO, false,
     "POST_NO", "PROHIBIT", "SUSPECT", "NR26-03", NULL},
    {"a ranger station is on the positive list", "NR_CORE", "G", NULL, "1998-05-01", "MGMT",
     "-MARINE_SIDE", "2026-04-01", "2026-06-01", RDL_NO, false, "POST_NO", "ALLOW", "CLEAN",
     "NR26-04", NULL},
    {"a resident's enlargement is a small matter", "NR_GEN", "G", NULL, "1998-05-01", "RES",
     "-ANY_DAMAGE;-MARINE_SIDE", "2026-04-01", "2026-06-01", RDL_NO, true, "POST_NO", "PROHIBIT",
     "SUSPECT", "NR26-17", NULL},
    {"a new house is no enlargement", "NR_GEN", "G", NULL, "1998-05-01", "RES",
     "-ANY_DAMAGE;-MARINE_SIDE", "2026-04-01", "2026-06-01", RDL_NO, false, "POST_NO", "PROHIBIT",
     "SUSPECT", "NR26-10", NULL},
    {"a factory of 2003 in the core of a three-zone reserve", "NR_HX", "G", NULL, "1998-05-01",
     "IND", NULL, "2000-03-17", "2003-02-06", RDL_NO, false, "POST_NO", "PROHIBIT", "SUSPECT",
     "NR94-01", NULL},
    {"older than the reserve, no approval known: history", "NR_HX", "G", NULL, "1998-05-01", "IND",
     NULL, "1990-01-01", "1995-01-01", RDL_NO, false, "PRE_NO", "REVIEW", "HISTORIC", NULL, NULL},
    {"a lawful older mine leaves with compensation", "NR_HX", "G", NULL, "1998-05-01",
     "MINE_QUARRY", NULL, "1990-01-01", "1995-01-01", RDL_YES, false, "PRE_OK", "EXIT", "HISTORIC",
     "NR15-04", NULL},
    {"the onset straddles the establishment: never accused", "NR_HX", "G", NULL, "1998-05-01",
     "IND", "-MARINE_SIDE", "1996-01-01", "2001-01-01", RDL_NO, false, "UNKNOWN", "REVIEW",
     "UNKNOWN-DATE", NULL, NULL},
    {"a building of 2003 in a red line of 2018", "ERL", NULL, NULL, "2018-06-30", "BLDG", NULL,
     "2000-03-17", "2003-02-06", RDL_NO, false, "PRE_NO", "REVIEW", "HISTORIC", "ERL-05", NULL},
    {"a building of 2024 in the red line", "ERL", NULL, NULL, "2018-06-30", "BLDG", NULL,
     "2024-01-01", "2024-06-01", RDL_NO, false, "POST_NO", "DENY", "SUSPECT", "ERL-01", NULL},
    {"a building of 2019 in the red line: no row was in force", "ERL", NULL, NULL, "2018-06-30",
     "BLDG", NULL, "2019-01-01", "2019-06-01", RDL_NO, false, "POST_NO", "REVIEW", "PERMIT-CHECK",
     "ERL-05", NULL},
    {"a hotel of 2020 at a first-grade source: the act's own row", "DW1", NULL, NULL, "2010-01-01",
     "BLDG", NULL, "2020-01-01", "2020-06-01", RDL_NO, false, "POST_NO", "PROHIBIT", "SUSPECT",
     "DW-07", NULL},
    {"a building older than the source zone must go all the same", "DW1", NULL, NULL, "2010-01-01",
     "BLDG", NULL, "2000-01-01", "2003-01-01", RDL_NO, false, "PRE_NO", "PROHIBIT", "SUSPECT",
     "DW-01", NULL},
    {"a waterworks serves the source: a person decides", "DW1", NULL, NULL, "2010-01-01", "WATERW",
     NULL, "2026-09-01", "2026-10-01", RDL_NO, false, "POST_NO", "REVIEW", "PERMIT-CHECK", "DW-01",
     NULL},
    {"whether it pollutes is not known: asked, not accused", "DW2", NULL, NULL, "2010-01-01", "IND",
     NULL, "2020-01-01", "2020-06-01", RDL_NO, false, "POST_NO", "REVIEW", "PERMIT-CHECK", "DW-03",
     NULL},
    {"it is known not to pollute", "DW2", NULL, NULL, "2010-01-01", "IND", "-POLLUTING_PROJECT",
     "2020-01-01", "2020-06-01", RDL_NO, false, "POST_NO", NULL, "CLEAN", NULL, NULL},
    {"solar power in a national reserve", "NR_SY", "G", NULL, "1998-05-01", "EN_PV", NULL,
     "2019-01-01", "2019-06-01", RDL_NO, false, "POST_NO", "PROHIBIT", "SUSPECT", "NR18-01", NULL},
    {"solar power in a provincial reserve: the national rule is silent", "NR_SY", "S", NULL,
     "1998-05-01", "EN_PV", NULL, "2019-01-01", "2019-06-01", RDL_NO, false, "POST_NO", "PROHIBIT",
     "SUSPECT", "NR15-02", NULL},
    {"sand from an unnamed river: which law is not known", "RIV", NULL, NULL, "1990-01-01",
     "MINE_SAND", NULL, "2025-08-01", "2025-09-01", RDL_NO, false, "POST_NO", "PERMIT", "SUSPECT",
     "RIV-01", NULL},
    {"sand from the Yangtze", "RIV", NULL, "YZ", "1990-01-01", "MINE_SAND", NULL, "2025-08-01",
     "2025-09-01", RDL_NO, false, "POST_NO", "PROHIBIT", "SUSPECT", "YZ-04", NULL},
    {"a mine without a licence, anywhere", "ANY", NULL, NULL, NULL, "MINE_QUARRY", NULL,
     "2025-08-01", "2025-09-01", RDL_NO, false, "POST_NO", "PROHIBIT", "SUSPECT", "MIN-02", NULL},
};

static void the_law_of_china_is_applied_as_by_hand(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    for (size_t i = 0; pack && i < G_N_ELEMENTS(china); i++)
        check(pack, &china[i], "2026-11-01");
}

static void the_lighter_newer_law_judges(void)
{
    static const situation cases[] = {
        {"a farm of 2010 in the forest: fined by the newer, lighter row", "NF", NULL, NULL,
         "1990-01-01", "FARM", NULL, "2010-01-01", "2010-06-01", RDL_NO, false, "POST_NO",
         "PROHIBIT", "SUSPECT", "NF-02", "NF-01"}};
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/demo"), NULL, &error);

    CHECK_OK(error);
    if (pack)
        check(pack, &cases[0], "2026-11-01");
}

static void a_part_that_may_be_nothing_is_only_an_edge(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    rdl_zone zone = {
        .class = rdl_pack_zone(pack, "ERL"), .established = {1, 1}, .version = {1, RDL_DAY_FUTURE}};
    rdl_footprint f = {.activity = "BLDG",
                       .onset = {rdl_day_of(2024, 1, 1), rdl_day_of(2024, 6, 1)}};
    rdl_part part = {.area_m2 = 10, .min_m2 = 0, .max_m2 = 90, .dimension = 2};
    rdl_approval none = {.granted = RDL_NO};

    CHECK_OK(error);
    rdl_verdict v = rdl_verdict_of(pack, &f, &zone, &part, &none, RDL_VERSION_BOTH, NULL,
                                   rdl_day_of(2026, 11, 1));
    CHECK_TEXT(rdl_result_text(v.result), "EDGE");
    CHECK_TEXT(v.verdict, "DENY");
    rdl_verdict_clear(&v);
}

static void whatever_the_onset_unknown_dates_never_accuse(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    static const char *const zones[] = {"NR_CORE", "NR_HX", "ERL", "DW1", "DW2", "PBF", "WET_NAT"};
    static const char *const activities[] = {"IND",  "MINE_QUARRY", "RES",
                                             "LIVE", "UNKNOWN",     "MGMT"};
    GRand *r = suite_rand();

    CHECK_OK(error);
    for (int i = 0; pack && i < 5000; i++) {
        rdl_day z = rdl_day_of(1990, 1, 1) + g_rand_int_range(r, 0, 10000);
        rdl_zone zone = {
            .class = rdl_pack_zone(pack, zones[g_rand_int_range(r, 0, G_N_ELEMENTS(zones))]),
            .established = {z, z},
            .version = {z, RDL_DAY_FUTURE}};
        rdl_footprint f = {
            .activity = (char *)activities[g_rand_int_range(r, 0, G_N_ELEMENTS(activities))],
            .onset = {z - g_rand_int_range(r, 1, 5000), z + g_rand_int_range(r, 0, 5000)}};
        rdl_approval none = {.granted = RDL_NO};
        rdl_verdict v =
            rdl_verdict_of(pack, &f, &zone, NULL, &none, RDL_VERSION_BOTH, NULL, z + 12000);
        if (v.result != RDL_RESULT_UNKNOWN_DATE)
            CHECK_TEXT(rdl_result_text(v.result), "UNKNOWN-DATE");
        rdl_verdict_clear(&v);
    }
}

/* A patch whose ground turned green accuses nobody, wherever it lies; the same ground laid bare
 * does.
 */
static void what_turned_green_is_clean(void)
{
    static const char *const zones[] = {"NR_CORE", "NR_GEN"};
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    rdl_day z = rdl_day_of(1998, 5, 1), today = rdl_day_of(2026, 11, 1);
    rdl_part part = {.area_m2 = 100, .min_m2 = 90, .max_m2 = 110, .dimension = 2};
    rdl_approval none = {.granted = RDL_NO};

    CHECK_OK(error);
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(zones); i++) {
        bool green = i % 2 == 0;
        rdl_zone zone = {.class = rdl_pack_zone(pack, zones[i / 2]),
                         .level = "G",
                         .established = {z, z},
                         .version = {z, RDL_DAY_FUTURE},
                         .boundary_error_m = NAN};
        rdl_footprint f = {.activity = "UNKNOWN",
                           .patch = true,
                           .built_nothing = green,
                           .onset = {rdl_day_of(2026, 4, 1), rdl_day_of(2026, 7, 1)}};
        rdl_verdict v =
            rdl_verdict_of(pack, &f, &zone, &part, &none, RDL_VERSION_BOTH, NULL, today);
        CHECK(zone.class != NULL);
        CHECK((v.result == RDL_RESULT_CLEAN) == green);
        CHECK((v.hits->len == 0) == green);
        if (green)
            CHECK_TEXT(v.note, "the ground turned green: nothing was built");
        rdl_verdict_clear(&v);
    }
}

/* J29: no row that names activities is asked about what nobody knows. That is not the same as a
 * thing which no row forbids, and is said. */
static void clean_for_want_of_knowledge_is_said(void)
{
    static const struct {
        const char *zone, *activity;
        bool said;
    } cases[] = {{"RIV", "UNKNOWN", true}, {"RIV", "AGRI", false}, {"DW1", "UNKNOWN", true}};
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);
    rdl_day z = rdl_day_of(1998, 5, 1);
    rdl_part part = {.area_m2 = 100, .min_m2 = 90, .max_m2 = 110, .dimension = 2};
    rdl_approval none = {.granted = RDL_NO};

    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        rdl_zone zone = {.class = rdl_pack_zone(pack, cases[i].zone),
                         .basin = "YR",
                         .established = {z, z},
                         .version = {z, RDL_DAY_FUTURE},
                         .boundary_error_m = NAN};
        rdl_footprint f = {.activity = cases[i].activity,
                           .onset = {rdl_day_of(2024, 4, 1), rdl_day_of(2024, 7, 1)}};
        rdl_verdict v = rdl_verdict_of(pack, &f, &zone, &part, &none, RDL_VERSION_BOTH, NULL,
                                       rdl_day_of(2026, 11, 1));
        CHECK_TEXT(rdl_result_text(v.result), "CLEAN");
        CHECK((v.note && strstr(v.note, "not asked")) == cases[i].said);
        rdl_verdict_clear(&v);
    }
}

static CU_TestInfo tests[] = {
    {"the law of China is applied as by hand", the_law_of_china_is_applied_as_by_hand},
    {"the lighter newer law judges", the_lighter_newer_law_judges},
    {"a part that may be nothing is only an edge", a_part_that_may_be_nothing_is_only_an_edge},
    {"whatever the onset, unknown dates never accuse",
     whatever_the_onset_unknown_dates_never_accuse},
    {"what turned green is clean", what_turned_green_is_clean},
    {"clean for want of knowledge is said", clean_for_want_of_knowledge_is_said},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.verdict", tests, argc, argv);
}
