#include "suite.h"
#include <string.h>
#include <unistd.h>
#include "fixtures/scene.h"
#include "geo/geo.h"

static rdl_block whole(const rdl_raster *r)
{
    return (rdl_block){0, 0, rdl_raster_grid(r)->width, rdl_raster_grid(r)->height};
}

static void nodata_is_not_valid_and_zero_is_data(void)
{
    made_form f = MADE_FORM;
    f.width = 3, f.height = 1, f.bands = 2, f.nodata = 9;
    const double planes[] = {0, 9, 5, 1, 2, 9};
    const int bands[] = {1, 2};
    float values[6];
    uint8_t valid[] = {1, 1, 1};
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_raster("nodata.tif", &f, planes), &error);

    CHECK_OK(error);
    CHECK(rdl_raster_read(r, whole(r), 2, bands, values, valid, &error));
    CHECK_INT(valid[0], 1);
    CHECK_INT(valid[1], 0);
    CHECK_INT(valid[2], 0);
    CHECK_NEAR(values[0], 0, 0);
    CHECK_NEAR(values[4], 2, 0);
}

static void nan_is_not_valid(void)
{
    made_form f = MADE_FORM;
    f.width = 4, f.height = 1, f.type = GDT_Float32;
    const double planes[] = {0, NAN, INFINITY, -3.4e38};
    const int band = 1;
    float values[4];
    uint8_t valid[] = {1, 1, 1, 1};
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_raster("nan.tif", &f, planes), &error);

    CHECK(r && rdl_raster_read(r, whole(r), 1, &band, values, valid, &error));
    CHECK_OK(error);
    CHECK_INT(valid[0] + 2 * valid[1] + 4 * valid[2] + 8 * valid[3], 1);
}

static const char *make_scaled(const char *name, double scale, double offset)
{
    static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL};
    made_form f = MADE_FORM;
    double planes[16 * 16];

    f.width = f.height = 16, f.nodata = 0, f.type = GDT_UInt16, f.options = tiled;
    for (int i = 0; i < 256; i++)
        planes[i] = i;
    const char *path = make_raster(name, &f, planes);
    GDALDatasetH ds = GDALOpen(path, GA_Update);
    GDALSetRasterScale(GDALGetRasterBand(ds, 1), scale);
    GDALSetRasterOffset(GDALGetRasterBand(ds, 1), offset);
    GDALClose(ds);
    return path;
}

static void scale_and_offset_of_a_file_are_applied(void)
{
    const int band = 1;
    float all[256], some[16];
    uint8_t valid[256];
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_scaled("scaled.tif", 0.5, -10), &error);
    g_autoptr(rdl_raster) zero = rdl_raster_open(make_scaled("no-scale.tif", 0, NAN), &error);

    CHECK_OK(error);
    memset(valid, 1, sizeof valid);
    CHECK_INT(rdl_raster_pixel(r, 1), RDL_PIXEL_F32);
    CHECK(rdl_raster_read(r, whole(r), 1, &band, all, valid, &error));
    CHECK_INT(valid[0], 0); /* as stored */
    CHECK_INT(valid[20], 1);
    CHECK_NEAR(all[20], 0, 0);
    CHECK_NEAR(all[255], 117.5, 0);
    memset(valid, 1, sizeof valid);
    CHECK(rdl_raster_read_every(r, whole(r), 4, 1, &band, some, valid, &error));
    CHECK_NEAR(some[1], -8, 0);
    CHECK_NEAR(some[15], 0.5 * 204 - 10, 0);
    CHECK_INT(valid[0] + 2 * valid[1], 2);
    CHECK(rdl_raster_read(zero, whole(zero), 1, &band, all, valid, &error));
    CHECK_NEAR(all[255], 255, 0);
    CHECK_OK(error);
}

static void numbers_of_colours_are_told_from_grey(void)
{
    made_form f = MADE_FORM;
    const double planes[] = {0, 1, 2};
    GError *error = NULL;

    f.width = 3, f.height = 1;
    for (int i = 0; i < 3; i++) { /* none, the grey of BMP, others */
        const char *path = make_raster("table.tif", &f, planes);
        GDALDatasetH ds = GDALOpen(path, GA_Update);
        GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
        for (short k = 0; k < 256; k++) {
            GDALColorEntry e = {k, k, i == 2 ? (short)(255 - k) : k, 255};
            GDALSetColorEntry(table, k, &e);
        }
        if (i)
            GDALSetRasterColorTable(GDALGetRasterBand(ds, 1), table);
        GDALDestroyColorTable(table);
        GDALClose(ds);
        g_autoptr(rdl_raster) r = rdl_raster_open(path, &error);
        CHECK_OK(error);
        CHECK_INT(rdl_raster_paletted(r, 1), i == 2);
    }
}

static void an_alpha_band_masks_unless_it_is_asked_for(void)
{
    static const char *const alpha[] = {"ALPHA=YES", NULL};
    made_form f = MADE_FORM;
    f.width = 2, f.height = 1, f.bands = 2, f.options = alpha;
    const double planes[] = {7, 8, 255, 0};
    const int bands[] = {1, 2};
    float values[4];
    uint8_t valid[] = {1, 1};
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_raster("alpha.tif", &f, planes), &error);

    CHECK(rdl_raster_alpha(r, 2));
    CHECK(rdl_raster_read(r, whole(r), 1, bands, values, valid, &error));
    CHECK_INT(valid[0] + 2 * valid[1], 1);
    valid[1] = 1;
    CHECK(rdl_raster_read(r, whole(r), 2, bands, values, valid, &error));
    CHECK_INT(valid[0] + 2 * valid[1], 3);
}

static void text_is_no_raster(void)
{
    GError *error = NULL;
    const char *path = suite_path("text.tif");

    g_file_set_contents(path, "not a picture", -1, NULL);
    CHECK(rdl_raster_open(path, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_IO, "text.tif: cannot be opened as a raster");
    CHECK(rdl_raster_open(suite_path("none.tif"), &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_IO, "none.tif");
}

static void a_cut_off_file_fails_when_read(void)
{
    made_form f = MADE_FORM;
    f.width = 64, f.height = 64;
    g_autofree double *planes = g_new0(double, 64 * 64);
    const int band = 1;
    float values[64 * 64];
    uint8_t valid[64 * 64];
    GError *error = NULL;
    const char *path = make_raster("cut.tif", &f, planes);

    CHECK(truncate(path, 2000) == 0);
    g_autoptr(rdl_raster) r = rdl_raster_open(path, &error);
    CHECK(!r || !rdl_raster_read(r, whole(r), 1, &band, values, valid, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "cut.tif");
}

static const char *write_by(const char *name, rdl_blocks blocks, bool backwards, bool cog)
{
    GError *error = NULL;
    rdl_grid grid = {blocks.width, blocks.height, {0, 1, 0, 0, 0, -1}, NULL};
    rdl_raster_form form = RDL_RASTER_FORM_INIT;
    g_autofree uint8_t *pixels = g_malloc((size_t)blocks.block_width * (size_t)blocks.block_height);

    form.cog = cog;
    grid.crs = rdl_crs_parse("EPSG:32651", &error);
    g_autoptr(rdl_raster_writer) w =
        rdl_raster_create(suite_path(name), &grid, &blocks, &form, &error);
    CHECK_OK(error);
    for (int row = 0; row < blocks.down; row++)
        for (int k = 0; k < blocks.across; k++) {
            int col = backwards ? blocks.across - 1 - k : k;
            size_t i = (size_t)row * (size_t)blocks.across + (size_t)col;
            rdl_block b = rdl_blocks_at(&blocks, i);
            for (int y = 0; y < b.height; y++)
                for (int x = 0; x < b.width; x++)
                    pixels[y * b.width + x] = (uint8_t)((b.row + y) * 7 + (b.col + x) * 3);
            CHECK(rdl_raster_write(w, i, pixels, &error));
        }
    CHECK(rdl_raster_finish(w, &error) && rdl_raster_commit(w, &error));
    CHECK_OK(error);
    rdl_grid_clear(&grid);
    return suite_path(name);
}

static void the_bytes_do_not_depend_on_blocks(void)
{
    rdl_blocks small = rdl_blocks_cells(700, 900);
    rdl_blocks large = rdl_blocks_over(700, 900, 512, 512, 1 << 20);
    const char *a = write_by("a.tif", small, false, false);
    g_autofree double *values = NULL;

    CHECK_SAME_FILE(a, write_by("b.tif", large, true, false));
    CHECK_SAME_FILE(write_by("c.tif", small, false, true), write_by("d.tif", large, false, true));
    values = raster_values(a, 1);
    CHECK_NEAR(values[899 * 700 + 699], (uint8_t)(899 * 7 + 699 * 3), 0);
}

/* ---- is a COG one? Read byte by byte (TIFF 6.0), by the rules of GDAL's own validator: ---- */

typedef struct {
    guint32 at, width, height, tile, data; /* data: offset of its first tile */
} directory;

static guint32 number_at(const char *bytes, gsize n, guint32 at, guint width)
{
    guint32 value = 0;

    CHECK(at + width <= n);
    for (guint i = 0; at + width <= n && i < width; i++)
        value |= (guint32)(unsigned char)bytes[at + i] << (8 * i);
    return value;
}

static directory directory_at(const char *bytes, gsize n, guint32 at, guint32 *next)
{
    guint32 entries = number_at(bytes, n, at, 2);
    directory d = {.at = at};

    for (guint32 i = 0; i < entries; i++) {
        guint32 entry = at + 2 + 12 * i, tag = number_at(bytes, n, entry, 2);
        guint32 type = number_at(bytes, n, entry + 2, 2), count = number_at(bytes, n, entry + 4, 4);
        guint32 value = number_at(bytes, n, entry + 8, type == 3 ? 2 : 4);
        if (tag == 256)
            d.width = value;
        else if (tag == 257)
            d.height = value;
        else if (tag == 322)
            d.tile = value;
        else if (tag == 324)
            d.data = count > 1 ? number_at(bytes, n, value, 4) : value;
    }
    *next = number_at(bytes, n, at + 2 + 12 * entries, 4);
    return d;
}

static void a_cog_is_laid_out_as_one(void)
{
    g_autofree char *bytes = NULL;
    directory d[8];
    guint32 next;
    gsize n = 0;
    int found = 0;

    CHECK(g_file_get_contents(write_by("cog.tif", rdl_blocks_cells(1300, 900), false, true), &bytes,
                              &n, NULL));
    CHECK(n > 8 && memcmp(bytes, "II*\0", 4) == 0);
    for (next = number_at(bytes, n, 4, 4); next && found < 8; found++)
        d[found] = directory_at(bytes, n, next, &next);
    CHECK(found >= 3); /* 1300 by 900: halves until one block holds it */
    CHECK(d[0].at < 300 && d[0].width == 1300 && d[0].height == 900);
    CHECK(d[found - 1].width <= 512 && d[found - 1].height <= 512);
    for (int i = 0; i < found; i++)
        CHECK(d[i].tile == 256 && d[i].data > d[found - 1].at);
    for (int i = 1; i < found; i++) {
        CHECK(d[i].at > d[i - 1].at);       /* directories from the whole to the smallest */
        CHECK(d[i].width < d[i - 1].width && d[i].height < d[i - 1].height);
        CHECK(d[i].data < d[i - 1].data);   /* pixels from the smallest to the whole */
    }
}

static void nothing_is_left_of_a_file_given_up(void)
{
    GError *error = NULL, *why = NULL;
    rdl_grid grid = {10, 10, {0, 1, 0, 0, 0, -1}, NULL};
    rdl_blocks blocks = rdl_blocks_cells(10, 10);
    rdl_raster_form form = RDL_RASTER_FORM_INIT;
    uint8_t pixels[100] = {0};
    rdl_raster_writer *w = rdl_raster_create(suite_path("gone.tif"), &grid, &blocks, &form, &error);

    rdl_fail(&why, RDL_ERROR_IO, "the disk is full");
    rdl_raster_stop(w, why);
    CHECK(!rdl_raster_write(w, 0, pixels, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "the disk is full");
    rdl_raster_writer_free(w);
    CHECK(!g_file_test(suite_path("gone.tif"), G_FILE_TEST_EXISTS));
    g_error_free(why);
}

static void a_shifted_raster_is_seen_on_the_other_grid(void)
{
    made_form f = MADE_FORM;
    f.width = 4, f.height = 1, f.type = GDT_Float32;
    const double planes[] = {10, 20, 30, 40};
    const int band = 1;
    float values[4];
    uint8_t valid[] = {1, 1, 1, 1};
    GError *error = NULL;
    g_autoptr(rdl_raster) r = rdl_raster_open(make_raster("shift.tif", &f, planes), &error);
    rdl_grid grid = rdl_grid_copy(rdl_raster_grid(r));

    grid.transform[0] += 30;
    g_autoptr(rdl_raster) onto = rdl_raster_onto(r, &grid, RDL_RESAMPLE_BILINEAR, &error);
    CHECK_OK(error);
    g_autoptr(rdl_raster) again = rdl_raster_reopen(onto, &error);
    CHECK(again && rdl_raster_read(again, whole(again), 1, &band, values, valid, &error));
    CHECK_OK(error);
    CHECK_NEAR(values[0], 20, 1e-4);
    CHECK_NEAR(values[2], 40, 1e-4);
    CHECK_INT(valid[2], 1);
    CHECK_INT(valid[3], 0);
    rdl_grid_clear(&grid);
}

static CU_TestInfo tests[] = {
    {"nodata is not valid and zero is data", nodata_is_not_valid_and_zero_is_data},
    {"NaN is not valid", nan_is_not_valid},
    {"scale and offset of a file are applied", scale_and_offset_of_a_file_are_applied},
    {"numbers of colours are told from grey", numbers_of_colours_are_told_from_grey},
    {"an alpha band masks unless it is asked for", an_alpha_band_masks_unless_it_is_asked_for},
    {"text is no raster", text_is_no_raster},
    {"a cut off file fails when read", a_cut_off_file_fails_when_read},
    {"the bytes do not depend on blocks", the_bytes_do_not_depend_on_blocks},
    {"a COG is laid out as one", a_cog_is_laid_out_as_one},
    {"nothing is left of a file given up", nothing_is_left_of_a_file_given_up},
    {"a shifted raster is seen on the other grid", a_shifted_raster_is_seen_on_the_other_grid},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.raster", tests, argc, argv);
}
