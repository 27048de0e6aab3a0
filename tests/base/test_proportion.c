/* Shares told by samples: intervals of tables, the published example of good practice, worked sums. */
#include <math.h>
#include "base/base.h"
#include "suite.h"

/* The table of Clopper and Pearson as reprinted everywhere: 0 and 1 of 10, 5 of 10, 3 of 20. */
static void intervals_are_those_of_the_tables(void)
{
    static const struct {
        gint64 part, n;
        double low, high;
    } cases[] = {{0, 10, 0.0, 0.3085}, {1, 10, 0.0025, 0.4450}, {5, 10, 0.1871, 0.8129},
                 {3, 20, 0.0321, 0.3789}, {20, 20, 0.8316, 1.0}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        rdl_confidence got = rdl_proportion_exact(cases[i].part, cases[i].n, 0.95);
        CHECK_NEAR(got.low, cases[i].low, 5e-5);
        CHECK_NEAR(got.high, cases[i].high, 5e-5);
    }
    CHECK(isnan(rdl_proportion_exact(0, 0, 0.95).low));
    CHECK(isnan(rdl_proportion_exact(0, 0, 0.95).high));
}

/* Nothing found among n: the upper end is 1 - (a / 2)^(1 / n). */
static void none_found_is_not_none_there(void)
{
    CHECK_NEAR(rdl_proportion_exact(0, 30, 0.9).high, 1.0 - pow(0.05, 1.0 / 30.0), 1e-12);
    CHECK_NEAR(rdl_proportion_exact(30, 30, 0.9).low, pow(0.05, 1.0 / 30.0), 1e-12);
}

static rdl_stratum counted(double population, int n, int hits)
{
    rdl_stratum s = {.population = population, .size = population};

    for (int i = 0; i < n; i++)
        rdl_stratum_look(&s, 1.0, i < hits);
    return s;
}

/* Olofsson et al. 2014, section 5: 10 million pixels, four classes, 640 looked at. */
static void the_published_example_comes_out(void)
{
    rdl_stratum strata[] = {counted(200000, 75, 66), counted(150000, 75, 55),
                            counted(3200000, 165, 153), counted(6450000, 325, 313)};
    static const double user[] = {0.88, 0.73, 0.93, 0.96}, half[] = {0.07, 0.10, 0.04, 0.02};
    rdl_share all = rdl_strata_share(strata, 4);

    CHECK_NEAR(all.value, 0.95, 0.005);
    CHECK_NEAR(1.96 * all.error, 0.02, 0.005);
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR(rdl_stratum_share(&strata[i]), user[i], 0.005);
        CHECK_NEAR(1.96 * sqrt(rdl_stratum_variance(&strata[i])), half[i], 0.005);
    }
    /* and to more places, by hand: 0.02 66/75 + 0.015 55/75 + 0.32 153/165 + 0.645 313/325 */
    CHECK_NEAR(all.value, 0.0176 + 0.011 + 0.296727272727 + 0.621184615385, 1e-9);
    CHECK_NEAR(all.size, 1e7, 1e-6);
}

/* 4 of 10 looked at, 1 of them hit; 2 of 2, 1 hit: p = (10 / 4 + 1) / 12,
 * variance (10 / 12)^2 (1 - 0.4) (1/4 3/4) / 3. */
static void a_short_list_is_known_the_better(void)
{
    rdl_stratum strata[] = {counted(10, 4, 1), counted(2, 2, 1)};
    rdl_share all = rdl_strata_share(strata, 2);

    CHECK_NEAR(all.value, 3.5 / 12.0, 1e-12);
    CHECK_NEAR(all.error, 10.0 / 12.0 * sqrt(0.6 * 0.1875 / 3.0), 1e-12);
    CHECK_NEAR(rdl_stratum_variance(&strata[1]), 0.0, 0.0);
}

static void what_was_not_looked_at_is_not_spoken_of(void)
{
    rdl_stratum strata[] = {counted(10, 4, 1), counted(30, 0, 0), counted(5, 1, 0)};
    rdl_share all = rdl_strata_share(strata, 3);

    CHECK_NEAR(all.value, 2.5 / 15.0, 1e-12);
    CHECK_NEAR(all.size, 15.0, 0.0);
    CHECK_NEAR(all.missing, 30.0, 0.0);
    CHECK(isnan(all.error)); /* one of five does not tell how they differ */
    CHECK(isnan(rdl_strata_share(strata + 1, 1).value));
}

/* Areas 4, 1, 1 of 10 pieces with 30 in all; the 4 is wrong: R = 2/3, and of the residuals
 * 4 - 8/3, -2/3, -2/3 the squares make 8/3; (1 - 0.3) / (3 2^2) 8/3 / 2. */
static void by_area_the_large_weigh_more(void)
{
    rdl_stratum s = {.population = 10, .size = 30.0};

    rdl_stratum_look(&s, 4.0, true);
    rdl_stratum_look(&s, 1.0, false);
    rdl_stratum_look(&s, 1.0, false);
    CHECK_NEAR(rdl_stratum_share(&s), 2.0 / 3.0, 1e-12);
    CHECK_NEAR(rdl_stratum_variance(&s), 0.7 / 12.0 * (8.0 / 3.0) / 2.0, 1e-12);
    rdl_stratum alike = {.population = 10, .size = 70.0}, count = counted(10, 5, 2);
    for (int i = 0; i < 5; i++)
        rdl_stratum_look(&alike, 7.0, i < 2);
    CHECK_NEAR(rdl_stratum_variance(&alike), rdl_stratum_variance(&count), 1e-15);
}

static void each_gets_its_least_and_its_share(void)
{
    static const gint64 population[] = {1, 100, 299, 0, 3};
    gint64 n[5], needed;

    CHECK(rdl_strata_allot(population, 5, 47, 2, n, &needed));
    CHECK_INT(needed, 7);
    CHECK_INT(n[0], 1);
    CHECK_INT(n[1], 2 + 10); /* 40 98/396 = 9.9, 40 297/396 = 30, 40 1/396 = 0.1 */
    CHECK_INT(n[2], 2 + 30);
    CHECK_INT(n[3], 0);
    CHECK_INT(n[4], 2);
    CHECK(!rdl_strata_allot(population, 5, 6, 2, n, &needed));
    CHECK_INT(needed, 7);
    CHECK(rdl_strata_allot(population, 5, 9999, 2, n, &needed));
    for (int i = 0; i < 5; i++)
        CHECK_INT(n[i], population[i]);
}

static CU_TestInfo tests[] = {
    {"intervals are those of the tables", intervals_are_those_of_the_tables},
    {"none found is not none there", none_found_is_not_none_there},
    {"the published example comes out", the_published_example_comes_out},
    {"a short list is known the better", a_short_list_is_known_the_better},
    {"what was not looked at is not spoken of", what_was_not_looked_at_is_not_spoken_of},
    {"by area the large weigh more", by_area_the_large_weigh_more},
    {"each gets its least and its share", each_gets_its_least_and_its_share},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.proportion", tests, argc, argv);
}
