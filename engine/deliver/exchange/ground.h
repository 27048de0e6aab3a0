/* deliver/exchange/ground.h - the grounds of tasks in the system a format asks for. */
#ifndef RDL_DELIVER_EXCHANGE_GROUND_H
#define RDL_DELIVER_EXCHANGE_GROUND_H

#include "deliver/exchange/profile.h"
#include "geo/geo.h"

typedef struct rdl_export_ground rdl_export_ground;

/** From the ledger's system to `crs` ("EPSG:4326"). Fails: RDL_ERROR_CRS. */
rdl_export_ground *rdl_export_ground_new(const rdl_export_job *job, const char *crs,
                                         GError **error);
void rdl_export_ground_free(rdl_export_ground *ground);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_export_ground, rdl_export_ground_free)
/** The system gone to. Lent. */
const rdl_crs *rdl_export_ground_crs(const rdl_export_ground *ground);
/** *wkb: the task's ground there, folded at the antimeridian; NULL where it has none. Yours.
 *  Fails: RDL_ERROR_CRS, RDL_ERROR_DATA. */
bool rdl_export_ground_of(rdl_export_ground *ground, const rdl_task *task, GBytes **wkb,
                          GError **error);

#endif
