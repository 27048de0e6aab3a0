/* The pack of China against the reference tables it was made from, cell by cell: a date, a fine or
 * an article nobody meant to change shows here. Where the pack says more, it is named, with its
 * ground. */
#include <stdio.h>
#include <string.h>
#include "screen/pack.h"
#include "suite.h"

#define FOLDER "tests/fixtures/law/"

static rdl_pack *cn;

static rdl_csv *reference(const char *file)
{
    GError *error = NULL;
    g_autofree char *path = g_strconcat(FOLDER, file, NULL);
    rdl_csv *csv = rdl_csv_read(suite_source(path), &error);

    CHECK_OK(error);
    return csv;
}

/* Row of the pack's table; -1 (told) where it is not there. */
static gssize row_of(const rdl_csv *table, const char *column, const char *code)
{
    gssize row = rdl_csv_find(table, column, code);

    if (!CHECK(row >= 0))
        printf("\n    %s is not in the pack\n", code);
    return row;
}

static bool has(const char *list, const char *text)
{
    g_auto(GStrv) all = g_strsplit(list, "|", -1);

    return g_strv_contains((const char *const *)all, text);
}

/* ---- rules ---- */

/* Cells in which the pack says more than the reference (decisions 8 and 41, points J2, J8, J11). */
static const char *const more[][4] = {
    {"WET-05", "activity", "MINE_SAND|MINE_OPEN|MINE_QUARRY", "quarrying is mining"},
    {"QT-02", "activity", "MINE_OPEN|MINE_SAND|MINE_QUARRY", "quarrying is mining"},
    {"NR94-06", "applies", "BOTH", "an act under a repealed ANY row"},
    {"NR94-07", "applies", "BOTH", "an act under a repealed ANY row"},
    {"DW-01", "applies", "BOTH", "the act's row first, else today's"},
    {"DW-07", "applies", "BOTH", "the act's row first, else today's"},
    {"DW-08", "applies", "BOTH", "in force at the act, shown beside DW-03"},
    {"DW-10", "applies", "BOTH", "the act's row first, else today's"},
    {"NR18-01", "level", "G", "of national reserves only"},
    {"NR18-02", "level", "G", "of national reserves only"},
    {"YZ-03", "basin", "YZ", "of the Yangtze's basin only"},
    {"YZ-04", "basin", "YZ", "of the Yangtze's basin only"},
    {"YR-03", "basin", "YR", "of the Yellow River's basin only"},
    {"YR-04", "basin", "YR", "of the Yellow River's basin only"},
    {"YZ-03", "season", "zone", "the closed season of the polygon"},
    {"YR-04", "season", "zone", "the closed season of the polygon"},
    {"DW-01", "ask_if", "WATERW|MGMT", "works that serve the source"},
    {"DW-07", "ask_if", "WATERW|MGMT", "works that serve the source"},
    {"DW-10", "ask_if", "WATERW|MGMT", "works that serve the source"},
    {"PARK-01", "only_if", "OUTSIDE_PARK", "within-park test"},
    {"MIN-02", "licence", "采矿许可证", "forbids the want of it"},
    {"EIA-01", "licence", "环境影响报告书批准", "forbids the want of it"},
    {"EIA-02", "licence", "环境影响报告表批准", "forbids the want of it"}};

static const char *wanted(const char *id, const char *column, const char *reference)
{
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++)
        if (strcmp(more[i][0], id) == 0 && strcmp(more[i][1], column) == 0)
            return more[i][2];
    return reference;
}

static void check_cell(const rdl_csv *rules, gssize row, const char *id, const char *column,
                       const char *reference)
{
    const char *want = wanted(id, column, reference);

    if (!CHECK_TEXT(rdl_csv_at(rules, (size_t)row, column), want))
        printf("\n    %s of %s\n", column, id);
}

/* What the two further columns of the reference's contract say: a state or an act; off when local.
 */
static void check_contract(const rdl_csv *rules, gssize row, const rdl_csv *law, size_t i)
{
    const char *id = rdl_csv_at(law, i, "rule_id"), *when = rdl_csv_at(law, i, "when");
    bool state = strcmp(when, "ANY") == 0 || strcmp(when, "PRE_OK") == 0 ||
                 strcmp(rdl_csv_at(law, i, "verdict"), "EXIT") == 0;
    bool local = g_str_has_prefix(rdl_csv_at(law, i, "basis"), "LOCAL");

    check_cell(rules, row, id, "applies", state ? "STATE" : "ACT");
    check_cell(rules, row, id, "enabled", local ? "0" : "1");
    check_cell(rules, row, id, "level", "");
    check_cell(rules, row, id, "basin", "");
    check_cell(rules, row, id, "season", "");
    check_cell(rules, row, id, "ask_if", "");
    check_cell(rules, row, id, "only_if", "");
    check_cell(rules, row, id, "licence", "");
}

static void every_rule_is_as_its_article(void)
{
    g_autoptr(rdl_csv) law = reference("rules.csv");
    const rdl_csv *rules = rdl_pack_table(cn, "rules.csv");
    const char *column;

    CHECK_INT(rdl_csv_count(law), 100);
    for (size_t i = 0; i < rdl_csv_count(law); i++) {
        const char *id = rdl_csv_at(law, i, "rule_id");
        gssize row = row_of(rules, "rule_id", id);
        for (int c = 0; row >= 0 && (column = rdl_csv_column_name(law, c)); c++)
            check_cell(rules, row, id, column, rdl_csv_at(law, i, column));
        if (row >= 0)
            check_contract(rules, row, law, i);
    }
}

/* Positive lists (J13), shorelines and crossings measured, other buildings in a scenic core. */
static void no_rule_came_from_nowhere(void)
{
    static const char *const added[] = {
        "NR26-P1", "NR26-P2", "NR26-P3", "NR26-P4", "NR26-P5", "NR26-P6", "NP-P1",  "NP-P2",
        "NP-P3",   "NP-P4",   "NP-P5",   "NP-P6",   "NP-P7",   "NP-P8",   "NP-P9",  "ERL-P1",
        "ERL-P2",  "ERL-P3",  "ERL-P4",  "ERL-P5",  "ERL-P6",  "ERL-P7",  "ERL-P8", "DW-12",
        "DW-13",   "YZ-01S",  "YZ-02S",  "FJ-02R",  NULL};
    g_autoptr(rdl_csv) law = reference("rules.csv");
    const rdl_csv *rules = rdl_pack_table(cn, "rules.csv");

    for (size_t i = 0; i < rdl_csv_count(rules); i++) {
        const char *id = rdl_csv_at(rules, i, "rule_id");
        if (!CHECK(rdl_csv_find(law, "rule_id", id) >= 0 || g_strv_contains(added, id)))
            printf("\n    %s is neither of the reference nor named here\n", id);
    }
}

/* ---- zones, activities, predicates ---- */

static void every_zone_has_its_words_and_attributes(void)
{
    g_autoptr(rdl_csv) law = reference("zones.csv");
    const rdl_csv *zones = rdl_pack_table(cn, "zones.csv");

    CHECK_INT(rdl_csv_count(law), 37);
    for (size_t i = 0; i < rdl_csv_count(law); i++) {
        const char *code = rdl_csv_at(law, i, "zone");
        gssize row = row_of(zones, "zone", code);
        if (row < 0)
            continue;
        const char *name = rdl_csv_at(zones, (size_t)row, "name_zh");
        g_auto(GStrv) attributes = g_strsplit(rdl_csv_at(law, i, "attributes"), " ", -1);
        bool good = CHECK(strstr(name, rdl_csv_at(law, i, "word")) != NULL) &&
                    CHECK(strstr(name, rdl_csv_at(law, i, "word2")) != NULL);
        for (char **a = attributes; *a && **a; a++)
            good = CHECK(has(rdl_csv_at(zones, (size_t)row, "attributes"), *a)) && good;
        if (!good)
            printf("\n    of zone %s\n", code);
    }
}

/* Special zones go before the red line, it before the rest, all before nothing (3.4b item 4). */
static void special_zones_go_before_the_line(void)
{
    static const char *const special[] = {"NP_CORE", "NP_GEN", "NR_CORE", "NR_GEN", "NR_HX",
                                          "NR_HC",   "NR_SY",  "NR_UNZ",  "NPK",    "FJMS",
                                          "FJMS_HX", "DW1",    "DW2",     "DWZ"};
    static const char *const general[] = {"PBF", "WET", "WET_NAT", "FOREST", "GRASS", "RIV"};
    int line = rdl_pack_zone(cn, "ERL")->priority;

    for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
        CHECK(rdl_pack_zone(cn, special[i])->priority < line);
    for (size_t i = 0; i < G_N_ELEMENTS(general); i++)
        CHECK(rdl_pack_zone(cn, general[i])->priority > line);
    CHECK_TEXT(rdl_pack_zone(cn, "NR_HX")->converts_to, "NR_CORE");
    CHECK_TEXT(rdl_pack_zone(cn, "NR_HC")->converts_to, "NR_CORE");
    CHECK_TEXT(rdl_pack_zone(cn, "NR_SY")->converts_to, "NR_GEN");
    CHECK_TEXT(rdl_pack_zone(cn, "NPK")->converts_to, "NR_GEN");
}

static void check_activity(const rdl_csv *activities, const rdl_csv *law, size_t i)
{
    static const char *const crosswalk[] = {"hj1156", "ten_class", "land_code"};
    const char *code = rdl_csv_at(law, i, "code");
    gssize row = row_of(activities, "code", code);

    if (row < 0)
        return;
    bool good = CHECK(
        strstr(rdl_csv_at(activities, (size_t)row, "name_zh"), rdl_csv_at(law, i, "word")) != NULL);
    for (size_t c = 0; c < G_N_ELEMENTS(crosswalk); c++)
        good = CHECK_TEXT(rdl_csv_at(activities, (size_t)row, crosswalk[c]),
                          rdl_csv_at(law, i, crosswalk[c])) &&
               good;
    if (!good)
        printf("\n    of activity %s\n", code);
}

static void every_code_is_an_activity_or_a_predicate(void)
{
    g_autoptr(rdl_csv) law = reference("activities.csv");
    const rdl_csv *activities = rdl_pack_table(cn, "activities.csv");
    const rdl_csv *predicates = rdl_pack_table(cn, "predicates.csv");

    CHECK_INT(rdl_csv_count(law), 58);
    for (size_t i = 0; i < rdl_csv_count(law); i++) {
        const char *code = rdl_csv_at(law, i, "code"), *kind = rdl_csv_at(law, i, "kind");
        if (strcmp(kind, "activity") == 0) {
            check_activity(activities, law, i);
            continue;
        }
        gssize row = row_of(predicates, "code", code);
        if (row >= 0 && !CHECK_TEXT(rdl_csv_at(predicates, (size_t)row, "kind"), kind))
            printf("\n    of predicate %s\n", code);
    }
}

/* Members of the two sets, by every activity there is. */
static void sets_hold_what_they_name(void)
{
    static const char *const production[] = {"IND",       "IND_CHEM",  "MINE_OPEN", "MINE_QUARRY",
                                             "MINE_SAND", "MINE_EXPL", "EN_HYDRO",  "EN_WIND",
                                             "EN_PV",     "EN_OIL",    "AQUA",      "LIVE",
                                             "TOUR",      "BLDG",      "TR_FAC",    NULL};
    static const char *const others[] = {"RES",    "AGRI", "TR_LINE", "WATERW", "OUTFALL", "TAIL",
                                         "RECLAM", "MGMT", "RESTORE", "OTHER",  NULL};
    const rdl_csv *predicates = rdl_pack_table(cn, "predicates.csv");
    size_t row = (size_t)row_of(predicates, "code", "ANY_PRODUCTION");
    const char *members = rdl_csv_at(predicates, row, "members");
    g_auto(GStrv) codes = g_strsplit(members, "|", -1);

    for (const char *const *a = production; *a; a++) {
        bool in = false;
        for (char **c = codes; *c; c++)
            in = in || rdl_pack_activity_is(cn, *a, *c);
        if (!CHECK(in))
            printf("\n    %s\n", *a);
    }
    for (const char *const *a = others; *a; a++)
        for (char **c = codes; *c; c++)
            CHECK(!rdl_pack_activity_is(cn, *a, *c));
    row = (size_t)row_of(predicates, "code", "CONSTRUCTION");
    CHECK_TEXT(rdl_csv_at(predicates, row, "members"), "*");
    CHECK_TEXT(rdl_csv_at(predicates, row, "excludes"), "MGMT|RESTORE|AGRI"); /* J19 */
    CHECK_TEXT(rdl_csv_at(predicates, row, "excludes_pre"), "RES");
}

static void levels_are_those_in_use(void)
{
    static const char *const codes[][3] = {{"level", "G", "国家级"},  {"level", "S", "省级"},
                                           {"level", "C", "市级"},    {"level", "X", "县级"},
                                           {"basin", "YZ", "长江"},   {"basin", "YR", "黄河"},
                                           {"basin", "other", "其他"}};
    const rdl_csv *csv = rdl_pack_table(cn, "codes.csv");

    CHECK_INT(rdl_csv_count(csv), G_N_ELEMENTS(codes));
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        CHECK_TEXT(rdl_csv_at(csv, i, "field"), codes[i][0]);
        CHECK_TEXT(rdl_csv_at(csv, i, "code"), codes[i][1]);
        CHECK_TEXT(rdl_csv_at(csv, i, "name_zh"), codes[i][2]);
    }
}

static CU_TestInfo tests[] = {
    {"every rule is as its article", every_rule_is_as_its_article},
    {"no rule came from nowhere", no_rule_came_from_nowhere},
    {"every zone has its words and attributes", every_zone_has_its_words_and_attributes},
    {"special zones go before the line", special_zones_go_before_the_line},
    {"every code is an activity or a predicate", every_code_is_an_activity_or_a_predicate},
    {"sets hold what they name", sets_hold_what_they_name},
    {"levels are those in use", levels_are_those_in_use},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    cn = rdl_pack_open(suite_source("data/packs/cn"), NULL, NULL);
    int status = run_suite("screen.law", tests, argc, argv);
    rdl_pack_free(cn);
    return status;
}
