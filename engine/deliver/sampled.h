/* deliver/sampled.h - the sheet on which a sample is judged: out with its answers empty, back with
 * them. */
#ifndef RDL_DELIVER_SAMPLED_H
#define RDL_DELIVER_SAMPLED_H

#include "rectify/rectify.h"

/** Write a sample to `path`, a GeoPackage (.gpkg: layer `sample`, each piece with its site's
 * ground as it lies now) or a CSV (.csv: with lon and lat), in the order of the lots and as they
 * were drawn: sample_id, item_id, unit, source_id, zone, activity, says, now (CHANGED, GONE:
 * sample.h), area_m2, lon, lat, and to fill in answer (right, wrong,
 * cannot_tell), judged_by, judged_on, evidence, note; what is on record already stands there. The
 * class of the stratum is not in it. Fails: RDL_ERROR_USAGE: another ending, a file that is there;
 * RDL_ERROR_NOT_FOUND. */
RDL_API bool rdl_sample_write(rdl_ledger *ledger, const char *sample_id, const char *path,
                              bool overwrite, GError **error);
/** Can it be? To be asked before a draw; NULL: nothing to write. Fails: the same. */
RDL_API bool rdl_sample_possible(const char *path, bool overwrite, GError **error);
/** Read such a sheet, in any format GDAL reads: GArray of rdl_judgement, yours. Columns it does not
 *  know are left alone. Fails: RDL_ERROR_DATA: a column is missing. */
RDL_API GArray *rdl_sample_read(const char *path, GError **error);

#endif
