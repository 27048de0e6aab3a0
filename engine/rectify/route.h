/* rectify/route.h - whose matter it is: units that became others, their posts, roles and what they
 * may do; all rows of the pack, or nothing where it has no such table. */
#ifndef RDL_RECTIFY_ROUTE_H
#define RDL_RECTIFY_ROUTE_H

#include "rectify/handle.h"

/** Code of the unit that `xzqdm` is on `on`, by successors.csv (old, new, from), step by step; it
 *  itself where no row names it. Lent, from the table or `xzqdm`. Fails: RDL_ERROR_DATA where the
 *  rows lead in a circle. */
bool rdl_route_unit(rdl_ledger *ledger, const char *xzqdm, rdl_day on, const char **code,
                    GError **error);
/** Who holds `post` ("lead_leader", "supervisor", "first_responsible") for a unit on a day, by
 *  posts.csv (xzqdm, post, name, from, to): the longest beginning of the code that has one. NULL:
 *  nobody. Lent. */
const char *rdl_route_post(rdl_ledger *ledger, const char *xzqdm, const char *post, rdl_day on);
/** Today's name of a department, by departments.csv; `name` itself where it is no old one. Lent. */
const char *rdl_route_department(rdl_ledger *ledger, const char *name, rdl_day on);

/** May that role do `act` (note, photo, merge, split, sign, draw, transfer, publish, set; a|b:
 *  either)? By roles.csv (role, may). Fails: RDL_ERROR_USAGE with the roles that may. Moves are the workflow's matter. */
bool rdl_role_may(rdl_ledger *ledger, const char *role, const char *act, const char *subject,
                  GError **error);

#endif
