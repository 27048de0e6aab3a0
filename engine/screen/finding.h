/* screen/finding.h - one row per part of a footprint or patch in one zone, and its ids. */
#ifndef RDL_SCREEN_FINDING_H
#define RDL_SCREEN_FINDING_H

#include "screen/verdict.h"

typedef struct rdl_finding {
    char finding_id[16];         /* digest of source, source_id, zone_id and part: order-free */
    const rdl_footprint *footprint;
    const rdl_zone *zone;        /* NULL: zone ANY */
    rdl_part part;               /* owns its wkb */
    const rdl_verdict *verdict;  /* lent, shared by cases that are alike */
    const rdl_rule *rule_then;   /* of the verdict, or of an earlier version of the zone; NULL */
    const char *permit_no;       /* lent; NULL */
    const char *xzqdm;           /* lent; NULL: outside every unit */
    double quantity;             /* NaN: none */
    const char *quantity_unit;   /* static; NULL */
    bool is_primary, superseded; /* superseded: a version of the zone that is no longer valid */
} rdl_finding;

/** < 0 when `a` is graver: result, severity, fine ceiling, zone priority, larger area, id. */
int rdl_finding_gravity(const rdl_finding *a, const rdl_finding *b);
void rdl_finding_make_id(rdl_finding *finding); /* from its footprint and zone */
void rdl_finding_clear(rdl_finding *finding);

#endif
