/* screen/planned.h - projects on a list, before anything is built: refuse, permit needed, pass.
 *
 * The same rules judge a project as if it were built on the day asked, once as it stands and once
 * with an approval. Nothing is accused: the result is an answer to an applicant. */
#ifndef RDL_SCREEN_PLANNED_H
#define RDL_SCREEN_PLANNED_H

#include "screen/finding.h"

/** As rdl_verdict_of(), with one of the four answers as its result:
 *  REFUSE         forbidden there, and no approval can help (or the zone's list does not have it)
 *  ASK            a person decides: an attribute, a conversion or the boundary is open
 *  PERMIT-NEEDED  allowed with a permit, or forbidden only without one
 *  PASS           no row speaks, or it is allowed */
rdl_verdict rdl_verdict_planned(const rdl_pack *pack, const rdl_footprint *f, const rdl_zone *zone,
                                const rdl_part *part, const rdl_approval *approval,
                                const double *near, rdl_day as_of);

/** One row a project. */
typedef struct rdl_answer {
    const rdl_footprint *project;
    const rdl_finding *why; /* its gravest finding; NULL: it meets no zone and no rule */
    rdl_result answer;
} rdl_answer;

/** Answers of `projects` (of rdl_footprint) from their findings, by fp_id. Yours to unref. */
GArray *rdl_answers(const GPtrArray *projects, const GPtrArray *findings);

#endif
