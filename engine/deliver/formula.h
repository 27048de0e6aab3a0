/* deliver/formula.h - texts a spreadsheet would run. */
#ifndef RDL_DELIVER_FORMULA_H
#define RDL_DELIVER_FORMULA_H

#include "base/base.h"

/** Would a spreadsheet that opens a CSV run this text as a formula (OWASP, CSV injection)? A dash
 *  alone is nothing to run, and a number is a number, "-1.5" too. */
bool rdl_formula(const char *text);
/** A field of a CSV (RFC 4180), NULL an empty one, and `after` behind it: quoted where it must be,
 *  with an apostrophe before what a spreadsheet would run. */
void rdl_csv_field(GString *out, const char *text, const char *after);

#endif
