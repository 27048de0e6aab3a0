#include "geo/raster.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_minixml.h>
#include <gdal.h>
#include <gdalwarper.h>
#include <gdal_utils.h>
#include <gdal_vrt.h>
#include "geo/crs_handle.h"
#include "geo/ortho.h"
#include "geo/product.h"
#include "geo/tiles.h"

typedef struct {
    bool has_nodata, whole; /* whole: integers, which are never NaN or infinite */
    float nodata;
    double scale, offset; /* as the file says; 1 and 0 else */
} band_fact;

/* What was found out when a path was opened first; counted, shared by all handles on it. */
typedef struct {
    char *name;           /* as GDAL opens it */
    rdl_product *product; /* NULL: none */
    rdl_ortho *ortho;     /* how a picture without a place is laid on the ground; NULL: has one */
} origin;

struct rdl_raster {
    char *path;
    origin *origin;
    GDALDatasetH dataset;
    GDALDatasetH source; /* under a virtual warp, else NULL */
    rdl_grid grid;
    rdl_resample resample;
    band_fact *facts;
    int alpha;  /* number of the alpha band, 0: none */
    bool codes; /* no band is scaled */
    char *date;
    rdl_tiles *tiles; /* a short way to the pixels; NULL where there is none, or not asked yet */
    bool tiles_asked;
    int *proven; /* counted reference, shared by all handles: as rdl_tiles_open() says */
};

static void origin_clear(void *p)
{
    origin *o = p;

    rdl_product_free(o->product);
    rdl_ortho_free(o->ortho);
    g_free(o->name);
}

static void origin_release(origin *o)
{
    g_atomic_rc_box_release_full(o, origin_clear);
}

void rdl_raster_close(rdl_raster *raster)
{
    if (!raster)
        return;
    rdl_tiles_close(raster->tiles);
    g_clear_pointer(&raster->proven, g_atomic_rc_box_release);
    if (raster->dataset)
        GDALClose(raster->dataset);
    if (raster->source)
        GDALClose(raster->source);
    rdl_grid_clear(&raster->grid);
    g_free(raster->facts);
    g_free(raster->date);
    g_clear_pointer(&raster->origin, origin_release);
    g_free(raster->path);
    g_free(raster);
}

/* ---- opening ---- */

static GDALDatasetH open_dataset(const char *path, const char *name, GError **error)
{
    GDALDatasetH dataset = rdl_gdal_open(name, GDAL_OF_RASTER, NULL);
    if (!dataset) {
        g_autofree char *doing = rdl_say("%s: cannot be opened as a raster", path);
        rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    return dataset;
}

static origin *origin_new(const char *path, const rdl_raster_options *how, GError **error)
{
    GError *failure = NULL;
    rdl_product *product = rdl_product_find(path, how->resolution, &failure);
    char *name = NULL;

    if (!failure)
        name = product ? rdl_product_vrt(product, path, &failure) : g_strdup(path);
    if (!failure && !product && how->resolution != 0.0)
        rdl_fail(&failure, RDL_ERROR_USAGE,
                 "--resolution: %s is one file of one pixel size; resolutions are chosen of "
                 "products (SAFE, STAC)",
                 path);
    if (failure) {
        rdl_product_free(product);
        g_free(name);
        g_propagate_error(error, failure);
        return NULL;
    }
    origin *o = g_atomic_rc_box_new0(origin);
    *o = (origin){name, product, NULL};
    return o;
}

static bool nodata_of(GDALRasterBandH band, double *value)
{
    int has = 0;
    GDALDataType type = GDALGetRasterDataType(band);

    if (type == GDT_Int64)
        *value = (double)GDALGetRasterNoDataValueAsInt64(band, &has);
    else if (type == GDT_UInt64)
        *value = (double)GDALGetRasterNoDataValueAsUInt64(band, &has);
    else
        *value = GDALGetRasterNoDataValue(band, &has);
    return has != 0;
}

/* As the value looks after GDAL made a float of it. */
static float as_float(double value)
{
    return (float)CLAMP(value, -FLT_MAX, FLT_MAX);
}

static void learn_scale(GDALRasterBandH band, band_fact *fact)
{
    double scale = GDALGetRasterScale(band, NULL), offset = GDALGetRasterOffset(band, NULL);
    bool sane = isfinite(scale) && scale != 0.0 && isfinite(offset);

    fact->scale = sane ? scale : 1.0;
    fact->offset = sane ? offset : 0.0;
}

static void learn_bands(rdl_raster *raster)
{
    int n = rdl_raster_bands(raster);

    raster->facts = g_new0(band_fact, (size_t)n + 1);
    for (int i = 1; i <= n; i++) {
        GDALRasterBandH band = GDALGetRasterBand(raster->dataset, i);
        double value;
        raster->facts[i].has_nodata = nodata_of(band, &value);
        learn_scale(band, &raster->facts[i]);
        raster->facts[i].whole = GDALDataTypeIsInteger(GDALGetRasterDataType(band));
        if (raster->facts[i].has_nodata)
            raster->facts[i].nodata = as_float(value);
        if (GDALGetRasterColorInterpretation(band) == GCI_AlphaBand)
            raster->alpha = i;
    }
}

static void take_codes(rdl_raster *raster)
{
    raster->codes = true;
    for (int i = 1; i <= rdl_raster_bands(raster); i++) {
        raster->facts[i].scale = 1.0;
        raster->facts[i].offset = 0.0;
    }
}

static void learn_date(rdl_raster *raster)
{
    static const char *const names[][2] = {
        {NULL, "DATE_ACQUIRED"},      {NULL, "ACQUISITION_DATE"},
        {NULL, "ACQUISITIONDATE"},    {NULL, "SENSING_TIME"},
        {NULL, "PRODUCT_START_TIME"}, {NULL, "DATATAKE_1_DATATAKE_SENSING_START"},
        {NULL, "RANGEBEGINNINGDATE"}, {NULL, "CALENDARDATE"},
        {NULL, "SCENE_DATE"},         {"IMAGERY", "ACQUISITIONDATETIME"},
        {"ENVI", "acquisition_time"}};

    for (size_t i = 0; i < G_N_ELEMENTS(names) && !raster->date; i++) {
        const char *text = GDALGetMetadataItem(raster->dataset, names[i][1], names[i][0]);
        rdl_day day;
        if (text && rdl_day_parse(text, &day, NULL))
            raster->date = rdl_day_text(day);
    }
}

static bool usable_bands(const rdl_raster *raster, GError **error)
{
    int n = rdl_raster_bands(raster);

    if (n == 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: has no raster band of its own; name one of its subdatasets",
                        raster->path);
    for (int i = 1; i <= n; i++)
        if (GDALDataTypeIsComplex(GDALGetRasterDataType(GDALGetRasterBand(raster->dataset, i))))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: band %d holds complex numbers",
                            raster->path, i);
    return true;
}

/* The file itself, before it is brought anywhere. */
static rdl_raster *open_plain(const char *path, origin *from, GError **error)
{
    g_autoptr(rdl_raster) raster = g_new0(rdl_raster, 1);

    raster->path = g_strdup(path);
    raster->origin = g_atomic_rc_box_acquire(from);
    raster->proven = g_atomic_rc_box_new0(int);
    raster->dataset = open_dataset(path, from->name, error);
    if (!raster->dataset || !usable_bands(raster, error))
        return NULL;
    raster->grid.width = GDALGetRasterXSize(raster->dataset);
    raster->grid.height = GDALGetRasterYSize(raster->dataset);
    if (GDALGetGeoTransform(raster->dataset, raster->grid.transform) != CE_None)
        memcpy(raster->grid.transform, (double[]){0, 1, 0, 0, 0, 1}, sizeof(double[6]));
    raster->grid.crs = rdl_crs_from_handle(GDALGetSpatialRef(raster->dataset));
    learn_bands(raster);
    learn_date(raster);
    return g_steal_pointer(&raster);
}

static rdl_raster *view(const rdl_raster *raster, const rdl_grid *grid, rdl_resample resample,
                        GError **error);

rdl_raster *rdl_raster_open_as(const char *path, const rdl_raster_options *how, GError **error)
{
    origin *o = origin_new(path, how, error);
    g_autoptr(rdl_raster) plain = o ? open_plain(path, o, error) : NULL;
    rdl_grid grid = {0};

    if (o)
        origin_release(o);
    if (!plain || rdl_grid_placed(&plain->grid))
        return g_steal_pointer(&plain);
    if (!rdl_ortho_find(plain->dataset, path, how, &plain->origin->ortho, &grid, error))
        return NULL;
    if (!plain->origin->ortho)
        return g_steal_pointer(&plain);
    rdl_raster *on_ground = view(plain, &grid, RDL_RESAMPLE_BILINEAR, error);
    rdl_grid_clear(&grid);
    return on_ground;
}

rdl_raster *rdl_raster_open(const char *path, GError **error)
{
    const rdl_raster_options plain = {0};

    return rdl_raster_open_as(path, &plain, error);
}

rdl_raster *rdl_raster_open_codes(const char *path, GError **error)
{
    rdl_raster *raster = rdl_raster_open(path, error);

    if (raster)
        take_codes(raster);
    return raster;
}

rdl_raster *rdl_raster_reopen(const rdl_raster *raster, GError **error)
{
    if (raster->source)
        return view(raster, &raster->grid, raster->resample, error);
    rdl_raster *plain = open_plain(raster->path, raster->origin, error);
    if (!plain)
        return NULL;
    g_atomic_rc_box_release(plain->proven);
    plain->proven = g_atomic_rc_box_acquire(raster->proven);
    if (raster->codes)
        take_codes(plain);
    return plain;
}

/* ---- on another grid ---- */

static void *transformer_onto(GDALDatasetH source, const rdl_ortho *ortho, const rdl_grid *grid)
{
    const char *wkt = grid->crs ? rdl_crs_wkt(grid->crs) : "";
    char **options = CSLSetNameValue(rdl_ortho_options(ortho), "DST_SRS", wkt);
    void *exact = GDALCreateGenImgProjTransformer2(source, NULL, options);

    CSLDestroy(options);
    if (!exact)
        return NULL;
    GDALSetGenImgProjTransformerDstGeoTransform(exact, grid->transform);
    void *fast = GDALCreateApproxTransformer(GDALGenImgProjTransform, exact, 0.05);
    GDALApproxTransformerOwnsSubtransformer(fast, TRUE);
    return fast;
}

/* All bands but an alpha, nodata kept, and an alpha band behind them that tells where the source
 * reaches. */
static GDALWarpOptions *warp_options(const rdl_raster *from, rdl_resample resample)
{
    GDALWarpOptions *o = GDALCreateWarpOptions();
    int n = rdl_raster_bands(from), k = 0;
    double value;

    o->hSrcDS = from->dataset;
    o->eResampleAlg = resample == RDL_RESAMPLE_BILINEAR ? GRA_Bilinear : GRA_NearestNeighbour;
    o->dfWarpMemoryLimit = 16.0 * 1024 * 1024;
    GDALWarpInitDefaultBandMapping(o, n);
    GDALWarpInitSrcNoDataReal(o, nan(""));
    GDALWarpInitDstNoDataReal(o, 0.0);
    for (int i = 1; i <= n; i++) {
        if (i == from->alpha)
            continue;
        o->panSrcBands[k] = o->panDstBands[k] = i;
        if (nodata_of(GDALGetRasterBand(from->dataset, i), &value))
            o->padfSrcNoDataReal[k] = o->padfDstNoDataReal[k] = value;
        k++;
    }
    o->nBandCount = k;
    o->nSrcAlphaBand = from->alpha;
    o->nDstAlphaBand = from->alpha ? from->alpha : n + 1;
    o->papszWarpOptions = CSLSetNameValue(o->papszWarpOptions, "INIT_DEST", "NO_DATA");
    o->papszWarpOptions = CSLSetNameValue(o->papszWarpOptions, "UNIFIED_SRC_NODATA", "NO");
    return o;
}

static GDALDatasetH warped(const rdl_raster *from, const rdl_grid *grid, rdl_resample resample)
{
    void *transformer = transformer_onto(from->dataset, from->origin->ortho, grid);
    double transform[6];

    if (!transformer)
        return NULL;
    memcpy(transform, grid->transform, sizeof transform);
    GDALWarpOptions *options = warp_options(from, resample);
    options->pfnTransformer = GDALApproxTransform;
    options->pTransformerArg = transformer;
    GDALDatasetH dataset =
        GDALCreateWarpedVRT(from->dataset, grid->width, grid->height, transform, options);
    if (!dataset)
        GDALDestroyTransformer(transformer);
    GDALDestroyWarpOptions(options);
    return dataset;
}

/* What the source says, said again by the warped bands. */
static void pass_on_nodata(const rdl_raster *from, GDALDatasetH to)
{
    double value;

    for (int i = 1; i <= rdl_raster_bands(from); i++)
        if (i != from->alpha && nodata_of(GDALGetRasterBand(from->dataset, i), &value))
            GDALSetRasterNoDataValue(GDALGetRasterBand(to, i), value);
}

static bool both_placed(const rdl_raster *from, const rdl_grid *grid, GError **error)
{
    if (rdl_grid_placed(&from->grid) && rdl_grid_placed(grid))
        return true;
    return rdl_fail(error, RDL_ERROR_CRS,
                    "%s: cannot be brought onto the other grid: %s has no coordinate system",
                    from->path, rdl_grid_placed(grid) ? "it" : "that");
}

static rdl_raster *view(const rdl_raster *raster, const rdl_grid *grid, rdl_resample resample,
                        GError **error)
{
    g_autoptr(rdl_raster) from = open_plain(raster->path, raster->origin, error);
    g_autoptr(rdl_raster) onto = g_new0(rdl_raster, 1);
    if (!from)
        return NULL;
    onto->origin = g_atomic_rc_box_acquire(raster->origin);
    onto->path = g_strdup(raster->path);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    onto->dataset = warped(from, grid, resample);
    CPLPopErrorHandler();
    if (!onto->dataset) {
        g_autofree char *doing =
            g_strdup_printf("%s: cannot be brought onto the other grid", raster->path);
        return rdl_fail_gdal(error, RDL_ERROR_CRS, doing), NULL;
    }
    pass_on_nodata(from, onto->dataset);
    onto->source = g_steal_pointer(&from->dataset);
    onto->grid = rdl_grid_copy(grid);
    onto->resample = resample;
    onto->tiles_asked = true; /* a view has no tiles of its own */
    onto->proven = g_atomic_rc_box_acquire(from->proven);
    onto->date = g_strdup(from->date);
    learn_bands(onto);
    for (int i = 1; i <= GDALGetRasterCount(onto->source); i++) {
        onto->facts[i].scale = from->facts[i].scale;
        onto->facts[i].offset = from->facts[i].offset;
    }
    if (raster->codes)
        take_codes(onto);
    return g_steal_pointer(&onto);
}

rdl_raster *rdl_raster_onto(const rdl_raster *raster, const rdl_grid *grid, rdl_resample resample,
                            GError **error)
{
    return both_placed(raster, grid, error) ? view(raster, grid, resample, error) : NULL;
}

static bool one_system(const char *const *paths, size_t n, const rdl_grid *grid, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        g_autoptr(rdl_raster) raster = rdl_raster_open(paths[i], error);
        if (!raster)
            return false;
        if (!grid->crs || !raster->grid.crs || !rdl_crs_same(raster->grid.crs, grid->crs))
            return rdl_fail(error, RDL_ERROR_CRS, "%s: lies in another system than the others",
                            paths[i]);
    }
    return (grid->transform[2] == 0.0 && grid->transform[4] == 0.0) ||
           rdl_fail(error, RDL_ERROR_CRS, "%s: lies on a rotated grid", paths[0]);
}

static GDALDatasetH build_virtual(const char *const *paths, size_t n, const rdl_grid *grid,
                                  const char *path)
{
    const rdl_box box = rdl_grid_box(grid);
    const double numbers[] = {
        fabs(grid->transform[1]), fabs(grid->transform[5]), box.xmin, box.ymin, box.xmax, box.ymax};
    char text[6][G_ASCII_DTOSTR_BUF_SIZE];
    const char *words[] = {"-resolution", "user",  "-tr",   text[0], text[1], "-te",
                           text[2],       text[3], text[4], text[5], NULL};
    g_autofree const char **order = g_new0(const char *, n + 1);

    for (int i = 0; i < 6; i++)
        g_ascii_dtostr(text[i], sizeof text[i], numbers[i]);
    for (size_t i = 0; i < n; i++)
        order[i] = paths[n - 1 - i]; /* the last is on top */
    GDALBuildVRTOptions *options = GDALBuildVRTOptionsNew((char **)words, NULL);
    GDALDatasetH dataset = GDALBuildVRT(path, (int)n, NULL, order, options, NULL);
    GDALBuildVRTOptionsFree(options);
    return dataset;
}

bool rdl_raster_lay(const char *const *paths, size_t n, const rdl_grid *grid, const char *path,
                    GError **error)
{
    if (!one_system(paths, n, grid, error))
        return false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset = build_virtual(paths, n, grid, path);
    if (dataset)
        GDALClose(dataset);
    CPLPopErrorHandler();
    if (dataset && CPLGetLastErrorType() < CE_Failure)
        return true;
    g_autofree char *doing = rdl_say("%s: cannot be laid over the others", path);
    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

/* The bands of `veil` lose their nodata value for the first band of `mask` as mask of them all. */
static bool put_mask(CPLXMLNode *veil, CPLXMLNode *mask)
{
    CPLXMLNode *root = CPLGetXMLNode(veil, "=VRTDataset");
    CPLXMLNode *of = CPLGetXMLNode(mask, "=VRTDataset.VRTRasterBand");

    if (!root || !of)
        return false;
    for (CPLXMLNode *band = root->psChild; band; band = band->psNext) {
        CPLXMLNode *nodata = CPLGetXMLNode(band, "NoDataValue");
        if (nodata && strcmp(band->pszValue, "VRTRasterBand") == 0) {
            CPLRemoveXMLChild(band, nodata);
            CPLDestroyXMLNode(nodata);
        }
    }
    CPLXMLNode *holder = CPLCreateXMLNode(root, CXT_Element, "MaskBand");
    CPLXMLNode *own = CPLCreateXMLNode(holder, CXT_Element, "VRTRasterBand");
    CPLAddXMLAttributeAndValue(own, "dataType", "Byte");
    for (const CPLXMLNode *part = of->psChild; part; part = part->psNext)
        if (g_str_has_suffix(part->pszValue, "Source")) {
            CPLXMLNode *copy = CPLCreateXMLNode(own, part->eType, part->pszValue);
            copy->psChild = CPLCloneXMLTree(part->psChild);
        }
    return true;
}

bool rdl_raster_veil(const char *scene, const char *mask, const rdl_grid *grid, const char *path,
                     GError **error)
{
    g_autofree char *flags = g_strconcat(path, ".mask", NULL);

    if (!rdl_raster_lay(&scene, 1, grid, path, error) ||
        !rdl_raster_lay(&mask, 1, grid, flags, error))
        return false;
    CPLXMLNode *veil = CPLParseXMLFile(path), *of = CPLParseXMLFile(flags);
    bool good = veil && of && put_mask(veil, of) && CPLSerializeXMLTreeToFile(veil, path);
    CPLDestroyXMLNode(veil);
    CPLDestroyXMLNode(of);
    VSIUnlink(flags);
    return good || rdl_fail_gdal(error, RDL_ERROR_IO, path);
}

/* ---- facts ---- */

const char *rdl_raster_path(const rdl_raster *raster)
{
    return raster->path;
}

const char *rdl_raster_format(const rdl_raster *raster)
{
    const rdl_product *product = raster->origin->product;

    if (product)
        return product->kind;
    return GDALGetDriverShortName(GDALGetDatasetDriver(raster->dataset));
}

const rdl_grid *rdl_raster_grid(const rdl_raster *raster)
{
    return &raster->grid;
}

int rdl_raster_bands(const rdl_raster *raster)
{
    return GDALGetRasterCount(raster->dataset);
}

void rdl_raster_native(const rdl_raster *raster, int *width, int *height)
{
    GDALGetBlockSize(GDALGetRasterBand(raster->dataset, 1), width, height);
}

const char *rdl_raster_type(const rdl_raster *raster, int band)
{
    return GDALGetDataTypeName(GDALGetRasterDataType(GDALGetRasterBand(raster->dataset, band)));
}

const char *rdl_raster_description(const rdl_raster *raster, int band)
{
    GDALDatasetH dataset = raster->source ? raster->source : raster->dataset;

    return band <= GDALGetRasterCount(dataset)
               ? GDALGetDescription(GDALGetRasterBand(dataset, band))
               : "";
}

static bool scaled(const rdl_raster *raster, int band)
{
    return raster->facts[band].scale != 1.0 || raster->facts[band].offset != 0.0;
}

rdl_pixel rdl_raster_pixel(const rdl_raster *raster, int band)
{
    if (scaled(raster, band))
        return RDL_PIXEL_F32;
    switch (GDALGetRasterDataType(GDALGetRasterBand(raster->dataset, band))) {
    case GDT_Byte:
        return RDL_PIXEL_U8;
    case GDT_UInt16:
        return RDL_PIXEL_U16;
    case GDT_Int16:
        return RDL_PIXEL_I16;
    default:
        return RDL_PIXEL_F32;
    }
}

bool rdl_raster_nodata(const rdl_raster *raster, int band, double *nodata)
{
    return nodata_of(GDALGetRasterBand(raster->dataset, band), nodata);
}

bool rdl_raster_alpha(const rdl_raster *raster, int band)
{
    return raster->alpha == band;
}

const char *rdl_raster_date(const rdl_raster *raster)
{
    return raster->date;
}

const char *rdl_raster_item(const rdl_raster *raster, const char *name)
{
    return GDALGetMetadataItem(raster->source ? raster->source : raster->dataset, name, NULL);
}

const char *rdl_raster_band_item(const rdl_raster *raster, int band, const char *name)
{
    GDALDatasetH dataset = raster->source ? raster->source : raster->dataset;

    return band <= GDALGetRasterCount(dataset)
               ? GDALGetMetadataItem(GDALGetRasterBand(dataset, band), name, NULL)
               : NULL;
}

void rdl_raster_scale(const rdl_raster *raster, int band, double *scale, double *offset)
{
    *scale = raster->facts[band].scale;
    *offset = raster->facts[band].offset;
}

bool rdl_raster_paletted(const rdl_raster *raster, int band)
{
    GDALColorTableH table = GDALGetRasterColorTable(GDALGetRasterBand(raster->dataset, band));

    for (int i = 0; table && i < GDALGetColorEntryCount(table); i++) {
        const GDALColorEntry *c = GDALGetColorEntry(table, i);
        if (c->c1 != i || c->c2 != i || c->c3 != i)
            return true;
    }
    return false;
}

bool rdl_raster_product(const rdl_raster *raster)
{
    return raster->origin->product != NULL;
}

int rdl_raster_masks(const rdl_raster *raster)
{
    return raster->origin->product ? (int)raster->origin->product->masks->len : 0;
}

const char *rdl_raster_mask(const rdl_raster *raster, int i, int *band, const char **values)
{
    const rdl_product_mask *mask = raster->origin->product->masks->pdata[i];

    *band = mask->band;
    *values = mask->values;
    return mask->file;
}

const char *rdl_raster_missing(const rdl_raster *raster)
{
    const rdl_product *product = raster->origin->product;

    return product && product->missing->len ? product->missing->str : NULL;
}

const char *rdl_raster_ortho(const rdl_raster *raster, bool *flat)
{
    return rdl_ortho_text(raster->origin->ortho, flat);
}

char **rdl_raster_files(const rdl_raster *raster)
{
    const rdl_product *product = raster->origin->product;
    GPtrArray *files = g_ptr_array_new();

    if (product)
        rdl_product_files(product, files);
    g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_free(files, FALSE);
}

/* ---- reading ---- */

#define FILL 1e30f /* numbers of this size are nobody's measurements */

static void drop_unset(size_t n, const float *plane, band_fact fact, uint8_t *restrict valid)
{
    const float nodata = fact.has_nodata ? fact.nodata : NAN;

    if (fact.whole && !fact.has_nodata)
        return;
    /* NaN and infinities fail the first comparison, a nodata of NaN passes the second */
    for (size_t i = 0; i < n; i++)
        valid[i] = valid[i] & (fabsf(plane[i]) < FILL) & !(plane[i] == nodata);
}

static bool read_fails(const rdl_raster *raster, rdl_block b, GError **error)
{
    g_autofree char *doing =
        g_strdup_printf("%s: cannot be read at column %d, row %d", raster->path, b.col, b.row);

    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

static bool drop_masked(rdl_raster *raster, GDALRasterBandH mask, rdl_block b, uint8_t *valid,
                        GError **error)
{
    size_t n = rdl_block_pixels(b);
    g_autofree uint8_t *flags = g_malloc(n);

    if (GDALRasterIO(mask, GF_Read, b.col, b.row, b.width, b.height, flags, b.width, b.height,
                     GDT_Byte, 0, 0) != CE_None)
        return read_fails(raster, b, error);
    for (size_t i = 0; i < n; i++)
        valid[i] = valid[i] & (flags[i] != 0);
    return true;
}

static bool among(int band, int n, const int *bands)
{
    for (int k = 0; k < n; k++)
        if (bands[k] == band)
            return true;
    return false;
}

/* Nodata values are compared above; here the masks that are rasters of their own. A mask for the
 * whole dataset is read once. */
static bool drop_by_masks(rdl_raster *raster, rdl_block b, int n, const int *bands, uint8_t *valid,
                          GError **error)
{
    bool whole = false;

    if (raster->alpha && !among(raster->alpha, n, bands) &&
        !drop_masked(raster, GDALGetRasterBand(raster->dataset, raster->alpha), b, valid, error))
        return false;
    for (int k = 0; k < n; k++) {
        GDALRasterBandH band = GDALGetRasterBand(raster->dataset, bands[k]);
        int flags = GDALGetMaskFlags(band);
        bool dataset = (flags & GMF_PER_DATASET) != 0;

        if (flags == GMF_NODATA || (flags & (GMF_ALL_VALID | GMF_ALPHA)) || (dataset && whole))
            continue;
        whole = whole || dataset;
        if (!drop_masked(raster, GDALGetMaskBand(band), b, valid, error))
            return false;
    }
    return true;
}

static rdl_tiles *tiles_of(rdl_raster *raster)
{
    if (!raster->tiles_asked)
        raster->tiles = rdl_tiles_open(raster->dataset, raster->path, raster->proven);
    raster->tiles_asked = true;
    return raster->tiles;
}

static bool read_planes(rdl_raster *raster, rdl_block b, int n, const int *bands, float *planes,
                        GError **error)
{
    if (tiles_of(raster) && rdl_tiles_read(raster->tiles, b, 1, n, bands, planes))
        return true;
    return GDALDatasetRasterIO(raster->dataset, GF_Read, b.col, b.row, b.width, b.height, planes,
                               b.width, b.height, GDT_Float32, n, (int *)bands, 0, 0,
                               0) == CE_None ||
           read_fails(raster, b, error);
}

static void rescale(size_t n, band_fact fact, float *plane)
{
    for (size_t i = 0; i < n; i++)
        plane[i] = (float)((double)plane[i] * fact.scale + fact.offset);
}

static void rescale_all(const rdl_raster *raster, int n, const int *bands, size_t pixels,
                        float *planes)
{
    for (int k = 0; k < n; k++)
        if (scaled(raster, bands[k]))
            rescale(pixels, raster->facts[bands[k]], planes + (size_t)k * pixels);
}

bool rdl_raster_read(rdl_raster *raster, rdl_block b, int n, const int *bands, float *planes,
                     uint8_t *valid, GError **error)
{
    size_t pixels = rdl_block_pixels(b);

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = read_planes(raster, b, n, bands, planes, error);
    for (int k = 0; good && k < n; k++)
        drop_unset(pixels, planes + (size_t)k * pixels, raster->facts[bands[k]], valid);
    good = good && drop_by_masks(raster, b, n, bands, valid, error);
    CPLPopErrorHandler();
    if (good)
        rescale_all(raster, n, bands, pixels, planes);
    return good;
}

/* Are there masks that are rasters of their own? */
static bool masked(const rdl_raster *raster, int n, const int *bands)
{
    for (int k = 0; k < n; k++) {
        int flags = GDALGetMaskFlags(GDALGetRasterBand(raster->dataset, bands[k]));
        if (flags != GMF_NODATA && !(flags & GMF_ALL_VALID))
            return true;
    }
    return raster->alpha != 0;
}

static void thin_out(rdl_block b, int step, const float *from, float *to)
{
    int left = (step - b.col % step) % step;

    for (int y = (step - b.row % step) % step; y < b.height; y += step)
        for (int x = left; x < b.width; x += step)
            *to++ = from[(size_t)y * (size_t)b.width + (size_t)x];
}

static bool read_and_thin(rdl_raster *raster, rdl_block b, int step, int n, const int *bands,
                          float *planes, uint8_t *valid, GError **error)
{
    size_t all = rdl_block_pixels(b), some = rdl_block_picks(b, step);
    g_autofree float *full = g_malloc_n(all * (size_t)n, sizeof *full);
    g_autofree uint8_t *seen = g_malloc(all);
    int left = (step - b.col % step) % step;
    size_t at = 0;

    memset(seen, 1, all);
    if (!rdl_raster_read(raster, b, n, bands, full, seen, error))
        return false;
    for (int k = 0; k < n; k++)
        thin_out(b, step, full + (size_t)k * all, planes + (size_t)k * some);
    for (int y = (step - b.row % step) % step; y < b.height; y += step)
        for (int x = left; x < b.width; x += step)
            valid[at++] &= seen[(size_t)y * (size_t)b.width + (size_t)x];
    return true;
}

bool rdl_raster_read_every(rdl_raster *raster, rdl_block b, int step, int n, const int *bands,
                           float *planes, uint8_t *valid, GError **error)
{
    size_t picks = rdl_block_picks(b, step);

    if (step == 1)
        return rdl_raster_read(raster, b, n, bands, planes, valid, error);
    if (!tiles_of(raster) || masked(raster, n, bands) ||
        !rdl_tiles_read(raster->tiles, b, step, n, bands, planes))
        return read_and_thin(raster, b, step, n, bands, planes, valid, error);
    for (int k = 0; k < n; k++)
        drop_unset(picks, planes + (size_t)k * picks, raster->facts[bands[k]], valid);
    rescale_all(raster, n, bands, picks, planes);
    return true;
}

RDL_CLONES static void drop_equal(size_t n, const uint8_t *restrict plane, uint8_t nodata,
                                  uint8_t *restrict valid)
{
    for (size_t i = 0; i < n; i++)
        valid[i] = valid[i] & (plane[i] != nodata);
}

bool rdl_raster_read_bytes(rdl_raster *raster, rdl_block b, int band, uint8_t *plane,
                           uint8_t *valid, GError **error)
{
    const band_fact fact = raster->facts[band];
    size_t n = rdl_block_pixels(b);

    g_assert(rdl_raster_pixel(raster, band) == RDL_PIXEL_U8);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good =
        (tiles_of(raster) && rdl_tiles_read_bytes(raster->tiles, b, band, plane)) ||
        GDALRasterIO(GDALGetRasterBand(raster->dataset, band), GF_Read, b.col, b.row, b.width,
                     b.height, plane, b.width, b.height, GDT_Byte, 0, 0) == CE_None ||
        read_fails(raster, b, error);
    if (good && fact.has_nodata && fact.nodata >= 0.0f && fact.nodata <= 255.0f &&
        fact.nodata == floorf(fact.nodata))
        drop_equal(n, plane, (uint8_t)fact.nodata, valid);
    good = good && drop_by_masks(raster, b, 1, &band, valid, error);
    CPLPopErrorHandler();
    return good;
}

/* ---- writing ---- */

#define ROWS_AHEAD 2 /* rows of blocks held while the file is behind */

struct rdl_raster_writer {
    char *path;
    rdl_output *output;
    char *tiles; /* the GeoTIFF being written; not the output's own name for a COG */
    GDALDatasetH dataset;
    rdl_raster_form form;
    rdl_blocks blocks;
    size_t pixel_size;
    uint8_t *rows[ROWS_AHEAD]; /* a row of blocks each, as lines of the raster's width */
    int here[ROWS_AHEAD];      /* blocks that have come */
    uint8_t *tile;
    int written; /* rows of blocks in the file */
    bool writing;
    GError *stopped; /* why no more is written */
    pthread_mutex_t lock;
    pthread_cond_t moved;
};

void rdl_raster_writer_free(rdl_raster_writer *w)
{
    if (!w)
        return;
    if (w->dataset) {
        CPLPushErrorHandler(CPLQuietErrorHandler);
        GDALClose(w->dataset);
        CPLPopErrorHandler();
    }
    if (w->form.cog && w->tiles)
        VSIUnlink(w->tiles);
    rdl_output_free(w->output);
    for (int k = 0; k < ROWS_AHEAD; k++)
        g_free(w->rows[k]);
    g_free(w->tile);
    g_free(w->tiles);
    g_free(w->path);
    g_clear_error(&w->stopped);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->moved);
    g_free(w);
}

/* Level 2 packs classes half as fast again as the usual 6 and a tenth larger: packing is what a
 * detection does beside inflating its scenes. */
#define EVERY_TIFF                                                                   \
    "TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "COMPRESS=DEFLATE", "ZLEVEL=2", \
        "BIGTIFF=IF_SAFER"

static GDALDatasetH create_tiles(const char *path, int width, int height, rdl_pixel pixel)
{
    static const char *const bytes[] = {EVERY_TIFF, NULL};
    static const char *const floats[] = {EVERY_TIFF, "PREDICTOR=3", NULL};
    bool byte = pixel == RDL_PIXEL_U8;

    return GDALCreate(GDALGetDriverByName("GTiff"), path, width, height, 1,
                      byte ? GDT_Byte : GDT_Float32, (char **)(byte ? bytes : floats));
}

static void describe(rdl_raster_writer *w, const rdl_grid *grid)
{
    GDALRasterBandH band = GDALGetRasterBand(w->dataset, 1);

    if (grid->crs)
        GDALSetSpatialRef(w->dataset, rdl_crs_handle(grid->crs));
    if (rdl_grid_placed(grid) || grid->transform[0] != 0.0 || grid->transform[1] != 1.0)
        GDALSetGeoTransform(w->dataset, (double *)grid->transform);
    for (const char *const *item = w->form.items; item && item[0]; item += 2)
        if (item[1])
            GDALSetMetadataItem(w->dataset, item[0], item[1], NULL);
    GDALSetRasterNoDataValue(band, w->form.nodata);
    if (w->form.description)
        GDALSetDescription(band, w->form.description);
}

static void writer_buffers(rdl_raster_writer *w)
{
    w->pixel_size = w->form.pixel == RDL_PIXEL_U8 ? 1 : sizeof(float);
    for (int k = 0; k < ROWS_AHEAD; k++)
        w->rows[k] =
            g_malloc_n((size_t)w->blocks.width * (size_t)w->blocks.block_height, w->pixel_size);
    w->tile = g_malloc_n((size_t)RDL_CELL * RDL_CELL, w->pixel_size);
}

rdl_raster_writer *rdl_raster_create(const char *path, const rdl_grid *grid,
                                     const rdl_blocks *blocks, const rdl_raster_form *form,
                                     GError **error)
{
    g_assert(form->pixel == RDL_PIXEL_U8 || form->pixel == RDL_PIXEL_F32);
    g_autoptr(rdl_output) output = rdl_output_begin(path, form->overwrite, error);
    if (!output)
        return NULL;
    g_autoptr(rdl_raster_writer) w = g_new0(rdl_raster_writer, 1);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->moved, NULL);
    w->path = g_strdup(path);
    w->output = g_steal_pointer(&output);
    w->form = *form;
    w->blocks = *blocks;
    w->tiles = g_strconcat(rdl_output_temporary(w->output), form->cog ? ".tiles" : "", NULL);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    w->dataset = create_tiles(w->tiles, grid->width, grid->height, form->pixel);
    if (w->dataset)
        describe(w, grid);
    CPLPopErrorHandler();
    if (!w->dataset) {
        g_autofree char *doing = rdl_say("%s: cannot be created", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing), NULL;
    }
    w->form.items = NULL; /* borrowed until here */
    writer_buffers(w);
    return g_steal_pointer(&w);
}

/* One tile out of a row of blocks; what lies outside the raster is zero. */
static bool write_tile(rdl_raster_writer *w, const uint8_t *rows, int block_row, int col, int row,
                       GError **error)
{
    int top = block_row * w->blocks.block_height;
    int width = MIN(RDL_CELL, w->blocks.width - col),
        height = MIN(RDL_CELL, w->blocks.height - row);
    size_t line = (size_t)w->blocks.width * w->pixel_size;
    GDALRasterBandH band = GDALGetRasterBand(w->dataset, 1);

    memset(w->tile, 0, (size_t)RDL_CELL * RDL_CELL * w->pixel_size);
    for (int y = 0; y < height; y++)
        memcpy(w->tile + (size_t)y * RDL_CELL * w->pixel_size,
               rows + (size_t)(row - top + y) * line + (size_t)col * w->pixel_size,
               (size_t)width * w->pixel_size);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErr failed = GDALWriteBlock(band, col / RDL_CELL, row / RDL_CELL, w->tile);
    CPLPopErrorHandler();
    if (failed == CE_None)
        return true;
    g_autofree char *doing = rdl_say("%s: cannot be written", w->path);
    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

static bool write_row(rdl_raster_writer *w, int block_row, GError **error)
{
    int top = block_row * w->blocks.block_height;
    int bottom = MIN(top + w->blocks.block_height, w->blocks.height);
    const uint8_t *rows = w->rows[block_row % ROWS_AHEAD];

    for (int row = top; row < bottom; row += RDL_CELL)
        for (int col = 0; col < w->blocks.width; col += RDL_CELL)
            if (!write_tile(w, rows, block_row, col, row, error))
                return false;
    return true;
}

/* Holding the lock: bring the file up to the last row that is whole. Let go of the lock while
 * compressing; only one thread is in there at a time. */
static void catch_up(rdl_raster_writer *w, GError **failure)
{
    bool good = true;

    while (good && !w->writing && !w->stopped && w->written < w->blocks.down &&
           w->here[w->written % ROWS_AHEAD] == w->blocks.across) {
        int row = w->written;
        w->writing = true;
        pthread_mutex_unlock(&w->lock);
        good = write_row(w, row, failure);
        pthread_mutex_lock(&w->lock);
        w->writing = false;
        w->here[row % ROWS_AHEAD] = 0;
        w->written++;
        if (!good && !w->stopped)
            w->stopped = g_error_copy(*failure);
        pthread_cond_broadcast(&w->moved);
    }
}

static void place(rdl_raster_writer *w, size_t i, const uint8_t *pixels)
{
    rdl_block b = rdl_blocks_at(&w->blocks, i);
    int block_row = (int)(i / (size_t)w->blocks.across);
    uint8_t *rows = w->rows[block_row % ROWS_AHEAD];
    size_t line = (size_t)w->blocks.width * w->pixel_size;
    size_t bytes = (size_t)b.width * w->pixel_size;

    for (int y = 0; y < b.height; y++)
        memcpy(rows + (size_t)y * line + (size_t)b.col * w->pixel_size, pixels + (size_t)y * bytes,
               bytes);
    w->here[block_row % ROWS_AHEAD]++;
}

bool rdl_raster_write(rdl_raster_writer *w, size_t i, const void *pixels, GError **error)
{
    int block_row = (int)(i / (size_t)w->blocks.across);
    GError *failure = NULL;

    pthread_mutex_lock(&w->lock);
    while (!w->stopped && block_row >= w->written + ROWS_AHEAD)
        pthread_cond_wait(&w->moved, &w->lock);
    if (w->stopped) {
        failure = g_error_copy(w->stopped);
    } else {
        place(w, i, pixels);
        catch_up(w, &failure);
    }
    pthread_mutex_unlock(&w->lock);
    if (!failure)
        return true;
    g_propagate_error(error, failure);
    return false;
}

void rdl_raster_stop(rdl_raster_writer *w, const GError *why)
{
    pthread_mutex_lock(&w->lock);
    if (!w->stopped)
        w->stopped = g_error_copy(why);
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
}

static bool make_cog(rdl_raster_writer *w, GError **error)
{
    static const char *const bytes[] = {"COMPRESS=DEFLATE", "BLOCKSIZE=256",
                                        "OVERVIEW_RESAMPLING=MODE", NULL};
    static const char *const floats[] = {"COMPRESS=DEFLATE", "BLOCKSIZE=256", "PREDICTOR=YES",
                                         "OVERVIEW_RESAMPLING=AVERAGE", NULL};
    GDALDatasetH tiles = open_dataset(w->tiles, w->tiles, error);

    if (!tiles)
        return false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH cog =
        GDALCreateCopy(GDALGetDriverByName("COG"), rdl_output_temporary(w->output), tiles, FALSE,
                       (char **)(w->form.pixel == RDL_PIXEL_U8 ? bytes : floats), NULL, NULL);
    if (cog)
        GDALClose(cog);
    CPLPopErrorHandler();
    GDALClose(tiles);
    if (cog)
        return true;
    g_autofree char *doing = rdl_say("%s: cannot be made a COG", w->path);
    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

void rdl_raster_restate(rdl_raster_writer *w, const char *name, const char *value)
{
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALSetMetadataItem(w->dataset, name, value, NULL);
    CPLPopErrorHandler();
}

bool rdl_raster_finish(rdl_raster_writer *w, GError **error)
{
    g_assert(w->written == w->blocks.down);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALClose(g_steal_pointer(&w->dataset));
    CPLPopErrorHandler();
    if (CPLGetLastErrorType() >= CE_Failure) {
        g_autofree char *doing = rdl_say("%s: cannot be completed", w->path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    return !w->form.cog || make_cog(w, error);
}

bool rdl_raster_commit(rdl_raster_writer *w, GError **error)
{
    return rdl_output_commit(w->output, error);
}
