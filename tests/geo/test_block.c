#include "suite.h"
#include <string.h>
#include "geo/geo.h"

static void every_pixel_lies_in_one_block(void)
{
    GRand *r = suite_rand();

    for (int round = 0; round < 50; round++) {
        int w = g_rand_int_range(r, 1, 1500), h = g_rand_int_range(r, 1, 1500);
        rdl_blocks blocks =
            rdl_blocks_over(w, h, g_rand_int_range(r, 1, 1200), g_rand_int_range(r, 1, 700),
                            (size_t)g_rand_int_range(r, 1, 3000000));
        gint64 pixels = 0;
        CHECK_INT(blocks.block_width % RDL_CELL, 0);
        CHECK_INT(blocks.block_height % RDL_CELL, 0);
        for (size_t i = 0; i < rdl_blocks_count(&blocks); i++) {
            rdl_block b = rdl_blocks_at(&blocks, i);
            CHECK(b.width > 0 && b.height > 0 && b.col + b.width <= w && b.row + b.height <= h);
            pixels += (gint64)rdl_block_pixels(b);
        }
        CHECK_INT(pixels, (gint64)w * h);
    }
}

static void blocks_fit_the_pixels_allowed(void)
{
    rdl_blocks blocks = rdl_blocks_over(10980, 10980, 1024, 1024, 4 * RDL_CELL * RDL_CELL);

    CHECK_INT(blocks.block_width, 1024);
    CHECK_INT(blocks.block_height, 256);
    blocks = rdl_blocks_over(10980, 10980, 512, 512, 1 << 24);
    CHECK_INT(blocks.block_width, 512);
    CHECK_INT(blocks.block_height, 512);
    blocks = rdl_blocks_over(10980, 10980, 10980, 1, 1);
    CHECK_INT(blocks.block_width, RDL_CELL);
}

static CU_TestInfo tests[] = {
    {"every pixel lies in one block", every_pixel_lies_in_one_block},
    {"blocks fit the pixels allowed", blocks_fit_the_pixels_allowed},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.block", tests, argc, argv);
}
