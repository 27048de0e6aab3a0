/* screen/finding.h - one row per part of a footprint or patch in one zone, and its ids. */
#ifndef RDL_SCREEN_FINDING_H
#define RDL_SCREEN_FINDING_H

#include "screen/approval.h"

typedef struct rdl_finding {
    const rdl_footprint *footprint;
    const rdl_zone *zone; /* NULL: zone ANY */
    rdl_part part;
    const rdl_verdict *verdict; /* lent, shared by cases that are alike */
    const rdl_rule *rule_then;  /* of the verdict, or of an earlier version of the zone; NULL */
    const char *permit_no;      /* lent; NULL */
    const char *xzqdm;          /* lent; NULL: outside every unit */
    double quantity;            /* of the legal basis (domain 3.5); NaN: none */
    char finding_id[15];        /* digest of source, source_id, zone_id and side: order-free */
    char parent_id[15];         /* of the part a permit cut it off from; "": none */
    rdl_side side : 4;
    bool in_m2 : 1;                      /* the quantity; else in metres */
    bool is_primary : 1, superseded : 1; /* superseded: a version of the zone no longer valid */
    bool ha_up : 1, mu_up : 1;           /* own area as shown: rdl_shown_area() */
} rdl_finding;

/** An area in hectares (four decimals) or mu (two) as it is shown: rounded down, or up. */
double rdl_shown_ha(double m2, bool up);
double rdl_shown_mu(double m2, bool up);
/** Whether each of n areas is to be rounded up, so that what is shown of the parts makes what is
 *  shown of their whole (largest remainders, base/apportion.h). False when they make no whole: each
 *  is then rounded by itself. */
bool rdl_show_areas(const double *m2, size_t n, double whole_m2, double unit_m2, double step,
                    bool *up);

/** < 0 when `a` is graver: result, severity, fine ceiling, zone priority, larger area, id. */
int rdl_finding_gravity(const rdl_finding *a, const rdl_finding *b);
void rdl_finding_make_id(
    rdl_finding *finding); /* and parent_id, from its footprint, zone and side */

#endif
