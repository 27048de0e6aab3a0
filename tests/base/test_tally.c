#include "base/base.h"
#include "suite.h"

static void a_sheet_that_adds_up_is_good(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) t = rdl_tally_new();

    rdl_tally_in(t, "zones", 5);
    rdl_tally_used(t, "zones", 2);
    rdl_tally_suppressed(t, "zones", "FUTURE", 2);
    rdl_tally_failed(t, "zones", "NULL_GEOMETRY", 1);
    CHECK(rdl_tally_check(t, &error));
    CHECK_OK(error);
}

static void a_lost_piece_is_an_error(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) t = rdl_tally_new();

    rdl_tally_in(t, "zones", 3);
    rdl_tally_used(t, "zones", 2);
    CHECK(!rdl_tally_check(t, &error));
    CHECK_INT(rdl_exit_status(error), 6);
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "zones do not add up: 3 in, 2 used");
}

static rdl_tally *answers(gint64 used, const char *reason, gint64 suppressed, gint64 failed)
{
    rdl_tally *t = rdl_tally_new();

    rdl_tally_in(t, "answers", used + suppressed + failed);
    rdl_tally_used(t, "answers", used);
    rdl_tally_suppressed(t, "answers", reason, suppressed);
    rdl_tally_failed(t, "answers", "BAD_DATE", failed);
    return t;
}

static bool of_use(gint64 used, const char *reason, gint64 suppressed, gint64 failed)
{
    g_autoptr(rdl_tally) t = answers(used, reason, suppressed, failed);

    return rdl_tally_of_use(t, NULL);
}

static void nothing_but_rejections_is_no_success(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) t = answers(0, "NOT_ANSWERED", 1, 3);

    rdl_tally_in(t, "letters", 1);
    rdl_tally_used(t, "letters", 1);
    rdl_tally_failed(t, "answers", "BAD_ANSWER", 1);
    rdl_tally_in(t, "answers", 1);
    CHECK(!rdl_tally_of_use(t, &error));
    CHECK_INT(rdl_exit_status(error), 3);
    CHECK_FAILS(error, RDL_ERROR_DATA,
                "answers: of 5 none was of use (1 BAD_ANSWER, 3 BAD_DATE): mend what is told above "
                "and give it again");
}

static void a_rejection_beside_what_is_of_use_is_counted(void)
{
    CHECK(of_use(1, "NOT_ANSWERED", 0, 3));
    CHECK(of_use(0, "ALREADY_THERE", 1, 3));
    CHECK(of_use(0, "NOT_ANSWERED", 4, 0));
    CHECK(of_use(0, "NOT_ANSWERED", 0, 0));
}

static void json_goes_there_and_back(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) t = rdl_tally_new(), sum = rdl_tally_new();

    rdl_tally_in(t, "a", 3);
    rdl_tally_suppressed(t, "a", "Z", 1);
    rdl_tally_suppressed(t, "a", "B", 2);
    g_autoptr(JsonNode) node = rdl_tally_json(t);
    g_autoptr(rdl_tally) back = rdl_tally_from_json(node, &error);
    CHECK_OK(error);
    rdl_tally_merge(sum, back);
    rdl_tally_merge(sum, t);
    g_autoptr(JsonNode) both = rdl_tally_json(sum);
    g_autofree char *line = rdl_json_line(both);
    CHECK_TEXT(line, "[{\"item\":\"a\",\"in\":6,\"used\":0,\"suppressed\":{\"B\":4,\"Z\":2},"
                     "\"failed\":{},\"balanced\":true}]");
}

static CU_TestInfo tests[] = {
    {"a sheet that adds up is good", a_sheet_that_adds_up_is_good},
    {"a lost piece is an error", a_lost_piece_is_an_error},
    {"nothing but rejections is no success", nothing_but_rejections_is_no_success},
    {"a rejection beside what is of use is counted", a_rejection_beside_what_is_of_use_is_counted},
    {"JSON goes there and back", json_goes_there_and_back},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.tally", tests, argc, argv);
}
