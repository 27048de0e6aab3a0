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
    {"JSON goes there and back", json_goes_there_and_back},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.tally", tests, argc, argv);
}
