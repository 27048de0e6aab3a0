/* Codes of divisions: a province or city is all that lies within it, however its code is written.
 */
#include "base/base.h"
#include "suite.h"

static void check_beginning(const char *code, const char *expected)
{
    g_autofree char *got = rdl_division_beginning(code);

    CHECK_TEXT(got, expected);
}

static void zeros_stand_for_all_within(void)
{
    check_beginning("320000", "32");
    check_beginning("321200", "3212");
    check_beginning("321202", "321202");
    check_beginning("321202000000", "321202");
    check_beginning("321202001000", "321202001");
    check_beginning("320000000000", "32");
    check_beginning("321202001002", "321202001002");
    check_beginning("3212", "3212");
}

static void a_zero_within_a_level_is_a_digit(void)
{
    check_beginning("321000", "3210");   /* Yangzhou */
    check_beginning("321010", "321010"); /* a county that ends in one */
    check_beginning("321202010000", "321202010");
    check_beginning("321202100", "321202100"); /* a town */
}

static void other_codes_are_as_they_are(void)
{
    check_beginning("2111LD", "2111LD");
    check_beginning("BR-MT00", "BR-MT00");
    check_beginning("", "");
    CHECK(rdl_division_beginning(NULL) == NULL);
}

static void a_city_holds_its_counties_alone(void)
{
    CHECK(rdl_division_within("321202", "321200"));
    CHECK(rdl_division_within("321200", "321200"));
    CHECK(rdl_division_within("321202001002", "321200"));
    CHECK(rdl_division_within("321202", "320000"));
    CHECK(rdl_division_within("321202", "3212"));
    CHECK(!rdl_division_within("321302", "321200"));
    CHECK(!rdl_division_within("321200", "321202"));
    CHECK(!rdl_division_within(NULL, "321200"));
    CHECK(rdl_division_within(NULL, NULL));
}

static CU_TestInfo tests[] = {
    {"zeros stand for all within", zeros_stand_for_all_within},
    {"a zero within a level is a digit", a_zero_within_a_level_is_a_digit},
    {"other codes are as they are", other_codes_are_as_they_are},
    {"a city holds its counties alone", a_city_holds_its_counties_alone},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.division", tests, argc, argv);
}
