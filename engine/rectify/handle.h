/* rectify/handle.h - what is inside a ledger, for the files of rectify/. */
#ifndef RDL_RECTIFY_HANDLE_H
#define RDL_RECTIFY_HANDLE_H

#include "rectify/deadline.h"
#include "rectify/ledger.h"
#include "store/store.h"

struct rdl_ledger {
    rdl_store *store;
    GHashTable *tables; /* pack file -> rdl_csv, as they are asked for */
    JsonNode *pack;     /* pack.yaml; NULL until asked for, like what follows */
    rdl_workdays *days;
    rdl_deadline_policy policy; /* of `days` */
    char *crs;                  /* "EPSG:4490" */
    gint64 srid;                /* its number; 0 where it has none */
    char *head;                 /* of the chain as this handle has seen or made it; NULL: not yet */
    rdl_ledger *scratch;        /* in memory, where a few events are applied again; NULL: not yet */
    /* while work comes back from another office (handover.h): what each event names, and the folder
     * in which papers are; else NULL */
    const char *package, *entry, *papers;
    GHashTable
        *agreed; /* while a package is taken: sites whose work was found to agree; else NULL */
};

/** Forget what was read of the pack: another version of it is in force. */
void rdl_ledger_forget_pack(rdl_ledger *ledger);
/** The tables, empty; written into a new store. `srid` as in rdl_ledger. */
bool rdl_ledger_schema(rdl_store *store, gint64 srid, GError **error);
/** The same tables in memory, without place or pack. Yours. */
rdl_ledger *rdl_ledger_scratch(GError **error);
/** A handle on a store that holds a ledger; takes the store, also on failure. */
rdl_ledger *rdl_ledger_wrap(rdl_store *take_store, GError **error);

#endif
