/* Sorting by a key agrees with sorting by comparison, and leaves equal keys in their order. */
#include <stdlib.h>
#include "base/keyed.h"
#include "suite.h"

static int by_key_and_number(const void *a, const void *b)
{
    const rdl_keyed *p = a, *q = b;

    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->number < q->number ? -1 : p->number > q->number;
}

static void check_sorted(size_t n, guint32 mask)
{
    g_autofree rdl_keyed *items = g_new(rdl_keyed, n + 1), *want = g_new(rdl_keyed, n + 1);
    bool same = true;

    for (size_t i = 0; i < n; i++)
        items[i] = want[i] = (rdl_keyed){g_rand_int(suite_rand()) & mask, (guint32)i};
    rdl_keyed_sort(items, n);
    qsort(want, n, sizeof *want, by_key_and_number);
    for (size_t i = 0; i < n; i++)
        same = same && items[i].key == want[i].key && items[i].number == want[i].number;
    CHECK(same);
}

static void keys_are_sorted_and_equal_ones_stay(void)
{
    static const guint32 masks[] = {0, 1, 0xff, 0xff00, 0xf000000f, 0xffffffff};
    static const size_t sizes[] = {0, 1, 2, 3, 100, 5000};

    for (size_t m = 0; m < G_N_ELEMENTS(masks); m++)
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++)
            check_sorted(sizes[k], masks[m]);
}

static CU_TestInfo tests[] = {
    {"keys are sorted, and equal ones stay", keys_are_sorted_and_equal_ones_stay},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.keyed", tests, argc, argv);
}
