/* screen/planned.h - projects on a list, before anything is built: refuse, permit needed, pass.
 *
 * The same rules judge a project as if it were built on the day asked, once as it stands and once
 * with an approval. Nothing is accused: the result is an answer to an applicant. */
#ifndef RDL_SCREEN_PLANNED_H
#define RDL_SCREEN_PLANNED_H

#include "screen/finding_io.h"

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
    const char *note;  /* static: why it is asked about though no rule asks; NULL */
    const char *asked; /* what rows for all territory have to know of it before they speak:
                        * "EIA-01: EIA_REPORT_PROJECT|..."; lent; NULL: nothing */
} rdl_answer;

/** Answers of `projects` (of rdl_footprint) from their findings and balances, by fp_id. A project
 *  that could not be laid over the zones, or a polygon of less than `least_m2`, does not pass: it
 *  is asked about. Yours to unref. */
GArray *rdl_answers(const GPtrArray *projects, const rdl_findings *found, double least_m2);

/** What a PASS rests on: `given` counts the zones of each kind that was looked at ("ERL 2|DW1 1"),
 *  `missing` names the kinds enabled rules speak of of which no zone was given ("DW2|PBF"). In the
 *  pack's order; yours to free. */
void rdl_planned_scope(const rdl_pack *pack, const GPtrArray *zones, rdl_day as_of, char **given,
                       char **missing);

#endif
