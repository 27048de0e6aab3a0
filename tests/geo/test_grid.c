#include "suite.h"
#include "geo/geo.h"

static rdl_grid grid_of(double x, const char *crs)
{
    GError *error = NULL;
    rdl_grid grid = {4, 3, {x, 30, 0, 1000, 0, -30}, crs ? rdl_crs_parse(crs, &error) : NULL};

    CHECK_OK(error);
    return grid;
}

static void a_grid_equals_itself_and_its_rounding(void)
{
    rdl_grid a = grid_of(500000, "EPSG:32651"), b = grid_of(500000.001, "EPSG:32651");
    rdl_grid c = rdl_grid_copy(&a);

    CHECK(rdl_grid_equal(&a, &b));
    CHECK(rdl_grid_equal(&a, &c));
    rdl_grid_clear(&a);
    rdl_grid_clear(&b);
    rdl_grid_clear(&c);
}

static void half_a_pixel_or_another_system_is_another_grid(void)
{
    rdl_grid a = grid_of(500000, "EPSG:32651"), b = grid_of(500015, "EPSG:32651");
    rdl_grid c = grid_of(500000, "EPSG:32650"), d = grid_of(500000, NULL);

    CHECK(!rdl_grid_equal(&a, &b));
    CHECK(!rdl_grid_equal(&a, &c));
    CHECK(!rdl_grid_equal(&a, &d));
    CHECK(!rdl_grid_placed(&d));
    rdl_grid_clear(&a);
    rdl_grid_clear(&b);
    rdl_grid_clear(&c);
}

static void the_box_holds_a_rotated_grid(void)
{
    rdl_grid g = {10, 10, {0, 1, 1, 0, 1, -1}, NULL};
    rdl_box box = rdl_grid_box(&g);

    CHECK_NEAR(box.xmin, 0, 0);
    CHECK_NEAR(box.xmax, 20, 0);
    CHECK_NEAR(box.ymin, -10, 0);
    CHECK_NEAR(box.ymax, 10, 0);
    CHECK_NEAR(rdl_grid_pixel_area(&g), 2, 0);
}

static CU_TestInfo tests[] = {
    {"a grid equals itself and its rounding", a_grid_equals_itself_and_its_rounding},
    {"half a pixel or another system is another grid",
     half_a_pixel_or_another_system_is_another_grid},
    {"the box holds a rotated grid", the_box_holds_a_rotated_grid},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.grid", tests, argc, argv);
}
