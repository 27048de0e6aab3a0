#include "suite.h"
#include <string.h>
#include <unistd.h>
#include "fixtures/scene.h"
#include "geo/geo.h"
#include "geo/tiles.h"

typedef struct {
    GDALDataType type;
    int bands, width, height;
    const char *options[6];
} layout;

#define DEFLATE "COMPRESS=DEFLATE"
#define TILE "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=48"

static const layout direct[] = {
    {GDT_Byte, 1, 150, 130, {DEFLATE, TILE}},
    {GDT_Byte, 3, 150, 130, {DEFLATE, TILE, "PREDICTOR=2"}},
    {GDT_UInt16, 1, 150, 130, {DEFLATE, TILE, "PREDICTOR=2"}},
    {GDT_UInt16, 4, 150, 130, {DEFLATE, TILE, "PREDICTOR=2"}},
    {GDT_UInt16, 5, 150, 130, {DEFLATE, TILE, "PREDICTOR=2"}},
    {GDT_Int16, 2, 150, 130, {DEFLATE, "PREDICTOR=2"}},
    {GDT_Int16, 4, 150, 131, {DEFLATE, "BLOCKYSIZE=7", "INTERLEAVE=BAND"}},
    {GDT_UInt16, 3, 150, 130, {DEFLATE, TILE, "INTERLEAVE=BAND"}},
    {GDT_Float32, 2, 150, 130, {DEFLATE, TILE}},
};

static const layout left_to_gdal[] = {
    {GDT_UInt16, 2, 150, 130, {"COMPRESS=LZW", TILE}},
    {GDT_UInt16, 2, 150, 130, {DEFLATE, TILE, "NBITS=12"}},
    {GDT_UInt16, 2, 150, 130, {DEFLATE, TILE, "ENDIANNESS=BIG"}},
    {GDT_Float32, 2, 150, 130, {DEFLATE, TILE, "PREDICTOR=3"}},
    {GDT_Int32, 2, 150, 130, {DEFLATE, TILE}},
};

static const char *make(const layout *l)
{
    made_form f = MADE_FORM;
    size_t n = (size_t)l->width * (size_t)l->height * (size_t)l->bands;
    g_autofree double *planes = g_new(double, n);
    GRand *r = suite_rand();
    double most = l->type == GDT_Byte ? 255 : l->type == GDT_UInt16 ? 4095 : 30000;

    f.width = l->width, f.height = l->height, f.bands = l->bands, f.type = l->type;
    f.options = l->options;
    for (size_t i = 0; i < n; i++)
        planes[i] = floor(g_rand_double_range(r, l->type == GDT_Int16 ? -most : 0, most + 1));
    return make_raster("tiles.tif", &f, planes);
}

static rdl_tiles *open_tiles(GDALDatasetH *ds, const char *path)
{
    int proven = 0;

    *ds = GDALOpen(path, GA_ReadOnly);
    return rdl_tiles_open(*ds, path, &proven);
}

static void pixels_are_gdals_bit_by_bit(void)
{
    const rdl_block blocks[] = {
        {0, 0, 150, 130}, {60, 40, 70, 61}, {149, 129, 1, 1}, {0, 64, 150, 3}};
    const int bands[] = {1, 2, 3, 4, 5}, back[] = {2, 1};
    g_autofree float *here = g_new(float, 150 * 131 * 5), *there = g_new(float, 150 * 131 * 5);

    for (size_t i = 0; i < G_N_ELEMENTS(direct); i++) {
        const layout *l = &direct[i];
        GDALDatasetH ds;
        rdl_tiles *t = open_tiles(&ds, make(l));
        CHECK(t != NULL);
        for (size_t k = 0; t && k < 2 * G_N_ELEMENTS(blocks); k++) {
            rdl_block b = blocks[k % G_N_ELEMENTS(blocks)];
            bool turned = k >= G_N_ELEMENTS(blocks) && l->bands > 1;
            int n = turned ? 2 : l->bands;
            const int *which = turned ? back : bands;
            CHECK(rdl_tiles_read(t, b, 1, n, which, here));
            CHECK(GDALDatasetRasterIO(ds, GF_Read, b.col, b.row, b.width, b.height, there, b.width,
                                      b.height, GDT_Float32, n, (int *)which, 0, 0, 0) == CE_None);
            CHECK_INT(memcmp(here, there, rdl_block_pixels(b) * (size_t)n * sizeof(float)), 0);
        }
        rdl_tiles_close(t);
        GDALClose(ds);
    }
}

static void other_files_are_left_to_gdal(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(left_to_gdal); i++) {
        GDALDatasetH ds;
        CHECK(open_tiles(&ds, make(&left_to_gdal[i])) == NULL);
        GDALClose(ds);
    }
}

static void every_third_is_a_third_of_all(void)
{
    const rdl_block b = {61, 47, 80, 70};
    const int bands[] = {3, 1};
    float all[80 * 70 * 2], some[80 * 70 * 2];
    uint8_t valid[80 * 70];

    for (size_t i = 3; i < 5; i++) {
        GError *error = NULL;
        g_autoptr(rdl_raster) r = rdl_raster_open(make(i == 3 ? &direct[3] : &direct[1]), &error);
        CHECK(r && rdl_raster_read(r, b, 2, bands, all, valid, &error));
        CHECK(r && rdl_raster_read_every(r, b, 3, 2, bands, some, valid, &error));
        CHECK_OK(error);
        size_t at = 0, wrong = 0, n = rdl_block_picks(b, 3);
        for (int y = 48; y < 117; y += 3)
            for (int x = 63; x < 141; x += 3, at++)
                for (size_t k = 0; k < 2; k++)
                    wrong += some[k * n + at] != all[k * 5600 + (size_t)((y - 47) * 80 + x - 61)];
        CHECK_INT(at, n);
        CHECK_INT(wrong, 0);
    }
}

static void a_mask_is_thinned_with_the_pixels(void)
{
    static const char *const alpha[] = {"ALPHA=YES", DEFLATE, NULL};
    made_form f = MADE_FORM;
    f.width = 4, f.height = 2, f.bands = 2, f.options = alpha;
    const double planes[] = {1, 2, 3, 4, 5, 6, 7, 8, 255, 255, 0, 255, 255, 255, 255, 255};
    const int band = 1;
    float some[2];
    uint8_t valid[] = {1, 1};
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_raster("alpha.tif", &f, planes), &error);

    CHECK(r && rdl_raster_read_every(r, (rdl_block){0, 0, 4, 2}, 2, 1, &band, some, valid, &error));
    CHECK_OK(error);
    CHECK_NEAR(some[1], 3, 0);
    CHECK_INT(valid[0] + 2 * valid[1], 1);
}

/* GDAL gives the nodata value, or zero, for a tile that was never written. */
static void tiles_that_are_not_there_read_as_gdal_says(void)
{
    static const char *const sparse[] = {DEFLATE, TILE, "SPARSE_OK=TRUE", NULL};
    const char *path = suite_path("sparse.tif");
    GDALDatasetH ds =
        GDALCreate(GDALGetDriverByName("GTiff"), path, 128, 96, 1, GDT_UInt16, (char **)sparse);
    uint16_t seven[64 * 48];
    float values[128 * 96];
    uint8_t valid[128 * 96];
    const int band = 1;
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(seven); i++)
        seven[i] = (uint16_t)i;
    GDALSetRasterNoDataValue(GDALGetRasterBand(ds, 1), 9);
    CHECK(GDALWriteBlock(GDALGetRasterBand(ds, 1), 0, 0, seven) == CE_None);
    GDALClose(ds);
    memset(valid, 1, sizeof valid);
    g_autoptr(rdl_raster) r = rdl_raster_open(path, &error);
    CHECK(r && rdl_raster_read(r, (rdl_block){0, 0, 128, 96}, 1, &band, values, valid, &error));
    CHECK_OK(error);
    CHECK_NEAR(values[63], 63, 0);
    CHECK_INT(valid[9], 0);
    CHECK_NEAR(values[64], 9, 0);
    CHECK_INT(valid[64], 0);
}

static void a_file_cut_off_fails(void)
{
    float values[150 * 130];
    uint8_t valid[150 * 130];
    const int band = 1;
    GError *error = NULL;
    const char *path = make(&direct[2]);

    CHECK(truncate(path, 20000) == 0);
    g_autoptr(rdl_raster) r = rdl_raster_open(path, &error);
    CHECK(r && rdl_raster_read(r, (rdl_block){0, 0, 64, 48}, 1, &band, values, valid, &error));
    CHECK_OK(error);
    CHECK(r && !rdl_raster_read(r, (rdl_block){0, 0, 150, 130}, 1, &band, values, valid, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "tiles.tif: cannot be read");
}

static void bytes_are_those_of_the_planes(void)
{
    const rdl_block b = {60, 40, 70, 61};
    const int band = 1;
    float values[70 * 61];
    uint8_t bytes[70 * 61], valid[70 * 61];
    size_t wrong = 0;
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make(&direct[0]), &error);

    CHECK(r && rdl_raster_read(r, b, 1, &band, values, valid, &error) &&
          rdl_raster_read_bytes(r, b, 1, bytes, valid, &error));
    CHECK_OK(error);
    for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++)
        wrong += (float)bytes[i] != values[i];
    CHECK_INT(wrong, 0);
}

static CU_TestInfo tests[] = {
    {"pixels are GDAL's, bit by bit", pixels_are_gdals_bit_by_bit},
    {"other files are left to GDAL", other_files_are_left_to_gdal},
    {"every third is a third of all", every_third_is_a_third_of_all},
    {"a mask is thinned with the pixels", a_mask_is_thinned_with_the_pixels},
    {"tiles that are not there read as GDAL says", tiles_that_are_not_there_read_as_gdal_says},
    {"a file cut off fails", a_file_cut_off_fails},
    {"bytes are those of the planes", bytes_are_those_of_the_planes},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.tiles", tests, argc, argv);
}
