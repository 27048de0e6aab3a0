/* WKB of foreign geometries, through what is done to each: validity, repair, area, outline. */
#include "fuzz/target.h"
#include "geo/geo.h"

static rdl_measure *measure;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    rdl_geo_start();
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", NULL);
    measure = crs ? rdl_measure_new(crs, NULL) : NULL;
    return argc && argv && measure ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;
    rdl_geometry *g = rdl_geometry_from_wkb(data, size, &error);
    double x, y, m2;

    fuzz_check(g, error);
    if (!g)
        return 0;
    if (!rdl_geometry_empty(g))
        rdl_geometry_inner_point(g, &x, &y, NULL);
    rdl_measure_area(measure, g, &m2, NULL);
    GBytes *wkb = rdl_geometry_wkb(g, NULL);
    if (wkb)
        g_bytes_unref(wkb);
    rdl_geometry_free(g);
    return 0;
}
