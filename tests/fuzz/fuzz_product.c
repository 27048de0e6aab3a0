/* What makers write beside their images: SAFE, MTL, STAC, and masks of polygons. Two images of each
 * are there, so that what is read is opened. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "fuzz/target.h"
#include "geo/geo.h"
#include "geo/product.h"

static char *folder;
static rdl_crs *crs;

static bool make_image(const char *name)
{
    const rdl_grid grid = {
        .width = 6, .height = 6, .transform = {300000, 10, 0, 6100020, 0, -10}, .crs = crs};
    const rdl_blocks blocks = rdl_blocks_cells(grid.width, grid.height);
    const rdl_raster_form form = RDL_RASTER_FORM_INIT;
    const uint8_t pixels[36] = {0};
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_mkdir_with_parents(parent, 0755);
    rdl_raster_writer *w = rdl_raster_create(path, &grid, &blocks, &form, NULL);
    bool good = w && rdl_raster_write(w, 0, pixels, NULL) && rdl_raster_finish(w, NULL) &&
                rdl_raster_commit(w, NULL);
    rdl_raster_writer_free(w);
    return good;
}

static void leave(void)
{
    rdl_folder_remove(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const images[] = {"GRANULE/L_T34UCF/IMG_DATA/T34UCF_B02.jp2",
                                         "GRANULE/L_T34UCF/IMG_DATA/T34UCF_B04.jp2",
                                         "scene_B1.TIF",
                                         "scene_B3.TIF",
                                         "red.tif",
                                         "nir.tif"};

    rdl_geo_start();
    crs = rdl_crs_parse("EPSG:32634", NULL);
    folder = g_strdup_printf("%s/fuzz-product-%d", g_get_tmp_dir(), (int)getpid());
    for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
        if (!make_image(images[i]))
            g_error("%s: cannot be made", images[i]);
    return argc && argv ? atexit(leave) : 1;
}

static const char *name_for(const char *text)
{
    if (strstr(text, "Mask"))
        return "MSK_CLOUDS_B00.gml";
    return *text == '<' ? "MTD_MSIL1C.xml" : *text == '{' ? "item.json" : "scene_MTL.txt";
}

/* Metadata name files beside themselves and nothing else. */
static void check_inside(const char *path)
{
    g_autoptr(rdl_product) p = rdl_product_find(path, 0.0, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

    if (!p)
        return;
    rdl_product_files(p, files);
    for (guint i = 0; i < files->len; i++)
        if (!g_str_has_prefix(files->pdata[i], folder) || strstr(files->pdata[i], "/../"))
            g_error("%s leads to %s", path, (char *)files->pdata[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    const char *name = name_for(text);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GError *error = NULL;

    if (!fuzz_write(path, data, size))
        return 0;
    if (g_str_has_suffix(name, ".gml")) {
        GPtrArray *shapes = rdl_mask_shapes_read(path, crs, crs, &error);
        fuzz_check(shapes, error);
        if (shapes)
            g_ptr_array_unref(shapes);
    } else {
        rdl_raster *raster = rdl_raster_open(path, &error);
        fuzz_check(raster, error);
        rdl_raster_close(raster);
        check_inside(path);
    }
    g_unlink(path);
    return 0;
}
