/* Photos of the field: the JPEG, and the tags in it. */
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "fuzz/target.h"
#include "geo/exif.h"
#include "geo/geo.h"

static char *path;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    rdl_geo_start();
    path = g_strdup_printf("%s/fuzz-photo-%d.jpg", g_get_tmp_dir(), (int)getpid());
    return argc && argv && path ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;
    rdl_photo p;

    rdl_exif_void(data, size);
    if (!fuzz_write(path, data, size))
        return 0;
    bool good = rdl_photo_read(path, &p, &error);
    fuzz_check(good ? &p : NULL, error);
    /* a position is on the globe, or it is none and says why */
    if (good && !(isnan(p.lon) || (fabs(p.lon) <= 180.0 && fabs(p.lat) <= 90.0 && !p.fault)))
        g_error("a position of %g, %g", p.lon, p.lat);
    if (good)
        rdl_photo_clear(&p);
    g_unlink(path);
    return 0;
}
