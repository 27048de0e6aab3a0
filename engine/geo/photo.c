#include "geo/photo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <glib/gstdio.h>
#include "geo/crs_handle.h"
#include "geo/exif.h"

#define HEAD 262144 /* bytes in which an Exif segment begins and ends: it is 64 KiB at most */

void rdl_photo_clear(rdl_photo *p)
{
    char **const texts[] = {&p->taken, &p->gps_time, &p->datum, &p->camera, &p->fault};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}

/* ---- the picture ---- */

static bool check_size(const char *path, GError **error)
{
    GStatBuf facts;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such photo", path);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || g_stat(path, &facts) != 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: is no file that can be read", path);
    return facts.st_size <= RDL_PHOTO_MOST_BYTES ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: is larger than %u MiB: send a smaller photo", path,
                    RDL_PHOTO_MOST_BYTES >> 20);
}

static bool not_jpeg(const char *path, GError **error)
{
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s: is no JPEG that can be read: photos are kept as the camera wrote them",
                    path);
}

/* Without a word on stderr. */
static GDALDatasetH open_jpeg(const char *path, GError **error)
{
    static const char *const drivers[] = {"JPEG", NULL};

    if (!check_size(path, error))
        return NULL;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER, drivers, NULL, NULL);
    CPLPopErrorHandler();
    if (!dataset)
        return not_jpeg(path, error), NULL;
    double w = GDALGetRasterXSize(dataset), h = GDALGetRasterYSize(dataset);
    if (w * h > RDL_PHOTO_MOST_PIXELS || GDALGetRasterCount(dataset) < 1 ||
        GDALGetRasterDataType(GDALGetRasterBand(dataset, 1)) != GDT_Byte) {
        GDALClose(dataset);
        rdl_fail(error, RDL_ERROR_DATA, "%s: %.0f x %.0f pixels: more than a photo has, or none",
                 path, w, h);
        return NULL;
    }
    return dataset;
}

/* Every line once. */
static bool decodes(GDALDatasetH dataset, const char *path, GError **error)
{
    int w = GDALGetRasterXSize(dataset), h = GDALGetRasterYSize(dataset);
    g_autofree unsigned char *line = g_malloc((gsize)w);
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    bool good = true;

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLSetThreadLocalConfigOption("GDAL_ERROR_ON_LIBJPEG_WARNING", "YES");
    for (int y = 0; good && y < h; y++)
        good = GDALRasterIO(band, GF_Read, 0, y, w, 1, line, w, 1, GDT_Byte, 0, 0) == CE_None;
    CPLSetThreadLocalConfigOption("GDAL_ERROR_ON_LIBJPEG_WARNING", NULL);
    CPLPopErrorHandler();
    return good || rdl_fail(error, RDL_ERROR_DATA, "%s: the picture is damaged or cut off: %s",
                            path, CPLGetLastErrorMsg());
}

/* ---- what its camera tells ---- */

static const char *tag(GDALDatasetH dataset, const char *name)
{
    const char *text = GDALGetMetadataItem(dataset, name, NULL);

    return text && *text && g_utf8_validate(text, -1, NULL) ? text : NULL;
}

/* "(32) (31) (34.75)": up to `most` numbers, each finite; how many there are, -1: it is no such
 * text. */
static int numbers_of(const char *text, double *v, int most)
{
    int n = 0;

    while (text && *text) {
        char *end;
        if (*text++ != '(' || n == most)
            return -1;
        v[n] = g_ascii_strtod(text, &end);
        if (end == text || *end != ')' || !isfinite(v[n++]))
            return -1;
        for (text = end + 1; *text == ' ';)
            text++;
    }
    return n;
}

/* Degrees, minutes and seconds in `name`, on the side that its Ref names: one of `sides`, of which
 * the second is negative. */
static bool degrees_of(GDALDatasetH dataset, const char *name, const char *sides, double limit,
                       double *degrees)
{
    g_autofree char *ref_name = g_strconcat(name, "Ref", NULL);
    const char *ref = tag(dataset, ref_name);
    double v[3] = {0.0};
    int n = numbers_of(tag(dataset, name), v, 3);

    if (n < 1 || v[0] < 0.0 || v[1] < 0.0 || v[1] >= 60.0 || v[2] < 0.0 || v[2] >= 60.0)
        return false;
    if (!ref || !*ref || ref[1] || !strchr(sides, *ref))
        return false;
    double size = v[0] + v[1] / 60.0 + v[2] / 3600.0;
    *degrees = *ref == sides[1] ? -size : size;
    return size <= limit;
}

static bool world_datum(const char *datum)
{
    g_autoptr(GString) bare = g_string_new(NULL);

    for (const char *c = datum; c && *c; c++)
        if (g_ascii_isalnum(*c))
            g_string_append_c(bare, g_ascii_toupper(*c));
    return !bare->len || strcmp(bare->str, "WGS84") == 0 || strcmp(bare->str, "CGCS2000") == 0;
}

static char *fault_of(GDALDatasetH dataset, uint32_t voids, rdl_photo *p)
{
    double lon, lat;

    if (voids & (1u << RDL_GPS_LAT | 1u << RDL_GPS_LON))
        return g_strdup("its latitude or longitude has a fraction without a denominator");
    if (!degrees_of(dataset, "EXIF_GPSLatitude", "NS", 90.0, &lat) ||
        !degrees_of(dataset, "EXIF_GPSLongitude", "EW", 180.0, &lon))
        return g_strdup("its latitude or longitude is incomplete or out of range");
    if (fabs(lat) < 1e-9 && fabs(lon) < 1e-9)
        return g_strdup("it says 0, 0, as cameras without a fix do");
    if (!world_datum(p->datum))
        return g_strdup_printf("its datum is %s, not WGS 84", p->datum);
    p->lon = lon;
    p->lat = lat;
    return NULL;
}

static void read_place(GDALDatasetH dataset, uint32_t voids, rdl_photo *p)
{
    const char *below = tag(dataset, "EXIF_GPSAltitudeRef");
    double up;

    p->lon = p->lat = p->altitude = NAN;
    p->datum = g_strdup(tag(dataset, "EXIF_GPSMapDatum"));
    if (tag(dataset, "EXIF_GPSLatitude") || tag(dataset, "EXIF_GPSLongitude"))
        p->fault = fault_of(dataset, voids, p);
    if (!(voids & 1u << RDL_GPS_ALT) && numbers_of(tag(dataset, "EXIF_GPSAltitude"), &up, 1) == 1 &&
        fabs(up) < 1e5)
        p->altitude = below && strstr(below, "01") ? -up : up;
}

static void read_azimuth(GDALDatasetH dataset, uint32_t voids, rdl_photo *p)
{
    const char *ref = tag(dataset, "EXIF_GPSImgDirectionRef");
    double v;

    p->azimuth = NAN;
    if (voids & 1u << RDL_GPS_AZIMUTH ||
        numbers_of(tag(dataset, "EXIF_GPSImgDirection"), &v, 1) != 1 || v < 0.0 || v > 360.0)
        return;
    p->azimuth = v;
    p->magnetic = ref && *ref == 'M';
    p->true_north = ref && *ref == 'T';
}

/* "2026:11:03" as a day. */
static char *day_of(const char *text)
{
    unsigned y, m, d;

    if (!text || sscanf(text, "%4u:%2u:%2u", &y, &m, &d) != 3)
        return NULL;
    g_autofree char *iso = g_strdup_printf("%04u-%02u-%02u", y, m, d);
    rdl_day day;
    return rdl_day_parse(iso, &day, NULL) ? g_steal_pointer(&iso) : NULL;
}

static bool is_clock(double h, double m, double s)
{
    return h >= 0.0 && h < 24.0 && m >= 0.0 && m < 60.0 && s >= 0.0 && s < 61.0;
}

static void read_time(GDALDatasetH dataset, uint32_t voids, rdl_photo *p)
{
    const char *text = tag(dataset, "EXIF_DateTimeOriginal");
    const char *offset = tag(dataset, "EXIF_OffsetTimeOriginal");
    g_autofree char *day = day_of(text), *gps_day = day_of(tag(dataset, "EXIF_GPSDateStamp"));
    bool zone = offset && g_regex_match_simple("^[+-](0\\d|1[0-4]):[0-5]\\d$", offset, 0, 0);
    unsigned h, m, s;
    double v[3];

    if (day && strlen(text) >= 19 && sscanf(text + 10, " %2u:%2u:%2u", &h, &m, &s) == 3 &&
        is_clock(h, m, s))
        p->taken = g_strdup_printf("%sT%02u:%02u:%02u%s", day, h, m, s, zone ? offset : "");
    if (gps_day && !(voids & 1u << RDL_GPS_TIME) &&
        numbers_of(tag(dataset, "EXIF_GPSTimeStamp"), v, 3) == 3 && is_clock(v[0], v[1], v[2]))
        p->gps_time = g_strdup_printf("%sT%02d:%02d:%02dZ", gps_day, (int)v[0], (int)v[1],
                                      MIN((int)v[2], 59));
}

static void read_camera(GDALDatasetH dataset, rdl_photo *p)
{
    const char *make = tag(dataset, "EXIF_Make"), *model = tag(dataset, "EXIF_Model");
    const char *turn = tag(dataset, "EXIF_Orientation");
    int orientation = turn ? atoi(turn) : 1;

    p->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    if (make || model)
        p->camera = g_strstrip(g_strjoin(" ", make ? make : "", model ? model : "", NULL));
}

static uint32_t voids_of(const char *path)
{
    g_autofree uint8_t *head = g_malloc(HEAD);
    FILE *file = g_fopen(path, "rb");
    size_t n = file ? fread(head, 1, HEAD, file) : 0;

    if (file)
        fclose(file);
    return rdl_exif_void(head, n);
}

bool rdl_photo_read(const char *path, rdl_photo *p, GError **error)
{
    GDALDatasetH dataset = open_jpeg(path, error);

    *p = (rdl_photo){.lon = NAN, .lat = NAN, .altitude = NAN, .azimuth = NAN, .orientation = 1};
    if (!dataset)
        return false;
    bool good = decodes(dataset, path, error);
    if (good) {
        uint32_t voids = voids_of(path);
        CPLPushErrorHandler(CPLQuietErrorHandler); /* of tags that cannot be read */
        p->width = GDALGetRasterXSize(dataset);
        p->height = GDALGetRasterYSize(dataset);
        read_place(dataset, voids, p);
        read_azimuth(dataset, voids, p);
        read_time(dataset, voids, p);
        read_camera(dataset, p);
        CPLPopErrorHandler();
    }
    GDALClose(dataset);
    return good;
}

/* ---- small ones ---- */

/* Where pixel x, y of the upright picture lies in the stored one of w by h (EXIF 2.32, tag 274). */
static size_t stored(int orientation, int w, int h, int x, int y)
{
    int across = orientation == 2 || orientation == 3 ? w - 1 - x
                 : orientation <= 4                   ? x
                 : orientation <= 6                   ? y
                                                      : w - 1 - y;
    int down = orientation == 3 || orientation == 4   ? h - 1 - y
               : orientation <= 2                     ? y
               : orientation == 6 || orientation == 7 ? h - 1 - x
                                                      : x;

    return (size_t)down * (size_t)w + (size_t)across;
}

static unsigned char *upright(const unsigned char *rgb, int orientation, int w, int h)
{
    bool turned = orientation >= 5;
    int across = turned ? h : w, down = turned ? w : h;
    unsigned char *out = g_malloc_n((gsize)w * (gsize)h, 4), *o = out;

    for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++, o += 4) {
            memcpy(o, rgb + 3 * stored(orientation, w, h, x, y), 3);
            o[3] = 255;
        }
    return out;
}

unsigned char *rdl_photo_picture(const char *path, int orientation, int most, int *width,
                                 int *height, GError **error)
{
    GDALDatasetH dataset = open_jpeg(path, error);

    if (!dataset)
        return NULL;
    int w = GDALGetRasterXSize(dataset), h = GDALGetRasterYSize(dataset);
    double scale = fmin(1.0, (double)most / MAX(w, h));
    int sw = MAX(1, (int)(w * scale)), sh = MAX(1, (int)(h * scale));
    g_autofree unsigned char *rgb = g_malloc_n((gsize)sw * (gsize)sh, 3);
    int colour = GDALGetRasterCount(dataset) >= 3;
    int bands[3] = {1, colour ? 2 : 1, colour ? 3 : 1};
    GDALRasterIOExtraArg how;
    INIT_RASTERIO_EXTRA_ARG(how);
    how.eResampleAlg = GRIORA_Average;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = GDALDatasetRasterIOEx(dataset, GF_Read, 0, 0, w, h, rgb, sw, sh, GDT_Byte, 3, bands,
                                      3, 3 * sw, 1, &how) == CE_None;
    CPLPopErrorHandler();
    GDALClose(dataset);
    if (!good)
        return not_jpeg(path, error), NULL;
    *width = orientation >= 5 ? sh : sw;
    *height = orientation >= 5 ? sw : sh;
    return upright(rgb, orientation, sw, sh);
}

bool rdl_photo_reduce(const char *path, int orientation, int most, const char *jpeg, GError **error)
{
    static const char *const options[] = {"QUALITY=85", NULL};
    int w, h, bands[3] = {1, 2, 3};
    g_autofree unsigned char *rgba = rdl_photo_picture(path, orientation, most, &w, &h, error);

    if (!rgba)
        return false;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH memory = GDALCreate(GDALGetDriverByName("MEM"), "", w, h, 3, GDT_Byte, NULL),
                 out = NULL;
    if (memory && GDALDatasetRasterIO(memory, GF_Write, 0, 0, w, h, rgba, w, h, GDT_Byte, 3, bands,
                                      4, 4 * w, 1) == CE_None)
        out = GDALCreateCopy(GDALGetDriverByName("JPEG"), jpeg, memory, TRUE, (char **)options,
                             NULL, NULL);
    if (out)
        GDALClose(out);
    if (memory)
        GDALClose(memory);
    CPLPopErrorHandler();
    if (out)
        return true;
    g_autofree char *doing = rdl_say("%s: cannot be written", jpeg);
    return rdl_fail_gdal(error, RDL_ERROR_IO, doing);
}
