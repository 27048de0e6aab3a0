/* rectify/draw.h - drawing lots that anybody can draw again.
 *
 * Every lot has the number SHA-256(seed, what is drawn, ...) (rdl_digest_bytes() of the texts with
 * a unit separator between); of each stratum those with the smallest numbers are drawn, and to each
 * the one of a list whose number with it is smallest. No generator, no order of input: the seed and
 * the pool, both in the event, give the result on any machine (双随机, domain nos. 56, 87, 88). */
#ifndef RDL_RECTIFY_DRAW_H
#define RDL_RECTIFY_DRAW_H

#include "rectify/ledger.h"

typedef struct rdl_draw {
    const char *purpose; /* cross (verifiers from elsewhere), inspection, audit ... */
    const char *seed;    /* any text; stated, not chosen afterwards */
    double rate;         /* share of each unit's tasks, 0..1; at least one of each: rounded up */
    const char *const *among; /* who is drawn for them: names, or codes of units; NULL: nobody */
    bool cross;               /* `among` are codes: never that of the task's own county */
    const char *state, *unit, *kind; /* which tasks: as rdl_task_filter; `state` NULL: all
                                        there is still something to do about */
} rdl_draw;

/** Number of a lot: SHA-256 of the three texts. Yours. */
char *rdl_draw_number(const char *seed, const char *a, const char *b);
/** What is drawn from `pool` ([[task_id, xzqdm], ...]): [{"task_id", "xzqdm", "drawn"}] by task.
 *  A stratum is a county (six digits). Pure. Yours. `drawn` NULL: nobody was to be, or none of
 *  `among` is from elsewhere. */
JsonArray *rdl_draw_lots(const rdl_draw *draw, JsonArray *pool);
/** Is an event's draw (its payload) what its seed and its pool give? */
bool rdl_draw_good(JsonObject *payload);

/** Draw and put on record (event draw.made, table draw): the rows as rdl_draw_lots(), yours.
 *  Fails: RDL_ERROR_USAGE: no seed, a rate out of range, a role that may not, an empty pool, a day
 *  before the last event of a task that could be drawn, a task nobody from elsewhere can be drawn
 * for. */
RDL_API JsonNode *rdl_ledger_draw(rdl_ledger *ledger, const rdl_draw *draw, const char *on,
                                  const char *by, const char *role, GError **error);

#endif
