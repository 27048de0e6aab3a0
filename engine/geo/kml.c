#include "geo/kml.h"

#include <cpl_conv.h>
#include <ogr_api.h>

char *rdl_kml_of_wkb(GBytes *wkb, GError **error)
{
    gsize n;
    const void *bytes = g_bytes_get_data(wkb, &n);
    OGRGeometryH g = NULL;
    bool good = OGR_G_CreateFromWkb(bytes, NULL, &g, (int)n) == OGRERR_NONE && g;
    char *kml = good ? OGR_G_ExportToKML(g, NULL) : NULL;
    char *text = g_strdup(kml);

    OGR_G_DestroyGeometry(g);
    CPLFree(kml);
    if (!text)
        rdl_fail(error, RDL_ERROR_DATA, "a shape cannot be told in KML");
    return text;
}
