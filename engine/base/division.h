/* base/division.h - codes of administrative divisions, by their digits alone.
 *
 * GB/T 2260 gives a province two digits, a prefecture four, a county six; the statistical code adds
 * three for a township and three for a village. A division above is written full by zeros (320000,
 * 321200) or by its beginning (32, 3212). */
#ifndef RDL_BASE_DIVISION_H
#define RDL_BASE_DIVISION_H

#include "base/error.h"

/** What `code` and the codes of all within it begin with: 3212 of 321200, 321202 of 321202000000; a
 *  code of another make is its own beginning. Yours to free; NULL for NULL. */
RDL_API char *rdl_division_beginning(const char *code);
/** Is `code` the division `of`, or within it? All are within NULL; no code is within none but that.
 */
RDL_API bool rdl_division_within(const char *code, const char *of);

#endif
