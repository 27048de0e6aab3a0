/* detect/scene.h - a satellite scene: an open raster, the bands used, and the part each plays. */
#ifndef RDL_DETECT_SCENE_H
#define RDL_DETECT_SCENE_H

#include "geo/geo.h"

typedef struct rdl_scene {
    rdl_raster *raster;
    int count;    /* bands used */
    int *bands;   /* their numbers in the file, from 1 */
    char **roles; /* "red", "nir", ... or "" for each; NULL-ended */
} rdl_scene;

/** Open `path`. Bands come from `bands` ("blue=1,green=2,red=3,nir=4", "1,2,3" without roles, or
 *  names that the file has for its bands: "red,nir,B05"), else from data/sensors/`sensor`.yaml,
 * else (and for the sensor "sar") they are all of the file but an alpha band; of a product (SAFE,
 * MTL, STAC) those from blue to short-wave infrared. `bands` and `sensor` may be NULL; both may be
 * given for "sar" only. Fails: RDL_ERROR_USAGE (band list), RDL_ERROR_NOT_FOUND (sensor),
 * RDL_ERROR_DATA (the file has no such band), RDL_ERROR_IO. */
RDL_API rdl_scene *rdl_scene_open(const char *path, const char *bands, const char *sensor,
                                  const rdl_raster_options *how, GError **error);
RDL_API void rdl_scene_free(rdl_scene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_scene, rdl_scene_free)
/** "sar": intensities of radar, whatever the polarisation. */
RDL_API bool rdl_sensor_is_radar(const char *sensor);
/** Position (from 0) among the bands used of the one that plays `role`, -1 where there is none. */
RDL_API int rdl_scene_role(const rdl_scene *scene, const char *role);
/** Use only the bands of these roles from now on, in this order. Fails: RDL_ERROR_USAGE. */
RDL_API bool rdl_scene_narrow(rdl_scene *scene, const char *const *roles, GError **error);
/** "blue=1,green=2,5" as --bands takes it. Yours to free. */
RDL_API char *rdl_scene_band_text(const rdl_scene *scene);

#endif
