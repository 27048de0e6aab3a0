#include "base/base.h"
#include "suite.h"

static bool square(void *job, void *worker, size_t i, GError **error)
{
    (void)worker;
    (void)error;
    ((size_t *)job)[i] = i * i;
    return true;
}

static bool fail_from_seven(void *job, void *worker, size_t i, GError **error)
{
    (void)job;
    (void)worker;
    return i < 7 || rdl_fail(error, RDL_ERROR_DATA, "piece %zu", i);
}

static void every_piece_is_done_once_whatever_the_threads(void)
{
    static const rdl_parallel how = {NULL, NULL, square, "squares"};
    GError *error = NULL;

    for (int threads = 0; threads <= 8; threads++) {
        size_t out[1000] = {0};
        CHECK(rdl_parallel_run(&how, out, 1000, threads, NULL, &error));
        CHECK_OK(error);
        for (size_t i = 0; i < 1000; i++)
            if (out[i] != i * i)
                CHECK_INT(out[i], i * i);
    }
}

static void the_lowest_failing_piece_is_reported(void)
{
    static const rdl_parallel how = {NULL, NULL, fail_from_seven, "pieces"};
    GError *error = NULL;

    CHECK(!rdl_parallel_run(&how, NULL, 100, 1, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "piece 7");
    CHECK(!rdl_parallel_run(&how, NULL, 100, 4, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "piece");
}

static bool stop_at_once(double fraction, const char *step, void *user)
{
    (void)fraction;
    (void)step;
    (void)user;
    return false;
}

static void a_request_to_stop_is_heard(void)
{
    static const rdl_parallel how = {NULL, NULL, square, "squares"};
    rdl_progress stop = {stop_at_once, NULL};
    GError *error = NULL;
    size_t out[1000];

    CHECK(!rdl_parallel_run(&how, out, 1000, 2, &stop, &error));
    CHECK_INT(rdl_exit_status(error), 130);
    CHECK_FAILS(error, RDL_ERROR_CANCELLED, "squares: stopped");
}

static CU_TestInfo tests[] = {
    {"every piece is done once, whatever the threads", every_piece_is_done_once_whatever_the_threads},
    {"the lowest failing piece is reported", the_lowest_failing_piece_is_reported},
    {"a request to stop is heard", a_request_to_stop_is_heard},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.parallel", tests, argc, argv);
}
