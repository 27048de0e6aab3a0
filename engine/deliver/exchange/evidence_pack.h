/* deliver/exchange/evidence_pack.h - everything about one site, sealed. */
#ifndef RDL_DELIVER_EXCHANGE_EVIDENCE_PACK_H
#define RDL_DELIVER_EXCHANGE_EVIDENCE_PACK_H

#include "deliver/exchange/profile.h"

/** Names of the files that make a folder or archive a pack. */
#define RDL_PACK_SUMS "SHA256SUMS"
#define RDL_PACK_MANIFEST "manifest.json"
#define RDL_PACK_EVENTS "events.json"

#endif
