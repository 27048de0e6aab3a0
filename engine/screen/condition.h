/* screen/condition.h - predicates of a pack written as SQL expressions (kind `sql`).
 *
 * Columns an expression may name; what is not known is NULL, and NULL is "asked":
 *   activity, activities (the code and all above it, "IND_CHEM;IND"), attrs ("CODE;-CODE")
 *   when_case, expansion (0, 1), zone, level, basin
 *   built_after, built_before, as_of (ISO dates)
 *   area_m2, length_m (of the part in the zone, on the ellipsoid)
 *   near_<ZONE>_m   geodesic metres from the footprint to the nearest zone of that code that is
 * valid at as_of, 0 where they touch, +infinity beyond `near_limit_m` of pack.yaml; NULL when no
 * such zone was given in_<ZONE>       1 where that distance is 0, else 0 Functions: see
 * store/expression.h. */
#ifndef RDL_SCREEN_CONDITION_H
#define RDL_SCREEN_CONDITION_H

#include "screen/rule.h"

typedef struct rdl_conditions rdl_conditions;

/** The expressions of predicates.csv over the columns of these zones. Faults, one a row that does
 *  not compile, go to `faults` (of char *, "path:line: ..."). Never NULL. */
rdl_conditions *rdl_conditions_new(const rdl_csv *zones, const rdl_csv *predicates,
                                   GPtrArray *faults);
void rdl_conditions_free(rdl_conditions *conditions);

/** The predicate `code` of the case; RDL_MAYBE where it reads what is not known. */
rdl_truth rdl_condition_test(const rdl_pack *pack, const char *code, const rdl_case *c);
#define RDL_NEAR_LIMIT_M 10000.0 /* where pack.yaml gives no near_limit_m */
/** Does some expression, or the quantity of some rule, read the distance to zones of that class? */
bool rdl_pack_wants_near(const rdl_pack *pack, const rdl_zone_class *zone);
/** Between pack.c and condition.c. */
rdl_conditions *rdl_pack_conditions(const rdl_pack *pack);

#endif
