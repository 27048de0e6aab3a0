/* rectify/wetland.h - what of a ground became wetland, by two declared layers of land (no. 106).
 *
 * Open water in a scene is no measure of a pond that went back to mudflat: it loses water and gains
 * wetland. So classes are declared, before the works and later, and the pack says which are wetland
 * (pack.yaml, wetland: {wetland, returned, barrier, other}: lists of classes). Of a ground, with W
 * wetland and O all else that is declared, b before and l later,
 *
 *     gain = Wl and Ob    loss = Wb and Ol    net = gain - loss
 *
 * Ground that a date declares as nothing, or as both, is of neither, and may have been anything:
 * gain is at most what is in neither Ol nor Wb, loss what is in neither Ob nor Wl; at least they
 * are gain and loss of what is left of W and O when every outline lies `error_m` off. Beside them:
 * returned (ponds before, wetland later) and barrier (dykes that were none before: 4.6). */
#ifndef RDL_RECTIFY_WETLAND_H
#define RDL_RECTIFY_WETLAND_H

#include "rectify/verification.h"

typedef struct rdl_wetland rdl_wetland;

/** Read both layers; tally: verify.land_before, verify.land_later. Fails: RDL_ERROR_DATA where the
 *  pack has no such lists or a class is in none of them; as rdl_intake_read(). */
rdl_wetland *rdl_wetland_open(rdl_ledger *ledger, const rdl_verify_land *land, rdl_tally *tally,
                              GError **error);
void rdl_wetland_free(rdl_wetland *wetland);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_wetland, rdl_wetland_free)
/** "before_m2", "later_m2", "gain_m2", "loss_m2", "net_m2", "net_min_m2", "net_max_m2",
 *  "returned_m2", "barrier_m2", "undeclared_m2", "error_m" of a ground in the ledger's system, to
 *  0.01 m2. *o is yours; NULL: neither layer reaches it. */
bool rdl_wetland_measure(rdl_wetland *wetland, const rdl_geometry *ground, JsonObject **o,
                         GError **error);

#endif
