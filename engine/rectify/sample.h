/* rectify/sample.h - how right the list itself is: findings, or close-outs, drawn by lot and looked
 * at again.
 *
 * Design: stratified random without replacement. Strata of findings: county (six digits) and
 * detector (method of the detection that made the patch; footprint; unknown where no manifest
 * tells); of close-outs: county and the state that closed. The lots are those of draw.h: seed, pool
 * and result are one event (sample.drawn), so that anybody draws the same again, and an audit does.
 * An answer is an event too (sample.judged). The list of findings is every source's gravest that is
 * not CLEAN. What a merge of sites put away as a duplicate is no close-out; of all that was closed
 * at a site the last has its ground, the others none. How many there were and why some were left
 * out (OTHER_UNIT, DUPLICATE) is in the event ("counts"), and of each piece drawn what it said:
 * says, zone, activity, source, source_id, lon, lat and the SHA-256 of the finding. */
#ifndef RDL_RECTIFY_SAMPLE_H
#define RDL_RECTIFY_SAMPLE_H

#include "rectify/ledger.h"

#define RDL_SAMPLE_FINDINGS "findings"
#define RDL_SAMPLE_CLOSEOUTS "closeouts"
#define RDL_SAMPLE_MOST G_MAXINT32 /* pieces */

typedef struct rdl_sampling {
    const char *of;   /* RDL_SAMPLE_...; needed */
    const char *seed; /* any text; stated, not chosen afterwards; needed */
    gint64 size;  /* how many in all, as rdl_strata_allot(), at most RDL_SAMPLE_MOST; 0: by rate */
    double rate;  /* or the share of each stratum, rounded up, 0 < r <= 1 */
    gint64 least; /* of each stratum, >= 0; two show how its pieces differ */
    const char *unit; /* only within this unit, as rdl_division_within(); NULL: all */
    rdl_day since;    /* only what was loaded, or closed, that day or later; RDL_DAY_PAST: all */
} rdl_sampling;
#define RDL_SAMPLING_INIT                 \
    {                                     \
        .least = 2, .since = RDL_DAY_PAST \
    }

/** Draw and put on record; id of the sample, yours. The same of the same list again adds nothing.
 *  `who` needs the act `draw` of roles.csv. Fails: RDL_ERROR_USAGE: nothing to be drawn from, a
 * size the strata's least does not fit into, a rate out of range, a role that may not, a day before
 * the last load or closing that is drawn from. */
RDL_API char *rdl_ledger_sample(rdl_ledger *ledger, const rdl_sampling *sampling,
                                const rdl_who *who, GError **error);
/** Is an event's sample (its payload) what its seed, its pool and its allocation give? */
bool rdl_sample_good(JsonObject *payload);

/** What has become of a piece since it was drawn. */
#define RDL_SAMPLED_CHANGED "CHANGED"   /* it says something else: look at what it said */
#define RDL_SAMPLED_GONE "GONE"         /* it is on the list no more */
#define RDL_SAMPLED_NOT_TOLD "NOT_TOLD" /* an older draw that kept only its id: as it is now */

/** A piece of a sample as it was drawn: that is what is judged. Text is owned; NULL where there is
 *  none. */
typedef struct rdl_sampled {
    char *item_id; /* of a finding, or a task */
    char *unit, *class;
    char *source_id, *zone, *activity;
    char *says; /* a finding's result; what the task was closed as */
    char *now;  /* RDL_SAMPLED_...; NULL: it still says so */
    double area_m2, lon, lat;
    GBytes *wkb; /* the site's ground as it lies now, in the ledger's system; NULL: gone */
    char *answer, *judged_by, *judged_on, *evidence, *note; /* the latest; NULL: none yet */
} rdl_sampled;
/** GArray of rdl_sampled, in the order of their lots: it tells nothing of the stratum. Yours.
 *  Fails: RDL_ERROR_NOT_FOUND. */
RDL_API GArray *rdl_sample_items(rdl_ledger *ledger, const char *sample_id, GError **error);

/** What somebody found of a piece. */
typedef struct rdl_judgement {
    char *sample_id, *item_id;
    char *answer;                /* right, wrong, cannot_tell; NULL: not looked at */
    char *judged_by, *judged_on; /* NULL: as `who` */
    char *evidence;              /* needed, of cannot_tell too: what did not tell */
    char *note;                  /* NULL */
} rdl_judgement;
void rdl_judgement_clear(rdl_judgement *judgement);

/** Put answers on record, one transaction. One that is there already adds nothing; one that
 * contradicts the answer on record is told and not taken, unless `correct` (with a reason in
 * `who`): then both stay on record and the later holds. `who` needs the act `draw`. `notes` (of
 * char *) takes a line for each that failed. tally: sample.answers (suppressed NOT_ANSWERED,
 * ALREADY_THERE; failed NOT_SAMPLED, BAD_ANSWER, NO_EVIDENCE, BAD_DATE, CONTRADICTS). */
RDL_API bool rdl_ledger_judge(rdl_ledger *ledger, const rdl_judgement *list, size_t n,
                              const rdl_who *who, bool correct, rdl_tally *tally, GPtrArray *notes,
                              GError **error);

/** Error rates: an array, by sample, of {"sample_id", "of", "on", "by", "seed", "level", "strata",
 *  "by_unit", "by_class", "total"}; a row has unit and class where they name it, population, drawn,
 *  right, wrong, cannot_tell, unanswered, and of those judged (right + wrong) error_rate, low,
 * high, interval, and as "area" the same of the ground (area_m2, error_share, low, high). interval:
 * "exact" (one stratum: Clopper-Pearson), "normal" (several: Olofsson et al. 2014, with the
 *  correction for a finite list), "census" (all were judged: nothing to estimate), "none" with
 *  "why": NOT_JUDGED, ONE_JUDGED (one of several in a stratum), NO_DIFFERENCE (all alike in every
 *  stratum: the sum has no variance, its strata have their own intervals). "population_judged" is
 * what error_rate speaks of: strata with nothing judged are in none. What cannot be told is in no
 * rate. `sample_id` NULL: of all; they are never put together. 0 < level < 1. Yours. Fails:
 * RDL_ERROR_NOT_FOUND, RDL_ERROR_USAGE. */
RDL_API JsonNode *rdl_ledger_accuracy(rdl_ledger *ledger, const char *sample_id, double level,
                                      GError **error);

#endif
