/* geo/exif.h - what GDAL's EXIF_* metadata do not tell: fractions of the GPS part without a
 * denominator, which GDAL gives as 0 (EXIF 2.32, 4.6.6; TIFF 6.0, section 2). */
#ifndef RDL_GEO_EXIF_H
#define RDL_GEO_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Tags of the GPS part. */
enum { RDL_GPS_LAT = 2, RDL_GPS_LON = 4, RDL_GPS_ALT = 6, RDL_GPS_TIME = 7, RDL_GPS_AZIMUTH = 17 };

/** One bit a tag below 32 whose value is a fraction over 0, or lies outside the bytes. `jpeg`: the
 *  beginning of a file, up to its first Exif segment at least; what is none has no such tag. */
uint32_t rdl_exif_void(const uint8_t *jpeg, size_t n);

#endif
