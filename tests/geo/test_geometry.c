#include "geo/geometry.h"
#include "suite.h"

static void a_bowtie_keeps_both_wings(void)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) bow = rdl_geometry_from_wkt("POLYGON((0 0,2 2,2 0,0 2,0 0))", &error);
    g_autofree char *reason = NULL;
    bool valid = true;

    CHECK(rdl_geometry_valid(bow, &valid, &reason, &error));
    CHECK(!valid);
    CHECK_TEXT(reason, "Self-intersection[1 1]");
    g_autoptr(rdl_geometry) mended = rdl_geometry_repair(bow, &error);
    CHECK_OK(error);
    CHECK_NEAR(rdl_geometry_plane_area(mended), 2.0, 1e-12);
}

static void overlapping_parts_are_united_not_cut(void)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 0,3 0,3 2,1 2,1 0)))", &error);
    g_autoptr(rdl_geometry) mended = rdl_geometry_repair(g, &error);

    CHECK_OK(error);
    CHECK_NEAR(rdl_geometry_plane_area(mended), 6.0, 1e-12);
}

static void a_collapsed_polygon_is_nothing(void)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt("POLYGON((0 0,1 1,2 2,0 0))", &error);
    g_autoptr(rdl_geometry) mended = rdl_geometry_repair(g, &error);

    CHECK_OK(error);
    CHECK(mended == NULL);
}

static void touching_squares_have_no_common_area(void)
{
    GError *error = NULL;
    g_autoptr(rdl_geometry) a = rdl_geometry_from_wkt("POLYGON((0 0,1 0,1 1,0 1,0 0))", &error);
    g_autoptr(rdl_geometry) b = rdl_geometry_from_wkt("POLYGON((1 0,2 0,2 1,1 1,1 0))", &error);
    g_autoptr(rdl_geometry) both = rdl_geometry_intersection(a, b, &error);

    CHECK_OK(error);
    CHECK(rdl_geometry_empty(both));
}

static void rubbish_is_an_error(void)
{
    GError *error = NULL;

    CHECK(!rdl_geometry_from_wkb("\x01\x03\x00", 3, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "reading a geometry failed");
}

static void the_box_index_finds_what_brute_force_finds(void)
{
    GError *error = NULL;
    GRand *r = suite_rand();
    rdl_box boxes[200];
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(size_t));

    for (int i = 0; i < 200; i++) {
        double x = g_rand_double_range(r, 0, 100), y = g_rand_double_range(r, 0, 100);
        boxes[i] = (rdl_box){x, y, x + g_rand_double_range(r, 0, 9), y + g_rand_double_range(r, 0, 9)};
    }
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, 200, &error);
    for (int q = 0; q < 200; q++) {
        guint at = 0;
        rdl_box_index_query(index, boxes[q], found);
        for (size_t i = 0; i < 200; i++)
            if (rdl_box_meets(boxes[i], boxes[q]))
                CHECK_INT(at < found->len ? g_array_index(found, size_t, at++) : 999, i);
        CHECK_INT(at, found->len);
    }
    CHECK_OK(error);
}

static void next_to_nothing_is_not_nothing(void)
{
    const double d = 5e-324, e = 1e-200;

    CHECK_INT(rdl_orientation(0, 0, 1, d, 0.25, 0), -1);
    CHECK_INT(rdl_orientation(0, 0, 3, d, 2, d), 1);
    CHECK_INT(rdl_orientation(0, 0, e, 2 * e, 2 * e, 3 * e), -1);
    CHECK_INT(rdl_orientation(0, 0, e, 2 * e, 2 * e, 5 * e), 1);
    CHECK_INT(rdl_orientation(0, 0, e, 2 * e, 2 * e, 4 * e), 0);
}

static CU_TestInfo tests[] = {
    {"a bowtie keeps both wings", a_bowtie_keeps_both_wings},
    {"overlapping parts are united, not cut", overlapping_parts_are_united_not_cut},
    {"a collapsed polygon is nothing", a_collapsed_polygon_is_nothing},
    {"touching squares have no common area", touching_squares_have_no_common_area},
    {"rubbish is an error", rubbish_is_an_error},
    {"the box index finds what brute force finds", the_box_index_finds_what_brute_force_finds},
    {"next to nothing is not nothing", next_to_nothing_is_not_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.geometry", tests, argc, argv);
}
