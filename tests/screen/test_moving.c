/* Layers brought into the zones' system: the same ground, or a counted failure. */
#include <string.h>
#include "screen/footprint.h"
#include "suite.h"

static const char *layer_of(const char *name, const char *crs_name, const char *const *wkts, int n)
{
    static const rdl_field fields[] = {{"fp_id", RDL_FIELD_TEXT}, {"built_after", RDL_FIELD_TEXT}};
    GError *error = NULL;
    const char *path = suite_path(name);
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_name, &error);
    rdl_vector *out = rdl_vector_create(path, "GPKG", &error);
    int layer = rdl_vector_layer(out, "layer", crs, "Geometry", fields, 2, &error);

    for (int i = 0; i < n; i++) {
        const rdl_value row[] = {rdl_text(i ? "B" : "A"), rdl_text("2020-01-01")};
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkts[i], &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        CHECK(rdl_vector_write(out, layer, row, wkb, &error));
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    return path;
}

typedef struct {
    rdl_intake intake;
    rdl_pack *pack;
    GPtrArray *footprints;
} reading;

static reading read_into(const char *target, const char *path)
{
    GError *error = NULL;
    rdl_source source = {path, NULL};
    reading r = {.intake = {.target = rdl_crs_parse(target, &error),
                            .tally = rdl_tally_new(),
                            .rejections = rdl_rejections_new()},
                 .pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error),
                 .footprints = rdl_footprints_new()};

    CHECK(rdl_footprints_read(&r.intake, r.pack, &source, r.footprints, &error));
    CHECK_OK(error);
    return r;
}

static void stop(reading *r)
{
    g_ptr_array_unref(r->footprints);
    g_array_unref(r->intake.rejections);
    rdl_tally_free(r->intake.tally);
    rdl_intake_clear(&r->intake);
    rdl_pack_free(r->pack);
}

static const char *said(const reading *r, guint i)
{
    return i < r->intake.rejections->len
               ? g_array_index(r->intake.rejections, rdl_rejection, i).reason
               : NULL;
}

#define ACROSS \
    "POLYGON((630000 7210000,650000 7210000,650000 7220000,630000 7220000,630000 7210000))"
#define ALONG "LINESTRING(630000 7210000,650000 7220000)"

static void what_the_plane_tears_is_a_counted_failure(void)
{
    static const char *const wkts[] = {ACROSS, ALONG};
    reading r = read_into("EPSG:3857", layer_of("torn.gpkg", "EPSG:32660", wkts, 2));

    CHECK_INT(r.footprints->len, 0);
    CHECK_INT(r.intake.rejections->len, 2);
    CHECK_TEXT(said(&r, 0), "DISTORTED");
    CHECK_TEXT(said(&r, 1), "DISTORTED");
    g_autofree char *counted = rdl_tally_text(r.intake.tally);
    CHECK(strstr(counted, "DISTORTED") != NULL);
    stop(&r);
}

static void across_the_antimeridian_nothing_is_lost(void)
{
    static const char *const wkts[] = {ACROSS, ALONG};
    reading r = read_into("EPSG:4326", layer_of("across.gpkg", "EPSG:32660", wkts, 2));

    CHECK_INT(r.footprints->len, 2);
    CHECK_INT(r.intake.rejections->len, 0);
    for (guint i = 0; i < r.footprints->len; i++) {
        rdl_box box = ((rdl_footprint *)r.footprints->pdata[i])->box;
        CHECK(box.xmin >= -180.0 && box.xmax <= 180.0);
    }
    stop(&r);
}

static void a_repair_after_the_move_is_told(void)
{
    /* halves that meet at the antimeridian become one there: a multipolygon may not do that */
    static const char *const wkts[] = {"MULTIPOLYGON(((179 64,180 64,180 66,179 66,179 64)),"
                                       "((-180 64,-179 64,-179 66,-180 66,-180 64)))"};
    reading r = read_into("EPSG:32660", layer_of("halves.gpkg", "EPSG:4326", wkts, 1));

    CHECK_INT(r.footprints->len, 1);
    CHECK(said(&r, 0) && g_str_has_prefix(said(&r, 0), "REPAIRED: "));
    CHECK(said(&r, 0) && g_str_has_suffix(said(&r, 0), " after reprojection"));
    stop(&r);
}

static void a_sphere_is_no_distortion(void)
{
    static const char *const wkts[] = {
        "POLYGON((10000000 4000000,10001000 4000000,10001000 4001000,10000000 4001000,"
        "10000000 4000000))"};
    reading r = read_into(
        "EPSG:4326",
        layer_of("modis.gpkg", "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs",
                 wkts, 1));

    CHECK_INT(r.footprints->len, 1);
    CHECK_INT(r.intake.rejections->len, 0);
    stop(&r);
}

static void no_place_on_earth_is_outside_any_system(void)
{
    static const char *const wkts[] = {
        "POLYGON((500100 3500300,1e12 3500300,500200 3500400,500100 3500300))",
        "POLYGON((500100 3500300,500200 3500300,500200 3500400,500100 3500300))"};
    const char *lcc = "+proj=lcc +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84";
    reading r = read_into(lcc, layer_of("lcc.gpkg", lcc, wkts, 2));

    CHECK_INT(r.footprints->len, 1);
    CHECK(said(&r, 0) && g_str_has_prefix(said(&r, 0), "OUTSIDE_CRS: x from 500100 to 1e+12"));
    stop(&r);
}

static CU_TestInfo tests[] = {
    {"what the plane tears is a counted failure", what_the_plane_tears_is_a_counted_failure},
    {"across the antimeridian nothing is lost", across_the_antimeridian_nothing_is_lost},
    {"a repair after the move is told", a_repair_after_the_move_is_told},
    {"a sphere is no distortion", a_sphere_is_no_distortion},
    {"no place on earth is outside any system", no_place_on_earth_is_outside_any_system},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.moving", tests, argc, argv);
}
