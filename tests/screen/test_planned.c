/* Projects on a list are answered, nothing is accused. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "screen/planned.h"
#include "suite.h"

/* `shore_m`: metres to a shoreline of the Yangtze; NaN: not known. */
static void ask_near(const rdl_pack *pack, const char *zone_code, const char *activity,
                     const char *attrs, double min_m2, double shore_m, const char *answer,
                     const char *rule)
{
    rdl_zone zone = {.class = rdl_pack_zone(pack, zone_code),
                     .level = "G",
                     .established = {1, 1},
                     .version = {1, RDL_DAY_FUTURE},
                     .boundary_error_m = NAN};
    rdl_day today = rdl_day_of(2026, 11, 1);
    rdl_footprint f = {.fp_id = "P",
                       .activity = (char *)activity,
                       .attrs = (char *)attrs,
                       .planned = true,
                       .onset = {today, today}};
    rdl_part part = {.area_m2 = 100, .min_m2 = min_m2, .max_m2 = 110, .dimension = 2};
    rdl_approval none = {.granted = RDL_NO, .note = "approvals=absent"};
    bool everywhere = strcmp(zone_code, "ANY") == 0;
    double near[64];
    for (size_t i = 0; i < G_N_ELEMENTS(near); i++)
        near[i] = NAN;
    near[rdl_pack_zone(pack, "YZ_SHORE")->number] = shore_m;
    rdl_verdict v = rdl_verdict_planned(pack, &f, everywhere ? NULL : &zone,
                                        everywhere ? NULL : &part, &none, near, today);

    bool good = CHECK_TEXT(rdl_result_text(v.result), answer);
    good = CHECK_TEXT(v.rule ? v.rule->rule_id : NULL, rule) && good;
    CHECK(!v.note || !strstr(v.note, "absent"));
    if (!good)
        printf("\n    in: %s in %s", activity, zone_code);
    rdl_verdict_clear(&v);
}

static void ask(const rdl_pack *pack, const char *zone_code, const char *activity,
                const char *attrs, double min_m2, const char *answer, const char *rule)
{
    ask_near(pack, zone_code, activity, attrs, min_m2, NAN, answer, rule);
}

static void the_same_rules_answer(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    if (!pack)
        return;
    ask(pack, "NR_CORE", "IND", NULL, 90, "REFUSE", "NR26-02");
    ask(pack, "NR_CORE", "TR_LINE", NULL, 90, "PERMIT-NEEDED", "NR26-07");
    ask(pack, "NR_CORE", "MGMT", NULL, 90, "PASS", "NR26-04");
    ask(pack, "NR_GEN", "MINE_QUARRY", NULL, 90, "REFUSE", "NR26-14");
    ask(pack, "NR_GEN", "WATERW", "INFRA", 90, "PERMIT-NEEDED", "NR26-12");
    ask(pack, "NR_GEN", "TOUR", NULL, 90, "PERMIT-NEEDED", "NR26-15");
    ask(pack, "ERL", "IND", NULL, 90, "REFUSE", "ERL-01");
    ask(pack, "ERL", "TR_LINE", NULL, 90, "PERMIT-NEEDED", "ERL-P6");
    ask(pack, "DW1", "BLDG", NULL, 90, "REFUSE", "DW-01");
    ask(pack, "DW2", "IND", NULL, 90, "ASK", "DW-03");
    ask(pack, "DW2", "IND", "-POLLUTING_PROJECT", 90, "PASS", NULL);
    ask(pack, "DW2", "IND", "POLLUTING_PROJECT", 90, "REFUSE", "DW-03");
    ask(pack, "RIV", "BLDG", NULL, 90, "PERMIT-NEEDED", "RIV-01");
    ask(pack, "FJMS", "BLDG", NULL, 90, "PERMIT-NEEDED", "FJ-03");
    ask(pack, "YZ_1KM", "IND_CHEM", NULL, 90, "REFUSE", "YZ-01");
    ask(pack, "YZ_1KM", "BLDG", NULL, 90, "PASS", NULL);
    ask(pack, "ANY", "MINE_QUARRY", NULL, 90, "PERMIT-NEEDED", "MIN-02");
}

/* A row for all territory forbids the work, unless it names the licence that is wanting. */
static void a_ban_is_no_want_of_a_licence(void)
{
    static const char none[] = "-EIA_REPORT_PROJECT;-EIA_FORM_PROJECT;-ACCESS_LIST_VIOLATION;"
                               "-MINE_RESTORE_DUTY";
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    if (!pack)
        return;
    ask_near(pack, "ANY", "IND_CHEM", none, 90, 999.0, "REFUSE", "YZ-01S");
    ask_near(pack, "ANY", "IND_CHEM", none, 90, 1001.0, "PASS", NULL);
    ask(pack, "ANY", "IND", "ACCESS_LIST_VIOLATION", 90, "REFUSE", "ERL-06");
    ask(pack, "ANY", "IND", "EIA_REPORT_PROJECT;-ACCESS_LIST_VIOLATION", 90, "PERMIT-NEEDED",
        "EIA-01");
}

static void what_is_open_is_asked(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error);

    CHECK_OK(error);
    if (!pack)
        return;
    ask(pack, "NR_CORE", "IND", NULL, 0, "ASK", "NR26-02");      /* perhaps beside the zone */
    ask(pack, "NR_CORE", "UNKNOWN", NULL, 90, "ASK", "NR26-01"); /* what is it? */
    ask(pack, "NR_HX", "IND", NULL, 90, "ASK", "NR26-02");       /* converted, not approved */
}

static CU_TestInfo tests[] = {
    {"the same rules answer", the_same_rules_answer},
    {"a ban is no want of a licence", a_ban_is_no_want_of_a_licence},
    {"what is open is asked", what_is_open_is_asked},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.planned", tests, argc, argv);
}
