/* store/expression.h - a test written by others, in SQL, over columns we name.
 *
 * It is evaluated by SQLite in an empty in-memory database that can neither write nor attach nor
 * load anything: an authorizer refuses all but reading the columns given and the functions abs,
 * coalesce, date, glob, has, ifnull, iif, instr, julianday, length, like, lower, max, min, nullif,
 * round, strftime, substr, trim, upper. There is no clock: 'now' is NULL. Text, depth, values and steps are bounded, trusted_schema
 * is off. has(LIST, 'CODE') is 1 for CODE in a list "A;-B", 0 for -CODE, NULL when it has neither.
 *
 * Three-valued: NULL, an error while it runs and too many steps are RDL_MAYBE, never a yes. */
#ifndef RDL_STORE_EXPRESSION_H
#define RDL_STORE_EXPRESSION_H

#include "base/base.h"

typedef struct rdl_expression rdl_expression;

/** A value of a column: `text` where it is not NULL, else `real`, NaN for SQL NULL. */
typedef struct rdl_operand {
    const char *text;
    double real;
} rdl_operand;

/** `columns`: n names (letters, digits, underscore). Fails: RDL_ERROR_DATA with SQLite's words for
 *  what is no expression over them, or is not allowed. */
RDL_API rdl_expression *rdl_expression_new(const char *sql, const char *const *columns, size_t n,
                                           GError **error);
RDL_API void rdl_expression_free(rdl_expression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_expression, rdl_expression_free)
/** Does it read column i? What it does not read need not be measured. */
RDL_API bool rdl_expression_reads(const rdl_expression *expression, size_t i);
/** Any thread may ask; they take turns. `cells`: one a column. */
RDL_API rdl_truth rdl_expression_test(rdl_expression *expression, const rdl_operand *cells);

#endif
