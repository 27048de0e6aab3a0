/* detect/lineage_io.h - the epoch before, read from its GeoPackage, and what became of it. */
#ifndef RDL_DETECT_LINEAGE_IO_H
#define RDL_DETECT_LINEAGE_IO_H

#include "detect/lineage.h"
#include "detect/patch_io.h"

/** Layer `patch` of an earlier patches.gpkg, and its `unseen`, `gone` and `lineage` where it has
 *  them;
 *  outlines in `crs`. Fails: RDL_ERROR_IO, RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA (no patches of
 *  redline), RDL_ERROR_CRS. */
rdl_lineage *rdl_lineage_read(const char *path, const rdl_crs *crs, GError **error);

/** Begin table `lineage` (epoch, lineage_id, relation, patch_id, t_before, t_after, previous_id,
 *  previous_lineage_id, share_of_patch, share_of_previous, area_m2, previous_m2, observed_share, of
 *  the previous one: a row a link, a new patch and a patch that is absent, of all epochs) and
 *  layers `gone` and `unseen` (the last patch of each lineage that is not there; or that is unseen
 *  or left out, and of those partly seen what was not observed, under the patch_id that is there:
 *  lineage_id, patch_id, t_before, t_after, area_m2, relation). */
bool rdl_lineage_layers(rdl_vector *vector, const rdl_crs *crs, GError **error);
/** `descent`: of the first n patches of the set. */
bool rdl_lineage_write(const rdl_lineage *lineage, rdl_geopackage *package,
                       const rdl_patch_set *set, guint n, const rdl_descent *descent,
                       GError **error);

#endif
