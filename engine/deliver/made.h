/* deliver/made.h - what a map, a card, a report or a file of tasks was made from.
 *
 * <product>.run.json (base/manifest.h) beside it: the ledger's name and, as option "head", the hash
 * its chain ended with; scenes and layers that were drawn, by name and SHA-256. Of a folder of
 * sheets or cards one for all. The STAC catalogue of the ledger reads them. */
#ifndef RDL_DELIVER_MADE_H
#define RDL_DELIVER_MADE_H

#include "deliver/map_data.h"

typedef struct rdl_made {
    const char *command;     /* "map", "card", "report", "export" */
    const char *path, *head; /* of the ledger, or of the findings that were drawn straight */
    const char *as_of;       /* ISO day */
    const char *language;
    const char *what;          /* kind, profile, series or id; NULL */
    const char *unit;          /* NULL: all */
    const rdl_map_data *drawn; /* NULL: nothing but the ledger was read */
} rdl_made;

/** Beside `product`, written and not yet in place (rdl_manifest_begin()). Same inputs, same bytes,
 * wherever they lie. */
rdl_output *rdl_made_begin(const rdl_made *made, const char *product, GError **error);
/** Of a product none is written for: take away what told of the file it replaced. */
void rdl_made_nothing(const char *product);

#endif
