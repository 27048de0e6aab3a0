#include "geo/ortho.h"

#include <math.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal_alg.h>
#include "geo/crs_handle.h"

struct rdl_ortho {
    char *text;
    char **options;
    bool flat;
};

void rdl_ortho_free(rdl_ortho *o)
{
    if (!o)
        return;
    CSLDestroy(o->options);
    g_free(o->text);
    g_free(o);
}

char **rdl_ortho_options(const rdl_ortho *o)
{
    return o ? CSLDuplicate(o->options) : NULL;
}

const char *rdl_ortho_text(const rdl_ortho *o, bool *flat)
{
    *flat = o && o->flat;
    return o ? o->text : NULL;
}

static bool use_dem(rdl_ortho *o, const char *dem, GError **error)
{
    GDALDatasetH d = rdl_gdal_open(dem, GDAL_OF_RASTER, NULL);
    if (!d) {
        g_autofree char *doing = rdl_say("--dem %s: cannot be opened as a raster", dem);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    bool placed = GDALGetSpatialRef(d) != NULL;
    GDALClose(d);
    o->options = CSLSetNameValue(o->options, "RPC_DEM", dem);
    o->options = CSLSetNameValue(o->options, "RPC_DEMINTERPOLATION", "bilinear");
    o->text = g_strdup_printf("RPC on %s", dem);
    return placed || rdl_fail(error, RDL_ERROR_CRS, "--dem %s: has no coordinate system", dem);
}

static void use_height(rdl_ortho *o, double height)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(number, sizeof number, height);
    o->options = CSLSetNameValue(o->options, "RPC_HEIGHT", number);
    o->text = g_strdup_printf("RPC at a height of %g m", height);
    o->flat = true;
}

static rdl_ortho *by_polynomials(char **rpc, const rdl_raster_options *how, GError **error)
{
    rdl_ortho *o = g_new0(rdl_ortho, 1);
    const char *middle = CSLFetchNameValue(rpc, "HEIGHT_OFF");

    o->options = CSLSetNameValue(NULL, "METHOD", "RPC");
    if (!how->dem)
        use_height(o, how->height ? *how->height : middle ? CPLAtof(middle) : 0.0);
    else if (!use_dem(o, how->dem, error))
        g_clear_pointer(&o, rdl_ortho_free);
    return o;
}

static rdl_ortho *by_points(int n)
{
    rdl_ortho *o = g_new0(rdl_ortho, 1);

    o->options = CSLSetNameValue(NULL, "METHOD", "GCP_POLYNOMIAL");
    o->text = g_strdup_printf("%d ground control points", n);
    return o;
}

/* Longitude and latitude of the picture's middle. */
static bool middle_of(GDALDatasetH picture, const rdl_ortho *o, double *lon, double *lat)
{
    char **options = CSLSetNameValue(rdl_ortho_options(o), "DST_SRS",
                                     "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\","
                                     "6378137,298.257223563]],PRIMEM[\"Greenwich\",0],UNIT["
                                     "\"degree\",0.0174532925199433],AXIS[\"Longitude\",EAST],"
                                     "AXIS[\"Latitude\",NORTH]]");
    void *way = GDALCreateGenImgProjTransformer2(picture, NULL, options);
    double x = GDALGetRasterXSize(picture) / 2.0, y = GDALGetRasterYSize(picture) / 2.0, z = 0.0;
    int good = FALSE;

    CSLDestroy(options);
    if (way) {
        GDALGenImgProjTransform(way, FALSE, 1, &x, &y, &z, &good);
        GDALDestroyGenImgProjTransformer(way);
    }
    *lon = x;
    *lat = y;
    return good && fabs(x) <= 180.0 && fabs(y) <= 84.0;
}

static OGRSpatialReferenceH ground_system(GDALDatasetH picture, const rdl_ortho *o)
{
    OGRSpatialReferenceH own = GDALGetGCPSpatialRef(picture);
    double lon, lat;

    if (own && GDALGetGCPCount(picture) > 0 && OSRIsProjected(own))
        return OSRClone(own);
    if (!middle_of(picture, o, &lon, &lat))
        return NULL;
    OGRSpatialReferenceH utm = OSRNewSpatialReference(NULL);
    int zone = CLAMP((int)floor((lon + 180.0) / 6.0) + 1, 1, 60);
    OSRImportFromEPSG(utm, (lat >= 0.0 ? 32600 : 32700) + zone);
    return utm;
}

static bool suggest_grid(GDALDatasetH picture, const rdl_ortho *o, rdl_grid *grid)
{
    OGRSpatialReferenceH srs = ground_system(picture, o);
    double extent[4];

    grid->crs = srs ? rdl_crs_from_handle(srs) : NULL;
    if (srs)
        OSRDestroySpatialReference(srs);
    if (!grid->crs)
        return false;
    char **options = CSLSetNameValue(rdl_ortho_options(o), "DST_SRS", rdl_crs_wkt(grid->crs));
    void *way = GDALCreateGenImgProjTransformer2(picture, NULL, options);
    CSLDestroy(options);
    bool good =
        way && GDALSuggestedWarpOutput2(picture, GDALGenImgProjTransform, way, grid->transform,
                                        &grid->width, &grid->height, extent, 0) == CE_None;
    if (way)
        GDALDestroyGenImgProjTransformer(way);
    return good;
}

bool rdl_ortho_find(GDALDatasetH picture, const char *path, const rdl_raster_options *how,
                    rdl_ortho **ortho, rdl_grid *grid, GError **error)
{
    char **rpc = GDALGetMetadata(picture, "RPC");
    int points = GDALGetGCPCount(picture);

    *ortho = NULL;
    if (rpc && !(*ortho = by_polynomials(rpc, how, error)))
        return false;
    if (!rpc && points >= 3)
        *ortho = by_points(points);
    if (!*ortho)
        return true;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = suggest_grid(picture, *ortho, grid);
    CPLPopErrorHandler();
    if (good)
        return true;
    g_autofree char *doing =
        g_strdup_printf("%s: cannot be laid on the ground by %s", path, (*ortho)->text);
    rdl_grid_clear(grid);
    g_clear_pointer(ortho, rdl_ortho_free);
    return rdl_fail_gdal(error, RDL_ERROR_CRS, doing);
}
