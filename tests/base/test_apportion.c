/* Rounded parts make the rounded whole. */
#include <math.h>
#include "base/apportion.h"
#include "suite.h"

static double sum(const double *values, size_t n)
{
    double total = 0.0;

    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}

static void thirds_of_a_whole_make_it(void)
{
    const double parts[] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    double rounded[3];

    CHECK(rdl_apportion(parts, 3, 1.0, 0.01, rounded));
    CHECK_NEAR(rounded[0], 0.34, 1e-12); /* of equal remainders the first */
    CHECK_NEAR(rounded[1], 0.33, 1e-12);
    CHECK_NEAR(rounded[2], 0.33, 1e-12);
}

static void the_largest_remainder_gets_the_step(void)
{
    const double parts[] = {10.004, 20.0049, 30.0011}; /* 60.01 */
    double rounded[3];

    CHECK(rdl_apportion(parts, 3, 60.01, 0.01, rounded));
    CHECK_NEAR(rounded[0], 10.00, 1e-9);
    CHECK_NEAR(rounded[1], 20.01, 1e-9);
    CHECK_NEAR(rounded[2], 30.00, 1e-9);
}

static void exact_multiples_stay(void)
{
    const double parts[] = {0.3, 0.1, 0.6};
    double rounded[3];

    CHECK(rdl_apportion(parts, 3, 1.0, 0.1, rounded));
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(rounded[i], parts[i], 1e-12);
}

static void parts_that_are_not_the_whole_are_told(void)
{
    const double parts[] = {1.0, 1.0};
    double rounded[2];

    CHECK(!rdl_apportion(parts, 2, 2.5, 0.01, rounded));
    CHECK(!rdl_apportion(parts, 2, 1.9, 0.01, rounded));
    CHECK_NEAR(rounded[0], 1.0, 1e-12);
}

/* Any parts: the sum is the rounded whole, and no part is a step away from what it was. */
static void sums_hold_for_any_parts(void)
{
    GRand *r = suite_rand();

    for (int k = 0; k < 500; k++) {
        double parts[40], rounded[40];
        size_t n = (size_t)g_rand_int_range(r, 1, 40);
        for (size_t i = 0; i < n; i++)
            parts[i] = pow(10.0, g_rand_double_range(r, -3, 5)) / RDL_MU_M2;
        double whole = sum(parts, n);
        CHECK(rdl_apportion(parts, n, whole, RDL_MU_STEP, rounded));
        CHECK_NEAR(sum(rounded, n), round(whole / RDL_MU_STEP) * RDL_MU_STEP, 1e-6);
        for (size_t i = 0; i < n; i++)
            CHECK(fabs(rounded[i] - parts[i]) <= RDL_MU_STEP * (1 + 1e-9));
    }
}

static CU_TestInfo tests[] = {
    {"thirds of a whole make it", thirds_of_a_whole_make_it},
    {"the largest remainder gets the step", the_largest_remainder_gets_the_step},
    {"exact multiples stay", exact_multiples_stay},
    {"parts that are not the whole are told", parts_that_are_not_the_whole_are_told},
    {"sums hold for any parts", sums_hold_for_any_parts},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.apportion", tests, argc, argv);
}
