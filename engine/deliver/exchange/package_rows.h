/* deliver/exchange/package_rows.h - the rows of a package's work.gpkg that are there to be read. */
#ifndef RDL_DELIVER_EXCHANGE_PACKAGE_ROWS_H
#define RDL_DELIVER_EXCHANGE_PACKAGE_ROWS_H

#include "base/base.h"

typedef struct rdl_package_table {
    const char *name;
    const rdl_field *fields;
    int n;
    bool field; /* goes to the field too */
} rdl_package_table;

/** problem, measure, milestone, document; NULL-named at the end. */
extern const rdl_package_table rdl_package_tables[];

/** {table: {"<id>/<number of the row>": digest}} of `task` and of those tables that are there.
 *  A digest: 12 hex digits of the row, then 2 of each cell, first the id's; of a ground its WKB is
 *  what counts. NULL and empty are the same, columns of others do not count. Yours.
 *  Fails: RDL_ERROR_DATA. */
JsonObject *rdl_package_rows(const char *work, const char *shown, GError **error);
/** What came back otherwise than it left, both as rdl_package_rows(): [{"table", "id", "cells",
 *  "code", "why"}]: EDITED_IN_PLACE, `cells` naming which; ADDED; REMOVED; NOT_COMPARED, once,
 * where `left` is {}: the issue is of a redline that kept no digests. Yours. tally: return.rows
 * (in: those that left and those added; used: unchanged; failed as above). */
JsonArray *rdl_package_edits(JsonObject *left, JsonObject *came, rdl_tally *tally);

#endif
