/* rectify/layer.h - the layers a ledger's sites are screened with, and the screening.
 *
 * A layer is not copied into the ledger: an event says by its SHA-256 which one is meant, and who
 * screens is told when it is that one no more (docs/decisions/0010). */
#ifndef RDL_RECTIFY_LAYER_H
#define RDL_RECTIFY_LAYER_H

#include "rectify/ledger.h"
#include "screen/screen.h"

/** Say that `role` ("zones", "footprints", "patches", "permits", "units") is `source` from now on,
 *  beside those of the role there are; one that is there already is taken as it is now. A source
 *  below the ledger's folder may move with it. Counts its features as "ledger.layers". Fails: as
 *  opening a layer; RDL_ERROR_USAGE for what is no local file (a database, /vsi...). */
RDL_API bool rdl_ledger_layer_add(rdl_ledger *ledger, const char *role, const rdl_source *source,
                                  rdl_day on, rdl_tally *tally, GError **error);
/** Screen with `source` no more. Fails: RDL_ERROR_NOT_FOUND, naming those there are. */
RDL_API bool rdl_ledger_layer_drop(rdl_ledger *ledger, const char *source, rdl_day on,
                                   GError **error);
/** [{"role", "source", "profile", "sha256", "profile_sha256", "features", "at"}] by role and
 *  source. Yours. */
RDL_API JsonNode *rdl_ledger_layers(rdl_ledger *ledger, GError **error);

/** rdl_screen() with the ledger's layers for every role of which `options` names none, and by the
 *  pack the ledger keeps unless options->pack names one. Findings go to options->output (NULL:
 *  nowhere else) and into the ledger, counted in `loaded`; answers about planned projects only to
 *  the output, which they need. Fails: RDL_ERROR_DATA for a layer that is not as it was loaded; as
 * rdl_screen() and rdl_ledger_load_findings(). */
RDL_API bool rdl_ledger_screen(rdl_ledger *ledger, const rdl_screen_options *options,
                               const rdl_progress *progress, rdl_screen_result *result,
                               rdl_tally *loaded, GError **error);

#endif
