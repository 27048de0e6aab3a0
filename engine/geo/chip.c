#include "geo/chip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <ogr_api.h>
#include "geo/crs_handle.h"
#include "geo/memory.h"
#include "geo/reproject.h"

#define SIDE 384          /* pixels of a picture */
#define AROUND 3.0        /* times the size of the shape */
#define LEAST_PIXELS 32.0 /* of the scene */
#define SAMPLE 64         /* the stretch is told from SAMPLE x SAMPLE values */

typedef struct {
    char *path;
    GDALDatasetH dataset;
    rdl_crs *crs;
    double transform[6];
} scene;

struct rdl_chips {
    scene scenes[2];
    int bands[3];
};

void rdl_chips_free(rdl_chips *chips)
{
    for (int i = 0; chips && i < 2; i++) {
        if (chips->scenes[i].dataset)
            GDALClose(chips->scenes[i].dataset);
        rdl_crs_unref(chips->scenes[i].crs);
        g_free(chips->scenes[i].path);
    }
    g_free(chips);
}

static bool open_scene(rdl_chips *chips, scene *s, const char *path, GError **error)
{
    s->path = g_strdup(path);
    s->dataset = rdl_gdal_open(path, GDAL_OF_RASTER, NULL);
    if (!s->dataset) {
        g_autofree char *doing = rdl_say("%s: cannot be opened as a raster", path);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    for (int i = 0; i < 3; i++)
        if (chips->bands[i] < 1 || chips->bands[i] > GDALGetRasterCount(s->dataset))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: has %d bands, none is number %d", path,
                            GDALGetRasterCount(s->dataset), chips->bands[i]);
    s->crs = rdl_crs_from_handle(GDALGetSpatialRef(s->dataset));
    if (!s->crs || GDALGetGeoTransform(s->dataset, s->transform) != CE_None ||
        s->transform[2] != 0.0 || s->transform[4] != 0.0)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: has no coordinate system, or is rotated: no pictures can be cut",
                        path);
    return true;
}

rdl_chips *rdl_chips_open(const char *before, const char *after, const int bands[3], GError **error)
{
    g_autoptr(rdl_chips) chips = g_new0(rdl_chips, 1);

    memcpy(chips->bands, bands, sizeof chips->bands);
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = open_scene(chips, &chips->scenes[0], before, error) &&
                open_scene(chips, &chips->scenes[1], after, error);
    CPLPopErrorHandler();
    return good ? g_steal_pointer(&chips) : NULL;
}

/* A square around the shape. */
static rdl_box window_of(const scene *s, const rdl_geometry *shape)
{
    rdl_box b = rdl_geometry_box(shape);
    double pixel = fmax(fabs(s->transform[1]), fabs(s->transform[5]));
    double half = fmax(fmax(b.xmax - b.xmin, b.ymax - b.ymin) * AROUND, LEAST_PIXELS * pixel) / 2;
    double x = (b.xmin + b.xmax) / 2, y = (b.ymin + b.ymax) / 2;

    return (rdl_box){x - half, y - half, x + half, y + half};
}

/* The window as floats, SIDE x SIDE, in memory; black where the scene does not reach. */
static GDALDatasetH cut(const scene *s, const int bands[3], rdl_box window)
{
    const double numbers[] = {window.xmin, window.ymax, window.xmax, window.ymin};
    char text[4][G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *side = g_strdup_printf("%d", SIDE);
    g_autofree char *r = g_strdup_printf("%d", bands[0]), *g = g_strdup_printf("%d", bands[1]);
    g_autofree char *b = g_strdup_printf("%d", bands[2]);

    for (int i = 0; i < 4; i++)
        g_ascii_dtostr(text[i], sizeof text[i], numbers[i]);
    const char *words[] = {"-of",   "MEM",   "-ot",   "Float32",  "-b", r,      "-b",
                           g,       "-b",    b,       "-outsize", side, side,   "-projwin",
                           text[0], text[1], text[2], text[3],    "-r", "near", NULL};
    GDALTranslateOptions *options = GDALTranslateOptionsNew((char **)words, NULL);
    GDALDatasetH dataset = GDALTranslate("", s->dataset, options, NULL);
    GDALTranslateOptionsFree(options);
    return dataset;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static void stretch_of(GDALDatasetH const pictures[2], int band, double *low, double *high)
{
    g_autofree float *values = g_new(float, 2 * SAMPLE * SAMPLE);
    size_t n = 0;

    for (int i = 0; i < 2; i++)
        if (GDALRasterIO(GDALGetRasterBand(pictures[i], band), GF_Read, 0, 0, SIDE, SIDE,
                         values + (size_t)i * SAMPLE * SAMPLE, SAMPLE, SAMPLE, GDT_Float32, 0,
                         0) != CE_None)
            memset(values + (size_t)i * SAMPLE * SAMPLE, 0, SAMPLE * SAMPLE * sizeof *values);
    for (size_t i = 0; i < 2 * SAMPLE * SAMPLE; i++)
        if (isfinite(values[i]) && values[i] != 0.0f)
            values[n++] = values[i];
    qsort(values, n, sizeof *values, by_value);
    *low = n ? values[n * 2 / 100] : 0.0;
    *high = n ? values[MIN(n - 1, n * 98 / 100)] : 1.0;
    if (!(*high > *low))
        *high = *low + 1.0;
}

static void shade(size_t n, const float *from, double low, double high, uint8_t *to)
{
    for (size_t i = 0; i < n; i++) {
        double v = isfinite(from[i]) && from[i] != 0.0f ? (from[i] - low) / (high - low) : 0.0;
        to[i] = (uint8_t)(255.0 * CLAMP(v, 0.0, 1.0) + 0.5);
    }
}

static bool outline(GDALDatasetH picture, const rdl_geometry *shape)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(shape, NULL);
    double yellow[] = {255, 220, 0};
    int bands[] = {1, 2, 3};
    OGRGeometryH polygon = NULL;

    if (!wkb || OGR_G_CreateFromWkb(g_bytes_get_data(wkb, NULL), NULL, &polygon,
                                    (int)g_bytes_get_size(wkb)) != OGRERR_NONE)
        return false;
    OGRGeometryH line = OGR_G_Boundary(polygon);
    bool good = !line || OGR_G_IsEmpty(line) ||
                GDALRasterizeGeometries(picture, 3, bands, 1, &line, NULL, NULL, yellow, NULL, NULL,
                                        NULL) == CE_None;
    OGR_G_DestroyGeometry(polygon);
    OGR_G_DestroyGeometry(line);
    return good;
}

/* By way of memory: a driver does not tell of a disk that is full. */
static bool save(GDALDatasetH picture, const char *path, GError **error)
{
    g_autofree char *memory = rdl_memory_name(".png");
    GDALDatasetH png =
        GDALCreateCopy(GDALGetDriverByName("PNG"), memory, picture, TRUE, NULL, NULL, NULL);
    vsi_l_offset n = 0;

    if (png)
        GDALClose(png);
    const GByte *bytes = png ? VSIGetMemFileBuffer(memory, &n, FALSE) : NULL;
    bool good = bytes ? rdl_output_bytes(path, bytes, (size_t)n, true, error)
                      : rdl_fail_gdal(error, RDL_ERROR_IO, "a picture cannot be drawn");
    VSIUnlink(memory);
    return good;
}

static bool paint(GDALDatasetH from, const double low[3], const double high[3],
                  const rdl_geometry *shape, const char *path, GError **error)
{
    const size_t n = (size_t)SIDE * SIDE;
    g_autofree float *values = g_new(float, n);
    g_autofree uint8_t *bytes = g_malloc(n);
    double transform[6];
    GDALDatasetH picture =
        GDALCreate(GDALGetDriverByName("MEM"), "", SIDE, SIDE, 3, GDT_Byte, NULL);
    bool good = picture && GDALGetGeoTransform(from, transform) == CE_None &&
                GDALSetGeoTransform(picture, transform) == CE_None;

    for (int b = 0; good && b < 3; b++) {
        good = GDALRasterIO(GDALGetRasterBand(from, b + 1), GF_Read, 0, 0, SIDE, SIDE, values, SIDE,
                            SIDE, GDT_Float32, 0, 0) == CE_None;
        shade(n, values, low[b], high[b], bytes);
        good = good && GDALRasterIO(GDALGetRasterBand(picture, b + 1), GF_Write, 0, 0, SIDE, SIDE,
                                    bytes, SIDE, SIDE, GDT_Byte, 0, 0) == CE_None;
    }
    good = good && outline(picture, shape);
    good = good && save(picture, path, error);
    if (picture)
        GDALClose(picture);
    return good;
}

static bool draw_both(rdl_chips *chips, rdl_geometry *const shapes[2], const char *const paths[2],
                      GError **error)
{
    rdl_box window = window_of(&chips->scenes[0], shapes[0]);
    GDALDatasetH cuts[2] = {
        cut(&chips->scenes[0], chips->bands, window),
        cut(&chips->scenes[1], chips->bands, window_of(&chips->scenes[1], shapes[1]))};
    double low[3], high[3];
    bool good = cuts[0] && cuts[1];

    for (int b = 0; good && b < 3; b++)
        stretch_of(cuts, b + 1, &low[b], &high[b]);
    for (int i = 0; good && i < 2; i++)
        good = paint(cuts[i], low, high, shapes[i], paths[i], error);
    for (int i = 0; i < 2; i++)
        if (cuts[i])
            GDALClose(cuts[i]);
    if (good || (error && *error))
        return good;
    g_autofree char *doing = rdl_say("%s: cannot be drawn", paths[0]);
    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}

bool rdl_chips_draw(rdl_chips *chips, const rdl_geometry *shape, const rdl_crs *crs,
                    const char *before_png, const char *after_png, GError **error)
{
    const char *const paths[2] = {before_png, after_png};
    rdl_geometry *shapes[2] = {NULL, NULL};
    bool good = true;

    for (int i = 0; good && i < 2; i++) {
        g_autoptr(rdl_transform) t = rdl_transform_new(crs, chips->scenes[i].crs, error);
        shapes[i] =
            t ? rdl_reproject(shape, t, rdl_reproject_tolerance(chips->scenes[i].crs), error)
              : NULL;
        good = shapes[i] != NULL;
    }
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    good = good && draw_both(chips, shapes, paths, error);
    CPLPopErrorHandler();
    rdl_geometry_free(shapes[0]);
    rdl_geometry_free(shapes[1]);
    return good;
}

static rdl_box ground_of(const scene *s)
{
    const double *t = s->transform;
    double x = t[0] + t[1] * GDALGetRasterXSize(s->dataset);
    double y = t[3] + t[5] * GDALGetRasterYSize(s->dataset);

    return (rdl_box){fmin(t[0], x), fmin(t[3], y), fmax(t[0], x), fmax(t[3], y)};
}

bool rdl_chips_reach(rdl_chips *chips, const rdl_geometry *shape, const rdl_crs *crs,
                     bool reached[2], GError **error)
{
    for (int i = 0; i < 2; i++) {
        const scene *s = &chips->scenes[i];
        g_autoptr(rdl_transform) t = rdl_transform_new(crs, s->crs, error);
        g_autoptr(rdl_geometry) here =
            t ? rdl_reproject(shape, t, rdl_reproject_tolerance(s->crs), error) : NULL;
        if (!here)
            return false;
        reached[i] = rdl_box_meets(rdl_geometry_box(here), ground_of(s));
    }
    return true;
}
