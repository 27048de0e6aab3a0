#include "geo/product.h"

#include <math.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_utils.h>
#include "geo/crs_handle.h"
#include "geo/landsat.h"
#include "geo/sentinel2.h"
#include "geo/stac.h"

#define METADATA_LARGEST (1 << 24) /* bytes */
#define PIECE_LARGEST 1024         /* pixels a side of the virtual raster's own blocks */
#define SAME_PLACE 0.01            /* pixels */

static void band_free(void *p)
{
    rdl_product_band *b = p;

    g_free(b->file);
    g_free(b->id);
    g_free(b);
}

static void mask_free(void *p)
{
    g_free(((rdl_product_mask *)p)->file);
    g_free(p);
}

rdl_product *rdl_product_new(const char *kind, const char *metadata, double resolution)
{
    rdl_product *p = g_new0(rdl_product, 1);

    p->kind = kind;
    p->metadata = g_strdup(metadata);
    p->resolution = resolution;
    p->bands = g_ptr_array_new_with_free_func(band_free);
    p->masks = g_ptr_array_new_with_free_func(mask_free);
    p->items = g_ptr_array_new_with_free_func(g_free);
    p->missing = g_string_new(NULL);
    return p;
}

void rdl_product_free(rdl_product *p)
{
    if (!p)
        return;
    g_ptr_array_unref(p->bands);
    g_ptr_array_unref(p->masks);
    g_ptr_array_unref(p->items);
    g_string_free(p->missing, TRUE);
    g_free(p->metadata);
    g_free(p->tile);
    g_free(p);
}

rdl_product_band *rdl_product_add(rdl_product *p, const char *file, const char *id,
                                  const char *role)
{
    rdl_product_band *b = g_new0(rdl_product_band, 1);

    *b = (rdl_product_band){g_strdup(file), 1, g_strdup(id), role, 1.0, 0.0, NAN, 0.0};
    g_ptr_array_add(p->bands, b);
    return b;
}

void rdl_product_add_mask(rdl_product *p, const char *file, int band, const char *values)
{
    rdl_product_mask *m = g_new(rdl_product_mask, 1);

    *m = (rdl_product_mask){g_strdup(file), band, values};
    g_ptr_array_add(p->masks, m);
}

void rdl_product_item(rdl_product *p, const char *name, const char *value)
{
    if (!value)
        return;
    g_ptr_array_add(p->items, g_strdup(name));
    g_ptr_array_add(p->items, g_strstrip(g_strdup(value)));
}

char *rdl_product_text(const char *path, GError **error)
{
    GByte *bytes = NULL;
    vsi_l_offset n = 0;
    VSIStatBufL stat;

    if (!rdl_input_plain(path, error))
        return NULL;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool small = VSIStatL(path, &stat) == 0 && stat.st_size <= METADATA_LARGEST;
    bool good = small && VSIIngestFile(NULL, path, &bytes, &n, METADATA_LARGEST) &&
                CPLGetLastErrorType() < CE_Failure;
    CPLPopErrorHandler();
    char *text = good ? g_strndup((const char *)bytes, (gsize)n) : NULL;
    VSIFree(bytes);
    if (!good)
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read as metadata of a scene", path);
    return text;
}

void rdl_product_files(const rdl_product *p, GPtrArray *files)
{
    g_ptr_array_add(files, g_strdup(p->metadata));
    if (p->tile)
        g_ptr_array_add(files, g_strdup(p->tile));
    for (guint i = 0; i < p->bands->len; i++)
        g_ptr_array_add(files, g_strdup(((const rdl_product_band *)p->bands->pdata[i])->file));
    for (guint i = 0; i < p->masks->len; i++)
        g_ptr_array_add(files, g_strdup(((const rdl_product_mask *)p->masks->pdata[i])->file));
}

char *rdl_product_beside(const char *metadata, const char *name)
{
    g_autofree char *folder = g_path_get_dirname(metadata);
    g_auto(GStrv) parts = g_strsplit(name ? name : "", "/", -1);

    if (!name || !*name || *name == '/' || strchr(name, '\\'))
        return NULL;
    for (char **p = parts; *p; p++)
        if (strcmp(*p, "..") == 0)
            return NULL;
    return g_strconcat(folder, "/", name, NULL);
}

bool rdl_product_there(const char *path)
{
    VSIStatBufL stat;

    return VSIStatExL(path, &stat, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) == 0 &&
           !VSI_ISDIR(stat.st_mode);
}

/* ---- finding ---- */

static bool is_metadata(const char *name)
{
    return rdl_landsat_metadata(name) || rdl_sentinel2_metadata(name);
}

/* The folder that a path stands for: itself, or what an archive holds. NULL for a file. */
static char *folder_of(const char *path)
{
    static const struct {
        const char *ending, *prefix;
    } archives[] = {
        {".zip", "/vsizip/"}, {".tar", "/vsitar/"}, {".tar.gz", "/vsitar/"}, {".tgz", "/vsitar/"}};
    VSIStatBufL stat;
    g_autofree char *lower = g_ascii_strdown(path, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(archives); i++)
        if (g_str_has_suffix(lower, archives[i].ending))
            return g_str_has_prefix(path, archives[i].prefix)
                       ? g_strdup(path)
                       : g_strconcat(archives[i].prefix, path, NULL);
    if (g_str_has_prefix(path, "/vsicurl") || g_str_has_prefix(path, "/vsis3"))
        return g_str_has_suffix(path, ".SAFE") ? g_strdup(path) : NULL;
    if (VSIStatExL(path, &stat, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) != 0 ||
        !VSI_ISDIR(stat.st_mode))
        return NULL;
    char *folder = g_strdup(path);
    while (strlen(folder) > 1 && g_str_has_suffix(folder, "/"))
        folder[strlen(folder) - 1] = '\0';
    return folder;
}

/* Metadata files of a folder and, in archives and folders of one product, of those right below. */
static void gather_metadata(const char *folder, int depth, GPtrArray *found)
{
    char **names = VSIReadDir(folder);

    for (char **n = names; n && *n; n++) {
        g_autofree char *path = g_strconcat(folder, "/", *n, NULL);
        if (is_metadata(*n))
            g_ptr_array_add(found, g_steal_pointer(&path));
        else if (depth > 0 && g_str_has_suffix(*n, ".SAFE"))
            gather_metadata(path, depth - 1, found);
    }
    CSLDestroy(names);
}

static char *metadata_of(const char *path, GError **error)
{
    g_autofree char *folder = folder_of(path);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    if (!folder || !rdl_input_plain(path, error))
        return NULL;
    gather_metadata(folder, 1, found);
    if (found->len > 1)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: holds several scenes: give one of them, as %s",
                        path, (char *)found->pdata[0]),
               NULL;
    return found->len ? g_strdup(found->pdata[0]) : NULL;
}

/* A granule's own folder: PRODUCT.SAFE/GRANULE/NAME. */
static char *granule_of(const char *path, char **metadata, GError **error)
{
    g_autofree char *folder = folder_of(path);
    g_autofree char *above = folder ? g_path_get_dirname(folder) : NULL;

    if (!above || !g_str_has_suffix(above, "/GRANULE"))
        return NULL;
    g_autofree char *product = g_path_get_dirname(above);
    *metadata = metadata_of(product, error);
    return *metadata ? g_path_get_basename(folder) : NULL;
}

static rdl_product *read_metadata(const char *metadata, const char *granule, double resolution,
                                  GError **error)
{
    g_autofree char *name = g_path_get_basename(metadata);

    return rdl_landsat_metadata(name) ? rdl_landsat_product(metadata, resolution, error)
                                      : rdl_sentinel2_product(metadata, granule, resolution, error);
}

rdl_product *rdl_product_find(const char *path, double resolution, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *metadata = NULL;
    GError *failure = NULL;

    if (g_str_has_suffix(name, ".json"))
        return rdl_stac_product(path, resolution, error);
    if (is_metadata(name))
        return rdl_product_there(path) ? read_metadata(path, NULL, resolution, error) : NULL;
    g_autofree char *granule = granule_of(path, &metadata, &failure);
    if (!metadata && !failure)
        metadata = metadata_of(path, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    return metadata ? read_metadata(metadata, granule, resolution, error) : NULL;
}

/* ---- as one raster ---- */

typedef struct {
    int width, height, block_width, block_height;
    double transform[6];
    bool placed;
    char *srs;
    const char *type;
} frame;

static void frame_clear(frame *f)
{
    g_free(f->srs);
}

static bool learn_frame(const rdl_product_band *b, frame *f, GError **error)
{
    GDALDatasetH d = rdl_gdal_open(b->file, GDAL_OF_RASTER, NULL);
    if (!d) {
        g_autofree char *doing = rdl_say("%s: cannot be opened as a raster", b->file);
        return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
    }
    bool has = b->band <= GDALGetRasterCount(d);
    if (has) {
        GDALRasterBandH band = GDALGetRasterBand(d, b->band);
        *f = (frame){.width = GDALGetRasterXSize(d), .height = GDALGetRasterYSize(d)};
        GDALGetBlockSize(band, &f->block_width, &f->block_height);
        f->placed = GDALGetGeoTransform(d, f->transform) == CE_None;
        f->srs = g_strdup(GDALGetProjectionRef(d));
        f->type = GDALGetDataTypeName(GDALGetRasterDataType(band));
    }
    GDALClose(d);
    return has || rdl_fail(error, RDL_ERROR_DATA, "%s: has no band %d", b->file, b->band);
}

/* Over the same ground, whatever the size of the pixels? */
static bool same_ground(const frame *a, const frame *b)
{
    const double *s = a->transform, *t = b->transform;
    double pixel = hypot(s[1], s[4]);
    double right[2] = {s[0] + a->width * s[1] + a->height * s[2],
                       t[0] + b->width * t[1] + b->height * t[2]};
    double below[2] = {s[3] + a->width * s[4] + a->height * s[5],
                       t[3] + b->width * t[4] + b->height * t[5]};

    if (a->placed != b->placed)
        return false;
    if (!a->placed)
        return a->width == b->width && a->height == b->height;
    return hypot(s[0] - t[0], s[3] - t[3]) <= SAME_PLACE * pixel &&
           hypot(right[0] - right[1], below[0] - below[1]) <= SAME_PLACE * pixel &&
           strcmp(a->srs, b->srs) == 0;
}

static void add_number(GString *vrt, const char *element, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(vrt, "<%s>%s</%s>", element,
                           g_ascii_dtostr(number, sizeof number, value), element);
}

static void add_source(GString *vrt, const char *file, int band)
{
    g_autofree char *name = g_markup_escape_text(file, -1);

    g_string_append_printf(vrt,
                           "<SimpleSource><SourceFilename relativeToVRT=\"0\" shared=\"0\">%s"
                           "</SourceFilename><SourceBand>%d</SourceBand></SimpleSource>",
                           name, band);
}

static void open_band(GString *vrt, const rdl_product_band *b, const char *type, int number,
                      const frame *f)
{
    g_string_append_printf(vrt,
                           "<VRTRasterBand dataType=\"%s\" band=\"%d\" blockXSize=\"%d\" "
                           "blockYSize=\"%d\">",
                           type, number, MIN(f->block_width, PIECE_LARGEST),
                           MIN(f->block_height, PIECE_LARGEST));
    if (!isnan(b->nodata))
        add_number(vrt, "NoDataValue", b->nodata);
}

/* p: whose items go along; NULL: none. */
static GString *begin(const rdl_product *p, const frame *f)
{
    GString *vrt = g_string_new(NULL);
    char number[6][G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *srs = g_markup_escape_text(f->srs, -1);

    g_string_append_printf(vrt, "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\">", f->width,
                           f->height);
    if (*srs)
        g_string_append_printf(vrt, "<SRS>%s</SRS>", srs);
    if (f->placed) {
        for (int i = 0; i < 6; i++)
            g_ascii_dtostr(number[i], sizeof number[i], f->transform[i]);
        g_string_append_printf(vrt, "<GeoTransform>%s,%s,%s,%s,%s,%s</GeoTransform>", number[0],
                               number[1], number[2], number[3], number[4], number[5]);
    }
    g_string_append(vrt, "<Metadata>");
    for (guint i = 0; p && i + 1 < p->items->len; i += 2) {
        g_autofree char *value = g_markup_escape_text(p->items->pdata[i + 1], -1);
        g_string_append_printf(vrt, "<MDI key=\"%s\">%s</MDI>", (char *)p->items->pdata[i], value);
    }
    g_string_append(vrt, "</Metadata>");
    return vrt;
}

/* The one band as a raster of its own. */
static char *one_band(const rdl_product_band *b, const frame *f)
{
    GString *vrt = begin(NULL, f);

    open_band(vrt, b, f->type, 1, f);
    add_source(vrt, b->file, b->band);
    g_string_append(vrt, "</VRTRasterBand></VRTDataset>");
    return g_string_free(vrt, FALSE);
}

/* A band of other pixels goes through a virtual warp, which knows nodata: observed pixels alone are
 * resampled. */
static char *source_with_nodata(const rdl_product_band *b, const frame *own, const frame *f)
{
    char size[2][16], nodata[G_ASCII_DTOSTR_BUF_SIZE];
    const char *words[] = {"-of",
                           "VRT",
                           "-ts",
                           size[0],
                           size[1],
                           "-et",
                           "0",
                           "-r",
                           own->width < f->width ? "bilinear" : "average",
                           isnan(b->nodata) ? NULL : "-srcnodata",
                           nodata,
                           "-dstnodata",
                           nodata,
                           NULL};
    g_snprintf(size[0], sizeof size[0], "%d", f->width);
    g_snprintf(size[1], sizeof size[1], "%d", f->height);
    g_ascii_dtostr(nodata, sizeof nodata, b->nodata);
    g_autofree char *plain = one_band(b, own);
    GDALDatasetH from = rdl_gdal_open(plain, GDAL_OF_RASTER, NULL), to = NULL;
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew((char **)words, NULL);
    if (from)
        to = GDALWarp("", NULL, 1, &from, options, NULL);
    GDALWarpAppOptionsFree(options);
    char **xml = to ? GDALGetMetadata(to, "xml:VRT") : NULL;
    char *text = xml && xml[0] ? g_strdup(xml[0]) : NULL;
    if (to)
        GDALClose(to);
    if (from)
        GDALClose(from);
    return text;
}

static bool add_band(GString *vrt, const rdl_product_band *b, int number, const frame *own,
                     const frame *f, GError **error)
{
    bool equal = own->width == f->width && own->height == f->height;
    g_autofree char *inner = equal ? NULL : source_with_nodata(b, own, f);
    g_autofree char *id = g_markup_escape_text(b->id, -1);
    double resolution = own->placed ? hypot(own->transform[1], own->transform[4]) : 0.0;

    if (!equal && !inner)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: cannot be resampled", b->file);
    open_band(vrt, b, own->type, number, f);
    g_string_append_printf(vrt,
                           "<Description>%s</Description><Metadata><MDI key=\"BAND\">%s</MDI>"
                           "<MDI key=\"RESOLUTION\">%.0f</MDI><MDI key=\"RESAMPLED\">%s</MDI>"
                           "</Metadata>",
                           b->role, id, resolution,
                           equal                   ? "no"
                           : own->width < f->width ? "bilinear"
                                                   : "average");
    if (b->scale != 1.0 || b->offset != 0.0) {
        add_number(vrt, "Offset", b->offset);
        add_number(vrt, "Scale", b->scale);
    }
    add_source(vrt, inner ? inner : b->file, inner ? 1 : b->band);
    g_string_append(vrt, "</VRTRasterBand>");
    return true;
}

/* The band whose grid all take: the first of the resolution wished for. */
static guint leading(const rdl_product *p)
{
    for (guint i = 0; i < p->bands->len; i++)
        if (((rdl_product_band *)p->bands->pdata[i])->resolution == p->resolution)
            return i;
    return 0;
}

char *rdl_product_vrt(const rdl_product *p, const char *path, GError **error)
{
    frame f = {0};
    bool good = true;

    if (p->bands->len == 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: none of its bands' files is there (%s)", path,
                        p->missing->str),
               NULL;
    if (!learn_frame(p->bands->pdata[leading(p)], &f, error))
        return NULL;
    GString *vrt = begin(p, &f);
    for (guint i = 0; good && i < p->bands->len; i++) {
        const rdl_product_band *b = p->bands->pdata[i];
        frame own = {0};
        good = learn_frame(b, &own, error) &&
               (same_ground(&f, &own) ||
                rdl_fail(error, RDL_ERROR_DATA,
                         "%s: is of another size than the bands before it, or lies elsewhere",
                         b->file));
        good = good && add_band(vrt, b, (int)i + 1, &own, &f, error);
        frame_clear(&own);
    }
    frame_clear(&f);
    g_string_append(vrt, "</VRTDataset>");
    return g_string_free(vrt, !good);
}
