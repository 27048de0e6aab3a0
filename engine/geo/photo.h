/* geo/photo.h - a photo of the field as its camera tells it: where, which way, when.
 *
 * A JPEG file, read by GDAL's JPEG driver alone; what it tells of itself are its EXIF tags (EXIF
 * 2.32). Nothing of it is proof: tags can be written by anybody. */
#ifndef RDL_GEO_PHOTO_H
#define RDL_GEO_PHOTO_H

#include "base/base.h"

#define RDL_PHOTO_MOST_BYTES (128u << 20)
#define RDL_PHOTO_MOST_PIXELS 260000000.0

typedef struct rdl_photo {
    int width, height; /* pixels, as stored */
    int orientation;   /* EXIF: 1 upright ... 8 */
    double lon, lat;   /* degrees; NaN: it tells none, or `fault` says why it cannot be so */
    double altitude;   /* m; NaN */
    double azimuth;    /* GPSImgDirection, degrees clockwise from north, 0 to 360; NaN */
    bool magnetic;     /* from magnetic north; else from true north, or not said */
    bool true_north;   /* said to be from true north */
    char *taken; /* DateTimeOriginal, "2026-11-03T10:20:30", with "+08:00" where OffsetTimeOriginal
                    is there; NULL: it tells none that is a time */
    char *gps_time; /* GPSDateStamp and GPSTimeStamp, "2026-11-03T02:20:30Z"; NULL */
    char *datum;    /* GPSMapDatum; NULL: not said, which EXIF means as WGS 84 */
    char *camera;   /* Make and Model; NULL */
    char *fault;    /* why the position it tells is none, in English; NULL: it tells none, or a
                       plausible one */
} rdl_photo;
RDL_API void rdl_photo_clear(rdl_photo *photo);

/** Read one; every line of the picture is decoded once, so that what is cut off or damaged is
 *  seen. Tags that cannot be read count as not there. Fails: RDL_ERROR_DATA (no JPEG, cut off, more
 *  than RDL_PHOTO_MOST_PIXELS), RDL_ERROR_IO, RDL_ERROR_NOT_FOUND. `photo` is clear then. */
RDL_API bool rdl_photo_read(const char *path, rdl_photo *photo, GError **error);

/** A small upright picture of at most `most` pixels a side: RGBA, alpha 255; yours. The size of
 *  the photo is kept where it is smaller. Fails: RDL_ERROR_DATA, RDL_ERROR_IO. */
RDL_API unsigned char *rdl_photo_picture(const char *path, int orientation, int most, int *width,
                                         int *height, GError **error);
/** The same as a JPEG file without tags. */
RDL_API bool rdl_photo_reduce(const char *path, int orientation, int most, const char *jpeg,
                              GError **error);

#endif
