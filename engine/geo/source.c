#include "geo/source.h"

#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include "geo/crs_handle.h"

char **rdl_source_layers(const char *path, bool *raster, GError **error)
{
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_VECTOR | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    CPLPopErrorHandler();
    if (!dataset) {
        g_autofree char *doing = g_strdup_printf("%s: cannot be opened", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing), NULL;
    }
    int n = GDALDatasetGetLayerCount(dataset);
    char **names = g_new0(char *, (size_t)n + 1);
    for (int i = 0; i < n; i++)
        names[i] = g_strdup(OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
    *raster = GDALGetRasterCount(dataset) > 0;
    GDALClose(dataset);
    return names;
}
