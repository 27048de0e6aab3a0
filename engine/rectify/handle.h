/* rectify/handle.h - what is inside a ledger, for the files of rectify/. */
#ifndef RDL_RECTIFY_HANDLE_H
#define RDL_RECTIFY_HANDLE_H

#include "rectify/ledger.h"
#include "store/store.h"

struct rdl_ledger {
    rdl_store *store;
    GHashTable *tables; /* pack file -> rdl_csv, as they are asked for */
    char *crs;          /* "EPSG:4490" */
    gint64 srid;        /* its number; 0 where it has none */
};

/** The tables, empty; written into a new store. `srid` as in rdl_ledger. */
bool rdl_ledger_schema(rdl_store *store, gint64 srid, GError **error);
/** A handle on a store that holds a ledger; takes the store, also on failure. */
rdl_ledger *rdl_ledger_wrap(rdl_store *take_store, GError **error);

#endif
