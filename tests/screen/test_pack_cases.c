/* The packs' own cases come out as their law says; differences between packs are told row by row.
 */
#include <string.h>
#include "screen/screen.h"
#include "screen/verdict_pool.h"
#include "suite.h"

static void check_pack(const char *folder, guint at_least)
{
    GError *error = NULL;
    rdl_pack_trial trial = {0};

    CHECK(rdl_pack_try(suite_source(folder), &trial, &error));
    CHECK_OK(error);
    CHECK(trial.cases >= at_least);
    for (guint i = 0; trial.failures && i < trial.failures->len; i++)
        CHECK_TEXT(trial.failures->pdata[i], NULL);
    for (guint i = 0; trial.untested && i < trial.untested->len; i++)
        CHECK_TEXT(trial.untested->pdata[i], NULL);
    rdl_pack_trial_clear(&trial);
}

static void every_case_of_china_comes_out(void)
{
    check_pack("data/packs/cn", 150);
}

static void every_case_of_the_made_up_country_comes_out(void)
{
    check_pack("data/packs/demo", 20);
}

/* A copy of the demo pack in which `from` became `to` in one file. */
static const char *changed(const char *name, const char *file, const char *from, const char *to)
{
    const char *folder = suite_path(name), *entry;
    GError *error = NULL;

    rdl_output_folder(folder, &error);
    GDir *dir = g_dir_open(suite_source("data/packs/demo"), 0, &error);
    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *source = g_build_filename(suite_source("data/packs/demo"), entry, NULL);
        g_autofree char *target = g_build_filename(folder, entry, NULL), *text = NULL;
        g_file_get_contents(source, &text, NULL, &error);
        if (strcmp(entry, file) == 0) {
            CHECK(strstr(text, from) != NULL);
            g_auto(GStrv) parts = g_strsplit(text, from, -1);
            g_free(text);
            text = g_strjoinv(to, parts);
        }
        g_file_set_contents(target, text, -1, &error);
    }
    g_clear_pointer(&dir, g_dir_close);
    CHECK_OK(error);
    return folder;
}

static void a_wrong_rule_shows_in_the_cases(void)
{
    GError *error = NULL;
    rdl_pack_trial trial = {0};

    CHECK(rdl_pack_try(
        changed("wrong", "rules.csv", "BUF-02,BUF,HOUSE,ANY,ALLOW", "BUF-02,BUF,HOUSE,ANY,REVIEW"),
        &trial, &error));
    CHECK_OK(error);
    CHECK_INT(trial.failures->len, 2);
    CHECK(strstr(trial.failures->pdata[0],
                 "cases.csv:20: D19: verdict is 'REVIEW', should be 'ALLOW'") != NULL);
    rdl_pack_trial_clear(&trial);
}

static void a_difference_names_table_row_and_column(void)
{
    GError *error = NULL;
    JsonNode *same =
        rdl_pack_diff(suite_source("data/packs/demo"), suite_source("data/packs/demo"), &error);
    JsonNode *node =
        rdl_pack_diff(suite_source("data/packs/demo"),
                      changed("other", "rules.csv", "FIX:2000-100000", "FIX:2000-90000"), &error);

    CHECK_OK(error);
    CHECK_INT(json_array_get_length(json_node_get_array(same)), 0);
    CHECK_INT(json_array_get_length(json_node_get_array(node)), 1);
    JsonObject *o = json_array_get_object_element(json_node_get_array(node), 0);
    CHECK_TEXT(json_object_get_string_member(o, "table"), "rules.csv");
    CHECK_TEXT(json_object_get_string_member(o, "key"), "NF-02");
    CHECK_TEXT(json_object_get_string_member(o, "column"), "pen");
    CHECK_TEXT(json_object_get_string_member(o, "to"), "FIX:2000-90000");
    json_node_unref(same);
    json_node_unref(node);
}

static void rows_added_and_removed_are_told(void)
{
    GError *error = NULL;
    JsonNode *node = rdl_pack_diff(suite_source("data/packs/demo"),
                                   changed("renamed", "units.csv", "\nacre,", "\nrood,"), &error);

    CHECK_OK(error);
    CHECK_INT(json_array_get_length(json_node_get_array(node)), 2);
    CHECK_TEXT(json_object_get_string_member(
                   json_array_get_object_element(json_node_get_array(node), 0), "change"),
               "removed");
    CHECK_TEXT(json_object_get_string_member(
                   json_array_get_object_element(json_node_get_array(node), 1), "key"),
               "rood");
    json_node_unref(node);
}

/* A default moves verdicts as a row does. */
static void a_default_of_the_pack_is_told(void)
{
    GError *error = NULL;
    JsonNode *node = rdl_pack_diff(suite_source("data/packs/demo"),
                                   changed("defaults", "pack.yaml",
                                           "  boundary_error_m: 30\n  pos_error_m: 20\n",
                                           "  boundary_error_m: 50\n  sliver_m2: 9\n"),
                                   &error);
    static const char *const want[][2] = {{"defaults.boundary_error_m", "changed"},
                                          {"defaults.pos_error_m", "removed"},
                                          {"defaults.sliver_m2", "added"}};

    CHECK_OK(error);
    JsonArray *all = json_node_get_array(node);
    CHECK_INT(json_array_get_length(all), G_N_ELEMENTS(want));
    for (guint i = 0; i < MIN(json_array_get_length(all), G_N_ELEMENTS(want)); i++) {
        JsonObject *o = json_array_get_object_element(all, i);
        CHECK_TEXT(json_object_get_string_member(o, "key"), want[i][0]);
        CHECK_TEXT(json_object_get_string_member(o, "change"), want[i][1]);
    }
    JsonObject *first = json_array_get_object_element(all, 0);
    CHECK_TEXT(json_object_get_string_member(first, "from"), "30");
    CHECK_TEXT(json_object_get_string_member(first, "to"), "50");
    json_node_unref(node);
}

/* Planted one at a time; each must be the only fault, with its file and line. */
static void each_planted_mistake_is_found_with_its_line(void)
{
    static const struct {
        const char *file, *from, *to, *fault;
    } bad[] = {
        {"rules.csv", "IT-04,IT,ROAD", "IT-04,IX,ROAD", "rules.csv:5: zone not in zones.csv 'IX'"},
        {"rules.csv", "IT-04,IT,ROAD", "IT-04,IT,ROADS",
         "rules.csv:5: activity is neither in activities.csv nor in predicates.csv: 'ROADS'"},
        {"rules.csv", "IT-04,IT,ROAD,POST_OK", "IT-04,IT,ROAD,POST-OK",
         "rules.csv:5: rule IT-04: unknown when-case 'POST-OK'"},
        {"rules.csv", "IT-04,IT,ROAD,POST_OK,PERMIT", "IT-04,IT,ROAD,POST_OK,permit",
         "rules.csv:5: rule IT-04: unknown verdict 'permit'"},
        {"rules.csv", "2019-12-31,S2,Forest", "2019-12-31,S5,Forest",
         "rules.csv:8: rule NF-01: unknown severity 'S5'"},
        {"rules.csv", "1990-01-01,2019-12-31", "1990-13-01,2019-12-31",
         "rules.csv:8: eff_from: '1990-13-01' is not a date"},
        {"rules.csv", "1990-01-01,2019-12-31", "2020-01-01,2019-12-31",
         "rules.csv:8: eff_from '2020-01-01' is after eff_to '2019-12-31'"},
        {"rules.csv", "NF-04,", "NF-03,",
         "rules.csv:11: rule_id 'NF-03' stands twice, first on line 10"},
        {"rules.csv", ",,IT-06,,m2", ",,IT-60,,m2",
         "rules.csv:6: overrides names no rule of rules.csv: 'IT-60'"},
        {"rules.csv", "FIX:100-10000", "FIX:10000-100", "rules.csv:12: rule BUF-01: pen is not"},
        {"rules.csv", "M2:1-10", "SQM:1-10", "rules.csv:10: rule NF-03: pen is not"},
        {"rules.csv", ",NORTH,0,", ",SOUTH,0,",
         "rules.csv:19: local is not a member of locals in pack.yaml: 'SOUTH'"},
        {"rules.csv", ",NORTH,0,", ",NORTH,1,", "rules.csv:19: enabled: a local row is 0"},
        {"rules.csv", "outside_permit_m2", "acres", "rules.csv:18: quantity: unknown code 'acres'"},
        {"rules.csv", "\"Buffer Order 2005, art. 2\"", "", "rules.csv:12: basis: empty"},
        {"rules.csv", "rule_id,zone,activity,when", "rule_id,zone,activity,wen",
         "rules.csv:1: column 'when' is missing"},
        {"rules.csv", ",overrides,", ",overides,", "rules.csv:1: column 'overides' is not known"},
        {"activities.csv", "MINE_GOLD,MINE", "MINE_GOLD,MINES",
         "activities.csv:3: activity MINE_GOLD: its parent is not in activities.csv 'MINES'"},
        {"activities.csv", "MINE,,mine", "MINE,MINE_GOLD,mine",
         "activities.csv:2: activity MINE has no way up the tree"},
        {"zones.csv", "NF,national forest,1,NF,LAND,2", "NF,national forest,1,NF,LAND,two",
         "zones.csv:3: priority: 'two' is not"},
        {"zones.csv", "NF,national", "IT,national", "zones.csv:3: zone 'IT' stands twice"},
        {"predicates.csv", "BUILT,set,*,FARM", "BUILT,set,*,FARMS",
         "predicates.csv:2: excludes has what is not in activities.csv 'FARMS'"},
        {"predicates.csv", "BUILT,set", "BUILT,sets",
         "predicates.csv:2: kind: unknown code 'sets'"},
        {"predicates.csv", "near_IT_m <= 1000", "near_IX_m <= 1000",
         "predicates.csv:4: sql: no such column: near_IX_m"},
        {"predicates.csv", "near_IT_m <= 1000", "near_IT_m <=", "predicates.csv:4: sql: "},
        {"predicates.csv", "near_IT_m <= 1000", "load_extension('x')",
         "predicates.csv:4: sql: not authorized to use function: load_extension"},
        {"rules.csv", "m2,NEAR_TERRITORY", "m2,NEAR",
         "rules.csv:16: only_if is not in predicates.csv: 'NEAR'"},
        {"competent.csv", "NF,ANY", "NF,ALL",
         "competent.csv:3: activity is not in activities.csv: 'ALL'"},
        {"workflow.csv", "CLUE,SCREENED", "CLUE,SCREEND",
         "workflow.csv:2: to is not in states.csv: 'SCREEND'"},
        {"calendar-2026.csv", "2026-10-05", "2026-10-32",
         "calendar-2026.csv:3: date: '2026-10-32' is not a date"},
        {"departments.csv", ",,2004-06-30", ",2010-01-01,2004-06-30",
         "departments.csv:3: valid_from '2010-01-01' is after"},
        {"texts.csv", "when.ANY,", "when.EXPAND,", "texts.csv:20: key 'when.EXPAND' stands twice"},
        {"cases.csv", "2000-01-01,2000-06-01,2026-11-01,,POST_NO,PROHIBIT,SUSPECT,IT-01",
         "2000-01-01,2000-06-01,2026-11-01,,POST_NO,PROHIBIT,SUSPECT,IT-11",
         "cases.csv:2: rule_id names no rule of rules.csv: 'IT-11'"},
        {"rules.csv", "1990-01-01,2019-12-31", ",2019-12-31", "rules.csv:8: eff_from: empty"},
        {"deadlines.csv", "verify,*,S1", "verfy,*,S1",
         "deadlines.csv:2: kind: unknown code 'verfy'"},
        {"deadlines.csv", "verify,*,*,NORMAL", "verify,*,*,NORML",
         "deadlines.csv:3: tier is not in warnings.csv, nobody would be warned: 'NORML'"},
        {"cases.csv", "-MERCURY_USE", "-MERCURY_USED",
         "cases.csv:24: attrs: neither in predicates.csv nor in activities.csv: 'MERCURY_USED'"},
        {"pack.yaml", "boundary_error_m: 30", "boundary_error_m: far",
         "pack.yaml: defaults: 'boundary_error_m' is no number"},
        {"pack.yaml", "  default: workflow.csv", "  default: workflows.csv",
         "pack.yaml: workflows: 'default' names no table of the pack"},
        {"pack.yaml", "  default: workflow.csv", "  north: workflow.csv",
         "pack.yaml: workflows: 'north' is none of default, units, sources"},
        {"rules.csv", "Buffer", "\xb8\xfc", "rules.csv: not UTF-8"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        const char *folder = changed("planted", bad[i].file, bad[i].from, bad[i].to);
        g_autoptr(GPtrArray) faults = rdl_pack_check(folder, &error);
        bool found = false;

        CHECK_OK(error);
        for (guint k = 0; faults && k < faults->len; k++)
            found = found || strstr(faults->pdata[k], bad[i].fault);
        if (!found)
            CHECK_TEXT(faults && faults->len ? faults->pdata[0] : "no fault", bad[i].fault);
        CHECK(!rdl_pack_open(folder, NULL, &error));
        g_clear_error(&error);
    }
}

static void all_faults_are_told_at_once(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) faults =
        rdl_pack_check(changed("many", "rules.csv", ",S2,", ",S7,"), &error);

    CHECK_OK(error);
    CHECK(faults && faults->len == 7);
    /* of a table that is not to be read that alone, not every row that names one of its own */
    g_autoptr(GPtrArray) unread =
        rdl_pack_check(changed("unread", "rules.csv", "IT-04,IT,", "IT-04,\"IT,"), &error);
    CHECK_OK(error);
    CHECK(unread && unread->len == 1);
}

static const rdl_verdict *pooled(rdl_verdict_pool *pool, const rdl_pack *pack, double m2)
{
    static const rdl_footprint mine = {.activity = "MINE_GOLD", .onset = {740000, 740100}};
    rdl_zone zone = {.class = rdl_pack_zone(pack, "IT"), .version = {0, RDL_DAY_FUTURE}};
    rdl_part part = {.area_m2 = m2, .min_m2 = 1.0, .dimension = m2 > 0.0 ? 2 : 0};
    rdl_approval none = {.granted = RDL_NO};

    return rdl_verdict_pool_get(pool, &mine, &zone, &part, &none, RDL_VERSION_BOTH, NULL);
}

/* A fine by the metre overtakes a fixed one at 10,000 m2. */
static void a_pool_keeps_sizes_apart_where_they_matter(void)
{
    static const double sizes[] = {500.0, 20000.0, 0.0, 9999.0, 10001.0};
    GError *error = NULL;
    g_autoptr(rdl_pack) pack =
        rdl_pack_open(changed("by-size", "rules.csv",
                              "S2,Agency of Territories,\"remove, restore\",FIX:2000-50000",
                              "S1,Agency of Territories,\"remove, restore\",M2:10-100"),
                      NULL, &error);

    CHECK_OK(error);
    for (size_t first = 0; pack && first < G_N_ELEMENTS(sizes); first++) {
        rdl_verdict_pool *pool = rdl_verdict_pool_new(pack, 741000);
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            double m2 = sizes[(first + i) % G_N_ELEMENTS(sizes)];
            CHECK_TEXT(pooled(pool, pack, m2)->rule->rule_id, m2 > 10000.0 ? "IT-06" : "IT-01");
        }
        rdl_verdict_pool_free(pool);
    }
}

static void a_pool_shares_what_no_size_changes(void)
{
    GError *error = NULL;
    g_autoptr(rdl_pack) pack =
        rdl_pack_open(changed("all-by-size", "rules.csv", "FIX:2000-50000", "M2:10-100"), NULL,
                      &error); /* of less severity than the fixed one: never before it */

    CHECK_OK(error);
    if (!pack)
        return;
    rdl_verdict_pool *pool = rdl_verdict_pool_new(pack, 741000);
    CHECK(pooled(pool, pack, 500.0) == pooled(pool, pack, 20000.0));
    rdl_verdict_pool_free(pool);
}

static CU_TestInfo tests[] = {
    {"every case of China comes out", every_case_of_china_comes_out},
    {"every case of the made-up country comes out", every_case_of_the_made_up_country_comes_out},
    {"a wrong rule shows in the cases", a_wrong_rule_shows_in_the_cases},
    {"a difference names table, row and column", a_difference_names_table_row_and_column},
    {"a default of the pack is told", a_default_of_the_pack_is_told},
    {"rows added and removed are told", rows_added_and_removed_are_told},
    {"each planted mistake is found with its line", each_planted_mistake_is_found_with_its_line},
    {"all faults are told at once", all_faults_are_told_at_once},
    {"a pool keeps sizes apart where they matter", a_pool_keeps_sizes_apart_where_they_matter},
    {"a pool shares what no size changes", a_pool_shares_what_no_size_changes},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.pack_cases", tests, argc, argv);
}
