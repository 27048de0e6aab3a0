/* screen/judging.h - one footprint at a time: parts, approvals, verdicts, unit. */
#ifndef RDL_SCREEN_JUDGING_H
#define RDL_SCREEN_JUDGING_H

#include "screen/finding_io.h"
#include "screen/unit.h"
#include "screen/verdict_pool.h"

/** Everything that is read only while footprints are judged. */
typedef struct rdl_bench {
    const rdl_pack *pack;
    const rdl_crs *crs;
    const GPtrArray *zones, *permits, *units;
    bool permits_given;
    rdl_day as_of;
    rdl_overlay_options overlay;
} rdl_bench;

/** Ground of a footprint in a zone that is a sliver: in the remainder. */
typedef struct rdl_left_over {
    const rdl_footprint *footprint;
    const rdl_zone *zone;
    double m2;
} rdl_left_over;

/** What became of some footprints. */
typedef struct rdl_judged {
    GPtrArray *findings; /* of rdl_finding, in the judge's arena */
    GHashTable *asked;   /* rule_id -> count of sources asked about a row for all territory */
    GHashTable *open;    /* of planned projects, lent: what is asked of each, see rdl_answer */
    gint64 with_findings[2], without[2], failed[2]; /* footprints, patches */
    gint64 slivers_only[2];                         /* those that meet zones in slivers alone */
    gint64 dust;
    GPtrArray *dust_only;         /* of rdl_footprint: those that meet zones in dust alone */
    GArray *slivers;              /* of rdl_left_over */
    GPtrArray *failures;          /* of char *: messages */
    GPtrArray *failed_footprints; /* of rdl_footprint, beside `failures` */
} rdl_judged;

rdl_judged *rdl_judged_new(void);
void rdl_judged_free(rdl_judged *judged);

/** One thread's tools: indexes and edges. The findings it makes lend their verdicts from `pool`, of
 *  which each judge needs its own, and keep their ground in `arena`. */
typedef struct rdl_judge rdl_judge;
rdl_judge *rdl_judge_new(const rdl_bench *bench, rdl_verdict_pool *pool, rdl_arena *arena,
                         GError **error);
void rdl_judge_free(rdl_judge *judge);
/** Judge one; a geometry operation that fails is counted in `judged`, not an error, and *balance
 *  is then left as it is. */
bool rdl_judge_footprint(rdl_judge *judge, const rdl_footprint *f, rdl_judged *judged,
                         rdl_source_balance *balance, GError **error);

#endif
