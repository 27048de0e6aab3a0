/* deliver/exchange.h - the tasks of a ledger as files others can open.
 *
 *   gpkg     GeoPackage: layer `task` in the ledger's CRS, and `layer_styles`, by which QGIS opens
 *            it styled
 *   geojson  RFC 7946: WGS 84, longitude before latitude, 7 decimals
 *   xlsx     the ledger sheet, its statistics and its codes, A3 landscape
 *
 * gpkg and geojson carry codes; xlsx carries the words of the ledger's pack. Same ledger, same
 * bytes: no clock is asked. */
#ifndef RDL_DELIVER_EXCHANGE_H
#define RDL_DELIVER_EXCHANGE_H

#include "rectify/rectify.h"

typedef struct rdl_export_options {
    const char *profile;  /* "gpkg", "geojson", "xlsx"; needed */
    const char *output;   /* path; needed */
    const char *language; /* of words: "zh" (default) or "en" */
    rdl_day as_of;        /* for warnings and what is overdue; 0 (default): the ledger's own date */
    bool overwrite;       /* default false: an existing file is refused */
} rdl_export_options;
#define RDL_EXPORT_OPTIONS_INIT \
    {                           \
        .language = "zh"        \
    }

/** Is there an export of that name? Fails: RDL_ERROR_USAGE, naming those there are. */
RDL_API bool rdl_export_known(const char *profile, GError **error);
/** Write all tasks, by id. The file appears whole or not at all. No tasks: a valid file all the
 *  same. tally: deliver.<profile>, all used; not counted when the export fails.
 *  Fails: RDL_ERROR_USAGE (an option; the file exists), RDL_ERROR_IO, RDL_ERROR_DATA. */
RDL_API bool rdl_export(rdl_ledger *ledger, const rdl_export_options *options, rdl_tally *tally,
                        GError **error);

#endif
