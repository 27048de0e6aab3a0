/* deliver/table.h - columns of text that line up in a terminal, wide characters too. */
#ifndef RDL_DELIVER_TABLE_H
#define RDL_DELIVER_TABLE_H

#include "base/base.h"

/** Append `text` (NULL: nothing) and blanks up to `width` terminal cells; a Chinese character
 *  takes two. Line breaks and tabs become blanks. */
RDL_API void rdl_pad(GString *out, const char *text, int width);
/** Rows of `columns` cells each (char *, NULL: empty), each column as wide as its widest cell, two
 *  blanks between. Yours. */
RDL_API char *rdl_table_text(const GPtrArray *cells, guint columns);

#endif
