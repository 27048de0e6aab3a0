/* deliver/card.h - one card a site: all that is known of it on A4. */
#ifndef RDL_DELIVER_CARD_H
#define RDL_DELIVER_CARD_H

#include "rectify/rectify.h"

typedef struct rdl_card_options {
    const char *output;   /* a file in .pdf or .png; of all cards a folder; needed */
    const char *id;       /* of a task, site, finding or source; NULL: a card for every site */
    const char *language; /* "zh" (default), "en" */
    const char *format;   /* of all cards: "pdf" (default), "png" */
    const char *compiler; /* who answers for the card; NULL: not named */
    const char *unit;     /* of all cards: only sites of a unit; NULL: all */
    /* What stands in for the files the ledger records; NULL: as recorded. */
    const char *before, *after, *zones, *zones_profile, *units, *permits;
    double dpi;  /* of a PNG, and of imagery; 50..600, default 150 */
    int threads; /* for all cards; default 1 */
    const char *exporter,
        *on; /* who draws, and the day (NULL: the ledger's own date): put on record
                in the ledger, which must be open to write; NULL: not recorded */
    bool overwrite;
    bool in_pack; /* of files with a manifest of its own: none is written beside the card */
    GPtrArray *warnings; /* takes what is recorded but cannot be shown, as char *; NULL */
} rdl_card_options;
#define RDL_CARD_OPTIONS_INIT                                         \
    {                                                                 \
        .language = "zh", .format = "pdf", .dpi = 150.0, .threads = 1 \
    }

/** Basics, both images, where it lies, zones and permits with their balance, every rule with its
 *  article, measures and close-out steps, look-back, coordinates of the outline, digests of what it
 *  was made from, and the photos of the field: listed, shown, their azimuths drawn (from magnetic
 *  north dashed). A site with a rectification is named by it, else by its verification. All cards
 *  go to <folder>/<task>.<format>. Straight from findings.gpkg too. Same inputs, same bytes, for
 * any number of threads. `written` (may be NULL) takes the paths (char *), by id. tally:
 *  card.sites, all used. Fails: RDL_ERROR_USAGE, RDL_ERROR_NOT_FOUND, RDL_ERROR_IO, RDL_ERROR_DATA;
 *  no card is left then. With `exporter` they are on record (export.made, one event) before they
 *  are seen. */
RDL_API bool rdl_card(const char *input, const rdl_card_options *options,
                      const rdl_progress *progress, GPtrArray *written, rdl_tally *tally,
                      GError **error);

#endif
