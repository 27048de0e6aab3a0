/* Expressions answer in three values, and can do nothing else. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "store/store.h"
#include "suite.h"

static const char *const columns[] = {"activity", "area_m2", "near_m", "attrs", "built_before"};
static const rdl_operand cells[] = {{"IND_CHEM", NAN}, {NULL, 1200}, {NULL, NAN}, {"POLLUTES;-OLD", NAN}, {"2024-05-03", NAN}};

static void check(const char *sql, rdl_truth want)
{
    GError *error = NULL;
    g_autoptr(rdl_expression) e = rdl_expression_new(sql, columns, G_N_ELEMENTS(columns), &error);

    CHECK_OK(error);
    if (e && !CHECK_INT(rdl_expression_test(e, cells), want))
        printf("\n    in: %s", sql);
}

static void truth_falsehood_and_what_is_not_known(void)
{
    check("activity = 'IND_CHEM' AND area_m2 > 1000", RDL_YES);
    check("area_m2 > 5000", RDL_NO);
    check("near_m <= 1000", RDL_MAYBE);
    check("near_m <= 1000 OR area_m2 > 1000", RDL_YES);
    check("near_m <= 1000 AND area_m2 > 5000", RDL_NO);
    check("near_m IS NULL", RDL_YES);
    check("has(attrs, 'POLLUTES')", RDL_YES);
    check("has(attrs, 'OLD')", RDL_NO);
    check("has(attrs, 'OTHER')", RDL_MAYBE);
    check("strftime('%m', built_before) BETWEEN '04' AND '07'", RDL_YES);
    check("activity LIKE 'IND%' AND activity GLOB 'IND_*'", RDL_YES);
}

static void what_is_not_an_expression_over_the_columns_is_refused(void)
{
    static const char *const bad[] = {
        "", "area_m2 >", "aera_m2 > 1", "\"IND\" = activity", "1; DROP TABLE cells", "1) FROM cells; ATTACH 'x' AS y; SELECT (1",
        "1) UNION SELECT (1", "(SELECT name FROM sqlite_master)", "(SELECT name FROM pragma_database_list)",
        "load_extension('x')", "readfile('/etc/passwd')", "writefile('x', 'y')", "randomblob(10)", "zeroblob(1000000000)",
        "printf('%*d', 100000000, 1)", "random()", "last_insert_rowid()", "1 -- x", "1 /* x */", "char(1)", "hex(attrs)",
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)",
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)",
        "area_m2, near_m", "EXISTS (SELECT 1 FROM sqlite_schema)", "?9",
        "(SELECT 1 AS [(]) FROM cells WHERE (1 = 1 OR 1 IN (SELECT 1 AS [)]))", "[activity] = 'IND'",
        "(SELECT value FROM json_each('[1]'))", "(SELECT * FROM fsdir('/'))", "edit('x')", "fts3_tokenizer('simple')",
        "(SELECT file FROM pragma_database_list)", "sqlite_source_id()", "total_changes()", "changes()", "quote(attrs)",
        "(SELECT max(i) FROM (SELECT 1 AS i UNION ALL SELECT 2))", "activity MATCH 'x'", "activity REGEXP 'x'", "(DELETE FROM cells)",
        "area_m2 = (INSERT INTO cells VALUES (1))", "likely(1)", "current_timestamp", "current_date > built_before"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        rdl_expression *e = rdl_expression_new(bad[i], columns, G_N_ELEMENTS(columns), &error);
        if (!CHECK(e == NULL))
            printf("\n    accepted: %s", bad[i]);
        if (!e)
            CHECK(error && error->code == RDL_ERROR_DATA);
        g_clear_error(&error);
        rdl_expression_free(e);
    }
}

/* A verdict is the same whenever it is asked for. */
static void the_clock_is_not_read(void)
{
    check("date('now') > built_before", RDL_MAYBE);
    check("julianday() > 0", RDL_MAYBE);
    check("strftime('%s', 'no' || 'w') > 0", RDL_MAYBE);
    check("julianday(built_before) > julianday('2024-05-02')", RDL_YES);
}

/* Ten to the eighteenth pairs are begun, and left. */
static void work_without_end_is_not_known(void)
{
    check("(SELECT max(a.column1) FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) a,"
          "(VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) b, (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) c,"
          "(VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) d, (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) e,"
          "(VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) f) > 0", RDL_MAYBE);
    check("(SELECT max(a.column1) FROM (VALUES (1),(2)) a, (VALUES (1),(2)) b) = 2", RDL_YES);
}

static void it_says_which_columns_it_reads(void)
{
    GError *error = NULL;
    g_autoptr(rdl_expression) e = rdl_expression_new("near_m <= 1000", columns, G_N_ELEMENTS(columns), &error);

    CHECK_OK(error);
    CHECK(e && rdl_expression_reads(e, 2));
    CHECK(e && !rdl_expression_reads(e, 0) && !rdl_expression_reads(e, 1));
}

static void deep_and_long_expressions_are_refused(void)
{
    g_autoptr(GString) deep = g_string_new("1"), lengthy = g_string_new("1");
    GError *error = NULL;

    for (int i = 0; i < 200; i++) {
        g_string_prepend(deep, "(1 + ");
        g_string_append(deep, ")");
    }
    for (int i = 0; i < 3000; i++)
        g_string_append(lengthy, "+1");
    CHECK(!rdl_expression_new(deep->str, columns, G_N_ELEMENTS(columns), &error));
    g_clear_error(&error);
    CHECK(!rdl_expression_new(lengthy->str, columns, G_N_ELEMENTS(columns), &error));
    g_clear_error(&error);
}

static CU_TestInfo tests[] = {
    {"truth, falsehood, and what is not known", truth_falsehood_and_what_is_not_known},
    {"what is not an expression over the columns is refused", what_is_not_an_expression_over_the_columns_is_refused},
    {"the clock is not read", the_clock_is_not_read},
    {"work without end is not known", work_without_end_is_not_known},
    {"it says which columns it reads", it_says_which_columns_it_reads},
    {"deep and long expressions are refused", deep_and_long_expressions_are_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("store.expression", tests, argc, argv);
}
