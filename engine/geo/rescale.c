#include "geo/rescale.h"

#include <math.h>
#include <string.h>
#include <cpl_error.h>
#include <gdal.h>
#include "geo/crs_handle.h"

static GDALDatasetH create(const rdl_raster *raster, const rdl_rescale *how, const char *path)
{
    static const char *const options[] = {
        "TILED=YES",   "BLOCKXSIZE=256",   "BLOCKYSIZE=256",  "COMPRESS=DEFLATE",
        "PREDICTOR=3", "BIGTIFF=IF_SAFER", "INTERLEAVE=BAND", NULL};
    const rdl_grid *grid = rdl_raster_grid(raster);
    GDALDatasetH ds = GDALCreate(GDALGetDriverByName("GTiff"), path, grid->width, grid->height,
                                 how->n, GDT_Float32, (char **)options);

    if (!ds)
        return NULL;
    if (grid->crs)
        GDALSetSpatialRef(ds, rdl_crs_handle(grid->crs));
    if (rdl_grid_placed(grid))
        GDALSetGeoTransform(ds, (double *)grid->transform);
    for (const char *const *item = how->items; item && item[0]; item += 2)
        GDALSetMetadataItem(ds, item[0], item[1], NULL);
    for (int k = 1; k <= how->n; k++)
        GDALSetRasterNoDataValue(GDALGetRasterBand(ds, k), NAN);
    return ds;
}

/* A band in rows of tiles; each is written once, so the bytes do not depend on anything else. */
static bool copy_band(rdl_raster *from, const rdl_rescale *how, int k, GDALDatasetH to, float *row,
                      uint8_t *valid, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(from);

    for (int y = 0; y < grid->height; y += RDL_CELL) {
        rdl_block b = {0, y, grid->width, MIN(RDL_CELL, grid->height - y)};
        size_t n = rdl_block_pixels(b);
        memset(valid, 1, n);
        if (!rdl_raster_read(from, b, 1, &how->bands[k], row, valid, error))
            return false;
        for (size_t i = 0; i < n; i++)
            row[i] = valid[i] ? (float)(how->intercept[k] + how->slope[k] * (double)row[i]) : NAN;
        CPLErrorReset();
        CPLPushErrorHandler(CPLQuietErrorHandler);
        CPLErr failed = GDALRasterIO(GDALGetRasterBand(to, k + 1), GF_Write, 0, y, b.width,
                                     b.height, row, b.width, b.height, GDT_Float32, 0, 0);
        CPLPopErrorHandler();
        if (failed != CE_None)
            return rdl_fail_gdal(error, RDL_ERROR_IO, "the rescaled raster cannot be written");
    }
    return true;
}

static bool copy_all(const rdl_raster *raster, const rdl_rescale *how, GDALDatasetH to,
                     const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_raster) from = rdl_raster_reopen(raster, error);
    size_t room = (size_t)rdl_raster_grid(raster)->width * RDL_CELL;
    g_autofree float *row = g_malloc_n(room, sizeof *row);
    g_autofree uint8_t *valid = g_malloc(room);

    for (int k = 0; from && k < how->n; k++)
        if (!copy_band(from, how, k, to, row, valid, error) ||
            !rdl_progress_tell(progress, (k + 1.0) / how->n, "rescale", error))
            return false;
    return from != NULL;
}

bool rdl_raster_rescale(const rdl_raster *raster, const rdl_rescale *how, const char *path,
                        bool overwrite, const rdl_progress *progress, GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(path, overwrite, error);

    if (!output)
        return false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH to = create(raster, how, rdl_output_temporary(output));
    CPLPopErrorHandler();
    if (!to) {
        g_autofree char *doing = rdl_say("%s: cannot be created", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    bool good = copy_all(raster, how, to, progress, error);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALClose(to);
    bool written = CPLGetLastErrorType() < CE_Failure;
    CPLPopErrorHandler();
    if (good && !written)
        return rdl_fail_gdal(error, RDL_ERROR_IO, path);
    return good && rdl_output_commit(output, error);
}
