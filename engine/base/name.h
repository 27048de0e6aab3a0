/* base/name.h - names of fields and codes as people write them. */
#ifndef RDL_BASE_NAME_H
#define RDL_BASE_NAME_H

#include "base/error.h"

/** What is left of a name when full and half width (letters, digits, brackets), white space and
 * case do not count: Unicode NFKC, blanks taken out, case folded. "面积（亩）" and "面积 (亩)" are
 * one name. Yours to free. */
RDL_API char *rdl_name_fold(const char *name);

#endif
