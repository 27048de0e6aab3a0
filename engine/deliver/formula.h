/* deliver/formula.h - texts a spreadsheet would run. */
#ifndef RDL_DELIVER_FORMULA_H
#define RDL_DELIVER_FORMULA_H

#include "base/base.h"

/** Would a spreadsheet that opens a CSV run this text as a formula (OWASP, CSV injection)? A dash
 *  alone is nothing to run, and a number is a number, "-1.5" too. */
bool rdl_formula(const char *text);

#endif
