/* deliver/evidence.h - why a site is held to be a problem, in words. */
#ifndef RDL_DELIVER_EVIDENCE_H
#define RDL_DELIVER_EVIDENCE_H

#include "rectify/rectify.h"

/** Everything rdl_ledger_chain() gives, as lines for a terminal: site and place; what was read,
 *  with digests, options and methods; each finding with its overlap and bounds, the time of
 *  building, approval, every rule that spoke and which one leads; the tasks and what happened.
 *  `ledger` gives the words of its pack; language "zh" or "en". Yours. */
RDL_API char *rdl_evidence_text(rdl_ledger *ledger, JsonNode *chain, const char *language);

#endif
