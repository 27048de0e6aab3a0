#include "geo/start.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <geos_c.h>
#include <ogr_srs_api.h>
#include "base/base.h"

/* One date in every GeoPackage, so that the same work writes the same bytes: SOURCE_DATE_EPOCH's
 * where it is set. */
static void set_date(void)
{
    g_autofree char *day = rdl_day_text(rdl_day_stamped(rdl_day_of(2000, 1, 1)));
    g_autofree char *date = g_strconcat(day, "T00:00:00.000Z", NULL);

    if (!CPLGetConfigOption("OGR_CURRENT_DATE", NULL))
        CPLSetConfigOption("OGR_CURRENT_DATE", date);
}

void rdl_geo_start(void)
{
    GDALAllRegister();
    set_date();
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");        /* never writes beside an input */
    CPLSetConfigOption("OGR_SQLITE_SYNCHRONOUS", "OFF"); /* outputs are renamed when whole */
    GDALSetCacheMax64(64 << 20);
}

void rdl_geo_stop(void)
{
    OSRCleanup();
    GDALDestroyDriverManager();
}

char *rdl_geo_versions(void)
{
    int major, minor, patch;

    OSRGetPROJVersion(&major, &minor, &patch);
    return g_strdup_printf("GDAL %s, PROJ %d.%d.%d, GEOS %s", GDALVersionInfo("RELEASE_NAME"),
                           major, minor, patch, GEOSversion());
}

void rdl_geo_pop_handler(void)
{
    CPLPopErrorHandler();
}
