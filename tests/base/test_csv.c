#include "base/base.h"
#include "suite.h"

static void quotes_commas_and_line_ends_are_read(void)
{
    GError *error = NULL;
    g_autoptr(rdl_csv) csv = rdl_csv_parse("\xef\xbb\xbf" "a,b\r\n\"x, \"\"y\"\"\",2\n\n\"two\nlines\",\n",
                                           "t.csv", &error);

    CHECK_OK(error);
    CHECK_INT(rdl_csv_count(csv), 2);
    CHECK_TEXT(rdl_csv_at(csv, 0, "a"), "x, \"y\"");
    CHECK_TEXT(rdl_csv_at(csv, 1, "a"), "two\nlines");
    CHECK_TEXT(rdl_csv_at(csv, 1, "b"), "");
    CHECK_TEXT(rdl_csv_at(csv, 1, "absent"), "");
    CHECK_INT(rdl_csv_line(csv, 1), 4);
}

static void faults_are_named_with_their_line(void)
{
    static const struct {
        const char *text, *part;
    } bad[] = {{"a,b\n1\n", "t.csv:2: 1 fields where the header has 2"},
               {"a,b\n\"1,2\n", "t.csv:2: quotes"},
               {"a,a\n", "t.csv:1: column 'a' stands twice"},
               {"", "empty"},
               {"a\n\xff\n", "UTF-8"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(!rdl_csv_parse(bad[i].text, "t.csv", &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
    }
}

static CU_TestInfo tests[] = {
    {"quotes, commas and line ends are read", quotes_commas_and_line_ends_are_read},
    {"faults are named with their line", faults_are_named_with_their_line},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.csv", tests, argc, argv);
}
