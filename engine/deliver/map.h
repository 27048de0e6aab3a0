/* deliver/map.h - sheets of a map, A3 landscape: all tasks of a ledger over imagery and zones. */
#ifndef RDL_DELIVER_MAP_H
#define RDL_DELIVER_MAP_H

#include "rectify/rectify.h"

typedef struct rdl_map_options {
    const char *output;   /* ends in .pdf or .png; a folder for a series; needed */
    const char *title;    /* NULL: said by what is shown */
    const char *language; /* "zh" (default), "en" */
    const char *style;    /* "task": by state, "finding": by result; NULL: by what the input is */
    const char *unit;     /* only tasks of a unit: its code or the beginning of one; NULL: all */
    const char *by;     /* "unit", "zone", "grid" (the national division 1:50000): a series, a sheet
                           each; NULL: one sheet */
    const char *format; /* of a series: "pdf" (default), "png" */
    const char *compiler; /* who answers for the sheet; NULL: not named */
    /* What stands in for the files the ledger records; NULL: as recorded. */
    const char *before, *after, *zones, *zones_profile, *units, *permits;
    double dpi; /* of a PNG, and of imagery; 50..600, default 150 */
    const char *exporter,
        *on; /* who draws, and the day (NULL: the ledger's own date): put on record
                in the ledger, which must be open to write; NULL: not recorded */
    bool overwrite;
    GPtrArray *warnings; /* takes what is recorded but cannot be shown, as char *; NULL */
} rdl_map_options;
#define RDL_MAP_OPTIONS_INIT                            \
    {                                                   \
        .language = "zh", .format = "pdf", .dpi = 150.0 \
    }

/** Draw a ledger, or findings.gpkg straight. Without imagery, zones or units it still draws, and
 *  says so on the sheet. A sheet of a series or a unit has an inset. Texts map.secrecy and
 *  map.review_no of the pack stand in its corners. A PDF is vector and georeferenced. Same inputs,
 * same bytes: dates are the ledger's, the head is rdl_ledger_work_head(). `written` (may be NULL)
 * takes the paths (char *). tally: map.tasks, used or suppressed OUTSIDE_SHEET, for each sheet.
 * Fails: RDL_ERROR_USAGE, RDL_ERROR_NOT_FOUND (no font, no ledger), RDL_ERROR_DATA (nothing to
 * draw; a source that was given and cannot be read), RDL_ERROR_IO. No file is left then. With
 * `exporter` the sheets are on record (export.made, one event) before they are seen. */
RDL_API bool rdl_map(const char *input, const rdl_map_options *options, GPtrArray *written,
                     rdl_tally *tally, GError **error);

#endif
