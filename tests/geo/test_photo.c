/* What a photo of the field tells of itself, and photos that are none. */
#include "geo/geo.h"

#include <math.h>
#include <string.h>
#include "fixtures/photo.h"
#include "suite.h"

static const fixture_exif whole = {.placed = true,
                                   .lon = 119.869561,
                                   .lat = 32.526328,
                                   .datum = "WGS-84",
                                   .azimuth = 123.4,
                                   .north = 'M',
                                   .taken = "2026:11:03 10:20:30",
                                   .offset = "+08:00",
                                   .gps_day = "2026:11:03",
                                   .gps_clock = {2, 20, 31},
                                   .orientation = 6};

static const char *made(const char *name, const fixture_exif *exif)
{
    const char *path = suite_path(name);

    CHECK(fixture_photo(path, 1, exif));
    return path;
}

static rdl_photo read_of(const char *path)
{
    GError *error = NULL;
    rdl_photo p;

    CHECK(rdl_photo_read(path, &p, &error));
    CHECK_OK(error);
    return p;
}

static void check_whole(const fixture_exif *exif)
{
    rdl_photo p = read_of(made("whole.jpg", exif));

    CHECK_INT(p.width, 64);
    CHECK_INT(p.height, 48);
    CHECK_INT(p.orientation, 6);
    CHECK_NEAR(p.lon, 119.869561, 1e-7);
    CHECK_NEAR(p.lat, 32.526328, 1e-7);
    CHECK_NEAR(p.azimuth, 123.4, 1e-9);
    CHECK(p.magnetic && !p.true_north);
    CHECK_TEXT(p.taken, "2026-11-03T10:20:30+08:00");
    CHECK_TEXT(p.gps_time, "2026-11-03T02:20:31Z");
    CHECK_TEXT(p.datum, "WGS-84");
    CHECK(p.fault == NULL);
    rdl_photo_clear(&p);
}

static void tags_are_read_in_either_byte_order(void)
{
    fixture_exif big = whole;

    check_whole(&whole);
    big.big_endian = true;
    check_whole(&big);
}

static void south_and_west_are_negative(void)
{
    fixture_exif e = whole;
    e.lon = -74.5;
    e.lat = -8.25;
    rdl_photo p = read_of(made("west.jpg", &e));

    CHECK_NEAR(p.lon, -74.5, 1e-7);
    CHECK_NEAR(p.lat, -8.25, 1e-7);
    rdl_photo_clear(&p);
}

static void a_photo_without_tags_is_a_photo(void)
{
    rdl_photo p = read_of(made("bare.jpg", NULL));

    CHECK(isnan(p.lon) && isnan(p.lat) && isnan(p.azimuth));
    CHECK(!p.taken && !p.gps_time && !p.fault);
    CHECK_INT(p.orientation, 1);
    rdl_photo_clear(&p);
}

static void check_fault(fixture_exif e, const char *why)
{
    rdl_photo p = read_of(made("fault.jpg", &e));

    CHECK(isnan(p.lon) && isnan(p.lat));
    if (CHECK(p.fault != NULL) && !strstr(p.fault, why))
        CHECK_TEXT(p.fault, why);
    rdl_photo_clear(&p);
}

static void a_position_that_cannot_be_is_told_as_none(void)
{
    fixture_exif e = whole;

    e.void_fraction = true; /* GDAL gives 0 for it: 52 minutes off */
    check_fault(e, "without a denominator");
    e.big_endian = true;
    check_fault(e, "without a denominator");
    e = whole;
    e.lon = e.lat = 0.0;
    check_fault(e, "0, 0");
    e = whole;
    e.lat = 95.0;
    check_fault(e, "out of range");
    e = whole;
    e.no_side = true;
    check_fault(e, "incomplete");
    e = whole;
    e.datum = "TOKYO";
    check_fault(e, "TOKYO");
}

static void tags_outside_the_file_are_not_there(void)
{
    fixture_exif e = whole;
    e.wrong_offset = true;
    rdl_photo p = read_of(made("offset.jpg", &e));

    CHECK(isnan(p.lon) && !p.fault);
    CHECK_TEXT(p.taken, "2026-11-03T10:20:30+08:00");
    rdl_photo_clear(&p);
}

static void times_that_are_none_are_not_told(void)
{
    fixture_exif e = whole;
    e.taken = "2026:02:30 10:20:30";
    e.gps_day = "0000:00:00";
    rdl_photo p = read_of(made("time.jpg", &e));

    CHECK(!p.taken && !p.gps_time);
    rdl_photo_clear(&p);
    e.taken = "2026:02:03 10:20:30";
    e.offset = "+99:00";
    p = read_of(made("zone.jpg", &e));
    CHECK_TEXT(p.taken, "2026-02-03T10:20:30");
    rdl_photo_clear(&p);
}

static void check_refused(const char *path, rdl_error code, const char *why)
{
    GError *error = NULL;
    rdl_photo p;

    CHECK(!rdl_photo_read(path, &p, &error));
    CHECK_FAILS(error, code, why);
}

static void what_is_no_whole_jpeg_is_refused(void)
{
    g_autofree char *bytes = NULL;
    const char *path = made("cut.jpg", &whole);
    gsize n;

    CHECK(g_file_get_contents(path, &bytes, &n, NULL));
    CHECK(g_file_set_contents(path, bytes, (gssize)n - 60, NULL));
    check_refused(path, RDL_ERROR_DATA, "damaged or cut off");
    CHECK(g_file_set_contents(path, bytes, 40, NULL));
    check_refused(path, RDL_ERROR_DATA, "no JPEG");
    CHECK(g_file_set_contents(path, "a picture", -1, NULL));
    check_refused(path, RDL_ERROR_DATA, "no JPEG");
    check_refused(suite_path("nowhere.jpg"), RDL_ERROR_NOT_FOUND, "no such photo");
    check_refused(suite_folder(), RDL_ERROR_IO, "no file");
    /* 65500 x 65500 pixels, as its head says */
    for (gsize i = 0; i + 9 < n; i++)
        if ((guint8)bytes[i] == 0xff && (guint8)bytes[i + 1] == 0xc0) {
            memcpy(bytes + i + 5, "\xff\xdc\xff\xdc", 4);
            break;
        }
    CHECK(g_file_set_contents(path, bytes, (gssize)n, NULL));
    check_refused(path, RDL_ERROR_DATA, "65500 x 65500 pixels");
}

/* The red hut is at the left of the stored picture: turned by 6 it is at the top. */
static void a_small_picture_stands_upright(void)
{
    const char *path = made("turn.jpg", &whole), *small = suite_path("small.jpg");
    GError *error = NULL;
    int w = 0, h = 0;
    g_autofree unsigned char *p = rdl_photo_picture(path, 6, 32, &w, &h, &error);

    CHECK_OK(error);
    CHECK_INT(w, 24);
    CHECK_INT(h, 32);
    const unsigned char *hut = p + 4 * (8 * 24 + 10), *ground = p + 4 * (26 * 24 + 10);
    CHECK(hut[0] > 150 && hut[1] < 90);
    CHECK(ground[0] < 150 && ground[1] > 100);
    CHECK(rdl_photo_reduce(path, 6, 32, small, &error));
    CHECK_OK(error);
    rdl_photo reduced = read_of(small);
    CHECK_INT(reduced.width, 24);
    CHECK(isnan(reduced.lon) && !reduced.taken); /* no tags go along */
    rdl_photo_clear(&reduced);
}

static CU_TestInfo tests[] = {
    {"tags are read in either byte order", tags_are_read_in_either_byte_order},
    {"south and west are negative", south_and_west_are_negative},
    {"a photo without tags is a photo", a_photo_without_tags_is_a_photo},
    {"a position that cannot be is told as none", a_position_that_cannot_be_is_told_as_none},
    {"tags outside the file are not there", tags_outside_the_file_are_not_there},
    {"times that are none are not told", times_that_are_none_are_not_told},
    {"what is no whole JPEG is refused", what_is_no_whole_jpeg_is_refused},
    {"a small picture stands upright", a_small_picture_stands_upright},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("geo.photo", tests, argc, argv);
}
