#include "geo/pdf.h"

#include <gdal.h>
#include <cpl_conv.h>
#include "geo/crs_handle.h"

/* What GDAL sees of the page has a whole number of pixels: the scale is that of the page on them.
 */
static void set_place(GDALDatasetH dataset, const rdl_pdf_map *m)
{
    double across = GDALGetRasterXSize(dataset) / m->page_width;
    double down = GDALGetRasterYSize(dataset) / m->page_height;
    double t[6] = {0.0};
    const rdl_box g = m->ground;

    t[1] = (g.xmax - g.xmin) / (m->width * across);
    t[5] = -(g.ymax - g.ymin) / (m->height * down);
    t[0] = g.xmin - m->x * across * t[1];
    t[3] = g.ymax - m->y * down * t[5];
    GDALSetGeoTransform(dataset, t);
    GDALSetProjection(dataset, rdl_crs_wkt(m->crs));
    g_autofree char *line =
        g_strdup_printf("POLYGON((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f))", g.xmin,
                        g.ymax, g.xmax, g.ymax, g.xmax, g.ymin, g.xmin, g.ymin, g.xmin, g.ymax);
    GDALSetMetadataItem(dataset, "NEATLINE", line, NULL);
}

bool rdl_pdf_georeference(const char *path, const rdl_pdf_map *map, bool *done, GError **error)
{
    static const char *const drivers[] = {"PDF", NULL}, *const options[] = {"DPI=300", NULL};

    *done = false;
    if (!GDALGetDriverByName("PDF"))
        return true;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_UPDATE, drivers, options, NULL);
    if (dataset) {
        set_place(dataset, map);
        GDALClose(dataset);
    }
    CPLPopErrorHandler();
    if (!dataset || CPLGetLastErrorType() >= CE_Failure) {
        const char *room = rdl_output_room(path);
        if (*room)
            return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written%s", path, room);
        g_autofree char *doing = rdl_say("%s: cannot be georeferenced", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    *done = true;
    return true;
}
