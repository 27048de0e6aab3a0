/* detect/decision.h - which scores count as changed: a limit, and what the surroundings must say.
 */
#ifndef RDL_DETECT_DECISION_H
#define RDL_DETECT_DECISION_H

#include "detect/field.h"
#include "detect/local_limit.h"
#include "detect/score.h"

typedef enum {
    RDL_JUDGE_LIMIT,     /* |score| over the limit */
    RDL_JUDGE_CONTEXT,   /* |score| and its 3 x 3 median, their geometric mean, over the limit */
    RDL_JUDGE_CONFIRMED, /* the same in components of which a quarter is over MAD's limit as well;
                            and what is over that in components of its own */
    RDL_JUDGE_HYSTERESIS /* components over the limit that reach half as far again */
} rdl_judge;

typedef struct rdl_decision {
    const rdl_scorer *scorer; /* lent */
    rdl_limit limit;
    rdl_judge judge;
    int sieve;              /* 8-connected components of fewer pixels are unchanged; 1: none */
    int planes;             /* scores a pixel needs: MAD's beside IR-MAD's where it confirms */
    int margin;             /* pixels around a block that are looked at; 0: each for itself */
    rdl_limit second;       /* of MAD's score, where it confirms */
    rdl_local_limit *local; /* in place of `limit`, where it was asked for; else NULL */
    bool collapsed;         /* re-weighted and plain scores see changes of sizes ten times apart */
} rdl_decision;

typedef struct rdl_decision_options {
    rdl_limit_choice choice;
    int sieve;      /* pixels, 1..16; 0: as the rule says */
    int memory_mib; /* for a local limit, which looks at the whole scene */
    int threads;
} rdl_decision_options;

/** Find it from the scores of the sample, or of the whole scene for a local limit. Clear it, after
 *  failure too; what it held before is cleared.
 *  Fails: RDL_ERROR_DATA, RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
bool rdl_decide(rdl_decision *decision, const rdl_scorer *scorer, rdl_sample *sample,
                const rdl_decision_options *options, const rdl_progress *progress, GError **error);
void rdl_decision_clear(rdl_decision *decision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(rdl_decision, rdl_decision_clear)
/** Components of doubtful pixels must be settled: see doubtful.h. */
bool rdl_decision_by_components(const rdl_decision *decision, int *least, double *share);

/** What judging needs, for windows of up to `pixels`. */
typedef struct rdl_bench rdl_bench;
rdl_bench *rdl_bench_new(const rdl_decision *decision, size_t pixels);
void rdl_bench_free(rdl_bench *bench);
/** Scores of what was read, to the decision's planes. */
void rdl_decision_score(const rdl_decision *decision, rdl_bench *bench, rdl_pair_reader *reader,
                        float *planes);
/** Classes of the core, row by row: of a change raster, or those of doubtful.h. score: of the
 *  core too, NaN where not observed; NULL: not wanted. */
void rdl_decision_classes(const rdl_decision *decision, rdl_bench *bench, rdl_window window,
                          uint8_t *classes, float *score);

#endif
