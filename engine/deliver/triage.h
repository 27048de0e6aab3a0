/* deliver/triage.h - what a review of pictures said, in words: for `why` and cards. */
#ifndef RDL_DELIVER_TRIAGE_H
#define RDL_DELIVER_TRIAGE_H

#include "rectify/rectify.h"

/** Was all that `chain` (rdl_ledger_chain()) tells of rejected: a source of it by a person, and no
 *  task is left that is not dismissed? */
bool rdl_triage_rejected(JsonObject *chain);
/** "2026-11-03 甲: 剔除, 物候或季节差异 (SEASON); ..." of a row of member `review`. Yours. */
char *rdl_triage_decision(JsonObject *row, const char *language);
/** Of one of what rejections said of a source (`on_rejected`, `held`): whose ground, how much of
 *  it, and what followed. Yours. */
char *rdl_triage_ground(JsonObject *said, const char *language);
/** What rejections said of the site's sources when they came, the last word on each: lines for
 *  rdl_triage_ground(), lent; an array, yours. */
GPtrArray *rdl_triage_grounds(JsonObject *chain);

#endif
