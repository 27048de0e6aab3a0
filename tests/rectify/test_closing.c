/* May a rectification in a reserve be closed: the ministry's conditions, row by row (domain 3.7).
 */
#include <string.h>
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "rectify/statistic.h"
#include "suite.h"

static bool say(rdl_ledger *l, const char *at, const char *kind, const char *subject,
                const char *json, GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_parse(json, "test", error);
    rdl_event event = {.at = at, .by = "甲", .role = "office", .kind = kind, .subject = subject};

    return node && rdl_event_append(l, &event, json_node_get_object(node), error);
}

/* A rectification R of one hectare, claimed on 2026-01-15; both reports of it on file when asked.
 */
static rdl_ledger *claimed(const char *name, const char *zone, const char *activity,
                           const char *when, const char *papers)
{
    GError *error = NULL;
    const char *path = suite_path(name);
    g_autofree char *found = g_strdup_printf(
        "{\"source\":\"footprint\",\"source_id\":\"FP\",\"activity\":\"%s\",\"xzqdm\":\"321202\","
        "\"lon\":119.9,\"lat\":32.5,\"content\":\"1\",\"findings\":[{\"finding_id\":\"F\","
        "\"is_primary\":1,\"zone\":\"%s\",\"activity\":\"%s\",\"when_case\":\"%s\",\"result\":"
        "\"SUSPECT\",\"severity\":\"S1\",\"area_m2\":10000,\"area_own_m2\":10000}]}",
        activity, zone, activity, when);
    g_autofree char *moved =
        g_strdup_printf("{\"from\":\"WORKING\",\"to\":\"SUBMITTED\",\"documents\":[%s]}", papers);

    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error));
    rdl_ledger *l = rdl_ledger_open(path, true, &error);
    CHECK_OK(error);
    CHECK(say(l, "2025-01-02", "site.found", "S", found, &error) &&
          say(l, "2025-01-05", "problem.registered", "P",
              "{\"problem_id\":\"P\",\"site_id\":\"S\"}", &error) &&
          say(l, "2025-01-05", "task.opened", "R",
              "{\"task_id\":\"R\",\"site_id\":\"S\",\"finding_id\":\"F\",\"kind\":\"rectify\","
              "\"state\":\"REGISTERED\",\"xzqdm\":\"321202\",\"started\":\"2025-01-05\","
              "\"due\":\"2026-12-31\",\"problem_id\":\"P\"}",
              &error) &&
          say(l, "2026-01-15", "task.moved", "R", moved, &error));
    CHECK_OK(error);
    return l;
}

/* What a scene says: the numbers that go with the outcome. */
typedef struct {
    const char *outcome, *codes;
    double residual, least, most, ndvi; /* of the ground; 0.6 around it */
} sight;

static void show(rdl_ledger *l, const char *date, const sight *s)
{
    GError *error = NULL;
    g_autofree char *text = g_strdup_printf(
        "{\"task_id\":\"R\",\"site_id\":\"S\",\"scene\":\"%s\",\"scene_date\":\"%s\",\"outcome\":"
        "\"%s\",\"codes\":\"%s\",\"residual\":%g,\"residual_min\":%g,\"residual_max\":%g,"
        "\"stands\":%d,\"contradicted\":%d,\"rebound\":0,\"recovery\":%g,\"restored\":%g,"
        "\"ndvi\":{\"later\":%g,\"later_around\":0.6},\"area_m2\":10000}",
        date, date, s->outcome, s->codes, s->residual, s->least, s->most,
        strcmp(s->outcome, "CANNOT_TELL") != 0 && s->least > 0.1,
        strcmp(s->outcome, "CANNOT_TELL") != 0 && s->least > 0.1, s->ndvi / 0.6, 1 - s->residual,
        s->ndvi);

    CHECK(say(l, date, "site.verified", "S", text, &error));
    CHECK_OK(error);
}

static char *closing(rdl_ledger *l, bool classes)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_closing(l, "R", &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    JsonObject *o = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(o, "rows");
    g_string_append(text, rdl_json_text(o, "closeable", "none"));
    for (guint i = 0; classes && i < json_array_get_length(rows); i++)
        g_string_append_printf(text, "; %s",
                               rdl_json_text(json_array_get_object_element(rows, i), "class", "?"));
    return g_string_free(text, FALSE);
}

static void check_closing(rdl_ledger *l, bool classes, const char *want, const char *what)
{
    g_autofree char *is = closing(l, classes);

    if (strcmp(is, want) != 0)
        printf("%s:\n", what);
    CHECK_TEXT(is, want);
}

/* ---- which row ---- */

#define MINES "矿产资源开发"
#define CORE "核心区、缓冲区项目"
#define NO_PERMIT "实验区未批先建"
#define HARM "实验区设区前合法，评估后仍有明显影响"
#define NO_HARM "实验区设区前合法，评估无明显影响"

static const struct {
    const char *zone, *activity, *when, *rows;
} fits[] = {{"NR_CORE", "MINE_QUARRY", "POST_NO", MINES},
            {"NR_GEN", "MINE_OPEN", "PRE_OK", MINES}, /* any history */
            {"NR_SY", "MINE_SAND", "POST_OK", MINES},
            {"NR_HC", "TAIL", "UNKNOWN", MINES},
            {"NR_CORE", "IND", "PRE_OK", CORE},
            {"NR_HX", "EN_HYDRO", "POST_OK", CORE},
            {"NR_HC", "AQUA_CAGE", "PRE_NO", CORE},
            {"NR_UNZ", "TOUR", "POST_NO", CORE},
            {"NR_GEN", "IND_CHEM", "POST_NO", NO_PERMIT},
            {"NR_SY", "TR_LINE", "PRE_NO", NO_PERMIT},
            {"NR_GEN", "TR_FAC", "EXPAND", NO_PERMIT},
            {"NR_SY", "LIVE", "UNKNOWN", NO_PERMIT}, /* what is not known is no permit */
            {"NR_GEN", "EN_WIND", "PRE_OK", HARM "; " NO_HARM},
            {"NR_SY", "AQUA", "PRE_OK", HARM "; " NO_HARM},
            {"NR_GEN", "RES", "POST_NO", NULL},
            {"ERL", "IND", "POST_NO", NULL},
            {"NR_GEN", "IND", "POST_OK", NULL}};

static void each_row_fits_its_class_zone_and_history(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fits); i++) {
        g_autofree char *name = g_strdup_printf("fits-%zu.sqlite", i);
        g_autofree char *want =
            fits[i].rows ? g_strdup_printf("unknown; %s", fits[i].rows) : g_strdup("none");
        g_autofree char *what =
            g_strdup_printf("%s in %s %s", fits[i].activity, fits[i].zone, fits[i].when);
        g_autoptr(rdl_ledger) l = claimed(name, fits[i].zone, fits[i].activity, fits[i].when, "");
        check_closing(l, true, want, what);
    }
}

/* Every row of the pack's table is reached by a case above. */
static void no_row_is_without_a_case(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = claimed("rows.sqlite", "NR_GEN", "IND", "PRE_OK", "");
    const rdl_csv *table = rdl_ledger_table(l, "closeout.csv", &error);

    CHECK_OK(error);
    for (size_t row = 0; row < rdl_csv_count(table); row++) {
        bool reached = false;
        for (size_t i = 0; i < G_N_ELEMENTS(fits); i++)
            reached |= fits[i].rows && strstr(fits[i].rows, rdl_csv_at(table, row, "class"));
        if (!reached)
            printf("%s\n", rdl_csv_at(table, row, "class"));
        CHECK(reached);
    }
}

/* ---- what is seen, and what is on file ---- */

#define EXIT \
    "{\"name\":\"退出证明\",\"title\":\"两断三清\"},{\"name\":\"达标证明\",\"title\":\"验收\"}"
#define KEEP \
    "{\"name\":\"科学评估报告\",\"title\":\"a\"},{\"name\":\"整改措施落实证明\",\"title\":\"b\"}"

static const sight back = {"RESTORED", "", 0.02, 0.0, 0.1, 0.58},
                   greener = {"RESTORED", "", 0.02, 0.0, 0.1, 0.61},
                   paler = {"RESTORED", "", 0.02, 0.0, 0.1, 0.52},
                   palest = {"RESTORED", "", 0.02, 0.0, 0.1, 0.45},
                   partly = {"PARTLY", "", 0.4, 0.3, 0.5, 0.4},
                   growing = {"PARTLY", "", 0.05, 0.0, 0.1, 0.3},
                   grown_over = {"PARTLY", "", 0.05, 0.0, 0.1, 0.4},
                   cut = {"PARTLY", "", 0.05, 0.0, 0.1, 0.2}, /* gone, but nothing has come back */
    standing = {"STANDING", "", 1.0, 0.9, 1.0, 0.1}, grown = {"GROWN", "", 1.0, 0.9, 1.0, 0.1},
                   cloud = {"CANNOT_TELL", "NOT_CLEAR", 0.0, 0.0, 1.0, 0.5},
                   veiled = {"CANNOT_TELL", "OTHERWISE", 1.0, 0.0, 1.0, 0.5};

static const struct {
    const char *what, *papers;
    const sight *sights[3];
    const char *mines; /* closeable under the rows that ask for an exit */
    const char *kept;  /* where keeping it is an alternative; NULL: not asked */
} cases[] = {
    {"no scene", EXIT, {NULL}, "unknown", NULL},
    {"restored once", EXIT, {&back}, "unknown", NULL}, /* no trend of one scene */
    {"restored and stable", EXIT, {&back, &back, &greener}, "yes", "yes"},
    {"restored and stable, no papers", "", {&back, &back, &greener}, "unknown", NULL},
    {"restored and fading", EXIT, {&back, &paler, &palest}, "no", NULL},
    {"partly", EXIT, {&back, &back, &partly}, "no", NULL},
    {"cut, nothing grows yet", EXIT, {&cut, &cut, &cut}, "unknown", NULL},
    {"cut, and it grows", EXIT, {&cut, &growing, &grown_over}, "yes", NULL},
    {"standing", EXIT, {&back, &greener, &standing}, "no", "unknown"},
    {"grown", EXIT, {&back, &greener, &grown}, "no", NULL},
    {"cloud", EXIT, {&cloud}, "unknown", NULL},
    {"looks like neither", EXIT, {&veiled}, "unknown", NULL},
    {"standing then cloud", EXIT, {&standing, &cloud}, "no", "unknown"}, /* the one that tells */
    {"standing, assessed harmless", KEEP, {&standing}, "no", "yes"},
    {"standing, both papers", EXIT "," KEEP, {&standing}, "no", "yes"}};

static void check_case(size_t i, const char *zone, const char *activity, const char *when,
                       const char *want)
{
    g_autofree char *name = g_strdup_printf("case-%zu-%s.sqlite", i, when);
    g_autoptr(rdl_ledger) l = claimed(name, zone, activity, when, cases[i].papers);

    for (int k = 0; k < 3 && cases[i].sights[k]; k++) {
        g_autofree char *date = g_strdup_printf("2026-%02d-01", 4 + 2 * k);
        show(l, date, cases[i].sights[k]);
    }
    check_closing(l, false, want, cases[i].what);
}

static void each_outcome_decides(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_case(i, "NR_CORE", "MINE_OPEN", "POST_NO", cases[i].mines);
        if (cases[i].kept)
            check_case(i, "NR_GEN", "TOUR", "PRE_OK", cases[i].kept);
    }
}

/* ---- a false claim (no. 115) ---- */

static double contradicted(rdl_ledger *l)
{
    GError *error = NULL;
    const rdl_statistic_options o = {.as_of = rdl_day_of(2026, 12, 1)};
    g_autoptr(rdl_statistic) s = rdl_statistic_new(l, &o, &error);

    CHECK_OK(error);
    return rdl_statistic_total(rdl_statistic_find(s, "by_rebound"), "contradicted");
}

static void check_task(rdl_ledger *l, const char *flag)
{
    GError *error = NULL;
    rdl_task_filter filter = {.id = "R"};
    g_autoptr(GArray) tasks = rdl_task_list(l, &filter, &error);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);

    CHECK_OK(error);
    CHECK_TEXT(t->contradicted ? t->contradicted : "none", flag);
    CHECK_TEXT(t->state, "SUBMITTED"); /* flagged, not moved */
}

/* Status and count follow the newest scene that tells; a cloudy one changes neither. */
static void a_false_claim_is_flagged_and_counted(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) l = claimed("false.sqlite", "NR_CORE", "MINE_OPEN", "POST_NO", EXIT);

    check_task(l, "none");
    CHECK_NEAR(contradicted(l), 0, 0);
    show(l, "2026-04-01", &standing);
    check_task(l, "2026-04-01");
    CHECK_NEAR(contradicted(l), 1, 0);
    show(l, "2026-05-01", &veiled);
    check_task(l, "2026-04-01");
    show(l, "2026-06-01", &back);
    check_task(l, "none");
    CHECK_NEAR(contradicted(l), 0, 0);
    show(l, "2026-07-01", &partly);
    check_task(l, "2026-07-01");
    CHECK_NEAR(contradicted(l), 1, 0);
    CHECK(rdl_ledger_audit(l, NULL, &error) && rdl_ledger_rebuild(l, false, NULL, &error));
    CHECK_OK(error);
    check_task(l, "2026-07-01");
}

static CU_TestInfo tests[] = {
    {"each row fits its class, zone and history", each_row_fits_its_class_zone_and_history},
    {"no row is without a case", no_row_is_without_a_case},
    {"each outcome decides", each_outcome_decides},
    {"a false claim is flagged and counted", a_false_claim_is_flagged_and_counted},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("rectify.closing", tests, argc, argv);
}
